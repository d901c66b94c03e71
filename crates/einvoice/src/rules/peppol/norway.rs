//! NO-R: rules for Norwegian suppliers.

use super::places::{Places, is};
use crate::identifier::digits::{all_digits, mod11};
use crate::rules::judge::Judge;
use crate::rules::xpath::{Fault, Judged};
use crate::xml::names::{cac, cbc};
use crate::xml::{Name, NodeId};

pub(super) fn element(j: &mut Judge<'_>, places: &Places, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let applies = name == cac::Party
        && e.below(id, &[cac::AccountingSupplierParty])
        && is(&places.supplier, "NO").unwrap_or(false);
    if !applies {
        return Ok(());
    }
    let schemes = |code: &str| {
        e.filter(e.kids(id, cac::PartyTaxScheme), |s| {
            Ok(e.normal(e.path2(s, cac::TaxScheme, cbc::ID))? == code)
        })
    };
    let registered = schemes("TAX")?;
    let text = e.normal(registered.iter().flat_map(|s| e.kids(*s, cbc::CompanyID)))?;
    j.warning("NO-R-002", id, text == "Foretaksregisteret");
    let mut numbers = vec![];
    for scheme in schemes("VAT")? {
        numbers.push(e.string(e.kids(scheme, cbc::CompanyID))?.into_owned());
    }
    let norwegian = numbers.iter().any(|n| n.chars().take(2).eq("NO".chars()));
    let fits = match numbers.as_slice() {
        _ if !norwegian => true,
        [one] => one
            .strip_prefix("NO")
            .and_then(|n| n.strip_suffix("MVA"))
            .is_some_and(|n| all_digits(n, 9) && mod11(n)),
        _ => return Err(Fault("the seller has more than one VAT number".to_owned())),
    };
    j.fatal("NO-R-001", id, fits);
    Ok(())
}

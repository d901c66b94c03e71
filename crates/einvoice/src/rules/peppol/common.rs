//! PEPPOL-COMMON: participant identifiers by the scheme they name.

use crate::identifier::digits::{abn, all_digits, gs1, luhn, mod11, mod97_belgian};
use crate::identifier::ipa;
use crate::rules::judge::Judge;
use crate::rules::xpath::{Fault, Judged, normalize, trim};
use crate::xml::names::{attr, cac, cbc};
use crate::xml::{Name, NodeId};

pub(super) fn identifier(j: &mut Judge<'_>, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    if name == cbc::ID && !e.below(id, &[cac::PartyIdentification]) {
        return Ok(());
    }
    let raw = e.text(id);
    let value = normalize(&*raw);
    let dk = |v: &str| v.strip_prefix("DK").is_some_and(|v| all_digits(v, 8));
    match e.tree.attribute(id, attr::schemeID).unwrap_or_default() {
        "0088" => j.fatal("PEPPOL-COMMON-R040", id, gs1(&value)),
        "0192" => j.fatal("PEPPOL-COMMON-R041", id, all_digits(&value, 9) && mod11(&value)),
        "0184" => j.fatal("PEPPOL-COMMON-R042", id, dk(&raw) || all_digits(&raw, 8)),
        "0096" => j.fatal("PEPPOL-COMMON-R052", id, all_digits(&raw, 10)),
        "0198" => j.fatal("PEPPOL-COMMON-R053", id, dk(&raw)),
        "0208" => j.fatal("PEPPOL-COMMON-R043", id, mod97_belgian(&value)),
        "0201" => j.warning("PEPPOL-COMMON-R044", id, ipa(&value)),
        "0210" => j.warning("PEPPOL-COMMON-R045", id, codice_fiscale(&value)),
        "9907" if name == cbc::EndpointID => j.warning("PEPPOL-COMMON-R046", id, codice_fiscale(&value)),
        "0211" => j.warning("PEPPOL-COMMON-R047", id, partita_iva(&value)?),
        "0007" => j.fatal("PEPPOL-COMMON-R049", id, all_digits(&value, 10) && luhn(&value)),
        "0151" => j.fatal("PEPPOL-COMMON-R050", id, abn(&value)),
        "0106" => j.warning("PEPPOL-COMMON-R054", id, all_digits(&value, 8)),
        "0190" => j.warning("PEPPOL-COMMON-R055", id, all_digits(&value, 20)),
        "9944" => j.warning("PEPPOL-COMMON-R056-1", id, dutch_vat(&value)),
        _ if name == cbc::CompanyID && value.starts_with("NL") && of_vat(j, id) => {
            j.warning("PEPPOL-COMMON-R056-2", id, dutch_vat(&value))
        }
        "0217" => j.warning("PEPPOL-COMMON-R057", id, all_digits(&value, 12)),
        _ => {}
    }
    Ok(())
}

/// Whether a company id belongs to a VAT registration; an error means no.
fn of_vat(j: &Judge<'_>, id: NodeId) -> bool {
    let e = j.eval;
    let Some(scheme) = e.tree.parent(id).filter(|p| e.tree.name(*p) == cac::PartyTaxScheme) else {
        return false;
    };
    e.normal(e.path2(scheme, cac::TaxScheme, cbc::ID)).is_ok_and(|s| s == "VAT")
}

fn dutch_vat(value: &str) -> bool {
    value.strip_prefix("NL").is_some_and(|v| {
        v.is_char_boundary(9)
            && v.len() == 12
            && all_digits(&v[..9], 9)
            && v.as_bytes()[9] == b'B'
            && all_digits(&v[10..], 2)
    })
}

/// `castable as xs:integer`.
pub(super) fn integer(text: &str) -> bool {
    let digits = trim(text);
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Sixteen characters: letters and integers at their places; or eleven that make an integer.
fn codice_fiscale(value: &str) -> bool {
    let c: Vec<char> = value.chars().collect();
    let part = |r: std::ops::Range<usize>| c[r].iter().collect::<String>();
    let letters = |r: std::ops::Range<usize>| c[r].iter().all(char::is_ascii_alphabetic);
    match c.len() {
        11 => integer(value),
        16 => {
            letters(0..6)
                && integer(&part(6..8))
                && letters(8..9)
                && integer(&part(9..11))
                && integer(&part(14..15))
                && letters(15..16)
        }
        _ => false,
    }
}

/// Only a value that starts with IT is checked. A sign among the digits is an error of the calculation.
fn partita_iva(value: &str) -> Judged<bool> {
    let Some(code) = value.strip_prefix("IT").or_else(|| value.strip_prefix("it")) else { return Ok(true) };
    if code.chars().count() != 11 || !integer(code) {
        return Ok(false);
    }
    if !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault("a sign in an Italian VAT number".to_owned()));
    }
    Ok(luhn(code))
}

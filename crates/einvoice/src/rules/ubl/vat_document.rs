//! The VAT families at document level: 01 (the breakdown matches the use), 02 to 04 (tax identifiers), 11 to 14, BR-B.

use super::index::Index;
use super::vat::CODES;
use crate::rules::judge::Judge;
use crate::rules::xpath::{Eval, Judged, both, either};
use crate::xml::names::{cac, cbc};
use crate::xml::{Name, NodeId};

/// Rule ids 01 to 04 of each family, in the order of [`CODES`].
const RULES: [[&str; 4]; 9] = [
    ["BR-AE-01", "BR-AE-02", "BR-AE-03", "BR-AE-04"],
    ["BR-E-01", "BR-E-02", "BR-E-03", "BR-E-04"],
    ["BR-G-01", "BR-G-02", "BR-G-03", "BR-G-04"],
    ["BR-IC-01", "BR-IC-02", "BR-IC-03", "BR-IC-04"],
    ["BR-AF-01", "BR-AF-02", "BR-AF-03", "BR-AF-04"],
    ["BR-AG-01", "BR-AG-02", "BR-AG-03", "BR-AG-04"],
    ["BR-O-01", "BR-O-02", "BR-O-03", "BR-O-04"],
    ["BR-S-01", "BR-S-02", "BR-S-03", "BR-S-04"],
    ["BR-Z-01", "BR-Z-02", "BR-Z-03", "BR-Z-04"],
];

/// Where a category code is used.
#[derive(Debug, Clone, Copy, Default)]
struct Use {
    /// In a VAT category of any kind, anywhere.
    any: bool,
    /// How often in the VAT breakdown of the document.
    breakdowns: usize,
    /// In the breakdown, whatever the tax scheme.
    breakdown_any: bool,
    /// In the breakdown, one code, under VAT.
    breakdown_vat: bool,
    /// In the breakdown in exactly this spelling, whatever the scheme; and under VAT.
    breakdown_raw: bool,
    breakdown_raw_vat: bool,
    /// On an item, whatever the tax scheme; and under VAT.
    item: bool,
    item_vat: bool,
    /// On any allowance or charge, whatever the tax scheme; and under VAT.
    document: bool,
    document_vat: bool,
    /// On allowances [0] and charges [1]: whatever the scheme, under VAT, in exactly this spelling under VAT.
    signed: [bool; 2],
    signed_vat: [bool; 2],
    signed_raw_vat: [bool; 2],
    /// The same directly below the root.
    root_vat: [bool; 2],
}

/// VAT categories with another code than O: in the breakdown, on items, on allowances [0] and charges [1].
#[derive(Debug, Default)]
struct Others {
    breakdown: bool,
    item: bool,
    signed: [bool; 2],
}

#[derive(Default)]
struct Uses {
    of: [Use; 9],
    others: Others,
    /// Category B on the document, and S beside it (BR-B-01, BR-B-02); spelling exact.
    split: bool,
    split_here: bool,
    standard_here: bool,
}

pub(super) fn document(j: &mut Judge<'_>, index: &Index, root: NodeId) -> Judged<()> {
    let uses = Uses::of(j.eval, index, root)?;
    let parties = Parties { eval: j.eval, index };
    for (code, rules) in RULES.iter().enumerate() {
        family(j, &parties, code, rules, &uses.of[code], root)?;
    }
    intra_community(j, &uses, root)?;
    let outside = uses.of[6].breakdowns > 0;
    j.fatal("BR-O-11", root, !outside || !uses.others.breakdown);
    j.fatal("BR-O-12", root, !outside || !uses.others.item);
    j.fatal("BR-O-13", root, !outside || !uses.others.signed[0]);
    j.fatal("BR-O-14", root, !outside || !uses.others.signed[1]);
    let abroad = index.countries.iter().any(|c| j.eval.text(*c) != "IT");
    j.fatal("BR-B-01", root, !uses.split || !abroad);
    j.fatal("BR-B-02", root, !uses.split_here || !uses.standard_here);
    Ok(())
}

fn family(
    j: &mut Judge<'_>,
    parties: &Parties<'_>,
    code: usize,
    rules: &[&'static str; 4],
    u: &Use,
    root: NodeId,
) -> Judged<()> {
    let code = CODES[code];
    let matched = match code {
        "S" => (u.item || u.document) == u.breakdown_any,
        "L" => {
            if u.item_vat || u.document_vat {
                u.breakdown_raw
            } else {
                !u.breakdown_vat
            }
        }
        "M" => {
            if u.item_vat || u.document_vat {
                u.breakdown_raw_vat
            } else {
                !u.breakdown_vat
            }
        }
        _ => !u.any || u.breakdowns == 1,
    };
    j.fatal(rules[0], root, matched);
    // Used as the rule first asks, and as its own negation asks: the two differ in a few families.
    let asked = match code {
        "S" => [(u.item_vat, u.item), (u.signed_vat[0], u.signed_vat[0]), (u.signed_vat[1], u.signed_vat[1])],
        "G" => [(u.item_vat, u.item_vat), (u.signed[0], u.signed_vat[0]), (u.signed[1], u.signed_vat[1])],
        "L" => [
            (u.item_vat, u.item_vat),
            (u.signed_vat[0], u.signed_vat[0]),
            (u.signed_vat[1], u.signed_raw_vat[1]),
        ],
        "O" => [(u.item_vat, u.item_vat), (u.root_vat[0], u.root_vat[0]), (u.root_vat[1], u.root_vat[1])],
        _ => {
            [(u.item_vat, u.item_vat), (u.signed_vat[0], u.signed_vat[0]), (u.signed_vat[1], u.signed_vat[1])]
        }
    };
    for (rule, (used, not_unused)) in rules[1..].iter().zip(asked) {
        let identified = if used { parties.identified(code) } else { Ok(false) };
        j.fatal(rule, root, either(identified, Ok(!not_unused))?);
    }
    Ok(())
}

/// BR-IC-11, BR-IC-12: an intra-community supply names when and where it was delivered.
fn intra_community(j: &mut Judge<'_>, uses: &Uses, root: NodeId) -> Judged<()> {
    let e = j.eval;
    let used = uses.of[3].breakdowns > 0;
    if !used {
        return Ok(());
    }
    let long = |text: &str| text.chars().nth(1).is_some();
    let dated = e.string(e.path2(root, cac::Delivery, cbc::ActualDeliveryDate)).map(|d| long(&d));
    let period = e.kids(root, cac::InvoicePeriod).any(|p| e.tree.has_children(p));
    j.fatal("BR-IC-11", root, either(dated, Ok(period))?);
    let country = e
        .path3(root, cac::Delivery, cac::DeliveryLocation, cac::Address)
        .flat_map(|a| e.path2(a, cac::Country, cbc::IdentificationCode));
    j.fatal("BR-IC-12", root, long(&e.string(country)?));
    Ok(())
}

/// What identifies the parties for tax. Asked only when a family needs it: an answer can be an error.
struct Parties<'a> {
    eval: Eval<'a>,
    index: &'a Index,
}

impl Parties<'_> {
    fn identified(&self, code: &str) -> Judged<bool> {
        let not = |found: Judged<bool>| found.map(|f| !f);
        let seller = |found| either(Ok(found), self.representative_vat());
        let seller_vat = || either(self.seller_vat(), self.representative_vat());
        match code {
            "AE" => both(seller(self.seller()), either(self.buyer_vat(), Ok(self.buyer_legal()))),
            "G" => seller_vat(),
            "K" => both(seller_vat(), self.buyer_vat()),
            "O" => both(both(not(self.seller_vat()), not(self.representative_vat())), not(self.buyer_vat())),
            _ => seller(self.seller()),
        }
    }

    fn seller(&self) -> bool {
        let e = self.eval;
        self.index
            .suppliers
            .iter()
            .any(|s| e.path3(*s, cac::Party, cac::PartyTaxScheme, cbc::CompanyID).next().is_some())
    }

    fn vat(&self, schemes: impl Iterator<Item = NodeId>) -> Judged<bool> {
        let e = self.eval;
        e.any(schemes, |s| Ok(e.vat_flag(s)? && e.has(s, cbc::CompanyID)))
    }

    fn seller_vat(&self) -> Judged<bool> {
        self.vat(
            self.index.suppliers.iter().flat_map(|s| self.eval.path2(*s, cac::Party, cac::PartyTaxScheme)),
        )
    }

    fn buyer_vat(&self) -> Judged<bool> {
        self.vat(
            self.index.customers.iter().flat_map(|s| self.eval.path2(*s, cac::Party, cac::PartyTaxScheme)),
        )
    }

    fn representative_vat(&self) -> Judged<bool> {
        self.vat(self.index.representatives.iter().flat_map(|s| self.eval.kids(*s, cac::PartyTaxScheme)))
    }

    fn buyer_legal(&self) -> bool {
        let e = self.eval;
        self.index
            .customers
            .iter()
            .any(|s| e.path3(*s, cac::Party, cac::PartyLegalEntity, cbc::CompanyID).next().is_some())
    }
}

impl Uses {
    /// One pass over all categories.
    fn of(e: Eval<'_>, index: &Index, root: NodeId) -> Judged<Self> {
        let mut uses = Self::default();
        for id in index.categories.iter().copied() {
            uses.category(e, id, root)?;
        }
        for id in index.classified.iter().copied() {
            uses.classified(e, id)?;
        }
        for id in index.allowances.iter().copied() {
            uses.allowance(e, id, root)?;
        }
        Ok(uses)
    }

    fn category(&mut self, e: Eval<'_>, id: NodeId, root: NodeId) -> Judged<()> {
        let vat = e.vat(id)?;
        let breakdown = in_breakdown(e, id, root);
        self.split |= spelled(e, id, "B");
        self.split_here |= breakdown && spelled(e, id, "B");
        self.standard_here |= breakdown && spelled(e, id, "S");
        if vat {
            self.identifiers(e, id, breakdown);
        }
        if !breakdown {
            return Ok(());
        }
        let code = e.category(id)?;
        self.others.breakdown |= vat && code != "O";
        if let Some(u) = self.used(&code) {
            u.breakdown_any = true;
            u.breakdown_vat |= vat;
        }
        for (index, code) in [(4, "L"), (5, "M")] {
            if spelled(e, id, code) {
                self.of[index].breakdown_raw = true;
                self.of[index].breakdown_raw_vat |= vat;
            }
        }
        Ok(())
    }

    fn classified(&mut self, e: Eval<'_>, id: NodeId) -> Judged<()> {
        let vat = e.vat(id)?;
        self.split |= spelled(e, id, "B");
        self.split_here |= spelled(e, id, "B");
        self.standard_here |= spelled(e, id, "S");
        if vat {
            self.identifiers(e, id, false);
        }
        let code = e.category(id)?;
        self.others.item |= vat && code != "O";
        if let Some(u) = self.used(&code) {
            u.item = true;
            u.item_vat |= vat;
        }
        Ok(())
    }

    fn allowance(&mut self, e: Eval<'_>, id: NodeId, root: NodeId) -> Judged<()> {
        let signs = [e.indicated(id, false)?, e.indicated(id, true)?];
        let at_root = e.tree.parent(id) == Some(root);
        for category in e.kids(id, cac::TaxCategory) {
            let (vat, code) = (e.vat(category)?, e.category(category)?);
            self.split_here |= at_root && spelled(e, category, "B");
            self.standard_here |= at_root && spelled(e, category, "S");
            for sign in [0, 1] {
                self.others.signed[sign] |= signs[sign] && vat && code != "O";
                self.of[4].signed_raw_vat[sign] |= signs[sign] && vat && spelled(e, category, "L");
            }
            let Some(u) = self.used(&code) else { continue };
            u.document = true;
            u.document_vat |= vat;
            for sign in [0, 1] {
                u.signed[sign] |= signs[sign];
                u.signed_vat[sign] |= signs[sign] && vat;
                u.root_vat[sign] |= signs[sign] && vat && at_root;
            }
        }
        Ok(())
    }

    /// Counts the codes of a VAT category, which may have several.
    fn identifiers(&mut self, e: Eval<'_>, id: NodeId, breakdown: bool) {
        for code in e.kids(id, cbc::ID) {
            if let Some(u) = self.used(crate::rules::xpath::trim(&e.text(code))) {
                u.any = true;
                u.breakdowns += usize::from(breakdown);
            }
        }
    }

    fn used(&mut self, code: &str) -> Option<&mut Use> {
        CODES.iter().position(|c| *c == code).map(|i| &mut self.of[i])
    }
}

/// `cbc:ID = code`, without trimming.
fn spelled(e: Eval<'_>, id: NodeId, code: &str) -> bool {
    e.kids(id, cbc::ID).any(|c| e.text(c) == code)
}

/// `cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory` from the root.
fn in_breakdown(e: Eval<'_>, id: NodeId, root: NodeId) -> bool {
    const PATH: [Name; 2] = [cac::TaxSubtotal, cac::TaxTotal];
    e.below(id, &PATH)
        && e.tree.parent(id).and_then(|p| e.tree.parent(p)).and_then(|p| e.tree.parent(p)) == Some(root)
}

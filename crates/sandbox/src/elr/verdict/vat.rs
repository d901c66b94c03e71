//! The VAT breakdown: its sum, each category's tax, and what lines, allowances and charges contribute to it.

use rust_decimal::Decimal;

use super::ubl::{Element, cents};

/// Category codes of EN 16931 (UNCL5305).
const CATEGORIES: [&str; 10] = ["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"];
/// Categories without tax, with the name their rules carry.
const UNTAXED: [(&str, &str); 6] =
    [("Z", "Z"), ("E", "E"), ("AE", "AE"), ("K", "IC"), ("G", "G"), ("O", "O")];

/// One line, allowance or charge, as it enters the breakdown.
struct Share<'x> {
    category: &'x str,
    rate: Option<Decimal>,
    amount: Decimal,
}

pub(super) fn check(root: Element<'_>, credit_note: bool, problems: &mut Vec<String>) {
    let subtotals = root.all("cac:TaxTotal/cac:TaxSubtotal");
    if subtotals.is_empty() {
        problems.push("BR-CO-18: there is no VAT breakdown.".into());
    }
    for total in root.children("cac:TaxTotal") {
        sum_of_categories(total, problems);
    }
    let shares = shares(root, credit_note, problems);
    for subtotal in &subtotals {
        check_category(*subtotal, &shares, problems);
    }
    let stated =
        |code: &str| subtotals.iter().filter(|one| one.text("cac:TaxCategory/cbc:ID") == Some(code)).count();
    for (code, name) in UNTAXED {
        let used = shares.iter().any(|share| share.category == code);
        if used && stated(code) != 1 {
            problems.push(format!(
                "BR-{name}-01: category {code} is used but has {} entries in the VAT breakdown.",
                stated(code)
            ));
        }
    }
    if shares.iter().any(|share| share.category == "S") && stated("S") == 0 {
        problems.push("BR-S-01: category S is used but has no entry in the VAT breakdown.".into());
    }
}

fn sum_of_categories(total: Element<'_>, problems: &mut Vec<String>) {
    let mut sum = Decimal::ZERO;
    let mut any = false;
    for tax in total.all("cac:TaxSubtotal/cbc:TaxAmount") {
        let Some(tax) = tax.decimal() else {
            problems.push("BR-46: a tax amount of the VAT breakdown is not a decimal number.".into());
            return;
        };
        any = true;
        sum += tax;
    }
    let stated = total.number("cbc:TaxAmount").flatten();
    if let Some(stated) = stated.filter(|stated| any && *stated != cents(sum)) {
        problems.push(format!(
            "BR-CO-14: the total VAT amount is {stated}, but the breakdown makes {}.",
            cents(sum)
        ));
    }
}

fn shares<'x>(root: Element<'x>, credit_note: bool, problems: &mut Vec<String>) -> Vec<Share<'x>> {
    let mut shares = Vec::new();
    let line_name = if credit_note { "cac:CreditNoteLine" } else { "cac:InvoiceLine" };
    for line in root.children(line_name) {
        let Some(category) = line.first("cac:Item/cac:ClassifiedTaxCategory") else { continue };
        if !line.all("cac:Item/cac:ClassifiedTaxCategory").into_iter().any(is_vat) {
            let at = line.text("cbc:ID").unwrap_or("?");
            problems.push(format!("BR-CO-04: line {at}: its tax category is not one of the scheme VAT."));
        }
        let amount = line.number("cbc:LineExtensionAmount").flatten().unwrap_or_default();
        let Some(share) = share(category, amount, problems) else { continue };
        line_rate(&share, line.text("cbc:ID").unwrap_or("?"), problems);
        shares.push(share);
    }
    for entry in root.children("cac:AllowanceCharge") {
        let Some(category) = entry.child("cac:TaxCategory") else {
            problems.push("BR-32: an allowance or charge of the document has no VAT category.".into());
            continue;
        };
        let amount = entry.number("cbc:Amount").flatten().unwrap_or_default();
        let charge = matches!(entry.text("cbc:ChargeIndicator"), Some("true" | "1"));
        shares.extend(share(category, if charge { amount } else { -amount }, problems));
    }
    shares
}

/// Whether a tax category has a code and belongs to VAT.
fn is_vat(category: Element<'_>) -> bool {
    let scheme = category.text("cac:TaxScheme/cbc:ID").unwrap_or("");
    scheme.eq_ignore_ascii_case("VAT") && category.text("cbc:ID").is_some()
}

fn share<'x>(category: Element<'x>, amount: Decimal, problems: &mut Vec<String>) -> Option<Share<'x>> {
    let code = category.text("cbc:ID")?;
    if !CATEGORIES.contains(&code) {
        problems.push(format!("BR-CL-18: {code} is not a VAT category code."));
        return None;
    }
    Some(Share { category: code, rate: category.number("cbc:Percent").flatten(), amount })
}

/// BR-S-05 and its likes: the rate that a line of a category must have.
fn line_rate(share: &Share<'_>, line: &str, problems: &mut Vec<String>) {
    let untaxed = UNTAXED.iter().find(|(code, _)| *code == share.category).map(|(_, name)| *name);
    let wrong = match (share.category, untaxed, share.rate) {
        ("S", _, rate) => rate.is_none_or(|rate| rate <= Decimal::ZERO),
        ("O", _, rate) => rate.is_some(),
        (_, Some(_), rate) => rate.is_none_or(|rate| !rate.is_zero()),
        _ => false,
    };
    if wrong {
        let name = untaxed.unwrap_or(share.category);
        problems
            .push(format!("BR-{name}-05: line {line}: the rate does not fit category {}.", share.category));
    }
}

fn check_category(subtotal: Element<'_>, shares: &[Share<'_>], problems: &mut Vec<String>) {
    let Some(code) = subtotal.text("cac:TaxCategory/cbc:ID") else { return };
    if !CATEGORIES.contains(&code) {
        problems.push(format!("BR-CL-17: {code} is not a VAT category code."));
        return;
    }
    if !subtotal.children("cac:TaxCategory").any(is_vat) {
        problems.push(format!(
            "BR-47: the entry of category {code} in the VAT breakdown is not one of the scheme VAT."
        ));
    }
    for (path, rule) in [("cbc:TaxableAmount", "BR-DEC-19"), ("cbc:TaxAmount", "BR-DEC-20")] {
        let fraction = subtotal
            .text(path)
            .and_then(|text| text.split_once('.'))
            .map_or(0, |(_, fraction)| fraction.len());
        if fraction > 2 {
            problems.push(format!("{rule}: category {code}: {path} has more than two decimals."));
        }
    }
    let rate = subtotal.number("cac:TaxCategory/cbc:Percent").flatten();
    let (Some(taxable), Some(tax)) =
        (subtotal.number("cbc:TaxableAmount").flatten(), subtotal.number("cbc:TaxAmount").flatten())
    else {
        return;
    };
    match rate {
        None if code != "O" => problems.push(format!("BR-48: category {code} has no rate.")),
        Some(rate) => check_tax(code, rate, taxable, tax, problems),
        None => {}
    }
    if let Some((_, name)) = UNTAXED.iter().find(|(untaxed, _)| *untaxed == code) {
        let parts: Decimal =
            shares.iter().filter(|share| share.category == code).map(|share| share.amount).sum();
        if taxable != parts {
            problems.push(format!(
                "BR-{name}-08: category {code}: the taxable amount is {taxable}, but its parts make {parts}."
            ));
        }
        if !tax.is_zero() {
            problems.push(format!("BR-{name}-09: category {code}: the tax must be 0, not {tax}."));
        }
    }
    if code == "S" {
        standard(rate, taxable, shares, problems);
    }
}

/// BR-CO-17 and BR-S-09: the tax of a category, to within one unit of the currency.
fn check_tax(code: &str, rate: Decimal, taxable: Decimal, tax: Decimal, problems: &mut Vec<String>) {
    let Some(expected) = taxable.abs().checked_mul(rate / Decimal::ONE_HUNDRED).map(cents) else { return };
    let off = (tax.abs() - expected).abs();
    if off >= Decimal::ONE || (rate.is_zero() && !tax.is_zero()) {
        problems.push(format!(
            "BR-CO-17: category {code} at {rate} %: the tax is {tax}, but {taxable} makes {expected}."
        ));
    }
}

/// BR-S-08: what is taxed at one rate, to within one unit of the currency.
fn standard(rate: Option<Decimal>, taxable: Decimal, shares: &[Share<'_>], problems: &mut Vec<String>) {
    let Some(rate) = rate else { return };
    let parts: Vec<Decimal> = shares
        .iter()
        .filter(|share| share.category == "S" && share.rate == Some(rate))
        .map(|share| share.amount)
        .collect();
    let sum: Decimal = parts.iter().sum();
    if parts.is_empty() || (taxable - sum).abs() >= Decimal::ONE {
        problems.push(format!(
            "BR-S-08: category S at {rate} %: the taxable amount is {taxable}, but its parts make {sum}."
        ));
    }
}

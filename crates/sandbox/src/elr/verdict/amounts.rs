//! Sums: lines, allowances and charges, totals, what is due; decimals; and the line arithmetic of Peppol.

use rust_decimal::Decimal;

use super::super::mandates::Rules;
use super::ubl::{Element, cents};

/// Amounts of the document total, with the rule that allows them two decimals.
const TOTALS: [(&str, &str); 8] = [
    ("cbc:LineExtensionAmount", "BR-DEC-09"),
    ("cbc:AllowanceTotalAmount", "BR-DEC-10"),
    ("cbc:ChargeTotalAmount", "BR-DEC-11"),
    ("cbc:TaxExclusiveAmount", "BR-DEC-12"),
    ("cbc:TaxInclusiveAmount", "BR-DEC-14"),
    ("cbc:PrepaidAmount", "BR-DEC-16"),
    ("cbc:PayableRoundingAmount", "BR-DEC-17"),
    ("cbc:PayableAmount", "BR-DEC-18"),
];

pub(super) fn check(root: Element<'_>, credit_note: bool, rules: Rules, problems: &mut Vec<String>) {
    let line_name = if credit_note { "cac:CreditNoteLine" } else { "cac:InvoiceLine" };
    let mut lines = Decimal::ZERO;
    let mut readable = true;
    let mut count = 0;
    for (index, line) in root.children(line_name).enumerate() {
        count += 1;
        let at =
            format!("line {}", line.text("cbc:ID").map_or_else(|| (index + 1).to_string(), str::to_owned));
        match amount(line, "cbc:LineExtensionAmount", &at, "BR-DEC-23", problems) {
            Some(net) => lines += net,
            None => readable = false,
        }
        check_line(line, credit_note, rules, &at, problems);
    }
    if count == 0 {
        problems.push(format!("BR-16: the document has no {}.", &line_name[4..]));
    }
    let (allowances, charges) =
        allowances_and_charges(root, "the document", ("BR-31", "BR-36"), rules, problems);
    if let Some(total) = root.child("cac:LegalMonetaryTotal") {
        check_total(root, total, readable.then_some(lines), [allowances, charges], problems);
    }
}

/// A present amount as a number; what is not a number or has more than two decimals is a problem.
fn amount(
    element: Element<'_>,
    path: &str,
    at: &str,
    decimals: &str,
    problems: &mut Vec<String>,
) -> Option<Decimal> {
    let found = element.first(path)?;
    let Some(number) = found.decimal() else {
        problems.push(format!("{at}: {path} is not a decimal number."));
        return None;
    };
    if found.value().and_then(|text| text.split_once('.')).is_some_and(|(_, fraction)| fraction.len() > 2) {
        problems.push(format!("{decimals}: {at}: {path} has more than two decimals."));
    }
    Some(number)
}

/// Sums of allowances and charges directly below an element; `None` when there are none.
fn allowances_and_charges(
    parent: Element<'_>,
    at: &str,
    (allowance_rule, charge_rule): (&str, &str),
    rules: Rules,
    problems: &mut Vec<String>,
) -> (Option<Decimal>, Option<Decimal>) {
    let (mut allowances, mut charges) = (None, None);
    for entry in parent.children("cac:AllowanceCharge") {
        let (sum, rule) = match entry.text("cbc:ChargeIndicator") {
            Some("true" | "1") => (&mut charges, charge_rule),
            Some("false" | "0") => (&mut allowances, allowance_rule),
            _ if rules != Rules::Peppol => continue,
            _ => {
                problems.push(format!(
                    "PEPPOL-EN16931-R043: {at}: an allowance or charge says neither true nor false."
                ));
                continue;
            }
        };
        match amount(entry, "cbc:Amount", at, "BR-DEC-01", problems) {
            Some(amount) => *sum = Some(sum.unwrap_or_default() + amount),
            None if entry.first("cbc:Amount").is_none() => {
                problems.push(format!("{rule}: {at}: an allowance or charge has no amount."))
            }
            None => {}
        }
        if entry.first("cbc:AllowanceChargeReason").is_none()
            && entry.first("cbc:AllowanceChargeReasonCode").is_none()
        {
            problems.push(format!(
                "BR-CO-21: {at}: an allowance or charge has neither a reason nor a reason code."
            ));
        }
    }
    (allowances, charges)
}

fn check_total(
    root: Element<'_>,
    total: Element<'_>,
    lines: Option<Decimal>,
    [allowances, charges]: [Option<Decimal>; 2],
    problems: &mut Vec<String>,
) {
    let found = TOTALS.map(|(path, rule)| amount(total, path, "totals", rule, problems));
    let [net, allowance_total, charge_total, exclusive, inclusive, prepaid, rounding, payable] = found;
    let mut equal = |rule: &str, what: &str, stated: Option<Decimal>, computed: Option<Decimal>| {
        if let (Some(stated), Some(computed)) = (stated, computed)
            && stated != computed
        {
            problems.push(format!("{rule}: {what} is {stated}, but its parts make {computed}."));
        }
    };
    equal("BR-CO-10", "the sum of line net amounts", net, lines.map(cents));
    let zero = Some(Decimal::ZERO);
    equal(
        "BR-CO-11",
        "the sum of allowances",
        allowance_total.or(zero.filter(|_| allowances.is_some())),
        Some(cents(allowances.unwrap_or_default())),
    );
    equal(
        "BR-CO-12",
        "the sum of charges",
        charge_total.or(zero.filter(|_| charges.is_some())),
        Some(cents(charges.unwrap_or_default())),
    );
    let currency = root.text("cbc:DocumentCurrencyCode").unwrap_or("");
    let taxes = tax_totals(root, currency);
    let (less, more) = (allowance_total.unwrap_or_default(), charge_total.unwrap_or_default());
    equal("BR-CO-13", "the total without VAT", exclusive, net.map(|net| cents(net - less + more)));
    equal(
        "BR-CO-15",
        "the total with VAT",
        inclusive,
        exclusive.zip(taxes.first().copied().flatten()).map(|(net, tax)| cents(net + tax)),
    );
    let due = inclusive.map(|inclusive| cents(inclusive - prepaid.unwrap_or_default()));
    equal(
        "BR-CO-16",
        "the amount due",
        payable.map(|payable| cents(payable - rounding.unwrap_or_default())),
        due,
    );
    if taxes.len() != 1 && !currency.is_empty() {
        problems.push(format!("BR-CO-15: there are {} VAT totals in {currency}, not one.", taxes.len()));
    }
    if let Some(accounting) =
        root.text("cbc:TaxCurrencyCode").filter(|code| tax_totals(root, code).is_empty())
    {
        problems.push(format!("BR-53: there is no VAT total in the accounting currency {accounting}."));
    }
}

/// The tax totals in a currency: there must be one in that of the document, and one in the accounting currency if that
/// is given (BR-CO-15, BR-53).
fn tax_totals(root: Element<'_>, currency: &str) -> Vec<Option<Decimal>> {
    let totals = root.all("cac:TaxTotal/cbc:TaxAmount").into_iter();
    totals.filter(|amount| amount.attribute("currencyID") == Some(currency)).map(Element::decimal).collect()
}

fn check_line(line: Element<'_>, credit_note: bool, rules: Rules, at: &str, problems: &mut Vec<String>) {
    let price = line.number("cac:Price/cbc:PriceAmount").flatten();
    if price.is_some_and(|price| price.is_sign_negative() && !price.is_zero()) {
        problems.push(format!("BR-27: {at}: the item net price is negative."));
    }
    let (allowances, charges) = allowances_and_charges(line, at, ("BR-41", "BR-43"), rules, problems);
    if rules != Rules::Peppol {
        return;
    }
    let quantity_name = if credit_note { "cbc:CreditedQuantity" } else { "cbc:InvoicedQuantity" };
    let quantity = line.number(quantity_name).map_or(Some(Decimal::ONE), |found| found);
    let base = line.number("cac:Price/cbc:BaseQuantity").map_or(Some(Decimal::ONE), |found| found);
    let (Some(price), Some(quantity), Some(base)) = (price, quantity, base) else { return };
    if base <= Decimal::ZERO {
        problems.push(format!("PEPPOL-EN16931-R121: {at}: the base quantity is not positive."));
        return;
    }
    let Some(net) = line.number("cbc:LineExtensionAmount").flatten() else { return };
    let less = cents(allowances.unwrap_or_default());
    let more = cents(charges.unwrap_or_default());
    let Some(expected) = price.checked_div(base).and_then(|each| each.checked_mul(quantity)) else { return };
    let expected = expected + more - less;
    if (net - expected).abs() > Decimal::new(2, 2) {
        problems.push(format!(
            "PEPPOL-EN16931-R120: {at}: the net amount is {net}, but quantity and price make {}.",
            cents(expected)
        ));
    }
}

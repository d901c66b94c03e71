//! XRechnung, and the same German rules inside Peppol BIS.

use super::Text::{self, Missing, Says};
use super::Words;

const ONE_KIND: &str = "Give only the group that belongs to the payment means code.";

pub(super) const RULES: &[(&str, Text)] = &[
    ("BR-DE-1", Missing("BG-16")),
    ("BR-DE-2", Missing("BG-6")),
    ("BR-DE-3", Missing("BT-37")),
    ("BR-DE-4", Missing("BT-38")),
    ("BR-DE-5", Missing("BT-41")),
    ("BR-DE-6", Missing("BT-42")),
    ("BR-DE-7", Missing("BT-43")),
    ("BR-DE-8", Missing("BT-52")),
    ("BR-DE-9", Missing("BT-53")),
    ("BR-DE-10", Missing("BT-77")),
    ("BR-DE-11", Missing("BT-78")),
    ("BR-DE-14", Missing("BT-119")),
    (
        "BR-DE-15",
        Says(
            "BT-10",
            "The buyer reference is missing.",
            "Give the Leitweg-ID of the public buyer, or the reference a business buyer asked for (BT-10).",
        ),
    ),
    (
        "BR-DE-16",
        Says(
            "BT-31",
            "The seller has no tax number.",
            "Give a VAT (BT-31) or tax number (BT-32), or a tax representative (BG-11).",
        ),
    ),
    (
        "BR-DE-17",
        Says(
            "BT-3",
            "The type code is not one of XRechnung.",
            "Use 326, 380, 384, 389, 381, 875, 876 or 877.",
        ),
    ),
    (
        "BR-DE-18",
        Says(
            "BT-20",
            "An early payment discount in the payment terms is not spelled as agreed.",
            "Write #SKONTO#TAGE=7#PROZENT=2.00# in a line of its own that ends with a line break.",
        ),
    ),
    ("BR-DE-19", Says("BT-84", "The account of a SEPA transfer is not a valid IBAN.", "Correct the IBAN.")),
    (
        "BR-DE-20",
        Says("BT-91", "The account of a SEPA direct debit is not a valid IBAN.", "Correct the IBAN."),
    ),
    (
        "BR-DE-21",
        Says(
            "BT-24",
            "The specification identifier is not that of XRechnung 3.0.",
            "Write urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0.",
        ),
    ),
    ("BR-DE-22", Says("BT-125", "Two attachments have the same file name.", "Give each its own name.")),
    ("BR-DE-23-a", Missing("BG-17")),
    ("BR-DE-23-b", Says("BG-16", "A credit transfer also gives a card or a direct debit.", ONE_KIND)),
    ("BR-DE-24-a", Missing("BG-18")),
    ("BR-DE-24-b", Says("BG-16", "A card payment also gives a credit transfer or a direct debit.", ONE_KIND)),
    ("BR-DE-25-a", Missing("BG-19")),
    ("BR-DE-25-b", Says("BG-16", "A direct debit also gives a credit transfer or a card.", ONE_KIND)),
    (
        "BR-DE-26",
        Says(
            "BG-3",
            "A corrected invoice (384) does not name the invoice it corrects.",
            "Give the preceding invoice (BT-25).",
        ),
    ),
    (
        "BR-DE-27",
        Says(
            "BT-42",
            "The seller's telephone number has fewer than three digits.",
            "Give a number somebody can call.",
        ),
    ),
    ("BR-DE-28", Says("BT-43", "The seller's email address is not one.", "Give name@domain.tld.")),
    ("BR-DE-30", Missing("BT-90")),
    ("BR-DE-31", Missing("BT-91")),
    (
        "BR-DE-TMP-32",
        Says(
            "BT-72",
            "It is not said when the goods or services were delivered.",
            "Give a delivery date (BT-72), an invoicing period (BG-14), or a period on every line (BG-26).",
        ),
    ),
    (
        "BR-TMP-2",
        Says(
            "BT-124",
            "The location of an external document is not a URL.",
            "Give an address with its scheme, such as https:.",
        ),
    ),
    (
        "BR-DEX-01",
        Says(
            "BT-125",
            "The attachment's media type is not accepted.",
            "Attach a PDF, PNG, JPEG, CSV, XLSX, ODS or XML file.",
        ),
    ),
    (
        "BR-DEX-02",
        Says(
            "BT-131",
            "A line is not the sum of its sub-lines.",
            "Correct the line's net amount or that of a sub-line.",
        ),
    ),
    (
        "BR-DEX-03",
        Says("BG-30", "A sub-line has none or several VAT categories.", "Give each sub-line exactly one."),
    ),
    (
        "BR-DEX-04",
        Says(
            "BT-29",
            "The scheme of a party identifier is not accepted.",
            "Use an ICD code, or XR01 to XR03.",
        ),
    ),
    (
        "BR-DEX-05",
        Says(
            "BT-30",
            "The scheme of a legal registration is not accepted.",
            "Use an ICD code, or XR01 to XR03.",
        ),
    ),
    (
        "BR-DEX-06",
        Says(
            "BT-157",
            "The scheme of an item identifier is not accepted.",
            "Use an ICD code, or XR01 to XR03.",
        ),
    ),
    (
        "BR-DEX-07",
        Says(
            "BT-34",
            "The scheme of an electronic address is not accepted.",
            "Use an EAS code, or XR01 to XR03.",
        ),
    ),
    (
        "BR-DEX-08",
        Says(
            "BT-71",
            "The scheme of a delivery location is not accepted.",
            "Use an ICD code, or XR01 to XR03.",
        ),
    ),
    (
        "BR-DEX-09",
        Says(
            "BT-115",
            "The amount due is not total less paid plus rounding and third party payments.",
            "Correct BT-115 or the amounts it is made of.",
        ),
    ),
    ("BR-DEX-10", Says("", "A third party payment has no type.", "Give PrepaidPayment/ID.")),
    ("BR-DEX-11", Says("", "A third party payment has no amount.", "Give PrepaidPayment/PaidAmount.")),
    (
        "BR-DEX-12",
        Says("", "A third party payment has no description.", "Give PrepaidPayment/InstructionID."),
    ),
    ("BR-DEX-13", Says("", "A third party payment has more than two decimal places.", "Round it to cents.")),
    (
        "BR-DEX-14",
        Says(
            "BT-5",
            "A third party payment is in another currency than the invoice.",
            "Give it in the invoice currency.",
        ),
    ),
    ("BR-DE-CVD-01", Missing("BT-12")),
    ("BR-DE-CVD-02", Missing("BT-17")),
    (
        "BR-DE-CVD-03",
        Says(
            "BT-158",
            "No item names its vehicle category and kind.",
            "Give a classification of list CVD and the attribute cva.",
        ),
    ),
    ("BR-DE-CVD-04", Says("BT-158", "The vehicle category is not known.", "Use M1, M2, M3, N1, N2 or N3.")),
    (
        "BR-DE-CVD-05",
        Says("BT-161", "The kind of vehicle is not known.", "Use clean, zero-emission or other."),
    ),
    (
        "BR-DE-CVD-06-a",
        Says(
            "BG-32",
            "An item with a vehicle category does not have one kind (cva).",
            "Give the attribute cva exactly once.",
        ),
    ),
    (
        "BR-DE-CVD-06-b",
        Says(
            "BT-158",
            "An item with a kind of vehicle (cva) does not have one category.",
            "Give one classification of list CVD.",
        ),
    ),
    (
        "BR-TMP-CVD-01",
        Says(
            "BT-158",
            "The scheme of an item classification is not a code of UNTDID 7143 or CVD.",
            "Use a code such as STI, TST or CVD.",
        ),
    ),
];

/// The Peppol rules for German parties, which say the same under other ids.
pub(super) fn german(id: &str) -> Option<Words> {
    let number = id.strip_prefix("DE-R-")?;
    let own = match number {
        "T02" => "BR-TMP-2".to_owned(),
        _ => match number.split_once('-') {
            Some((rule, part)) => {
                format!("BR-DE-{}-{}", rule.trim_start_matches('0'), if part == "1" { "a" } else { "b" })
            }
            None => format!("BR-DE-{}", number.trim_start_matches('0')),
        },
    };
    RULES.iter().find(|(rule, _)| *rule == own).map(|(_, text)| super::put(*text))
}

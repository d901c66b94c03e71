//! The syntax rules of EN 16931 in UBL.

use super::Text::{self, Once, Says};
use super::Words;
use crate::rules::ubl::unused_path;

const PAYEE_HINT: &str = "Name the payee only if it is not the seller, and once.";

pub(super) const RULES: &[(&str, Text)] = &[
    ("UBL-SR-01", Once("The contract reference (BT-12)")),
    ("UBL-SR-02", Once("The receiving advice reference (BT-15)")),
    ("UBL-SR-03", Once("The despatch advice reference (BT-16)")),
    ("UBL-SR-04", Once("The invoiced object identifier (BT-18)")),
    ("UBL-SR-05", Once("The payment terms (BT-20)")),
    ("UBL-SR-06", Once("The preceding invoice inside one BillingReference (BG-3)")),
    (
        "UBL-SR-07",
        Says(
            "BT-25",
            "A BillingReference does not name the preceding invoice.",
            "Give its number (BT-25), or leave the reference out.",
        ),
    ),
    ("UBL-SR-08", Once("The invoicing period (BG-14)")),
    ("UBL-SR-09", Once("The seller name (BT-27)")),
    ("UBL-SR-10", Once("The seller trading name (BT-28)")),
    ("UBL-SR-11", Once("The seller legal registration (BT-30)")),
    ("UBL-SR-12", Once("The seller VAT identifier (BT-31)")),
    ("UBL-SR-13", Once("The seller tax registration (BT-32)")),
    ("UBL-SR-14", Once("The seller's additional legal information (BT-33)")),
    ("UBL-SR-15", Once("The buyer name (BT-44)")),
    ("UBL-SR-16", Once("The buyer identifier (BT-46)")),
    ("UBL-SR-17", Once("The buyer legal registration (BT-47)")),
    ("UBL-SR-18", Once("The buyer VAT identifier (BT-48)")),
    ("UBL-SR-19", Says("BT-59", "The payee has several names, or the seller's name.", PAYEE_HINT)),
    ("UBL-SR-20", Says("BT-60", "The payee has several identifiers, or the seller's name.", PAYEE_HINT)),
    (
        "UBL-SR-21",
        Says("BT-61", "The payee has several legal registrations, or the seller's name.", PAYEE_HINT),
    ),
    ("UBL-SR-22", Once("The tax representative name (BT-62)")),
    ("UBL-SR-23", Once("The tax representative VAT identifier (BT-63)")),
    ("UBL-SR-24", Once("The delivery information (BG-13)")),
    ("UBL-SR-25", Once("The deliver-to party name (BT-70)")),
    ("UBL-SR-26", Once("The remittance information (BT-83) of one payment means")),
    ("UBL-SR-27", Once("The payment means code (BT-81) of one payment means")),
    ("UBL-SR-28", Once("The mandate reference (BT-89)")),
    ("UBL-SR-29", Once("The bank assigned creditor identifier (BT-90)")),
    ("UBL-SR-30", Once("The reason of an allowance (BT-97, BT-139)")),
    ("UBL-SR-31", Once("The reason of a charge (BT-104, BT-144)")),
    ("UBL-SR-32", Once("The VAT exemption reason (BT-120)")),
    ("UBL-SR-33", Once("The supporting document description (BT-123)")),
    ("UBL-SR-34", Once("The note of a line (BT-127)")),
    ("UBL-SR-35", Once("The referenced purchase order line (BT-132)")),
    ("UBL-SR-36", Once("The period of a line (BG-26)")),
    ("UBL-SR-37", Once("The item price discount (BT-147)")),
    ("UBL-SR-39", Once("The project reference (BT-11)")),
    ("UBL-SR-40", Once("The buyer trading name (BT-45)")),
    (
        "UBL-SR-42",
        Says(
            "BT-31",
            "The seller has more than two tax registrations.",
            "Keep one VAT (BT-31) and one other tax (BT-32) registration.",
        ),
    ),
    (
        "UBL-SR-43",
        Says(
            "BT-122",
            "A supporting document has a type code or a scheme.",
            "Use DocumentTypeCode only for the invoiced object (130), or the project of a credit note (50).",
        ),
    ),
    (
        "UBL-SR-44",
        Says(
            "BT-83",
            "Payment means name different remittance informations (BT-83).",
            "Give the same in all of them.",
        ),
    ),
    ("UBL-SR-45", Once("The due date of a credit note (BT-9)")),
    ("UBL-SR-46", Once("The payment means text (BT-82)")),
    (
        "UBL-SR-47",
        Says("BT-81", "Payment means have different codes (BT-81).", "Give the same code in all of them."),
    ),
    (
        "UBL-SR-48",
        Says(
            "BG-30",
            "A line has none or several VAT categories.",
            "Give each line exactly one VAT category (BT-151).",
        ),
    ),
    ("UBL-SR-49", Once("The tax point date code (BT-8)")),
    ("UBL-SR-50", Once("The item description (BT-154)")),
    ("UBL-SR-51", Once("The third address line")),
    ("UBL-SR-52", Once("The object identifier of a line (BT-128)")),
    (
        "UBL-SR-53",
        Says(
            "BT-31",
            "A tax registration lacks its number or its tax scheme.",
            "Give CompanyID and TaxScheme/ID, such as VAT.",
        ),
    ),
    ("UBL-SR-54", Once("The payment card (BG-18)")),
    ("UBL-SR-55", Once("The payment mandate (BG-19)")),
    ("UBL-SR-56", Once("The tender reference (BT-17)")),
    (
        "UBL-DT-01",
        Says(
            "",
            "An amount has more than two decimal places.",
            "Round it to cents; only prices may have more.",
        ),
    ),
    (
        "UBL-DT-06",
        Says(
            "BT-125",
            "The attachment does not say its media type.",
            "Give mimeCode, such as application/pdf.",
        ),
    ),
    ("UBL-DT-07", Says("BT-125", "The attachment has no file name.", "Give filename.")),
    ("UBL-CR-002", Says("", "UBLVersionID is not 2.1.", "Write 2.1, or leave it out.")),
    (
        "UBL-CR-412",
        Says(
            "BT-9",
            "The due date of an invoice is given with the payment means.",
            "Use DueDate; only a credit note has it in PaymentMeans.",
        ),
    ),
    ("UBL-CR-652", Says("BT-31", "A tax registration number has a scheme identifier.", "Remove schemeID.")),
    ("UBL-CR-660", Says("BT-40", "A country code names its list.", "Remove listID.")),
    ("UBL-CR-662", Says("BT-98", "A reason code names its list.", "Remove listID.")),
    ("UBL-CR-663", Says("BT-130", "A unit of measure names its list.", "Remove unitCodeListID.")),
    (
        "UBL-CR-664",
        Says(
            "BT-86",
            "A FinancialInstitution is given.",
            "Give the BIC in FinancialInstitutionBranch/ID (BT-86).",
        ),
    ),
    ("UBL-CR-665", Says("BT-122", "A supporting document reference has a scheme.", "Remove schemeID.")),
    (
        "UBL-CR-666",
        Says(
            "BT-18",
            "The invoiced object (type 130) has an attachment.",
            "Attach files to supporting documents (BG-24).",
        ),
    ),
    ("UBL-CR-667", Says("BT-156", "The buyer's item identifier has a scheme.", "Remove schemeID.")),
    ("UBL-CR-668", Says("BT-155", "The seller's item identifier has a scheme.", "Remove schemeID.")),
    (
        "UBL-CR-669",
        Says("BT-147", "A price discount has a reason code.", "Remove it; only the amount counts."),
    ),
    ("UBL-CR-670", Says("BT-147", "A price discount has a reason.", "Remove it; only the amount counts.")),
    (
        "UBL-CR-671",
        Says("BT-147", "A price discount has a percentage.", "Remove it; only the amount counts."),
    ),
    (
        "UBL-CR-673",
        Says(
            "BT-18",
            "The invoiced object (type 130) has a description.",
            "Describe supporting documents (BG-24) only.",
        ),
    ),
    ("UBL-CR-674", Says("BT-87", "The payment card number has a scheme.", "Remove schemeID.")),
    ("UBL-CR-675", Says("BG-18", "The card network has a scheme.", "Remove schemeID.")),
    ("UBL-CR-676", Says("BT-89", "The mandate reference has a scheme.", "Remove schemeID.")),
    ("UBL-CR-677", Says("BT-91", "The debited account has a scheme.", "Remove schemeID.")),
    ("UBL-CR-678", Says("BT-118", "A VAT category code has a scheme.", "Remove schemeID.")),
    ("UBL-CR-679", Says("BT-151", "A VAT category code has a scheme.", "Remove schemeID.")),
    (
        "UBL-CR-680",
        Says("BT-91", "A payer account stands outside the mandate.", "Give it in PaymentMandate (BT-91)."),
    ),
];

/// UBL-CR and UBL-DT rules that only say: this is not used.
pub(super) fn unused(id: &str) -> Option<Words> {
    if id.starts_with("UBL-DT-") {
        return Some(Words::new(
            "",
            "An attribute is used that EN 16931 does not know.",
            "Remove it; a receiver may ignore or refuse it.",
        ));
    }
    let number = id.strip_prefix("UBL-CR-")?;
    let path = unused_path(number.trim_start_matches('0'))?;
    Some(Words::new(
        "",
        format!("{path} is not used in EN 16931."),
        "Remove it, or move what it says to a term of EN 16931; a receiver may ignore it.",
    ))
}

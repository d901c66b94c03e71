//! The semantic rules of EN 16931. One table with an entry per rule, hence the length.

use super::Text::{self, Code, Decimals, Missing, Says};
use super::Words;

/// Rules that are not one of a VAT family.
pub(super) const RULES: &[(&str, Text)] = &[
    ("BR-01", Missing("BT-24")),
    ("BR-02", Missing("BT-1")),
    ("BR-03", Missing("BT-2")),
    ("BR-04", Missing("BT-3")),
    ("BR-05", Missing("BT-5")),
    ("BR-06", Missing("BT-27")),
    ("BR-07", Missing("BT-44")),
    ("BR-08", Missing("BG-5")),
    ("BR-09", Missing("BT-40")),
    ("BR-10", Missing("BG-8")),
    ("BR-11", Missing("BT-55")),
    ("BR-12", Missing("BT-106")),
    ("BR-13", Missing("BT-109")),
    ("BR-14", Missing("BT-112")),
    ("BR-15", Missing("BT-115")),
    ("BR-16", Says("BG-25", "The invoice has no line.", "Add at least one invoice line.")),
    (
        "BR-17",
        Says(
            "BT-59",
            "The payee (BG-10) has no name, or is the same as the seller.",
            "Name the payee (BT-59), or leave the group out if the seller is paid.",
        ),
    ),
    ("BR-18", Missing("BT-62")),
    ("BR-19", Missing("BG-12")),
    ("BR-20", Missing("BT-69")),
    ("BR-21", Missing("BT-126")),
    ("BR-22", Missing("BT-129")),
    ("BR-23", Missing("BT-130")),
    ("BR-24", Missing("BT-131")),
    ("BR-25", Missing("BT-153")),
    ("BR-26", Missing("BT-146")),
    (
        "BR-27",
        Says(
            "BT-146",
            "The item net price (BT-146) is negative.",
            "Make the price positive and the quantity (BT-129) negative.",
        ),
    ),
    (
        "BR-28",
        Says(
            "BT-148",
            "The item gross price (BT-148) is negative.",
            "Make the price positive and the quantity (BT-129) negative.",
        ),
    ),
    (
        "BR-29",
        Says(
            "BT-74",
            "The invoicing period ends before it starts.",
            "Set BT-74 to the day of BT-73 or later.",
        ),
    ),
    (
        "BR-30",
        Says(
            "BT-135",
            "The period of the line ends before it starts.",
            "Set BT-135 to the day of BT-134 or later.",
        ),
    ),
    ("BR-31", Missing("BT-92")),
    ("BR-32", Missing("BT-95")),
    (
        "BR-33",
        Says(
            "BT-97",
            "The document level allowance has no reason.",
            "Give a reason (BT-97) or a reason code (BT-98).",
        ),
    ),
    ("BR-36", Missing("BT-99")),
    ("BR-37", Missing("BT-102")),
    (
        "BR-38",
        Says(
            "BT-104",
            "The document level charge has no reason.",
            "Give a reason (BT-104) or a reason code (BT-105).",
        ),
    ),
    ("BR-41", Missing("BT-136")),
    (
        "BR-42",
        Says(
            "BT-139",
            "The line allowance has no reason.",
            "Give a reason (BT-139) or a reason code (BT-140).",
        ),
    ),
    ("BR-43", Missing("BT-141")),
    (
        "BR-44",
        Says("BT-144", "The line charge has no reason.", "Give a reason (BT-144) or a reason code (BT-145)."),
    ),
    ("BR-45", Missing("BT-116")),
    ("BR-46", Missing("BT-117")),
    ("BR-47", Missing("BT-118")),
    (
        "BR-48",
        Says(
            "BT-119",
            "The VAT breakdown has no rate.",
            "Give the rate (BT-119); only category O (not subject to VAT) has none.",
        ),
    ),
    ("BR-49", Missing("BT-81")),
    ("BR-50", Missing("BT-84")),
    (
        "BR-51",
        Says(
            "BT-87",
            "The payment card number (BT-87) shows more digits than allowed.",
            "Give only the last 4 to 6 digits.",
        ),
    ),
    ("BR-52", Missing("BT-122")),
    (
        "BR-53",
        Says(
            "BT-111",
            "A VAT accounting currency (BT-6) is given, but no VAT total in it.",
            "Give the VAT total in that currency (BT-111), or leave BT-6 out.",
        ),
    ),
    (
        "BR-54",
        Says(
            "BG-32",
            "An item attribute lacks its name or its value.",
            "Give both name (BT-160) and value (BT-161).",
        ),
    ),
    ("BR-55", Missing("BT-25")),
    ("BR-56", Missing("BT-63")),
    ("BR-57", Missing("BT-80")),
    (
        "BR-61",
        Says(
            "BT-84",
            "The payment is a credit transfer (30 or 58), but no account is given.",
            "Give the account, usually an IBAN (BT-84).",
        ),
    ),
    (
        "BR-62",
        Says(
            "BT-34",
            "The seller's electronic address has no scheme.",
            "Name the scheme of BT-34 with an EAS code, such as 0088 for a GLN.",
        ),
    ),
    (
        "BR-63",
        Says(
            "BT-49",
            "The buyer's electronic address has no scheme.",
            "Name the scheme of BT-49 with an EAS code, such as 0088 for a GLN.",
        ),
    ),
    (
        "BR-64",
        Says(
            "BT-157",
            "The item standard identifier has no scheme.",
            "Name the scheme of BT-157, such as 0160 for a GTIN.",
        ),
    ),
    (
        "BR-65",
        Says(
            "BT-158",
            "The item classification has no scheme.",
            "Name the scheme of BT-158, such as STI or TST.",
        ),
    ),
    (
        "BR-B-01",
        Says(
            "BT-151",
            "VAT category B (split payment) is used outside Italy.",
            "Use B only between Italian parties.",
        ),
    ),
    (
        "BR-B-02",
        Says(
            "BT-151",
            "VAT categories B (split payment) and S (standard rate) are mixed.",
            "Use one of them in an invoice.",
        ),
    ),
    (
        "BR-CO-03",
        Says("BT-7", "Both the tax point date (BT-7) and its code (BT-8) are given.", "Keep one of them."),
    ),
    ("BR-CO-04", Missing("BT-151")),
    (
        "BR-CO-09",
        Says(
            "BT-31",
            "A VAT identifier does not start with a country code.",
            "Write it with its prefix, such as DE or FR; Greece is EL.",
        ),
    ),
    (
        "BR-CO-10",
        Says(
            "BT-106",
            "The sum of line net amounts (BT-106) is not what the lines (BT-131) add up to.",
            "Correct BT-106, or the net amount of the line that is wrong.",
        ),
    ),
    (
        "BR-CO-11",
        Says(
            "BT-107",
            "The sum of allowances (BT-107) is not what the document level allowances (BT-92) add up to.",
            "Correct BT-107, or leave it out where there are none.",
        ),
    ),
    (
        "BR-CO-12",
        Says(
            "BT-108",
            "The sum of charges (BT-108) is not what the document level charges (BT-99) add up to.",
            "Correct BT-108, or leave it out where there are none.",
        ),
    ),
    (
        "BR-CO-13",
        Says(
            "BT-109",
            "The total without VAT (BT-109) is not lines (BT-106) less allowances (BT-107) plus charges (BT-108).",
            "Correct BT-109 or the sum that is wrong.",
        ),
    ),
    (
        "BR-CO-14",
        Says(
            "BT-110",
            "The VAT total (BT-110) is not what the VAT breakdown (BT-117) adds up to.",
            "Correct BT-110 or the amount in the breakdown.",
        ),
    ),
    (
        "BR-CO-15",
        Says(
            "BT-112",
            "The total with VAT (BT-112) is not total without VAT (BT-109) plus VAT (BT-110).",
            "Correct BT-112, and give exactly one VAT total in the invoice currency.",
        ),
    ),
    (
        "BR-CO-16",
        Says(
            "BT-115",
            "The amount due (BT-115) is not total with VAT (BT-112) less paid (BT-113) plus rounding (BT-114).",
            "Correct BT-115, BT-113 or BT-114.",
        ),
    ),
    (
        "BR-CO-17",
        Says(
            "BT-117",
            "The VAT of a category (BT-117) is not its taxable amount (BT-116) times its rate (BT-119).",
            "Correct the amount, or the rate.",
        ),
    ),
    ("BR-CO-18", Missing("BG-23")),
    (
        "BR-CO-19",
        Says(
            "BG-14",
            "The invoicing period has neither start nor end.",
            "Give BT-73, BT-74 or both, or leave the period out.",
        ),
    ),
    (
        "BR-CO-20",
        Says(
            "BG-26",
            "The period of the line has neither start nor end.",
            "Give BT-134, BT-135 or both, or leave the period out.",
        ),
    ),
    (
        "BR-CO-21",
        Says(
            "BT-97",
            "The document level allowance has neither reason nor reason code.",
            "Give BT-97, BT-98 or both.",
        ),
    ),
    (
        "BR-CO-22",
        Says(
            "BT-104",
            "The document level charge has neither reason nor reason code.",
            "Give BT-104, BT-105 or both.",
        ),
    ),
    (
        "BR-CO-23",
        Says(
            "BT-139",
            "The line allowance has neither reason nor reason code.",
            "Give BT-139, BT-140 or both.",
        ),
    ),
    (
        "BR-CO-24",
        Says("BT-144", "The line charge has neither reason nor reason code.", "Give BT-144, BT-145 or both."),
    ),
    (
        "BR-CO-26",
        Says(
            "BT-29",
            "Nothing identifies the seller.",
            "Give a seller identifier (BT-29), a legal registration (BT-30) or a VAT identifier (BT-31).",
        ),
    ),
    ("BR-DEC-01", Decimals("BT-92")),
    ("BR-DEC-02", Decimals("BT-93")),
    ("BR-DEC-05", Decimals("BT-99")),
    ("BR-DEC-06", Decimals("BT-100")),
    ("BR-DEC-09", Decimals("BT-106")),
    ("BR-DEC-10", Decimals("BT-107")),
    ("BR-DEC-11", Decimals("BT-108")),
    ("BR-DEC-12", Decimals("BT-109")),
    ("BR-DEC-13", Decimals("BT-110")),
    ("BR-DEC-14", Decimals("BT-112")),
    ("BR-DEC-15", Decimals("BT-111")),
    ("BR-DEC-16", Decimals("BT-113")),
    ("BR-DEC-17", Decimals("BT-114")),
    ("BR-DEC-18", Decimals("BT-115")),
    ("BR-DEC-19", Decimals("BT-116")),
    ("BR-DEC-20", Decimals("BT-117")),
    ("BR-DEC-23", Decimals("BT-131")),
    ("BR-DEC-24", Decimals("BT-136")),
    ("BR-DEC-25", Decimals("BT-137")),
    ("BR-DEC-27", Decimals("BT-141")),
    ("BR-DEC-28", Decimals("BT-142")),
    ("BR-CL-01", Code("BT-3", "UNTDID 1001 for this kind of document")),
    (
        "BR-CL-03",
        Says(
            "",
            "An amount's currency is not a code of ISO 4217.",
            "Use a three-letter currency code, such as EUR.",
        ),
    ),
    ("BR-CL-04", Code("BT-5", "ISO 4217")),
    ("BR-CL-05", Code("BT-6", "ISO 4217")),
    ("BR-CL-06", Code("BT-8", "UNTDID 2005 (3, 35 or 432)")),
    (
        "BR-CL-07",
        Says(
            "BT-18",
            "The scheme of an object identifier (BT-18, BT-128) is not a code of UNTDID 1153.",
            "Use a code of UNTDID 1153, or leave the scheme out.",
        ),
    ),
    ("BR-CL-08", Code("BT-21", "UNTDID 4451")),
    (
        "BR-CL-10",
        Says(
            "BT-29",
            "The scheme of a party identifier is not an ISO 6523 code.",
            "Use an ICD code such as 0088, or leave the scheme out.",
        ),
    ),
    (
        "BR-CL-11",
        Says(
            "BT-30",
            "The scheme of a legal registration is not an ISO 6523 code.",
            "Use an ICD code such as 0002, or leave the scheme out.",
        ),
    ),
    (
        "BR-CL-13",
        Says(
            "BT-158",
            "The scheme of an item classification is not a code of UNTDID 7143.",
            "Use a code such as STI (CPV) or TST (UNSPSC).",
        ),
    ),
    (
        "BR-CL-14",
        Says(
            "BT-55",
            "A country code is not one of ISO 3166-1.",
            "Use two capital letters, such as DE; Greece is GR here.",
        ),
    ),
    ("BR-CL-15", Code("BT-159", "ISO 3166-1")),
    ("BR-CL-16", Code("BT-81", "UNTDID 4461")),
    ("BR-CL-17", Code("BT-118", "the VAT categories (S, Z, E, AE, K, G, O, L, M, B)")),
    ("BR-CL-18", Code("BT-151", "the VAT categories (S, Z, E, AE, K, G, O, L, M, B)")),
    ("BR-CL-19", Code("BT-98", "UNTDID 5189")),
    ("BR-CL-20", Code("BT-105", "UNTDID 7161")),
    (
        "BR-CL-21",
        Says(
            "BT-157",
            "The scheme of an item standard identifier is not an ISO 6523 code.",
            "Use an ICD code, such as 0160 for a GTIN.",
        ),
    ),
    ("BR-CL-22", Code("BT-121", "VATEX")),
    (
        "BR-CL-23",
        Says(
            "BT-130",
            "A unit of measure is not a code of UN/ECE Recommendation 20 or 21.",
            "Use a code such as C62 (one), HUR (hour), KGM (kilogram).",
        ),
    ),
    (
        "BR-CL-24",
        Says(
            "BT-125",
            "The attachment's media type is not accepted.",
            "Attach a PDF, PNG, JPEG, CSV, XLSX or ODS file and name its type.",
        ),
    ),
    (
        "BR-CL-25",
        Says(
            "BT-34",
            "The scheme of an electronic address is not a code of the EAS list.",
            "Use an EAS code, such as 0088, 0208 or 9930.",
        ),
    ),
    (
        "BR-CL-26",
        Says(
            "BT-71",
            "The scheme of the delivery location is not an ISO 6523 code.",
            "Use an ICD code such as 0088, or leave the scheme out.",
        ),
    ),
];

/// VAT families: prefix, category, what it is.
const FAMILIES: &[(&str, &str, &str)] = &[
    ("BR-AE-", "AE", "reverse charge"),
    ("BR-E-", "E", "exempt"),
    ("BR-G-", "G", "export outside the EU"),
    ("BR-IC-", "K", "intra-community supply"),
    ("BR-AF-", "L", "Canary Islands tax (IGIC)"),
    ("BR-AG-", "M", "Ceuta and Melilla tax (IPSI)"),
    ("BR-O-", "O", "not subject to VAT"),
    ("BR-S-", "S", "standard rate"),
    ("BR-Z-", "Z", "zero rated"),
];

/// The words for a rule of a VAT family.
pub(super) fn family(id: &str) -> Option<Words> {
    let (number, code, name) =
        FAMILIES.iter().find_map(|(prefix, code, name)| Some((id.strip_prefix(prefix)?, *code, *name)))?;
    let what = format!("category {code} ({name})");
    Some(match number {
        "01" => Words::new(
            "BG-23",
            format!("The VAT breakdown does not match the use of {what}."),
            format!(
                "Have one breakdown with {code} (one per rate where rates differ) exactly if a line, allowance or charge has it."
            ),
        ),
        "02" => identifiers("BT-151", "A line", code, &what),
        "03" => identifiers("BT-95", "An allowance", code, &what),
        "04" => identifiers("BT-102", "A charge", code, &what),
        "05" => rate("BT-152", "A line", code, &what),
        "06" => rate("BT-96", "An allowance", code, &what),
        "07" => rate("BT-103", "A charge", code, &what),
        "08" => Words::new(
            "BT-116",
            format!(
                "The taxable amount of {what} is not lines less allowances plus charges of that category."
            ),
            "Correct BT-116, or the category and rate of the lines.",
        ),
        "09" if matches!(code, "S" | "L" | "M") => Words::new(
            "BT-117",
            format!("The VAT of {what} is not its taxable amount times its rate."),
            "Correct BT-117, or BT-116 and BT-119.",
        ),
        "09" => Words::new("BT-117", format!("The VAT of {what} is not zero."), "Set BT-117 to 0."),
        "10" if matches!(code, "S" | "L" | "M" | "Z") => Words::new(
            "BT-120",
            format!("An exemption reason is given for {what}."),
            "Remove BT-120 and BT-121.",
        ),
        "10" => Words::new(
            "BT-120",
            format!("No exemption reason is given for {what}."),
            "Give the reason as text (BT-120) or VATEX code (BT-121).",
        ),
        "11" if code == "K" => Words::new(
            "BT-72",
            format!("An invoice with {what} does not say when it was delivered."),
            "Give the delivery date (BT-72) or the invoicing period (BG-14).",
        ),
        "12" if code == "K" => Words::new(
            "BT-80",
            format!("An invoice with {what} does not say where it was delivered."),
            "Give the deliver-to country (BT-80).",
        ),
        "11" => Words::new(
            "BG-23",
            format!("The VAT breakdown mixes {what} with other categories."),
            "Use category O for the whole invoice, or not at all.",
        ),
        "12" => Words::new(
            "BT-151",
            format!("A line has another category beside {what}."),
            "Use category O for the whole invoice, or not at all.",
        ),
        "13" => Words::new(
            "BT-95",
            format!("An allowance has another category beside {what}."),
            "Use category O for the whole invoice, or not at all.",
        ),
        "14" => Words::new(
            "BT-102",
            format!("A charge has another category beside {what}."),
            "Use category O for the whole invoice, or not at all.",
        ),
        _ => return None,
    })
}

fn identifiers(term: &str, who: &str, code: &str, what: &str) -> Words {
    let (message, hint) = match code {
        "AE" => (
            "but seller and buyer are not both identified for tax",
            "Give the seller's VAT or tax number (BT-31, BT-32, BT-63) and the buyer's VAT number or registration (BT-48, BT-47).",
        ),
        "G" => (
            "but the seller has no VAT identifier",
            "Give the seller's (BT-31) or its representative's (BT-63) VAT identifier.",
        ),
        "K" => (
            "but seller and buyer do not both have a VAT identifier",
            "Give the seller's (BT-31 or BT-63) and the buyer's (BT-48) VAT identifier.",
        ),
        "O" => ("but a VAT identifier is given", "Remove BT-31, BT-63 and BT-48, or use another category."),
        _ => (
            "but the seller has no tax identifier",
            "Give the seller's VAT (BT-31) or tax (BT-32) number, or its representative's (BT-63).",
        ),
    };
    Words::new(term, format!("{who} has {what}, {message}."), hint)
}

fn rate(term: &str, who: &str, code: &str, what: &str) -> Words {
    let (message, hint) = match code {
        "S" => ("but its rate is not above 0", format!("Give the rate ({term}), or use another category.")),
        "L" | "M" => ("but its rate is missing or negative", format!("Give the rate ({term}), 0 or more.")),
        "O" => ("but has a rate", format!("Remove the rate ({term}).")),
        _ => ("but its rate is not 0", format!("Set the rate ({term}) to 0.")),
    };
    Words::new(term, format!("{who} has {what}, {message}."), hint)
}

//! Peppol BIS Billing, national rules but the German ones aside. One table with an entry per rule, hence the length.

use super::Text::{self, Code, Missing, Once, Says};

const EXEMPTION: &str = "Use the VAT category that belongs to the code, or another code.";

pub(super) const RULES: &[(&str, Text)] = &[
    ("PEPPOL-EN16931-R001", Missing("BT-23")),
    (
        "PEPPOL-EN16931-R002",
        Says(
            "BT-22",
            "The invoice has more than one note.",
            "Keep one note; only between German parties several are allowed.",
        ),
    ),
    (
        "PEPPOL-EN16931-R003",
        Says(
            "BT-10",
            "Neither a buyer reference nor a purchase order reference is given.",
            "Give what the buyer asked for: BT-10 or BT-13.",
        ),
    ),
    (
        "PEPPOL-EN16931-R004",
        Says(
            "BT-24",
            "The specification identifier is not that of Peppol BIS Billing 3.0.",
            "Write urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0.",
        ),
    ),
    (
        "PEPPOL-EN16931-R005",
        Says(
            "BT-6",
            "The VAT accounting currency (BT-6) is the invoice currency.",
            "Leave BT-6 out if both are the same.",
        ),
    ),
    (
        "PEPPOL-EN16931-R007",
        Says(
            "BT-23",
            "The business process (BT-23) is not one of Peppol billing.",
            "Write urn:fdc:peppol.eu:2017:poacc:billing:01:1.0.",
        ),
    ),
    ("PEPPOL-EN16931-R008", Says("", "An element is empty.", "Give it a value, or leave it out.")),
    ("PEPPOL-EN16931-R010", Missing("BT-49")),
    ("PEPPOL-EN16931-R020", Missing("BT-34")),
    (
        "PEPPOL-EN16931-R040",
        Says(
            "BT-92",
            "The amount of an allowance or charge is not its base amount times its percentage.",
            "Correct the amount, the base amount or the percentage; two cents are tolerated.",
        ),
    ),
    (
        "PEPPOL-EN16931-R041",
        Says(
            "BT-93",
            "An allowance or charge has a percentage but no base amount.",
            "Give the base amount, or leave the percentage out.",
        ),
    ),
    (
        "PEPPOL-EN16931-R042",
        Says(
            "BT-94",
            "An allowance or charge has a base amount but no percentage.",
            "Give the percentage, or leave the base amount out.",
        ),
    ),
    (
        "PEPPOL-EN16931-R043",
        Says(
            "BG-20",
            "The indicator of an allowance or charge is neither true nor false.",
            "Write true for a charge, false for an allowance.",
        ),
    ),
    (
        "PEPPOL-EN16931-R044",
        Says(
            "BT-147",
            "A price has a charge.",
            "Only discounts are allowed on prices; put the charge into the price.",
        ),
    ),
    (
        "PEPPOL-EN16931-R046",
        Says(
            "BT-146",
            "The net price (BT-146) is not gross price (BT-148) less discount (BT-147).",
            "Correct one of the three.",
        ),
    ),
    (
        "PEPPOL-EN16931-R051",
        Says(
            "BT-5",
            "An amount is not in the invoice currency (BT-5).",
            "Give every amount in the invoice currency, but the VAT total BT-111.",
        ),
    ),
    (
        "PEPPOL-EN16931-R053",
        Says(
            "BG-23",
            "There is not exactly one VAT total with a breakdown.",
            "Give one TaxTotal with its TaxSubtotal elements.",
        ),
    ),
    (
        "PEPPOL-EN16931-R054",
        Says(
            "BT-111",
            "The number of VAT totals without breakdown does not fit.",
            "Give one if a VAT accounting currency (BT-6) is named, else none.",
        ),
    ),
    (
        "PEPPOL-EN16931-R055",
        Says(
            "BT-111",
            "The VAT totals in both currencies have different signs.",
            "Give BT-110 and BT-111 the same sign.",
        ),
    ),
    ("PEPPOL-EN16931-R061", Missing("BT-89")),
    ("PEPPOL-EN16931-R080", Once("The project reference (BT-11) of a credit note")),
    ("PEPPOL-EN16931-R100", Once("The object identifier of a line (BT-128)")),
    (
        "PEPPOL-EN16931-R101",
        Says(
            "BT-128",
            "The document referenced by a line is not of type 130.",
            "Use the reference for the invoiced object only, with DocumentTypeCode 130.",
        ),
    ),
    (
        "PEPPOL-EN16931-R110",
        Says(
            "BT-134",
            "The line period starts before the invoicing period.",
            "Set BT-134 to BT-73 or later.",
        ),
    ),
    (
        "PEPPOL-EN16931-R111",
        Says("BT-135", "The line period ends after the invoicing period.", "Set BT-135 to BT-74 or earlier."),
    ),
    (
        "PEPPOL-EN16931-R120",
        Says(
            "BT-131",
            "The line net amount is not quantity times price, less allowances, plus charges.",
            "Correct BT-131, BT-129 or BT-146; keep the full precision of the price; two cents are tolerated.",
        ),
    ),
    (
        "PEPPOL-EN16931-R121",
        Says(
            "BT-149",
            "The price base quantity is not above zero.",
            "Give a positive base quantity, or leave it out.",
        ),
    ),
    (
        "PEPPOL-EN16931-R130",
        Says(
            "BT-150",
            "The price base quantity has another unit than the invoiced quantity.",
            "Give both the same unit.",
        ),
    ),
    (
        "PEPPOL-EN16931-CL001",
        Says(
            "BT-125",
            "The attachment's media type is not accepted.",
            "Attach a PDF, PNG, JPEG, CSV, XLSX or ODS file.",
        ),
    ),
    ("PEPPOL-EN16931-CL002", Code("BT-98", "UNTDID 5189")),
    ("PEPPOL-EN16931-CL003", Code("BT-105", "UNTDID 7161")),
    ("PEPPOL-EN16931-CL006", Code("BT-8", "UNTDID 2005 (3, 35 or 432)")),
    (
        "PEPPOL-EN16931-CL007",
        Says(
            "BT-5",
            "An amount's currency is not a code of ISO 4217.",
            "Use a three-letter currency code, such as EUR.",
        ),
    ),
    (
        "PEPPOL-EN16931-CL008",
        Says(
            "BT-34",
            "The scheme of an electronic address is not used in Peppol.",
            "Use an active scheme of the Peppol participant identifier list.",
        ),
    ),
    (
        "PEPPOL-EN16931-F001",
        Says("BT-2", "A date is not written as YYYY-MM-DD.", "Write it so, without time and time zone."),
    ),
    ("PEPPOL-EN16931-P0100", Code("BT-3", "the invoice types of Peppol")),
    ("PEPPOL-EN16931-P0101", Code("BT-3", "the credit note types of Peppol")),
    ("PEPPOL-EN16931-P0104", Says("BT-118", "VATEX-EU-G is given for another category than G.", EXEMPTION)),
    ("PEPPOL-EN16931-P0105", Says("BT-118", "VATEX-EU-O is given for another category than O.", EXEMPTION)),
    ("PEPPOL-EN16931-P0106", Says("BT-118", "VATEX-EU-IC is given for another category than K.", EXEMPTION)),
    ("PEPPOL-EN16931-P0107", Says("BT-118", "VATEX-EU-AE is given for another category than AE.", EXEMPTION)),
    ("PEPPOL-EN16931-P0108", Says("BT-118", "VATEX-EU-D is given for another category than E.", EXEMPTION)),
    ("PEPPOL-EN16931-P0109", Says("BT-118", "VATEX-EU-F is given for another category than E.", EXEMPTION)),
    ("PEPPOL-EN16931-P0110", Says("BT-118", "VATEX-EU-I is given for another category than E.", EXEMPTION)),
    ("PEPPOL-EN16931-P0111", Says("BT-118", "VATEX-EU-J is given for another category than E.", EXEMPTION)),
    (
        "PEPPOL-EN16931-P0112",
        Says(
            "BT-3",
            "Type 326 or 384 is used outside Germany.",
            "Use 380; these two are for German parties only.",
        ),
    ),
    (
        "PEPPOL-COMMON-R040",
        Says(
            "BT-34",
            "A GLN (scheme 0088) has a wrong check digit.",
            "Correct the number: a digit is wrong or two are swapped.",
        ),
    ),
    (
        "PEPPOL-COMMON-R041",
        Says(
            "BT-34",
            "A Norwegian organisation number (0192) is not valid.",
            "Give 9 digits with the right check digit.",
        ),
    ),
    (
        "PEPPOL-COMMON-R042",
        Says(
            "BT-34",
            "A Danish CVR number (0184) is not valid.",
            "Give 8 digits, with or without DK before them.",
        ),
    ),
    (
        "PEPPOL-COMMON-R043",
        Says(
            "BT-34",
            "A Belgian enterprise number (0208) is not valid.",
            "Give 10 digits whose last two are the right check.",
        ),
    ),
    (
        "PEPPOL-COMMON-R044",
        Says("BT-34", "An Italian IPA code (0201) is not valid.", "Give 6 letters or digits."),
    ),
    (
        "PEPPOL-COMMON-R045",
        Says("BT-34", "An Italian codice fiscale (0210) is not valid.", "Give 16 characters or 11 digits."),
    ),
    (
        "PEPPOL-COMMON-R046",
        Says("BT-34", "An Italian codice fiscale (9907) is not valid.", "Give 16 characters or 11 digits."),
    ),
    (
        "PEPPOL-COMMON-R047",
        Says(
            "BT-34",
            "An Italian partita IVA (0211) is not valid.",
            "Give IT and 11 digits with the right check digit.",
        ),
    ),
    (
        "PEPPOL-COMMON-R049",
        Says(
            "BT-34",
            "A Swedish organisation number (0007) is not valid.",
            "Give 10 digits with the right check digit; no VAT number.",
        ),
    ),
    (
        "PEPPOL-COMMON-R050",
        Says(
            "BT-34",
            "An Australian business number (0151) is not valid.",
            "Give 11 digits with the right check.",
        ),
    ),
    ("PEPPOL-COMMON-R052", Says("BT-34", "A Danish P number (0096) is not valid.", "Give 10 digits.")),
    ("PEPPOL-COMMON-R053", Says("BT-34", "A Danish SE number (0198) is not valid.", "Give DK and 8 digits.")),
    ("PEPPOL-COMMON-R054", Says("BT-34", "A Dutch KvK number (0106) is not valid.", "Give 8 digits.")),
    ("PEPPOL-COMMON-R055", Says("BT-34", "A Dutch OIN (0190) is not valid.", "Give 20 digits.")),
    (
        "PEPPOL-COMMON-R056-1",
        Says("BT-34", "A Dutch VAT number (9944) is not valid.", "Give NL, 9 digits, B and 2 digits."),
    ),
    (
        "PEPPOL-COMMON-R056-2",
        Says("BT-31", "A Dutch VAT number is not valid.", "Give NL, 9 digits, B and 2 digits."),
    ),
    (
        "PEPPOL-COMMON-R057",
        Says("BT-34", "A Dutch establishment number (0217) is not valid.", "Give 12 digits."),
    ),
    (
        "NO-R-001",
        Says(
            "BT-31",
            "The VAT number of a Norwegian seller is not valid.",
            "Give NO, the 9 digits of the organisation number, and MVA.",
        ),
    ),
    (
        "NO-R-002",
        Says(
            "BT-32",
            "A Norwegian seller does not say that it is in the register of companies.",
            "Give the tax registration Foretaksregisteret under tax scheme TAX.",
        ),
    ),
    ("DK-R-002", Missing("BT-30")),
    (
        "DK-R-003",
        Says("BT-158", "A UNSPSC code names no accepted version.", "Name list version 19.05.01 or 26.08.01."),
    ),
    (
        "DK-R-004",
        Says(
            "BT-98",
            "Reason code ZZZ is not explained.",
            "Give the reason as four digits, or as two parts with # between.",
        ),
    ),
    (
        "DK-R-005",
        Says(
            "BT-81",
            "The payment means code is not used in Denmark.",
            "Use 1, 10, 31, 42, 48, 49, 50, 58, 59, 93 or 97.",
        ),
    ),
    (
        "DK-R-006",
        Says(
            "BT-84",
            "A Danish bank transfer lacks account or registration number.",
            "Give account (BT-84) and registration number (BT-86).",
        ),
    ),
    (
        "DK-R-007",
        Says(
            "BT-89",
            "A Danish direct debit lacks mandate or account.",
            "Give mandate reference (BT-89) and debited account (BT-91).",
        ),
    ),
    (
        "DK-R-008",
        Says(
            "BT-83",
            "A giro payment (50) lacks its card type or giro account.",
            "Start BT-83 with 01#, 04# or 15#, and give an account of 7 or 8 digits.",
        ),
    ),
    (
        "DK-R-009",
        Says("BT-83", "The giro payment id has the wrong length.", "Give 16 digits after 04# or 15#."),
    ),
    (
        "DK-R-010",
        Says(
            "BT-83",
            "A FIK payment (93) lacks its card type or creditor account.",
            "Start BT-83 with 71#, 73# or 75#, and give an account of 8 characters.",
        ),
    ),
    (
        "DK-R-011",
        Says("BT-83", "The FIK payment id has the wrong length.", "Give 15 or 16 digits after 71# or 75#."),
    ),
    (
        "DK-R-013",
        Says(
            "BT-29",
            "A party identifier of a Danish party has no scheme.",
            "Name the scheme, such as 0088 or 0184.",
        ),
    ),
    (
        "DK-R-014",
        Says("BT-30", "The legal registration of a Danish seller is not a CVR number.", "Use scheme 0184."),
    ),
    (
        "DK-R-016",
        Says(
            "BT-115",
            "The amount due of a Danish credit note is negative.",
            "Make it positive, or send an invoice.",
        ),
    ),
    (
        "DK-R-017",
        Says("BT-47", "The legal registration of a Danish buyer is not a CVR number.", "Use scheme 0184."),
    ),
    (
        "IT-R-001",
        Says(
            "BT-32",
            "The tax registration of an Italian seller is not valid.",
            "Give 11 to 16 capital letters or digits.",
        ),
    ),
    ("IT-R-002", Missing("BT-35")),
    ("IT-R-003", Missing("BT-37")),
    ("IT-R-004", Missing("BT-38")),
    (
        "SE-R-001",
        Says(
            "BT-31",
            "The VAT number of a Swedish seller does not have 14 characters.",
            "Give SE and 12 digits.",
        ),
    ),
    (
        "SE-R-002",
        Says(
            "BT-31",
            "The VAT number of a Swedish seller has more than digits after SE.",
            "Give SE and 12 digits.",
        ),
    ),
    (
        "SE-R-003",
        Says(
            "BT-30",
            "The organisation number of a Swedish seller is not numeric.",
            "Give 10 digits, without hyphen.",
        ),
    ),
    (
        "SE-R-004",
        Says(
            "BT-30",
            "The organisation number of a Swedish seller does not have 10 characters.",
            "Give 10 digits, without hyphen.",
        ),
    ),
    (
        "SE-R-005",
        Says(
            "BT-32",
            "The other tax registration of a Swedish seller is not the F-tax approval.",
            "Write Godkänd för F-skatt.",
        ),
    ),
    (
        "SE-R-006",
        Says("BT-152", "The rate is no Swedish standard rate.", "Use 25, 12 or 6 percent with category S."),
    ),
    ("SE-R-007", Says("BT-84", "A PlusGiro number is not numeric.", "Give digits only.")),
    ("SE-R-008", Says("BT-84", "A BankGiro number is not numeric.", "Give digits only.")),
    ("SE-R-009", Says("BT-84", "A BankGiro number does not have 7 or 8 digits.", "Correct the number.")),
    ("SE-R-010", Says("BT-84", "A PlusGiro number does not have 2 to 8 digits.", "Correct the number.")),
    (
        "SE-R-011",
        Says(
            "BT-81",
            "A Swedish giro payment uses code 50 or 56.",
            "Use 30, with SE:PLUSGIRO or SE:BANKGIRO as BT-86.",
        ),
    ),
    ("SE-R-012", Says("BT-81", "A domestic Swedish transfer uses code 31.", "Use 30.")),
    (
        "SE-R-013",
        Says(
            "BT-30",
            "The organisation number of a Swedish seller has a wrong check digit.",
            "Correct the number.",
        ),
    ),
    (
        "GR-R-001-1",
        Says(
            "BT-1",
            "The invoice number of a Greek seller does not have six parts.",
            "Join TIN, date, branch, type, series and number with |.",
        ),
    ),
    (
        "GR-R-001-2",
        Says(
            "BT-1",
            "The first part of a Greek invoice number is not the seller's tax number.",
            "Write the 9 digits of the seller's or its representative's VAT number.",
        ),
    ),
    (
        "GR-R-001-3",
        Says(
            "BT-1",
            "The second part of a Greek invoice number is not the issue date.",
            "Write the date as DD/MM/YYYY.",
        ),
    ),
    (
        "GR-R-001-4",
        Says(
            "BT-1",
            "The third part of a Greek invoice number is not a branch number.",
            "Write a whole number, 0 for the head office.",
        ),
    ),
    (
        "GR-R-001-5",
        Says(
            "BT-1",
            "The fourth part of a Greek invoice number is not a document type.",
            "Write 1.1, 1.6, 2.1, 2.4, 5.1 or 5.2.",
        ),
    ),
    (
        "GR-R-001-6",
        Says(
            "BT-1",
            "The fifth part of a Greek invoice number, the series, is empty.",
            "Write the series, or 0.",
        ),
    ),
    (
        "GR-R-001-7",
        Says("BT-1", "The sixth part of a Greek invoice number, the number, is empty.", "Write the number."),
    ),
    ("GR-R-002", Missing("BT-28")),
    (
        "GR-R-003",
        Says(
            "BT-31",
            "The VAT number of a Greek seller is not valid.",
            "Give EL and 9 digits with the right check digit.",
        ),
    ),
    (
        "GR-R-004-1",
        Says(
            "BG-24",
            "A Greek invoice does not give its M.AR.K. exactly once.",
            "Give one supporting document described as ##M.AR.K##.",
        ),
    ),
    (
        "GR-R-004-2",
        Says("BT-122", "The M.AR.K. is not a positive number.", "Write the number the tax authority gave."),
    ),
    ("GR-R-005", Missing("BT-45")),
    (
        "GR-R-006",
        Says(
            "BT-48",
            "The VAT number of a Greek buyer is not valid.",
            "Give one: EL and 9 digits with the right check digit.",
        ),
    ),
    (
        "GR-R-008-2",
        Says(
            "BG-24",
            "A Greek invoice gives its address more than once.",
            "Keep one supporting document described as ##INVOICE|URL##.",
        ),
    ),
    ("GR-R-008-3", Missing("BT-124")),
    (
        "GR-R-009",
        Says(
            "BT-34",
            "The electronic address of a Greek seller is not its tax number.",
            "Use scheme 9933 with the 9 digits.",
        ),
    ),
    (
        "GR-R-010",
        Says(
            "BT-49",
            "The electronic address of a Greek buyer is not its tax number.",
            "Use scheme 9933 with the 9 digits.",
        ),
    ),
    (
        "GR-S-008-1",
        Says(
            "BG-24",
            "A Greek invoice does not give its address.",
            "Give one supporting document described as ##INVOICE|URL##.",
        ),
    ),
    (
        "GR-S-011",
        Says(
            "BT-31",
            "A Greek seller does not have exactly one valid VAT number.",
            "Give EL and 9 digits with the right check digit.",
        ),
    ),
    ("IS-R-001", Says("BT-3", "The type code is not used in Iceland.", "Use 380 or 381.")),
    (
        "IS-R-002",
        Says(
            "BT-30",
            "An Icelandic seller gives no kennitala.",
            "Give it as legal registration with scheme 0196.",
        ),
    ),
    (
        "IS-R-003",
        Says(
            "BG-5",
            "The address of an Icelandic seller lacks street or post code.",
            "Give BT-35 and BT-38.",
        ),
    ),
    (
        "IS-R-004",
        Says(
            "BT-47",
            "An Icelandic buyer has no kennitala.",
            "Give it as legal registration with scheme 0196.",
        ),
    ),
    (
        "IS-R-005",
        Says("BG-8", "The address of an Icelandic buyer lacks street or post code.", "Give BT-50 and BT-53."),
    ),
    (
        "IS-R-006",
        Says(
            "BT-84",
            "The account of payment means 9 does not have 12 digits.",
            "Give the 12 digits of the account.",
        ),
    ),
    (
        "IS-R-007",
        Says(
            "BT-84",
            "The account of payment means 42 does not have 12 digits.",
            "Give the 12 digits of the account.",
        ),
    ),
    ("IS-R-008", Says("BT-122", "The final due date (EINDAGI) is not a date.", "Write it as YYYY-MM-DD.")),
    ("IS-R-009", Missing("BT-9")),
    (
        "IS-R-010",
        Says("BT-9", "The final due date (EINDAGI) is before the due date.", "Set it to BT-9 or later."),
    ),
    ("NL-R-001", Missing("BT-25")),
    (
        "NL-R-002",
        Says(
            "BG-5",
            "The address of a Dutch seller lacks street, city or post code.",
            "Give BT-35, BT-37 and BT-38.",
        ),
    ),
    (
        "NL-R-003",
        Says(
            "BT-30",
            "The legal registration of a Dutch seller is not a KvK or OIN number.",
            "Use scheme 0106 or 0190.",
        ),
    ),
    (
        "NL-R-004",
        Says(
            "BG-8",
            "The address of a Dutch buyer lacks street, city or post code.",
            "Give BT-50, BT-52 and BT-53.",
        ),
    ),
    (
        "NL-R-005",
        Says(
            "BT-47",
            "The legal registration of a Dutch buyer is not a KvK or OIN number.",
            "Use scheme 0106 or 0190.",
        ),
    ),
    (
        "NL-R-006",
        Says(
            "BG-12",
            "The address of a Dutch tax representative lacks street, city or post code.",
            "Give BT-64, BT-66 and BT-67.",
        ),
    ),
    ("NL-R-007", Missing("BG-16")),
    (
        "NL-R-008",
        Says(
            "BT-81",
            "The payment means code is not used between Dutch parties.",
            "Use 30, 48, 49, 57, 58 or 59.",
        ),
    ),
    (
        "NL-R-009",
        Says(
            "BT-13",
            "A line refers to an order line, but the invoice to no order.",
            "Give the purchase order reference (BT-13).",
        ),
    ),
];

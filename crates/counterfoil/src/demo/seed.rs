//! The seeded company's documents: invoices and credit notes as a company has them, good ones and broken ones, each
//! with the state it must end in. Amounts are computed here line by line; no clock and no randomness.

use einvoice::Invoice;
use einvoice::invoice::{
    Address, Buyer, Contact, CreditTransfer, Delivery, DocumentKind, Identifier, Item, Line, LineVat,
    PaymentInstructions, PrecedingInvoice, Price, ProcessControl, Seller, Totals, VatBreakdown,
};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::store::rows::State;

/// The seeded company.
pub const COMPANY: Party = Party {
    name: "Larkfield Instruments Ltd",
    vat: "GB927384619",
    endpoint: ("9932", "GB927384619"),
    street: "14 Foundry Lane",
    city: "Sheffield",
    post_code: "S3 8EN",
    country: "GB",
};

/// Its customers; the first four are in the network, the fifth takes invoices only, the last is not there.
pub const CUSTOMERS: [Party; 6] = [
    customer("Brightwater Utilities plc", "GB114729350", "9932", "GB114729350", "Bristol", "BS1 4ST", "GB"),
    customer("Kestrel & Finch Surveyors", "GB203948571", "9932", "GB203948571", "Leeds", "LS1 4AP", "GB"),
    customer("Messhaus Weber GmbH", "DE318274659", "9930", "DE318274659", "Hamburg", "20457", "DE"),
    customer("Ateliers Corbin SAS", "FR47318274659", "9957", "FR47318274659", "Lyon", "69002", "FR"),
    customer("Oakridge Parish Council", "GB998877661", "9932", "GB998877661", "Oakridge", "GL6 7NU", "GB"),
    customer("Thistle Harbour Trust", "GB556677881", "9932", "GB556677881", "Oban", "PA34 4AW", "GB"),
];

/// A party as the seed knows it.
#[derive(Debug, Clone, Copy)]
pub struct Party {
    pub name: &'static str,
    pub vat: &'static str,
    pub endpoint: (&'static str, &'static str),
    pub street: &'static str,
    pub city: &'static str,
    pub post_code: &'static str,
    pub country: &'static str,
}

const fn customer(
    name: &'static str,
    vat: &'static str,
    scheme: &'static str,
    endpoint: &'static str,
    city: &'static str,
    post_code: &'static str,
    country: &'static str,
) -> Party {
    Party { name, vat, endpoint: (scheme, endpoint), street: "1 Market Square", city, post_code, country }
}

/// A file of the seeded inbox and what must become of it.
pub struct Seeded {
    pub name: String,
    pub bytes: Vec<u8>,
    pub state: State,
    /// Codes that must be among its problems.
    pub codes: &'static [&'static str],
}

/// The inbox of the seeded company, in the order it is read.
pub fn inbox() -> Vec<Seeded> {
    let mut files: Vec<Seeded> =
        (1..=10).map(|n| good(&format!("2026/invoice-{n:04}.xml"), &invoice(n, n as usize % 4))).collect();
    files.push(good("2026/credit-note-0001.XML", &credit_note(1, 2, 1)));
    files.push(good("2026/credit-note-0002.xml", &credit_note(2, 5, 0)));
    files.push(Seeded {
        codes: &[],
        ..settled("2026/invoice-0003 (copy).xml", einvoice::ubl::write(&invoice(3, 3)))
    });
    files.extend(broken());
    files
}

/// As many valid invoices as asked for.
pub fn many(count: usize) -> impl Iterator<Item = (String, Vec<u8>)> {
    (1..=count).map(|n| {
        let number = u32::try_from(n).unwrap_or(u32::MAX);
        (format!("{:03}/invoice-{n:06}.xml", n / 1000), einvoice::ubl::write(&invoice(number, n % 4)))
    })
}

fn good(name: &str, invoice: &Invoice) -> Seeded {
    settled(name, einvoice::ubl::write(invoice))
}

fn settled(name: &str, bytes: Vec<u8>) -> Seeded {
    Seeded { name: name.to_owned(), bytes, state: State::Settled, codes: &[] }
}

fn broken() -> Vec<Seeded> {
    let blocked = |name: &str, bytes: Vec<u8>, codes: &'static [&'static str]| Seeded {
        name: format!("broken/{name}"),
        bytes,
        state: State::Blocked,
        codes,
    };
    let changed = |number: u32, change: fn(&mut Invoice)| {
        let mut invoice = invoice(number, 0);
        change(&mut invoice);
        einvoice::ubl::write(&invoice)
    };
    let whole = einvoice::ubl::write(&invoice(90, 0));
    let other = changed(4, |invoice| invoice.payment_terms = Some("Within 14 days".to_owned()));
    vec![
        blocked("z-same-number-other-content.xml", other, &["number_already_used"]),
        blocked(
            "sum-of-lines-off-by-a-cent.xml",
            changed(91, |invoice| {
                invoice.totals.line_net = invoice.totals.line_net.map(|sum| sum + Decimal::new(1, 2))
            }),
            &["BR-CO-10"],
        ),
        blocked("no-seller-name.xml", changed(92, |invoice| invoice.seller.name.clear()), &["BR-06"]),
        blocked(
            "gross-off-by-a-cent.xml",
            changed(93, |invoice| {
                invoice.totals.with_vat = invoice.totals.with_vat.map(|sum| sum + Decimal::new(1, 2))
            }),
            &["BR-CO-15"],
        ),
        blocked(
            "receiver-not-in-the-network.xml",
            einvoice::ubl::write(&invoice(94, 5)),
            &["receiver_unknown"],
        ),
        blocked(
            "receiver-takes-no-credit-notes.xml",
            einvoice::ubl::write(&credit_note(95, 1, 4)),
            &["receiver_cannot_receive"],
        ),
        blocked("truncated.xml", whole[..whole.len() / 2].to_vec(), &[]),
        blocked(
            "order.xml",
            b"<Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\"/>".to_vec(),
            &["not_an_invoice"],
        ),
        blocked("entity.xml", b"<!DOCTYPE Invoice [<!ENTITY x \"y\">]><Invoice>&x;</Invoice>".to_vec(), &[]),
        blocked("scan.pdf", b"%PDF-1.7 a scanned invoice".to_vec(), &[]),
    ]
}

const FIRST_DAY: Date = date(2026, 10, 1);

/// One valid Peppol BIS Billing 3 invoice to a customer, told apart by its number.
pub fn invoice(n: u32, customer: usize) -> Invoice {
    let issued = FIRST_DAY.saturating_add((i64::from(n) % 28).days());
    let lines: Vec<Line> = (0..2 + n % 3).map(|index| line(n, index)).collect();
    let net: Decimal = lines.iter().filter_map(|line| line.net_amount).sum();
    let vat = (net * Decimal::new(20, 2)).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Invoice {
        kind: DocumentKind::Invoice,
        number: format!("LI-2026-{n:05}"),
        issue_date: Some(issued),
        type_code: "380".to_owned(),
        currency: "GBP".to_owned(),
        due_date: Some(issued.saturating_add(30.days())),
        buyer_reference: Some(format!("PO-{}", 7000 + n)),
        payment_terms: Some("Within 30 days".to_owned()),
        process: ProcessControl {
            business_process: Some("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0".to_owned()),
            specification: "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
                .to_owned(),
        },
        seller: seller(),
        buyer: buyer(&CUSTOMERS[customer]),
        delivery: Some(Delivery { date: Some(issued), ..Delivery::default() }),
        payment: Some(PaymentInstructions {
            means_code: "30".to_owned(),
            remittance_information: Some(format!("LI-2026-{n:05}")),
            credit_transfers: vec![CreditTransfer {
                account: "GB33BUKB20201555555555".to_owned(),
                account_name: Some(COMPANY.name.to_owned()),
                ..CreditTransfer::default()
            }],
            ..PaymentInstructions::default()
        }),
        totals: Totals {
            line_net: Some(net),
            without_vat: Some(net),
            vat: Some(vat),
            with_vat: Some(net + vat),
            due: Some(net + vat),
            ..Totals::default()
        },
        vat_breakdown: vec![VatBreakdown {
            taxable_amount: Some(net),
            tax_amount: Some(vat),
            category: "S".to_owned(),
            rate: Some(Decimal::from(20)),
            ..VatBreakdown::default()
        }],
        lines,
        ..Invoice::default()
    }
}

/// A credit note for an invoice of the seed.
fn credit_note(n: u32, credited: u32, customer: usize) -> Invoice {
    let first = invoice(credited, customer);
    Invoice {
        kind: DocumentKind::CreditNote,
        number: format!("LC-2026-{n:05}"),
        type_code: "381".to_owned(),
        preceding_invoices: vec![PrecedingInvoice {
            number: first.number.clone(),
            issue_date: first.issue_date,
        }],
        // UBL keeps a credit note's due date with its payment means; the seed leaves it out.
        due_date: None,
        ..first
    }
}

fn line(n: u32, index: u32) -> Line {
    const CATALOGUE: [(&str, i64, &str); 5] = [
        ("Torque transducer", 48_950, "C62"),
        ("Calibration on site", 12_500, "HUR"),
        ("Flow meter DN50", 133_725, "C62"),
        ("Signal cable, shielded", 435, "MTR"),
        ("Yearly service", 99_990, "C62"),
    ];
    let (name, price, unit) = CATALOGUE[(n as usize + index as usize) % CATALOGUE.len()];
    let price = Decimal::new(price, 2);
    let quantity = Decimal::from(1 + (n * 7 + index * 3) % 9);
    Line {
        id: (index + 1).to_string(),
        quantity: Some(quantity),
        unit: unit.to_owned(),
        net_amount: Some((quantity * price).round_dp(2)),
        price: Price { net: Some(price), ..Price::default() },
        vat: LineVat { category: "S".to_owned(), rate: Some(Decimal::from(20)) },
        item: Item { name: name.to_owned(), ..Item::default() },
        ..Line::default()
    }
}

fn seller() -> Seller {
    Seller {
        name: COMPANY.name.to_owned(),
        vat_identifier: Some(COMPANY.vat.to_owned()),
        electronic_address: Some(Identifier::of_scheme(COMPANY.endpoint.0, COMPANY.endpoint.1)),
        address: Some(address(&COMPANY)),
        contact: Some(Contact { name: Some("Accounts".to_owned()), ..Contact::default() }),
        ..Seller::default()
    }
}

fn buyer(party: &Party) -> Buyer {
    Buyer {
        name: party.name.to_owned(),
        vat_identifier: Some(party.vat.to_owned()),
        electronic_address: Some(Identifier::of_scheme(party.endpoint.0, party.endpoint.1)),
        address: Some(address(party)),
        ..Buyer::default()
    }
}

fn address(party: &Party) -> Address {
    Address {
        line1: Some(party.street.to_owned()),
        city: Some(party.city.to_owned()),
        post_code: Some(party.post_code.to_owned()),
        country: Some(party.country.to_owned()),
        ..Address::default()
    }
}

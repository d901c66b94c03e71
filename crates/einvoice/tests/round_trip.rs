//! `read(write(invoice)) == invoice` for every term of EN 16931, over generated invoices. A generator per
//! group of the model, hence the length.

use einvoice::invoice::*;
use jiff::civil::Date;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Text as XML can carry it: no control characters; trimmed and not empty, since empty means absent.
fn text() -> BoxedStrategy<String> {
    "[A-Za-z0-9äß€𝄞 <>&\"'#/.,\u{a0}-]{1,24}"
        .prop_map(|t| t.trim_matches(' ').to_owned())
        .prop_filter("not empty, no subject code", |t| !t.is_empty() && !t.starts_with('#') && t != "NA")
        .boxed()
}

/// Text whose line breaks matter; white space at its ends is kept.
fn prose() -> BoxedStrategy<String> {
    ("[ \n]{0,2}", text(), "[ \t\n]{0,2}").prop_map(|(a, t, b)| format!("{a}{t}{b}")).boxed()
}

fn code() -> BoxedStrategy<String> {
    "[A-Z0-9]{1,4}".boxed()
}

fn date() -> BoxedStrategy<Date> {
    (1i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).expect("a day")).boxed()
}

fn number() -> BoxedStrategy<Decimal> {
    (-10_000_000_000i64..10_000_000_000, 0u32..8).prop_map(|(n, scale)| Decimal::new(n, scale)).boxed()
}

fn identifier() -> BoxedStrategy<Identifier> {
    (text(), of("[0-9]{4}")).prop_map(|(value, scheme)| Identifier { value, scheme, version: None }).boxed()
}

fn classification() -> BoxedStrategy<Identifier> {
    (text(), of(code()), of(code()))
        .prop_map(|(value, scheme, version)| Identifier { value, scheme, version })
        .boxed()
}

fn address() -> BoxedStrategy<Address> {
    (of(text()), of(text()), of(text()), of(text()), of(text()), of(text()), code())
        .prop_map(|(line1, line2, line3, city, post_code, subdivision, country)| Address {
            line1,
            line2,
            line3,
            city,
            post_code,
            subdivision,
            country: Some(country),
        })
        .boxed()
}

fn contact() -> BoxedStrategy<Contact> {
    (text(), of(text()), of(text()))
        .prop_map(|(name, telephone, email)| Contact { name: Some(name), telephone, email })
        .boxed()
}

fn period() -> BoxedStrategy<Period> {
    (date(), of(date())).prop_map(|(start, end)| Period { start: Some(start), end }).boxed()
}

fn seller() -> BoxedStrategy<Seller> {
    let registration =
        (text(), of("[A-Z]{2}")).prop_map(|(value, scheme)| Identifier { value, scheme, version: None });
    (
        text(),
        of(text()),
        vec(identifier(), 0..3),
        of(identifier()),
        of(text()),
        of(registration),
        of(text()),
        of(identifier()),
        of(address()),
        of(contact()),
    )
        .prop_map(
            |(
                name,
                trading_name,
                identifiers,
                legal_registration,
                vat_identifier,
                tax_registration,
                legal_information,
                electronic_address,
                address,
                contact,
            )| {
                Seller {
                    name,
                    trading_name,
                    identifiers,
                    legal_registration,
                    vat_identifier,
                    tax_registration,
                    legal_information,
                    electronic_address,
                    address,
                    contact,
                }
            },
        )
        .boxed()
}

fn buyer() -> BoxedStrategy<Buyer> {
    (
        text(),
        of(text()),
        of(identifier()),
        of(identifier()),
        of(text()),
        of(identifier()),
        of(address()),
        of(contact()),
    )
        .prop_map(
            |(
                name,
                trading_name,
                identifier,
                legal_registration,
                vat_identifier,
                electronic_address,
                address,
                contact,
            )| Buyer {
                name,
                trading_name,
                identifier,
                legal_registration,
                vat_identifier,
                electronic_address,
                address,
                contact,
            },
        )
        .boxed()
}

fn payment() -> BoxedStrategy<PaymentInstructions> {
    let transfer = (of("[a-z]{2}"), text(), of(text()), of(text())).prop_map(
        |(means_code, account, account_name, service_provider)| CreditTransfer {
            means_code,
            account,
            account_name,
            service_provider,
        },
    );
    let card = (text(), of(text()), of(text())).prop_map(|(account_number, network, holder_name)| {
        PaymentCard { account_number, network, holder_name }
    });
    let debit = (text(), of(text()), of(text())).prop_map(|(m, creditor_identifier, debited_account)| {
        DirectDebit { mandate_reference: Some(m), creditor_identifier, debited_account }
    });
    (code(), of(text()), of(text()), vec(transfer, 0..4), of(card), of(debit))
        .prop_map(|(means_code, means_text, remittance_information, credit_transfers, card, direct_debit)| {
            PaymentInstructions {
                means_code,
                means_text,
                remittance_information,
                credit_transfers,
                card,
                direct_debit,
            }
        })
        .boxed()
}

fn line_allowance() -> BoxedStrategy<LineAllowanceCharge> {
    (number(), of(number()), of(number()), of(text()), of(code()))
        .prop_map(|(amount, base_amount, percentage, reason, reason_code)| LineAllowanceCharge {
            amount: Some(amount),
            base_amount,
            percentage,
            reason,
            reason_code,
        })
        .boxed()
}

fn allowance() -> BoxedStrategy<DocumentAllowanceCharge> {
    (line_allowance(), code(), of(number()))
        .prop_map(|(a, vat_category, vat_rate)| DocumentAllowanceCharge {
            amount: a.amount,
            base_amount: a.base_amount,
            percentage: a.percentage,
            vat_category,
            vat_rate,
            reason: a.reason,
            reason_code: a.reason_code,
        })
        .boxed()
}

fn totals() -> BoxedStrategy<Totals> {
    vec(of(number()), 9)
        .prop_map(|n| Totals {
            line_net: n[0],
            allowances: n[1],
            charges: n[2],
            without_vat: n[3],
            vat: n[4],
            vat_in_accounting_currency: None,
            with_vat: n[5],
            paid: n[6],
            rounding: n[7],
            due: n[8],
        })
        .boxed()
}

fn breakdown() -> BoxedStrategy<VatBreakdown> {
    (of(number()), of(number()), code(), of(number()), of(text()), of(code()))
        .prop_map(|(taxable_amount, tax_amount, category, rate, exemption_reason, exemption_reason_code)| {
            VatBreakdown {
                taxable_amount,
                tax_amount,
                category,
                rate,
                exemption_reason,
                exemption_reason_code,
            }
        })
        .boxed()
}

fn supporting_document() -> BoxedStrategy<SupportingDocument> {
    let attachment = (vec(any::<u8>(), 0..60), of(text()), of(text()))
        .prop_filter("something is attached", |(c, m, f)| !c.is_empty() || m.is_some() || f.is_some());
    let attachment =
        attachment.prop_map(|(content, mime_code, filename)| Attachment { content, mime_code, filename });
    (text(), of(text()), of(text()), of(attachment))
        .prop_map(|(reference, description, location, attachment)| SupportingDocument {
            reference,
            description,
            location,
            attachment,
        })
        .boxed()
}

fn item() -> BoxedStrategy<Item> {
    let attribute = (text(), text()).prop_map(|(name, value)| ItemAttribute { name, value });
    (
        text(),
        of(prose()),
        of(text()),
        of(text()),
        of(identifier()),
        vec(classification(), 0..3),
        of(code()),
        vec(attribute, 0..3),
    )
        .prop_map(
            |(
                name,
                description,
                seller_identifier,
                buyer_identifier,
                standard_identifier,
                classifications,
                origin_country,
                attributes,
            )| Item {
                name,
                description,
                seller_identifier,
                buyer_identifier,
                standard_identifier,
                classifications,
                origin_country,
                attributes,
            },
        )
        .boxed()
}

fn price() -> BoxedStrategy<Price> {
    (of(number()), of((number(), of(number()))), of((number(), of(code()))))
        .prop_map(|(net, discount, base)| Price {
            net,
            discount: discount.map(|d| d.0),
            gross: discount.and_then(|d| d.1),
            base_quantity: base.as_ref().map(|b| b.0),
            base_quantity_unit: base.and_then(|b| b.1),
        })
        .boxed()
}

fn line() -> BoxedStrategy<Line> {
    let vat = (code(), of(number())).prop_map(|(category, rate)| LineVat { category, rate });
    let first =
        (text(), of(prose()), of(identifier()), number(), code(), of(number()), of(text()), of(text()));
    let second =
        (of(period()), vec(line_allowance(), 0..3), vec(line_allowance(), 0..3), price(), vat, item());
    (first, second)
        .prop_map(
            |(
                (
                    id,
                    note,
                    object,
                    quantity,
                    unit,
                    net_amount,
                    order_line_reference,
                    buyer_accounting_reference,
                ),
                (period, allowances, charges, price, vat, item),
            )| Line {
                id,
                note,
                object,
                quantity: Some(quantity),
                unit,
                net_amount,
                order_line_reference,
                buyer_accounting_reference,
                period,
                allowances,
                charges,
                price,
                vat,
                item,
            },
        )
        .boxed()
}

fn header() -> BoxedStrategy<Invoice> {
    let kind = prop_oneof![Just(DocumentKind::Invoice), Just(DocumentKind::CreditNote)];
    let dates = (of(date()), of(date()), of(date()));
    let note = (of("[A-Z0-9]{3}"), prose()).prop_map(|(subject_code, text)| Note { subject_code, text });
    let preceding =
        (text(), of(date())).prop_map(|(number, issue_date)| PrecedingInvoice { number, issue_date });
    let references = vec(of(text()), 11);
    (
        kind,
        text(),
        dates,
        code(),
        of(code()),
        references,
        of(identifier()),
        vec(note, 0..3),
        (of(text()), text()),
        vec(preceding, 0..3),
        of(prose()),
    )
        .prop_map(
            |(
                kind,
                number,
                (issue_date, tax_point_date, due_date),
                type_code,
                tax_point_date_code,
                mut r,
                invoiced_object,
                notes,
                (business_process, specification),
                preceding_invoices,
                payment_terms,
            )| {
                let mut next = move || r.pop().flatten();
                Invoice {
                    kind,
                    number,
                    issue_date,
                    type_code,
                    currency: "EUR".to_owned(),
                    vat_currency: None,
                    tax_point_date,
                    tax_point_date_code,
                    due_date,
                    buyer_reference: next(),
                    project_reference: next(),
                    contract_reference: next(),
                    purchase_order_reference: next(),
                    sales_order_reference: next(),
                    receiving_advice_reference: next(),
                    despatch_advice_reference: next(),
                    tender_reference: next(),
                    invoiced_object,
                    buyer_accounting_reference: next(),
                    payment_terms,
                    notes,
                    process: ProcessControl { business_process, specification },
                    preceding_invoices,
                    ..Invoice::default()
                }
            },
        )
        .boxed()
}

fn delivery() -> BoxedStrategy<Delivery> {
    (of(text()), of(identifier()), date(), of(period()), of(address()))
        .prop_map(|(party_name, location, date, period, address)| Delivery {
            party_name,
            location,
            date: Some(date),
            period,
            address,
        })
        .boxed()
}

fn invoice() -> BoxedStrategy<Invoice> {
    let payee = (text(), of(identifier()), of(identifier()))
        .prop_map(|(name, identifier, legal_registration)| Payee { name, identifier, legal_registration });
    let representative = (text(), of(text()), of(address()))
        .prop_map(|(name, vat_identifier, address)| TaxRepresentative { name, vat_identifier, address });
    let parties = (seller(), buyer(), of(payee), of(representative));
    let money =
        (vec(allowance(), 0..3), vec(allowance(), 0..3), totals(), vec(breakdown(), 0..3), of(number()));
    (
        header(),
        parties,
        of(delivery()),
        of(payment()),
        money,
        vec(supporting_document(), 0..3),
        vec(line(), 0..4),
    )
        .prop_map(
            |(
                mut d,
                (seller, buyer, payee, representative),
                delivery,
                payment,
                (allowances, charges, totals, breakdown, accounting),
                documents,
                lines,
            )| {
                (d.seller, d.buyer, d.payee, d.tax_representative) = (seller, buyer, payee, representative);
                (d.delivery, d.payment, d.allowances, d.charges) = (delivery, payment, allowances, charges);
                (d.totals, d.vat_breakdown, d.supporting_documents, d.lines) =
                    (totals, breakdown, documents, lines);
                // BT-111 stands in the currency BT-6.
                (d.totals.vat_in_accounting_currency, d.vat_currency) =
                    (accounting, accounting.map(|_| "SEK".to_owned()));
                if d.kind == DocumentKind::CreditNote && d.payment.is_none() {
                    d.due_date = None;
                }
                d
            },
        )
        .boxed()
}

/// The same invoice as far as CII can hold it, which `cii::write_reporting` says of the rest.
fn for_cii(mut d: Invoice) -> Invoice {
    d.type_code = if d.kind == DocumentKind::CreditNote { "381" } else { "380" }.to_owned();
    d.preceding_invoices.truncate(1);
    let breakdown = !d.vat_breakdown.is_empty();
    d.tax_point_date = d.tax_point_date.filter(|_| breakdown);
    d.tax_point_date_code = d.tax_point_date_code.filter(|_| breakdown).map(|_| "35".to_owned());
    d.seller.identifiers.sort_by_key(|i| i.scheme.is_some());
    d.seller.tax_registration.iter_mut().for_each(|r| r.scheme = None);
    d.payment.iter_mut().filter_map(|p| p.card.as_mut()).for_each(|c| c.network = None);
    d.lines
        .iter_mut()
        .map(|l| &mut l.price)
        .for_each(|p| p.discount = p.discount.filter(|_| p.gross.is_some()));
    d
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ubl_keeps_every_term(invoice in invoice()) {
        let written = einvoice::ubl::write_reporting(&invoice);
        prop_assert_eq!(&written.unwritten, &vec![]);
        let reading = einvoice::ubl::read(&written.xml).expect("what was written can be read");
        prop_assert_eq!(&reading.unmapped, &vec![]);
        prop_assert_eq!(&reading.issues, &vec![]);
        prop_assert_eq!(&reading.invoice, &invoice);
        // Decimals compare by value; their text shows that the scale is kept too.
        prop_assert_eq!(reading.invoice.to_json(), invoice.to_json());
    }

    #[test]
    fn cii_keeps_every_term(invoice in invoice().prop_map(for_cii)) {
        let written = einvoice::cii::write_reporting(&invoice);
        prop_assert_eq!(&written.unwritten, &vec![]);
        let reading = einvoice::cii::read(&written.xml).expect("what was written can be read");
        prop_assert_eq!(&reading.unmapped, &vec![]);
        prop_assert_eq!(&reading.issues, &vec![]);
        prop_assert_eq!(&reading.invoice, &invoice);
        prop_assert_eq!(reading.invoice.to_json(), invoice.to_json());
    }

    #[test]
    fn json_keeps_every_term(invoice in invoice()) {
        let read = Invoice::from_json(invoice.to_json().as_bytes()).expect("what was written can be read");
        prop_assert_eq!(read.to_json(), invoice.to_json());
        prop_assert_eq!(read, invoice);
    }

    #[test]
    fn cut_files_are_refused_and_changed_bytes_never_panic(invoice in invoice(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut xml = einvoice::ubl::write(&invoice);
        let end = xml.trim_ascii_end().len();
        let cut = at.index(end);
        prop_assert!(einvoice::ubl::read(&xml[..cut]).is_err());
        xml[cut] = byte;
        let _ = (einvoice::ubl::read(&xml), einvoice::cii::read(&xml));
        let _ = einvoice::rules::validate(&xml, einvoice::rules::Profile::PeppolUbl);
    }
}

#[test]
fn json_refuses_what_it_does_not_know() {
    let problem = Invoice::from_json(br#"{"kind":"invoice","numbr":"1"}"#).expect_err("a misspelt field");
    assert!(problem.message.contains("numbr") && problem.message.contains("line 1"), "{}", problem.message);
    let problem = Invoice::from_json(br#"{"kind":"invoice","totals":{"due":"ten"}}"#).expect_err("no number");
    assert_eq!(problem.code, "invoice_json");
    let problem = Invoice::from_json(br#"{"number":"1"}"#).expect_err("no kind");
    assert!(problem.message.contains("kind"), "{}", problem.message);
}

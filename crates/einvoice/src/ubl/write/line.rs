//! BG-25 to BG-32: the invoice lines.

use crate::invoice::{DocumentKind, Item, Line, LineAllowanceCharge, LineVat, Price};
use crate::writer::Out;

impl Out<'_> {
    pub(super) fn line(&mut self, line: &Line, kind: DocumentKind) {
        let (name, quantity) = match kind {
            DocumentKind::Invoice => ("cac:InvoiceLine", "cbc:InvoicedQuantity"),
            DocumentKind::CreditNote => ("cac:CreditNoteLine", "cbc:CreditedQuantity"),
        };
        self.group(name, |o| {
            o.text("cbc:ID", &line.id);
            o.optional("cbc:Note", line.note.as_ref());
            o.quantity(quantity, line.quantity, &line.unit);
            o.amount("cbc:LineExtensionAmount", line.net_amount);
            o.optional("cbc:AccountingCost", line.buyer_accounting_reference.as_ref());
            o.group("cac:InvoicePeriod", |o| o.period(line.period));
            o.group("cac:OrderLineReference", |o| {
                o.optional("cbc:LineID", line.order_line_reference.as_ref())
            });
            if let Some(object) = &line.object {
                o.group("cac:DocumentReference", |o| {
                    o.identifier("cbc:ID", Some(object));
                    o.text("cbc:DocumentTypeCode", "130");
                });
            }
            o.line_allowances(line);
            o.item(&line.item, &line.vat);
            o.price(&line.price);
        });
        if line.quantity.is_none() && !line.unit.is_empty() {
            self.unwritten("BT-130", &line.unit);
        }
    }

    fn line_allowances(&mut self, line: &Line) {
        let signed =
            line.allowances.iter().map(|a| (a, "false")).chain(line.charges.iter().map(|c| (c, "true")));
        for (LineAllowanceCharge { amount, base_amount, percentage, reason, reason_code }, indicator) in
            signed
        {
            self.group("cac:AllowanceCharge", |o| {
                o.text("cbc:ChargeIndicator", indicator);
                o.optional("cbc:AllowanceChargeReasonCode", reason_code.as_ref());
                o.optional("cbc:AllowanceChargeReason", reason.as_ref());
                o.number("cbc:MultiplierFactorNumeric", *percentage);
                o.amount("cbc:Amount", *amount);
                o.amount("cbc:BaseAmount", *base_amount);
            });
        }
    }

    fn item(&mut self, item: &Item, vat: &LineVat) {
        self.group("cac:Item", |o| {
            o.optional("cbc:Description", item.description.as_ref());
            o.text("cbc:Name", &item.name);
            o.group("cac:BuyersItemIdentification", |o| o.optional("cbc:ID", item.buyer_identifier.as_ref()));
            o.group("cac:SellersItemIdentification", |o| {
                o.optional("cbc:ID", item.seller_identifier.as_ref())
            });
            o.group("cac:StandardItemIdentification", |o| {
                o.identifier("cbc:ID", item.standard_identifier.as_ref())
            });
            o.group("cac:OriginCountry", |o| {
                o.optional("cbc:IdentificationCode", item.origin_country.as_ref())
            });
            for class in &item.classifications {
                o.group("cac:CommodityClassification", |o| {
                    let attributes =
                        [("listID", class.scheme.as_deref()), ("listVersionID", class.version.as_deref())];
                    o.leaf("cbc:ItemClassificationCode", &attributes, &class.value);
                });
            }
            o.category("cac:ClassifiedTaxCategory", &vat.category, vat.rate);
            for attribute in &item.attributes {
                o.group("cac:AdditionalItemProperty", |o| {
                    o.text("cbc:Name", &attribute.name);
                    o.text("cbc:Value", &attribute.value);
                });
            }
        });
    }

    fn price(&mut self, price: &Price) {
        self.group("cac:Price", |o| {
            o.amount("cbc:PriceAmount", price.net);
            o.quantity(
                "cbc:BaseQuantity",
                price.base_quantity,
                price.base_quantity_unit.as_deref().unwrap_or(""),
            );
            if price.discount.is_some() || price.gross.is_some() {
                o.group("cac:AllowanceCharge", |o| {
                    o.text("cbc:ChargeIndicator", "false");
                    o.amount("cbc:Amount", Some(price.discount.unwrap_or_default()));
                    o.amount("cbc:BaseAmount", price.gross);
                });
            }
        });
        if let (None, Some(unit)) = (price.base_quantity, &price.base_quantity_unit) {
            self.unwritten("BT-150", unit);
        }
    }
}

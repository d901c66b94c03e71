//! Invoice lines, written.

use crate::invoice::{Item, Line, Price};
use crate::writer::Out;

impl Out<'_> {
    pub(super) fn trade_line(&mut self, line: &Line) {
        self.group("ram:IncludedSupplyChainTradeLineItem", |o| {
            o.group("ram:AssociatedDocumentLineDocument", |o| {
                o.text("ram:LineID", &line.id);
                o.group("ram:IncludedNote", |o| o.optional("ram:Content", line.note.as_ref()));
            });
            o.product(&line.item);
            o.group("ram:SpecifiedLineTradeAgreement", |o| {
                o.group("ram:BuyerOrderReferencedDocument", |o| {
                    o.optional("ram:LineID", line.order_line_reference.as_ref())
                });
                o.trade_price(&line.price);
            });
            o.group("ram:SpecifiedLineTradeDelivery", |o| {
                o.quantity("ram:BilledQuantity", line.quantity, &line.unit)
            });
            o.group("ram:SpecifiedLineTradeSettlement", |o| {
                if !line.vat.category.is_empty() || line.vat.rate.is_some() {
                    o.group("ram:ApplicableTradeTax", |o| {
                        o.text("ram:TypeCode", "VAT");
                        o.text("ram:CategoryCode", &line.vat.category);
                        o.number("ram:RateApplicablePercent", line.vat.rate);
                    });
                }
                o.trade_period(line.period);
                let signed = line
                    .allowances
                    .iter()
                    .map(|a| (a, "false"))
                    .chain(line.charges.iter().map(|c| (c, "true")));
                for (allowance, indicator) in signed {
                    o.group("ram:SpecifiedTradeAllowanceCharge", |o| o.trade_allowance(allowance, indicator));
                }
                o.group("ram:SpecifiedTradeSettlementLineMonetarySummation", |o| {
                    o.number("ram:LineTotalAmount", line.net_amount)
                });
                o.object(line.object.as_ref());
                o.group("ram:ReceivableSpecifiedTradeAccountingAccount", |o| {
                    o.optional("ram:ID", line.buyer_accounting_reference.as_ref())
                });
            });
        });
        if line.quantity.is_none() && !line.unit.is_empty() {
            self.unwritten("BT-130", &line.unit);
        }
    }

    fn trade_price(&mut self, price: &Price) {
        // The schema wants the gross price beside a discount.
        match (price.gross, price.discount) {
            (None, Some(discount)) => self.unwritten("BT-147", discount),
            (gross, discount) => self.group("ram:GrossPriceProductTradePrice", |o| {
                o.number("ram:ChargeAmount", gross);
                if let Some(discount) = discount {
                    o.group("ram:AppliedTradeAllowanceCharge", |o| {
                        o.group("ram:ChargeIndicator", |o| o.text("udt:Indicator", "false"));
                        o.number("ram:ActualAmount", Some(discount));
                    });
                }
            }),
        }
        self.group("ram:NetPriceProductTradePrice", |o| {
            o.number("ram:ChargeAmount", price.net);
            o.quantity(
                "ram:BasisQuantity",
                price.base_quantity,
                price.base_quantity_unit.as_deref().unwrap_or(""),
            );
        });
        if let (None, Some(unit)) = (price.base_quantity, &price.base_quantity_unit) {
            self.unwritten("BT-150", unit);
        }
    }

    fn product(&mut self, item: &Item) {
        self.group("ram:SpecifiedTradeProduct", |o| {
            o.identifier("ram:GlobalID", item.standard_identifier.as_ref());
            o.optional("ram:SellerAssignedID", item.seller_identifier.as_ref());
            o.optional("ram:BuyerAssignedID", item.buyer_identifier.as_ref());
            o.text("ram:Name", &item.name);
            o.optional("ram:Description", item.description.as_ref());
            for attribute in &item.attributes {
                o.group("ram:ApplicableProductCharacteristic", |o| {
                    o.text("ram:Description", &attribute.name);
                    o.text("ram:Value", &attribute.value);
                });
            }
            for class in &item.classifications {
                o.group("ram:DesignatedProductClassification", |o| {
                    let attributes =
                        [("listID", class.scheme.as_deref()), ("listVersionID", class.version.as_deref())];
                    o.leaf("ram:ClassCode", &attributes, &class.value);
                });
            }
            o.group("ram:OriginTradeCountry", |o| o.optional("ram:ID", item.origin_country.as_ref()));
        });
    }
}

//! Invoice lines.

use crate::invoice::{Identifier, Item, ItemAttribute, Line, LineAllowanceCharge, Price};
use crate::reader::{AllowanceTerms, Reader, trim};
use crate::xml::NodeId;
use crate::xml::names::{attr, ram};

const ALLOWANCE: AllowanceTerms = ["BT-136", "BT-137", "BT-138", "BT-139", "BT-140"];
const CHARGE: AllowanceTerms = ["BT-141", "BT-142", "BT-143", "BT-144", "BT-145"];

impl Reader<'_> {
    pub(super) fn trade_line(&mut self, id: NodeId, lines: &mut Vec<Line>) -> bool {
        let mut line = Line::default();
        self.group(id, |r, c, name| match name {
            ram::AssociatedDocumentLineDocument => {
                r.group(c, |r, c, name| match name {
                    ram::LineID => r.text(c, "BT-126", &mut line.id),
                    ram::IncludedNote => {
                        r.within(c, ram::Content, |r, c| r.prose(c, "BT-127", &mut line.note))
                    }
                    _ => false,
                });
                true
            }
            ram::SpecifiedTradeProduct => r.product(c, &mut line.item),
            ram::SpecifiedLineTradeAgreement => {
                r.group(c, |r, c, name| match name {
                    ram::BuyerOrderReferencedDocument => r.within(c, ram::LineID, |r, c| {
                        r.optional(c, "BT-132", &mut line.order_line_reference)
                    }),
                    ram::GrossPriceProductTradePrice => r.gross_price(c, &mut line.price),
                    ram::NetPriceProductTradePrice => {
                        r.group(c, |r, c, name| match name {
                            ram::ChargeAmount => r.amount(c, "BT-146", &mut line.price.net),
                            ram::BasisQuantity => r.base_quantity(c, &mut line.price),
                            _ => false,
                        });
                        true
                    }
                    _ => false,
                });
                true
            }
            ram::SpecifiedLineTradeDelivery => r.within(c, ram::BilledQuantity, |r, c| {
                if let Some(unit) = r.attribute(c, attr::unitCode) {
                    r.keep(c, "BT-130", &unit, &mut line.unit);
                }
                r.number(c, "BT-129", &[attr::unitCode], &mut line.quantity)
            }),
            ram::SpecifiedLineTradeSettlement => r.line_settlement(c, &mut line),
            _ => false,
        });
        if line != Line::default() {
            lines.push(line);
        }
        true
    }

    fn base_quantity(&mut self, id: NodeId, price: &mut Price) -> bool {
        if let Some(unit) = self.attribute(id, attr::unitCode) {
            self.set(id, "BT-150", unit, &mut price.base_quantity_unit);
        }
        self.number(id, "BT-149", &[attr::unitCode], &mut price.base_quantity)
    }

    fn gross_price(&mut self, id: NodeId, price: &mut Price) -> bool {
        self.group(id, |r, c, name| match name {
            ram::ChargeAmount => r.amount(c, "BT-148", &mut price.gross),
            ram::BasisQuantity => r.base_quantity(c, price),
            ram::AppliedTradeAllowanceCharge if r.is_trade_charge(c) == Some(false) => {
                let mut discount = LineAllowanceCharge::default();
                r.group(c, |r, c, name| match name {
                    ram::ChargeIndicator | ram::ActualAmount => {
                        r.trade_allowance_part(c, name, ["BT-147", "", "", "", ""], &mut discount)
                    }
                    _ => false,
                });
                if let Some(amount) = discount.amount {
                    r.set(c, "BT-147", amount, &mut price.discount);
                }
                true
            }
            _ => false,
        });
        true
    }

    fn line_settlement(&mut self, id: NodeId, line: &mut Line) -> bool {
        self.group(id, |r, c, name| match name {
            ram::ApplicableTradeTax if r.is_vat(c) => {
                r.trade_category(c, ["BT-151", "BT-152"], &mut line.vat.category, &mut line.vat.rate)
            }
            ram::BillingSpecifiedPeriod => r.trade_period(c, ["BT-134", "BT-135"], &mut line.period),
            ram::SpecifiedTradeAllowanceCharge => {
                let Some(charge) = r.is_trade_charge(c) else { return false };
                let mut found = LineAllowanceCharge::default();
                r.group(c, |r, c, name| {
                    r.trade_allowance_part(c, name, if charge { CHARGE } else { ALLOWANCE }, &mut found)
                });
                if found != LineAllowanceCharge::default() {
                    if charge { &mut line.charges } else { &mut line.allowances }.push(found);
                }
                true
            }
            ram::SpecifiedTradeSettlementLineMonetarySummation => {
                r.within(c, ram::LineTotalAmount, |r, c| r.amount(c, "BT-131", &mut line.net_amount))
            }
            ram::AdditionalReferencedDocument => {
                let code = r.tree.child(c, ram::TypeCode).map(|t| trim(&r.tree.text(t)).to_owned());
                let object = code.is_none_or(|t| t == "130");
                if object {
                    r.trade_object(c, "BT-128", &mut line.object);
                }
                object
            }
            ram::ReceivableSpecifiedTradeAccountingAccount => {
                r.within(c, ram::ID, |r, c| r.optional(c, "BT-133", &mut line.buyer_accounting_reference))
            }
            _ => false,
        });
        true
    }

    fn product(&mut self, id: NodeId, item: &mut Item) -> bool {
        self.group(id, |r, c, name| match name {
            ram::GlobalID => r.set_identifier(c, "BT-157", &mut item.standard_identifier),
            ram::SellerAssignedID => r.optional(c, "BT-155", &mut item.seller_identifier),
            ram::BuyerAssignedID => r.optional(c, "BT-156", &mut item.buyer_identifier),
            ram::Name => r.text(c, "BT-153", &mut item.name),
            ram::Description => r.prose(c, "BT-154", &mut item.description),
            ram::ApplicableProductCharacteristic => {
                let mut attribute = ItemAttribute::default();
                r.group(c, |r, c, name| match name {
                    ram::Description => r.text(c, "BT-160", &mut attribute.name),
                    ram::Value => r.text(c, "BT-161", &mut attribute.value),
                    _ => false,
                });
                if attribute != ItemAttribute::default() {
                    item.attributes.push(attribute);
                }
                true
            }
            ram::DesignatedProductClassification => r.within(c, ram::ClassCode, |r, c| {
                let value = r.leaf(c, &[attr::listID, attr::listVersionID]).into_owned();
                if value.is_empty() {
                    r.report_attributes(c, &[]);
                } else {
                    let (scheme, version) =
                        (r.attribute(c, attr::listID), r.attribute(c, attr::listVersionID));
                    item.classifications.push(Identifier { value, scheme, version });
                }
                true
            }),
            ram::OriginTradeCountry => {
                r.within(c, ram::ID, |r, c| r.optional(c, "BT-159", &mut item.origin_country))
            }
            _ => false,
        });
        true
    }
}

//! BG-25 to BG-32: the invoice lines.

use crate::invoice::{Identifier, Item, ItemAttribute, Line, LineAllowanceCharge, Price};
use crate::reader::{AllowanceTerms, Reader, trim};
use crate::xml::NodeId;
use crate::xml::names::{attr, cac, cbc};

const LINE_ALLOWANCE: AllowanceTerms = ["BT-136", "BT-137", "BT-138", "BT-139", "BT-140"];
const LINE_CHARGE: AllowanceTerms = ["BT-141", "BT-142", "BT-143", "BT-144", "BT-145"];

impl Reader<'_> {
    pub(super) fn line(&mut self, id: NodeId, lines: &mut Vec<Line>) -> bool {
        let mut line = Line::default();
        self.group(id, |r, c, name| match name {
            cbc::ID => r.text(c, "BT-126", &mut line.id),
            cbc::Note => r.prose(c, "BT-127", &mut line.note),
            cbc::InvoicedQuantity | cbc::CreditedQuantity => {
                if let Some(unit) = r.attribute(c, attr::unitCode) {
                    r.keep(c, "BT-130", &unit, &mut line.unit);
                }
                r.number(c, "BT-129", &[attr::unitCode], &mut line.quantity)
            }
            cbc::LineExtensionAmount => r.amount(c, "BT-131", &mut line.net_amount),
            cbc::AccountingCost => r.optional(c, "BT-133", &mut line.buyer_accounting_reference),
            cac::InvoicePeriod => r.period(c, ["BT-134", "BT-135"], &mut line.period, None),
            cac::OrderLineReference => {
                r.within(c, cbc::LineID, |r, c| r.optional(c, "BT-132", &mut line.order_line_reference))
            }
            cac::DocumentReference => r.line_object(c, &mut line),
            cac::AllowanceCharge => r.line_allowance(c, &mut line),
            cac::Item => r.item(c, &mut line),
            cac::Price => r.price(c, &mut line.price),
            _ => false,
        });
        if line != Line::default() {
            lines.push(line);
        }
        true
    }

    fn line_object(&mut self, id: NodeId, line: &mut Line) -> bool {
        let code = self.tree.child(id, cbc::DocumentTypeCode).map(|c| trim(&self.tree.text(c)).to_owned());
        if code.is_some_and(|c| c != "130") {
            return false;
        }
        self.group(id, |r, c, name| match name {
            cbc::ID => r.set_identifier(c, "BT-128", &mut line.object),
            cbc::DocumentTypeCode => {
                r.leaf(c, &[]);
                true
            }
            _ => false,
        });
        true
    }

    fn line_allowance(&mut self, id: NodeId, line: &mut Line) -> bool {
        let Some(charge) = self.is_charge(id) else {
            return false;
        };
        let terms = if charge { LINE_CHARGE } else { LINE_ALLOWANCE };
        let mut found = LineAllowanceCharge::default();
        self.group(id, |r, c, name| r.allowance_part(c, name, terms, &mut found));
        if found != LineAllowanceCharge::default() {
            if charge { &mut line.charges } else { &mut line.allowances }.push(found);
        }
        true
    }

    fn price(&mut self, id: NodeId, price: &mut Price) -> bool {
        self.group(id, |r, c, name| match name {
            cbc::PriceAmount => r.amount(c, "BT-146", &mut price.net),
            cbc::BaseQuantity => {
                if let Some(unit) = r.attribute(c, attr::unitCode) {
                    r.set(c, "BT-150", unit, &mut price.base_quantity_unit);
                }
                r.number(c, "BT-149", &[attr::unitCode], &mut price.base_quantity)
            }
            cac::AllowanceCharge if r.is_charge(c) == Some(false) => {
                r.group(c, |r, c, name| match name {
                    cbc::ChargeIndicator => {
                        r.leaf(c, &[]);
                        true
                    }
                    cbc::Amount => r.amount(c, "BT-147", &mut price.discount),
                    cbc::BaseAmount => r.amount(c, "BT-148", &mut price.gross),
                    _ => false,
                });
                true
            }
            _ => false,
        });
        true
    }

    fn item(&mut self, id: NodeId, line: &mut Line) -> bool {
        let Line { item, vat, .. } = line;
        self.group(id, |r, c, name| match name {
            cbc::Name => r.text(c, "BT-153", &mut item.name),
            cbc::Description => r.prose(c, "BT-154", &mut item.description),
            cac::SellersItemIdentification => {
                r.within(c, cbc::ID, |r, c| r.optional(c, "BT-155", &mut item.seller_identifier))
            }
            cac::BuyersItemIdentification => {
                r.within(c, cbc::ID, |r, c| r.optional(c, "BT-156", &mut item.buyer_identifier))
            }
            cac::StandardItemIdentification => {
                r.within(c, cbc::ID, |r, c| r.set_identifier(c, "BT-157", &mut item.standard_identifier))
            }
            cac::CommodityClassification => {
                r.within(c, cbc::ItemClassificationCode, |r, c| r.classification(c, item))
            }
            cac::OriginCountry => {
                r.within(c, cbc::IdentificationCode, |r, c| r.optional(c, "BT-159", &mut item.origin_country))
            }
            cac::ClassifiedTaxCategory if r.is_vat_category(c) => {
                r.category(c, "BT-151", "BT-152", &mut vat.category, &mut vat.rate)
            }
            cac::AdditionalItemProperty => r.item_attribute(c, item),
            _ => false,
        });
        true
    }

    fn classification(&mut self, id: NodeId, item: &mut Item) -> bool {
        let value = self.leaf(id, &[attr::listID, attr::listVersionID]).into_owned();
        if value.is_empty() {
            self.report_attributes(id, &[]);
        } else {
            let (scheme, version) =
                (self.attribute(id, attr::listID), self.attribute(id, attr::listVersionID));
            item.classifications.push(Identifier { value, scheme, version });
        }
        true
    }

    fn item_attribute(&mut self, id: NodeId, item: &mut Item) -> bool {
        let mut attribute = ItemAttribute::default();
        self.group(id, |r, c, name| match name {
            cbc::Name => r.text(c, "BT-160", &mut attribute.name),
            cbc::Value => r.text(c, "BT-161", &mut attribute.value),
            _ => false,
        });
        if attribute != ItemAttribute::default() {
            item.attributes.push(attribute);
        }
        true
    }
}

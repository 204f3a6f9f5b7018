use money::Cents;
use qbo::{Line, LineDetail, TxnTaxDetail};

use super::{
    GivenBack,
    mirror::{discount_in, is_taxed_line},
};
use crate::{
    bill::{ROUNDING, share},
    item,
    restore::item_name,
};

impl GivenBack {
    /// What a receipt of ours moves of the work that its invoice bills, as it stands in QuickBooks (V15).
    pub fn moved_by(lines: &[Line], tax: Option<&TxnTaxDetail>) -> Self {
        let (mut taxed, mut untaxed, mut rounded) = (Cents::ZERO, Cents::ZERO, Cents::ZERO);
        for line in lines {
            let (LineDetail::SalesItem(sold), Some(amount)) = (&line.detail, line.amount) else {
                continue;
            };
            // A cent of the tax that the rate cannot give.
            let is_rounding = line.description.as_deref() == Some(ROUNDING);
            if is_rounding && item_name(line) != Some(ROUNDING) {
                rounded = rounded + amount;
            } else if !item_name(line).is_some_and(item::is_extra_name) {
                match is_taxed_line(sold) {
                    true => taxed = taxed + amount,
                    false => untaxed = untaxed + amount,
                }
            }
        }
        let discount = discount_in(lines);
        let off = share(discount, taxed, taxed + untaxed).unwrap_or_default();
        let tax = tax.and_then(|tax| tax.total_tax).unwrap_or_default();
        Self {
            taxed: taxed - off,
            untaxed: untaxed - (discount - off),
            tax: tax + rounded,
        }
    }
}

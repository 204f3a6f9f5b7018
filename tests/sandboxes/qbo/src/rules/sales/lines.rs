//! The lines of a sales form: checked, numbered, followed by the subtotal and the discount.

use rust_decimal::Decimal;

use crate::{
    fault::Refusal,
    intake::cents,
    json::{Json, Object, amount},
    rules::{
        Author, Change, Env,
        company::discount_account,
        line_ids::{LineIds, numbered},
    },
    store::{Books, reference},
};

/// A transaction has at most so many lines.
const MAX_LINES: usize = 10_000;

/// Checks the lines of the new document and puts them in their final form and order.
pub(super) fn settle(books: &Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    let sent: Vec<Object> = change
        .new
        .list("Line")
        .iter()
        .filter_map(Json::as_object)
        .cloned()
        .collect();
    if sent.len() > MAX_LINES {
        return Err(Refusal::business(
            "A transaction can have 10,000 lines at most.",
        ));
    }
    let mut lines = Vec::with_capacity(sent.len() + 1);
    let mut discount = None;
    let mut subtotal = Decimal::ZERO;
    let mut has_sale = false;
    let mut ids = LineIds::of(&change.old);
    for mut line in sent {
        match line.text("DetailType").unwrap_or_default() {
            "SalesItemLineDetail" => {
                subtotal += sale(books, change.author, &mut line)?;
                has_sale = true;
            }
            "DescriptionOnly" => description(&line)?,
            // What a reader sends back is made anew.
            "SubTotalLineDetail" => continue,
            "DiscountLineDetail" => {
                if discount.replace(line).is_some() {
                    return Err(Refusal::not_covered("more than one discount line"));
                }
                continue;
            }
            other => return Err(Refusal::not_covered(format!("lines of the type {other}"))),
        }
        let id = ids.take(line.text("Id"));
        lines.push(numbered(&line, id, lines.len() + 1));
    }
    if !has_sale {
        return Err(Refusal::missing("Line"));
    }
    lines.push(
        Object::new()
            .with("Amount", amount(subtotal))
            .with("DetailType", "SubTotalLineDetail")
            .with("SubTotalLineDetail", Object::new())
            .into(),
    );
    if let Some(line) = discount {
        lines.push(discounted(books, env, &line, subtotal)?.into());
    }
    change.new.set("Line", lines);
    ids.keep(&mut change.new);
    Ok(())
}

/// What the lines of a document come to.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) sales: Decimal,
    /// The part of the sales that is taxable.
    pub(super) taxable: Decimal,
    pub(super) discount: Decimal,
}

pub(super) fn sums(document: &Object) -> Sums {
    let mut sums = Sums::default();
    for line in document.list("Line") {
        let value = line.decimal("Amount").unwrap_or_default();
        match line.text("DetailType") {
            Some("SalesItemLineDetail") => {
                sums.sales += value;
                if line.text("SalesItemLineDetail.TaxCodeRef.value") == Some("TAX") {
                    sums.taxable += value;
                }
            }
            Some("DiscountLineDetail") => sums.discount += value,
            _ => {}
        }
    }
    sums
}

/// Amounts and quantities of a voided document.
pub(super) fn zero(document: &mut Object) {
    let mut lines = document.list("Line").to_vec();
    for line in &mut lines {
        let Json::Object(line) = line else { continue };
        if line.get("Amount").is_some() {
            line.set("Amount", amount(Decimal::ZERO));
        }
        if let Some(Json::Object(detail)) = line.get_mut("SalesItemLineDetail")
            && detail.get("Qty").is_some()
        {
            detail.set("Qty", amount(Decimal::ZERO));
        }
    }
    document.set("Line", lines);
}

/// Checks a line with an item and gives its amount.
fn sale(books: &Books, author: Author, line: &mut Object) -> Result<Decimal, Refusal> {
    let Some(value) = line.decimal("Amount") else {
        return Err(Refusal::missing("Line.Amount"));
    };
    let Some(Json::Object(detail)) = line.get_mut("SalesItemLineDetail") else {
        return Err(Refusal::missing("Line.SalesItemLineDetail"));
    };
    let Some(item) = reference(detail, "ItemRef").and_then(|id| books.row("Item", id)) else {
        return Err(Refusal::not_covered("a sales line without an item"));
    };
    if item.object.text("Type") == Some("Category") {
        return Err(Refusal::category_on_line());
    }
    let factor = |field| detail.decimal(field);
    if let (Some(price), Some(quantity)) = (factor("UnitPrice"), factor("Qty"))
        && author == Author::App
        // Two zeros stand for nothing: a widely used library sends them with every line.
        && !(price.is_zero() && quantity.is_zero())
        && price.checked_mul(quantity).map(cents) != Some(value)
    {
        return Err(Refusal::amount_mismatch(value));
    }
    if detail.get("TaxCodeRef").is_none() {
        detail.set("TaxCodeRef", Object::new().with("value", "NON"));
    }
    Ok(value)
}

fn description(line: &Object) -> Result<(), Refusal> {
    if line
        .text("Description")
        .is_some_and(|text| text.starts_with("Subtotal:"))
    {
        return Err(Refusal::not_covered("an inline subtotal"));
    }
    if line.decimal("Amount").is_some_and(|value| !value.is_zero()) {
        return Err(Refusal::not_covered("a description line with an amount"));
    }
    Ok(())
}

/// The discount line as it comes back: its amount worked out, without an id, after the subtotal.
fn discounted(
    books: &Books,
    env: &Env<'_>,
    line: &Object,
    subtotal: Decimal,
) -> Result<Object, Refusal> {
    if !env.company.allow_discount {
        return Err(Refusal::not_covered(
            "a discount while AllowDiscount is off",
        ));
    }
    let Some(Json::Object(sent)) = line.get("DiscountLineDetail") else {
        return Err(Refusal::missing("Line.DiscountLineDetail"));
    };
    let by_percent = sent.bool("PercentBased") == Some(true);
    let value = if by_percent {
        sent.decimal("DiscountPercent")
            .and_then(|percent| {
                subtotal
                    .checked_mul(percent)?
                    .checked_div(Decimal::ONE_HUNDRED)
            })
            .map(cents)
    } else {
        line.decimal("Amount")
    };
    let Some(value) = value else {
        return Err(Refusal::discount_incomplete());
    };
    if value < Decimal::ZERO {
        return Err(Refusal::not_covered("a negative discount"));
    }
    if value > subtotal.max(Decimal::ZERO) {
        return Err(Refusal::business(
            "The discount cannot be more than the subtotal.",
        ));
    }
    let mut detail = Object::new().with("PercentBased", by_percent);
    if let Some(percent) = sent.get("DiscountPercent").filter(|_| by_percent) {
        detail.set("DiscountPercent", percent.clone());
    }
    let account = match sent.get("DiscountAccountRef") {
        Some(account) => Some(account.clone()),
        None => {
            discount_account(books).map(|id| Object::new().with("value", id.to_string()).into())
        }
    };
    if let Some(account) = account {
        detail.set("DiscountAccountRef", account);
    }
    if let Some(class) = sent.get("ClassRef") {
        detail.set("ClassRef", class.clone());
    }
    let mut discounted = Object::new();
    if let Some(text) = line.get("Description") {
        discounted.set("Description", text.clone());
    }
    Ok(discounted
        .with("Amount", amount(value))
        .with("DetailType", "DiscountLineDetail")
        .with("DiscountLineDetail", detail))
}

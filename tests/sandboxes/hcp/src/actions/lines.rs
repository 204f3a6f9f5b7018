use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Desk, Refusal, not_allowed};
use crate::{
    amounts::{Hundredths, LARGEST_PRICE, MOST_LINES},
    due::is_offered,
    ids::{JobId, LineId},
    shelf::When,
    totals::Totals,
    work::{DueTerms, Line, LineKind, PriceBookKind, Tax, TaxRate},
};

/// A line to add: from the price book, or of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", untagged)]
pub enum NewLine {
    /// An entry of the price book.
    FromPriceBook(FromPriceBook),
    /// Anything else: work, goods, a discount, a tip.
    AdHoc(AdHoc),
}

/// A line from the price book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FromPriceBook {
    /// `uuid` of the service or material.
    pub price_book: String,
    /// How many.
    #[serde(default = "one")]
    pub quantity: Hundredths,
    /// Another price than the price book's, in cents.
    #[serde(default)]
    pub unit_price: Option<i64>,
}

/// A line that is not in the price book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdHoc {
    /// What it is.
    pub kind: LineKind,
    /// Its name.
    pub name: String,
    /// More about it.
    #[serde(default)]
    pub description: String,
    /// Cents a piece; for a percent discount hundredths of a per cent. Discounts are written positive.
    pub unit_price: i64,
    /// How many; 1 for discounts and tips.
    #[serde(default = "one")]
    pub quantity: Hundredths,
    /// Cents that a piece costs the company.
    #[serde(default)]
    pub unit_cost: i64,
    /// Whether the job's taxes apply.
    #[serde(default)]
    pub taxable: bool,
}

/// By the key `price_book`, so that an error names the field that is wrong.
impl TryFrom<Value> for NewLine {
    type Error = String;

    fn try_from(line: Value) -> Result<Self, String> {
        if line.get("price_book").is_some() {
            serde_json::from_value(line).map(Self::FromPriceBook)
        } else {
            serde_json::from_value(line).map(Self::AdHoc)
        }
        .map_err(|error| error.to_string())
    }
}

fn one() -> Hundredths {
    Hundredths::ONE
}

impl NewLine {
    /// So many of an entry of the price book, at its price.
    pub fn from_price_book(uuid: &str, quantity: Hundredths) -> Self {
        Self::FromPriceBook(FromPriceBook {
            price_book: uuid.to_owned(),
            quantity,
            unit_price: None,
        })
    }

    /// Untaxed work.
    pub fn labor(name: &str, unit_price: i64, quantity: Hundredths) -> Self {
        Self::ad_hoc(LineKind::Labor, name, unit_price, quantity, false)
    }

    /// Taxed goods.
    pub fn materials(name: &str, unit_price: i64, quantity: Hundredths) -> Self {
        Self::ad_hoc(LineKind::Materials, name, unit_price, quantity, true)
    }

    /// So many cents off.
    pub fn fixed_discount(name: &str, cents: i64) -> Self {
        Self::ad_hoc(LineKind::FixedDiscount, name, cents, one(), false)
    }

    /// So many per cent off.
    pub fn percent_discount(name: &str, percent: Hundredths) -> Self {
        Self::ad_hoc(LineKind::PercentDiscount, name, percent.get(), one(), false)
    }

    /// A tip.
    pub fn tip(cents: i64) -> Self {
        Self::ad_hoc(LineKind::Tip, "Tip", cents, one(), false)
    }

    fn ad_hoc(
        kind: LineKind,
        name: &str,
        unit_price: i64,
        quantity: Hundredths,
        taxable: bool,
    ) -> Self {
        Self::AdHoc(AdHoc {
            kind,
            name: name.to_owned(),
            description: String::new(),
            unit_price,
            quantity,
            unit_cost: 0,
            taxable,
        })
    }
}

/// What an edit of a line changes; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of a new line")]
pub struct LineChanges {
    pub name: Option<String>,
    pub description: Option<String>,
    pub unit_price: Option<i64>,
    pub quantity: Option<Hundredths>,
    pub taxable: Option<bool>,
}

impl Desk<'_> {
    pub(super) fn add_line(&mut self, id: &JobId, line: NewLine) -> Result<LineId, Refusal> {
        let line = self.put_line(id, line)?;
        self.contents_changed(id)?;
        Ok(line)
    }

    pub(super) fn edit_line(
        &mut self,
        id: &JobId,
        line_id: &LineId,
        changes: LineChanges,
    ) -> Result<String, Refusal> {
        let job = self.open_job(id)?;
        let line = job
            .lines
            .iter_mut()
            .find(|line| &line.id == line_id)
            .ok_or_else(|| Refusal::NotFound(format!("line {line_id} on the job")))?;
        if let Some(name) = changes.name {
            line.name = name;
        }
        if let Some(description) = changes.description {
            line.description = description;
        }
        line.unit_price = changes.unit_price.unwrap_or(line.unit_price);
        line.quantity = changes.quantity.unwrap_or(line.quantity);
        line.taxable = changes.taxable.unwrap_or(line.taxable);
        check(line)?;
        self.contents_changed(id)?;
        Ok(line_id.to_string())
    }

    pub(super) fn remove_line(&mut self, id: &JobId, line_id: &LineId) -> Result<String, Refusal> {
        let job = self.open_job(id)?;
        let before = job.lines.len();
        job.lines.retain(|line| &line.id != line_id);
        if job.lines.len() == before {
            return Err(Refusal::NotFound(format!("line {line_id} on the job")));
        }
        self.contents_changed(id)?;
        Ok(line_id.to_string())
    }

    pub(super) fn set_taxes(&mut self, id: &JobId, taxes: Vec<TaxRate>) -> Result<String, Refusal> {
        self.put_taxes(id, taxes)?;
        self.contents_changed(id)?;
        Ok(id.to_string())
    }

    pub(super) fn set_due_terms(&mut self, id: &JobId, due: DueTerms) -> Result<String, Refusal> {
        self.put_due_terms(id, due)?;
        self.refresh_due_dates(id)?;
        self.edited(id)?;
        Ok(id.to_string())
    }

    pub(super) fn put_line(&mut self, id: &JobId, new: NewLine) -> Result<LineId, Refusal> {
        let line = self.made_line(new)?;
        let line_id = line.id.clone();
        let job = self.open_job(id)?;
        if job.lines.len() >= MOST_LINES {
            return not_allowed("the job has too many lines");
        }
        // Several amounts or one percentage, never both: the newer kind takes the older one's place.
        job.lines.retain(|kept| !replaces(line.kind, kept.kind));
        job.lines.push(line);
        check_discounts(&job.lines)?;
        Ok(line_id)
    }

    pub(super) fn made_line(&mut self, new: NewLine) -> Result<Line, Refusal> {
        let line = match new {
            NewLine::FromPriceBook(entry) => self.line_from_price_book(entry)?,
            NewLine::AdHoc(own) => self.own_line(own)?,
        };
        check(&line)?;
        Ok(line)
    }

    /// A line that is not in the price book.
    pub(super) fn own_line(&mut self, own: AdHoc) -> Result<Line, Refusal> {
        let line = Line {
            id: self.line_id(),
            invoice_item_id: self.random.id("invitm_"),
            kind: own.kind,
            name: own.name,
            description: own.description,
            unit_price: own.unit_price,
            unit_cost: own.unit_cost,
            unit_of_measure: None,
            quantity: own.quantity,
            taxable: own.taxable,
            price_book: None,
            minutes: None,
        };
        check(&line)?;
        Ok(line)
    }

    pub(super) fn put_taxes(&mut self, id: &JobId, taxes: Vec<TaxRate>) -> Result<(), Refusal> {
        if taxes.len() > 10 {
            return not_allowed("a job has at most ten taxes");
        }
        if taxes
            .iter()
            .any(|tax| !(0..=10_000).contains(&tax.percent.get()) || tax.name.trim().is_empty())
        {
            return not_allowed("a tax has a name and a rate from 0 to 100 per cent");
        }
        // A tax that keeps its name stays the same tax, which invoices over a part may have billed.
        let mut kept = self.open_job(id)?.taxes.clone();
        let taxes = taxes
            .into_iter()
            .map(|rate| {
                let same = kept.iter().position(|tax| tax.rate.name == rate.name);
                let id = match same {
                    Some(place) => kept.remove(place).id,
                    None => self.random.id("invtax_"),
                };
                Tax { id, rate }
            })
            .collect();
        self.open_job(id)?.taxes = taxes;
        Ok(())
    }

    pub(super) fn put_due_terms(&mut self, id: &JobId, due: DueTerms) -> Result<(), Refusal> {
        if !is_offered(due) {
            return not_allowed("the app does not offer these terms");
        }
        self.open_job(id)?.due = due;
        Ok(())
    }

    fn line_from_price_book(&mut self, entry: FromPriceBook) -> Result<Line, Refusal> {
        let (id, invoice_item_id) = (self.line_id(), self.random.id("invitm_"));
        let uuid = entry.price_book;
        let quantity = entry.quantity;
        if let Some(service) = self
            .company
            .services(When::Now)
            .find(|service| service.uuid == uuid)
        {
            return Ok(Line {
                id,
                invoice_item_id,
                kind: LineKind::Labor,
                name: service.name.clone(),
                description: service.description.clone().unwrap_or_default(),
                unit_price: entry.unit_price.unwrap_or(service.price),
                unit_cost: service.cost,
                unit_of_measure: None,
                quantity,
                taxable: service.taxable,
                price_book: Some((PriceBookKind::Service, uuid)),
                minutes: Some(service.minutes),
            });
        }
        let material = self
            .company
            .materials(When::Now)
            .find(|material| material.uuid == uuid)
            .ok_or_else(|| Refusal::NotFound(format!("{uuid} in the price book")))?;
        Ok(Line {
            id,
            invoice_item_id,
            kind: LineKind::Materials,
            name: material.name.clone(),
            description: material.description.clone().unwrap_or_default(),
            unit_price: entry.unit_price.unwrap_or(material.price),
            unit_cost: material.cost,
            unit_of_measure: material.unit_of_measure.clone(),
            quantity,
            taxable: material.taxable,
            price_book: Some((PriceBookKind::Material, uuid)),
            minutes: None,
        })
    }

    pub(super) fn line_id(&mut self) -> LineId {
        LineId::from(self.random.id(LineId::PREFIX))
    }

    /// Lines or taxes changed: the live invoice follows the job.
    pub(super) fn contents_changed(&mut self, id: &JobId) -> Result<(), Refusal> {
        check_discounts(&self.job(id)?.lines)?;
        self.edited(id)?;
        self.invoices_follow_job(id)
    }
}

fn replaces(new: LineKind, kept: LineKind) -> bool {
    match new {
        LineKind::PercentDiscount => kept.is_discount(),
        LineKind::FixedDiscount => kept == LineKind::PercentDiscount,
        LineKind::Labor | LineKind::Materials | LineKind::Tip => false,
    }
}

fn check(line: &Line) -> Result<(), Refusal> {
    if line.name.trim().is_empty() {
        return not_allowed("a line needs a name");
    }
    if !(0..=LARGEST_PRICE).contains(&line.unit_price)
        || !(0..=LARGEST_PRICE).contains(&line.unit_cost)
    {
        return not_allowed(
            "a price lies between 0 and ten million dollars; use a discount to take off",
        );
    }
    if line.kind.is_work() {
        if !(Hundredths::new(0)..=Hundredths::LARGEST).contains(&line.quantity) {
            return not_allowed("a quantity lies between 0 and 100,000");
        }
    } else if line.quantity != Hundredths::ONE || line.taxable {
        return not_allowed("a discount or tip has the quantity 1 and no tax");
    }
    if line.kind == LineKind::PercentDiscount && line.unit_price > 10_000 {
        return not_allowed("a discount is at most 100 per cent");
    }
    Ok(())
}

pub(super) fn check_discounts(lines: &[Line]) -> Result<(), Refusal> {
    let totals = Totals::of(lines, &[]);
    if totals.discount > totals.subtotal {
        return not_allowed("the discounts are more than the lines come to");
    }
    Ok(())
}

//! The customer and the items of a job: found in QuickBooks or made there, before the invoice refers to them.

use mapping::{customer::CustomerMatch, item::ItemMatch};
use qbo::QboError;
use store::{Kind, Slot, SlotName, Stored};

use crate::{
    alerts::{self, AlertKind},
    books::{Session, broken, refused},
    document::Document,
    engine::Engine,
    ledger::Op,
    plan::{Plan, Use},
    push::{Learned, LookedUp, Step},
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// Links or makes what is missing, and brings the customer up to date.
    pub(crate) async fn parties(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        found: &LookedUp,
        learned: &mut Learned,
    ) -> Result<Step, Stop> {
        let mut step = Step::Nothing;
        let mut ops = Vec::new();
        match plan.customer_link() {
            None => match self.match_customer(session, plan, found).await? {
                Some(op) => ops.push(op),
                None => step = Step::Moved,
            },
            Some(_) if learned.customer_refused => {}
            Some(_) => ops.extend(customer_change(plan)?),
        }
        for (used, slot) in plan.missing_items() {
            match self.match_item(session, plan, used, slot, found).await? {
                Some(op) => ops.push(op),
                None => step = Step::Moved,
            }
        }
        for named in &plan.new_line_names {
            match self.put(vec![named.put()?]).await {
                Ok(()) | Err(Stop::Rival(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        if ops.is_empty() {
            return Ok(step);
        }
        let names: Vec<SlotName> = ops.iter().map(|op| op.name.clone()).collect();
        let written = self.write(session, ops).await?;
        let mut worst = None;
        for (name, written) in names.iter().zip(written) {
            let Err(error) = written else { continue };
            let is_customer = *name == plan.customer_name;
            if is_customer && plan.customer_link().is_some() {
                self.customer_not_changed(session, plan, &error, learned)
                    .await?;
            } else {
                let stop = self.not_made(session, plan, name, &error).await?;
                worst = worst.or(Some(stop));
            }
        }
        worst.map_or(Ok(Step::Moved), Err)
    }

    /// Links the customer to the one that QuickBooks has, or tells how to make it (C6).
    async fn match_customer(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        found: &LookedUp,
    ) -> Result<Option<Op>, Stop> {
        let wanted = Document::Customer(Box::new(plan.customer.clone()));
        let alert = |kind| {
            let name = plan.customer.display_name.as_deref().unwrap_or_default();
            plan.finding(kind).with("customer", name)
        };
        match mapping::customer::find(&plan.customer, &found.customers) {
            CustomerMatch::None => Ok(Some(Op {
                name: plan.customer_name.clone(),
                slot: plan.customer_slot.clone(),
                sent: wanted.clone(),
                wants: wanted,
                dated_by_invoice: false,
            })),
            CustomerMatch::One(one) => {
                let one = Document::Customer(Box::new(one.clone()));
                // Linking renames nothing: what Housecall Pro says now counts as written (C4).
                let wrote = Some(wanted.json().map_err(broken)?);
                self.adopt(
                    session,
                    &plan.customer_name,
                    &plan.customer_slot,
                    &one,
                    wrote,
                )
                .await?
                .ok_or_else(|| alert(AlertKind::LinkedCustomerMatch).stop())?;
                Ok(None)
            }
            CustomerMatch::Contradicting(what) => Err(alert(AlertKind::CustomerMatchAmbiguous)
                .with("contradiction", what)
                .stop()),
        }
    }

    /// Links an item to the one that QuickBooks has, or tells how to make it (I1, I3).
    async fn match_item(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        used: &Use,
        slot: &Stored<Slot>,
        found: &LookedUp,
    ) -> Result<Option<Op>, Stop> {
        let wanted = Document::Item(Box::new(used.wanted.clone()));
        let taken = |holder: &str| {
            plan.finding(AlertKind::ItemNameTaken)
                .with("item", used.wanted.name.as_deref().unwrap_or_default())
                .with("holder", holder)
                .stop()
        };
        match mapping::item::find(&used.wanted, &found.items) {
            ItemMatch::None => Ok(Some(Op {
                name: used.name.clone(),
                slot: slot.clone(),
                sent: wanted.clone(),
                wants: wanted,
                dated_by_invoice: false,
            })),
            ItemMatch::One(one) => {
                let one = Document::Item(Box::new(one.clone()));
                let wrote = Some(wanted.json().map_err(broken)?);
                self.adopt(session, &used.name, slot, &one, wrote)
                    .await?
                    .ok_or_else(|| taken("the item of another price-book entry"))?;
                Ok(None)
            }
            ItemMatch::Taken(holder) => Err(taken(holder)),
        }
    }

    /// A refused change of the customer is reported, and the invoice goes on (S8).
    async fn customer_not_changed(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        error: &QboError,
        learned: &mut Learned,
    ) -> Result<(), Stop> {
        if matches!(error, QboError::Stale { .. }) {
            let there = self
                .reread(session, &plan.customer_name, Kind::Customer)
                .await?;
            return if there {
                Ok(())
            } else {
                Err(plan.finding(AlertKind::InactiveInQuickbooks).stop())
            };
        }
        learned.customer_refused = true;
        match self
            .not_made(session, plan, &plan.customer_name, error)
            .await?
        {
            Stop::Alert(finding) => alerts::raise(&self.world, &session.books, &finding).await,
            stop => Err(stop),
        }
    }

    /// How the work ends when QuickBooks did not take a customer or an item.
    async fn not_made(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        name: &SlotName,
        error: &QboError,
    ) -> Result<Stop, Stop> {
        let item = plan.items.iter().find(|(used, _)| used.name == *name);
        Ok(match (error, item) {
            (QboError::DuplicateName { .. }, Some((used, _))) => plan
                .finding(AlertKind::ItemNameTaken)
                .with("item", used.wanted.name.as_deref().unwrap_or_default())
                .with("holder", "an inactive item")
                .stop(),
            (QboError::DuplicateName { .. }, None) => plan
                .finding(AlertKind::NameTaken)
                .with(
                    "customer",
                    plan.customer.display_name.as_deref().unwrap_or_default(),
                )
                .stop(),
            (QboError::Missing { .. } | QboError::BadReference { .. }, _) => {
                plan.finding(AlertKind::InactiveInQuickbooks).stop()
            }
            (QboError::Refused { .. }, _) => {
                refused(plan.finding(AlertKind::QuickbooksRefused), error).stop()
            }
            _ => self.ends(session, error).await?,
        })
    }
}

/// What changed of a linked customer since it was last written (C4).
fn customer_change(plan: &Plan<'_>) -> Result<Option<Op>, Stop> {
    let wrote = plan.customer_link().and_then(|link| link.wrote.as_ref());
    let wrote: qbo::Customer = match wrote {
        Some(wrote) => serde_json::from_str(wrote.get()).map_err(broken)?,
        None => qbo::Customer::default(),
    };
    Ok(
        mapping::customer::changes(&wrote, &plan.customer).map(|change| Op {
            name: plan.customer_name.clone(),
            slot: plan.customer_slot.clone(),
            sent: Document::Customer(Box::new(change)),
            wants: Document::Customer(Box::new(plan.customer.clone())),
            dated_by_invoice: false,
        }),
    )
}

//! What changed of a linked customer, and reaches QuickBooks as far as it takes it (C4, S8): a refused field does not
//! hold up the others, nor the invoice; an alert about the customer tells of it until QuickBooks has it, or nobody wants
//! it.

use std::collections::BTreeSet;

use ledger::Slot;
use mapping::{
    SlotName,
    alert::{
        Alert, CustomerAlert, CustomerCause, CustomerRef, FieldCause, QuickbooksWords,
        RefusedField, Subject,
    },
    customer::{Change, Field, change_without},
};
use qbo::QboError;
use store::Stored;

use crate::{
    alerts,
    ctx::Ctx,
    engine::Engine,
    job::{parts::CustomerSlot, step::Step},
    ledger::PlannedWrite,
    objects::slots::{stored, wrote},
    stop::{Stop, broken},
    world::World,
};

/// So many writes one look makes for a customer at most: with all that changed, and with each field by itself.
pub(crate) const WRITES: usize = 1 + Field::ALL.len();

/// What QuickBooks did not take of what changed of a customer, as far as one look has come.
#[derive(Debug, Default)]
pub(crate) struct CustomerChange {
    refused: Vec<RefusedField>,
    /// Whether it took any.
    others: bool,
    /// Whether QuickBooks did not tell which field it refuses: then each goes by itself.
    apart: bool,
    /// Whether a person was told.
    told: bool,
}

impl CustomerChange {
    /// The next write; `None`: nothing is left that QuickBooks may take.
    pub(crate) fn next(&self, known: CustomerSlot<'_>) -> Result<Option<PlannedWrite>, Stop> {
        if known.slot.value.link().is_none() {
            return Ok(None);
        }
        let before: qbo::Customer = wrote(&known.slot.value)?;
        let Some(change) = self.change(&before, known.wanted) else {
            return Ok(None);
        };
        let (sent, after) = (change.sent.into(), change.after.into());
        PlannedWrite::new(known.name, known.slot.clone(), sent, after).map(Some)
    }

    fn change(&self, wrote: &qbo::Customer, wanted: &qbo::Customer) -> Option<Change> {
        let mut held: BTreeSet<Field> = self.refused.iter().map(|one| one.field).collect();
        let change = change_without(wrote, wanted, &held)?;
        match change.fields.split_first() {
            Some((_, rest)) if self.apart => {
                held.extend(rest);
                change_without(wrote, wanted, &held)
            }
            _ => Some(change),
        }
    }

    /// QuickBooks took what was sent.
    pub(crate) fn taken(&mut self) {
        self.others = true;
    }

    /// QuickBooks refused what was sent. Whether it is worth another write, or an alert: not where the reason lies
    /// elsewhere than in a field.
    pub(crate) fn refuse(
        &mut self,
        known: CustomerSlot<'_>,
        error: &QboError,
    ) -> Result<bool, Stop> {
        let before: qbo::Customer = wrote(&known.slot.value)?;
        let Some(Change { fields, .. }) = self.change(&before, known.wanted) else {
            return Ok(false);
        };
        let words = QuickbooksWords::from(error);
        let mut named: Vec<RefusedField> = match error {
            QboError::DuplicateName { .. } => vec![RefusedField {
                field: Field::Name,
                cause: FieldCause::NameTaken,
            }],
            QboError::Refused { fault, .. } => {
                let errors = fault.errors.iter();
                let named = errors.filter_map(|error| {
                    Some(RefusedField {
                        field: Field::named(error.element.as_deref()?)?,
                        cause: FieldCause::Refused(QuickbooksWords {
                            words: error.detail.clone(),
                            code: Some(error.code.clone()),
                            ..words.clone()
                        }),
                    })
                });
                named.collect()
            }
            QboError::BadReference { .. } => Vec::new(),
            // Its version, which is that of all of them.
            QboError::Stale { .. } => {
                let all = fields.iter().map(|field| RefusedField {
                    field: *field,
                    cause: FieldCause::Refused(words.clone()),
                });
                all.collect()
            }
            _ => return Ok(false),
        };
        named.retain(|one| fields.contains(&one.field));
        named.dedup_by_key(|one| one.field);
        match (named.as_slice(), fields.as_slice()) {
            ([], [field]) => self.refused.push(RefusedField {
                field: *field,
                cause: FieldCause::Refused(words),
            }),
            ([], _) => self.apart = true,
            _ => self.refused.extend(named),
        }
        Ok(true)
    }

    /// What is told of it; `None`: QuickBooks has all of it.
    fn alert(&self, known: CustomerSlot<'_>) -> Result<Option<Alert>, Stop> {
        if self.refused.is_empty() {
            return Ok(None);
        }
        let cause = CustomerCause::Refused {
            fields: self.refused.clone(),
            others: self.others,
        };
        alert(known, cause).map(Some)
    }
}

/// An alert about a customer whose change QuickBooks does not have.
pub(crate) fn alert(known: CustomerSlot<'_>, cause: CustomerCause) -> Result<Alert, Stop> {
    let name = known.wanted.display_name.clone().unwrap_or_default();
    Ok(Alert::Customer(CustomerAlert {
        customer: customer_ref(known.name, name)?,
        cause,
    }))
}

/// A customer or a sub-customer, for an alert about it.
pub(crate) fn customer_ref(slot: &SlotName, name: String) -> Result<CustomerRef, Stop> {
    let no_customer = || broken(format!("the slot {slot} is no customer's"));
    let id = slot.customer_id().ok_or_else(no_customer)?;
    let place = slot.place_of(&SlotName::customer(&id));
    Ok(CustomerRef {
        place: place.map(str::to_owned),
        name,
        id,
    })
}

/// What alerts about changes of an object of ours are about.
fn subject(slot: &SlotName) -> Subject {
    match customer_ref(slot, String::new()) {
        Ok(customer) => customer.subject(),
        Err(_) => Subject::Item(slot.to_string()),
    }
}

impl<W: World> Engine<W> {
    /// Tells of something that is wanted of an object and that QuickBooks does not have. Its slot knows first that there
    /// is an alert, so that whoever finds it there, or wants it no more, closes that.
    pub(crate) async fn tell_of_change(
        &self,
        cx: &Ctx,
        name: &SlotName,
        alert: &Alert,
    ) -> Result<(), Stop> {
        self.note_change_alert(cx, name).await?;
        alerts::raise(&self.world, &cx.books, alert).await.map(drop)
    }

    /// Enters in the slot of an object that there is an alert about it, or is about to be.
    pub(crate) async fn note_change_alert(&self, cx: &Ctx, name: &SlotName) -> Result<(), Stop> {
        let mut slot: Stored<Slot> = stored(self.world.table(), cx, name).await?;
        if slot.value.alerted {
            return Ok(());
        }
        slot.value.alerted = true;
        self.put(vec![slot.put()?]).await
    }

    /// QuickBooks has what an alert said that it does not have, or nobody wants it any more.
    pub(crate) async fn end_change_alert(&self, cx: &Ctx, name: &SlotName) -> Result<(), Stop> {
        alerts::close_change(&self.world, &cx.books, &subject(name)).await?;
        let mut slot: Stored<Slot> = stored(self.world.table(), cx, name).await?;
        slot.value.alerted = false;
        self.put(vec![slot.put()?]).await
    }

    /// The same, where the link leaves the slot, or is another from now on: then the slot is stored anew.
    pub(crate) async fn end_alerts_of(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: &Slot<impl Sync>,
    ) -> Result<(), Stop> {
        if slot.alerted {
            alerts::close_change(&self.world, &cx.books, &subject(name)).await?;
        }
        Ok(())
    }

    /// All of a customer's change that QuickBooks may take is there. Tells what is not, once in a look, or that nothing
    /// is missing any more.
    pub(crate) async fn customer_is_written(
        &self,
        cx: &Ctx,
        known: CustomerSlot<'_>,
        change: &mut CustomerChange,
    ) -> Result<Step, Stop> {
        match change.alert(known)? {
            Some(_) if change.told => Ok(Step::Nothing),
            Some(alert) => {
                self.tell_of_change(cx, known.name, &alert).await?;
                change.told = true;
                Ok(Step::Moved)
            }
            None if known.slot.value.alerted => {
                self.end_change_alert(cx, known.name).await?;
                Ok(Step::Moved)
            }
            None => Ok(Step::Nothing),
        }
    }
}

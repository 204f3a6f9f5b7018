//! Ways out for customers and items: which one in QuickBooks it is, under which name another is made, and that it is active
//! again (C6, C7, C10, I3, I7).

use ledger::Slot;
use mapping::{AnyKind, QboObject, SlotName, normalised};
use qbo::QboError;
use store::{FieldChange, Stored};

use super::{Chosen, Rest, gone};
use crate::{
    calls::quickbooks::Rows,
    company::choose::{Choice as Matching, Party},
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    ledger::PlannedWrite,
    objects::slots::{stored, wrote},
    stop::Stop,
    world::World,
};

/// What QuickBooks puts behind the name of an entry that was made inactive.
const DELETED: &str = " (deleted)";

impl<W: World> Engine<W> {
    /// Enters which one in QuickBooks it is, or that another one is made.
    pub(super) async fn match_party(
        &self,
        cx: &Ctx,
        chosen: &Chosen,
        matching: &Matching,
        told: &str,
    ) -> Result<Rest, NotDone> {
        let slots = chosen.slots();
        let party = slots.first().and_then(Party::of_slot);
        let party = party.ok_or_else(|| gone("What is to be linked has no place here."))?;
        self.enter_choice(cx, &party, matching).await?;
        let field = match party.kind() {
            AnyKind::Customer => "customer",
            _ => "item",
        };
        Ok(Rest {
            changes: vec![FieldChange {
                field: field.to_owned(),
                before: None,
                after: Some(told.to_owned()),
            }],
            ..Rest::default()
        })
    }

    /// The same of one that the person named.
    pub(super) async fn match_named(
        &self,
        cx: &Ctx,
        chosen: &Chosen,
        kind: AnyKind,
    ) -> Result<Rest, NotDone> {
        let named = chosen.said.clone().unwrap_or_default();
        let id = self.one_named(cx, kind, &named).await?;
        let matching = Matching::LinkTo(id);
        self.match_party(cx, chosen, &matching, &named).await
    }

    /// The active customer of that name in QuickBooks, or the product or service that an invoice can hold.
    ///
    /// # Errors
    /// [`Declined`] when there is none, or more than one.
    pub(crate) async fn one_named(
        &self,
        cx: &Ctx,
        kind: AnyKind,
        named: &str,
    ) -> Result<qbo::Id, NotDone> {
        let keys = [named.to_owned()];
        let rows = self.ask_all(cx, &kind.by_keys(&keys)).await?;
        let mut found: Vec<QboObject> = Vec::new();
        for rows in &rows {
            match kind {
                AnyKind::Customer => {
                    let all = Rows::of::<qbo::Customer>(rows)?.into_iter();
                    found.extend(all.map(QboObject::from));
                }
                _ => {
                    let all = Rows::of::<qbo::Item>(rows)?.into_iter();
                    found.extend(
                        all.filter(mapping::item::stands_on_lines)
                            .map(QboObject::from),
                    );
                }
            }
        }
        found.retain(|one| one.is_live() && normalised(&one.key()) == normalised(named));
        let ids: Vec<qbo::Id> = found
            .iter()
            .filter_map(|one| Some(one.identity()?.0))
            .collect();
        let what = match kind {
            AnyKind::Customer => "customer",
            _ => "product or service",
        };
        match ids.as_slice() {
            [id] => Ok(id.clone()),
            [] => {
                let words = format!("QuickBooks has no active {what} named {named}.");
                Err(Declined::no_such("name", &named, words).into())
            }
            _ => {
                let words = format!("QuickBooks has several {what}s named {named}.");
                Err(Declined::not_usable("name", words).into())
            }
        }
    }

    /// Makes all of them active again in QuickBooks (C10).
    pub(super) async fn reactivate_all(
        &self,
        cx: &Ctx,
        chosen: &Chosen,
        kind: AnyKind,
    ) -> Result<Rest, NotDone> {
        let mut changes = Vec::new();
        for name in chosen.slots() {
            self.reactivate(cx, &name, kind).await?;
            changes.push(FieldChange {
                field: "Active".to_owned(),
                before: Some("no".to_owned()),
                after: Some("yes".to_owned()),
            });
        }
        Ok(Rest {
            changes,
            ..Rest::default()
        })
    }

    /// Makes the object of a slot active again, under the name that it had. One that is active stays as it is.
    async fn reactivate(&self, cx: &Ctx, name: &SlotName, kind: AnyKind) -> Result<(), NotDone> {
        let slot: Stored<Slot> = stored(self.world.table(), cx, name).await?;
        if slot.value.is_sending() {
            self.settle(cx, name).await?;
            return Err(Stop::PlanAgain(name.to_string()).into());
        }
        let missing = || {
            let words = "QuickBooks has it no more, not even as inactive: use another one.";
            NotDone::from(Declined::no_such("record", &"", words))
        };
        let link = slot.value.link().ok_or_else(missing)?;
        let rows = self
            .ask_all(cx, &[kind.by_id(&link.id).with_inactive()])
            .await?;
        let rows = rows.first().ok_or_else(missing)?;
        let (there, sent, wants): (QboObject, QboObject, QboObject) = match kind {
            AnyKind::Customer => {
                let there = Rows::of::<qbo::Customer>(rows)?.into_iter().next();
                let there = there.ok_or_else(missing)?;
                let sent = qbo::Customer {
                    active: Some(true),
                    display_name: unmarked(there.display_name.as_deref()),
                    ..qbo::Customer::default()
                };
                let wants: qbo::Customer = wrote(&slot.value)?;
                (there.into(), sent.into(), wants.into())
            }
            _ => {
                let there = Rows::of::<qbo::Item>(rows)?.into_iter().next();
                let there = there.ok_or_else(missing)?;
                let sent = qbo::Item {
                    active: Some(true),
                    name: unmarked(there.name.as_deref()),
                    ..qbo::Item::default()
                };
                let wants: qbo::Item = wrote(&slot.value)?;
                (there.into(), sent.into(), wants.into())
            }
        };
        if there.is_live() {
            return Ok(());
        }
        let (_, sync_token) = there.identity().ok_or_else(missing)?;
        let mut slot = slot;
        let known = slot.value.link().and_then(|link| link.last_written.clone());
        slot.value.see(sync_token, known);
        let op = PlannedWrite::raw(name, slot, sent, wants);
        match self.write(cx, vec![op]).await?.pop() {
            Some(Err(error @ (QboError::Refused { .. } | QboError::DuplicateName { .. }))) => {
                let words = format!("It could not be made active again: {error}.");
                Err(Declined::not_usable("record", words).into())
            }
            Some(Err(QboError::Stale { .. })) => Err(Stop::PlanAgain(name.to_string()).into()),
            Some(Err(error)) => Err(self.stop_for(cx, &error).await?.into()),
            Some(Ok(_)) | None => Ok(()),
        }
    }
}

fn unmarked(name: Option<&str>) -> Option<String> {
    name.map(|name| name.strip_suffix(DELETED).unwrap_or(name).to_owned())
}

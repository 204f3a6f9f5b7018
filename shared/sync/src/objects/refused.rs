//! How the work ends when QuickBooks did not take a customer, an item or an entry of a list, or has lost one that an
//! invoice refers to.

use std::collections::BTreeSet;

use mapping::{
    AnyKind, QboObject, SlotName,
    alert::{Alert, EntryAlert, EntryCause, EntryRef, ItemTrouble, QuickbooksWords},
};
use qbo::{Account, Entity, QboError, Query};

use crate::{
    alerts,
    calls::quickbooks::Rows,
    ctx::Ctx,
    engine::Engine,
    job::{
        graph::Graph,
        node::Node,
        parts::{Needed, UsedItem},
        plan::Plan,
        state::PushState,
    },
    objects::extras,
    settle::Reread,
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// Reports, and lets the work go on; what is no alert ends it.
    pub(crate) async fn reported(&self, cx: &Ctx, stop: Stop) -> Result<(), Stop> {
        match stop {
            Stop::Alert(alert) => alerts::raise(&self.world, &cx.books, &alert)
                .await
                .map(drop),
            stop => Err(stop),
        }
    }

    /// QuickBooks did not make an entry of a list. Where nothing refers to it that is told, and the others go on.
    pub(crate) async fn entry_not_made(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        error: &QboError,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        let is_needed = graph.is_needed(node.name());
        let cause = match error {
            QboError::DuplicateName { .. } if state.may_look_again(node.name()) => return Ok(()),
            QboError::Missing { .. } | QboError::BadReference { .. } if !is_needed => {
                EntryCause::Inactive
            }
            QboError::Refused { .. } | QboError::Stale { .. } if !is_needed => {
                EntryCause::Refused(QuickbooksWords::from(error))
            }
            error => return Err(self.object_refused(cx, graph, node, error).await?),
        };
        state.refused.insert(node.name().clone());
        let entry = EntryRef {
            slot: node.name().to_string(),
            name: node.wanted.object.described(),
        };
        let alert = Alert::Entry(EntryAlert { entry, cause });
        self.tell_of_change(cx, node.name(), &alert).await
    }

    /// What of all that the invoice refers to was deleted or made inactive in QuickBooks (C10). `None`: a
    /// customer who was merged there, and the link has moved (C12).
    pub(crate) async fn reference_missing(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
    ) -> Result<Option<Stop>, Stop> {
        let customer = plan.made_out_to();
        let link = customer.slot.value.link();
        let items: Vec<(&UsedItem, &qbo::Id)> = plan
            .items
            .iter()
            .filter_map(|(used, slot)| Some((used, &slot.value.link()?.id)))
            .collect();
        // Lists answer what is active only.
        let queries = [
            link.map(|link| AnyKind::Customer.by_id(&link.id)),
            (!items.is_empty()).then(|| AnyKind::Item.by_ids(items.iter().map(|(_, id)| *id))),
        ];
        let queries: Vec<Query> = queries.into_iter().flatten().collect();
        let rows = self.ask_all(cx, &queries).await?;
        let mut rows = rows.iter();
        if link.is_some() && rows.next().map_or(Ok(true), Rows::is_empty)? {
            return self.customer_missing(cx, plan, customer).await;
        }
        let found: Vec<qbo::Item> = rows.next().map_or(Ok(Vec::new()), Rows::of)?;
        let is_gone = |id: &qbo::Id| !found.iter().any(|item| item.id.as_ref() == Some(id));
        let (gone, names): (Vec<String>, Vec<&SlotName>) = items
            .iter()
            .filter(|(_, id)| is_gone(id))
            .map(|(used, _)| (used.given.clone(), &used.name))
            .unzip();
        if gone.is_empty() {
            let needed = plan.needed.iter().collect();
            let inactive = self.inactive(cx, plan, needed, &found).await?;
            return Ok(Some(inactive));
        }
        let trouble = ItemTrouble::Inactive { items: gone };
        Ok(Some(plan.stop_of(names, trouble)))
    }

    /// How the work ends when something is gone or inactive in QuickBooks that is neither a customer nor an item: which
    /// of these entries, or of the accounts of these items, as far as QuickBooks tells.
    async fn inactive(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        needed: Vec<&Needed>,
        items: &[qbo::Item],
    ) -> Result<Stop, Stop> {
        let entries: Vec<(String, Query)> = needed
            .into_iter()
            .filter(|one| !matches!(one.object, QboObject::PaymentMethod(_)))
            .filter_map(|one| {
                let query = one.kind().by_id(one.id.as_ref()?);
                Some((one.object.described(), query))
            })
            .collect();
        let references = items.iter().flat_map(|item| {
            let expense = item.expense_account_ref.as_ref();
            item.income_account_ref.iter().chain(expense)
        });
        let accounts: BTreeSet<&str> = references.map(|account| account.value.as_str()).collect();
        let mut queries: Vec<Query> = entries.iter().map(|(_, query)| query.clone()).collect();
        if !accounts.is_empty() {
            let query = Query::select(Account::NAME).where_in("Id", accounts);
            queries.push(query.with_inactive().in_pages());
        }
        let rows = self.ask_all(cx, &queries).await?;
        let mut rows = rows.iter();
        let mut gone: Vec<String> = Vec::new();
        for ((described, _), rows) in entries.into_iter().zip(rows.by_ref()) {
            if rows.is_empty()? {
                gone.push(described);
            }
        }
        let there: Vec<Account> = rows.next().map_or(Ok(Vec::new()), Rows::of)?;
        let inactive = there.iter().filter(|account| account.active == Some(false));
        gone.extend(inactive.filter_map(|account| {
            let name = account.name.as_deref()?;
            Some(format!(
                "the account {}",
                name.strip_suffix(" (deleted)").unwrap_or(name)
            ))
        }));
        Ok(plan.stop(ItemTrouble::OtherInactive { what: gone }))
    }

    /// How the work ends when QuickBooks did not take an object of which nothing else is known.
    pub(crate) async fn object_refused(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        error: &QboError,
    ) -> Result<Stop, Stop> {
        Ok(match (error, graph.cause.plan()) {
            (QboError::Missing { .. } | QboError::BadReference { .. }, Some(plan)) => {
                self.inactive(cx, plan, Vec::new(), &[]).await?
            }
            // One of that name was made since it was looked up: it is looked up again.
            (QboError::DuplicateName { .. }, _) => Stop::PlanAgain(node.name().to_string()),
            (QboError::Refused { .. } | QboError::Stale { .. }, _) => {
                graph.cause.refused(&node.wanted.object, error)
            }
            _ => self.stop_for(cx, error).await?,
        })
    }

    /// QuickBooks did not make an item. A name that an item of ours has may be settled between the two (I7).
    pub(crate) async fn item_not_made(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        (node, item): (&Node, &qbo::Item),
        error: &QboError,
        state: &PushState,
    ) -> Result<(), Stop> {
        let used = graph.cause.used(node.name())?;
        let is_taken = matches!(error, QboError::DuplicateName { .. });
        if is_taken && self.item_told_apart(cx, used, &state.asked).await? {
            return Ok(());
        }
        let item = (node, used, item);
        Err(self.item_refused(cx, graph, item, error, state).await?)
    }

    /// How the work ends when QuickBooks did not take an item, or another account for it.
    pub(crate) async fn item_refused(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        (node, used, item): (&Node, &UsedItem, &qbo::Item),
        error: &QboError,
        state: &PushState,
    ) -> Result<Stop, Stop> {
        let cause = graph.cause;
        if let Some(trouble) = extras::account_refused(cx, used, error) {
            return Ok(cause.stop(trouble));
        }
        Ok(match (error, cause.plan()) {
            (QboError::DuplicateName { .. }, _) => {
                let key = node.wanted.object.key();
                let taken = ItemTrouble::NameTaken {
                    item: item.name.clone().unwrap_or_default(),
                    given: Some(used.given.clone()),
                    holder: state.asked.holder(AnyKind::Item, &key),
                    candidates: Vec::new(),
                };
                cause.stop_of(Some(&used.name), taken)
            }
            (QboError::Missing { .. } | QboError::BadReference { .. }, Some(plan)) => {
                if matches!(error, QboError::BadReference { .. })
                    && let Some(category) = self.gone_category(cx, plan, used).await?
                {
                    return Ok(cause.stop(ItemTrouble::CategoryInactive { category }));
                }
                self.inactive(cx, plan, Vec::new(), std::slice::from_ref(item))
                    .await?
            }
            // The account of an item that QuickBooks has: the next plan is made from its present version.
            (QboError::Stale { .. }, _) if node.is_linked() => {
                match self.reread(cx, node.name(), AnyKind::Item).await? {
                    Reread::Gone => {
                        let items = vec![used.given.clone()];
                        cause.stop_of(Some(&used.name), ItemTrouble::Inactive { items })
                    }
                    _ => Stop::PlanAgain(node.name().to_string()),
                }
            }
            (QboError::Refused { .. } | QboError::Stale { .. }, _) => {
                cause.refused(&node.wanted.object, error)
            }
            _ => self.stop_for(cx, error).await?,
        })
    }
}

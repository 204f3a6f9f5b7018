//! What only one kind of QuickBooks object needs.

pub(crate) mod candidates;
pub(crate) mod categories;
pub(crate) mod customer_changes;
pub(crate) mod customer_edits;
pub(crate) mod customers;
pub(crate) mod extras;
pub(crate) mod give_way;
pub mod income;
pub(crate) mod invoice;
pub(crate) mod item_push;
pub(crate) mod items;
pub(crate) mod items_of_lines;
pub(crate) mod line_counts;
pub mod line_names;
pub mod link_invoice;
pub(crate) mod lists;
pub(crate) mod merges;
pub(crate) mod number_taken;
pub(crate) mod price_book;
pub(crate) mod refused;
pub(crate) mod same_name;
pub(crate) mod slots;
pub(crate) mod sub_customer;

use mapping::{Found, QboObject, RawMemory, SlotName, alert::CustomerTrouble, item::is_category};
use qbo::QboError;

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        graph::Graph,
        node::Node,
        state::{Open, PushState},
        step::{Next, Step},
    },
    ledger::Written,
    stop::{Stop, broken},
    world::World,
};

impl<W: World> Engine<W> {
    /// What counts as written of an object that QuickBooks had before, and what its slot remembers.
    pub(crate) fn found_as(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        memory: RawMemory,
        wanted: &QboObject,
        there: &QboObject,
    ) -> Result<(RawMemory, QboObject), Stop> {
        match (wanted, there) {
            (QboObject::Item(wanted), QboObject::Item(there)) if !is_category(wanted) => {
                let used = graph.cause.used(node.name()).ok();
                let memory = memory.read().map_err(broken)?;
                let (memory, known) = self.item_found_as(cx, used, memory, wanted, there);
                let memory = RawMemory::new(&memory).map_err(broken)?;
                Ok((memory, known.into()))
            }
            (wanted, _) => Ok((memory, wanted.ours())),
        }
    }

    /// What QuickBooks has belongs to another slot: they stand for the same, unless the kind knows better.
    pub(crate) async fn held(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        (node, memory): (&Node, RawMemory),
        there: QboObject,
        other: &SlotName,
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        match (there, graph.cause.plan()) {
            (QboObject::Customer(one), Some(plan)) => {
                self.held_customer(cx, plan, (node, memory), &one).await
            }
            (QboObject::Item(one), _) if is_category(&one) => {
                self.held_category(cx, graph, node, state).await
            }
            (QboObject::Item(one), _) => self.held_item(cx, graph, node, &one).await,
            _ => self.share(cx, node, other).await,
        }
    }

    /// It is not certain which of those that QuickBooks has it is, if any.
    pub(crate) async fn unclear(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        found: Found<QboObject>,
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        match (&node.wanted.object, graph.cause.plan()) {
            (QboObject::Customer(_), Some(plan)) => {
                self.unclear_customer(cx, plan, node, found).await
            }
            (QboObject::Item(item), _) if is_category(item) => match found {
                Found::Taken(holder, _) => {
                    self.category_is_taken(cx, graph, node, holder, state).await
                }
                _ => self.make(cx, node, node.wanted.object.clone()).await,
            },
            (QboObject::Item(_), _) => self.unclear_item(cx, graph, node, found, state).await,
            _ => Err(self.name_refused(graph, node)),
        }
    }

    /// QuickBooks says that a name is taken by what it does not tell of.
    pub(crate) fn name_refused(&self, graph: Graph<'_>, node: &Node) -> Stop {
        match (&node.wanted.object, graph.cause.plan()) {
            (QboObject::Customer(customer), Some(plan)) => {
                let customer = customer.display_name.clone().unwrap_or_default();
                plan.stop_of([node.name()], CustomerTrouble::NameTaken { customer })
            }
            // An entry of that name was made since its list was read: it is read again.
            _ => Stop::PlanAgain(node.name().to_string()),
        }
    }

    /// What follows from QuickBooks' answer to one write.
    pub(crate) async fn written(
        &self,
        cx: &Ctx,
        one: &mut Open<'_, '_>,
        name: &SlotName,
        written: Written,
    ) -> Result<(), Stop> {
        one.step = Step::Moved;
        let graph = one.graph;
        let Some(node) = graph.node(name) else {
            return Ok(());
        };
        let state = &mut *one.state;
        match (&node.wanted.object, graph.cause.plan(), written) {
            (QboObject::Invoice(_), Some(plan), Ok(QboObject::Invoice(answer))) => {
                self.invoice_written(cx, plan, Ok(&answer), state).await
            }
            (QboObject::Invoice(_), Some(plan), Err(error)) => {
                self.invoice_written(cx, plan, Err(error), state).await
            }
            (QboObject::Customer(_), Some(_), Ok(_)) if node.is_linked() => {
                state.changes.entry(name.clone()).or_default().taken();
                Ok(())
            }
            (
                QboObject::Payment(_)
                | QboObject::RefundReceipt(_)
                | QboObject::SalesReceipt(_)
                | QboObject::Purchase(_),
                _,
                Err(error),
            ) => {
                state.refused.insert(name.clone());
                state.transactions_refused.push((name.clone(), error));
                Ok(())
            }
            (_, _, Ok(_)) => Ok(()),
            (_, _, Err(error)) if node.is_linked() => {
                self.change_refused(cx, graph, node, &error, state).await
            }
            (_, _, Err(error)) => self.make_refused(cx, graph, node, &error, state).await,
        }
    }

    /// QuickBooks did not take a change.
    async fn change_refused(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        error: &QboError,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        let used = graph.cause.used(node.name());
        match (&node.wanted.object, graph.cause.plan(), used) {
            (QboObject::Customer(_), Some(plan), _) => {
                self.customer_not_changed(cx, plan, node, error, state)
                    .await
            }
            (QboObject::Item(_), Some(plan), Ok(used)) if used.rebook.is_none() => {
                self.item_not_changed(cx, plan, node, error, state).await
            }
            (QboObject::Item(item), _, Ok(used)) => {
                let item = (node, used, &**item);
                Err(self.item_refused(cx, graph, item, error, state).await?)
            }
            _ => Err(self.object_refused(cx, graph, node, error).await?),
        }
    }

    /// QuickBooks did not make an object.
    async fn make_refused(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        error: &QboError,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        match (&node.wanted.object, graph.cause.plan()) {
            (QboObject::Customer(_), Some(plan)) => {
                self.customer_not_made(cx, plan, node, error, state).await
            }
            (QboObject::Item(item), _) if is_category(item) => {
                self.category_not_made(cx, graph, node, error, state).await
            }
            (QboObject::Item(item), _) => {
                self.item_not_made(cx, graph, (node, item), error, state)
                    .await
            }
            (QboObject::Term(_) | QboObject::Class(_) | QboObject::PaymentMethod(_), _) => {
                self.entry_not_made(cx, graph, node, error, state).await
            }
            _ => Err(self.object_refused(cx, graph, node, error).await?),
        }
    }
}

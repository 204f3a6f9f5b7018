//! The driver: what is wanted becomes what QuickBooks has, for every kind of object and for several graphs at once. Each
//! step asks for what is not known, in one batch; links, makes or changes what is ready, lists of names before
//! transactions; and begins again with what is known then.

use std::collections::BTreeSet;

use ledger::{Former, LedgerError, Move, Slot};
use mapping::{AnyKind, Family, Found, LookUp, Matched, QboObject, SlotName, normalised};
use ports::Clock;
use qbo::{Query, limits};
use store::Stored;

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        graph::Graph,
        node::Node,
        sent_before::marker,
        state::{Open, PushState},
        step::{Next, Step},
    },
    ledger::{PlannedWrite, seen},
    objects::extras,
    settle::is_voided_by_us,
    stop::{Stop, broken},
    world::World,
};

/// New objects of one kind that are asked for by name in one step, well below QuickBooks' 30 in a batch.
const ASKED_AT_ONCE: usize = 25;

/// What is asked of QuickBooks in one step.
#[derive(Default)]
struct Questions {
    keys: Vec<(AnyKind, Vec<String>)>,
    statements: Vec<(AnyKind, Query)>,
}

impl Questions {
    fn key(&mut self, kind: AnyKind, key: String) {
        let at = self.keys.iter().position(|(known, _)| *known == kind);
        let at = at.unwrap_or_else(|| {
            self.keys.push((kind, Vec::new()));
            self.keys.len() - 1
        });
        if let Some((_, keys)) = self.keys.get_mut(at)
            && !keys.contains(&key)
        {
            keys.push(key);
        }
    }

    fn statement(&mut self, kind: AnyKind, query: Query) {
        let statement = (kind, query);
        if !self.statements.contains(&statement) {
            self.statements.push(statement);
        }
    }

    /// Asks for one that is wanted. Whether it is asked for by its key, of which one step takes so many.
    fn ask(&mut self, node: &Node) -> bool {
        let kind = node.wanted.object.kind();
        match &node.wanted.look_up {
            LookUp::Key(key) => self.key(kind, key.clone()),
            LookUp::List => self.statement(kind, kind.whole_list()),
            LookUp::Statements(statements) => {
                for statement in statements {
                    self.statement(kind, statement.clone());
                }
            }
            LookUp::Apart | LookUp::Nothing => {}
        }
        matches!(node.wanted.look_up, LookUp::Key(_))
    }

    fn statements(self) -> Vec<(AnyKind, Query)> {
        let by_keys = self.keys.into_iter().flat_map(|(kind, keys)| {
            let queries = kind.by_keys(&keys).into_iter();
            queries.map(move |query| (kind, query))
        });
        by_keys.chain(self.statements).collect()
    }
}

/// What a call makes or changes, for whichever graph. Another one that wants the same waits for the next step, and finds it
/// done.
#[derive(Default)]
struct Begun {
    slots: BTreeSet<SlotName>,
    names: BTreeSet<(AnyKind, String)>,
}

impl Begun {
    /// Whether nobody has begun with an object, nor with a new one that takes its name: the second finds it taken (I8).
    fn is_first(&mut self, graph: Graph<'_>, node: &Node) -> bool {
        let object = &node.wanted.object;
        let takes_name = object.kind().family() == Family::List
            && node.id.is_none()
            && graph.resolved(object).is_some();
        let name = (object.kind(), normalised(&object.key()));
        !self.slots.contains(node.name()) && (!takes_name || self.names.insert(name))
    }
}

impl<W: World> Engine<W> {
    /// Asks QuickBooks for everything that these graphs do not know, in one call, and for what is asked further.
    pub(crate) async fn look_ups(
        &self,
        cx: &Ctx,
        open: &mut [Open<'_, '_>],
        further: Vec<(AnyKind, Query)>,
    ) -> Result<Vec<QboObject>, Stop> {
        let mut questions = Questions::default();
        for one in open.iter_mut().filter(|one| one.is_open()) {
            let mut by_key = 0;
            for node in one.graph.nodes {
                let is_known = node.id.is_some() || one.state.refused.contains(node.name());
                if is_known || one.state.asked.has(node) || by_key >= ASKED_AT_ONCE {
                    continue;
                }
                by_key += usize::from(questions.ask(node));
                let key = node.wanted.object.key();
                one.state.asked.by.insert((node.name().clone(), key));
            }
        }
        for (kind, query) in further {
            questions.statement(kind, query);
        }
        let statements = questions.statements();
        let queries: Vec<Query> = statements.iter().map(|(_, query)| query.clone()).collect();
        let answers = self.ask_all(cx, &queries).await?;
        let mut found = Vec::new();
        for ((kind, _), rows) in statements.iter().zip(&answers) {
            found.extend(kind.rows(rows)?);
        }
        for one in open.iter_mut().filter(|one| one.is_open()) {
            one.state.asked.enter(&found);
        }
        Ok(found)
    }

    /// One step of a graph that no document waits for: what it does not know is asked, lists are brought, then transactions.
    pub(crate) async fn carry_by_itself(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        state: &mut PushState,
    ) -> Result<Step, Stop> {
        let mut open = [Open::new(graph, state)];
        self.look_ups(cx, &mut open, Vec::new()).await?;
        self.bring(cx, Family::List, &mut open).await?;
        self.bring(cx, Family::Transaction, &mut open).await?;
        let [one] = open;
        one.stop.map_or(Ok(one.step), Err)
    }

    /// Links or makes what is missing of one family, and brings the rest up to date, for all graphs in one call. What
    /// ends the way of one graph stands in it; the outer error ends the way of all.
    pub(crate) async fn bring(
        &self,
        cx: &Ctx,
        family: Family,
        open: &mut [Open<'_, '_>],
    ) -> Result<(), Stop> {
        let mut begun = Begun::default();
        let mut ops: Vec<(usize, PlannedWrite)> = Vec::new();
        for (index, one) in open.iter_mut().enumerate() {
            if !one.is_open() || one.step == Step::Moved && family == Family::Transaction {
                continue;
            }
            match Box::pin(self.prepare_all(cx, family, one, &mut begun)).await {
                Ok(prepared) => ops.extend(prepared.into_iter().map(|op| (index, op))),
                Err(stop) => one.stop = Some(stop),
            }
        }
        // What is left over is written in the next step.
        for (index, _) in ops.iter().skip(limits::BATCH_ITEMS) {
            if let Some(one) = open.get_mut(*index) {
                one.step = Step::Moved;
            }
        }
        ops.truncate(limits::BATCH_ITEMS);
        if ops.is_empty() {
            return Ok(());
        }
        let (of, ops): (Vec<usize>, Vec<PlannedWrite>) = ops.into_iter().unzip();
        let names: Vec<SlotName> = ops.iter().map(|op| op.name.clone()).collect();
        let written = Box::pin(self.write(cx, ops)).await?;
        for there in written.iter().flatten() {
            // Others may find it by its name.
            for one in open.iter_mut() {
                one.state.asked.enter(std::slice::from_ref(there));
            }
        }
        for ((index, name), written) in of.into_iter().zip(names).zip(written) {
            let Some(one) = open.get_mut(index) else {
                continue;
            };
            if let Err(stop) = Box::pin(self.written(cx, one, &name, written)).await {
                one.stop.get_or_insert(stop);
            }
        }
        Ok(())
    }

    /// What is to be written of one graph.
    async fn prepare_all(
        &self,
        cx: &Ctx,
        family: Family,
        one: &mut Open<'_, '_>,
        begun: &mut Begun,
    ) -> Result<Vec<PlannedWrite>, Stop> {
        let mut ops = Vec::new();
        let nodes = one.graph.nodes.iter();
        for node in nodes.filter(|node| node.wanted.object.kind().family() == family) {
            if one.state.refused.contains(node.name()) {
                continue;
            }
            if !begun.is_first(one.graph, node) {
                one.step = Step::Moved;
                continue;
            }
            match Box::pin(self.prepare(cx, one.graph, node, one.state)).await? {
                Next::Write(op) => ops.push(*op),
                Next::Moved => one.step = Step::Moved,
                Next::Nothing => continue,
            }
            begun.slots.insert(node.name().clone());
        }
        Ok(ops)
    }

    async fn prepare(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        let Some(object) = graph.resolved(&node.wanted.object) else {
            return Ok(Next::Nothing);
        };
        if let (QboObject::Invoice(wanted), Some(plan)) = (&object, graph.cause.plan()) {
            return self.prepare_invoice(cx, plan, wanted, state).await;
        }
        if let (QboObject::Customer(_), Some(plan), true) =
            (&object, graph.cause.plan(), node.is_linked())
        {
            return self.prepare_customer(cx, plan, node, state).await;
        }
        match node.id {
            None => self.prepare_new(cx, graph, node, object, state).await,
            Some(_) if node.is_linked() => self.prepare_change(cx, graph, node, &object).await,
            // It is known by the list that was read last.
            Some(_) => self.keep_listed(cx, node, &object).await,
        }
    }

    async fn prepare_new(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        object: QboObject,
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        if !state.asked.has(node) {
            // So many were asked for in this step.
            return Ok(Next::Moved);
        }
        let kind = object.kind();
        let rows = state.asked.rows(kind);
        let rows: Vec<QboObject> = rows
            .filter(|row| !is_voided_by_us(&node.slot.value, row))
            .cloned()
            .collect();
        let sought = node
            .sought
            .as_ref()
            .and_then(|sought| graph.resolved(sought));
        let sought = sought.as_ref().unwrap_or(&object);
        match sought.find(&rows, &marker(&cx.books, node.name())) {
            Found::Nothing(_) if state.names_refused.contains(node.name()) => {
                Err(self.name_refused(graph, node))
            }
            Found::Nothing(new) => {
                extras::may_be_made(graph, node)?;
                let new = if node.sought.is_some() { object } else { *new };
                self.make(cx, node, new).await
            }
            Found::One(there, agreed) => {
                let there = *there;
                self.take(cx, graph, node, &object, (there, agreed), state)
                    .await
            }
            found => Box::pin(self.unclear(cx, graph, node, found, state)).await,
        }
    }

    /// How an object is made.
    pub(crate) async fn make(&self, cx: &Ctx, node: &Node, new: QboObject) -> Result<Next, Stop> {
        if node.is_linked() {
            // What it was linked to is of no use any more.
            self.unlink(cx, node.object(node.slot.clone())).await?;
            return Ok(Next::Moved);
        }
        let memory = new.name_in(&node.memory, &node.wanted.given, None);
        let slot = node.slot_with(memory.map_err(broken)?);
        let ours = new.ours();
        let op = PlannedWrite::raw(node.name(), slot, new, ours);
        Ok(Next::Write(Box::new(op)))
    }

    /// Links a slot to what QuickBooks has.
    pub(crate) async fn take(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        wanted: &QboObject,
        (there, agreed): (QboObject, Vec<&'static str>),
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        let matched = Matched {
            at: self.world.clock().now(),
            name: there.key(),
            agreed: agreed.into_iter().map(str::to_owned).collect(),
        };
        let memory = wanted
            .name_in(&node.memory, &node.wanted.given, Some(matched))
            .map_err(broken)?;
        let (memory, ours) = self.found_as(cx, graph, node, memory, wanted, &there)?;
        let slot = node.slot_with(memory.clone());
        let ours = ours.json().map_err(broken)?;
        let seen = seen(&slot.value, &there, Some(&ours))?;
        let object = node.object(slot);
        let linked = self.link(cx, object, seen, Former::Freed, Vec::new());
        match linked.await {
            Ok(()) => Ok(Next::Moved),
            Err(LedgerError::HeldBy(other)) => {
                Box::pin(self.held(cx, graph, (node, memory), there, &other, state)).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Two slots that stand for the same object, such as the classes of two business units of one name.
    pub(crate) async fn share(
        &self,
        cx: &Ctx,
        node: &Node,
        other: &SlotName,
    ) -> Result<Next, Stop> {
        let moved = Move {
            at: self.world.clock().now(),
            as_one: true,
            also: None,
        };
        self.move_to(cx, node.object(node.slot.clone()), other, moved)
            .await?;
        Ok(Next::Moved)
    }

    /// What an update sends; what its slot is to remember goes with it, or alone.
    async fn prepare_change(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        node: &Node,
        wanted: &QboObject,
    ) -> Result<Next, Stop> {
        let slot = node.slot_with(node.memory.clone());
        let link = slot.value.link();
        let last_written = link.and_then(|link| link.last_written.as_deref());
        let change = match node.stays {
            true => None,
            false => wanted.change(last_written).map_err(broken)?,
        };
        if let Some(change) = change {
            let op = PlannedWrite::raw(node.name(), slot, change, wanted.ours());
            return Ok(Next::Write(Box::new(op)));
        }
        if slot.value.alerted && is_all_there(graph, node) {
            self.end_change_alert(cx, node.name()).await?;
            return Ok(Next::Moved);
        }
        self.remember(node).await
    }

    /// Enters what the slot of an object is to remember, where nothing of it is written.
    pub(crate) async fn remember(&self, node: &Node) -> Result<Next, Stop> {
        if node.memory != node.slot.value.memory {
            let slot = node.slot_with(node.memory.clone());
            self.put_unless_changed(&slot).await?;
        }
        Ok(Next::Nothing)
    }

    /// Remembers which entry of a list it is, so that it stays that when either is renamed.
    async fn keep_listed(&self, cx: &Ctx, node: &Node, wanted: &QboObject) -> Result<Next, Stop> {
        let Some(id) = node.id.clone() else {
            return Ok(Next::Nothing);
        };
        if node.slot.value.alerted {
            self.end_change_alert(cx, node.name()).await?;
            return Ok(Next::Moved);
        }
        let seen = ledger::Seen {
            id,
            // It is never written, so no version of it is needed.
            sync_token: qbo::SyncToken::new("0"),
            key: wanted.key(),
            ours: None,
            memory: node.memory.clone(),
        };
        let object = node.object(node.slot.clone());
        let linked = self.link(cx, object, seen, Former::Freed, Vec::new());
        match linked.await {
            // Somebody else did.
            Ok(()) | Err(LedgerError::Changed(_)) => Ok(Next::Nothing),
            Err(LedgerError::HeldBy(other)) => match self.share(cx, node, &other).await {
                Ok(_) | Err(Stop::PlanAgain(_)) => Ok(Next::Nothing),
                Err(stop) => Err(stop),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Stores a slot. Where somebody else changed it, another look does the same.
    pub(crate) async fn put_unless_changed(&self, slot: &Stored<Slot>) -> Result<(), Stop> {
        match self.put(vec![slot.put()?]).await {
            Ok(()) | Err(Stop::PlanAgain(_)) => Ok(()),
            Err(stop) => Err(stop),
        }
    }
}

/// Whether all that is wanted of a linked object is known to be there: the category of a material is known when the price
/// book was read and the category is made.
fn is_all_there(graph: Graph<'_>, node: &Node) -> bool {
    let Ok(used) = graph.cause.used(node.name()) else {
        return true;
    };
    match (&used.category, graph.cause.plan()) {
        (Some(category), _) => graph.id(category).is_some(),
        (None, plan) => plan.is_none_or(|plan| !plan.unread),
    }
}

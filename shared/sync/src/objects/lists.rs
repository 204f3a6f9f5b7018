//! What a job needs of QuickBooks' short lists: a term, a class, methods of payment (M3, L6, P2). Each is known from
//! QuickBooks' setup as it was read last, else looked up with everything else, else made in the same batch.

use mapping::{AnyKind, JobRecords, QboObject, SlotName, Term, payment::JobPayment};
use store::ClassTracking;

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{dates_and_terms::Dated, node::Node, parts::Needed},
    objects::slots::{HOPS, StoredEntry, stored},
    stop::Stop,
    world::World,
};

/// What the invoice of a job needs, and the slots that hold what was made or looked up before.
pub(crate) fn needed(cx: &Ctx, records: &JobRecords, dated: &Dated) -> Vec<(QboObject, SlotName)> {
    let mut needed: Vec<(QboObject, SlotName)> = Vec::new();
    if let Term::Days(days) = dated.term {
        needed.push((mapping::term(days).into(), SlotName::term(days)));
    }
    let tracked = cx.connection.preferences.classes != ClassTracking::Off;
    if cx.settings.classes
        && tracked
        && let Some(name) = mapping::class_name(&records.job)
    {
        let unit = records.job.job_fields.business_unit.as_ref();
        // By its id, so that a unit that is renamed keeps its class.
        let unit = unit.and_then(|unit| unit.id.clone());
        let slot = SlotName::class(&unit.unwrap_or_else(|| mapping::normalised(&name)));
        needed.push((mapping::class(name).into(), slot));
    }
    for payment in records.payments().0 {
        let method = method_of(&payment).filter(|method| !needed.contains(method));
        needed.extend(method);
    }
    needed
}

/// The method of a payment (P2), where it tells one.
fn method_of(payment: &JobPayment) -> Option<(QboObject, SlotName)> {
    let (name, is_card) = payment.method_name.clone()?;
    let slot = SlotName::payment_method(&mapping::normalised(&name));
    Some((mapping::method(name, is_card).into(), slot))
}

/// The method of a payment, with what is known of it; none where it tells none. One that QuickBooks does not make is told
/// of, and holds no money up.
pub(crate) async fn known_method<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    payment: &JobPayment,
) -> Result<Option<Needed>, Stop> {
    let Some((method, name)) = method_of(payment) else {
        return Ok(None);
    };
    let slot = stored(engine.world.table(), cx, &name).await?;
    let method = known(engine, cx, std::iter::once(((method, name), slot))).await?;
    let is_told = |one: &Needed| one.id.is_none() && one.slot.value.alerted;
    Ok(method.into_iter().find(|one| !is_told(one)))
}

impl Needed {
    /// With what is known of it already.
    fn new(cx: &Ctx, object: QboObject, name: SlotName, slot: StoredEntry) -> Self {
        let connection = &cx.connection;
        let known = match object.kind() {
            AnyKind::Term => &connection.terms[..],
            AnyKind::Class => &connection.classes,
            AnyKind::PaymentMethod => &connection.payment_methods,
            _ => &[],
        };
        // What was made or found since the list was read; one that the list calls inactive is of no use.
        let linked = slot.value.link().map(|link| &link.id);
        let linked = linked.filter(|id| known.iter().all(|one| one.active || one.id != **id));
        let id = match (&object, linked) {
            // A unit that was renamed keeps its class.
            (QboObject::Class(_), Some(linked)) => Some(linked.clone()),
            (_, linked) => object.listed(known).or_else(|| linked.cloned()),
        };
        Self {
            name,
            object,
            slot,
            id,
        }
    }

    pub(crate) fn kind(&self) -> AnyKind {
        self.object.kind()
    }

    pub(crate) fn node(&self) -> Result<Node, Stop> {
        let given = self.object.key();
        let mut node = Node::new(&self.name, self.object.clone(), &given, &self.slot)?;
        node.id.clone_from(&self.id);
        Ok(node)
    }
}

/// The entries with what is known of each. Where two stand for the same, the link is followed.
pub(crate) async fn known<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    needed: impl Iterator<Item = ((QboObject, SlotName), StoredEntry)>,
) -> Result<Vec<Needed>, Stop> {
    let mut known: Vec<Needed> = Vec::new();
    for ((object, mut name), mut slot) in needed {
        for _ in 0..HOPS {
            let Some(moved) = slot.value.moved() else {
                break;
            };
            name = moved.to.clone();
            slot = stored(engine.world.table(), cx, &name).await?;
        }
        if known.iter().all(|known| known.name != name) {
            known.push(Needed::new(cx, object, name, slot));
        }
    }
    Ok(known)
}

//! Credit of a customer that QuickBooks applies to invoices by itself: one alert for the customer, which counts (P4).

use mapping::{
    alert::{Alert, AlertKind, AppliedCredit, CustomerAlert, CustomerCause, CustomerRef},
    received::{Received, Standing},
};
use store::{AlertRecord, Stored, read};

use super::job::Pulled;
use crate::{alerts, ctx::Ctx, engine::Engine, stop::Stop, world::World};

/// So many are named.
const NAMED: usize = 20;

impl<W: World> Engine<W> {
    /// Tells of a payment that QuickBooks made itself to apply credit, or that it is none any more: the alert ends with the
    /// last.
    pub(super) async fn note_credit(
        &self,
        cx: &Ctx,
        customer: &CustomerRef,
        one: &Received,
        pulled: &Pulled,
    ) -> Result<(), Stop> {
        let kind = AlertKind::CreditApplied.name();
        let key = cx.books.alert(&customer.subject().to_string(), kind);
        let known = read::<AlertRecord>(self.world.table(), &key).await?;
        let known = known.filter(|known| known.value.open);
        let before = known.as_ref().map_or(Ok(Vec::new()), credits)?;
        let documents = pulled.documents.iter().map(|(_, number)| number);
        let parts = one.facts.parts.iter().map(|part| &part.number);
        let numbers: Vec<&String> = documents.chain(parts).collect();
        let is_it =
            |credit: &AppliedCredit| credit.payment == one.id && numbers.contains(&&credit.invoice);
        let mut now: Vec<AppliedCredit> = before.clone();
        now.retain(|credit| !is_it(credit));
        if one.standing == Standing::There {
            now.extend(one.facts.parts.iter().map(|part| AppliedCredit {
                payment: one.id.clone(),
                invoice: part.number.clone(),
                amount: part.amount,
            }));
        }
        now.drain(..now.len().saturating_sub(NAMED));
        if now == before {
            return Ok(());
        }
        let is_over = now.is_empty();
        let alert = Alert::Customer(CustomerAlert {
            customer: customer.clone(),
            cause: CustomerCause::CreditApplied { credits: now },
        });
        match known {
            Some(known) if is_over => alerts::shut(&self.world, &cx.books, known).await,
            Some(known) if one.standing != Standing::There => {
                alerts::revise(&self.world, &cx.books, known, &alert).await
            }
            _ => alerts::raise(&self.world, &cx.books, &alert)
                .await
                .map(drop),
        }
    }
}

/// What an alert names.
fn credits(alert: &Stored<AlertRecord>) -> Result<Vec<AppliedCredit>, Stop> {
    Ok(match alerts::facts(&alert.value)? {
        Some(Alert::Customer(CustomerAlert {
            cause: CustomerCause::CreditApplied { credits },
            ..
        })) => credits,
        _ => Vec::new(),
    })
}

//! The events that a webhook can tell of, and what each means for the sync.

use serde::{Deserialize, Serialize};

/// What an event means for the sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// T2: it can bring a job's invoice or payment to QuickBooks.
    Trigger(Trigger),
    /// T2: money went back.
    Refund,
    /// T6: it pushes nothing, but the record is looked at again.
    Changed,
    /// T6: nothing.
    Ignored,
}

/// The triggers of T2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A job was marked finished.
    Finished,
    /// An invoice was sent.
    Invoiced,
    /// An invoice or a job was paid, wholly or in part.
    Paid,
}

macro_rules! events {
    ($($variant:ident = $name:literal $(| $also:literal)* => $meaning:expr;)+) => {
        /// An event, by the name that Housecall Pro gives it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $(
                #[doc = concat!("`", $name, "`")]
                $variant,
            )+
            /// One that was not known when this was written; Housecall Pro speaks of more than it lists.
            Unknown(String),
        }

        impl Event {
            /// Every known event.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Finds an event by its name, in any of its spellings.
            pub fn parse(name: &str) -> Self {
                match name {
                    $($name $(| $also)* => Self::$variant,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }

            /// Its name.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Unknown(name) => name,
                }
            }

            /// What it means for the sync.
            pub fn meaning(&self) -> Meaning {
                match self {
                    $(Self::$variant => $meaning,)+
                    Self::Unknown(_) => Meaning::Ignored,
                }
            }
        }
    };
}

use Meaning::{Changed, Ignored, Refund};

// The switches of a live account (May 2026), in its order.
events! {
    JobCreated = "job.created" => Ignored;
    JobUpdated = "job.updated" => Changed;
    JobScheduled = "job.scheduled" => Ignored;
    JobOnMyWay = "job.on_my_way" => Ignored;
    JobStarted = "job.started" => Ignored;
    JobCompleted = "job.completed" => Meaning::Trigger(Trigger::Finished);
    JobPaid = "job.paid" => Meaning::Trigger(Trigger::Paid);
    JobCanceled = "job.canceled" => Changed;
    JobDeleted = "job.deleted" => Changed;
    AppointmentScheduled = "job.appointment.scheduled" => Ignored;
    AppointmentRescheduled = "job.appointment.rescheduled" => Ignored;
    AppointmentDiscarded = "job.appointment.appointment_discarded" => Ignored;
    AppointmentProsAssigned = "job.appointment.appointment_pros_assigned" => Ignored;
    AppointmentProsUnassigned = "job.appointment.appointment_pros_unassigned" => Ignored;
    InvoiceCreated = "invoice.created" => Ignored;
    InvoiceSent = "invoice.sent" => Meaning::Trigger(Trigger::Invoiced);
    InvoiceAmountUpdated = "invoice.amount_updated" => Changed;
    InvoicePaid = "invoice.paid" => Meaning::Trigger(Trigger::Paid);
    InvoiceVoided = "invoice.voided" => Changed;
    InvoiceCanceled = "invoice.canceled" => Changed;
    InvoicePaymentSucceeded = "invoice.payment.succeeded" => Meaning::Trigger(Trigger::Paid);
    InvoicePaymentFailed = "invoice.payment.failed" => Changed;
    InvoiceRefundSucceeded = "invoice.refund.succeeded" => Refund;
    CustomerCreated = "customer.created" => Ignored;
    CustomerUpdated = "customer.updated" => Changed;
    CustomerDeleted = "customer.deleted" => Changed;
    EstimateCreated = "estimate.created" => Ignored;
    EstimateUpdated = "estimate.updated" => Ignored;
    EstimateScheduled = "estimate.scheduled" => Ignored;
    EstimateOnMyWay = "estimate.on_my_way" => Ignored;
    EstimateCompleted = "estimate.completed" => Ignored;
    EstimateSent = "estimate.sent" => Ignored;
    EstimateCopyToJob = "estimate.copy_to_job" => Ignored;
    EstimateOptionCreated = "estimate.option.created" => Ignored;
    // One integrator's list spells it without the last letter.
    EstimateOptionApprovalStatusChanged = "estimate.option.approval_status_changed"
        | "estimate.option.approval_status_change" => Ignored;
    LeadCreated = "lead.created" => Ignored;
    LeadUpdated = "lead.updated" => Ignored;
    LeadConverted = "lead.converted" => Ignored;
    LeadLost = "lead.lost" => Ignored;
    LeadDeleted = "lead.deleted" => Ignored;
    // The switch says `pro.created`, the delivery `employee.created`.
    ProCreated = "pro.created" | "employee.created" => Ignored;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(wanted: impl Fn(Meaning) -> bool) -> BTreeSet<&'static str> {
        Event::ALL
            .iter()
            .filter(|event| wanted(event.meaning()))
            .map(Event::name)
            .collect()
    }

    #[test]
    fn there_are_41_events_and_each_is_found_by_its_name() {
        assert_eq!(Event::ALL.len(), 41);
        for event in Event::ALL {
            assert_eq!(&Event::parse(event.name()), event);
        }
    }

    #[test]
    fn events_with_two_spellings_are_one() {
        for (one, other) in [
            ("pro.created", "employee.created"),
            (
                "estimate.option.approval_status_changed",
                "estimate.option.approval_status_change",
            ),
        ] {
            assert_eq!(Event::parse(one), Event::parse(other));
            assert_eq!(Event::parse(other).name(), one);
        }
    }

    #[test]
    fn t2_triggers_and_refunds() {
        for (trigger, events) in [
            (Trigger::Finished, &["job.completed"][..]),
            (Trigger::Invoiced, &["invoice.sent"]),
            (
                Trigger::Paid,
                &["invoice.paid", "invoice.payment.succeeded", "job.paid"],
            ),
        ] {
            let found = names(|meaning| meaning == Meaning::Trigger(trigger));
            assert_eq!(
                found,
                BTreeSet::from_iter(events.iter().copied()),
                "{trigger:?}"
            );
        }
        let refunds = names(|meaning| meaning == Meaning::Refund);
        assert_eq!(refunds, BTreeSet::from(["invoice.refund.succeeded"]));
    }

    #[test]
    fn t6_changes_are_looked_at_and_the_rest_is_ignored() {
        let changes = BTreeSet::from([
            "job.updated",
            "job.deleted",
            "job.canceled",
            "invoice.voided",
            "invoice.canceled",
            "invoice.amount_updated",
            "invoice.payment.failed",
            "customer.updated",
            "customer.deleted",
        ]);
        assert_eq!(names(|meaning| meaning == Meaning::Changed), changes);
        assert_eq!(
            names(|meaning| meaning == Meaning::Ignored).len(),
            41 - 5 - 1 - 9
        );
    }

    #[test]
    fn t6_an_unknown_event_is_ignored() {
        for name in ["", "job.completed ", "Job.Completed", "price_book.updated"] {
            let event = Event::parse(name);
            assert_eq!(event, Event::Unknown(name.to_owned()));
            assert_eq!(event.meaning(), Meaning::Ignored);
        }
    }
}

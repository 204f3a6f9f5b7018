//! The events that Housecall Pro lets a company switch on, one by one.

macro_rules! events {
    ($($variant:ident = $name:literal,)*) => {
        /// A webhook event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each variant is its event's name")]
        pub enum Event { $($variant,)* }

        impl Event {
            /// All 41, in the order of Housecall Pro's settings page.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name as it stands in `event`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

events! {
    JobCreated = "job.created",
    JobUpdated = "job.updated",
    JobScheduled = "job.scheduled",
    JobOnMyWay = "job.on_my_way",
    JobStarted = "job.started",
    JobCompleted = "job.completed",
    JobPaid = "job.paid",
    JobCanceled = "job.canceled",
    JobDeleted = "job.deleted",
    JobAppointmentScheduled = "job.appointment.scheduled",
    JobAppointmentRescheduled = "job.appointment.rescheduled",
    JobAppointmentDiscarded = "job.appointment.appointment_discarded",
    JobAppointmentProsAssigned = "job.appointment.appointment_pros_assigned",
    JobAppointmentProsUnassigned = "job.appointment.appointment_pros_unassigned",
    InvoiceCreated = "invoice.created",
    InvoiceSent = "invoice.sent",
    InvoiceAmountUpdated = "invoice.amount_updated",
    InvoicePaid = "invoice.paid",
    InvoiceVoided = "invoice.voided",
    InvoiceCanceled = "invoice.canceled",
    InvoicePaymentSucceeded = "invoice.payment.succeeded",
    InvoicePaymentFailed = "invoice.payment.failed",
    InvoiceRefundSucceeded = "invoice.refund.succeeded",
    CustomerCreated = "customer.created",
    CustomerUpdated = "customer.updated",
    CustomerDeleted = "customer.deleted",
    EstimateCreated = "estimate.created",
    EstimateUpdated = "estimate.updated",
    EstimateScheduled = "estimate.scheduled",
    EstimateOnMyWay = "estimate.on_my_way",
    EstimateCompleted = "estimate.completed",
    EstimateSent = "estimate.sent",
    EstimateCopyToJob = "estimate.copy_to_job",
    EstimateOptionCreated = "estimate.option.created",
    EstimateOptionApprovalStatusChanged = "estimate.option.approval_status_changed",
    LeadCreated = "lead.created",
    LeadUpdated = "lead.updated",
    LeadConverted = "lead.converted",
    LeadLost = "lead.lost",
    LeadDeleted = "lead.deleted",
    ProCreated = "pro.created",
}

impl Event {
    /// What stands in the body: one event arrives under another name than it is switched on by.
    pub(crate) fn sent_as(self) -> &'static str {
        match self {
            Self::ProCreated => "employee.created",
            other => other.name(),
        }
    }
}

/// The name of the event.
impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Event {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|event| event.name() == name)
            .ok_or_else(|| format!("Housecall Pro has no event {name:?}"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn there_are_forty_one_events_with_names_of_their_own() {
        let names: HashSet<_> = Event::ALL.iter().map(|event| event.name()).collect();
        assert_eq!(names.len(), 41);
        assert_eq!("job.paid".parse(), Ok(Event::JobPaid));
        assert!("invoice.updated".parse::<Event>().is_err());
    }
}

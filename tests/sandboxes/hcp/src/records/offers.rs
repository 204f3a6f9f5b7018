use serde_json::{Value, json};

use super::{Form, Records, customer::place, extend, optional_time, time};
use crate::{
    offers::{Estimate, EstimateOption, Lead, LeadStatus},
    totals::Totals,
};

impl Records<'_> {
    pub(crate) fn estimate(&self, estimate: &Estimate, form: Form) -> Value {
        let customer = self
            .company
            .customer(&estimate.customer, self.when)
            .map(|customer| self.embedded_customer(customer, form));
        let options: Vec<_> = estimate
            .options
            .iter()
            .map(|option| option_record(estimate, option, form))
            .collect();
        let schedule = estimate.schedule.as_ref();
        json!({
            "id": estimate.id,
            "estimate_number": estimate.number,
            "work_status": estimate.status(),
            "lead_source": null,
            "customer": customer,
            "address": place(estimate.address.as_ref()),
            "created_at": time(estimate.created_at),
            "updated_at": time(estimate.updated_at),
            "company_name": self.options.company_name,
            "company_id": self.options.company_id,
            "work_timestamps": {
                "on_my_way_at": optional_time(estimate.work.on_my_way_at),
                "started_at": optional_time(estimate.work.started_at),
                "completed_at": optional_time(estimate.work.completed_at),
            },
            "schedule": {
                "scheduled_start": optional_time(schedule.map(|schedule| schedule.start)),
                "scheduled_end": optional_time(schedule.map(|schedule| schedule.end)),
                "arrival_window": schedule.map_or(0, |schedule| schedule.arrival_window),
                "appointments": [],
            },
            "assigned_employees": [],
            "estimate_fields": { "job_type": null, "business_unit": null },
            "options": options,
        })
    }

    /// No source shows a lead; this is the least that its consumers read.
    pub(crate) fn lead(&self, lead: &Lead) -> Value {
        let customer = self
            .company
            .customer(&lead.customer, self.when)
            .map(|customer| self.embedded_customer(customer, Form::Webhook));
        json!({
            "id": lead.id,
            "status": match lead.status {
                LeadStatus::Open => "open",
                LeadStatus::Won => "won",
                LeadStatus::Lost => "lost",
            },
            "customer": customer,
            "note": lead.note,
            "created_at": time(lead.created_at),
            "updated_at": time(lead.updated_at),
            "company_name": self.options.company_name,
            "company_id": self.options.company_id,
        })
    }
}

fn option_record(estimate: &Estimate, option: &EstimateOption, form: Form) -> Value {
    let mut record = json!({
        "id": option.id,
        "name": option.name,
        "option_number": estimate.number,
        "total_amount": Totals::of(&option.lines, &[]).total,
        "approval_status": option.approval.map(crate::offers::Approval::name),
        "status": estimate.status(),
        "message_from_pro": null,
        "tags": [],
        "notes": [],
        "created_at": time(option.created_at),
        "updated_at": time(option.updated_at),
    });
    if form == Form::Webhook {
        extend(&mut record, json!({ "attachments": [] }));
    }
    record
}

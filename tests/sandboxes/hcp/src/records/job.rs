use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Form, Records, customer::place, extend, optional_time, time};
use crate::{
    company::Employee,
    doubts::{DiscountSign, RateUnit},
    totals::{Totals, amount, subtotal},
    work::{Job, Line, LineKind, PriceBookKind, Schedule},
};

impl Records<'_> {
    /// A job: without lines, invoices and payments.
    pub(crate) fn job(&self, job: &Job, form: Form) -> Value {
        let totals = Totals::of(&job.lines, &job.taxes);
        let customer = self
            .company
            .customer(&job.customer, self.when)
            .map(|customer| self.embedded_customer(customer, form));
        let mut record = json!({
            "id": job.id,
            "invoice_number": job.number,
            "description": job.description,
            "customer": customer,
            "address": job_address(job, form),
            "notes": job.notes.iter().map(|note| json!({ "id": note.id, "content": note.content }))
                .collect::<Vec<_>>(),
            "work_status": job.status.name(),
            "work_timestamps": {
                "on_my_way_at": optional_time(job.work.on_my_way_at),
                "started_at": optional_time(job.work.started_at),
                "completed_at": optional_time(job.work.completed_at),
            },
            "schedule": self.schedule(job, form),
            "total_amount": totals.total,
            "outstanding_balance": self.outstanding(job),
            "assigned_employees": self.assigned(job)
                .map(|employee| self.employee(employee)).collect::<Vec<_>>(),
            "tags": job.tags,
            "original_estimate_id": job.estimate_option,
            "original_estimate_uuids": job.estimate_option.iter().collect::<Vec<_>>(),
            "subtotal": totals.subtotal,
            "lead_source": null,
            "job_fields": {
                "job_type": null,
                "business_unit": job.business_unit.as_ref()
                    .map(|unit| json!({ "id": unit.uuid, "name": unit.name })),
            },
            "locked_at": null,
            "created_at": time(job.created_at),
            "updated_at": time(job.updated_at),
            "canceled_at": optional_time(job.canceled_at),
            "deleted_at": optional_time(job.deleted_at),
            "company_name": self.options.company_name,
            "company_id": self.options.company_id,
            "recurrence_number": null,
            "recurrence_rule": null,
        });
        extend(
            &mut record,
            match form {
                Form::Webhook => json!({ "attachments": [] }),
                Form::Rest => json!({
                    "assigned_route_template_id": null,
                    "recurrence_status": null,
                    "recurrence_id": null,
                }),
            },
        );
        record
    }

    /// Cents of the job that no payment has covered.
    pub(crate) fn outstanding(&self, job: &Job) -> i64 {
        let paid: i64 = self
            .company
            .invoices_of(job, self.when)
            .map(|invoice| invoice.covered(self.options.settings.refunds))
            .sum();
        Totals::of(&job.lines, &job.taxes).total - paid
    }

    fn schedule(&self, job: &Job, form: Form) -> Value {
        let schedule = job.schedule.as_ref();
        let (start, end) = (
            schedule.map(|schedule| schedule.start),
            schedule.map(|schedule| schedule.end),
        );
        let mut record = json!({
            "scheduled_start": optional_time(start),
            "scheduled_end": optional_time(end),
            "arrival_window": schedule.map_or(0, |schedule| schedule.arrival_window),
            "appointments": [],
        });
        if form == Form::Rest {
            let local = |time: Option<Timestamp>| {
                time.map(|time| {
                    time.to_zoned(self.options.time_zone.clone())
                        .strftime("%Y-%m-%dT%H:%M:%S%:z")
                        .to_string()
                })
            };
            extend(
                &mut record,
                json!({
                    "time_zone": self.options.time_zone.iana_name(),
                    "scheduled_start_local": local(start),
                    "scheduled_end_local": local(end),
                }),
            );
        }
        record
    }

    fn assigned<'j>(&self, job: &'j Job) -> impl Iterator<Item = &Employee> + use<'_, 'j> {
        self.company
            .employees
            .all(self.when)
            .filter(|employee| job.employees.contains(&employee.id))
    }

    /// `appointment` of the appointment webhooks.
    pub(crate) fn appointment(&self, job: &Job, visit: &Schedule) -> Value {
        json!({
            "id": visit.appointment,
            "start_time": time(visit.start),
            "end_time": time(visit.end),
            "arrival_window_minutes": visit.arrival_window,
            "job_id": job.id,
            "dispatched_employees": self.assigned(job)
                .map(|employee| self.dispatched_employee(employee)).collect::<Vec<_>>(),
        })
    }

    /// The appointments of a job as `GET /jobs/{id}/appointments` and `expand[]=appointments` list them.
    pub(crate) fn appointments(&self, job: &Job) -> Vec<Value> {
        let row = |visit: &Schedule| {
            json!({
                "id": visit.appointment,
                "start_time": time(visit.start),
                "end_time": time(visit.end),
                "arrival_window_minutes": visit.arrival_window,
                "dispatched_employees_ids": job.employees,
            })
        };
        job.visits().map(row).collect()
    }

    /// `GET /jobs/{id}/line_items`.
    pub(crate) fn line_items(&self, job: &Job) -> Value {
        let url = format!("/jobs/{}/line_items", job.id);
        let subtotal = subtotal(&job.lines);
        let data: Vec<_> = job
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| self.line_item(line, index, subtotal, &url))
            .collect();
        json!({ "object": "list", "data": data, "url": url })
    }

    fn line_item(&self, line: &Line, index: usize, subtotal: i64, url: &str) -> Value {
        json!({
            "object": "line_item",
            "id": line.id,
            "name": line.name,
            "description": line.description,
            "unit_price": self.unit_price(line),
            "unit_cost": line.unit_cost,
            "unit_of_measure": line.unit_of_measure,
            "quantity": line.quantity,
            "kind": line.kind.name(),
            "taxable": line.taxable,
            "amount": self.signed(line.kind, amount(line, subtotal)),
            "order_index": index,
            "service_item_id": line.price_book.as_ref().map(|(_, uuid)| uuid),
            "service_item_type": line.price_book.as_ref().map(|(kind, _)| match kind {
                PriceBookKind::Service => "OrganizationalLineItemTemplate",
                PriceBookKind::Material => "Pricebook::Material",
            }),
            "duration_in_minutes": line.minutes,
            "url": format!("{url}/{}", line.id),
        })
    }

    fn unit_price(&self, line: &Line) -> Value {
        match line.kind {
            LineKind::PercentDiscount => self.rate(line.unit_price),
            kind => json!(self.signed(kind, line.unit_price)),
        }
    }

    pub(super) fn signed(&self, kind: LineKind, amount: i64) -> i64 {
        let negative = self.options.settings.discount_sign == DiscountSign::Negative;
        if kind.is_discount() && negative {
            -amount
        } else {
            amount
        }
    }

    /// A rate in hundredths of a per cent, in the unit of the settings.
    pub(super) fn rate(&self, hundredths: i64) -> Value {
        match self.options.settings.rate_unit {
            RateUnit::BasisPoints => json!(hundredths),
            RateUnit::Percent if hundredths % 100 == 0 => json!(hundredths / 100),
            RateUnit::Percent => crate::amounts::Hundredths::new(hundredths).to_json(),
        }
    }
}

fn job_address(job: &Job, form: Form) -> Value {
    let mut record = place(job.address.as_ref());
    if form == Form::Rest {
        extend(&mut record, json!({ "latitude": null, "longitude": null }));
    }
    record
}

use hcp_sandbox::{DeliveryPlan, DueTerms, Invoicing, Options, Part, Sandbox};
use money::Cents;
use serde_json::{Value, json};

use crate::{Housecall, StackError};

/// A job that was booked, and what its invoice has to say.
#[derive(Clone, Debug)]
pub struct Booked {
    /// Housecall Pro's id of the job.
    pub job: String,
    /// Its number, which the invoice gets.
    pub number: String,
    /// Name of the customer.
    pub customer: String,
    /// What the lines come to.
    pub total: Cents,
    /// Names of the lines.
    pub lines: Vec<String>,
}

/// What stands on a job beside its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOnJob {
    /// Its notes.
    pub notes: Vec<String>,
    /// The names of its tags.
    pub tags: Vec<String>,
}

impl Housecall {
    /// Enters a customer whose bills go elsewhere than where the work is done.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn new_customer(&self, first: &str, last: &str) -> Result<String, StackError> {
        let address = |kind, street| {
            json!({
                "type": kind, "street": street, "city": "Portland", "state": "ME",
                "zip": "04101", "country": "US",
            })
        };
        let customer = json!({
            "first_name": first,
            "last_name": last,
            "email": format!("{}@customer.example", first.to_lowercase()),
            "mobile_number": "2075550190",
            "addresses": [address("billing", "PO Box 77"), address("service", "12 Harbor Road")],
        });
        self.press("create_customer", customer).await
    }

    /// Books a job with two services and a material of the price book, and a line of its own.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn book_job(&self, customer: &str) -> Result<Booked, StackError> {
        self.book_job_with(customer, 4_500).await
    }

    /// The same, with a line of its own over so many cents.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn book_job_with(&self, customer: &str, cents: i64) -> Result<Booked, StackError> {
        let lines = json!([
            { "price_book": price_book_id("Furnace tune-up") },
            { "price_book": price_book_id("Labor, per hour"), "quantity": 1.5 },
            { "price_book": price_book_id("Pleated filter 16x25x1"), "quantity": 2 },
            { "kind": "labor", "name": "Haul away old unit", "unit_price": cents },
        ]);
        let job = self
            .press(
                "create_job",
                json!({ "customer": customer, "lines": lines }),
            )
            .await?;
        self.booked(&job).await
    }

    /// Marks the work on a job as done.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn finish(&self, job: &str) -> Result<(), StackError> {
        self.press("finish_job", json!({ "job": job })).await?;
        Ok(())
    }

    /// Takes the mark back.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn reopen(&self, job: &str) -> Result<(), StackError> {
        self.press("reopen_job", json!({ "job": job })).await?;
        Ok(())
    }

    /// Chooses how jobs are invoiced that are booked from now on.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn choose_invoicing(&self, invoicing: Invoicing) -> Result<(), StackError> {
        let mut settings = self.control("settings", None).await?;
        settings["invoicing"] = json!(invoicing);
        self.control("settings", Some(settings)).await?;
        Ok(())
    }

    /// Sets when the invoice of a job is due.
    ///
    /// # Errors
    /// When the app does not offer the terms.
    pub async fn set_due_terms(&self, job: &str, due: DueTerms) -> Result<(), StackError> {
        let terms = json!({ "job": job, "due": due });
        self.press("set_due_terms", terms).await?;
        Ok(())
    }

    /// Sends the invoice of a job to the customer.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn send_invoice(&self, job: &str) -> Result<(), StackError> {
        self.press("send_invoice", json!({ "job": job })).await?;
        Ok(())
    }

    /// Sends one invoice of a job, such as its deposit's.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn send_this_invoice(&self, invoice: &str) -> Result<(), StackError> {
        let invoice = json!({ "invoice": invoice });
        self.press("send_this_invoice", invoice).await?;
        Ok(())
    }

    /// Asks for so many cents ahead and gives the id of the invoice for it.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn add_deposit(&self, job: &str, cents: i64) -> Result<String, StackError> {
        let deposit = json!({ "job": job, "part": { "amount": cents } });
        self.press("add_deposit", deposit).await
    }

    /// Makes a progress invoice over a part of a job and gives its id.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn bill_part(&self, job: &str, part: Part) -> Result<String, StackError> {
        let part = json!({ "job": job, "parts": [part] });
        self.press("split_invoice", part).await
    }

    /// Collects by card all that is due on one invoice.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn pay_invoice(&self, invoice: &str) -> Result<(), StackError> {
        let paid = json!({ "invoice": invoice, "payment": { "method": "card" } });
        self.press("pay_invoice", paid).await?;
        Ok(())
    }

    /// Collects by card all that is due on a job.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn pay_job(&self, job: &str) -> Result<(), StackError> {
        let paid = json!({ "job": job, "payment": { "method": "card" } });
        self.press("pay_job", paid).await?;
        Ok(())
    }

    /// Collects so many cents of a job by check.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn pay_by_check(&self, job: &str, cents: i64, note: &str) -> Result<(), StackError> {
        let payment = json!({ "method": "check", "amount": cents, "note": note });
        let paid = json!({ "job": job, "payment": payment });
        self.press("pay_job", paid).await?;
        Ok(())
    }

    /// Gives back so many cents of the last payment of a job.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn refund(&self, job: &str, cents: i64) -> Result<(), StackError> {
        let invoices = self.read(&format!("/jobs/{job}/invoices")).await?;
        let list = invoices["invoices"].as_array();
        let invoice = list.and_then(|list| list.last()).unwrap_or(&Value::Null);
        let payments = invoice["payments"].as_array();
        let payment = payments.and_then(|list| list.last());
        let payment = payment.unwrap_or(&Value::Null);
        let refund = json!({ "invoice": invoice["id"], "payment": payment["id"], "amount": cents });
        self.press("refund_payment", refund).await?;
        Ok(())
    }

    /// What stands on a job beside its work.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn left_on(&self, job: &str) -> Result<LeftOnJob, StackError> {
        let job = self.read(&format!("/jobs/{job}")).await?;
        let texts = |name: &str| -> Vec<String> {
            let list = job[name].as_array().into_iter().flatten();
            let text = |one: &Value| one["content"].as_str().or(one.as_str()).map(str::to_owned);
            list.filter_map(text).collect()
        };
        Ok(LeftOnJob {
            notes: texts("notes"),
            tags: texts("tags"),
        })
    }

    /// Lets a day pass in Housecall Pro.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn pass_a_day(&self) -> Result<(), StackError> {
        let day = json!({ "advance_seconds": 86_400 });
        self.control("clock", Some(day)).await?;
        Ok(())
    }

    /// Goes back to today in Housecall Pro.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn back_to_today(&self) -> Result<(), StackError> {
        let now = json!({ "to": jiff::Timestamp::now() });
        self.control("clock", Some(now)).await?;
        Ok(())
    }

    /// Delivers the last `count` webhooks again, in another order.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn redeliver_shuffled(&self, count: usize) -> Result<(), StackError> {
        let order = json!({ "count": count, "shuffled": true });
        self.control("redeliver", Some(order)).await?;
        Ok(())
    }

    /// From now on calls to the API go wrong in these ways; none: all go well again.
    ///
    /// # Errors
    /// When the sandbox does not know one.
    pub async fn set_faults(&self, faults: &[Value]) -> Result<(), StackError> {
        self.clear("faults").await?;
        for fault in faults {
            self.control("faults", Some(fault.clone())).await?;
        }
        Ok(())
    }

    /// From now on webhooks travel by this plan.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn plan_deliveries(&self, plan: DeliveryPlan) -> Result<(), StackError> {
        self.control("delivery", Some(json!(plan))).await?;
        Ok(())
    }

    /// All deliveries of webhooks so far.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn deliveries(&self) -> Result<Vec<Value>, StackError> {
        let answer = self.control("deliveries", None).await?;
        Ok(answer["deliveries"].as_array().cloned().unwrap_or_default())
    }

    /// Reads what a job's invoice has to say.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn booked(&self, job: &str) -> Result<Booked, StackError> {
        let record = self.read(&format!("/jobs/{job}")).await?;
        let lines = self.read(&format!("/jobs/{job}/line_items")).await?;
        let customer = &record["customer"];
        let name = |key| customer[key].as_str().unwrap_or_default();
        Ok(Booked {
            job: job.to_owned(),
            number: record["invoice_number"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            customer: format!("{} {}", name("first_name"), name("last_name")),
            total: Cents::new(record["total_amount"].as_i64().unwrap_or_default()),
            lines: lines["data"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|line| line["name"].as_str())
                .map(str::to_owned)
                .collect(),
        })
    }
}

/// The id of a service or material. Housecall Pro lists services to partners only, so a twin of the
/// sandbox is asked: the ids follow from the seed alone.
fn price_book_id(name: &str) -> String {
    let twin = Sandbox::new(Options::default());
    let entry = twin
        .price_book()
        .into_iter()
        .find(|entry| entry.name == name);
    entry.map(|entry| entry.uuid).unwrap_or_default()
}

//! What each story is judged by at its end, whatever it is about: both books agree (V2), and no log tells what is secret or
//! personal (V19).

use std::{collections::BTreeSet, pin::pin, thread};

use futures::FutureExt;
use serde_json::Value;
use store::Job;

use crate::{logged, town::Town};

/// What lies among secrets and is none.
const OPEN: [&str; 2] = ["client_id", "realm"];

impl Town {
    /// What differs between both books and is named by no open alert; nothing: they agree. Where Housecall Pro tells
    /// something else than it has, nobody can know.
    pub fn differences(&self) -> Vec<String> {
        if self.altered.is_told_otherwise() {
            return Vec::new();
        }
        let read = |text: String| serde_json::from_str(&text).expect("QuickBooks prints JSON");
        let kinds = books::KINDS.iter().map(|kind| {
            let objects = self.qbo.objects(kind).into_iter();
            let objects = objects.map(|one| read(one.to_string()));
            ((*kind).to_owned(), objects.collect())
        });
        let jobs = self.hcp.jobs();
        let of_jobs = jobs.iter().flat_map(|job| self.hcp.invoices_of(job));
        let plans = self.all::<Job>("job#invoice_").into_iter().map(|job| {
            let id = job.key.sort.trim_start_matches("job#").to_owned();
            hcp_sandbox::InvoiceId::from(id)
        });
        let invoices = of_jobs.chain(plans);
        let company = self.books().partition();
        let records = self.table.all().into_iter();
        let records = records.filter(|record| record.key.partition == company);
        let books = books::Books {
            jobs: jobs.iter().filter_map(|job| self.hcp.job(job)).collect(),
            invoices: invoices.filter_map(|id| self.hcp.invoice(&id)).collect(),
            quickbooks: kinds.collect(),
            trial_balance: read(self.qbo.trial_balance().to_json().to_string()),
            records: records
                .map(|record| (record.key.sort, record.body))
                .collect(),
        };
        books.differences().expect("both books can be read")
    }

    /// What was logged that no log may tell: a secret, or something personal of a customer (V19).
    pub fn revealed(&self) -> Vec<String> {
        let logged = logged::take();
        let secrets = self.secrets.texts();
        let secrets = secrets.iter().flat_map(|text| texts(text));
        let customers = self.hcp.customers();
        let customers = customers.iter().filter_map(|id| self.hcp.customer(id));
        let known: BTreeSet<String> = secrets
            .chain(customers.flat_map(|customer| personal(&customer)))
            .collect();
        let lines = logged.lines();
        let revealing = lines.flat_map(|line| {
            let told = known.iter().filter(|text| line.contains(text.as_str()));
            told.map(move |text| format!("{text} in {line}"))
        });
        revealing.collect()
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        assert_eq!(self.revealed(), Vec::<String>::new());
        if self.differences().is_empty() {
            return;
        }
        // What somebody did in QuickBooks last was not looked at yet. Nothing of it waits for another thread.
        let mut look = pin!(async {
            self.settle().await;
            self.pull().await;
            self.settle().await;
        });
        while look.as_mut().now_or_never().is_none() {}
        assert_eq!(self.differences(), Vec::<String>::new());
    }
}

/// The texts in a secret that are long enough to be one.
fn texts(secret: &str) -> Vec<String> {
    match serde_json::from_str(secret) {
        Ok(Value::Object(fields)) => {
            let fields = fields.into_iter();
            let fields = fields.filter(|(name, _)| !OPEN.contains(&name.as_str()));
            fields
                .flat_map(|(_, value)| texts(&value.to_string()))
                .collect()
        }
        Ok(Value::Array(list)) => list
            .iter()
            .flat_map(|one| texts(&one.to_string()))
            .collect(),
        Ok(Value::String(text)) if text.len() > 7 => vec![text],
        Ok(_) => Vec::new(),
        Err(_) => vec![secret.to_owned()],
    }
}

/// What of a customer no log may tell.
fn personal(customer: &Value) -> Vec<String> {
    let text = |name: &str| customer[name].as_str().unwrap_or_default().to_owned();
    let whole = format!("{} {}", text("first_name"), text("last_name"));
    let fields = [
        "email",
        "mobile_number",
        "home_number",
        "work_number",
        "company",
    ];
    let fields = fields.map(text).into_iter();
    let addresses = customer["addresses"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let streets = addresses
        .into_iter()
        .filter_map(|one| Some(one["street"].as_str()?.to_owned()));
    let all = fields.chain([whole.trim().to_owned()]).chain(streets);
    all.filter(|text| text.len() > 5).collect()
}

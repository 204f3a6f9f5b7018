//! A person says whose an invoice without a job is (P6).

use std::time::Duration;

use hcp::{CompanyId, Customer, CustomerId, HcpError, JobId};
use mapping::{
    alert::{AlertKind, Subject},
    customer::given_name,
    normalised,
};
use ports::Clock;
use store::{ActKind, By, JobCustomer, Payer};

use crate::{
    alerts,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    job::entering::Entering,
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// Enters whose an invoice of a service plan is: a customer of Housecall Pro, by their name or id (`cus_…`). It is
    /// pushed then. Gives the name of the customer.
    ///
    /// # Errors
    /// [`Declined`] when it is a job's, when it is in QuickBooks with another customer already, or when there is no such
    /// customer, or several.
    pub async fn choose_payer(
        &self,
        company: &CompanyId,
        job: &JobId,
        customer: &str,
        by: &By,
        deadline: Duration,
    ) -> Result<String, NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        let entering = Entering::alone(&self.world, by);
        self.enter_payer(&cx, job, customer, &entering).await
    }

    /// The same, with what else is entered.
    pub(crate) async fn enter_payer(
        &self,
        cx: &Ctx,
        job: &JobId,
        customer: &str,
        entering: &Entering<'_>,
    ) -> Result<String, NotDone> {
        let Entering { by, push, also } = entering;
        if job.invoice().is_none() {
            let words = "the customer of a job is chosen in Housecall Pro; only an invoice of a service plan has none that is told";
            return Err(Declined::not_usable("job", words).into());
        }
        let called: Vec<&str> = customer.split_whitespace().collect();
        let customer = self.customer_called(cx, &called.join(" ")).await?;
        let name = given_name(&customer);
        let now = self.world.clock().now();
        let mut record = self.record_with_push(cx, job, *push, by).await?;
        let other = record
            .value
            .payer()
            .is_some_and(|known| *known != customer.id);
        if other && self.has_documents(cx, job).await? {
            let holder = record.value.customer.map(|known| known.name);
            let words =
                "the invoice is in QuickBooks with its customer already: change the customer there";
            let holder = holder.unwrap_or_default();
            return Err(Declined::held_by("invoice", &holder, words).into());
        }
        record.value.payer = Some(Payer::Chosen {
            customer: customer.id.clone(),
            at: now,
        });
        record.value.customer = Some(JobCustomer {
            id: customer.id.clone(),
            name: name.clone(),
        });
        let act = Acting::new(by, ActKind::Chose)
            .about_job(alerts::job_ref(job, &record.value))
            .told(format!("its customer is {name}"));
        let mut writes = also.clone();
        writes.push(act.write(&self.world, &cx.books)?);
        writes.push(record.put().map_err(Stop::from)?);
        let subject = Subject::Job(job.clone());
        for alert in alerts::open(&self.world, &cx.books, &subject).await? {
            if alert.value.kind == AlertKind::InvoiceWithoutCustomer.name() {
                writes.extend(alerts::end(&self.world, &cx.books, alert).await?);
            }
        }
        match self.put(writes).await {
            Ok(()) => {}
            Err(Stop::PlanAgain(_)) => {
                let words = "the invoice was worked on meanwhile: try it again";
                return Err(Declined::changed("invoice", words).into());
            }
            Err(stop) => return Err(stop.into()),
        }
        self.note_service_plan(cx, &customer.id).await?;
        self.nudge(cx, job).await?;
        Ok(name)
    }

    /// The one customer of that name or id.
    pub(crate) async fn customer_called(
        &self,
        cx: &Ctx,
        called: &str,
    ) -> Result<Customer, NotDone> {
        if called.is_empty() {
            return Err(Declined::not_usable("customer", "the name is empty").into());
        }
        if CustomerId::is_meant_by(called) {
            let id = CustomerId::parse(called)
                .map_err(|error| Declined::not_usable("customer id", error.to_string()))?;
            self.may_ask_housecall(cx).await?;
            let client = self.housecall(&cx.books.company).await?;
            let found = client.customer(&id).await;
            return found.map_err(|error| self.not_told(error));
        }
        let found = self.customers_named(cx, called).await?;
        let mut found = found.map_err(|error| self.not_told(error))?;
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                found.push(last);
                let named: Vec<String> = found.iter().map(told_apart).collect();
                let words = format!(
                    "Housecall Pro has several customers of that name; say which one by the id: {}",
                    named.join("; ")
                );
                Err(Declined::not_usable("customer", words).into())
            }
            (None, _) => {
                let words = format!(
                    "Housecall Pro has no customer {called}: write the name as it stands there"
                );
                Err(Declined::no_such("customer", &called, words).into())
            }
        }
    }

    /// The customers whom Housecall Pro has under that name.
    pub(crate) async fn customers_named(
        &self,
        cx: &Ctx,
        name: &str,
    ) -> Result<Result<Vec<Customer>, HcpError>, Stop> {
        self.may_ask_housecall(cx).await?;
        let client = self.housecall(&cx.books.company).await?;
        let is_named = |customer: &Customer| normalised(&given_name(customer)) == normalised(name);
        let found = client.customers_like(name).await;
        Ok(found.map(|found| found.items.into_iter().filter(is_named).collect()))
    }
}

/// One of several of a name.
fn told_apart(customer: &Customer) -> String {
    let told = [&customer.email, &customer.mobile_number];
    let told: Vec<&str> = told.into_iter().flatten().map(String::as_str).collect();
    match told.as_slice() {
        [] => customer.id.to_string(),
        told => format!("{} ({})", customer.id, told.join(", ")),
    }
}

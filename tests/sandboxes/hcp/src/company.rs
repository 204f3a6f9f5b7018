//! All that the company keeps in Housecall Pro: customers, people, price book, and where the rest is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    billing::{Billed, Invoice},
    ids::{AddressId, CustomerId, InvoiceId, JobId, TagId},
    offers::{Estimate, Lead},
    shelf::{Mark, Shelf, When},
    work::Job,
};

/// All records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Company {
    pub(crate) customers: Shelf<Customer>,
    pub(crate) jobs: Shelf<Job>,
    pub(crate) invoices: Shelf<Invoice>,
    pub(crate) tags: Shelf<Tag>,
    pub(crate) estimates: Shelf<Estimate>,
    pub(crate) leads: Shelf<Lead>,
    pub(crate) employees: Shelf<Employee>,
    pub(crate) services: Shelf<Service>,
    pub(crate) material_categories: Shelf<Category>,
    pub(crate) materials: Shelf<Material>,
}

/// What it takes to undo an action on the company.
pub(crate) struct CompanyMark {
    customers: Mark<Customer>,
    jobs: Mark<Job>,
    invoices: Mark<Invoice>,
    tags: Mark<Tag>,
    estimates: Mark<Estimate>,
    leads: Mark<Lead>,
    employees: Mark<Employee>,
    services: Mark<Service>,
    material_categories: Mark<Category>,
    materials: Mark<Material>,
}

impl Company {
    pub(crate) fn begin(&mut self) -> CompanyMark {
        CompanyMark {
            customers: self.customers.begin(),
            jobs: self.jobs.begin(),
            invoices: self.invoices.begin(),
            tags: self.tags.begin(),
            estimates: self.estimates.begin(),
            leads: self.leads.begin(),
            employees: self.employees.begin(),
            services: self.services.begin(),
            material_categories: self.material_categories.begin(),
            materials: self.materials.begin(),
        }
    }

    pub(crate) fn undo(&mut self, mark: CompanyMark) {
        self.customers.undo(mark.customers);
        self.jobs.undo(mark.jobs);
        self.invoices.undo(mark.invoices);
        self.tags.undo(mark.tags);
        self.estimates.undo(mark.estimates);
        self.leads.undo(mark.leads);
        self.employees.undo(mark.employees);
        self.services.undo(mark.services);
        self.material_categories.undo(mark.material_categories);
        self.materials.undo(mark.materials);
    }

    pub(crate) fn customer(&self, id: &CustomerId, when: When) -> Option<&Customer> {
        self.customers.get(id.as_str(), when)
    }

    pub(crate) fn job(&self, id: &JobId, when: When) -> Option<&Job> {
        self.jobs.get(id.as_str(), when)
    }

    pub(crate) fn invoice(&self, id: &InvoiceId, when: When) -> Option<&Invoice> {
        self.invoices.get(id.as_str(), when)
    }

    /// Who is to pay an invoice: the customer of its job, or of its plan.
    pub(crate) fn payer<'a>(&'a self, invoice: &'a Invoice, when: When) -> Option<&'a CustomerId> {
        match &invoice.billed {
            Billed::Job(job) => self.job(job, when).map(|job| &job.customer),
            Billed::Plan(customer) => Some(customer),
        }
    }

    /// The price book's services, without removed ones.
    pub(crate) fn services(&self, when: When) -> impl Iterator<Item = &Service> {
        self.services.all(when).filter(|service| !service.removed)
    }

    /// The price book's materials, without removed ones.
    pub(crate) fn materials(&self, when: When) -> impl Iterator<Item = &Material> {
        self.materials
            .all(when)
            .filter(|material| !material.removed)
    }

    pub(crate) fn invoices_of(&self, job: &Job, when: When) -> impl Iterator<Item = &Invoice> {
        job.invoices
            .iter()
            .filter_map(move |id| self.invoice(id, when))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: CustomerId,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) mobile_number: Option<String>,
    pub(crate) home_number: Option<String>,
    pub(crate) work_number: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) notes: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) addresses: Vec<Address>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) deleted: bool,
}

impl Customer {
    /// What the app shows: the person, else the business, else how to reach them.
    pub(crate) fn display_name(&self) -> String {
        let person = [&self.first_name, &self.last_name]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        if !person.is_empty() {
            return person;
        }
        [
            &self.company,
            &self.email,
            &self.mobile_number,
            &self.home_number,
            &self.work_number,
        ]
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default()
    }
}

/// What an address is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// Where bills go.
    Billing,
    /// Where work is done.
    #[default]
    Service,
}

#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) id: AddressId,
    pub(crate) kind: AddressKind,
    pub(crate) street: Option<String>,
    pub(crate) street_line_2: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) zip: Option<String>,
    pub(crate) country: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Employee {
    pub(crate) id: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) mobile_number: String,
    pub(crate) color_hex: String,
    pub(crate) role: String,
    pub(crate) admin: bool,
    /// A deactivated one is not listed any more; jobs still name them.
    pub(crate) active: bool,
    pub(crate) created_at: Timestamp,
}

impl Employee {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) id: TagId,
    pub(crate) name: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Category {
    pub(crate) uuid: String,
    pub(crate) name: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) category: Category,
    pub(crate) price: i64,
    pub(crate) cost: i64,
    pub(crate) taxable: bool,
    pub(crate) minutes: u32,
    pub(crate) removed: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Material {
    pub(crate) uuid: String,
    pub(crate) category: Category,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) cost: i64,
    pub(crate) price: i64,
    pub(crate) unit_of_measure: Option<String>,
    pub(crate) part_number: Option<String>,
    pub(crate) taxable: bool,
    pub(crate) removed: bool,
}

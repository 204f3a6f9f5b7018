use serde::{Deserialize, Serialize};

use super::{Desk, Refusal, not_allowed};
use crate::{
    billing::Billed,
    company::{Address, AddressKind, Customer},
    doubts::MergedCustomers,
    events::Event,
    ids::{AddressId, CustomerId, JobId},
    shelf::When,
    work::Job,
};

/// The form of a new customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are Housecall Pro's")]
pub struct NewCustomer {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub mobile_number: Option<String>,
    pub home_number: Option<String>,
    pub work_number: Option<String>,
    pub company: Option<String>,
    pub notes: Option<String>,
    pub tags: Vec<String>,
    pub addresses: Vec<NewAddress>,
}

/// An address of a new or edited customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are Housecall Pro's")]
pub struct NewAddress {
    #[serde(rename = "type")]
    pub kind: AddressKind,
    pub street: Option<String>,
    /// Unit.
    pub street_line_2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub zip: Option<String>,
    pub country: Option<String>,
}

/// What an edit changes: fields that are left out stay, an empty text clears a field, `addresses`
/// replaces all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are Housecall Pro's")]
pub struct CustomerChanges {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub mobile_number: Option<String>,
    pub home_number: Option<String>,
    pub work_number: Option<String>,
    pub company: Option<String>,
    pub notes: Option<String>,
    pub tags: Option<Vec<String>>,
    pub addresses: Option<Vec<NewAddress>>,
}

/// A field that holds nothing but blanks counts as empty.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// Housecall Pro's own condition; a business name alone does not do.
fn is_reachable(customer: &Customer) -> bool {
    [
        &customer.first_name,
        &customer.last_name,
        &customer.email,
        &customer.mobile_number,
        &customer.home_number,
        &customer.work_number,
    ]
    .into_iter()
    .any(Option::is_some)
}

const UNREACHABLE: &str = "a customer needs a first name, last name, e-mail or phone number";

impl Desk<'_> {
    pub(super) fn create_customer(&mut self, new: NewCustomer) -> Result<CustomerId, Refusal> {
        let id = CustomerId::from(self.random.id(CustomerId::PREFIX));
        let customer = Customer {
            id: id.clone(),
            first_name: filled(new.first_name),
            last_name: filled(new.last_name),
            email: filled(new.email),
            mobile_number: filled(new.mobile_number),
            home_number: filled(new.home_number),
            work_number: filled(new.work_number),
            company: filled(new.company),
            notes: filled(new.notes),
            tags: new.tags,
            addresses: self.addresses(new.addresses),
            created_at: self.now,
            updated_at: self.now,
            deleted: false,
        };
        if !is_reachable(&customer) {
            return not_allowed(UNREACHABLE);
        }
        self.company.customers.add(id.as_str(), customer);
        self.tell_customer(Event::CustomerCreated, &id);
        Ok(id)
    }

    pub(super) fn edit_customer(
        &mut self,
        id: &CustomerId,
        changes: CustomerChanges,
    ) -> Result<(), Refusal> {
        let addresses = changes.addresses.map(|addresses| self.addresses(addresses));
        let customer = self.touched_customer(id)?;
        let texts = [
            (&mut customer.first_name, changes.first_name),
            (&mut customer.last_name, changes.last_name),
            (&mut customer.email, changes.email),
            (&mut customer.mobile_number, changes.mobile_number),
            (&mut customer.home_number, changes.home_number),
            (&mut customer.work_number, changes.work_number),
            (&mut customer.company, changes.company),
            (&mut customer.notes, changes.notes),
        ];
        for (field, change) in texts {
            if change.is_some() {
                *field = filled(change);
            }
        }
        if let Some(tags) = changes.tags {
            customer.tags = tags;
        }
        if let Some(addresses) = addresses {
            customer.addresses = addresses;
        }
        if !is_reachable(customer) {
            return not_allowed(UNREACHABLE);
        }
        self.tell_customer(Event::CustomerUpdated, id);
        Ok(())
    }

    pub(super) fn delete_customer(&mut self, id: &CustomerId) -> Result<(), Refusal> {
        let customer = self.customer_mut(id)?;
        if customer.deleted {
            return not_allowed("the customer is deleted already");
        }
        customer.deleted = true;
        self.tell_customer(Event::CustomerDeleted, id);
        Ok(())
    }

    pub(super) fn add_address(
        &mut self,
        id: &CustomerId,
        address: NewAddress,
    ) -> Result<String, Refusal> {
        let fresh = self.address(address);
        let address = fresh.id.to_string();
        self.touched_customer(id)?.addresses.push(fresh);
        self.tell_customer(Event::CustomerUpdated, id);
        Ok(address)
    }

    pub(super) fn edit_address(
        &mut self,
        id: &CustomerId,
        address: &AddressId,
        changes: NewAddress,
    ) -> Result<String, Refusal> {
        let changed = Address {
            id: address.clone(),
            ..self.address(changes)
        };
        let mut known = self.touched_customer(id)?.addresses.iter_mut();
        let known = known
            .find(|known| known.id == *address)
            .ok_or_else(|| Refusal::NotFound(format!("address {address} of the customer")))?;
        *known = changed.clone();
        let is_there = |job: &Job| job.address.as_ref().is_some_and(|at| at.id == *address);
        for job in self.jobs_that(is_there) {
            self.job_mut(&job)?.address = Some(changed.clone());
        }
        self.tell_customer(Event::CustomerUpdated, id);
        Ok(address.to_string())
    }

    /// One record of two for the same person: `from` vanishes, `into` gets the addresses and tags.
    pub(super) fn merge_customers(
        &mut self,
        from: &CustomerId,
        into: &CustomerId,
    ) -> Result<String, Refusal> {
        if from == into {
            return not_allowed("a customer cannot be merged into itself");
        }
        let vanishing = self.customer(from)?;
        if vanishing.deleted || self.customer(into)?.deleted {
            return not_allowed("the customer is deleted");
        }
        let (addresses, tags) = (vanishing.addresses.clone(), vanishing.tags.clone());
        let customer = self.touched_customer(into)?;
        customer.addresses.extend(addresses);
        for tag in tags {
            if !customer.tags.contains(&tag) {
                customer.tags.push(tag);
            }
        }
        self.customer_mut(from)?.deleted = true;
        if self.options.settings.merged_customers == MergedCustomers::JobsFollow {
            self.work_follows(from, into)?;
        }
        self.tell_customer(Event::CustomerUpdated, into);
        self.tell_customer(Event::CustomerDeleted, from);
        Ok(into.to_string())
    }

    /// Jobs and service plans of one customer become another's.
    fn work_follows(&mut self, from: &CustomerId, into: &CustomerId) -> Result<(), Refusal> {
        for job in self.jobs_that(|job| job.customer == *from) {
            self.job_mut(&job)?.customer = into.clone();
        }
        let plan = Billed::Plan(from.clone());
        let invoices = self.company.invoices.all(When::Now);
        let plans: Vec<_> = invoices
            .filter(|invoice| invoice.billed == plan)
            .map(|invoice| invoice.id.clone())
            .collect();
        for invoice in plans {
            self.invoice_mut(&invoice)?.billed = Billed::Plan(into.clone());
        }
        Ok(())
    }

    fn jobs_that(&self, wanted: impl Fn(&Job) -> bool) -> Vec<JobId> {
        let jobs = self.company.jobs.all(When::Now);
        jobs.filter(|job| wanted(job))
            .map(|job| job.id.clone())
            .collect()
    }

    pub(super) fn customer(&self, id: &CustomerId) -> Result<&Customer, Refusal> {
        self.company
            .customer(id, When::Now)
            .ok_or_else(|| Refusal::NotFound(format!("customer {id}")))
    }

    fn customer_mut(&mut self, id: &CustomerId) -> Result<&mut Customer, Refusal> {
        self.company
            .customers
            .change(id.as_str())
            .ok_or_else(|| Refusal::NotFound(format!("customer {id}")))
    }

    /// The customer, who is changed now.
    fn touched_customer(&mut self, id: &CustomerId) -> Result<&mut Customer, Refusal> {
        let created_at = self.customer(id)?.created_at;
        let updated_at = self.updated_at(created_at);
        let customer = self.customer_mut(id)?;
        customer.updated_at = updated_at;
        Ok(customer)
    }

    fn addresses(&mut self, addresses: Vec<NewAddress>) -> Vec<Address> {
        let addresses = addresses.into_iter();
        addresses.map(|address| self.address(address)).collect()
    }

    fn address(&mut self, address: NewAddress) -> Address {
        Address {
            id: AddressId::from(self.random.id(AddressId::PREFIX)),
            kind: address.kind,
            street: filled(address.street),
            street_line_2: filled(address.street_line_2),
            city: filled(address.city),
            state: filled(address.state),
            zip: filled(address.zip),
            country: filled(address.country),
        }
    }
}

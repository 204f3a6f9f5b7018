//! The sandbox seen from outside: what it answers, what it keeps, what it refuses.
#[cfg(test)]
mod app;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod binary;
#[cfg(test)]
mod books;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod company_files;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod credits;
#[cfg(test)]
mod customers;
#[cfg(test)]
mod deposits;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod entry;
#[cfg(test)]
mod every_refusal;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod invoices;
#[cfg(test)]
mod journals;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod payments;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod properties_books;
#[cfg(test)]
mod purchases;
#[cfg(test)]
mod python;
#[cfg(test)]
mod python_bodies;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod recorded_documents;
#[cfg(test)]
mod recorded_interface;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod refused_documents;
#[cfg(test)]
mod request_ids;
#[cfg(test)]
mod socket;
#[cfg(test)]
mod taxes;
#[cfg(test)]
mod tracking;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod written;
#[cfg(test)]
mod xml;

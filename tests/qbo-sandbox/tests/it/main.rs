//! The sandbox seen from outside: what it answers, what it keeps, what it refuses.
#[cfg(test)]
mod app;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod binary;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod company_files;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod customers;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod invoices;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod python;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod recorded_interface;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod request_ids;
#[cfg(test)]
mod socket;
#[cfg(test)]
mod webhooks;

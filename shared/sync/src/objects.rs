//! What only one kind of QuickBooks object needs.

pub(crate) mod categories;
pub(crate) mod customer_edits;
pub(crate) mod document;
pub(crate) mod give_way;
pub mod income;
pub(crate) mod invoice;
pub(crate) mod items;
pub(crate) mod items_of_lines;
pub mod line_names;
pub mod link_invoice;
pub(crate) mod lists;
pub(crate) mod merges;
pub(crate) mod number_taken;
pub(crate) mod parties;
pub(crate) mod price_book;
pub(crate) mod refused;
pub(crate) mod same_name;
pub(crate) mod slots;
pub(crate) mod sub_customer;
pub(crate) mod tips_and_surcharges;

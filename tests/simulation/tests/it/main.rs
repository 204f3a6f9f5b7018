//! Stories of the whole sync, in one process.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests: what is wrong here fails them"
)]

mod addresses;
mod agreement;
mod alerts;
mod assignments;
mod by_number;
mod card;
mod catalogue;
mod categories;
mod choices;
mod closed_books;
mod crash;
mod credits;
mod deposits;
mod deposits_before;
mod deposits_gone;
mod deposits_held;
mod documents;
mod edits;
mod expenses;
mod extras;
mod foreign;
mod gone;
mod health;
mod history;
mod item_pushes;
mod items;
mod lasting;
mod line_names;
mod lists;
mod long_way;
mod looks;
mod merges;
mod money;
mod names;
mod numbers;
mod odd_records;
mod office;
mod parties;
mod pauses;
mod payments;
mod people;
mod pull;
mod refunds;
mod removal;
mod repetitions;
mod resolutions;
mod restore;
mod rounding;
mod rush;
mod secrets;
mod service_plans;
mod settings;
mod slots;
mod stories;
mod taxes;
mod terms;
mod today;
mod told;
mod triggers;
mod trouble;
mod versions;
mod weeks;

/// What is stored for a customer.
type CustomerSlot = ledger::Slot<mapping::customer::Memory>;

/// What is stored for an item.
type ItemSlot = ledger::Slot<mapping::item::Memory>;

/// What is stored for an invoice.
type InvoiceSlot = ledger::Slot<mapping::invoice::Memory>;

/// What is stored for a payment.
type PaymentSlot = ledger::Slot<mapping::payment::Memory>;

/// What is stored of a refund.
type RefundSlot = ledger::Slot<mapping::refund::Memory>;

/// A slot of an expense, as it is stored.
type ExpenseSlot = ledger::Slot<mapping::expense::Memory>;

/// What is stored of what repeats a refund.
type ReceiptSlot = ledger::Slot<mapping::sales_receipt::Memory>;

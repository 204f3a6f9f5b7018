//! What follows from settings, in words for a person who is about to choose.

use super::{DEPOSIT_TO, INCOME_ACCOUNT, TAX_RATES};

/// What follows from a setting, for a person who is about to choose.
pub(super) fn follows(key: &str) -> &'static str {
    match key {
        "sync_trigger" => {
            "Which press in Housecall Pro may make the invoice: Finish, or only Invoice and Pay. Invoices that are there stay."
        }
        "push_edits" => {
            "Whether an edit of a job that is in QuickBooks waits for the next press or a push by hand, or is sent at once, its date and terms too."
        }
        "on_removal" => {
            "What happens when an invoice is voided or a job deleted in Housecall Pro: an alert asks you to void it in QuickBooks, or it is voided for you, unless a payment is on it or its month is closed."
        }
        "invoicing" => {
            "How invoices get their numbers and parts. It must be what Settings, Invoices, Configuration shows in Housecall Pro."
        }
        "progress_invoices" => {
            "Whether a job that is billed in parts is one invoice in QuickBooks, or one for each part. A job that is there already keeps its form."
        }
        "date_source" => {
            "Which day an invoice in QuickBooks is dated with. It must be what Housecall Pro's QuickBooks settings say. Both together are the day of the invoice."
        }
        "tips_account" => {
            "Whether tips are income or owed to the crew. Owed, QuickBooks needs an account for them; without it an alert says so."
        }
        "surcharge_account" => {
            "Whether card surcharges are income or owed. Owed, QuickBooks needs an account for them; without it an alert says so."
        }
        "deposit_account" => {
            "Whether a deposit is income at once, or owed to the customer until the job's own invoice takes it off."
        }
        "rounding" => {
            "What happens where QuickBooks rounds a sales tax by a cent otherwise: an alert says so, or a line over that cent makes both totals equal."
        }
        "refunds" => {
            "Whether a refund is a refund receipt and its invoice stays paid, or its payment is lowered and the invoice is open again."
        }
        "classes" => "Whether the business unit of a job becomes the class in QuickBooks.",
        "sub_customer_per_address" => {
            "Whether each service address of a customer with several becomes a sub-customer in QuickBooks, billed with its customer."
        }
        TAX_RATES => "Which tax code of QuickBooks stands for this tax of Housecall Pro.",
        DEPOSIT_TO => {
            "Which account of QuickBooks payments of this method are deposited to. Others go to Undeposited Funds."
        }
        INCOME_ACCOUNT => {
            "Where items are booked that have no income account of their own. Another one counts for items that are made from then on; those that QuickBooks has stay where they are."
        }
        _ => "",
    }
}

/// What changes for which documents when a value is chosen. Nothing is sent at once: it counts from the next push of a job on.
pub(super) fn follows_from(key: &str, value: &str) -> &'static str {
    match (key, value) {
        ("sync_trigger", "job_finished") => {
            "From the next trigger on, a job that is finished makes its invoice, and so does one that is invoiced or paid. A job that was finished before and waits makes it with its next trigger, or by hand."
        }
        ("sync_trigger", _) => {
            "From the next trigger on, a finished job waits until its invoice is sent or paid. Invoices that are in QuickBooks stay, and every trigger goes on updating them."
        }
        ("push_edits", "manual") => {
            "An edit of a job that is in QuickBooks waits for the next trigger or a push by hand; until then its card shows what is pending."
        }
        ("push_edits", _) => {
            "From the next edit on, an edit of a job that is in QuickBooks is sent within seconds, its date and terms too."
        }
        ("on_removal", "alert") => {
            "When an invoice or a job is removed in Housecall Pro from then on, an alert names the QuickBooks invoice to void by hand."
        }
        ("on_removal", _) => {
            "When an invoice or a job is removed in Housecall Pro from then on, its QuickBooks invoice is voided; an alert asks instead where a payment is on it or its month is closed."
        }
        ("invoicing", "simple") => {
            "Invoices that are sent from then on have the numbers that Housecall Pro gave them, deposits too. A document that QuickBooks has keeps its form."
        }
        ("invoicing", "match_job_number") => {
            "The main invoice of a job that is sent from then on has the job's number, and its deposit D- and that number. A document that QuickBooks has keeps its form."
        }
        ("invoicing", _) => {
            "Several invoices of a job count as its parts from then on, and only one numbered D-… as a deposit. A document that QuickBooks has keeps its form."
        }
        ("progress_invoices", "per_job") => {
            "A job that is billed in parts and sent for the first time from then on is one invoice in QuickBooks, over the whole job. A job that is there keeps its form."
        }
        ("progress_invoices", _) => {
            "Each part of a job that is sent for the first time from then on is an invoice of its own in QuickBooks. A job that is there keeps its form."
        }
        ("date_source", "service_date") => {
            "Invoices that are made from then on are dated with the day on which the job was finished, and keep it."
        }
        ("date_source", "both") => "The same as invoice_date.",
        ("date_source", _) => {
            "Invoices that are made from then on are dated with the day on which the job was finished, and with the day of the invoice once that is sent. Dates that stand in QuickBooks change with the trigger that sets them, or a push by hand."
        }
        ("tips_account", "income") => {
            "With the next invoice that has a tip, the item for tips is booked as income; past invoices stay as they are."
        }
        ("tips_account", _) => {
            "With the next invoice that has a tip, the item for tips is booked to an account of what is owed. QuickBooks must have one: without it that invoice is not sent, and an alert says which to make."
        }
        ("surcharge_account", "income") => {
            "With the next invoice that has a card surcharge, the item for surcharges is booked as income; past invoices stay as they are."
        }
        ("surcharge_account", _) => {
            "With the next invoice that has a card surcharge, the item for surcharges is booked to an account of what is owed. QuickBooks must have one: without it that invoice is not sent, and an alert says which to make."
        }
        ("deposit_account", "income") => {
            "Deposits that are sent from then on are income when they are billed. A deposit that QuickBooks has keeps its item, and is taken off with it."
        }
        ("deposit_account", _) => {
            "Deposits that are sent from then on are owed to the customer until the job's own invoice takes them off. A deposit that QuickBooks has keeps its item, and is taken off with it."
        }
        ("rounding", "alert") => {
            "Where QuickBooks rounds the tax of an invoice by a cent otherwise, an alert says so from then on."
        }
        ("rounding", _) => {
            "Where QuickBooks rounds the tax of an invoice by a cent otherwise, a line Rounding makes both totals equal from the next push of it on."
        }
        ("refunds", "refund_receipt") => {
            "Refunds that are sent from then on are refund receipts, and their invoices stay paid. Refunds that QuickBooks has stay as they are."
        }
        ("refunds", _) => {
            "For refunds that are sent from then on, the payment is lowered and the invoice open again; a refund receipt and an alert instead where the payment is in a bank deposit or a closed month. Refunds that QuickBooks has stay as they are."
        }
        ("classes", "on") => {
            "From the next push on, the business unit of a job is the class of its invoice, where QuickBooks keeps classes. Classes that it lacks are made."
        }
        ("classes", _) => "From the next push on, invoices are sent without a class of ours.",
        ("sub_customer_per_address", "on") => {
            "From the next push on, the invoices of a customer with several service addresses are made out to a sub-customer for the address, billed with the customer."
        }
        ("sub_customer_per_address", _) => {
            "From the next push on, no sub-customers for addresses are made. Those that QuickBooks has stay."
        }
        _ => "",
    }
}

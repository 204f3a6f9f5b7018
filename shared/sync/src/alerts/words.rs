//! The words of the catalogue: what happened, and what to do about it.

use super::{AlertKind, Finding};

impl Finding {
    /// What happened.
    pub fn message(&self) -> String {
        let fact = |name| self.fact(name);
        match self.kind {
            AlertKind::NotSupported => format!(
                "Job {} was not sent to QuickBooks: it has {}, which this version cannot put into QuickBooks correctly.",
                fact("job"),
                fact("what")
            ),
            AlertKind::NumberTooLong => format!(
                "Job {} was not sent to QuickBooks: its invoice number {} {}.",
                fact("job"),
                fact("number"),
                if fact("number").chars().count() > qbo::limits::DOC_NUMBER {
                    "is longer than the 21 characters that QuickBooks allows"
                } else {
                    "holds a tab or a line break, which QuickBooks does not allow"
                }
            ),
            AlertKind::NumberMissing => format!(
                "A job of {} was not sent to QuickBooks: in Housecall Pro, neither it nor its invoice has a number.",
                fact("customer")
            ),
            AlertKind::DuplicateInvoiceNumber | AlertKind::DuplicateCreditMemoNumber => format!(
                "The invoice number {} of job {} is already used in QuickBooks by {} of {} over {}. {}",
                fact("number"),
                fact("job"),
                fact("quickbooks_kind"),
                fact("quickbooks_customer"),
                fact("quickbooks_total"),
                match self.facts.get("kept") {
                    Some(kept) => format!("The job's invoice keeps the number {kept}."),
                    None => "The job was not sent.".to_owned(),
                }
            ),
            AlertKind::LinkableInvoice => format!(
                "Job {} was not sent to QuickBooks: there is an invoice {} there of the same customer, {}, over the same amount, {}, dated {}, which did not come from here. It is probably the same.",
                fact("job"),
                fact("number"),
                fact("quickbooks_customer"),
                fact("quickbooks_total"),
                fact("quickbooks_date")
            ),
            AlertKind::CustomerMatchAmbiguous if self.facts.contains_key("candidates") => format!(
                "Job {} was not sent to QuickBooks: several QuickBooks customers are named {}: {}.",
                fact("job"),
                fact("customer"),
                fact("candidates")
            ),
            AlertKind::CustomerMatchAmbiguous => format!(
                "Job {} was not sent to QuickBooks: a QuickBooks customer is also named {}, but the {} differs: {} in Housecall Pro, {} in QuickBooks.",
                fact("job"),
                fact("customer"),
                fact("contradiction"),
                fact("ours"),
                fact("theirs")
            ),
            AlertKind::LinkedCustomerMatch => format!(
                "Job {} was not sent to QuickBooks: the QuickBooks customer {} is already linked to another Housecall Pro customer, {}.",
                fact("job"),
                fact("quickbooks_customer"),
                fact("other")
            ),
            AlertKind::CustomersMerged if self.facts.contains_key("merged") => format!(
                "Job {} was not sent to QuickBooks: in Housecall Pro, {} was merged into {}, but QuickBooks still has both: {} and {}.",
                fact("job"),
                fact("merged"),
                fact("customer"),
                fact("loses"),
                fact("stays")
            ),
            AlertKind::CustomersMerged => format!(
                "Job {} was not sent to QuickBooks: there, {} was merged into {}, which is linked to another Housecall Pro customer, {}.",
                fact("job"),
                fact("customer"),
                fact("stays"),
                fact("other")
            ),
            AlertKind::NameTaken => format!(
                "Job {} was not sent to QuickBooks: the name {} is held there by a vendor, an employee or another customer, perhaps an inactive one.",
                fact("job"),
                fact("customer")
            ),
            AlertKind::ItemNameTaken => format!(
                "Job {} was not sent to QuickBooks: the product or service name {} is taken in QuickBooks by {}.",
                fact("job"),
                fact("item"),
                fact("holder")
            ),
            AlertKind::CategoryNameTaken => format!(
                "Job {} {}: the category {} cannot be made there, because its name is taken by {}.",
                fact("job"),
                fact("outcome"),
                fact("category"),
                fact("holder")
            ),
            AlertKind::CategoryInactive => format!(
                "Job {} {}: the category {} was deleted or made inactive there.",
                fact("job"),
                fact("outcome"),
                fact("category")
            ),
            AlertKind::NoLiabilityAccount => format!(
                "Job {} was not sent to QuickBooks: {} is to be booked as a liability, but QuickBooks has no account named {} of the type Other Current Liabilities.",
                fact("job"),
                fact("account"),
                fact("account")
            ),
            AlertKind::LiabilityRefused => format!(
                "Job {} was not sent to QuickBooks: QuickBooks does not let this connection book the product {} to a liability account.",
                fact("job"),
                fact("account")
            ),
            AlertKind::InvoiceWithoutCustomer => format!(
                "{} belongs to no job and so to no customer; it was not sent to QuickBooks.",
                match self.facts.get("number") {
                    Some(number) => format!("Invoice {number}"),
                    None => "An invoice without a number".to_owned(),
                }
            ),
            AlertKind::JobWithoutCustomer => format!(
                "{} was not sent to QuickBooks: it has no customer in Housecall Pro.",
                self.the_job()
            ),
            AlertKind::LinesDoNotAddUp => format!(
                "Job {} was not sent to QuickBooks: its lines add up to {}, but its total in Housecall Pro is {}.",
                fact("job"),
                fact("lines"),
                fact("total")
            ),
            AlertKind::TaxWithoutLine => format!(
                "Job {} was not sent to QuickBooks: it has {} of sales tax, but none of its lines is marked as taxable.",
                fact("job"),
                fact("tax")
            ),
            AlertKind::SalesTaxOff => format!(
                "Job {} was not sent to QuickBooks: it has {} of sales tax, but QuickBooks is set up not to charge any.",
                fact("job"),
                fact("tax")
            ),
            AlertKind::TaxRateUnmapped => format!(
                "Invoice {} of job {} was not sent to QuickBooks: it has {} of sales tax{} on {}, and {}.",
                fact("number"),
                fact("job"),
                fact("tax"),
                fact("names"),
                fact("taxable"),
                fact("candidates")
            ),
            AlertKind::DiscountsOff => format!(
                "Job {} was not sent to QuickBooks: it has a discount of {}, but QuickBooks is set up not to allow discounts.",
                fact("job"),
                fact("discount")
            ),
            AlertKind::TotalMismatch => format!(
                "Invoice {} of job {}: QuickBooks has {} than Housecall Pro. Housecall Pro says {} with {} of sales tax, QuickBooks says {} with {}.",
                fact("number"),
                fact("job"),
                fact("difference"),
                fact("housecall_total"),
                fact("housecall_tax"),
                fact("quickbooks_total"),
                fact("quickbooks_tax")
            ),
            AlertKind::ClosedPeriod if self.facts.contains_key("holder") => format!(
                "The invoice number {} of job {} is used in QuickBooks by the invoice of job {}, which has no number of its own yet and would get another, but its date {} lies in a month that is closed. {}",
                fact("number"),
                fact("job"),
                fact("holder"),
                fact("date"),
                match self.facts.get("kept") {
                    Some(kept) => format!("The job's invoice keeps the number {kept}."),
                    None => "The job was not sent.".to_owned(),
                }
            ),
            AlertKind::ClosedPeriod => format!(
                "Job {} was not sent to QuickBooks: its date {} lies in a month that is closed.",
                fact("job"),
                fact("date")
            ),
            AlertKind::DocumentGone => format!(
                "The QuickBooks invoice {} of job {} was deleted or voided in QuickBooks. It was not made again.",
                fact("number"),
                fact("job")
            ),
            AlertKind::CustomerInactive => format!(
                "Job {} was not sent to QuickBooks: the customer {} was deleted or made inactive there.",
                fact("job"),
                fact("customer")
            ),
            AlertKind::ItemInactive => format!(
                "Job {} was not sent to QuickBooks: of its products and services, these were deleted or made inactive there: {}.",
                fact("job"),
                fact("items")
            ),
            AlertKind::ItemInBothBooks => format!(
                "Job {} was not sent to QuickBooks: {} is used both as a service and as a material, and QuickBooks has one product of that name.",
                fact("job"),
                fact("item")
            ),
            AlertKind::InactiveInQuickbooks => format!(
                "Job {} was not sent to QuickBooks: {} was deleted or made inactive there.",
                fact("job"),
                self.facts.get("what").map_or("something that it uses", String::as_str)
            ),
            AlertKind::QuickbooksRefused => format!(
                "QuickBooks refused {}: {} (code {}, reference {}).",
                match self.facts.get("job") {
                    Some(number) => format!("job {number}"),
                    None => "a request".to_owned(),
                },
                fact("quickbooks"),
                fact("code"),
                fact("intuit_tid")
            ),
            AlertKind::QuickbooksReadOnly => {
                "QuickBooks accepts no changes: the subscription of this company has ended. Everything waits; nothing is lost."
                    .to_owned()
            }
            AlertKind::Reconnect => format!(
                "QuickBooks no longer accepts the connection ({}). Everything waits; nothing is lost.",
                fact("reason")
            ),
            AlertKind::AppKeysRefused => format!(
                "Intuit does not accept the client id and client secret of the app ({}). Everything waits; nothing is lost.",
                fact("reason")
            ),
            AlertKind::HousecallUnauthorized => {
                "Housecall Pro no longer accepts the API key. Everything waits; nothing is lost."
                    .to_owned()
            }
            AlertKind::HousecallRefused => format!(
                "{} could not be read from Housecall Pro: {}.",
                self.the_job(),
                fact("reason")
            ),
            AlertKind::FieldUnreadable => format!(
                "Job {} cannot be sent to QuickBooks: Housecall Pro tells the field {} of {} in a form that is not known here. It is needed for {} (rule {}).",
                fact("job"),
                fact("field"),
                fact("of"),
                fact("tells"),
                fact("rule")
            ),
            AlertKind::FieldLeftOut => format!(
                "Job {} is in QuickBooks without something: Housecall Pro tells these fields in a form that is not known here: {}.",
                fact("job"),
                fact("fields")
            ),
            AlertKind::PriceBookUnreadable => format!(
                "Housecall Pro tells something of the price book in a form that is not known here ({}). Materials that depend on it stay in the category that they have in QuickBooks; new ones are made without one (rule I4).",
                fact("field")
            ),
            AlertKind::NoLines => format!(
                "Job {} was not sent to QuickBooks: there is not a single line on it.",
                fact("job")
            ),
            AlertKind::PushedButRemoved => format!(
                "Job {} was not sent to QuickBooks: Housecall Pro has cancelled or deleted it, or never had it.",
                fact("job")
            ),
            AlertKind::CustomerNotUpdated => format!(
                "What changed of the customer {} in Housecall Pro was not entered in QuickBooks: {}.",
                fact("customer"),
                fact("quickbooks")
            ),
            AlertKind::RemovedInHousecall => format!(
                "{} in Housecall Pro, but its invoice {} is still in QuickBooks.",
                self.removed(),
                fact("number")
            ),
            AlertKind::VoidRefused => format!(
                "{} in Housecall Pro, but its invoice in QuickBooks was not voided: {}.",
                self.removed(),
                fact("number")
            ),
            AlertKind::InvoicingUnclear => format!(
                "Job {} was not sent to QuickBooks: it has the invoices {}, and it is not clear which of them is a deposit, the main invoice or a progress invoice.",
                fact("job"),
                fact("invoices")
            ),
            AlertKind::UnknownLine => format!(
                "Job {} was not sent to QuickBooks: its invoice {} is taxed and bills {}, which is not on the job, so that it is not known whether that is taxable.",
                fact("job"),
                fact("invoice"),
                fact("line")
            ),
            AlertKind::RecordLags => format!(
                "Housecall Pro reported that job {} was {}, but the job does not show it.",
                fact("job"),
                fact("event")
            ),
            AlertKind::HousecallAway => format!(
                "Housecall Pro has not answered since {} ({}). Everything waits; nothing is lost.",
                fact("since"),
                fact("reason")
            ),
            AlertKind::QuickbooksAway => format!(
                "QuickBooks has not answered since {} ({}). Everything waits; nothing is lost.",
                fact("since"),
                fact("reason")
            ),
            AlertKind::KeepsFailing => format!(
                "Job {} could not be sent: it was tried {} times since {}, and each time this came back: {}. Other jobs are sent.",
                fact("job"),
                fact("tries"),
                fact("since"),
                fact("reason")
            ),
        }
    }

    /// The job, where its number may not have been read yet.
    fn the_job(&self) -> String {
        let number = self.facts.get("job");
        number.map_or_else(|| "A job".to_owned(), |number| format!("Job {number}"))
    }

    fn removed(&self) -> String {
        let job = self.fact("job");
        match self.fact("removed") {
            "invoice" => format!("An invoice of job {job} was voided"),
            _ => format!("Job {job} was cancelled or deleted"),
        }
    }

    /// What to do about it.
    pub fn resolution(&self) -> &'static str {
        match self.kind {
            AlertKind::NotSupported => {
                "Enter this invoice in QuickBooks by hand, or remove that part from the job and press Finish, Invoice or Pay again."
            }
            AlertKind::NumberTooLong => {
                "Change the number in Housecall Pro, then press Finish, Invoice or Pay again."
            }
            AlertKind::NumberMissing => {
                "Give the job a number in Housecall Pro, or send its invoice, which gets one. Then press Finish, Invoice or Pay again."
            }
            AlertKind::DuplicateInvoiceNumber => {
                "Give one of the two invoices another number, then press Finish, Invoice or Pay again."
            }
            AlertKind::DuplicateCreditMemoNumber => {
                "Give the credit memo in QuickBooks or the invoice in Housecall Pro another number, then press Finish, Invoice or Pay again."
            }
            AlertKind::LinkableInvoice => {
                "If it is the same, link it (operator link): it is then kept up to date from here. If it is not, give one of the two another number, then press Finish, Invoice or Pay again."
            }
            AlertKind::CustomerMatchAmbiguous => {
                "If they are the same customer, make the contact data equal in both systems. If not, change one of the names. Then press Finish, Invoice or Pay again."
            }
            AlertKind::LinkedCustomerMatch => {
                "If both are the same customer, merge them in Housecall Pro. If not, change one of the names. Then press Finish, Invoice or Pay again."
            }
            AlertKind::CustomersMerged if self.facts.contains_key("merged") => {
                "Merge the two in QuickBooks as well, or choose which of them is meant. Then press Finish, Invoice or Pay again."
            }
            AlertKind::CustomersMerged => {
                "If they are the same customer, merge them in Housecall Pro as well. If not, choose another QuickBooks customer for one of them, or have a new one made. Then press Finish, Invoice or Pay again."
            }
            AlertKind::NameTaken => {
                "QuickBooks allows a name only once over customers, vendors and employees. Change the name in one of the two systems, then press Finish, Invoice or Pay again."
            }
            AlertKind::ItemNameTaken => {
                "Rename one of the two, then press Finish, Invoice or Pay again."
            }
            AlertKind::CategoryNameTaken => {
                "Rename the category in Housecall Pro, or what has its name in QuickBooks, then press Finish, Invoice or Pay again."
            }
            AlertKind::CategoryInactive => {
                "Make the category active again in QuickBooks, or put its materials into another category in Housecall Pro. Then press Finish, Invoice or Pay again."
            }
            AlertKind::NoLiabilityAccount => {
                "In QuickBooks open Settings, Chart of accounts, New; choose the account type Other Current Liabilities, and give the account exactly that name. Then press Finish, Invoice or Pay again. Or let the setting book it as income."
            }
            AlertKind::LiabilityRefused => {
                "In QuickBooks open Sales, Products and services; make a service with exactly that name, or edit it, and choose the liability account as its income account. Then press Finish, Invoice or Pay again. Or let the setting book it as income."
            }
            AlertKind::InvoiceWithoutCustomer => {
                "Enter this invoice in QuickBooks by hand, with the customer that you know it belongs to."
            }
            AlertKind::JobWithoutCustomer => {
                "Choose the customer of the job in Housecall Pro, then press Finish, Invoice or Pay again."
            }
            AlertKind::LinesDoNotAddUp => {
                "Open the job in Housecall Pro and compare its invoice with its lines. Enter it in QuickBooks by hand if both are right."
            }
            AlertKind::TaxWithoutLine => {
                "Mark what is taxed as taxable on the job in Housecall Pro, then press Finish, Invoice or Pay again."
            }
            AlertKind::SalesTaxOff => {
                "Switch sales tax on in QuickBooks (Taxes, Sales tax), then press Finish, Invoice or Pay again. Or take the tax off the job."
            }
            AlertKind::TaxRateUnmapped => {
                "Choose the rate that counts for this tax: operator settings set \"tax_rates.<name of the tax>=<name of the rate>\". Or give the tax the same name and percentage in both systems. Then press Finish, Invoice or Pay again. A job without an invoice does not tell the name of its tax: send its invoice."
            }
            AlertKind::DiscountsOff => {
                "Switch discounts on in QuickBooks (Settings, Account and settings, Sales, Sales form content), then press Finish, Invoice or Pay again."
            }
            AlertKind::TotalMismatch if self.facts.contains_key("rounding") => {
                "QuickBooks rounds the sales tax otherwise; nothing is wrong with the invoice. A line that makes the totals equal is added to this and all later ones by: operator settings set rounding=line. Then press Finish, Invoice or Pay again."
            }
            AlertKind::TotalMismatch => {
                "Compare the two invoices line by line and correct the one that is wrong, then press Finish, Invoice or Pay again."
            }
            AlertKind::ClosedPeriod => {
                "Ask your bookkeeper to open the month, or change the date in Housecall Pro. Then press Finish, Invoice or Pay again."
            }
            AlertKind::DocumentGone => {
                "If it was removed on purpose, nothing is left to do. If not, enter the invoice in QuickBooks by hand."
            }
            AlertKind::CustomerInactive => {
                "Make the customer active again in QuickBooks, then press Finish, Invoice or Pay again."
            }
            AlertKind::ItemInactive => {
                "Make them active again in QuickBooks, then press Finish, Invoice or Pay again."
            }
            AlertKind::ItemInBothBooks => {
                "If it moved to the materials, put the material on the job in place of the service. If both are sold, give one of them another name. Then press Finish, Invoice or Pay again."
            }
            AlertKind::InactiveInQuickbooks => {
                "Make it active again in QuickBooks, then press Finish, Invoice or Pay again."
            }
            AlertKind::QuickbooksRefused => {
                "Correct what QuickBooks names, then press Finish, Invoice or Pay again."
            }
            AlertKind::QuickbooksReadOnly => {
                "Renew the QuickBooks subscription. Everything that waits is then sent by itself."
            }
            AlertKind::Reconnect => {
                "Connect QuickBooks again. Everything that waits is then sent by itself."
            }
            AlertKind::AppKeysRefused => {
                "Copy the client secret from developer.intuit.com (Keys & credentials) and run the connect command again with it alone. Everything that waits is then sent by itself."
            }
            AlertKind::HousecallUnauthorized => {
                "Make a new API key in Housecall Pro and run the connect command again with it alone. Everything that waits is then sent by itself."
            }
            AlertKind::HousecallRefused => {
                "Open the job in Housecall Pro. If it looks right, press Finish, Invoice or Pay again."
            }
            AlertKind::FieldUnreadable => {
                "Open the job in Housecall Pro and enter that part of it anew, then press Finish, Invoice or Pay again. If it looks right there, Housecall Pro has changed the form of its data: tell whoever runs this program, and enter the invoice in QuickBooks by hand until it is updated."
            }
            AlertKind::FieldLeftOut => {
                "Enter what is missing in QuickBooks by hand; it stays. If it looks right in Housecall Pro, the form of its data has changed there: tell whoever runs this program."
            }
            AlertKind::PriceBookUnreadable => {
                "Open the price book in Housecall Pro and enter its categories and materials anew where they look odd. If they look right, the form of its data has changed there: tell whoever runs this program. Put new materials into their categories in QuickBooks by hand until it is updated."
            }
            AlertKind::NoLines => {
                "Put a line on the job in Housecall Pro, of zero dollars where nothing is charged, and push it again."
            }
            AlertKind::PushedButRemoved => {
                "If it was done after all, make a job for it in Housecall Pro and push that one. If not, nothing is left to do."
            }
            AlertKind::CustomerNotUpdated => {
                "Change the customer in one of the two systems so that both agree. The next invoice of the customer tries again."
            }
            AlertKind::RemovedInHousecall if self.facts.contains_key("deposit") => {
                "If the deposit is not owed any more, void its invoice in QuickBooks by hand, and then press Finish, Invoice or Pay again: as long as it stands there, the job's main invoice takes it off."
            }
            AlertKind::RemovedInHousecall => {
                "If the invoice is not owed any more, void it in QuickBooks by hand."
            }
            AlertKind::VoidRefused => {
                "If the invoice is not owed any more, take the payment off it in QuickBooks or ask your bookkeeper to open the month, then void it there by hand."
            }
            AlertKind::InvoicingUnclear => {
                "Compare the setting *invoicing* with Settings, Invoices, Configuration in Housecall Pro: it is simple, match_job_number or progress. Correct it, or void the invoice that should not be there. Then press Finish, Invoice or Pay again."
            }
            AlertKind::UnknownLine => {
                "Put that line on the job in Housecall Pro with the same name, quantity and price, then press Finish, Invoice or Pay again."
            }
            AlertKind::RecordLags => {
                "Open the job in Housecall Pro and press the button again if it should be in QuickBooks."
            }
            AlertKind::HousecallAway | AlertKind::QuickbooksAway => {
                "There is nothing to do: it is asked again every 15 seconds, and everything that waits is then sent by itself."
            }
            AlertKind::KeepsFailing => {
                "It is tried again every hour by itself. If it does not go away, open the document in the system that answers with the error and look for what is unusual about it, or push the job by hand."
            }
        }
    }
}

#[cfg(test)]
mod tests;

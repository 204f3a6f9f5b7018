use super::{CUSTOMER, Candidate, Choice, Choices, ItemTrouble, MATERIAL, PRICE_BOOK, apart};
use crate::alert::{
    Alert, BillTrouble, ConnectionAlert, CustomerCause, CustomerTrouble, EntryCause,
    HousecallTrouble, InvoiceCause, ItemCause, JobAlert, JobRef, JobTrouble, NotMoved,
    NumberTrouble, PaymentTrouble, QuickbooksTrouble, ReceiptTrouble, RefundTrouble, Removal,
    TaxTrouble,
};

const PAYMENT: &str = "payment";
const REFUND: &str = "refund";

/// Why nothing is sent once more of what goes with invoices.
const WITH_INVOICE: &str = "The next invoice that needs it tries again by itself.";

/// Why nothing is sent while all of it waits.
const ALL_WAITS: &str =
    "Everything waits for this alone, and is sent by itself as soon as it is mended.";

impl Alert {
    /// What can be done about it here (S2).
    pub fn choices(&self) -> Choices {
        match self {
            Self::Job(alert) => alert.choices(),
            Self::Customer(alert) => of_customer(&alert.cause, &alert.customer.name),
            Self::Item(alert) => of_item(&alert.cause, &alert.item.name),
            Self::Entry(alert) => nothing(match alert.cause {
                EntryCause::Inactive | EntryCause::Refused(_) => WITH_INVOICE,
            }),
            Self::Invoice(alert) => of_invoice(&alert.cause),
            Self::Payment(alert) => with_push(&alert.job, of_payment(&alert.trouble)),
            Self::Refund(alert) => with_push(&alert.job, of_refund(&alert.trouble)),
            Self::Receipt(alert) => with_push(&alert.job, of_receipt(&alert.trouble)),
            Self::PriceBook { .. } => nothing(
                "The price book is read again by itself with the next job, and the alert ends when that succeeds.",
            ),
            Self::Connection(alert) => nothing(of_connection(alert)),
        }
    }
}

fn nothing(instead: &'static str) -> Choices {
    Choices {
        offered: Vec::new(),
        instead: Some(instead),
    }
}

fn with_push(job: &JobRef, mut offered: Vec<Choice>) -> Choices {
    let what = job.definite_name();
    offered.push(Choice::PushAgain { what });
    Choices {
        offered,
        instead: None,
    }
}

impl JobAlert {
    fn choices(&self) -> Choices {
        let offered = match &self.trouble {
            JobTrouble::Customer(trouble) => self.of_customer(trouble),
            JobTrouble::Item(trouble) => self.of_item(trouble),
            JobTrouble::Number(trouble) => self.of_number(trouble),
            JobTrouble::Tax(trouble) => of_tax(trouble),
            JobTrouble::Bill(trouble) => self.of_bill(trouble),
            JobTrouble::Housecall(trouble) => match trouble {
                HousecallTrouble::Refused { .. }
                | HousecallTrouble::FieldUnreadable(_)
                | HousecallTrouble::NoCustomer
                | HousecallTrouble::RecordLags { .. }
                | HousecallTrouble::PushedButRemoved => Vec::new(),
            },
            JobTrouble::Quickbooks(trouble) => match trouble {
                QuickbooksTrouble::Refused { .. } | QuickbooksTrouble::KeepsFailing { .. } => {
                    Vec::new()
                }
                QuickbooksTrouble::NotLookedAt { .. } => {
                    let what = self.job.name();
                    return Choices {
                        offered: vec![Choice::PullAgain { what }],
                        instead: None,
                    };
                }
            },
            JobTrouble::Removal(trouble) => of_removal(trouble),
        };
        with_push(&self.job, offered)
    }

    fn of_customer(&self, trouble: &CustomerTrouble) -> Vec<Choice> {
        // An alert of before the slot was kept does not tell who is to be linked.
        if self.slots.is_empty() {
            return Vec::new();
        }
        let given = self.job.customer.as_deref();
        let made = |taken: &str| {
            let name = given.filter(|given| taken.starts_with(*given));
            let name = name.unwrap_or(taken).to_owned();
            let suffix = apart(&name, CUSTOMER, taken);
            Choice::MakeCustomer { name, suffix }
        };
        match trouble {
            CustomerTrouble::Several {
                customer,
                candidates,
            } => {
                let mut offered: Vec<Choice> = candidates.iter().filter_map(use_customer).collect();
                offered.push(made(customer));
                offered
            }
            CustomerTrouble::Contradiction {
                customer, there, ..
            } => {
                let there = there.iter().filter_map(use_customer);
                there.chain([made(customer)]).collect()
            }
            CustomerTrouble::LinkedToAnother { name, .. } => {
                let made = name.as_deref().map(made);
                let named = Choice::UseNamedCustomer;
                made.into_iter().chain([named]).collect()
            }
            CustomerTrouble::NameTaken { customer } => {
                vec![made(customer), Choice::UseNamedCustomer]
            }
            CustomerTrouble::Inactive { customer } => {
                let name = || customer.clone();
                vec![
                    Choice::ReactivateCustomer { name: name() },
                    Choice::ReplaceCustomer { name: name() },
                    Choice::UseNamedCustomer,
                ]
            }
            CustomerTrouble::MergedInHousecall { .. }
            | CustomerTrouble::MergedInQuickbooks { .. }
            | CustomerTrouble::MergeUnread { .. } => Vec::new(),
        }
    }

    fn of_item(&self, trouble: &ItemTrouble) -> Vec<Choice> {
        match self.slots.is_empty() {
            true => Vec::new(),
            false => of_item_trouble(trouble),
        }
    }

    fn of_number(&self, trouble: &NumberTrouble) -> Vec<Choice> {
        let other = |number: &str, is_another| Choice::OtherNumber {
            number: number.to_owned(),
            is_another,
        };
        match trouble {
            NumberTrouble::Missing { .. } => Vec::new(),
            NumberTrouble::NotAllowed { number }
            | NumberTrouble::Taken { number, .. }
            | NumberTrouble::HolderInClosedPeriod { number, .. }
            | NumberTrouble::HolderRefused { number, .. } => match self.document {
                Some(_) => vec![other(number, false)],
                None => Vec::new(),
            },
            NumberTrouble::Linkable { number, .. } => {
                let number = number.clone();
                let another = other(&number, true);
                vec![Choice::LinkInvoice { number }, another]
            }
        }
    }

    fn of_bill(&self, trouble: &BillTrouble) -> Vec<Choice> {
        match trouble {
            BillTrouble::NotSupported { .. }
            | BillTrouble::LinesDoNotAddUp { .. }
            | BillTrouble::NoLines
            | BillTrouble::DiscountsOff { .. }
            | BillTrouble::InvoicingUnclear { .. }
            | BillTrouble::TotalMismatch { .. }
            | BillTrouble::FieldsLeftOut { .. } => Vec::new(),
            // One that QuickBooks has cannot be dated otherwise there.
            BillTrouble::ClosedPeriod { .. } => match (self.stands, &self.document) {
                (false, Some(_)) => vec![Choice::FirstOpenDay],
                (true, _) | (_, None) => Vec::new(),
            },
            BillTrouble::Gone { number, .. } => {
                let what = || match number {
                    Some(number) => format!("invoice {number}"),
                    None => format!("the invoice of {}", self.job.name()),
                };
                let again = Choice::MakeAgain { what: what() };
                vec![again, Choice::Leave { what: what() }]
            }
        }
    }
}

fn use_customer(one: &Candidate) -> Option<Choice> {
    Some(Choice::UseCustomer {
        id: one.id.clone()?,
        described: one.described.clone(),
    })
}

fn of_item_trouble(trouble: &ItemTrouble) -> Vec<Choice> {
    let made = |name: &str, word, taken: &str| Choice::MakeItem {
        name: name.to_owned(),
        suffix: apart(name, word, taken),
    };
    match trouble {
        ItemTrouble::NameTaken {
            item,
            given,
            candidates,
            ..
        } => {
            let given = given.as_deref().filter(|given| item.starts_with(*given));
            let there = candidates.iter().filter_map(|one| {
                Some(Choice::UseItem {
                    id: one.id.clone()?,
                    described: one.described.clone(),
                })
            });
            let made = made(given.unwrap_or(item), PRICE_BOOK, item);
            let others = [made, Choice::UseNamedItem];
            there.chain(others).collect()
        }
        ItemTrouble::Inactive { items } => vec![Choice::ReactivateItems {
            names: items.clone(),
        }],
        ItemTrouble::InBothBooks { item } => vec![made(item, MATERIAL, item)],
        ItemTrouble::CategoryNameTaken { .. }
        | ItemTrouble::CategoryInactive { .. }
        | ItemTrouble::NoLiabilityAccount { .. }
        | ItemTrouble::LiabilityRefused { .. }
        | ItemTrouble::OtherInactive { .. } => Vec::new(),
    }
}

fn of_tax(trouble: &TaxTrouble) -> Vec<Choice> {
    match trouble {
        TaxTrouble::NoTaxableLine { .. }
        | TaxTrouble::Off { .. }
        | TaxTrouble::UnknownLine { .. } => Vec::new(),
        // Without a name there is nothing that a rate could be kept for.
        TaxTrouble::RateUnmapped(unmapped) if unmapped.names.is_empty() => Vec::new(),
        TaxTrouble::RateUnmapped(unmapped) => {
            let codes = unmapped.codes.iter();
            let rates = codes.map(|code| Choice::UseRate {
                id: code.id.clone(),
                told: code.told.clone(),
                taxes: unmapped.names.clone(),
            });
            rates.collect()
        }
    }
}

fn of_removal(trouble: &Removal) -> Vec<Choice> {
    let numbers: Vec<String> = match trouble {
        Removal::StillThere { numbers, .. } => numbers.clone(),
        Removal::NotVoided { documents, .. } => {
            documents.iter().map(|one| one.number.clone()).collect()
        }
    };
    let what = format!("invoice {}", numbers.join(" and "));
    vec![Choice::Void { numbers }, Choice::Leave { what }]
}

fn of_customer(cause: &CustomerCause, name: &str) -> Choices {
    match cause {
        CustomerCause::Gone => Choices {
            offered: vec![Choice::ReactivateCustomer {
                name: name.to_owned(),
            }],
            instead: Some(WITH_INVOICE),
        },
        CustomerCause::Refused { .. }
        | CustomerCause::NotAsked(_)
        | CustomerCause::KeepsFailing { .. }
        | CustomerCause::Unread { .. } => nothing(WITH_INVOICE),
        CustomerCause::CreditApplied { .. } => nothing(
            "Credit is taken off an invoice in QuickBooks alone, or the difference accepted.",
        ),
    }
}

fn of_item(cause: &ItemCause, name: &str) -> Choices {
    let (offered, instead) = match cause {
        ItemCause::Stays(NotMoved::Inactive) => {
            let names = vec![name.to_owned()];
            (vec![Choice::ReactivateItems { names }], WITH_INVOICE)
        }
        ItemCause::Stays(
            NotMoved::NameTaken
            | NotMoved::CategoryNameTaken { .. }
            | NotMoved::CategoryInactive { .. }
            | NotMoved::OtherInactive
            | NotMoved::Refused(_),
        ) => (Vec::new(), WITH_INVOICE),
        ItemCause::NotMade(trouble) => (
            of_item_trouble(trouble),
            "Choose its income account once more when that is mended: then it is made.",
        ),
    };
    Choices {
        offered,
        instead: Some(instead),
    }
}

fn of_invoice(cause: &InvoiceCause) -> Choices {
    match cause {
        InvoiceCause::NoCustomer { .. } => Choices {
            offered: vec![Choice::ItsCustomer],
            instead: Some("It is sent as soon as it is known whose it is."),
        },
        InvoiceCause::NoJob => nothing("It has nothing by which it could be sent from here."),
        InvoiceCause::Refused { .. } | InvoiceCause::FieldUnreadable(_) => {
            nothing("Push its job by hand: which one that is, could not be read.")
        }
    }
}

fn of_payment(trouble: &PaymentTrouble) -> Vec<Choice> {
    let what = PAYMENT;
    match trouble {
        PaymentTrouble::MaybeThere { .. } => {
            vec![Choice::Same { what }, Choice::Separate { what }]
        }
        PaymentTrouble::Gone => vec![Choice::SendAgain { what }, Choice::NotSend { what }],
        PaymentTrouble::NoInvoice | PaymentTrouble::InvoiceGone { .. } => {
            vec![Choice::NotSend { what }]
        }
        PaymentTrouble::ClosedPeriod { stands: false, .. } => vec![Choice::FirstOpenDay],
        PaymentTrouble::Unusable(_)
        | PaymentTrouble::Overpaid { .. }
        | PaymentTrouble::NotApplied { .. }
        | PaymentTrouble::Changed { .. }
        | PaymentTrouble::ChangedThere { .. }
        | PaymentTrouble::Removed { .. }
        | PaymentTrouble::Returned { .. }
        | PaymentTrouble::ClosedPeriod { .. }
        | PaymentTrouble::Refused(_) => Vec::new(),
    }
}

fn of_refund(trouble: &RefundTrouble) -> Vec<Choice> {
    let what = REFUND;
    match trouble {
        RefundTrouble::MaybeThere { .. } | RefundTrouble::MaybeExpense { .. } => {
            vec![Choice::Same { what }, Choice::Separate { what }]
        }
        RefundTrouble::Gone { .. } => {
            vec![Choice::SendAgain { what }, Choice::NotSend { what }]
        }
        RefundTrouble::MoreThanPaid { .. }
        | RefundTrouble::NotApplied { .. }
        | RefundTrouble::NoAccount => vec![Choice::NotSend { what }],
        RefundTrouble::ClosedPeriod { stands: false, .. } => vec![Choice::FirstOpenDay],
        RefundTrouble::Unusable(_)
        | RefundTrouble::Differs { .. }
        | RefundTrouble::NotTied { .. }
        | RefundTrouble::NotReopened(_)
        | RefundTrouble::ClosedPeriod { .. }
        | RefundTrouble::Refused(_) => Vec::new(),
    }
}

fn of_receipt(trouble: &ReceiptTrouble) -> Vec<Choice> {
    let what = PAYMENT;
    match trouble {
        ReceiptTrouble::MaybeThere { .. } => {
            vec![Choice::Same { what }, Choice::Separate { what }]
        }
        ReceiptTrouble::Gone => vec![Choice::SendAgain { what }, Choice::NotSend { what }],
        ReceiptTrouble::Removed
        | ReceiptTrouble::Returned
        | ReceiptTrouble::Changed { .. }
        | ReceiptTrouble::Unknown
        | ReceiptTrouble::ClosedPeriod { .. }
        | ReceiptTrouble::Refused(_) => Vec::new(),
    }
}

fn of_connection(alert: &ConnectionAlert) -> &'static str {
    match alert {
        ConnectionAlert::ReadOnly
        | ConnectionAlert::Reconnect { .. }
        | ConnectionAlert::RecordsLost { .. }
        | ConnectionAlert::AppKeysRefused { .. }
        | ConnectionAlert::HousecallUnauthorized
        | ConnectionAlert::HousecallAway { .. }
        | ConnectionAlert::QuickbooksAway { .. } => ALL_WAITS,
        ConnectionAlert::ListsRefused { .. }
        | ConnectionAlert::ListsUnreadable(_)
        | ConnectionAlert::PullFails { .. } => {
            "It is read again by itself, and the alert ends when that succeeds."
        }
        ConnectionAlert::RequestRefused(_) => {
            "Whatever needed it is tried again with the next job."
        }
    }
}

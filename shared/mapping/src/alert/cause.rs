use super::{
    Alert, BillTrouble, ItemTrouble, JobTrouble, NumberTrouble, PaymentTrouble, ReceiptTrouble,
    RefundTrouble, TaxTrouble, subject::capital,
};
use crate::names::normalised;

/// One thing to be mended that many documents may wait for (S4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// QuickBooks is set to charge no sales tax (X1).
    SalesTaxOff,
    /// QuickBooks is set not to allow discounts (L3).
    DiscountsOff,
    /// Books are closed (S6).
    ClosedBooks,
    /// No rate counts for these taxes of Housecall Pro (X2), by their names.
    TaxRateUnmapped(Vec<String>),
    /// An account for what is owed is missing, by the setting that asks for it (L4, P9).
    NoLiabilityAccount(String),
}

impl Cause {
    /// What names it. It is part of the API: none is ever changed.
    pub fn key(&self) -> String {
        match self {
            Self::SalesTaxOff => "sales_tax_off".to_owned(),
            Self::DiscountsOff => "discounts_off".to_owned(),
            Self::ClosedBooks => "closed_books".to_owned(),
            Self::TaxRateUnmapped(taxes) => {
                let taxes: Vec<String> = taxes.iter().map(|tax| normalised(tax)).collect();
                format!("tax_rate_unmapped:{}", taxes.join("+"))
            }
            Self::NoLiabilityAccount(setting) => format!("no_liability_account:{setting}"),
        }
    }

    /// What is so, in a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::SalesTaxOff => {
                "QuickBooks is set up not to charge any sales tax, and these jobs have some."
                    .to_owned()
            }
            Self::DiscountsOff => {
                "QuickBooks is set up not to allow discounts, and these jobs have one.".to_owned()
            }
            Self::ClosedBooks => {
                "The books in QuickBooks are closed for the dates of these documents.".to_owned()
            }
            Self::TaxRateUnmapped(taxes) if taxes.is_empty() => {
                "It is not certain which rate of QuickBooks counts for the tax of these jobs."
                    .to_owned()
            }
            Self::TaxRateUnmapped(taxes) => format!(
                "It is not certain which rate of QuickBooks counts for the tax {}.",
                taxes.join(" and ")
            ),
            Self::NoLiabilityAccount(setting) => format!(
                "QuickBooks has no account for what is owed, which the setting {} asks for.",
                setting_words(setting)
            ),
        }
    }
}

impl Alert {
    /// What many documents may wait for beside its own; none: it is its document's alone, or one alert tells of all already.
    pub fn cause(&self) -> Option<Cause> {
        match self {
            Self::Job(alert) => match &alert.trouble {
                JobTrouble::Tax(TaxTrouble::Off { .. }) => Some(Cause::SalesTaxOff),
                JobTrouble::Tax(TaxTrouble::RateUnmapped(unmapped)) => {
                    Some(Cause::TaxRateUnmapped(unmapped.names.clone()))
                }
                JobTrouble::Bill(BillTrouble::DiscountsOff { .. }) => Some(Cause::DiscountsOff),
                JobTrouble::Bill(BillTrouble::ClosedPeriod { .. })
                | JobTrouble::Number(NumberTrouble::HolderInClosedPeriod { .. }) => {
                    Some(Cause::ClosedBooks)
                }
                JobTrouble::Item(ItemTrouble::NoLiabilityAccount { setting, .. }) => {
                    Some(Cause::NoLiabilityAccount(setting.clone()))
                }
                _ => None,
            },
            Self::Payment(alert) => match alert.trouble {
                PaymentTrouble::ClosedPeriod { .. } => Some(Cause::ClosedBooks),
                _ => None,
            },
            Self::Refund(alert) => match alert.trouble {
                RefundTrouble::ClosedPeriod { .. } => Some(Cause::ClosedBooks),
                _ => None,
            },
            Self::Receipt(alert) => match alert.trouble {
                ReceiptTrouble::ClosedPeriod { .. } => Some(Cause::ClosedBooks),
                _ => None,
            },
            Self::Customer(_)
            | Self::Item(_)
            | Self::Entry(_)
            | Self::Invoice(_)
            | Self::PriceBook { .. }
            | Self::Connection(_) => None,
        }
    }
}

/// A setting, as a person reads it: `Tips account`.
pub(super) fn setting_words(setting: &str) -> String {
    capital(&setting.replace(['_', '.'], " "))
}

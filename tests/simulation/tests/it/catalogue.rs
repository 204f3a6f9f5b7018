//! The catalogue of alerts, type by type: people provoke it in the sandboxes, it is told in the office over HTTP in words that
//! need no training, one of its ways out is taken, and then it is gone and both books agree (S1, S2).

mod bills;
mod connection;
mod customers;
mod desk;
mod housecall;
mod items;
mod numbers;
mod payments;
mod quickbooks;
mod refunds;

use std::{any::Any, panic::AssertUnwindSafe};

use futures::{FutureExt, future::LocalBoxFuture};
use mapping::alert::AlertKind;
use strum::IntoEnumIterator;

/// The story of a type, which returns what people read.
fn story(kind: AlertKind) -> LocalBoxFuture<'static, String> {
    use AlertKind as Kind;
    match kind {
        Kind::NotSupported => bills::not_supported().boxed_local(),
        Kind::NumberTooLong => numbers::too_long().boxed_local(),
        Kind::NumberMissing => numbers::missing().boxed_local(),
        Kind::DuplicateInvoiceNumber => numbers::duplicate_invoice().boxed_local(),
        Kind::DuplicateCreditMemoNumber => numbers::duplicate_credit_memo().boxed_local(),
        Kind::LinkableInvoice => numbers::linkable().boxed_local(),
        Kind::CustomerMatchAmbiguous => customers::ambiguous().boxed_local(),
        Kind::LinkedCustomerMatch => customers::linked().boxed_local(),
        Kind::CustomersMerged => customers::merged().boxed_local(),
        Kind::NameTaken => customers::name_taken().boxed_local(),
        Kind::ItemNameTaken => items::name_taken().boxed_local(),
        Kind::CategoryNameTaken => items::category_name_taken().boxed_local(),
        Kind::CategoryInactive => items::category_inactive().boxed_local(),
        Kind::NoLiabilityAccount => items::no_liability_account().boxed_local(),
        Kind::LiabilityRefused => items::liability_refused().boxed_local(),
        Kind::InvoiceWithoutCustomer => customers::invoice_without().boxed_local(),
        Kind::JobWithoutCustomer => customers::job_without().boxed_local(),
        Kind::LinesDoNotAddUp => bills::lines_do_not_add_up().boxed_local(),
        Kind::TaxWithoutLine => bills::tax_without_line().boxed_local(),
        Kind::SalesTaxOff => bills::sales_tax_off().boxed_local(),
        Kind::TaxRateUnmapped => bills::tax_rate_unmapped().boxed_local(),
        Kind::DiscountsOff => bills::discounts_off().boxed_local(),
        Kind::TotalMismatch => bills::total_mismatch().boxed_local(),
        Kind::ClosedPeriod => bills::closed_period().boxed_local(),
        Kind::DocumentGone => quickbooks::document_gone().boxed_local(),
        Kind::CustomerInactive => customers::inactive().boxed_local(),
        Kind::ItemInactive => items::inactive().boxed_local(),
        Kind::ItemInBothBooks => items::in_both_books().boxed_local(),
        Kind::InactiveInQuickbooks => items::account_inactive().boxed_local(),
        Kind::QuickbooksRefused => quickbooks::refused().boxed_local(),
        Kind::QuickbooksReadOnly => connection::read_only().boxed_local(),
        Kind::Reconnect => connection::reconnect().boxed_local(),
        Kind::RecordsLost => connection::records_lost().boxed_local(),
        Kind::AppKeysRefused => connection::app_keys_refused().boxed_local(),
        Kind::HousecallUnauthorized => connection::housecall_unauthorized().boxed_local(),
        Kind::HousecallRefused => housecall::refused().boxed_local(),
        Kind::FieldUnreadable => housecall::field_unreadable().boxed_local(),
        Kind::FieldLeftOut => housecall::field_left_out().boxed_local(),
        Kind::PriceBookUnreadable => housecall::price_book_unreadable().boxed_local(),
        Kind::NoLines => bills::no_lines().boxed_local(),
        Kind::PushedButRemoved => housecall::pushed_but_removed().boxed_local(),
        Kind::CustomerNotUpdated => customers::not_updated().boxed_local(),
        Kind::CreditApplied => payments::credit_applied().boxed_local(),
        Kind::RemovedInHousecall => quickbooks::removed_in_housecall().boxed_local(),
        Kind::VoidRefused => quickbooks::void_refused().boxed_local(),
        Kind::InvoicingUnclear => bills::invoicing_unclear().boxed_local(),
        Kind::UnknownLine => bills::unknown_line().boxed_local(),
        Kind::RecordLags => housecall::record_lags().boxed_local(),
        Kind::HousecallAway => connection::housecall_away().boxed_local(),
        Kind::QuickbooksAway => connection::quickbooks_away().boxed_local(),
        Kind::PullFails => quickbooks::pull_fails().boxed_local(),
        Kind::KeepsFailing => housecall::keeps_failing().boxed_local(),
        Kind::PaymentUnusable => payments::unusable().boxed_local(),
        Kind::PaymentWithoutInvoice => payments::without_invoice().boxed_local(),
        Kind::PaymentMaybeInQuickbooks => payments::maybe_there().boxed_local(),
        Kind::Overpayment => payments::overpayment().boxed_local(),
        Kind::PaymentNotApplied => payments::not_applied().boxed_local(),
        Kind::PaymentChanged => payments::changed().boxed_local(),
        Kind::PaymentChangedInQuickbooks => payments::changed_there().boxed_local(),
        Kind::PaymentRemoved => payments::removed().boxed_local(),
        Kind::PaymentReturned => payments::returned().boxed_local(),
        Kind::PaymentGone => payments::gone().boxed_local(),
        Kind::RefundUnusable => refunds::unusable().boxed_local(),
        Kind::RefundMoreThanPaid => refunds::more_than_paid().boxed_local(),
        Kind::RefundNotApplied => refunds::not_applied().boxed_local(),
        Kind::RefundWithoutAccount => refunds::without_account().boxed_local(),
        Kind::RefundDiffers => refunds::differs().boxed_local(),
        Kind::RefundNotReopened => refunds::not_reopened().boxed_local(),
        Kind::RefundMaybeInQuickbooks => refunds::maybe_there().boxed_local(),
        Kind::RefundNotTied => refunds::not_tied().boxed_local(),
        Kind::RefundGone => refunds::gone().boxed_local(),
    }
}

#[tokio::test]
async fn s1_s2_each_alert_of_the_catalogue_comes_up_is_understood_and_is_resolved_over_the_api() {
    let mut told = String::new();
    let mut failed: Vec<(AlertKind, String)> = Vec::new();
    for kind in AlertKind::iter() {
        match AssertUnwindSafe(story(kind)).catch_unwind().await {
            Ok(words) => {
                let is_it = words.starts_with(&format!("{}\n", kind.name()));
                assert!(is_it, "{kind:?}: {words}");
                told += &words;
            }
            Err(panic) => failed.push((kind, words_of(&*panic))),
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    insta::assert_snapshot!(told);
}

/// What a panic says.
fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let words = text.or_else(|| panic.downcast_ref::<String>().cloned());
    words.unwrap_or_default()
}

//! What every [`store::Table`] must do, as one suite of stories: the one in memory, DynamoDB in the
//! emulator, AWS's own DynamoDB Local.
//!
//! A story gets a table of its own, with nothing in it, and panics where the table breaks the contract.
//! [`for_each_story`] names them all, so that a story is not forgotten for one of the tables.
#![expect(clippy::panic, reason = "a story fails by panicking, like any test")]

mod conditions;
mod due;
mod listing;
mod lists;
mod repetitions;
mod rivals;
mod schema;
mod steps;
mod transactions;

pub use conditions::*;
pub use due::*;
pub use listing::*;
pub use lists::*;
pub use repetitions::*;
pub use rivals::*;
pub use schema::create_table;
pub use transactions::*;

/// Passes the names of all stories to a macro.
#[macro_export]
macro_rules! for_each_story {
    ($with:ident) => {
        $with! {
            a_record_is_created_once,
            an_update_counts_the_version,
            a_stale_update_gets_the_present_record,
            an_update_of_nothing_conflicts,
            a_deleted_record_is_gone_and_starts_again_at_one,
            a_stale_delete_gets_the_present_record,
            writing_nothing_succeeds,
            large_bodies_are_kept,
            any_text_is_kept,
            times_are_kept_exactly,
            a_repeated_write_succeeds_and_changes_nothing,
            a_repeated_delete_succeeds,
            own_earlier_writes_do_not_excuse_a_stale_one,
            own_records_do_not_excuse_a_stale_delete_or_check,
            a_repetition_after_a_rival_moved_on_conflicts,
            a_transaction_writes_all,
            a_transaction_writes_nothing_when_one_condition_fails,
            the_first_of_several_failures_is_named,
            one_writer_makes_several_transactions,
            a_check_guards_and_changes_nothing,
            a_hundred_changes_fit,
            a_repeated_transaction_succeeds_whatever_became_of_some_records,
            a_repeated_transaction_of_deletes_succeeds,
            a_delete_of_what_a_rival_removed_does_not_pass_for_the_whole,
            several_records_come_in_the_order_asked,
            a_listing_pages_through_all_records_in_order,
            a_listing_keeps_to_its_prefix_and_partition,
            a_listing_of_nothing_ends,
            due_records_come_oldest_first,
            the_limit_keeps_the_oldest_due,
            a_record_leaves_the_due_ones_when_cleared_or_deleted,
            a_list_comes_page_by_page_in_both_directions,
            a_list_keeps_to_its_part,
            a_record_moves_in_lists_and_leaves_them,
            a_list_goes_on_behind_a_record_that_is_gone,
            one_of_many_rivals_wins_each_version,
            one_of_many_rival_transactions_wins_whole,
        }
    };
}

//! V3: what the models prove, in every order; and that they notice it when something is broken.
#![expect(clippy::panic, reason = "a proof fails by panicking, like any test")]
#![expect(
    clippy::print_stdout,
    reason = "how many states there were is read from a run"
)]

mod ledger;
mod payments;

use std::{collections::BTreeSet, fmt::Debug, hash::Hash, thread::available_parallelism};

use model::core::Trouble;
use stateright::{Checker, CheckerBuilder, Expectation, HasDiscoveries, Model};

/// Nothing goes wrong.
const NONE: Trouble = Trouble {
    lost: 0,
    refused: 0,
    stale: 0,
    deaths: 0,
    deleted: 0,
};

/// One answer is lost.
const LOST: Trouble = Trouble { lost: 1, ..NONE };

/// Whether that is asked for which takes minutes.
fn is_long() -> bool {
    std::env::var("PROOF").is_ok_and(|form| form == "long")
}

fn threads<M>(checker: CheckerBuilder<M>) -> CheckerBuilder<M>
where
    M: Model + Send + Sync + 'static,
    M::State: Hash + Send + Sync,
{
    checker.threads(available_parallelism().map_or(1, usize::from))
}

/// Tries every order. Nothing that must hold breaks in any state, and these states are reached.
fn proves<M>(model: M, reaches: &[&str])
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync,
    M::Action: Clone + Debug + PartialEq + Send + Sync,
{
    let checker = threads(model.checker()).spawn_bfs().join();
    println!(
        "{} states, {} of them distinct, {} steps deep",
        checker.state_count(),
        checker.unique_state_count(),
        checker.max_depth()
    );
    let mut reached = BTreeSet::new();
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        match (property.expectation, found) {
            (Expectation::Sometimes, found) => {
                reached.extend(found.map(|_| property.name));
            }
            (_, Some(path)) => panic!("{}: {:#?}", property.name, path.into_actions()),
            (_, None) => {}
        }
    }
    assert_eq!(reached, reaches.iter().copied().collect());
}

/// What must hold breaks: the model shows a way to it.
fn finds<M>(model: M, broken: &'static str)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync,
    M::Action: Clone + Debug + PartialEq + Send + Sync,
{
    let until = HasDiscoveries::AllOf(BTreeSet::from([broken]));
    let checker = threads(model.checker())
        .finish_when(until)
        .spawn_bfs()
        .join();
    assert!(checker.discovery(broken).is_some(), "{broken}");
}

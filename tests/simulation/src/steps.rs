use std::{
    panic,
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

/// Where in a step a worker dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Nothing has happened yet.
    Before,
    /// It has happened, and the worker does not learn of it.
    After,
}

/// Counts the steps of a worker, names them, and ends the worker at a chosen one.
#[derive(Debug, Default)]
pub struct Steps {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    names: Vec<String>,
    crash_at: Option<(usize, Moment)>,
    crashed: bool,
    pause_at: Option<usize>,
}

/// What a worker that dies panics with.
#[derive(Clone, Copy, Debug)]
pub struct Crash;

impl Steps {
    /// Forgets what was counted; the worker dies at this step, if any.
    pub fn begin(&self, crash_at: Option<(usize, Moment)>) {
        silence_crashes();
        *self.state() = State {
            crash_at,
            ..State::default()
        };
    }

    /// Whoever reaches this step waits before it for a moment, so that another worker can go on meanwhile.
    pub fn pause_at(&self, step: usize) {
        self.state().pause_at = Some(step);
    }

    /// The steps so far, by name.
    pub fn names(&self) -> Vec<String> {
        self.state().names.clone()
    }

    /// Whether the worker has died since [`Steps::begin`].
    pub fn crashed(&self) -> bool {
        self.state().crashed
    }

    /// A step begins. Returns its number.
    pub(crate) fn before(&self, name: String) -> usize {
        let mut state = self.state();
        assert!(!state.crashed, "a dead worker went on with {name}");
        state.names.push(name);
        let step = state.names.len() - 1;
        die(state, step, Moment::Before);
        step
    }

    /// Waits before a step, if that was ordered.
    pub(crate) async fn pause(&self, step: usize) {
        let is_ordered = self.state().pause_at.take_if(|at| *at == step).is_some();
        if is_ordered {
            tokio::task::yield_now().await;
        }
    }

    /// The step has had its effect.
    pub(crate) fn after(&self, step: usize) {
        die(self.state(), step, Moment::After);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn die(mut state: MutexGuard<'_, State>, step: usize, moment: Moment) {
    if state.crash_at == Some((step, moment)) {
        state.crash_at = None;
        state.crashed = true;
        drop(state);
        panic::panic_any(Crash);
    }
}

/// Deaths on purpose are not worth a back trace.
fn silence_crashes() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload().downcast_ref::<Crash>().is_none() {
                usual(info);
            }
        }));
    });
}

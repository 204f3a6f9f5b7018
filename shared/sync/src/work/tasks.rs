//! The list of all tasks, and the engine that does them.

use crate::{
    config::Config,
    engine::Engine,
    job::look::JobTask,
    objects::customer_edits::CustomerEditTask,
    work::{invoice::InvoiceTask, task::AnyTask},
    world::World,
};

/// Every task that there is. A further one is a type that implements [`Task`], and a line here.
fn all<W: World>() -> Vec<&'static dyn AnyTask<W>> {
    vec![&JobTask, &InvoiceTask, &CustomerEditTask]
}

impl<W: World> Engine<W> {
    /// Puts it together.
    pub fn new(world: W, config: Config) -> Self {
        Self::with_tasks(world, config, all())
    }
}

//! The list of all tasks, and the engine that does them.

use crate::{
    config::Config,
    engine::Engine,
    job::look::JobTask,
    objects::customer_edits::CustomerEditTask,
    pull::{PullTask, PulledJobTask},
    work::{invoice::InvoiceTask, orders::OrderTask, task::AnyDueWork},
    world::World,
};

/// Every task that there is. A further one is a type that implements [`Task`](crate::work::task::Task), and a line here.
macro_rules! all {
    () => {
        vec![
            &JobTask,
            &InvoiceTask,
            &OrderTask,
            &CustomerEditTask,
            &PullTask,
            &PulledJobTask,
        ]
    };
}

fn due_work<W: World>() -> Vec<&'static dyn AnyDueWork<W>> {
    all!()
}

impl<W: World> Engine<W> {
    /// Puts it together.
    pub fn new(world: W, config: Config) -> Self {
        Self::with_tasks(world, config, all!(), due_work())
    }

    /// The same for a process that puts work on the queue and looks at none.
    pub fn without_looks(world: W, config: Config) -> Self {
        Self::with_tasks(world, config, Vec::new(), due_work())
    }
}

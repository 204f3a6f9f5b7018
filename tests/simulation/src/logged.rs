//! What the workers of this thread log, so that each story can be searched for what no log may tell (V19).

use std::{
    cell::RefCell,
    io::{self, Write},
    mem,
    sync::Once,
};

use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt};

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// From now on what is logged is kept. Repeated, it changes nothing.
pub(crate) fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines = tracing_subscriber::fmt::layer().json().with_writer(Lines);
        tracing_subscriber::registry().with(lines).init();
    });
}

/// What was logged on this thread since the last time.
pub(crate) fn take() -> String {
    let lines = LINES.with(|lines| mem::take(&mut *lines.borrow_mut()));
    String::from_utf8_lossy(&lines).into_owned()
}

struct Lines;

impl Write for Lines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        LINES.with(|lines| lines.borrow_mut().extend_from_slice(text));
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self::Writer {
        Self
    }
}

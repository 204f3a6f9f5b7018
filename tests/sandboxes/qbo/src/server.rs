//! The sandbox behind a socket.

use std::{convert::Infallible, io, time::Duration};

use sandbox_kit::{Answer, Clock, Poster, Request, Site};
use tokio::net::TcpListener;

use crate::{Sandbox, control, page};

/// So often it is looked whether a webhook is due; the hands of the clock can be moved at any time.
const LOOK: Duration = Duration::from_millis(50);

/// Answers on the socket, and sends webhooks, until the future is dropped.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(sandbox: Sandbox, listener: TcpListener) -> io::Result<()> {
    tokio::select! {
        served = sandbox_kit::serve(sandbox.clone(), listener) => served,
        never = post_webhooks(&sandbox) => match never {},
    }
}

impl Site for Sandbox {
    fn clock(&self) -> Clock {
        self.clock.clone()
    }

    async fn answer(&self, request: Request) -> Answer {
        control::answer(self, &request)
            .or_else(|| page::answer(self, &request))
            .unwrap_or_else(|| self.handle(&request))
    }
}

async fn post_webhooks(sandbox: &Sandbox) -> Infallible {
    let poster = Poster::default();
    let mut looks = tokio::time::interval(LOOK);
    loop {
        looks.tick().await;
        sandbox.deliver(&poster).await;
    }
}

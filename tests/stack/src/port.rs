use std::net::{Ipv4Addr, TcpListener};

use crate::StackError;

/// Starts a server on the port asked for, or on a free one. Between choosing a free port and using it
/// another program may take it, so a server that ends at once is started again on another port.
pub(crate) async fn start_on<T>(
    asked: Option<u16>,
    start: impl AsyncFn(u16) -> Result<T, StackError>,
) -> Result<T, StackError> {
    for _ in 0..2 {
        match start(claim(asked)?).await {
            Err(StackError::Ended { .. }) if asked.is_none() => {}
            settled => return settled,
        }
    }
    start(claim(asked)?).await
}

/// A free port on 127.0.0.1: the one asked for, or any.
fn claim(asked: Option<u16>) -> Result<u16, StackError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, asked.unwrap_or(0)));
    match (listener, asked) {
        (Ok(listener), _) => listener
            .local_addr()
            .map(|address| address.port())
            .map_err(StackError::io("read a port's number")),
        (Err(_), Some(port)) => Err(StackError::PortTaken(port)),
        (Err(source), None) => Err(StackError::io("find a free port")(source)),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_port_in_use_is_named() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(matches!(claim(Some(port)), Err(StackError::PortTaken(p)) if p == port));
        drop(held);
        assert_eq!(claim(Some(port)).unwrap(), port);
    }

    #[tokio::test]
    async fn a_server_that_lost_its_port_gets_another_one() {
        let tries = Cell::new(0);
        let lost = |_| StackError::Ended {
            name: "server".to_owned(),
            log: String::new(),
        };
        let start = async |port| {
            tries.set(tries.get() + 1);
            if tries.get() < 3 {
                Err(lost(port))
            } else {
                Ok(port)
            }
        };
        assert!(start_on(None, start).await.is_ok());
        assert_eq!(tries.get(), 3);

        tries.set(0);
        let free = claim(None).unwrap();
        assert!(start_on(Some(free), start).await.is_err());
        assert_eq!(tries.get(), 1, "a port that was asked for is not exchanged");
    }
}

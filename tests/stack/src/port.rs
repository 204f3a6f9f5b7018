use std::net::{Ipv4Addr, TcpListener};

use crate::StackError;

/// A free port on 127.0.0.1: the one asked for, or any.
pub(crate) fn claim(asked: Option<u16>) -> Result<u16, StackError> {
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
    use super::*;

    #[test]
    fn a_port_in_use_is_named() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(matches!(claim(Some(port)), Err(StackError::PortTaken(p)) if p == port));
        drop(held);
        assert_eq!(claim(Some(port)).unwrap(), port);
    }
}

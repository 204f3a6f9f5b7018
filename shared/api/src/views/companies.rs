use office::CompanyView;
use serde::Serialize;
use store::ConnectionStatus;
use utoipa::ToSchema;

use super::people::Role;

/// How a company's connection stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectionState {
    /// Work is done.
    Active,
    /// It is paused: work waits.
    Paused,
    /// QuickBooks must be connected again: work waits.
    Reconnect,
    /// The records of what was sent must be restored: work waits.
    RecordsLost,
    /// It is not connected.
    NotConnected,
}

/// A company in which you are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Company {
    /// Its id in Housecall Pro.
    id: String,
    /// What you may do there.
    role: Role,
    /// How its connection stands.
    connection: ConnectionState,
    /// The time zone of its dates.
    time_zone: Option<String>,
}

impl From<CompanyView> for Company {
    fn from(view: CompanyView) -> Self {
        Self {
            id: view.id.to_string(),
            role: view.role.into(),
            connection: match view.connection {
                Some(ConnectionStatus::Active) => ConnectionState::Active,
                Some(ConnectionStatus::Paused) => ConnectionState::Paused,
                Some(ConnectionStatus::Reconnect) => ConnectionState::Reconnect,
                Some(ConnectionStatus::RecordsLost) => ConnectionState::RecordsLost,
                None => ConnectionState::NotConnected,
            },
            time_zone: view.time_zone,
        }
    }
}

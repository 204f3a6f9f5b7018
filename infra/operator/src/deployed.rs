use std::error::Error;

use adapters::Connections;
use sync::engine::Engine;
use wiring::Live;

/// The engine on what was deployed, as the environment names it.
pub(crate) async fn engine() -> Result<Engine<Live>, Box<dyn Error>> {
    let connections = Connections::default();
    let config = adapters::operator_config(&connections).await;
    Ok(wiring::engine(&config, &connections)?)
}

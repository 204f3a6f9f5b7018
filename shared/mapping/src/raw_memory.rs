use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// What a slot remembers, as the ledger carries it: the kind of the object alone knows what it says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawMemory(Box<RawValue>);

impl RawMemory {
    /// As the kind writes it.
    ///
    /// # Errors
    /// When it cannot be put into JSON.
    pub fn new<M: Serialize>(memory: &M) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(memory).map(Self)
    }

    /// As the kind reads it.
    ///
    /// # Errors
    /// When it is another kind's.
    pub fn read<M: DeserializeOwned>(&self) -> Result<M, serde_json::Error> {
        serde_json::from_str(self.0.get())
    }
}

impl Default for RawMemory {
    /// Nothing is remembered yet.
    fn default() -> Self {
        Self(RawValue::from_string("{}".to_owned()).unwrap_or_default())
    }
}

impl PartialEq for RawMemory {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

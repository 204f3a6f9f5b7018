//! Stand-ins for the ports, for tests: everything stays in memory, nothing waits, and failures happen on request.
//!
//! Each is shared between a test and the code under test by an `Arc` (the ports are implemented for `Arc<T>`).

mod chance;
mod clock;
mod directory;
mod failures;
mod queue;
mod secrets;

pub use chance::SeededChance;
pub use clock::FakeClock;
pub use directory::FakeDirectory;
pub use queue::FakeQueue;
pub use secrets::FakeSecrets;

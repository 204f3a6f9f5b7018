use ports::{Chance, Clock, Http, Queue, Secrets};
use store::Table;

/// Everything outside, behind one name: the real ends in a Lambda, stand-ins in a simulation.
pub trait World: Send + Sync + 'static {
    /// Where records are kept.
    type Table: Table;
    /// How Housecall Pro and QuickBooks are reached.
    type Http: Http;
    /// Where secrets are kept.
    type Secrets: Secrets;
    /// Where work is put.
    type Queue: Queue;
    /// What tells the time.
    type Clock: Clock;
    /// Where new ids come from.
    type Chance: Chance;

    /// Where records are kept.
    fn table(&self) -> &Self::Table;
    /// How Housecall Pro and QuickBooks are reached.
    fn http(&self) -> &Self::Http;
    /// Where secrets are kept.
    fn secrets(&self) -> &Self::Secrets;
    /// Where work is put.
    fn queue(&self) -> &Self::Queue;
    /// What tells the time.
    fn clock(&self) -> &Self::Clock;
    /// Where new ids come from.
    fn chance(&self) -> &Self::Chance;
}

/// A [`World`] put together from its parts.
#[derive(Clone, Debug)]
pub struct Parts<T, H, S, Q, C, R> {
    /// Where records are kept.
    pub table: T,
    /// How Housecall Pro and QuickBooks are reached.
    pub http: H,
    /// Where secrets are kept.
    pub secrets: S,
    /// Where work is put.
    pub queue: Q,
    /// What tells the time.
    pub clock: C,
    /// Where new ids come from.
    pub chance: R,
}

impl<T, H, S, Q, C, R> World for Parts<T, H, S, Q, C, R>
where
    T: Table + 'static,
    H: Http + 'static,
    S: Secrets + 'static,
    Q: Queue + 'static,
    C: Clock + 'static,
    R: Chance + 'static,
{
    type Table = T;
    type Http = H;
    type Secrets = S;
    type Queue = Q;
    type Clock = C;
    type Chance = R;

    fn table(&self) -> &T {
        &self.table
    }

    fn http(&self) -> &H {
        &self.http
    }

    fn secrets(&self) -> &S {
        &self.secrets
    }

    fn queue(&self) -> &Q {
        &self.queue
    }

    fn clock(&self) -> &C {
        &self.clock
    }

    fn chance(&self) -> &R {
        &self.chance
    }
}

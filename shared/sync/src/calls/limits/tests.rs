use std::sync::Arc;

use fakes::{FakeClock, FakeQueue, FakeSecrets, SeededChance};
use ports::{Http, HttpFailure, HttpRequest, HttpResponse};
use proptest::prelude::*;
use store::memory::MemoryTable;

use super::*;
use crate::world::Parts;

/// Nobody calls anybody here.
#[derive(Debug)]
struct NoHttp;

impl Http for NoHttp {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        unreachable!("limits call nobody")
    }
}

type Anywhere = Parts<
    Arc<MemoryTable>,
    NoHttp,
    Arc<FakeSecrets>,
    Arc<FakeQueue>,
    Arc<FakeClock>,
    Arc<SeededChance>,
>;

fn world(seed: u64) -> Anywhere {
    let start: Timestamp = "2026-07-24T12:00:00Z".parse().unwrap();
    Parts {
        table: Arc::default(),
        http: NoHttp,
        secrets: Arc::default(),
        queue: Arc::default(),
        clock: Arc::new(FakeClock::new(start)),
        chance: Arc::new(SeededChance::new(seed)),
    }
}

/// Which limit, the calls that it allows, and in which time.
fn published() -> Vec<(Rate, Vec<(usize, i64)>)> {
    let realm = RealmId::new("123").unwrap();
    let company = CompanyId::parse("0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63").unwrap();
    vec![
        (Rate::Qbo(realm.clone()), vec![(10, 1_000), (500, 60_000)]),
        (Rate::QboBatch(realm), vec![(40, 60_000)]),
        (Rate::Hcp(company), vec![(4, 1_000)]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Workers that know of each other by the table only reserve calls at random times; each call is up to 5 % of the
    /// window on its way. No window ever holds more than is published.
    #[test]
    fn t13_no_window_ever_holds_more_calls_than_are_allowed(
        seed in any::<u64>(),
        pauses in prop::collection::vec((0_u64..400, 1_usize..5, 0_usize..6, 0_i64..1_000), 700),
        stretches in prop::collection::vec(0_u64..40_000, 4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (rate, windows) in published() {
            let world = world(seed);
            let workers: Vec<Limits> = (0..6).map(|_| Limits::default()).collect();
            let mut arrivals: Vec<i64> = Vec::new();
            for (n, (pause, calls, worker, late)) in pauses.iter().enumerate() {
                let quiet = if n % 175 == 0 { stretches[n / 175] } else { 0 };
                world.clock.advance(Duration::from_millis(pause / 8 + quiet));
                let patience = Duration::from_secs(15);
                let reserved = runtime.block_on(workers[*worker].reserve(&world, &rate, *calls, patience));
                let Ok(Reserved(times)) = reserved else { continue };
                let transit = windows.iter().map(|(_, ms)| *ms).min().unwrap_or(0) / 20;
                let transit = transit * late / 1_000;
                arrivals.extend(times.iter().map(|at| at.as_millisecond() + transit));
            }
            arrivals.sort_unstable();
            for (most, window) in &windows {
                for (n, first) in arrivals.iter().enumerate() {
                    let within = arrivals[n..].iter().take_while(|at| *at - first < *window).count();
                    prop_assert!(within <= *most, "{} calls in {window} ms of {}", within, rate.name());
                }
            }
        }
    }
}

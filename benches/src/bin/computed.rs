//! Facts folded into the computed attributes of many customers on all processors, as one program that prints what it
//! measured. `computed [customers] [facts]`, by default a million and ten million. It reads the time of its threads and
//! the resident size of the process, so it measures on Linux only.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use onefold::fact::{Fact, Order};
use onefold::profile::{Computations, ComputedState, Occurrence};
use onefold::{Body, Timestamp};
use onefold_benches::{Result, computations, event};

/// How many facts a thread makes before it folds them; making them is not measured.
const ROUND: u64 = 20_000;

/// The time that this thread has run.
fn ran() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(Duration::from_nanos(stat.split(' ').next().ok_or("a time")?.parse()?))
}

/// The resident bytes of this process.
fn resident() -> Result<u64> {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm")?.split(' ').nth(1).ok_or("a size")?.parse()?;
    Ok(pages * 4096)
}

/// What a thread did: facts folded, time passed, time run.
struct Done {
    facts: u64,
    elapsed: Duration,
    ran: Duration,
    states: Vec<ComputedState>,
}

/// Folds the facts of every `of`th customer from the `nth` on.
fn folded(computations: &Computations, (nth, of): (u64, u64), customers: u64, facts: u64) -> Result<Done> {
    let states = vec![ComputedState::default(); customers.div_ceil(of) as usize];
    let mut done = Done { facts: 0, elapsed: Duration::ZERO, ran: Duration::ZERO, states };
    let mut clock = computations.clock(Timestamp::UNIX_EPOCH);
    for start in (0..facts).step_by(ROUND as usize) {
        let mut round: Vec<(Fact, usize)> = Vec::new();
        for number in start..facts.min(start + ROUND) {
            let customer = (number.wrapping_mul(0xD129_0B26_54A9_27B5) >> 20) % customers;
            if customer % of == nth {
                round.push((event(number, customer)?, (customer / of) as usize));
            }
        }
        let (begin, before) = (Instant::now(), ran()?);
        for (fact, customer) in &round {
            clock.advance_to(fact.received_at());
            let Body::Event { name, properties } = fact.body() else { continue };
            let event = Occurrence::new(Order::of(fact, fact.received_at()), name, properties);
            done.states[*customer].insert(&clock, &event);
        }
        done.elapsed += begin.elapsed();
        done.ran += ran()?.saturating_sub(before);
        done.facts += round.len() as u64;
    }
    Ok(done)
}

fn main() -> Result<()> {
    let mut given = std::env::args().skip(1).map(|it| it.parse::<u64>());
    let mut next = |default| given.next().unwrap_or(Ok(default));
    let (customers, facts) = (next(1_000_000)?, next(10_000_000)?);
    let threads = thread::available_parallelism()?.get() as u64;
    let computations = computations()?;
    let before = resident()?;
    let done: Vec<Done> = thread::scope(|scope| {
        let start = |nth| {
            let computations = &computations;
            scope.spawn(move || {
                folded(computations, (nth, threads), customers, facts).map_err(|error| error.to_string())
            })
        };
        let started: Vec<_> = (0..threads).map(start).collect();
        started
            .into_iter()
            .map(|it| it.join().map_err(|_| "a thread stopped")?.map_err(Into::into))
            .collect::<Result<_>>()
    })?;
    let each = resident()?.saturating_sub(before) / customers.max(1);
    let folded: u64 = done.iter().map(|done| done.facts).sum();
    let elapsed = done.iter().map(|done| done.elapsed).max().unwrap_or_default().as_secs_f64();
    let ran: Duration = done.iter().map(|done| done.ran).sum();
    let kept: usize = done.iter().map(|done| done.states.len()).sum();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{folded} facts into {kept} customers of {} computed attributes, {threads} threads",
        computations.len()
    )?;
    writeln!(out, "{:.0} facts a second elapsed", folded as f64 / elapsed)?;
    writeln!(out, "{:.0} facts a second that all threads run", folded as f64 * threads as f64 / ran.as_secs_f64())?;
    writeln!(out, "{each} bytes a customer")?;
    Ok(())
}

//! Live segments under load: many customers, many rules, as one program that prints what it measured.
//!
//! `segments [customers] [events] [rules]`, by default 20,000, 400,000 and 1,000: a stream of events, all from scratch,
//! and sets; after `--stream` the stream alone, whose memory is then that of the process. `segments --peer FOLDER [customers] [events]` writes what `benches/peers/peer_duckdb.py` compares.

mod data;
mod scratch;
mod sets;
mod stream;

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use onefold_segment::{Rule, Segments};

use crate::data::{Failure, Numbers, rule};

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let mut given: Vec<String> = std::env::args().skip(1).collect();
    let mut peer = None;
    if given.first().is_some_and(|first| first == "--peer") {
        peer = given.get(1).map(PathBuf::from);
        given.drain(..2.min(given.len()));
    }
    let is_stream = given.first().is_some_and(|first| first == "--stream");
    given.drain(..usize::from(is_stream));
    let mut given = given.iter().map(|it| it.parse::<u64>());
    let mut next = |default| given.next().unwrap_or(Ok(default));
    let (customers, events, rules) = (next(20_000)?, next(400_000)?, next(1_000)?);
    let mut numbers = Numbers(1);
    let named = (0..rules).map(|nth| Ok((format!("segment {nth:04}"), rule(&mut numbers).parse::<Rule>()?)));
    let segments = Segments::new(named.collect::<Result<Vec<_>, Failure>>()?)?;
    if let Some(folder) = peer {
        return scratch::peer(&segments, customers, events, &folder);
    }
    if is_stream {
        return stream::stream(&mut out, &segments, customers, events, &mut numbers);
    }

    let begin = Instant::now();
    let oddities = segments.oddities(&onefold::fact::Schema::default()).len();
    writeln!(out, "{rules} rules analysed in {:.2} s, {oddities} oddities", begin.elapsed().as_secs_f64())?;
    let (least, found) = sets::sets(u32::try_from(customers)?.max(1) * 20, &mut numbers)?;
    writeln!(
        out,
        "an expression over ten random halves of {} customers: {least:.2} ms, {found} in it",
        customers * 20
    )?;
    let (took, live) = scratch::scratch(&segments, customers, events, |_| Ok(()))?;
    let members: u64 = segments.names().filter_map(|name| live.members(name)).map(|members| members.len()).sum();
    writeln!(
        out,
        "{rules} segments of {customers} customers from scratch: {:.1} s, {members} memberships",
        took.as_secs_f64()
    )?;
    drop(live);
    stream::stream(&mut out, &segments, customers, events, &mut numbers)
}

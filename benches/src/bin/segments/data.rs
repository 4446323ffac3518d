//! Made-up rules and customers.

use chrono::{DateTime, TimeDelta, Utc};
pub(crate) use onefold::fact::Properties;
use onefold::fact::{FactSet, Value};
use onefold::profile::fold;
use onefold::{Body, Draft, Profile, RecordId, RecordKey, Schema, Source};

pub(crate) type Failure = Box<dyn std::error::Error>;

/// A stream of numbers that is the same everywhere (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// How many names of events there are. A rule asks for one or two of them, so that an event touches tens of leaves.
pub(crate) const NAMES: u64 = 100;

/// A rule: half of them windowed, a quarter with sums, a tenth with sequences, a tenth with negation.
pub(crate) fn rule(numbers: &mut Numbers) -> String {
    let name = |numbers: &mut Numbers| format!("\"event {}\"", numbers.below(NAMES));
    let window = |numbers: &mut Numbers| match numbers.below(8) {
        0 => " in the last 1h".to_owned(),
        1 => " in the last 1d".to_owned(),
        2 => " in the last 7d".to_owned(),
        3 => format!(" in the last {}d", 14 + numbers.below(17)),
        _ => String::new(),
    };
    let filter = |numbers: &mut Numbers| match numbers.below(3) {
        0 => format!(" where (sku = \"s{}\")", numbers.below(4)),
        1 => format!(" where (worth >= {})", 20 * numbers.below(5)),
        _ => String::new(),
    };
    let part = |numbers: &mut Numbers| {
        let (event, filter, window) = (name(numbers), filter(numbers), window(numbers));
        match numbers.below(20) {
            0..5 => format!("sum of worth of {event}{filter} >= {}{window}", 50 * (1 + numbers.below(5))),
            5..7 => format!("sequence ({event}{filter} then {} within 2d){window}", name(numbers)),
            7..9 => format!("not did {event}{filter}{window}"),
            _ => format!("did {event}{filter} at least {} times{window}", 1 + numbers.below(4)),
        }
    };
    match numbers.below(3) {
        0 => part(numbers),
        1 => format!("{} and {}", part(numbers), part(numbers)),
        _ => format!("{} or ({} and not {})", part(numbers), part(numbers), part(numbers)),
    }
}

/// The properties that events have.
pub(crate) fn kinds() -> Vec<Properties> {
    let kind = |nth: i32| {
        let (worth, sku) = (Value::from(nth % 100), Value::from(format!("s{}", nth % 4)));
        Properties::from([("worth", Some(worth)), ("sku", Some(sku))])
    };
    (0..400).map(kind).collect()
}

pub(crate) fn names() -> Vec<String> {
    (0..NAMES).map(|nth| format!("event {nth}")).collect()
}

/// When the events begin; they run over sixty days.
pub(crate) fn start() -> Result<DateTime<Utc>, Failure> {
    Ok("2026-01-01T00:00:00Z".parse()?)
}

pub(crate) const DAYS: i64 = 60;

/// An event of a customer: when, which name, which properties.
pub(crate) type Happened = (DateTime<Utc>, usize, usize);

/// What customers did, one after the other; a few of them did most of it.
pub(crate) struct Customers {
    numbers: Numbers,
    mean: u64,
    next: u64,
    names: Vec<String>,
    kinds: Vec<Properties>,
    start: DateTime<Utc>,
}

impl Customers {
    pub(crate) fn new(customers: u64, events: u64) -> Result<Self, Failure> {
        let mean = events / customers.max(1);
        Ok(Self { numbers: Numbers(2), mean, next: 0, names: names(), kinds: kinds(), start: start()? })
    }

    /// The next customer: number, events in order, and the profile that they make.
    pub(crate) fn next(&mut self) -> Result<(u64, Vec<Happened>, Profile), Failure> {
        let number = self.next;
        self.next += 1;
        // The product of two random parts is a quarter in the mean.
        let count = 4 * self.mean * self.numbers.below(1000) * self.numbers.below(1000) / 1_000_000;
        let mut happened: Vec<Happened> = Vec::new();
        for _ in 0..count {
            let after =
                TimeDelta::microseconds(i64::try_from(self.numbers.below(86_400_000_000 * DAYS.unsigned_abs()))?);
            let (name, kind) = (usize::try_from(self.numbers.below(NAMES))?, usize::try_from(self.numbers.below(400))?);
            happened.push((self.start + after, name, kind));
        }
        happened.sort_unstable();
        let key = RecordKey::person(number.to_string());
        let id = RecordId::of(&Source::from("web"), &key);
        let fact = |(nth, (at, name, kind)): (usize, &Happened)| {
            let body = Body::Event { name: self.names[*name].as_str().into(), properties: self.kinds[*kind].clone() };
            let draft = Draft::new("web", body).key(key.clone()).occurred_at(*at).message_id(format!("{number}-{nth}"));
            draft.received("feed", *at)
        };
        let facts: FactSet = happened.iter().enumerate().map(fact).collect();
        let profile = fold(id.into(), facts.standing(None).into_iter().map(|it| (id, it)), &Schema::default(), None);
        Ok((number, happened, profile))
    }
}

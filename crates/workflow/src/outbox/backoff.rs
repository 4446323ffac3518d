//! [`Backoff`]: how often and when something is tried again.

use chrono::TimeDelta;
use onefold_fact::Digester;
use serde::{Deserialize, Serialize};

/// How often and when a message is tried again. Each time it waits twice as long as before, up to a longest wait, and up
/// to a quarter longer by chance, which is drawn from the message's key: so that what failed together is not tried
/// together. All lengths are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backoff {
    /// How long it waits after the first failure.
    pub first: u32,
    /// How long it waits at most.
    pub longest: u32,
    /// How many attempts there are at most, before it is given up.
    pub attempts: u32,
    /// How long an attempt can last; after that whoever made it must have stopped, and another is made.
    pub lease: u32,
}

impl Default for Backoff {
    /// A minute, then twice as long each time, up to six hours; ten attempts in about half a day; five minutes for one.
    fn default() -> Self {
        Self { first: 60, longest: 6 * 3_600, attempts: 10, lease: 300 }
    }
}

impl Backoff {
    /// How long it waits after so many failures of a message.
    #[must_use]
    pub fn wait(&self, failures: u32, key: &str) -> TimeDelta {
        let doubled = i64::from(self.first) << failures.saturating_sub(1).min(31);
        let wait = doubled.min(self.longest.into());
        let drawn = Digester::default().text(key).u64(failures.into()).finish();
        let drawn = drawn.as_bytes().first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
        TimeDelta::milliseconds(wait * 1_000 + wait * 250 * i64::from(drawn) / i64::from(u32::MAX))
    }

    pub(super) fn patience(&self) -> TimeDelta {
        TimeDelta::seconds(self.lease.into())
    }
}

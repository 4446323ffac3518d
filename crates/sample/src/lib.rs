//! Made-up customers with truth, for demonstration, tests and benches.
//!
//! [`write()`] makes a folder of files as the systems of one company would export them (a CRM, a shop, a newsletter tool, a web tracker, a help
//! desk) about people who live in households, move, marry, mistype, share mailboxes and devices, and appear under several names and
//! addresses; and beside them the truth: which record is about whom. A person is drawn first, with their history; a record is what one source
//! took down of them on one day; errors come last. So records contradict each other as real ones do, for reasons.
//!
//! ```
//! # fn main() -> Result<(), onefold_sample::SampleError> {
//! let folder = std::env::temp_dir().join("onefold-sample-of-crate");
//! let summary = onefold_sample::write(&onefold_sample::SampleOptions::default(), &folder, &mut |_, _| {})?;
//! assert!(summary.f1_of_linking_by_equal_mailbox_or_phone < 0.8, "equal addresses alone do not do");
//! # std::fs::remove_dir_all(&folder).ok();
//! # Ok(())
//! # }
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `data/*` | seven exports: comma, semicolon, byte order mark, Latin-1, JSON lines |
//! | `people.csv` | every person record with a name in one flat file, for matching alone |
//! | `truth/records.csv` | the person behind each key of each source; rows without an own id have `email:` and their address as the key |
//! | `truth/people.csv` | the person behind each row of `people.csv` |
//! | `truth/visits.csv` | the person behind an anonymous visitor, from when on; visitors who never sign in are not in it |
//!
//! Deleted contacts are in the data and not in the truth. Names, places and numbers are made up from general knowledge: mail domains are
//! reserved ones, telephone numbers lie, where the plan of a country leaves room, where nobody has one. Nothing depends on the clock: the
//! last day of the sample is a constant.
//!
//! It never knows about what reads it: neither about matching nor about profiles.

mod address;
mod calendar;
mod capture;
mod channel;
mod difficulty;
mod dirt;
mod email;
mod error;
mod phone;
mod population;
mod random;
mod rates;
mod record;
mod sample;
mod sheet;
mod sources;
mod tables;
mod text;
mod truth;
mod world;

#[cfg(test)]
mod tests;

pub use error::SampleError;
pub use sample::{SampleOptions, Summary, write};

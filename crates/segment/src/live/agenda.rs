//! [`Agenda`]: which subjects have to be looked at again, and when.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// How long a bucket is: 2^28 microseconds, about four and a half minutes.
const BUCKET: u32 = 28;

/// Which subjects have to be looked at again, and when: the first bucket of time in order, the later ones not yet.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    near: BinaryHeap<Reverse<(i64, u32)>>,
    /// The bucket that is in order.
    bucket: i64,
    far: BTreeMap<i64, Vec<(i64, u32)>>,
}

impl Agenda {
    pub(super) fn put(&mut self, at: i64, subject: u32) {
        let bucket = at >> BUCKET;
        if bucket <= self.bucket {
            self.near.push(Reverse((at, subject)));
        } else {
            self.far.entry(bucket).or_default().push((at, subject));
        }
    }

    /// The next entry by a clock, in order of time and then of subjects.
    pub(super) fn due(&mut self, by: i64) -> Option<(i64, u32)> {
        while self.near.is_empty() {
            let (bucket, _) = self.far.first_key_value()?;
            if *bucket > by >> BUCKET {
                return None;
            }
            let (bucket, entries) = self.far.pop_first()?;
            self.bucket = bucket;
            self.near = entries.into_iter().map(Reverse).collect();
        }
        match self.near.peek() {
            Some(Reverse((at, _))) if *at <= by => self.near.pop().map(|Reverse(entry)| entry),
            _ => None,
        }
    }
}

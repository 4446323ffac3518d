//! Which values a model may name: those that people of different names hold. Whatever else is frequent may be one
//! person's, whose records a model is not to give away.

use rayon::prelude::*;

use super::Records;
use super::generic::initials;

/// Under so many different pairs of initials a value has to be held to be named.
const FEWEST_NAMES: usize = 5;

/// By record: the initials of its name, as one number; 0 where no name is known.
pub(super) fn all_initials(records: &Records) -> Vec<u16> {
    let packed = |record| {
        let [given, family] = initials(records, record)?.map(Option::unwrap_or_default);
        Some(u16::from_le_bytes([given, family]))
    };
    (0..records.len).into_par_iter().map(|record| packed(record).unwrap_or_default()).collect()
}

/// Marks the values that may be named.
pub(super) fn mark(records: &mut Records, initials: &[u16]) {
    let cells = &records.cells;
    records.values.par_iter_mut().enumerate().for_each(|(at, values)| {
        let mut places: Vec<u32> = vec![u32::MAX; values.len()];
        let frequent = values.symbols().filter(|symbol| values.is_frequent(*symbol));
        let mut names: Vec<Names> = Vec::new();
        for symbol in frequent {
            places[symbol as usize] = u32::try_from(names.len()).unwrap_or(u32::MAX);
            names.push(Names::default());
        }
        for (record, initials) in (0_u32..).zip(initials) {
            for symbol in cells.of(record, at) {
                if let Some(names) = places.get(*symbol as usize).and_then(|place| names.get_mut(*place as usize)) {
                    names.add(*initials);
                }
            }
        }
        let may_be_named = |place: &u32| names.get(*place as usize).is_some_and(Names::are_enough);
        values.may_name(places.iter().map(may_be_named).collect());
    });
}

/// The different names under which a value is held, as far as they count.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Names {
    seen: [u16; FEWEST_NAMES],
    count: usize,
}

impl Names {
    pub(super) fn add(&mut self, initials: u16) {
        if initials != 0 && !self.are_enough() && !self.seen[..self.count].contains(&initials) {
            self.seen[self.count] = initials;
            self.count += 1;
        }
    }

    pub(super) fn are_enough(&self) -> bool {
        self.count == FEWEST_NAMES
    }
}

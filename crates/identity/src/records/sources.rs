//! [`Sources`]: from where records come, and which of these hold each party once at most.

/// The sources of records, each a run of records in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// Where each source begins, and whether it is free of duplicates.
    runs: Vec<(u32, bool)>,
    any_free: bool,
}

impl Sources {
    pub(super) fn begin(&mut self, first: u32, duplicate_free: bool) {
        self.runs.push((first, duplicate_free));
        self.any_free |= duplicate_free;
    }

    /// Whether two records are of one source that is free of duplicates, so that they are two parties.
    pub(crate) fn tell_apart(&self, a: u32, b: u32) -> bool {
        if !self.any_free {
            return false;
        }
        let run = |record: u32| self.runs.partition_point(|(first, _)| *first <= record);
        let of_a = run(a);
        of_a == run(b) && of_a.checked_sub(1).and_then(|at| self.runs.get(at)).is_some_and(|(_, free)| *free)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_apart_records_of_one_source_that_is_free_of_duplicates() {
        let mut sources = Sources::default();
        assert!(!sources.tell_apart(0, 1));
        sources.begin(2, true);
        sources.begin(4, false);
        sources.begin(6, true);
        let apart: Vec<(u32, u32)> =
            (0..8).flat_map(|a| (a + 1..8).map(move |b| (a, b))).filter(|(a, b)| sources.tell_apart(*a, *b)).collect();
        assert_eq!(apart, [(2, 3), (6, 7)]);
    }
}

//! [`Ledger`]: which deliveries the log holds, in memory.

use foldhash::fast::FixedState;
use onefold_fact::{Fact, FactId, Inserted};

use super::row::{Seal, content_key};

type HashMap<K, V> = std::collections::HashMap<K, V, FixedState>;

/// Which deliveries the log holds. Kept in memory, 24 bytes a fact: an index by id on disk would be written all over
/// with each batch, since ids are spread evenly, and cost four fifths of the speed of appending.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// By id: the position of its first delivery. 0 for erased.
    first: HashMap<FactId, u64>,
    /// By seal, and by hash of id and content: the position where the content stands. Of deliveries other than the
    /// first of their id.
    further: HashMap<Seal, u64>,
    /// By id: the positions of its deliveries after the first.
    later: HashMap<FactId, Vec<u64>>,
    /// What the commit that is being written has added.
    added: Vec<Added>,
}

#[derive(Debug)]
enum Added {
    First(FactId),
    Further(Seal),
    Later(FactId),
}

/// The position that stands for an erased fact.
const ERASED: u64 = 0;

/// What is to be done with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// Nothing: the log has it, or has erased it.
    Known(Inserted),
    /// Write the whole row.
    Full(Inserted),
    /// Write a row that repeats the content at a position.
    Again(u64),
}

impl Ledger {
    pub(super) fn with_capacity(facts: usize) -> Self {
        Self { first: HashMap::with_capacity_and_hasher(facts, FixedState::default()), ..Self::default() }
    }

    /// Enters a delivery that would stand at `position`. `first` gives the first delivery of an id by its position.
    pub(super) fn enter<E>(
        &mut self,
        fact: &Fact,
        seal: Seal,
        position: u64,
        first: impl FnOnce(u64) -> Result<(Seal, Seal), E>,
    ) -> Result<Entry, E> {
        let at = match self.first.entry(fact.id()) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(position);
                self.added.push(Added::First(fact.id()));
                return Ok(Entry::Full(Inserted::New));
            }
            std::collections::hash_map::Entry::Occupied(entry) => *entry.get(),
        };
        if at == ERASED {
            return Ok(Entry::Known(Inserted::Erased));
        }
        if self.further.contains_key(&seal) {
            return Ok(Entry::Known(Inserted::Identical));
        }
        let (first_seal, first_content) = first(at)?;
        if first_seal == seal {
            return Ok(Entry::Known(Inserted::Identical));
        }
        let content = content_key(fact);
        let stands_at = if first_content == content { Some(at) } else { self.further.get(&content).copied() };
        self.add(seal, stands_at.unwrap_or(position));
        self.later.entry(fact.id()).or_default().push(position);
        self.added.push(Added::Later(fact.id()));
        Ok(match stands_at {
            Some(at) => Entry::Again(at),
            None => {
                self.add(content, position);
                Entry::Full(Inserted::Conflicting)
            }
        })
    }

    fn add(&mut self, key: Seal, position: u64) {
        self.further.insert(key, position);
        self.added.push(Added::Further(key));
    }

    /// Enters the first delivery of an id, as read from the log.
    pub(super) fn restore_first(&mut self, id: FactId, position: u64) {
        self.first.insert(id, position);
    }

    /// Enters a later delivery of an id, as read from the log: its seal, and where its content stands.
    pub(super) fn restore_later(&mut self, id: FactId, position: u64, seal: Seal, stands_at: u64) {
        self.further.insert(seal, stands_at);
        self.later.entry(id).or_default().push(position);
    }

    /// Enters another content under a known id, as read from the log.
    pub(super) fn restore_content(&mut self, key: Seal, position: u64) {
        self.further.insert(key, position);
    }

    /// The positions of all deliveries of a fact; none, if it is not known or is erased.
    pub(super) fn positions(&self, id: FactId) -> Vec<u64> {
        let first = self.first.get(&id).copied().filter(|at| *at != ERASED);
        first.into_iter().chain(self.later.get(&id).into_iter().flatten().copied()).collect()
    }

    /// Enters an erased fact.
    pub(super) fn erase(&mut self, id: FactId) {
        self.first.insert(id, ERASED);
        self.later.remove(&id);
    }

    /// What was entered since the last time is written.
    pub(super) fn keep(&mut self) {
        self.added.clear();
    }

    /// What was entered since the last time was not written.
    pub(super) fn forget(&mut self) {
        for added in self.added.drain(..) {
            match added {
                Added::First(id) => drop(self.first.remove(&id)),
                Added::Further(seal) => drop(self.further.remove(&seal)),
                Added::Later(id) => {
                    if let Some(later) = self.later.get_mut(&id) {
                        later.pop();
                    }
                }
            }
        }
    }
}

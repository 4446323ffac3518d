//! Reading many subjects at once, on all processors.

use std::collections::HashSet;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::leaf::{Kept, Look, NEVER, Reaches, evaluate};
use super::state::{Held, State, stated};
use super::{Happening, Live};
use crate::subject::Subject;

/// How many subjects are read before what was read is put together.
const AT_ONCE: usize = 1 << 14;

/// A subject as it was read, and the rules that hold of it.
struct Loaded {
    state: State,
    entered: Vec<u32>,
}

impl Live {
    /// Reads many subjects, without a [`Change`](super::Change) for each that is in a segment. What comes of them does not
    /// depend on how many processors there are.
    pub fn load<'s>(&mut self, subjects: impl IntoIterator<Item = &'s dyn Subject>) {
        let mut subjects = subjects.into_iter();
        loop {
            let some: Vec<_> = subjects.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return;
            }
            let ids: HashSet<_, FixedState> = some.iter().map(|subject| subject.id()).collect();
            let are_new = ids.len() == some.len() && ids.iter().all(|id| !self.places.contains_key(id));
            // Who is related to others is read after them.
            if are_new && self.plan.relations.is_empty() {
                let read = |reaches: &mut Reaches, subject: &&'s dyn Subject| self.read_whole(*subject, reaches);
                let loaded: Vec<Loaded> = some.par_iter().map_init(Reaches::default, read).collect();
                loaded.into_iter().for_each(|loaded| self.place_loaded(loaded));
            } else {
                self.is_silent = true;
                some.into_iter().for_each(|subject| self.put(subject));
                self.is_silent = false;
            }
        }
    }

    /// What a subject is at the clock.
    fn read_whole(&self, subject: &dyn Subject, reaches: &mut Reaches) -> Loaded {
        let mut kept = Kept::default();
        let mut touched = Vec::new();
        for event in subject.timeline() {
            touched.clear();
            self.plan.change(&mut kept, &Happening::from(event), true, &mut touched);
        }
        let leaf = |leaf: &u32| Some((*leaf, stated(&self.plan.leaves[*leaf as usize], subject)?));
        kept.stated = self.plan.stated.iter().filter_map(leaf).collect();
        touched = self.plan.touched_by(&kept);
        touched.extend(&self.plan.stated);
        touched.sort_unstable();
        touched.dedup();

        let id = subject.id();
        let look = Look { plan: &self.plan, id, kept: &kept, clock: self.clock, is_past: false };
        let (mut held, mut rules, mut wake) = (Vec::new(), self.random.clone(), NEVER);
        for leaf in touched.drain(..) {
            let (truth, next) = look.leaf(leaf, reaches);
            let (truth, next) = (truth == Some(true), next.max(self.clock.saturating_add(1)));
            let default = self.defaults[leaf as usize];
            if truth != default || next != NEVER {
                held.push(Held { next, leaf, truth });
                wake = wake.min(next);
            }
            if truth != default {
                rules.extend(&self.plan.rules_of_leaf[leaf as usize]);
            }
        }
        held.shrink_to_fit();
        rules.sort_unstable();
        rules.dedup();
        let truth = |leaf: u32| {
            let found = held.binary_search_by_key(&leaf, |held| held.leaf);
            Some(found.map_or(self.defaults[leaf as usize], |at| held[at].truth))
        };
        let holds = |rule: &u32| evaluate(&self.plan.rules[*rule as usize], id, &mut { truth }) == Some(true);
        let untouched = self.holding.iter().filter(|rule| rules.binary_search(rule).is_err());
        let entered: Vec<u32> = rules.iter().filter(|rule| holds(rule)).chain(untouched).copied().collect();
        let state = State { id, kept, held, wake, came: self.clock, ..State::default() };
        Loaded { state, entered }
    }

    fn place_loaded(&mut self, Loaded { state, entered }: Loaded) {
        let place = u32::try_from(self.states.len()).unwrap_or(u32::MAX);
        self.places.insert(state.id, place);
        for rule in entered {
            self.members[rule as usize].insert(place);
        }
        if state.wake < NEVER {
            self.agenda.put(state.wake, place);
        }
        self.states.push(state);
    }
}

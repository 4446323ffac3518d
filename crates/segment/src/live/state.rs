//! What is kept of each subject, and how a change goes through it.

use onefold_fact::Timestamp;
use uuid::Uuid;

use super::column::Column;
use super::few::grow;
use super::leaf::{Kept, Look, NEVER, Stated, evaluate};
use super::plan::{Leaf, Plan, is_random};
use super::{Change, Happening, Live};
use crate::reference::instant;
use crate::subject::Subject;

/// What is kept of a subject.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) id: Uuid,
    pub(super) kept: Kept,
    /// The leaves that are not what they are of everybody, or will change; by leaf.
    pub(super) held: Vec<Held>,
    /// The clock at which it came.
    pub(super) came: i64,
    /// Since when rules hold that do not hold since then.
    pub(super) since: Vec<(u32, i64)>,
    /// By relation the places of those who are related to it.
    pub(super) related: Vec<Vec<u32>>,
    /// Those to whom it is related.
    pub(super) owners: Vec<u32>,
    /// When it has to be looked at again.
    pub(super) wake: i64,
    pub(super) is_gone: bool,
}

/// What a leaf is, and when that may change by time alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) next: i64,
    pub(super) leaf: u32,
    pub(super) truth: bool,
}

impl Plan {
    /// Adds an event to what is kept, or takes it away, and tells which leaves that may change. Returns whether the
    /// subject has to be read again.
    pub(super) fn change(&self, kept: &mut Kept, event: &Happening<'_>, inserts: bool, touched: &mut Vec<u32>) -> bool {
        let at = event.at.timestamp_micros();
        let mut is_open = false;
        for selector in self.looking_at(event.name) {
            if !self.selectors[selector as usize].filter.holds(event.properties) {
                continue;
            }
            for column in &self.columns_of_selector[selector as usize] {
                let keeps = &self.columns[*column as usize].keeps;
                touched.extend(&self.leaves_of_column[*column as usize]);
                match (kept.columns.binary_search_by_key(column, |entry| entry.0), inserts) {
                    (Ok(place), true) => is_open |= kept.columns[place].1.insert(keeps, at, event.properties),
                    (Ok(place), false) => {
                        kept.columns[place].1.remove(keeps, at, event.properties);
                        if kept.columns[place].1.is_empty() {
                            kept.columns.remove(place);
                        }
                    }
                    (Err(place), true) => {
                        if let Some(new) = Column::of(keeps, at, event.properties) {
                            grow(&mut kept.columns);
                            kept.columns.insert(place, (*column, new));
                        }
                    }
                    (Err(_), false) => {}
                }
            }
        }
        is_open
    }

    /// The leaves that rest on what is kept.
    pub(super) fn touched_by(&self, kept: &Kept) -> Vec<u32> {
        let columns = kept.columns.iter().flat_map(|(column, _)| &self.leaves_of_column[*column as usize]);
        columns.copied().collect()
    }
}

impl Live {
    /// The place of a subject; a new one is in the segments that hold of everybody of whom nothing is kept.
    pub(super) fn place(&mut self, subject: Uuid) -> u32 {
        if let Some(place) = self.places.get(&subject).copied() {
            if self.states[place as usize].is_gone {
                let state = &mut self.states[place as usize];
                (state.is_gone, state.came) = (false, self.clock);
                self.enter_defaults(place);
            }
            return place;
        }
        let place = u32::try_from(self.states.len()).unwrap_or(u32::MAX);
        self.places.insert(subject, place);
        self.states.push(State { id: subject, wake: NEVER, came: self.clock, ..State::default() });
        self.enter_defaults(place);
        place
    }

    fn enter_defaults(&mut self, place: u32) {
        for rule in self.holding.clone() {
            self.enter(place, rule, true);
        }
        for rule in self.random.clone() {
            self.look_at(place, rule);
        }
    }

    /// What leaves and rules are of a subject of which nothing is kept.
    pub(super) fn find_defaults(&mut self) {
        let kept = Kept::default();
        let look = Look { plan: &self.plan, id: Uuid::nil(), kept: &kept, clock: self.clock, is_past: false };
        let default = |leaf: usize| match &self.plan.leaves[leaf] {
            Leaf::Members { quantifier, .. } => quantifier.holds(0, 0),
            _ => u32::try_from(leaf).is_ok_and(|leaf| look.leaf(leaf, &mut super::Reaches::default()).0 == Some(true)),
        };
        let defaults: Vec<bool> = (0..self.plan.leaves.len()).map(default).collect();
        for (rule, tree) in self.plan.rules.iter().enumerate() {
            let rule = u32::try_from(rule).unwrap_or(u32::MAX);
            if is_random(tree) {
                self.random.push(rule);
            } else if evaluate(tree, Uuid::nil(), &mut |leaf| Some(defaults[leaf as usize])) == Some(true) {
                self.holding.push(rule);
            }
        }
        self.defaults = defaults;
    }

    /// Looks again at those leaves of a subject whose time has come.
    pub(super) fn wake(&mut self, place: u32) {
        let held = &self.states[place as usize].held;
        let due = held.iter().filter(|held| held.next <= self.clock).map(|held| held.leaf).collect();
        self.refresh(place, due);
    }

    /// Looks again at leaves of a subject, and at the rules that rest on those that are otherwise now.
    pub(super) fn refresh(&mut self, place: u32, mut touched: Vec<u32>) {
        touched.sort_unstable();
        touched.dedup();
        let mut rules: Vec<u32> = Vec::new();
        for leaf in touched {
            let (truth, next) = self.read(place, leaf);
            let default = self.defaults[leaf as usize];
            let held = &mut self.states[place as usize].held;
            let found = held.binary_search_by_key(&leaf, |held| held.leaf);
            let was = found.map_or(default, |at| held[at].truth);
            match (found, truth == default && next == NEVER) {
                (Ok(at), true) => drop(held.remove(at)),
                (Ok(at), false) => held[at] = Held { next, leaf, truth },
                (Err(_), true) => {}
                (Err(at), false) => held.insert(at, Held { next, leaf, truth }),
            }
            if truth != was {
                rules.extend(&self.plan.rules_of_leaf[leaf as usize]);
            }
        }
        self.plan_wake(place);
        self.open.extend(rules.into_iter().map(|rule| (self.plan.heights[rule as usize], place, rule)));
    }

    /// Looks again at all rules that may have turned out otherwise, those first that others ask for of members: so at
    /// one instant nobody enters and leaves again.
    pub(super) fn settle(&mut self) {
        while let Some((_, place, rule)) = self.open.pop_first() {
            self.look_at(place, rule);
        }
    }

    fn read(&mut self, place: u32, leaf: u32) -> (bool, i64) {
        let state = &self.states[place as usize];
        if let Leaf::Members { relation, quantifier, rule } = &self.plan.leaves[leaf as usize] {
            let related = state.related.get(usize::from(*relation)).map(Vec::as_slice).unwrap_or_default();
            let holding = related.iter().filter(|other| self.members[*rule as usize].contains(**other)).count();
            return (quantifier.holds(holding, related.len()), NEVER);
        }
        let look = Look { plan: &self.plan, id: state.id, kept: &state.kept, clock: self.clock, is_past: false };
        let (truth, next) = look.leaf(leaf, &mut self.reaches);
        (truth == Some(true), next.max(self.clock.saturating_add(1)))
    }

    fn plan_wake(&mut self, place: u32) {
        let state = &mut self.states[place as usize];
        let wake = state.held.iter().map(|held| held.next).min().unwrap_or(NEVER);
        if wake != state.wake {
            state.wake = wake;
            if wake < NEVER {
                self.agenda.put(wake, place);
            }
        }
    }

    /// Looks at a rule of a subject again.
    fn look_at(&mut self, place: u32, rule: u32) {
        let state = &self.states[place as usize];
        let truth = |leaf: u32| {
            let found = state.held.binary_search_by_key(&leaf, |held| held.leaf);
            Some(found.map_or(self.defaults[leaf as usize], |at| state.held[at].truth))
        };
        let holds = evaluate(&self.plan.rules[rule as usize], state.id, &mut { truth }) == Some(true);
        self.enter(place, rule, holds);
    }

    /// Lets a subject enter or leave, if it is not there already.
    pub(super) fn enter(&mut self, place: u32, rule: u32, holds: bool) {
        let members = &mut self.members[rule as usize];
        let is_otherwise = if holds { members.insert(place) } else { members.remove(place) };
        if !is_otherwise {
            return;
        }
        let state = &mut self.states[place as usize];
        match state.since.binary_search_by_key(&rule, |since| since.0) {
            Err(at) if holds && self.clock != state.came => state.since.insert(at, (rule, self.clock)),
            Ok(at) if !holds => drop(state.since.remove(at)),
            _ => {}
        }
        let segment = rule as usize;
        if segment < self.plan.segments {
            if !self.is_silent {
                let at = instant(self.clock).unwrap_or(Timestamp::MIN_UTC);
                self.changes.push(Change { at, subject: state.id, segment, entered: holds });
            }
        } else if !state.owners.is_empty() {
            let owners = state.owners.clone();
            let leaves = self.plan.members_of_rule.get(&rule).cloned().unwrap_or_default();
            for owner in owners {
                self.refresh(owner, leaves.clone());
            }
        }
    }

    /// Notes who is related to a subject.
    pub(super) fn relate(&mut self, place: u32, related: Vec<Vec<u32>>) {
        let before = std::mem::replace(&mut self.states[place as usize].related, related);
        for other in before.into_iter().flatten() {
            self.states[other as usize].owners.retain(|owner| *owner != place);
        }
        for other in self.states[place as usize].related.concat() {
            let owners = &mut self.states[other as usize].owners;
            if !owners.contains(&place) {
                owners.push(place);
            }
        }
    }
}

/// What a leaf of a field or of consent is of a subject at all clocks; `None` if nothing was ever said of it, or if the
/// leaf is another one.
pub(super) fn stated(leaf: &Leaf, subject: &dyn Subject) -> Option<Stated> {
    let micros = |at: Option<Timestamp>| at.map_or(NEVER, |at| at.timestamp_micros());
    match leaf {
        Leaf::Field { path, is } => {
            let name = path.attribute.as_str();
            let since = subject.field_since(name);
            let value = subject.field(name);
            if value.is_none() && since == Some(Timestamp::MIN_UTC) {
                return None;
            }
            Some(flips(micros(since), |clock| is.passes(path, value, clock)))
        }
        Leaf::Consent { purpose, channel, state } => {
            let at = |clock: i64| {
                let clock = instant(clock).unwrap_or(Timestamp::MIN_UTC);
                subject.consent(purpose, channel.as_deref(), clock)
            };
            let since = micros(at(i64::MIN).since);
            let read = |clock: i64| {
                let said = at(clock);
                (said.state == *state, said.next_change_at.map(|next| next.timestamp_micros()))
            };
            let stated = flips(since, read);
            let is_default = since == Timestamp::MIN_UTC.timestamp_micros() && stated.flips.is_empty();
            (!is_default).then_some(stated)
        }
        _ => None,
    }
}

/// Follows what changes by time alone from ever to ever.
fn flips(since: i64, read: impl Fn(i64) -> (bool, Option<i64>)) -> Stated {
    let (first, mut next) = read(i64::MIN);
    let (mut last, mut flips) = (first, Vec::new());
    while let Some(at) = next {
        let (truth, after) = read(at);
        if truth != last {
            flips.push(at);
            last = truth;
        }
        next = after.filter(|after| *after > at);
    }
    Stated { since, first, flips: flips.into() }
}

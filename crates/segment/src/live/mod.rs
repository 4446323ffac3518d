//! [`Live`]: who is in which segment, kept up to date by each fact that comes, goes, or is outlived.

mod agenda;
mod column;
mod few;
mod leaf;
mod load;
mod plan;
mod sequence;
mod state;

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;
use onefold_fact::{Body, Properties, Standing, Timestamp};
use onefold_profile::Event;
use uuid::Uuid;

use crate::reference::instant;
use crate::segments::{Definition, Segments};
use crate::sets::Members;
use crate::subject::Subject;
use agenda::Agenda;
use leaf::{NEVER, Reaches};
use plan::Plan;
pub(crate) use plan::rfm;
use state::{State, stated};

/// Something that happened: when, what it is called, and its properties.
#[derive(Debug, Clone, Copy)]
pub struct Happening<'a> {
    /// When.
    pub at: Timestamp,
    /// What it is called.
    pub name: &'a str,
    /// Its properties.
    pub properties: &'a Properties,
}

impl<'a> Happening<'a> {
    /// The event that a fact is; `None` if it is none.
    #[must_use]
    pub fn of(standing: Standing<'a>) -> Option<Self> {
        match standing.fact().body() {
            Body::Event { name, properties } => Some(Self { at: standing.at(), name, properties }),
            _ => None,
        }
    }
}

impl<'a> From<&'a Event> for Happening<'a> {
    fn from(event: &'a Event) -> Self {
        Self { at: event.at(), name: event.name(), properties: event.properties() }
    }
}

/// A subject entered a segment or left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// The subject.
    pub subject: Uuid,
    /// The segment, by its place among the names.
    pub segment: usize,
    /// Whether it entered.
    pub entered: bool,
}

/// That a subject is in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The clock at which it entered.
    pub since: Timestamp,
    /// The first clock at which time alone may make it leave.
    pub next_change_at: Option<Timestamp>,
}

/// Whether what is kept of a subject is up to date.
#[must_use = "a subject that has to be read again is not up to date before it is"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is.
    Done,
    /// Two events of one instant contend for being the first or the last: [`Live::put`] the subject, whose timeline
    /// has them in order.
    ReadAgain,
}

/// Who is in which segment, at a clock that never goes back.
///
/// What is kept of a subject is its events by what rules ask of them, each once however many rules ask; a window, a
/// test, or a look at the past is two searches in that. So late facts, removed ones and merges are exact, and each
/// change by time alone comes at its very clock.
///
/// ```
/// use onefold_fact::Value;
/// use onefold_segment::{Happening, Live, Rule, Segments};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let abandoned: Rule = r#"sequence ("cart") and since then no "order" for 1h in the last 1d"#.parse()?;
/// let segments = Segments::new([("abandoned cart".to_owned(), abandoned)])?;
/// let mut live = Live::new(&segments, "2026-03-01T08:00:00Z".parse()?);
///
/// let (ada, nothing) = (uuid::Uuid::from_u128(1), Default::default());
/// let cart = Happening { at: "2026-03-01T09:00:00Z".parse()?, name: "cart", properties: &nothing };
/// live.advance_to(cart.at);
/// assert_eq!(live.insert(ada, &cart), onefold_segment::Applied::Done);
///
/// live.advance_to("2026-03-05T00:00:00Z".parse()?);
/// let changes: Vec<String> = live.changes().iter().map(|it| format!("{} {}", it.at, it.entered)).collect();
/// assert_eq!(changes, ["2026-03-01 10:00:00 UTC true", "2026-03-02 09:00:00 UTC false"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Live {
    names: Vec<String>,
    plan: Plan,
    clock: i64,
    reaches: Reaches,
    agenda: Agenda,
    /// By the id of a subject its place.
    places: HashMap<Uuid, u32, FixedState>,
    states: Vec<State>,
    members: Vec<Members>,
    /// What a leaf is of a subject of which nothing is kept.
    defaults: Vec<bool>,
    /// The rules that hold of such a subject; and those of which chance decides.
    holding: Vec<u32>,
    random: Vec<u32>,
    /// The rules to look at again, by how far they ask of members, subject, and rule.
    open: BTreeSet<(u32, u32, u32)>,
    changes: Vec<Change>,
    is_silent: bool,
    late: u64,
}

impl Live {
    /// Segments without a subject, at a clock.
    #[must_use]
    pub fn new(segments: &Segments, clock: Timestamp) -> Self {
        let definitions = segments.names().filter_map(|name| segments.get(name));
        let plan = Plan::new(definitions.map(Definition::condition));
        let mut live = Self {
            names: segments.names().map(str::to_owned).collect(),
            members: vec![Members::default(); plan.rules.len()],
            plan,
            clock: clock.timestamp_micros(),
            reaches: Reaches::default(),
            agenda: Agenda::default(),
            places: HashMap::default(),
            states: Vec::new(),
            defaults: Vec::new(),
            holding: Vec::new(),
            random: Vec::new(),
            open: BTreeSet::new(),
            changes: Vec::new(),
            is_silent: false,
            late: 0,
        };
        live.find_defaults();
        live
    }

    /// Moves the clock on, and lets those enter and leave whose time has come, each at its own clock. A clock that
    /// would go back stays.
    pub fn advance_to(&mut self, clock: Timestamp) {
        let until = clock.timestamp_micros();
        while let Some((at, place)) = self.agenda.due(until) {
            if self.states[place as usize].wake == at {
                if at > self.clock {
                    self.settle();
                    self.clock = at;
                }
                self.wake(place);
            }
        }
        self.settle();
        self.clock = self.clock.max(until);
    }

    /// Adds an event of a subject. What lies ahead of the clock counts when the clock reaches it.
    pub fn insert(&mut self, subject: Uuid, event: &Happening<'_>) -> Applied {
        let place = self.place(subject);
        self.late += u64::from(event.at.timestamp_micros() < self.clock);
        self.change(place, event, true)
    }

    /// Takes an event of a subject away that was added before.
    pub fn remove_event(&mut self, subject: Uuid, event: &Happening<'_>) {
        let place = self.place(subject);
        let _ = self.change(place, event, false);
    }

    /// Reads a subject as it is: its whole timeline, its fields, what it consents to, and to whom it is related. It
    /// replaces what was kept of it, as after a merge or a split.
    pub fn put(&mut self, subject: &dyn Subject) {
        let place = self.place(subject.id());
        let state = &mut self.states[place as usize];
        let mut touched = self.plan.touched_by(&state.kept);
        state.kept.columns.clear();
        for event in subject.timeline() {
            self.plan.change(&mut state.kept, &Happening::from(event), true, &mut touched);
        }
        self.state_fields(place, subject, touched);
    }

    /// Reads the fields of a subject, what it consents to, and to whom it is related; not its timeline.
    pub fn put_fields(&mut self, subject: &dyn Subject) {
        let place = self.place(subject.id());
        self.state_fields(place, subject, Vec::new());
    }

    /// Forgets a subject, as after a merge into another, or an erasure: it leaves all segments. Those to whom it was
    /// related have to be [`put`](Self::put_fields) without it.
    pub fn remove(&mut self, subject: Uuid) {
        if let Some(place) = self.places.get(&subject).copied() {
            self.relate(place, Vec::new());
            let state = &mut self.states[place as usize];
            state.is_gone = true;
            state.kept = leaf::Kept::default();
            (state.held, state.wake) = (Vec::new(), NEVER);
            for rule in 0..u32::try_from(self.members.len()).unwrap_or(u32::MAX) {
                self.enter(place, rule, false);
            }
            self.settle();
        }
    }

    fn state_fields(&mut self, place: u32, subject: &dyn Subject, mut touched: Vec<u32>) {
        let stated = self
            .plan
            .stated
            .iter()
            .filter_map(|leaf| stated(&self.plan.leaves[*leaf as usize], subject).map(|stated| (*leaf, stated)));
        let stated = stated.collect();
        self.states[place as usize].kept.stated = stated;
        touched.extend(&self.plan.stated);
        let relations = self.plan.relations.clone();
        let mut places =
            |relation: &String| subject.related(relation).into_iter().map(|it| self.place(it.id())).collect();
        let related = relations.iter().map(&mut places).collect();
        self.relate(place, related);
        touched.extend(self.plan.members_of_rule.values().flatten());
        self.refresh(place, touched);
        self.settle();
    }

    fn change(&mut self, place: u32, event: &Happening<'_>, inserts: bool) -> Applied {
        let mut touched = Vec::new();
        let is_open = self.plan.change(&mut self.states[place as usize].kept, event, inserts, &mut touched);
        self.refresh(place, touched);
        self.settle();
        if is_open { Applied::ReadAgain } else { Applied::Done }
    }

    /// The changes since the last call, in order.
    pub fn changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Timestamp {
        instant(self.clock).unwrap_or_default()
    }

    /// The first clock after this one at which time alone may let somebody enter or leave.
    #[must_use]
    pub fn next_change_at(&self) -> Option<Timestamp> {
        self.states.iter().map(|state| state.wake).min().filter(|at| *at < NEVER).and_then(instant)
    }

    /// How many events came when the clock was past them already.
    #[must_use]
    pub fn late(&self) -> u64 {
        self.late
    }

    /// The names of the segments, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    fn segment(&self, name: &str) -> Option<usize> {
        self.names.binary_search_by(|other| other.as_str().cmp(name)).ok()
    }

    /// The members of a segment; `None` if there is no segment of this name.
    #[must_use]
    pub fn members(&self, segment: &str) -> Option<Members> {
        self.segment(segment).map(|nth| self.members[nth].clone())
    }

    /// All subjects.
    #[must_use]
    pub fn subjects(&self) -> Members {
        let there = self.states.iter().enumerate().filter(|(_, state)| !state.is_gone);
        there.filter_map(|(place, _)| u32::try_from(place).ok()).collect()
    }

    /// The subject at a place of a set of members.
    #[must_use]
    pub fn subject(&self, place: u32) -> Option<Uuid> {
        self.states.get(place as usize).map(|state| state.id)
    }

    /// Whether a subject is in a segment, since when, and until when at least.
    #[must_use]
    pub fn membership(&self, subject: Uuid, segment: &str) -> Option<Membership> {
        let nth = self.segment(segment)?;
        let place = *self.places.get(&subject)?;
        if !self.members[nth].contains(place) {
            return None;
        }
        let state = self.states.get(place as usize)?;
        let rule = u32::try_from(nth).ok()?;
        let since = state.since.binary_search_by_key(&rule, |since| since.0).map_or(state.came, |at| state.since[at].1);
        let leaves = plan::leaves(&self.plan.rules[nth]);
        let held = state.held.iter().filter(|held| leaves.contains(&held.leaf) && held.next < NEVER);
        let next_change_at = held.map(|held| held.next).min().and_then(instant);
        Some(Membership { since: instant(since)?, next_change_at })
    }

    /// What it takes in memory.
    #[must_use]
    pub fn footprint(&self) -> Footprint {
        let mut footprint = Footprint { subjects: self.places.len() as u64, ..Footprint::default() };
        for state in &self.states {
            let columns = state.kept.columns.iter().map(|(_, column)| column.bytes());
            footprint.event_bytes += columns.sum::<usize>() as u64;
            footprint.event_bytes += (state.kept.columns.capacity() * size_of::<(u32, column::Column)>()) as u64;
            footprint.leaves += state.held.len() as u64;
            footprint.leaf_bytes += (state.held.capacity() * size_of::<state::Held>()) as u64;
            footprint.leaf_bytes += (state.kept.stated.capacity() * size_of::<(u32, leaf::Stated)>()) as u64;
        }
        footprint
    }
}

/// What live segments take in memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Footprint {
    /// How many subjects.
    pub subjects: u64,
    /// How many conditions are in use: a condition counts once for each subject of which it is not what it is of
    /// everybody, or will change.
    pub leaves: u64,
    /// What is kept of these conditions.
    pub leaf_bytes: u64,
    /// What is kept of events, shared by all conditions.
    pub event_bytes: u64,
}

/// What it costs to keep a rule live, known when it is defined. Parts that other rules ask for too are shared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many conditions it has: of each a subject in use keeps at most 40 bytes.
    pub conditions: usize,
    /// In how many ways events are kept for it.
    pub columns: usize,
    /// How many bytes an event takes at most, if each path leads to one value.
    pub bytes_an_event: usize,
    /// Whether it looks at every event, whatever its name.
    pub looks_at_all: bool,
}

impl Cost {
    pub(crate) fn of(definition: &Definition) -> Self {
        let plan = Plan::new([definition.condition()]);
        let bytes = plan.columns.iter().map(|column| match column.keeps {
            plan::Keeps::Times => size_of::<i64>(),
            plan::Keeps::Sums(_) => size_of::<(i64, i64)>(),
            plan::Keeps::Items(_) => size_of::<(i64, onefold_profile::Contribution)>(),
            plan::Keeps::Keys(_) => size_of::<(i64, u128)>(),
        });
        Self {
            conditions: plan.leaves.len(),
            columns: plan.columns.len(),
            bytes_an_event: bytes.sum(),
            looks_at_all: plan.selectors.iter().any(|selector| selector.names.is_empty()),
        }
    }
}

//! [`Plan`]: a mapping laid over the columns of a file, ready to read rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use onefold_fact::{AttributeName, Conventions, Kind, Name, Namespace, Party, Schema, Source, SourceMode, Value};

use super::cache::Cache;
use super::who::Who;
use crate::infer::{Names, of_header};
use crate::mapping::{Role, Rows, SourceMapping};

/// A mapping laid over the columns of a file.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) source: Source,
    pub(super) file: Arc<str>,
    pub(super) party: Party,
    /// The name of the event that a row is; `None` where it is a record.
    pub(super) event: Option<String>,
    /// Whether it is one of the groups that somebody is in.
    pub(super) memberships: bool,
    pub(super) mode: SourceMode,
    pub(super) conventions: Conventions,
    pub(super) columns: Vec<Planned>,
    /// The column that says in which country a row's phone number is.
    pub(super) country: Option<usize>,
    /// The attributes that the columns fill, each with its slot.
    pub(super) slots: Slots,
    /// How many columns are the message id together.
    pub(super) message_ids: usize,
    pub(super) who: Who,
}

/// The attributes of a row while it is read. Each name has a slot, so that no names need to be compared for each row.
#[derive(Debug, Default)]
pub(super) struct Slots {
    names: Vec<AttributeName>,
    /// The slots in the order of their names.
    sorted: Vec<usize>,
}

impl Slots {
    /// The slot of a name.
    fn of(&mut self, name: AttributeName) -> usize {
        if let Some(slot) = self.names.iter().position(|known| *known == name) {
            return slot;
        }
        let slot = self.names.len();
        let place = self.sorted.partition_point(|other| self.names.get(*other).is_some_and(|other| *other < name));
        self.sorted.insert(place, slot);
        self.names.push(name);
        slot
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// All names: what a deleted record loses.
    pub(super) fn names(&self) -> impl Iterator<Item = &AttributeName> {
        self.names.iter()
    }

    /// The attributes by name. The map is built at once from sorted pairs, which is cheap.
    pub(super) fn attributes(&self, values: &mut [Option<Value>]) -> BTreeMap<AttributeName, Value> {
        let filled = self
            .sorted
            .iter()
            .filter_map(|slot| Some((self.names.get(*slot)?.clone(), values.get_mut(*slot)?.take()?)));
        filled.collect()
    }
}

/// A column with its role.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) header: Arc<str>,
    pub(super) job: Job,
    pub(super) cache: Cache,
}

/// A role, with its names shared so that a fact costs no copy of them.
#[derive(Debug, Clone)]
pub(super) enum Job {
    Key(Option<Namespace>),
    MessageId(Name),
    OccurredAt(Option<usize>),
    EventName,
    Attribute(usize, Kind),
    Property(Name, Kind),
    Identifier(Namespace),
    Group(Namespace, Option<String>),
    Consent { purpose: String, channel: Option<String>, asks: Asks },
    MemberRole,
    Until,
    Deleted,
    Ignore,
}

impl Plan {
    pub(crate) fn new(
        source: &Source,
        file: Arc<str>,
        mapping: &SourceMapping,
        header: &[String],
        schema: &Schema,
    ) -> Self {
        let event = match &mapping.rows {
            Some(Rows::Events(name)) => Some(name.clone()),
            _ => None,
        };
        let mut plan = Self {
            source: source.clone(),
            file,
            party: mapping.party.unwrap_or_default(),
            event,
            memberships: mapping.rows == Some(Rows::Memberships),
            mode: mapping.mode.unwrap_or_default(),
            conventions: mapping.conventions,
            columns: Vec::with_capacity(header.len()),
            country: None,
            slots: Slots::default(),
            message_ids: 0,
            who: Who::new(schema),
        };
        for header in header {
            plan.add(header, mapping.columns.get(header).unwrap_or(&Role::Ignore));
        }
        plan
    }

    /// Adds a column behind the others.
    pub(crate) fn add(&mut self, header: &str, role: &Role) {
        let job = Job::of(role, header, &mut self.slots);
        if matches!(job, Job::Attribute(_, Kind::Country)) && self.country.is_none() {
            self.country = Some(self.columns.len());
        }
        self.message_ids += usize::from(matches!(job, Job::MessageId(_)));
        self.columns.push(Planned { header: header.into(), cache: Cache::default(), job });
    }

    /// The names of attributes that are taken.
    pub(crate) fn names(&self) -> Names {
        let mut names = Names::default();
        self.slots.names().cloned().for_each(|name| names.reserve(name));
        names
    }

    /// Whether rows are events.
    pub(crate) fn is_of_events(&self) -> bool {
        self.event.is_some()
    }
}

/// What a yes in a column about consent says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Consents,
    Refuses,
}

impl Job {
    fn of(role: &Role, header: &str, slots: &mut Slots) -> Self {
        match role.clone() {
            Role::Key { identifier } => Job::Key(identifier),
            // The id of the statement is hashed into the fact's id; as a property it can still be read.
            Role::MessageId => Job::MessageId(of_header(header).as_str().into()),
            Role::OccurredAt { attribute } => Job::OccurredAt(attribute.map(|name| slots.of(name))),
            Role::EventName => Job::EventName,
            Role::Attribute { name, kind } => Job::Attribute(slots.of(name), kind),
            Role::Property { name, kind } => Job::Property(name.into(), kind),
            Role::Identifier { namespace } => Job::Identifier(namespace),
            Role::Group { namespace, role } => Job::Group(namespace, role),
            Role::Consent { purpose, channel } => Job::Consent { purpose, channel, asks: Asks::Consents },
            Role::Refusal { purpose, channel } => Job::Consent { purpose, channel, asks: Asks::Refuses },
            Role::MemberRole => Job::MemberRole,
            Role::Until => Job::Until,
            Role::Deleted => Job::Deleted,
            Role::Ignore => Job::Ignore,
        }
    }
}

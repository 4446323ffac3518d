//! Whether rows are things that happened, and what identifies them.

use onefold_fact::Kind;

use super::Column;
use super::evidence::Evidence;
use super::observed::Observed;
use super::times;
use super::vocabulary::has;
use super::words::{Class, is_line, noun, source_noun};
use crate::mapping::{Role, Rows};

/// Whether a column says what somebody is in a group.
pub(super) fn is_member_role(column: &Column<'_>) -> bool {
    const HEADERS: &str = "role memberrole contactrole companyrole position function jobtitle title relation relationship \
         relationshiptype membershiptype rolle funktion fonction rol cargo";
    has(HEADERS, &column.words.concat()) && matches!(column.kind, Kind::Text | Kind::Category)
}

impl Observed<'_> {
    /// What the rows are and, of events, which column is the row's own id.
    pub(super) fn rows(&self) -> (Rows, Option<usize>) {
        let own_id = self.own_event_id();
        match &self.given.rows {
            Some(rows @ Rows::Events(_)) => return (rows.clone(), own_id.map(|(at, _)| at)),
            Some(rows) => return (rows.clone(), None),
            None => {}
        }
        if self.is_of_memberships() {
            return (Rows::Memberships, None);
        }
        let has_time = self.columns.iter().any(|column| matches!(column.kind, Kind::Date | Kind::Timestamp));
        let person = self.of_class(Class::Person).next().or_else(|| self.of_class(Class::Organisation).next());
        let named = source_noun(self.source).filter(|(class, _)| *class == Class::Event).map(|(_, name)| name);
        if let Some((at, name)) = own_id {
            let person_first = person.is_some_and(|(person_at, column)| column.evidence.is_unique() && person_at < at);
            let about_somebody =
                person.is_some() || self.has(&[Kind::Email, Kind::Phone, Kind::FullName]) || self.has_person_names();
            if !person_first && (has_time || about_somebody) {
                return (Rows::Events(name.to_owned()), Some(at));
            }
        }
        if has_time && self.event_name().is_some() && (person.is_some() || self.has(&[Kind::Email])) {
            return (Rows::Events(named.unwrap_or("event").to_owned()), None);
        }
        // Many rows about one customer, each with its time, and nothing about who that is: things that happened.
        let repeats = person.is_some_and(|(_, column)| column.evidence.repeats());
        let who = self.has_person_names() || self.has(&[Kind::FullName, Kind::BirthDate]);
        let keyed = self
            .columns
            .iter()
            .any(|column| column.evidence.is_unique() && column.id.as_ref().is_some_and(|id| id.bare));
        if repeats && has_time && !who && !keyed {
            return (Rows::Events(named.unwrap_or("event").to_owned()), None);
        }
        (Rows::Records, None)
    }

    /// Whether rows join people and groups: they name one of each and say as what or since when, and nothing else.
    fn is_of_memberships(&self) -> bool {
        let one_of = |class| self.of_class(class).count() == 1;
        // `contacts` with a row for each says where they are now.
        let is_of_people = self.of_class(Class::Person).all(|(_, column)| column.evidence.is_unique());
        let is_other = source_noun(self.source)
            .is_some_and(|(class, _)| class == Class::Event || (class == Class::Person && is_of_people));
        let (mut joined, mut says) = (one_of(Class::Person) && one_of(Class::Organisation) && !is_other, false);
        for (_, column) in self.free() {
            let is_one = matches!(Self::class(column), Some((Class::Person | Class::Organisation, _)));
            let is_bare = column.id.as_ref().is_some_and(|id| id.bare);
            let of_it = is_member_role(column) || times::begins(column) || times::ends(column);
            says |= of_it;
            joined &= is_one || is_bare || of_it || times::is_of_record(column);
        }
        joined && says
    }

    /// The id of the row itself, and the noun for what happened.
    fn own_event_id(&self) -> Option<(usize, &'static str)> {
        let about = source_noun(self.source);
        let mut candidates: Vec<(usize, &Column<'_>, &'static str)> =
            self.of_class(Class::Event).filter_map(|(at, column)| Some((at, column, Self::class(column)?.1))).collect();
        for (at, column) in self.free() {
            let bare_id = column.id.as_ref().is_some_and(|id| id.bare);
            if let [word] = column.words.as_slice()
                && let Some((Class::Event, name)) = noun(word)
                && column.evidence.is_id_like()
            {
                // `Invoice` over invoice numbers.
                candidates.push((at, column, name));
            } else if bare_id
                && column.evidence.is_unique()
                && let Some((Class::Event, name)) = about
            {
                // The `id` in a file of orders.
                candidates.push((at, column, name));
            }
        }
        // In a file of returns the order's id is another's; and what is unique is the row's own.
        let rank = |(at, column, name): &(usize, &Column<'_>, &'static str)| {
            let of_source = about.is_some_and(|(_, about)| about == *name);
            (!(column.evidence.is_unique() && of_source), !column.evidence.is_unique(), !of_source, *at)
        };
        candidates.sort_by_key(rank);
        candidates.first().map(|(at, _, name)| (*at, *name))
    }

    /// The columns that together are the id of an event: its own id, with the line if that makes it unique.
    pub(super) fn message_id(&self, own_id: Option<usize>) -> Vec<usize> {
        if self.gives(|role| matches!(role, Role::MessageId)).is_some() {
            return Vec::new();
        }
        let Some(at) = own_id else { return Vec::new() };
        let Some(own) = self.columns.get(at) else { return Vec::new() };
        if own.evidence.is_unique() {
            return vec![at];
        }
        let line = self.free().find(|(_, column)| {
            is_line(&column.words) && {
                let joined: Vec<String> =
                    own.values.iter().zip(column.values).map(|(own, line)| format!("{own}\u{1F}{line}")).collect();
                Evidence::of(joined.iter().map(String::as_str)).is_unique()
            }
        });
        line.map_or_else(Vec::new, |(line, _)| vec![at, line])
    }

    /// The column that says what happened: a small vocabulary under a header that says so.
    pub(super) fn event_name(&self) -> Option<usize> {
        const HEADERS: &str = "event eventname eventtype action activity activitytype ereignis evenement";
        if self.gives(|role| matches!(role, Role::EventName)).is_some() {
            return None;
        }
        self.free()
            .find(|(_, column)| {
                has(HEADERS, &column.words.concat())
                    && matches!(column.kind, Kind::Category | Kind::Text)
                    && !column.evidence.is_unique()
            })
            .map(|(at, _)| at)
    }

    /// Whom an event is about.
    pub(super) fn event_key(&self, own_id: Option<usize>) -> Option<usize> {
        self.of_class(Class::Person)
            .chain(self.of_class(Class::Organisation))
            .find(|(at, _)| Some(*at) != own_id)
            .map(|(at, _)| at)
    }
}

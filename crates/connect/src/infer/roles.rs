//! Which role each column has, once its kind is known: who the rows are about, what they are, and what identifies them.

use onefold_fact::{AttributeName, Kind, Party, Source};

use super::events::is_member_role;
use super::names::Names;
use super::observed::{Observed, is_bare_name, is_neutral};
use super::vocabulary::{canonical, has, is_personal};
use super::words::{Class, source_noun};
use super::{Column, names, times};
use crate::mapping::{Role, Rows, SourceMapping};

/// What opt-outs are about: the purpose that they were made for.
const MARKETING: &str = "marketing";

/// The mapping that the columns suggest, around what is `given`.
pub(super) fn roles(source: &Source, columns: &[Column<'_>], given: &SourceMapping) -> SourceMapping {
    let table = Observed { source: source.as_str(), columns, given };
    let (rows, own_id) = table.rows();
    let organisations = match given.party {
        Some(party) => party == Party::Organisation,
        None => table.is_about_organisations(&rows),
    };
    let party = if organisations { Party::Organisation } else { Party::Person };
    let events = matches!(rows, Rows::Events(_));
    let memberships = rows == Rows::Memberships;
    let key = table
        .given_key()
        .or_else(|| if events || memberships { table.event_key(own_id) } else { table.record_key(organisations) });
    let occurred_at = match &rows {
        _ if table.gives(|role| matches!(role, Role::OccurredAt { .. })).is_some() => None,
        Rows::Events(name) => times::of_event(columns, name),
        Rows::Memberships => times::of_membership(columns),
        _ => times::of_record(columns),
    };
    let mut names = Names::default();
    for (_, role) in given.columns.iter() {
        match role {
            Role::Attribute { name, .. } | Role::OccurredAt { attribute: Some(name) } => names.reserve(name.clone()),
            _ => {}
        }
    }
    columns.iter().filter_map(|column| column.declared.clone()).for_each(|name| names.reserve(name));
    let common = table.common_names(&mut names, organisations);
    let message_id = if events { table.message_id(own_id) } else { Vec::new() };
    let event_name = if events { table.event_name() } else { None };
    let mut mapping = SourceMapping { party: Some(party), rows: Some(rows), ..SourceMapping::default() };
    for ((at, column), common) in columns.iter().enumerate().zip(common) {
        if let Some(role) = given.columns.get(column.header) {
            mapping.columns.insert(column.header, role.clone());
            continue;
        }
        let own = || names.own(if table.is_job_title(column) { "job_title" } else { column.header });
        let role = if key == Some(at) {
            Role::Key { identifier: table.telling(column) }
        } else if message_id.contains(&at) {
            Role::MessageId
        } else if occurred_at == Some(at) {
            // Of an event the time is kept with it; of a record it would be lost as something to ask for.
            Role::OccurredAt { attribute: (!events && !memberships).then(own) }
        } else if memberships && let Some(role) = of_membership(column) {
            role
        } else if event_name == Some(at) {
            Role::EventName
        } else if !events && column.declared.is_none() && table.says_deleted(column) {
            Role::Deleted
        } else if !events
            && column.declared.is_none()
            && let Some(channel) = table.says_refused(column)
        {
            Role::Refusal { purpose: MARKETING.to_owned(), channel: channel.map(str::to_owned) }
        } else {
            match table.reference(column, organisations) {
                Some(role) => role,
                None if events && !is_personal(column.kind) => {
                    Role::Property { name: names::of_header(column.header).to_string(), kind: column.kind }
                }
                None if let Some(name) = &column.declared => Role::attribute(name.clone(), column.kind),
                None => {
                    let kind = table.kind_of(column, organisations);
                    Role::Attribute { name: common.unwrap_or_else(own), kind }
                }
            }
        };
        mapping.columns.insert(column.header, role);
    }
    mapping
}

/// What a column says of a membership, beside whose it is and since when. The id and the times of the row itself say nothing of
/// the customer.
fn of_membership(column: &Column<'_>) -> Option<Role> {
    match () {
        () if is_member_role(column) => Some(Role::MemberRole),
        () if times::ends(column) => Some(Role::Until),
        () if times::begins(column) || times::is_of_record(column) => Some(Role::Ignore),
        () if column.id.as_ref().is_some_and(|id| id.bare) => Some(Role::Ignore),
        () => None,
    }
}

impl Observed<'_> {
    /// What a source calls its records: an id by name and by values, else by name, else by values.
    fn record_key(&self, organisations: bool) -> Option<usize> {
        let own = if organisations { Class::Organisation } else { Class::Person };
        let about = source_noun(self.source).map(|(_, name)| name);
        let rank = |(at, column): &(usize, &Column<'_>)| {
            let class = Self::class(column);
            let bare = column.id.as_ref().is_some_and(|id| id.bare);
            let of_source = class.is_some_and(|(_, name)| Some(name) == about);
            let of_party = class.is_some_and(|(class, _)| class == own);
            let by_name = bare || of_source || of_party;
            let unknown_id = column.id.as_ref().is_some_and(|id| !id.bare && id.noun.is_none());
            let unique = column.evidence.is_unique();
            let rank = match () {
                () if unique && of_source => 0,
                () if unique && bare => 1,
                () if unique && of_party => 2,
                () if unique && unknown_id && *at == 0 => 3,
                () if by_name && *at == 0 => 4,
                () if unique && *at == 0 && column.evidence.is_id_like() && is_neutral(column.kind) => 5,
                () if by_name && (bare || of_source) => 6,
                () if by_name => 7,
                () => return None,
            };
            Some((rank, *at))
        };
        // What the header calls a number may still be a phone number.
        self.free()
            .filter(|(_, column)| column.kind == Kind::ExternalId || is_neutral(column.kind))
            .filter_map(|candidate| rank(&candidate))
            .min()
            .map(|(_, at)| at)
    }

    /// Whether rows are about companies: they have a company's name and no person's.
    fn is_about_organisations(&self, rows: &Rows) -> bool {
        let person_id = self.of_class(Class::Person).next().is_some();
        let organisation_id = self.of_class(Class::Organisation).next();
        if *rows == Rows::Memberships {
            return false;
        }
        if let Rows::Events(_) = rows {
            let who = self.has_person_names() || self.has(&[Kind::FullName, Kind::BirthDate, Kind::Email, Kind::Phone]);
            return organisation_id.is_some() && !person_id && !who;
        }
        if self.has_person_names() || self.has(&[Kind::BirthDate, Kind::Gender, Kind::NameTitle]) {
            return false;
        }
        let named_so = source_noun(self.source).is_some_and(|(class, _)| class == Class::Organisation);
        let names = || self.columns.iter().filter(|column| column.kind == Kind::FullName || is_bare_name(column));
        if self.has(&[Kind::Company]) {
            // A contact's name beside the company's makes the row one about the contact.
            let contact = names().any(|column| !is_bare_name(column));
            return !contact
                && (named_so
                    || names().next().is_none()
                    || organisation_id.is_some_and(|(_, id)| id.evidence.is_unique()));
        }
        let keyed_so = organisation_id.is_some_and(|(at, column)| at == 0 && column.evidence.is_unique()) && !person_id;
        let sounds_so = names().any(|column| column.evidence.most(column.evidence.legal_form, 30));
        names().next().is_some() && (named_so || keyed_so || sounds_so)
    }

    /// The common name for each column that has the first claim to it: one whose header is that name, then plain words
    /// for it, then others; by place among equals.
    fn common_names(&self, names: &mut Names, organisations: bool) -> Vec<Option<AttributeName>> {
        let mut common = vec![None; self.columns.len()];
        let mut claims: Vec<(usize, usize, Kind)> = self
            .free()
            // Others expect one value under a common name.
            .filter(|(_, column)| !column.list && column.declared.is_none())
            .map(|(at, column)| {
                let kind = self.kind_of(column, organisations);
                let same = canonical(kind).is_some_and(|name| names::of_header(column.header).as_str() == name);
                (
                    if same {
                        0
                    } else if column.plain {
                        1
                    } else {
                        2
                    },
                    at,
                    kind,
                )
            })
            .collect();
        claims.sort_by_key(|(rank, at, _)| (*rank, *at));
        for (_, at, kind) in claims {
            common[at] = names.common(kind);
        }
        common
    }

    /// The kind of a column, given what the rows are about: the name of an organisation is a company's.
    fn kind_of(&self, column: &Column<'_>, organisations: bool) -> Kind {
        if organisations && (column.kind == Kind::FullName || is_bare_name(column)) {
            Kind::Company
        } else if self.is_job_title(column) {
            Kind::Category
        } else {
            column.kind
        }
    }

    /// Whether the `title` of a person is not a form of address but a job.
    fn is_job_title(&self, column: &Column<'_>) -> bool {
        matches!(column.words.as_slice(), [word] if word == "title")
            && matches!(column.kind, Kind::Text | Kind::Category)
            && self.has_person_names()
    }

    /// The namespace of a key that other sources know too: its header says what it names.
    fn telling(&self, column: &Column<'_>) -> Option<onefold_fact::Namespace> {
        let class = column.id.as_ref()?.noun?.0;
        matches!(class, Class::Person | Class::Organisation).then(|| names::of_header(column.header).as_str().into())
    }

    /// What a column with somebody's id is, if it is not the key.
    fn reference(&self, column: &Column<'_>, organisations: bool) -> Option<Role> {
        let (class, _) = Self::class(column)?;
        let namespace = || names::of_header(column.header).as_str().into();
        match class {
            Class::Person if !organisations => Some(Role::Identifier { namespace: namespace() }),
            Class::Organisation if !organisations => Some(Role::Group { namespace: namespace(), role: None }),
            Class::Organisation => Some(Role::Identifier { namespace: namespace() }),
            _ => None,
        }
    }

    /// Whether a column says that people want nothing more from the house, and through which channel. Who said yes is not
    /// concluded from a header: somebody has to say what they said it to.
    fn says_refused(&self, column: &Column<'_>) -> Option<Option<&'static str>> {
        const HEADERS: [(&str, Option<&str>); 4] = [
            ("optout optedout hasoptedout unsubscribed donotcontact nomarketing", None),
            (
                "emailoptout emailoptedout optedoutemail hasoptedoutofemail optedoutofemail donotemail noemail \
                 emailunsubscribed unsubscribedfromemail unsubscribedfromallemail",
                Some("email"),
            ),
            ("donotcall nocalls calloptout phoneoptout optedoutofcalls", Some("phone")),
            ("smsoptout smsoptedout optedoutofsms nosms donottext donotsms", Some("sms")),
        ];
        let header = column.words.concat();
        let says = column.evidence.most(column.evidence.boolean + column.evidence.any_timestamp, 90);
        HEADERS.iter().find(|(headers, _)| has(headers, &header)).filter(|_| says).map(|(_, channel)| *channel)
    }

    fn says_deleted(&self, column: &Column<'_>) -> bool {
        const HEADERS: &str = "deleted isdeleted deletedat deletedon geloescht geloscht supprime eliminado";
        has(HEADERS, &column.words.concat())
            && (column.evidence.filled == 0
                || column.evidence.most(column.evidence.boolean.max(column.evidence.any_timestamp), 90))
    }
}

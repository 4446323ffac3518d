//! [`View`]: what a purpose or a role may see of a profile, and nothing else.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use onefold_fact::{
    AttributeName, Configuration, CustomerId, Identifier, Kind, PiiClass, Schema, Timestamp, Value, is_same_name,
};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::consent::ConsentState;
use crate::identifier::{HeldIdentifier, holders};
use crate::mask::{mask, mask_identifier};
use crate::nested::{Entry, within};
use crate::profile::Profile;
use crate::suppression::Suppressed;

/// Which purposes and roles there are, and what each of them may see: configuration, which is adopted. A purpose or a
/// role that is not declared sees nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// By purpose.
    pub purposes: BTreeMap<String, PurposeSpec>,
    /// By role.
    pub roles: BTreeMap<String, Sight>,
}

impl Policy {
    /// The part of the configuration that it is.
    pub const PART: &str = "policy";
}

impl TryFrom<&Policy> for Configuration {
    type Error = serde_json::Error;

    fn try_from(policy: &Policy) -> Result<Self, Self::Error> {
        Ok(Self { part: Policy::PART.to_owned(), name: String::new(), json: serde_json::to_string(policy)? })
    }
}

/// A purpose of using data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeSpec {
    /// Whether the customer must have said yes. Otherwise another legal basis carries it.
    pub needs_consent: bool,
    /// What it may see. An attribute that names its purposes in the schema is seen by those only, whatever this says.
    #[serde(default)]
    pub sees: Sight,
}

/// What may be seen of a profile. By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sight {
    /// Attributes, by name.
    pub attributes: Access,
    /// The most personal class that is seen as it stands: of attributes, of properties of events, of identifiers and
    /// groups. A property, at any depth, or an identifier of a namespace, is of the class of the attribute of that name; an
    /// identifier also of every attribute that holds the same. What no attribute declares is personal, and within a value
    /// of the class of that value; by the name of a number that a state gave somebody (`ssn`) it is sensitive.
    pub up_to: PiiClass,
    /// What is more personal than that is seen masked instead of not at all.
    pub masked: bool,
    /// Identifiers, by namespace.
    pub identifiers: Access,
    /// Events, by name.
    pub events: Access,
    /// Properties of those events, by name.
    pub properties: Access,
    /// Groups, by namespace.
    pub groups: Access,
}

impl Sight {
    /// All there is.
    #[must_use]
    pub fn everything() -> Self {
        let all = || Access::All;
        Self {
            attributes: all(),
            up_to: PiiClass::Sensitive,
            masked: false,
            identifiers: all(),
            events: all(),
            properties: all(),
            groups: all(),
        }
    }
}

impl Sight {
    /// Whether what stands under a name is of a class that is seen as it stands.
    pub(crate) fn is_open(&self, name: &str, schema: &Schema) -> bool {
        schema.pii(name) <= self.up_to
    }

    /// Whether a property of an event is seen as it stands.
    #[must_use]
    pub fn shows_property(&self, name: &str, schema: &Schema) -> bool {
        self.properties.allows(name) && self.is_open(name, schema)
    }

    /// What is seen of a computed value. It is as personal as its name and as the properties that it is made from
    /// ([`ComputedAttribute::reads`](crate::ComputedAttribute::reads)), as far as the schema declares them.
    #[must_use]
    pub fn computed(&self, name: &str, value: &Value, from: &BTreeSet<&str>, schema: &Schema) -> Option<Value> {
        if !self.attributes.allows(name) || from.iter().any(|property| self.properties.bars(property)) {
            return None;
        }
        if self.is_open(name, schema) && from.iter().all(|property| self.is_open_within(property, schema)) {
            return Some(value.clone());
        }
        self.masked.then(|| Value::from(mask(Kind::FreeText, value)))
    }

    /// The same of a name within a value that is seen: what nobody declared is of the class of the value.
    pub(crate) fn is_open_within(&self, name: &str, schema: &Schema) -> bool {
        schema.pii_within(name).is_none_or(|class| class <= self.up_to)
    }
}

/// Which names are open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// None.
    #[default]
    Nothing,
    /// All of them.
    All,
    /// These.
    Only(BTreeSet<String>),
    /// All but these, in whatever spelling ([`is_same_name`]); of attributes and properties also within a value.
    Except(BTreeSet<String>),
}

impl Access {
    /// These names only.
    pub fn only<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Access::Only(names.into_iter().map(Into::into).collect())
    }

    /// Whether a name is open.
    #[must_use]
    pub fn allows(&self, name: &str) -> bool {
        match self {
            Access::Nothing => false,
            Access::All => true,
            Access::Only(names) => names.contains(name),
            Access::Except(names) => !names.iter().any(|barred| is_same_name(barred, name)),
        }
    }

    /// Whether a name is one of those that are excepted.
    pub(crate) fn bars(&self, name: &str) -> bool {
        matches!(self, Access::Except(_)) && !self.allows(name)
    }
}

/// Why there is no view.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The purpose is not declared.
    #[error("unknown purpose `{purpose}`; declare it in the policy")]
    UnknownPurpose {
        /// The purpose.
        purpose: String,
    },
    /// The role is not declared.
    #[error("unknown role `{role}`; declare it in the policy")]
    UnknownRole {
        /// The role.
        role: String,
    },
    /// The customer has not said yes.
    #[error("consent to `{purpose}` is {state}, and the purpose needs it granted")]
    NoConsent {
        /// The purpose.
        purpose: String,
        /// What the customer said.
        state: ConsentState,
    },
    /// They are on the list of the suppressed.
    #[error("they are not to be {}: an identifier of theirs is on the list of the suppressed", match .what {
        Suppressed::Process => "processed",
        Suppressed::Contact => "contacted",
    })]
    Suppressed {
        /// What is not to be done.
        what: Suppressed,
    },
}

/// What a purpose or a role may see of a profile. It holds nothing else, so nothing else can be read from it, printed or
/// written; a function that takes a view cannot leak.
///
/// There is no way from a view back to its profile:
///
/// ```compile_fail
/// fn leak(view: &onefold_profile::View<'_>) -> Option<onefold_fact::Value> {
///     view.profile().value("email").cloned()
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View<'a> {
    id: CustomerId,
    attributes: BTreeMap<AttributeName, Cow<'a, Value>>,
    identifiers: Vec<IdentifierView<'a>>,
    events: Vec<EventView<'a>>,
    groups: Vec<(IdentifierView<'a>, Option<&'a str>)>,
}

/// What may be seen of an identifier or a group: its namespace, and its value as it stands or masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierView<'a> {
    namespace: &'a str,
    value: Cow<'a, str>,
}

impl<'a> IdentifierView<'a> {
    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &'a str {
        self.namespace
    }

    /// The value, or what is shown in its place.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// `email:a***@x.io`.
impl fmt::Display for IdentifierView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.value)
    }
}

impl Serialize for IdentifierView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What may be seen of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView<'a> {
    name: &'a str,
    at: Timestamp,
    properties: BTreeMap<&'a str, Cow<'a, Value>>,
}

impl<'a> EventView<'a> {
    /// What happened.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The value of a property that may be seen, a masked one as masked text.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.get(name).map(AsRef::as_ref)
    }
}

impl Profile {
    /// What a purpose may see, through a channel if it uses one.
    ///
    /// ```
    /// # use onefold_fact::{Body, Draft, FactSet, RecordKey, Schema};
    /// # use onefold_profile::{Access, Policy, PurposeSpec, Refusal, Sight, fold};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let at = "2026-03-01T00:00:00Z".parse()?;
    /// # let fact = Draft::new("crm", Body::set([("city", "Bonn")])).key(RecordKey::person("1")).received("b", at);
    /// # let id = fact.record().ok_or("a record")?;
    /// # let facts = FactSet::from_iter([fact]);
    /// # let profile = fold(id.into(), facts.standing(None).into_iter().map(|it| (id, it)), &Schema::default(), None);
    /// let newsletter = PurposeSpec { needs_consent: true, sees: Sight { attributes: Access::All, ..Sight::default() } };
    /// let policy = Policy { purposes: [("marketing".to_owned(), newsletter)].into(), ..Policy::default() };
    /// let refused = profile.view("marketing", Some("email"), &policy, &Schema::default(), at);
    /// assert!(matches!(refused, Err(Refusal::NoConsent { .. })));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the purpose is not declared, or needs a consent that is not granted at this clock.
    pub fn view<'a>(
        &'a self,
        purpose: &str,
        channel: Option<&str>,
        policy: &Policy,
        schema: &Schema,
        clock: Timestamp,
    ) -> Result<View<'a>, Refusal> {
        self.view_under(purpose, self.consent_state(purpose, channel, clock), policy, schema)
    }

    /// The same where what the customer says to the purpose is known from elsewhere: of a profile of the past, what they say
    /// now.
    ///
    /// # Errors
    /// When the purpose is not declared, or needs a consent and this is another answer.
    pub fn view_under<'a>(
        &'a self,
        purpose: &str,
        state: ConsentState,
        policy: &Policy,
        schema: &Schema,
    ) -> Result<View<'a>, Refusal> {
        let spec =
            policy.purposes.get(purpose).ok_or_else(|| Refusal::UnknownPurpose { purpose: purpose.to_owned() })?;
        if spec.needs_consent && state != ConsentState::Granted {
            return Err(Refusal::NoConsent { purpose: purpose.to_owned(), state });
        }
        Ok(View::of(self, &spec.sees, schema, Some(purpose)))
    }

    /// What a role may see.
    ///
    /// # Errors
    /// When the role is not declared.
    pub fn view_for<'a>(&'a self, role: &str, policy: &Policy, schema: &Schema) -> Result<View<'a>, Refusal> {
        let sees = policy.roles.get(role).ok_or_else(|| Refusal::UnknownRole { role: role.to_owned() })?;
        Ok(View::of(self, sees, schema, None))
    }
}

/// What is shown of values: by a sight, for a purpose if it is one's.
struct Shows<'s> {
    sees: &'s Sight,
    schema: &'s Schema,
    purpose: Option<&'s str>,
}

impl Shows<'_> {
    /// Whether the purposes of a name allow it.
    fn serves(&self, name: &str) -> bool {
        self.purpose.is_none_or(|purpose| self.schema.serves(name, purpose))
    }

    /// A value under a name that is open, as far as its class and its purposes allow, and those of the names within it.
    fn value<'a>(&self, name: &str, value: &'a Value, access: &Access) -> Option<Cow<'a, Value>> {
        if !self.serves(name) {
            return None;
        }
        if self.sees.is_open(name, self.schema) {
            return Some(within(value, &|name, value| self.entry(name, value, access)));
        }
        self.sees.masked.then(|| Cow::Owned(self.masked(name, value)))
    }

    /// What becomes of an entry within an open value. What nobody declared is as open as what it stands in.
    fn entry(&self, name: &str, value: &Value, access: &Access) -> Entry {
        if access.bars(name) || !self.serves(name) {
            return Entry::Gone;
        }
        match self.sees.is_open_within(name, self.schema) {
            true => Entry::Open,
            false if self.sees.masked => Entry::Instead(self.masked(name, value)),
            false => Entry::Gone,
        }
    }

    fn masked(&self, name: &str, value: &Value) -> Value {
        let kind = self.schema.declared(name).next().map_or(Kind::FreeText, |spec| spec.kind);
        Value::from(mask(kind, value))
    }

    /// An identifier, as far as its namespace allows and every attribute that holds the same.
    fn identifier<'a>(&self, identifier: &'a Identifier, profile: &Profile) -> Option<IdentifierView<'a>> {
        let namespace = identifier.namespace().as_str();
        if !self.serves(namespace) {
            return None;
        }
        let mut open = self.sees.is_open(namespace, self.schema);
        for name in holders(profile, identifier, |name| !self.serves(name) || !self.sees.is_open(name, self.schema)) {
            if !self.serves(name) {
                return None;
            }
            open = false;
        }
        let value = if open {
            Cow::Borrowed(identifier.value())
        } else if self.sees.masked {
            Cow::Owned(mask_identifier(identifier))
        } else {
            return None;
        };
        Some(IdentifierView { namespace, value })
    }

    fn event<'a>(&self, event: &'a crate::Event) -> EventView<'a> {
        let there = event.properties().iter().filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?)));
        let open = there.filter(|(name, _)| self.sees.properties.allows(name));
        let shown = |(name, value)| Some((name, self.value(name, value, &self.sees.properties)?));
        let properties = open.filter_map(shown).collect();
        EventView { name: event.name(), at: event.at(), properties }
    }
}

impl<'a> View<'a> {
    fn of(profile: &'a Profile, sees: &Sight, schema: &Schema, purpose: Option<&str>) -> Self {
        let shows = Shows { sees, schema, purpose };
        let attributes = profile.attributes.iter().filter(|(name, _)| sees.attributes.allows(name.as_str()));
        let identifiers = profile.identifiers.iter().map(HeldIdentifier::identifier);
        let identifiers = identifiers.filter(|it| sees.identifiers.allows(it.namespace().as_str()));
        let events = profile.timeline.iter().filter(|it| sees.events.allows(it.name()));
        let groups = profile.groups.iter().filter(|it| sees.groups.allows(it.group().namespace().as_str()));
        Self {
            id: profile.id,
            attributes: attributes
                .filter_map(|(name, it)| {
                    Some((name.clone(), shows.value(name.as_str(), it.value(), &sees.attributes)?))
                })
                .collect(),
            identifiers: identifiers.filter_map(|it| shows.identifier(it, profile)).collect(),
            events: events.map(|it| shows.event(it)).collect(),
            groups: groups.filter_map(|it| Some((shows.identifier(it.group(), profile)?, it.role()))).collect(),
        }
    }

    /// The customer.
    #[must_use]
    pub fn id(&self) -> CustomerId {
        self.id
    }

    /// The attributes that may be seen, with their values, masked ones as masked text.
    pub fn attributes(&self) -> impl Iterator<Item = (&AttributeName, &Value)> {
        self.attributes.iter().map(|(name, value)| (name, value.as_ref()))
    }

    /// The value of an attribute that may be seen.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name).map(AsRef::as_ref)
    }

    /// The identifiers that may be seen, masked ones with masked values.
    #[must_use]
    pub fn identifiers(&self) -> &[IdentifierView<'a>] {
        &self.identifiers
    }

    /// The events that may be seen, oldest first.
    #[must_use]
    pub fn events(&self) -> &[EventView<'a>] {
        &self.events
    }

    /// The groups that may be seen, each with the customer's role in it.
    #[must_use]
    pub fn groups(&self) -> &[(IdentifierView<'a>, Option<&'a str>)] {
        &self.groups
    }
}

/// Plain JSON: `id`, `attributes`, `identifiers`, `events`, `groups`.
impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let plain = |value: &Value| serde_json::to_value(value.plain()).map_err(serde::ser::Error::custom);
        let mut attributes = BTreeMap::new();
        for (name, value) in self.attributes() {
            attributes.insert(name.as_str(), plain(value)?);
        }
        let mut events = Vec::with_capacity(self.events.len());
        for event in &self.events {
            let mut properties = BTreeMap::new();
            for (name, value) in &event.properties {
                properties.insert(*name, plain(value)?);
            }
            events.push(PlainEvent { name: event.name, at: event.at, properties });
        }
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("attributes", &attributes)?;
        map.serialize_entry("identifiers", &self.identifiers)?;
        map.serialize_entry("events", &events)?;
        map.serialize_entry("groups", &self.groups)?;
        map.end()
    }
}

#[derive(Serialize)]
struct PlainEvent<'a> {
    name: &'a str,
    at: Timestamp,
    properties: BTreeMap<&'a str, serde_json::Value>,
}

/// As people read it: the attributes, identifiers and groups, then the events, one a line.
impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attributes().try_for_each(|(name, value)| writeln!(f, "{name}: {value}"))?;
        self.identifiers.iter().try_for_each(|it| writeln!(f, "identifier {it}"))?;
        for (group, role) in &self.groups {
            let role = role.map(|role| format!(" as {role}")).unwrap_or_default();
            writeln!(f, "member of {group}{role}")?;
        }
        for event in &self.events {
            write!(f, "{} {}", event.at.format("%Y-%m-%d %H:%M"), event.name)?;
            let said: Vec<String> = event.properties.iter().map(|(name, value)| format!("{name} {value}")).collect();
            if !said.is_empty() {
                write!(f, ": {}", said.join(", "))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

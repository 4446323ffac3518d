//! [`View`]: what a purpose or a role may see of a profile, and nothing else.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use onefold_fact::{
    AttributeName, Configuration, CustomerId, Identifier, Kind, PiiClass, Properties, Schema, Timestamp, Value,
};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::consent::ConsentState;
use crate::identifier::HeldIdentifier;
use crate::mask::mask;
use crate::profile::Profile;

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
    /// The most personal class of attributes that is seen as it stands.
    pub up_to: PiiClass,
    /// Attributes that are more personal than that are seen masked instead of not at all.
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
    /// Whether an attribute is of a class that is seen as it stands. What nobody declared may be anything.
    pub(crate) fn is_open(&self, attribute: &AttributeName, schema: &Schema) -> bool {
        let pii = schema.attribute(attribute).pii;
        let declared = schema.attributes.contains_key(attribute);
        (if declared { pii } else { pii.max(PiiClass::Personal) }) <= self.up_to
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
    /// All but these.
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
            Access::Except(names) => !names.contains(name),
        }
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
    identifiers: Vec<&'a Identifier>,
    events: Vec<EventView<'a>>,
    groups: Vec<(&'a Identifier, Option<&'a str>)>,
}

/// What may be seen of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView<'a> {
    name: &'a str,
    at: Timestamp,
    properties: BTreeMap<&'a str, &'a Value>,
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

    /// The value of a property that may be seen.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&'a Value> {
        self.properties.get(name).copied()
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
        let spec =
            policy.purposes.get(purpose).ok_or_else(|| Refusal::UnknownPurpose { purpose: purpose.to_owned() })?;
        let state = self.consent_state(purpose, channel, clock);
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

impl<'a> View<'a> {
    fn of(profile: &'a Profile, sees: &Sight, schema: &Schema, purpose: Option<&str>) -> Self {
        let attribute = |(name, attribute): (&'a AttributeName, &'a crate::Attribute)| {
            let spec = schema.attribute(name);
            let serves = purpose
                .is_none_or(|purpose| spec.purposes.is_empty() || spec.purposes.iter().any(|other| other == purpose));
            if !serves || !sees.attributes.allows(name.as_str()) {
                return None;
            }
            if sees.is_open(name, schema) {
                return Some((name.clone(), Cow::Borrowed(attribute.value())));
            }
            let declared = schema.attributes.contains_key(name);
            let kind = if declared { spec.kind } else { Kind::FreeText };
            sees.masked.then(|| (name.clone(), Cow::Owned(Value::from(mask(kind, attribute.value())))))
        };
        let event = |event: &'a crate::Event| EventView {
            name: event.name(),
            at: event.at(),
            properties: seen(event.properties(), &sees.properties),
        };
        let groups = profile.groups.iter().map(|member| (member.group(), member.role()));
        let identifiers = profile.identifiers.iter().map(HeldIdentifier::identifier);
        Self {
            id: profile.id,
            attributes: profile.attributes.iter().filter_map(attribute).collect(),
            identifiers: identifiers.filter(|it| sees.identifiers.allows(it.namespace().as_str())).collect(),
            events: profile.timeline.iter().filter(|it| sees.events.allows(it.name())).map(event).collect(),
            groups: groups.filter(|(group, _)| sees.groups.allows(group.namespace().as_str())).collect(),
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

    /// The identifiers that may be seen.
    #[must_use]
    pub fn identifiers(&self) -> &[&'a Identifier] {
        &self.identifiers
    }

    /// The events that may be seen, oldest first.
    #[must_use]
    pub fn events(&self) -> &[EventView<'a>] {
        &self.events
    }

    /// The groups that may be seen, each with the customer's role in it.
    #[must_use]
    pub fn groups(&self) -> &[(&'a Identifier, Option<&'a str>)] {
        &self.groups
    }
}

fn seen<'a>(properties: &'a Properties, access: &Access) -> BTreeMap<&'a str, &'a Value> {
    let present = properties.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?)));
    present.filter(|(name, _)| access.allows(name)).collect()
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

/// The attributes, one a line.
impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attributes().try_for_each(|(name, value)| writeln!(f, "{name}: {value}"))
    }
}

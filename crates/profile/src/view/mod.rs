//! [`View`]: what a purpose or a role may see of a profile, and nothing else.

mod lens;
mod policy;

use std::collections::BTreeMap;
use std::fmt;

use onefold_fact::{AttributeName, CustomerId, FlatMap, Namespace, Schema, Timestamp, Value};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

pub use lens::Lens;
pub use policy::{Access, Policy, PurposeSpec, Refusal, Sight};

use crate::attribute::{Attribute, Other};
use crate::consent::{ConsentState, HeldConsent, deciding};
use crate::explain::Explanation;
use crate::plain::{Plain, PlainConsent, PlainEvent};
use crate::profile::Profile;
use crate::timeline::Timeline;

/// What a purpose or a role may see of a profile. It holds nothing else, so nothing else can be read from it, printed or
/// written; a function that takes a view cannot leak.
///
/// Masked values are text in the place of the value, whether they won or lost. What said so is told by source and time. The key
/// of a record is told to who may see the identifiers of its source, and whatever the key may name besides; the id of a fact
/// follows from all that the fact says, so it is told to those only who see [everything](Sight::everything).
///
/// There is no way from a view back to its profile:
///
/// ```compile_fail
/// fn leak(view: &onefold_profile::View) -> Option<onefold_fact::Value> {
///     view.profile().value("email").cloned()
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    id: CustomerId,
    attributes: FlatMap<AttributeName, Attribute>,
    withdrawn: FlatMap<AttributeName, Vec<Other>>,
    identifiers: Vec<IdentifierView>,
    timeline: Timeline,
    groups: Vec<GroupView>,
    consents: Vec<HeldConsent>,
}

/// What may be seen of an identifier or a group: its namespace, and its value as it stands or masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierView {
    namespace: Namespace,
    value: String,
}

impl IdentifierView {
    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.namespace.as_str()
    }

    /// The value, or what is shown in its place.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// `email:a***@x.io`.
impl fmt::Display for IdentifierView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.value)
    }
}

impl Serialize for IdentifierView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What may be seen of a membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupView {
    group: IdentifierView,
    role: Option<String>,
    since: Timestamp,
}

impl GroupView {
    /// The group.
    #[must_use]
    pub fn group(&self) -> &IdentifierView {
        &self.group
    }

    /// What the customer is in it.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        self.role.as_deref()
    }

    /// Since when without a break.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
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
    pub fn view(
        &self,
        purpose: &str,
        channel: Option<&str>,
        policy: &Policy,
        schema: &Schema,
        clock: Timestamp,
    ) -> Result<View, Refusal> {
        Ok(policy.lens(purpose, self.consent_state(purpose, channel, clock), schema)?.view(self))
    }

    /// What a role may see.
    ///
    /// # Errors
    /// When the role is not declared.
    pub fn view_for(&self, role: &str, policy: &Policy, schema: &Schema) -> Result<View, Refusal> {
        Ok(policy.lens_for(role, schema)?.view(self))
    }
}

impl View {
    /// The customer.
    #[must_use]
    pub fn id(&self) -> CustomerId {
        self.id
    }

    /// The attributes that may be seen, each with what decided it; masked ones with masked text.
    #[must_use]
    pub fn attributes(&self) -> &FlatMap<AttributeName, Attribute> {
        &self.attributes
    }

    /// An attribute that may be seen, with what decided it.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name)
    }

    /// The value of an attribute that may be seen.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.attribute(name).map(Attribute::value)
    }

    /// Why an attribute that may be seen has its value, or why it has none any more. `None` if it may not be seen, or nothing
    /// was ever said about it: which of these, a view does not know.
    #[must_use]
    pub fn why(&self, name: &str) -> Option<Explanation<'_>> {
        Explanation::of(name, &self.attributes, &self.withdrawn)
    }

    /// The identifiers that may be seen, masked ones with masked values.
    #[must_use]
    pub fn identifiers(&self) -> &[IdentifierView] {
        &self.identifiers
    }

    /// The events that may be seen, with the properties that may be seen. In the place of the fact an event has its number among
    /// those of its time.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The groups that may be seen, each with the customer's role in it.
    #[must_use]
    pub fn groups(&self) -> &[GroupView] {
        &self.groups
    }

    /// What was chosen about the purposes that may be seen.
    #[must_use]
    pub fn consents(&self) -> &[HeldConsent] {
        &self.consents
    }

    /// What the customer says to a purpose that may be seen, by a channel if one is asked for, at a clock
    /// ([`Profile::consent_state`]).
    #[must_use]
    pub fn consent_state(&self, purpose: &str, channel: Option<&str>, clock: Timestamp) -> ConsentState {
        let choice = deciding(&self.consents, purpose, channel, clock);
        choice.map_or(ConsentState::Unknown, |choice| choice.consent().choice.into())
    }
}

/// Plain JSON: `id`, `attributes`, `identifiers`, `events`, `groups`, `consents`.
impl Serialize for View {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attributes: BTreeMap<&AttributeName, Plain<'_>> =
            self.attributes.iter().map(|(name, it)| (name, Plain(it.value()))).collect();
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("attributes", &attributes)?;
        map.serialize_entry("identifiers", &self.identifiers)?;
        map.serialize_entry("events", &self.timeline.iter().map(PlainEvent::of).collect::<Vec<_>>())?;
        map.serialize_entry("groups", &self.groups)?;
        map.serialize_entry("consents", &self.consents.iter().map(PlainConsent::of).collect::<Vec<_>>())?;
        map.end()
    }
}

/// As people read it: the attributes, identifiers, groups and choices, then the events, one a line.
impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attributes.iter().try_for_each(|(name, it)| writeln!(f, "{name}: {}", it.value()))?;
        self.identifiers.iter().try_for_each(|it| writeln!(f, "identifier {it}"))?;
        for GroupView { group, role, since } in &self.groups {
            let role = role.as_ref().map(|role| format!(" as {role}")).unwrap_or_default();
            writeln!(f, "member of {group}{role} since {}", since.date_naive())?;
        }
        for held in &self.consents {
            let (about, from) = (held.consent(), held.provenance());
            let by = about.channel.as_ref().map(|channel| format!(" by {channel}")).unwrap_or_default();
            let until = about.expires_at.map(|end| format!(" until {}", end.date_naive())).unwrap_or_default();
            let (purpose, state) = (&about.purpose, ConsentState::from(about.choice));
            writeln!(f, "consent to {purpose}{by}: {state}{until} ({}, {})", from.source(), from.at().date_naive())?;
        }
        self.timeline.iter().try_for_each(|event| writeln!(f, "{event}"))
    }
}

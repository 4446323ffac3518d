//! [`Subject`]: what a rule is asked of.

use onefold_fact::{Timestamp, Value};
use onefold_profile::{ConsentState, HeldConsent, Profile, Provenance, Timeline};
use uuid::Uuid;

/// What a rule is asked of: typed fields, a timeline, related subjects. A customer is one; a lead, an opportunity or a
/// ticket can be others.
pub trait Subject: Sync {
    /// What stays the same of it: random parts are drawn by it.
    fn id(&self) -> Uuid;

    /// The value of a field, if it has one.
    fn field(&self, name: &str) -> Option<&Value>;

    /// Since when a field has been as it is, with or without a value; `None` if that is not known.
    fn field_since(&self, name: &str) -> Option<Timestamp>;

    /// What happened.
    fn timeline(&self) -> &Timeline;

    /// What it has said at a clock about a use of its data.
    fn consent(&self, purpose: &str, channel: Option<&str>, clock: Timestamp) -> Consented {
        let _ = (purpose, channel, clock);
        Consented { state: ConsentState::Unknown, since: Some(Timestamp::MIN_UTC), next_change_at: None }
    }

    /// The subjects that are related to it in some way: the members of a group.
    fn related(&self, relation: &str) -> Vec<&dyn Subject> {
        let _ = relation;
        Vec::new()
    }
}

/// What a subject has said at a clock about a use of its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consented {
    /// What it said.
    pub state: ConsentState,
    /// The earliest clock for which that is certain; `None`: of none. A profile knows all that was ever said.
    pub since: Option<Timestamp>,
    /// The first clock after this one at which time alone changes it.
    pub next_change_at: Option<Timestamp>,
}

impl Subject for Profile {
    fn id(&self) -> Uuid {
        *Profile::id(self).founder().as_uuid()
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.value(name)
    }

    /// From the first fact that says the present value after the last that says another one. A field that was never
    /// named has always been missing; since when one has been missing whose values were taken back is not known.
    fn field_since(&self, name: &str) -> Option<Timestamp> {
        let Some(attribute) = self.attribute(name) else {
            return (!self.withdrawn().contains_key(name)).then_some(Timestamp::MIN_UTC);
        };
        let held = attribute.provenance().at();
        let other = attribute.others().iter().map(|other| other.provenance().at()).filter(|at| *at <= held).max();
        let said = std::iter::once(held).chain(attribute.supporters().map(Provenance::at));
        said.filter(|at| other.is_none_or(|other| other <= *at)).min()
    }

    fn timeline(&self) -> &Timeline {
        self.timeline()
    }

    fn consent(&self, purpose: &str, channel: Option<&str>, clock: Timestamp) -> Consented {
        let about = |held: &&HeldConsent| held.is_about(purpose, channel);
        let choices = self.consents().iter().filter(about).flat_map(HeldConsent::choices);
        let times = choices.flat_map(|it| [Some(it.provenance().at()), it.consent().expires_at]).flatten();
        Consented {
            state: self.consent_state(purpose, channel, clock),
            since: Some(Timestamp::MIN_UTC),
            next_change_at: times.filter(|at| *at > clock).min(),
        }
    }
}

/// A subject together with those that are related to it, such as an account with its members.
#[derive(Clone)]
pub struct Related<'a> {
    subject: &'a dyn Subject,
    related: Vec<(String, &'a dyn Subject)>,
}

impl<'a> Related<'a> {
    /// A subject that is related to nobody yet.
    #[must_use]
    pub fn new(subject: &'a dyn Subject) -> Self {
        Self { subject, related: Vec::new() }
    }

    /// With one more that is related to it.
    #[must_use]
    pub fn with(mut self, relation: impl Into<String>, other: &'a dyn Subject) -> Self {
        self.related.push((relation.into(), other));
        self
    }
}

impl std::fmt::Debug for Related<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let related: Vec<_> = self.related.iter().map(|(relation, other)| (relation, other.id())).collect();
        f.debug_struct("Related").field("subject", &self.subject.id()).field("related", &related).finish()
    }
}

impl Subject for Related<'_> {
    fn id(&self) -> Uuid {
        self.subject.id()
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.subject.field(name)
    }

    fn field_since(&self, name: &str) -> Option<Timestamp> {
        self.subject.field_since(name)
    }

    fn timeline(&self) -> &Timeline {
        self.subject.timeline()
    }

    fn consent(&self, purpose: &str, channel: Option<&str>, clock: Timestamp) -> Consented {
        self.subject.consent(purpose, channel, clock)
    }

    fn related(&self, relation: &str) -> Vec<&dyn Subject> {
        self.related.iter().filter(|(name, _)| name == relation).map(|(_, other)| *other).collect()
    }
}

//! [`Lens`]: what somebody may see, held against what is known.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;

use onefold_fact::{
    AttributeName, FactId, Identifier, Kind, PiiClass, RecordKey, Schema, Source, Timestamp, Value, namespace,
};
use uuid::Uuid;

use super::policy::{Access, Policy, Refusal, Sight};
use super::{GroupView, IdentifierView, View};
use crate::attribute::{Attribute, Contest, Element, Other, Why};
use crate::consent::{ConsentState, HeldConsent};
use crate::history::History;
use crate::identifier::{HeldIdentifier, holders};
use crate::mask::{mask, mask_identifier};
use crate::nested::{Entry, within};
use crate::profile::Profile;
use crate::provenance::Veil;
use crate::timeline::{Event, Timeline};

/// What a role, or a purpose that somebody agreed to, may see. It can be held against any profile, so hand out what it
/// shows, and not the lens.
#[derive(Debug, Clone, Copy)]
pub struct Lens<'s> {
    sees: &'s Sight,
    schema: &'s Schema,
    purpose: Option<&'s str>,
}

impl Policy {
    /// What a role may see.
    ///
    /// # Errors
    /// When the role is not declared.
    pub fn lens_for<'s>(&'s self, role: &str, schema: &'s Schema) -> Result<Lens<'s>, Refusal> {
        let sees = self.roles.get(role).ok_or_else(|| Refusal::UnknownRole { role: role.to_owned() })?;
        Ok(Lens { sees, schema, purpose: None })
    }

    /// What a purpose may see of a customer who says this to it.
    ///
    /// # Errors
    /// When the purpose is not declared, or needs a consent and this is another answer.
    pub fn lens<'s>(&'s self, purpose: &str, state: ConsentState, schema: &'s Schema) -> Result<Lens<'s>, Refusal> {
        let unknown = || Refusal::UnknownPurpose { purpose: purpose.to_owned() };
        let (purpose, spec) = self.purposes.get_key_value(purpose).ok_or_else(unknown)?;
        if spec.needs_consent && state != ConsentState::Granted {
            return Err(Refusal::NoConsent { purpose: purpose.clone(), state });
        }
        Ok(Lens { sees: &spec.sees, schema, purpose: Some(purpose) })
    }
}

impl Lens<'_> {
    /// What may be seen of a profile.
    #[must_use]
    pub fn view(&self, profile: &Profile) -> View {
        let (sees, veil) = (self.sees, self.veil(profile));
        let named =
            |name: &AttributeName| sees.attributes.opens(name.as_str(), self.schema) && self.serves(name.as_str());
        let attributes = profile.attributes.iter().filter(|(name, _)| named(name));
        let withdrawn = profile.withdrawn.iter().filter(|(name, _)| named(name));
        let identifiers = profile.identifiers.iter().map(HeldIdentifier::identifier);
        let identifiers = identifiers.filter(|it| sees.identifiers.allows(it.namespace().as_str()));
        let groups = profile.groups.iter().filter(|it| sees.groups.allows(it.group().namespace().as_str()));
        let consents = profile.consents.iter().filter(|held| sees.consents.allows(&held.consent().purpose));
        View {
            id: profile.id,
            attributes: attributes
                .filter_map(|(name, it)| Some((name.clone(), self.attribute(name.as_str(), it, &veil)?)))
                .collect(),
            withdrawn: withdrawn
                .map(|(name, lost)| (name.clone(), self.others(name.as_str(), lost, &veil)))
                .filter(|(_, lost)| !lost.is_empty())
                .collect(),
            identifiers: identifiers.filter_map(|it| self.identifier(it, profile)).collect(),
            timeline: self.timeline(&profile.timeline, &veil),
            groups: groups
                .filter_map(|it| {
                    let group = self.identifier(it.group(), profile)?;
                    Some(GroupView { group, role: it.role().map(str::to_owned), since: it.since() })
                })
                .collect(),
            consents: consents.map(|held| self.consent(held, &veil)).collect(),
        }
    }

    /// What may be seen of what an attribute of a profile was. `None` if nothing of that attribute may be seen.
    #[must_use]
    pub fn history(&self, profile: &Profile, name: &AttributeName, history: &History) -> Option<History> {
        let (name, veil) = (name.as_str(), self.veil(profile));
        let seen = self.sees.attributes.opens(name, self.schema) && self.serves(name);
        let seen = seen && (self.sees.masked || self.sees.is_open(name, self.schema));
        seen.then(|| {
            history
                .told(|value, from| Some((self.value(name, value, &self.sees.attributes)?.into_owned(), veil.of(from))))
        })
    }

    /// What is seen of a computed value. It is as personal as its name and as the properties that it is made `from`
    /// ([`ComputedAttribute::reads`](crate::ComputedAttribute::reads)), as far as the schema declares them, and serves the
    /// purposes that all of them serve. Where it `repeats` what stands in a property
    /// ([`ComputedAttribute::repeats`](crate::ComputedAttribute::repeats)), that has to be open too.
    #[must_use]
    pub fn computed(
        &self,
        name: &str,
        value: &Value,
        from: &BTreeSet<&str>,
        repeats: &BTreeSet<&str>,
    ) -> Option<Value> {
        let Self { sees, schema, .. } = self;
        let closed = |property: &&str| sees.properties.bars(property, schema) || !self.serves(property);
        let shut = |property: &&str| !sees.properties.opens(property, schema);
        let named = sees.attributes.opens(name, schema) && self.serves(name);
        if !named || from.iter().any(closed) || repeats.iter().any(shut) {
            return None;
        }
        if sees.is_open(name, schema) && from.iter().all(|property| sees.is_open_within(property, schema)) {
            return Some(value.clone());
        }
        sees.masked.then(|| Value::from(mask(Kind::FreeText, value)))
    }

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
        if access.bars(name, self.schema) || !self.serves(name) {
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

    /// An attribute with what decided it, each value as far as it may be seen.
    fn attribute(&self, name: &str, held: &Attribute, veil: &Veil<'_>) -> Option<Attribute> {
        let seen = |value: &Value| Some(self.value(name, value, &self.sees.attributes)?.into_owned());
        let element = |it: &Element| {
            let supporters = it.supporters.iter().map(|from| veil.shared(from)).collect();
            Some(Element { value: seen(&it.value)?, provenance: veil.shared(&it.provenance), supporters })
        };
        let contest = held.contest.as_deref().map(|contest| {
            Box::new(Contest {
                pinned: contest.pinned,
                stale_after_days: contest.stale_after_days,
                supporters: contest.supporters.iter().map(|from| veil.shared(from)).collect(),
                elements: contest.elements.iter().filter_map(element).collect(),
                others: self.others(name, &contest.others, veil).into(),
            })
        });
        let (value, rule) = (seen(&held.value)?, held.rule.clone());
        Some(Attribute { value, provenance: veil.shared(&held.provenance), rule, contest })
    }

    /// The values that lost. How long a value is that is masked is not told.
    fn others(&self, name: &str, others: &[Other], veil: &Veil<'_>) -> Vec<Other> {
        let open = self.sees.is_open(name, self.schema);
        let why = |why| match why {
            Why::Withdrawn { by, at } => Why::Withdrawn { by: veil.fact(by), at },
            Why::Shorter { .. } if !open => Why::Shorter { chars: 0, than: 0 },
            why => why,
        };
        let seen = others.iter().filter_map(|other| {
            let value = self.value(name, &other.value, &self.sees.attributes)?.into_owned();
            Some(Other { value, provenance: veil.shared(&other.provenance), why: why(other.why) })
        });
        seen.collect()
    }

    /// An identifier, as far as its namespace allows and every attribute that holds the same.
    fn identifier(&self, identifier: &Identifier, profile: &Profile) -> Option<IdentifierView> {
        let value = match self.openness(identifier, profile)? {
            true => identifier.value().to_owned(),
            false if self.sees.masked => mask_identifier(identifier),
            false => return None,
        };
        Some(IdentifierView { namespace: identifier.namespace().clone(), value })
    }

    /// Whether an identifier is seen as it stands; `None` if the purposes of its namespace, or of an attribute that holds the
    /// same, are others.
    fn openness(&self, identifier: &Identifier, profile: &Profile) -> Option<bool> {
        let namespace = identifier.namespace().as_str();
        let mut open = self.sees.is_open(namespace, self.schema);
        if !self.serves(namespace) {
            return None;
        }
        for name in holders(profile, identifier, |name| self.closes(name)) {
            if !self.serves(name) {
                return None;
            }
            open = false;
        }
        Some(open)
    }

    /// Whether what stands under a name is not seen as it stands.
    fn closes(&self, name: &str) -> bool {
        !self.serves(name) || !self.sees.is_open(name, self.schema)
    }

    /// The events that may be seen, each with the properties that may.
    fn timeline(&self, timeline: &Timeline, veil: &Veil<'_>) -> Timeline {
        let properties = &self.sees.properties;
        let last: Cell<Option<(Timestamp, u128)>> = Cell::new(None);
        let seen = timeline.iter().filter(|event| self.sees.events.allows(event.name())).map(|event| {
            // A page ends at an event, which its number among those of its time tells as well as its fact.
            let number = last.get().filter(|(at, _)| *at == event.at()).map_or(1, |(_, number)| number + 1);
            last.set(Some((event.at(), number)));
            let provenance = veil.numbered(event.provenance(), FactId::from(Uuid::from_u128(number)));
            event.told(provenance, |name, value| {
                if !properties.opens(name, self.schema) {
                    return None;
                }
                self.value(name, value, properties)
            })
        });
        seen.collect::<Vec<Event>>().into()
    }

    /// Choices about a purpose. A proof may name somebody.
    fn consent(&self, held: &HeldConsent, veil: &Veil<'_>) -> HeldConsent {
        let with_proof = self.sees.up_to >= PiiClass::Personal;
        held.told(|consent, from| {
            let mut consent = consent.clone();
            if !with_proof {
                (consent.proof, consent.collected_by) = (None, None);
            }
            (consent, veil.of(from))
        })
    }

    /// What hides of a provenance what may not be seen. A source may call its record by a mailbox, so a key is seen as the
    /// identifiers are that it may be. The id of a fact follows from all that it says.
    fn veil<'v>(&'v self, profile: &'v Profile) -> Veil<'v> {
        let whole = self.purpose.is_none() && self.sees.is_everything();
        let shows_key = move |source: &Source, key: &RecordKey| {
            let of_source = Identifier::new(source.as_str(), key.name());
            let mailbox = key.name().contains('@').then(|| Identifier::new(namespace::EMAIL, key.name()));
            let mut may_be = [Some(of_source), mailbox, key.name().parse().ok()].into_iter().flatten();
            may_be.all(|identifier| {
                let closed = |name: &str| self.closes(name) || !self.sees.attributes.opens(name, self.schema);
                self.sees.identifiers.allows(identifier.namespace().as_str())
                    && self.openness(&identifier, profile) == Some(true)
                    && holders(profile, &identifier, closed).next().is_none()
            })
        };
        Veil::new(profile.id, whole, Box::new(shows_key))
    }
}

//! [`Profile`]: the golden record of one customer.

use onefold_fact::{AttributeName, CustomerId, Digest, DigestInto, Digester, FlatMap, Party, Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::attribute::{Attribute, Other};
use crate::consent::{ConsentChoice, ConsentState, HeldConsent, deciding, plain};
use crate::explain::Explanation;
use crate::group::GroupMembership;
use crate::identifier::HeldIdentifier;
use crate::packed::packed;
use crate::provenance::SeenRecord;
use crate::timeline::Timeline;

/// The golden record of one customer, as [`fold`](crate::fold) makes it.
///
/// Its `serde` form is exact, for storage; [`plain`](Profile::plain) is the JSON that people and other programs expect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub(crate) id: CustomerId,
    pub(crate) party: Party,
    pub(crate) records: Vec<SeenRecord>,
    pub(crate) attributes: FlatMap<AttributeName, Attribute>,
    pub(crate) withdrawn: FlatMap<AttributeName, Vec<Other>>,
    pub(crate) identifiers: Vec<HeldIdentifier>,
    pub(crate) timeline: Timeline,
    pub(crate) groups: Vec<GroupMembership>,
    pub(crate) consents: Vec<HeldConsent>,
}

impl Profile {
    /// The customer.
    #[must_use]
    pub fn id(&self) -> CustomerId {
        self.id
    }

    /// What the customer is; a person if no record says.
    #[must_use]
    pub fn party(&self) -> Party {
        self.party
    }

    /// The records that are this customer, by source and key.
    #[must_use]
    pub fn records(&self) -> &[SeenRecord] {
        &self.records
    }

    /// The attributes that have a value.
    #[must_use]
    pub fn attributes(&self) -> &FlatMap<AttributeName, Attribute> {
        &self.attributes
    }

    /// An attribute with what decided it.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.attribute(name).map(Attribute::value)
    }

    /// The attributes that have no value any more, since their records took all values back; with those values.
    #[must_use]
    pub fn withdrawn(&self) -> &FlatMap<AttributeName, Vec<Other>> {
        &self.withdrawn
    }

    /// The identifiers seen with the customer, sorted.
    #[must_use]
    pub fn identifiers(&self) -> &[HeldIdentifier] {
        &self.identifiers
    }

    /// What happened.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The memberships in force, by group.
    #[must_use]
    pub fn groups(&self) -> &[GroupMembership] {
        &self.groups
    }

    /// What was chosen for each purpose and channel, sorted by them.
    #[must_use]
    pub fn consents(&self) -> &[HeldConsent] {
        &self.consents
    }

    /// What was chosen for a purpose and exactly this channel; `None` is the choice about no channel in particular.
    #[must_use]
    pub fn consent(&self, purpose: &str, channel: Option<&str>) -> Option<&HeldConsent> {
        let (purpose, channel) = (plain(purpose), channel.map(plain));
        let key = |held: &'_ HeldConsent| {
            let about = (held.consent().purpose.as_str(), held.consent().channel.as_deref());
            about.cmp(&(purpose.as_str(), channel.as_deref()))
        };
        self.consents.binary_search_by(key).ok().and_then(|place| self.consents.get(place))
    }

    /// What the customer has said about a purpose, and a channel if one is asked for, at a clock. A choice about no
    /// channel in particular is about all. An answer that has expired is unknown.
    #[must_use]
    pub fn consent_state(&self, purpose: &str, channel: Option<&str>, clock: Timestamp) -> ConsentState {
        let choice = self.consent_choice(purpose, channel, clock);
        choice.map_or(ConsentState::Unknown, |choice| choice.consent().choice.into())
    }

    /// The choice that decides [`consent_state`](Self::consent_state); `None` where that is unknown.
    #[must_use]
    pub fn consent_choice(&self, purpose: &str, channel: Option<&str>, clock: Timestamp) -> Option<&ConsentChoice> {
        deciding(&self.consents, purpose, channel, clock)
    }

    /// Why an attribute has its value, or why it has none any more; `None` if nothing was ever said about it.
    #[must_use]
    pub fn why(&self, name: &str) -> Option<Explanation<'_>> {
        Explanation::of(name, &self.attributes, &self.withdrawn)
    }

    /// The digest of the whole profile: two profiles with one digest are the same.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self)
    }
}

packed!(Profile { id, party, records, attributes, withdrawn, identifiers, timeline, groups, consents });

impl DigestInto for Profile {
    fn digest_into(&self, digester: &mut Digester) {
        let Profile { id, party, records, attributes, withdrawn, identifiers, timeline, groups, consents } = self;
        digester
            .one(id)
            .tag(*party as u8)
            .each(records)
            .each(attributes)
            .each(withdrawn)
            .each(identifiers)
            .one(timeline)
            .each(groups)
            .each(consents);
    }
}

//! [`Company`]: with whom customers are in groups, as far as rules ask for it.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{CustomerId, Identifier, Party};
use onefold_profile::{GroupMembership, HeldIdentifier, Profile};
use onefold_segment::{Definition, Related};

/// Customers by the groups that they are in. Of a person, `members of "account"` are those who are in a group of the
/// namespace `account` with it; of an organisation, those in the groups whose identifiers it holds.
pub(crate) struct Company<'a> {
    relations: BTreeSet<&'a str>,
    members: BTreeMap<&'a Identifier, Vec<&'a Profile>>,
}

/// The relations that rules ask for.
pub(crate) fn relations<'a>(definitions: impl IntoIterator<Item = &'a Definition>) -> BTreeSet<&'a str> {
    definitions.into_iter().flat_map(Definition::relations).collect()
}

impl<'a> Company<'a> {
    /// Customers, all of them if there is a relation.
    pub(crate) fn among(profiles: impl IntoIterator<Item = &'a Profile>, relations: BTreeSet<&'a str>) -> Self {
        let mut members: BTreeMap<&Identifier, Vec<&Profile>> = BTreeMap::new();
        if !relations.is_empty() {
            for profile in profiles {
                profile.groups().iter().for_each(|of| members.entry(of.group()).or_default().push(profile));
            }
        }
        Self { relations, members }
    }

    /// A customer with those related to it. Nobody is it twice.
    pub(crate) fn subject<'s>(&'s self, profile: &'s Profile) -> Related<'s> {
        let mut subject = Related::new(profile);
        for relation in &self.relations {
            let own = profile.identifiers().iter().map(HeldIdentifier::identifier);
            let own = own.filter(|_| profile.party() == Party::Organisation);
            let groups = profile.groups().iter().map(GroupMembership::group).chain(own);
            let of_relation = groups.filter(|group| group.namespace().as_str() == *relation);
            let related: BTreeMap<CustomerId, &Profile> =
                of_relation.filter_map(|group| self.members.get(group)).flatten().map(|it| (it.id(), *it)).collect();
            for other in related.into_values() {
                subject = subject.with(*relation, other);
            }
        }
        subject
    }
}

//! [`GroupMembership`]: an account or household that the customer belongs to.

use std::collections::BTreeMap;

use onefold_fact::{Body, DigestInto, Digester, Identifier, Membership, Order, RecordId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::fold::{Says, Told};
use crate::packed::packed;
use crate::provenance::{Provenance, Tellers};

/// A membership in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMembership {
    group: Identifier,
    role: Option<String>,
    since: Timestamp,
    provenance: Provenance,
}

impl GroupMembership {
    /// The group.
    #[must_use]
    pub fn group(&self) -> &Identifier {
        &self.group
    }

    /// What the customer is in it, as said last.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        self.role.as_deref()
    }

    /// Since when the customer has been a member without a break, in whatever role.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// The latest fact about it.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// Whether a membership ends what a record said in another delivery of another group.
pub(crate) fn ends(
    (new, record, order): (&Membership, RecordId, Order),
    (group, said_by, said): (&Identifier, RecordId, Order),
) -> bool {
    let is_other = *group != new.group && group.namespace() == new.group.namespace();
    new.only && is_other && said_by == record && said.received_at() != order.received_at()
}

/// The roles that a customer has in a group, the one that was said last behind the others.
#[derive(Debug, Default)]
pub(crate) struct Roles<'a>(Vec<Option<&'a str>>);

impl<'a> Roles<'a> {
    /// Takes in what somebody became.
    pub(crate) fn take(&mut self, membership: &'a Membership) {
        let role = membership.role.as_deref();
        self.0.retain(|held| *held != role);
        self.0.push(role);
    }

    /// Takes in what somebody ceased to be: without a role, all. Returns whether a role is left.
    pub(crate) fn leave(&mut self, membership: &Membership) -> bool {
        let role = membership.role.as_deref();
        self.0.retain(|held| role.is_some() && *held != role);
        !self.0.is_empty()
    }

    /// What they are, as said last; none, if no role was said or they are nothing any more.
    pub(crate) fn last(&self) -> Option<&'a str> {
        self.0.last().copied().flatten()
    }

    /// Whether they are nothing any more.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The memberships in force after facts in canonical order, by group. The customer is one, so what one of its records
/// says of a group replaces what another said before.
pub(crate) fn group_memberships(facts: &[Told<'_>], tellers: &Tellers) -> Vec<GroupMembership> {
    let mut members: BTreeMap<&Identifier, (Timestamp, Roles<'_>, &Told<'_>)> = BTreeMap::new();
    for told in facts.iter().filter(|told| told.says == Says::Group) {
        let Body::Group(membership) = told.fact.body() else { continue };
        if membership.only {
            let new = (membership, told.record, told.order);
            members.retain(|group, (.., said)| !ends(new, (group, said.record, said.order)));
        }
        if membership.member {
            let new = || (told.order.at(), Roles::default(), told);
            let (_, roles, said) = members.entry(&membership.group).or_insert_with(new);
            roles.take(membership);
            *said = told;
        } else if let Some((_, roles, said)) = members.get_mut(&membership.group) {
            if roles.leave(membership) {
                *said = told;
            } else {
                members.remove(&membership.group);
            }
        }
    }
    let held = members.into_iter().map(|(group, (since, roles, told))| GroupMembership {
        group: group.clone(),
        role: roles.last().map(str::to_owned),
        since,
        provenance: tellers.provenance(told),
    });
    held.collect()
}

packed!(GroupMembership { group, role, since, provenance });

impl DigestInto for GroupMembership {
    fn digest_into(&self, digester: &mut Digester) {
        digester.one(&self.group).one(&self.role).time(self.since).one(&self.provenance);
    }
}

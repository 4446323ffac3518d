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

/// The memberships in force after facts in canonical order, by group. The customer is one, so what one of its records
/// says of a group replaces what another said before.
pub(crate) fn group_memberships(facts: &[Told<'_>], tellers: &Tellers) -> Vec<GroupMembership> {
    let mut members: BTreeMap<&Identifier, (Timestamp, Option<&str>, &Told<'_>)> = BTreeMap::new();
    for told in facts.iter().filter(|told| told.says == Says::Group) {
        let Body::Group(membership) = told.fact.body() else { continue };
        if membership.only {
            let new = (membership, told.record, told.order);
            members.retain(|group, (.., said)| !ends(new, (group, said.record, said.order)));
        }
        if membership.member {
            let since = members.get(&membership.group).map_or(told.order.at(), |(since, ..)| *since);
            members.insert(&membership.group, (since, membership.role.as_deref(), told));
        } else {
            members.remove(&membership.group);
        }
    }
    let held = members.into_iter().map(|(group, (since, role, told))| GroupMembership {
        group: group.clone(),
        role: role.map(str::to_owned),
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

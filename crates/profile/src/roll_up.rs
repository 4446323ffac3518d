//! [`stays`]: when a customer was a member of which group; and [`RollUp`]: what the members of a group come to.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::standard::Currency;
use onefold_fact::{Body, CustomerId, Identifier, Order, RecordId, Standing, Timestamp};
use rust_decimal::Decimal;

use crate::group::{Roles, ends};
use crate::profile::Profile;
use crate::purchase::{OrderSpec, Orders, Sum};
use crate::timeline::Event;

/// A time during which a customer had one role in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// The role, if one was said.
    pub role: Option<String>,
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it; `None` if it lasts.
    pub until: Option<Timestamp>,
}

impl Stay {
    /// Whether a time is within it.
    #[must_use]
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// When one customer was a member of which group and in which role, from all its facts in any order; of each group the
/// oldest first. What one record says of a group replaces what another said before.
#[must_use]
pub fn stays<'a>(facts: impl IntoIterator<Item = Standing<'a>>) -> BTreeMap<Identifier, Vec<Stay>> {
    let of_group = |it: &Standing<'a>| matches!(it.fact().body(), Body::Group(_));
    let mut facts: Vec<Standing<'a>> = facts.into_iter().filter(of_group).collect();
    facts.sort_by_key(Standing::order);
    let mut stays: BTreeMap<Identifier, Vec<Stay>> = BTreeMap::new();
    // By group: who spoke of it last, and when.
    let mut last: BTreeMap<&Identifier, (RecordId, Order)> = BTreeMap::new();
    let mut roles: BTreeMap<&Identifier, Roles<'_>> = BTreeMap::new();
    for fact in &facts {
        let Body::Group(membership) = fact.fact().body() else { continue };
        if let Some(record) = fact.fact().record() {
            for (group, (said_by, said)) in last.iter().filter(|_| membership.only) {
                if ends((membership, record, fact.order()), (group, *said_by, *said))
                    && let Some(stays) = stays.get_mut(*group)
                {
                    leave(stays, fact.at());
                    roles.remove(*group);
                }
            }
            last.insert(&membership.group, (record, fact.order()));
        }
        let stays = stays.entry(membership.group.clone()).or_default();
        let roles = roles.entry(&membership.group).or_default();
        if membership.member {
            roles.take(membership);
        } else {
            roles.leave(membership);
        }
        let is_in = !roles.is_empty();
        match stays.last().filter(|stay| stay.until.is_none()) {
            Some(stay) if is_in && stay.role.as_deref() == roles.last() => continue,
            _ => leave(stays, fact.at()),
        }
        if is_in {
            stays.push(Stay { role: roles.last().map(str::to_owned), from: fact.at(), until: None });
        }
    }
    stays.retain(|_, stays| !stays.is_empty());
    stays
}

/// Ends the stay that lasts. What was over in the instant in which it began never was.
fn leave(stays: &mut Vec<Stay>, at: Timestamp) {
    stays.iter_mut().filter(|stay| stay.until.is_none()).for_each(|stay| stay.until = Some(at));
    stays.retain(|stay| stay.until != Some(stay.from));
}

/// An account or household: what its members come to at a time.
///
/// A customer can be in several groups and counts in each of them, so the sums of different groups are not to be added.
///
/// ```
/// use onefold_fact::{Body, Draft, FactSet, Identifier, Membership, RecordKey, Schema};
/// use onefold_profile::{OrderSpec, RollUp, fold, stays};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let group = Identifier::new("group", "acme");
/// let joins = Body::Group(Membership { group: group.clone(), role: Some("buyer".into()), member: true, only: false });
/// let at = "2026-03-01T00:00:00Z".parse()?;
/// let joined = Draft::new("crm", joins).key(RecordKey::person("17")).received("import", at);
/// let id = joined.record().ok_or("a fact about a record")?;
/// let facts = FactSet::from_iter([joined]);
/// let ada = fold(id.into(), facts.standing(None).into_iter().map(|it| (id, it)), &Schema::default(), None);
/// let when = stays(facts.standing(None));
///
/// let acme = RollUp::of([(&ada, when[&group].as_slice())], &OrderSpec::default(), at);
/// assert_eq!(acme.members[&Some("buyer".into())], [ada.id()].into());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RollUp {
    /// The members at that time, by role; those without one under `None`.
    pub members: BTreeMap<Option<String>, BTreeSet<CustomerId>>,
    /// How many customers were members and are no longer.
    pub left: usize,
    /// What was paid in the end for orders placed by members while they were members, by currency. A currency whose sum
    /// has more than 28 digits is left out.
    pub revenue: BTreeMap<Option<Currency>, Decimal>,
    /// How many orders that are.
    pub orders: usize,
    /// The time of the last event of a member while it was a member.
    pub last_activity: Option<Timestamp>,
    /// When the first stay or event that is dated later comes into it, or the first stay ends; `None` if time alone
    /// changes nothing.
    pub next_change_at: Option<Timestamp>,
}

impl RollUp {
    /// What the members, each with its stays in this group, come to at a time. A member that is given twice counts once.
    #[must_use]
    pub fn of<'a>(
        members: impl IntoIterator<Item = (&'a Profile, &'a [Stay])>,
        spec: &OrderSpec,
        at: Timestamp,
    ) -> Self {
        let members: BTreeMap<CustomerId, (&Profile, &[Stay])> =
            members.into_iter().map(|(profile, stays)| (profile.id(), (profile, stays))).collect();
        let mut group = RollUp::default();
        let mut sums: BTreeMap<Option<Currency>, Option<Decimal>> = BTreeMap::new();
        for (id, (profile, stays)) in members {
            let was_member = |when: Timestamp| when <= at && stays.iter().any(|stay| stay.holds_at(when));
            match stays.iter().find(|stay| stay.holds_at(at)) {
                Some(stay) => drop(group.members.entry(stay.role.clone()).or_default().insert(id)),
                None => group.left += usize::from(stays.iter().any(|stay| stay.from <= at)),
            }
            let orders = Orders::until(profile.timeline(), spec, at);
            for order in orders.iter().filter(|order| order.placed_at().is_some_and(was_member)) {
                group.orders += 1;
                if let Some(Sum { currency, amount }) = order.paid() {
                    let sum = sums.entry(currency).or_insert(Some(Decimal::ZERO));
                    *sum = sum.and_then(|sum| sum.checked_add(amount));
                }
            }
            let last = profile.timeline().newest_first().map(Event::at).find(|when| was_member(*when));
            group.last_activity = group.last_activity.max(last);
            let ends = stays.iter().flat_map(|stay| [Some(stay.from), stay.until]).flatten();
            let events = profile.timeline().iter().map(Event::at);
            let next = ends.chain(events).filter(|when| at < *when).min();
            group.next_change_at = group.next_change_at.into_iter().chain(next).min();
        }
        group.revenue = sums.into_iter().filter_map(|(currency, sum)| Some((currency, sum?.normalize()))).collect();
        group
    }
}

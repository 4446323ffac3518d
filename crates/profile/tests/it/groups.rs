//! Groups: stays of members, and what they come to.

use std::collections::BTreeMap;

use onefold_fact::{Body, Fact, FactSet, Identifier, Membership, Schema, Value};
use onefold_profile::{OrderSpec, Profile, RollUp, Stay, fold, stays};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{any_fact, day, fact, profile, received, record};

fn group(name: &str) -> Identifier {
    Identifier::new("group", name)
}

fn joins(key: &str, on: u32, name: &str, role: Option<&str>) -> Fact {
    fact(
        "crm",
        key,
        on,
        Body::Group(Membership { group: group(name), role: role.map(str::to_owned), member: true, only: false }),
    )
}

fn leaves(key: &str, on: u32, name: &str) -> Fact {
    fact("crm", key, on, Body::Group(Membership { group: group(name), role: None, member: false, only: false }))
}

fn orders(key: &str, on: u32, total: i64) -> Fact {
    let properties = [("order_id", Value::from(format!("{key}-{on}"))), ("total", Value::from(total))];
    fact("shop", key, on, Body::event("Order Completed", properties))
}

fn member(key: &str, facts: &[Fact]) -> (Profile, BTreeMap<Identifier, Vec<Stay>>) {
    let facts: FactSet = facts.iter().cloned().collect();
    let standing = facts.standing(None);
    let of = standing.iter().map(|it| (it.fact().record().unwrap(), *it));
    (fold(record("crm", key).into(), of, &Schema::default(), None), stays(standing.iter().copied()))
}

/// Mutations: count what a member did before or after its stay; add a customer to one of its groups only; take the
/// first role.
#[test]
fn members_count_for_the_time_of_their_stay_in_each_of_their_groups() {
    let ada = member(
        "1",
        &[
            orders("1", 1, 1000),
            joins("1", 2, "acme", Some("user")),
            joins("1", 3, "byron", None),
            orders("1", 4, 200),
            joins("1", 5, "acme", Some("buyer")),
        ],
    );
    let bo = member(
        "2",
        &[joins("2", 1, "acme", Some("user")), orders("2", 2, 30), leaves("2", 3, "acme"), orders("2", 6, 7)],
    );
    let of = |name, at| {
        let members =
            [&ada, &bo].into_iter().filter_map(|(profile, stays)| Some((profile, stays.get(&group(name))?.as_slice())));
        RollUp::of(members, &OrderSpec::default(), day(at))
    };

    let acme = of("acme", 10);
    assert_eq!(acme.members, [(Some("buyer".to_owned()), [ada.0.id()].into())].into());
    assert_eq!((acme.left, acme.orders), (1, 2));
    assert_eq!(acme.revenue, [(None, 230.into())].into());
    assert_eq!(acme.last_activity, Some(day(4)));
    assert_eq!(acme.next_change_at, None);

    let earlier = of("acme", 2);
    assert_eq!(earlier.members, [(Some("user".to_owned()), [ada.0.id(), bo.0.id()].into())].into());
    assert_eq!(earlier.revenue, [(None, 30.into())].into());
    assert_eq!(earlier.next_change_at, Some(day(3)));

    let byron = of("byron", 10);
    assert_eq!((byron.members, byron.orders), ([(None, [ada.0.id()].into())].into(), 1));
}

/// Mutations: end what another record says; end what is said beside it in one delivery, or in another namespace.
#[test]
fn who_goes_to_another_company_leaves_the_former() {
    let now = |source: &str, on: u32, group: Identifier| {
        fact(source, "1", on, Body::Group(Membership { group, role: None, member: true, only: true }))
    };
    let facts: FactSet = [
        now("crm", 1, group("acme")),
        now("crm", 1, group("byron")),
        now("erp", 2, group("old")),
        now("crm", 3, Identifier::new("household", "9")),
        joins("1", 4, "club", None),
        now("crm", 5, group("zuse")),
    ]
    .into_iter()
    .collect();
    let at = |on| {
        let folded = profile(&facts, &Schema::default(), None, Some(day(on)));
        folded.groups().iter().map(|it| it.group().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(at(4), ["group:acme", "group:byron", "group:club", "group:old", "household:9"]);
    assert_eq!(at(5), ["group:old", "group:zuse", "household:9"]);
}

proptest! {
    /// The stays that hold at a time are the memberships in force at that time, role by role.
    /// Mutations: let a stay end with the instant of its end; keep the role that was said first.
    #[test]
    fn stays_equal_the_memberships_of_each_time(facts in vec(any_fact(), 0..40)) {
        let facts = received(&facts);
        let stays = stays(facts.standing(None));
        for at in (0..9).map(day) {
            let folded = profile(&facts, &Schema::default(), None, Some(at));
            let expected: BTreeMap<_, _> = folded.groups().iter().map(|it| (it.group(), it.role())).collect();
            let hold = stays.iter().filter_map(|(group, stays)| Some((group, stays.iter().find(|it| it.holds_at(at))?)));
            let hold: BTreeMap<_, _> = hold.map(|(group, stay)| (group, stay.role.as_deref())).collect();
            prop_assert_eq!(hold, expected);
        }
    }
}

/// Mutations: a role that ends ends the membership; the last role said is taken though it ended.
#[test]
fn a_role_that_ends_leaves_the_others() {
    let says = |on: u32, role: &str, member: bool| {
        let membership = Membership { group: group("acme"), role: Some(role.to_owned()), member, only: false };
        fact("crm", "1", on, Body::Group(membership))
    };
    let facts = [says(1, "buyer", true), says(2, "board", true), says(4, "board", false)];
    let (ada, stays) = member("1", &facts);
    let held = ada.groups().first().expect("a membership");
    assert_eq!((held.role(), held.since()), (Some("buyer"), day(1)));
    let stay = |role: &str, from: u32, until: Option<u32>| Stay {
        role: Some(role.to_owned()),
        from: day(from),
        until: until.map(day),
    };
    let expected = [stay("buyer", 1, Some(2)), stay("board", 2, Some(4)), stay("buyer", 4, None)];
    assert_eq!(stays[&group("acme")], expected);

    let facts = [facts.as_slice(), &[leaves("1", 6, "acme")]].concat();
    let (ada, stays) = member("1", &facts);
    assert_eq!((ada.groups().len(), stays[&group("acme")][2].until), (0, Some(day(6))));
}

//! Segments through the house.

use onefold::fact::Membership;
use onefold::segment::Segments;
use onefold::{Body, CustomerId, Draft, Onefold, Options, RecordKey, Timestamp, Views, What};

use crate::support::folder;

fn hour(hour: i64) -> Timestamp {
    "2026-03-01T00:00:00Z".parse::<Timestamp>().expect("a time") + chrono::TimeDelta::hours(hour)
}

fn segments(rules: &[(&str, &str)]) -> Segments {
    let rule = |(name, rule): &(&str, &str)| ((*name).to_owned(), rule.parse().expect("a rule"));
    Segments::new(rules.iter().map(rule)).expect("segments")
}

fn event(key: &str, name: &str, time: Timestamp) -> Draft {
    let body = Body::Event { name: name.into(), properties: Default::default() };
    Draft::new("web", body).key(RecordKey::person(key)).occurred_at(time)
}

fn told(key: &str, plan: &str) -> Draft {
    Draft::new("web", Body::set([("plan", plan)])).key(RecordKey::person(key))
}

fn customer(house: &Onefold, key: &str) -> CustomerId {
    let views = house.views().expect("views");
    let is_it =
        |id: &CustomerId| views.records_of(*id).expect("records").iter().any(|(_, of)| *of == RecordKey::person(key));
    views.customers().expect("customers").into_iter().find(is_it).expect("a customer")
}

fn members(views: &Views, segment: &str) -> Vec<CustomerId> {
    views.members_of(segment).expect("members").into_iter().map(|member| member.customer).collect()
}

/// Catches segments that are adopted unread, that do not outlast the program, or that stay when they are taken back.
#[test]
fn adopted_segments_are_checked_kept_and_taken_back() {
    let path = folder("segments-adopted").join("a.onefold");
    let house = Onefold::open(&path, Options::default()).expect("a file");
    house.accept("monday", hour(0), [told("a", "pro"), told("b", "free")]).expect("room");
    let former = segments(&[("pros", r#"plan = "pro""#)]);
    house.adopt(&former, hour(1)).expect("segments");
    let both = segments(&[("others", r#"not in segment "pros""#), ("pros", r#"plan in ("pro", "free")"#)]);
    let preview = house.views().expect("views").preview(&both, hour(2)).expect("a preview");
    assert_eq!(preview.len(), 1, "{preview:?}");
    assert_eq!((&*preview[0].segment, preview[0].entering.len(), preview[0].leaving.len()), ("pros", 1, 0));
    let batch = house.adopt(&both, hour(2)).expect("segments");
    drop(house);

    let house = Onefold::open(&path, Options::default()).expect("a file");
    assert_eq!(house.views().expect("views").segments(), &both);
    assert_eq!(members(&house.views().expect("views"), "pros").len(), 2);
    // What was in force when only that was known.
    assert_eq!(house.known_at(hour(1) + chrono::TimeDelta::minutes(1)).expect("views").segments(), &former);
    house.retract(batch, hour(3)).expect("room");
    let views = house.views().expect("views");
    assert_eq!(views.segments(), &former);
    assert_eq!(members(&views, "pros"), [customer(&house, "a")]);
    assert!(members(&views, "others").is_empty());
    let error = house.adopt(&segments(&[("pros", r#"plna = "pro""#)]), hour(4)).expect_err("a field that there is not");
    assert_eq!(error.to_string(), "unknown field `plna`, line 1, column 1: did you mean `plan`?");
}

/// Catches an edit that forgets when the segments that it leaves as they are change by time alone, that leaves somebody in a
/// segment that is no more, or that asks again what was not edited and lets somebody enter a second time.
#[test]
fn an_edit_leaves_the_other_segments_as_they_are() {
    let house = Onefold::in_memory(Options::default());
    let recent = ("recent", r#"did "order" in the last 1d"#);
    let pro = |plan: &str| format!(r#"plan = "{plan}""#);
    let drafts = [told("a", "pro"), told("b", "free"), event("a", "order", hour(1)), event("b", "order", hour(2))];
    house.accept("monday", hour(2), drafts).expect("room");
    house.adopt(&segments(&[recent, ("old", "always"), ("plan", &pro("pro"))]), hour(2)).expect("segments");
    let told = |changes: &[onefold::Change]| -> Vec<String> {
        let name = |change: &onefold::Change| match &change.what {
            What::Entered { customer: of, segment } => Some(format!("{} + {segment}", of == &customer(&house, "a"))),
            What::Left { customer: of, segment } => Some(format!("{} - {segment}", of == &customer(&house, "a"))),
            _ => None,
        };
        changes.iter().filter_map(name).collect()
    };
    let cursor = house.changes(0, 100).expect("changes").last().map_or(0, |change| change.cursor);
    house.adopt(&segments(&[recent, ("plan", &pro("free"))]), hour(3)).expect("segments");
    let mut edit = told(&house.changes(cursor, 100).expect("changes"));
    edit.sort();
    assert_eq!(edit, ["false + plan", "false - old", "true - old", "true - plan"]);
    let views = house.views().expect("views");
    assert_eq!((members(&views, "recent").len(), members(&views, "old").len()), (2, 0));
    let later = house.advance_to(hour(25)).expect("room");
    assert_eq!((told(&later), later[0].at), (vec!["true - recent".to_owned()], hour(25)));
    let later = house.advance_to(hour(40)).expect("room");
    assert_eq!((told(&later), later[0].at), (vec!["false - recent".to_owned()], hour(26)));
}

/// Catches a past in which what came late is missing, or in which it is known too soon.
#[test]
fn the_past_is_read_in_two_ways() {
    let house = Onefold::in_memory(Options::default());
    house.accept("monday", hour(1), [event("a", "order", hour(0))]).expect("room");
    // It happened before, and came late.
    house.accept("tuesday", hour(30), [event("b", "order", hour(0))]).expect("room");
    let views = house.views().expect("views");
    let rule = views.read_rule(r#"did "order" in the last 2h"#).expect("a rule");
    let rule = views.segments().definition(&rule).expect("a rule");
    assert_eq!(views.matching(&rule, hour(1)).expect("members"), views.customers().expect("customers"));
    assert!(views.matching(&rule, hour(5)).expect("members").is_empty());
    let known = house.known_at(hour(1)).expect("views");
    assert_eq!(known.matching(&rule, hour(1)).expect("members"), [customer(&house, "a")]);
    let why = views.explain(customer(&house, "b"), &rule, hour(1)).expect("readable").expect("a customer");
    assert_eq!((why.holds, why.flips_at), (true, Some(hour(2))));
}

/// Catches a member of a group whose orders are not asked for, and one who is not asked again when another joins.
#[test]
fn members_of_a_group_are_asked() {
    let house = Onefold::in_memory(Options::default());
    let member = |key: &str| {
        let group = "household:h1".parse().expect("an identifier");
        Draft::new("web", Body::Group(Membership { group, role: None, member: true, only: false }))
            .key(RecordKey::person(key))
    };
    let drafts = [member("a"), member("b"), event("b", "order", hour(0)), told("c", "pro")];
    house.accept("monday", hour(0), drafts).expect("room");
    let rule = r#"any member of "household" (did "order")"#;
    house.adopt(&segments(&[("home buys", rule)]), hour(1)).expect("segments");
    let mut expected = vec![customer(&house, "a"), customer(&house, "b")];
    expected.sort();
    let views = house.views().expect("views");
    assert_eq!(members(&views, "home buys"), expected);
    let definition = views.segments().get("home buys").expect("a segment").clone();
    assert!(views.explain(expected[0], &definition, hour(1)).expect("readable").expect("a customer").holds);
    // Who joins has the orders of the others.
    house.accept("tuesday", hour(2), [member("c")]).expect("room");
    expected.push(customer(&house, "c"));
    expected.sort();
    assert_eq!(members(&house.views().expect("views"), "home buys"), expected);
}

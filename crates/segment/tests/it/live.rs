//! Law 5: the live engine says what the reference evaluator says, whatever comes, goes, or is outlived.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use chrono::TimeDelta;
use onefold_fact::{Body, Timestamp};
use onefold_profile::Profile;
use onefold_segment::{Applied, Condition, Definition, Happening, Live, Quantifier, Related, Rule, Segments, Subject};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{any_body, any_clock, any_condition, any_leaf, at, event, hour, profile, rule};

#[derive(Debug, Clone)]
enum Step {
    Say(usize, Body, Timestamp),
    Retract(usize, Index),
    /// All that the second said is of the first.
    Merge(usize, usize),
    /// The later half of what the first said is of the second.
    Split(usize, usize),
    Wait(i64),
}

const SUBJECTS: usize = 3;

fn any_step() -> impl Strategy<Value = Step> {
    let subject = || 0..SUBJECTS;
    prop_oneof![
        8 => (subject(), any_body(), any_clock()).prop_map(|(subject, body, at)| Step::Say(subject, body, at)),
        2 => (subject(), any::<Index>()).prop_map(|(subject, which)| Step::Retract(subject, which)),
        1 => (subject(), subject()).prop_map(|(a, b)| Step::Merge(a, b)),
        1 => (subject(), subject()).prop_map(|(a, b)| Step::Split(a, b)),
        4 => prop_oneof![3 => 1_i64..30, 1 => 30_i64..200].prop_map(Step::Wait),
    ]
}

/// The facts of each subject, and the profiles that they make.
struct Model {
    said: Vec<Vec<(Body, Timestamp)>>,
    definitions: Vec<(String, Definition)>,
}

impl Model {
    fn profile(&self, subject: usize) -> Profile {
        profile(&subject.to_string(), &self.said[subject])
    }

    fn all(&self) -> Vec<Profile> {
        (0..SUBJECTS).map(|subject| self.profile(subject)).collect()
    }

    /// The first subject is an account, and the others its members.
    fn with_members<T>(&self, with: impl FnOnce(&[&dyn Subject]) -> T) -> T {
        let all = self.all();
        let account = all[1..].iter().fold(Related::new(&all[0]), |account, it| account.with("account", it));
        let mut subjects: Vec<&dyn Subject> = vec![&account];
        subjects.extend(all[1..].iter().map(|it| it as &dyn Subject));
        with(&subjects)
    }

    fn put(&self, live: &mut Live, subject: usize) {
        self.with_members(|subjects| live.put(subjects[subject]));
    }

    fn check(&self, live: &Live) -> Result<(), TestCaseError> {
        self.with_members(|subjects| {
            for (name, definition) in &self.definitions {
                for subject in subjects {
                    let expected = definition.evaluate(*subject, live.clock());
                    let found = live.membership(subject.id(), name);
                    let shown = Rule::new(definition.condition().clone()).unwrap();
                    prop_assert_eq!(found.is_some(), expected.holds, "{} at {}", shown, live.clock());
                    if let Some(next) = found.and_then(|found| found.next_change_at) {
                        prop_assert!(next > live.clock());
                    }
                }
            }
            Ok(())
        })
    }
}

fn run(conditions: Vec<Condition>, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let rules = conditions.into_iter().enumerate();
    let rules: Vec<(String, Rule)> = rules.map(|(nth, it)| (format!("s{nth:02}"), Rule::new(it).unwrap())).collect();
    let segments = Segments::new(rules).unwrap();
    let names: Vec<String> = segments.names().map(str::to_owned).collect();
    let definitions = names.iter().map(|name| (name.clone(), segments.get(name).unwrap().clone())).collect();
    let mut model = Model { said: vec![Vec::new(); SUBJECTS], definitions };
    let mut live = Live::new(&segments, hour(0));
    (0..SUBJECTS).for_each(|subject| model.put(&mut live, subject));
    model.check(&live)?;
    live.changes();

    for step in steps {
        match step {
            Step::Say(subject, body, when) => {
                model.said[subject].push((body.clone(), when));
                let id = model.profile(subject).id();
                match &body {
                    Body::Event { name, properties } => {
                        let happening = Happening { at: when, name, properties };
                        if live.insert(*id.founder().as_uuid(), &happening) == Applied::ReadAgain {
                            model.put(&mut live, subject);
                        }
                    }
                    _ => model.with_members(|subjects| live.put_fields(subjects[subject])),
                }
            }
            Step::Retract(subject, which) if !model.said[subject].is_empty() => {
                let which = which.index(model.said[subject].len());
                let (body, when) = model.said[subject].remove(which);
                match &body {
                    Body::Event { name, properties } => {
                        let happening = Happening { at: when, name, properties };
                        live.remove_event(*model.profile(subject).id().founder().as_uuid(), &happening);
                    }
                    _ => model.with_members(|subjects| live.put_fields(subjects[subject])),
                }
            }
            Step::Retract(..) => {}
            Step::Merge(winner, loser) if winner != loser => {
                let said = std::mem::take(&mut model.said[loser]);
                model.said[winner].extend(said);
                live.remove(*model.profile(loser).id().founder().as_uuid());
                model.put(&mut live, loser);
                model.put(&mut live, winner);
            }
            Step::Split(from, to) if from != to => {
                let half = model.said[from].len() / 2;
                let said = model.said[from].split_off(half);
                model.said[to].extend(said);
                model.put(&mut live, from);
                model.put(&mut live, to);
            }
            Step::Merge(..) | Step::Split(..) => {}
            Step::Wait(hours) => {
                live.changes();
                live.advance_to(live.clock() + TimeDelta::hours(hours));
                // Each who enters or leaves does so at the very clock.
                let changes = live.changes();
                let by_id: BTreeMap<_, usize> =
                    model.with_members(|subjects| subjects.iter().enumerate().map(|(n, it)| (it.id(), n)).collect());
                model.with_members(|subjects| {
                    for change in changes {
                        let subject = subjects[by_id[&change.subject]];
                        let definition = &model.definitions[change.segment].1;
                        let just_before = change.at - TimeDelta::microseconds(1);
                        prop_assert_eq!(definition.evaluate(subject, change.at).holds, change.entered);
                        prop_assert_eq!(definition.evaluate(subject, just_before).holds, !change.entered);
                    }
                    Ok(())
                })?;
            }
        }
        model.check(&live)?;
    }
    // Reading all at once comes to the same, also of what is still to come.
    let mut loaded = Live::new(&segments, live.clock());
    model.with_members(|subjects| loaded.load(subjects.iter().copied()));
    prop_assert_eq!(loaded.changes(), []);
    model.check(&loaded)?;
    loaded.advance_to(loaded.clock() + TimeDelta::days(3));
    model.check(&loaded)
}

fn members(condition: Condition, least: u32) -> Condition {
    let quantifier = NonZeroU32::new(least).map_or(Quantifier::All, Quantifier::AtLeast);
    Condition::Members { quantifier, relation: "account".to_owned(), condition: Box::new(condition) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Mutations: let a count wait for the first event to leave where a later one decides; forget to look again when a
    /// session ends; place a late event at the end; let an event that is taken away leave its amount in the sums behind
    /// it; forget the owners of a member that enters; keep a subject that merged.
    #[test]
    fn live_is_what_the_reference_says(
        conditions in vec(any_condition(), 1..5),
        (inner, least) in (any_leaf(), 0_u32..3),
        steps in vec(any_step(), 1..25),
    ) {
        let mut conditions = conditions;
        conditions.push(members(inner, least));
        run(conditions, steps)?;
    }

    /// The same for one condition at a time and many steps. Mutation: see above, of the leaf.
    #[test]
    fn each_condition_is_what_the_reference_says(leaf in any_leaf(), steps in vec(any_step(), 1..60)) {
        run(vec![leaf], steps)?;
    }
}

/// Mutation: multiply days without regard to how many a clock counts.
#[test]
fn bounds_beyond_all_time_do_not_overflow() {
    let far = i64::MAX;
    let days = format!(r#"days since last "view" >= {far} or days since first "view" > 150000000"#);
    let numbers = format!(
        r#"did "view" at least {far} times or count of "view" < {} or sum of worth of "view" > {far}"#,
        i64::MIN
    );
    let text = format!("{days} or {numbers}");
    let definition = crate::support::definition(&text);
    assert!(!definition.analyse(&onefold_fact::Schema::default()).is_always);
    let mut live = Live::new(&Segments::new([("far".to_owned(), rule(&text))]).unwrap(), hour(0));
    for at in [Timestamp::MIN_UTC, hour(0), Timestamp::MAX_UTC] {
        let subject = profile("1", &[(event("view", r#"{"worth":9223372036854775807}"#), at)]);
        live.put(&subject);
        assert_eq!(
            live.membership(Subject::id(&subject), "far").is_some(),
            definition.evaluate(&subject, hour(0)).holds
        );
    }
    live.advance_to(Timestamp::MAX_UTC);
}

/// A year by days and a year at once are the same changes.
#[test]
fn a_year_runs_in_one_step() {
    let segments =
        Segments::new([("lapsing".to_owned(), rule(r#"has been (not did "order" in the last 30d) for 7d"#))]);
    let run = |step: i64| {
        let mut live = Live::new(&segments.clone().unwrap(), hour(0));
        let nothing = onefold_fact::Properties::new();
        for subject in 0..50_u128 {
            for order in 0..4 {
                let at = hour(i64::try_from(subject).unwrap() * 7 + order * 1000);
                let happening = Happening { at, name: "order", properties: &nothing };
                assert_eq!(live.insert(uuid::Uuid::from_u128(subject), &happening), Applied::Done);
            }
        }
        let mut changes = live.changes();
        let end = hour(24 * 365);
        while live.clock() < end {
            live.advance_to((live.clock() + TimeDelta::hours(step)).min(end));
            changes.extend(live.changes());
        }
        changes
    };
    let at_once = run(24 * 365);
    assert!(at_once.len() > 200 && at_once == run(24) && at_once == run(5));
}

/// At one instant one member comes to fulfil what all are asked and another ceases to: the account is never in.
/// Mutation: look at the account after each member.
#[test]
fn nobody_enters_and_leaves_at_one_instant() {
    let all = rule(r#"all members of "account" (did "view" in the last 5h)"#);
    let segments = Segments::new([("all".to_owned(), all)]).unwrap();
    let mut live = Live::new(&segments, hour(0));
    let (first, second) =
        (profile("1", &[(event("view", "{}"), hour(12))]), profile("2", &[(event("view", "{}"), hour(7))]));
    let bare = profile("0", &[]);
    let account = Related::new(&bare).with("account", &first).with("account", &second);
    live.put(&account);
    live.put(&first);
    live.put(&second);
    live.changes();
    live.advance_to(hour(20));
    assert_eq!(live.changes(), []);
}

/// Two events at one instant, of which the first or the last counts, are read from the timeline.
#[test]
fn contenders_are_read_again() {
    let segments = Segments::new([("a".to_owned(), rule(r#"last sku of "view" = "a""#))]).unwrap();
    let mut live = Live::new(&segments, hour(0));
    let (Body::Event { properties: a, .. }, Body::Event { properties: b, .. }) =
        (event("view", r#"{"sku":"a"}"#), event("view", r#"{"sku":"b"}"#))
    else {
        panic!("events")
    };
    let view = |properties| Happening { at: at("2026-01-01T00:00:00Z"), name: "view", properties };
    let id = uuid::Uuid::from_u128(1);
    assert_eq!(live.insert(id, &view(&a)), Applied::Done);
    assert_eq!(live.insert(id, &view(&b)), Applied::ReadAgain);
    assert_eq!(live.late(), 0);
}

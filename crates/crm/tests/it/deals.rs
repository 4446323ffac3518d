//! Deals: what may be done to them, and what they were.

use std::collections::{BTreeMap, BTreeSet};

use onefold_crm::{
    Aggregate, Closes, Command, Contact, FieldSpecs, ForecastCategory, LineItem, Money, Opportunity, Outcome, Pipeline,
    Surroundings, Why, decide,
};
use onefold_fact::{Timestamp, Value};
use proptest::prelude::*;

use crate::support::{at, day, facts, folded, opened, pipeline, run};

#[test]
fn a_refused_move_says_every_reason_and_changes_nothing() {
    let pipeline = pipeline();
    let deal = opened("900 EUR", "2026-06-30");
    let before = deal.clone();
    let no = decide(&deal, &Command::move_to("negotiation"), &Surroundings::of(&pipeline), day(2)).unwrap_err();
    let whys: Vec<Why> = no.problems().iter().map(|problem| problem.why).collect();
    assert_eq!(whys, [Why::NotAllowed, Why::Gate, Why::Approval]);
    let text = "a deal cannot go from `qualified` to `negotiation` (it may go to `proposal`, `lost`); stage `negotiation` \
                asks that contacts >= 1 and amount > 1000 (name who decides); stage `negotiation` has to be approved (ask \
                one of `lead of sales`)";
    assert_eq!(no.to_string(), text);
    assert_eq!(deal, before);
}

#[test]
fn commands_that_cannot_be_are_refused_with_the_field() {
    let pipeline = pipeline();
    let around = Surroundings::of(&pipeline);
    let deal = opened("900 EUR", "2026-06-30");
    let refused = |deal: &Opportunity, command: Command| {
        let no = decide(deal, &command, &around, day(2)).unwrap_err();
        (no.problems()[0].why, no.problems()[0].field.clone())
    };
    let line = |price: &str, discount: &str| LineItem {
        product: "licence".into(),
        quantity: 3.into(),
        price: price.parse().expect("money"),
        discount: discount.parse().expect("a part"),
        tax: 0.into(),
        times: 1,
        schedule: Vec::new(),
    };
    assert_eq!(refused(&deal, Command::move_to("nowhere")), (Why::NotFound, "stage".into()));
    assert_eq!(refused(&deal, Command::worth("-1 EUR".parse().expect("money"))), (Why::Invalid, "amount".into()));
    assert_eq!(refused(&deal, Command::SetLine("1".into(), line("5 EUR", "1.2"))), (Why::Invalid, "1.discount".into()));
    assert_eq!(refused(&deal, Command::RemoveLine("9".into())), (Why::NotFound, "line".into()));
    assert_eq!(refused(&Opportunity::default(), Command::Touch("call".into())), (Why::NotFound, "id".into()));
    let own: BTreeMap<_, _> = [("stage".to_owned(), Some(Value::from("won")))].into();
    assert_eq!(refused(&deal, Command::Describe(own)), (Why::Invalid, "stage".into()));
    let again = Command::Open(onefold_crm::Opening::named("x"));
    assert_eq!(refused(&deal, again), (Why::Exists, "id".into()));
    let lost = Command::Move { to: "lost".into(), reason: Some("mood".into()), approved_by: BTreeSet::new() };
    assert_eq!(refused(&deal, lost), (Why::Invalid, "reason".into()));
    let mut priced = deal.clone();
    run(&mut priced, &Command::SetLine("1".into(), line("5 EUR", "0")), &pipeline, day(2));
    let mixed = refused(&priced, Command::SetLine("2".into(), line("5 CHF", "0")));
    assert_eq!(mixed, (Why::Invalid, "2.price".into()));
}

#[test]
fn a_deal_shows_what_it_was_and_how_long_it_was_where() {
    let pipeline = pipeline();
    let mut deal = opened("9000 EUR", "2026-06-30");
    run(&mut deal, &Command::move_to("proposal"), &pipeline, day(3));
    run(&mut deal, &Command::move_to("qualified"), &pipeline, day(4));
    run(&mut deal, &Command::worth("12000 EUR".parse().expect("money")), &pipeline, day(6));
    run(&mut deal, &Command::move_to("proposal"), &pipeline, day(9));
    run(&mut deal, &Command::AddContact("17".into(), Contact::default()), &pipeline, day(10));
    let approved = ["lead of sales".to_owned()].into();
    let on = Command::Move { to: "negotiation".into(), reason: None, approved_by: approved };
    run(&mut deal, &on, &pipeline, day(11));
    run(&mut deal, &Command::move_to("won"), &pipeline, day(15));

    let then = deal.at(day(5)).expect("it was there");
    assert_eq!((then.stage.as_str(), then.amount), ("qualified", Some("9000 EUR".parse().expect("money"))));
    assert_eq!(deal.at(day(12)).expect("there").category, ForecastCategory::Commit);
    assert!(deal.at(at("2026-02-01T00:00:00Z")).is_none());
    let days = |of: &str| {
        let times = deal.stage_times(day(20));
        let time = times[of];
        (time.visits, time.latest / 86_400, time.cumulative / 86_400)
    };
    assert_eq!(days("qualified"), (2, 5, 7));
    assert_eq!(days("proposal"), (2, 2, 3));
    assert_eq!(days("won"), (1, 5, 5));
    let closed = deal.closed.clone().expect("closed");
    assert_eq!((closed.as_, closed.at), (Closes::Won, day(15)));
    let no = decide(&deal, &Command::Value(None), &Surroundings::of(&pipeline), day(16)).unwrap_err();
    assert_eq!(no.problems()[0].why, Why::Closed);
    run(&mut deal, &Command::move_to("qualified"), &pipeline, day(17));
    assert!(deal.closed.is_none());
}

#[test]
fn a_deal_rots_unless_somebody_touches_it() {
    let pipeline = pipeline();
    let mut deal = opened("9000 EUR", "2026-06-30");
    assert_eq!(deal.rots_at(&pipeline), Some(day(11)));
    assert_eq!(deal.rots_since(&pipeline, day(10)), None);
    run(&mut deal, &Command::Touch("call 7".into()), &pipeline, day(8));
    assert_eq!(deal.rots_since(&pipeline, day(17)), None);
    assert_eq!(deal.rots_since(&pipeline, day(18)), Some(day(18)));
    assert_eq!(deal.touched, Some((day(8), "call 7".into())));
}

#[test]
fn lines_make_the_amount() {
    let pipeline = pipeline();
    let mut deal = opened("1 EUR", "2026-06-30");
    let line = LineItem {
        product: "seat".into(),
        quantity: 30.into(),
        price: "9.99 EUR".parse().expect("money"),
        discount: "0.1".parse().expect("a part"),
        tax: "0.19".parse().expect("a part"),
        times: 12,
        schedule: Vec::new(),
    };
    // 30 × 9.99 × 0.9 × 12 = 3236.76; with 19 % tax of 614.98 (614.9844) 3851.74.
    assert_eq!(line.net().to_string(), "3236.76 EUR");
    assert_eq!(line.gross().to_string(), "3851.74 EUR");
    run(&mut deal, &Command::SetLine("seats".into(), line), &pipeline, day(2));
    assert_eq!(deal.amount, Some("3236.76 EUR".parse().expect("money")));
}

/// Mutations: count what is too much as the most that can be; look at a line by itself only.
#[test]
fn lines_that_cannot_be_counted_are_refused() {
    let pipeline = pipeline();
    let mut deal = opened("1 EUR", "2026-05-01");
    let line = |quantity: &str, tax: &str, times| LineItem {
        product: "seat".into(),
        quantity: quantity.parse().expect("a quantity"),
        price: "70000000000000000000000000000 EUR".parse().expect("money"),
        discount: "0".parse().expect("a part"),
        tax: tax.parse().expect("a part"),
        times,
        schedule: Vec::new(),
    };
    let fields = |deal: &Opportunity, item: LineItem| -> Vec<String> {
        let no = decide(deal, &Command::SetLine("a".into(), item), &Surroundings::of(&pipeline), day(2)).unwrap_err();
        no.problems().iter().map(|problem| problem.field.clone()).collect()
    };
    assert_eq!(fields(&deal, line("1", "1.01", 1)), ["a.tax"]);
    assert_eq!(fields(&deal, line("1", "0", 0)), ["a.times"]);
    assert_eq!(fields(&deal, line("2", "0", 1)), ["a.quantity"]);
    assert_eq!(fields(&deal, line("1", "0.5", 1)), ["a.quantity"], "with its tax it is too much");
    run(&mut deal, &Command::SetLine("b".into(), line("1", "0", 1)), &pipeline, day(2));
    assert_eq!(fields(&deal, line("1", "0", 1)), ["a.quantity"], "with the other it is too much");
}

/// Every stage that is wrong is said, and nothing is that is right. Mutations: any of the checks is left out; undeclared
/// fields are refused where they may be.
#[test]
fn a_pipeline_asks_for_nothing_that_cannot_be() {
    let fields: FieldSpecs = serde_json::from_str(
        r#"{"closed": true, "fields": {"region": {"kind": "text", "choices": ["North"]}, "seats": {"kind": "integer"}}}"#,
    )
    .expect("fields");
    let of = |stage: &str, fields: &FieldSpecs| -> Vec<String> {
        let json = format!(
            r#"{{"stages": [{{"name": "a", "probability": "0.1"}}, {stage},
                {{"name": "won", "probability": "1", "closes": "won"}}, {{"name": "lost", "probability": "0", "closes": "lost"}}]}}"#
        );
        let pipeline: Pipeline = serde_json::from_str(&json).expect("a pipeline");
        pipeline.problems_given(fields).iter().map(ToString::to_string).collect()
    };
    let open = FieldSpecs::default();
    let gate = |rule: &str| {
        format!(r#"{{"name": "b", "probability": "0.2", "gates": [{{"rule": {rule:?}, "fix": "do it"}}]}}"#)
    };
    for (stage, in_closed, says) in [
        (r#"{"name": " A ", "probability": "0.2"}"#, false, "a name of its own"),
        (r#"{"name": "b", "probability": "0.2", "category": "closed"}"#, false, "not counted as closed"),
        (r#"{"name": "b", "probability": "0.2", "approval": {"any": []}}"#, false, "`approval` names nobody"),
        (r#"{"name": "b", "probability": "0.2", "requires": ["amuont"]}"#, true, "`requires` names `amuont`"),
        (&gate(r#"amuont > 5"#), true, "a gate names `amuont`"),
        (&gate(r#"amount = "many""#), false, "`amount` is a number"),
        (&gate(r#"seats = "many""#), true, "`seats` is a number"),
        (&gate(r#"region = "East""#), true, "`region` is never `East`: compare it with `North`"),
    ] {
        let said = of(stage, &fields);
        assert!(said.iter().any(|said| said.contains(says)), "{stage}: {said:?}");
        assert_eq!(of(stage, &open).is_empty(), in_closed, "{stage}");
    }
    let right = [gate(r#"region = "North" and seats > 5 and amount > 1"#), gate(r#"did "Demo" and stage = "a""#)];
    right.iter().for_each(|stage| assert_eq!(of(stage, &fields), [""; 0]));
    let ends = |won: &str, lost: &str| -> Vec<String> {
        let json = format!(
            r#"{{"stages": [{{"name": "a", "probability": "0.1"}}, {{"name": "won", "closes": "won", {won}}},
                {{"name": "lost", "closes": "lost", {lost}}}]}}"#
        );
        let pipeline: Pipeline = serde_json::from_str(&json).expect("a pipeline");
        pipeline.problems().iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        ends(r#""probability": "0.5", "category": "pipeline""#, r#""probability": "0.5", "category": "commit""#),
        [
            "stage `won`: a won deal is counted as closed, not as pipeline: take `category` away",
            "stage `won`: the probability of won is 1, not 0.5",
            "stage `lost`: a lost deal is counted as omitted, not as commit: take `category` away",
            "stage `lost`: the probability of lost is 0, not 0.5",
        ]
    );
    assert!(
        ends(r#""probability": "1", "category": "closed""#, r#""probability": "0", "category": "omitted""#).is_empty()
    );
}

/// Mutation: what is counted as closed is whatever somebody says.
#[test]
fn an_open_deal_is_not_counted_as_closed() {
    let deal = opened("1 EUR", "2026-05-01");
    let closed = Command::Categorise(ForecastCategory::Closed);
    let no = decide(&deal, &closed, &Surroundings::of(&pipeline()), day(2)).unwrap_err();
    assert_eq!((no.problems()[0].why, no.problems()[0].field.as_str()), (Why::NotAllowed, "category"));
}

#[test]
fn a_pipeline_is_checked_before_it_is_used() {
    let sound = pipeline();
    assert_eq!(sound.problems(), []);
    let mut stuck: Pipeline = pipeline();
    stuck.stages[1].to = Some(["qualified".to_owned()].into());
    stuck.stages[0].to = Some(["proposal".to_owned()].into());
    let problems: Vec<String> = stuck.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "stage `qualified`: no deal that is here can be closed: let it lead to a stage that closes",
            "stage `proposal`: no deal that is here can be closed: let it lead to a stage that closes",
            "stage `negotiation`: no deal can come here: let a stage lead to it",
            "stage `won`: no deal can come here: let a stage lead to it",
            "stage `lost`: no deal can come here: let a stage lead to it",
        ]
    );
    let mut unmeetable = pipeline();
    unmeetable.stages[2].gates[0].rule = "amount > 5 and amount < 3".parse().expect("a rule");
    unmeetable.stages.remove(3);
    let problems: Vec<String> = unmeetable.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "stage `negotiation`: no deal can ever meet the gate `amount > 5 and amount < 3`",
            "no stage closes as won: give one `closes: won`",
        ]
    );
}

fn money() -> impl Strategy<Value = Money> {
    (any::<i64>(), 0_u32..20, prop_oneof!["EUR", "CHF", "JPY"]).prop_map(|(digits, places, currency)| {
        Money::new(rust_decimal::Decimal::new(digits, places), currency.parse().expect("a currency"))
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let stage = || prop_oneof!["qualified", "proposal", "negotiation"];
    let category = prop_oneof![Just(ForecastCategory::Pipeline), Just(ForecastCategory::Commit)];
    let item = (money(), 1_i64..50, 0_i64..100).prop_map(|(price, quantity, discount)| LineItem {
        product: "seat".into(),
        quantity: quantity.into(),
        price,
        discount: rust_decimal::Decimal::new(discount, 2),
        tax: 0.into(),
        times: 1,
        schedule: Vec::new(),
    });
    prop_oneof![
        ("[a-z]{1,8}", stage()).prop_map(|(name, stage)| Outcome::Opened {
            name,
            pipeline: String::new(),
            stage,
            probability: "0.2".parse().expect("a part"),
            category: ForecastCategory::Pipeline,
        }),
        (stage(), stage(), category).prop_map(|(from, to, category)| Outcome::Moved {
            from,
            to,
            probability: "0.8".parse().expect("a part"),
            category,
        }),
        (stage(), proptest::option::of("[a-z ]{0,9}"), proptest::option::of(money()))
            .prop_map(|(from, reason, amount)| Outcome::Won { from, to: "won".into(), reason, amount }),
        stage().prop_map(|from| Outcome::Lost { from, to: "lost".into(), reason: None }),
        proptest::option::of(money()).prop_map(|amount| Outcome::Valued { amount }),
        proptest::option::of(0_u32..9000).prop_map(|days| Outcome::Expected {
            closes_on: days.map(|days| chrono::NaiveDate::MIN + chrono::Days::new(96_700_000 + u64::from(days))),
        }),
        proptest::option::of("\\PC{0,9}").prop_map(|owner| Outcome::Assigned { owner }),
        proptest::collection::btree_map("[a-z]{1,3}", proptest::option::of(any::<i32>()), 0..3).prop_map(|fields| {
            Outcome::Described { fields: fields.into_iter().map(|(k, v)| (k, v.map(Into::into))).collect() }
        }),
        ("[ab]", item).prop_map(|(line, item)| Outcome::LineSet { line, item }),
        "[ab]".prop_map(|line| Outcome::LineRemoved { line }),
        ("[ab]", any::<bool>())
            .prop_map(|(contact, primary)| Outcome::ContactAdded { contact, part: Contact { role: None, primary } }),
        Just(Outcome::Touched { by: "call".into() }),
    ]
}

proptest! {
    /// Law 6: what happens is the same as a fact. Mutation: amounts are written through a double.
    #[test]
    fn outcomes_are_facts_without_loss(outcomes in proptest::collection::vec(outcome(), 0..20)) {
        let told: Vec<(Timestamp, Outcome)> =
            outcomes.into_iter().enumerate().map(|(n, o)| (day(1) + chrono::TimeDelta::minutes(n as i64), o)).collect();
        let mut straight = Opportunity::default();
        told.iter().for_each(|(at, outcome)| straight.apply(*at, outcome));
        let folded = folded::<Opportunity>(facts::<Opportunity>(&told));
        prop_assert_eq!(&folded.unreadable, &[]);
        prop_assert_eq!(folded.state, straight);
    }

    /// Laws 1 and 3: in any order, delivered twice, and with one fact less as if it never was. Mutation: `Opened` forgets
    /// what came before it.
    #[test]
    fn deals_do_not_depend_on_the_order_of_facts(
        outcomes in proptest::collection::vec((outcome(), 0_i64..6), 1..20),
        seed in any::<prop::sample::Index>(),
    ) {
        let told: Vec<(Timestamp, Outcome)> =
            outcomes.into_iter().map(|(o, minute)| (day(1) + chrono::TimeDelta::minutes(minute), o)).collect();
        let facts = facts::<Opportunity>(&told);
        let mut turned = facts.clone();
        turned.rotate_left(seed.index(facts.len()));
        turned.extend(facts.iter().rev().cloned());
        prop_assert_eq!(folded::<Opportunity>(facts.clone()).state, folded::<Opportunity>(turned).state);
        let without: Vec<_> = facts.iter().enumerate().filter(|(n, _)| *n != seed.index(facts.len())).map(|(_, f)| f.clone()).collect();
        let mut backwards = without.clone();
        backwards.reverse();
        prop_assert_eq!(folded::<Opportunity>(without).state, folded::<Opportunity>(backwards).state);
    }

    /// Law 8: no command on any state panics, and what is refused says why.
    #[test]
    fn any_command_is_decided(outcomes in proptest::collection::vec(outcome(), 0..8), worth in money(), stage in "[a-z]{0,9}|won|lost|proposal") {
        let pipeline = pipeline();
        let mut deal = Opportunity::default();
        outcomes.iter().for_each(|outcome| deal.apply(day(1), outcome));
        for command in [Command::move_to(stage), Command::worth(worth), Command::RemoveLine("a".into()), Command::Assign(None)] {
            match decide(&deal, &command, &Surroundings::of(&pipeline), day(2)) {
                Ok(outcomes) => outcomes.iter().for_each(|outcome| deal.apply(day(2), outcome)),
                Err(rejection) => prop_assert!(!rejection.problems().is_empty()),
            }
        }
        prop_assert!(deal.stage_times(day(3)).len() <= deal.history.len());
        prop_assert!(deal.closed.is_none() || deal.rots_at(&pipeline).is_none());
    }
}

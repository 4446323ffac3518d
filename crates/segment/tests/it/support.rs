//! Subjects and rules, made by hand and at random.

use chrono::{TimeDelta, TimeZone, Utc};
use onefold_fact::{
    AttributeSpec, Body, Draft, FactSet, Filter, Kind, RecordId, RecordKey, Schema, Source, Test, Timestamp, Value,
};
use onefold_profile::{
    Aggregate, Calendar, ComputedAttribute, ConsentState, End, EventSelector, Extent, Lifecycle, Measure, Period,
    Profile, Rfm, RfmCuts, Session, Span, Stage, Window, fold,
};
use onefold_segment::{
    Bucket, Condition, Definition, Dimension, FieldPath, FieldTest, Quantifier, Rule, Sequence, Silence, Step, Weighted,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// An instant of January 2026 by hours from its beginning.
pub(crate) fn hour(hour: i64) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + TimeDelta::hours(hour)
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn json(json: &str) -> Value {
    Value::from_json(json).unwrap().value.unwrap()
}

pub(crate) fn rule(text: &str) -> Rule {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn definition(text: &str) -> Definition {
    rule(text).try_into().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// An event: name, properties as plain JSON.
pub(crate) fn event(name: &str, properties: &str) -> Body {
    let Value::Map(properties) = json(properties) else { panic!("an object") };
    Body::Event { name: name.into(), properties }
}

/// A fact as a draft with the time at which it was so and was received.
pub(crate) type Said = (Body, Timestamp);

pub(crate) fn drafts(key: &str, said: &[Said]) -> Vec<(Draft, Timestamp)> {
    let number = |(nth, (body, at)): (usize, &Said)| {
        let draft = Draft::new("test", body.clone()).key(RecordKey::person(key));
        (draft.occurred_at(*at).message_id(format!("{key}-{nth}")), *at)
    };
    said.iter().enumerate().map(number).collect()
}

/// The profile of one record.
pub(crate) fn profile(key: &str, said: &[Said]) -> Profile {
    let facts: FactSet = drafts(key, said).into_iter().map(|(draft, at)| draft.received("batch", at)).collect();
    let standing = facts.standing(None).into_iter().filter_map(|it| Some((it.fact().record()?, it)));
    let id = RecordId::of(&Source::from("test"), &RecordKey::person(key));
    fold(id.into(), standing, &schema(), None)
}

pub(crate) fn schema() -> Schema {
    let mut schema = Schema::default();
    for (name, kind) in [
        ("plan", Kind::Category),
        ("age", Kind::Integer),
        ("email", Kind::Email),
        ("renewal", Kind::Date),
        ("tags", Kind::Category),
        ("address", Kind::Money),
        ("vip", Kind::Boolean),
    ] {
        schema.attributes.insert(name.into(), AttributeSpec::of(kind));
    }
    schema
}

// What follows is drawn from few names and values, so that random rules and facts meet.

pub(crate) const EVENTS: [&str; 3] = ["view", "cart", "order"];

pub(crate) fn any_body() -> impl Strategy<Value = Body> {
    let name = select(&EVENTS[..]);
    let properties =
        (select(&["1", "2.5", "-4", "\"x\"", "[3,4]", "0.0000000001"][..]), select(&["\"a\"", "\"b\"", "null"][..]));
    let event = (name, properties).prop_map(|(name, (worth, sku))| {
        event(
            name,
            &format!(r#"{{"worth":{worth},"sku":{sku},"total":{{"amount":{},"currency":"EUR"}}}}"#, worth.len()),
        )
    });
    let plan = select(vec![Value::from("pro"), "free".into(), "".into()]).prop_map(|plan| Body::set([("plan", plan)]));
    let renewal = (0_i64..20).prop_map(|day| Body::set([("renewal", Value::Date(hour(day * 24).date_naive()))]));
    let tags = select(&["[]", "[\"a\"]", "[\"a\",\"b\"]"][..]).prop_map(|tags| Body::set([("tags", json(tags))]));
    let consent = (select(vec![onefold_fact::Choice::Granted, onefold_fact::Choice::Denied]), any::<bool>());
    let consent = consent.prop_map(|(choice, expires)| {
        let expires_at = expires.then(|| hour(200));
        let (purpose, channel) = ("marketing".to_owned(), None);
        Body::Consent(onefold_fact::Consent {
            purpose,
            channel,
            choice,
            basis: None,
            proof: None,
            expires_at,
            collected_by: None,
        })
    });
    prop_oneof![12 => event, 2 => plan, 1 => renewal, 1 => tags, 1 => consent]
}

pub(crate) fn any_clock() -> impl Strategy<Value = Timestamp> {
    // Whole hours meet often; odd microseconds rarely.
    prop_oneof![8 => (0_i64..480).prop_map(hour), 1 => (0_i64..480, -1_i64..2).prop_map(|(h, odd)| {
        hour(h) + TimeDelta::microseconds(odd)
    })]
}

pub(crate) fn any_span() -> impl Strategy<Value = Span> {
    select(vec!["1h", "5h", "24h", "3d", "10d", "1s"]).prop_map(|span| span.parse().unwrap())
}

fn path(text: &str) -> onefold_fact::PropertyPath {
    text.parse().unwrap()
}

pub(crate) fn any_filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        Just(Filter::default()),
        Just(Filter::test(path("sku"), Test::Equal("a".into()))),
        Just(Filter::test(path("sku"), Test::Present)),
        Just(Filter::test(path("worth"), Test::AtLeast(Value::Integer(2)))),
        Just(Filter::test(path("worth"), Test::OneOf(vec![Value::Integer(1), "x".into()]))),
        Just(Filter::element(path("total"), Filter::test(path("amount"), Test::Less(Value::Integer(3))))),
        Just(Filter::test(path(r"odd\.name.`x`"), Test::Contains("\"\\\n\u{1}é".into()))),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Filter::All),
            vec(inner.clone(), 0..3).prop_map(Filter::Any),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

pub(crate) fn any_selector() -> impl Strategy<Value = EventSelector> {
    let names = prop_oneof![
        6 => select(&EVENTS[..]).prop_map(|name| vec![name]),
        1 => Just(vec!["view", "cart"]),
        1 => Just(vec![]),
    ];
    let filter = prop_oneof![2 => Just(Filter::default()), 1 => any_filter()];
    (names, filter).prop_map(|(names, filter)| EventSelector::named(names).filtered(filter))
}

pub(crate) fn any_window() -> impl Strategy<Value = Window> {
    let calendar = (
        select(vec![Period::Day, Period::Week, Period::Month]),
        select(vec![Extent::ToDate, Extent::Completed, Extent::Rolling]),
        1_u16..3,
        select(vec!["UTC", "Europe/Berlin", "America/Sao_Paulo"]),
    );
    prop_oneof![
        2 => Just(Window::Lifetime),
        4 => any_span().prop_map(Window::Sliding),
        1 => (proptest::option::of(0_i64..100), proptest::option::of(100_i64..300)).prop_map(|(from, until)| {
            Window::Absolute { from: from.map(hour), until: until.map(hour) }
        }),
        2 => calendar.prop_map(|(period, extent, count, zone)| {
            Window::Calendar(Calendar { period, extent, count, zone: zone.parse().unwrap() })
        }),
        1 => (any_span(), select(vec![Session::Current, Session::Latest]))
            .prop_map(|(gap, which)| Window::Session { gap, which }),
    ]
}

fn any_measure() -> impl Strategy<Value = Measure> {
    let eur = onefold_fact::standard::Currency::from_code("EUR").unwrap();
    select(vec![Measure::number(path("worth")), Measure::money(path("total"), eur)])
}

fn any_aggregate() -> impl Strategy<Value = Aggregate> {
    prop_oneof![
        4 => Just(Aggregate::Count),
        2 => any_measure().prop_map(Aggregate::Sum),
        1 => any_measure().prop_map(Aggregate::Average),
        1 => any_measure().prop_map(Aggregate::Smallest),
        1 => any_measure().prop_map(Aggregate::Largest),
        1 => select(vec![Aggregate::First(path("sku")), Aggregate::Last(path("worth"))]),
        1 => Just(Aggregate::MostFrequent(path("worth"))),
        1 => Just(Aggregate::DistinctCount(path("sku"))),
        1 => (select(vec![End::First, End::Last]), select(vec![None, Some("Europe/Berlin")])).prop_map(|(event, zone)| {
            Aggregate::DaysSince { event, zone: zone.map(|zone| zone.parse().unwrap()) }
        }),
    ]
}

pub(crate) fn any_test() -> impl Strategy<Value = Test> {
    let number = || (-3_i64..6).prop_map(Value::Integer);
    prop_oneof![
        4 => number().prop_map(Test::AtLeast),
        1 => number().prop_map(Test::AtMost),
        1 => number().prop_map(Test::Less),
        1 => number().prop_map(Test::Greater),
        1 => number().prop_map(Test::Equal),
        1 => Just(Test::OneOf(vec![Value::Integer(1), Value::from("a"), Value::from("b")])),
        1 => Just(Test::Present),
        1 => Just(Test::Equal(Value::Decimal("2.50".parse().unwrap()))),
        1 => Just(Test::Greater(Value::Decimal("2".parse().unwrap()))),
    ]
}

fn any_sequence() -> impl Strategy<Value = Sequence> {
    let gap = || proptest::option::of(any_span());
    let step = (any_selector(), gap(), gap(), proptest::option::weighted(0.3, any_selector())).prop_map(
        |(event, after, within, without)| {
            let possible = after.is_none_or(|after| within.is_none_or(|within| after <= within));
            Step { event, after: after.filter(|_| possible), within, without }
        },
    );
    let silence = (any_selector(), any_span()).prop_map(|(event, span)| Silence { event, span });
    let agreeing = select(vec![vec![], vec![path("sku")], vec![path("sku"), path("worth")]]);
    (any_selector(), vec(step, 0..3), gap(), agreeing, proptest::option::weighted(0.4, silence), any_window()).prop_map(
        |(first, rest, within, agreeing, since, window)| {
            let steps = std::iter::once(Step::of(first)).chain(rest).collect();
            Sequence { steps, within, agreeing, since, window }
        },
    )
}

fn any_field() -> impl Strategy<Value = Condition> {
    let field = |name: &str, is| Condition::Field { path: FieldPath::of(name), is };
    prop_oneof![
        2 => Just(field("plan", FieldTest::Is(Test::Equal("pro".into())))),
        1 => Just(field("plan", FieldTest::Present)),
        1 => Just(field("plan", FieldTest::Empty)),
        1 => Just(field("plan", FieldTest::Matches("^p.*o$".parse().unwrap()))),
        1 => Just(field("tags", FieldTest::Every(Test::Equal("a".into())))),
        1 => any_test().prop_map(move |test| field("tags", FieldTest::Size(test))),
        2 => any_span().prop_map(move |span| field("renewal", FieldTest::Last(span))),
        1 => any_span().prop_map(move |span| field("renewal", FieldTest::Next(span))),
        1 => any_span().prop_map(move |span| field("renewal", FieldTest::Before(span))),
    ]
}

pub(crate) fn any_leaf() -> impl Strategy<Value = Condition> {
    let random = (0_u16..5000, 1_u16..5000)
        .prop_map(|(from, more)| Condition::Random(Bucket { salt: "draw".to_owned(), from, until: from + more }));
    prop_oneof![18 => any_changing(), 1 => random]
}

/// A condition without parts that can change.
fn any_changing() -> impl Strategy<Value = Condition> {
    let events = (any_selector(), any_aggregate(), any_window(), any_test());
    let events = events.prop_map(|(events, aggregate, window, is)| Condition::Events {
        of: ComputedAttribute { events, aggregate, window },
        is,
    });
    let spans = (any_span(), any_span(), any_span(), any_span());
    let stage = select(vec![Stage::New, Stage::Active, Stage::Lapsing, Stage::Lost, Stage::Returned]);
    let lifecycle =
        (any_selector(), spans, stage).prop_map(|(activity, (new_for, active_for, lost, returned), stage)| {
            let lost_after = Span::of_seconds(active_for.seconds() + lost.seconds()).unwrap();
            Condition::Lifecycle {
                of: Lifecycle { activity, new_for, active_for, lost_after, returned_for: returned },
                stage,
            }
        });
    let cuts =
        RfmCuts { recency: vec![1.into(), 5.into()], frequency: vec![2.into()], monetary: vec![3.into(), 8.into()] };
    let dimension = select(vec![Dimension::Recency, Dimension::Frequency, Dimension::Monetary]);
    let rfm = (any_selector(), any_measure(), any_window(), dimension, any_test());
    let rfm = rfm.prop_map(move |(purchases, amount, window, score, is)| Condition::Rfm {
        of: Rfm { purchases, amount, window, cuts: cuts.clone() },
        score,
        is,
    });
    let states = vec![ConsentState::Granted, ConsentState::Denied, ConsentState::Unknown];
    let consent = (select(states), select(vec![None, Some("email".to_owned())]))
        .prop_map(|(state, channel)| Condition::Consent { purpose: "marketing".to_owned(), channel, state });
    prop_oneof![
        8 => events,
        3 => any_sequence().prop_map(Condition::Sequence),
        4 => any_field(),
        1 => lifecycle,
        1 => rfm,
        1 => consent,
    ]
}

fn any_logic(leaf: BoxedStrategy<Condition>) -> impl Strategy<Value = Condition> {
    leaf.prop_recursive(3, 10, 3, |inner| {
        let weighted = (1_i32..4, any::<bool>(), inner.clone()).prop_map(|(weight, negative, condition)| Weighted {
            weight: if negative { -weight } else { weight },
            condition,
        });
        prop_oneof![
            3 => vec(inner.clone(), 0..4).prop_map(Condition::All),
            3 => vec(inner.clone(), 0..4).prop_map(Condition::Any),
            2 => inner.clone().prop_map(Condition::negated),
            1 => (vec(weighted, 1..4), -2_i64..4).prop_map(|(parts, at_least)| Condition::Score { parts, at_least }),
        ]
    })
}

/// A condition that can be evaluated: no segments, `has been` once at most on each way down.
pub(crate) fn any_condition() -> impl Strategy<Value = Condition> {
    let has_been = (any_logic(any_changing().boxed()), any_span())
        .prop_map(|(condition, span)| Condition::HasBeen { condition: Box::new(condition), span });
    any_logic(prop_oneof![6 => any_leaf(), 1 => has_been].boxed())
}

/// Any condition at all, members and segments too.
pub(crate) fn any_rule() -> impl Strategy<Value = Rule> {
    let quantifier = prop_oneof![
        Just(Quantifier::All),
        Just(Quantifier::None),
        (1_u32..3).prop_map(|least| Quantifier::AtLeast(least.try_into().unwrap()))
    ];
    let members = (quantifier, any_condition()).prop_map(|(quantifier, condition)| Condition::Members {
        quantifier,
        relation: "account".to_owned(),
        condition: Box::new(condition),
    });
    let segment = select(vec!["vip", "odd \"name\""]).prop_map(|name| Condition::Segment(name.to_owned()));
    let odd = select(vec!["count", "a.b", "x y", "`", "did"]).prop_map(|name| Condition::Field {
        path: FieldPath::of(name),
        is: FieldTest::Is(Test::Equal(Value::Timestamp(at("2026-01-01T00:00:00.000001Z")))),
    });
    let leaf = prop_oneof![4 => any_condition(), 1 => members, 1 => segment, 1 => odd];
    any_logic(leaf.boxed()).prop_map(|condition| Rule::new(condition).expect("a rule"))
}

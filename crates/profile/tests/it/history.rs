//! The history of an attribute.

use onefold_fact::{AttributeGroup, FactSet, GroupRule, Kind, Schema, Survivorship};
use onefold_profile::{History, Rules, history};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{any_fact, any_rule, day, of_record, profile, received, says, schema};

fn of_x(facts: &FactSet, schema: &Schema, as_of: Option<u32>) -> History {
    let facts = facts.standing(None).into_iter().filter_map(of_record);
    history(&"x".into(), facts, schema, &Rules::default(), as_of.map(day))
}

fn any_rule_of_x() -> impl Strategy<Value = Survivorship> {
    let verified = Survivorship::VerifiedFirst { by: "y".into() };
    prop_oneof![8 => any_rule(), 1 => Just(verified), 1 => Just(Survivorship::Quorum { sources: 2.try_into().unwrap() })]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// At any time up to `as_of` the history says what the profile of that time says.
    /// Mutations: leave out what decides the attribute without naming it (the other attributes of its group, the one
    /// that says that it is verified); let a period begin after its first instant; compare winners by value alone.
    #[test]
    fn equals_the_profile_at_each_time(
        facts in vec(any_fact(), 0..24),
        (x, y) in (any_rule_of_x(), any_rule()),
        group in select(vec![None, Some(GroupRule::Latest), Some(GroupRule::MostComplete)]),
        as_of in proptest::option::of(0_u32..10),
    ) {
        let mut schema = schema([("x", Kind::Text, x), ("y", Kind::Text, y)]);
        if let Some(taken_from) = group {
            let attributes = ["x".into(), "y".into()].into();
            schema.groups.insert("both".into(), AttributeGroup { attributes, taken_from });
        }
        let facts = received(&facts);
        let history = of_x(&facts, &schema, as_of);
        prop_assert_eq!(history.not_before(), None);
        for when in 0..=as_of.unwrap_or(10) {
            let folded = profile(&facts, &schema, None, Some(day(when)));
            let expected = folded.attribute("x").map(|it| (it.value(), it.provenance()));
            let period = history.at(day(when));
            prop_assert_eq!(period.and_then(|it| it.value().zip(it.provenance())), expected);
        }
        for two in history.periods().windows(2) {
            prop_assert_eq!(two[0].until(), Some(two[1].from()));
            let held = |i: usize| (two[i].value(), two[i].provenance());
            prop_assert_ne!(held(0), held(1));
        }
    }
}

/// Mutations: tell the earlier part, or all of it at whatever cost; weigh all anew for the latest value too.
#[test]
fn of_many_values_the_later_part_is_told_where_all_must_be_weighed() {
    let facts: FactSet = (0..20_000).map(|on| says("crm", "1", on, "x", &format!("\"v{on}\""))).collect();
    let history = of_x(&facts, &schema([("x", Kind::Text, Survivorship::Longest)]), None);
    let last = history.periods().last().unwrap();
    assert_eq!((last.from(), last.value().unwrap().to_string()), (day(19_999), "v19999".to_owned()));
    let first = history.periods().first().unwrap();
    assert_eq!(history.not_before(), Some(first.from()));
    assert!(first.from() > day(0));

    let latest = of_x(&facts, &Schema::default(), None);
    assert_eq!((latest.periods().len(), latest.not_before()), (20_000, None));
}

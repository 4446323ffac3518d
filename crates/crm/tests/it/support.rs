//! What the tests share.

use onefold_crm::{Aggregate, Command, Folded, Opening, Opportunity, Pipeline, Surroundings, decide, fold, to_event};
use onefold_fact::{Body, Draft, FactSet, RecordKey, Timestamp};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub(crate) fn day(day: u32) -> Timestamp {
    at(&format!("2026-03-{day:02}T09:00:00Z"))
}

pub(crate) fn pipeline() -> Pipeline {
    serde_json::from_str(
        r#"{
        "stages": [
            {"name": "qualified", "probability": "0.2", "rots_after_days": 10},
            {"name": "proposal", "probability": "0.5", "category": "best_case", "requires": ["amount", "closes_on"]},
            {"name": "negotiation", "probability": "0.8", "category": "commit",
             "gates": [{"rule": "contacts >= 1 and amount > 1000", "field": "contacts", "fix": "name who decides"}],
             "approval": {"any": ["lead of sales"]}},
            {"name": "won", "probability": "1", "closes": "won"},
            {"name": "lost", "probability": "0", "closes": "lost"}
        ],
        "moves": {"skip": false, "back": true, "reopen": true},
        "lost_reasons": ["price", "no decision"]
    }"#,
    )
    .expect("a pipeline")
}

/// Carries a command out, and gives what happened.
pub(crate) fn run(deal: &mut Opportunity, command: &Command, pipeline: &Pipeline, at: Timestamp) -> usize {
    let outcomes = decide(deal, command, &Surroundings::of(pipeline), at).expect("it may be done");
    outcomes.iter().for_each(|outcome| deal.apply(at, outcome));
    outcomes.len()
}

pub(crate) fn opened(amount: &str, closes_on: &str) -> Opportunity {
    let mut deal = Opportunity::default();
    let opening = Opening {
        amount: Some(amount.parse().expect("money")),
        closes_on: Some(closes_on.parse().expect("a day")),
        ..Opening::named("300 licences")
    };
    run(&mut deal, &Command::Open(opening), &pipeline(), day(1));
    deal
}

/// The facts that say outcomes, one at a time each.
pub(crate) fn facts<A: Aggregate>(outcomes: &[(Timestamp, A::Outcome)]) -> Vec<onefold_fact::Fact> {
    let fact = |(number, (at, outcome)): (usize, &(Timestamp, A::Outcome))| {
        let body = Body::Object(to_event::<A>("o-1", outcome).expect("it is written"));
        let draft = Draft::new("sales", body).key(RecordKey::person("17")).occurred_at(*at);
        draft.message_id(number.to_string()).received("b", *at)
    };
    outcomes.iter().enumerate().map(fact).collect()
}

pub(crate) fn folded<A: Aggregate>(facts: impl IntoIterator<Item = onefold_fact::Fact>) -> Folded<A> {
    let set: FactSet = facts.into_iter().collect();
    fold(set.standing(None))
}

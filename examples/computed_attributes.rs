//! Computed attributes, RFM scores and the lifecycle stage of three customers, at two dates.
//!
//! `cargo run -p onefold-examples --example computed_attributes`

use std::error::Error;
use std::io::Write;

use onefold::fact::{FactSet, Filter, Test};
use onefold::profile::{
    Aggregate, Computations, ComputedAttribute, End, EventSelector, Lifecycle, Measure, Profile, Rfm, RfmCuts,
    RfmScoring, Window, fold,
};
use onefold::{Body, Draft, RecordKey, Schema, Timestamp, Value};

fn bought(customer: &str, on: &str, total: i64) -> Result<Draft, Box<dyn Error>> {
    let order = Body::event("order", [("total", Value::from(total)), ("status", Value::from("paid"))]);
    Ok(Draft::new("shop", order).key(RecordKey::person(customer)).occurred_at(format!("{on}T10:00:00Z").parse()?))
}

fn main() -> Result<(), Box<dyn Error>> {
    let received: Timestamp = "2026-06-01T00:00:00Z".parse()?;
    let drafts = [
        bought("ada", "2026-01-10", 40)?,
        bought("ada", "2026-04-02", 85)?,
        bought("ada", "2026-05-20", 60)?,
        bought("grace", "2025-02-01", 500)?,
        bought("grace", "2026-05-30", 20)?,
        bought("mary", "2026-02-14", 15)?,
    ];
    let facts: FactSet = drafts.into_iter().map(|draft| draft.received("stream", received)).collect();

    let paid = Filter::test("status".parse()?, Test::Equal("paid".into()));
    let orders = EventSelector::named(["order"]).filtered(paid);
    let of = |aggregate, window| ComputedAttribute { events: orders.clone(), aggregate, window };
    let total = Measure::number("total".parse()?);
    let since = Aggregate::DaysSince { event: End::Last, zone: None };
    let computations = Computations::new([
        ("orders".into(), of(Aggregate::Count, Window::Lifetime)),
        ("spent_90d".into(), of(Aggregate::Sum(total.clone()), Window::Sliding("90d".parse()?))),
        ("days_since_order".into(), of(since, Window::Lifetime)),
    ])?;
    let cuts = RfmCuts {
        recency: [30, 90].map(Into::into).to_vec(),
        frequency: [2, 3].map(Into::into).to_vec(),
        monetary: [50, 150].map(Into::into).to_vec(),
    };
    let purchases = orders.clone();
    let scoring = RfmScoring::new(Rfm { purchases, amount: total, window: Window::Lifetime, cuts })?;
    let lifecycle = Lifecycle {
        activity: orders,
        new_for: "30d".parse()?,
        active_for: "60d".parse()?,
        lost_after: "180d".parse()?,
        returned_for: "60d".parse()?,
    };
    lifecycle.check()?;

    let mut out = std::io::stdout().lock();
    for at in ["2026-06-01T00:00:00Z", "2026-09-01T00:00:00Z"] {
        let at: Timestamp = at.parse()?;
        writeln!(out, "{}", at.date_naive())?;
        for name in ["ada", "grace", "mary"] {
            let profile = profile(&facts, name).ok_or("a customer")?;
            let computed = computations.evaluate(profile.timeline(), at);
            let shown = computed
                .iter()
                .map(|(name, it)| format!("{name} {}", it.value.as_ref().map_or("-".to_owned(), ToString::to_string)));
            let (scored, staged) =
                (scoring.evaluate(profile.timeline(), at), lifecycle.evaluate(profile.timeline(), at));
            let score = scored.score.map_or("-".to_owned(), |(_, score)| score.to_string());
            let stage = staged.stage.map_or("-".to_owned(), |stage| stage.to_string());
            let next = staged.next_change_at.map_or("never".to_owned(), |next| next.date_naive().to_string());
            let shown: Vec<String> = shown.collect();
            writeln!(out, "  {name}: {}; RFM {score}; {stage}, next change {next}", shown.join(", "))?;
        }
    }
    Ok(())
}

/// The profile of all that is said of one customer.
fn profile(facts: &FactSet, name: &str) -> Option<Profile> {
    let of_customer = facts.standing(None).into_iter().filter_map(|it| Some((it.fact().record()?, it)));
    let key = RecordKey::person(name);
    let mut of_customer = of_customer.filter(|(_, it)| it.fact().key() == Some(&key)).peekable();
    let id = of_customer.peek()?.0.into();
    Some(fold(id, of_customer, &Schema::default(), None))
}

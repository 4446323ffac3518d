//! Sales work under load, as one program that prints what it measured: deals folded from facts in memory, reports on all of
//! them, and commands. `sales [deals]`, by default 100,000 with twenty events each.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use onefold::crm::{
    Aggregate, Command, Currency, Folded, ForecastAsked, ForecastCategory, Money, Opening, Opportunity, Outcome,
    Pipeline, Rates, SalesReport, Surroundings, decide, fold, fold_each, forecast, funnel, to_event,
};
use onefold::fact::{FactSet, Standing};
use onefold::{Body, Draft, RecordKey};

type Failure = Box<dyn std::error::Error>;

const STAGES: [&str; 5] = ["new", "qualified", "proposal", "negotiation", "won"];

fn pipeline() -> Result<Pipeline, Failure> {
    Ok(serde_json::from_str(
        r#"{"stages": [
        {"name": "new", "probability": "0.1"}, {"name": "qualified", "probability": "0.2"},
        {"name": "proposal", "probability": "0.5", "requires": ["amount"]}, {"name": "negotiation", "probability": "0.8"},
        {"name": "won", "probability": "1", "closes": "won"}, {"name": "lost", "probability": "0", "closes": "lost"}]}"#,
    )?)
}

/// What happens to a deal, twenty things in order.
fn history(number: i64, currency: Currency) -> Result<Vec<Outcome>, Failure> {
    let amount = |more: i64| Money::new((number % 900 * 100 + more).into(), currency);
    let closes_on = NaiveDate::from_ymd_opt(2026, 1 + u32::try_from(number % 12)?, 15);
    let moved = |from: usize| Outcome::Moved {
        from: STAGES[from].to_owned(),
        to: STAGES[from + 1].to_owned(),
        probability: [2, 5, 8][from.min(2)].into(),
        category: ForecastCategory::Pipeline,
    };
    let opened = Outcome::Opened {
        name: format!("deal {number}"),
        pipeline: "sales".to_owned(),
        stage: STAGES[0].to_owned(),
        probability: 0.into(),
        category: ForecastCategory::Pipeline,
    };
    let touched = |by: &str| Outcome::Touched { by: by.to_owned() };
    let described =
        |step: &str| Outcome::Described { fields: BTreeMap::from([("next_step".to_owned(), Some(step.into()))]) };
    let mut all = vec![opened, Outcome::Assigned { owner: Some(format!("user {}", number % 50)) }, touched("call")];
    all.extend([
        described("send prices"),
        Outcome::Expected { closes_on },
        moved(0),
        touched("email"),
        touched("call"),
    ]);
    all.extend([Outcome::Valued { amount: Some(amount(500)) }, described("meet"), touched("meeting"), moved(1)]);
    all.extend([Outcome::Valued { amount: Some(amount(700)) }, touched("email"), touched("email"), moved(2)]);
    all.extend([described("sign"), touched("call"), Outcome::Valued { amount: Some(amount(650)) }]);
    all.push(match number % 3 {
        0 => Outcome::Won {
            from: STAGES[3].to_owned(),
            to: STAGES[4].to_owned(),
            reason: None,
            amount: Some(amount(650)),
        },
        1 => Outcome::Lost { from: STAGES[3].to_owned(), to: "lost".to_owned(), reason: Some("price".to_owned()) },
        _ => touched("email"),
    });
    Ok(all)
}

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let deals: i64 = std::env::args().nth(1).map_or(Ok(100_000), |it| it.parse())?;
    let (start, currency): (DateTime<Utc>, Currency) = ("2026-01-01T09:00:00Z".parse()?, "EUR".parse()?);
    let made = |number: i64| -> Result<FactSet, Failure> {
        let key = RecordKey::person((number % 20_000).to_string());
        let id = format!("o-{number}");
        let fact = |(nth, outcome): (usize, &Outcome)| -> Result<_, Failure> {
            let at = start + TimeDelta::hours(number % 2_000 + 20 * i64::try_from(nth)?);
            let body = Body::Object(to_event::<Opportunity>(&id, outcome)?);
            Ok(Draft::new("crm", body).key(key.clone()).occurred_at(at).received("feed", at))
        };
        history(number, currency)?.iter().enumerate().map(fact).collect()
    };
    let sets: Vec<FactSet> = (0..deals).map(made).collect::<Result<_, _>>()?;
    let standing: Vec<Vec<Standing<'_>>> = sets.iter().map(|set| set.standing(None)).collect();
    let events: usize = standing.iter().map(Vec::len).sum();

    let begin = Instant::now();
    let one: usize = standing.iter().map(|it| fold::<Opportunity>(it.iter().copied()).state.history.len()).sum();
    writeln!(
        out,
        "{deals} deals of {events} facts folded on one core: {:.2} s, {one} snapshots",
        begin.elapsed().as_secs_f64()
    )?;
    let begin = Instant::now();
    let folded: Vec<Folded<Opportunity>> = fold_each(&standing);
    writeln!(out, "on all cores: {:.2} s", begin.elapsed().as_secs_f64())?;
    if folded.iter().any(|folded| !folded.unreadable.is_empty()) {
        return Err("a fact could not be read".into());
    }
    let deals: BTreeMap<String, Opportunity> =
        folded.into_iter().enumerate().map(|(nth, folded)| (format!("o-{nth}"), folded.state)).collect();

    let (pipeline, rates) = (pipeline()?, Rates::new(currency));
    let (from, until) = (start, start + TimeDelta::days(180));
    let begin = Instant::now();
    let report = SalesReport::of(deals.values(), from, until);
    writeln!(out, "report: {:.0} ms, {} won", begin.elapsed().as_secs_f64() * 1000.0, report.won)?;
    let begin = Instant::now();
    let stages = funnel(deals.values(), &pipeline);
    writeln!(out, "funnel: {:.0} ms, {} stages", begin.elapsed().as_secs_f64() * 1000.0, stages.len())?;
    let asked = ForecastAsked {
        from: from.date_naive(),
        until: until.date_naive(),
        currency,
        rates: &rates,
        managers: (0..50).map(|nth| (format!("user {nth}"), format!("user {}", nth / 7))).collect(),
        adjustments: Vec::new(),
    };
    let begin = Instant::now();
    let expected = forecast(deals.iter().map(|(id, deal)| (id.as_str(), deal)), &asked, until);
    writeln!(out, "forecast: {:.0} ms, {} deals", begin.elapsed().as_secs_f64() * 1000.0, expected.total.deals)?;

    let around = Surroundings::of(&pipeline);
    let begin = Instant::now();
    let mut done = 0_u32;
    for number in 0..50_000_i64 {
        let at = start + TimeDelta::seconds(number);
        let mut deal = Opportunity::default();
        let commands = [
            Command::Open(Opening::named("300 licences")),
            Command::move_to("qualified"),
            Command::worth(Money::new(9_000.into(), currency)),
            Command::move_to("proposal"),
            Command::move_to("negotiation"),
            Command::move_to("won"),
        ];
        for command in &commands {
            for outcome in decide(&deal, command, &around, at)? {
                deal.apply(at, &outcome);
            }
            done += 1;
        }
    }
    writeln!(
        out,
        "a command decided and applied: {:.2} microseconds",
        begin.elapsed().as_secs_f64() * 1e6 / f64::from(done)
    )?;
    Ok(())
}

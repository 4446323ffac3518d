//! A sales team's quarter: leads come and are given out, one becomes a deal, the deal moves its customer between
//! segments, and the forecast of the first week is compared with what came.
//!
//! `cargo run -p onefold-examples --example sales_quarter`

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use chrono::TimeDelta;
use onefold::crm::{
    Candidate, Command, ForecastAsked, ForecastCategory, LeadCommand, Method, Opening, Pipeline, Rates, SalesReport,
    assign, forecast,
};
use onefold::segment::Segments;
use onefold::{Body, ConvertInto, Draft, Onefold, Options, RecordKey, Timestamp, Value, What, WorkError};

const PIPELINE: &str = r#"{
    "stages": [
        {"name": "qualified", "probability": "0.2", "rots_after_days": 14},
        {"name": "proposal", "probability": "0.5", "category": "best_case", "requires": ["amount", "closes_on"]},
        {"name": "negotiation", "probability": "0.8", "category": "commit",
         "gates": [{"rule": "did \"Demo held\" and amount > 1000", "field": "demo", "fix": "show it to them first"}]},
        {"name": "won", "probability": "1", "closes": "won"},
        {"name": "lost", "probability": "0", "closes": "lost"}
    ],
    "moves": {"skip": false, "back": true, "reopen": false},
    "lost_reasons": ["price", "no decision"]
}"#;

const SEGMENTS: [(&str, &str); 2] = [
    ("in negotiation", r#"did "opportunity moved" where to = "negotiation" and not did "opportunity won""#),
    ("buyers", r#"did "opportunity won""#),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let start: Timestamp = "2026-04-01T08:00:00Z".parse()?;
    let day = |day: i64| start + TimeDelta::days(day);
    let house = Onefold::in_memory(Options::default());
    let pipeline: Pipeline = serde_json::from_str(PIPELINE)?;
    house.adopt(pipeline.configuration("sales")?, start)?;
    let rules: Result<Vec<_>, onefold::segment::RuleError> =
        SEGMENTS.iter().map(|(name, rule)| Ok(((*name).to_owned(), rule.parse()?))).collect();
    house.adopt(&Segments::new(rules?)?, start)?;

    // Leads come, and go to whoever is furthest behind their share.
    let mut team = ["ana", "ben"].map(Candidate::new);
    for (number, (name, company)) in
        [("Ada Byron", "Analytical"), ("Grace Hopper", "Compilers"), ("Mary Somerville", "Spheres")].iter().enumerate()
    {
        let id = format!("l-{number}");
        let fields =
            [("full_name", *name), ("company", *company)].map(|(field, value)| (field.to_owned(), Value::from(value)));
        house.lead(&id, &LeadCommand::Capture { source: "fair".into(), fields: fields.into() }, day(0))?;
        let lead = house.views()?.lead(&id)?.ok_or("a lead")?;
        let got = assign(Method::Weighted, &team, &lead.subject(None), day(0));
        let user = got.user.ok_or("somebody")?;
        writeln!(out, "{name} of {company} goes to {user}")?;
        team.iter_mut().filter(|of| of.user == user).for_each(|of| of.given += 1);
        house.lead(&id, &LeadCommand::Assign(Some(user)), day(0))?;
        let opening = Opening {
            amount: Some(format!("{} EUR", 4000 * (number + 1)).parse()?),
            closes_on: Some("2026-06-15".parse()?),
            ..Opening::named(format!("Licences for {company}"))
        };
        let into = ConvertInto {
            opportunity: Some((format!("o-{number}"), opening)),
            pipeline: "sales".into(),
            ..Default::default()
        };
        house.convert_lead(&id, &into, day(1))?;
    }

    // A stage asks for more than a click.
    house.deal("o-0", &Command::move_to("proposal"), day(3))?;
    match house.deal("o-0", &Command::move_to("negotiation"), day(4)) {
        Err(WorkError::Rejected(rejection)) => writeln!(out, "refused: {rejection}")?,
        _ => return Err("nobody has seen a demo yet".into()),
    }
    let demo = Draft::new("leads", Body::event("Demo held", [("by", "ana")])).key(RecordKey::person("l-0"));
    house.accept("calls", day(9), [demo])?;
    house.deal("o-0", &Command::move_to("negotiation"), day(10))?;
    house.deal("o-1", &Command::move_to("proposal"), day(12))?;

    let rates = Rates::new("EUR".parse()?);
    let asked = ForecastAsked {
        from: "2026-04-01".parse()?,
        until: "2026-07-01".parse()?,
        currency: "EUR".parse()?,
        rates: &rates,
        managers: BTreeMap::new(),
        adjustments: Vec::new(),
    };
    house.deal("o-0", &Command::move_to("won"), day(60))?;
    let lost = Command::Move { to: "lost".into(), reason: Some("price".into()), approved_by: Default::default() };
    house.deal("o-1", &lost, day(70))?;

    for (said, on) in [("in April", day(20)), ("at the end", day(90))] {
        let deals = house.known_at(on)?.deals()?;
        let expected = forecast(deals.iter().map(|(id, deal)| (id.as_str(), deal)), &asked, on);
        let sum = |category| expected.total.cumulative.get(&category).map(ToString::to_string).unwrap_or_default();
        writeln!(
            out,
            "{said}: weighted {}, closed {}, commit {}, best case {}",
            expected.total.weighted,
            sum(ForecastCategory::Closed),
            sum(ForecastCategory::Commit),
            sum(ForecastCategory::BestCase),
        )?;
    }
    let deals = house.views()?.deals()?;
    let report = SalesReport::of(deals.values(), start, day(91));
    writeln!(
        out,
        "won {} of {}, worth {}, after {} days",
        report.won,
        report.won + report.lost,
        report.worth,
        report.cycle_days.unwrap_or_default()
    )?;
    let open = deals.get("o-2").ok_or("a deal")?;
    if let Some(since) = open.rots_since(&pipeline, day(91)) {
        writeln!(out, "`{}` rots since {}", open.name, since.format("%d %b"))?;
    }
    for change in house.changes(0, 1000)? {
        match &change.what {
            What::Entered { segment, .. } => writeln!(out, "{} enters `{segment}`", change.at.format("%d %b"))?,
            What::Left { segment, .. } => writeln!(out, "{} leaves `{segment}`", change.at.format("%d %b"))?,
            _ => {}
        }
    }
    Ok(())
}

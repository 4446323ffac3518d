//! Deciding what a command does to a deal.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use onefold_fact::{Timestamp, Value};
use onefold_profile::Timeline;
use onefold_segment::Definition;
use rust_decimal::Decimal;

use super::subject::Deal;
use super::{Contact, LineItem, Opportunity, Outcome};
use crate::category::ForecastCategory;
use crate::money::{Money, MoneyError};
use crate::object::Aggregate;
use crate::pipeline::{Closes, Pipeline, Stage};
use crate::rejection::{Problem, Rejection, Why};
use crate::schedule::check_schedule;

/// What somebody wants of a deal.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// It is to begin.
    Open(Opening),
    /// It is to go to another stage.
    Move {
        /// To which.
        to: String,
        /// Why, where that has to be said.
        reason: Option<String>,
        /// Who approves.
        approved_by: BTreeSet<String>,
    },
    /// It is worth so much; `None`: nobody knows.
    Value(Option<Money>),
    /// A forecast is to count it otherwise than its stage says.
    Categorise(ForecastCategory),
    /// It is so likely to be won, from 0 to 1, otherwise than its stage says.
    Rate(Decimal),
    /// It has another name.
    Rename(String),
    /// It is expected to close then.
    Expect(Option<NaiveDate>),
    /// It is this user's.
    Assign(Option<String>),
    /// It is of this account.
    Relate(Option<String>),
    /// Other fields; `None` takes one away.
    Describe(BTreeMap<String, Option<Value>>),
    /// A line item.
    SetLine(String, LineItem),
    /// Takes a line item away.
    RemoveLine(String),
    /// Somebody takes part.
    AddContact(String, Contact),
    /// Somebody takes part no more.
    RemoveContact(String),
    /// There was an interaction about it.
    Touch(String),
}

impl Command {
    /// To go to another stage.
    #[must_use]
    pub fn move_to(stage: impl Into<String>) -> Self {
        Self::Move { to: stage.into(), reason: None, approved_by: BTreeSet::new() }
    }

    /// To be worth so much.
    #[must_use]
    pub fn worth(money: Money) -> Self {
        Self::Value(Some(money))
    }
}

/// How a deal begins.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opening {
    /// Its name.
    pub name: String,
    /// At which stage; if not said, at the first where one may begin.
    pub stage: Option<String>,
    /// What it is worth.
    pub amount: Option<Money>,
    /// When it is expected to close.
    pub closes_on: Option<NaiveDate>,
    /// Whose it is.
    pub owner: Option<String>,
    /// Of which account it is.
    pub account: Option<String>,
    /// Other fields.
    pub fields: BTreeMap<String, Value>,
}

impl Opening {
    /// One of which nothing but the name is known.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// What a decision about a deal looks at beside the deal.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The name of its pipeline.
    pub name: &'a str,
    /// Its pipeline.
    pub pipeline: &'a Pipeline,
    /// What the customer whom it is about did, which gates may ask for.
    pub timeline: Option<&'a Timeline>,
}

impl<'a> Surroundings<'a> {
    /// A pipeline without a name, and nothing known of the customer.
    #[must_use]
    pub fn of(pipeline: &'a Pipeline) -> Self {
        Self { name: "", pipeline, timeline: None }
    }
}

/// What a command does to a deal, in order.
///
/// # Errors
/// Why it does nothing: every reason, with the field and what to do.
pub fn decide(
    deal: &Opportunity,
    command: &Command,
    around: &Surroundings<'_>,
    at: Timestamp,
) -> Result<Vec<Outcome>, Rejection> {
    if let Command::Open(opening) = command {
        return open(deal, opening, around, at);
    }
    if !deal.is_there() {
        let fix = "open it first";
        return Err(Problem::of(Why::NotFound, "id", "there is no such opportunity", fix).into());
    }
    if deal.closed.is_some() && !matches!(command, Command::Move { .. } | Command::Touch(_) | Command::Describe(_)) {
        let message = format!("the opportunity is closed at `{}`", deal.stage);
        return Err(Problem::of(Why::Closed, "stage", message, "open it again first").into());
    }
    let outcome = match command {
        Command::Open(_) => return Ok(Vec::new()),
        Command::Move { to, reason, approved_by } => move_to(deal, to, reason.as_ref(), approved_by, around, at)?,
        Command::Value(amount) => {
            if let Some(money) = amount {
                no_less_than_nothing(*money)?;
            }
            if !deal.lines.is_empty() {
                let message = "its lines say what the deal is worth";
                return Err(
                    Problem::of(Why::NotAllowed, "amount", message, "change a line, or take the lines off").into()
                );
            }
            Outcome::Valued { amount: *amount }
        }
        Command::Categorise(ForecastCategory::Closed) => {
            let message = "an open deal is not counted as closed";
            return Err(Problem::of(Why::NotAllowed, "category", message, "move it to the stage that wins").into());
        }
        Command::Categorise(category) => Outcome::Categorised { category: *category },
        Command::Rate(probability) if *probability < Decimal::ZERO || *probability > Decimal::ONE => {
            let message = format!("the probability {probability} is not between 0 and 1");
            return Err(Problem::of(Why::Invalid, "probability", message, "60 % is 0.6").into());
        }
        Command::Rate(probability) => Outcome::Rated { probability: *probability },
        Command::Rename(name) if name.trim().is_empty() => {
            return Err(Problem::of(Why::Missing, "name", "`name` is missing", "give it one").into());
        }
        Command::Rename(name) => Outcome::Renamed { name: name.clone() },
        Command::Expect(closes_on) => Outcome::Expected { closes_on: *closes_on },
        Command::Assign(owner) => Outcome::Assigned { owner: owner.clone() },
        Command::Relate(account) => Outcome::Related { account: account.clone() },
        Command::Describe(fields) => described(fields.iter().map(|(field, value)| (field, value.as_ref())))?,
        Command::SetLine(line, item) => {
            check_line(deal, line, item)?;
            Outcome::LineSet { line: line.clone(), item: item.clone() }
        }
        Command::RemoveLine(line) if !deal.lines.contains_key(line) => return Err(not_there("line", line)),
        Command::RemoveLine(line) => Outcome::LineRemoved { line: line.clone() },
        Command::AddContact(contact, part) => Outcome::ContactAdded { contact: contact.clone(), part: part.clone() },
        Command::RemoveContact(contact) if !deal.contacts.contains_key(contact) => {
            return Err(not_there("contact", contact));
        }
        Command::RemoveContact(contact) => Outcome::ContactRemoved { contact: contact.clone() },
        Command::Touch(by) => Outcome::Touched { by: by.clone() },
    };
    Ok(vec![outcome])
}

fn not_there(what: &str, id: &str) -> Rejection {
    Problem::of(Why::NotFound, what, format!("the opportunity has no {what} `{id}`"), "name one that it has").into()
}

fn no_less_than_nothing(money: Money) -> Result<(), Rejection> {
    if money.amount.is_sign_negative() && !money.amount.is_zero() {
        let message = format!("the amount {money} is less than nothing");
        return Err(Problem::of(Why::Invalid, "amount", message, "give one of zero or more").into());
    }
    Ok(())
}

fn check_line(deal: &Opportunity, line: &str, item: &LineItem) -> Result<(), Rejection> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, message: String, fix: &str| {
        problems.push(Problem::of(Why::Invalid, format!("{line}.{field}"), message, fix));
    };
    let part = |value: Decimal| value >= Decimal::ZERO && value <= Decimal::ONE;
    if item.quantity <= Decimal::ZERO {
        wrong("quantity", format!("the quantity {} is not more than nothing", item.quantity), "give one above zero");
    }
    if item.price.amount < Decimal::ZERO {
        wrong(
            "price",
            format!("the price {} is less than nothing", item.price),
            "use a discount to take something off",
        );
    }
    if !part(item.discount) {
        wrong("discount", format!("the discount {} is not between 0 and 1", item.discount), "10 % is 0.1");
    }
    if !part(item.tax) {
        wrong("tax", format!("the tax {} is not between 0 and 1", item.tax), "19 % is 0.19");
    }
    if item.times == 0 {
        wrong("times", "the line is due no times".to_owned(), "give 1, or more, or drop the line");
    }
    if part(item.discount) && part(item.tax) && !item.is_countable() {
        let message = format!("{} of {} is more than can be counted", item.quantity, item.price);
        wrong("quantity", message, "give less of it, or a lower price");
    } else {
        let mut with = deal.clone();
        with.lines.insert(line.to_owned(), item.clone());
        if matches!(with.of_lines(), Err(MoneyError::TooLarge(_))) {
            let message = "with this line the deal is worth more than can be counted".to_owned();
            wrong("quantity", message, "give less of it, or a lower price");
        }
    }
    let other = deal.lines.iter().find(|(id, other)| *id != line && other.price.currency != item.price.currency);
    if let Some((id, other)) = other {
        let message = format!("line `{id}` is in {}, this one in {}", other.price.currency, item.price.currency);
        wrong("price", message, "give all lines of a deal in one currency");
    }
    if let Err(wrong) = check_schedule(item, &item.schedule) {
        let of_line = |problem: &Problem| Problem { field: format!("{line}.{}", problem.field), ..problem.clone() };
        problems.extend(wrong.problems().iter().map(of_line));
    }
    Rejection::unless_none(problems)
}

fn described<'a>(fields: impl Iterator<Item = (&'a String, Option<&'a Value>)>) -> Result<Outcome, Rejection> {
    let mut told = BTreeMap::new();
    let mut problems = Vec::new();
    for (field, value) in fields {
        if OWN.contains(&field.as_str()) {
            let message = format!("`{field}` is not one of the other fields");
            problems.push(Problem::of(Why::Invalid, field, message, "use the command of its own"));
        }
        let json = value.map(|value| serde_json::to_value(value.plain()).unwrap_or_default());
        told.insert(field.clone(), json);
    }
    Rejection::unless_none(problems)?;
    Ok(Outcome::Described { fields: told })
}

/// The fields that have commands of their own.
pub(crate) const OWN: [&str; 10] =
    ["name", "stage", "amount", "currency", "probability", "category", "closes_on", "owner", "account", "contacts"];

fn open(
    deal: &Opportunity,
    opening: &Opening,
    around: &Surroundings<'_>,
    at: Timestamp,
) -> Result<Vec<Outcome>, Rejection> {
    if deal.is_there() {
        let fix = "open it under another id";
        return Err(Problem::of(Why::Exists, "id", "the opportunity is there already", fix).into());
    }
    let mut problems = Vec::new();
    if opening.name.trim().is_empty() {
        problems.push(Problem::of(Why::Missing, "name", "`name` is missing", "give it one"));
    }
    if let Some(Err(problem)) = opening.amount.map(no_less_than_nothing) {
        problems.extend(problem.problems().iter().cloned());
    }
    let entries: Vec<&Stage> = around.pipeline.entries().collect();
    let stage = match &opening.stage {
        None => entries.first().copied(),
        Some(name) => entries.iter().copied().find(|stage| stage.name == *name),
    };
    let Some(stage) = stage else {
        let named = opening.stage.as_deref().unwrap_or_default();
        let may: Vec<String> = entries.iter().map(|stage| format!("`{}`", stage.name)).collect();
        let message = format!("a deal cannot begin at `{named}`");
        problems.push(Problem::of(Why::NotAllowed, "stage", message, format!("begin at {}", may.join(" or "))));
        return Err(Rejection::unless_none(problems).err().unwrap_or_else(|| not_there("stage", named)));
    };
    let mut outcomes = vec![Outcome::Opened {
        name: opening.name.clone(),
        pipeline: around.name.to_owned(),
        stage: stage.name.clone(),
        probability: stage.probability,
        category: stage.category(),
    }];
    outcomes.extend(opening.amount.map(|amount| Outcome::Valued { amount: Some(amount) }));
    outcomes.extend(opening.closes_on.map(|closes_on| Outcome::Expected { closes_on: Some(closes_on) }));
    outcomes.extend(opening.owner.clone().map(|owner| Outcome::Assigned { owner: Some(owner) }));
    outcomes.extend(opening.account.clone().map(|account| Outcome::Related { account: Some(account) }));
    if !opening.fields.is_empty() {
        match described(opening.fields.iter().map(|(field, value)| (field, Some(value)))) {
            Ok(outcome) => outcomes.push(outcome),
            Err(rejection) => problems.extend(rejection.problems().iter().cloned()),
        }
    }
    let mut opened = Opportunity::default();
    outcomes.iter().for_each(|outcome| opened.apply(at, outcome));
    problems.extend(unmet(&opened, stage, &BTreeSet::new(), around, at));
    Rejection::unless_none(problems)?;
    Ok(outcomes)
}

fn move_to(
    deal: &Opportunity,
    to: &str,
    reason: Option<&String>,
    approved_by: &BTreeSet<String>,
    around: &Surroundings<'_>,
    at: Timestamp,
) -> Result<Outcome, Rejection> {
    let pipeline = around.pipeline;
    let Some((_, stage)) = pipeline.stage(to) else {
        let names: Vec<String> = pipeline.stages.iter().map(|stage| format!("`{}`", stage.name)).collect();
        let message = format!("the pipeline has no stage `{to}`");
        return Err(Problem::of(Why::NotFound, "stage", message, format!("it has {}", names.join(", "))).into());
    };
    let mut problems = Vec::new();
    if !pipeline.allows(&deal.stage, to) {
        let may = pipeline.stages.iter().filter(|other| pipeline.allows(&deal.stage, &other.name));
        let may: Vec<String> = may.map(|stage| format!("`{}`", stage.name)).collect();
        let fix =
            if may.is_empty() { "it stays where it is".to_owned() } else { format!("it may go to {}", may.join(", ")) };
        let message = format!("a deal cannot go from `{}` to `{to}`", deal.stage);
        problems.push(Problem::of(Why::NotAllowed, "stage", message, fix));
    }
    problems.extend(unmet(deal, stage, approved_by, around, at));
    let reasons = match stage.closes {
        Some(Closes::Won) => &pipeline.won_reasons,
        Some(Closes::Lost) => &pipeline.lost_reasons,
        None => &BTreeSet::new(),
    };
    if !reasons.is_empty() && reason.is_none_or(|reason| !reasons.contains(reason)) {
        let message = match reason {
            Some(reason) => format!("`{reason}` is none of the reasons for `{to}`"),
            None => format!("`{to}` asks for a reason"),
        };
        let listed: Vec<String> = reasons.iter().map(|reason| format!("`{reason}`")).collect();
        let sort = if reason.is_some() { Why::Invalid } else { Why::Missing };
        problems.push(Problem::of(sort, "reason", message, format!("give one of {}", listed.join(", "))));
    }
    Rejection::unless_none(problems)?;
    let (from, to, reason) = (deal.stage.clone(), to.to_owned(), reason.cloned());
    Ok(match stage.closes {
        Some(Closes::Won) => Outcome::Won { from, to, reason, amount: deal.amount },
        Some(Closes::Lost) => Outcome::Lost { from, to, reason },
        None => Outcome::Moved { from, to, probability: stage.probability, category: stage.category() },
    })
}

/// What a stage asks for that a deal does not have.
fn unmet(
    deal: &Opportunity,
    stage: &Stage,
    approved_by: &BTreeSet<String>,
    around: &Surroundings<'_>,
    at: Timestamp,
) -> Vec<Problem> {
    let nothing = Timeline::default();
    let subject = Deal::new(deal, around.timeline.unwrap_or(&nothing));
    let mut problems = Vec::new();
    for field in stage.requires.iter().filter(|field| !subject.has(field)) {
        let message = format!("`{field}` is missing: stage `{}` requires it", stage.name);
        problems.push(Problem::of(Why::Missing, field, message, format!("set `{field}`")));
    }
    for gate in &stage.gates {
        let met = Definition::try_from(gate.rule.clone()).map(|rule| rule.evaluate(&subject, at).holds);
        if !met.unwrap_or(false) {
            let message = format!("stage `{}` asks that {}", stage.name, gate.rule);
            problems.push(Problem::of(Why::Gate, &gate.field, message, &gate.fix));
        }
    }
    if let Some(approval) = stage.approval.as_ref().filter(|approval| !approval.is_given(approved_by)) {
        let (users, how) = match approval {
            crate::pipeline::Approval::Any(users) => (users, "one of"),
            crate::pipeline::Approval::All(users) => (users, "all of"),
        };
        let names: Vec<String> = users.iter().map(|user| format!("`{user}`")).collect();
        let message = format!("stage `{}` has to be approved", stage.name);
        problems.push(Problem::of(Why::Approval, "approved_by", message, format!("ask {how} {}", names.join(", "))));
    }
    problems
}

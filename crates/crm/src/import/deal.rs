//! [`bring_up_deal`]: what has to happen to a deal so that it is, and was, what exports say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use onefold_fact::{RecordId, RecordKey, Source, Timestamp};
use rust_decimal::Decimal;

use super::stages::stage_named;
use super::told::{ChangeTold, DealTold, PartTold, Step};
use super::{ImportOptions, state_at};
use crate::category::ForecastCategory;
use crate::money::{Currency, Money};
use crate::object::Aggregate;
use crate::opportunity::{Contact, Opportunity, Outcome, value_of};
use crate::pipeline::{Closes, Pipeline, Stage};
use crate::rejection::{Problem, Rejection, Why};

/// What exports say of one deal.
#[derive(Debug, Clone, Default)]
pub struct DealNow<'a> {
    /// What its own row says. Without one only its history is brought up to date.
    pub told: Option<&'a DealTold>,
    /// What it was, in any order.
    pub changes: Vec<&'a ChangeTold>,
    /// Who takes part.
    pub parts: Vec<&'a PartTold>,
    /// What earlier imports said of it, of what is known: rows that say the same again are no news.
    pub imported: &'a [(Timestamp, Outcome)],
}

/// What has to happen to a deal so that it is what exports say, and was what they say that it was: nothing, if it is so
/// already. `known` is what happened to it, `at` when the export is read.
///
/// A deal without history began at the stage where it is first met, at the time at which it was made. If it came there
/// later or is closed, it began at the first stage of the pipeline: where else it was nobody says. What was done
/// elsewhere is not asked whether it may be done, so no gate holds for it.
///
/// What was said of a field after the time as of which a row is, and what earlier imports said as the row does, stays: a row
/// says what is news in it only. A deal that was deleted after that time is not there again, nor by a row that does not say as of
/// when it is.
///
/// # Errors
/// When a stage is none of the pipeline, an amount has no currency, or nobody knows the deal itself.
pub fn bring_up_deal(
    known: &[(Timestamp, Outcome)],
    now: &DealNow<'_>,
    (name, pipeline): (&str, &Pipeline),
    options: &ImportOptions,
    at: Timestamp,
) -> Result<Vec<(Timestamp, Outcome)>, Rejection> {
    let with_role = now.parts.iter().map(|part| part.contact.as_str()).collect();
    let running = Running::default();
    let is: Opportunity = state_at(known, Timestamp::MAX_UTC);
    let news = News {
        said: state_at(now.imported, Timestamp::MAX_UTC),
        since: is.since.clone(),
        as_of: now.told.and_then(|told| told.at),
    };
    // A history that names no currency is in that of its deal.
    let of_row = now.told.and_then(|told| told.now.amount).and_then(|(_, currency)| currency);
    let currency = of_row.or(is.amount.map(|amount| amount.currency));
    let events = known.to_vec();
    let mut deal = Bringing { events, running, new: Vec::new(), pipeline, options, currency, with_role, news };
    let is_new = is.opened_at.is_none();
    let mut changes = now.changes.clone();
    let place = |step: &Step| {
        let stage = step.stage.as_deref().and_then(|stage| stage_named(pipeline, stage));
        stage.and_then(|stage| pipeline.stage(&stage.name)).map(|(at, _)| at)
    };
    changes.sort_by(|a, b| (a.at, place(&a.step), &a.step).cmp(&(b.at, place(&b.step), &b.step)));
    if is_new {
        let Some(told) = now.told else {
            let message = "the opportunity is neither in the database nor in the files";
            return Err(Problem::of(Why::NotFound, "opportunity", message, "import the opportunities too").into());
        };
        deal.open(told, &changes, name, at)?;
    }
    let is_over = |told: &&DealTold| is.deleted_at.is_some_and(|deleted| told.at.is_none_or(|as_of| as_of <= deleted));
    let told = now.told.filter(|told| !is_over(told));
    if let (Some(deleted_at), Some(told)) = (is.deleted_at, told) {
        // A later row that is not of something deleted says that it is there again.
        deal.push(told.at.unwrap_or(at).max(deleted_at + TimeDelta::microseconds(1)), Outcome::Restored);
    }
    let mut last: Option<(Timestamp, Step)> = None;
    for change in changes {
        let (when, step) = match last.take() {
            Some((when, before)) if change.at == when && agree(&before, &change.step) => {
                (when, filled(change.step.clone(), &before))
            }
            // Two states within one second are two times.
            Some((when, _)) if change.at <= when => (when + TimeDelta::microseconds(1), change.step.clone()),
            _ => (change.at, change.step.clone()),
        };
        deal.comes_to(&step, when)?;
        last = Some((when, step));
    }
    if let Some(told) = told {
        deal.is_now(told, last.map(|(when, _)| when), at)?;
    }
    deal.has(&now.parts, now.told.and_then(|told| told.at), at);
    Ok(deal.new)
}

/// A deal that is being brought up to date.
struct Bringing<'a> {
    events: Vec<(Timestamp, Outcome)>,
    running: Running,
    new: Vec<(Timestamp, Outcome)>,
    pipeline: &'a Pipeline,
    options: &'a ImportOptions,
    /// The deal's own currency.
    currency: Option<Currency>,
    /// Contacts of whom a row of their own says as what they take part.
    with_role: BTreeSet<&'a str>,
    news: News,
}

/// What of a row is news.
#[derive(Debug, Default)]
struct News {
    /// The deal as earlier imports alone say.
    said: Opportunity,
    /// By field: since when it is as it is known.
    since: BTreeMap<String, Timestamp>,
    /// As of when the row is.
    as_of: Option<Timestamp>,
}

impl News {
    /// Whether a row may say something of a field: earlier imports did not say the same, and nobody said more since.
    fn is_news(&self, field: &str, is_said: impl FnOnce(&Opportunity) -> bool) -> bool {
        let is_later = self.as_of.zip(self.since.get(field)).is_some_and(|(as_of, since)| *since > as_of);
        let was_said = self.said.opened_at.is_some() && is_said(&self.said);
        !is_later && !was_said
    }

    /// What is news of a step.
    fn of(&self, step: &Step) -> Step {
        let is_worth = |said: &Opportunity, (amount, currency): &(Decimal, Option<Currency>)| {
            said.amount
                .is_some_and(|is| is.amount == *amount && currency.is_none_or(|currency| is.currency == currency))
        };
        let Step { stage, amount, closes_on, probability, category, owner } = step.clone();
        Step {
            stage,
            amount: amount.filter(|amount| self.is_news("amount", |said| is_worth(said, amount))),
            closes_on: closes_on.filter(|day| self.is_news("closes_on", |said| said.closes_on == Some(*day))),
            probability: probability.filter(|it| self.is_news("probability", |said| said.probability == *it)),
            category: category.filter(|it| self.is_news("category", |said| said.category == *it)),
            owner: owner.filter(|owner| self.is_news("owner", |said| said.owner.as_ref() == Some(owner))),
        }
    }
}

/// A deal as the first so many of its events leave it: what comes in the order of time is not added up anew each time.
#[derive(Debug, Clone, Default)]
struct Running {
    deal: Opportunity,
    events: usize,
}

/// What a step of a deal is compared with.
struct Is {
    stage: String,
    amount: Option<Money>,
    is_closed: bool,
    probability: Decimal,
    category: ForecastCategory,
    closes_on: Option<NaiveDate>,
    owner: Option<String>,
}

impl Bringing<'_> {
    /// What the deal is at a time.
    fn is_at(&mut self, at: Timestamp) -> Is {
        let end = self.events.partition_point(|(when, _)| *when <= at);
        if end < self.running.events {
            self.running = Running::default();
        }
        let Running { deal, events } = &mut self.running;
        for (when, outcome) in self.events.get(*events..end).unwrap_or_default() {
            deal.apply(*when, outcome);
        }
        *events = end;
        Is {
            stage: deal.stage.clone(),
            amount: deal.amount,
            is_closed: deal.closed.is_some(),
            probability: deal.probability,
            category: deal.category,
            closes_on: deal.closes_on,
            owner: deal.owner.clone(),
        }
    }

    fn push(&mut self, at: Timestamp, outcome: Outcome) {
        let place = self.events.partition_point(|(when, _)| *when <= at);
        if place < self.running.events {
            self.running = Running::default();
        }
        self.events.insert(place, (at, outcome.clone()));
        self.new.push((at, outcome));
    }

    fn stage(&self, name: &str) -> Result<&Stage, Rejection> {
        stage_named(self.pipeline, name).ok_or_else(|| {
            let names: Vec<String> = self.pipeline.stages.iter().map(|stage| format!("`{}`", stage.name)).collect();
            let message = format!("the pipeline has no stage `{name}`");
            Problem::of(Why::NotFound, "stage", message, format!("it has {}", names.join(", "))).into()
        })
    }

    fn money(
        &self,
        (amount, currency): (Decimal, Option<Currency>),
        of_deal: Option<Money>,
    ) -> Result<Money, Rejection> {
        let currency = currency.or(of_deal.map(|money| money.currency)).or(self.currency).or(self.options.currency);
        let missing =
            || Problem::of(Why::Missing, "amount", format!("the amount {amount} has no currency"), "say which");
        Ok(Money::new(amount, currency.ok_or_else(missing)?))
    }

    /// How it begins.
    fn open(&mut self, told: &DealTold, changes: &[&ChangeTold], name: &str, at: Timestamp) -> Result<(), Rejection> {
        let first = changes.first().map(|change| change.at);
        let created = told.created.or(first).or(told.stage_since).or(told.at).unwrap_or(at);
        let opens = first.map_or(created, |first| first.min(created));
        let now = &told.now;
        let there = self.stage(now.stage.as_deref().unwrap_or_default())?;
        let moved = changes.iter().find(|change| change.step.stage.is_some());
        let begins = match moved {
            Some(moved) if moved.at <= opens => moved.step.stage.as_deref(),
            Some(moved) => moved.before.stage.as_deref().or(moved.step.stage.as_deref()),
            None if told.stage_since.is_some_and(|since| since > opens) => None,
            None => now.stage.as_deref(),
        };
        let begins = match begins.map(|begins| self.stage(begins)).transpose()? {
            Some(stage) if stage.closes.is_none() => stage,
            _ => self.pipeline.entries().next().unwrap_or(there),
        };
        // What no row of the history is about was always so, as far as anybody knows.
        fn at_first<T: Clone>(
            changes: &[&ChangeTold],
            opens: Timestamp,
            now: Option<T>,
            of: impl Fn(&Step) -> Option<T>,
        ) -> Option<T> {
            match changes.iter().find(|change| of(&change.step).is_some()) {
                None => now,
                Some(change) if change.at <= opens => of(&change.step),
                Some(change) => of(&change.before),
            }
        }
        let is_where_it_began = begins.name == there.name;
        let probability =
            at_first(changes, opens, now.probability.filter(|_| is_where_it_began), |step| step.probability);
        let category = at_first(changes, opens, now.category.filter(|_| is_where_it_began), |step| step.category);
        let (stage, probability) = (begins.name.clone(), probability.unwrap_or(begins.probability));
        let category = category.unwrap_or_else(|| begins.category());
        let pipeline = name.to_owned();
        self.push(opens, Outcome::Opened { name: told.name.clone(), pipeline, stage, probability, category });
        if let Some(amount) = at_first(changes, opens, now.amount, |step| step.amount) {
            let amount = self.money(amount, None)?;
            self.push(opens, Outcome::Valued { amount: Some(amount) });
        }
        if let Some(closes_on) = at_first(changes, opens, now.closes_on, |step| step.closes_on) {
            self.push(opens, Outcome::Expected { closes_on: Some(closes_on) });
        }
        if let Some(owner) = at_first(changes, opens, now.owner.clone(), |step| step.owner.clone()) {
            self.push(opens, Outcome::Assigned { owner: Some(owner) });
        }
        self.relates(told, opens);
        Ok(())
    }

    /// Name, account, contacts and other fields.
    fn relates(&mut self, told: &DealTold, at: Timestamp) {
        let is: Opportunity = state_at(&self.events, at);
        let news = std::mem::take(&mut self.news);
        if is.name != told.name && news.is_news("name", |said| said.name == told.name) {
            self.push(at, Outcome::Renamed { name: told.name.clone() });
        }
        let account = told.account.as_deref().map(|id| record(&self.options.source, RecordKey::organisation(id)));
        if account.is_some() && account != is.account && news.is_news("account", |said| said.account == account) {
            self.push(at, Outcome::Related { account });
        }
        for contact in &told.contacts {
            if self.with_role.contains(contact.as_str()) {
                continue;
            }
            let contact = record(&self.options.source, RecordKey::person(contact.as_str()));
            if !is.contacts.contains_key(&contact) && !news.said.contacts.contains_key(&contact) {
                self.push(at, Outcome::ContactAdded { contact, part: Contact::default() });
            }
        }
        let mut fields: BTreeMap<String, Option<serde_json::Value>> = BTreeMap::new();
        for (field, value) in &told.fields {
            let json = serde_json::to_value(value.plain()).ok();
            // As it is read again.
            let value = json.as_ref().and_then(value_of);
            let differs = is.fields.get(field) != value.as_ref();
            if differs && news.is_news(field, |said| said.fields.get(field) == value.as_ref()) {
                fields.insert(field.clone(), json);
            }
        }
        self.news = news;
        if !fields.is_empty() {
            self.push(at, Outcome::Described { fields });
        }
    }

    /// It is so from a time on.
    fn comes_to(&mut self, step: &Step, at: Timestamp) -> Result<(), Rejection> {
        let is = self.is_at(at);
        let amount = step.amount.map(|amount| self.money(amount, is.amount)).transpose()?;
        let stage = step.stage.as_deref().map(|stage| self.stage(stage)).transpose()?;
        let mut outcomes = Vec::new();
        match stage.filter(|stage| stage.name != is.stage) {
            Some(stage) => {
                let (from, to) = (is.stage.clone(), stage.name.clone());
                outcomes.push(match stage.closes {
                    Some(Closes::Won) => Outcome::Won { from, to, reason: None, amount: amount.or(is.amount) },
                    Some(Closes::Lost) => Outcome::Lost { from, to, reason: None },
                    None => {
                        let probability = step.probability.unwrap_or(stage.probability);
                        let category = step.category.unwrap_or_else(|| stage.category());
                        Outcome::Moved { from, to, probability, category }
                    }
                });
            }
            None if !is.is_closed => {
                let probability = step.probability.filter(|probability| *probability != is.probability);
                outcomes.extend(probability.map(|probability| Outcome::Rated { probability }));
                let category = step.category.filter(|category| *category != is.category);
                outcomes.extend(category.map(|category| Outcome::Categorised { category }));
            }
            None => {}
        }
        outcomes.extend(
            amount.filter(|amount| is.amount != Some(*amount)).map(|amount| Outcome::Valued { amount: Some(amount) }),
        );
        let closes_on = step.closes_on.filter(|closes_on| is.closes_on != Some(*closes_on));
        outcomes.extend(closes_on.map(|closes_on| Outcome::Expected { closes_on: Some(closes_on) }));
        let owner = step.owner.clone().filter(|owner| is.owner.as_ref() != Some(owner));
        outcomes.extend(owner.map(|owner| Outcome::Assigned { owner: Some(owner) }));
        outcomes.into_iter().for_each(|outcome| self.push(at, outcome));
        Ok(())
    }

    /// It is now what its row says.
    fn is_now(&mut self, told: &DealTold, last: Option<Timestamp>, at: Timestamp) -> Result<(), Rejection> {
        let newest: Opportunity = state_at(&self.events, at.max(told.at.unwrap_or(at)));
        let stage = self.stage(told.now.stage.as_deref().unwrap_or_default())?.clone();
        if newest.stage != stage.name && self.news.is_news("stage", |said| said.stage == stage.name) {
            // A deal that is closed was closed on the day that it names.
            let closed_on = told.now.closes_on.filter(|_| stage.closes.is_some());
            let closed_at = closed_on.map(|day| day.and_time(NaiveTime::MIN).and_utc()).filter(|closed| *closed <= at);
            let since = told.stage_since.or(closed_at).or(told.at).unwrap_or(at);
            let after = |before: Option<Timestamp>| before.map(|before| before + TimeDelta::microseconds(1));
            let since =
                since.max(after(last).unwrap_or(since)).max(after(newest.since.get("stage").copied()).unwrap_or(since));
            let (probability, category) = (told.now.probability, told.now.category);
            let step = Step { stage: told.now.stage.clone(), probability, category, ..Step::default() };
            let reason = told.reason.clone();
            let from = newest.stage.clone();
            match stage.closes {
                Some(Closes::Won) => {
                    let amount = told.now.amount.map(|amount| self.money(amount, newest.amount)).transpose()?;
                    let amount = amount.or(newest.amount);
                    self.push(since, Outcome::Won { from, to: stage.name.clone(), reason, amount });
                }
                Some(Closes::Lost) => self.push(since, Outcome::Lost { from, to: stage.name.clone(), reason }),
                None => self.comes_to(&step, since)?,
            }
        }
        // What the row says is so since it was changed last, and at the latest since the deal came where the row has it.
        let newest: Opportunity = state_at(&self.events, Timestamp::MAX_UTC);
        let reached = newest.since.get("stage").copied().filter(|_| newest.stage == stage.name);
        let as_of = [last, reached, newest.opened_at].into_iter().flatten().fold(told.at.unwrap_or(at), Ord::max);
        let step = self.news.of(&Step { stage: None, ..told.now.clone() });
        self.comes_to(&step, as_of)?;
        self.relates(told, as_of);
        Ok(())
    }

    /// Who takes part, and as what. One is asked first, if any.
    fn has(&mut self, parts: &[&PartTold], as_of: Option<Timestamp>, at: Timestamp) {
        let began = state_at::<Opportunity>(&self.events, Timestamp::MAX_UTC).opened_at;
        let when = as_of.or(began).unwrap_or(at);
        let is: Opportunity = state_at(&self.events, Timestamp::MAX_UTC);
        let mut is_first = true;
        let mut parts = parts.to_vec();
        parts.sort_by(|a, b| (&a.contact, !a.primary, &a.role).cmp(&(&b.contact, !b.primary, &b.role)));
        parts.dedup_by(|b, a| a.contact == b.contact);
        for part in parts {
            let primary = part.primary && is_first;
            is_first &= !part.primary;
            let contact = record(&self.options.source, RecordKey::person(part.contact.as_str()));
            let said = Contact { role: part.role.clone(), primary };
            if is.contacts.get(&contact) != Some(&said) && self.news.said.contacts.get(&contact) != Some(&said) {
                self.push(when, Outcome::ContactAdded { contact, part: said });
            }
        }
    }
}

/// The record that a source keeps under a key, by its id.
fn record(source: &Source, key: RecordKey) -> String {
    RecordId::of(source, &key).to_string()
}

/// Whether two rows of one time can both be so.
fn agree(a: &Step, b: &Step) -> bool {
    fn same<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
        a.is_none() || b.is_none() || a == b
    }
    same(&a.stage, &b.stage)
        && same(&a.amount, &b.amount)
        && same(&a.closes_on, &b.closes_on)
        && same(&a.probability, &b.probability)
        && same(&a.category, &b.category)
        && same(&a.owner, &b.owner)
}

/// A step, with what another says where it says nothing.
fn filled(step: Step, other: &Step) -> Step {
    Step {
        stage: step.stage.or_else(|| other.stage.clone()),
        amount: step.amount.or(other.amount),
        closes_on: step.closes_on.or(other.closes_on),
        probability: step.probability.or(other.probability),
        category: step.category.or(other.category),
        owner: step.owner.or_else(|| other.owner.clone()),
    }
}

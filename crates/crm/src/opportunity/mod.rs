//! [`Opportunity`]: a deal, and everything that it ever was.

mod decide;
mod stages;
mod subject;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use onefold_fact::{Timestamp, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub(crate) use self::decide::OWN;
pub use self::decide::{Command, Opening, Surroundings, decide};
pub use self::stages::StageTime;

use crate::category::ForecastCategory;
use crate::money::{Money, MoneyError};
use crate::object::Aggregate;
use crate::pipeline::Closes;
use crate::schedule::Instalment;

/// A deal: what it is now, and what it was at each change. It is made by [`fold`](crate::fold) from the facts about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Opportunity {
    /// Its name; empty as long as it is not open.
    pub name: String,
    /// The pipeline that it goes through.
    pub pipeline: String,
    /// The stage at which it is.
    pub stage: String,
    /// What it is worth: as said, or else the sum of its line items.
    pub amount: Option<Money>,
    /// How likely it was taken to be won when it came to its stage.
    pub probability: Decimal,
    /// How a forecast counts it.
    pub category: ForecastCategory,
    /// When it is expected to close.
    pub closes_on: Option<NaiveDate>,
    /// The user whose deal it is.
    pub owner: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Other fields.
    pub fields: BTreeMap<String, Value>,
    /// What is sold, by the id of the line.
    pub lines: BTreeMap<String, LineItem>,
    /// Who takes part, by the key of the contact.
    pub contacts: BTreeMap<String, Contact>,
    /// How it ended, if it is over.
    pub closed: Option<Closing>,
    /// When it began.
    pub opened_at: Option<Timestamp>,
    /// Since when it is there no more, if somebody deleted it where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// What it was worth, how likely, and where, after each change of one of these; oldest first.
    pub history: Vec<Snapshot>,
    /// By field: since when it is as it is.
    pub since: BTreeMap<String, Timestamp>,
    /// The last interaction about it: when, and which.
    pub touched: Option<(Timestamp, String)>,
    /// When what is known happened, as long as it did not begin.
    #[serde(skip)]
    before: Option<Timestamp>,
}

/// What a deal was from a time on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// From when on.
    pub at: Timestamp,
    /// The stage.
    pub stage: String,
    /// What it was worth.
    pub amount: Option<Money>,
    /// How likely it was.
    pub probability: Decimal,
    /// How a forecast counted it.
    pub category: ForecastCategory,
    /// When it was expected to close.
    pub closes_on: Option<NaiveDate>,
    /// Whose it was.
    pub owner: Option<String>,
}

/// How a deal ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// When.
    pub at: Timestamp,
    /// How.
    pub as_: Closes,
    /// Why.
    pub reason: Option<String>,
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineItem {
    /// What.
    pub product: String,
    /// How much of it.
    pub quantity: Decimal,
    /// What one costs.
    pub price: Money,
    /// The part that is taken off, from 0 to 1.
    #[serde(default)]
    pub discount: Decimal,
    /// The part that is put on top as tax, such as 0.19. It is no part of what the deal is worth.
    #[serde(default)]
    pub tax: Decimal,
    /// How often it is due, if not once: twelve for a price by the month over a year.
    #[serde(default = "once")]
    pub times: u32,
    /// What of it is due when; nothing, if all of it is due at once. The parts come to what the line is worth without tax.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<Instalment>,
}

fn once() -> u32 {
    1
}

impl LineItem {
    /// What it is worth without tax, rounded to what the currency has.
    #[must_use]
    pub fn net(&self) -> Money {
        self.price.times(self.quantity).times(Decimal::ONE - self.discount).times(self.times.into()).rounded()
    }

    /// Whether what it is worth, and costs with tax, can be counted.
    #[must_use]
    pub fn is_countable(&self) -> bool {
        let of = |factor: Decimal, amount: Decimal| amount.checked_mul(factor);
        let net = of(self.quantity, self.price.amount)
            .and_then(|all| of(Decimal::ONE - self.discount, all))
            .and_then(|reduced| of(self.times.into(), reduced));
        net.and_then(|net| net.checked_add(of(self.tax, net)?)).is_some()
    }

    /// What it costs with tax, rounded.
    #[must_use]
    pub fn gross(&self) -> Money {
        let net = self.net();
        Money { amount: net.amount.saturating_add(net.times(self.tax).rounded().amount), ..net }
    }
}

/// Somebody who takes part in a deal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// As what: `decision maker`.
    #[serde(default)]
    pub role: Option<String>,
    /// Whether this is who is asked first; at most one is.
    #[serde(default)]
    pub primary: bool,
}

/// What happens to a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Outcome {
    /// It begins.
    Opened {
        /// Its name.
        name: String,
        /// The pipeline.
        #[serde(default)]
        pipeline: String,
        /// Where it begins.
        stage: String,
        /// How likely it is taken to be won there.
        probability: Decimal,
        /// How a forecast counts it there.
        category: ForecastCategory,
    },
    /// It goes to another stage.
    Moved {
        /// From where.
        from: String,
        /// To where.
        to: String,
        /// How likely it is taken to be won there.
        probability: Decimal,
        /// How a forecast counts it there.
        category: ForecastCategory,
    },
    /// It is won.
    Won {
        /// From which stage.
        from: String,
        /// The stage that says so.
        to: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What it was worth then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// It is lost.
    Lost {
        /// From which stage.
        from: String,
        /// The stage that says so.
        to: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// What it is worth, or that nobody says so any more.
    Valued {
        /// What.
        amount: Option<Money>,
    },
    /// A forecast counts it otherwise than its stage says.
    Categorised {
        /// How.
        category: ForecastCategory,
    },
    /// How likely it is taken to be won, otherwise than its stage says.
    Rated {
        /// From 0 to 1.
        probability: Decimal,
    },
    /// It has another name.
    Renamed {
        /// Which.
        name: String,
    },
    /// When it is expected to close.
    Expected {
        /// When.
        closes_on: Option<NaiveDate>,
    },
    /// Whose it is.
    Assigned {
        /// The user.
        owner: Option<String>,
    },
    /// What else is known of it; an empty value takes the field away.
    Described {
        /// By field.
        fields: BTreeMap<String, Option<serde_json::Value>>,
    },
    /// Of which account it is.
    Related {
        /// The account.
        account: Option<String>,
    },
    /// A line is there, instead of one with the same id.
    LineSet {
        /// The id of the line.
        line: String,
        /// What is sold.
        item: LineItem,
    },
    /// A line is there no more.
    LineRemoved {
        /// The id of the line.
        line: String,
    },
    /// Somebody takes part.
    ContactAdded {
        /// The key of the contact.
        contact: String,
        /// As what.
        #[serde(flatten)]
        part: Contact,
    },
    /// Somebody takes part no more.
    ContactRemoved {
        /// The key of the contact.
        contact: String,
    },
    /// There was an interaction about it.
    Touched {
        /// Which: `call`, or the id of one.
        by: String,
    },
    /// It was deleted where it is kept.
    Deleted,
    /// It is there again.
    Restored,
}

impl Opportunity {
    /// Whether it began, and was not deleted.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.opened_at.is_some() && self.deleted_at.is_none()
    }

    /// What its line items come to. `None` if there is none.
    ///
    /// # Errors
    /// When they are of several currencies.
    pub fn of_lines(&self) -> Result<Option<Money>, MoneyError> {
        let mut sum: Option<Money> = None;
        for line in self.lines.values() {
            let net = line.net();
            sum = Some(match sum {
                None => net,
                Some(sum) if sum.currency == net.currency => {
                    let amount = sum.amount.checked_add(net.amount).ok_or(MoneyError::TooLarge(net))?;
                    Money { amount, ..sum }
                }
                Some(sum) => return Err(MoneyError::Mixed { a: sum.currency, b: net.currency }),
            });
        }
        Ok(sum)
    }

    /// What its line items come to with tax. `None` if there is none, or they are of several currencies.
    #[must_use]
    pub fn with_tax(&self) -> Option<Money> {
        let first = self.lines.values().next()?.gross();
        let same = self.lines.values().all(|line| line.price.currency == first.currency);
        let sum = self.lines.values().fold(Decimal::ZERO, |sum, line| sum.saturating_add(line.gross().amount));
        same.then_some(Money { amount: sum, ..first })
    }

    /// What it was at a time. `None` before it began.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<&Snapshot> {
        self.history.get(self.history.partition_point(|snapshot| snapshot.at <= at).checked_sub(1)?)
    }

    /// Notes what it is from a time on, if that is something else than before.
    fn note(&mut self, at: Timestamp) {
        let now = Snapshot {
            at,
            stage: self.stage.clone(),
            amount: self.amount,
            probability: self.probability,
            category: self.category,
            closes_on: self.closes_on,
            owner: self.owner.clone(),
        };
        match self.history.last_mut() {
            Some(last) if (Snapshot { at, ..last.clone() }) == now => {}
            Some(last) if last.at == at => *last = now,
            _ => self.history.push(now),
        }
    }

    fn comes_to(&mut self, at: Timestamp, stage: &str, probability: Decimal, category: ForecastCategory) {
        stage.clone_into(&mut self.stage);
        (self.probability, self.category) = (probability, category);
        for field in ["stage", "probability", "category"] {
            self.since.insert(field.to_owned(), at);
        }
    }

    fn close(&mut self, at: Timestamp, to: &str, as_: Closes, reason: Option<&String>) {
        let won = as_ == Closes::Won;
        let (probability, category) =
            if won { (Decimal::ONE, ForecastCategory::Closed) } else { (Decimal::ZERO, ForecastCategory::Omitted) };
        self.comes_to(at, to, probability, category);
        self.closed = Some(Closing { at, as_, reason: reason.cloned() });
    }

    /// Its worth follows its lines, as long as they are of one currency; without any it has none.
    fn add_up(&mut self, at: Timestamp) {
        if let Ok(sum) = self.of_lines() {
            self.amount = sum;
            self.since.insert("amount".to_owned(), at);
        }
    }
}

impl Aggregate for Opportunity {
    const KIND: &'static str = "opportunity";
    type Outcome = Outcome;

    fn apply(&mut self, at: Timestamp, outcome: &Outcome) {
        // What is said of a deal before it begins is of another, whose opening was taken back. At one instant any may be first.
        if self.opened_at.is_none() && self.before.replace(at) != Some(at) {
            *self = Self { before: Some(at), ..Self::default() };
        }
        let mut said = |field: &str| {
            self.since.insert(field.to_owned(), at);
        };
        match outcome {
            Outcome::Opened { name, pipeline, stage, probability, category } => {
                said("name");
                self.name.clone_from(name);
                self.pipeline.clone_from(pipeline);
                self.opened_at = self.opened_at.or(Some(at));
                self.before = None;
                self.deleted_at = None;
                self.closed = None;
                self.comes_to(at, stage, *probability, *category);
            }
            Outcome::Moved { to, probability, category, .. } => {
                self.closed = None;
                self.comes_to(at, to, *probability, *category);
            }
            Outcome::Won { to, reason, amount, .. } => {
                self.amount = amount.or(self.amount);
                self.close(at, to, Closes::Won, reason.as_ref());
            }
            Outcome::Lost { to, reason, .. } => self.close(at, to, Closes::Lost, reason.as_ref()),
            Outcome::Valued { amount } => {
                said("amount");
                self.amount = *amount;
            }
            Outcome::Categorised { category } => {
                said("category");
                self.category = *category;
            }
            Outcome::Rated { probability } => {
                said("probability");
                self.probability = *probability;
            }
            Outcome::Renamed { name } => {
                said("name");
                self.name.clone_from(name);
            }
            Outcome::Expected { closes_on } => {
                said("closes_on");
                self.closes_on = *closes_on;
            }
            Outcome::Assigned { owner } => {
                said("owner");
                self.owner.clone_from(owner);
            }
            Outcome::Related { account } => {
                said("account");
                self.account.clone_from(account);
            }
            Outcome::Described { fields } => {
                for (field, value) in fields {
                    self.since.insert(field.clone(), at);
                    match value.as_ref().and_then(value_of) {
                        Some(value) => drop(self.fields.insert(field.clone(), value)),
                        None => drop(self.fields.remove(field)),
                    }
                }
            }
            Outcome::LineSet { line, item } => {
                self.lines.insert(line.clone(), item.clone());
                self.add_up(at);
            }
            Outcome::LineRemoved { line } => {
                if self.lines.remove(line).is_some() {
                    self.add_up(at);
                }
            }
            Outcome::ContactAdded { contact, part } => {
                if part.primary {
                    self.contacts.values_mut().for_each(|other| other.primary = false);
                }
                self.contacts.insert(contact.clone(), part.clone());
            }
            Outcome::ContactRemoved { contact } => drop(self.contacts.remove(contact)),
            Outcome::Touched { by } => self.touched = Some((at, by.clone())),
            Outcome::Deleted => self.deleted_at = Some(at),
            Outcome::Restored => self.deleted_at = None,
        }
        if self.is_there() {
            self.note(at);
        }
    }
}

/// A value as its plain JSON says.
pub(crate) fn value_of(json: &serde_json::Value) -> Option<Value> {
    Value::from_json(&json.to_string()).ok()?.value
}

//! [`forecast`]: what open and won deals come to in a period, by owner.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use onefold_fact::Timestamp;
use serde::{Deserialize, Serialize};

use crate::category::ForecastCategory;
use crate::money::{Currency, Money, MoneyError, Rates};
use crate::opportunity::Opportunity;

/// What is asked of a forecast.
#[derive(Debug, Clone)]
pub struct ForecastAsked<'a> {
    /// Deals that are expected to close from this day on.
    pub from: NaiveDate,
    /// And before this one.
    pub until: NaiveDate,
    /// In which currency.
    pub currency: Currency,
    /// By which rates; each deal by those of the day on which it is expected to close.
    pub rates: &'a Rates,
    /// By user: who they report to.
    pub managers: BTreeMap<String, String>,
    /// Numbers that managers stand for instead of those that add up.
    pub adjustments: Vec<Adjustment>,
}

/// A number that somebody stands for instead of the one that adds up. Both are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Whose number.
    pub owner: String,
    /// Of which category, all that is surer counted with it.
    pub category: ForecastCategory,
    /// How much.
    pub amount: Money,
    /// Who says so.
    pub by: String,
    /// Why.
    #[serde(default)]
    pub note: String,
    /// When it was said: what was said after a clock does not count at it. `None`: it always does.
    #[serde(skip)]
    pub said_at: Option<Timestamp>,
}

/// What deals come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// How many deals.
    pub deals: usize,
    /// Each amount times how likely it is.
    pub weighted: Money,
    /// By category, each by itself.
    pub single: BTreeMap<ForecastCategory, Money>,
    /// By category, with all that is surer.
    pub cumulative: BTreeMap<ForecastCategory, Money>,
}

/// What the deals of a user come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnerForecast {
    /// Their own.
    pub own: Expected,
    /// With those of everybody who reports to them.
    pub rolled_up: Expected,
    /// The cumulative numbers with what managers stand for in place of what adds up.
    pub adjusted: BTreeMap<ForecastCategory, Money>,
}

/// What deals come to in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// All of them.
    pub total: Expected,
    /// By owner; under the empty name the deals of nobody.
    pub owners: BTreeMap<String, OwnerForecast>,
    /// Deals that are in the period and cannot be counted, and owners whose adjusted numbers cannot, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Open deals that are in no period, since they have no amount or no day of closing.
    pub incomplete: Vec<String>,
}

impl Expected {
    fn nothing(currency: Currency) -> Self {
        let zero = Money::new(0.into(), currency);
        let each: BTreeMap<_, _> = ForecastCategory::COUNTED.into_iter().map(|category| (category, zero)).collect();
        Self { deals: 0, weighted: zero, single: each.clone(), cumulative: each }
    }

    fn count(&mut self, category: ForecastCategory, amount: Money, weighted: Money) {
        self.deals += 1;
        add(&mut self.weighted, weighted);
        if let Some(single) = self.single.get_mut(&category) {
            add(single, amount);
        }
        for (of, sum) in &mut self.cumulative {
            if of.includes(category) {
                add(sum, amount);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.deals += other.deals;
        add(&mut self.weighted, other.weighted);
        for (of, sums) in [(&other.single, &mut self.single), (&other.cumulative, &mut self.cumulative)] {
            for (category, amount) in of {
                if let Some(sum) = sums.get_mut(category) {
                    add(sum, *amount);
                }
            }
        }
    }
}

fn add(sum: &mut Money, more: Money) {
    sum.amount = sum.amount.saturating_add(more.amount);
}

/// What deals come to, as they were at a clock: stage, amount, likelihood and day of closing of then. For what was known
/// then, give the deals that were known then.
///
/// An open deal is in the period in which it is expected to close, a won one in that in which it was won. An open deal
/// without an amount or a day of closing is in no period, and named. Whoever reports to themselves over others reports
/// to nobody.
#[must_use]
pub fn forecast<'a>(
    deals: impl IntoIterator<Item = (&'a str, &'a Opportunity)>,
    asked: &ForecastAsked<'_>,
    clock: Timestamp,
) -> Forecast {
    let nothing = || Expected::nothing(asked.currency);
    let mut own: BTreeMap<String, Expected> = BTreeMap::new();
    let (mut left_out, mut incomplete) = (Vec::new(), Vec::new());
    for (id, deal) in deals {
        let Some(was) = deal.at(clock).filter(|was| was.category != ForecastCategory::Omitted) else { continue };
        let closed = deal.closed.as_ref().filter(|closed| closed.at <= clock).map(|closed| closed.at.date_naive());
        let (Some(closes_on), Some(amount)) = (closed.or(was.closes_on), was.amount) else {
            if closed.is_none() {
                incomplete.push(id.to_owned());
            }
            continue;
        };
        if closes_on < asked.from || closes_on >= asked.until {
            continue;
        }
        let worth: Result<Money, MoneyError> = asked.rates.convert(amount, asked.currency, closes_on);
        match worth {
            Ok(worth) => {
                let of = own.entry(was.owner.clone().unwrap_or_default()).or_insert_with(nothing);
                of.count(was.category, worth.rounded(), worth.times(was.probability).rounded());
            }
            Err(error) => left_out.push((id.to_owned(), error.to_string())),
        }
    }
    let said = |adjustment: &&Adjustment| adjustment.said_at.is_none_or(|at| at <= clock);
    let (mut adjustments, mut last) = (BTreeMap::new(), BTreeSet::new());
    for Adjustment { owner, category, amount, .. } in asked.adjustments.iter().rev().filter(said) {
        if last.insert((owner.as_str(), *category)) {
            match asked.rates.convert(*amount, asked.currency, asked.from) {
                Ok(amount) => drop(adjustments.insert((owner.as_str(), *category), amount.rounded())),
                Err(error) => left_out.push((owner.clone(), format!("{amount} instead: {error}"))),
            }
        }
    }
    left_out.sort();
    incomplete.sort();
    let mut total = nothing();
    own.values().for_each(|of| total.merge(of));
    let users: BTreeSet<&str> = own
        .keys()
        .chain(asked.managers.keys())
        .chain(asked.managers.values())
        .map(String::as_str)
        .chain(adjustments.keys().map(|(owner, _)| *owner))
        .collect();
    let mut owners = BTreeMap::new();
    for user in &users {
        let rolled_up = subtree(user, &users, &asked.managers).into_iter().fold(nothing(), |mut sum, of| {
            own.get(of).into_iter().for_each(|own| sum.merge(own));
            sum
        });
        let adjusted = ForecastCategory::COUNTED
            .into_iter()
            .map(|category| {
                (category, stood_for(user, category, &users, &own, (asked, &adjustments), &mut BTreeSet::new()))
            })
            .collect();
        let own = own.get(*user).cloned().unwrap_or_else(nothing);
        owners.insert((*user).to_owned(), OwnerForecast { own, rolled_up, adjusted });
    }
    Forecast { total, owners, left_out, incomplete }
}

/// A user and everybody who reports to them, over any number of others.
fn subtree<'a>(user: &'a str, users: &BTreeSet<&'a str>, managers: &BTreeMap<String, String>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::from([user]);
    let mut ahead = vec![user];
    while let Some(at) = ahead.pop() {
        for below in users.iter().filter(|other| managers.get(**other).is_some_and(|manager| manager == at)) {
            if found.insert(below) {
                ahead.push(below);
            }
        }
    }
    found
}

/// What somebody stands for: what was adjusted, or else their own deals and what those who report to them stand for.
fn stood_for(
    user: &str,
    category: ForecastCategory,
    users: &BTreeSet<&str>,
    own: &BTreeMap<String, Expected>,
    (asked, adjustments): (&ForecastAsked<'_>, &BTreeMap<(&str, ForecastCategory), Money>),
    above: &mut BTreeSet<String>,
) -> Money {
    let mut sum = Money::new(0.into(), asked.currency);
    if !above.insert(user.to_owned()) {
        return sum;
    }
    if let Some(amount) = adjustments.get(&(user, category)) {
        return *amount;
    }
    if let Some(amount) = own.get(user).and_then(|own| own.cumulative.get(&category)) {
        add(&mut sum, *amount);
    }
    for below in users.iter().filter(|other| asked.managers.get(**other).is_some_and(|manager| manager == user)) {
        add(&mut sum, stood_for(below, category, users, own, (asked, adjustments), above));
    }
    sum
}

//! [`Instalment`]: what of a line item is due when.

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::opportunity::LineItem;
use crate::rejection::{Problem, Rejection, Why};

/// A part of what is due, on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instalment {
    /// On which day.
    pub on: NaiveDate,
    /// How much of it, in the currency of the whole.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
}

/// A whole in equal parts, each of as many months after the one before as `every`. They come to the whole exactly: what does
/// not divide is spread over the first parts, the smallest coin at a time. A day that a month does not have is its last.
///
/// ```
/// use onefold_crm::{Money, instalments};
///
/// let whole: Money = "100.00 EUR".parse()?;
/// let parts = instalments(whole, "2026-01-31".parse()?, 1, 3);
/// let told: Vec<String> = parts.iter().map(|part| format!("{} {}", part.on, part.amount)).collect();
/// assert_eq!(told, ["2026-01-31 33.34", "2026-02-28 33.33", "2026-03-31 33.33"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn instalments(whole: Money, first: NaiveDate, every: u32, parts: u32) -> Vec<Instalment> {
    let places = whole.currency.minor_units();
    let coin = Decimal::new(1, places);
    let count = Decimal::from(parts.max(1));
    let each = (whole.amount / count).round_dp_with_strategy(places, rust_decimal::RoundingStrategy::ToZero);
    let mut rest = whole.amount - each * count;
    let mut due = Vec::new();
    for number in 0..parts.max(1) {
        let on = first.checked_add_months(Months::new(every.saturating_mul(number))).unwrap_or(NaiveDate::MAX);
        let more = if rest >= coin { coin } else { Decimal::ZERO };
        rest -= more;
        due.push(Instalment { on, amount: each + more });
    }
    // What is finer than the smallest coin stands in the last part, so that nothing is lost.
    if let Some(last) = due.last_mut() {
        last.amount += rest;
    }
    due
}

/// Whether instalments are what a line is worth, to the smallest coin.
///
/// # Errors
/// With every part that is nothing or less, days that are not in order, and a sum that is another.
pub fn check_schedule(line: &LineItem, schedule: &[Instalment]) -> Result<(), Rejection> {
    let mut problems = Vec::new();
    for (number, part) in schedule.iter().enumerate().filter(|(_, part)| part.amount <= Decimal::ZERO) {
        let message = format!("instalment {} of {} is not more than nothing", number + 1, part.amount);
        problems.push(Problem::of(Why::Invalid, "schedule", message, "give an amount above zero"));
    }
    for pair in schedule.windows(2) {
        if let [a, b] = pair
            && a.on >= b.on
        {
            let message = format!("the instalment of {} does not come after the one of {}", b.on, a.on);
            problems.push(Problem::of(Why::Invalid, "schedule", message, "give them in order, one a day"));
        }
    }
    let net = line.net();
    let sum = schedule.iter().fold(Decimal::ZERO, |sum, part| sum.saturating_add(part.amount));
    if sum != net.amount && !schedule.is_empty() {
        let message = format!("the instalments come to {sum}, the line to {net}");
        let fix = format!("change them by {}", net.amount - sum);
        problems.push(Problem::of(Why::Invalid, "schedule", message, fix));
    }
    Rejection::unless_none(problems)
}

//! Who is in which segment, as tables beside the log: kept up to date by each commit, and by the clock.
//!
//! A commit looks at the customers that it touches, and at those whose time has come by then, each at its own time. Where a
//! rule asks for the members of groups it looks at all customers, since any of them may be somebody's member. Where rules are
//! edited, it asks all customers those only that are new or another. What a rule
//! means is the [reference evaluator's](onefold_segment::Definition::evaluate) word, so that the tables are what
//! asking each customer would give.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{Cell, CustomerId, Timestamp, ViewTable};
use onefold_profile::Profile;
use onefold_segment::{Definition, Related, Segments};
use onefold_store::{Read, StoreError};
use rayon::prelude::*;

use crate::change::What;
use crate::company::{Company, relations};
use crate::folding::Gathered;
use crate::governance::Governance;
use crate::reading::Reading;
use crate::tables::{Desk, bytes, first_id, id, integer, last_id, text};

/// By segment: the customers that are in, and since when.
pub(crate) const SEGMENT_MEMBERS: ViewTable =
    ViewTable { name: "segment_members", key: &[text("segment"), bytes("customer")], values: &[integer("since")] };

/// By customer: the segments that they are in.
pub(crate) const CUSTOMER_SEGMENTS: ViewTable =
    ViewTable { name: "customer_segments", key: &[bytes("customer"), text("segment")], values: &[] };

/// By customer: when time alone may let them enter or leave one.
pub(crate) const NEXT_CHANGES: ViewTable =
    ViewTable { name: "next_changes", key: &[bytes("customer")], values: &[integer("at")] };

/// The same by time.
pub(crate) const AGENDA: ViewTable =
    ViewTable { name: "agenda", key: &[integer("at"), bytes("customer")], values: &[] };

/// The clock up to which all this holds: one row.
pub(crate) const CLOCK: ViewTable = ViewTable { name: "clock", key: &[integer("row")], values: &[integer("at")] };

/// Customers that are looked at together.
const AT_ONCE: usize = 1 << 12;

/// Which customers have to be looked at.
pub(crate) enum Look {
    /// Each.
    All,
    /// These, and those whose time has come.
    At(BTreeSet<CustomerId>),
    /// Those too; and, since rules were edited, each for the rules that are new or another, and whoever was in a segment
    /// that is no more.
    Edited { touched: BTreeSet<CustomerId>, anew: BTreeSet<String>, gone: BTreeSet<String> },
}

/// Segments by name.
type Rules<'a> = [(&'a str, &'a Definition)];

/// What is asked of a customer.
struct Asked {
    was: BTreeSet<String>,
    from: Timestamp,
    /// Whether all rules are.
    is_whole: bool,
    /// When rules that are not asked may change by time alone.
    known: Option<Timestamp>,
}

/// What became of a customer.
struct Outcome {
    customer: CustomerId,
    was: BTreeSet<String>,
    /// The segments that they are in now; with the clock of entering, if they have entered.
    is: BTreeMap<String, Option<Timestamp>>,
    next: Option<Timestamp>,
    /// When what happened.
    changes: Vec<(Timestamp, What)>,
}

/// The clock that is kept.
pub(crate) fn clock(read: &dyn Read) -> Result<Option<Timestamp>, StoreError> {
    let row = read.rows(&CLOCK, &[Cell::Integer(0)])?.pop();
    Ok(row.and_then(|row| time(row.last()?)))
}

/// The first clock at which time alone may let somebody enter or leave a segment.
pub(crate) fn next_due(read: &dyn Read) -> Result<Option<Timestamp>, StoreError> {
    let first = read.rows_after(&AGENDA, &[Cell::Integer(i64::MIN), Cell::Bytes(Vec::new())], 1)?;
    Ok(first.first().and_then(|row| time(row.first()?)))
}

fn time(cell: &Cell) -> Option<Timestamp> {
    match cell {
        Cell::Integer(micros) => Timestamp::from_timestamp_micros(*micros),
        _ => None,
    }
}

fn micros(at: Timestamp) -> Cell {
    Cell::Integer(at.timestamp_micros())
}

/// Keeps the clock.
pub(crate) fn keep_clock(desk: &mut Desk<'_>, clock: Timestamp) {
    desk.put(&CLOCK, vec![Cell::Integer(0), micros(clock)]);
}

/// Brings the tables on the desk up to a clock, and says who entered and who left.
pub(crate) fn bring_up(
    desk: &mut Desk<'_>,
    governance: &Governance,
    look: Look,
    clock: Timestamp,
) -> Result<Vec<(Timestamp, What)>, StoreError> {
    keep_clock(desk, clock);
    let mut due = due(desk, clock)?;
    let definitions = definitions(governance.segments());
    let relations = relations(definitions.iter().map(|(_, definition)| *definition));
    // Of whom all rules are asked, and of the others which.
    let mut whole: Option<BTreeSet<CustomerId>> = None;
    let mut asked_of_all = definitions.clone();
    let customers: Vec<CustomerId> = match look {
        Look::At(touched) if relations.is_empty() => {
            due.keys().copied().chain(touched).collect::<BTreeSet<_>>().into_iter().collect()
        }
        Look::Edited { touched, anew, gone } if relations.is_empty() => {
            let due: BTreeSet<CustomerId> = due.keys().copied().chain(touched).collect();
            let mut customers = due.clone();
            for segment in &gone {
                customers.extend(members_of(desk, segment)?.into_iter().map(|(customer, _)| customer));
            }
            if !anew.is_empty() {
                customers.extend(all_known(desk)?);
            }
            asked_of_all.retain(|(name, _)| anew.contains(*name));
            whole = Some(due);
            customers.into_iter().collect()
        }
        _ => all_known(desk)?,
    };
    let together = if relations.is_empty() { AT_ONCE } else { customers.len().max(1) };
    let mut changes: Vec<(Timestamp, What)> = Vec::new();
    for part in customers.chunks(together) {
        let mut told: Vec<Gathered> = Vec::with_capacity(part.len());
        let mut asked: Vec<Asked> = Vec::with_capacity(part.len());
        for customer in part {
            let reading = Reading::new(&*desk, governance);
            let from = due.remove(customer).unwrap_or(clock);
            told.push(reading.told(*customer)?);
            let is_whole = whole.as_ref().is_none_or(|whole| whole.contains(customer));
            let known = if is_whole { None } else { next_change(desk, *customer)? };
            asked.push(Asked { was: segments_of(desk, *customer)?, from, is_whole, known });
        }
        let profile =
            |told: &Gathered| (!told.is_empty()).then(|| told.fold(governance.schema(), governance.rules(), None));
        let profiles: Vec<Option<Profile>> = told.par_iter().map(profile).collect();
        let company = Company::among(profiles.iter().flatten(), relations.clone());
        let outcome =
            |((customer, profile), Asked { was, from, is_whole, known }): ((&CustomerId, &Option<Profile>), Asked)| {
                let subject = profile.as_ref().map(|profile| company.subject(profile));
                let asked = if is_whole { &definitions } else { &asked_of_all };
                let mut outcome = Outcome::of(*customer, subject.as_ref(), was, (&definitions, asked), from..=clock);
                // What was known of the rules that were not asked.
                outcome.next = outcome.next.into_iter().chain(known.filter(|_| subject.is_some())).min();
                outcome
            };
        let mut outcomes = part.par_iter().zip(&profiles).zip(asked).map(outcome).collect::<Vec<_>>();
        for (outcome, told) in outcomes.iter_mut().zip(&told) {
            outcome.next = outcome.next.into_iter().chain(told.licensed_until()).min();
        }
        for outcome in outcomes {
            outcome.write(desk)?;
            changes.extend(outcome.changes);
        }
    }
    changes.sort_by_key(|(at, _)| *at);
    Ok(changes)
}

fn definitions(segments: &Segments) -> Vec<(&str, &Definition)> {
    segments.names().filter_map(|name| Some((name, segments.get(name)?))).collect()
}

/// The customers whose time has come, and when it came.
fn due(desk: &Desk<'_>, clock: Timestamp) -> Result<BTreeMap<CustomerId, Timestamp>, StoreError> {
    let mut due = BTreeMap::new();
    let mut after = vec![Cell::Integer(i64::MIN), Cell::Bytes(Vec::new())];
    loop {
        let rows = desk.rows_after(&AGENDA, &after, AT_ONCE)?;
        for row in &rows {
            match (row.first().and_then(time), last_id(row)) {
                (Some(at), Some(customer)) if at <= clock => drop(due.insert(customer.into(), at)),
                _ => return Ok(due),
            }
        }
        match rows.into_iter().next_back() {
            Some(last) => after = last,
            None => return Ok(due),
        }
    }
}

/// All customers that there are, and those of whom something is kept here.
fn all_known(desk: &Desk<'_>) -> Result<Vec<CustomerId>, StoreError> {
    let mut known: BTreeSet<CustomerId> = BTreeSet::new();
    for (table, width) in [(&crate::tables::MEMBERS, 2), (&NEXT_CHANGES, 1), (&CUSTOMER_SEGMENTS, 2)] {
        let mut after = vec![Cell::Bytes(Vec::new()); width];
        if table == &CUSTOMER_SEGMENTS {
            after = vec![Cell::Bytes(Vec::new()), Cell::Text(String::new())];
        }
        loop {
            let rows = desk.rows_after(table, &after, AT_ONCE)?;
            known.extend(rows.iter().filter_map(|row| first_id(row)).map(CustomerId::from));
            match rows.into_iter().next_back() {
                Some(last) => after = last.into_iter().take(width).collect(),
                None => break,
            }
        }
    }
    Ok(known.into_iter().collect())
}

/// When time alone may let a customer enter or leave a segment.
fn next_change(read: &dyn Read, customer: CustomerId) -> Result<Option<Timestamp>, StoreError> {
    Ok(read.rows(&NEXT_CHANGES, &[id(customer)])?.pop().and_then(|row| time(row.last()?)))
}

/// The segments that a customer is in.
pub(crate) fn segments_of(read: &dyn Read, customer: CustomerId) -> Result<BTreeSet<String>, StoreError> {
    let name = |row: &Vec<Cell>| match row.last() {
        Some(Cell::Text(name)) => Some(name.clone()),
        _ => None,
    };
    Ok(read.rows(&CUSTOMER_SEGMENTS, &[id(customer)])?.iter().filter_map(name).collect())
}

/// The customers in a segment, and since when.
pub(crate) fn members_of(read: &dyn Read, segment: &str) -> Result<Vec<(CustomerId, Timestamp)>, StoreError> {
    let member = |row: Vec<Cell>| Some((last_id(row.get(..2)?)?.into(), time(row.last()?)?));
    Ok(read.rows(&SEGMENT_MEMBERS, &[Cell::Text(segment.to_owned())])?.into_iter().filter_map(member).collect())
}

impl Outcome {
    /// Asks rules of a customer, of all that there are, from a clock on, at each at which time alone may change one.
    fn of(
        customer: CustomerId,
        subject: Option<&Related<'_>>,
        was: BTreeSet<String>,
        (definitions, asked): (&Rules<'_>, &Rules<'_>),
        clocks: std::ops::RangeInclusive<Timestamp>,
    ) -> Self {
        let mut outcome = Self { customer, is: BTreeMap::new(), next: None, changes: Vec::new(), was };
        let Some(subject) = subject else {
            // Who is not there any more has left: their records are with somebody else, or gone.
            let left = |segment: &String| (*clocks.end(), What::Left { customer, segment: segment.clone() });
            outcome.changes = outcome.was.iter().map(left).collect();
            return outcome;
        };
        outcome.is = outcome.was.iter().map(|segment| (segment.clone(), None)).collect();
        let is_there = |segment: &String| definitions.iter().any(|(name, _)| name == segment);
        for segment in outcome.was.iter().filter(|segment| !is_there(segment)) {
            outcome.changes.push((*clocks.end(), What::Left { customer, segment: segment.clone() }));
            outcome.is.remove(segment);
        }
        let mut nexts: Vec<Option<Timestamp>> = vec![Some(*clocks.start()); asked.len()];
        while let Some(at) = nexts.iter().flatten().min().copied().filter(|at| at <= clocks.end()) {
            for ((name, definition), next) in asked.iter().zip(&mut nexts).filter(|(_, next)| **next == Some(at)) {
                let verdict = definition.evaluate(subject, at);
                *next = verdict.next_change_at.filter(|next| *next > at);
                let segment = (*name).to_owned();
                if verdict.holds && !outcome.is.contains_key(&segment) {
                    outcome.changes.push((at, What::Entered { customer, segment: segment.clone() }));
                    outcome.is.insert(segment, Some(at));
                } else if !verdict.holds && outcome.is.remove(&segment).is_some() {
                    outcome.changes.push((at, What::Left { customer, segment }));
                }
            }
        }
        outcome.next = nexts.into_iter().flatten().min();
        outcome
    }

    fn write(&self, desk: &mut Desk<'_>) -> Result<(), StoreError> {
        let customer = || id(self.customer);
        for segment in self.was.iter().filter(|segment| !self.is.contains_key(*segment)) {
            desk.remove(&SEGMENT_MEMBERS, vec![Cell::Text(segment.clone()), customer()]);
            desk.remove(&CUSTOMER_SEGMENTS, vec![customer(), Cell::Text(segment.clone())]);
        }
        for (segment, entered) in &self.is {
            if let Some(since) = entered {
                desk.put(&SEGMENT_MEMBERS, vec![Cell::Text(segment.clone()), customer(), micros(*since)]);
                desk.put(&CUSTOMER_SEGMENTS, vec![customer(), Cell::Text(segment.clone())]);
            }
        }
        let before = next_change(desk, self.customer)?;
        if before != self.next {
            if let Some(before) = before {
                desk.remove(&AGENDA, vec![micros(before), customer()]);
                desk.remove(&NEXT_CHANGES, vec![customer()]);
            }
            if let Some(next) = self.next {
                desk.put(&AGENDA, vec![micros(next), customer()]);
                desk.put(&NEXT_CHANGES, vec![customer(), micros(next)]);
            }
        }
        Ok(())
    }
}

//! [`Driver`]: how far workflows have come, and what they react to next.
//!
//! What is decided and how far it goes are written in one commit, so that whoever drives them can end at any moment: the
//! next goes on from there. What it keeps in memory follows from what is written.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::TimeDelta;
use onefold_fact::{
    Batch, Body, Cell, CustomerId, Draft, Fact, ObjectEvent, Properties, RecordKey, Source, Timestamp, Value,
};
use onefold_store::{Logged, Position};
use onefold_workflow::{Cause, Decided, Outcome, Signal, Stimulus, WORKFLOW_RUN, Workflow, Workflows};
use uuid::Uuid;

use super::alarms::{Alarm, Alarms};
use super::person::{Person, known_from};
use super::queued::{Happened, Place, Queued, Reached};
use super::{PAGE, Ran, decided, route};
use crate::HashMap;
use crate::change::{CHANGES, Change, What};
use crate::error::OnefoldError;
use crate::governance::SEGMENTS;
use crate::house::{House, Writer};
use crate::memberships;
use crate::tables::{OBJECTS, last_position};
use crate::views::Views;

/// The object that says how far workflows have come.
pub(super) const CLOCK: &str = "workflow_clock";
const HOUSE: &str = "house";

/// So many decisions are written together, if none rests on what another wrote.
const TOGETHER: usize = 1 << 10;

/// How far workflows have come.
#[derive(Debug)]
pub(crate) struct Driver {
    /// The facts and the changes that were read.
    position: u64,
    cursor: u64,
    /// Up to where those that were read anew had been decided before.
    decided: Reached,
    /// Up to here all that time brings was decided; and the instant that is being decided.
    clock: Timestamp,
    now: Timestamp,
    /// The last moment that came for all.
    ticked: Timestamp,
    /// Whether anything was ever in force.
    has_begun: bool,
    /// What was read and is not decided yet, by time.
    queue: VecDeque<Queued>,
    /// Those for whom time or anything else may bring something, and when.
    wakes: HashMap<CustomerId, Option<Timestamp>>,
    agenda: BTreeSet<(Timestamp, CustomerId)>,
    /// When service levels are in danger.
    alarms: Alarms,
    /// Whether who is whom or what is in force has changed since those were found.
    is_stale: bool,
    workflows: Arc<Workflows>,
    /// Whether something was looked at since it was last written how far they have come.
    is_ahead: bool,
}

/// What runs did: since when it is known, the runs, and where in the log it is.
#[derive(Debug, Clone)]
struct ByRuns {
    at: Timestamp,
    causes: Arc<[Cause]>,
    position: u64,
}

/// What is to be written.
#[derive(Default)]
struct Outcomes {
    by_run: BTreeMap<Uuid, Vec<Draft>>,
    count: usize,
    /// Whether decisions to come rest on it.
    touches: bool,
}

impl Driver {
    /// As it is written.
    pub(crate) fn load(house: &House) -> Result<Self, OnefoldError> {
        let views = house.views()?;
        let key = [Cell::Text(CLOCK.to_owned()), Cell::Text(HOUSE.to_owned())];
        let rows = views.read.rows(&OBJECTS, &key)?;
        let last: Option<Position> = rows.iter().filter_map(|row| last_position(row)).max();
        let mut driver = Self {
            position: 0,
            cursor: 0,
            decided: Reached::default(),
            clock: Timestamp::MIN_UTC,
            now: Timestamp::MIN_UTC,
            ticked: Timestamp::MIN_UTC,
            has_begun: true,
            queue: VecDeque::new(),
            wakes: HashMap::default(),
            agenda: BTreeSet::new(),
            alarms: Alarms::default(),
            is_stale: true,
            workflows: Arc::clone(views.governance.workflows()),
            is_ahead: false,
        };
        let written = last.map(|position| views.read.facts_at(&[position])).transpose()?;
        let said = written.iter().flatten().find_map(|logged| match logged.fact.body() {
            Body::Object(object) => Some(object.data.clone()),
            _ => None,
        });
        if let Some(said) = said {
            let number = |name: &str| match said.get(name) {
                Some(Some(Value::Integer(number))) => *number,
                _ => 0,
            };
            let place = |position, cursor| Place {
                position: u64::try_from(number(position)).unwrap_or_default(),
                cursor: u64::try_from(number(cursor)).unwrap_or_default(),
            };
            let (told, by_runs) = (place("position", "cursor"), place("run_position", "run_cursor"));
            driver.decided = Reached { told, by_runs };
            driver.position = place("read_position", "cursor").position;
            driver.cursor = told.cursor.min(by_runs.cursor);
            driver.clock = Timestamp::from_timestamp_micros(number("clock")).unwrap_or(Timestamp::MIN_UTC);
        } else if let Some(began) = driver.workflows.began() {
            driver.begin(&views, began)?;
        } else {
            driver.has_begun = false;
        }
        driver.now = driver.clock;
        Ok(driver)
    }

    /// Nothing that came before the first workflow starts one.
    fn begin(&mut self, views: &Views, began: Timestamp) -> Result<(), OnefoldError> {
        let (mut low, mut high) = (0, views.read.position()?.number());
        while low < high {
            let middle = low.midpoint(high);
            let next = views.read.facts(Position::new(middle), 1)?;
            let before = next.first().is_some_and(|logged| logged.fact.received_at() < began);
            if before { low = middle + 1 } else { high = middle }
        }
        self.position = low;
        self.clock = began;
        self.has_begun = true;
        Ok(())
    }

    /// Decides all that there is to decide up to a clock.
    pub(crate) fn run(&mut self, house: &House, until: Timestamp, ran: &mut Ran) -> Result<(), OnefoldError> {
        loop {
            let mut writer = house.writer();
            let views = house.views()?;
            if !self.has_begun {
                let Some(began) = views.governance.workflows().began() else {
                    house.advance(&mut writer, until)?;
                    return Ok(());
                };
                self.begin(&views, began)?;
                self.now = self.clock;
            }
            self.collect(&writer, &views)?;
            if !Arc::ptr_eq(&self.workflows, views.governance.workflows()) {
                self.workflows = Arc::clone(views.governance.workflows());
                self.is_stale = true;
            }
            if self.is_stale {
                self.find_wakes(&views)?;
            }
            let mut outcomes = Outcomes::default();
            let advance = self.decide(&views, until, &mut outcomes, ran)?;
            drop(views);
            let is_over = advance.is_none() && outcomes.count < TOGETHER && !outcomes.touches;
            self.write(house, &mut writer, outcomes)?;
            if let Some(clock) = advance {
                house.advance(&mut writer, clock)?;
            } else if is_over {
                house.advance(&mut writer, until)?;
                self.clock = self.clock.max(until);
                self.now = self.clock;
                return Ok(());
            }
        }
    }

    /// Reads what has come since.
    fn collect(&mut self, writer: &Writer, views: &Views) -> Result<(), OnefoldError> {
        let (end, waited) = (views.read.position()?.number(), self.queue.len());
        // By the stamp under which a customer was told of by runs, and nobody else: since when that is known, and which.
        let mut caused: BTreeMap<(CustomerId, Timestamp), Option<ByRuns>> = BTreeMap::new();
        while self.position < end {
            for Logged { position, fact } in views.read.facts(Position::new(self.position), PAGE)? {
                self.position = position.number();
                if fact.governs() {
                    self.is_stale = true;
                }
                let governing = views.governance.governing();
                let is_again = writer.store.positions(fact.id()).first().is_some_and(|first| *first < position);
                if is_again || governing.retracts(fact.batch()) || governing.erases(&fact) {
                    continue;
                }
                let (Some(record), Some(what)) = (fact.record(), Happened::of(&fact)) else { continue };
                let Some(customer) = views.holding(record)? else { continue };
                let causes = causes(views, fact.batch())?;
                // What a run did was done at its time, however late that is written.
                let at = known_from(&fact, fact.received_at());
                caused
                    .entry((customer, fact.received_at()))
                    .and_modify(|all| {
                        // The first of them is where reading has to begin to know them all.
                        let (first, next) = (all.take(), causes.clone());
                        *all = first.zip(next).map(|(first, causes)| ByRuns { at, causes, ..first });
                    })
                    .or_insert_with(|| causes.clone().map(|causes| ByRuns { at, causes, position: position.number() }));
                let (by_run, order) = (causes.is_some(), (false, position.number()));
                if position.number() <= self.decided.of(by_run).position {
                    continue;
                }
                self.queue.push_back(if self.concerns(customer, &what) {
                    let key = fact.id().to_string();
                    let (causes, from) = (causes.unwrap_or_default(), position.number());
                    Queued { at, by_run, order, customer, key, what, causes, from }
                } else {
                    Queued::unread((at, by_run), order, customer, (Arc::default(), position.number()))
                });
            }
        }
        let mut adopted: Option<BTreeSet<Timestamp>> = None;
        loop {
            let key = [Cell::Integer(i64::try_from(self.cursor).unwrap_or(i64::MAX))];
            let rows = views.read.rows_after(&CHANGES, &key, PAGE)?;
            for Change { cursor, at, what } in rows.iter().filter_map(|row| Change::of_row(row)) {
                self.cursor = cursor;
                let (customer, what) = match what {
                    What::Entered { customer, segment } => {
                        let existing = adopted.get_or_insert_with(|| adoptions(views)).contains(&at);
                        (customer, Happened::Entered { segment, existing })
                    }
                    What::Left { customer, segment } => (customer, Happened::Left { segment }),
                    What::Merged { .. } | What::Split { .. } | What::Erased { .. } | What::Retracted { .. } => {
                        self.is_stale = true;
                        continue;
                    }
                    _ => continue,
                };
                if at < self.clock.min(self.now) {
                    continue;
                }
                let key = what.key(at);
                let by_runs = caused.get(&(customer, at)).cloned().flatten();
                let by_run = by_runs.is_some();
                if cursor <= self.decided.of(by_run).cursor {
                    continue;
                }
                let ByRuns { at, causes, position: from } =
                    by_runs.unwrap_or(ByRuns { at, causes: Arc::default(), position: u64::MAX });
                self.queue.push_back(if self.concerns(customer, &what) {
                    Queued { at, by_run, order: (true, cursor), customer, key, what, causes, from }
                } else {
                    Queued::unread((at, by_run), (true, cursor), customer, (causes, from))
                });
            }
            if rows.len() < PAGE {
                break;
            }
        }
        if self.queue.len() > waited {
            self.queue.make_contiguous().sort_by_key(|queued| (queued.at, queued.order));
        }
        Ok(())
    }

    /// Whether something about a customer may bring anything.
    fn concerns(&self, customer: CustomerId, what: &Happened) -> bool {
        self.is_stale
            || (self.alarms.are_awaited() && what.ticket().is_some())
            || self.wakes.contains_key(&customer)
            || self.workflows.reacts_to(&what.stimulus())
            || (self.workflows.asks_dates() && matches!(what, Happened::Told))
    }

    /// Finds out for whom time may bring something.
    fn find_wakes(&mut self, views: &Views) -> Result<(), OnefoldError> {
        self.wakes.clear();
        self.agenda.clear();
        // Without service levels nothing is ever in danger.
        let sla = if self.workflows.asks_danger() { views.sla().ok() } else { None };
        self.alarms = Alarms::of(views, sla, self.clock)?;
        let mut customers: BTreeSet<CustomerId> = BTreeSet::new();
        if self.workflows.asks_dates() {
            customers.extend(views.customers()?);
        }
        let mut records = BTreeSet::new();
        views.each_object(Some(WORKFLOW_RUN), |_, _, history| {
            let ended = decided(&history).iter().any(|decided| matches!(decided.outcome, Outcome::Ended { .. }));
            let record = history.standing().iter().find_map(|standing| standing.fact().record());
            records.extend(record.filter(|_| !ended));
        })?;
        for record in records {
            customers.extend(views.holding(record)?);
        }
        for customer in customers {
            if let Some(person) = Person::read(views, customer, self.now)? {
                self.wake(customer, &person, self.clock);
            }
        }
        self.is_stale = false;
        Ok(())
    }

    /// Notes when time may bring something for a customer after a clock.
    fn wake(&mut self, customer: CustomerId, person: &Person, clock: Timestamp) {
        if let Some(Some(before)) = self.wakes.remove(&customer) {
            self.agenda.remove(&(before, customer));
        }
        // What is held to a version that was taken back ends at once.
        let overdue = person.runs.live().iter().filter_map(|run| {
            let is_known = self.workflows.version(&run.workflow, &run.version).is_some();
            let until = run.waiting.as_ref().and_then(|waiting| waiting.until);
            if is_known { until.filter(|at| *at <= clock) } else { Some(clock) }
        });
        let next = overdue.chain(self.workflows.next_change_at(&person.runs, &person.profile, clock)).min();
        if next.is_some() || !person.runs.live().is_empty() {
            self.wakes.insert(customer, next);
        }
        if let Some(next) = next {
            self.agenda.insert((next, customer));
        }
    }

    /// Decides as far as it can be without writing; the clock to which segments have to be brought up first, if so.
    fn decide(
        &mut self,
        views: &Views,
        until: Timestamp,
        outcomes: &mut Outcomes,
        ran: &mut Ran,
    ) -> Result<Option<Timestamp>, OnefoldError> {
        let mut people: HashMap<CustomerId, Person> = HashMap::default();
        let segments_due = memberships::next_due(&*views.read)?;
        while outcomes.count < TOGETHER && !outcomes.touches {
            let queued = self.queue.front().map(|queued| queued.at);
            let timer = self.agenda.first().map(|(at, _)| *at);
            let tick = self.workflows.next_tick(self.clock.max(self.ticked));
            let alarm = self.alarms.next_at();
            let all = [queued, timer, tick, segments_due, alarm].into_iter().flatten();
            let Some(at) = all.min().filter(|at| *at <= until) else { return Ok(None) };
            if segments_due == Some(at) {
                return Ok(Some(at));
            }
            if at > self.now {
                (self.clock, self.now) = (self.now, at);
            }
            if queued == Some(at) {
                let Some(queued) = self.queue.pop_front() else { continue };
                let Some(queued) = self.read_again(views, queued)? else { continue };
                if let Some(ticket) = queued.what.ticket() {
                    self.alarms.look_at(views, ticket, at)?;
                }
                self.react(
                    views,
                    &mut people,
                    queued.customer,
                    &queued.key,
                    queued.what.stimulus(),
                    &queued.causes,
                    outcomes,
                    ran,
                )?;
            } else if alarm == Some(at) {
                for Alarm { ticket, metric, customer } in self.alarms.take(views, at)? {
                    let key = format!("danger {ticket} {metric} {}", at.to_rfc3339());
                    let what = Stimulus::Danger { metric: metric.name(), about: Some(&ticket) };
                    self.react(views, &mut people, customer, &key, what, &[], outcomes, ran)?;
                }
            } else if tick == Some(at) {
                // All are asked, each by the timers of that instant.
                for customer in views.customers()? {
                    if let Some(Some(before)) = self.wakes.insert(customer, Some(at)) {
                        self.agenda.remove(&(before, customer));
                    }
                    self.agenda.insert((at, customer));
                }
                self.ticked = at;
                self.drain(views, &mut people, at, outcomes, ran)?;
            } else if let Some((_, customer)) = self.agenda.pop_first() {
                self.wakes.insert(customer, None);
                let key = format!("clock {}", self.now.to_rfc3339());
                let what = Stimulus::Clock { since: self.clock };
                self.react(views, &mut people, customer, &key, what, &[], outcomes, ran)?;
            }
        }
        Ok(None)
    }

    /// What was of no concern when it came, read anew if it is of concern now.
    fn read_again(&self, views: &Views, queued: Queued) -> Result<Option<Queued>, OnefoldError> {
        let Happened::Unread = queued.what else { return Ok(Some(queued)) };
        let Queued { at, by_run, order: (is_change, place), customer, causes: of_change, from, .. } = queued;
        if !self.wakes.contains_key(&customer) {
            return Ok(None);
        }
        let order = (is_change, place);
        if is_change {
            let key = [Cell::Integer(i64::try_from(place).unwrap_or(i64::MAX))];
            let rows = views.read.rows(&CHANGES, &key)?;
            let Some(change) = rows.first().and_then(|row| Change::of_row(row)) else { return Ok(None) };
            let what = match change.what {
                What::Entered { segment, .. } => Happened::Entered { segment, existing: false },
                What::Left { segment, .. } => Happened::Left { segment },
                _ => return Ok(None),
            };
            let key = what.key(change.at);
            return Ok(Some(Queued { at, by_run, order, customer, key, what, causes: of_change, from }));
        }
        let Some(Logged { fact, .. }) = views.read.facts_at(&[Position::new(place)])?.pop() else { return Ok(None) };
        let Some(what) = Happened::of(&fact) else { return Ok(None) };
        let causes = causes(views, fact.batch())?.unwrap_or_default();
        Ok(Some(Queued { at, by_run, order, customer, key: fact.id().to_string(), what, causes, from }))
    }

    /// Decides all timers of an instant, whatever they touch: it is one moment for all.
    fn drain(
        &mut self,
        views: &Views,
        people: &mut HashMap<CustomerId, Person>,
        at: Timestamp,
        outcomes: &mut Outcomes,
        ran: &mut Ran,
    ) -> Result<(), OnefoldError> {
        let key = format!("clock {}", at.to_rfc3339());
        while let Some((_, customer)) = self.agenda.first().copied().filter(|(due, _)| *due <= at) {
            self.agenda.pop_first();
            self.wakes.insert(customer, None);
            let what = Stimulus::Clock { since: self.clock };
            self.react(views, people, customer, &key, what, &[], outcomes, ran)?;
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one place where everything meets")]
    fn react(
        &mut self,
        views: &Views,
        people: &mut HashMap<CustomerId, Person>,
        customer: CustomerId,
        key: &str,
        what: Stimulus<'_>,
        causes: &[Cause],
        outcomes: &mut Outcomes,
        ran: &mut Ran,
    ) -> Result<(), OnefoldError> {
        self.is_ahead = true;
        let person = match people.entry(customer) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => match Person::read(views, customer, self.now)? {
                Some(person) => entry.insert(person),
                None => return Ok(()),
            },
        };
        person.advance_to(views, self.now);
        let signal = Signal { at: self.now, key, what, causes };
        let mut about: Vec<(Uuid, Option<String>)> =
            person.runs.live().iter().map(|run| (run.id, run.about.as_deref().map(str::to_owned))).collect();
        let decision = self.workflows.react(&mut person.runs, &person.profile, &signal);
        ran.passed_over.extend(decision.passed_over);
        for decided in decision.decided {
            match &decided.outcome {
                Outcome::Enrolled { about: of, .. } => {
                    ran.started += 1;
                    about.push((decided.run, of.clone()));
                }
                Outcome::Ended { .. } => ran.ended += 1,
                Outcome::Did { .. } => ran.commands += 1,
                _ => {}
            }
            let of = about.iter().find(|(run, _)| *run == decided.run).and_then(|(_, about)| about.as_deref());
            outcomes.push(views, &person.under, of, &decided)?;
        }
        self.wake(customer, person, self.now);
        Ok(())
    }

    /// Writes what was decided, and how far.
    fn write(&mut self, house: &House, writer: &mut Writer, outcomes: Outcomes) -> Result<(), OnefoldError> {
        if !self.is_ahead {
            return Ok(());
        }
        // Just before the first that is undecided of each sort. The queue may be long, so it is gone through once.
        let read = Place { position: self.position, cursor: self.cursor };
        let (mut decided, mut from) = (Reached { told: read, by_runs: read }, self.position);
        for queued in &self.queue {
            let of = if queued.by_run { &mut decided.by_runs } else { &mut decided.told };
            let (is_change, place) = queued.order;
            let reached = if is_change { &mut of.cursor } else { &mut of.position };
            *reached = (*reached).min(place.saturating_sub(1));
            from = from.min(queued.from.saturating_sub(1));
        }
        let integer = |number: u64| Some(Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)));
        let data = Properties::from([
            ("position".to_owned(), integer(decided.told.position)),
            ("cursor".to_owned(), integer(decided.told.cursor)),
            ("read_position".to_owned(), integer(from)),
            ("run_position".to_owned(), integer(decided.by_runs.position)),
            ("run_cursor".to_owned(), integer(decided.by_runs.cursor)),
            ("clock".to_owned(), Some(Value::Integer(self.clock.timestamp_micros()))),
        ]);
        let reached = ObjectEvent { kind: CLOCK.to_owned(), id: HOUSE.to_owned(), event: "reached".to_owned(), data };
        let reached = Draft::new("onefold", Body::Object(reached)).occurred_at(self.now);
        // Later than what it rests on, so that of two values of one time what was decided on the first is the last.
        let after = |last: Timestamp| last.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(last);
        let now = match writer.last() {
            Some(last) if outcomes.touches => self.now.max(after(last)),
            _ => self.now,
        };
        let of_run = |(run, drafts): (Uuid, Vec<Draft>)| (Batch::from(format!("{WORKFLOW_RUN} {run}")), now, drafts);
        let batches = outcomes.by_run.into_iter().map(of_run);
        house.write_batches(writer, batches.chain([(Batch::from(CLOCK), now, vec![reached])]))?;
        self.is_ahead = false;
        Ok(())
    }
}

impl Outcomes {
    fn push(
        &mut self,
        views: &Views,
        under: &(Source, RecordKey),
        about: Option<&str>,
        decided: &Decided,
    ) -> Result<(), OnefoldError> {
        let drafts = self.by_run.entry(decided.run).or_default();
        drafts.push(draft(under, decided)?);
        self.count += 1;
        let Outcome::Did { step, visit, key, command, .. } = &decided.outcome else { return Ok(()) };
        if !route::is_inside(command) {
            return Ok(());
        }
        self.touches = true;
        match route::route(views, command, under, about, *key, decided.at)? {
            Ok(more) => drafts.extend(more),
            Err(why) => {
                let outcome = Outcome::Refused { step: step.clone(), visit: *visit, why };
                let refused = Decided { run: decided.run, number: decided.number | REFUSED, at: decided.at, outcome };
                drafts.push(draft(under, &refused)?);
            }
        }
        Ok(())
    }
}

/// What is refused stands beside the outcomes of a run, which are numbered without it.
pub(super) const REFUSED: u32 = 1 << 31;

pub(super) fn draft((source, key): &(Source, RecordKey), decided: &Decided) -> Result<Draft, OnefoldError> {
    let body = Body::Object(decided.to_event()?);
    let draft = Draft::new(source.clone(), body).key(key.clone()).occurred_at(decided.at);
    Ok(draft.message_id(format!("{} {}", decided.run, decided.number)))
}

/// When rules were brought into force: who meets one at that very time did so before.
fn adoptions(views: &Views) -> BTreeSet<Timestamp> {
    let is_of_rules = |fact: &&Fact| match fact.body() {
        Body::Adopt(configuration) => [Workflow::PART, SEGMENTS].contains(&configuration.part.as_str()),
        _ => false,
    };
    views.governance.facts().iter().filter(is_of_rules).map(Fact::received_at).collect()
}

/// The runs that caused what a batch says, the first first, if a run did.
fn causes(views: &Views, batch: &Batch) -> Result<Option<Arc<[Cause]>>, OnefoldError> {
    let name = batch.to_string();
    let run = name.strip_prefix(WORKFLOW_RUN).and_then(|run| run.trim().parse::<Uuid>().ok());
    let Some(run) = run else { return Ok(None) };
    let Some(history) = views.object(WORKFLOW_RUN, &run.to_string())? else { return Ok(None) };
    let caused = decided(&history).into_iter().find_map(|decided| match decided.outcome {
        Outcome::Enrolled { workflow, causes, .. } => Some((workflow, causes)),
        _ => None,
    });
    Ok(caused.map(|(workflow, mut causes)| {
        causes.push(Cause { run, workflow });
        causes.into()
    }))
}

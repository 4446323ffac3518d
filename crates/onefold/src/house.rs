//! [`House`]: one writer and any number of readers of one store.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::TimeDelta;
use onefold_fact::{
    Batch, Body, Digest, Draft, Fact, FactId, Finding, Inserted, Party, Reason, RecordId, Retraction, Timestamp,
};
use onefold_identity::Resolver;
use onefold_profile::Violations;
use onefold_store::{
    Certificate, Committed, Derived, Logged, MemoryStore, Position, Read, Readers, RowChange, Store, StoreError,
    ViewWrite,
};
use rayon::prelude::*;

use crate::HashMap;
use crate::change::{CHANGES, Change, What, forgetting};
use crate::error::OnefoldError;
use crate::governance::Governance;
use crate::linking::{Layout, Names};
use crate::live::Live;
use crate::memberships;
use crate::options::Options;
use crate::outcome::{Accepted, SetAsideDraft};
use crate::policies::{GROUPS, breaking, refusal};
use crate::reading::Reading;
use crate::shift::{Incoming, Kept, Shift, Taken};
use crate::tables::{RECORDS, TOLD, first_id, id};
use crate::texts;
use crate::views::Views;
use crate::workflows::Driver;

/// One writer and any number of readers of one store.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) options: Options,
    /// Deliveries that wait for the writer, and word that some were written.
    queue: Mutex<Queue>,
    written: Condvar,
    /// How far workflows have come.
    pub(crate) driver: Mutex<Option<Driver>>,
    /// Whoever holds it is the writer.
    writer: Mutex<Writer>,
    readers: Arc<dyn Readers>,
    published: RwLock<Published>,
    /// Whether it outlasts the program.
    keeps: bool,
}

/// What holds for all customers, for readers.
#[derive(Debug)]
struct Published {
    /// As of the last commit.
    governance: Arc<Governance>,
    /// As of the commit that is being written, if that changes it.
    coming: Option<Arc<Governance>>,
}

impl Published {
    fn of(governance: Arc<Governance>) -> RwLock<Self> {
        RwLock::new(Self { governance, coming: None })
    }
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Arc<Delivery>>,
    /// Whether one of the callers writes, or is about to, for all that wait.
    is_led: bool,
}

/// Held by the caller that writes for all.
struct Leading<'a>(&'a House);

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        lock(&self.0.queue).is_led = false;
        self.0.written.notify_all();
    }
}

/// What the writer holds.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) store: Box<dyn Store>,
    /// The last change.
    cursor: u64,
    /// The latest stamp: stamps never go back.
    last: Option<Timestamp>,
    kept: Kept,
}

/// What one caller wants accepted, and what became of it.
#[derive(Debug)]
struct Delivery {
    batch: Batch,
    at: Timestamp,
    drafts: Mutex<Vec<Draft>>,
    done: Mutex<Option<Result<Accepted, OnefoldError>>>,
}

/// What was not taken: its place, its id, what became of it and why.
type Refused = (usize, FactId, (Inserted, Finding));

/// What a write did.
#[derive(Debug)]
pub(crate) struct Written {
    inserted: Vec<Inserted>,
    /// What facts did, with the place of the fact that did it.
    changes: Vec<(usize, Change)>,
    /// What linking did.
    pub(crate) linked: Vec<Change>,
    pub(crate) certificate: Certificate,
}

/// From so many drafts on they are stamped side by side: fewer are done before another thread has woken up.
const MANY: usize = 64;

/// How often a reader looks for what holds for the state that it reads before it reads that too.
const TRIES: usize = 8;

/// Facts that are taken in at a time when a file is opened whose views stand behind its log.
const AT_ONCE: usize = 1 << 14;

impl House {
    /// An empty one in memory.
    pub(crate) fn empty(options: Options) -> Self {
        let store = Box::new(MemoryStore::default());
        let readers = store.readers();
        let governance = Arc::new(Governance::new(&options.rules));
        let kept = Kept { governance: Arc::clone(&governance), ..Kept::default() };
        Self {
            options,
            queue: Mutex::default(),
            written: Condvar::new(),
            driver: Mutex::default(),
            writer: Mutex::new(Writer { store, cursor: 0, last: None, kept }),
            readers,
            published: Published::of(governance),
            keeps: false,
        }
    }

    /// The house that a store holds. Views that stand behind the log are brought up to it.
    pub(crate) fn over(store: Box<dyn Store>, options: Options) -> Result<Self, OnefoldError> {
        Self::over_in_parts(store, options, AT_ONCE)
    }

    /// The same, with so many facts taken in at a time. Each part looks again at what is known of its records, so that
    /// a log which is in memory is best taken in whole.
    pub(crate) fn over_in_parts(
        mut store: Box<dyn Store>,
        options: Options,
        at_once: usize,
    ) -> Result<Self, OnefoldError> {
        let end = store.position()?;
        let mut stands = store.stands_at(&RECORDS)?;
        let mut kept = Kept {
            governance: match stands {
                Position::START => Governance::new(&options.rules),
                _ => Governance::read(&*store, &options.rules)?,
            }
            .into(),
            names: if stands == Position::START { Default::default() } else { Names::read(&*store)? },
            live: None,
            clock: memberships::clock(&*store)?,
            licence_ends: None,
        };
        for table in [&texts::TEXTS, &GROUPS] {
            if stands > Position::START && store.stands_at(table)? == Position::START {
                texts::make(&mut *store, stands)?;
            }
        }
        while stands < end {
            let taken = store.facts(stands, at_once)?;
            let next = Position::new(stands.number().saturating_add(at_once as u64).min(end.number()));
            let mut incoming = Incoming::default();
            for logged in taken {
                let positions = store.positions(logged.fact.id());
                let inserted = if positions.len() > 1 { Inserted::Conflicting } else { Inserted::Delivered };
                incoming.before.insert(logged.fact.id(), positions);
                incoming.clock = incoming.clock.max(Some(logged.fact.received_at()));
                incoming.taken.push(Taken { logged, inserted });
            }
            store.commit_with(&[], &BTreeSet::new(), &mut |read, _| {
                let (mut views, _) = Shift::of(read, &mut kept, &incoming)?;
                views.iter_mut().for_each(|view| view.stands_at = Some(next));
                Ok(Derived { views, checkpoints: Vec::new() })
            })?;
            stands = next;
        }
        let cursor = last_cursor(&*store)?;
        let last = last_stamp(&*store)?;
        kept.clock = kept.clock.max(last);
        options.rules.check(kept.governance.schema())?;
        if options.suppression_key.as_deref().is_some_and(|key| !kept.governance.settings().suppression.fits(key)) {
            return Err(OnefoldError::SuppressionKey);
        }
        let published = Published::of(Arc::clone(&kept.governance));
        let readers = store.readers();
        let writer = Mutex::new(Writer { store, cursor, last, kept });
        Ok(Self {
            options,
            queue: Mutex::default(),
            written: Condvar::new(),
            driver: Mutex::default(),
            writer,
            readers,
            published,
            keeps: true,
        })
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Writer> {
        lock(&self.writer)
    }

    pub(crate) fn reader(&self) -> Result<Box<dyn Read + Send>, StoreError> {
        self.readers.reader()
    }

    /// The views as they are now.
    pub(crate) fn views(&self) -> Result<Views, StoreError> {
        // A commit may come between looking at what holds and reading.
        for _ in 0..TRIES {
            let (governance, coming) = {
                let published = self.published.read().unwrap_or_else(PoisonError::into_inner);
                (Arc::clone(&published.governance), published.coming.clone())
            };
            let read = self.readers.reader()?;
            for governance in std::iter::once(governance).chain(coming) {
                if governance.is_of(&*read)? {
                    return Ok(self.of(read, governance));
                }
            }
        }
        let read = self.readers.reader()?;
        let governance = Governance::read(&*read, &self.options.rules)?.into();
        Ok(self.of(read, governance))
    }

    fn of(&self, read: Box<dyn Read + Send>, governance: Arc<Governance>) -> Views {
        Views { suppression_key: self.options.suppression_key.clone(), ..Views::new(read, governance) }
    }

    /// Whether facts were delivered before.
    pub(crate) fn are_known(&self, facts: &[FactId]) -> Vec<bool> {
        let writer = self.writer();
        facts.iter().map(|fact| !writer.store.positions(*fact).is_empty()).collect()
    }

    /// Asks the resolver of a party, which is made if it is not there. `None` if no model is in force.
    pub(crate) fn ask<T>(
        &self,
        party: Party,
        ask: impl FnOnce(&mut Resolver, &Layout) -> T,
    ) -> Result<Option<T>, StoreError> {
        let mut writer = self.writer();
        let Writer { store, kept, .. } = &mut *writer;
        let Some(model) = kept.governance.model(party).cloned() else { return Ok(None) };
        let live = match &mut kept.live {
            Some(live) => live,
            empty => empty.insert(Live::load(Reading::new(&**store, &kept.governance))?),
        };
        Ok(live.of_mut(party).map(|resolver| ask(resolver, &model.layout)))
    }

    /// Keeps the resolvers as they are, if a model is in force and they have changed since they were kept.
    pub(crate) fn checkpoint(&self) -> Result<(), OnefoldError> {
        let mut writer = self.writer();
        let Writer { store, kept, .. } = &mut *writer;
        if !self.keeps
            || [Party::Person, Party::Organisation].iter().all(|party| kept.governance.model(*party).is_none())
        {
            return Ok(());
        }
        let live = match &mut kept.live {
            Some(live) => live,
            empty => empty.insert(Live::load(Reading::new(&**store, &kept.governance))?),
        };
        if live.is_kept() {
            return Ok(());
        }
        store.commit_with(&[], &BTreeSet::new(), &mut |_, committed| {
            Ok(Derived { views: Vec::new(), checkpoints: live.keep(committed.position) })
        })?;
        Ok(())
    }

    /// Writes drafts, together with those of other callers that wait.
    pub(crate) fn accept(&self, batch: Batch, at: Timestamp, drafts: Vec<Draft>) -> Result<Accepted, OnefoldError> {
        let delivery = Arc::new(Delivery { batch, at, drafts: Mutex::new(drafts), done: Mutex::new(None) });
        let mut queue = lock(&self.queue);
        queue.waiting.push(Arc::clone(&delivery));
        loop {
            if let Some(accepted) = lock(&delivery.done).take() {
                return accepted;
            }
            if queue.is_led {
                queue = self.written.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.is_led = true;
            drop(queue);
            // Dropped, however the writing ends: else nobody would lead any more.
            let leading = Leading(self);
            let mut writer = self.writer();
            let waiting = std::mem::take(&mut lock(&self.queue).waiting);
            self.deliver(&mut writer, &waiting);
            drop(writer);
            drop(leading);
            // Whoever led before and panicked may have taken this delivery along.
            return lock(&delivery.done).take().unwrap_or(Err(OnefoldError::Stopped));
        }
    }

    /// Lets `decide` say what is to be written, from the views as they are while nobody else writes, and writes it.
    pub(crate) fn decide<E: From<OnefoldError>>(
        &self,
        batch: Batch,
        at: Timestamp,
        decide: impl FnOnce(&Views) -> Result<Vec<Draft>, E>,
    ) -> Result<Accepted, E> {
        self.decide_named(|views| Ok((batch, at, decide(views)?)))
    }

    /// The same, where the batch and its time too are decided on what is there.
    pub(crate) fn decide_named<E: From<OnefoldError>>(
        &self,
        decide: impl FnOnce(&Views) -> Result<(Batch, Timestamp, Vec<Draft>), E>,
    ) -> Result<Accepted, E> {
        let mut writer = self.writer();
        let (batch, at, drafts) = decide(&self.views().map_err(OnefoldError::from)?)?;
        if drafts.is_empty() {
            return Ok(Accepted::default());
        }
        let delivery = Arc::new(Delivery { batch, at, drafts: Mutex::new(drafts), done: Mutex::new(None) });
        self.deliver(&mut writer, std::slice::from_ref(&delivery));
        let done = lock(&delivery.done).take();
        Ok(done.unwrap_or(Err(OnefoldError::Stopped))?)
    }

    /// Writes several batches in one commit, each received at its time.
    pub(crate) fn write_batches(
        &self,
        writer: &mut Writer,
        batches: impl IntoIterator<Item = (Batch, Timestamp, Vec<Draft>)>,
    ) -> Result<(), OnefoldError> {
        let delivery =
            |(batch, at, drafts)| Arc::new(Delivery { batch, at, drafts: Mutex::new(drafts), done: Mutex::new(None) });
        let deliveries: Vec<Arc<Delivery>> = batches.into_iter().map(delivery).collect();
        self.deliver(writer, &deliveries);
        for delivery in deliveries {
            lock(&delivery.done).take().unwrap_or(Err(OnefoldError::Stopped))?;
        }
        Ok(())
    }

    /// Writes what several callers deliver in one commit.
    fn deliver(&self, writer: &mut Writer, deliveries: &[Arc<Delivery>]) {
        let mut stamped: Vec<Vec<Fact>> = Vec::with_capacity(deliveries.len());
        let mut findings: Vec<Vec<Refused>> = Vec::with_capacity(deliveries.len());
        let mut aside: Vec<(Violations, Vec<SetAsideDraft>)> = Vec::with_capacity(deliveries.len());
        let mut last = writer.last;
        for delivery in deliveries {
            let at = last.map_or(delivery.at, |last| delivery.at.max(last));
            last = Some(at);
            // Hashing is most of the work, and each draft is hashed by itself.
            let drafts = std::mem::take(&mut *lock(&delivery.drafts));
            let breaking = breaking(&writer.kept.governance, &drafts);
            let stamp = |draft: Draft| draft.received(delivery.batch.clone(), at);
            let facts: Vec<Fact> = if drafts.len() < MANY {
                drafts.into_iter().map(stamp).collect()
            } else {
                drafts.into_par_iter().map(stamp).collect()
            };
            let mut kept = Vec::with_capacity(facts.len());
            let mut refused = Vec::new();
            let mut violated = Violations::default();
            for (place, fact) in facts.into_iter().enumerate() {
                if writer.kept.governance.governing().erases(&fact) {
                    refused.push((place, fact.id(), (Inserted::Erased, erased_finding(&fact))));
                } else if let Some(why) = refusal(&writer.kept.governance, &self.options, &fact, &mut violated) {
                    refused.push((place, fact.id(), why));
                } else {
                    kept.push(fact);
                }
            }
            stamped.push(kept);
            findings.push(refused);
            aside.push((violated, breaking));
        }
        let facts = stamped.concat();
        match self.write(writer, &facts, &[], None) {
            Ok(Written { inserted, changes, linked, .. }) => {
                let mut inserted = inserted.into_iter().zip(facts.iter().map(Fact::id));
                let mut changes = changes.into_iter().peekable();
                let mut seen = 0;
                let deliveries_left = deliveries.len();
                let refused = findings.into_iter().zip(aside);
                for (number, ((delivery, kept), (refused, (violations, breaking)))) in
                    deliveries.iter().zip(&stamped).zip(refused).enumerate()
                {
                    let batch = (!kept.is_empty()).then(|| delivery.batch.clone());
                    let mut accepted = Accepted { batch, violations, ..Accepted::default() };
                    accepted.findings.extend(ahead(kept));
                    accepted.facts.extend(inserted.by_ref().take(kept.len()).map(|(what, id)| (id, what)));
                    let mut breaking = breaking.into_iter().peekable();
                    for (place, id, (inserted, finding)) in refused {
                        // What is refused for another reason is given back to nobody.
                        let back = std::iter::from_fn(|| breaking.next_if(|it| it.place <= place));
                        let back = back.filter(|it| it.place == place && finding.reason == Reason::Contract);
                        accepted.set_aside.extend(back);
                        accepted.facts.insert(place.min(accepted.facts.len()), (id, inserted));
                        accepted.findings.push(finding);
                    }
                    seen += kept.len();
                    while let Some((_, change)) = changes.next_if(|(place, _)| *place < seen) {
                        accepted.changes.push(change);
                    }
                    // What linking did follows from all that was written together.
                    if number + 1 == deliveries_left {
                        accepted.changes.extend(linked.iter().cloned());
                    }
                    *lock(&delivery.done) = Some(Ok(accepted));
                }
            }
            Err(error) => {
                for delivery in deliveries {
                    *lock(&delivery.done) = Some(Err(error.clone()));
                }
            }
        }
    }

    /// Writes facts and what they change, erases others in the same step, and shows it to readers.
    pub(crate) fn write(
        &self,
        writer: &mut Writer,
        facts: &[Fact],
        erased: &[Logged],
        groups: Option<Vec<Vec<RecordId>>>,
    ) -> Result<Written, OnefoldError> {
        self.write_at(writer, facts, Incoming { erased: erased.to_vec(), groups, ..Incoming::default() })
    }

    /// What a fact would do to customers and segments. Nothing is kept of it.
    pub(crate) fn rehearse(&self, writer: &mut Writer, fact: &Fact) -> Result<Vec<Change>, OnefoldError> {
        let incoming = Incoming { is_rehearsal: true, ..Incoming::default() };
        Ok(self.write_at(writer, std::slice::from_ref(fact), incoming)?.linked)
    }

    /// Moves the clock on, and lets those enter and leave segments whose time has come.
    pub(crate) fn advance_to(&self, clock: Timestamp) -> Result<Vec<Change>, OnefoldError> {
        self.advance(&mut self.writer(), clock)
    }

    /// The same, for who is the writer.
    pub(crate) fn advance(&self, writer: &mut Writer, clock: Timestamp) -> Result<Vec<Change>, OnefoldError> {
        let incoming = Incoming { clock: Some(clock), ..Incoming::default() };
        Ok(self.write_at(writer, &[], incoming)?.linked)
    }

    fn publish(&self, change: impl FnOnce(&mut Published)) {
        change(&mut self.published.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn write_at(&self, writer: &mut Writer, facts: &[Fact], mut incoming: Incoming) -> Result<Written, OnefoldError> {
        incoming.clock = incoming.clock.max(facts.iter().map(Fact::received_at).max());
        for fact in facts {
            let known = writer.store.positions(fact.id());
            if !known.is_empty() {
                incoming.before.insert(fact.id(), known);
            }
            if let Body::Retract(Retraction::Fact(retracted)) = fact.body() {
                incoming.retracted.extend(writer.store.facts_at(&writer.store.positions(*retracted))?);
            }
        }
        let Writer { store, cursor, last, kept } = writer;
        let (mut changes, mut linked): (Vec<(usize, Change)>, Vec<Change>) = (Vec::new(), Vec::new());
        let erased: BTreeSet<FactId> = incoming.erased.iter().map(|logged| logged.fact.id()).collect();
        let erasures = facts.iter().filter_map(|fact| match fact.body() {
            Body::Erase(erasure) => Some(&erasure.records),
            _ => None,
        });
        let gone: BTreeSet<RecordId> = erasures.flatten().copied().collect();
        let at = facts.last().map(Fact::received_at).or(*last).unwrap_or(Timestamp::UNIX_EPOCH);
        let written = store.commit_with(facts, &erased, &mut |read, committed| {
            incoming.taken = taken(facts, committed);
            changes = told(read, kept.live.as_ref(), facts, committed, *cursor)?;
            let before = Arc::clone(&kept.governance);
            let (mut views, what) = Shift::of(read, kept, &incoming)?;
            if !Arc::ptr_eq(&before, &kept.governance) {
                self.publish(|published| published.coming = Some(Arc::clone(&kept.governance)));
            }
            let next = *cursor + changes.len() as u64 + 1;
            linked =
                (next..).zip(what).map(|(cursor, (so, what))| Change { cursor, at: so.unwrap_or(at), what }).collect();
            if incoming.is_rehearsal {
                return Err(StoreError::Rehearsed);
            }
            let mut all: Vec<Change> = changes.iter().map(|(_, change)| change).chain(&linked).cloned().collect();
            if !gone.is_empty() {
                for change in &mut all {
                    change.what.forget(&gone);
                }
                all.extend(forgetting(read, &gone)?);
            }
            let rows: Vec<RowChange> =
                all.iter().map(|change| change.to_row().map(RowChange::Put)).collect::<Result<_, _>>()?;
            if !rows.is_empty() {
                views.push(ViewWrite { table: &CHANGES, stands_at: None, rows });
            }
            let checkpoints = match &mut kept.live {
                _ if !erased.is_empty() => Live::forgotten(committed.position),
                Some(live) if self.keeps => live.due(committed.position),
                _ => Vec::new(),
            };
            Ok(Derived { views, checkpoints })
        });
        let (committed, certificate) = match written {
            Ok(written) => written,
            Err(error) => {
                self.publish(|published| published.coming = None);
                // What is kept in memory may be ahead of what is written.
                *kept = Kept {
                    governance: Governance::read(&**store, &self.options.rules)
                        .unwrap_or_else(|_| Governance::new(&self.options.rules))
                        .into(),
                    names: Names::read(&**store).unwrap_or_default(),
                    live: None,
                    licence_ends: None,
                    clock: memberships::clock(&**store).unwrap_or_default().max(*last),
                };
                return match error {
                    StoreError::Rehearsed => {
                        Ok(Written { inserted: Vec::new(), changes, linked, certificate: Certificate::default() })
                    }
                    error => Err(error.into()),
                };
            }
        };
        *cursor += (changes.len() + linked.len()) as u64;
        *last = (*last).max(facts.iter().map(Fact::received_at).max());
        self.publish(|published| {
            published.coming = None;
            published.governance = Arc::clone(&kept.governance);
        });
        Ok(Written { inserted: committed.inserted, changes, linked, certificate })
    }
}

impl Writer {
    /// The latest stamp.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.last
    }

    pub(crate) fn kept(&self) -> &Kept {
        &self.kept
    }
}

/// The deliveries that were written, with their places.
fn taken(facts: &[Fact], committed: &Committed) -> Vec<Taken> {
    let is_kept = |inserted: &Inserted| !matches!(inserted, Inserted::Identical | Inserted::Erased);
    let kept = committed.inserted.iter().filter(|inserted| is_kept(inserted)).count() as u64;
    let first = committed.position.number() - kept + 1;
    let written = facts.iter().zip(&committed.inserted).filter(|(_, inserted)| is_kept(inserted));
    let place = |(number, (fact, inserted)): (u64, (&Fact, &Inserted))| Taken {
        logged: Logged { position: Position::new(number), fact: fact.clone() },
        inserted: *inserted,
    };
    (first..).zip(written).map(place).collect()
}

/// What facts did, by the place of each.
fn told(
    read: &dyn Read,
    live: Option<&Live>,
    facts: &[Fact],
    committed: &Committed,
    cursor: u64,
) -> Result<Vec<(usize, Change)>, StoreError> {
    let mut changes: Vec<(usize, Change)> = Vec::new();
    let mut known: HashMap<RecordId, bool> = HashMap::default();
    let mut seen: HashSet<(FactId, Digest, &Batch)> = HashSet::new();
    for (place, (fact, inserted)) in facts.iter().zip(&committed.inserted).enumerate() {
        if matches!(inserted, Inserted::Identical | Inserted::Erased)
            || !seen.insert((fact.id(), fact.content(), fact.batch()))
        {
            continue;
        }
        if let Some(record) = fact.record()
            && !known.contains_key(&record)
        {
            let is_known = live.is_some_and(|live| live.holds(record)) || {
                let before = [id(record), onefold_fact::Cell::Integer(-1), onefold_fact::Cell::Integer(0)];
                let first = read.rows_after(&TOLD, &before, 1)?;
                first.first().and_then(|row| first_id(row)) == Some(record)
            };
            known.insert(record, is_known);
        }
        let what = What::of(fact, |record| known.insert(record, true).unwrap_or_default());
        for what in what {
            let cursor = cursor + changes.len() as u64 + 1;
            changes.push((place, Change { cursor, at: fact.received_at(), what }));
        }
    }
    Ok(changes)
}

/// A panic elsewhere leaves nothing half-done behind a lock: what is written is in the store, or it is not.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The last change that is kept.
fn last_cursor(store: &dyn Store) -> Result<u64, StoreError> {
    // Cursors have no gap: twice as far until there is none, then halving.
    let is_there = |cursor: u64| {
        let key = [onefold_fact::Cell::Integer(i64::try_from(cursor).unwrap_or(i64::MAX))];
        store.rows(&CHANGES, &key).map(|rows| !rows.is_empty())
    };
    let mut beyond = 1;
    while is_there(beyond)? {
        beyond *= 2;
    }
    let mut last = beyond / 2;
    while last + 1 < beyond {
        let middle = last.midpoint(beyond);
        if is_there(middle)? { last = middle } else { beyond = middle }
    }
    Ok(last)
}

/// The latest stamp: that of the last delivery that is not erased. An erasure is stamped later than what it erases.
fn last_stamp(store: &dyn Store) -> Result<Option<Timestamp>, StoreError> {
    let (mut end, mut part) = (store.position()?.number(), 1);
    while end > 0 {
        let from = end.saturating_sub(part as u64);
        let last = store.facts(Position::new(from), part)?.iter().map(|logged| logged.fact.received_at()).max();
        if last.is_some() {
            return Ok(last);
        }
        end = from;
        part = (2 * part).min(AT_ONCE);
    }
    Ok(None)
}

/// That facts state times which lie ahead of their arrival by more than the day that clocks and zones may differ by. Such
/// facts are kept, since they may be meant; but what a mistyped year says outlives all that is said until then.
fn ahead(facts: &[Fact]) -> Option<Finding> {
    let is_ahead = |fact: &&Fact| {
        let tells = matches!(fact.body(), Body::Set(_) | Body::Unset(_) | Body::Event { .. } | Body::Group(_));
        tells && fact.occurred_at().is_some_and(|at| at.signed_duration_since(fact.received_at()) > TimeDelta::days(1))
    };
    let mut all = facts.iter().filter(is_ahead);
    let first = all.next()?;
    let (at, more) = (first.occurred_at()?, all.count());
    let others = if more == 0 { String::new() } else { format!(", and {more} more") };
    let message = format!(
        "fact {} of {} is of {}, which lies ahead{others}; it is kept and wins over what is said before then, so take it \
         back if the time is mistaken",
        first.id(),
        first.source(),
        at.to_rfc3339(),
    );
    Some(Finding::new(Reason::FutureTime, message))
}

fn erased_finding(fact: &Fact) -> Finding {
    let message =
        format!("fact {} is about somebody who was erased, and states no later time; it was not taken", fact.id());
    Finding::new(Reason::Erased, message)
}

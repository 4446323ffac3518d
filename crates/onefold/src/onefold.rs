//! [`Onefold`]: the one type that other programs embed.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::path::Path;
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use chrono::{SecondsFormat, TimeDelta};
use onefold_fact::{
    Batch, Body, Configuration, CustomerId, Digest, Draft, Erasure, Fact, FactId, Finding, Identifier, Inserted, Party,
    Progress, Reason, RecordId, RecordKey, Retraction, Schema, Source, Timestamp,
};
use onefold_identity::LinkageReport;
use onefold_profile::Profile;
use onefold_store::{CheckReport, Commit, MemoryStore, Position, RowChange, SqliteStore, Store, StoreError, ViewWrite};
use rayon::prelude::*;

use crate::change::{CHANGES, Change, LINKAGES, What, groups_of, linkage_rows, linked_by, linked_of};
use crate::error::OnefoldError;
use crate::views::{Views, Whereabouts, Why};

/// What does not change the state: how much of the machine may be used.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Threads for linking ([`Onefold::relink`]); all processors if not given. The result is the same with any number.
    pub threads: Option<NonZeroUsize>,
}

/// What accepting did, fact by fact in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The id of each fact, and what became of it.
    pub facts: Vec<(FactId, Inserted)>,
    /// What they did. The same is read later with [`Onefold::changes`].
    pub changes: Vec<Change>,
    /// What was not taken, and why.
    pub findings: Vec<Finding>,
}

/// What linking found, for persons and for organisations.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Relinked {
    /// By party: what linking did.
    pub parties: Vec<(Party, LinkageReport)>,
    /// The number of customers.
    pub customers: usize,
    /// Customers that were merged or split since the last linkage.
    #[serde(skip)]
    pub changes: Vec<Change>,
}

/// What an erasure removed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Certificate {
    /// The customer.
    pub customer: CustomerId,
    /// The fact that holds the erasure.
    pub erasure: FactId,
    /// The records that are gone. Their ids lead to the erasure from now on ([`Onefold::whereabouts`]).
    pub records: BTreeSet<RecordId>,
    /// The facts whose contents were removed.
    pub facts: BTreeSet<FactId>,
    /// The deliveries that they had.
    pub deliveries: u64,
    /// Whether former versions of pages still stand in the write-ahead log, since older readers are open
    /// ([`Onefold::finish_erasure`]).
    pub pending: bool,
}

/// Customer data from any number of sources, as one log of facts and the views that follow from it.
///
/// A handle: clones are the same house, and may be used from any number of threads. One of them writes at a time;
/// those that wait meanwhile are written together, with one sync. Readers go on while the disk is written. The first
/// read after a change derives the views from all facts.
///
/// ```
/// use onefold::{Body, Draft, Onefold, Options, RecordKey, Silent};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let at = "2026-03-01T09:00:00Z".parse()?;
/// let house = Onefold::in_memory(Options::default());
/// house.accept("monday", at, [
///     Draft::new("crm", Body::set([("full_name", "Ada Byron"), ("email", "ada@x.io")]))
///         .key(RecordKey::person("17")),
///     Draft::new("shop", Body::set([("full_name", "Byron, Ada"), ("email", "ADA@x.io")]))
///         .key(RecordKey::person("c-204")),
/// ])?;
/// house.relink(&mut Silent)?;
/// assert_eq!(house.customers().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Onefold(Arc<House>);

#[derive(Debug)]
struct House {
    options: Options,
    /// Deliveries that wait for the writer, and word that some were written.
    queue: Mutex<Queue>,
    written: Condvar,
    /// Whoever holds it is the writer.
    writer: Mutex<Writer>,
    views: RwLock<Views>,
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

#[derive(Debug)]
struct Writer {
    store: Box<dyn Store>,
    /// The last change.
    cursor: u64,
    /// Records that facts were accepted about.
    known: HashSet<RecordId, foldhash::fast::FixedState>,
}

/// What one caller wants accepted, and what became of it.
#[derive(Debug)]
struct Delivery {
    batch: Batch,
    at: Timestamp,
    drafts: Mutex<Vec<Draft>>,
    done: Mutex<Option<Result<Accepted, OnefoldError>>>,
}

/// From so many drafts on they are stamped side by side: fewer are done before another thread has woken up.
const MANY: usize = 64;

/// Facts that are read at a time when a file is opened.
const READ_AT_ONCE: usize = 1 << 16;

impl Onefold {
    /// An empty house that forgets everything when it is dropped.
    #[must_use]
    pub fn in_memory(options: Options) -> Self {
        let writer = Writer { store: Box::new(MemoryStore::default()), cursor: 0, known: HashSet::default() };
        Self::new(options, writer, Views::default())
    }

    /// The house that a file holds; a new file, if there is none.
    ///
    /// ```
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = std::env::temp_dir().join(format!("onefold-open-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// # let path = folder.join("customers.onefold");
    /// let house = Onefold::open(&path, Options::default())?;
    /// let ada = Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"));
    /// house.accept("monday", "2026-03-01T09:00:00Z".parse()?, [ada])?; // on disk when this returns
    /// drop(house);
    ///
    /// let house = Onefold::open(&path, Options::default())?;
    /// assert_eq!(house.customers().len(), 1);
    /// # drop(house);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the file cannot be opened or made ([`StoreError`] says why), or is damaged.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OnefoldError> {
        let path = path.as_ref();
        let store = if path.exists() { SqliteStore::open(path)? } else { SqliteStore::create(path)? };
        Self::over(Box::new(store), options)
    }

    /// The house that a store holds: one in memory, in a file, or of somebody's own making.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn over(store: Box<dyn Store>, options: Options) -> Result<Self, OnefoldError> {
        let mut views = Views::default();
        let mut known: HashSet<RecordId, _> = HashSet::default();
        let reader = store.reader()?;
        let end = reader.position()?.number();
        // One thread reads ahead while this one takes in.
        let (read, taken) = mpsc::sync_channel(2);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for after in (0..end).step_by(READ_AT_ONCE) {
                    let logged = reader.facts(Position::new(after), READ_AT_ONCE).map(|logged| {
                        let records = logged.par_iter().filter_map(|logged| logged.fact.record());
                        (records.collect::<Vec<RecordId>>(), logged)
                    });
                    if read.send(logged).is_err() {
                        break;
                    }
                }
            });
            for logged in taken {
                let (records, logged) = logged?;
                known.extend(records);
                views.insert(logged.into_iter().map(|logged| logged.fact));
            }
            Ok::<(), StoreError>(())
        })?;
        views.regroup(groups_of(&linked_by(&store.rows(&LINKAGES, &[])?, None)));
        let cursor = last_cursor(&*store)?;
        Ok(Self::new(options, Writer { store, cursor, known }, views))
    }

    fn new(options: Options, writer: Writer, views: Views) -> Self {
        let (writer, views) = (Mutex::new(writer), RwLock::new(views));
        Self(Arc::new(House { options, queue: Mutex::default(), written: Condvar::new(), writer, views }))
    }

    /// Accepts what sources say, as delivered in `batch` and received at `at` (never before what was accepted last). When
    /// this returns it is kept: all of it or, with an error, nothing. A fact that is known already is not taken twice;
    /// one about an erased record is not taken at all, unless it states a time after the erasure.
    ///
    /// New records are customers of their own until [`relink`](Self::relink), and so are the records of a customer of
    /// whom a linked record was taken back or erased: that record may have been what joined them. A schema among the
    /// facts ([`Body::Adopt`]) that cannot be read is kept and has no effect.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn accept(
        &self,
        batch: impl Into<Batch>,
        at: Timestamp,
        drafts: impl IntoIterator<Item = Draft>,
    ) -> Result<Accepted, OnefoldError> {
        let drafts = Mutex::new(drafts.into_iter().collect());
        let delivery = Arc::new(Delivery { batch: batch.into(), at, drafts, done: Mutex::new(None) });
        let mut queue = lock(&self.0.queue);
        queue.waiting.push(Arc::clone(&delivery));
        loop {
            if let Some(accepted) = lock(&delivery.done).take() {
                return accepted;
            }
            if queue.is_led {
                queue = self.0.written.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.is_led = true;
            drop(queue);
            // Dropped, however the writing ends: else nobody would lead any more.
            let leading = Leading(&self.0);
            let mut writer = lock(&self.0.writer);
            let waiting = std::mem::take(&mut lock(&self.0.queue).waiting);
            self.deliver(&mut writer, &waiting);
            drop(writer);
            drop(leading);
            // Whoever led before and panicked may have taken this delivery along.
            return lock(&delivery.done).take().unwrap_or(Err(OnefoldError::Stopped));
        }
    }

    /// Writes what several callers deliver in one commit.
    fn deliver(&self, writer: &mut Writer, deliveries: &[Arc<Delivery>]) {
        let mut stamped: Vec<Vec<Fact>> = Vec::with_capacity(deliveries.len());
        let mut findings: Vec<Vec<(usize, FactId, Finding)>> = Vec::with_capacity(deliveries.len());
        {
            let views = self.views();
            let mut last = views.last();
            for delivery in deliveries {
                let at = last.map_or(delivery.at, |last| delivery.at.max(last));
                last = Some(at);
                // Hashing is most of the work, and each draft is hashed by itself.
                let drafts = std::mem::take(&mut *lock(&delivery.drafts));
                let stamp = |draft: Draft| draft.received(delivery.batch.clone(), at);
                let facts: Vec<Fact> = if drafts.len() < MANY {
                    drafts.into_iter().map(stamp).collect()
                } else {
                    drafts.into_par_iter().map(stamp).collect()
                };
                let mut kept = Vec::with_capacity(facts.len());
                let mut refused = Vec::new();
                for (place, fact) in facts.into_iter().enumerate() {
                    if views.is_erased(&fact) {
                        refused.push((place, fact.id(), erased_finding(&fact)));
                    } else {
                        kept.push(fact);
                    }
                }
                stamped.push(kept);
                findings.push(refused);
            }
        }
        let facts = stamped.concat();
        match self.write(writer, &facts, &BTreeSet::new()) {
            Ok(Written { inserted, changes, .. }) => {
                let mut inserted = inserted.into_iter().zip(facts.iter().map(Fact::id));
                let mut changes = changes.into_iter().peekable();
                let mut seen = 0;
                for ((delivery, kept), refused) in deliveries.iter().zip(&stamped).zip(findings) {
                    let mut accepted = Accepted::default();
                    accepted.facts.extend(inserted.by_ref().take(kept.len()).map(|(what, id)| (id, what)));
                    for (place, id, finding) in refused {
                        accepted.facts.insert(place.min(accepted.facts.len()), (id, Inserted::Erased));
                        accepted.findings.push(finding);
                    }
                    seen += kept.len();
                    while let Some((_, change)) = changes.next_if(|(place, _)| *place < seen) {
                        accepted.changes.push(change);
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
    fn write(&self, writer: &mut Writer, facts: &[Fact], erased: &BTreeSet<FactId>) -> Result<Written, OnefoldError> {
        let mut changes: Vec<(usize, Change)> = Vec::new();
        let mut new_records: HashSet<RecordId> = HashSet::new();
        let mut seen: HashSet<(FactId, Digest, &Batch)> = HashSet::new();
        {
            let views = self.views();
            for (place, fact) in facts.iter().enumerate() {
                if views.facts().contains(fact) || !seen.insert((fact.id(), fact.content(), fact.batch())) {
                    continue;
                }
                let known = |record| writer.known.contains(&record) || !new_records.insert(record);
                for what in What::of(fact, known) {
                    let cursor = writer.cursor + changes.len() as u64 + 1;
                    changes.push((place, Change { cursor, at: fact.received_at(), what }));
                }
            }
        }
        let mut rows = Vec::with_capacity(changes.len());
        for (_, change) in &changes {
            rows.push(RowChange::Put(change.to_row().map_err(OnefoldError::json)?));
        }
        let views = [ViewWrite { table: &CHANGES, stands_at: None, rows }];
        let commit = Commit { facts, views: if changes.is_empty() { &[] } else { &views }, checkpoints: &[] };
        let (inserted, certificate) = if erased.is_empty() {
            (writer.store.commit(&commit)?.inserted, None)
        } else {
            (vec![Inserted::New; facts.len()], Some(writer.store.erase(erased, &commit)?))
        };
        writer.cursor += changes.len() as u64;
        writer.known.extend(new_records);
        let mut views = self.0.views.write().unwrap_or_else(PoisonError::into_inner);
        let taken = facts.iter().zip(&inserted).filter(|(_, what)| !matches!(what, Inserted::Erased));
        views.insert(taken.map(|(fact, _)| fact.clone()));
        if !erased.is_empty() {
            views.erase(erased);
        }
        Ok(Written { inserted, changes, certificate })
    }

    /// Brings a schema into force: what attributes, namespaces and sources mean. What it does not declare keeps its
    /// standard meaning. Nothing stored changes; every view is read anew.
    ///
    /// An adoption is stamped later than all before it, and is a batch of its own, whose name is returned
    /// (`schema 2026-03-01T09:00:00.000000Z`, with its stamp). Retracting that batch brings the former schema back:
    ///
    /// ```
    /// use onefold::{Onefold, Options, Schema};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let adopted = house.adopt(&Schema::default(), at)?;
    /// house.retract(adopted, at)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the schema cannot be written.
    pub fn adopt(&self, schema: &Schema, at: Timestamp) -> Result<Batch, OnefoldError> {
        let json = serde_json::to_string(schema).map_err(OnefoldError::json)?;
        let configuration = Configuration { part: "schema".to_owned(), name: String::new(), json };
        // Of two adoptions at one stamp the content would decide which is in force.
        let later = |last: Timestamp| last.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(last);
        let at = self.views().last().map_or(at, |last| at.max(later(last)));
        let batch = Batch::from(format!("schema {}", at.to_rfc3339_opts(SecondsFormat::Micros, true)));
        self.accept(batch.clone(), at, [Draft::new("onefold", Body::Adopt(configuration))])?;
        Ok(batch)
    }

    /// Takes a batch back: all that was delivered in it so far never was. What other batches delivered too stays.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn retract(&self, batch: impl Into<Batch>, at: Timestamp) -> Result<Accepted, OnefoldError> {
        let batch = batch.into();
        let name = format!("retract {batch}");
        self.accept(name, at, [Draft::new("onefold", Body::Retract(Retraction::Batch(batch)))])
    }

    /// Erases a customer: every fact of its records is removed from the file, and what sources deliver about those
    /// records is not taken any more, unless it states a later time than the erasure. The customer's ids lead to the
    /// erasure from then on. `None` if there is no such customer.
    ///
    /// ```
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let ada = || Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"));
    /// house.accept("monday", at, [ada()])?;
    /// let id = house.customers()[0];
    /// let certificate = house.erase(id, at)?.ok_or("a customer")?;
    /// assert_eq!((certificate.facts.len(), certificate.pending), (1, false));
    /// house.accept("tuesday", at, [ada()])?;
    /// assert!(house.customers().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be written; then nothing is erased.
    pub fn erase(&self, customer: impl Into<RecordId>, at: Timestamp) -> Result<Option<Certificate>, OnefoldError> {
        let mut writer = lock(&self.0.writer);
        let views = self.views();
        let Some(Whereabouts::Customer(customer)) = views.whereabouts(customer) else { return Ok(None) };
        let Some((records, facts)) = views.to_erase(customer) else { return Ok(None) };
        // Later than all that is known, so that nothing that came before it is admitted.
        let at = views.last().map_or(at, |last| at.max(last));
        drop(views);
        let erasure = Erasure { records: records.clone(), identifiers: BTreeSet::new(), until: at };
        let erasure = Draft::new("onefold", Body::Erase(erasure)).received(format!("erase {customer}"), at);
        let written = self.write(&mut writer, std::slice::from_ref(&erasure), &facts)?;
        let (facts, deliveries, pending) = written
            .certificate
            .map_or_else(Default::default, |removed| (removed.facts, removed.deliveries, removed.pending));
        Ok(Some(Certificate { customer, erasure: erasure.id(), records, facts, deliveries, pending }))
    }

    /// Removes what erasures left pending. Gives whether nothing is pending any more.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish_erasure(&self) -> Result<bool, OnefoldError> {
        Ok(lock(&self.0.writer).store.finish_erasure()?)
    }

    /// Decides anew which records are one customer, over all records at once, and adopts what it finds: customers are
    /// merged and split, which [`changes`](Self::changes) tells. Readers go on meanwhile.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn relink(&self, progress: &mut dyn Progress) -> Result<Relinked, OnefoldError> {
        // Nothing is written meanwhile, so no writer waits for the views, and no reader behind it.
        let mut writer = lock(&self.0.writer);
        let views = self.views();
        let threads = self.0.options.threads;
        let pool = threads.map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build());
        let linked: Vec<_> = [Party::Person, Party::Organisation]
            .into_iter()
            .map(|party| {
                let matching = views.matching(party);
                // `install` needs what it runs to be `Send`, which a progress bar need not be.
                let linked = match &pool {
                    Some(Ok(pool)) => pool.install(|| matching.link(&mut onefold_fact::Silent)),
                    _ => matching.link(progress),
                };
                (party, linked)
            })
            .collect();
        let mut relinked = Relinked::default();
        let mut groups = Vec::new();
        for (party, (of_party, report)) in linked {
            groups.extend(of_party);
            if report.records > 0 {
                relinked.parties.push((party, report));
            }
        }
        let at = views.last().unwrap_or(Timestamp::UNIX_EPOCH);
        let (former, before): (_, BTreeMap<_, _>) = (views.linked_groups(), views.grouped().collect());
        let (after, customers) = views.grouped_by(&groups);
        drop(views);
        relinked.customers = customers;
        let next = |(place, what)| Change { cursor: writer.cursor + place + 1, at, what };
        relinked.changes = (0..).zip(What::between(&before, &after)).map(next).collect();
        let mut rows = Vec::with_capacity(relinked.changes.len());
        for change in &relinked.changes {
            rows.push(RowChange::Put(change.to_row().map_err(OnefoldError::json)?));
        }
        let linkage = linkage_rows(at, &linked_of(&former), &linked_of(&groups));
        let linkage = linkage.into_iter().map(RowChange::Put).collect();
        writer.store.commit(&Commit {
            views: &[
                ViewWrite { table: &CHANGES, stands_at: None, rows },
                ViewWrite { table: &LINKAGES, stands_at: None, rows: linkage },
            ],
            ..Commit::default()
        })?;
        writer.cursor += relinked.changes.len() as u64;
        self.0.views.write().unwrap_or_else(PoisonError::into_inner).regroup(groups);
        Ok(relinked)
    }

    /// At most `limit` changes after a cursor, oldest first. Whoever keeps the last cursor reads each change once:
    ///
    /// ```
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let house = Onefold::in_memory(Options::default());
    /// let ada = Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"));
    /// house.accept("monday", "2026-03-01T09:00:00Z".parse()?, [ada])?;
    /// let changes = house.changes(0, 100)?;
    /// assert_eq!(changes.len(), 2); // created, and told an e-mail address
    /// let last = changes.last().map_or(0, |change| change.cursor);
    /// assert!(house.changes(last, 100)?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn changes(&self, after: u64, limit: usize) -> Result<Vec<Change>, OnefoldError> {
        let reader = lock(&self.0.writer).store.reader()?;
        let key = [onefold_fact::Cell::Integer(i64::try_from(after).unwrap_or(i64::MAX))];
        Ok(reader.rows_after(&CHANGES, &key, limit)?.iter().filter_map(|row| Change::of_row(row)).collect())
    }

    /// The views as they are now, all of one state. No writer shows anything new while they are held, so hold them
    /// briefly.
    pub fn views(&self) -> impl Deref<Target = Views> + '_ {
        ReadViews(self.0.views.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The views as they were known at a time: of what had been received by then, and linked as it was linked then. They
    /// are made from the log, which takes as long as opening it.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn known_at(&self, at: Timestamp) -> Result<Views, OnefoldError> {
        let reader = lock(&self.0.writer).store.reader()?;
        let linked = linked_by(&reader.rows(&LINKAGES, &[])?, Some(at));
        Ok(self.views().as_known(at, groups_of(&linked)))
    }

    /// The profile of a customer; any record's id names the customer who holds it. `None` if there is no such record.
    #[must_use]
    pub fn customer(&self, id: impl Into<RecordId>) -> Option<Profile> {
        self.views().customer(id)
    }

    /// All customers, by id.
    #[must_use]
    pub fn customers(&self) -> Vec<CustomerId> {
        self.views().customers().collect()
    }

    /// The customers who hold an identifier, by id: usually one, several where a mailbox or a device is shared.
    #[must_use]
    pub fn customers_with(&self, identifier: &Identifier) -> Vec<CustomerId> {
        self.views().customers_with(identifier)
    }

    /// Where a record's id leads; `None` if no record ever had it.
    #[must_use]
    pub fn whereabouts(&self, id: impl Into<RecordId>) -> Option<Whereabouts> {
        self.views().whereabouts(id)
    }

    /// Why two records are one customer, or are not. `None` if there is no such record.
    #[must_use]
    pub fn why(&self, a: RecordId, b: RecordId) -> Option<Why> {
        self.views().why(a, b)
    }

    /// The customer that a fact is about.
    #[must_use]
    pub fn customer_of(&self, fact: FactId) -> Option<CustomerId> {
        self.views().customer_of(fact)
    }

    /// The record that a fact is in: of a shared device, the stretch.
    #[must_use]
    pub fn record_of(&self, fact: FactId) -> Option<RecordId> {
        self.views().record_of(fact)
    }

    /// The records of a customer: who keeps them, and under which key.
    #[must_use]
    pub fn records_of(&self, customer: CustomerId) -> Vec<(Source, RecordKey)> {
        let views = self.views();
        views.records_of(customer).into_iter().map(|(source, key)| (source.clone(), key.clone())).collect()
    }

    /// The schema in force.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.views().schema().clone()
    }

    /// The digest of the whole state ([`Views::digest`]).
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.views().digest()
    }

    /// Writes a copy of all that is kept now into a new file, which [`open`](Self::open) opens. Work goes on meanwhile.
    ///
    /// # Errors
    /// When there is a file at `to` already, or it cannot be written.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<(), OnefoldError> {
        let reader = lock(&self.0.writer).store.reader()?;
        Ok(reader.backup(to.as_ref())?)
    }

    /// Looks at everything that is kept, whether it is what was written.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub fn check(&self) -> Result<CheckReport, OnefoldError> {
        Ok(lock(&self.0.writer).store.check()?)
    }

    /// Gives space that is no longer used back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn compact(&self) -> Result<(), OnefoldError> {
        Ok(lock(&self.0.writer).store.compact()?)
    }
}

/// What a write did.
struct Written {
    inserted: Vec<Inserted>,
    /// With the place of the fact that did it.
    changes: Vec<(usize, Change)>,
    certificate: Option<onefold_store::Certificate>,
}

struct ReadViews<'a>(RwLockReadGuard<'a, Views>);

impl Deref for ReadViews<'_> {
    type Target = Views;

    fn deref(&self) -> &Views {
        &self.0
    }
}

/// A panic elsewhere leaves nothing half-done behind a lock: what is written is in the store, or it is not.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
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

fn erased_finding(fact: &Fact) -> Finding {
    let message =
        format!("fact {} is about a record that was erased, and states no later time; it was not taken", fact.id());
    Finding::new(Reason::Erased, message)
}

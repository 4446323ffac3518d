//! [`Onefold`]: the one type that other programs embed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono::SecondsFormat;
use onefold_fact::{
    Batch, Body, Configuration, Digest, Draft, Erasure, Fact, Party, Progress, RecordId, Retraction, Timestamp,
};
use onefold_store::{CheckReport, SqliteStore, Store};

use crate::adoption::later;
use crate::change::{CHANGES, Change};
use crate::error::OnefoldError;
use crate::governance::{MODEL, named};
use crate::house::House;
use crate::linking::{FEWEST_TRAINED, Gathering, InForce};
use crate::options::Options;
use crate::outcome::{Accepted, Certificate, Relinked};
use crate::reading::Reading;
use crate::views::{Views, Whereabouts};

/// Customer data from any number of sources, as one log of facts and the views that follow from it.
///
/// A handle: clones are the same house, and may be used from any number of threads. One of them writes at a time;
/// those that wait meanwhile are written together, with one sync. Readers go on while it writes.
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
/// assert_eq!(house.customers()?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Onefold(pub(crate) Arc<House>);

impl Onefold {
    pub(crate) fn house(&self) -> &House {
        &self.0
    }

    /// An empty house that forgets everything when it is dropped.
    #[must_use]
    pub fn in_memory(options: Options) -> Self {
        Self(Arc::new(House::empty(options)))
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
    /// assert_eq!(house.customers()?.len(), 1);
    /// # drop(house);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the file cannot be opened or made ([`StoreError`](onefold_store::StoreError) says why), or is damaged.
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
        Ok(Self(Arc::new(House::over(store, options)?)))
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
        self.0.accept(batch.into(), at, drafts.into_iter().collect())
    }

    /// Decides, and accepts the outcome: `decide` sees the views as they are, and nobody else writes until what it says is
    /// on disk. So a decision that rests on a state (a deal may be moved, a lead goes to who has least to do) is taken once,
    /// on that state. Reading and writing through this house inside `decide` would wait for itself; it has the views for
    /// that.
    ///
    /// ```
    /// use onefold::fact::ObjectEvent;
    /// use onefold::{Body, Draft, Onefold, OnefoldError, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let open = |house: &Onefold| {
    ///     house.decide("desk", at, |views| {
    ///         // A second ticket only when the first is not there.
    ///         if views.object("ticket", "1")?.is_some() {
    ///             return Ok(Vec::new());
    ///         }
    ///         let opened = ObjectEvent {
    ///             kind: "ticket".into(), id: "1".into(), event: "opened".into(), data: Default::default(),
    ///         };
    ///         Ok::<_, OnefoldError>(vec![Draft::new("desk", Body::Object(opened)).key(RecordKey::person("17"))])
    ///     })
    /// };
    /// assert_eq!(open(&house)?.facts.len(), 1);
    /// assert_eq!(open(&house)?.facts.len(), 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// That of `decide`, or when the outcome cannot be written; then nothing is.
    pub fn decide<E: From<OnefoldError>>(
        &self,
        batch: impl Into<Batch>,
        at: Timestamp,
        decide: impl FnOnce(&Views) -> Result<Vec<Draft>, E>,
    ) -> Result<Accepted, E> {
        self.0.decide(batch.into(), at, decide)
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
    /// records, or by an identifier that nobody else held, is not taken any more, unless it states a later time than the
    /// erasure. What names such an identifier and no longer stands (it was retracted, or a later snapshot is without it)
    /// goes too, of whatever record it is. The customer's ids lead to the erasure from then on. Of a record of which nothing
    /// stands any more, but is kept, what is kept goes ([`Views::gone_with`] finds such). `None` if there is no such customer
    /// or record.
    ///
    /// ```
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let ada = || Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"));
    /// house.accept("monday", at, [ada()])?;
    /// let id = house.customers()?[0];
    /// let certificate = house.erase(id, at)?.ok_or("a customer")?;
    /// assert_eq!((certificate.facts.len(), certificate.pending), (1, false));
    /// house.accept("tuesday", at, [ada()])?;
    /// assert!(house.customers()?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be written; then nothing is erased.
    pub fn erase(&self, customer: impl Into<RecordId>, at: Timestamp) -> Result<Option<Certificate>, OnefoldError> {
        let mut writer = self.0.writer();
        let (views, record) = (self.views()?, customer.into());
        let whereabouts = views.whereabouts(record)?;
        let (customer, (records, positions)) = match whereabouts {
            Some(Whereabouts::Customer(customer)) => (customer, views.to_erase(customer)?),
            Some(Whereabouts::Gone(_)) => (record.into(), views.gone_to_erase(record)?),
            None => return Ok(None),
        };
        let is_gone = matches!(whereabouts, Some(Whereabouts::Gone(_)));
        if positions.is_empty() {
            return Ok(None);
        }
        let mut facts = views.facts_at(&positions)?;
        // All deliveries of a fact go with it.
        let others: Vec<_> = facts.iter().flat_map(|logged| writer.store.positions(logged.fact.id())).collect();
        facts.extend(views.facts_at(&others)?.into_iter().filter(|other| !positions.contains(&other.position)));
        let only_theirs = views.held_by_nobody_else(&facts, &records, is_gone)?;
        facts.extend(views.withdrawn(&only_theirs, &facts, |fact| writer.store.positions(fact))?);
        drop(views);
        // Later than all that is known, so that nothing that came before it is admitted.
        let at = writer.last().map_or(at, |last| at.max(last));
        let governance = Arc::clone(&writer.kept().governance);
        let key = (!only_theirs.is_empty()).then(|| governance.governing().erasure_key().unwrap_or(key_of(&facts)));
        let hash = |key| only_theirs.iter().map(move |identifier| Erasure::hash(key, identifier));
        let identifiers = key.iter().flat_map(hash).collect();
        let erasure = Erasure { records: records.clone(), identifiers, key, until: at };
        let erasure = Draft::new("onefold", Body::Erase(erasure)).received(format!("erase {customer}"), at);
        let removed = self.0.write(&mut writer, std::slice::from_ref(&erasure), &facts, None)?.certificate;
        let (facts, deliveries, pending) = (removed.facts, removed.deliveries, removed.pending);
        let identifiers = only_theirs.len();
        Ok(Some(Certificate { customer, erasure: erasure.id(), records, identifiers, facts, deliveries, pending }))
    }

    /// Removes what erasures left pending. Gives whether nothing is pending any more.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish_erasure(&self) -> Result<bool, OnefoldError> {
        Ok(self.0.writer().store.finish_erasure()?)
    }

    /// Learns from all records what agreement is worth, adopts the model, and decides by it which records are one
    /// customer: customers are merged and split, which [`changes`](Self::changes) tells. From then on records are linked
    /// under that model as they are accepted, as if all had been linked together. Readers go on meanwhile.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn relink(&self, progress: &mut dyn Progress) -> Result<Relinked, OnefoldError> {
        let mut writer = self.0.writer();
        let kept = writer.kept();
        let governance = Arc::clone(&kept.governance);
        let reader = self.0.reader()?;
        let reading = Reading::new(&*reader, &governance);
        let few = !reading.has_records(FEWEST_TRAINED)?;
        let (mut layouts, mut gathered) = (BTreeMap::new(), BTreeMap::new());
        for party in [Party::Person, Party::Organisation] {
            let names = kept.names.get(&party).cloned().unwrap_or_default();
            let (layout, gathering) = Gathering::new(&names, party, few, governance.schema());
            layouts.insert(party, layout);
            gathered.insert(party, gathering);
        }
        reading.each_record(
            |party| layouts.get(&party),
            |row, cells| {
                if let Some(gathering) = gathered.get_mut(&row.key.party()) {
                    gathering.push(row.id, &cells);
                }
            },
        )?;
        drop(reader);
        let threads = self.0.options.threads;
        let pool = threads.map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build());
        let (mut relinked, mut groups, mut models) = (Relinked::default(), Vec::new(), Vec::new());
        for (party, gathering) in gathered {
            let names = gathering.names().clone();
            // `install` needs what it runs to be `Send`, which a progress bar need not be.
            let (model, of_party, report) = match &pool {
                Some(Ok(pool)) => pool.install(|| gathering.link(governance.decided(), &mut onefold_fact::Silent)),
                _ => gathering.link(governance.decided(), progress),
            };
            groups.extend(of_party);
            // The expected is adopted for records still to come; of no records nothing is learned.
            if few || report.records > 0 {
                let json = InForce::to_json(&names, &model).map_err(OnefoldError::json)?;
                // What is in force already need not be adopted again.
                if governance.model(party).is_none_or(|known| !known.is_of(&json, governance.schema())) {
                    let (part, name) = (MODEL.to_owned(), named(party).to_owned());
                    models.push(Draft::new("onefold", Body::Adopt(Configuration { part, name, json })));
                }
            }
            if report.records > 0 {
                relinked.parties.push((party, report));
            }
        }
        let at = writer.last().unwrap_or(Timestamp::UNIX_EPOCH);
        let at = if models.is_empty() { at } else { later(at, governance.linked_at()) };
        let batch = Batch::from(format!("model {}", at.to_rfc3339_opts(SecondsFormat::Micros, true)));
        let models: Vec<Fact> = models.into_iter().map(|draft| draft.received(batch.clone(), at)).collect();
        relinked.changes = self.0.write(&mut writer, &models, &[], Some(groups))?.linked;
        drop(writer);
        relinked.customers = self.views()?.customers()?.len();
        Ok(relinked)
    }

    /// Moves the clock of the segments on: those enter and leave whose time has come, each at its own, and in that order.
    /// The clock also moves on to the stamp of whatever is accepted; one that would go back stays. So a year can be
    /// rehearsed in seconds, and a service calls this from time to time with the present.
    ///
    /// ```
    /// use onefold::segment::{Rule, Segments};
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey, What};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let house = Onefold::in_memory(Options::default());
    /// let rule: Rule = r#"did "cart" and not did "order" in the last 1d"#.parse()?;
    /// house.adopt(&Segments::new([("to remind".to_owned(), rule)])?, "2026-03-01T08:00:00Z".parse()?)?;
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let did = |event: &str| Draft::new("shop", Body::event(event, [("sku", "A-1")])).key(RecordKey::person("17"));
    /// house.accept("monday", at, [did("cart"), did("order")])?;
    /// assert_eq!(house.views()?.members_of("to remind")?.len(), 0);
    /// let changes = house.advance_to("2026-03-05T00:00:00Z".parse()?)?;
    /// assert!(matches!(&changes[0].what, What::Entered { segment, .. } if segment == "to remind"));
    /// assert_eq!(changes[0].at, "2026-03-02T09:00:00Z".parse::<onefold::Timestamp>()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn advance_to(&self, at: Timestamp) -> Result<Vec<Change>, OnefoldError> {
        self.0.advance_to(at)
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
        let reader = self.0.reader()?;
        let key = [onefold_fact::Cell::Integer(i64::try_from(after).unwrap_or(i64::MAX))];
        Ok(reader.rows_after(&CHANGES, &key, limit)?.iter().filter_map(|row| Change::of_row(row)).collect())
    }

    /// Writes a copy of all that is kept now into a new file, which [`open`](Self::open) opens. Work goes on meanwhile.
    ///
    /// # Errors
    /// When there is a file at `to` already, or it cannot be written.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<(), OnefoldError> {
        Ok(self.0.reader()?.backup(to.as_ref())?)
    }

    /// Looks at everything that is kept, whether it is what was written.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub fn check(&self) -> Result<CheckReport, OnefoldError> {
        Ok(self.0.writer().store.check()?)
    }

    /// Keeps in the file what linking holds in memory, so that the next program to open it has it at once, as a service
    /// does before it ends. From time to time it is kept anyway; without, the first record that arrives after opening
    /// waits until it is made from all records. Of a house in memory, or one that was never linked, nothing is kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn checkpoint(&self) -> Result<(), OnefoldError> {
        self.0.checkpoint()
    }

    /// Gives space that is no longer used back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn compact(&self) -> Result<(), OnefoldError> {
        Ok(self.0.writer().store.compact()?)
    }
}

/// A key for hashes that nobody can guess who does not know all that is erased.
fn key_of(erased: &[onefold_store::Logged]) -> Digest {
    let contents: BTreeSet<Digest> = erased.iter().map(|logged| logged.fact.content()).collect();
    let mut digester = onefold_fact::Digester::default();
    digester.each(&contents);
    digester.finish()
}

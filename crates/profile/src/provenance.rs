//! [`Provenance`]: which fact said so; and [`SeenRecord`]: a record of the customer.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use onefold_fact::{CustomerId, DigestInto, Digester, FactId, RecordId, RecordKey, Source, Timestamp};
use serde::{Deserialize, Serialize};

use crate::fold::Told;
use crate::packed::packed;

/// Which fact said something, and when that counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "ProvenanceParts", into = "ProvenanceParts")]
pub struct Provenance {
    pub(crate) fact: FactId,
    pub(crate) at: Timestamp,
    pub(crate) stated: bool,
    teller: Arc<Teller>,
}

/// Who said something, and of which record: the same for all facts of one record, so it is shared among them.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Teller {
    source: Source,
    record: RecordId,
    key: Option<RecordKey>,
}

/// The stored form of a provenance.
#[derive(Serialize, Deserialize)]
struct ProvenanceParts {
    fact: FactId,
    source: Source,
    record: RecordId,
    key: Option<RecordKey>,
    at: Timestamp,
    stated: bool,
}

impl From<ProvenanceParts> for Provenance {
    fn from(ProvenanceParts { fact, source, record, key, at, stated }: ProvenanceParts) -> Self {
        Self { fact, at, stated, teller: Arc::new(Teller { source, record, key }) }
    }
}

impl From<Provenance> for ProvenanceParts {
    fn from(Provenance { fact, at, stated, teller }: Provenance) -> Self {
        let Teller { source, record, key } = &*teller;
        Self { fact, source: source.clone(), record: *record, key: key.clone(), at, stated }
    }
}

/// The tellers of the facts of one customer, each once.
#[derive(Debug, Default)]
pub(crate) struct Tellers {
    /// By record: its source with its key, and those who decided about it.
    known: RefCell<BTreeMap<RecordId, Vec<Arc<Teller>>>>,
    /// Facts of one record often follow one another.
    last: RefCell<Option<Arc<Teller>>>,
}

impl Tellers {
    /// Which fact said it.
    pub(crate) fn provenance(&self, told: &Told<'_>) -> Provenance {
        let mut last = self.last.borrow_mut();
        let teller = match &*last {
            Some(last) if last.told(told) => Arc::clone(last),
            _ => Arc::clone(last.insert(self.teller(told))),
        };
        Provenance { fact: told.fact.id(), at: told.order.at(), stated: told.order.is_stated(), teller }
    }

    fn teller(&self, told: &Told<'_>) -> Arc<Teller> {
        let mut known = self.known.borrow_mut();
        let of_record = known.entry(told.record).or_default();
        if let Some(known) = of_record.iter().find(|teller| teller.told(told)) {
            return Arc::clone(known);
        }
        let (source, key) = (told.fact.source().clone(), told.fact.key().cloned());
        let teller = Arc::new(Teller { source, record: told.record, key });
        of_record.push(Arc::clone(&teller));
        teller
    }
}

impl Teller {
    fn told(&self, told: &Told<'_>) -> bool {
        self.record == told.record && self.key.as_ref() == told.fact.key() && self.source == *told.fact.source()
    }
}

impl Provenance {
    /// The fact.
    #[must_use]
    pub fn fact(&self) -> FactId {
        self.fact
    }

    /// Who said so.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.teller.source
    }

    /// The record that it was said of.
    #[must_use]
    pub fn record(&self) -> RecordId {
        self.teller.record
    }

    /// What the source calls the record; `None` for a decision, which is about a record of somebody else.
    #[must_use]
    pub fn key(&self) -> Option<&RecordKey> {
        self.teller.key.as_ref()
    }

    /// The time that counts.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether the source stated that time; otherwise it is the time of arrival.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        self.stated
    }
}

/// What stands in the place of a fact that is not seen.
fn no_fact() -> FactId {
    FactId::from(uuid::Uuid::nil())
}

/// Whether it is seen what a source calls a record.
type ShowsKey<'v> = dyn Fn(&Source, &RecordKey) -> bool + 'v;

/// Hides of provenances what may not be seen.
pub(crate) struct Veil<'v> {
    customer: CustomerId,
    whole: bool,
    shows_key: Box<ShowsKey<'v>>,
    /// By the address of a teller, which lives as long as the profile that is seen: who is told of in its place.
    told: RefCell<BTreeMap<usize, Arc<Teller>>>,
}

impl<'v> Veil<'v> {
    /// Of a profile of this customer: whether all is seen, facts too; and which keys are.
    pub(crate) fn new(customer: CustomerId, whole: bool, shows_key: Box<ShowsKey<'v>>) -> Self {
        Self { customer, whole, shows_key, told: RefCell::default() }
    }

    /// What is told of a provenance.
    pub(crate) fn of(&self, from: &Provenance) -> Provenance {
        self.numbered(from, no_fact())
    }

    /// The same where it is shared.
    pub(crate) fn shared(&self, from: &Arc<Provenance>) -> Arc<Provenance> {
        if self.whole { Arc::clone(from) } else { Arc::new(self.of(from)) }
    }

    /// The same with this in the place of the fact, unless that is seen.
    pub(crate) fn numbered(&self, from: &Provenance, instead: FactId) -> Provenance {
        if self.whole {
            return from.clone();
        }
        let mut told = self.told.borrow_mut();
        let teller = told.entry(Arc::as_ptr(&from.teller) as usize).or_insert_with(|| {
            let Teller { source, record: _, key } = &*from.teller;
            match key {
                Some(key) if (self.shows_key)(source, key) => Arc::clone(&from.teller),
                _ => Arc::new(Teller { source: source.clone(), record: self.customer.into(), key: None }),
            }
        });
        Provenance { fact: instead, at: from.at, stated: from.stated, teller: Arc::clone(teller) }
    }

    /// The fact, if it is seen.
    pub(crate) fn fact(&self, fact: FactId) -> FactId {
        if self.whole { fact } else { no_fact() }
    }
}

/// `crm record 17`, or the source alone where it has no key.
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Teller { source, key, .. } = &*self.teller;
        match key {
            Some(key) => write!(f, "{source} record {key}"),
            None => write!(f, "{source}"),
        }
    }
}

packed!(Provenance { fact, teller, at, stated });
packed!(Teller { source, record, key });
packed!(SeenRecord { id, source, key, first_seen, last_seen });

impl DigestInto for Provenance {
    fn digest_into(&self, digester: &mut Digester) {
        let Provenance { fact, at, stated, teller } = self;
        let Teller { source, record, key } = &**teller;
        digester.one(fact).one(source).one(record).one(key).time(*at).tag(u8::from(*stated));
    }
}

/// A record of the customer, and the time that its facts span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRecord {
    pub(crate) id: RecordId,
    pub(crate) source: Source,
    pub(crate) key: RecordKey,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
}

impl SeenRecord {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// The source that keeps it.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What the source calls it.
    #[must_use]
    pub fn key(&self) -> &RecordKey {
        &self.key
    }

    /// The time of its first fact.
    #[must_use]
    pub fn first_seen(&self) -> Timestamp {
        self.first_seen
    }

    /// The time of its last fact.
    #[must_use]
    pub fn last_seen(&self) -> Timestamp {
        self.last_seen
    }
}

impl DigestInto for SeenRecord {
    fn digest_into(&self, digester: &mut Digester) {
        let SeenRecord { id, source, key, first_seen, last_seen } = self;
        digester.one(id).one(source).one(key).time(*first_seen).time(*last_seen);
    }
}

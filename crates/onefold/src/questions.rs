//! What a house can be asked, each question of its state as it is now; for several of one state there are
//! [`Onefold::views`].

use onefold_fact::{
    CustomerId, Digest, Draft, Fact, FactId, FactSet, Identifier, Party, RecordId, RecordKey, Schema, Source, Standing,
    Timestamp,
};
use onefold_identity::{Found, Possible, Search};
use onefold_profile::Profile;
use onefold_store::{MemoryStore, Store};

use crate::error::OnefoldError;
use crate::house::House;
use crate::onefold::Onefold;
use crate::views::{Views, Whereabouts, Why};

impl Onefold {
    /// The views as they are now, all of one state. Writers go on; hold them as long as one state is needed, since what
    /// was erased meanwhile is still in the file until they are dropped.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn views(&self) -> Result<Views, OnefoldError> {
        Ok(self.0.views()?)
    }

    /// The views as they were known at a time: of what had been received by then, and linked by the model that was in
    /// force. They are made from the log, which takes as long as accepting it did. Their policy, schema and consents are those
    /// of then; but what a role or a purpose may see of them ([`Views::view`], [`Views::view_for`]) is what it may see at the
    /// time of this call.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn known_at(&self, at: Timestamp) -> Result<Views, OnefoldError> {
        let mut store = MemoryStore::default();
        let mut known: Vec<Fact> = Vec::new();
        self.views()?.each_fact(|fact| known.extend((fact.received_at() <= at).then_some(fact)))?;
        store.append(&known)?;
        let all = known.len().max(1);
        drop(known);
        let mut then = House::over_in_parts(Box::new(store), self.0.options.clone(), all)?.views()?;
        then.present = Some(Box::new(self.views()?));
        Ok(then)
    }

    /// The profile of a customer; any record's id names the customer who holds it. `None` if there is no such record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn customer(&self, id: impl Into<RecordId>) -> Result<Option<Profile>, OnefoldError> {
        self.views()?.customer(id)
    }

    /// All customers, by id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn customers(&self) -> Result<Vec<CustomerId>, OnefoldError> {
        self.views()?.customers()
    }

    /// The customers who hold an identifier, by id: usually one, several where a mailbox or a device is shared.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn customers_with(&self, identifier: &Identifier) -> Result<Vec<CustomerId>, OnefoldError> {
        self.views()?.customers_with(identifier)
    }

    /// The customers that somebody of whom a little is known most probably is, the most probable first, with why. What
    /// is known is said as it would be accepted; nothing is kept of it. `false` beside it if there were more records to
    /// look at than the budget allows. Nobody is found before the first [`relink`](Self::relink). Writers wait meanwhile.
    ///
    /// ```
    /// use onefold::identity::Search;
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey, Silent};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let house = Onefold::in_memory(Options::default());
    /// house.relink(&mut Silent)?;
    /// let ada = Body::set([("full_name", "Ada Byron"), ("email", "ada@x.io"), ("phone", "+441134960001")]);
    /// house.accept("monday", "2026-03-01T09:00:00Z".parse()?, [Draft::new("crm", ada).key(RecordKey::person("17"))])?;
    /// let caller = Draft::new("desk", Body::set([("full_name", "A. Byron"), ("phone", "+441134960001")]));
    /// let (found, all) = house.search(caller, Search::default())?;
    /// assert_eq!((found.first().map(|found| found.customer), all), (house.customers()?.first().copied(), true));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn search(&self, partial: Draft, budget: Search) -> Result<(Vec<Found>, bool), OnefoldError> {
        let fact = partial.received("", Timestamp::UNIX_EPOCH);
        let party = fact.key().map_or(Party::Person, RecordKey::party);
        let found = self.0.ask(party, |resolver, layout| {
            let standing = [Standing::alone(&fact)];
            let cells = layout.cells(&standing);
            resolver.search(cells.iter().map(|(at, cell)| (*at, cell.as_ref())), budget)
        })?;
        let (mut found, more) = found.unwrap_or_default();
        let views = self.views()?;
        for found in &mut found {
            found.customer = views.holding(found.record)?.unwrap_or(found.customer);
        }
        Ok((found, !more))
    }

    /// Pairs of records of different customers that may be one, for a steward to decide: the most useful questions first,
    /// at most `most` persons and `most` organisations. Writers wait meanwhile.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn review(&self, most: usize) -> Result<Vec<Possible>, OnefoldError> {
        let mut questions = Vec::new();
        for party in [Party::Person, Party::Organisation] {
            questions.extend(self.0.ask(party, |resolver, _| resolver.review(most))?.unwrap_or_default());
        }
        let views = self.views()?;
        for question in &mut questions {
            question.customer = views.holding(question.other)?.unwrap_or(question.customer);
        }
        Ok(questions)
    }

    /// Where a record's id leads; `None` if no record ever had it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn whereabouts(&self, id: impl Into<RecordId>) -> Result<Option<Whereabouts>, OnefoldError> {
        self.views()?.whereabouts(id)
    }

    /// Why two records are one customer, or are not. `None` if there is no such record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn why(&self, a: RecordId, b: RecordId) -> Result<Option<Why>, OnefoldError> {
        self.views()?.why(a, b)
    }

    /// The record that each fact is in (of a shared device the stretch; of a pin the record that it names), with its
    /// customer; in the order given. `None` for what is in no record now.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn homes_of(&self, facts: &[FactId]) -> Result<Vec<Option<(RecordId, CustomerId)>>, OnefoldError> {
        let writer = self.0.writer();
        let positions: Vec<_> = facts.iter().map(|fact| writer.store.positions(*fact)).collect();
        let views = self.views()?;
        drop(writer);
        Ok(views.homes(&positions)?)
    }

    /// The content that stands under the id of a fact, of all that were delivered under it: the first received, of those
    /// received at the same time the one of the smallest hash. `None` if the fact is not kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn content_of(&self, fact: FactId) -> Result<Option<Digest>, OnefoldError> {
        let positions = self.0.writer().store.positions(fact);
        let delivered = self.views()?.facts_at(&positions)?;
        let delivered: FactSet = delivered.into_iter().map(|logged| logged.fact).collect();
        Ok(delivered.iter().map(Fact::content).find(|content| delivered.stands(fact, *content)))
    }

    /// The customer that a fact is about.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn customer_of(&self, fact: FactId) -> Result<Option<CustomerId>, OnefoldError> {
        Ok(self.homes_of(&[fact])?.pop().flatten().map(|(_, customer)| customer))
    }

    /// The record that a fact is in: of a shared device, the stretch.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn record_of(&self, fact: FactId) -> Result<Option<RecordId>, OnefoldError> {
        Ok(self.homes_of(&[fact])?.pop().flatten().map(|(record, _)| record))
    }

    /// The records of a customer: who keeps them, and under which key.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn records_of(&self, customer: CustomerId) -> Result<Vec<(Source, RecordKey)>, OnefoldError> {
        self.views()?.records_of(customer)
    }

    /// The schema in force.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn schema(&self) -> Result<Schema, OnefoldError> {
        Ok(self.views()?.schema().clone())
    }

    /// The digest of the whole state ([`Views::digest`]).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn digest(&self) -> Result<Digest, OnefoldError> {
        self.views()?.digest()
    }
}

//! Whose the records are, and who is in which segment, after the records have changed.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use onefold_fact::{Cell, CustomerId, Party, RecordId, Standing, Timestamp};
use onefold_identity::{Change as Resolved, Resolution};
use onefold_store::{Read, StoreError};

use super::{Incoming, PAGE, Shift};
use crate::HashMap;
use crate::change::What;
use crate::governance::Governance;
use crate::live::Live;
use crate::memberships::{self, Look, bring_up, keep_clock};
use crate::reading::{Reading, told};
use crate::tables::{MEMBERS, OWNED, RECORDS, RecordRow, STRETCHES, Told, id, ids};

impl Shift<'_> {
    /// Finds the records of which something is past its licence now: that no longer says who they are.
    pub(super) fn end_licences(&mut self, incoming: &Incoming) -> Result<(), StoreError> {
        let governance = Arc::clone(&self.kept.governance);
        let licences = &governance.settings().licences;
        let before = &self.was.settings().licences;
        if before != licences {
            self.kept.licence_ends = None;
            for licences in [before, licences].into_iter().filter(|licences| !licences.sources.is_empty()) {
                self.identity.extend(self.reading().bought(licences)?);
            }
        }
        let linked = [Party::Person, Party::Organisation].iter().any(|party| governance.model(*party).is_some());
        if licences.sources.is_empty() {
            return Ok(());
        }
        let clock = self.kept.clock.max(incoming.clock).unwrap_or(Timestamp::UNIX_EPOCH);
        let last = memberships::clock(self.read)?;
        keep_clock(&mut self.desk, clock);
        if !linked {
            return Ok(());
        }
        let mut ends = match self.kept.licence_ends.take() {
            Some(ends) => ends,
            // What ended before is known to have ended.
            None => self.reading().licence_ends()?.into_iter().filter(|(end, _)| Some(*end) > last).collect(),
        };
        for fact in incoming.taken.iter().map(|taken| &taken.logged.fact) {
            let end = licences.end(&Standing::alone(fact));
            ends.extend(end.zip(fact.record()).filter(|_| matches!(told(fact), Some((_, Told::Identity)))));
        }
        while let Some((_, record)) = ends.first().filter(|(end, _)| *end <= clock).copied() {
            ends.pop_first();
            self.identity.insert(record);
        }
        self.kept.licence_ends = Some(ends);
        Ok(())
    }

    /// Finds out anew whose the records are that changed, and says what became of customers.
    pub(super) fn regroup(&mut self, groups: Option<&[Vec<RecordId>]>) -> Result<Vec<What>, StoreError> {
        let models = |governance: &Governance| {
            [Party::Person, Party::Organisation].map(|party| governance.model(party).map(Arc::as_ptr))
        };
        let (before, now) = (models(&self.was), models(&self.kept.governance));
        let mut of: HashMap<RecordId, Vec<RecordId>> = HashMap::default();
        let everything = before != now || groups.is_some();
        if let Some(groups) = groups {
            self.kept.live = None;
            for group in groups {
                group.iter().for_each(|record| drop(of.insert(*record, group.clone())));
            }
        } else if before != now {
            self.kept.live = Some(Live::load(self.reading())?);
        } else if now.iter().any(Option::is_some) {
            self.resolve()?;
        }
        if everything {
            let mut after = [Cell::Bytes(Vec::new())];
            loop {
                let rows = self.desk.rows_after(&RECORDS, &after, PAGE)?;
                let Some(last) = rows.last() else { break };
                after.clone_from_slice(&last[..1]);
                self.moved.extend(rows.iter().filter_map(|row| crate::tables::first_id(row)));
            }
        }
        // Where nobody said more of who they are, who is with whom is as it is kept.
        let as_kept = !everything && self.kept.live.is_none();
        self.assign(as_kept, |live, party, record| match live.and_then(|live| live.of(party)) {
            Some(resolver) => resolver.members(record),
            None => of.get(&record).cloned().unwrap_or_default(),
        })
    }

    /// Brings the records that changed to the resolvers.
    fn resolve(&mut self) -> Result<(), StoreError> {
        let decided: Vec<((RecordId, RecordId), Option<bool>)> = {
            let (was, is) = (self.was.decided(), self.kept.governance.decided());
            let pairs: BTreeSet<_> = was.keys().chain(is.keys()).collect();
            let changed = pairs.into_iter().filter(|pair| was.get(pair) != is.get(pair));
            changed.map(|pair| (*pair, is.get(pair).copied())).collect()
        };
        if self.identity.is_empty() && self.gone.is_empty() && decided.is_empty() {
            return Ok(());
        }
        let unlicensed = [&self.was, &self.kept.governance].iter().all(|it| it.settings().licences.sources.is_empty());
        let (mut live, mut before) = match self.kept.live.take() {
            Some(live) => (live, HashMap::default()),
            None => Live::load_with(Reading::new(self.read, &self.was), &self.identity)?,
        };
        live.note(self.identity.len() + self.gone.len() + decided.len());
        let mut resolved: Vec<Resolution> = Vec::new();
        for record in &self.gone {
            for party in [Party::Person, Party::Organisation] {
                resolved.extend(live.of_mut(party).map(|resolver| resolver.remove(*record)));
            }
        }
        for record in std::mem::take(&mut self.identity) {
            let Some(row) = RecordRow::read(&self.desk, record)? else { continue };
            let party = row.key.party();
            let (Some(model), Some(resolver)) = (self.kept.governance.model(party).cloned(), live.of_mut(party)) else {
                continue;
            };
            // A record to which something was added only says what it said before, and that.
            let cells = match (before.remove(&record), self.added.remove(&record)) {
                (Some(mut cells), Some(added)) if unlicensed => {
                    let added: Vec<_> = added.iter().map(|fact| Standing::alone(fact)).collect();
                    let added = model.layout.cells(&added);
                    cells.extend(added.into_iter().map(|(column, cell)| (column, cell.into_owned())));
                    cells.sort_unstable();
                    cells.dedup();
                    cells
                }
                _ => self.reading().cells_of(record, &model.layout)?,
            };
            let cells = cells.iter().map(|(column, cell)| (*column, cell.as_str()));
            resolved.push(resolver.insert(record, row.first_received, cells));
        }
        for ((a, b), same) in decided {
            for party in [Party::Person, Party::Organisation] {
                resolved.extend(live.of_mut(party).map(|resolver| resolver.decide(a, b, same)));
            }
        }
        for change in resolved.iter().flat_map(|resolution| &resolution.changes) {
            let mut touched: Vec<CustomerId> = Vec::new();
            match change {
                Resolved::Created { customer } | Resolved::Gone { customer } => touched.push(*customer),
                Resolved::Joined { record, customer } => touched.extend([(*record).into(), *customer]),
                Resolved::Merged { into, from } => {
                    touched.push(*into);
                    touched.extend(from);
                }
                Resolved::Split { from, into } => {
                    touched.push(*from);
                    touched.extend(into);
                }
                Resolved::Renamed { from, to } => touched.extend([*from, *to]),
            }
            for customer in touched {
                for party in [Party::Person, Party::Organisation] {
                    self.moved.extend(live.of(party).map(|of| of.members(customer.into())).unwrap_or_default());
                }
            }
        }
        self.kept.live = Some(live);
        Ok(())
    }

    /// Gives the records that moved, and those that are one customer with them, their customers.
    fn assign(
        &mut self,
        as_kept: bool,
        members: impl Fn(Option<&Live>, Party, RecordId) -> Vec<RecordId>,
    ) -> Result<Vec<What>, StoreError> {
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        let mut done: HashSet<RecordId> = HashSet::new();
        for start in std::mem::take(&mut self.moved) {
            if done.contains(&start) {
                continue;
            }
            let Some(row) = RecordRow::read(&self.desk, start)? else { continue };
            let base = row.owner.unwrap_or(start);
            let mut together = members(self.kept.live.as_ref(), row.key.party(), base);
            // As it was before: what is laid out is half done.
            if as_kept && let Some(base) = RecordRow::read(self.read, base)? {
                for record in ids(self.read, &MEMBERS, id(base.customer))? {
                    let own = RecordRow::read(&self.desk, record)?.is_some_and(|row| row.owner.is_none());
                    together.extend(own.then_some(record));
                }
            }
            if together.is_empty() {
                together.push(base);
            }
            let mut rows = Vec::new();
            for record in together {
                let mut all = ids(&self.desk, &OWNED, id(record))?;
                all.push(record);
                for record in all {
                    rows.extend(RecordRow::read(&self.desk, record)?);
                }
            }
            let founder =
                rows.iter().min_by_key(|row| (row.first_received, row.id)).map(|row| CustomerId::from(row.id));
            let Some(customer) = founder else { continue };
            for mut row in rows {
                done.insert(row.id);
                // A new record was told of as a customer of its own.
                let was = RecordRow::read(self.read, row.id)?.map(|was| was.customer);
                if let Some(was) = was.or((!row.shareable).then(|| row.id.into())) {
                    before.insert(row.id, was);
                    after.insert(row.id, customer);
                }
                if row.customer != customer {
                    self.touched.insert(row.id);
                    self.desk.remove(&MEMBERS, vec![id(row.customer), id(row.id)]);
                    self.desk.put(&MEMBERS, vec![id(customer), id(row.id)]);
                    row.customer = customer;
                    self.desk.put(&RECORDS, row.to_row());
                }
            }
        }
        Ok(What::between(&before, &after))
    }

    /// Finds out who enters and who leaves a segment.
    pub(super) fn segment(&mut self, clock: Option<Timestamp>) -> Result<Vec<(Timestamp, What)>, StoreError> {
        let clock = self.kept.clock.max(clock).unwrap_or(Timestamp::UNIX_EPOCH);
        self.kept.clock = Some(clock);
        let governance = Arc::clone(&self.kept.governance);
        let (was, is) = (self.was.segments(), governance.segments());
        let licences = &governance.settings().licences;
        if was.is_empty() && is.is_empty() {
            if !licences.sources.is_empty() {
                keep_clock(&mut self.desk, clock);
            }
            return Ok(Vec::new());
        }
        let look = if self.was.schema() != governance.schema() || self.was.settings().licences != *licences {
            Look::All
        } else {
            let mut customers: BTreeSet<CustomerId> = BTreeSet::new();
            for record in std::mem::take(&mut self.touched) {
                for of in [record].into_iter().chain(ids(&self.desk, &STRETCHES, id(record))?) {
                    customers.extend(RecordRow::read(&self.desk, of)?.map(|row| row.customer));
                    customers.extend(RecordRow::read(self.read, of)?.map(|row| row.customer));
                }
            }
            if Arc::ptr_eq(was, is) {
                Look::At(customers)
            } else {
                let anew = is.names().filter(|name| was.get(name) != is.get(name)).map(str::to_owned).collect();
                let gone = was.names().filter(|name| is.get(name).is_none()).map(str::to_owned).collect();
                Look::Edited { touched: customers, anew, gone }
            }
        };
        bring_up(&mut self.desk, &governance, look, clock)
    }
}

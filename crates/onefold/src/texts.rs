//! What people wrote, found by its words: a table beside the log, kept up to date by each commit.
//!
//! It has every delivery whose content is kept, whether it stands or not; what does not stand is left out when it is
//! found. So nothing has to be moved when records come to be another customer.

use std::collections::BTreeSet;

use onefold_fact::{Body, Cell, CustomerId, Fact, FactId, RecordId, Source, Timestamp, ViewTable};
use onefold_profile::{Sight, prose};
use onefold_store::{
    Derived, Logged, Position, RowChange, Snippet, Store, StoreError, TextMatch, TextQuery, ViewWrite,
};

use crate::error::OnefoldError;
use crate::policies::GROUPS;
use crate::reading::told;
use crate::tables::{at, bytes, id, identifier_row, integer, last_position};
use crate::views::Views;

/// By record (of a shared device the bare id): the prose of each fact, with where in the log it is.
pub(crate) const TEXTS: ViewTable = ViewTable {
    name: "texts",
    key: &[bytes("record"), integer("position")],
    values: &[onefold_fact::ViewColumn { name: "text", kind: onefold_fact::CellKind::Prose }],
};

/// A place where something that was searched for is written.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Mention {
    /// The customer.
    pub customer: CustomerId,
    /// The record of whom it is.
    pub record: RecordId,
    /// The fact that says it.
    pub fact: FactId,
    /// Its source.
    pub source: Source,
    /// When it happened; if the source does not say, when it was received.
    pub at: Timestamp,
    /// The name of the event, or `attributes`; of an object of work its kind.
    pub what: String,
    /// The part of the text around what was found, with `[` and `]` around each word.
    #[serde(serialize_with = "shown")]
    pub snippet: Snippet,
    /// How well it fits, the larger the better; of use only to compare what one search found.
    pub rank: f64,
}

fn shown<S: serde::Serializer>(snippet: &Snippet, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(snippet)
}

/// The row of a fact, if there is anything to be found in it.
pub(crate) fn text_row(record: RecordId, position: Position, fact: &Fact) -> Option<Vec<Cell>> {
    Some(vec![id(record), at(position), Cell::Text(prose(fact)?)])
}

/// The row of the group that a fact is about, if it is about one.
pub(crate) fn group_row(record: RecordId, fact: &Fact) -> Option<Vec<Cell>> {
    match fact.body() {
        Body::Group(membership) => Some(identifier_row(&membership.group, record)),
        _ => None,
    }
}

/// Facts that are read at a time.
const PAGE: usize = 1 << 12;

/// Makes the tables of texts and of groups of a log that was written before there were any.
pub(crate) fn make(store: &mut dyn Store, end: Position) -> Result<(), StoreError> {
    for after in (0..end.number()).step_by(PAGE) {
        let logged = store.facts(Position::new(after), PAGE)?;
        let row = |Logged { position, fact }: &Logged| text_row(told(fact)?.0, *position, fact);
        let rows = logged.iter().filter(|logged| logged.position <= end).filter_map(row).map(RowChange::Put).collect();
        // Until it is whole it stands at the beginning, so that it is made anew if this is cut off.
        let next = Position::new(after.saturating_add(PAGE as u64));
        let stands_at = Some(if next < end { Position::START } else { end });
        let group = |Logged { fact, .. }: &Logged| group_row(told(fact)?.0, fact);
        let groups = logged.iter().filter_map(group).map(RowChange::Put).collect();
        let views =
            vec![ViewWrite { table: &TEXTS, stands_at, rows }, ViewWrite { table: &GROUPS, stands_at, rows: groups }];
        let derived = Derived { views, checkpoints: Vec::new() };
        store.commit_with(&[], &BTreeSet::new(), &mut |_, _| Ok(derived.clone()))?;
    }
    Ok(())
}

impl Views {
    /// Where something is written of any customer: notes, mails, comments, as [`prose`] says; at most `limit` places, the
    /// best first. Words must all occur, in any order; `"words in quotes"` in that order; `contr*` begins a word
    /// ([`TextQuery`]).
    ///
    /// ```
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let note = Body::event("Note", [("text", "Wants the Müller contract by Friday")]);
    /// house.accept("desk", at, [Draft::new("desk", note).key(RecordKey::person("17"))])?;
    ///
    /// let views = house.views()?;
    /// let found = views.find(&"muller contr*".parse()?, 10)?;
    /// assert_eq!(found[0].customer, house.customers()?[0]);
    /// assert_eq!(found[0].snippet.to_string(), "Wants the [Müller] [contract] by Friday");
    /// assert!(views.find(&"saturday".parse()?, 10)?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn find(&self, query: &TextQuery, limit: usize) -> Result<Vec<Mention>, OnefoldError> {
        self.search(query, limit, None)
    }

    fn search(&self, query: &TextQuery, limit: usize, sight: Option<&Sight>) -> Result<Vec<Mention>, OnefoldError> {
        // What does not stand, and what was delivered twice, is left out: look further until there is enough.
        let mut most = limit.saturating_mul(2);
        loop {
            let found = self.read.search(&TEXTS, query, &[], most)?;
            let all = found.len() < most;
            let mentions = self.mentions(found, None, limit, sight)?;
            if all || mentions.len() == limit {
                return Ok(mentions);
            }
            most = most.saturating_mul(4);
        }
    }

    /// Where something is written that a role may see, of all customers or of one, as [`find`](Self::find) finds it. What
    /// is written beside something that the role may not see is not found.
    ///
    /// # Errors
    /// When the role is not declared, or it cannot be read.
    pub fn find_for(
        &self,
        role: &str,
        customer: Option<RecordId>,
        query: &TextQuery,
        limit: usize,
    ) -> Result<Vec<Mention>, OnefoldError> {
        let unknown = || onefold_profile::Refusal::UnknownRole { role: role.to_owned() };
        let sight = self.policy().roles.get(role).ok_or_else(unknown)?;
        match customer {
            Some(customer) => self.search_in(customer, query, limit, Some(sight)),
            None => self.search(query, limit, Some(sight)),
        }
    }

    /// Where something is written of one customer, as [`find`](Self::find) finds it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn find_in(
        &self,
        customer: impl Into<RecordId>,
        query: &TextQuery,
        limit: usize,
    ) -> Result<Vec<Mention>, OnefoldError> {
        self.search_in(customer.into(), query, limit, None)
    }

    fn search_in(
        &self,
        customer: RecordId,
        query: &TextQuery,
        limit: usize,
        sight: Option<&Sight>,
    ) -> Result<Vec<Mention>, OnefoldError> {
        let Some(customer) = self.holding(customer)? else { return Ok(Vec::new()) };
        let members = self.reading().members(customer)?;
        let bare: BTreeSet<RecordId> = members.iter().map(|row| row.stretch_of.unwrap_or(row.id)).collect();
        let mut found: Vec<TextMatch> = Vec::new();
        for record in bare {
            found.extend(self.read.search(&TEXTS, query, &[id(record)], usize::MAX)?);
        }
        found.sort_by(|a, b| b.rank.total_cmp(&a.rank).then_with(|| a.key.cmp(&b.key)));
        self.mentions(found, Some(customer), limit, sight)
    }

    /// Whether a fact that stands does so with this content, and may be shown.
    fn says(&self, customer: CustomerId, fact: &Fact) -> Result<bool, StoreError> {
        let licensed = self.governance.settings().licences.sources.contains_key(fact.source());
        if self.governance.contents(fact.id()).is_none() && !licensed {
            return Ok(true);
        }
        let told = self.reading().told(customer)?;
        Ok(told.standing().any(|(_, standing)| standing.fact().content() == fact.content()))
    }

    /// What was found and stands, each fact once.
    fn mentions(
        &self,
        found: Vec<TextMatch>,
        of: Option<CustomerId>,
        limit: usize,
        sight: Option<&Sight>,
    ) -> Result<Vec<Mention>, OnefoldError> {
        let mut mentions: Vec<Mention> = Vec::new();
        let mut seen: BTreeSet<FactId> = BTreeSet::new();
        for TextMatch { key, rank, snippet } in found {
            if mentions.len() == limit {
                break;
            }
            let Some(position) = last_position(&key) else { continue };
            let Some(Logged { fact, .. }) = self.read.facts_at(&[position])?.pop() else { continue };
            if sight.is_some_and(|sight| !sight.shows_prose(&fact, self.schema())) {
                continue;
            }
            let Some((record, customer)) = self.home(position)? else { continue };
            if of.is_some_and(|of| of != customer) || !self.says(customer, &fact)? || !seen.insert(fact.id()) {
                continue;
            }
            let what = match fact.body() {
                Body::Event { name, .. } => name.to_string(),
                Body::Object(object) => object.kind.clone(),
                _ => "attributes".to_owned(),
            };
            let (source, at) = (fact.source().clone(), fact.occurred_at().unwrap_or(fact.received_at()));
            mentions.push(Mention { customer, record, fact: fact.id(), source, at, what, snippet, rank });
        }
        Ok(mentions)
    }
}

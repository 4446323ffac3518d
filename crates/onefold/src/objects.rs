//! [`ObjectHistory`]: what happened to an object of work, read from the log.

use std::collections::BTreeMap;
use std::sync::Arc;

use onefold_fact::{Cell, Standing};
use onefold_store::Position;

use crate::error::OnefoldError;
use crate::governance::Governance;
use crate::reading::Facts;
use crate::tables::{OBJECTS, last_position};
use crate::views::Views;

/// What happened to one object of work: a lead, an opportunity, a ticket.
#[derive(Debug)]
pub struct ObjectHistory {
    facts: Facts,
    governance: Arc<Governance>,
}

impl ObjectHistory {
    /// The facts that stand, in canonical order. None, if all were taken back.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing<'_>> {
        self.facts.standing(&self.governance)
    }
}

impl Views {
    /// What happened to an object of work. `None` if nothing that stands did.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn object(&self, kind: &str, id: &str) -> Result<Option<ObjectHistory>, OnefoldError> {
        let rows = self.read.rows(&OBJECTS, &[Cell::Text(kind.to_owned()), Cell::Text(id.to_owned())])?;
        let positions: Vec<Position> = rows.iter().filter_map(|row| last_position(row)).collect();
        let history = self.history_at(&positions)?;
        Ok(Some(history).filter(|history| !history.standing().is_empty()))
    }

    /// Hands over all objects of a kind, by id, with what happened to each; of all kinds, if none is given.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn each_object(
        &self,
        kind: Option<&str>,
        mut each: impl FnMut(&str, &str, ObjectHistory),
    ) -> Result<(), OnefoldError> {
        let first = Cell::Text(kind.unwrap_or_default().to_owned());
        let mut after = vec![first, Cell::Text(String::new()), Cell::Integer(-1)];
        let mut open: BTreeMap<(String, String), Vec<Position>> = BTreeMap::new();
        loop {
            let rows = self.read.rows_after(&OBJECTS, &after, PAGE)?;
            let whole = rows.len() < PAGE;
            for row in &rows {
                if let ([Cell::Text(of), Cell::Text(object), _], Some(position)) = (row.as_slice(), last_position(row))
                    && kind.is_none_or(|kind| kind == of)
                {
                    open.entry((of.clone(), object.clone())).or_default().push(position);
                }
            }
            let beyond = rows.last().is_none_or(|last| {
                kind.is_some_and(|kind| !matches!(last.first(), Some(Cell::Text(of)) if of == kind))
            });
            let ends = whole || beyond;
            // The last one may go on with the next rows.
            let rest = if ends { None } else { open.pop_last() };
            for ((kind, object), positions) in std::mem::take(&mut open) {
                each(&kind, &object, self.history_at(&positions)?);
            }
            open.extend(rest);
            match rows.into_iter().next_back() {
                Some(last) if !ends => after = last,
                _ => return Ok(()),
            }
        }
    }

    fn history_at(&self, positions: &[Position]) -> Result<ObjectHistory, OnefoldError> {
        let facts = self.reading().facts_at(positions)?;
        Ok(ObjectHistory { facts, governance: Arc::clone(&self.governance) })
    }
}

/// Rows that are read at a time.
const PAGE: usize = 1 << 12;

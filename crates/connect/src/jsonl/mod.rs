//! JSON Lines: one object a line, either a message of an event stream or any other object.

mod consent;
mod envelope;
mod lines;
mod message;
mod object;
mod sample;
mod time;
mod traits;

use std::collections::HashMap;
use std::sync::Arc;

use onefold_fact::{Draft, Finding, Place, Reason, Schema, Source, Value};

use self::message::{Dialect, Messages};
use self::object::{flatten, parse, take_oversized};
use crate::infer;
use crate::mapping::SourceMapping;
use crate::rows::{Cell, Plan};
use crate::set_aside::{Aside, SetAside, cut};
use crate::table::{MAX_CELL, broken_cell};

pub(crate) use self::lines::Lines;
pub(crate) use self::sample::sample;
pub(crate) use self::traits::PREFIX as TRAITS;

/// So many fields may turn up that the mapping does not name; what comes beyond is set aside.
const MAX_NEW: usize = 1000;

/// Reads lines.
pub(crate) struct Reader {
    file: Arc<str>,
    messages: Messages,
    objects: Plan,
    /// The column of each path of an object.
    columns: HashMap<String, usize>,
    new: usize,
    pub(crate) findings: Vec<Finding>,
}

impl Reader {
    pub(crate) fn new(source: &Source, file: Arc<str>, mapping: &SourceMapping, schema: &Schema) -> Self {
        let header: Vec<String> = mapping.columns.iter().map(|(header, _)| header.to_owned()).collect();
        Self {
            messages: Messages::new(source, file.clone(), mapping, schema),
            objects: Plan::new(source, file.clone(), mapping, &header, schema),
            columns: header.into_iter().enumerate().map(|(at, path)| (path, at)).collect(),
            file,
            new: 0,
            findings: Vec::new(),
        }
    }

    /// What a line states, or why it states nothing.
    pub(crate) fn read(&mut self, row: u64, line: &str, aside: &mut Aside) -> Result<Vec<Draft>, SetAside> {
        let place = || Place::file(self.file.clone()).row(row);
        let (mut fields, kept_as_text) =
            parse(line).map_err(|message| SetAside::new(Reason::MalformedJson, message, place(), line))?;
        for number in kept_as_text {
            let message = "is beyond the exact range of numbers; kept as text";
            let shown = cut(&number, 60);
            self.findings.push(Finding::new(Reason::KeptAsText, format!("`{shown}` {message}")).at(place()));
        }
        // A short line cannot hold a large text.
        if line.len() > MAX_CELL {
            take_oversized(&mut fields, &mut |path, text| {
                aside.cell(|| broken_cell(text.as_bytes(), Reason::Oversized, place().column(path)));
            });
        }
        match Dialect::of(&fields) {
            Dialect::Message => self.messages.read(row, line, &fields, aside),
            Dialect::Batch => self.messages.read_batch(row, line, fields, aside),
            Dialect::Object => {
                let mut cells: Vec<Option<&Value>> = vec![None; self.columns.len()];
                flatten(&fields, &mut |path, value| {
                    let Some(value) = value else { return };
                    let Some(at) = self.column(row, path) else {
                        let place = Place::file(self.file.clone()).row(row).column(path);
                        let message = format!(
                            "is one of more than {MAX_NEW} fields that the mapping does not name; expected few names"
                        );
                        aside.cell(|| SetAside::new(Reason::MalformedValue, message, place, &value.to_text()));
                        return;
                    };
                    if at >= cells.len() {
                        cells.resize(at + 1, None);
                    }
                    if let Some(cell) = cells.get_mut(at) {
                        *cell = Some(value);
                    }
                });
                let drafts = self.objects.read(row, |at| cells.get(at).copied().flatten().map(Cell::Value), aside);
                drafts.map_err(|refusal| SetAside { value: cut(line, 200), ..refusal })
            }
        }
    }

    /// The column of a path. One that the mapping does not name is read by its name.
    fn column(&mut self, row: u64, path: &str) -> Option<usize> {
        if let Some(at) = self.columns.get(path) {
            return Some(*at);
        }
        if self.new >= MAX_NEW {
            return None;
        }
        self.new += 1;
        let at = self.columns.len();
        self.objects.add(path, &infer::role_of_name(path, self.objects.is_of_events(), &self.objects.names()));
        self.columns.insert(path.to_owned(), at);
        let message = "is not in the mapping; read by its name, here and below";
        let place = Place::file(self.file.clone()).row(row).column(path);
        self.findings.push(Finding::new(Reason::Configuration, message).at(place));
        Some(at)
    }

    /// The draft that closes a delivery of a snapshot source.
    pub(crate) fn complete(&self) -> Option<Draft> {
        self.objects.complete()
    }
}

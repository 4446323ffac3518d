//! Reading the files of an import: tables to what their rows say.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::ControlFlow;
use std::sync::Arc;

use onefold_connect::{Table, TableOptions};
use onefold_crm::import::{
    ChangeTold, DealTold, DeletedTold, ExportLayout, ExportOf, ImportOptions, LeadTold, PartTold, PartyTold, Told,
    UserTold, is_footer,
};
use onefold_fact::{Finding, Party, Place, Reason, Row};

use super::{ImportFile, ImportedFile};

/// Where something was said: in which file, in which row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spot {
    pub(super) file: usize,
    pub(super) row: u64,
}

/// What the files of an import say.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) files: Vec<ImportedFile>,
    /// What the columns of each file mean, if anybody can say.
    pub(super) layouts: BTreeMap<usize, ExportLayout>,
    pub(super) findings: Vec<Finding>,
    pub(super) parties: BTreeMap<(Party, String), (Spot, PartyTold)>,
    pub(super) leads: BTreeMap<String, (Spot, LeadTold)>,
    pub(super) deals: BTreeMap<String, (Spot, DealTold)>,
    pub(super) changes: BTreeMap<String, Vec<(Spot, ChangeTold)>>,
    pub(super) parts: BTreeMap<String, Vec<(Spot, PartTold)>>,
    pub(super) users: BTreeMap<String, (Spot, UserTold)>,
    pub(super) deleted: BTreeMap<(ExportOf, String), (Spot, DeletedTold)>,
}

impl Taken {
    pub(super) fn of<F: Into<ImportFile>>(files: impl IntoIterator<Item = F>, options: &ImportOptions) -> Self {
        let mut taken = Self::default();
        for file in files {
            taken.read(&file.into(), options);
        }
        taken
    }

    fn read(&mut self, file: &ImportFile, options: &ImportOptions) {
        let name: Arc<str> = file.path.file_name().unwrap_or_default().to_string_lossy().into();
        let number = self.files.len();
        self.files.push(ImportedFile { name: name.to_string(), ..ImportedFile::default() });
        let unreadable = |message: String| Finding::new(Reason::Unreadable, message).at(Place::file(Arc::clone(&name)));
        let mut table = match Table::open(&file.path, &TableOptions::default()) {
            Ok(table) => table,
            Err(error) => return self.findings.push(unreadable(error.to_string())),
        };
        let Some(layout) = ExportLayout::of(table.header(), file.of) else {
            let kinds: Vec<&str> = ExportOf::ALL.iter().map(|(name, _)| *name).collect();
            let message = match file.of {
                Some(of) => format!("no column is the id of the {}; expected one like `Id`", of.name()),
                None => format!(
                    "its columns are of no known export; expected those of {}, or the name of one of these beside the file",
                    kinds.join(", ")
                ),
            };
            return self.findings.push(unreadable(message));
        };
        let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
        let read = table.for_each(|row| {
            rows.push((row.number(), row.cells().iter().map(|cell| (*cell).to_owned()).collect()));
            ControlFlow::Continue(())
        });
        if let Err(error) = read {
            self.findings.push(unreadable(error.to_string()));
        }
        let (order, doubt) = layout.date_order(rows.iter().map(|(_, cells)| cells.as_slice()));
        let options = ImportOptions { date_order: options.date_order.or(order), ..options.clone() };
        if let Some(doubt) = doubt.filter(|_| options.date_order.is_none()) {
            let place = Place::file(Arc::clone(&name));
            self.findings.push(Finding::new(Reason::MalformedValue, doubt).at(place));
        }
        for (row, cells) in &rows {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let (told, findings) = layout.read(Row::new(*row, &cells), &name, &options);
            self.findings.extend(findings);
            let spot = Spot { file: number, row: *row };
            let taken = told.and_then(|told| self.take(spot, told, &name));
            if let Err(finding) = taken {
                self.findings.push(finding);
                self.files.get_mut(number).into_iter().for_each(|file| file.set_aside += 1);
            }
        }
        self.findings.extend(table.findings().iter().cloned());
        self.findings.extend(table.cells_set_aside().iter().map(|aside| aside.finding.clone()));
        // The lines of a report's footer stand together at the end.
        let last_row = rows.last().map_or(0, |(row, _)| *row);
        let aside = table.set_aside();
        let is_at_end = |row: Option<u64>| row.is_none_or(|row| row > last_row);
        let at_end = aside.iter().filter(|aside| is_at_end(aside.finding.place.row));
        let has_footer = at_end.clone().any(|aside| is_footer(&aside.value));
        let footer = if has_footer { at_end.count() } else { 0 };
        let broken = aside.iter().filter(|aside| !has_footer || !is_at_end(aside.finding.place.row));
        self.findings.extend(broken.map(|aside| aside.finding.clone()));
        if let Some(of_file) = self.files.get_mut(number) {
            of_file.of = Some(layout.is_of());
            of_file.read = table.rows_read();
            of_file.footer = footer as u64;
            of_file.set_aside += (aside.len() - footer) as u64;
            of_file.own_fields = layout.own_fields().map(str::to_owned).collect();
        }
        self.layouts.insert(number, layout);
    }

    /// Takes what a row says. What another row says of the same is not taken: which of them is so nobody knows.
    fn take(&mut self, spot: Spot, told: Told, file: &Arc<str>) -> Result<(), Finding> {
        match told {
            Told::Party(party) => once(&mut self.parties, (party.party, party.id.clone()), spot, party, file),
            Told::Lead(lead) => once(&mut self.leads, lead.id.clone(), spot, lead, file),
            Told::Deal(deal) => once(&mut self.deals, deal.id.clone(), spot, deal, file),
            Told::User(user) => once(&mut self.users, user.id.clone(), spot, user, file),
            Told::Deleted(gone) => once(&mut self.deleted, (gone.of, gone.id.clone()), spot, gone, file),
            Told::Change(change) => {
                self.changes.entry(change.deal.clone()).or_default().push((spot, change));
                Ok(())
            }
            Told::Part(part) => {
                self.parts.entry(part.deal.clone()).or_default().push((spot, part));
                Ok(())
            }
        }
    }
}

fn once<K: Ord, T: PartialEq>(
    taken: &mut BTreeMap<K, (Spot, T)>,
    key: K,
    spot: Spot,
    told: T,
    file: &Arc<str>,
) -> Result<(), Finding> {
    match taken.entry(key) {
        Entry::Vacant(empty) => drop(empty.insert((spot, told))),
        Entry::Occupied(there) => {
            let same = if there.get().1 == told { "the same" } else { "something else" };
            let message =
                format!("row {} says {same} of this id already; expected one row for each id", there.get().0.row);
            return Err(Finding::new(Reason::Conflicting, message).at(Place::file(Arc::clone(file)).row(spot.row)));
        }
    }
    Ok(())
}

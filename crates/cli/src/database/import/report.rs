//! What became of an imported file.

use std::fmt::Write as _;

use onefold::connect::{Reading, SetAside};
use onefold::fact::{Inserted, Place, Reason};
use onefold::{Accepted, Batch, Draft, Finding, Onefold, SetAsideDraft, Timestamp};
use serde::Serialize;

/// So many findings are printed; the rest is counted.
const SHOWN: usize = 20;

/// So many entries are accepted at a time.
const AT_ONCE: usize = 1_000;

/// What became of a file: `read` entries are `kept`, `identical` to what was known, or `set_aside`.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    file: String,
    batch: String,
    read: u64,
    kept: u64,
    identical: u64,
    set_aside: u64,
    /// Single values that were set aside in entries that were kept.
    values_set_aside: u64,
    findings: Vec<String>,
}

impl Report {
    pub(super) fn is_whole(&self) -> bool {
        self.set_aside == 0 && self.values_set_aside == 0
    }

    /// As people read it.
    pub(super) fn text(&self) -> String {
        let Self { file, batch, read, kept, identical, set_aside, .. } = self;
        let mut text =
            format!("{file}: {read} read = {kept} kept + {identical} identical + {set_aside} set aside; `{batch}`\n");
        for finding in self.findings.iter().take(SHOWN) {
            let _ = writeln!(text, "  {finding}");
        }
        if let Some(more) = self.findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "  and {more} more (`--json` has all)");
        }
        text
    }
}

/// Takes the entries of one file in, a thousand at a time.
pub(super) struct Taking<'a> {
    house: &'a Onefold,
    at: Timestamp,
    report: Report,
    drafts: Vec<Draft>,
    /// By entry: its number, and where its drafts end.
    entries: Vec<(u64, usize)>,
    failed: Option<anyhow::Error>,
}

impl<'a> Taking<'a> {
    pub(super) fn new(house: &'a Onefold, file: &str, at: Timestamp) -> Self {
        let report = Report {
            file: file.to_owned(),
            batch: format!("import/{file}"),
            read: 0,
            kept: 0,
            identical: 0,
            set_aside: 0,
            values_set_aside: 0,
            findings: Vec::new(),
        };
        Self { house, at, report, drafts: Vec::new(), entries: Vec::new(), failed: None }
    }

    /// Takes an entry. Whether to go on.
    pub(super) fn take(&mut self, number: u64, drafts: Result<Vec<Draft>, onefold::OnefoldError>) -> bool {
        match drafts {
            Ok(drafts) if drafts.is_empty() => {
                let message = "takes place between users of the house only; there is no customer whose it is";
                self.aside(number, Reason::UnknownMessage, message);
            }
            Ok(drafts) => {
                self.drafts.extend(drafts);
                self.entries.push((number, self.drafts.len()));
                if self.entries.len() >= AT_ONCE {
                    self.accept();
                }
            }
            Err(error) => self.failed = Some(error.into()),
        }
        self.failed.is_none()
    }

    fn aside(&mut self, number: u64, reason: Reason, message: &str) {
        self.report.set_aside += 1;
        let place = Place::file(self.report.file.as_str()).row(number);
        self.report.findings.push(Finding::new(reason, message).at(place).to_string());
    }

    fn accept(&mut self) {
        let drafts = std::mem::take(&mut self.drafts);
        let accepted = self.house.accept_interactions(Batch::from(self.report.batch.as_str()), self.at, drafts);
        match accepted {
            Ok(accepted) => self.count(&accepted),
            Err(error) => self.failed = Some(error.into()),
        }
    }

    fn count(&mut self, accepted: &Accepted) {
        let mut begin = 0;
        for (number, end) in std::mem::take(&mut self.entries) {
            let drafts = std::mem::replace(&mut begin, end)..end;
            let facts = accepted.facts.get(drafts.clone()).unwrap_or_default();
            let all = |which: &dyn Fn(Inserted) -> bool| facts.iter().all(|(_, inserted)| which(*inserted));
            if all(&|inserted| matches!(inserted, Inserted::Identical | Inserted::Delivered)) {
                self.report.identical += 1;
            } else if all(&|inserted| matches!(inserted, Inserted::Erased | Inserted::SetAside)) {
                match accepted.set_aside.iter().find(|aside| drafts.contains(&aside.place)) {
                    Some(SetAsideDraft { violations, .. }) => {
                        let what = violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
                        self.aside(number, Reason::Contract, &format!("breaks the contract: {what}"));
                    }
                    None => {
                        let message = "is about nobody who may be taken in: they were erased or suppressed";
                        self.aside(number, Reason::Erased, message);
                    }
                }
            } else {
                self.report.kept += 1;
            }
        }
    }

    /// What became of the file.
    pub(super) fn finish(mut self, reading: Reading) -> anyhow::Result<Report> {
        if self.failed.is_none() {
            self.accept();
        }
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.report.read = reading.read;
        self.report.set_aside += reading.rows_set_aside;
        self.report.values_set_aside = reading.values_set_aside;
        let aside = |it: &SetAside| it.finding.to_string();
        self.report.findings.extend(reading.set_aside.iter().map(aside));
        self.report.findings.extend(reading.findings.iter().map(ToString::to_string));
        Ok(self.report)
    }
}

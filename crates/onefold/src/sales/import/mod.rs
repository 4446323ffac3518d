//! Importing what other systems export of sales work: companies, people, leads, deals with their history, users.

mod deals;
mod declared;
mod deleted;
mod owners;
mod parties;
mod pipelines;
mod plan;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::SecondsFormat;
use onefold_crm::import::{ExportOf, ImportOptions};
use onefold_fact::{Batch, Draft, FactId, Finding, Inserted, Timestamp};

use self::plan::Plan;
use self::read::{Spot, Taken};
use crate::error::OnefoldError;
use crate::onefold::Onefold;
use crate::outcome::Accepted;

/// A file to import.
#[derive(Debug, Clone)]
pub struct ImportFile {
    /// Where it is.
    pub path: PathBuf,
    /// What its rows are about; if not said, what its columns show.
    pub of: Option<ExportOf>,
}

impl From<PathBuf> for ImportFile {
    fn from(path: PathBuf) -> Self {
        Self { path, of: None }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// The batch that takes all of it back; none, if nothing was written.
    pub batch: Option<Batch>,
    /// By file, in the order given.
    pub files: Vec<ImportedFile>,
    /// What was set aside or read with a doubt: file, row, column, reason, and what would be right.
    pub findings: Vec<Finding>,
    /// Pipelines that were made of the stages that deals name, since there were none of their names.
    pub pipelines: BTreeSet<String>,
    /// How many facts were not known before.
    pub new_facts: usize,
}

/// What became of the rows of a file: `read` are those kept, identical, set aside, and lines of a footer.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImportedFile {
    /// Its name.
    pub name: String,
    /// What its rows are about; none, if nobody can say.
    pub of: Option<ExportOf>,
    /// Rows that were read.
    pub read: u64,
    /// Rows that say something new.
    pub kept: u64,
    /// Rows of which all was known.
    pub identical: u64,
    /// Rows that were not taken.
    pub set_aside: u64,
    /// Lines at the end that are no rows.
    pub footer: u64,
    /// Columns that were taken as fields of their own.
    pub own_fields: Vec<String>,
}

impl Onefold {
    /// Imports exports of sales work as one batch, `import SOURCE TIME`: taking that back undoes all of it. Files that belong
    /// together (deals and their history) are given together. Rows that are known are not taken twice, and what changed
    /// since the last export becomes what happened since.
    ///
    /// Links of converted leads take effect once records are linked ([`relink`](Self::relink)).
    ///
    /// ```
    /// use onefold::crm::import::ImportOptions;
    /// use onefold::{Onefold, Options};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = std::env::temp_dir().join(format!("onefold-import-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// # let path = folder.join("Opportunity.csv");
    /// std::fs::write(&path, "Id,Name,StageName,Amount,CloseDate,CreatedDate\n\
    ///     o-1,300 licences,Prospecting,9000.00,2026-06-30,2026-03-02T09:00:00Z\n")?;
    /// let house = Onefold::in_memory(Options::default());
    /// let options = ImportOptions { currency: Some("EUR".parse()?), ..ImportOptions::default() };
    /// let at = "2026-03-09T09:00:00Z".parse()?;
    /// let done = house.import_sales([path.clone()], &options, at)?;
    /// assert_eq!((done.files[0].kept, done.findings.len()), (1, 0));
    /// assert_eq!(house.views()?.deal("o-1")?.ok_or("a deal")?.stage, "Prospecting");
    /// assert_eq!(house.import_sales([path], &options, at)?.files[0].identical, 1);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the house cannot be read or written. What is wrong with files and rows is a finding.
    pub fn import_sales<F: Into<ImportFile>>(
        &self,
        files: impl IntoIterator<Item = F>,
        options: &ImportOptions,
        at: Timestamp,
    ) -> Result<Imported, OnefoldError> {
        let taken = Taken::of(files, options);
        let batch =
            Batch::from(format!("import {} {}", options.source, at.to_rfc3339_opts(SecondsFormat::Micros, true)));
        let mut planned = None;
        let accepted: Accepted = self.decide::<OnefoldError>(batch.clone(), at, |views| {
            let (plan, drafts) = Plan::of(views, &taken, options, at)?;
            planned = Some(plan);
            Ok(drafts)
        })?;
        let known: Vec<(bool, bool)> = accepted
            .facts
            .iter()
            .map(|(_, inserted)| {
                let is_refused = matches!(inserted, Inserted::Erased | Inserted::SetAside);
                (!matches!(inserted, Inserted::New | Inserted::Conflicting), is_refused)
            })
            .collect();
        let mut imported = report(taken, planned.unwrap_or_default(), &known);
        imported.findings.extend(accepted.findings);
        imported.batch = (!accepted.facts.is_empty()).then_some(batch);
        Ok(imported)
    }

    /// What importing files would do. Nothing is done.
    ///
    /// # Errors
    /// When the house cannot be read.
    pub fn preview_import<F: Into<ImportFile>>(
        &self,
        files: impl IntoIterator<Item = F>,
        options: &ImportOptions,
        at: Timestamp,
    ) -> Result<Imported, OnefoldError> {
        let taken = Taken::of(files, options);
        let (plan, drafts) = Plan::of(&self.views()?, &taken, options, at)?;
        let ids: Vec<FactId> = drafts.into_iter().map(|draft: Draft| draft.received("", at).id()).collect();
        let known: Vec<(bool, bool)> = self.0.are_known(&ids).into_iter().map(|known| (known, false)).collect();
        Ok(report(taken, plan, &known))
    }
}

/// What became of every row. `known` says of every draft whether it was known, and whether it is not taken at all.
fn report(taken: Taken, plan: Plan, known: &[(bool, bool)]) -> Imported {
    let Taken { mut files, mut findings, .. } = taken;
    let mut by_spot: BTreeMap<Spot, Vec<(bool, bool)>> =
        plan.taken.into_iter().map(|spot| (spot, Vec::new())).collect();
    for (spots, known) in plan.drafts.iter().zip(known) {
        for spot in spots {
            by_spot.entry(*spot).or_default().push(*known);
        }
    }
    for (spot, known) in by_spot {
        let Some(file) = files.get_mut(spot.file) else { continue };
        let is_refused = !known.is_empty() && known.iter().all(|(_, refused)| *refused);
        let is_identical = known.iter().all(|(known, _)| *known);
        match (is_refused, is_identical) {
            (true, _) => file.set_aside += 1,
            (false, true) => file.identical += 1,
            (false, false) => file.kept += 1,
        }
    }
    for (spot, finding) in plan.aside {
        files.get_mut(spot.file).into_iter().for_each(|file| file.set_aside += 1);
        findings.push(finding);
    }
    findings.extend(plan.findings);
    findings.sort();
    let new_facts = known.iter().filter(|(known, refused)| !known && !refused).count();
    Imported { batch: None, files, findings, pipelines: plan.pipelines, new_facts }
}

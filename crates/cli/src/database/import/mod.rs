//! `onefold import`: files of other programs into a database, by what they are.

mod conversations;
mod report;
mod sales;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use onefold::{Imported, Onefold, Timestamp};

use self::report::Report;
use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::bar::Bar;

/// Import mail, calendars and contacts, and the sales work that other systems export: accounts, contacts, leads,
/// opportunities with their history, users. What was imported before is not taken twice; `retract` takes a batch back.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 done, 1 error, 2 wrong call, 3 something was set aside (with --strict), 4 refused, because \
                  no table is of a kind that is known"
)]
pub(crate) struct Import {
    /// Messages (.eml), mailboxes (.mbox), calendars (.ics), contacts (.vcf) and tables of sales work (.csv). What a table is
    /// about shows in its columns, or stands before it: `contact=people.csv`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Only show what tables would do, by row and column
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    sales: sales::Sales,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    /// Leave linking to a later run
    #[arg(long)]
    no_link: bool,
    /// End with exit code 3 if anything was set aside
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    printing: Printing,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mail,
    Calendar,
    Cards,
    Table,
}

impl Kind {
    /// By the extension, else by how the file begins.
    fn of(name: &str) -> Result<Self> {
        let path = Path::new(name);
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default().to_ascii_lowercase();
        if matches!(extension.as_str(), "csv" | "tsv" | "txt") {
            return Ok(Self::Table);
        }
        let mut beginning = Vec::new();
        let file = File::open(path).with_context(|| format!("cannot read `{name}`"))?;
        file.take(64).read_to_end(&mut beginning).with_context(|| format!("cannot read `{name}`"))?;
        let begins = beginning.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&beginning).to_ascii_uppercase();
        match extension.as_str() {
            "mbox" | "eml" | "mbx" => Ok(Self::Mail),
            "ics" | "ical" | "ifb" => Ok(Self::Calendar),
            "vcf" | "vcard" => Ok(Self::Cards),
            _ if begins.starts_with(b"BEGIN:VCALENDAR") => Ok(Self::Calendar),
            _ if begins.starts_with(b"BEGIN:VCARD") => Ok(Self::Cards),
            _ if beginning.starts_with(b"From ") => Ok(Self::Mail),
            _ => anyhow::bail!(
                "`{name}` is nothing that can be imported; expected .mbox, .eml, .ics, .vcf, or a table of sales work as .csv \
                 (`accept` takes all other tables)"
            ),
        }
    }

    fn import(self, house: &Onefold, path: &Path, at: Timestamp, bar: &mut Bar) -> Result<Option<Report>> {
        Ok(Some(match self {
            Self::Mail => conversations::mail(house, path, at, bar)?,
            Self::Calendar => conversations::calendar(house, path, at, bar)?,
            Self::Cards => conversations::cards(house, path, at, bar)?,
            Self::Table => return Ok(None),
        }))
    }
}

impl Import {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let at = self.stamp.at();
        // What cannot be imported is said before anything is.
        let kinds: Vec<Kind> = self.files.iter().map(|file| Kind::of(file)).collect::<Result<_>>()?;
        let files = || self.files.iter().zip(&kinds);
        if let Some((other, _)) = files().find(|(_, kind)| self.dry_run && **kind != Kind::Table) {
            anyhow::bail!("`{other}` is no table; `--dry-run` shows what tables would do");
        }
        let tables = files().filter(|(_, kind)| **kind == Kind::Table);
        let tables = tables.map(|(file, _)| sales::file(file)).collect::<Result<Vec<_>>>()?;
        let mut bar = Bar::new();
        let mut reports = Vec::new();
        for (file, kind) in files() {
            reports.extend(kind.import(&house, Path::new(file), at, &mut bar)?);
        }
        let sales = if tables.is_empty() { None } else { Some(self.sales.import(&house, tables, at, self.dry_run)?) };
        if !self.no_link && !self.dry_run {
            house.relink(&mut bar)?;
        }
        drop(bar);
        if !reports.is_empty() {
            self.printing.print(&reports, || reports.iter().map(Report::text).collect())?;
        }
        if let Some(done) = &sales {
            self.printing.print(done, || sales::text_of(done, self.dry_run))?;
        }
        // Of tables none of which is known, nothing could be imported.
        let is_nothing = |done: &Imported| done.files.iter().all(|file| file.of.is_none());
        if reports.is_empty() && sales.as_ref().is_some_and(is_nothing) {
            return Ok(Outcome::Refused);
        }
        let is_whole = reports.iter().all(Report::is_whole) && sales.is_none_or(|done| done.findings.is_empty());
        Ok(if self.strict && !is_whole { Outcome::SetAside } else { Outcome::Done })
    }
}

//! `onefold import`: files of other programs into a database, by what they are.

mod conversations;
mod report;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use onefold::{Onefold, Timestamp};

use self::report::Report;
use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::bar::Bar;

/// Import mail, calendars and contacts. What was imported before is not taken twice, and `retract import/FILE` takes it back.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Messages (.eml), mailboxes (.mbox), calendars (.ics) and contacts (.vcf)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
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
}

impl Kind {
    /// By the extension, else by how the file begins.
    fn of(path: &Path) -> Result<Self> {
        let shown = path.display();
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default().to_ascii_lowercase();
        let mut beginning = Vec::new();
        let file = File::open(path).with_context(|| format!("cannot read `{shown}`"))?;
        file.take(64).read_to_end(&mut beginning).with_context(|| format!("cannot read `{shown}`"))?;
        let begins = beginning.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&beginning).to_ascii_uppercase();
        match extension.as_str() {
            "mbox" | "eml" | "mbx" => Ok(Self::Mail),
            "ics" | "ical" | "ifb" => Ok(Self::Calendar),
            "vcf" | "vcard" => Ok(Self::Cards),
            _ if begins.starts_with(b"BEGIN:VCALENDAR") => Ok(Self::Calendar),
            _ if begins.starts_with(b"BEGIN:VCARD") => Ok(Self::Cards),
            _ if beginning.starts_with(b"From ") => Ok(Self::Mail),
            _ => anyhow::bail!(
                "`{shown}` is nothing that can be imported; expected .mbox, .eml, .ics or .vcf (`accept` takes tables)"
            ),
        }
    }

    fn import(self, house: &Onefold, path: &Path, at: Timestamp, bar: &mut Bar) -> Result<Report> {
        match self {
            Self::Mail => conversations::mail(house, path, at, bar),
            Self::Calendar => conversations::calendar(house, path, at, bar),
            Self::Cards => conversations::cards(house, path, at, bar),
        }
    }
}

impl Import {
    pub(crate) fn run(self) -> Result<Outcome> {
        let mut bar = Bar::new();
        let house = self.database.open()?;
        // What cannot be imported is said before anything is.
        let kinds: Vec<Kind> = self.files.iter().map(|file| Kind::of(file)).collect::<Result<_>>()?;
        let mut reports = Vec::new();
        for (file, kind) in self.files.iter().zip(kinds) {
            reports.push(kind.import(&house, file, self.stamp.at(), &mut bar)?);
        }
        if !self.no_link {
            house.relink(&mut bar)?;
        }
        drop(bar);
        self.printing.print(&reports, || reports.iter().map(Report::text).collect())?;
        let all_taken = reports.iter().all(Report::is_whole);
        Ok(if self.strict && !all_taken { Outcome::SetAside } else { Outcome::Done })
    }
}

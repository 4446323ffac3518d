//! Sales work of other systems, as tables.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::crm::Currency;
use onefold::crm::import::{ExportOf, ImportOptions};
use onefold::fact::standard::{Country, DateOrder};
use onefold::{ImportFile, Imported, Onefold, Timestamp};

/// What tables of sales work take for granted.
#[derive(Debug, Args)]
pub(super) struct Sales {
    /// The source under which records are kept
    #[arg(long, default_value = "crm")]
    source: String,
    /// The pipeline of deals that name none
    #[arg(long, default_value = "sales")]
    pipeline: String,
    /// The currency of amounts that name none
    #[arg(long)]
    currency: Option<Currency>,
    /// Which comes first in dates that can be read in two ways: day or month
    #[arg(long, value_parser = date_order, value_name = "FIRST")]
    date_order: Option<DateOrder>,
    /// The country whose telephone numbers stand without a country code
    #[arg(long)]
    country: Option<Country>,
}

fn date_order(text: &str) -> Result<DateOrder, String> {
    match text {
        "day" => Ok(DateOrder::DayFirst),
        "month" => Ok(DateOrder::MonthFirst),
        _ => Err("expected day or month".to_owned()),
    }
}

/// A file as it was named: `contact=people.csv`, or the file alone.
pub(super) fn file(text: &str) -> Result<ImportFile> {
    let Some((kind, path)) = text.split_once('=').filter(|_| !PathBuf::from(text).exists()) else {
        return Ok(PathBuf::from(text).into());
    };
    let Some((_, of)) = ExportOf::ALL.into_iter().find(|(name, _)| *name == kind) else {
        let kinds: Vec<&str> = ExportOf::ALL.iter().map(|(name, _)| *name).collect();
        anyhow::bail!("`{kind}` is no kind of table; expected one of {}", kinds.join(", "));
    };
    Ok(ImportFile { path: path.into(), of: Some(of) })
}

impl Sales {
    pub(super) fn import(
        self,
        house: &Onefold,
        files: Vec<ImportFile>,
        at: Timestamp,
        dry_run: bool,
    ) -> Result<Imported> {
        let options = ImportOptions {
            source: self.source.into(),
            pipeline: self.pipeline,
            currency: self.currency,
            date_order: self.date_order,
            country: self.country,
        };
        Ok(if dry_run {
            house.preview_import(files, &options, at)?
        } else {
            house.import_sales(files, &options, at)?
        })
    }
}

pub(super) fn text_of(done: &Imported, dry_run: bool) -> String {
    let mut text = String::new();
    for file in &done.files {
        let of = file.of.map_or("unknown", ExportOf::name);
        let _ = write!(
            text,
            "{}: {of}, {} row(s): {} new, {} known, {} set aside",
            file.name, file.read, file.kept, file.identical, file.set_aside
        );
        if file.footer > 0 {
            let _ = write!(text, ", {} line(s) of a footer", file.footer);
        }
        text.push('\n');
        if !file.own_fields.is_empty() {
            let of_rows = [ExportOf::StageHistory, ExportOf::FieldHistory, ExportOf::ContactRole, ExportOf::User];
            let is_read = file.of.is_none_or(|of| !of_rows.contains(&of));
            let what = if is_read { "fields of its own" } else { "columns that are not read" };
            let _ = writeln!(text, "  {what}: {}", file.own_fields.join(", "));
        }
    }
    for pipeline in &done.pipelines {
        let _ = writeln!(text, "there was no pipeline `{pipeline}`; it is made of the stages that the deals name");
    }
    for finding in &done.findings {
        let _ = writeln!(text, "{finding}");
    }
    let _ = match &done.batch {
        _ if dry_run => writeln!(text, "{} fact(s) would be new; nothing was written", done.new_facts),
        Some(batch) => writeln!(text, "{} new fact(s); `retract \"{batch}\"` takes them back", done.new_facts),
        None => writeln!(text, "nothing new"),
    };
    text
}

//! Mail, calendars and contacts into a database.

use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Result;
use onefold::connect::{SourceFile, read_calendar, read_cards, read_mail};
use onefold::{Onefold, Timestamp, mail_drafts, meeting_drafts};

use super::report::{Report, Taking};
use crate::bar::Bar;

pub(super) fn mail(house: &Onefold, path: &Path, at: Timestamp, bar: &mut Bar) -> Result<Report> {
    let views = house.views()?;
    let mut taking = Taking::new(house, &name(path), at);
    let reading = read_mail(path, bar, &mut |mail| flow(taking.take(mail.number, mail_drafts(&mail, views.ours()))))?;
    taking.finish(reading)
}

pub(super) fn calendar(house: &Onefold, path: &Path, at: Timestamp, bar: &mut Bar) -> Result<Report> {
    let views = house.views()?;
    let mut taking = Taking::new(house, &name(path), at);
    let reading = read_calendar(path, bar, &mut |meeting| {
        flow(taking.take(meeting.number, meeting_drafts(&meeting, views.ours())))
    })?;
    taking.finish(reading)
}

pub(super) fn cards(house: &Onefold, path: &Path, at: Timestamp, bar: &mut Bar) -> Result<Report> {
    let mut taking = Taking::new(house, &name(path), at);
    let file = SourceFile::new(path);
    let reading = read_cards(&file, bar, &mut |entry| flow(taking.take(entry.row, Ok(entry.drafts))))?;
    taking.finish(reading)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn flow(goes_on: bool) -> ControlFlow<()> {
    if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

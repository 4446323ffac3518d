//! Meetings of iCalendar files, in and out.

mod write;
mod zone;

use std::fs;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarMethod, ICalendarParameterName,
    ICalendarParameterValue, ICalendarParticipationRole, ICalendarParticipationStatus, ICalendarProperty,
    ICalendarStatus, ICalendarValue,
};
use calcard::{Entry, Parser};
use onefold_fact::{Conventions, Digester, Finding, Kind, Place, Progress, Reason, Timestamp};

pub use self::write::write_calendar;
use self::zone::Zones;
use crate::error::ConnectError;
use crate::read::Reading;
use crate::set_aside::{Aside, SetAside, cut};
use crate::sources::{file_name, regular};

/// So much of a file is read.
const MAX_FILE: u64 = 256 << 20;

/// So many participants of a meeting are kept, and so many letters of what is said of it.
const MAX_ATTENDEES: usize = 10_000;
const MAX_TEXT: usize = 16 << 10;

/// A meeting of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Which entry of the file, counted from 1.
    pub number: u64,
    /// Its id; of one without, a hash of what it says.
    pub uid: String,
    /// Of one out of a series: when it would have begun.
    pub recurrence: Option<Timestamp>,
    /// Its version: the higher is newer, then the later stamp.
    pub sequence: u32,
    /// When this version was made.
    pub stamp: Option<Timestamp>,
    /// What is wanted.
    pub method: Method,
    /// When it begins. A time without a zone is taken for UTC, and a day for its first instant there.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// Whether it is on days and not at times.
    pub all_day: bool,
    /// Of a series: its lines `DTSTART`, `RRULE`, `RDATE` and `EXDATE`, in the times of its own zone.
    pub series: Option<String>,
    /// What it is about.
    pub summary: Option<String>,
    /// What is said of it.
    pub description: Option<String>,
    /// Where it is held.
    pub location: Option<String>,
    /// Who invites.
    pub organizer: Option<Attendee>,
    /// Who is invited.
    pub attendees: Vec<Attendee>,
}

/// What a calendar wants (RFC 5546).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// The meeting is to be known, or somebody is invited.
    #[default]
    Request,
    /// Participants answer: nothing but their answers counts.
    Reply,
    /// The meeting is called off.
    Cancel,
}

/// Somebody who is invited, or invites.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attendee {
    /// The address in its standard form.
    pub address: String,
    /// The name.
    pub name: Option<String>,
    /// What they answered, by the name of RFC 5545 in lower case: `accepted`, `needs-action`.
    pub response: Option<&'static str>,
    /// Whether they need not come.
    pub is_optional: bool,
}

/// Reads the meetings of a file and gives each to `sink`.
///
/// Nothing that the file holds is an error. Each entry is given or set aside (what is no meeting is), so
/// `read == entries + rows_set_aside`. Zones are found by name, also by those of Windows, and else by the rules that the
/// file brings along.
///
/// ```
/// use std::ops::ControlFlow;
/// use onefold_connect::read_calendar;
/// use onefold_fact::Silent;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("onefold-calendar-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("invitation.ics");
/// std::fs::write(&path, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:m-1\r\nSEQUENCE:2\r\n\
///     DTSTAMP:20260301T080000Z\r\nDTSTART;TZID=W. Europe Standard Time:20260302T100000\r\nDURATION:PT45M\r\n\
///     SUMMARY:Prices\r\nORGANIZER:mailto:ana@shop.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:Ada@X.io\r\n\
///     END:VEVENT\r\nEND:VCALENDAR\r\n")?;
/// let mut meetings = Vec::new();
/// read_calendar(&path, &mut Silent, &mut |meeting| {
///     meetings.push(meeting);
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(meetings[0].starts_at, Some("2026-03-02T09:00:00Z".parse()?));
/// assert_eq!(meetings[0].ends_at, Some("2026-03-02T09:45:00Z".parse()?));
/// assert_eq!((meetings[0].attendees[0].address.as_str(), meetings[0].attendees[0].response), ("ada@x.io", Some("accepted")));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When the file cannot be read.
pub fn read_calendar(
    path: &Path,
    progress: &mut dyn Progress,
    sink: &mut dyn FnMut(Meeting) -> ControlFlow<()>,
) -> Result<Reading, ConnectError> {
    let name = file_name(path);
    let size = fs::metadata(path).map(|about| about.len()).ok();
    progress.begin(&format!("reading {name}"), size);
    let mut bytes = Vec::new();
    let file = regular(path).map_err(ConnectError::unreadable(path))?;
    file.take(MAX_FILE).read_to_end(&mut bytes).map_err(ConnectError::unreadable(path))?;
    let mut reading = Reading::default();
    let mut aside = Aside::default();
    let whole = |reason, message: &str| Finding::new(reason, message).at(Place::file(name.clone()));
    if size.is_some_and(|size| size > MAX_FILE) {
        reading.findings.push(whole(Reason::Oversized, "is longer than 256 MiB; its beginning is read, expected less"));
    }
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if text.contains('\u{FFFD}') {
        let message = "is not UTF-8 everywhere; what cannot be read is `\u{FFFD}`, expected UTF-8";
        reading.findings.push(whole(Reason::Encoding, message));
    }
    if let Some(completed) = completed(&text) {
        let message =
            "does not end with `END:VCALENDAR`: it was cut; the entries that end are read, expected all of it";
        reading.findings.push(whole(Reason::MalformedMessage, message));
        text = completed;
    }
    let mut parser = Parser::new(&text);
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                let zones = Zones::of(&calendar);
                let method = method(&calendar);
                for component in &calendar.components {
                    let Some(is_meeting) = is_entry(component) else { continue };
                    reading.read += 1;
                    let place = Place::file(name.clone()).row(reading.read);
                    let mut reader =
                        Reader { zones: &zones, method, place, findings: &mut reading.findings, aside: &mut aside };
                    let read = if is_meeting {
                        reader.meeting(reading.read, component)
                    } else {
                        let message =
                            format!("is a `{}`; expected a meeting (`VEVENT`)", component.component_type.as_str());
                        Err((Reason::UnknownMessage, message))
                    };
                    let place = reader.place;
                    match read {
                        Ok(meeting) => {
                            reading.entries += 1;
                            if sink(meeting).is_break() {
                                return Ok(reading.with(aside));
                            }
                        }
                        Err((reason, message)) => {
                            let said = text_of(component, &ICalendarProperty::Summary).unwrap_or_default();
                            aside.row(SetAside::new(reason, message, place, &said));
                        }
                    }
                }
            }
            Entry::Eof => break,
            Entry::InvalidLine(line) if line.trim().is_empty() => {}
            other => {
                reading.read += 1;
                let value = if let Entry::InvalidLine(line) = &other { line.as_str() } else { "" };
                let message = "is no calendar; expected `BEGIN:VCALENDAR`";
                let place = Place::file(name.clone()).row(reading.read);
                aside.row(SetAside::new(Reason::MalformedMessage, message, place, value));
            }
        }
        if progress.stopped() {
            return Ok(reading.with(aside));
        }
    }
    progress.done(bytes.len() as u64);
    if reading.read == 0 {
        reading.findings.push(whole(Reason::Empty, "has no entry; expected a calendar with meetings"));
    }
    reading.finished = true;
    Ok(reading.with(aside))
}

/// The text with an end, if it has none: what was being said when it was cut is left out.
fn completed(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let begins = upper.rfind("BEGIN:VCALENDAR")?;
    if upper.get(begins..)?.contains("END:VCALENDAR") {
        return None;
    }
    const ENDS: [&str; 4] = ["END:VEVENT", "END:VTODO", "END:VJOURNAL", "END:VTIMEZONE"];
    let last = ENDS.iter().filter_map(|end| Some(upper.get(begins..)?.rfind(end)? + begins + end.len())).max()?;
    Some(format!("{}\r\nEND:VCALENDAR\r\n", text.get(..last)?))
}

/// Whether a component is a meeting. `None` if it is none of the entries.
fn is_entry(component: &ICalendarComponent) -> Option<bool> {
    match component.component_type {
        ICalendarComponentType::VEvent => Some(true),
        ICalendarComponentType::VTodo | ICalendarComponentType::VJournal | ICalendarComponentType::VFreebusy => {
            Some(false)
        }
        _ => None,
    }
}

fn method(calendar: &ICalendar) -> Method {
    let of = calendar.components.iter().find_map(|component| component.property(&ICalendarProperty::Method));
    match of.and_then(|entry| entry.values.first()) {
        Some(ICalendarValue::Method(ICalendarMethod::Reply | ICalendarMethod::Counter)) => Method::Reply,
        Some(ICalendarValue::Method(ICalendarMethod::Cancel)) => Method::Cancel,
        _ => Method::Request,
    }
}

fn text_of(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    let text = component.property(property)?.values.first()?.as_text()?.trim();
    (!text.is_empty()).then(|| cut(text, MAX_TEXT))
}

/// The lines that say when a series recurs.
fn series(component: &ICalendarComponent) -> Option<String> {
    let parts =
        [ICalendarProperty::Dtstart, ICalendarProperty::Rrule, ICalendarProperty::Rdate, ICalendarProperty::Exdate];
    let mut lines = String::new();
    for entry in parts.iter().flat_map(|part| component.properties(part)) {
        // Writing to a text does not fail.
        let _ = entry.write_to(&mut lines);
    }
    // As lines of any length.
    let lines = lines.replace("\r\n ", "").replace("\r\n", "\n");
    (component.is_recurrent() && lines.len() <= MAX_TEXT).then(|| lines.trim_end().to_owned())
}

/// What reads the entries of one calendar.
struct Reader<'a> {
    zones: &'a Zones<'a>,
    method: Method,
    place: Place,
    findings: &'a mut Vec<Finding>,
    aside: &'a mut Aside,
}

impl Reader<'_> {
    fn found(&mut self, reason: Reason, column: &str, message: impl Into<String>) {
        self.findings.push(Finding::new(reason, message).at(self.place.clone().column(column)));
    }

    fn meeting(&mut self, number: u64, component: &ICalendarComponent) -> Result<Meeting, (Reason, String)> {
        let starts = component.property(&ICalendarProperty::Dtstart);
        let (starts_at, all_day) = starts.map_or((None, false), |entry| self.time(entry, "DTSTART"));
        let cancelled = component.status() == Some(&ICalendarStatus::Cancelled);
        let method = if cancelled && self.method == Method::Request { Method::Cancel } else { self.method };
        if starts_at.is_none() && method == Method::Request {
            let message = "has no `DTSTART` that is a time; expected one such as `DTSTART:20260302T090000Z`".to_owned();
            return Err((Reason::MalformedMessage, message));
        }
        let mut at = |property: ICalendarProperty, name: &str| {
            component.property(&property).and_then(|entry| self.time(entry, name).0)
        };
        let (stamp, recurrence) =
            (at(ICalendarProperty::Dtstamp, "DTSTAMP"), at(ICalendarProperty::RecurrenceId, "RECURRENCE-ID"));
        let ends = at(ICalendarProperty::Dtend, "DTEND");
        let duration = component.property(&ICalendarProperty::Duration).and_then(|entry| match entry.values.first() {
            Some(ICalendarValue::Duration(duration)) => duration.to_time_delta(),
            _ => None,
        });
        let ends_at = ends.or_else(|| starts_at?.checked_add_signed(duration?)).filter(|end| Some(*end) >= starts_at);
        let sequence =
            component.property(&ICalendarProperty::Sequence).and_then(|entry| entry.values.first()?.as_integer());
        let summary = text_of(component, &ICalendarProperty::Summary);
        let organizer =
            component.property(&ICalendarProperty::Organizer).and_then(|entry| self.attendee(entry, "ORGANIZER"));
        let mut attendees = Vec::new();
        let mut invited = component.properties(&ICalendarProperty::Attendee);
        for entry in invited.by_ref().take(MAX_ATTENDEES) {
            attendees.extend(self.attendee(entry, "ATTENDEE"));
        }
        let more = invited.count();
        if more > 0 {
            self.found(
                Reason::Oversized,
                "ATTENDEE",
                format!("names {more} more participants than 10,000, which are not kept"),
            );
        }
        let uid = match component.uid().map(str::trim).filter(|uid| !uid.is_empty()) {
            Some(uid) => cut(uid, 1_000),
            None => {
                self.found(Reason::MalformedMessage, "UID", "is missing; the meeting is known by what it says");
                let mut digester = Digester::default();
                digester.one(&starts_at).one(&summary).one(&organizer.as_ref().map(|it| it.address.clone()));
                digester.finish().to_string()
            }
        };
        Ok(Meeting {
            number,
            uid,
            recurrence,
            sequence: sequence.and_then(|it| u32::try_from(it).ok()).unwrap_or(0),
            stamp,
            method,
            starts_at,
            ends_at,
            all_day,
            series: series(component),
            summary,
            description: text_of(component, &ICalendarProperty::Description),
            location: text_of(component, &ICalendarProperty::Location),
            organizer,
            attendees,
        })
    }

    /// The instant of a property, and whether it is a day.
    fn time(&mut self, entry: &ICalendarEntry, name: &str) -> (Option<Timestamp>, bool) {
        let Some(ICalendarValue::PartialDateTime(value)) = entry.values.first() else {
            self.found(Reason::MalformedValue, name, "is no time; expected one such as `20260302T090000Z`");
            return (None, false);
        };
        let zone = entry.tz_id();
        let (at, known) = self.zones.instant(value, zone);
        if at.is_none() {
            self.found(Reason::MalformedValue, name, "is no time that exists; expected one such as `20260302T090000Z`");
        } else if !known {
            let message = match zone {
                Some(zone) => format!("is in zone `{}`, which nobody knows; it is taken for UTC", cut(zone, 60)),
                None => "says no zone; it is taken for UTC, expected a zone".to_owned(),
            };
            self.found(Reason::MalformedValue, name, message);
        }
        (at, !value.has_time())
    }

    fn attendee(&mut self, entry: &ICalendarEntry, name: &str) -> Option<Attendee> {
        let said = |parameter: &ICalendarParameterName| entry.parameter(parameter).and_then(|it| it.as_text());
        // Some programs put something else there, and the address in a parameter.
        let address = said(&ICalendarParameterName::Email).or_else(|| entry.calendar_address()).unwrap_or_default();
        match Kind::Email.parse(address, &Conventions::default()) {
            Ok(value) => {
                let response = entry.parameter(&ICalendarParameterName::Partstat).and_then(|it| match it {
                    ICalendarParameterValue::Partstat(of) => response(of),
                    _ => None,
                });
                let role = entry.parameter(&ICalendarParameterName::Role);
                let is_optional = matches!(
                    role,
                    Some(ICalendarParameterValue::Role(
                        ICalendarParticipationRole::OptParticipant | ICalendarParticipationRole::NonParticipant,
                    ))
                );
                let name = said(&ICalendarParameterName::Cn).map(|name| cut(name.trim(), 200));
                let name = name.filter(|name| !name.is_empty() && !name.contains('@'));
                Some(Attendee { address: value.to_text().into_owned(), name, response, is_optional })
            }
            Err(malformed) => {
                let place = self.place.clone().column(name);
                self.aside.cell(|| SetAside::new(Reason::MalformedValue, malformed.to_string(), place, address));
                None
            }
        }
    }
}

fn response(of: &ICalendarParticipationStatus) -> Option<&'static str> {
    Some(match of {
        ICalendarParticipationStatus::NeedsAction => "needs-action",
        ICalendarParticipationStatus::Accepted => "accepted",
        ICalendarParticipationStatus::Declined => "declined",
        ICalendarParticipationStatus::Tentative => "tentative",
        ICalendarParticipationStatus::Delegated => "delegated",
        _ => return None,
    })
}

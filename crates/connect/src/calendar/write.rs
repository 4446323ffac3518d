//! Meetings as an iCalendar file.

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarMethod, ICalendarParameter,
    ICalendarParameterValue, ICalendarParticipationRole, ICalendarParticipationStatus, ICalendarProperty,
    ICalendarStatus, ICalendarValue, ICalendarValueType,
};
use onefold_fact::Timestamp;

use crate::calendar::{Attendee, Meeting, Method};

/// Meetings as an iCalendar file (RFC 5545), with times in UTC. What is called off is written as cancelled. Reading it gives
/// the same meetings. A series is written in the times of its own zone.
///
/// ```
/// use onefold_connect::{Meeting, Method, write_calendar};
///
/// let meeting = Meeting {
///     number: 1, uid: "m-1".into(), recurrence: None, sequence: 0, stamp: Some("2026-03-01T08:00:00Z".parse()?),
///     method: Method::Request, starts_at: Some("2026-03-02T09:00:00Z".parse()?), ends_at: None, all_day: false,
///     series: None, summary: Some("Prices; and more".into()), description: None, location: None, organizer: None,
///     attendees: vec![],
/// };
/// let text = write_calendar(&[meeting], Method::Request);
/// assert!(text.contains("DTSTART:20260302T090000Z\r\n") && text.contains("SUMMARY:Prices\\; and more\r\n"), "{text}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn write_calendar(meetings: &[Meeting], method: Method) -> String {
    let mut whole = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    whole.add_property(ICalendarProperty::Version, "2.0");
    whole.add_property(ICalendarProperty::Prodid, "-//onefold//EN");
    let method = match method {
        Method::Request => ICalendarMethod::Publish,
        Method::Reply => ICalendarMethod::Reply,
        Method::Cancel => ICalendarMethod::Cancel,
    };
    whole.add_property(ICalendarProperty::Method, method);
    whole.component_ids = (1..).take(meetings.len()).collect();
    let mut components = vec![whole];
    components.extend(meetings.iter().map(event));
    let mut text = String::new();
    // Writing to a text does not fail.
    let _ = ICalendar { components }.write_to(&mut text);
    text
}

fn event(meeting: &Meeting) -> ICalendarComponent {
    let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
    event.add_uid(&meeting.uid);
    event.add_sequence(meeting.sequence.into());
    let time = |at: Timestamp| PartialDateTime::from_utc_timestamp(at.timestamp());
    // The stamp is required; of a meeting that has none it is when it begins.
    if let Some(stamp) = meeting.stamp.or(meeting.starts_at) {
        event.add_dtstamp(time(stamp));
    }
    let mut at = |property, at: Option<Timestamp>| {
        let Some(at) = at else { return };
        let entry = ICalendarEntry::new(property);
        let entry = if meeting.all_day {
            let day = PartialDateTime::from_date_timestamp(at.timestamp());
            entry.with_param(ICalendarParameter::value(ICalendarValueType::Date)).with_value(day)
        } else {
            entry.with_value(time(at))
        };
        event.entries.push(entry);
    };
    if meeting.series.is_none() {
        at(ICalendarProperty::Dtstart, meeting.starts_at);
    }
    at(ICalendarProperty::Dtend, meeting.ends_at);
    at(ICalendarProperty::RecurrenceId, meeting.recurrence);
    event.entries.extend(meeting.series.iter().flat_map(|lines| recurs(lines)));
    let texts = [
        (ICalendarProperty::Summary, &meeting.summary),
        (ICalendarProperty::Description, &meeting.description),
        (ICalendarProperty::Location, &meeting.location),
    ];
    for (property, text) in texts {
        if let Some(text) = text {
            event.add_property(property, text.as_str());
        }
    }
    if meeting.method == Method::Cancel {
        event.add_property(ICalendarProperty::Status, ICalendarStatus::Cancelled);
    }
    event.entries.extend(meeting.organizer.iter().map(|of| person(ICalendarProperty::Organizer, of)));
    event.entries.extend(meeting.attendees.iter().map(|of| person(ICalendarProperty::Attendee, of)));
    event
}

/// The entries that say when a series recurs.
fn recurs(lines: &str) -> Vec<ICalendarEntry> {
    let text = format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        lines.replace('\n', "\r\n")
    );
    let Ok(calendar) = ICalendar::parse(text) else { return Vec::new() };
    let events = calendar.components.into_iter().filter(|it| it.component_type == ICalendarComponentType::VEvent);
    events.flat_map(|event| event.entries).collect()
}

fn person(property: ICalendarProperty, of: &Attendee) -> ICalendarEntry {
    let address = ICalendarValue::Text(format!("mailto:{}", of.address));
    let mut entry = ICalendarEntry::new(property).with_value(address);
    if let Some(name) = &of.name {
        entry.add_param(ICalendarParameter::cn(name.clone()));
    }
    let response = match of.response {
        Some("accepted") => Some(ICalendarParticipationStatus::Accepted),
        Some("declined") => Some(ICalendarParticipationStatus::Declined),
        Some("tentative") => Some(ICalendarParticipationStatus::Tentative),
        Some("delegated") => Some(ICalendarParticipationStatus::Delegated),
        Some(_) => Some(ICalendarParticipationStatus::NeedsAction),
        None => None,
    };
    if let Some(response) = response {
        entry.add_param(ICalendarParameter::partstat(response));
    }
    if of.is_optional {
        let role = ICalendarParameterValue::Role(ICalendarParticipationRole::OptParticipant);
        entry.add_param(ICalendarParameter::role(role));
    }
    entry
}

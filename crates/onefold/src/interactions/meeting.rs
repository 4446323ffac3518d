//! Meetings of calendars as facts of the customers who take part, and back.

use std::collections::BTreeMap;

use onefold_connect::{Attendee, Meeting, Method};
use onefold_crm::{
    Details, Interaction, InteractionKind, InteractionOutcome, Ours, Participant, Recorded, Response, Revision, Role,
    to_event,
};
use onefold_fact::{Body, Digester, Draft, Identifier, RecordKey, namespace};

use crate::error::OnefoldError;
use crate::interactions::MAIL;

/// What an entry of a calendar states of each customer who takes part: that a meeting is announced, answered or called off.
/// A newer version takes the place of an older one, whichever came first.
///
/// An answer says nothing but what its sender answers. What only users of the house take part in states nothing.
///
/// # Errors
/// When it cannot be written as a fact.
pub fn meeting_drafts(meeting: &Meeting, ours: &Ours) -> Result<Vec<Draft>, OnefoldError> {
    let id = id_of(meeting);
    let revision = Revision { sequence: meeting.sequence, stamp: meeting.stamp };
    let mut own: Vec<Participant> = Vec::new();
    let mut customers: BTreeMap<&str, (Participant, Option<&str>)> = BTreeMap::new();
    let organizer = meeting.organizer.iter().map(|of| (Role::Organizer, of));
    let attendees =
        meeting.attendees.iter().map(|of| (if of.is_optional { Role::Optional } else { Role::Attendee }, of));
    for (role, of) in organizer.chain(attendees) {
        let participant = Participant {
            name: of.name.clone(),
            response: of.response.and_then(response),
            ..Participant::new(role, of.address.as_str())
        };
        match ours.user(&of.address) {
            Some(user) => own.push(Participant { user: Some(user), ..participant }),
            None => drop(customers.entry(&of.address).or_insert((participant, of.name.as_deref()))),
        }
    }
    let answers: Vec<(&str, Response)> = meeting
        .attendees
        .iter()
        .filter(|_| meeting.method == Method::Reply)
        .filter_map(|of| Some((of.address.as_str(), response(of.response?)?)))
        .collect();
    let mut drafts = Vec::new();
    for (address, (participant, name)) in customers {
        let outcomes: Vec<InteractionOutcome> = match meeting.method {
            Method::Cancel => vec![InteractionOutcome::Cancelled { revision }],
            Method::Reply => {
                // A customer's answer is theirs; that of a user is told to each customer.
                let is_told = |of: &str| of == address || ours.user(of).is_some();
                let told = answers.iter().filter(|(of, _)| is_told(of));
                let answered = |(of, response): &(&str, Response)| InteractionOutcome::Answered {
                    address: (*of).to_owned(),
                    response: *response,
                    revision,
                };
                told.map(answered).collect()
            }
            Method::Request => {
                let duration = meeting.starts_at.zip(meeting.ends_at).map(|(start, end)| end - start);
                let details = Details {
                    subject: meeting.summary.clone(),
                    text: meeting.description.clone(),
                    location: meeting.location.clone(),
                    all_day: Some(meeting.all_day),
                    series: meeting.series.clone(),
                    duration: duration.and_then(|it| u64::try_from(it.num_seconds()).ok()),
                    ..Details::default()
                };
                vec![InteractionOutcome::Scheduled(Recorded {
                    participants: std::iter::once(participant).chain(own.iter().cloned()).collect(),
                    starts_at: meeting.starts_at,
                    revision: Some(revision),
                    details,
                    ..Recorded::new(InteractionKind::Meeting)
                })]
            }
        };
        let email = Identifier::new(namespace::EMAIL, address);
        let key = RecordKey::of(&email);
        for outcome in outcomes {
            let body = Body::Object(to_event::<Interaction>(&id, &outcome)?);
            let draft = Draft::new(MAIL, body).key(key.clone()).identified_by(email.clone());
            drafts.push(match meeting.stamp.or(meeting.starts_at) {
                Some(at) => draft.occurred_at(at),
                None => draft,
            });
        }
        if meeting.method == Method::Request {
            let known = [("email", Some(address)), ("full_name", name)];
            let known = known.into_iter().filter_map(|(attribute, value)| Some((attribute, value?)));
            let draft = Draft::new(MAIL, Body::set(known)).key(key);
            drafts.push(draft.identified_by(email));
        }
    }
    Ok(drafts)
}

/// A meeting as calendars write it. `None` if the interaction is none, or has no time.
#[must_use]
pub fn meeting_of(id: &str, interaction: &Interaction) -> Option<Meeting> {
    let starts_at = interaction.at.filter(|_| interaction.kind == Some(InteractionKind::Meeting))?;
    let details = &interaction.details;
    let attendee = |of: &Participant| Attendee {
        address: of.address.clone(),
        name: of.name.clone(),
        response: interaction.response(&of.address).map(name_of),
        is_optional: of.role == Role::Optional,
    };
    let of_role = |is_organizer: bool| {
        let all = interaction.participants.values();
        all.filter(move |of| (of.role == Role::Organizer) == is_organizer && of.address.contains('@')).map(attendee)
    };
    let seconds = details.duration.and_then(|seconds| i64::try_from(seconds).ok());
    let duration = seconds.and_then(chrono::TimeDelta::try_seconds);
    Some(Meeting {
        number: 0,
        uid: id.to_owned(),
        recurrence: None,
        sequence: interaction.revision.sequence,
        stamp: interaction.revision.stamp,
        method: if interaction.is_cancelled() { Method::Cancel } else { Method::Request },
        starts_at: Some(starts_at),
        ends_at: duration.and_then(|duration| starts_at.checked_add_signed(duration)),
        all_day: details.all_day.unwrap_or(false),
        series: details.series.clone(),
        summary: details.subject.clone(),
        description: details.text.clone(),
        location: details.location.clone(),
        organizer: of_role(true).next(),
        attendees: of_role(false).collect(),
    })
}

/// A meeting is known by its id, and one out of a series also by when it would have begun. An id is shown as it is, so that
/// a calendar that goes out names the meeting as it came in.
fn id_of(meeting: &Meeting) -> String {
    let fits = meeting.recurrence.is_none() && meeting.uid.len() <= 200;
    if fits {
        return meeting.uid.clone();
    }
    let mut digester = Digester::default();
    digester.text(&meeting.uid).one(&meeting.recurrence);
    format!("e-{}", digester.finish().to_string().get(..24).unwrap_or_default())
}

const RESPONSES: [(&str, Response); 5] = [
    ("needs-action", Response::NeedsAction),
    ("accepted", Response::Accepted),
    ("declined", Response::Declined),
    ("tentative", Response::Tentative),
    ("delegated", Response::Delegated),
];

fn response(name: &str) -> Option<Response> {
    RESPONSES.iter().find(|(of, _)| *of == name).map(|(_, response)| *response)
}

fn name_of(response: Response) -> &'static str {
    RESPONSES.iter().find(|(_, of)| *of == response).map_or("needs-action", |(name, _)| name)
}

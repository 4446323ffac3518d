//! Interactions: copies add up, versions of an invitation win by their number, and answers are owed.

use chrono::TimeDelta;
use onefold_crm::{
    Aggregate, ContactHistory, Details, Direction, Interaction, InteractionCommand, InteractionKind,
    InteractionOutcome, MessageIds, Participant, Permission, Recorded, Reference, Response, Revision, Role, Sentiment,
    Side, Talk, Why, decide_interaction, fold, to_event,
};
use onefold_fact::{Basis, Body, Choice, Consent, Draft, FactSet, RecordKey, Schema, Timestamp};
use onefold_profile::{Policy, Profile, PurposeSpec, Sight, Suppressed};
use proptest::prelude::*;

use crate::support::{at, day};

fn folded(outcomes: &[(Timestamp, InteractionOutcome)]) -> Interaction {
    let facts = outcomes.iter().map(|(at, outcome)| {
        let body = Body::Object(to_event::<Interaction>("i", outcome).unwrap());
        Draft::new("mail", body).key(RecordKey::person("17")).occurred_at(*at).received("b", day(30))
    });
    let set: FactSet = facts.collect();
    let folded = fold::<Interaction>(set.standing(None));
    assert!(folded.unreadable.is_empty(), "{:?}", folded.unreadable);
    folded.state
}

fn mail(direction: Direction, participant: Participant) -> Recorded {
    let message = Some(MessageIds { id: "1@x.io".into(), references: vec!["0@x.io".into()] });
    Recorded { direction, participants: vec![participant], message, ..Recorded::new(InteractionKind::Email) }
}

#[test]
fn all_that_is_said_comes_back_from_facts() {
    let details = Details {
        subject: Some("Prices".into()),
        text: Some("How much?".into()),
        body: Some(Reference::of(b"How much?", "text/plain", None)),
        attachments: vec![Reference::of(b"%PDF", "application/pdf", Some("a.pdf".into()))],
        outcome: Some("reached".into()),
        duration: Some(90),
        all_day: None,
        series: None,
        sentiment: Some(Sentiment::Positive),
        language: Some("en".into()),
        location: Some("Room 4".into()),
    };
    let recorded = Recorded {
        automatic: Some("auto-submitted: auto-replied".into()),
        starts_at: Some(day(3)),
        revision: Some(Revision { sequence: 2, stamp: Some(day(2)) }),
        details: details.clone(),
        ..mail(
            Direction::In,
            Participant { response: Some(Response::Tentative), ..Participant::new(Role::From, "ada@x.io") },
        )
    };
    let all = folded(&[(day(1), InteractionOutcome::Recorded(recorded.clone()))]);
    assert_eq!((all.details, all.at, all.automatic), (details, Some(day(3)), recorded.automatic));
    assert_eq!((all.message, all.revision), (recorded.message, recorded.revision.unwrap()));
    assert_eq!(all.participants.into_values().collect::<Vec<_>>(), recorded.participants);
}

#[test]
fn copies_of_one_message_add_up() {
    let of = |address: &str| InteractionOutcome::Recorded(mail(Direction::In, Participant::new(Role::To, address)));
    let all = folded(&[(day(1), of("bo@x.io")), (day(1), of("ada@x.io"))]);
    assert_eq!(all.customers().map(|it| it.address.as_str()).collect::<Vec<_>>(), ["ada@x.io", "bo@x.io"]);
}

#[test]
fn what_may_be_done_and_what_not() {
    let none = Interaction::default();
    let why = |interaction: &Interaction, command: &InteractionCommand| -> Vec<Why> {
        let rejection = decide_interaction(interaction, command).unwrap_err();
        rejection.problems().iter().map(|problem| problem.why).collect()
    };
    assert_eq!(why(&none, &InteractionCommand::Cancel), [Why::NotFound]);
    assert_eq!(why(&none, &InteractionCommand::call(Direction::None, "reached", 1)), [Why::Missing]);
    let silent = InteractionCommand::Log(Recorded::new(InteractionKind::Sms));
    assert_eq!(why(&none, &silent), [Why::Missing, Why::Missing], "no text and no direction");
    let directed = Recorded { direction: Direction::In, ..Recorded::new(InteractionKind::Meeting) };
    assert_eq!(why(&none, &InteractionCommand::Log(directed)), [Why::Invalid]);
    let nobody = InteractionCommand::note("Hi").with(Participant::new(Role::Attendee, " "));
    assert_eq!(why(&none, &nobody), [Why::Missing]);
    let mut note = Interaction::default();
    note.apply(day(1), &decide_interaction(&none, &InteractionCommand::note("Hi")).unwrap());
    assert_eq!(why(&note, &InteractionCommand::note("Hi")), [Why::Exists]);
    assert_eq!(why(&note, &InteractionCommand::Cancel), [Why::NotAllowed]);
    assert_eq!(why(&note, &InteractionCommand::Describe(Details::default())), [Why::Missing]);
    let more = Details { sentiment: Some(Sentiment::Negative), ..Details::default() };
    note.apply(day(2), &decide_interaction(&note, &InteractionCommand::Describe(more)).unwrap());
    assert_eq!((note.details.sentiment, note.details.text.as_deref()), (Some(Sentiment::Negative), Some("Hi")));
    let mut meeting = Interaction::default();
    meeting.apply(day(1), &InteractionOutcome::Recorded(Recorded::new(InteractionKind::Meeting)));
    meeting.apply(day(2), &decide_interaction(&meeting, &InteractionCommand::Cancel).unwrap());
    assert!(meeting.is_cancelled());
    assert_eq!(why(&meeting, &InteractionCommand::Cancel), [Why::Closed]);
}

#[test]
fn who_owes_whom_an_answer() {
    let one = |kind, direction, then: Timestamp, automatic: bool| Interaction {
        kind: Some(kind),
        direction,
        at: Some(then),
        automatic: automatic.then(|| "loop".to_owned()),
        ..Interaction::default()
    };
    let email = |direction, hour: i64| one(InteractionKind::Email, direction, day(2) + TimeDelta::hours(hour), false);
    let (first, again, answer) = (email(Direction::In, 0), email(Direction::In, 2), email(Direction::Out, 5));
    let absent = one(InteractionKind::Email, Direction::In, day(2) + TimeDelta::hours(6), true);
    let call = one(InteractionKind::Call, Direction::In, day(4), false);
    let note = one(InteractionKind::Note, Direction::None, day(9), false);
    let later = one(InteractionKind::Email, Direction::In, day(20), false);
    let talks = |answered: bool| {
        let mut of = vec![("1", &first), ("2", &again), ("4", &absent), ("7", &later)];
        of.extend(answered.then_some(("3", &answer)));
        [
            Talk { id: "t", interactions: of },
            Talk { id: "call", interactions: vec![("5", &call)] },
            Talk { id: "note", interactions: vec![("6", &note)] },
        ]
    };
    let history = ContactHistory::of(&talks(false), day(10));
    assert_eq!((history.last_in, history.last_out, history.last), (Some(day(4)), None, Some(day(4))));
    let owed = &history.owed[0];
    assert_eq!((owed.by, owed.since, owed.interaction.as_str()), (Side::House, day(2), "2"));
    let history = ContactHistory::of(&talks(true), day(10));
    assert_eq!(history.our_answers, [TimeDelta::hours(5)], "from the first message that waited");
    assert_eq!((history.owed.len(), history.owed[0].by), (1, Side::Customer), "what a program wrote is no answer");
    let history = ContactHistory::of(&talks(true), day(21));
    assert_eq!(history.owed[0].by, Side::House, "the clock has come to the next one");
    assert_eq!(history.typical_answer(), Some(TimeDelta::hours(5)));
}

fn profile(consents: &[(Choice, Option<&str>, Timestamp)]) -> Profile {
    let facts = consents.iter().map(|(choice, channel, then)| {
        let consent = Consent {
            purpose: "marketing".into(),
            channel: channel.map(str::to_owned),
            choice: *choice,
            basis: Some(Basis::Consent),
            proof: None,
            expires_at: (*choice == Choice::Granted).then(|| day(20)),
            collected_by: None,
        };
        Draft::new("shop", Body::Consent(consent))
            .key(RecordKey::person("17"))
            .occurred_at(*then)
            .received("b", day(28))
    });
    let first =
        Draft::new("shop", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17")).received("b", day(1));
    let set: FactSet = facts.chain([first]).collect();
    let record = set.standing(None)[0].fact().record().unwrap();
    let standing = set.standing(None).into_iter().map(|standing| (record, standing));
    onefold_profile::fold(record.into(), standing, &Schema::default(), None)
}

#[test]
fn who_may_be_contacted_and_why() {
    let spec = |needs_consent| PurposeSpec { needs_consent, sees: Sight::default() };
    let policy = Policy {
        purposes: [("marketing".to_owned(), spec(true)), ("service".to_owned(), spec(false))].into(),
        ..Policy::default()
    };
    let ask = |profile: &Profile, purpose, suppressed, then| {
        Permission::of(profile, &policy, suppressed, (purpose, Some("email")), then).to_string()
    };
    let nothing = profile(&[]);
    assert_eq!(ask(&nothing, "marketing", None, day(5)), "refused: `marketing` needs consent, and nothing was said");
    assert_eq!(ask(&nothing, "service", None, day(5)), "allowed: `service` needs no consent, and they did not object");
    assert!(ask(&nothing, "marketnig", None, day(5)).starts_with("refused: purpose `marketnig` is not declared"));
    let granted = profile(&[(Choice::Granted, None, day(3))]);
    assert_eq!(
        ask(&granted, "marketing", None, day(5)),
        "allowed: consent to `marketing` is granted, said on 2026-03-03 (`shop`)"
    );
    assert_eq!(ask(&granted, "marketing", None, day(21)), "refused: consent to `marketing` ended on 2026-03-20");
    assert_eq!(
        ask(&granted, "marketing", Some(Suppressed::Contact), day(5)),
        "refused: they are on the list of those not to be contacted"
    );
    let withdrawn = profile(&[(Choice::Granted, None, day(3)), (Choice::Withdrawn, Some("email"), day(4))]);
    assert!(ask(&withdrawn, "marketing", None, day(5)).starts_with("refused: consent to `marketing` is withdrawn"));
}

/// What calendars may say of one meeting.
fn said() -> impl Strategy<Value = (i64, InteractionOutcome)> {
    let revision = (0..4_u32, 0..3_i64).prop_map(|(sequence, hour)| Revision {
        sequence,
        stamp: Some(at("2026-03-01T00:00:00Z") + TimeDelta::hours(hour)),
    });
    let outcome = (0..3_u8, revision, 0..3_usize, 0..3_usize).prop_map(|(what, revision, who, response)| match what {
        0 => InteractionOutcome::Scheduled(Recorded {
            participants: vec![Participant::new(Role::Attendee, ["a@x.io", "b@x.io", "c@x.io"][who])],
            starts_at: Some(day(5) + TimeDelta::hours(revision.sequence.into())),
            revision: Some(revision),
            ..Recorded::new(InteractionKind::Meeting)
        }),
        1 => InteractionOutcome::Cancelled { revision },
        _ => InteractionOutcome::Answered {
            address: ["a@x.io", "b@x.io", "c@x.io"][who].into(),
            response: [Response::Accepted, Response::Declined, Response::Tentative][response],
            revision,
        },
    });
    (0..5_i64, outcome)
}

proptest! {
    /// Whichever order calendars arrive in, the newest version holds: its time, whom it invites, whether it is called off, and
    /// the newest answer of each. Catches: the last to arrive wins, a call-off of an old version, an answer that resets.
    #[test]
    fn the_newest_version_holds(said in prop::collection::vec(said(), 1..8), seed in any::<u64>()) {
        let mut shuffled = said.clone();
        shuffled.sort_by_key(|(hour, outcome)| format!("{seed}{hour}{outcome:?}").bytes().fold(seed, |sum, byte| sum.rotate_left(7) ^ u64::from(byte)));
        let applied = |all: &[(i64, InteractionOutcome)]| {
            let mut it = Interaction::default();
            all.iter().for_each(|(_, outcome)| it.apply(day(1), outcome));
            it
        };
        let (one, other) = (applied(&said), applied(&shuffled));
        prop_assert_eq!(&one, &other);
        let newest = said.iter().filter_map(|(_, it)| match it {
            InteractionOutcome::Scheduled(recorded) => recorded.revision,
            _ => None,
        }).max();
        if let Some(newest) = newest {
            prop_assert_eq!(one.at, Some(day(5) + TimeDelta::hours(newest.sequence.into())));
            let off = said.iter().any(|(_, it)| matches!(it, InteractionOutcome::Cancelled { revision } if *revision >= newest));
            prop_assert_eq!(one.is_cancelled(), off);
            let invited: usize = said.iter().filter(|(_, it)| {
                matches!(it, InteractionOutcome::Scheduled(recorded) if recorded.revision == Some(newest))
            }).count();
            prop_assert!(one.participants.len() <= invited);
        }
    }
}

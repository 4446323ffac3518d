//! Interactions behind the house: on timelines, in threads, gone with whom they are of.

use onefold::crm::{Details, Direction, InteractionCommand, InteractionKind, Ours, Participant, Role, Side};
use onefold::{Body, Draft, Onefold, Options, RecordKey, Silent, Timestamp, WorkError};

fn day(day: u32) -> Timestamp {
    format!("2026-03-{day:02}T09:00:00Z").parse().expect("a time")
}

fn house() -> Onefold {
    let house = Onefold::in_memory(Options::default());
    let ours: Ours = serde_json::from_str(r#"{"users": {"ana": ["ana@shop.example"]}, "domains": ["shop.example"]}"#)
        .expect("a configuration");
    house.adopt(&ours, day(1)).expect("adopted");
    let ada = Draft::new("crm", Body::set([("full_name", "Ada Byron"), ("email", "ada@x.io")]));
    let email = onefold::Identifier::new("email", "ada@x.io");
    house.accept("crm", day(1), [ada.key(RecordKey::person("17")).identified_by(email)]).expect("accepted");
    house
}

#[test]
fn calls_and_notes_are_logged_described_and_taken_back() {
    let house = house();
    let ada = house.customers().expect("customers")[0];
    let before = house.views().and_then(|views| views.digest()).expect("a digest");
    let call =
        InteractionCommand::call(Direction::In, "complaint", 60).with(Participant::new(Role::To, "Ana@shop.example"));
    house.log_interaction("c-1", ada, &call, day(2)).expect("logged");
    let again = house.log_interaction("c-1", ada, &call, day(2));
    assert!(matches!(again, Err(WorkError::Rejected(_))), "{again:?}");
    let more = Details { outcome: Some("settled".into()), ..Details::default() };
    house.interaction("c-1", &InteractionCommand::Describe(more), day(3)).expect("described");
    house.interaction("c-2", &InteractionCommand::Cancel, day(3)).expect_err("there is none");

    let views = house.views().expect("views");
    let all = views.interactions_of(ada).expect("read").expect("ada");
    let known = &all.interactions["c-1"];
    assert_eq!((known.kind, known.details.outcome.as_deref()), (Some(InteractionKind::Call), Some("settled")));
    assert_eq!(known.users().collect::<Vec<_>>(), ["ana"]);
    assert_eq!((all.contact(day(4)).last_in, all.contact(day(1)).last_in), (Some(day(2)), None));
    let profile = views.customer(ada).expect("read").expect("ada");
    let names: Vec<&str> = profile.timeline().iter().map(onefold::profile::Event::name).collect();
    assert_eq!(names, ["interaction recorded", "interaction described"]);
    drop(views);
    for at in ["02", "03"] {
        house.retract(format!("interaction c-1 2026-03-{at}T09:00:00.000000Z"), day(5)).expect("taken back");
    }
    assert_eq!(house.views().and_then(|views| views.digest()).expect("a digest"), before);
}

#[cfg(all(feature = "mail", feature = "calendar"))]
mod from_outside {
    use std::collections::BTreeSet;

    use onefold::connect::{Attendee, Field, Mail, Mailbox, Meeting, Method, Passages};
    use onefold::crm::Response;
    use onefold::fact::Inserted;
    use onefold::{Conversation, CustomerId, Identifier, mail_drafts, meeting_drafts, meeting_of};

    use super::*;

    fn mail(id: &str, references: &[&str], from: &str, to: &[&str], at: Timestamp) -> Mail {
        let mailbox = |address: &str| Mailbox { address: address.to_owned(), name: None };
        let to = to.iter().map(|to| (Field::To, mailbox(to)));
        Mail {
            number: 1,
            id: Some(id.to_owned()),
            references: references.iter().map(|it| (*it).to_owned()).collect(),
            mailboxes: std::iter::once((Field::From, mailbox(from))).chain(to).collect(),
            date: Some(at),
            subject: Some("Prices".to_owned()),
            passages: Passages { own: format!("{id} says so"), ..Passages::default() },
            body: None,
            attachments: Vec::new(),
            language: None,
            automatic: None,
        }
    }

    fn accept(house: &Onefold, batch: &str, mails: &[Mail]) -> Vec<Inserted> {
        let views = house.views().expect("views");
        let drafts = mails.iter().flat_map(|mail| mail_drafts(mail, views.ours()).expect("facts")).collect::<Vec<_>>();
        drop(views);
        let accepted = house.accept_interactions(batch, day(10), drafts).expect("accepted");
        house.relink(&mut Silent).expect("linked");
        accepted.facts.into_iter().map(|(_, inserted)| inserted).collect()
    }

    fn of(house: &Onefold, address: &str) -> CustomerId {
        let found = house.customers_with(&Identifier::new("email", address)).expect("read");
        assert_eq!(found.len(), 1, "{address} is one customer");
        found[0]
    }

    fn digest(house: &Onefold) -> onefold::fact::Digest {
        house.views().and_then(|views| views.digest()).expect("a digest")
    }

    fn three() -> [Mail; 3] {
        [
            mail("1@x.io", &[], "ada@x.io", &["ana@shop.example", "bo@y.example"], day(2)),
            mail("2@shop.example", &["1@x.io"], "ana@shop.example", &["ada@x.io", "bo@y.example"], day(3)),
            mail("3@x.io", &["1@x.io", "2@shop.example"], "ada@x.io", &["ana@shop.example"], day(4)),
        ]
    }

    #[test]
    fn mail_is_on_the_timelines_of_all_who_take_part() {
        let house = house();
        accept(&house, "inbox", &three());
        let (ada, bo) = (of(&house, "ada@x.io"), of(&house, "bo@y.example"));
        let views = house.views().expect("views");
        let all = views.interactions_of(ada).expect("read").expect("ada");
        assert_eq!((all.interactions.len(), all.threads.len()), (3, 1));
        let depths: Vec<u32> = all.threads[0].entries.iter().map(|entry| entry.depth).collect();
        assert_eq!(depths, [0, 1, 2]);
        let contact = all.contact(day(9));
        assert_eq!((contact.last_in, contact.last_out), (Some(day(4)), Some(day(3))));
        assert_eq!((contact.owed[0].by, contact.owed[0].since), (Side::House, day(4)));
        assert_eq!(views.interactions_of(bo).expect("read").expect("bo").interactions.len(), 2);
        let Conversation { thread, interactions } = views.thread("2@shop.example").expect("read").expect("a thread");
        assert_eq!((&*thread.id, interactions.len()), ("1@x.io", 3));
        let found = views.find_in(bo, &"says".parse().expect("a query"), 10).expect("found");
        assert_eq!(found.len(), 1, "what ada wrote stands with ada, what we wrote with both");
    }

    #[test]
    fn twice_is_once_and_taken_back_is_never() {
        let (house, empty) = (house(), house());
        let before = digest(&house);
        accept(&house, "inbox", &three());
        let after = digest(&house);
        let again = accept(&house, "archive", &three());
        assert!(again.iter().all(|it| !matches!(it, Inserted::New | Inserted::Conflicting)), "{again:?}");
        assert_eq!(digest(&house), after);
        house.retract("archive", day(11)).expect("taken back");
        assert_eq!(digest(&house), after, "another mailbox holds them still");
        house.retract("inbox", day(12)).expect("taken back");
        assert_eq!(digest(&house), before);
        let mut mails = three();
        mails.reverse();
        accept(&empty, "inbox", &mails);
        assert_eq!(digest(&empty), after, "in any order");
    }

    #[test]
    fn who_is_erased_is_in_nobodys_interactions() {
        let house = house();
        accept(&house, "inbox", &three());
        let (ada, bo) = (of(&house, "ada@x.io"), of(&house, "bo@y.example"));
        house.erase(ada, day(12)).expect("erased").expect("ada");
        let mut said = Vec::new();
        house.views().expect("views").each_fact(|fact| said.push(format!("{fact:?}"))).expect("read");
        assert!(said.iter().all(|fact| !fact.contains("ada@x.io")), "{said:#?}");
        let all = house.views().and_then(|views| views.interactions_of(bo)).expect("read").expect("bo");
        let of_first: BTreeSet<&str> = all
            .interactions
            .values()
            .flat_map(onefold::crm::Interaction::customers)
            .map(|it| it.address.as_str())
            .collect();
        assert_eq!(of_first, BTreeSet::from(["bo@y.example"]));
        let taken = accept(&house, "again", &three());
        assert!(taken.contains(&Inserted::Erased), "and does not come back: {taken:?}");
        assert!(house.customers_with(&Identifier::new("email", "ada@x.io")).expect("read").is_empty());
    }

    #[test]
    fn meetings_are_announced_moved_answered_and_called_off() {
        let house = house();
        let attendee =
            |address: &str, response| Attendee { address: address.into(), name: None, response, is_optional: false };
        let meeting = |sequence, method, starts_at, response| Meeting {
            number: 1,
            uid: "m-1@shop.example".into(),
            recurrence: None,
            sequence,
            stamp: Some(day(2) + chrono::TimeDelta::hours(i64::from(sequence))),
            method,
            starts_at: Some(starts_at),
            ends_at: Some(starts_at + chrono::TimeDelta::hours(1)),
            all_day: false,
            series: None,
            summary: Some("Prices".into()),
            description: None,
            location: None,
            organizer: Some(attendee("ana@shop.example", None)),
            attendees: vec![attendee("ada@x.io", response)],
        };
        let moved = meeting(1, Method::Request, day(6), Some("needs-action"));
        let told = |meeting: &Meeting| {
            let drafts = meeting_drafts(meeting, house.views().expect("views").ours()).expect("facts");
            house.accept("calendar", day(10), drafts).expect("accepted");
        };
        told(&moved);
        told(&meeting(0, Method::Request, day(5), None));
        told(&meeting(1, Method::Reply, day(6), Some("accepted")));
        let known =
            || house.views().and_then(|views| views.interaction("m-1@shop.example")).expect("read").expect("a meeting");
        assert_eq!((known().at, known().response("ada@x.io")), (Some(day(6)), Some(Response::Accepted)));
        let out = meeting_of("m-1@shop.example", &known()).expect("a meeting");
        assert_eq!((out.ends_at, out.attendees[0].response), (moved.ends_at, Some("accepted")));
        told(&meeting(1, Method::Cancel, day(6), None));
        assert!(known().is_cancelled());
        told(&meeting(2, Method::Request, day(7), None));
        assert!(!known().is_cancelled(), "a newer version puts it back");
        let inside = Meeting { attendees: vec![], ..moved };
        assert!(meeting_drafts(&inside, house.views().expect("views").ours()).expect("facts").is_empty());
    }
}

//! Meetings and cards as programs write them, out and in again.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use onefold_connect::{CardVersion, Meeting, Method, Reading, read_calendar, read_cards, write_calendar, write_card};
use onefold_fact::{AttributeName, Body, Fact, Party, Reason, Silent, Value};
use proptest::prelude::*;

use crate::support::file;

fn meetings(content: impl AsRef<[u8]>) -> (Vec<Meeting>, Reading) {
    let mut all = Vec::new();
    let reading = read_calendar(&file("m.ics", content).path, &mut Silent, &mut |meeting| {
        all.push(meeting);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(reading.read, reading.entries + reading.rows_set_aside, "what was read is conserved");
    (all, reading)
}

fn event(lines: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{lines}\r\nEND:VCALENDAR\r\n")
        .replace('\n', "\r\n")
        .replace("\r\r", "\r")
}

fn starts(lines: &str) -> String {
    let (all, reading) = meetings(event(lines));
    assert_eq!(all.len(), 1, "{:?}", reading.set_aside);
    all[0].starts_at.unwrap().to_rfc3339()
}

#[test]
fn zones_by_name_of_windows_and_by_the_rules_of_the_file() {
    let at = |zone: &str, time: &str| starts(&format!("BEGIN:VEVENT\nUID:1\nDTSTART;TZID={zone}:{time}\nEND:VEVENT"));
    assert_eq!(at("Europe/Berlin", "20260702T100000"), "2026-07-02T08:00:00+00:00");
    assert_eq!(at("W. Europe Standard Time", "20260302T100000"), "2026-03-02T09:00:00+00:00");
    assert_eq!(at("Eastern Standard Time", "20260702T100000"), "2026-07-02T14:00:00+00:00");
    assert_eq!(at("Europe/Berlin", "20260329T023000"), "2026-03-29T01:30:00+00:00", "a time that is skipped");
    assert_eq!(at("Europe/Berlin", "20261025T023000"), "2026-10-25T00:30:00+00:00", "a time that comes twice");
    let zone = "BEGIN:VTIMEZONE\nTZID:The office\n\
                BEGIN:STANDARD\nDTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nTZOFFSETFROM:+0200\n\
                TZOFFSETTO:+0100\nEND:STANDARD\n\
                BEGIN:DAYLIGHT\nDTSTART:19700329T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nTZOFFSETFROM:+0100\n\
                TZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE\n";
    let own = |time: &str| starts(&format!("{zone}BEGIN:VEVENT\nUID:1\nDTSTART;TZID=The office:{time}\nEND:VEVENT"));
    assert_eq!(own("20260702T100000"), "2026-07-02T08:00:00+00:00");
    assert_eq!(own("20260102T100000"), "2026-01-02T09:00:00+00:00");
    assert_eq!(own("20260328T100000"), "2026-03-28T09:00:00+00:00");
    assert_eq!(own("20260330T100000"), "2026-03-30T08:00:00+00:00");
    let (_, reading) = meetings(event("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Nowhere:20260302T100000\nEND:VEVENT"));
    assert!(reading.findings[0].to_string().contains("is in zone `Nowhere`, which nobody knows"));
}

#[test]
fn methods_and_what_is_no_meeting() {
    let (all, reading) = meetings(event(
        "METHOD:REPLY\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260302T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:ada@x.io\nEND:VEVENT\n\
         BEGIN:VTODO\nUID:2\nSUMMARY:Call\nEND:VTODO",
    ));
    assert_eq!(
        (all[0].method, all[0].attendees[0].response, all[0].starts_at),
        (Method::Reply, Some("declined"), None)
    );
    assert_eq!(reading.set_aside[0].finding.reason, Reason::UnknownMessage);
    let (all, _) = meetings(event("BEGIN:VEVENT\nUID:1\nDTSTART:20260302T090000Z\nSTATUS:CANCELLED\nEND:VEVENT"));
    assert_eq!(all[0].method, Method::Cancel);
    let (all, reading) = meetings(event("BEGIN:VEVENT\nUID:1\nSUMMARY:When\nEND:VEVENT"));
    assert_eq!((all.len(), reading.rows_set_aside), (0, 1));
    let (all, reading) = meetings(event("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260302\nORGANIZER:Ada\nEND:VEVENT"));
    assert!(all[0].all_day && !all[0].uid.is_empty());
    assert_eq!((reading.findings.len(), reading.values_set_aside), (1, 1), "no id, and no address");
}

#[test]
fn a_calendar_that_was_cut() {
    let whole = event(
        "BEGIN:VEVENT\nUID:1\nDTSTART:20260302T090000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTART:20260303T090000Z\nEND:VEVENT",
    );
    let (all, reading) = meetings(&whole[..whole.len() - 40]);
    assert_eq!(all.iter().map(|it| it.uid.as_str()).collect::<Vec<_>>(), ["1"]);
    assert_eq!(reading.findings[0].reason, Reason::MalformedMessage);
    for end in 0..whole.len() {
        let _ = meetings(&whole[..end]);
    }
}

#[test]
fn a_meeting_out_and_in_again() {
    let (all, _) = meetings(event(
        "BEGIN:VEVENT\nUID:1\nSEQUENCE:3\nDTSTAMP:20260301T080000Z\nDTSTART:20260302T090000Z\nDTEND:20260302T100000Z\n\
         RECURRENCE-ID:20260302T080000Z\nSUMMARY:Prices\\, and more\nLOCATION:Room 4\nDESCRIPTION:a\\nb\n\
         ORGANIZER;CN=Ana:mailto:ana@shop.example\nATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE;CN=Ada:mailto:ada@x.io\n\
         END:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTAMP:20260301T080000Z\nDTSTART;VALUE=DATE:20260302\nSTATUS:CANCELLED\nEND:VEVENT",
    ));
    assert_eq!(all.len(), 2);
    assert_eq!(meetings(write_calendar(&all, Method::Request)).0, all);
}

fn cards(content: impl AsRef<[u8]>) -> (Vec<Fact>, Reading) {
    let mut facts = Vec::new();
    let reading = read_cards(&file("c.vcf", content), &mut Silent, &mut |entry| {
        let at = "2026-03-01T09:00:00Z".parse().unwrap();
        facts.extend(entry.drafts.into_iter().map(|draft| draft.received("test", at)));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(reading.read, reading.entries + reading.rows_set_aside, "what was read is conserved");
    (facts, reading)
}

fn said(fact: &Fact) -> BTreeMap<AttributeName, Value> {
    let Body::Set(said) = fact.body() else { panic!("attributes") };
    said.clone()
}

fn text(fact: &Fact, name: &str) -> String {
    said(fact).get(name).map(|value| value.to_text().into_owned()).unwrap_or_default()
}

#[test]
fn three_versions_of_a_card() {
    let of_2_1 = "BEGIN:VCARD\nVERSION:2.1\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;Ada\n\
                  TEL;WORK;VOICE:030 901820\nTEL;FAX:+49 30 901821\nEMAIL;INTERNET:ada@x.io\n\
                  ADR;HOME:;;Hauptstr. 1;Berlin;;10115;Germany\nBDAY:19851210\nEND:VCARD\n";
    let of_3 = "BEGIN:VCARD\nVERSION:3.0\nPRODID:a\nPRODID:b\nN:Müller;Ada;;;\nitem1.EMAIL;TYPE=Privat:ada@x.io\n\
                EMAIL;TYPE=INTERNET,WORK:ada@work.example\nORG:Engines;Research\nTITLE:Engineer\nX-TWITTER:ada\nBDAY:1985-12-10\n\
                NOTE:Likes\\, above all\\, numbers\nPHOTO;ENCODING=b;TYPE=JPEG:AAAA\nEND:VCARD\n";
    let of_4 = "BEGIN:VCARD\nVERSION:4.0\nUID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\nFN:Ada Müller\nKIND:individual\n\
                TEL;VALUE=uri;TYPE=cell:tel:+49-30-901820\nREV:20260301T080000Z\nBDAY:19851210\nEMAIL:ada@x.io\nEND:VCARD\n";
    let (facts, reading) = cards(format!("{of_2_1}{of_3}\n\n{of_4}"));
    assert_eq!(facts.len(), 3, "{:?}", reading.set_aside);
    assert_eq!((text(&facts[0], "family_name"), text(&facts[0], "given_name")), ("Müller".into(), "Ada".into()));
    assert_eq!((text(&facts[0], "city"), text(&facts[0], "street")), ("Berlin".into(), "Hauptstr. 1".into()));
    assert!(!text(&facts[0], "fax").is_empty());
    assert_eq!(facts[0].key().unwrap().to_string(), "email:ada@x.io", "no id, so the address");
    assert_eq!(text(&facts[1], "email_2"), "ada@work.example");
    assert_eq!((text(&facts[1], "x_twitter"), text(&facts[1], "company")), ("ada".into(), "Engines".into()));
    assert_eq!(text(&facts[1], "notes"), "Likes, above all, numbers");
    assert_eq!(facts[1].identifiers().len(), 2);
    assert_eq!(facts[2].key().unwrap().to_string(), "4fbe8971-0bc3-424c-9c26-36c3e1eff6b1");
    assert_eq!(facts[2].occurred_at(), Some("2026-03-01T08:00:00Z".parse().unwrap()));
    assert!(facts.iter().all(|fact| text(fact, "birth_date") == "1985-12-10"));
}

#[test]
fn broken_cards() {
    let (facts, reading) = cards("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\nBEGIN:VCARD\nFN:Ada\nEMAIL:nobody\nTEL:12\n");
    assert_eq!((facts.len(), reading.rows_set_aside, reading.values_set_aside), (1, 1, 2));
    assert!(reading.findings[0].to_string().contains("does not end with `END:VCARD`"));
    let (facts, reading) = cards("not a card\n");
    assert_eq!((facts.len(), reading.rows_set_aside), (0, 1));
    assert_eq!(cards("").1.findings[0].reason, Reason::Empty);
}

#[test]
fn a_card_out_and_in_again() {
    let known = [
        ("given_name", "Ada"),
        ("family_name", "Müller"),
        ("email", "ada@x.io"),
        ("email_2", "ada@work.example"),
        ("phone", "+4930901820"),
        ("street", "Hauptstr. 1"),
        ("city", "Berlin"),
        ("postcode", "10115"),
        ("company", "Engines, Ltd; Berlin"),
        ("job_title", "Engineer"),
        ("notes", "a, b; c"),
        ("x_twitter", "ada"),
    ]
    .map(|(name, value)| (name, Value::from(value)));
    for version in [CardVersion::V2_1, CardVersion::V3_0, CardVersion::V4_0] {
        let card = write_card("17", Party::Person, known.iter().map(|(name, value)| (*name, value)), version);
        let (facts, reading) = cards(&card);
        assert_eq!(facts.len(), 1, "{card} {:?}", reading.set_aside);
        for (name, value) in &known {
            assert_eq!(
                said(&facts[0]).get(*name).map(Value::to_text),
                Some(value.to_text()),
                "{name} of {version:?}\n{card}"
            );
        }
        assert_eq!(facts[0].key().unwrap().to_string(), "17");
    }
    let card = write_card("9", Party::Organisation, [("company", &Value::from("Engines"))], CardVersion::V4_0);
    assert_eq!(cards(&card).0[0].key().unwrap().to_string(), "organisation:9");
}

proptest! {
    /// Any lines are read to their end, conserved. Catches: a panic on a property without a value, an entry that is lost.
    #[test]
    fn any_lines(lines in prop::collection::vec(prop_oneof![
        Just("BEGIN:VCALENDAR".to_owned()), Just("BEGIN:VEVENT".to_owned()), Just("END:VEVENT".to_owned()),
        Just("END:VCALENDAR".to_owned()), Just("BEGIN:VCARD".to_owned()), Just("END:VCARD".to_owned()),
        Just("DTSTART:20260230T999999".to_owned()), Just("DTSTART;TZID=Europe/Berlin:20260329T023000".to_owned()),
        Just("DURATION:P99999999999W".to_owned()), Just("BDAY:--12".to_owned()), Just("N:;;;".to_owned()),
        Just("TEL;TYPE=".to_owned()), "[A-Z]{1,8}(;[A-Z]{1,5}=[a-z:\"]{0,4})?:[ -~]{0,20}",
    ], 0..20)) {
        let text = lines.join("\r\n");
        meetings(&text);
        cards(&text);
    }
}

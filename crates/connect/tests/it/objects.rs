//! JSON Lines that are plain objects.

use onefold_connect::{Role, Rows};
use onefold_fact::{Kind, Reason};

use crate::support::tell;

#[test]
fn nested_objects_are_columns() {
    let told = tell(
        "support.jsonl",
        r#"{"ticket_id":"T1","created_at":"2026-01-01T10:00:00Z","requester":{"name":"Ada Lovelace","email":"Ada@X.io"},"tags":["late","box"],"score":4.50}
{"ticket_id":"T2","created_at":"2026-01-02T10:00:00Z","requester":{"name":"Grace Hopper","email":null},"tags":[],"score":null}
"#,
    );
    assert_eq!(told.mapping.rows, Some(Rows::Events("ticket".into())));
    assert_eq!(told.role("requester.name"), &Role::attribute("full_name", Kind::FullName));
    assert_eq!(told.role("requester.email"), &Role::attribute("email", Kind::Email));
    let lines = told.lines();
    assert_eq!(
        lines[..2],
        [
            "1: email:ada@x.io [email:ada@x.io] 2026-01-01T10:00:00Z event ticket {score=4.50, tags=[\"late\",\"box\"], ticket_id=T1}",
            "1: email:ada@x.io [email:ada@x.io] 2026-01-01T10:00:00Z set {email=ada@x.io, full_name=Ada Lovelace}",
        ]
    );
    assert!(
        lines[2].starts_with("2: row:") && lines[2].ends_with("#1 [] 2026-01-02T10:00:00Z event ticket {ticket_id=T2}"),
        "{lines:?}"
    );
}

#[test]
fn a_broken_line_costs_itself() {
    let mut text = br#"{"id":1,"email":"ada@x.io"}

{"id":2,"email":"gra
[1,2]
"text"
nonsense
"#
    .to_vec();
    text.extend(b"{\"id\":3,\"email\":\"\xFF\"}\n{\"id\":4,\"email\":\"alan@x.io\"}");
    let told = tell("people.jsonl", text);
    assert_eq!(told.reading.read, 7);
    assert_eq!(
        told.lines(),
        ["1: 1 [email:ada@x.io] - set {email=ada@x.io}", "8: 4 [email:alan@x.io] - set {email=alan@x.io}"]
    );
    assert_eq!(
        told.aside(),
        [
            "people.jsonl, row 3: is cut off before its JSON ends; expected a whole JSON object",
            "people.jsonl, row 4: is a list; expected a JSON object",
            "people.jsonl, row 5: is text; expected a JSON object",
            "people.jsonl, row 6: is not JSON at column 2; expected one JSON object a line",
            "people.jsonl, row 7: has bytes that are not UTF-8; expected JSON in UTF-8",
        ]
    );
    assert_eq!(told.reading.set_aside[0].value, "{\"id\":2,\"email\":\"gra");
}

#[test]
fn a_huge_line_is_set_aside_and_the_next_is_read() {
    let text = format!("{{\"id\":1,\"note\":\"{}\"}}\n{{\"id\":2,\"email\":\"ada@x.io\"}}\n", "x".repeat(11 << 20));
    let told = tell("people.jsonl", text);
    assert_eq!((told.reading.read, told.reading.entries), (2, 1));
    assert_eq!(told.reading.set_aside[0].finding.reason, Reason::Oversized);
    assert!(told.reading.set_aside[0].value.chars().count() <= 201);
    assert_eq!(
        told.aside(),
        [
            "people.jsonl, row 1: is longer than 10 MiB; expected one JSON object a line, with long lists broken up into a \
          line for each item and without attachments"
        ]
    );
}

#[test]
fn a_huge_text_costs_itself_and_the_row_goes_on() {
    let huge = "x".repeat((1 << 20) + 1);
    let text = format!(
        "{{\"id\":1,\"note\":\"{huge}\",\"more\":{{\"tags\":[\"{huge}\",\"vip\"]}},\"surname\":\"Smith\"}}\n{{\"id\":2,\"surname\":\"Jones\"}}\n"
    );
    let told = tell("people.jsonl", text);
    assert_eq!((told.reading.read, told.reading.entries, told.reading.values_set_aside), (2, 2, 2));
    assert_eq!(
        told.lines(),
        ["1: 1 [] - set {family_name=Smith, more_tags=[\"vip\"]}", "2: 2 [] - set {family_name=Jones}"]
    );
    let aside = &told.reading.set_aside;
    assert!(aside.iter().all(|aside| aside.finding.reason == Reason::Oversized));
    assert!(told.aside()[0].starts_with("people.jsonl, row 1, column `more.tags`: `xxx"), "{:?}", told.aside());
    assert!(told.aside()[1].starts_with("people.jsonl, row 1, column `note`: `xxx"), "{:?}", told.aside());
    assert!(told.aside()[1].ends_with("…` has 1048577 bytes; expected a cell of at most 1 MiB"), "{:?}", told.aside());
}

#[test]
fn deep_nesting_does_not_hang_or_overflow() {
    let told = tell(
        "deep.jsonl",
        format!("{{\"id\":1,\"a\":{}1{}}}\n{}\n", "{\"a\":".repeat(60), "}".repeat(60), "[".repeat(100_000)),
    );
    assert_eq!((told.reading.read, told.reading.rows_set_aside), (2, 1));
}

#[test]
fn numbers_are_exact_or_kept_as_text_with_a_finding() {
    let told = tell(
        "people.jsonl",
        "{\"id\":1,\"surname\":\"Smith\",\"points\":0.1}\n{\"id\":2,\"surname\":\"Smith\",\"points\":1e400}\n",
    );
    assert_eq!(told.lines()[0], "1: 1 [] - set {family_name=Smith, points=0.1}");
    assert!(
        told.reading.findings[0].to_string().contains("`1e400` is beyond the exact range of numbers; kept as text")
    );
}

#[test]
fn a_field_that_turns_up_late_is_read_by_its_name() {
    let mut text = "{\"id\":1,\"surname\":\"Smith\"}\n".repeat(1000);
    text.push_str("{\"id\":2,\"surname\":\"Jones\",\"mail\":\"J@X.io\",\"shoe_size\":44}\n");
    let told = tell("people.jsonl", text);
    assert_eq!(
        told.lines().last().unwrap(),
        "1001: 2 [email:j@x.io] - set {email=j@x.io, family_name=Jones, shoe_size=44}"
    );
    assert_eq!(told.reading.findings.len(), 2);
}

#[test]
fn lists_stay_lists_and_their_addresses_identify() {
    let told = tell(
        "people.jsonl",
        r#"{"id":"a","emails":["Ada@X.io","ada@y.io",null],"email":"ada@z.io","tags":["vip",7]}
{"id":"b","emails":["b@x.io"],"tags":[],"email":""}
{"id":"c","emails":["b@x.io","nonsense"],"email":null}"#,
    );
    assert_eq!(
        told.lines(),
        [
            "1: a [email:ada@x.io email:ada@y.io email:ada@z.io] - set {email=ada@z.io, emails=[\"ada@x.io\",\"ada@y.io\"], tags=[\"vip\",7]}",
            "2: b [email:b@x.io] - set {emails=[\"b@x.io\"]}",
            "3: c [email:b@x.io] - set {emails=[\"b@x.io\"]}",
        ]
    );
    assert_eq!(told.reading.values_set_aside, 1);
}

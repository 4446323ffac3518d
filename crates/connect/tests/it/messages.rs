//! Messages of event streams.

use onefold_connect::{InferOptions, Mapping, Role, Rows};
use onefold_fact::{Kind, Reason};

use crate::support::{file, tell, tell_with};

fn lines(text: &str) -> Vec<String> {
    tell("web.jsonl", text).lines()
}

#[test]
fn identify_sets_and_takes_back() {
    let told = tell(
        "web.jsonl",
        r#"{"type":"identify","messageId":"m1","userId":"u1","anonymousId":"a1","timestamp":"2026-01-01T10:00:00Z","traits":{"firstName":"Ada","email":"Ada@X.io","plan":null,"nickname":"","address":{"street":"12 High Street","city":"York"},"logins":3}}"#,
    );
    assert_eq!(told.mapping.rows, Some(Rows::Messages));
    assert_eq!(
        told.lines(),
        [
            "1: u1 [anonymous:a1 email:ada@x.io user_id:u1] 2026-01-01T10:00:00Z set {city=York, email=ada@x.io, given_name=Ada, logins=3, street=12 High Street}",
            "1: u1 [anonymous:a1 email:ada@x.io user_id:u1] 2026-01-01T10:00:00Z unset {plan}",
        ]
    );
    let ids: Vec<_> = told.facts.iter().map(|(_, fact)| fact.id()).collect();
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn the_senders_wrong_clock_is_corrected() {
    // Vector: the clock of the sender is an hour fast; the message waited ten seconds.
    let message = |times: &str| format!(r#"{{"type":"track","event":"X","userId":"u1",{times}}}"#);
    let at = |times: &str| lines(&message(times))[0].clone();
    let full = r#""originalTimestamp":"2026-01-01T11:00:00Z","sentAt":"2026-01-01T11:00:10Z","receivedAt":"2026-01-01T10:00:10.000Z""#;
    assert_eq!(at(full), "1: u1 [user_id:u1] 2026-01-01T10:00:00Z event X {original_timestamp=2026-01-01T11:00:00Z}");
    assert_eq!(
        at(r#""timestamp":"2026-01-01T09:00:00Z","sentAt":"2026-01-01T11:00:10Z""#),
        "1: u1 [user_id:u1] 2026-01-01T09:00:00Z event X {}"
    );
    assert_eq!(at(r#""receivedAt":"2026-01-01T10:00:10Z""#), "1: u1 [user_id:u1] 2026-01-01T10:00:10Z event X {}");
    assert_eq!(at(r#""context":{}"#), "1: u1 [user_id:u1] - event X {}");
    let told = tell("web.jsonl", message(r#""timestamp":"yesterday","receivedAt":"2026-01-01T10:00:10Z""#));
    assert_eq!(told.lines(), ["1: u1 [user_id:u1] 2026-01-01T10:00:10Z event X {}"]);
    assert_eq!(told.reading.values_set_aside, 1);
}

#[test]
fn who_a_message_is_about() {
    let track = |fields: &str| lines(&format!(r#"{{"type":"track","event":"X",{fields}}}"#))[0].clone();
    assert_eq!(track(r#""userId":42,"anonymousId":null"#), "1: 42 [user_id:42] - event X {}");
    assert_eq!(track(r#""anonymousId":"a1""#), "1: anonymous:a1 [anonymous:a1] - event X {}");
    assert_eq!(
        track(r#""anonymousId":"a1","context":{"traits":{"email":"ada@x.io"},"device":{"id":"d1"}}"#),
        "1: email:ada@x.io [anonymous:a1 device:d1 email:ada@x.io] - event X {}"
    );
    assert_eq!(
        track(
            r#""anonymousId":"a1","context":{"externalIds":[{"id":"c9","type":"crm_id","collection":"users"},{"id":"g","type":"x","collection":"accounts"}]}"#
        ),
        "1: crm_id:c9 [anonymous:a1 crm_id:c9] - event X {}"
    );
}

#[test]
fn junk_ids_are_no_ids() {
    let told = tell(
        "web.jsonl",
        r#"{"type":"track","event":"X","userId":"undefined","anonymousId":"a1"}
{"type":"track","event":"X","userId":"[object Object]","anonymousId":"0"}
{"type":"track","event":"X","userId":"","anonymousId":null}"#,
    );
    assert_eq!(told.lines(), ["1: anonymous:a1 [anonymous:a1] - event X {}"]);
    assert_eq!(told.reading.values_set_aside, 3);
    assert_eq!(
        told.aside(),
        [
            "web.jsonl, row 1, column `userId`: `undefined` is what programs write when they have no id; expected an id or nothing",
            "web.jsonl, row 2: has neither `userId` nor `anonymousId` nor another id; expected one",
            "web.jsonl, row 2, column `anonymousId`: `0` is what programs write when they have no id; expected an id or nothing",
            "web.jsonl, row 2, column `userId`: `[object Object]` is what programs write when they have no id; expected an id or nothing",
            "web.jsonl, row 3: has neither `userId` nor `anonymousId` nor another id; expected one",
        ]
    );
}

#[test]
fn pages_screens_and_their_names() {
    assert_eq!(
        lines(
            r#"{"type":"page","userId":"u1","name":"Home","category":"Docs","properties":{"path":"/","name":"kept"}}
{"type":"screen","userId":"u1","name":"Cart"}"#
        ),
        [
            "1: u1 [user_id:u1] - event page {category=Docs, name=kept, path=/}",
            "2: u1 [user_id:u1] - event screen {name=Cart}",
        ]
    );
}

#[test]
fn groups_are_memberships_and_organisations() {
    assert_eq!(
        lines(
            r#"{"type":"group","messageId":"m1","userId":"u1","groupId":"g1","traits":{"name":"Acme Ltd","industry":"Tools","plan":null}}"#
        ),
        [
            "1: u1 [user_id:u1] - joins group:g1 as None",
            "1: organisation:g1 [group:g1] - set {company=Acme Ltd, industry=Tools}",
            "1: organisation:g1 [group:g1] - unset {plan}",
        ]
    );
}

#[test]
fn an_alias_brings_two_ids_together() {
    assert_eq!(
        lines(
            r#"{"type":"alias","userId":"u1","previousId":"a1"}
{"type":"alias","userId":"u1","previousId":"Ada@X.io"}"#
        ),
        ["1: u1 [anonymous:a1 user_id:u1] - set {}", "2: u1 [email:ada@x.io user_id:u1] - set {}"]
    );
}

#[test]
fn a_batch_is_its_messages() {
    let told = tell(
        "web.jsonl",
        r#"{"batch":[{"type":"identify","userId":"u1","traits":{"email":"ada@x.io"},"originalTimestamp":"2026-01-01T11:00:00Z"},{"type":"track","userId":"u1"},7,{"type":"track","event":"X","anonymousId":"a1","context":{"app":1}}],"sentAt":"2026-01-01T11:00:10Z","receivedAt":"2026-01-01T10:00:10Z","context":{"device":{"id":"d1"}}}
{"batch":[]}"#,
    );
    assert_eq!(
        told.lines(),
        [
            "1: u1 [device:d1 email:ada@x.io user_id:u1] 2026-01-01T10:00:00Z set {email=ada@x.io}",
            "1: anonymous:a1 [anonymous:a1 device:d1] 2026-01-01T10:00:10Z event X {}",
        ]
    );
    assert_eq!(
        told.aside(),
        [
            "web.jsonl, row 1, column `batch[1]`: is a track without `event`; expected the name of what happened",
            "web.jsonl, row 1, column `batch[2]`: is not an object; expected a message",
            "web.jsonl, row 2: is a batch without a message that can be read; expected at least one",
        ]
    );
}

#[test]
fn messages_that_lack_something_are_set_aside() {
    let told = tell(
        "web.jsonl",
        r#"{"userId":"u1","messageId":"m1","traits":{}}
{"type":"teleport","userId":"u1","messageId":"m2"}
{"type":"track","userId":"u1","properties":{}}
{"type":"group","userId":"u1","traits":{}}
{"type":"alias","userId":"u1","context":{}}"#,
    );
    assert_eq!(told.reading.rows_set_aside, 5);
    let reasons: Vec<Reason> = told.reading.set_aside.iter().map(|aside| aside.finding.reason).collect();
    assert_eq!(reasons[0], Reason::MalformedMessage);
    assert_eq!(reasons[1], Reason::UnknownMessage);
    assert!(
        told.aside()[1]
            .ends_with("has the unknown type `teleport`; expected one of identify, track, page, screen, group, alias")
    );
}

#[test]
fn traits_follow_the_mapping() {
    let file = file(
        "web.jsonl",
        r#"{"type":"identify","userId":"u1","traits":{"firstName":"Ada","crm":"c1","score":"12","secret":"x"}}"#,
    );
    let given = Mapping::from_toml(
        "[web.columns]\n\"traits.crm\" = { identifier = \"contact_id\" }\n\"traits.score\" = { attribute = \"points\", kind = \"integer\" }\n\"traits.secret\" = \"ignore\"\n",
    )
    .unwrap();
    let told = tell_with(&file, given.sources.get("web"), &onefold_connect::InferOptions::default());
    assert_eq!(told.kind("traits.firstName"), Kind::GivenName);
    assert_eq!(told.lines(), ["1: u1 [contact_id:c1 user_id:u1] - set {given_name=Ada, points=12}"]);
    assert!(told.findings.is_empty(), "{:?}", told.findings);
}

#[test]
fn objects_and_messages_may_share_a_file() {
    let told = tell(
        "mixed.jsonl",
        r#"{"type":"identify","userId":"u1","traits":{"email":"ada@x.io"}}
{"contact_id":"c1","email":"ada@x.io","type":"page"}"#,
    );
    assert_eq!(
        told.lines(),
        [
            "1: u1 [email:ada@x.io user_id:u1] - set {email=ada@x.io}",
            "2: c1 [contact_id:c1 email:ada@x.io] - set {email=ada@x.io, type=page}",
        ]
    );
}

#[test]
fn a_trait_can_be_ignored_and_other_columns_make_no_records_of_messages() {
    let text = r#"{"type":"identify","userId":"u1","traits":{"phone":"+44 20 7946 0000","email":"ada@x.io"}}"#;
    let ignoring = |column: &str| {
        let options = InferOptions { ignore: vec![column.to_owned()], ..InferOptions::default() };
        tell_with(&file("web.jsonl", text), None, &options)
    };
    let told = ignoring("traits.phone");
    assert_eq!((&told.mapping.rows, told.findings.len()), (&Some(Rows::Messages), 0));
    assert_eq!(told.role("traits.phone"), &Role::Ignore);
    assert_eq!(told.lines(), ["1: u1 [email:ada@x.io user_id:u1] - set {email=ada@x.io}"]);
    let told = ignoring("phone");
    assert_eq!(told.mapping.rows, Some(Rows::Messages));
    assert_eq!(told.mapping, tell("web.jsonl", text).mapping);
    assert_eq!(
        told.findings,
        ["web.jsonl, column `phone`: was to be ignored, but is not there; there are `traits.phone`, `traits.email`"]
    );
}

/// A message that bears preferences.
fn with_preferences(fields: &str, preferences: &str) -> String {
    format!(r#"{{"userId":"u1",{fields},"context":{{"consent":{{"categoryPreferences":{preferences}}}}}}}"#)
}

#[test]
fn a_refusal_counts_at_its_time_and_a_repeated_grant_at_none() {
    let both = r#"{"Advertising":true,"Analytics":false}"#;
    let page = |id: &str, day: u32, preferences: &str| {
        let fields = format!(r#""type":"page","messageId":"{id}","timestamp":"2026-01-0{day}T10:00:00Z""#);
        with_preferences(&fields, preferences)
    };
    let told = tell(
        "web.jsonl",
        [page("m1", 1, both), page("m2", 2, both), page("m3", 3, r#"{"Advertising":true,"Analytics":true}"#)]
            .join("\n"),
    );
    let ids: std::collections::BTreeSet<_> = told.facts.iter().map(|(_, fact)| fact.id()).collect();
    assert_eq!(
        told.lines(),
        [
            "1: u1 [user_id:u1] 2026-01-01T10:00:00Z event page {}",
            "1: u1 [user_id:u1] - Granted Advertising",
            "1: u1 [user_id:u1] 2026-01-01T10:00:00Z Denied Analytics",
            "2: u1 [user_id:u1] 2026-01-02T10:00:00Z event page {}",
            "3: u1 [user_id:u1] 2026-01-03T10:00:00Z event page {}",
            "3: u1 [user_id:u1] - Granted Advertising",
            "3: u1 [user_id:u1] - Granted Analytics",
        ]
    );
    assert_eq!(ids.len(), told.facts.len() - 1, "the grant that is said again is one fact");
}

#[test]
fn the_message_of_a_choice_grants_at_its_time() {
    for event in ["Segment Consent Preference Updated", "Segment Consent Preference"] {
        let fields = format!(r#""type":"track","event":"{event}","messageId":"m1","timestamp":"2026-01-01T10:00:00Z""#);
        let message = with_preferences(&fields, r#"{"Advertising":true}"#);
        let again = message.replace("m1", "m2").replace("01-01", "01-02");
        let told = tell("web.jsonl", [message, again].join("\n"));
        assert_eq!(
            told.lines(),
            [
                format!("1: u1 [user_id:u1] 2026-01-01T10:00:00Z event {event} {{}}"),
                "1: u1 [user_id:u1] 2026-01-01T10:00:00Z Granted Advertising".to_owned(),
                format!("2: u1 [user_id:u1] 2026-01-02T10:00:00Z event {event} {{}}"),
                "2: u1 [user_id:u1] 2026-01-02T10:00:00Z Granted Advertising".to_owned(),
            ]
        );
    }
}

#[test]
fn a_preference_that_is_no_truth_value_is_set_aside_alone() {
    let page = r#""type":"page","timestamp":"2026-01-01T10:00:00Z""#;
    let told = tell(
        "web.jsonl",
        [
            with_preferences(page, r#"{"Advertising":"no","Analytics":false,"Functional":null}"#),
            with_preferences(page, r#"["Advertising"]"#),
            with_preferences(page, "null"),
            with_preferences(page, "{}"),
        ]
        .join("\n"),
    );
    assert_eq!(
        told.lines(),
        [
            "1: u1 [user_id:u1] 2026-01-01T10:00:00Z event page {}",
            "1: u1 [user_id:u1] 2026-01-01T10:00:00Z Denied Analytics",
            "2: u1 [user_id:u1] 2026-01-01T10:00:00Z event page {}",
            "3: u1 [user_id:u1] 2026-01-01T10:00:00Z event page {}",
            "4: u1 [user_id:u1] 2026-01-01T10:00:00Z event page {}",
        ]
    );
    assert_eq!(
        told.aside(),
        [
            "web.jsonl, row 1, column `context.consent.categoryPreferences.Advertising`: does not say whether they consent; expected `true` or `false`",
            "web.jsonl, row 1, column `context.consent.categoryPreferences.Functional`: does not say whether they consent; expected `true` or `false`",
            "web.jsonl, row 2, column `context.consent.categoryPreferences`: is not an object; expected `categoryPreferences` with `true` or `false` for each category",
        ]
    );
}

//! The reference evaluator: what each condition means, by hand.

use onefold_profile::Profile;
use onefold_segment::{Related, Subject};

use crate::support::{Said, at, definition, event, json, profile};
use onefold_fact::{Body, Choice, Consent};

fn holds(subject: &dyn Subject, rule: &str, clock: &str) -> bool {
    definition(rule).evaluate(subject, at(clock)).holds
}

fn ada() -> Profile {
    let said: Vec<Said> = vec![
        (Body::set([("plan", json(r#""free""#))]), at("2026-01-01T00:00:00Z")),
        (Body::set([("plan", json(r#""pro""#)), ("age", json("36"))]), at("2026-01-10T00:00:00Z")),
        (Body::set([("tags", json(r#"["a","b"]"#)), ("email", json(r#""""#))]), at("2026-01-02T00:00:00Z")),
        (
            Body::set([("address", json(r#"{"city":"Bonn","lines":[{"no":1,"x":"p"},{"no":2,"x":"q"}]}"#))]),
            at("2026-01-02T00:00:00Z"),
        ),
        (event("view", r#"{"sku":"a"}"#), at("2026-01-03T10:00:00Z")),
        (event("cart", r#"{"sku":"a","worth":5}"#), at("2026-01-03T10:30:00Z")),
        (event("view", r#"{"sku":"b"}"#), at("2026-01-03T11:00:00Z")),
        (event("order", r#"{"sku":"a","worth":5}"#), at("2026-01-03T12:00:00Z")),
        (event("order", r#"{"sku":"b","worth":7.5}"#), at("2026-01-12T12:00:00Z")),
        (event("cart", r#"{"sku":"c","worth":1}"#), at("2026-01-20T08:00:00Z")),
    ];
    profile("ada", &said)
}

#[track_caller]
fn check(subject: &dyn Subject, clock: &str, rules: &[(&str, bool)]) {
    for (rule, expected) in rules {
        assert_eq!(holds(subject, rule, clock), *expected, "{rule}");
    }
}

#[test]
fn fields() {
    check(
        &ada(),
        "2026-01-20T09:00:00Z",
        &[
            (r#"plan = "pro""#, true),
            (r#"plan = "Pro""#, false),
            (r#"plan in ("x", "pro")"#, true),
            ("age > 35.5", true),
            ("age > 36", false),
            (r#"plan starts with "p" and plan ends with "o" and plan contains "ro""#, true),
            (r#"plan matches "(?i)^PR""#, true),
            // Missing is not empty, and no comparison holds of what is missing; its negation does.
            ("email is present and email is empty", true),
            ("vip is missing and not vip is empty", true),
            ("vip = true", false),
            ("vip != true", true),
            ("plan is empty", false),
            // Lists.
            (r#"tags = "a" and tags = "b""#, true),
            (r#"tags every value in ("a", "b") and not tags every value = "a""#, true),
            ("tags size = 2 and vip size = 0", true),
            // Nested objects.
            (r#"address.city = "Bonn" and address.street is missing"#, true),
            (r#"address.lines.no = 1 and address.lines.x = "q""#, true),
            (r#"address.lines has (no = 1 and x = "q")"#, false),
            (r#"address.lines has (no = 2 and x = "q")"#, true),
            ("address.lines is present and not address.lines is empty", true),
        ],
    );
}

#[test]
fn dates_against_the_clock() {
    let subject = profile("bo", &[(Body::set([("renewal", json(r#""2026-02-01""#))]), at("2026-01-01T00:00:00Z"))]);
    let next = definition("renewal is within the next 7d");
    assert!(!next.evaluate(&subject, at("2026-01-25T00:00:00Z")).holds);
    let enters = next.evaluate(&subject, at("2026-01-02T00:00:00Z")).next_change_at.unwrap();
    assert_eq!(enters, at("2026-01-25T00:00:00.000001Z"));
    assert!(next.evaluate(&subject, enters).holds && next.evaluate(&subject, at("2026-02-01T00:00:00Z")).holds);
    check(
        &subject,
        "2026-02-01T00:00:00.000001Z",
        &[
            ("renewal is within the next 7d", false),
            ("renewal is within the last 1h", true),
            ("renewal was before the last 1h", false),
        ],
    );
    check(
        &subject,
        "2026-02-01T01:00:00Z",
        &[("renewal is within the last 1h", false), ("renewal was before the last 1h", true)],
    );
}

#[test]
fn events() {
    check(
        &ada(),
        "2026-01-20T09:00:00Z",
        &[
            (r#"did "order""#, true),
            (
                r#"did "order" exactly 2 times and did "order" at most 2 times and not did "order" at least 3 times"#,
                true,
            ),
            (r#"did not "refund""#, true),
            (r#"did "order" in the last 3d"#, false),
            (r#"did "cart" where (worth < 5) in the last 3d"#, true),
            (r#"sum of worth of "order" = 12.5 and average of worth of "order" = 6.25"#, true),
            (r#"smallest worth of "cart" = 1 and largest worth of "cart" = 5"#, true),
            (r#"first sku of "view" = "a" and last sku of "view" = "b""#, true),
            (r#"distinct count of sku of anything = 3"#, true),
            // An average of nothing compares with nothing.
            (r#"average of worth of "refund" >= 0"#, false),
            (r#"sum of worth of "refund" = 0"#, true),
            (r#"days since last "order" = 7 and days since first "order" = 16"#, true),
            (r#"did "order" in the 1 completed week in zone "Europe/Berlin""#, true),
            (r#"did "order" in the 1 week to date in zone "Europe/Berlin""#, false),
            (r#"did "order" from 2026-01-03 until 2026-01-04"#, true),
            (r#"count of anything = 4 in the latest session with gap 2h"#, false),
            (r#"did anything exactly 1 time in the current session with gap 2h"#, true),
        ],
    );
    // What lies ahead has not happened.
    check(&ada(), "2026-01-03T11:30:00Z", &[(r#"did "order""#, false), (r#"did anything exactly 3 times"#, true)]);
}

/// An abandoned cart is entered by time, and left by an order or by time.
#[test]
fn sequences() {
    check(
        &ada(),
        "2026-01-20T09:00:00Z",
        &[
            (r#"sequence ("view" then "cart" then "order")"#, true),
            (r#"sequence ("order" then "view")"#, false),
            (r#"sequence ("view" then "cart" within 30m)"#, true),
            (r#"sequence ("view" then "cart" within 29m)"#, false),
            (r#"sequence ("cart" then "order" after 90m)"#, true),
            (r#"sequence ("cart" then "order" after 90m within 100m without "view")"#, false),
            (r#"sequence ("view" then "order") within 1h"#, true),
            (r#"sequence ("view" then "order") within 59m"#, false),
            (r#"sequence ("view" then "order" within 1h) agreeing on (sku)"#, false),
            (r#"sequence ("view" then "order") agreeing on (sku)"#, true),
            (r#"sequence ("cart") and since then no "order" for 1h in the last 2d"#, true),
            (r#"sequence ("cart" then "order") from 2026-01-10"#, false),
        ],
    );
    let abandoned = definition(r#"sequence ("cart") and since then no "order" for 1h in the last 2d"#);
    let before = abandoned.evaluate(&ada(), at("2026-01-20T08:30:00Z"));
    assert_eq!((before.holds, before.next_change_at), (false, Some(at("2026-01-20T09:00:00Z"))));
    let flip = abandoned.next_flip(&ada(), at("2026-01-20T09:00:00Z"), at("2027-01-01T00:00:00Z"));
    assert_eq!(flip, Some(at("2026-01-22T08:00:00Z")));
}

#[test]
fn lengths_of_time() {
    let ada = ada();
    check(
        &ada,
        "2026-01-20T00:00:00Z",
        &[
            (r#"has been (plan = "pro") for 10d"#, true),
            (r#"has been (plan = "pro") for 241h"#, false),
            // It is not known what the plan was before it was this one.
            (r#"has been (not plan = "free") for 11d"#, false),
            (r#"has been (vip is missing) for 1000d"#, true),
            (r#"has been (did not "order" in the last 1d) for 6d"#, true),
            (r#"has been (did not "order" in the last 1d) for 7d"#, false),
        ],
    );
    let quiet = definition(r#"has been (did not "order" in the last 1d) for 7d"#);
    assert_eq!(quiet.evaluate(&ada, at("2026-01-14T00:00:00Z")).next_change_at, Some(at("2026-01-20T12:00:00Z")));
    let flip = quiet.next_flip(&ada, at("2026-01-14T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    assert_eq!(flip, Some(at("2026-01-20T12:00:00Z")));
}

#[test]
fn stages_scores_and_chance() {
    let ada = ada();
    let stages = r#"lifecycle of "order" new for 2d active for 5d lost after 8d returned for 3d is"#;
    for (clock, stage) in [
        ("2026-01-04T00:00:00Z", "new"),
        ("2026-01-07T00:00:00Z", "active"),
        ("2026-01-10T00:00:00Z", "lapsing"),
        ("2026-01-11T12:00:00Z", "lost"),
        ("2026-01-12T12:00:00Z", "returned"),
    ] {
        assert!(holds(&ada, &format!("{stages} {stage}"), clock), "{stage}");
    }
    let rfm = |what: &str| format!("rfm {what} of \"order\" worth worth cut at (10, 30) (2) (10, 100)");
    check(
        &ada,
        "2026-01-20T09:00:00Z",
        &[
            (&format!("{} = 3", rfm("recency")), true),
            (&format!("{} = 2", rfm("frequency")), true),
            (&format!("{} = 2", rfm("monetary")), true),
            (r#"score of (3 if plan = "pro", 2 if vip = true, -1 if did "order") at least 2"#, true),
            (r#"score of (3 if plan = "pro", 2 if vip = true, -1 if did "order") at least 3"#, false),
            ("random 100% by \"x\"", true),
        ],
    );
    let tenth = |id: u32| {
        let subject = profile(&id.to_string(), &[]);
        holds(&subject, "random 20% to 30% by \"x\"", "2026-01-01T00:00:00Z")
    };
    assert_eq!((0..1000).filter(|id| tenth(*id)).count(), (0..1000).filter(|id| tenth(*id)).count());
    assert!((70..130).contains(&(0..1000).filter(|id| tenth(*id)).count()));
}

#[test]
fn consent_and_members() {
    let consent = |choice, at: &str, expires: Option<&str>| -> Said {
        let expires_at = expires.map(crate::support::at);
        let consent = Consent {
            purpose: "news".into(),
            channel: None,
            choice,
            basis: None,
            proof: None,
            expires_at,
            collected_by: None,
        };
        (Body::Consent(consent), crate::support::at(at))
    };
    let yes = profile("yes", &[consent(Choice::Granted, "2026-01-01T00:00:00Z", Some("2026-02-01T00:00:00Z"))]);
    let no = profile("no", &[consent(Choice::Denied, "2026-01-01T00:00:00Z", None)]);
    let granted = definition(r#"consent to "news" by "email" is granted"#);
    let now = granted.evaluate(&yes, at("2026-01-15T00:00:00Z"));
    assert_eq!((now.holds, now.next_change_at), (true, Some(at("2026-02-01T00:00:00Z"))));
    assert!(!granted.evaluate(&yes, at("2026-02-01T00:00:00Z")).holds);
    check(
        &no,
        "2026-01-15T00:00:00Z",
        &[
            (r#"consent to "news" is denied"#, true),
            (r#"consent to "other" is unknown"#, true),
            (r#"has been (consent to "news" is denied) for 14d"#, true),
            (r#"has been (not consent to "news" is granted) for 15d"#, true),
        ],
    );

    let account = Related::new(&no).with("account", &yes).with("account", &no);
    check(
        &account,
        "2026-01-15T00:00:00Z",
        &[
            (r#"any member of "account" (consent to "news" is granted)"#, true),
            (r#"all members of "account" (consent to "news" is granted)"#, false),
            (r#"no member of "account" (consent to "news" is withdrawn)"#, true),
            (r#"at least 2 members of "account" (consent to "news" is granted)"#, false),
            (r#"at least 2 members of "account" (not consent to "news" is withdrawn)"#, true),
            (r#"all members of "household" (never)"#, true),
        ],
    );
}

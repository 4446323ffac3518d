//! What people read: the plain JSON of a profile, and why an attribute has its value.

use onefold_fact::{
    AttributeName, Basis, Body, Choice, Consent, Fact, Identifier, Kind, Membership, Schema, Survivorship,
};
use onefold_profile::Profile;

use crate::support::{day, draft, fact, pin, profile, says, schema, value};

fn facts() -> Vec<Fact> {
    let email = Identifier::new("email", "ada@x.io");
    let viewed = Body::event("Product Viewed", [("sku", value(r#""A-1""#)), ("price", value("19.90"))]);
    let consent = Consent {
        purpose: "marketing".into(),
        channel: Some("email".into()),
        choice: Choice::Granted,
        basis: Some(Basis::Consent),
        proof: Some("form 12".into()),
        expires_at: Some(day(31)),
        collected_by: None,
    };
    let membership = Membership {
        group: Identifier::new("group", "acme"),
        role: Some("engineer".into()),
        member: true,
        only: false,
    };
    vec![
        draft("crm", "17", Body::set([("email", "ada@x.io"), ("given_name", "Ada")]))
            .identified_by(email.clone())
            .occurred_at(day(20))
            .received("a", day(21)),
        draft("shop", "9", Body::set([("email", "ada@old.io"), ("given_name", "ADA")]))
            .identified_by(Identifier::new("email", "ada@old.io"))
            .occurred_at(day(3))
            .received("a", day(21)),
        draft("web", "u42", Body::set([("email", "Ada@X.io"), ("given_name", "Augusta")]))
            .identified_by(email)
            .received("a", "2026-01-10T12:30:00Z".parse().unwrap()),
        says("crm", "17", 2, "tags", r#"["vip","berlin"]"#),
        says("shop", "9", 4, "tags", r#"["VIP","newsletter"]"#),
        says("crm", "17", 5, "plan", r#""free""#),
        pin("crm", "17", 6, "plan", r#""pro""#),
        says("shop", "9", 5, "nickname", r#""Countess""#),
        fact("shop", "9", 7, Body::Unset([AttributeName::from("nickname")].into())),
        fact("web", "u42", 11, viewed),
        fact("crm", "17", 12, Body::Group(membership)),
        fact("web", "u42", 13, Body::Consent(consent)),
    ]
}

fn ada() -> Profile {
    let schema: Schema = schema([
        ("email", Kind::Email, Survivorship::Latest),
        ("given_name", Kind::GivenName, Survivorship::MostFrequent),
        ("tags", Kind::Category, Survivorship::Union),
        ("plan", Kind::Category, Survivorship::Longest),
    ]);
    profile(&facts().into_iter().collect(), &schema, None, None)
}

#[test]
fn plain_json() {
    insta::assert_snapshot!(ada().to_json().unwrap());
}

#[test]
fn why() {
    let ada = ada();
    let names = ["email", "given_name", "tags", "plan", "nickname"];
    let reasons: Vec<String> = names.iter().map(|name| ada.why(name).unwrap().to_string()).collect();
    insta::assert_snapshot!(reasons.join("\n\n"));
}

#[test]
fn every_rule_says_why() {
    let rules = [
        Survivorship::Latest,
        Survivorship::First,
        Survivorship::MostFrequent,
        Survivorship::SourcePriority(vec!["shop".into()]),
        Survivorship::Longest,
        Survivorship::Smallest,
        Survivorship::Largest,
        Survivorship::Union,
    ];
    let facts = || {
        [
            says("crm", "1", 1, "x", r#""pear""#),
            says("shop", "1", 2, "x", r#""fig""#),
            says("web", "1", 3, "x", r#""plum""#),
            says("app", "1", 4, "x", r#""Pear""#),
        ]
    };
    let why = |rule| crate::support::by_rule(Kind::Text, rule, facts()).why("x").unwrap().to_string();
    insta::assert_snapshot!(rules.map(why).join("\n\n"));
}

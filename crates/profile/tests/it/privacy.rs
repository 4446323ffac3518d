//! Retention by age, licences of bought data, exports.

use onefold_fact::{Body, Choice, Consent, Fact, FactSet, Identifier, Kind, Schema};
use onefold_profile::{Disclosure, Export, Licence, Licences, Retention, RetentionRule, Telling, keyed_hash};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{any_fact, day, draft, fact, profile, received, says};

fn keep(source: Option<&str>, event: Option<&str>, days: u32) -> RetentionRule {
    RetentionRule { source: source.map(Into::into), event: event.map(str::to_owned), days }
}

fn rules() -> Retention {
    let rules =
        [("all", keep(None, None, 5)), ("views", keep(None, Some("Viewed"), 2)), ("web", keep(Some("web"), None, 3))];
    Retention { rules: rules.map(|(name, rule)| (name.to_owned(), rule)).into() }
}

/// Mutations: let the last rule decide; let consent go, which is proof.
#[test]
fn the_first_rule_to_say_so_decides_and_consent_is_not_covered() {
    let consent = Consent {
        purpose: "marketing".to_owned(),
        channel: None,
        choice: Choice::Denied,
        basis: None,
        proof: None,
        expires_at: None,
        collected_by: None,
    };
    let facts: [Fact; 4] = [
        fact("web", "1", 1, Body::event("Viewed", [("sku", "A-1")])),
        says("web", "1", 1, "x", "1"),
        says("crm", "1", 1, "x", "2"),
        fact("crm", "1", 1, Body::Consent(consent)),
    ];
    let set: FactSet = facts.iter().cloned().collect();
    let retention = rules();
    let due = retention.due(set.standing(None), day(4));
    let named: Vec<_> = due.facts.iter().map(|it| (it.fact, it.rule, it.since)).collect();
    assert_eq!(named, [(facts[0].id(), "views", day(3)), (facts[1].id(), "web", day(4))]);
    assert_eq!(due.next_change_at, Some(day(6)));
    assert_eq!(retention.due(set.standing(None), day(400)).facts.len(), 3);
}

proptest! {
    /// What is due stays the same until `next_change_at`, and is more from then on; likewise what may be shown.
    /// Mutation: name the last of the times to come.
    #[test]
    fn nothing_changes_before_its_time(facts in vec(any_fact(), 0..24), now in 0_u32..20) {
        let facts = received(&facts);
        let retention = rules();
        let due = |at| retention.due(facts.standing(None), day(at));
        let licences = Licences {
            sources: [
                ("web".into(), Licence { days: Some(4), until: Some(day(6)) }),
                ("shop".into(), Licence { days: None, until: Some(day(9)) }),
            ]
            .into(),
        };
        let shown = |at| facts.standing(None).iter().filter(|it| licences.allow(it, day(at))).count();
        let change = (now + 1..40).find(|at| due(*at).facts != due(now).facts);
        prop_assert_eq!(due(now).next_change_at, change.map(day));
        let change = (now + 1..40).find(|at| shown(*at) != shown(now));
        prop_assert_eq!(licences.next_change_at(facts.standing(None), day(now)), change.map(day));
    }
}

/// Mutations: leave out the values that lost; tell an identifier, a record's key or a property as it stands whatever the
/// disclosure says; let a value break out of its line.
#[test]
fn an_export_holds_all_and_tells_it_as_it_may() {
    let facts: FactSet = [
        says("crm", "lovelace", 1, "note", "\"old\""),
        says("crm", "lovelace", 2, "note", "\"lovelace\\n# of *Bonn*\""),
        fact("web", "lovelace", 3, Body::event("Viewed", [("who", "lovelace")])),
        draft("web", "lovelace", Body::event("Signed In", [("n", "1")]))
            .identified_by(Identifier::new("email", "lovelace@x.io"))
            .received("batch", day(4)),
    ]
    .into_iter()
    .collect();
    let profile = profile(&facts, &Schema::default(), None, None);

    let whole = Export::of(&profile, &Schema::default(), &Disclosure::default());
    let json = serde_json::to_string(&whole).unwrap();
    let text = whole.to_markdown();
    assert!(["old", "lovelace@x.io", "Viewed", "web"].iter().all(|it| json.contains(it) && text.contains(it)));
    assert!(text.contains("- note: lovelace \\# of \\*Bonn\\* (crm, 2026-01-02)\n"), "{text}");
    assert!(text.contains("- note: old (crm, 2026-01-01, not in force)\n"), "{text}");
    assert_eq!(serde_json::from_str::<Export>(&json).unwrap(), whole);

    for personal in [Telling::Masked, Telling::Hashed(b"secret"), Telling::Withheld] {
        let told = Export::of(&profile, &Schema::default(), &Disclosure { personal, ..Disclosure::default() });
        let json = serde_json::to_string(&told).unwrap();
        assert!(!json.contains("lovelace"), "{personal:?}: {json}");
        assert_eq!((told.events.len(), told.attributes.len()), (2, 2));
    }
}

/// Mutation: hash an identifier otherwise than the attribute that holds the same.
#[test]
fn a_mailbox_has_one_hash_as_an_attribute_and_as_an_identifier() {
    let told = draft("web", "lovelace", Body::set([("email", "Ada@X.io")]));
    let told = told.identified_by(Identifier::new("email", "ada@x.io")).received("batch", day(1));
    let mut schema = Schema::default();
    schema.attributes.insert("email".into(), onefold_fact::AttributeSpec::of(Kind::Email));
    let profile = profile(&FactSet::from_iter([told]), &schema, None, None);
    let disclosure = Disclosure { personal: Telling::Hashed(b"secret"), ..Disclosure::default() };
    let told = Export::of(&profile, &schema, &disclosure);
    let hash = keyed_hash(b"secret", Kind::Email, &"ada@x.io".into()).to_string();
    assert_eq!(told.attributes[0].value.as_deref(), Some(hash.as_str()));
    assert_eq!(told.identifiers[0].value.as_deref(), Some(hash.as_str()));
}

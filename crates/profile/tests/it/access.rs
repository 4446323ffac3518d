//! Consent, and what purposes and roles may see.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use onefold_fact::{
    AttributeName, AttributeSpec, Body, Choice, Consent, Fact, FactSet, Identifier, Kind, Membership, PiiClass, Schema,
    Survivorship, Timestamp,
};
use onefold_profile::{
    Access, ConsentState, Disclosure, EventSelector, Export, Policy, Profile, PurposeSpec, Sight, Telling,
};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{any_fact, day, draft, fact, profile, received, says, value};

fn choice(source: &str, stated: Option<u32>, received: u32, choice: Choice, channel: Option<&str>) -> Fact {
    let (purpose, channel) = ("marketing".to_owned(), channel.map(str::to_owned));
    let consent = Consent { purpose, channel, choice, basis: None, proof: None, expires_at: None, collected_by: None };
    let draft = draft(source, "1", Body::Consent(consent));
    let draft = match stated {
        Some(on) => draft.occurred_at(day(on)),
        None => draft,
    };
    draft.received("batch", day(received))
}

fn state(facts: impl IntoIterator<Item = Fact>, channel: Option<&str>) -> ConsentState {
    profile(&facts.into_iter().collect(), &Schema::default(), None, None).consent_state("marketing", channel, day(30))
}

/// Mutations: let the latest always win; let an undated grant count as later.
#[test]
fn where_records_disagree_the_most_restrictive_holds_unless_a_later_choice_is_explicit() {
    use Choice::{Denied, Granted, Withdrawn};
    let cases: [(&[Fact], ConsentState); 6] = [
        (&[choice("crm", Some(1), 1, Granted, None), choice("shop", Some(2), 2, Denied, None)], ConsentState::Denied),
        (&[choice("crm", Some(1), 1, Denied, None), choice("shop", Some(2), 2, Granted, None)], ConsentState::Granted),
        (&[choice("crm", Some(1), 1, Denied, None), choice("shop", None, 9, Granted, None)], ConsentState::Denied),
        (
            &[choice("crm", Some(5), 5, Granted, None), choice("shop", None, 9, Withdrawn, None)],
            ConsentState::Withdrawn,
        ),
        (&[choice("crm", Some(5), 5, Granted, None), choice("shop", Some(5), 5, Denied, None)], ConsentState::Denied),
        (&[choice("crm", None, 5, Granted, None)], ConsentState::Granted),
    ];
    for (facts, expected) in cases {
        assert_eq!(state(facts.to_vec(), None), expected);
        assert_eq!(state(facts.iter().rev().cloned(), None), expected);
    }
    assert_eq!(state([], None), ConsentState::Unknown);
}

/// A choice that begins later leaves the one before it in force until then.
/// Mutation: keep the last choice alone.
#[test]
fn a_later_choice_holds_from_its_time_on() {
    use Choice::{Denied, Granted};
    let facts = [
        choice("crm", Some(1), 1, Granted, None),
        choice("crm", Some(5), 5, Denied, None),
        choice("crm", Some(20), 6, Granted, None),
    ];
    let folded = profile(&facts.into_iter().collect(), &Schema::default(), None, None);
    let at = |on| folded.consent_state("marketing", Some("email"), day(on));
    let states = [at(1), at(4), at(5), at(19), at(20)];
    assert_eq!(states, [Granted, Granted, Denied, Denied, Granted].map(ConsentState::from));
    let [held] = folded.consents() else { panic!("one purpose") };
    assert_eq!(held.choices().map(|it| it.consent().choice).collect::<Vec<_>>(), [Granted, Denied, Granted]);
    assert!(held.is_granted_at(day(2)) && !held.is_granted_at(day(10)));
}

/// Mutation: ask for the channel alone.
#[test]
fn what_is_said_in_general_is_said_of_every_channel() {
    use Choice::{Denied, Granted};
    let yes = |on, channel| choice("crm", Some(on), on, Granted, channel);
    let no = |on, channel| choice("shop", Some(on), on, Denied, channel);
    assert_eq!(state([yes(1, None)], Some("sms")), ConsentState::Granted);
    assert_eq!(state([yes(1, Some("email"))], Some("sms")), ConsentState::Unknown);
    assert_eq!(state([yes(1, Some("sms")), no(2, None)], Some("sms")), ConsentState::Denied);
    assert_eq!(state([no(1, None), yes(2, Some("sms"))], Some("sms")), ConsentState::Granted);
    assert_eq!(state([no(1, None), yes(2, Some("sms"))], None), ConsentState::Denied);
}

fn schema() -> Schema {
    let spec = |kind, purposes: &[&str]| AttributeSpec {
        purposes: purposes.iter().map(|&it| it.to_owned()).collect(),
        ..AttributeSpec::of(kind)
    };
    let attributes = [
        ("email", spec(Kind::Email, &["marketing"])),
        ("iban", AttributeSpec { pii: PiiClass::Sensitive, ..spec(Kind::NationalId, &["billing"]) }),
        ("plan", spec(Kind::Category, &[])),
    ];
    Schema { attributes: attributes.map(|(name, spec)| (name.into(), spec)).into(), ..Schema::default() }
}

fn ada() -> Profile {
    let order = Body::event("Order Completed", [("total", "SECRET-TOTAL"), ("sku", "A-1")]);
    let group = Membership { group: Identifier::new("group", "SECRET-GROUP"), role: None, member: true, only: false };
    let facts = [
        says("crm", "1", 1, "email", r#""secret@x.io""#),
        says("crm", "1", 1, "iban", r#""SECRET-IBAN""#),
        says("crm", "1", 1, "plan", r#""pro""#),
        says("crm", "1", 1, "unheard_of", r#""SECRET-NOTE""#),
        fact("crm", "1", 2, order),
        fact("crm", "1", 3, Body::Group(group)),
        choice("crm", Some(4), 4, Choice::Granted, Some("email")),
        draft("crm", "1", Body::event("SECRET-EVENT", [("a", "b")]))
            .identified_by(Identifier::new("phone", "SECRET-PHONE"))
            .occurred_at(day(2))
            .received("b", day(2)),
    ];
    profile(&FactSet::from_iter(facts), &schema(), None, None)
}

fn policy() -> Policy {
    let marketing = Sight {
        attributes: Access::All,
        up_to: PiiClass::Personal,
        events: Access::only(["Order Completed"]),
        properties: Access::only(["sku"]),
        ..Sight::default()
    };
    let support = Sight { up_to: PiiClass::None, masked: true, ..marketing.clone() };
    let email_only = Sight { attributes: Access::All, up_to: PiiClass::Personal, ..Sight::default() };
    Policy {
        purposes: [
            ("marketing".to_owned(), PurposeSpec { needs_consent: true, sees: marketing }),
            ("billing".to_owned(), PurposeSpec { needs_consent: false, sees: email_only }),
        ]
        .into(),
        roles: [("support".to_owned(), support), ("steward".to_owned(), Sight::everything())].into(),
    }
}

/// Mutations: take the purposes of the schema for a hint; hand out an attribute that nobody declared; derive `Debug`
/// from the profile.
#[test]
fn a_view_holds_what_may_be_seen_and_nothing_else() {
    let (ada, policy, schema) = (ada(), policy(), schema());
    let view = ada.view("marketing", Some("email"), &policy, &schema, day(30)).unwrap();
    insta::assert_snapshot!(serde_json::to_string(&view).unwrap().replace(&ada.id().to_string(), "ID"), @r#"{"id":"ID","attributes":{"email":"secret@x.io","plan":"pro","unheard_of":"SECRET-NOTE"},"identifiers":[],"events":[{"name":"Order Completed","properties":{"sku":"A-1"},"source":"crm","record":null,"at":"2026-01-02T00:00:00Z"}],"groups":[],"consents":[]}"#);
    let billing = ada.view("billing", None, &policy, &schema, day(30)).unwrap();
    assert!(billing.value("email").is_none() && billing.timeline().is_empty());
    let support = ada.view_for("support", &policy, &schema).unwrap();
    let text = format!("{support:?} {support} {}", serde_json::to_string(&support).unwrap());
    assert!(!text.to_lowercase().contains("secret"), "{text}");
    assert_eq!(support.value("email").unwrap().to_text(), "s***@x.io");
    assert_eq!(support.value("plan").unwrap().to_text(), "pro");
    let steward = ada.view_for("steward", &policy, &schema).unwrap();
    assert_eq!(steward.value("iban").unwrap().to_text(), "SECRET-IBAN");
}

/// What stands under a name has the class of the attribute of that name, wherever it stands: a mailbox is as personal in
/// an event, or as an identifier, as it is on the profile; and so are its purposes.
/// Mutations: look at the class of attributes only; show an identifier that the purposes of its attribute close.
#[test]
fn the_class_of_a_name_holds_in_events_and_identifiers() {
    let (schema, day2) = (schema(), day(2));
    let mail = Body::event("Mail opened", [("email", "secret@x.io"), ("plan", "pro"), ("iban", "SECRET-IBAN")]);
    let group = Membership { group: Identifier::new("family", "SECRET-FAMILY"), role: None, member: true, only: false };
    let facts = [
        draft("crm", "1", mail).identified_by(Identifier::new("email", "secret@x.io")).received("b", day2),
        fact("crm", "1", 3, Body::Group(group)),
    ];
    let folded = profile(&FactSet::from_iter(facts), &schema, None, None);
    let open = Sight { masked: false, up_to: PiiClass::None, ..Sight::everything() };
    let roles = [("open", open.clone()), ("masked", Sight { masked: true, ..open.clone() })];
    let billing = PurposeSpec { needs_consent: false, sees: Sight::everything() };
    let policy = Policy {
        roles: roles.map(|(name, sees)| (name.to_owned(), sees)).into(),
        purposes: [("billing".to_owned(), billing)].into(),
    };
    let json = |view: &onefold_profile::View| serde_json::to_value(view).unwrap();
    let open = json(&folded.view_for("open", &policy, &schema).unwrap());
    assert_eq!(open["events"][0]["properties"], serde_json::json!({"plan": "pro"}));
    assert_eq!((open["identifiers"].clone(), open["groups"].clone()), (serde_json::json!([]), serde_json::json!([])));
    let masked = json(&folded.view_for("masked", &policy, &schema).unwrap());
    let properties = serde_json::json!({"email": "s***@x.io", "plan": "pro", "iban": "***"});
    assert_eq!(masked["events"][0]["properties"], properties);
    assert_eq!(masked["identifiers"], serde_json::json!(["email:s***@x.io"]));
    assert_eq!(
        masked["groups"],
        serde_json::json!([{"group": "family:***", "role": null, "since": "2026-01-03T00:00:00Z"}])
    );
    let billing = json(&folded.view("billing", None, &policy, &schema, day(30)).unwrap());
    assert_eq!(billing["events"][0]["properties"], serde_json::json!({"plan": "pro", "iban": "SECRET-IBAN"}));
    assert_eq!(billing["identifiers"], serde_json::json!([]));
}

/// Mutations: know attributes only; hold what nobody declared within a value to be as personal as the value.
#[test]
fn a_number_that_a_state_gave_somebody_is_sensitive_where_nobody_declared_it() {
    let said = value(r#"{"ssn": "SECRET", "plan": "pro"}"#);
    let said = [("ssn", "SECRET".into()), ("payerTaxId", "SECRET".into()), ("form", said), ("note", "hello".into())];
    let facts = FactSet::from_iter([fact("crm", "1", 1, Body::event("Applied", said))]);
    let folded = profile(&facts, &Schema::default(), None, None);
    let role = |masked| Sight { up_to: PiiClass::Personal, masked, ..Sight::everything() };
    let roles = [("sales".to_owned(), role(false)), ("support".to_owned(), role(true))].into();
    let policy = Policy { roles, ..Policy::default() };
    let sales = folded.view_for("sales", &policy, &Schema::default()).unwrap().to_string();
    assert!(!sales.contains("SECRET") && sales.contains("hello") && sales.contains("pro"), "{sales}");
    let support = folded.view_for("support", &policy, &Schema::default()).unwrap().to_string();
    assert!(!support.contains("SECRET") && support.contains("ssn ***"), "{support}");
}

/// Mutation: look names up as they are spelt only.
#[test]
fn a_name_is_of_the_class_of_its_attribute_in_every_spelling() {
    let mut schema = schema();
    schema.attributes.insert("bank_account".into(), schema.attributes["iban"].clone());
    let names = ["Iban", "IBAN", "bankAccount", "bank-account", "Bank Account", "bank_account"];
    let said = names.map(|name| (name, "SECRET"));
    let folded = profile(&FactSet::from_iter([fact("crm", "1", 1, Body::event("Paid", said))]), &schema, None, None);
    let role = Sight { up_to: PiiClass::Personal, ..Sight::everything() };
    let policy = Policy { roles: [("sales".to_owned(), role)].into(), ..Policy::default() };
    let text = folded.view_for("sales", &policy, &schema).unwrap().to_string();
    assert!(!text.contains("SECRET"), "{text}");
    assert!(!schema.serves("IBAN", "marketing") && schema.serves("IBAN", "billing"));
    assert_eq!(schema.pii("Plan"), PiiClass::None);
}

/// Mutations: look at the name of a property only; look into maps, but not into lists of them; leave out texts that are
/// searched, or what is exported; except a name at the top only.
#[test]
fn the_class_of_a_name_holds_at_any_depth() {
    let schema = schema();
    let said = value(
        r#"{"who": {"iban": "SECRET wants this paid to another account", "plan": "pro"}, "n": [[{"Iban": "SECRET"}]]}"#,
    );
    let event = fact("crm", "1", 2, Body::event("Paid", [("order", said.clone())]));
    let facts = [event.clone(), fact("crm", "1", 1, Body::set([("order", said)]))];
    let folded = profile(&FactSet::from_iter(facts), &schema, None, None);
    let personal = Sight { up_to: PiiClass::Personal, ..Sight::everything() };
    let names = ["iban".to_owned()].into();
    let except = Sight { properties: Access::Except(names), attributes: Access::Nothing, ..Sight::everything() };
    let roles = [
        ("hidden", personal.clone()),
        ("masked", Sight { masked: true, ..personal.clone() }),
        ("except", except),
        ("all", Sight::everything()),
    ];
    let purpose = |name: &str| (name.to_owned(), PurposeSpec { needs_consent: false, sees: Sight::everything() });
    let policy = Policy {
        roles: roles.map(|(name, sees)| (name.to_owned(), sees)).into(),
        purposes: ["marketing", "billing"].map(purpose).into(),
    };
    let seen = |role: &str| serde_json::to_value(folded.view_for(role, &policy, &schema).unwrap()).unwrap();
    let hidden = serde_json::json!({"who": {"plan": "pro"}, "n": [[{}]]});
    assert_eq!(seen("hidden")["events"][0]["properties"]["order"], hidden);
    assert_eq!(seen("hidden")["attributes"]["order"], hidden);
    assert_eq!(seen("except")["events"][0]["properties"]["order"], hidden);
    let masked = serde_json::json!({"who": {"iban": "***", "plan": "pro"}, "n": [[{"Iban": "***"}]]});
    assert_eq!(seen("masked")["events"][0]["properties"]["order"], masked);
    assert!(seen("all").to_string().contains("SECRET"));
    let by = |purpose: &str| folded.view(purpose, None, &policy, &schema, day(30)).unwrap().to_string();
    assert!(by("billing").contains("SECRET") && !by("marketing").contains("SECRET"));

    assert!(Sight::everything().shows_prose(&event, &schema));
    assert!(!personal.shows_prose(&event, &schema));
    assert!(!policy.roles["except"].shows_prose(&event, &schema));

    for sensitive in [Telling::Masked, Telling::Hashed(b"secret"), Telling::Withheld] {
        let told = Export::of(&folded, &schema, &Disclosure { sensitive, ..Disclosure::default() });
        let json = serde_json::to_string(&told).unwrap();
        assert!(json.contains("pro") && !json.contains("SECRET"), "{json}");
    }
}

/// What stands in an object is read under a name that holds its own, and that of the object.
/// Mutations: look at whole names only; look at the end of a name only; let a part of a name open what nobody declared; hide what is declared under a longer name.
#[test]
fn what_nobody_declared_is_as_closed_as_what_its_name_holds() {
    let mut schema = schema();
    schema
        .attributes
        .insert("diagnosis".into(), AttributeSpec { pii: PiiClass::Sensitive, ..AttributeSpec::of(Kind::Text) });
    schema.attributes.insert("open_iban".into(), AttributeSpec::of(Kind::Category));
    schema.attributes.insert("patient_diagnosis".into(), AttributeSpec::found("patient_diagnosis", Kind::Text));
    let names =
        ["patient_diagnosis", "patient.Diagnosis", "diagnosis_code", "open_iban", "prediagnosis", "favourite_plan"];
    let facts = [
        fact("crm", "1", 1, Body::set(names.map(|name| (name, "said")))),
        fact("crm", "1", 2, Body::event("Visit", names.map(|name| (name, "said")))),
    ];
    let folded = profile(&FactSet::from_iter(facts), &schema, None, None);
    let personal = Sight { up_to: PiiClass::Personal, ..Sight::everything() };
    let except = Access::Except(["diagnosis".to_owned(), "iban".to_owned()].into());
    let except = Sight { attributes: except.clone(), properties: except, ..Sight::everything() };
    let roles =
        [("personal", personal), ("none", Sight { up_to: PiiClass::None, ..Sight::everything() }), ("except", except)];
    let roles = roles.map(|(name, sees)| (name.to_owned(), sees)).into();
    let news = PurposeSpec { needs_consent: false, sees: Sight::everything() };
    let policy = Policy { roles, purposes: [("news".to_owned(), news)].into() };
    let seen = |view: &onefold_profile::View| {
        let event = view.timeline().iter().next().unwrap();
        let seen = names.map(|name| view.value(name).is_some());
        assert_eq!(seen, names.map(|name| event.property(name).is_some()));
        seen
    };
    let by = |role: &str| seen(&folded.view_for(role, &policy, &schema).unwrap());
    assert_eq!(by("personal"), [false, false, false, true, true, true]);
    assert_eq!(by("except"), [false, false, false, true, true, true]);
    assert_eq!(by("none"), [false, false, false, true, false, false]);
    let news = seen(&folded.view("news", None, &policy, &schema, day(30)).unwrap());
    assert_eq!(news, [true, true, true, true, true, true]);
}

/// An identifier that an attribute holds is no more open than that attribute, whatever its namespace is.
/// Mutations: look at the attribute of the namespace only; compare spellings; leave out values that lost.
#[test]
fn an_identifier_is_as_closed_as_each_attribute_that_holds_it() {
    let mut schema = schema();
    let private =
        AttributeSpec { pii: PiiClass::Sensitive, purposes: vec!["care".to_owned()], ..AttributeSpec::of(Kind::Email) };
    schema.attributes.insert("private_mail".into(), private);
    schema.attributes.insert("email".into(), AttributeSpec { pii: PiiClass::None, ..AttributeSpec::of(Kind::Email) });
    let with = |on, attribute: &str, address: &str| {
        draft("crm", "1", Body::set([(attribute, address)]))
            .identified_by(Identifier::new("email", address.to_lowercase()))
            .received("b", day(on))
    };
    let facts = [
        with(1, "private_mail", "Secret.Old@x.io"),
        with(2, "private_mail", "Secret@x.io"),
        with(3, "email", "secret@x.io"),
        with(4, "email", "ada@x.io"),
    ];
    let folded = profile(&FactSet::from_iter(facts), &schema, None, None);
    let open = Sight { up_to: PiiClass::Personal, ..Sight::everything() };
    let roles = [("hidden", open.clone()), ("masked", Sight { masked: true, ..open })];
    let purpose = |name: &str| (name.to_owned(), PurposeSpec { needs_consent: false, sees: Sight::everything() });
    let policy = Policy {
        roles: roles.map(|(name, sees)| (name.to_owned(), sees)).into(),
        purposes: ["marketing", "care"].map(purpose).into(),
    };
    let seen = |role: &str| serde_json::to_value(folded.view_for(role, &policy, &schema).unwrap()).unwrap();
    assert_eq!(seen("hidden")["identifiers"], serde_json::json!(["email:ada@x.io"]));
    let masked = serde_json::json!(["email:ada@x.io", "email:s***@x.io", "email:s***@x.io"]);
    assert_eq!(seen("masked")["identifiers"], masked);
    let by = |purpose: &str| folded.view(purpose, None, &policy, &schema, day(30)).unwrap().identifiers().len();
    assert_eq!((by("care"), by("marketing")), (3, 1));
    let disclosure = Disclosure { sensitive: Telling::Masked, ..Disclosure::default() };
    let told = Export::of(&folded, &schema, &disclosure).identifiers;
    let told: Vec<_> = told.iter().filter_map(|it| it.value.as_deref()).collect();
    assert_eq!(told, ["ada@x.io", "s***@x.io", "s***@x.io"]);
}

/// Why a value won is told as far as the value is: losers, what a record is called, and which fact said so, by the same rules.
/// Mutations: tell losers as they stand; tell how long masked values are; tell keys to who sees no identifiers, or one that an
/// attribute closes; tell the ids of facts to who does not see everything.
#[test]
fn what_decided_a_value_is_seen_as_far_as_the_value() {
    let mut schema = schema();
    let private = AttributeSpec { pii: PiiClass::Sensitive, ..AttributeSpec::of(Kind::Email) };
    schema.attributes.insert("private_mail".into(), private);
    let longest = AttributeSpec { survivorship: Survivorship::Longest, ..AttributeSpec::of(Kind::GivenName) };
    schema.attributes.insert("given_name".into(), longest);
    let facts = [
        says("crm", "17", 1, "given_name", r#""Secretina""#),
        says("crm", "hidden@x.io", 2, "given_name", r#""Sec""#),
        says("crm", "17", 3, "private_mail", r#""Hidden@x.io""#),
        says("crm", "17", 4, "plan", r#""pro""#),
        fact("crm", "17", 5, Body::Unset(["plan".into()].into())),
    ];
    let ids: Vec<String> = facts.iter().map(|fact| fact.id().to_string()).collect();
    let folded = profile(&FactSet::from_iter(facts), &schema, None, None);
    let roles = [
        ("open", Sight { up_to: PiiClass::Personal, ..Sight::everything() }),
        ("nameless", Sight { up_to: PiiClass::Personal, identifiers: Access::Nothing, ..Sight::everything() }),
        ("masked", Sight { up_to: PiiClass::None, masked: true, ..Sight::everything() }),
        ("hidden", Sight { up_to: PiiClass::None, ..Sight::everything() }),
        ("steward", Sight::everything()),
    ];
    let roles = roles.map(|(name, sees)| (name.to_owned(), sees)).into();
    let policy = Policy { roles, ..Policy::default() };
    let view = |role: &str| folded.view_for(role, &policy, &schema).unwrap();
    let why = |role: &str, name: &str| view(role).why(name).map(|why| why.to_string());

    let told = ["open", "nameless", "masked", "steward"].map(|role| why(role, "given_name").unwrap_or_default());
    insta::assert_snapshot!(told.join("\n"), @r"
    given_name: Secretina, from crm record 17, 2026-01-01, because it is the longest
    lost: Sec (crm, 2026-01-02): shorter (3 of 9 characters)
    given_name: Secretina, from crm, 2026-01-01, because it is the longest
    lost: Sec (crm, 2026-01-02): shorter (3 of 9 characters)
    given_name: S***, from crm, 2026-01-01, because it is the longest
    lost: S*** (crm, 2026-01-02): shorter
    given_name: Secretina, from crm record 17, 2026-01-01, because it is the longest
    lost: Sec (crm record hidden@x.io, 2026-01-02): shorter (3 of 9 characters)
    ");
    assert_eq!((why("hidden", "given_name"), why("open", "private_mail")), (None, None));
    assert_eq!(why("open", "plan"), folded.why("plan").map(|why| why.to_string()));

    let told = |role: &str| {
        let view = view(role);
        let why: Vec<_> =
            view.why("given_name").iter().map(|why| serde_json::to_string(&why.plain()).unwrap()).collect();
        format!("{view:?} {view} {} {why:?}", serde_json::to_string(&view).unwrap())
    };
    for role in ["open", "nameless", "masked", "hidden"] {
        let told = told(role);
        assert!(!told.to_lowercase().contains("hidden@"), "{told}");
        assert!(ids.iter().all(|id| !told.contains(id)), "{told}");
    }
    assert!(!told("masked").contains("Sec") && !told("hidden").contains("Sec"));
    assert!(ids.iter().any(|id| told("steward").contains(id)));
}

/// Mutation: ask of a key whether its class is closed alone, and not its namespace or its attribute.
#[test]
fn a_key_that_is_a_mailbox_is_seen_by_who_may_see_mailboxes() {
    let said = Body::set([("email", "secret@x.io"), ("plan", "pro")]);
    let facts = ["secret@x.io", "email:secret@x.io"].map(|key| draft("crm", key, said.clone()).received("b", day(1)));
    let folded = profile(&FactSet::from_iter(facts), &Schema::default(), None, None);
    let names = || ["email".to_owned()].into();
    let no_identifier = Sight { identifiers: Access::Except(names()), ..Sight::everything() };
    let no_attribute = Sight { attributes: Access::Except(names()), ..Sight::everything() };
    let roles = [("all", Sight::everything()), ("no_identifier", no_identifier), ("no_attribute", no_attribute)];
    let policy = Policy { roles: roles.map(|(name, sees)| (name.to_owned(), sees)).into(), ..Policy::default() };
    let why = |role: &str| {
        let view = folded.view_for(role, &policy, &Schema::default()).unwrap();
        view.why("plan").unwrap().to_string()
    };
    assert!(why("all").contains("secret@x.io"));
    assert!(!why("no_identifier").contains("secret") && !why("no_attribute").contains("secret"));
}

/// Mutations: tell the values of a history as they stand; give a history of what is closed.
#[test]
fn a_history_is_seen_as_far_as_its_attribute() {
    let facts: Vec<Fact> = [(1, r#""secret@x.io""#), (2, r#""hidden@y.io""#)]
        .map(|(on, mail)| says("crm", "17", on, "email", mail))
        .into();
    let facts = FactSet::from_iter(facts);
    let folded = profile(&facts, &schema(), None, None);
    let told = facts.standing(None).into_iter().filter_map(|it| Some((it.fact().record()?, it)));
    let (name, schema) = ("email".into(), schema());
    let whole = onefold_profile::history(&name, told, &schema, &onefold_profile::Rules::default(), None);
    let policy = policy();
    let seen = policy.lens_for("support", &schema).unwrap().history(&folded, &name, &whole).unwrap();
    let values: Vec<String> = seen.periods().iter().filter_map(|it| Some(it.value()?.to_string())).collect();
    assert_eq!(values, ["s***@x.io", "h***@y.io"]);
    assert!(seen.periods().iter().all(|it| it.provenance().is_some_and(|from| from.key().is_none())));
    let granted = ConsentState::Granted;
    let marketing = policy.lens("marketing", granted, &schema).unwrap();
    assert_eq!(marketing.history(&folded, &name, &whole).map(|it| it.periods().len()), Some(2));
    let billing = policy.lens("billing", granted, &schema).unwrap();
    assert_eq!(billing.history(&folded, &name, &whole), None, "the attribute serves other purposes");
}

/// A page of a view goes on where it ended, among events of one time too.
/// Mutation: give all events one number.
#[test]
fn the_events_of_a_view_are_paged() {
    let visit = |n: i32| fact("web", "1", 2, Body::event("visit", [("n", onefold_fact::Value::from(n))]));
    let folded = profile(&(0..7).map(visit).collect(), &Schema::default(), None, None);
    let sees = Sight { up_to: PiiClass::None, ..Sight::everything() };
    let policy = Policy { roles: [("desk".to_owned(), sees)].into(), ..Policy::default() };
    let view = folded.view_for("desk", &policy, &Schema::default()).unwrap();
    let (mut from, mut seen) = (None, 0);
    for _ in 0..4 {
        let page = view.timeline().page(&EventSelector::default(), from, NonZeroUsize::new(2).unwrap());
        assert!(page.events.iter().all(|event| event.properties().is_empty()));
        seen += page.events.len();
        from = page.next;
    }
    assert_eq!((seen, from), (7, None));
}

/// Mutations: show every purpose; show a proof to who sees nothing personal.
#[test]
fn the_choices_of_a_view_are_those_of_its_purposes() {
    let said = |purpose: &str| {
        let proof = Some("call with SECRET".to_owned());
        let (purpose, choice) = (purpose.to_owned(), Choice::Denied);
        let (channel, basis, expires_at, collected_by) = (None, None, None, None);
        let consent = Consent { purpose, channel, choice, basis, proof, expires_at, collected_by };
        fact("crm", "1", 1, Body::Consent(consent))
    };
    let folded = profile(&["marketing", "analytics"].map(said).into_iter().collect(), &Schema::default(), None, None);
    let desk = Sight { consents: Access::only(["marketing"]), ..Sight::default() };
    let roles = [("desk".to_owned(), desk), ("none".to_owned(), Sight::default())].into();
    let policy = Policy { roles, ..Policy::default() };
    let view = |role| folded.view_for(role, &policy, &Schema::default()).unwrap();
    assert_eq!(view("desk").consent_state("marketing", Some("email"), day(2)), ConsentState::Denied);
    assert_eq!(view("desk").consent_state("analytics", None, day(2)), ConsentState::Unknown);
    assert!(!format!("{:?} {}", view("desk"), serde_json::to_string(&view("desk")).unwrap()).contains("SECRET"));
    assert!(view("none").consents().is_empty());
}

#[test]
fn what_is_not_declared_or_not_consented_is_refused() {
    let (ada, policy, schema) = (ada(), policy(), schema());
    let refused = |purpose, channel| ada.view(purpose, channel, &policy, &schema, day(30)).unwrap_err().to_string();
    assert_eq!(
        refused("marketing", Some("sms")),
        "consent to `marketing` is unknown, and the purpose needs it granted"
    );
    assert_eq!(refused("sale", None), "unknown purpose `sale`; declare it in the policy");
    let error = ada.view_for("intern", &policy, &schema).unwrap_err().to_string();
    assert_eq!(error, "unknown role `intern`; declare it in the policy");
}

proptest! {
    /// Whatever a policy says, nothing that it closes stands in the view, in its JSON or in its debugging text.
    /// Mutation: filter events, and not their properties.
    #[test]
    fn what_is_closed_does_not_leave(
        facts in vec(any_fact(), 0..20),
        open in btree_set(select(vec!["x".to_owned(), "y".to_owned()]), 0..2),
        up_to in select(vec![PiiClass::None, PiiClass::Personal]),
    ) {
        let schema = Schema::default();
        let folded = profile(&received(&facts), &schema, None, None);
        let sees = Sight { attributes: Access::Only(open.clone()), up_to, ..Sight::default() };
        let policy = Policy { roles: [("clerk".to_owned(), sees)].into(), ..Policy::default() };
        let view = folded.view_for("clerk", &policy, &schema).unwrap();
        let seen: BTreeSet<&str> = view.attributes().keys().map(AttributeName::as_str).collect();
        prop_assert!(seen.iter().all(|name| open.contains(*name) && up_to == PiiClass::Personal));
        let why: String = view.attributes().keys().filter_map(|name| Some(view.why(name.as_str())?.to_string())).collect();
        let text = format!("{view:?} {why}");
        prop_assert!(!text.contains("ada@") && !text.contains("Viewed"), "{}", text);
        let facts = received(&facts);
        prop_assert!(facts.iter().all(|fact| !text.contains(&fact.id().to_string())), "{}", text);
        prop_assert_eq!(view.timeline().len() + view.identifiers().len() + view.groups().len(), 0);
    }

    /// A choice that is made later and says no always counts; time never turns a no into a yes.
    /// Mutation: let an expired refusal give way to an older grant.
    #[test]
    fn no_is_no(
        choices in vec((select(vec![Choice::Granted, Choice::Denied, Choice::Withdrawn]), proptest::option::of(1_u32..9), 1_u32..9), 1..8),
    ) {
        let said = |(answer, stated, received): &(Choice, Option<u32>, u32)| choice("crm", *stated, *received, *answer, None);
        let facts: FactSet = choices.iter().map(said).collect();
        let folded = profile(&facts, &Schema::default(), None, None);
        let state = folded.consent_state("marketing", None, day(30));
        let time = |(_, stated, received): &(Choice, Option<u32>, u32)| stated.unwrap_or(*received);
        let last_no = choices.iter().filter(|it| it.0 != Choice::Granted).map(time).max();
        let explicit_yes = choices.iter().filter(|it| it.0 == Choice::Granted && it.1.is_some()).map(time).max();
        let any_yes = choices.iter().any(|it| it.0 == Choice::Granted);
        let expected = match last_no {
            None => any_yes,
            Some(no) => explicit_yes.is_some_and(|yes| yes > no),
        };
        prop_assert_eq!(state == ConsentState::Granted, expected);
        let early: Timestamp = day(1) - chrono::TimeDelta::days(1);
        prop_assert_eq!(folded.consent_state("marketing", None, early), ConsentState::Unknown);
    }
}

//! Whom a conversion of a lead makes one, what it leaves as it was, and where it puts the contact.

use std::collections::BTreeMap;

use onefold::crm::{Command, Contact, LeadCommand, Opening, Pipeline, Why};
use onefold::{
    Body, ConvertInto, CustomerId, Draft, JoinedAs, Onefold, Options, Party, RecordId, RecordKey, Silent, Timestamp,
    Value, WorkError,
};

fn day(day: u32) -> Timestamp {
    format!("2026-03-{day:02}T09:00:00Z").parse().expect("a time")
}

fn record(name: &str) -> RecordId {
    RecordId::of(&"crm".into(), &RecordKey::person(name))
}

fn lead() -> RecordId {
    RecordId::of(&"leads".into(), &RecordKey::person("l-1"))
}

/// Ada, Grace and forty others who were linked once, and a pipeline.
fn house() -> Onefold {
    let house = Onefold::in_memory(Options::default());
    let person = |key: &str, pairs: &[(&str, &str)]| {
        Draft::new("crm", Body::set(pairs.iter().copied())).key(RecordKey::person(key))
    };
    let ada = person(
        "ada",
        &[("full_name", "Ada Byron"), ("email", "ada@x.io"), ("phone", "+4930123456"), ("city", "Berlin")],
    );
    let grace = person("grace", &[("full_name", "Grace Hopper"), ("email", "grace@y.io"), ("phone", "+4930777777")]);
    let others = (0..40).map(|n| {
        let (name, address) = (format!("Person{n} Else{n}"), format!("p{n}@y.io"));
        Draft::new("crm", Body::set([("full_name", name), ("email", address)])).key(RecordKey::person(format!("m{n}")))
    });
    house.accept("crm", day(1), [ada, grace].into_iter().chain(others)).expect("accepted");
    house.relink(&mut Silent).expect("linked");
    let pipeline: Pipeline = serde_json::from_str(
        r#"{"stages": [{"name": "talking", "probability": "0.3"}, {"name": "won", "probability": "1", "closes": "won"},
            {"name": "lost", "probability": "0", "closes": "lost"}]}"#,
    )
    .expect("a pipeline");
    house.adopt(pipeline.configuration("sales").expect("JSON"), day(1)).expect("adopted");
    house
}

fn captured(house: &Onefold, says: &[(&str, &str)]) {
    let fields = says.iter().map(|(field, value)| ((*field).to_owned(), Value::from(*value))).collect();
    house.lead("l-1", &LeadCommand::Capture { source: "web".into(), fields }, day(2)).expect("captured");
}

fn who(house: &Onefold, record: RecordId) -> CustomerId {
    house.customer(record).expect("read").expect("there").id()
}

fn value(house: &Onefold, record: RecordId, name: &str) -> Option<String> {
    house.customer(record).expect("read").expect("there").value(name).map(ToString::to_string)
}

/// Nobody is made one with others whom nobody named. Mutations: link with whoever is named, whoever the lead was taken for;
/// keep the lead apart from the contact too.
#[test]
fn three_do_not_become_one_unasked() {
    let house = house();
    captured(&house, &[("full_name", "Grace Hopper"), ("email", "grace@y.io"), ("phone", "+4930777777")]);
    assert_eq!(who(&house, lead()), who(&house, record("grace")), "linking takes the lead for Grace");
    let into = ConvertInto { contact: Some(record("ada")), ..ConvertInto::default() };
    let before = house.digest().expect("a digest");
    let would = house.preview_conversion("l-1", &into, day(3)).expect("read");
    let one: Vec<(&str, JoinedAs)> = would.one.iter().map(|it| (it.name.as_str(), it.as_)).collect();
    assert_eq!(
        one,
        [("Ada Byron", JoinedAs::Contact), ("Grace Hopper", JoinedAs::Lead), ("Grace Hopper", JoinedAs::TakenFor)]
    );
    let refused = would.refused.expect("it would be refused");
    assert!(refused.to_string().contains("linking took the lead for `Grace Hopper`"), "{refused}");
    let Err(WorkError::Rejected(no)) = house.convert_lead("l-1", &into, day(3)) else { panic!("three are one") };
    assert_eq!((no.problems()[0].why, no.problems()[0].field.as_str()), (Why::NotAllowed, "contact"));
    assert_eq!(house.digest().expect("a digest"), before);

    let apart = ConvertInto { apart: true, ..into.clone() };
    let would = house.preview_conversion("l-1", &apart, day(3)).expect("read");
    assert_eq!((would.one.len(), would.refused), (2, None));
    let done = house.convert_lead("l-1", &apart, day(3)).expect("converted");
    assert_eq!(who(&house, lead()), who(&house, record("ada")));
    assert_ne!(who(&house, lead()), who(&house, record("grace")));
    house.retract(done.batch.expect("a batch"), day(4)).expect("taken back");
    assert_eq!(house.digest().expect("a digest"), before);

    // Who is named is no third customer.
    let grace = ConvertInto { contact: Some(record("grace")), ..ConvertInto::default() };
    assert_eq!(house.preview_conversion("l-1", &grace, day(5)).expect("read").refused, None);
    house.merge_customers(record("ada"), record("grace"), &BTreeMap::new(), day(5)).expect("merged");
    assert_eq!(house.preview_conversion("l-1", &into, day(6)).expect("read").refused, None);
}

/// What the contact has filled stays, also where the lead was linked with it before and said something else since, and in fields
/// that no map names. Mutations: compare with what the lead overrode already; look at the mapped fields only; pin, so that what the
/// contact says later is not heard.
#[test]
fn what_is_filled_stays() {
    let house = house();
    captured(
        &house,
        &[
            ("full_name", "Ada Byron"),
            ("email", "Ada@X.io"),
            ("phone", "+4930999999"),
            ("city", "Bonn"),
            ("hobby", "chess"),
        ],
    );
    let ada = record("ada");
    assert_eq!(who(&house, lead()), who(&house, ada));
    assert_eq!(value(&house, ada, "phone").as_deref(), Some("+4930999999"), "what was said last counts");
    let before = house.digest().expect("a digest");
    let into = ConvertInto { contact: Some(ada), ..ConvertInto::default() };
    let would = house.preview_conversion("l-1", &into, day(3)).expect("read").conversion;
    let kept: Vec<(&str, String)> = would.kept.iter().map(|kept| (kept.field.as_str(), kept.is.to_string())).collect();
    assert_eq!(kept, [("city", "Berlin".to_owned()), ("phone", "+4930123456".to_owned())]);
    assert_eq!(would.contact.into_iter().collect::<Vec<_>>(), [("hobby".to_owned(), Value::from("chess"))]);
    let done = house.convert_lead("l-1", &into, day(3)).expect("converted");
    let is = |name: &str| value(&house, ada, name);
    assert_eq!(
        [is("phone"), is("city"), is("hobby")].map(Option::unwrap_or_default),
        ["+4930123456", "Berlin", "chess"]
    );
    house.retract(done.batch.expect("a batch"), day(4)).expect("taken back");
    assert_eq!(house.digest().expect("a digest"), before);

    house.convert_lead("l-1", &into, day(5)).expect("converted");
    let moved = Draft::new("crm", Body::set([("city", "Rome")])).key(RecordKey::person("ada")).occurred_at(day(6));
    house.accept("later", day(6), [moved]).expect("accepted");
    assert_eq!(value(&house, ada, "city").as_deref(), Some("Rome"), "what the contact says later is heard");
}

/// The contact belongs to the account, new or known. Mutations: make nobody a member; of a known account take another group than
/// the one that it has.
#[test]
fn the_contact_is_a_member_of_the_account() {
    let house = house();
    let firm = |name: &str| RecordId::of(&"crm".into(), &RecordKey::organisation(name));
    let acme = Draft::new("crm", Body::set([("company", "Acme")])).key(RecordKey::organisation("acme"));
    let group = "account:17".parse().expect("an identifier");
    house.accept("firms", day(1), [acme.identified_by(group)]).expect("accepted");
    captured(&house, &[("full_name", "Augusta King"), ("company", "Analytical")]);
    let groups = |house: &Onefold, of: RecordId| -> Vec<(String, Option<String>)> {
        let profile = house.customer(of).expect("read").expect("there");
        profile.groups().iter().map(|it| (it.group().to_string(), it.role().map(str::to_owned))).collect()
    };
    let before = house.digest().expect("a digest");
    let known = ConvertInto {
        contact: Some(record("ada")),
        account: Some(firm("acme")),
        role: Some("buyer".into()),
        opportunity: Some(("o-1".into(), Opening::named("licences"))),
        pipeline: "sales".into(),
        ..ConvertInto::default()
    };
    let would = house.preview_conversion("l-1", &known, day(3)).expect("read");
    assert_eq!(would.member_of.map(|group| group.to_string()).as_deref(), Some("account:17"));
    let done = house.convert_lead("l-1", &known, day(3)).expect("converted");
    assert_eq!(groups(&house, record("ada")), [("account:17".to_owned(), Some("buyer".to_owned()))]);
    let deal = house.views().expect("views").deal("o-1").expect("read").expect("there");
    assert_eq!(deal.contacts.values().map(|part| part.role.as_deref()).collect::<Vec<_>>(), [Some("buyer")]);
    house.retract(done.batch.expect("a batch"), day(4)).expect("taken back");
    assert_eq!(house.digest().expect("a digest"), before);

    house.convert_lead("l-1", &ConvertInto::default(), day(5)).expect("converted");
    let new = groups(&house, lead());
    assert_eq!(new.len(), 1);
    let held = house.customers_with(&new[0].0.parse().expect("an identifier")).expect("read");
    let account = house.customer(held[0]).expect("read").expect("there");
    assert_eq!((account.party(), account.value("company")), (Party::Organisation, Some(&Value::from("Analytical"))));
    let person = ConvertInto { contact: Some(firm("acme")), ..ConvertInto::default() };
    house.retract("lead l-1 2026-03-05T09:00:00.000000Z", day(6)).expect("taken back");
    let Err(WorkError::Rejected(no)) = house.convert_lead("l-1", &person, day(7)) else { panic!("a person") };
    assert_eq!(no.problems()[0].field, "contact");
}

/// A seller sees the deals in which somebody only takes part. Mutations: look at the deals that are about them; show who takes part
/// no more; count what is somebody else's as theirs.
#[test]
fn a_part_in_a_deal_is_seen() {
    let house = house();
    let opening = Opening { amount: Some("900 EUR".parse().expect("money")), ..Opening::named("licences") };
    house.open_deal("o-1", record("ada"), "sales", &opening, day(2)).expect("opened");
    let buyer = Contact { role: Some("buyer".into()), primary: false };
    let grace = record("grace").to_string();
    house.deal("o-1", &Command::AddContact(grace.clone(), buyer), day(3)).expect("added");
    let seen =
        |house: &Onefold| house.views().expect("views").contact(record("grace"), day(9)).expect("read").expect("there");
    let is = seen(&house);
    assert_eq!(is.open.len(), 0);
    let part = &is.takes_part["o-1"];
    assert_eq!((part.part.role.as_deref(), part.stage.as_str()), (Some("buyer"), "talking"));
    let ada = house.views().expect("views").contact(record("ada"), day(9)).expect("read").expect("there");
    assert_eq!((ada.open.len(), ada.takes_part.len()), (1, 0));
    house.deal("o-1", &Command::RemoveContact(grace), day(4)).expect("removed");
    assert!(seen(&house).takes_part.is_empty());
    house.retract("opportunity o-1 2026-03-04T09:00:00.000000Z", day(5)).expect("taken back");
    assert_eq!(seen(&house).takes_part.len(), 1);
}

/// What was said of a lead is cleared, on its record too. Mutations: clear the lead's field alone; clear what is not there.
#[test]
fn a_field_is_cleared() {
    let house = house();
    captured(&house, &[("hobby", "chess"), ("full_name", "Augusta King")]);
    let clear = |field: &str| LeadCommand::Describe([(field.to_owned(), None)].into());
    house.lead("l-1", &clear("hobby"), day(3)).expect("cleared");
    let is = house.views().expect("views").lead("l-1").expect("read").expect("there");
    assert_eq!(is.fields.keys().collect::<Vec<_>>(), ["full_name"]);
    assert_eq!(value(&house, lead(), "hobby"), None);
    let Err(WorkError::Rejected(no)) = house.lead("l-1", &clear("hobbies"), day(4)) else { panic!("cleared") };
    assert_eq!(no.problems()[0].why, Why::NotFound);
    let opening = Opening { fields: [("region".to_owned(), "North".into())].into(), ..Opening::named("licences") };
    house.open_deal("o-1", record("ada"), "sales", &opening, day(5)).expect("opened");
    house.deal("o-1", &Command::Describe([("region".to_owned(), None)].into()), day(6)).expect("cleared");
    let views = house.views().expect("views");
    assert!(views.deal("o-1").expect("read").expect("there").fields.is_empty());
    let was = views.deal_as_of("o-1", Some(day(5))).expect("read").expect("there");
    assert_eq!(was.fields["region"], Value::from("North"));
    assert!(views.deal_as_of("o-1", Some(day(4))).expect("read").is_none());
}

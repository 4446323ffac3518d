//! Objects of work behind the house: decided once, on the customer's timeline, taken back and erased like all else.

use onefold::fact::{Name, ObjectEvent};
use onefold::{Accepted, Body, Draft, Onefold, OnefoldError, Options, RecordKey, Timestamp, Value};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn happened(kind: &str, id: &str, event: &str, data: &[(&str, &str)]) -> Draft {
    let data = data.iter().map(|(name, value)| (Name::from(*name), Some(Value::from(*value)))).collect();
    let object = ObjectEvent { kind: kind.into(), id: id.into(), event: event.into(), data };
    Draft::new("desk", Body::Object(object)).key(RecordKey::person("17")).message_id(format!("{kind} {id} {event}"))
}

fn events(house: &Onefold, kind: &str, id: &str) -> Vec<String> {
    let history = house.views().expect("views").object(kind, id).expect("it is read");
    let name = |standing: onefold::fact::Standing<'_>| match standing.fact().body() {
        Body::Object(object) => Some(object.event.clone()),
        _ => None,
    };
    history.map(|history| history.standing().into_iter().filter_map(name).collect()).unwrap_or_default()
}

#[test]
fn what_happens_to_an_object_is_on_the_timeline_of_its_customer() {
    let house = Onefold::in_memory(Options::default());
    let ada = Draft::new("desk", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"));
    house.accept("monday", at("2026-03-01T09:00:00Z"), [ada]).expect("accepted");
    let won = happened("opportunity", "o-1", "won", &[("reason", "price")]);
    house.accept("tuesday", at("2026-03-02T09:00:00Z"), [won]).expect("accepted");
    let id = house.customers().expect("read")[0];
    let profile = house.customer(id).expect("read").expect("there");
    let event = profile.timeline().iter().next().expect("an event");
    assert_eq!(event.name(), "opportunity won");
    assert_eq!(event.property("opportunity"), Some(&Value::from("o-1")));
    assert_eq!(event.property("reason"), Some(&Value::from("price")));
    let views = house.views().expect("views");
    let rule = views.read_rule(r#"did "opportunity won""#).expect("a rule");
    let rule = views.segments().definition(&rule).expect("a rule");
    assert_eq!(views.matching(&rule, at("2026-03-03T00:00:00Z")).expect("asked"), [id]);
}

/// A decision rests on the state that is there when it is written. Mutation: `House::decide` lets go of the writer between
/// deciding and writing.
#[test]
fn two_who_decide_at_once_decide_one_after_the_other() {
    let house = Onefold::in_memory(Options::default());
    let open = |by: usize| -> Result<Accepted, OnefoldError> {
        house.decide("desk", at("2026-03-01T09:00:00Z"), |views| {
            if views.object("ticket", "1")?.is_some() {
                return Ok(Vec::new());
            }
            Ok(vec![happened("ticket", "1", "opened", &[("by", &by.to_string())])])
        })
    };
    let taken: usize = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8).map(|by| scope.spawn(move || open(by).expect("decided").facts.len())).collect();
        callers.into_iter().map(|caller| caller.join().expect("no panic")).sum()
    });
    assert_eq!(taken, 1);
    assert_eq!(events(&house, "ticket", "1"), ["opened"]);
    let refused: Result<Accepted, OnefoldError> =
        house.decide("desk", at("2026-03-01T09:00:00Z"), |_| Err(OnefoldError::Stopped));
    assert!(refused.is_err());
    assert_eq!(events(&house, "ticket", "1"), ["opened"]);
}

#[test]
fn an_object_goes_back_with_its_batch_and_goes_with_its_customer() {
    let folder = std::env::temp_dir().join(format!("onefold-objects-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("objects.onefold");
    let house = Onefold::open(&path, Options::default()).expect("opened");
    let noon = at("2026-03-01T12:00:00Z");
    house.accept("a", noon, [happened("ticket", "1", "opened", &[("subject", "zebracorn")])]).expect("accepted");
    let before = house.digest().expect("a digest");
    house.accept("b", noon, [happened("ticket", "1", "solved", &[])]).expect("accepted");
    house.accept("c", noon, [happened("deal", "7", "opened", &[]).occurred_at(noon)]).expect("accepted");
    assert_eq!(events(&house, "ticket", "1"), ["opened", "solved"]);
    assert_ne!(house.digest().expect("a digest"), before);
    house.retract("b", noon).expect("retracted");
    house.retract("c", noon).expect("retracted");
    assert_eq!(events(&house, "ticket", "1"), ["opened"]);
    assert_eq!(events(&house, "deal", "7"), [""; 0]);
    assert_eq!(house.digest().expect("a digest"), before);
    drop(house);

    let house = Onefold::open(&path, Options::default()).expect("opened");
    assert_eq!(house.digest().expect("a digest"), before);
    let mut kinds = Vec::new();
    let views = house.views().expect("views");
    views
        .each_object(None, |kind, id, told| kinds.push((kind.to_owned(), id.to_owned(), told.standing().len())))
        .expect("read");
    assert_eq!(kinds, [("deal".to_owned(), "7".to_owned(), 0), ("ticket".to_owned(), "1".to_owned(), 1)]);
    drop(views);
    let customer = house.customers().expect("read")[0];
    house.erase(customer, noon).expect("erased").expect("there");
    assert_eq!(events(&house, "ticket", "1"), [""; 0]);
    drop(house);
    for file in std::fs::read_dir(&folder).expect("a folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("read");
        assert!(!bytes.windows(9).any(|window| window == b"zebracorn"), "the text of an erased ticket is still there");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// More objects and more facts of one than are read at a time. Mutation: `each_object` hands the last object of a page over
/// before its other facts are read.
#[test]
fn all_objects_are_handed_over_whole() {
    let house = Onefold::in_memory(Options::default());
    let noon = at("2026-03-01T12:00:00Z");
    let drafts = (0..9000).map(|n| happened("deal", &format!("{}", n / 3000), &format!("moved {n}"), &[]));
    house.accept("deals", noon, drafts.chain([happened("ticket", "1", "opened", &[])])).expect("accepted");
    let mut seen = Vec::new();
    let views = house.views().expect("views");
    views.each_object(Some("deal"), |_, id, told| seen.push((id.to_owned(), told.standing().len()))).expect("read");
    assert_eq!(seen, [("0".to_owned(), 3000), ("1".to_owned(), 3000), ("2".to_owned(), 3000)]);
}

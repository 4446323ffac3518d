//! Leads and deals behind the house.

use std::collections::BTreeMap;

use onefold::crm::{
    Command, LeadCommand, LeadOutcome, LeadStatus, Opening, PassedOver, Pipeline, Routing, SalesReport, Scoring,
    UserCommand, Why,
};
use onefold::{Body, ConvertInto, Draft, Onefold, Options, RecordKey, Silent, Timestamp, Value, WorkError};

fn day(day: u32) -> Timestamp {
    format!("2026-03-{day:02}T09:00:00Z").parse().expect("a time")
}

fn pipeline() -> Pipeline {
    serde_json::from_str(
        r#"{"stages": [
            {"name": "talking", "probability": "0.3"},
            {"name": "proposal", "probability": "0.6",
             "gates": [{"rule": "did \"demo\"", "field": "demo", "fix": "show it to them first"}]},
            {"name": "won", "probability": "1", "closes": "won"},
            {"name": "lost", "probability": "0", "closes": "lost"}
        ]}"#,
    )
    .expect("a pipeline")
}

fn house() -> Onefold {
    let house = Onefold::in_memory(Options::default());
    house.adopt(pipeline().configuration("sales").expect("JSON"), day(1)).expect("adopted");
    let ada =
        Draft::new("crm", Body::set([("full_name", "Ada Byron"), ("email", "ada@x.io"), ("phone", "+4930123456")]));
    house.accept("crm", day(1), [ada.key(RecordKey::person("17"))]).expect("accepted");
    house
}

fn rejected<T>(done: Result<T, WorkError>) -> Vec<Why> {
    match done {
        Err(WorkError::Rejected(rejection)) => rejection.problems().iter().map(|problem| problem.why).collect(),
        _ => Vec::new(),
    }
}

fn first(done: Result<onefold::Accepted, WorkError>) -> Result<onefold::fact::Inserted, WorkError> {
    done.map(|accepted| accepted.facts[0].1)
}

#[test]
fn a_gate_asks_for_what_the_customer_did_and_a_segment_for_what_the_deal_did() {
    let house = house();
    let ada = house.customers().expect("read")[0];
    let opening = Opening { amount: Some("9000 EUR".parse().expect("money")), ..Opening::named("300 licences") };
    house.open_deal("o-1", ada, "sales", &opening, day(2)).expect("opened");
    let to_proposal = Command::move_to("proposal");
    assert_eq!(rejected(first(house.deal("o-1", &to_proposal, day(3)))), [Why::Gate]);
    let demo = Draft::new("web", Body::event("demo", [("by", "ana")])).key(RecordKey::person("17"));
    house
        .accept("web", day(4), [demo.identified_by("email:ada@x.io".parse().expect("an identifier"))])
        .expect("accepted");
    // The visit is on another record; until it is linked the deal knows nothing of it.
    assert_eq!(rejected(first(house.deal("o-1", &to_proposal, day(5)))), [Why::Gate]);
    let demo = Draft::new("crm", Body::event("demo", [("by", "ana")])).key(RecordKey::person("17"));
    house.accept("calls", day(5), [demo]).expect("accepted");
    house.deal("o-1", &to_proposal, day(6)).expect("moved");

    let views = house.views().expect("views");
    let deal = views.deal("o-1").expect("read").expect("there");
    assert_eq!((deal.stage.as_str(), deal.pipeline.as_str(), deal.history.len()), ("proposal", "sales", 2));
    let rule = views.read_rule(r#"did "opportunity moved" where to = "proposal""#).expect("a rule");
    let rule = views.segments().definition(&rule).expect("a rule");
    assert_eq!(views.matching(&rule, day(7)).expect("asked"), [ada]);
    let none = first(house.deal("o-9", &to_proposal, day(6)));
    assert_eq!(rejected(none), [Why::NotFound]);
    assert_eq!(rejected(first(house.open_deal("o-2", ada, "purchase", &opening, day(6)))), [Why::NotFound]);
}

/// Law 3. Mutation: a command writes into a batch that it shares with others.
#[test]
fn a_command_is_taken_back_by_its_batch() {
    let house = house();
    let ada = house.customers().expect("read")[0];
    house.open_deal("o-1", ada, "sales", &Opening::named("300 licences"), day(2)).expect("opened");
    let before = house.digest().expect("a digest");
    house.deal("o-1", &Command::move_to("lost"), day(3)).expect("moved");
    let known = house.known_at(day(2)).expect("views");
    assert_eq!(known.deal("o-1").expect("read").expect("there").stage, "talking");
    house.retract("opportunity o-1 2026-03-03T09:00:00.000000Z", day(4)).expect("retracted");
    assert_eq!(house.digest().expect("a digest"), before);
    assert_eq!(house.views().expect("views").deal("o-1").expect("read").expect("there").stage, "talking");
}

#[test]
fn a_pipeline_that_cannot_work_is_not_adopted() {
    let house = house();
    let mut broken = pipeline();
    broken.stages.pop();
    let no = house.adopt(broken.configuration("sales").expect("JSON"), day(2)).unwrap_err();
    assert_eq!(no.to_string(), "no stage closes as lost: give one `closes: lost`");
    assert_eq!(house.views().expect("views").pipelines()["sales"], pipeline());
}

#[test]
fn a_lead_is_found_to_be_a_customer_converted_without_overwriting_and_converted_back() {
    let house = house();
    for n in 0..40 {
        let other = Body::set([("full_name", format!("Person{n} Else{n}")), ("email", format!("p{n}@y.io"))]);
        house
            .accept("more", day(1), [Draft::new("crm", other).key(RecordKey::person(format!("m{n}")))])
            .expect("accepted");
    }
    house.relink(&mut Silent).expect("linked");
    let scoring: Scoring =
        serde_json::from_str(r#"{"parts": [{"fit": {"rule": "company is present", "points": 30}}]}"#)
            .expect("a scoring");
    house.adopt(&scoring, day(1)).expect("adopted");
    let fields: BTreeMap<String, Value> =
        [("full_name", "Augusta King"), ("phone", "+4930999999"), ("company", "Analytical")]
            .map(|(field, value)| (field.to_owned(), Value::from(value)))
            .into();
    house.lead("l-1", &LeadCommand::Capture { source: "fair".into(), fields }, day(2)).expect("captured");
    let views = house.views().expect("views");
    assert_eq!(views.score("l-1", day(2)).expect("scored").expect("there").points, 30.into());
    let is_ada = |id: &onefold::CustomerId| {
        let profile = house.customer(*id).expect("read").expect("there");
        profile.value("email") == Some(&Value::from("ada@x.io"))
    };
    let ada = house.customers().expect("read").into_iter().find(is_ada).expect("ada");
    let into = ConvertInto {
        contact: Some(ada.into()),
        opportunity: Some(("o-1".into(), Opening::named("300 licences"))),
        pipeline: "sales".into(),
        ..ConvertInto::default()
    };
    let nowhere = ConvertInto { pipeline: "purchasing".into(), ..into.clone() };
    assert_eq!(rejected(house.preview_conversion("l-1", &nowhere, day(3))), [Why::NotFound]);
    let would = house.preview_conversion("l-1", &into, day(3)).expect("it may be");
    assert_eq!(
        would.conversion.kept.iter().map(|kept| kept.field.as_str()).collect::<Vec<_>>(),
        ["full_name", "phone"]
    );
    let before = house.digest().expect("a digest");
    let count = house.customers().expect("read").len();
    house.convert_lead("l-1", &into, day(3)).expect("converted");

    let profile = house.customer(ada).expect("read").expect("there");
    assert_eq!(profile.value("phone"), Some(&Value::from("+4930123456")));
    assert_eq!(profile.value("company"), Some(&Value::from("Analytical")));
    let views = house.views().expect("views");
    assert_eq!(views.lead("l-1").expect("read").expect("there").status, LeadStatus::Converted);
    assert_eq!(views.deal("o-1").expect("read").expect("there").account.as_deref().map(str::len), Some(36));
    // The lead is the customer now, and its company is an organisation.
    assert_eq!(house.customers().expect("read").len(), count);
    assert_eq!(profile.value("full_name"), Some(&Value::from("Ada Byron")));
    let again = first(house.convert_lead("l-1", &into, day(4)));
    assert_eq!(rejected(again), [Why::Closed]);

    house.retract("lead l-1 2026-03-03T09:00:00.000000Z", day(5)).expect("retracted");
    assert_eq!(house.digest().expect("a digest"), before);
    assert!(house.views().expect("views").deal("o-1").expect("read").is_none());
}

/// Catches: a lead that its address does not lead to.
#[test]
fn a_lead_is_found_by_its_address() {
    let house = house();
    let fields =
        [("email", "Grace@Y.io"), ("phone", "0123")].map(|(field, value)| (field.to_owned(), Value::from(value)));
    house.lead("l-1", &LeadCommand::Capture { source: "web".into(), fields: fields.into() }, day(2)).expect("captured");
    let found = house.customers_with(&"email:grace@y.io".parse().expect("an identifier")).expect("read");
    assert_eq!(found.len(), 1);
    let grace = house.customer(found[0]).expect("read").expect("there");
    assert_eq!(grace.value("email"), Some(&Value::from("grace@y.io")));
    assert!(house.customers_with(&"phone:0123".parse().expect("an identifier")).expect("read").is_empty());
}

/// Who gets a lead follows from the log: opened anew it is the same, taking an assignment back gives the turn back, who
/// left gets nothing, and what nobody takes is refused with every reason.
#[test]
fn leads_are_shared_by_what_the_log_says() {
    let routing = |text: &str| serde_json::from_str::<Routing>(text).expect("a routing");
    let path = crate::support::folder("sales-routing").join("a.onefold");
    let mut house = Onefold::open(&path, Options::default()).expect("opened");
    let adopted = routing(
        r#"{"method": "weighted", "users": [{"user": "ana", "weight": 2, "capacity": 5}, {"user": "ben"},
            {"user": "eve", "territory": "country = \"CH\""}]}"#,
    );
    house.adopt(adopted.configuration("leads").expect("JSON"), day(1)).expect("adopted");
    let capture = |house: &Onefold, id: &str, country: &str| {
        let fields = [("country".to_owned(), Value::from(country))].into();
        house.lead(id, &LeadCommand::Capture { source: "web".into(), fields }, day(2)).expect("captured");
    };
    let mut turns = Vec::new();
    for number in 0..7 {
        let id = format!("l-{number}");
        capture(&house, &id, "US");
        turns.extend(house.route_lead(&id, "leads", day(3)).expect("given").0.user);
        if number == 3 {
            drop(house);
            house = Onefold::open(&path, Options::default()).expect("opened");
        }
    }
    assert_eq!(turns, ["ana", "ben", "ana", "ana", "ben", "ana", "ana"]);
    house.retract("lead l-6 2026-03-03T09:00:00.000000Z", day(4)).expect("retracted");
    assert_eq!(house.views().expect("views").lead("l-6").expect("read").expect("there").owner, None);
    let again = house.views().expect("views").route("l-6", "leads", day(4)).expect("read");
    assert_eq!(again.user.as_deref(), Some("ana"));
    let given = house.views().expect("views").lead_history("l-5").expect("read");
    let Some((_, LeadOutcome::Assigned { routing: Some(by), passed_over, .. })) = given.last() else { panic!("given") };
    assert_eq!((by.as_str(), passed_over["eve"]), ("leads", PassedOver::OutsideTerritory));
    assert_eq!(
        again.passed_over,
        [("ben".to_owned(), PassedOver::NotTheirTurn), ("eve".to_owned(), PassedOver::OutsideTerritory)]
    );
    // Ana takes five, and Ben has left.
    house.route_lead("l-6", "leads", day(4)).expect("given");
    for number in 7..9 {
        capture(&house, &format!("l-{number}"), "US");
    }
    house.lead("l-7", &LeadCommand::Assign(Some("ana".into())), day(5)).expect("given");
    house.user("ben", &UserCommand::Describe { name: "Ben".into(), email: None }, day(5)).expect("described");
    house.user("ben", &UserCommand::Leave(true), day(5)).expect("left");
    let of_nobody = routing(r#"{"users": [{"user": "zoe"}]}"#);
    house.adopt(of_nobody.configuration("nobody's").expect("JSON"), day(5)).expect("adopted");
    let zoe = house.route_lead("l-8", "nobody's", day(5)).map(|(_, accepted)| accepted);
    assert_eq!(rejected(first(zoe)), [Why::NotFound], "who is no user gets nothing");
    let nobody = house.route_lead("l-8", "leads", day(5)).map(|(_, accepted)| accepted);
    let Err(WorkError::Rejected(no)) = nobody else { panic!("somebody got it") };
    assert_eq!(
        no.to_string(),
        "nobody takes lead `l-8`: `ana` has as much as they take, `ben` is away, `eve` is there for others \
         (assign it by name, or adopt the routing with more users)"
    );
    let unknown = house.route_lead("l-8", "partners", day(5)).map(|(_, accepted)| accepted);
    assert_eq!(rejected(first(unknown)), [Why::NotFound]);
    let twice = routing(r#"{"users": [{"user": "ana"}, {"user": "ana"}]}"#);
    assert!(house.adopt(twice.configuration("twice").expect("JSON"), day(6)).is_err());
}

/// Commands that are given at one time come in the order in which they were given, and each is taken back by itself; one of
/// a time before what is known is refused; of several together all are done or none. Catches: ties that fall to the
/// contents of facts; a batch that is that of two commands.
#[test]
fn commands_come_in_the_order_in_which_they_are_given() {
    let house = house();
    let ada = house.customers().expect("read")[0];
    house.open_deal("o-1", ada, "sales", &Opening::named("300 licences"), day(2)).expect("opened");
    let worth = |amount: u32| Command::Value(Some(format!("{amount} EUR").parse().expect("money")));
    let amount = |house: &Onefold| house.views().expect("views").deal("o-1").expect("read").expect("there").amount;
    for n in [3, 1, 2, 9, 4, 7] {
        house.deal("o-1", &worth(n), day(3)).expect("set");
        assert_eq!(amount(&house), Some(format!("{n} EUR").parse().expect("money")));
    }
    house.retract("opportunity o-1 2026-03-03T09:00:00.000005Z", day(4)).expect("retracted");
    assert_eq!(amount(&house), Some("4 EUR".parse().expect("money")));
    let before = house.digest().expect("a digest");
    let Err(WorkError::Rejected(no)) = house.deal("o-1", &Command::move_to("won"), day(1)) else { panic!("done") };
    assert_eq!((no.problems()[0].why, no.problems()[0].field.as_str()), (Why::Invalid, "at"));
    let both = [worth(5), Command::move_to("nowhere")];
    assert!(house.deal_all("o-1", &both, day(5)).is_err());
    assert_eq!(house.digest().expect("a digest"), before);
    house.deal_all("o-1", &[worth(6), worth(5)], day(5)).expect("set");
    assert_eq!(amount(&house), Some("5 EUR".parse().expect("money")));
    // Of a deal whose opening was taken back nothing is left to see.
    house.retract("opportunity o-1 2026-03-02T09:00:00.000000Z", day(6)).expect("retracted");
    let views = house.views().expect("views");
    assert!(views.deal("o-1").expect("read").is_none() && views.deals().expect("read").is_empty());
    assert_eq!(rejected(first(house.deal("o-1", &worth(1), day(7)))), [Why::NotFound]);
}

/// A pipeline keeps the stages at which deals are. Mutations: leave the deals where nothing leads on; look at closed deals,
/// or those of other pipelines, too.
#[test]
fn a_pipeline_does_not_strand_its_deals() {
    let at: Timestamp = "2026-03-02T09:00:00Z".parse().expect("a time");
    let house = Onefold::in_memory(Options::default());
    let pipeline = |open: &[&str]| -> Pipeline {
        let open: String = open.iter().map(|name| format!(r#"{{"name": "{name}", "probability": "0.3"}}, "#)).collect();
        serde_json::from_str(&format!(
            r#"{{"stages": [{open} {{"name": "won", "probability": "1", "closes": "won"}},
                {{"name": "lost", "probability": "0", "closes": "lost"}}]}}"#
        ))
        .expect("a pipeline")
    };
    let adopt = |name: &str, open: &[&str]| {
        let adopted = house.adopt(pipeline(open).configuration(name).expect("JSON"), at);
        adopted.map(|_| ()).map_err(|error| error.to_string())
    };
    adopt("sales", &["talking", "offered"]).expect("adopted");
    adopt("others", &["talking"]).expect("adopted");
    let ada = Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"));
    house.accept("crm", at, [ada]).expect("accepted");
    let ada = house.customers().expect("read")[0];
    for id in ["o-1", "o-2", "o-3"] {
        house.open_deal(id, ada, "sales", &Opening::named("licences"), at).expect("opened");
    }
    house.deal("o-3", &Command::move_to("lost"), at).expect("lost");
    let no = adopt("sales", &["offered"]).unwrap_err();
    assert_eq!(
        no,
        "stage `talking`: 2 open deal(s) are here: keep it as a stage that does not close, or move them first"
    );
    for id in ["o-1", "o-2"] {
        house.deal(id, &Command::move_to("offered"), at).expect("moved");
    }
    adopt("sales", &["offered"]).expect("nobody is there any more");
    let closed = r#"{"closed": true, "fields": {}}"#;
    let fields: onefold::crm::FieldSpecs = serde_json::from_str(closed).expect("fields");
    let mut asks = pipeline(&["offered"]);
    asks.stages[0].requires.insert("region".into());
    house.adopt(asks.configuration("others").expect("JSON"), at).expect("anything may be a field");
    assert!(house.adopt(fields.configuration("opportunity").expect("JSON"), at).is_err(), "a stage asks for another");
}

/// What was done with a deal whose opening was taken back is not of the next one under its id.
/// Mutation: apply what is said before a deal begins.
#[test]
fn a_deal_begins_with_nothing_of_another() {
    let at: Timestamp = "2026-03-02T09:00:00Z".parse().expect("a time");
    let house = Onefold::in_memory(Options::default());
    house.adopt(pipeline().configuration("sales").expect("JSON"), at).expect("adopted");
    let capture = LeadCommand::Capture { source: "web".into(), fields: BTreeMap::new() };
    house.lead("l-1", &capture, at).expect("captured");
    let into = ConvertInto {
        opportunity: Some(("o-1".into(), Opening::named("first"))),
        pipeline: "sales".into(),
        ..ConvertInto::default()
    };
    let converted = house.convert_lead("l-1", &into, at + chrono::TimeDelta::days(1)).expect("converted");
    let later = at + chrono::TimeDelta::days(2);
    let commands =
        [Command::worth("900 EUR".parse().expect("money")), Command::AddContact("x".into(), Default::default())];
    house.deal_all("o-1", &commands, later).expect("done");
    house.retract(converted.batch.expect("a batch"), later).expect("taken back");
    assert!(house.views().expect("views").deals().expect("read").is_empty());
    let again = ConvertInto { opportunity: Some(("o-1".into(), Opening::named("second"))), ..into };
    house.convert_lead("l-1", &again, at + chrono::TimeDelta::days(3)).expect("converted");
    let deal = house.views().expect("views").deal("o-1").expect("read").expect("there");
    assert_eq!((deal.name.as_str(), deal.amount, deal.contacts.len(), deal.history.len()), ("second", None, 1, 1));
}

/// What is in the log is read, whatever is asked of what comes today: a pipeline that was adopted before is in force, and what is
/// wrong with it is said. Mutation: look at what is read as at what is adopted.
#[test]
fn a_pipeline_in_the_log_is_read() {
    let house = Onefold::in_memory(Options::default());
    let mut old = pipeline();
    old.stages.pop();
    let adopted = Body::Adopt(old.configuration("sales").expect("JSON"));
    house.accept("of old", day(1), [Draft::new("onefold", adopted)]).expect("accepted");
    let views = house.views().expect("views");
    assert_eq!(views.pipelines()["sales"], old);
    let wrong: Vec<String> = views.pipeline_problems()["sales"].iter().map(ToString::to_string).collect();
    assert_eq!(wrong, ["no stage closes as lost: give one `closes: lost`"]);
    assert!(house.adopt(old.configuration("sales").expect("JSON"), day(2)).is_err(), "it is not adopted anew");
    // Fields are not to blame for what was wrong before.
    let fields: onefold::crm::FieldSpecs = serde_json::from_str(r#"{"fields": {}}"#).expect("fields");
    house.adopt(fields.configuration("opportunity").expect("JSON"), day(2)).expect("adopted");
    house.adopt(pipeline().configuration("sales").expect("JSON"), day(3)).expect("adopted");
    assert!(house.views().expect("views").pipeline_problems().is_empty());
}

/// A report of a period is of what had happened by its end: a deal that is opened again later was won in it all the same, and
/// what was said on a day is what was known then. Mutation: report on deals as they are now.
#[test]
fn a_report_of_the_past_stays() {
    let house = house();
    let mut reopening = pipeline();
    reopening.moves.reopen = true;
    house.adopt(reopening.configuration("sales").expect("JSON"), day(1)).expect("adopted");
    let ada = house.customers().expect("read")[0];
    house.open_deal("o-1", ada, "sales", &Opening::named("licences"), day(2)).expect("opened");
    house.deal("o-1", &Command::move_to("won"), day(5)).expect("won");
    let report = |views: &onefold::Views| {
        let deals = views.deals_as_of(Some(day(10))).expect("read");
        let report = SalesReport::of(deals.values(), day(1), day(10));
        (report.won, report.open)
    };
    assert_eq!(report(&house.views().expect("views")), (1, 0));
    house.deal("o-1", &Command::move_to("talking"), day(12)).expect("opened again");
    assert_eq!(house.views().expect("views").deal("o-1").expect("read").expect("there").closed, None);
    assert_eq!(report(&house.views().expect("views")), (1, 0));
    house.retract("opportunity o-1 2026-03-05T09:00:00.000000Z", day(13)).expect("it was never won");
    assert_eq!(report(&house.views().expect("views")), (0, 1));
    assert_eq!(report(&house.known_at(day(12)).expect("views")), (1, 0), "that was said then");
}

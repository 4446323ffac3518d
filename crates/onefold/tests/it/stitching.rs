//! Anonymous visitors, shared devices, and ids that name them.

use onefold::{Body, Draft, Identifier, Onefold, Options, RecordId, RecordKey, Silent};

fn view(device: &str, page: &str, at: &str) -> Draft {
    let device = Identifier::new("anonymous", device);
    Draft::new("web", Body::event("page", [("page", page)]))
        .key(RecordKey::of(&device))
        .identified_by(device)
        .occurred_at(at.parse().expect("a time"))
}

fn sign_in(device: &str, user: &str, at: &str) -> Draft {
    Draft::new("web", Body::set([("email", format!("{user}@x.example"))]))
        .key(RecordKey::person(user))
        .identified_by(Identifier::new("anonymous", device))
        .identified_by(Identifier::new("user_id", user))
        .occurred_at(at.parse().expect("a time"))
}

fn house(drafts: impl IntoIterator<Item = Draft>) -> Onefold {
    let house = Onefold::in_memory(Options::default());
    house.accept("stream", "2026-06-01T00:00:00Z".parse().expect("a time"), drafts).expect("room");
    house.relink(&mut Silent).expect("room");
    house
}

fn pages(house: &Onefold, user: &str) -> Vec<String> {
    let id = RecordId::of(&"web".into(), &RecordKey::person(user));
    let profile = house.customer(id).expect("views").expect("a customer");
    profile.timeline().iter().map(|event| event.property("page").expect("a page").to_string()).collect()
}

#[test]
fn what_a_visitor_did_before_signing_in_is_theirs() {
    let house = house([
        view("d", "first", "2026-05-01T09:00:00Z"),
        sign_in("d", "ada", "2026-05-02T09:00:00Z"),
        view("d", "after", "2026-05-03T09:00:00Z"),
    ]);
    assert_eq!(pages(&house, "ada"), ["first", "after"]);
    assert_eq!(house.customers().expect("views").len(), 1);
}

#[test]
fn a_shared_device_is_cut_where_another_signs_in_and_merges_nobody() {
    let house = house([
        view("d", "before anybody", "2026-05-01T09:00:00Z"),
        sign_in("d", "ada", "2026-05-02T09:00:00Z"),
        view("d", "ada's", "2026-05-02T09:05:00Z"),
        sign_in("d", "ben", "2026-05-03T09:00:00Z"),
        view("d", "ben's", "2026-05-03T09:05:00Z"),
        sign_in("d", "ada", "2026-05-04T09:00:00Z"),
        view("d", "ada's again", "2026-05-04T09:05:00Z"),
    ]);
    assert_eq!(pages(&house, "ada"), ["before anybody", "ada's", "ada's again"]);
    assert_eq!(pages(&house, "ben"), ["ben's"]);
    let holders = house.customers_with(&Identifier::new("anonymous", "d")).expect("views");
    assert_eq!(holders.len(), 2, "both used it");
    // The bare id of the device names whoever used it first.
    let device = RecordId::of(&"web".into(), &RecordKey::of(&Identifier::new("anonymous", "d")));
    let first = house.customer(device).expect("views").expect("a customer");
    assert_eq!(first.value("email").map(ToString::to_string).as_deref(), Some("ada@x.example"));
}

#[test]
fn a_visitor_who_never_signs_in_is_a_customer_of_their_own() {
    let house = house([view("d", "one", "2026-05-01T09:00:00Z"), view("e", "two", "2026-05-01T09:00:00Z")]);
    assert_eq!(house.customers().expect("views").len(), 2);
}

#[test]
fn late_sign_ins_give_earlier_events_to_their_owner() {
    let house = house([view("d", "early", "2026-05-01T09:00:00Z")]);
    house
        .accept("later", "2026-06-02T00:00:00Z".parse().expect("a time"), [sign_in("d", "ada", "2026-04-30T09:00:00Z")])
        .expect("room");
    assert_eq!(pages(&house, "ada"), ["early"]);
}

/// Catches a visit that takes the one who was signed in away from those they are one customer with.
#[test]
fn a_visit_after_linking_moves_nobody() {
    let person = |key: &str| {
        let said = [("given_name", "Alan"), ("family_name", "Byron"), ("email", "alan@y.example")];
        Draft::new("web", Body::set(said)).key(RecordKey::person(key))
    };
    let signed_in = person("1").identified_by(Identifier::new("anonymous", "d1"));
    let house = house([signed_in, person("2"), person("3")]);
    assert_eq!(house.customers().expect("views").len(), 1);
    let later = "2026-06-02T00:00:00Z".parse().expect("a time");
    house.accept("later", later, [view("d1", "offer", "2026-06-02T00:00:00Z")]).expect("room");
    assert_eq!(house.customers().expect("views").len(), 1);
}

/// Catches a policy of the schema that the matcher is not told of.
#[test]
fn what_the_schema_says_of_a_namespace_holds() {
    let house = onefold::Onefold::in_memory(onefold::Options::default());
    let mut schema = onefold::Schema::default();
    let account = onefold::fact::NamespaceSpec { joins: true, never: vec!["guest*".into()], ..Default::default() };
    schema.namespaces.insert("account".into(), account);
    let at = "2026-03-01T09:00:00Z".parse().expect("a time");
    house.adopt(&schema, at).expect("room");
    let draft = |key: &str, name: &str, account: &str| {
        onefold::Draft::new("app", onefold::Body::set([("full_name", name)]))
            .key(onefold::RecordKey::person(key))
            .identified_by(onefold::Identifier::new("account", account))
    };
    let drafts = [
        draft("1", "Ada Byron", "a-17"),
        draft("2", "Xavier Quill", "a-17"),
        draft("3", "Mary Somer", "guest-1"),
        draft("4", "Oto Zeman", "guest-1"),
    ];
    house.accept("monday", at, drafts).expect("room");
    house.relink(&mut onefold::Silent).expect("room");
    assert_eq!(house.customers().expect("views").len(), 3);
    // A record that comes later is told of it too.
    house.accept("tuesday", at, [draft("5", "Ines Vogt", "a-17"), draft("6", "Uwe Thal", "guest-1")]).expect("room");
    assert_eq!(house.customers().expect("views").len(), 4);
}

/// A late sign-in gives a stretch of a device to another record; whom it leaves is known by its own id again. Mutation: only
/// the stretch is looked at.
#[test]
fn whom_a_stretch_leaves_is_known_by_its_own_id() {
    for n in 0..8 {
        let device = format!("anonymous:d{n}");
        let by = |key: &str| {
            let draft = Draft::new("crm", Body::set([("given_name", "Ada")])).key(RecordKey::person(key));
            draft
                .identified_by(device.parse().expect("an identifier"))
                .identified_by("email:a@x.example".parse().expect("one"))
        };
        let visit = Draft::new("crm", Body::event("page", [("path", "/")])).key(RecordKey::person(device.as_str()));
        let house = Onefold::in_memory(Options::default());
        let at = |text: &str| text.parse().expect("a time");
        let visit = visit.identified_by(device.parse().expect("an identifier"));
        house.accept("a", at("2026-03-01T00:00:00Z"), [by("1"), visit]).expect("accepted");
        house
            .accept("b", at("2026-03-02T00:00:00Z"), [by("2").occurred_at(at("2026-01-01T00:00:00Z"))])
            .expect("accepted");
        let past = house.known_at(at("2026-04-01T00:00:00Z")).expect("the past");
        assert_eq!(house.digest().expect("views"), past.digest().expect("views"), "device {n}");
    }
}

/// Mutation: take how often a value is seen among a few records for how often strangers have it.
#[test]
fn what_points_at_one_person_links_however_few_there_are() {
    for (namespace, sources, customers) in ["user_id", "email", "loyalty_card"]
        .into_iter()
        .flat_map(|of| (2..8).flat_map(move |n| (1..4).map(move |m| (of, n, m))))
    {
        let mut drafts = Vec::new();
        for (source, customer) in (0..sources).flat_map(|source| (0..customers).map(move |of| (source, of))) {
            let who = Identifier::new(namespace, format!("u-{customer}@x.example"));
            let body = match source {
                2 => Body::set([("city", "Bath")]),
                _ => Body::event("visit", [("page", "/")]),
            };
            let draft = Draft::new(format!("s{source}").as_str(), body).key(RecordKey::person(who.value()));
            drafts.push(draft.identified_by(who));
        }
        let house = house(drafts);
        assert_eq!(house.customers().expect("views").len(), customers, "{namespace}, {sources} sources");
    }
}

const GIVEN: [&str; 24] = [
    "Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ivo", "Jan", "Kim", "Lea", "Max", "Nora", "Otto",
    "Pia", "Quin", "Rosa", "Sam", "Tess", "Uwe", "Vera", "Will", "Zoe",
];
const FAMILY: [&str; 25] = [
    "Abel", "Bohr", "Cantor", "Dirac", "Euler", "Fermi", "Gauss", "Hopper", "Ince", "Jacobi", "Klein", "Lovelace",
    "Moore", "Noether", "Ohm", "Pauli", "Quine", "Riemann", "Smith", "Turing", "Ulam", "Volta", "Weyl", "Young",
    "Zorn",
];

/// A person whom a shop numbers: one of 600.
fn numbered(shop: &str, number: usize, person: usize) -> Draft {
    let given = GIVEN[person % 24];
    let family = format!("{}{}", FAMILY[person % 25], FAMILY[(person / 25 + 5) % 25].to_lowercase());
    let email = format!("{}.{}@{shop}.example", given.to_lowercase(), family.to_lowercase());
    let says = Body::set([("given_name", given.to_owned()), ("family_name", family), ("email", email)]);
    let key = RecordKey::person(number.to_string());
    Draft::new(shop, says).key(key).identified_by(Identifier::new("customer_no", number.to_string()))
}

/// Of a few people nothing is learned; of many, that people without duplicates agree in half a name.
/// Mutations: take one share of matches for pairs with names and without; take it that strangers have one id as often as it is seen.
#[test]
fn orders_find_their_customers_by_a_number_alone() {
    for customers in [8, 300] {
        let order = |of: usize| {
            let number = (of % customers).to_string();
            Draft::new("orders", Body::event("order", [("n", of.to_string())]))
                .key(RecordKey::person(format!("customer_no:{number}")))
                .identified_by(Identifier::new("customer_no", number))
        };
        let people = (0..customers).map(|number| numbered("shop", number, number));
        let house = house(people.chain((0..2 * customers).map(order)));
        assert_eq!(house.customers().expect("views").len(), customers);
    }
}

/// Mutation: expect nobody to share a number with a stranger.
#[test]
fn two_shops_that_number_their_customers_alike_make_nobody_one() {
    for customers in [8, 300] {
        let shop = |name: &'static str, from| (0..customers).map(move |number| numbered(name, number, from + number));
        let house = house(shop("east", 0).chain(shop("west", 307)));
        assert_eq!(house.customers().expect("views").len(), 2 * customers, "{customers}");
    }
}

/// Mutation: hold it against two records that they have nothing in common to compare.
#[test]
fn an_order_does_not_part_a_visitor_from_their_customer() {
    let customers = 20;
    let visitor = |number: usize| {
        let email = Identifier::new("email", format!("{}@mail.example", GIVEN[number].to_lowercase()));
        Draft::new("web", Body::event("visit", [("page", "/")]))
            .key(RecordKey::person(format!("u{number}")))
            .identified_by(Identifier::new("user_id", format!("u{number}")))
            .identified_by(email)
    };
    let customer = |number: usize| {
        let email = Identifier::new("email", format!("{}@mail.example", GIVEN[number].to_lowercase()));
        numbered("shop", number, number).identified_by(email)
    };
    let order = |number: usize| {
        Draft::new("orders", Body::event("order", [("n", number.to_string())]))
            .key(RecordKey::person(format!("customer_no:{number}")))
            .identified_by(Identifier::new("customer_no", number.to_string()))
    };
    let people = || (0..customers).map(customer).chain((0..customers).map(visitor));
    assert_eq!(house(people()).customers().expect("views").len(), customers);
    let all = house(people().chain((0..customers).map(order)));
    assert_eq!(all.customers().expect("views").len(), customers);
}

/// Mutation: count strangers by names alone.
#[test]
fn what_many_have_makes_nobody_one_who_has_another_mailbox() {
    for customers in [3, 40] {
        let member = |number: usize| {
            let email = format!("{}.{number}@mail.example", GIVEN[number % 24].to_lowercase());
            Draft::new("shop", Body::set([("email", email.as_str())]))
                .key(RecordKey::person(number.to_string()))
                .identified_by(Identifier::new("email", email))
                .identified_by(Identifier::new("store_id", "9001"))
                .identified_by(Identifier::new("campaign_id", "c77"))
        };
        assert_eq!(house((0..customers).map(member)).customers().expect("views").len(), customers);
    }
}

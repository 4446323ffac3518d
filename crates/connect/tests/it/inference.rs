//! What columns mean, from headers in many styles and from values.

use onefold_connect::{InferOptions, Role, Rows, SourceMapping, infer};
use onefold_fact::standard::{Country, DateOrder};
use onefold_fact::{Kind, Party};

fn inferred(source: &str, table: &str) -> SourceMapping {
    let mut rows = table.trim().lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let header: Vec<String> = rows.next().unwrap().into_iter().map(str::to_owned).collect();
    infer(source, &header, rows, &InferOptions::default()).0
}

/// The kind of a single column over these values.
fn kind(header: &str, values: &[&str]) -> Kind {
    let table = ["key".to_owned(), header.to_owned()];
    let rows = values
        .iter()
        .enumerate()
        .map(|(at, value)| [["K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K11", "K12"][at], value]);
    let (mapping, _) = infer("people", &table, rows, &InferOptions::default());
    match mapping.columns.get(header) {
        Some(Role::Attribute { kind, .. }) => *kind,
        other => panic!("`{header}` is {other:?}"),
    }
}

#[test]
fn headers_count_in_any_style_and_four_languages() {
    let names = ["Ada", "Grace", "Alan"];
    for header in [
        "first_name",
        "FirstName",
        "First Name",
        "firstname",
        "given-name",
        "FNAME",
        "forename",
        "Vorname",
        "Prénom",
        "nombre",
        "contact_first_name",
        "first_name_1",
    ] {
        assert_eq!(kind(header, &names), Kind::GivenName, "{header}");
    }
    let surnames = ["Lovelace", "Hopper", "Turing"];
    for header in [
        "surname",
        "lastName",
        "LAST NAME",
        "family_name",
        "Nachname",
        "nom",
        "Apellidos",
        "billing_last_name",
        "customer surname",
    ] {
        assert_eq!(kind(header, &surnames), Kind::FamilyName, "{header}");
    }
    let full = ["Ada Lovelace", "Grace Hopper", "Alan Turing"];
    for header in [
        "name",
        "full_name",
        "FullName",
        "customer_name",
        "contact",
        "Kunde",
        "requester.name",
        "first_and_surname",
        "Nom complet",
        "ship_name",
    ] {
        assert_eq!(kind(header, &full), Kind::FullName, "{header}");
    }
    let emails = ["ada@x.io", "grace@x.io", "alan@x.io"];
    for header in
        ["email", "E-Mail", "mail", "emailAddress", "Courriel", "correo electrónico", "requester.email", "ship_email"]
    {
        assert_eq!(kind(header, &emails), Kind::Email, "{header}");
    }
    let phones = ["020 7946 0000", "0171 1234567", "(0161) 496 0000"];
    for header in [
        "phone",
        "Tel.",
        "telephone",
        "mobile",
        "Cell",
        "Handy",
        "fax",
        "Telefonnummer",
        "téléphone",
        "móvil",
        "phone_2",
        "contact_phone",
    ] {
        assert_eq!(kind(header, &phones), Kind::Phone, "{header}");
    }
    let days = ["1815-12-10", "1906-12-09", "1912-06-23"];
    for header in [
        "dob",
        "birth_date",
        "Birthday",
        "DateOfBirth",
        "date of birth",
        "Geburtsdatum",
        "date de naissance",
        "fecha de nacimiento",
    ] {
        assert_eq!(kind(header, &days), Kind::BirthDate, "{header}");
    }
    let places = ["London", "Leeds", "York"];
    for header in ["city", "Town", "suburb", "Ort", "Stadt", "ville", "ciudad", "shipping_city", "address.city"] {
        assert_eq!(kind(header, &places), Kind::City, "{header}");
    }
    let codes = ["SW1A 1AA", "LS1 4DT", "YO1 7HH"];
    for header in [
        "postcode",
        "ZIP",
        "zip_code",
        "postalCode",
        "PLZ",
        "code postal",
        "postcode_fake",
        "billing_postcode",
        "address.postalCode",
    ] {
        assert_eq!(kind(header, &codes), Kind::Postcode, "{header}");
    }
    let streets = ["12 High Street", "Unter den Linden 5", "3 rue de Rivoli"];
    for header in [
        "street",
        "address",
        "address_1",
        "AddressLine1",
        "addr1",
        "Straße",
        "Adresse",
        "rue",
        "dirección",
        "ship_street",
    ] {
        assert_eq!(kind(header, &streets), Kind::Street, "{header}");
    }
    for (header, values, expected) in [
        ("house_no", ["12", "5a", "3"], Kind::HouseNumber),
        ("Hausnummer", ["12", "5a", "3"], Kind::HouseNumber),
        ("address_2", ["Flat 2", "Unit 7", "Back"], Kind::AddressLine),
        ("country", ["GB", "Germany", "FR"], Kind::Country),
        ("Land", ["Deutschland", "Österreich", "Schweiz"], Kind::Country),
        ("state", ["nsw", "vic", "qld"], Kind::Region),
        ("county", ["Devon", "Kent", "Essex"], Kind::Region),
        ("company", ["Acme Ltd", "Globex", "Initech"], Kind::Company),
        ("Firma", ["Acme GmbH", "Globex AG", "Initech"], Kind::Company),
        ("website", ["acme.example", "globex.example", "x.example"], Kind::Url),
        ("gender", ["f", "m", "f"], Kind::Gender),
        ("salutation", ["Mr", "Ms", "Dr"], Kind::NameTitle),
        ("title", ["Mr", "Mrs", "Dr"], Kind::NameTitle),
        ("soc_sec_id", ["6089216", "2185997", "4314339"], Kind::NationalId),
        ("SSN", ["078-05-1120", "219-09-9999", "457-55-5462"], Kind::NationalId),
        ("VAT number", ["GB123456789", "DE136695976", "FR40303265045"], Kind::NationalId),
        ("occupation", ["etcher", "writer", "geologist"], Kind::Category),
        ("job_title", ["Engineer", "Admiral", "Analyst"], Kind::Category),
        ("total", ["12.50", "3", "1,200.00"], Kind::Money),
        ("Betrag", ["12,50 €", "3 €", "1.200,00 €"], Kind::Money),
        ("notes", ["called twice", "prefers mornings", "angry"], Kind::FreeText),
    ] {
        assert_eq!(kind(header, &values), expected, "{header}");
    }
}

#[test]
fn values_decide_where_they_cannot_be_mistaken() {
    for (values, expected) in [
        (["ada@x.io", "grace@x.io", "alan@x.io"], Kind::Email),
        (["https://a.example", "http://b.example/x", "www.c.example"], Kind::Url),
        (["+44 20 7946 0000", "+49 30 123456", "0033 1 42 68 53 00"], Kind::Phone),
        (["2026-03-01", "01/02/2026", "5 May 2025"], Kind::Date),
        (["2026-03-01T09:00:00Z", "2026-03-01 10:00", "2026-03-02T11:30:00+01:00"], Kind::Timestamp),
        (["true", "false", "true"], Kind::Boolean),
        (["12", "7", "-3"], Kind::Integer),
        (["1.5", "2", "3.25"], Kind::Decimal),
        (["£12.50", "€3", "$1,200"], Kind::Money),
        (["00123", "00456", "10001"], Kind::Text),
    ] {
        assert_eq!(kind("field7", &values), expected, "{values:?}");
    }
    let long = "The parcel came late and the box was wet, so that the book in it can no longer be read.";
    assert_eq!(kind("field7", &[long, long, "And so it went."]), Kind::FreeText);
    let colours = ["red", "blue", "red", "red", "blue", "red", "blue", "red", "blue", "red"];
    assert_eq!(kind("field7", &colours), Kind::Category);
}

#[test]
fn values_overrule_a_header_that_they_contradict() {
    assert_eq!(kind("email", &["yes", "no, thanks", "maybe later"]), Kind::Text);
    assert_eq!(kind("phone", &["ada@x.io", "grace@x.io", "alan@x.io"]), Kind::Email);
    assert_eq!(kind("name", &["7812", "9921", "8834"]), Kind::Integer);
    assert_eq!(kind("title", &["Wrong item", "Broken cup", "Late parcel"]), Kind::Text);
    assert_eq!(kind("state", &["open", "closed", "open"]), Kind::Text);
    assert_eq!(kind("dob", &["unknown person", "somebody", "nobody knows"]), Kind::Text);
    assert_eq!(kind("country", &["blues", "jazz", "rock"]), Kind::Text);
    // Somebody else's address is not the customer's.
    assert_eq!(kind("account_owner_email", &["rep1@x.io", "rep2@x.io", "rep3@x.io"]), Kind::Text);
    assert_eq!(kind("agent_name", &["Ada Lovelace", "Grace Hopper", "Alan Turing"]), Kind::Text);
    // A column without values takes the header's word.
    assert_eq!(kind("email", &["", "n/a", ""]), Kind::Email);
}

#[test]
fn the_first_column_of_a_kind_bears_the_common_name() {
    let mapping = inferred(
        "contacts",
        "contact_id | billing_city | city | phone | mobile | first_and_surname | full_name
         1 | Leeds | York | +44 20 7946 0001 | +44 20 7946 0002 | Ada Lovelace | Ada Byron Lovelace
         2 | Bath | Hull | +44 20 7946 0003 | +44 20 7946 0004 | Grace Hopper | Grace Brewster Hopper",
    );
    assert_eq!(mapping.columns.get("city"), Some(&Role::attribute("city", Kind::City)));
    assert_eq!(mapping.columns.get("billing_city"), Some(&Role::attribute("billing_city", Kind::City)));
    assert_eq!(mapping.columns.get("mobile"), Some(&Role::attribute("mobile", Kind::Phone)));
    assert_eq!(mapping.columns.get("full_name"), Some(&Role::attribute("full_name", Kind::FullName)));
    assert_eq!(mapping.columns.get("contact_id"), Some(&Role::Key { identifier: Some("contact_id".into()) }));
}

#[test]
fn orders_are_events() {
    let mapping = inferred(
        "shop_orders",
        "order_id | line | ordered_at | customer_id | customer_name | email | ship_city | sku | quantity | total | shipped_at
         O1 | 1 | 2026-01-01T10:00:00Z | C1 | Ada Lovelace | ada@x.io | York | A-1 | 2 | 12.50 | 2026-01-02T10:00:00Z
         O1 | 2 | 2026-01-01T10:00:00Z | C1 | Ada Lovelace | ada@x.io | York | A-2 | 1 | 3.00 | 2026-01-02T10:00:00Z
         O2 | 1 | 2026-01-03T10:00:00Z | C1 | Ada Lovelace | ada@x.io | York | A-1 | 1 | 6.25 | 2026-01-04T10:00:00Z",
    );
    assert_eq!(mapping.rows, Some(Rows::Events("order".into())));
    let role = |column: &str| mapping.columns.get(column).unwrap().clone();
    assert_eq!((role("order_id"), role("line")), (Role::MessageId, Role::MessageId));
    assert_eq!(role("ordered_at"), Role::OccurredAt { attribute: None });
    assert_eq!(role("customer_id"), Role::Key { identifier: Some("customer_id".into()) });
    assert_eq!(role("customer_name"), Role::attribute("full_name", Kind::FullName));
    assert_eq!(role("ship_city"), Role::attribute("city", Kind::City));
    assert_eq!(role("total"), Role::Property { name: "total".into(), kind: Kind::Money });
    assert!(matches!(role("shipped_at"), Role::Property { kind: Kind::Timestamp, .. }));
}

#[test]
fn an_order_id_that_repeats_without_a_line_is_no_message_id() {
    let mapping = inferred(
        "sales",
        "Invoice No | Invoice Date | Customer ID | Stock Code | Price
         5001 | 2026-01-01 | 17 | A | 1.50
         5001 | 2026-01-01 | 17 | B | 2.50
         5002 | 2026-01-02 | 18 | A | 1.50",
    );
    assert_eq!(mapping.rows, Some(Rows::Events("invoice".into())));
    assert!(matches!(mapping.columns.get("Invoice No"), Some(Role::Property { .. })));
    assert_eq!(mapping.columns.get("Invoice Date"), Some(&Role::OccurredAt { attribute: None }));
    assert_eq!(mapping.columns.get("Customer ID"), Some(&Role::Key { identifier: Some("customer_id".into()) }));
}

#[test]
fn events_are_named_by_their_id_by_their_file_or_by_a_column() {
    let returns = inferred(
        "returns",
        "return_id | order_id | returned_at | customer_id\nR1 | O1 | 2026-01-01 | C1\nR2 | O2 | 2026-01-02 | C2",
    );
    assert_eq!(returns.rows, Some(Rows::Events("return".into())));
    assert_eq!(returns.columns.get("return_id"), Some(&Role::MessageId));
    assert!(matches!(returns.columns.get("order_id"), Some(Role::Property { kind: Kind::ExternalId, .. })));
    let tickets = inferred(
        "support_tickets",
        "id | created_at | email | subject\n1 | 2026-01-01 | a@x.io | Hi\n2 | 2026-01-02 | b@x.io | Ho",
    );
    assert_eq!(tickets.rows, Some(Rows::Events("ticket".into())));
    assert_eq!(tickets.columns.get("id"), Some(&Role::MessageId));
    let log = inferred(
        "clicks",
        "timestamp | event | user_id | page\n2026-01-01T10:00:00Z | view | u1 | /a\n2026-01-01T10:01:00Z | click | u1 | /b\n2026-01-01T10:02:00Z | view | u2 | /a",
    );
    assert_eq!(log.columns.get("event"), Some(&Role::EventName));
    assert_eq!(log.columns.get("timestamp"), Some(&Role::OccurredAt { attribute: None }));
    let transactions = inferred(
        "cdnow_transactions",
        "customer_id | date | quantity | price\n1 | 19970101 | 1 | 11.77\n2 | 19970112 | 1 | 12.00\n2 | 19970112 | 5 | 77.00\n2 | 19970113 | 1 | 2.00",
    );
    assert_eq!(transactions.rows, Some(Rows::Events("transaction".into())));
    assert_eq!(transactions.columns.get("date"), Some(&Role::OccurredAt { attribute: None }));
    // German exports have the same parts.
    let orders = inferred(
        "bestellungen",
        "Bestellnummer | Bestelldatum | Kundennummer | Betrag\nB1 | 01.02.2026 | K1 | 12,50\nB2 | 14.02.2026 | K1 | 3,00",
    );
    assert_eq!(orders.rows, Some(Rows::Events("order".into())));
    assert_eq!(orders.columns.get("Bestelldatum"), Some(&Role::OccurredAt { attribute: None }));
    assert!(matches!(orders.columns.get("Kundennummer"), Some(Role::Key { identifier: Some(_) })));
}

#[test]
fn contacts_stay_records_although_they_mention_orders() {
    let mapping = inferred(
        "contacts",
        "contact_id | name | email | last_order_id | last_order_date | created_at | company_id | customer_id
         1 | Ada Lovelace | ada@x.io | O1 | 2026-01-01 | 2020-01-01 | A1 | C7
         2 | Grace Hopper | grace@x.io | O2 | 2026-01-03 | 2020-01-01 | A1 | C8",
    );
    assert_eq!((mapping.party, &mapping.rows), (Some(Party::Person), &Some(Rows::Records)));
    let role = |column: &str| mapping.columns.get(column).unwrap().clone();
    assert_eq!(role("last_order_id"), Role::attribute("last_order_id", Kind::ExternalId));
    assert_eq!(role("created_at"), Role::attribute("created_at", Kind::Date));
    assert_eq!(role("company_id"), Role::Group { namespace: "company_id".into(), role: None });
    assert_eq!(role("customer_id"), Role::Identifier { namespace: "customer_id".into() });
}

#[test]
fn companies_are_organisations() {
    for (source, table) in [
        (
            "crm_companies",
            "company_id | company_name | website | updated_at\nA1 | Acme Ltd | acme.example | 2026-01-01\nA2 | Globex | globex.example | 2026-01-02",
        ),
        ("accounts", "id | name | industry\n1 | Acme | Tools\n2 | Globex | Energy"),
        ("export", "company_id | name | city\nA1 | Acme | York\nA2 | Globex | Bath"),
        ("export", "id | name | city\nA1 | Acme Ltd | York\nA2 | Globex GmbH | Bath"),
    ] {
        let mapping = inferred(source, table);
        assert_eq!(mapping.party, Some(Party::Organisation), "{table}");
        let name = mapping.columns.get("company_name").or_else(|| mapping.columns.get("name"));
        assert_eq!(name, Some(&Role::attribute("company", Kind::Company)), "{table}");
    }
    // People who have a company are people.
    let mapping = inferred("export", "id | name | company\n1 | Ada Lovelace | Acme Ltd\n2 | Grace Hopper | Globex");
    assert_eq!(mapping.party, Some(Party::Person));
}

#[test]
fn the_order_of_dates_is_found_out() {
    let order = |days: [&str; 3]| {
        let header = ["id".to_owned(), "dob".to_owned()];
        let rows = days.iter().enumerate().map(|(at, day)| [["a", "b", "c"][at], *day]);
        let (mapping, findings) = infer("people", &header, rows, &InferOptions::default());
        (mapping.conventions.date_order, findings.len())
    };
    assert_eq!(order(["01/02/1990", "25/12/1980", "03/04/1970"]), (Some(DateOrder::DayFirst), 0));
    assert_eq!(order(["01/02/1990", "12/25/1980", "03/04/1970"]), (Some(DateOrder::MonthFirst), 0));
    assert_eq!(order(["1990-01-02", "1980-12-25", "1970-03-04"]), (None, 0));
    // Nothing decides: that is said.
    assert_eq!(order(["01/02/1990", "11/12/1980", "03/04/1970"]), (None, 1));
}

#[test]
fn the_country_of_phone_numbers_is_found_out() {
    let country = |table: &str| inferred("people", table).conventions.country.map(Country::as_str);
    assert_eq!(country("id | phone | country\n1 | 020 7946 0000 | United Kingdom\n2 | 020 7946 0001 | GB"), Some("GB"));
    assert_eq!(country("id | phone\n1 | +49 30 1234567\n2 | 030 7654321\n3 | +49 40 1234567"), Some("DE"));
    assert_eq!(country("id | phone | country\n1 | 020 7946 0000 | GB\n2 | 030 7654321 | DE"), None);
}

#[test]
fn records_are_as_old_as_their_last_change() {
    let updated = inferred(
        "crm",
        "id | surname | created_at | updated_at\n1 | Smith | 2020-01-01 | 2026-01-01\n2 | Jones | 2020-01-02 | 2026-01-02",
    );
    assert_eq!(updated.columns.get("updated_at"), Some(&Role::OccurredAt { attribute: Some("updated_at".into()) }));
    assert_eq!(updated.columns.get("created_at"), Some(&Role::attribute("created_at", Kind::Date)));
    let created = inferred("crm", "id | surname | created_at\n1 | Smith | 2020-01-01\n2 | Jones | 2020-01-02");
    assert_eq!(created.columns.get("created_at"), Some(&Role::OccurredAt { attribute: Some("created_at".into()) }));
}

#[test]
fn a_telling_header_stands_over_few_values_of_which_one_is_right() {
    assert_eq!(kind("birth_date", &["1990-02-30", "someday", "1990-02-28"]), Kind::BirthDate);
    assert_eq!(kind("email", &["ada", "grace", "alan", "ken", "ada", "kay", "alan@x.io"]), Kind::Email);
    assert_eq!(kind("phone", &["ask", "none yet", "020 7946 0000"]), Kind::Phone);
    // None is right, or many are wrong.
    assert_eq!(kind("birth_date", &["1990-02-30", "someday", "31/31/1990"]), Kind::Text);
    let header = ["id".to_owned(), "birth_date".to_owned()];
    let many: Vec<String> =
        (0..20).map(|row| if row < 5 { "1990-02-28".into() } else { format!("day {row}x") }).collect();
    let (mapping, _) = infer("people", &header, many.iter().map(|day| ["K", day]), &InferOptions::default());
    assert_eq!(mapping.columns.get("birth_date"), Some(&Role::attribute("birth_date", Kind::Text)));
}

/// Thirty people as another system writes them, under headers that mean nothing.
fn people(row: impl Fn(&str, &str, usize) -> String) -> String {
    const GIVEN: [&str; 6] = ["James", "Mary", "Robert", "Linda", "Zdzislawa", "Karen"];
    const FAMILY: [&str; 5] = ["Smith", "Johnson", "Okonkwo", "Brown", "Miller"];
    (0..30).map(|at| row(GIVEN[at % 6], FAMILY[at % 5], at)).collect::<Vec<_>>().join("\n")
}

fn kinds(mapping: &SourceMapping) -> Vec<Kind> {
    let kind = |(_, role): (&str, &Role)| match role {
        Role::Attribute { kind, .. } => Some(*kind),
        _ => None,
    };
    mapping.columns.iter().filter_map(kind).collect()
}

#[test]
fn people_are_recognised_under_headers_that_say_nothing() {
    let rows = people(|given, family, at| {
        let sex = ["M", "F"][at % 2];
        format!("K{at}|{family}|{given}|{}-03-12|{sex}|{at} Oak Street|Town{}|x{at}", 1940 + at * 2, ["a", "b"][at % 2])
    });
    let mapping = inferred("list", &format!("a1|a2|a3|a4|a5|a6|a7|a8\n{rows}"));
    let expected = [Kind::FamilyName, Kind::GivenName, Kind::BirthDate, Kind::Gender, Kind::Street];
    assert_eq!(kinds(&mapping)[..5], expected);
    assert_eq!(mapping.columns.get("a2"), Some(&Role::attribute("family_name", Kind::FamilyName)));

    let whole = people(|given, family, at| format!("K{at}|{family}, {given}|2024-0{}-01", 1 + at % 9));
    let mapping = inferred("list", &format!("a1|a2|a3\n{whole}"));
    assert_eq!(kinds(&mapping), [Kind::FullName, Kind::Date], "days of one year are no birth dates");
}

/// Catches towns and companies taken for names, and an employee taken for the customer.
#[test]
fn what_is_no_person_is_not_recognised_as_one() {
    let towns =
        ["Jackson", "Lincoln", "Austin", "Houston", "Phoenix", "Denver", "Boston", "Chicago", "Dallas", "Seattle"];
    let rows = people(|_, family, at| format!("K{at}|{}|{family} {at} Ltd", towns[at % 10]));
    let mapping = inferred("list", &format!("a1|a2|a3\n{rows}"));
    assert!(kinds(&mapping).iter().all(|kind| matches!(kind, Kind::Text | Kind::Category)), "{:?}", kinds(&mapping));

    let rows = people(|given, family, at| format!("K{at}|customer {at}|{given}|{family}"));
    let mapping = inferred("list", &format!("id|remark9|agent_a|agent_b\n{rows}"));
    assert!(!kinds(&mapping).contains(&Kind::FamilyName), "{:?}", kinds(&mapping));
}

#[test]
fn places_and_lists_are_recognised() {
    let places = inferred("shops", "id|lat|Lng\n1|51.5|-0.12\n2|48.85|2.35\n3|-33.8|151.2");
    assert_eq!(kinds(&places), [Kind::Latitude, Kind::Longitude]);
    let long = "hydraulic engineering; naval architecture; the history of bridges; clock making";
    assert_eq!(kind("interests", &[long, long]), Kind::Text, "short things in a long list are no prose");
}

#[test]
fn a_word_for_any_name_over_full_names_is_one_of_full_names() {
    assert_eq!(kind("nome", &["Ana Silva", "Rui Costa", "Eva Reis"]), Kind::FullName);
    let both = inferred("clienti", "codice|nome|cognome\n1|Anna Maria|Rossi\n2|Luca|Bianchi\n3|Gian Carlo|Neri");
    assert_eq!(both.columns.get("nome"), Some(&Role::attribute("given_name", Kind::GivenName)));
    for (header, expected) in [
        ("Achternaam", Kind::FamilyName),
        ("imię", Kind::GivenName),
        ("Förnamn", Kind::GivenName),
        ("sobrenome", Kind::FamilyName),
    ] {
        assert_eq!(kind(header, &["Jan", "Ewa", "Ola"]), expected, "{header}");
    }
    assert_eq!(kind("kod pocztowy", &["00-950", "31-007", "80-233"]), Kind::Postcode);
}

#[test]
fn a_table_of_people_companies_roles_and_times_is_of_memberships() {
    let tables = [
        "person_id | company_id | role | since | until\nc1 | acme | buyer | 2024-01-01 | \nc2 | bolt | board | 2024-02-01 | 2025-02-01",
        "id | contact_id | company_id | job_title | start_date | end_date | created_at\n1 | c1 | acme | buyer | 2024-01-01 | | 2024-05-01\n2 | c1 | bolt | board | 2024-02-01 | 2025-02-01 | 2024-05-01",
        "contact_id | company_id | role\nc1 | acme | buyer\nc1 | bolt | board",
    ];
    for table in tables {
        let mapping = inferred("affiliations", table);
        let role = |column: &str| mapping.columns.get(column);
        assert_eq!((mapping.party, &mapping.rows), (Some(Party::Person), &Some(Rows::Memberships)), "{table}");
        assert_eq!(role("role").or_else(|| role("job_title")), Some(&Role::MemberRole), "{table}");
        for (column, expected) in [
            ("since", Role::OccurredAt { attribute: None }),
            ("start_date", Role::OccurredAt { attribute: None }),
            ("until", Role::Until),
            ("end_date", Role::Until),
            ("id", Role::Ignore),
            ("created_at", Role::Ignore),
            ("contact_id", Role::Key { identifier: Some("contact_id".into()) }),
        ] {
            assert!(role(column).is_none_or(|role| *role == expected), "{table}: {column}");
        }
    }
    for (source, table) in [
        ("contacts", "contact_id | company_id | role\nc1 | acme | buyer\nc2 | bolt | board"),
        ("export", "contact_id | company_id | updated_at\nc1 | acme | 2026-01-01\nc2 | bolt | 2026-01-02"),
        ("export", "contact_id | email | company_id | role\nc1 | a@x.io | acme | buyer\nc2 | b@x.io | bolt | board"),
    ] {
        assert_ne!(inferred(source, table).rows, Some(Rows::Memberships), "{table}");
    }
}

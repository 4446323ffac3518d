//! From rows to facts.

use std::ops::ControlFlow;

use onefold_connect::{InferOptions, Mapping, map, read};
use onefold_fact::{Progress, Schema, Silent};

use crate::support::{file, tell, tell_with};

#[test]
fn a_row_states_its_customer() {
    let told = tell(
        "crm_contacts.csv",
        "contact_id,first_name,last_name,email,phone,country,birthdate,company_id,is_deleted,updated_at\n\
         C1,Ada,Lovelace,Ada@X.io,020 7946 0000,United Kingdom,1815-12-10,A1,false,2026-01-01T10:00:00Z\n\
         C2,Null,n/a,-,unknown,,,,no,2026-01-02\n\
         C3,Grace,,,,,,A1,true,2026-01-03\n",
    );
    assert_eq!(
        told.lines(),
        [
            "1: C1 [contact_id:C1 email:ada@x.io phone:+442079460000] 2026-01-01T10:00:00Z set {birth_date=1815-12-10, country=GB, \
             email=ada@x.io, family_name=Lovelace, given_name=Ada, phone=+442079460000, updated_at=2026-01-01T10:00:00Z}",
            "1: C1 [contact_id:C1 email:ada@x.io phone:+442079460000] 2026-01-01T10:00:00Z joins company_id:A1 as None",
            "2: C2 [contact_id:C2] 2026-01-02T00:00:00Z set {given_name=Null, updated_at=2026-01-02T00:00:00Z}",
            "3: C3 [contact_id:C3] 2026-01-03T00:00:00Z unset {birth_date, country, email, family_name, given_name, phone, updated_at}",
            "3: C3 [contact_id:C3] 2026-01-03T00:00:00Z leaves company_id:A1 as None",
        ]
    );
    assert!(told.aside().is_empty());
}

#[test]
fn a_value_that_cannot_be_is_set_aside_and_the_row_goes_on() {
    let told = tell(
        "people.csv",
        "id,surname,dob,email\n1,Smith,1990-02-30,smith@x.io\n2,Jones,1990-02-28,jones@@x.io\n3,Brown,1990-02-27,brown@x.io\n",
    );
    assert_eq!(
        told.lines(),
        [
            "1: 1 [email:smith@x.io] - set {email=smith@x.io, family_name=Smith}",
            "2: 2 [] - set {birth_date=1990-02-28, family_name=Jones}",
            "3: 3 [email:brown@x.io] - set {birth_date=1990-02-27, email=brown@x.io, family_name=Brown}",
        ]
    );
    assert_eq!(told.reading.values_set_aside, 2);
    assert!(
        told.aside()[0].starts_with("people.csv, row 1, column `dob`: `1990-02-30` is not a date: "),
        "{:?}",
        told.aside()
    );
    assert_eq!(told.reading.set_aside[1].value, "jones@@x.io");
}

#[test]
fn a_row_without_key_is_known_by_its_identifier_or_its_content() {
    let told = tell(
        "newsletter.csv",
        "email,first_name,last_name\nada@x.io,Ada,Lovelace\n,Grace,Hopper\n,Grace,Hopper\n,Alan,Turing\n,,\n",
    );
    let keys: Vec<String> = told.facts.iter().map(|(_, fact)| fact.key().unwrap().to_string()).collect();
    assert_eq!(keys[0], "email:ada@x.io");
    let (hash, first) = keys[1].split_once('#').unwrap();
    assert!(hash.starts_with("row:") && hash.len() == 20, "{hash}");
    assert_eq!((first, keys[2].as_str()), ("1", format!("{hash}#2").as_str()));
    assert!(keys[3].ends_with("#1") && keys[3] != keys[1]);
    assert_eq!(told.aside(), ["newsletter.csv, row 5: is blank; expected a value in at least one column"]);
    // The place in the file does not count.
    let turned =
        tell("newsletter.csv", "email,first_name,last_name\n,Alan,Turing\n,Grace,Hopper\nada@x.io,Ada,Lovelace\n");
    assert_eq!(turned.facts[1].1.key().unwrap().to_string(), keys[1]);
}

#[test]
fn an_event_keeps_its_id_as_message_and_property() {
    let text = "order_id,line,ordered_at,customer_id,email,total\n\
                O1,1,2026-01-01T10:00:00Z,C1,ada@x.io,12.50\nO1,2,2026-01-01T10:00:00Z,C1,ada@x.io,3\nO2,,2026-01-02T10:00:00Z,,grace@x.io,1\n\
                O3,1,2026-01-02T10:00:00Z,0,null,1\n";
    let told = tell("orders.csv", text);
    assert_eq!(
        told.lines(),
        [
            "1: C1 [customer_id:C1 email:ada@x.io] 2026-01-01T10:00:00Z event order {line=1, order_id=O1, total=12.5}",
            "1: C1 [customer_id:C1 email:ada@x.io] 2026-01-01T10:00:00Z set {email=ada@x.io}",
            "2: C1 [customer_id:C1 email:ada@x.io] 2026-01-01T10:00:00Z event order {line=2, order_id=O1, total=3}",
            "2: C1 [customer_id:C1 email:ada@x.io] 2026-01-01T10:00:00Z set {email=ada@x.io}",
            "3: email:grace@x.io [email:grace@x.io] 2026-01-02T10:00:00Z event order {order_id=O2, total=1}",
            "3: email:grace@x.io [email:grace@x.io] 2026-01-02T10:00:00Z set {email=grace@x.io}",
            "4: 0 [customer_id:0] 2026-01-02T10:00:00Z event order {line=1, order_id=O3, total=1}",
        ]
    );
    // The id of the fact is that of the message: the same whatever else the row says.
    let again = tell("orders.csv", text.replace("12.50", "99"));
    assert_eq!(told.facts[0].1.id(), again.facts[0].1.id());
    // What the two lines say of the customer is one fact.
    assert_eq!(told.facts[1].1.id(), told.facts[3].1.id());
}

#[test]
fn a_snapshot_is_closed_only_when_it_was_read_to_its_end() {
    let file = file("crm.csv", "id,surname\n1,Smith\n2,Jones\n");
    let given = Mapping::from_toml("[crm]\nmode = \"snapshot\"\n").unwrap();
    let told = tell_with(&file, given.sources.get("crm"), &InferOptions::default());
    assert!(told.reading.complete.is_some());
    let mut seen = 0;
    let reading = read(&file, &told.mapping, &Schema::default(), &mut Silent, &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!((seen, reading.read, reading.entries, reading.finished), (1, 1, 1, false));
    assert!(reading.complete.is_none());
}

#[test]
fn progress_is_told_and_can_stop_the_reading() {
    struct Impatient(Vec<u64>);
    impl Progress for Impatient {
        fn begin(&mut self, phase: &str, total: Option<u64>) {
            assert_eq!(phase, "reading crm.csv");
            assert!(total.is_some());
        }
        fn done(&mut self, steps: u64) {
            self.0.push(steps);
        }
        fn stopped(&self) -> bool {
            !self.0.is_empty()
        }
    }
    let rows: String = (0..5000).map(|row| format!("{row},Smith\n")).collect();
    let file = file("crm.csv", format!("id,surname\n{rows}"));
    let (mapping, _) = map(&file, None, &InferOptions::default()).unwrap();
    let mut progress = Impatient(Vec::new());
    let reading = read(&file, &mapping, &Schema::default(), &mut progress, &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(!reading.finished && reading.entries < 5000 && reading.entries == reading.read);
}

#[test]
fn a_mapping_for_another_header_says_so() {
    let old = file("crm.csv", "id,surname\n1,Smith\n2,Jones\n");
    let (mapping, _) = map(&old, None, &InferOptions::default()).unwrap();
    let new = file("crm.csv", "id,sur_name\n1,Smith\n");
    let reading = read(&new, &mapping, &Schema::default(), &mut Silent, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(
        reading.findings[0].to_string(),
        "crm.csv, column `surname`: the mapping names a column that is not there; did you mean `sur_name`?"
    );
}

#[test]
fn phone_numbers_are_of_the_rows_own_country() {
    let told = tell(
        "people.csv",
        "id,phone,country\n1,020 7946 0000,GB\n2,030 123456,Germany\n3,(0161) 806 1340,United Kingdom\n4,+33 1 42 68 53 00,\n",
    );
    let phones: Vec<String> = told.facts.iter().map(|(_, fact)| fact.identifiers()[0].to_string()).collect();
    assert_eq!(phones, ["phone:+442079460000", "phone:+4930123456", "phone:+441618061340", "phone:+33142685300"]);
}

/// What people chose is a consent, not an attribute. A header alone says no more than that somebody refuses.
/// Mutations: take a no in a column of refusals for a yes; grant for who is gone.
#[test]
fn columns_of_consent() {
    let table = "id,email,accepts_marketing,HasOptedOutOfEmail,do_not_call,deleted\n\
                 1,ada@x.io,yes,0,,\n\
                 2,bo@x.io,no,1,2026-02-01,\n\
                 3,cy@x.io,pending,false,,\n\
                 4,di@x.io,subscribed,true,no,true\n\
                 5,ed@x.io,perhaps,false,,\n";
    let consents = |told: &crate::support::Told| -> Vec<String> {
        let all = told.facts.iter().filter(|(_, fact)| matches!(fact.body(), onefold_fact::Body::Consent(_)));
        all.map(|(row, fact)| format!("{row}: {}", crate::support::line(fact))).collect()
    };
    let inferred = tell("people.csv", table);
    assert_eq!(
        consents(&inferred),
        [
            "2: 2 [email:bo@x.io] - Denied marketing by email",
            "2: 2 [email:bo@x.io] 2026-02-01T00:00:00Z Denied marketing by phone",
            "4: 4 [email:di@x.io] - Denied marketing by email",
        ]
    );
    let given: onefold_connect::SourceMapping =
        toml::from_str(r#"columns = { accepts_marketing = { consent = "marketing", channel = "email" } }"#).unwrap();
    let told = tell_with(&file("people.csv", table), Some(&given), &InferOptions::default());
    let said = consents(&told);
    assert_eq!(said[0], "1: 1 [email:ada@x.io] - Granted marketing by email");
    assert_eq!(said[1], "2: 2 [email:bo@x.io] - Denied marketing by email");
    assert_eq!(said.len(), 5, "{said:?}");
    assert!(
        told.aside()[0].contains("column `accepts_marketing`: `perhaps` does not say whether they consent"),
        "{:?}",
        told.aside()
    );
}

#[test]
fn a_membership_begins_and_ends_and_ends_no_other() {
    let told = tell(
        "jobs.csv",
        "contact_id,company_id,role,since,until\nc1,acme,buyer,2024-01-01,\nc1,bolt,board,2024-02-01,2025-02-01\nc1,bolt,board,2025-02-01,2024-02-01\n",
    );
    assert_eq!(
        told.lines(),
        [
            "1: c1 [contact_id:c1] 2024-01-01T00:00:00Z joins company_id:acme as Some(\"buyer\")",
            "2: c1 [contact_id:c1] 2024-02-01T00:00:00Z joins company_id:bolt as Some(\"board\")",
            "2: c1 [contact_id:c1] 2025-02-01T00:00:00Z leaves company_id:bolt as Some(\"board\")",
            "3: c1 [contact_id:c1] 2025-02-01T00:00:00Z joins company_id:bolt as Some(\"board\")",
        ]
    );
    let ends_none = |fact: &onefold_fact::Fact| matches!(fact.body(), onefold_fact::Body::Group(it) if !it.only);
    assert!(told.facts.iter().all(|(_, fact)| ends_none(fact)));
    assert_eq!(
        told.aside(),
        ["jobs.csv, row 3, column `until`: is before the membership begins; expected a later time or none"]
    );
}

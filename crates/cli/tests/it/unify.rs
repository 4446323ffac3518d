//! `onefold unify` and `onefold sample` on input that is as it should be.

use std::collections::BTreeSet;

use crate::scratch::{GOOD, Run, Scratch, sample};

#[test]
fn the_committed_sample_becomes_customers() {
    let scratch = Scratch::new("unify-sample");
    let run = scratch.onefold(&format!("unify {} --out out", sample())).ends_with(0);

    assert_eq!(run.stderr, "");
    let [read, kept, identical, set_aside] = run.rows();
    assert!(read > 2000, "{read}");
    assert_eq!(read, kept + identical + set_aside);

    // Every row that was taken is in the table of records, and has a customer whose profile was written.
    let customers = scratch.customers("out");
    let known: BTreeSet<&str> = customers.iter().map(|customer| customer["id"].as_str().unwrap()).collect();
    assert_eq!(known.len(), customers.len());
    let records = scratch.table("out/records.csv");
    assert_eq!(records.len() as u64, kept + identical);
    let places: BTreeSet<_> = records.iter().map(|row| (&row["file"], row["row"].parse::<u64>().unwrap())).collect();
    assert_eq!(places.len(), records.len());
    let homes: BTreeSet<&str> = records.iter().map(|row| row["customer"].as_str()).collect();
    assert!(homes.is_subset(&known));
    for customer in customers.iter().filter(|customer| customer["party"] == "person") {
        assert!(homes.contains(customer["id"].as_str().unwrap()), "{customer}");
    }

    // Every value says where it came from.
    for attribute in customers.iter().flat_map(|customer| customer["attributes"].as_object().unwrap().values()) {
        for part in ["value", "source", "at", "rule"] {
            assert!(!attribute[part].is_null(), "no {part}: {attribute}");
        }
    }

    // The table of customers holds the same people, with the same winning values.
    let table = scratch.table("out/customers.csv");
    assert_eq!(table.len(), customers.len());
    for (row, customer) in table.iter().zip(&customers) {
        assert_eq!(row["customer"], customer["id"]);
        if let Some(email) = customer["attributes"].get("email") {
            assert_eq!(row["email"], email["value"]);
        }
    }
}

/// Catches an order that depends on a hash, on time, or on which thread was faster.
#[test]
fn the_same_input_gives_the_same_bytes_with_any_number_of_threads() {
    let scratch = Scratch::new("unify-threads");
    let run = |out: &str, threads: &str| {
        let mut command = scratch.command(&format!("unify {} --out {out}", sample()));
        let run = Run::of(command.env("RAYON_NUM_THREADS", threads).output().unwrap()).ends_with(0);
        (run.stdout.replace(out, "out"), scratch.written(out))
    };
    let once = run("once", "2");
    assert!(once.1.values().all(|bytes| !bytes.is_empty()));
    assert!(once == run("again", "2"), "two runs differ");
    assert!(once == run("alone", "1"), "one thread and two differ");
}

#[test]
fn a_summary_names_one_customer_with_the_source_of_every_value() {
    let scratch = Scratch::with_good_file("unify-summary").file(
        "shop.csv",
        "customer_id,full_name,mail,phone,updated_at\n77,\"Byron, Ada\",ADA@x.example,+44 113 496 0123,2026-02-01\n",
    );
    let run = scratch.onefold("unify good.csv shop.csv --out out").ends_with(0);
    insta::assert_snapshot!(run.stdout, @r"
     source   read   identical   set aside   records   customers 
    ─────────────────────────────────────────────────────────────
     good        3           0           0         3           3 
     shop        1           0           0         1           1 
     in all      4           0           0         4           3 
    ─────────────────────────────────────────────────────────────
    rows: 4 read = 4 kept + 0 identical + 0 set aside; single values set aside: 0

    one of them, abe755cb-c7e2-5a60-9046-cfcd925f3357: 2 records from good, shop
     birth_date  1985-12-10            good
     email       ada@x.example         shop, 2026-02-01; also good
     full_name   Byron, Ada            shop, 2026-02-01             over Ada Byron (good)
     phone       +441134960123         shop, 2026-02-01
     updated_at  2026-02-01T00:00:00Z  shop, 2026-02-01

    written to out: customers.jsonl, customers.csv, records.csv, set-aside.csv
    ");
    assert_eq!(scratch.read("out/set-aside.csv"), "file,row,column,class,reason,value\n");
}

#[test]
fn rows_that_say_the_same_twice_are_identical() {
    let events = "order_id,ordered_at,email,total\nA1,2026-01-01,ada@x.example,10\nA1,2026-01-01,ada@x.example,10\n";
    let scratch = Scratch::new("unify-identical").file("orders.csv", events);
    let run = scratch.onefold("unify orders.csv --out out --strict").ends_with(0);
    assert_eq!(run.rows(), [2, 1, 1, 0]);
    assert_eq!(scratch.table("out/records.csv").len(), 2);
}

#[test]
fn a_column_can_be_ignored_and_another_be_the_key() {
    let scratch = Scratch::with_good_file("unify-options");
    let run = scratch.onefold("unify good.csv --out out --ignore birth_date --id email --strict").ends_with(0);
    assert_eq!(run.account(), "rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0");
    assert!(!scratch.read("out/customers.csv").contains("1985-12-10"));
    let keys: Vec<String> = scratch.table("out/records.csv").iter().map(|row| row["key"].clone()).collect();
    assert_eq!(keys, ["ada@x.example", "grace@y.example", "mary@z.example"]);
}

/// A column that one of several files has is named rightly.
#[test]
fn an_option_may_name_a_column_of_one_file() {
    let scratch = Scratch::with_good_file("unify-options-of-one").file("other.csv", "nick,email\nadab,ada@x.example\n");
    let run = scratch.onefold("unify good.csv other.csv --out out --ignore nick --strict").ends_with(0);
    assert_eq!(run.account().lines().count(), 1, "{}", run.account());
}

#[test]
fn a_stated_moment_stands_for_rows_without_a_time() {
    let scratch = Scratch::with_good_file("unify-at");
    scratch.onefold("unify good.csv --out out --at 2026-03-01T09:00:00Z").ends_with(0);
    for customer in scratch.customers("out") {
        assert_eq!(customer["attributes"]["full_name"]["at"], "2026-03-01T09:00:00Z");
    }
}

#[test]
fn a_file_named_twice_counts_once_and_two_of_one_name_are_two_sources() {
    let scratch = Scratch::with_good_file("unify-names").folder("more").file("more/good.csv", GOOD);
    assert_eq!(scratch.onefold("unify good.csv ./good.csv --out out").ends_with(0).rows(), [3, 3, 0, 0]);
    let run = scratch.onefold("unify good.csv more --out out").ends_with(0);
    assert_eq!(run.rows(), [6, 6, 0, 0]);
    let sources: BTreeSet<String> = scratch.table("out/records.csv").iter().map(|row| row["source"].clone()).collect();
    assert_eq!(sources.into_iter().collect::<Vec<_>>(), ["good", "good_2"]);
}

#[test]
fn a_sample_can_be_made_and_unified() {
    let scratch = Scratch::new("sample");
    let made = scratch.onefold("sample --customers 40 --seed 7 --out first").ends_with(0);
    assert!(made.stdout.starts_with("40 customers in "), "{}", made.stdout);
    assert_eq!(made.stdout, scratch.onefold("sample --customers 40 --seed 7 --out second").ends_with(0).stdout);
    assert_eq!(scratch.written("first/data"), scratch.written("second/data"));

    let run = scratch.onefold("unify first/data --out out").ends_with(0);
    let [read, kept, identical, set_aside] = run.rows();
    assert_eq!(read, kept + identical + set_aside);
    assert!(scratch.customers("out").len() >= 40);
}

/// Catches a column of `customers.csv` that no reader of the table can get at.
#[test]
fn an_attribute_with_the_name_of_a_fixed_column_has_a_column_of_its_own() {
    let scratch = Scratch::new("unify-header").file(
        "people.csv",
        "id,full_name,email,party,records\n1,Ada Byron,ada@x.example,green,many\n2,Grace Hopper,grace@y.example,blue,few\n",
    );
    scratch.onefold("unify people.csv --out out").ends_with(0);
    let header = scratch.read("out/customers.csv").lines().next().unwrap().to_owned();
    let columns: BTreeSet<&str> = header.split(',').collect();
    assert_eq!(columns.len(), header.split(',').count(), "{header}");
    let table = scratch.table("out/customers.csv");
    let said: BTreeSet<_> = table.iter().map(|row| (&*row["party"], &*row["attribute_party"])).collect();
    assert_eq!(said, BTreeSet::from([("person", "green"), ("person", "blue")]));
    assert!(columns.contains("attribute_records"), "{header}");
}

/// Catches a report that blames whichever came later in the file, while the other is what does not count.
#[test]
fn of_two_contents_under_one_message_id_the_same_is_set_aside_in_any_order() {
    let line = |user: &str| {
        let fields = r#""type":"track","messageId":"m-1","event":"Seen","timestamp":"2026-01-01T00:00:00Z""#;
        format!("{{{fields},\"userId\":\"{user}\"}}\n")
    };
    let (ada, grace) = (line("ada"), line("grace"));
    let scratch = Scratch::new("unify-conflicting")
        .file("forth.jsonl", format!("{ada}{grace}{ada}"))
        .file("back.jsonl", format!("{grace}{ada}{ada}"));
    let kept = |file: &str, users: [&str; 3]| {
        let run = scratch.onefold(&format!("unify {file} --out out --strict")).ends_with(3);
        let [read, kept, identical, set_aside] = run.rows();
        assert_eq!(read, kept + identical + set_aside, "{}", run.account());
        let user = |row: &std::collections::BTreeMap<String, String>| {
            users[row["row"].parse::<usize>().unwrap() - 1].to_owned()
        };
        let records = scratch.table("out/records.csv");
        // Each row is shown with the record that it is about.
        for row in &records {
            assert_eq!(row["key"].rsplit(':').next().unwrap(), user(row), "{row:?}");
        }
        let kept: BTreeSet<String> = records.iter().map(user).collect();
        let aside = scratch.table("out/set-aside.csv");
        assert!(aside.iter().all(|row| row["class"] == "conflicting"), "{aside:?}");
        let aside: Vec<String> = aside.iter().map(user).collect();
        assert_eq!(aside.len() as u64, set_aside);
        (kept, aside)
    };
    let forth = kept("forth.jsonl", ["ada", "grace", "ada"]);
    assert_eq!(forth, kept("back.jsonl", ["grace", "ada", "ada"]));
    assert_eq!(forth.0.len(), 1);
}

//! The commands over a database, as people use them one after the other.

use serde_json::Value;

use crate::scratch::Scratch;

const MORE: &str = "\
id,name,email,birth_date
3,Mary Shelley,mary@new.example,1987-08-30
4,Alan Turing,alan@t.example,1982-06-23
";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A database with two files accepted, the second in a later year.
fn house(test: &str) -> Scratch {
    let scratch = Scratch::with_good_file(test).file("more.csv", MORE);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept good.csv --db a.onefold --at 2026-01-01T00:00:00Z").ends_with(0);
    scratch.onefold("accept more.csv --db a.onefold --at 2027-01-01T00:00:00Z").ends_with(0);
    scratch
}

#[test]
fn what_was_accepted_is_shown_now_and_in_the_past() {
    let scratch = house("database-past");
    let mary = json(&scratch.onefold("customer email:mary@z.example --db a.onefold --json").ends_with(0).stdout);
    assert_eq!(mary["records"].as_array().map(Vec::len), Some(2), "{mary}");
    assert_eq!(mary["attributes"]["email"]["value"], "mary@new.example");
    let id = mary["id"].as_str().unwrap();
    let then = scratch.onefold(&format!("customer {id} --db a.onefold --known-at 2026-06-01 --json")).ends_with(0);
    assert_eq!(json(&then.stdout)["attributes"]["email"]["value"], "mary@z.example");
    let why = scratch.onefold(&format!("customer {id} --db a.onefold --why email")).ends_with(0).stdout;
    assert!(why.contains("email: mary@new.example, from more record 3"), "{why}");
    assert!(why.contains("lost: mary@z.example"), "{why}");
    let wrong = scratch.onefold(&format!("customer {id} --db a.onefold --why emial")).ends_with(1).stderr;
    assert!(wrong.contains("they have no attribute `emial`; there are `birth_date`, `email`"), "{wrong}");
    scratch.onefold("customer email:nobody@x.example --db a.onefold").ends_with(5);
}

#[test]
fn a_batch_is_taken_back() {
    let scratch = house("database-retract");
    let run = scratch.onefold("retract more/more.csv --db a.onefold --json --at 2028-01-01").ends_with(0);
    assert_eq!(json(&run.stdout)["customers"], 3);
    scratch.onefold("customer email:alan@t.example --db a.onefold").ends_with(5);
    let wrong = scratch.onefold("retract mroe --db a.onefold").ends_with(1).stderr;
    assert!(wrong.contains("nothing was delivered in a batch `mroe`"), "{wrong}");
}

#[test]
fn an_erased_customer_is_gone_for_good() {
    let scratch = house("database-erase");
    let erased = scratch.onefold("erase email:alan@t.example --db a.onefold --json --at 2028-01-01").ends_with(0);
    let certificate = json(&erased.stdout);
    assert_eq!(certificate["pending"], false);
    let id = certificate["customer"].as_str().unwrap();
    let again = scratch.onefold("accept more.csv --db a.onefold --at 2029-01-01").ends_with(0);
    assert!(again.stdout.contains("was erased"), "{}", again.stdout);
    let gone = scratch.onefold(&format!("customer {id} --db a.onefold --json")).ends_with(5);
    assert_eq!(json(&gone.stdout)["gone"], certificate["erasure"]);
    let bytes = std::fs::read(scratch.path("a.onefold")).unwrap();
    assert!(!bytes.windows(14).any(|window| window == b"alan@t.example"));
    scratch.onefold("erase email:alan@t.example --db a.onefold").ends_with(5);
}

#[test]
fn changes_are_read_from_a_cursor() {
    let scratch = house("database-changes");
    let all = scratch.onefold("changes --db a.onefold --json").ends_with(0).stdout;
    let cursors: Vec<u64> = all.lines().map(|line| json(line)["cursor"].as_u64().unwrap()).collect();
    assert_eq!(cursors, (1..=cursors.len() as u64).collect::<Vec<_>>());
    assert!(all.contains(r#""change":"merged""#), "{all}");
    let rest = scratch.onefold("changes --db a.onefold --json --after 2 --limit 3").ends_with(0).stdout;
    assert_eq!(rest.lines().collect::<Vec<_>>(), all.lines().skip(2).take(3).collect::<Vec<_>>());
}

#[test]
fn a_backup_is_a_database_and_damage_is_told() {
    let scratch = house("database-check");
    scratch.onefold("backup b.onefold --db a.onefold").ends_with(0);
    scratch.onefold("backup b.onefold --db a.onefold").ends_with(1);
    let checked = scratch.onefold("check --db b.onefold --json").ends_with(0);
    assert_eq!(json(&checked.stdout)["problems"], Value::Array(Vec::new()));
    let mut bytes = std::fs::read(scratch.path("b.onefold")).unwrap();
    let said = b"\"text\":\"mary@z.example";
    let at = bytes.windows(said.len()).position(|window| window == said).unwrap();
    bytes[at + 8] = b'M';
    std::fs::write(scratch.path("b.onefold"), bytes).unwrap();
    let damaged = scratch.onefold("check --db b.onefold").ends_with(6).stdout;
    assert!(damaged.contains("has a content that is not the one that was written"), "{damaged}");
    // What is not damaged is still read.
    scratch.onefold("customer email:ada@x.example --db b.onefold").ends_with(0);
    let refused = scratch.onefold("customer email:mary@z.example --db b.onefold").ends_with(1).stderr;
    assert!(refused.contains("is damaged: the fact at position"), "{refused}");
}

#[test]
fn unify_leaves_a_database() {
    let scratch = Scratch::with_good_file("database-unify");
    scratch.onefold("unify good.csv --db a.onefold").ends_with(0);
    let ada = scratch.onefold("customer email:ada@x.example --db a.onefold").ends_with(0).stdout;
    assert!(ada.starts_with("person "), "{ada}");
    let missing = scratch.onefold("accept good.csv --db none.onefold").ends_with(1).stderr;
    assert!(missing.contains("`onefold init --db FILE` makes one"), "{missing}");
    let foreign = scratch.onefold("customer email:ada@x.example --db good.csv").ends_with(1).stderr;
    assert!(foreign.contains("`good.csv` is not a file of onefold; nothing in it was touched"), "{foreign}");
    scratch.onefold("init --db a.onefold").ends_with(1);
}

#[test]
fn shells_complete_the_commands() {
    let scratch = Scratch::new("database-completions");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(scratch.onefold(&format!("completions {shell}")).ends_with(0).stdout.contains("retract"), "{shell}");
    }
}

#[test]
fn who_meets_a_rule_and_why() {
    let scratch = house("database-segments").file("rules.json", r#"{"alans": "email = \"alan@t.example\""}"#);
    let members =
        scratch.onefold(r#"segment --db a.onefold --json --at 2027-06-01 email="alan@t.example""#).ends_with(0);
    let members = json(&members.stdout);
    assert_eq!(members["count"], 1, "{members}");
    let id = members["members"][0].as_str().unwrap();
    let why = scratch.onefold(&format!("segment --db a.onefold --explain {id} email=\"alan@t.example\"")).ends_with(0);
    assert!(why.stdout.contains(id), "{}", why.stdout);
    let wrong = scratch.onefold("segment --db a.onefold emial=\"alan@t.example\"").ends_with(1).stderr;
    assert!(wrong.contains("did you mean `email`?") && wrong.contains("^^^^"), "{wrong}");
    let sql = scratch.onefold("segment --db a.onefold email=\"alan@t.example\" --sql").ends_with(0).stdout;
    assert!(sql.starts_with("SELECT s.\"id\" FROM \"customers\""), "{sql}");
    let preview = scratch.onefold("segments --db a.onefold --define rules.json --preview --json").ends_with(0).stdout;
    assert_eq!(json(&preview)[0]["entering"].as_array().map(Vec::len), Some(1));
    let defined = scratch.onefold("segments --db a.onefold --define rules.json --json").ends_with(0).stdout;
    assert_eq!(json(&defined)["segments"]["alans"], 1);
    let members = scratch.onefold("segments --db a.onefold --members alans --json").ends_with(0).stdout;
    assert_eq!(json(&members)[0]["customer"].as_str(), Some(id));
    let changes = scratch.onefold("changes --db a.onefold --json").ends_with(0).stdout;
    assert!(changes.contains(r#""change":"entered""#), "{changes}");
    // A segment may rest on what is sensitive.
    let scratch = scratch.file("key.txt", "a key of sixteen bytes\n");
    let names = |form: &str| {
        let export = scratch.onefold(&format!("export email:alan@t.example --db a.onefold {form}")).ends_with(0).stdout;
        export.contains("alans")
    };
    assert_eq!(
        ["", "--json", "--masked", "--masked --json", "--hashed key.txt"].map(names),
        [true, true, false, false, false]
    );
}

#[test]
fn a_purpose_and_a_role_see_what_the_policy_opens() {
    let policy = r#"{
        "purposes": {"marketing": {"needs_consent": true}},
        "roles": {"support": {"attributes": "all", "masked": true}}
    }"#;
    let scratch = house("database-policy").file("policy.json", policy);
    let unknown = scratch.onefold("customer email:alan@t.example --db a.onefold --role support").ends_with(1).stderr;
    assert!(unknown.contains("support"), "{unknown}");
    scratch.onefold("adopt policy policy.json --db a.onefold --at 2028-01-01").ends_with(0);
    let seen =
        scratch.onefold("customer email:alan@t.example --db a.onefold --role support --json").ends_with(0).stdout;
    assert!(seen.contains("a***@t.example") && !seen.contains("alan@t.example"), "{seen}");
    let closed =
        scratch.onefold("customer email:alan@t.example --db a.onefold --purpose marketing").ends_with(1).stderr;
    assert!(closed.contains("marketing"), "{closed}");
    let wrong = scratch.onefold("adopt computations policy.json --db a.onefold").ends_with(1).stderr;
    assert!(wrong.contains("`policy.json` is no computations"), "{wrong}");
}

#[test]
fn everything_known_is_exported_and_an_attribute_has_a_history() {
    let scratch = house("database-export").file("key.txt", "a key of sixteen bytes\n");
    let export = scratch.onefold("export email:mary@z.example --db a.onefold").ends_with(0).stdout;
    assert!(export.contains("mary@new.example") && export.contains("mary@z.example"), "{export}");
    let masked = scratch.onefold("export email:mary@z.example --db a.onefold --masked --json").ends_with(0).stdout;
    assert!(!masked.contains("mary@new.example"), "{masked}");
    let hashed =
        scratch.onefold("export email:mary@z.example --db a.onefold --hashed key.txt --json").ends_with(0).stdout;
    assert!(!hashed.contains("mary@") && hashed != masked, "{hashed}");
    scratch.onefold("export email:nobody@x.example --db a.onefold").ends_with(5);
    let history =
        scratch.onefold("customer email:mary@z.example --db a.onefold --history email --json").ends_with(0).stdout;
    assert_eq!(json(&history)["periods"].as_array().map(Vec::len), Some(2), "{history}");
}

#[test]
fn what_people_wrote_is_found_by_its_words() {
    let notes = "id,name,email,notes\n7,Mary Shelley,mary@z.example,Wants the contract by Friday\n8,Alan Turing,alan@t.example,No contract\n";
    let scratch = Scratch::new("database-find").file("notes.csv", notes);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept notes.csv --db a.onefold --at 2026-01-01T00:00:00Z").ends_with(0);
    let found = scratch.onefold("find CONTR* friday --db a.onefold").ends_with(0).stdout;
    assert!(found.ends_with("2026-01-01 00:00 attributes (notes): Wants the [contract] by [Friday]\n"), "{found}");
    let found = scratch.onefold("find contract --db a.onefold --json").ends_with(0).stdout;
    assert_eq!(found.lines().count(), 2, "{found}");
    let of_alan = scratch.onefold("find contract --db a.onefold --customer email:alan@t.example --json").ends_with(0);
    assert_eq!(json(&of_alan.stdout)["snippet"], "No [contract]");
    scratch.onefold("find harbour --db a.onefold").ends_with(5);
    let wrong = scratch.onefold("find -- --- --db a.onefold").ends_with(2).stderr;
    assert!(wrong.contains("--db"), "{wrong}");
    let wrong = scratch.onefold("find * --db a.onefold").ends_with(1).stderr;
    assert!(wrong.contains("nothing to search for in `*`"), "{wrong}");
    scratch.onefold("erase email:alan@t.example --db a.onefold --at 2027-01-01").ends_with(0);
    assert_eq!(scratch.onefold("find contract --db a.onefold").ends_with(0).stdout.lines().count(), 1);
}

#[test]
fn a_role_finds_what_it_may_see() {
    let scratch = house("database-find-role")
        .file("notes.csv", "id,email,note\n1,zoe@t.example,wants the contract\n")
        .file("policy.json", r#"{"roles": {"sales": {"attributes": "all", "up_to": "sensitive"}, "desk": {}}}"#);
    scratch.onefold("accept notes.csv --db a.onefold --at 2026-05-01").ends_with(0);
    let unknown = scratch.onefold("find contract --db a.onefold --role sales").ends_with(1).stderr;
    assert!(unknown.contains("unknown role `sales`"), "{unknown}");
    scratch.onefold("adopt policy policy.json --db a.onefold --at 2026-05-02").ends_with(0);
    let found = scratch.onefold("find contract --db a.onefold --role sales").ends_with(0).stdout;
    assert!(found.contains("wants the [contract]"), "{found}");
    scratch.onefold("find contract --db a.onefold --role desk").ends_with(5);
    scratch.onefold("find contract --db a.onefold --role desk --customer email:zoe@t.example").ends_with(5);
}

#[test]
fn the_suppressed_are_not_taken_in() {
    let scratch = house("database-suppress")
        .file("key.txt", "a secret that is kept elsewhere\n")
        .file("short.txt", "short")
        .file("other.txt", "another secret, of somebody else\n")
        .file("more.csv", "id,email\n1,zoe@t.example\n2,yan@t.example\n");
    let short = scratch.onefold("suppress email:zoe@t.example --db a.onefold --key short.txt").ends_with(1).stderr;
    assert!(short.contains("has 5 bytes; take 16 at least"), "{short}");
    let suppress = "suppress email:Zoe@t.example --db a.onefold --key key.txt --at 2026-05-01";
    assert!(scratch.onefold(suppress).ends_with(0).stdout.contains("is not to be contacted; `retract` takes"));
    let process = scratch.onefold(&format!("{suppress} --process --json")).ends_with(0).stdout;
    assert_eq!((&json(&process)["before"], &json(&process)["now"]), (&"contact".into(), &"process".into()));
    let accepted = "accept more.csv --db a.onefold --at 2026-05-02 --suppression-key key.txt --strict";
    let aside = scratch.onefold(accepted).ends_with(3).stdout;
    assert!(aside.contains("not to be processed"), "{aside}");
    scratch.onefold("customer email:zoe@t.example --db a.onefold").ends_with(5);
    scratch.onefold("customer email:yan@t.example --db a.onefold").ends_with(0);
    let other = "suppress email:yan@t.example --db a.onefold --key other.txt";
    let wrong = scratch.onefold(other).ends_with(1).stderr;
    assert!(wrong.contains("`other.txt` is not the key that the list was made with"), "{wrong}");
    let wrong = scratch.onefold("accept more.csv --db a.onefold --suppression-key other.txt").ends_with(1).stderr;
    assert!(wrong.contains("the key is not the one that the list of the suppressed was made with"), "{wrong}");
    let lifted = scratch.onefold(&format!("{suppress} --lift")).ends_with(0).stdout;
    assert!(lifted.contains("is not on the list"), "{lifted}");
    scratch.onefold("accept more.csv --db a.onefold --at 2026-05-03 --suppression-key key.txt").ends_with(0);
    scratch.onefold("customer email:zoe@t.example --db a.onefold").ends_with(0);
}

#[test]
fn facts_go_when_they_are_too_old_and_broken_events_are_counted() {
    let scratch = house("database-retain")
        .file("retention.json", r#"{"rules": {"all": {"days": 100}}}"#)
        .file("contract.json", r#"{"events": {}, "closed": true}"#);
    scratch.onefold("adopt retention retention.json --db a.onefold --at 2027-01-02").ends_with(0);
    let due = scratch.onefold("retain --db a.onefold --preview --at 2027-01-03 --json").ends_with(0).stdout;
    let due = json(&due)["due"].as_array().map(Vec::len);
    assert!(due > Some(2), "{due:?}");
    let retained = scratch.onefold("retain --db a.onefold --at 2027-01-03 --json").ends_with(0).stdout;
    assert_eq!(json(&retained)["removed"].as_array().map(Vec::len), due);
    let again = scratch.onefold("retain --db a.onefold --at 2027-01-03").ends_with(0).stdout;
    assert_eq!(again, "removed 0 fact(s); of 0 record(s) nothing is left\n");
    scratch.onefold("customer email:ada@x.example --db a.onefold").ends_with(5);
    scratch.onefold("customer email:alan@t.example --db a.onefold").ends_with(0);
    assert_eq!(scratch.onefold("violations --db a.onefold --contract contract.json").ends_with(0).stdout, "");
    let wrong = scratch.onefold("violations --db a.onefold --contract good.csv").ends_with(1).stderr;
    assert!(wrong.contains("`good.csv` is no contract"), "{wrong}");
    scratch.onefold("group account:acme --db a.onefold --at 2027-01-03").ends_with(5);
}

/// What stands under the name of a personal attribute is personal everywhere.
#[test]
fn a_role_sees_no_mailbox_in_identifiers_and_events() {
    let scratch = Scratch::new("database-role-events")
        .file("signups.csv", "signup_id,email,signed_up_at,plan\ns1,ada@secret.example,2026-01-02T10:00:00Z,pro\n")
        .file("policy.json", r#"{"roles": {"desk": {"attributes": "all", "masked": true, "identifiers": "all", "events": "all", "properties": "all"}}}"#);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept signups.csv --db a.onefold --at 2026-02-01").ends_with(0);
    scratch.onefold("adopt policy policy.json --db a.onefold --at 2026-02-02").ends_with(0);
    for form in ["", "--json"] {
        let seen = scratch.onefold(&format!("customer email:ada@secret.example --db a.onefold --role desk {form}"));
        let seen = seen.ends_with(0).stdout;
        assert!(seen.contains("email:a***@secret.example") && !seen.contains("ada@secret"), "{seen}");
    }
}

/// Whatever is asked of a customer, a role and a purpose see no more of it than of the whole profile.
/// Mutations: print a part of the profile in place of the view; look at the policy of the past.
#[test]
fn every_part_of_a_customer_is_seen_through_the_policy() {
    let event = |id: u32, total: u32| {
        format!(
            r#"{{"type": "track", "messageId": "{id}", "userId": "secret-7", "event": "Order Completed", "timestamp": "2026-01-0{id}T09:00:00Z", "properties": {{"order_id": "{id}", "total": {total}, "currency": "EUR", "mail": "ada@secret.example"}}}}"#
        )
    };
    let identify = r#"{"type": "identify", "messageId": "9", "userId": "secret-7", "timestamp": "2026-01-01T08:00:00Z", "traits": {"email": "ada@secret.example", "plan": "pro"}}"#;
    let roles = r#""desk": {"attributes": {"except": ["spent"]}, "masked": true, "events": "all", "properties": {"except": ["total"]}}"#;
    let news = r#""news": {"needs_consent": true, "sees": {"attributes": {"only": ["email"]}, "up_to": "personal"}}"#;
    let scratch = Scratch::new("database-role-parts")
        .file("web.jsonl", format!("{identify}\n{}\n{}\n", event(1, 20), event(2, 30)))
        .file("policy.json", format!(r#"{{"roles": {{{roles}}}, "purposes": {{{news}}}}}"#))
        .file("schema.json", r#"{"attributes": {"email": {"kind": "email"}, "plan": {"kind": "category"}, "orders": {"kind": "integer"}, "order_id": {"kind": "category"}, "mail": {"kind": "email"}}}"#)
        .file("computed.json", r#"{"orders": {"events": {"names": ["Order Completed"]}, "aggregate": "count", "window": "lifetime"}, "spent": {"events": {"names": ["Order Completed"]}, "aggregate": {"sum": {"path": "total"}}, "window": "lifetime"}}"#);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept web.jsonl --db a.onefold --at 2026-02-01").ends_with(0);
    for (part, file) in [("policy", "policy.json"), ("schema", "schema.json"), ("computations", "computed.json")] {
        scratch.onefold(&format!("adopt {part} {file} --db a.onefold --at 2026-02-02")).ends_with(0);
    }
    let asked = |rest: &str| scratch.onefold(&format!("customer email:ada@secret.example --db a.onefold {rest}"));
    let all = ["--why email", "--history email", "--events *", "--computed", "--sessions 30m", ""];
    for (part, form) in all.iter().flat_map(|part| [(part, ""), (part, "--json")]) {
        let seen = asked(&format!("{part} --role desk {form}")).ends_with(0).stdout;
        assert!(!seen.contains("ada@") && !seen.contains("secret-7") && !seen.contains("30.00"), "{part}: {seen}");
        asked(&format!("{part} --role desk --known-at 2026-02-01 {form}")).ends_with(0);
        let refused = asked(&format!("{part} --purpose news {form}")).ends_with(1).stderr;
        assert!(refused.contains("consent to `news` is unknown"), "{refused}");
    }
    let why = asked("--why email --role desk").ends_with(0).stdout;
    assert!(why.contains("email: a***@secret.example, from web, 2026-01-01"), "{why}");
    let events = asked("--events * --role desk").ends_with(0).stdout;
    assert!(
        events.contains("2026-01-02 09:00 Order Completed (web): currency ***, mail a***@secret.example"),
        "{events}"
    );
    assert_eq!(asked("--computed --role desk").ends_with(0).stdout, "orders: 2\n");
    let orders = asked("--orders --role desk").ends_with(1).stderr;
    assert!(orders.contains("what they bought is not seen: `currency` of their orders is closed"), "{orders}");
    let closed = asked("--why spent --role desk").ends_with(1).stderr;
    assert!(closed.contains("no attribute `spent` of theirs is seen; seen are `email`, `plan`"), "{closed}");

    scratch.onefold("consent email:ada@secret.example --grant news --db a.onefold --at 2026-02-03").ends_with(0);
    let seen = asked("--why email --purpose news").ends_with(0).stdout;
    assert!(seen.contains("email: ada@secret.example, from web,"), "{seen}");
    asked("--history plan --purpose news").ends_with(1);
    assert_eq!(asked("--events * --purpose news").ends_with(0).stdout, "");
}

/// Mutation: look at a profile of the past by the policy of the past.
#[test]
fn a_role_sees_of_the_past_what_it_may_see_now() {
    let scratch = Scratch::new("database-role-past")
        .file("people.csv", "id,email\n1,ada@secret.example\n")
        .file("open.json", r#"{"roles": {"desk": {"attributes": "all", "up_to": "sensitive"}}}"#)
        .file("closed.json", r#"{"roles": {"desk": {"attributes": "all", "masked": true}}}"#);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept people.csv --db a.onefold --at 2026-02-01").ends_with(0);
    scratch.onefold("adopt policy open.json --db a.onefold --at 2026-02-02").ends_with(0);
    let past = || scratch.onefold("customer email:ada@secret.example --db a.onefold --known-at 2026-02-03 --role desk");
    let seen = past().ends_with(0).stdout;
    assert!(seen.contains("ada@secret"), "{seen}");
    scratch.onefold("adopt policy closed.json --db a.onefold --at 2026-02-04").ends_with(0);
    let seen = past().ends_with(0).stdout;
    assert!(seen.contains("a***@secret.example") && !seen.contains("ada@secret"), "{seen}");
    let both = "customer email:ada@secret.example --db a.onefold --why email --history email";
    scratch.onefold(both).ends_with(2);
}

/// Mutation: print all of them.
#[test]
fn who_shares_a_mailbox_is_not_exported_with_the_others() {
    let scratch = Scratch::new("database-export-shared").file(
        "people.csv",
        "id,name,email,city\n1,Mary Shelley,info@t.example,Bath\n2,Alan Turing,info@t.example,Leeds\n",
    );
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept people.csv --db a.onefold --at 2026-02-01").ends_with(0);
    let both = scratch.onefold("customer email:info@t.example --db a.onefold --json").ends_with(0).stdout;
    let ids: Vec<String> = both.lines().map(|line| json(line)["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 2, "{both}");
    let refused = scratch.onefold("export email:info@t.example --db a.onefold").ends_with(1);
    assert_eq!(refused.stdout, "");
    assert!(ids.iter().all(|id| refused.stderr.contains(id)), "{}", refused.stderr);
    let one = scratch.onefold(&format!("export {} --db a.onefold", ids[0])).ends_with(0).stdout;
    assert_ne!(one.contains("Mary"), one.contains("Alan"), "{one}");
}

#[test]
fn what_customers_choose_is_written_down_and_shown() {
    let scratch = house("database-consent");
    let consent = |rest: &str| scratch.onefold(&format!("consent email:alan@t.example --db a.onefold {rest}"));
    assert_eq!(consent("").ends_with(0).stdout, "they have chosen nothing\n");
    consent("--grant marketing --channel email --basis consent --proof form --at 2028-01-01").ends_with(0);
    consent("--withdraw marketing --channel email --source call-centre --at 2028-02-01").ends_with(0);
    consent("--grant marketing --channel email --at 2028-06-01").ends_with(0);
    let shown = consent("--at 2028-03-01").ends_with(0).stdout;
    assert_eq!(
        shown,
        "marketing by email: withdrawn\n  2028-01-01 00:00 granted on consent, form (more)\n  \
         2028-02-01 00:00 withdrawn, collected by call-centre (more)\n  2028-06-01 00:00 granted (more)\n"
    );
    let told = json(&consent("--at 2028-07-01 --json").ends_with(0).stdout);
    assert_eq!((&told[0]["state"], &told[0]["choices"][1]["collected_by"]), (&"granted".into(), &"call-centre".into()));
    let export = scratch.onefold("export email:alan@t.example --db a.onefold").ends_with(0).stdout;
    assert!(export.contains("marketing by email: granted on consent, proof: form"), "{export}");
    let wrong = consent("--channel email").ends_with(1).stderr;
    assert!(wrong.contains("expected `--grant`, `--deny` or `--withdraw`"), "{wrong}");
    let wrong = consent("--grant marketing --basis whim").ends_with(2).stderr;
    assert!(wrong.contains("`legitimate_interests`"), "{wrong}");
}

#[test]
fn orders_events_scores_and_stages_are_shown() {
    let orders = "order_id,customer_id,ordered_at,total,currency\n\
                  o1,c1,2026-01-02T10:00:00Z,20.00,EUR\no2,c1,2026-02-02T10:00:00Z,30.00,EUR\n\
                  o3,c1,2999-02-02T10:00:00Z,1.00,EUR\n";
    let selected = r#""purchases": {"names": ["order"]}, "amount": {"path": "total", "unit": {"money": "EUR"}}"#;
    let scratch = Scratch::new("database-orders")
        .file("orders.csv", orders)
        .file("orders.json", r#"{"placed": ["order"]}"#)
        .file("stage.json", r#"{"activity": {"names": ["order"]}, "new_for": "10d", "active_for": "90d", "lost_after": "365d", "returned_for": "60d"}"#)
        .file("rfm.json", format!(r#"{{{selected}, "window": "lifetime", "cuts": {{"recency": [30], "frequency": [2], "monetary": [100]}}}}"#));
    scratch.onefold("init --db a.onefold").ends_with(0);
    let accepted = scratch.onefold("accept orders.csv --db a.onefold --at 2026-02-03").ends_with(0).stdout;
    assert!(accepted.contains("is of 2999-02-02T10:00:00+00:00, which lies ahead"), "{accepted}");
    let events = scratch.onefold("customer customer_id:c1 --db a.onefold --events order --limit 2 --json").ends_with(0);
    let page = json(&events.stdout);
    assert_eq!(page["events"].as_array().map(Vec::len), Some(2), "{page}");
    let dear =
        scratch.onefold("customer customer_id:c1 --db a.onefold --events order --where total>20 --json").ends_with(0);
    let dear = json(&dear.stdout);
    assert_eq!(
        (dear["events"].as_array().map(Vec::len), &dear["events"][0]["properties"]["order_id"]),
        (Some(1), &"o2".into())
    );
    let wrong =
        scratch.onefold("customer customer_id:c1 --db a.onefold --events order --where total>").ends_with(1).stderr;
    assert!(wrong.contains("cannot read the condition"), "{wrong}");
    scratch.onefold("customer customer_id:c1 --db a.onefold --where total>20").ends_with(2);
    let sessions = scratch.onefold("customer customer_id:c1 --db a.onefold --sessions 60d").ends_with(0).stdout;
    let expected = "2999-02-02 10:00 to 2999-02-02 10:00: 1 order\n2026-01-02 10:00 to 2026-02-02 10:00: 2 order\n";
    assert_eq!(sessions, expected);
    let latest =
        scratch.onefold("customer customer_id:c1 --db a.onefold --sessions 60d --limit 1 --json").ends_with(0).stdout;
    assert_eq!(json(&latest)["names"]["order"], 1, "{latest}");
    let next = page["next"].as_str().unwrap();
    let rest = scratch.onefold(&format!("customer customer_id:c1 --db a.onefold --events order --after {next} --json"));
    let rest = json(&rest.ends_with(0).stdout);
    assert_eq!((rest["events"][0]["at"].as_str(), rest["next"].as_str()), (Some("2026-01-02T10:00:00Z"), None));
    scratch.onefold("adopt orders orders.json --db a.onefold --at 2026-02-04").ends_with(0);
    let shown = scratch.onefold("customer customer_id:c1 --db a.onefold --orders").ends_with(0).stdout;
    assert!(shown.contains("2026-02-02 10:00 o2: 30") && shown.contains("2 order(s)"), "{shown}");
    let then =
        scratch.onefold("customer customer_id:c1 --db a.onefold --orders --as-of 2999-03-01").ends_with(0).stdout;
    assert!(then.contains("3 order(s)"), "{then}");
    scratch.onefold("adopt lifecycle stage.json --name stage --db a.onefold --at 2026-02-04").ends_with(0);
    scratch.onefold("adopt rfm rfm.json --name value --db a.onefold --at 2026-02-04").ends_with(0);
    let computed = scratch.onefold("customer customer_id:c1 --db a.onefold --computed --as-of 2026-02-10 --json");
    let computed = json(&computed.ends_with(0).stdout);
    assert_eq!(computed["stage"]["value"], serde_json::json!({"text": "active"}), "{computed}");
    assert_eq!(computed["value"]["value"], serde_json::json!({"text": "2-2-1"}), "{computed}");
    let wrong = scratch.onefold("adopt rfm stage.json --name value --db a.onefold").ends_with(1).stderr;
    assert!(wrong.contains("`stage.json` is no rfm"), "{wrong}");
}

//! What holds for all customers, through the command: schema, contract, licences, suppression.

use serde_json::Value;

use crate::scratch::Scratch;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A database in which two tables know two people by one column.
fn members(test: &str) -> Scratch {
    let scratch = Scratch::new(test)
        .file("crm.csv", "id,name,email,city\n1,Ada Byron,ada@x.example,Leeds\n2,Grace Hopper,grace@y.example,York\n")
        .file("shop.csv", "id,name,email,town\na,Ada Byron,ada@x.example,Leeds\nb,Grace Hopper,grace@y.example,York\n");
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept crm.csv shop.csv --db a.onefold --at 2026-01-01").ends_with(0);
    scratch
}

/// Mutations: adopt first and tell then; count what the rehearsal did as done.
#[test]
fn a_schema_under_which_customers_fall_apart_is_adopted_only_where_that_is_meant() {
    let schema = r#"{"attributes": {"email": {"kind": "text", "survivorship": "latest", "pii": "personal"}}}"#;
    let scratch = members("governance-schema").file("schema.json", schema);
    let shown = json(&scratch.onefold("adopt schema --show --db a.onefold --json").ends_with(0).stdout);
    assert_eq!(shown["attributes"]["email"]["kind"], "email", "{shown}");
    let records = || json(&scratch.onefold("customer email:ada@x.example --db a.onefold --json").ends_with(0).stdout);
    let ids =
        || scratch.onefold("customer email:ada@x.example --db a.onefold --json").ends_with(0).stdout.lines().count();
    assert_eq!(records()["records"].as_array().map(Vec::len), Some(2));

    let preview = scratch.onefold("adopt schema schema.json --db a.onefold --preview").ends_with(0).stdout;
    assert!(preview.contains("attribute `email`: kind text instead of email"), "{preview}");
    assert!(preview.contains("2 customer(s) would fall apart: 2 record(s) come off them"), "{preview}");
    let refused = scratch.onefold("adopt schema schema.json --db a.onefold").ends_with(4).stdout;
    assert!(refused.contains("nothing was adopted; `--even-so` does it"), "{refused}");
    assert_eq!(ids(), 1);
    scratch.onefold("check --db a.onefold").ends_with(0);

    // What is shown can be adopted, and changes nothing.
    let whole = scratch.onefold("adopt schema --show --db a.onefold").ends_with(0).stdout;
    let scratch = scratch.file("whole.json", whole);
    let nothing = scratch.onefold("adopt schema whole.json --db a.onefold --preview").ends_with(0).stdout;
    assert_eq!(nothing, "it would change nothing\n");
    scratch.onefold("adopt schema schema.json --db a.onefold --even-so").ends_with(0);
    assert_eq!(
        scratch.onefold("customer email:ada@x.example --db a.onefold --json").ends_with(0).stdout.lines().count(),
        2
    );
}

#[test]
fn another_version_of_a_contract_is_compared_with_the_one_in_force() {
    let orders =
        "order_id,customer_id,ordered_at,total\no1,c1,2026-01-02T10:00:00Z,20.00\no2,c1,2026-02-02T10:00:00Z,\n";
    let scratch = Scratch::new("governance-contract")
        .file("orders.csv", orders)
        .file("one.json", r#"{"events": {"order": {"properties": {"total": "number"}}}}"#)
        .file("two.json", r#"{"events": {"order": {"properties": {"total": "number"}, "required": ["total"]}}, "on_violation": "set_aside"}"#);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("adopt contract --show --db a.onefold").ends_with(5);
    scratch.onefold("adopt contract one.json --db a.onefold --at 2026-01-01").ends_with(0);
    scratch.onefold("accept orders.csv --db a.onefold --at 2026-02-03").ends_with(0);
    let preview = scratch.onefold("adopt contract two.json --db a.onefold --preview").ends_with(0).stdout;
    assert!(preview.contains("event `order`, property `total`: required (kept events may break it)"), "{preview}");
    assert!(preview.contains("1 violation(s) by events that are kept"), "{preview}");
    scratch.onefold("adopt contract two.json --db a.onefold --at 2026-02-04").ends_with(0);
    let shown = json(&scratch.onefold("adopt contract --show --db a.onefold --json").ends_with(0).stdout);
    assert_eq!(shown["on_violation"], "set_aside");

    let scratch = scratch.file("orders.csv", "order_id,customer_id,ordered_at,total\no3,c1,2026-03-02T10:00:00Z,\n");
    let accepted = scratch.onefold("accept orders.csv --db a.onefold --at 2026-03-03 --json").ends_with(0).stdout;
    let broken = &json(&accepted)["violations"][0];
    assert_eq!((&broken["event"], &broken["times"]), (&"order".into(), &1.into()), "{accepted}");
    let accepted = scratch.onefold("accept orders.csv --db a.onefold --at 2026-03-04").ends_with(0).stdout;
    assert!(accepted.contains("event `order`: required property `total` is missing: 1"), "{accepted}");
}

/// The clock of the command goes on though nobody writes.
/// Mutation: read at the clock of the last write.
#[test]
fn bought_data_are_not_shown_beyond_their_licence_though_nobody_writes() {
    let scratch = Scratch::new("governance-licences")
        .file("own.csv", "id,name,email\n1,Ada Byron,ada@x.example\n")
        .file("bought.csv", "id,name,email,hobby\n7,Ada Byron,ada@x.example,sailing\n")
        .file("short.json", r#"{"sources": {"bought": {"days": 10}}}"#)
        .file("long.json", r#"{"sources": {"bought": {"until": "2999-01-01T00:00:00Z"}}}"#);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("adopt licences long.json --db a.onefold --at 2020-01-01").ends_with(0);
    scratch.onefold("accept own.csv bought.csv --db a.onefold --at 2020-01-01").ends_with(0);
    let shown = || {
        let seen = scratch.onefold("customer email:ada@x.example --db a.onefold").ends_with(0).stdout;
        let exported = scratch.onefold("export email:ada@x.example --db a.onefold").ends_with(0).stdout;
        (seen.contains("sailing"), exported.contains("sailing"))
    };
    assert_eq!(shown(), (true, true));
    scratch.onefold("adopt licences short.json --db a.onefold --at 2020-01-02").ends_with(0);
    assert_eq!(shown(), (false, false));
}

/// Mutations: ask the policy alone; answer without the key as if nobody were on the list.
#[test]
fn who_is_suppressed_is_not_seen_by_a_purpose_that_contacts() {
    let scratch = members("governance-suppressed")
        .file("key.txt", "a key of sixteen bytes\n")
        .file("policy.json", r#"{"purposes": {"news": {"needs_consent": false, "sees": {"attributes": "all"}}}}"#);
    scratch.onefold("adopt policy policy.json --db a.onefold --at 2026-01-02").ends_with(0);
    let ask =
        |rest: &str| scratch.onefold(&format!("customer email:ada@x.example --db a.onefold --purpose news {rest}"));
    ask("--channel email").ends_with(0);
    scratch.onefold("suppress email:ada@x.example --db a.onefold --key key.txt --at 2026-01-03").ends_with(0);
    let without = ask("--channel email").ends_with(1).stderr;
    assert!(without.contains("give its key with `--suppression-key FILE`"), "{without}");
    let refused = ask("--channel email --suppression-key key.txt").ends_with(1).stderr;
    assert!(refused.contains("they are not to be contacted"), "{refused}");
    ask("--suppression-key key.txt").ends_with(0);
    let contact = |rest: &str| {
        scratch.onefold(&format!("interactions email:ada@x.example --db a.onefold --may-contact news {rest}"))
    };
    contact("").ends_with(1);
    contact("--suppression-key key.txt").ends_with(4);
    scratch.onefold("suppress email:ada@x.example --db a.onefold --key key.txt --process --at 2026-01-04").ends_with(0);
    let refused = ask("--suppression-key key.txt").ends_with(1).stderr;
    assert!(refused.contains("they are not to be processed"), "{refused}");
}

/// Mutation: stop at the first.
#[test]
fn what_cannot_be_shown_of_one_customer_does_not_keep_the_others_from_it() {
    let people = "id,name,email,city\n1,Mary Shelley,info@t.example,\n2,Alan Turing,info@t.example,Leeds\n";
    let scratch = Scratch::new("governance-several").file("people.csv", people);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept people.csv --db a.onefold --at 2026-02-01").ends_with(0);
    let run = scratch.onefold("customer email:info@t.example --db a.onefold --why city").ends_with(1);
    assert!(run.stdout.contains("city: Leeds"), "{}", run.stdout);
    assert!(run.stderr.contains("1 of 2 customers could not be shown"), "{}", run.stderr);
    assert!(run.stderr.contains("they have no attribute `city`"), "{}", run.stderr);
}

/// Mutation: keep what an earlier delivery said beside what the later says.
#[test]
fn who_changes_the_company_is_in_the_new_one_only() {
    let people = |company: &str| format!("id,name,email,company_id\n1,Ada Byron,ada@x.example,{company}\n");
    let mut scratch = Scratch::new("governance-company");
    scratch.onefold("init --db a.onefold").ends_with(0);
    for (company, at) in [("C-100", "2026-01-01"), ("C-200", "2026-02-01"), ("C-200", "2026-03-01")] {
        scratch = scratch.file("people.csv", people(company));
        scratch.onefold(&format!("accept people.csv --db a.onefold --at {at}")).ends_with(0);
    }
    let groups = |rest: &str| {
        let seen = scratch.onefold(&format!("customer email:ada@x.example --db a.onefold --json {rest}")).ends_with(0);
        json(&seen.stdout)["groups"].as_array().unwrap().iter().map(|it| it["group"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(groups(""), [r#""company_id:C-200""#]);
    scratch.onefold("consent email:ada@x.example --deny news --channel sms --db a.onefold").ends_with(0);
    let shown = scratch.onefold("customer email:ada@x.example --db a.onefold").ends_with(0).stdout;
    let parts = [
        "identifier email:ada@x.example\n",
        "member of company_id:C-200 since 2026-",
        "consent to news by sms: denied\n",
    ];
    assert!(parts.iter().all(|part| shown.contains(part)), "{shown}");
    assert_eq!(groups("--as-of 2026-01-15"), [r#""company_id:C-100""#]);
}

/// Mutation: show the value alone.
#[test]
fn a_sum_shows_what_went_into_it_and_a_value_when_it_is_stale() {
    let spec = r#"{"attributes": {
        "seats": {"kind": "integer", "survivorship": "sum", "pii": "none"},
        "plan": {"kind": "text", "survivorship": "latest", "pii": "none", "stale_after_days": 30}
    }}"#;
    let scratch = Scratch::new("governance-sum")
        .file("crm.csv", "id,name,email,seats,plan\n1,Ada Byron,ada@x.example,3,pro\n")
        .file("shop.csv", "id,name,email,seats\na,Ada Byron,ada@x.example,4\n")
        .file("schema.json", spec);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept crm.csv shop.csv --db a.onefold --at 2026-01-01").ends_with(0);
    scratch.onefold("adopt schema schema.json --db a.onefold --even-so --at 2026-01-02").ends_with(0);
    let why = scratch.onefold("customer email:ada@x.example --db a.onefold --why seats").ends_with(0).stdout;
    assert!(why.starts_with("seats: 7, because it is the sum of what 2 records say\n"), "{why}");
    assert!(why.contains("3: from crm record 1") && why.contains("4: from shop record a"), "{why}");
    let why = scratch.onefold("customer email:ada@x.example --db a.onefold --why seats --json").ends_with(0).stdout;
    assert_eq!(json(&why)["elements"].as_array().map(Vec::len), Some(2), "{why}");
    let stale = scratch.onefold("customer email:ada@x.example --db a.onefold").ends_with(0).stdout;
    assert!(stale.contains("stale since 2026-01-31 00:00, unless it is said again"), "{stale}");
}

/// Mutations: write down whatever is said; say only the first thing that is wrong.
#[test]
fn a_choice_without_a_purpose_or_that_ends_before_it_begins_is_refused() {
    let scratch = members("governance-no-choice");
    let say = |rest: &str| {
        scratch
            .onefold(&format!("consent email:ada@x.example --db a.onefold --at 2026-02-05 {rest}"))
            .ends_with(1)
            .stderr
    };
    assert!(say("--grant=").contains("the purpose is empty (name what the data are used for)"));
    let both = say("--grant news --channel= --until 2026-02-05");
    assert!(both.contains("the channel is empty") && both.contains("it ends on 2026-02-05"), "{both}");
    let shown = scratch.onefold("consent email:ada@x.example --db a.onefold").ends_with(0).stdout;
    assert_eq!(shown, "they have chosen nothing\n");
}

/// Mutations: take a column for harmless because its values are text or numbers; put what a file looks like in place of
/// what somebody declared.
#[test]
fn a_column_that_nobody_declared_is_personal_until_somebody_does() {
    let rows = "id,name,email,city,diagnosis,salary\n1,Ada Byron,ada@x.example,Leeds,asthma,52000\n";
    let policy = r#"{"roles": {"desk": {"attributes": "all", "up_to": "none"}}}"#;
    let opened = r#"{"attributes": {"diagnosis": {"kind": "text", "survivorship": "latest", "pii": "none"}}}"#;
    let scratch = Scratch::new("governance-undeclared")
        .file("crm.csv", rows)
        .file("policy.json", policy)
        .file("opened.json", opened);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept crm.csv --db a.onefold --at 2026-01-01").ends_with(0);
    scratch.onefold("adopt policy policy.json --db a.onefold --at 2026-01-02").ends_with(0);
    let seen = || {
        let role = scratch.onefold("customer email:ada@x.example --db a.onefold --role desk").ends_with(0).stdout;
        let masked = scratch.onefold("export email:ada@x.example --db a.onefold --masked").ends_with(0).stdout;
        ["Leeds", "asthma", "52000"].map(|it| (role.contains(it), masked.contains(it)))
    };
    assert_eq!(seen(), [(true, true), (false, false), (false, false)]);
    scratch.onefold("adopt schema opened.json --db a.onefold --even-so --at 2026-01-03").ends_with(0);
    assert_eq!(seen()[1], (true, true));
    let scratch = scratch.file("crm.csv", rows.replace("52000", "53000"));
    scratch.onefold("accept crm.csv --db a.onefold --at 2026-01-04").ends_with(0);
    let role = scratch.onefold("customer email:ada@x.example --db a.onefold --role desk").ends_with(0).stdout;
    assert!(role.contains("asthma") && !role.contains("53000"), "{role}");
}

/// Mutations: guess the kind of what is declared by its values; give a declared attribute the common name of its kind; take a
/// value that its kind does not allow.
#[test]
fn what_is_declared_is_read_as_declared() {
    let traits = r#"{"email": "ada@x.example", "size": "N", "age": "abc", "joined": "soon", "loved": ["x", "y"]}"#;
    let message = format!(r#"{{"type": "identify", "messageId": "1", "userId": "u1", "traits": {traits}}}"#);
    let schema = r#"{"attributes": {
        "size": {"kind": "text"}, "age": {"kind": "integer"}, "joined": {"kind": "date"},
        "loved": {"kind": "text", "survivorship": "union"}, "home_phone": {"kind": "phone", "pii": "sensitive"}
    }}"#;
    let scratch = Scratch::new("governance-declared")
        .file("crm.jsonl", message)
        .file("shop.csv", "id,email,Home Phone,size\n7,ada@x.example,+441134960123,on\n")
        .file("policy.json", r#"{"roles": {"desk": {"attributes": "all", "up_to": "personal", "identifiers": "all"}}}"#)
        .file("schema.json", schema);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("adopt schema schema.json --db a.onefold --at 2026-01-01").ends_with(0);
    scratch.onefold("adopt policy policy.json --db a.onefold --at 2026-01-01").ends_with(0);
    let said = scratch.onefold("accept crm.jsonl shop.csv --db a.onefold --at 2026-01-02").ends_with(0).stdout;
    for wrong in ["`traits.age`: `abc` is not a number", "`traits.joined`: `soon` is not a date"] {
        assert!(said.contains(wrong), "{said}");
    }
    let seen = scratch.onefold("customer email:ada@x.example --db a.onefold --json").ends_with(0).stdout;
    let profile = json(&seen);
    let value = |name: &str| profile["attributes"][name]["value"].to_string();
    let values = ["size", "loved", "home_phone", "age", "joined"].map(value);
    assert_eq!(values, [r#""on""#, r#"["x","y"]"#, r#""+441134960123""#, "null", "null"]);
    let role = scratch.onefold("customer email:ada@x.example --db a.onefold --role desk").ends_with(0).stdout;
    assert!(!role.contains("4960123") && role.contains("size: on"), "{role}");
}

/// Mutation: look for who holds an identifier now alone.
#[test]
fn who_was_retracted_is_erased_by_an_identifier() {
    let scratch =
        Scratch::new("governance-retracted").file("crm.csv", "id,email,name\n1,zeta@x.example,Zeta Quackenbush\n");
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept crm.csv --db a.onefold --at 2026-01-01").ends_with(0);
    scratch.onefold("retract crm/crm.csv --db a.onefold --at 2026-01-02").ends_with(0);
    let erased = scratch.onefold("erase email:zeta@x.example --db a.onefold --at 2026-01-03").ends_with(0).stdout;
    assert!(erased.contains("of 1 records"), "{erased}");
    scratch.onefold("erase email:zeta@x.example --db a.onefold --at 2026-01-04").ends_with(5);
}

/// Mutation: count what lies ahead as bought.
#[test]
fn an_order_of_the_year_2999_is_not_bought_yet() {
    let orders =
        "order_id,customer_id,ordered_at,total\no1,c1,2026-01-02T10:00:00Z,20.00\no2,c1,2999-02-02T10:00:00Z,30.00\n";
    let scratch = Scratch::new("governance-ahead").file("orders.csv", orders);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept orders.csv --db a.onefold --at 2026-02-03").ends_with(0);
    let ask = |rest: &str| scratch.onefold(&format!("{rest} --db a.onefold")).ends_with(0).stdout;
    let now = ask("customer customer_id:c1 --orders");
    assert!(now.ends_with("1 order(s), worth 20\n"), "{now}");
    let then = ask("customer customer_id:c1 --orders --as-of 2999-03-01");
    assert!(then.ends_with("2 order(s), worth 50\n"), "{then}");
    let seen = ask("contact customer_id:c1 --at 2026-03-01");
    assert!(seen.contains("1 order(s)"), "{seen}");
}

/// Mutations: name no row; copy the row without its header; count it as kept; keep the whole file.
#[test]
fn what_breaks_the_contract_is_kept_whole_and_accepted_when_it_is_mended() {
    let contract = r#"{"events": {"order": {"required": ["total"]}, "Signed Up": {"required": ["plan"]}}, "on_violation": "set_aside"}"#;
    let web = r#"{"type":"track","event":"Signed Up","userId":"u1","messageId":"m1","properties":{"plan":"pro"}}
{"type":"track","event":"Signed Up","userId":"u2","messageId":"m2","properties":{"plans":"pro"}}
{"type":"track","userId":"u3"}
"#;
    let orders =
        "order_id;customer_id;ordered_at;total\no1;c1;2026-01-02T10:00:00Z;20.00\no2;c1;2026-02-02T10:00:00Z;\n";
    let scratch = Scratch::new("governance-mended")
        .file("orders.csv", orders)
        .file("web.jsonl", web)
        .file("contract.json", contract);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("adopt contract contract.json --db a.onefold --at 2026-01-01").ends_with(0);
    let command = "accept orders.csv web.jsonl --db a.onefold --at 2026-02-03 --set-aside aside";
    let told = scratch.onefold(command).ends_with(0).stdout;
    for line in [
        "rows: 5 read = 2 kept + 0 identical + 3 set aside; single values set aside: 0",
        "orders.csv, row 2: event `order`: required property `total` is missing; it was not taken",
        "web.jsonl, row 2: event `Signed Up`: required property `plan` is missing; it was not taken",
        "3 row(s) to be mended and accepted again are in aside",
    ] {
        assert!(told.contains(line), "{told}");
    }
    assert_eq!(
        scratch.read("aside/orders.csv"),
        "order_id,customer_id,ordered_at,total\no2,c1,2026-02-02T10:00:00Z,\"\"\n"
    );
    let kept: Vec<&str> = web.lines().skip(1).collect();
    assert_eq!(scratch.read("aside/web.jsonl").lines().collect::<Vec<_>>(), kept);
    let reasons = scratch.read("aside/set-aside.csv");
    assert!(reasons.contains("web.jsonl,2,,contract,"), "{reasons}");

    let over = scratch.onefold("accept aside/web.jsonl --db a.onefold --set-aside aside").ends_with(1).stderr;
    assert!(over.contains("is a source and would be written over"), "{over}");
    let mended = scratch.read("aside/web.jsonl").lines().next().expect("a row").replace("plans", "plan");
    let scratch = scratch.file("aside/web.jsonl", mended);
    let told = scratch.onefold("accept aside/web.jsonl --db a.onefold --at 2026-02-04 --json").ends_with(0).stdout;
    assert_eq!((&json(&told)["files"][0]["kept"], &json(&told)["violations"]), (&1.into(), &Value::Array(Vec::new())));
}

/// Mutations: grant at the time of each message; say nothing of refusals.
#[test]
fn a_grant_that_a_page_repeats_does_not_overrule_a_refusal() {
    let page = |id: &str, day: &str, advertising: bool| {
        format!(
            r#"{{"type":"page","userId":"u1","messageId":"{id}","timestamp":"2026-01-{day}T10:00:00Z","context":{{"consent":{{"categoryPreferences":{{"Advertising":{advertising},"Analytics":false}}}}}}}}"#
        )
    };
    let chosen = page("m3", "09", true)
        .replace(r#""type":"page""#, r#""type":"track","event":"Segment Consent Preference Updated""#);
    let scratch = Scratch::new("governance-preferences").file("web.jsonl", page("m1", "01", true));
    scratch.onefold("init --db a.onefold").ends_with(0);
    let accept = |scratch: &Scratch, at: &str| {
        scratch.onefold(&format!("accept web.jsonl --db a.onefold --at 2026-01-{at}")).ends_with(0);
        scratch.onefold("consent user_id:u1 --db a.onefold").ends_with(0).stdout
    };
    let first = accept(&scratch, "02");
    assert!(first.contains("advertising: granted") && first.contains("analytics: denied"), "{first}");
    scratch.onefold("consent user_id:u1 --withdraw advertising --db a.onefold --at 2026-01-05").ends_with(0);
    let scratch = scratch.file("web.jsonl", page("m2", "07", true));
    let repeated = accept(&scratch, "08");
    assert!(repeated.contains("advertising: withdrawn"), "{repeated}");
    let scratch = scratch.file("web.jsonl", chosen);
    let anew = accept(&scratch, "10");
    assert!(anew.contains("advertising: granted"), "{anew}");
}

/// Mutations: a row says where somebody is now; take the table for one of events.
#[test]
fn later_rows_of_a_table_of_memberships_end_no_earlier_ones() {
    let header = "person_id,company_id,role,since,until\n";
    let first = "c1,acme,buyer,2024-01-01,\nc2,acme,engineer,2024-02-01,2025-02-01\n";
    let new = "c1,crane,board,2025-03-10,\nc3,acme,buyer,2025-03-12,\n";
    for (test, second) in
        [("governance-whole", format!("{header}{first}{new}")), ("governance-new", format!("{header}{new}"))]
    {
        let scratch = Scratch::new(test).file("jobs.csv", format!("{header}{first}"));
        scratch.onefold("init --db a.onefold").ends_with(0);
        scratch.onefold("accept jobs.csv --db a.onefold --at 2025-03-01").ends_with(0);
        let scratch = scratch.file("jobs.csv", second);
        scratch.onefold("accept jobs.csv --db a.onefold --at 2025-04-01").ends_with(0);
        let seen = scratch.onefold("customer person_id:c1 --db a.onefold").ends_with(0).stdout;
        for line in [
            "member of company_id:acme as buyer since 2024-01-01",
            "member of company_id:crane as board since 2025-03-10",
        ] {
            assert!(seen.contains(line), "{seen}");
        }
        let left = scratch.onefold("customer person_id:c2 --db a.onefold").ends_with(0).stdout;
        assert!(!left.contains("member of"), "{left}");
    }
}

/// Mutations: read computations as anything; leave the place out.
#[test]
fn what_is_wrong_with_a_file_is_said_with_its_place() {
    let computations = "{\n\"spend_90d\": {\n\"events\": {\"names\": [\"order\"]},\n\"aggregate\": \"count\",\n\"window\": {\"slidng\": \"90d\"}}}";
    let bare = "{\"spend\": {\"aggregate\": {\"sum\": \"total\"}, \"window\": {\"sliding\": \"90d\"}}}";
    let scratch = Scratch::new("governance-places")
        .file("typo.json", computations)
        .file("bare.json", bare)
        .file("never.json", bare.replace(r#"{"sum": "total"}"#, r#"{"days_since": "last"}"#).replace("90d", "0d"))
        .file("contract.toml", "[events.order]\nrequired = \"total\"\n")
        .file("retention.json", "{\"rules\": {\"views\": {\n\"days\": \"thirty\"}}}")
        .file("rfm.json", "{\"spans\": 1}");
    scratch.onefold("init --db a.onefold").ends_with(0);
    let wrong = |command: &str| scratch.onefold(&format!("{command} --db a.onefold")).ends_with(1).stderr;
    for (command, expected) in [
        (
            "adopt computations typo.json",
            "typo.json, line 5, spend_90d.window: unknown variant `slidng`: did you mean `sliding`?",
        ),
        (
            "adopt computations bare.json",
            "bare.json, line 1, spend.aggregate.sum: invalid type: string \"total\": expected an object with its fields by name",
        ),
        ("adopt computations never.json", "never.json, line 1, spend.aggregate.days_since: "),
        (
            "adopt contract contract.toml",
            "contract.toml, line 2, events.order.required: invalid type: string \"total\": expected a list",
        ),
        ("violations --contract contract.toml", "contract.toml, line 2, events.order.required: "),
        (
            "adopt retention retention.json",
            "retention.json, line 2, rules.views.days: invalid type: string \"thirty\": expected a whole number",
        ),
        ("adopt rfm rfm.json --name value", "rfm.json, line 1, spans: unknown field `spans`"),
    ] {
        let told = wrong(command);
        assert!(told.contains(expected), "{command}: {told}");
    }
}

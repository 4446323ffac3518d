//! `onefold adopt`, `lead` and `report`: from a lead to what became of deals.

use crate::scratch::Scratch;

const PIPELINE: &str = r#"{"stages": [{"name": "talking", "probability": "0.3"},
    {"name": "won", "probability": "1", "closes": "won"}, {"name": "lost", "probability": "0", "closes": "lost"}]}"#;

#[test]
fn leads_are_scored_shared_and_reported_on() {
    let routing = "[[users]]\nuser = 'ana'\n[[users]]\nuser = 'ben'\nterritory = 'country = \"CH\"'\n";
    let scoring = r#"{"parts": [{"fit": {"rule": "employees >= 100", "points": 30}}]}"#;
    let scratch = Scratch::new("sales")
        .file("routing.toml", routing)
        .file("wrong.toml", routing.replace("user = 'ben'", "usr = 'ben'"))
        .file("scoring.json", scoring)
        .file("sales.json", PIPELINE);
    let said = |call: &str, code: i32| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(code).stdout;
    said("init", 0);
    let wrong = scratch.onefold("adopt routing wrong.toml --db a.onefold").ends_with(1).stderr;
    assert!(wrong.contains("wrong.toml, line 4, users[1].usr: unknown field `usr`: did you mean `user`?"), "{wrong}");
    let unnamed = scratch.onefold("adopt fields scoring.json --db a.onefold").ends_with(1).stderr;
    assert!(unnamed.contains("is no fields"), "{unnamed}");
    let named = scratch.onefold("adopt scoring scoring.json --name s --db a.onefold").ends_with(1).stderr;
    assert!(named.contains("there is one of these only: leave `--name` out"), "{named}");
    said("adopt routing routing.toml --at 2026-01-01", 0);
    said("adopt scoring scoring.json --at 2026-01-01", 0);
    said("pipeline sales.json --at 2026-01-01", 0);
    said("lead capture l-1 --source web country=CH employees=200 --at 2026-01-02", 0);
    said("lead capture l-2 --source web country=US --at 2026-01-02", 0);
    assert_eq!(
        said("lead assign l-1 --preview --at 2026-01-03", 0),
        "l-1 goes to ana\n  not ben: it is somebody else's turn\n"
    );
    said("lead assign l-1 ana --at 2026-01-03", 0);
    assert_eq!(
        said("lead assign l-2 --at 2026-01-04", 0),
        "l-2 goes to ana\n  not ben: is there for others\n\
         taken back with: onefold retract \"lead l-2 2026-01-04T00:00:00.000000Z\"\n"
    );
    let shown = said("lead show", 0);
    assert_eq!(shown, "l-1  new  30 points  ana\nl-2  new  0 points  ana\n");
    assert_eq!(
        said("lead show l-2 --at 2026-01-05", 0),
        "l-2  new  0 points  ana\n  country: US\n  0 points: employees >= 100\n\
         \u{20} 2026-01-02 00:00  came from web\n  2026-01-04 00:00  given to ana by the routing leads\n\
         \u{20}   not ben: is there for others\n"
    );
    let before = said("lead show l-1 --at 2026-01-02", 0);
    assert!(before.starts_with("l-1  new  30 points  nobody's\n") && !before.contains("given to"), "{before}");
    said("lead show l-1 --at 2026-01-01", 5);
    said("lead set l-1 hobby=chess --at 2026-01-04", 0);
    said("lead set l-1 --clear hobby --at 2026-01-04T12:00:00Z", 0);
    let cleared = said("lead show l-1", 0);
    assert!(cleared.contains("hobby is chess") && cleared.contains("hobby was cleared"), "{cleared}");
    assert!(!cleared.contains("hobby: chess"), "{cleared}");
    let would = said("lead convert l-1 --deal o-1 --name licences --preview --at 2026-01-05", 0);
    assert!(would.contains("one customer: lead l-1") && would.contains("the lead\n"), "{would}");
    for (lead, deal) in [("l-1", "o-1"), ("l-2", "o-2")] {
        said(&format!("lead convert {lead} --deal {deal} --name licences --at 2026-01-05"), 0);
        said(&format!("deal set {deal} --amount 900EUR --at 2026-01-06"), 0);
    }
    said("deal move o-1 won --at 2026-01-15", 0);
    said("deal move o-2 lost --reason price --at 2026-01-15", 0);
    let report = said("report --from 2026-01-01 --until 2026-02-01", 0);
    assert_eq!(
        report,
        "won 1, lost 1, open 0\nwin rate 0.5 of what was closed\nworth 900 EUR, after 10 days on average\n\
         velocity 0 EUR a day\n\n sales    reached  went on  lost there \n talking  2        1        1          \n"
    );
    said("report --from 2026-01-01 --until 2026-02-01 --pipeline other", 5);
    for call in ["report", "forecast"] {
        let call = format!("{call} --from 2026-02-01 --until 2026-01-01 --db a.onefold");
        let backwards = scratch.onefold(&call).ends_with(1).stderr;
        assert!(backwards.contains("the period from 2026-02-01 until 2026-01-01 holds no day"), "{backwards}");
    }
}

/// What a command prints takes it back. Mutation: name no batch, or another.
#[test]
fn a_command_says_how_it_is_taken_back() {
    let scratch = Scratch::with_good_file("sales-back").file("sales.json", PIPELINE);
    let run = |words: &[&str]| {
        let done = scratch.command("").args(words).args(["--db", "a.onefold"]).output().expect("it runs");
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("text")
    };
    run(&["init"]);
    run(&["pipeline", "sales.json", "--at", "2026-01-01"]);
    run(&["lead", "capture", "l-1", "--source", "web", "country=CH", "--at", "2026-01-02"]);
    let done = run(&["lead", "convert", "l-1", "--deal", "o-1", "--name", "licences", "--at", "2026-01-05"]);
    let batch = done.split('"').nth(1).expect("a batch");
    assert_eq!(done, format!("done\ntaken back with: onefold retract \"{batch}\"\n"));
    let json = run(&["deal", "touch", "o-1", "call", "--json", "--at", "2026-01-06"]);
    assert!(json.contains(r#""batch":"opportunity o-1 2026-01-06"#), "{json}");
    assert!(!run(&["deal", "show"]).is_empty());
    run(&["retract", batch, "--at", "2026-01-07"]);
    assert!(run(&["deal", "show"]).is_empty());
}

#[test]
fn what_is_sold_and_who_takes_part_is_said() {
    let scratch = Scratch::with_good_file("sales-lines")
        .file("sales.json", PIPELINE)
        .file("policy.json", r#"{"roles": {"desk": {"attributes": "all"}}}"#);
    let run = |call: &str, code: i32| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(code);
    let said = |call: &str, code: i32| run(call, code).stdout;
    said("init", 0);
    said("accept good.csv --at 2026-01-01", 0);
    said("pipeline sales.json --at 2026-01-01", 0);
    said("product name licence Licence --at 2026-01-02", 0);
    said("product price licence 33EUR --at 2026-01-02", 0);
    said("user name ana Ana --at 2026-01-02", 0);
    said("team name north North --at 2026-01-02", 0);
    said("team join north ana --role lead --at 2026-01-03", 0);
    assert_eq!(said("team show", 0), "north  North  ana (lead)\n");
    let nobody = said("deal open o-1 email:ada@x.example --name licences --owner anna --at 2026-01-03", 4);
    assert!(nobody.contains("`anna` is no user") && nobody.contains("did you mean `ana`?"), "{nobody}");
    said("deal open o-1 email:ada@x.example --name licences --owner north --at 2026-01-03", 0);
    let negative = said("deal set o-1 --amount=-5EUR --at 2026-01-04", 4);
    assert!(negative.contains("less than nothing"), "{negative}");
    said("deal line o-1 a --product licence --quantity 10 --discount 0.1 --at 2026-01-04", 0);
    let unknown = said("deal line o-1 b --product training --price 100EUR --at 2026-01-04", 4);
    assert!(unknown.contains("there is no product `training`"), "{unknown}");
    said("product name training Training --at 2026-01-04", 0);
    said("deal line o-1 b --product training --price 100EUR --at 2026-01-04", 0);
    let priceless = run("deal line o-1 c --product training --at 2026-01-04", 1).stderr;
    assert!(priceless.contains("no price of product `training` is known: say `--price`"), "{priceless}");
    said("deal drop-line o-1 b --at 2026-01-05", 0);
    said("deal contact o-1 email:mary@z.example --role buyer --primary --at 2026-01-05", 0);
    said("deal set o-1 --name more --probability 0.5 --at 2026-01-06", 0);
    let shown = said("deal show o-1 --at 2026-01-04", 0);
    assert!(shown.starts_with("o-1  licences  talking  397 EUR") && !shown.contains("buyer"), "{shown}");
    assert!(said("deal show --at 2026-01-04", 0).starts_with("o-1  licences"));
    said("deal show o-1 --at 2026-01-02", 5);
    let shown = said("deal show o-1 --at 2026-01-07", 0);
    assert!(shown.starts_with("o-1  more  talking  297 EUR"), "{shown}");
    assert!(shown.contains("contact Mary Shelley ("), "{shown}");
    assert!(shown.contains("line a: 10 of licence at 33 EUR, 297 EUR in all"), "{shown}");
    assert!(shown.contains(" as buyer, asked first"), "{shown}");
    let seen = said("contact email:ada@x.example --at 2026-01-07", 0);
    assert!(seen.contains("life cycle: opportunity, furthest opportunity"), "{seen}");
    assert!(seen.contains("open: o-1, worth 297 EUR"), "{seen}");
    run("contact email:ada@x.example --role desk --at 2026-01-07", 1);
    said("adopt policy policy.json --at 2026-01-07", 0);
    let seen = said("contact email:ada@x.example --role desk --at 2026-01-07", 0);
    assert!(seen.contains("life cycle: none") && !seen.contains("o-1"), "{seen}");
    let unknown = said("associate reseller o-1 a-1 --role reseller --at 2026-01-07", 4);
    assert!(unknown.contains("there is no association `reseller`"), "{unknown}");
}

#[test]
fn two_customers_become_one_and_two_again() {
    let scratch = Scratch::with_good_file("sales-merge");
    let said = |call: &str, code: i32| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(code).stdout;
    said("init", 0);
    said("accept good.csv --at 2026-01-01", 0);
    let id = |address: &str| {
        let json: serde_json::Value =
            serde_json::from_str(&said(&format!("customer email:{address} --json"), 0)).unwrap();
        json["id"].as_str().unwrap().to_owned()
    };
    let (ada, mary) = (id("ada@x.example"), id("mary@z.example"));
    said("merge email:ada@x.example email:mary@z.example --at 2026-01-02", 0);
    let whole = said("customer email:mary@z.example", 0);
    assert!(whole.contains("email: ada@x.example") && whole.contains("mary@z.example"), "{whole}");
    let same = said("merge email:ada@x.example email:mary@z.example --at 2026-01-03", 4);
    assert!(same.contains("already"), "{same}");
    let batch = format!("merge {ada} {mary} 2026-01-02T00:00:00.000000Z");
    let retract = scratch.command("retract --db a.onefold").arg(&batch).output().unwrap();
    assert!(retract.status.success(), "{retract:?}");
    assert_ne!(id("ada@x.example"), id("mary@z.example"));
}

/// What is due when is said with the line, tax is shown, and what was said is cleared.
#[test]
fn lines_are_due_in_parts_and_fields_are_cleared() {
    let scratch = Scratch::with_good_file("sales-instalments").file("sales.json", PIPELINE);
    let said = |call: &str, code: i32| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(code).stdout;
    said("init", 0);
    said("accept good.csv --at 2026-01-01", 0);
    said("pipeline sales.json --at 2026-01-01", 0);
    said("deal open o-1 email:ada@x.example --name licences --at 2026-01-03", 0);
    let line = "deal line o-1 a --product licence --price 100EUR --tax 0.19";
    said(&format!("{line} --instalments 3 --first 2026-01-31 --at 2026-01-04"), 0);
    let shown = said("deal show o-1", 0);
    for part in [
        "100 EUR in all, 119 EUR with 19 % tax\n",
        "    2026-01-31: 33.34 EUR due\n    2026-02-28: 33.33 EUR due\n    2026-03-31: 33.33 EUR due\n",
        "  119 EUR with tax\n",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    said(&format!("{line} --instalment 2026-02-01=40 --instalment 2026-03-01=60 --at 2026-01-05"), 0);
    assert!(said("deal show o-1", 0).contains("2026-03-01: 60 EUR due"));
    let short = said(&format!("{line} --instalment 2026-02-01=40 --at 2026-01-06"), 4);
    assert!(short.contains("the instalments come to 40, the line to 100 EUR (change them by 60)"), "{short}");
    said("deal set o-1 region=North --owner ana --closes-on 2026-06-30 --at 2026-01-07", 0);
    assert!(said("deal show o-1", 0).contains("  region: North\n"));
    said("deal set o-1 --clear region --clear owner --clear closes_on --at 2026-01-08", 0);
    let shown = said("deal show o-1 --at 2026-01-09", 0);
    assert!(shown.starts_with("o-1  licences  talking  100 EUR\n") && !shown.contains("region"), "{shown}");
    let no = said("deal set o-1 --clear regoin --at 2026-01-09", 4);
    assert!(no.contains("there is no `regoin` to clear"), "{no}");
}

/// Accounts are shown by name.
#[test]
fn accounts_have_names() {
    let firms = "Id,Name,ParentId,BillingCity\na-1,Acme,,London\na-2,Acme Parts,a-1,Ulm\n";
    let scratch = Scratch::new("sales-accounts").file("Account.csv", firms);
    let said = |call: &str, code: i32| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(code).stdout;
    said("init", 0);
    said("import Account.csv --at 2026-01-01", 0);
    said("user name ana Ana --at 2026-01-02", 0);
    said("account set account:a-2 --owner ana tier=gold --at 2026-01-03", 0);
    let shown = said("account show account:a-2", 0);
    assert!(shown.starts_with("Acme Parts  ") && shown.contains("  Ana\nunder Acme ("), "{shown}");
    assert!(shown.contains("tier: gold\n"), "{shown}");
    said("account set account:a-2 --clear owner --clear tier --at 2026-01-04", 0);
    let shown = said("account show account:a-2", 0);
    assert!(shown.contains("  nobody's\n") && !shown.contains("tier"), "{shown}");
}

/// An account is named as it is elsewhere, by an identifier, in deals and in what belongs to them.
#[test]
fn accounts_are_named_by_identifiers_everywhere() {
    let firms = "Id,Name,BillingCity\na-1,Acme,London\na-2,Other,Ulm\n";
    let people = "Id,LastName,AccountId,Email,Title\nc-1,Byron,a-1,ada@x.io,CFO\n";
    let partners = r#"{"from": "opportunity", "to": "account", "roles": ["partner"]}"#;
    let scratch = Scratch::new("sales-named").file("Account.csv", firms).file("Contact.csv", people);
    let scratch = scratch.file("pipeline.json", PIPELINE).file("partners.json", partners);
    let ran = |call: &str, code: i32| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(code);
    ran("init", 0);
    ran("pipeline pipeline.json --at 2026-01-01", 0);
    ran("import Account.csv Contact.csv --at 2026-01-01", 0);
    let seen = ran("contact email:ada@x.io", 0).stdout;
    assert!(seen.starts_with("Byron (") && seen.contains("\nmember of Acme ("), "{seen}");
    ran("deal open o-1 email:ada@x.io --name Licences --account account:a-1 --at 2026-01-02", 0);
    let shown = ran("account show account:a-1", 0).stdout;
    assert!(shown.contains("1 deal(s) open"), "{shown}");
    ran("deal set o-1 --account account:a-2 --at 2026-01-03", 0);
    let shown = ran("account show account:a-2", 0).stdout;
    assert!(shown.contains("1 deal(s) open"), "{shown}");
    let no = ran("deal set o-1 --account account:a-9 --at 2026-01-03", 4).stdout;
    assert!(no.contains("there is no account `account:a-9`"), "{no}");
    let no = ran("associate partners o-1", 1).stderr;
    assert!(no.contains("there is no association `partners`; there are none: `adopt association` makes one"), "{no}");
    ran("adopt association partners.json --name partners --at 2026-01-03", 0);
    ran("associate partners o-1 account:a-1 --role partner --at 2026-01-04", 0);
    let shown = ran("associate partners o-1", 0).stdout;
    assert!(shown.starts_with("Acme (") && shown.ends_with(" as partner\n"), "{shown}");
    // Its people are there by either name after a merge too.
    let merged = ran("merge account:a-2 account:a-1 --at 2026-01-05", 0).stdout;
    for account in ["a-1", "a-2"] {
        let shown = ran(&format!("account show account:{account}"), 0).stdout;
        assert!(shown.contains("\nmember Byron (") && shown.contains(" as CFO\n"), "{shown}");
    }
    let batch = merged.split('"').nth(1).expect("a batch");
    assert!(scratch.command("retract --db a.onefold --at 2026-01-06").arg(batch).status().unwrap().success());
    assert!(!ran("account show account:a-2", 0).stdout.contains("member"));
    let shown = ran("account show account:a-1 --json", 0).stdout;
    assert!(shown.contains(r#""members":{""#) && shown.contains(r#":"CFO"}"#), "{shown}");
}

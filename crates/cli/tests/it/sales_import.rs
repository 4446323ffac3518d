//! Exports of sales systems, accounts, users and the numbers of managers, as people type them.

use serde_json::Value;

use crate::scratch::Scratch;

const DEALS: &str = "\
Id,Name,StageName,Amount,CloseDate,OwnerId,CreatedDate,LastModifiedDate
o-1,300 licences,Prospecting,9000,2026-06-30,ana,2026-03-02T09:00:00Z,2026-03-02T09:00:00Z
o-2,Repairs,Prospecting,minus 5,2026-06-30,ana,2026-03-02T09:00:00Z,2026-03-02T09:00:00Z
";

const USERS: &str = "\
Id,Username,FirstName,LastName,Email,ManagerId
ana,ana@sales.example,Ana,Alvarez,ana@sales.example,ben
ben,ben@sales.example,Ben,Berg,ben@sales.example,
";

#[test]
fn an_export_is_tried_taken_and_taken_back() {
    let scratch = Scratch::new("sales-import").file("deals.csv", DEALS).file("users.csv", USERS);
    scratch.onefold("init --db a.onefold").ends_with(0);
    let import = "import deals.csv user=users.csv --currency EUR --db a.onefold --at 2026-03-09T00:00:00Z";
    let dry = scratch.onefold(&format!("{import} --dry-run --strict")).ends_with(3).stdout;
    assert!(dry.contains("deals.csv: opportunity, 2 row(s): 2 new, 0 known, 0 set aside"), "{dry}");
    assert!(dry.contains("deals.csv, row 2, column `Amount`: `minus 5` is not a sum of money"), "{dry}");
    assert!(dry.contains("nothing was written"), "{dry}");
    scratch.onefold("deal show o-1 --db a.onefold").ends_with(5);
    let done: Value = serde_json::from_str(&scratch.onefold(&format!("{import} --json")).ends_with(0).stdout).unwrap();
    assert_eq!(done["batch"], "import crm 2026-03-09T00:00:00.000000Z");
    let deal = scratch.onefold("deal show o-1 --db a.onefold").ends_with(0).stdout;
    assert!(deal.contains("300 licences  Prospecting  9000 EUR"), "{deal}");

    let period = "--from 2026-04-01 --until 2026-07-01 --db a.onefold";
    let mut adjust = scratch.command(&format!("forecast {period} --by ben --at 2026-03-10T00:00:00Z --adjust"));
    assert!(adjust.arg("ana=500 EUR").status().unwrap().success());
    let forecast = scratch.onefold(&format!("forecast {period} --as-of 2026-03-11")).ends_with(0).stdout;
    assert!(forecast.contains("ben and below"), "{forecast}");
    assert!(forecast.contains("ana stands for 500 EUR of commit; 0 EUR adds up"), "{forecast}");
    scratch.onefold("user report-to ben ana --db a.onefold").ends_with(4);
    let wrong = scratch.onefold("import deal=deals.csv --db a.onefold").ends_with(1).stderr;
    assert!(wrong.contains("`deal` is no kind of table; expected one of account, contact, lead"), "{wrong}");

    let mut retract = scratch.command("retract --db a.onefold --at 2026-03-12T00:00:00Z");
    assert!(retract.arg("import crm 2026-03-09T00:00:00.000000Z").status().unwrap().success());
    scratch.onefold("deal show o-1 --db a.onefold").ends_with(5);
}

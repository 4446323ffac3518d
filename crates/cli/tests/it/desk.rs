//! Tickets and tasks from the command.

use serde_json::Value;

use crate::scratch::Scratch;

const FLOW: &str = r#"{"statuses": [{"name": "new", "is": "open", "entry": true}, {"name": "open", "is": "open"},
    {"name": "pending", "is": "pending"}, {"name": "solved", "is": "solved", "requires": ["assignee"]},
    {"name": "closed", "is": "closed"}]}"#;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn house(name: &str) -> Scratch {
    let scratch = Scratch::with_good_file(name)
        .file("flow.json", FLOW)
        .file("broken.json", r#"{"statuses": [{"name": "new", "is": "open"}]}"#)
        .file("refund.json", r#"{"commands": [{"reply": {}}, {"move": {"to": "pending"}}]}"#);
    scratch.onefold("unify good.csv --db a.onefold").ends_with(0);
    let broken = scratch.onefold("ticket flow broken.json --db a.onefold").ends_with(4).stdout;
    assert!(broken.contains("no status is solved or closed"), "{broken}");
    scratch.onefold("ticket flow flow.json --db a.onefold --at 2030-01-01").ends_with(0);
    scratch.onefold("ticket macro refund.json --name refund --db a.onefold --at 2030-01-01").ends_with(0);
    scratch
}

#[test]
fn a_day_at_the_desk() {
    let scratch = house("desk-day");
    let run = |what: &str, at: &str, code: i32| {
        scratch.onefold(&format!("{what} --db a.onefold --at 2030-01-02T{at}:00Z")).ends_with(code).stdout
    };
    run("ticket open t-1 email:ada@x.example --subject hums --team one --interaction m-1", "09:00", 0);
    run("ticket open t-2 email:ada@x.example --subject loud --team one --interaction m-2", "09:05", 0);
    let no = run("ticket move t-1 solved", "09:10", 4);
    assert!(no.contains("`assignee` is missing: status `solved` requires it (set `assignee`)"), "{no}");
    assert!(run("ticket merge t-1 t-1", "09:10", 4).contains("cannot be merged with itself"));
    run("ticket merge t-2 t-1", "09:15", 0);
    assert!(run("ticket merge t-1 t-2", "09:16", 4).contains("would go in a circle"));
    run("ticket hear t-2 --by ada --interaction m-3", "09:20", 0);
    run("ticket set t-1 --assignee ben --priority high --tag noise device=fan", "09:25", 0);
    let inbox = scratch.onefold("inbox --team one --db a.onefold --json --at 2030-01-02T10:00:00Z").ends_with(0);
    assert_eq!(json(&inbox.stdout)["unanswered"][0][1], "t-1");
    run("ticket apply t-1 refund --by ben", "10:00", 0);
    let shown = run("ticket show t-2", "10:01", 0);
    assert!(shown.starts_with("t-1  hums  pending  high") && shown.contains("ben answers: t-1 2030"), "{shown}");
    run("ticket unmerge t-2", "10:05", 0);
    assert!(run("ticket show t-2", "10:06", 0).contains("ada asks: m-3"));
    let text = scratch.onefold("inbox --db a.onefold --at 2030-01-02T11:00:00Z").ends_with(0).stdout;
    assert!(text.contains("waiting for the customer: 1\n  t-1"), "{text}");
    run("ticket move t-1 closed", "11:00", 0);
    assert!(run("ticket reply t-1 --by ben", "11:01", 4).contains("open it again first"));
    scratch.onefold("ticket show t-9 --db a.onefold").ends_with(5);
}

#[test]
fn a_morning_of_tasks() {
    let scratch = house("desk-tasks");
    let run = |what: &str, code: i32| {
        scratch
            .onefold(&format!("{what} --db a.onefold --at 2030-03-04T08:00:00Z --zone Europe/Berlin"))
            .ends_with(code)
    };
    run("task open 1 --title call --owner ana --due 2030-03-01 --customer email:ada@x.example", 0);
    run("task open 2 --title write --owner ana --due 2030-03-04", 0);
    run("task need 2 1", 0);
    let circle = run("task need 1 2", 4).stdout;
    assert!(circle.contains("`1` would wait for itself: it needs `2`, which needs `1`"), "{circle}");
    let today = run("task today ana", 0).stdout;
    assert!(today.starts_with("1  call  overdue since 2030-03-01 23:00Z, `2` waits for it\n"), "{today}");
    assert!(today.contains("2  write  due by 2030-03-04 23:00Z; waits for 1 of ana"), "{today}");
    run("task complete 2 --by ana", 4);
    run("task complete 1 --by ana", 0);
    run("task complete 2 --by ana", 0);
    assert!(run("task today ana", 0).stdout.is_empty());
    let wrong = run("task set 1 --repeat FREQ=DAILY", 2).stderr;
    assert!(wrong.contains("line 1, column 1"), "{wrong}");
}

/// What was said on either side is logged with one customer, in the way in which it was said, and keeps their deal fresh.
#[test]
fn calls_and_messages_are_logged_and_touch_the_deal() {
    let pipeline = r#"{"stages": [{"name": "talking", "probability": "0.3", "rots_after_days": 7},
        {"name": "won", "probability": "1", "closes": "won"}, {"name": "lost", "probability": "0", "closes": "lost"}]}"#;
    let fair = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:fair\nDTSTAMP:20260101T090000Z\n\
                DTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260312\nSUMMARY:Fair\n\
                ORGANIZER:mailto:desk@shop.example\nATTENDEE:mailto:ada@x.example\nEND:VEVENT\nEND:VCALENDAR\n";
    let scratch = Scratch::new("desk-logged").file("sales.json", pipeline).file("fair.ics", fair).file(
        "people.csv",
        "id,name,email\n1,Ada Byron,ada@x.example\n2,Bo Carr,both@x.example\n3,Cy Dee,both@x.example\n",
    );
    let run = |call: &str, code: i32| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(code);
    let ada = "interactions email:ada@x.example";
    run("init", 0);
    run("accept people.csv --at 2026-01-01", 0);
    run("pipeline sales.json --at 2026-01-01", 0);
    run("import fair.ics --at 2026-01-01", 0);
    let out = run(&format!("{ada} --ics"), 0).stdout;
    assert!(out.contains("DTSTART;VALUE=DATE:20260310") && out.contains("DTEND;VALUE=DATE:20260312"), "{out}");
    run("deal open o-1 email:ada@x.example --name licences --at 2026-02-01", 0);
    assert!(run("deal show o-1 --at 2026-02-09", 0).stdout.contains("rots since 2026-02-08"));
    run(&format!("{ada} --call reached --inbound --seconds 60 --sentiment positive --at 2026-02-05"), 0);
    assert!(!run("deal show o-1 --at 2026-02-09", 0).stdout.contains("rots"));
    let rots = run("deal show o-1 --at 2026-02-13", 0).stdout;
    assert!(rots.contains("rots since 2026-02-12; last touched by call "), "{rots}");
    run(&format!("{ada} --sms hello --language en --at 2026-02-14"), 0);
    let shown = run(&format!("{ada} --at 2026-02-15"), 0).stdout;
    assert!(shown.contains("call in reached") && shown.contains("sms out hello"), "{shown}");
    let both = run("interactions email:both@x.example --note hello", 1).stderr;
    assert!(both.contains("2 customers hold `email:both@x.example`; give the id of one: "), "{both}");
    let alone = run(&format!("{ada} --inbound"), 2).stderr;
    assert!(alone.contains("--note") || alone.contains("required"), "{alone}");
}

/// A series recurs in its own zone, over a change of clocks, and goes out as a series.
/// Mutation: keep its first meeting alone.
#[test]
fn a_series_of_meetings_stays_one() {
    let weekly = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:weekly\nDTSTAMP:20260301T090000Z\n\
                  DTSTART;TZID=Europe/Berlin:20260316T100000\nDTEND;TZID=Europe/Berlin:20260316T110000\n\
                  RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20260323T100000\nSUMMARY:Weekly\n\
                  ORGANIZER:mailto:desk@shop.example\nATTENDEE:mailto:ada@x.example\nEND:VEVENT\nEND:VCALENDAR\n";
    let scratch = Scratch::new("desk-series")
        .file("weekly.ics", weekly)
        .file("people.csv", "id,name,email\n1,Ada Byron,ada@x.example\n");
    let run = |call: &str| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(0).stdout;
    run("init");
    run("accept people.csv --at 2026-01-01");
    run("import weekly.ics --at 2026-03-02");
    let shown = run("interactions email:ada@x.example --at 2026-03-20");
    assert!(shown.contains("2026-03-16 09:00 meeting Weekly, next 2026-03-30 08:00"), "{shown}");
    let over = run("interactions email:ada@x.example --at 2026-05-20");
    assert!(over.contains("meeting Weekly\n"), "{over}");
    let out = run("interactions email:ada@x.example --ics");
    for line in [
        "DTSTART;TZID=Europe/Berlin:20260316T100000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Berlin:20260323T100000",
    ] {
        assert_eq!(out.matches(line).count(), 1, "{line}: {out}");
    }
}

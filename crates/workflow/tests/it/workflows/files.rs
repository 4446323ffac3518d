//! Workflows as files, and what is wrong with them.

use std::collections::BTreeSet;

use onefold_fact::{AttributeSpec, Kind, Schema};
use onefold_segment::Vocabulary;
use onefold_workflow::{Known, Workflow};

const ALL: &str = r#"
name = "all"
description = "every kind of trigger and step"
again = true
existing = true
concurrency = "queued"
about = "opportunity"
when = 'plan = "pro"'
suppress = 'plan = "staff"'
goal = { rule = 'did "order" in the last 1d' }
late_after = "2d"

[[trigger]]
event = "cart"
where = 'total > 20 and currency = "EUR"'

[[trigger]]
rule = 'did "cart" and not did "order"'

[[trigger]]
entered = "vip"

[[trigger]]
left = "vip"

[[trigger]]
stage = "proposal"
stale_after = "14d"

[[trigger]]
date = "renews_on"
before = "30d"
calendar = "office"
at = "09:00"

[[trigger]]
inactive = ["order", "visit"]
for = "90d"

[[trigger]]
every = "monday"
at = "08:30"

[[trigger]]
danger = "first_reply"

[[step]]
name = "update"
update = { tier = "gold", points = 3, share = 0.5, vip = true }

[[step]]
name = "wait"
wait = { working = "4h", calendar = "office" }

[[step]]
name = "listen"
wait = { event = "answered", where = "rating >= 4", within = "3d", timeout = "choose" }

[[step]]
name = "hold"
wait = { rule = 'plan = "pro"', within = "1d" }

[[step]]
name = "day"
wait = { date = "renews_on", after = "1d", yearly = true }

[[step]]
name = "choose"
branch = [{ when = 'plan = "pro"', next = "draw" }]

[[step]]
name = "draw"
split = [{ share = 45, next = "send" }, { share = 45, next = "task" }]
hold_out = 10

[[step]]
name = "send"
send = { template = "hello", channel = "email", purpose = "marketing", consent = "not_refused", capped = "wait" }

[[step]]
name = "task"
task = { title = "call", owner = "ana", due = "2d" }

[[step]]
name = "assign"
assign = "ana"

[[step]]
name = "move"
move = "won"

[[step]]
name = "list"
list = "newsletter"

[[step]]
name = "hook"
webhook = { url = "https://example.com/hook" }

[[step]]
name = "tell"
notify = { who = "ana", text = "done" }

[[step]]
name = "over"
end = "all is done"
"#;

#[test]
fn what_is_written_reads_back_as_the_same() {
    let read = Workflow::from_toml(ALL).expect("a workflow");
    let json = serde_json::to_string(&read).expect("JSON");
    assert_eq!(Workflow::from_json(&json).expect("a workflow"), read);
    assert_eq!(Workflow::from_toml(&read.to_toml().expect("TOML")).expect("a workflow"), read);
    let problems: Vec<String> = read.problems(&Known::default()).iter().map(ToString::to_string).collect();
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(read.version(), Workflow::from_json(&json).expect("a workflow").version());
}

fn error(from: &str, to: &str) -> String {
    assert!(ALL.contains(from), "{from}");
    match Workflow::from_toml(&ALL.replacen(from, to, 1)) {
        Ok(read) => panic!("read {read:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_error_names_the_line_and_what_was_meant() {
    assert_eq!(error("move = \"won\"", "mvoe = \"won\""), "line 90: unknown field `mvoe`: did you mean `move`?");
    assert_eq!(
        error("concurrency = \"queued\"", "concurrency = \"queue\""),
        "line 6: unknown variant `queue`: did you mean `queued`?"
    );
    assert_eq!(
        error("stale_after", "for"),
        "line 28: `for` does not go with `stage`: a trigger says one of `event`, `rule`, `entered`, `left`, `stage`, `date`, \
         `inactive`, `every`, `danger`; with this one may stand `of`, `stale_after`"
    );
    assert!(error("assign = \"ana\"", "").contains("step `assign` does nothing"));
    assert!(error("'plan = \"pro\"'", "'plan is \"pro\"'").starts_with("line 8: "));
    assert!(error("total > 20", "total >").contains("`where` cannot be read"));
    let json = "{\"name\": \"x\",\n \"trigger\": [],\n \"stepp\": []}";
    let wrong = Workflow::from_json(json).map_err(|error| error.to_string());
    assert_eq!(wrong.err().as_deref(), Some("line 3: unknown field `stepp`: did you mean `step`?"));
}

#[test]
fn problems_name_the_line_and_what_was_meant() {
    let text = r#"
name = "broken"

[[trigger]]
entered = "vpi"

[[step]]
name = "first"
send = { template = "helo", channel = "email", purpose = "marketing" }
next = "thrid"

[[step]]
name = "second"
branch = [{ when = 'emial = "a@x.io"', next = "third" }]
next = "second"

[[step]]
name = "third"
wait = { working = "4h", calendar = "ofice" }

[[step]]
name = "fourth"
notify = { who = "anna", text = "look" }

[[step]]
name = "fifth"
webhook = { url = "shop.example/hook" }
"#;
    let mut schema = Schema::default();
    schema.attributes.insert("email".into(), AttributeSpec::of(Kind::Email));
    let set = |name: &str| BTreeSet::from([name.to_owned()]);
    let (segments, templates, calendars, users) = (set("vip"), set("hello"), set("office"), set("ana"));
    let known = Known {
        vocabulary: Some(Vocabulary::new(&schema)),
        segments: Some(&segments),
        templates: Some(&templates),
        calendars: Some(&calendars),
        stages: None,
        users: Some(&users),
    };
    let workflow = Workflow::from_toml(text).expect("readable");
    let problems: Vec<String> = workflow.problems_in(text, &known).iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "line 5: unknown segment `vpi`: did you mean `vip`?",
            "line 10, step `first`: it leads to `thrid`, which is no step: did you mean `third`?",
            "line 9, step `first`: unknown template `helo`: did you mean `hello`?",
            "line 14, step `second`: unknown field `emial`, line 1, column 1: did you mean `email`?",
            "line 19, step `third`: unknown calendar `ofice`: did you mean `office`?",
            "line 23, step `fourth`: unknown user `anna`: did you mean `ana`?",
            "line 27, step `fifth`: `shop.example/hook` is no URL to call: expected one such as `https://shop.example/hook`",
            "line 13, step `second`: no run comes here: let a step lead to it",
            "line 18, step `third`: no run comes here: let a step lead to it",
            "line 22, step `fourth`: no run comes here: let a step lead to it",
            "line 26, step `fifth`: no run comes here: let a step lead to it",
            "line 13, step `second`: it comes back here without a wait: let it wait in between",
        ]
    );
}

//! `onefold workflow`, from a file that is wrong to the record of a run.

use serde_json::Value;

use crate::scratch::Scratch;

const WRONG: &str = "\
name = \"hello\"
existing = true

[[trigger]]
rule = 'emial is present'

[[step]]
name = \"wait\"
wait = \"1d\"
next = \"tel\"

[[step]]
name = \"tell\"
notify = { who = \"ana\", text = \"somebody new\" }
";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_workflow_is_checked_rehearsed_run_and_shown() {
    let right = WRONG.replace("emial", "email").replace("\"tel\"", "\"tell\"");
    let slower = right.replace("1d", "3d");
    let scratch = Scratch::with_good_file("workflows").file("wrong.toml", WRONG).file("right.toml", &right);
    let scratch = scratch.file("slower.toml", &slower).file("broken.toml", right.replace("notify", "notfiy"));
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept good.csv --db a.onefold --at 2026-01-01T00:00:00Z").ends_with(0);

    let broken = scratch.onefold("workflow check broken.toml").ends_with(4).stdout;
    assert_eq!(broken, "line 14: unknown field `notfiy`: did you mean `notify`?\n");
    let wrong = scratch.onefold("workflow check wrong.toml --db a.onefold").ends_with(4).stdout;
    assert_eq!(
        wrong.lines().collect::<Vec<_>>(),
        [
            "line 5: unknown field `emial`, line 1, column 1: did you mean `email`?",
            "line 10, step `wait`: it leads to `tel`, which is no step: did you mean `tell`?",
            "line 13, step `tell`: no run comes here: let a step lead to it",
        ]
    );
    scratch.onefold("workflow check right.toml --db a.onefold").ends_with(0);
    scratch.onefold("workflow adopt wrong.toml --db a.onefold").ends_with(4);

    let call = "workflow simulate right.toml --against slower.toml --db a.onefold --from 2026-01-02 --until 2026-02-01";
    let simulated = scratch.onefold(call).ends_with(0).stdout;
    assert!(simulated.contains("runs, "), "{simulated}");
    assert!(simulated.contains("at 2026-01-05 00:00:00 instead"), "{simulated}");

    scratch.onefold("workflow adopt right.toml --db a.onefold --at 2026-01-02T00:00:00Z").ends_with(0);
    let ran =
        json(&scratch.onefold("workflow run --db a.onefold --at 2026-01-02T12:00:00Z --json").ends_with(0).stdout);
    let started = ran["started"].as_u64().unwrap_or_default();
    assert!(started > 0 && ran["commands"] == 0, "{ran}");
    let ran =
        json(&scratch.onefold("workflow run --db a.onefold --at 2026-01-10T00:00:00Z --json").ends_with(0).stdout);
    assert_eq!(
        (ran["started"].as_u64(), ran["commands"].as_u64(), ran["ended"].as_u64()),
        (Some(0), Some(started), Some(started))
    );
    let commands = json(&scratch.onefold("workflow commands --db a.onefold --json").ends_with(0).stdout);
    assert_eq!(commands.as_array().map(|all| all.len() as u64), Some(started));
    let run = commands[0]["run"].as_str().unwrap_or_default().to_owned();
    let shown = scratch.onefold(&format!("workflow show {run} --db a.onefold")).ends_with(0).stdout;
    assert!(shown.contains("`wait` waits for time, until 2026-01-03 00:00:00"), "{shown}");
    assert!(shown.contains("ends, completed: all steps are done"), "{shown}");
    scratch.onefold("workflow show 00000000-0000-0000-0000-000000000000 --db a.onefold").ends_with(5);
}

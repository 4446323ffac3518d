//! `onefold choose`, `fill`, `deliver` and `outbox`: from an event to a mail in a folder.

use serde_json::Value;

use crate::scratch::Scratch;

const HELLO: &str = r#"
subject = "Hello {{ customer.full_name }}"
body = "You came by {{ event.source }}."
fallbacks = { "customer.full_name" = "you" }
"#;

const GREET: &str = r#"
name = "greet"
trigger = [{ event = "lead captured" }]
step = [
    { name = "mail", send = { template = "hello", channel = "email", purpose = "service", consent = "nothing" } },
    { name = "tell", notify = { who = "ana", text = "somebody new" } },
]
"#;

const BANNER: &str = r#"
name = "home"
[[candidates]]
name = "demo"
when = 'company is present'
[[candidates]]
name = "guide"
"#;

#[test]
fn what_a_workflow_sends_is_made_delivered_and_shown() {
    let scratch =
        Scratch::new("messages").file("hello.toml", HELLO).file("greet.toml", GREET).file("home.toml", BANNER);
    let said = |call: &str, code: i32| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(code).stdout;
    said("init", 0);
    said("adopt template hello.toml --name hello --at 2026-01-01", 0);
    said("adopt placement home.toml --at 2026-01-01", 0);
    said("workflow adopt greet.toml --at 2026-01-01", 0);
    said("lead capture l-1 --source web full_name=Ada email=Ada@X.example --at 2026-01-02", 0);
    said("workflow run --at 2026-01-03", 0);
    let delivered = said("deliver --into out --from shop@x.example --at 2026-01-03", 0);
    let lines: Vec<&str> = delivered.lines().collect();
    assert_eq!(lines[0], "1 queued, 1 delivered");
    assert!(lines[1].ends_with("not made: no e-mail address of user `ana` is known"), "{delivered}");
    let out = std::fs::read_dir(scratch.path("out")).unwrap();
    let mails: Vec<_> = out.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    assert!(mails.len() == 1 && mails[0].contains("To: ada@x.example") && mails[0].contains("Subject: Hello Ada"));
    assert_eq!(said("deliver --into out --from shop@x.example --at 2026-01-04", 0), "0 queued, 0 delivered\n");
    assert_eq!(said("outbox", 0), "nothing is on its way\n");
    let all = said("outbox --all", 0);
    assert!(all.contains("email  arrived 2026-01-03 00:00:00, 1 attempts"), "{all}");
    assert_eq!(said("outbox m-1", 5), "there is no message `m-1`\n");
    let key = all.split(' ').next().unwrap();
    assert!(said(&format!("outbox {key} --cancel late"), 4).starts_with("refused:\n"));
    assert!(said("workflow show --json", 0).contains("no e-mail address of user `ana` is known"));
}

#[test]
fn what_a_customer_gets_is_chosen_and_filled_in() {
    let scratch = Scratch::new("choose").file("hello.toml", HELLO).file("home.toml", BANNER);
    let said = |call: &str, code: i32| scratch.onefold(&format!("{call} --db a.onefold")).ends_with(code).stdout;
    said("init", 0);
    said("adopt template hello.toml --name hello --at 2026-01-01", 0);
    said("adopt placement home.toml --at 2026-01-01", 0);
    said("lead capture l-1 --source web email=Ada@X.example --at 2026-01-02", 0);
    let chosen = said("choose home email:ada@x.example --at 2026-01-03", 0);
    assert_eq!(chosen, "guide (0 points): chosen\ndemo (0 points): not eligible: not: company is present\n");
    let json: Value = serde_json::from_str(&said("choose home email:ada@x.example --json", 0)).unwrap_or_default();
    assert_eq!(json["chosen"], "guide");
    assert_eq!(said("choose nowhere email:ada@x.example", 5), "there is no placement `nowhere`; there are `home`\n");
    let refused = said("fill hello email:ada@x.example", 4);
    assert_eq!(
        refused,
        "template `hello`: body, line 1: `event.source` has no value (give it one, a fall-back, or `| default(…)`)\n"
    );
}

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
    assert_eq!(said("lead assign l-2 --at 2026-01-04", 0), "l-2 goes to ana\n  not ben: is there for others\n");
    let shown = said("lead show", 0);
    assert_eq!(shown, "l-1  new  30 points  ana\nl-2  new  0 points  ana\n");
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
}

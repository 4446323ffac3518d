//! Service levels from files.

use crate::scratch::Scratch;

const LEVELS: &str = "calendar = 'support'\n[[policies]]\nname = 'all'\ntargets.default = { first_reply = '4h' }\n";
const SUPPORT: &str = "zone = 'Europe/Berlin'\nhours.monday-friday = '09:00-17:00'\n";

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let scratch = Scratch::new("sla_wrong")
        .file("levels.toml", LEVELS.replace("first_reply", "first_repyl"))
        .file("support.toml", SUPPORT.replace("17:00", "25:00"));
    let run = scratch.onefold("sla check levels.toml --calendar support=support.toml");
    assert_eq!(
        run.ends_with(4).stdout,
        "support.toml, line 2, hours.monday-friday: `25:00` is no time of day; expected `00:00` to `24:00`\n\
         levels.toml, line 4, policies[0].targets.default.first_repyl: unknown field `first_repyl`: did you mean \
         `first_reply`?\n"
    );
    let run = scratch.file("levels.toml", LEVELS).onefold("sla check levels.toml");
    assert_eq!(
        run.ends_with(4).stdout,
        "levels.toml, calendar: there is no calendar `support`: there are none: give one\n"
    );
}

#[test]
fn service_levels_are_adopted_and_asked() {
    let scratch = Scratch::new("sla").file("levels.toml", LEVELS).file("support.toml", SUPPORT);
    let said = |arguments: &str, code| scratch.onefold(arguments).ends_with(code).stdout;
    assert_eq!(said("sla check levels.toml --calendar support=support.toml", 0), "fine: all\n");
    said("init --db d.onefold", 0);
    said("sla adopt levels.toml --calendar support=support.toml --db d.onefold --at 2026-03-02T09:00:00Z --json", 0);
    assert_eq!(said("sla list --db d.onefold --json", 0), "[]\n");
    assert_eq!(said("sla show t-1 --db d.onefold", 5), "there is no ticket `t-1`\n");
}

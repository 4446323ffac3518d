//! Workflows behind the house.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use onefold::crm::{Command as DealCommand, Opening, Pipeline};
use onefold::fact::{Cell, Choice, Consent, ViewTable};
use onefold::profile::{Suppressed, Suppression};
use onefold::store::{
    Certificate, CheckReport, Checkpoint, Committed, Derive, Logged, MemoryStore, Position, Read, Readers, Store,
    StoreError,
};
use onefold::workflow::{
    Decided, DeliveryState, End, Message, NotStarted, Outcome, Receipt, SendError, Sender, Sending, Template, Workflow,
};
use onefold::{
    Body, Delivered, Draft, Fact, FactId, Identifier, Onefold, OnefoldError, Options, RecordKey, Senders, Timestamp,
    Value, WorkError,
};

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-03-02T09:00:00Z".parse().expect("a time");
    start + TimeDelta::minutes(minutes)
}

fn of(person: &str, body: Body, minutes: i64) -> Draft {
    Draft::new("shop", body).key(RecordKey::person(person)).occurred_at(at(minutes))
}

fn did(person: &str, event: &str, minutes: i64) -> Draft {
    of(person, Body::event(event, [("total", 40)]), minutes)
}

fn agrees(person: &str, minutes: i64) -> Draft {
    let consent = Consent {
        purpose: "marketing".into(),
        channel: None,
        choice: Choice::Granted,
        basis: None,
        proof: None,
        expires_at: None,
        collected_by: None,
    };
    of(person, Body::Consent(consent), minutes)
}

fn adopt(house: &Onefold, text: &str) {
    house.adopt(&Workflow::from_toml(text).expect("a workflow"), at(-60)).expect("adopted");
}

const CART: &str = r#"
    name = "cart"
    again = true
    goal = { rule = 'did "order" in the last 30m' }
    trigger = [{ event = "cart" }]

    [[step]]
    name = "time"
    wait = "45m"

    [[step]]
    name = "remind"
    send = { template = "cart", channel = "email", purpose = "marketing", capped = "wait" }

    [[step]]
    name = "mark"
    update = { reminded = true }

    [[step]]
    name = "list"
    list = "reminded"
"#;

const LAPSED: &str = r#"
    name = "lapsed"
    again = true
    trigger = [{ inactive = ["order", "cart"], for = "3h" }]

    [[step]]
    name = "choose"
    branch = [{ when = 'reminded = true', next = "ring" }]

    [[step]]
    name = "write"
    send = { template = "miss you", channel = "email", purpose = "marketing" }
    next = "end"

    [[step]]
    name = "ring"
    task = { title = "ring them" }
"#;

fn outcomes(house: &Onefold) -> BTreeMap<String, Vec<(Timestamp, Outcome)>> {
    let records = house.views().expect("views").workflow_runs(None).expect("runs");
    records.into_iter().map(|record| (record.run.to_string(), record.outcomes)).collect()
}

fn lines(house: &Onefold) -> Vec<String> {
    let mut lines: Vec<(Timestamp, String)> = Vec::new();
    for (at, outcome) in outcomes(house).into_values().flatten() {
        let what = match outcome {
            Outcome::Enrolled { workflow, why, .. } => format!("{workflow}: {why}"),
            Outcome::Did { step, command, .. } => format!("{step}: {}", command.name()),
            Outcome::Ended { how, .. } => format!("{how:?}"),
            Outcome::Refused { step, why, .. } => format!("{step} refused: {why}"),
            _ => continue,
        };
        lines.push((at, what));
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(time, what)| format!("{} {what}", (time - at(0)).num_minutes())).collect()
}

/// What comes when; `None`: workflows are driven.
type Script = Vec<(i64, Option<Vec<Draft>>)>;

/// Plays a script from a step on; gives the step that could not be written.
fn play(house: &Onefold, script: &Script, from: usize) -> Option<usize> {
    script.iter().enumerate().skip(from).find_map(|(step, (minutes, drafts))| {
        let done = match drafts {
            Some(drafts) => house.accept(format!("{minutes}"), at(*minutes), drafts.clone()).map(drop),
            None => house.run_workflows(at(*minutes)).map(drop),
        };
        done.err().map(|_| step)
    })
}

/// A store that takes so many commits and no more.
#[derive(Debug)]
struct Ends {
    store: MemoryStore,
    left: usize,
}

impl Read for Ends {
    fn position(&self) -> Result<Position, StoreError> {
        self.store.position()
    }

    fn facts(&self, after: Position, limit: usize) -> Result<Vec<Logged>, StoreError> {
        self.store.facts(after, limit)
    }

    fn facts_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError> {
        self.store.facts_at(positions)
    }

    fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.store.rows(table, prefix)
    }

    fn rows_after(&self, table: &ViewTable, key: &[Cell], limit: usize) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.store.rows_after(table, key, limit)
    }

    fn stands_at(&self, table: &ViewTable) -> Result<Position, StoreError> {
        self.store.stands_at(table)
    }

    fn checkpoint(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        self.store.checkpoint(name)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.store.backup(to)
    }
}

impl Store for Ends {
    fn commit_with(
        &mut self,
        facts: &[Fact],
        erased: &BTreeSet<FactId>,
        derive: &mut Derive<'_, '_>,
    ) -> Result<(Committed, Certificate), StoreError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| StoreError::Full { path: "here".into() })?;
        self.store.commit_with(facts, erased, derive)
    }

    fn positions(&self, fact: FactId) -> Vec<Position> {
        self.store.positions(fact)
    }

    fn readers(&self) -> Arc<dyn Readers> {
        self.store.readers()
    }

    fn finish_erasure(&mut self) -> Result<bool, StoreError> {
        self.store.finish_erasure()
    }

    fn compact(&mut self) -> Result<(), StoreError> {
        self.store.compact()
    }

    fn check(&self) -> Result<CheckReport, StoreError> {
        self.store.check()
    }
}

/// Ends a program that plays a script after each of its commits, opens the file that it leaves, goes on from there, and asks
/// whether all is as it would have been.
fn crashes(folder: &str, script: &Script, adopted: &impl Fn(&Onefold), is_whole: impl Fn(&Onefold)) {
    let folder = crate::support::folder(folder);
    for commits in 3.. {
        let store = Ends { store: MemoryStore::default(), left: commits };
        let house = Onefold::over(Box::new(store), Options::default()).expect("opened");
        adopted(&house);
        let Some(step) = play(&house, script, 0) else {
            assert!(commits > 8, "{commits}");
            break;
        };
        let left = folder.join(format!("{commits}.onefold"));
        house.backup(&left).expect("what is left");
        drop(house);
        let again = Onefold::open(&left, Options::default()).expect("opened");
        assert_eq!(play(&again, script, step), None, "after {commits} commits, in step {step}");
        is_whole(&again);
    }
}

/// Law 12. After each commit the program ends; the file that it leaves is opened, and all comes as it would have.
/// Catches: decisions in one commit and how far they go in another; what is kept in memory alone.
#[test]
fn a_crash_after_every_commit_changes_nothing() {
    let adopted = |house: &Onefold| {
        adopt(house, CART);
        adopt(house, LAPSED);
        let sending: Sending = serde_json::from_str(r#"{"caps": [{"most": 1, "within": "2h"}]}"#).expect("how");
        house.adopt(&sending, at(-50)).expect("adopted");
    };
    let script: Script = vec![
        (-10, Some(vec![agrees("1", -10), agrees("2", -10)])),
        (0, Some(vec![did("1", "cart", 0)])),
        (5, None),
        (10, Some(vec![did("2", "cart", 10), did("3", "cart", 10)])),
        (60, Some(vec![did("1", "cart", 60), did("2", "order", 50)])),
        (200, None),
        (210, Some(vec![did("3", "cart", 210)])),
        (900, None),
    ];
    let house = Onefold::in_memory(Options::default());
    adopted(&house);
    assert_eq!(play(&house, &script, 0), None);
    let whole = outcomes(&house);
    assert!(whole.len() >= 6, "{:#?}", lines(&house));
    let reminded = |house: &Onefold| -> Vec<Option<Value>> {
        let customers = house.customers().expect("customers").into_iter();
        customers.map(|id| house.customer(id).expect("read").expect("there").value("reminded").cloned()).collect()
    };
    let kept = reminded(&house);
    crashes("workflows-crash", &script, &adopted, |again| {
        assert_eq!(outcomes(again), whole);
        assert_eq!(reminded(again), kept);
    });
}

/// Driven late, what a run did comes before what was told while it waited; a crash in between decides neither twice.
/// Mutation: note one place for both up to which all was decided.
#[test]
fn a_crash_in_the_midst_of_what_is_late_changes_nothing() {
    const ASKS: &str = r#"
        name = "asks"
        again = true
        trigger = [{ event = "cart" }]
        step = [
            { name = "time", wait = "30m" },
            { name = "mark", update = { asked = true } },
            { name = "first", task = { title = "first" } },
            { name = "second", task = { title = "second" } },
        ]
    "#;
    const COUNTS: &str = r#"
        name = "counts"
        again = true
        trigger = [{ event = "task opened" }]
        step = [{ name = "tell", notify = { who = "ana@x.example", text = "a task" } }]
    "#;
    const RULED: &str = r#"
        name = "ruled"
        again = true
        trigger = [{ rule = 'asked = true' }]
        step = [{ name = "look", task = { title = "look" } }, { name = "undo", update = { asked = false } }]
    "#;
    let script: Script = vec![
        (0, Some(vec![did("1", "cart", 0), did("2", "cart", 0)])),
        (10, Some(vec![did("1", "cart", 10)])),
        (40, Some(vec![did("2", "cart", 40), did("1", "order", 40)])),
        (90, Some(vec![did("1", "cart", 90)])),
        (900, None),
    ];
    let adopted = |house: &Onefold| {
        adopt(house, ASKS);
        adopt(house, COUNTS);
        adopt(house, RULED);
    };
    let house = Onefold::in_memory(Options::default());
    adopted(&house);
    assert_eq!(play(&house, &script, 0), None);
    let whole = outcomes(&house);
    let of = |what: &str| lines(&house).iter().filter(|line| line.ends_with(what)).count();
    assert_eq!((of("`cart` happened"), of("first: task"), of("second: task")), (4, 4, 4), "{:#?}", lines(&house));
    assert_eq!(of("tell: notify"), 8 + of("look: task"));
    assert!(of("look: task") >= 2);
    crashes("workflows-late-crash", &script, &adopted, |again| assert_eq!(outcomes(again), whole));
}

#[test]
fn what_is_driven_late_comes_at_its_time() {
    let (prompt, late) = (Onefold::in_memory(Options::default()), Onefold::in_memory(Options::default()));
    for (house, every) in [(&prompt, 1), (&late, 1000)] {
        adopt(house, CART);
        adopt(house, LAPSED);
        let arrives = [
            (0, vec![agrees("1", 0), did("1", "cart", 0)]),
            (30, vec![did("2", "cart", 30)]),
            (70, vec![did("2", "order", 70)]),
            (300, vec![did("1", "cart", 300)]),
        ];
        let mut arrives = arrives.into_iter().peekable();
        for minute in 0..=1000 {
            if let Some((_, drafts)) = arrives.next_if(|(at, _)| *at == minute) {
                house.accept(format!("{minute}"), at(minute), drafts).expect("accepted");
            }
            if minute % every == 0 {
                house.run_workflows(at(minute)).expect("driven");
            }
        }
    }
    assert_eq!(lines(&prompt), lines(&late));
    assert_eq!(
        lines(&prompt)[..6],
        [
            "0 cart: `cart` happened",
            "30 cart: `cart` happened",
            "45 remind: send",
            "45 mark: update",
            "45 list: list",
            "45 Completed"
        ]
    );
}

/// What is decided for an instant rests on what was known at it, however late it is driven; and what one workflow does
/// another hears of at its time.
/// Mutations: look at customers as they are; leave out what came of those who had no run yet; let what a run did come when
/// it is written.
#[test]
fn what_is_driven_late_knows_no_more_than_it_would_have() {
    const WAITS: &str = r#"
        name = "waits"
        goal = { event = "order" }
        trigger = [{ event = "cart" }]
        step = [
            { name = "time", wait = "60m" },
            { name = "which", branch = [{ when = 'plan = "pro"', next = "ring" }] },
            { name = "write", update = { written = true }, next = "end" },
            { name = "ring", update = { rung = true } },
        ]
    "#;
    const CHAINED: &str = r#"
        name = "chained"
        trigger = [{ rule = 'written = true' }]
        step = [{ name = "look", task = { title = "look" } }]
    "#;
    let plan = |person: &str, plan: &str, minutes| of(person, Body::set([("plan", plan)]), minutes);
    let script = [
        (0, vec![plan("1", "free", 0), did("1", "cart", 0), plan("3", "pro", 0)]),
        (30, vec![did("2", "cart", 30), did("3", "cart", 30)]),
        (50, vec![did("2", "order", 50), agrees("3", 50)]),
        (70, vec![plan("1", "pro", 70)]),
        (95, vec![plan("3", "free", 95)]),
    ];
    let houses = [1, 7, 1000].map(|every| {
        let house = Onefold::in_memory(Options::default());
        house.accept("before", at(-90), [plan("0", "free", -90)]).expect("accepted");
        adopt(&house, WAITS);
        adopt(&house, CHAINED);
        let mut arrives = script.clone().into_iter().peekable();
        for minute in 0..=1000 {
            if let Some((_, drafts)) = arrives.next_if(|(at, _)| *at == minute) {
                house.accept(format!("{minute}"), at(minute), drafts).expect("accepted");
            }
            if minute % every == 0 {
                house.run_workflows(at(minute)).expect("driven");
            }
        }
        house
    });
    // Of one instant in any order.
    let [prompt, sometimes, late] = houses.map(|house| {
        let mut lines = lines(&house);
        lines.sort();
        lines
    });
    assert_eq!(
        prompt,
        [
            "0 waits: `cart` happened",
            "30 waits: `cart` happened",
            "30 waits: `cart` happened",
            "50 Goal",
            "60 Completed",
            "60 Completed",
            "60 chained: `written = true` came to hold",
            "60 look: task",
            "60 write: update",
            "90 Completed",
            "90 ring: update",
        ]
    );
    assert_eq!(sometimes, prompt);
    assert_eq!(late, prompt);
}

#[test]
fn an_update_starts_another_workflow_and_a_loop_is_cut() {
    let house = Onefold::in_memory(Options::default());
    let flow = |name: &str, when: &str, sets: &str| {
        format!(
            "name = \"{name}\"\nagain = true\ntrigger = [{{ rule = '{when}' }}]\nstep = [{{ name = \"set\", update = {{ {sets} }} }}]"
        )
    };
    adopt(&house, &flow("ping", "ball = \"left\"", "ball = \"right\""));
    adopt(&house, &flow("pong", "ball = \"right\"", "ball = \"left\""));
    house.accept("play", at(0), [of("1", Body::set([("ball", "left")]), 0)]).expect("accepted");
    let ran = house.run_workflows(at(10)).expect("driven");
    assert_eq!((ran.started, ran.commands, ran.ended), (2, 2, 2));
    assert_eq!(
        ran.passed_over.iter().map(|over| (over.workflow.as_str(), over.why)).collect::<Vec<_>>(),
        [("ping", NotStarted::Loop)]
    );
}

#[test]
fn those_who_meet_a_rule_already_are_left_alone_unless_it_says_otherwise() {
    let house = Onefold::in_memory(Options::default());
    house.accept("crm", at(-100), [of("1", Body::set([("plan", "pro")]), -100)]).expect("accepted");
    let flow = |name: &str, existing: bool| {
        format!(
            "name = \"{name}\"\nexisting = {existing}\ntrigger = [{{ rule = 'plan = \"pro\"' }}]\nstep = [{{ name = \"task\", task = {{ title = \"call\" }} }}]"
        )
    };
    adopt(&house, &flow("new only", false));
    adopt(&house, &flow("all", true));
    assert_eq!(house.run_workflows(at(0)).expect("driven").started, 1);
    house.accept("crm", at(10), [of("2", Body::set([("plan", "pro")]), 10)]).expect("accepted");
    assert_eq!(house.run_workflows(at(20)).expect("driven").started, 2);
    assert_eq!(house.views().expect("views").members_of("workflow all").expect("members").len(), 2);
    assert!(house.views().expect("views").segments().is_empty());
}

#[test]
fn taking_a_run_back_takes_back_what_it_did() {
    let house = Onefold::in_memory(Options::default());
    adopt(&house, CART);
    house.accept("shop", at(0), [did("1", "cart", 0)]).expect("accepted");
    house.run_workflows(at(100)).expect("driven");
    let (ada, run) = (house.customers().expect("customers")[0], outcomes(&house).into_keys().next().expect("a run"));
    let reminded = || house.customer(ada).expect("read").expect("there").value("reminded").cloned();
    assert_eq!(reminded(), Some(Value::Boolean(true)));
    house.retract(format!("workflow_run {run}"), at(200)).expect("retracted");
    assert_eq!(reminded(), None);
    assert!(outcomes(&house).is_empty());
    assert!(house.commands(0, 10).expect("read").is_empty());
}

#[test]
fn a_stale_deal_is_moved_and_a_refused_move_is_said() {
    let house = Onefold::in_memory(Options::default());
    let pipeline: Pipeline = serde_json::from_str(
        r#"{"stages": [
            {"name": "talking", "probability": "0.3"},
            {"name": "parked", "probability": "0.1"},
            {"name": "won", "probability": "1", "closes": "won"},
            {"name": "lost", "probability": "0", "closes": "lost"}
        ]}"#,
    )
    .expect("a pipeline");
    house.adopt(pipeline.configuration("sales").expect("JSON"), at(-100)).expect("adopted");
    adopt(
        &house,
        r#"
        name = "stale"
        about = "opportunity"
        again = true
        trigger = [{ stage = "talking" }]
        step = [
            { name = "wait", wait = { event = "opportunity moved", within = "14d", timeout = "park" }, next = "end" },
            { name = "park", move = "parked" },
            { name = "again", move = "parked" },
            { name = "tell", notify = { who = "ana", text = "parked" } },
        ]
        "#,
    );
    house.accept("crm", at(0), [of("1", Body::set([("email", "ada@x.io")]), 0)]).expect("accepted");
    let ada = house.customers().expect("customers")[0];
    house.open_deal("o-1", ada, "sales", &Opening::named("one"), at(10)).expect("opened");
    house.open_deal("o-2", ada, "sales", &Opening::named("two"), at(20)).expect("opened");
    house.deal("o-2", &DealCommand::move_to("won"), at(30)).expect("won");
    house.run_workflows(at(60 * 24 * 20)).expect("driven");
    let deals = house.views().expect("views").deals().expect("deals");
    assert_eq!((deals["o-1"].stage.as_str(), deals["o-2"].stage.as_str()), ("parked", "won"));
    let lines = lines(&house);
    assert!(lines.iter().any(|line| line.contains("again refused")), "{lines:?}");
    let commands = house.commands(0, 10).expect("read");
    assert_eq!(commands.iter().filter_map(|pending| pending.about.as_deref()).collect::<Vec<_>>(), ["o-1", "o-2"]);
}

#[test]
fn a_rehearsal_is_what_happens() {
    let script = |house: &Onefold| {
        let mut minute = 0;
        for (number, person) in (0..40).map(|number| (number, (number * 7 % 5).to_string())) {
            minute += 23 + number % 90;
            let event = if number % 4 == 3 { "order" } else { "cart" };
            house.accept(format!("{number}"), at(minute), [did(&person, event, minute)]).expect("accepted");
        }
    };
    let consents = |house: &Onefold| {
        let agree = (0..4).map(|person| agrees(&person.to_string(), -70));
        house.accept("consent", at(-70), agree).expect("accepted");
    };
    // What is rehearsed changes nothing of a customer, so nothing that is does either.
    let quiet = CART.replace("update = { reminded = true }", "notify = { who = \"ana\", text = \"reminded\" }");
    let quiet = quiet.replace("list = \"reminded\"", "task = { title = \"look\" }");
    let (real, history) = (Onefold::in_memory(Options::default()), Onefold::in_memory(Options::default()));
    consents(&real);
    consents(&history);
    adopt(&real, &quiet);
    let lapsed = LAPSED.replace("reminded = true", "did \"order\"");
    adopt(&real, &lapsed);
    script(&real);
    script(&history);
    real.run_workflows(at(4000)).expect("driven");
    let flows = || [&*quiet, &*lapsed].map(|text| Workflow::from_toml(text).expect("a workflow"));
    let views = history.views().expect("views");
    let rehearsed = views.rehearse(flows(), at(-60), at(4000)).expect("rehearsed");
    let plain = |decided: &Decided| (decided.at, decided.outcome.clone());
    let as_driven: BTreeMap<String, Vec<(Timestamp, Outcome)>> =
        rehearsed.runs.iter().map(|(run, all)| (run.to_string(), all.iter().map(plain).collect())).collect();
    assert_eq!(as_driven, outcomes(&real));
    assert!(as_driven.len() > 10);
    // Another version of one of them: the reminder comes an hour later.
    let mut later = flows();
    later[0] = Workflow::from_toml(&quiet.replace("45m", "105m")).expect("a workflow");
    let other = views.rehearse(later, at(-60), at(4000)).expect("rehearsed");
    let difference = rehearsed.compared_with(&other);
    assert!(difference.moves.iter().any(|moved| moved.at - moved.was.at == TimeDelta::hours(1)), "{difference:?}");
}

#[test]
fn runs_go_on_under_the_version_that_they_began_with() {
    let house = Onefold::in_memory(Options::default());
    adopt(&house, CART);
    house.accept("shop", at(0), [did("1", "cart", 0)]).expect("accepted");
    house.run_workflows(at(10)).expect("driven");
    let second = Workflow::from_toml(&CART.replace("45m", "5m")).expect("a workflow");
    let adopted = house.adopt(&second, at(11)).expect("adopted");
    house.accept("shop", at(12), [did("2", "cart", 12)]).expect("accepted");
    house.run_workflows(at(30)).expect("driven");
    assert_eq!(
        lines(&house).iter().filter(|line| line.ends_with("mark: update")).collect::<Vec<_>>(),
        ["17 mark: update"]
    );
    // The run that began under a version that never was ends.
    house.accept("shop", at(31), [did("3", "cart", 31)]).expect("accepted");
    house.run_workflows(at(32)).expect("driven");
    house.retract(adopted, at(33)).expect("retracted");
    house.run_workflows(at(100)).expect("driven");
    let ended: Vec<End> = outcomes(&house)
        .into_values()
        .flatten()
        .filter_map(|(_, outcome)| match outcome {
            Outcome::Ended { how, .. } => Some(how),
            _ => None,
        })
        .collect();
    assert_eq!(ended.iter().filter(|how| **how == End::Failed).count(), 1, "{ended:?}");
}

/// What workflows send becomes messages once, whatever crashes; what cannot be made is refused in the record of the run.
/// Catches: a message and the place up to which messages were made in two commits.
#[test]
fn what_is_sent_becomes_one_message_whatever_crashes() {
    let text = r#"
        name = "thank"
        again = true
        trigger = [{ event = "order" }]
        step = [
            { name = "mail", send = { template = "thanks", channel = "email", purpose = "service", consent = "nothing" } },
            { name = "text", send = { template = "thanks", channel = "sms", purpose = "service", consent = "nothing" } },
            { name = "tell", notify = { who = "ana", text = "an order" } },
            { name = "hook", webhook = { url = "https://shop.example/orders" } },
        ]
    "#;
    let thanks = Template { subject: "Thanks".into(), body: "For {{ event.total }}.".into(), ..Template::default() };
    let with_address = |person: &str| of(person, Body::set([("email", format!("{person}@x.example"))]), -5);
    let play = |house: &Onefold, from: usize| -> Option<usize> {
        (from..4).find(|step| {
            let done = match step {
                0 => house.accept("people", at(-5), [with_address("a"), with_address("b")]).map(drop),
                1 => house.accept("orders", at(0), ["a", "b", "c"].map(|person| did(person, "order", 0))).map(drop),
                2 => house.run_workflows(at(5)).map(drop),
                _ => house.dispatch(at(10)).map(drop),
            };
            done.is_err()
        })
    };
    let adopted = |house: &Onefold| {
        house.adopt(thanks.configuration("thanks").expect("JSON"), at(-60)).expect("adopted");
        adopt(house, text);
    };
    let house = Onefold::in_memory(Options::default());
    adopted(&house);
    assert_eq!(play(&house, 0), None);
    let whole = house.views().expect("views").deliveries().expect("read");
    // Two mails and three calls; nobody knows Ana's address, or that of the third customer.
    assert_eq!(whole.len(), 5);
    let refused =
        |house: &Onefold| lines(house).into_iter().filter(|line| line.contains("refused")).collect::<Vec<_>>();
    assert_eq!(refused(&house).len(), 4, "{:#?}", lines(&house));
    let said = refused(&house);
    assert!(said.contains(&"0 mail refused: no e-mail address of the customer is known".to_owned()));
    assert_eq!(house.commands(0, 100).expect("read").len(), 12);
    assert_eq!(house.dispatch(at(11)).expect("nothing left"), onefold::Dispatched::default());
    let folder = crate::support::folder("workflows-dispatch");
    for commits in 2.. {
        let store = Ends { store: MemoryStore::default(), left: commits };
        let house = Onefold::over(Box::new(store), Options::default()).expect("opened");
        adopted(&house);
        let Some(step) = play(&house, 0) else {
            assert!(commits > 4, "{commits}");
            break;
        };
        let left = folder.join(format!("{commits}.onefold"));
        house.backup(&left).expect("what is left");
        let again = Onefold::open(&left, Options::default()).expect("opened");
        assert_eq!(play(&again, step), None);
        assert_eq!(again.views().expect("views").deliveries().expect("read"), whole, "after {commits} commits");
        assert_eq!(refused(&again), said);
    }
}

/// Whoever takes consent back before a message is made does not get it.
#[test]
fn consent_is_asked_again_when_a_message_is_made() {
    let text = r#"
        name = "offer"
        trigger = [{ event = "visit" }]
        step = [{ name = "write", send = { template = "offer", channel = "email", purpose = "marketing" } }]
    "#;
    let house = Onefold::in_memory(Options::default());
    let offer = Template { body: "Ten percent.".into(), ..Template::default() };
    house.adopt(offer.configuration("offer").expect("JSON"), at(-60)).expect("adopted");
    adopt(&house, text);
    let arrives = [of("1", Body::set([("email", "a@x.example")]), 0), agrees("1", 0), did("1", "visit", 1)];
    house.accept("all", at(1), arrives).expect("accepted");
    assert_eq!(house.run_workflows(at(2)).expect("driven").commands, 1);
    let Body::Consent(given) = agrees("1", 3).received("", at(3)).body().clone() else { panic!("a consent") };
    let withdrawn = Consent { choice: Choice::Withdrawn, ..given };
    house.accept("no", at(3), [of("1", Body::Consent(withdrawn), 3)]).expect("accepted");
    let done = house.dispatch(at(4)).expect("made");
    assert_eq!((done.queued.len(), done.refused.len()), (0, 1));
    assert_eq!(done.refused[0].1, "consent to `marketing` by `email` is withdrawn");
}

/// Keeps what it is given to send, by key.
struct Kept<'a>(&'a RefCell<BTreeMap<String, Vec<Message>>>);

impl Sender for Kept<'_> {
    fn send(&mut self, message: &Message, _: Timestamp) -> Result<Receipt, SendError> {
        self.0.borrow_mut().entry(message.key.clone()).or_default().push(message.clone());
        Ok(Receipt::default())
    }
}

fn deliver(
    house: &Onefold,
    kept: &RefCell<BTreeMap<String, Vec<Message>>>,
    at: Timestamp,
) -> Result<Delivered, WorkError> {
    let mut senders = Senders::new();
    senders.insert("email".to_owned(), Box::new(Kept(kept)));
    house.deliver(&mut senders, at)
}

const OFFER: &str = r#"
    name = "offer"
    trigger = [{ event = "visit" }]
    step = [{ name = "write", send = { template = "offer", channel = "email", purpose = "marketing" } }]
"#;

/// A house with an offer to three customers who agreed, made a message.
fn offered(house: &Onefold) -> Result<(), OnefoldError> {
    let offer = Template { body: "Ten percent.".into(), ..Template::default() };
    house.adopt(offer.configuration("offer")?, at(-60))?;
    house.adopt(&Workflow::from_toml(OFFER).expect("a workflow"), at(-60))?;
    let arrives = ["1", "2", "3"].iter().flat_map(|person| {
        let address = Body::set([("email", format!("{person}@x.example"))]);
        [of(person, address, 0), agrees(person, 0), did(person, "visit", 1)]
    });
    house.accept("all", at(1), arrives)?;
    house.run_workflows(at(2))?;
    house.dispatch(at(3)).map(drop)
}

/// At least once under one key: whatever crashes, each message arrives, and is the same each time.
#[test]
fn every_message_arrives_whatever_crashes() {
    let folder = crate::support::folder("workflows-deliver");
    for commits in 8.. {
        let store = Ends { store: MemoryStore::default(), left: commits };
        let house = Onefold::over(Box::new(store), Options::default()).expect("opened");
        if offered(&house).is_err() {
            continue;
        }
        let kept = RefCell::default();
        let whole = deliver(&house, &kept, at(4)).is_ok();
        let left = folder.join(format!("{commits}.onefold"));
        house.backup(&left).expect("what is left");
        let again = Onefold::open(&left, Options::default()).expect("opened");
        // Who was at it when it crashed has had time enough by then.
        deliver(&again, &kept, at(4000)).expect("delivered");
        let all = again.views().expect("views").deliveries().expect("read");
        assert!(all.values().all(|it| matches!(it.state, DeliveryState::Delivered { .. })), "after {commits}: {all:?}");
        let kept = kept.into_inner();
        assert!(kept.keys().eq(all.keys()) && kept.len() == 3, "after {commits} commits");
        assert!(kept.values().all(|same| same.len() <= 2 && same.iter().all(|it| *it == same[0])));
        if whole {
            break;
        }
    }
}

/// Between a message and its delivery days may pass: consent, hours and the list of the suppressed are asked at each attempt.
/// Mutations: ask when it is made alone; send what waits for its hours at the next round.
#[test]
fn what_may_not_be_sent_any_more_is_not_delivered() {
    let mut options = Options::default();
    options.suppression_key = Some(Arc::from(*b"key"));
    let house = Onefold::in_memory(options);
    offered(&house).expect("offered");
    let Body::Consent(given) = agrees("1", 5).received("", at(5)).body().clone() else { panic!("a consent") };
    let withdrawn = Consent { choice: Choice::Withdrawn, ..given };
    house.accept("no", at(5), [of("1", Body::Consent(withdrawn), 5)]).expect("accepted");
    let mut list = Suppression::default();
    list.suppress(b"key", &Identifier::new("email", "2@x.example"), Suppressed::Contact);
    house.adopt(&list, at(5)).expect("adopted");
    let sending: Sending = serde_json::from_str(r#"{"hours": "12:00-18:00"}"#).expect("how");
    house.adopt(&sending, at(5)).expect("adopted");
    let kept = RefCell::default();
    let done = deliver(&house, &kept, at(6)).expect("a round");
    assert_eq!((done.called_off.len(), done.postponed.len(), done.delivered.len()), (2, 1, 0));
    assert_eq!(done.postponed[0].1, "quiet hours in UTC");
    assert_eq!(house.views().expect("views").next_delivery_at().expect("read"), Some(at(180)));
    assert_eq!(deliver(&house, &kept, at(179)).expect("a round"), Delivered::default());
    assert_eq!(deliver(&house, &kept, at(180)).expect("a round").delivered.len(), 1);
    assert_eq!(kept.into_inner().len(), 1);
}

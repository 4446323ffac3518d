//! Choosing content, offers and channels.

use onefold_fact::{Body, Choice as Said, Consent, Draft, Fact, FactSet, RecordKey, Schema, Timestamp};
use onefold_profile::{Profile, fold};
use onefold_workflow::{Placement, Verdict, document};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn day(day: i64) -> Timestamp {
    at("2026-03-01T09:00:00Z") + chrono::TimeDelta::days(day)
}

fn fact(key: &str, body: Body, at: Timestamp) -> Fact {
    Draft::new("web", body).key(RecordKey::person(key)).occurred_at(at).received("a", at)
}

fn customer(facts: impl IntoIterator<Item = Fact>) -> Profile {
    let facts = FactSet::from_iter(facts);
    let standing = facts.standing(None);
    let told: Vec<_> = standing.iter().filter_map(|it| Some((it.fact().record()?, *it))).collect();
    let id = told.first().expect("a fact").0;
    fold(id.into(), told, &Schema::default(), None)
}

fn named(key: &str, plan: &str) -> Fact {
    fact(key, Body::set([("plan", plan)]), day(0))
}

fn consent(key: &str, channel: &str, choice: Said, on: i64) -> Fact {
    let consent = Consent {
        purpose: "marketing".into(),
        channel: Some(channel.into()),
        choice,
        basis: None,
        proof: None,
        expires_at: None,
        collected_by: None,
    };
    fact(key, Body::Consent(consent), day(on))
}

const BANNER: &str = r#"
name = "home banner"
purpose = "marketing"
cap = { most = 3, within = "7d" }

[[candidates]]
name = "upgrade"
content = "upgrade"
offer = "a month of pro"
channel = "web"
when = 'plan = "free"'
priority = 10
cap = { most = 1, within = "3d" }

[[candidates]]
name = "mail"
channel = "email"
priority = 20

[[candidates]]
name = "news"
channel = "web"
[[candidates.score]]
when = 'did "Page Viewed" in the last 2d'
points = 5

[[candidates]]
name = "guide"
channel = "web"
score = [{ points = 3 }]
until = 2026-03-11T09:00:00Z
"#;

fn banner() -> Placement {
    document::read("banner.toml", BANNER).expect("readable")
}

/// What became of each candidate, in a word.
fn verdicts(placement: &Placement, customer: &Profile, at: Timestamp) -> Vec<&'static str> {
    let choice = placement.choose(customer, at);
    let word = |verdict: &Verdict| match verdict {
        Verdict::Chosen => "chosen",
        Verdict::HeldOut => "held out",
        Verdict::Outranked { .. } => "outranked",
        Verdict::NotYet { .. } => "not yet",
        Verdict::Over { .. } => "over",
        Verdict::NotEligible(_) => "not eligible",
        Verdict::NoConsent { .. } => "no consent",
        Verdict::Capped { .. } => "capped",
        _ => "?",
    };
    choice.considered.iter().map(|it| word(&it.verdict)).collect()
}

#[test]
fn every_candidate_says_why() {
    let placement = banner();
    let facts = || vec![named("17", "free"), consent("17", "web", Said::Granted, 0)];
    let ada = customer(facts());
    assert_eq!(verdicts(&placement, &ada, day(1)), ["chosen", "no consent", "outranked", "outranked"]);

    let shown = |on| placement.exposure(&placement.choose(&ada, day(1))).map(|body| fact("17", body, day(on)));
    let mut facts_then = facts();
    facts_then.extend(shown(1));
    let ada_then = customer(facts_then.clone());
    let choice = placement.choose(&ada_then, day(2));
    assert_eq!(verdicts(&placement, &ada_then, day(2)), ["capped", "no consent", "outranked", "chosen"]);
    assert_eq!(choice.next_change_at, Some(day(4)), "when the cap is no longer reached");
    assert_eq!(
        choice.to_string(),
        "guide (3 points): chosen\n\
         upgrade (0 points): once in the last 3d: not before 2026-03-05 09:00\n\
         mail (0 points): no consent to marketing by email: unknown\n\
         news (0 points): `guide` comes before it\n"
    );
    // What was viewed makes the news come before the guide, until the guide is over.
    facts_then.push(fact("17", Body::event("Page Viewed", [("page", "news")]), day(2)));
    let ada_then = customer(facts_then);
    assert_eq!(verdicts(&placement, &ada_then, day(3)), ["capped", "no consent", "chosen", "outranked"]);
    assert_eq!(verdicts(&placement, &ada_then, day(10)), ["chosen", "no consent", "outranked", "over"]);

    let pro = customer([
        named("18", "pro"),
        consent("18", "web", Said::Granted, 0),
        consent("18", "email", Said::Granted, 1),
    ]);
    assert_eq!(verdicts(&placement, &pro, day(2)), ["not eligible", "chosen", "outranked", "outranked"]);
}

#[test]
fn caps_of_the_placement_count_everything() {
    let placement = banner();
    let mut facts = vec![named("17", "pro"), consent("17", "web", Said::Granted, 0)];
    for on in [1, 2, 3] {
        let body = Body::event(Placement::EXPOSURE, [("placement", "home banner"), ("candidate", "news")]);
        facts.push(fact("17", body, day(on)));
    }
    let ada = customer(facts);
    let choice = placement.choose(&ada, day(4));
    assert_eq!((choice.chosen, choice.next_change_at), (None, Some(day(8))));
    assert!(choice.to_string().starts_with("nothing\n"));
    assert!(placement.choose(&ada, day(8)).chosen.is_some());
}

#[test]
fn who_is_held_out_stays_so() {
    let placement = Placement { hold_out: "20%".to_owned().try_into().expect("a share"), purpose: None, ..banner() };
    let all: Vec<Profile> = (0..2_000).map(|nth| customer([named(&nth.to_string(), "free")])).collect();
    let out: Vec<bool> = all.iter().map(|it| placement.choose(it, day(1)).held_out.is_some()).collect();
    let share = out.iter().filter(|out| **out).count();
    assert!((320..480).contains(&share), "{share} of 2000");
    let later: Vec<bool> = all.iter().map(|it| placement.holds_out(it)).collect();
    assert_eq!(out, later);
    let choice = placement.choose(&all[out.iter().position(|out| *out).expect("one")], day(1));
    assert_eq!((choice.chosen, choice.held_out), (None, Some(1)));
}

#[test]
fn problems_name_the_field() {
    let text = BANNER.replace("within = \"3d\"", "within = \"3 weeks\"");
    let error = document::read::<Placement>("banner.toml", &text).expect_err("a span").to_string();
    assert!(error.starts_with("banner.toml, line 13, candidates[0].cap.within: "), "{error}");
    let mut placement = banner();
    placement.candidates[1].name = "upgrade".into();
    placement.candidates[2].until = Some(day(0));
    placement.candidates[2].from = Some(day(1));
    placement.candidates[3].when = Some("plan = \"pro\" and not plan = \"pro\"".parse().expect("a rule"));
    let found: Vec<String> = placement.problems(Some(["upgrad"].into_iter())).iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 4, "{found:?}");
    assert_eq!(found[0], "candidates[0].content: there is no template `upgrade` (did you mean `upgrad`?)");
    let json = serde_json::to_string(&banner()).expect("JSON");
    assert_eq!(document::read::<Placement>("banner.json", &json), Ok(banner()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Exactly one candidate is chosen or none; it is not left out, and nothing before it in order is free; and before
    /// `next_change_at` the choice stays the same.
    /// Mutations: the last of equals; a cap that forgets the moment at which it ends; a consent of another channel.
    #[test]
    fn the_first_that_is_free_is_chosen(
        free in any::<bool>(),
        shown in prop::collection::vec((0_i64..20, 0_usize..4), 0..8),
        granted in prop::collection::vec((0_i64..20, any::<bool>(), any::<bool>()), 0..4),
        look in 0_i64..30,
        later in 1_i64..400,
    ) {
        let placement = banner();
        let mut facts = vec![named("17", if free { "free" } else { "pro" })];
        for (on, place) in shown {
            let candidate = placement.candidates[place].name.as_str();
            facts.push(fact("17", Body::event(Placement::EXPOSURE, [("placement", "home banner"), ("candidate", candidate)]), day(on)));
        }
        for (on, web, yes) in granted {
            let choice = if yes { Said::Granted } else { Said::Denied };
            facts.push(consent("17", if web { "web" } else { "email" }, choice, on));
        }
        let ada = customer(facts);
        let choice = placement.choose(&ada, day(look));
        let free_ones: Vec<usize> = choice.considered.iter().enumerate()
            .filter(|(_, it)| matches!(it.verdict, Verdict::Chosen | Verdict::Outranked { .. })).map(|(place, _)| place).collect();
        let rank = |place: usize| (placement.candidates[place].priority, choice.considered[place].score);
        let best = free_ones.iter().copied().rev().max_by_key(|place| rank(*place));
        prop_assert_eq!(choice.chosen, best);
        let then = day(look) + chrono::TimeDelta::hours(later);
        if choice.next_change_at.is_none_or(|next| then < next) {
            prop_assert_eq!(placement.choose(&ada, then).chosen, choice.chosen);
        }
    }
}

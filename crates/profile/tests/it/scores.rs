//! RFM scores and the lifecycle stage.

use chrono::TimeDelta;
use onefold_fact::{Body, Fact, FactSet, Standing, Timestamp};
use onefold_profile::{
    EventSelector, Lifecycle, LifecycleState, Measure, Occurrence, Rfm, RfmCuts, RfmScoring, RfmState, Stage, Window,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{day, draft, profile, schema};

fn bought(on: u32, hours: i64, total: i64) -> Fact {
    let at = day(on) + TimeDelta::hours(hours);
    draft("shop", "1", Body::event("buy", [("total", total)])).occurred_at(at).received("batch", at)
}

fn event(fact: &Fact) -> Occurrence<'_> {
    Occurrence::of(Standing::alone(fact)).unwrap()
}

fn rfm(window: Window) -> Rfm {
    let points = |points: [i64; 2]| points.map(Into::into).to_vec();
    Rfm {
        purchases: EventSelector::named(["buy"]),
        amount: Measure::number("total".parse().unwrap()),
        window,
        cuts: RfmCuts { recency: points([10, 30]), frequency: points([2, 4]), monetary: points([50, 100]) },
    }
}

fn lifecycle() -> Lifecycle {
    let span = |text: &str| text.parse().unwrap();
    Lifecycle {
        activity: EventSelector::named(["buy"]),
        new_for: span("5d"),
        active_for: span("10d"),
        lost_after: span("30d"),
        returned_for: span("7d"),
    }
}

/// Mutations: let a point of recency belong to the worse score; let the next change be the next day.
#[test]
fn scores_change_where_a_cut_is_passed() {
    let scoring = RfmScoring::new(rfm(Window::Lifetime)).unwrap();
    let mut state = RfmState::new(&scoring, day(1));
    assert_eq!(state.read(&scoring, day(1)).score, None);
    for fact in [bought(1, 0, 30), bought(2, 0, 20)] {
        state.insert(&scoring, &event(&fact));
    }
    for (on, score, next) in
        [(2, "3-2-2", Some(13)), (12, "3-2-2", Some(13)), (13, "2-2-2", Some(33)), (33, "1-2-2", None)]
    {
        let scored = state.read(&scoring, day(on));
        let (values, given) = scored.score.unwrap();
        assert_eq!((given.to_string().as_str(), scored.next_change_at), (score, next.map(day)), "{values:?}");
    }
    state.remove(&scoring, &event(&bought(2, 0, 20)));
    assert_eq!(state.read(&scoring, day(33)).score.unwrap().1.to_string(), "1-1-1");
}

#[test]
fn cut_points_that_do_not_ascend_are_refused() {
    let mut wrong = rfm(Window::Lifetime);
    wrong.cuts.monetary.reverse();
    let error = RfmScoring::new(wrong).unwrap_err().to_string();
    assert_eq!(
        error,
        "the cuts of monetary do not ascend: 100 is followed by 50; each point must be larger than the one before"
    );
    let mut none = rfm(Window::Lifetime);
    none.cuts.recency.clear();
    assert_eq!(RfmScoring::new(none).unwrap_err().to_string(), "the cuts of recency are 0 points; expected 1 to 9");
}

#[test]
fn a_customer_passes_through_its_stages() {
    let lifecycle = lifecycle();
    let mut state = LifecycleState::default();
    assert_eq!(state.read(&lifecycle, day(1)).stage, None);
    for on in [1, 8, 60] {
        state.insert(&lifecycle, &event(&bought(on, 0, 1)));
    }
    for (on, stage, next) in [
        (1, Stage::New, Some(6)),
        (6, Stage::Active, Some(8)), // what happens on the 8th lies ahead
        (9, Stage::Active, Some(18)),
        (18, Stage::Lapsing, Some(38)),
        (38, Stage::Lost, Some(60)),
        (60, Stage::Returned, Some(67)),
        (67, Stage::Active, Some(70)),
        (70, Stage::Lapsing, Some(90)),
        (90, Stage::Lost, None),
    ] {
        let staged = state.read(&lifecycle, day(on));
        assert_eq!((staged.stage, staged.next_change_at), (Some(stage), next.map(day)), "day {on}");
    }
    let wrong = Lifecycle { lost_after: "10d".parse().unwrap(), ..lifecycle };
    assert!(wrong.check().unwrap_err().to_string().starts_with("a customer is lost after 10d, yet active for 10d"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Scores and stages kept up to date equal those computed anew, and nothing changes before `next_change_at`.
    /// Mutations: take a removed purchase off the sum only; look for a return before the one that counts.
    #[test]
    fn kept_up_to_date_equals_computed_anew(
        steps in vec(((1_u32..120, 0_i64..24, 1_i64..60), proptest::option::weighted(0.3, any::<Index>())), 1..14),
        clocks in vec(1_u32..200, 1..5),
        sliding in any::<bool>(),
    ) {
        let window = if sliding { Window::Sliding("40d".parse().unwrap()) } else { Window::Lifetime };
        let (scoring, lifecycle) = (RfmScoring::new(rfm(window)).unwrap(), lifecycle());
        let (mut scores, mut stages) = (RfmState::new(&scoring, day(1)), LifecycleState::default());
        let mut present: Vec<Fact> = Vec::new();
        for ((on, hours, total), taken) in steps {
            let fact = bought(on, hours, total);
            if present.iter().any(|other| other.id() == fact.id()) {
                continue;
            }
            scores.insert(&scoring, &event(&fact));
            stages.insert(&lifecycle, &event(&fact));
            present.push(fact);
            if let Some(taken) = taken {
                let gone = present.swap_remove(taken.index(present.len()));
                scores.remove(&scoring, &event(&gone));
                stages.remove(&lifecycle, &event(&gone));
            }
        }
        let facts: FactSet = present.into_iter().collect();
        let folded = profile(&facts, &schema([]), None, None);
        let timeline = folded.timeline();
        let mut clocks = clocks;
        clocks.sort_unstable();
        for clock in clocks.into_iter().map(day) {
            let (scored, staged) = (scores.read(&scoring, clock), stages.read(&lifecycle, clock));
            prop_assert_eq!(&scored, &scoring.evaluate(timeline, clock));
            prop_assert_eq!(&staged, &lifecycle.evaluate(timeline, clock));
            let until = |next: Option<Timestamp>| next.map_or(day(300), |next| next - TimeDelta::microseconds(1));
            for hours in (0..2000).step_by(7) {
                let later = clock + TimeDelta::hours(hours);
                let then = scoring.evaluate(timeline, later.min(until(scored.next_change_at))).score;
                prop_assert_eq!(then.map(|it| it.1), scored.score.map(|it| it.1));
                let then = lifecycle.evaluate(timeline, later.min(until(staged.next_change_at))).stage;
                prop_assert_eq!(then, staged.stage);
            }
        }
    }

    /// Proposed cuts are cuts that can be adopted, wherever the population differs at all.
    #[test]
    fn proposed_cuts_can_be_adopted(population in vec((0_i64..90, 1_u64..9, 1_i64..500), 0..60), parts in 0_u8..12) {
        let values = population.iter().map(|(recency, frequency, sum)| onefold_profile::RfmValues {
            recency: *recency, frequency: *frequency, monetary: (*sum).into(),
        });
        let cuts = RfmCuts::propose(values.clone(), parts);
        for (points, of) in [(&cuts.recency, 0), (&cuts.frequency, 1), (&cuts.monetary, 2)] {
            prop_assert!(points.len() <= 9 && points.windows(2).all(|two| two[0] < two[1]));
            // Each score is somebody's.
            let scores: std::collections::BTreeSet<u8> = values.clone().map(|it| {
                let score = cuts.score(&it);
                [score.recency, score.frequency, score.monetary][of]
            }).collect();
            prop_assert!(population.is_empty() || scores.len() == points.len() + 1);
        }
    }
}

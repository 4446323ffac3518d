//! Stages as exports name them, and a pipeline made of them where none was adopted.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::cell::plain;
use crate::category::ForecastCategory;
use crate::pipeline::{Closes, Moves, Pipeline, Stage};

/// What exports say of a stage beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageSeen {
    /// How likely deals that are there are.
    pub probability: Option<Decimal>,
    /// How a forecast counts them.
    pub category: Option<ForecastCategory>,
    /// Whether deals that are there are over, and if so whether they are won.
    pub closes: Option<Closes>,
}

/// The stages that systems begin with: the name without spaces, the probability in percent, and how a forecast counts it.
const USUAL: [(&str, u8, ForecastCategory); 15] = [
    ("prospecting", 10, ForecastCategory::Pipeline),
    ("qualification", 10, ForecastCategory::Pipeline),
    ("needsanalysis", 20, ForecastCategory::Pipeline),
    ("valueproposition", 50, ForecastCategory::Pipeline),
    ("iddecisionmakers", 60, ForecastCategory::Pipeline),
    ("perceptionanalysis", 70, ForecastCategory::Pipeline),
    ("proposalpricequote", 75, ForecastCategory::Pipeline),
    ("negotiationreview", 90, ForecastCategory::Pipeline),
    ("appointmentscheduled", 20, ForecastCategory::Pipeline),
    ("qualifiedtobuy", 40, ForecastCategory::Pipeline),
    ("presentationscheduled", 60, ForecastCategory::Pipeline),
    ("decisionmakerboughtin", 80, ForecastCategory::Pipeline),
    ("contractsent", 90, ForecastCategory::Pipeline),
    ("closedwon", 100, ForecastCategory::Closed),
    ("closedlost", 0, ForecastCategory::Omitted),
];

/// The stage that a text names, whatever its case and spacing: `closedwon` is `Closed Won`.
#[must_use]
pub fn stage_named<'a>(pipeline: &'a Pipeline, name: &str) -> Option<&'a Stage> {
    let named = || pipeline.stages.iter().find(|stage| plain(&stage.name) == plain(name));
    pipeline.stage(name).map(|(_, stage)| stage).or_else(named)
}

/// A pipeline of stages that were seen, in the usual order where it is known, else by how likely they are. Every move is
/// allowed: what was done elsewhere was done.
#[must_use]
pub fn pipeline_of(seen: &BTreeMap<String, StageSeen>) -> Pipeline {
    let mut stages: BTreeMap<(bool, Decimal, usize, String), Stage> = BTreeMap::new();
    let mut add = |name: &str, seen: &StageSeen| {
        let usual = USUAL.iter().position(|(known, ..)| *known == plain(name));
        let known = usual.and_then(|at| USUAL.get(at));
        let closes = closes(name, seen);
        let probability = match closes {
            Some(Closes::Won) => Decimal::ONE,
            Some(Closes::Lost) => Decimal::ZERO,
            None => seen
                .probability
                .or_else(|| known.map(|(_, percent, _)| (Decimal::from(*percent) / Decimal::ONE_HUNDRED).normalize()))
                .unwrap_or(Decimal::new(5, 1)),
        };
        let category = match closes {
            Some(_) => None,
            None => seen
                .category
                .filter(|category| !matches!(category, ForecastCategory::Pipeline | ForecastCategory::Closed)),
        };
        let stage = Stage {
            name: name.to_owned(),
            probability,
            category,
            closes,
            entry: closes.is_none(),
            requires: Default::default(),
            gates: Vec::new(),
            to: None,
            approval: None,
            rots_after_days: None,
        };
        stages.insert((closes.is_some(), probability, usual.unwrap_or(USUAL.len()), name.to_owned()), stage);
    };
    // One stage may be seen by its label and by its name within the system; it is called by the label.
    let mut named: BTreeMap<String, (&str, StageSeen)> = BTreeMap::new();
    for (name, seen) in seen {
        let (called, of) = named.entry(plain(name)).or_insert_with(|| (name, StageSeen::default()));
        if *called == plain(called) {
            *called = name;
        }
        of.probability = of.probability.or(seen.probability);
        of.category = of.category.or(seen.category);
        of.closes = of.closes.or(seen.closes);
    }
    named.values().for_each(|(name, seen)| add(name, seen));
    let has = |of: Option<Closes>| seen.iter().any(|(name, seen)| closes(name, seen) == of);
    let is_internal = !seen.is_empty() && seen.keys().all(|name| *name == plain(name));
    let (won, lost) = if is_internal { ("closedwon", "closedlost") } else { ("Closed Won", "Closed Lost") };
    for (of, name) in [(None, "Open"), (Some(Closes::Won), won), (Some(Closes::Lost), lost)] {
        if !has(of) {
            add(name, &StageSeen::default());
        }
    }
    let moves = Moves { skip: true, back: true, reopen: true };
    Pipeline { stages: stages.into_values().collect(), moves, ..Pipeline::default() }
}

/// How a stage ends a deal: as was seen, or as it usually does.
fn closes(name: &str, seen: &StageSeen) -> Option<Closes> {
    let name = plain(name);
    seen.closes.or(match USUAL.iter().find(|(known, ..)| *known == name) {
        Some((_, 100, _)) => Some(Closes::Won),
        Some((_, 0, _)) => Some(Closes::Lost),
        _ => None,
    })
}

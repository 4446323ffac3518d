//! [`Explanation`]: why two records are one party, or are not.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::block::MissedKey;
use crate::candidates::Candidates;
use crate::compare::level::{BOTH_MISSING, ONE_MISSING, level};
use crate::compare::{Memos, RareBy, levels};
use crate::records::{Comparator, Records, Symbol};
use crate::weigh::{MatchWeight, Model, Weights};

/// The evidence about a pair of records, taken apart: a prior, a step for each comparison, and what kinship explains.
/// The bits add up to the weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// What holds before anything is compared, in bits.
    pub prior: f64,
    /// The comparisons.
    pub steps: Vec<Step>,
    /// What is taken away because relatives agree like this too, in bits; never positive.
    pub relatives: f64,
    /// What is taken away beyond that because two people of one name agree like this too, in bits; never positive.
    pub namesakes: f64,
    /// The sum.
    pub weight: MatchWeight,
    /// The keys under which the records meet. Records that meet under none are not compared unless others connect
    /// them.
    pub keys: Vec<String>,
    /// The keys under which they do not, with what each was of both, the nearest first.
    pub missed: Vec<MissedKey>,
}

/// One comparison of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What is compared.
    pub comparison: String,
    /// The level at which the records agree.
    pub level: String,
    /// The standard forms of the first record.
    pub left: Vec<String>,
    /// The standard forms of the second record.
    pub right: Vec<String>,
    /// How many records hold the value that the two share, if they share one.
    pub holders: Option<u32>,
    /// What it adds, in bits.
    pub bits: f64,
}

impl Explanation {
    /// Takes apart what a model says about two records.
    pub(crate) fn of(records: &Records, candidates: &Candidates, model: &Model, a: u32, b: u32) -> Option<Self> {
        let met = (candidates.meetings(a, b).map(str::to_owned).collect(), candidates.missed(records, a, b));
        Self::under(records, model, met, a, b)
    }

    /// Takes apart what a model says about two records that meet under some keys and miss others.
    pub(crate) fn under(
        records: &Records,
        model: &Model,
        (keys, missed): (Vec<String>, Vec<MissedKey>),
        a: u32,
        b: u32,
    ) -> Option<Self> {
        if a as usize >= records.len() || b as usize >= records.len() {
            return None;
        }
        let weights = Weights::of(model);
        let slots: Vec<_> = levels(records, a, b, &mut Memos::new(records)).collect();
        let score = weights.score(slots.iter().copied());
        let steps: Vec<Step> = records
            .comparisons()
            .iter()
            .zip(&slots)
            .enumerate()
            .map(|(at, (comparison, slot))| {
                let specs = comparison.comparator.levels();
                let shown = |record| forms(records, comparison.comparator, record);
                let name = match *slot {
                    ONE_MISSING => "known of one only",
                    BOTH_MISSING => "known of neither",
                    slot => specs.get(level(slot)).map_or("", |level| level.name),
                };
                Step {
                    comparison: comparison.name.clone(),
                    level: name.to_owned(),
                    left: shown(a),
                    right: shown(b),
                    holders: comparison.comparator.rarity(level(*slot)).and_then(|by| holders(records, by, a, b)),
                    bits: weights.bits(at, *slot),
                }
            })
            .collect();
        Some(Explanation {
            prior: score.against_random - steps.iter().map(|step| step.bits).sum::<f64>(),
            steps,
            relatives: score.relatives,
            namesakes: score.namesakes,
            weight: score.weight(),
            keys,
            missed,
        })
    }
}

fn forms(records: &Records, comparator: Comparator, record: u32) -> Vec<String> {
    let values = |at: usize| {
        let field = records.field(at);
        let told = field.of(record).iter().map(|symbol| field.text(*symbol).to_owned());
        let shared = records.generic(record, at).iter();
        told.chain(shared.map(|symbol| format!("{} (held by too many to tell)", field.text(*symbol))))
            .collect::<Vec<_>>()
    };
    comparator.fields().into_iter().flat_map(values).collect()
}

/// How many records hold what two records share.
fn holders(records: &Records, by: RareBy, a: u32, b: u32) -> Option<u32> {
    match by {
        RareBy::One(field) => shared(records, field, a, b),
        RareBy::Both(first, second) => shared(records, first, a, b).or_else(|| shared(records, second, a, b)),
    }
}

fn shared(records: &Records, field: usize, a: u32, b: u32) -> Option<u32> {
    let field = records.field(field);
    let common = |symbol: &&Symbol| field.of(b).contains(symbol);
    field.of(a).iter().filter(common).map(|symbol| field.holders(*symbol)).min()
}

/// A line a step, as a waterfall.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>8.1} bits  before anything is compared", self.prior)?;
        for step in &self.steps {
            let side = |values: &[String]| if values.is_empty() { "—".to_owned() } else { values.join(" ") };
            write!(f, "{:>+8.1} bits  {}: {}", step.bits, step.comparison, step.level)?;
            write!(f, " ({} / {}", side(&step.left), side(&step.right))?;
            if let Some(holders) = step.holders {
                write!(f, "; {holders} records hold it")?;
            }
            writeln!(f, ")")?;
        }
        writeln!(f, "{:>+8.1} bits  relatives agree like this too", self.relatives)?;
        if self.namesakes < 0.0 {
            writeln!(f, "{:>+8.1} bits  two people of one name agree like this too", self.namesakes)?;
        }
        let probability = self.weight.probability();
        write!(f, "{:>8.1} bits  in all: probability {probability:.4}", self.weight.bits())
    }
}

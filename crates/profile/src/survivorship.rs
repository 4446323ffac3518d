//! Survivorship: which value of an attribute wins, as pure selection over candidates.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use onefold_fact::{Source, Survivorship, Value};
use rust_decimal::Decimal;

use crate::attribute::Why;
use crate::sameness::Sameness;

/// A value that may win. Candidates stand in a slice in canonical order; their index is their place in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) value: &'a Value,
    /// The fact that says it, by its place among the customer's facts.
    pub(crate) told: usize,
    /// The record that says it, by number.
    pub(crate) record: usize,
    pub(crate) source: &'a Source,
    pub(crate) claim: Claim,
}

/// What a candidate's own record, or a steward, makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The record's latest value.
    Current,
    /// An earlier value of the record, which counts still: it says it again, or the rule hears all.
    Earlier,
    /// An earlier value of the record, which says another now.
    Superseded,
    /// A value that the record took back with this fact.
    Withdrawn { by: usize },
    /// The attribute is taken from another record, with its group.
    Apart,
    /// A steward's pin.
    Pin,
}

/// A rule applied to the candidates of one attribute.
///
/// Each rule orders candidates by what it looks at, then by canonical order, so that no tie is left to chance:
///
/// | rule | wins by | among equals |
/// |---|---|---|
/// | latest | place in the canonical order | there are none |
/// | first | place, reversed | there are none |
/// | most frequent | number of records whose latest value it is | the value said latest; shown as it was said last |
/// | source priority | place of its source in the list; unlisted sources are equal, after all others | the latest |
/// | longest | characters of the text | the latest |
/// | smallest, largest | typed value, text by standard form; amounts in the currency said last only | the latest |
/// | verified first | whether its record says that it is verified | the latest |
/// | quorum | number of sources that say it, if those are enough | the latest |
/// | custom | what the registered rule chooses | what it chooses |
pub(crate) struct Contest<'c, 'a> {
    rule: &'c Survivorship,
    candidates: &'c [Candidate<'a>],
    sameness: &'c Sameness,
    /// How many records say each class now; counted for `MostFrequent`, and sources for `Quorum`.
    records: Vec<usize>,
    /// The currency in which amounts are compared, or that of plain numbers: what was said last. Of the smallest and the
    /// largest only.
    currency: Option<Option<&'a str>>,
    scope: &'c Scope<'c>,
}

/// What a rule looks at beside the candidates.
#[derive(Clone, Copy, Default)]
pub(crate) struct Scope<'s> {
    /// Whether each record says that its value is verified.
    pub(crate) verified: &'s [bool],
    /// The record that the attribute is taken from, with its group.
    pub(crate) record: Option<usize>,
    pub(crate) custom: Option<&'s dyn CustomRule>,
}

/// A rule that the embedding program brings.
pub(crate) trait CustomRule {
    fn choose(&self, candidates: &[Candidate<'_>]) -> Option<usize>;
}

impl<'c, 'a> Contest<'c, 'a> {
    pub(crate) fn new(
        rule: &'c Survivorship,
        candidates: &'c [Candidate<'a>],
        sameness: &'c Sameness,
        scope: &'c Scope<'c>,
    ) -> Self {
        let mut records = Vec::new();
        if *rule == Survivorship::MostFrequent {
            records.resize(sameness.len(), 0);
            // A record has one current value, so each current candidate is another record.
            for (place, candidate) in candidates.iter().enumerate() {
                if candidate.claim == Claim::Current {
                    records[sameness.class(place)] += 1;
                }
            }
        }
        if let Survivorship::Quorum { .. } = rule {
            let current = candidates.iter().enumerate().filter(|(_, it)| it.claim == Claim::Current);
            let said: BTreeSet<(usize, &Source)> =
                current.map(|(place, it)| (sameness.class(place), it.source)).collect();
            records.resize(sameness.len(), 0);
            said.into_iter().for_each(|(class, _)| records[class] += 1);
        }
        let currency = matches!(rule, Survivorship::Smallest | Survivorship::Largest).then(|| {
            let current = candidates.iter().rev().filter(|it| it.claim == Claim::Current);
            current.filter_map(|it| amount(it.value)).map(|(currency, _)| currency).next()
        });
        Self { rule, candidates, sameness, records, currency: currency.flatten(), scope }
    }

    /// The place of the candidate that wins.
    pub(crate) fn winner(&self) -> Option<usize> {
        let eligible = (0..self.candidates.len()).filter(|&place| match self.candidates[place].claim {
            Claim::Current => self.is_enough(place) && self.is_comparable(place),
            Claim::Earlier => hears_all(self.rule),
            Claim::Superseded | Claim::Withdrawn { .. } | Claim::Apart | Claim::Pin => false,
        });
        if let Survivorship::Custom { .. } = self.rule {
            let eligible: Vec<usize> = eligible.collect();
            let candidates: Vec<Candidate<'a>> = eligible.iter().map(|place| self.candidates[*place]).collect();
            return eligible.get(self.scope.custom?.choose(&candidates)?).copied();
        }
        eligible.max_by(|&a, &b| match self.rule {
            Survivorship::First => b.cmp(&a),
            _ => self.weigh(a, b).then(a.cmp(&b)),
        })
    }

    /// Whether enough sources say it.
    fn is_enough(&self, place: usize) -> bool {
        match self.rule {
            Survivorship::Quorum { sources } => self.records_saying(place) >= usize::from(sources.get()),
            _ => true,
        }
    }

    /// Whether it is no amount, or one in the currency in which amounts are compared.
    fn is_comparable(&self, place: usize) -> bool {
        let Some(asked) = self.currency else { return true };
        amount(self.candidates[place].value).is_none_or(|(currency, _)| currency == asked)
    }

    /// Why a candidate lost though none won.
    pub(crate) fn why_none(&self, loser: usize) -> Why {
        match self.rule {
            Survivorship::Quorum { sources } => {
                Why::NoQuorum { sources: self.records_saying(loser), of: sources.get().into() }
            }
            Survivorship::Custom { .. } if self.scope.custom.is_none() => Why::NoRule,
            Survivorship::Custom { .. } => Why::NotChosen,
            _ => Why::Superseded,
        }
    }

    /// Why the candidate at `loser` lost to the one at `winner`, both being in force.
    pub(crate) fn why(&self, winner: usize, loser: usize) -> Why {
        if *self.rule == Survivorship::First {
            return Why::Newer;
        }
        if let Survivorship::Custom { .. } = self.rule {
            return Why::NotChosen;
        }
        if !self.is_comparable(loser) {
            return Why::OtherCurrency;
        }
        if self.weigh(winner, loser) == Ordering::Equal {
            return Why::Older;
        }
        match self.rule {
            Survivorship::MostFrequent => {
                Why::LessFrequent { records: self.records_saying(loser), of: self.records.iter().sum() }
            }
            Survivorship::SourcePriority(_) => Why::LowerPriority,
            Survivorship::Longest => Why::Shorter { chars: self.chars(loser), than: self.chars(winner) },
            Survivorship::VerifiedFirst { .. } => Why::Unverified,
            Survivorship::Quorum { .. } => {
                Why::NoQuorum { sources: self.records_saying(loser), of: self.records_saying(winner) }
            }
            Survivorship::Smallest => Why::Larger,
            Survivorship::Largest => Why::Smaller,
            _ => Why::Older,
        }
    }

    /// Which of two candidates the rule prefers, before the canonical order has its say.
    fn weigh(&self, a: usize, b: usize) -> Ordering {
        match self.rule {
            Survivorship::VerifiedFirst { .. } => self.is_verified(a).cmp(&self.is_verified(b)),
            Survivorship::MostFrequent | Survivorship::Quorum { .. } => {
                self.records_saying(a).cmp(&self.records_saying(b))
            }
            Survivorship::SourcePriority(sources) => {
                let rank = |place: usize| rank(sources, self.candidates[place].source);
                rank(b).cmp(&rank(a))
            }
            Survivorship::Longest => self.chars(a).cmp(&self.chars(b)),
            Survivorship::Smallest => self.sameness.compare(self.value(b), self.value(a)),
            Survivorship::Largest => self.sameness.compare(self.value(a), self.value(b)),
            _ => Ordering::Equal,
        }
    }

    fn is_verified(&self, place: usize) -> bool {
        self.scope.verified.get(self.candidates[place].record).copied().unwrap_or(false)
    }

    fn records_saying(&self, place: usize) -> usize {
        self.records[self.sameness.class(place)]
    }

    fn value(&self, place: usize) -> (&'a Value, usize) {
        (self.candidates[place].value, self.sameness.class(place))
    }

    fn chars(&self, place: usize) -> usize {
        match &self.candidates[place].value {
            // 7.5 and 7.50 are one value, however it was written.
            Value::Decimal(number) => number.normalize().to_string().len(),
            value => value.to_text().chars().count(),
        }
    }
}

/// A number, and its currency if it is money.
pub(crate) fn amount(value: &Value) -> Option<(Option<&str>, Decimal)> {
    match value {
        Value::Integer(number) => Some((None, Decimal::from(*number))),
        Value::Decimal(number) => Some((None, *number)),
        Value::Map(money) => {
            let (_, number) =
                money.get("amount")?.as_ref().filter(|it| !matches!(it, Value::Map(_))).and_then(amount)?;
            Some((Some(money.get("currency")?.as_ref()?.as_text()?), number))
        }
        _ => None,
    }
}

/// The place of a source in the list; after all of them if it is not listed.
fn rank(sources: &[Source], source: &Source) -> usize {
    sources.iter().position(|listed| listed == source).unwrap_or(sources.len())
}

/// Whether a rule looks at all that a record ever said, not at its latest value only.
pub(crate) fn hears_all(rule: &Survivorship) -> bool {
    matches!(rule, Survivorship::Latest | Survivorship::First)
}

/// The stable name of a rule, as in a schema.
pub(crate) fn rule_name(rule: &Survivorship) -> &'static str {
    match rule {
        Survivorship::Latest => "latest",
        Survivorship::First => "first",
        Survivorship::MostFrequent => "most_frequent",
        Survivorship::SourcePriority(_) => "source_priority",
        Survivorship::Longest => "longest",
        Survivorship::Smallest => "smallest",
        Survivorship::Largest => "largest",
        Survivorship::Union => "union",
        Survivorship::Sum => "sum",
        Survivorship::Average => "average",
        Survivorship::VerifiedFirst { .. } => "verified_first",
        Survivorship::Quorum { .. } => "quorum",
        Survivorship::Custom { .. } => "custom",
        _ => "other",
    }
}

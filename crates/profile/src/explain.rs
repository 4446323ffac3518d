//! [`Explanation`]: why an attribute has its value, for people.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{NaiveTime, SecondsFormat};
use onefold_fact::{AttributeName, RecordId, Survivorship};

use crate::attribute::{Attribute, Other, Supporters, Why};
use crate::provenance::Provenance;

/// Why an attribute has its value, or has none any more. Its `Display` reads as a sentence a line.
#[derive(Debug, Clone, Copy)]
pub enum Explanation<'a> {
    /// The attribute has a value.
    Held {
        /// Its name.
        name: &'a AttributeName,
        /// Its value, with what decided it.
        attribute: &'a Attribute,
    },
    /// The attribute has no value any more.
    Withdrawn {
        /// Its name.
        name: &'a AttributeName,
        /// The values that were taken back.
        others: &'a [Other],
    },
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Explanation::Held { name, attribute } => held(f, name, attribute),
            Explanation::Withdrawn { name, others } => {
                let taken_back = |other: &Other| matches!(other.why(), Why::Withdrawn { .. } | Why::Superseded);
                let why = if others.iter().all(taken_back) {
                    "its records took back what they had said"
                } else {
                    "nothing that is said can win"
                };
                write!(f, "{name}: no value, because {why}")?;
                lost(f, others)
            }
        }
    }
}

fn held(f: &mut fmt::Formatter<'_>, name: &AttributeName, attribute: &Attribute) -> fmt::Result {
    let rule = attribute.rule();
    write!(f, "{name}: {}", attribute.value())?;
    let by_element = !attribute.is_pinned();
    let by_element = by_element && matches!(rule, Survivorship::Union | Survivorship::Sum | Survivorship::Average);
    if by_element {
        write!(f, ", because {}", because(attribute))?;
    } else {
        let winner = attribute.provenance();
        write!(f, ", from {winner}, {}, because {}", When(winner), because(attribute))?;
        also(f, "also said by", attribute.supporters())?;
    }
    for element in attribute.elements() {
        if by_element {
            write!(f, "\n{}: from {}, {}", element.value(), element.provenance(), When(element.provenance()))?;
            also(f, "also said by", element.supporters())?;
        } else {
            also(f, &format!("{} also said by", element.value()), element.supporters())?;
        }
    }
    lost(f, attribute.others())
}

fn also(f: &mut fmt::Formatter<'_>, how: &str, supporters: Supporters<'_>) -> fmt::Result {
    for (i, supporter) in supporters.enumerate() {
        let lead = if i == 0 { "\n" } else { "; " };
        let how = if i == 0 { how } else { "" };
        let gap = if i == 0 { ": " } else { "" };
        write!(f, "{lead}{how}{gap}{supporter}, {}", When(supporter))?;
    }
    Ok(())
}

fn lost(f: &mut fmt::Formatter<'_>, others: &[Other]) -> fmt::Result {
    for other in others {
        let from = other.provenance();
        write!(f, "\nlost: {} ({from}, {}): {}", other.value(), When(from), other.why())?;
    }
    Ok(())
}

/// The reason why the winner won, as a clause.
fn because(attribute: &Attribute) -> String {
    if attribute.is_pinned() {
        return "a steward pinned it".to_owned();
    }
    let said = attribute.elements().len();
    match attribute.rule() {
        Survivorship::Union => return "all distinct values are kept".to_owned(),
        Survivorship::Sum | Survivorship::Average if said == 1 => return "1 record says it".to_owned(),
        Survivorship::Sum => return format!("it is the sum of what {said} records say"),
        Survivorship::Average => return format!("it is the average of what {said} records say"),
        Survivorship::Custom { name, version } => return format!("the custom rule {name} version {version} chose it"),
        _ => {}
    }
    let uncontested = |other: &Other| matches!(other.why(), Why::Withdrawn { .. } | Why::Superseded | Why::OtherRecord);
    if attribute.others().iter().all(uncontested) {
        let apart = attribute.others().iter().any(|other| other.why() == Why::OtherRecord);
        return if apart { "its group is taken from this record" } else { "nothing else is said" }.to_owned();
    }
    let reason = match attribute.rule() {
        Survivorship::Latest => return "it is the latest".to_owned(),
        Survivorship::First => return "it is the first".to_owned(),
        Survivorship::MostFrequent => match records(attribute) {
            1 => "1 record says so".to_owned(),
            records => format!("{records} records say so"),
        },
        Survivorship::SourcePriority(sources) => {
            let source = attribute.provenance().source();
            if !sources.contains(source) {
                return "no listed source has a value, and it is the latest".to_owned();
            }
            format!("{source} comes first in source priority")
        }
        Survivorship::Longest => "it is the longest".to_owned(),
        Survivorship::Smallest => "it is the smallest".to_owned(),
        Survivorship::Largest => "it is the largest".to_owned(),
        Survivorship::VerifiedFirst { .. } if attribute.others().iter().any(|it| it.why() == Why::Unverified) => {
            "its record says that it is verified".to_owned()
        }
        Survivorship::VerifiedFirst { .. } => return "it is the latest of its equals".to_owned(),
        Survivorship::Quorum { sources } => match sources.get() {
            1 => "most sources say so".to_owned(),
            sources => format!("most sources say so, at least {sources}"),
        },
        _ => "it is the latest".to_owned(),
    };
    let tied = attribute.others().iter().any(|other| other.why() == Why::Older);
    if tied { format!("{reason}, and the latest of its equals") } else { reason }
}

/// How many records say the winning value.
fn records(attribute: &Attribute) -> usize {
    let winner = std::iter::once(attribute.provenance());
    winner.chain(attribute.supporters()).map(Provenance::record).collect::<BTreeSet<RecordId>>().len()
}

/// The time of a fact: the day alone if that is all that was stated.
struct When<'a>(&'a Provenance);

impl fmt::Display for When<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0.at();
        if !self.0.is_stated() {
            f.write_str("received ")?;
        }
        if at.time() == NaiveTime::MIN {
            write!(f, "{}", at.date_naive())
        } else {
            f.write_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        }
    }
}

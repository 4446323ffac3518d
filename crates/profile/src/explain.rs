//! [`Explanation`]: why an attribute has its value, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{NaiveTime, SecondsFormat};
use onefold_fact::{AttributeName, FlatMap, RecordId, Source, Survivorship, Value};

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

impl<'a> Explanation<'a> {
    /// Of an attribute that has a value, or has none any more.
    pub(crate) fn of(
        name: &str,
        held: &'a FlatMap<AttributeName, Attribute>,
        withdrawn: &'a FlatMap<AttributeName, Vec<Other>>,
    ) -> Option<Self> {
        if let Some((name, attribute)) = held.get_key_value(name) {
            return Some(Explanation::Held { name, attribute });
        }
        let (name, others) = withdrawn.get_key_value(name)?;
        Some(Explanation::Withdrawn { name, others })
    }

    /// The attribute that it explains.
    #[must_use]
    pub fn name(&self) -> &'a AttributeName {
        match self {
            Explanation::Held { name, .. } | Explanation::Withdrawn { name, .. } => name,
        }
    }

    /// The attribute with its value, if it has one.
    #[must_use]
    pub fn attribute(&self) -> Option<&'a Attribute> {
        match self {
            Explanation::Held { attribute, .. } => Some(attribute),
            Explanation::Withdrawn { .. } => None,
        }
    }

    /// The values that lost or were taken back.
    #[must_use]
    pub fn others(&self) -> &'a [Other] {
        match self {
            Explanation::Held { attribute, .. } => attribute.others(),
            Explanation::Withdrawn { others, .. } => others,
        }
    }

    /// The same in words, with so many losing values, records that agree and elements at most; how many more there are is said. Long
    /// values are cut.
    pub fn brief(self, most: usize) -> impl fmt::Display + 'a {
        Brief { of: self, most }
    }
}

/// An explanation that tells so much.
struct Brief<'a> {
    of: Explanation<'a>,
    most: usize,
}

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        told(f, self.of, self.most)
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        told(f, *self, usize::MAX)
    }
}

/// At most so many records that agree, elements and losing values each; how many more there are is said.
fn told(f: &mut fmt::Formatter<'_>, of: Explanation<'_>, most: usize) -> fmt::Result {
    match of {
        Explanation::Held { name, attribute } => held(f, name, attribute, most)?,
        Explanation::Withdrawn { name, .. } => write!(f, "{name}: no value, because {}", of.because())?,
    }
    for other in of.others().iter().take(most) {
        let from = other.provenance();
        write!(f, "\nlost: {} ({from}, {}): {}", Cut(other.value(), most), When(from), other.why())?;
    }
    more(f, "lost: ", of.others().len(), most)
}

fn held(f: &mut fmt::Formatter<'_>, name: &AttributeName, attribute: &Attribute, most: usize) -> fmt::Result {
    let rule = attribute.rule();
    write!(f, "{name}: {}", Cut(attribute.value(), most))?;
    let by_element = !attribute.is_pinned();
    let by_element = by_element && matches!(rule, Survivorship::Union | Survivorship::Sum | Survivorship::Average);
    if by_element {
        write!(f, ", because {}", because(attribute))?;
    } else {
        let winner = attribute.provenance();
        write!(f, ", from {winner}, {}, because {}", When(winner), because(attribute))?;
        also(f, "also said by", attribute.supporters(), most)?;
    }
    for element in attribute.elements().iter().take(most) {
        let value = Cut(element.value(), most);
        if by_element {
            write!(f, "\n{value}: from {}, {}", element.provenance(), When(element.provenance()))?;
            also(f, "also said by", element.supporters(), most)?;
        } else {
            also(f, &format!("{value} also said by"), element.supporters(), most)?;
        }
    }
    more(f, "", attribute.elements().len(), most)
}

/// Each record once, in the order in which they said so first: how often, and when last.
fn also(f: &mut fmt::Formatter<'_>, how: &str, supporters: Supporters<'_>, most: usize) -> fmt::Result {
    // Where keys are hidden, records of one source are one.
    let mut places: BTreeMap<(&Source, RecordId), usize> = BTreeMap::new();
    let mut records: Vec<(&Provenance, usize)> = Vec::new();
    for supporter in supporters {
        let place = *places.entry((supporter.source(), supporter.record())).or_insert(records.len());
        match records.get_mut(place) {
            Some((last, times)) => (*last, *times) = (supporter, *times + 1),
            None => records.push((supporter, 1)),
        }
    }
    for (i, (last, times)) in records.iter().take(most).enumerate() {
        let lead = if i == 0 { format!("\n{how}: ") } else { "; ".to_owned() };
        match times {
            1 => write!(f, "{lead}{last}, {}", When(last))?,
            times => write!(f, "{lead}{last}, {} times, last {}", Grouped(*times), When(last))?,
        }
    }
    let all = records.len();
    if all > most { write!(f, "; and {} more", all - most) } else { Ok(()) }
}

/// A number with its thousands apart: `999,999`.
struct Grouped(usize);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

fn more(f: &mut fmt::Formatter<'_>, lead: &str, all: usize, most: usize) -> fmt::Result {
    if all > most { write!(f, "\n{lead}{} more", all - most) } else { Ok(()) }
}

/// A value, cut where it is too long to be read beside others, unless all is told.
struct Cut<'a>(&'a Value, usize);

const LONG: usize = 400;

impl fmt::Display for Cut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 == usize::MAX {
            return self.0.fmt(f);
        }
        let text = self.0.to_string();
        match text.char_indices().nth(LONG) {
            Some((end, _)) => write!(f, "{}…", text.get(..end).unwrap_or(&text)),
            None => f.write_str(&text),
        }
    }
}

impl Explanation<'_> {
    /// The reason why the winner won, or why there is none, as a clause.
    #[must_use]
    pub fn because(&self) -> String {
        let taken_back = |other: &Other| matches!(other.why(), Why::Withdrawn { .. } | Why::Superseded);
        match self {
            Explanation::Held { attribute, .. } => because(attribute),
            Explanation::Withdrawn { others, .. } if others.iter().all(taken_back) => {
                "its records took back what they had said".to_owned()
            }
            Explanation::Withdrawn { .. } => "nothing that is said can win".to_owned(),
        }
    }
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

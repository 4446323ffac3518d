//! [`Attribute`]: a value with the fact that won, those that agree and those that lost.

use std::fmt;
use std::slice;
use std::sync::Arc;

use chrono::TimeDelta;
use onefold_fact::{DigestInto, Digester, FactId, Survivorship, Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::packed::packed;
use crate::provenance::Provenance;
use crate::survivorship::rule_name;

/// An attribute of a profile: its value, and everything that decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "AttributeParts", into = "AttributeParts")]
pub struct Attribute {
    pub(crate) value: Value,
    pub(crate) provenance: Arc<Provenance>,
    pub(crate) rule: HeldRule,
    pub(crate) contest: Option<Box<Contest>>,
}

/// The rule of an attribute: most have one without anything to say beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HeldRule {
    Plain(&'static Survivorship),
    Told(Box<Survivorship>),
}

impl HeldRule {
    pub(crate) fn of(rule: &Survivorship) -> Self {
        HeldRule::Plain(match rule {
            Survivorship::Latest => &Survivorship::Latest,
            Survivorship::First => &Survivorship::First,
            Survivorship::MostFrequent => &Survivorship::MostFrequent,
            Survivorship::Longest => &Survivorship::Longest,
            Survivorship::Smallest => &Survivorship::Smallest,
            Survivorship::Largest => &Survivorship::Largest,
            Survivorship::Union => &Survivorship::Union,
            Survivorship::Sum => &Survivorship::Sum,
            Survivorship::Average => &Survivorship::Average,
            other => return HeldRule::Told(Box::new(other.clone())),
        })
    }

    pub(crate) fn get(&self) -> &Survivorship {
        match self {
            HeldRule::Plain(rule) => rule,
            HeldRule::Told(rule) => rule,
        }
    }
}

/// What there is about an attribute beside the fact that won; most attributes have nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contest {
    pub(crate) pinned: bool,
    pub(crate) stale_after_days: Option<u32>,
    pub(crate) supporters: Box<[Arc<Provenance>]>,
    pub(crate) elements: Box<[Element]>,
    pub(crate) others: Box<[Other]>,
}

impl Contest {
    /// Itself, if there is anything.
    pub(crate) fn kept(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

/// The stored form of an attribute.
#[derive(Serialize, Deserialize)]
struct AttributeParts {
    value: Value,
    provenance: Arc<Provenance>,
    rule: Survivorship,
    pinned: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stale_after_days: Option<u32>,
    supporters: Vec<Arc<Provenance>>,
    elements: Vec<Element>,
    others: Vec<Other>,
}

impl From<AttributeParts> for Attribute {
    fn from(parts: AttributeParts) -> Self {
        let AttributeParts { value, provenance, rule, pinned, stale_after_days, supporters, elements, others } = parts;
        let (supporters, elements, others) = (supporters.into(), elements.into(), others.into());
        let contest = Contest { pinned, stale_after_days, supporters, elements, others }.kept();
        Self { value, provenance, rule: HeldRule::of(&rule), contest }
    }
}

impl From<Attribute> for AttributeParts {
    fn from(attribute: Attribute) -> Self {
        let Attribute { value, provenance, rule, contest } = attribute;
        let Contest { pinned, stale_after_days, supporters, elements, others } =
            contest.map(|contest| *contest).unwrap_or_default();
        Self {
            value,
            provenance,
            rule: rule.get().clone(),
            pinned,
            stale_after_days,
            supporters: supporters.into(),
            elements: elements.into(),
            others: others.into(),
        }
    }
}

impl Attribute {
    /// The value, spelled as the winning fact spells it.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The fact that won. For a union the latest fact in force; each of its [`elements`](Self::elements) has its own.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The rule that the schema names for it. A pin wins whatever the rule.
    #[must_use]
    pub fn rule(&self) -> &Survivorship {
        self.rule.get()
    }

    /// Whether a steward pinned the value.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.contest.as_ref().is_some_and(|contest| contest.pinned)
    }

    /// The clock from which on the value is stale: so many days after the last fact that says it. `None`: never. A pin
    /// does not age.
    #[must_use]
    pub fn stale_at(&self) -> Option<Timestamp> {
        let days = self.contest.as_ref()?.stale_after_days.filter(|_| !self.is_pinned())?;
        let said = std::iter::once(self.provenance()).chain(self.supporters()).map(Provenance::at).max()?;
        said.checked_add_signed(TimeDelta::try_days(days.into())?)
    }

    /// Further facts that say the same value, perhaps in another spelling; in canonical order. Empty for a union, whose
    /// elements have their own.
    pub fn supporters(&self) -> Supporters<'_> {
        Supporters(self.contest.as_ref().map_or(&[][..], |contest| &contest.supporters).iter())
    }

    /// The elements of a union, in the order in which they were first said; of a sum or an average what went into it, in
    /// canonical order; empty for every other rule.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        self.contest.as_ref().map_or(&[], |contest| &contest.elements)
    }

    /// The values that lost, in canonical order, each with the reason.
    #[must_use]
    pub fn others(&self) -> &[Other] {
        self.contest.as_ref().map_or(&[], |contest| &contest.others)
    }
}

/// One element of a union, or one amount of a sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    pub(crate) value: Value,
    pub(crate) provenance: Arc<Provenance>,
    pub(crate) supporters: Vec<Arc<Provenance>>,
}

impl Element {
    /// The element, spelled as the fact that said it first.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The fact that said it first, of those whose record says it still.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Further facts that say it.
    pub fn supporters(&self) -> Supporters<'_> {
        Supporters(self.supporters.iter())
    }
}

/// The further facts that say a value, in canonical order.
#[derive(Debug, Clone)]
pub struct Supporters<'a>(slice::Iter<'a, Arc<Provenance>>);

impl<'a> Iterator for Supporters<'a> {
    type Item = &'a Provenance;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(AsRef::as_ref)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Supporters<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(AsRef::as_ref)
    }
}

impl ExactSizeIterator for Supporters<'_> {}

/// A value that lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    pub(crate) value: Value,
    pub(crate) provenance: Arc<Provenance>,
    pub(crate) why: Why,
}

impl Other {
    /// The value; of a union the element.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The fact that says it.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Why it lost.
    #[must_use]
    pub fn why(&self) -> Why {
        self.why
    }
}

/// Why a value lost: the first of these that held, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Why {
    /// Its own record took it back.
    Withdrawn {
        /// The fact that took it back.
        by: FactId,
        /// When.
        at: Timestamp,
    },
    /// Its own record says another value now.
    Superseded,
    /// A steward pinned another value.
    Pinned,
    /// Fewer records say it.
    LessFrequent {
        /// How many records say it.
        records: usize,
        /// How many records say any value.
        of: usize,
    },
    /// Its source comes later in the list of sources.
    LowerPriority,
    /// It is shorter.
    Shorter {
        /// Its characters; 0 where that is not told, as the values are masked.
        chars: usize,
        /// The characters of the value that won, likewise.
        than: usize,
    },
    /// It is larger, and the smallest wins.
    Larger,
    /// It is smaller, and the largest wins.
    Smaller,
    /// It was said earlier; under rules other than `latest`: as good, but earlier.
    Older,
    /// It was said later, and the first wins.
    Newer,
    /// Its record does not say that it is verified.
    Unverified,
    /// Fewer sources say it.
    NoQuorum {
        /// How many sources say it.
        sources: usize,
        /// How many would have been enough.
        of: usize,
    },
    /// The attributes of its group were taken from another record.
    OtherRecord,
    /// It cannot be added to the others: no number, or the sum would have more than 28 digits.
    NotAddable,
    /// Amounts are added and compared in the currency that was said last, and it is in another or in none.
    OtherCurrency,
    /// A custom rule chose otherwise.
    NotChosen,
    /// The custom rule is not registered.
    NoRule,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Withdrawn { at, by: _ } => {
                write!(f, "taken back by its record on {}", at.date_naive())
            }
            Why::Superseded => f.write_str("superseded by a later value of its own record"),
            Why::Pinned => f.write_str("a steward pinned another value"),
            Why::LessFrequent { records, of } => {
                write!(f, "less frequent ({records} of {of} records)")
            }
            Why::LowerPriority => f.write_str("lower source priority"),
            Why::Shorter { than: 0, .. } => f.write_str("shorter"),
            Why::Shorter { chars, than } => write!(f, "shorter ({chars} of {than} characters)"),
            Why::Larger => f.write_str("larger"),
            Why::Smaller => f.write_str("smaller"),
            Why::Older => f.write_str("older"),
            Why::Newer => f.write_str("newer"),
            Why::Unverified => f.write_str("not verified"),
            Why::NoQuorum { sources, of } => write!(f, "fewer sources say it ({sources} of {of})"),
            Why::OtherRecord => f.write_str("its group is taken from another record"),
            Why::NotAddable => f.write_str("cannot be added to the others"),
            Why::OtherCurrency => f.write_str("in another currency than was said last"),
            Why::NotChosen => f.write_str("a custom rule chose otherwise"),
            Why::NoRule => f.write_str("its custom rule is not registered"),
        }
    }
}

packed!(Attribute { value, provenance, rule, contest });
packed!(Contest { pinned, stale_after_days, supporters, elements, others });
packed!(Element { value, provenance, supporters });
packed!(Other { value, provenance, why });
packed!(enum Why {
    1 Withdrawn { by, at },
    2 Superseded {},
    3 Pinned {},
    4 LessFrequent { records, of },
    5 LowerPriority {},
    6 Shorter { chars, than },
    7 Larger {},
    8 Smaller {},
    9 Older {},
    10 Newer {},
    11 Unverified {},
    12 NoQuorum { sources, of },
    13 OtherRecord {},
    14 NotAddable {},
    15 NotChosen {},
    16 NoRule {},
    17 OtherCurrency {},
});

impl DigestInto for Attribute {
    fn digest_into(&self, digester: &mut Digester) {
        let Attribute { value, provenance, rule, contest } = self;
        let (rule, stale_after_days) = (rule.get(), contest.as_ref().and_then(|contest| contest.stale_after_days));
        digester.one(value).one(&**provenance).text(rule_name(rule));
        match rule {
            Survivorship::SourcePriority(sources) => drop(digester.each(sources)),
            Survivorship::VerifiedFirst { by } => drop(digester.one(by)),
            Survivorship::Quorum { sources } => drop(digester.u64(sources.get().into())),
            Survivorship::Custom { name, version } => drop(digester.text(name).u64((*version).into())),
            _ => {}
        }
        digester.u64(stale_after_days.map_or(u64::MAX, u64::from));
        digester.tag(u8::from(self.is_pinned())).each(self.supporters()).each(self.elements()).each(self.others());
    }
}

impl DigestInto for Element {
    fn digest_into(&self, digester: &mut Digester) {
        digester.one(&self.value).one(&*self.provenance).each(self.supporters());
    }
}

impl DigestInto for Other {
    fn digest_into(&self, digester: &mut Digester) {
        digester.one(&self.value).one(&*self.provenance).one(&self.why);
    }
}

impl DigestInto for Why {
    fn digest_into(&self, digester: &mut Digester) {
        match *self {
            Why::Withdrawn { by, at } => digester.tag(1).one(&by).time(at),
            Why::Superseded => digester.tag(2),
            Why::Pinned => digester.tag(3),
            Why::LessFrequent { records, of } => digester.tag(4).u64(records as u64).u64(of as u64),
            Why::LowerPriority => digester.tag(5),
            Why::Shorter { chars, than } => digester.tag(6).u64(chars as u64).u64(than as u64),
            Why::Larger => digester.tag(7),
            Why::Smaller => digester.tag(8),
            Why::Older => digester.tag(9),
            Why::Newer => digester.tag(10),
            Why::Unverified => digester.tag(11),
            Why::NoQuorum { sources, of } => digester.tag(12).u64(sources as u64).u64(of as u64),
            Why::OtherRecord => digester.tag(13),
            Why::NotAddable => digester.tag(14),
            Why::NotChosen => digester.tag(15),
            Why::NoRule => digester.tag(16),
            Why::OtherCurrency => digester.tag(17),
        };
    }
}

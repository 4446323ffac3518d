//! [`Schema`]: what attributes and namespaces mean, declared once.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use crate::identifier::{Namespace, namespace};
use crate::kind::Kind;
use crate::name::{AttributeName, Source, is_same_name, words_are_of};
use crate::personal::names_national_id;

/// What each attribute, namespace and source means. What is not declared has a plain default: an unknown attribute is
/// text and its latest value wins, an unknown namespace names one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schema {
    /// By attribute.
    pub attributes: BTreeMap<AttributeName, AttributeSpec>,
    /// By namespace.
    pub namespaces: BTreeMap<Namespace, NamespaceSpec>,
    /// By source.
    pub sources: BTreeMap<Source, SourceSpec>,
    /// Attributes that win together, by the name of the group. An attribute is in one group: the first that names it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, AttributeGroup>,
}

impl Schema {
    /// What an attribute means, declared or by default.
    #[must_use]
    pub fn attribute(&self, name: &AttributeName) -> AttributeSpec {
        self.attributes.get(name).cloned().unwrap_or_else(|| AttributeSpec::of(Kind::Text))
    }

    /// The attributes that a name stands for: the one that is declared by it, else those whose names are spelt otherwise
    /// ([`is_same_name`]). None if nobody declared it.
    pub fn declared<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a AttributeSpec> {
        let exact = self.attributes.get(name);
        let others =
            self.attributes.iter().filter(move |(other, _)| exact.is_none() && is_same_name(other.as_str(), name));
        exact.into_iter().chain(others.map(|(_, spec)| spec))
    }

    /// What somebody declared of a name, in whatever spelling, and not what a file looked like.
    #[must_use]
    pub fn stated<'a>(&'a self, name: &'a str) -> Option<(&'a AttributeName, &'a AttributeSpec)> {
        self.all_stated(name).next()
    }

    fn all_stated<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a AttributeName, &'a AttributeSpec)> {
        let exact = self.attributes.get_key_value(name).filter(|(_, spec)| !spec.found);
        let stated = self.attributes.iter().filter(move |(_, spec)| exact.is_none() && !spec.found);
        exact.into_iter().chain(stated.filter(|(other, _)| is_same_name(other.as_str(), name)))
    }

    /// How personal is what stands under a name: as an attribute, as a property of an event at any depth, or as an
    /// identifier of that namespace, in whatever spelling. What nobody declared may be anything, and counts as personal;
    /// under the name of a number that a state gave somebody (`ssn`, `passport_no`) it is sensitive, as it would be if an
    /// attribute were recognised by it; and what nobody declared, but holds the words of a name that somebody did, is no less personal
    /// than that: a `diagnosis` within `patient` is read as `patient_diagnosis`, a `code` within it as `diagnosis_code`.
    ///
    /// ```
    /// use onefold_fact::{AttributeSpec, Kind, PiiClass, Schema};
    ///
    /// let mut schema = Schema::default();
    /// schema.attributes.insert("national_id".into(), AttributeSpec::of(Kind::NationalId));
    /// assert_eq!(schema.pii("nationalId"), PiiClass::Sensitive);
    /// assert_eq!(schema.pii("nickname"), PiiClass::Personal);
    /// assert_eq!(schema.pii("payerSSN"), PiiClass::Sensitive);
    /// ```
    #[must_use]
    pub fn pii(&self, name: &str) -> PiiClass {
        self.pii_within(name).unwrap_or(PiiClass::Personal)
    }

    /// The same of a name within a value; `None` where nothing is known of it, so that it is as personal as the value.
    #[must_use]
    pub fn pii_within(&self, name: &str) -> Option<PiiClass> {
        let stated = self.all_stated(name).map(|(_, spec)| spec.pii).max();
        if stated.is_some() {
            return stated;
        }
        let found = self.declared(name).map(|spec| spec.pii).max();
        let of_held = self.holders_of(name).map(|spec| spec.pii).max().filter(|class| *class > PiiClass::None);
        found.max(of_held).or_else(|| names_national_id(name).then_some(PiiClass::Sensitive))
    }

    /// What is declared of the names that a name is of ([`is_of_name`](crate::is_of_name)).
    fn holders_of(&self, name: &str) -> impl Iterator<Item = &AttributeSpec> {
        let words = AttributeName::from_header(name);
        let closed = |spec: &AttributeSpec| !spec.found && (spec.pii > PiiClass::None || !spec.purposes.is_empty());
        let held = self.attributes.iter().filter(move |(_, spec)| closed(spec));
        held.filter(move |(other, _)| words_are_of(&words, other.as_str())).map(|(_, spec)| spec)
    }

    /// Whether what stands under a name may serve a purpose: where the attribute of that name names its purposes, those
    /// only; and so of what nobody declared whose name holds that.
    #[must_use]
    pub fn serves(&self, name: &str, purpose: &str) -> bool {
        let serves = |spec: &AttributeSpec| spec.purposes.is_empty() || spec.purposes.iter().any(|it| it == purpose);
        let mut stated = self.all_stated(name).map(|(_, spec)| spec).peekable();
        if stated.peek().is_some() { stated.all(serves) } else { self.holders_of(name).all(serves) }
    }

    /// How identifiers of a namespace behave, declared or by default.
    #[must_use]
    pub fn namespace(&self, name: &Namespace) -> NamespaceSpec {
        self.namespaces.get(name).cloned().unwrap_or_default()
    }
}

/// The namespaces that onefold knows, no attributes, no sources.
impl Default for Schema {
    fn default() -> Self {
        let shareable = |priority| NamespaceSpec { shareable: true, priority, ..NamespaceSpec::default() };
        let namespaces = [
            (namespace::USER_ID, NamespaceSpec { exclusive: true, priority: 1, ..NamespaceSpec::default() }),
            (namespace::EMAIL, NamespaceSpec { priority: 2, ..NamespaceSpec::default() }),
            (namespace::PHONE, NamespaceSpec { priority: 3, ..NamespaceSpec::default() }),
            (namespace::ANONYMOUS, shareable(90)),
            (namespace::DEVICE, shareable(91)),
        ];
        Self {
            attributes: BTreeMap::new(),
            namespaces: namespaces.into_iter().map(|(name, spec)| (name.into(), spec)).collect(),
            sources: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }
}

/// What an attribute means. Where JSON does not say which value wins or how personal it is, that follows from the kind.
///
/// ```
/// use onefold_fact::{AttributeSpec, Kind, PiiClass};
///
/// let email: AttributeSpec = serde_json::from_str(r#"{"kind": "email"}"#)?;
/// assert_eq!(email, AttributeSpec::of(Kind::Email));
/// let plan: AttributeSpec = serde_json::from_str(r#"{"kind": "category", "survivorship": "first"}"#)?;
/// assert_eq!(plan.pii, PiiClass::None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StatedSpec")]
pub struct AttributeSpec {
    /// Its kind.
    pub kind: Kind,
    /// Which of its values wins.
    pub survivorship: Survivorship,
    /// How personal it is.
    pub pii: PiiClass,
    /// What it may be used for; empty: anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<String>,
    /// After how many days (of 24 hours) without a fact that says it again a value is stale; none: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_after_days: Option<u32>,
    /// Nobody declared it: a file looks so ([`found`](Self::found)). What somebody declares takes its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub found: bool,
}

/// What JSON says of an attribute.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatedSpec {
    kind: Kind,
    survivorship: Option<Survivorship>,
    pii: Option<PiiClass>,
    #[serde(default)]
    purposes: Vec<String>,
    stale_after_days: Option<u32>,
    #[serde(default)]
    found: bool,
}

impl From<StatedSpec> for AttributeSpec {
    fn from(stated: StatedSpec) -> Self {
        let StatedSpec { kind, survivorship, pii, purposes, stale_after_days, found } = stated;
        let of_kind = Self::of(kind);
        Self {
            kind,
            survivorship: survivorship.unwrap_or(of_kind.survivorship),
            pii: pii.unwrap_or(of_kind.pii),
            purposes,
            stale_after_days,
            found,
        }
    }
}

impl AttributeSpec {
    /// The defaults of a kind.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        let (survivorship, pii) = (kind.survivorship(), kind.pii());
        Self { kind, survivorship, pii, purposes: Vec::new(), stale_after_days: None, found: false }
    }

    /// What is known of an attribute that nobody declared, where only its values told its kind. Under a name that is not
    /// the kind's own it may be anything, and counts as personal: a `diagnosis` is text as a `colour` is.
    ///
    /// ```
    /// use onefold_fact::{AttributeSpec, Kind, PiiClass};
    ///
    /// assert_eq!(AttributeSpec::found("city", Kind::City).pii, PiiClass::None);
    /// assert_eq!(AttributeSpec::found("diagnosis", Kind::Text).pii, PiiClass::Personal);
    /// ```
    #[must_use]
    pub fn found(name: &str, kind: Kind) -> Self {
        let spec = Self::of(kind);
        let pii = if kind.attribute() == Some(name) { spec.pii } else { spec.pii.max(PiiClass::Personal) };
        Self { pii, found: true, ..spec }
    }

    /// The same with another survivorship.
    #[must_use]
    pub fn surviving_by(mut self, survivorship: Survivorship) -> Self {
        self.survivorship = survivorship;
        self
    }
}

/// Which value of an attribute wins. Every rule ends in the canonical order of facts, so no tie is left to chance.
///
/// A record speaks with its latest value, except for [`Latest`](Survivorship::Latest) and
/// [`First`](Survivorship::First), which look at all that was ever said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Survivorship {
    /// The value that was said last, by event time.
    #[default]
    Latest,
    /// The value that was said first.
    First,
    /// The value that most records say; among equals the latest.
    MostFrequent,
    /// The value of the first source in this list that has one, by its latest; sources not listed come last.
    SourcePriority(Vec<Source>),
    /// The value with the most characters; among equals the latest.
    Longest,
    /// The smallest value; text by its standard form.
    Smallest,
    /// The largest value.
    Largest,
    /// All distinct values as one list; lists are taken apart.
    Union,
    /// The sum of what the records say: of numbers, or of money in the currency that was said last.
    Sum,
    /// The average of what the records say, likewise.
    Average,
    /// The value of a record that also says that it is verified; among equals the latest.
    VerifiedFirst {
        /// The attribute that says so, by `true`: `email_verified`.
        by: AttributeName,
    },
    /// The value that most sources say, if so many say it; among equals the latest. Otherwise there is no value.
    Quorum {
        /// How many sources must agree.
        sources: NonZeroU16,
    },
    /// A rule that the embedding program registers under this name and version.
    Custom {
        /// Its name.
        name: String,
        /// Its version: another version is another rule.
        version: u32,
    },
}

/// Attributes that win together: they are all taken from one record, so that a street never stands beside the town of
/// another address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeGroup {
    /// The attributes.
    pub attributes: BTreeSet<AttributeName>,
    /// Which record they are taken from.
    #[serde(default)]
    pub taken_from: GroupRule,
}

/// Which record a group of attributes is taken from; among equals the one that spoke of them last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GroupRule {
    /// The one that spoke of them last.
    #[default]
    Latest,
    /// The one with most of the attributes.
    MostComplete,
    /// The one of the first source in this list that has any of them; sources not listed come last.
    SourcePriority(Vec<Source>),
}

/// How personal an attribute is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PiiClass {
    /// Says nothing about who somebody is.
    #[default]
    None,
    /// Points at a person.
    Personal,
    /// Needs special protection.
    Sensitive,
}

/// How the identifiers of a namespace behave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NamespaceSpec {
    /// Several people may use one value, each for a while: a browser, a device. Such a record is cut where another
    /// person signs in, and the identifier itself joins nobody.
    pub shareable: bool,
    /// A customer has at most one value.
    pub exclusive: bool,
    /// Records with one value are one customer, whatever else they say, unless an exclusive identifier or a steward
    /// tells them apart: the id that people sign in with. It does not count for e-mail addresses and telephone numbers.
    pub joins: bool,
    /// Under how many different names (pairs of initials) a value may be held before it says nothing any more; 8 where
    /// nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_by: Option<u16>,
    /// Values that say nothing, as patterns in which a `*` stands for any characters: `guest`, `*@internal.example`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
    /// Which identifier names a record that has no key of its own: the smallest number.
    pub priority: u8,
}

impl Default for NamespaceSpec {
    fn default() -> Self {
        Self { shareable: false, exclusive: false, joins: false, shared_by: None, never: Vec::new(), priority: 50 }
    }
}

/// How a source delivers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceSpec {
    /// Whether a delivery adds to what was said, or replaces it.
    pub mode: SourceMode,
}

/// Whether a delivery adds to what a source said before, or replaces it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceMode {
    /// What is delivered is added; what is absent stays as it was.
    #[default]
    Upsert,
    /// A complete delivery replaces all earlier ones: what is absent is gone.
    Snapshot,
}

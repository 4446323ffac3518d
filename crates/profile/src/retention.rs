//! [`Retention`]: which facts are due to go by their age; and [`Licences`]: which may no longer be shown.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use onefold_fact::{Body, Configuration, Fact, FactId, Source, Standing, Timestamp};
use serde::{Deserialize, Serialize};

/// How long facts are kept: configuration, which is adopted. It says what is due; taking facts away is an erasure, which
/// the caller decides.
///
/// ```
/// use onefold_fact::{Body, Draft, FactSet, RecordKey};
/// use onefold_profile::Retention;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let retention: Retention = serde_json::from_str(r#"{"rules": {"web views": {"event": "Viewed", "days": 30}}}"#)?;
/// let viewed = Draft::new("web", Body::event("Viewed", [("sku", "A-1")])).key(RecordKey::person("u42"));
/// let facts = FactSet::from_iter([viewed.received("monday", "2026-03-01T09:00:00Z".parse()?)]);
///
/// let due = |at: &str| -> Result<_, Box<dyn std::error::Error>> { Ok(retention.due(facts.standing(None), at.parse()?)) };
/// assert_eq!(due("2026-03-31T08:59:59Z")?.facts, []);
/// assert_eq!(due("2026-03-31T08:59:59Z")?.next_change_at, Some("2026-03-31T09:00:00Z".parse()?));
/// assert_eq!(due("2026-03-31T09:00:00Z")?.facts[0].rule, "web views");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// By the name of the rule. A fact that several rules cover goes when the first of them says so.
    pub rules: BTreeMap<String, RetentionRule>,
}

/// How long some facts are kept. What it does not name is not asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// Facts of this source only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Events of this name only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// For how many days (of 24 hours) from the time at which a fact counts.
    pub days: u32,
}

impl RetentionRule {
    /// Facts that govern others (decisions, configurations, retractions, erasures) and choices about consent, which are
    /// proof, are never covered.
    fn covers(&self, fact: &Fact) -> bool {
        let of_event = match (&self.event, fact.body()) {
            (Some(event), Body::Event { name, .. }) => event == name,
            (None, Body::Set(_) | Body::Unset(_) | Body::Event { .. } | Body::Group(_) | Body::Object(_)) => true,
            _ => false,
        };
        of_event && self.source.as_ref().is_none_or(|source| source == fact.source())
    }
}

/// What is due to go at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due<'r> {
    /// The facts, by the time since which they are due, then by id.
    pub facts: Vec<DueFact<'r>>,
    /// When the next of the other facts will be due; `None` if none will.
    pub next_change_at: Option<Timestamp>,
}

/// A fact that is due to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueFact<'r> {
    /// The fact.
    pub fact: FactId,
    /// Since when.
    pub since: Timestamp,
    /// The rule by which.
    pub rule: &'r str,
}

impl Retention {
    /// Which of these facts are due to go at a time, and when the next will be.
    #[must_use]
    pub fn due<'a>(&self, facts: impl IntoIterator<Item = Standing<'a>>, at: Timestamp) -> Due<'_> {
        let mut due = Due::default();
        for standing in facts {
            let covering = self.rules.iter().filter(|(_, rule)| rule.covers(standing.fact()));
            let ends = covering.filter_map(|(name, rule)| Some((after(standing.at(), rule.days)?, name.as_str())));
            match ends.min() {
                Some((since, rule)) if since <= at => {
                    due.facts.push(DueFact { fact: standing.fact().id(), since, rule });
                }
                Some((later, _)) => due.next_change_at = earlier(due.next_change_at, later),
                None => {}
            }
        }
        due.facts.sort_by_key(|it| (it.since, it.fact));
        due
    }
}

/// Until when data of a source may be used: configuration, which is adopted. A source that is not named may be used for
/// ever.
///
/// ```
/// use onefold_fact::{Body, Draft, FactSet, RecordKey};
/// use onefold_profile::Licences;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let licences: Licences = serde_json::from_str(r#"{"sources": {"bought": {"days": 365}}}"#)?;
/// let draft = Draft::new("bought", Body::set([("income", "high")])).key(RecordKey::person("1"));
/// let facts = FactSet::from_iter([draft.received("list of 2025", "2025-03-01T00:00:00Z".parse()?)]);
/// let fact = facts.standing(None)[0];
/// assert!(licences.allow(&fact, "2026-02-28T23:59:59Z".parse()?));
/// assert!(!licences.allow(&fact, "2026-03-01T00:00:00Z".parse()?));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Licences {
    /// By source.
    pub sources: BTreeMap<Source, Licence>,
}

/// Until when data may be used; of two limits the earlier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Licence {
    /// For how many days (of 24 hours) from the time of arrival.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Until this time, which is no longer within it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Licences {
    /// When the licence of a fact ends; `None` if it never does, as that of a choice about consent, which is proof.
    #[must_use]
    pub fn end(&self, fact: &Standing<'_>) -> Option<Timestamp> {
        if matches!(fact.fact().body(), Body::Consent(_)) {
            return None;
        }
        let licence = self.sources.get(fact.fact().source())?;
        let by_age = licence.days.and_then(|days| after(fact.order().received_at(), days));
        by_age.into_iter().chain(licence.until).min()
    }

    /// Whether a fact may be used at a time. Fold only such facts, and what is past its licence shows nowhere.
    #[must_use]
    pub fn allow(&self, fact: &Standing<'_>, at: Timestamp) -> bool {
        self.end(fact).is_none_or(|end| at < end)
    }

    /// When the first of the licences that hold at a time ends: until then the facts that may be used stay the same.
    #[must_use]
    pub fn next_change_at<'a>(
        &self,
        facts: impl IntoIterator<Item = Standing<'a>>,
        at: Timestamp,
    ) -> Option<Timestamp> {
        facts.into_iter().filter_map(|fact| self.end(&fact)).filter(|end| at < *end).min()
    }
}

/// `None` if that is beyond the calendar.
fn after(at: Timestamp, days: u32) -> Option<Timestamp> {
    at.checked_add_signed(TimeDelta::try_days(i64::from(days))?)
}

fn earlier(one: Option<Timestamp>, other: Timestamp) -> Option<Timestamp> {
    one.into_iter().chain([other]).min()
}

impl Retention {
    /// The part of the configuration that it is.
    pub const PART: &str = "retention";
}

impl TryFrom<&Retention> for Configuration {
    type Error = serde_json::Error;

    fn try_from(of: &Retention) -> Result<Self, Self::Error> {
        Ok(Self { part: Retention::PART.to_owned(), name: String::new(), json: serde_json::to_string(of)? })
    }
}

impl Licences {
    /// The part of the configuration that it is.
    pub const PART: &str = "licences";
}

impl TryFrom<&Licences> for Configuration {
    type Error = serde_json::Error;

    fn try_from(of: &Licences) -> Result<Self, Self::Error> {
        Ok(Self { part: Licences::PART.to_owned(), name: String::new(), json: serde_json::to_string(of)? })
    }
}

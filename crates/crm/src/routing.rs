//! [`Routing`]: among whom leads are shared, as configuration; what each has so far is read from the log.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use chrono::TimeDelta;
use onefold_fact::{Configuration, Timestamp};
use onefold_segment::{Rule, Subject};
use serde::{Deserialize, Serialize};

use crate::assign::{Assignment, Candidate, Method, assign};
use crate::lead::{LeadOutcome, LeadStatus};

/// Among whom leads are shared. Who gets the next one follows from it and from the log alone, so it can be replayed.
///
/// ```
/// use onefold_crm::{Method, Routing};
///
/// let routing: Routing = serde_json::from_str(r#"{
///     "method": "weighted",
///     "users": [
///         {"user": "ana", "weight": 2, "capacity": 30},
///         {"user": "ben", "territory": "country = \"CH\" or employees >= 500"}
///     ]
/// }"#)?;
/// assert_eq!((routing.method, routing.users.len()), (Method::Weighted, 2));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// How one of them is chosen; in turn, if not said.
    #[serde(default)]
    pub method: Method,
    /// Among whom.
    pub users: Vec<Routed>,
    /// Of how many days what was given counts for shares: whoever comes new, or back, catches up with those only. 30, if not
    /// said.
    #[serde(default = "month")]
    pub days: NonZeroU32,
}

impl Default for Routing {
    fn default() -> Self {
        Self { method: Method::default(), users: Vec::new(), days: month() }
    }
}

const fn month() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(29)
}

/// Somebody whom leads are given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routed {
    /// The user.
    pub user: String,
    /// The share, beside those of others; 1, if not said.
    #[serde(default = "one")]
    pub weight: NonZeroU32,
    /// The most open leads that they take; no limit, if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// What they are there for: a rule on the lead and what its customer did; everything, if not said.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::pipeline::maybe_as_text")]
    pub territory: Option<Rule>,
}

fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// What somebody was given so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Workload {
    /// Leads that are theirs and neither converted nor disqualified.
    pub open: u32,
    /// How often a lead became theirs, of late.
    pub given: u64,
    /// When one last did.
    pub last_given_at: Option<Timestamp>,
}

impl Workload {
    /// By user, of what happened to each lead up to a clock. What was given counts from `since` on.
    #[must_use]
    pub fn by_user<'a>(
        leads: impl IntoIterator<Item = &'a [(Timestamp, LeadOutcome)]>,
        (since, clock): (Timestamp, Timestamp),
    ) -> BTreeMap<String, Self> {
        let mut users: BTreeMap<String, Self> = BTreeMap::new();
        for lead in leads {
            let mut owner: Option<&String> = None;
            let mut is_open = true;
            for (at, outcome) in lead.iter().filter(|(at, _)| *at <= clock) {
                match outcome {
                    LeadOutcome::Assigned { owner: now, .. } => {
                        if let Some(user) = now.as_ref().filter(|now| Some(*now) != owner) {
                            let of = users.entry(user.clone()).or_default();
                            of.given += u64::from(*at >= since);
                            of.last_given_at = of.last_given_at.max(Some(*at));
                        }
                        owner = now.as_ref();
                    }
                    LeadOutcome::Status { status, .. } => is_open = *status != LeadStatus::Disqualified,
                    LeadOutcome::Converted(_) => is_open = false,
                    LeadOutcome::Captured { .. } | LeadOutcome::Described { .. } => {}
                }
            }
            if let Some(of) = owner.filter(|_| is_open).and_then(|owner| users.get_mut(owner)) {
                of.open += 1;
            }
        }
        users
    }
}

impl Routing {
    /// The part of the configuration that it is.
    pub const PART: &str = "routing";

    /// It as configuration under a name.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn configuration(&self, name: &str) -> Result<Configuration, serde_json::Error> {
        Ok(Configuration { part: Self::PART.to_owned(), name: name.to_owned(), json: serde_json::to_string(self)? })
    }

    /// From when on what was given counts, at a clock.
    #[must_use]
    pub fn since(&self, at: Timestamp) -> Timestamp {
        at.checked_sub_signed(TimeDelta::days(i64::from(self.days.get()))).unwrap_or(Timestamp::MIN_UTC)
    }

    /// What cannot be in it; nothing, if it can be adopted.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let mut seen = BTreeSet::new();
        if self.users.is_empty() {
            return Some("`users` is empty: name one at least".to_owned());
        }
        let twice = self.users.iter().find(|of| !seen.insert(&of.user))?;
        Some(format!("`{}` stands in `users` twice: name each user once", twice.user))
    }

    /// Who gets a lead, by what each was given so far. `away` are those who get nothing now.
    #[must_use]
    pub fn assign(
        &self,
        so_far: &BTreeMap<String, Workload>,
        away: &BTreeSet<String>,
        subject: &dyn Subject,
        at: Timestamp,
    ) -> Assignment {
        let candidate = |routed: &Routed| {
            let Workload { open, given, last_given_at } = so_far.get(&routed.user).copied().unwrap_or_default();
            Candidate {
                user: routed.user.clone(),
                weight: routed.weight,
                capacity: routed.capacity,
                open,
                given,
                last_given_at,
                available: !away.contains(&routed.user),
                territory: routed.territory.clone(),
            }
        };
        let candidates: Vec<Candidate> = self.users.iter().map(candidate).collect();
        assign(self.method, &candidates, subject, at)
    }
}

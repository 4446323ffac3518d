//! [`assign`]: who gets the next lead or ticket, and why nobody else does.

use std::fmt;
use std::num::NonZeroU32;

use onefold_fact::Timestamp;
use onefold_segment::{Definition, Rule, Subject};
use serde::{Deserialize, Serialize};

/// How one of several is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// In turn: who has waited longest.
    #[default]
    RoundRobin,
    /// Who has least open work.
    LeastBusy,
    /// By weight: who is furthest behind their share. In the long run everybody has theirs, without runs of one user.
    Weighted,
}

/// Somebody who may get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The user.
    pub user: String,
    /// The share, beside those of others.
    pub weight: NonZeroU32,
    /// The most open work that they take; no limit if not said.
    pub capacity: Option<u32>,
    /// How much they have open.
    pub open: u32,
    /// How much they were given so far.
    pub given: u64,
    /// When they were last given something.
    pub last_given_at: Option<Timestamp>,
    /// Whether they are there.
    pub available: bool,
    /// What they are there for; everything if not said.
    #[serde(skip)]
    pub territory: Option<Rule>,
}

impl Candidate {
    /// Somebody who is there for everything, and has nothing yet.
    #[must_use]
    pub fn new(user: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            weight: NonZeroU32::MIN,
            capacity: None,
            open: 0,
            given: 0,
            last_given_at: None,
            available: true,
            territory: None,
        }
    }
}

/// Who gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// The user; nobody, if all are passed over.
    pub user: Option<String>,
    /// Everybody else, by name, with the reason.
    pub passed_over: Vec<(String, PassedOver)>,
}

/// Why somebody does not get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOver {
    /// They are not there.
    Away,
    /// It is not what they are there for.
    OutsideTerritory,
    /// They have as much as they take.
    Full,
    /// It is somebody else's turn.
    NotTheirTurn,
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Away => "is away",
            Self::OutsideTerritory => "is there for others",
            Self::Full => "has as much as they take",
            Self::NotTheirTurn => "it is somebody else's turn",
        })
    }
}

/// Who gets a subject. The same candidates give the same answer, in whatever order they come: ties go to the name that
/// comes first.
///
/// ```
/// use onefold_crm::{Candidate, Method, assign};
///
/// let mut team = ["ana", "ben"].map(Candidate::new);
/// team[1].weight = std::num::NonZeroU32::new(2).ok_or("two")?;
/// let mut turns = String::new();
/// # let lead = onefold_crm::Lead::default();
/// for _ in 0..6 {
///     let got = assign(Method::Weighted, &team, &lead.subject(None), "2026-03-01T09:00:00Z".parse()?);
///     let got = got.user.ok_or("somebody")?;
///     turns += &got[..1];
///     team.iter_mut().find(|of| of.user == got).ok_or("there")?.given += 1;
/// }
/// assert_eq!(turns, "babbab");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn assign(method: Method, candidates: &[Candidate], subject: &dyn Subject, at: Timestamp) -> Assignment {
    let hindrance = |candidate: &Candidate| {
        let outside = candidate
            .territory
            .clone()
            .is_some_and(|rule| !Definition::try_from(rule).is_ok_and(|rule| rule.evaluate(subject, at).holds));
        if !candidate.available {
            Some(PassedOver::Away)
        } else if outside {
            Some(PassedOver::OutsideTerritory)
        } else if candidate.capacity.is_some_and(|most| candidate.open >= most) {
            Some(PassedOver::Full)
        } else {
            None
        }
    };
    let mut passed_over = Vec::new();
    let mut left: Vec<&Candidate> = Vec::new();
    for candidate in candidates {
        match hindrance(candidate) {
            Some(why) => passed_over.push((candidate.user.clone(), why)),
            None => left.push(candidate),
        }
    }
    let waited = |candidate: &Candidate| (candidate.last_given_at, candidate.given);
    // What each would have had of a unit of weight if it got this one too.
    let had = |a: &Candidate, b: &Candidate| {
        let (of_a, of_b) = (u128::from(a.given) + 1, u128::from(b.given) + 1);
        (of_a * u128::from(b.weight.get())).cmp(&(of_b * u128::from(a.weight.get())))
    };
    let chosen = left.iter().copied().min_by(|a, b| {
        let by_method = match method {
            Method::RoundRobin => waited(a).cmp(&waited(b)),
            Method::LeastBusy => a.open.cmp(&b.open).then(waited(a).cmp(&waited(b))),
            // Where they are level the smaller share goes first, so that the larger one comes in no runs.
            Method::Weighted => had(a, b).then(a.weight.cmp(&b.weight)),
        };
        by_method.then_with(|| a.user.cmp(&b.user))
    });
    let user = chosen.map(|candidate| candidate.user.clone());
    let others = left.into_iter().filter(|candidate| Some(&candidate.user) != user.as_ref());
    passed_over.extend(others.map(|candidate| (candidate.user.clone(), PassedOver::NotTheirTurn)));
    passed_over.sort();
    Assignment { user, passed_over }
}

//! [`Placement`]: which of several things a customer is shown or sent, and why.

mod check;
mod choose;

use std::fmt;

use onefold_fact::{Body, Configuration, Timestamp, Value};
use onefold_profile::{ConsentState, Span};
use onefold_segment::{Explanation, Rule};
use serde::{Deserialize, Serialize};

use crate::document::{moment, rule_text};

/// A place that holds one of several things: a banner, a slot in a mail, the next best offer. [`choose`](Self::choose) says
/// which one a customer gets, and of every candidate why or why not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// Its name: what exposures are counted under, and hold-outs drawn by.
    pub name: String,
    /// How many customers get nothing, to see what the rest do because of it: `10%`. Always the same ones.
    #[serde(default, skip_serializing_if = "Share::is_none")]
    pub hold_out: Share,
    /// What the use of the data is for: only who consented to that gets anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How often a customer gets anything here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Cap>,
    /// What decides first between those that are left.
    #[serde(default)]
    pub order: Order,
    /// The candidates. Between equals the first is taken.
    pub candidates: Vec<Candidate>,
}

/// Something that can be chosen: content, an offer and a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Its name, one of its own in the placement.
    pub name: String,
    /// What is shown or sent: the name of a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// What is offered with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// How it comes: `email`, `web`. Consent is asked for this channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Who can get it: a rule, as text. Without one, everybody.
    #[serde(default, with = "rule_text", skip_serializing_if = "Option::is_none")]
    pub when: Option<Rule>,
    /// From when on.
    #[serde(default, with = "moment", skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Until when, that moment not included.
    #[serde(default, with = "moment", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What the use of the data is for, if it is for something else than the placement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How often a customer gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Cap>,
    /// How important it is: the highest is taken.
    #[serde(default)]
    pub priority: i64,
    /// What speaks for it: points by rule, added up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub score: Vec<Points>,
}

/// Points for who meets a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// The rule, as text.
    #[serde(default, with = "rule_text")]
    pub when: Option<Rule>,
    /// How many; negative, if it speaks against.
    pub points: i64,
}

/// How often, at most: so many times in the time before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// So many times.
    pub most: u32,
    /// In so much time: `7d`.
    pub within: Span,
}

/// What decides first between candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Priority, then score.
    #[default]
    Priority,
    /// Score, then priority.
    Score,
}

/// A share of all customers, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Share(u16);

impl Share {
    /// So many hundredths of a percent; `None` above 10,000.
    #[must_use]
    pub fn of_ten_thousand(share: u16) -> Option<Self> {
        (share <= 10_000).then_some(Self(share))
    }

    /// In hundredths of a percent.
    #[must_use]
    pub fn ten_thousandths(self) -> u16 {
        self.0
    }

    /// Whether it is of nobody.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        if rest == 0 { write!(f, "{whole}%") } else { write!(f, "{whole}.{rest:02}%") }
    }
}

impl From<Share> for String {
    fn from(share: Share) -> Self {
        share.to_string()
    }
}

impl TryFrom<String> for Share {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let number = text.trim().strip_suffix('%').map(str::trim);
        let read = number.and_then(|number| {
            let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
            let rest = format!("{rest:0<2}");
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok());
            let (whole, rest) = (digits(whole)??, digits(&rest).filter(|_| rest.len() == 2)??);
            Self::of_ten_thousand(whole.checked_mul(100)?.checked_add(rest)?)
        });
        read.ok_or_else(|| format!("`{text}` is no share, expected a percentage from `0%` to `100%`"))
    }
}

/// What was chosen for a customer at a moment, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The candidate, by its place. `None`: the customer gets nothing.
    pub chosen: Option<usize>,
    /// The one that a held-out customer would have got.
    pub held_out: Option<usize>,
    /// Every candidate, in the order in which they stand in the placement.
    pub considered: Vec<Considered>,
    /// The first moment after this one at which time alone may change the choice. `None`: never.
    pub next_change_at: Option<Timestamp>,
}

/// A candidate, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// Its name.
    pub candidate: String,
    /// Its points.
    pub score: i64,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It is the one.
    Chosen,
    /// It would be the one, but the customer is held out.
    HeldOut,
    /// Another one comes before it.
    Outranked {
        /// Which.
        by: String,
    },
    /// It begins later.
    NotYet {
        /// When.
        from: Timestamp,
    },
    /// It is over.
    Over {
        /// Since when.
        since: Timestamp,
    },
    /// The customer does not meet its rule.
    NotEligible(Explanation),
    /// The customer did not consent.
    NoConsent {
        /// To what.
        purpose: String,
        /// For which channel.
        channel: Option<String>,
        /// What was said.
        state: ConsentState,
    },
    /// The customer had it, or anything here, as often as may be.
    Capped {
        /// How often.
        times: u32,
        /// By which cap.
        cap: Cap,
        /// From when on the cap is no longer reached.
        until: Timestamp,
    },
}

impl Placement {
    /// The part of the configuration that placements are, each under its name.
    pub const PART: &str = "placement";
    /// What the event on a customer's timeline is called that says what the customer got.
    pub const EXPOSURE: &str = "Content Shown";

    /// This placement as a part of the configuration.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn configuration(&self) -> Result<Configuration, serde_json::Error> {
        let json = serde_json::to_string(self)?;
        Ok(Configuration { part: Self::PART.to_owned(), name: self.name.clone(), json })
    }

    /// What to accept of a customer who got what was chosen: caps count these events. `None` if nothing was.
    #[must_use]
    pub fn exposure(&self, choice: &Choice) -> Option<Body> {
        let Candidate { name, content, offer, channel, .. } = self.candidates.get(choice.chosen?)?;
        let said = [
            ("placement", Some(&self.name)),
            ("candidate", Some(name)),
            ("content", content.as_ref()),
            ("offer", offer.as_ref()),
            ("channel", channel.as_ref()),
        ];
        let said = said.into_iter().filter_map(|(property, value)| Some((property, Value::from(value?.as_str()))));
        Some(Body::event(Self::EXPOSURE, said))
    }
}

/// For people: each candidate on a line, the one that was chosen first.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = |it: &&Considered| !matches!(it.verdict, Verdict::Chosen | Verdict::HeldOut);
        let mut all: Vec<&Considered> = self.considered.iter().collect();
        all.sort_by_key(first);
        if self.chosen.is_none() {
            f.write_str("nothing\n")?;
        }
        for Considered { candidate, score, verdict } in all {
            writeln!(f, "{candidate} ({score} points): {verdict}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chosen => f.write_str("chosen"),
            Self::HeldOut => f.write_str("it would be chosen, but the customer is held out"),
            Self::Outranked { by } => write!(f, "`{by}` comes before it"),
            Self::NotYet { from } => write!(f, "it begins {}", from.format("%Y-%m-%d %H:%M")),
            Self::Over { since } => write!(f, "it was over {}", since.format("%Y-%m-%d %H:%M")),
            Self::NotEligible(explanation) => {
                let said = explanation.to_string();
                let reasons: Vec<&str> =
                    said.lines().skip(1).take_while(|line| line.starts_with(' ')).map(str::trim).collect();
                write!(f, "not eligible: {}", reasons.join("; "))
            }
            Self::NoConsent { purpose, channel, state } => {
                write!(f, "no consent to {purpose}")?;
                if let Some(channel) = channel {
                    write!(f, " by {channel}")?;
                }
                write!(f, ": {state}")
            }
            Self::Capped { times, cap, until } => {
                let times = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
                write!(f, "{times} in the last {}: not before {}", cap.within, until.format("%Y-%m-%d %H:%M"))
            }
        }
    }
}

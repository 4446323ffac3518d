//! [`Interaction`]: one conversation, call, meeting or note, and who took part.

mod contact;
mod decide;
mod ours;
mod permission;
mod words;

use std::collections::BTreeMap;

use chrono_tz::Tz;
use onefold_fact::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::contact::{ContactHistory, Owed, Side, Talk};
pub use self::decide::{InteractionCommand, decide_interaction};
pub use self::ours::Ours;
pub use self::permission::Permission;
pub use self::words::{Direction, InteractionKind, Participant, Reference, Response, Revision, Role, Sentiment};
use crate::object::Aggregate;
use crate::recurrence::Recurrence;

/// One interaction. It is made by [`fold`](crate::fold) from the facts about it.
///
/// It may be of several customers. Each of them has a fact of their own, which names nobody else of them; so what one of
/// them takes along by an erasure is what was theirs, and the interaction of the others stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Interaction {
    /// What it is; none, if all of it was taken back.
    pub kind: Option<InteractionKind>,
    /// From whom to whom.
    pub direction: Direction,
    /// When it was, or of a meeting when it begins.
    pub at: Option<Timestamp>,
    /// Who takes part, by address and role.
    pub participants: BTreeMap<(String, Role), Participant>,
    /// What is said of it.
    pub details: Details,
    /// By what a message is known, and what it answers.
    pub message: Option<MessageIds>,
    /// Why it was written by a program, if it was.
    pub automatic: Option<String>,
    /// Which version of an invitation it is.
    pub revision: Revision,
    /// By address, what was answered to an invitation, and to which version of it.
    pub answers: BTreeMap<String, (Revision, Response)>,
    /// The newest version that called it off.
    pub cancelled: Option<Revision>,
}

/// What is said of an interaction. What is not said stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Details {
    /// Its subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What was written or noted, without what it quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where the whole body is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Reference>,
    /// What is attached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Reference>,
    /// What came of it: `reached`, `voicemail`, `no show`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// How long it took, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// How it is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
    /// In which language: a tag of BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Whether it is of whole days, which begin at midnight wherever they are looked at; they are kept as those of UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_day: Option<bool>,
    /// Of a series of meetings: when it recurs, as lines that [`Recurrence`](crate::Recurrence) reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
}

impl Details {
    /// Takes over what another says.
    fn take(&mut self, other: &Self) {
        fn over<T: Clone>(to: &mut Option<T>, from: &Option<T>) {
            if from.is_some() {
                to.clone_from(from);
            }
        }
        over(&mut self.all_day, &other.all_day);
        over(&mut self.series, &other.series);
        over(&mut self.subject, &other.subject);
        over(&mut self.text, &other.text);
        over(&mut self.body, &other.body);
        over(&mut self.outcome, &other.outcome);
        over(&mut self.duration, &other.duration);
        over(&mut self.sentiment, &other.sentiment);
        over(&mut self.language, &other.language);
        over(&mut self.location, &other.location);
        if !other.attachments.is_empty() {
            self.attachments.clone_from(&other.attachments);
        }
    }
}

/// By what a message is known, and what it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageIds {
    /// Its `Message-ID`, without the angle brackets; empty if it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What it answers, oldest first: its `References`, or else the first of its `In-Reply-To`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

/// An interaction as it is recorded for one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// What it is.
    pub kind: InteractionKind,
    /// From whom to whom.
    #[serde(default)]
    pub direction: Direction,
    /// The customer, and who of the house takes part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
    /// When it is, if not at the time of the fact: of a meeting that was announced before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// By what a message is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageIds>,
    /// Why it was written by a program, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<String>,
    /// Which version of an invitation it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// What is said of it.
    #[serde(default)]
    pub details: Details,
}

impl Recorded {
    /// An interaction of which nothing else is known.
    #[must_use]
    pub fn new(kind: InteractionKind) -> Self {
        Self {
            kind,
            direction: Direction::default(),
            participants: Vec::new(),
            starts_at: None,
            message: None,
            automatic: None,
            revision: None,
            details: Details::default(),
        }
    }
}

/// What happens to an interaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum InteractionOutcome {
    /// It took place.
    Recorded(Recorded),
    /// A meeting is announced.
    Scheduled(Recorded),
    /// More is said of it.
    Described(Details),
    /// Somebody answered an invitation.
    Answered {
        /// Who, by address.
        address: String,
        /// What.
        response: Response,
        /// To which version, and when.
        revision: Revision,
    },
    /// It was called off.
    Cancelled {
        /// In which version.
        revision: Revision,
    },
}

impl Aggregate for Interaction {
    const KIND: &'static str = "interaction";
    type Outcome = InteractionOutcome;

    fn apply(&mut self, at: Timestamp, outcome: &InteractionOutcome) {
        match outcome {
            InteractionOutcome::Recorded(recorded) | InteractionOutcome::Scheduled(recorded) => {
                self.record(at, recorded);
            }
            InteractionOutcome::Described(details) => self.details.take(details),
            InteractionOutcome::Answered { address, response, revision } => {
                let answer = (*revision, *response);
                let known = self.answers.entry(address.clone()).or_insert(answer);
                *known = answer.max(*known);
            }
            InteractionOutcome::Cancelled { revision } => self.cancelled = self.cancelled.max(Some(*revision)),
        }
    }
}

/// So many meetings of a series are looked at: those of a day for 270 years.
const MAX_MEETINGS: usize = 100_000;

impl Interaction {
    /// Copies of one interaction add up in who takes part. Of an invitation the newest version says all else; of what has
    /// no versions the first copy in the order of facts does, and later ones say what is missing.
    fn record(&mut self, at: Timestamp, recorded: &Recorded) {
        let revision = recorded.revision.unwrap_or_default();
        let newer = self.kind.is_some() && revision > self.revision;
        if newer {
            // Who is not in the newest version is not invited any more.
            self.participants.clear();
            // A series may have become one meeting.
            self.details.series = None;
        }
        if self.kind.is_none() || newer {
            self.kind = Some(recorded.kind);
            self.direction = recorded.direction;
            self.at = Some(recorded.starts_at.unwrap_or(at));
            self.revision = revision;
            self.details.take(&recorded.details);
        } else if revision == self.revision {
            let mut details = recorded.details.clone();
            details.take(&self.details);
            self.details = details;
            if self.direction == Direction::None {
                self.direction = recorded.direction;
            }
        } else {
            return;
        }
        if self.message.is_none() {
            self.message.clone_from(&recorded.message);
        }
        if self.automatic.is_none() {
            self.automatic.clone_from(&recorded.automatic);
        }
        for participant in &recorded.participants {
            let key = (participant.address.clone(), participant.role);
            let known = self.participants.entry(key).or_insert_with(|| participant.clone());
            if known.name.is_none() {
                known.name.clone_from(&participant.name);
            }
            if known.user.is_none() {
                known.user.clone_from(&participant.user);
            }
            if known.response.is_none() {
                known.response = participant.response;
            }
        }
    }

    /// When it was, or was last, by a clock: of a series of meetings the last of those that have begun. `None` if it lies
    /// ahead.
    #[must_use]
    pub fn last_at(&self, clock: Timestamp) -> Option<Timestamp> {
        let last =
            |series: Recurrence| series.instants(Tz::UTC).take(MAX_MEETINGS).take_while(|at| *at <= clock).last();
        let by_then = || self.recurrence().and_then(last);
        by_then().or(self.at.filter(|at| *at <= clock))
    }

    /// When it is next after a clock. `None` if it lies behind.
    #[must_use]
    pub fn next_at(&self, clock: Timestamp) -> Option<Timestamp> {
        match self.recurrence() {
            Some(series) => series.next_after(clock, Tz::UTC),
            None => self.at.filter(|at| *at > clock),
        }
    }

    /// When it recurs; `None` if it does not, or nobody can read when.
    fn recurrence(&self) -> Option<Recurrence> {
        self.details.series.as_deref()?.parse().ok()
    }

    /// Whether it was called off, and no newer version put it back.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_some_and(|by| by >= self.revision)
    }

    /// What a participant answered to the invitation: the newest answer, or else what the invitation says of them.
    #[must_use]
    pub fn response(&self, address: &str) -> Option<Response> {
        let invited = || self.participants.values().filter(|it| it.address == address).find_map(|it| it.response);
        self.answers.get(address).map(|(_, response)| *response).or_else(invited)
    }

    /// The participants who are customers.
    pub fn customers(&self) -> impl Iterator<Item = &Participant> {
        self.participants.values().filter(|participant| participant.user.is_none())
    }

    /// The users of the house who take part.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.participants.values().filter_map(|participant| participant.user.as_deref())
    }
}

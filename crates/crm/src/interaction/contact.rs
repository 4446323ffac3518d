//! [`ContactHistory`]: when a customer was last in touch, how fast answers come, and who owes one.

use chrono::TimeDelta;
use onefold_fact::Timestamp;
use serde::Serialize;

use crate::interaction::{Direction, Interaction, InteractionKind};

/// One conversation: interactions that belong together, such as those of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk<'a> {
    /// What it is known by.
    pub id: &'a str,
    /// The interactions, by id, in any order.
    pub interactions: Vec<(&'a str, &'a Interaction)>,
}

/// When a customer was last in touch, how fast answers come, and who owes one.
///
/// What a program wrote, what was called off and what is still to come counts for nothing here. Only what is written waits
/// for an answer, and an answer is the next one the other way in the same conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactHistory {
    /// When the customer was last in touch with the house.
    pub last_in: Option<Timestamp>,
    /// When the house was last in touch with the customer.
    pub last_out: Option<Timestamp>,
    /// When they last met, by a call, a meeting or in writing.
    pub last: Option<Timestamp>,
    /// How long the house took for each answer, from the first message that waited for it.
    #[serde(serialize_with = "seconds")]
    pub our_answers: Vec<TimeDelta>,
    /// How long the customer took.
    #[serde(serialize_with = "seconds")]
    pub their_answers: Vec<TimeDelta>,
    /// The conversations that wait for an answer, the longest first.
    pub owed: Vec<Owed>,
}

fn seconds<S: serde::Serializer>(times: &[TimeDelta], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(times.iter().map(TimeDelta::num_seconds))
}

/// A conversation that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Owed {
    /// The conversation.
    pub talk: String,
    /// Who owes the answer.
    pub by: Side,
    /// Since when: the first message that nobody answered.
    pub since: Timestamp,
    /// The last message.
    pub interaction: String,
    /// Its subject.
    pub subject: Option<String>,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The house.
    House,
    /// The customer.
    Customer,
}

impl ContactHistory {
    /// Of the conversations with a customer, at a clock.
    #[must_use]
    pub fn of(talks: &[Talk<'_>], at: Timestamp) -> Self {
        let mut history = Self::default();
        for talk in talks {
            history.add(talk, at);
        }
        history.our_answers.sort_unstable();
        history.their_answers.sort_unstable();
        history.owed.sort_by(|a, b| (a.since, &a.talk).cmp(&(b.since, &b.talk)));
        history
    }

    /// The middle of the times that the house took to answer; the shorter of the two middle ones. `None` without answers.
    #[must_use]
    pub fn typical_answer(&self) -> Option<TimeDelta> {
        self.our_answers.get(self.our_answers.len().checked_sub(1)? / 2).copied()
    }

    fn add(&mut self, talk: &Talk<'_>, at: Timestamp) {
        let counts =
            |it: &Interaction| it.automatic.is_none() && !it.is_cancelled() && it.kind != Some(InteractionKind::Note);
        let happened = talk.interactions.iter().filter(|(_, it)| counts(it));
        let mut happened: Vec<(Timestamp, &str, &Interaction)> =
            happened.filter_map(|(id, it)| Some((it.last_at(at)?, *id, *it))).collect();
        happened.sort_by_key(|(then, id, _)| (*then, *id));
        // The first message that waits, and the last of its side.
        let mut waits: Option<(Direction, Timestamp, &str, &Interaction)> = None;
        for (then, id, it) in happened {
            self.last = self.last.max(Some(then));
            match it.direction {
                Direction::In => self.last_in = self.last_in.max(Some(then)),
                Direction::Out => self.last_out = self.last_out.max(Some(then)),
                Direction::None => continue,
            }
            if !it.kind.is_some_and(InteractionKind::is_written) {
                continue;
            }
            waits = match waits {
                Some((direction, since, ..)) if direction == it.direction => Some((direction, since, id, it)),
                answered => {
                    if let Some((direction, since, ..)) = answered {
                        let took = then - since;
                        let of =
                            if direction == Direction::In { &mut self.our_answers } else { &mut self.their_answers };
                        of.push(took);
                    }
                    Some((it.direction, then, id, it))
                }
            };
        }
        if let Some((direction, since, id, it)) = waits {
            let by = if direction == Direction::In { Side::House } else { Side::Customer };
            let (talk, interaction) = (talk.id.to_owned(), id.to_owned());
            self.owed.push(Owed { talk, by, since, interaction, subject: it.details.subject.clone() });
        }
    }
}

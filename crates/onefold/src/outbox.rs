//! Delivery behind the house: messages to customers, kept as facts until they arrived.

use std::collections::BTreeMap;

use chrono::{SecondsFormat, TimeDelta};
use onefold_crm::{Aggregate, Folded, Problem, Rejection, Why, fold, to_event};
use onefold_fact::{Batch, Body, Draft, RecordId, RecordKey, Source, Timestamp};
use onefold_profile::Profile;
use onefold_workflow::{
    Asks, Backoff, Delivery, DeliveryCommand, DeliveryOutcome, DeliveryRefusal, DeliveryState, May, Message, SendError,
    Sender,
};

use crate::error::OnefoldError;
use crate::house::House;
use crate::objects::ObjectHistory;
use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::sales::WorkError;
use crate::views::Views;

/// A delivery as an object of work.
#[derive(Default)]
struct Outgoing(Delivery);

impl Aggregate for Outgoing {
    const KIND: &'static str = "message";
    type Outcome = DeliveryOutcome;

    fn apply(&mut self, at: Timestamp, outcome: &DeliveryOutcome) {
        self.0.apply(at, outcome);
    }
}

/// Those who send, by the channel of the messages that are for them.
pub type Senders<'a> = BTreeMap<String, Box<dyn Sender + 'a>>;

/// What a round of delivery did, by the keys of messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// What arrived.
    pub delivered: Vec<String>,
    /// What did not, with why, and is tried again.
    pub failed: Vec<(String, String)>,
    /// What did not, with why, and is given up.
    pub dead: Vec<(String, String)>,
    /// What nobody sends: there is no sender of this channel.
    pub unsent: Vec<(String, String)>,
    /// What is not sent any more, with why: the customer has withdrawn their consent, is not to be contacted, or is there no
    /// more.
    pub called_off: Vec<(String, String)>,
    /// What waits until messages may be sent again, with why.
    pub postponed: Vec<(String, String)>,
}

impl Views {
    /// A message on its way out, by its key. `None` if none of this key was queued.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn delivery(&self, key: &str) -> Result<Option<Delivery>, OnefoldError> {
        Ok(self.object(Outgoing::KIND, key)?.map(|history| state(&history)))
    }

    /// All messages, by key, also those that are over.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn deliveries(&self) -> Result<BTreeMap<String, Delivery>, OnefoldError> {
        let mut all = BTreeMap::new();
        self.each_object(Some(Outgoing::KIND), |_, key, history| {
            all.insert(key.to_owned(), state(&history));
        })?;
        all.retain(|_, delivery| delivery.message.is_some());
        Ok(all)
    }

    /// How often delivery is tried.
    #[must_use]
    pub fn backoff(&self) -> &Backoff {
        &self.governance.settings().service.backoff
    }

    /// When the next message is to be tried. `None`: there is none.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn next_delivery_at(&self) -> Result<Option<Timestamp>, OnefoldError> {
        Ok(self.deliveries()?.values().filter_map(|delivery| delivery.due_at(self.backoff())).min())
    }
}

fn state(history: &ObjectHistory) -> Delivery {
    let Folded { state: Outgoing(delivery), .. } = fold(history.standing());
    delivery
}

fn refused(key: &str, refusal: &DeliveryRefusal) -> WorkError {
    let why = match refusal {
        DeliveryRefusal::Queued(_) => Why::Exists,
        DeliveryRefusal::Nothing => Why::NotFound,
        DeliveryRefusal::Over => Why::Closed,
        _ => Why::NotAllowed,
    };
    let fix = "see how it stands, and take another key for another message";
    Rejection::from(Problem::of(why, "key", format!("message `{key}`: {refusal}"), fix)).into()
}

impl Onefold {
    /// Queues a message to a customer. It is on the customer's timeline (`message queued`), survives a crash, and goes with
    /// the customer in an erasure. The same message under the same key is queued once, however often this is called.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use onefold::workflow::{Email, Message};
    /// use onefold::{Body, Draft, FileSender, Onefold, Options, RecordKey, Senders};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// house.accept("crm", at, [Draft::new("crm", Body::set([("email", "ada@x.example")])).key(RecordKey::person("17"))])?;
    /// let ada = house.customers()?[0];
    ///
    /// let mail = Email { to: "ada@x.example".into(), subject: "Welcome".into(), text: Some("Hello!".into()), ..Email::default() };
    /// let message = Message::new("welcome-17", "email", mail);
    /// house.queue(ada, &message, None, at)?;
    /// house.queue(ada, &message, None, at)?;
    ///
    /// # let folder = std::env::temp_dir().join(format!("onefold-queue-{}", std::process::id()));
    /// let mut senders = Senders::new();
    /// senders.insert("email".to_owned(), Box::new(FileSender::new(&folder, "Shop <shop@x.example>")));
    /// let done = house.deliver(&mut senders, at)?;
    /// assert_eq!(done.delivered, ["welcome-17"]);
    /// assert!(std::fs::read_to_string(folder.join("welcome-17.eml"))?.contains("To: ada@x.example"));
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When there is no such customer, another message has this key, or it cannot be written.
    pub fn queue(
        &self,
        customer: impl Into<RecordId>,
        message: &Message,
        not_before: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        let customer = customer.into();
        self.decide(batch(&message.key, at), at, |views| queued(views, customer, message, not_before, at))
    }

    /// Tries again what was given up, or calls off what waits.
    ///
    /// # Errors
    /// When it may not be done, or cannot be written.
    pub fn message(&self, key: &str, command: &DeliveryCommand, at: Timestamp) -> Result<Accepted, WorkError> {
        self.decide(batch(key, at), at, |views| {
            let Some(history) = views.object(Outgoing::KIND, key)? else {
                return Err(refused(key, &DeliveryRefusal::Nothing));
            };
            let under = crate::sales::of(&history);
            told(views, key, &state(&history), Some(&history), &under, command, at)
        })
    }

    /// Tries every message that is due, each once, oldest first. One that is for a purpose ([`Message::asking`]) is asked
    /// about before: consent, the hours in which messages are sent, and the list of the suppressed. That it is tried is
    /// written before it is sent, and what came of it after: who stops in between leaves an attempt, and the message is tried
    /// again under the same key when that has lasted too long ([`Backoff::lease`]).
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn deliver(&self, senders: &mut Senders<'_>, at: Timestamp) -> Result<Delivered, WorkError> {
        let views = self.views()?;
        let due_at = |delivery: &Delivery| delivery.due_at(views.backoff()).filter(|due| *due <= at);
        let mut due: Vec<(Timestamp, String)> =
            views.deliveries()?.iter().filter_map(|(key, it)| Some((due_at(it)?, key.clone()))).collect();
        due.sort_unstable();
        let mut done = Delivered::default();
        for (_, key) in due {
            let Some(message) = views.delivery(&key)?.and_then(|delivery| delivery.message) else { continue };
            let Some(sender) = senders.get_mut(&message.channel) else {
                done.unsent.push((key, message.channel));
                continue;
            };
            let command = match self.may_deliver(&key, &message, at)? {
                May::Send => None,
                May::Not(reason) => {
                    done.called_off.push((key.clone(), reason.clone()));
                    Some(DeliveryCommand::Cancel { reason })
                }
                May::Later(until, reason) => {
                    done.postponed.push((key.clone(), reason.clone()));
                    Some(DeliveryCommand::Postpone { until, reason })
                }
            };
            if let Some(command) = command {
                self.message(&key, &command, at)?;
                continue;
            }
            match self.message(&key, &DeliveryCommand::Attempt, at) {
                // Somebody else was faster.
                Err(WorkError::Rejected(_)) => continue,
                attempted => drop(attempted?),
            }
            let delivery = self.views()?.delivery(&key)?.unwrap_or_default();
            let DeliveryState::Attempted { .. } = delivery.state else {
                done.dead.extend(delivery.failures.last().map(|failure| (key, failure.reason.clone())));
                continue;
            };
            let attempt = delivery.attempts;
            let told = match sender.send(&message, at) {
                Ok(receipt) => DeliveryCommand::Deliver { attempt, receipt: receipt.0 },
                Err(SendError::Temporary(reason)) => DeliveryCommand::Fail { attempt, reason, is_permanent: false },
                Err(SendError::Permanent(reason)) => DeliveryCommand::Fail { attempt, reason, is_permanent: true },
            };
            self.message(&key, &told, at)?;
            let after = self.views()?.delivery(&key)?.unwrap_or_default();
            match after.state {
                DeliveryState::Delivered { .. } => done.delivered.push(key),
                DeliveryState::Dead { reason, .. } => done.dead.push((key, reason)),
                _ => done.failed.extend(after.failures.last().map(|failure| (key, failure.reason.clone()))),
            }
        }
        Ok(done)
    }
}

impl Onefold {
    /// Whether a message may be sent now to the customer whose it is.
    fn may_deliver(&self, key: &str, message: &Message, at: Timestamp) -> Result<May, OnefoldError> {
        let Some(asks) = &message.asks else { return Ok(May::Send) };
        let views = self.views()?;
        let history = views.object(Outgoing::KIND, key)?;
        let record = history.iter().find_map(|history| history.standing().first()?.fact().record());
        match record.map(|record| views.customer(record)).transpose()?.flatten() {
            Some(profile) => may_send(self.house(), &views, &profile, asks, &message.channel, at),
            None => Ok(May::Not("the customer is there no more".to_owned())),
        }
    }
}

/// Whether somebody may be sent a message now.
pub(crate) fn may_send(
    house: &House,
    views: &Views,
    profile: &Profile,
    asks: &Asks,
    channel: &str,
    at: Timestamp,
) -> Result<May, OnefoldError> {
    if let Some(key) = house.options.suppression_key.as_deref()
        && views.suppressed(profile.id(), key)?.is_some()
    {
        return Ok(May::Not("they are on the list of those not to be contacted".to_owned()));
    }
    Ok(views.workflows().may_send(asks, channel, profile, at))
}

/// What is to be written to queue a message; nothing, if it is queued.
pub(crate) fn queued(
    views: &Views,
    customer: RecordId,
    message: &Message,
    not_before: Option<Timestamp>,
    at: Timestamp,
) -> Result<Vec<Draft>, WorkError> {
    let history = views.object(Outgoing::KIND, &message.key)?;
    let delivery = history.as_ref().map(state).unwrap_or_default();
    if delivery.message.as_ref() == Some(message) {
        return Ok(Vec::new());
    }
    let under = views.kept_under(customer)?;
    let command = DeliveryCommand::Queue { message: message.clone(), not_before };
    told(views, &message.key, &delivery, history.as_ref(), &under, &command, at)
}

/// The name of the batch of a command on a message.
pub(crate) fn batch(key: &str, at: Timestamp) -> Batch {
    Batch::from(format!("{} {key} {}", Outgoing::KIND, at.to_rfc3339_opts(SecondsFormat::Micros, true)))
}

/// What is to be written of a command on a message.
fn told(
    views: &Views,
    key: &str,
    delivery: &Delivery,
    history: Option<&ObjectHistory>,
    (source, record): &(Source, RecordKey),
    command: &DeliveryCommand,
    at: Timestamp,
) -> Result<Vec<Draft>, WorkError> {
    let outcome = delivery.decide(command, views.backoff(), at).map_err(|refusal| refused(key, &refusal))?;
    // Of what happens at one instant the order is not kept, and here it counts.
    let last = history.and_then(|history| history.standing().last().map(onefold_fact::Standing::at));
    let at = last.map_or(at, |last| at.max(last + TimeDelta::microseconds(1)));
    let body = Body::Object(to_event::<Outgoing>(key, &outcome)?);
    Ok(vec![Draft::new(source.clone(), body).key(record.clone()).occurred_at(at)])
}

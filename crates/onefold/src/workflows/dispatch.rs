//! What workflows send: their commands become messages on their way out.

use std::collections::BTreeMap;

use onefold_fact::{Batch, Body, Cell, Draft, ObjectEvent, Properties, Timestamp, Value};
use onefold_profile::Profile;
use onefold_workflow::{Command, Decided, Email, Filled, May, Message, Outcome, Payload, TextKind, WORKFLOW_RUN};
use serde::Serialize;
use serde_json::json;

use super::Pending;
use super::driver::{REFUSED, draft};
use crate::error::OnefoldError;
use crate::house::House;
use crate::onefold::Onefold;
use crate::outbox;
use crate::sales::WorkError;
use crate::tables::{OBJECTS, last_position};
use crate::views::Views;

/// The object that says up to which command messages were made.
const DISPATCH: &str = "workflow_dispatch";
const HOUSE: &str = "house";

/// Commands that become messages in one commit.
const TOGETHER: usize = 1 << 8;

/// What became of the commands of workflows that go outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Dispatched {
    /// Messages that were queued, by key.
    pub queued: Vec<String>,
    /// Commands that no message can be made of, by key, with why. The record of their runs says so too.
    pub refused: Vec<(String, String)>,
    /// Messages of channels that the house makes none of, by key, with the channel: whoever embeds it reads them with
    /// [`Onefold::commands`].
    pub left: Vec<(String, String)>,
}

/// What a command becomes.
enum Made {
    Message(Message),
    Refused(String),
    Left(String),
}

impl Onefold {
    /// Makes messages of what workflows send, and queues them for [`deliver`](Self::deliver): a mail of the template, with
    /// the customer's values as `customer.NAME` and those of the event that started the run as `event.NAME`; a notice to a
    /// colleague as a mail to their address; a call of a URL. Each becomes one message, under the key of its command,
    /// whatever crashes and however often this is called. What cannot be made, since there is no such template or no
    /// address, is refused, and the record of the run says so.
    ///
    /// ```
    /// use onefold::workflow::{Template, Workflow};
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (eight, nine) = ("2026-03-01T08:00:00Z".parse()?, "2026-03-01T09:00:00Z".parse()?);
    /// let house = Onefold::in_memory(Options::default());
    /// let thanks = Template { subject: "Thank you".into(), body: "For {{ event.sku }}.".into(), ..Template::default() };
    /// house.adopt(thanks.configuration("thanks")?, eight)?;
    /// let workflow = Workflow::from_toml(r#"
    ///     name = "thank"
    ///     trigger = [{ event = "order" }]
    ///     step = [{ name = "mail", send = { template = "thanks", channel = "email", purpose = "service", consent = "nothing" } }]
    /// "#)?;
    /// house.adopt(&workflow, eight)?;
    /// let ada = RecordKey::person("17");
    /// let said = [Body::set([("email", "ada@x.example")]), Body::event("order", [("sku", "A-1")])];
    /// house.accept("monday", nine, said.map(|body| Draft::new("shop", body).key(ada.clone())))?;
    ///
    /// house.run_workflows(nine)?;
    /// let queued = house.dispatch(nine)?.queued;
    /// assert_eq!(queued.len(), 1);
    /// assert!(house.dispatch(nine)?.queued.is_empty());
    /// let message = house.views()?.delivery(&queued[0])?.and_then(|delivery| delivery.message).ok_or("a message")?;
    /// assert!(format!("{:?}", message.payload).contains("For A-1."));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be read or written. What was queued before stays.
    pub fn dispatch(&self, at: Timestamp) -> Result<Dispatched, OnefoldError> {
        let house = self.house();
        let mut all = Dispatched::default();
        loop {
            // Nobody else makes the same messages meanwhile.
            let mut writer = house.writer();
            let views = house.views()?;
            let pending = views.commands(reached(&views)?, TOGETHER)?;
            let Some(last) = pending.last() else { return Ok(all) };
            let end = if pending.len() < TOGETHER { views.read.position()?.number() } else { last.cursor };
            let mut batches: Vec<(Batch, Timestamp, Vec<Draft>)> = Vec::new();
            for command in &pending {
                let key = command.key.to_string();
                let why = match made(house, &views, command, at)? {
                    Made::Message(message) => match outbox::queued(&views, command.customer.into(), &message, None, at)
                    {
                        Ok(drafts) => {
                            batches.push((outbox::batch(&key, at), at, drafts));
                            all.queued.push(key);
                            continue;
                        }
                        Err(WorkError::House(error)) => return Err(error),
                        Err(refused) => refused.to_string(),
                    },
                    Made::Left(channel) => {
                        all.left.push((key, channel));
                        continue;
                    }
                    Made::Refused(why) => why,
                };
                batches.extend(refusal(&views, command, why.clone(), at)?);
                all.refused.push((key, why));
            }
            let position = Value::Integer(i64::try_from(end).unwrap_or(i64::MAX));
            let data = Properties::from([("position".to_owned(), Some(position))]);
            let object =
                ObjectEvent { kind: DISPATCH.to_owned(), id: HOUSE.to_owned(), event: "reached".to_owned(), data };
            let reached = Draft::new("onefold", Body::Object(object)).occurred_at(at);
            batches.push((Batch::from(DISPATCH), at, vec![reached]));
            house.write_batches(&mut writer, batches)?;
        }
    }
}

/// Up to which fact messages were made.
fn reached(views: &Views) -> Result<u64, OnefoldError> {
    let rows = views.read.rows(&OBJECTS, &[Cell::Text(DISPATCH.to_owned()), Cell::Text(HOUSE.to_owned())])?;
    let Some(last) = rows.iter().filter_map(|row| last_position(row)).max() else { return Ok(0) };
    let written = views.read.facts_at(&[last])?;
    let said = written.iter().find_map(|logged| match logged.fact.body() {
        Body::Object(object) => object.data.get("position").cloned().flatten(),
        _ => None,
    });
    Ok(match said {
        Some(Value::Integer(position)) => u64::try_from(position).unwrap_or_default(),
        _ => 0,
    })
}

fn made(house: &House, views: &Views, pending: &Pending, at: Timestamp) -> Result<Made, OnefoldError> {
    let key = pending.key.to_string();
    let plain = || -> BTreeMap<String, _> {
        let values = pending.values.iter();
        values.map(|(name, value)| (name.to_string(), json!(value.as_ref().map(Value::plain)))).collect()
    };
    Ok(match &pending.command {
        Command::Send(step) if step.channel == "email" => {
            let Some(profile) = views.customer(pending.customer)? else {
                return Ok(Made::Refused("the customer is there no more".to_owned()));
            };
            let Some(to) = address(&profile) else {
                return Ok(Made::Refused("no e-mail address of the customer is known".to_owned()));
            };
            // What was decided some time ago is asked anew. Quiet hours are when it is delivered.
            if let May::Not(why) = outbox::may_send(house, views, &profile, &step.asks(), &step.channel, at)? {
                return Ok(Made::Refused(why));
            }
            let beside = BTreeMap::from([("event".to_owned(), Value::Map(pending.values.clone()))]);
            match views.filled(&step.template, &profile, &beside) {
                Ok((kind, filled)) => {
                    let message = Message::new(key, "email", mail(to, kind, filled));
                    Made::Message(message.asking(&step.purpose, step.consent))
                }
                Err(error) => Made::Refused(error.to_string()),
            }
        }
        Command::Send(step) => Made::Left(step.channel.clone()),
        Command::Webhook(webhook) => {
            let body = json!({
                "key": key,
                "workflow": pending.workflow,
                "run": pending.run,
                "customer": pending.customer,
                "about": pending.about,
                "at": pending.at,
                "event": plain(),
            });
            let payload = Payload::Webhook { url: webhook.url.clone(), body: body.to_string() };
            Made::Message(Message::new(key, "webhook", payload))
        }
        Command::Notify(notice) => {
            let user = views.users()?.remove(&notice.who).and_then(|user| user.email);
            match user.or_else(|| Some(notice.who.clone()).filter(|who| who.contains('@'))) {
                Some(to) => {
                    let filled =
                        Filled { subject: pending.workflow.clone(), body: notice.text.clone(), fell_back: Vec::new() };
                    Made::Message(Message::new(key, "email", mail(to, TextKind::Text, filled)))
                }
                None => Made::Refused(format!("no e-mail address of user `{}` is known", notice.who)),
            }
        }
        other => Made::Left(other.name().to_owned()),
    })
}

fn address(profile: &Profile) -> Option<String> {
    let attribute = profile.attributes().get("email")?;
    Some(attribute.value().as_text()?.to_owned())
}

fn mail(to: String, kind: TextKind, filled: Filled) -> Email {
    let (text, html) = match kind {
        TextKind::Text => (Some(filled.body), None),
        TextKind::Html => (None, Some(filled.body)),
    };
    Email { to, subject: filled.subject, text, html, ..Email::default() }
}

/// What the record of a run says of a command that nothing could be made of.
fn refusal(
    views: &Views,
    pending: &Pending,
    why: String,
    at: Timestamp,
) -> Result<Option<(Batch, Timestamp, Vec<Draft>)>, OnefoldError> {
    let under = match views.kept_under(pending.customer.into()) {
        Ok(under) => under,
        Err(WorkError::House(error)) => return Err(error),
        // They are there no more, and so is the record.
        Err(_) => return Ok(None),
    };
    let outcome = Outcome::Refused { step: pending.step.clone(), visit: pending.visit, why };
    let refused = Decided { run: pending.run, number: pending.number | REFUSED, at: pending.at, outcome };
    let batch = Batch::from(format!("{WORKFLOW_RUN} {}", pending.run));
    Ok(Some((batch, at, vec![draft(&under, &refused)?])))
}

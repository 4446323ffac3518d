//! Messages of event streams: `identify`, `track`, `page`, `screen`, `group`, `alias`, and batches of them.
//!
//! The dialect is that of the Segment specification, which RudderStack and others share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use onefold_fact::{
    Body, Conventions, Draft, Identifier, Membership, Name, Place, Reason, RecordKey, Schema, Source, Value, namespace,
};

use super::consent::Preferences;
use super::envelope::{Context, id, identifiers, inherit, map, previous, properties, scalar, text, times};
use super::object::Fields;
use super::traits::{Traits, TraitsSaid};
use crate::mapping::SourceMapping;
use crate::rows::Who;
use crate::set_aside::{Aside, SetAside};

/// The types of messages.
const TYPES: &[&str] = &["identify", "track", "page", "screen", "group", "alias"];

/// Fields that only messages have.
const ENVELOPE: &[&str] =
    &["userId", "anonymousId", "messageId", "event", "traits", "properties", "groupId", "previousId", "context"];

/// How a line is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// A message.
    Message,
    /// Several messages in an envelope.
    Batch,
    /// Any other object.
    Object,
}

impl Dialect {
    /// What an object is, by its fields. `type` alone does not decide: a record may have a type too.
    pub(super) fn of(fields: &Fields) -> Self {
        let has = |name: &str| fields.contains_key(name);
        let id = has("userId") || has("anonymousId");
        if matches!(fields.get("batch"), Some(Some(Value::List(_)))) {
            return Dialect::Batch;
        }
        let known = text(fields, "type").is_some_and(|r#type| TYPES.contains(&r#type.to_ascii_lowercase().as_str()));
        let envelope = ENVELOPE.iter().any(|name| has(name));
        let untyped = id && (has("messageId") || has("traits") || has("properties") || has("context"));
        if (known && (envelope || fields.len() == 1)) || untyped { Dialect::Message } else { Dialect::Object }
    }
}

/// Reads messages.
#[derive(Debug)]
pub(super) struct Messages {
    source: Source,
    file: Arc<str>,
    conventions: Conventions,
    traits: Traits,
    group_traits: Traits,
    preferences: Preferences,
    who: Who,
}

/// Why a message is set aside.
type Refusal = (Reason, String);

impl Messages {
    pub(super) fn new(source: &Source, file: Arc<str>, mapping: &SourceMapping, schema: &Schema) -> Self {
        Self {
            source: source.clone(),
            file,
            conventions: mapping.conventions,
            traits: Traits::of_persons(mapping, schema),
            group_traits: Traits::of_groups(),
            preferences: Preferences::default(),
            who: Who::new(schema),
        }
    }

    /// What a message states. `line` is its text, for what is set aside.
    pub(super) fn read(
        &mut self,
        row: u64,
        line: &str,
        fields: &Fields,
        aside: &mut Aside,
    ) -> Result<Vec<Draft>, SetAside> {
        let place = Place::file(self.file.clone()).row(row);
        let mut context = Context { place: place.clone(), aside };
        self.message(fields, &mut context).map_err(|(reason, message)| SetAside::new(reason, message, place, line))
    }

    /// What the messages of a batch state. The batch's `context`, `sentAt` and `receivedAt` count for each that has none
    /// of its own. A message that is set aside counts as a value of the line; a batch without any good one is set aside.
    pub(super) fn read_batch(
        &mut self,
        row: u64,
        line: &str,
        fields: Fields,
        aside: &mut Aside,
    ) -> Result<Vec<Draft>, SetAside> {
        let place = Place::file(self.file.clone()).row(row);
        let mut fields = fields;
        let Some(Some(Value::List(messages))) = fields.remove("batch") else { return Ok(Vec::new()) };
        let mut drafts = Vec::new();
        for (at, message) in messages.into_iter().enumerate() {
            let place = place.clone().column(format!("batch[{at}]"));
            let refusal = match message {
                Some(Value::Map(mut message)) => {
                    inherit(&mut message, &fields);
                    let mut context = Context { place: place.clone(), aside };
                    match self.message(&message, &mut context) {
                        Ok(mut stated) => {
                            drafts.append(&mut stated);
                            continue;
                        }
                        Err(refusal) => (refusal, Value::Map(message).to_string()),
                    }
                }
                other => {
                    let value = other.map_or_else(|| "null".to_owned(), |value| value.to_string());
                    ((Reason::MalformedMessage, "is not an object; expected a message".to_owned()), value)
                }
            };
            let ((reason, message), value) = refusal;
            aside.cell(|| SetAside::new(reason, message, place, &value));
        }
        if drafts.is_empty() {
            let message = "is a batch without a message that can be read; expected at least one";
            return Err(SetAside::new(Reason::MalformedMessage, message, place, line));
        }
        Ok(drafts)
    }

    fn message(&mut self, fields: &Fields, context: &mut Context<'_>) -> Result<Vec<Draft>, Refusal> {
        let r#type = text(fields, "type").map(str::to_ascii_lowercase).unwrap_or_default();
        if r#type.is_empty() {
            return Err((Reason::MalformedMessage, format!("has no `type`; expected one of {}", TYPES.join(", "))));
        }
        if !TYPES.contains(&r#type.as_str()) {
            let message = format!("has the unknown type `{}`; expected one of {}", r#type, TYPES.join(", "));
            return Err((Reason::UnknownMessage, message));
        }
        let times = times(fields, context);
        let common = map(fields, "context");
        let own_traits = map(fields, "traits");
        let context_traits = common.and_then(|common| map(common, "traits"));
        let mut identifiers = identifiers(fields, common, &self.conventions, context);

        // The traits of a group are the group's; elsewhere, and always in the context, they are the person's.
        let mut said = TraitsSaid::default();
        let persons = [own_traits.filter(|_| r#type != "group"), context_traits];
        for traits in persons.into_iter().flatten() {
            let more = self.traits.read(traits, &self.conventions, context);
            identifiers.extend(more.identifiers);
            for (name, value) in more.set {
                said.set.entry(name).or_insert(value);
            }
            said.unset.extend(more.unset);
        }
        said.unset.retain(|name| !said.set.contains_key(name));

        let user = id(fields, "userId", context);
        let before = if r#type == "alias" { id(fields, "previousId", context) } else { None };
        identifiers.extend(before.as_deref().map(previous));
        let key = match &user {
            Some(user) => RecordKey::person(user.as_str()),
            None => match self.who.foremost(&identifiers) {
                Some(identifier) => RecordKey::of(identifier),
                None => {
                    let message = "has neither `userId` nor `anonymousId` nor another id; expected one";
                    return Err((Reason::MalformedMessage, message.to_owned()));
                }
            },
        };
        let message_id = scalar(fields, "messageId").filter(|id| !id.is_empty());
        let draft = |body: Body, key: &RecordKey, identifiers: &BTreeSet<Identifier>, part: &str| {
            let mut draft = Draft::new(self.source.clone(), body).key(key.clone());
            for identifier in identifiers {
                draft = draft.identified_by(identifier.clone());
            }
            if let Some(id) = &message_id {
                draft = draft.message_id(format!("{id}{part}"));
            }
            match times.happened() {
                Some(at) => draft.occurred_at(at),
                None => draft,
            }
        };
        let mut drafts = Vec::with_capacity(2);
        match r#type.as_str() {
            "identify" => {
                let unset = said.unset;
                drafts.push(draft(Body::Set(said.set), &key, &identifiers, ""));
                if !unset.is_empty() {
                    drafts.push(draft(Body::Unset(unset), &key, &identifiers, "#unset"));
                }
            }
            "alias" => {
                if before.is_none() {
                    return Err((
                        Reason::MalformedMessage,
                        "is an alias without `previousId`; expected the id before".to_owned(),
                    ));
                }
                drafts.push(draft(Body::Set(BTreeMap::new()), &key, &identifiers, ""));
            }
            "group" => {
                let Some(group) = id(fields, "groupId", context) else {
                    return Err((
                        Reason::MalformedMessage,
                        "is a group without `groupId`; expected the group's id".to_owned(),
                    ));
                };
                let identifier = Identifier::new(namespace::GROUP, group.as_str());
                let membership = Membership { group: identifier.clone(), role: None, member: true, only: false };
                drafts.push(draft(Body::Group(membership), &key, &identifiers, ""));
                let traits = own_traits.map(|traits| self.group_traits.read(traits, &self.conventions, context));
                let traits = traits.unwrap_or_default();
                let organisation = RecordKey::organisation(group);
                let mut about = traits.identifiers;
                about.insert(identifier);
                drafts.push(draft(Body::Set(traits.set), &organisation, &about, "#group"));
                if !traits.unset.is_empty() {
                    drafts.push(draft(Body::Unset(traits.unset), &organisation, &about, "#group-unset"));
                }
            }
            kind => {
                let name = match kind {
                    "track" => match text(fields, "event") {
                        Some(event) => Name::from(event),
                        None => {
                            let message = "is a track without `event`; expected the name of what happened";
                            return Err((Reason::MalformedMessage, message.to_owned()));
                        }
                    },
                    other => Name::from(other),
                };
                let properties = properties(fields, kind, &times, context);
                drafts.push(draft(Body::Event { name, properties }, &key, &identifiers, ""));
            }
        }
        for said in self.preferences.read(fields, r#type == "track", &key, context) {
            let part = format!("#consent {}", said.consent.purpose);
            let body = Body::Consent(said.consent);
            drafts.push(if said.is_dated {
                draft(body, &key, &identifiers, &part)
            } else {
                self.repeated(body, &key, &identifiers, &part)
            });
        }
        Ok(drafts)
    }

    /// What messages repeat, without a time. It is one statement however many of them bear it, so its id is of what it
    /// says and not of a message.
    fn repeated(&self, body: Body, key: &RecordKey, identifiers: &BTreeSet<Identifier>, part: &str) -> Draft {
        let about: Vec<String> = identifiers.iter().map(|it| format!("{:?}", it.to_string())).collect();
        let draft = Draft::new(self.source.clone(), body).key(key.clone());
        let draft = identifiers.iter().cloned().fold(draft, Draft::identified_by);
        draft.message_id(format!("#repeated {:?} {}{part}", key.to_string(), about.join(" ")))
    }
}

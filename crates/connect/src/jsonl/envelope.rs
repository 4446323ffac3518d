//! The fields that messages have in common: ids, times, properties.

use std::collections::BTreeSet;

use onefold_fact::standard::date::parse_timestamp;
use onefold_fact::{Conventions, Identifier, Kind, Place, Reason, Timestamp, Value, namespace};

use super::object::Fields;
use super::time::Times;
use crate::rows::{Cell, identifiers_of, is_junk, no_id, read};
use crate::set_aside::{Aside, SetAside};

/// A message while it is read: where it stands, and what is set aside of it.
pub(super) struct Context<'a> {
    pub(super) place: Place,
    pub(super) aside: &'a mut Aside,
}

impl Context<'_> {
    /// Sets a single field aside.
    pub(super) fn field(&mut self, path: &str, value: &str, message: String) {
        let place = self.place.clone().column(match &self.place.column {
            Some(outer) => format!("{outer}.{path}"),
            None => path.to_owned(),
        });
        self.aside.cell(|| SetAside::new(Reason::MalformedValue, message, place, value));
    }
}

/// A text field that is not blank.
pub(super) fn text<'f>(fields: &'f Fields, name: &str) -> Option<&'f str> {
    fields.get(name)?.as_ref()?.as_text().map(str::trim).filter(|text| !text.is_empty())
}

/// An object field.
pub(super) fn map<'f>(fields: &'f Fields, name: &str) -> Option<&'f Fields> {
    match fields.get(name)? {
        Some(Value::Map(fields)) => Some(fields),
        _ => None,
    }
}

/// A text or a number as text; ids are sent as either.
pub(super) fn scalar(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)?.as_ref()? {
        Value::List(_) | Value::Map(_) => None,
        value => Some(value.to_text().trim().to_owned()),
    }
}

/// An id. A blank one is none; so is what programs send when they have none, which is set aside.
pub(super) fn id(fields: &Fields, name: &str, context: &mut Context<'_>) -> Option<String> {
    let value = fields.get(name)?.as_ref()?;
    match scalar(fields, name) {
        Some(id) if id.is_empty() => None,
        Some(id) if is_junk(&id) => {
            context.field(name, &id, no_id(&id));
            None
        }
        Some(id) => Some(id),
        None => {
            context.field(name, &value.to_text(), "is neither text nor a number; expected an id".to_owned());
            None
        }
    }
}

/// Gives a message of a batch what the batch says for all.
pub(super) fn inherit(message: &mut Fields, batch: &Fields) {
    for name in ["sentAt", "receivedAt"] {
        if !matches!(message.get(name), Some(Some(_)))
            && let Some(value) = batch.get(name)
        {
            message.insert(name.to_owned(), value.clone());
        }
    }
    let Some(Some(Value::Map(common))) = batch.get("context") else { return };
    match message.get_or_insert_with("context", || None) {
        Some(Value::Map(own)) => {
            for (name, value) in common {
                own.get_or_insert_with(name.clone(), || value.clone());
            }
        }
        other => *other = Some(Value::Map(common.clone())),
    }
}

/// The times that a message states. One that cannot be read is set aside and counts as missing.
pub(super) fn times(fields: &Fields, context: &mut Context<'_>) -> Times {
    let mut time = |name: &str| -> Option<Timestamp> {
        let written = scalar(fields, name).filter(|text| !text.is_empty())?;
        match parse_timestamp(&written, None) {
            Ok(time) => Some(time),
            Err(malformed) => {
                context.field(name, &written, malformed.to_string());
                None
            }
        }
    };
    Times {
        original: time("originalTimestamp"),
        timestamp: time("timestamp"),
        sent: time("sentAt"),
        received: time("receivedAt"),
    }
}

/// The identifiers that a message states beside those in its traits: user, visitor, device, and ids of other systems.
pub(super) fn identifiers(
    fields: &Fields,
    common: Option<&Fields>,
    conventions: &Conventions,
    context: &mut Context<'_>,
) -> BTreeSet<Identifier> {
    let mut identifiers = BTreeSet::new();
    for (name, namespace) in [("userId", namespace::USER_ID), ("anonymousId", namespace::ANONYMOUS)] {
        // A junk `userId` is reported where the key is looked for.
        let found =
            if name == "userId" { scalar(fields, name).filter(|id| !is_junk(id)) } else { id(fields, name, context) };
        identifiers.extend(found.map(|id| Identifier::new(namespace, id)));
    }
    let Some(common) = common else { return identifiers };
    if let Some(device) = map(common, "device") {
        let device = scalar(device, "id").filter(|id| !is_junk(id));
        identifiers.extend(device.map(|id| Identifier::new(namespace::DEVICE, id)));
    }
    let Some(Some(Value::List(others))) = common.get("externalIds") else { return identifiers };
    for other in others {
        let Some(Value::Map(other)) = other else { continue };
        // Ids of accounts name the group, not the person.
        let of_accounts = text(other, "collection").is_some_and(|collection| collection == "accounts");
        let (Some(kind), Some(id)) = (text(other, "type"), scalar(other, "id")) else { continue };
        if of_accounts || is_junk(&id) {
            continue;
        }
        let kind_of_value = match kind {
            namespace::EMAIL => Kind::Email,
            namespace::PHONE => Kind::Phone,
            "anonymous_id" => {
                identifiers.insert(Identifier::new(namespace::ANONYMOUS, id));
                continue;
            }
            _ => {
                identifiers.insert(Identifier::new(kind, id));
                continue;
            }
        };
        let said = read(Cell::Text(&id), kind_of_value, conventions);
        identifiers.extend(said.value.iter().flat_map(|value| identifiers_of(kind_of_value, value)));
        if let Some(problem) = said.problem {
            context.field("context.externalIds", &id, problem);
        }
    }
    identifiers
}

/// What somebody was called before: an e-mail address, else a visitor's id.
pub(super) fn previous(id: &str) -> Identifier {
    match Kind::Email.parse(id, &Conventions::default()) {
        Ok(email) => Identifier::new(namespace::EMAIL, email.to_text().as_ref()),
        Err(_) => Identifier::new(namespace::ANONYMOUS, id),
    }
}

/// The properties of an event, as sent. The name and category of a page or screen are among them, and the sender's own
/// time if it was corrected.
pub(super) fn properties(fields: &Fields, kind: &str, times: &Times, context: &mut Context<'_>) -> Fields {
    let mut properties = match fields.get("properties") {
        Some(Some(Value::Map(properties))) => properties.clone(),
        None | Some(None) => Fields::new(),
        Some(Some(other)) => {
            context.field("properties", &other.to_text(), "is not an object; expected properties by name".to_owned());
            Fields::new()
        }
    };
    if kind != "track" {
        for name in ["name", "category"] {
            if let Some(value) = text(fields, name) {
                properties.get_or_insert_with(name, || Some(Value::from(value)));
            }
        }
    }
    if let Some(original) = times.original_if_corrected() {
        properties.get_or_insert_with("original_timestamp", || Some(Value::Timestamp(original)));
    }
    properties
}

//! What a message says of consent: `context.consent.categoryPreferences`, a truth value for each category.
//!
//! The names are those of the public documentation of Segment's consent management (the consent object, and the event
//! `Segment Consent Preference Updated`).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use onefold_fact::{Choice, Consent, RecordKey, Value};

use super::envelope::{Context, map, text};
use super::object::Fields;

/// Where the preferences stand in a message.
const PATH: &str = "context.consent.categoryPreferences";

/// The events that tell of a choice when it is made; the second is the name of older senders.
const CHOICES: [&str; 2] = ["Segment Consent Preference Updated", "Segment Consent Preference"];

/// Of so many users it is remembered what was said last. Beyond, it is forgotten and said again, which changes nothing
/// but the number of facts.
const REMEMBERED: usize = 1_000_000;

/// A preference that is to be said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Preference {
    pub(super) consent: Consent,
    /// Whether it holds from the time of the message on. A grant that a page merely repeats does not: it may be older
    /// than a refusal that was said elsewhere.
    pub(super) is_dated: bool,
}

/// The preferences of users as they were said last.
#[derive(Debug, Default)]
pub(super) struct Preferences {
    /// By the hash of a user, that of all preferences.
    said: HashMap<u64, u64>,
}

impl Preferences {
    /// What a message says that the last message of its user did not say. The message of a choice says all of it.
    pub(super) fn read(
        &mut self,
        fields: &Fields,
        is_track: bool,
        key: &RecordKey,
        context: &mut Context<'_>,
    ) -> Vec<Preference> {
        let chosen = stated(fields, context);
        if chosen.is_empty() {
            return Vec::new();
        }
        let is_choice = is_track && text(fields, "event").is_some_and(tells_of_a_choice);
        let (user, now) = (hash(key), hash(&chosen));
        if self.said.len() >= REMEMBERED && !self.said.contains_key(&user) {
            self.said.clear();
        }
        if self.said.insert(user, now) == Some(now) && !is_choice {
            return Vec::new();
        }
        let preferences = chosen.into_iter().map(|(category, granted)| Preference {
            consent: Consent {
                purpose: category.to_owned(),
                channel: None,
                choice: if granted { Choice::Granted } else { Choice::Denied },
                basis: None,
                proof: None,
                expires_at: None,
                collected_by: None,
            },
            is_dated: is_choice || !granted,
        });
        preferences.collect()
    }
}

/// Whether an event of this name is the making of a choice.
fn tells_of_a_choice(event: &str) -> bool {
    CHOICES.iter().any(|name| name.eq_ignore_ascii_case(event))
}

/// The categories and whether each is granted. What cannot be read is set aside, and the others stand.
fn stated<'f>(fields: &'f Fields, context: &mut Context<'_>) -> Vec<(&'f str, bool)> {
    let Some(common) = map(fields, "context") else { return Vec::new() };
    let Some(consent) = object(common, "consent", "context.consent", context) else { return Vec::new() };
    let Some(preferences) = object(consent, "categoryPreferences", PATH, context) else { return Vec::new() };
    let mut stated = Vec::with_capacity(preferences.len());
    for (name, value) in preferences {
        let category = name.as_str().trim();
        let problem = match value {
            _ if category.is_empty() => "is a preference of no category; expected the name of one",
            Some(Value::Boolean(granted)) => {
                stated.push((category, *granted));
                continue;
            }
            _ => "does not say whether they consent; expected `true` or `false`",
        };
        let value = value.as_ref().map_or_else(|| "null".into(), Value::to_text);
        context.field(&format!("{PATH}.{category}"), &value, problem.to_owned());
    }
    stated
}

/// A field that is an object. One that is something else is set aside; null says nothing.
fn object<'f>(fields: &'f Fields, name: &str, path: &str, context: &mut Context<'_>) -> Option<&'f Fields> {
    match fields.get(name)?.as_ref()? {
        Value::Map(inner) => Some(inner),
        other => {
            let message = "is not an object; expected `categoryPreferences` with `true` or `false` for each category";
            context.field(path, &other.to_text(), message.to_owned());
            None
        }
    }
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

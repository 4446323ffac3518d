//! [`prose`]: what of a fact people wrote, to be searched by its words.

use onefold_fact::{Body, Fact, Schema, Value};

use crate::view::{Access, Sight};

/// Properties and attributes of these names hold what somebody wrote, however short it is.
const NAMES: [&str; 17] = [
    "body",
    "comment",
    "comments",
    "content",
    "description",
    "feedback",
    "message",
    "note",
    "notes",
    "question",
    "reply",
    "review",
    "subject",
    "summary",
    "text",
    "title",
    "transcript",
];

/// Elsewhere text of so many words and more is prose: names, addresses, ids and links have fewer.
const FEWEST_WORDS: usize = 6;

/// The text of a fact that people wrote: notes, bodies of mails and tickets, comments. One property a line; `None` if
/// there is none.
///
/// Of events, of what happened to objects of work, and of attributes that are: each text under a name such as `note`,
/// `body`, `subject`, `message`, `comment` or `description` (the last word counts: `email_body`, `Internal Notes`), and
/// each text of six words and more under any name; also within lists and objects.
///
/// ```
/// use onefold_fact::{Body, Draft, RecordKey};
/// use onefold_profile::prose;
///
/// let mail = Body::event("Mail received", [("subject", "Contract"), ("mailbox", "sales@x.io")]);
/// let mail = Draft::new("mail", mail).key(RecordKey::person("17")).received("inbox", "2026-03-01T09:00:00Z".parse()?);
/// assert_eq!(prose(&mail).as_deref(), Some("Contract"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn prose(fact: &Fact) -> Option<String> {
    let mut text = String::new();
    match fact.body() {
        Body::Set(attributes) => attributes.iter().for_each(|(name, value)| add(&mut text, name.as_str(), value)),
        Body::Event { properties: said, .. } => {
            said.iter().for_each(|(name, value)| value.iter().for_each(|value| add(&mut text, name, value)));
        }
        Body::Object(object) => {
            object.data.iter().for_each(|(name, value)| value.iter().for_each(|value| add(&mut text, name, value)));
        }
        _ => {}
    }
    (!text.is_empty()).then_some(text)
}

impl Sight {
    /// Whether all that people wrote in a fact ([`prose`]) may be seen. What is found in it may stand anywhere in it, so a
    /// part that may not be seen hides the whole.
    ///
    /// ```
    /// use onefold_fact::{Body, Draft, PiiClass, RecordKey, Schema};
    /// use onefold_profile::{Access, Sight};
    ///
    /// let note = Body::event("Note", [("text", "Wants the contract by Friday"), ("author", "Bo")]);
    /// let note = Draft::new("desk", note).key(RecordKey::person("17")).received("b", "2026-03-01T09:00:00Z".parse()?);
    /// let mut sight = Sight { events: Access::only(["Note"]), properties: Access::only(["text"]), ..Sight::default() };
    /// assert!(!sight.shows_prose(&note, &Schema::default()), "what nobody declared is personal");
    /// sight.up_to = PiiClass::Personal;
    /// assert!(sight.shows_prose(&note, &Schema::default()), "who wrote it is no prose");
    /// sight.properties = Access::only(["author"]);
    /// assert!(!sight.shows_prose(&note, &Schema::default()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn shows_prose(&self, fact: &Fact, schema: &Schema) -> bool {
        let is_prose = |name: &str, value: &Value| {
            let mut text = String::new();
            add(&mut text, name, value);
            !text.is_empty()
        };
        let properties = |said: &onefold_fact::Properties| {
            let written = said.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
            let mut written = written.filter(|(name, value)| is_prose(name, value));
            written.all(|(name, value)| {
                let access = &self.properties;
                access.opens(name, schema)
                    && self.is_open(name, schema)
                    && self.is_open_inside(value, access, schema, &is_prose)
            })
        };
        match fact.body() {
            Body::Set(attributes) => {
                attributes.iter().filter(|(name, value)| is_prose(name.as_str(), value)).all(|(name, value)| {
                    let (name, access) = (name.as_str(), &self.attributes);
                    let inside = || self.is_open_inside(value, access, schema, &is_prose);
                    access.opens(name, schema) && self.is_open(name, schema) && inside()
                })
            }
            Body::Event { name, properties: said } => self.events.allows(name) && properties(said),
            Body::Object(object) => {
                self.events.allows(&format!("{} {}", object.kind, object.event)) && properties(&object.data)
            }
            _ => false,
        }
    }

    /// Whether no text that is written within a value stands under a name that is closed.
    fn is_open_inside(
        &self,
        value: &Value,
        access: &Access,
        schema: &Schema,
        is_prose: &impl Fn(&str, &Value) -> bool,
    ) -> bool {
        let inside = |value: &Value| self.is_open_inside(value, access, schema, is_prose);
        match value {
            Value::List(values) => values.iter().flatten().all(inside),
            Value::Map(entries) => {
                let mut written = entries.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
                written.all(|(name, value)| {
                    let open = !access.bars(name, schema) && self.is_open_within(name, schema);
                    (open && inside(value)) || !is_prose(name, value)
                })
            }
            _ => true,
        }
    }
}

fn add(text: &mut String, name: &str, value: &Value) {
    match value {
        Value::Text(said) if is_named_so(name) || said.split_whitespace().nth(FEWEST_WORDS - 1).is_some() => {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(said);
        }
        Value::List(values) => values.iter().flatten().for_each(|value| add(text, name, value)),
        Value::Map(values) => {
            for (name, value) in values {
                value.iter().for_each(|value| add(text, name, value));
            }
        }
        _ => {}
    }
}

/// Whether the last word of a name is one of those: `body`, `email_body`, `mailBody`, `Internal Notes`.
fn is_named_so(name: &str) -> bool {
    NAMES.iter().any(|known| {
        let Some(from) = name.len().checked_sub(known.len()) else { return false };
        let (Some(before), Some(last)) = (name.get(..from), name.get(from..)) else { return false };
        let parts = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        last.eq_ignore_ascii_case(known) && (parts || last.starts_with(|c: char| c.is_ascii_uppercase()))
    })
}

#[cfg(test)]
mod tests {
    use super::is_named_so;

    #[test]
    fn the_last_word_of_a_name_counts() {
        for name in ["note", "NOTE", "email_body", "mailBody", "Internal Notes", "größe-text"] {
            assert!(is_named_so(name), "{name}");
        }
        for name in ["context", "notebook", "subject_id", "tex", "", "ü"] {
            assert!(!is_named_so(name), "{name}");
        }
    }
}

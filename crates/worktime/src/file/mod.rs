//! Calendars as TOML and JSON.

mod node;
mod place;
mod read;
mod write;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::CalendarError;
use crate::spec::CalendarSpec;
use node::Node;
use place::At;

impl CalendarSpec {
    /// Reads a calendar from TOML.
    ///
    /// # Errors
    /// When the text is not TOML, or a field is unknown, missing, or says what cannot be; with line, place, and what
    /// would be right.
    pub fn from_toml(text: &str) -> Result<Self, CalendarError> {
        read::spec(&At::top(&Node::from_toml(text)?))
    }

    /// Reads a calendar from JSON, with the same fields.
    ///
    /// # Errors
    /// As for [`from_toml`](Self::from_toml), without the line.
    pub fn from_json(text: &str) -> Result<Self, CalendarError> {
        read::spec(&At::top(&Node::from_json(text)?))
    }

    /// The calendar as TOML for people, which reads back as the same calendar.
    #[must_use]
    pub fn to_toml(&self) -> String {
        write::toml(&write::tree(self))
    }

    /// The calendar as JSON on several lines, which reads back as the same calendar.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts and numbers under names can always be written.
        serde_json::to_string_pretty(&write::tree(self)).unwrap_or_default()
    }
}

impl Serialize for CalendarSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write::tree(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CalendarSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::spec(&At::top(&Node::deserialize(deserializer)?)).map_err(D::Error::custom)
    }
}

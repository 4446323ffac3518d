//! The mapping file, which people edit.

use std::fmt::Write;

use onefold_fact::SourceMode;
use onefold_fact::standard::DateOrder;

use super::{Mapping, Role, Rows, SourceMapping};
use crate::error::ConnectError;

/// What stands at the top of a written mapping.
const INTRODUCTION: &str = "\
# How each source is read, as found out from its headers and first rows. Correct what is wrong; what you delete is
# found out again.
#
# Of a source:
#   party       \"person\" or \"organisation\": what its keys name
#   rows        \"records\": a row is the present state of a customer
#               { events = \"order\" }: a row is something that happened, by this name
#               \"memberships\": a row is one of the groups that somebody is or was in
#               \"messages\": JSON lines that say themselves what they are
#   mode        \"upsert\": a delivery adds to what was said before; \"snapshot\": it replaces it
#   country     the country of phone numbers without a country code: \"GB\"
#   date-order  how 03/04/1990 is read: \"day_first\" or \"month_first\"
#   delimiter, encoding  only if they are not found out rightly: \";\", \"utf-8\", \"windows-1252\"
#
# Of a column:
#   \"key\"                    the source's own key of the customer
#   { key = \"customer_id\" }  the same, and other sources know the customer by it too
#   \"message-id\"             the id of the row itself: the same id is the same event (order and line: both)
#   \"occurred-at\"            when it was so or happened; { occurred-at = \"created_at\" } keeps it as attribute too
#   \"event-name\"             what happened, where rows are different events
#   { attribute = \"given_name\", kind = \"given-name\" }   of the customer; the kind says how it is read and compared
#   { property = \"total\", kind = \"money\" }              of the event
#   { identifier = \"customer_id\" }                      what another system calls the customer
#   { group = \"company_id\", role = \"employee\" }         what the customer is a member of
#   \"member-role\", \"until\"   of a membership: as what, and when it ended; it began at \"occurred-at\"
#   \"deleted\"                the record is gone: yes, or since when
#   \"ignore\"                 not read
";

impl Mapping {
    /// Reads a mapping file (TOML). Sources and columns that it does not name are left to be inferred.
    ///
    /// # Errors
    /// When the text is not TOML, or names a role, kind or setting that does not exist; with line and help.
    ///
    /// ```
    /// use onefold_connect::Mapping;
    ///
    /// let error = Mapping::from_toml("[crm.columns]\nMail = { attribute = \"email\", kind = \"e-mail\" }\n")
    ///     .map_err(|error| error.to_string());
    /// assert!(error.is_err_and(|message| message.starts_with("mapping, line 2, column ")));
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, ConnectError> {
        toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let before = text.get(..at).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let message = error.message().trim();
            let (message, expected) = message
                .split_once(", expected ")
                .or_else(|| message.split_once("\nexpected "))
                .unwrap_or((message, "what the comment at the top of a written mapping shows"));
            ConnectError::Mapping {
                line: before.matches('\n').count() + 1,
                column: before.get(line_start..).map_or(0, |start| start.chars().count()) + 1,
                message: message.replace('\n', ", "),
                expected: expected.replace('\n', ", "),
            }
        })
    }

    /// The mapping as a file for people: with a comment that explains every choice, in the order of the columns.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::from(INTRODUCTION);
        for (source, mapping) in &self.sources {
            write_source(&mut text, &key(source.as_str()), mapping);
        }
        text
    }
}

fn write_source(text: &mut String, source: &str, mapping: &SourceMapping) {
    let SourceMapping { file, party, rows, mode, conventions, table, columns } = mapping;
    let mut settings: Vec<(&str, String)> = Vec::new();
    let mut set = |name, value: Option<String>| settings.extend(value.map(|value| (name, value)));
    set("file", file.as_deref().map(quoted));
    set("party", party.map(|party| quoted(&party.to_string())));
    set("rows", rows.as_ref().map(written_rows));
    set("mode", mode.map(|mode| quoted(if mode == SourceMode::Snapshot { "snapshot" } else { "upsert" })));
    set("country", conventions.country.map(|country| quoted(country.as_str())));
    set(
        "date-order",
        conventions
            .date_order
            .map(|order| quoted(if order == DateOrder::DayFirst { "day_first" } else { "month_first" })),
    );
    set(
        "delimiter",
        table.delimiter.map(|delimiter| {
            if delimiter == b'\t' { quoted("tab") } else { quoted(&char::from(delimiter).to_string()) }
        }),
    );
    set("encoding", table.encoding.map(|encoding| quoted(encoding.as_str())));
    // Writing to a text cannot fail.
    let _ = writeln!(text, "\n[{source}]");
    for (name, value) in settings {
        let _ = writeln!(text, "{name} = {value}");
    }
    if columns.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n[{source}.columns]");
    let keys: Vec<String> = columns.iter().map(|(header, _)| key(header)).collect();
    let width = keys.iter().map(|key| key.chars().count()).max().unwrap_or(0).min(40);
    for (key, (_, role)) in keys.iter().zip(columns.iter()) {
        let _ = writeln!(text, "{key:width$} = {}", written_role(role));
    }
}

fn written_rows(rows: &Rows) -> String {
    match rows {
        Rows::Records => quoted("records"),
        Rows::Messages => quoted("messages"),
        Rows::Memberships => quoted("memberships"),
        Rows::Events(name) => format!("{{ events = {} }}", quoted(name)),
    }
}

fn written_role(role: &Role) -> String {
    match role.written() {
        (word, None, _) => quoted(word),
        (word, Some(name), None) => format!("{{ {word} = {} }}", quoted(name)),
        (word, Some(name), Some((more, value))) => {
            format!("{{ {word} = {}, {more} = {} }}", quoted(name), quoted(value))
        }
    }
}

/// A name as a key: bare where TOML allows it.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A text in quotes, on one line whatever it holds, as keys must be.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                // Writing to a text cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

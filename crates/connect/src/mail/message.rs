//! One message: from its bytes to what it says.

use chrono::DateTime;
use mail_parser::{Addr, HeaderName, HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use onefold_fact::{Conventions, Finding, Kind, Place, Reason, Timestamp};

use crate::mail::automatic::automatic;
use crate::mail::text::{Passages, forwarded_id, passages};
use crate::mail::{Content, Field, Mail, Mailbox};
use crate::set_aside::{Aside, SetAside, cut};

/// So many addresses of a message are kept.
const MAX_MAILBOXES: usize = 10_000;

/// So many references are kept: the first, which begins the conversation, and the last ones.
const MAX_REFERENCES: usize = 1_000;

/// So many bytes of what a message says itself are kept, and of a subject.
const MAX_TEXT: usize = 64 << 10;
const MAX_SUBJECT: usize = 1_000;

#[derive(Default)]
pub(super) struct Parser(MessageParser);

impl Parser {
    /// What a message says, or why it says nothing.
    pub(super) fn read(
        &self,
        number: u64,
        (raw, delivered_at): (&[u8], Option<Timestamp>),
        place: &dyn Fn() -> Place,
        findings: &mut Vec<Finding>,
        aside: &mut Aside,
    ) -> Result<Mail, (Reason, &'static str)> {
        if raw.iter().all(u8::is_ascii_whitespace) {
            return Err((Reason::Empty, "is empty; expected a header and a body"));
        }
        let message = self.0.parse(raw).filter(|message| !message.headers().is_empty());
        let no_header = "has no header; expected fields such as `From: …` before a blank line";
        let message = message.ok_or((Reason::MalformedMessage, no_header))?;
        let mut found = |reason, column: &str, message: &str| {
            findings.push(Finding::new(reason, message).at(place().column(column)));
        };
        let mut mailboxes = mailboxes(&message, place, aside);
        if mailboxes.is_empty() {
            return Err((Reason::MalformedMessage, "names nobody; expected an address in `From`, `To` or `Cc`"));
        }
        if mailboxes.len() > MAX_MAILBOXES {
            let of = mailboxes.len() - MAX_MAILBOXES;
            mailboxes.truncate(MAX_MAILBOXES);
            found(Reason::Oversized, "To", &format!("names {of} more addresses than 10,000, which are not kept"));
        }
        let id = ids(&message, &HeaderName::MessageId).into_iter().next();
        if id.is_none() {
            found(
                Reason::MalformedMessage,
                "Message-ID",
                "is missing; it is known by its sender, time, subject and body",
            );
        }
        let date = date(&message).or_else(|| {
            let received = message.received().and_then(mail_parser::Received::date).as_ref().and_then(instant);
            let received = received.or(delivered_at);
            let what = if received.is_some() { "the time of its receipt is taken" } else { "it has no time" };
            let message =
                format!("is missing or no date; {what}, expected one such as `Mon, 2 Mar 2026 09:00:00 +0100`");
            found(Reason::MalformedValue, "Date", &message);
            received
        });
        let text = message.body_text(0).unwrap_or_default();
        let is_html = message.text_part(0).is_some_and(mail_parser::MessagePart::is_text_html);
        if message.text_bodies().any(|part| part.is_encoding_problem) || text.contains('\u{FFFD}') {
            found(
                Reason::Encoding,
                "body",
                "is not text in the encoding that it says; what cannot be read is `\u{FFFD}`",
            );
        }
        let apart = passages(&text);
        let mut references = references(&message, &id, &apart);
        if references.len() > MAX_REFERENCES {
            let of = references.len() - MAX_REFERENCES;
            references.drain(1..=of);
            found(Reason::Oversized, "References", &format!("names {of} more messages than 1,000, which are not kept"));
        }
        let media_type = if is_html { "text/html" } else { "text/plain" };
        let body = (!text.is_empty()).then(|| Content::of(text.as_bytes(), media_type.to_owned(), None));
        let subject = message.subject().map(|subject| cut(subject.trim(), MAX_SUBJECT));
        Ok(Mail {
            number,
            references,
            mailboxes,
            date,
            subject: subject.filter(|subject| !subject.is_empty()),
            passages: Passages {
                own: bounded(apart.own),
                quoted: bounded(apart.quoted),
                signature: bounded(apart.signature),
            },
            body,
            attachments: message.attachments().map(attachment).collect(),
            language: language(&message),
            automatic: automatic(message.headers_raw()),
            id,
        })
    }
}

/// So much of a text as is kept, up to a letter.
fn bounded(mut text: String) -> String {
    if text.len() > MAX_TEXT {
        let end = (0..=MAX_TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

/// The addresses of the header, each once a field. What is no address is set aside.
fn mailboxes(message: &Message<'_>, place: &dyn Fn() -> Place, aside: &mut Aside) -> Vec<(Field, Mailbox)> {
    let mut all: Vec<(Field, Mailbox)> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let fields = [
        (HeaderName::From, Field::From, "From"),
        (HeaderName::To, Field::To, "To"),
        (HeaderName::Cc, Field::Cc, "Cc"),
        (HeaderName::Bcc, Field::Bcc, "Bcc"),
    ];
    for (header, field, name) in fields {
        for value in message.header_values(header) {
            let HeaderValue::Address(addresses) = value else { continue };
            for Addr { name: said, address } in addresses.iter() {
                let Some(address) = address.as_deref().map(str::trim).filter(|address| !address.is_empty()) else {
                    continue;
                };
                match Kind::Email.parse(address, &Conventions::default()) {
                    Ok(value) => {
                        let address = value.to_text().into_owned();
                        let said = said.as_deref().map(|name| cut(name.trim(), 200)).filter(|name| !name.is_empty());
                        if seen.insert((field, address.clone())) {
                            all.push((field, Mailbox { address, name: said }));
                        }
                    }
                    Err(malformed) => {
                        let place = || place().column(name);
                        aside.cell(|| SetAside::new(Reason::MalformedValue, malformed.to_string(), place(), address));
                    }
                }
            }
        }
    }
    // Without a sender, the one who sent it on is.
    if !all.iter().any(|(field, _)| *field == Field::From)
        && let Some(Addr { address: Some(address), .. }) = message.sender().and_then(mail_parser::Address::first)
        && let Ok(value) = Kind::Email.parse(address, &Conventions::default())
    {
        all.insert(0, (Field::From, Mailbox { address: value.to_text().into_owned(), name: None }));
    }
    all
}

/// The ids in a field.
fn ids(message: &Message<'_>, header: &HeaderName<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    let mut take = |id: &str| {
        // Words around ids are no ids, and an id of a thousand letters is none either.
        if !id.is_empty()
            && id.len() < 1_000
            && !id.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        {
            ids.push(id.to_owned());
        }
    };
    for value in message.headers().iter().filter(|of| of.name == *header).map(|of| &of.value) {
        match value {
            HeaderValue::Text(id) => take(id),
            HeaderValue::TextList(all) => all.iter().for_each(|id| take(id)),
            _ => {}
        }
    }
    ids
}

/// What a message answers.
fn references(message: &Message<'_>, id: &Option<String>, apart: &Passages) -> Vec<String> {
    let mut references = ids(message, &HeaderName::References);
    if references.is_empty() {
        references.extend(answered(message));
    }
    if references.is_empty() {
        let attached = message.attachments().find_map(|part| part.message()?.message_id().map(str::to_owned));
        references.extend(attached.or_else(|| forwarded_id(&apart.quoted)));
    }
    references.retain(|reference| Some(reference) != id.as_ref());
    references
}

/// What a message without references says that it answers: the first id of its `In-Reply-To`. Some programs write a sentence
/// there, with the address of whom they answer before the id; then it is the last one.
fn answered(message: &Message<'_>) -> Option<String> {
    let mut ids = ids(message, &HeaderName::InReplyTo);
    let said = message.header_raw(HeaderName::InReplyTo).unwrap_or_default();
    let outside = said.split('<').enumerate().map(|(at, piece)| match piece.split_once('>') {
        Some((_, outside)) if at > 0 => outside,
        _ => piece,
    });
    let is_sentence = outside.flat_map(str::chars).any(char::is_alphanumeric);
    if is_sentence { ids.pop() } else { ids.into_iter().next() }
}

fn date(message: &Message<'_>) -> Option<Timestamp> {
    message.date().and_then(instant)
}

/// The instant of a date that is one; also before 1970.
fn instant(date: &mail_parser::DateTime) -> Option<Timestamp> {
    let day = chrono::NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day));
    // A leap second is the one before it.
    let is_one = day.is_some() && date.hour < 24 && date.minute < 60 && date.second < 61 && date.tz_hour < 24;
    is_one.then(|| DateTime::from_timestamp(date.to_timestamp() - i64::from(date.second == 60), 0)).flatten()
}

fn language(message: &Message<'_>) -> Option<String> {
    let language = match message.root_part().content_language() {
        HeaderValue::Text(language) => language.as_ref(),
        HeaderValue::TextList(all) => all.first()?.as_ref(),
        _ => return None,
    };
    let is_tag = !language.is_empty() && language.len() < 36;
    (is_tag && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')).then(|| language.to_owned())
}

fn attachment(part: &mail_parser::MessagePart<'_>) -> Content {
    let media_type = part.content_type().map(|of| match of.subtype() {
        Some(subtype) => format!("{}/{subtype}", of.ctype()).to_lowercase(),
        None => of.ctype().to_lowercase(),
    });
    let media_type = cut(&media_type.unwrap_or_else(|| "application/octet-stream".to_owned()), 200);
    let name = part.attachment_name().map(|name| cut(name, 200));
    match &part.body {
        PartType::Message(message) => Content::of(message.raw_message(), media_type, name),
        _ => Content::of(part.contents(), media_type, name),
    }
}

//! Mail: single messages (`.eml`) and mailboxes (`.mbox`), one message after another in bounded memory.

mod automatic;
mod mbox;
mod message;
mod text;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use onefold_fact::{Digest, Digester, Finding, Place, Progress, Reason, Timestamp};

use self::mbox::Messages;
use self::message::Parser;
pub use self::text::{Passages, passages};
use crate::error::ConnectError;
use crate::read::Reading;
use crate::set_aside::{Aside, SetAside, excerpt};
use crate::sources::{file_name, regular};

/// A message as it was sent.
///
/// What does not fit is bounded and said: of addresses the first 10,000 are kept, of references the first and the last 999,
/// of the text that is its own 64 KiB; the body and the attachments are known by their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Which message of the file, counted from 1.
    pub number: u64,
    /// Its `Message-ID` without the angle brackets.
    pub id: Option<String>,
    /// What it answers, oldest first: its `References`, or else the first of its `In-Reply-To`, or else the message that it
    /// forwards, if that says its id.
    pub references: Vec<String>,
    /// Who wrote it, and to whom, in the order of the header.
    pub mailboxes: Vec<(Field, Mailbox)>,
    /// When it was written, by its `Date`, or else when the last of the servers received it, or when it was put into its
    /// mailbox.
    pub date: Option<Timestamp>,
    /// Its subject, decoded.
    pub subject: Option<String>,
    /// The text, with what it quotes and its signature apart.
    pub passages: Passages,
    /// The whole body.
    pub body: Option<Content>,
    /// What is attached.
    pub attachments: Vec<Content>,
    /// The language that it says of itself.
    pub language: Option<String>,
    /// Why a program wrote it, or sent it to many, if one did: it is not answered by programs, and opens nothing again.
    pub automatic: Option<String>,
}

impl Mail {
    /// The addresses of a field.
    pub fn of(&self, field: Field) -> impl Iterator<Item = &Mailbox> {
        self.mailboxes.iter().filter(move |(of, _)| *of == field).map(|(_, mailbox)| mailbox)
    }

    /// What tells it from all other messages, whichever mailbox it is read from: its id, sender and time; of one without an
    /// id also its subject and body. Two messages that were sent under one id are two.
    #[must_use]
    pub fn identity(&self) -> Digest {
        let mut digester = Digester::default();
        digester.one(&self.id).one(&self.date);
        for mailbox in self.of(Field::From) {
            digester.text(&mailbox.address);
        }
        if self.id.is_none() {
            digester.one(&self.subject).one(&self.body.as_ref().map(|body| body.digest));
        }
        digester.finish()
    }
}

/// A field of the header that names people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the header fields")]
pub enum Field {
    From,
    To,
    Cc,
    Bcc,
}

/// An address and the name beside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox {
    /// The address in its standard form.
    pub address: String,
    /// The name.
    pub name: Option<String>,
}

/// A body or an attachment by its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The digest of its bytes ([`Digester::bytes`]).
    pub digest: Digest,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// What it is: `text/plain`.
    pub media_type: String,
    /// What it is called.
    pub name: Option<String>,
}

impl Content {
    pub(crate) fn of(bytes: &[u8], media_type: String, name: Option<String>) -> Self {
        let mut digester = Digester::default();
        digester.bytes(bytes);
        Self { digest: digester.finish(), bytes: bytes.len() as u64, media_type, name }
    }
}

/// Reads the messages of a file and gives each to `sink`, until the file ends, the sink breaks or the progress stops. A file
/// that begins with a line `From …` is a mailbox, any other a single message.
///
/// Nothing that the file holds is an error. Each message is given or set aside, so `read == entries + rows_set_aside`; an
/// address that is none is set aside alone. A mailbox that was cut in the middle gives what is there, with a finding.
///
/// ```
/// use std::ops::ControlFlow;
/// use onefold_connect::read_mail;
/// use onefold_fact::Silent;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("onefold-mail-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("inbox.mbox");
/// std::fs::write(&path, "From - Mon Mar  2 09:00:00 2026\nFrom: Ada <Ada@X.io>\nTo: desk@shop.example\n\
///     Message-ID: <1@x.io>\nDate: Mon, 2 Mar 2026 09:00:00 +0100\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\n\n\
///     Is it 40?\n\n> On Monday you wrote\n-- \nAda\n")?;
/// let mut mails = Vec::new();
/// let reading = read_mail(&path, &mut Silent, &mut |mail| {
///     mails.push(mail);
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!((reading.read, reading.entries), (1, 1));
/// assert_eq!(mails[0].subject.as_deref(), Some("Größe"));
/// assert_eq!(mails[0].passages.own, "Is it 40?");
/// assert_eq!(mails[0].mailboxes[0].1.address, "ada@x.io");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When the file cannot be read.
pub fn read_mail(
    path: &Path,
    progress: &mut dyn Progress,
    sink: &mut dyn FnMut(Mail) -> ControlFlow<()>,
) -> Result<Reading, ConnectError> {
    let file = regular(path).map_err(ConnectError::unreadable(path))?;
    let name = file_name(path);
    progress.begin(&format!("reading {name}"), fs::metadata(path).map(|about| about.len()).ok());
    let mut messages = Messages::new(file).map_err(ConnectError::unreadable(path))?;
    let parser = Parser::default();
    let mut reading = Reading::default();
    let mut aside = Aside::default();
    let mut raw = Vec::new();
    while let Some(piece) = messages.next(&mut raw).map_err(ConnectError::unreadable(path))? {
        reading.read += 1;
        let place = || Place::file(name.clone()).row(reading.read);
        if piece.is_oversized {
            let message = "is longer than 64 MiB; its beginning is kept, expected shorter messages";
            reading.findings.push(Finding::new(Reason::Oversized, message).at(place()));
        }
        if piece.is_cut {
            let message =
                "ends in the middle of a line: the file was cut; what is there is kept, expected the whole file";
            reading.findings.push(Finding::new(Reason::MalformedMessage, message).at(place()));
        }
        let flow =
            match parser.read(reading.read, (&raw, piece.delivered_at), &place, &mut reading.findings, &mut aside) {
                Ok(mail) => {
                    reading.entries += 1;
                    sink(mail)
                }
                Err((reason, message)) => {
                    aside.row(SetAside::new(reason, message, place(), &excerpt(&raw)));
                    ControlFlow::Continue(())
                }
            };
        progress.done(messages.bytes_read());
        if flow.is_break() || progress.stopped() {
            return Ok(reading.with(aside));
        }
    }
    if reading.read == 0 {
        let message = "is empty; expected a message, or a mailbox of lines `From …` before each message";
        reading.findings.push(Finding::new(Reason::Empty, message).at(Place::file(name)));
    }
    reading.finished = true;
    Ok(reading.with(aside))
}

//! Contacts of vCard files, in and out: versions 2.1, 3.0 and 4.0.

mod write;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use calcard::vcard::{
    VCard, VCardEntry, VCardKind, VCardParameterName, VCardParameterValue, VCardProperty, VCardType, VCardValue,
};
use onefold_fact::standard::Malformed;
use onefold_fact::{
    AttributeName, Body, Conventions, Digester, Draft, Finding, Identifier, Kind, Party, Place, Progress, Reason,
    RecordKey, Source, Value, namespace,
};

pub use self::write::{CardVersion, write_card};
use crate::error::ConnectError;
use crate::read::{Entry, Reading};
use crate::set_aside::{Aside, SetAside, cut};
use crate::sources::{SourceFile, regular};

/// So much of a card is kept, pictures included.
const MAX_CARD: usize = 16 << 20;

/// So many letters of a value are kept.
const MAX_VALUE: usize = 16 << 10;

/// Reads the cards of a file as statements about persons and organisations, and gives those of each to `sink`.
///
/// A card is known by its `UID`, else by its first e-mail address, else by what it says. Names, addresses, numbers and what
/// somebody does become attributes under the names that they have in every source; each e-mail address and phone number is
/// an identifier as well; what is unknown is kept under its own name (`X-TWITTER` as `x_twitter`). Pictures and keys are
/// not kept.
///
/// Nothing that the file holds is an error. Each card is given or set aside, so `read == entries + rows_set_aside`.
///
/// ```
/// use std::ops::ControlFlow;
/// use onefold_connect::{SourceFile, read_cards};
/// use onefold_fact::{Body, Silent, Value};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("onefold-card-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("contacts.vcf");
/// std::fs::write(&path, "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Ada\r\n\
///     TEL;CELL:+49 30 901820\r\nEMAIL:Ada@X.io\r\nX-NICK:Countess\r\nEND:VCARD\r\n")?;
/// let mut drafts = Vec::new();
/// read_cards(&SourceFile::new(&path), &mut Silent, &mut |entry| {
///     drafts.extend(entry.drafts);
///     ControlFlow::Continue(())
/// })?;
/// let fact = drafts.remove(0).received("monday", "2026-03-01T09:00:00Z".parse()?);
/// let Body::Set(said) = fact.body() else { return Err("attributes".into()) };
/// assert_eq!(said.get("family_name"), Some(&Value::from("Müller")));
/// assert_eq!(said.get("x_nick"), Some(&Value::from("Countess")));
/// assert_eq!(fact.identifiers()[0].to_string(), "email:ada@x.io");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When the file cannot be read.
pub fn read_cards(
    file: &SourceFile,
    progress: &mut dyn Progress,
    sink: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<Reading, ConnectError> {
    let unreadable = || ConnectError::unreadable(&file.path);
    let (name, size) = (file.name(), fs::metadata(&file.path).map(|about| about.len()).ok());
    progress.begin(&format!("reading {name}"), size);
    let mut cards = Cards { reader: BufReader::new(regular(&file.path).map_err(unreadable())?), bytes: 0 };
    let mut reading = Reading::default();
    let mut aside = Aside::default();
    while let Some(piece) = cards.next().map_err(unreadable())? {
        reading.read += 1;
        let place = Place::file(name.clone()).row(reading.read);
        let mut reader = Reader { place, findings: &mut reading.findings, aside: &mut aside };
        let read = reader.read(&file.source, &piece);
        let place = reader.place;
        let flow = match read {
            Ok(draft) => {
                reading.entries += 1;
                sink(Entry { row: reading.read, drafts: vec![draft] })
            }
            Err((reason, message)) => {
                aside.row(SetAside::new(reason, message, place, &String::from_utf8_lossy(&piece.bytes)));
                ControlFlow::Continue(())
            }
        };
        progress.done(cards.bytes);
        if flow.is_break() || progress.stopped() {
            return Ok(reading.with(aside));
        }
    }
    if reading.read == 0 {
        let finding = Finding::new(Reason::Empty, "has no card; expected `BEGIN:VCARD`");
        reading.findings.push(finding.at(Place::file(name)));
    }
    reading.finished = true;
    Ok(reading.with(aside))
}

/// The cards of a file, one after another.
struct Cards {
    reader: BufReader<File>,
    bytes: u64,
}

/// A card as it stands in the file.
struct Piece {
    bytes: Vec<u8>,
    is_oversized: bool,
    ends: bool,
}

impl Cards {
    fn next(&mut self) -> io::Result<Option<Piece>> {
        let mut piece = Piece { bytes: Vec::new(), is_oversized: false, ends: false };
        let (mut line, mut is_there) = (Vec::new(), false);
        loop {
            line.clear();
            let read = self.reader.by_ref().take(MAX_CARD as u64).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(is_there.then_some(piece));
            }
            self.bytes += read as u64;
            let bare = line.trim_ascii();
            let bare = bare.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bare);
            if !is_there && bare.is_empty() {
                continue;
            }
            is_there = true;
            let room = MAX_CARD.saturating_sub(piece.bytes.len());
            piece.bytes.extend_from_slice(line.get(..room).unwrap_or(&line));
            piece.is_oversized |= line.len() > room;
            if bare.eq_ignore_ascii_case(b"END:VCARD") {
                piece.ends = true;
                return Ok(Some(piece));
            }
        }
    }
}

struct Reader<'a> {
    place: Place,
    findings: &'a mut Vec<Finding>,
    aside: &'a mut Aside,
}

/// What a card says so far.
#[derive(Default)]
struct Said {
    attributes: BTreeMap<AttributeName, Value>,
    identifiers: Vec<Identifier>,
}

impl Said {
    /// Takes a value over under a name, or under the name with a number, if it is taken by another.
    fn tell(&mut self, name: &str, value: Value) {
        let mut free = AttributeName::from(name);
        let mut number = 2;
        while let Some(known) = self.attributes.get(&free) {
            if *known == value {
                return;
            }
            free = AttributeName::from(format!("{name}_{number}").as_str());
            number += 1;
        }
        self.attributes.insert(free, value);
    }
}

impl Reader<'_> {
    fn found(&mut self, reason: Reason, message: &str) {
        self.findings.push(Finding::new(reason, message).at(self.place.clone()));
    }

    fn read(&mut self, source: &Source, piece: &Piece) -> Result<Draft, (Reason, String)> {
        if piece.is_oversized {
            self.found(Reason::Oversized, "is longer than 16 MiB; its beginning is read, expected less");
        }
        let text = String::from_utf8_lossy(&piece.bytes);
        let declares = text.to_ascii_uppercase().contains("CHARSET=");
        if text.contains('\u{FFFD}') && !declares {
            self.found(Reason::Encoding, "is not UTF-8 everywhere; what cannot be read is `\u{FFFD}`, expected UTF-8");
        }
        let whole = if piece.ends {
            text.into_owned()
        } else {
            self.found(Reason::MalformedMessage, "does not end with `END:VCARD`: it was cut; what is there is read");
            format!("{text}\r\nEND:VCARD\r\n")
        };
        let card = VCard::parse(whole.trim_start_matches('\u{FEFF}')).map_err(|_| {
            (
                Reason::MalformedMessage,
                "is no card; expected `BEGIN:VCARD` and properties such as `FN:Ada Byron`".to_owned(),
            )
        })?;
        let mut said = Said::default();
        for entry in &card.entries {
            self.entry(entry, &mut said);
        }
        if said.attributes.is_empty() && said.identifiers.is_empty() {
            return Err((Reason::Empty, "says nothing; expected a name, an address or a number".to_owned()));
        }
        let is_organisation = card
            .property(&VCardProperty::Kind)
            .is_some_and(|entry| matches!(entry.values.first(), Some(VCardValue::Kind(VCardKind::Org))));
        let party = if is_organisation { Party::Organisation } else { Party::Person };
        let key = match card.uid().map(str::trim).filter(|uid| !uid.is_empty()) {
            Some(uid) => uid.strip_prefix("urn:uuid:").unwrap_or(uid).to_owned(),
            None => match said.identifiers.iter().find(|it| it.namespace().as_str() == namespace::EMAIL) {
                Some(email) => email.to_string(),
                None => {
                    let mut digester = Digester::default();
                    digester.each(&said.attributes);
                    digester.finish().to_string()
                }
            },
        };
        let changed = card.property(&VCardProperty::Rev).and_then(|entry| match entry.values.first() {
            Some(VCardValue::PartialDateTime(time)) if time.has_date_and_time() => time.to_timestamp(),
            _ => None,
        });
        let changed = changed.and_then(|at| onefold_fact::Timestamp::from_timestamp(at, 0));
        let draft = Draft::new(source.clone(), Body::Set(said.attributes)).key(RecordKey::new(party, cut(&key, 500)));
        let draft = said.identifiers.into_iter().fold(draft, Draft::identified_by);
        Ok(match changed {
            Some(at) => draft.occurred_at(at),
            None => draft,
        })
    }

    fn entry(&mut self, entry: &VCardEntry, said: &mut Said) {
        let parts = || -> Vec<String> {
            let text = |value: &VCardValue| match value {
                VCardValue::Component(parts) => parts.join(" "),
                other => plain(other).unwrap_or_default(),
            };
            entry.values.iter().map(|value| text(value).trim().to_owned()).collect()
        };
        let first = || parts().into_iter().find(|part| !part.is_empty());
        match &entry.name {
            VCardProperty::Begin
            | VCardProperty::End
            | VCardProperty::Version
            | VCardProperty::Prodid
            | VCardProperty::Uid
            | VCardProperty::Rev
            | VCardProperty::Kind
            | VCardProperty::Photo
            | VCardProperty::Logo
            | VCardProperty::Sound
            | VCardProperty::Key
            | VCardProperty::Source
            | VCardProperty::Clientpidmap => {}
            VCardProperty::Fn => self.tell(said, "full_name", Kind::FullName, first()),
            VCardProperty::N => {
                let fields = [
                    ("family_name", Kind::FamilyName),
                    ("given_name", Kind::GivenName),
                    ("middle_name", Kind::MiddleName),
                    ("title", Kind::NameTitle),
                ];
                for ((name, kind), part) in fields.into_iter().zip(parts()) {
                    self.tell(said, name, kind, Some(part));
                }
            }
            VCardProperty::Adr => {
                let fields = [
                    ("address_line", Kind::AddressLine),
                    ("address_line", Kind::AddressLine),
                    ("street", Kind::Street),
                    ("city", Kind::City),
                    ("region", Kind::Region),
                    ("postcode", Kind::Postcode),
                    ("country", Kind::Country),
                ];
                for ((name, kind), part) in fields.into_iter().zip(parts()) {
                    self.tell(said, name, kind, Some(part));
                }
            }
            VCardProperty::Org => self.tell(said, "company", Kind::Company, first()),
            VCardProperty::Email => {
                if let Some(value) = self.value(Kind::Email, "EMAIL", first()) {
                    said.identifiers.push(Identifier::new(namespace::EMAIL, value.to_text().as_ref()));
                    said.tell("email", value);
                }
            }
            VCardProperty::Tel => {
                let number = first().map(|it| it.strip_prefix("tel:").unwrap_or(&it).to_owned());
                if let Some(value) = self.value(Kind::Phone, "TEL", number) {
                    let is = |of: &VCardType| {
                        let mut types = entry.parameters(&VCardParameterName::Type);
                        types.any(|it| matches!(it, VCardParameterValue::Type(it) if it == of))
                    };
                    if is(&VCardType::Fax) {
                        said.tell("fax", value);
                        return;
                    }
                    said.identifiers.push(Identifier::new(namespace::PHONE, value.to_text().as_ref()));
                    said.tell("phone", value);
                }
            }
            VCardProperty::Bday => match self.birth_date(entry) {
                Some(value) => said.tell("birth_date", value),
                None => self.malformed(
                    "BDAY",
                    &first().unwrap_or_default(),
                    "is no date; expected one such as `1985-12-10`",
                ),
            },
            VCardProperty::Url => self.tell(said, "website", Kind::Url, first()),
            VCardProperty::Title => self.tell(said, "job_title", Kind::Category, first()),
            VCardProperty::Role => self.tell(said, "role", Kind::Category, first()),
            VCardProperty::Note => self.tell(said, "notes", Kind::FreeText, first()),
            VCardProperty::Nickname => self.tell(said, "nickname", Kind::Text, first()),
            VCardProperty::Gender => self.tell(said, "gender", Kind::Gender, first()),
            other => {
                let name = other.as_str().to_lowercase().replace(['-', '.', ' '], "_");
                let text = parts().into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
                self.tell(said, &cut(&name, 100), Kind::Text, Some(text));
            }
        }
    }

    fn birth_date(&self, entry: &VCardEntry) -> Option<Value> {
        match entry.values.first()? {
            VCardValue::PartialDateTime(date) => {
                let text = format!("{:04}-{:02}-{:02}", date.year?, date.month?, date.day?);
                Kind::BirthDate.parse(&text, &Conventions::default()).ok()
            }
            other => Kind::BirthDate.parse(&plain(other)?, &Conventions::default()).ok(),
        }
    }

    fn tell(&mut self, said: &mut Said, name: &str, kind: Kind, text: Option<String>) {
        if let Some(value) = self.value(kind, name, text) {
            said.tell(name, value);
        }
    }

    /// A value in its standard form; what its kind does not allow is set aside.
    fn value(&mut self, kind: Kind, column: &str, text: Option<String>) -> Option<Value> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        match kind.parse(&cut(&text, MAX_VALUE), &Conventions::default()) {
            Ok(value) => Some(value),
            Err(malformed) => {
                self.malformed(column, &text, &Malformed::to_string(&malformed));
                None
            }
        }
    }

    fn malformed(&mut self, column: &str, value: &str, message: &str) {
        let place = self.place.clone().column(Arc::<str>::from(column));
        self.aside.cell(|| SetAside::new(Reason::MalformedValue, message, place, value));
    }
}

/// A value as text.
fn plain(value: &VCardValue) -> Option<String> {
    match value {
        VCardValue::Integer(number) => Some(number.to_string()),
        VCardValue::Float(number) => Some(number.to_string()),
        VCardValue::Boolean(is) => Some(is.to_string()),
        VCardValue::PartialDateTime(time) => {
            let mut text = String::new();
            let number = |number: Option<u8>| number.map_or("--".to_owned(), |number| format!("{number:02}"));
            if time.has_date() {
                let year = time.year.map_or("----".to_owned(), |year| format!("{year:04}"));
                text = format!("{year}-{}-{}", number(time.month), number(time.day));
            }
            if time.has_time() {
                text = format!("{text}T{}:{}:{}", number(time.hour), number(time.minute), number(time.second));
            }
            Some(text)
        }
        other => other.as_text().map(str::to_owned),
    }
}

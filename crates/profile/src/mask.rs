//! [`mask`] and [`keyed_hash`]: a value that is told without being told.

use onefold_fact::{Digest, DigestInto, Digester, Identifier, Kind, Value, namespace};

/// The value as far as it helps to recognise what one knows: `a***@x.io`, `***23`, `1990`, `A***`.
///
/// ```
/// use onefold_fact::{Kind, Value};
/// use onefold_profile::mask;
///
/// assert_eq!(mask(Kind::Email, &Value::from("ada@x.io")), "a***@x.io");
/// assert_eq!(mask(Kind::Phone, &Value::from("+441134960123")), "***23");
/// assert_eq!(mask(Kind::GivenName, &Value::from("Ada")), "A***");
/// assert_eq!(mask(Kind::NationalId, &Value::from("QQ123456C")), "***");
/// ```
#[must_use]
pub fn mask(kind: Kind, value: &Value) -> String {
    let text = match value {
        Value::Text(text) => text,
        Value::Date(day) if kind == Kind::BirthDate => return chrono::Datelike::year(day).to_string(),
        _ => return "***".to_owned(),
    };
    let first = text.chars().next().filter(|_| text.chars().count() > 1).map(String::from).unwrap_or_default();
    match kind {
        Kind::Email => match text.rsplit_once('@') {
            Some((_, domain)) => format!("{first}***@{domain}"),
            None => "***".to_owned(),
        },
        Kind::Phone => {
            let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
            let last: String = digits.iter().skip(digits.len().saturating_sub(2)).collect();
            if digits.len() > 6 { format!("***{last}") } else { "***".to_owned() }
        }
        Kind::GivenName | Kind::MiddleName | Kind::FamilyName | Kind::FullName | Kind::City => format!("{first}***"),
        _ => "***".to_owned(),
    }
}

/// The value of an identifier as [`mask`] shows what its namespace holds.
pub(crate) fn mask_identifier(identifier: &Identifier) -> String {
    mask(kind_of(identifier).unwrap_or(Kind::Text), &Value::from(identifier.value()))
}

/// The kind of what a namespace holds, where attributes hold the same.
fn kind_of(identifier: &Identifier) -> Option<Kind> {
    match identifier.namespace().as_str() {
        namespace::EMAIL => Some(Kind::Email),
        namespace::PHONE => Some(Kind::Phone),
        _ => None,
    }
}

/// A hash under a secret key of the standard form of a value: the same value has the same hash in whatever spelling, and
/// nobody without the key can try values out.
///
/// ```
/// use onefold_fact::{Kind, Value};
/// use onefold_profile::keyed_hash;
///
/// let hash = |email: &str| keyed_hash(b"secret", Kind::Email, &Value::from(email));
/// assert_eq!(hash("ada@x.io"), hash("ADA@x.io"));
/// assert_ne!(hash("ada@x.io"), keyed_hash(b"other", Kind::Email, &Value::from("ada@x.io")));
/// ```
#[must_use]
pub fn keyed_hash(key: &[u8], kind: Kind, value: &Value) -> Digest {
    hash_under(key, kind.form(value).into_bytes())
}

/// The value of an identifier as [`keyed_hash`] tells what its namespace holds: a mailbox has one hash, as an attribute and
/// as an identifier. One of a namespace of its own is hashed with that.
pub(crate) fn hash_identifier(key: &[u8], identifier: &Identifier) -> Digest {
    let hash = |kind| keyed_hash(key, kind, &Value::from(identifier.value()));
    kind_of(identifier).map_or_else(|| keyed_identifier_hash(key, identifier), hash)
}

/// A hash under a secret key of an identifier in its standard form, its namespace included.
pub(crate) fn keyed_identifier_hash(key: &[u8], identifier: &Identifier) -> Digest {
    let form = identifier.form();
    hash_under(key, format!("{}:{}{form}", identifier.namespace().as_str().len(), identifier.namespace()).into_bytes())
}

/// The construction of HMAC (RFC 2104) over the house's hash: the key is hashed around the hash of key and value.
fn hash_under(key: &[u8], what: Vec<u8>) -> Digest {
    let inner = Keyed { key, what, tag: 0x36 };
    let outer = Keyed { key, what: Digest::of(&inner).as_bytes().to_vec(), tag: 0x5c };
    Digest::of(&outer)
}

struct Keyed<'a> {
    key: &'a [u8],
    what: Vec<u8>,
    tag: u8,
}

impl DigestInto for Keyed<'_> {
    fn digest_into(&self, digester: &mut Digester) {
        digester.tag(self.tag).bytes(self.key).bytes(&self.what);
    }
}

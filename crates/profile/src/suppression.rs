//! [`Suppression`]: who is not to be contacted or not to be processed, without saying who that is.

use std::collections::BTreeMap;

use onefold_fact::{Configuration, Digest, Identifier};
use serde::{Deserialize, Serialize};

use crate::mask::keyed_identifier_hash;

/// A standing list of identifiers, as keyed hashes, that are not to be used. It names nobody, so it outlasts an erasure:
/// who comes again by an identifier on it is known by that.
///
/// Keep the key apart from the list: whoever has both can try identifiers out. A list is good under the one key that it
/// was made with; [`fits`](Self::fits) says whether a key is that.
///
/// ```
/// use onefold_fact::Identifier;
/// use onefold_profile::{Suppressed, Suppression};
///
/// let mut list = Suppression::default();
/// list.suppress(b"secret", &Identifier::new("email", "ada@x.io"), Suppressed::Contact);
/// assert_eq!(list.of(b"secret", &Identifier::new("email", "Ada@X.io")), Some(Suppressed::Contact));
/// assert_eq!(list.of(b"secret", &Identifier::new("email", "bo@x.io")), None);
/// assert!(!serde_json::to_string(&list)?.contains("ada"));
/// assert!(list.fits(b"secret") && !list.fits(b"another"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// By which a key that is not the list's is known: a hash of no identifier under the right one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_check: Option<String>,
    /// By hash in hexadecimal.
    #[serde(flatten)]
    entries: BTreeMap<String, Suppressed>,
}

/// What is not to be done; the later the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppressed {
    /// Contact, for whatever purpose.
    Contact,
    /// Any processing: facts with the identifier are not taken in.
    Process,
}

impl Suppression {
    /// Adds an identifier. One that is on the list already keeps the stricter of the two.
    pub fn suppress(&mut self, key: &[u8], identifier: &Identifier, what: Suppressed) {
        self.key_check.get_or_insert_with(|| check(key));
        let entry = self.entries.entry(hash(key, identifier)).or_insert(what);
        *entry = what.max(*entry);
    }

    /// Whether a key is the one that the list was made with, or nothing is on it yet.
    #[must_use]
    pub fn fits(&self, key: &[u8]) -> bool {
        self.key_check.as_ref().is_none_or(|known| *known == check(key))
    }

    /// Takes an identifier off the list, and returns what was suppressed.
    pub fn lift(&mut self, key: &[u8], identifier: &Identifier) -> Option<Suppressed> {
        self.entries.remove(&hash(key, identifier))
    }

    /// What is suppressed for an identifier.
    #[must_use]
    pub fn of(&self, key: &[u8], identifier: &Identifier) -> Option<Suppressed> {
        self.entries.get(&hash(key, identifier)).copied()
    }

    /// What is suppressed for a holder of these identifiers: the strictest of all.
    #[must_use]
    pub fn of_any<'i>(&self, key: &[u8], identifiers: impl IntoIterator<Item = &'i Identifier>) -> Option<Suppressed> {
        identifiers.into_iter().filter_map(|identifier| self.of(key, identifier)).max()
    }

    /// How many identifiers are on the list.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the list is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

fn check(key: &[u8]) -> String {
    hash(key, &Identifier::new("", ""))
}

fn hash(key: &[u8], identifier: &Identifier) -> String {
    let hash: Digest = keyed_identifier_hash(key, identifier);
    hash.to_string()
}

impl Suppression {
    /// The part of the configuration that it is.
    pub const PART: &str = "suppression";
}

impl TryFrom<&Suppression> for Configuration {
    type Error = serde_json::Error;

    fn try_from(of: &Suppression) -> Result<Self, Self::Error> {
        Ok(Self { part: Suppression::PART.to_owned(), name: String::new(), json: serde_json::to_string(of)? })
    }
}

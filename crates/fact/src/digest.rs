//! [`Digest`]: equality of states, as 32 bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fact::Timestamp;

/// A BLAKE3 hash over a canonical serialisation: two states with one digest are the same state. It depends on content
/// only, never on memory layout, row ids or the order of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of one thing.
    #[must_use]
    pub fn of(thing: &(impl DigestInto + ?Sized)) -> Self {
        let mut digester = Digester::default();
        thing.digest_into(&mut digester);
        digester.finish()
    }

    /// The digest of one thing under a key (BLAKE3's keyed hashing): without the key nobody can compare it.
    #[must_use]
    pub fn keyed(key: &Digest, thing: &(impl DigestInto + ?Sized)) -> Self {
        let mut digester = Digester(blake3::Hasher::new_keyed(&key.0));
        thing.digest_into(&mut digester);
        digester.finish()
    }

    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Something with a canonical serialisation.
pub trait DigestInto {
    /// Writes the canonical serialisation. Implementations write a length or a tag wherever two different things could
    /// otherwise write the same bytes.
    fn digest_into(&self, digester: &mut Digester);
}

/// Collects a canonical serialisation and hashes it.
#[derive(Debug, Clone, Default)]
pub struct Digester(blake3::Hasher);

impl Digester {
    /// Writes which of several alternatives follows.
    pub fn tag(&mut self, tag: u8) -> &mut Self {
        self.0.update(&[tag]);
        self
    }

    /// Writes bytes, preceded by their number.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.u64(bytes.len() as u64);
        self.0.update(bytes);
        self
    }

    /// Writes text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Writes an unsigned number.
    pub fn u64(&mut self, number: u64) -> &mut Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    /// Writes a signed number.
    pub fn i64(&mut self, number: i64) -> &mut Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    /// Writes an instant, to the microsecond.
    pub fn time(&mut self, time: Timestamp) -> &mut Self {
        self.i64(time.timestamp_micros())
    }

    /// Writes a thing.
    pub fn one(&mut self, thing: &(impl DigestInto + ?Sized)) -> &mut Self {
        thing.digest_into(self);
        self
    }

    /// Writes things in the order given, preceded by their number.
    pub fn each<I>(&mut self, things: I) -> &mut Self
    where
        I: IntoIterator,
        I::IntoIter: ExactSizeIterator,
        I::Item: DigestInto,
    {
        let things = things.into_iter();
        self.u64(things.len() as u64);
        for thing in things {
            thing.digest_into(self);
        }
        self
    }

    /// The digest of all that was written.
    #[must_use]
    pub fn finish(&self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}

impl<T: DigestInto + ?Sized> DigestInto for &T {
    fn digest_into(&self, digester: &mut Digester) {
        (**self).digest_into(digester);
    }
}

impl<T: DigestInto> DigestInto for Option<T> {
    fn digest_into(&self, digester: &mut Digester) {
        match self {
            None => digester.tag(0),
            Some(thing) => digester.tag(1).one(thing),
        };
    }
}

impl<A: DigestInto, B: DigestInto> DigestInto for (A, B) {
    fn digest_into(&self, digester: &mut Digester) {
        digester.one(&self.0).one(&self.1);
    }
}

impl<T: DigestInto> DigestInto for Vec<T> {
    fn digest_into(&self, digester: &mut Digester) {
        digester.each(self);
    }
}

impl<T: DigestInto> DigestInto for BTreeSet<T> {
    fn digest_into(&self, digester: &mut Digester) {
        digester.each(self);
    }
}

impl<K: DigestInto, V: DigestInto> DigestInto for BTreeMap<K, V> {
    fn digest_into(&self, digester: &mut Digester) {
        digester.each(self);
    }
}

impl DigestInto for str {
    fn digest_into(&self, digester: &mut Digester) {
        digester.text(self);
    }
}

impl DigestInto for String {
    fn digest_into(&self, digester: &mut Digester) {
        digester.text(self);
    }
}

impl DigestInto for Timestamp {
    fn digest_into(&self, digester: &mut Digester) {
        digester.time(*self);
    }
}

impl DigestInto for Digest {
    fn digest_into(&self, digester: &mut Digester) {
        digester.bytes(&self.0);
    }
}

//! [`PackedProfile`]: a profile in few bytes.

mod bytes;
mod parts;

use crate::profile::Profile;

pub(crate) use self::bytes::{Damaged, Packed, Packer, Unpacker, packed};

/// The version of the form. Another form is another version.
const VERSION: u8 = 1;

/// A profile as one run of bytes, for whoever keeps millions of them in memory or sends them elsewhere. What recurs in it
/// stands there once: names, texts, records, and which facts said several things.
///
/// It is exact: what is unpacked equals what was packed, and has the same digest. Equal profiles of one fold are the same
/// bytes.
///
/// ```
/// use onefold_fact::{Body, Draft, FactSet, RecordKey, Schema};
/// use onefold_profile::{PackedProfile, fold};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let viewed = Draft::new("shop", Body::event("Viewed", [("sku", "A-1")])).key(RecordKey::person("17"));
/// let facts = FactSet::from_iter([viewed.received("stream", "2026-03-01T09:00:00Z".parse()?)]);
/// let of_ada = facts.standing(None).into_iter().filter_map(|s| Some((s.fact().record()?, s)));
/// # let id = facts.standing(None)[0].fact().record().ok_or("a record")?;
/// let ada = fold(id.into(), of_ada, &Schema::default(), None);
///
/// let packed: PackedProfile = ada.pack();
/// assert!(packed.as_bytes().len() < 150);
/// assert_eq!(packed.unpack()?, ada);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PackedProfile(Box<[u8]>);

/// Why bytes cannot be read as a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// Another release packed it.
    #[error("a profile of form {found} was given, this release reads form {VERSION}; fold it from its facts again")]
    Version {
        /// The version that it says it is of.
        found: u8,
    },
    /// It is no packed profile, or was changed since.
    #[error("the bytes of the profile are damaged at {at}; fold it from its facts again")]
    Damaged {
        /// How many bytes before it could be read.
        at: usize,
    },
}

impl Profile {
    /// The profile in few bytes.
    #[must_use]
    pub fn pack(&self) -> PackedProfile {
        let mut packer = Packer::new(VERSION);
        self.pack_into(&mut packer);
        PackedProfile(packer.finish())
    }
}

impl PackedProfile {
    /// The profile of bytes that [`as_bytes`](Self::as_bytes) gave. They are looked at when it is unpacked.
    #[must_use]
    pub fn from_bytes(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The profile that was packed.
    ///
    /// # Errors
    /// When the bytes are not those of a profile, or of another version. Values that lie more than 256 lists or objects
    /// deep, as no JSON gives, count as damage.
    pub fn unpack(&self) -> Result<Profile, UnpackError> {
        match self.0.split_first() {
            Some((&VERSION, _)) => {}
            Some((&found, _)) => return Err(UnpackError::Version { found }),
            None => return Err(UnpackError::Damaged { at: 0 }),
        }
        let mut unpacker = Unpacker::new(&self.0, 1);
        let profile = Profile::unpack_from(&mut unpacker);
        match profile {
            Ok(profile) if unpacker.is_at_end() => Ok(profile),
            _ => Err(UnpackError::Damaged { at: unpacker.place() }),
        }
    }
}

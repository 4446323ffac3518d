//! [`Packer`] and [`Unpacker`]: bytes, and the tables of what was said before.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use foldhash::fast::FixedState;
use uuid::Uuid;

use crate::provenance::{Provenance, Teller};

/// A part of a profile that is packed.
pub(crate) trait Packed: Sized {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>);
    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged>;
}

/// That bytes are not what was packed.
#[derive(Debug)]
pub(crate) struct Damaged;

/// Packs a struct field by field, an enum by the number of its variant and the fields of that.
macro_rules! packed {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::packed::Packed for $name {
            fn pack_into<'p>(&'p self, to: &mut $crate::packed::Packer<'p>) {
                let $name { $($field),+ } = self;
                $($crate::packed::Packed::pack_into($field, to);)+
            }

            fn unpack_from(from: &mut $crate::packed::Unpacker<'_>) -> Result<Self, $crate::packed::Damaged> {
                Ok(Self { $($field: $crate::packed::Packed::unpack_from(from)?),+ })
            }
        }
    };
    (enum $name:ident { $($number:literal $variant:ident { $($field:ident),* }),+ $(,)? }) => {
        impl $crate::packed::Packed for $name {
            fn pack_into<'p>(&'p self, to: &mut $crate::packed::Packer<'p>) {
                match self {
                    $($name::$variant { $($field),* } => {
                        to.byte($number);
                        $($crate::packed::Packed::pack_into($field, to);)*
                    })+
                }
            }

            fn unpack_from(from: &mut $crate::packed::Unpacker<'_>) -> Result<Self, $crate::packed::Damaged> {
                match from.byte()? {
                    $($number => Ok($name::$variant { $($field: $crate::packed::Packed::unpack_from(from)?),* }),)+
                    _ => Err($crate::packed::Damaged),
                }
            }
        }
    };
}
pub(crate) use packed;

/// Writes.
pub(crate) struct Packer<'p> {
    bytes: Vec<u8>,
    texts: Table<Cow<'p, str>>,
    ids: Table<Uuid>,
    tellers: Table<&'p Teller>,
    provenances: Table<&'p Provenance>,
    /// The second of the last time: most lie near one another.
    pub(super) second: i64,
}

/// What was said before, with its number.
type Table<K> = HashMap<K, u64, FixedState>;

/// The number under which a thing was said before; it has one from now on.
fn number<K: Eq + Hash>(table: &mut Table<K>, thing: K) -> Option<u64> {
    let next = table.len() as u64;
    let number = *table.entry(thing).or_insert(next);
    (number != next).then_some(number)
}

impl<'p> Packer<'p> {
    pub(super) fn new(version: u8) -> Self {
        Self {
            bytes: vec![version],
            texts: Table::default(),
            ids: Table::default(),
            tellers: Table::default(),
            provenances: Table::default(),
            second: 0,
        }
    }

    pub(super) fn finish(self) -> Box<[u8]> {
        self.bytes.into()
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Seven bits a byte, the lowest first.
    pub(super) fn unsigned(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    /// Small numbers of either sign are short.
    pub(super) fn signed(&mut self, number: i64) {
        self.unsigned(u128::from(((number << 1) ^ (number >> 63)) as u64));
    }

    pub(super) fn text(&mut self, text: impl Into<Cow<'p, str>>) {
        let text = text.into();
        match number(&mut self.texts, text.clone()) {
            Some(number) => self.unsigned(u128::from(number) << 1),
            None => {
                self.unsigned((text.len() as u128) << 1 | 1);
                self.bytes.extend_from_slice(text.as_bytes());
            }
        }
    }

    pub(super) fn id(&mut self, id: Uuid) {
        if self.is_news(|packer| number(&mut packer.ids, id)) {
            self.bytes.extend_from_slice(id.as_bytes());
        }
    }

    /// One that does not recur.
    pub(super) fn single_id(&mut self, id: Uuid) {
        self.bytes.extend_from_slice(id.as_bytes());
    }

    pub(super) fn teller(&mut self, teller: &'p Teller) {
        if self.is_news(|packer| number(&mut packer.tellers, teller)) {
            teller.pack_into(self);
        }
    }

    pub(super) fn provenance(&mut self, provenance: &'p Provenance) {
        if self.is_news(|packer| number(&mut packer.provenances, provenance)) {
            provenance.pack_into(self);
        }
    }

    /// Writes the number of something, or that it follows.
    fn is_news(&mut self, number: impl FnOnce(&mut Self) -> Option<u64>) -> bool {
        let number = number(self);
        self.unsigned(number.map_or(0, |number| u128::from(number) + 1));
        number.is_none()
    }
}

/// Reads.
pub(crate) struct Unpacker<'b> {
    bytes: &'b [u8],
    place: usize,
    texts: Vec<&'b str>,
    ids: Vec<Uuid>,
    tellers: Vec<Arc<Teller>>,
    provenances: Vec<Arc<Provenance>>,
    pub(super) second: i64,
    /// How many lists and objects one is in.
    pub(super) depth: usize,
}

impl<'b> Unpacker<'b> {
    pub(super) fn new(bytes: &'b [u8], place: usize) -> Self {
        let (texts, ids, tellers, provenances) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { bytes, place, texts, ids, tellers, provenances, second: 0, depth: 0 }
    }

    pub(super) fn place(&self) -> usize {
        self.place
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.place == self.bytes.len()
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], Damaged> {
        let end = self.place.checked_add(count).ok_or(Damaged)?;
        let taken = self.bytes.get(self.place..end).ok_or(Damaged)?;
        self.place = end;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Damaged> {
        let byte = *self.bytes.get(self.place).ok_or(Damaged)?;
        self.place += 1;
        Ok(byte)
    }

    pub(super) fn unsigned(&mut self) -> Result<u128, Damaged> {
        let mut number = 0;
        for shift in (0..128).step_by(7) {
            let byte = self.byte()?;
            number |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    pub(super) fn signed(&mut self) -> Result<i64, Damaged> {
        let number = u64::try_from(self.unsigned()?).map_err(|_| Damaged)?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// How many things follow; each takes a byte at least.
    pub(super) fn count(&mut self) -> Result<usize, Damaged> {
        let count = usize::try_from(self.unsigned()?).map_err(|_| Damaged)?;
        if count > self.bytes.len() - self.place { Err(Damaged) } else { Ok(count) }
    }

    pub(super) fn text(&mut self) -> Result<&'b str, Damaged> {
        let number = usize::try_from(self.unsigned()?).map_err(|_| Damaged)?;
        if number & 1 == 0 {
            return self.texts.get(number >> 1).copied().ok_or(Damaged);
        }
        let text = std::str::from_utf8(self.take(number >> 1)?).map_err(|_| Damaged)?;
        self.texts.push(text);
        Ok(text)
    }

    pub(super) fn id(&mut self) -> Result<Uuid, Damaged> {
        self.known(|it| &mut it.ids, Self::single_id)
    }

    pub(super) fn single_id(&mut self) -> Result<Uuid, Damaged> {
        Uuid::from_slice(self.take(16)?).map_err(|_| Damaged)
    }

    pub(super) fn teller(&mut self) -> Result<Arc<Teller>, Damaged> {
        self.known(|it| &mut it.tellers, |it| Teller::unpack_from(it).map(Arc::new))
    }

    pub(super) fn provenance(&mut self) -> Result<Arc<Provenance>, Damaged> {
        self.known(|it| &mut it.provenances, |it| Provenance::unpack_from(it).map(Arc::new))
    }

    /// A thing that was read before, by its number, or that follows.
    fn known<T: Clone>(
        &mut self,
        table: impl Fn(&mut Self) -> &mut Vec<T>,
        read: impl FnOnce(&mut Self) -> Result<T, Damaged>,
    ) -> Result<T, Damaged> {
        let number = usize::try_from(self.unsigned()?).map_err(|_| Damaged)?;
        if let Some(place) = number.checked_sub(1) {
            return table(self).get(place).cloned().ok_or(Damaged);
        }
        let thing = read(self)?;
        table(self).push(thing.clone());
        Ok(thing)
    }
}

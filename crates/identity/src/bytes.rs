//! Bytes written and read with care: whole numbers of variable length, texts, and nothing taken on trust.

use onefold_fact::{RecordId, Timestamp};

/// Bytes that end too early or say what cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

/// Appends a whole number: seven bits a byte, the lowest first, the highest bit set where more follow.
pub(crate) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends bytes behind their length.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends the id of a record.
pub(crate) fn put_id(out: &mut Vec<u8>, id: RecordId) {
    out.extend_from_slice(id.as_uuid().as_bytes());
}

/// Appends an instant.
pub(crate) fn put_time(out: &mut Vec<u8>, at: Timestamp) {
    out.extend_from_slice(&at.timestamp().to_le_bytes());
    put(out, u64::from(at.timestamp_subsec_nanos()));
}

/// What is still to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn number(&mut self) -> Result<u64, Broken> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (first, rest) = self.0.split_first().ok_or(Broken)?;
            self.0 = rest;
            number |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Broken)
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: u64) -> Result<u32, Broken> {
        let number = self.number()?;
        if number < bound { u32::try_from(number).map_err(|_| Broken) } else { Err(Broken) }
    }

    /// How many things follow, of which each takes a byte at least: so that no broken count asks for memory.
    pub(crate) fn count(&mut self) -> Result<usize, Broken> {
        let count = usize::try_from(self.number()?).map_err(|_| Broken)?;
        if count <= self.0.len() { Ok(count) } else { Err(Broken) }
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Broken> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Broken)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.take(N)?.try_into().map_err(|_| Broken)
    }

    /// The bytes behind their length.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Broken> {
        let count = self.count()?;
        self.take(count)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Broken> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Broken)
    }

    pub(crate) fn id(&mut self) -> Result<RecordId, Broken> {
        let text = self.array::<16>()?;
        Ok(RecordId::from(uuid::Uuid::from_bytes(text)))
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp, Broken> {
        let seconds = i64::from_le_bytes(self.array()?);
        Timestamp::from_timestamp(seconds, self.below(2_000_000_000)?).ok_or(Broken)
    }
}

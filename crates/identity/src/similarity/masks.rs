//! Where a character stands in a short text, as a bit mask: what the bit-parallel kernels ask for.

use super::codes::WORD;

/// Tells the positions of a character.
pub(super) trait Masks {
    /// The positions at which the text bears a code, bit 0 being the first. Bits beyond the text may be set.
    fn at(&self, code: u8) -> u64;
}

/// A text of at most `8 * N` characters, eight to a word, compared at once. Costs nothing to set up.
pub(super) struct Lanes<const N: usize>([u64; N]);

const ONES: u64 = 0x0101_0101_0101_0101;
const LOW_SEVEN: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const HIGH: u64 = 0x8080_8080_8080_8080;
/// Brings the lowest bit of byte `i` to bit `56 + i`.
const GATHER: u64 = 0x0102_0408_1020_4080;

impl<const N: usize> Lanes<N> {
    pub(super) fn new(text: &[u8]) -> Self {
        let mut words = [0; N];
        for (word, bytes) in words.iter_mut().zip(text.chunks(8)) {
            *word = load(bytes);
        }
        Self(words)
    }
}

impl<const N: usize> Masks for Lanes<N> {
    #[inline(always)]
    fn at(&self, code: u8) -> u64 {
        let wanted = u64::from(code).wrapping_mul(ONES);
        let mut found = 0;
        for (at, word) in self.0.iter().enumerate() {
            // Codes are below 128, so that the sum stays within its byte: its high bit is unset where the bytes agree.
            let equal = !(word ^ wanted).wrapping_add(LOW_SEVEN) & HIGH;
            found |= ((equal >> 7).wrapping_mul(GATHER) >> 56) << (8 * at);
        }
        found
    }
}

/// Up to eight bytes as a word, the first lowest; zeroes fill it.
#[inline(always)]
fn load(bytes: &[u8]) -> u64 {
    if let Some(word) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*word);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let shift = 8 * (bytes.len() - 4);
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift;
    }
    match *bytes {
        [] => 0,
        [x] => u64::from(x),
        [x, y] => u64::from(x) | u64::from(y) << 8,
        [x, y, z, ..] => u64::from(x) | u64::from(y) << 8 | u64::from(z) << 16,
    }
}

/// The masks of all characters of a text of at most 64. Costs a kilobyte to set up, one look to ask.
#[derive(Debug, Clone)]
pub(super) struct Table([u64; 128]);

impl Table {
    pub(super) fn new(text: &[u8]) -> Self {
        let mut masks = [0; 128];
        let mut bit = 1_u64;
        for code in text.iter().take(WORD) {
            masks[usize::from(code & 127)] |= bit;
            bit = bit.wrapping_shl(1);
        }
        Self(masks)
    }
}

impl Masks for Table {
    #[inline(always)]
    fn at(&self, code: u8) -> u64 {
        self.0[usize::from(code & 127)]
    }
}

/// A kernel that compares a pattern, known by its masks, with a text, both of at most 64 characters.
pub(super) trait Kernel {
    /// What it finds.
    type Out;
    /// Runs on one kind of masks.
    fn run<M: Masks>(self, masks: &M, pattern: &[u8], text: &[u8]) -> Self::Out;
}

/// Runs a kernel whose result does not depend on which text is the pattern, with the masks that suit the lengths:
/// lanes where one text is short, since a comparison that ends early then pays for no table.
#[inline]
pub(super) fn dispatch<K: Kernel>(kernel: K, a: &[u8], b: &[u8]) -> K::Out {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    match (short.len(), long.len()) {
        (_, ..=8) => kernel.run(&Lanes::<1>::new(long), long, short),
        (_, ..=16) => kernel.run(&Lanes::<2>::new(long), long, short),
        (..=8, _) => kernel.run(&Lanes::<1>::new(short), short, long),
        (..=16, _) => kernel.run(&Lanes::<2>::new(short), short, long),
        _ => kernel.run(&Table::new(short), short, long),
    }
}

/// The lowest `count` bits.
#[inline(always)]
pub(super) fn low(count: usize) -> u64 {
    if count < 64 { (1 << count) - 1 } else { u64::MAX }
}

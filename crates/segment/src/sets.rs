//! [`Members`]: a set of subjects as a compressed bitmap, and the algebra of such sets.

use std::ops::{BitAnd, BitOr, Sub};

use roaring::RoaringBitmap;

/// A set of subjects by their places in [`Live`](crate::Live), compressed.
///
/// ```
/// use onefold_segment::Members;
///
/// let (a, b): (Members, Members) = ((0..1000).collect(), (500..2000).collect());
/// assert_eq!((a.len(), (&a & &b).len(), (&a | &b).len(), (&a - &b).len()), (1000, 500, 2000, 500));
/// assert_eq!(a.overlap(&b), 500);
/// assert_eq!(a.sample(3, "pilot"), a.sample(3, "pilot"));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Members(RoaringBitmap);

impl Members {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a subject is in.
    #[must_use]
    pub fn contains(&self, place: u32) -> bool {
        self.0.contains(place)
    }

    /// The places in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter()
    }

    /// How many are in both, without making that set.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> u64 {
        self.0.intersection_len(&other.0)
    }

    /// The part of those in either that is in both, 0 to 1; 1 of two empty sets.
    #[must_use]
    pub fn similarity(&self, other: &Self) -> f64 {
        let both = self.overlap(other);
        let either = self.len() + other.len() - both;
        if either == 0 { 1.0 } else { both as f64 / either as f64 }
    }

    /// So many of them, drawn by a hash of their places and a salt: the same each time, and with another salt others.
    /// In order of the places; all if there are no more.
    #[must_use]
    pub fn sample(&self, size: usize, salt: &str) -> Vec<u32> {
        let seed = salt
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        let mut drawn: std::collections::BinaryHeap<(u64, u32)> = std::collections::BinaryHeap::new();
        for place in &self.0 {
            drawn.push((mixed(seed ^ u64::from(place)), place));
            if drawn.len() > size {
                drawn.pop();
            }
        }
        let mut places: Vec<u32> = drawn.into_iter().map(|(_, place)| place).collect();
        places.sort_unstable();
        places
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): each bit of the result depends on each bit given.
fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

impl From<RoaringBitmap> for Members {
    fn from(members: RoaringBitmap) -> Self {
        Self(members)
    }
}

impl FromIterator<u32> for Members {
    fn from_iter<I: IntoIterator<Item = u32>>(places: I) -> Self {
        Self(places.into_iter().collect())
    }
}

/// Those in both.
impl BitAnd for &Members {
    type Output = Members;

    fn bitand(self, other: Self) -> Members {
        Members(&self.0 & &other.0)
    }
}

/// Those in either.
impl BitOr for &Members {
    type Output = Members;

    fn bitor(self, other: Self) -> Members {
        Members(&self.0 | &other.0)
    }
}

/// Those in the first and not in the second.
impl Sub for &Members {
    type Output = Members;

    fn sub(self, other: Self) -> Members {
        Members(&self.0 - &other.0)
    }
}

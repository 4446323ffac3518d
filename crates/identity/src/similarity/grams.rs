//! q-grams: the pieces of `q` characters that a text is made of, compared as bags.
//!
//! E. Ukkonen, *Approximate string-matching with q-grams and maximal matches*, 1992.

/// The q-grams of a text, each as often as it occurs.
///
/// ```
/// use onefold_identity::similarity::QGrams;
///
/// let (a, b) = (QGrams::of("night", 2), QGrams::of("nacht", 2));
/// assert_eq!(a.dice(&b), 0.25);
/// // Padded, the ends count: `#n` and `t#` are common too.
/// assert_eq!(QGrams::padded("night", 2).dice(&QGrams::padded("nacht", 2)), 0.5);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QGrams {
    q: usize,
    /// Sorted; a text of `n` characters has `n - q + 1`.
    grams: Vec<Box<[char]>>,
}

/// What fills the ends. No text that people write holds it.
const PAD: char = '\0';

impl QGrams {
    /// The q-grams inside a text. One shorter than `q`, if not empty, is a single gram; `q` is at least 1.
    #[must_use]
    pub fn of(text: &str, q: usize) -> Self {
        Self::cut(text.chars().collect(), q.max(1))
    }

    /// The q-grams of a text with `q - 1` characters before and behind it, so that its ends count as much as its
    /// middle. An empty text has none.
    #[must_use]
    pub fn padded(text: &str, q: usize) -> Self {
        let q = q.max(1);
        let pad = || std::iter::repeat_n(PAD, if text.is_empty() { 0 } else { q - 1 });
        Self::cut(pad().chain(text.chars()).chain(pad()).collect(), q)
    }

    fn cut(characters: Vec<char>, q: usize) -> Self {
        let mut grams: Vec<Box<[char]>> = match characters.len() {
            0 => Vec::new(),
            short if short < q => vec![characters.into()],
            _ => characters.windows(q).map(Into::into).collect(),
        };
        grams.sort_unstable();
        Self { q, grams }
    }

    /// How many grams there are, repeated ones counted each time.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grams.len()
    }

    /// Whether the text was empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grams.is_empty()
    }

    /// How many grams two texts have in common: a gram that occurs twice in one and three times in the other, twice.
    /// 0 where `q` differs.
    #[must_use]
    pub fn common(&self, other: &Self) -> usize {
        if self.q == other.q { common_sorted(&self.grams, &other.grams) } else { 0 }
    }

    /// Sørensen and Dice: twice the common grams by all grams, 0 to 1. Two empty texts: 1.
    #[must_use]
    pub fn dice(&self, other: &Self) -> f64 {
        share(2.0 * self.common(other) as f64, (self.len() + other.len()) as f64)
    }

    /// Jaccard: the common grams by those of either, 0 to 1. Two empty texts: 1.
    #[must_use]
    pub fn jaccard(&self, other: &Self) -> f64 {
        let common = self.common(other);
        share(common as f64, (self.len() + other.len() - common) as f64)
    }

    /// Overlap (Szymkiewicz and Simpson): the common grams by those of the shorter text, 0 to 1, and 1 for a part of the
    /// other. Two empty texts: 1; one: 0.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> f64 {
        if self.is_empty() != other.is_empty() {
            return 0.0;
        }
        share(self.common(other) as f64, self.len().min(other.len()) as f64)
    }

    /// Cosine of the angle between the counts of grams, 0 to 1. Two empty texts: 1; one: 0.
    #[must_use]
    pub fn cosine(&self, other: &Self) -> f64 {
        if self.is_empty() != other.is_empty() {
            return 0.0;
        }
        let (mine, others) = (self.counts(), other.counts());
        let length = |counts: &[(&[char], f64)]| counts.iter().map(|(_, count)| count * count).sum::<f64>();
        let common = mine.iter().filter_map(|(gram, count)| {
            let at = others.binary_search_by(|(other, _)| (*other).cmp(gram)).ok()?;
            others.get(at).map(|(_, other)| count * other)
        });
        let product = if self.q == other.q { common.sum() } else { 0.0 };
        share(product, (length(&mine) * length(&others)).sqrt()).min(1.0)
    }

    fn counts(&self) -> Vec<(&[char], f64)> {
        let runs = self.grams.chunk_by(|a, b| a == b);
        runs.filter_map(|run| Some((run.first()?.as_ref(), run.len() as f64))).collect()
    }
}

/// A part of a whole; of nothing, all.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 1.0 }
}

/// How many entries two sorted lists have in common, as bags.
pub(super) fn common_sorted<T: Ord>(mut a: &[T], mut b: &[T]) -> usize {
    let mut common = 0;
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        let order = x.cmp(y);
        common += usize::from(order.is_eq());
        a = if order.is_le() { rest_a } else { a };
        b = if order.is_ge() { rest_b } else { b };
    }
    common
}

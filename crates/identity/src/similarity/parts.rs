//! What two texts have in common in one piece.

/// How many characters two texts begin with in common.
///
/// ```
/// # use onefold_identity::similarity::common_prefix;
/// assert_eq!(common_prefix("katharina", "katja"), 3);
/// ```
#[must_use]
pub fn common_prefix(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count()
}

/// The length in characters of the longest run that occurs in both texts.
///
/// ```
/// # use onefold_identity::similarity::common_substring;
/// assert_eq!(common_substring("van der meulen", "vandermeulen"), 6);
/// ```
#[must_use]
pub fn common_substring(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    // At j + 1: how long the run is that ends at this character of `a` and at character j of `b`.
    let mut runs = vec![0_usize; b.len() + 1];
    let mut longest = 0;
    for x in a.chars() {
        for (j, y) in b.iter().enumerate().rev() {
            runs[j + 1] = if x == *y { runs[j] + 1 } else { 0 };
            longest = longest.max(runs[j + 1]);
        }
    }
    longest
}

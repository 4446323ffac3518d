//! "Did you mean": the known name nearest to a misspelt one.

/// The help for a name that is not among `known`: the nearest name if one is near, otherwise the names there are.
///
/// ```
/// use onefold_connect::did_you_mean;
///
/// assert_eq!(did_you_mean("emial", ["email", "phone"].into_iter()), "did you mean `email`?");
/// assert_eq!(did_you_mean("colour", ["email", "phone"].into_iter()), "there are `email`, `phone`");
/// ```
#[must_use]
pub fn did_you_mean<'a>(wrong: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    help(wrong, known)
}

/// [`did_you_mean`], as the crate calls it.
pub(crate) fn help<'a>(wrong: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(wrong, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let names: Vec<String> = known.take(30).map(|name| format!("`{name}`")).collect();
            if names.is_empty() { "there are none".to_owned() } else { format!("there are {}", names.join(", ")) }
        }
    }
}

/// The name at the smallest edit distance, if at most a third of its letters differ. Among equals the first.
pub(crate) fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong: Vec<char> = plain(wrong);
    known
        .map(|name| (distance(&wrong, &plain(name)), name))
        .filter(|(distance, name)| *distance * 3 <= name.chars().count().max(wrong.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Case and punctuation do not make a name far: `E-Mail` is near `email`.
fn plain(name: &str) -> Vec<char> {
    name.chars().take(64).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that make one of the other (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let cost = usize::from(x != y);
            let mut best = (last[j] + cost).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && b[j - 1] == *x {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered() {
        let known = ["email", "phone", "first_name"];
        assert_eq!(nearest("emial", known.into_iter()), Some("email"));
        assert_eq!(nearest("FirstName", known.into_iter()), Some("first_name"));
        assert_eq!(nearest("colour", known.into_iter()), None);
        assert_eq!(help("colour", known.into_iter()), "there are `email`, `phone`, `first_name`");
        assert_eq!(distance(&['a', 'b', 'c'], &['a', 'c']), 1);
        assert_eq!(distance(&[], &['a', 'c']), 2);
        assert_eq!(distance(&['n', 'a', 'm', 'e'], &['n', 'm', 'a', 'e']), 1);
        assert_eq!(distance(&['k', 'i', 't', 't', 'e', 'n'], &['s', 'i', 't', 't', 'i', 'n', 'g']), 3);
    }
}

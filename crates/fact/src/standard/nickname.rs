use super::name_table::{AMBIGUOUS, GIVEN};

/// The full given name that a folded short form, pet form or spelling variant means most often; any other name is its
/// own.
///
/// ```
/// use onefold_fact::standard::name::canonical_given;
///
/// assert_eq!(canonical_given("bob"), "robert");
/// assert_eq!(canonical_given("robert"), "robert");
/// assert_eq!(canonical_given("xyz"), "xyz");
/// ```
pub fn canonical_given(folded: &str) -> &str {
    GIVEN.get(folded.as_bytes()).unwrap_or(folded)
}

/// Whether two different folded given names can be forms of one name, counting the rarer meanings of short forms too.
///
/// ```
/// use onefold_fact::standard::name::are_nicknames;
///
/// assert!(are_nicknames("bob", "robert") && are_nicknames("rob", "bobby"));
/// assert!(are_nicknames("sam", "samuel") && are_nicknames("sam", "samantha"));
/// assert!(!are_nicknames("samuel", "samantha") && !are_nicknames("bob", "bob"));
/// ```
pub fn are_nicknames(a: &str, b: &str) -> bool {
    if a == b {
        return false;
    }
    let (full_a, full_b) = (canonical_given(a), canonical_given(b));
    full_a == full_b
        || other_meanings(a).any(|full| full == full_b || other_meanings(b).any(|other| other == full))
        || other_meanings(b).any(|full| full == full_a)
}

/// The full given names that a folded name can stand for, the most frequent one first.
///
/// ```
/// use onefold_fact::standard::name::given_meanings;
///
/// assert_eq!(given_meanings("bob").collect::<Vec<_>>(), ["robert"]);
/// assert!(given_meanings("sam").any(|name| name == "samantha"));
/// ```
pub fn given_meanings(folded: &str) -> impl Iterator<Item = &str> {
    std::iter::once(canonical_given(folded)).chain(other_meanings(folded).map(|name| -> &str { name }))
}

fn other_meanings(short: &str) -> impl Iterator<Item = &'static str> {
    let from = AMBIGUOUS.partition_point(|(name, _)| *name < short);
    AMBIGUOUS[from..].iter().take_while(move |(name, _)| *name == short).map(|(_, full)| *full)
}

/// Whether a folded word is a known given name, in full or as a short form.
pub(super) fn is_given(folded: &str) -> bool {
    GIVEN.get(folded.as_bytes()).is_some() || GIVEN.entries().iter().any(|(_, full)| *full == folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::text::fold;

    #[test]
    fn the_tables_hold() {
        let given = GIVEN.entries();
        assert!(given.len() >= 250 && given.is_sorted_by(|a, b| a.0 < b.0) && AMBIGUOUS.is_sorted_by(|a, b| a < b));
        for (short, full) in given.iter().chain(AMBIGUOUS) {
            assert_eq!((fold(short).as_str(), fold(full).as_str()), (*short, *full));
            assert_eq!(canonical_given(full), *full, "{short}");
            assert!(are_nicknames(short, full) && are_nicknames(full, short), "{short}");
        }
    }

    #[test]
    fn nicknames() {
        for (a, b) in [
            ("bob", "robert"),
            ("liz", "beth"),
            ("bill", "liam"),
            ("hans", "johannes"),
            ("paco", "francisco"),
            ("kees", "cornelis"),
            ("alex", "alexandra"),
        ] {
            assert!(are_nicknames(a, b), "{a} {b}");
        }
        for (a, b) in [("john", "jane"), ("", ""), ("alexander", "alexandra"), ("maria", "mario")] {
            assert!(!are_nicknames(a, b), "{a} {b}");
        }
    }
}

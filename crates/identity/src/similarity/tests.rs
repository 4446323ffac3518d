//! Laws of the metrics: `strsim` is the slow, obvious reference.

use proptest::prelude::*;

use super::*;

/// Two texts: short ones of few letters, of any characters, around the 64 of a word, long ones, and near copies.
fn pair() -> impl Strategy<Value = (String, String)> {
    const TEXTS: &str = "[abc]{0,9}|[a-h]{0,20}|\\PC{0,6}|[aéжß漢]{0,12}|[ab\u{e1}\u{1e1}]{55,70}|[a-z]{15,70}|[abcж]{60,200}|\\PC{50,90}";
    let unlike = (TEXTS, TEXTS);
    let near = ("[a-eé]{0,30}|[a-z]{55,140}|[a-c]{60,70}", proptest::collection::vec((any::<u16>(), 0..4_u8), 0..4));
    let near = near.prop_map(|(text, slips)| {
        let mut other: Vec<char> = text.chars().collect();
        for (at, slip) in slips {
            let at = usize::from(at) % (other.len() + 1);
            match slip {
                0 => other.insert(at, 'c'),
                1 if at < other.len() => drop(other.remove(at)),
                2 if at + 1 < other.len() => other.swap(at, at + 1),
                _ if at < other.len() => other[at] = 'ж',
                _ => {}
            }
        }
        (text, other.into_iter().collect())
    });
    prop_oneof![unlike, near]
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Catches a wrong reach, a window that does not move on, transpositions counted singly, a prefix skipped twice.
    #[test]
    fn jaro_is_that_of_strsim((a, b) in pair()) {
        let expected = strsim::jaro(&a, &b);
        prop_assert!(same(jaro(&a, &b), expected), "{} is not {expected}", jaro(&a, &b));
        prop_assert!(same(jaro(&b, &a), expected));
    }

    /// Catches a boost at or below 0.7, and a prefix of five.
    #[test]
    fn jaro_winkler_is_that_of_strsim((a, b) in pair()) {
        let expected = strsim::jaro_winkler(&a, &b);
        prop_assert!(same(jaro_winkler(&a, &b), expected), "{} is not {expected}", jaro_winkler(&a, &b));
        prop_assert!(same(jaro_winkler(&b, &a), expected));
    }

    /// Catches a bound on the matches that is one too high, or leaves the prefix out.
    #[test]
    fn a_cutoff_takes_nothing_that_reaches_it((a, b) in pair(), cutoff in prop_oneof![Just(0.7), Just(0.88), Just(0.92), 0.0..=1.0]) {
        let (plain, boosted) = (jaro(&a, &b), jaro_winkler(&a, &b));
        prop_assert_eq!(jaro_within(&a, &b, cutoff), (plain >= cutoff).then_some(plain));
        prop_assert_eq!(jaro_winkler_within(&a, &b, cutoff), (boosted >= cutoff).then_some(boosted));
        prop_assert_eq!(jaro_winkler_within(&a, &b, boosted), Some(boosted));
    }

    /// Catches a carry lost between words, and a pattern of exactly 64 characters.
    #[test]
    fn levenshtein_is_that_of_strsim((a, b) in pair()) {
        let expected = strsim::levenshtein(&a, &b);
        prop_assert_eq!(levenshtein(&a, &b), expected);
        prop_assert_eq!(levenshtein(&b, &a), expected);
    }

    /// Catches an exchange that is seen one character late or is free.
    #[test]
    fn osa_is_that_of_strsim((a, b) in pair()) {
        let expected = strsim::osa_distance(&a, &b);
        prop_assert_eq!(osa(&a, &b), expected);
        prop_assert_eq!(osa(&b, &a), expected);
    }

    /// Catches an exchange whose ends are not the last ones before.
    #[test]
    fn damerau_levenshtein_is_that_of_strsim((a, b) in pair()) {
        let expected = strsim::damerau_levenshtein(&a, &b);
        prop_assert_eq!(damerau_levenshtein(&a, &b), expected);
        prop_assert_eq!(damerau_levenshtein(&b, &a), expected);
    }

    /// Catches a table given up one edit too early, and a column read at the wrong row.
    #[test]
    fn a_greatest_distance_takes_nothing_within_it((a, b) in pair(), max in prop_oneof![0..4_usize, 0..80_usize]) {
        let within = |distance: usize| (distance <= max).then_some(distance);
        prop_assert_eq!(levenshtein_within(&a, &b, max), within(levenshtein(&a, &b)));
        prop_assert_eq!(osa_within(&a, &b, max), within(osa(&a, &b)));
        prop_assert_eq!(damerau_levenshtein_within(&a, &b, max), within(damerau_levenshtein(&a, &b)));
    }

    /// Catches a prefix that is matched again, and a window of the edit bound that is one too narrow.
    #[test]
    fn a_prepared_text_finds_the_same((a, b) in pair(), cutoff in prop_oneof![Just(0.0), Just(0.88)], max in 0..90_usize) {
        let prepared = Prepared::new(&a);
        prop_assert_eq!(prepared.jaro_within(&b, cutoff), jaro_within(&a, &b, cutoff));
        prop_assert_eq!(prepared.jaro_winkler_within(&b, cutoff), jaro_winkler_within(&a, &b, cutoff));
        prop_assert_eq!(prepared.levenshtein_within(&b, max), levenshtein_within(&a, &b, max));
        prop_assert_eq!(prepared.osa_within(&b, max), osa_within(&a, &b, max));
    }

    /// Catches a distance that is no metric: the triangle inequality of [`damerau_levenshtein`] and [`levenshtein`].
    #[test]
    fn distances_obey_the_triangle(a in "[abc]{0,6}", b in "[abc]{0,6}", c in "[abc]{0,6}") {
        for distance in [levenshtein, damerau_levenshtein] {
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
        }
    }
}

/// Catches a mask for 64 rows that overflows, and NUL taken for what fills a word.
#[test]
fn edges_of_the_word() {
    for length in [7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 128, 129] {
        let a = "ab".repeat(length).chars().take(length).collect::<String>();
        let b = "ba".repeat(length).chars().take(length).collect::<String>();
        for b in [b, format!("\0{a}"), format!("{a}\0"), a.replace('b', "ж")] {
            assert!(same(jaro(&a, &b), strsim::jaro(&a, &b)), "{a} {b}");
            assert_eq!(levenshtein(&a, &b), strsim::levenshtein(&a, &b));
            assert_eq!(osa(&a, &b), strsim::osa_distance(&a, &b));
            assert_eq!(damerau_levenshtein(&a, &b), strsim::damerau_levenshtein(&a, &b));
        }
    }
}

proptest! {
    /// Catches a measure that is not symmetric, leaves 0 to 1, or does not find a text equal to itself.
    #[test]
    fn sets_and_sequences_are_symmetric_shares(a in "[ab ]{0,12}|\\PC{0,10}", b in "[ab ]{0,12}|\\PC{0,10}", q in 1..4_usize) {
        let grams = |x: &str, y: &str| {
            let (x, y, padded_x, padded_y) = (QGrams::of(x, q), QGrams::of(y, q), QGrams::padded(x, q), QGrams::padded(y, q));
            [x.dice(&y), x.jaccard(&y), x.cosine(&y), x.overlap(&y), padded_x.dice(&padded_y), padded_x.cosine(&padded_y)]
        };
        let words = |x: &str, y: &str| {
            [token_sort(x, y), token_set(x, y), token_jaccard(x, y), monge_elkan_symmetric(x, y, jaro_winkler)]
        };
        let all = |x: &str, y: &str| grams(x, y).into_iter().chain(words(x, y)).collect::<Vec<f64>>();
        for (there, back) in all(&a, &b).into_iter().zip(all(&b, &a)) {
            prop_assert!(same(there, back));
            prop_assert!((0.0..=1.0).contains(&there), "{there}");
        }
        prop_assert!(all(&a, &a).into_iter().all(|itself| same(itself, 1.0)));
        prop_assert_eq!(common_substring(&a, &b), common_substring(&b, &a));
        prop_assert!(common_prefix(&a, &b) <= common_substring(&a, &b));
    }

    /// Catches a code that panics on letters of no alphabet it knows.
    #[test]
    fn every_text_has_codes(text in "\\PC{0,12}|[A-Z ]{0,12}") {
        prop_assert!(soundex(&text).is_none_or(|code| code.len() == 4));
        prop_assert!(nysiis(&text).is_ascii());
        prop_assert!(double_metaphone(&text).primary.is_ascii());
    }

    /// Catches a month of the wrong length: days are counted one by one.
    #[test]
    fn days_follow_each_other(year in -5..2500_i32, month in 1..=12_u32) {
        let first_of_next = if month == 12 { (year + 1, 1, 1) } else { (year, month + 1, 1) };
        let last = (28..=31).rev().find(|day| days_between((year, month, *day), (0, 1, 1)).is_some()).unwrap();
        prop_assert_eq!(days_between((year, month, last), first_of_next), Some(1));
        prop_assert_eq!(days_between((year, month, 1), (year, month, last)), Some(u64::from(last) - 1));
    }
}

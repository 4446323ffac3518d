//! Words that a file may use, and which one was meant.

use chrono::{Month, Weekday};

use crate::week::WEEKDAYS;

/// `monday` to `sunday`.
pub(crate) fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "monday",
        Weekday::Tue => "tuesday",
        Weekday::Wed => "wednesday",
        Weekday::Thu => "thursday",
        Weekday::Fri => "friday",
        Weekday::Sat => "saturday",
        Weekday::Sun => "sunday",
    }
}

/// A weekday by its name or the first three letters of it.
pub(crate) fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.into_iter().find(|day| is_word(word, weekday_name(*day)))
}

/// A month by its English name or the first three letters of it.
pub(crate) fn month(word: &str) -> Option<Month> {
    (1..=12_u8).filter_map(|month| Month::try_from(month).ok()).find(|month| is_word(word, month.name()))
}

fn is_word(word: &str, name: &str) -> bool {
    word.eq_ignore_ascii_case(name) || name.get(..3).is_some_and(|short| word.eq_ignore_ascii_case(short))
}

/// Which of these was probably meant: the nearest by slips of the pen, if it is near.
pub(crate) fn meant<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let most = word.chars().count() / 3;
    let slips = among.into_iter().map(|known| (slips(&word, &known.to_lowercase()), known));
    slips.min_by_key(|(slips, _)| *slips).filter(|(slips, _)| *slips <= most).map(|(_, known)| known)
}

/// Levenshtein's distance.
fn slips(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut above_left = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let here = (above_left + usize::from(x != *y)).min(left + 1).min(*cell + 1);
            above_left = std::mem::replace(cell, here);
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_meant() {
        assert_eq!((slips("kitten", "sitting"), slips("", "abc"), slips("abc", "")), (3, 3, 3));
        assert_eq!(meant("munday", ["monday", "sunday"]), Some("monday"));
        assert_eq!(meant("holiday", ["hours", "holidays"]), Some("holidays"));
        assert_eq!(meant("x", ["hours", "holidays"]), None);
    }
}

//! Which words of a name are the family name.

use super::word::{is_capitals, is_known_given, is_particle};

/// Whether the family name is the first word: before initials (`Smith J.P.`), before a given name and a patronymic
/// (`Иванов Иван Иванович`), and in Chinese and Korean characters.
pub(super) fn family_comes_first(words: &[&str]) -> bool {
    let [first, rest @ ..] = words else { return false };
    if rest.is_empty() {
        return false;
    }
    let is_initial = |word: &&str| {
        let mut letters = word.chars().filter(|c| *c != '.');
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
    };
    if rest.iter().all(is_initial) && !is_initial(first) && *rest != ["I"] {
        return first.chars().count() > 2 && !is_known_given(first);
    }
    let patronymic = |word: &str| {
        word.chars().next().is_some_and(|c| matches!(c, '\u{400}'..='\u{4FF}'))
            && ["вич", "вна", "ична", "ИЧ", "ВНА"].iter().any(|ending| word.ends_with(ending))
    };
    if let [_, last] = rest {
        return patronymic(last) && !patronymic(rest[0]);
    }
    let east_asian = |c: char| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}');
    rest.len() == 1 && words.iter().all(|word| word.chars().all(east_asian))
}

/// Where the family name begins, among at least two words or none.
pub(super) fn divide<'a, 'b>(words: &'b [&'a str]) -> (&'b [&'a str], &'b [&'a str]) {
    let Some(last) = words.len().checked_sub(1) else { return (words, words) };
    let capitals = |word: &&str| is_capitals(word);
    let leading = words.iter().take_while(|word| capitals(word)).count();
    let trailing = words.iter().rev().take_while(|word| capitals(word)).count();
    if trailing > 0 && trailing <= last && leading == 0 {
        return words.split_at(words.len() - trailing);
    }
    if leading > 0 && leading <= last && !words[leading..].iter().any(capitals) {
        let (family, given) = words.split_at(leading);
        return (given, family);
    }
    if is_particle(words[0])
        && (words[0].starts_with(char::is_lowercase) && words[last].starts_with(char::is_uppercase)
            || is_particle(words[1]))
    {
        return (&[], words);
    }
    // `v. d. Leyen`, `ben Gurion`, `Ó Conaill`, `Ní Chonaill`
    // In text without capitals a letter alone is an initial.
    let has_capitals = words[0].starts_with(char::is_uppercase);
    let joins = |at: usize| at > 1 && (words[at] == "y" || has_capitals && matches!(words[at], "e" | "i"));
    let small = |at: usize| has_capitals && matches!(words[at], "v." | "v.d." | "vd" | "v" | "ben" | "Ó" | "ap");
    let start = (1..last).find(|at| is_particle(words[*at]) || joins(*at) || small(*at));
    match start {
        Some(at) if joins(at) => words.split_at(at - 1),
        Some(at) => words.split_at(at),
        None => words.split_at(last),
    }
}

/// How many words at the end are particles, in small letters and behind another word.
pub(super) fn trailing_particles(words: &[&str]) -> usize {
    let particle = |word: &&&str| is_particle(word) && word.starts_with(char::is_lowercase);
    words.iter().skip(1).rev().take_while(particle).count()
}

//! Names of persons: taking a full name apart, folding names, and seeing through nicknames.

mod aside;
mod form;
mod order;
#[cfg(test)]
mod tests;
mod word;

use self::aside::{aside, is_alias_sign, is_maiden_sign, maiden};
use self::order::{divide, family_comes_first, trailing_particles};
use self::word::{is_and, is_in, is_known_given, is_particle, words};
use super::name_table::{DEGREES, NOBILITY, REMARKS, SUFFIXES, TITLE_ENDINGS, TITLES, TITLES_THAT_ARE_NAMES};
use super::text;

pub use self::form::{form, title_gender};
pub use super::nickname::{are_nicknames, canonical_given, given_meanings};

/// The parts of a person's full name, each as it was written.
///
/// ```
/// use onefold_fact::standard::PersonName;
///
/// let name = PersonName::parse_full("Dr. Ludwig (Lutz) M. van der Berg Jr.");
/// assert_eq!(name.title.as_deref(), Some("Dr."));
/// assert_eq!(name.given, ["Ludwig", "M."]);
/// assert_eq!(name.nickname.as_deref(), Some("Lutz"));
/// assert_eq!(name.family, "van der Berg");
/// assert_eq!(name.suffix.as_deref(), Some("Jr."));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PersonName {
    /// What stands before the name: `Dr.`, `Frau Prof.`
    pub title: Option<String>,
    /// Given names and initials in their order; one with a hyphen is one.
    pub given: Vec<String>,
    /// What was written in quotes or brackets: the name by which the person is called.
    pub nickname: Option<String>,
    /// The family name with its particles; empty if there is none.
    pub family: String,
    /// What was written behind `née`, `born` or `geb.`: the family name before marriage.
    pub former: Option<String>,
    /// What stands behind the name: `Jr.`, `PhD`, `1st Baron Clifford`
    pub suffix: Option<String>,
}

impl PersonName {
    /// Takes a full name apart. Never fails: what cannot be told is taken as given name before and family name
    /// behind.
    ///
    /// Understood are `First Middle Last` and `Last, First Middle`; titles and suffixes of several languages,
    /// nicknames in quotes or brackets, maiden names, initials with or without spaces, particles (`van`, `de la`,
    /// `bin`, …), Spanish `y`, and a family name marked by capitals (`DUPONT Jean`). A single word is a given name if
    /// it is a known one, else a family name. Two family names without a particle between them
    /// (`Gabriel García Márquez`) cannot be told from a middle name; the last word is then the family name.
    ///
    /// ```
    /// # use onefold_fact::standard::PersonName;
    /// let name = PersonName::parse_full("O'Brien, Mary-Jane A.");
    /// assert_eq!((name.given.as_slice(), name.family.as_str()), (&["Mary-Jane".to_owned(), "A.".to_owned()][..], "O'Brien"));
    /// ```
    pub fn parse_full(full: &str) -> PersonName {
        let clean = text::clean(full);
        let mut name = PersonName::default();
        let without = name.take_asides(&clean);
        let rest = without.as_deref().unwrap_or(&clean);
        match rest.split_once([',', ';']) {
            None => name.take_in_order(words(rest)),
            Some((first, behind)) => name.take_by_comma(first, behind),
        }
        name
    }

    /// Given names and family name, folded, in the order given before family: what two spellings of a full name
    /// share.
    ///
    /// ```
    /// # use onefold_fact::standard::PersonName;
    /// assert_eq!(PersonName::parse_full("Müller, Dr. Jörg").form(), "jorg muller");
    /// ```
    pub fn form(&self) -> String {
        let mut all = String::with_capacity(self.family.len() + 24);
        for given in &self.given {
            all.push_str(given);
            all.push(' ');
        }
        all.push_str(&self.family);
        form(&all)
    }

    /// Takes nicknames and maiden names out and returns the text without them, if there are any.
    fn take_asides(&mut self, text: &str) -> Option<String> {
        let mut rest = None;
        if text.contains(['(', '"', '“', '„', '«', '[', '\'', '‘'])
            && let Some((before, inside, behind)) = aside(text)
        {
            // What quotes or brackets hold all of is the name itself.
            if !(before.is_empty() && behind.trim().is_empty()) {
                match maiden(inside) {
                    Some(former) => self.former = Some(former.to_owned()),
                    None if inside.is_empty() || is_in(&REMARKS, inside) => {}
                    None if is_in(&TITLES, inside) => self.title = Some(inside.to_owned()),
                    None => self.nickname = Some(inside.to_owned()),
                }
                rest = Some(format!("{} {}", before.trim_end(), behind.trim_start()));
            } else if !inside.is_empty() {
                rest = Some(inside.to_owned());
            }
        }
        let now = rest.as_deref().unwrap_or(text);
        // Without brackets the maiden name is the rest of the text.
        let mut at = 0;
        for word in now.split(' ') {
            if at > 0
                && is_maiden_sign(word)
                && let Some(former) = maiden(&now[at..])
            {
                self.former = Some(former.to_owned());
                return Some(now[..at].trim_end().to_owned());
            }
            if at > 0 && is_alias_sign(word) && at + word.len() < now.len() {
                self.nickname = Some(now[at + word.len()..].trim().to_owned());
                return Some(now[..at].trim_end().to_owned());
            }
            at += word.len() + 1;
        }
        rest
    }

    /// `Last, First`, or a name with suffixes behind the comma.
    fn take_by_comma(&mut self, first: &str, behind: &str) {
        let mut family = words(first);
        let mut given = None;
        for part in behind.split([',', ';']) {
            let mut part = words(part);
            if part.is_empty() {
                continue;
            }
            let degrees = family.len() > 1 && given.is_none() && is_in(&DEGREES, &part.concat());
            if degrees {
                push(&mut self.suffix, &[&part.concat()]);
            } else if part.iter().all(|word| is_in(&SUFFIXES, word))
                || part[0].starts_with(|c: char| c.is_ascii_digit())
            {
                push(&mut self.suffix, &part);
            } else if given.is_none() && part.iter().all(|word| is_particle(word)) {
                // `Berg, van den, Jan`
                family.splice(0..0, part);
            } else if part.iter().all(|word| is_in(&TITLES, word)) {
                push(&mut self.title, &part);
            } else if given.is_none() {
                self.take_titles(&mut part);
                self.take_suffixes(&mut part, 1);
                given = Some(part);
            }
        }
        match given {
            None => self.take_in_order(family),
            Some(mut given) => {
                if !family.first().is_some_and(|word| is_in(&TITLES_THAT_ARE_NAMES, word)) {
                    self.take_titles(&mut family);
                }
                self.take_suffixes(&mut family, 1);
                // `Berg, Jan van den` and `Berg van den, Jan`
                let at = family.len() - trailing_particles(&family);
                family.rotate_left(at);
                let at = given.len() - trailing_particles(&given);
                family.splice(0..0, given.drain(at..));
                self.family = family.join(" ");
                self.take_given(&given);
            }
        }
    }

    /// Titles, given names, family name, suffixes.
    fn take_in_order(&mut self, mut words: Vec<&str>) {
        self.take_titles(&mut words);
        // `Mr John Smith and Mrs Jane Smith`
        let second = |at: &usize| is_and(words[*at]) && words.get(at + 1).is_some_and(|word| is_in(&TITLES, word));
        if let Some(at) = (2..words.len()).find(second) {
            words.truncate(at);
        }
        self.take_suffixes(&mut words, 2);
        if let Some(at) =
            (1..words.len().saturating_sub(1)).find(|at| is_in(&NOBILITY, words[*at]) && is_particle(words[at + 1]))
        {
            push(&mut self.title, &[words.remove(at)]);
        }
        if let &[only] = words.as_slice() {
            if self.title.is_none() && is_known_given(only) {
                self.given.push(only.to_owned());
            } else {
                only.clone_into(&mut self.family);
            }
            return;
        }
        if family_comes_first(&words) {
            words.rotate_left(1);
        }
        let (given, family) = divide(&words);
        self.family = family.join(" ");
        self.take_given(given);
    }

    fn take_titles(&mut self, words: &mut Vec<&str>) {
        let mut count = 0;
        while count + 1 < words.len() {
            let word = words[count];
            let is_title = is_in(&TITLES, word) && (words.len() > count + 2 || !matches!(word, "The" | "Pan" | "the"))
                || (count > 0 && is_in(&TITLE_ENDINGS, word))
                || (is_in(&TITLES_THAT_ARE_NAMES, word) && words.len() > count + 2 && !is_particle(words[count + 1]))
                || matches!(word, "c/o" | "C/O" | "z.Hd.")
                || (is_and(word) && count > 0 && words.get(count + 1).is_some_and(|next| is_in(&TITLES, next)))
                // Monsieur, unless it is an initial: `M. Jean Dupont`, but `M. Dupont` and `M. N. Dupont`.
                || (count == 0 && word == "M." && words.len() > 2 && words[1].chars().nth(2).is_some());
            if !is_title {
                break;
            }
            count += 1;
        }
        if count > 0 {
            push(&mut self.title, &words[..count]);
            words.drain(..count);
        }
    }

    /// Takes suffixes from the end as long as `keep` words remain.
    fn take_suffixes(&mut self, words: &mut Vec<&str>, keep: usize) {
        let mut left = words.len();
        while left > keep && is_in(&SUFFIXES, words[left - 1]) {
            left -= 1;
        }
        if left < words.len() {
            push(&mut self.suffix, &words[left..]);
            words.truncate(left);
        }
    }

    fn take_given(&mut self, words: &[&str]) {
        self.given.extend(words.iter().filter(|word| !is_and(word)).map(|word| (*word).to_owned()));
    }
}

fn push(part: &mut Option<String>, words: &[&str]) {
    let part = part.get_or_insert_default();
    for word in words {
        if !part.is_empty() {
            part.push(' ');
        }
        part.push_str(word);
    }
}

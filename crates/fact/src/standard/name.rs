//! Names of persons: taking a full name apart, folding names, and seeing through nicknames.

use super::name_table::{
    DEGREES, NOBILITY, PARTICLES, REMARKS, SUFFIXES, TITLE_ENDINGS, TITLES, TITLES_THAT_ARE_NAMES,
};
use super::nickname::is_given;
use super::text;
use super::word_list::WordList;

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

/// How many words at the end are particles, in small letters and behind another word.
fn trailing_particles(words: &[&str]) -> usize {
    let particle = |word: &&&str| is_particle(word) && word.starts_with(char::is_lowercase);
    words.iter().skip(1).rev().take_while(particle).count()
}

/// A name folded for comparing: as [`fold`](super::text::fold), with `Mc` and `O'` joined to what they belong to.
///
/// ```
/// use onefold_fact::standard::name::form;
///
/// assert_eq!(form("Mc Donald"), form("McDonald"));
/// assert_eq!(form("O' Brien"), "obrien");
/// assert_eq!(form("José-María"), "jose maria");
/// ```
pub fn form(name: &str) -> String {
    if name.contains('ª') {
        // `Mª`, `M.ª`
        return form(&name.replace("M.ª", "María").replace("Mª", "María").replace('ª', "a"));
    }
    let folded = if name.contains("' ") || name.contains("’ ") {
        text::fold(&name.replace("O' ", "O'").replace("o' ", "o'").replace("O’ ", "O’").replace("o’ ", "o’"))
    } else {
        text::fold(name)
    };
    if !(folded.starts_with("mc ") || folded.contains(" mc ")) {
        return folded;
    }
    let mut joined = String::with_capacity(folded.len());
    let mut before = "";
    for word in folded.split(' ') {
        if !joined.is_empty() && before != "mc" {
            joined.push(' ');
        }
        joined.push_str(word);
        before = word;
    }
    joined
}

/// Whether the family name is the first word: before initials (`Smith J.P.`), before a given name and a patronymic
/// (`Иванов Иван Иванович`), and in Chinese and Korean characters.
fn family_comes_first(words: &[&str]) -> bool {
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

/// Whether a word as written is a known given name, or several with hyphens.
fn is_known_given(word: &str) -> bool {
    let folded = text::fold(word);
    !folded.is_empty() && folded.split(' ').all(is_given)
}

/// Where the family name begins, among at least two words or none.
fn divide<'a, 'b>(words: &'b [&'a str]) -> (&'b [&'a str], &'b [&'a str]) {
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

/// Words apart by spaces, and initials that are written without (`J.R.`, `J.Smith`) apart too.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::with_capacity(4);
    for word in text.split([' ', '_']) {
        let inner = word.find('.').filter(|at| at + 1 < word.len());
        // `J.R. Smith` begins with initials, `John Smith J.R.` does not.
        let initials =
            words.iter().all(|word: &&str| word.is_empty()) && word.split('.').all(|letters| letters.len() <= 1);
        let is_whole =
            is_in(&TITLES, word) || is_in(&TITLE_ENDINGS, word) || is_in(&SUFFIXES, word) || is_in(&DEGREES, word);
        if inner.is_none() || (is_whole && !initials) {
            words.push(word);
        } else {
            words.extend(word.split_inclusive('.'));
        }
    }
    words.retain(|word| word.chars().any(char::is_alphanumeric) || *word == "&");
    words
}

/// The first aside in brackets or quotes: what is before, inside and behind.
fn aside(text: &str) -> Option<(&str, &str, &str)> {
    for (at, c) in text.char_indices() {
        let close: &[char] = match c {
            '(' => &[')'],
            '[' => &[']'],
            '"' => &['"'],
            '“' | '„' => &['”', '“', '"'],
            '«' => &['»'],
            '‘' => &['’', '\''],
            '\'' => &['\''],
            _ => continue,
        };
        // An apostrophe opens a quotation only at the beginning of a word, and closes it only at the end of one.
        let single = matches!(c, '\'' | '‘');
        if single && !(at == 0 || text[..at].ends_with(' ')) {
            continue;
        }
        let inside = at + c.len_utf8();
        let end = if single {
            text[inside..].match_indices(close).map(|(end, _)| inside + end).find(|end| {
                let mut behind = text[*end..].chars();
                behind.next();
                behind.next().is_none_or(|c| matches!(c, ' ' | ','))
            })
        } else {
            text[inside..].find(close).map(|end| inside + end)
        };
        // What is opened and never closed stays part of the name; looking further would take quadratic time.
        let end = end?;
        let behind = end + text[end..].chars().next().map_or(0, char::len_utf8);
        return Some((&text[..at], text[inside..end].trim(), &text[behind..]));
    }
    None
}

/// The name behind `née` and its like.
fn maiden(text: &str) -> Option<&str> {
    let (word, name) = text.split_once(' ')?;
    (is_maiden_sign(word) && !name.trim().is_empty()).then(|| name.trim())
}

fn is_maiden_sign(word: &str) -> bool {
    matches!(word.as_bytes().first(), Some(b'n' | b'N' | b'b' | b'g' | b'G' | b'e' | b'f'))
        && matches!(
            word,
            "née" | "Née" | "nee" | "né" | "born" | "geb." | "geb" | "geborene" | "Geb." | "ehem." | "formerly"
        )
}

fn is_alias_sign(word: &str) -> bool {
    matches!(word, "aka" | "a.k.a." | "AKA" | "alias" | "genannt" | "gen." | "dit" | "dite")
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

/// The longest word of the lists.
const LONGEST: usize = 16;

/// Whether the word, folded, is in the list.
fn is_in(list: &WordList, word: &str) -> bool {
    if !word.is_ascii() {
        return word.len() <= 2 * LONGEST && list.contains(text::fold(word).as_bytes());
    }
    let mut folded = [0_u8; LONGEST];
    let mut length = 0;
    for b in word.bytes().filter(u8::is_ascii_alphanumeric) {
        if length == LONGEST {
            return false;
        }
        folded[length] = b.to_ascii_lowercase();
        length += 1;
    }
    list.contains(&folded[..length])
}

fn is_particle(word: &str) -> bool {
    !word.ends_with('.') && is_in(&PARTICLES, word)
        || matches!(word, "O'" | "o'" | "'t" | "St." | "st.")
        || word == "O’"
}

fn is_and(word: &str) -> bool {
    matches!(word, "&" | "and" | "und" | "et" | "And" | "Und")
}

/// Whether a word is written in capitals so that it must be the family name: at least three letters, none of them
/// small.
fn is_capitals(word: &str) -> bool {
    let mut letters = 0;
    let word = word.strip_prefix("Mc").or_else(|| word.strip_prefix("Mac")).unwrap_or(word);
    for c in word.chars() {
        if c.is_lowercase() || c == '.' {
            return false;
        }
        letters += usize::from(c.is_uppercase());
    }
    letters >= 3
}

/// The gender that a form of address says: `male`, `female`, or none (`Dr`).
///
/// ```
/// use onefold_fact::standard::name::title_gender;
///
/// assert_eq!(title_gender("Mrs."), Some("female"));
/// assert_eq!(title_gender("Herr"), Some("male"));
/// assert_eq!(title_gender("Dr"), None);
/// ```
#[must_use]
pub fn title_gender(title: &str) -> Option<&'static str> {
    let folded = super::text::fold(title);
    folded.split(|letter: char| !letter.is_alphanumeric()).find_map(|word| match word {
        "mr" | "mister" | "sir" | "lord" | "herr" | "monsieur" | "senor" | "sr" | "signor" | "sig" | "dhr" | "heer" => {
            Some("male")
        }
        "mrs" | "ms" | "miss" | "madam" | "lady" | "dame" | "frau" | "madame" | "mme" | "mademoiselle" | "mlle"
        | "senora" | "sra" | "senorita" | "srta" | "signora" | "signorina" | "mevr" | "mevrouw" | "mw" => {
            Some("female")
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(full: &str) -> String {
        let PersonName { title, given, nickname, family, former, suffix } = PersonName::parse_full(full);
        let mut shown = format!("{} | {}", given.join("+"), family);
        for (sign, part) in [('t', title), ('n', nickname), ('f', former), ('s', suffix)] {
            if let Some(part) = part {
                shown += &format!(" | {sign}={part}");
            }
        }
        shown
    }

    #[test]
    fn names_are_taken_apart() {
        for (full, expected) in [
            ("", " | "),
            ("Ada Lovelace", "Ada | Lovelace"),
            ("  ada   lovelace ", "ada | lovelace"),
            ("Lovelace, Ada", "Ada | Lovelace"),
            ("Lovelace, Ada King", "Ada+King | Lovelace"),
            ("Ada", " | Ada"),
            ("Bob", "Bob | "),
            ("Mr Smith", " | Smith | t=Mr"),
            ("Dr. Ada M. Lovelace", "Ada+M. | Lovelace | t=Dr."),
            ("Prof. Dr. Ada Lovelace", "Ada | Lovelace | t=Prof. Dr."),
            ("Dr.Smith", " | Smith | t=Dr."),
            ("Mr and Mrs Smith", " | Smith | t=Mr and Mrs"),
            ("M. Jean Dupont", "Jean | Dupont | t=M."),
            ("M. Dupont", "M. | Dupont"),
            ("Mme Marie Curie", "Marie | Curie | t=Mme"),
            ("Major-General Sir David Bruce", "David | Bruce | t=Major-General Sir"),
            ("Herr Ludwig van Beethoven", "Ludwig | van Beethoven | t=Herr"),
            ("Otto von Bismarck", "Otto | von Bismarck"),
            ("van der Berg, Jan", "Jan | van der Berg"),
            ("van der Berg", " | van der Berg"),
            ("de Gaulle", " | de Gaulle"),
            ("Van Morrison", "Van | Morrison"),
            ("Maria de la Cruz", "Maria | de la Cruz"),
            ("Osama bin Said", "Osama | bin Said"),
            ("José Ortega y Gasset", "José | Ortega y Gasset"),
            ("Gabriel García Márquez", "Gabriel+García | Márquez"),
            ("Gabriel GARCÍA MÁRQUEZ", "Gabriel | GARCÍA MÁRQUEZ"),
            ("DUPONT Jean", "Jean | DUPONT"),
            ("JOHN SMITH", "JOHN | SMITH"),
            ("John Smith Jr.", "John | Smith | s=Jr."),
            ("John Smith, Jr.", "John | Smith | s=Jr."),
            ("Smith, John, Jr., MD", "John | Smith | s=Jr. MD"),
            ("Smith Jr., John", "John | Smith | s=Jr."),
            ("John Smith III Ph.D.", "John | Smith | s=III Ph.D."),
            ("Sr. Juan Pérez", "Juan | Pérez | t=Sr."),
            ("Robert \"Bob\" Smith", "Robert | Smith | n=Bob"),
            ("Robert (Bob) Smith", "Robert | Smith | n=Bob"),
            ("Robert 'Bob' O'Neil", "Robert | O'Neil | n=Bob"),
            ("Mary O'Brien", "Mary | O'Brien"),
            ("Mary O' Brien", "Mary | O' Brien"),
            ("Jill St. John", "Jill | St. John"),
            ("J.R.R. Tolkien", "J.+R.+R. | Tolkien"),
            ("J.Smith", "J. | Smith"),
            ("Jean-Luc Picard-Jones", "Jean-Luc | Picard-Jones"),
            ("Erika Muster (geb. Mann)", "Erika | Muster | f=Mann"),
            ("Ada King née Byron", "Ada | King | f=Byron"),
            ("thomas clifford, 1st baron clifford", "thomas | clifford | s=1st baron clifford"),
            ("Smith,", " | Smith"),
            (", John", "John | "),
            ("Dr. med. Hans Müller", "Hans | Müller | t=Dr. med."),
            ("Prof. Dr. Dr. h.c. mult. Hans Müller", "Hans | Müller | t=Prof. Dr. Dr. h.c. mult."),
            ("MUDr. Jan Novák", "Jan | Novák | t=MUDr."),
            ("Dra. Ana Ruiz", "Ana | Ruiz | t=Dra."),
            ("Dña. Ana Ruiz", "Ana | Ruiz | t=Dña."),
            ("Frl. Anna Huber", "Anna | Huber | t=Frl."),
            ("Fam. Huber", " | Huber | t=Fam."),
            ("Familie Huber", " | Huber | t=Familie"),
            ("The Rt Hon Sir John Smith KCB", "John | Smith | t=The Rt Hon Sir | s=KCB"),
            ("HRH Prince Charles Windsor", "Charles | Windsor | t=HRH Prince"),
            ("Prince Rogers", "Prince | Rogers"),
            ("Judge Reinhold", "Judge | Reinhold"),
            ("Baron Cohen, Sacha", "Sacha | Baron Cohen"),
            ("Graf Otto von Bismarck", "Otto | von Bismarck | t=Graf"),
            ("Ludwig Freiherr von Stein", "Ludwig | von Stein | t=Freiherr"),
            ("c/o John Smith", "John | Smith | t=c/o"),
            ("Mr John Smith and Mrs Jane Smith", "John | Smith | t=Mr"),
            ("Smith;John", "John | Smith"),
            ("john_smith", "john | smith"),
            ("\"Smith, John\"", "John | Smith"),
            ("Col. (Ret.) John Smith", "John | Smith | t=Col."),
            ("John Smith (deceased)", "John | Smith"),
            ("Smith (Mr), John", "John | Smith | t=Mr"),
            ("Mary Smith aka Polly", "Mary | Smith | n=Polly"),
            ("Ada Lovelace, B.Sc., M.A.", "Ada | Lovelace | s=B.Sc. M.A."),
            ("Lovelace, M.A.", "M.+A. | Lovelace"),
            ("John Smith 2nd", "John | Smith | s=2nd"),
            ("J.R. Smith", "J.+R. | Smith"),
            ("Smith J.", "J. | Smith"),
            ("Smith J.P.", "J.+P. | Smith"),
            ("John S.", "John | S."),
            ("Berg, van den, Jan", "Jan | van den Berg"),
            ("Berg van den, Jan", "Jan | van den Berg"),
            ("Leyen, Ursula von der", "Ursula | von der Leyen"),
            ("Ursula v. d. Leyen", "Ursula | v. d. Leyen"),
            ("David ben Gurion", "David | ben Gurion"),
            ("Seán Ó Conaill", "Seán | Ó Conaill"),
            ("Máire Ní Chonaill", "Máire | Ní Chonaill"),
            ("Ana do Nascimento", "Ana | do Nascimento"),
            ("Ana Costa e Silva", "Ana | Costa e Silva"),
            ("John T Smith", "John+T | Smith"),
            ("Mary Ann O Smith", "Mary+Ann+O | Smith"),
            ("mary ann e smith", "mary+ann+e | smith"),
            ("john v smith", "john+v | smith"),
            ("Иванов Иван Иванович", "Иван+Иванович | Иванов"),
            ("Иван Иванович Иванов", "Иван+Иванович | Иванов"),
            ("山田 太郎", "太郎 | 山田"),
            ("김 민수", "민수 | 김"),
            ("McDONALD Ian", "Ian | McDONALD"),
            ("Ann-Margaret", "Ann-Margaret | "),
            ("北京", " | 北京"),
            ("...", " | "),
            ("(", " | "),
            ("Mr", " | Mr"),
        ] {
            assert_eq!(shown(full), expected, "{full}");
        }
    }

    #[test]
    fn the_tables_hold() {
        for list in
            [&TITLES, &SUFFIXES, &PARTICLES, &TITLE_ENDINGS, &TITLES_THAT_ARE_NAMES, &DEGREES, &NOBILITY, &REMARKS]
        {
            assert!(list.words().is_sorted_by(|a, b| a < b) && list.words().iter().all(|word| word.len() <= LONGEST));
        }
    }

    #[test]
    fn a_long_text_takes_no_time() {
        for piece in ["a ", "(", "' ", "Mr ", "a.", ",", "de ", "née "] {
            let _ = PersonName::parse_full(&piece.repeat(1_000_000 / piece.len()));
        }
    }

    proptest! {
        #[test]
        fn any_name_is_taken_apart(full in ".*|[A-Za-zé.,'\"() -]{0,40}|((Mc|O'|de|van|Dr\\.|Jr|née|Ada|'t|y|&),? ){0,7}") {
            let name = PersonName::parse_full(&full);
            let folded = form(&full);
            prop_assert_eq!(form(&folded), folded);
            let folded = name.form();
            prop_assert_eq!(form(&folded), folded);
        }
    }
}

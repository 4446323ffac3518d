use super::address_table::{ABBREVIATIONS, CONTRACTIONS, DIRECTIONS, NUMBER_SIGNS, NUMBERED, POST_BOXES, STREET_WORDS};
use super::street_token::{Token, end_of_part, tokens};
use super::text;

/// A street line taken apart, each part folded and abbreviations written out.
///
/// ```
/// use onefold_fact::standard::Street;
///
/// let street = Street::parse("Flat 3, 12a High St.");
/// assert_eq!(street.number.as_deref(), Some("12a"));
/// assert_eq!(street.name, "high street");
/// assert_eq!(street.unit.as_deref(), Some("3"));
/// assert_eq!(Street::parse("Hauptstr. 12 A"), Street::parse("12a Hauptstraße"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Street {
    /// The house number with its letter or range: `12a`, `12-14`. Of a post box its number.
    pub number: Option<String>,
    /// The name of the street, or `po box`; without a house number the whole line but for the unit.
    pub name: String,
    /// The number of the flat, apartment, suite or room.
    pub unit: Option<String>,
}

impl Street {
    /// Takes a street line apart. Never fails: what is not understood is part of the name.
    ///
    /// The number may stand before the street (`12 rue de la Paix`) or behind it (`Hauptstr. 12`), a unit before,
    /// behind, or joined by a slash (`3/12 High St`, `Hauptstr. 12/3`). When parts are divided by commas the part
    /// with the number is the street; house names and places beside it are left out.
    pub fn parse(line: &str) -> Street {
        let line = lower_ascii(line);
        let mut tokens = tokens(&line);
        drop_no_number(&mut tokens);
        let unit = take_unit(&mut tokens);
        if let Some(number) = post_box(&tokens) {
            return Street { number, name: "po box".to_owned(), unit };
        }
        let mut street = Street { number: None, name: String::new(), unit };
        let (from, to) = street.take_number(&tokens);
        // `12 PO Box`
        if let Some(number) = post_box_at(&tokens[from..to], street.number.as_deref()) {
            return Street { number, name: "po box".to_owned(), unit: street.unit };
        }
        street.name = name(&tokens[from..to]);
        street
    }

    /// Number, name and unit in one text: what two spellings of a street line share.
    ///
    /// ```
    /// # use onefold_fact::standard::Street;
    /// assert_eq!(Street::parse("Apt 4B, 350 5th Ave").form(), "350, 5th avenue, unit 4b");
    /// ```
    pub fn form(&self) -> String {
        let mut form = String::with_capacity(self.name.len() + 16);
        // The commas keep the parts apart when the form is read again.
        for (sign, part) in
            [("", self.number.as_deref()), ("", Some(self.name.as_str())), ("unit ", self.unit.as_deref())]
        {
            if let Some(part) = part.filter(|part| !part.is_empty()) {
                if !form.is_empty() {
                    form.push_str(", ");
                }
                form.push_str(sign);
                form.push_str(part);
            }
        }
        form
    }

    /// Whether a word of the name says that it is a street: `high street`, `hauptstrasse`, `via roma`.
    ///
    /// ```
    /// # use onefold_fact::standard::Street;
    /// assert!(Street::parse("Hauptstr. 12").says_street());
    /// assert!(!Street::parse("12 Angry Men").says_street());
    /// ```
    pub fn says_street(&self) -> bool {
        const ENDINGS: [&str; 6] = ["strasse", "straat", "gasse", "gatan", "weg", "vej"];
        self.name.split(' ').any(|word| {
            STREET_WORDS.contains(word.as_bytes())
                || ENDINGS.iter().any(|ending| word.len() > ending.len() && word.ends_with(ending))
        })
    }

    /// Finds the house number and returns which tokens are the name.
    fn take_number(&mut self, tokens: &[Token<'_>]) -> (usize, usize) {
        let mut from = 0;
        while from < tokens.len() {
            let to = end_of_part(tokens, from);
            // Before the name: `12 High St`; a part of nothing but the number belongs to the next part.
            let signs = usize::from(is_number_sign(&tokens[from..to]));
            if tokens[from + signs].is_number() {
                let (number, unit, used) = number_at(tokens, from + signs, to, true);
                let start = from + signs + used;
                self.number = Some(number);
                self.unit = self.unit.take().or(unit);
                return if start < to { (start, to) } else { beside(tokens, from, start) };
            }
            // Behind the name: `Hauptstr. 12 a`.
            if let Some(at) = trailing_number(tokens, from, to) {
                let (number, unit, _) = number_at(tokens, at, to, false);
                self.number = Some(number);
                self.unit = self.unit.take().or(unit);
                let signs = usize::from(at > from + 1 && NUMBER_SIGNS.contains(tokens[at - 1].text.as_bytes()));
                return (from, at - signs);
            }
            from = to;
        }
        (0, tokens.len())
    }
}

/// The line in lower-case ASCII, with words that are cut by dots written out.
fn lower_ascii(line: &str) -> String {
    // `nº 5`, `n.º 5` and `Pº`: the raised letter belongs to what is before it.
    let mut lower = if line.contains('º') {
        text::to_ascii(&line.replace("Pº", "Paseo").replace(".º", "º")).to_ascii_lowercase()
    } else {
        text::to_ascii(line).to_ascii_lowercase()
    };
    if lower.contains(['.', '-']) {
        for (short, full) in CONTRACTIONS {
            if lower.contains(short) {
                lower = lower.replace(short, full);
            }
        }
    }
    lower
}

/// Takes out the sign for "without number" (`s/n`), and joins a point of the compass behind a comma to what is before it
/// (`Pennsylvania Avenue, NW`).
fn drop_no_number(tokens: &mut Vec<Token<'_>>) {
    if let [.., s, n] = tokens.as_slice()
        && s.text == "s"
        && n.text == "n"
        && n.sign == b'/'
    {
        tokens.truncate(tokens.len() - 2);
    }
    for at in 1..tokens.len() {
        let alone = tokens.get(at + 1).is_none_or(|next| next.begins_part);
        if alone && DIRECTIONS.get(tokens[at].text.as_bytes()).is_some() && !tokens[at - 1].is_number() {
            tokens[at].begins_part = false;
        }
    }
}

/// The part behind `start` or, if there is none, the one before `from`.
fn beside(tokens: &[Token<'_>], from: usize, start: usize) -> (usize, usize) {
    let next_is_name = tokens.get(start).is_some_and(|token| from == 0 || !token.first().is_ascii_digit());
    if next_is_name {
        return (start, end_of_part(tokens, start));
    }
    (0, from)
}

fn is_number_sign(part: &[Token<'_>]) -> bool {
    matches!(part, [sign, number, ..] if NUMBER_SIGNS.contains(sign.text.as_bytes()) && number.is_number())
}

/// The number at `at`, a unit that a slash joins to it, and how many tokens they are.
fn number_at(tokens: &[Token<'_>], at: usize, to: usize, leading: bool) -> (String, Option<String>, usize) {
    let mut number = tokens[at].text.to_string();
    let mut used = 1;
    if let Some(next) = tokens[..to].get(at + 1) {
        let is_direction = DIRECTIONS.get(next.text.as_bytes()).is_some();
        // `12 a High St`, but not `12 E Main St` and not `12 C Street`.
        let is_name =
            leading && (is_direction || at + 2 >= to || (at + 3 == to && is_street_word(&tokens[at + 2].text)));
        if next.sign == b' ' && next.is_letter() && tokens[at].is_digits() && !is_name {
            number.push_str(&next.text);
            used = 2;
        }
    }
    if let Some(next) = tokens[..to].get(at + used)
        && next.sign == b'/'
        && (next.is_number() || (next.is_letter() && !leading))
    {
        used += 1;
        // Before the name the unit comes first: `3/12 High St`.
        return if leading {
            (next.text.to_string(), Some(number), used)
        } else {
            (number, Some(next.text.to_string()), used)
        };
    }
    (number, None, used)
}

/// Whether a word says street and is no name of one.
fn is_street_word(word: &str) -> bool {
    let full = ABBREVIATIONS.get(word.as_bytes()).unwrap_or(word);
    STREET_WORDS.contains(full.as_bytes())
}

/// Whether the `st` at `at` is a street and not a saint: it is the last word (but for a point of the compass), or
/// stands inside a name that has no other word for a street (`High St Camden`, but `St John St` and `rue St Honoré`).
fn is_street(tokens: &[Token<'_>], at: usize) -> bool {
    let last = tokens.len() - 1;
    if at == 0 || at == last {
        return at > 0;
    }
    let ends = at + 1 == last && DIRECTIONS.get(tokens[last].text.as_bytes()).is_some();
    ends || !tokens
        .iter()
        .enumerate()
        .any(|(other, token)| other != at && (token.text == "st" || is_street_word(&token.text)))
}

/// Where the number behind a name begins, if the part `from..to` ends with one.
fn trailing_number(tokens: &[Token<'_>], from: usize, to: usize) -> Option<usize> {
    (to.saturating_sub(3).max(from + 1)..to).find(|&at| {
        tokens[at].is_number()
            && at + number_at(tokens, at, to, false).2 == to
            && !NUMBERED.contains(tokens[at - 1].text.as_bytes())
    })
}

/// Takes the units out of the tokens and returns the first.
fn take_unit(tokens: &mut Vec<Token<'_>>) -> Option<String> {
    if !tokens.iter().any(|token| token.sign == b'#' || token.is_unit()) {
        return None;
    }
    let mut unit = None;
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    let mut behind_unit = false;
    for mut token in tokens.drain(..) {
        // What follows a unit is a part of its own, with or without a comma: `Flat 3 12 High St`.
        token.begins_part |= std::mem::take(&mut behind_unit);
        let named = kept.last().is_some_and(|word| word.is_unit() && word.names(&token));
        if named || (token.sign == b'#' && (token.is_number() || token.is_letter())) {
            if named {
                kept.pop();
            }
            unit.get_or_insert(token.text.into_owned());
            behind_unit = true;
        } else {
            kept.push(token);
        }
    }
    *tokens = kept;
    unit
}

/// Of a post box its number, if a part of the line begins with one; the form has the number in the part before.
fn post_box(tokens: &[Token<'_>]) -> Option<Option<String>> {
    (0..tokens.len()).filter(|at| tokens[*at].begins_part).find_map(|at| {
        let before = tokens.first().filter(|token| at == 1 && token.is_number());
        post_box_at(&tokens[at..], before.map(|token| token.text.as_ref()))
    })
}

/// Of a post box that the tokens begin with its number: what is behind it, or else what was found `before`. Words that
/// mean other things too (`BP`) need a number behind.
fn post_box_at(tokens: &[Token<'_>], before: Option<&str>) -> Option<Option<String>> {
    let words = POST_BOXES.iter().find(|words| {
        let texts = tokens.iter().map(|token| token.text.as_ref());
        tokens.len() >= words.len() && texts.zip(words.iter()).all(|(text, word)| text == *word)
    })?;
    match tokens.get(words.len()).filter(|token| token.is_number()) {
        Some(number) => Some(Some(number.text.to_string())),
        None if words.len() > 1 => Some(before.map(str::to_owned)),
        None => None,
    }
}

/// The name in full, from its tokens.
fn name(tokens: &[Token<'_>]) -> String {
    let mut name = String::with_capacity(24);
    let last = tokens.len().saturating_sub(1);
    let direction = |at: usize| DIRECTIONS.get(tokens[at].text.as_bytes());
    for (at, token) in tokens.iter().enumerate() {
        let word = token.text.as_ref();
        // German names are written in one word: `Berliner Str.`, `Hauptstr.`
        if at > 0 && matches!(word, "str" | "strasse") && tokens[at - 1].first().is_ascii_alphabetic() {
            name.push_str("strasse");
            continue;
        }
        if at > 0 && matches!(word, "bis" | "ter" | "quater") && tokens[at - 1].is_digits() {
            name.push_str(word);
            continue;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        let compass = if last > 0 && (at == 0 || at == last) { direction(at) } else { None };
        match word {
            _ if compass.is_some() => name.push_str(compass.unwrap_or_default()),
            "st" if is_street(tokens, at) => name.push_str("street"),
            "st" | "ste" => name.push_str("saint"),
            "c" if at == 0 && (last > 1 || (last == 1 && !is_street_word(&tokens[1].text))) => name.push_str("calle"),
            "r" if at == 0 && (last > 1 || (last == 1 && !is_street_word(&tokens[1].text))) => name.push_str("rue"),
            _ => match ABBREVIATIONS.get(word.as_bytes()) {
                Some(full) if last > 0 => name.push_str(full),
                _ => {
                    name.push_str(word);
                    if word.len() > 4 && word.ends_with("str") {
                        name.push_str("asse");
                    }
                }
            },
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::standard::address_table::UNITS;

    #[test]
    fn the_tables_hold() {
        for map in [&ABBREVIATIONS, &DIRECTIONS] {
            assert!(map.entries().is_sorted_by(|a, b| a.0 < b.0));
            for (short, full) in map.entries() {
                assert!(ABBREVIATIONS.get(full.as_bytes()).or(DIRECTIONS.get(full.as_bytes())).is_none(), "{short}");
            }
        }
        for list in [&NUMBERED, &NUMBER_SIGNS, &STREET_WORDS, &UNITS] {
            assert!(list.words().is_sorted_by(|a, b| a < b));
        }
    }

    #[test]
    fn lines_are_taken_apart() {
        for (line, expected) in [
            ("", ""),
            ("12 High St", "12 | high street |"),
            ("12, High Street", "12 | high street |"),
            ("No. 12 High St.", "12 | high street |"),
            ("12a High Street", "12a | high street |"),
            ("12 A High Street", "12a | high street |"),
            ("12 C Street", "12 | c street |"),
            ("C Street 12", "12 | c street |"),
            ("12 E Main St", "12 | east main street |"),
            ("12 Main St N", "12 | main street north |"),
            ("Flat 3, 12 High St", "12 | high street | 3"),
            ("Flat 3 12 High St", "12 | high street | 3"),
            ("12 High St Apt 4B", "12 | high street | 4b"),
            ("12 High St Apt 4 Camden", "12 | high street | 4"),
            ("12 High St, #4", "12 | high street | 4"),
            ("3/12 High St", "12 | high street | 3"),
            ("12-14 High St", "12-14 | high street |"),
            ("350 5th Ave", "350 | 5th avenue |"),
            ("5th Avenue", " | 5th avenue |"),
            ("1 St John's Rd", "1 | saint johns road |"),
            ("12 High St Camden", "12 | high street camden |"),
            ("12 Mount St Helens Ave", "12 | mount saint helens avenue |"),
            ("12 rue St Honoré", "12 | rue saint honore |"),
            ("Rose Cottage, 12 High St, Camden", "12 | high street |"),
            ("Rose Cottage, High St", " | rose cottage high street |"),
            ("Hauptstr. 12", "12 | hauptstrasse |"),
            ("Hauptstraße 12 a", "12a | hauptstrasse |"),
            ("Haupt Str. 12a", "12a | hauptstrasse |"),
            ("Berliner Straße 12/3", "12 | berlinerstrasse | 3"),
            ("Straße des 17. Juni 135", "135 | strasse des 17 juni |"),
            ("12 rue de la Paix", "12 | rue de la paix |"),
            ("12 bis, rue de la Paix", "12bis | rue de la paix |"),
            ("12 bd St-Germain", "12 | boulevard saint germain |"),
            ("C/ Mayor, 5", "5 | calle mayor |"),
            ("Avda. de América 7", "7 | avenue de america |"),
            ("Via Roma n. 5", "5 | via roma |"),
            ("Calle Mayor, 5, 3º B", "5 | calle mayor |"),
            ("C/Mayor nº 5", "5 | calle mayor |"),
            ("Pº de la Castellana 5", "5 | paseo de la castellana |"),
            ("Calle Mayor s/n", " | calle mayor |"),
            ("Plaza Mayor 5", "5 | place mayor |"),
            ("Praça da República 5", "5 | place da republica |"),
            ("Av. Paulista, 1578, Apto 12", "1578 | avenue paulista | 12"),
            ("V.le Europa 5", "5 | viale europa |"),
            ("P.zza Duomo 5", "5 | place duomo |"),
            ("Via Roma 5 int. 3", "5 | via roma | 3"),
            ("Kerkstraat 12 bus 3", "12 | kerkstraat | 3"),
            ("Storgatan 12 lgh 1101", "12 | storgatan | 1101"),
            ("Atatürk Cad. No: 5", "5 | ataturk caddesi |"),
            ("ул. Ленина, 5, кв. 3", "5 | ulica lenina | 3"),
            ("123 Fifth Avenue", "123 | 5th avenue |"),
            ("1600 Pennsylvania Avenue, N.W.", "1600 | pennsylvania avenue northwest |"),
            ("Level 3, 12 George St", "12 | george street | 3"),
            ("Route 66", " | route 66 |"),
            ("P.O. Box 123", "123 | po box |"),
            ("Acme House, PO Box 123", "123 | po box |"),
            ("PO Box 123", "123 | po box |"),
            ("Postfach 12 34", "12 | po box |"),
            ("7", "7 |  |"),
            ("7 wallaby place", "7 | wallaby place |"),
        ] {
            let Street { number, name, unit } = Street::parse(line);
            let shown = format!("{} | {name} | {}", number.unwrap_or_default(), unit.unwrap_or_default());
            assert_eq!(shown.trim().trim_start_matches("|  |").trim(), expected.trim(), "{line}");
        }
    }

    #[test]
    fn a_long_text_takes_no_time() {
        for piece in ["a ", "1 ", "1/", "flat ", "flat 1 ", "1,", "str ", "1-", "po ", "#"] {
            let _ = Street::parse(&piece.repeat(1_000_000 / piece.len())).form();
        }
    }

    proptest! {
        #[test]
        fn forms_are_their_own_forms(line in ".*|((flat|unit|no|12|3b|a|e|st|str|High|po|box|bis|5th|route|c/|#|/|,|-)[ ]?){0,8}") {
            let once = Street::parse(&line).form();
            prop_assert_eq!(Street::parse(&once).form(), once.clone(), "{}", line);
        }
    }
}

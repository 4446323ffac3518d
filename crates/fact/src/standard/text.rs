//! Plain text: cleaning it for keeping, folding it for comparing, and knowing the words that stand for "nothing".

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The text as it should be kept: trimmed, runs of white space as one space, composed (Unicode NFC), without control
/// and zero-width characters. Borrowed when nothing has to change. Line breaks and tabs count as white space.
///
/// ```
/// use onefold_fact::standard::text::clean;
///
/// assert_eq!(clean("  Ada \t Lovelace\u{200B} "), "Ada Lovelace");
/// assert_eq!(clean("Jose\u{301}"), "José");
/// ```
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if is_tidy_ascii(text.as_bytes()) {
            return Cow::Borrowed(text);
        }
        return Cow::Owned(tidy(text.chars()));
    }
    if is_nfc_quick(text.chars()) == IsNormalized::Yes && is_tidy(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(tidy(text.chars().filter(|c| !is_invisible(*c)).nfc()))
}

/// The text for comparing: lower-case ASCII letters and digits, words apart by single spaces.
///
/// Accents go, other scripts are transliterated (Unicode NFKC, then the tables of the `deunicode` crate), ß becomes
/// ss. Apostrophes inside a word vanish, and so do the dots of abbreviations by single letters; all other punctuation
/// parts words. Empty when the text has no letter and no digit.
///
/// Composition comes before transliteration because a decomposed `が` or `й` would lose the mark that makes it another
/// sound.
///
/// ```
/// use onefold_fact::standard::text::fold;
///
/// assert_eq!(fold("O'Brien"), "obrien");
/// assert_eq!(fold("J.R. Smith-Jones"), "jr smith jones");
/// assert_eq!(fold("Straße"), "strasse");
/// assert_eq!(fold("ŁÓDŹ, Ørsted"), "lodz orsted");
/// assert_eq!(fold("Dr.Smith"), "dr smith");
/// ```
pub fn fold(text: &str) -> String {
    fold_ascii(to_ascii(text).as_bytes())
}

/// Whether the text says nothing: only white space, control and zero-width characters.
///
/// ```
/// use onefold_fact::standard::text::is_blank;
///
/// assert!(is_blank(" \u{A0}\u{FEFF}"));
/// assert!(!is_blank(" - "));
/// ```
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Whether the text is one of the words and signs that exports write where there is no value: `n/a`, `null`,
/// `unknown`, `-`, `xxx`, `[object Object]`… Case and surrounding space do not matter. A blank text is no
/// placeholder; see [`is_blank`].
///
/// Some of these words are also surnames. A caller that reads a name asks [`may_be_name`] before it throws one away.
///
/// ```
/// use onefold_fact::standard::text::{is_placeholder, may_be_name};
///
/// assert!(is_placeholder("N/A") && is_placeholder("--") && is_placeholder("Not provided"));
/// assert!(is_placeholder("Null") && may_be_name("Null"));
/// assert!(!is_placeholder("Nan Smith"));
/// ```
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST_PLACEHOLDER {
        // A long rule of dashes is still nothing; anything else of that length says something.
        return text.len() > LONGEST_PLACEHOLDER && text.bytes().all(|b| RULES.contains(&b));
    }
    if text.bytes().all(|b| RULES.contains(&b)) {
        return true;
    }
    if text.len() >= 2 && text.bytes().all(|b| b == b'x' || b == b'X') {
        return true;
    }
    contains_folded(PLACEHOLDERS, text)
}

/// Whether a placeholder is also a name that real people bear, such as Null, None, Test or Na.
pub fn may_be_name(text: &str) -> bool {
    contains_folded(PLACEHOLDERS_THAT_ARE_NAMES, text.trim())
}

/// The words for "there is no value", lower case, sorted. Collected from what databases, spreadsheets, programming
/// languages and clerks write.
pub const PLACEHOLDERS: &[&str] = &[
    "#div/0!",
    "#n/a",
    "#name?",
    "#null!",
    "#num!",
    "#ref!",
    "#value!",
    "(blank)",
    "(empty)",
    "(none)",
    "(not set)",
    "(null)",
    "(unknown)",
    "*unknown*",
    "<blank>",
    "<empty>",
    "<na>",
    "<none>",
    "<null>",
    "<unknown>",
    "[blank]",
    "[null]",
    "[object object]",
    "\\n",
    "aucun",
    "blank",
    "dummy",
    "empty",
    "entfällt",
    "inconnu",
    "k. a.",
    "k.a.",
    "keine",
    "keine angabe",
    "missing",
    "n a",
    "n.a",
    "n.a.",
    "n.d.",
    "n/a",
    "n/d",
    "n/v",
    "na",
    "nan",
    "nil",
    "no data",
    "no value",
    "none",
    "not applicable",
    "not available",
    "not given",
    "not known",
    "not provided",
    "not set",
    "not specified",
    "not stated",
    "null",
    "sconosciuto",
    "sin datos",
    "tba",
    "tbc",
    "tbd",
    "test",
    "to be confirmed",
    "to be determined",
    "unbekannt",
    "undefined",
    "unknown",
    "unspecified",
    "void",
];

/// Those of [`PLACEHOLDERS`] that are surnames or given names somewhere, sorted.
const PLACEHOLDERS_THAT_ARE_NAMES: &[&str] =
    &["blank", "dummy", "keine", "na", "nan", "nil", "none", "null", "test", "void"];

const LONGEST_PLACEHOLDER: usize = 24;

/// Signs that alone say nothing.
const RULES: &[u8] = b"-_.?*/\\#=~!:;,'\"+";

fn contains_folded(sorted: &[&str], text: &str) -> bool {
    let lower;
    let text = if text.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
        if text.len() > 2 * LONGEST_PLACEHOLDER {
            return false;
        }
        lower = text.to_lowercase();
        lower.as_str()
    } else {
        text
    };
    sorted.binary_search(&text).is_ok()
}

/// Characters that take no room and mean nothing in a customer's data: controls, zero-width spaces and joiners,
/// direction marks, soft hyphens, byte order marks. White space is not among them.
pub(super) fn is_invisible(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => true,
        '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' => true,
        _ => c.is_control() && !c.is_whitespace(),
    }
}

fn is_tidy_ascii(bytes: &[u8]) -> bool {
    let mut before = b' ';
    for &b in bytes {
        if !(b' '..=b'~').contains(&b) || (b == b' ' && before == b' ') {
            return false;
        }
        before = b;
    }
    before != b' ' || bytes.is_empty()
}

fn is_tidy(text: &str) -> bool {
    let mut before = ' ';
    for c in text.chars() {
        if is_invisible(c) || (c.is_whitespace() && (c != ' ' || before == ' ')) {
            return false;
        }
        before = c;
    }
    before != ' '
}

fn tidy(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::with_capacity(chars.size_hint().0);
    let mut space = false;
    for c in chars {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if !is_invisible(c) {
            if space {
                out.push(' ');
                space = false;
            }
            out.push(c);
        }
    }
    out
}

/// The text with every letter and digit in ASCII, its ASCII punctuation and case untouched, and typographic
/// apostrophes and dashes as ASCII ones.
pub(super) fn to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    if text.chars().all(|c| c.is_ascii() || is_plain_latin(c)) {
        text.chars().for_each(|c| push_ascii(&mut out, c));
    } else {
        text.chars().filter(|c| !is_invisible(*c)).nfkc().for_each(|c| push_ascii(&mut out, c));
    }
    Cow::Owned(out)
}

/// Letters of Latin-1 and Latin Extended-A that NFKC leaves as they are, so that the common European text needs no
/// normalising.
fn is_plain_latin(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{17F}') && !matches!(c, 'Ĳ' | 'ĳ' | 'Ŀ' | 'ŀ' | 'ŉ' | 'ſ')
}

fn push_ascii(out: &mut String, c: char) {
    if c.is_ascii() {
        out.push(c);
    } else if c.is_alphanumeric() {
        match deunicode::deunicode_char(c) {
            Some(ascii) => out.push_str(ascii),
            None => out.push(' '),
        }
    } else {
        match c {
            '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2BC}' | '\u{2B9}' | '\u{2032}' | '\u{B4}' | '\u{FF07}' => {
                out.push('\'');
            }
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => out.push('-'),
            '\u{201C}'..='\u{201F}' | '\u{AB}' | '\u{BB}' => out.push('"'),
            '\u{3001}' | '\u{60C}' => out.push(','),
            _ if is_combining_mark(c) || is_invisible(c) => {}
            _ => out.push(' '),
        }
    }
}

fn fold_ascii(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut space = false;
    // Length of the run of letters that ends here; digits and everything else set it back.
    let mut run = 0_usize;
    for (at, &b) in bytes.iter().enumerate() {
        if b.is_ascii_alphanumeric() {
            if space {
                if !out.is_empty() {
                    out.push(b' ');
                }
                space = false;
            }
            out.push(b.to_ascii_lowercase());
            run = if b.is_ascii_alphabetic() { run + 1 } else { 99 };
        } else {
            match b {
                b'\'' | b'`' => {}
                b'.' if (run == 1 || run == 2) && is_lone_letter(bytes, at + 1) => {}
                0..=8 | 14..=31 | 127 => {
                    // Rare enough to begin again without them.
                    let visible: Vec<u8> = bytes.iter().copied().filter(|b| !is_invisible(char::from(*b))).collect();
                    return fold_ascii(&visible);
                }
                _ => space = true,
            }
            run = 0;
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Whether a word of one letter begins at `at`, as in the second half of `J.R.`.
fn is_lone_letter(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(u8::is_ascii_alphabetic) && !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clean_keeps_what_is_clean() {
        for text in ["", "Ada Lovelace", "José", "北京", "मुंबई"] {
            assert!(matches!(clean(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn clean_repairs() {
        for (text, expected) in [
            (" a ", "a"),
            ("a  b", "a b"),
            ("a\r\n\tb", "a b"),
            ("a\0b", "ab"),
            ("\u{FEFF}Ada", "Ada"),
            ("Ada\u{A0}\u{3000}L", "Ada L"),
            ("e\u{200D}\u{301}", "é"),
            ("   ", ""),
            (" \u{200B} ", ""),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }

    #[test]
    fn fold_compares() {
        for (text, expected) in [
            ("", ""),
            ("  Ada   LOVELACE ", "ada lovelace"),
            ("O’Brien", "obrien"),
            ("D'Arcy-Smith", "darcy smith"),
            ("J.R.R. Tolkien", "jrr tolkien"),
            ("J.R.Smith", "jr smith"),
            ("J.Smith", "j smith"),
            ("U.S.A.", "usa"),
            ("Ph.D.", "phd"),
            ("S.p.A.", "spa"),
            ("Co.KG", "co kg"),
            ("3.5 kg", "3 5 kg"),
            ("Müller", "muller"),
            ("Mu\u{308}ller", "muller"),
            ("Großmann", "grossmann"),
            ("GROẞMANN", "grossmann"),
            ("Åse Ærø Œuvre", "ase aero oeuvre"),
            ("Nguyễn", "nguyen"),
            ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
            ("Юрий Гагарин", "iurii gagarin"),
            ("北京", "bei jing"),
            ("김 민수", "gim minsu"),
            ("ａ–b—c", "a b c"),
            ("a\u{200B}b", "ab"),
            ("a\0b", "ab"),
            ("a.\0b", "ab"),
            ("'quoted' words", "quoted words"),
            ("😀", ""),
        ] {
            assert_eq!(fold(text), expected, "{text:?}");
        }
    }

    #[test]
    fn placeholders_are_sorted_and_known() {
        for list in [PLACEHOLDERS, PLACEHOLDERS_THAT_ARE_NAMES] {
            assert!(list.is_sorted());
        }
        for text in [
            "N/A",
            " null ",
            "None",
            "-",
            "--",
            "?",
            "...",
            "xxx",
            "XXXXX",
            "[object Object]",
            "NaN",
            "\\N",
            "#N/A",
            "Entfällt",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["", " ", "x", "Nathan", "Tester", "A", "Unknown Soldier", "0"] {
            assert!(!is_placeholder(text), "{text}");
        }
        assert!(PLACEHOLDERS.iter().all(|p| is_placeholder(p) && p.len() <= LONGEST_PLACEHOLDER));
        assert!(PLACEHOLDERS_THAT_ARE_NAMES.iter().all(|p| PLACEHOLDERS.contains(p)));
    }

    #[test]
    fn a_long_row_of_marks_takes_no_time() {
        let marks = "e".to_owned() + &"\u{301}\u{323}".repeat(250_000);
        assert_eq!(fold(&marks), "e");
        assert!(!clean(&marks).is_empty());
    }

    proptest! {
        #[test]
        fn folding_and_cleaning_are_idempotent(text in "\\PC*|.*") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded.clone());
            prop_assert!(folded.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b' '));
            let cleaned = clean(&text).into_owned();
            prop_assert_eq!(clean(&cleaned), cleaned.clone());
            prop_assert_eq!(fold(&cleaned), folded);
            prop_assert_eq!(is_blank(&text), cleaned.is_empty());
            is_placeholder(&text);
        }
    }
}

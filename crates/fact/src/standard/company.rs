//! Names of companies without what the law adds to them.

use super::text;
use super::word_list::WordList;

/// A company's name for comparing: folded, `&` read as `and`, without the legal forms at its end. A name of nothing
/// but legal forms stays.
///
/// ```
/// use onefold_fact::standard::company::form;
///
/// assert_eq!(form("Müller & Söhne GmbH & Co. KG"), "muller and sohne");
/// assert_eq!(form("ACME, Inc."), form("Acme Incorporated"));
/// assert_eq!(form("Limited"), "limited");
/// ```
pub fn form(name: &str) -> String {
    let mut form =
        if name.contains(['&', '+']) { text::fold(&name.replace(['&', '+'], " and ")) } else { text::fold(name) };
    let kept = without_legal_form(&form).len();
    form.truncate(kept);
    form
}

/// The folded name up to its legal forms.
fn without_legal_form(folded: &str) -> &str {
    let mut rest = folded;
    while let Some(shorter) = without_last_form(rest) {
        rest = shorter;
    }
    // `GmbH & Co. KG` leaves its `and` behind.
    if rest.len() < folded.len() {
        while let Some(shorter) = rest.strip_suffix(" and") {
            rest = shorter;
            while let Some(shorter) = without_last_form(rest) {
                rest = shorter;
            }
        }
    }
    if rest.is_empty() || rest == "and" { folded } else { rest }
}

/// The name without its last word, or the last few of one or two letters (`s a r l`), if they are a legal form.
fn without_last_form(name: &str) -> Option<&str> {
    let (before, word) = name.rsplit_once(' ').unwrap_or(("", name));
    if LEGAL_FORMS.contains(word.as_bytes()) {
        return Some(before);
    }
    // The letters of up to four words, from the back of the array forward.
    let mut letters = [0_u8; 8];
    let mut start = letters.len();
    let mut rest = name;
    for words in 1..=4 {
        let (before, word) = rest.rsplit_once(' ').unwrap_or(("", rest));
        if word.is_empty() || word.len() > 2 {
            return None;
        }
        let end = start;
        start -= word.len();
        letters[start..end].copy_from_slice(word.as_bytes());
        if words > 1 && LEGAL_FORMS.contains(&letters[start..]) {
            return Some(before);
        }
        rest = before;
    }
    None
}

/// Legal forms, folded, without spaces, sorted. From general knowledge of company law; only what does not also end
/// ordinary names.
#[rustfmt::skip]
static LEGAL_FORMS: WordList = WordList::new(&[
    "aap", "ab", "ag", "aktiebolag", "aktiengesellschaft", "aps", "as", "asa", "bhd", "bv",
    "bvba", "co", "company", "corp", "corporation", "cv", "cvba", "dd", "doo", "eg", "ek", "eood",
    "eurl", "ev", "gbr", "gesmbh", "ggmbh", "gmbh", "inc", "incorporated", "kabushikikaisha",
    "kft", "kg", "kgaa", "kk", "kkt", "lda", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbb",
    "mbh", "nv", "ohg", "ood", "ooo", "oy", "oyj", "pao", "partg", "pjsc", "plc", "pte", "pty",
    "pvt", "sa", "sab", "sapi", "sarl", "sas", "sasu", "sca", "sci", "scrl", "sdn", "se", "sl",
    "slu", "snc", "spa", "spj", "spk", "spolsro", "sprl", "spzoo", "srl", "srls", "sro", "tbk",
    "tov", "uab", "ug", "vof", "zao", "zrt",
]);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn legal_forms_go() {
        assert!(LEGAL_FORMS.words().is_sorted_by(|a, b| a < b));
        for (name, expected) in [
            ("Acme Ltd.", "acme"),
            ("ACME CO., LTD", "acme"),
            ("Acme S.A.", "acme"),
            ("Acme S. A. R. L.", "acme"),
            ("Acme Sp. z o.o.", "acme"),
            ("Acme sp. z o. o.", "acme"),
            ("Acme Pty Ltd", "acme"),
            ("Acme B.V.", "acme"),
            ("Acme G.m.b.H.", "acme"),
            ("Müller GmbH & Co. KG", "muller"),
            ("Smith & Co", "smith"),
            ("Smith and Sons", "smith and sons"),
            ("Marks+Spencer plc", "marks and spencer"),
            ("Co Op", "co op"),
            ("Limited", "limited"),
            ("Co. Ltd", "co ltd"),
            ("GmbH & Co. KG", "gmbh and co kg"),
            ("", ""),
        ] {
            assert_eq!(form(name), expected, "{name}");
        }
    }

    #[test]
    fn a_long_text_takes_no_time() {
        for piece in ["ltd ", "and ", "a ", "x"] {
            let _ = form(&piece.repeat(1_000_000 / piece.len()));
        }
    }

    proptest! {
        #[test]
        fn the_form_is_its_own_form(name in ".*|((acme|ltd|and|&|co|s|a|r|l|sp|z|oo|kg)[ .]{0,2}){0,9}") {
            let once = form(&name);
            prop_assert_eq!(form(&once), once);
        }
    }
}

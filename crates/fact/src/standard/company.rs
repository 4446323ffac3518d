//! Names of companies without what the law adds to them.

use std::borrow::Cow;

use super::company_table::{AND, FORMS, LEADING, LONG_FORMS, UNSPACED};
use super::text;

/// A company's name for comparing: folded, `&` and its like in other languages read as `and`, without legal forms and
/// without the article. A name of nothing but legal forms stays. Of `Acme Ltd t/a Best` the company itself is taken.
///
/// ```
/// use onefold_fact::standard::company::form;
///
/// assert_eq!(form("Müller & Söhne GmbH & Co. KG"), form("Müller und Söhne"));
/// assert_eq!(form("ACME, Inc."), form("Acme Incorporated"));
/// assert_eq!(form("ООО Ромашка"), "romashka");
/// assert_eq!(form("Limited"), "limited");
/// ```
pub fn form(name: &str) -> String {
    let mut form = with_and(text::fold(&prepared(name)));
    let kept = essence(&form);
    if kept.len() < form.len() {
        form = kept.to_owned();
    }
    form
}

/// The name before it is folded: signs that folding would lose are written out, and what stands behind `trading as` goes.
fn prepared(name: &str) -> Cow<'_, str> {
    let mut name = Cow::Borrowed(name);
    for sign in TRADING_AS {
        if let Some(at) = find_ignoring_case(&name, sign).filter(|at| *at > 0) {
            name = Cow::Owned(name[..at].to_owned());
        }
    }
    if !name.is_ascii() {
        for sign in UNSPACED {
            if name.contains(sign) {
                name = Cow::Owned(name.replace(sign, " "));
            }
        }
    }
    if name.contains(['&', '+']) { Cow::Owned(name.replace(['&', '+'], " and ")) } else { name }
}

const TRADING_AS: [&str; 4] = [" t/a ", " d/b/a ", " dba ", " trading as "];

fn find_ignoring_case(text: &str, sign: &str) -> Option<usize> {
    let found = text.as_bytes().windows(sign.len()).position(|window| window.eq_ignore_ascii_case(sign.as_bytes()));
    // A window that equals ASCII begins and ends at characters.
    found.filter(|at| text.is_char_boundary(*at))
}

/// The folded name with every word for `and` inside it as that word. One letter is `and` only between longer words.
fn with_and(folded: String) -> String {
    let other = |word: &str| word != "and" && AND.contains(word.as_bytes());
    if !folded.split(' ').any(other) {
        return folded;
    }
    let words: Vec<&str> = folded.split(' ').collect();
    let long = |at: usize| words.get(at).is_some_and(|word| word.len() > 1);
    let joins = |at: usize| at > 0 && (words[at].len() > 1 && at + 1 < words.len() || long(at - 1) && long(at + 1));
    let read = words.iter().enumerate().map(|(at, word)| if other(word) && joins(at) { "and" } else { word });
    read.collect::<Vec<_>>().join(" ")
}

/// The folded name without legal forms before and behind it.
fn essence(folded: &str) -> &str {
    let mut rest = folded;
    loop {
        let before = rest;
        while let Some(shorter) = without_last_form(rest) {
            rest = shorter;
        }
        // `GmbH & Co. KG` leaves its `and` behind.
        if rest.len() < folded.len() {
            rest = rest.strip_suffix(" and").unwrap_or(rest);
        }
        // `Body Shop, The`
        rest = rest.strip_suffix(" the").unwrap_or(rest);
        if let Some((first, behind)) = rest.split_once(' ')
            && LEADING.contains(first.as_bytes())
        {
            rest = behind;
        }
        if rest.is_empty() || rest == "and" {
            return folded;
        }
        if rest.len() == before.len() {
            return rest;
        }
    }
}

/// The name without its last word, or the last few of one or two letters (`s a r l`), or the last few in full, if they
/// are a legal form.
fn without_last_form(name: &str) -> Option<&str> {
    let (before, word) = name.rsplit_once(' ').unwrap_or(("", name));
    let long = |form: &&str| name.strip_suffix(*form)?.strip_suffix(' ');
    if let Some(before) = LONG_FORMS.iter().find_map(long) {
        return Some(before);
    }
    if FORMS.contains(word.as_bytes()) {
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
        if words > 1 && FORMS.contains(&letters[start..]) {
            return Some(before);
        }
        rest = before;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_tables_hold() {
        for list in [&FORMS, &LEADING, &AND] {
            assert!(list.words().is_sorted_by(|a, b| a < b));
        }
        for form in LONG_FORMS.iter().chain(FORMS.words()).chain(LEADING.words()) {
            assert_eq!(text::fold(form), **form);
        }
    }

    #[test]
    fn legal_forms_go() {
        // Each of these is one company, whatever the law adds.
        for name in ACME.lines().map(str::trim).filter(|line| !line.is_empty()) {
            assert_eq!(form(name), "acme", "{name}");
        }
    }

    const ACME: &str = "
        Acme Ltd.
        ACME CO., LTD
        The Acme Company
        Acme, Inc
        Acme L.L.C.
        Acme (Pty) Ltd
        Acme Private Limited
        Acme Sdn Bhd
        PT Acme Tbk
        PT. Acme
        Acme Gesellschaft m.b.H.
        Acme Gesellschaft mit beschränkter Haftung
        Acme AG & Co. KGaA
        Acme UG (haftungsbeschränkt)
        Acme e.K.
        Acme SE & Co. KG
        Acme PartG mbB
        Acme G.m.b.H.
        Acme S.A.
        Acme S. A. R. L.
        S.A.R.L. Acme
        EURL Acme
        Ets Acme
        Établissements Acme
        Acme & Cie
        Acme et Cie
        Acme S.A.U.
        Acme Sociedad Limitada
        Acme S. Coop.
        Acme y Cía
        Acme S.A. de C.V.
        Acme S. de R.L. de C.V.
        Acme SAPI de CV
        Acme S.A.C.
        Acme EIRL
        Acme Ltda. ME
        Acme S/A
        Acme Unipessoal Lda
        Acme S.p.A.
        Acme S.r.l.s.
        Acme & C. S.n.c.
        Acme Soc. Coop.
        Acme B.V.
        Acme VZW
        Stichting Acme
        Acme A/S
        Acme HB
        Oy Acme Ab
        Acme ehf.
        Acme Sp. z o.o.
        Acme sp. z o. o.
        Acme Spółka z o.o.
        Acme Spółka z ograniczoną odpowiedzialnością
        Acme S.A. sp.k.
        Acme spol. s r.o.
        Acme k.s.
        Acme Nyrt.
        Acme j.d.o.o.
        Acme AD
        UAB Acme
        SIA Acme
        Acme OÜ
        Acme Ltd. Şti.
        Acme San. ve Tic. A.Ş.
        Acme Α.Ε.
        株式会社 Acme
        Acme（株）
        Acme 有限公司
        주식회사 Acme
        Acme PJSC
        Acme FZ-LLC
        Acme W.L.L.
        Acme Ltd t/a Best
        Acme Ltd trading as Best Buys
        Acme Ltd (in liquidation)
        Acme Inc./Ltée
        Acme PLLC
        Acme, a Delaware Corporation
    ";

    #[test]
    fn what_is_a_name_stays() {
        for (name, expected) in [
            ("Müller GmbH & Co. KG", "muller"),
            ("Smith & Co", "smith"),
            ("Smith and Sons", "smith and sons"),
            ("Müller u. Söhne", "muller and sohne"),
            ("Rossi e Figli", "rossi and figli"),
            ("A E Smith Ltd", "a e smith"),
            ("Marks+Spencer plc", "marks and spencer"),
            ("Marks 'n' Spencer", "marks and spencer"),
            ("Body Shop, The", "body shop"),
            ("The Body Shop", "body shop"),
            ("ООО \"Ромашка\"", "romashka"),
            ("株式会社アクメ", "akume"),
            ("Co Op", "co op"),
            ("Co-operative Bank", "co operative bank"),
            ("Acme Holdings Ltd", "acme holdings"),
            ("T A Smith Ltd", "t a smith"),
            ("Limited", "limited"),
            ("Co. Ltd", "co ltd"),
            ("GmbH & Co. KG", "gmbh and co kg"),
            ("AB", "ab"),
            ("3M", "3m"),
            ("", ""),
        ] {
            assert_eq!(form(name), expected, "{name}");
        }
    }

    #[test]
    fn a_long_text_takes_no_time() {
        for piece in ["ltd ", "and ", "a ", "x", "the ", "e ", "t/a ", "private limited "] {
            let _ = form(&piece.repeat(1_000_000 / piece.len()));
        }
    }

    proptest! {
        #[test]
        fn the_form_is_its_own_form(name in ".*|((acme|ltd|and|the|ooo|e|und|private|&|co|s|a|r|l|sp|z|oo|kg| t/a )[ .]{0,2}){0,9}") {
            let once = form(&name);
            prop_assert_eq!(form(&once), once);
        }
    }
}

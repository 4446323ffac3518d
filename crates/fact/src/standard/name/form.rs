//! Names folded for comparing, and what a form of address says.

use super::super::text;

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
    let folded = text::fold(title);
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

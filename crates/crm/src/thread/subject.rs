//! The base of a subject: what is left of it without the marks of replies and forwards.

/// Marks of replies and forwards, in the languages of common programs.
const MARKS: [&str; 14] = ["re", "fw", "fwd", "aw", "wg", "sv", "vs", "vb", "antw", "rv", "res", "enc", "odp", "tr"];

/// The base of a subject, in lower case and with single spaces, and whether it is a reply or a forward (RFC 5256, section
/// 2.1, with the marks of more languages than English).
///
/// ```
/// use onefold_crm::base_subject;
///
/// assert_eq!(base_subject("Re: [list] Fwd[2]:  Prices  for May (fwd)"), ("prices for may".to_owned(), true));
/// assert_eq!(base_subject("AW: Angebot"), ("angebot".to_owned(), true));
/// assert_eq!(base_subject("Research"), ("research".to_owned(), false));
/// assert_eq!(base_subject("Re:"), (String::new(), true));
/// ```
#[must_use]
pub fn base_subject(subject: &str) -> (String, bool) {
    let words: Vec<String> = subject.split_whitespace().map(str::to_lowercase).collect();
    let whole = words.join(" ");
    let (mut rest, mut replies) = (whole.as_str(), false);
    loop {
        let before = rest;
        while let Some(short) = rest.strip_suffix("(fwd)") {
            (rest, replies) = (short.trim_end(), true);
        }
        while let Some(after) = after_mark(rest) {
            (rest, replies) = (after, true);
        }
        if let Some(inner) = rest.strip_prefix("[fwd:").and_then(|inner| inner.strip_suffix(']')) {
            (rest, replies) = (inner.trim(), true);
        }
        // The name of a list before the subject, unless it is all there is.
        if let Some(after) = after_blob(rest).filter(|after| !after.is_empty()) {
            rest = after;
        }
        if rest == before {
            return (rest.to_owned(), replies);
        }
    }
}

/// What follows `re:`, `re[2]:` or `re [x]:`.
fn after_mark(text: &str) -> Option<&str> {
    let end = text.find(|letter: char| !letter.is_alphabetic())?;
    let (mark, rest) = text.split_at_checked(end)?;
    if !MARKS.contains(&mark) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = after_blob(rest).unwrap_or(rest);
    Some(rest.strip_prefix(':')?.trim_start())
}

/// What follows `[…]`.
fn after_blob(text: &str) -> Option<&str> {
    let (blob, rest) = text.strip_prefix('[')?.split_once(']')?;
    (!blob.contains('[')).then(|| rest.trim_start())
}

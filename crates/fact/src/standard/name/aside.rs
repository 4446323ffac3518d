//! What stands in a name beside it: in brackets, in quotes, behind `née`.

/// The first aside in brackets or quotes: what is before, inside and behind.
pub(super) fn aside(text: &str) -> Option<(&str, &str, &str)> {
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
pub(super) fn maiden(text: &str) -> Option<&str> {
    let (word, name) = text.split_once(' ')?;
    (is_maiden_sign(word) && !name.trim().is_empty()).then(|| name.trim())
}

pub(super) fn is_maiden_sign(word: &str) -> bool {
    matches!(word.as_bytes().first(), Some(b'n' | b'N' | b'b' | b'g' | b'G' | b'e' | b'f'))
        && matches!(
            word,
            "née" | "Née" | "nee" | "né" | "born" | "geb." | "geb" | "geborene" | "Geb." | "ehem." | "formerly"
        )
}

pub(super) fn is_alias_sign(word: &str) -> bool {
    matches!(word, "aka" | "a.k.a." | "AKA" | "alias" | "genannt" | "gen." | "dit" | "dite")
}

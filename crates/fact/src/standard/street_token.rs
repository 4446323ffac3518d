use std::borrow::Cow;

use super::address_table::UNITS;

/// A word or number of a street line.
pub(super) struct Token<'a> {
    // INVARIANT: lower-case ASCII letters and digits, at least one; in a number of several also dashes.
    pub(super) text: Cow<'a, str>,
    /// Whether a comma, a bracket or a line break stands before it.
    pub(super) begins_part: bool,
    /// The sign before it, the strongest of several: `#` over `/` over `-` over space.
    pub(super) sign: u8,
}

impl Token<'_> {
    pub(super) fn first(&self) -> u8 {
        self.text.bytes().next().unwrap_or_default()
    }

    /// Whether it is a house number: digits, perhaps a letter behind, but no ordinal such as `5th`.
    pub(super) fn is_number(&self) -> bool {
        let letters = self.text.trim_start_matches(|c: char| c.is_ascii_digit());
        letters.len() < self.text.len()
            && (letters.len() <= 1 || matches!(letters, "bis" | "ter" | "quater") || letters.starts_with('-'))
    }

    pub(super) fn is_digits(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_digit())
    }

    pub(super) fn is_letter(&self) -> bool {
        self.text.len() == 1 && self.first().is_ascii_alphabetic()
    }

    /// Whether it is a word for a flat, an office or a room.
    pub(super) fn is_unit(&self) -> bool {
        UNITS.contains(self.text.as_bytes())
    }

    /// Whether this word for a unit and the next token make a unit: `flat 3`, `unit b`.
    pub(super) fn names(&self, next: &Token<'_>) -> bool {
        let takes_letter = !matches!(self.text.as_ref(), "ste" | "villa" | "top");
        (next.is_number() && !next.begins_part) || (next.is_letter() && takes_letter)
    }
}

/// The tokens of a line of lower-case ASCII.
pub(super) fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(8);
    let (mut begins_part, mut sign) = (true, b' ');
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_alphanumeric() {
            let start = at;
            let mut quoted = false;
            while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || is_quiet(bytes[at])) {
                quoted |= is_quiet(bytes[at]);
                at += 1;
            }
            let word = &line[start..at];
            let text = if quoted {
                Cow::Owned(word.chars().filter(char::is_ascii_alphanumeric).collect())
            } else {
                Cow::Borrowed(word)
            };
            push(&mut tokens, Token { text, begins_part, sign });
            (begins_part, sign) = (false, b' ');
            continue;
        }
        match bytes[at] {
            b',' | b';' | b'\n' | b'\r' | b'|' | b'(' | b')' => begins_part = true,
            b'#' => sign = b'#',
            b'/' | b'\\' if sign != b'#' => sign = b'/',
            b'-' if sign == b' ' => sign = b'-',
            _ => {}
        }
        at += 1;
    }
    tokens
}

/// Signs that vanish inside a word: `St John's`.
fn is_quiet(b: u8) -> bool {
    matches!(b, b'\'' | b'`' | b'\0')
}

/// Adds a token, joining what is one number: `12 - 14`, `12-a`, `12 bis`.
fn push<'a>(tokens: &mut Vec<Token<'a>>, token: Token<'a>) {
    if let Some(last) = tokens.last_mut()
        && !token.begins_part
        && last.is_digits()
    {
        let range = token.sign == b'-' && token.is_number();
        let letter = token.sign == b'-' && token.is_letter();
        let ordinal = matches!(token.text.as_ref(), "bis" | "ter" | "quater");
        if range {
            last.text.to_mut().push('-');
        }
        if range || letter || ordinal {
            last.text.to_mut().push_str(&token.text);
            return;
        }
    }
    tokens.push(token);
}

/// Where the part that begins at `from` ends.
pub(super) fn end_of_part(tokens: &[Token<'_>], from: usize) -> usize {
    (from + 1..tokens.len()).find(|at| tokens[*at].begins_part).unwrap_or(tokens.len())
}

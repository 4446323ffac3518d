//! The words of a rule's text.

use std::ops::Range;

/// A word of a rule's text, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword, or the path to a field or property: letters, digits, `_` and dots.
    Word(String),
    /// A path in backquotes.
    Path(String),
    /// Text in double quotes.
    Text(String),
    /// A number, a day, an instant or a length of time: what begins with a digit or a sign.
    Literal(String),
    /// `(`, `)`, `,`, `%`, `=`, `!=`, `<`, `<=`, `>` or `>=`.
    Sign(&'static str),
    /// The end of the text.
    End,
}

impl Kind {
    /// As it is named in a message.
    pub(super) fn shown(&self) -> String {
        match self {
            Kind::Word(word) => format!("`{word}`"),
            Kind::Path(path) => format!("the field `{path}`"),
            Kind::Text(text) => format!("the text {text:?}"),
            Kind::Literal(literal) => format!("`{literal}`"),
            Kind::Sign(sign) => format!("`{sign}`"),
            Kind::End => "the end".to_owned(),
        }
    }
}

const SIGNS: [&str; 10] = ["!=", "<=", ">=", "(", ")", ",", "%", "=", "<", ">"];

/// What cannot be a word: the problem, where, and what would be right.
pub(super) type Malformed = (String, Range<usize>, &'static str);

/// The words of a text, the last of them its end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Malformed> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            (Kind::Sign(sign), sign.len())
        } else if first == '"' {
            quoted(rest, at)?
        } else if first == '`' {
            backquoted(rest, at)?
        } else if first.is_ascii_digit() || matches!(first, '-' | '+') {
            let length = run(rest, |letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '+' | ':' | '.'));
            (Kind::Literal(rest[..length].to_owned()), length)
        } else if first.is_alphabetic() || first == '_' {
            let length = run(rest, |letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
            (Kind::Word(rest[..length].to_owned()), length)
        } else {
            let message = format!("`{first}` has no meaning here");
            return Err((message, at..at + first.len_utf8(), "text stands in double quotes, odd names in backquotes"));
        };
        tokens.push(Token { kind, span: at..at + length });
        at += length;
    }
    tokens.push(Token { kind: Kind::End, span: text.len()..text.len() });
    Ok(tokens)
}

fn run(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !holds(letter)).unwrap_or(text.len())
}

/// Text in double quotes, with `\"`, `\\`, `\n`, `\r`, `\t` and `\u{…}` in it.
fn quoted(rest: &str, at: usize) -> Result<(Kind, usize), Malformed> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        match letter {
            '"' => return Ok((Kind::Text(text), place + 1)),
            '\\' => {
                let escaped = match letters.next().map(|(_, letter)| letter) {
                    Some('n') => Some('\n'),
                    Some('r') => Some('\r'),
                    Some('t') => Some('\t'),
                    Some(letter @ ('"' | '\\')) => Some(letter),
                    Some('u') => {
                        let hex: String =
                            letters.by_ref().map(|(_, letter)| letter).skip(1).take_while(|it| *it != '}').collect();
                        u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32)
                    }
                    _ => None,
                };
                match escaped {
                    Some(letter) => text.push(letter),
                    None => {
                        let place = at + place..at + place + 1;
                        return Err(("unknown escape in text".to_owned(), place, r#"write a backslash as `\\`"#));
                    }
                }
            }
            letter => text.push(letter),
        }
    }
    Err(("text without an end".to_owned(), at..at + 1, "close it by a double quote"))
}

/// A path in backquotes; a backquote in it is written twice.
fn backquoted(rest: &str, at: usize) -> Result<(Kind, usize), Malformed> {
    let mut path = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((place, letter)) = letters.next() {
        match (letter, letters.peek()) {
            ('`', Some((_, '`'))) => {
                path.push('`');
                letters.next();
            }
            ('`', _) => return Ok((Kind::Path(path), place + 1)),
            (letter, _) => path.push(letter),
        }
    }
    Err(("a name without an end".to_owned(), at..at + 1, "close it by a backquote"))
}

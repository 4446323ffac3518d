//! The state of reading, and the small steps that all parts of the grammar are made of.

use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use onefold_fact::PropertyPath;
use onefold_profile::Span;

use super::lexer::{Kind, Token, tokens};
use super::{FILTER_KEYWORDS, KEYWORDS, Spot};
use crate::condition::Condition;
use crate::error::{RuleError, did_you_mean};
use crate::rule::{MAX_DEPTH, MAX_TEXT};

pub(super) type Read<T> = Result<T, RuleError>;

pub(super) struct Parser {
    text: Arc<str>,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// Reads a condition and where its parts stand.
pub(crate) fn parse(text: &str) -> Read<(Condition, Spot)> {
    if text.len() > MAX_TEXT {
        let message = format!("the rule has {} bytes; at most {MAX_TEXT} are read", text.len());
        return Err(RuleError::new(message).help("split it into segments"));
    }
    let shared: Arc<str> = text.into();
    let tokens = tokens(text).map_err(|(message, span, help)| RuleError::new(message).at(&shared, span).help(help))?;
    let mut parser = Parser { text: shared, tokens, at: 0, depth: 0 };
    let condition = parser.any()?;
    match parser.peek() {
        Kind::End => Ok(condition),
        _ => Err(parser.unexpected("`and`, `or`, or the end")),
    }
}

impl Parser {
    pub(super) fn peek(&self) -> &Kind {
        self.nth(0)
    }

    /// The word after so many others; behind the end the end.
    pub(super) fn nth(&self, n: usize) -> &Kind {
        self.tokens.get(self.at + n).or(self.tokens.last()).map_or(&Kind::End, |token| &token.kind)
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(0..0, |token| token.span.clone())
    }

    /// Where the next word begins.
    pub(super) fn start(&self) -> usize {
        self.span().start
    }

    /// From a place to the end of the last word read.
    pub(super) fn since(&self, start: usize) -> Range<usize> {
        let end = self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.span.end);
        start..end.max(start)
    }

    pub(super) fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len().saturating_sub(1));
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.nth_is_word(0, word)
    }

    pub(super) fn nth_is_word(&self, n: usize, word: &str) -> bool {
        matches!(self.nth(n), Kind::Word(found) if found == word)
    }

    pub(super) fn nth_is_sign(&self, n: usize, sign: &str) -> bool {
        matches!(self.nth(n), Kind::Sign(found) if *found == sign)
    }

    /// Reads a run of words if all of them come next.
    pub(super) fn take(&mut self, words: &str) -> bool {
        let comes = words.split(' ').enumerate().all(|(n, word)| self.nth_is_word(n, word));
        if comes {
            words.split(' ').for_each(|_| self.advance());
        }
        comes
    }

    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let comes = self.nth_is_sign(0, sign);
        if comes {
            self.advance();
        }
        comes
    }

    pub(super) fn expect(&mut self, words: &str) -> Read<()> {
        if self.take(words) { Ok(()) } else { Err(self.unexpected(&format!("`{words}`"))) }
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Read<()> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    pub(super) fn unexpected(&self, expected: &str) -> RuleError {
        let error = RuleError::new(format!("expected {expected}, found {}", self.peek().shown()));
        let error = error.at(&self.text, self.span());
        match self.peek() {
            Kind::Word(word) => {
                let known = KEYWORDS.into_iter().filter(|known| expected.contains(&format!("`{known}")));
                match did_you_mean(word, known) {
                    Some(help) if help.starts_with("did") => error.help(help),
                    _ => error,
                }
            }
            _ => error,
        }
    }

    pub(super) fn error(&self, message: impl Into<String>, span: Range<usize>) -> RuleError {
        RuleError::new(message).at(&self.text, span)
    }

    /// Reads something one level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth > MAX_DEPTH + 4 {
            let error = self.error(format!("the rule is nested deeper than {MAX_DEPTH}"), self.span());
            return Err(error.help("make a part of it a segment of its own, and ask `in segment` for it"));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Things in parentheses, with commas between them; at least one unless `or_none`.
    pub(super) fn list<T>(&mut self, or_none: bool, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.expect_sign("(")?;
        let mut things = Vec::new();
        if or_none && self.take_sign(")") {
            return Ok(things);
        }
        loop {
            things.push(read(self)?);
            if !self.take_sign(",") {
                self.expect_sign(")")?;
                return Ok(things);
            }
        }
    }

    pub(super) fn text(&mut self, what: &str) -> Read<String> {
        match self.peek() {
            Kind::Text(text) => {
                let text = text.clone();
                self.advance();
                Ok(text)
            }
            _ => Err(self.unexpected(&format!("{what} in double quotes"))),
        }
    }

    /// Something that is written as one literal, and read by its own `FromStr`.
    pub(super) fn literal<T: FromStr<Err: std::fmt::Display>>(&mut self, what: &str) -> Read<T> {
        let Kind::Literal(literal) = self.peek() else { return Err(self.unexpected(what)) };
        let read = literal.parse().map_err(|error: T::Err| self.error(error.to_string(), self.span()))?;
        self.advance();
        Ok(read)
    }

    pub(super) fn length(&mut self) -> Read<Span> {
        self.literal("a length of time like `30d`")
    }

    /// The text of a path: a word that is no keyword, or anything in backquotes.
    pub(super) fn path_text(&mut self, what: &str, keywords: &[&str]) -> Read<String> {
        let path = match self.peek() {
            Kind::Word(word) if keywords.contains(&word.as_str()) => {
                let error = self.unexpected(what);
                return Err(
                    error.help(format!("a name that is a word of the language stands in backquotes: `` `{word}` ``"))
                );
            }
            Kind::Word(path) | Kind::Path(path) => path.clone(),
            _ => return Err(self.unexpected(what)),
        };
        Ok(path)
    }

    pub(super) fn property(&mut self) -> Read<PropertyPath> {
        let path = self.path_text("a property", &FILTER_KEYWORDS)?;
        let path =
            path.parse().map_err(|error: onefold_fact::UnknownPath| self.error(error.to_string(), self.span()))?;
        self.advance();
        Ok(path)
    }
}

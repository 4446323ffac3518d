//! [`TextQuery`]: words to search for, and what is found.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use onefold_fact::standard::text::fold;
use onefold_fact::{Cell, CellKind, ViewTable};

use crate::error::StoreError;

/// What to search for, as one types it: words that must all occur, in any order; `"words in quotes"` in that order;
/// `contr*` for words that begin so. Case and accents do not count, and neither does the difference between signs that
/// part words: `ada@x.io` is three words in order. Of a word longer than 64 letters the first 64 count.
///
/// ```
/// use onefold_store::TextQuery;
///
/// let query: TextQuery = r#"Müller "next week" contr*"#.parse()?;
/// assert_eq!(query.to_string(), r#"muller "next week" contr*"#);
/// assert!(" -- ".parse::<TextQuery>().is_err());
/// # Ok::<(), onefold_store::InvalidTextQuery>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextQuery {
    pub(crate) phrases: Vec<Phrase>,
}

/// Words in order, the last perhaps only begun; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) words: Vec<String>,
    pub(crate) begun: bool,
}

/// Words of one query; more are refused, since each costs a reading of the index.
const MOST_WORDS: usize = 64;

/// Letters of a word that count.
const LONGEST_WORD: usize = 64;

impl FromStr for TextQuery {
    type Err = InvalidTextQuery;

    fn from_str(text: &str) -> Result<Self, InvalidTextQuery> {
        // Pieces at odd places stand in quotes; a quote that is not closed ends with the text.
        let mut phrases = Vec::new();
        for (place, piece) in text.split('"').enumerate() {
            if place % 2 == 1 {
                phrases.extend(phrase(piece));
            } else {
                phrases.extend(piece.split_whitespace().filter_map(phrase));
            }
        }
        let words = phrases.iter().map(|phrase| phrase.words.len()).sum();
        match words {
            0 => Err(InvalidTextQuery::NoWord { query: text.to_owned() }),
            1..=MOST_WORDS => Ok(Self { phrases }),
            _ => Err(InvalidTextQuery::TooManyWords { words }),
        }
    }
}

fn phrase(text: &str) -> Option<Phrase> {
    let words: Vec<String> = words(text).map(|(_, word)| word).collect();
    (!words.is_empty()).then(|| Phrase { words, begun: text.ends_with('*') })
}

/// The query as it was understood: `"ada x io" contr*`.
impl fmt::Display for TextQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Phrase { words, begun }) in self.phrases.iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            let end = if *begun { "*" } else { "" };
            let quote = if words.len() > 1 { "\"" } else { "" };
            write!(f, "{gap}{quote}{}{end}{quote}", words.join(" "))?;
        }
        Ok(())
    }
}

/// Why there is nothing to search for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTextQuery {
    /// It has no letter and no digit.
    #[error("nothing to search for in `{query}`; expected at least one letter or digit")]
    NoWord {
        /// What was typed.
        query: String,
    },
    /// It is too long.
    #[error("{words} words to search for; expected at most {MOST_WORDS}")]
    TooManyWords {
        /// How many there are.
        words: usize,
    },
}

/// A row whose text holds what was searched for.
#[derive(Debug, Clone, PartialEq)]
pub struct TextMatch {
    /// The key of the row.
    pub key: Vec<Cell>,
    /// How well it fits, the larger the better: Okapi BM25 with k₁ = 1.2 and b = 0.75 (Robertson and others, TREC-3,
    /// 1994), to nine decimals.
    pub rank: f64,
    /// The part of the text around what was found.
    pub snippet: Snippet,
}

/// A part of a text, and where in it the words stand that were searched for. Shown, they stand in `[` and `]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The part; white space is one blank, and an ellipsis stands where text is left out.
    pub text: String,
    /// The bytes of `text` that were found, in order.
    pub marks: Vec<Range<usize>>,
}

impl fmt::Display for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut from = 0;
        for mark in &self.marks {
            let before = self.text.get(from..mark.start).unwrap_or_default();
            let found = self.text.get(mark.clone()).unwrap_or_default();
            write!(f, "{before}[{found}]")?;
            from = mark.end;
        }
        f.write_str(self.text.get(from..).unwrap_or_default())
    }
}

/// The words of a text in the form in which they are compared, each with the number of the run without blanks that it
/// is in. Each run is folded by itself, so that a word is the same wherever it stands.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.split_whitespace().enumerate().flat_map(|(run, part)| {
        let folded = fold(part);
        let word = |word: &str| (run, word.get(..LONGEST_WORD).unwrap_or(word).to_owned());
        folded.split_ascii_whitespace().map(word).collect::<Vec<_>>()
    })
}

/// The words of a text, apart by blanks, as an index takes them.
pub(crate) fn folded(text: &str) -> String {
    words(text).map(|(_, word)| word).collect::<Vec<_>>().join(" ")
}

impl Phrase {
    /// Where it begins among words.
    fn places<'a>(&'a self, said: &'a [(usize, String)]) -> impl Iterator<Item = usize> + 'a {
        let whole = self.words.len() - usize::from(self.begun);
        said.windows(self.words.len()).enumerate().filter_map(move |(place, run)| {
            let same = |(at, ((_, said), sought)): (usize, (&(usize, String), &String))| {
                if at < whole { said == sought } else { said.starts_with(sought.as_str()) }
            };
            run.iter().zip(&self.words).enumerate().all(same).then_some(place)
        })
    }
}

/// Runs of a snippet, and those of them before the first that was found.
const RUNS: usize = 16;
const RUNS_BEFORE: usize = 5;

/// Characters of a snippet that is not shortened further.
const LONGEST_RUN: usize = 80;

/// The part of a text around the first phrase of a query.
pub(crate) fn snippet(text: &str, query: &TextQuery) -> Snippet {
    let said: Vec<(usize, String)> = words(text).collect();
    let mut found: BTreeSet<usize> = BTreeSet::new();
    for phrase in &query.phrases {
        for place in phrase.places(&said) {
            found.extend(said.iter().skip(place).take(phrase.words.len()).map(|(run, _)| *run));
        }
    }
    let from = found.first().map_or(0, |first| first.saturating_sub(RUNS_BEFORE));
    let mut snippet = Snippet::default();
    if from > 0 {
        snippet.text.push('…');
    }
    for (run, part) in text.split_whitespace().enumerate().skip(from) {
        if run > from || from > 0 {
            snippet.text.push(' ');
        }
        if run == from + RUNS {
            snippet.text.push('…');
            break;
        }
        let start = snippet.text.len();
        match part.char_indices().nth(LONGEST_RUN) {
            Some((cut, _)) => snippet.text.extend([part.get(..cut).unwrap_or_default(), "…"]),
            None => snippet.text.push_str(part),
        }
        if found.contains(&run) {
            snippet.marks.push(start..snippet.text.len());
        }
    }
    snippet
}

/// A rank as it is told: rounded, so that it does not depend on the order of additions.
fn rounded(rank: f64) -> f64 {
    (rank * 1e9).round() / 1e9
}

/// The place of a table's column of prose.
///
/// # Errors
/// When it has none.
pub(crate) fn prose_column(table: &ViewTable) -> Result<usize, StoreError> {
    let at = table.columns().position(|column| column.kind == CellKind::Prose);
    let what = "it has no column of prose; expected one, to be searched".to_owned();
    at.ok_or_else(|| StoreError::View { table: table.name.to_owned(), what })
}

/// Searches rows one after the other: what an index is held to. Rows are all of the table, since how rare a word is
/// counts over all of them.
pub(crate) fn scan(
    table: &ViewTable,
    rows: Vec<Vec<Cell>>,
    query: &TextQuery,
    within: &[Cell],
    limit: usize,
) -> Result<Vec<TextMatch>, StoreError> {
    const K1: f64 = 1.2;
    const B: f64 = 0.75;
    let prose = prose_column(table)?;
    let mut all = 0.0;
    let mut length = 0.0;
    let mut holding = vec![0.0; query.phrases.len()];
    let mut matching: Vec<(Vec<Cell>, f64, Vec<f64>, Snippet)> = Vec::new();
    for mut row in rows {
        let text = match row.get(prose) {
            Some(Cell::Text(text)) => text.as_str(),
            _ => continue,
        };
        let said: Vec<(usize, String)> = words(text).collect();
        if said.is_empty() {
            continue;
        }
        all += 1.0;
        length += said.len() as f64;
        let times: Vec<f64> = query.phrases.iter().map(|phrase| phrase.places(&said).count() as f64).collect();
        holding.iter_mut().zip(&times).filter(|(_, times)| **times > 0.0).for_each(|(holding, _)| *holding += 1.0);
        if row.starts_with(within) && times.iter().all(|times| *times > 0.0) {
            let snippet = snippet(text, query);
            row.truncate(table.key.len());
            matching.push((row, said.len() as f64, times, snippet));
        }
    }
    let average = length / all;
    // A phrase in more than half of all texts counts next to nothing rather than less than nothing.
    let worth = |holding: &f64| ((all - holding + 0.5) / (holding + 0.5)).ln().max(1e-6);
    let worths: Vec<f64> = holding.iter().map(worth).collect();
    let mut found: Vec<TextMatch> = matching
        .into_iter()
        .map(|(key, length, times, snippet)| {
            let of = |(worth, times): (&f64, f64)| {
                worth * ((times * (K1 + 1.0)) / (times + K1 * (1.0 - B + B * length / average)))
            };
            TextMatch { key, rank: rounded(worths.iter().zip(times).map(of).sum()), snippet }
        })
        .collect();
    found.sort_by(|a, b| b.rank.total_cmp(&a.rank).then_with(|| a.key.cmp(&b.key)));
    found.truncate(limit);
    Ok(found)
}

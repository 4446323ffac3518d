//! Which sign parts the cells.

use super::record::{Dialect, Split, split};

/// The signs that part cells, the likelier first: it decides among equals.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// So many rows are looked at.
const ROWS: usize = 50;

/// The delimiter under which the first rows have the most cells in the most regular way.
pub(super) fn sniff(window: &[u8], at_end: bool) -> u8 {
    let mut best = (0, b',');
    for delimiter in CANDIDATES {
        let score = score(window, at_end, delimiter);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

/// How many cells the header has under a delimiter, weighed by how many rows have as many. 0: it parts nothing.
fn score(mut window: &[u8], at_end: bool, delimiter: u8) -> usize {
    let (mut cells, mut scratch) = (Vec::new(), Vec::new());
    let (mut header, mut rows, mut alike) = (0, 0, 0);
    while rows < ROWS {
        match split(window, at_end, Dialect { delimiter, lines: true }, &mut cells, &mut scratch) {
            Split::Row { length, .. } => {
                if rows == 0 {
                    header = cells.len();
                }
                rows += 1;
                alike += usize::from(cells.len() == header);
                window = window.get(length..).unwrap_or_default();
            }
            Split::Blank { length } => window = window.get(length..).unwrap_or_default(),
            Split::Unclosed { .. } | Split::Incomplete => break,
        }
    }
    if header < 2 {
        return 0;
    }
    // Regularity counts more than the number of cells: prose has commas too.
    let regular = 1000 * alike / rows.max(1);
    regular * regular / 1000 * header.min(20)
}

/// What a spreadsheet writes into the first line to say which delimiter it uses: `sep=;`. The delimiter and the length
/// of the line.
pub(super) fn stated(window: &[u8]) -> Option<(u8, usize)> {
    let rest = window.strip_prefix(b"sep=")?;
    match rest {
        [delimiter, b'\r', b'\n', ..] => Some((*delimiter, 7)),
        [delimiter, b'\n', ..] => Some((*delimiter, 6)),
        _ => None,
    }
}

/// What people call a delimiter.
pub(super) fn name(delimiter: u8) -> &'static str {
    match delimiter {
        b',' => "comma",
        b';' => "semicolon",
        b'\t' => "tab",
        b'|' => "bar",
        _ => "delimiter",
    }
}

/// A delimiter in a configuration is one ASCII character; a tab may be written `tab`.
pub(crate) mod as_text {
    use serde::de::{Deserializer, Error};
    use serde::{Deserialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde asks for this signature")]
    pub(crate) fn serialize<S: Serializer>(delimiter: &Option<u8>, serializer: S) -> Result<S::Ok, S::Error> {
        match delimiter {
            None => serializer.serialize_none(),
            Some(b'\t') => serializer.serialize_str("tab"),
            Some(delimiter) => serializer.collect_str(&char::from(*delimiter)),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        match text.as_bytes() {
            [delimiter] if delimiter.is_ascii() && !matches!(delimiter, b'"' | b'\n' | b'\r' | b' ') => {
                Ok(Some(*delimiter))
            }
            _ if text.eq_ignore_ascii_case("tab") => Ok(Some(b'\t')),
            _ => Err(D::Error::custom(format!("`{text}` is no delimiter; expected one sign, such as `;` or `tab`"))),
        }
    }
}

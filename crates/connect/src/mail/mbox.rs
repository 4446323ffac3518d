//! A file as messages, one after another.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use chrono::{NaiveDate, TimeDelta};
use onefold_fact::Timestamp;

/// So much of a message is kept; a longer one is cut.
pub(super) const MAX_MESSAGE: usize = 64 << 20;

/// A line is looked at in pieces of this size, so that one without an end costs no more.
const MAX_PIECE: usize = 1 << 16;

/// The messages of a file.
pub(super) struct Messages {
    reader: BufReader<File>,
    is_mailbox: bool,
    /// Whether a line `From …` was read, and its message is next.
    begins: bool,
    /// When the message that is next was delivered, as that line says.
    delivered_at: Option<Timestamp>,
    bytes: u64,
    line: Vec<u8>,
}

/// How a message was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Piece {
    /// More came than is kept.
    pub(super) is_oversized: bool,
    /// A mailbox ended within it, and within a line.
    pub(super) is_cut: bool,
    /// When it was delivered, as the line before it says.
    pub(super) delivered_at: Option<Timestamp>,
}

impl Messages {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(MAX_PIECE, file);
        let beginning = reader.fill_buf()?;
        let is_mailbox = beginning.starts_with(b"From ");
        Ok(Self { reader, is_mailbox, begins: false, delivered_at: None, bytes: 0, line: Vec::new() })
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// The next message, in place of what is in `raw`. `None` after the last.
    pub(super) fn next(&mut self, raw: &mut Vec<u8>) -> io::Result<Option<Piece>> {
        raw.clear();
        let mut piece = Piece { delivered_at: self.delivered_at.take(), ..Piece::default() };
        let mut is_there = std::mem::take(&mut self.begins);
        let mut starts_line = true;
        while self.piece()? {
            let line = self.line.as_slice();
            let ends_line = line.ends_with(b"\n");
            if self.is_mailbox && starts_line && (is_separator(line) || (!is_there && line.starts_with(b"From "))) {
                let delivered_at = delivered_at(line);
                // What is left of a separator that is longer than a piece is passed over.
                let mut ended = ends_line;
                while !ended && self.piece()? {
                    ended = self.line.ends_with(b"\n");
                }
                if is_there {
                    self.begins = true;
                    self.delivered_at = delivered_at;
                    return Ok(Some(piece));
                }
                piece.delivered_at = delivered_at;
                is_there = true;
                continue;
            }
            is_there = true;
            // A line that looks like a separator was quoted by one `>` more.
            let is_quoted = self.is_mailbox && starts_line && is_quoted(line);
            let line = if is_quoted { line.get(1..).unwrap_or_default() } else { line };
            let room = MAX_MESSAGE.saturating_sub(raw.len());
            raw.extend_from_slice(line.get(..room).unwrap_or(line));
            piece.is_oversized |= line.len() > room;
            piece.is_cut = self.is_mailbox && !ends_line;
            starts_line = ends_line;
        }
        Ok(is_there.then_some(piece))
    }

    /// Reads on to the end of the line, but no more than a piece. Whether there was anything.
    fn piece(&mut self) -> io::Result<bool> {
        self.line.clear();
        while self.line.len() < MAX_PIECE {
            let window = self.reader.fill_buf()?;
            if window.is_empty() {
                break;
            }
            let room = window.len().min(MAX_PIECE - self.line.len());
            let window = window.get(..room).unwrap_or(window);
            let end = window.iter().position(|byte| *byte == b'\n').map_or(window.len(), |at| at + 1);
            self.line.extend_from_slice(window.get(..end).unwrap_or(window));
            self.reader.consume(end);
            self.bytes += end as u64;
            if self.line.ends_with(b"\n") {
                break;
            }
        }
        Ok(!self.line.is_empty())
    }
}

/// Whether a line begins a message: `From ada@x.io Mon Mar  2 09:00:00 2026`, whatever stands for the sender.
fn is_separator(line: &[u8]) -> bool {
    if !line.starts_with(b"From ") {
        return false;
    }
    let Ok(text) = std::str::from_utf8(line) else { return false };
    let words: Vec<&str> = text.split_whitespace().take(32).collect();
    let is_one_of = |word: Option<&&str>, of: &[&str]| word.is_some_and(|word| of.contains(word));
    words.iter().enumerate().any(|(at, word)| {
        let rest = words.get(at + 1..).unwrap_or_default();
        let is_day = rest.get(1).is_some_and(|day| day.len() <= 2 && day.bytes().all(|digit| digit.is_ascii_digit()));
        let is_time = rest.get(2).is_some_and(|time| time.contains(':'));
        let is_year = |word: &&str| word.len() == 4 && word.bytes().all(|digit| digit.is_ascii_digit());
        is_one_of(Some(word), &["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
            && is_one_of(rest.first(), &MONTHS)
            && is_day
            && is_time
            && rest.iter().skip(3).any(is_year)
    })
}

/// When a message was delivered, as its separator says: `Mon Mar  2 09:00:00 2026`, in UTC unless a zone stands in it.
fn delivered_at(line: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(line).ok()?;
    let words: Vec<&str> = text.split_whitespace().take(32).collect();
    words.windows(4).enumerate().find_map(|(at, four)| {
        let [_, month, day, time] = four else { return None };
        let month = MONTHS.iter().position(|known| known == month)? + 1;
        let mut clock = time.split(':').map(str::parse::<u32>);
        let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next().unwrap_or(Ok(0)).ok()?);
        let mut zone = 0;
        let year = words.get(at + 4..)?.iter().find_map(|word| {
            if let Some(west) = word.strip_prefix('-').map(|it| (it, -1)).or(word.strip_prefix('+').map(|it| (it, 1))) {
                let digits = west.0.parse::<i64>().ok()?;
                zone = west.1 * (digits / 100 * 60 + digits % 100);
                return None;
            }
            word.parse::<i32>().ok().filter(|_| word.len() == 4)
        })?;
        let day = NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, day.parse().ok()?)?;
        let at = day.and_hms_opt(hour, minute, second)?.and_utc();
        at.checked_sub_signed(TimeDelta::minutes(zone))
    })
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Whether a line is `>From …`, with any number of `>`.
fn is_quoted(line: &[u8]) -> bool {
    let from = line.iter().position(|byte| *byte != b'>').unwrap_or(line.len());
    from > 0 && line.get(from..).is_some_and(|rest| rest.starts_with(b"From "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_what_only_looks_like_one() {
        for line in [
            "From ada@x.io Mon Mar  2 09:00:00 2026\n",
            "From - Mon Mar 02 09:00 2026",
            "From MAILER DAEMON Thu Aug 22 12:36:23 +0200 2002\n",
        ] {
            assert!(is_separator(line.as_bytes()), "{line}");
        }
        for line in ["From Monday on we are closed\n", "From: ada@x.io\n", "From ada@x.io\n", "From Mon to Fri\n"] {
            assert!(!is_separator(line.as_bytes()), "{line}");
        }
        let at = |line: &str| delivered_at(line.as_bytes()).map(|at| at.to_rfc3339());
        assert_eq!(at("From ada@x.io Mon Mar  2 09:00:00 2026\n").as_deref(), Some("2026-03-02T09:00:00+00:00"));
        assert_eq!(at("From M D Thu Aug 22 12:36:23 +0200 2002").as_deref(), Some("2002-08-22T10:36:23+00:00"));
        assert_eq!(at("From ada@x.io Mon Feb 30 09:00:00 2026"), None);
        assert!(is_quoted(b">From here") && is_quoted(b">>From here") && !is_quoted(b"> From here"));
    }
}

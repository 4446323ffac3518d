//! Whether a program wrote a message.

use std::collections::BTreeSet;

/// A message that was handed on so often goes round in a circle.
const MOST_HOPS: usize = 100;

/// Why a program wrote a message or sent it to many, by the fields of its header: RFC 3834, what came before it, and the
/// null return path of RFC 5321. `None` if somebody wrote it.
pub(super) fn automatic<'a>(header: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let (mut hops, mut delivered) = (0, BTreeSet::new());
    for (name, value) in header {
        let value = value.trim();
        let word = || {
            let end = value.find([';', ' ', '\r', '\n']).unwrap_or(value.len());
            value.get(..end).unwrap_or(value).to_ascii_lowercase()
        };
        let why = match name.to_ascii_lowercase().as_str() {
            "auto-submitted" if word() != "no" => Some(format!("auto-submitted: {}", word())),
            "precedence" if ["bulk", "junk", "list", "auto_reply"].contains(&word().as_str()) => {
                Some(format!("precedence: {}", word()))
            }
            "return-path" if value == "<>" => Some("null return path".to_owned()),
            "x-autoreply" | "x-autorespond" | "x-autoresponder" if word() != "no" => Some("automatic reply".to_owned()),
            "x-loop" => Some("loop".to_owned()),
            "content-type" if word() == "multipart/report" => Some("report".to_owned()),
            "received" => {
                hops += 1;
                (hops > MOST_HOPS).then(|| "loop".to_owned())
            }
            "delivered-to" => (!delivered.insert(value.to_ascii_lowercase())).then(|| "loop".to_owned()),
            _ => None,
        };
        if why.is_some() {
            return why;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_it() {
        let one = |name, value| automatic([(name, value)].into_iter());
        assert_eq!(one("Auto-Submitted", " auto-replied (vacation)").as_deref(), Some("auto-submitted: auto-replied"));
        assert_eq!(one("Auto-Submitted", "no"), None);
        assert_eq!(one("Precedence", "Bulk\r\n").as_deref(), Some("precedence: bulk"));
        assert_eq!(one("Precedence", "first-class"), None);
        assert_eq!(one("Return-Path", " <>").as_deref(), Some("null return path"));
        assert_eq!(one("Return-Path", "<ada@x.io>"), None);
        assert_eq!(one("Content-Type", "multipart/report; report-type=delivery-status").as_deref(), Some("report"));
        let twice = [("Delivered-To", "a@x.io"), ("Delivered-To", "b@x.io"), ("Delivered-To", "A@x.io")];
        assert_eq!(automatic(twice[..2].iter().copied()), None);
        assert_eq!(automatic(twice.into_iter()).as_deref(), Some("loop"));
        assert_eq!(automatic(std::iter::repeat_n(("Received", "by x"), 101)).as_deref(), Some("loop"));
    }
}

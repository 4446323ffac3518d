//! A mail as bytes (RFC 5322, with the encodings of RFC 2045 and RFC 2047).

use onefold_fact::{Digester, Timestamp};
use onefold_workflow::{Email, Message, SendError};

/// A mail as it goes over the wire. Its id follows from the key, so that every attempt is the same mail.
pub(super) fn mail(message: &Message, email: &Email, from: &str, at: Timestamp) -> Result<String, SendError> {
    let from = email.from.as_deref().unwrap_or(from);
    let hash = Digester::default().text(&message.key).finish().to_string();
    let id = hash.get(..32).unwrap_or_default();
    let domain = address(from).rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let mut mail = String::new();
    let mut field = |name: &str, value: &str| -> Result<(), SendError> {
        if value.chars().any(char::is_control) {
            return Err(SendError::Permanent(format!("`{name}` of the mail holds a line break or another control")));
        }
        mail.push_str(&format!("{name}: {value}\r\n"));
        Ok(())
    };
    field("From", &with_name(from))?;
    field("To", &with_name(&email.to))?;
    if let Some(reply_to) = &email.reply_to {
        field("Reply-To", &with_name(reply_to))?;
    }
    field("Subject", &words(&email.subject))?;
    field("Date", &at.format("%a, %d %b %Y %H:%M:%S +0000").to_string())?;
    field("Message-ID", &format!("<{id}@{domain}>"))?;
    field("MIME-Version", "1.0")?;
    let part = |kind: &str, text: &str| {
        let body = base64(text.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes());
        let lines: Vec<&str> = lines(&body).collect();
        format!(
            "Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            lines.join("\r\n")
        )
    };
    match (&email.text, &email.html) {
        (Some(text), Some(html)) => {
            mail.push_str(&format!("Content-Type: multipart/alternative; boundary=\"{id}\"\r\n\r\n"));
            for part in [part("plain", text), part("html", html)] {
                mail.push_str(&format!("--{id}\r\n{part}"));
            }
            mail.push_str(&format!("--{id}--\r\n"));
        }
        (None, Some(html)) => mail.push_str(&part("html", html)),
        (text, None) => mail.push_str(&part("plain", text.as_deref().unwrap_or_default())),
    }
    Ok(mail)
}

/// The bare address: of `Ada <ada@x.example>` what is in the brackets.
pub(super) fn address(text: &str) -> &str {
    let inner = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
    inner.unwrap_or(text).trim()
}

/// An address whose name is written so that it can be read anywhere.
fn with_name(text: &str) -> String {
    match text.rsplit_once('<') {
        Some((name, rest)) if !name.trim().is_empty() => {
            let name = name.trim().trim_matches('"');
            let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || " '-_".contains(letter));
            let name = if plain { name.to_owned() } else { encoded(name) };
            format!("{name} <{rest}")
        }
        _ => text.trim().to_owned(),
    }
}

/// A text of a field: as it is, or in encoded words if it is not ASCII.
fn words(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { encoded(text) }
}

/// Encoded words of at most 75 characters, folded.
fn encoded(text: &str) -> String {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in text.chars() {
        if word.len() + letter.len_utf8() > 42 {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter);
    }
    words.push(word);
    let words: Vec<String> = words.iter().map(|word| format!("=?utf-8?B?{}?=", base64(word.as_bytes()))).collect();
    words.join(" ")
}

fn lines(base64: &str) -> impl Iterator<Item = &str> {
    (0..base64.len()).step_by(76).filter_map(|at| base64.get(at..(at + 76).min(base64.len())))
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| LETTERS.get((bits & 63) as usize).map_or('=', |letter| char::from(*letter));
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            text.push(if place <= chunk.len() { letter(bits >> (18 - 6 * place)) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of RFC 4648, section 10.
    #[test]
    fn base64_is_that_of_the_rfc() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, coded) in vectors {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn a_mail_holds_what_was_said_and_no_more_fields() {
        let at = "2026-03-02T12:00:00Z".parse().expect("a time");
        let email = Email {
            to: "Ada Lovelace <ada@x.example>".into(),
            subject: "Grüße aus der Werkstatt, und noch viel mehr, was nicht in ein Wort passt".into(),
            text: Some("Hallo".into()),
            html: Some("<p>Hallo</p>".into()),
            ..Email::default()
        };
        let message = Message::new("k", "email", email.clone());
        let mail_of = |email: &Email| mail(&message, email, "Büro <desk@x.example>", at);
        let written = mail_of(&email).expect("a mail");
        assert!(written.lines().all(|line| line.len() <= 998), "{written}");
        assert!(written.contains("To: Ada Lovelace <ada@x.example>\r\n"));
        assert!(written.contains("From: =?utf-8?B?QsO8cm8=?= <desk@x.example>\r\n"));
        assert!(written.contains("Date: Mon, 02 Mar 2026 12:00:00 +0000\r\n"));
        assert!(written.contains("SGFsbG8=") && written.contains("PHA+SGFsbG88L3A+"));
        assert_eq!(written, mail_of(&email).expect("the same"));
        let evil = Email { to: "ada@x.example\r\nBcc: all@x.example".into(), ..email };
        assert!(matches!(mail_of(&evil), Err(SendError::Permanent(_))));
    }
}

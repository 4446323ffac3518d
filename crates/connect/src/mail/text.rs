//! What of a body its sender wrote: apart from what it quotes, and from the signature.

/// The parts of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passages {
    /// What the sender wrote.
    pub own: String,
    /// What is quoted or forwarded.
    pub quoted: String,
    /// What stands below it: name, address.
    pub signature: String,
}

/// Takes a body apart. Lines after `>` are quoted, and so is the line that introduces them, and all below a header of a
/// message that is quoted whole; below `-- ` is the signature, until something is quoted.
///
/// ```
/// use onefold_connect::passages;
///
/// let body = "Yes, Friday.\n\nOn Mon, Mar 2, 2026 at 9:00 Ada <ada@x.io> wrote:\n> On Friday?\n\n-- \nBo\nShop\n";
/// let apart = passages(body);
/// assert_eq!((apart.own.as_str(), apart.signature.as_str()), ("Yes, Friday.", "Bo\nShop"));
/// assert!(apart.quoted.ends_with("> On Friday?"));
/// ```
#[must_use]
pub fn passages(body: &str) -> Passages {
    let lines: Vec<&str> = body.lines().map(str::trim_end).collect();
    let (mut own, mut quoted, mut signature) = (Vec::new(), Vec::new(), Vec::new());
    let mut in_signature = false;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at + 1..).unwrap_or_default();
        if is_quote(line) {
            in_signature = false;
            quoted.push(*line);
        } else if begins_message(line, rest) {
            quoted.extend(lines.get(at..).unwrap_or_default());
            break;
        } else if let Some(more) = introduces(line, rest) {
            quoted.extend(lines.get(at..=at + more).unwrap_or_default());
            at += more;
            in_signature = false;
        } else if *line == "--" || *line == "__" {
            // `lines` above took the blank off `-- `.
            in_signature = true;
        } else if in_signature {
            signature.push(*line);
        } else {
            own.push(*line);
        }
        at += 1;
    }
    let joined = |lines: Vec<&str>| lines.join("\n").trim_matches('\n').trim_end().to_owned();
    Passages { own: joined(own), quoted: joined(quoted), signature: joined(signature) }
}

/// The id of the message that a body forwards, if its header stands in it.
pub(super) fn forwarded_id(quoted: &str) -> Option<String> {
    let mut lines = quoted.lines().map(|line| line.trim_start_matches(['>', ' ']));
    let line = lines.find(|line| line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case("message-id:")))?;
    let (_, id) = line.split_once('<')?;
    let (id, _) = id.split_once('>')?;
    (!id.is_empty()).then(|| id.to_owned())
}

fn is_quote(line: &str) -> bool {
    line.starts_with('>')
}

/// Whether a line and the next ones say who wrote what is quoted below. How many lines more there are of it.
fn introduces(line: &str, rest: &[&str]) -> Option<usize> {
    let begins = line.split_whitespace().next()?;
    if !["On", "Am", "Le", "El", "Il", "Em", "Op", "Den", "W", "Quoting"].contains(&begins) && !line.ends_with(':') {
        return None;
    }
    let more = if line.ends_with(':') { 0 } else { rest.iter().take(2).position(|line| line.ends_with(':'))? + 1 };
    let below = rest.get(more..)?.iter().find(|line| !line.is_empty())?;
    is_quote(below).then_some(more)
}

/// Whether a line begins a message that is quoted whole, without marks.
fn begins_message(line: &str, rest: &[&str]) -> bool {
    let bare = line.trim_matches(['-', '_', ' ', '*']).to_lowercase();
    let named = [
        "original message",
        "forwarded message",
        "begin forwarded message:",
        "ursprüngliche nachricht",
        "weitergeleitete nachricht",
        "message d'origine",
        "mensaje original",
    ];
    if named.contains(&bare.as_str()) && (line.starts_with('-') || bare.ends_with(':')) {
        return true;
    }
    // Some programs draw a line, or nothing, above the header.
    let is_from = |line: &str| {
        let name = line.trim_start_matches('*').split(':').next().unwrap_or_default();
        ["From", "Von", "De", "Da", "Van"].contains(&name) && line.contains(':')
    };
    let header = if line.starts_with("____") { rest.first().copied().unwrap_or_default() } else { line };
    let below = rest.iter().take(5).any(|line| {
        let name = line.trim_start_matches('*').split(':').next().unwrap_or_default();
        ["Sent", "Gesendet", "Envoyé", "Enviado", "Date", "Datum", "Inviato", "Verzonden"].contains(&name.trim())
    });
    is_from(header) && below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_answers_stay_together() {
        let apart = passages("> How many?\nTwelve.\n> When?\nOn Friday:\nas ever.\n");
        assert_eq!(apart.own, "Twelve.\nOn Friday:\nas ever.");
        assert_eq!(apart.quoted, "> How many?\n> When?");
    }

    #[test]
    fn messages_that_are_quoted_whole() {
        for header in [
            "-----Original Message-----\nFrom: Ada\nSent: Monday\n",
            "________________________________\nFrom: Ada <ada@x.io>\nSent: Monday\n",
            "Von: Ada\nGesendet: Montag\n",
            "Begin forwarded message:\n\n> From: Ada\n",
        ] {
            let apart = passages(&format!("Yes.\n\n{header}Message-ID: <1@x.io>\n\nOn Friday?\n"));
            assert_eq!(apart.own, "Yes.", "{header}");
            assert_eq!(forwarded_id(&apart.quoted).as_deref(), Some("1@x.io"));
        }
        assert_eq!(passages("From: the heart\nit is good\n").own, "From: the heart\nit is good");
    }

    #[test]
    fn an_introduction_over_two_lines() {
        let apart = passages("Yes.\nOn Mon, Mar 2, 2026 Ada\n<ada@x.io> wrote:\n\n> On Friday?\n");
        assert_eq!((apart.own.as_str(), apart.signature.as_str()), ("Yes.", ""));
        assert_eq!(passages("").own, "");
    }
}

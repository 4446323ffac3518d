//! NYSIIS.

/// The code of a name by the New York State Identification and Intelligence System, in full length (many cut it at six
/// letters). Empty where the name has no letter from A to Z.
///
/// R. L. Taft, *Name search techniques*, 1970.
///
/// ```
/// # use onefold_identity::similarity::nysiis;
/// assert_eq!(nysiis("Catherine"), "CATARAN");
/// assert_eq!(nysiis("Katerina"), nysiis("Catherine"));
/// ```
#[must_use]
pub fn nysiis(name: &str) -> String {
    let mut name: Vec<u8> =
        name.bytes().map(|letter| letter.to_ascii_uppercase()).filter(u8::is_ascii_uppercase).collect();
    for (from, to) in [("MAC", "MCC"), ("KN", "NN"), ("K", "C"), ("PH", "FF"), ("PF", "FF"), ("SCH", "SSS")] {
        if name.starts_with(from.as_bytes()) {
            name.splice(..from.len(), to.bytes());
            break;
        }
    }
    for (from, to) in [("EE", "Y"), ("IE", "Y"), ("DT", "D"), ("RT", "D"), ("RD", "D"), ("NT", "D"), ("ND", "D")] {
        if name.ends_with(from.as_bytes()) {
            name.truncate(name.len() - from.len());
            name.extend(to.bytes());
            break;
        }
    }
    let Some(first) = name.first() else { return String::new() };
    let mut key = vec![*first];
    for at in 1..name.len() {
        translate(&mut name, at);
        if let Some(letter) = name.get(at).filter(|letter| key.last() != Some(*letter)) {
            key.push(*letter);
        }
    }
    if key.len() > 1 && key.ends_with(b"S") {
        key.pop();
    }
    if key.ends_with(b"AY") {
        key.truncate(key.len() - 2);
        key.push(b'Y');
    }
    if key.len() > 1 && key.ends_with(b"A") {
        key.pop();
    }
    key.into_iter().map(char::from).collect()
}

/// Replaces the letter at a place, and those that go with it.
fn translate(name: &mut [u8], at: usize) {
    let (before, rest) = name.split_at_mut(at);
    let before = before.last().copied().unwrap_or_default();
    match rest {
        [b'E', b'V', ..] => (rest[0], rest[1]) = (b'A', b'F'),
        [letter, ..] if is_vowel(*letter) => *letter = b'A',
        [letter @ b'Q', ..] => *letter = b'G',
        [letter @ b'Z', ..] => *letter = b'S',
        [letter @ b'M', ..] => *letter = b'N',
        [letter @ b'K', b'N', ..] => *letter = b'N',
        [letter @ b'K', ..] => *letter = b'C',
        [b'S', c @ b'C', h @ b'H', ..] => (*c, *h) = (b'S', b'S'),
        [p @ b'P', h @ b'H', ..] => (*p, *h) = (b'F', b'F'),
        [letter @ b'H', next @ ..] if !is_vowel(before) || !next.first().is_some_and(|next| is_vowel(*next)) => {
            *letter = before;
        }
        [letter @ b'W', ..] if is_vowel(before) => *letter = before,
        _ => {}
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'A' | b'E' | b'I' | b'O' | b'U')
}

#[cfg(test)]
mod tests {
    use super::nysiis;

    /// Cases of the test data of `jellyfish` (MIT). Catches endings that are cut in the wrong order.
    #[test]
    fn published_codes() {
        for (name, code) in [
            ("Worthy", "WARTY"),
            ("Ogata", "OGAT"),
            ("montgomery", "MANTGANARY"),
            ("Costales", "CASTAL"),
            ("Tu", "T"),
            ("martincevic", "MARTANCAFAC"),
            ("Katherine", "CATARAN"),
            ("Johnathan", "JANATAN"),
            ("Jonathan", "JANATAN"),
            ("John", "JAN"),
            ("Jan", "JAN"),
            ("", ""),
        ] {
            assert_eq!(nysiis(name), code, "{name}");
        }
    }
}

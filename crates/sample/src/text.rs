//! Letters: accents away, other encodings, comparison.

/// A letter without its accent: `Some("o")` for `ö`; `None` where there is none to drop.
fn without_accent(letter: char) -> Option<&'static str> {
    Some(match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ą' => "a",
        'Á' | 'À' | 'Â' | 'Ä' | 'Å' | 'Ą' => "A",
        'ç' | 'ć' | 'č' => "c",
        'Ç' | 'Ć' => "C",
        'é' | 'è' | 'ê' | 'ë' | 'ę' => "e",
        'É' | 'È' | 'Ê' | 'Ę' => "E",
        'í' | 'î' | 'ï' | 'ì' => "i",
        'Í' | 'Î' => "I",
        'ł' => "l",
        'Ł' => "L",
        'ñ' | 'ń' => "n",
        'Ñ' | 'Ń' => "N",
        'ó' | 'ô' | 'ö' | 'ò' | 'õ' => "o",
        'Ó' | 'Ô' | 'Ö' => "O",
        'ś' => "s",
        'Ś' => "S",
        'ß' => "ss",
        'ú' | 'ù' | 'û' | 'ü' => "u",
        'Ú' | 'Ü' => "U",
        'ź' | 'ż' => "z",
        'Ź' | 'Ż' => "Z",
        _ => return None,
    })
}

/// `text` in plain letters.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match without_accent(letter) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(letter),
        }
    }
    plain
}

/// `text` with umlauts written out, as Germans do where there are none.
pub(crate) fn written_out(text: &str) -> String {
    text.replace('ä', "ae")
        .replace('ö', "oe")
        .replace('ü', "ue")
        .replace('Ä', "Ae")
        .replace('Ö', "Oe")
        .replace('Ü', "Ue")
        .replace('ß', "ss")
}

/// A name as part of an e-mail address: small ASCII letters only.
pub(crate) fn mail_part(name: &str) -> String {
    plain(name).chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// `text` in Latin-1; a letter outside it loses its accent, or becomes `?`.
pub(crate) fn to_latin_1(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match u8::try_from(u32::from(letter)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend_from_slice(without_accent(letter).unwrap_or("?").as_bytes()),
        }
    }
    bytes
}

/// Whether `text` says nothing: blank, or one of the fillers.
pub(crate) fn says_nothing(text: &str) -> bool {
    matches!(
        text.trim().to_lowercase().as_str(),
        "" | "-"
            | "n/a"
            | "unknown"
            | "none"
            | "test@test.com"
            | "none@none.com"
            | "noreply@example.com"
            | "1900-01-01"
    )
}

//! Whole numbers, decimal numbers and truth values as people and spreadsheets write them. Nothing passes through a
//! float.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::Malformed;

const INTEGER: &str = "a whole number such as `1234` or `1,234`";
const DECIMAL: &str = "a number such as `1234.5`, `1,234.50` or `1.234,50`";
const BOOLEAN: &str = "`yes` or `no`, `true` or `false`, `1` or `0`";

/// Longer texts are no numbers: a [`Decimal`] has 28 digits.
const LONGEST: usize = 80;

/// A whole number, grouped or not. A fraction of zeros, as spreadsheets add it (`12.0`), is allowed.
///
/// # Errors
///
/// [`Malformed`] when the text is no number, has a fraction, is a percentage, is written with an exponent (a long key
/// that a spreadsheet has rounded), or does not fit 64 bits.
///
/// ```
/// use onefold_fact::standard::number::parse_integer;
///
/// assert_eq!(parse_integer(" 1,234 "), Ok(1234));
/// assert_eq!(parse_integer("12.00"), Ok(12));
/// assert!(parse_integer("12.5").is_err());
/// ```
pub fn parse_integer(input: &str) -> Result<i64, Malformed> {
    let text = input.trim();
    if !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().map_err(|_| Malformed::value(text, "is not a number", INTEGER));
    }
    if text.bytes().any(|b| matches!(b, b'e' | b'E'))
        && !text.bytes().any(|b| b.is_ascii_alphabetic() && !matches!(b, b'e' | b'E'))
    {
        return Err(Malformed::value(text, "has an exponent, so digits may be lost", INTEGER));
    }
    let number = decimal(text, INTEGER, false)?;
    if !number.fract().is_zero() {
        return Err(Malformed::value(text, "has a fraction", INTEGER));
    }
    i64::try_from(number)
        .map_err(|_| Malformed::value(text, "is beyond the range of a whole number", "a number of at most 18 digits"))
}

/// A decimal number, without trailing zeros.
///
/// The rightmost of two different separators is the decimal one. A single comma is the decimal one unless exactly
/// three digits follow and one to three digits other than a lone zero precede (`1,234` is 1234; `12,5` is 12.5); a
/// single dot is always the decimal one (`1.234`). Groups may be parted by commas, dots, spaces, apostrophes or
/// underscores, in threes or as in India (`12,34,567`). An exponent is read.
///
/// # Errors
///
/// [`Malformed`] when the text is no number, is a percentage, or needs more than 28 digits.
///
/// ```
/// use onefold_fact::standard::number::parse_decimal;
///
/// assert_eq!(parse_decimal("1.234,50")?.to_string(), "1234.5");
/// assert_eq!(parse_decimal("-1 234 567")?.to_string(), "-1234567");
/// assert_eq!(parse_decimal("12 %").unwrap_err().problem(), "`12 %` is a percentage");
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
pub fn parse_decimal(input: &str) -> Result<Decimal, Malformed> {
    decimal(input.trim(), DECIMAL, false)
}

/// A truth value: yes, true, 1, on, y, t, x, ja, oui, si, sim, da, tak, wahr, vrai and their opposites, in any case.
/// ✓ and ✗ too.
///
/// # Errors
///
/// [`Malformed`] when the text is none of these words.
///
/// ```
/// use onefold_fact::standard::number::parse_boolean;
///
/// assert_eq!(parse_boolean("Yes"), Ok(true));
/// assert_eq!(parse_boolean("nein"), Ok(false));
/// ```
pub fn parse_boolean(input: &str) -> Result<bool, Malformed> {
    let text = input.trim();
    if text.len() <= 12 {
        match text.to_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" | "x" | "ja" | "j" | "wahr" | "oui" | "vrai" | "si" | "sí"
            | "sì" | "vero" | "verdadero" | "sim" | "verdadeiro" | "waar" | "da" | "tak" | "checked" | "✓" | "✔"
            | "☑" | "✅" => return Ok(true),
            "0" | "false" | "f" | "no" | "n" | "off" | "nein" | "falsch" | "non" | "faux" | "falso" | "não" | "nao"
            | "nee" | "onwaar" | "niet" | "nie" | "unchecked" | "✗" | "✘" | "☐" | "❌" => return Ok(false),
            _ => {}
        }
    }
    Err(Malformed::value(text, "is neither yes nor no", BOOLEAN))
}

/// The number that `text` writes. `dot_groups` says that a single dot before exactly three digits parts thousands.
pub(super) fn decimal(text: &str, expected: &'static str, dot_groups: bool) -> Result<Decimal, Malformed> {
    let wrong = |what: &str| Err(Malformed::value(text, what, expected));
    if text.is_empty() {
        return wrong("is empty");
    }
    if text.len() > LONGEST {
        return wrong("is too long for a number");
    }
    if text.ends_with('%') || text.starts_with('%') {
        return wrong("is a percentage");
    }
    let Some(plain) = plain(text, dot_groups) else { return wrong("is not a number") };
    let number = if plain.contains('e') { Decimal::from_scientific(&plain) } else { Decimal::from_str_exact(&plain) };
    match number {
        Ok(number) if number.is_zero() => Ok(Decimal::ZERO),
        Ok(number) => Ok(number.normalize()),
        Err(_) => wrong("is beyond the range of a number: it has more than 28 digits"),
    }
}

/// The number as `-?digits(.digits)?(e-?digits)?`, or `None` if it is not written as a number.
fn plain(text: &str, dot_groups: bool) -> Option<Cow<'_, str>> {
    let bytes = text.as_bytes();
    let digits_only = bytes.iter().filter(|b| !b.is_ascii_digit()).all(|b| *b == b'.')
        && bytes.iter().filter(|b| **b == b'.').count() <= 1;
    if digits_only && !dot_groups && bytes[0] != b'.' && bytes[bytes.len() - 1] != b'.' {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len() + 1);
    let mut body = text;
    let mut negative = false;
    if let Some(rest) = body.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
        negative = true;
        body = rest;
    } else if let Some(rest) = body.strip_prefix('+') {
        body = rest;
    } else if let Some(rest) = body.strip_suffix(['-', '\u{2212}']) {
        // Some ledgers write the sign behind the number.
        negative = true;
        body = rest;
    }
    let body = body.trim();
    let (body, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    if negative {
        out.push('-');
    }
    let mut marks: Vec<(usize, char)> = Vec::new();
    let mut digits = String::with_capacity(body.len());
    for c in body.chars() {
        if let Some(digit) = digit(c) {
            digits.push(digit);
        } else if matches!(c, '.' | ',' | ' ' | '\u{A0}' | '\u{202F}' | '\u{2009}' | '\'' | '\u{2019}' | '_') {
            marks.push((digits.len(), if matches!(c, '\u{A0}' | '\u{202F}' | '\u{2009}') { ' ' } else { c }));
        } else {
            return None;
        }
    }
    if digits.is_empty() {
        return None;
    }
    let point = decimal_point(&marks, &digits, dot_groups)?;
    let (whole, fraction) = digits.split_at(point);
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        let number = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if number.is_empty() || number.len() > 3 || !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        out.push('e');
        out.push_str(exponent.strip_prefix('+').unwrap_or(exponent));
    }
    Some(Cow::Owned(out))
}

/// Where the fraction begins among the digits; `None` when the separators make no sense. `marks` holds each separator
/// and how many digits precede it.
fn decimal_point(marks: &[(usize, char)], digits: &str, dot_groups: bool) -> Option<usize> {
    let Some(&(at, last)) = marks.last() else { return Some(digits.len()) };
    let same = marks.iter().filter(|(_, c)| *c == last).count();
    let after = digits.len() - at;
    let is_decimal = match last {
        '.' | ',' if same > 1 => false,
        '.' | ',' if marks.len() > 1 => true,
        '.' => !(dot_groups && after == 3 && (1..=3).contains(&at) && !digits.starts_with('0')),
        ',' => !(after == 3 && (1..=3).contains(&at) && !digits.starts_with('0')),
        _ => false,
    };
    let (groups, end) = if is_decimal { (&marks[..marks.len() - 1], at) } else { (marks, digits.len()) };
    let sign = match groups.first() {
        Some(&(_, sign)) => sign,
        None => return Some(end),
    };
    if groups.iter().any(|&(_, c)| c != sign) || (is_decimal && sign == last) {
        return None;
    }
    let mut start = 0;
    for (nth, &(at, _)) in groups.iter().enumerate() {
        let length = at.checked_sub(start)?;
        // Groups of two stand before the last three digits in South Asia.
        let fits = if nth == 0 { (1..=3).contains(&length) } else { length == 3 || length == 2 };
        if !fits {
            return None;
        }
        start = at;
    }
    (end.checked_sub(start)? == 3).then_some(end)
}

/// The ASCII digit that a decimal digit of one of the common scripts means.
pub(super) fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6F0}'..='\u{6F9}' => 0x6F0,
        '\u{966}'..='\u{96F}' => 0x966,
        '\u{FF10}'..='\u{FF19}' => 0xFF10,
        _ => return None,
    };
    char::from_digit(u32::from(c) - zero, 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_read() {
        for (input, expected) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("007", "7"),
            ("12.50", "12.5"),
            ("+12.5", "12.5"),
            ("12,5", "12.5"),
            ("0,123", "0.123"),
            ("1,234", "1234"),
            ("1.234", "1.234"),
            ("1234,567", "1234.567"),
            ("1,234.5", "1234.5"),
            ("1.234,5", "1234.5"),
            ("1.234.567", "1234567"),
            ("1,234,567.89", "1234567.89"),
            ("12,34,567", "1234567"),
            ("1 234,5", "1234.5"),
            ("1\u{202F}234", "1234"),
            ("1'234.50", "1234.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("12-", "-12"),
            ("−12", "-12"),
            ("1e3", "1000"),
            ("1.5E-2", "0.015"),
            ("١٢٫", ""),
            ("١٢", "12"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
        ] {
            assert_eq!(parse_decimal(input).map_or(String::new(), |d| d.to_string()), expected, "{input}");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        for (input, what) in [
            ("", "is empty"),
            ("abc", "is not a number"),
            ("1,2,3", "is not a number"),
            ("1.2.3", "is not a number"),
            ("12,345,6", "is not a number"),
            ("1,234.5,6", "is not a number"),
            ("NaN", "is not a number"),
            ("-", "is not a number"),
            ("e", "is not a number"),
            ("1e", "is not a number"),
            ("50%", "is a percentage"),
            ("1e400", "is beyond the range of a number: it has more than 28 digits"),
            ("99999999999999999999999999999999", "is beyond the range of a number: it has more than 28 digits"),
        ] {
            assert_eq!(parse_decimal(input).unwrap_err().problem(), format!("`{input}` {what}"));
        }
        assert!(parse_decimal(&"1".repeat(1_000_000)).is_err());
    }

    #[test]
    fn integers_are_read() {
        for (input, expected) in
            [("12", 12), ("-5", -5), ("1,234,567", 1_234_567), ("12.0", 12), ("9223372036854775807", i64::MAX)]
        {
            assert_eq!(parse_integer(input), Ok(expected), "{input}");
        }
        for (input, what) in [
            ("1.5", "has a fraction"),
            ("9223372036854775808", "is beyond the range of a whole number"),
            ("4.47701E+11", "has an exponent, so digits may be lost"),
            ("x", "is not a number"),
            ("hello", "is not a number"),
        ] {
            assert_eq!(parse_integer(input).unwrap_err().problem(), format!("`{input}` {what}"));
        }
    }

    #[test]
    fn booleans_are_read() {
        for input in ["yes", "Y", "TRUE", "1", "on", "x", "Ja", "oui", "Sí"] {
            assert_eq!(parse_boolean(input), Ok(true), "{input}");
        }
        for input in ["no", "N", "false", "0", "off", "Nein", "non"] {
            assert_eq!(parse_boolean(input), Ok(false), "{input}");
        }
        assert!(parse_boolean("").is_err() && parse_boolean("2").is_err() && parse_boolean("maybe").is_err());
    }

    proptest! {
        #[test]
        fn a_number_written_is_the_number_read(input in ".*|[-+0-9.,' eE%()]{0,40}", mantissa: i64, scale in 0_u32..20) {
            if let Ok(number) = parse_decimal(&input) {
                prop_assert_eq!(parse_decimal(&number.to_string()), Ok(number));
            }
            let number = Decimal::new(mantissa, scale).normalize();
            prop_assert_eq!(parse_decimal(&number.to_string()), Ok(number));
            prop_assert_eq!(parse_integer(&mantissa.to_string()), Ok(mantissa));
            let _ = (parse_integer(&input), parse_boolean(&input));
        }
    }
}

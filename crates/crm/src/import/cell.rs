//! Reading cells as exports write them.

use std::borrow::Cow;

use onefold_fact::Timestamp;
use onefold_fact::standard::{self, DateOrder};
use rust_decimal::Decimal;

use crate::category::ForecastCategory;
use crate::money::Currency;

/// A name in small letters, without anything that is neither letter nor digit: `Zip/Postal Code` is `zippostalcode`.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// An id. One of 15 letters that differ by case gets the three that say their case, so that reports and exports name the
/// same by the same.
///
/// # Errors
/// When the last three letters of 18 say no case.
pub(super) fn id(text: &str) -> Result<Cow<'_, str>, String> {
    let bytes = text.as_bytes();
    let may_be = bytes.iter().all(u8::is_ascii_alphanumeric) && (bytes.starts_with(b"0") || bytes.starts_with(b"a"));
    match bytes.len() {
        15 if may_be => Ok(Cow::Owned(with_case(bytes))),
        18 if may_be && bytes.iter().any(u8::is_ascii_alphabetic) => {
            let (id, case) = bytes.split_at(15);
            let mut mended = String::with_capacity(18);
            for (chunk, letter) in id.chunks(5).zip(case) {
                let bits = SUFFIX.iter().position(|known| *known == letter.to_ascii_uppercase());
                let bits = bits.ok_or_else(|| {
                    format!("`{text}` is no id: its last three letters say no case; expected one as exported")
                })?;
                for (at, byte) in chunk.iter().enumerate() {
                    let is_upper = bits >> at & 1 == 1;
                    if is_upper && !byte.is_ascii_alphabetic() {
                        return Err(format!(
                            "`{text}` is no id: its last three letters do not fit it; expected one as exported"
                        ));
                    }
                    mended.push(char::from(if is_upper {
                        byte.to_ascii_uppercase()
                    } else {
                        byte.to_ascii_lowercase()
                    }));
                }
            }
            Ok(Cow::Owned(with_case(mended.as_bytes())))
        }
        _ => Ok(Cow::Borrowed(text)),
    }
}

/// The letters that say which five of an id are capital.
const SUFFIX: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

fn with_case(id: &[u8]) -> String {
    let capitals = |chunk: &[u8]| {
        let bits =
            chunk.iter().enumerate().fold(0, |bits, (at, byte)| bits | usize::from(byte.is_ascii_uppercase()) << at);
        char::from(SUFFIX.get(bits).copied().unwrap_or(b'A'))
    };
    id.iter().map(|byte| char::from(*byte)).chain(id.chunks(5).map(capitals)).collect()
}

/// A time; a day alone is its beginning.
pub(super) fn instant(text: &str, order: Option<DateOrder>) -> Result<Timestamp, String> {
    standard::date::parse_timestamp(text, order).map_err(|error| error.to_string())
}

/// Yes or no: `1` and `0`, `true` and `false`, and what people write.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    standard::number::parse_boolean(text).map_err(|error| error.to_string())
}

/// An amount, with its currency if that stands beside it.
pub(super) fn amount(text: &str) -> Result<(Decimal, Option<Currency>), String> {
    let (amount, currency) = standard::money::parse_money(text).map_err(|error| error.to_string())?;
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err(format!("the amount `{text}` is less than nothing; expected one of zero or more"));
    }
    Ok((amount, currency.and_then(|currency| currency.as_str().parse().ok())))
}

/// How likely: `60`, `60%` and `0.6` are the same, `1` is certain.
pub(super) fn probability(text: &str) -> Result<Decimal, String> {
    let wrong = || format!("`{text}` is not how likely something is; expected 0 to 100, or 0.0 to 1.0");
    let (number, is_percent) = match text.strip_suffix('%') {
        Some(number) => (number.trim(), true),
        None => (text, false),
    };
    let number = standard::number::parse_decimal(number).map_err(|_| wrong())?;
    let part = if is_percent || number > Decimal::ONE { number / Decimal::ONE_HUNDRED } else { number };
    if part < Decimal::ZERO || part > Decimal::ONE { Err(wrong()) } else { Ok(part.normalize()) }
}

/// How a forecast counts a deal, by the names that exports use. What is most likely is taken for the best case: it is
/// less sure than what somebody stands for.
pub(super) fn category(text: &str) -> Result<ForecastCategory, String> {
    match plain(text).as_str() {
        "omitted" | "omit" | "notforecasted" => Ok(ForecastCategory::Omitted),
        "pipeline" => Ok(ForecastCategory::Pipeline),
        "bestcase" | "mostlikely" => Ok(ForecastCategory::BestCase),
        "forecast" | "commit" => Ok(ForecastCategory::Commit),
        "closed" | "closedwon" => Ok(ForecastCategory::Closed),
        _ => Err(format!(
            "`{text}` is no forecast category; expected Omitted, Pipeline, BestCase, MostLikely, Commit or Closed"
        )),
    }
}

/// The parts of a list, which stand between semicolons.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty())
}

/// What the dates of a file show of their order: `Some(Some)`, if one of them can be read in one way only; `Some(None)`, if
/// there are dates and none does; `None`, if there are none that could be read in two ways.
pub(super) fn date_order<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Option<DateOrder>> {
    let mut is_open = false;
    for cell in cells {
        let mut parts = cell.split(|letter: char| !letter.is_ascii_digit());
        let (Some(Ok(a)), Some(Ok(b)), Some(year)) =
            (parts.next().map(str::parse::<u32>), parts.next().map(str::parse::<u32>), parts.next())
        else {
            continue;
        };
        if year.len() < 2 || a > 31 || a == 0 || b > 31 || b == 0 {
            continue;
        }
        let half = cell.trim_end().to_ascii_lowercase();
        if a > 12 || cell.contains('.') {
            return Some(Some(DateOrder::DayFirst));
        }
        if b > 12 || half.ends_with("am") || half.ends_with("pm") {
            return Some(Some(DateOrder::MonthFirst));
        }
        is_open |= a != b;
    }
    is_open.then_some(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids of 15 and 18 letters of one record, as the documentation of the format has them.
    #[test]
    fn an_id_is_one_in_either_length() {
        for (short, long) in [("0015Y00002hQ1bA", "0015Y00002hQ1bAQAS"), ("001D000000IqhSL", "001D000000IqhSLIAZ")] {
            assert_eq!(id(short).as_deref(), Ok(long));
            assert_eq!(id(long).as_deref(), Ok(long));
            assert_eq!(id(&long.to_lowercase()).as_deref(), Ok(long), "a sheet has changed its case");
        }
        assert_eq!(id("51").as_deref(), Ok("51"));
        assert!(id("001D000000IqhSLI9Z").is_err());
    }

    #[test]
    fn a_file_shows_the_order_of_its_dates() {
        let of = |cells: &[&'static str]| date_order(cells.iter().copied());
        assert_eq!(of(&["1/2/2026", "1/31/2026"]), Some(Some(DateOrder::MonthFirst)));
        assert_eq!(of(&["31/1/2026"]), Some(Some(DateOrder::DayFirst)));
        assert_eq!(of(&["1/2/2026 3:04 PM"]), Some(Some(DateOrder::MonthFirst)));
        assert_eq!(of(&["1/2/2026"]), Some(None));
        assert_eq!(of(&["2026-02-01", "3/3/2026"]), None);
    }

    #[test]
    fn likelihoods_are_parts_and_percentages() {
        for text in ["60", "60%", "0.6"] {
            assert_eq!(probability(text), Ok(Decimal::new(6, 1)));
        }
        assert!(probability("160").is_err());
    }
}

//! Sums of money as people write them.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::money_table::{CURRENCIES, DOT_GROUPS, SHARED, SIGNS};
use super::{Malformed, number, text};

/// An active currency of ISO 4217, ordered by its code.
///
/// ```
/// use onefold_fact::standard::Currency;
///
/// let euro: Currency = "eur".parse()?;
/// assert_eq!((euro.as_str(), euro.minor_digits()), ("EUR", 2));
/// assert_eq!("€".parse::<Currency>()?, euro);
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(
    // INVARIANT: an index into `CURRENCIES`, which is sorted by code.
    u8,
);

const CURRENCY: &str = "a currency code such as `EUR`";
const EXPECTED: &str = "a sum such as `1,234.50 EUR` or `€ 12,50`";

impl Currency {
    /// The code, three upper-case letters.
    pub fn as_str(self) -> &'static str {
        CURRENCIES[usize::from(self.0)].0
    }

    /// The digits behind the decimal point that the smallest coin or book-keeping unit has: 2 for EUR, 0 for JPY, 3
    /// for KWD.
    pub fn minor_digits(self) -> u32 {
        CURRENCIES[usize::from(self.0)].1
    }

    /// The currency of a code, in either case.
    pub fn from_code(code: &str) -> Option<Currency> {
        let &[a, b, c] = code.as_bytes() else { return None };
        let code = [a, b, c].map(|b| b.to_ascii_uppercase());
        let at = CURRENCIES.binary_search_by(|(known, _)| known.as_bytes().cmp(&code)).ok()?;
        u8::try_from(at).ok().map(Currency)
    }
}

impl FromStr for Currency {
    type Err = Malformed;

    /// Reads a code or a sign: `USD`, `usd`, `US$`, `$`.
    fn from_str(input: &str) -> Result<Self, Malformed> {
        let sign = input.trim();
        if let Some(currency) = Currency::from_code(sign) {
            return Ok(currency);
        }
        if sign.len() <= 16 {
            let lower = sign.to_lowercase();
            if let Ok(at) = SIGNS.binary_search_by(|(known, _)| (*known).cmp(&lower))
                && let Some(currency) = Currency::from_code(SIGNS[at].1)
            {
                return Ok(currency);
            }
            if let Ok(at) = SHARED.binary_search_by(|(known, _)| (*known).cmp(&lower)) {
                return Err(Malformed::value(sign, &format!("may be {}", SHARED[at].1), CURRENCY));
            }
        }
        Err(Malformed::value(sign, "is not a currency", CURRENCY))
    }
}

/// The sum that a text writes, without trailing zeros, and its currency if it names one by code or sign, before or
/// behind.
///
/// The number is read as [`parse_decimal`](super::number::parse_decimal) reads it, except that in a currency of
/// places where a dot parts thousands a single dot before three digits does so (`€ 1.234`). Negative are `-12`,
/// `12-`, `(12)`, `-$12` and `$-12`. Nothing is rounded.
///
/// # Errors
///
/// [`Malformed`] when there is no number, when the sign belongs to several currencies (`kr`), or when the number has
/// more than 28 digits.
///
/// ```
/// use onefold_fact::standard::money::parse_money;
///
/// for (text, sum, currency) in [
///     ("€ 1.234,56", "1234.56", Some("EUR")),
///     ("1,234.56 USD", "1234.56", Some("USD")),
///     ("CHF 1'234.50", "1234.5", Some("CHF")),
///     ("(12.50)", "-12.5", None),
/// ] {
///     let (amount, unit) = parse_money(text)?;
///     assert_eq!((amount.to_string().as_str(), unit.map(|unit| unit.as_str())), (sum, currency));
/// }
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
pub fn parse_money(input: &str) -> Result<(Decimal, Option<Currency>), Malformed> {
    let trimmed = input.trim();
    if trimmed.len() > 100 {
        return Err(Malformed::value(trimmed, "is too long for a sum of money", EXPECTED));
    }
    let cleaned = text::clean(trimmed);
    let mut rest: &str = &cleaned;
    let mut negative = false;
    if let Some(inside) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        negative = true;
        rest = inside.trim();
    }
    let not_a_sum = || Malformed::value(trimmed, "is not a sum of money", EXPECTED);
    let first = rest.find(|c| number::digit(c).is_some()).ok_or_else(not_a_sum)?;
    let last = rest.rfind(|c| number::digit(c).is_some()).ok_or_else(not_a_sum)?;
    let end = last + rest[last..].chars().next().map_or(0, char::len_utf8);
    // A number may begin with its decimal point.
    let first = if first > 0 && rest[..first].ends_with(['.', ',']) && is_number_start(&rest[..first - 1]) {
        first - 1
    } else {
        first
    };
    let (before, digits, behind) = (&rest[..first], &rest[first..end], &rest[end..]);
    let (before, minus_before) = without_sign(before);
    // A dash for no small coins is no minus: `CHF 12.-`, `12,– €`.
    let behind = match behind.strip_prefix(['.', ',']) {
        Some(rest) => rest.strip_prefix(['-', '\u{2013}', '\u{2014}']).unwrap_or(rest),
        None => behind,
    };
    let (behind, minus_behind) = without_sign(behind);
    if usize::from(minus_before) + usize::from(minus_behind) + usize::from(negative) > 1 {
        return Err(not_a_sum());
    }
    let quoting = |error: Malformed| {
        Malformed::new(format!("{} is not a sum of money: {}", Malformed::quote(trimmed), error.problem()), EXPECTED)
    };
    let currency = match (before.is_empty(), behind.is_empty()) {
        (true, true) => None,
        (false, true) => Some(before.parse::<Currency>().map_err(quoting)?),
        (true, false) => Some(behind.parse::<Currency>().map_err(quoting)?),
        // `$12.50 USD`, `€12 EUR`
        (false, false) => {
            let (sign, code) =
                (before.parse::<Currency>().map_err(quoting)?, behind.parse::<Currency>().map_err(quoting)?);
            match (before, behind) {
                _ if sign == code => Some(sign),
                ("$", _) if code.as_str().ends_with('D') || matches!(code.as_str(), "MXN" | "ARS" | "CLP" | "COP") => {
                    Some(code)
                }
                (_, "$") if sign.as_str().ends_with('D') => Some(sign),
                _ => return Err(Malformed::value(trimmed, "names two currencies", EXPECTED)),
            }
        }
    };
    let dot_groups = currency.is_some_and(|currency| DOT_GROUPS.binary_search(&currency.as_str()).is_ok());
    let mut amount = number::decimal(digits, EXPECTED, dot_groups).map_err(|_| not_a_sum())?;
    if (negative || minus_before || minus_behind) && !amount.is_zero() {
        amount.set_sign_negative(true);
    }
    Ok((amount, currency))
}

fn is_number_start(before: &str) -> bool {
    before.is_empty() || before.ends_with([' ', '-', '+', '$', '€', '£'])
}

/// What stands beside a number, without its plus or minus sign, and whether there was a minus.
fn without_sign(beside: &str) -> (&str, bool) {
    let beside = beside.trim();
    let minus = ['-', '\u{2212}', '\u{2013}', '\u{2014}'];
    if let Some(rest) = beside.strip_prefix(minus).or_else(|| beside.strip_suffix(minus)) {
        return (rest.trim(), true);
    }
    (beside.strip_prefix('+').or_else(|| beside.strip_suffix('+')).unwrap_or(beside).trim(), false)
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.as_str())
    }
}

impl AsRef<str> for Currency {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl TryFrom<String> for Currency {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_tables_hold() {
        assert!(CURRENCIES.is_sorted() && SIGNS.is_sorted() && SHARED.is_sorted() && DOT_GROUPS.is_sorted());
        for (sign, code) in SIGNS {
            assert_eq!(sign.parse::<Currency>().unwrap().as_str(), *code);
        }
        assert!(DOT_GROUPS.iter().all(|code| Currency::from_code(code).is_some()));
    }

    #[test]
    fn sums_are_read() {
        for (input, expected) in [
            ("12", "12"),
            ("-12.50", "-12.5"),
            ("12,50 €", "12.5 EUR"),
            ("€12", "12 EUR"),
            ("€ 1.234", "1234 EUR"),
            ("USD 1.234", "1.234 USD"),
            ("1.234", "1.234"),
            ("£1,234,567.89", "1234567.89 GBP"),
            ("-$12.50", "-12.5 USD"),
            ("$-12.50", "-12.5 USD"),
            ("($12.50)", "-12.5 USD"),
            ("12.50- EUR", "-12.5 EUR"),
            ("$12 CAD", "12 CAD"),
            ("US$ 5", "5 USD"),
            ("CHF 12.-", "12 CHF"),
            ("R$ 1.234,50", "1234.5 BRL"),
            ("99 zł", "99 PLN"),
            ("$.50", "0.5 USD"),
            ("1 234,50 EUR", "1234.5 EUR"),
            ("0.00", "0"),
            ("-0 EUR", "0 EUR"),
            ("¥1000", "1000 JPY"),
        ] {
            let (amount, currency) = parse_money(input).unwrap_or_else(|error| panic!("{error}"));
            let shown = currency.map_or(amount.to_string(), |currency| format!("{amount} {currency}"));
            assert_eq!(shown, expected, "{input}");
        }
    }

    #[test]
    fn what_is_no_sum_says_why() {
        for (input, problem) in [
            ("", "`` is not a sum of money"),
            ("free", "`free` is not a sum of money"),
            ("12 kr", "`12 kr` is not a sum of money: `kr` may be SEK, NOK, DKK or ISK"),
            ("12 bananas", "`12 bananas` is not a sum of money: `bananas` is not a currency"),
            ("€ 12 USD", "`€ 12 USD` names two currencies"),
            ("(-12)", "`(-12)` is not a sum of money"),
            ("1,2,3", "`1,2,3` is not a sum of money"),
            ("12%", "`12%` is not a sum of money: `%` is not a currency"),
        ] {
            assert_eq!(parse_money(input).unwrap_err().problem(), problem);
        }
    }

    proptest! {
        #[test]
        fn a_sum_written_is_the_sum_read(input in ".*|[-( ]?(EUR|\\$|€|kr|¥)? ?[-0-9.,' ]{0,14} ?(USD|€|-)?\\)?") {
            if let Ok((amount, currency)) = parse_money(&input) {
                let written = currency.map_or(amount.to_string(), |currency| format!("{amount} {currency}"));
                let (again, unit) = parse_money(&written).unwrap();
                prop_assert_eq!(unit, currency);
                // `EUR 1.234` reads back as thousands: three digits behind a dot are not what this writes for money
                // of two.
                if amount.scale() != 3 {
                    prop_assert_eq!(again, amount);
                }
            }
        }
    }
}

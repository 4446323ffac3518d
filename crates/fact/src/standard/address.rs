//! Postal addresses: forms of postcode, city and region. The street line is a [`Street`].

use super::text;

pub use super::street::Street;

/// A postcode for comparing: upper-case letters and digits without space or dash. Of a United States ZIP+4 the first
/// five digits; without the country letters that some put before the digits (`D-10115`).
///
/// ```
/// use onefold_fact::standard::address::postcode_form;
///
/// assert_eq!(postcode_form("sw1a 1aa"), "SW1A1AA");
/// assert_eq!(postcode_form("12345-6789"), "12345");
/// assert_eq!(postcode_form("D-10115"), "10115");
/// ```
pub fn postcode_form(postcode: &str) -> String {
    let ascii = text::to_ascii(postcode);
    let written = ascii.trim();
    let written = match written.split_once('-') {
        Some((letters, digits))
            if (1..=2).contains(&letters.len())
                && letters.bytes().all(|b| b.is_ascii_alphabetic())
                && (4..=5).contains(&digits.len())
                && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            digits
        }
        _ => written,
    };
    let mut form: String =
        written.bytes().filter(u8::is_ascii_alphanumeric).map(|b| char::from(b.to_ascii_uppercase())).collect();
    if form.len() == 9 && form.bytes().all(|b| b.is_ascii_digit()) {
        form.truncate(5);
    }
    form
}

/// A city for comparing: folded, with `St`, `Ste`, `Mt` and `Ft` written out.
///
/// ```
/// use onefold_fact::standard::address::city_form;
///
/// assert_eq!(city_form("St. Albans"), city_form("Saint Albans"));
/// assert_eq!(city_form("Zürich"), "zurich");
/// ```
pub fn city_form(city: &str) -> String {
    place_form(city)
}

/// A region, state or county for comparing: folded, with `St`, `Ste`, `Mt` and `Ft` written out. Codes (`CA`) are not
/// names and stay.
///
/// ```
/// use onefold_fact::standard::address::region_form;
///
/// assert_eq!(region_form("Île-de-France"), "ile de france");
/// ```
pub fn region_form(region: &str) -> String {
    place_form(region)
}

fn place_form(place: &str) -> String {
    let folded = text::fold(place);
    if !folded.split(' ').any(|word| matches!(word, "st" | "ste" | "sainte" | "mt" | "ft")) {
        return folded;
    }
    let mut form = String::with_capacity(folded.len() + 6);
    for word in folded.split(' ') {
        if !form.is_empty() {
            form.push(' ');
        }
        form.push_str(match word {
            "st" | "ste" | "sainte" => "saint",
            "mt" => "mount",
            "ft" => "fort",
            other => other,
        });
    }
    form
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places() {
        for (a, b) in
            [("St. Pölten", "Saint Polten"), ("Mt Vernon", "Mount Vernon"), ("BURY ST EDMUNDS", "bury saint edmunds")]
        {
            assert_eq!(city_form(a), city_form(b));
        }
        for (postcode, form) in [
            ("sw1a1aa", "SW1A1AA"),
            ("SW1A-1AA", "SW1A1AA"),
            ("123456789", "12345"),
            ("1234 AB", "1234AB"),
            ("CH-8001", "8001"),
            ("", ""),
        ] {
            assert_eq!(postcode_form(postcode), form);
        }
    }

    proptest! {
        #[test]
        fn forms_are_their_own_forms(place in ".*|((st|ste|mt|D-|12345|6789|a|-)[ -]?){0,5}") {
            for form in [postcode_form, city_form, region_form] {
                let once = form(&place);
                prop_assert_eq!(form(&once), once);
            }
        }
    }
}

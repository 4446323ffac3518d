//! How numbers are dialled in the countries of the world: facts of ITU-T E.164 and of the national numbering plans.

/// The numbering plan behind one calling code.
pub(super) struct Plan {
    /// The calling code, digits only.
    pub(super) code: &'static str,
    /// What is dialled before a number inside the country and left out from abroad; empty where nothing is.
    pub(super) trunk: &'static str,
    /// Fewest and most digits of a national number, without the trunk prefix.
    pub(super) digits: (usize, usize),
}

const fn plan(code: &'static str, trunk: &'static str, least: usize, most: usize) -> Plan {
    Plan { code, trunk, digits: (least, most) }
}

/// The plan of a calling code. Codes that are not listed have no trunk prefix and four to twelve digits.
pub(super) fn plan_of(code: &str) -> Option<&'static Plan> {
    PLANS.binary_search_by(|plan| plan.code.cmp(code)).ok().map(|at| &PLANS[at])
}

/// The calling code at the beginning of an international number. E.164 gives out codes so that none begins another: 1
/// and 7 have one digit, those listed here two, all others three.
pub(super) fn calling_code(digits: &str) -> Option<&str> {
    let length = match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [a, b, ..] if TWO_DIGITS.contains(&[*a, *b]) => 2,
        [b'2'..=b'9', _, _, ..] => 3,
        _ => return None,
    };
    digits.get(..length)
}

#[rustfmt::skip]
const TWO_DIGITS: &[[u8; 2]] = &[
    *b"20", *b"27", *b"30", *b"31", *b"32", *b"33", *b"34", *b"36", *b"39", *b"40", *b"41", *b"43", *b"44", *b"45", *b"46",
    *b"47", *b"48", *b"49", *b"51", *b"52", *b"53", *b"54", *b"55", *b"56", *b"57", *b"58", *b"60", *b"61", *b"62", *b"63",
    *b"64", *b"65", *b"66", *b"81", *b"82", *b"84", *b"86", *b"90", *b"91", *b"92", *b"93", *b"94", *b"95", *b"98",
];

/// Sorted by calling code.
const PLANS: &[Plan] = &[
    plan("1", "1", 10, 10),
    plan("20", "0", 8, 10),
    plan("212", "0", 9, 9),
    plan("213", "0", 8, 9),
    plan("216", "", 8, 8),
    plan("218", "0", 8, 9),
    plan("233", "0", 9, 9),
    plan("234", "0", 8, 10),
    plan("250", "0", 9, 9),
    plan("251", "0", 9, 9),
    plan("254", "0", 9, 9),
    plan("255", "0", 9, 9),
    plan("256", "0", 9, 9),
    plan("260", "0", 9, 9),
    plan("262", "0", 9, 9),
    plan("263", "0", 7, 9),
    plan("27", "0", 9, 9),
    plan("30", "", 10, 10),
    plan("31", "0", 9, 9),
    plan("32", "0", 8, 9),
    plan("33", "0", 9, 9),
    plan("34", "", 9, 9),
    plan("351", "", 9, 9),
    plan("352", "", 4, 11),
    plan("353", "0", 7, 9),
    plan("354", "", 7, 9),
    plan("355", "0", 8, 9),
    plan("356", "", 8, 8),
    plan("357", "", 8, 8),
    plan("358", "0", 5, 12),
    plan("359", "0", 7, 9),
    plan("36", "06", 8, 9),
    plan("370", "0", 8, 8),
    plan("371", "", 8, 8),
    plan("372", "", 7, 8),
    plan("373", "0", 8, 8),
    plan("374", "0", 8, 8),
    plan("375", "8", 9, 9),
    plan("380", "0", 9, 9),
    plan("381", "0", 8, 10),
    plan("382", "0", 8, 9),
    plan("385", "0", 8, 9),
    plan("386", "0", 8, 8),
    plan("387", "0", 8, 9),
    plan("389", "0", 8, 8),
    // In Italy the zero belongs to the number.
    plan("39", "", 6, 11),
    plan("40", "0", 9, 9),
    plan("41", "0", 9, 9),
    plan("420", "", 9, 9),
    plan("421", "0", 9, 9),
    plan("423", "", 7, 9),
    plan("43", "0", 4, 13),
    plan("44", "0", 9, 10),
    plan("45", "", 8, 8),
    plan("46", "0", 7, 10),
    plan("47", "", 8, 8),
    plan("48", "", 9, 9),
    plan("49", "0", 5, 12),
    plan("51", "0", 8, 9),
    plan("52", "", 10, 10),
    plan("54", "0", 10, 11),
    plan("55", "0", 10, 11),
    plan("56", "", 9, 9),
    plan("57", "", 8, 10),
    plan("58", "0", 10, 10),
    plan("590", "0", 9, 9),
    plan("591", "0", 8, 8),
    plan("593", "0", 8, 9),
    plan("594", "0", 9, 9),
    plan("595", "0", 7, 9),
    plan("596", "0", 9, 9),
    plan("598", "0", 7, 8),
    plan("60", "0", 8, 10),
    plan("61", "0", 9, 9),
    plan("62", "0", 7, 12),
    plan("63", "0", 8, 10),
    plan("64", "0", 8, 10),
    plan("65", "", 8, 8),
    plan("66", "0", 8, 9),
    plan("7", "8", 10, 10),
    plan("81", "0", 9, 10),
    plan("82", "0", 8, 10),
    plan("84", "0", 9, 10),
    plan("852", "", 8, 8),
    plan("853", "", 8, 8),
    plan("855", "0", 8, 9),
    plan("856", "0", 8, 10),
    plan("86", "0", 9, 11),
    plan("880", "0", 8, 10),
    plan("886", "0", 8, 9),
    plan("90", "0", 10, 10),
    plan("91", "0", 10, 10),
    plan("92", "0", 9, 10),
    plan("93", "0", 9, 9),
    plan("94", "0", 9, 9),
    plan("95", "0", 7, 10),
    plan("961", "0", 7, 8),
    plan("962", "0", 8, 9),
    plan("963", "0", 8, 9),
    plan("964", "0", 8, 10),
    plan("965", "", 8, 8),
    plan("966", "0", 8, 9),
    plan("967", "0", 7, 9),
    plan("968", "", 8, 8),
    plan("970", "0", 8, 9),
    plan("971", "0", 8, 9),
    plan("972", "0", 8, 9),
    plan("973", "", 8, 8),
    plan("974", "", 8, 8),
    plan("976", "0", 8, 8),
    plan("977", "0", 8, 10),
    plan("98", "0", 10, 10),
    plan("992", "", 9, 9),
    plan("993", "8", 8, 8),
    plan("994", "0", 9, 9),
    plan("995", "0", 9, 9),
    plan("996", "0", 9, 9),
    plan("998", "", 9, 9),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::Country;

    #[test]
    fn plans_are_sorted_and_fit_e164() {
        assert!(PLANS.is_sorted_by(|a, b| a.code < b.code));
        assert!(TWO_DIGITS.is_sorted());
        for plan in PLANS {
            assert!(plan.digits.0 <= plan.digits.1 && plan.code.len() + plan.digits.1 <= 15);
            assert_eq!(calling_code(&format!("{}2000000", plan.code)), Some(plan.code));
        }
    }

    #[test]
    fn every_country_has_a_calling_code_of_the_plan() {
        for country in Country::all() {
            assert_eq!(
                calling_code(&format!("{}2000000", country.dial_code())),
                Some(country.dial_code()),
                "{country}"
            );
        }
    }
}

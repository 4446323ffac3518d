//! What is no id although it stands where ids stand.

use onefold_fact::standard::text;

use crate::set_aside::cut;

/// Ids that programs send when they have none, in any case, with or without quotes.
const IN_ANY_CASE: &[&str] = &[
    "anonymous",
    "distinct_id",
    "distinctid",
    "email",
    "false",
    "guest",
    "id",
    "nan",
    "nil",
    "none",
    "not_authenticated",
    "null",
    "true",
    "undefined",
    "user_id",
    "userid",
];

/// Whether a text is what programs send when they have no id: `undefined`, `[object Object]`, `0`, zeros and dashes.
/// Such a value would make one customer of all who have none.
pub(crate) fn is_junk(id: &str) -> bool {
    let bare = id.trim().trim_matches(['"', '\'']);
    bare.is_empty()
        || bare.bytes().all(|byte| matches!(byte, b'0' | b'-' | b'.' | b'_' | b' '))
        || bare == "-1"
        || text::is_placeholder(bare)
        || IN_ANY_CASE.iter().any(|junk| bare.eq_ignore_ascii_case(junk))
}

/// Why such a text is set aside.
pub(crate) fn no_id(id: &str) -> String {
    format!("`{}` is what programs write when they have no id; expected an id or nothing", cut(id, 60))
}

#[cfg(test)]
mod tests {
    use super::is_junk;

    #[test]
    fn junk_is_no_id() {
        for id in [
            "",
            " ",
            "null",
            "NULL",
            "undefined",
            "[object Object]",
            "0",
            "00000000-0000-0000-0000-000000000000",
            "-1",
            "\"guest\"",
            "NaN",
            "None",
        ] {
            assert!(is_junk(id), "{id}");
        }
        for id in ["1", "u42", "000123", "ada@x.io", "nullarbor"] {
            assert!(!is_junk(id), "{id}");
        }
    }
}

//! Rules checked against what there is.

use onefold_profile::Contract;
use onefold_segment::{Segments, Vocabulary};

use crate::support::{rule, schema};

fn contract() -> Contract {
    serde_json::from_str(
        r#"{"events": {
            "order": {"properties": {"total": "number", "status": "text", "gift": "boolean"}},
            "page view": {}
        }}"#,
    )
    .unwrap()
}

fn errors(text: &str) -> Vec<String> {
    let (schema, contract, segments) =
        (schema(), contract(), Segments::new([("vip".into(), rule("vip = true"))]).unwrap());
    let vocabulary = Vocabulary::new(&schema).with_events(&contract).with_segments(&segments);
    let errors = vocabulary.read(text).err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn what_there_is_passes() {
    for text in [
        r#"plan = "pro" and age >= 18 and email matches "@x" and renewal is within the next 30d and vip = true"#,
        r#"renewal > 2026-01-01 and tags every value = "a" and tags size >= 2 and address.city = "Bonn""#,
        r#"did "order" where (total > 5 and status = "paid") and did "page view" where (anything_goes = 1)"#,
        r#"sum of total of "order" >= 5 and last status of "order" = "paid" and in segment "vip""#,
        r#"sum of total of any of ("order", "page view") >= 5 and vip is missing or plan is empty"#,
    ] {
        assert_eq!(errors(text), [""; 0], "{text}");
    }
}

#[test]
fn what_there_is_not_is_named_with_what_was_meant() {
    for (text, error) in [
        (r#"paln = "pro""#, "unknown field `paln`, line 1, column 1: did you mean `plan`?"),
        (r#"did "Oder""#, "unknown event `Oder`, line 1, column 6: did you mean `order`?"),
        (r#"did "order" where (totl > 5)"#, "unknown property `totl`, line 1, column 20: did you mean `total`?"),
        (r#"sum of totl of "order" > 5"#, "unknown property `totl`, line 1, column 8: did you mean `total`?"),
        (r#"in segment "vpi""#, "unknown segment `vpi`, line 1, column 12: did you mean `vip`?"),
        (
            r#"colour is missing"#,
            "unknown field `colour`, line 1, column 1: there are `address`, `age`, `email`, `plan`, `renewal`, `tags`, `vip`",
        ),
        (r#"vip = "yes""#, "`vip` is yes or no, line 1, column 1: compare it with `true` or `false`"),
        (r#"plan = 3"#, "`plan` is text, line 1, column 1: compare it with text in double quotes"),
        (r#"age contains "3""#, "`age` is a number, line 1, column 1: compare it with a number, like `18`"),
        (
            r#"age is within the last 3d"#,
            "`age` is a number, not a time, line 1, column 1: compare it with a number, like `18`",
        ),
        (r#"count of "order" > "3""#, "`count` is a number, line 1, column 1: compare it with a number, like `18`"),
        (
            r#"did "order" where (gift > 5)"#,
            "`gift` is yes or no, line 1, column 20: compare it with `true` or `false`",
        ),
        (
            r#"sum of gift of "order" > 5"#,
            "`gift` is yes or no, not a number, line 1, column 8: name a property that is a number",
        ),
        (
            r#"sum of total in each currency of "order" > 5"#,
            "`total` in each currency is no one number, line 1, column 8: name the currency, like `in EUR`",
        ),
    ] {
        assert_eq!(errors(text), [error], "{text}");
    }
}

/// Mutation: give parts the place of the whole.
#[test]
fn all_that_is_wrong_is_told_also_of_json() {
    let text = r#"not (paln = "a" or age >= 3) and has been (emial = "b") for 3d"#;
    assert_eq!(errors(text).len(), 2);
    let (schema, rule) = (schema(), rule(text));
    let errors = Vocabulary::new(&schema).check(&rule);
    let spans: Vec<&str> = errors.iter().map(|error| &text[error.span().unwrap()]).collect();
    assert_eq!(spans, ["paln", "emial"]);
}

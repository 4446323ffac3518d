//! Rules as text: how they read, and what is said of bad ones.

use onefold_segment::{Condition, Rule, RuleError};

use crate::support::rule;

fn error(text: &str) -> RuleError {
    text.parse::<Rule>().expect_err(text)
}

#[test]
fn shorter_forms_are_read_as_the_full_ones() {
    for (short, full) in [
        (r#"did not "order""#, r#"not did "order""#),
        (r#"did "order" at least 1 time ever"#, r#"did "order""#),
        (r#"plan != "pro""#, r#"not plan = "pro""#),
        (r#"plan is missing"#, r#"not plan is present"#),
        (r#"plan not in ("a", "b")"#, r#"not plan in ("a", "b")"#),
        (
            r#"did "order" where status = "paid" in the last 24h"#,
            r#"did "order" where (status = "paid") in the last 1d"#,
        ),
        (r#"(((plan = "pro")))"#, r#"plan = "pro""#),
        (r#"did "order" from 2026-01-01"#, r#"did "order" from 2026-01-01T00:00:00Z"#),
        ("always", "always"),
        ("all of ()", "always"),
        ("any of (never)", "any of (never)"),
        (r#"not (plan = "a" or plan = "b") and age > 3"#, r#"not (plan = "a" or plan = "b") and age > 3"#),
    ] {
        assert_eq!(rule(short).to_string(), full);
    }
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    for (text, message, marked) in [
        ("", "expected a condition, found the end, line 1, column 1", ""),
        ("plan = ", "expected a value, found the end, line 1, column 8", ""),
        ("plan = pro", "expected a value, found `pro`, line 1, column 8", "pro"),
        (
            "plan is presnt",
            "expected a test, found `is`, line 1, column 6: like `= 5`, `>= 5`, `in (\"a\", \"b\")`, `is present`, `is missing`, `contains \"x\"`",
            "is",
        ),
        (
            r#"did "a" adn did "b""#,
            r#"expected `and`, `or`, or the end, found `adn`, line 1, column 9: did you mean `and`?"#,
            "adn",
        ),
        (
            r#"did "a" in the last 0d"#,
            "`0d` is not a length of time; expected a number and one of `d`, `h`, `m`, `s`, like `30d`, up to `36500d`, line 1, column 21",
            "0d",
        ),
        (
            r#"did "a" in the last 3652500d"#,
            "`3652500d` is not a length of time; expected a number and one of `d`, `h`, `m`, `s`, like `30d`, up to `36500d`, line 1, column 21",
            "3652500d",
        ),
        (
            "count = 3",
            "expected a condition, found `count`, line 1, column 1: a name that is a word of the language stands in backquotes: `` `count` ``",
            "count",
        ),
        (
            r#"did "a" from 2026-02-01 until 2026-01-01 and plan = "b""#,
            "its window ends (2026-01-01T00:00:00+00:00) before it begins (2026-02-01T00:00:00+00:00); let `until` be later than `from`, line 1, column 1",
            r#"did "a" from 2026-02-01 until 2026-01-01"#,
        ),
        (
            r#"has been (has been (plan = "a") for 1d) for 2d"#,
            "`has been` cannot hold another one; say it outside, line 1, column 1",
            r#"has been (has been (plan = "a") for 1d) for 2d"#,
        ),
        (
            r#"plan matches "(a{1000}){1000}""#,
            "`(a{1000}){1000}` cannot be used as a pattern: it is too large; repeat fewer times, or say `starts with` or `contains`, line 1, column 14",
            r#""(a{1000}){1000}""#,
        ),
        ("plan = \"x", "text without an end, line 1, column 8: close it by a double quote", "\""),
        (
            "random 0% by \"x\"",
            "a part of all subjects reaches from a smaller to a larger percentage up to 100%, line 1, column 1",
            "random 0% by \"x\"",
        ),
    ] {
        let error = error(text);
        assert_eq!(error.to_string(), message, "{text}");
        assert_eq!(text.get(error.span().unwrap()), Some(marked), "{text}");
    }
}

#[test]
fn a_snippet_marks_the_place() {
    let error = error("plan = \"pro\" and\n  did \"order\" in the last 3x");
    assert_eq!(error.snippet(), "  did \"order\" in the last 3x\n                          ^^");
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |deep: usize| format!("{}plan = 1{}", "not (".repeat(deep), ")".repeat(deep));
    assert!(nested(Rule::MAX_DEPTH - 1).parse::<Rule>().is_err()); // a negation and a pair of parentheses are two levels to read
    assert!(nested(20).parse::<Rule>().is_ok());
    for deep in [49, 1_000, 100_000] {
        assert!(error(&nested(deep)).message().contains("nested deeper than 48"));
        assert!(error(&format!("{}plan = 1", "not ".repeat(deep))).message().contains("nested deeper than 48"));
        assert!(error(&format!("did \"a\" where {}x = 1", "not ".repeat(deep))).message().contains("nested deeper"));
        assert!(error(&"(".repeat(deep + 4)).message().contains("nested deeper than 48"));
        let json = format!("{}{{\"all\":[]}}{}", "{\"not\":".repeat(deep), "}".repeat(deep));
        assert!(serde_json::from_str::<Rule>(&json).is_err());
    }
    let wide = |parts: usize| vec!["plan = 1"; parts].join(" or ");
    assert!(wide(9_999).parse::<Rule>().is_ok());
    assert!(error(&wide(10_000)).message().contains("more than 10000 parts"));

    let mut deep = Condition::All(Vec::new());
    for _ in 0..1_000 {
        deep = deep.negated();
    }
    assert!(Rule::new(deep).unwrap_err().message().contains("nested deeper than 48"));
}

/// Mutation: count a weighted part as one level.
#[test]
fn the_deepest_rule_is_written_and_read() {
    let mut deep = rule(r#"did "a" where (x has (y = 1))"#).condition().clone();
    let mut rules = Vec::new();
    while let Ok(rule) = Rule::new(deep.clone()) {
        rules.push(rule);
        deep = Condition::Score { parts: vec![onefold_segment::Weighted { weight: 1, condition: deep }], at_least: 1 };
    }
    let deepest = rules.last().unwrap();
    assert_eq!(rules.len(), 23);
    assert_eq!(deepest.to_string().parse::<Rule>().unwrap(), *deepest);
    assert_eq!(serde_json::from_str::<Rule>(&serde_json::to_string(deepest).unwrap()).unwrap(), *deepest);
}

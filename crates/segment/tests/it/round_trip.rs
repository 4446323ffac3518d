//! Law 6: rule text, tree and JSON are one.

use onefold_segment::Rule;
use proptest::prelude::*;

use crate::support::any_rule;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Mutations: print a list of one condition without `all of`; print a decimal without places like an integer;
    /// leave out the parentheses around an `or` within a negation; write `count` as a field without backquotes.
    #[test]
    fn text_and_json_give_back_the_same_rule(rule in any_rule()) {
        let text = rule.to_string();
        let read: Rule = text.parse().map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(&read, &rule, "{}", text);
        prop_assert_eq!(read.to_string(), text);

        let json = serde_json::to_string(&rule).unwrap();
        let read: Rule = serde_json::from_str(&json).map_err(|error| TestCaseError::fail(format!("{json}: {error}")))?;
        prop_assert_eq!(&read, &rule, "{}", json);
    }

    /// Law 8 of the reader. Mutations: take a byte for a letter in the lexer; do not bound the depth.
    #[test]
    fn no_text_panics(text in r#"([a-z `"().,<=>%0-9é-]|did|not|and|in the last|"x"|where|sequence ){0,40}"#) {
        if let Err(error) = text.parse::<Rule>() {
            prop_assert!(!error.to_string().is_empty());
            prop_assert!(error.snippet().contains('^'));
        }
    }
}

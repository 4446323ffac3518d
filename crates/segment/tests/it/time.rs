//! Law 4 of the reference: a verdict holds until the clock that it names.

use onefold_segment::Definition;
use onefold_segment::Rule;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{any_body, any_clock, any_condition, profile};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Mutations: forget the silence, or what leaves the window, in the next change of a sequence; let `has been` name
    /// only the change of its condition; forget that a date comes within reach.
    #[test]
    fn nothing_changes_before_its_time(
        condition in any_condition(),
        said in vec((any_body(), any_clock()), 0..12),
        (clock, later) in (any_clock(), any_clock()),
    ) {
        let subject = profile("1", &said);
        let rule = Definition::try_from(Rule::new(condition).unwrap()).unwrap();
        let now = rule.evaluate(&subject, clock);
        if let Some(next) = now.next_change_at {
            prop_assert!(next > clock);
        }
        if later > clock && now.next_change_at.is_none_or(|next| later < next) {
            prop_assert_eq!(rule.evaluate(&subject, later).holds, now.holds, "{:?}", rule);
        }
    }
}

//! Rules and segments: one typed language, exact to the instant, that can explain itself.
//!
//! The one decision that shaped it: *a rule has one meaning*. A short [reference evaluator](Definition::evaluate) says
//! what each condition means of one [`Subject`] at a clock; whatever is faster has to agree with it.
//!
//! ```
//! use onefold_segment::{Definition, Rule};
//!
//! let rule: Rule = r#"plan = "pro" and not did "order" in the last 30d"#.parse()?;
//! let json = serde_json::to_string(&rule)?;
//! assert_eq!(serde_json::from_str::<Rule>(&json)?, rule);
//! let lapsing = Definition::try_from(rule)?;
//! assert!(!lapsing.analyse(&onefold_fact::Schema::default()).is_never);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It never knows what a subject is (a customer, a deal, a ticket), where facts are kept, or what time it is.

mod analysis;
mod condition;
mod error;
mod explain;
mod field;
mod live;
mod possible;
mod reference;
mod rule;
mod segments;
mod sequence;
mod sets;
mod sql;
mod subject;
mod text;
mod vocabulary;

pub use analysis::{Analysis, Oddity};
pub use condition::{Bucket, Condition, Dimension, Quantifier, Weighted};
pub use error::RuleError;
pub use explain::{Explanation, Flip, Reason};
pub use field::{FieldPath, FieldTest, InvalidPattern, Pattern};
pub use live::{Applied, Change, Cost, Footprint, Happening, Live, Membership};
pub use reference::Verdict;
pub use rule::Rule;
pub use segments::{Definition, Segments};
pub use sequence::{Sequence, Silence, Step};
pub use sets::{Combination, Members};
pub use sql::{Column, Dialect, Holds, Tables};
pub use subject::{Consented, Related, Subject};
pub use vocabulary::Vocabulary;

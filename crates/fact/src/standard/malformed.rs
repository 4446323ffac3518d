use std::borrow::Cow;

/// Why a text could not be read as the kind of value that it was said to be, and what would have been right.
///
/// ```
/// use onefold_fact::standard::date::parse_date;
///
/// let error = parse_date("1990-02-30", None).unwrap_err();
/// assert_eq!(error.problem(), "`1990-02-30` is not a date: February 1990 has 28 days");
/// assert_eq!(error.expected(), "a date such as `1990-03-12` or `12 March 1990`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; expected {expected}")]
pub struct Malformed {
    problem: String,
    expected: Cow<'static, str>,
}

/// How many characters of an input an error message repeats.
const QUOTED: usize = 60;

impl Malformed {
    /// An error from a finished sentence and from what was expected instead.
    pub(crate) fn new(problem: impl Into<String>, expected: impl Into<Cow<'static, str>>) -> Self {
        Malformed { problem: problem.into(), expected: expected.into() }
    }

    /// An error about `input`: the quoted input, then `what` is wrong with it (`is not a date`).
    pub(crate) fn value(input: &str, what: &str, expected: impl Into<Cow<'static, str>>) -> Self {
        Malformed::new(format!("{} {what}", Malformed::quote(input)), expected)
    }

    /// The input in backticks, cut to sixty characters, with line breaks and other control characters made visible.
    pub(crate) fn quote(input: &str) -> String {
        let mut quoted = String::with_capacity(input.len().min(4 * QUOTED) + 4);
        quoted.push('`');
        for (at, c) in input.chars().enumerate() {
            if at == QUOTED {
                quoted.push('…');
                break;
            }
            quoted.push(if c.is_control() { '\u{FFFD}' } else { c });
        }
        quoted.push('`');
        quoted
    }

    /// What is wrong, with the input in backticks: lower case, no final period.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What would have been right, as the rest of a sentence that begins with "expected".
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_input_is_cut_and_control_characters_are_shown() {
        let error = Malformed::value(&"é".repeat(100), "is not a number", "a number");
        assert_eq!(error.problem(), format!("`{}…` is not a number", "é".repeat(60)));
        assert_eq!(Malformed::quote("a\nb"), "`a\u{FFFD}b`");
        assert_eq!(
            Malformed::value("x", "is not a number", "a number").to_string(),
            "`x` is not a number; expected a number"
        );
    }
}

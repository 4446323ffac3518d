//! From a cell to a value of its kind.

use onefold_fact::standard::text;
use onefold_fact::{Conventions, Kind, Value};
use rust_decimal::Decimal;

/// A cell of a row, whatever the format of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    /// Text, as every cell of a table is.
    Text(&'a str),
    /// A value that is more than text: a number, a list.
    Value(&'a Value),
}

/// What a cell says: a value, or nothing if it is blank or holds a word for nothing.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) value: Option<Value>,
    /// Why the cell, or an item of its list, is nothing that its kind allows.
    pub(crate) problem: Option<String>,
}

impl From<Value> for Said {
    fn from(value: Value) -> Self {
        Self { value: Some(value), problem: None }
    }
}

/// Whether a cell of this kind says nothing. Some words for nothing are names that people bear.
pub(super) fn says_nothing(cell: &str, kind: Kind) -> bool {
    let name = matches!(
        kind,
        Kind::GivenName
            | Kind::MiddleName
            | Kind::FamilyName
            | Kind::FullName
            | Kind::Company
            | Kind::City
            | Kind::Street
    );
    // No word for nothing has a digit but those that spreadsheets begin with a hash: most cells are done here.
    let says_something = cell.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
        && (cell.len() > 24 || cell.bytes().any(|byte| byte.is_ascii_digit()));
    !says_something && (text::is_blank(cell) || (text::is_placeholder(cell) && !(name && text::may_be_name(cell))))
}

/// What a cell of this kind says.
pub(crate) fn read(cell: Cell<'_>, kind: Kind, conventions: &Conventions) -> Said {
    match cell {
        Cell::Text(text) => read_text(text, kind, conventions),
        Cell::Value(Value::Text(text)) => read_text(text, kind, conventions),
        // A number is read as it is written in JSON, where a dot parts no thousands.
        Cell::Value(Value::Integer(number)) if matches!(kind, Kind::Integer) => Said::from(Value::Integer(*number)),
        Cell::Value(Value::Integer(number)) if matches!(kind, Kind::Decimal | Kind::Money) => {
            Said::from(Value::Decimal(Decimal::from(*number)))
        }
        Cell::Value(Value::Decimal(number)) if matches!(kind, Kind::Decimal | Kind::Money) => {
            Said::from(Value::Decimal(*number))
        }
        Cell::Value(Value::List(items)) => read_list(items, kind, conventions),
        Cell::Value(value @ Value::Map(_)) => Said::from(value.clone()),
        Cell::Value(value @ (Value::Integer(_) | Value::Decimal(_) | Value::Boolean(_)))
            if matches!(kind, Kind::Text | Kind::Category | Kind::FreeText) =>
        {
            Said::from(value.clone())
        }
        Cell::Value(value) => read_text(&value.to_text(), kind, conventions),
    }
}

fn read_text(text: &str, kind: Kind, conventions: &Conventions) -> Said {
    if says_nothing(text, kind) {
        return Said::default();
    }
    match kind.parse(text, conventions) {
        // What is left of a soft hyphen is nothing.
        Ok(Value::Text(text)) if text.is_empty() => Said::default(),
        Ok(value) => Said::from(value),
        Err(malformed) => Said { value: None, problem: Some(malformed.to_string()) },
    }
}

/// A list whose items are of the kind. An item that is not is left out, with the first such problem.
fn read_list(items: &[Option<Value>], kind: Kind, conventions: &Conventions) -> Said {
    let mut values = Vec::with_capacity(items.len());
    let mut problem = None;
    for item in items.iter().flatten() {
        // Lists in lists are kept as they are.
        let said = match item {
            Value::List(_) | Value::Map(_) => Said::from(item.clone()),
            item => read(Cell::Value(item), kind, conventions),
        };
        problem = problem.or(said.problem);
        values.extend(said.value.map(Some));
    }
    Said { value: (!values.is_empty()).then(|| Value::List(values.into())), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_say_nothing() {
        for word in text::PLACEHOLDERS.iter().copied().chain(["", " ", "-", "--", "xxx", "?"]) {
            assert!(says_nothing(word, Kind::Text), "{word}");
        }
        assert!(!says_nothing("Null", Kind::FamilyName) && says_nothing("n/a", Kind::FamilyName));
        assert!(!says_nothing("0", Kind::Integer));
    }
}

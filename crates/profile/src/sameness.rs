//! [`Sameness`]: which values of an attribute are one value in several spellings.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use onefold_fact::{Kind, Value};

/// The values of one attribute, in classes of equal standard form.
pub(crate) struct Sameness {
    /// The class of each value. Both are left empty if all values are equal: forms are dear, and then nobody asks.
    class_of: Vec<usize>,
    forms: Vec<Form>,
}

/// The standard form of a class. A value of which nothing can be compared (`-`) is the same as itself only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Standard(String),
    Verbatim(String),
}

impl Form {
    fn of(kind: Kind, value: &Value) -> Self {
        let form = match value {
            // Equal numbers are one value however many zeros they end in.
            Value::Decimal(number) => kind.form(&Value::Decimal(number.normalize())),
            other => kind.form(other),
        };
        if form.is_empty() { Form::Verbatim(value.to_text().into_owned()) } else { Form::Standard(form) }
    }
}

impl Sameness {
    /// The classes of these values.
    pub(crate) fn of<'a>(kind: Kind, mut values: impl Iterator<Item = &'a Value> + Clone) -> Self {
        let all = values.clone();
        let first = values.next();
        if first.is_none_or(|first| values.all(|value| value == first)) {
            return Self { class_of: Vec::new(), forms: Vec::new() };
        }
        let mut seen: BTreeMap<&'a Value, usize> = BTreeMap::new();
        let mut classes: BTreeMap<Form, usize> = BTreeMap::new();
        let class = |value| {
            *seen.entry(value).or_insert_with(|| {
                let next = classes.len();
                *classes.entry(Form::of(kind, value)).or_insert(next)
            })
        };
        let class_of = all.map(class).collect();
        let mut forms: Vec<(usize, Form)> = classes.into_iter().map(|(form, class)| (class, form)).collect();
        forms.sort_unstable_by_key(|(class, _)| *class);
        Self { class_of, forms: forms.into_iter().map(|(_, form)| form).collect() }
    }

    /// The class of the value at a place.
    pub(crate) fn class(&self, place: usize) -> usize {
        self.class_of.get(place).copied().unwrap_or(0)
    }

    /// How many classes there are.
    pub(crate) fn len(&self) -> usize {
        self.forms.len().max(1)
    }

    /// Which of two values with their classes is the larger: numbers as numbers, days as days, text by its standard
    /// form; values of different types by type, so that the order is total.
    pub(crate) fn compare(&self, (a, class_a): (&Value, usize), (b, class_b): (&Value, usize)) -> Ordering {
        match (a, b) {
            _ if class_a == class_b => Ordering::Equal,
            (Value::Text(_), Value::Text(_)) => self.forms.get(class_a).cmp(&self.forms.get(class_b)),
            _ => by_type(a, b),
        }
    }
}

fn by_type(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Integer(a), Value::Decimal(b)) => b.cmp(&(*a).into()).reverse(),
        (Value::Decimal(a), Value::Integer(b)) => a.cmp(&(*b).into()),
        (Value::List(a), Value::List(b)) => each(a.iter(), b.iter(), optional),
        (Value::Map(a), Value::Map(b)) => {
            each(a.iter(), b.iter(), |(name_a, a), (name_b, b)| name_a.cmp(name_b).then_with(|| optional(a, b)))
        }
        _ => a.cmp(b),
    }
}

fn optional(a: &Option<Value>, b: &Option<Value>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => by_type(a, b),
        _ => a.is_some().cmp(&b.is_some()),
    }
}

/// Lexicographic order; of two sequences where one begins the other the shorter is the smaller.
fn each<T>(
    mut a: impl Iterator<Item = T>,
    mut b: impl Iterator<Item = T>,
    compare: impl Fn(T, T) -> Ordering,
) -> Ordering {
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) => match compare(a, b) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
            (a, b) => return a.is_some().cmp(&b.is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(kind: Kind, values: &[Value]) -> Vec<usize> {
        let sameness = Sameness::of(kind, values.iter());
        (0..values.len()).map(|place| sameness.class(place)).collect()
    }

    fn number(json: &str) -> Value {
        Value::from_json(json).unwrap().value.unwrap()
    }

    #[test]
    fn spellings_of_one_value_are_one_class() {
        let names = ["O'Brien", "OBRIEN", "Smith", "obrien"].map(Value::from);
        assert_eq!(classes(Kind::FamilyName, &names), [0, 0, 1, 0]);
        assert_eq!(classes(Kind::Decimal, &[number("1.50"), number("2"), number("1.5")]), [0, 1, 0]);
    }

    /// Mutation: the empty form made a class of its own.
    #[test]
    fn what_cannot_be_compared_is_the_same_as_itself_only() {
        assert_eq!(classes(Kind::Text, &["--", "??", "--"].map(Value::from)), [0, 1, 0]);
    }

    #[test]
    fn numbers_compare_as_numbers_whatever_their_type() {
        let sameness = Sameness { class_of: Vec::new(), forms: Vec::new() };
        let compare = |a: &str, b: &str| sameness.compare((&number(a), 0), (&number(b), 1));
        assert_eq!(compare("9", "10"), Ordering::Less);
        assert_eq!(compare("9.5", "10"), Ordering::Less);
        assert_eq!(compare("10", "9.5"), Ordering::Greater);
        assert_eq!(compare(r#"{"amount":9.5}"#, r#"{"amount":10}"#), Ordering::Less);
        assert_eq!(compare("[1,2]", "[1,2,3]"), Ordering::Less);
    }
}

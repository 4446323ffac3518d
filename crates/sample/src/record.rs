//! A person record: fields as entered, and what two records are compared in.

use chrono::NaiveDate;

use crate::phone::standard_digits;
use crate::tables::Country;
use crate::text;

/// The personal fields of a record as entered; blank is empty.
#[derive(Clone, Default)]
pub(crate) struct Fields {
    pub(crate) title: &'static str,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) birth_date: Option<NaiveDate>,
    pub(crate) email: String,
    /// The one number of a source with one; in the CRM what is no mobile.
    pub(crate) phone: String,
    /// Only in the CRM.
    pub(crate) mobile: String,
    pub(crate) street: String,
    pub(crate) city: String,
    pub(crate) postcode: String,
    pub(crate) country: String,
}

impl Fields {
    /// The e-mail address in lower case.
    pub(crate) fn mailbox(&self) -> String {
        self.email.trim().to_lowercase()
    }

    /// The key of a row without an own one: its e-mail address, as an identifier.
    pub(crate) fn email_key(&self) -> String {
        format!("email:{}", self.mailbox())
    }

    /// The mobile number, else the other.
    pub(crate) fn any_phone(&self) -> &str {
        if self.mobile.is_empty() { &self.phone } else { &self.mobile }
    }

    /// The name in one field, empty if there is none.
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// Puts the names back from one field, as somebody has to who gets only that: at the comma, else at the last space.
    pub(crate) fn split_name(&mut self, full_name: &str) {
        let (first, last) = match full_name.split_once(", ") {
            Some((last, first)) => (first, last),
            None => full_name.rsplit_once(' ').unwrap_or(("", full_name)),
        };
        (self.first_name, self.last_name) = (first.to_owned(), last.to_owned());
    }
}

/// One person record: what the truth lists.
pub(crate) struct Record {
    pub(crate) source: &'static str,
    pub(crate) key: String,
    pub(crate) person: u32,
    pub(crate) country: Country,
    pub(crate) fields: Fields,
}

/// The fields as a standard form that two records are compared in; `None` where a field says nothing.
///
/// Country and title are left out: they differ by the habit of the source, which would only look like dirt.
pub(crate) fn standard(record: &Record) -> [Option<String>; 8] {
    let fields = &record.fields;
    let folded = |text: &str| (!text::says_nothing(text)).then(|| text.trim().to_lowercase());
    [
        folded(&fields.first_name),
        folded(&fields.last_name),
        fields.birth_date.and_then(|born| folded(&born.to_string())),
        folded(&fields.email).filter(|email| email.contains('@')),
        standard_digits(fields.any_phone(), record.country),
        folded(&fields.street),
        folded(&fields.city),
        folded(&fields.postcode),
    ]
}

/// What a record can be found by: its e-mail address and its telephone numbers, in standard form.
pub(crate) fn contact_points(record: &Record) -> Vec<String> {
    let fields = &record.fields;
    let mut points: Vec<String> = [&fields.phone, &fields.mobile]
        .into_iter()
        .filter_map(|phone| standard_digits(phone, record.country))
        .collect();
    if !text::says_nothing(&fields.email) && fields.email.contains('@') {
        points.push(fields.mailbox());
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_name_is_split_at_comma_or_last_space() {
        let mut fields = Fields::default();
        fields.split_name("García López, Ana");
        assert_eq!((fields.first_name.as_str(), fields.last_name.as_str()), ("Ana", "García López"));
        fields.split_name("Mary Ann Smith");
        assert_eq!((fields.first_name.as_str(), fields.last_name.as_str()), ("Mary Ann", "Smith"));
        fields.split_name("Cher");
        assert_eq!((fields.first_name.as_str(), fields.last_name.as_str()), ("", "Cher"));
    }
}

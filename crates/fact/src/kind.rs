//! [`Kind`]: what a column or an attribute means, with its standard form and validation.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::schema::{PiiClass, Survivorship};
use crate::standard::{
    self, Country, DateOrder, Email, Malformed, Phone, Street, address, company, name, number, text, url,
};
use crate::value::Value;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What an attribute or a column means. The kind decides how text is read, which values are one value, how an
        /// attribute survives by default, and how two records are compared by it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $name)] $kind,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind,)*];

            /// The stable name, as written in a mapping or a schema: `given-name`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Kind::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// A title before a name: `Dr`.
    NameTitle = "name-title",
    /// A given name, possibly several: `Ada Augusta`.
    GivenName = "given-name",
    /// A middle name.
    MiddleName = "middle-name",
    /// A family name: `Lovelace`.
    FamilyName = "family-name",
    /// A whole name in one value, in any order: `Lovelace, Ada`.
    FullName = "full-name",
    /// A gender, as the source writes it.
    Gender = "gender",
    /// A day of birth; also a month or a year only.
    BirthDate = "birth-date",
    /// A number that an authority gave to one person or organisation: social security, passport, tax, VAT.
    NationalId = "national-id",
    /// An e-mail address.
    Email = "email",
    /// A phone number.
    Phone = "phone",
    /// A web address.
    Url = "url",
    /// A street address in one value, with or without the number: `12 High Street`.
    Street = "street",
    /// The number of a house.
    HouseNumber = "house-number",
    /// A further address line: a flat, a building, a locality.
    AddressLine = "address-line",
    /// A town.
    City = "city",
    /// A county, a state, a province.
    Region = "region",
    /// A postal code.
    Postcode = "postcode",
    /// A country; the standard form is ISO 3166-1 alpha-2.
    Country = "country",
    /// Degrees north of the equator, -90 to 90.
    Latitude = "latitude",
    /// Degrees east of Greenwich, -180 to 180.
    Longitude = "longitude",
    /// The name of an organisation.
    Company = "company",
    /// An amount of money, with its currency if it is stated.
    Money = "money",
    /// A whole number.
    Integer = "integer",
    /// A decimal number.
    Decimal = "decimal",
    /// Yes or no.
    Boolean = "boolean",
    /// A calendar day that is not a birth date.
    Date = "date",
    /// An instant.
    Timestamp = "timestamp",
    /// An id that some system gave.
    ExternalId = "external-id",
    /// Short text from a limited vocabulary: an occupation, a plan, a birth place.
    Category = "category",
    /// Short text without a known meaning.
    Text = "text",
    /// Prose.
    FreeText = "free-text",
}

/// What a source takes for granted when it writes values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conventions {
    /// The country whose phone numbers stand without a country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Whether `03/04/1990` is a day in April or in March.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
}

/// A number as the numbering plan of its country has it, with the feature `phone-e164`. A number that no plan has, and any
/// without the feature, is read by its digits alone: a misspelt number still tells two people apart, or brings one together.
fn phone(text: &str, country: Option<Country>) -> Result<Phone, Malformed> {
    #[cfg(feature = "phone-e164")]
    if let Ok(valid) = Phone::parse_valid(text, country) {
        return Ok(valid);
    }
    Phone::parse(text, country)
}

/// Degrees of so many at most, to either side.
fn degrees(text: &str, most: i64, expected: &'static str) -> Result<Decimal, Malformed> {
    let degrees = number::parse_decimal(text)?;
    if degrees.abs() > Decimal::from(most) {
        return Err(Malformed::value(text, "is out of range", expected));
    }
    Ok(degrees)
}

impl Kind {
    /// Reads a cell: the clean, typed value. Text keeps its spelling but for white space and control characters;
    /// e-mail addresses, phone numbers, countries, postal codes and web addresses take their standard form.
    ///
    /// ```
    /// use onefold_fact::{Conventions, Kind};
    ///
    /// let conventions = Conventions::default();
    /// assert_eq!(Kind::Country.parse("Deutschland", &conventions)?.to_text(), "DE");
    /// let wrong = Kind::BirthDate.parse("1990-02-30", &conventions).map_err(|e| e.to_string());
    /// assert!(wrong.is_err_and(|message| message.contains("1990-02-30")));
    /// # Ok::<(), onefold_fact::standard::Malformed>(())
    /// ```
    ///
    /// # Errors
    /// When the text cannot be a value of this kind. Callers treat blank cells before
    /// ([`standard::text::is_blank`]).
    pub fn parse(self, cell: &str, conventions: &Conventions) -> Result<Value, Malformed> {
        let clean = text::clean(cell);
        Ok(match self {
            Kind::Email => {
                let email = clean.parse::<Email>()?;
                if email.is_placeholder() {
                    return Err(Malformed::value(&clean, "is a placeholder", "an e-mail address"));
                }
                Value::from(email.as_str())
            }
            Kind::Phone => {
                let phone = phone(&clean, conventions.country)?;
                if phone.is_placeholder() {
                    return Err(Malformed::value(&clean, "is a placeholder", "a phone number"));
                }
                Value::from(phone.as_str())
            }
            Kind::Url => Value::from(url::standard(&clean)?),
            Kind::Country => Value::from(clean.parse::<Country>()?.as_str()),
            Kind::Postcode => Value::from(address::postcode_form(&clean)),
            Kind::BirthDate => match standard::date::parse_date(&clean, conventions.date_order)? {
                standard::PartialDate::Day(day) => Value::Date(day),
                partial => Value::from(partial.to_string()),
            },
            Kind::Date => match standard::date::parse_date(&clean, conventions.date_order)? {
                standard::PartialDate::Day(day) => Value::Date(day),
                _ => return Err(Malformed::value(&clean, "is not a whole date", "a day like 2026-03-01")),
            },
            Kind::Timestamp => Value::Timestamp(standard::date::parse_timestamp(&clean, conventions.date_order)?),
            Kind::Integer => Value::Integer(number::parse_integer(&clean)?),
            Kind::Decimal => Value::Decimal(number::parse_decimal(&clean)?),
            Kind::Latitude => Value::Decimal(degrees(&clean, 90, "degrees of latitude from -90 to 90")?),
            Kind::Longitude => Value::Decimal(degrees(&clean, 180, "degrees of longitude from -180 to 180")?),
            Kind::Boolean => Value::Boolean(number::parse_boolean(&clean)?),
            Kind::Money => {
                let (amount, currency) = standard::money::parse_money(&clean)?;
                match currency {
                    None => Value::Decimal(amount),
                    Some(currency) => Value::Map(
                        [
                            ("amount".to_owned(), Some(Value::Decimal(amount))),
                            ("currency".to_owned(), Some(Value::from(currency.as_str()))),
                        ]
                        .into(),
                    ),
                }
            }
            _ => Value::Text(clean.as_ref().into()),
        })
    }

    /// The standard form: the text under which values of this kind are compared. Two values with one form are one
    /// value in two spellings. Empty if nothing of the value can be compared.
    ///
    /// ```
    /// use onefold_fact::{Kind, Value};
    ///
    /// assert_eq!(Kind::FamilyName.form(&Value::from("O'Brien")), Kind::FamilyName.form(&Value::from("OBRIEN")));
    /// assert_eq!(Kind::Company.form(&Value::from("Acme Ltd.")), "acme");
    /// ```
    #[must_use]
    pub fn form(self, value: &Value) -> String {
        let text = value.to_text();
        match self {
            Kind::Email => match text.parse::<Email>() {
                Ok(email) => email.as_str().to_owned(),
                Err(_) => text::fold(&text),
            },
            Kind::Phone => match Phone::parse(&text, None) {
                Ok(phone) => phone.significant().to_owned(),
                Err(_) => text::fold(&text),
            },
            Kind::Url => url::standard(&text).unwrap_or_else(|_| text::fold(&text)),
            Kind::Country => match text.parse::<Country>() {
                Ok(country) => country.as_str().to_owned(),
                Err(_) => text::fold(&text),
            },
            Kind::GivenName | Kind::MiddleName | Kind::FamilyName | Kind::FullName | Kind::NameTitle => {
                name::form(&text)
            }
            Kind::BirthDate | Kind::Date => match standard::date::parse_date(&text, None) {
                Ok(date) => date.to_string(),
                Err(_) => text::fold(&text),
            },
            Kind::Street => Street::parse(&text).form(),
            Kind::City => address::city_form(&text),
            Kind::Region => address::region_form(&text),
            Kind::Postcode => address::postcode_form(&text),
            Kind::Company => company::form(&text),
            Kind::ExternalId | Kind::NationalId | Kind::HouseNumber => {
                let mut form = text::fold(&text);
                form.retain(|letter| letter != ' ');
                form
            }
            Kind::Money
            | Kind::Integer
            | Kind::Decimal
            | Kind::Latitude
            | Kind::Longitude
            | Kind::Boolean
            | Kind::Timestamp => text.into_owned(),
            Kind::Gender | Kind::AddressLine | Kind::Category | Kind::Text | Kind::FreeText => text::fold(&text),
        }
    }

    /// The name of the attribute that usually holds this kind: `given_name`. `None` for kinds that many attributes
    /// have.
    #[must_use]
    pub fn attribute(self) -> Option<&'static str> {
        Some(match self {
            Kind::GivenName => "given_name",
            Kind::MiddleName => "middle_name",
            Kind::FamilyName => "family_name",
            Kind::FullName => "full_name",
            Kind::Gender => "gender",
            Kind::BirthDate => "birth_date",
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Url => "website",
            Kind::Street => "street",
            Kind::HouseNumber => "house_number",
            Kind::City => "city",
            Kind::Region => "region",
            Kind::Postcode => "postcode",
            Kind::Country => "country",
            Kind::Company => "company",
            _ => return None,
        })
    }

    /// How an attribute of this kind survives unless the schema says otherwise: what does not change in life by the
    /// most frequent value, everything else by the latest.
    #[must_use]
    pub fn survivorship(self) -> Survivorship {
        match self {
            Kind::BirthDate | Kind::NationalId | Kind::GivenName => Survivorship::MostFrequent,
            _ => Survivorship::Latest,
        }
    }

    /// How personal a value of this kind is, unless the schema says otherwise.
    #[must_use]
    pub fn pii(self) -> PiiClass {
        match self {
            Kind::NationalId => PiiClass::Sensitive,
            Kind::GivenName
            | Kind::MiddleName
            | Kind::FamilyName
            | Kind::FullName
            | Kind::BirthDate
            | Kind::Email
            | Kind::Phone
            | Kind::Street
            | Kind::HouseNumber
            | Kind::AddressLine
            | Kind::Postcode
            | Kind::Latitude
            | Kind::Longitude
            | Kind::FreeText
            | Kind::ExternalId => PiiClass::Personal,
            _ => PiiClass::None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text that names no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind `{text}`; expected one of {}", known())]
pub struct UnknownKind {
    text: String,
}

fn known() -> String {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Kind::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownKind { text: text.to_owned() })
    }
}

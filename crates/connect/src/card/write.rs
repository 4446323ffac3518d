//! What is known of somebody as a card.

use std::collections::BTreeMap;

use calcard::vcard::{VCard, VCardEntry, VCardKind, VCardProperty, VCardValue, VCardVersion};
use onefold_fact::{Party, Value};

/// A version of vCard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardVersion {
    /// 2.1, for old programs.
    V2_1,
    /// 3.0 (RFC 2426).
    V3_0,
    /// 4.0 (RFC 6350).
    #[default]
    V4_0,
}

/// What is known of somebody as a vCard, by the names of attributes that [`read_cards`](crate::read_cards) gives. What is
/// personal to the source, and what no card has a place for, is left out; unknown properties of cards (`x_twitter`) go out
/// as they came.
///
/// ```
/// use onefold_connect::{CardVersion, write_card};
/// use onefold_fact::{Party, Value};
///
/// let known = [("given_name", "Ada"), ("family_name", "Byron"), ("email", "ada@x.io"), ("x_nick", "Countess")];
/// let known = known.map(|(name, value)| (name, Value::from(value)));
/// let card = write_card("17", Party::Person, known.iter().map(|(name, value)| (*name, value)), CardVersion::V3_0);
/// assert!(card.starts_with("BEGIN:VCARD\r\nVERSION:3.0\r\n"), "{card}");
/// assert!(card.contains("N:Byron;Ada;;;\r\n") && card.contains("FN:Ada Byron\r\n"), "{card}");
/// assert!(card.contains("X-NICK:Countess\r\n"));
/// ```
#[must_use]
pub fn write_card<'a>(
    uid: &str,
    party: Party,
    known: impl IntoIterator<Item = (&'a str, &'a Value)>,
    version: CardVersion,
) -> String {
    // A list is several values.
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in known {
        let values = match value {
            Value::List(values) => values.iter().flatten().map(|value| value.to_text().into_owned()).collect(),
            one => vec![one.to_text().into_owned()],
        };
        all.entry(name).or_default().extend(values);
    }
    let first = |name: &str| all.get(name).and_then(|values| values.first()).cloned().unwrap_or_default();
    let mut card = VCard::default();
    let mut add = |property: VCardProperty, values: Vec<String>| {
        let values = values.into_iter().map(VCardValue::Text).collect();
        card.entries.push(VCardEntry::new(property).with_values(values));
    };
    add(VCardProperty::Uid, vec![uid.to_owned()]);
    let name = ["family_name", "given_name", "middle_name", "title"].map(first);
    let full =
        [first("full_name"), [&name[1], &name[0]].map(String::as_str).join(" "), first("company"), first("email")];
    let full = full.into_iter().map(|full| full.trim().to_owned()).find(|full| !full.is_empty());
    add(VCardProperty::Fn, vec![full.unwrap_or_else(|| uid.to_owned())]);
    // Before 4.0 a card has this one whatever is known.
    if name.iter().any(|part| !part.is_empty()) || version < CardVersion::V4_0 {
        add(VCardProperty::N, name.into_iter().chain([String::new()]).collect());
    }
    let address = ["address_line", "", "street", "city", "region", "postcode", "country"].map(first);
    if address.iter().any(|part| !part.is_empty()) {
        let [extended, _, street, city, region, postcode, country] = address;
        add(VCardProperty::Adr, vec![String::new(), extended, street, city, region, postcode, country]);
    }
    for (of, values) in &all {
        let (base, number) =
            of.rsplit_once('_').filter(|(_, it)| it.bytes().all(|it| it.is_ascii_digit())).unwrap_or((of, ""));
        let base = if number.is_empty() { *of } else { base };
        let property = match base {
            "company" => VCardProperty::Org,
            "email" => VCardProperty::Email,
            "phone" | "mobile" => VCardProperty::Tel,
            "birth_date" => VCardProperty::Bday,
            "website" => VCardProperty::Url,
            "job_title" => VCardProperty::Title,
            "role" => VCardProperty::Role,
            "notes" => VCardProperty::Note,
            "nickname" => VCardProperty::Nickname,
            base if base.starts_with("x_") => VCardProperty::Other(base.to_uppercase().replace('_', "-")),
            _ => continue,
        };
        for value in values {
            add(property.clone(), vec![value.clone()]);
        }
    }
    if party == Party::Organisation && version == CardVersion::V4_0 {
        card.entries.push(VCardEntry::new(VCardProperty::Kind).with_value(VCardKind::Org));
    }
    let version = match version {
        CardVersion::V2_1 => VCardVersion::V2_1,
        CardVersion::V3_0 => VCardVersion::V3_0,
        CardVersion::V4_0 => VCardVersion::V4_0,
    };
    let mut text = String::new();
    // Writing to a text does not fail.
    let _ = card.write_to(&mut text, version);
    text
}

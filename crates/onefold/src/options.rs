//! [`Options`]: what a house is opened with.

use std::num::NonZeroUsize;
use std::sync::Arc;

use onefold_profile::Rules;

/// What does not change the state: how much of the machine may be used.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Threads for linking ([`Onefold::relink`](crate::Onefold::relink)); all processors if not given. The result is the
    /// same with any number.
    pub threads: Option<NonZeroUsize>,
    /// The key under which the list of the suppressed was made, which is not kept beside it. Without it nobody is known to
    /// be suppressed.
    pub suppression_key: Option<Arc<[u8]>>,
    /// The survivorship rules that the schema may name ([`Survivorship::Custom`](onefold_fact::Survivorship::Custom)).
    /// A schema is not adopted, and a file not opened, whose rules are not all here.
    ///
    /// ```
    /// use onefold::fact::Survivorship;
    /// use onefold::profile::Rules;
    /// use onefold::{AttributeSpec, Body, Draft, Kind, Onefold, Options, RecordKey, Schema, Silent, Value};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let custom = Survivorship::Custom { name: "shortest".to_owned(), version: 1 };
    /// let mut schema = Schema::default();
    /// schema.attributes.insert("city".into(), AttributeSpec::of(Kind::City).surviving_by(custom));
    /// assert!(Onefold::in_memory(Options::default()).adopt(&schema, at).is_err());
    ///
    /// let mut options = Options::default();
    /// options.rules = Rules::default().with("shortest", 1, |said| {
    ///     (0..said.len()).min_by_key(|place| said[*place].value.to_text().len())
    /// });
    /// let house = Onefold::in_memory(options);
    /// house.adopt(&schema, at)?;
    /// for (source, city) in [("crm", "Bonn"), ("shop", "Bonn am Rhein")] {
    ///     let said = [("full_name", "Ada Byron"), ("email", "ada@x.io"), ("city", city)];
    ///     house.accept(source, at, [Draft::new(source, Body::set(said)).key(RecordKey::person("17"))])?;
    /// }
    /// house.relink(&mut Silent)?;
    /// let ada = house.customer(house.customers()?[0])?.ok_or("a customer")?;
    /// assert_eq!(ada.value("city"), Some(&Value::from("Bonn")));
    /// # Ok(())
    /// # }
    /// ```
    pub rules: Rules,
}

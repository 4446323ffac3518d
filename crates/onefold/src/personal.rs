//! Templates and placements behind the house.

use std::collections::BTreeMap;

use onefold_fact::{Name, RecordId, Timestamp, Value};
use onefold_profile::Profile;
use onefold_workflow::{Choice, Filled, Placement, Template, TemplateError, TextKind};

use crate::error::OnefoldError;
use crate::views::Views;

/// Why a text could not be made.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// There is no such template, or placement.
    #[error("there is no {what} `{name}`{}", those(.known))]
    NotFound {
        /// `template`, `placement`.
        what: &'static str,
        /// The name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// There is no such customer.
    #[error("there is no customer `{0}`")]
    Nobody(RecordId),
    /// It could not be filled in.
    #[error("template `{0}`: {1}")]
    Template(String, TemplateError),
    /// The customer could not be read.
    #[error(transparent)]
    House(#[from] OnefoldError),
}

fn those(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "; adopt one first".to_owned() } else { format!("; there are {}", names.join(", ")) }
}

impl Views {
    /// The templates in force, by name.
    #[must_use]
    pub fn templates(&self) -> &BTreeMap<String, Template> {
        &self.governance.settings().service.templates
    }

    /// The placements in force, by name.
    #[must_use]
    pub fn placements(&self) -> &BTreeMap<String, Placement> {
        &self.governance.settings().service.placements
    }

    /// A template with a customer's values in it, as `customer.NAME`, and others beside.
    ///
    /// # Errors
    /// When there is no such template or customer, or a value is missing that has no fall-back.
    pub fn fill(
        &self,
        template: &str,
        customer: impl Into<RecordId>,
        beside: &BTreeMap<String, Value>,
    ) -> Result<Filled, TextError> {
        let id = customer.into();
        let profile = self.customer(id)?.ok_or(TextError::Nobody(id))?;
        Ok(self.filled(template, &profile, beside)?.1)
    }

    /// The same of a profile, and what kind of text it is.
    pub(crate) fn filled(
        &self,
        template: &str,
        profile: &Profile,
        beside: &BTreeMap<String, Value>,
    ) -> Result<(TextKind, Filled), TextError> {
        let found = one(self.templates(), "template", template)?;
        let mut values = beside.clone();
        values.insert("customer".to_owned(), of(profile));
        let filled = found.fill(&values).map_err(|error| TextError::Template(template.to_owned(), error))?;
        Ok((found.kind, filled))
    }

    /// What a customer gets in a placement at a moment, and of every candidate why or why not.
    ///
    /// # Errors
    /// When there is no such placement or customer.
    pub fn choose(&self, placement: &str, customer: impl Into<RecordId>, at: Timestamp) -> Result<Choice, TextError> {
        let found = one(self.placements(), "placement", placement)?;
        let id = customer.into();
        let profile = self.customer_at(id, at)?.ok_or(TextError::Nobody(id))?;
        Ok(found.choose(&profile, at))
    }
}

fn one<'a, T>(all: &'a BTreeMap<String, T>, what: &'static str, name: &str) -> Result<&'a T, TextError> {
    let missing = || TextError::NotFound { what, name: name.to_owned(), known: all.keys().cloned().collect() };
    all.get(name).ok_or_else(missing)
}

/// What is known of a customer, by attribute.
fn of(profile: &Profile) -> Value {
    let attributes = profile.attributes().iter();
    Value::Map(
        attributes.map(|(name, attribute)| (Name::from(name.as_str()), Some(attribute.value().clone()))).collect(),
    )
}

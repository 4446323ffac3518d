//! [`Rules`]: survivorship rules that the embedding program brings.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use onefold_fact::{AttributeName, Schema, Source, Survivorship, Value};

use crate::survivorship::{Candidate, CustomRule};

/// A value that a custom rule may choose: what a record says now.
#[derive(Debug, Clone, Copy)]
pub struct Contender<'a> {
    /// The value.
    pub value: &'a Value,
    /// Who says it.
    pub source: &'a Source,
}

type Choose = dyn Fn(&[Contender<'_>]) -> Option<usize> + Send + Sync;

/// Survivorship rules that the embedding program brings, by name and version.
#[derive(Clone, Default)]
pub struct Rules(BTreeMap<(String, u32), Registered>);

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Rules {
    /// With a rule, which chooses the place of one of the values that the records say now, in canonical order; `None`: no
    /// value. It must be a function of those values alone, or the same facts would not give the same profile.
    #[must_use]
    pub fn with(
        mut self,
        name: impl Into<String>,
        version: u32,
        rule: impl Fn(&[Contender<'_>]) -> Option<usize> + Send + Sync + 'static,
    ) -> Self {
        self.0.insert((name.into(), version), Registered(Arc::new(rule)));
        self
    }

    /// Checks that every rule that a schema names is there.
    ///
    /// # Errors
    /// When one is missing.
    pub fn check(&self, schema: &Schema) -> Result<(), MissingRule> {
        for (attribute, spec) in &schema.attributes {
            if let Survivorship::Custom { name, version } = &spec.survivorship
                && self.get(name, *version).is_none()
            {
                let (attribute, name) = (attribute.clone(), name.clone());
                return Err(MissingRule { attribute, name, version: *version });
            }
        }
        Ok(())
    }

    pub(crate) fn get(&self, name: &str, version: u32) -> Option<&Registered> {
        self.0.get(&(name.to_owned(), version))
    }
}

#[derive(Clone)]
pub(crate) struct Registered(Arc<Choose>);

impl CustomRule for Registered {
    fn choose(&self, candidates: &[Candidate<'_>]) -> Option<usize> {
        let contenders: Vec<Contender<'_>> =
            candidates.iter().map(|it| Contender { value: it.value, source: it.source }).collect();
        (self.0)(&contenders)
    }
}

/// A schema that names a custom rule which is not registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("attribute `{attribute}` survives by the custom rule `{name}` version {version}, which is not registered")]
pub struct MissingRule {
    attribute: AttributeName,
    name: String,
    version: u32,
}

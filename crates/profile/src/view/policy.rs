//! [`Policy`]: which purposes and roles there are, and what each may see.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{Configuration, PiiClass, Schema, is_of_name, is_same_name};
use serde::{Deserialize, Serialize};

use crate::consent::ConsentState;
use crate::suppression::Suppressed;

/// Which purposes and roles there are, and what each of them may see: configuration, which is adopted. A purpose or a
/// role that is not declared sees nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// By purpose.
    pub purposes: BTreeMap<String, PurposeSpec>,
    /// By role.
    pub roles: BTreeMap<String, Sight>,
}

impl Policy {
    /// The part of the configuration that it is.
    pub const PART: &str = "policy";
}

impl TryFrom<&Policy> for Configuration {
    type Error = serde_json::Error;

    fn try_from(policy: &Policy) -> Result<Self, Self::Error> {
        Ok(Self { part: Policy::PART.to_owned(), name: String::new(), json: serde_json::to_string(policy)? })
    }
}

/// A purpose of using data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeSpec {
    /// Whether the customer must have said yes. Otherwise another legal basis carries it.
    pub needs_consent: bool,
    /// What it may see. An attribute that names its purposes in the schema is seen by those only, whatever this says.
    #[serde(default)]
    pub sees: Sight,
}

/// What may be seen of a profile. By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sight {
    /// Attributes, by name.
    pub attributes: Access,
    /// The most personal class that is seen as it stands: of attributes, of properties of events, of identifiers and
    /// groups. A property, at any depth, or an identifier of a namespace, is of the class of the attribute of that name; an
    /// identifier also of every attribute that holds the same. What no attribute declares is personal, and within a value
    /// of the class of that value; by the name of a number that a state gave somebody (`ssn`) it is sensitive.
    pub up_to: PiiClass,
    /// What is more personal than that is seen masked instead of not at all.
    pub masked: bool,
    /// Identifiers, by namespace.
    pub identifiers: Access,
    /// Events, by name.
    pub events: Access,
    /// Properties of those events, by name.
    pub properties: Access,
    /// Groups, by namespace.
    pub groups: Access,
    /// Choices about the use of data, by purpose.
    pub consents: Access,
}

impl Sight {
    /// All there is.
    #[must_use]
    pub fn everything() -> Self {
        let all = || Access::All;
        Self {
            attributes: all(),
            up_to: PiiClass::Sensitive,
            masked: false,
            identifiers: all(),
            events: all(),
            properties: all(),
            groups: all(),
            consents: all(),
        }
    }

    /// Whether it is all there is.
    pub(crate) fn is_everything(&self) -> bool {
        *self == Self::everything() || *self == Self { masked: true, ..Self::everything() }
    }

    /// Whether what stands under a name is of a class that is seen as it stands.
    pub(crate) fn is_open(&self, name: &str, schema: &Schema) -> bool {
        schema.pii(name) <= self.up_to
    }

    /// Whether a property of an event is seen as it stands.
    #[must_use]
    pub fn shows_property(&self, name: &str, schema: &Schema) -> bool {
        self.properties.opens(name, schema) && self.is_open(name, schema)
    }

    /// The same of a name within a value that is seen: what nobody declared is of the class of the value.
    pub(crate) fn is_open_within(&self, name: &str, schema: &Schema) -> bool {
        schema.pii_within(name).is_none_or(|class| class <= self.up_to)
    }
}

/// Which names are open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// None.
    #[default]
    Nothing,
    /// All of them.
    All,
    /// These.
    Only(BTreeSet<String>),
    /// All but these, in whatever spelling ([`is_same_name`]); of attributes and properties also within a value, and what nobody
    /// declared whose name holds one of these.
    Except(BTreeSet<String>),
}

impl Access {
    /// These names only.
    pub fn only<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Access::Only(names.into_iter().map(Into::into).collect())
    }

    /// Whether a name is open.
    #[must_use]
    pub fn allows(&self, name: &str) -> bool {
        match self {
            Access::Nothing => false,
            Access::All => true,
            Access::Only(names) => names.contains(name),
            Access::Except(names) => !names.iter().any(|barred| is_same_name(barred, name)),
        }
    }

    /// Whether a name is one of those that are excepted, or nobody declared it and it is of one of them
    /// ([`is_of_name`]).
    pub(crate) fn bars(&self, name: &str, schema: &Schema) -> bool {
        let Access::Except(names) = self else { return false };
        !self.allows(name) || (schema.stated(name).is_none() && names.iter().any(|barred| is_of_name(name, barred)))
    }

    /// Whether a name of an attribute or a property is open.
    pub(crate) fn opens(&self, name: &str, schema: &Schema) -> bool {
        self.allows(name) && !self.bars(name, schema)
    }
}

/// Why there is no view.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The purpose is not declared.
    #[error("unknown purpose `{purpose}`; declare it in the policy")]
    UnknownPurpose {
        /// The purpose.
        purpose: String,
    },
    /// The role is not declared.
    #[error("unknown role `{role}`; declare it in the policy")]
    UnknownRole {
        /// The role.
        role: String,
    },
    /// The customer has not said yes.
    #[error("consent to `{purpose}` is {state}, and the purpose needs it granted")]
    NoConsent {
        /// The purpose.
        purpose: String,
        /// What the customer said.
        state: ConsentState,
    },
    /// A part of what is asked for is closed.
    #[error("what they bought is not seen: `{property}` of their orders is closed, at least in part")]
    Closed {
        /// The property that is closed.
        property: String,
    },
    /// They are on the list of the suppressed.
    #[error("they are not to be {}: an identifier of theirs is on the list of the suppressed", match .what {
        Suppressed::Process => "processed",
        Suppressed::Contact => "contacted",
    })]
    Suppressed {
        /// What is not to be done.
        what: Suppressed,
    },
}

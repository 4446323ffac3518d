//! [`Associations`]: which objects belong to which, many to many, as what, and how many there may be.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{Configuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::object::Aggregate;
use crate::opportunity::Contact;
use crate::rejection::{Problem, Rejection, Why};

/// A way in which objects belong together: which kinds, as what, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssociationSpec {
    /// The kind of the one side: `opportunity`.
    pub from: String,
    /// The kind of the other: `account`.
    pub to: String,
    /// As what; anything, if nothing is said.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<String>,
    /// How many of the other side one may have; any number, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_to: Option<usize>,
    /// How many of the one side one of the other may have; any number, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_from: Option<usize>,
}

impl AssociationSpec {
    /// The part of the configuration that these are, each under its name.
    pub const PART: &str = "association";

    /// It as a part of the configuration.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn configuration(&self, name: &str) -> Result<Configuration, serde_json::Error> {
        Ok(Configuration { part: Self::PART.to_owned(), name: name.to_owned(), json: serde_json::to_string(self)? })
    }
}

/// With what one object belongs together in one way. It is made by [`fold`](crate::fold) from the facts about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Associations {
    /// By the id of the other: as what, and whether it comes first; at most one does.
    pub with: BTreeMap<String, Contact>,
}

/// What happens to what belongs to an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AssociationOutcome {
    /// Another belongs to it.
    Associated {
        /// Its id.
        with: String,
        /// As what.
        #[serde(flatten)]
        part: Contact,
    },
    /// Another belongs to it no more.
    Dissociated {
        /// Its id.
        with: String,
    },
}

impl Aggregate for Associations {
    const KIND: &'static str = "association";
    type Outcome = AssociationOutcome;

    fn apply(&mut self, _: Timestamp, outcome: &AssociationOutcome) {
        match outcome {
            AssociationOutcome::Associated { with, part } => {
                if part.primary {
                    self.with.values_mut().for_each(|other| other.primary = false);
                }
                self.with.insert(with.clone(), part.clone());
            }
            AssociationOutcome::Dissociated { with } => drop(self.with.remove(with)),
        }
    }
}

impl Associations {
    /// The id of what belongs to an object in one way.
    #[must_use]
    pub fn id(name: &str, from: &str) -> String {
        format!("{name} {from}")
    }
}

/// What putting two together does, or taking them apart (`part` is none). `held` is how many others have the other
/// already.
///
/// # Errors
/// When the role is none of those that may be, one has as many as it may have, or what is taken apart is not together.
pub fn decide_association(
    spec: &AssociationSpec,
    are: &Associations,
    with: &str,
    part: Option<&Contact>,
    held: usize,
) -> Result<Vec<AssociationOutcome>, Rejection> {
    let Some(part) = part else {
        if !are.with.contains_key(with) {
            let message = format!("`{with}` does not belong to it");
            return Err(Problem::of(Why::NotFound, "with", message, "name one that does").into());
        }
        return Ok(vec![AssociationOutcome::Dissociated { with: with.to_owned() }]);
    };
    let mut problems = Vec::new();
    if !spec.roles.is_empty() && part.role.as_ref().is_none_or(|role| !spec.roles.contains(role)) {
        let listed: Vec<String> = spec.roles.iter().map(|role| format!("`{role}`")).collect();
        let message = match &part.role {
            Some(role) => format!("`{role}` is none of the roles"),
            None => "the role is missing".to_owned(),
        };
        problems.push(Problem::of(Why::Invalid, "role", message, format!("give one of {}", listed.join(", "))));
    }
    let is_new = !are.with.contains_key(with);
    if let Some(most) = spec.most_to.filter(|most| is_new && are.with.len() >= *most) {
        let message = format!("it has {} {}(s) already, and may have {most}", are.with.len(), spec.to);
        problems.push(Problem::of(Why::TooMany, "with", message, "take another away first"));
    }
    if let Some(most) = spec.most_from.filter(|most| is_new && held >= *most) {
        let message = format!("`{with}` has {held} {}(s) already, and may have {most}", spec.from);
        problems.push(Problem::of(Why::TooMany, "with", message, "take it away from another first"));
    }
    Rejection::unless_none(problems)?;
    Ok(vec![AssociationOutcome::Associated { with: with.to_owned(), part: part.clone() }])
}

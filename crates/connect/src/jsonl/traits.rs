//! What the traits of a message mean.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use onefold_fact::{AttributeName, Conventions, Identifier, Kind, Namespace, Schema, Value};

use super::envelope::Context;
use super::object::{Fields, flatten};
use crate::infer::{Names, attribute_of_name, of_header};
use crate::mapping::{Role, SourceMapping};
use crate::rows::{Cell, identifiers_of, is_junk, no_id, read};

/// Where a mapping speaks of traits: `traits.plan`.
pub(crate) const PREFIX: &str = "traits.";

/// So many traits are remembered; a sender that makes up names must not fill the memory.
const REMEMBERED: usize = 10_000;

/// What each trait means: as the mapping says, else by its name.
#[derive(Debug)]
pub(super) struct Traits {
    known: HashMap<String, Meaning>,
    taken: Names,
}

#[derive(Debug, Clone)]
enum Meaning {
    Attribute(AttributeName, Kind),
    Identifier(Namespace),
    Ignored,
}

/// What the traits of one message say.
#[derive(Debug, Default)]
pub(super) struct TraitsSaid {
    pub(super) set: BTreeMap<AttributeName, Value>,
    pub(super) unset: BTreeSet<AttributeName>,
    pub(super) identifiers: BTreeSet<Identifier>,
}

impl Traits {
    /// The traits of persons. One that the mapping does not name is read as the schema declares it.
    pub(super) fn of_persons(mapping: &SourceMapping, schema: &Schema) -> Self {
        let mut known = HashMap::new();
        let mut taken = Names::default();
        for (header, role) in mapping.columns.iter() {
            let Some(path) = header.strip_prefix(PREFIX) else { continue };
            let meaning = match role {
                Role::Attribute { name, kind } => {
                    taken.reserve(name.clone());
                    Meaning::Attribute(name.clone(), *kind)
                }
                Role::Identifier { namespace } => Meaning::Identifier(namespace.clone()),
                Role::Ignore => Meaning::Ignored,
                _ => continue,
            };
            known.insert(path.to_owned(), meaning);
        }
        for (name, spec) in schema.attributes.iter().filter(|(name, spec)| !spec.found && !taken.has(name)) {
            known.entry(name.to_string()).or_insert_with(|| Meaning::Attribute(name.clone(), spec.kind));
        }
        Self { known, taken }
    }

    /// The traits of groups: companies, whose name is a company's.
    pub(super) fn of_groups() -> Self {
        let company = AttributeName::from("company");
        let mut taken = Names::default();
        taken.reserve(company.clone());
        Self { known: [("name".to_owned(), Meaning::Attribute(company, Kind::Company))].into(), taken }
    }

    /// Reads traits. What says nothing that its kind allows is set aside.
    pub(super) fn read(&mut self, traits: &Fields, conventions: &Conventions, context: &mut Context<'_>) -> TraitsSaid {
        let mut said = TraitsSaid::default();
        flatten(traits, &mut |path, value| {
            let (meaning, text) = (self.meaning(path), || value.map(Value::to_text).unwrap_or_default());
            if let Err(message) = said.take(meaning, value, conventions) {
                context.field(&format!("{PREFIX}{path}"), &text(), message);
            }
        });
        said
    }

    fn meaning(&mut self, path: &str) -> Meaning {
        if let Some(meaning) = self.known.get(path) {
            return meaning.clone();
        }
        let (name, kind) = attribute_of_name(path);
        // A common name that the mapping has given to another trait is not taken from it.
        let name = if self.taken.has(&name) { of_header(path) } else { name };
        let meaning = Meaning::Attribute(name, kind);
        if self.known.len() < REMEMBERED {
            self.known.insert(path.to_owned(), meaning.clone());
        }
        meaning
    }
}

impl TraitsSaid {
    /// Takes what a trait says; null takes it back. The error says why it says nothing that its kind allows.
    fn take(&mut self, meaning: Meaning, value: Option<&Value>, conventions: &Conventions) -> Result<(), String> {
        match (meaning, value) {
            (Meaning::Ignored, _) | (Meaning::Identifier(_), None) => {}
            (Meaning::Identifier(namespace), Some(value)) => {
                let id = value.to_text();
                if id.trim().is_empty() {
                    return Ok(());
                }
                if is_junk(&id) {
                    return Err(no_id(&id));
                }
                self.identifiers.insert(Identifier::new(namespace, id.trim()));
            }
            (Meaning::Attribute(name, _), None) => {
                self.unset.insert(name);
            }
            (Meaning::Attribute(name, kind), Some(value)) => {
                let said = read(Cell::Value(value), kind, conventions);
                if let Some(value) = said.value {
                    self.identifiers.extend(identifiers_of(kind, &value));
                    self.set.entry(name).or_insert(value);
                }
                return said.problem.map_or(Ok(()), Err);
            }
        }
        Ok(())
    }
}

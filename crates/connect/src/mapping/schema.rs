//! From mappings to the schema.

use std::collections::BTreeMap;

use onefold_fact::{AttributeName, AttributeSpec, Finding, Kind, Place, Reason, Schema, Source, SourceSpec};

use super::{Mapping, Role};

impl Mapping {
    /// What the attributes and sources of this mapping mean, on top of what every schema has. How personal an attribute is
    /// somebody has to declare: until then it counts as personal, unless its name is known ([`AttributeSpec::found`]).
    ///
    /// Where two sources give one attribute kinds that are ways of being text, or ways of being a number, the attribute
    /// has the more general one. Where the kinds contradict each other one that is not text stands, and of these the one
    /// that more sources have (among equals the one of the first source by name), with a finding at the others.
    #[must_use]
    pub fn schema(&self) -> (Schema, Vec<Finding>) {
        let mut schema = Schema::default();
        let mut kinds: BTreeMap<&AttributeName, Vec<(&Source, &str, Kind)>> = BTreeMap::new();
        for (source, mapping) in &self.sources {
            schema.sources.insert(source.clone(), SourceSpec { mode: mapping.mode.unwrap_or_default() });
            for (header, role) in mapping.columns.iter() {
                let (name, kind) = match role {
                    Role::Attribute { name, kind } => (name, *kind),
                    Role::OccurredAt { attribute: Some(name) } => (name, Kind::Timestamp),
                    _ => continue,
                };
                kinds.entry(name).or_default().push((source, header, kind));
            }
        }
        let mut findings = Vec::new();
        for (name, said) in kinds {
            // Text is what remains where values are broken; who has another kind knows better.
            let only_text = said.iter().all(|(_, _, kind)| is_text(*kind));
            let mut votes: BTreeMap<Kind, usize> = BTreeMap::new();
            for (_, _, kind) in said.iter().filter(|(_, _, kind)| only_text || !is_text(*kind)) {
                *votes.entry(*kind).or_default() += 1;
            }
            let general_one = votes.keys().copied().map(Some).reduce(|a, b| general(a?, b?)).flatten();
            let most = votes.values().copied().max();
            let first = || said.iter().map(|(_, _, kind)| *kind).find(|kind| votes.get(kind).copied() == most);
            let kind = general_one.or_else(first).unwrap_or(Kind::Text);
            for (source, header, other) in said.iter().filter(|(_, _, other)| general(*other, kind) != Some(kind)) {
                let message = format!(
                    "maps attribute `{name}` as {other}, other sources as {kind}; expected one kind, or another name here"
                );
                let file = self.sources.get(*source).and_then(|mapping| mapping.file.as_deref());
                let place = Place::file(file.unwrap_or(source.as_str())).column(*header);
                findings.push(Finding::new(Reason::Configuration, message).at(place));
            }
            schema.attributes.insert(name.clone(), AttributeSpec::found(name.as_str(), kind));
        }
        (schema, findings)
    }
}

/// Whether a kind is a way of being any text.
fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::Category | Kind::Text | Kind::FreeText)
}

/// The kind of which both are special cases, if there is one.
fn general(a: Kind, b: Kind) -> Option<Kind> {
    let rank = |kind| match kind {
        Kind::Category => Some((0, 0)),
        Kind::Text => Some((0, 1)),
        Kind::FreeText => Some((0, 2)),
        Kind::Integer => Some((1, 0)),
        Kind::Decimal => Some((1, 1)),
        Kind::Money => Some((1, 2)),
        Kind::Date => Some((2, 0)),
        Kind::Timestamp => Some((2, 1)),
        _ => None,
    };
    if a == b {
        return Some(a);
    }
    let ((family_a, rank_a), (family_b, rank_b)) = (rank(a)?, rank(b)?);
    (family_a == family_b).then_some(if rank_a >= rank_b { a } else { b })
}

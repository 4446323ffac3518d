//! [`HeldIdentifier`]: an identifier seen with the customer.

use onefold_fact::{DigestInto, Digester, FactId, Identifier, Source, Timestamp};
use serde::{Deserialize, Serialize};

use crate::fold::Told;

/// An identifier, when it was seen with the customer and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldIdentifier {
    identifier: Identifier,
    first_seen: Timestamp,
    last_seen: Timestamp,
    sources: Vec<Source>,
    facts: usize,
}

impl HeldIdentifier {
    /// The identifier.
    #[must_use]
    pub fn identifier(&self) -> &Identifier {
        &self.identifier
    }

    /// The time of the first fact with it.
    #[must_use]
    pub fn first_seen(&self) -> Timestamp {
        self.first_seen
    }

    /// The time of the last fact with it.
    #[must_use]
    pub fn last_seen(&self) -> Timestamp {
        self.last_seen
    }

    /// The sources that saw it, sorted.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// How many facts name it; a fact that was delivered several times is one.
    #[must_use]
    pub fn facts(&self) -> usize {
        self.facts
    }
}

/// The identifiers that facts, given in canonical order, name; sorted.
pub(crate) fn held_identifiers<'a>(facts: impl Iterator<Item = &'a Told<'a>>) -> Vec<HeldIdentifier> {
    let mut seen: Vec<(&Identifier, &Told<'_>)> =
        facts.flat_map(|told| told.fact.identifiers().iter().map(move |identifier| (identifier, told))).collect();
    // Stable: within an identifier the facts stay in order of time.
    seen.sort_by_key(|(identifier, _)| *identifier);
    let mut ids: Vec<FactId> = Vec::new();
    let held = seen.chunk_by(|(a, _), (b, _)| a == b).filter_map(|seen| {
        let ((identifier, first), (_, last)) = (seen.first()?, seen.last()?);
        ids.clear();
        ids.extend(seen.iter().map(|(_, told)| told.fact.id()));
        ids.sort_unstable();
        ids.dedup();
        let mut sources: Vec<Source> = Vec::new();
        for (_, told) in seen {
            let source = told.fact.source();
            if let Err(place) = sources.binary_search(source) {
                sources.insert(place, source.clone());
            }
        }
        Some(HeldIdentifier {
            identifier: (*identifier).clone(),
            first_seen: first.order.at(),
            last_seen: last.order.at(),
            sources,
            facts: ids.len(),
        })
    });
    held.collect()
}

impl DigestInto for HeldIdentifier {
    fn digest_into(&self, digester: &mut Digester) {
        let HeldIdentifier { identifier, first_seen, last_seen, sources, facts } = self;
        digester.one(identifier).time(*first_seen).time(*last_seen).each(sources).u64(*facts as u64);
    }
}

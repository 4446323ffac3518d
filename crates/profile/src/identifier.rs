//! [`HeldIdentifier`]: an identifier seen with the customer.

use onefold_fact::{DigestInto, Digester, FactId, Identifier, Kind, Source, Timestamp, Value, namespace};
use serde::{Deserialize, Serialize};

use crate::attribute::Other;
use crate::fold::Told;
use crate::packed::packed;
use crate::profile::Profile;

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

/// The attributes of a profile, of those that are `asked` for, that hold or held what an identifier is, in whatever
/// spelling; also within a list or an object.
pub(crate) fn holders<'p>(
    profile: &'p Profile,
    identifier: &Identifier,
    asked: impl Fn(&str) -> bool,
) -> impl Iterator<Item = &'p str> {
    let kind = match identifier.namespace().as_str() {
        namespace::EMAIL => Kind::Email,
        namespace::PHONE => Kind::Phone,
        _ => Kind::Text,
    };
    let form = kind.form(&Value::from(identifier.value()));
    let held = profile.attributes().iter().flat_map(|(name, attribute)| {
        let others = attribute.others().iter().map(Other::value);
        std::iter::once(attribute.value()).chain(others).map(move |value| (name.as_str(), value))
    });
    let lost =
        profile.withdrawn().iter().flat_map(|(name, others)| others.iter().map(|it| (name.as_str(), it.value())));
    let of_asked = held.chain(lost).filter(move |(name, _)| asked(name));
    of_asked.filter(move |(_, value)| holds(value, kind, &form)).map(|(name, _)| name)
}

fn holds(value: &Value, kind: Kind, form: &str) -> bool {
    match value {
        Value::List(values) => values.iter().flatten().any(|value| holds(value, kind, form)),
        Value::Map(entries) => entries.iter().filter_map(|(_, value)| value.as_ref()).any(|it| holds(it, kind, form)),
        value => kind.form(value) == form,
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

packed!(HeldIdentifier { identifier, first_seen, last_seen, sources, facts });

impl DigestInto for HeldIdentifier {
    fn digest_into(&self, digester: &mut Digester) {
        let HeldIdentifier { identifier, first_seen, last_seen, sources, facts } = self;
        digester.one(identifier).time(*first_seen).time(*last_seen).each(sources).u64(*facts as u64);
    }
}

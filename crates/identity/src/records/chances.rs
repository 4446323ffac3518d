//! [`Chances`]: how often two people have the same value by chance, where records are too few to tell.

use onefold_fact::standard::Population;
use serde::{Deserialize, Serialize};

/// How often two people have the same value of a field by chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Chances {
    /// Any value alike.
    Same(f64),
    /// A name, by how many people bear it.
    Name(Names),
    /// A given and a family name.
    FullName(Names, Names),
}

/// How often two people bear the same name by chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    population: Population,
    /// How far the records are of the population: the share of their names that its table knows, of what it would know
    /// in the population.
    trust: f64,
    /// How often two people of whom nothing else is known bear the same name.
    otherwise: f64,
}

impl Names {
    /// Names that many people hold are expected as often as in the population, as far as these records are of it.
    pub(super) fn of<'a>(population: Population, otherwise: f64, held: impl Iterator<Item = (&'a str, u32)>) -> Self {
        let (mut known, mut all) = (0_u64, 0_u64);
        for (name, holders) in held {
            all += u64::from(holders);
            known += if population.share(name).is_some() { u64::from(holders) } else { 0 };
        }
        let covered = known as f64 / all.max(1) as f64;
        Self { population, trust: f64::min(covered / population.covered(), 1.0), otherwise }
    }

    fn chance(&self, name: &str) -> f64 {
        let Self { population, trust, otherwise } = self;
        trust * population.share(name).unwrap_or(population.tail()) + (1.0 - trust) * otherwise
    }
}

impl Chances {
    /// How often two people have this value by chance.
    pub(super) fn of(&self, value: &str) -> f64 {
        match self {
            Self::Same(chance) => *chance,
            Self::Name(names) => names.chance(value),
            Self::FullName(given, family) => {
                let (first, last) = value.rsplit_once(' ').unwrap_or(("", value));
                given.chance(first) * family.chance(last)
            }
        }
    }

    /// Of names: what full names are made of.
    pub(super) fn names(&self) -> Option<Names> {
        if let Self::Name(names) = self { Some(*names) } else { None }
    }

    /// Whether all that it says are probabilities.
    pub(super) fn are_valid(&self) -> bool {
        let probability = |chance: f64| (0.0..=1.0).contains(&chance);
        let names = |names: &Names| probability(names.trust) && probability(names.otherwise);
        match self {
            Self::Same(chance) => probability(*chance),
            Self::Name(of) => names(of),
            Self::FullName(given, family) => names(given) && names(family),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a chance that is the same for all names, and a table that speaks for people whom it does not know.
    #[test]
    fn names_are_as_frequent_as_in_the_population() {
        let known = Names::of(Population::FamilyNames, 0.001, [("smith", 30), ("jones", 20)].into_iter());
        assert!(known.chance("williams") > 100.0 * known.chance("featherstonehaugh"));
        let unknown = Names::of(Population::FamilyNames, 0.001, [("kowalczyk", 1), ("wozniakowska", 1)].into_iter());
        assert_eq!(["kowalczyk", "smith"].map(|name| unknown.chance(name)), [0.001; 2]);
    }
}

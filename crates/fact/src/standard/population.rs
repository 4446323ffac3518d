//! How frequent names are in the population: what tells a rare name from a frequent one where few records do not.

use super::population_table::{Entry, FAMILY, GIVEN};

/// A kind of name that the population tables know.
///
/// ```
/// use onefold_fact::standard::Population;
///
/// let (smith, rare) = (Population::FamilyNames.share("smith"), Population::FamilyNames.share("featherstonehaugh"));
/// assert_eq!(smith, Some(1.0 / 128.0));
/// assert_eq!(rare, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// Given names.
    GivenNames,
    /// Family names.
    FamilyNames,
}

impl Population {
    /// The share of the population that bears a folded name, 0 to 1, as a power of two; `None` of names that are not among
    /// the commonest.
    #[must_use]
    pub fn share(self, folded: &str) -> Option<f64> {
        let table = self.table();
        let at = table.binary_search_by(|(name, _)| (*name).cmp(folded)).ok()?;
        Some((-f64::from(table[at].1)).exp2())
    }

    /// The share of the population that bears any name of the table.
    #[must_use]
    pub fn covered(self) -> f64 {
        match self {
            Population::GivenNames => 0.80,
            Population::FamilyNames => 0.57,
        }
    }

    /// How often two people of whom one bears a name that is not in the table bear the same: of the names of the census
    /// beyond the table, the sum of the squared shares over the sum of the shares.
    #[must_use]
    pub fn tail(self) -> f64 {
        match self {
            Population::GivenNames => 0.000_047,
            Population::FamilyNames => 0.000_018,
        }
    }

    fn table(self) -> &'static [Entry] {
        match self {
            Population::GivenNames => GIVEN,
            Population::FamilyNames => FAMILY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::name;

    #[test]
    fn the_tables_hold() {
        for population in [Population::GivenNames, Population::FamilyNames] {
            let table = population.table();
            assert!(table.is_sorted_by(|a, b| a.0 < b.0));
            assert!(table.iter().all(|(folded, _)| name::form(folded) == *folded));
            let sum: f64 = table.iter().filter_map(|(folded, _)| population.share(folded)).sum();
            assert!((sum / population.covered() - 1.0).abs() < 0.1, "{sum}");
            assert!(table.iter().all(|(folded, _)| population.share(folded) > Some(population.tail())));
        }
    }
}

//! [`ForecastCategory`]: how sure a deal is taken to be.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How sure a deal is taken to be, from the least to the most. The names are those that sales teams use everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForecastCategory {
    /// Not forecast at all: lost, or not to be counted.
    Omitted,
    /// It may come.
    #[default]
    Pipeline,
    /// It comes if all goes well.
    BestCase,
    /// Somebody stands for it.
    Commit,
    /// It is won.
    Closed,
}

/// As in JSON: `best_case`.
impl fmt::Display for ForecastCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Omitted => "omitted",
            Self::Pipeline => "pipeline",
            Self::BestCase => "best_case",
            Self::Commit => "commit",
            Self::Closed => "closed",
        })
    }
}

impl ForecastCategory {
    /// All that count, from the least sure.
    pub const COUNTED: [Self; 4] = [Self::Pipeline, Self::BestCase, Self::Commit, Self::Closed];

    /// Whether a total over all that is at least so sure counts a deal of another category. Open deals of `Pipeline` and
    /// better count to the pipeline, which leaves out what is closed.
    #[must_use]
    pub fn includes(self, other: Self) -> bool {
        match self {
            Self::Omitted => false,
            Self::Pipeline => matches!(other, Self::Pipeline | Self::BestCase | Self::Commit),
            Self::BestCase | Self::Commit | Self::Closed => other >= self,
        }
    }
}

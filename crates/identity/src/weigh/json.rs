//! A [`Model`] as JSON: written for people, read with care.

use super::Class;
use super::model::{ComparisonModel, LevelModel, Model, VERSION};
use crate::block::unknown_key;
use crate::compare::level::{BINS, LEVELS};
use crate::records::{Column, Layout, Records};

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The text is not the JSON of a model.
    #[error("this is no model: {0}")]
    Form(#[from] serde_json::Error),
    /// The model was written in another form.
    #[error("the model has version {found}; this release reads version {expected}: train it anew")]
    Version {
        /// The version that the text names.
        found: u32,
        /// The version that is read.
        expected: u32,
    },
    /// A number is not what it has to be.
    #[error("the model's {what} is {found}; {expected}")]
    Number {
        /// Which number.
        what: String,
        /// What it is.
        found: f64,
        /// What it has to be.
        expected: &'static str,
    },
    /// The model compares other things than the records have.
    #[error(
        "the model compares {model}, the records are compared by {records}: name and type the columns alike, or train anew"
    )]
    Comparisons {
        /// What the model compares.
        model: String,
        /// What the records are compared by.
        records: String,
    },
    /// A blocking key that these records cannot have.
    #[error("the model compares records that share their {found}, which these records do not have")]
    Key {
        /// The key.
        found: String,
    },
}

impl Model {
    /// The model as JSON that people can read; [`from_json`](Self::from_json) gives back an equal model.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers and text only: there is nothing in a model that JSON cannot say.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a model.
    ///
    /// # Errors
    /// If the text is no model, if it has another version, or if a probability is none.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        let model: Self = serde_json::from_str(text)?;
        model.check()?;
        Ok(model)
    }

    /// Whether the model compares what these records are compared by.
    ///
    /// # Errors
    /// If it does not.
    pub fn fits(&self, records: &Records) -> Result<(), ModelError> {
        self.fits_layout(records.layout())
    }

    /// Whether the model compares what records of these columns are compared by: so that it is known before they are
    /// read.
    ///
    /// ```
    /// use onefold_fact::{Kind, Silent};
    /// use onefold_identity::{Column, Linker, Records};
    ///
    /// let columns = vec![Column::new("name", Kind::FullName), Column::new("email", Kind::Email)];
    /// let records = Records::builder(columns.clone()).finish();
    /// let linker = Linker::new(&records, &mut Silent);
    /// assert!(linker.expected().fits_columns(&columns).is_ok());
    /// assert!(linker.expected().fits_columns(&columns[..1]).is_err());
    /// ```
    ///
    /// # Errors
    /// If it does not.
    pub fn fits_columns(&self, columns: &[Column]) -> Result<(), ModelError> {
        self.fits_layout(&Layout::of(columns))
    }

    fn fits_layout(&self, layout: &Layout) -> Result<(), ModelError> {
        let own: Vec<&str> = self.comparisons().iter().map(ComparisonModel::name).collect();
        let of_records: Vec<&str> = layout.comparisons().iter().map(|comparison| comparison.name.as_str()).collect();
        if own == of_records && self.terms().field_names().eq(layout.names()) {
            let unknown = unknown_key(layout, self.keys());
            return unknown.map_or(Ok(()), |found| Err(ModelError::Key { found: found.to_owned() }));
        }
        Err(self.misfit(layout))
    }

    /// What to say where the model compares other things than these records are compared by.
    pub(crate) fn misfit(&self, layout: &Layout) -> ModelError {
        let own: Vec<&str> = self.comparisons().iter().map(ComparisonModel::name).collect();
        let of_records: Vec<&str> = layout.comparisons().iter().map(|comparison| comparison.name.as_str()).collect();
        let shown = |names: &[&str]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        ModelError::Comparisons { model: shown(&own), records: shown(&of_records) }
    }
}

impl Model {
    fn check(&self) -> Result<(), ModelError> {
        if self.version() != VERSION {
            return Err(ModelError::Version { found: self.version(), expected: VERSION });
        }
        let within = |what: &str, found: f64, holds: bool, expected| match holds {
            true => Ok(()),
            false => Err(ModelError::Number { what: what.to_owned(), found, expected }),
        };
        let [lambda, relatives, namesakes] =
            [Class::Match, Class::Relatives, Class::Namesakes].map(|class| self.prior(class));
        within("threshold", self.threshold(), self.threshold() > 0.0 && self.threshold() < 1.0, BETWEEN)?;
        within("lambda", lambda, lambda > 0.0 && lambda < 1.0, BETWEEN)?;
        within("share of relatives", relatives, relatives >= 0.0 && lambda + relatives < 1.0, "a share, below 1 − λ")?;
        let rest = lambda + relatives + namesakes < 1.0;
        within("share of namesakes", namesakes, namesakes >= 0.0 && rest, "a share, below what λ and relatives leave")?;
        if let Some(field) = self.terms().invalid() {
            within(&format!("chance in `{field}`"), 0.0, false, "a probability")?;
        }
        for (field, bin) in self.terms().bins() {
            within(&format!("bin of `{field}`"), f64::from(bin), usize::from(bin) < BINS, "a bin that exists")?;
        }
        for comparison in self.comparisons() {
            for level in comparison.levels() {
                let named = |part: &str| format!("{part} of `{}: {}`", comparison.name(), level.name);
                let place = level.level * BINS + level.bin;
                let known = level.bin < BINS && level.level < LEVELS;
                within(&named("place"), place as f64, known, "a level and a bin that exist")?;
                for (part, probability) in probabilities(level) {
                    let holds = probability > 0.0 && probability <= 1.0;
                    within(&named(part), probability, holds, "a probability above 0")?;
                }
            }
        }
        Ok(())
    }
}

fn probabilities(level: &LevelModel) -> [(&'static str, f64); 4] {
    [("m", level.m), ("u", level.u), ("relatives", level.relatives), ("namesakes", level.namesakes)]
}

const BETWEEN: &str = "a probability above 0 and below 1";

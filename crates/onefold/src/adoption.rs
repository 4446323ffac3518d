//! Adopting: a part of the configuration comes into force.

use chrono::{SecondsFormat, TimeDelta};
use onefold_crm::{AssociationSpec, FieldSpecs, Pipeline};
use onefold_fact::{Batch, Body, Configuration, Draft, Schema, Timestamp};
use onefold_profile::{Computations, Lifecycle, Rfm, Suppression};
use onefold_segment::Segments;
use onefold_workflow::Workflow;

use crate::change::Change;
use crate::computed_names;
use crate::error::OnefoldError;
use crate::governance::{SCHEMA, SEGMENTS, in_force};
use crate::onefold::Onefold;
use crate::sales::is_kind;
use crate::settings::Settings;
use crate::views::Views;

impl Onefold {
    /// Brings a part of the configuration into force: a [`Schema`](onefold_fact::Schema), which says what attributes, namespaces and sources
    /// mean (what it does not declare keeps its standard meaning), the [`Segments`], a
    /// [`Policy`](onefold_profile::Policy), [`Computations`](onefold_profile::Computations), an
    /// [`OrderSpec`](onefold_profile::OrderSpec), a [`Contract`](onefold_profile::Contract),
    /// [`Retention`](onefold_profile::Retention), [`Licences`](onefold_profile::Licences), a
    /// [`Suppression`](onefold_profile::Suppression), or another [`Configuration`]. Nothing stored changes;
    /// every view is read anew.
    ///
    /// What an adopted schema leaves out means what it means by default, whatever was declared before, so customers may fall
    /// apart; [`rehearse`](Self::rehearse) says so before.
    ///
    /// An adoption is stamped later than all before it, and is a batch of its own, whose name is returned
    /// (`schema 2026-03-01T09:00:00.000000Z`, with its stamp). Retracting that batch brings the former schema back:
    ///
    /// ```
    /// use onefold::{Onefold, Options, Schema};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let adopted = house.adopt(&Schema::default(), at)?;
    /// house.retract(adopted, at)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be written, or cannot be read as what it says it is; of segments also when a rule
    /// names an attribute that neither the schema nor any record has; of what is computed also when its name is that of
    /// something else that is computed, or of a standard attribute.
    pub fn adopt<C>(&self, configuration: C, at: Timestamp) -> Result<Batch, OnefoldError>
    where
        C: TryInto<Configuration, Error: Into<OnefoldError>>,
    {
        let configuration = configuration.try_into().map_err(Into::into)?;
        self.may_adopt(&configuration)?;
        let at = later(at, self.0.writer().last());
        let Configuration { part, name, .. } = &configuration;
        let named = if name.is_empty() { part.clone() } else { format!("{part} {name}") };
        let batch = Batch::from(format!("{named} {}", at.to_rfc3339_opts(SecondsFormat::Micros, true)));
        self.accept(batch.clone(), at, [Draft::new("onefold", Body::Adopt(configuration))])?;
        Ok(batch)
    }

    /// What adopting a configuration would do to customers and segments, without adopting it: who would be merged and split,
    /// who would enter and leave. It takes as long as adopting it, and writers wait meanwhile.
    ///
    /// ```
    /// use onefold::fact::NamespaceSpec;
    /// use onefold::{Body, Draft, Identifier, Onefold, Options, RecordKey, Schema, Silent, Timestamp, What};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at: Timestamp = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let joins = NamespaceSpec { joins: true, ..NamespaceSpec::default() };
    /// let schema = Schema { namespaces: [("member".into(), joins)].into(), ..Schema::default() };
    /// house.adopt(&schema, at)?;
    /// let says = |source: &str, name: &str| {
    ///     let draft = Draft::new(source, Body::set([("full_name", name)])).key(RecordKey::person("1"));
    ///     draft.identified_by(Identifier::new("member", "M-77"))
    /// };
    /// house.accept("monday", at, [says("crm", "Ada Byron"), says("shop", "A. King")])?;
    /// house.relink(&mut Silent)?;
    /// assert_eq!(house.customers()?.len(), 1);
    ///
    /// let would = house.rehearse(&Schema::default(), at)?;
    /// assert!(would.iter().any(|change| matches!(change.what, What::Split { .. })));
    /// assert_eq!(house.customers()?.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`adopt`](Self::adopt).
    pub fn rehearse<C>(&self, configuration: C, at: Timestamp) -> Result<Vec<Change>, OnefoldError>
    where
        C: TryInto<Configuration, Error: Into<OnefoldError>>,
    {
        let configuration = configuration.try_into().map_err(Into::into)?;
        self.may_adopt(&configuration)?;
        let mut writer = self.0.writer();
        let at = later(at, writer.last());
        let fact = Draft::new("onefold", Body::Adopt(configuration)).received("rehearsal", at);
        self.0.rehearse(&mut writer, &fact)
    }

    /// Whether a configuration can be read as what it says it is, and fits what is there.
    fn may_adopt(&self, configuration: &Configuration) -> Result<(), OnefoldError> {
        match configuration.part.as_str() {
            Suppression::PART => {
                let list: Suppression = serde_json::from_str(&configuration.json)?;
                if self.0.options.suppression_key.as_deref().is_some_and(|key| !list.fits(key)) {
                    return Err(OnefoldError::SuppressionKey);
                }
            }
            SCHEMA => self.0.options.rules.check(&serde_json::from_str(&configuration.json)?)?,
            SEGMENTS => {
                let wrong = self.views()?.wrong_with(&serde_json::from_str::<Segments>(&configuration.json)?)?;
                if !wrong.is_empty() {
                    return Err(OnefoldError::Rules(wrong));
                }
            }
            Workflow::PART => {
                Settings::check(configuration)?;
                self.views()?.may_adopt(&serde_json::from_str(&configuration.json)?)?;
            }
            Pipeline::PART => self.views()?.may_adopt_pipeline(configuration)?,
            FieldSpecs::PART => {
                Settings::check(configuration)?;
                is_kind(&configuration.name)?;
                self.views()?.may_adopt_fields(configuration)?;
            }
            AssociationSpec::PART => {
                let spec: AssociationSpec = serde_json::from_str(&configuration.json)?;
                is_kind(&spec.from)?;
                is_kind(&spec.to)?;
            }
            Computations::PART | Rfm::PART | Lifecycle::PART => {
                let adopted = Settings::check(configuration)?;
                computed_names::check(&adopted, configuration, self.views()?.governance.settings())?;
            }
            _ => drop(Settings::check(configuration)?),
        }
        Ok(())
    }
}

impl Views {
    /// A part of the configuration as it was adopted last; `None` if it never was, or that was taken back. The schema in force
    /// is more: what the adopted one leaves out has its standard meaning ([`schema`](Self::schema)).
    #[must_use]
    pub fn adopted(&self, part: &str, name: &str) -> Option<Configuration> {
        let standing = self.governance.facts().standing_under(self.governance.governing());
        standing.iter().rev().find_map(|standing| match standing.fact().body() {
            Body::Adopt(adopted) if adopted.part == part && adopted.name == name => Some(adopted.clone()),
            _ => None,
        })
    }

    /// The schema that would be in force if this one were adopted.
    #[must_use]
    pub fn schema_with(&self, adopted: &Schema) -> Schema {
        in_force(Some(adopted.clone()))
    }
}

/// A stamp after the last: of two adoptions at one stamp the content would decide which is in force.
pub(crate) fn later(at: Timestamp, last: Option<Timestamp>) -> Timestamp {
    let after = |last: Timestamp| last.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(last);
    last.map_or(at, |last| at.max(after(last)))
}

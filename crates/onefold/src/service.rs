//! [`ServiceSettings`]: what configuration says of service levels, calendars, templates, placements and delivery.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use onefold_fact::Configuration;
use onefold_workflow::document::Problem;
use onefold_workflow::{Backoff, Placement, Sla, SlaSpec, Template};
use onefold_worktime::CalendarSpec;

use crate::error::OnefoldError;

/// The part of the configuration that calendars are, each under its name.
const CALENDAR: &str = "calendar";
/// The part of the configuration that says how often delivery is tried.
const BACKOFF: &str = "backoff";

/// A calendar as a part of the configuration: adopted, service levels and tickets can name it.
#[must_use]
pub fn calendar_configuration(name: &str, calendar: &CalendarSpec) -> Configuration {
    Configuration { part: CALENDAR.to_owned(), name: name.to_owned(), json: calendar.to_json() }
}

/// How often delivery is tried, as a part of the configuration.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn backoff_configuration(backoff: &Backoff) -> Result<Configuration, serde_json::Error> {
    let json = serde_json::to_string(backoff)?;
    Ok(Configuration { part: BACKOFF.to_owned(), name: String::new(), json })
}

/// What is in force.
#[derive(Debug, Default)]
pub(crate) struct ServiceSettings {
    pub(crate) levels: SlaSpec,
    pub(crate) calendars: BTreeMap<String, CalendarSpec>,
    pub(crate) templates: BTreeMap<String, Template>,
    pub(crate) placements: BTreeMap<String, Placement>,
    pub(crate) backoff: Backoff,
    /// Service levels and calendars together, once somebody asked.
    sla: OnceLock<Result<Arc<Sla>, Vec<Problem>>>,
}

impl ServiceSettings {
    /// Takes in a part. One that makes no sense has no effect.
    pub(crate) fn take(&mut self, part: &str, name: &str, json: &str) -> Result<(), OnefoldError> {
        let fine = |problems: Vec<Problem>| match problems.is_empty() {
            true => Ok(()),
            false => Err(OnefoldError::Problems(problems)),
        };
        match part {
            SlaSpec::PART => {
                let levels: SlaSpec = serde_json::from_str(json)?;
                // Calendars may come later.
                fine(levels.problems(levels.calendar.as_deref().into_iter()))?;
                self.levels = levels;
            }
            CALENDAR => drop(self.calendars.insert(name.to_owned(), serde_json::from_str(json)?)),
            BACKOFF => self.backoff = serde_json::from_str(json)?,
            Template::PART => {
                let template: Template = serde_json::from_str(json)?;
                fine(template.problems())?;
                self.templates.insert(name.to_owned(), template);
            }
            Placement::PART => {
                let placement: Placement = serde_json::from_str(json)?;
                fine(placement.problems(None::<std::iter::Empty<&str>>))?;
                self.placements.insert(name.to_owned(), placement);
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn sla(&self) -> Result<Arc<Sla>, OnefoldError> {
        let made = self.sla.get_or_init(|| Sla::new(&self.levels, &self.calendars).map(Arc::new));
        made.clone().map_err(OnefoldError::Problems)
    }
}

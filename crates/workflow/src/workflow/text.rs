//! Rules and selections of events as they are written in a workflow.

use onefold_profile::EventSelector;
use onefold_segment::{Condition, Rule, RuleError};
use serde::{Deserialize, Serialize};

/// A rule, written as its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RuleText(Rule);

impl RuleText {
    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.0
    }
}

impl From<Rule> for RuleText {
    fn from(rule: Rule) -> Self {
        Self(rule)
    }
}

impl TryFrom<String> for RuleText {
    type Error = RuleError;

    fn try_from(text: String) -> Result<Self, RuleError> {
        text.parse().map(Self)
    }
}

impl From<RuleText> for String {
    fn from(rule: RuleText) -> Self {
        rule.0.to_string()
    }
}

/// Which events: of a name, and if `where` says so of these properties, in the words of rules: `total > 20`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct EventMatch {
    name: String,
    filter: Option<String>,
    selector: EventSelector,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    event: String,
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
}

impl EventMatch {
    /// Events of a name, with properties as a text says.
    ///
    /// # Errors
    /// When the text is no condition on properties.
    pub fn new(name: impl Into<String>, filter: Option<String>) -> Result<Self, EventMatchError> {
        let name = name.into();
        let Some(text) = &filter else {
            return Ok(Self { selector: EventSelector::named([name.as_str()]), name, filter });
        };
        let wrong = |why: String| EventMatchError { text: text.clone(), why };
        let quoted = serde_json::to_string(&name).map_err(|error| wrong(error.to_string()))?;
        let rule: Rule = format!("did {quoted} where ({text})").parse().map_err(|error: RuleError| {
            wrong(match error.suggestion() {
                Some(help) => format!("{}: {help}", error.message()),
                None => error.message().to_owned(),
            })
        })?;
        match rule.condition() {
            Condition::Events { of, .. } => Ok(Self { selector: of.events.clone(), name, filter }),
            _ => Err(wrong("it says more than what holds of the properties of one event".to_owned())),
        }
    }

    /// The name of the events.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What has to hold of their properties, as it is written.
    #[must_use]
    pub fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// What is selected.
    #[must_use]
    pub fn selector(&self) -> &EventSelector {
        &self.selector
    }
}

/// Text that is no condition on properties.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`where` cannot be read (`{text}`): {why}")]
pub struct EventMatchError {
    text: String,
    why: String,
}

impl TryFrom<Written> for EventMatch {
    type Error = EventMatchError;

    fn try_from(Written { event, filter }: Written) -> Result<Self, EventMatchError> {
        Self::new(event, filter)
    }
}

impl From<EventMatch> for Written {
    fn from(EventMatch { name, filter, .. }: EventMatch) -> Self {
        Self { event: name, filter }
    }
}

//! [`Sequence`]: events that happened one after another.

use onefold_fact::PropertyPath;
use onefold_profile::{EventSelector, Span, Window};
use serde::{Deserialize, Serialize};

/// Events that happened one after another: one of each step, each later than the one before it, all of them within
/// the window.
///
/// Where properties must agree, events without one of them count for no step, and what must not happen between the
/// steps counts only if it agrees too. Events at one and the same instant are not one after another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// The steps, 1 to 16. The first has no gap and nothing that must not happen before it.
    pub steps: Vec<Step>,
    /// How long it takes at most from the first step to the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
    /// The properties whose values are the same in all steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreeing: Vec<PropertyPath>,
    /// What has not happened since the last step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Silence>,
    /// Within which time all steps lie.
    pub window: Window,
}

/// A step of a sequence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The event.
    pub event: EventSelector,
    /// How long after the step before it at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
    /// How long after the step before it at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
    /// What does not happen between the step before it and this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<EventSelector>,
}

/// What has not happened since the last step, which is at least so long ago.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// The event that has not happened.
    pub event: EventSelector,
    /// How long ago the last step is at least.
    #[serde(rename = "for")]
    pub span: Span,
}

impl Step {
    /// The step that an event is, with nothing asked of what is before it.
    #[must_use]
    pub fn of(event: EventSelector) -> Self {
        Self { event, after: None, within: None, without: None }
    }
}

impl Sequence {
    /// The most steps of a sequence.
    pub const MAX_STEPS: usize = 16;

    /// Every choice of events that it asks for.
    pub(crate) fn selectors(&self) -> impl Iterator<Item = &EventSelector> {
        let steps = self.steps.iter().flat_map(|step| std::iter::once(&step.event).chain(&step.without));
        steps.chain(self.since.as_ref().map(|silence| &silence.event))
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let Some(first) = self.steps.first() else {
            return Err("a sequence has no step; name at least one event".to_owned());
        };
        if self.steps.len() > Self::MAX_STEPS {
            return Err(format!("a sequence has {} steps; at most {} are allowed", self.steps.len(), Self::MAX_STEPS));
        }
        if first.after.is_some() || first.within.is_some() || first.without.is_some() {
            return Err("the first step of a sequence follows none; a gap belongs to a later step".to_owned());
        }
        let impossible =
            |step: &&Step| matches!((step.after, step.within), (Some(after), Some(within)) if after > within);
        if let Some(Step { after: Some(after), within: Some(within), .. }) = self.steps.iter().find(impossible) {
            return Err(format!(
                "a step comes after {after} at least and within {within} at most; let `within` be longer than `after`"
            ));
        }
        if self.agreeing.len() > 8 {
            return Err(format!("{} properties are to agree; at most 8 are allowed", self.agreeing.len()));
        }
        Ok(())
    }
}

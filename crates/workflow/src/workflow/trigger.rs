//! [`Trigger`]: what starts a workflow.

use onefold_fact::{Filter, PropertyPath, Test};
use onefold_profile::{EventSelector, Span, Window};
use onefold_segment::{Condition, Rule, Sequence, Silence, Step};
use serde::{Deserialize, Serialize};

use super::moment::{DateMoment, Every};
use super::text::{EventMatch, RuleText};

/// What starts a workflow. It is written as one table; which it is follows from what the table says.
///
/// | written | starts |
/// |---|---|
/// | `event = "cart"`, `where = "total > 20"` | when the event happens |
/// | `rule = "..."` | when a subject comes to meet it |
/// | `entered = "vip"`, `left = "vip"` | when a subject enters or leaves a segment |
/// | `stage = "proposal"`, `of = "opportunity"` | when an object comes to a stage; with `stale_after = "14d"`, when it has stayed there so long |
/// | `date = "renews_on"`, `before = "30d"` | so long before or `after` the day that a field says, or in `working` time of a `calendar` |
/// | `inactive = ["order"]`, `for = "90d"` | when none of these has happened for so long, since the last |
/// | `every = "monday"`, `at = "09:00"` | then, for all who meet `when` |
/// | `danger = "first_reply"` | when a service level is about to be missed |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
#[non_exhaustive]
pub enum Trigger {
    /// An event.
    Event(EventMatch),
    /// A subject comes to meet a rule.
    Rule(RuleText),
    /// A subject enters a segment.
    Entered(String),
    /// A subject leaves a segment.
    Left(String),
    /// An object of work comes to a stage, or stays there.
    Stage {
        /// The stage.
        stage: String,
        /// The kind of object.
        of: String,
        /// How long it stays there.
        stale_after: Option<Span>,
    },
    /// The day that a field of the subject says, or so long before or after.
    Date(DateMoment),
    /// None of these events has happened for so long, since the last one.
    Inactive {
        /// The events.
        events: Vec<String>,
        /// How long.
        span: Span,
    },
    /// Again and again, for all who meet `when`.
    Every(Every),
    /// A service level is in danger.
    Danger(String),
}

/// As it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<RuleText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entered: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale_after: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calendar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    yearly: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    inactive: Option<Vec<String>>,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    span: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    danger: Option<String>,
}

/// How objects of work come to a stage or a status: what happens to them, and the detail that says to which.
pub(super) const COMES: [(&str, &str); 7] = [
    ("opened", "stage"),
    ("opened", "status"),
    ("moved", "to"),
    ("status_changed", "to"),
    ("reopened", "to"),
    ("won", "to"),
    ("lost", "to"),
];

const KINDS: &str = "`event`, `rule`, `entered`, `left`, `stage`, `date`, `inactive`, `every`, `danger`";

impl TryFrom<Written> for Trigger {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let given = serde_json::to_value(&written).map_err(|error| error.to_string())?;
        let names = |allowed: &[&str]| -> Result<(), String> {
            let other = given.as_object().and_then(|all| all.keys().find(|key| !allowed.contains(&key.as_str())));
            match other {
                Some(other) => Err(format!(
                    "`{other}` does not go with `{}`: a trigger says one of {KINDS}; with this one may stand {}",
                    allowed.first().copied().unwrap_or_default(),
                    allowed.iter().skip(1).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                )),
                None => Ok(()),
            }
        };
        let w = written;
        Ok(match (w.event, w.rule, w.entered, w.left, w.stage, w.date, w.inactive, w.every, w.danger) {
            (Some(event), ..) => {
                names(&["event", "where"])?;
                Self::Event(EventMatch::new(event, w.filter).map_err(|error| error.to_string())?)
            }
            (_, Some(rule), ..) => {
                names(&["rule"])?;
                Self::Rule(rule)
            }
            (_, _, Some(segment), ..) => {
                names(&["entered"])?;
                Self::Entered(segment)
            }
            (_, _, _, Some(segment), ..) => {
                names(&["left"])?;
                Self::Left(segment)
            }
            (_, _, _, _, Some(stage), ..) => {
                names(&["stage", "of", "stale_after"])?;
                Self::Stage { stage, of: w.of.unwrap_or_else(|| "opportunity".to_owned()), stale_after: w.stale_after }
            }
            (_, _, _, _, _, Some(field), ..) => {
                names(&["date", "before", "after", "calendar", "at", "yearly"])?;
                Self::Date(DateMoment::new(field, w.before, w.after, w.calendar, w.at.as_deref(), w.yearly)?)
            }
            (_, _, _, _, _, _, Some(events), ..) => {
                names(&["inactive", "for"])?;
                let span = w.span.ok_or("`inactive` says no time: add `for`, like `for = \"90d\"`")?;
                Self::Inactive { events, span }
            }
            (_, _, _, _, _, _, _, Some(every), _) => {
                names(&["every", "at"])?;
                Self::Every(Every::new(&every, w.at.as_deref())?)
            }
            (.., Some(metric)) => {
                names(&["danger"])?;
                Self::Danger(metric)
            }
            _ => return Err(format!("a trigger says one of {KINDS}")),
        })
    }
}

impl From<Trigger> for Written {
    fn from(trigger: Trigger) -> Self {
        let mut written = Self::default();
        match trigger {
            Trigger::Event(event) => {
                written.event = Some(event.name().to_owned());
                written.filter = event.filter().map(str::to_owned);
            }
            Trigger::Rule(rule) => written.rule = Some(rule),
            Trigger::Entered(segment) => written.entered = Some(segment),
            Trigger::Left(segment) => written.left = Some(segment),
            Trigger::Stage { stage, of, stale_after } => {
                (written.stage, written.of, written.stale_after) = (Some(stage), Some(of), stale_after);
            }
            Trigger::Date(date) => {
                (written.before, written.after) = date.offset.written();
                (written.date, written.calendar, written.yearly) = (Some(date.field), date.calendar, date.yearly);
                written.at = date.at.map(|at| at.format("%H:%M").to_string());
            }
            Trigger::Inactive { events, span } => (written.inactive, written.span) = (Some(events), Some(span)),
            Trigger::Every(every) => {
                written.every = Some(every.on.to_string());
                written.at = Some(every.at.format("%H:%M").to_string());
            }
            Trigger::Danger(metric) => written.danger = Some(metric),
        }
        written
    }
}

impl Trigger {
    /// The rule that a subject comes to meet when this starts, if it is such a trigger: a rule, staying at a stage,
    /// inactivity.
    pub(super) fn rule(&self) -> Option<Rule> {
        let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
        match self {
            Self::Rule(rule) => Some(rule.rule().clone()),
            Self::Inactive { events, span } => {
                let each = |not: &str, rest: &str| -> Vec<String> {
                    events.iter().map(|event| format!("{not}did {}{rest}", quoted(event))).collect()
                };
                let ever = each("", "").join(" or ");
                let lately = each("not ", &format!(" in the last {span}")).join(" and ");
                format!("({ever}) and {lately}").parse().ok()
            }
            Self::Stage { stage, of, stale_after: Some(span) } => {
                let named = |event: &str| format!("{of} {event}");
                let left = COMES.iter().map(|(event, _)| *event).filter(|event| *event != "opened");
                let left = EventSelector::named(left.map(named));
                let stays = |event: &str, property: &str| {
                    let came = Filter::test(PropertyPath::of(property), Test::Equal(stage.as_str().into()));
                    Condition::Sequence(Sequence {
                        steps: vec![Step::of(EventSelector::named([named(event)]).filtered(came))],
                        within: None,
                        agreeing: vec![PropertyPath::of(of)],
                        since: Some(Silence { event: left.clone(), span: *span }),
                        window: Window::Lifetime,
                    })
                };
                Rule::new(Condition::Any(COMES.iter().map(|(event, property)| stays(event, property)).collect())).ok()
            }
            _ => None,
        }
    }
}

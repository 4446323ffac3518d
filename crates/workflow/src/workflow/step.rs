//! [`Step`]: one thing that a workflow does, waits for, or decides.

use std::collections::BTreeMap;

use onefold_fact::{AttributeName, Value};
use onefold_profile::Span;
use serde::{Deserialize, Serialize};

use super::definition::{Command, MessageStep, Notice, Task, Webhook};
use super::moment::DateMoment;
use super::plain;
use super::text::{EventMatch, RuleText};

/// A step: its name, what it does, and where a run goes on.
///
/// | written | does |
/// |---|---|
/// | `send = { template = "hello", channel = "email", purpose = "marketing" }` | sends a message |
/// | `task = { title = "call them", owner = "ana", due = "2d" }` | makes a task |
/// | `update = { tier = "gold" }` | sets attributes |
/// | `assign = "ana"`, `move = "proposal"`, `list = "newsletter"` | assigns, moves on, puts on a list |
/// | `webhook = { url = "https://..." }`, `notify = { who = "ana", text = "..." }` | tells another system, or somebody |
/// | `wait = "2d"`, `wait = { working = "4h", calendar = "office" }` | waits so long |
/// | `wait = { event = "order", within = "3d", timeout = "remind" }` | waits for an event, or goes to `timeout` |
/// | `wait = { rule = "...", within = "3d" }` | waits until a rule holds; if it does not in time, the run ends |
/// | `wait = { date = "renews_on", before = "30d" }` | waits for a day that a field says |
/// | `branch = [{ when = "...", next = "call" }]` | goes to the first whose rule holds, else to `next` |
/// | `split = [{ share = 45, next = "a" }, { share = 45, next = "b" }]`, `hold_out = 10` | goes one of several ways by chance; who is held out is left alone |
/// | `end = "nobody answered"` | ends the run |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Step {
    /// Its name, which no other step has.
    pub name: String,
    /// The step after it; `end` ends the run. If none is said, the next one that is written.
    pub next: Option<String>,
    /// What it does.
    pub does: Does,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Does {
    /// A command is given.
    Command(Command),
    /// The run waits.
    Wait(Wait),
    /// The run goes on where a rule holds.
    Branch(Vec<Branch>),
    /// The run goes on one of several ways, by chance.
    Split {
        /// The ways.
        parts: Vec<Part>,
        /// How many of a hundred are left alone.
        hold_out: u32,
    },
    /// The run ends.
    End(String),
}

/// A way of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// What has to hold.
    pub when: RuleText,
    /// Where it leads.
    pub next: String,
}

/// A way of a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// How many of a hundred go it.
    pub share: u32,
    /// Where it leads.
    pub next: String,
}

/// What a run waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wait {
    /// That time goes by.
    For(Length),
    /// A day that a field of the subject says. If it is over, or nothing is said, the run goes on at once.
    Date(DateMoment),
    /// An event.
    Event {
        /// Which.
        event: EventMatch,
        /// How long at most.
        within: Length,
        /// The step if it does not come; if none is said, the run ends.
        timeout: Option<String>,
    },
    /// That a rule holds.
    Rule {
        /// Which.
        rule: RuleText,
        /// How long at most.
        within: Length,
        /// The step if it does not; if none is said, the run ends.
        timeout: Option<String>,
    },
}

/// A length of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Length {
    /// Of the clock.
    Clock(Span),
    /// Of the working time of a calendar.
    Working(Span, String),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "a wait is a length of time like \"2d\", or a table")]
enum WrittenWait {
    Short(Span),
    Long(Box<LongWait>),
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LongWait {
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    span: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    working: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calendar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    yearly: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<RuleText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<String>,
}

impl TryFrom<WrittenWait> for Wait {
    type Error = String;

    fn try_from(written: WrittenWait) -> Result<Self, String> {
        let w = match written {
            WrittenWait::Short(span) => return Ok(Self::For(Length::Clock(span))),
            WrittenWait::Long(long) => *long,
        };
        let length = |span: Option<Span>, says: &str| match (span, w.working, w.calendar.clone()) {
            (Some(span), None, None) => Ok(Length::Clock(span)),
            (None, Some(span), Some(calendar)) => Ok(Length::Working(span, calendar)),
            (None, Some(_), None) => Err("`working` says of which calendar: add `calendar`".to_owned()),
            (None, None, _) => Err(format!("a wait ends some time: add {says}, or `working` and `calendar`")),
            _ => Err(format!("{says} and `working` exclude each other: say one")),
        };
        match (w.date, w.event, w.rule) {
            (Some(field), None, None) => Ok(Self::Date(DateMoment::new(
                field,
                w.before,
                w.after,
                w.calendar.clone(),
                w.at.as_deref(),
                w.yearly,
            )?)),
            (None, Some(event), None) => Ok(Self::Event {
                event: EventMatch::new(event, w.filter).map_err(|error| error.to_string())?,
                within: length(w.within, "`within`")?,
                timeout: w.timeout,
            }),
            (None, None, Some(rule)) => {
                Ok(Self::Rule { rule, within: length(w.within, "`within`")?, timeout: w.timeout })
            }
            (None, None, None) => Ok(Self::For(length(w.span, "`for`")?)),
            _ => Err("a wait says one of `for`, `working`, `date`, `event`, `rule`".to_owned()),
        }
    }
}

impl From<Wait> for WrittenWait {
    fn from(wait: Wait) -> Self {
        let mut long = LongWait::default();
        let within = |length: Length, long: &mut LongWait| match length {
            Length::Clock(span) => long.within = Some(span),
            Length::Working(span, calendar) => (long.working, long.calendar) = (Some(span), Some(calendar)),
        };
        match wait {
            Wait::For(Length::Clock(span)) => return Self::Short(span),
            Wait::For(Length::Working(span, calendar)) => {
                (long.working, long.calendar) = (Some(span), Some(calendar));
            }
            Wait::Date(date) => {
                (long.before, long.after) = date.offset.written();
                (long.date, long.calendar, long.yearly) = (Some(date.field), date.calendar, date.yearly);
                long.at = date.at.map(|at| at.format("%H:%M").to_string());
            }
            Wait::Event { event, within: length, timeout } => {
                long.event = Some(event.name().to_owned());
                long.filter = event.filter().map(str::to_owned);
                long.timeout = timeout;
                within(length, &mut long);
            }
            Wait::Rule { rule, within: length, timeout } => {
                (long.rule, long.timeout) = (Some(rule), timeout);
                within(length, &mut long);
            }
        }
        Self::Long(Box::new(long))
    }
}

/// As it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    send: Option<MessageStep>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task: Option<Task>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    update: Option<Values>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assign: Option<String>,
    #[serde(default, rename = "move", skip_serializing_if = "Option::is_none")]
    moves: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    webhook: Option<Webhook>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notify: Option<Notice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wait: Option<WrittenWait>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    branch: Option<Vec<Branch>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    split: Option<Vec<Part>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold_out: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Values(#[serde(with = "plain::attributes")] BTreeMap<AttributeName, Value>);

impl TryFrom<Written> for Step {
    type Error = String;

    fn try_from(w: Written) -> Result<Self, String> {
        let (name, next) = (w.name, w.next);
        let mut all: Vec<Does> = Vec::new();
        all.extend(w.send.map(|it| Does::Command(Command::Send(it))));
        all.extend(w.task.map(|it| Does::Command(Command::Task(it))));
        all.extend(w.update.map(|it| Does::Command(Command::Update(it.0))));
        all.extend(w.assign.map(|it| Does::Command(Command::Assign(it))));
        all.extend(w.moves.map(|it| Does::Command(Command::Move(it))));
        all.extend(w.list.map(|it| Does::Command(Command::List(it))));
        all.extend(w.webhook.map(|it| Does::Command(Command::Webhook(it))));
        all.extend(w.notify.map(|it| Does::Command(Command::Notify(it))));
        if let Some(wait) = w.wait {
            all.push(Does::Wait(Wait::try_from(wait).map_err(|error| format!("step `{name}`: {error}"))?));
        }
        all.extend(w.branch.map(Does::Branch));
        if let Some(parts) = w.split {
            all.push(Does::Split { parts, hold_out: w.hold_out.unwrap_or(0) });
        } else if w.hold_out.is_some() {
            return Err(format!("step `{name}`: `hold_out` goes with `split`"));
        }
        all.extend(w.end.map(Does::End));
        let mut all = all.into_iter();
        match (all.next(), all.next()) {
            (Some(does), None) => Ok(Self { name, next, does }),
            (None, _) => Err(format!("step `{name}` does nothing: say {}", Self::KINDS)),
            _ => Err(format!("step `{name}` does two things: make it two steps")),
        }
    }
}

impl From<Step> for Written {
    fn from(step: Step) -> Self {
        let mut w = Self { name: step.name, next: step.next, ..Self::default() };
        match step.does {
            Does::Command(Command::Send(it)) => w.send = Some(it),
            Does::Command(Command::Task(it)) => w.task = Some(it),
            Does::Command(Command::Update(it)) => w.update = Some(Values(it)),
            Does::Command(Command::Assign(it)) => w.assign = Some(it),
            Does::Command(Command::Move(it)) => w.moves = Some(it),
            Does::Command(Command::List(it)) => w.list = Some(it),
            Does::Command(Command::Webhook(it)) => w.webhook = Some(it),
            Does::Command(Command::Notify(it)) => w.notify = Some(it),
            Does::Wait(wait) => w.wait = Some(wait.into()),
            Does::Branch(branches) => w.branch = Some(branches),
            Does::Split { parts, hold_out } => {
                (w.split, w.hold_out) = (Some(parts), Some(hold_out).filter(|held| *held > 0));
            }
            Does::End(reason) => w.end = Some(reason),
        }
        w
    }
}

impl Step {
    /// What `next` says where a run ends.
    pub const END: &str = "end";

    const KINDS: &str = "one of `send`, `task`, `update`, `assign`, `move`, `list`, `webhook`, `notify`, `wait`, `branch`, \
                         `split`, `end`";

    /// The steps that it names.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.next.iter().map(String::as_str).collect();
        match &self.does {
            Does::Wait(Wait::Event { timeout, .. } | Wait::Rule { timeout, .. }) => {
                names.extend(timeout.iter().map(String::as_str));
            }
            Does::Branch(branches) => names.extend(branches.iter().map(|branch| branch.next.as_str())),
            Does::Split { parts, .. } => names.extend(parts.iter().map(|part| part.next.as_str())),
            _ => {}
        }
        names.retain(|name| *name != Self::END);
        names
    }

    /// The rules that it asks.
    pub(super) fn rules(&self) -> Vec<&RuleText> {
        match &self.does {
            Does::Wait(Wait::Rule { rule, .. }) => vec![rule],
            Does::Branch(branches) => branches.iter().map(|branch| &branch.when).collect(),
            _ => Vec::new(),
        }
    }
}

//! [`Lead`]: somebody who may become a customer, until it is clear whether they do.

use std::collections::BTreeMap;

use onefold_fact::{Timestamp, Value};
use onefold_profile::Timeline;
use onefold_segment::Subject;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::assign::{Assignment, PassedOver};
use crate::object::Aggregate;
use crate::opportunity::Opening;
use crate::rejection::{Problem, Rejection, Why};

/// Somebody who may become a customer. It is made by [`fold`](crate::fold) from the facts about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Lead {
    /// Where it stands.
    pub status: LeadStatus,
    /// Where it came from.
    pub source: String,
    /// What it said.
    pub fields: BTreeMap<String, Value>,
    /// Whose it is.
    pub owner: Option<String>,
    /// When it came.
    pub captured_at: Option<Timestamp>,
    /// Why it is none.
    pub reason: Option<String>,
    /// What it became.
    pub converted: Option<Converted>,
    /// By field: since when it is as it is.
    pub since: BTreeMap<String, Timestamp>,
}

/// Where a lead stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadStatus {
    /// Nobody has done anything.
    #[default]
    New,
    /// Somebody is at it.
    Working,
    /// It is worth selling to.
    Qualified,
    /// It is not.
    Disqualified,
    /// It is a customer's contact now.
    Converted,
}

impl LeadStatus {
    fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Working => "working",
            Self::Qualified => "qualified",
            Self::Disqualified => "disqualified",
            Self::Converted => "converted",
        }
    }
}

/// What a lead became.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converted {
    /// The account, by its key.
    pub account: Option<String>,
    /// The contact, by its key.
    pub contact: String,
    /// The deal that began with it.
    pub opportunity: Option<String>,
}

/// What somebody wants of a lead.
#[derive(Debug, Clone, PartialEq)]
pub enum LeadCommand {
    /// It comes.
    Capture {
        /// From where.
        source: String,
        /// What it says.
        fields: BTreeMap<String, Value>,
    },
    /// It says more; `None` takes a field away.
    Describe(BTreeMap<String, Option<Value>>),
    /// It is this user's.
    Assign(Option<String>),
    /// It is whose turn it is.
    Route {
        /// By which routing.
        routing: String,
        /// Who gets it, and why nobody else does.
        assignment: Assignment,
    },
    /// Somebody is at it.
    Work,
    /// It is worth selling to.
    Qualify,
    /// It is not.
    Disqualify {
        /// Why.
        reason: String,
    },
}

impl LeadCommand {
    /// The user whose it would be.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        match self {
            Self::Assign(owner) => owner.as_deref(),
            Self::Route { assignment, .. } => assignment.user.as_deref(),
            _ => None,
        }
    }
}

impl LeadOutcome {
    /// It is given to a user, or to nobody, by hand.
    #[must_use]
    pub fn assigned(owner: Option<String>) -> Self {
        Self::Assigned { owner, routing: None, passed_over: BTreeMap::new() }
    }
}

/// What happens to a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LeadOutcome {
    /// It came.
    Captured {
        /// From where.
        source: String,
        /// What it says.
        fields: BTreeMap<String, serde_json::Value>,
    },
    /// It says more.
    Described {
        /// By field.
        fields: BTreeMap<String, Option<serde_json::Value>>,
    },
    /// Whose it is.
    Assigned {
        /// The user.
        owner: Option<String>,
        /// By which routing, where it was somebody's turn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        routing: Option<String>,
        /// Why it was not somebody else's turn, by user.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        passed_over: BTreeMap<String, PassedOver>,
    },
    /// It stands elsewhere.
    Status {
        /// Where.
        status: LeadStatus,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It became a customer's contact.
    Converted(Converted),
}

impl Lead {
    /// It as the subject of rules: its fields, `status`, `source`, `owner`, and what the customer did whom it is about.
    #[must_use]
    pub fn subject<'a>(&'a self, timeline: Option<&'a Timeline>) -> impl Subject + 'a {
        let own = [
            ("status", Some(Value::from(self.status.name()))),
            ("source", Some(Value::from(self.source.as_str()))),
            ("owner", self.owner.as_deref().map(Value::from)),
        ];
        let mut values: BTreeMap<&str, Value> =
            self.fields.iter().map(|(field, value)| (field.as_str(), value.clone())).collect();
        values.extend(own.into_iter().filter_map(|(field, value)| Some((field, value?))));
        LeadSubject { lead: self, values, timeline, nothing: Timeline::default() }
    }
}

struct LeadSubject<'a> {
    lead: &'a Lead,
    values: BTreeMap<&'a str, Value>,
    timeline: Option<&'a Timeline>,
    nothing: Timeline,
}

impl Subject for LeadSubject<'_> {
    fn id(&self) -> Uuid {
        let said: String = self.lead.fields.values().map(|value| value.to_text().into_owned()).collect();
        Uuid::new_v5(&Uuid::NAMESPACE_OID, said.as_bytes())
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    fn field_since(&self, name: &str) -> Option<Timestamp> {
        Some(self.lead.since.get(name).copied().unwrap_or(Timestamp::MIN_UTC))
    }

    fn timeline(&self) -> &Timeline {
        self.timeline.unwrap_or(&self.nothing)
    }
}

impl Aggregate for Lead {
    const KIND: &'static str = "lead";
    type Outcome = LeadOutcome;

    fn apply(&mut self, at: Timestamp, outcome: &LeadOutcome) {
        match outcome {
            LeadOutcome::Captured { source, fields } => {
                self.captured_at = self.captured_at.or(Some(at));
                self.source.clone_from(source);
                for (field, value) in fields {
                    self.tell(at, field, Some(value));
                }
            }
            LeadOutcome::Described { fields } => {
                for (field, value) in fields {
                    self.tell(at, field, value.as_ref());
                }
            }
            LeadOutcome::Assigned { owner, .. } => {
                self.owner.clone_from(owner);
                self.since.insert("owner".to_owned(), at);
            }
            LeadOutcome::Status { status, reason } => {
                self.status = *status;
                self.reason.clone_from(reason);
                self.since.insert("status".to_owned(), at);
            }
            LeadOutcome::Converted(converted) => {
                self.status = LeadStatus::Converted;
                self.converted = Some(converted.clone());
                self.since.insert("status".to_owned(), at);
            }
        }
    }
}

impl Lead {
    fn tell(&mut self, at: Timestamp, field: &str, value: Option<&serde_json::Value>) {
        self.since.insert(field.to_owned(), at);
        match value.and_then(|value| Value::from_json(&value.to_string()).ok()?.value) {
            Some(value) => drop(self.fields.insert(field.to_owned(), value)),
            None => drop(self.fields.remove(field)),
        }
    }
}

/// What a command does to a lead.
///
/// # Errors
/// Why it does nothing. A converted lead is not changed any more: what is new is its contact's.
pub fn decide_lead(lead: &Lead, command: &LeadCommand) -> Result<LeadOutcome, Rejection> {
    let is_there = lead.captured_at.is_some();
    match (command, is_there) {
        (LeadCommand::Capture { .. }, true) => {
            let fix = "capture it under another id, or say more of this one";
            return Err(Problem::of(Why::Exists, "id", "the lead is there already", fix).into());
        }
        (LeadCommand::Capture { .. }, false) => {}
        (_, false) => return Err(Problem::of(Why::NotFound, "id", "there is no such lead", "capture it first").into()),
        (_, true) => not_converted(lead)?,
    }
    let status = |status, reason| LeadOutcome::Status { status, reason };
    Ok(match command {
        LeadCommand::Capture { source, fields } => LeadOutcome::Captured {
            source: source.clone(),
            fields: fields.iter().map(|(field, value)| (field.clone(), json(value))).collect(),
        },
        LeadCommand::Describe(fields) => LeadOutcome::Described {
            fields: fields.iter().map(|(field, value)| (field.clone(), value.as_ref().map(json))).collect(),
        },
        LeadCommand::Assign(owner) => LeadOutcome::assigned(owner.clone()),
        LeadCommand::Route { routing, assignment: Assignment { user, passed_over } } => LeadOutcome::Assigned {
            owner: user.clone(),
            routing: Some(routing.clone()),
            passed_over: passed_over.iter().cloned().collect(),
        },
        LeadCommand::Work => status(LeadStatus::Working, None),
        LeadCommand::Qualify => status(LeadStatus::Qualified, None),
        LeadCommand::Disqualify { reason } if reason.trim().is_empty() => {
            return Err(Problem::of(Why::Missing, "reason", "`reason` is missing", "say why it is none").into());
        }
        LeadCommand::Disqualify { reason } => status(LeadStatus::Disqualified, Some(reason.clone())),
    })
}

fn json(value: &Value) -> serde_json::Value {
    serde_json::to_value(value.plain()).unwrap_or_default()
}

fn not_converted(lead: &Lead) -> Result<(), Rejection> {
    let Some(converted) = &lead.converted else { return Ok(()) };
    let message = format!("the lead was converted into contact `{}`", converted.contact);
    Err(Problem::of(Why::Closed, "status", message, "change the contact, or take the conversion back").into())
}

/// Which field of a lead becomes which of the account and of the contact. What is not named here is the contact's under its own
/// name, since the lead and the contact are one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversionMap {
    /// To the account.
    pub account: BTreeMap<String, String>,
    /// To the contact.
    pub contact: BTreeMap<String, String>,
}

impl Default for ConversionMap {
    /// The company, its address and its size to the account, the person to the contact, the phone to both. Which fields go
    /// where is what Salesforce documents of its own conversion.
    fn default() -> Self {
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Self {
            account: map(&[
                ("company", "company"),
                ("street", "street"),
                ("city", "city"),
                ("region", "region"),
                ("postcode", "postcode"),
                ("country", "country"),
                ("website", "website"),
                ("industry", "industry"),
                ("employees", "employees"),
                ("annual_revenue", "annual_revenue"),
                ("phone", "phone"),
            ]),
            contact: map(&[
                ("full_name", "full_name"),
                ("given_name", "given_name"),
                ("family_name", "family_name"),
                ("title", "title"),
                ("job_title", "job_title"),
                ("email", "email"),
                ("phone", "phone"),
                ("mobile", "mobile"),
                ("company", "company"),
            ]),
        }
    }
}

/// Into what a lead is converted. What is there is given with its fields, and keeps them.
#[derive(Debug, Clone, Default)]
pub struct ConversionTarget {
    /// The key of the contact, and what is known of it.
    pub contact: (String, BTreeMap<String, Value>),
    /// The key of the account, and what is known of it; none, if the lead speaks for nobody else.
    pub account: Option<(String, BTreeMap<String, Value>)>,
    /// The id of a deal that begins with it.
    pub opportunity: Option<(String, Opening)>,
}

/// What a conversion does. Looking at it is the preview; nothing is done until its parts are accepted, and taking the
/// batch back in which they were undoes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// What happens to the lead.
    pub lead: LeadOutcome,
    /// What is set of the contact: only what was not known.
    pub contact: BTreeMap<String, Value>,
    /// What is set of the account: only what was not known.
    pub account: BTreeMap<String, Value>,
    /// How the deal begins.
    pub opportunity: Option<Opening>,
    /// What the contact and the account keep though the lead says otherwise.
    pub kept: Vec<Kept>,
}

/// A field that is not overwritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Of the `contact` or of the `account`.
    pub of: &'static str,
    /// The field.
    pub field: String,
    /// What it is.
    pub is: Value,
    /// What the lead says.
    pub lead_says: Value,
}

/// What converting a lead would do.
///
/// # Errors
/// When it is not there, is none, or was converted already.
pub fn convert(lead: &Lead, target: &ConversionTarget, map: &ConversionMap) -> Result<Conversion, Rejection> {
    if lead.captured_at.is_none() {
        return Err(Problem::of(Why::NotFound, "id", "there is no such lead", "capture it first").into());
    }
    not_converted(lead)?;
    if lead.status == LeadStatus::Disqualified {
        let message = "the lead is disqualified";
        return Err(Problem::of(Why::NotAllowed, "status", message, "qualify it first").into());
    }
    let mut kept = Vec::new();
    let mut fill = |of: &'static str, says: BTreeMap<&String, &Value>, known: &BTreeMap<String, Value>| {
        let mut set: BTreeMap<String, Value> = BTreeMap::new();
        for (field, lead_says) in says {
            match known.get(field) {
                None => drop(set.insert(field.clone(), lead_says.clone())),
                Some(is) if is == lead_says => {}
                Some(is) => {
                    kept.push(Kept { of, field: field.clone(), is: is.clone(), lead_says: lead_says.clone() });
                }
            }
        }
        set
    };
    let mapped = |map: &'_ BTreeMap<String, String>| -> Vec<(String, Value)> {
        map.iter().filter_map(|(from, to)| Some((to.clone(), lead.fields.get(from)?.clone()))).collect()
    };
    // The lead is the contact, so all that it says is said of the contact.
    let (renamed, of_account) = (mapped(&map.contact), mapped(&map.account));
    let mut of_contact: BTreeMap<&String, &Value> =
        lead.fields.iter().filter(|(field, _)| map.contact.get(*field).is_none_or(|to| to == *field)).collect();
    of_contact.extend(renamed.iter().map(|(to, says)| (to, says)));
    let contact = fill("contact", of_contact, &target.contact.1);
    let of_account: BTreeMap<&String, &Value> = of_account.iter().map(|(to, says)| (to, says)).collect();
    let account = target.account.as_ref().map(|(_, known)| fill("account", of_account, known)).unwrap_or_default();
    let opportunity = target.opportunity.as_ref().map(|(_, opening)| Opening {
        owner: opening.owner.clone().or_else(|| lead.owner.clone()),
        account: opening.account.clone().or_else(|| target.account.as_ref().map(|(key, _)| key.clone())),
        ..opening.clone()
    });
    let converted = Converted {
        account: target.account.as_ref().map(|(key, _)| key.clone()),
        contact: target.contact.0.clone(),
        opportunity: target.opportunity.as_ref().map(|(id, _)| id.clone()),
    };
    Ok(Conversion { lead: LeadOutcome::Converted(converted), contact, account, opportunity, kept })
}

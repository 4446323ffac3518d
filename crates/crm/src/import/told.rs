//! [`Told`]: what one row of an export says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use onefold_fact::{AttributeName, Identifier, Party, Timestamp, Value};
use rust_decimal::Decimal;

use super::columns::ExportOf;
use crate::category::ForecastCategory;
use crate::lead::LeadStatus;
use crate::life_cycle::LifeCycleStage;
use crate::money::Currency;

/// What one row of an export says.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Of a company or a person.
    Party(PartyTold),
    /// Of a lead.
    Lead(LeadTold),
    /// Of a deal.
    Deal(DealTold),
    /// What a deal was at a time.
    Change(ChangeTold),
    /// Who takes part in a deal.
    Part(PartTold),
    /// Of a user.
    User(UserTold),
    /// That something is there no more.
    Deleted(DeletedTold),
}

/// Something that is there no more, as a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedTold {
    /// What it was.
    pub of: ExportOf,
    /// Its id.
    pub id: String,
    /// Since when, if the row says.
    pub at: Option<Timestamp>,
}

/// A company or a person, as a row says.
#[derive(Debug, Clone, PartialEq)]
pub struct PartyTold {
    /// Its id.
    pub id: String,
    /// Which of the two.
    pub party: Party,
    /// What is said of it.
    pub attributes: BTreeMap<AttributeName, Value>,
    /// By what it is known elsewhere.
    pub identifiers: BTreeSet<Identifier>,
    /// Through which channels nothing more is to come.
    pub opt_outs: BTreeSet<&'static str>,
    /// As of when.
    pub at: Option<Timestamp>,
    /// Whose it is.
    pub owner: Option<String>,
    /// Of a person, the company; of a company, the one above it.
    pub above: Option<String>,
    /// As what the person is in the company.
    pub role: Option<String>,
    /// How far they have come, if the row says so and it is one of the stages that there are.
    pub life_cycle: Option<LifeCycleStage>,
    /// A person who may become a customer, if the row says so.
    pub lead: Option<LeadTold>,
}

/// A lead, as a row says.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadTold {
    /// Its id.
    pub id: String,
    /// Where it came from.
    pub source: Option<String>,
    /// What it said.
    pub fields: BTreeMap<String, Value>,
    /// By what it is known elsewhere.
    pub identifiers: BTreeSet<Identifier>,
    /// Through which channels nothing more is to come.
    pub opt_outs: BTreeSet<&'static str>,
    /// Where it stands.
    pub status: LeadStatus,
    /// Why it is none.
    pub reason: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// When it came.
    pub created: Option<Timestamp>,
    /// As of when.
    pub at: Option<Timestamp>,
    /// When it was converted, and into which contact, account and deal.
    pub converted: Option<(Option<Timestamp>, [Option<String>; 3])>,
}

/// A deal, as a row says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DealTold {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its pipeline, if it names one.
    pub pipeline: Option<String>,
    /// What it is now.
    pub now: Step,
    /// Whether it is over, and if so whether it was won, where the row says so.
    pub closed: Option<bool>,
    /// Why it ended.
    pub reason: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Who takes part.
    pub contacts: Vec<String>,
    /// Other fields.
    pub fields: BTreeMap<String, Value>,
    /// When it began.
    pub created: Option<Timestamp>,
    /// Since when it is where it is.
    pub stage_since: Option<Timestamp>,
    /// As of when.
    pub at: Option<Timestamp>,
}

/// What was said of a deal at one time; what was not said stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The stage.
    pub stage: Option<String>,
    /// What it is worth, with the currency where it is said.
    pub amount: Option<(Decimal, Option<Currency>)>,
    /// When it is expected to close.
    pub closes_on: Option<NaiveDate>,
    /// How likely it is.
    pub probability: Option<Decimal>,
    /// How a forecast counts it.
    pub category: Option<ForecastCategory>,
    /// Whose it is.
    pub owner: Option<String>,
}

/// What a deal was at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeTold {
    /// The deal.
    pub deal: String,
    /// When it came to be so.
    pub at: Timestamp,
    /// What it was.
    pub step: Step,
    /// What it was before, if the row says so too.
    pub before: Step,
}

/// Who takes part in a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartTold {
    /// The deal.
    pub deal: String,
    /// The contact.
    pub contact: String,
    /// As what.
    pub role: Option<String>,
    /// Whether this is who is asked first.
    pub primary: bool,
}

/// A user, as a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserTold {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Who they report to.
    pub manager: Option<String>,
    /// Whether they still work there.
    pub active: bool,
    /// As of when.
    pub at: Option<Timestamp>,
}

//! [`Account`]: an organisation that is sold to, what stands above it, and what all of it comes to.

use std::collections::BTreeMap;

use onefold_fact::{Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::field::{Fielded, Object};
use crate::hierarchy::{Hierarchy, refuse_circle};
use crate::money::Totals;
use crate::object::Aggregate;
use crate::opportunity::Opportunity;
use crate::pipeline::Closes;
use crate::rejection::{Problem, Rejection, Why};

/// What sales work knows of an organisation beside its profile. It is made by [`fold`](crate::fold) from the facts about it;
/// name and address are the profile's, its people the members of its group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The account that stands above it.
    pub parent: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// Other fields.
    pub fields: BTreeMap<String, Value>,
    /// By field: since when it is as it is.
    pub since: BTreeMap<String, Timestamp>,
}

/// What somebody wants of an account.
#[derive(Debug, Clone, PartialEq)]
pub enum AccountCommand {
    /// Another stands above it, or none.
    Under(Option<String>),
    /// It is this user's.
    Assign(Option<String>),
    /// Other fields; `None` takes one away.
    Describe(BTreeMap<String, Option<Value>>),
}

/// What happens to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AccountOutcome {
    /// Another stands above it.
    Placed {
        /// Which.
        parent: Option<String>,
    },
    /// Whose it is.
    Assigned {
        /// The user.
        owner: Option<String>,
    },
    /// What else is known of it; an empty value takes the field away.
    Described {
        /// By field.
        fields: BTreeMap<String, Option<serde_json::Value>>,
    },
}

impl Aggregate for Account {
    const KIND: &'static str = "account";
    type Outcome = AccountOutcome;

    fn apply(&mut self, at: Timestamp, outcome: &AccountOutcome) {
        let mut said = |field: &str| {
            self.since.insert(field.to_owned(), at);
        };
        match outcome {
            AccountOutcome::Placed { parent } => {
                said("parent");
                self.parent.clone_from(parent);
            }
            AccountOutcome::Assigned { owner } => {
                said("owner");
                self.owner.clone_from(owner);
            }
            AccountOutcome::Described { fields } => {
                for (field, value) in fields {
                    said(field);
                    match value.as_ref().and_then(|json| Value::from_json(&json.to_string()).ok()?.value) {
                        Some(value) => drop(self.fields.insert(field.clone(), value)),
                        None => drop(self.fields.remove(field)),
                    }
                }
            }
        }
    }
}

/// What a command does to an account; `accounts` says of every account which stands above it.
///
/// # Errors
/// When an account would stand above itself, or a field is one that has a command of its own.
pub fn decide_account(
    id: &str,
    command: &AccountCommand,
    accounts: &Hierarchy,
) -> Result<Vec<AccountOutcome>, Rejection> {
    Ok(vec![match command {
        AccountCommand::Under(parent) => {
            refuse_circle(id, parent.as_deref(), accounts, "parent", "account")?;
            AccountOutcome::Placed { parent: parent.clone() }
        }
        AccountCommand::Assign(owner) => AccountOutcome::Assigned { owner: owner.clone() },
        AccountCommand::Describe(fields) => {
            if let Some(field) = ["parent", "owner"].into_iter().find(|own| fields.contains_key(*own)) {
                let message = format!("`{field}` is not one of the other fields");
                return Err(Problem::of(Why::Invalid, field, message, "use the command of its own").into());
            }
            let json = |value: &Option<Value>| {
                value.as_ref().map(|value| serde_json::to_value(value.plain()).unwrap_or_default())
            };
            let fields = fields.iter().map(|(field, value)| (field.clone(), json(value))).collect();
            AccountOutcome::Described { fields }
        }
    }])
}

impl Fielded for Account {
    fn object(&self) -> Object<'_> {
        let own =
            [("parent", self.parent.as_deref().map(Value::from)), ("owner", self.owner.as_deref().map(Value::from))];
        Object::new(own).with(&self.fields).since(&self.since)
    }
}

/// What an account and all that stand below it come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AccountRollUp {
    /// How many accounts.
    pub accounts: usize,
    /// How many deals are open.
    pub open: usize,
    /// What they are worth, by currency.
    pub open_worth: Totals,
    /// How many deals were won.
    pub won: usize,
    /// What they were worth, by currency.
    pub won_worth: Totals,
    /// How many deals were lost.
    pub lost: usize,
}

impl AccountRollUp {
    /// What an account and all that stand below it come to, of all deals. A deal counts once, and one that names no account
    /// nowhere.
    #[must_use]
    pub fn of<'a>(
        account: &str,
        accounts: &Hierarchy,
        deals: impl IntoIterator<Item = (Option<&'a str>, &'a Opportunity)>,
    ) -> Self {
        let whole = accounts.whole(account);
        let mut sum = Self { accounts: whole.len(), ..Self::default() };
        for (_, deal) in deals.into_iter().filter(|(of, _)| of.is_some_and(|of| whole.contains(of))) {
            match deal.closed.as_ref().map(|closed| closed.as_) {
                None if !deal.is_there() => {}
                None => {
                    sum.open += 1;
                    sum.open_worth.extend(deal.amount);
                }
                Some(Closes::Won) => {
                    sum.won += 1;
                    sum.won_worth.extend(deal.amount);
                }
                Some(Closes::Lost) => sum.lost += 1,
            }
        }
        sum
    }
}

//! Accounts in their hierarchy, users and teams, products, what managers stand for, and what belongs together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use onefold_connect::did_you_mean;
use onefold_crm::{
    Account, AccountCommand, AccountRollUp, Adjustment, Adjustments, Aggregate, AssociationSpec, Associations, Contact,
    Hierarchy, Opportunity, Problem, Product, ProductCommand, Rejection, Team, TeamCommand, User, UserCommand, Why,
    decide_account, decide_adjustment, decide_association, decide_product, decide_team, decide_user,
};
use onefold_fact::{RecordId, Source, Timestamp};

use super::fields::typed_changes;
use super::{Under, WorkError, state, told, told_of};
use crate::error::OnefoldError;
use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::views::Views;

/// The source under which is kept what is about no customer.
const SALES: &str = "sales";

impl Views {
    /// What sales work knows of an account, by the id of any record of it. `None` if it knows nothing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn account(&self, id: &str) -> Result<Option<Account>, OnefoldError> {
        Ok(self.object(Account::KIND, id)?.map(|history| state(&history)))
    }

    /// Which account stands above which, by the ids of the customers that they are: records of one organisation are one
    /// account.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn account_hierarchy(&self) -> Result<Hierarchy, OnefoldError> {
        let mut pairs = Vec::new();
        for (id, account) in self.all::<Account>()? {
            if let Some(parent) = account.parent {
                pairs.push((self.account_named(&id)?, self.account_named(&parent)?));
            }
        }
        Ok(pairs.into_iter().collect())
    }

    /// The id of the customer that an account is, by the id of any of its records; what is no such id is left as it is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn account_named(&self, id: &str) -> Result<String, OnefoldError> {
        let Ok(record) = id.parse::<RecordId>() else { return Ok(id.to_owned()) };
        Ok(self.holding(record)?.map_or_else(|| id.to_owned(), |customer| customer.to_string()))
    }

    /// What an account and all that stand below it come to.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn account_roll_up(&self, account: &str) -> Result<AccountRollUp, OnefoldError> {
        let deals: BTreeMap<String, Opportunity> = self.deals()?;
        let mut of = Vec::new();
        for deal in deals.values() {
            of.push((deal.account.as_deref().map(|account| self.account_named(account)).transpose()?, deal));
        }
        let account = self.account_named(account)?;
        let accounts = self.account_hierarchy()?;
        Ok(AccountRollUp::of(&account, &accounts, of.iter().map(|(of, deal)| (of.as_deref(), *deal))))
    }

    /// All users, by id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn users(&self) -> Result<BTreeMap<String, User>, OnefoldError> {
        self.all::<User>()
    }

    /// Who reports to whom.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn managers(&self) -> Result<Hierarchy, OnefoldError> {
        Ok(self.users()?.into_iter().filter_map(|(id, user)| Some((id, user.manager?))).collect())
    }

    /// All teams, by id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn teams(&self) -> Result<BTreeMap<String, Team>, OnefoldError> {
        self.all::<Team>()
    }

    /// Whether something may be somebody's: where users are known, of one of them who has not left, or of a team.
    pub(crate) fn may_own(&self, owner: Option<&str>) -> Result<(), WorkError> {
        owner.map_or(Ok(()), |owner| self.is_at_work("owner", owner))
    }

    fn is_at_work(&self, field: &str, named: &str) -> Result<(), WorkError> {
        let users = self.users()?;
        let what = match users.get(named) {
            Some(user) if user.left => "has left",
            Some(_) => return Ok(()),
            None if users.is_empty() || self.teams()?.contains_key(named) => return Ok(()),
            None => "is no user",
        };
        let known: Vec<&str> = users.iter().filter(|(_, user)| !user.left).map(|(id, _)| id.as_str()).collect();
        let fix = did_you_mean(named, known.iter().copied());
        Err(Rejection::from(Problem::of(Why::NotFound, field, format!("`{named}` {what}"), fix)).into())
    }

    /// Whether a number may be adjusted: by somebody who is there, of a user, also one who left, a team, or whoever has deals.
    fn may_adjust(&self, adjustment: &Adjustment) -> Result<(), WorkError> {
        self.is_at_work("by", &adjustment.by)?;
        let owner = adjustment.owner.as_str();
        let has_deals =
            || Ok::<_, OnefoldError>(self.deals()?.values().any(|deal| deal.owner.as_deref() == Some(owner)));
        if self.users()?.contains_key(owner) || has_deals()? {
            return Ok(());
        }
        self.may_own(Some(owner))
    }

    /// All products, by id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn products(&self) -> Result<BTreeMap<String, Product>, OnefoldError> {
        self.all::<Product>()
    }

    /// The numbers that managers stand for in a period: its first day, and the first after it.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn adjustments(&self, from: NaiveDate, until: NaiveDate) -> Result<Vec<Adjustment>, OnefoldError> {
        let history = self.object(Adjustments::KIND, &Adjustments::id(from, until))?;
        Ok(history.map(|history| state::<Adjustments>(&history).said).unwrap_or_default())
    }

    /// The ways in force in which objects belong together, by name.
    #[must_use]
    pub fn association_specs(&self) -> &BTreeMap<String, AssociationSpec> {
        &self.governance.settings().associations
    }

    /// With what an object belongs together in one way.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn associations(&self, name: &str, from: &str) -> Result<Associations, OnefoldError> {
        let history = self.object(Associations::KIND, &Associations::id(name, from))?;
        Ok(history.map(|history| state(&history)).unwrap_or_default())
    }
}

/// What is about no customer.
fn nobody() -> Under {
    (Source::from(SALES), None)
}

impl Onefold {
    /// Carries a command on an account out. The account is an organisation who is a customer, by the id of any record of it.
    ///
    /// # Errors
    /// When it may not be done, such as to put an account under one that stands below it, or it cannot be written.
    pub fn account(
        &self,
        account: impl Into<RecordId>,
        command: &AccountCommand,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        let account = account.into();
        let named = self.views()?.account_named(&account.to_string())?;
        self.work((Account::KIND, &named), at, |views, at| {
            let under = views.kept_under(account)?;
            let command = match command {
                AccountCommand::Under(Some(parent)) => {
                    views.is_account("account", &account.to_string())?;
                    views.is_account("parent", parent)?;
                    AccountCommand::Under(Some(views.account_named(parent)?))
                }
                AccountCommand::Describe(fields) => {
                    let is = views.account(&views.account_named(&account.to_string())?)?.unwrap_or_default();
                    AccountCommand::Describe(typed_changes(views, Account::KIND, fields, &is.fields)?)
                }
                other => other.clone(),
            };
            if let AccountCommand::Assign(owner) = &command {
                views.may_own(owner.as_deref())?;
            }
            let id = views.account_named(&account.to_string())?;
            let outcomes = decide_account(&id, &command, &views.account_hierarchy()?)?;
            Ok(told::<Account>(&id, &under, &outcomes, at)?)
        })
    }

    /// Carries a command on a user out.
    ///
    /// # Errors
    /// When it may not be done, such as to report to somebody who reports to them, or it cannot be written.
    pub fn user(&self, id: &str, command: &UserCommand, at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((User::KIND, id), at, |views, at| {
            let mut users = views.users()?;
            if let UserCommand::ReportTo(Some(manager)) = command
                && !users.contains_key(manager)
            {
                let fix = did_you_mean(manager, users.keys().map(String::as_str));
                let message = format!("`{manager}` is no user");
                return Err(Rejection::from(Problem::of(Why::NotFound, "manager", message, fix)).into());
            }
            let user = users.remove(id).unwrap_or_default();
            let outcomes = decide_user(id, &user, command, &views.managers()?)?;
            Ok(told_of::<User>(id, &nobody(), &outcomes, at)?)
        })
    }

    /// Carries a command on a team out.
    ///
    /// # Errors
    /// When it may not be done, or cannot be written.
    pub fn team(&self, id: &str, command: &TeamCommand, at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((Team::KIND, id), at, |views, at| {
            let team = views.teams()?.remove(id).unwrap_or_default();
            let users: BTreeSet<String> = views.users()?.into_keys().collect();
            let outcomes = decide_team(id, &team, command, &users)?;
            Ok(told_of::<Team>(id, &nobody(), &outcomes, at)?)
        })
    }

    /// Carries a command on a product out.
    ///
    /// # Errors
    /// When it may not be done, or cannot be written.
    pub fn product(&self, id: &str, command: &ProductCommand, at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((Product::KIND, id), at, |views, at| {
            let product = views.products()?.remove(id).unwrap_or_default();
            let outcomes = decide_product(id, &product, command)?;
            Ok(told_of::<Product>(id, &nobody(), &outcomes, at)?)
        })
    }

    /// Notes the number that a manager stands for in a period (its first day, and the first after it). The number that adds
    /// up is kept beside it.
    ///
    /// # Errors
    /// When it is less than nothing or nobody's, of or by somebody who is no user where users are known, or cannot be written.
    pub fn adjust(
        &self,
        (from, until): (NaiveDate, NaiveDate),
        adjustment: &Adjustment,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        let id = Adjustments::id(from, until);
        self.work((Adjustments::KIND, &id), at, |views, at| {
            views.may_adjust(adjustment)?;
            Ok(told_of::<Adjustments>(&id, &nobody(), &decide_adjustment(adjustment)?, at)?)
        })
    }

    /// Puts two objects together in a way that was adopted, or takes them apart if `part` is none.
    ///
    /// # Errors
    /// When there is no such way, one of the two has as many as it may have, the role is none, or it cannot be written.
    pub fn associate(
        &self,
        name: &str,
        (from, with): (&str, &str),
        part: Option<&Contact>,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        let id = Associations::id(name, from);
        self.work((Associations::KIND, &format!("{id} {with}")), at, |views, at| {
            let Some(spec) = views.association_specs().get(name) else {
                let names: Vec<String> = views.association_specs().keys().map(|name| format!("`{name}`")).collect();
                let fix = if names.is_empty() {
                    "adopt one first".to_owned()
                } else {
                    format!("take {}", names.join(" or "))
                };
                let message = format!("there is no association `{name}`");
                return Err(Rejection::from(Problem::of(Why::NotFound, "association", message, fix)).into());
            };
            if part.is_some() {
                views.is_there("from", &spec.from, from)?;
                views.is_there("with", &spec.to, with)?;
            }
            let held = match spec.most_from {
                None => 0,
                Some(_) => {
                    let all = views.all::<Associations>()?;
                    let of_name =
                        all.iter().filter(|(other, _)| other.strip_prefix(name).is_some_and(|it| it.starts_with(' ')));
                    of_name.filter(|(other, are)| **other != id && are.with.contains_key(with)).count()
                }
            };
            let outcomes = decide_association(spec, &views.associations(name, from)?, with, part, held)?;
            Ok(told_of::<Associations>(&id, &nobody(), &outcomes, at)?)
        })
    }
}

//! Whether what a command names is there, and is of the kind that it has to be.

use onefold_connect::did_you_mean;
use onefold_crm::{Aggregate, Command, Opportunity, Problem, Rejection, Why};
use onefold_fact::{Party, RecordId};

use super::WorkError;
use crate::error::OnefoldError;
use crate::views::Views;

/// The kinds of objects that belong together, and have fields of an organisation's own.
const KINDS: [&str; 10] =
    ["account", "contact", "interaction", "lead", "opportunity", "product", "task", "team", "ticket", "user"];

/// Refuses a kind of object that there is none of.
pub(crate) fn is_kind(kind: &str) -> Result<(), OnefoldError> {
    if KINDS.contains(&kind) {
        return Ok(());
    }
    Err(OnefoldError::Kind { kind: kind.to_owned(), fix: did_you_mean(kind, KINDS.into_iter()) })
}

impl Views {
    /// Of which party a customer is, by the id of any record of it. `None` if there is no such customer.
    fn party(&self, id: &str) -> Result<Option<Party>, OnefoldError> {
        let Ok(record) = id.parse::<RecordId>() else { return Ok(None) };
        Ok(self.keeper(record)?.map(|row| row.key.party()))
    }

    /// Refuses an account that is none: nobody, or a person.
    pub(super) fn is_account(&self, field: &str, id: &str) -> Result<(), WorkError> {
        let (why, message) = match self.party(id)? {
            Some(Party::Organisation) => return Ok(()),
            Some(Party::Person) => (Why::Invalid, format!("`{id}` is a person")),
            None => (Why::NotFound, format!("there is no account `{id}`")),
        };
        let fix = "name an organisation by the id of any of its records";
        Err(Rejection::from(Problem::of(why, field, message, fix)).into())
    }

    /// Refuses a deal of an account that is none.
    pub(super) fn may_be_of(&self, account: Option<&str>) -> Result<(), WorkError> {
        account.map_or(Ok(()), |account| self.is_account("account", account))
    }

    /// Refuses a command on a deal that names an account which is none, or, where products are known, none of them.
    pub(super) fn may_name(&self, command: &Command) -> Result<(), WorkError> {
        match command {
            Command::Relate(account) => self.may_be_of(account.as_deref()),
            Command::SetLine(line, item) => {
                let products = self.products()?;
                if products.is_empty() || products.contains_key(&item.product) {
                    return Ok(());
                }
                let fix = did_you_mean(&item.product, products.keys().map(String::as_str));
                let message = format!("there is no product `{}`", item.product);
                Err(Rejection::from(Problem::of(Why::NotFound, format!("{line}.product"), message, fix)).into())
            }
            _ => Ok(()),
        }
    }

    /// Refuses an object that is not there, or is of another kind.
    pub(super) fn is_there(&self, field: &str, kind: &str, id: &str) -> Result<(), WorkError> {
        let is = match kind {
            "account" => return self.is_account(field, id),
            "contact" => self.party(id)? == Some(Party::Person),
            Opportunity::KIND => self.deal(id)?.is_some(),
            _ => self.object(kind, id)?.is_some(),
        };
        if is {
            return Ok(());
        }
        let message = format!("there is no {kind} `{id}`");
        Err(Rejection::from(Problem::of(Why::NotFound, field, message, format!("name a {kind} by its id"))).into())
    }
}

//! `onefold account`, `user` and `product`: whom is sold to, who sells, and what.

use std::fmt::Write as _;

use anyhow::Result;
use clap::{Args, Subcommand};
use onefold::Value;
use onefold::crm::{AccountCommand, Money, ProductCommand, UserCommand};
use serde_json::json;

use super::{Common, changes, field, one, said, with_name};
use crate::Outcome;

/// Work on accounts: organisations, and which of them stands above which.
#[derive(Debug, Args)]
pub(crate) struct Account {
    #[command(subcommand)]
    what: OnAccount,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum OnAccount {
    /// Put an account under another, or under none
    Under {
        /// The account: an id, or an identifier such as `account:17`
        account: String,
        /// The one above it
        parent: Option<String>,
    },
    /// Say whose an account is, and more
    Set {
        /// The account
        account: String,
        /// Whose it is
        #[arg(long, value_name = "USER")]
        owner: Option<String>,
        /// Other fields
        #[arg(value_parser = field, value_name = "FIELD=VALUE")]
        fields: Vec<(String, Value)>,
        /// Clear this: `owner`, or another field
        #[arg(long, value_name = "FIELD")]
        clear: Vec<String>,
    },
    /// Show an account, what stands above it, who is in it, and what all of it comes to
    Show {
        /// The account
        account: String,
    },
}

impl Account {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (house, at, printing) = self.common.open()?;
        let (account, commands) = match self.what {
            OnAccount::Under { account, parent } => {
                let parent = parent.map(|parent| one(&house, &parent)).transpose()?.map(|id| id.to_string());
                (account, vec![AccountCommand::Under(parent)])
            }
            OnAccount::Set { account, owner, fields, clear } => {
                let (own, other): (Vec<String>, Vec<String>) = clear.into_iter().partition(|field| field == "owner");
                let fields = changes(fields, other);
                let mut commands = Vec::new();
                commands.extend((!own.is_empty()).then_some(AccountCommand::Assign(None)));
                commands.extend(owner.map(|owner| AccountCommand::Assign(Some(owner))));
                commands.extend((!fields.is_empty()).then_some(AccountCommand::Describe(fields)));
                (account, commands)
            }
            OnAccount::Show { account } => {
                let views = house.views()?;
                let id = views.account_named(&one(&house, &account)?.to_string())?;
                let (hierarchy, whole) = (views.account_hierarchy()?, views.account_roll_up(&id)?);
                let above = hierarchy.chain(&id);
                let own = views.account(&id)?.unwrap_or_default();
                let name = views.called(one(&house, &account)?)?;
                let members = views.account_members(one(&house, &account)?, at)?;
                let people: Vec<(String, Option<&String>)> = members
                    .iter()
                    .map(|(id, role)| Ok((with_name(&views, &id.to_string())?, role.as_ref())))
                    .collect::<Result<_>>()?;
                let named = above.iter().map(|id| with_name(&views, id)).collect::<Result<Vec<_>>>()?;
                let json = json!({
                    "account": id,
                    "name": name,
                    "above": above,
                    "above_named": named,
                    "owner": own.owner,
                    "fields": own.fields,
                    "members": members,
                    "whole": whole,
                });
                let users = views.users()?;
                let owner = own
                    .owner
                    .as_deref()
                    .map_or("nobody's", |owner| users.get(owner).map_or(owner, |user| user.name.as_str()));
                let text = || {
                    let mut text = format!("{name}  {id}  {owner}\n");
                    if !named.is_empty() {
                        let _ = writeln!(text, "under {}", named.join(" under "));
                    }
                    for (field, value) in &own.fields {
                        let _ = writeln!(text, "{field}: {value}");
                    }
                    for (person, role) in &people {
                        let role = role.map(|role| format!(" as {role}")).unwrap_or_default();
                        let _ = writeln!(text, "member {person}{role}");
                    }
                    let _ = writeln!(
                        text,
                        "{} account(s): {} deal(s) open, worth {}; {} won, worth {}; {} lost",
                        whole.accounts, whole.open, whole.open_worth, whole.won, whole.won_worth, whole.lost
                    );
                    text
                };
                printing.print(&json, text)?;
                return Ok(Outcome::Done);
            }
        };
        let account = one(&house, &account)?;
        said(printing, commands.iter().map(|command| house.account(account, command, at)).collect())
    }
}

/// Work on users: whose leads and deals they are, and who reports to whom.
#[derive(Debug, Args)]
pub(crate) struct User {
    #[command(subcommand)]
    what: OnUser,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum OnUser {
    /// Name a user
    Name {
        /// Their id
        id: String,
        /// Their name
        name: String,
        /// Their e-mail address
        #[arg(long)]
        email: Option<String>,
    },
    /// Say to whom a user reports; to nobody, if nobody is named
    ReportTo {
        /// Their id
        id: String,
        /// The manager
        manager: Option<String>,
    },
    /// A user left
    Leave {
        /// Their id
        id: String,
    },
    /// List all
    Show,
}

impl User {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (house, at, printing) = self.common.open()?;
        let (id, command) = match self.what {
            OnUser::Name { id, name, email } => (id, UserCommand::Describe { name, email }),
            OnUser::ReportTo { id, manager } => (id, UserCommand::ReportTo(manager)),
            OnUser::Leave { id } => (id, UserCommand::Leave(true)),
            OnUser::Show => {
                let users = house.views()?.users()?;
                let text = || {
                    let mut text = String::new();
                    for (id, user) in &users {
                        let manager = user.manager.as_ref().map_or_else(String::new, |it| format!("  reports to {it}"));
                        let left = if user.left { "  left" } else { "" };
                        let _ = writeln!(text, "{id}  {}{manager}{left}", user.name);
                    }
                    text
                };
                printing.print(&users, text)?;
                return Ok(Outcome::Done);
            }
        };
        said(printing, house.user(&id, &command, at).map(|accepted| vec![accepted]))
    }
}

/// Work on products: what is sold, and for how much.
#[derive(Debug, Args)]
pub(crate) struct Product {
    #[command(subcommand)]
    what: OnProduct,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum OnProduct {
    /// Name a product
    Name {
        /// Its id
        id: String,
        /// Its name
        name: String,
    },
    /// Say what one costs, in one currency
    Price {
        /// Its id
        id: String,
        /// How much: `33.35 EUR`
        price: Money,
    },
    /// Sell a product no more
    Withdraw {
        /// Its id
        id: String,
    },
    /// List all
    Show,
}

impl Product {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (house, at, printing) = self.common.open()?;
        let (id, command) = match self.what {
            OnProduct::Name { id, name } => (id, ProductCommand::Name(name)),
            OnProduct::Price { id, price } => (id, ProductCommand::Price(price)),
            OnProduct::Withdraw { id } => (id, ProductCommand::Withdraw(true)),
            OnProduct::Show => {
                let products = house.views()?.products()?;
                let text = || {
                    let mut text = String::new();
                    for (id, product) in &products {
                        let prices: Vec<String> =
                            product.prices.iter().map(|(currency, amount)| format!("{amount} {currency}")).collect();
                        let gone = if product.withdrawn { "  not sold any more" } else { "" };
                        let _ = writeln!(text, "{id}  {}  {}{gone}", product.name, prices.join(", "));
                    }
                    text
                };
                printing.print(&products, text)?;
                return Ok(Outcome::Done);
            }
        };
        said(printing, house.product(&id, &command, at).map(|accepted| vec![accepted]))
    }
}

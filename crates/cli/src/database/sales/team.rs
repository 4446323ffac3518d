//! `onefold team` and `associate`: who works together, and what belongs together.

use std::fmt::Write as _;

use anyhow::Result;
use clap::{Args, Subcommand};
use onefold::crm::{Contact, TeamCommand};

use super::{Common, object, said, with_name};
use crate::Outcome;

/// Work on teams: who is in them, and as what.
#[derive(Debug, Args)]
pub(crate) struct Team {
    #[command(subcommand)]
    what: OnTeam,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum OnTeam {
    /// Name a team
    Name {
        /// Its id
        id: String,
        /// Its name
        name: String,
    },
    /// A user comes to a team
    Join {
        /// The team's id
        id: String,
        /// The user
        user: String,
        /// As what
        #[arg(long, default_value = "member")]
        role: String,
    },
    /// A user goes from a team
    Leave {
        /// The team's id
        id: String,
        /// The user
        user: String,
    },
    /// List all
    Show,
}

impl Team {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (house, at, printing) = self.common.open()?;
        let (id, command) = match self.what {
            OnTeam::Name { id, name } => (id, TeamCommand::Name(name)),
            OnTeam::Join { id, user, role } => (id, TeamCommand::Join { user, role }),
            OnTeam::Leave { id, user } => (id, TeamCommand::Leave(user)),
            OnTeam::Show => {
                let teams = house.views()?.teams()?;
                let text = || {
                    let mut text = String::new();
                    for (id, team) in &teams {
                        let members: Vec<String> =
                            team.members.iter().map(|(user, role)| format!("{user} ({role})")).collect();
                        let _ = writeln!(text, "{id}  {}  {}", team.name, members.join(", "));
                    }
                    text
                };
                printing.print(&teams, text)?;
                return Ok(Outcome::Done);
            }
        };
        said(printing, house.team(&id, &command, at).map(|accepted| vec![accepted]))
    }
}

/// Put two objects together in a way that was adopted (`adopt association`), or show what belongs to one.
#[derive(Debug, Args)]
pub(crate) struct Associate {
    /// The association, as it was adopted
    association: String,
    /// The object: the id of a deal, an account, a ticket; of a customer an identifier such as `account:17` too
    from: String,
    /// What belongs to it; without it, what does is shown
    with: Option<String>,
    /// As what
    #[arg(long, requires = "with")]
    role: Option<String>,
    /// It is the first of all that belong to it
    #[arg(long, requires = "with")]
    primary: bool,
    /// Take the two apart
    #[arg(long, requires = "with", conflicts_with_all = ["role", "primary"])]
    apart: bool,
    #[command(flatten)]
    common: Common,
}

impl Associate {
    pub(crate) fn run(self) -> Result<Outcome> {
        let Self { association, from, with, role, primary, apart, common } = self;
        let (house, at, printing) = common.open()?;
        let from = object(&house, &from)?;
        let Some(with) = with else {
            let views = house.views()?;
            let known = views.association_specs();
            if !known.contains_key(&association) {
                let known: Vec<String> = known.keys().map(|name| format!("`{name}`")).collect();
                let are =
                    if known.is_empty() { "none: `adopt association` makes one".to_owned() } else { known.join(", ") };
                anyhow::bail!("there is no association `{association}`; there are {are}");
            }
            let all = views.associations(&association, &from)?.with;
            let named: Vec<(String, &Contact)> =
                all.iter().map(|(with, part)| Ok((with_name(&views, with)?, part))).collect::<Result<_>>()?;
            let text = || {
                let mut text = String::new();
                for (with, part) in &named {
                    let role = part.role.as_ref().map(|role| format!(" as {role}")).unwrap_or_default();
                    let _ = writeln!(text, "{with}{role}{}", if part.primary { ", the first" } else { "" });
                }
                if text.is_empty() { "nothing belongs to it\n".to_owned() } else { text }
            };
            printing.print(&all, text)?;
            return Ok(Outcome::Done);
        };
        let with = object(&house, &with)?;
        let part = (!apart).then_some(Contact { role, primary });
        let done = house.associate(&association, (&from, &with), part.as_ref(), at);
        said(printing, done.map(|accepted| vec![accepted]))
    }
}

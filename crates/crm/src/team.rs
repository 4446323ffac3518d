//! [`User`] and [`Team`]: whose deals and leads they are, and who reports to whom.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::field::{Fielded, Object};
use crate::hierarchy::{Hierarchy, refuse_circle};
use crate::object::Aggregate;
use crate::rejection::{Problem, Rejection, Why};

/// Somebody who works with leads and deals. It is made by [`fold`](crate::fold) from the facts about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct User {
    /// The name; empty as long as there is no such user.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Who they report to.
    pub manager: Option<String>,
    /// Whether they left.
    pub left: bool,
}

/// What somebody wants of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserCommand {
    /// They come, or have another name or address.
    Describe {
        /// The name.
        name: String,
        /// The e-mail address.
        email: Option<String>,
    },
    /// They report to somebody, or to nobody.
    ReportTo(Option<String>),
    /// They leave, or come back.
    Leave(bool),
}

/// What happens to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum UserOutcome {
    /// They are called so.
    Described {
        /// The name.
        name: String,
        /// The e-mail address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    },
    /// They report to somebody.
    Reports {
        /// To whom.
        manager: Option<String>,
    },
    /// They left, or came back.
    Left {
        /// Whether they left.
        left: bool,
    },
}

impl Aggregate for User {
    const KIND: &'static str = "user";
    type Outcome = UserOutcome;

    fn apply(&mut self, _: Timestamp, outcome: &UserOutcome) {
        match outcome {
            UserOutcome::Described { name, email } => {
                self.name.clone_from(name);
                self.email.clone_from(email);
            }
            UserOutcome::Reports { manager } => self.manager.clone_from(manager),
            UserOutcome::Left { left } => self.left = *left,
        }
    }
}

/// What a command does to a user; `managers` says of every user whom they report to.
///
/// # Errors
/// When there is no such user, or somebody would report to themselves over others.
pub fn decide_user(
    id: &str,
    user: &User,
    command: &UserCommand,
    managers: &Hierarchy,
) -> Result<Vec<UserOutcome>, Rejection> {
    if user.name.is_empty() && !matches!(command, UserCommand::Describe { .. }) {
        return Err(Problem::of(Why::NotFound, "id", format!("there is no user `{id}`"), "name them first").into());
    }
    Ok(vec![match command {
        UserCommand::Describe { name, .. } if name.trim().is_empty() => {
            return Err(Problem::of(Why::Missing, "name", "`name` is missing", "give the user's name").into());
        }
        UserCommand::Describe { name, email } => UserOutcome::Described { name: name.clone(), email: email.clone() },
        UserCommand::ReportTo(manager) => {
            refuse_circle(id, manager.as_deref(), managers, "manager", "user")?;
            UserOutcome::Reports { manager: manager.clone() }
        }
        UserCommand::Leave(left) => UserOutcome::Left { left: *left },
    }])
}

impl Fielded for User {
    fn object(&self) -> Object<'_> {
        Object::new([
            ("name", Some(Value::from(self.name.as_str()))),
            ("email", self.email.as_deref().map(Value::from)),
            ("manager", self.manager.as_deref().map(Value::from)),
            ("left", Some(Value::from(self.left))),
        ])
    }
}

/// Users who share work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Team {
    /// The name; empty as long as there is no such team.
    pub name: String,
    /// Who is in it, by the user's id, as what: `lead`, `member`.
    pub members: BTreeMap<String, String>,
}

/// What somebody wants of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamCommand {
    /// It is called so.
    Name(String),
    /// Somebody comes to it.
    Join {
        /// The user.
        user: String,
        /// As what.
        role: String,
    },
    /// Somebody goes.
    Leave(String),
}

/// What happens to a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TeamOutcome {
    /// It is called so.
    Named {
        /// How.
        name: String,
    },
    /// Somebody came to it.
    Joined {
        /// The user.
        user: String,
        /// As what.
        role: String,
    },
    /// Somebody went.
    Gone {
        /// The user.
        user: String,
    },
}

impl Aggregate for Team {
    const KIND: &'static str = "team";
    type Outcome = TeamOutcome;

    fn apply(&mut self, _: Timestamp, outcome: &TeamOutcome) {
        match outcome {
            TeamOutcome::Named { name } => self.name.clone_from(name),
            TeamOutcome::Joined { user, role } => drop(self.members.insert(user.clone(), role.clone())),
            TeamOutcome::Gone { user } => drop(self.members.remove(user)),
        }
    }
}

/// What a command does to a team; `users` are those that there are.
///
/// # Errors
/// When there is no such team, no such user, or who is to go is not in it.
pub fn decide_team(
    id: &str,
    team: &Team,
    command: &TeamCommand,
    users: &BTreeSet<String>,
) -> Result<Vec<TeamOutcome>, Rejection> {
    if team.name.is_empty() && !matches!(command, TeamCommand::Name(_)) {
        return Err(Problem::of(Why::NotFound, "id", format!("there is no team `{id}`"), "name it first").into());
    }
    Ok(vec![match command {
        TeamCommand::Name(name) if name.trim().is_empty() => {
            return Err(Problem::of(Why::Missing, "name", "`name` is missing", "give the team's name").into());
        }
        TeamCommand::Name(name) => TeamOutcome::Named { name: name.clone() },
        TeamCommand::Join { user, .. } if !users.contains(user) => {
            let message = format!("there is no user `{user}`");
            return Err(Problem::of(Why::NotFound, "user", message, "name the user first").into());
        }
        TeamCommand::Join { user, role } => TeamOutcome::Joined { user: user.clone(), role: role.clone() },
        TeamCommand::Leave(user) if !team.members.contains_key(user) => {
            let message = format!("`{user}` is not in the team");
            return Err(Problem::of(Why::NotFound, "user", message, "name somebody who is").into());
        }
        TeamCommand::Leave(user) => TeamOutcome::Gone { user: user.clone() },
    }])
}

impl Fielded for Team {
    fn object(&self) -> Object<'_> {
        let members = self.members.keys().map(|user| Some(Value::from(user.as_str()))).collect();
        Object::new([("name", Some(Value::from(self.name.as_str()))), ("members", Some(Value::List(members)))])
    }
}

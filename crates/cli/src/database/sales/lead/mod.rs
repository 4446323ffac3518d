//! `onefold lead`: work on leads.

mod convert;
mod show;

use std::fmt::Write as _;

use anyhow::Result;
use clap::{Args, Subcommand};
use onefold::crm::{Assignment, LeadCommand};
use onefold::{Batch, Value};

use self::convert::{Into, convert};
use self::show::{list, show};
use super::{Common, changes, field, said, taken_back};
use crate::Outcome;
use crate::database::Printing;

/// Work on leads. Each command is a batch of its own, which `retract` takes back.
#[derive(Debug, Args)]
pub(crate) struct Lead {
    #[command(subcommand)]
    what: OnLead,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum OnLead {
    /// Take a lead in
    Capture {
        /// Its id
        id: String,
        /// Where it comes from
        #[arg(long)]
        source: String,
        /// What it says
        #[arg(value_parser = field, value_name = "FIELD=VALUE")]
        fields: Vec<(String, Value)>,
    },
    /// Say more of a lead, or clear what was said
    Set {
        /// Its id
        id: String,
        /// What it says
        #[arg(value_parser = field, value_name = "FIELD=VALUE")]
        fields: Vec<(String, Value)>,
        /// Clear this field
        #[arg(long, value_name = "FIELD")]
        clear: Vec<String>,
    },
    /// Say whose a lead is, or give it to whose turn it is
    Assign {
        /// Its id
        id: String,
        /// The user; if none is named, the routing says whose turn it is
        user: Option<String>,
        /// The routing, as it was adopted
        #[arg(long, default_value = "leads", conflicts_with = "user")]
        routing: String,
        /// Only show whose it would be
        #[arg(long, conflicts_with = "user")]
        preview: bool,
    },
    /// Somebody is at it
    Work {
        /// Its id
        id: String,
    },
    /// It is worth selling to
    Qualify {
        /// Its id
        id: String,
    },
    /// It is not
    Disqualify {
        /// Its id
        id: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Convert a lead into a contact and an account, and open a deal
    Convert {
        /// Its id
        id: String,
        #[command(flatten)]
        into: Into,
        /// Only show what would happen
        #[arg(long)]
        preview: bool,
    },
    /// Show a lead: what it said, how it scores and why, and what happened to it; or list all. With `--at`, as it was then
    Show {
        /// Its id
        id: Option<String>,
    },
}

impl Lead {
    pub(crate) fn run(self) -> Result<Outcome> {
        let as_of = self.common.as_of();
        let (house, at, printing) = self.common.open()?;
        let (id, command) = match self.what {
            OnLead::Capture { id, source, fields } => {
                (id, LeadCommand::Capture { source, fields: fields.into_iter().collect() })
            }
            OnLead::Assign { id, user: Some(user), .. } => (id, LeadCommand::Assign(Some(user))),
            OnLead::Assign { id, user: None, routing, preview } => {
                let assigned = if preview {
                    house.views()?.route(&id, &routing, at).map(|assignment| (assignment, None))
                } else {
                    house.route_lead(&id, &routing, at).map(|(assignment, done)| (assignment, done.batch))
                };
                return match assigned {
                    Ok((assignment, batch)) => show_assignment(&id, &assignment, batch.as_ref(), printing),
                    Err(error) => said(printing, Err(error)),
                };
            }
            OnLead::Work { id } => (id, LeadCommand::Work),
            OnLead::Qualify { id } => (id, LeadCommand::Qualify),
            OnLead::Disqualify { id, reason } => (id, LeadCommand::Disqualify { reason }),
            OnLead::Convert { id, into, preview } => return convert(&house, &id, into, preview, at, printing),
            OnLead::Set { id, fields, clear } => (id, LeadCommand::Describe(changes(fields, clear))),
            OnLead::Show { id: Some(id) } => return show(&house, &id, (as_of, as_of.unwrap_or(at)), printing),
            OnLead::Show { id: None } => return list(&house, (as_of, as_of.unwrap_or(at)), printing),
        };
        said(printing, house.lead(&id, &command, at).map(|accepted| vec![accepted]))
    }
}

fn show_assignment(id: &str, assignment: &Assignment, batch: Option<&Batch>, printing: Printing) -> Result<Outcome> {
    let mut json = serde_json::to_value(assignment)?;
    if let (Some(fields), Some(batch)) = (json.as_object_mut(), batch) {
        fields.insert("batch".to_owned(), batch.as_str().into());
    }
    printing.print(&json, || {
        let mut text = match &assignment.user {
            Some(user) => format!("{id} goes to {user}\n"),
            None => format!("{id} goes to nobody\n"),
        };
        for (user, why) in &assignment.passed_over {
            let _ = writeln!(text, "  not {user}: {why}");
        }
        batch.into_iter().for_each(|batch| text += &taken_back(batch.as_str()));
        text
    })?;
    Ok(Outcome::Done)
}

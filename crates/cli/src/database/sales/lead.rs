//! `onefold lead`: work on leads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use clap::{Args, Subcommand};
use onefold::crm::{Assignment, Lead as LeadState, LeadCommand, Opening};
use onefold::{Batch, ConvertInto, Onefold, Timestamp, Value};
use serde_json::json;

use super::{Common, field, one, said, taken_back};
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
        /// A customer who is there already: an id or an identifier
        #[arg(long, value_name = "CUSTOMER")]
        contact: Option<String>,
        /// An organisation that is there already: an id
        #[arg(long, value_name = "CUSTOMER")]
        account: Option<String>,
        /// Open a deal under this id
        #[arg(long, value_name = "ID", requires = "name")]
        deal: Option<String>,
        /// The name of the deal
        #[arg(long, requires = "deal")]
        name: Option<String>,
        /// The pipeline of the deal
        #[arg(long, default_value = "sales")]
        pipeline: String,
        /// Only show what would happen
        #[arg(long)]
        preview: bool,
    },
    /// Show a lead and its score, or list all
    Show {
        /// Its id
        id: Option<String>,
    },
}

impl Lead {
    pub(crate) fn run(self) -> Result<Outcome> {
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
            OnLead::Convert { id, contact, account, deal, name, pipeline, preview } => {
                let one_of = |text: Option<String>| text.map(|text| one(&house, &text)).transpose();
                let into = ConvertInto {
                    contact: one_of(contact)?,
                    account: one_of(account)?,
                    opportunity: deal.zip(name).map(|(deal, name)| (deal, Opening::named(name))),
                    pipeline,
                    ..ConvertInto::default()
                };
                if !preview {
                    return said(printing, house.convert_lead(&id, &into, at).map(|accepted| vec![accepted]));
                }
                return match house.preview_conversion(&id, &into, at) {
                    Ok(would) => {
                        let deal = into.opportunity.as_ref().map(|(deal, _)| deal);
                        let json = json!({
                            "contact": would.contact,
                            "account": would.account,
                            "kept": would.kept,
                            "deal": deal,
                        });
                        let text = || {
                            let mut text = String::new();
                            for (of, set) in [("contact", &would.contact), ("account", &would.account)] {
                                for (field, value) in set {
                                    let _ = writeln!(text, "{of}: {field} becomes {value}");
                                }
                            }
                            if let Some((deal, opening)) = deal.zip(would.opportunity.as_ref()) {
                                let _ = writeln!(text, "deal: {deal} begins, {}", opening.name);
                            }
                            for kept in &would.kept {
                                let _ = writeln!(
                                    text,
                                    "{}: {} stays {}, not {}",
                                    kept.of, kept.field, kept.is, kept.lead_says
                                );
                            }
                            text
                        };
                        printing.print(&json, text)?;
                        Ok(Outcome::Done)
                    }
                    Err(error) => said(printing, Err(error)),
                };
            }
            OnLead::Show { id } => return show_leads(&house, id.as_deref(), at, printing),
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

fn show_leads(house: &Onefold, id: Option<&str>, at: Timestamp, printing: Printing) -> Result<Outcome> {
    let views = house.views()?;
    let leads: BTreeMap<String, LeadState> = match id {
        Some(id) => views.lead(id)?.map(|lead| (id.to_owned(), lead)).into_iter().collect(),
        None => views.leads()?,
    };
    if let Some(id) = id.filter(|_| leads.is_empty()) {
        printing.print(&json!({ "lead": null }), || format!("there is no lead `{id}`\n"))?;
        return Ok(Outcome::NotFound);
    }
    let mut scored = BTreeMap::new();
    for id in leads.keys() {
        scored.insert(id, views.score(id, at)?.map(|score| score.points));
    }
    let json: BTreeMap<_, _> =
        leads.iter().map(|(id, lead)| (id, json!({ "lead": lead, "score": scored.get(id) }))).collect();
    let text = || {
        let mut text = String::new();
        for (id, lead) in &leads {
            let status = serde_json::to_value(lead.status).unwrap_or_default();
            let points = scored.get(id).copied().flatten().unwrap_or_default();
            let owner = lead.owner.as_deref().unwrap_or("nobody's");
            let _ = writeln!(text, "{id}  {}  {points} points  {owner}", status.as_str().unwrap_or_default());
        }
        text
    };
    printing.print(&json, text)?;
    Ok(Outcome::Done)
}

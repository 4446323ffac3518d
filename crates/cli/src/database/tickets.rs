//! `onefold ticket` and `inbox`: service work on a database.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use onefold::crm::{
    Flow, InboxAsked, Keep, Macro, MessageKind, Relation, Ticket as State, TicketCommand, TicketOpening, Words,
};
use onefold::{Onefold, Timestamp, Value};
use serde_json::json;

use super::sales::{Common, field, one, said};
use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::unify::timestamp;

/// Work on tickets. Each command is a batch of its own, which `retract` takes back.
#[derive(Debug, Args)]
pub(crate) struct Ticket {
    #[command(subcommand)]
    what: OnTicket,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum OnTicket {
    /// Show the flows; check one, and bring it into force
    Flow {
        /// A JSON file with its statuses
        file: Option<PathBuf>,
        /// Its name
        #[arg(long, default_value = "support")]
        name: String,
    },
    /// Show the macros; bring one into force
    Macro {
        /// A JSON file with its commands
        #[arg(requires = "name")]
        file: Option<PathBuf>,
        /// Its name
        #[arg(long)]
        name: Option<String>,
    },
    /// Open a ticket of a customer
    Open {
        /// Its id
        id: String,
        /// The customer: an id, or an identifier such as `email:ada@x.io`
        customer: String,
        #[command(flatten)]
        opened: Box<Opened>,
    },
    /// The customer said something
    Hear(Said),
    /// Answer the customer
    Reply(Said),
    /// Note something for the desk
    Note(Said),
    /// Move a ticket to another status
    Move {
        /// Its id
        id: String,
        /// The status
        status: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Say how urgent a ticket is, whose it is, by when it is due, and more
    Set(Box<Set>),
    /// Say what the customer thinks of it
    Rate {
        /// Its id
        id: String,
        /// From 1 to 5, which is best
        score: u8,
        /// In words
        #[arg(long)]
        comment: Option<String>,
    },
    /// Relate a ticket to another
    Relate {
        /// Its id
        id: String,
        /// How: parent, related, `follow_up`
        #[arg(value_parser = relation)]
        how: Relation,
        /// The other
        other: String,
        /// That it is not any more
        #[arg(long)]
        not: bool,
    },
    /// Apply a macro
    Apply {
        /// The id of the ticket
        id: String,
        /// The name of the macro
        name: String,
        /// Who applies it
        #[arg(long)]
        by: String,
        /// The interaction that has the words, if it says something
        #[arg(long)]
        interaction: Option<String>,
    },
    /// Make a ticket a part of another
    Merge {
        /// The ticket that becomes a part
        id: String,
        /// The ticket that stays
        into: String,
        /// Fields of which the part's value is kept
        #[arg(long, value_name = "FIELD")]
        take: Vec<String>,
        /// Fields of which the value of the ticket that stays is kept
        #[arg(long, value_name = "FIELD")]
        keep: Vec<String>,
    },
    /// Take the merge of a ticket back
    Unmerge {
        /// The ticket that is a part
        id: String,
    },
    /// Make a new ticket of some of what was said
    Split {
        /// The ticket
        id: String,
        /// The id of the new ticket
        new: String,
        /// What the new ticket is about
        #[arg(long)]
        subject: String,
        /// The interactions that are another matter
        #[arg(required = true)]
        interactions: Vec<String>,
    },
    /// Take a split back
    Unsplit {
        /// The ticket that was split off
        id: String,
    },
    /// Show a ticket and its conversation, or list all
    Show {
        /// Its id
        id: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Opened {
    /// What it is about
    #[arg(long)]
    subject: String,
    /// Its flow
    #[arg(long, default_value = "support")]
    flow: String,
    /// At which status
    #[arg(long)]
    status: Option<String>,
    /// How urgent it is
    #[arg(long)]
    priority: Option<String>,
    /// Where it waits
    #[arg(long)]
    queue: Option<String>,
    /// Which team it is for
    #[arg(long)]
    team: Option<String>,
    /// Whose it is
    #[arg(long, value_name = "USER")]
    assignee: Option<String>,
    /// Who asks
    #[arg(long)]
    requester: Option<String>,
    /// The interaction in which the customer asks
    #[arg(long)]
    interaction: Option<String>,
    /// The ticket that this goes on with
    #[arg(long, value_name = "TICKET")]
    follows: Option<String>,
    /// Tags
    #[arg(long)]
    tag: Vec<String>,
}

impl Opened {
    fn opening(self, customer: &str) -> TicketOpening {
        let by = self.requester.as_deref().unwrap_or(customer);
        TicketOpening {
            message: self.interaction.map(|interaction| Words::new(by, interaction)),
            subject: self.subject,
            status: self.status,
            priority: self.priority,
            queue: self.queue,
            team: self.team,
            assignee: self.assignee,
            requester: self.requester,
            tags: self.tag.into_iter().collect(),
            follows: self.follows,
            fields: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Args)]
struct Said {
    /// The id of the ticket
    id: String,
    /// Who
    #[arg(long)]
    by: String,
    /// The interaction that has the words; if not given, one is named after the ticket and the time
    #[arg(long)]
    interaction: Option<String>,
}

impl Said {
    fn words(&self, at: Timestamp) -> Words {
        Words::new(self.by.as_str(), interaction(self.interaction.as_ref(), &self.id, at))
    }
}

/// The interaction that is given, or one that is named after a ticket and a time.
fn interaction(given: Option<&String>, id: &str, at: Timestamp) -> String {
    given.cloned().unwrap_or_else(|| format!("{id} {}", at.format("%Y-%m-%dT%H:%M:%S%.6fZ")))
}

#[derive(Debug, Args)]
struct Set {
    /// Its id
    id: String,
    /// What it is about
    #[arg(long)]
    subject: Option<String>,
    /// How urgent it is
    #[arg(long)]
    priority: Option<String>,
    /// Where it waits
    #[arg(long)]
    queue: Option<String>,
    /// Which team it is for
    #[arg(long)]
    team: Option<String>,
    /// Whose it is
    #[arg(long, value_name = "USER")]
    assignee: Option<String>,
    /// Who asks
    #[arg(long)]
    requester: Option<String>,
    /// By when something has to be done
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    due: Option<Timestamp>,
    /// Tags on top
    #[arg(long)]
    tag: Vec<String>,
    /// Tags that go
    #[arg(long)]
    untag: Vec<String>,
    /// Other fields
    #[arg(value_parser = field, value_name = "FIELD=VALUE")]
    fields: Vec<(String, Value)>,
}

impl Set {
    fn commands(self) -> Result<(String, Vec<TicketCommand>)> {
        let mut commands = Vec::new();
        commands.extend(self.subject.map(TicketCommand::Rename));
        commands.extend(self.priority.map(TicketCommand::Prioritise));
        commands.extend(self.queue.map(|it| TicketCommand::Queue(Some(it))));
        commands.extend(self.team.map(|it| TicketCommand::Give(Some(it))));
        commands.extend(self.assignee.map(TicketCommand::assign));
        commands.extend(self.requester.map(|it| TicketCommand::Request(Some(it))));
        commands.extend(self.due.map(|it| TicketCommand::Expect(Some(it))));
        commands.extend((!self.tag.is_empty()).then(|| TicketCommand::Tag(self.tag.into_iter().collect())));
        commands.extend((!self.untag.is_empty()).then(|| TicketCommand::Untag(self.untag.into_iter().collect())));
        let mut fields = BTreeMap::new();
        for (field, value) in self.fields {
            fields.insert(field, Some(serde_json::to_value(value.plain())?));
        }
        commands.extend((!fields.is_empty()).then_some(TicketCommand::Describe(fields)));
        Ok((self.id, commands))
    }
}

fn relation(text: &str) -> Result<Relation, String> {
    serde_json::from_value(text.into()).map_err(|_| "expected parent, related or follow_up".to_owned())
}

impl Ticket {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (house, at, printing) = self.common.open()?;
        let done = match self.what {
            OnTicket::Flow { file, name } => return flow(&house, file.as_deref(), &name, at, printing),
            OnTicket::Macro { file, name } => {
                return macros(&house, file.as_deref().zip(name.as_deref()), at, printing);
            }
            OnTicket::Show { id } => return show(&house, id.as_deref(), printing),
            OnTicket::Open { id, customer, opened } => {
                let who = one(&house, &customer)?;
                let flow = opened.flow.clone();
                house.open_ticket(&id, who, &flow, &opened.opening(&customer), at)
            }
            OnTicket::Hear(said) => house.ticket(&said.id, &TicketCommand::CustomerMessage(said.words(at)), at),
            OnTicket::Reply(said) => house.ticket(&said.id, &TicketCommand::Reply(said.words(at)), at),
            OnTicket::Note(said) => house.ticket(&said.id, &TicketCommand::Note(said.words(at)), at),
            OnTicket::Move { id, status, reason } => house.ticket(&id, &TicketCommand::Move { to: status, reason }, at),
            OnTicket::Set(set) => {
                let (id, commands) = set.commands()?;
                if commands.is_empty() {
                    anyhow::bail!("nothing is said of ticket `{id}`: name what to set, such as `--assignee ana`");
                }
                house.ticket_all(&id, &commands, at)
            }
            OnTicket::Rate { id, score, comment } => house.ticket(&id, &TicketCommand::Rate { score, comment }, at),
            OnTicket::Relate { id, how, other, not: false } => {
                house.ticket(&id, &TicketCommand::Relate(how, other), at)
            }
            OnTicket::Relate { id, how, other, not: true } => {
                house.ticket(&id, &TicketCommand::Unrelate(how, other), at)
            }
            OnTicket::Apply { id, name, by, interaction: given } => {
                house.apply_macro(&id, &name, &by, &interaction(given.as_ref(), &id, at), at)
            }
            OnTicket::Merge { id, into, take, keep } => {
                let choices = take.into_iter().map(|field| (field, Keep::Other));
                let choices: BTreeMap<String, Keep> =
                    choices.chain(keep.into_iter().map(|field| (field, Keep::Own))).collect();
                house.merge_tickets(&id, &into, &choices, at)
            }
            OnTicket::Unmerge { id } => house.unmerge_ticket(&id, at),
            OnTicket::Split { id, new, subject, interactions } => {
                let interactions: BTreeSet<String> = interactions.into_iter().collect();
                house.split_ticket(&id, &new, &interactions, &TicketOpening::about(subject), at)
            }
            OnTicket::Unsplit { id } => house.unsplit_ticket(&id, at),
        };
        said(printing, done.map(|accepted| vec![accepted]))
    }
}

fn flow(house: &Onefold, file: Option<&Path>, name: &str, at: Timestamp, printing: Printing) -> Result<Outcome> {
    let Some(file) = file else {
        let views = house.views()?;
        let text = || {
            let mut text = String::new();
            for (name, flow) in views.flows() {
                let statuses: Vec<&str> = flow.statuses.iter().map(|status| status.name.as_str()).collect();
                let _ = writeln!(text, "{name}: {}", statuses.join(", "));
            }
            text
        };
        printing.print(views.flows(), text)?;
        return Ok(Outcome::Done);
    };
    let json = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let flow: Flow = serde_json::from_str(&json).with_context(|| format!("`{}` is no flow", file.display()))?;
    let problems: Vec<String> = flow.problems().iter().map(ToString::to_string).collect();
    if !problems.is_empty() {
        let text = || problems.iter().fold(String::new(), |text, problem| text + problem + "\n");
        printing.print(&json!({ "problems": problems }), text)?;
        return Ok(Outcome::Refused);
    }
    let batch = house.adopt(flow.configuration(name)?, at)?.to_string();
    printing.print(&json!({ "batch": batch }), || format!("adopted; `retract` takes `{batch}` back\n"))?;
    Ok(Outcome::Done)
}

fn macros(house: &Onefold, new: Option<(&Path, &str)>, at: Timestamp, printing: Printing) -> Result<Outcome> {
    let Some((file, name)) = new else {
        let views = house.views()?;
        let line =
            |(name, it): (&String, &Macro)| format!("{name}: {} commands  {}\n", it.commands.len(), it.description);
        printing.print(views.macros(), || views.macros().iter().map(line).collect())?;
        return Ok(Outcome::Done);
    };
    let json = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let read: Macro = serde_json::from_str(&json).with_context(|| format!("`{}` is no macro", file.display()))?;
    if let Some(problem) = read.problem() {
        printing.print(&json!({ "problems": [problem] }), || format!("{problem}\n"))?;
        return Ok(Outcome::Refused);
    }
    let batch = house.adopt(read.configuration(name)?, at)?.to_string();
    printing.print(&json!({ "batch": batch }), || format!("adopted; `retract` takes `{batch}` back\n"))?;
    Ok(Outcome::Done)
}

fn show(house: &Onefold, id: Option<&str>, printing: Printing) -> Result<Outcome> {
    let views = house.views()?;
    let Some(id) = id else {
        let tickets = views.tickets()?;
        let text = || tickets.iter().fold(String::new(), |text, (id, ticket)| text + &line(id, ticket) + "\n");
        printing.print(&tickets, text)?;
        return Ok(Outcome::Done);
    };
    let Some(ticket) = views.ticket(id)? else {
        printing.print(&json!({ "ticket": null }), || format!("there is no ticket `{id}`\n"))?;
        return Ok(Outcome::NotFound);
    };
    let whole = views.whole(id)?;
    let text = || {
        let mut text = line(&whole, &ticket) + "\n";
        for message in &ticket.conversation {
            let how = match message.kind {
                MessageKind::Customer => "asks",
                MessageKind::Public => "answers",
                MessageKind::Internal => "notes",
            };
            let _ = writeln!(
                text,
                "  {}  {} {how}: {}",
                message.at.format("%Y-%m-%d %H:%M"),
                message.by,
                message.interaction
            );
        }
        for (part, since) in &ticket.merged {
            let _ = writeln!(text, "  {part} is a part of it since {}", since.format("%Y-%m-%d %H:%M"));
        }
        for (relation, other) in &ticket.relations {
            let relation = serde_json::to_value(relation).unwrap_or_default();
            let _ = writeln!(text, "  {}: {other}", relation.as_str().unwrap_or_default());
        }
        if let Some(said) = &ticket.satisfaction {
            let _ = writeln!(text, "  rated {} of 5", said.score);
        }
        text
    };
    printing.print(&json!({ "id": whole, "ticket": ticket }), text)?;
    Ok(Outcome::Done)
}

fn line(id: &str, ticket: &State) -> String {
    let mut text = format!("{id}  {}  {}  {}", ticket.subject, ticket.status, ticket.priority);
    for more in [
        ticket.merged_into.as_ref().map(|(into, _)| format!("part of {into}")),
        ticket.queue.as_ref().map(|queue| format!("in {queue}")),
        ticket.team.as_ref().map(|team| format!("for {team}")),
        ticket.assignee.clone(),
        ticket.unanswered_since.map(|since| format!("unanswered since {}", since.format("%Y-%m-%d %H:%M"))),
    ]
    .into_iter()
    .flatten()
    {
        let _ = write!(text, "  {more}");
    }
    text
}

/// Show which tickets wait for whom.
#[derive(Debug, Args)]
pub(crate) struct Inbox {
    /// Those of this team
    #[arg(long)]
    team: Option<String>,
    /// Those of this user; may be given several times
    #[arg(long, value_name = "USER")]
    user: Vec<String>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Inbox {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let asked = InboxAsked { team: self.team, users: self.user.into_iter().collect() };
        let views = house.views()?;
        let view = views.inbox(&asked, self.stamp.at())?;
        let ids: BTreeSet<&str> = [&view.overdue, &view.unanswered, &view.waiting, &view.unassigned, &view.underway]
            .into_iter()
            .flatten()
            .map(|(_, id)| &**id)
            .collect();
        let mut about: BTreeMap<&str, String> = BTreeMap::new();
        for id in ids {
            if let Some(ticket) = views.ticket(id)? {
                let assignee = ticket.assignee.as_deref().unwrap_or("nobody");
                about.insert(id, format!("{}, {}, {assignee}", ticket.priority, ticket.subject));
            }
        }
        let text = || {
            let mut text = String::new();
            let lists = [
                ("overdue", &view.overdue),
                ("unanswered", &view.unanswered),
                ("waiting for the customer", &view.waiting),
                ("unassigned", &view.unassigned),
                ("underway", &view.underway),
            ];
            for (name, list) in lists {
                let _ = writeln!(text, "{name}: {}", list.len());
                for (since, id) in list {
                    let _ = writeln!(
                        text,
                        "  {id}  since {}  {}",
                        since.format("%Y-%m-%d %H:%M"),
                        about.get(&**id).map_or("", String::as_str)
                    );
                }
            }
            text
        };
        self.printing.print(&view, text)?;
        Ok(Outcome::Done)
    }
}

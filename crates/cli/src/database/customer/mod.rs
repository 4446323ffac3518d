//! `onefold customer`: one customer of a database, now or in the past.

mod parts;

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::fact::FlatMap;
use onefold::profile::{Attribute, Explanation, Span, Timeline, View};
use onefold::{
    Asker, AttributeName, CustomerId, Identifier, Onefold, Profile, RecordId, Timestamp, Views, Whereabouts,
};

use super::{Database, Printing, Stamp, each, now};
use crate::Outcome;
use crate::unify::timestamp;

/// Show a customer of a database: what is known of them, and where it came from.
#[derive(Debug, Args)]
pub(crate) struct Customer {
    /// The customer's id, the id of any of their records, or an identifier such as `email:ada@x.io`
    customer: String,
    #[command(flatten)]
    database: Database,
    /// As it was known then: of what had been received, linked as it was linked
    #[arg(long, value_parser = timestamp, value_name = "TIME")]
    known_at: Option<Timestamp>,
    /// As we now know that it was then: of what had happened
    #[arg(long, value_parser = timestamp, value_name = "TIME")]
    as_of: Option<Timestamp>,
    /// Only what this purpose may see now, by the policy and the consent of now, whatever time the profile is of
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// The channel that the purpose uses
    #[arg(long, value_name = "CHANNEL", requires = "purpose")]
    channel: Option<String>,
    /// The key of the list of the suppressed: a file. Who is not to be processed is not seen, who is not to be contacted not
    /// through a channel
    #[arg(long, value_name = "FILE", requires = "purpose")]
    suppression_key: Option<PathBuf>,
    /// Only what this role may see, by the policy of now, whatever time the profile is of
    #[arg(long, value_name = "ROLE", conflicts_with = "purpose")]
    role: Option<String>,
    /// Only why this attribute has its value
    #[arg(long, value_name = "ATTRIBUTE", group = "part")]
    why: Option<String>,
    /// Only what this attribute was, from when to when
    #[arg(long, value_name = "ATTRIBUTE", group = "part", conflicts_with = "as_of")]
    history: Option<AttributeName>,
    /// Only what is computed from their events, now or at `--as-of`: attributes, scores, stages
    #[arg(long, group = "part")]
    computed: bool,
    /// Only what they bought, with what it came to
    #[arg(long, group = "part")]
    orders: bool,
    /// Only what happened, newest first: events of this name, or `*` for all
    #[arg(long, value_name = "EVENT", groups = ["part", "listed"])]
    events: Option<String>,
    /// Of those events the ones whose properties meet a condition, as rules write it: `total > 30 and status = "paid"`
    #[arg(long = "where", value_name = "CONDITION", requires = "events")]
    filter: Option<String>,
    /// Only their sessions, newest first: runs of events of which none is further than this from the one before, `30m`
    #[arg(long, value_name = "GAP", groups = ["part", "listed"])]
    sessions: Option<Span>,
    /// At most so many events, or sessions
    #[arg(long, value_name = "COUNT", requires = "listed", default_value_t = NonZeroUsize::MIN.saturating_add(49))]
    limit: NonZeroUsize,
    /// Go on where a page of events ended, as it says
    #[arg(long, value_name = "CURSOR", requires = "events")]
    after: Option<String>,
    #[command(flatten)]
    printing: Printing,
}

/// The customers that a text names: by id, else by identifier.
///
/// # Errors
/// When it is neither.
pub(super) fn named(house: &Onefold, text: &str) -> Result<Vec<RecordId>> {
    if let Ok(id) = text.parse::<RecordId>() {
        return Ok(vec![id]);
    }
    let identifier: Identifier = text.parse().map_err(|error| anyhow::anyhow!("{error}, or a customer's id"))?;
    Ok(house.customers_with(&identifier)?.into_iter().map(RecordId::from).collect())
}

/// The one customer among those that a text names, if there is any.
///
/// # Errors
/// When there are several; it names them.
pub(super) fn alone(ids: &[RecordId], text: &str) -> Result<Option<RecordId>> {
    if ids.len() > 1 {
        let all: Vec<String> = ids.iter().map(ToString::to_string).collect();
        anyhow::bail!("{} customers hold `{text}`; give the id of one: {}", ids.len(), all.join(", "));
    }
    Ok(ids.first().copied())
}

impl Customer {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = match &self.purpose {
            Some(_) => self.database.open_to_ask(self.suppression_key.as_deref())?,
            None => self.database.open()?,
        };
        let ids = named(&house, &self.customer)?;
        let views = match self.known_at {
            Some(at) => house.known_at(at)?.at(Stamp::now()),
            None => now(&house)?,
        };
        // What happened needs no profile, unless it is seen through the policy.
        if self.asker().is_none() && self.asks_what_happened() {
            let mut happened: Vec<(RecordId, Timeline)> = Vec::new();
            for id in &ids {
                happened.extend(views.timeline(*id, self.as_of)?.map(|timeline| (*id, timeline)));
            }
            if !happened.is_empty() {
                each(&happened, |(id, _)| *id, |(_, timeline)| self.show_what_happened(&views, timeline))?;
                return Ok(Outcome::Done);
            }
        }
        let mut profiles: Vec<Profile> = Vec::new();
        for id in &ids {
            profiles.extend(views.customer_as_of(*id, self.as_of)?);
        }
        if profiles.is_empty() {
            let mut gone = None;
            for id in &ids {
                if let Some(Whereabouts::Gone(fact)) = house.whereabouts(*id)? {
                    gone = Some(fact);
                }
            }
            let text = || match gone {
                Some(fact) => format!("{} is gone; fact {fact} took it away\n", self.customer),
                None => format!("nobody is {}\n", self.customer),
            };
            self.printing.print(&serde_json::json!({ "gone": gone }), text)?;
            return Ok(Outcome::NotFound);
        }
        each(&profiles, |profile| profile.id().into(), |profile| self.show(&views, profile))?;
        Ok(Outcome::Done)
    }

    fn show(&self, views: &Views, profile: &Profile) -> Result<()> {
        let asked = Asked { views, profile, asker: self.asker() };
        let seen = asked.seen()?;
        if self.asks_for_part(&asked, &seen)? {
            return Ok(());
        }
        match &seen {
            Seen::All(profile) => self.printing.print(&profile.plain(), || shown(profile)),
            Seen::View(view) => self.printing.print(view, || format!("{view}\n")),
        }
    }

    /// Who asks, if it is not whoever may see everything.
    fn asker(&self) -> Option<Asker<'_>> {
        let role = self.role.as_deref().map(Asker::Role);
        let (channel, clock) = (self.channel.as_deref(), Stamp::now());
        role.or(self.purpose.as_deref().map(|purpose| Asker::Purpose { purpose, channel, clock }))
    }
}

/// A customer, and who asks about them.
struct Asked<'a> {
    views: &'a Views,
    profile: &'a Profile,
    asker: Option<Asker<'a>>,
}

/// What whoever asks may see of a profile.
enum Seen<'a> {
    All(&'a Profile),
    View(Box<View>),
}

impl<'a> Asked<'a> {
    /// Whatever time the profile is of, what may be seen of it is what may be seen now.
    fn seen(&self) -> Result<Seen<'a>> {
        let Self { views, profile, asker } = *self;
        Ok(match asker {
            None => Seen::All(profile),
            Some(Asker::Role(role)) => Seen::View(views.view_for(role, profile)?.into()),
            Some(Asker::Purpose { purpose, channel, clock }) => {
                Seen::View(views.view(purpose, channel, profile, clock)?.into())
            }
        })
    }
}

impl Seen<'_> {
    fn why(&self, attribute: &str) -> Option<Explanation<'_>> {
        match self {
            Seen::All(profile) => profile.why(attribute),
            Seen::View(view) => view.why(attribute),
        }
    }

    fn attributes(&self) -> &FlatMap<AttributeName, Attribute> {
        match self {
            Seen::All(profile) => profile.attributes(),
            Seen::View(view) => view.attributes(),
        }
    }

    fn timeline(&self) -> &Timeline {
        match self {
            Seen::All(profile) => profile.timeline(),
            Seen::View(view) => view.timeline(),
        }
    }

    /// The customer.
    fn id(&self) -> CustomerId {
        match self {
            Seen::All(profile) => profile.id(),
            Seen::View(view) => view.id(),
        }
    }
}

/// Since when nobody has said a value again for as long as it keeps, or from when on that will be.
fn staleness(attribute: &Attribute) -> String {
    let Some(at) = attribute.stale_at() else { return String::new() };
    let said = if at <= Stamp::now() { "stale since" } else { "stale from" };
    format!("{said} {}, unless it is said again\n", at.format("%Y-%m-%d %H:%M"))
}

/// So many values that lost, and events, are shown of a whole profile.
const OF_EACH: usize = 20;

/// A profile as people read it.
fn shown(profile: &Profile) -> String {
    let mut text = format!("{} {}, {} record(s)\n", profile.party(), profile.id(), profile.records().len());
    for (name, attribute) in profile.attributes() {
        let why = profile.why(name.as_str()).map(|why| why.brief(OF_EACH).to_string()).unwrap_or_default();
        let _ = write!(text, "{why}\n{}", staleness(attribute));
    }
    for held in profile.identifiers() {
        let _ = writeln!(text, "identifier {}", held.identifier());
    }
    for membership in profile.groups() {
        let role = membership.role().map(|role| format!(" as {role}")).unwrap_or_default();
        let _ = writeln!(text, "member of {}{role} since {}", membership.group(), membership.since().date_naive());
    }
    for held in profile.consents() {
        let (purpose, channel) = (&held.consent().purpose, held.consent().channel.as_deref());
        let by = channel.map(|channel| format!(" by {channel}")).unwrap_or_default();
        let _ = writeln!(text, "consent to {purpose}{by}: {}", profile.consent_state(purpose, channel, Stamp::now()));
    }
    for event in profile.timeline().newest_first().take(OF_EACH) {
        let at = event.at().format("%Y-%m-%d %H:%M");
        let _ = writeln!(text, "{at} {} ({})", event.name(), event.provenance().source());
    }
    let earlier = profile.timeline().len().saturating_sub(OF_EACH);
    if earlier > 0 {
        let _ = writeln!(text, "and {earlier} earlier event(s): `--events '*'`");
    }
    text
}

//! `onefold customer`: one customer of a database, now or in the past.

mod parts;

use std::fmt::Write as _;
use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use onefold::{AttributeName, Identifier, Onefold, Profile, RecordId, Timestamp, Whereabouts};

use super::{Database, Printing};
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
    /// Only why this attribute has its value
    #[arg(long, value_name = "ATTRIBUTE", conflicts_with_all = ["purpose", "role", "history", "computed", "orders", "events"])]
    why: Option<String>,
    /// Only what this attribute was, from when to when
    #[arg(long, value_name = "ATTRIBUTE", conflicts_with_all = ["purpose", "role", "as_of", "computed", "orders", "events"])]
    history: Option<AttributeName>,
    /// Only what this purpose may see now, by the policy and the consent of now, whatever time the profile is of
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// The channel that the purpose uses
    #[arg(long, value_name = "CHANNEL", requires = "purpose")]
    channel: Option<String>,
    /// Only what this role may see, by the policy of now, whatever time the profile is of
    #[arg(long, value_name = "ROLE", conflicts_with = "purpose")]
    role: Option<String>,
    /// Only what is computed from their events, now or at `--as-of`: attributes, scores, stages
    #[arg(long, conflicts_with_all = ["purpose", "role"])]
    computed: bool,
    /// Only what they bought, with what it came to
    #[arg(long, conflicts_with_all = ["purpose", "role", "computed"])]
    orders: bool,
    /// Only what happened, newest first: events of this name, or `*` for all
    #[arg(long, value_name = "EVENT", conflicts_with_all = ["purpose", "role", "computed", "orders"])]
    events: Option<String>,
    /// At most so many events
    #[arg(long, value_name = "COUNT", requires = "events", default_value_t = NonZeroUsize::MIN.saturating_add(49))]
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
        let house = self.database.open()?;
        let ids = named(&house, &self.customer)?;
        let views = match self.known_at {
            Some(at) => house.known_at(at)?,
            None => house.views()?,
        };
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
        for profile in &profiles {
            if self.asks_for_part(&house, &views, profile)? {
                continue;
            }
            match &self.why {
                Some(attribute) => match profile.why(attribute) {
                    Some(why) => {
                        let value = profile.value(attribute).map(onefold::Value::plain);
                        let json = serde_json::json!({
                            "customer": profile.id(),
                            "attribute": attribute,
                            "value": value,
                            "why": why.to_string(),
                        });
                        self.printing.print(&json, || format!("{why}\n"))?;
                    }
                    None => {
                        let known: Vec<String> = profile.attributes().keys().map(|name| format!("`{name}`")).collect();
                        anyhow::bail!("they have no attribute `{attribute}`; there are {}", known.join(", "));
                    }
                },
                None => self.printing.print(&profile.plain(), || shown(profile))?,
            }
        }
        Ok(Outcome::Done)
    }
}

/// A profile as people read it.
fn shown(profile: &Profile) -> String {
    let mut text = format!("{} {}, {} record(s)\n", profile.party(), profile.id(), profile.records().len());
    for why in profile.attributes().keys().filter_map(|name| profile.why(name.as_str())) {
        let _ = writeln!(text, "{why}");
    }
    for event in profile.timeline().newest_first() {
        let at = event.at().format("%Y-%m-%d %H:%M");
        let _ = writeln!(text, "{at} {} ({})", event.name(), event.provenance().source());
    }
    text
}

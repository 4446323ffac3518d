//! Sales work behind the house: leads and deals, decided on the state as it is, kept on the timelines of customers.

mod as_of;
mod contact;
mod conversion;
mod fields;
mod import;
mod known;
mod names;
mod organisation;
mod pipeline;
mod routing;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{SecondsFormat, TimeDelta};
use onefold_crm::{
    Aggregate, Command, Lead, LeadCommand, Opening, Opportunity, Outcome, Pipeline, Problem, Rejection, Scoring,
    Surroundings, Why, decide, decide_lead, to_event,
};
use onefold_fact::{
    AttributeName, Batch, Body, Conventions, Draft, Identifier, Kind, RecordId, RecordKey, Source, Standing, Timestamp,
    Value, namespace,
};
use onefold_profile::Profile;

use crate::error::OnefoldError;
use crate::objects::ObjectHistory;
use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::views::Views;

pub(crate) use self::as_of::{record_about, state, state_as_of};
pub use self::contact::{ContactView, TakesPart};
pub use self::conversion::{ConversionPreview, ConvertInto, Joined, JoinedAs};
use self::fields::{typed, typed_changes, typed_command, typed_opening};
pub use self::import::{ImportFile, Imported, ImportedFile};
pub(crate) use self::known::is_kind;

/// The source under which leads are kept.
const LEADS: &str = "leads";

/// Why something was not done.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum WorkError {
    /// It may not be done; the state is as it was.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// It could not be read or written.
    #[error(transparent)]
    House(#[from] OnefoldError),
    /// A rule asks for what it may not ask for.
    #[error(transparent)]
    Rule(#[from] onefold_segment::RuleError),
}

impl From<serde_json::Error> for WorkError {
    fn from(error: serde_json::Error) -> Self {
        Self::House(error.into())
    }
}

impl Views {
    /// The pipelines in force, by name.
    #[must_use]
    pub fn pipelines(&self) -> &BTreeMap<String, Pipeline> {
        &self.governance.settings().pipelines
    }

    /// How leads are scored.
    #[must_use]
    pub fn scoring(&self) -> &Scoring {
        &self.governance.settings().scoring
    }

    /// What commands on a deal write, one after another.
    pub(crate) fn deal_outcomes(&self, id: &str, commands: &[Command], at: Timestamp) -> Result<Vec<Draft>, WorkError> {
        let history = self.object(Opportunity::KIND, id)?.filter(|history| state::<Opportunity>(history).is_there());
        let Some(history) = history else { return Err(none("opportunity", id)) };
        let mut deal: Opportunity = state(&history);
        let profile = self.customer_about(&history)?;
        let pipeline = deal.pipeline.clone();
        let around = surroundings(self, &pipeline, profile.as_ref())?;
        let mut drafts = Vec::new();
        // The last of two that say the same field holds.
        for (command, at) in commands.iter().zip((0..).map(|nth| at + TimeDelta::microseconds(nth))) {
            if let Command::Assign(owner) = command {
                self.may_own(owner.as_deref())?;
            }
            self.may_name(command)?;
            let outcomes = match command {
                // Whatever record they were named by.
                Command::RemoveContact(contact) => {
                    let parts = self.parts_of(&deal, contact)?;
                    let removed = parts.iter().map(|named| Command::RemoveContact(named.clone()));
                    let removed: Vec<Command> =
                        if parts.is_empty() { vec![command.clone()] } else { removed.collect() };
                    let each = removed.iter().map(|command| decide(&deal, command, &around, at));
                    each.collect::<Result<Vec<_>, _>>()?.concat()
                }
                _ => {
                    // Two records of one customer are one who takes part.
                    let mut seen = deal.clone();
                    seen.contacts = self.contacts_of(&deal)?;
                    decide(&seen, &typed_command(self, (id, &deal), command)?, &around, at)?
                }
            };
            outcomes.iter().for_each(|outcome| deal.apply(at, outcome));
            let under = whose(&history);
            for outcome in &outcomes {
                let of_participant = self.of_participant(outcome)?;
                drafts.push(one::<Opportunity>(id, of_participant.as_ref().unwrap_or(&under), outcome, at)?);
            }
        }
        Ok(drafts)
    }

    /// What a command on a lead that is there writes.
    pub(crate) fn lead_outcomes(
        &self,
        id: &str,
        command: &LeadCommand,
        at: Timestamp,
    ) -> Result<Vec<Draft>, WorkError> {
        let Some(history) = self.object(Lead::KIND, id)? else { return Err(none(Lead::KIND, id)) };
        self.may_own(command.owner())?;
        let outcome = decide_lead(&state(&history), command)?;
        Ok(told::<Lead>(id, &of(&history), &[outcome], at)?)
    }

    /// Under which source and key work about a customer is kept: those of the record that founds it, or of the earliest of a
    /// source that does not deliver snapshots.
    pub(crate) fn kept_under(&self, customer: RecordId) -> Result<(Source, RecordKey), WorkError> {
        let found = self.keeper(customer).map_err(OnefoldError::from)?;
        let missing = || {
            let message = format!("there is no customer `{customer}`");
            Rejection::from(Problem::of(Why::NotFound, "customer", message, "name one by the id of any of its records"))
        };
        Ok(found.map(|row| (row.source, row.key)).ok_or_else(missing)?)
    }

    /// The same of every record of the customer that is nobody else's too.
    pub(crate) fn all_kept_under(&self, customer: RecordId) -> Result<Vec<(Source, RecordKey)>, WorkError> {
        let first = self.kept_under(customer)?;
        let Some(customer) = self.holding(customer).map_err(OnefoldError::from)? else { return Ok(vec![first]) };
        let members = self.reading().members(customer).map_err(OnefoldError::from)?;
        let own = members.into_iter().filter(|row| !row.shareable).map(|row| (row.source, row.key));
        Ok(own.collect())
    }
}

/// Under which source, and about which record, if any, something is kept.
type Under = (Source, Option<RecordKey>);

/// What is to be written of an object that is about a customer.
pub(crate) fn told<A: Aggregate>(
    id: &str,
    (source, key): &(Source, RecordKey),
    outcomes: &[A::Outcome],
    at: Timestamp,
) -> Result<Vec<Draft>, serde_json::Error> {
    told_of::<A>(id, &(source.clone(), Some(key.clone())), outcomes, at)
}

/// What is to be written of an object.
fn told_of<A: Aggregate>(
    id: &str,
    under: &Under,
    outcomes: &[A::Outcome],
    at: Timestamp,
) -> Result<Vec<Draft>, serde_json::Error> {
    outcomes.iter().map(|outcome| one::<A>(id, under, outcome, at)).collect()
}

/// The same of outcomes each of its own time.
fn told_at<A: Aggregate>(
    id: &str,
    under: &Under,
    outcomes: &[(Timestamp, A::Outcome)],
) -> Result<Vec<Draft>, serde_json::Error> {
    outcomes.iter().map(|(at, outcome)| one::<A>(id, under, outcome, *at)).collect()
}

fn one<A: Aggregate>(
    id: &str,
    (source, key): &Under,
    outcome: &A::Outcome,
    at: Timestamp,
) -> Result<Draft, serde_json::Error> {
    let draft = Draft::new(source.clone(), Body::Object(to_event::<A>(id, outcome)?)).occurred_at(at);
    Ok(key.clone().into_iter().fold(draft, Draft::key))
}

impl Views {
    /// When the last of what is known of an object happened.
    pub(crate) fn last_of(&self, kind: &str, id: &str) -> Result<Option<Timestamp>, OnefoldError> {
        let Some(history) = self.object(kind, id)? else { return Ok(None) };
        Ok(history.standing().iter().map(Standing::at).max())
    }

    /// At a time, or right after the last of what is known of an object, if that was not before.
    pub(crate) fn right_after(&self, kind: &str, id: &str, at: Timestamp) -> Result<Timestamp, OnefoldError> {
        Ok(self.last_of(kind, id)?.map_or(at, |last| at.max(after(last))))
    }
}

/// Commands that are given at times so near are given at one instant, each right after the one before.
const SAME_INSTANT: TimeDelta = TimeDelta::seconds(1);

fn after(last: Timestamp) -> Timestamp {
    last.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(last)
}

impl Onefold {
    /// Carries a command on an object of work out, as a batch of its own, `KIND ID TIME`. What is decided rests on all that
    /// is known of the object, so it comes after that: at the same instant right after, so that the order in which commands
    /// were given stays; and a time before is refused.
    pub(crate) fn work(
        &self,
        (kind, id): (&str, &str),
        at: Timestamp,
        decide: impl FnOnce(&Views, Timestamp) -> Result<Vec<Draft>, WorkError>,
    ) -> Result<Accepted, WorkError> {
        if id.trim().is_empty() {
            return Err(Rejection::from(Problem::of(
                Why::Missing,
                "id",
                format!("the {kind} has no id"),
                "give it one",
            ))
            .into());
        }
        self.house().decide_named(|views| {
            let last = views.last_of(kind, id)?;
            if let Some(last) = last.filter(|last| *last - at >= SAME_INSTANT) {
                let time = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                let message = format!("at {} {kind} `{id}` was not yet what it is since {}", time(at), time(last));
                let fix = "give that time or a later one, or take back what came after";
                return Err(Rejection::from(Problem::of(Why::Invalid, "at", message, fix)).into());
            }
            let at = last.map_or(at, |last| at.max(after(last)));
            Ok((batch(kind, id, at), at, decide(views, at)?))
        })
    }
}

/// The name of the batch of a command: taking it back undoes the command.
pub(crate) fn batch(kind: &str, id: &str, at: Timestamp) -> Batch {
    Batch::from(format!("{kind} {id} {}", at.to_rfc3339_opts(SecondsFormat::Micros, true)))
}

impl Onefold {
    /// Opens a deal with a customer, in a pipeline that was adopted.
    ///
    /// What happens is on the customer's timeline (`opportunity opened`), so that segments and profiles show it, and it is a
    /// batch of its own, `opportunity ID TIME`: taking that back undoes it.
    ///
    /// ```
    /// use onefold::crm::{Command, Opening, Pipeline};
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let pipeline: Pipeline = serde_json::from_str(r#"{"stages": [
    ///     {"name": "talking", "probability": "0.3"},
    ///     {"name": "won", "probability": "1", "closes": "won"},
    ///     {"name": "lost", "probability": "0", "closes": "lost"}
    /// ]}"#)?;
    /// house.adopt(pipeline.configuration("sales")?, at)?;
    /// house.accept("crm", at, [Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"))])?;
    /// let ada = house.customers()?[0];
    ///
    /// house.open_deal("o-1", ada, "sales", &Opening::named("300 licences"), at)?;
    /// house.deal("o-1", &Command::move_to("won"), at + chrono::TimeDelta::days(9))?;
    /// let timeline: Vec<String> = house.customer(ada)?.ok_or("ada")?.timeline().iter().map(|e| e.name().to_owned()).collect();
    /// assert_eq!(timeline, ["opportunity opened", "opportunity won"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it may not be done, with every reason, or cannot be written.
    pub fn open_deal(
        &self,
        id: &str,
        customer: impl Into<RecordId>,
        pipeline: &str,
        opening: &Opening,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        let customer = customer.into();
        self.work((Opportunity::KIND, id), at, |views, at| {
            let deal = views.deal(id)?.unwrap_or_default();
            let under = views.kept_under(customer)?;
            let profile = views.customer(customer)?;
            let around = surroundings(views, pipeline, profile.as_ref())?;
            let opening = typed_opening(views, id, opening)?;
            views.may_own(opening.owner.as_deref())?;
            views.may_be_of(opening.account.as_deref())?;
            let outcomes: Vec<Outcome> = decide(&deal, &Command::Open(opening), &around, at)?;
            Ok(told::<Opportunity>(id, &under, &outcomes, at)?)
        })
    }

    /// Carries a command on a deal out.
    ///
    /// # Errors
    /// When it may not be done, with every reason, or cannot be written.
    pub fn deal(&self, id: &str, command: &Command, at: Timestamp) -> Result<Accepted, WorkError> {
        self.deal_all(id, std::slice::from_ref(command), at)
    }

    /// Carries several commands on a deal out, one after another: all of them, or none.
    ///
    /// # Errors
    /// When one of them may not be done, with every reason, or it cannot be written.
    pub fn deal_all(&self, id: &str, commands: &[Command], at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((Opportunity::KIND, id), at, |views, at| views.deal_outcomes(id, commands, at))
    }

    /// Carries a command on a lead out. A lead that comes is a record of its own too, so that linking finds out whether it
    /// is a customer who is known already.
    ///
    /// # Errors
    /// When it may not be done, with the reason, or cannot be written.
    pub fn lead(&self, id: &str, command: &LeadCommand, at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((Lead::KIND, id), at, |views, at| {
            let lead = views.lead(id)?.unwrap_or_default();
            let command = &match command {
                LeadCommand::Capture { source, fields } => {
                    LeadCommand::Capture { source: source.clone(), fields: typed(views, Lead::KIND, fields)? }
                }
                LeadCommand::Describe(fields) => {
                    LeadCommand::Describe(typed_changes(views, Lead::KIND, fields, &lead.fields)?)
                }
                other => other.clone(),
            };
            views.may_own(command.owner())?;
            let outcome = decide_lead(&lead, command)?;
            let under = (Source::from(LEADS), RecordKey::person(id));
            let mut drafts = told::<Lead>(id, &under, &[outcome], at)?;
            let set = match command {
                LeadCommand::Capture { fields, .. } => fields.clone(),
                LeadCommand::Describe(fields) => {
                    fields.iter().filter_map(|(field, value)| Some((field.clone(), value.clone()?))).collect()
                }
                _ => BTreeMap::new(),
            };
            drafts.extend(says(&under, &set, at));
            if let LeadCommand::Describe(fields) = command {
                let gone = fields.iter().filter(|(_, value)| value.is_none());
                let gone: BTreeSet<AttributeName> =
                    gone.map(|(field, _)| AttributeName::from(field.as_str())).collect();
                if !gone.is_empty() {
                    let (source, key) = under;
                    drafts.push(Draft::new(source, Body::Unset(gone)).key(key).occurred_at(at));
                }
            }
            Ok(drafts)
        })
    }
}

/// Who an object's facts are of.
pub(crate) fn of(history: &ObjectHistory) -> (Source, RecordKey) {
    let (source, key) = whose(history);
    (source, key.unwrap_or_else(|| RecordKey::person("")))
}

/// Who an object's facts are of, if they are of somebody. That somebody takes part in it is told of them.
fn whose(history: &ObjectHistory) -> Under {
    let standing = history.standing();
    let is_of_participant = |standing: &&Standing<'_>| match standing.fact().body() {
        Body::Object(object) => PARTICIPATION.contains(&object.event.as_str()),
        _ => false,
    };
    let (of_others, own): (Vec<_>, Vec<_>) = standing.iter().partition(is_of_participant);
    let all = || own.iter().chain(&of_others);
    let about = all().find_map(|s: &Standing<'_>| Some((s.fact().source().clone(), Some(s.fact().key()?.clone()))));
    let source = all().next().map_or_else(|| Source::from(LEADS), |s| s.fact().source().clone());
    about.unwrap_or((source, None))
}

/// What happens to a deal that is told of who takes part in it.
const PARTICIPATION: [&str; 2] = ["contact_added", "contact_removed"];

/// Fields in the form in which a record says them, and the identifiers among them.
fn standard(fields: &BTreeMap<String, Value>) -> (BTreeMap<String, Value>, Vec<Identifier>) {
    let (mut fields, mut identifiers) = (fields.clone(), Vec::new());
    for (field, kind) in [(namespace::EMAIL, Kind::Email), (namespace::PHONE, Kind::Phone)] {
        let read = fields.get(field).and_then(Value::as_text).map(|text| kind.parse(text, &Conventions::default()));
        // What is no address is kept as it was said.
        let Some(Ok(standard)) = read else { continue };
        // A number without its country may be anybody's.
        let of_one = standard.as_text().filter(|text| kind == Kind::Email || text.starts_with('+'));
        identifiers.extend(of_one.map(|text| Identifier::new(field, text)));
        fields.insert(field.to_owned(), standard);
    }
    (fields, identifiers)
}

/// What the record of a lead or its account says. By its address and number it is found, and linked, like any record.
fn says((source, key): &(Source, RecordKey), fields: &BTreeMap<String, Value>, at: Timestamp) -> Option<Draft> {
    let (fields, identifiers) = standard(fields);
    let set: BTreeMap<AttributeName, Value> =
        fields.iter().map(|(field, value)| (AttributeName::from(field.as_str()), value.clone())).collect();
    let is_empty = set.is_empty();
    let draft = Draft::new(source.clone(), Body::Set(set)).key(key.clone()).occurred_at(at);
    (!is_empty).then(|| identifiers.into_iter().fold(draft, Draft::identified_by))
}

pub(crate) fn none(kind: &str, id: &str) -> WorkError {
    let message = format!("there is no {kind} `{id}`");
    Rejection::from(Problem::of(Why::NotFound, "id", message, "name one that is there")).into()
}

fn surroundings<'a>(
    views: &'a Views,
    pipeline: &'a str,
    profile: Option<&'a Profile>,
) -> Result<Surroundings<'a>, WorkError> {
    let Some((name, pipeline)) = views.pipelines().get_key_value(pipeline) else {
        let names: Vec<String> = views.pipelines().keys().map(|name| format!("`{name}`")).collect();
        let fix = if names.is_empty() { "adopt one first".to_owned() } else { format!("take {}", names.join(" or ")) };
        let message = format!("there is no pipeline `{pipeline}`");
        return Err(Rejection::from(Problem::of(Why::NotFound, "pipeline", message, fix)).into());
    };
    Ok(Surroundings { name, pipeline, timeline: profile.map(Profile::timeline) })
}

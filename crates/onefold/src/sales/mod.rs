//! Sales work behind the house: leads and deals, decided on the state as it is, kept on the timelines of customers.

mod contact;
mod fields;
mod import;
mod known;
mod organisation;
mod pipeline;
mod routing;

use std::collections::BTreeMap;

use chrono::{SecondsFormat, TimeDelta};
use onefold_crm::{
    Aggregate, Command, Contact, Conversion, ConversionMap, ConversionTarget, Folded, Lead, LeadCommand, Opening,
    Opportunity, Outcome, Pipeline, Problem, Rejection, Score, Scoring, Surroundings, Why, convert, decide,
    decide_lead, fold, to_event,
};
use onefold_fact::{
    AttributeName, Batch, Body, Conventions, Decision, Draft, Identifier, Kind, Party, RecordId, RecordKey, Source,
    Standing, Timestamp, Value, namespace,
};
use onefold_profile::Profile;

use crate::error::OnefoldError;
use crate::objects::ObjectHistory;
use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::views::Views;

pub use self::contact::ContactView;
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

    /// A deal. `None` if there is none of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn deal(&self, id: &str) -> Result<Option<Opportunity>, OnefoldError> {
        let deal = self.object(Opportunity::KIND, id)?.map(|history| state(&history));
        // Of one whose opening was taken back the rest says nothing.
        Ok(deal.filter(Opportunity::is_there))
    }

    /// All deals, by id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn deals(&self) -> Result<BTreeMap<String, Opportunity>, OnefoldError> {
        let mut deals = self.all::<Opportunity>()?;
        deals.retain(|_, deal| deal.is_there());
        Ok(deals)
    }

    /// A lead. `None` if there is none of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn lead(&self, id: &str) -> Result<Option<Lead>, OnefoldError> {
        Ok(self.object(Lead::KIND, id)?.map(|history| state(&history)))
    }

    /// All leads, by id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn leads(&self) -> Result<BTreeMap<String, Lead>, OnefoldError> {
        self.all::<Lead>()
    }

    /// How a lead scores at a clock, by what it said and by what the customer did whom it is linked to. `None` if there is
    /// none of this id.
    ///
    /// # Errors
    /// When it cannot be read, or a rule asks for a segment.
    pub fn score(&self, lead: &str, at: Timestamp) -> Result<Option<Score>, WorkError> {
        let Some(history) = self.object(Lead::KIND, lead)? else { return Ok(None) };
        let profile = self.customer_about(&history)?;
        let lead: Lead = state(&history);
        Ok(Some(self.scoring().score(&lead.subject(profile.as_ref().map(Profile::timeline)), at)?))
    }

    /// The customer whom an object of work is about: by the record that its facts are of.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn customer_about(&self, history: &ObjectHistory) -> Result<Option<Profile>, OnefoldError> {
        match history.standing().iter().find_map(|standing| standing.fact().record()) {
            Some(record) => self.customer(record),
            None => Ok(None),
        }
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
                    decide(&seen, &typed_command(self, id, command)?, &around, at)?
                }
            };
            outcomes.iter().for_each(|outcome| deal.apply(at, outcome));
            drafts.extend(told_of::<Opportunity>(id, &whose(&history), &outcomes, at)?);
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
        if let LeadCommand::Assign(owner) = command {
            self.may_own(owner.as_deref())?;
        }
        let outcome = decide_lead(&state(&history), command)?;
        Ok(told::<Lead>(id, &of(&history), &[outcome], at)?)
    }

    pub(crate) fn all<A: Aggregate>(&self) -> Result<BTreeMap<String, A>, OnefoldError> {
        let mut all = BTreeMap::new();
        self.each_object(Some(A::KIND), |_, id, history| {
            if !history.standing().is_empty() {
                all.insert(id.to_owned(), state(&history));
            }
        })?;
        Ok(all)
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

pub(crate) fn state<A: Aggregate>(history: &ObjectHistory) -> A {
    let Folded { state, .. } = fold(history.standing());
    state
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
                LeadCommand::Describe(fields) => LeadCommand::Describe(typed_changes(views, Lead::KIND, fields)?),
                other => other.clone(),
            };
            if let LeadCommand::Assign(owner) = command {
                views.may_own(owner.as_deref())?;
            }
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
            Ok(drafts)
        })
    }

    /// What converting a lead would do. Nothing is done.
    ///
    /// # Errors
    /// When it may not be converted or the deal not begin, or it cannot be read.
    pub fn preview_conversion(&self, id: &str, into: &ConvertInto, at: Timestamp) -> Result<Conversion, WorkError> {
        let views = self.views()?;
        let Some(history) = views.object(Lead::KIND, id)? else { return Err(none("lead", id)) };
        let (conversion, target) = converted(&views, id, &history, into)?;
        if let (Some(opening), Some((deal, _))) = (&conversion.opportunity, &target.opportunity) {
            begun(&views, &history, into, (deal.as_str(), opening), at)?;
        }
        Ok(conversion)
    }

    /// Converts a lead into a contact and an account, which may be there already, and opens a deal. The lead's record is
    /// linked with theirs by decision, and what they know otherwise than the lead is pinned, so that nothing that is filled
    /// is overwritten. All of it is one batch, `lead ID TIME`: taking that back undoes the conversion.
    ///
    /// Links take effect once records are linked ([`relink`](Self::relink)).
    ///
    /// # Errors
    /// When it may not be converted or the deal not begin, or it cannot be written.
    pub fn convert_lead(&self, id: &str, into: &ConvertInto, at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((Lead::KIND, id), at, |views, at| {
            let Some(history) = views.object(Lead::KIND, id)? else { return Err(none("lead", id)) };
            let (Conversion { lead, account, opportunity, kept, .. }, target) = converted(views, id, &history, into)?;
            let own = of(&history);
            let mut drafts = told::<Lead>(id, &own, &[lead], at)?;
            let of_account = (Source::from(LEADS), RecordKey::organisation(id));
            drafts.extend(says(&of_account, &account, at));
            let decide_that = |decision| Draft::new(LEADS, Body::Decision(decision)).occurred_at(at);
            for (is, (source, key), what) in [(into.contact, &own, "contact"), (into.account, &of_account, "account")] {
                let Some(row) =
                    is.map(|record| views.founder(record)).transpose().map_err(OnefoldError::from)?.flatten()
                else {
                    continue;
                };
                drafts.push(decide_that(Decision::Link(row.id, RecordId::of(source, key))));
                for kept in kept.iter().filter(|kept| kept.of == what) {
                    let attribute = AttributeName::from(kept.field.as_str());
                    drafts.push(decide_that(Decision::Pin { record: row.id, attribute, value: kept.is.clone() }));
                }
            }
            if let (Some(opening), Some((deal, _))) = (opportunity, &target.opportunity) {
                let mut outcomes = begun(views, &history, into, (deal.as_str(), &opening), at)?;
                // Who the lead was is who is asked first.
                let part = Contact { role: None, primary: true };
                outcomes.push(Outcome::ContactAdded { contact: target.contact.0.clone(), part });
                let under = match into.contact {
                    Some(contact) => views.kept_under(contact)?,
                    None => own,
                };
                drafts.extend(told::<Opportunity>(deal, &under, &outcomes, at)?);
            }
            Ok(drafts)
        })
    }
}

/// Into what a lead is converted.
#[derive(Debug, Clone, Default)]
pub struct ConvertInto {
    /// A customer who is there already; if none is given, the lead itself is the contact.
    pub contact: Option<RecordId>,
    /// An organisation that is there already; if none is given, the lead's company is a new one.
    pub account: Option<RecordId>,
    /// A deal that begins with it, by its id.
    pub opportunity: Option<(String, Opening)>,
    /// The pipeline of the deal.
    pub pipeline: String,
    /// Which field of the lead becomes which.
    pub map: ConversionMap,
}

/// How the deal of a conversion begins.
fn begun(
    views: &Views,
    lead: &ObjectHistory,
    into: &ConvertInto,
    (deal, opening): (&str, &Opening),
    at: Timestamp,
) -> Result<Vec<Outcome>, WorkError> {
    let profile = views.customer_about(lead)?;
    let around = surroundings(views, &into.pipeline, profile.as_ref())?;
    let before = views.deal(deal)?.unwrap_or_default();
    let opening = typed_opening(views, deal, opening)?;
    views.may_own(opening.owner.as_deref())?;
    Ok(decide(&before, &Command::Open(opening), &around, at)?)
}

/// What a conversion does, and into what.
fn converted(
    views: &Views,
    id: &str,
    history: &ObjectHistory,
    into: &ConvertInto,
) -> Result<(Conversion, ConversionTarget), WorkError> {
    let known = |record: Option<RecordId>| -> Result<BTreeMap<String, Value>, WorkError> {
        let Some(record) = record else { return Ok(BTreeMap::new()) };
        // Says so if there is nobody.
        views.kept_under(record)?;
        let profile = views.customer(record)?;
        let attributes = profile.iter().flat_map(Profile::attributes);
        Ok(attributes.map(|(name, attribute)| (name.to_string(), attribute.value().clone())).collect())
    };
    if let Some(account) = into.account
        && views.kept_under(account)?.1.party() != Party::Organisation
    {
        let message = format!("`{account}` is a person");
        let fix = "name an organisation, or leave it out: the lead's company becomes one";
        return Err(Rejection::from(Problem::of(Why::Invalid, "account", message, fix)).into());
    }
    let lead: Lead = state(history);
    let (source, key) = of(history);
    let own = RecordId::of(&source, &key);
    let company = RecordId::of(&Source::from(LEADS), &RecordKey::organisation(id));
    let speaks_for = into.account.is_some() || lead.fields.contains_key("company");
    let account = speaks_for.then(|| (into.account.unwrap_or(company).to_string(), known(into.account)));
    let target = ConversionTarget {
        contact: (into.contact.unwrap_or(own).to_string(), known(into.contact)?),
        account: account.map(|(key, known)| Ok::<_, WorkError>((key, known?))).transpose()?,
        opportunity: into.opportunity.clone(),
    };
    Ok((convert(&lead, &target, &into.map)?, target))
}

/// Who an object's facts are of.
pub(crate) fn of(history: &ObjectHistory) -> (Source, RecordKey) {
    let (source, key) = whose(history);
    (source, key.unwrap_or_else(|| RecordKey::person("")))
}

/// Who an object's facts are of, if they are of somebody.
fn whose(history: &ObjectHistory) -> Under {
    let standing = history.standing();
    let about = standing.iter().find_map(|s| Some((s.fact().source().clone(), Some(s.fact().key()?.clone()))));
    let source = standing.first().map_or_else(|| Source::from(LEADS), |s| s.fact().source().clone());
    about.unwrap_or((source, None))
}

/// What the record of a lead or its account says. By its address and number it is found, and linked, like any record.
fn says((source, key): &(Source, RecordKey), fields: &BTreeMap<String, Value>, at: Timestamp) -> Option<Draft> {
    let mut set: BTreeMap<AttributeName, Value> =
        fields.iter().map(|(field, value)| (AttributeName::from(field.as_str()), value.clone())).collect();
    let is_empty = set.is_empty();
    let mut identifiers = Vec::new();
    for (field, kind) in [(namespace::EMAIL, Kind::Email), (namespace::PHONE, Kind::Phone)] {
        let read = fields.get(field).and_then(Value::as_text).map(|text| kind.parse(text, &Conventions::default()));
        // What is no address is kept as it was said.
        let Some(Ok(standard)) = read else { continue };
        // A number without its country may be anybody's.
        let of_one = standard.as_text().filter(|text| kind == Kind::Email || text.starts_with('+'));
        identifiers.extend(of_one.map(|text| Identifier::new(field, text)));
        set.insert(AttributeName::from(field), standard);
    }
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

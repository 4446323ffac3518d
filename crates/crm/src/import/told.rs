//! [`Told`]: what one row of an export says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use onefold_fact::standard::DateOrder;
use onefold_fact::{
    AttributeName, Conventions, Finding, Identifier, Kind, Party, Place, Reason, Row, Timestamp, Value, namespace,
};
use rust_decimal::Decimal;

use super::ImportOptions;
use super::cell::{self, plain};
use super::columns::{Column, ExportLayout, ExportOf, Field};
use crate::category::ForecastCategory;
use crate::lead::LeadStatus;
use crate::money::Currency;

/// What one row of an export says.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Of a company or a person.
    Party(PartyTold),
    /// Of a lead.
    Lead(LeadTold),
    /// Of a deal.
    Deal(DealTold),
    /// What a deal was at a time.
    Change(ChangeTold),
    /// Who takes part in a deal.
    Part(PartTold),
    /// Of a user.
    User(UserTold),
    /// That something is there no more.
    Deleted(DeletedTold),
}

/// Something that is there no more, as a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedTold {
    /// What it was.
    pub of: ExportOf,
    /// Its id.
    pub id: String,
    /// Since when, if the row says.
    pub at: Option<Timestamp>,
}

/// A company or a person, as a row says.
#[derive(Debug, Clone, PartialEq)]
pub struct PartyTold {
    /// Its id.
    pub id: String,
    /// Which of the two.
    pub party: Party,
    /// What is said of it.
    pub attributes: BTreeMap<AttributeName, Value>,
    /// By what it is known elsewhere.
    pub identifiers: BTreeSet<Identifier>,
    /// Through which channels nothing more is to come.
    pub opt_outs: BTreeSet<&'static str>,
    /// As of when.
    pub at: Option<Timestamp>,
    /// Whose it is.
    pub owner: Option<String>,
    /// Of a person, the company; of a company, the one above it.
    pub above: Option<String>,
    /// As what the person is in the company.
    pub role: Option<String>,
    /// A person who may become a customer, if the row says so.
    pub lead: Option<LeadTold>,
}

/// A lead, as a row says.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadTold {
    /// Its id.
    pub id: String,
    /// Where it came from.
    pub source: Option<String>,
    /// What it said.
    pub fields: BTreeMap<String, Value>,
    /// By what it is known elsewhere.
    pub identifiers: BTreeSet<Identifier>,
    /// Through which channels nothing more is to come.
    pub opt_outs: BTreeSet<&'static str>,
    /// Where it stands.
    pub status: LeadStatus,
    /// Why it is none.
    pub reason: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// When it came.
    pub created: Option<Timestamp>,
    /// As of when.
    pub at: Option<Timestamp>,
    /// When it was converted, and into which contact, account and deal.
    pub converted: Option<(Option<Timestamp>, [Option<String>; 3])>,
}

/// A deal, as a row says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DealTold {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its pipeline, if it names one.
    pub pipeline: Option<String>,
    /// What it is now.
    pub now: Step,
    /// Whether it is over, and if so whether it was won, where the row says so.
    pub closed: Option<bool>,
    /// Why it ended.
    pub reason: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Who takes part.
    pub contacts: Vec<String>,
    /// Other fields.
    pub fields: BTreeMap<String, Value>,
    /// When it began.
    pub created: Option<Timestamp>,
    /// Since when it is where it is.
    pub stage_since: Option<Timestamp>,
    /// As of when.
    pub at: Option<Timestamp>,
}

/// What was said of a deal at one time; what was not said stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The stage.
    pub stage: Option<String>,
    /// What it is worth, with the currency where it is said.
    pub amount: Option<(Decimal, Option<Currency>)>,
    /// When it is expected to close.
    pub closes_on: Option<NaiveDate>,
    /// How likely it is.
    pub probability: Option<Decimal>,
    /// How a forecast counts it.
    pub category: Option<ForecastCategory>,
    /// Whose it is.
    pub owner: Option<String>,
}

/// What a deal was at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeTold {
    /// The deal.
    pub deal: String,
    /// When it came to be so.
    pub at: Timestamp,
    /// What it was.
    pub step: Step,
    /// What it was before, if the row says so too.
    pub before: Step,
}

/// Who takes part in a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartTold {
    /// The deal.
    pub deal: String,
    /// The contact.
    pub contact: String,
    /// As what.
    pub role: Option<String>,
    /// Whether this is who is asked first.
    pub primary: bool,
}

/// A user, as a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserTold {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Who they report to.
    pub manager: Option<String>,
    /// Whether they still work there.
    pub active: bool,
    /// As of when.
    pub at: Option<Timestamp>,
}

/// Reads the rows of one table.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    layout: &'a ExportLayout,
    options: &'a ImportOptions,
    conventions: Conventions,
    row: Row<'a>,
    file: Arc<str>,
    findings: Vec<Finding>,
}

impl ExportLayout {
    /// What the rows' dates show of their order, and what is to be said where they show nothing.
    #[must_use]
    pub fn date_order<'a>(
        &self,
        rows: impl Iterator<Item = &'a [String]> + Clone,
    ) -> (Option<DateOrder>, Option<String>) {
        let columns: Vec<usize> = self.of_dates().collect();
        let cells = rows.flat_map(|row| columns.iter().filter_map(|column| row.get(*column)));
        match cell::date_order(cells.map(String::as_str)) {
            None => (None, None),
            Some(Some(order)) => (Some(order), None),
            Some(None) => {
                let message = "all dates can be read with the day first and with the month first; they were read with the day \
                               first: say which it is";
                (None, Some(message.to_owned()))
            }
        }
    }

    /// What a row says, and what is wrong with single cells, which count as blank. `Err` if the row cannot be taken.
    ///
    /// # Errors
    /// When it has no id, is a part of something that was deleted, or lacks what its kind cannot be without.
    pub fn read(
        &self,
        row: Row<'_>,
        file: &Arc<str>,
        options: &ImportOptions,
    ) -> (Result<Told, Finding>, Vec<Finding>) {
        let conventions = Conventions { country: options.country, date_order: options.date_order };
        let file = Arc::clone(file);
        let mut reader = Reader { layout: self, options, conventions, row, file, findings: Vec::new() };
        let told = reader.told();
        (told, reader.findings)
    }
}

impl Reader<'_> {
    fn told(&mut self) -> Result<Told, Finding> {
        if self.parsed(Field::Deleted, cell::boolean).unwrap_or(false) {
            let of = self.layout.is_of();
            if matches!(of, ExportOf::Account | ExportOf::Contact | ExportOf::Lead | ExportOf::Opportunity) {
                let id = self.own_id(Field::Id)?;
                return Ok(Told::Deleted(DeletedTold { of, id, at: self.instant(Field::Modified) }));
            }
            return Err(self.wrong(
                Field::Deleted,
                Reason::Empty,
                "the row is of something that was deleted; nothing to do",
            ));
        }
        match self.layout.is_of() {
            ExportOf::Account => self.party(Party::Organisation).map(Told::Party),
            ExportOf::Contact => self.party(Party::Person).map(Told::Party),
            ExportOf::Lead => self.lead().map(Told::Lead),
            ExportOf::Opportunity => self.deal().map(Told::Deal),
            ExportOf::StageHistory => self.change().map(Told::Change),
            ExportOf::FieldHistory => self.field_change().map(Told::Change),
            ExportOf::ContactRole => self.part().map(Told::Part),
            ExportOf::User => self.user().map(Told::User),
        }
    }

    fn place(&self, column: Option<usize>) -> Place {
        let place = Place::file(Arc::clone(&self.file)).row(self.row.number());
        match column.and_then(|column| self.layout.header.get(column)) {
            Some(name) => place.column(name.as_str()),
            None => place,
        }
    }

    fn wrong(&self, field: Field, reason: Reason, message: impl Into<String>) -> Finding {
        Finding::new(reason, message).at(self.place(self.layout.places.get(&field).copied()))
    }

    fn note(&mut self, field: Field, message: impl Into<String>) {
        let finding = self.wrong(field, Reason::MalformedValue, message);
        self.findings.push(finding);
    }

    fn text(&self, field: Field) -> Option<&str> {
        self.row.cell(*self.layout.places.get(&field)?)
    }

    fn owned(&self, field: Field) -> Option<String> {
        self.text(field).map(str::to_owned)
    }

    /// A cell read; one that cannot be is noted and blank.
    fn parsed<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match read(self.text(field)?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.note(field, message);
                None
            }
        }
    }

    fn instant(&mut self, field: Field) -> Option<Timestamp> {
        let order = self.options.date_order;
        self.parsed(field, |text| cell::instant(text, order))
    }

    fn day(&mut self, field: Field) -> Option<NaiveDate> {
        self.instant(field).map(|at| at.date_naive())
    }

    fn id(&mut self, field: Field) -> Option<String> {
        self.parsed(field, |text| cell::id(text).map(std::borrow::Cow::into_owned))
    }

    fn own_id(&mut self, field: Field) -> Result<String, Finding> {
        let Some(text) = self.text(field) else {
            return Err(self.wrong(field, Reason::Empty, "the id is missing; expected the one that the export has"));
        };
        match cell::id(text) {
            Ok(id) => Ok(id.into_owned()),
            Err(message) => Err(self.wrong(field, Reason::MalformedValue, message)),
        }
    }

    /// The user whose it is. Two at once are nobody's.
    fn owner(&mut self) -> Option<String> {
        self.parsed(Field::Owner, |text| {
            let mut owners = cell::list(text);
            match (owners.next(), owners.next()) {
                (Some(owner), None) => cell::id(owner).map(std::borrow::Cow::into_owned),
                _ => Err(format!("`{text}` is more than one owner; expected one, others as contacts or in a team")),
            }
        })
    }

    /// The known attributes and the fields of its own.
    fn fields(&mut self) -> (BTreeMap<String, Value>, BTreeSet<Identifier>) {
        let (mut fields, mut identifiers) = (BTreeMap::new(), BTreeSet::new());
        for (at, column) in self.layout.columns.iter().enumerate() {
            let Some(text) = self.row.cell(at) else { continue };
            match column {
                Column::Known(Field::Attribute(name, kind)) => match kind.parse(text, &self.conventions) {
                    Ok(value) => {
                        let of = match (kind, value.as_text()) {
                            (Kind::Email, Some(text)) => Some(Identifier::new(namespace::EMAIL, text)),
                            (Kind::Phone, Some(text)) if text.starts_with('+') => {
                                Some(Identifier::new(namespace::PHONE, text))
                            }
                            _ => None,
                        };
                        identifiers.extend(of);
                        fields.insert((*name).to_owned(), value);
                    }
                    Err(error) => {
                        let place = self.place(Some(at));
                        self.findings.push(Finding::new(Reason::MalformedValue, error.to_string()).at(place));
                    }
                },
                Column::Own(name) => drop(fields.insert(name.clone(), own_value(text))),
                _ => {}
            }
        }
        (fields, identifiers)
    }

    /// The channels that are refused.
    fn opt_outs(&mut self) -> BTreeSet<&'static str> {
        let channels = ["email", "phone", "fax"];
        channels
            .into_iter()
            .filter(|channel| self.parsed(Field::OptOut(channel), cell::boolean) == Some(true))
            .collect()
    }

    fn party(&mut self, party: Party) -> Result<PartyTold, Finding> {
        let id = self.own_id(Field::Id)?;
        let (mut fields, identifiers) = self.fields();
        let owner = self.owner();
        fields.extend(owner.as_deref().map(|owner| ("owner".to_owned(), Value::from(owner))));
        let lifecycle = self.owned(Field::Lifecycle);
        fields.extend(lifecycle.as_deref().map(|stage| ("lifecycle_stage".to_owned(), Value::from(plain(stage)))));
        let source = self.owned(Field::Source);
        fields.extend(source.as_deref().map(|source| ("lead_source".to_owned(), Value::from(source))));
        let role = fields.get("job_title").map(|title| title.to_text().into_owned());
        let above = match party {
            Party::Organisation => self.id(Field::Parent),
            // Of several the first is the one that matters most.
            Party::Person => self.parsed(Field::Account, |text| match cell::list(text).next() {
                Some(first) => cell::id(first).map(std::borrow::Cow::into_owned),
                None => Err(format!("`{text}` names no account; expected an id")),
            }),
        };
        let (created, at) = (self.instant(Field::Created), self.instant(Field::Modified));
        let stage = lifecycle.as_deref().map(plain);
        let lead = match (party, stage.as_deref()) {
            (Party::Person, Some("lead" | "marketingqualifiedlead" | "salesqualifiedlead")) => {
                let (mut status, mut reason) = self.status();
                if status == LeadStatus::New && stage.as_deref() == Some("salesqualifiedlead") {
                    (status, reason) = (LeadStatus::Qualified, None);
                }
                let (id, fields, identifiers) = (id.clone(), fields.clone(), identifiers.clone());
                let (owner, converted) = (owner.clone(), None);
                let opt_outs = BTreeSet::new();
                Some(LeadTold {
                    id,
                    source,
                    fields,
                    identifiers,
                    opt_outs,
                    status,
                    reason,
                    owner,
                    created,
                    at,
                    converted,
                })
            }
            _ => None,
        };
        let attributes = fields.into_iter().map(|(name, value)| (AttributeName::from(name), value)).collect();
        let opt_outs = self.opt_outs();
        Ok(PartyTold { id, party, attributes, identifiers, opt_outs, at, owner, above, role, lead })
    }

    /// Where a lead stands, by the words that exports use; why it is none is what they say.
    fn status(&self) -> (LeadStatus, Option<String>) {
        let Some(text) = self.text(Field::Status) else { return (LeadStatus::New, None) };
        let status = match plain(text).as_str() {
            "workingcontacted" | "working" | "contacted" | "inprogress" | "opendeal" | "attemptedtocontact"
            | "connected" | "nurturing" => LeadStatus::Working,
            "qualified" => LeadStatus::Qualified,
            "closednotconverted" | "unqualified" | "disqualified" | "badtiming" => {
                return (LeadStatus::Disqualified, Some(text.to_owned()));
            }
            _ => LeadStatus::New,
        };
        (status, None)
    }

    fn lead(&mut self) -> Result<LeadTold, Finding> {
        let id = self.own_id(Field::Id)?;
        let (fields, identifiers) = self.fields();
        let (status, reason) = self.status();
        let is_converted = self.parsed(Field::IsConverted, cell::boolean).unwrap_or(false)
            || self.text(Field::Status).is_some_and(|status| plain(status) == "closedconverted");
        let into = [Field::ConvertedContact, Field::ConvertedAccount, Field::ConvertedDeal].map(|field| self.id(field));
        let converted = match &into {
            _ if !is_converted => None,
            [Some(_), ..] => Some((self.instant(Field::ConvertedAt), into)),
            _ => {
                self.note(
                    Field::ConvertedContact,
                    "the lead was converted, but the row does not say into which contact; it was taken as qualified: \
                     export `ConvertedContactId` too",
                );
                None
            }
        };
        let status = if is_converted && converted.is_none() { LeadStatus::Qualified } else { status };
        let (created, at) = (self.instant(Field::Created), self.instant(Field::Modified));
        let (source, owner) = (self.owned(Field::Source), self.owner());
        let opt_outs = self.opt_outs();
        Ok(LeadTold { id, source, fields, identifiers, opt_outs, status, reason, owner, created, at, converted })
    }

    /// What a row says of stage, amount and the like.
    fn step(&mut self) -> Step {
        let currency = self.parsed(Field::Currency, |code| code.parse::<Currency>().map_err(|error| error.to_string()));
        let amount = self.parsed(Field::Amount, cell::amount);
        Step {
            stage: self.owned(Field::Stage),
            amount: amount.map(|(amount, beside)| (amount, beside.or(currency))),
            closes_on: self.day(Field::ClosesOn),
            probability: self.parsed(Field::Probability, cell::probability),
            category: self.parsed(Field::Category, cell::category),
            owner: self.owner(),
        }
    }

    fn deal(&mut self) -> Result<DealTold, Finding> {
        let id = self.own_id(Field::Id)?;
        for (field, what) in [(Field::Name, "name"), (Field::Stage, "stage")] {
            if self.text(field).is_none() {
                let message = format!("the {what} is missing; expected the {what} of the deal");
                return Err(self.wrong(field, Reason::Empty, message));
            }
        }
        let (fields, _) = self.fields();
        let is_closed = self.parsed(Field::IsClosed, cell::boolean);
        let is_won = self.parsed(Field::IsWon, cell::boolean);
        let contacts = self.parsed(Field::Contacts, |text| {
            cell::list(text).map(|id| cell::id(id).map(std::borrow::Cow::into_owned)).collect::<Result<Vec<_>, _>>()
        });
        let account = self.parsed(Field::Account, |text| match cell::list(text).next() {
            Some(first) => cell::id(first).map(std::borrow::Cow::into_owned),
            None => Err(format!("`{text}` names no account; expected an id")),
        });
        // A row fills that of what became of the deal; where both are filled, that one counts.
        let mut reasons = [self.owned(Field::Reason), self.owned(Field::WonReason)];
        if is_won == Some(true) {
            reasons.reverse();
        }
        Ok(DealTold {
            id,
            name: self.owned(Field::Name).unwrap_or_default(),
            pipeline: self.owned(Field::Pipeline),
            now: self.step(),
            closed: match (is_closed, is_won) {
                (_, Some(true)) => Some(true),
                (Some(true), Some(false)) => Some(false),
                _ => None,
            },
            reason: reasons.into_iter().flatten().next(),
            account,
            contacts: contacts.unwrap_or_default(),
            fields,
            created: self.instant(Field::Created),
            stage_since: self.instant(Field::StageSince),
            at: self.instant(Field::Modified),
        })
    }

    fn when(&mut self) -> Result<Timestamp, Finding> {
        let at = self.instant(Field::Created).or_else(|| self.instant(Field::Modified));
        at.ok_or_else(|| self.wrong(Field::Created, Reason::Empty, "the row does not say when; expected a time"))
    }

    fn change(&mut self) -> Result<ChangeTold, Finding> {
        let (deal, at) = (self.own_id(Field::Deal)?, self.when()?);
        let before = Step { stage: self.owned(Field::Old), ..Step::default() };
        Ok(ChangeTold { deal, at, step: self.step(), before })
    }

    fn field_change(&mut self) -> Result<ChangeTold, Finding> {
        let (deal, at) = (self.own_id(Field::Deal)?, self.when()?);
        let property = self.text(Field::Property).map(plain).unwrap_or_default();
        let of = |reader: &mut Self, field: Field| -> Option<Step> {
            let mut step = Step::default();
            let order = reader.options.date_order;
            match property.as_str() {
                "stagename" | "stage" | "dealstage" => step.stage = reader.owned(field),
                "amount" => step.amount = reader.parsed(field, cell::amount),
                "closedate" => {
                    step.closes_on = reader.parsed(field, |text| cell::instant(text, order)).map(|at| at.date_naive());
                }
                "probability" | "hsdealstageprobability" => step.probability = reader.parsed(field, cell::probability),
                "forecastcategory" | "forecastcategoryname" | "hsmanualforecastcategory" => {
                    step.category = reader.parsed(field, cell::category);
                }
                "owner" | "ownerid" | "hubspotownerid" | "dealowner" => step.owner = reader.id(field),
                _ => return None,
            }
            Some(step)
        };
        let Some(step) = of(self, Field::New) else {
            let named = self.text(Field::Property).unwrap_or_default();
            let message = format!(
                "the history of `{named}` is not read; expected stage, amount, close date, probability, forecast category or owner"
            );
            return Err(self.wrong(Field::Property, Reason::UnknownMessage, message));
        };
        let before = of(self, Field::Old).unwrap_or_default();
        Ok(ChangeTold { deal, at, step, before })
    }

    fn part(&mut self) -> Result<PartTold, Finding> {
        let deal = self.own_id(Field::Deal)?;
        let contact = self.own_id(Field::Contacts)?;
        let primary = self.parsed(Field::Primary, cell::boolean).unwrap_or(false);
        Ok(PartTold { deal, contact, role: self.owned(Field::Role), primary })
    }

    fn user(&mut self) -> Result<UserTold, Finding> {
        let id = self.own_id(Field::Id)?;
        let (fields, _) = self.fields();
        let part = |name: &str| fields.get(name).map(|value| value.to_text().into_owned());
        let whole: Vec<String> = [part("given_name"), part("family_name")].into_iter().flatten().collect();
        let whole = Some(whole.join(" ")).filter(|whole| !whole.is_empty());
        let name = whole.or_else(|| self.owned(Field::Name)).or_else(|| self.owned(Field::Email));
        Ok(UserTold {
            name: name.unwrap_or_else(|| id.clone()),
            id,
            email: self.owned(Field::Email),
            manager: self.id(Field::Manager),
            active: self.parsed(Field::Active, cell::boolean).unwrap_or(true),
            at: self.instant(Field::Modified),
        })
    }
}

/// The value of a field of its own: a list, if it is written as one (`A;B`), a number, or text.
fn own_value(text: &str) -> Value {
    if text.contains(';') && !text.contains("; ") && text.len() <= 1000 {
        let parts: Vec<Option<Value>> = cell::list(text).map(|part| Some(Value::from(part))).collect();
        if parts.len() > 1 {
            return Value::List(parts.into());
        }
    }
    // What begins with a zero is a code, not a number.
    let is_code = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    match Value::from_json(text).ok().and_then(|read| read.value) {
        Some(value @ (Value::Integer(_) | Value::Decimal(_) | Value::Boolean(_))) if !is_code => value,
        _ => Value::from(text),
    }
}

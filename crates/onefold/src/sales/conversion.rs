//! Converting leads: what it would do and who would be one customer, and all of it as one batch.

use std::collections::{BTreeMap, BTreeSet};

use onefold_crm::{
    Aggregate, Command, Contact, Conversion, ConversionMap, ConversionTarget, Lead, Opening, Opportunity, Outcome,
    Problem, Rejection, Why, convert, decide,
};
use onefold_fact::{
    AttributeName, Body, CustomerId, Decision, Draft, Identifier, Membership, Party, RecordId, RecordKey, Source,
    Timestamp, Value,
};
use onefold_profile::{HeldIdentifier, Profile};

use super::fields::typed_opening;
use super::names::name_of;
use super::{LEADS, WorkError, none, of, says, standard, state, surroundings, told};
use crate::error::OnefoldError;
use crate::objects::ObjectHistory;
use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::views::Views;

/// The namespace of the groups that accounts are.
pub(super) const ACCOUNT: &str = "account";

/// Into what a lead is converted.
#[derive(Debug, Clone, Default)]
pub struct ConvertInto {
    /// A customer who is there already; if none is given, the lead itself is the contact.
    pub contact: Option<RecordId>,
    /// An organisation that is there already; if none is given, the lead's company is a new one.
    pub account: Option<RecordId>,
    /// As what the contact is in the account, and takes part in the deal.
    pub role: Option<String>,
    /// A deal that begins with it, by its id.
    pub opportunity: Option<(String, Opening)>,
    /// The pipeline of the deal.
    pub pipeline: String,
    /// Which field of the lead becomes which.
    pub map: ConversionMap,
    /// Whether the lead is not the customer whom linking took it for, where that is not the contact. Unless this is said, such
    /// a conversion is refused: it would make one customer of three.
    pub apart: bool,
}

/// What converting a lead would do.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversionPreview {
    /// What is set and what stays, field by field, and how the deal begins.
    pub conversion: Conversion,
    /// Who will be one customer.
    pub one: Vec<Joined>,
    /// Organisations that hold an address or a number that the account comes to have: they may turn out to be one with it.
    pub alike: Vec<Joined>,
    /// The group of the account, where the contact comes to be in it or to be something else in it.
    pub member_of: Option<Identifier>,
    /// Why it would be refused, if it would be.
    pub refused: Option<Rejection>,
}

/// A customer who will be one with others.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Joined {
    /// The customer, or the record of the lead.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// As what they are in it.
    #[serde(rename = "as")]
    pub as_: JoinedAs,
}

/// As what a customer comes to be one with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinedAs {
    /// They are the contact.
    Contact,
    /// They are the lead.
    Lead,
    /// Linking took the lead for them; nobody named them.
    TakenFor,
    /// They hold what the account comes to hold.
    Alike,
}

impl Onefold {
    /// What converting a lead would do, and who would be one customer. Nothing is done.
    ///
    /// # Errors
    /// When it may not be converted or the deal not begin, or it cannot be read. That it would make one customer of three is
    /// said in the preview ([`ConversionPreview::refused`]).
    pub fn preview_conversion(
        &self,
        id: &str,
        into: &ConvertInto,
        at: Timestamp,
    ) -> Result<ConversionPreview, WorkError> {
        Ok(Converting::of(&self.views()?, id, into)?.done(at)?.0)
    }

    /// Converts a lead into a contact and an account, which may be there already, and opens a deal. The lead's record is
    /// linked with theirs by decision, and says no more what they know otherwise, so that nothing that is filled is
    /// overwritten. The contact is a member of the account. All of it is one batch, `lead ID TIME`: taking that back undoes
    /// the conversion.
    ///
    /// Links take effect once records are linked ([`relink`](Self::relink)).
    ///
    /// # Errors
    /// When it may not be converted or the deal not begin, when a customer whom nobody named would be one with the contact,
    /// or it cannot be written.
    pub fn convert_lead(&self, id: &str, into: &ConvertInto, at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((Lead::KIND, id), at, |views, at| {
            let (preview, drafts) = Converting::of(views, id, into)?.done(at)?;
            preview.refused.map_or(Ok(drafts), |why| Err(why.into()))
        })
    }
}

/// A lead on its way to be a contact.
struct Converting<'a> {
    views: &'a Views,
    id: &'a str,
    into: &'a ConvertInto,
    history: ObjectHistory,
    /// Its fields as its record says them.
    lead: Lead,
    /// Its record.
    own: (Source, RecordKey),
    /// The record of its company.
    company: (Source, RecordKey),
    /// Whom linking takes the lead for beside itself: their records.
    taken_for: Vec<RecordId>,
    /// What is known of the contact without the lead; nobody, if the lead is all that there is.
    contact: Option<Profile>,
    account: Option<Profile>,
}

impl<'a> Converting<'a> {
    fn of(views: &'a Views, id: &'a str, into: &'a ConvertInto) -> Result<Self, WorkError> {
        let Some(history) = views.object(Lead::KIND, id)? else { return Err(none("lead", id)) };
        for (field, named, party, fix) in [
            ("contact", into.contact, Party::Person, "name a person, or leave it out: the lead becomes one"),
            (
                "account",
                into.account,
                Party::Organisation,
                "name an organisation, or leave it out: the lead's company becomes one",
            ),
        ] {
            // Says so if there is nobody.
            let is = named.map(|named| views.kept_under(named)).transpose()?.map(|(_, key)| key.party());
            if let (Some(named), Some(is)) = (named, is.filter(|is| *is != party)) {
                let is = if is == Party::Person { "a person" } else { "an organisation" };
                return Err(Rejection::from(Problem::of(Why::Invalid, field, format!("`{named}` is {is}"), fix)).into());
            }
        }
        let mut lead: Lead = state(&history);
        (lead.fields, _) = standard(&lead.fields);
        let own = of(&history);
        let own_id = RecordId::of(&own.0, &own.1);
        let (is_in, contact) = (views.holder(own_id)?, views.holder(into.contact.unwrap_or(own_id))?);
        let taken_for = match is_in {
            Some(customer) if is_in != contact => {
                let members = views.reading().members(customer).map_err(OnefoldError::from)?;
                members.into_iter().map(|row| row.id).filter(|record| *record != own_id).collect()
            }
            _ => Vec::new(),
        };
        let contact = contact.map(|customer| views.known_without(customer, own_id)).transpose()?;
        let account = into.account.map(|account| views.customer(account)).transpose()?.flatten();
        let company = (Source::from(LEADS), RecordKey::organisation(id));
        Ok(Self { views, id, into, history, lead, own, company, taken_for, contact: contact.flatten(), account })
    }

    /// What it does, and the facts that say so.
    fn done(&self, at: Timestamp) -> Result<(ConversionPreview, Vec<Draft>), WorkError> {
        let target = self.target();
        let conversion = convert(&self.lead, &target, &self.into.map)?;
        let group = target.account.is_some().then(|| self.group());
        let mut drafts = told::<Lead>(self.id, &self.own, std::slice::from_ref(&conversion.lead), at)?;
        drafts.extend(self.of_contact(&conversion, at));
        drafts.extend(self.of_account(&conversion, group.as_ref(), at));
        drafts.extend(self.decisions(at)?);
        let member_of = group.filter(|group| self.comes_to_be_in(group));
        drafts.extend(member_of.clone().map(|group| {
            let joins = Membership { group, role: self.into.role.clone(), member: true, only: false };
            self.about(Body::Group(joins), at)
        }));
        if let (Some(opening), Some((deal, _))) = (&conversion.opportunity, &target.opportunity) {
            drafts.extend(self.deal(deal, opening, &target.contact.0, at)?);
        }
        let (one, alike) = (self.one()?, self.alike(&conversion)?);
        let preview = ConversionPreview { conversion, one, alike, member_of, refused: self.refused()? };
        Ok((preview, drafts))
    }

    fn own_id(&self) -> RecordId {
        RecordId::of(&self.own.0, &self.own.1)
    }

    fn company_id(&self) -> RecordId {
        RecordId::of(&self.company.0, &self.company.1)
    }

    /// What the lead's record says.
    fn about(&self, body: Body, at: Timestamp) -> Draft {
        Draft::new(self.own.0.clone(), body).key(self.own.1.clone()).occurred_at(at)
    }

    fn target(&self) -> ConversionTarget {
        let known = |profile: Option<&Profile>| -> BTreeMap<String, Value> {
            let attributes = profile.into_iter().flat_map(Profile::attributes);
            attributes.map(|(name, attribute)| (name.to_string(), attribute.value().clone())).collect()
        };
        let speaks_for = self.into.account.is_some() || self.lead.fields.contains_key("company");
        let account = self.into.account.unwrap_or_else(|| self.company_id()).to_string();
        ConversionTarget {
            contact: (self.into.contact.unwrap_or_else(|| self.own_id()).to_string(), known(self.contact.as_ref())),
            account: speaks_for.then(|| (account, known(self.account.as_ref()))),
            opportunity: self.into.opportunity.clone(),
        }
    }

    /// What the lead's record says under another name, and says no more, since the contact knows otherwise.
    fn of_contact(&self, conversion: &Conversion, at: Timestamp) -> impl Iterator<Item = Draft> {
        let mut renamed = conversion.contact.clone();
        renamed.retain(|field, value| self.lead.fields.get(field) != Some(value));
        let kept = conversion.kept.iter().filter(|kept| kept.of == "contact");
        let kept: BTreeSet<AttributeName> = kept
            .filter(|kept| self.lead.fields.contains_key(&kept.field))
            .map(|kept| AttributeName::from(kept.field.as_str()))
            .collect();
        let says_no_more = (!kept.is_empty()).then(|| self.about(Body::Unset(kept), at));
        says(&self.own, &renamed, at).into_iter().chain(says_no_more)
    }

    /// What the record of the company says: what was not known of the account, and by what its people are its members.
    fn of_account(&self, conversion: &Conversion, group: Option<&Identifier>, at: Timestamp) -> Option<Draft> {
        let is_known = |group: &Identifier| {
            let held = self.account.iter().flat_map(Profile::identifiers);
            held.map(HeldIdentifier::identifier).any(|held| held == group)
        };
        let group = group.filter(|group| !is_known(group));
        let said = says(&self.company, &conversion.account, at);
        let nothing = || {
            let (source, key) = self.company.clone();
            Draft::new(source, Body::Set(BTreeMap::new())).key(key).occurred_at(at)
        };
        match (said, group) {
            (said, Some(group)) => Some(said.unwrap_or_else(nothing).identified_by(group.clone())),
            (said, None) => said,
        }
    }

    /// The group of the account: that which the account has, or one of its own.
    fn group(&self) -> Identifier {
        let held = self.account.iter().flat_map(Profile::identifiers).map(HeldIdentifier::identifier);
        let known = held.filter(|identifier| identifier.namespace().as_str() == ACCOUNT).min();
        known.cloned().unwrap_or_else(|| Identifier::new(ACCOUNT, self.company_id().to_string()))
    }

    /// Whether the contact is not in a group yet, or not as what is said.
    fn comes_to_be_in(&self, group: &Identifier) -> bool {
        let mut held = self.contact.iter().flat_map(Profile::groups).filter(|held| held.group() == group);
        let role = self.into.role.as_deref();
        held.next().is_none_or(|held| role.is_some() && held.role() != role)
    }

    /// With whom the lead and its company are one, and with whom the lead is not.
    fn decisions(&self, at: Timestamp) -> Result<Vec<Draft>, WorkError> {
        let decided = |decision| Draft::new(LEADS, Body::Decision(decision)).occurred_at(at);
        let mut drafts = Vec::new();
        for (is, record) in [(self.into.contact, self.own_id()), (self.into.account, self.company_id())] {
            let founder = is.map(|is| self.views.founder(is)).transpose().map_err(OnefoldError::from)?.flatten();
            let founder = founder.filter(|founder| founder.id != record);
            drafts.extend(founder.map(|founder| decided(Decision::Link(founder.id, record))));
        }
        if self.into.apart {
            let others = self.taken_for.iter();
            drafts.extend(others.map(|other| decided(Decision::Unlink(*other, self.own_id()))));
        }
        Ok(drafts)
    }

    fn deal(&self, deal: &str, opening: &Opening, contact: &str, at: Timestamp) -> Result<Vec<Draft>, WorkError> {
        let profile = self.views.customer_about(&self.history)?;
        let around = surroundings(self.views, &self.into.pipeline, profile.as_ref())?;
        let before = self.views.deal(deal)?.unwrap_or_default();
        let opening = typed_opening(self.views, deal, opening)?;
        self.views.may_own(opening.owner.as_deref())?;
        let mut outcomes = decide(&before, &Command::Open(opening), &around, at)?;
        // Who the lead was is who is asked first.
        let part = Contact { role: self.into.role.clone(), primary: true };
        outcomes.push(Outcome::ContactAdded { contact: contact.to_owned(), part });
        let under = match self.into.contact {
            Some(contact) => self.views.kept_under(contact)?,
            None => self.own.clone(),
        };
        Ok(told::<Opportunity>(deal, &under, &outcomes, at)?)
    }

    /// Who will be one customer, as far as it is known.
    fn one(&self) -> Result<Vec<Joined>, WorkError> {
        let called = |profile: &Profile| name_of(profile).unwrap_or_else(|| profile.id().to_string());
        let mut one = Vec::new();
        one.extend(self.contact.as_ref().map(|contact| Joined {
            id: contact.id().to_string(),
            name: called(contact),
            as_: JoinedAs::Contact,
        }));
        let lead = self.views.known_of(self.own_id())?;
        let name = lead.as_ref().and_then(name_of).unwrap_or_else(|| format!("lead {}", self.id));
        one.push(Joined { id: self.own_id().to_string(), name, as_: JoinedAs::Lead });
        if !self.into.apart {
            one.extend(self.other()?);
        }
        Ok(one)
    }

    /// The customer whom linking took the lead for, if that is neither the lead nor the contact.
    fn other(&self) -> Result<Option<Joined>, WorkError> {
        let Some(first) = self.taken_for.first() else { return Ok(None) };
        let Some(customer) = self.views.holder(*first)? else { return Ok(None) };
        let other = self.views.known_without(customer, self.own_id())?;
        let name = other.as_ref().and_then(name_of).unwrap_or_else(|| first.to_string());
        Ok(Some(Joined { id: first.to_string(), name, as_: JoinedAs::TakenFor }))
    }

    fn refused(&self) -> Result<Option<Rejection>, WorkError> {
        let Some(other) = self.other()?.filter(|_| !self.into.apart) else { return Ok(None) };
        let message = format!(
            "linking took the lead for `{}` ({}), whom nobody named: they and the contact would be one customer",
            other.name, other.id
        );
        let fix = "merge the two first, convert into that one, or say `apart`: the lead is not them";
        Ok(Some(Problem::of(Why::NotAllowed, "contact", message, fix).into()))
    }

    /// Organisations that hold an address or a number that is new to the account.
    fn alike(&self, conversion: &Conversion) -> Result<Vec<Joined>, WorkError> {
        let mut alike = Vec::new();
        for identifier in standard(&conversion.account).1 {
            for customer in self.views.customers_with(&identifier)? {
                let Some(profile) = self.views.customer(customer)? else { continue };
                if profile.party() == Party::Organisation {
                    let name = name_of(&profile).unwrap_or_else(|| customer.to_string());
                    alike.push(Joined { id: customer.to_string(), name, as_: JoinedAs::Alike });
                }
            }
        }
        Ok(alike)
    }
}

impl Views {
    fn holder(&self, record: RecordId) -> Result<Option<CustomerId>, OnefoldError> {
        Ok(self.holding(record)?)
    }

    /// What is known of a customer without the word of one record. `None` if that record is all that there is.
    fn known_without(&self, customer: CustomerId, record: RecordId) -> Result<Option<Profile>, OnefoldError> {
        let told = self.reading().told(customer)?;
        let rest = told.fold_if(self.schema(), self.governance.rules(), |it| it.fact().record() != Some(record));
        Ok(Some(rest).filter(|rest| !rest.records().is_empty()))
    }

    /// What one record says.
    fn known_of(&self, record: RecordId) -> Result<Option<Profile>, OnefoldError> {
        let Some(customer) = self.holding(record)? else { return Ok(None) };
        let told = self.reading().told(customer)?;
        let own = told.fold_if(self.schema(), self.governance.rules(), |it| it.fact().record() == Some(record));
        Ok(Some(own))
    }
}

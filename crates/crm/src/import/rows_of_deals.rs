//! Rows of deals, of what they were, and of who takes part in them.

use onefold_fact::{Finding, Reason, Timestamp};

use super::cell::{self, plain};
use super::columns::Field;
use super::reader::Reader;
use super::told::{ChangeTold, DealTold, PartTold, Step};
use crate::money::Currency;

impl Reader<'_> {
    /// What a row says of stage, amount and the like.
    pub(super) fn step(&mut self) -> Step {
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

    pub(super) fn deal(&mut self) -> Result<DealTold, Finding> {
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

    pub(super) fn when(&mut self) -> Result<Timestamp, Finding> {
        let at = self.instant(Field::Created).or_else(|| self.instant(Field::Modified));
        at.ok_or_else(|| self.wrong(Field::Created, Reason::Empty, "the row does not say when; expected a time"))
    }

    pub(super) fn change(&mut self) -> Result<ChangeTold, Finding> {
        let (deal, at) = (self.own_id(Field::Deal)?, self.when()?);
        let before = Step { stage: self.owned(Field::Old), ..Step::default() };
        Ok(ChangeTold { deal, at, step: self.step(), before })
    }

    pub(super) fn field_change(&mut self) -> Result<ChangeTold, Finding> {
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
                // That the deal came to be, or could not be edited, says nothing of what it was.
                "created" | "opportunitycreatedfromlead" | "locked" | "unlocked" => {}
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

    pub(super) fn part(&mut self) -> Result<PartTold, Finding> {
        let deal = self.own_id(Field::Deal)?;
        let contact = self.own_id(Field::Contacts)?;
        let primary = self.parsed(Field::Primary, cell::boolean).unwrap_or(false);
        Ok(PartTold { deal, contact, role: self.owned(Field::Role), primary })
    }
}

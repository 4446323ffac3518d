//! What is asked of one customer beyond the profile: what an attribute was, what is computed, what was bought, and all of
//! it for the person themselves.

use std::collections::BTreeMap;

use onefold_fact::{AttributeName, CustomerId, RecordId, Timestamp};
use onefold_profile::{Computations, Computed, Disclosure, Export, History, OrderSpec, Orders, Policy, Rules, history};

use crate::error::OnefoldError;
use crate::folding::Gathered;
use crate::views::Views;

impl Views {
    /// The policy in force: which purposes and roles there are, and what each may see. A profile is read through it:
    ///
    /// ```
    /// use onefold::profile::{Access, Policy, Sight};
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let support = Sight { attributes: Access::All, masked: true, ..Sight::default() };
    /// house.adopt(&Policy { roles: [("support".to_owned(), support)].into(), ..Policy::default() }, at)?;
    /// let ada = Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"));
    /// house.accept("monday", at, [ada])?;
    ///
    /// let views = house.views()?;
    /// let profile = views.customer(house.customers()?[0])?.ok_or("a customer")?;
    /// let seen = profile.view_for("support", views.policy(), views.schema())?;
    /// assert_eq!(seen.value("email").map(ToString::to_string).as_deref(), Some("a***@x.io"));
    /// assert!(profile.view_for("sales", views.policy(), views.schema()).is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.governance.settings().policy
    }

    /// The computed attributes in force.
    #[must_use]
    pub fn computations(&self) -> &Computations {
        &self.governance.settings().computations
    }

    /// Which events are orders.
    #[must_use]
    pub fn order_spec(&self) -> &OrderSpec {
        &self.governance.settings().orders
    }

    /// What an attribute of a customer was, from when to when, and which fact said so. `None` if there is no such customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn history(
        &self,
        customer: impl Into<RecordId>,
        attribute: &AttributeName,
    ) -> Result<Option<History>, OnefoldError> {
        Ok(self
            .gathered(customer)?
            .map(|(_, told)| history(attribute, told.standing(), self.schema(), &Rules::default(), None)))
    }

    /// The computed attributes of a customer at a clock, each with the next clock at which time alone changes it. `None`
    /// if there is no such customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn computed(
        &self,
        customer: impl Into<RecordId>,
        at: Timestamp,
    ) -> Result<Option<BTreeMap<AttributeName, Computed>>, OnefoldError> {
        Ok(self.customer(customer)?.map(|profile| self.computations().evaluate(profile.timeline(), at)))
    }

    /// What a customer bought. `None` if there is no such customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn orders(&self, customer: impl Into<RecordId>) -> Result<Option<Orders>, OnefoldError> {
        Ok(self.customer(customer)?.map(|profile| Orders::of(profile.timeline(), self.order_spec())))
    }

    /// All that is known of a customer, told as the disclosure says: by default everything as it stands. `None` if there
    /// is no such customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn export(
        &self,
        customer: impl Into<RecordId>,
        disclosure: &Disclosure<'_>,
    ) -> Result<Option<Export>, OnefoldError> {
        Ok(self.customer(customer)?.map(|profile| Export::of(&profile, self.schema(), disclosure)))
    }

    fn gathered(&self, customer: impl Into<RecordId>) -> Result<Option<(CustomerId, Gathered)>, OnefoldError> {
        let Some(customer) = self.holding(customer.into())? else { return Ok(None) };
        Ok(Some((customer, self.reading().told(customer)?)))
    }
}

//! What is asked of one customer beyond the profile: what an attribute was, what is computed, what was bought, and all of
//! it for the person themselves.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{AttributeName, Body, CustomerId, Fact, RecordId, Timestamp, Value};
use onefold_profile::{
    Computations, Computed, ConsentState, Disclosure, Event, Export, History, Lens, OrderSpec, Orders, Policy, Profile,
    Refusal, Rfm, RfmCuts, RfmScore, RfmScoring, Scored, Staged, Suppressed, Timeline, View, history,
};

use crate::computed_names::DIMENSIONS;
use crate::error::OnefoldError;
use crate::folding::Gathered;
use crate::views::Views;

/// Who asks what is known of a customer, and sees what a [`Policy`] opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker<'a> {
    /// A role: `support`.
    Role(&'a str),
    /// A purpose, through a channel if it uses one, at a clock: it is asked then whether the customer consents.
    Purpose {
        /// The purpose: `marketing`.
        purpose: &'a str,
        /// The channel: `email`.
        channel: Option<&'a str>,
        /// When.
        clock: Timestamp,
    },
}

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

    /// What a role may see of a profile, of whatever time it is: by the policy and the schema that are in force here, in a
    /// reading of the past ([`known_at`](crate::Onefold::known_at)) by those of the present. So what is closed now stays closed:
    ///
    /// ```
    /// use onefold::profile::{Access, Policy, Sight};
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = |day: u32| format!("2026-03-{day:02}T09:00:00Z").parse::<Timestamp>();
    /// let house = Onefold::in_memory(Options::default());
    /// let policy = |sight| Policy { roles: [("support".to_owned(), sight)].into(), ..Policy::default() };
    /// house.adopt(&policy(Sight::everything()), at(1)?)?;
    /// let ada = Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"));
    /// house.accept("monday", at(2)?, [ada])?;
    /// house.adopt(&policy(Sight { attributes: Access::Nothing, ..Sight::everything() }), at(3)?)?;
    ///
    /// let then = house.known_at(at(2)?)?;
    /// let profile = then.customer(house.customers()?[0])?.ok_or("a customer")?;
    /// assert!(then.view_for("support", &profile)?.value("email").is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the role is not declared.
    pub fn view_for(&self, role: &str, profile: &Profile) -> Result<View, OnefoldError> {
        Ok(self.lens(Asker::Role(role), profile)?.view(profile))
    }

    /// What a purpose may see of a profile, likewise: by the policy, the schema and the consent that are in force here at a
    /// clock, and by the list of the suppressed, if the house was opened with its key
    /// ([`Options`](crate::Options::suppression_key)). Who is not to be contacted is not seen through a channel, who is not to
    /// be processed not at all. Where the records of the profile are several customers by now, it is asked of each of them.
    ///
    /// # Errors
    /// When the purpose is not declared, needs a consent that is not granted, they are on the list, or it cannot be read.
    pub fn view(
        &self,
        purpose: &str,
        channel: Option<&str>,
        profile: &Profile,
        clock: Timestamp,
    ) -> Result<View, OnefoldError> {
        Ok(self.lens(Asker::Purpose { purpose, channel, clock }, profile)?.view(profile))
    }

    /// What a role or a purpose may see of what an attribute of a customer was ([`history`](Self::history)). `None` if it may
    /// see nothing of that attribute.
    ///
    /// # Errors
    /// As [`view`](Self::view) and [`view_for`](Self::view_for).
    pub fn history_for(
        &self,
        asker: Asker<'_>,
        profile: &Profile,
        attribute: &AttributeName,
    ) -> Result<Option<History>, OnefoldError> {
        let lens = self.lens(asker, profile)?;
        let history = self.history(profile.id(), attribute)?.unwrap_or_default();
        Ok(lens.history(profile, attribute, &history))
    }

    /// What a role or a purpose may see of what is computed from the events of a profile at a clock
    /// ([`computed_of`](Self::computed_of), [`Lens::computed`](onefold_profile::Lens::computed)).
    ///
    /// ```
    /// use onefold::fact::PiiClass;
    /// use onefold::profile::{Access, Computations, Policy, Sight};
    /// use onefold::{Asker, Body, Draft, Onefold, Options, RecordKey, Timestamp};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at: Timestamp = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let visits = r#"{"visits": {"events": {"names": ["visit"]}, "aggregate": "count", "window": "lifetime"}}"#;
    /// let visits: std::collections::BTreeMap<_, _> = serde_json::from_str(visits)?;
    /// house.adopt(&Computations::new(visits)?, at)?;
    /// let support = Sight { attributes: Access::only(["visits"]), up_to: PiiClass::Personal, ..Sight::default() };
    /// let roles = [("support".to_owned(), support), ("intern".to_owned(), Sight::default())].into();
    /// house.adopt(&Policy { roles, ..Policy::default() }, at)?;
    /// house.accept("monday", at, [Draft::new("web", Body::event("visit", [("page", "/")])).key(RecordKey::person("17"))])?;
    ///
    /// let views = house.views()?;
    /// let ada = views.customer(house.customers()?[0])?.ok_or("a customer")?;
    /// let seen = |role| views.computed_for(Asker::Role(role), &ada, at);
    /// assert!(seen("support")?.contains_key("visits") && seen("intern")?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`view`](Self::view) and [`view_for`](Self::view_for).
    pub fn computed_for(
        &self,
        asker: Asker<'_>,
        profile: &Profile,
        at: Timestamp,
    ) -> Result<BTreeMap<AttributeName, Computed>, OnefoldError> {
        let lens = self.lens(asker, profile)?;
        let seen = self.computed_of(profile, at).into_iter().filter_map(|(name, computed)| {
            // Where there is no value, that is what is seen of it, by who may see one.
            let value = computed.value.clone().unwrap_or_else(|| Value::from(""));
            let value = lens.computed(name.as_str(), &value, &self.computed_from(&name), &self.repeated_by(&name))?;
            Some((name, Computed { value: computed.value.map(|_| value), ..computed }))
        });
        Ok(seen.collect())
    }

    /// What a role or a purpose may see of what a customer bought, as it stands at a clock: what follows from the events that it
    /// may see. Of an order of which a part is hidden no sum would be true, so it is refused.
    ///
    /// # Errors
    /// When a property of an order is closed, and as [`view`](Self::view) and [`view_for`](Self::view_for).
    pub fn orders_for(&self, asker: Asker<'_>, profile: &Profile, at: Timestamp) -> Result<Orders, OnefoldError> {
        let (view, spec) = (self.lens(asker, profile)?.view(profile), self.order_spec());
        let names: BTreeSet<&str> = view.timeline().iter().map(Event::name).collect();
        let seen = profile.timeline().iter().filter(|event| names.contains(event.name()));
        for (whole, seen) in seen.zip(view.timeline()).filter(|(whole, _)| spec.tells(whole.name())) {
            if let Some(name) = spec.reads().into_iter().find(|name| whole.property(name) != seen.property(name)) {
                return Err(Refusal::Closed { property: name.to_owned() }.into());
            }
        }
        Ok(Orders::until(view.timeline(), spec, at))
    }

    /// What somebody who asks may see of a profile.
    pub(crate) fn lens(&self, asker: Asker<'_>, profile: &Profile) -> Result<Lens<'_>, OnefoldError> {
        let now = self.present.as_deref().unwrap_or(self);
        Ok(match asker {
            Asker::Role(role) => now.policy().lens_for(role, now.schema())?,
            Asker::Purpose { purpose, channel, clock } => {
                let state = now.answer(purpose, channel, profile, clock)?;
                now.policy().lens(purpose, state, now.schema())?
            }
        })
    }

    /// What the customers who hold the records of a profile say to a purpose.
    fn answer(
        &self,
        purpose: &str,
        channel: Option<&str>,
        profile: &Profile,
        clock: Timestamp,
    ) -> Result<ConsentState, OnefoldError> {
        let records = profile.records().iter().map(|record| RecordId::of(record.source(), record.key()));
        let mut customers = BTreeSet::new();
        for record in records.chain([profile.id().into()]) {
            customers.extend(self.holding(record)?);
        }
        let customers: Vec<CustomerId> = customers.into_iter().collect();
        let now = self.profiles(&customers)?;
        let key = self.suppression_key.as_deref().filter(|_| !self.suppression().is_empty());
        let listed = key.and_then(|key| now.iter().chain([profile]).filter_map(|of| self.listed(of, key)).max());
        if let Some(what) = listed.filter(|what| *what == Suppressed::Process || channel.is_some()) {
            return Err(Refusal::Suppressed { what }.into());
        }
        let states = now.iter().map(|now| now.consent_state(purpose, channel, clock));
        // Granted comes first in their order.
        Ok(states.max().unwrap_or(ConsentState::Unknown))
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
            .map(|(_, told)| history(attribute, told.standing(), self.schema(), self.governance.rules(), None)))
    }

    /// What is computed from the events of a profile at a clock: the computed attributes; of each [`Rfm`](onefold_profile::Rfm)
    /// that was adopted as `value` the scores `value_recency`, `value_frequency` and `value_monetary` and all three as `value`;
    /// and of each [`Lifecycle`](onefold_profile::Lifecycle) the stage.
    ///
    /// ```
    /// use onefold::profile::{EventSelector, Lifecycle};
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp, Value};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at: Timestamp = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let stages = Lifecycle {
    ///     activity: EventSelector::named(["Order Completed"]),
    ///     new_for: "30d".parse()?,
    ///     active_for: "90d".parse()?,
    ///     lost_after: "365d".parse()?,
    ///     returned_for: "60d".parse()?,
    /// };
    /// house.adopt(stages.named("stage")?, at)?;
    /// let bought = Draft::new("shop", Body::event("Order Completed", [("total", "12.50")]));
    /// house.accept("monday", at, [bought.key(RecordKey::person("17")).occurred_at(at)])?;
    /// let ada = house.customers()?[0];
    /// let summer = "2026-07-01T09:00:00Z".parse()?;
    /// let computed = house.views()?.computed(ada, summer)?.ok_or("a customer")?;
    /// assert_eq!(computed["stage"].value, Some(Value::from("lapsing")));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn computed_of(&self, profile: &Profile, at: Timestamp) -> BTreeMap<AttributeName, Computed> {
        let (settings, timeline) = (self.governance.settings(), profile.timeline());
        let mut all = settings.computations.evaluate(timeline, at);
        for (name, scoring) in &settings.scores {
            let Scored { score, next_change_at } = scoring.evaluate(timeline, at);
            let counted = score.map_or(0, |(values, _)| values.frequency);
            let computed = |value| Computed { value, counted, skipped: 0, next_change_at };
            let score = score.map(|(_, score)| score);
            let number = |of: fn(RfmScore) -> u8| score.map(|score| Value::from(i64::from(of(score))));
            let numbers: [fn(RfmScore) -> u8; 3] =
                [|score| score.recency, |score| score.frequency, |score| score.monetary];
            for (part, value) in DIMENSIONS.into_iter().zip(numbers.map(number)) {
                all.insert(format!("{name}_{part}").as_str().into(), computed(value));
            }
            all.insert(name.clone(), computed(score.map(|score| Value::from(score.to_string()))));
        }
        for (name, lifecycle) in &settings.stages {
            let Staged { stage, next_change_at } = lifecycle.evaluate(timeline, at);
            let value = stage.map(|stage| Value::from(stage.to_string()));
            all.insert(name.clone(), Computed { value, next_change_at, ..Computed::default() });
        }
        all
    }

    /// The properties of events whose values something computed repeats.
    pub(crate) fn repeated_by(&self, name: &AttributeName) -> BTreeSet<&str> {
        let own = self.computations().iter().filter(|(other, _)| *other == name);
        own.flat_map(|(_, computation)| computation.attribute().repeats()).collect()
    }

    /// The properties of events that something computed is made from.
    pub(crate) fn computed_from(&self, name: &AttributeName) -> BTreeSet<&str> {
        let settings = self.governance.settings();
        let own = settings.computations.iter().filter(|(other, _)| *other == name);
        let mut from: BTreeSet<&str> = own.flat_map(|(_, computation)| computation.attribute().reads()).collect();
        let scores = settings.scores.iter().filter(|(score, _)| {
            let part = name.as_str().strip_prefix(score.as_str());
            let dimension = |part: &str| part.strip_prefix('_').is_some_and(|part| DIMENSIONS.contains(&part));
            part.is_some_and(|part| part.is_empty() || dimension(part))
        });
        from.extend(scores.flat_map(|(_, scoring)| scoring.reads()));
        from.extend(settings.stages.get(name).into_iter().flat_map(|stages| stages.activity.filter.names()));
        from
    }

    /// What is computed of a customer at a clock ([`computed_of`](Self::computed_of)), each with the next clock at which time
    /// alone changes it. `None`
    /// if there is no such customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn computed(
        &self,
        customer: impl Into<RecordId>,
        at: Timestamp,
    ) -> Result<Option<BTreeMap<AttributeName, Computed>>, OnefoldError> {
        Ok(self.customer_at(customer, at)?.map(|profile| self.computed_of(&profile, at)))
    }

    /// Cut points that divide the customers who bought something at a clock into so many parts of each dimension
    /// ([`RfmCuts::propose`]): data to look at and to adopt. Those of the declaration do not matter. A dimension in which all
    /// are alike has none.
    ///
    /// # Errors
    /// When a customer cannot be read, or the purchases cannot be computed as they are declared.
    pub fn propose_cuts(&self, rfm: &Rfm, parts: u8, at: Timestamp) -> Result<RfmCuts, OnefoldError> {
        let one = || vec![1.into()];
        let cuts = RfmCuts { recency: one(), frequency: one(), monetary: one() };
        let scoring = RfmScoring::new(Rfm { cuts, ..rfm.clone() })?;
        let mut population = Vec::new();
        for part in self.customers()?.chunks(PAGE) {
            let profiles = self.profiles_as_of(part, None, Some(at))?;
            let scored = profiles.iter().filter_map(|profile| scoring.evaluate(profile.timeline(), at).score);
            population.extend(scored.map(|(values, _)| values));
        }
        Ok(RfmCuts::propose(population, parts))
    }

    /// What a customer bought, what lies ahead included ([`Orders::until`] stops at a clock). `None` if there is no such customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn orders(&self, customer: impl Into<RecordId>) -> Result<Option<Orders>, OnefoldError> {
        Ok(self.customer(customer)?.map(|profile| Orders::of(profile.timeline(), self.order_spec())))
    }

    /// All that is known of a customer, told as the disclosure says: by default everything as it stands; with what is
    /// computed at a clock, and the segments that they are in, where what is sensitive is told as it stands. `None` if there is no
    /// such customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn export(
        &self,
        customer: impl Into<RecordId>,
        disclosure: &Disclosure<'_>,
        at: Timestamp,
    ) -> Result<Option<Export>, OnefoldError> {
        let Some(profile) = self.customer_at(customer, at)? else { return Ok(None) };
        let computed = self.computed_of(&profile, at).into_iter();
        let values = computed.filter_map(|(name, computed)| {
            let from = self.computed_from(&name);
            Some((name, computed.value?, from))
        });
        let export = Export::of(&profile, self.schema(), disclosure);
        let segments = self.segments_of(profile.id())?;
        Ok(Some(export.with_computed(values, self.schema(), disclosure).with_segments(segments, disclosure)))
    }

    /// What happened to a customer, as we now know that it was at a time (all, if `None`). It is that of the
    /// [profile](Self::customer_as_of), in less time and memory where records say much else. `None` if there is no such
    /// customer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn timeline(
        &self,
        customer: impl Into<RecordId>,
        as_of: Option<Timestamp>,
    ) -> Result<Option<Timeline>, OnefoldError> {
        let Some(customer) = self.holding(customer.into())? else { return Ok(None) };
        let happened = |fact: &Fact| matches!(fact.body(), Body::Event { .. } | Body::Object(_));
        let told = self.reading().told_that(customer, &happened)?;
        let profile = told.fold(self.schema(), self.governance.rules(), as_of);
        Ok(Some(profile.timeline().clone()))
    }

    fn gathered(&self, customer: impl Into<RecordId>) -> Result<Option<(CustomerId, Gathered)>, OnefoldError> {
        let Some(customer) = self.holding(customer.into())? else { return Ok(None) };
        Ok(Some((customer, self.reading().told(customer)?)))
    }
}

/// Customers that are read at a time.
const PAGE: usize = 1 << 10;

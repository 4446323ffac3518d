//! Segments as they are asked of the views: who is in, why, and what another rule would change.

use std::collections::BTreeSet;

use onefold_fact::{CustomerId, RecordId, Timestamp};
use onefold_profile::Profile;
use onefold_segment::{Definition, Explanation, Rule, RuleError, Segments, Vocabulary};
use rayon::prelude::*;
use serde::Serialize;

use crate::company::{Company, relations};
use crate::error::OnefoldError;
use crate::memberships;
use crate::views::Views;

/// Somebody in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The customer.
    pub customer: CustomerId,
    /// The clock at which they entered.
    pub since: Timestamp,
}

/// Who would enter and who would leave a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Movers {
    /// The segment.
    pub segment: String,
    /// Who would enter.
    pub entering: BTreeSet<CustomerId>,
    /// Who would leave.
    pub leaving: BTreeSet<CustomerId>,
}

/// Customers whose profiles are in memory at a time.
const AT_ONCE: usize = 1 << 12;

impl Views {
    /// The segments in force.
    #[must_use]
    pub fn segments(&self) -> &Segments {
        self.governance.own_segments()
    }

    /// The clock that the segments are kept at: the latest of the stamps and of
    /// [`advance_to`](crate::Onefold::advance_to). `None` before there was a segment.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn clock(&self) -> Result<Option<Timestamp>, OnefoldError> {
        Ok(memberships::clock(&*self.read)?)
    }

    /// Who is in a segment, by id, and since when. Nobody, if there is no such segment.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn members_of(&self, segment: &str) -> Result<Vec<Member>, OnefoldError> {
        let members = memberships::members_of(&*self.read, segment)?;
        Ok(members.into_iter().map(|(customer, since)| Member { customer, since }).collect())
    }

    /// The segments that a customer is in.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn segments_of(&self, customer: impl Into<RecordId>) -> Result<BTreeSet<String>, OnefoldError> {
        match self.holding(customer.into())? {
            Some(customer) => Ok(memberships::segments_of(&*self.read, customer)?),
            None => Ok(BTreeSet::new()),
        }
    }

    /// Reads a rule. It may name the attributes that the schema declares or any record has, and the segments in force.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn read_rule(&self, text: &str) -> Result<Rule, OnefoldError> {
        let seen = self.attributes()?;
        let vocabulary = Vocabulary::new(self.schema()).with_fields(&seen).with_segments(self.segments());
        vocabulary.read(text).map_err(OnefoldError::Rules)
    }

    /// Everything that is wrong with segments: what they name and there is not, or is of another type.
    pub(crate) fn wrong_with(&self, segments: &Segments) -> Result<Vec<RuleError>, OnefoldError> {
        let seen = self.attributes()?;
        let vocabulary = Vocabulary::new(self.schema()).with_fields(&seen).with_segments(segments);
        Ok(segments.rules().values().flat_map(|rule| vocabulary.check(rule)).collect())
    }

    /// The customers of whom a rule holds at a clock, by id; at one in the past, as we now know that they were then.
    ///
    /// ```
    /// use onefold::segment::Rule;
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let ada = Draft::new("crm", Body::set([("city", "Leeds")])).key(RecordKey::person("17"));
    /// house.accept("monday", at, [ada])?;
    /// let views = house.views()?;
    /// let rule: Rule = r#"city = "Leeds""#.parse()?;
    /// let leeds = views.segments().definition(&rule)?;
    /// assert_eq!(views.matching(&leeds, at)?, house.customers()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn matching(&self, rule: &Definition, at: Timestamp) -> Result<Vec<CustomerId>, OnefoldError> {
        let (mut matching, relations) = (Vec::new(), relations([rule]));
        let customers = self.customers()?;
        let together = if relations.is_empty() { AT_ONCE } else { customers.len().max(1) };
        for part in customers.chunks(together) {
            let profiles = self.profiles_as_of(part, self.past(at)?, Some(at))?;
            let company = Company::among(&profiles, relations.clone());
            let holds = |profile: &&Profile| rule.evaluate(&company.subject(profile), at).holds;
            matching.par_extend(profiles.par_iter().filter(holds).map(Profile::id));
        }
        Ok(matching)
    }

    /// Why a rule holds of a customer at a clock, or does not; what would flip that, and when time alone will. `None` if
    /// there is no such customer.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn explain(
        &self,
        customer: impl Into<RecordId>,
        rule: &Definition,
        at: Timestamp,
    ) -> Result<Option<Explanation>, OnefoldError> {
        let past = self.past(at)?;
        let Some(profile) = self.profile(customer.into(), past, Some(at))? else { return Ok(None) };
        let relations = relations([rule]);
        let others =
            if relations.is_empty() { Vec::new() } else { self.profiles_as_of(&self.customers()?, past, Some(at))? };
        Ok(Some(rule.explain(&Company::among(&others, relations).subject(&profile), at)))
    }

    /// A clock before that which the segments are kept at.
    fn past(&self, at: Timestamp) -> Result<Option<Timestamp>, OnefoldError> {
        Ok(self.clock()?.is_some_and(|clock| at < clock).then_some(at))
    }

    /// Who would enter and who would leave if these segments came into force instead, at the clock that they would be
    /// kept at. Segments in which nobody would move are left out.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn preview(&self, segments: &Segments, at: Timestamp) -> Result<Vec<Movers>, OnefoldError> {
        let names: BTreeSet<&str> = self.segments().names().chain(segments.names()).collect();
        let mut movers = Vec::new();
        for name in names.into_iter().filter(|name| self.segments().get(name) != segments.get(name)) {
            let was: BTreeSet<CustomerId> = self.members_of(name)?.into_iter().map(|member| member.customer).collect();
            let is: BTreeSet<CustomerId> = match segments.get(name) {
                Some(definition) => self.matching(definition, at)?.into_iter().collect(),
                None => BTreeSet::new(),
            };
            let of = |a: &BTreeSet<CustomerId>, b: &BTreeSet<CustomerId>| a.difference(b).copied().collect();
            let moved = Movers { segment: name.to_owned(), entering: of(&is, &was), leaving: of(&was, &is) };
            if !moved.entering.is_empty() || !moved.leaving.is_empty() {
                movers.push(moved);
            }
        }
        Ok(movers)
    }
}

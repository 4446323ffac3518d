//! Choosing.

use std::cmp::Reverse;

use chrono::TimeDelta;
use onefold_fact::{Timestamp, Value};
use onefold_profile::{ConsentState, Event};
use onefold_segment::{Bucket, Condition, Definition, Rule, Subject};

use super::{Candidate, Cap, Choice, Considered, Order, Placement, Verdict};

impl Placement {
    /// Which candidate a customer gets at a moment, and of every candidate why or why not.
    ///
    /// A candidate is left out, in this order, if it has not begun or is over, if the customer does not meet its rule, has
    /// not consented, or had it as often as may be. Of those that are left the one with the highest priority is taken,
    /// then with the most points, then the first. Who is held out follows from the customer's id and the placement's name
    /// alone. It is a pure function: the same customer at the same moment gets the same.
    ///
    /// ```
    /// # use onefold_fact::{Body, Draft, FactSet, RecordKey, Schema};
    /// use onefold_workflow::{Placement, document};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let banner: Placement = document::read("banner.toml", r#"
    ///     name = "home banner"
    ///     [[candidates]]
    ///     name = "upgrade"
    ///     offer = "a month of pro"
    ///     when = 'plan = "free" and did "Page Viewed" where page = "pricing" in the last 7d'
    ///     priority = 10
    ///     [[candidates]]
    ///     name = "news"
    /// "#)?;
    /// # let set = Draft::new("crm", Body::set([("plan", "pro")])).key(RecordKey::person("17"));
    /// # let set = set.received("a", "2026-03-01T09:00:00Z".parse()?);
    /// # let id = set.record().ok_or("a fact about a record")?.into();
    /// # let facts = FactSet::from_iter([set]);
    /// # let of_ada = facts.standing(None).into_iter().filter_map(|s| Some((s.fact().record()?, s)));
    /// # let ada = onefold_profile::fold(id, of_ada, &Schema::default(), None);
    /// let choice = banner.choose(&ada, "2026-03-02T09:00:00Z".parse()?);
    /// assert_eq!(choice.to_string(), "\
    /// news (0 points): chosen
    /// upgrade (0 points): not eligible: not: plan = \"free\": it is pro
    /// ");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn choose(&self, customer: &dyn Subject, at: Timestamp) -> Choice {
        let mut looked = Looked { placement: self, customer, at, next: None };
        let out: Vec<(Option<Verdict>, i64)> =
            self.candidates.iter().map(|it| (looked.out(it), looked.score(it))).collect();
        let left = out.iter().enumerate().filter(|(_, (verdict, _))| verdict.is_none());
        let best = left.min_by_key(|(place, (_, score))| {
            let priority = self.candidates.get(*place).map_or(0, |candidate| candidate.priority);
            let order = match self.order {
                Order::Priority => (priority, *score),
                Order::Score => (*score, priority),
            };
            (Reverse(order), *place)
        });
        let best = best.map(|(place, _)| place);
        let is_held_out = self.holds_out(customer);
        let name = |place: Option<usize>| place.and_then(|it| self.candidates.get(it)).map(|it| it.name.clone());
        let considered = self.candidates.iter().zip(out).enumerate().map(|(place, (candidate, (out, score)))| {
            let verdict = out.unwrap_or_else(|| match best {
                Some(best) if best != place => Verdict::Outranked { by: name(Some(best)).unwrap_or_default() },
                _ if is_held_out => Verdict::HeldOut,
                _ => Verdict::Chosen,
            });
            Considered { candidate: candidate.name.clone(), score, verdict }
        });
        Choice {
            considered: considered.collect(),
            chosen: best.filter(|_| !is_held_out),
            held_out: best.filter(|_| is_held_out),
            next_change_at: looked.next,
        }
    }

    /// Whether a customer gets nothing here, to see what the others do because of it.
    #[must_use]
    pub fn holds_out(&self, customer: &dyn Subject) -> bool {
        let bucket = Bucket { salt: self.name.clone(), from: 0, until: self.hold_out.ten_thousandths() };
        !self.hold_out.is_none() && holds(Condition::Random(bucket), customer, Timestamp::MIN_UTC)
    }
}

fn holds(condition: Condition, customer: &dyn Subject, at: Timestamp) -> bool {
    let rule = Rule::new(condition).and_then(Definition::try_from);
    rule.is_ok_and(|rule| rule.evaluate(customer, at).holds)
}

/// A look at a customer at a moment, which remembers when it has to be repeated.
struct Looked<'a> {
    placement: &'a Placement,
    customer: &'a dyn Subject,
    at: Timestamp,
    next: Option<Timestamp>,
}

impl Looked<'_> {
    fn until(&mut self, next: Option<Timestamp>) {
        let at = self.at;
        self.next = self.next.into_iter().chain(next.filter(|next| *next > at)).min();
    }

    /// Why a candidate is left out, if it is.
    fn out(&mut self, candidate: &Candidate) -> Option<Verdict> {
        self.until(candidate.from);
        self.until(candidate.until);
        if let Some(from) = candidate.from.filter(|from| self.at < *from) {
            return Some(Verdict::NotYet { from });
        }
        if let Some(since) = candidate.until.filter(|until| self.at >= *until) {
            return Some(Verdict::Over { since });
        }
        if let Some(rule) = candidate.when.clone().and_then(|rule| Definition::try_from(rule).ok()) {
            let verdict = rule.evaluate(self.customer, self.at);
            self.until(verdict.next_change_at);
            if !verdict.holds {
                return Some(Verdict::NotEligible(rule.explain(self.customer, self.at)));
            }
        }
        if let Some(purpose) = candidate.purpose.as_ref().or(self.placement.purpose.as_ref()) {
            let said = self.customer.consent(purpose, candidate.channel.as_deref(), self.at);
            self.until(said.next_change_at);
            if said.state != ConsentState::Granted {
                let (purpose, channel) = (purpose.clone(), candidate.channel.clone());
                return Some(Verdict::NoConsent { purpose, channel, state: said.state });
            }
        }
        let of_all = self.placement.cap.and_then(|cap| self.capped(cap, None));
        of_all.or_else(|| self.capped(candidate.cap?, Some(&candidate.name)))
    }

    /// How a cap is reached, by how often the customer got a candidate, or anything here.
    fn capped(&mut self, cap: Cap, candidate: Option<&str>) -> Option<Verdict> {
        let within = TimeDelta::seconds(cap.within.seconds().into());
        let from = self.at.checked_sub_signed(within).unwrap_or(Timestamp::MIN_UTC);
        let is = |event: &Event, property: &str, value: &str| {
            event.property(property).and_then(Value::as_text) == Some(value)
        };
        // What lies exactly so long back is past.
        let recent =
            self.customer.timeline().between((std::ops::Bound::Excluded(from), std::ops::Bound::Included(self.at)));
        let counts = |event: &&Event| {
            event.name() == Placement::EXPOSURE
                && is(event, "placement", &self.placement.name)
                && candidate.is_none_or(|candidate| is(event, "candidate", candidate))
        };
        // What is said to happen later may reach the cap then.
        let later = self.customer.timeline().between((std::ops::Bound::Excluded(self.at), std::ops::Bound::Unbounded));
        let next = later.iter().find(counts).map(Event::at);
        let counted: Vec<Timestamp> = recent.iter().filter(counts).map(Event::at).collect();
        self.until(next);
        let most = usize::try_from(cap.most).unwrap_or(usize::MAX);
        if counted.len() < most {
            return None;
        }
        // Fewer than `most` are left once this one is past.
        let deciding = counted.get(counted.len() - most).or_else(|| counted.last());
        let until = deciding.and_then(|at| at.checked_add_signed(within)).unwrap_or(Timestamp::MAX_UTC);
        self.until(Some(until));
        Some(Verdict::Capped { times: u32::try_from(counted.len()).unwrap_or(u32::MAX), cap, until })
    }

    fn score(&mut self, candidate: &Candidate) -> i64 {
        let mut sum: i64 = 0;
        for points in &candidate.score {
            let rule = points.when.clone().and_then(|rule| Definition::try_from(rule).ok());
            let verdict = rule.map(|rule| rule.evaluate(self.customer, self.at));
            self.until(verdict.and_then(|verdict| verdict.next_change_at));
            // Points without a rule are everybody's.
            if verdict.is_none_or(|verdict| verdict.holds) {
                sum = sum.saturating_add(points.points);
            }
        }
        sum
    }
}

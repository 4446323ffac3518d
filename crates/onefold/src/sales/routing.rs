//! Who gets a lead: by the routing that was adopted and by what the log says that everybody was given.

use std::collections::BTreeMap;

use onefold_crm::{Aggregate, Assignment, Lead, LeadCommand, Problem, Rejection, Routing, Why, Workload, happened};
use onefold_fact::Timestamp;
use onefold_profile::Profile;

use super::{WorkError, none, state};
use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::views::Views;

impl Views {
    /// Among whom leads are shared, by name.
    #[must_use]
    pub fn routings(&self) -> &BTreeMap<String, Routing> {
        &self.governance.settings().routings
    }

    /// Who would get a lead at a clock, and why nobody else would. Who left gets nothing.
    ///
    /// # Errors
    /// When there is no such lead or routing, or it cannot be read.
    pub fn route(&self, lead: &str, routing: &str, at: Timestamp) -> Result<Assignment, WorkError> {
        let Some(rules) = self.routings().get(routing) else {
            let names: Vec<String> = self.routings().keys().map(|name| format!("`{name}`")).collect();
            let fix =
                if names.is_empty() { "adopt one first".to_owned() } else { format!("take {}", names.join(" or ")) };
            let message = format!("there is no routing `{routing}`");
            return Err(Rejection::from(Problem::of(Why::NotFound, "routing", message, fix)).into());
        };
        let Some(history) = self.object(Lead::KIND, lead)? else { return Err(none(Lead::KIND, lead)) };
        let mut leads = Vec::new();
        self.each_object(Some(Lead::KIND), |_, id, history| {
            if id != lead {
                leads.push(happened::<Lead>(history.standing()));
            }
        })?;
        let so_far = Workload::by_user(leads.iter().map(Vec::as_slice), (rules.since(at), at));
        let away = self.users()?.into_iter().filter(|(_, user)| user.left).map(|(id, _)| id).collect();
        let profile = self.customer_about(&history)?;
        let lead: Lead = state(&history);
        Ok(rules.assign(&so_far, &away, &lead.subject(profile.as_ref().map(Profile::timeline)), at))
    }
}

impl Onefold {
    /// Gives a lead to whom a routing gives it, and says why it is nobody else's. Two leads that come at once are given one
    /// after the other. Taking the batch `lead ID TIME` back undoes it.
    ///
    /// ```
    /// use onefold::crm::{LeadCommand, Routing};
    /// use onefold::{Onefold, Options};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-02T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let routing: Routing = serde_json::from_str(
    ///     r#"{"users": [{"user": "ana", "territory": "country = \"CH\""}, {"user": "ben"}, {"user": "eve"}]}"#,
    /// )?;
    /// house.adopt(routing.configuration("inbound")?, at)?;
    /// let mut turns = Vec::new();
    /// for (id, country) in [("l-1", "US"), ("l-2", "US"), ("l-3", "CH")] {
    ///     let fields = [("country".to_owned(), country.into())].into();
    ///     house.lead(id, &LeadCommand::Capture { source: "web".into(), fields }, at)?;
    ///     turns.extend(house.route_lead(id, "inbound", at)?.0.user);
    /// }
    /// assert_eq!(turns, ["ben", "eve", "ana"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When nobody takes it, with the reason of each; when there is no such lead or routing, or it cannot be written.
    pub fn route_lead(&self, id: &str, routing: &str, at: Timestamp) -> Result<(Assignment, Accepted), WorkError> {
        let mut assignment = Assignment { user: None, passed_over: Vec::new() };
        let accepted = self.work((Lead::KIND, id), at, |views, at| {
            assignment = views.route(id, routing, at)?;
            if assignment.user.is_none() {
                let reasons: Vec<String> =
                    assignment.passed_over.iter().map(|(user, why)| format!("`{user}` {why}")).collect();
                let message = format!("nobody takes lead `{id}`: {}", reasons.join(", "));
                let fix = "assign it by name, or adopt the routing with more users";
                return Err(WorkError::from(Rejection::from(Problem::of(Why::NotAllowed, "owner", message, fix))));
            }
            let route = LeadCommand::Route { routing: routing.to_owned(), assignment: assignment.clone() };
            views.lead_outcomes(id, &route, at)
        })?;
        Ok((assignment, accepted))
    }
}

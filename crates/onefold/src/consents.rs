//! What customers choose about the use of their data, as they say it to the house.

use onefold_crm::{Problem, Rejection, Why};
use onefold_fact::{Body, Consent, Draft, RecordId, RecordKey, Source, Timestamp};

use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::sales::{WorkError, batch};

impl Onefold {
    /// Writes down what a customer chose about a use of their data: what they said by telephone, in a form, in a mail. It
    /// counts from `at` on, which is stated, so that a grant replaces an earlier refusal. It is one batch, which is returned
    /// and can be taken back.
    ///
    /// It is kept with every record of the customer, so that it stays as long as one of them is there, and with each of
    /// them if they turn out to be several customers; no licence ends it. Where all records are of sources that deliver
    /// snapshots, a grant ends with the next one, which does not know of it; a refusal stays.
    ///
    /// ```
    /// use onefold::fact::{Basis, Choice, Consent};
    /// use onefold::profile::ConsentState;
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = |day: u32| format!("2026-03-{day:02}T09:00:00Z").parse::<Timestamp>();
    /// let house = Onefold::in_memory(Options::default());
    /// let ada = Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"));
    /// house.accept("monday", at(1)?, [ada])?;
    /// let ada = house.customers()?[0];
    ///
    /// let said = |choice| Consent {
    ///     purpose: "marketing".to_owned(),
    ///     channel: Some("email".to_owned()),
    ///     choice,
    ///     basis: Some(Basis::Consent),
    ///     proof: Some("form 12".to_owned()),
    ///     expires_at: None,
    ///     collected_by: Some("call centre".to_owned()),
    /// };
    /// house.say_consent(ada, said(Choice::Granted), at(2)?)?;
    /// house.say_consent(ada, said(Choice::Withdrawn), at(9)?)?;
    /// let profile = house.customer(ada)?.ok_or("a customer")?;
    /// assert_eq!(profile.consent_state("marketing", Some("email"), at(5)?), ConsentState::Granted);
    /// assert_eq!(profile.consent_state("marketing", Some("email"), at(9)?), ConsentState::Withdrawn);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it names no purpose, or a channel without a name, or has ended before it begins; when there is no such customer, or
    /// it cannot be written.
    pub fn say_consent(
        &self,
        customer: impl Into<RecordId>,
        consent: Consent,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        may_say(&consent, at)?;
        let customer = customer.into();
        let about = consent.channel.iter().fold(consent.purpose.clone(), |about, by| format!("{about} by {by}"));
        self.decide(batch("consent", &format!("{customer} {about}"), at), at, |views| {
            let told = |(source, key): (Source, RecordKey)| {
                Draft::new(source, Body::Consent(consent.clone())).key(key).occurred_at(at)
            };
            Ok(views.all_kept_under(customer)?.into_iter().map(told).collect())
        })
    }
}

/// Whether a choice says anything. A yes without a purpose would be a proof of nothing.
fn may_say(consent: &Consent, at: Timestamp) -> Result<(), Rejection> {
    let mut problems = Vec::new();
    if consent.purpose.trim().is_empty() {
        problems.push(Problem::of(Why::Missing, "purpose", "the purpose is empty", "name what the data are used for"));
    }
    if consent.channel.as_deref().is_some_and(|channel| channel.trim().is_empty()) {
        problems.push(Problem::of(
            Why::Missing,
            "channel",
            "the channel is empty",
            "name one, or leave it out for all",
        ));
    }
    if let Some(end) = consent.expires_at.filter(|end| *end <= at) {
        let message = format!("it ends on {end}, when it has not begun: it is said on {at}");
        problems.push(Problem::of(
            Why::Invalid,
            "expires_at",
            message,
            "give a later end, or an earlier time of the choice",
        ));
    }
    Rejection::unless_none(problems)
}

//! `onefold consent`: what a customer chose about the use of their data.

use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;
use onefold::fact::{Basis, Choice, Consent as Said};
use onefold::profile::{ConsentChoice, ConsentState};
use onefold::{Onefold, Timestamp};
use serde_json::json;

use super::sales::one;
use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::unify::timestamp;

/// Show what a customer chose about the use of their data, or write down what they say.
#[derive(Debug, Args)]
pub(crate) struct Consent {
    /// The customer's id, the id of any of their records, or an identifier such as `email:ada@x.io`
    customer: String,
    #[command(flatten)]
    database: Database,
    /// They say yes to this purpose
    #[arg(long, value_name = "PURPOSE", conflicts_with_all = ["deny", "withdraw"])]
    grant: Option<String>,
    /// They say no to this purpose
    #[arg(long, value_name = "PURPOSE", conflicts_with = "withdraw")]
    deny: Option<String>,
    /// They take back their yes to this purpose
    #[arg(long, value_name = "PURPOSE")]
    withdraw: Option<String>,
    /// Of this channel only, not of all
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// The legal basis: consent, contract, `legal_obligation`, `vital_interests`, `public_task`, `legitimate_interests`
    #[arg(long, value_name = "BASIS", value_parser = basis)]
    basis: Option<Basis>,
    /// What shows that they said so: a form, a mail
    #[arg(long, value_name = "TEXT")]
    proof: Option<String>,
    /// Who or what collected it, if not the source of the record: a web form, a call centre
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Until when it holds
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    until: Option<Timestamp>,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

fn basis(text: &str) -> Result<Basis, String> {
    serde_json::from_value(json!(text.replace([' ', '-'], "_"))).map_err(|_| {
        "expected `consent`, `contract`, `legal_obligation`, `vital_interests`, `public_task` or `legitimate_interests`"
            .to_owned()
    })
}

impl Consent {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let customer = one(&house, &self.customer)?;
        let said = [(Choice::Granted, &self.grant), (Choice::Denied, &self.deny), (Choice::Withdrawn, &self.withdraw)];
        let Some((choice, purpose)) = said.into_iter().find_map(|(choice, of)| Some((choice, of.clone()?))) else {
            anyhow::ensure!(
                self.channel.is_none()
                    && self.basis.is_none()
                    && self.proof.is_none()
                    && self.source.is_none()
                    && self.until.is_none(),
                "nothing is said; expected `--grant`, `--deny` or `--withdraw` with a purpose"
            );
            return self.show(&house, customer);
        };
        let (channel, proof) = (self.channel.clone(), self.proof.clone());
        let collected_by = self.source.clone();
        let consent = Said { purpose, channel, choice, basis: self.basis, proof, expires_at: self.until, collected_by };
        let accepted = house.say_consent(customer, consent, self.stamp.at())?;
        let facts: Vec<_> = accepted.facts.iter().map(|(fact, _)| fact.to_string()).collect();
        self.printing.print(&json!({ "customer": customer, "facts": facts }), || {
            format!("{customer}: {}\n", ConsentState::from(choice))
        })?;
        Ok(Outcome::Done)
    }

    fn show(&self, house: &Onefold, customer: onefold::RecordId) -> Result<Outcome> {
        let Some(profile) = house.customer(customer)? else {
            self.printing.print(&json!(null), || format!("nobody is {}\n", self.customer))?;
            return Ok(Outcome::NotFound);
        };
        let at = self.stamp.at();
        let states: Vec<_> = profile
            .consents()
            .iter()
            .map(|held| {
                let (purpose, channel) = (&held.consent().purpose, held.consent().channel.as_deref());
                (profile.consent_state(purpose, channel, at), held)
            })
            .collect();
        let json: Vec<_> = states
            .iter()
            .map(|(state, held)| {
                let choices: Vec<_> = held.choices().map(choice_json).collect();
                json!({
                    "purpose": held.consent().purpose,
                    "channel": held.consent().channel,
                    "state": state,
                    "choices": choices,
                })
            })
            .collect();
        self.printing.print(&json, || {
            if states.is_empty() {
                return "they have chosen nothing\n".to_owned();
            }
            let mut text = String::new();
            for (state, held) in &states {
                let about = held.consent();
                let by = about.channel.iter().map(|channel| format!(" by {channel}")).collect::<String>();
                let _ = writeln!(text, "{}{by}: {state}", about.purpose);
                for choice in held.choices() {
                    let _ = writeln!(text, "  {}", in_words(choice));
                }
            }
            text
        })?;
        Ok(Outcome::Done)
    }
}

fn choice_json(choice: &ConsentChoice) -> serde_json::Value {
    let Said { choice: answer, basis, proof, expires_at, collected_by, .. } = choice.consent();
    let from = choice.provenance();
    json!({
        "choice": answer, "basis": basis, "proof": proof, "expires_at": expires_at,
        "collected_by": collected_by,
        "at": from.at(), "source": from.source(), "fact": from.fact(),
    })
}

/// `2026-03-01 granted on consent until 2027-03-01, form 12 (crm)`.
fn in_words(choice: &ConsentChoice) -> String {
    let (consent, from) = (choice.consent(), choice.provenance());
    let basis = consent.basis.map(|basis| format!(" on {basis}")).unwrap_or_default();
    let until = consent.expires_at.map(|end| format!(" until {}", end.to_rfc3339())).unwrap_or_default();
    let proof = consent.proof.as_ref().map(|proof| format!(", {proof}")).unwrap_or_default();
    let by = consent.collected_by.as_ref().map(|by| format!(", collected by {by}")).unwrap_or_default();
    let state = ConsentState::from(consent.choice);
    format!("{} {state}{basis}{until}{proof}{by} ({})", from.at().format("%Y-%m-%d %H:%M"), from.source())
}

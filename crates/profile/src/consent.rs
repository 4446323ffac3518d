//! [`HeldConsent`]: the choice in force about a use of the customer's data.

use std::collections::BTreeMap;
use std::fmt;

use onefold_fact::{Body, Choice, Consent, DigestInto, Digester, Timestamp};
use serde::{Deserialize, Serialize};

use crate::fold::{Says, Told};
use crate::provenance::{Provenance, Tellers};

/// The choice in force about a purpose and channel: the latest, but a grant replaces a refusal only if it states a later
/// time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldConsent {
    consent: Consent,
    provenance: Provenance,
}

impl HeldConsent {
    /// What was chosen, for what, on which basis and with which proof.
    #[must_use]
    pub fn consent(&self) -> &Consent {
        &self.consent
    }

    /// The fact that says so.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Whether it is a yes that has not expired at this time.
    #[must_use]
    pub fn is_granted_at(&self, at: Timestamp) -> bool {
        self.consent.choice == Choice::Granted && self.consent.expires_at.is_none_or(|end| at < end)
    }
}

/// What a customer has said about a use of its data, at a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Yes, and that has not expired.
    Granted,
    /// No.
    Denied,
    /// Yes once, and no longer.
    Withdrawn,
    /// Nothing that still holds.
    Unknown,
}

/// As a word: `granted`.
impl fmt::Display for ConsentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ConsentState::Granted => "granted",
            ConsentState::Denied => "denied",
            ConsentState::Withdrawn => "withdrawn",
            ConsentState::Unknown => "unknown",
        })
    }
}

/// Whether a choice, by its answer, its time, and whether that time was stated, takes the place of one that came before
/// it in the canonical order. A refusal always does. A grant does if it is certain that it was made later: its time was
/// stated, and is later than the refusal. So where records are merged, the most restrictive choice holds unless the
/// person explicitly chose otherwise afterwards.
fn replaces(new: (Choice, Timestamp, bool), old: (Choice, Timestamp)) -> bool {
    new.0 != Choice::Granted || old.0 == Choice::Granted || (new.2 && new.1 > old.1)
}

/// The choice in force for each purpose and channel after facts in canonical order; sorted by purpose, then channel.
pub(crate) fn held_consents(facts: &[Told<'_>], tellers: &Tellers) -> Vec<HeldConsent> {
    let mut held: BTreeMap<(&str, Option<&str>), (&Consent, &Told<'_>)> = BTreeMap::new();
    for told in facts.iter().filter(|told| told.says == Says::Consent) {
        if let Body::Consent(consent) = told.fact.body() {
            let about = (consent.purpose.as_str(), consent.channel.as_deref());
            let new = (consent.choice, told.order.at(), told.order.is_stated());
            if held.get(&about).is_none_or(|(old, by)| replaces(new, (old.choice, by.order.at()))) {
                held.insert(about, (consent, told));
            }
        }
    }
    let held = held.into_values();
    held.map(|(consent, told)| HeldConsent { consent: consent.clone(), provenance: tellers.provenance(told) }).collect()
}

/// What was said of a purpose, through a channel if one is asked for: of what is said in general and of that channel
/// the one that replaces the other.
pub(crate) fn consent_state(
    held: &[HeldConsent],
    purpose: &str,
    channel: Option<&str>,
    clock: Timestamp,
) -> ConsentState {
    let about = held.iter().filter(|it| {
        let about = it.consent.channel.as_deref();
        it.consent.purpose == purpose && (about.is_none() || about == channel)
    });
    let holds = about.filter(|it| it.provenance.at() <= clock && it.consent.expires_at.is_none_or(|end| clock < end));
    let place = |it: &HeldConsent| (it.provenance.at(), it.provenance.is_stated());
    let mut holds: Vec<&HeldConsent> = holds.collect();
    holds.sort_by_key(|it| place(it));
    let deciding = holds.into_iter().reduce(|old, new| {
        let is_new = (new.consent.choice, new.provenance.at(), new.provenance.is_stated());
        if replaces(is_new, (old.consent.choice, old.provenance.at())) { new } else { old }
    });
    match deciding.map(|it| it.consent.choice) {
        None => ConsentState::Unknown,
        Some(Choice::Granted) => ConsentState::Granted,
        Some(Choice::Denied) => ConsentState::Denied,
        Some(Choice::Withdrawn) => ConsentState::Withdrawn,
    }
}

impl DigestInto for HeldConsent {
    fn digest_into(&self, digester: &mut Digester) {
        let Consent { purpose, channel, choice, basis, proof, expires_at } = &self.consent;
        digester
            .text(purpose)
            .one(channel)
            .tag(*choice as u8)
            .tag(basis.map_or(u8::MAX, |basis| basis as u8))
            .one(proof)
            .one(expires_at)
            .one(&self.provenance);
    }
}

//! [`HeldConsent`]: what a customer chose about a use of its data, over time.

use std::collections::BTreeMap;
use std::fmt;

use onefold_fact::{Body, Choice, Consent, DigestInto, Digester, Timestamp};
use serde::{Deserialize, Serialize};

use crate::fold::{Says, Told};
use crate::packed::packed;
use crate::provenance::{Provenance, Tellers};

/// What was chosen about a purpose and channel, over time. The latest choice holds, but a grant replaces a refusal only if
/// it states a later time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldConsent {
    last: ConsentChoice,
    /// Those that held before it, oldest first. One of them holds at a clock before the last begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<ConsentChoice>,
}

/// A choice, with the fact that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentChoice {
    consent: Consent,
    provenance: Provenance,
}

impl ConsentChoice {
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
}

impl HeldConsent {
    /// What was chosen last, for what, on which basis and with which proof. It holds from the time of its fact on.
    #[must_use]
    pub fn consent(&self) -> &Consent {
        &self.last.consent
    }

    /// The fact that says so.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.last.provenance
    }

    /// The last choice, with the fact that says so.
    #[must_use]
    pub fn last(&self) -> &ConsentChoice {
        &self.last
    }

    /// The choices that held before the last, oldest first. Not among them are grants that could not replace a refusal.
    #[must_use]
    pub fn earlier(&self) -> &[ConsentChoice] {
        &self.earlier
    }

    /// Every choice that held, oldest first.
    pub fn choices(&self) -> impl DoubleEndedIterator<Item = &ConsentChoice> {
        self.earlier.iter().chain(std::iter::once(&self.last))
    }

    /// The same with what is told of each choice.
    pub(crate) fn told(&self, told: impl Fn(&Consent, &Provenance) -> (Consent, Provenance)) -> Self {
        let told = |choice: &ConsentChoice| {
            let (consent, provenance) = told(&choice.consent, &choice.provenance);
            ConsentChoice { consent, provenance }
        };
        Self { last: told(&self.last), earlier: self.earlier.iter().map(told).collect() }
    }

    /// The choice that holds at a clock, whether or not it has expired by then.
    #[must_use]
    pub fn choice_at(&self, clock: Timestamp) -> Option<&ConsentChoice> {
        self.choices().rev().find(|choice| choice.provenance.at() <= clock)
    }

    /// Whether it counts for a purpose, and a channel if one is asked for: it is about that channel, or about none in
    /// particular. Case and space around the names do not count.
    #[must_use]
    pub fn is_about(&self, purpose: &str, channel: Option<&str>) -> bool {
        let about = self.consent().channel.as_deref().map(plain);
        plain(&self.consent().purpose) == plain(purpose) && (about.is_none() || about == channel.map(plain))
    }

    /// Whether at a clock a yes holds that has not expired.
    #[must_use]
    pub fn is_granted_at(&self, clock: Timestamp) -> bool {
        self.choice_at(clock).is_some_and(|ConsentChoice { consent, .. }| {
            consent.choice == Choice::Granted && consent.expires_at.is_none_or(|end| clock < end)
        })
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

/// The name of a purpose or a channel as it is compared: case and space around it do not count.
pub(crate) fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Whether a choice, by its answer, its time, and whether that time was stated, takes the place of one that came before
/// it in the canonical order. A refusal always does. A grant does if it is certain that it was made later: its time was
/// stated, and is later than the refusal. So where records are merged, the most restrictive choice holds unless the
/// person explicitly chose otherwise afterwards.
fn replaces(new: (Choice, Timestamp, bool), old: (Choice, Timestamp)) -> bool {
    new.0 != Choice::Granted || old.0 == Choice::Granted || (new.2 && new.1 > old.1)
}

/// What was chosen for each purpose and channel, after facts in canonical order; sorted by purpose, then channel.
pub(crate) fn held_consents(facts: &[Told<'_>], tellers: &Tellers) -> Vec<HeldConsent> {
    let mut held: BTreeMap<(String, Option<String>), Vec<ConsentChoice>> = BTreeMap::new();
    for told in facts.iter().filter(|told| told.says == Says::Consent) {
        if let Body::Consent(consent) = told.fact.body() {
            let about = (plain(&consent.purpose), consent.channel.as_deref().map(plain));
            let (purpose, channel) = about.clone();
            let consent = Consent { purpose, channel, ..consent.clone() };
            let new = (consent.choice, told.order.at(), told.order.is_stated());
            let choices = held.entry(about).or_default();
            // What is said of several records at once is one choice.
            let said =
                choices.last().is_some_and(|old| old.consent == consent && old.provenance.at() == told.order.at());
            if said {
                continue;
            }
            if choices.last().is_none_or(|old| replaces(new, (old.consent.choice, old.provenance.at()))) {
                choices.push(ConsentChoice { consent, provenance: tellers.provenance(told) });
            }
        }
    }
    let held =
        held.into_values().filter_map(|mut choices| Some(HeldConsent { last: choices.pop()?, earlier: choices }));
    held.collect()
}

/// What decides about a purpose, through a channel if one is asked for: of what is said in general and of that channel the
/// choice that replaces the other, of those that hold at the clock and have not expired.
pub(crate) fn deciding<'a>(
    held: &'a [HeldConsent],
    purpose: &str,
    channel: Option<&str>,
    clock: Timestamp,
) -> Option<&'a ConsentChoice> {
    let said = held.iter().filter(|it| it.is_about(purpose, channel)).filter_map(|it| it.choice_at(clock));
    let mut holds: Vec<&ConsentChoice> =
        said.filter(|it| it.consent.expires_at.is_none_or(|end| clock < end)).collect();
    holds.sort_by_key(|it| (it.provenance.at(), it.provenance.is_stated()));
    holds.into_iter().reduce(|old, new| {
        let is_new = (new.consent.choice, new.provenance.at(), new.provenance.is_stated());
        if replaces(is_new, (old.consent.choice, old.provenance.at())) { new } else { old }
    })
}

impl From<Choice> for ConsentState {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Granted => ConsentState::Granted,
            Choice::Denied => ConsentState::Denied,
            Choice::Withdrawn => ConsentState::Withdrawn,
        }
    }
}

packed!(HeldConsent { last, earlier });
packed!(ConsentChoice { consent, provenance });

impl DigestInto for HeldConsent {
    fn digest_into(&self, digester: &mut Digester) {
        digester.each(&self.earlier).one(&self.last);
    }
}

impl DigestInto for ConsentChoice {
    fn digest_into(&self, digester: &mut Digester) {
        let Consent { purpose, channel, choice, basis, proof, expires_at, collected_by } = &self.consent;
        digester
            .text(purpose)
            .one(channel)
            .tag(*choice as u8)
            .tag(basis.map_or(u8::MAX, |basis| basis as u8))
            .one(proof)
            .one(expires_at)
            .one(collected_by)
            .one(&self.provenance);
    }
}

//! [`Permission`]: whether somebody may be written to or called, and why.

use std::fmt;

use onefold_fact::Timestamp;
use onefold_profile::{ConsentChoice, ConsentState, Policy, Profile, Suppressed};
use serde::Serialize;

/// Whether a customer may be contacted for a purpose through a channel, and why. It is asked before anything is sent.
///
/// The most restrictive counts: who is suppressed is not contacted for any purpose; a no or a yes that was taken back
/// forbids, whatever the purpose needs; and where nothing is said, a purpose of which the policy says that it needs
/// consent, or that it does not know, forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// Whether they may be.
    pub allowed: bool,
    /// Why.
    pub reason: String,
}

impl Permission {
    /// Asks the consent that a profile holds, the policy, and what is suppressed for the customer.
    #[must_use]
    pub fn of(
        profile: &Profile,
        policy: &Policy,
        suppressed: Option<Suppressed>,
        (purpose, channel): (&str, Option<&str>),
        at: Timestamp,
    ) -> Self {
        let allowed = |reason: String| Self { allowed: true, reason };
        let refused = |reason: String| Self { allowed: false, reason };
        if suppressed.is_some() {
            return refused("they are on the list of those not to be contacted".to_owned());
        }
        let deciding = profile.consent_choice(purpose, channel, at);
        let said = deciding.map(|choice| format!(", {}", source(choice))).unwrap_or_default();
        let state = deciding.map_or(ConsentState::Unknown, |choice| choice.consent().choice.into());
        match state {
            ConsentState::Granted => allowed(format!("consent to `{purpose}` is granted{said}")),
            ConsentState::Denied | ConsentState::Withdrawn => {
                refused(format!("consent to `{purpose}` is {state}{said}"))
            }
            ConsentState::Unknown => match policy.purposes.get(purpose) {
                None => refused(format!(
                    "purpose `{purpose}` is not declared, and nothing was said; declare it in the policy"
                )),
                Some(spec) if spec.needs_consent => {
                    let held = profile.consent(purpose, channel).or_else(|| profile.consent(purpose, None));
                    let last = held.and_then(|held| held.choice_at(at));
                    let expired = last.and_then(|choice| choice.consent().expires_at).filter(|end| *end <= at);
                    refused(match expired {
                        Some(end) => format!("consent to `{purpose}` ended on {}", end.date_naive()),
                        None => format!("`{purpose}` needs consent, and nothing was said"),
                    })
                }
                Some(_) => allowed(format!("`{purpose}` needs no consent, and they did not object")),
            },
        }
    }
}

/// When and where it was said.
fn source(choice: &ConsentChoice) -> String {
    let provenance = choice.provenance();
    format!("said on {} (`{}`)", provenance.at().date_naive(), provenance.source())
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.allowed { "allowed: " } else { "refused: " })?;
        f.write_str(&self.reason)
    }
}

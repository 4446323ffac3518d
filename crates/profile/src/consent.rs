//! [`HeldConsent`]: the choice in force about a use of the customer's data.

use std::collections::BTreeMap;

use onefold_fact::{Body, Choice, Consent, DigestInto, Digester, Timestamp};
use serde::{Deserialize, Serialize};

use crate::fold::Told;
use crate::provenance::Provenance;

/// The latest choice about a purpose and channel.
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

/// The latest choice for each purpose and channel after facts in canonical order; sorted by purpose, then channel.
pub(crate) fn held_consents(facts: &[Told<'_>]) -> Vec<HeldConsent> {
    let mut latest: BTreeMap<(&str, Option<&str>), (&Consent, &Told<'_>)> = BTreeMap::new();
    for told in facts {
        if let Body::Consent(consent) = told.fact.body() {
            latest.insert((&consent.purpose, consent.channel.as_deref()), (consent, told));
        }
    }
    let held = latest.into_values();
    held.map(|(consent, told)| HeldConsent { consent: consent.clone(), provenance: told.provenance() }).collect()
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

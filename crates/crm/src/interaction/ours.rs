//! [`Ours`]: which addresses are those of the house.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{Configuration, Identifier, namespace};
use serde::{Deserialize, Serialize};

/// Which addresses are those of the house: configuration, which is adopted. It tells what came in from what went out, and
/// who of the participants are users.
///
/// ```
/// use onefold_crm::Ours;
///
/// let ours: Ours = serde_json::from_str(r#"{"users": {"ana": ["ana@shop.example"]}, "domains": ["shop.example"]}"#)?;
/// assert_eq!(ours.user("Ana@shop.example").as_deref(), Some("ana"));
/// assert_eq!(ours.user("orders@shop.example").as_deref(), Some("orders@shop.example"));
/// assert_eq!(ours.user("ada@x.io"), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ours {
    /// By user: their e-mail addresses and phone numbers.
    pub users: BTreeMap<String, BTreeSet<String>>,
    /// Domains of which every mailbox is the house's.
    pub domains: BTreeSet<String>,
}

impl Ours {
    /// The part of the configuration that it is.
    pub const PART: &str = "ours";

    /// The user whose address it is, in whatever spelling. A mailbox of the house that is nobody's is a user of its own, by
    /// its address. `None` for the address of somebody else.
    #[must_use]
    pub fn user(&self, address: &str) -> Option<String> {
        let form = form(address);
        let of_user = self.users.iter().find(|(_, own)| own.iter().any(|own| self::form(own) == form));
        if let Some((user, _)) = of_user {
            return Some(user.clone());
        }
        let (_, domain) = address.rsplit_once('@')?;
        let is_ours = self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain));
        is_ours.then(|| address.to_lowercase())
    }
}

/// Addresses are compared in their standard form.
fn form(address: &str) -> String {
    let namespace = if address.contains('@') { namespace::EMAIL } else { namespace::PHONE };
    Identifier::new(namespace, address).form()
}

impl TryFrom<&Ours> for Configuration {
    type Error = serde_json::Error;

    fn try_from(ours: &Ours) -> Result<Self, Self::Error> {
        Ok(Self { part: Ours::PART.to_owned(), name: String::new(), json: serde_json::to_string(ours)? })
    }
}

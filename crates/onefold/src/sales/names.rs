//! What customers are called, where only their ids are known.

use onefold_fact::{RecordId, Value};
use onefold_profile::Profile;

use crate::error::OnefoldError;
use crate::views::Views;

impl Views {
    /// What a customer is called: by their name, else by an address or a number; if nothing of that is known, or nobody has this
    /// id, by the id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn called(&self, customer: impl Into<RecordId>) -> Result<String, OnefoldError> {
        let customer = customer.into();
        let name = self.customer(customer)?.as_ref().and_then(name_of);
        Ok(name.unwrap_or_else(|| customer.to_string()))
    }
}

/// What a profile is called, if anything is known.
pub(super) fn name_of(profile: &Profile) -> Option<String> {
    let part = |name: &str| profile.value(name).and_then(Value::as_text).filter(|text| !text.trim().is_empty());
    let parts = || {
        let parts: Vec<&str> = ["given_name", "family_name"].into_iter().filter_map(part).collect();
        Some(parts.join(" ")).filter(|name| !name.is_empty())
    };
    let alone = |names: [&str; 2]| names.into_iter().find_map(part).map(str::to_owned);
    let own = match profile.party() {
        onefold_fact::Party::Person => part("full_name").map(str::to_owned).or_else(parts),
        onefold_fact::Party::Organisation => alone(["company", "full_name"]),
    };
    own.or_else(|| alone(["email", "phone"]))
}

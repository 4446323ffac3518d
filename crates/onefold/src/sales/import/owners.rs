//! Whose something is, as other systems say it: by id, by name, by address, or by both (`Ana Alm (ana@x.io)`).

use std::collections::{BTreeMap, BTreeSet};

use onefold_crm::import::Step;
use onefold_fact::{Finding, Reason};

use super::plan::Planning;
use super::read::Spot;

/// The users that there are and that come with the import.
#[derive(Debug, Default)]
pub(super) struct Owners {
    ids: BTreeSet<String>,
    /// By name and by address: the id, if one user only is called so.
    called: BTreeMap<String, Option<String>>,
    /// Who was named and is no user: it is said once of each.
    unknown: BTreeSet<String>,
}

impl Owners {
    /// One more user. Two of one name are told apart by their ids only.
    pub(super) fn insert(&mut self, id: &str, name: &str, email: Option<&str>) {
        self.ids.insert(id.to_owned());
        for called in std::iter::once(name).chain(email) {
            let held = self.called.entry(called.trim().to_lowercase()).or_insert_with(|| Some(id.to_owned()));
            if held.as_deref() != Some(id) {
                *held = None;
            }
        }
    }

    fn id(&self, text: &str) -> Option<&str> {
        let whole = self.ids.get(text).or_else(|| self.called(text));
        // The address says more than the name before it.
        let parts = || text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
        let id = whole.or_else(|| parts().and_then(|(name, email)| self.called(email).or_else(|| self.called(name))));
        id.map(String::as_str)
    }

    fn called(&self, text: &str) -> Option<&String> {
        self.called.get(&text.trim().to_lowercase())?.as_ref()
    }
}

impl Planning<'_> {
    /// The user whom a text of a row names. Where users are known, one who is none of them is named; they are kept as they
    /// are called.
    pub(super) fn user(&mut self, spot: Spot, text: String) -> String {
        if let Some(id) = self.owners.id(&text) {
            return id.to_owned();
        }
        if !self.owners.ids.is_empty() && self.owners.unknown.insert(text.clone()) {
            let message = format!(
                "`{text}` is no user, or the name of several; expected the id, the name or the address of one: import the users too"
            );
            let finding = Finding::new(Reason::Conflicting, message).at(self.place(spot));
            self.plan.findings.push(finding);
        }
        text
    }

    /// The same of a change.
    pub(super) fn user_of_step(&mut self, spot: Spot, step: &mut Step) {
        step.owner = step.owner.take().map(|owner| self.user(spot, owner));
    }
}

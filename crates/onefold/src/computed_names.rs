//! Names of what is computed: each is of one thing only.

use std::collections::BTreeMap;

use onefold_fact::{Configuration, Kind};
use onefold_profile::{Computations, Lifecycle, Rfm};

use crate::error::OnefoldError;
use crate::settings::Settings;

/// What is told beside the scores themselves, each under their name and its own.
pub(crate) const DIMENSIONS: [&str; 3] = ["recency", "frequency", "monetary"];

/// Each name under which something computed is told, with what that is, but for what a configuration takes the place of.
fn names(settings: &Settings, without: Option<&Configuration>) -> BTreeMap<String, String> {
    let stays = |part: &str, name: &str| without.is_none_or(|it| it.part != part || it.name != name);
    let mut names = BTreeMap::new();
    if stays(Computations::PART, "") {
        let computed = settings.computations.iter().map(|(name, _)| name.to_string());
        names.extend(computed.map(|name| (name, "a computed attribute".to_owned())));
    }
    for score in settings.scores.keys().filter(|name| stays(Rfm::PART, name.as_str())) {
        names.extend(
            DIMENSIONS.map(|part| (format!("{score}_{part}"), format!("the {part} of the RFM scores `{score}`"))),
        );
        names.insert(score.to_string(), "RFM scores".to_owned());
    }
    let stages = settings.stages.keys().filter(|name| stays(Lifecycle::PART, name.as_str()));
    names.extend(stages.map(|name| (name.to_string(), "a lifecycle stage".to_owned())));
    names
}

/// Whether what a configuration computes has names of its own: beside what else is computed, and what the standard
/// attributes are called. Other names of the schema are free: declared there, what is computed gets its class and purposes.
pub(crate) fn check(
    adopted: &Settings,
    configuration: &Configuration,
    in_force: &Settings,
) -> Result<(), OnefoldError> {
    let others = names(in_force, Some(configuration));
    let standard = |name: &str| Kind::ALL.iter().any(|kind| kind.attribute() == Some(name));
    for (name, one) in names(adopted, None) {
        let attribute = || standard(&name).then(|| "the attribute that customers have under this name".to_owned());
        if let Some(other) = others.get(&name).cloned().or_else(attribute) {
            return Err(OnefoldError::Name { name, one, other });
        }
    }
    Ok(())
}

//! The name that was probably meant.

/// The help for a name that is not among `known`: the nearest if one is near, else those there are; nothing if there are
/// none.
pub(super) fn did_you_mean<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.collect();
    let plain = |name: &str| name.chars().take(64).collect::<String>().to_lowercase();
    let distance = |name: &str| strsim::osa_distance(&plain(wrong), &plain(name));
    let nearest = known.iter().map(|name| (distance(name), *name)).min()?;
    if nearest.0 * 3 <= wrong.chars().count().max(nearest.1.chars().count()) {
        return Some(format!("did you mean `{}`?", nearest.1));
    }
    let names: Vec<String> = known.iter().take(20).map(|name| format!("`{name}`")).collect();
    Some(format!("there are {}", names.join(", ")))
}

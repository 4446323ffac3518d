//! What is wrong with a placement, found before anybody uses it.

use onefold_fact::Schema;
use onefold_segment::{Definition, Rule};

use super::{Cap, Placement};
use crate::document::{Problem, did_you_mean};

impl Placement {
    /// Everything that is wrong with it by itself. If templates are given, content has to be one of them.
    #[must_use]
    pub fn problems<'a>(&self, templates: Option<impl Iterator<Item = &'a str> + Clone>) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.name.is_empty() {
            problems.push(Problem::new("name", "it has none", "give it one: exposures are counted under it"));
        }
        if self.candidates.is_empty() {
            problems.push(Problem::new("candidates", "there are none", "write at least one"));
        }
        let never = |cap: Option<Cap>| cap.is_some_and(|cap| cap.most == 0);
        if never(self.cap) {
            problems.push(Problem::new("cap.most", "0 lets nothing through", "take 1 or more"));
        }
        for (place, candidate) in self.candidates.iter().enumerate() {
            let field = |field: &str| format!("candidates[{place}].{field}");
            let mut wrong = |at: &str, message: String, fix: &str| problems.push(Problem::new(field(at), message, fix));
            let is_taken = self.candidates.iter().take(place).any(|other| other.name == candidate.name);
            if candidate.name.is_empty() || is_taken {
                wrong("name", "a candidate has a name of its own".to_owned(), "give it one that no other has");
            }
            if never(candidate.cap) {
                wrong("cap.most", "0 lets nothing through".to_owned(), "take 1 or more");
            }
            if candidate.from.zip(candidate.until).is_some_and(|(from, until)| from >= until) {
                wrong("until", "it ends before it begins".to_owned(), "give an end after `from`");
            }
            if let (Some(content), Some(templates)) = (&candidate.content, &templates)
                && !templates.clone().any(|known| known == content)
            {
                let fix = did_you_mean(content, templates.clone()).unwrap_or_else(|| "adopt it first".to_owned());
                wrong("content", format!("there is no template `{content}`"), &fix);
            }
            if let Some(message) = candidate.when.as_ref().and_then(unusable) {
                wrong("when", message, "see what excludes what, and ask for fields and events only");
            }
            for (nth, points) in candidate.score.iter().enumerate() {
                if let Some(message) = points.when.as_ref().and_then(unusable) {
                    wrong(&format!("score[{nth}].when"), message, "see what excludes what");
                }
            }
        }
        problems
    }
}

/// Why a rule is of no use by itself.
fn unusable(rule: &Rule) -> Option<String> {
    match Definition::try_from(rule.clone()) {
        Err(error) => Some(error.to_string()),
        Ok(rule) => rule.analyse(&Schema::default()).is_never.then(|| "nobody can ever meet it".to_owned()),
    }
}

//! Names of sources, batches, attributes, events and properties: text newtypes that are cheap to clone.

use std::cell::RefCell;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde::de::{Error, Visitor};

use crate::digest::{DigestInto, Digester};

/// How many names a thread shares at a time, and how long they may be.
const POOL: usize = 512;
const LONGEST: usize = 48;

thread_local! {
    static LATELY: RefCell<Vec<Option<Arc<str>>>> = const { RefCell::new(Vec::new()) };
}

/// The text of a name. Names recur, so one that this thread has met lately is shared: each has a place by its hash, and
/// the next of that place takes it.
pub(crate) fn shared(text: &str) -> Arc<str> {
    if text.len() > LONGEST {
        return text.into();
    }
    let place = FixedState::with_seed(0).hash_one(text) as usize % POOL;
    let lately = LATELY.try_with(|lately| {
        let mut lately = lately.try_borrow_mut().ok()?;
        if lately.is_empty() {
            lately.resize(POOL, None);
        }
        let held = lately.get_mut(place)?;
        match held {
            Some(held) if **held == *text => Some(Arc::clone(held)),
            _ => Some(Arc::clone(held.insert(text.into()))),
        }
    });
    lately.ok().flatten().unwrap_or_else(|| text.into())
}

/// Reads a name without a copy of its own.
pub(crate) struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Arc<str>, E> {
        Ok(shared(text))
    }
}

/// Whether two names differ in nothing but case and what stands between their words: `national_id`, `nationalId` and
/// `National-ID` are one name.
///
/// ```
/// use onefold_fact::is_same_name;
///
/// assert!(is_same_name("national_id", "nationalId"));
/// assert!(!is_same_name("national_id", "national_ids"));
/// ```
#[must_use]
pub fn is_same_name(a: &str, b: &str) -> bool {
    letters(a).eq(letters(b))
}

/// Whether the words of another name stand in a name, and others too: `patient_diagnosis` and `diagnosis.code` are of
/// `diagnosis`, as which an object is read that holds it or that it holds; and `prediagnosis` is not.
///
/// ```
/// use onefold_fact::is_of_name;
///
/// assert!(is_of_name("patient.homePhone", "home_phone") && is_of_name("homePhone.kind", "home_phone"));
/// assert!(!is_of_name("telephone", "phone") && !is_of_name("phone", "phone"));
/// ```
#[must_use]
pub fn is_of_name(name: &str, other: &str) -> bool {
    words_are_of(&AttributeName::from_header(name), other)
}

/// The same of a name whose words are known.
pub(crate) fn words_are_of(words: &AttributeName, other: &str) -> bool {
    if is_same_name(words, other) {
        return false;
    }
    let ends = || words.match_indices('_').map(|(at, _)| at);
    let starts = std::iter::once(0).chain(ends().map(|at| at + 1));
    let mut runs = starts.flat_map(|start| {
        let ends = ends().filter(move |end| *end > start).chain([words.len()]);
        ends.filter_map(move |end| words.get(start..end))
    });
    runs.any(|run| letters(run).eq(letters(other)))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

macro_rules! shared_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self($crate::name::shared(text))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }

        impl PartialEq<$name> for String {
            fn eq(&self, other: &$name) -> bool {
                self.as_str() == &*other.0
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.as_str().to_owned()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::name::NameVisitor).map(Self)
            }
        }

        impl DigestInto for $name {
            fn digest_into(&self, digester: &mut Digester) {
                digester.text(&self.0);
            }
        }
    };
}
pub(crate) use shared_text;

shared_text! {
    /// Where a fact comes from: a system or a file, `crm`, `shop_orders`.
    Source
}

shared_text! {
    /// One delivery of facts, as a whole accepted or retracted: an upload, a nightly export.
    Batch
}

shared_text! {
    /// The name of an attribute in the schema, in `snake_case`: `email`, `given_name`.
    AttributeName
}

shared_text! {
    /// What a source calls an event or one of its properties: `Order Completed`, `total`.
    Name
}

impl AttributeName {
    /// The name in `snake_case` for a header in any spelling style: words are split at spaces, punctuation and case
    /// changes.
    ///
    /// ```
    /// use onefold_fact::AttributeName;
    ///
    /// for header in ["First Name", "firstName", "first-name", "FIRST_NAME", " First.Name "] {
    ///     assert_eq!(AttributeName::from_header(header).as_str(), "first_name");
    /// }
    /// assert_eq!(AttributeName::from_header("userIDs").as_str(), "user_ids");
    /// ```
    #[must_use]
    pub fn from_header(header: &str) -> Self {
        let mut name = String::with_capacity(header.len() + 4);
        let letters: Vec<char> = header.chars().collect();
        for (i, &letter) in letters.iter().enumerate() {
            if !letter.is_alphanumeric() {
                if !name.is_empty() && !name.ends_with('_') {
                    name.push('_');
                }
                continue;
            }
            let before = i.checked_sub(1).and_then(|i| letters.get(i)).copied();
            let after = letters.get(i + 1).copied();
            let starts_word = letter.is_uppercase()
                && before.is_some_and(|before| {
                    before.is_lowercase()
                        || before.is_numeric()
                        // In `XMLFile` the word starts at the F; in `IDs` the s belongs to the acronym.
                        || (before.is_uppercase()
                            && after.is_some_and(char::is_lowercase)
                            && letters.get(i + 2).is_some_and(|c| c.is_lowercase()))
                });
            if starts_word && !name.is_empty() && !name.ends_with('_') {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        Self::from(name.trim_end_matches('_'))
    }
}

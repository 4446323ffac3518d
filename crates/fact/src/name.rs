//! Names of sources, batches and attributes: text newtypes that are cheap to clone.

use serde::{Deserialize, Serialize};

use crate::digest::{DigestInto, Digester};

macro_rules! shared_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
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

//! [`Observed`]: what one asks about the columns of a source before they have roles.

use onefold_fact::Kind;

use super::Column;
use super::words::Class;
use crate::mapping::{Role, SourceMapping};

/// The columns of a source, with what is given about them.
pub(super) struct Observed<'a> {
    pub(super) source: &'a str,
    pub(super) columns: &'a [Column<'a>],
    pub(super) given: &'a SourceMapping,
}

impl Observed<'_> {
    pub(super) fn gives(&self, wanted: impl Fn(&Role) -> bool) -> Option<usize> {
        self.columns.iter().position(|column| self.given.columns.get(column.header).is_some_and(&wanted))
    }

    pub(super) fn given_key(&self) -> Option<usize> {
        self.gives(|role| matches!(role, Role::Key { .. }))
    }

    /// Columns that nobody has given a role.
    pub(super) fn free(&self) -> impl Iterator<Item = (usize, &Column<'_>)> {
        self.columns.iter().enumerate().filter(|(_, column)| self.given.columns.get(column.header).is_none())
    }

    pub(super) fn class(column: &Column<'_>) -> Option<(Class, &'static str)> {
        // What the header calls a number may still be a phone number.
        let can_be_id = matches!(column.kind, Kind::ExternalId | Kind::Integer | Kind::Text | Kind::Category);
        column.id.as_ref().filter(|_| can_be_id)?.noun
    }

    pub(super) fn of_class(&self, class: Class) -> impl Iterator<Item = (usize, &Column<'_>)> {
        self.free().filter(move |(_, column)| Self::class(column).is_some_and(|(found, _)| found == class))
    }

    pub(super) fn has(&self, kinds: &[Kind]) -> bool {
        self.columns.iter().any(|column| kinds.contains(&column.kind))
    }

    pub(super) fn has_person_names(&self) -> bool {
        self.has(&[Kind::GivenName, Kind::FamilyName])
    }
}

/// Whether the kind leaves open that a column is an id.
pub(super) fn is_neutral(kind: Kind) -> bool {
    matches!(kind, Kind::ExternalId | Kind::Integer | Kind::Text | Kind::Category)
}

/// Whether the header is just `name`, whoever it may be of.
pub(super) fn is_bare_name(column: &Column<'_>) -> bool {
    matches!(column.words.as_slice(), [word] if word == "name")
        && matches!(column.kind, Kind::FullName | Kind::Text | Kind::Category)
}

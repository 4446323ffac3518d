//! Which column says when.

use onefold_fact::Kind;

use super::Column;
use super::vocabulary::has;

/// When something is said to have happened, in the words of a header.
const HAPPENED: &str = "occurred happened timestamp ordered placed purchased returned booked sent received opened invoiced visited \
     paid event datetime ts bestelldatum rechnungsdatum auftragsdatum bestellt fecha";

/// When a record came into being.
const CREATED: &str = "created create creation added registered registration signup signed joined subscribed subscription since opt \
     optin erstellt angelegt angemeldet anmeldung inscription inscrit cree creado alta";

/// When a record was last true.
const UPDATED: &str = "updated update modified modification changed change seen refreshed synced extracted exported edited \
     geaendert geandert aenderung anderung aktualisiert modifie maj actualizado modificado";

/// What happens after the event itself, or is only planned.
const LATER: &str = "shipped delivered due closed resolved solved expires expiry expired end ended until finished completed \
     cancelled refunded birth deleted estimated expected planned first last next unsubscribed";

fn says(column: &Column<'_>, vocabulary: &str) -> bool {
    column.words.iter().any(|word| has(vocabulary, word))
}

/// When somebody came into a group, and when they left it, in the words of a header.
const BEGINS: &str = "since from start started begin began joined seit ab von depuis desde";
const ENDS: &str = "until to end ended left till bis";

/// Whether a column says when a membership begins.
pub(super) fn begins(column: &Column<'_>) -> bool {
    is_time_or_blank(column) && says(column, BEGINS) && !says(column, ENDS)
}

/// Whether a column says when a membership ends.
pub(super) fn ends(column: &Column<'_>) -> bool {
    is_time_or_blank(column) && says(column, ENDS)
}

/// Whether a column says when the row was written.
pub(super) fn is_of_record(column: &Column<'_>) -> bool {
    is_time(column) && (says(column, CREATED) || says(column, UPDATED))
}

/// A column of ends may be blank as far as one looks.
fn is_time_or_blank(column: &Column<'_>) -> bool {
    is_time(column) || column.evidence.filled == 0
}

/// Of a membership: when it began; else when it was written down, if that is the only time there is.
pub(super) fn of_membership(columns: &[Column<'_>]) -> Option<usize> {
    columns.iter().position(begins).or_else(|| {
        let mut created = columns.iter().enumerate().filter(|(_, it)| is_time(it) && says(it, CREATED));
        created.next().map(|(at, _)| at)
    })
}

fn is_time(column: &Column<'_>) -> bool {
    matches!(column.kind, Kind::Date | Kind::Timestamp)
}

/// Of an event: when it happened. A column that says nothing of the kind is taken only if it is the only time there is.
pub(super) fn of_event(columns: &[Column<'_>], noun: &str) -> Option<usize> {
    let times = || columns.iter().enumerate().filter(|(_, column)| is_time(column));
    let only = times().count() == 1;
    let score = |column: &Column<'_>| {
        let about_it = column.words.iter().any(|word| word == noun || has(HAPPENED, word));
        let plain =
            column.words.iter().all(|word| matches!(word.as_str(), "date" | "time" | "at" | "datum" | "day" | "fecha"));
        let mut score = 0;
        score += if about_it || plain { 4 } else { 0 };
        score += if says(column, CREATED) { 3 } else { 0 };
        score -= if says(column, LATER) || says(column, UPDATED) { 5 } else { 0 };
        // A time of day tells more than a day.
        score * 2 + i32::from(column.kind == Kind::Timestamp)
    };
    times()
        .map(|(at, column)| (score(column), std::cmp::Reverse(at)))
        .filter(|(score, _)| *score > 1 || only)
        .max()
        .map(|(_, std::cmp::Reverse(at))| at)
}

/// Of a record: when it was last true; else when it came into being, if that is the only time there is.
pub(super) fn of_record(columns: &[Column<'_>]) -> Option<usize> {
    let times = || columns.iter().enumerate().filter(|(_, column)| is_time(column));
    let of_others = |column: &Column<'_>| {
        // When the last order was placed says nothing about when the record was true.
        column
            .words
            .iter()
            .any(|word| super::words::noun(word).is_some_and(|(class, _)| class == super::words::Class::Event))
    };
    let updated = times().find(|(_, column)| says(column, UPDATED) && !of_others(column));
    let alone = || match (times().next(), times().nth(1)) {
        (Some((at, column)), None) if says(column, CREATED) => Some((at, column)),
        _ => None,
    };
    updated.or_else(alone).map(|(at, _)| at)
}

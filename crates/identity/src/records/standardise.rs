//! [`Forms`]: what the distinct cells of a column say, in standard form.

use std::ops::Range;

use onefold_fact::{Kind, standard};
use rayon::prelude::*;

use super::Column;
use super::intern::{Interner, Symbol};
use super::layout::Target;

/// Most words of a name that count.
const MOST_WORDS: usize = 8;

/// Most things in one cell that count.
const MOST_LISTED: usize = 16;

/// Longest text that is compared, in bytes; what is longer is cut. Bounds the time that a broken cell can cost.
const MAX_FORM: usize = 256;

/// So many cells are standardised in one go.
const CHUNK: usize = 2048;

/// By distinct cell of a column: what it says of one field, end to end in one buffer.
#[derive(Debug, Default)]
pub(super) struct Forms {
    text: String,
    /// Where each form ends.
    ends: Vec<u32>,
    /// By cell: how many forms there are up to its last.
    up_to: Vec<u32>,
}

impl Forms {
    /// What the cells of a column say, target by target.
    pub(super) fn of(column: &Column, targets: &[Target], cells: &Interner) -> Vec<Self> {
        let chunks: Vec<Vec<Self>> = (0..cells.len())
            .into_par_iter()
            .step_by(CHUNK)
            .map(|first| {
                let mut forms: Vec<Self> = targets.iter().map(|_| Self::default()).collect();
                for at in first..(first + CHUNK).min(cells.len()) {
                    say(column, targets, cells.get(Symbol::try_from(at).unwrap_or(Symbol::MAX)), &mut forms);
                    forms.iter_mut().for_each(Self::close);
                }
                forms
            })
            .collect();
        let mut all: Vec<Self> = targets.iter().map(|_| Self::default()).collect();
        for chunk in chunks {
            all.iter_mut().zip(chunk).for_each(|(all, part)| all.append(&part));
        }
        all
    }

    /// What one cell says, target by target.
    pub(super) fn of_cell(column: &Column, targets: &[Target], cell: &str) -> Vec<Self> {
        let mut forms: Vec<Self> = targets.iter().map(|_| Self::default()).collect();
        say(column, targets, cell, &mut forms);
        forms.iter_mut().for_each(Self::close);
        forms
    }

    /// What all cells say, in their order.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> + Clone {
        (0..self.ends.len()).map(|form| self.form(form))
    }

    /// By cell: which of all forms are its.
    pub(super) fn cells(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.up_to.iter().copied());
        starts.zip(&self.up_to).map(|(start, end)| start as usize..*end as usize)
    }

    fn form(&self, at: usize) -> &str {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.text.get(start as usize..*end as usize)).unwrap_or("")
    }

    fn add(&mut self, form: &str) {
        if !form.is_empty() {
            self.text.push_str(form);
            self.ends.push(length(self.text.len()));
        }
    }

    fn close(&mut self) {
        self.up_to.push(length(self.ends.len()));
    }

    fn append(&mut self, other: &Self) {
        let (text, forms) = (length(self.text.len()), length(self.ends.len()));
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| text + end));
        self.up_to.extend(other.up_to.iter().map(|up_to| forms + up_to));
    }
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// What a cell says, target by target. Blank cells say nothing, nor do cells that are no value of the column's kind.
fn say(column: &Column, targets: &[Target], cell: &str, forms: &mut [Forms]) {
    if standard::text::is_blank(cell) || (standard::text::is_placeholder(cell) && !is_name(column.kind)) {
        return;
    }
    if column.is_never(cell.trim()) {
        return;
    }
    if let items @ [_, _, ..] = items(column.kind, cell).as_slice() {
        return items.iter().for_each(|item| say(column, targets, item, forms));
    }
    let Ok(value) = column.kind.parse(cell, &column.conventions) else {
        if let (Kind::BirthDate, Some(form), Some(forms)) = (column.kind, misread_date(cell), forms.first_mut()) {
            forms.add(&form);
        }
        for part in listed(column.kind, cell) {
            say(column, targets, part, forms);
        }
        return;
    };
    for (target, forms) in targets.iter().zip(forms) {
        let form = target.form(column.kind, &value);
        let form = cut(&form);
        if column.is_never(form) {
            continue;
        }
        if target.is_by_word() {
            form.split(' ').take(MOST_WORDS).for_each(|word| forms.add(word));
        } else {
            forms.add(form);
        }
    }
}

/// The parts of a cell that lists several mailboxes or numbers: `ada@x.io; ada@y.io`. Nothing, if it is no list.
fn listed(kind: Kind, cell: &str) -> impl Iterator<Item = &str> {
    let lists = matches!(kind, Kind::Email | Kind::Phone);
    let parts =
        cell.split([';', '|', ',', '\n']).map(str::trim).filter(move |part| lists && part.len() < cell.trim().len());
    parts.take(MOST_LISTED)
}

/// The items of a cell that lists several things: `chess; sailing`. Where records share one, they agree in it. None, if it
/// is no list.
fn items(kind: Kind, cell: &str) -> Vec<&str> {
    let lists = matches!(kind, Kind::Text | Kind::Category | Kind::ExternalId | Kind::Company | Kind::Url);
    if !lists || !cell.contains([';', '|']) {
        return Vec::new();
    }
    cell.split([';', '|']).map(str::trim).filter(|item| !item.is_empty()).take(MOST_LISTED).collect()
}

/// The eight digits of a date that does not exist, in the order of ISO dates: `1856-86-18`, `1856/86/18`, `18.86.1856`.
/// A date with a slip in it is one digit off the right one, so it is compared all the same.
fn misread_date(cell: &str) -> Option<String> {
    let groups: Vec<&str> = cell.trim().split(['-', '/', '.']).collect();
    let digits = |group: &str, count: usize| group.len() == count && group.bytes().all(|byte| byte.is_ascii_digit());
    let [a, b, c] = groups.as_slice() else { return None };
    let iso = digits(a, 4) && digits(b, 2) && digits(c, 2);
    let day_first = digits(a, 2) && digits(b, 2) && digits(c, 4);
    match (iso, day_first) {
        (true, _) => Some(format!("{a}-{b}-{c}")),
        (_, true) => Some(format!("{c}-{b}-{a}")),
        _ => None,
    }
}

/// Real names can look like placeholders (`Null`, `Test`).
fn is_name(kind: Kind) -> bool {
    matches!(kind, Kind::GivenName | Kind::FamilyName | Kind::FullName | Kind::MiddleName)
}

fn cut(form: &str) -> &str {
    let mut end = form.len().min(MAX_FORM);
    while !form.is_char_boundary(end) {
        end -= 1;
    }
    &form[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_with_a_slip_is_kept_in_iso_order() {
        assert_eq!(misread_date("1856-86-18").as_deref(), Some("1856-86-18"));
        assert_eq!(misread_date("18.86.1856").as_deref(), Some("1856-86-18"));
        assert_eq!(misread_date("soon"), None);
    }
}

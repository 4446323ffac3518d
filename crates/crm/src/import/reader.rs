//! Reading a row: its cells one by one, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use onefold_fact::standard::DateOrder;
use onefold_fact::{Conventions, Finding, Identifier, Kind, Party, Place, Reason, Row, Timestamp, Value, namespace};

use super::ImportOptions;
use super::cell;
use super::columns::{Column, ExportLayout, ExportOf, Field};
use super::told::{DeletedTold, Told};

/// Reads the rows of one table.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) layout: &'a ExportLayout,
    pub(super) options: &'a ImportOptions,
    pub(super) conventions: Conventions,
    pub(super) row: Row<'a>,
    pub(super) file: Arc<str>,
    pub(super) findings: Vec<Finding>,
}

impl ExportLayout {
    /// What the rows' dates show of their order, and what is to be said where they show nothing.
    #[must_use]
    pub fn date_order<'a>(
        &self,
        rows: impl Iterator<Item = &'a [String]> + Clone,
    ) -> (Option<DateOrder>, Option<String>) {
        let columns: Vec<usize> = self.of_dates().collect();
        let cells = rows.flat_map(|row| columns.iter().filter_map(|column| row.get(*column)));
        match cell::date_order(cells.map(String::as_str)) {
            None => (None, None),
            Some(Some(order)) => (Some(order), None),
            Some(None) => {
                let message = "all dates can be read with the day first and with the month first; they were read with the day \
                               first: say which it is";
                (None, Some(message.to_owned()))
            }
        }
    }

    /// What a row says, and what is wrong with single cells, which count as blank. `Err` if the row cannot be taken.
    ///
    /// # Errors
    /// When it has no id, is a part of something that was deleted, or lacks what its kind cannot be without.
    pub fn read(
        &self,
        row: Row<'_>,
        file: &Arc<str>,
        options: &ImportOptions,
    ) -> (Result<Told, Finding>, Vec<Finding>) {
        let conventions = Conventions { country: options.country, date_order: options.date_order };
        let file = Arc::clone(file);
        let mut reader = Reader { layout: self, options, conventions, row, file, findings: Vec::new() };
        let told = reader.told();
        (told, reader.findings)
    }
}

impl Reader<'_> {
    pub(super) fn told(&mut self) -> Result<Told, Finding> {
        if self.parsed(Field::Deleted, cell::boolean).unwrap_or(false) {
            let of = self.layout.is_of();
            if matches!(of, ExportOf::Account | ExportOf::Contact | ExportOf::Lead | ExportOf::Opportunity) {
                let id = self.own_id(Field::Id)?;
                return Ok(Told::Deleted(DeletedTold { of, id, at: self.instant(Field::Modified) }));
            }
            return Err(self.wrong(
                Field::Deleted,
                Reason::Empty,
                "the row is of something that was deleted; nothing to do",
            ));
        }
        match self.layout.is_of() {
            ExportOf::Account => self.party(Party::Organisation).map(Told::Party),
            ExportOf::Contact => self.party(Party::Person).map(Told::Party),
            ExportOf::Lead => self.lead().map(Told::Lead),
            ExportOf::Opportunity => self.deal().map(Told::Deal),
            ExportOf::StageHistory => self.change().map(Told::Change),
            ExportOf::FieldHistory => self.field_change().map(Told::Change),
            ExportOf::ContactRole => self.part().map(Told::Part),
            ExportOf::User => self.user().map(Told::User),
        }
    }

    pub(super) fn place(&self, column: Option<usize>) -> Place {
        let place = Place::file(Arc::clone(&self.file)).row(self.row.number());
        match column.and_then(|column| self.layout.header.get(column)) {
            Some(name) => place.column(name.as_str()),
            None => place,
        }
    }

    pub(super) fn wrong(&self, field: Field, reason: Reason, message: impl Into<String>) -> Finding {
        Finding::new(reason, message).at(self.place(self.layout.places.get(&field).copied()))
    }

    pub(super) fn note(&mut self, field: Field, message: impl Into<String>) {
        let finding = self.wrong(field, Reason::MalformedValue, message);
        self.findings.push(finding);
    }

    pub(super) fn text(&self, field: Field) -> Option<&str> {
        self.row.cell(*self.layout.places.get(&field)?)
    }

    pub(super) fn owned(&self, field: Field) -> Option<String> {
        self.text(field).map(str::to_owned)
    }

    /// A cell read; one that cannot be is noted and blank.
    pub(super) fn parsed<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match read(self.text(field)?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.note(field, message);
                None
            }
        }
    }

    pub(super) fn instant(&mut self, field: Field) -> Option<Timestamp> {
        let order = self.options.date_order;
        self.parsed(field, |text| cell::instant(text, order))
    }

    pub(super) fn day(&mut self, field: Field) -> Option<NaiveDate> {
        self.instant(field).map(|at| at.date_naive())
    }

    pub(super) fn id(&mut self, field: Field) -> Option<String> {
        self.parsed(field, |text| cell::id(text).map(std::borrow::Cow::into_owned))
    }

    pub(super) fn own_id(&mut self, field: Field) -> Result<String, Finding> {
        let Some(text) = self.text(field) else {
            return Err(self.wrong(field, Reason::Empty, "the id is missing; expected the one that the export has"));
        };
        match cell::id(text) {
            Ok(id) => Ok(id.into_owned()),
            Err(message) => Err(self.wrong(field, Reason::MalformedValue, message)),
        }
    }

    /// The user whose it is. Two at once are nobody's.
    pub(super) fn owner(&mut self) -> Option<String> {
        self.parsed(Field::Owner, |text| {
            let mut owners = cell::list(text);
            match (owners.next(), owners.next()) {
                (Some(owner), None) => cell::id(owner).map(std::borrow::Cow::into_owned),
                _ => Err(format!("`{text}` is more than one owner; expected one, others as contacts or in a team")),
            }
        })
    }

    /// The known attributes and the fields of its own.
    pub(super) fn fields(&mut self) -> (BTreeMap<String, Value>, BTreeSet<Identifier>) {
        let (mut fields, mut identifiers) = (BTreeMap::new(), BTreeSet::new());
        for (at, column) in self.layout.columns.iter().enumerate() {
            let Some(text) = self.row.cell(at) else { continue };
            match column {
                Column::Known(Field::Attribute(name, kind)) => match kind.parse(text, &self.conventions) {
                    Ok(value) => {
                        let of = match (kind, value.as_text()) {
                            (Kind::Email, Some(text)) => Some(Identifier::new(namespace::EMAIL, text)),
                            (Kind::Phone, Some(text)) if text.starts_with('+') => {
                                Some(Identifier::new(namespace::PHONE, text))
                            }
                            _ => None,
                        };
                        identifiers.extend(of);
                        fields.insert((*name).to_owned(), value);
                    }
                    Err(error) => {
                        let place = self.place(Some(at));
                        self.findings.push(Finding::new(Reason::MalformedValue, error.to_string()).at(place));
                    }
                },
                Column::Own(name) => drop(fields.insert(name.clone(), own_value(text))),
                _ => {}
            }
        }
        (fields, identifiers)
    }

    /// The channels that are refused.
    pub(super) fn opt_outs(&mut self) -> BTreeSet<&'static str> {
        let channels = ["email", "phone", "fax"];
        channels
            .into_iter()
            .filter(|channel| self.parsed(Field::OptOut(channel), cell::boolean) == Some(true))
            .collect()
    }
}

/// The value of a field of its own: a list, if it is written as one (`A;B`), a number, or text.
fn own_value(text: &str) -> Value {
    if text.contains(';') && !text.contains("; ") && text.len() <= 1000 {
        let parts: Vec<Option<Value>> = cell::list(text).map(|part| Some(Value::from(part))).collect();
        if parts.len() > 1 {
            return Value::List(parts.into());
        }
    }
    // What begins with a zero is a code, not a number.
    let is_code = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    match Value::from_json(text).ok().and_then(|read| read.value) {
        Some(value @ (Value::Integer(_) | Value::Decimal(_) | Value::Boolean(_))) if !is_code => value,
        _ => Value::from(text),
    }
}

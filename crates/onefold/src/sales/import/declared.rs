//! What declared fields ask of the rows of an import: what they do not take costs its cell, what they miss is said.

use std::collections::BTreeMap;

use onefold_crm::{Aggregate, FieldSpecs, Opportunity, Problem};
use onefold_fact::{Finding, Reason, Value};

use super::plan::Planning;
use super::read::Spot;
use crate::error::OnefoldError;

/// By field and value: the deal that has it, where no two may.
pub(super) type Held = BTreeMap<(String, String), String>;

impl Planning<'_> {
    /// The fields of a row as they are declared. What they do not take is left out, and said.
    pub(super) fn declared(&mut self, kind: &str, spot: Spot, told: &mut BTreeMap<String, Value>) {
        let Some(specs) = self.views.fields_of(kind) else { return };
        for (field, value) in std::mem::take(told) {
            match specs.read([(field.clone(), whole(specs, &field, value))].into()) {
                Ok(read) => told.extend(read),
                Err(why) => why.problems().iter().for_each(|problem| self.breaks(spot, problem)),
            }
        }
    }

    /// What deals have of the fields of which no two may have the same.
    pub(super) fn held(&self) -> Result<Held, OnefoldError> {
        let Some(specs) = self.views.fields_of(Opportunity::KIND).filter(|specs| specs.unique().next().is_some())
        else {
            return Ok(Held::new());
        };
        let mut held = Held::new();
        for (id, deal) in self.views.deals()? {
            for field in specs.unique() {
                if let Some(value) = deal.fields.get(field) {
                    held.insert((field.to_owned(), value.to_string()), id.clone());
                }
            }
        }
        Ok(held)
    }

    /// The fields of a deal's row as they are declared, without what another deal has alone; and what the deal lacks.
    pub(super) fn declared_of_deal(
        &mut self,
        (id, is): (&str, Option<&Opportunity>),
        spot: Spot,
        told: &mut BTreeMap<String, Value>,
        held: &mut Held,
    ) {
        let Some(specs) = self.views.fields_of(Opportunity::KIND) else { return };
        self.declared(Opportunity::KIND, spot, told);
        for field in specs.unique() {
            let Some(value) = told.get(field).map(ToString::to_string) else { continue };
            let key = (field.to_owned(), value);
            match held.get(&key).filter(|other| *other != id) {
                Some(other) => {
                    let message = format!("`{}` is the `{field}` of `{other}` already", key.1);
                    let fix = "give another, or change that one first";
                    self.breaks(spot, &Problem::of(onefold_crm::Why::Exists, field, message, fix));
                    told.remove(field);
                }
                None => {
                    // What the deal had before is free.
                    held.retain(|(of, _), holder| of != field || holder != id);
                    held.insert(key, id.to_owned());
                }
            }
        }
        let lacking =
            specs.lacking(|field| told.contains_key(field) || is.is_some_and(|is| is.fields.contains_key(field)));
        lacking.iter().for_each(|problem| self.breaks(spot, problem));
    }

    fn breaks(&mut self, spot: Spot, problem: &Problem) {
        let place = self.place(spot);
        let header = self.taken.layouts.get(&spot.file).and_then(|layout| layout.header_of(&problem.field));
        let place = match header {
            Some(header) => place.column(header),
            None => place,
        };
        self.plan.findings.push(Finding::new(Reason::MalformedValue, problem.to_string()).at(place));
    }
}

/// A value as its cell had it, where a field holds one: what looks like a list need not be one.
fn whole(specs: &FieldSpecs, field: &str, value: Value) -> Value {
    match &value {
        Value::List(parts) if specs.fields.get(field).is_some_and(|spec| !spec.several) => {
            let parts: Vec<String> = parts.iter().flatten().map(|part| part.to_text().into_owned()).collect();
            parts.join(";").into()
        }
        _ => value,
    }
}

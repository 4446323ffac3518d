//! What is wrong with a pipeline, found before anybody uses it.

use std::collections::BTreeSet;
use std::fmt;

use onefold_fact::{AttributeName, AttributeSpec, Kind, Schema, Test, Value};
use onefold_segment::{Condition, Definition, FieldTest, Vocabulary};
use rust_decimal::Decimal;

use crate::category::ForecastCategory;
use crate::field::FieldSpecs;
use crate::opportunity::OWN;
use crate::pipeline::{Approval, Closes, Gate, Pipeline, Stage};

/// Something that is wrong with a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineProblem {
    /// The stage; empty if it is about the whole.
    pub stage: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for PipelineProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.stage.is_empty() {
            write!(f, "stage `{}`: ", self.stage)?;
        }
        f.write_str(&self.message)
    }
}

impl Pipeline {
    /// Everything that is wrong with it: stages that cannot be reached or not be left, gates that nobody can meet, names
    /// that are nothing. Empty: every deal that begins can be won, and can be lost.
    ///
    /// ```
    /// use onefold_crm::Pipeline;
    ///
    /// let pipeline: Pipeline = serde_json::from_str(r#"{"stages": [
    ///     {"name": "new", "probability": "0.1", "to": ["wno", "lost"]},
    ///     {"name": "won", "probability": "1", "closes": "won"},
    ///     {"name": "lost", "probability": "0", "closes": "lost"}
    /// ]}"#)?;
    /// let problems: Vec<String> = pipeline.problems().iter().map(|problem| problem.to_string()).collect();
    /// assert_eq!(problems, [
    ///     "stage `new`: `to` names `wno`, which is no stage",
    ///     "stage `won`: no deal can come here: let a stage lead to it",
    /// ]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems(&self) -> Vec<PipelineProblem> {
        self.problems_given(&FieldSpecs::default())
    }

    /// Everything that is wrong with it where deals have these fields: with what is wrong by itself, fields that stages ask
    /// for and no deal can have, and rules that compare a field with what it never holds.
    #[must_use]
    pub fn problems_given(&self, fields: &FieldSpecs) -> Vec<PipelineProblem> {
        let schema = deal_schema(fields);
        let mut problems = Vec::new();
        let mut wrong = |stage: &str, message: String| {
            problems.push(PipelineProblem { stage: stage.to_owned(), message });
        };
        let mut names = BTreeSet::new();
        for stage in &self.stages {
            let name = stage.name.trim().to_lowercase();
            if name.is_empty() || !names.insert(name) {
                let message = "a stage has a name of its own, whatever its case: give it one that no other has";
                wrong(&stage.name, message.to_owned());
            }
            if stage.probability < Decimal::ZERO || stage.probability > Decimal::ONE {
                wrong(&stage.name, format!("the probability {} is not between 0 and 1", stage.probability));
            }
            for to in stage.to.iter().flatten().filter(|to| self.stage(to).is_none()) {
                wrong(&stage.name, format!("`to` names `{to}`, which is no stage"));
            }
            for message in closing(stage).into_iter().chain(lacking(stage, fields)) {
                wrong(&stage.name, message);
            }
            if stage.entry && stage.closes.is_some() {
                wrong(&stage.name, "a deal cannot begin where it ends: take `entry` or `closes` away".to_owned());
            }
            for gate in &stage.gates {
                for message in of_gate(gate, fields, &schema) {
                    wrong(&stage.name, message);
                }
                let never = Definition::try_from(gate.rule.clone())
                    .map(|rule| rule.analyse(&schema).is_never)
                    .map_err(|error| error.to_string());
                match never {
                    Ok(true) => wrong(&stage.name, format!("no deal can ever meet the gate `{}`", gate.rule)),
                    Ok(false) => {}
                    Err(error) => wrong(&stage.name, error),
                }
            }
        }
        for (closes, name) in [(Closes::Won, "won"), (Closes::Lost, "lost")] {
            match self.stages.iter().filter(|stage| stage.closes == Some(closes)).count() {
                0 => wrong("", format!("no stage closes as {name}: give one `closes: {name}`")),
                1 => {}
                _ => wrong("", format!("several stages close as {name}: one is enough, reasons tell more")),
            }
        }
        if self.entries().next().is_none() {
            wrong("", "no deal can begin: give it a stage that does not close".to_owned());
        }
        let reached = self.spread(self.entries().collect(), |from, to| self.allows(&from.name, &to.name));
        let closing = self.stages.iter().filter(|stage| stage.closes.is_some()).collect();
        let leaving = self.spread(closing, |to, from| self.allows(&from.name, &to.name));
        for stage in &self.stages {
            if !reached.contains(stage.name.as_str()) {
                wrong(&stage.name, "no deal can come here: let a stage lead to it".to_owned());
            } else if !leaving.contains(stage.name.as_str()) {
                wrong(&stage.name, "no deal that is here can be closed: let it lead to a stage that closes".to_owned());
            }
        }
        problems
    }

    /// The stages that are reached from some, step by step.
    fn spread<'a>(&'a self, from: Vec<&'a Stage>, leads: impl Fn(&Stage, &Stage) -> bool) -> BTreeSet<&'a str> {
        let mut reached: BTreeSet<&str> = from.iter().map(|stage| stage.name.as_str()).collect();
        let mut ahead = from;
        while let Some(at) = ahead.pop() {
            for to in self.stages.iter().filter(|to| leads(at, to)) {
                if reached.insert(&to.name) {
                    ahead.push(to);
                }
            }
        }
        reached
    }
}

/// What does not go with how a stage ends a deal, or does not.
fn closing(stage: &Stage) -> Vec<String> {
    let mut wrong = Vec::new();
    let category = stage.category();
    match stage.closes {
        None if category == ForecastCategory::Closed => {
            wrong.push(
                "a deal that is open is not counted as closed: give it another `category`, or `closes`".to_owned(),
            );
        }
        Some(closes) => {
            let (name, of, probability) = match closes {
                Closes::Won => ("won", ForecastCategory::Closed, Decimal::ONE),
                Closes::Lost => ("lost", ForecastCategory::Omitted, Decimal::ZERO),
            };
            if category != of {
                wrong.push(format!("a {name} deal is counted as {of}, not as {category}: take `category` away"));
            }
            let is_between = stage.probability >= Decimal::ZERO && stage.probability <= Decimal::ONE;
            if stage.probability != probability && is_between {
                wrong.push(format!("the probability of {name} is {probability}, not {}", stage.probability));
            }
        }
        None => {}
    }
    if let Some(Approval::Any(users) | Approval::All(users)) = &stage.approval
        && users.is_empty()
    {
        wrong.push("`approval` names nobody: name who approves, or take it away".to_owned());
    }
    wrong
}

/// Whether a deal may have a field.
fn may_have(fields: &FieldSpecs, name: &str) -> bool {
    !fields.closed || OWN.contains(&name) || fields.fields.contains_key(name)
}

fn no_field(fields: &FieldSpecs, what: &str, name: &str) -> String {
    let known: Vec<String> =
        OWN.into_iter().chain(fields.fields.keys().map(String::as_str)).map(|name| format!("`{name}`")).collect();
    format!("{what} names `{name}`, which is no field of deals: there are {}", known.join(", "))
}

/// Required fields that no deal can have.
fn lacking(stage: &Stage, fields: &FieldSpecs) -> Vec<String> {
    let lacks = stage.requires.iter().filter(|name| !may_have(fields, name));
    lacks.map(|name| no_field(fields, "`requires`", name)).collect()
}

/// What a gate asks of fields that cannot be: there is none of the name, or it never holds what it is compared with.
fn of_gate(gate: &Gate, fields: &FieldSpecs, schema: &Schema) -> Vec<String> {
    let mut wrong = Vec::new();
    if !gate.field.is_empty() && !may_have(fields, &gate.field) {
        wrong.push(no_field(fields, "the `field` of a gate", &gate.field));
    }
    let mut named = BTreeSet::new();
    walk(gate.rule.condition(), &mut |name, is| {
        let name = name.as_str();
        if named.insert(AttributeName::from(name)) && !may_have(fields, name) {
            wrong.push(no_field(fields, "a gate", name));
        }
        let Some(spec) = fields.fields.get(name).filter(|spec| !spec.choices.is_empty()) else { return };
        for text in compared(is).filter(|text| !spec.choices.iter().any(|choice| choice == text)) {
            let listed: Vec<String> = spec.choices.iter().map(|choice| format!("`{choice}`")).collect();
            wrong.push(format!("`{name}` is never `{text}`: compare it with {}", listed.join(", ")));
        }
    });
    let errors = Vocabulary::new(schema).with_fields(&named).check(&gate.rule);
    wrong.extend(errors.iter().map(|error| format!("the gate `{}`: {error}", gate.rule)));
    wrong
}

/// The fields of the deal that a condition is about, with what is asked of each.
fn walk(condition: &Condition, each: &mut impl FnMut(&AttributeName, &FieldTest)) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| walk(part, each)),
        Condition::Not(part) | Condition::HasBeen { condition: part, .. } => walk(part, each),
        Condition::Score { parts, .. } => parts.iter().for_each(|part| walk(&part.condition, each)),
        Condition::Field { path, is } => each(&path.attribute, is),
        _ => {}
    }
}

/// The texts that a field is compared with as they stand.
fn compared(is: &FieldTest) -> impl Iterator<Item = &str> {
    let values: &[Value] = match is {
        FieldTest::Is(Test::Equal(value)) | FieldTest::Every(Test::Equal(value)) => std::slice::from_ref(value),
        FieldTest::Is(Test::OneOf(values)) | FieldTest::Every(Test::OneOf(values)) => values,
        _ => &[],
    };
    values.iter().filter_map(Value::as_text)
}

/// What the fields of a deal hold: those of its own, and those that are declared and hold one value.
fn deal_schema(fields: &FieldSpecs) -> Schema {
    let own = [
        ("amount", Kind::Decimal),
        ("probability", Kind::Decimal),
        ("contacts", Kind::Integer),
        ("closes_on", Kind::Date),
    ];
    let declared =
        fields.fields.iter().filter(|(_, spec)| !spec.several).map(|(name, spec)| (name.as_str(), spec.kind));
    let mut schema = Schema::default();
    schema.attributes.extend(declared.chain(own).map(|(name, kind)| (name.into(), AttributeSpec::of(kind))));
    schema
}

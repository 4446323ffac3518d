//! The language of templates, with its bounds.

use std::collections::BTreeSet;
use std::io::{self, Write};

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::{Part, Template, TemplateError, TextKind, value};

/// How much work a template may be: about so many steps of the engine.
const FUEL: u64 = 200_000;

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    environment.set_debug(true);
    let escape = |name: &str| if name == name_of(TextKind::Html) { AutoEscape::Html } else { AutoEscape::None };
    environment.set_auto_escape_callback(escape);
    environment.add_filter("date", value::date);
    environment
}

fn name_of(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Text => "text",
        TextKind::Html => "html",
    }
}

/// Reads a part, to see whether it can be.
pub(super) fn read((part, text, kind): Part<'_>) -> Result<(), TemplateError> {
    environment().template_from_named_str(name_of(kind), text).map(drop).map_err(|error| said(part, text, &error))
}

/// The values that a part asks for.
pub(super) fn asks_for((part, text, kind): Part<'_>) -> Result<BTreeSet<String>, TemplateError> {
    let environment = environment();
    let read = environment.template_from_named_str(name_of(kind), text).map_err(|error| said(part, text, &error))?;
    Ok(read.undeclared_variables(true).into_iter().collect())
}

pub(super) fn fill((part, text, kind): Part<'_>, values: &minijinja::Value) -> Result<String, TemplateError> {
    let environment = environment();
    let read = environment.template_from_named_str(name_of(kind), text).map_err(|error| said(part, text, &error))?;
    let mut filled = Bounded(Vec::new());
    let rendered = read.render_captured_to(values, &mut filled).map(drop);
    rendered.map_err(|error| said(part, text, &error))?;
    // The engine writes whole strings only.
    Ok(String::from_utf8(filled.0).unwrap_or_default())
}

/// What is written, up to the longest text.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > Template::LONGEST {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the engine says, in our words.
fn said(part: &'static str, text: &str, error: &Error) -> TemplateError {
    let detail = error.detail().unwrap_or_default();
    let named = |range: std::ops::Range<usize>| {
        // Where a filter is given nothing, what stands before it is what is missing.
        let piped = text.get(..range.start)?.trim_end().strip_suffix('|').map(str::trim_end);
        let no_path = |letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '.';
        let what = piped.map_or_else(|| text.get(range), |piped| piped.rsplit(no_path).next());
        what.map(str::trim).filter(|it| !it.is_empty())
    };
    let (message, fix) = match error.kind() {
        ErrorKind::UndefinedError => {
            let what = error.range().and_then(named).map_or_else(|| "a value".to_owned(), |it| format!("`{it}`"));
            (format!("{what} has no value"), "give it one, a fall-back, or `| default(…)`")
        }
        ErrorKind::OutOfFuel => ("it is too much work".to_owned(), "make its loops shorter"),
        ErrorKind::WriteFailure => {
            let message = format!("it becomes longer than {} bytes", Template::LONGEST);
            return TemplateError { part, line: None, message, fix: "make its loops shorter".to_owned() };
        }
        ErrorKind::SyntaxError => (format!("it cannot be read: {detail}"), "see how values and blocks are written"),
        ErrorKind::UnknownFilter => (detail.to_owned(), "use one that is there: `default`, `upper`, `title`, `date`"),
        kind => (if detail.is_empty() { kind.to_string() } else { detail.to_owned() }, "change what it does there"),
    };
    TemplateError { part, line: error.line(), message, fix: fix.to_owned() }
}

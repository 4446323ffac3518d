//! Files for tests, and what they say in lines that people can read.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use onefold_connect::{InferOptions, Reading, Role, SourceFile, SourceMapping, map, read};
use onefold_fact::{Fact, Identifier, Kind, Schema, Silent, Timestamp};

/// A fresh folder for the files of one test.
pub(crate) fn folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("connect").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file with this name and content.
pub(crate) fn file(name: &str, content: impl AsRef<[u8]>) -> SourceFile {
    let path = folder().join(name);
    fs::write(&path, content).unwrap();
    SourceFile::new(path)
}

/// A file read as it is inferred.
pub(crate) struct Told {
    pub(crate) mapping: SourceMapping,
    pub(crate) findings: Vec<String>,
    pub(crate) facts: Vec<(u64, Fact)>,
    pub(crate) reading: Reading,
}

pub(crate) fn tell(name: &str, content: impl AsRef<[u8]>) -> Told {
    tell_with(&file(name, content), None, &InferOptions::default())
}

pub(crate) fn tell_with(file: &SourceFile, given: Option<&SourceMapping>, options: &InferOptions) -> Told {
    let (mapping, findings) = map(file, given, options).unwrap();
    let at: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let mut facts = Vec::new();
    let reading = read(file, &mapping, &Schema::default(), &mut Silent, &mut |entry| {
        assert!(!entry.drafts.is_empty(), "an entry states something");
        facts.extend(entry.drafts.into_iter().map(|draft| (entry.row, draft.received("test", at))));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(reading.read, reading.entries + reading.rows_set_aside, "what was read is conserved");
    assert!(reading.finished);
    Told { mapping, findings: findings.iter().map(ToString::to_string).collect(), facts, reading }
}

impl Told {
    /// What was set aside, as people read it.
    pub(crate) fn aside(&self) -> Vec<String> {
        self.reading.set_aside.iter().map(|aside| aside.finding.to_string()).collect()
    }

    pub(crate) fn role(&self, column: &str) -> &Role {
        self.mapping.columns.get(column).unwrap_or_else(|| panic!("no column `{column}`"))
    }

    /// The kind of a column that is an attribute or a property.
    pub(crate) fn kind(&self, column: &str) -> Kind {
        match self.role(column) {
            Role::Attribute { kind, .. } | Role::Property { kind, .. } => *kind,
            other => panic!("`{column}` is {other:?}"),
        }
    }

    /// The facts as JSON without what the delivery adds, one a line.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.facts.iter().map(|(row, fact)| format!("{row}: {}", line(fact))).collect()
    }
}

/// A fact in one line: key, identifiers, time, body.
pub(crate) fn line(fact: &Fact) -> String {
    let key = fact.key().map(ToString::to_string).unwrap_or_default();
    let identifiers: Vec<String> = fact.identifiers().iter().map(Identifier::to_string).collect();
    let time = fact.occurred_at().map_or_else(|| "-".to_owned(), |at| onefold_fact::Value::Timestamp(at).to_string());
    format!("{key} [{}] {time} {}", identifiers.join(" "), body(fact))
}

fn body(fact: &Fact) -> String {
    use onefold_fact::Body;
    match fact.body() {
        Body::Set(attributes) => {
            let pairs: Vec<String> = attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("set {{{}}}", pairs.join(", "))
        }
        Body::Unset(names) => {
            let names: Vec<&str> = names.iter().map(onefold_fact::AttributeName::as_str).collect();
            format!("unset {{{}}}", names.join(", "))
        }
        Body::Event { name, properties } => {
            let pairs: Vec<String> = properties
                .iter()
                .map(|(name, value)| {
                    format!("{name}={}", value.as_ref().map_or("null".to_owned(), ToString::to_string))
                })
                .collect();
            format!("event {name} {{{}}}", pairs.join(", "))
        }
        Body::Group(membership) => {
            let verb = if membership.member { "joins" } else { "leaves" };
            format!("{verb} {} as {:?}", membership.group, membership.role)
        }
        Body::Consent(consent) => {
            let by = consent.channel.iter().map(|channel| format!(" by {channel}")).collect::<String>();
            format!("{:?} {}{by}", consent.choice, consent.purpose)
        }
        other => format!("{other:?}"),
    }
}

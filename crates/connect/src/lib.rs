//! The edge of onefold: files and wire formats to facts.
//!
//! A customer's data arrive as tables (CSV in any common dialect and encoding) and as JSON Lines (messages of event
//! streams, or any other objects). [`discover`] finds the files, [`map`] finds out what their columns mean, and [`read`]
//! turns each row into statements ([`Draft`](onefold_fact::Draft)s) that the writer stamps and accepts. Whoever wants
//! rows and no facts, such as a matcher, reads a [`Table`]. All of it streams in bounded memory and needs neither clock
//! nor network.
//!
//! The one decision that shaped it: *what a column means is data, not code*. A [`Mapping`] says it: inferred from headers
//! and values, written as a file that people correct, read again. Nothing else knows the shape of any source.
//!
//! Bad input costs the bad part only. A row that cannot be read is set aside with its reason, so that always
//! `read == entries + rows_set_aside`; a value that its kind does not allow is set aside alone and its row goes on.
//!
//! ```
//! use std::ops::ControlFlow;
//! use onefold_connect::{InferOptions, SourceFile, map, read};
//! use onefold_fact::{Schema, Silent};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("onefold-connect-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("crm.csv");
//! std::fs::write(&path, "Kd-Nr;Vorname;E-Mail;Geburtsdatum\n17;Ada;Ada@X.io;10.12.1985\n18;Grace;grace@x.io;30.02.1976\n")?;
//!
//! let file = SourceFile::new(&path);
//! let (mapping, _) = map(&file, None, &InferOptions::default())?;
//! let mut drafts = Vec::new();
//! let reading = read(&file, &mapping, &Schema::default(), &mut Silent, &mut |entry| {
//!     drafts.extend(entry.drafts);
//!     ControlFlow::Continue(())
//! })?;
//! assert_eq!((reading.entries, drafts.len()), (2, 2));
//!
//! let fact = drafts.remove(0).received("monday", "2026-03-01T09:00:00Z".parse()?);
//! assert_eq!(fact.identifiers()[0].to_string(), "email:ada@x.io");
//! let aside = reading.set_aside[0].finding.to_string();
//! assert!(aside.starts_with("crm.csv, row 2, column `Geburtsdatum`: `30.02.1976` is not a date"), "{aside}");
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! It never knows about profiles or matching: that two rows are one customer is nothing that a file could say.

#[cfg(feature = "calendar")]
mod calendar;
#[cfg(feature = "card")]
mod card;
mod error;
mod excerpt;
mod infer;
mod jsonl;
#[cfg(feature = "mail")]
mod mail;
mod mapping;
mod read;
mod rows;
mod set_aside;
mod sources;
mod suggest;
mod table;

#[cfg(feature = "calendar")]
pub use calendar::{Attendee, Meeting, Method, read_calendar, write_calendar};
#[cfg(feature = "card")]
pub use card::{CardVersion, read_cards, write_card};
pub use error::ConnectError;
pub use excerpt::copy_rows;
pub use infer::{InferOptions, infer};
#[cfg(feature = "mail")]
pub use mail::{Content, Field, Mail, Mailbox, Passages, passages, read_mail};
pub use mapping::{Columns, Mapping, Role, Rows, SourceMapping};
pub use read::{Entry, Reading, map, read};
pub use set_aside::SetAside;
pub use sources::{Format, SourceFile, discover};
pub use suggest::did_you_mean;
pub use table::{Encoding, Table, TableOptions};

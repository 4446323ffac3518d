//! The newsletter list: another vendor's headers, Latin-1, days first, and little on most rows.

use std::path::Path;

use super::sheet;
use crate::calendar::{self, TODAY};
use crate::capture::{Draw, capture};
use crate::channel::NEWSLETTER;
use crate::error::SampleError;
use crate::population::Person;
use crate::record::Record;
use crate::sheet::{Sheet, line};
use crate::text;

const HEADER: &str = "Email Address,First Name,Last Name,Date of Birth,Postcode,Opt-in Time,Status\n";

/// Subscribers who signed up twice.
const TWICE: u32 = 30;

pub(crate) struct Newsletter {
    list: Sheet,
}

impl Newsletter {
    pub(crate) fn create(folder: &Path, seed: u64) -> Result<Self, SampleError> {
        Ok(Self { list: sheet(folder, "newsletter.csv", HEADER.as_bytes(), seed)? })
    }

    /// Writes a person's subscription, if one of their addresses is free.
    pub(crate) fn add(
        &mut self,
        person: &Person,
        draw: &mut Draw,
        records: &mut Vec<Record>,
    ) -> Result<(), SampleError> {
        let at = draw.random.day(person.first_day(), TODAY);
        let Some(mut fields) = capture(person, &NEWSLETTER, at, draw) else { return Ok(()) };
        // The list has no such columns.
        for absent in [&mut fields.street, &mut fields.city, &mut fields.country] {
            absent.clear();
        }
        fields.title = "";
        for name in [&mut fields.first_name, &mut fields.last_name] {
            *name = text::to_latin_1(name).into_iter().map(char::from).collect();
        }
        for _ in 0..1 + u32::from(draw.random.chance(TWICE)) {
            let random = &mut *draw.random;
            let row = line(
                b',',
                &[
                    &fields.email,
                    &fields.first_name,
                    &fields.last_name,
                    &fields.birth_date.map_or(String::new(), |born| born.format("%d/%m/%Y").to_string()),
                    &fields.postcode,
                    &calendar::to_second(calendar::moment(at, random)),
                    random.weighted(&[("subscribed", 80), ("unsubscribed", 14), ("bounced", 6)]),
                ],
            );
            self.list.push(text::to_latin_1(&String::from_utf8_lossy(&row)), 1)?;
        }
        let (key, country) = (fields.email_key(), person.home.now.country);
        records.push(Record { source: NEWSLETTER.source, key, person: person.number, country, fields });
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<(&'static str, u64), SampleError> {
        Ok(("newsletter.csv", self.list.finish()?))
    }
}

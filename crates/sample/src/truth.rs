//! The truth, and the flat list of person records for matching alone.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::SampleError;
use crate::population::person_id;
use crate::random::Random;
use crate::record::Record;
use crate::sheet::{Sheet, line, shuffle};
use crate::sources::{Presence, sheet};

const PEOPLE: &str = "id,source,title,first_name,last_name,birthdate,email,phone,street,city,postcode,country\n";

/// The stream that orders the list of people.
const PEOPLE_STREAM: u64 = 1 << 59;

pub(crate) struct Truth {
    folder: PathBuf,
    records: Sheet,
    visits: Sheet,
    people: Vec<(Vec<u8>, u32)>,
    random: Random,
}

impl Truth {
    pub(crate) fn create(folder: &Path, seed: u64) -> Result<Self, SampleError> {
        let truth = folder.join("truth");
        Ok(Self {
            records: sheet(&truth, "records.csv", b"source,key,customer\n", seed)?,
            visits: sheet(&truth, "visits.csv", b"anonymous_id,customer,from\n", seed)?,
            folder: folder.to_owned(),
            people: Vec::new(),
            random: Random::new(seed, PEOPLE_STREAM),
        })
    }

    pub(crate) fn add(&mut self, record: &Record) -> Result<(), SampleError> {
        let row = line(b',', &[record.source, &record.key, &person_id(record.person)]);
        self.records.push(row, 1)?;
        let fields = &record.fields;
        if !fields.first_name.is_empty() || !fields.last_name.is_empty() {
            let row = line(
                b',',
                &[
                    record.source,
                    fields.title,
                    &fields.first_name,
                    &fields.last_name,
                    &fields.birth_date.map_or(String::new(), |born| born.to_string()),
                    &fields.email,
                    fields.any_phone(),
                    &fields.street,
                    &fields.city,
                    &fields.postcode,
                    &fields.country,
                ],
            );
            self.people.push((row, record.person));
        }
        Ok(())
    }

    pub(crate) fn add_presence(&mut self, presence: &Presence) -> Result<(), SampleError> {
        let from = crate::calendar::to_second(presence.from);
        self.visits.push(line(b',', &[&presence.anonymous_id, &person_id(presence.person), &from]), 1)
    }

    /// Writes what waits; the number of people listed.
    pub(crate) fn finish(mut self) -> Result<u64, SampleError> {
        self.records.finish()?;
        self.visits.finish()?;
        shuffle(&mut self.people, &mut self.random);
        let list = self.folder.join("people.csv");
        write(&list, |out| {
            out.write_all(PEOPLE.as_bytes())?;
            self.people.iter().enumerate().try_for_each(|(place, (row, _))| {
                write!(out, "r{:06},", place + 1)?;
                out.write_all(row)
            })
        })?;
        write(&self.folder.join("truth").join("people.csv"), |out| {
            out.write_all(b"id,customer\n")?;
            self.people
                .iter()
                .enumerate()
                .try_for_each(|(place, (_, person))| writeln!(out, "r{:06},{}", place + 1, person_id(*person)))
        })?;
        Ok(self.people.len() as u64)
    }
}

fn write(path: &Path, fill: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>) -> Result<(), SampleError> {
    let written = File::create(path).map(BufWriter::new).and_then(|mut out| {
        fill(&mut out)?;
        out.flush()
    });
    written.map_err(|source| SampleError::write(path, source))
}

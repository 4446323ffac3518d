//! [`Cells`]: one column of the rows in memory, as text.

use onefold_fact::Reason;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{DataType, Int96};
use parquet::errors::ParquetError;

use super::super::MAX_CELL;
use super::form::Form;

/// One column of the rows in memory: its cells end to end.
pub(super) struct Cells {
    reader: ColumnReader,
    form: Form,
    /// The definition level of a value; below it there is none. 0 if there always is one.
    defined: i16,
    texts: Texts,
}

/// Cells that are no text, with their row in memory.
type Broken = Vec<(usize, Vec<u8>, Reason)>;

#[derive(Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
    levels: Vec<i16>,
    broken: Broken,
}

impl Cells {
    pub(super) fn new(reader: ColumnReader, form: Form, defined: i16) -> Self {
        Self { reader, form, defined, texts: Texts::default() }
    }

    /// The cell of a row in memory, without surrounding space; empty if it has no value.
    pub(super) fn get(&self, row: usize) -> &str {
        let Texts { text, ends, .. } = &self.texts;
        let start = row.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        ends.get(row).and_then(|end| text.get(start..*end)).unwrap_or("").trim()
    }

    /// The cells that are no text since this was last asked.
    pub(super) fn take_broken(&mut self) -> Broken {
        std::mem::take(&mut self.texts.broken)
    }

    /// Reads further rows into memory, in place of those that are there, and says how many.
    pub(super) fn read(&mut self, most: usize) -> Result<usize, ParquetError> {
        let Self { reader, form, defined, texts } = self;
        let (form, defined) = (*form, *defined);
        let float = |number: f64, text: &mut String| {
            if number.is_finite() {
                text.push_str(&number.to_string());
            }
        };
        match reader {
            ColumnReader::BoolColumnReader(reader) => texts.read(reader, most, defined, |value, texts, _| {
                texts.text.push_str(if *value { "true" } else { "false" });
            }),
            ColumnReader::Int32ColumnReader(reader) => texts.read(reader, most, defined, |value, texts, _| {
                form.integer(i64::from(*value), false, &mut texts.text);
            }),
            ColumnReader::Int64ColumnReader(reader) => texts.read(reader, most, defined, |value, texts, _| {
                form.integer(*value, true, &mut texts.text);
            }),
            ColumnReader::Int96ColumnReader(reader) => texts.read(reader, most, defined, |value, texts, _| {
                Form::Timestamp(1_000_000_000, false).integer(nanoseconds(value), true, &mut texts.text);
            }),
            // Its own shortest digits: as a wider number 0.1 would have sixteen.
            ColumnReader::FloatColumnReader(reader) => texts.read(reader, most, defined, |value, texts, _| {
                if value.is_finite() {
                    texts.text.push_str(&value.to_string());
                }
            }),
            ColumnReader::DoubleColumnReader(reader) => texts.read(reader, most, defined, |value, texts, _| {
                float(*value, &mut texts.text);
            }),
            ColumnReader::ByteArrayColumnReader(reader) => texts.read(reader, most, defined, |value, texts, row| {
                texts.push(value.data(), form, row);
            }),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                texts.read(reader, most, defined, |value, texts, row| texts.push(value.data(), form, row))
            }
        }
    }
}

fn nanoseconds(value: &Int96) -> i64 {
    value.to_nanos()
}

impl Texts {
    fn read<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        most: usize,
        defined: i16,
        mut write: impl FnMut(&T::T, &mut Self, usize),
    ) -> Result<usize, ParquetError> {
        self.text.clear();
        self.ends.clear();
        self.levels.clear();
        let mut levels = std::mem::take(&mut self.levels);
        let mut values: Vec<T::T> = Vec::with_capacity(most);
        let (rows, _, _) = reader.read_records(most, Some(&mut levels), None, &mut values)?;
        let mut values = values.iter();
        for row in 0..rows {
            if (defined == 0 || levels.get(row) == Some(&defined))
                && let Some(value) = values.next()
            {
                write(value, self, row);
            }
            self.ends.push(self.text.len());
        }
        self.levels = levels;
        Ok(rows)
    }

    /// Adds bytes as text.
    fn push(&mut self, bytes: &[u8], form: Form, row: usize) {
        if form.bytes(bytes, &mut self.text) {
            return;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if text.len() <= MAX_CELL => self.text.push_str(text),
            Ok(_) => self.broken.push((row, bytes.to_vec(), Reason::Oversized)),
            Err(_) => self.broken.push((row, bytes.to_vec(), Reason::Encoding)),
        }
    }
}

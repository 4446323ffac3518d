//! A [`Resolver`] as bytes, and back.

use onefold_fact::RecordId;

use super::Resolver;
use crate::bytes::{Broken, Bytes, put, put_bytes, put_id, put_time};
use crate::records::{Column, Table};
use crate::weigh::{Model, ModelError};

/// What a snapshot begins with, and its version.
const MAGIC: &[u8; 8] = b"1fold-rs";
const VERSION: u32 = 1;

/// Bytes of the checksum.
const CHECKED: usize = 32;

/// Why a snapshot cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The bytes are something else.
    #[error("these {bytes} bytes are no snapshot of a resolver; expected what `Resolver::snapshot` gave")]
    Form {
        /// How many there are.
        bytes: usize,
    },
    /// The snapshot was written in another form.
    #[error("the snapshot has version {found}; this release reads version {VERSION}: load the records anew")]
    Version {
        /// The version that it names.
        found: u32,
    },
    /// The snapshot is not what was written.
    #[error(
        "the snapshot of {bytes} bytes was cut or changed: its checksum is not that of its content; load the records anew"
    )]
    Changed {
        /// How many bytes there are.
        bytes: usize,
    },
    /// The snapshot is of records with other columns.
    #[error("the snapshot has the columns {found}, and not {expected}: open it with the columns that it was made with")]
    Columns {
        /// Its columns.
        found: String,
        /// The columns it was opened with.
        expected: String,
    },
    /// The model within it is none.
    #[error("the model of the snapshot cannot be used")]
    Model(#[from] ModelError),
}

impl Resolver {
    /// All that the resolver knows, as bytes: the model, the records in standard form, the evidence between them, the
    /// customers and the decisions. They follow from what is known alone, not from how it came to be known, and hold no
    /// value that no record holds any more, beside those that the model names.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let order = self.order();
        let mut numbers = vec![u32::MAX; self.ids.ids.len()];
        for (number, place) in (0..).zip(&order) {
            numbers[*place as usize] = number;
        }
        let mut out = MAGIC.to_vec();
        put(&mut out, u64::from(VERSION));
        put_bytes(&mut out, columns(self.table.columns()).as_bytes());
        put_bytes(&mut out, self.model.to_json().as_bytes());
        self.table.pack(&order, &mut out);
        for place in &order {
            let founder = numbers[self.customers.founder(*place) as usize];
            put_id(&mut out, self.ids.ids[*place as usize]);
            put_time(&mut out, self.ids.since[*place as usize]);
            put(&mut out, u64::from(founder));
            let number = |(other, bits): &(u32, f32)| (numbers[*other as usize], *bits);
            let own = numbers[*place as usize];
            let mut later: Vec<(u32, f32)> =
                self.links.of(*place).iter().map(number).filter(|(other, _)| *other > own).collect();
            later.sort_unstable_by_key(|(other, _)| *other);
            put(&mut out, later.len() as u64);
            for (other, bits) in later {
                put(&mut out, u64::from(other));
                out.extend_from_slice(&bits.to_le_bytes());
            }
        }
        put(&mut out, self.decided.len() as u64);
        for ((a, b), same) in &self.decided {
            put_id(&mut out, *a);
            put_id(&mut out, *b);
            out.push(u8::from(*same));
        }
        let sum = blake3::hash(&out);
        out.extend_from_slice(sum.as_bytes());
        out
    }

    /// The resolver of which a snapshot was taken. Its columns say how later records are read.
    ///
    /// ```
    /// # use onefold_fact::{Kind, RecordId, RecordKey, Silent, Source};
    /// # use onefold_identity::{Column, Linker, Records, Resolver};
    /// # let columns = vec![Column::new("name", Kind::FullName), Column::new("email", Kind::Email)];
    /// # let mut builder = Records::builder(columns.clone());
    /// # builder.push([(0, "Ada Byron"), (1, "ada@x.io")]);
    /// # builder.push([(0, "Mary Shelley"), (1, "ada@x.io")]);
    /// # let records = builder.finish();
    /// # let model = Linker::new(&records, &mut Silent).expected().clone();
    /// # let id = RecordId::of(&Source::from("crm"), &RecordKey::person("17"));
    /// # let at = "2026-03-01T09:00:00Z".parse()?;
    /// let mut resolver = Resolver::new(columns.clone(), model)?;
    /// resolver.insert(id, at, [(0, "Ada Byron")]);
    /// let bytes = resolver.snapshot();
    /// let opened = Resolver::open(columns.clone(), &bytes)?;
    /// assert_eq!(opened.customer(id), resolver.customer(id));
    /// assert!(Resolver::open(columns, &bytes[..bytes.len() - 1]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the bytes are no snapshot, were cut or changed, have another version, or are of records with other columns.
    pub fn open(columns: Vec<Column>, snapshot: &[u8]) -> Result<Self, SnapshotError> {
        let bytes = snapshot.len();
        let form = |Broken| SnapshotError::Form { bytes };
        let start = snapshot.strip_prefix(MAGIC).ok_or(SnapshotError::Form { bytes })?;
        let found = Bytes::new(start).below(u64::from(u32::MAX)).map_err(form)?;
        if found != VERSION {
            return Err(SnapshotError::Version { found });
        }
        let (content, sum) = snapshot.split_last_chunk::<CHECKED>().ok_or(SnapshotError::Changed { bytes })?;
        if blake3::hash(content) != *sum {
            return Err(SnapshotError::Changed { bytes });
        }
        let mut content = Bytes::new(content.get(MAGIC.len()..).unwrap_or(&[]));
        content.number().map_err(form)?;
        let (found, expected) = (content.text().map_err(form)?, self::columns(&columns));
        if found != expected {
            return Err(SnapshotError::Columns { found: found.to_owned(), expected });
        }
        let model = Model::from_json(content.text().map_err(form)?)?;
        Table::new(columns.clone(), &model)?;
        let table = Table::unpack(&columns, &model, &mut content).map_err(form)?;
        let mut resolver = Self::under(table, model);
        resolver.unpack(&mut content).map_err(form)?;
        Ok(resolver)
    }

    /// Reads what is beside the table.
    fn unpack(&mut self, bytes: &mut Bytes<'_>) -> Result<(), Broken> {
        let len = self.table.records().len();
        let mut founders = Vec::with_capacity(len);
        let mut last: Option<RecordId> = None;
        for place in 0..u32::try_from(len).map_err(|_| Broken)? {
            let id = bytes.id()?;
            if last.is_some_and(|last| last >= id) {
                return Err(Broken);
            }
            last = Some(id);
            let since = bytes.time()?;
            self.ids.add(place, id, since);
            founders.push(bytes.below(len as u64)?);
            for _ in 0..bytes.count()? {
                let other = bytes.below(len as u64)?;
                let bits = f32::from_le_bytes(bytes.array()?);
                if other <= place || bits.is_nan() {
                    return Err(Broken);
                }
                self.links.add(place, other, f64::from(bits));
            }
        }
        self.customers = super::Customers::of(founders);
        for _ in 0..bytes.count()? {
            let pair = (bytes.id()?, bytes.id()?);
            let same = bytes.below(2)? == 1;
            self.settled(pair.0, pair.1, Some(same));
        }
        if !bytes.is_empty() {
            return Err(Broken);
        }
        self.index();
        Ok(())
    }
}

/// The columns in one line, as a snapshot holds them.
fn columns(columns: &[Column]) -> String {
    let column = |column: &Column| {
        let exclusive = if column.is_exclusive() { " (exclusive)" } else { "" };
        format!("`{}`: {:?}{exclusive}", column.name(), column.kind())
    };
    columns.iter().map(column).collect::<Vec<_>>().join(", ")
}

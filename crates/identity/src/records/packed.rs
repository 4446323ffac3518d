//! A [`Table`] as bytes: by field the texts that are held, each once, and which of them each record has.

use rayon::prelude::*;

use super::assemble::complete_names;
use super::cells::Cells;
use super::values::Values;
use super::{Column, Records, Symbol, Table};
use crate::bytes::{Broken, Bytes, put, put_bytes};
use crate::weigh::Model;

/// A cell without a value, and one of several; a cell of one value is its number behind these.
const NONE: u64 = 0;
const SEVERAL: u64 = 1;
const ONE: u64 = 2;

/// Room for a number that a text was not given yet.
const UNSEEN: u32 = u32::MAX;

impl Table {
    /// Appends the records at these places, in this order. What is written depends on what they say alone: a text that
    /// no record holds any more is not in it, and texts are numbered in the order of the records.
    pub(crate) fn pack(&self, order: &[u32], out: &mut Vec<u8>) {
        let records = self.records();
        put(out, order.len() as u64);
        for place in order {
            out.extend_from_slice(&records.fingerprint(*place).to_le_bytes());
        }
        let full = records.layout().name().map(|name| name.full);
        let fields: Vec<usize> = (0..records.values.len()).filter(|field| Some(*field) != full).collect();
        let packed: Vec<Vec<u8>> = fields.par_iter().map(|field| packed(records, *field, order)).collect();
        packed.iter().for_each(|field| put_bytes(out, field));
    }

    /// Reads what [`pack`](Self::pack) wrote: the records are at the places from 0 on. The model has to fit the columns.
    pub(crate) fn unpack(columns: &[Column], model: &Model, bytes: &mut Bytes<'_>) -> Result<Self, Broken> {
        let mut records = Records::builder(columns.to_vec()).lay_out();
        let count = bytes.count()?;
        let len = u32::try_from(count).map_err(|_| Broken)?;
        for _ in 0..count {
            records.fingerprints.push(u64::from_le_bytes(bytes.array()?));
        }
        let full = records.layout().name().map(|name| name.full);
        let chances = records.layout().chances().to_vec();
        let sections: Vec<(f64, Option<&[u8]>)> = chances
            .into_iter()
            .enumerate()
            .map(|(field, chance)| Ok((chance, if Some(field) == full { None } else { Some(bytes.bytes()?) })))
            .collect::<Result<_, Broken>>()?;
        let fields: Vec<(Values, Cells)> = sections
            .into_par_iter()
            .map(|(chance, section)| match section {
                Some(section) => unpacked(chance, Bytes::new(section), count),
                None => Ok((Values::new(chance), Cells::new(1))),
            })
            .collect::<Result<_, Broken>>()?;
        for record in 0..len {
            fields.iter().for_each(|(_, cells)| records.cells.push(cells.of(record, 0)));
        }
        records.values = fields.into_iter().map(|(values, _)| values).collect();
        records.len = len;
        complete_names(&mut records);
        Ok(Self::within(records, columns.to_vec(), model))
    }
}

/// One field of some records.
fn packed(records: &Records, at: usize, order: &[u32]) -> Vec<u8> {
    let field = records.field(at);
    let mut numbers = vec![UNSEEN; field.len()];
    let (mut texts, mut cells, mut count) = (Vec::new(), Vec::new(), 0_u32);
    let mut number = |symbol: Symbol| -> u64 {
        let Some(number) = numbers.get_mut(symbol as usize) else { return 0 };
        if *number == UNSEEN {
            *number = count;
            count += 1;
            put_bytes(&mut texts, field.text(symbol).as_bytes());
        }
        u64::from(*number)
    };
    for place in order {
        let mut symbols: Vec<Symbol> = field.of(*place).to_vec();
        symbols.extend(records.generic(*place, at));
        symbols.sort_unstable_by(|a, b| field.text(*a).cmp(field.text(*b)));
        match symbols.as_slice() {
            [] => put(&mut cells, NONE),
            [symbol] => put(&mut cells, ONE + number(*symbol)),
            several => {
                put(&mut cells, SEVERAL);
                put(&mut cells, several.len() as u64);
                several.iter().for_each(|symbol| put(&mut cells, number(*symbol)));
            }
        }
    }
    let mut out = Vec::with_capacity(texts.len() + cells.len() + 10);
    put(&mut out, u64::from(count));
    out.append(&mut texts);
    out.append(&mut cells);
    out
}

fn unpacked(chance: f64, mut bytes: Bytes<'_>, records: usize) -> Result<(Values, Cells), Broken> {
    let mut values = Values::new(chance);
    let texts = bytes.count()?;
    for at in 0..texts {
        // A text that stands twice would make one number mean two texts.
        if values.intern(bytes.text()?) as usize != at {
            return Err(Broken);
        }
    }
    let texts = texts as u64;
    let mut cells = Cells::new(1);
    let mut symbols = Vec::new();
    for _ in 0..records {
        symbols.clear();
        match bytes.number()? {
            NONE => {}
            SEVERAL => {
                for _ in 0..bytes.count()? {
                    symbols.push(bytes.below(texts)?);
                }
            }
            one => symbols.push(u32::try_from(one - ONE).ok().filter(|one| u64::from(*one) < texts).ok_or(Broken)?),
        }
        cells.push(&symbols);
    }
    if bytes.is_empty() { Ok((values, cells)) } else { Err(Broken) }
}

//! From columns of raw cells to [`Records`]: standard forms, then fields, then rows, each side by side.

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::builder::RawColumn;
use super::cells::Cells;
use super::intern::Symbol;
use super::layout::{Layout, Name};
use super::sources::Sources;
use super::standardise::Forms;
use super::values::Values;
use super::{Records, generic};

/// So many records are assembled in one go.
const CHUNK: usize = 4096;

const FINGERPRINT: u64 = 0x6f6e_6566_6f6c_6400;
const FINGERPRINTS: FixedState = FixedState::with_seed(FINGERPRINT);

/// A field, with what each column says of it.
struct Filled {
    values: Values,
    /// By column that fills it: its position, whether it counts only for want of better, and by distinct cell of it what
    /// that says.
    by: Vec<(usize, bool, Cells)>,
    /// By symbol: a hash of its text.
    prints: Vec<u64>,
}

/// The finished table.
pub(super) fn assemble(columns: Vec<RawColumn>, layout: Layout, sources: Sources, len: u32) -> Records {
    let mut records = laid_out(columns, layout, sources, len);
    records.count();
    generic::set_aside(&mut records);
    records.sketch();
    records.weigh();
    records
}

/// The table with nothing counted, set aside or weighed yet.
pub(super) fn laid_out(columns: Vec<RawColumn>, layout: Layout, sources: Sources, len: u32) -> Records {
    let said: Vec<Vec<Forms>> = columns
        .par_iter()
        .enumerate()
        .map(|(at, column)| Forms::of(&column.column, layout.targets(at), &column.distinct))
        .collect();
    let fields: Vec<Filled> =
        layout.chances().par_iter().enumerate().map(|(at, chance)| Filled::of(at, *chance, &layout, &said)).collect();
    drop(said);
    let chunks: Vec<(Cells, Vec<u64>)> = (0..len as usize)
        .into_par_iter()
        .step_by(CHUNK)
        .map(|first| rows(first..(first + CHUNK).min(len as usize), &fields, &columns, layout.name()))
        .collect();
    drop(columns);
    let mut cells = Cells::new(fields.len());
    let mut fingerprints = Vec::with_capacity(len as usize);
    for (part, prints) in chunks {
        cells.append(part);
        fingerprints.extend(prints);
    }
    let values = fields.into_iter().map(|field| field.values).collect();
    let mut records = Records {
        len,
        cells,
        values,
        generic: BTreeMap::new(),
        layout,
        sources,
        fingerprints,
        one_name: Vec::new(),
        under: None,
    };
    complete_names(&mut records);
    records
}

/// Adds what follows from the names of records.
pub(super) fn complete_names(records: &mut Records) {
    add_full_names(records);
    records.one_name = one_name(records);
}

impl Filled {
    fn of(field: usize, chance: f64, layout: &Layout, said: &[Vec<Forms>]) -> Self {
        let mut values = Values::new(chance);
        let mut by = Vec::new();
        for (column, forms) in said.iter().enumerate() {
            for (target, forms) in
                layout.targets(column).iter().zip(forms).filter(|(target, _)| target.field() == field)
            {
                let mut cells = Cells::new(1);
                let symbols = values.intern_all(forms.all());
                forms.cells().for_each(|cell| cells.push(symbols.get(cell).unwrap_or(&[])));
                by.push((column, target.is_fallback(), cells));
            }
        }
        let prints = values.symbols().map(|symbol| FINGERPRINTS.hash_one(values.text(symbol))).collect();
        Self { values, by, prints }
    }

    /// Adds what a record says of the field, ordered by text, so that the order in which values were first seen does
    /// not show.
    fn settle(&self, record: u32, columns: &[RawColumn], symbols: &mut Vec<Symbol>) {
        symbols.clear();
        for wanted in [false, true] {
            for (column, _, said) in self.by.iter().filter(|(_, fallback, _)| *fallback == wanted) {
                let cells = columns.get(*column).map_or(&[][..], |column| column.cells.of(record, 0));
                cells.iter().for_each(|cell| symbols.extend_from_slice(said.of(*cell, 0)));
            }
            if !symbols.is_empty() {
                break;
            }
        }
        if symbols.len() > 1 {
            symbols.sort_unstable_by(|a, b| self.values.text(*a).cmp(self.values.text(*b)));
            symbols.dedup();
        }
    }
}

/// The cells and the fingerprints of some records.
fn rows(
    records: std::ops::Range<usize>,
    fields: &[Filled],
    columns: &[RawColumn],
    name: Option<Name>,
) -> (Cells, Vec<u64>) {
    let mut cells = Cells::new(fields.len());
    let mut prints = Vec::with_capacity(records.len());
    let mut symbols: Vec<Vec<Symbol>> = vec![Vec::new(); fields.len()];
    for record in records {
        let record = u32::try_from(record).unwrap_or(u32::MAX);
        fields.iter().zip(&mut symbols).for_each(|(field, symbols)| field.settle(record, columns, symbols));
        if let Some(name) = name {
            without_own(name, fields, &mut symbols);
        }
        let mut print = FINGERPRINT;
        for (field, symbols) in fields.iter().zip(&symbols) {
            for symbol in symbols {
                print = mix(print, field.prints.get(*symbol as usize).copied().unwrap_or(0));
            }
            print = mix(print, FINGERPRINT);
            cells.push(symbols);
        }
        prints.push(print);
    }
    (cells, prints)
}

/// The fingerprint of a record by the texts of its fields.
pub(super) fn fingerprint<'a>(fields: impl Iterator<Item = &'a [String]>) -> u64 {
    fields.fold(FINGERPRINT, |print, texts| {
        let print = texts.iter().fold(print, |print, text| mix(print, FINGERPRINTS.hash_one(text.as_str())));
        mix(print, FINGERPRINT)
    })
}

fn mix(print: u64, other: u64) -> u64 {
    let mixed = (print.rotate_left(29) ^ other).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

/// Takes what is the given or the family name out of the further names.
fn without_own(name: Name, fields: &[Filled], symbols: &mut [Vec<Symbol>]) {
    let Some(words) = name.words.filter(|words| symbols.get(*words).is_some_and(|words| !words.is_empty())) else {
        return;
    };
    let mut further = std::mem::take(&mut symbols[words]);
    further.retain(|symbol| {
        let word = fields[words].values.text(*symbol);
        ![name.given, name.family].into_iter().any(|part| {
            let own = symbols[part].iter().flat_map(|own| fields[part].values.text(*own).split(' '));
            own.into_iter().any(|token| token == word)
        })
    });
    symbols[words] = further;
}

/// Adds given and family name as one value, where a record has one of each.
fn add_full_names(records: &mut Records) {
    let Some(Name { given, family, full, .. }) = records.layout.name() else { return };
    let cells = &records.cells;
    let both = |record| {
        let ([first], [last]) = (cells.of(record, given), cells.of(record, family)) else { return None };
        Some((*first, *last, record))
    };
    // In the order of the names, so that each is looked up once; then in that of the records, as all values stand.
    let mut named: Vec<(Symbol, Symbol, u32)> = (0..records.len).into_par_iter().filter_map(both).collect();
    named.par_sort_unstable();
    let mut names: Vec<&[(Symbol, Symbol, u32)]> = named.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).collect();
    names.par_sort_unstable_by_key(|holders| holders.first().map(|(_, _, record)| *record));
    let mut text = String::new();
    for holders in names {
        let Some((first, last, _)) = holders.first() else { continue };
        text.clear();
        text.extend([records.values[given].text(*first), " ", records.values[family].text(*last)]);
        let symbol = records.values[full].intern(&text);
        holders.iter().for_each(|(_, _, record)| records.cells.replace(*record, full, &[symbol]));
    }
}

fn one_name(records: &Records) -> Vec<bool> {
    if records.layout.name().is_none() {
        return vec![false; records.len as usize];
    }
    (0..records.len).into_par_iter().map(|record| is_one_name(records, record)).collect()
}

/// Whether just one name is known of a record.
pub(super) fn is_one_name(records: &Records, record: u32) -> bool {
    let Some(name) = records.layout.name() else { return false };
    let (given, family) = (records.field(name.given), records.field(name.family));
    match (given.of(record), family.of(record)) {
        ([_], []) | ([], [_]) => true,
        ([g], [f]) => given.text(*g) == family.text(*f),
        _ => false,
    }
}

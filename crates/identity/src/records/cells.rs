//! [`Cells`]: which values each record has.

use super::intern::Symbol;

/// The values of all records, record by record, so that comparing two records touches two places in memory. Nearly
/// every cell holds no value or one; a cell of several points at a list.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    fields: usize,
    /// By record and field: [`NONE`], a symbol, or [`LIST`] and the position of a list.
    cells: Vec<u32>,
    lists: Vec<Box<[Symbol]>>,
    /// Lists that no cell points at any more.
    free: Vec<u32>,
}

const NONE: u32 = u32::MAX;
const LIST: u32 = 1 << 31;

impl Cells {
    pub(crate) fn new(fields: usize) -> Self {
        Self { fields, ..Self::default() }
    }

    /// Adds the cell of the next field of the record being added.
    pub(crate) fn push(&mut self, symbols: &[Symbol]) {
        let cell = self.cell(symbols);
        self.cells.push(cell);
    }

    /// Adds empty cells up to a record, where there is one field only.
    pub(super) fn push_up_to(&mut self, record: u32) {
        self.cells.resize(self.cells.len().max(record as usize), NONE);
    }

    /// Adds the records of another such table behind these.
    pub(super) fn append(&mut self, other: Self) {
        let lists = u32::try_from(self.lists.len()).unwrap_or(0);
        let moved = |cell: u32| if cell != NONE && cell & LIST != 0 { cell + lists } else { cell };
        self.cells.extend(other.cells.into_iter().map(moved));
        self.lists.extend(other.lists);
    }

    fn cell(&mut self, symbols: &[Symbol]) -> u32 {
        match symbols {
            [] => NONE,
            [symbol] => *symbol,
            several => {
                let free = self.free.pop();
                if let Some((at, list)) = free.and_then(|at| Some((at, self.lists.get_mut(at as usize)?))) {
                    *list = several.into();
                    return LIST | at;
                }
                self.lists.push(several.into());
                LIST | u32::try_from(self.lists.len() - 1).unwrap_or(0)
            }
        }
    }

    /// The number of records.
    pub(crate) fn records(&self) -> usize {
        self.cells.len() / self.fields.max(1)
    }

    /// The values of a record in a field.
    pub(crate) fn of(&self, record: u32, field: usize) -> &[Symbol] {
        let Some(cell) = self.cells.get(record as usize * self.fields + field) else { return &[] };
        match *cell {
            NONE => &[],
            list if list & LIST != 0 => self.lists.get((list & !LIST) as usize).map_or(&[], |list| list),
            _ => std::slice::from_ref(cell),
        }
    }

    /// Puts other values in place of those of a record in a field.
    pub(crate) fn replace(&mut self, record: u32, field: usize, symbols: &[Symbol]) {
        let at = record as usize * self.fields + field;
        let Some(former) = self.cells.get(at).copied() else { return };
        if former != NONE && former & LIST != 0 {
            self.free.push(former & !LIST);
        }
        let cell = self.cell(symbols);
        if let Some(place) = self.cells.get_mut(at) {
            *place = cell;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_none_one_and_several() {
        let mut cells = Cells::new(3);
        cells.push(&[]);
        cells.push(&[7]);
        cells.push(&[4, 9, 2]);
        assert_eq!([cells.of(0, 0), cells.of(0, 1), cells.of(0, 2)], [&[][..], &[7], &[4, 9, 2]]);
        cells.replace(0, 2, &[9]);
        assert_eq!((cells.of(0, 2), cells.of(1, 0)), (&[9][..], &[][..]));
    }
}

//! [`Membership`]: in which blocks each record is.

use super::Pass;

/// In which blocks each record is, record by record, so that asking where two records meet touches two places in
/// memory. Nearly every record is in no or one block of a pass; one of several points at a list.
#[derive(Debug)]
pub(super) struct Membership {
    passes: usize,
    /// By record and pass: [`NONE`], a block, or [`LIST`] and the position of a list.
    blocks: Vec<u32>,
    lists: Vec<Vec<u32>>,
}

const NONE: u32 = u32::MAX;
const LIST: u32 = 1 << 31;

impl Membership {
    pub(super) fn of(records: usize, passes: &[Pass]) -> Self {
        let mut membership =
            Self { passes: passes.len(), blocks: vec![NONE; records * passes.len()], lists: Vec::new() };
        for (at, pass) in passes.iter().enumerate() {
            for (block, members) in (0..).zip(pass.blocks()) {
                members.iter().for_each(|record| membership.add(*record, at, block));
            }
        }
        membership
    }

    fn add(&mut self, record: u32, pass: usize, block: u32) {
        let Self { passes, blocks, lists } = self;
        let Some(place) = blocks.get_mut(record as usize * *passes + pass) else { return };
        match *place {
            NONE => *place = block,
            list if list & LIST != 0 => {
                if let Some(list) = lists.get_mut((list & !LIST) as usize) {
                    list.push(block);
                }
            }
            one => {
                *place = LIST | u32::try_from(lists.len()).unwrap_or(0);
                lists.push(vec![one, block]);
            }
        }
    }

    fn row(&self, record: u32) -> &[u32] {
        let start = record as usize * self.passes;
        self.blocks.get(start..start + self.passes).unwrap_or(&[])
    }

    /// The first pass, and the first block of it, in which two records meet.
    pub(super) fn first_meeting(&self, a: u32, b: u32) -> Option<(usize, u32)> {
        let rows = self.row(a).iter().zip(self.row(b)).enumerate();
        rows.filter_map(|(pass, (x, y))| Some((pass, self.common(*x, *y)?))).next()
    }

    /// The first block of a pass in which two records meet.
    pub(super) fn meeting(&self, pass: usize, a: u32, b: u32) -> Option<u32> {
        self.common(*self.row(a).get(pass)?, *self.row(b).get(pass)?)
    }

    fn common(&self, x: u32, y: u32) -> Option<u32> {
        if x == NONE || y == NONE {
            return None;
        }
        if (x | y) & LIST == 0 {
            return (x == y).then_some(x);
        }
        let (x, y) = (&self.several(&x), &self.several(&y));
        x.iter().find(|block| y.contains(block)).copied()
    }

    fn several<'a>(&'a self, cell: &'a u32) -> &'a [u32] {
        if *cell & LIST == 0 {
            std::slice::from_ref(cell)
        } else {
            self.lists.get((*cell & !LIST) as usize).map_or(&[], Vec::as_slice)
        }
    }
}

//! Another model, or other columns: what it would change, and taking it.

use std::collections::BTreeMap;

use onefold_fact::{CustomerId, RecordId};

use super::change::{changes, moved};
use super::{Change, Resolution, Resolver};
use crate::bytes::Bytes;
use crate::records::{Column, Table};
use crate::weigh::{Model, ModelError};

impl Resolver {
    /// What another model would change, without taking it: another threshold
    /// ([`with_threshold`](Model::with_threshold)), or weights that were learned anew. `columns` are those of the
    /// resolver, or the same names and kinds with other policies ([`joining`](Column::joining),
    /// [`exclusive`](Column::exclusive), [`shared_by`](Column::shared_by)); patterns never to be used count for records
    /// that come later. It takes the time of [`load`](Self::load) and the memory of a second resolver.
    ///
    /// # Errors
    /// If the model compares other things than the columns hold.
    pub fn simulate_model(&self, columns: &[Column], model: &Model) -> Result<Vec<Change>, ModelError> {
        let other = self.under_another(columns, model)?;
        Ok(changes(&self.all(), &other.all(), None))
    }

    /// Resolves all records anew under another model, or other policies of the columns: what
    /// [`simulate_model`](Self::simulate_model) shows.
    ///
    /// # Errors
    /// If the model compares other things than the columns hold; nothing has changed then.
    pub fn adopt(&mut self, columns: &[Column], model: &Model) -> Result<Resolution, ModelError> {
        let before = self.all();
        *self = self.under_another(columns, model)?;
        let now = self.all();
        Ok(Resolution { changes: changes(&before, &now, None), moved: moved(&before, &now), ..Resolution::default() })
    }

    fn under_another(&self, columns: &[Column], model: &Model) -> Result<Self, ModelError> {
        // A model that fits both has the fields of both.
        model.fits(self.table.records())?;
        Table::new(columns.to_vec(), model)?;
        let order = self.order();
        let mut packed = Vec::new();
        self.table.pack(&order, &mut packed);
        let Ok(table) = Table::unpack(columns, model, &mut Bytes::new(&packed)) else {
            return Err(model.misfit(self.table.records().layout()));
        };
        let mut other = Self::under(table, model.clone());
        for (place, from) in (0..).zip(&order) {
            other.ids.add(place, self.ids.ids[*from as usize], self.ids.since[*from as usize]);
            other.customers.add(place);
        }
        (other.decided, other.decided_of) = (self.decided.clone(), self.decided_of.clone());
        other.index();
        other.link_all();
        other.solve_all();
        Ok(other)
    }

    /// The places of all records, in the order of their ids.
    pub(super) fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = self.ids.places.iter().copied().collect();
        order.sort_unstable_by_key(|place| self.ids.ids[*place as usize]);
        order
    }

    /// By record: its customer.
    fn all(&self) -> BTreeMap<RecordId, CustomerId> {
        let founder = |place: u32| CustomerId::from(self.ids.ids[self.customers.founder(place) as usize]);
        self.ids.places.iter().map(|place| (self.ids.ids[*place as usize], founder(*place))).collect()
    }
}

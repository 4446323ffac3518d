//! [`Few`]: entries of which there is mostly one.

use std::ops::{Deref, DerefMut};

/// Entries in order. A single one takes no memory of its own, and most columns of most subjects have a single one.
#[derive(Debug, Clone)]
pub(super) enum Few<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Few::Many(Vec::new())
    }
}

impl<T> Few<T> {
    pub(super) fn insert(&mut self, place: usize, entry: T) {
        *self = match std::mem::take(self) {
            Few::Many(none) if none.is_empty() => Few::One(entry),
            Few::One(other) if place == 0 => Few::Many(vec![entry, other]),
            Few::One(other) => Few::Many(vec![other, entry]),
            Few::Many(mut many) => {
                grow(&mut many);
                many.insert(place, entry);
                Few::Many(many)
            }
        };
    }

    pub(super) fn remove(&mut self, place: usize) {
        match self {
            Few::One(_) => *self = Few::default(),
            Few::Many(many) => drop(many.remove(place)),
        }
    }

    /// How many bytes it takes, itself not counted.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Few::One(_) => 0,
            Few::Many(many) => many.capacity() * size_of::<T>(),
        }
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Few::One(one) => std::slice::from_ref(one),
            Few::Many(many) => many,
        }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Few::One(one) => std::slice::from_mut(one),
            Few::Many(many) => many,
        }
    }
}

/// Makes room for one more, and for an eighth as many: there are many of these, and most have few entries.
pub(super) fn grow<T>(entries: &mut Vec<T>) {
    if entries.len() == entries.capacity() {
        entries.reserve_exact(entries.len() / 8 + 1);
    }
}

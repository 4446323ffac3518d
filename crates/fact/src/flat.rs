//! [`FlatMap`]: a small map that is read far more often than it is changed.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::iter::Map;
use std::marker::PhantomData;
use std::ops::Index;
use std::slice::Iter;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::{DigestInto, Digester};

/// A map whose entries stand side by side in the order of their keys, without room to spare. Clones share it.
///
/// The maps of a customer have a handful of entries each, and there are millions of them: the nodes of a B-tree would
/// mostly be empty. What it costs is that each change copies the entries, so many are collected rather than inserted.
///
/// ```
/// use onefold_fact::FlatMap;
///
/// let mut seats: FlatMap<&str, i64> = [("pro", 3), ("basic", 1)].into();
/// assert_eq!(seats.get("pro"), Some(&3));
/// assert_eq!(seats.insert("pro", 4), Some(3));
/// assert_eq!(seats.iter().collect::<Vec<_>>(), [(&"basic", &1), (&"pro", &4)]);
/// ```
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlatMap<K, V> {
    /// Sorted by key, each key once; nothing of an empty map.
    entries: Option<Arc<[(K, V)]>>,
}

type Parts<'a, K, V> = fn(&'a (K, V)) -> (&'a K, &'a V);

/// The entries of a [`FlatMap`], in the order of their keys.
pub type Entries<'a, K, V> = Map<Iter<'a, (K, V)>, Parts<'a, K, V>>;

fn parts<K, V>((key, value): &(K, V)) -> (&K, &V) {
    (key, value)
}

impl<K, V> FlatMap<K, V> {
    /// A map without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: None }
    }

    fn slice(&self) -> &[(K, V)] {
        self.entries.as_deref().unwrap_or_default()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slice().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_none()
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> Entries<'_, K, V> {
        self.slice().iter().map(parts)
    }

    /// The keys in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &K> + DoubleEndedIterator + Clone {
        self.slice().iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &V> + DoubleEndedIterator + Clone {
        self.slice().iter().map(|(_, value)| value)
    }

    /// The key and the value of an entry.
    #[must_use]
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.slice().get(self.place(key).ok()?).map(parts)
    }

    /// The value of a key.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    /// Whether there is an entry of this key.
    #[must_use]
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.slice().binary_search_by(|(other, _)| other.borrow().cmp(key))
    }

    /// Of entries sorted by key, each key once.
    fn of_sorted(entries: Vec<(K, V)>) -> Self {
        Self { entries: (!entries.is_empty()).then(|| entries.into()) }
    }
}

impl<K: Ord + Clone, V: Clone> FlatMap<K, V> {
    /// The value of a key, to be changed. Clones stay as they are.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Arc::make_mut(self.entries.as_mut()?).get_mut(place).map(|(_, value)| value)
    }

    /// Sets the value of a key, and returns what it was.
    pub fn insert(&mut self, key: impl Into<K>, value: V) -> Option<V> {
        let key = key.into();
        match self.get_mut(&key) {
            Some(held) => Some(std::mem::replace(held, value)),
            None => {
                let place = self.place(&key).unwrap_or_else(|place| place);
                self.add(place, key, value);
                None
            }
        }
    }

    /// The value of a key, which is set to what `value` gives if there is none.
    pub fn get_or_insert_with(&mut self, key: impl Into<K>, value: impl FnOnce() -> V) -> &mut V {
        let key = key.into();
        let place = self.place(&key).unwrap_or_else(|place| {
            self.add(place, key, value());
            place
        });
        &mut Arc::make_mut(self.entries.get_or_insert_with(|| Arc::new([])))[place].1
    }

    fn add(&mut self, place: usize, key: K, value: V) {
        let (before, after) = self.slice().split_at(place);
        let new = std::iter::once((key, value));
        let entries = before.iter().cloned().chain(new).chain(after.iter().cloned()).collect();
        *self = Self::of_sorted(entries);
    }

    /// Takes an entry out, and returns its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        let value = self.slice().get(place)?.1.clone();
        let others = self.slice().iter().enumerate().filter(|(at, _)| *at != place);
        *self = Self::of_sorted(others.map(|(_, entry)| entry.clone()).collect());
        Some(value)
    }

    /// Keeps the entries of which `keep` says so; it may change their values.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let Some(entries) = &mut self.entries else { return };
        let kept: Vec<bool> = Arc::make_mut(entries).iter_mut().map(|(key, value)| keep(key, value)).collect();
        if kept.contains(&false) {
            let kept = entries.iter().zip(kept).filter(|(_, kept)| *kept);
            *self = Self::of_sorted(kept.map(|(entry, _)| entry.clone()).collect());
        }
    }
}

impl<K, V> Clone for FlatMap<K, V> {
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone() }
    }
}

impl<K, V> Default for FlatMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for FlatMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// Of two entries of one key the latter counts.
impl<K: Ord, V> FromIterator<(K, V)> for FlatMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut entries: Vec<(K, V)> = entries.into_iter().collect();
        if !entries.is_sorted_by(|(a, _), (b, _)| a < b) {
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.dedup_by(|later, kept| {
                let same = later.0 == kept.0;
                if same {
                    std::mem::swap(later, kept);
                }
                same
            });
        }
        Self::of_sorted(entries)
    }
}

impl<K: Ord + Clone, V: Clone> Extend<(K, V)> for FlatMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        *self = std::mem::take(self).into_iter().chain(entries).collect();
    }
}

impl<N: Into<K>, K: Ord, V, const M: usize> From<[(N, V); M]> for FlatMap<K, V> {
    fn from(entries: [(N, V); M]) -> Self {
        entries.into_iter().map(|(key, value)| (key.into(), value)).collect()
    }
}

impl<N: Into<K>, K: Ord, V> From<BTreeMap<N, V>> for FlatMap<K, V> {
    fn from(entries: BTreeMap<N, V>) -> Self {
        entries.into_iter().map(|(key, value)| (key.into(), value)).collect()
    }
}

impl<'a, K, V> IntoIterator for &'a FlatMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Entries<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Clone, V: Clone> IntoIterator for FlatMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.slice().to_vec().into_iter()
    }
}

/// # Panics
/// When there is no entry of the key; [`FlatMap::get`] says so instead.
impl<K: Borrow<Q>, V, Q: Ord + ?Sized> Index<&Q> for FlatMap<K, V> {
    type Output = V;

    #[expect(clippy::expect_used, reason = "what indexing means")]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("an entry of this key")
    }
}

impl<K: DigestInto, V: DigestInto> DigestInto for FlatMap<K, V> {
    fn digest_into(&self, digester: &mut Digester) {
        digester.each(self);
    }
}

impl<K: Serialize, V: Serialize> Serialize for FlatMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for FlatMap<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<K, V>(PhantomData<(K, V)>);

        impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Object<K, V> {
            type Value = FlatMap<K, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries.into_iter().collect())
            }
        }

        deserializer.deserialize_map(Object(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// It is a map: whatever is inserted, taken out and kept, it holds what a B-tree holds, in the same order, and
        /// reads the same JSON. Catches a search in entries that are not sorted, an earlier entry that counts, and a
        /// clone that changes with its origin.
        #[test]
        fn is_a_map(
            collected in prop::collection::vec((0_u8..9, 0_u8..9), 0..9),
            changes in prop::collection::vec((0_u8..9, prop::option::of(0_u8..9)), 0..9),
        ) {
            let mut tree: BTreeMap<u8, u8> = collected.iter().copied().collect();
            let mut flat: FlatMap<u8, u8> = collected.into_iter().collect();
            let before = (tree.clone(), flat.clone());
            for (key, value) in changes {
                match value {
                    Some(value) => prop_assert_eq!(flat.insert(key, value), tree.insert(key, value)),
                    None => prop_assert_eq!(flat.remove(&key), tree.remove(&key)),
                }
                prop_assert_eq!(flat.get(&key), tree.get(&key));
            }
            flat.retain(|key, value| { *value += 1; key % 3 > 0 });
            tree.retain(|key, value| { *value += 1; key % 3 > 0 });
            for (flat, tree) in [(&before.1, &before.0), (&flat, &tree)] {
                prop_assert!(flat.iter().eq(tree.iter()));
                let json = serde_json::to_string(tree).expect("it is written");
                prop_assert_eq!(&serde_json::to_string(flat).expect("it is written"), &json);
                prop_assert_eq!(&serde_json::from_str::<FlatMap<u8, u8>>(&json).expect("it is read"), flat);
            }
        }
    }
}

//! The algebra of members is that of sets.

use std::collections::BTreeSet;

use onefold_segment::Members;
use proptest::collection::btree_set;
use proptest::prelude::*;

/// Places near each other, and others blocks away.
fn any_set() -> impl Strategy<Value = BTreeSet<u32>> {
    let place = (prop_oneof![Just(0_u32), Just(1 << 18), Just(5 << 18), Just(u32::MAX - 40)], 0_u32..40);
    btree_set(place.prop_map(|(from, place)| from + place), 0..60)
}

proptest! {
    /// Mutations: leave empty blocks at the end, so that equal sets differ; take a block that one set lacks for one that
    /// both lack; swap the sides of a difference that is computed in place.
    #[test]
    fn members_are_sets(a in any_set(), b in any_set(), c in any_set()) {
        let members = |set: &BTreeSet<u32>| set.iter().copied().collect::<Members>();
        let [x, y, z] = [&a, &b, &c].map(members);
        prop_assert_eq!(x.iter().collect::<BTreeSet<_>>(), a.clone());
        prop_assert_eq!(x.len(), a.len() as u64);
        prop_assert_eq!(&x & &y, members(&(&a & &b)));
        prop_assert_eq!(&x | &y, members(&(&a | &b)));
        prop_assert_eq!(&x - &y, members(&(&a - &b)));
        prop_assert_eq!(x.overlap(&y), (&a & &b).len() as u64);
        let three = (x.part() - (y.part() & z.part())) | (z.part() - (x.part() | y.part()));
        let expected = &(&a - &(&b & &c)) | &(&c - &(&a | &b));
        prop_assert_eq!(three.len(), expected.len() as u64);
        prop_assert_eq!(three.is_empty(), expected.is_empty());
        prop_assert_eq!(three.evaluate(), members(&expected));
        for place in &b {
            prop_assert_eq!(x.contains(*place), a.contains(place));
        }
    }
}

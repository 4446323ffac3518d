//! The laws of the house that a profile must keep.

use onefold_fact::{FactSet, Kind, Survivorship};
use onefold_profile::{PackedProfile, Profile, fold};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{ada, any_fact, any_rule, day, of_record, profile, received, schema};

fn two(x: Survivorship, y: Survivorship) -> onefold_fact::Schema {
    schema([("x", Kind::Text, x), ("y", Kind::Text, y)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Law 1: any permutation, duplication and batching of the same facts gives the same digest.
    /// Mutation: keep the batch in the provenance.
    #[test]
    fn order_of_arrival(
        facts in vec(any_fact(), 1..24),
        again in vec(any::<Index>(), 0..12),
        batches in vec("[a-c]", 36),
        keys in vec(any::<u32>(), 36),
        (x, y) in (any_rule(), any_rule()),
    ) {
        let schema = two(x, y);
        let expected = profile(&received(&facts), &schema, None, None);

        let mut arrivals: Vec<_> = facts.iter().chain(again.iter().map(|index| index.get(&facts))).zip(&keys).collect();
        arrivals.sort_by_key(|(_, key)| *key);
        let arrived: FactSet = arrivals
            .into_iter()
            .zip(batches)
            .map(|(((draft, at), _), batch)| draft.clone().received(batch, *at))
            .collect();
        prop_assert_eq!(profile(&arrived, &schema, None, None).digest(), expected.digest());
    }

    /// Law 1, for callers who keep facts in their own way: the fold alone forgives order and repetition.
    /// Mutations: fold facts in the order given, or by the time of arrival alone; do not drop repeated ones.
    #[test]
    fn order_of_folding(
        facts in vec(any_fact(), 1..24),
        again in vec(any::<Index>(), 0..12),
        keys in vec(any::<u32>(), 256),
        (x, y) in (any_rule(), any_rule()),
    ) {
        let schema = two(x, y);
        let facts = received(&facts);
        let expected = profile(&facts, &schema, None, None);

        let standing: Vec<_> = facts.standing(None).into_iter().filter_map(of_record).collect();
        prop_assume!(!standing.is_empty());
        let repeated = again.iter().map(|index| *index.get(&standing));
        let mut given: Vec<_> = standing.iter().copied().chain(repeated).zip(keys).collect();
        given.sort_by_key(|(_, key)| *key);
        let folded = fold(ada(), given.into_iter().map(|(fact, _)| fact), &schema, None);
        prop_assert_eq!(&folded, &expected);
        prop_assert_eq!(folded.digest(), expected.digest());
    }

    /// Law 4: the profile at (`known_at`, `as_of`) is the fold of the facts received by `known_at` that count by
    /// `as_of`, and of nothing else.
    /// Mutations: leave out facts of exactly `as_of`; let later facts count as records, identifiers or pins.
    #[test]
    fn time(
        facts in vec(any_fact(), 0..24),
        known in 0_u32..9,
        as_of in 0_u32..9,
        (x, y) in (any_rule(), any_rule()),
    ) {
        let schema = two(x, y);
        let viewed = profile(&received(&facts), &schema, Some(day(known)), Some(day(as_of)));

        let known: Vec<_> = facts.iter().filter(|(_, at)| *at <= day(known)).cloned().collect();
        let known = received(&known);
        let counted = known.standing(None).into_iter().filter(|it| it.at() <= day(as_of)).filter_map(of_record);
        let expected = fold(ada(), counted, &schema, None);
        prop_assert_eq!(&viewed, &expected);
        prop_assert_eq!(viewed.digest(), expected.digest());
    }

    /// Law 6: the stored form of a profile reads back as the same profile.
    /// Mutations: store values in their plain form; store events newest first.
    #[test]
    fn round_trip(facts in vec(any_fact(), 0..24), (x, y) in (any_rule(), any_rule())) {
        let folded = profile(&received(&facts), &two(x, y), None, None);
        let json = serde_json::to_string(&folded).unwrap();
        let read: Profile = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &folded);
        prop_assert_eq!(read.digest(), folded.digest());
    }

    /// Law 6: a packed profile is unpacked as the same profile, with the spelling of its numbers; and whatever becomes of
    /// its bytes, reading them ends.
    /// Mutations: normalise decimals; say the times of values from the start of the calendar; a text by the number of
    /// another; no bound on what is counted.
    #[test]
    fn packing(
        facts in vec(any_fact(), 0..24),
        (x, y) in (any_rule(), any_rule()),
        damage in vec((any::<Index>(), any::<u8>()), 1..3),
        cut in any::<Index>(),
    ) {
        let folded = profile(&received(&facts), &two(x, y), None, None);
        let packed = folded.pack();
        let unpacked = packed.unpack().unwrap();
        prop_assert_eq!(&unpacked, &folded);
        prop_assert_eq!(unpacked.digest(), folded.digest());
        prop_assert_eq!(unpacked.pack(), packed.clone());
        prop_assert_eq!(serde_json::to_string(&unpacked).unwrap(), serde_json::to_string(&folded).unwrap());

        let bytes = packed.as_bytes();
        prop_assert!(PackedProfile::from_bytes(&bytes[..cut.index(bytes.len())]).unpack().is_err());
        let mut damaged = bytes.to_vec();
        for (place, byte) in damage {
            let place = place.index(damaged.len());
            damaged[place] = byte;
        }
        let _ = PackedProfile::from_bytes(damaged).unpack();
    }

    /// The digest says whether two profiles are the same, no more and no less.
    /// Mutation: leave a field out of the digest.
    #[test]
    fn digest(facts in vec(any_fact(), 1..12), (x, y) in (any_rule(), any_rule())) {
        let schema = two(x, y);
        let whole = profile(&received(&facts), &schema, None, None);
        for left_out in 0..facts.len() {
            let mut fewer = facts.clone();
            fewer.remove(left_out);
            let part = profile(&received(&fewer), &schema, None, None);
            prop_assert_eq!(part == whole, part.digest() == whole.digest());
        }
    }
}

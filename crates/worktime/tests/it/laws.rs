//! The laws of working time.

use chrono::{DateTime, TimeDelta, Utc};
use onefold_worktime::{Calendar, CalendarSpec, Period, Tz};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::{any_spec, any_zone, at, dates_around, is_open, transitions};

/// Any instant from 1890 to 2110, to the nanosecond.
fn any_instant() -> impl Strategy<Value = DateTime<Utc>> {
    (at("1890-01-01T00:00:00Z").timestamp()..at("2110-01-01T00:00:00Z").timestamp(), 0_u32..1_000_000_000)
        .prop_map(|(second, nanos)| DateTime::from_timestamp(second, nanos).expect("an instant"))
}

fn any_calendar() -> impl Strategy<Value = CalendarSpec> {
    any_spec(any_zone(), dates_around(at("2026-03-29T01:00:00Z").timestamp()))
}

/// A zone, one of its transitions, and a calendar that has overrides around it. Zones turn in odd ways: by 30 minutes
/// (Lord Howe), by a day (Apia in 2011, Manila in 1844), at midnight, by minutes and seconds.
fn any_turn() -> impl Strategy<Value = (CalendarSpec, i64)> {
    (any_zone(), any::<Index>()).prop_flat_map(|(zone, index)| {
        let turns = transitions(zone);
        let turn = if turns.is_empty() { 0 } else { *index.get(&turns) };
        (any_spec(Just(zone), dates_around(turn)), Just(turn))
    })
}

/// Two zones that are often apart by other offsets than whole hours.
fn any_other() -> impl Strategy<Value = Tz> {
    prop_oneof![
        select(vec![Tz::Australia__Lord_Howe, Tz::Asia__Kathmandu, Tz::Pacific__Apia, Tz::America__St_Johns]),
        any_zone()
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// within(a, b) + within(b, c) = within(a, c), forwards and backwards.
    /// Mutations: count the nanoseconds of closed seconds; drop the sign when the second instant is the earlier.
    #[test]
    fn within_adds_up(spec in any_calendar(), a in any_instant(), b in any_instant(), c in any_instant()) {
        let calendar = Calendar::new(&spec);
        prop_assert_eq!(calendar.within(a, b) + calendar.within(b, c), calendar.within(a, c));
        prop_assert_eq!(calendar.within(a, b), -calendar.within(b, a));
    }

    /// `after` is the least instant with so much work before it, `before` its mirror.
    /// Mutations: `after` at the start of the next interval; `before` at the end of the one before; a special day
    /// counted as its weekday in the search only.
    #[test]
    fn after_inverts_within(spec in any_calendar(), from in any_instant(), work in 1_i64..400 * 86_400, nanos in 0_i64..3) {
        let calendar = Calendar::new(&spec);
        let (work, least) = (TimeDelta::seconds(work) + TimeDelta::nanoseconds(nanos), TimeDelta::nanoseconds(1));
        match calendar.after(from, work) {
            Some(to) => {
                prop_assert_eq!(calendar.within(from, to), work);
                prop_assert!(calendar.within(from, to - least) < work);
                prop_assert_eq!(calendar.after(to, -work), calendar.before(to, work));
            }
            None => prop_assert!(calendar.within(from, DateTime::<Utc>::MAX_UTC) < work),
        }
        match calendar.before(from, work) {
            Some(to) => {
                prop_assert_eq!(calendar.within(to, from), work);
                prop_assert!(calendar.within(to + least, from) < work);
            }
            None => prop_assert!(calendar.within(DateTime::<Utc>::MIN_UTC, from) < work),
        }
        prop_assert_eq!(calendar.after(from, TimeDelta::zero()), Some(from));
    }

    /// The next opening and closing are the nearest: nothing is worked before the one, everything before the other.
    /// Mutation: end a stretch of work at midnight, or at a transition.
    #[test]
    fn openings_are_the_nearest(spec in any_calendar(), from in any_instant()) {
        let calendar = Calendar::new(&spec);
        if let Some(opens) = calendar.next_open(from) {
            prop_assert!(calendar.is_open(opens) && from <= opens);
            prop_assert_eq!(calendar.within(from, opens), TimeDelta::zero());
        }
        if let Some(closes) = calendar.next_close(from) {
            prop_assert!(!calendar.is_open(closes) && from <= closes);
            prop_assert_eq!(calendar.within(from, closes), closes - from);
        }
        let change = if calendar.is_open(from) { calendar.next_close(from) } else { calendar.next_open(from) };
        prop_assert_eq!(calendar.next_change(from), change);
    }

    /// Any zone around any of its transitions: the calendar is the wall clock, minute by minute, and its sums are the
    /// sums of the minutes.
    /// Mutations: the offset before a transition from it on; an hour shown twice worked once; a special day beside a
    /// missing date; a transition taken for one of the whole minute.
    #[test]
    fn a_calendar_is_the_wall_clock((spec, turn) in any_turn(), second in 0_i64..60) {
        let calendar = Calendar::new(&spec);
        let instant = |second: i64| DateTime::from_timestamp(second, 0).expect("an instant");
        // Transitions and hours lie on the minute of some clock; the offsets of old times are to the second.
        let start = turn - 36 * 3_600 + second;
        let from = instant(start);
        let mut worked = 0;
        for minute in 0..72 * 60 {
            let now = start + minute * 60;
            let (reference, at) = (is_open(&spec, instant(now)), instant(now));
            prop_assert_eq!(calendar.is_open(at), reference, "{} {}", at, spec.zone);
            prop_assert_eq!(calendar.within(from, at).num_seconds(), worked, "{} {}", at, spec.zone);
            let whole = (now..now + 60).find(|inner| is_open_of(&calendar, *inner) != reference).is_none();
            worked += if whole { 60 * i64::from(reference) } else {
                (now..now + 60).filter(|inner| is_open(&spec, instant(*inner))).count() as i64
            };
        }
        let periods: TimeDelta = calendar.periods(from, instant(start + 72 * 3_600)).map(Period::duration).sum();
        prop_assert_eq!(periods.num_seconds(), worked);
    }

    /// Second by second at the transition itself.
    /// Mutation: a transition one second late.
    #[test]
    fn a_transition_is_exact((spec, turn) in any_turn()) {
        let calendar = Calendar::new(&spec);
        for second in turn - 90..turn + 90 {
            let at = DateTime::from_timestamp(second, 0).expect("an instant");
            prop_assert_eq!(calendar.is_open(at), is_open(&spec, at), "{} {}", at, spec.zone);
        }
    }

    /// Intersection is the pointwise and, union the pointwise or, across any zones and within the years of the first;
    /// and they keep the laws.
    /// Mutations: shift the second calendar the other way; take one offset for the whole time; forget a day of the
    /// second that spills over midnight.
    #[test]
    fn combining_is_pointwise((a, turn) in any_turn(), other in any_other(), again in any_calendar(), looks in prop::collection::vec(-200_000_i64..200_000, 64)) {
        let b = CalendarSpec { zone: other, overrides: a.overrides.clone(), ..again };
        let (one, two) = (Calendar::new(&a), Calendar::new(&b));
        let (both, either) = (one.intersection(&two), one.union(&two));
        for look in looks {
            let at = DateTime::from_timestamp(turn + look, 0).expect("an instant");
            let (of_one, of_two) = (is_open(&a, at), is_open(&b, at));
            prop_assert_eq!(both.is_open(at), of_one && of_two, "{}", at);
            prop_assert_eq!(either.is_open(at), of_one || of_two, "{}", at);
            let from = at - TimeDelta::days(40);
            let (in_both, in_either) = (both.within(from, at), either.within(from, at));
            prop_assert_eq!(in_both + in_either, one.within(from, at) + two.within(from, at));
            if in_both > TimeDelta::zero() {
                let after = both.after(from, in_both).expect("it has been worked");
                prop_assert_eq!(both.within(from, after), in_both);
            }
        }
        prop_assert_eq!(both.zone(), a.zone);
    }
}

fn is_open_of(calendar: &Calendar, second: i64) -> bool {
    calendar.is_open(DateTime::from_timestamp(second, 0).expect("an instant"))
}

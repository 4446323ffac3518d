//! Who gets the next one.

use std::num::NonZeroU32;

use onefold_crm::{Candidate, Lead, Method, PassedOver, assign};
use proptest::prelude::*;

use crate::support::day;

#[test]
fn everybody_who_does_not_get_it_is_told_why() {
    let mut team = ["ana", "ben", "cai", "dee"].map(Candidate::new);
    team[0].available = false;
    team[1].capacity = Some(2);
    team[1].open = 2;
    team[2].territory = Some(r#"country = "DE""#.parse().expect("a rule"));
    let got = assign(Method::RoundRobin, &team, &Lead::default().subject(None), day(1));
    assert_eq!(got.user.as_deref(), Some("dee"));
    let others = [("ana", PassedOver::Away), ("ben", PassedOver::Full), ("cai", PassedOver::OutsideTerritory)];
    assert_eq!(got.passed_over, others.map(|(user, why)| (user.to_owned(), why)));
}

proptest! {
    /// Everybody has their share, to within one, after any number of turns; and the order in which candidates are given
    /// changes nothing. Mutation: ties go to whoever is given first.
    #[test]
    fn shares_follow_weights(weights in proptest::collection::vec(1_u32..6, 1..6), turns in 1_usize..120) {
        let mut team: Vec<Candidate> = weights.iter().enumerate().map(|(n, weight)| {
            Candidate { weight: NonZeroU32::new(*weight).expect("one"), ..Candidate::new(format!("u{n}")) }
        }).collect();
        let lead = Lead::default();
        for _ in 0..turns {
            let got = assign(Method::Weighted, &team, &lead.subject(None), day(1));
            let turned: Vec<Candidate> = team.iter().rev().cloned().collect();
            prop_assert_eq!(&assign(Method::Weighted, &turned, &lead.subject(None), day(1)), &got);
            let user = got.user.expect("somebody");
            team.iter_mut().find(|of| of.user == user).expect("there").given += 1;
        }
        let all: u32 = weights.iter().sum();
        for of in &team {
            let share = turns as f64 * f64::from(of.weight.get()) / f64::from(all);
            prop_assert!((of.given as f64 - share).abs() <= weights.len() as f64 / 2.0 + 0.5, "{} of {share}", of.given);
        }
    }
}

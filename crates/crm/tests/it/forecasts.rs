//! What deals come to.

use std::collections::BTreeMap;

use onefold_crm::{
    Adjustment, Command, ForecastAsked, ForecastCategory, Opportunity, OwnerForecast, Rates, SalesReport, forecast,
    funnel, funnel_in,
};

use crate::support::{day, opened, pipeline, run};

fn moved(mut deal: Opportunity, owner: &str, stages: &[(&str, u32)]) -> Opportunity {
    let pipeline = pipeline();
    run(&mut deal, &Command::Assign(Some(owner.into())), &pipeline, day(1));
    run(&mut deal, &Command::AddContact("17".into(), Default::default()), &pipeline, day(1));
    for (stage, on) in stages {
        let reason = (*stage == "lost").then(|| "price".to_owned());
        let by = Command::Move { to: (*stage).into(), reason, approved_by: ["lead of sales".to_owned()].into() };
        run(&mut deal, &by, &pipeline, day(*on));
    }
    deal
}

fn deals() -> Vec<(&'static str, Opportunity)> {
    vec![
        ("a", moved(opened("10000 EUR", "2026-05-01"), "ana", &[])),
        ("b", moved(opened("2000 CHF", "2026-05-02"), "ana", &[("proposal", 3)])),
        ("c", moved(opened("8000 EUR", "2026-06-01"), "ben", &[("proposal", 2), ("negotiation", 4)])),
        ("d", moved(opened("5000 EUR", "2026-04-01"), "ben", &[("proposal", 2), ("negotiation", 3), ("won", 5)])),
        ("e", moved(opened("7000 EUR", "2026-04-01"), "ben", &[("lost", 6)])),
        ("f", moved(opened("1000 EUR", "2026-07-01"), "ben", &[])),
        ("g", moved(opened("1000 USD", "2026-05-01"), "ben", &[])),
    ]
}

#[test]
fn a_forecast_adds_up_by_category_and_owner() {
    let euro = "EUR".parse().expect("a currency");
    let mut rates = Rates::new(euro);
    rates.set(
        "CHF".parse().expect("a currency"),
        "2026-01-01".parse().expect("a day"),
        "1.05".parse().expect("a rate"),
    );
    let adjustment = Adjustment {
        owner: "ben".into(),
        category: ForecastCategory::Commit,
        amount: "12000 EUR".parse().expect("money"),
        by: "chief".into(),
        note: "the second half slips".into(),
        said_at: None,
    };
    let asked = ForecastAsked {
        from: "2026-03-01".parse().expect("a day"),
        until: "2026-07-01".parse().expect("a day"),
        currency: euro,
        rates: &rates,
        managers: [("ana".to_owned(), "chief".to_owned()), ("ben".to_owned(), "chief".to_owned())].into(),
        adjustments: vec![adjustment],
    };
    let deals = deals();
    let of = |on| forecast(deals.iter().map(|(id, deal)| (*id, deal)), &asked, day(on));
    let now = of(20);
    let text = |sums: &BTreeMap<ForecastCategory, onefold_crm::Money>| {
        sums.values().map(|money| money.amount.normalize().to_string()).collect::<Vec<_>>()
    };
    // Open: a 10000, b 2100 in best case, c 8000 committed; won: d 5000.
    assert_eq!(text(&now.total.single), ["10000", "2100", "8000", "5000"]);
    assert_eq!(text(&now.total.cumulative), ["20100", "15100", "13000", "5000"]);
    // 2000 + 1050 + 6400 + 5000.
    assert_eq!(now.total.weighted.to_string(), "14450 EUR");
    assert_eq!(now.total.deals, 4);
    assert_eq!(
        now.left_out,
        [("g".to_owned(), "there is no rate from USD to EUR on 2026-05-01: give one that holds by then".to_owned())]
    );
    let chief = &now.owners["chief"];
    assert_eq!(chief.own.deals, 0);
    assert_eq!(chief.rolled_up, now.total);
    let commit = ForecastCategory::Commit;
    let ben = &now.owners["ben"];
    assert_eq!(ben.rolled_up.cumulative[&commit].to_string(), "13000 EUR");
    assert_eq!(ben.adjusted[&commit].to_string(), "12000 EUR");
    assert_eq!(chief.adjusted[&commit].to_string(), "12000 EUR");
    assert_eq!(chief.adjusted[&ForecastCategory::BestCase], now.total.cumulative[&ForecastCategory::BestCase]);

    // On the third, d was not won yet, c was a proposal, and e was not lost.
    let then = of(3);
    assert_eq!(text(&then.total.single), ["17000", "10100", "5000", "0"]);
}

#[test]
fn who_reports_in_a_circle_is_counted_once() {
    let euro = "EUR".parse().expect("a currency");
    let rates = Rates::new(euro);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let asked = ForecastAsked {
        from: "2026-01-01".parse().expect("a day"),
        until: "2027-01-01".parse().expect("a day"),
        currency: euro,
        rates: &rates,
        managers: [pair("ana", "ben"), pair("ben", "ana")].into(),
        adjustments: Vec::new(),
    };
    let deals = deals();
    let now = forecast(deals.iter().map(|(id, deal)| (*id, deal)), &asked, day(20));
    assert_eq!(now.owners["ana"].rolled_up, now.total);
    assert_eq!(now.owners["ben"].adjusted, now.total.cumulative);
}

#[test]
fn reports_count_what_was_won_and_where_deals_are_lost() {
    let deals = deals();
    let report = SalesReport::of(deals.iter().map(|(_, deal)| deal), day(1), day(30));
    assert_eq!((report.won, report.lost, report.open), (1, 1, 5));
    assert_eq!(report.win_rate(), Some("0.5".parse().expect("a part")));
    assert_eq!(report.cycle_days, Some(4.into()));
    let euro = "EUR".parse().expect("a currency");
    // 5 open × 0.5 × 5000 ÷ 4 days.
    let velocity = report.velocity(euro, &Rates::new(euro), day(30)).expect("rates").expect("some");
    assert_eq!(velocity.to_string(), "3125 EUR");
    let stages = funnel(deals.iter().map(|(_, deal)| deal), &pipeline());
    let counts: Vec<_> =
        stages.iter().map(|stage| (stage.stage.as_str(), stage.reached, stage.went_on, stage.lost)).collect();
    assert_eq!(counts, [("qualified", 7, 3, 1), ("proposal", 3, 2, 0), ("negotiation", 2, 1, 0)]);
    let empty = SalesReport::of([], day(1), day(2));
    assert_eq!((empty.win_rate(), empty.velocity(euro, &Rates::new(euro), day(2))), (None, Ok(None)));
}

/// A won deal counts when it was won, whatever was expected; who had a deal at a clock has it in the numbers of then; what
/// a manager said later does not count; and what is in no period is named.
#[test]
fn a_forecast_is_as_it_was_at_the_clock() {
    let euro = "EUR".parse().expect("a currency");
    let rates = Rates::new(euro);
    let pipeline = pipeline();
    let mut handed_over = moved(opened("100 EUR", "2026-05-01"), "ana", &[]);
    run(&mut handed_over, &Command::Assign(Some("ben".into())), &pipeline, day(10));
    let early = moved(opened("5000 EUR", "2026-08-15"), "ana", &[("proposal", 2), ("negotiation", 3), ("won", 5)]);
    let mut undated = moved(opened("7 EUR", "2026-05-01"), "ana", &[]);
    run(&mut undated, &Command::Expect(None), &pipeline, day(4));
    let deals = [("handed over", &handed_over), ("early", &early), ("undated", &undated)];
    let said = |at, amount: &str| Adjustment {
        owner: "ana".into(),
        category: ForecastCategory::Closed,
        amount: amount.parse().expect("money"),
        by: "chief".into(),
        note: String::new(),
        said_at: Some(at),
    };
    let asked = ForecastAsked {
        from: "2026-03-01".parse().expect("a day"),
        until: "2026-07-01".parse().expect("a day"),
        currency: euro,
        rates: &rates,
        managers: BTreeMap::new(),
        adjustments: vec![said(day(6), "60 EUR"), said(day(12), "70 CHF")],
    };
    let at = |clock| forecast(deals, &asked, clock);
    let closed = |of: &OwnerForecast| of.own.single[&ForecastCategory::Closed].amount.normalize().to_string();
    assert_eq!((at(day(9)).owners["ana"].own.deals, at(day(9)).owners.contains_key("ben")), (2, false));
    let now = at(day(11));
    assert_eq!((now.owners["ana"].own.deals, now.owners["ben"].own.deals), (1, 1));
    assert_eq!(closed(&now.owners["ana"]), "5000");
    assert_eq!(now.owners["ana"].adjusted[&ForecastCategory::Closed].to_string(), "60 EUR");
    assert_eq!((now.incomplete, now.left_out), (vec!["undated".to_owned()], Vec::new()));
    // The rate of what was said on the twelfth is missing, and that is said.
    let later = at(day(20));
    assert_eq!(later.left_out.len(), 1);
    assert!(later.left_out[0].1.starts_with("70 CHF instead: there is no rate"), "{:?}", later.left_out);
}

/// Mutations: of a period count deals that were over before, or what they came to after it.
#[test]
fn a_funnel_is_of_its_period() {
    let deals = deals();
    let counts = |from: u32, until: u32| -> Vec<(usize, usize, usize)> {
        let stages = funnel_in(deals.iter().map(|(_, deal)| deal), &pipeline(), day(from), day(until));
        stages.iter().map(|stage| (stage.reached, stage.went_on, stage.lost)).collect()
    };
    // By the third, `c` and `d` were proposals, and none was lost.
    assert_eq!(counts(1, 3), [(7, 2, 0), (2, 0, 0), (0, 0, 0)]);
    // After the sixth, the won one and the lost one are over.
    assert_eq!(counts(7, 30), [(5, 2, 0), (2, 1, 0), (1, 0, 0)]);
}

/// Mutations: read any number as a rate; convert by what is set, whatever it is.
#[test]
fn a_rate_is_more_than_nothing() {
    for worth in ["0", "-1.05"] {
        let json = format!(r#"{{"base": "EUR", "rates": {{"CHF": {{"2026-01-01": "{worth}"}}}}}}"#);
        let no = serde_json::from_str::<Rates>(&json).expect_err("no rate").to_string();
        assert!(no.contains("the rate of CHF of 2026-01-01 is"), "{no}");
        let (euro, day) = ("EUR".parse().expect("a currency"), "2026-01-01".parse().expect("a day"));
        let mut rates = Rates::new(euro);
        rates.set("CHF".parse().expect("a currency"), day, worth.parse().expect("a number"));
        assert!(rates.convert("1 CHF".parse().expect("money"), euro, day).is_err());
    }
}

//! Recurrences: the examples that RFC 5545 publishes, changes of the clocks, and rules that must not hang.

use std::time::Instant;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use onefold_crm::{Recurrence, RecurrenceRule, instant_of};
use proptest::prelude::*;

fn recurrence(start: &str, rule: &str) -> Recurrence {
    format!("DTSTART;TZID=America/New_York:{start}\nRRULE:{rule}").parse().expect("a recurrence")
}

/// The first times, as `MMDD` with the year in front where it changes.
fn days(start: &str, rule: &str, count: usize) -> String {
    let mut text = String::new();
    let mut year = String::new();
    for time in recurrence(start, rule).occurrences(None).take(count) {
        let of = time.format("%Y:").to_string();
        if of != year {
            text += &format!("{}{of}", if year.is_empty() { "" } else { " " });
            year = of;
        }
        text += &time.format(" %m%d").to_string();
    }
    text
}

/// RFC 5545, section 3.8.5.3, all with `DTSTART;TZID=America/New_York:…T090000`; facts, written as the days that it lists.
#[test]
fn the_published_examples() {
    let cases: &[(&str, &str, &str)] = &[
        ("19970902", "FREQ=DAILY;COUNT=10", "1997: 0902 0903 0904 0905 0906 0907 0908 0909 0910 0911"),
        ("19970902", "FREQ=DAILY;INTERVAL=2", "1997: 0902 0904 0906 0908 0910 0912 0914 0916 0918 0920"),
        ("19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997: 0902 0912 0922 1002 1012"),
        ("19970902", "FREQ=WEEKLY;COUNT=10", "1997: 0902 0909 0916 0923 0930 1007 1014 1021 1028 1104"),
        ("19970902", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997: 0902 0916 0930 1014 1028 1111 1125 1209 1223 1998: 0106"),
        (
            "19970902",
            "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
            "1997: 0902 0904 0909 0911 0916 0918 0923 0925 0930 1002",
        ),
        (
            "19970901",
            "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
            "1997: 0901 0903 0905 0915 0917 0919 0929 1001 1003 1013 1015 1017 1027 1029 1031 1110 1112 1114 1124 1126 \
             1128 1208 1210 1212 1222",
        ),
        (
            "19970902",
            "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
            "1997: 0902 0904 0916 0918 0930 1002 1014 1016",
        ),
        (
            "19970905",
            "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
            "1997: 0905 1003 1107 1205 1998: 0102 0206 0306 0403 0501 0605",
        ),
        ("19970905", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "1997: 0905 1003 1107 1205"),
        (
            "19970907",
            "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
            "1997: 0907 0928 1102 1130 1998: 0104 0125 0301 0329 0503 0531",
        ),
        ("19970922", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997: 0922 1020 1117 1222 1998: 0119 0216"),
        ("19970928", "FREQ=MONTHLY;BYMONTHDAY=-3", "1997: 0928 1029 1128 1229 1998: 0129 0226 0329 0428 0529 0628"),
        (
            "19970902",
            "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
            "1997: 0902 0915 1002 1015 1102 1115 1202 1215 1998: 0102 0115",
        ),
        (
            "19970930",
            "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
            "1997: 0930 1001 1031 1101 1130 1201 1231 1998: 0101 0131 0201",
        ),
        (
            "19970910",
            "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
            "1997: 0910 0911 0912 0913 0914 0915 1999: 0310 0311 0312 0313",
        ),
        (
            "19970902",
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
            "1997: 0902 0909 0916 0923 0930 1104 1111 1118 1125 1998: 0106",
        ),
        (
            "19970610",
            "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
            "1997: 0610 0710 1998: 0610 0710 1999: 0610 0710 2000: 0610 0710 2001: 0610 0710",
        ),
        (
            "19970310",
            "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
            "1997: 0310 1999: 0110 0210 0310 2001: 0110 0210 0310 2003: 0110 0210 0310",
        ),
        (
            "19970101",
            "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
            "1997: 0101 0410 0719 2000: 0101 0409 0718 2003: 0101 0410 0719 2006: 0101",
        ),
        ("19970519", "FREQ=YEARLY;BYDAY=20MO", "1997: 0519 1998: 0518 1999: 0517 2000: 0515"),
        ("19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997: 0512 1998: 0511 1999: 0517 2000: 0515"),
        (
            "19970313",
            "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
            "1997: 0313 0320 0327 1998: 0305 0312 0319 0326 1999: 0304 0311 0318",
        ),
        ("19970605", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", "1997: 0605 0612 0619 0626 0703 0710 0717 0724 0731 0807"),
        // The RFC takes the first time out, which is no Friday the 13th; here it does not count anyway.
        ("19970902", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1998: 0213 0313 1113 1999: 0813 2000: 1013"),
        (
            "19970913",
            "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
            "1997: 0913 1011 1108 1213 1998: 0110 0207 0307 0411 0509 0613",
        ),
        (
            "19961105",
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "1996: 1105 2000: 1107 2004: 1102",
        ),
        ("19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997: 0904 1007 1106"),
        ("19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997: 0929 1030 1127 1230 1998: 0129 0226 0330"),
        ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997: 0805 0810 0819 0824"),
        ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997: 0805 0817 0819 0831"),
        ("20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007: 0115 0130 0215 0315 0330"),
    ];
    for (start, rule, expected) in cases {
        let count = expected.split(' ').filter(|part| part.len() == 4).count();
        // One more than listed, where the rule itself ends.
        let more = usize::from(rule.contains("COUNT") || rule.contains("UNTIL"));
        assert_eq!(days(&format!("{start}T090000"), rule, count + more), *expected, "{rule}");
    }
}

/// RFC 5545, section 3.8.5.3: the examples that go on for years, by their counts and ends.
#[test]
fn the_published_examples_that_are_long() {
    let count = |start: &str, rule: &str| {
        let all: Vec<NaiveDateTime> = recurrence(start, rule).occurrences(None).collect();
        (all.len(), all.last().map(|last| last.format("%Y%m%dT%H%M").to_string()).unwrap_or_default())
    };
    assert_eq!(count("19970902T090000", "FREQ=DAILY;UNTIL=19971224T000000Z"), (113, "19971223T0900".into()));
    assert_eq!(count("19970902T090000", "FREQ=WEEKLY;UNTIL=19971224T000000Z"), (17, "19971223T0900".into()));
    // Each January of three years, said in two ways.
    let yearly = "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA";
    assert_eq!(count("19980101T090000", yearly), (93, "20000131T0900".into()));
    assert_eq!(count("19980101T090000", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1"), (93, "20000131T0900".into()));
}

/// RFC 5545, section 3.8.5.3: the examples within a day.
#[test]
fn the_published_examples_within_a_day() {
    let times = |rule: &str, count: usize| {
        let all = recurrence("19970902T090000", rule);
        all.occurrences(None).take(count).map(|time| time.format("%d %H:%M").to_string()).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(times("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", 9), "02 09:00, 02 12:00, 02 15:00");
    assert_eq!(
        times("FREQ=MINUTELY;INTERVAL=15;COUNT=6", 9),
        "02 09:00, 02 09:15, 02 09:30, 02 09:45, 02 10:00, 02 10:15"
    );
    assert_eq!(times("FREQ=MINUTELY;INTERVAL=90;COUNT=4", 9), "02 09:00, 02 10:30, 02 12:00, 02 13:30");
    let by_minutes = "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16";
    let by_days = "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40";
    assert_eq!(times(by_minutes, 100), times(by_days, 100));
    assert!(times(by_days, 26).ends_with("02 16:40, 03 09:00, 03 09:20"));
}

#[test]
fn the_clocks_change() {
    let berlin: Tz = "Europe/Berlin".parse().expect("a zone");
    let instants = |text: &str, count: usize| {
        let all: Recurrence = text.parse().expect("a recurrence");
        all.instants(berlin).take(count).map(|at| at.format("%dT%H:%M").to_string()).collect::<Vec<_>>().join(" ")
    };
    // Nine o'clock stays nine o'clock.
    assert_eq!(instants("DTSTART:20260328T090000\nRRULE:FREQ=DAILY", 3), "28T08:00 29T07:00 30T07:00");
    // Half past two is skipped on the 29th, so it is half past three.
    assert_eq!(instants("DTSTART:20260328T023000\nRRULE:FREQ=DAILY", 3), "28T01:30 29T01:30 30T00:30");
    // It comes twice on the 25th of October: the first.
    assert_eq!(instants("DTSTART:20261024T023000\nRRULE:FREQ=DAILY", 3), "24T00:30 25T00:30 26T01:30");
    // Skipped times are moved behind others, and what falls together is one.
    let halves = "DTSTART:20260329T013000\nRRULE:FREQ=MINUTELY;INTERVAL=30";
    assert_eq!(instants(halves, 6), "29T00:30 29T01:00 29T01:30 29T02:00 29T02:30 29T03:00");
    // An end in UTC is one in the zone, too.
    let until = "DTSTART:20260328T090000\nRRULE:FREQ=DAILY;UNTIL=20260329T070000Z";
    assert_eq!(instants(until, 9), "28T08:00 29T07:00");
    // Samoa had no 30th of December 2011.
    let apia: Tz = "Pacific/Apia".parse().expect("a zone");
    let daily: Recurrence = "DTSTART:20111229T100000\nRRULE:FREQ=DAILY;COUNT=4".parse().expect("a recurrence");
    let days: Vec<String> = daily.instants(apia).map(|at| at.with_timezone(&apia).format("%d").to_string()).collect();
    assert_eq!(days, ["29", "31", "01"]);
}

#[test]
fn times_on_top_and_left_out() {
    let text = "DTSTART;TZID=Europe/Berlin:20260302T090000\nRRULE:FREQ=DAILY;COUNT=3\nRDATE;TZID=Europe/Berlin:20260302T150000\n\
                EXDATE;TZID=Europe/Berlin:20260303T090000";
    let recurrence: Recurrence = text.parse().expect("a recurrence");
    let times: Vec<String> = recurrence.occurrences(None).map(|time| time.format("%d %H").to_string()).collect();
    assert_eq!(times, ["02 09", "02 15", "04 09"]);
    assert_eq!(recurrence.to_string(), text);
    let in_utc = text.replace(";TZID=Europe/Berlin:20260303T090000", ":20260303T080000Z");
    assert_eq!(in_utc.parse::<Recurrence>().expect("the same"), recurrence);
    let days: Recurrence =
        "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=WEEKLY\nEXDATE;VALUE=DATE:20260309".parse().expect("days");
    assert_eq!(days.occurrences(None).nth(1).expect("one").to_string(), "2026-03-16 00:00:00");
    assert_eq!(days.to_string().parse::<Recurrence>().expect("the same"), days);
}

/// Law 8.
#[test]
fn what_never_happens_ends_and_nothing_hangs() {
    let never = [
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2,4",
        "FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=SECONDLY;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=SECONDLY;INTERVAL=2;BYSECOND=2",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=5",
        "FREQ=MINUTELY;INTERVAL=120;BYHOUR=10;BYMINUTE=0",
        "FREQ=SECONDLY;INTERVAL=14;BYDAY=WE;BYHOUR=8;BYMINUTE=0;BYSECOND=0",
        "FREQ=YEARLY;INTERVAL=4294967295;BYMONTH=1",
        "FREQ=SECONDLY;INTERVAL=4294967295;BYHOUR=8;BYMINUTE=0;BYSECOND=0",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    ];
    for rule in never {
        let begin = Instant::now();
        let recurrence = recurrence("20260302T090001", rule);
        // A huge interval may still hit once.
        assert!(recurrence.occurrences(None).take(3).count() < 3 && begin.elapsed().as_secs() < 60, "{rule}");
        assert_eq!(recurrence.happens(), rule.contains("4294967295;BYHOUR") && recurrence.happens(), "{rule}");
    }
    let leap = recurrence("20960229T090000", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29");
    assert_eq!(leap.occurrences(None).nth(1).expect("one").to_string(), "2104-02-29 09:00:00");
    let all =
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12;BYSECOND=0,1,2,3,4,5,6;BYSETPOS=-1";
    assert_eq!(
        recurrence("20260302T090000", all).occurrences(None).next().expect("one").to_string(),
        "2026-12-31 12:00:06"
    );
    let seconds = recurrence("19700101T000000", "FREQ=SECONDLY");
    let after = "2026-03-01T00:00:00Z".parse().expect("a time");
    let next = seconds.next_after(after, Tz::UTC).expect("one");
    assert_eq!(next - after, chrono::TimeDelta::seconds(1));
}

#[test]
fn errors_point_at_the_place() {
    let wrong = |text: &str| text.parse::<RecurrenceRule>().expect_err("it is wrong").to_string();
    assert_eq!(
        wrong("FREQ=DAILY;BYFOO=1"),
        "line 1, column 12: `BYFOO` is no part of a rule: give FREQ, INTERVAL, COUNT, UNTIL, BY… or WKST"
    );
    assert_eq!(wrong("FREQ=MONTHLY;BYMONTHDAY=1,32"), "line 1, column 27: `32` is not between 1 and 31, or -1 and -31");
    assert_eq!(wrong("INTERVAL=2"), "line 1, column 1: FREQ is missing: begin with FREQ=DAILY or another frequency");
    assert_eq!(
        wrong("FREQ=DAILY;COUNT=2;UNTIL=20260101"),
        "line 1, column 20: COUNT and UNTIL both say when it ends: leave one out"
    );
    assert_eq!(wrong("FREQ=DAILY;FREQ=DAILY"), "line 1, column 12: `FREQ` is said twice: say it once");
    assert_eq!(wrong("FREQ=DAILY;INTERVAL=0"), "line 1, column 21: `0` is no interval: give a whole number from 1 on");
    assert_eq!(
        wrong("FREQ=WEEKLY;BYDAY=1MO"),
        "line 1, column 13: the nth day of the week is of a month or a year: use FREQ=MONTHLY, or YEARLY without BYWEEKNO"
    );
    assert_eq!(
        wrong("FREQ=WEEKLY;BYDAY=MÜ"),
        "line 1, column 19: `MÜ` is no day of the week: give MO, TU, WE, TH, FR, SA or SU"
    );
    assert_eq!(
        wrong("FREQ=DAILY;UNTIL=tomorrow"),
        "line 1, column 18: `tomorrow` is no time: write 20260301, 20260301T090000 or 20260301T090000Z"
    );
    let no_start = "RRULE:FREQ=DAILY".parse::<Recurrence>().expect_err("it is wrong");
    assert_eq!((no_start.line(), no_start.column()), (1, 1));
    let zone = "DTSTART;TZID=Mars/Base:20260301T090000".parse::<Recurrence>().expect_err("it is wrong");
    assert_eq!(zone.to_string(), "line 1, column 14: `Mars/Base` is no time zone: give one such as Europe/Berlin");
}

/// Rules of all sorts.
fn rules() -> impl Strategy<Value = String> {
    let few = |most: i32| {
        prop::collection::btree_set((1..=most, any::<bool>()), 1..3).prop_map(|set| {
            set.into_iter().map(|(n, back)| if back { -n } else { n }.to_string()).collect::<Vec<_>>().join(",")
        })
    };
    let days = prop::collection::btree_set(0..7_usize, 1..4).prop_map(|set| {
        set.into_iter().map(|day| ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][day]).collect::<Vec<_>>().join(",")
    });
    let maybe = |name: &'static str, of: BoxedStrategy<String>| {
        prop::option::weighted(0.3, of).prop_map(move |it| it.map(|it| format!(";{name}={it}")).unwrap_or_default())
    };
    let frequency = prop::sample::select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"]);
    (
        frequency,
        1..5_u32,
        maybe("BYMONTH", (1..=12_u32).prop_map(|it| it.to_string()).boxed()),
        maybe("BYMONTHDAY", few(31).boxed()),
        maybe("BYDAY", days.boxed()),
        maybe("BYHOUR", (0..24_u32).prop_map(|it| it.to_string()).boxed()),
        maybe("BYSETPOS", few(3).boxed()),
        maybe("WKST", prop::sample::select(vec!["SU", "WE"]).prop_map(str::to_owned).boxed()),
    )
        .prop_map(|(frequency, interval, month, month_day, day, hour, position, week)| {
            format!("FREQ={frequency};INTERVAL={interval}{month}{month_day}{day}{hour}{position}{week}")
        })
}

proptest! {
    /// Law 6. Mutation: a part is left out when a rule is written.
    #[test]
    fn a_rule_is_read_as_it_was_written(text in rules()) {
        if let Ok(rule) = text.parse::<RecurrenceRule>() {
            let again: RecurrenceRule = rule.to_string().parse().expect("its own text");
            prop_assert_eq!(&again, &rule);
            prop_assert_eq!(again.to_string(), rule.to_string());
        }
    }

    /// Times come in order, each once, and so do instants over the change of the clocks. Mutation: skipped times stay before
    /// others.
    #[test]
    fn times_are_in_order(text in rules(), day in 20..31_u32, hour in 0..24_u32) {
        let berlin: Tz = "Europe/Berlin".parse().expect("a zone");
        if let Ok(rule) = text.parse::<RecurrenceRule>() {
            let start: NaiveDateTime = format!("2026-03-{day}T{hour:02}:30:00").parse().expect("a time");
            let recurrence = Recurrence::new(start, rule);
            let times: Vec<NaiveDateTime> = recurrence.occurrences(None).take(60).collect();
            prop_assert!(times.is_sorted_by(|a, b| a < b));
            let instants: Vec<_> = recurrence.instants(berlin).take(60).collect();
            prop_assert!(instants.is_sorted_by(|a, b| a < b));
            let mut plain: Vec<_> = times.iter().map(|time| instant_of(*time, berlin)).collect();
            plain.sort();
            plain.dedup();
            let same = plain.len().min(instants.len()).saturating_sub(3);
            prop_assert_eq!(&plain[..same], &instants[..same]);
            if let [first, second, ..] = instants[..] {
                prop_assert_eq!(recurrence.next_after(first, berlin), Some(second));
            }
        }
    }

    /// Law 8. Mutation: an index into the text that is no border of a character.
    #[test]
    fn no_text_stops_the_reader(text in "(?s).{0,60}") {
        let _ = text.parse::<RecurrenceRule>();
        let _ = format!("DTSTART:20260301T090000\nRRULE:{text}").parse::<Recurrence>();
        let _ = text.parse::<Recurrence>();
    }
}

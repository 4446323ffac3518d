//! Calendars as TOML and JSON, and the mistakes that people make in them.

use onefold_worktime::CalendarSpec;
use proptest::prelude::*;

use crate::support::{any_spec, any_zone, dates_around};

#[test]
fn a_written_calendar_is_readable() {
    let text = r#"zone = "Europe/Berlin"
breaks = "12:30-13:00"
holidays = [
    { name = "New Year", on = "01-01" },
    { name = "Christmas Eve", on = "12-24", since = 2020, open = "00:00-14:00" },
    { name = "Feast", on = ["2026-03-20", "2027-03-10"], observed = "next weekday" },
]

[hours]
monday-thursday = "09:00-17:00"
friday = "09:00-15:00"

[overrides]
2026-10-03 = "like friday"
2026-12-28 = "closed"
"#;
    let spec = CalendarSpec::from_toml(text).expect("a calendar");
    assert_eq!(spec.to_toml(), text);
    assert_eq!(CalendarSpec::from_json(&spec.to_json()), Ok(spec));
}

#[test]
fn many_spellings_are_read() {
    let spec = |text: &str| CalendarSpec::from_toml(text).expect("a calendar");
    let a = spec(
        "zone = 'UTC'\nhours = { mon = ['13:00-17:00', '9:00 – 12:00'], 'Sat-Sun' = '00:00-24:00' }\nholidays = [{ name = 'x', on = 2026-06-05 }]",
    );
    let b = spec(
        "zone = 'UTC'\nhours.monday = '09:00-12:00, 13:00-17:00'\nhours.saturday = '00:00-24:00'\nhours.sunday = '00:00-24:00'\n[[holidays]]\nname = 'x'\non = '2026-06-05'",
    );
    assert_eq!(a, b);
    let spans = spec("zone = 'UTC'\nhours = 'closed'\noverrides = { '2026-12-28..2026-12-31' = 'closed' }");
    assert_eq!(spans.overrides.len(), 4);
    let through_serde: CalendarSpec =
        toml::from_str("zone = 'UTC'\nhours = '00:00-24:00'\nholidays = [{ name = 'x', on = 2026-06-05 }]")
            .expect("a calendar");
    assert_eq!(through_serde.holidays, a.holidays);
}

#[test]
fn mistakes_are_shown_with_their_place_and_what_would_be_right() {
    let top = "zone = 'Europe/Berlin'\nhours.monday = '09:00-17:00'\n";
    let cases: [(&str, &str); 17] = [
        ("zone = 'Berlin'\nhours = 'closed'", "line 1, zone: unknown time zone `Berlin`; expected `Europe/Berlin`"),
        (
            "zone = 'Europe/Berln'\nhours = 'closed'",
            "line 1, zone: unknown time zone `Europe/Berln`; expected `Europe/Berlin`",
        ),
        (
            "hours = 'closed'",
            "calendar: `zone` is missing; expected the IANA name of a time zone, such as `Europe/Berlin`",
        ),
        ("zone = 'UTC'", "calendar: `hours` is missing; expected a table of hours by weekday"),
        (
            "zone = 'UTC'\nhours.munday = '09:00-17:00'",
            "line 2, hours.munday: `munday` is no weekday; expected `monday`",
        ),
        (
            "zone = 'UTC'\nhours.tuesday = '22:00-06:00'",
            "line 2, hours.tuesday: `22:00-06:00` ends before it starts; expected an end after the start; over midnight `22:00-24:00`, and `00:00-06:00` on the next day",
        ),
        (
            "zone = 'UTC'\nhours.tuesday = '22:00-00:00'",
            "line 2, hours.tuesday: `22:00-00:00` ends before it starts; expected an end after the start; the end of the day is `24:00`",
        ),
        (
            "zone = 'UTC'\nhours.tuesday = ['09:00-12:00',\n'11:00-13:00']",
            "line 2, hours.tuesday: `09:00-12:00` and `11:00-13:00` overlap; expected intervals apart from each other",
        ),
        (
            "zone = 'UTC'\nhours.tuesday = ['09:00-12:00',\n'13:00-24:30']",
            "line 3, hours.tuesday[1]: `24:30` is no time of day; expected `00:00` to `24:00`",
        ),
        (
            "zone = 'UTC'\n[hours]\nmonday-friday = '09:00-12:00'\nfriday = '09:00-11:00'",
            "line 4, hours.friday: the hours of friday are given twice; expected each weekday once",
        ),
        (
            "zone = 'UTC'\nhours.monday = 9",
            "line 2, hours.monday: `9`; expected hours, such as `09:00-12:00, 13:00-17:00`, or `closed`",
        ),
        ("holiday = []", "line 3, holiday: no such field; expected `holidays`"),
        (
            "holidays = [{ name = 'x', on = 'easter2' }]",
            "line 3, holidays[0].on: `easter2` is no rule of a holiday; expected `12-25`, `2026-06-05`, `easter - 2`, `orthodox easter + 1`, `4th thursday of november`, `last monday of may` or `monday before 05-25`, with `+ 1` for the day after",
        ),
        (
            "[overrides]\n2026-02-30 = 'closed'",
            "line 4, overrides.2026-02-30: `2026-02-30` is no date; expected dates from 1900 to 2099, such as `2026-12-24` or `2026-12-28..2026-12-31`",
        ),
        (
            "[overrides]\n2026-02-20 = 'like munday'",
            "line 4, overrides.2026-02-20: `munday` is no weekday; expected `like monday` to `like sunday`",
        ),
        (
            "holidays = [{ name = 'x', on = '01-01', since = 2021, until = 2020 }]",
            "line 3, holidays[0].until: the last year is before the first; expected a year not before `since`",
        ),
        ("holidays = [", "line 3, column 13: unclosed array, expected `]`"),
    ];
    for (text, expected) in cases {
        let text = if text.starts_with("zone") || text.starts_with("hours") {
            text.to_owned()
        } else {
            format!("{top}{text}")
        };
        let error = CalendarSpec::from_toml(&text).expect_err("a mistake");
        assert_eq!(error.to_string(), expected);
    }
    let twice = CalendarSpec::from_json("{\"zone\": \"UTC\",\n\"zone\": \"UTC\"}").expect_err("a mistake");
    assert!(twice.to_string().contains("the field `zone` stands twice"), "{twice}");
}

proptest! {
    /// Law 6: what is written reads back as the same.
    /// Mutations: leave out a day beside one with the same hours; write `closed` for what is left out.
    #[test]
    fn round_trip(spec in any_spec(any_zone(), dates_around(0))) {
        prop_assert_eq!(CalendarSpec::from_toml(&spec.to_toml()), Ok(spec.clone()), "{}", spec.to_toml());
        prop_assert_eq!(CalendarSpec::from_json(&spec.to_json()), Ok(spec));
    }

    /// Law 8: no text panics.
    #[test]
    fn any_text_is_answered(
        text in "[a-z0-9=\\[\\]{}',:. \n–-]{0,80}",
        hours in "[0-9:, –-]{0,20}",
        rule in "([0-9a-z+-]{1,9} ?){0,5}",
    ) {
        let _ = (CalendarSpec::from_toml(&text), CalendarSpec::from_json(&text));
        let file = format!("zone = 'UTC'\nhours = '{hours}'\nholidays = [{{ name = 'x', on = '{rule}' }}]");
        let _ = CalendarSpec::from_toml(&file);
    }
}

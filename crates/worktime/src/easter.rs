//! The date of Easter Sunday.

use chrono::{Days, NaiveDate};

/// Easter Sunday of the western churches (the anonymous Gregorian computus; J. Meeus, *Astronomical Algorithms*,
/// chapter 8).
pub(crate) fn western(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let g = (8 * b + 13).div_euclid(25);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c.div_euclid(4), c.rem_euclid(4));
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 19 * l).div_euclid(433);
    let n = (h + l - 7 * m + 90).div_euclid(25);
    let day = (h + l - 7 * m + 33 * n + 19).rem_euclid(32);
    NaiveDate::from_ymd_opt(year, u32::try_from(n).ok()?, u32::try_from(day).ok()?)
}

/// Easter Sunday of the eastern churches, in our calendar (Meeus's Julian algorithm, same chapter).
pub(crate) fn orthodox(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year.rem_euclid(4), year.rem_euclid(7), year.rem_euclid(19));
    let d = (19 * c + 15).rem_euclid(30);
    let e = (2 * a + 4 * b - d + 34).rem_euclid(7);
    let (month, day) = ((d + e + 114).div_euclid(31), (d + e + 114).rem_euclid(31) + 1);
    // The Julian date read as one of ours, then by as many days later as the calendars are apart.
    let read = NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?;
    let apart = year.div_euclid(100) - year.div_euclid(400) - 2;
    read.checked_add_days(Days::new(u64::try_from(apart).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates from the tables of the U.S. Naval Observatory ("The Date of Easter").
    #[test]
    fn known_easters() {
        let date = |text: &str| text.parse::<NaiveDate>().ok();
        for known in ["1961-04-02", "2000-04-23", "2008-03-23", "2024-03-31", "2025-04-20", "2026-04-05", "2038-04-25"]
        {
            let known = date(known);
            assert_eq!(known.and_then(|known| western(chrono::Datelike::year(&known))), known);
        }
        for known in ["2008-04-27", "2021-05-02", "2024-05-05", "2025-04-20", "2026-04-12"] {
            let known = date(known);
            assert_eq!(known.and_then(|known| orthodox(chrono::Datelike::year(&known))), known);
        }
    }
}

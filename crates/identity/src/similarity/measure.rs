//! Numbers, dates, lists and places.

use super::grams::{common_sorted, share};

/// The absolute difference of two numbers, in their unit. Not a number where one of them is not.
///
/// ```
/// # use onefold_identity::similarity::absolute_difference;
/// assert_eq!(absolute_difference(1971.0, 1973.0), 2.0);
/// ```
#[must_use]
pub fn absolute_difference(a: f64, b: f64) -> f64 {
    (a - b).abs()
}

/// The difference of two numbers by the larger of their magnitudes: 0 for equal ones, 1 for a number and zero, at most 2
/// for opposite ones. Not a number where one of them is not finite.
///
/// ```
/// # use onefold_identity::similarity::relative_difference;
/// assert_eq!(relative_difference(75.0, 100.0), 0.25);
/// assert_eq!(relative_difference(0.0, 0.0), 0.0);
/// ```
#[must_use]
pub fn relative_difference(a: f64, b: f64) -> f64 {
    let larger = a.abs().max(b.abs());
    if larger > 0.0 { a / larger - b / larger } else { a - b }.abs()
}

/// The number of days between two dates of the Gregorian calendar, each as year, month and day, whichever is first.
/// Nothing where one of them is no date.
///
/// Days are counted as by H. Hinnant, *chrono-compatible low-level date algorithms*.
///
/// ```
/// # use onefold_identity::similarity::days_between;
/// assert_eq!(days_between((1971, 5, 24), (1971, 5, 25)), Some(1));
/// assert_eq!(days_between((2000, 2, 28), (2000, 3, 1)), Some(2));
/// assert_eq!(days_between((1971, 2, 30), (1971, 5, 25)), None);
/// ```
#[must_use]
pub fn days_between(a: (i32, u32, u32), b: (i32, u32, u32)) -> Option<u64> {
    Some(day_number(a)?.abs_diff(day_number(b)?))
}

/// Days since the first of March of the year 0.
fn day_number((year, month, day): (i32, u32, u32)) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let year = i64::from(year) - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year)
}

/// How many different entries two lists have in common.
///
/// ```
/// # use onefold_identity::similarity::list_common;
/// assert_eq!(list_common(&["a@x.io", "b@x.io"], &["b@x.io", "c@x.io", "b@x.io"]), 1);
/// ```
#[must_use]
pub fn list_common<T: Ord>(a: &[T], b: &[T]) -> usize {
    common_sorted(&distinct(a), &distinct(b))
}

/// The Jaccard similarity of two lists as sets, 0 to 1: entries in common by entries of either. Two empty lists: 1.
///
/// ```
/// # use onefold_identity::similarity::list_jaccard;
/// assert_eq!(list_jaccard(&[1, 2, 3], &[2, 3, 4]), 0.5);
/// ```
#[must_use]
pub fn list_jaccard<T: Ord>(a: &[T], b: &[T]) -> f64 {
    let (a, b) = (distinct(a), distinct(b));
    let common = common_sorted(&a, &b);
    share(common as f64, (a.len() + b.len() - common) as f64)
}

fn distinct<T: Ord>(list: &[T]) -> Vec<&T> {
    let mut sorted: Vec<&T> = list.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// Mean radius of the earth, in kilometres (IUGG).
const EARTH: f64 = 6_371.008_8;

/// The distance along the earth's surface between two places, each as latitude and longitude in degrees, in kilometres:
/// 0 to about 20,015. The earth is taken for a sphere, which is right to half a percent.
///
/// ```
/// # use onefold_identity::similarity::haversine_km;
/// let (paris, london) = ((48.8566, 2.3522), (51.5074, -0.1278));
/// assert!((haversine_km(paris, london) - 343.6).abs() < 0.5);
/// ```
#[must_use]
pub fn haversine_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let half_sine = |x: f64| (x.to_radians() / 2.0).sin().powi(2);
    let h = half_sine(b.0 - a.0) + a.0.to_radians().cos() * b.0.to_radians().cos() * half_sine(b.1 - a.1);
    2.0 * EARTH * h.clamp(0.0, 1.0).sqrt().asin()
}

//! Points on the earth, as latitude and longitude in degrees.

use super::level::{BOTH_MISSING, ONE_MISSING, rare, slot};
use super::{Level, Slot};
use crate::records::{Field, Place, Records};
use crate::similarity::haversine_km;

/// Parties move, and one place is measured more or less exactly, or taken for the middle of its town.
pub(super) const LEVELS: &[Level] = &[
    Level::exact("the same point", 0.45, 0.45),
    Level::new("within a hundred metres", 0.10, 0.000_1, 0.10),
    Level::new("within a kilometre", 0.12, 0.001, 0.05),
    Level::new("within ten kilometres", 0.10, 0.02, 0.05),
    Level::new("within a hundred kilometres", 0.08, 0.08, 0.10),
    Level::new("further apart", 0.15, 0.898, 0.25),
];

pub(super) fn compare(records: &Records, fields: Place, a: u32, b: u32) -> Slot {
    let (latitudes, longitudes) = (records.field(fields.latitude), records.field(fields.longitude));
    let point = |record| Some((latitudes.first(record)?, longitudes.first(record)?));
    let (x, y) = match (point(a), point(b)) {
        (Some(x), Some(y)) => (x, y),
        (None, None) => return BOTH_MISSING,
        _ => return ONE_MISSING,
    };
    if x == y {
        return rare(0, latitudes.bin(x.0));
    }
    let degrees = |field: Field<'_>, symbol| field.text(symbol).parse::<f64>().unwrap_or(f64::NAN);
    let of = |(latitude, longitude)| (degrees(latitudes, latitude), degrees(longitudes, longitude));
    let apart = haversine_km(of(x), of(y));
    let near = [0.1, 1.0, 10.0, 100.0].iter().position(|within| apart <= *within);
    slot(near.map_or(LEVELS.len() - 1, |near| near + 1))
}

#[cfg(test)]
mod tests {
    use onefold_fact::Kind;

    use crate::compare::Memos;
    use crate::compare::level::{BOTH_MISSING, ONE_MISSING, level};
    use crate::records::{Column, Records};

    #[test]
    fn places_are_as_near_as_they_are_on_the_earth() {
        let columns = vec![Column::new("lat", Kind::Latitude), Column::new("lon", Kind::Longitude)];
        let mut builder = Records::builder(columns);
        let points = [("51.5074", "-0.1278"), ("51.50741", "-0.12781"), ("51.5154", "-0.1278"), ("48.8566", "2.3522")];
        points.iter().for_each(|(lat, lon)| builder.push([(0, *lat), (1, *lon)]));
        builder.push([(0, "51.5074")]);
        builder.push([(0, "95"), (1, "2")]);
        let records = builder.finish();
        let comparator = records.comparisons()[0].comparator;
        let compared = |a, b| comparator.compare(&records, a, b, &mut Memos::new(&records));
        assert_eq!([0, 1, 2, 3].map(|other| level(compared(0, other))), [0, 1, 2, 5]);
        assert_eq!((compared(0, 4), compared(4, 5)), (ONE_MISSING, BOTH_MISSING), "half a place, and none at all");
    }
}

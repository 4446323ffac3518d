//! [`Form`]: how the values of a Parquet column become text.

use std::fmt::Write;

use chrono::{DateTime, NaiveDate, NaiveTime};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::ColumnDescriptor;

/// How the values of a column become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As they are.
    Plain,
    /// Whole numbers without a sign, of 32 or 64 bits.
    Unsigned,
    /// So many digits behind the point.
    Decimal(usize),
    Date,
    /// So many to the second.
    Time(i64),
    /// So many to the second, and whether it is a moment in UTC.
    Timestamp(i64, bool),
    Uuid,
}

impl Form {
    /// The form of a column; the message says what it holds if that has no form as one cell.
    pub(super) fn of(column: &ColumnDescriptor) -> Result<Self, &'static str> {
        if column.max_rep_level() > 0 {
            return Err("lists");
        }
        let per_second = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        };
        let scale = usize::try_from(column.type_scale()).unwrap_or(0);
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => Ok(Self::Decimal(scale)),
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Ok(Self::Date),
            (Some(LogicalType::Time(time)), _) => Ok(Self::Time(per_second(&time.unit))),
            (None, ConvertedType::TIME_MILLIS) => Ok(Self::Time(1_000)),
            (None, ConvertedType::TIME_MICROS) => Ok(Self::Time(1_000_000)),
            (Some(LogicalType::Timestamp(time)), _) => {
                Ok(Self::Timestamp(per_second(&time.unit), time.is_adjusted_to_u_t_c))
            }
            (None, ConvertedType::TIMESTAMP_MILLIS) => Ok(Self::Timestamp(1_000, true)),
            (None, ConvertedType::TIMESTAMP_MICROS) => Ok(Self::Timestamp(1_000_000, true)),
            (Some(LogicalType::Integer(number)), _) if !number.is_signed => Ok(Self::Unsigned),
            (
                None,
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64,
            ) => Ok(Self::Unsigned),
            (Some(LogicalType::Uuid), _) => Ok(Self::Uuid),
            (Some(LogicalType::Float16), _) => Err("half-precision numbers"),
            (_, ConvertedType::INTERVAL) => Err("intervals"),
            (Some(LogicalType::Bson | LogicalType::Variant(_)), _) => Err("binary documents"),
            (Some(LogicalType::Geometry(_) | LogicalType::Geography(_)), _) => Err("shapes"),
            _ if column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY => Err("bytes"),
            _ => Ok(Self::Plain),
        }
    }

    /// Writes a whole number; nothing if it means none.
    pub(super) fn integer(self, number: i64, wide: bool, text: &mut String) {
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Plain | Self::Uuid => write!(text, "{number}"),
            Self::Unsigned if wide => write!(text, "{}", number.cast_unsigned()),
            Self::Unsigned => write!(text, "{}", number & 0xFFFF_FFFF),
            Self::Decimal(scale) => {
                decimal(i128::from(number), scale, text);
                Ok(())
            }
            Self::Date => {
                let epoch = NaiveDate::default();
                let date = chrono::TimeDelta::try_days(number).and_then(|days| epoch.checked_add_signed(days));
                date.map_or(Ok(()), |date| write!(text, "{date}"))
            }
            Self::Time(per_second) => match time(number, per_second) {
                Some(time) => write!(text, "{}", time.format("%H:%M:%S%.f")),
                None => Ok(()),
            },
            Self::Timestamp(per_second, utc) => {
                let nanos = nanoseconds(number.rem_euclid(per_second), per_second);
                match DateTime::from_timestamp(number.div_euclid(per_second), nanos) {
                    Some(at) if utc => write!(text, "{}", at.format("%Y-%m-%dT%H:%M:%S%.fZ")),
                    Some(at) => write!(text, "{}", at.format("%Y-%m-%dT%H:%M:%S%.f")),
                    None => Ok(()),
                }
            }
        };
    }

    /// Writes bytes that are no text; `false` if they have no form.
    pub(super) fn bytes(self, bytes: &[u8], text: &mut String) -> bool {
        match self {
            Self::Decimal(scale) if bytes.len() <= 16 => {
                let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
                decimal(bytes.iter().fold(sign, |number: i128, byte| (number << 8) | i128::from(*byte)), scale, text);
                true
            }
            Self::Uuid if bytes.len() == 16 => {
                for (at, byte) in bytes.iter().enumerate() {
                    if matches!(at, 4 | 6 | 8 | 10) {
                        text.push('-');
                    }
                    let _ = write!(text, "{byte:02x}");
                }
                true
            }
            _ => false,
        }
    }
}

fn nanoseconds(part: i64, per_second: i64) -> u32 {
    u32::try_from(part * (1_000_000_000 / per_second)).unwrap_or(0)
}

fn time(number: i64, per_second: i64) -> Option<NaiveTime> {
    let seconds = u32::try_from(number.div_euclid(per_second)).ok()?;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanoseconds(number.rem_euclid(per_second), per_second))
}

/// A number with so many of its digits behind the point.
fn decimal(number: i128, scale: usize, text: &mut String) {
    if number < 0 {
        text.push('-');
    }
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    text.push_str(whole);
    if !part.is_empty() {
        text.push('.');
        text.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(form: Form, number: i64) -> String {
        let mut text = String::new();
        form.integer(number, true, &mut text);
        text
    }

    #[test]
    fn numbers_become_what_a_table_of_text_would_say() {
        assert_eq!(integer(Form::Plain, -7), "-7");
        assert_eq!(integer(Form::Unsigned, -1), "18446744073709551615");
        assert_eq!(integer(Form::Decimal(2), -5), "-0.05");
        assert_eq!(integer(Form::Decimal(0), 12), "12");
        assert_eq!(integer(Form::Date, -1), "1969-12-31");
        assert_eq!(integer(Form::Date, i64::MAX), "");
        assert_eq!(integer(Form::Time(1_000), 61_500), "00:01:01.500");
        assert_eq!(integer(Form::Timestamp(1_000, true), -500), "1969-12-31T23:59:59.500Z");
        assert_eq!(integer(Form::Timestamp(1_000_000, false), 0), "1970-01-01T00:00:00");
    }

    #[test]
    fn bytes_become_numbers_and_ids() {
        let mut text = String::new();
        assert!(Form::Decimal(1).bytes(&[0xFF, 0x85], &mut text));
        assert_eq!(text, "-12.3");
        text.clear();
        assert!(Form::Uuid.bytes(&[0x11; 16], &mut text));
        assert_eq!(text, "11111111-1111-1111-1111-111111111111");
        assert!(!Form::Plain.bytes(b"x", &mut text));
    }
}

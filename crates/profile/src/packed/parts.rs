//! How the parts of a profile are packed that other crates declare, or that are told in fewer bytes than their fields.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use onefold_fact::{
    AttributeName, Basis, Choice, Consent, CustomerId, FactId, FlatMap, Identifier, Name, Party, RecordId, RecordKey,
    Source, Timestamp, Value,
};
use rust_decimal::Decimal;

use super::{Damaged, Packed, Packer, Unpacker};
use crate::attribute::HeldRule;
use crate::provenance::{Provenance, Teller};

/// The deepest nesting of values that is read: JSON has less.
const MAX_DEPTH: usize = 256;

impl Packed for bool {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.byte(u8::from(*self));
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        one_of(&[false, true], from)
    }
}

impl Packed for usize {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.unsigned(*self as u128);
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        from.unsigned()?.try_into().map_err(|_| Damaged)
    }
}

impl Packed for u32 {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.unsigned((*self).into());
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        from.unsigned()?.try_into().map_err(|_| Damaged)
    }
}

impl Packed for String {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.text(self.as_str());
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        from.text().map(str::to_owned)
    }
}

macro_rules! names {
    ($($name:ident),+) => {$(
        impl Packed for $name {
            fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
                to.text(self.as_str());
            }

            fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
                from.text().map($name::from)
            }
        }
    )+};
}
names!(Name, AttributeName, Source);

macro_rules! ids {
    ($($id:ident by $one:ident),+) => {$(
        impl Packed for $id {
            fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
                to.$one(*self.as_uuid());
            }

            fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
                from.$one().map($id::from)
            }
        }
    )+};
}
ids!(RecordId by id, FactId by single_id);

impl Packed for CustomerId {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.id(*RecordId::from(*self).as_uuid());
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        RecordId::unpack_from(from).map(Self::from)
    }
}

impl Packed for Identifier {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.text(self.namespace().as_str());
        to.text(self.value());
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        Ok(Self::new(from.text()?, from.text()?))
    }
}

impl Packed for RecordKey {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.byte(self.party() as u8);
        to.text(self.name());
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        Ok(Self::new(Packed::unpack_from(from)?, from.text()?))
    }
}

/// One of some choices without anything to say beside.
fn one_of<T: Copy>(all: &[T], from: &mut Unpacker<'_>) -> Result<T, Damaged> {
    all.get(usize::from(from.byte()?)).copied().ok_or(Damaged)
}

macro_rules! choices {
    ($($name:ident: $($variant:ident)+;)+) => {$(
        impl Packed for $name {
            fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
                to.byte(*self as u8);
            }

            fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
                one_of(&[$($name::$variant),+], from)
            }
        }
    )+};
}
// In the order in which they are declared, which their numbers follow.
choices! {
    Party: Person Organisation;
    Choice: Granted Denied Withdrawn;
    Basis: Consent Contract LegalObligation VitalInterests PublicTask LegitimateInterests;
}

super::packed!(Consent { purpose, channel, choice, basis, proof, expires_at, collected_by });

/// By the seconds since the last time, and what there is below a second.
impl Packed for Timestamp {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        let (second, below) = (self.timestamp(), self.nanosecond());
        // The seconds of the calendar are far from filling their number, so there is room for a bit.
        to.signed((second - to.second) << 1 | i64::from(below > 0));
        if below > 0 {
            to.unsigned(below.into());
        }
        to.second = second;
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        let said = from.signed()?;
        let second = from.second.checked_add(said >> 1).ok_or(Damaged)?;
        let whole = DateTime::from_timestamp(second, 0).ok_or(Damaged)?;
        from.second = second;
        if said & 1 == 0 {
            return Ok(whole);
        }
        whole.with_nanosecond(Packed::unpack_from(from)?).ok_or(Damaged)
    }
}

/// By its digits, and how many of them stand behind the point: spelled as it was.
impl Packed for Decimal {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.byte(self.scale() as u8 | u8::from(self.is_sign_negative()) << 7);
        to.unsigned(self.mantissa().unsigned_abs());
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        let sign_and_scale = from.byte()?;
        let digits = i128::try_from(from.unsigned()?).map_err(|_| Damaged)?;
        let mut number =
            Decimal::try_from_i128_with_scale(digits, u32::from(sign_and_scale & 0x7f)).map_err(|_| Damaged)?;
        number.set_sign_negative(sign_and_scale >= 0x80);
        Ok(number)
    }
}

impl Packed for Value {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        match self {
            Value::Boolean(false) => to.byte(0),
            Value::Boolean(true) => to.byte(1),
            Value::Integer(number) => {
                to.byte(2);
                to.signed(*number);
            }
            Value::Decimal(number) => {
                to.byte(3);
                number.pack_into(to);
            }
            Value::Date(day) => {
                to.byte(4);
                to.signed(day.num_days_from_ce().into());
            }
            Value::Timestamp(time) => {
                to.byte(5);
                time.pack_into(to);
            }
            Value::Text(text) => {
                to.byte(6);
                to.text(text.as_str());
            }
            Value::List(items) => {
                to.byte(7);
                items.pack_into(to);
            }
            Value::Map(fields) => {
                to.byte(8);
                fields.pack_into(to);
            }
        }
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        from.depth += 1;
        if from.depth > MAX_DEPTH {
            return Err(Damaged);
        }
        let value = match from.byte()? {
            0 => Value::Boolean(false),
            1 => Value::Boolean(true),
            2 => Value::Integer(from.signed()?),
            3 => Value::Decimal(Packed::unpack_from(from)?),
            4 => {
                let day = i32::try_from(from.signed()?).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
                Value::Date(day.ok_or(Damaged)?)
            }
            5 => Value::Timestamp(Packed::unpack_from(from)?),
            6 => Value::from(from.text()?),
            7 => Value::List(Packed::unpack_from(from)?),
            8 => Value::Map(Packed::unpack_from(from)?),
            _ => return Err(Damaged),
        };
        from.depth -= 1;
        Ok(value)
    }
}

/// By its JSON, which is said once: thousands of attributes have a handful of rules.
impl Packed for HeldRule {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.text(serde_json::to_string(self.get()).unwrap_or_default());
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        let rule = serde_json::from_str(from.text()?).map_err(|_| Damaged)?;
        Ok(HeldRule::of(&rule))
    }
}

impl Packed for Arc<Teller> {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.teller(self);
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        from.teller()
    }
}

impl Packed for Arc<Provenance> {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.provenance(self);
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        from.provenance()
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.byte(u8::from(self.is_some()));
        if let Some(thing) = self {
            thing.pack_into(to);
        }
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        bool::unpack_from(from)?.then(|| T::unpack_from(from)).transpose()
    }
}

impl<T: Packed> Packed for Box<T> {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        T::pack_into(self, to);
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        T::unpack_from(from).map(Box::new)
    }
}

fn pack_each<'p, T: Packed + 'p>(things: impl ExactSizeIterator<Item = &'p T>, to: &mut Packer<'p>) {
    to.unsigned(things.len() as u128);
    things.for_each(|thing| thing.pack_into(to));
}

impl<T: Packed> Packed for Vec<T> {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        pack_each(self.iter(), to);
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        (0..from.count()?).map(|_| T::unpack_from(from)).collect()
    }
}

impl<T: Packed> Packed for Box<[T]> {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        pack_each(self.iter(), to);
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        Vec::unpack_from(from).map(Vec::into_boxed_slice)
    }
}

impl<K: Packed + Ord, V: Packed> Packed for FlatMap<K, V> {
    fn pack_into<'p>(&'p self, to: &mut Packer<'p>) {
        to.unsigned(self.len() as u128);
        for (key, value) in self {
            key.pack_into(to);
            value.pack_into(to);
        }
    }

    fn unpack_from(from: &mut Unpacker<'_>) -> Result<Self, Damaged> {
        (0..from.count()?).map(|_| Ok((K::unpack_from(from)?, V::unpack_from(from)?))).collect()
    }
}

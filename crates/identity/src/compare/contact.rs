//! Mailboxes, phone numbers, ids and web sites: values that belong to one party, or to a household.

use super::level::{rare, slot};
use super::{Level, Slot, Values, no_glance};
use crate::records::{Field, Sketch, Symbol};
use crate::similarity::{jaro_winkler_within, osa_within};

/// People have several mailboxes; families share some. An address made from the name repeats the name and is little
/// evidence beyond it, hence the modest worth of an equal local part.
pub(super) const EMAIL: &[Level] = &[
    Level::exact("equal", 0.52, 0.20),
    Level::new("one slip apart", 0.05, 0.000_1, 0.001),
    Level::new("same name at another provider", 0.06, 0.004, 0.004),
    Level::new("similar", 0.02, 0.002, 0.004),
    Level::new("different", 0.35, 0.993_9, 0.791),
];

/// People have several numbers; families share a landline.
pub(super) const PHONE: &[Level] = &[
    Level::exact("equal", 0.55, 0.40),
    Level::new("one slip apart", 0.04, 0.000_1, 0.001),
    Level::new("different", 0.41, 0.999_9, 0.599),
];

/// An authority's number does not change and is nobody else's.
pub(super) const NATIONAL: &[Level] = &[
    Level::exact("equal", 0.90, 0.000_5),
    Level::new("one or two slips apart", 0.07, 0.000_1, 0.000_5),
    Level::new("different", 0.03, 0.999_9, 0.999),
];

/// To have the same id in one system is strong evidence; to have two is none, since systems hold duplicates.
pub(super) const EXTERNAL: &[Level] = &[Level::exact("equal", 0.5, 0.000_5), Level::new("different", 0.5, 0.5, 0.5)];

/// The level of [`EXCLUSIVE`] that tells two parties for certain.
pub(super) const EXCLUSIVE_DIFFERENT: usize = 1;

/// To have two of what a party has one of tells two parties.
pub(super) const EXCLUSIVE: &[Level] =
    &[Level::exact("equal", 0.999_999, 0.000_5), Level::new("different", 0.000_001, 1.0, 1.0)];

/// Organisations have one site, sometimes several.
pub(super) const URL: &[Level] = &[Level::exact("equal", 0.75, 0.3), Level::new("different", 0.25, 0.999, 0.7)];

pub(super) const EMAIL_VALUES: Values = Values { glance: email_glance, read: email };
pub(super) const PHONE_VALUES: Values = Values { glance: phone_glance, read: phone };
pub(super) const NATIONAL_VALUES: Values = Values { glance: national_glance, read: national };
pub(super) const EXTERNAL_VALUES: Values = Values { glance: external_glance, read: external };
pub(super) const URL_VALUES: Values = Values { glance: no_glance, read: url };

fn email_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    (x.extra() != y.extra() && !x.within_edits(y, MOST_SLIPS)).then_some(slot(DIFFERENT_EMAIL))
}

fn phone_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    let digits = x.length().min(y.length());
    if x.length().max(y.length()) > 16 {
        return None;
    }
    // Of what both have, counted from the end: more than two digits differ.
    let differing = (x.extra() ^ y.extra()) & (u64::MAX >> (64 - 4 * digits.clamp(1, 16)));
    let marks = (differing | differing >> 1 | differing >> 2 | differing >> 3) & 0x1111_1111_1111_1111;
    (marks.count_ones() > 2).then_some(slot(2))
}

fn national_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    (!x.within_edits(y, 2)).then_some(slot(2))
}

fn external_glance(_: Sketch, _: Sketch) -> Option<Slot> {
    Some(slot(1))
}

/// Most slips between two mailboxes that may be one.
const MOST_SLIPS: u32 = 3;

fn email(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(0, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    let (Some((local_a, provider_a)), Some((local_b, provider_b))) = (a.split_once('@'), b.split_once('@')) else {
        return slot(DIFFERENT_EMAIL);
    };
    let made = field.is_made_of_name(x) || field.is_made_of_name(y);
    if local_a == local_b && local_a.len() >= 4 {
        let slip = osa_within(provider_a, provider_b, 1).is_some() && provider_a.len() >= 8;
        return slot(match (slip, made) {
            (true, _) => 1,
            (_, false) => 2,
            // Two people of one name have such mailboxes as well.
            (_, true) => DIFFERENT_EMAIL,
        });
    }
    let letters = |local: &str| local.bytes().filter(u8::is_ascii_alphabetic).collect::<Vec<u8>>();
    let numbered = letters(local_a) == letters(local_b);
    if a.len() < 8 || (made && numbered) {
        return slot(DIFFERENT_EMAIL);
    }
    if osa_within(a, b, 1).is_some() {
        // A number tells people apart who would have one mailbox: `user12`, `user13`.
        return slot(if numbered { 3 } else { 1 });
    }
    // A slip in the name and one at the provider; or a few slips.
    let slips = if a.len().min(b.len()) >= 12 { MOST_SLIPS as usize } else { 2 };
    let near = !made
        && a.len().abs_diff(b.len()) <= slips
        && (jaro_winkler_within(local_a, local_b, SIMILAR).is_some() || osa_within(local_a, local_b, 1).is_some())
        && osa_within(a, b, slips).is_some();
    slot(if near { 3 } else { DIFFERENT_EMAIL })
}

/// The level of mailboxes that have nothing to do with each other.
const DIFFERENT_EMAIL: usize = 4;

/// Similarity from which the names before the `@` may be one.
const SIMILAR: f64 = 0.85;

fn phone(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(0, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    let suffix = a.len().min(b.len()) >= 7 && (a.ends_with(b) || b.ends_with(a));
    let close = suffix || (a.len() == b.len() && a.len() >= 7 && osa_within(a, b, 1).is_some());
    slot(if close { 1 } else { 2 })
}

fn national(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(0, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    let length = a.len().max(b.len());
    let slips = if length >= 9 { 2 } else { 1 };
    let close = length >= 6 && a.len().abs_diff(b.len()) <= slips && osa_within(a, b, slips).is_some();
    slot(if close { 1 } else { 2 })
}

fn external(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y { rare(0, field.bin(x)) } else { slot(1) }
}

fn url(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    let host = |symbol| field.text(symbol).split(['/', '?', '#']).next().unwrap_or("");
    if x == y || host(x) == host(y) { rare(0, field.bin(x)) } else { slot(1) }
}

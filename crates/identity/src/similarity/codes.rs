//! Short texts as codes below 128, so that one kernel on bytes serves ASCII and every other script.

use std::collections::HashMap;

/// Longest text, in characters, whose positions fit a machine word.
pub(super) const WORD: usize = 64;

/// A text of at most [`WORD`] codes.
#[derive(Debug, Clone)]
pub(super) struct Codes {
    codes: [u8; WORD],
    length: usize,
}

impl Codes {
    /// Codes the characters of a text; nothing where there are more than [`WORD`].
    #[inline]
    pub(super) fn of(text: &str, mut code: impl FnMut(char) -> u8) -> Option<Self> {
        let (mut codes, mut length) = ([0; WORD], 0);
        for character in text.chars() {
            *codes.get_mut(length)? = code(character);
            length += 1;
        }
        Some(Self { codes, length })
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.codes.get(..self.length).unwrap_or(&self.codes)
    }
}

/// A table by open addressing that gives each distinct character of one text the number of a slot. Holds at most
/// [`WORD`] of them, so half of the slots stay empty and every search ends.
#[derive(Debug, Clone)]
pub(super) struct Slots([u32; 128]);

impl Slots {
    pub(super) fn new() -> Self {
        Self([0; 128])
    }

    /// The code of a character. ASCII characters that are alone are their own code. Characters that were not
    /// entered get the code of an empty slot, which no character of the text that was entered has.
    #[inline]
    pub(super) fn find(&self, character: char) -> u8 {
        let key = u32::from(character) + 1;
        let mut slot = (u32::from(character) & 127) as u8;
        loop {
            let held = self.0[usize::from(slot & 127)];
            if held == key || held == 0 {
                return slot & 127;
            }
            slot = slot.wrapping_add(1) & 127;
        }
    }

    /// The code of a character, which is entered if it is new. At most [`WORD`] may be.
    #[inline]
    pub(super) fn enter(&mut self, character: char) -> u8 {
        let slot = self.find(character);
        self.0[usize::from(slot & 127)] = u32::from(character) + 1;
        slot
    }

    /// Enters a text and codes it; nothing where it is longer than [`WORD`].
    #[inline]
    pub(super) fn code(&mut self, text: &str) -> Option<Codes> {
        Codes::of(text, |character| self.enter(character))
    }
}

/// Runs `short` on two texts of at most [`WORD`] characters as codes, and `long` on others as numbers. Two codes agree
/// where the characters do, as long as one is of `a`: two characters of `b` that `a` lacks may share one.
#[inline]
pub(super) fn coded<R>(
    a: &str,
    b: &str,
    short: impl FnOnce(&[u8], &[u8]) -> R,
    long: impl FnOnce(&[u32], &[u32]) -> R,
) -> R {
    if a.len() <= WORD && b.len() <= WORD && a.is_ascii() && b.is_ascii() {
        short(a.as_bytes(), b.as_bytes())
    } else {
        coded_unicode(a, b, short, long)
    }
}

#[inline(never)]
fn coded_unicode<R>(
    a: &str,
    b: &str,
    short: impl FnOnce(&[u8], &[u8]) -> R,
    long: impl FnOnce(&[u32], &[u32]) -> R,
) -> R {
    // A character has at most four bytes.
    if a.len() <= 4 * WORD && b.len() <= 4 * WORD {
        let mut slots = Slots::new();
        let codes = slots.code(a).and_then(|a| Some((a, Codes::of(b, |character| slots.find(character))?)));
        if let Some((a, b)) = codes {
            return short(a.as_slice(), b.as_slice());
        }
    }
    let mut known = HashMap::new();
    let mut number = |text: &str| -> Vec<u32> {
        let number = |character| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(character).or_insert(next)
        };
        text.chars().map(number).collect()
    };
    let (a, b) = (number(a), number(b));
    long(&a, &b)
}

/// How many characters two texts begin with in common.
#[inline]
pub(super) fn common_prefix<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

/// Two texts without what they begin and end with in common.
#[inline]
pub(super) fn trimmed<'t, T: PartialEq>(a: &'t [T], b: &'t [T]) -> (&'t [T], &'t [T]) {
    let prefix = common_prefix(a, b);
    let (a, b) = (a.get(prefix..).unwrap_or_default(), b.get(prefix..).unwrap_or_default());
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (a.get(..a.len() - suffix).unwrap_or_default(), b.get(..b.len() - suffix).unwrap_or_default())
}

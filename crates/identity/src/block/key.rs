//! [`BlockingKey`]: which records are worth comparing, as a function of one record.

use std::collections::HashMap;
use std::fmt;

use foldhash::fast::FixedState;

use super::piece::{HashedPieces, Piece, Pieces, Take};
use crate::cluster::LARGEST;
use crate::records::{Comparator, Layout, Records};

/// Records that share a key are compared. A key is made of pieces, all of which a record must have; a record with
/// several values of a piece has several keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockingKey {
    name: String,
    /// Positions of its pieces.
    pieces: Vec<usize>,
    most_records: usize,
    /// Whether it points at one party whatever the data.
    points: bool,
    /// Whether records that share it are one party.
    joins: bool,
}

/// Most records in a block. A block of this size gives 4,950 pairs.
const MOST_RECORDS: usize = 100;

/// Most records in a block of a key of one piece, which says little by itself, so that only its rare values count.
const MOST_RECORDS_ALONE: usize = 60;

/// Most keys that one record has of one kind; a record with more values than that is not to be trusted in them.
const MOST_KEYS: usize = 32;

impl fmt::Display for BlockingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl BlockingKey {
    /// Most records in a block; a larger one is left out.
    pub(super) fn most_records(&self) -> usize {
        self.most_records
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn pieces(&self) -> &[usize] {
        &self.pieces
    }

    /// Of a key of one piece: the blocks that are too large, from how many records hold each value.
    pub(super) fn oversized(&self, records: &Records, pieces: &Pieces) -> Vec<u64> {
        let Some(piece) = self.pieces.first() else { return Vec::new() };
        let mut held: HashMap<u64, usize, FixedState> = HashMap::default();
        pieces.held(records, *piece, |hash, holders| *held.entry(hash).or_default() += holders as usize);
        held.into_iter().filter(|(_, holders)| *holders > self.most_records).map(|(hash, _)| mix(0, hash)).collect()
    }

    /// Adds the keys of a record, as hashes, distinct.
    pub(super) fn of<P: HashedPieces + ?Sized>(&self, records: &Records, pieces: &P, record: u32, keys: &mut Keys) {
        keys.found.clear();
        keys.found.push(0);
        for piece in &self.pieces {
            keys.next.clear();
            let Keys { found, next } = keys;
            pieces.each(records, *piece, record, |hash| next.extend(found.iter().map(|key| mix(*key, hash))));
            next.truncate(MOST_KEYS);
            std::mem::swap(&mut keys.found, &mut keys.next);
            if keys.found.is_empty() {
                return;
            }
        }
        if keys.found.len() > 1 {
            keys.found.sort_unstable();
            keys.found.dedup();
        }
    }
}

fn mix(key: u64, hash: u64) -> u64 {
    (key.rotate_left(23) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Room for the keys of a record.
#[derive(Debug, Default)]
pub(super) struct Keys {
    found: Vec<u64>,
    next: Vec<u64>,
}

impl Keys {
    pub(super) fn found(&self) -> &[u64] {
        &self.found
    }
}

/// All keys that are considered for a table: each thing that can point at a party alone, and the others two by two,
/// from two respects each.
#[derive(Debug, Default)]
pub(super) struct Considered {
    pub(super) pieces: Vec<Piece>,
    pub(super) keys: Vec<BlockingKey>,
}

impl Considered {
    pub(super) fn of(layout: &Layout) -> Self {
        let mut considered = Self::default();
        let mut names = Vec::new();
        let (mut births, mut places, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let is_person = layout.given().is_some() || layout.family().is_some();
        for comparison in layout.comparisons() {
            let own = comparison.name.as_str();
            match comparison.comparator {
                Comparator::Name(name) => {
                    let full = considered.piece("full name", name.full, Take::Whole);
                    considered.pointing(full);
                    names.extend(considered.given(name.given));
                    names.extend(considered.family(name.family));
                    let every = [Some(name.given), Some(name.family), name.words].into_iter().flatten().collect();
                    let any = considered.add("any name", every, Take::Words);
                    considered.alone(any);
                    names.push(any);
                    let [canonical, given_start] = [names[0], names[1]];
                    let [sound, family_start] = [names[3], names[4]];
                    considered.together(&[canonical, sound]);
                    considered.together(&[given_start, family_start]);
                }
                Comparator::Given(field) => names.extend(considered.given(field)),
                Comparator::Family(field) => names.extend(considered.family(field)),
                Comparator::Birth(field) => {
                    let whole = considered.piece("birth date", field, Take::Whole);
                    considered.alone(whole);
                    births.push(whole);
                    births.push(considered.piece("birth year", field, Take::Start(4)));
                    births.push(considered.piece("birthday", field, Take::End(5)));
                }
                Comparator::Email(field) => {
                    let whole = considered.piece("email", field, Take::Whole);
                    considered.identifying(whole);
                    let local = considered.piece("name part of email", field, Take::Local);
                    considered.alone(local);
                }
                Comparator::Phone(field) => {
                    let whole = considered.piece("phone", field, Take::Whole);
                    considered.identifying(whole);
                    let end = considered.piece("end of the phone", field, Take::End(7));
                    considered.alone(end);
                }
                Comparator::Address(address) => {
                    let street = considered.piece("street", address.street, Take::Whole);
                    let number = considered.piece("house number", address.number, Take::Whole);
                    considered.together(&[street, number]);
                    places.push(street);
                    let code = considered.piece("postal code", address.postcode, Take::Whole);
                    considered.alone(code);
                    places.push(code);
                    places.push(considered.piece("start of the postal code", address.postcode, Take::Half));
                    places.push(considered.piece("town", address.city, Take::Whole));
                }
                Comparator::Place(place) => {
                    let whole =
                        [place.latitude, place.longitude].map(|field| considered.piece(own, field, Take::Whole));
                    considered.together(&whole);
                    places.push(considered.piece("start of the latitude", place.latitude, Take::Start(5)));
                }
                Comparator::National(field) | Comparator::External(field) | Comparator::Exclusive(field) => {
                    let piece = considered.piece(own, field, Take::Whole);
                    considered.identifying(piece);
                    if let Some(key) = considered.keys.last_mut() {
                        key.joins = comparison.joins;
                    }
                }
                Comparator::Url(field) => {
                    let piece = considered.piece(own, field, Take::Whole);
                    considered.pointing(piece);
                }
                Comparator::Company(field) => {
                    let whole = considered.piece(own, field, Take::Whole);
                    considered.pointing(whole);
                    let words = considered.piece(&format!("word of {own}"), field, Take::Words);
                    considered.alone(words);
                    names.push(considered.piece(&format!("start of {own}"), field, Take::Start(4)));
                }
                Comparator::Text(field) => {
                    let whole = considered.piece(own, field, Take::Whole);
                    considered.alone(whole);
                    texts.push(whole);
                    if !is_person {
                        let words = considered.piece(&format!("word of {own}"), field, Take::Words);
                        considered.alone(words);
                    }
                }
                Comparator::Number(field) | Comparator::Day(field) => {
                    let whole = considered.piece(own, field, Take::Whole);
                    considered.alone(whole);
                    texts.push(whole);
                }
                Comparator::Gender(_) | Comparator::Words(_) => {}
            }
        }
        // Wide tables have many columns of text; with names, births and places each is tried, with each other not.
        texts.truncate(MOST_TEXTS);
        let others: Vec<usize> = [births.as_slice(), &places, &texts].concat();
        for name in names {
            others.iter().for_each(|other| considered.together(&[*other, name]));
        }
        for birth in births {
            places.iter().chain(&texts).for_each(|other| considered.together(&[*other, birth]));
        }
        for place in places {
            texts.iter().for_each(|text| considered.together(&[*text, place]));
        }
        considered
    }

    /// The key of a name.
    pub(super) fn named(&self, name: &str) -> Option<&BlockingKey> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The keys of these names, as far as there are such, and those of ids that join.
    pub(super) fn wanted<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = &'a BlockingKey> {
        let further = self.keys.iter().filter(|key| key.joins && !names.contains(&key.name));
        names.iter().filter_map(|name| self.named(name)).chain(further)
    }

    fn given(&mut self, field: usize) -> [usize; 2] {
        let canonical = self.piece("given name", field, Take::Canonical);
        self.alone(canonical);
        [canonical, self.piece("start of the given name", field, Take::Start(3))]
    }

    fn family(&mut self, field: usize) -> [usize; 3] {
        let whole = self.piece("family name", field, Take::Whole);
        self.alone(whole);
        let sound = self.piece("sound of the family name", field, Take::Sound);
        [whole, sound, self.piece("start of the family name", field, Take::Start(4))]
    }

    fn piece(&mut self, name: &str, field: usize, take: Take) -> usize {
        self.add(name, vec![field], take)
    }

    fn add(&mut self, name: &str, fields: Vec<usize>, take: Take) -> usize {
        // A model names keys by their pieces, so no two pieces have one name.
        let mut unique = name.to_owned();
        for number in 2.. {
            if self.pieces.iter().all(|piece| piece.name != unique) {
                break;
            }
            unique = format!("{name} ({number})");
        }
        self.pieces.push(Piece { name: unique, fields, take });
        self.pieces.len() - 1
    }

    /// The keys that are good for whatever records come: of what points at one party alone, and of the usual pairs.
    pub(super) fn usual(&self) -> impl Iterator<Item = &BlockingKey> {
        const USUAL: [&str; 4] = [
            "given name and sound of the family name",
            "start of the given name and start of the family name",
            "birth date and given name",
            "birth date and family name",
        ];
        self.keys.iter().filter(|key| key.points || USUAL.contains(&key.name.as_str()))
    }

    fn alone(&mut self, piece: usize) {
        self.key(&[piece], MOST_RECORDS_ALONE);
    }

    /// A piece that points at one party.
    fn pointing(&mut self, piece: usize) {
        self.alone(piece);
        if let Some(key) = self.keys.last_mut() {
            key.points = true;
        }
    }

    /// A piece that points at one party, and is generic where people of many names hold it: however many records have it
    /// otherwise, they may be one party.
    fn identifying(&mut self, piece: usize) {
        self.pointing(piece);
        if let Some(key) = self.keys.last_mut() {
            key.most_records = LARGEST;
        }
    }

    fn together(&mut self, pieces: &[usize]) {
        self.key(pieces, MOST_RECORDS);
    }

    fn key(&mut self, pieces: &[usize], most_records: usize) {
        let names: Vec<&str> = pieces.iter().filter_map(|at| Some(self.pieces.get(*at)?.name.as_str())).collect();
        self.keys.push(BlockingKey {
            name: names.join(" and "),
            pieces: pieces.to_vec(),
            most_records,
            points: false,
            joins: false,
        });
    }
}

/// Most columns of text that are tried together with other things.
const MOST_TEXTS: usize = 4;

//! Threads: the order of arrival has no part in them, and they are what a slow and plain reading gives.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use onefold_crm::{MessageHead, Thread, Threads, base_subject};
use proptest::prelude::*;

/// A message of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Letter {
    key: String,
    id: String,
    references: Vec<String>,
    subject: String,
    participants: Vec<String>,
    at: i64,
}

impl Letter {
    fn head(&self) -> MessageHead<'_> {
        MessageHead {
            key: &self.key,
            id: &self.id,
            references: self.references.iter().map(String::as_str).collect(),
            subject: Some(&self.subject),
            participants: self.participants.iter().map(String::as_str).collect(),
            at: DateTime::from_timestamp(self.at, 0),
        }
    }
}

fn letter(id: &str, references: &[&str], at: i64) -> Letter {
    Letter {
        key: format!("k-{id}"),
        id: id.to_owned(),
        references: references.iter().map(|it| (*it).to_owned()).collect(),
        subject: String::new(),
        participants: Vec::new(),
        at,
    }
}

fn subject(id: &str, subject: &str, participants: &[&str], at: i64) -> Letter {
    let participants = participants.iter().map(|it| (*it).to_owned()).collect();
    Letter { subject: subject.to_owned(), participants, ..letter(id, &[], at) }
}

fn threads(letters: &[Letter]) -> Threads {
    Threads::of(letters.iter().map(Letter::head))
}

/// A conversation as people read it: ghosts are `?`.
fn shown(thread: &Thread) -> Vec<String> {
    let line =
        |depth: u32, id: &str, seen: bool| format!("{}{id}{}", " ".repeat(depth as usize), if seen { "" } else { "?" });
    thread.entries.iter().map(|entry| line(entry.depth, &entry.id, entry.message.is_some())).collect()
}

fn one(letters: &[Letter]) -> Vec<String> {
    let all = threads(letters).all();
    assert_eq!(all.len(), 1, "{all:?}");
    shown(&all[0])
}

#[test]
fn a_missing_parent_holds_its_replies_together() {
    assert_eq!(one(&[letter("b", &["a"], 2), letter("c", &["a"], 3)]), ["a?", " b", " c"]);
    assert_eq!(one(&[letter("b", &["a"], 2)]), ["b"], "one alone needs nobody above it");
    assert_eq!(one(&[letter("d", &["a", "b", "c"], 2), letter("a", &[], 1)]), ["a", " d"]);
    assert_eq!(
        one(&[letter("d", &["a", "b"], 2), letter("e", &["a", "b"], 3), letter("f", &["a"], 1)]),
        ["a?", " f", " d", " e"],
        "who stands below a ghost below a root goes up"
    );
}

#[test]
fn a_late_parent_takes_its_place_and_the_id_stays() {
    let mut threads = threads(&[letter("b", &["a"], 2), letter("c", &["a"], 3)]);
    let before = threads.thread("c").unwrap();
    threads.insert(&letter("a", &[], 1).head());
    let after = threads.thread("c").unwrap();
    assert_eq!(before.id, after.id);
    assert_eq!(shown(&after), ["a", " b", " c"]);
}

#[test]
fn what_a_message_says_of_itself_goes_before_what_others_say() {
    // `c` says that it answers `a`; `d` has it below `b`.
    assert_eq!(
        one(&[letter("a", &[], 1), letter("b", &["a"], 2), letter("c", &["a"], 3), letter("d", &["a", "b", "c"], 4)]),
        ["a", " b", " c", "  d"]
    );
}

#[test]
fn circles_are_cut() {
    let circle = [letter("a", &["b"], 1), letter("b", &["c"], 2), letter("c", &["a"], 3)];
    assert_eq!(one(&circle), ["c", " b", "  a"], "the last of them by time is not put below anybody");
    assert_eq!(one(&[letter("a", &["a"], 1)]), ["a"]);
    let within = [letter("a", &["b", "a", "b"], 1), letter("b", &[], 2)];
    assert_eq!(one(&within), ["b", " a"]);
}

#[test]
fn a_subject_joins_only_replies_without_references_between_the_same() {
    let (ada, bo) = (["ada", "desk"], ["bo", "desk"]);
    let all = threads(&[
        subject("1", "Prices", &ada, 1),
        subject("2", "Re: Prices", &ada, 2),
        subject("3", "Re: Prices", &bo, 3),
        subject("4", "Prices", &ada, 4),
        subject("5", "AW: prices", &["desk", "ada"], 5),
        Letter {
            subject: "Re: Prices".into(),
            participants: vec!["ada".into(), "desk".into()],
            ..letter("6", &["x"], 6)
        },
    ])
    .all();
    let all: Vec<Vec<String>> = all.iter().map(shown).collect();
    assert_eq!(all, [vec!["1", " 2"], vec!["3"], vec!["4", " 5"], vec!["6"]]);
}

#[test]
fn two_messages_of_one_id_stand_side_by_side() {
    let copy = Letter { key: "another".into(), ..letter("a", &[], 1) };
    let mut threads = threads(&[letter("a", &[], 1), copy.clone(), letter("b", &["a"], 2)]);
    assert!(!threads.insert(&copy.head()), "the same again is nothing new");
    let thread = threads.thread("b").unwrap();
    assert_eq!(thread.keys().collect::<Vec<_>>(), ["another", "k-a", "k-b"]);
    assert_eq!(thread.entries[2].parent, Some(0));
}

#[test]
fn fifty_thousand_deep() {
    let name = |at: usize| format!("m{at:06}");
    let letters: Vec<Letter> = (0..50_000)
        .map(|at: usize| {
            let parent: Vec<String> = at.checked_sub(1).map(name).into_iter().collect();
            let parent: Vec<&str> = parent.iter().map(String::as_str).collect();
            letter(&name(at), &parent, i64::try_from(at).unwrap())
        })
        .collect();
    let backwards: Vec<Letter> = letters.iter().rev().cloned().collect();
    for letters in [letters, backwards] {
        let thread = threads(&letters).thread("m000000").unwrap();
        assert_eq!(thread.entries.last().unwrap().depth, 49_999);
        assert_eq!(thread.messages(), 50_000);
    }
}

#[test]
fn base_subjects() {
    for (subject, base, is_reply) in [
        ("Re: Re[2]: hi", "hi", true),
        ("[list] Re: [list] hi", "hi", true),
        ("[Fwd: hi]", "hi", true),
        ("[list]", "[list]", false),
        ("re", "re", false),
        ("", "", false),
        ("Re: ", "", true),
        ("Réf: hi", "réf: hi", false),
    ] {
        assert_eq!(base_subject(subject), (base.to_owned(), is_reply), "{subject}");
    }
}

/// Any few messages: ids few enough to meet, references that contradict each other and go round in circles.
fn letters() -> impl Strategy<Value = Vec<Letter>> {
    let one = (0..12_u8, prop::collection::vec(0..14_u8, 0..4), 0..6_u8, 0..3_u8, 0..9_i64);
    prop::collection::vec(one, 1..14).prop_map(|all| {
        let of = |(nth, (id, references, subject, participants, at)): (usize, (u8, Vec<u8>, u8, u8, i64))| Letter {
            key: format!("k{nth}"),
            id: if id == 11 { String::new() } else { format!("i{id}") },
            references: references.iter().map(|it| format!("i{it}")).collect(),
            subject: ["", "hi", "Re: hi", "hi", "Re: ho", "ho"][usize::from(subject)].to_owned(),
            participants: [vec!["a"], vec!["a", "b"], vec!["b", "a"]][usize::from(participants)]
                .iter()
                .map(|it| (*it).to_owned())
                .collect(),
            at,
        };
        all.into_iter().enumerate().map(of).collect()
    })
}

/// Conversations by a slow and plain reading: which keys are together, and below which id each id stands.
fn plainly(letters: &[Letter]) -> (BTreeSet<BTreeSet<String>>, BTreeMap<String, String>) {
    let mut sorted: Vec<&Letter> = letters.iter().collect();
    sorted.sort_by_key(|it| (it.at, &it.key));
    let id = |letter: &Letter| if letter.id.is_empty() { letter.key.clone() } else { letter.id.clone() };
    let references = |letter: &Letter| -> Vec<String> {
        let all: Vec<String> = letter.references.iter().filter(|it| **it != id(letter)).cloned().collect();
        (0..all.len()).filter(|at| !all[at + 1..].contains(&all[*at])).map(|at| all[at].clone()).collect()
    };
    let mut parents: BTreeMap<String, String> = BTreeMap::new();
    let mut together: Vec<(String, String)> = Vec::new();
    let mut link = |child: &str, parent: &str| {
        let mut up = Some(parent.to_owned());
        while let Some(at) = up {
            if at == child {
                return;
            }
            up = parents.get(&at).cloned();
        }
        parents.entry(child.to_owned()).or_insert_with(|| parent.to_owned());
    };
    for letter in &sorted {
        references(letter).last().into_iter().for_each(|last| link(&id(letter), last));
        together.extend(references(letter).into_iter().map(|of| (id(letter), of)));
    }
    for letter in &sorted {
        references(letter).windows(2).for_each(|pair| link(&pair[1], &pair[0]));
    }
    let mut before: Vec<&Letter> = Vec::new();
    for letter in &sorted {
        let (base, is_reply) = base_subject(&letter.subject);
        let whom = |it: &Letter| it.participants.iter().cloned().collect::<BTreeSet<_>>();
        if !references(letter).is_empty() || base.is_empty() {
            continue;
        }
        let same = |it: &&&Letter| base_subject(&it.subject).0 == base && whom(it) == whom(letter);
        if let Some(above) = before.iter().rev().find(same)
            && is_reply
            && !parents.contains_key(&id(letter))
        {
            together.push((id(letter), id(above)));
            let (child, parent) = (id(letter), id(above));
            let mut up = Some(parent.clone());
            let mut circle = false;
            while let Some(at) = up {
                circle |= at == child;
                up = parents.get(&at).cloned();
            }
            if !circle {
                parents.insert(child, parent);
            }
        }
        before.push(letter);
    }
    let mut groups: Vec<(BTreeSet<String>, BTreeSet<String>)> = Vec::new();
    for letter in &sorted {
        let mut ids = BTreeSet::from([id(letter)]);
        loop {
            let more: BTreeSet<String> = together
                .iter()
                .filter(|(a, b)| ids.contains(a) || ids.contains(b))
                .flat_map(|(a, b)| [a.clone(), b.clone()])
                .collect();
            if more.is_subset(&ids) {
                break;
            }
            ids.extend(more);
        }
        match groups.iter_mut().find(|(of, _)| *of == ids) {
            Some((_, keys)) => drop(keys.insert(letter.key.clone())),
            None => groups.push((ids, BTreeSet::from([letter.key.clone()]))),
        }
    }
    (groups.into_iter().map(|(_, keys)| keys).collect(), parents)
}

proptest! {
    /// Adding messages one by one in any order, some of them twice, gives what all at once give. Catches: linking by what
    /// came first, the number of a node in a tie, a conversation named by its first message.
    #[test]
    fn any_order_gives_the_same(letters in letters(), seed in any::<u64>()) {
        let all = threads(&letters).all();
        let mut shuffled = letters.clone();
        shuffled.sort_by_key(|it| blend(seed, &it.key));
        let mut one_by_one = Threads::default();
        for letter in shuffled.iter().chain(&letters[..letters.len() / 2]) {
            one_by_one.insert(&letter.head());
            // Looking on the way changes nothing.
            let _ = one_by_one.all();
        }
        prop_assert_eq!(one_by_one.all(), all);
    }

    /// The same as the plain reading, each message in one conversation only, and each id leads to its own. Catches: uniting
    /// by the trees instead of by what is referred to, a circle that is not cut, a subject that joins what has references.
    #[test]
    fn as_the_plain_reading(letters in letters()) {
        let threads = threads(&letters);
        let all = threads.all();
        let (groups, parents) = plainly(&letters);
        let keys = |thread: &Thread| thread.keys().map(str::to_owned).collect::<BTreeSet<_>>();
        let found: BTreeSet<_> = all.iter().map(keys).collect();
        prop_assert_eq!(found, groups);
        prop_assert_eq!(all.iter().map(Thread::messages).sum::<usize>(), letters.len());
        for thread in &all {
            for id in &thread.ids {
                let found = threads.thread(id);
                prop_assert_eq!(found.as_ref(), Some(thread));
            }
            let seen: BTreeSet<&str> = thread.entries.iter().filter(|it| it.message.is_some()).map(|it| &*it.id).collect();
            for entry in &thread.entries {
                // The nearest above it that somebody has.
                let mut above = parents.get(&*entry.id);
                while let Some(id) = above.filter(|id| !seen.contains(id.as_str())) {
                    above = parents.get(id);
                }
                let shown = entry.parent.map(|at| &thread.entries[at as usize]).filter(|it| it.message.is_some());
                prop_assert_eq!(shown.map(|it| it.id.to_string()), above.cloned());
            }
        }
    }
}

fn blend(seed: u64, key: &str) -> u64 {
    key.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(23))
}

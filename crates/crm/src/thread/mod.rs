//! [`Threads`]: which messages are one conversation, by what they answer.

mod solve;
mod subject;

use std::sync::Arc;

use foldhash::fast::FixedState;
use onefold_fact::Timestamp;
use rayon::prelude::*;
use serde::Serialize;

pub use self::subject::base_subject;
use crate::interaction::Interaction;

type HashMap<K, V> = std::collections::HashMap<K, V, FixedState>;

/// No message, no node.
const NONE: u32 = u32::MAX;

/// What threading asks of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageHead<'a> {
    /// The message's own key; that of an interaction is its id.
    pub key: &'a str,
    /// Its `Message-ID`; empty if it has none, and then it is known by its key.
    pub id: &'a str,
    /// What it answers, oldest first.
    pub references: Vec<&'a str>,
    /// Its subject.
    pub subject: Option<&'a str>,
    /// The addresses of whoever takes part.
    pub participants: Vec<&'a str>,
    /// When it was written.
    pub at: Option<Timestamp>,
}

impl<'a> MessageHead<'a> {
    /// That of an interaction, by its id. `None` if it is no message.
    #[must_use]
    pub fn of(key: &'a str, interaction: &'a Interaction) -> Option<Self> {
        let message = interaction.message.as_ref()?;
        Some(Self {
            key,
            id: &message.id,
            references: message.references.iter().map(String::as_str).collect(),
            subject: interaction.details.subject.as_deref(),
            participants: interaction.participants.keys().map(|(address, _)| address.as_str()).collect(),
            at: interaction.at,
        })
    }
}

/// Messages as conversations: threading as by Jamie Zawinski (the algorithm of RFC 5256, `REFERENCES`), made so that the
/// order of arrival does not matter.
///
/// Messages are united with all that they refer to, known or not. In a conversation each message stands below the last one
/// that it refers to; what others say of it counts only if it does not say itself, the earlier of them first, and then by
/// key. A link that would close a circle is left out. Of a message without references, a subject that is a reply's puts it
/// below the message before it with the same subject between the same addresses, and nothing else does.
///
/// A conversation is known by the id of its root, whether the root was ever seen, and by the smallest if there are several.
/// Every id in it leads to it, so an id that was given out does so for ever.
///
/// ```
/// use onefold_crm::{MessageHead, Threads};
///
/// let head = |id, references| {
///     MessageHead { key: id, id, references, subject: None, participants: Vec::new(), at: None }
/// };
/// let mut threads = Threads::default();
/// threads.insert(&head("c@x", vec!["a@x", "b@x"]));
/// threads.insert(&head("a@x", vec![]));
/// let thread = threads.thread("b@x").ok_or("a thread")?;
/// assert_eq!(&*thread.id, "a@x");
/// let shown: Vec<(&str, u32)> = thread.entries.iter().map(|entry| (&*entry.id, entry.depth)).collect();
/// assert_eq!(shown, [("a@x", 0), ("c@x", 1)]); // `b@x` was never seen
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Threads {
    nodes: Vec<Node>,
    messages: Vec<Held>,
    by_id: HashMap<Arc<str>, u32>,
    /// By subject and addresses: the group, and the node of its first message.
    by_subject: HashMap<SubjectKey, (u32, u32)>,
}

/// A base subject, and who takes part, sorted.
type SubjectKey = (Box<str>, Box<[Box<str>]>);

/// An id that some message has or refers to.
#[derive(Debug, Clone)]
struct Node {
    id: Arc<str>,
    /// A node nearer to the one that stands for all that may be one conversation.
    above: u32,
    size: u32,
    /// The next of those, in a ring.
    next: u32,
    /// The first message of this id.
    message: u32,
}

/// A message as it is kept.
#[derive(Debug, Clone)]
struct Held {
    key: Arc<str>,
    references: Box<[u32]>,
    at: i64,
    /// The group of those that may belong together by subject.
    group: u32,
    is_reply: bool,
    /// Another message of the same id.
    next: u32,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Thread {
    /// What it is known by.
    pub id: Arc<str>,
    /// All ids in it, sorted: of messages, and of what they refer to.
    pub ids: Vec<Arc<str>>,
    /// The messages as they are shown: each below what it answers, at one place by time.
    pub entries: Vec<ThreadEntry>,
}

impl Thread {
    /// How many messages are in it.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.entries.iter().filter(|entry| entry.message.is_some()).count()
    }

    /// The keys of its messages, as they are shown.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| entry.message.as_deref())
    }
}

/// A line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThreadEntry {
    /// The key of the message; none for one that several answer and nobody has.
    pub message: Option<Arc<str>>,
    /// Its id.
    pub id: Arc<str>,
    /// How deep it stands.
    pub depth: u32,
    /// Below which line; none for a root.
    pub parent: Option<u32>,
}

impl Threads {
    /// The conversations of messages.
    #[must_use]
    pub fn of<'a>(heads: impl IntoIterator<Item = MessageHead<'a>>) -> Self {
        let mut threads = Self::default();
        heads.into_iter().for_each(|head| {
            threads.insert(&head);
        });
        threads
    }

    /// Adds a message. One of the same id and key that is there already is not added twice, and `false` is returned.
    pub fn insert(&mut self, head: &MessageHead<'_>) -> bool {
        let node = self.node(if head.id.is_empty() { head.key } else { head.id });
        let mut known = self.nodes.get(node as usize).map_or(NONE, |node| node.message);
        let first = known;
        while let Some(held) = self.messages.get(known as usize) {
            if *held.key == *head.key {
                return false;
            }
            known = held.next;
        }
        let mut references: Vec<u32> = Vec::with_capacity(head.references.len());
        let mut seen = Seen::new(node, head.references.len());
        // Of one that is named twice the last place counts, as the last of all is what is answered.
        for id in head.references.iter().rev().filter(|id| !id.is_empty()) {
            let reference = self.node(id);
            if seen.insert(reference) {
                references.push(reference);
                self.unite(node, reference);
            }
        }
        references.reverse();
        let (group, is_reply) = match head.subject.filter(|_| references.is_empty()).map(base_subject) {
            Some((base, is_reply)) if !base.is_empty() => (self.group(base, &head.participants, node), is_reply),
            _ => (NONE, false),
        };
        let at = head.at.map_or(i64::MAX, |at| at.timestamp_micros());
        let index = count(self.messages.len());
        let references = references.into_boxed_slice();
        self.messages.push(Held { key: head.key.into(), references, at, group, is_reply, next: first });
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.message = index;
        }
        true
    }

    /// How many messages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The conversation that an id is in: a message's, that of one which is only referred to, or of a message without an
    /// id its key. `None` if no message has it or refers to it.
    #[must_use]
    pub fn thread(&self, id: &str) -> Option<Thread> {
        let node = *self.by_id.get(id)?;
        self.solve(node).into_iter().find(|thread| thread.ids.binary_search_by(|it| (**it).cmp(id)).is_ok())
    }

    /// All conversations, by id.
    #[must_use]
    pub fn all(&self) -> Vec<Thread> {
        let roots = self.nodes.iter().enumerate().filter(|(at, node)| node.above as usize == *at);
        let roots: Vec<u32> = roots.map(|(at, _)| count(at)).collect();
        let mut threads: Vec<Thread> = roots.par_iter().flat_map_iter(|root| self.solve(*root)).collect();
        threads.par_sort_unstable_by(|a, b| a.id.cmp(&b.id));
        threads
    }

    fn node(&mut self, id: &str) -> u32 {
        if let Some(known) = self.by_id.get(id) {
            return *known;
        }
        let (index, id) = (count(self.nodes.len()), Arc::<str>::from(id));
        self.nodes.push(Node { id: id.clone(), above: index, size: 1, next: index, message: NONE });
        self.by_id.insert(id, index);
        index
    }

    /// The group of messages of a subject between the same addresses, united so that they are looked at together.
    fn group(&mut self, base: String, participants: &[&str], node: u32) -> u32 {
        let mut addresses: Vec<Box<str>> = participants.iter().map(|address| (*address).into()).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let next = count(self.by_subject.len());
        let key = (base.into_boxed_str(), addresses.into_boxed_slice());
        let (group, first) = *self.by_subject.entry(key).or_insert((next, node));
        self.unite(node, first);
        group
    }

    fn top(&self, mut node: u32) -> u32 {
        while let Some(above) = self.nodes.get(node as usize).map(|node| node.above).filter(|above| *above != node) {
            node = above;
        }
        node
    }

    fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.top(a), self.top(b));
        if a == b {
            return;
        }
        let size = |node: u32| self.nodes.get(node as usize).map_or(0, |node| node.size);
        let (above, below, sum) =
            if size(a) >= size(b) { (a, b, size(a) + size(b)) } else { (b, a, size(a) + size(b)) };
        let next = |node: u32| self.nodes.get(node as usize).map_or(node, |node| node.next);
        let (next_above, next_below) = (next(above), next(below));
        if let Some(node) = self.nodes.get_mut(above as usize) {
            (node.size, node.next) = (sum, next_below);
        }
        if let Some(node) = self.nodes.get_mut(below as usize) {
            (node.above, node.next) = (above, next_above);
        }
    }
}

/// The references of a message that were seen: few as a rule, but nothing keeps a message from naming thousands.
struct Seen {
    own: u32,
    few: Vec<u32>,
    many: Option<std::collections::HashSet<u32, FixedState>>,
}

impl Seen {
    fn new(own: u32, expected: usize) -> Self {
        Self { own, few: Vec::new(), many: (expected > 32).then(Default::default) }
    }

    fn insert(&mut self, node: u32) -> bool {
        if node == self.own {
            return false;
        }
        match &mut self.many {
            Some(many) => many.insert(node),
            None if self.few.contains(&node) => false,
            None => {
                self.few.push(node);
                true
            }
        }
    }
}

/// Four thousand million messages are more than memory holds.
fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(NONE - 1)
}

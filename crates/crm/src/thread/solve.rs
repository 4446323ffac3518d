//! A conversation from scratch: from the messages that may belong together to trees.

use std::sync::Arc;

use crate::thread::{Held, NONE, Thread, ThreadEntry, Threads};

/// A forest over a few nodes, each link of which keeps it one.
struct Forest {
    parent: Vec<u32>,
    /// A node nearer to the root, to find out fast whether a link would close a circle.
    above: Vec<u32>,
    /// A node nearer to the one that stands for the conversation.
    united: Vec<u32>,
}

fn at(of: &[u32], node: u32) -> u32 {
    of.get(node as usize).copied().unwrap_or(NONE)
}

fn top(of: &mut [u32], mut node: u32) -> u32 {
    loop {
        let above = at(of, node);
        if above == node || above == NONE {
            return node;
        }
        let beyond = at(of, above);
        if let Some(above) = of.get_mut(node as usize) {
            *above = beyond;
        }
        node = beyond;
    }
}

impl Forest {
    fn new(nodes: u32) -> Self {
        Self { parent: vec![NONE; nodes as usize], above: (0..nodes).collect(), united: (0..nodes).collect() }
    }

    /// Puts a node below another, unless it stands somewhere already, or the other stands below it.
    fn link(&mut self, child: u32, parent: u32) {
        if at(&self.parent, child) != NONE || top(&mut self.above, parent) == child {
            return;
        }
        if let (Some(of), Some(above)) = (self.parent.get_mut(child as usize), self.above.get_mut(child as usize)) {
            (*of, *above) = (parent, parent);
        }
    }

    fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (top(&mut self.united, a), top(&mut self.united, b));
        if let Some(above) = self.united.get_mut(a.max(b) as usize) {
            *above = a.min(b);
        }
    }
}

/// Nodes that may be one conversation, with their messages, in an order that arrival has no part in.
struct Part<'a> {
    ids: Vec<&'a Arc<str>>,
    /// By time, then key; each with its node and what it refers to.
    messages: Vec<(&'a Held, u32, Vec<u32>)>,
    /// By node: its messages by time, then key.
    own: Vec<Vec<&'a Held>>,
    forest: Forest,
    children: Vec<Vec<u32>>,
    /// By node: the time of its first message; where there is none, of the first below it.
    first: Vec<i64>,
}

impl Threads {
    /// The conversations among all that may be one with a node.
    pub(super) fn solve(&self, node: u32) -> Vec<Thread> {
        let mut members: Vec<u32> = Vec::new();
        let mut next = node;
        while let Some(member) = self.nodes.get(next as usize) {
            members.push(next);
            next = member.next;
            if next == node {
                break;
            }
        }
        if let ([only], Some(node)) = (members.as_slice(), self.nodes.get(node as usize)) {
            return self.alone(*only, &node.id).into_iter().collect();
        }
        let mut sorted: Vec<(u32, &Arc<str>)> =
            members.iter().filter_map(|member| Some((*member, &self.nodes.get(*member as usize)?.id))).collect();
        sorted.sort_unstable_by(|a, b| a.1.cmp(b.1));
        let mut places: Vec<(u32, u32)> = sorted.iter().zip(0..).map(|((member, _), place)| (*member, place)).collect();
        places.sort_unstable();
        let place = |member: u32| {
            let found = places.binary_search_by_key(&member, |(member, _)| *member);
            found.ok().and_then(|found| Some(places.get(found)?.1)).unwrap_or(NONE)
        };
        let mut messages = Vec::new();
        for (own, (member, _)) in (0..).zip(&sorted) {
            for held in self.messages_of(*member) {
                messages.push((held, own, held.references.iter().map(|it| place(*it)).collect()));
            }
        }
        messages.sort_unstable_by(|a, b| (a.0.at, &a.0.key).cmp(&(b.0.at, &b.0.key)));
        let ids: Vec<&Arc<str>> = sorted.into_iter().map(|(_, id)| id).collect();
        Part::new(ids, messages).threads()
    }

    fn messages_of(&self, node: u32) -> impl Iterator<Item = &Held> {
        let first = self.nodes.get(node as usize).map_or(NONE, |node| node.message);
        std::iter::successors(self.messages.get(first as usize), |held| self.messages.get(held.next as usize))
    }

    /// The conversation of one id that nothing refers to.
    fn alone(&self, node: u32, id: &Arc<str>) -> Option<Thread> {
        let mut messages: Vec<&Held> = self.messages_of(node).collect();
        messages.sort_unstable_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        let entry =
            |held: &Held| ThreadEntry { message: Some(held.key.clone()), id: id.clone(), depth: 0, parent: None };
        let entries: Vec<ThreadEntry> = messages.into_iter().map(entry).collect();
        (!entries.is_empty()).then(|| Thread { id: id.clone(), ids: vec![id.clone()], entries })
    }
}

impl<'a> Part<'a> {
    fn new(ids: Vec<&'a Arc<str>>, messages: Vec<(&'a Held, u32, Vec<u32>)>) -> Self {
        let mut own: Vec<Vec<&Held>> = vec![Vec::new(); ids.len()];
        for (held, node, _) in &messages {
            own.get_mut(*node as usize).into_iter().for_each(|of| of.push(held));
        }
        let forest = Forest::new(super::count(ids.len()));
        let mut part = Self { ids, messages, own, forest, children: Vec::new(), first: Vec::new() };
        part.link();
        part.place();
        part
    }

    fn link(&mut self) {
        let forest = &mut self.forest;
        // What a message says of itself goes before what others say of it.
        for (_, own, references) in &self.messages {
            references.iter().for_each(|reference| forest.unite(*own, *reference));
            references.last().into_iter().for_each(|last| forest.link(*own, *last));
        }
        for (_, _, references) in &self.messages {
            for (parent, child) in references.iter().zip(references.iter().skip(1)) {
                forest.link(*child, *parent);
            }
        }
        let mut grouped: Vec<(u32, usize)> = self.messages.iter().zip(0..).map(|(it, at)| (it.0.group, at)).collect();
        grouped.retain(|(group, _)| *group != NONE);
        // Stable: within a group by time, then key.
        grouped.sort_by_key(|(group, _)| *group);
        for ((group_before, before), (group, at)) in grouped.iter().zip(grouped.iter().skip(1)) {
            let (Some(before), Some(message)) = (self.messages.get(*before), self.messages.get(*at)) else { continue };
            if group == group_before && message.0.is_reply && self::at(&forest.parent, message.1) == NONE {
                forest.link(message.1, before.1);
                forest.unite(message.1, before.1);
            }
        }
    }

    /// Finds the children of each node, in the order in which they are shown.
    fn place(&mut self) {
        let nodes = self.ids.len();
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); nodes];
        for (node, parent) in (0..).zip(&self.forest.parent) {
            children.get_mut(*parent as usize).into_iter().for_each(|of| of.push(node));
        }
        // From the roots down, so that backwards children come before parents.
        let mut down: Vec<u32> =
            (0..super::count(nodes)).filter(|node| at(&self.forest.parent, *node) == NONE).collect();
        let mut next = 0;
        while let Some(node) = down.get(next).copied() {
            down.extend(children.get(node as usize).into_iter().flatten());
            next += 1;
        }
        self.first = self.own.iter().map(|own| own.first().map_or(i64::MAX, |held| held.at)).collect();
        for node in down.iter().rev() {
            if self.is_seen(*node) {
                continue;
            }
            let below = children.get(*node as usize).into_iter().flatten();
            let earliest = below.filter_map(|child| self.first.get(*child as usize)).min().copied();
            if let (Some(first), Some(earliest)) = (self.first.get_mut(*node as usize), earliest) {
                *first = earliest;
            }
        }
        self.children = children;
    }

    /// Whether somebody has a message of this id.
    fn is_seen(&self, node: u32) -> bool {
        self.own.get(node as usize).is_some_and(|own| !own.is_empty())
    }

    /// What is shown below a node: its children, and in place of those that nobody has what is below them.
    fn shown(&self, node: u32) -> Vec<u32> {
        let mut shown = Vec::new();
        let mut ahead: Vec<u32> = self.children.get(node as usize).cloned().unwrap_or_default();
        while let Some(child) = ahead.pop() {
            if self.is_seen(child) {
                shown.push(child);
            } else {
                ahead.extend(self.children.get(child as usize).into_iter().flatten());
            }
        }
        self.sort(&mut shown);
        shown
    }

    /// By time, then by id, as which they are numbered.
    fn sort(&self, nodes: &mut [u32]) {
        nodes.sort_unstable_by_key(|node| (self.first.get(*node as usize).copied(), *node));
    }

    fn threads(mut self) -> Vec<Thread> {
        let mut by_thread: Vec<(u32, u32)> = Vec::with_capacity(self.ids.len());
        for node in 0..super::count(self.ids.len()) {
            by_thread.push((top(&mut self.forest.united, node), node));
        }
        by_thread.sort_unstable();
        by_thread.chunk_by(|a, b| a.0 == b.0).filter_map(|nodes| self.thread(nodes)).collect()
    }

    fn thread(&self, nodes: &[(u32, u32)]) -> Option<Thread> {
        let id = |node: u32| self.ids.get(node as usize).map(|id| Arc::clone(id));
        let ids: Vec<Arc<str>> = nodes.iter().filter_map(|(_, node)| id(*node)).collect();
        let roots = nodes.iter().map(|(_, node)| *node).filter(|node| at(&self.forest.parent, *node) == NONE);
        let mut roots: Vec<u32> = roots.collect();
        let known_by = id(*roots.first()?)?;
        self.sort(&mut roots);
        let mut entries: Vec<ThreadEntry> = Vec::new();
        let mut ahead: Vec<(u32, u32, Option<u32>)> = roots.into_iter().rev().map(|root| (root, 0, None)).collect();
        while let Some((node, depth, parent)) = ahead.pop() {
            let shown = self.shown(node);
            if !self.is_seen(node) && shown.len() < 2 {
                // A root that nobody has is shown only if it holds several together.
                ahead.extend(shown.into_iter().map(|child| (child, depth, parent)));
                continue;
            }
            let here = super::count(entries.len());
            let own = self.own.get(node as usize).into_iter().flatten().map(|held| Some(held.key.clone()));
            let unseen = (!self.is_seen(node)).then_some(None);
            for message in own.chain(unseen) {
                entries.push(ThreadEntry { message, id: id(node)?, depth, parent });
            }
            ahead.extend(shown.into_iter().rev().map(|child| (child, depth + 1, Some(here))));
        }
        (!entries.is_empty()).then_some(Thread { id: known_by, ids, entries })
    }
}

//! [`Plan`]: what is kept of each subject for a set of rules, each thing once, and what depends on what.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::FixedState;
use onefold_fact::{PropertyPath, Test, Value};
use onefold_profile::{
    Aggregate, ComputedAttribute, ConsentState, End, EventSelector, Lifecycle, Rfm, Span, Stage, Window,
};
use rust_decimal::Decimal;

use crate::condition::{Bucket, Condition, Dimension, Quantifier};
use crate::field::{FieldPath, FieldTest};
use crate::sequence::Sequence;

type Map<K, V> = HashMap<K, V, FixedState>;

/// What is kept of each subject for a set of rules.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) selectors: Vec<EventSelector>,
    /// The selectors that look at an event of this name; and those that look at every event.
    by_name: Map<String, Vec<u32>>,
    of_all: Vec<u32>,
    pub(super) columns: Vec<ColumnSpec>,
    pub(super) columns_of_selector: Vec<Vec<u32>>,
    pub(super) leaves: Vec<Leaf>,
    pub(super) leaves_of_column: Vec<Vec<u32>>,
    pub(super) rules: Vec<Tree>,
    /// How many of the rules are segments; those behind are asked of members.
    pub(super) segments: usize,
    pub(super) rules_of_leaf: Vec<Vec<u32>>,
    /// How far each rule asks of members of members.
    pub(super) heights: Vec<u32>,
    /// The leaves that ask for members who fulfil a rule, by that rule.
    pub(super) members_of_rule: BTreeMap<u32, Vec<u32>>,
    /// The leaves of fields and of consent, and those that look back on them.
    pub(super) stated: Vec<u32>,
    pub(super) relations: Vec<String>,
    known: Known,
}

/// What has its place already, so that rules that ask the same share it.
#[derive(Debug, Default)]
struct Known {
    selectors: Map<EventSelector, u32>,
    columns: Map<(u32, Keeps), u32>,
    leaves: Map<Condition, u32>,
}

/// What is kept of the events that a selector selects.
#[derive(Debug, Clone)]
pub(super) struct ColumnSpec {
    pub(super) keeps: Keeps,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Keeps {
    /// Their times.
    Times,
    /// What they add to a sum.
    Sums(Aggregate),
    /// What they give to an aggregate.
    Items(Aggregate),
    /// What they have in common with others.
    Keys(Vec<PropertyPath>),
}

/// The logic of a rule.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    Leaf(u32),
    Random(Bucket),
    Score(Vec<(i64, Tree)>, i64),
}

/// A condition that rests on what is kept.
#[derive(Debug, Clone)]
pub(super) enum Leaf {
    Count { column: u32, window: Framed, is: Test },
    Days { column: u32, window: Framed, end: End, zone: Option<chrono_tz::Tz>, is: Test },
    Sum { column: u32, window: Framed, aggregate: Aggregate, is: Test },
    Items { column: u32, window: Framed, aggregate: Aggregate, is: Test },
    Sequence(Box<SequenceLeaf>),
    Lifecycle { column: u32, of: Box<Lifecycle>, stage: Stage },
    Field { path: FieldPath, is: FieldTest },
    Consent { purpose: String, channel: Option<String>, state: ConsentState },
    Members { relation: u16, quantifier: Quantifier, rule: u32 },
    HasBeen { tree: Tree, span: Span },
    Never,
}

/// A window; of a session with the times of all events, which bound it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Framed {
    pub(super) window: Window,
    pub(super) all: Option<u32>,
}

#[derive(Debug, Clone)]
pub(super) struct SequenceLeaf {
    pub(super) of: Sequence,
    pub(super) window: Framed,
    /// The column of each step, and of what must not happen before it.
    pub(super) steps: Vec<(u32, Option<u32>)>,
    pub(super) since: Option<u32>,
}

impl Plan {
    pub(super) fn new<'a>(definitions: impl IntoIterator<Item = &'a Condition>) -> Self {
        let mut plan = Self::default();
        let mut trees = Vec::new();
        let mut inner = Vec::new();
        for condition in definitions {
            trees.push(plan.tree(condition, &mut inner));
        }
        plan.segments = trees.len();
        // Rules that are asked of members come behind the segments, and may bring further ones.
        let mut nth = 0;
        while nth < inner.len() {
            let condition: Condition = inner[nth].clone();
            trees.push(plan.tree(&condition, &mut inner));
            nth += 1;
        }
        plan.rules = trees;
        plan.connect();
        plan
    }

    /// Tells what depends on what.
    fn connect(&mut self) {
        for leaf in &mut self.leaves {
            if let Leaf::Members { rule, .. } = leaf {
                *rule += u32::try_from(self.segments).unwrap_or(u32::MAX);
            }
        }
        self.leaves_of_column = vec![Vec::new(); self.columns.len()];
        for leaf in 0..self.leaves.len() {
            let number = u32::try_from(leaf).unwrap_or(u32::MAX);
            let (columns, is_stated) = self.rests_on(leaf);
            for column in columns {
                self.leaves_of_column[column as usize].push(number);
            }
            if is_stated {
                self.stated.push(number);
            }
            if let Leaf::Members { rule, .. } = &self.leaves[leaf] {
                self.members_of_rule.entry(*rule).or_default().push(number);
            }
        }
        self.heights = (0..self.rules.len()).map(|rule| self.height(rule)).collect();
        self.rules_of_leaf = vec![Vec::new(); self.leaves.len()];
        for (rule, tree) in self.rules.iter().enumerate() {
            for leaf in leaves(tree) {
                self.rules_of_leaf[leaf as usize].push(u32::try_from(rule).unwrap_or(u32::MAX));
            }
        }
    }

    /// How far a rule asks of members of members.
    fn height(&self, rule: usize) -> u32 {
        let inner = leaves(&self.rules[rule]).into_iter().filter_map(|leaf| match &self.leaves[leaf as usize] {
            Leaf::Members { rule, .. } => Some(1 + self.height(*rule as usize)),
            _ => None,
        });
        inner.max().unwrap_or(0)
    }

    /// The columns that a leaf rests on, and whether it rests on fields or consent.
    fn rests_on(&self, leaf: usize) -> (BTreeSet<u32>, bool) {
        match &self.leaves[leaf] {
            Leaf::Count { column, window, .. }
            | Leaf::Days { column, window, .. }
            | Leaf::Sum { column, window, .. }
            | Leaf::Items { column, window, .. } => (std::iter::once(*column).chain(window.all).collect(), false),
            Leaf::Sequence(sequence) => {
                let steps = sequence.steps.iter().flat_map(|(step, without)| std::iter::once(*step).chain(*without));
                (steps.chain(sequence.since).chain(sequence.window.all).collect(), false)
            }
            Leaf::Lifecycle { column, .. } => ([*column].into(), false),
            Leaf::Field { .. } | Leaf::Consent { .. } => (BTreeSet::new(), true),
            Leaf::Members { .. } | Leaf::Never => (BTreeSet::new(), false),
            Leaf::HasBeen { tree, span: _ } => {
                let inner = leaves(tree).into_iter().map(|leaf| self.rests_on(leaf as usize));
                inner.fold((BTreeSet::new(), false), |(mut columns, is_stated), (more, also)| {
                    columns.extend(more);
                    (columns, is_stated || also)
                })
            }
        }
    }

    /// The selectors that may select an event of a name.
    pub(super) fn looking_at(&self, name: &str) -> impl Iterator<Item = u32> {
        self.by_name.get(name).into_iter().flatten().chain(&self.of_all).copied()
    }

    fn tree(&mut self, condition: &Condition, inner: &mut Vec<Condition>) -> Tree {
        match condition {
            Condition::All(parts) => Tree::All(parts.iter().map(|part| self.tree(part, inner)).collect()),
            Condition::Any(parts) => Tree::Any(parts.iter().map(|part| self.tree(part, inner)).collect()),
            Condition::Not(part) => Tree::Not(Box::new(self.tree(part, inner))),
            Condition::Score { parts, at_least } => {
                let part = |part: &crate::Weighted| (part.weight.into(), self.tree(&part.condition, inner));
                Tree::Score(parts.iter().map(part).collect(), *at_least)
            }
            Condition::Random(bucket) => Tree::Random(bucket.clone()),
            Condition::Rfm { of, score, is } => self.tree(&rfm(of, *score, is), inner),
            // A definition has none.
            Condition::Segment(_) => Tree::Any(Vec::new()),
            leaf => match self.known.leaves.get(leaf) {
                Some(known) => Tree::Leaf(*known),
                None => {
                    let kept = self.leaf(leaf, inner);
                    let number = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
                    self.leaves.push(kept);
                    self.known.leaves.insert(leaf.clone(), number);
                    Tree::Leaf(number)
                }
            },
        }
    }

    fn leaf(&mut self, condition: &Condition, inner: &mut Vec<Condition>) -> Leaf {
        match condition {
            Condition::Events { of: ComputedAttribute { events, aggregate, window }, is } => {
                let keeps = match aggregate {
                    Aggregate::Count | Aggregate::DaysSince { .. } => Keeps::Times,
                    // A sum and an average of the same are kept as one.
                    Aggregate::Sum(measure) | Aggregate::Average(measure)
                        if measure.unit != onefold_profile::Unit::EachCurrency =>
                    {
                        Keeps::Sums(Aggregate::Sum(measure.clone()))
                    }
                    other => Keeps::Items(other.clone()),
                };
                let sums = matches!(keeps, Keeps::Sums(_));
                let column = self.column(events, keeps);
                let (window, is) = (self.framed(window), is.clone());
                match aggregate {
                    Aggregate::Count => Leaf::Count { column, window, is },
                    Aggregate::DaysSince { event, zone } => Leaf::Days { column, window, end: *event, zone: *zone, is },
                    other if sums => Leaf::Sum { column, window, aggregate: other.clone(), is },
                    other => Leaf::Items { column, window, aggregate: other.clone(), is },
                }
            }
            Condition::Sequence(of) => {
                let keeps = || if of.agreeing.is_empty() { Keeps::Times } else { Keeps::Keys(of.agreeing.clone()) };
                let step = |step: &crate::Step| {
                    (self.column(&step.event, keeps()), step.without.as_ref().map(|it| self.column(it, keeps())))
                };
                let steps = of.steps.iter().map(step).collect();
                let since = of.since.as_ref().map(|silence| self.column(&silence.event, keeps()));
                let window = self.framed(&of.window);
                Leaf::Sequence(Box::new(SequenceLeaf { of: of.clone(), window, steps, since }))
            }
            Condition::Lifecycle { of, stage } => {
                let column = self.column(&of.activity, Keeps::Times);
                Leaf::Lifecycle { column, of: Box::new(of.clone()), stage: *stage }
            }
            Condition::Field { path, is } => Leaf::Field { path: path.clone(), is: is.clone() },
            Condition::Consent { purpose, channel, state } => {
                Leaf::Consent { purpose: purpose.clone(), channel: channel.clone(), state: *state }
            }
            Condition::Members { quantifier, relation, condition } => {
                let place = self.relations.iter().position(|known| known == relation).unwrap_or(self.relations.len());
                if place == self.relations.len() {
                    self.relations.push(relation.clone());
                }
                let rule = inner.iter().position(|known| known == &**condition).unwrap_or(inner.len());
                if rule == inner.len() {
                    inner.push((**condition).clone());
                }
                let relation = u16::try_from(place).unwrap_or(u16::MAX);
                Leaf::Members { relation, quantifier: *quantifier, rule: u32::try_from(rule).unwrap_or(u32::MAX) }
            }
            Condition::HasBeen { condition, span } => Leaf::HasBeen { tree: self.tree(condition, inner), span: *span },
            // The rest is no leaf: what it is made of is in the tree.
            _ => Leaf::Never,
        }
    }

    fn framed(&mut self, window: &Window) -> Framed {
        let is_session = matches!(window, Window::Session { .. });
        Framed { window: *window, all: is_session.then(|| self.column(&EventSelector::default(), Keeps::Times)) }
    }

    fn column(&mut self, events: &EventSelector, keeps: Keeps) -> u32 {
        let selector = self.selector(events);
        if let Some(known) = self.known.columns.get(&(selector, keeps.clone())) {
            return *known;
        }
        let column = u32::try_from(self.columns.len()).unwrap_or(u32::MAX);
        self.columns.push(ColumnSpec { keeps: keeps.clone() });
        self.columns_of_selector[selector as usize].push(column);
        self.known.columns.insert((selector, keeps), column);
        column
    }

    fn selector(&mut self, events: &EventSelector) -> u32 {
        if let Some(known) = self.known.selectors.get(events) {
            return *known;
        }
        let selector = u32::try_from(self.selectors.len()).unwrap_or(u32::MAX);
        self.selectors.push(events.clone());
        self.columns_of_selector.push(Vec::new());
        self.known.selectors.insert(events.clone(), selector);
        if events.names.is_empty() {
            self.of_all.push(selector);
        }
        for name in &events.names {
            self.by_name.entry(name.clone()).or_default().push(selector);
        }
        selector
    }
}

/// The leaves of a tree, each once.
pub(super) fn leaves(tree: &Tree) -> BTreeSet<u32> {
    match tree {
        Tree::All(parts) | Tree::Any(parts) => parts.iter().flat_map(leaves).collect(),
        Tree::Not(part) => leaves(part),
        Tree::Leaf(leaf) => [*leaf].into(),
        Tree::Random(_) => BTreeSet::new(),
        Tree::Score(parts, _) => parts.iter().flat_map(|(_, part)| leaves(part)).collect(),
    }
}

/// Whether a tree asks by chance.
pub(super) fn is_random(tree: &Tree) -> bool {
    match tree {
        Tree::All(parts) | Tree::Any(parts) => parts.iter().any(is_random),
        Tree::Not(part) => is_random(part),
        Tree::Leaf(_) => false,
        Tree::Random(_) => true,
        Tree::Score(parts, _) => parts.iter().any(|(_, part)| is_random(part)),
    }
}

/// A test of a score as conditions on what is scored: somebody bought, and the value lies between the cut points of one
/// of the scores that pass.
pub(crate) fn rfm(Rfm { purchases, amount, window, cuts }: &Rfm, score: Dimension, is: &Test) -> Condition {
    let of = |aggregate: Aggregate, is: Test| Condition::Events {
        of: ComputedAttribute { events: purchases.clone(), aggregate, window: *window },
        is,
    };
    let sum = Aggregate::Sum(amount.clone());
    let (aggregate, points) = match score {
        Dimension::Recency => (Aggregate::DaysSince { event: End::Last, zone: None }, &cuts.recency),
        Dimension::Frequency => (Aggregate::Count, &cuts.frequency),
        Dimension::Monetary => (sum.clone(), &cuts.monetary),
    };
    let point = |nth: Option<usize>| nth.and_then(|nth| points.get(nth)).copied().map(Value::Decimal);
    let between = |passing: usize| {
        // The score is one more than the points that are reached.
        let reached = passing - 1;
        let bounds = match score {
            Dimension::Recency => [
                point((points.len() - reached).checked_sub(1)).map(Test::Greater),
                point(Some(points.len() - reached)).map(Test::AtMost),
            ],
            _ => [point(reached.checked_sub(1)).map(Test::AtLeast), point(Some(reached)).map(Test::Less)],
        };
        Condition::All(bounds.into_iter().flatten().map(|bound| of(aggregate.clone(), bound)).collect())
    };
    let passes = |score: &usize| i64::try_from(*score).is_ok_and(|score| is.passes(&Value::Integer(score)));
    let bought = of(Aggregate::Count, Test::AtLeast(Value::Integer(1)));
    let scores = (1..=points.len() + 1).filter(passes).map(between).collect();
    Condition::All(vec![bought, of(sum, Test::Present), Condition::Any(scores)])
}

/// What a number is in millionths, if that is exact and leaves room for many of them in a sum.
pub(super) fn units(number: Decimal) -> Option<i64> {
    let factor = 10_i128.checked_pow(UNIT_PLACES.checked_sub(number.scale())?)?;
    let units = number.mantissa().checked_mul(factor)?;
    i64::try_from(units).ok().filter(|units| units.unsigned_abs() < 1 << 44)
}

/// How many decimal places the units of a sum have.
pub(super) const UNIT_PLACES: u32 = 6;

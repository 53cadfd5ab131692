//! Why a condition left no row: what each of its clauses does alone, and how near the nearest row comes.
//!
//! Looked at only when nothing is left, so that it costs nothing else. Every number comes from the masks of the clauses
//! over the rows that the condition was applied to.

use std::ops::Range;

use hashbrown::HashMap;
use similar::TextDiff;

use super::events;
use super::run::Run;
use crate::diagnostic::Span;
use crate::eval::{Filter, compile};
use crate::fields::METADATA;
use crate::spl::expr::{Binary, ExprKind};
use crate::spl::{Expr, SearchExpr, Spl};
use crate::store::{Table, Text, Value};

/// A condition with more clauses than this is no condition that a person reads.
const MOST_CLAUSES: usize = 200;

/// Conditions whose counts stand among the steps; more would hide the point.
const SHOWN: usize = 20;

/// So many rows that come equally near are compared by their text.
const COMPARED: usize = 500;

/// A condition that left no row.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// The rows that it was applied to.
    pub rows: usize,
    /// The conditions that must all hold, in the order in which they are written.
    pub conditions: Vec<Condition>,
    /// The clauses of all of them, as the nearest row has them; none if there was no row.
    pub nearest: Vec<Clause>,
}

/// One of the conditions that must all hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// As it is written, on one line.
    pub text: String,
    /// Where it stands.
    pub span: Option<Span>,
    /// Rows for which it holds.
    pub alone: usize,
    /// Rows that are left after it and those before it.
    pub left: usize,
    /// The nearest row fails it.
    pub fails: bool,
}

/// A clause without AND, OR and NOT, for the nearest row.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// As it is written, on one line.
    pub text: String,
    /// Where it stands.
    pub span: Option<Span>,
    /// It holds.
    pub holds: bool,
    /// Were it otherwise, the row would come nearer.
    pub decides: bool,
    /// Rows for which it holds.
    pub alone: usize,
    /// The fields that it reads.
    pub fields: Vec<ClauseField>,
}

/// A field that a clause reads, in the nearest row.
#[derive(Clone, Debug, PartialEq)]
pub struct ClauseField {
    /// Its name.
    pub name: Text,
    /// Its value.
    pub value: Value,
    /// No row has it.
    pub absent: bool,
    /// The setting that made it, and where that stands; said of clauses that decide.
    pub made_by: Option<(String, Option<Span>)>,
    /// What the event has under a similar name, where no row has this one.
    pub similar: Vec<String>,
}

/// Gives the events that rows were made of, row by row, where that is known. Asked only when something was lost.
pub(super) type EventsOf<'a> = &'a dyn Fn() -> Option<Table>;

/// The events that rows are, if they still have what events have.
pub(super) fn own_events(rows: &Table) -> Option<Table> {
    let mut events = rows.clone();
    events.retain(|field| METADATA.contains(&field));
    ["_raw", "host", "source", "sourcetype"].iter().all(|field| events.has(field)).then_some(events)
}

/// A condition as a tree over [`Leaf`]s.
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Leaf(usize),
}

struct Leaf {
    at: Option<Range<usize>>,
    mask: Vec<bool>,
    fields: Vec<Text>,
}

/// Notes why a search expression left none of these rows, which have the fields of all of its clauses.
pub(super) fn explain(expr: &SearchExpr, spl: &Spl, rows: &Table, events: EventsOf<'_>, run: &Run<'_>) {
    let mut leaves = Vec::new();
    if let Some(node) = of_search(expr, spl, rows, run, &mut leaves) {
        note(node, &leaves, spl, rows, events, run);
    }
}

/// The same for the condition of `where`.
pub(super) fn explain_where(expr: &Expr, spl: &Spl, rows: &Table, run: &Run<'_>) {
    let mut leaves = Vec::new();
    if let Some(node) = of_expr(expr, spl, rows, run, &mut leaves) {
        note(node, &leaves, spl, rows, &|| own_events(rows), run);
    }
}

fn of_search(expr: &SearchExpr, spl: &Spl, rows: &Table, run: &Run<'_>, leaves: &mut Vec<Leaf>) -> Option<Node> {
    let mut each = |list: &[SearchExpr]| list.iter().map(|e| of_search(e, spl, rows, run, leaves)).collect::<Option<Vec<Node>>>();
    Some(match expr {
        SearchExpr::And(list) => Node::All(each(list)?),
        SearchExpr::Or(list) => Node::Any(each(list)?),
        SearchExpr::Not(inner) => Node::Not(Box::new(of_search(inner, spl, rows, run, leaves)?)),
        leaf => {
            let filter = Filter::compile(leaf, spl, true, &run.cx).ok()?.0;
            leaves.push(Leaf { at: leaf.range(), mask: filter.mask(rows), fields: filter.fields() });
            Node::Leaf(leaves.len() - 1)
        }
    })
}

/// NOT in an eval expression is a clause of its own: of a missing field neither a comparison nor its negation is true.
fn of_expr(expr: &Expr, spl: &Spl, rows: &Table, run: &Run<'_>, leaves: &mut Vec<Leaf>) -> Option<Node> {
    let both = |a: &Expr, b: &Expr, leaves: &mut Vec<Leaf>| {
        Some(vec![of_expr(a, spl, rows, run, leaves)?, of_expr(b, spl, rows, run, leaves)?])
    };
    Some(match &expr.kind {
        ExprKind::Binary(Binary::And, a, b) => Node::All(both(a, b, leaves)?),
        ExprKind::Binary(Binary::Or, a, b) => Node::Any(both(a, b, leaves)?),
        _ => {
            let program = compile(expr, spl, &mut Vec::new())?;
            let mask = program.mask(rows, &run.cx);
            leaves.push(Leaf { at: Some(expr.at.clone()), mask, fields: program.fields().to_vec() });
            Node::Leaf(leaves.len() - 1)
        }
    })
}

fn note(node: Node, leaves: &[Leaf], spl: &Spl, rows: &Table, events: EventsOf<'_>, run: &Run<'_>) {
    if leaves.is_empty() || leaves.len() > MOST_CLAUSES {
        return;
    }
    let mut conditions = Vec::new();
    flatten(node, &mut conditions);
    let nearest = nearest(&conditions, leaves, spl, rows);
    let mut left = vec![true; rows.len()];
    let described = |node: &Node| {
        let alone: Vec<bool> = (0..rows.len()).map(|row| node.holds(leaves, row)).collect();
        left.iter_mut().zip(&alone).for_each(|(left, holds)| *left &= holds);
        let at = node.range(leaves);
        Condition {
            text: at.as_ref().map_or_else(|| "[subsearch]".to_string(), |at| node.text(spl, at)),
            span: at.and_then(|at| spl.span(&at)),
            alone: count(&alone),
            left: count(&left),
            fails: nearest.is_some_and(|row| !node.holds(leaves, row)),
        }
    };
    let conditions_told: Vec<Condition> = conditions.iter().map(described).collect();
    let mut decides = vec![false; leaves.len()];
    if let Some(row) = nearest {
        conditions.iter().for_each(|node| node.blame(leaves, row, &mut decides));
    }
    let event = nearest.and_then(|row| Some(events()?.gather(&[row as u32])));
    let clause = |(leaf, decides): (&Leaf, bool)| {
        let row = nearest?;
        Some(Clause {
            text: leaf.at.as_ref().map_or_else(|| "[subsearch]".to_string(), |at| words(spl, at)),
            span: leaf.at.as_ref().and_then(|at| spl.span(at)),
            holds: leaf.mask[row],
            decides,
            alone: count(&leaf.mask),
            fields: leaf.fields.iter().map(|f| field(f, rows, row, event.as_ref().filter(|_| decides), run)).collect(),
        })
    };
    // The way through the conditions, for the counts of the steps.
    if (2..=SHOWN).contains(&conditions_told.len()) {
        for condition in &conditions_told {
            run.detail(format!("  {}", condition.text), condition.span, condition.left);
            if condition.left == 0 {
                break;
            }
        }
    }
    run.lost(Loss {
        rows: rows.len(),
        conditions: conditions_told,
        nearest: leaves.iter().zip(decides).filter_map(clause).collect(),
    });
}

/// What is said of a field of a row; `event` is what the row was made of, where it is to be said what made the field.
fn field(name: &Text, rows: &Table, row: usize, event: Option<&Table>, run: &Run<'_>) -> ClauseField {
    let value = rows.value(row, name).clone();
    let absent = rows.column_or_null(name).is_all_null();
    // A field of a data model is named after its dataset.
    let own = name.rsplit('.').next().unwrap_or(name);
    let explained = event.and_then(|event| events::explain_field(event, own, run).into_iter().next());
    // A command or a model in between may have changed it: then the setting has not made this value.
    let made = explained
        .filter(|e| !METADATA.contains(&own) && !value.is_null() && e.value == value)
        .and_then(|e| e.attempts.into_iter().next_back());
    ClauseField {
        name: name.clone(),
        absent,
        made_by: made.map(|attempt| (attempt.by, attempt.place)),
        similar: event.filter(|_| absent).map_or_else(Vec::new, |event| events::similar_fields(event, own, run)),
        value,
    }
}

/// The row that fails the fewest clauses. Of several, one that fails clauses which no row at all fits, since these are
/// the likeliest to be wrong; then one that gets furthest through the conditions as they are written, as the counts beside
/// it do; then the one whose values are the most like what is asked for; then the first.
fn nearest(conditions: &[Node], leaves: &[Leaf], spl: &Spl, rows: &Table) -> Option<usize> {
    let distance = |row: usize| conditions.iter().map(|node| node.distance(leaves, row)).sum::<usize>();
    let distances: Vec<usize> = (0..rows.len()).map(distance).collect();
    let least = *distances.iter().min()?;
    let alone: Vec<usize> = leaves.iter().map(|leaf| count(&leaf.mask)).collect();
    let mut known: HashMap<(usize, Text), f32> = HashMap::new();
    let mut best: Option<(usize, (usize, usize, f32))> = None;
    let passed = |row: usize| conditions.iter().take_while(|node| node.holds(leaves, row)).count();
    let mut nearest: Vec<usize> = (0..rows.len()).filter(|row| distances[*row] == least).collect();
    nearest.sort_by_key(|row| std::cmp::Reverse(passed(*row)));
    for row in nearest.into_iter().take(COMPARED) {
        let mut blamed = vec![false; leaves.len()];
        conditions.iter().for_each(|node| node.blame(leaves, row, &mut blamed));
        let blamed: Vec<usize> = (0..leaves.len()).filter(|n| blamed[*n]).collect();
        let never = blamed.iter().filter(|n| alone[**n] == 0).count();
        let mut likeness = 0.0;
        for n in blamed {
            let value: Vec<Text> = leaves[n].fields.iter().map(|f| rows.value(row, f).to_text()).collect();
            let value = Text::from(value.join(" "));
            let wanted = leaves[n].at.as_ref().map(|at| words(spl, at)).unwrap_or_default();
            likeness += *known.entry((n, value.clone())).or_insert_with(|| like(&wanted, &value));
        }
        let score = (never, passed(row), likeness);
        if best.is_none_or(|(_, known)| score > known) {
            best = Some((row, score));
        }
    }
    best.map(|(row, _)| row)
}

/// How much of a value stands in a clause.
fn like(clause: &str, value: &str) -> f32 {
    const LONGEST: usize = 300;
    let short = |text: &str| text.to_lowercase().chars().take(LONGEST).collect::<String>();
    TextDiff::from_chars(short(clause).as_str(), short(value).as_str()).ratio()
}

fn flatten(node: Node, out: &mut Vec<Node>) {
    match node {
        Node::All(list) => list.into_iter().for_each(|node| flatten(node, out)),
        other => out.push(other),
    }
}

fn count(mask: &[bool]) -> usize {
    mask.iter().filter(|holds| **holds).count()
}

fn words(spl: &Spl, at: &Range<usize>) -> String {
    spl.text()[at.clone()].split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Node {
    fn holds(&self, leaves: &[Leaf], row: usize) -> bool {
        match self {
            Node::All(list) => list.iter().all(|n| n.holds(leaves, row)),
            Node::Any(list) => list.iter().any(|n| n.holds(leaves, row)),
            Node::Not(inner) => !inner.holds(leaves, row),
            Node::Leaf(n) => leaves[*n].mask[row],
        }
    }

    /// How many clauses would have to be otherwise.
    fn distance(&self, leaves: &[Leaf], row: usize) -> usize {
        match self {
            _ if self.holds(leaves, row) => 0,
            Node::All(list) => list.iter().map(|n| n.distance(leaves, row)).sum(),
            Node::Any(list) => list.iter().map(|n| n.distance(leaves, row)).min().unwrap_or(1),
            Node::Not(_) | Node::Leaf(_) => 1,
        }
    }

    /// Marks the clauses for which a row fails: of an OR those of the alternative that comes nearest.
    fn blame(&self, leaves: &[Leaf], row: usize, blamed: &mut [bool]) {
        match self {
            _ if self.holds(leaves, row) => {}
            Node::All(list) => list.iter().for_each(|n| n.blame(leaves, row, blamed)),
            Node::Any(list) => {
                let least = list.iter().map(|n| n.distance(leaves, row)).min();
                list.iter().filter(|n| Some(n.distance(leaves, row)) == least).for_each(|n| n.blame(leaves, row, blamed));
            }
            Node::Not(inner) => inner.each(&mut |n| blamed[n] |= leaves[n].mask[row]),
            Node::Leaf(n) => blamed[*n] = true,
        }
    }

    fn each(&self, f: &mut impl FnMut(usize)) {
        match self {
            Node::All(list) | Node::Any(list) => list.iter().for_each(|n| n.each(f)),
            Node::Not(inner) => inner.each(f),
            Node::Leaf(n) => f(*n),
        }
    }

    /// From the first to the last of its clauses that were written.
    fn range(&self, leaves: &[Leaf]) -> Option<Range<usize>> {
        let mut whole: Option<Range<usize>> = None;
        self.each(&mut |n| {
            if let Some(at) = &leaves[n].at {
                whole = Some(whole.as_ref().map_or(at.clone(), |w| w.start.min(at.start)..w.end.max(at.end)));
            }
        });
        whole
    }

    fn text(&self, spl: &Spl, at: &Range<usize>) -> String {
        let text = words(spl, at);
        match self {
            Node::Not(inner) if matches!(**inner, Node::Leaf(_)) => format!("NOT {text}"),
            Node::Not(_) => format!("NOT ({text})"),
            _ => text,
        }
    }
}

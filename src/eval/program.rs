//! A compiled eval expression and how it runs.

use std::sync::Arc;

use super::functions::Function;
use super::{Cx, Filter, operators};
use crate::spl::expr::{Binary, Unary};
use crate::store::{Column, Table, Text, Value};

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) node: Node,
    /// The fields it reads; a [`Node::Field`] is an index into them.
    pub(super) fields: Vec<Text>,
    /// It gives a truth value.
    pub(super) boolean: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Constant(Value),
    Field(usize),
    Call(&'static Function, Vec<Node>),
    Unary(Unary, Box<Node>),
    Binary(Binary, Box<Node>, Box<Node>),
    In(Box<Node>, Vec<Node>),
    /// `mvmap(list, body)`: the slot stands for one value of the list in the body.
    Map {
        list: Box<Node>,
        slot: usize,
        body: Box<Node>,
    },
    /// `mvfilter(condition)`: keeps the values of the field in the slot for which it holds.
    MvFilter {
        slot: usize,
        condition: Box<Node>,
    },
    /// `searchmatch(search)`: the fields that the filter reads, each in a slot.
    Search {
        filter: Box<Filter>,
        slots: Vec<(usize, Text)>,
    },
}

impl Program {
    /// The fields that are read.
    pub fn fields(&self) -> &[Text] {
        &self.fields
    }

    /// True if the result is a truth value: fit for `where`, not for a field.
    pub fn is_boolean(&self) -> bool {
        self.boolean
    }

    /// The value in every row of a table.
    pub fn column(&self, table: &Table, cx: &Cx) -> Column {
        let columns: Vec<Column> = self.fields.iter().map(|f| table.column_or_null(f)).collect();
        self.node.column(&columns, table.len(), cx)
    }

    /// Where the expression is true. Null is not true.
    pub fn mask(&self, table: &Table, cx: &Cx) -> Vec<bool> {
        self.column(table, cx).test(|v| *v == Value::Bool(true))
    }

    /// The value for one row whose fields `get` knows.
    pub fn value(&self, mut get: impl FnMut(&str) -> Value, cx: &Cx) -> Value {
        let slots: Vec<Value> = self.fields.iter().map(|f| get(f)).collect();
        self.node.scalar(&mut slots.clone(), cx)
    }
}

impl Node {
    /// Calls `f` with the slot of every field that is read.
    fn slots(&self, f: &mut impl FnMut(usize)) {
        match self {
            Node::Constant(_) => {}
            Node::Field(slot) => f(*slot),
            Node::Call(_, args) => args.iter().for_each(|a| a.slots(f)),
            Node::Unary(_, a) => a.slots(f),
            Node::Binary(_, a, b) => {
                a.slots(f);
                b.slots(f);
            }
            Node::In(a, list) => {
                a.slots(f);
                list.iter().for_each(|n| n.slots(f));
            }
            Node::Map { list, slot, body } => {
                list.slots(f);
                f(*slot);
                body.slots(f);
            }
            Node::MvFilter { slot, condition } => {
                f(*slot);
                condition.slots(f);
            }
            Node::Search { slots, .. } => slots.iter().for_each(|(slot, _)| f(*slot)),
        }
    }

    fn is_pure(&self) -> bool {
        match self {
            Node::Constant(_) | Node::Field(_) => true,
            Node::Call(function, args) => function.pure && args.iter().all(Node::is_pure),
            Node::Unary(_, a) => a.is_pure(),
            Node::Binary(_, a, b) => a.is_pure() && b.is_pure(),
            Node::In(a, list) => a.is_pure() && list.iter().all(Node::is_pure),
            Node::Map { list, body, .. } => list.is_pure() && body.is_pure(),
            Node::MvFilter { condition, .. } => condition.is_pure(),
            Node::Search { .. } => true,
        }
    }

    /// The value in every row. A function of nothing is computed once, of one field once per distinct value; else
    /// the operands become columns first, so that this holds for each of them.
    fn column(&self, columns: &[Column], rows: usize, cx: &Cx) -> Column {
        match self {
            Node::Constant(value) => return Column::constant(value.clone(), rows),
            Node::Field(slot) => return columns[*slot].clone(),
            _ => {}
        }
        let mut slots: Vec<Value> = columns.iter().map(|c| c.constant_value().cloned().unwrap_or_default()).collect();
        if !self.is_pure() {
            let row_cx = |row: usize| Cx { seed: cx.seed.wrapping_add(row as u64), ..cx.clone() };
            return self.by_row(columns, rows, &mut slots, row_cx);
        }
        let mut varying = Vec::new();
        self.slots(&mut |slot| {
            if columns[slot].constant_value().is_none() && !varying.contains(&slot) {
                varying.push(slot);
            }
        });
        match varying.as_slice() {
            [] if rows == 0 => Column::constant(Value::Null, 0),
            [] => Column::constant(self.scalar(&mut slots, cx), rows),
            [one] => columns[*one].map(|value| {
                slots[*one] = value.clone();
                self.scalar(&mut slots, cx)
            }),
            _ => self.combine(columns, rows, &mut slots, cx),
        }
    }

    fn combine(&self, columns: &[Column], rows: usize, slots: &mut [Value], cx: &Cx) -> Column {
        if let Node::Search { filter, slots } = self {
            let mut table = Table::new(rows);
            slots.iter().for_each(|(slot, field)| table.set(field.clone(), columns[*slot].clone()));
            return Column::flat(filter.mask(&table).into_iter().map(Value::Bool).collect());
        }
        let of = |node: &Node| node.column(columns, rows, cx);
        match self {
            Node::Binary(op, a, b) => {
                let (a, b) = (of(a), of(b));
                Column::flat((0..rows).map(|row| operators::binary(*op, a.get(row), b.get(row))).collect())
            }
            Node::Unary(op, a) => of(a).map(|v| operators::unary(*op, v)),
            Node::Call(function, args) => {
                let args: Vec<Column> = args.iter().map(of).collect();
                let mut buffer: Vec<Value> = Vec::with_capacity(args.len());
                let value = |row: usize| {
                    buffer.clear();
                    buffer.extend(args.iter().map(|a| a.get(row).clone()));
                    (function.call)(&buffer, cx)
                };
                Column::flat((0..rows).map(value).collect())
            }
            Node::In(a, list) => {
                let a = of(a);
                let list: Vec<Column> = list.iter().map(of).collect();
                Column::flat((0..rows).map(|row| operators::is_in(a.get(row), list.iter().map(|c| c.get(row)))).collect())
            }
            _ => self.by_row(columns, rows, slots, |_| cx.clone()),
        }
    }

    fn by_row(&self, columns: &[Column], rows: usize, slots: &mut [Value], cx: impl Fn(usize) -> Cx) -> Column {
        let value = |row: usize| {
            for (slot, column) in slots.iter_mut().zip(columns) {
                *slot = column.get(row).clone();
            }
            self.scalar(slots, &cx(row))
        };
        Column::flat((0..rows).map(value).collect())
    }

    /// The value for the fields in the slots. They are as before when this returns.
    pub(super) fn scalar(&self, slots: &mut [Value], cx: &Cx) -> Value {
        match self {
            Node::Constant(value) => value.clone(),
            Node::Field(slot) => slots[*slot].clone(),
            Node::Call(function, args) => {
                let args: Vec<Value> = args.iter().map(|a| a.scalar(slots, cx)).collect();
                (function.call)(&args, cx)
            }
            Node::Unary(op, a) => operators::unary(*op, &a.scalar(slots, cx)),
            Node::Binary(op, a, b) => {
                let a = a.scalar(slots, cx);
                // The other side cannot change it.
                match (op, &a) {
                    (Binary::And, Value::Bool(false)) | (Binary::Or, Value::Bool(true)) => return a,
                    _ => {}
                }
                operators::binary(*op, &a, &b.scalar(slots, cx))
            }
            Node::In(a, list) => {
                let a = a.scalar(slots, cx);
                let list: Vec<Value> = list.iter().map(|n| n.scalar(slots, cx)).collect();
                operators::is_in(&a, list.iter())
            }
            Node::Search { filter, slots: fields } => {
                let mut row = Table::new(1);
                fields.iter().for_each(|(slot, field)| row.set(field.clone(), Column::constant(slots[*slot].clone(), 1)));
                Value::Bool(filter.mask(&row) == [true])
            }
            Node::Map { list, slot, body } => {
                let outer = slots[*slot].clone();
                let mut mapped = Vec::new();
                for value in list.scalar(slots, cx).texts() {
                    slots[*slot] = Value::Text(value);
                    mapped.extend(body.scalar(slots, cx).texts());
                }
                slots[*slot] = outer;
                Value::from_texts(mapped)
            }
            Node::MvFilter { slot, condition } => {
                let outer = std::mem::take(&mut slots[*slot]);
                let mut kept = Vec::new();
                for value in outer.texts() {
                    slots[*slot] = Value::Text(value.clone());
                    if condition.scalar(slots, cx) == Value::Bool(true) {
                        kept.push(value);
                    }
                }
                slots[*slot] = outer;
                Value::from_texts(kept)
            }
        }
    }
}

/// Programs are shared between threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<Program>>();
};

//! Subsearches: their rows become conditions, or the text of conditions.
//!
//! The rows of a subsearch are joined by OR, the fields of a row, in alphabetical order, by AND. A field named
//! `search` or `query` goes in as it is. No rows give a condition that nothing fits (Search Manual, "About
//! subsearches", and the `format` command).

use std::sync::Arc;

use hashbrown::HashMap;

use super::commands::Place;
use super::compile::Compiler;
use super::limits;
use super::operator::Pipeline;
use super::run::Run;
use crate::diagnostic::{Code, Diagnostic, MappedText};
use crate::eval::{Cx, Filter};
use crate::spl::search::Compare;
use crate::spl::{Cursor, SearchExpr, Spl, Word};
use crate::store::Table;

/// The compiled subsearches of a command, by where they begin.
pub(super) type Subsearches = HashMap<usize, Pipeline>;

/// Puts conditions in the places of the subsearches.
pub(super) fn resolve(expr: &SearchExpr, subs: &Subsearches, run: &Run<'_>) -> Result<SearchExpr, Diagnostic> {
    let each = |list: &[SearchExpr]| list.iter().map(|e| resolve(e, subs, run)).collect::<Result<Vec<_>, _>>();
    Ok(match expr {
        SearchExpr::And(list) => SearchExpr::And(each(list)?),
        SearchExpr::Or(list) => SearchExpr::Or(each(list)?),
        SearchExpr::Not(inner) => SearchExpr::Not(Box::new(resolve(inner, subs, run)?)),
        SearchExpr::Subsearch { at, compare } => match subs.get(&at.start) {
            Some(pipeline) => {
                let rows = limits::SUBSEARCH_ROWS.cut(pipeline.run(Table::default(), run)?, "a subsearch", run);
                condition(&rows, compare.as_ref())?
            }
            None => expr.clone(),
        },
        leaf => leaf.clone(),
    })
}

/// A WHERE clause over rows, with subsearches in it.
#[derive(Debug)]
pub(super) struct Condition {
    expr: SearchExpr,
    /// Compiled once, where no subsearch has to run first.
    filter: Option<Filter>,
    subs: Subsearches,
    spl: Arc<Spl>,
}

impl Condition {
    /// Reads it up to the end of the command.
    pub(super) fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Result<Self, Diagnostic> {
        let expr = SearchExpr::parse(cursor, &[])?;
        let subs = compile(place, compiler)?;
        let filter = match subs.is_empty() {
            true => Some(Filter::compile(&expr, place.spl, false, &Cx::utc(0.0))?.0),
            false => None,
        };
        Ok(Condition { expr, filter, subs, spl: Arc::new(place.spl.clone()) })
    }

    /// The rows that fit.
    pub(super) fn apply(&self, table: Table, run: &Run<'_>) -> Result<Table, Diagnostic> {
        if let Some(filter) = &self.filter {
            return Ok(table.filter(&filter.mask(&table)));
        }
        let expr = resolve(&self.expr, &self.subs, run)?;
        let (filter, _) = Filter::compile(&expr, &self.spl, false, &run.cx)?;
        Ok(table.filter(&filter.mask(&table)))
    }
}

/// Compiles all subsearches of a command.
pub(super) fn compile(place: &Place<'_>, compiler: &mut Compiler<'_>) -> Result<Subsearches, Diagnostic> {
    let mut subs = Subsearches::new();
    for sub in &place.call.subsearches {
        subs.insert(sub.at.start, compiler.subsearch(sub).ok_or_else(|| super::commands::reported(place))?);
    }
    Ok(subs)
}

/// The fields that a condition speaks of: internal ones are left out.
fn named(rows: &Table) -> Vec<&str> {
    let mut fields: Vec<&str> = rows.fields().map(|f| f.as_str()).filter(|f| !f.starts_with('_')).collect();
    fields.sort_unstable();
    fields
}

fn condition(rows: &Table, compare: Option<&(String, Compare)>) -> Result<SearchExpr, Diagnostic> {
    let fields = named(rows);
    let word = |text: &str| Word { text: text.to_string(), quoted: true, at: 0..0 };
    let mut any = Vec::new();
    for row in 0..rows.len().min(limits::SUBSEARCH_ROWS.value) {
        let mut all = Vec::new();
        for field in &fields {
            let of_value = |value: &str| match (*field, compare) {
                // `field=[… | return $x]` compares with the bare text.
                (_, Some((field, op))) => {
                    Ok(SearchExpr::Compare { field: field.clone(), op: *op, value: word(value), case: false, at: 0..0 })
                }
                ("search" | "query", None) => bare(value),
                (field, None) => Ok(SearchExpr::Compare {
                    field: field.to_string(),
                    op: Compare::Equal,
                    value: word(value),
                    case: false,
                    at: 0..0,
                }),
            };
            let mut values = rows.value(row, field).texts().iter().map(|v| of_value(v)).collect::<Result<Vec<_>, _>>()?;
            match values.len() {
                0 => {}
                1 => all.append(&mut values),
                _ => all.push(SearchExpr::Or(values)),
            }
        }
        if !all.is_empty() {
            any.push(SearchExpr::And(all));
        }
    }
    Ok(SearchExpr::Or(any))
}

/// The text of a `search` field is itself a search expression.
fn bare(text: &str) -> Result<SearchExpr, Diagnostic> {
    let sources = crate::diagnostic::Sources::new();
    let spl = Spl::new(MappedText::plain(sources.add("subsearch", text), 0, text));
    SearchExpr::parse(&mut Cursor::whole(&spl), &[]).map_err(|problem| {
        Diagnostic::new(
            Code::SplRuntime,
            format!("a subsearch gave `{text}`, which is no search expression: {}", problem.message),
        )
    })
}

/// The pieces that `format` writes round rows and fields.
#[derive(Clone, Debug)]
pub(super) struct Style {
    /// Before all rows, before a row, between fields, after a row, between rows, after all rows.
    pub(super) pieces: [String; 6],
    /// Between the values of a multivalue.
    pub(super) values: String,
    /// What no rows give.
    pub(super) empty: String,
}

impl Default for Style {
    fn default() -> Self {
        Style { pieces: ["(", "(", "AND", ")", "OR", ")"].map(String::from), values: "OR".into(), empty: "NOT( )".into() }
    }
}

/// The rows as the text of a search expression (Search Reference, format).
pub(super) fn format(rows: &Table, style: &Style) -> String {
    let [open, row_open, and, row_close, or, close] = &style.pieces;
    let fields = named(rows);
    let mut texts = Vec::new();
    for row in 0..rows.len().min(limits::SUBSEARCH_ROWS.value) {
        let mut parts = Vec::new();
        for field in &fields {
            let values: Vec<String> = rows.value(row, field).texts().iter().map(|v| comparison(field, v)).collect();
            match values.as_slice() {
                [] => {}
                [one] => parts.push(one.clone()),
                many => parts.push(format!("( {} )", many.join(&format!(" {} ", style.values)))),
            }
        }
        if !parts.is_empty() {
            texts.push(format!("{row_open} {} {row_close}", parts.join(&format!(" {and} "))));
        }
    }
    if texts.is_empty() { style.empty.clone() } else { format!("{open} {} {close}", texts.join(&format!(" {or} "))) }
}

fn comparison(field: &str, value: &str) -> String {
    match field {
        "search" | "query" => value.to_string(),
        _ => format!("{field}={}", quoted(value)),
    }
}

/// A value in quotes.
pub(super) fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What a subsearch puts into the text around it: the bare text of a single `search` field, as `return` makes it,
/// else what `format` would write.
pub(super) fn text(rows: &Table) -> String {
    match (rows.len(), named(rows).as_slice()) {
        (1, ["search" | "query"]) => rows.value(0, named(rows)[0]).to_text().to_string(),
        _ => format(rows, &Style::default()),
    }
}

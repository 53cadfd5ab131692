//! The lookups of a run, as the eval function `lookup` asks for them.

use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashMap;

use super::compile::Compiler;
use super::session::Session;
use crate::diagnostic::{Code, Diagnostic};
use crate::eval::Lookups;
use crate::fields::Lookup;
use crate::knowledge::Knowledge;
use crate::spl::expr::ExprKind;
use crate::spl::{Expr, Spl};
use crate::store::{Column, Table, Text, Value};

/// Lookups by what is asked of them: each is made ready once a run.
#[derive(Debug)]
pub(super) struct RunLookups {
    knowledge: Arc<Knowledge>,
    session: Session,
    ready: Mutex<HashMap<String, Option<Arc<Lookup>>>>,
}

impl RunLookups {
    pub(super) fn new(knowledge: Arc<Knowledge>, session: &Session) -> Self {
        RunLookups { knowledge, session: session.clone(), ready: Mutex::default() }
    }

    fn ready(&self, name: &str, inputs: &[(String, Text)], outputs: &[String]) -> Option<Arc<Lookup>> {
        let columns: Vec<&str> = inputs.iter().map(|(c, _)| c.as_str()).collect();
        let key = format!("{name}\n{}\n\n{}", columns.join("\n"), outputs.join("\n"));
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let def = self.knowledge.lookup(name);
            let def = def.unwrap_or_else(|| crate::knowledge::LookupDef::of_file(name));
            let table = self.session.lookup(def.key()).or_else(|| self.knowledge.lookup_table(&def).ok())?;
            let inputs: Vec<(String, String)> = inputs.iter().map(|(c, _)| (c.clone(), c.clone())).collect();
            let outputs: Vec<(String, String)> = outputs.iter().map(|c| (c.clone(), format!("out:{c}"))).collect();
            Lookup::new(def, table, &inputs, Some(&outputs), false).ok().map(Arc::new)
        };
        ready.entry(key).or_insert_with(make).clone()
    }
}

impl Lookups for RunLookups {
    fn find(&self, name: &str, inputs: &[(String, Text)], outputs: &[String]) -> Option<Vec<Value>> {
        let lookup = self.ready(name, inputs, outputs)?;
        let mut row = Table::new(1);
        for (column, value) in inputs {
            row.set(column.as_str(), Column::constant(Value::Text(value.clone()), 1));
        }
        lookup.run(&mut row);
        Some(outputs.iter().map(|c| row.value(0, &format!("out:{c}")).clone()).collect())
    }
}

/// What is wrong with the calls of `lookup` in an expression: a lookup or a column that is not there.
pub(super) fn check(expr: &Expr, spl: &Spl, compiler: &mut Compiler<'_>) {
    let mut each = |list: &[Expr]| list.iter().for_each(|e| check(e, spl, compiler));
    match &expr.kind {
        ExprKind::Call(name, _, args) => {
            each(args);
            if let ("lookup", [table, inputs, outputs]) = (name.as_str(), args.as_slice())
                && let Some(problem) = wrong(table, inputs, outputs, spl, compiler)
            {
                compiler.problems.push(problem);
            }
        }
        ExprKind::Unary(_, a) => check(a, spl, compiler),
        ExprKind::Binary(_, a, b) => {
            check(a, spl, compiler);
            check(b, spl, compiler);
        }
        ExprKind::In(a, list) => {
            each(list);
            check(a, spl, compiler);
        }
        _ => {}
    }
}

fn wrong(table: &Expr, inputs: &Expr, outputs: &Expr, spl: &Spl, compiler: &Compiler<'_>) -> Option<Diagnostic> {
    let ExprKind::Text(name) = &table.kind else {
        return Some(spl.syntax(&table.at, "`lookup` needs the name of a lookup in quotes", ""));
    };
    let literal = |expr: &Expr, function: &str, step: usize| match &expr.kind {
        ExprKind::Call(name, _, args) if name == function => {
            let texts = args
                .iter()
                .step_by(step)
                .map(|a| if let ExprKind::Text(t) = &a.kind { Some((t.clone(), a.at.clone())) } else { None });
            texts.collect::<Option<Vec<_>>>()
        }
        _ => None,
    };
    let (Some(inputs), Some(outputs)) = (literal(inputs, "json_object", 2), literal(outputs, "json_array", 1)) else {
        return Some(spl.syntax(&inputs.at, "`lookup` takes json_object(\"column\", field) and json_array(\"column\")", ""));
    };
    let Some(def) = compiler.knowledge.lookup(name) else {
        if compiler.written.iter().any(|w| w == name.as_str()) {
            return None;
        }
        let names = compiler.knowledge.lookup_names();
        let problem = spl.problem(Code::SplUnknownLookup, &table.at, format!("there is no lookup `{name}`"), "unknown lookup");
        return Some(problem.did_you_mean(name, names.iter().map(String::as_str)));
    };
    if def.filename.is_none() || def.unsupported.is_some() || def.times.is_some() {
        let message = format!("the lookup `{name}` is not supported here: the function takes lookups of CSV files only");
        return Some(spl.problem(Code::SplUnsupported, &table.at, message, "not supported here"));
    }
    let rows = compiler.knowledge.lookup_table(&def).ok().filter(|t| !t.fields.is_empty())?;
    let (column, at) = inputs.into_iter().chain(outputs).find(|(column, _)| rows.column(column).is_none())?;
    let known: Vec<&str> = rows.fields.iter().map(Text::as_str).collect();
    let message = format!("the lookup {name} has no column `{column}`; it has: {}", known.join(", "));
    Some(spl.problem(Code::SplUnknownLookup, &at, message, "unknown column"))
}

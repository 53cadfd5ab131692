//! Data models at work: the rows of a dataset with the fields that are asked for.
//!
//! A root dataset is a filter over events or a search with pipes; its calculations run in the order listed, each
//! seeing the ones before. A child keeps the rows of its parent that its constraint fits, then adds its own
//! calculations. Only declared fields exist; a field is addressed by the lineage of the dataset that owns it
//! (Knowledge Manager Manual, "About data models"). Nothing is accelerated: `summariesonly` changes nothing.

use std::sync::Arc;

use indexmap::IndexSet;

use super::compile::Compiler;
use super::events;
use super::operator::Pipeline;
use super::run::Run;
use crate::diagnostic::{Code, Diagnostic, MappedText};
use crate::eval::{Cx, Filter, Pattern, Program, compile};
use crate::fields::{Lookup, Needed};
use crate::knowledge::{Calculation, DataModel, Root};
use crate::spl::{Cursor, Expr, SearchExpr, Spl, expand};
use crate::store::{Column, Table, Text, Value};

/// Fields that every dataset has without declaring them.
pub(super) const COMMON: &[&str] = &["_time", "host", "source", "sourcetype", "index", "_raw", "nodename"];

/// A dataset of a data model.
#[derive(Clone, Debug)]
pub(super) struct DatasetRef {
    /// The model.
    pub(super) model: Arc<DataModel>,
    /// The index of the dataset in it.
    pub(super) index: usize,
}

impl DatasetRef {
    /// The rows of the dataset with these fields of its own and its ancestors, named without their lineage.
    pub(super) fn rows(&self, fields: &IndexSet<Text>, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut names: Vec<&str> = fields.iter().map(Text::as_str).collect();
        names.sort_unstable();
        let range = run.range;
        let key = format!(
            "{}\n{}\n{:?}\n{}\n{}",
            self.model.name,
            self.model.datasets[self.index].lineage,
            range,
            run.cx.now,
            names.join("\n")
        );
        run.store.dataset(key, || self.compute(fields, run))
    }

    fn compute(&self, fields: &IndexSet<Text>, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let path = self.model.path(self.index);
        let mut levels = Vec::new();
        let mut wanted = fields.clone();
        // From the dataset up to the root: what is needed so that the calculations and constraints can be done.
        for index in path.iter().rev() {
            let level = Level::new(&self.model, *index, &mut wanted, run)?;
            levels.push(level);
        }
        wanted.retain(|f| f != "nodename");
        let root = &self.model.datasets[path[0]];
        let mut table = match &root.root {
            Root::Events(search) if search.trim().is_empty() => self.search("*", &wanted, run)?,
            Root::Events(search) | Root::Search(search) => self.search(search, &wanted, run)?,
            Root::Transactions { objects, by, max_pause, max_span } => {
                let limits = [("maxspan", max_span), ("maxpause", max_pause)];
                self.transactions(objects, by, limits, &wanted, run)?
            }
            Root::Child(..) => {
                return Err(Diagnostic::new(Code::SplRuntime, format!("the dataset {} has no root", root.lineage)));
            }
        };
        for level in levels.iter().rev() {
            table = level.run(table, run)?;
        }
        if fields.contains("nodename") {
            self.nodenames(&mut table, path[0], run)?;
        }
        Ok(table)
    }

    /// The rows of a search of the model, with these fields.
    fn search(&self, text: &str, wanted: &IndexSet<Text>, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let source = run.env.sources.add(format!("data model {}", self.model.name), text);
        let mut compiler = Compiler::new(&run.env.knowledge);
        let needed = Needed::only(wanted.iter().map(Text::as_str));
        let pipeline = compiler.text(&MappedText::plain(source, 0, text), needed);
        let problem = compiler.problems.into_iter().find(|p| p.is_error() || p.code == Code::SplUnsupported);
        match (pipeline, problem) {
            (Some(pipeline), None) => pipeline.run(Table::default(), run),
            (_, Some(problem)) => Err(problem.note(format!("in the data model {}", self.model.name))),
            (None, None) => Ok(Table::default()),
        }
    }

    /// The rows of other datasets of the model as transactions, with the options that Splunk writes into the
    /// `objectSearch` of such a dataset.
    fn transactions(
        &self,
        objects: &[String],
        by: &[String],
        limits: [(&str, &Option<String>); 2],
        wanted: &IndexSet<Text>,
        run: &Run<'_>,
    ) -> Result<Table, Diagnostic> {
        let mut fields = wanted.clone();
        fields.extend(by.iter().map(Text::new).chain(["_time".into(), "_raw".into()]));
        let mut parts = Vec::new();
        for name in objects {
            let Some(index) = self.model.dataset(name) else {
                let message = format!("the dataset {} groups {name}, which is no dataset of the model", self.lineage());
                return Err(Diagnostic::new(Code::SplRuntime, message));
            };
            parts.push(DatasetRef { model: self.model.clone(), index }.rows(&fields, run)?);
        }
        let limits = limits.iter().filter_map(|(option, value)| Some(format!(" {option}={}", value.as_ref()?)));
        let by = by.iter().map(|field| format!(" \"{field}\""));
        let command: String = ["| transaction mvlist=t keepevicted=f".to_string()].into_iter().chain(limits).chain(by).collect();
        over_rows(&command, &self.model.name, run)?.run(events::newest_first(Table::concat(&parts)), run)
    }

    fn lineage(&self) -> &str {
        &self.model.datasets[self.index].lineage
    }

    /// `nodename`: the lineage of every dataset below the root that the row belongs to.
    fn nodenames(&self, table: &mut Table, root: usize, run: &Run<'_>) -> Result<(), Diagnostic> {
        let mut names: Vec<Vec<Text>> = vec![Vec::new(); table.len()];
        let mut inside: Vec<Option<Vec<bool>>> = vec![None; self.model.datasets.len()];
        for (index, dataset) in self.model.datasets.iter().enumerate() {
            let mask = match &dataset.root {
                _ if index == root => vec![true; table.len()],
                Root::Child(parent, constraint) => match &inside[*parent] {
                    Some(parent) => {
                        let filter = constraint_filter(constraint, &self.model.name, run)?;
                        parent.iter().zip(filter.mask(table)).map(|(p, m)| *p && m).collect()
                    }
                    None => continue,
                },
                _ => continue,
            };
            for (row, hit) in mask.iter().enumerate() {
                if *hit {
                    names[row].push(Text::new(&dataset.lineage));
                }
            }
            inside[index] = Some(mask);
        }
        table.set("nodename", Column::flat(names.into_iter().map(Value::from_texts).collect()));
        Ok(())
    }
}

/// What one dataset of the path does.
struct Level {
    /// A child's constraint.
    constraint: Option<Filter>,
    calculations: Vec<Work>,
    required: Vec<Text>,
    /// `is_Child` fields that are wanted.
    flags: Vec<(Text, Filter)>,
}

enum Work {
    Eval(Text, Program),
    Rex(Text, Arc<Pattern>),
    Lookup(Box<Lookup>),
    /// GeoIP, which the command iplocation does.
    Command(Pipeline),
}

impl Level {
    /// Works out what to do, and adds to `wanted` what that needs from the level above.
    fn new(model: &DataModel, index: usize, wanted: &mut IndexSet<Text>, run: &Run<'_>) -> Result<Level, Diagnostic> {
        let dataset = &model.datasets[index];
        let mut level = Level { constraint: None, calculations: Vec::new(), required: Vec::new(), flags: Vec::new() };
        for (child_index, child) in model.datasets.iter().enumerate() {
            let Root::Child(parent, constraint) = &child.root else { continue };
            let (is, is_not) = (format!("is_{}", child.name), format!("is_not_{}", child.name));
            let nodes = wanted.contains("nodename");
            if *parent == index
                && (nodes || wanted.contains(is.as_str()) || wanted.contains(is_not.as_str()))
                && child_index != index
            {
                let filter = constraint_filter(constraint, &model.name, run)?;
                wanted.extend(filter.fields());
                level.flags.push((Text::new(&child.name), filter));
            }
        }
        level.required.extend(dataset.fields.iter().filter(|f| f.required).map(|f| Text::new(&f.name)));
        wanted.extend(level.required.iter().cloned());
        for calculation in dataset.calculations.iter().rev() {
            let work = match calculation {
                Calculation::Eval { field, expression } if wanted.contains(field.as_str()) => match eval_program(expression, run)
                {
                    Some(program) => {
                        // A fallback reads the field that it sets; what it reads comes from above.
                        wanted.extend(program.fields().iter().cloned());
                        Work::Eval(Text::new(field), program)
                    }
                    None => continue,
                },
                Calculation::Rex { input, pattern } => match Pattern::new(pattern) {
                    Ok(pattern) if pattern.names().iter().flatten().any(|n| wanted.contains(n.as_str())) => {
                        wanted.insert(Text::new(input));
                        Work::Rex(Text::new(input), pattern)
                    }
                    _ => continue,
                },
                Calculation::Lookup { name, inputs, outputs }
                    if outputs.iter().any(|(_, field)| wanted.contains(field.as_str())) =>
                {
                    let Some(def) = run.env.knowledge.lookup(name).filter(|d| d.unsupported.is_none() && d.program.is_none())
                    else {
                        continue;
                    };
                    let Ok(lookup) =
                        run.lookup_table(&def).and_then(|table| Lookup::new(def.clone(), table, inputs, Some(outputs), false))
                    else {
                        continue;
                    };
                    wanted.extend(lookup.input_fields().cloned());
                    Work::Lookup(Box::new(lookup))
                }
                Calculation::GeoIp { input, outputs } if outputs.iter().any(|field| wanted.contains(field.as_str())) => {
                    wanted.insert(Text::new(input));
                    Work::Command(over_rows(&format!("| iplocation prefix=\"{input}_\" \"{input}\""), &model.name, run)?)
                }
                _ => continue,
            };
            level.calculations.push(work);
        }
        level.calculations.reverse();
        if let Root::Child(_, constraint) = &dataset.root {
            let filter = constraint_filter(constraint, &model.name, run)?;
            wanted.extend(filter.fields());
            level.constraint = Some(filter);
        }
        Ok(level)
    }

    fn run(&self, mut table: Table, run: &Run<'_>) -> Result<Table, Diagnostic> {
        if let Some(constraint) = &self.constraint {
            table = table.filter(&constraint.mask(&table));
        }
        for work in &self.calculations {
            match work {
                Work::Eval(field, program) => {
                    let column = program.column(&table, &run.cx);
                    table.set(field.clone(), column);
                }
                Work::Lookup(lookup) => lookup.run(&mut table),
                Work::Command(pipeline) => table = pipeline.run(table, run)?,
                Work::Rex(input, pattern) => {
                    let column = table.column_or_null(input);
                    for (n, name) in pattern.names().iter().enumerate() {
                        if let Some(name) = name {
                            let value = |v: &Value| {
                                v.as_text()
                                    .and_then(|t| pattern.captures(&t).and_then(|c| c.get(n).map(Value::from)))
                                    .unwrap_or_default()
                            };
                            let made = column.map(value);
                            table.set(name.as_str(), made);
                        }
                    }
                }
            }
        }
        for field in &self.required {
            table = table.filter(&table.column_or_null(field).test(|v| !v.is_null()));
        }
        for (name, filter) in &self.flags {
            let mask = filter.mask(&table);
            let flag = |hit: bool| Value::from(if hit { "1" } else { "0" });
            table.set(format!("is_{name}"), Column::flat(mask.iter().map(|m| flag(*m)).collect()));
            table.set(format!("is_not_{name}"), Column::flat(mask.iter().map(|m| flag(!*m)).collect()));
        }
        Ok(table)
    }
}

/// Commands that go on with rows.
fn over_rows(text: &str, model: &str, run: &Run<'_>) -> Result<Pipeline, Diagnostic> {
    let source = run.env.sources.add(format!("data model {model}"), text);
    let spl = Arc::new(Spl::new(MappedText::plain(source, 0, text)));
    let mut compiler = Compiler::new(&run.env.knowledge);
    let pipeline = crate::spl::Pipeline::parse(spl, &mut compiler.problems);
    let compiled = compiler.continued(&pipeline);
    let stops = |p: &Diagnostic| p.is_error() || p.code == Code::SplUnsupported;
    match (compiled, compiler.problems.into_iter().find(stops)) {
        (Some(compiled), None) => Ok(compiled),
        (_, problem) => Err(problem.unwrap_or_else(|| Diagnostic::new(Code::SplRuntime, format!("`{text}` cannot be run")))),
    }
}

fn eval_program(expression: &str, run: &Run<'_>) -> Option<Program> {
    let source = run.env.sources.add("data model", expression);
    let spl = Spl::new(MappedText::plain(source, 0, expression));
    let expr = Expr::parse(&mut Cursor::whole(&spl)).ok()?;
    compile(&expr, &spl, &mut Vec::new())
}

fn constraint_filter(constraint: &str, model: &str, run: &Run<'_>) -> Result<Filter, Diagnostic> {
    let source = run.env.sources.add(format!("data model {model}"), constraint);
    let (spl, _) = expand(&MappedText::plain(source, 0, constraint), run.env.knowledge.as_ref());
    let expr = SearchExpr::parse(&mut Cursor::whole(&spl), &[])?;
    Ok(Filter::compile(&expr, &spl, false, &Cx::utc(run.cx.now))?.0)
}

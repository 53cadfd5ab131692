//! Compiled commands.

use std::sync::Mutex;

use super::run::{Run, StepCount};
use super::schema::Schema;
use crate::diagnostic::{Diagnostic, Span};
use crate::fields::Needed;
use crate::ingest::Wanted;
use crate::store::Table;

/// A compiled command: a function from table to table.
pub trait Operator: Send + Sync + std::fmt::Debug {
    /// Runs it. `needed` are the fields of the result that later commands look at: others may be left out.
    fn run(&self, input: Table, needed: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic>;

    /// The fields of the input that it needs so that the result has those of `after`.
    fn needs(&self, _after: Needed) -> Needed {
        Needed::All
    }

    /// What it does to the fields of the rows, as far as that is known before it runs.
    fn schema(&self, schema: &mut Schema) {
        schema.any();
    }

    /// What it reads of the events, if it picks them and nothing has to run first, when later commands look at `needed`.
    fn wanted(&self, _needed: &Needed) -> Wanted {
        Wanted::ALL
    }
}

/// An operator and where its command stands.
pub struct Step {
    /// The command as written, on one line.
    pub text: String,
    /// Where it stands.
    pub span: Option<Span>,
    /// The work.
    pub operator: Box<dyn Operator>,
    /// The fields of its result that later steps look at.
    pub needed: Needed,
}

impl std::fmt::Debug for Step {
    /// What it does, not where it stands.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.operator.fmt(f)
    }
}

/// Compiled commands one after the other.
#[derive(Debug, Default)]
pub struct Pipeline {
    steps: Vec<Step>,
}

impl Pipeline {
    /// From the steps; works out which fields each one has to deliver when `needed` is what is wanted in the end.
    pub fn new(mut steps: Vec<Step>, needed: Needed) -> Self {
        let mut after = needed;
        for step in steps.iter_mut().rev() {
            step.needed = after.clone();
            after = step.operator.needs(after);
        }
        Pipeline { steps }
    }

    /// Which fields the input must have so that the result has those of `after`.
    pub fn needs(&self, after: Needed) -> Needed {
        self.steps.iter().rev().fold(after, |after, step| step.operator.needs(after))
    }

    /// Every step delivers every field.
    pub fn extracting_everything(mut self) -> Self {
        for step in &mut self.steps {
            step.needed = Needed::All;
        }
        self
    }

    /// True without commands.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Runs it over a table.
    pub fn run(&self, input: Table, run: &Run<'_>) -> Result<Table, Diagnostic> {
        self.run_traced(input, run, None)
    }

    /// Runs it and notes how many rows came out of each step.
    pub fn run_traced(&self, input: Table, run: &Run<'_>, trace: Option<&Mutex<Vec<StepCount>>>) -> Result<Table, Diagnostic> {
        let mut table = input;
        for step in &self.steps {
            run.go_on()?;
            table = step.operator.run(table, &step.needed, run)?;
            if let Some(trace) = trace {
                let mut details = run.details.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let mut trace = trace.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                trace.append(&mut details);
                let lost = std::mem::take(&mut *run.losses.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
                let count = StepCount { text: step.text.clone(), span: step.span, rows: table.len(), lost };
                trace.push(count);
            }
        }
        Ok(table)
    }
}

//! What a search says of itself without being run: its commands, the fields of its rows, the fields that it reads.

use indexmap::IndexSet;

use super::compile::Compiler;
use super::run::Environment;
use crate::diagnostic::{Diagnostic, MappedText};
use crate::fields::Needed;
use crate::spl::Pipeline;
use crate::store::Text;

/// A search as it was read.
#[derive(Debug)]
pub struct Outline {
    /// Its commands, macros expanded.
    pub pipeline: Pipeline,
    /// The fields of its rows, where they are known before it runs.
    pub fields: Option<IndexSet<Text>>,
    /// The fields of the events that its later commands look at, where its first command picks events and they are known.
    pub reads: Option<IndexSet<Text>>,
}

impl Outline {
    /// Reads a search; also says all that is wrong with it.
    pub fn new(text: &MappedText, env: &Environment<'_>) -> (Outline, Vec<Diagnostic>) {
        let mut compiler = Compiler::new(&env.knowledge);
        let mut pipeline = Pipeline { spl: Default::default(), calls: Vec::new() };
        let compiled = compiler.looked_at(text, Needed::All, |whole| pipeline = whole.clone());
        let fields = compiled.as_ref().and(compiler.rows.take());
        let first = compiled.as_ref().and_then(|compiled| compiled.steps().first());
        let reads = match first.map(|step| &step.needed) {
            Some(Needed::Only(list)) if pipeline.calls[0].name == "search" => Some(list.iter().cloned().collect()),
            _ => None,
        };
        (Outline { pipeline, fields, reads }, compiler.into_problems())
    }
}

//! Subsearches whose result becomes part of the text of a command: `eval limit=[search … | return $x]`.

use std::sync::Arc;

use super::prelude::*;
use crate::diagnostic::MappedText;
use crate::engine::subsearch;

/// A command that can be compiled only when its subsearches have run.
#[derive(Debug)]
struct Substituted {
    name: String,
    /// The text before each subsearch.
    before: Vec<(String, Pipeline)>,
    /// The text after the last one.
    end: String,
}

impl Operator for Substituted {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut text = format!("| {} ", self.name);
        for (before, sub) in &self.before {
            text.push_str(before);
            text.push_str(&subsearch::text(&sub.run(Table::default(), run)?));
        }
        text.push_str(&self.end);
        let source = run.env.sources.add("subsearch", text.as_str());
        let mut compiler = Compiler::new(&run.env.knowledge);
        let parsed = crate::spl::Pipeline::parse(Arc::new(Spl::new(MappedText::plain(source, 0, text))), &mut compiler.problems);
        let pipeline = compiler.continued(&parsed);
        match (pipeline, compiler.problems.into_iter().find(|p| p.is_error() || p.code == Code::SplUnsupported)) {
            (Some(pipeline), None) => pipeline.run(input, run),
            (_, Some(problem)) => Err(problem.note("with the results of its subsearches put in")),
            (None, None) => Ok(input),
        }
    }
}

/// Compiles the subsearches of a command that waits for them.
pub(in crate::engine) fn substituted(place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let text = place.spl.text();
    let mut before = Vec::new();
    let mut at = place.call.args.start;
    for sub in &place.call.subsearches {
        let pipeline = compiler.subsearch(sub).ok_or_else(|| reported(place))?;
        before.push((text[at..sub.at.start].to_string(), pipeline));
        at = sub.at.end;
    }
    Ok(Box::new(Substituted { name: place.call.name.clone(), before, end: text[at..place.call.args.end].to_string() }))
}

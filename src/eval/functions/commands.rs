//! `commands(SEARCH)`.

use super::prelude::*;
use std::sync::Arc;

use crate::diagnostic::MappedText;
use crate::spl::{Pipeline, Spl};

pub(super) const DEF: Function = Function {
    name: "commands",
    category: Category::Multivalue,
    syntax: "commands(<search>)",
    summary: "The names of the commands of a search.",
    args: (1, 1),
    examples: &[("mvjoin(commands(\"search foo | stats count | sort count\"), \",\")", "search,stats,sort")],
    call: |args, _| {
        let Some(text) = args[0].as_text() else { return Value::Null };
        let sources = crate::diagnostic::Sources::new();
        let spl = Arc::new(Spl::new(MappedText::plain(sources.add("search", text.as_ref()), 0, text.as_ref())));
        let pipeline = Pipeline::parse(spl, &mut Vec::new());
        Value::from_texts(pipeline.calls.iter().map(|c| Text::new(&c.name)).collect())
    },
    ..Function::BASE
};

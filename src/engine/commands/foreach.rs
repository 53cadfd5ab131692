//! `foreach`.

use std::sync::Arc;

use super::prelude::*;
use crate::diagnostic::MappedText;

#[derive(Debug)]
struct ForEach {
    names: Vec<Text>,
    /// The commands with `<<FIELD>>` and its kin in them.
    template: String,
}

impl Operator for ForEach {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut table = input;
        let all: Vec<(Text, Vec<String>)> = self
            .names
            .iter()
            .flat_map(|name| {
                let pattern = Wildcard::exact_case(name);
                let stars = |f: &Text| pattern.captures(f).map(|s| s.into_iter().map(str::to_string).collect());
                let wild = name.contains('*');
                table.fields().filter(|f| !wild || !f.starts_with('_')).filter_map(|f| stars(f).map(|s| (f.clone(), s))).collect::<Vec<_>>()
            })
            .collect();
        for (field, stars) in all {
            let mut text = self.template.replace("<<FIELD>>", &field).replace("<<MATCHSTR>>", &stars.concat());
            for n in 1..=3 {
                text = text.replace(&format!("<<MATCHSEG{n}>>"), stars.get(n - 1).map_or("", String::as_str));
            }
            let source = run.env.sources.add("foreach", text.as_str());
            let mut compiler = Compiler::new(&run.env.knowledge);
            let spl = Arc::new(Spl::new(MappedText::plain(source, 0, text)));
            let parsed = crate::spl::Pipeline::parse(spl, &mut compiler.problems);
            let pipeline = compiler.continued(&parsed);
            match (pipeline, compiler.problems.into_iter().find(|p| p.is_error() || p.code == Code::SplUnsupported)) {
                (Some(pipeline), None) => table = pipeline.run(table, run)?,
                (_, Some(problem)) => return Err(problem.note(format!("in foreach, for the field `{field}`"))),
                (None, None) => {}
            }
        }
        Ok(table)
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut names = Vec::new();
    loop {
        cursor.separators();
        if cursor.peek() == Some(b'[') || cursor.is_done() {
            break;
        }
        if let Some((name, _)) = cursor.option()? {
            if matches!(name.text.as_str(), "mode") {
                return Err(cursor.problem(Code::SplUnsupported, &name.at, "modes of foreach are not supported: the local engine does not have them yet", "not supported here"));
            }
            continue;
        }
        match cursor.field()? {
            Some(word) => names.push(Text::from(word.text)),
            None => break,
        }
    }
    let Some(sub) = cursor.subsearch() else { return Err(cursor.unexpected("commands in brackets are expected")) };
    cursor.expect_done("foreach")?;
    let template = place.spl.text()[sub.at.start + 1..sub.at.end - 1].trim();
    let template = if template.starts_with('|') { template.to_string() } else { format!("| {template}") };
    Ok(Box::new(ForEach { names, template }))
}

pub(super) const DEF: Command = Command {
    name: "foreach",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "foreach <wc-field-list> [<subsearch with <<FIELD>>, <<MATCHSTR>>, <<MATCHSEG1>>>]",
    summary: "Runs commands once for each field that fits, with its name in the place of <<FIELD>>.",
    options: &[],
    examples: &[("| makeresults | eval a1=1, a2=2, t=0 | foreach a* [eval t=t+<<FIELD>>] | table t", &[&[("t", "3")]])],
    differs: &[],
    compile,
};

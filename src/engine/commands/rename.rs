//! `rename`.

use super::prelude::*;

#[derive(Debug)]
struct Rename(Vec<(Text, Text)>);

impl Operator for Rename {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        for (from, to) in &self.0 {
            if from.contains('*') {
                let pattern = Wildcard::exact_case(from);
                let names: Vec<Text> = input.fields().cloned().collect();
                for name in names {
                    if let Some(stars) = pattern.captures(&name) {
                        input.rename(&name, &fill(to, &stars));
                    }
                }
            } else if input.has(from) {
                input.rename(from, to);
            } else {
                // Renaming a field that is not there takes the other one away (Search Reference, rename).
                input.remove(to);
            }
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        for (from, to) in &self.0 {
            schema.read([from]);
            schema.rename(from, to);
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        let Needed::Only(list) = after else { return Needed::All };
        let mut wanted = list;
        for (from, to) in self.0.iter().rev() {
            let mut before = indexmap::IndexSet::new();
            let pattern = Wildcard::exact_case(to);
            for name in wanted {
                match (from.contains('*'), pattern.captures(&name)) {
                    (true, Some(stars)) => {
                        before.insert(Text::from(fill(from, &stars)));
                        before.insert(name);
                    }
                    (false, _) if name == *to => {
                        before.insert(from.clone());
                    }
                    _ => {
                        before.insert(name);
                    }
                }
            }
            wanted = before;
        }
        Needed::Only(wanted)
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut list: Vec<(Text, Text)> = Vec::new();
    loop {
        cursor.separators();
        if cursor.is_done() {
            break;
        }
        let Some(from) = cursor.field()? else { return Err(cursor.unexpected("a field is expected")) };
        if !cursor.keyword("as") {
            return Err(cursor.unexpected("`AS` and the new name are expected"));
        }
        let Some(to) = cursor.field()? else { return Err(cursor.unexpected("the new name is expected after AS")) };
        let stars = |w: &Word| w.text.matches('*').count();
        if stars(&to) > stars(&from) {
            return Err(place.spl.syntax(&to.at, "the new name has more wildcards than the old one", ""));
        }
        list.push((from.text.into(), to.text.into()));
    }
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`rename` needs fields such as old AS new", "no field is named"));
    }
    Ok(Box::new(Rename(list)))
}

pub(super) const DEF: Command = Command {
    name: "rename",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "rename <wc-field> AS <wc-field> ...",
    summary: "Gives fields new names; a wildcard on the left stands for what it stands for on the right.",
    options: &[],
    examples: &[("| makeresults | eval \"P.a\"=1, \"P.b\"=2 | rename P.* AS * | table a b", &[&[("a", "1"), ("b", "2")]])],
    differs: &[],
    compile,
};

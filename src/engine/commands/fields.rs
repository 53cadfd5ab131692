//! `fields`.

use super::prelude::*;

#[derive(Debug)]
struct Fields {
    remove: bool,
    names: Vec<Text>,
}

impl Operator for Fields {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let hits: Vec<String> = matching(&input, &self.names).into_iter().map(str::to_string).collect();
        if self.remove {
            // Internal fields go only when they are named.
            input.retain(|f| !hits.iter().any(|h| h == f) || (f.starts_with('_') && !self.names.iter().any(|n| n.starts_with('_'))));
            return Ok(input);
        }
        let internal: Vec<String> = ["_time", "_raw"].iter().map(|f| f.to_string()).filter(|f| input.has(f) && !hits.contains(f)).collect();
        Ok(input.select(hits.iter().chain(&internal).map(String::as_str)))
    }

    fn schema(&self, schema: &mut Schema) {
        if self.remove {
            self.names.iter().for_each(|name| schema.remove(name));
        } else if self.names.iter().any(|name| name.contains('*')) {
            schema.any();
        } else {
            schema.read(&self.names);
            schema.only(&self.names);
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.remove {
            return after;
        }
        let own = Needed::only(self.names.iter().map(Text::as_str).chain(["_time", "_raw"]));
        match after {
            Needed::All => own,
            Needed::Only(list) => Needed::Only(list.into_iter().filter(|f| f.contains('*') || own.wants(f)).collect()),
        }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    cursor.white();
    let sign = cursor.byte().filter(|b| matches!(b, b'+' | b'-'));
    if sign.is_some() {
        cursor.advance(1);
    }
    let names = cursor.fields(&[])?;
    cursor.expect_done("fields")?;
    if names.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`fields` needs a field", "no field is named"));
    }
    Ok(Box::new(Fields { remove: sign == Some(b'-'), names: names.into_iter().map(|w| w.text.into()).collect() }))
}

pub(super) const DEF: Command = Command {
    name: "fields",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "fields [+|-] <wc-field-list>",
    summary: "Keeps only these fields, or with - all but these; _time and _raw stay unless they are named.",
    options: &[],
    examples: &[("| makeresults | eval a=1, b=2, c=3 | fields - b _time | fields a*", &[&[("a", "1")]])],
    differs: &[],
    compile,
};

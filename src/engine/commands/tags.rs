//! `tags`.

use super::prelude::*;
use crate::fields::union;

#[derive(Debug)]
struct Tags {
    fields: Vec<Text>,
    output: Option<Text>,
    with_name: bool,
    with_value: bool,
    allowed: Option<Vec<Text>>,
}

impl Tags {
    /// The tags that may be shown.
    fn pick(&self, tags: &Value) -> Vec<Text> {
        let mut list = tags.texts();
        list.retain(|t| self.allowed.as_ref().is_none_or(|allowed| allowed.contains(t)));
        list
    }

    /// All tags of a row in one field, in order of the tags, each with what is to stand before it.
    fn labelled(&self, input: &Table, of_fields: &[(Text, Column)]) -> Column {
        let row = |row: usize| {
            let mut list: Vec<(Text, String)> = Vec::new();
            for (field, tags) in of_fields {
                let name = if self.with_name { format!("{field}::") } else { String::new() };
                let value = if self.with_value { format!("{}::", input.value(row, field).to_text()) } else { String::new() };
                list.extend(tags.get(row).texts().into_iter().map(|tag| (tag.clone(), format!("{name}{value}{tag}"))));
            }
            list.sort();
            list.dedup();
            Value::from_texts(list.into_iter().map(|(_, text)| text.into()).collect())
        };
        Column::flat((0..input.len()).map(row).collect())
    }
}

impl Operator for Tags {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let fields = (!self.fields.is_empty()).then_some(self.fields.as_slice());
        let mut of_fields = run.env.event_types.tags_of(&input, fields);
        for (_, tags) in &mut of_fields {
            *tags = tags.map(|v| Value::from_texts(self.pick(v)));
        }
        of_fields.retain(|(_, tags)| !tags.is_all_null());
        // In the order of the results' fields.
        of_fields.sort_by_key(|(field, _)| input.fields().position(|f| f == field));
        match &self.output {
            Some(output) => {
                let all = self.labelled(&input, &of_fields);
                input.set(output.clone(), all);
            }
            None => {
                let all = union(&of_fields, input.len());
                input.set("tag", all);
                for (field, tags) in of_fields {
                    input.set(format!("tag::{field}"), tags);
                }
            }
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.fields.is_empty() { Needed::All } else { after.and(self.fields.iter().map(Text::as_str)) }
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let fields: Vec<Text> = options.take_with_fields(cursor, &DEF)?.into_iter().map(|w| w.text.into()).collect();
    let list = |text: &str| text.split(',').map(|t| Text::new(t.trim())).filter(|t| !t.is_empty()).collect();
    Ok(Box::new(Tags {
        fields,
        output: options.text("outputfield").map(Text::new),
        with_name: options.bool("inclname", false),
        with_value: options.bool("inclvalue", false),
        allowed: options.text("allowed_tags").map(list),
    }))
}

pub(super) const DEF: Command = Command {
    name: "tags",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "tags [outputfield=<field>] [inclname=<bool>] [inclvalue=<bool>] [allowed_tags=<string>] [<field-list>]",
    summary: "Looks up the tags of the values that some fields, or all, have now: into `tag` and a `tag::<field>` for each, or all of them into one field.",
    options: &[
        Opt { name: "outputfield", kind: OptKind::Text, default: "", doc: "The one field for all tags." },
        Opt { name: "inclname", kind: OptKind::Bool, default: "false", doc: "In outputfield, write the field and `::` before the tag." },
        Opt { name: "inclvalue", kind: OptKind::Bool, default: "false", doc: "In outputfield, write the value and `::` before the tag." },
        Opt { name: "allowed_tags", kind: OptKind::Text, default: "", doc: "Only these tags; several in quotes with commas." },
    ],
    examples: &[("| makeresults | eval host=\"h\" | tags outputfield=t host | table host t", &[&[("host", "h"), ("t", "")]])],
    differs: &[],
    compile,
};

//! `tojson`.

use super::prelude::*;
use serde_json::{Map, Value as Json};

#[derive(Debug)]
struct ToJson {
    /// Which fields become what; without any, all fields by the default.
    list: Vec<(Type, Text)>,
    default: Type,
    fill: bool,
    internal: bool,
    output: Text,
}

#[derive(Clone, Copy, Debug)]
enum Type {
    Auto,
    Bool,
    Json,
    Multi,
    None,
    Num,
    Str,
}

const TYPES: &[(&str, Type)] = &[("auto", Type::Auto), ("bool", Type::Bool), ("json", Type::Json), ("mv", Type::Multi), ("none", Type::None), ("num", Type::Num), ("str", Type::Str)];

impl Type {
    fn find(name: &str) -> Option<Type> {
        TYPES.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, k)| *k)
    }

    /// The JSON of a text; `None` if it is not of its kind.
    fn of(self, text: &str) -> Option<Json> {
        let number = || crate::store::parse_number(text).and_then(crate::eval::json_number);
        match self {
            Type::Str | Type::Multi => Some(Json::from(text)),
            Type::Num => number(),
            Type::Json => serde_json::from_str(text).ok(),
            Type::None => None,
            Type::Bool => match text.to_ascii_lowercase().as_str() {
                "true" | "t" | "yes" | "1" => Some(Json::Bool(true)),
                "false" | "f" | "no" | "0" => Some(Json::Bool(false)),
                _ => None,
            },
            Type::Auto => match text {
                "true" => Some(Json::Bool(true)),
                "false" => Some(Json::Bool(false)),
                "null" => Some(Json::Null),
                _ => number().or_else(|| text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten()).or_else(|| Some(Json::from(text))),
            },
        }
    }
}

impl Operator for ToJson {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut plan: Vec<(Text, Type)> = Vec::new();
        let shown = |f: &&Text| self.internal || !f.starts_with('_');
        if self.list.is_empty() {
            plan.extend(input.fields().filter(shown).map(|f| (f.clone(), self.default)));
        }
        for (kind, name) in &self.list {
            let hits = matching(&input, std::slice::from_ref(name));
            plan.extend(hits.into_iter().filter(|f| !f.starts_with('_') || name.starts_with('_')).map(|f| (Text::new(f), *kind)));
        }
        let object = |row: usize| {
            let mut map = Map::new();
            for (field, kind) in &plan {
                let value = match input.value(row, field) {
                    Value::Null if self.fill => Some(Json::Null),
                    Value::Null => None,
                    Value::Multi(all) => Some(Json::Array(all.iter().filter_map(|t| kind.of(t)).collect())),
                    one if matches!(kind, Type::Multi) => Some(Json::Array(vec![Json::from(one.to_text().as_str())])),
                    one => kind.of(&one.to_text()),
                };
                if let Some(value) = value {
                    map.insert(field.to_string(), value);
                }
            }
            Value::from(Json::Object(map).to_string())
        };
        let made = Column::flat((0..input.len()).map(object).collect());
        input.set(self.output.clone(), made);
        Ok(input)
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut list = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        let Some(word) = cursor.word()? else { break };
        if cursor.byte() != Some(b'(') {
            return Err(cursor.problem(Code::SplSyntax, &word.at, "a type with fields in parentheses is expected, such as num(x)", ""));
        }
        let Some(kind) = Type::find(&word.text) else {
            return Err(cursor.problem(Code::SplSyntax, &word.at, "the type is auto, bool, json, mv, none, num or str", ""));
        };
        cursor.advance(1);
        list.extend(cursor.fields(&[])?.into_iter().map(|w| (kind, Text::from(w.text))));
        if !cursor.eat(b')') {
            return Err(cursor.unexpected("`)` is expected"));
        }
    }
    cursor.expect_done("tojson")?;
    let default = match options.word("default_type") {
        None => Type::Str,
        Some(word) => Type::find(&word.text).ok_or_else(|| cursor.problem(Code::SplOption, &word.at, "the type is auto, bool, json, mv, none, num or str", ""))?,
    };
    Ok(Box::new(ToJson {
        list,
        default,
        fill: options.bool("fill_null", false),
        internal: options.bool("include_internal", false),
        output: Text::new(options.text("output_field").unwrap_or("_raw")),
    }))
}

pub(super) const DEF: Command = Command {
    name: "tojson",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "tojson [auto(<wc-fields>) | bool() | json() | mv() | none() | num() | str()]... [default_type=<type>] [fill_null=<bool>] [include_internal=<bool>] [output_field=<field>]",
    summary: "Makes a JSON object of the fields of a row: all as text, or those named as the types given.",
    options: &[
        Opt { name: "default_type", kind: OptKind::Text, default: "str", doc: "The type where no fields are named." },
        Opt { name: "fill_null", kind: OptKind::Bool, default: "false", doc: "Fields without a value are null." },
        Opt { name: "include_internal", kind: OptKind::Bool, default: "false", doc: "Also fields that begin with an underscore." },
        Opt { name: "output_field", kind: OptKind::Text, default: "_raw", doc: "The field that is made." },
    ],
    examples: &[("| makeresults | eval a=\"x\", b=5 | tojson str(a) num(b) output_field=j | table j", &[&[("j", "{\"a\":\"x\",\"b\":5}")]])],
    differs: &[],
    compile,
};

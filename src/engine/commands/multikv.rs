//! `multikv`.

use indexmap::IndexMap;

use super::prelude::*;
use crate::fields::table_text::{Found, Header, rows};

#[derive(Debug)]
struct MultiKv {
    copy: bool,
    keep_original: bool,
    several: bool,
    header: Header,
    /// Only these fields.
    fields: Option<Vec<Text>>,
    /// Only lines with one of these.
    filter: Vec<String>,
}

impl Operator for MultiKv {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let raw = input.column_or_null("_raw");
        let mut by_place = false;
        let mut origin: Vec<u32> = Vec::new();
        let mut found: Vec<Option<Found<'_>>> = Vec::new();
        for row in 0..input.len() {
            let text = match raw.get(row) {
                Value::Text(text) => text.as_str(),
                _ => "",
            };
            let keep = |line: &str| self.filter.is_empty() || self.filter.iter().any(|term| line.contains(term.as_str()));
            for mut one in rows(text, self.header, self.several, &keep, &mut by_place) {
                if let Some(wanted) = &self.fields {
                    one.fields.retain(|(name, _)| wanted.iter().any(|w| w == name.as_str()));
                }
                origin.push(row as u32);
                found.push(Some(one));
            }
            if self.keep_original {
                origin.push(row as u32);
                found.push(None);
            }
        }
        if by_place {
            let message = "multikv: some lines have more or fewer words than the header; their words went to the columns that they stand under";
            run.warn(warning(message));
        }
        let mut output = if self.copy { input.gather(&origin) } else { Table::new(origin.len()) };
        let mut made: IndexMap<String, ColumnBuilder> = IndexMap::new();
        let mut lines = ColumnBuilder::default();
        for (row, one) in found.iter().enumerate() {
            lines.push(one.as_ref().map_or_else(|| raw.get(origin[row] as usize).clone(), |one| Value::from(one.line)));
            for (name, value) in one.iter().flat_map(|one| &one.fields) {
                let column = made.entry(name.clone()).or_default();
                column.pad_to(row);
                column.push_str(value);
            }
        }
        output.set("_raw", lines.finish());
        for (name, mut column) in made {
            column.pad_to(origin.len());
            let column = column.finish();
            super::new_fields::put_over(&mut output, name, |row| column.get(row));
        }
        Ok(output)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(["_raw"])
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let (mut fields, mut filter) = (None, Vec::new());
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() {
            break;
        }
        let (at, is_fields) = (cursor.here(), cursor.keyword("fields"));
        if !is_fields && !cursor.keyword("filter") {
            return Err(cursor.unexpected("`fields`, `filter` or an option is expected"));
        }
        let mut list = Vec::new();
        loop {
            cursor.separators();
            let position = cursor.position();
            let ends = ["fields", "filter"].iter().any(|k| cursor.peek_keyword(k)) || cursor.option()?.is_some();
            cursor.reset(position);
            match if ends { None } else { cursor.word()? } {
                Some(word) => list.push(word.text),
                None => break,
            }
        }
        if list.is_empty() {
            return Err(place.spl.syntax(&at, "a list is expected after this", ""));
        }
        if is_fields { fields = Some(list.into_iter().map(Text::from).collect()) } else { filter = list }
    }
    options.refuse(cursor, "multikv", "conf", "multikv.conf is not read")?;
    let header = match options.word("forceheader").map(|w| (w, w.text.parse::<usize>())) {
        None if options.bool("noheader", false) => Header::None,
        None => Header::Detect,
        Some((_, Ok(n))) if n > 0 => Header::Line(n),
        Some((word, _)) => return Err(cursor.problem(Code::SplOption, &word.at, "`forceheader` counts lines from 1", "")),
    };
    Ok(Box::new(MultiKv {
        copy: options.bool("copyattrs", true),
        keep_original: !options.bool("rmorig", true),
        several: options.bool("multitable", true) && header != Header::None,
        header,
        fields,
        filter,
    }))
}

pub(super) const DEF: Command = Command {
    name: "multikv",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "multikv [copyattrs=<bool>] [forceheader=<int>] [multitable=<bool>] [noheader=<bool>] [rmorig=<bool>] [fields <field-list>] [filter <string>...]",
    summary: "Makes an event of each line of a table in _raw, with the names of the table's header.",
    options: &[
        Opt { name: "copyattrs", kind: OptKind::Bool, default: "true", doc: "The new events have the fields of the old one." },
        Opt { name: "forceheader", kind: OptKind::Int, default: "", doc: "The number of the header's line, empty ones not counted." },
        Opt { name: "multitable", kind: OptKind::Bool, default: "true", doc: "A further header may come after an empty line." },
        Opt { name: "noheader", kind: OptKind::Bool, default: "false", doc: "There is no header: the fields are Column_1 and so on." },
        Opt { name: "rmorig", kind: OptKind::Bool, default: "true", doc: "If false, the old event stands after those made of it." },
        Opt { name: "conf", kind: OptKind::Text, default: "", doc: "Not supported." },
    ],
    examples: &[
        (
            "| makeresults | eval _raw=\"PID USER\n1 root\n22 ann\" | multikv | table PID USER _raw",
            &[&[("PID", "1"), ("USER", "root"), ("_raw", "1 root")], &[("PID", "22"), ("USER", "ann"), ("_raw", "22 ann")]],
        ),
        (
            "| makeresults | eval _raw=\"a b\nc d\" | multikv noheader=t fields Column_2 filter c | table Column_1 Column_2",
            &[&[("Column_1", ""), ("Column_2", "d")]],
        ),
    ],
    differs: &[
        "the header is the first line whose words all begin with a capital letter, else the first line",
        "where a line has another number of words than the header, they go to the columns that they stand under, with a warning",
    ],
    compile,
};

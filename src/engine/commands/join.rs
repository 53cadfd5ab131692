//! `join`.

use hashbrown::HashMap;

use super::dataset;
use super::prelude::*;
use crate::engine::limits;

#[derive(Debug)]
struct Join {
    fields: Vec<Text>,
    aliased: Option<Aliased>,
    outer: bool,
    overwrite: bool,
    max: usize,
    time: Time,
    sub: Pipeline,
}

/// `left=L right=R where L.a=R.b`: fields of either side by their own names, and the sides told apart in the result.
#[derive(Debug)]
struct Aliased {
    left: String,
    right: String,
    on: Vec<(Text, Text)>,
}

/// Which partners the time of a row lets in; results of the same second always count.
#[derive(Clone, Copy, Debug)]
enum Time {
    Any,
    Earlier,
    Later,
}

impl Operator for Join {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let right = limits::JOIN_ROWS.cut(self.sub.run(Table::default(), run)?, "the subsearch of join", run);
        let fields: Vec<Text> = if self.fields.is_empty() {
            input.fields().filter(|f| right.has(f) && !f.starts_with('_')).cloned().collect()
        } else {
            self.fields.clone()
        };
        let (own, theirs): (Vec<Text>, Vec<Text>) = match &self.aliased {
            Some(aliased) => aliased.on.iter().cloned().unzip(),
            None => (fields.clone(), fields.clone()),
        };
        let key = |table: &Table, fields: &[Text], row: usize| -> Option<Vec<Text>> {
            fields.iter().map(|f| Some(table.value(row, f)).filter(|v| !v.is_null()).map(Value::to_text)).collect()
        };
        let mut index: HashMap<Vec<Text>, Vec<u32>> = HashMap::new();
        for row in 0..right.len() {
            if let Some(key) = key(&right, &theirs, row) {
                index.entry(key).or_default().push(row as u32);
            }
        }
        let multi = |table: &Table, fields: &[Text]| fields.iter().any(|f| table.column_or_null(f).iter().any(|v| matches!(v, Value::Multi(_))));
        if multi(&input, &own) || multi(&right, &theirs) {
            run.warn(warning("join over a multivalue field compares all its values at once: the documentation does not say what Splunk does"));
        }
        let mut pairs: Vec<(u32, Option<u32>)> = Vec::new();
        for row in 0..input.len() {
            let before = pairs.len();
            let hits = key(&input, &own, row).and_then(|k| index.get(&k)).into_iter().flatten();
            let fits = |right_row: &&u32| self.fits(input.value(row, "_time"), right.value(**right_row as usize, "_time"));
            pairs.extend(hits.filter(fits).take(self.max).map(|r| (row as u32, Some(*r))));
            if self.outer && pairs.len() == before {
                pairs.push((row as u32, None));
            }
        }
        if let Some(aliased) = &self.aliased {
            return Ok(aliased.table(&input, &right, &pairs));
        }
        let mut output = input.gather(&pairs.iter().map(|(l, _)| *l).collect::<Vec<u32>>());
        for (name, column) in right.columns().filter(|(n, _)| !fields.contains(n)) {
            let old = output.column_or_null(name);
            let value = |(row, (_, right)): (usize, &(u32, Option<u32>))| {
                let new = right.map(|r| column.get(r as usize)).filter(|v| !v.is_null());
                let old = old.get(row);
                match new {
                    Some(new) if self.overwrite || old.is_null() => new.clone(),
                    _ => old.clone(),
                }
            };
            output.set(name.clone(), Column::flat(pairs.iter().enumerate().map(value).collect()));
        }
        Ok(output)
    }

    fn schema(&self, schema: &mut Schema) {
        if self.aliased.is_some() { schema.any() } else { schema.with(&self.sub) }
    }

    fn needs(&self, after: Needed) -> Needed {
        let after = if matches!(self.time, Time::Any) { after } else { after.and(["_time"]) };
        // Without named fields all common ones count, so all are needed.
        if self.fields.is_empty() || self.aliased.is_some() { Needed::All } else { after.and(self.fields.iter().map(Text::as_str)) }
    }
}

impl Aliased {
    /// Both sides beside each other, each field with the alias of its side; internal fields are those of the left.
    fn table(&self, left: &Table, right: &Table, pairs: &[(u32, Option<u32>)]) -> Table {
        let rows: Vec<u32> = pairs.iter().map(|(l, _)| *l).collect();
        let mut output = Table::new(rows.len());
        for (name, column) in left.columns() {
            let shown = if name.starts_with('_') { name.clone() } else { Text::from(format!("{}.{name}", self.left)) };
            output.set(shown, column.gather(&rows));
        }
        for (name, column) in right.columns().filter(|(name, _)| !name.starts_with('_')) {
            let value = |(_, right): &(u32, Option<u32>)| right.map_or(Value::Null, |r| column.get(r as usize).clone());
            output.set(format!("{}.{name}", self.right), Column::flat(pairs.iter().map(value).collect()));
        }
        output
    }

    /// The conditions after `where`.
    fn parse(cursor: &mut Cursor<'_>, left: &str, right: &str) -> Result<Aliased, Diagnostic> {
        let mut on = Vec::new();
        loop {
            cursor.separators();
            if cursor.keyword("and") {
                continue;
            }
            if cursor.is_done() || cursor.peek() == Some(b'[') || is_dataset(cursor) {
                break;
            }
            let first = side(cursor, left, right)?;
            if !cursor.eat(b'=') {
                return Err(cursor.unexpected("`=` is expected between the fields of a join"));
            }
            let second = side(cursor, left, right)?;
            match (first, second) {
                ((true, l), (false, r)) | ((false, r), (true, l)) => on.push((l, r)),
                _ => return Err(cursor.unexpected("a condition of a join compares a field of each side")),
            }
        }
        if on.is_empty() {
            return Err(cursor.unexpected("`where` of a join needs a condition"));
        }
        Ok(Aliased { left: left.to_string(), right: right.to_string(), on })
    }
}

/// `alias.field`: whether it is of the left side, and the field.
fn side(cursor: &mut Cursor<'_>, left: &str, right: &str) -> Result<(bool, Text), Diagnostic> {
    let expected = format!("expected {left}.field or {right}.field");
    let Some(word) = cursor.word_until(b"=,[]")? else { return Err(cursor.unexpected(expected)) };
    let of = |alias: &str| word.text.strip_prefix(alias).and_then(|rest| rest.strip_prefix('.')).map(Text::new);
    match (of(left), of(right)) {
        (Some(field), _) => Ok((true, field)),
        (None, Some(field)) => Ok((false, field)),
        (None, None) => Err(cursor.problem(Code::SplSyntax, &word.at, format!("`{}` begins with neither alias", word.text), expected)),
    }
}

/// True if a named dataset comes next.
fn is_dataset(cursor: &mut Cursor<'_>) -> bool {
    let rest = cursor.rest().to_ascii_lowercase();
    ["datamodel:", "savedsearch:", "inputlookup:", "lookup:"].iter().any(|kind| rest.starts_with(kind))
}

impl Join {
    fn fits(&self, left: &Value, right: &Value) -> bool {
        let (Some(left), Some(right)) = (left.number(), right.number()) else { return true };
        match self.time {
            Time::Any => true,
            Time::Earlier => right.floor() <= left.floor(),
            Time::Later => right.floor() >= left.floor(),
        }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut fields = Vec::new();
    let mut aliased = None;
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() || cursor.peek() == Some(b'[') || is_dataset(cursor) {
            break;
        }
        if let (Some(left), Some(right)) = (options.text("left"), options.text("right"))
            && cursor.keyword("where")
        {
            aliased = Some(Aliased::parse(cursor, left, right)?);
            continue;
        }
        match cursor.field()? {
            Some(word) => fields.push(Text::from(word.text)),
            None => return Err(cursor.unexpected("a field or a subsearch is expected")),
        }
    }
    let sub = match cursor.subsearch() {
        Some(sub) => compiler.subsearch(sub).ok_or_else(|| reported(place))?,
        None if is_dataset(cursor) => dataset::pipeline(dataset::named(cursor, false, place, compiler)?.0, place),
        None => return Err(cursor.unexpected("`join` needs a subsearch in brackets")),
    };
    cursor.expect_done("join")?;
    let outer = match options.word("type") {
        None => false,
        Some(word) => match word.text.to_ascii_lowercase().as_str() {
            "inner" => false,
            "outer" | "left" => true,
            _ => return Err(cursor.problem(Code::SplOption, &word.at, "the type of a join is inner, outer or left", "")),
        },
    };
    let max = match options.int("max", 1) {
        0 => usize::MAX,
        n => usize::try_from(n).unwrap_or(1),
    };
    let time = match (options.bool("usetime", false), options.bool("earlier", true)) {
        (false, _) => Time::Any,
        (true, true) => Time::Earlier,
        (true, false) => Time::Later,
    };
    Ok(Box::new(Join { fields, aliased, outer, overwrite: options.bool("overwrite", true), max, time, sub }))
}

pub(super) const DEF: Command = Command {
    name: "join",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "join [type=inner|outer|left] [usetime=<bool>] [earlier=<bool>] [overwrite=<bool>] [max=<int>] [<field-list>] [left=<alias> right=<alias> where <alias>.<field>=<alias>.<field>...] (<subsearch> | <dataset-type>:<dataset-name>)",
    summary: "Adds the fields of the subsearch's rows that have the same values in the fields named; one row each unless max says more.",
    options: &[
        Opt { name: "type", kind: OptKind::Text, default: "inner", doc: "outer and left keep rows that have no partner." },
        Opt { name: "overwrite", kind: OptKind::Bool, default: "true", doc: "Fields of the subsearch replace those of the same name." },
        Opt { name: "max", kind: OptKind::Int, default: "1", doc: "Partners a row; 0 is all." },
        Opt { name: "usetime", kind: OptKind::Bool, default: "false", doc: "Join only rows of the subsearch that are earlier, or later." },
        Opt { name: "earlier", kind: OptKind::Bool, default: "true", doc: "With usetime: earlier ones, or with false later ones; those of the same second always count." },
        Opt { name: "left", kind: OptKind::Text, default: "", doc: "The alias of the rows so far; counts with right and where only." },
        Opt { name: "right", kind: OptKind::Text, default: "", doc: "The alias of the rows of the subsearch." },
    ],
    examples: &[(
        "| makeresults | eval k=1, a=\"x\" | join k [| makeresults | eval k=1, b=\"y\"] | table k a b",
        &[&[("k", "1"), ("a", "x"), ("b", "y")]],
    )],
    differs: &[],
    compile,
};

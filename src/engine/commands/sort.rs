//! `sort`.

use std::cmp::Ordering;

use super::prelude::*;
use crate::engine::limits;

/// Also the `sortby` of dedup.
#[derive(Debug)]
pub(super) struct Sort {
    limit: usize,
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    field: Text,
    descending: bool,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Auto,
    Num,
    Str,
    Ip,
}

impl Sort {
    /// Reads the fields, each with its sign.
    pub(super) fn parse(cursor: &mut Cursor<'_>, place: &Place<'_>) -> Result<Sort, Diagnostic> {
        let mut keys: Vec<Key> = Vec::new();
        loop {
            cursor.separators();
            if cursor.is_done() {
                break;
            }
            // A trailing `desc` or `d` reverses the result (Search Reference, sort); `asc` changes nothing.
            let from = cursor.position();
            let asc = cursor.keyword("asc");
            if !keys.is_empty() && (asc || cursor.keyword("desc") || cursor.keyword("d")) {
                let end = cursor.position();
                if cursor.is_done() {
                    if !asc {
                        keys.iter_mut().for_each(|key| key.descending = !key.descending);
                    }
                    break;
                }
                if end - from > 1 {
                    let message = "a direction before the end of the list is not supported: the documentation knows it at the end only";
                    return Err(cursor.problem(Code::SplUnsupported, &(from..end), message, "put + or - before the field"));
                }
            }
            cursor.reset(from);
            let sign = cursor.byte().filter(|b| matches!(b, b'+' | b'-'));
            if sign.is_some() {
                cursor.advance(1);
            }
            let descending = sign == Some(b'-');
            let Some(word) = cursor.field()? else { return Err(cursor.unexpected("a field is expected")) };
            // `num(x)` says how; a field may be called `count(x)`.
            let how = word.text.split_once('(').filter(|_| !word.quoted).and_then(|(name, rest)| {
                let how = match name.to_ascii_lowercase().as_str() {
                    "auto" => How::Auto,
                    "num" => How::Num,
                    "str" => How::Str,
                    "ip" => How::Ip,
                    _ => return None,
                };
                rest.strip_suffix(')').map(|field| (how, field.trim().trim_matches('"')))
            });
            let (how, field) = how.unwrap_or((How::Auto, &word.text));
            keys.push(Key { field: Text::new(field), descending, how });
        }
        if keys.is_empty() {
            return Err(place.spl.syntax(&place.call.at(), format!("`{}` needs a field to sort by", place.call.name), "no field is named"));
        }
        Ok(Sort { limit: usize::MAX, keys })
    }

    pub(super) fn fields(&self) -> Vec<Text> {
        self.keys.iter().map(|k| k.field.clone()).collect()
    }

    /// The rows in order; rows with equal keys stay as they were.
    pub(super) fn sorted(&self, table: &Table) -> Table {
        let columns: Vec<Column> = self.keys.iter().map(|k| table.column_or_null(&k.field)).collect();
        let mut rows: Vec<u32> = (0..table.len() as u32).collect();
        rows.sort_by(|a, b| {
            self.keys.iter().zip(&columns).map(|(key, column)| key.order(column.get(*a as usize), column.get(*b as usize))).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        });
        rows.truncate(self.limit);
        table.gather(&rows)
    }
}

impl Key {
    fn order(&self, a: &Value, b: &Value) -> Ordering {
        // Rows without the field come last, whatever the direction.
        match (a.is_null(), b.is_null()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            _ => {}
        }
        let order = match self.how {
            How::Auto => a.compare(b),
            How::Num => a.number().unwrap_or(f64::MAX).total_cmp(&b.number().unwrap_or(f64::MAX)),
            How::Str => a.to_text().cmp(&b.to_text()),
            How::Ip => {
                let ip = |v: &Value| v.to_text().parse::<std::net::IpAddr>().ok();
                ip(a).cmp(&ip(b)).then_with(|| a.to_text().cmp(&b.to_text()))
            }
        };
        if self.descending { order.reverse() } else { order }
    }
}

impl Operator for Sort {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        if self.limit == limits::SORT_ROWS.value {
            limits::SORT_ROWS.told(input.len(), "sort", run);
        }
        Ok(self.sorted(&input))
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(self.keys.iter().map(|k| &k.field));
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(self.keys.iter().map(|k| k.field.as_str()))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let start = cursor.position();
    let mut limit = options.int("limit", limits::SORT_ROWS.value as i64);
    match cursor.word()?.map(|w| w.text.parse::<i64>()) {
        Some(Ok(n)) if n >= 0 => limit = n,
        _ => cursor.reset(start),
    }
    let mut sort = Sort::parse(cursor, place)?;
    sort.limit = if limit == 0 { usize::MAX } else { usize::try_from(limit).unwrap_or(usize::MAX) };
    Ok(Box::new(sort))
}

pub(super) const DEF: Command = Command {
    name: "sort",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "sort [<int> | limit=<int>] [+|-]<field> [, ...] [desc]",
    summary: "Sorts rows; - is descending. At most 10,000 rows unless a number is given, 0 is all. auto(), str(), ip(), num() say how.",
    options: &[Opt { name: "limit", kind: OptKind::Int, default: "10000", doc: "The number of rows; 0 is all." }],
    examples: &[
        ("| makeresults format=csv data=\"x\n9\n10\nb\" | sort - x | table x", &[&[("x", "b")], &[("x", "10")], &[("x", "9")]]),
        ("| makeresults format=csv data=\"x\n9\n10\" | sort str(x) | table x", &[&[("x", "10")], &[("x", "9")]]),
        ("| makeresults format=csv data=\"x,g\n1,a\n5,b\" | stats sum(x) by g | sort - sum(x) | table g", &[&[("g", "b")], &[("g", "a")]]),
        ("| makeresults format=csv data=\"x\n9\n10\n2\" | sort -str(x) | table x", &[&[("x", "9")], &[("x", "2")], &[("x", "10")]]),
        ("| makeresults format=csv data=\"u,a\nx,q\ny,p\nx,p\" | sort u a desc | table u a", &[&[("u", "y"), ("a", "p")], &[("u", "x"), ("a", "q")], &[("u", "x"), ("a", "p")]]),
    ],
    differs: &[],
    compile,
};

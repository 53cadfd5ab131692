//! `dedup`.

use hashbrown::HashMap;

use super::prelude::*;

#[derive(Debug)]
struct Dedup {
    count: usize,
    fields: Vec<Text>,
    keep_events: bool,
    keep_empty: bool,
    consecutive: bool,
    sort: Option<super::sort::Sort>,
}

impl Operator for Dedup {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        // What is kept depends on the order, so sortby comes first.
        let input = self.sort.as_ref().map_or_else(|| input.clone(), |sort| sort.sorted(&input));
        let columns: Vec<Column> = self.fields.iter().map(|f| input.column_or_null(f)).collect();
        let codes: Vec<Vec<u32>> = columns.iter().map(|c| c.group_codes().0).collect();
        let mut seen: HashMap<Vec<u32>, usize> = HashMap::new();
        let mut last: Option<Vec<u32>> = None;
        let mut keep = Vec::with_capacity(input.len());
        for row in 0..input.len() {
            if columns.iter().any(|c| c.get(row).is_null()) {
                keep.push(self.keep_empty);
                continue;
            }
            let key: Vec<u32> = codes.iter().map(|c| c[row]).collect();
            if self.consecutive && last.as_ref() != Some(&key) {
                seen.clear();
            }
            let n = seen.entry(key.clone()).or_insert(0);
            *n += 1;
            keep.push(*n <= self.count);
            last = Some(key);
        }
        Ok(if self.keep_events {
            // The rows stay, only the values of the repeats go.
            let mut table = input.clone();
            for (field, column) in self.fields.iter().zip(&columns) {
                table.set(field.clone(), Column::flat((0..input.len()).map(|row| if keep[row] { column.get(row).clone() } else { Value::Null }).collect()));
            }
            table
        } else {
            input.filter(&keep)
        })
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(&self.fields);
    }

    fn needs(&self, after: Needed) -> Needed {
        let sort = self.sort.as_ref().map(|s| s.fields()).unwrap_or_default();
        after.and(self.fields.iter().chain(&sort).map(Text::as_str))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut fields: Vec<Word> = Vec::new();
    let mut sort = None;
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() {
            break;
        }
        if cursor.keyword("sortby") {
            sort = Some(super::sort::Sort::parse(cursor, place)?);
            break;
        }
        match cursor.field()? {
            Some(word) => fields.push(word),
            None => return Err(cursor.unexpected("a field is expected")),
        }
    }
    let count = match fields.first().filter(|w| !w.quoted).map(|w| w.text.parse::<usize>()) {
        Some(Ok(n)) => {
            let word = fields.remove(0);
            if n == 0 {
                return Err(cursor.problem(Code::SplOption, &word.at, "the number of rows to keep must be at least 1", ""));
            }
            n
        }
        _ => 1,
    };
    if fields.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`dedup` needs a field", "no field is named"));
    }
    Ok(Box::new(Dedup {
        count,
        fields: fields.into_iter().map(|w| w.text.into()).collect(),
        keep_events: options.bool("keepevents", false),
        keep_empty: options.bool("keepempty", false),
        consecutive: options.bool("consecutive", false),
        sort,
    }))
}

pub(super) const DEF: Command = Command {
    name: "dedup",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "dedup [<int>] <field-list> [keepevents=<bool>] [keepempty=<bool>] [consecutive=<bool>] [sortby <sort-list>]",
    summary: "Keeps the first row, or the first so many, of each combination of values; rows without one of the fields go.",
    options: &[
        Opt { name: "keepevents", kind: OptKind::Bool, default: "false", doc: "Keep all rows and take only the fields away from the repeats." },
        Opt { name: "keepempty", kind: OptKind::Bool, default: "false", doc: "Keep rows without one of the fields." },
        Opt { name: "consecutive", kind: OptKind::Bool, default: "false", doc: "Only repeats that follow each other go." },
    ],
    examples: &[
        ("| makeresults format=csv data=\"x\n1\n1\n2\" | dedup x | table x", &[&[("x", "1")], &[("x", "2")]]),
        ("| makeresults format=csv data=\"h,n\na,1\nb,2\na,3\" | dedup h sortby -n | table h n", &[&[("h", "a"), ("n", "3")], &[("h", "b"), ("n", "2")]]),
    ],
    differs: &[],
    compile,
};

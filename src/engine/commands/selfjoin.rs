//! `selfjoin`.

use hashbrown::HashMap;

use super::prelude::*;

#[derive(Debug)]
struct SelfJoin {
    fields: Vec<Text>,
    overwrite: bool,
    max: usize,
    keep_single: bool,
}

/// More main rows are not joined.
const MAX_MAIN: usize = 100_000;

/// Keeps max=0 over many rows of one value from filling the memory.
const MAX_ROWS: usize = 1_000_000;

impl Operator for SelfJoin {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let columns: Vec<Column> = self.fields.iter().map(|f| input.column_or_null(f)).collect();
        let codes: Vec<Vec<u32>> = columns.iter().map(|c| c.group_codes().0).collect();
        let mut groups: HashMap<Vec<u32>, Vec<u32>> = HashMap::new();
        let key = |row: usize| -> Option<Vec<u32>> {
            columns.iter().all(|c| !c.get(row).is_null()).then(|| codes.iter().map(|c| c[row]).collect())
        };
        for row in 0..input.len() {
            if let Some(key) = key(row) {
                groups.entry(key).or_default().push(row as u32);
            }
        }
        // A row is joined with the rows after it that have the same values.
        let (mut main, mut other) = (Vec::new(), Vec::new());
        let mut at: HashMap<Vec<u32>, usize> = HashMap::new();
        for row in 0..input.len().min(MAX_MAIN) {
            let group = key(row).and_then(|key| {
                let rows = groups.get(&key)?;
                let next = at.entry(key).or_default();
                *next += 1;
                Some((rows, *next))
            });
            match group {
                Some((rows, next)) if rows.len() > 1 => {
                    let with = &rows[next.min(rows.len())..];
                    main.extend(std::iter::repeat_n(row as u32, with.len().min(self.max)));
                    other.extend(with.iter().take(self.max));
                    if other.len() > MAX_ROWS {
                        return Err(Diagnostic::new(Code::SplRuntime, format!("selfjoin would make more than {MAX_ROWS} rows")));
                    }
                }
                _ if self.keep_single => {
                    main.push(row as u32);
                    other.push(row as u32);
                }
                _ => {}
            }
        }
        let (mut winner, mut loser) = (input.gather(&main), input.gather(&other));
        if self.overwrite {
            std::mem::swap(&mut winner, &mut loser);
        }
        let names: Vec<Text> = input.fields().cloned().collect();
        for name in names {
            super::new_fields::put_over(&mut loser, name.clone(), |row| winner.value(row, &name));
        }
        Ok(loser)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(self.fields.iter().map(Text::as_str))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let fields: Vec<Text> = options.take_with_fields(cursor, &DEF)?.into_iter().map(|w| w.text.into()).collect();
    if fields.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`selfjoin` needs a field to join on", "no field is named"));
    }
    let max = match usize::try_from(options.int("max", 1)) {
        Ok(0) => usize::MAX,
        Ok(n) => n,
        Err(_) => return Err(cursor.problem(Code::SplOption, &place.call.at(), "`max` cannot be negative", "0 is no limit")),
    };
    Ok(Box::new(SelfJoin {
        fields,
        overwrite: options.bool("overwrite", true),
        max,
        keep_single: options.bool("keepsingle", false),
    }))
}

pub(super) const DEF: Command = Command {
    name: "selfjoin",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "selfjoin [overwrite=<bool>] [max=<int>] [keepsingle=<bool>] <field-list>",
    summary: "Joins each row with the rows after it that have the same values in some fields.",
    options: &[
        Opt { name: "overwrite", kind: OptKind::Bool, default: "true", doc: "The later row's fields win." },
        Opt { name: "max", kind: OptKind::Int, default: "1", doc: "At most so many later rows; 0 is all." },
        Opt { name: "keepsingle", kind: OptKind::Bool, default: "false", doc: "Keep rows whose values no other row has." },
    ],
    examples: &[(
        "| makeresults format=csv data=\"id,a,b\n1,x,\n1,,y\n2,z,\" | eval a=if(a=\"\",null(),a) | selfjoin id | table id a",
        &[&[("id", "1"), ("a", "x")]],
    )],
    differs: &[],
    compile,
};

//! What `top` and `rare` share.

use super::prelude::*;
use crate::engine::grouping::Groups;

#[derive(Debug)]
struct Frequency {
    top: bool,
    limit: usize,
    fields: Vec<Text>,
    by: Vec<Text>,
    count: Option<Text>,
    percent: Option<Text>,
    /// The value that stands for all others.
    other: Option<Text>,
}

/// The options of both.
pub(super) const OPTIONS: [Opt; 7] = [
    Opt { name: "limit", kind: OptKind::Int, default: "10", doc: "The number of rows, or of rows a group; 0 is all." },
    Opt { name: "countfield", kind: OptKind::Text, default: "count", doc: "The field of the number." },
    Opt { name: "percentfield", kind: OptKind::Text, default: "percent", doc: "The field of the share." },
    Opt { name: "showcount", kind: OptKind::Bool, default: "true", doc: "Show the number." },
    Opt { name: "showperc", kind: OptKind::Bool, default: "true", doc: "Show the share." },
    Opt { name: "useother", kind: OptKind::Bool, default: "false", doc: "A row for all that are beyond the limit." },
    Opt { name: "otherstr", kind: OptKind::Text, default: "OTHER", doc: "What stands in that row." },
];

impl Operator for Frequency {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let all: Vec<Text> = self.by.iter().chain(&self.fields).cloned().collect();
        let columns: Vec<Column> = all.iter().map(|f| input.column_or_null(f)).collect();
        let groups = Groups::by(&columns, input.len());
        let mut counts = vec![0usize; groups.keys.len()];
        groups.members.iter().for_each(|(_, group)| counts[*group as usize] += 1);
        // Groups come in the order of their keys, so those with the same BY values stand together.
        let mut made: Vec<(Vec<Text>, usize, usize)> = Vec::new();
        let mut from = 0;
        while from < groups.keys.len() {
            let by = &groups.keys[from][..self.by.len()];
            let end = (from..groups.keys.len()).find(|g| &groups.keys[*g][..self.by.len()] != by).unwrap_or(groups.keys.len());
            let total: usize = counts[from..end].iter().sum();
            let mut order: Vec<usize> = (from..end).collect();
            order.sort_by(|a, b| if self.top { counts[*b].cmp(&counts[*a]) } else { counts[*a].cmp(&counts[*b]) });
            let shown = order.len().min(self.limit);
            made.extend(order[..shown].iter().map(|g| (groups.keys[*g].clone(), counts[*g], total)));
            if let Some(other) = self.other.as_ref().filter(|_| shown < order.len()) {
                let key = by.iter().cloned().chain(self.fields.iter().map(|_| other.clone())).collect();
                made.push((key, order[shown..].iter().map(|g| counts[*g]).sum(), total));
            }
            from = end;
        }
        let mut output = Table::new(made.len());
        for (n, field) in all.iter().enumerate() {
            output.set(field.clone(), Column::flat(made.iter().map(|(key, ..)| Value::Text(key[n].clone())).collect()));
        }
        if let Some(field) = &self.count {
            output.set(field.clone(), Column::flat(made.iter().map(|(_, count, _)| Value::Number(*count as f64)).collect()));
        }
        if let Some(field) = &self.percent {
            let share = |count: usize, total: usize| Value::from(format!("{:.6}", count as f64 * 100.0 / total as f64));
            output.set(field.clone(), Column::flat(made.iter().map(|(_, count, total)| share(*count, *total)).collect()));
        }
        Ok(output)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(self.fields.iter().chain(&self.by));
        schema.only(self.by.iter().chain(&self.fields).chain(&self.count).chain(&self.percent));
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::only(self.fields.iter().chain(&self.by).map(Text::as_str))
    }
}

/// Compiles either.
pub(super) fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, command: &Command, top: bool) -> Compiled {
    let mut options = Options::default();
    let mut fields: Vec<Word> = Vec::new();
    let mut limit = None;
    loop {
        options.take_all(cursor, command)?;
        if cursor.is_done() || cursor.peek_keyword("by") {
            break;
        }
        let Some(word) = cursor.field()? else { return Err(cursor.unexpected("a field is expected")) };
        match word.text.parse::<usize>() {
            Ok(n) if fields.is_empty() && !word.quoted => limit = Some(n),
            _ => fields.push(word),
        }
    }
    let by = if cursor.keyword("by") { cursor.fields(&[])? } else { Vec::new() };
    cursor.expect_done(command.name)?;
    if fields.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), format!("`{}` needs a field", command.name), "no field is named"));
    }
    let limit = match limit.or_else(|| usize::try_from(options.int("limit", 10)).ok()).unwrap_or(10) {
        0 => usize::MAX,
        n => n,
    };
    let text = |name: &str, default: &str| Text::new(options.text(name).unwrap_or(default));
    let list = |words: Vec<Word>| words.into_iter().map(|w| Text::from(w.text)).collect();
    Ok(Box::new(Frequency {
        top,
        limit,
        fields: list(fields),
        by: list(by),
        count: options.bool("showcount", true).then(|| text("countfield", "count")),
        percent: options.bool("showperc", true).then(|| text("percentfield", "percent")),
        other: options.bool("useother", false).then(|| text("otherstr", "OTHER")),
    }))
}

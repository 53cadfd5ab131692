//! `trendline`.

use super::prelude::*;

#[derive(Debug)]
struct Trendline(Vec<Trend>);

#[derive(Debug)]
struct Trend {
    /// Newer values count more: 1, 2, 3 …
    weighted: bool,
    period: usize,
    field: Text,
    alias: Text,
}

impl Operator for Trendline {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        for trend in &self.0 {
            let column = input.column_or_null(&trend.field);
            let value = |row: usize| {
                let Some(from) = (row + 1).checked_sub(trend.period) else { return Value::Null };
                let (mut sum, mut weights) = (0.0, 0.0);
                for (n, r) in (from..=row).enumerate() {
                    let Some(x) = column.get(r).number() else { return Value::Null };
                    let weight = if trend.weighted { n as f64 + 1.0 } else { 1.0 };
                    sum += weight * x;
                    weights += weight;
                }
                Value::from(sum / weights)
            };
            input.set(trend.alias.clone(), Column::flat((0..column.len()).map(value).collect()));
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(self.0.iter().map(|t| t.field.as_str()))
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut list = Vec::new();
    loop {
        cursor.separators();
        let Some(name) = cursor.word()? else { break };
        let lower = name.text.to_ascii_lowercase();
        let (kind, period) = lower.split_at(lower.find(|c: char| c.is_ascii_digit()).unwrap_or(lower.len()));
        let weighted = match kind {
            "sma" => false,
            "wma" => true,
            "ema" => {
                let message = "`ema` of trendline is not supported: the documentation does not say how it begins";
                return Err(cursor.problem(Code::SplUnsupported, &name.at, message, "not supported here"));
            }
            _ => return Err(cursor.problem(Code::SplSyntax, &name.at, "a trend is sma, ema or wma with a number, such as sma5(x)", "")),
        };
        let Some(period) = period.parse::<usize>().ok().filter(|p| (2..=10_000).contains(p)) else {
            return Err(cursor.problem(Code::SplSyntax, &name.at, "the period of a trend is from 2 to 10000", ""));
        };
        if !cursor.eat(b'(') {
            return Err(cursor.unexpected("a field in parentheses is expected"));
        }
        let Some(field) = cursor.field()? else { return Err(cursor.unexpected("a field is expected")) };
        if !cursor.eat(b')') {
            return Err(cursor.unexpected("`)` is expected"));
        }
        let alias = if cursor.keyword("as") { cursor.field()?.map(|w| w.text) } else { None };
        let alias = alias.unwrap_or_else(|| format!("{}({})", name.text, field.text));
        list.push(Trend { weighted, period, field: field.text.into(), alias: alias.into() });
    }
    cursor.expect_done("trendline")?;
    if list.is_empty() {
        return Err(cursor.unexpected("`trendline` needs a trend such as sma5(x)"));
    }
    Ok(Box::new(Trendline(list)))
}

pub(super) const DEF: Command = Command {
    name: "trendline",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "trendline (sma|wma)<period>(<field>) [AS <field>] ...",
    summary: "The moving average of a field over so many rows: simple, or weighted so that newer rows count more.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"x\n1\n4\n7\" | trendline wma2(x) AS m | table m", &[&[("m", "")], &[("m", "3")], &[("m", "6")]])],
    differs: &["ema is not supported"],
    compile,
};

//! `convert`.

use super::prelude::*;
use crate::eval::strptime;

#[derive(Debug)]
struct Convert {
    format: String,
    list: Vec<(Function, Text, Option<Text>)>,
}

#[derive(Clone, Copy, Debug)]
enum Function {
    Auto,
    Ctime,
    Dur2sec,
    Memk,
    Mktime,
    Mstime,
    None,
    Num,
    Rmcomma,
    Rmunit,
}

const FUNCTIONS: &[(&str, Function)] = &[
    ("auto", Function::Auto), ("ctime", Function::Ctime), ("dur2sec", Function::Dur2sec), ("memk", Function::Memk), ("mktime", Function::Mktime),
    ("mstime", Function::Mstime), ("none", Function::None), ("num", Function::Num), ("rmcomma", Function::Rmcomma), ("rmunit", Function::Rmunit),
];

impl Function {
    /// What it makes of a text; `None` if the text is not of its kind.
    fn apply(self, text: &str, format: &str, run: &Run<'_>) -> Option<Value> {
        let number = |t: &str| crate::store::parse_number(t).map(Value::Number);
        let unit = |t: &str| t.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(t.len());
        let clock = |t: &str| t.split(':').map(|p| p.parse::<f64>().ok()).try_fold(0.0, |sum, part| part.map(|n| sum * 60.0 + n));
        match self {
            Function::Ctime => strptime::format(crate::store::parse_number(text)?, format, &run.cx.zone).map(Value::from),
            Function::Mktime => strptime::parse(text, format, &run.cx.zone, run.cx.now).map(Value::from),
            Function::Dur2sec => match text.split_once('+') {
                Some((days, rest)) => Some(Value::from(days.parse::<f64>().ok()? * 86_400.0 + clock(rest)?)),
                None => clock(text).map(Value::from),
            },
            Function::Mstime => match text.split_once(':') {
                Some((m, s)) => Some(Value::from(m.parse::<f64>().ok()? * 60.0 + s.parse::<f64>().ok()?)),
                None => number(text),
            },
            Function::Memk => {
                let at = unit(text);
                let factor = match text[at..].trim().to_ascii_lowercase().as_str() {
                    "" | "k" | "kb" => 1.0,
                    "m" | "mb" => 1024.0,
                    "g" | "gb" => 1_048_576.0,
                    _ => return None,
                };
                Some(Value::from(crate::store::parse_number(&text[..at])? * factor))
            }
            Function::Rmcomma => Some(Value::from(text.replace(',', ""))),
            Function::Rmunit => number(&text[..unit(text)]),
            Function::Num => number(text).or_else(|| clock(text).filter(|_| text.contains(':')).map(Value::from)),
            Function::Auto => number(text).or_else(|| clock(text).filter(|_| text.contains(':')).map(Value::from)).or_else(|| number(&text[..unit(text)])),
            Function::None => Some(Value::from(text)),
        }
    }

    /// A text that cannot be converted goes, except where the function is to try only.
    fn keeps(self) -> bool {
        matches!(self, Function::Auto | Function::Ctime | Function::None)
    }
}

impl Operator for Convert {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let excluded: Vec<&Text> = self.list.iter().filter(|(f, ..)| matches!(f, Function::None)).map(|(_, field, _)| field).collect();
        for (function, field, alias) in &self.list {
            if matches!(function, Function::None) {
                continue;
            }
            let names: Vec<Text> = matching(&input, std::slice::from_ref(field)).into_iter().map(Text::new).filter(|n| !excluded.contains(&n)).collect();
            for name in names {
                let column = input.column_or_null(&name).map(|value| {
                    let mut texts = Vec::new();
                    value.each(|t| match function.apply(t, &self.format, run) {
                        Some(v) => texts.push(v.to_text()),
                        None if function.keeps() => texts.push(Text::new(t)),
                        None => {}
                    });
                    Value::from_texts(texts)
                });
                input.set(alias.clone().unwrap_or(name), column);
            }
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        for (_, field, alias) in &self.list {
            schema.read([field]);
            alias.iter().for_each(|alias| schema.add(alias));
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(self.list.iter().map(|(_, field, _)| field.as_str()))
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut list = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        let Some(name) = cursor.word()? else { break };
        let Some((_, function)) = FUNCTIONS.iter().find(|(n, _)| n.eq_ignore_ascii_case(&name.text)) else {
            let problem = cursor.problem(Code::SplUnknownFunction, &name.at, format!("convert has no function `{}`", name.text), "unknown function");
            return Err(problem.did_you_mean(&name.text, FUNCTIONS.iter().map(|(n, _)| *n)));
        };
        if !cursor.eat(b'(') {
            return Err(cursor.unexpected(format!("a field in parentheses is expected after `{}`", name.text)));
        }
        let Some(field) = cursor.field()? else { return Err(cursor.unexpected("a field is expected")) };
        if !cursor.eat(b')') {
            return Err(cursor.problem(Code::SplSyntax, &(name.at.start..field.at.end), "the parenthesis is not closed", "expected `)`"));
        }
        let alias = if cursor.keyword("as") { cursor.field()?.map(|w| Text::from(w.text)) } else { None };
        list.push((*function, Text::from(field.text), alias));
    }
    cursor.expect_done("convert")?;
    if list.is_empty() {
        return Err(cursor.unexpected("`convert` needs a function such as ctime(field)"));
    }
    let format = options.text("timeformat").unwrap_or("%m/%d/%Y %H:%M:%S").to_string();
    Ok(Box::new(Convert { format, list }))
}

pub(super) const DEF: Command = Command {
    name: "convert",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "convert [timeformat=<format>] <function>(<field>) [AS <field>] ...",
    summary: "Makes times and numbers of text, or text of times: auto, ctime, dur2sec, memk, mktime, mstime, none, num, rmcomma, rmunit.",
    options: &[Opt { name: "timeformat", kind: OptKind::Text, default: "%m/%d/%Y %H:%M:%S", doc: "How ctime writes and mktime reads times." }],
    examples: &[("| makeresults | eval t=1700000000 | convert timeformat=\"%F\" ctime(t) | table t", &[&[("t", "2023-11-14")]])],
    differs: &[],
    compile,
};

//! `tostring(X, FORMAT)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "tostring",
    category: Category::Conversion,
    syntax: "tostring(<value>, [\"hex\" | \"commas\" | \"duration\" | \"binary\"])",
    summary: "A value as text: hex as 0xF, commas with two decimals when there is a fraction, seconds as D+HH:MM:SS.",
    args: (1, 2),
    examples: &[("tostring(1==1)", "True"), ("tostring(15, \"hex\")", "0xF"), ("tostring(90061, \"duration\")", "1+01:01:01")],
    call: |args, _| match (args.get(1).and_then(Value::as_text).as_deref(), args[0].number()) {
        (None, _) => if args[0].is_null() { Value::Null } else { args[0].as_text().map_or(Value::Null, |t| Value::from(t.into_owned())) },
        (Some("hex"), Some(n)) => Value::from(format!("0x{:X}", n as i64)),
        (Some("binary"), Some(n)) => Value::from(format!("{:b}", n as i64)),
        (Some("commas"), Some(n)) => Value::from(with_commas(n)),
        (Some("duration"), Some(n)) => Value::from(duration(n)),
        (Some(_), _) => args[0].clone(),
    },
    ..Function::BASE
};

fn with_commas(n: f64) -> String {
    let text = if n == n.trunc() { format!("{n:.0}") } else { format!("{n:.2}") };
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = text.split_once('.').map_or((text, String::new()), |(w, f)| (w, format!(".{f}")));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

fn duration(n: f64) -> String {
    let sign = if n < 0.0 { "-" } else { "" };
    let total = n.abs() as u64;
    let (days, h, m, s) = (total / 86_400, total / 3_600 % 24, total / 60 % 60, total % 60);
    let fraction = match n.abs().fract() {
        0.0 => String::new(),
        f => format!("{f:.6}")[1..].to_string(),
    };
    if days > 0 { format!("{sign}{days}+{h:02}:{m:02}:{s:02}{fraction}") } else { format!("{sign}{h:02}:{m:02}:{s:02}{fraction}") }
}

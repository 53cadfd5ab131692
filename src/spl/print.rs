//! A search in its normal form: macros put in, one command a line, and parentheses where precedence puts them. Reading it
//! gives the same search again.

use super::expr::{Binary, Expr, ExprKind, Unary};
use super::search::{Compare, SearchExpr, TermKind};
use super::{Call, Cursor, Pipeline, Spl, Subsearch};

/// Writes a search, a line a command.
pub fn print(pipeline: &Pipeline) -> String {
    let mut out = String::new();
    for (n, call) in pipeline.calls.iter().enumerate() {
        // A search that begins with a pipe begins with a command that makes rows.
        if n > 0 || call.name != "search" {
            out.push_str(if n > 0 { "\n| " } else { "| " });
        }
        out.push_str(&command(&pipeline.spl, call));
    }
    out
}

/// Writes one command, on one line unless a quoted text in it has several.
fn command(spl: &Spl, call: &Call) -> String {
    let args = match call.name.as_str() {
        "search" => search(spl, call),
        "where" => condition(spl, call),
        "eval" => assignments(spl, call),
        // A blank may belong to a pattern.
        "rex" | "regex" => Some(spl.text()[call.args.clone()].trim().to_string()),
        _ => None,
    };
    let args = args.unwrap_or_else(|| single_spaced(spl, call));
    if args.is_empty() { call.name.clone() } else { format!("{} {args}", call.name) }
}

/// A command as its author wrote it, on one line.
pub fn as_written(spl: &Spl, call: &Call) -> String {
    let name = &spl.text()[call.name_at.clone()];
    format!("{name} {}", single_spaced(spl, call)).trim().to_string()
}

fn search(spl: &Spl, call: &Call) -> Option<String> {
    let expr = SearchExpr::parse(&mut Cursor::new(spl, call), &[]).ok()?;
    let text = search_expr(&expr, &call.subsearches, true);
    // `search !x` would be the field `search` compared with something.
    Some(if text.starts_with(['=', '!', '<', '>']) { format!("({text})") } else { text })
}

fn condition(spl: &Spl, call: &Call) -> Option<String> {
    let mut cursor = Cursor::new(spl, call);
    let expr = Expr::parse(&mut cursor).ok()?;
    cursor.is_done().then(|| eval_expr(spl, &expr, 0))
}

fn assignments(spl: &Spl, call: &Call) -> Option<String> {
    let mut cursor = Cursor::new(spl, call);
    let mut list = Vec::new();
    loop {
        cursor.separators();
        let from = cursor.position();
        match cursor.peek()? {
            b'"' => drop(cursor.quoted().ok()?),
            b'\'' => drop(cursor.field().ok()?),
            _ => drop(cursor.word_until(b"=").ok()?),
        }
        let target = &spl.text()[from..cursor.position()];
        if !cursor.eat(b'=') {
            return None;
        }
        list.push(format!("{}={}", target.trim(), eval_expr(spl, &Expr::parse(&mut cursor).ok()?, 0)));
        if cursor.is_done() {
            return Some(list.join(", "));
        }
        if cursor.peek() != Some(b',') {
            return None;
        }
    }
}

/// The arguments with white space made single, but for that in quotes.
fn single_spaced(spl: &Spl, call: &Call) -> String {
    let text = spl.text();
    let mut out = String::new();
    let mut at = call.args.start;
    while at < call.args.end {
        if let Some(sub) = call.subsearches.iter().find(|s| s.at.start == at) {
            if !out.ends_with([' ', '=', '(']) {
                out.push(' ');
            }
            // What foreach repeats is a text with places in it: no search yet.
            out.push_str(&if call.name == "foreach" { text[sub.at.clone()].to_string() } else { subsearch(sub) });
            at = sub.at.end;
            continue;
        }
        let rest = &text[at..call.args.end];
        let Some(c) = rest.chars().next() else { break };
        let len = match c {
            '"' | '\'' => closing(rest, c).unwrap_or(1),
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            c if c.is_ascii_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
                at += 1;
                continue;
            }
            c => c.len_utf8(),
        };
        out.push_str(&rest[..len]);
        at += len;
    }
    out.truncate(out.trim_end().len());
    out
}

/// The length of a quoted text.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped && quote == '"';
        ends.then_some(at + 1)
    })
}

fn subsearch(sub: &Subsearch) -> String {
    let commands: Vec<String> = sub.pipeline.calls.iter().map(|call| command(&sub.pipeline.spl, call)).collect();
    format!("[ {} ]", commands.join(" | "))
}

/// `all`: the expression stands alone, where a list of conditions needs no parentheses.
fn search_expr(expr: &SearchExpr, subsearches: &[Subsearch], all: bool) -> String {
    let inner = |e: &SearchExpr| search_expr(e, subsearches, false);
    match expr {
        SearchExpr::And(list) => {
            let text = list.iter().map(inner).collect::<Vec<_>>().join(" ");
            if all { text } else { format!("({text})") }
        }
        SearchExpr::Or(list) => format!("({})", list.iter().map(inner).collect::<Vec<_>>().join(" OR ")),
        SearchExpr::Not(inside) => format!("NOT {}", inner(inside)),
        SearchExpr::Compare { field, op, value, case, .. } => {
            // After `<` a value that begins with `=` would belong to the operator.
            let text = word(&value.text, value.quoted || value.text.starts_with('='));
            let value = if *case { format!("CASE({text})") } else { text };
            format!("{}{}{value}", name(field), operator(*op))
        }
        SearchExpr::In { field, values, .. } => {
            let list: Vec<String> = values.iter().map(|v| word(&v.text, v.quoted)).collect();
            format!("{} IN ({})", name(field), list.join(", "))
        }
        SearchExpr::Term { word: text, kind } => match kind {
            TermKind::Plain => word(&text.text, text.quoted),
            TermKind::Term => format!("TERM({})", word(&text.text, text.quoted)),
            TermKind::Case => format!("CASE({})", word(&text.text, text.quoted)),
        },
        SearchExpr::Subsearch { at, compare } => {
            let before = compare.as_ref().map_or(String::new(), |(field, op)| format!("{}{}", name(field), operator(*op)));
            let sub = subsearches.iter().find(|s| s.at == *at).map_or_else(String::new, subsearch);
            format!("{before}{sub}")
        }
    }
}

fn operator(op: Compare) -> &'static str {
    match op {
        Compare::Equal => "=",
        Compare::NotEqual => "!=",
        Compare::Less => "<",
        Compare::LessEqual => "<=",
        Compare::Greater => ">",
        Compare::GreaterEqual => ">=",
    }
}

/// A field of a search expression.
fn name(field: &str) -> String {
    let keyword = matches!(field, "NOT" | "AND" | "OR" | "TERM" | "CASE");
    word(field, keyword || field.contains(['=', '<', '>', '!']))
}

/// A word, in quotes where it was or must be.
fn word(text: &str, quoted: bool) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    let quoted = quoted || text.is_empty() || text.contains(|c: char| c.is_whitespace() || "()[],|".contains(c));
    if quoted { format!("\"{escaped}\"") } else { escaped }
}

/// An eval expression whose operators must bind at least so tightly, or it is put in parentheses.
fn eval_expr(spl: &Spl, expr: &Expr, power: u8) -> String {
    let list = |all: &[Expr]| all.iter().map(|e| eval_expr(spl, e, 0)).collect::<Vec<_>>().join(", ");
    let (text, own) = match &expr.kind {
        // As it is written: 1.00 has other digits than 1, which sigfig() looks at.
        ExprKind::Number(_) => return spl.text()[expr.at.clone()].to_string(),
        ExprKind::Text(text) => return word(text, true),
        ExprKind::Field(field) => return eval_field(field),
        ExprKind::Call(function, _, args) => return format!("{function}({})", list(args)),
        ExprKind::Unary(Unary::Not, a) => (format!("NOT {}", eval_expr(spl, a, Unary::Not.power())), Unary::Not.power()),
        ExprKind::Unary(op, a) => {
            let sign = if *op == Unary::Minus { '-' } else { '+' };
            // A sign before a number would be read as a part of it.
            let operand = match &a.kind {
                ExprKind::Number(_) => format!("({})", eval_expr(spl, a, 0)),
                _ => eval_expr(spl, a, op.power()),
            };
            (format!("{sign}{operand}"), op.power())
        }
        ExprKind::Binary(op, a, b) => {
            // AND inside OR, and the like, in parentheses: who reads it need not know which binds tighter.
            let mixed = |e: &Expr| matches!(&e.kind, ExprKind::Binary(inner, ..) if inner.is_logical() && inner != op);
            let side = |e: &Expr, power: u8| {
                if op.is_logical() && mixed(e) { format!("({})", eval_expr(spl, e, 0)) } else { eval_expr(spl, e, power) }
            };
            (format!("{} {} {}", side(a, op.power()), op.symbol(), side(b, op.power() + 1)), op.power())
        }
        ExprKind::In(a, values) => {
            (format!("{} IN ({})", eval_expr(spl, a, Binary::Like.power() + 1), list(values)), Binary::Like.power())
        }
    };
    if own < power { format!("({text})") } else { text }
}

fn eval_field(field: &str) -> String {
    let plain = field.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && field.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !["and", "or", "xor", "not", "in", "like"].contains(&field.to_ascii_lowercase().as_str());
    if plain { field.to_string() } else { format!("'{field}'") }
}

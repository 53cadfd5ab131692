//! INGEST_EVAL and STOP_PROCESSING_IF: eval expressions over one event on its way in (transforms.conf.spec).

use super::Event;
use crate::diagnostic::{Code, Diagnostic, MappedText};
use crate::eval::{Cx, Program, compile};
use crate::spl::{Cursor, Expr, Spl};
use crate::store::{Text, Value};

/// `field = expression` adds a value to an indexed field, `field := expression` sets it anew.
pub(super) struct Assignment {
    pub(super) field: Text,
    replace: bool,
    kind: Kind,
    program: Program,
}

/// The type that may stand in brackets after a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    Int,
    Float,
    String,
}

impl Assignment {
    /// Reads a list of assignments. One that cannot be read is told, and the others count.
    pub(super) fn parse(text: &MappedText, problems: &mut Vec<Diagnostic>) -> Vec<Assignment> {
        let spl = Spl::new(plain_names(text));
        let mut cursor = Cursor::whole(&spl);
        let mut list = Vec::new();
        loop {
            cursor.separators();
            if cursor.is_done() {
                return list;
            }
            match Assignment::next(&mut cursor, &spl, problems) {
                Ok(found) => list.extend(found),
                Err(problem) => {
                    problems.push(problem);
                    return list;
                }
            }
        }
    }

    fn next(cursor: &mut Cursor<'_>, spl: &Spl, problems: &mut Vec<Diagnostic>) -> Result<Option<Assignment>, Diagnostic> {
        let Some(name) = cursor.word_until(b"=:[")? else {
            return Err(cursor.unexpected("INGEST_EVAL needs assignments such as field=expression, field:=expression"));
        };
        let kind = if cursor.eat(b'[') {
            let word = cursor.word_until(b"]")?.map(|w| w.text).unwrap_or_default();
            let kind = match word.as_str() {
                "int" => Kind::Int,
                "float" => Kind::Float,
                "string" => Kind::String,
                _ => return Err(cursor.unexpected("the type of a field is int, float or string")),
            };
            if !cursor.eat(b']') {
                return Err(cursor.unexpected("`]` is missing after the type"));
            }
            kind
        } else {
            Kind::Any
        };
        let replace = cursor.eat(b':');
        if !cursor.eat(b'=') {
            return Err(cursor.unexpected("`=` or `:=` is missing after the name of a field"));
        }
        let expr = Expr::parse(cursor)?;
        let program = compile(&expr, spl, problems);
        cursor.white();
        if !cursor.is_done() && cursor.peek() != Some(b',') {
            return Err(cursor.unexpected("a comma is missing between two assignments"));
        }
        Ok(program.map(|program| Assignment { field: Text::new(&name.text), replace, kind, program }))
    }

    /// Changes the event. Metadata and the text are set either way; `queue=nullQueue` drops the event.
    pub(super) fn run(&self, event: &mut Event) {
        let value = self.program.value(|name| get(event, name), &Cx::utc(event.time));
        let value = match (self.kind, value.number()) {
            (Kind::Int, Some(n)) => Value::Number(n.trunc()),
            (Kind::String, _) if !value.is_null() => Value::Text(value.to_text()),
            _ => value,
        };
        let text = || value.to_text();
        match self.field.as_str() {
            "_time" => event.time = value.number().unwrap_or(event.time),
            "queue" => event.dropped = text() == "nullQueue",
            _ if value.is_null() && !self.replace => {}
            "_raw" => event.raw = text(),
            "host" => event.host = text(),
            "source" => event.source = text(),
            "sourcetype" => event.sourcetype = text(),
            "index" => event.index = text(),
            name => {
                if self.replace {
                    event.fields.retain(|(n, _)| n != name);
                }
                event.add_field(name, value);
            }
        }
    }
}

/// STOP_PROCESSING_IF.
pub(super) struct Condition(Program);

impl Condition {
    pub(super) fn parse(text: &MappedText, problems: &mut Vec<Diagnostic>) -> Option<Condition> {
        if text.text().trim().is_empty() {
            return None;
        }
        let spl = Spl::new(plain_names(text));
        let mut cursor = Cursor::whole(&spl);
        let expr = Expr::parse(&mut cursor).and_then(|expr| cursor.expect_done("STOP_PROCESSING_IF").map(|()| expr));
        match expr {
            Ok(expr) => compile(&expr, &spl, problems).map(Condition),
            Err(problem) => {
                problems.push(problem);
                None
            }
        }
    }

    pub(super) fn holds(&self, event: &Event) -> bool {
        self.0.value(|name| get(event, name), &Cx::utc(event.time)) == Value::Bool(true)
    }
}

/// What an expression sees of an event.
fn get(event: &Event, name: &str) -> Value {
    match name {
        "_raw" => Value::Text(event.raw.clone()),
        "_time" => Value::Number(event.time),
        "host" => Value::Text(event.host.clone()),
        "source" => Value::Text(event.source.clone()),
        "sourcetype" => Value::Text(event.sourcetype.clone()),
        "index" => Value::Text(event.index.clone()),
        "queue" => Value::from(if event.dropped { "nullQueue" } else { "indexQueue" }),
        name => event.fields.iter().find(|(n, _)| n == name).map_or(Value::Null, |(_, value)| value.clone()),
    }
}

/// `$field:x$`, `$pd:x$` and `$mv:x$` are longer ways to write the field x.
fn plain_names(text: &MappedText) -> MappedText {
    let mut out = MappedText::new();
    let whole = text.text();
    let mut from = 0;
    while let Some(open) = whole[from..].find('$').map(|n| from + n) {
        let name = whole[open + 1..].split_once('$').and_then(|(inner, _)| {
            let (kind, name) = inner.split_once(':')?;
            matches!(kind, "field" | "pd" | "mv").then_some((open + 1 + kind.len() + 1, name))
        });
        let Some((start, name)) = name else {
            out.push_mapped(text, from..open + 1, None);
            from = open + 1;
            continue;
        };
        let span = text.span(start, start + name.len());
        out.push_mapped(text, from..open, None);
        if let Some(span) = span {
            out.point(&format!("'{name}'"), span.source, span.start as usize);
        }
        from = start + name.len() + 1;
    }
    out.push_mapped(text, from..whole.len(), None);
    out
}

/// What is wrong with an INGEST_EVAL or a STOP_PROCESSING_IF.
pub(super) fn check(text: &MappedText, condition: bool) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if condition {
        Condition::parse(text, &mut problems);
    } else if Assignment::parse(text, &mut problems).is_empty() && problems.is_empty() {
        problems.push(Diagnostic::new(Code::ConfSyntax, "INGEST_EVAL holds no assignment"));
    }
    problems
}

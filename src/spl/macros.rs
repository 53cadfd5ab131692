//! Expansion of `` `macros` `` and removal of ```` ```comments``` ````.
//!
//! Expansion is textual and comes before parsing (macros.conf.spec): the text of the arguments replaces `$name$` in
//! the definition, recursively, also inside subsearches. A macro with arguments and one without are different macros:
//! the number of arguments is part of the name. Inside double quotes nothing is expanded: public searches quote a macro
//! whose definition is quoted itself, and the search of `map` is expanded when it runs.

use std::ops::Range;

use super::Spl;
use crate::diagnostic::{Code, Diagnostic, MappedText, Span, suggest};

/// Splunk gives up at about a hundred levels.
const MAX_DEPTH: usize = 100;
/// No search of people is this long; a macro that doubles itself is.
const MAX_LENGTH: usize = 4 << 20;

/// What a macro stands for.
#[derive(Clone, Debug)]
pub struct MacroDef {
    /// Names of the arguments.
    pub args: Vec<String>,
    /// The text; for `iseval` an eval expression.
    pub definition: MappedText,
    /// The definition is an eval expression whose text value replaces the call.
    pub is_eval: bool,
    /// An eval expression over the arguments that must hold, and what to say if it does not.
    pub validation: Option<(String, String)>,
}

/// Why a macro cannot be expanded with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MacroError {
    /// The expression cannot be evaluated.
    Expression(String),
    /// The validation refused the arguments.
    Refused(String),
}

/// Where macros are looked up. Knowledge implements it; evaluation of `iseval` and `validation` comes from above too.
pub trait Macros {
    /// The macro of this name with this number of arguments.
    fn get(&self, name: &str, arity: usize) -> Option<&MacroDef>;
    /// All names with their number of arguments, for "did you mean".
    fn names(&self) -> Vec<(String, usize)>;
    /// Evaluates an expression in which the arguments are already put in; used for `iseval` and `validation`.
    fn evaluate(&self, expression: &str) -> Result<String, String>;
    /// A call of a macro that is not here is left as it is written: somebody else will expand it.
    fn leaves_unknown(&self) -> bool {
        false
    }
}

/// No macros at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMacros;

impl Macros for NoMacros {
    fn get(&self, _: &str, _: usize) -> Option<&MacroDef> {
        None
    }
    fn names(&self) -> Vec<(String, usize)> {
        Vec::new()
    }
    fn evaluate(&self, _: &str) -> Result<String, String> {
        Err("no macros here".into())
    }
}

/// Expands all macros of a search. Every problem is in the diagnostics; a macro that cannot be expanded is left out.
pub fn expand(text: &MappedText, macros: &dyn Macros) -> (Spl, Vec<Diagnostic>) {
    let mut expander = Expander { macros, out: MappedText::new(), problems: Vec::new(), stack: Vec::new() };
    expander.text(text, None);
    (Spl::new(expander.out), expander.problems)
}

struct Expander<'a> {
    macros: &'a dyn Macros,
    out: MappedText,
    problems: Vec<Diagnostic>,
    stack: Vec<String>,
}

impl Expander<'_> {
    fn text(&mut self, text: &MappedText, call: Option<Span>) {
        let bytes = text.text().as_bytes();
        let (mut at, mut copied) = (0, 0);
        let mut quoted = false;
        while at < bytes.len() {
            match bytes[at] {
                // An escaped quote opens nothing, outside of quotes either.
                b'\\' if matches!(bytes.get(at + 1), Some(b'"' | b'\\')) => at += 1,
                b'"' => quoted = !quoted,
                b'`' if !quoted && bytes[at..].starts_with(b"```") => {
                    self.out.push_mapped(text, copied..at, call);
                    match find(bytes, at + 3, b"```") {
                        Some(end) => at = end + 3,
                        None => {
                            self.problem(text, at..at + 3, call, Code::SplSyntax, "the comment is not closed", "begins here");
                            at = bytes.len();
                        }
                    }
                    // A comment separates words.
                    self.out.push_mapped(text, copied..copied, call);
                    self.space(text, at.min(bytes.len()).saturating_sub(1), call);
                    copied = at;
                    continue;
                }
                b'`' if !quoted => match macro_end(bytes, at + 1) {
                    Some(end) => {
                        self.out.push_mapped(text, copied..at, call);
                        self.call(text, at..end + 1, call);
                        at = end + 1;
                        copied = at;
                        continue;
                    }
                    None => self.problem(
                        text,
                        at..at + 1,
                        call,
                        Code::SplSyntax,
                        "the macro call is not closed by a backtick",
                        "begins here",
                    ),
                },
                _ => {}
            }
            at += 1;
        }
        self.out.push_mapped(text, copied.min(bytes.len())..bytes.len(), call);
    }

    fn space(&mut self, text: &MappedText, at: usize, call: Option<Span>) {
        if let Some(origin) = text.origin(at, at + 1) {
            let mut space = MappedText::new();
            space.point(" ", origin.span.source, origin.span.start as usize);
            self.out.push_mapped(&space, 0..1, call.or(origin.call));
        }
    }

    /// Expands the call that stands at `at`, backticks included.
    fn call(&mut self, text: &MappedText, at: Range<usize>, call: Option<Span>) {
        let inner = &text.text()[at.start + 1..at.end - 1];
        let (name, args) = split_call(inner);
        let place = call.or_else(|| text.span(at.start, at.end));
        if self.stack.len() >= MAX_DEPTH || self.stack.iter().any(|s| s == name) || self.out.text().len() > MAX_LENGTH {
            let chain = self.stack.iter().map(|s| format!("`{s}`")).collect::<Vec<_>>().join(" > ");
            let what = format!("the macro `{name}` does not come to an end");
            self.problem(text, at, call, Code::SplMacroLoop, &what, &format!("called from {chain}"));
            return;
        }
        let Some(def) = self.macros.get(name, args.len()) else {
            if self.macros.leaves_unknown() {
                return self.out.push_mapped(text, at, call);
            }
            self.unknown(text, at, call, name, args.len());
            return;
        };
        let mut body = substitute(&def.definition, def, &args);
        let values = |expression: &str| put_in(expression, def, &args);
        if let Some((validation, message)) = &def.validation
            && let Err(why) = self
                .macros
                .evaluate(&values(validation))
                .map(|v| v.eq_ignore_ascii_case("true"))
                .and_then(|ok| if ok { Ok(()) } else { Err(message.clone()) })
        {
            let what = format!("the macro `{name}` refuses its arguments: {why}");
            self.problem(text, at, call, Code::SplMacroArguments, &what, "called here");
            return;
        }
        if def.is_eval {
            match self.macros.evaluate(body.text()) {
                Ok(value) => {
                    if let Some(origin) = def.definition.origin(0, 1) {
                        body = MappedText::new();
                        body.point(&value, origin.span.source, origin.span.start as usize);
                    }
                }
                Err(why) => {
                    let what = format!("the macro `{name}` is an eval expression that gives no text: {why}");
                    self.problem(text, at, call, Code::SplMacroArguments, &what, "called here");
                    return;
                }
            }
        }
        self.stack.push(name.to_string());
        self.text(&body, place);
        self.stack.pop();
    }

    fn unknown(&mut self, text: &MappedText, at: Range<usize>, call: Option<Span>, name: &str, arity: usize) {
        let known = self.macros.names();
        let message = if arity == 0 {
            format!("there is no macro `{name}`")
        } else {
            format!("there is no macro `{name}` with {arity} argument{}", if arity == 1 { "" } else { "s" })
        };
        let mut diagnostic = match (call, text.origin(at.start, at.end)) {
            (Some(call), Some(origin)) => {
                Diagnostic::new(Code::SplUnknownMacro, message).at(call, "").at(origin.span, "unknown macro")
            }
            (None, Some(origin)) => {
                Diagnostic::new(Code::SplUnknownMacro, message).at(origin.call.unwrap_or(origin.span), "unknown macro")
            }
            _ => Diagnostic::new(Code::SplUnknownMacro, message),
        };
        let mut other: Vec<usize> = known.iter().filter(|(n, _)| n == name).map(|(_, a)| *a).collect();
        other.sort_unstable();
        if let Some(takes) = other.first() {
            diagnostic = diagnostic.help(format!("`{name}` takes {takes} argument{}", if *takes == 1 { "" } else { "s" }));
        } else if let Some(near) = suggest::nearest(name, known.iter().map(|(n, _)| n.as_str())) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        self.problems.push(diagnostic);
    }

    fn problem(&mut self, text: &MappedText, at: Range<usize>, call: Option<Span>, code: Code, message: &str, label: &str) {
        let mut diagnostic = Diagnostic::new(code, message);
        if let Some(span) = call.or_else(|| text.span(at.start, at.end)) {
            diagnostic = diagnostic.at(span, label);
        }
        self.problems.push(diagnostic);
    }
}

fn find(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, needle).map(|i| from + i)
}

/// The closing backtick of a call that begins at `from`.
fn macro_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut in_quotes = false;
    while at < bytes.len() {
        match bytes[at] {
            b'`' if !in_quotes => break,
            b'"' => in_quotes = !in_quotes,
            b'\\' if in_quotes => at += 1,
            _ => {}
        }
        at += 1;
    }
    (at < bytes.len() && at > from).then_some(at)
}

/// `name(a, "b, c")` to the name and the texts of the arguments. Quotes around a whole argument are taken off; a
/// comma inside quotes does not split. `name=value` arguments are given by position.
fn split_call(inner: &str) -> (&str, Vec<String>) {
    let inner = inner.trim();
    let Some(open) = inner.find('(') else { return (inner, Vec::new()) };
    let name = inner[..open].trim();
    let list = inner[open + 1..].trim_end();
    let list = list.strip_suffix(')').unwrap_or(list);
    let mut args = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (i, c) in list.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                args.push(&list[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    args.push(&list[start..]);
    if args.len() == 1 && args[0].trim().is_empty() {
        return (name, Vec::new());
    }
    let unquote = |arg: &str| {
        let arg = arg.trim();
        match arg.strip_prefix('"').and_then(|a| a.strip_suffix('"')) {
            Some(inside) if arg.len() >= 2 && !inside.replace("\\\"", "").contains('"') => inside.replace("\\\"", "\""),
            _ => arg.to_string(),
        }
    };
    (name, args.into_iter().map(unquote).collect())
}

/// The definition with the arguments in it. Argument text maps to the place of `$name$` in the definition; the
/// expander marks it all with the call anyway.
fn substitute(text: &MappedText, def: &MacroDef, args: &[String]) -> MappedText {
    let body = text.text();
    let mut out = MappedText::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(open) = body[at..].find('$').map(|i| at + i) {
        let Some(close) = body[open + 1..].find('$').map(|i| open + 1 + i) else { break };
        match def.args.iter().position(|a| *a == body[open + 1..close]) {
            Some(n) => {
                out.push_mapped(text, copied..open, None);
                if let Some(origin) = text.origin(open, close) {
                    out.point(&args[n], origin.span.source, origin.span.start as usize);
                }
                copied = close + 1;
                at = copied;
            }
            None => at = close,
        }
    }
    out.push_mapped(text, copied..body.len(), None);
    out
}

/// `validation` with the arguments in it; there they are eval strings or numbers as written.
fn put_in(expression: &str, def: &MacroDef, args: &[String]) -> String {
    let mut out = expression.to_string();
    for (name, value) in def.args.iter().zip(args) {
        out = out.replace(&format!("${name}$"), value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;

    struct Table(Vec<(&'static str, MacroDef)>);

    impl Macros for Table {
        fn get(&self, name: &str, arity: usize) -> Option<&MacroDef> {
            self.0.iter().find(|(n, d)| *n == name && d.args.len() == arity).map(|(_, d)| d)
        }
        fn names(&self) -> Vec<(String, usize)> {
            self.0.iter().map(|(n, d)| ((*n).to_string(), d.args.len())).collect()
        }
        fn evaluate(&self, _: &str) -> Result<String, String> {
            Err("not here".into())
        }
    }

    fn run(spl: &str) -> (String, Vec<Code>) {
        let sources = Sources::new();
        let mut list = Vec::new();
        for (name, args, definition) in [
            ("false_", "", "false"),
            ("config", "", "summariesonly=`false_` x"),
            ("ctime", "field", "convert ctime($field$)"),
            ("two", "a,b", "$b$-$a$"),
            ("loop", "", "`loop2`"),
            ("loop2", "", "`loop`"),
            ("tick", "", "replace(x, \"`\", \"\")"),
        ] {
            let id = sources.add(name, definition);
            let args = args.split(',').filter(|a| !a.is_empty()).map(str::to_string).collect();
            list.push((
                name,
                MacroDef { args, definition: MappedText::plain(id, 0, definition), is_eval: false, validation: None },
            ));
        }
        let id = sources.add("search", spl);
        let (out, problems) = expand(&MappedText::plain(id, 0, spl), &Table(list));
        (out.text().to_string(), problems.iter().map(|p| p.code).collect())
    }

    #[test]
    fn calls_arguments_comments_and_quotes() {
        assert_eq!(run("| tstats `config` count"), ("| tstats summariesonly=false x count".into(), vec![]));
        assert_eq!(run("| `ctime(firstTime)`"), ("| convert ctime(firstTime)".into(), vec![]));
        assert_eq!(run("`ctime(\"a b\")`"), ("convert ctime(a b)".into(), vec![]));
        assert_eq!(run("`two(x, \"y, z\")`"), ("y, z-x".into(), vec![]));
        assert_eq!(run("a ```b | `no` c``` d"), ("a   d".into(), vec![]));
        assert_eq!(run("map search=\"search `false_` x\""), ("map search=\"search `false_` x\"".into(), vec![]));
        assert_eq!(run("| eval `tick`"), ("| eval replace(x, \"`\", \"\")".into(), vec![]));
    }

    #[test]
    fn problems_are_found() {
        assert_eq!(run("`nope`").1, vec![Code::SplUnknownMacro]);
        assert_eq!(run("`ctime`").1, vec![Code::SplUnknownMacro]);
        assert_eq!(run("`loop`").1, vec![Code::SplMacroLoop]);
        assert_eq!(run("a `open").1, vec![Code::SplSyntax]);
    }
}

//! A compiled search expression: which rows pass.
//!
//! Values are compared without regard to case, `*` stands for any text, a network such as `10.0.0.0/8` for its
//! addresses, and two numbers are equal by value. A comparison holds for a multivalue if it holds for one of its
//! values. `field!=value` needs the field, `NOT field=value` does not (Search Manual, "Difference between != and NOT").

use std::ops::Range;

use ipnet::IpNet;
use regex::Regex;

use super::compare::{in_cidr, parse_cidr};
use super::wildcard::fold;
use super::{Cx, Wildcard};
use crate::diagnostic::{Code, Diagnostic};
use crate::spl::search::{Compare, SearchExpr, TermKind};
use crate::spl::{Spl, Word, time};
use crate::store::{Table, Text, Value, parse_number};

/// A compiled search expression.
#[derive(Clone, Debug)]
pub struct Filter {
    node: Node,
}

/// The time range that a search asks for itself (`earliest=`, `latest=`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TimeBounds {
    /// Some modifier stands in the search: it replaces the range that the search was dispatched with.
    pub given: bool,
}

#[derive(Clone, Debug)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Field { field: Text, test: Test },
    Term(Box<Term>),
    Time { earliest: bool, bound: f64 },
}

/// A word or phrase in the text of an event.
#[derive(Clone, Debug)]
struct Term {
    pattern: Regex,
    /// Text that must be there, in any case: quick to look for.
    literal: String,
    quick: Regex,
}

#[derive(Clone, Debug)]
enum Test {
    Equal(Vec<Matcher>),
    NotEqual(Matcher),
    Order(Compare, Literal),
}

#[derive(Clone, Debug)]
struct Literal {
    text: String,
    number: Option<f64>,
}

#[derive(Clone, Debug)]
struct Matcher {
    wildcard: Wildcard,
    number: Option<f64>,
    cidr: Option<IpNet>,
    /// `index=*` does not mean the internal indexes.
    not_internal: bool,
}

impl Matcher {
    fn new(field: &str, value: &str, case: bool) -> Self {
        let wildcard = if case { Wildcard::exact_case(value) } else { Wildcard::new(value) };
        let number = if wildcard.is_pattern() { None } else { parse_number(value) };
        Matcher { number, cidr: parse_cidr(value), not_internal: field == "index" && value.starts_with('*'), wildcard }
    }

    fn matches(&self, value: &str) -> bool {
        if self.not_internal && value.starts_with('_') {
            return false;
        }
        self.wildcard.matches(value)
            || self.number.is_some_and(|n| parse_number(value) == Some(n))
            || self.cidr.as_ref().is_some_and(|net| in_cidr(net, value))
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Test::Equal(list) => value.any(|v| list.iter().any(|m| m.matches(v))),
            Test::NotEqual(matcher) => value.any(|v| !matcher.matches(v)),
            Test::Order(op, literal) => value.any(|v| {
                let order = match (parse_number(v), literal.number) {
                    (Some(a), Some(b)) => a.partial_cmp(&b),
                    (None, None) => Some(fold(v).cmp(&literal.text)),
                    _ => None,
                };
                order.is_some_and(|o| match op {
                    Compare::Less => o.is_lt(),
                    Compare::LessEqual => o.is_le(),
                    Compare::Greater => o.is_gt(),
                    _ => o.is_ge(),
                })
            }),
        }
    }
}

impl Filter {
    /// Compiles an expression. `events`: the expression picks events from indexes, so that time modifiers count;
    /// further down the pipeline `earliest` is a field as any other. Subsearches must have been put in.
    pub fn compile(expr: &SearchExpr, spl: &Spl, events: bool, cx: &Cx) -> Result<(Filter, TimeBounds), Diagnostic> {
        let mut compiler = Compiler { spl, events, cx, bounds: TimeBounds::default() };
        let node = compiler.node(expr)?;
        Ok((Filter { node }, compiler.bounds))
    }

    /// Every field that the answer depends on.
    pub fn fields(&self) -> Vec<Text> {
        let mut list = Vec::new();
        self.node.fields(&mut list);
        list
    }

    /// Which rows pass.
    pub fn mask(&self, table: &Table) -> Vec<bool> {
        self.node.mask(table)
    }

    /// Parts the conditions that all must hold into those that depend on known fields only, and the others.
    pub fn split(self, known: impl Fn(&str) -> bool) -> (Filter, Filter) {
        let all = match self.node {
            Node::And(all) => all,
            other => vec![other],
        };
        let (first, second) = all.into_iter().partition(|node| {
            let mut fields = Vec::new();
            node.fields(&mut fields);
            fields.iter().all(|f| known(f))
        });
        (Filter { node: Node::And(first) }, Filter { node: Node::And(second) })
    }

    /// Texts of which one must be in `_raw`, in any case; `None` if a row may pass without.
    pub fn literals(&self) -> Option<Vec<&str>> {
        self.node.literals()
    }

    /// True if every row passes whatever it holds.
    pub fn is_all(&self) -> bool {
        matches!(&self.node, Node::And(all) if all.is_empty())
    }
}

impl Node {
    fn fields(&self, list: &mut Vec<Text>) {
        let mut add = |name: &str| {
            if !list.iter().any(|f| f == name) {
                list.push(Text::new(name));
            }
        };
        match self {
            Node::And(all) | Node::Or(all) => all.iter().for_each(|n| n.fields(list)),
            Node::Not(inner) => inner.fields(list),
            Node::Field { field, .. } => add(field),
            Node::Term(_) => add("_raw"),
            Node::Time { .. } => add("_time"),
        }
    }

    fn literals(&self) -> Option<Vec<&str>> {
        // Of several the longest is the rarest.
        let shortest = |list: &Vec<&str>| list.iter().map(|l| l.len()).min();
        match self {
            Node::And(all) => all.iter().filter_map(Node::literals).max_by_key(shortest),
            Node::Or(any) => Some(any.iter().map(Node::literals).collect::<Option<Vec<_>>>()?.concat()),
            Node::Term(term) if term.literal.len() >= MIN_LITERAL => Some(vec![&term.literal]),
            _ => None,
        }
    }

    fn mask(&self, table: &Table) -> Vec<bool> {
        match self {
            Node::And(all) => {
                let mut mask = vec![true; table.len()];
                for node in all {
                    if !mask.contains(&true) {
                        break;
                    }
                    mask.iter_mut().zip(node.mask(table)).for_each(|(m, n)| *m &= n);
                }
                mask
            }
            Node::Or(any) => {
                let mut mask = vec![false; table.len()];
                for node in any {
                    mask.iter_mut().zip(node.mask(table)).for_each(|(m, n)| *m |= n);
                }
                mask
            }
            Node::Not(inner) => inner.mask(table).into_iter().map(|m| !m).collect(),
            Node::Field { field, test } => table.column_or_null(field).test(|v| test.holds(v)),
            Node::Term(term) => {
                table.column_or_null("_raw").test(|v| v.any(|t| term.quick.is_match(t) && term.pattern.is_match(t)))
            }
            Node::Time { earliest: true, bound } => {
                table.column_or_null("_time").test(|v| v.number().is_some_and(|t| t >= *bound))
            }
            Node::Time { earliest: false, bound } => {
                table.column_or_null("_time").test(|v| v.number().is_some_and(|t| t < *bound))
            }
        }
    }
}

struct Compiler<'a> {
    spl: &'a Spl,
    events: bool,
    cx: &'a Cx,
    bounds: TimeBounds,
}

impl Compiler<'_> {
    fn node(&mut self, expr: &SearchExpr) -> Result<Node, Diagnostic> {
        Ok(match expr {
            SearchExpr::And(all) => {
                let mut list = Vec::new();
                for e in all {
                    match self.node(e)? {
                        Node::And(inner) => list.extend(inner),
                        other => list.push(other),
                    }
                }
                Node::And(list)
            }
            SearchExpr::Or(any) => Node::Or(any.iter().map(|e| self.node(e)).collect::<Result<_, _>>()?),
            SearchExpr::Not(inner) => Node::Not(Box::new(self.node(inner)?)),
            SearchExpr::Compare { field, op, value, case, at } => self.compare(field, *op, value, *case, at)?,
            SearchExpr::In { field, values, .. } => Node::Field {
                field: Text::new(field),
                test: Test::Equal(values.iter().map(|v| Matcher::new(field, &v.text, false)).collect()),
            },
            SearchExpr::Term { word, kind } => self.term(word, *kind)?,
            SearchExpr::Subsearch { at, .. } => return Err(self.spl.syntax(at, "a subsearch cannot stand here", "")),
        })
    }

    fn compare(&mut self, field: &str, op: Compare, value: &Word, case: bool, at: &Range<usize>) -> Result<Node, Diagnostic> {
        if self.events
            && op == Compare::Equal
            && let Some(op) = index_time(field)
        {
            let bound = time::resolve(&value.text, self.cx.now, &self.cx.zone).ok_or_else(|| self.no_time(value, at))?;
            let literal = Literal { number: Some(bound), text: String::new() };
            return Ok(Node::Field { field: Text::new("_indextime"), test: Test::Order(op, literal) });
        }
        if self.events
            && op == Compare::Equal
            && let Some((earliest, bound)) = self.time_modifier(field, value, at)?
        {
            self.bounds.given = true;
            return Ok(Node::Time { earliest, bound });
        }
        if self.events
            && let Some((_, why)) = REFUSED.iter().find(|(names, _)| names.contains(&field))
        {
            let message = format!("`{field}` is not supported: {why}");
            return Err(self.spl.problem(Code::SplUnsupported, at, message, "not supported here"));
        }
        // `tag=host::x`, `hosttag=x`, `eventtypetag=x` are other words for `tag::host=x`, `tag::eventtype=x`.
        let (field, value) = match (field, value.text.split_once("::")) {
            ("tag", Some((of, tag))) if self.events => (format!("tag::{of}"), Word { text: tag.to_string(), ..value.clone() }),
            ("hosttag", _) if self.events => ("tag::host".to_string(), value.clone()),
            ("eventtypetag", _) if self.events => ("tag::eventtype".to_string(), value.clone()),
            _ => (field.to_string(), value.clone()),
        };
        let (field, value) = (field.as_str(), &value);
        let test = match op {
            Compare::Equal => Test::Equal(vec![Matcher::new(field, &value.text, case)]),
            Compare::NotEqual => Test::NotEqual(Matcher::new(field, &value.text, case)),
            op => Test::Order(op, Literal { number: parse_number(&value.text), text: fold(&value.text) }),
        };
        Ok(Node::Field { field: Text::new(field), test })
    }

    /// `earliest=-7d`, `starthoursago=24` … (Search Reference, "Time modifiers").
    fn time_modifier(&self, field: &str, value: &Word, at: &Range<usize>) -> Result<Option<(bool, f64)>, Diagnostic> {
        let (earliest, unit) = match field {
            "earliest" | "starttime" | "starttimeu" => (true, None),
            "latest" | "endtime" | "endtimeu" => (false, None),
            _ => {
                // `dago` is a field as any other.
                let whole = matches!(field, "minutesago" | "hoursago" | "daysago" | "monthsago");
                let ago =
                    |prefix: &str| field.strip_prefix(prefix).and_then(|r| r.strip_suffix("ago")).and_then(time::Unit::parse);
                match (ago("start").or_else(|| whole.then(|| ago("")).flatten()), ago("end")) {
                    (Some(unit), _) => (true, Some(unit)),
                    (_, Some(unit)) => (false, Some(unit)),
                    _ => return Ok(None),
                }
            }
        };
        let bound = match unit {
            Some(unit) => parse_number(&value.text).zip(unit.seconds().or(Some(2_592_000.0))).map(|(n, s)| self.cx.now - n * s),
            None => time::resolve(&value.text, self.cx.now, &self.cx.zone),
        };
        match bound {
            Some(bound) => Ok(Some((earliest, bound))),
            None => Err(self.no_time(value, at)),
        }
    }

    fn no_time(&self, value: &Word, at: &Range<usize>) -> Diagnostic {
        let message = format!("`{}` is no time", value.text);
        self.spl.syntax(at, message, "expected such as -24h@h, @d, now or 10/27/2024:13:00:00")
    }

    fn term(&self, word: &Word, kind: TermKind) -> Result<Node, Diagnostic> {
        if word.text.bytes().all(|b| b == b'*') {
            return Ok(Node::And(Vec::new()));
        }
        // In a term a backslash before a breaker only escapes it, as in "\/..\/": public searches rely on it.
        let text = escaped_breakers(&word.text);
        let pattern = term_pattern(&text, word.quoted, kind);
        let literal = text.split('*').max_by_key(|part| part.len()).unwrap_or_default();
        match (Regex::new(&pattern), Regex::new(&in_any_case([literal]))) {
            (Ok(pattern), Ok(quick)) => Ok(Node::Term(Box::new(Term { pattern, literal: literal.to_string(), quick }))),
            _ => Err(self.spl.syntax(&word.at, "this term is too long to search for", "")),
        }
    }
}

/// A shorter literal is in most events anyway.
const MIN_LITERAL: usize = 3;

/// A regular expression that finds one of these texts in any case.
pub fn in_any_case<'a>(literals: impl IntoIterator<Item = &'a str>) -> String {
    let list: Vec<String> = literals.into_iter().map(regex::escape).collect();
    format!("(?i){}", list.join("|"))
}

/// Words of the search command that are no fields, and that are not done.
const REFUSED: &[(&[&str], &str)] = &[
    (&["savedsearch", "savedsplunk"], "run it with the savedsearch command, or union with it"),
    (
        &["searchtimespandays", "searchtimespanhours", "searchtimespanminutes", "searchtimespanmonths"],
        "the documentation does not say where its range begins: use earliest and latest",
    ),
    (&["timeformat"], "give earliest and latest in one of their own forms"),
];

/// Which way a modifier compares the time of indexing.
fn index_time(field: &str) -> Option<Compare> {
    match field {
        "_index_earliest" => Some(Compare::GreaterEqual),
        "_index_latest" => Some(Compare::Less),
        _ => None,
    }
}

fn escaped_breakers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escapes =
            c == '\\' && chars.peek().is_some_and(|n| matches!(n, '/' | ':' | '=' | '@' | '.' | '-' | '$' | '#' | '%' | '_'));
        if !escapes {
            out.push(c);
        }
    }
    out
}

/// A term as a regular expression over the raw text. Words match whole segments: text between breakers, where letters
/// and digits are inside and everything else breaks. `TERM()` takes a token bounded by major breakers, or one without
/// minor breakers in it bounded by any (segmenters.conf.spec).
fn term_pattern(text: &str, quoted: bool, kind: TermKind) -> String {
    const MAJOR: &str = r#"[\s\[\]<>(){}|!;,'"*&?+]"#;
    const MINOR: &[char] = &['/', ':', '=', '@', '.', '-', '$', '#', '%', '\\', '_'];
    let any = r"[\W_]";
    let breaker = if kind == TermKind::Term && text.contains(MINOR) { MAJOR } else { any };
    // A star in an unquoted word stays inside a major segment.
    let star = if quoted { "(?s:.*?)" } else { r#"[^\s\[\]<>(){}|!;,'"&?+]*?"# };
    let body: Vec<String> = text.trim_matches('*').split('*').map(regex::escape).collect();
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric) || kind == TermKind::Term;
    let mut pattern = String::from(if kind == TermKind::Case { "" } else { "(?i)" });
    if !text.starts_with('*') && inside(text.chars().next()) {
        pattern.push_str(&format!("(?:^|{breaker})"));
    }
    pattern.push_str(&body.join(star));
    if !text.ends_with('*') && inside(text.chars().next_back()) {
        pattern.push_str(&format!("(?:$|{breaker})"));
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{MappedText, Sources};
    use crate::spl::Cursor;
    use crate::store::Column;

    fn hits(search: &str, rows: &[&[(&str, Value)]]) -> Vec<usize> {
        let sources = Sources::new();
        let spl = Spl::new(MappedText::plain(sources.add("x", search), 0, search));
        let expr = SearchExpr::parse(&mut Cursor::whole(&spl), &[]).expect("parses");
        let (filter, _) = Filter::compile(&expr, &spl, true, &Cx::utc(1000.0)).expect("compiles");
        let mut table = Table::new(rows.len());
        for field in ["a", "b", "_raw", "_time"] {
            let of = |row: &&[(&str, Value)]| row.iter().find(|(n, _)| *n == field).map(|(_, v)| v.clone()).unwrap_or_default();
            table.set(field, Column::flat(rows.iter().map(of).collect()));
        }
        filter.mask(&table).iter().enumerate().filter(|(_, m)| **m).map(|(i, _)| i).collect()
    }

    #[test]
    fn comparisons() {
        let rows: &[&[(&str, Value)]] = &[
            &[("a", "MsiExec.exe".into()), ("b", "10".into())],
            &[("a", "cmd.exe".into()), ("b", "9".into())],
            &[("b", "10.1.2.3".into())],
            &[("a", Value::Multi(vec!["x".into(), "cmd.exe".into()].into()))],
        ];
        for (search, want) in [
            ("a=msiexec.exe", vec![0]),
            ("a=*exe", vec![0, 1, 3]),
            ("a!=cmd.exe", vec![0, 3]),
            ("NOT a=cmd.exe", vec![0, 2]),
            ("b>9", vec![0]),
            ("b=10.0", vec![0]),
            ("b=10.0.0.0/8", vec![2]),
            ("a IN (CMD.exe, nothing)", vec![1, 3]),
            ("a=cmd.exe OR b=10 b=10", vec![0]),
        ] {
            assert_eq!(hits(search, rows), want, "{search}");
        }
    }

    #[test]
    fn terms_match_segments() {
        let raw = |t: &str| [("_raw", Value::from(t)), ("_time", Value::Number(500.0))];
        let (a, b, c) = (raw("login failed for admin_backup"), raw("fail a_b_c_d"), raw("GET /../../etc x=Device Paired"));
        let rows: &[&[(&str, Value)]] = &[&a, &b, &c];
        for (search, want) in [
            ("fail", vec![1]),
            ("fail*", vec![0, 1]),
            ("FAILED", vec![0]),
            ("\"device paired\"", vec![2]),
            ("TERM(admin)", vec![0]),
            ("TERM(b_c)", vec![]),
            ("b_c", vec![1]),
            ("CASE(get)", vec![]),
            ("\"/../..\"", vec![2]),
            ("earliest=400 latest=600 NOT fail", vec![0, 2]),
            ("earliest=600", vec![]),
            ("*", vec![0, 1, 2]),
        ] {
            assert_eq!(hits(search, rows), want, "{search}");
        }
    }
}

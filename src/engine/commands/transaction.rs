//! `transaction`.
//!
//! Events come newest first, so a transaction is met at its end: an event that fits `endswith` opens one, an event that
//! fits `startswith` closes it (Search Reference, transaction).

use std::collections::BTreeSet;
use std::ops::Range;

use super::prelude::*;
use super::{aggregation, inline};
use crate::eval::Filter;
use crate::knowledge::parse_bool;
use crate::spl::time::TimeSpan;

#[derive(Debug)]
struct Transaction {
    fields: Vec<Text>,
    starts: Option<Condition>,
    ends: Option<Condition>,
    max_span: Option<f64>,
    max_pause: Option<f64>,
    max_events: usize,
    connected: bool,
    keep_evicted: bool,
    lists: Lists,
    /// `nullstr`: what stands in a list for an event without the field.
    null: Text,
}

/// `mvlist`: the fields that have the value of every event, in the order of time, in place of the distinct ones.
#[derive(Debug)]
enum Lists {
    None,
    All,
    Some(Vec<String>),
}

impl Lists {
    fn has(&self, field: &str) -> bool {
        match self {
            Lists::None => false,
            Lists::All => true,
            Lists::Some(fields) => fields.iter().any(|f| f == field),
        }
    }
}

#[derive(Debug)]
enum Condition {
    Search(Filter),
    Eval(Program),
}

impl Condition {
    fn mask(&self, table: &Table, run: &Run<'_>) -> Vec<bool> {
        match self {
            Condition::Search(filter) => filter.mask(table),
            Condition::Eval(program) => program.mask(table, &run.cx),
        }
    }

    fn fields(&self) -> Vec<Text> {
        match self {
            Condition::Search(filter) => filter.fields(),
            Condition::Eval(program) => program.fields().to_vec(),
        }
    }
}

/// A transaction while it grows towards the past.
#[derive(Debug)]
struct Group {
    /// Newest first.
    rows: Vec<usize>,
    values: Vec<BTreeSet<Text>>,
    newest: f64,
    oldest: f64,
    /// Its last event fits `endswith`, its first one `startswith`.
    ended: bool,
    begun: bool,
    /// A condition or a limit closed it.
    closed: bool,
}

impl Transaction {
    fn groups(&self, input: &Table, times: &[f64], starts: Option<&[bool]>, ends: Option<&[bool]>) -> Vec<Group> {
        let columns: Vec<Column> = self.fields.iter().map(|f| input.column_or_null(f)).collect();
        let mut open: Vec<Group> = Vec::new();
        let mut done: Vec<Group> = Vec::new();
        for row in 0..input.len() {
            let values: Vec<BTreeSet<Text>> = columns.iter().map(|c| c.get(row).texts().into_iter().collect()).collect();
            if !self.fields.is_empty() && values.iter().all(BTreeSet::is_empty) {
                continue;
            }
            let is_start = starts.is_some_and(|m| m[row]);
            let is_end = ends.is_some_and(|m| m[row]);
            let mut at = open.iter().rposition(|g| self.fits(g, &values));
            if let Some(n) = at {
                let group = &open[n];
                let too_long = self.max_span.is_some_and(|s| group.newest - times[row] > s) || self.max_pause.is_some_and(|p| group.oldest - times[row] > p);
                if too_long || is_end {
                    let mut group = open.remove(n);
                    group.closed = too_long;
                    done.push(group);
                    at = None;
                }
            }
            let n = at.unwrap_or_else(|| {
                let values = vec![BTreeSet::new(); self.fields.len()];
                open.push(Group { rows: Vec::new(), values, newest: times[row], oldest: times[row], ended: is_end, begun: false, closed: false });
                open.len() - 1
            });
            let group = &mut open[n];
            group.rows.push(row);
            group.oldest = times[row];
            for (known, mut new) in group.values.iter_mut().zip(values) {
                known.append(&mut new);
            }
            group.begun |= is_start;
            if is_start || group.rows.len() >= self.max_events {
                let mut group = open.remove(n);
                group.closed = true;
                done.push(group);
            }
        }
        done.append(&mut open);
        done
    }

    /// No field may have another value; if events must be connected, some field must have the same.
    fn fits(&self, group: &Group, values: &[BTreeSet<Text>]) -> bool {
        let mut shared = self.fields.is_empty();
        for (known, new) in group.values.iter().zip(values) {
            if !known.is_empty() && !new.is_empty() {
                if known.is_disjoint(new) {
                    return false;
                }
                shared = true;
            }
        }
        shared || !self.connected
    }
}

impl Operator for Transaction {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut times = aggregation::times(&input);
        let mut input = input;
        if times.windows(2).any(|w| w[0] < w[1]) {
            run.warn(warning("transaction needs events newest first: they were sorted"));
            let mut order: Vec<u32> = (0..input.len() as u32).collect();
            order.sort_by(|a, b| times[*b as usize].total_cmp(&times[*a as usize]));
            input = input.gather(&order);
            times = aggregation::times(&input);
        }
        let mask = |condition: &Option<Condition>| condition.as_ref().map(|c| c.mask(&input, run));
        let (starts, ends) = (mask(&self.starts), mask(&self.ends));
        let mut groups = self.groups(&input, &times, starts.as_deref(), ends.as_deref());
        let whole = |g: &Group| (g.begun || starts.is_none()) && (g.ended || ends.is_none());
        groups.retain(|g| self.keep_evicted || whole(g));
        groups.sort_by(|a, b| b.oldest.total_cmp(&a.oldest));
        let mut output = Table::new(groups.len());
        for (name, column) in input.columns().filter(|(name, _)| !name.starts_with('_')) {
            let list = self.lists.has(name);
            let values = |g: &Group| {
                if list {
                    let of_row = |row: &usize| match column.get(*row) {
                        Value::Null => vec![self.null.clone()],
                        value => value.texts(),
                    };
                    return Value::from_texts(g.rows.iter().rev().flat_map(of_row).collect());
                }
                let all: BTreeSet<Text> = g.rows.iter().flat_map(|r| column.get(*r).texts()).collect();
                Value::from_texts(all.into_iter().collect())
            };
            output.set(name.clone(), Column::flat(groups.iter().map(values).collect()));
        }
        output.set("_time", Column::flat(groups.iter().map(|g| Value::Number(g.oldest)).collect()));
        let raw = input.column_or_null("_raw");
        let joined = |g: &Group| {
            let lines: Vec<Text> = g.rows.iter().rev().filter(|r| !raw.get(**r).is_null()).map(|r| raw.get(*r).to_text()).collect();
            if lines.is_empty() { Value::Null } else { Value::from(lines.join("\n")) }
        };
        output.set("_raw", Column::flat(groups.iter().map(joined).collect()));
        let number = |f: &dyn Fn(&Group) -> f64| Column::flat(groups.iter().map(|g| Value::from(f(g))).collect());
        output.set("duration", number(&|g| ((g.newest - g.oldest) * 1e6).round() / 1e6));
        output.set("eventcount", number(&|g| g.rows.len() as f64));
        output.set("closed_txn", number(&|g| f64::from(u8::from(g.closed && whole(g)))));
        Ok(output)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(&self.fields);
        for made in ["duration", "eventcount", "closed_txn", "field_match_sum", "linecount"] {
            schema.add(&made.into());
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        let conditions: Vec<Text> = self.starts.iter().chain(&self.ends).flat_map(Condition::fields).collect();
        after.and(self.fields.iter().chain(&conditions).map(Text::as_str).chain(["_time", "_raw"]))
    }
}

/// `startswith=` and `endswith=`: a search expression in quotes or parentheses, or `eval(expression)`.
fn condition(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Result<Condition, Diagnostic> {
    cursor.white();
    let from = cursor.position();
    if cursor.keyword("eval") && cursor.eat(b'(') {
        let expr = Expr::parse(cursor)?;
        if !cursor.eat(b')') {
            return Err(cursor.unexpected("the parenthesis of eval( is not closed"));
        }
        return Ok(Condition::Eval(compiler.eval(&expr, place.spl).ok_or_else(|| reported(place))?));
    }
    cursor.reset(from);
    let (text, at): (String, Range<usize>) = match cursor.peek() {
        Some(b'"') => {
            let word = cursor.quoted()?;
            (word.text, word.at)
        }
        Some(b'(') => {
            let Some(len) = closing(cursor.rest()) else { return Err(cursor.problem(Code::SplSyntax, &(from..from + 1), "the parenthesis is not closed", "opens here")) };
            let text = cursor.rest()[1..len].to_string();
            cursor.advance(len + 1);
            (text, from..from + len + 1)
        }
        _ => {
            let Some(word) = cursor.word()? else { return Err(cursor.unexpected("a condition is expected")) };
            (place.spl.text()[word.at.clone()].to_string(), word.at)
        }
    };
    Ok(Condition::Search(inline::filter(&text, &at, place)?))
}

/// Where the parenthesis closes that the text begins with.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut skip) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if skip => skip = false,
            b'\\' => skip = true,
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn seconds(cursor: &Cursor<'_>, options: &Options, name: &str) -> Result<Option<f64>, Diagnostic> {
    let Some(word) = options.word(name).filter(|w| w.text != "-1") else { return Ok(None) };
    match TimeSpan::parse(&word.text).and_then(|s| s.unit.seconds().map(|u| s.count * u)) {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(cursor.problem(Code::SplOption, &word.at, format!("`{}` is no span of time", word.text), "expected such as 30s, 5m, 1h or 1d")),
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let (mut starts, mut ends) = (None, None);
    let mut fields: Vec<Text> = Vec::new();
    loop {
        cursor.separators();
        if cursor.is_done() {
            break;
        }
        let begins = cursor.rest().to_ascii_lowercase();
        if let Some(name) = ["startswith", "endswith"].into_iter().find(|n| begins.strip_prefix(n).is_some_and(|r| r.trim_start().starts_with('='))) {
            cursor.advance(name.len());
            cursor.eat(b'=');
            let condition = condition(cursor, place, compiler)?;
            *(if name == "startswith" { &mut starts } else { &mut ends }) = Some(condition);
            continue;
        }
        if options.take(cursor, &DEF)? {
            continue;
        }
        match cursor.field()? {
            Some(word) => fields.push(word.text.into()),
            None => return Err(cursor.unexpected("a field or an option is expected")),
        }
    }
    for (name, default) in [("name", ""), ("unifyends", "false"), ("keeporphans", "false"), ("mvraw", "false"), ("delim", "")] {
        let differs = options.word(name).filter(|_| default.is_empty() || options.bool(name, true));
        if let Some(word) = differs {
            return Err(cursor.problem(Code::SplUnsupported, &word.at, format!("`{name}` of transaction is not supported: the local engine does not have it yet"), "not supported here"));
        }
    }
    Ok(Box::new(Transaction {
        fields,
        starts,
        ends,
        max_span: seconds(cursor, &options, "maxspan")?,
        max_pause: seconds(cursor, &options, "maxpause")?,
        max_events: usize::try_from(options.int("maxevents", 1_000)).ok().filter(|n| *n > 0).unwrap_or(usize::MAX),
        connected: options.bool("connected", true),
        keep_evicted: options.bool("keepevicted", false),
        lists: match options.text("mvlist").map(|text| (parse_bool(Some(text)), text)) {
            None | Some((Some(false), _)) => Lists::None,
            Some((Some(true), _)) => Lists::All,
            Some((None, list)) => Lists::Some(list.split(',').map(|f| f.trim().to_string()).collect()),
        },
        null: Text::new(options.text("nullstr").unwrap_or("NULL")),
    }))
}

pub(super) const DEF: Command = Command {
    name: "transaction",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "transaction [<field-list>] [maxspan=<span>] [maxpause=<span>] [maxevents=<int>] [startswith=<condition>] [endswith=<condition>] [connected=<bool>] [keepevicted=<bool>] [mvlist=<bool>|<field-list>] [nullstr=<string>]",
    summary: "Puts events together that have the same values in the fields, between a start and an end; adds duration and eventcount. Other fields have all distinct values, in order of their text.",
    options: &[
        Opt { name: "maxspan", kind: OptKind::Text, default: "-1", doc: "At most so much time from first to last event." },
        Opt { name: "maxpause", kind: OptKind::Text, default: "-1", doc: "At most so much time between two events." },
        Opt { name: "maxevents", kind: OptKind::Int, default: "1000", doc: "At most so many events." },
        Opt { name: "connected", kind: OptKind::Bool, default: "true", doc: "An event must share a value with the events before." },
        Opt { name: "keepevicted", kind: OptKind::Bool, default: "false", doc: "Also those without their start or end." },
        Opt { name: "maxopentxn", kind: OptKind::Int, default: "", doc: "Read over: memory is not limited here." },
        Opt { name: "maxopenevents", kind: OptKind::Int, default: "", doc: "Read over: memory is not limited here." },
        Opt { name: "name", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "unifyends", kind: OptKind::Bool, default: "false", doc: "Not supported." },
        Opt { name: "keeporphans", kind: OptKind::Bool, default: "false", doc: "Not supported." },
        Opt { name: "mvlist", kind: OptKind::Text, default: "false", doc: "Fields, or all, that have the value of every event in order of time." },
        Opt { name: "mvraw", kind: OptKind::Bool, default: "false", doc: "Not supported." },
        Opt { name: "delim", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "nullstr", kind: OptKind::Text, default: "NULL", doc: "What stands in such a list for an event without the field." },
    ],
    examples: &[
        (
            "| makeresults format=csv data=\"_time,s,e\n40,A,end\n31,B,x\n30,A,mid\n0,A,start\" | transaction s startswith=(e=start) endswith=eval(e==\"end\") | table s e duration eventcount",
            &[&[("s", "A"), ("e", "end mid start"), ("duration", "40"), ("eventcount", "3")]],
        ),
        (
            "| makeresults format=csv data=\"_time,s,e\n40,A,x\n30,A,\n20,A,y\n10,A,x\" | transaction s mvlist=e | table s e",
            &[&[("s", "A"), ("e", "x y NULL x")]],
        ),
        (
            "| makeresults format=csv data=\"_time,s\n500,A\n400,A\n10,A\n\" | transaction s maxpause=5m | table duration eventcount",
            &[&[("duration", "100"), ("eventcount", "2")], &[("duration", "0"), ("eventcount", "1")]],
        ),
    ],
    differs: &[
        "transactions come newest first by the time of their first event",
        "a transaction that maxspan or maxpause closes before its startswith event is evicted",
        "events without any of the fields belong to no transaction",
    ],
    compile,
};

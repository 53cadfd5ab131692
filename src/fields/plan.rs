//! What is to be done with the events of one sourcetype, source and host.

use rayon::prelude::*;

use super::building::Building;
use super::event_types::EventTypes;
use super::kv::Mode;
use super::lookup::Lookup;
use super::transform::Transform;
use super::{METADATA, Needed, Wanted};
use crate::eval::{Cx, Program, compile};
use crate::knowledge::{Knowledge, Settings};
use crate::spl::{Cursor, Expr, Spl};
use crate::store::{Column, Table, Text, Value};

/// The steps, in order.
pub(super) struct Plan {
    extractions: Vec<Transform>,
    kv: Mode,
    aliases: Vec<Vec<Alias>>,
    evals: Vec<(Text, Program)>,
    lookups: Vec<Lookup>,
    /// What the extractions must make: what was asked for and what the later steps read.
    extract: Wanted,
    /// What the result is to hold.
    needed: Needed,
    /// One row with the metadata of the group.
    metadata: Table,
}

/// `from AS to`.
struct Alias {
    from: Text,
    to: Text,
    /// ASNEW: a value that is there stays.
    only_new: bool,
}

impl Plan {
    pub(super) fn new(
        sourcetype: &str,
        source: &str,
        host: &str,
        needed: &Needed,
        knowledge: &Knowledge,
        event_types: &EventTypes,
    ) -> Plan {
        let settings = knowledge.props().settings(sourcetype, source, host);
        let mut metadata = Table::new(1);
        for (field, value) in [("sourcetype", sourcetype), ("source", source), ("host", host)] {
            metadata.set(field, Column::constant(Value::from(value), 1));
        }
        let mut want = needed.clone();
        if let Needed::Only(list) = &mut want {
            list.extend(event_types.needs(&metadata, needed));
            list.retain(|f| !METADATA.contains(&f.as_str()));
        }
        let nothing = matches!(&want, Needed::Only(list) if list.is_empty());
        let mut plan = Plan {
            extractions: Vec::new(),
            kv: Mode::None,
            aliases: Vec::new(),
            evals: Vec::new(),
            lookups: Vec::new(),
            extract: Wanted::new(&want),
            needed: needed.clone(),
            metadata,
        };
        if nothing {
            return plan;
        }
        plan.choose(&settings, want, knowledge);
        plan
    }

    /// Goes backwards from what is needed to what it depends on.
    fn choose(&mut self, settings: &Settings, mut want: Needed, knowledge: &Knowledge) {
        let add = |want: &mut Needed, fields: &mut dyn Iterator<Item = &Text>| {
            if let Needed::Only(list) = want {
                list.extend(fields.cloned());
            }
        };
        for setting in classes(settings, "LOOKUP").into_iter().rev() {
            if let Some(lookup) = parse_lookup(setting, knowledge)
                && lookup.outputs().iter().any(|o| want.wants(&o.field))
            {
                add(&mut want, &mut lookup.input_fields());
                self.lookups.push(lookup);
            }
        }
        self.lookups.reverse();
        let mut before_evals = want.clone();
        for (key, setting) in settings.iter().filter(|(k, _)| k.starts_with("EVAL-")) {
            let field = Text::new(&key["EVAL-".len()..]);
            if !want.wants(&field) {
                continue;
            }
            let spl = Spl::new(setting.text.clone());
            let mut problems = Vec::new();
            if let Ok(expr) = Expr::parse(&mut Cursor::whole(&spl))
                && let Some(program) = compile(&expr, &spl, &mut problems)
            {
                add(&mut before_evals, &mut program.fields().iter());
                self.evals.push((field, program));
            }
        }
        self.evals.sort_by(|a, b| a.0.cmp(&b.0));
        let mut want = before_evals;
        for setting in classes(settings, "FIELDALIAS").into_iter().rev() {
            let group: Vec<Alias> = parse_aliases(setting).into_iter().filter(|a| want.wants(&a.to)).collect();
            if !group.is_empty() {
                add(&mut want, &mut group.iter().map(|a| &a.from));
                self.aliases.push(group);
            }
        }
        self.aliases.reverse();
        // Fields of INDEXED_EXTRACTIONS = json are made at search time, once, whichever way the event came in.
        let indexed_json = settings.get("INDEXED_EXTRACTIONS").is_some_and(|s| s.text.text().trim().eq_ignore_ascii_case("json"));
        self.kv = if indexed_json {
            Ok(Mode::Json)
        } else {
            settings.get("KV_MODE").map_or(Ok(Mode::Auto { escaped: false }), |s| Mode::parse(s.text.text()))
        }
        .unwrap_or(Mode::None);
        let mut transforms = Vec::new();
        for setting in classes(settings, "EXTRACT") {
            transforms.extend(Transform::of_extract(setting).ok());
        }
        for setting in classes(settings, "REPORT") {
            for name in setting.split(',').map(str::trim).filter(|n| !n.is_empty()) {
                transforms.extend(knowledge.transform(name).and_then(|stanza| Transform::of_stanza(stanza).ok()));
            }
        }
        for transform in transforms.into_iter().rev() {
            if transform.may_make(&want) {
                if let Needed::Only(list) = &mut want
                    && !METADATA.contains(&transform.source())
                {
                    list.insert(Text::new(transform.source()));
                }
                self.extractions.push(transform);
            }
        }
        self.extractions.reverse();
        self.extract = Wanted::new(&want);
    }

    /// The events with their fields.
    pub(super) fn run(&self, events: &Table, event_types: &EventTypes, cx: &Cx) -> Table {
        let mut table = self.extracted_in_parts(events);
        for group in &self.aliases {
            alias(&mut table, group);
        }
        let made: Vec<(Text, Column)> =
            self.evals.iter().map(|(field, program)| (field.clone(), program.column(&table, cx))).collect();
        for (field, column) in made {
            table.set(field, column);
        }
        for lookup in &self.lookups {
            lookup.run(&mut table);
        }
        event_types.run(&mut table, &self.metadata, &self.needed);
        if matches!(self.needed, Needed::Only(_)) {
            table.retain(|field| METADATA.contains(&field) || events.has(field) || self.needed.wants(field));
        }
        table
    }

    /// Extractions look at one event at a time: many events are parted between the cores.
    fn extracted_in_parts(&self, events: &Table) -> Table {
        const PART: usize = 4096;
        if events.len() <= 2 * PART {
            return self.extracted(events);
        }
        let starts: Vec<usize> = (0..events.len()).step_by(PART).collect();
        let parts: Vec<Table> = starts.into_par_iter().map(|start| self.extracted(&events.slice(start, start + PART))).collect();
        Table::concat(&parts)
    }

    fn extracted(&self, events: &Table) -> Table {
        let mut table = events.clone();
        if self.extractions.is_empty() && self.kv == Mode::None {
            return table;
        }
        let mut made = Building::default();
        let mut extractions: Vec<_> = self.extractions.iter().map(|t| (t, t.matcher())).collect();
        for row in 0..events.len() {
            made.start(row);
            for (transform, matcher) in &mut extractions {
                transform.run(row, events, &mut made, &self.extract, matcher.as_mut());
            }
            self.kv.run(row, events, &mut made, &self.extract);
        }
        for (name, column) in made.finish(events.len()) {
            let merged = match events.column(&name) {
                Some(indexed) => super::coalesce(indexed, &column),
                None => column,
            };
            table.set(name, merged);
        }
        table
    }
}

/// The values of settings such as `EXTRACT-x`, `LOOKUP_y`, in ASCII order of their names. A hyphen, an underscore or
/// nothing may stand between prefix and class (props.conf.spec says so of LOOKUP; add-ons do it with all).
fn classes<'a>(settings: &'a Settings, prefix: &str) -> Vec<&'a str> {
    let is_class = |key: &str| {
        key.get(..prefix.len()).is_some_and(|p| p.eq_ignore_ascii_case(prefix)) && key[prefix.len()..].starts_with(['-', '_'])
    };
    let mut list: Vec<(&str, &str)> = settings
        .iter()
        .filter(|(k, s)| is_class(k) && !s.text.text().trim().is_empty())
        .map(|(k, s)| (k.as_str(), s.text.text().trim()))
        .collect();
    list.sort_unstable();
    list.into_iter().map(|(_, value)| value).collect()
}

/// `a AS b, "c d" ASNEW e`.
fn parse_aliases(setting: &str) -> Vec<Alias> {
    let words = words(setting);
    words
        .windows(3)
        .filter(|w| w[1].eq_ignore_ascii_case("AS") || w[1].eq_ignore_ascii_case("ASNEW"))
        .map(|w| Alias { from: Text::new(&w[0]), to: Text::new(&w[2]), only_new: w[1].len() == 5 })
        .collect()
}

/// All aliases of a class read the fields as they were before it. Several may name one target: an ASNEW only fills what
/// those before it left empty.
fn alias(table: &mut Table, group: &[Alias]) {
    let sources: Vec<Column> = group.iter().map(|alias| table.column_or_null(&alias.from)).collect();
    for (alias, from) in group.iter().zip(sources) {
        let column = if alias.only_new { super::coalesce(&table.column_or_null(&alias.to), &from) } else { from };
        table.set(alias.to.clone(), column);
    }
}

/// `name column AS field, … OUTPUT column AS field, …`.
pub(super) fn parse_lookup(setting: &str, knowledge: &Knowledge) -> Option<Lookup> {
    let words = words(setting);
    let (name, rest) = words.split_first()?;
    let at = rest.iter().position(|w| w.eq_ignore_ascii_case("OUTPUT") || w.eq_ignore_ascii_case("OUTPUTNEW"));
    let (inputs, outputs) = match at {
        Some(at) => (&rest[..at], Some((&rest[at + 1..], rest[at].len() > "OUTPUT".len()))),
        None => (rest, None),
    };
    let def = knowledge.lookup(name)?;
    if def.unsupported.is_some() || def.program.is_some() {
        return None;
    }
    let table = knowledge.lookup_table(&def).ok()?;
    let only_new = outputs.is_some_and(|(_, new)| new);
    Lookup::new(def, table, &pairs(inputs), outputs.map(|(list, _)| pairs(list)).as_deref(), only_new).ok()
}

/// `column AS field`, or a name that is both.
fn pairs(words: &[String]) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let renamed = words.get(at + 1).is_some_and(|w| w.eq_ignore_ascii_case("AS")) && at + 2 < words.len();
        list.push((words[at].clone(), words[if renamed { at + 2 } else { at }].clone()));
        at += if renamed { 3 } else { 1 };
    }
    list
}

/// Words between blanks and commas; quotes hold them together.
fn words(text: &str) -> Vec<String> {
    let mut list = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if !quoted && (c.is_whitespace() || c == ',') => list.push(String::new()),
            c => {
                if let Some(word) = list.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    list.retain(|w| !w.is_empty());
    list
}

//! Event types and tags.

use hashbrown::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Span};
use crate::eval::{Cx, Filter, Wildcard};
use crate::knowledge::{EventType, Knowledge, TagRule};
use crate::spl::search::Compare;
use crate::spl::{Cursor, SearchExpr, expand};
use crate::store::{Column, Table, Text, Value};

use super::Needed;

/// Event types inside event types, at most this deep.
const MAX_DEPTH: usize = 20;

/// All event types and tags, compiled.
#[derive(Debug, Default)]
pub struct EventTypes {
    list: Vec<Compiled>,
    /// Tags by field, in the order of first appearance.
    tags: Vec<(Text, Vec<TagRule>)>,
}

#[derive(Debug)]
struct Compiled {
    name: Text,
    place: Option<Span>,
    builtin: bool,
    /// The part that asks only for metadata, and the rest.
    metadata: Filter,
    rest: Filter,
}

impl EventTypes {
    /// Compiles them. An event type that cannot be compiled matches nothing; the diagnostics say so.
    pub fn new(knowledge: &Knowledge, problems: &mut Vec<Diagnostic>) -> Self {
        let mut parsed: HashMap<String, (SearchExpr, crate::spl::Spl)> = HashMap::new();
        for event_type in knowledge.event_types() {
            let (spl, mut wrong) = expand(&event_type.search, knowledge);
            let expr = SearchExpr::parse(&mut Cursor::whole(&spl), &[]);
            match expr {
                Ok(expr) if wrong.is_empty() => {
                    parsed.insert(event_type.name.clone(), (expr, spl));
                }
                Ok(_) => problems.append(&mut wrong),
                Err(problem) => problems.push(problem),
            }
        }
        let mut list = Vec::new();
        for event_type in knowledge.event_types() {
            let Some((expr, spl)) = parsed.get(&event_type.name) else { continue };
            let whole = inline(expr, &parsed, 0);
            match Filter::compile(&whole, spl, false, &Cx::utc(0.0)) {
                Ok((filter, _)) => {
                    // What one plan has for all its events; `index` is not among it.
                    let (metadata, rest) = filter.split(|f| matches!(f, "host" | "source" | "sourcetype"));
                    let EventType { name, builtin, search } = event_type;
                    let place = search.span(0, search.text().len());
                    list.push(Compiled { name: Text::new(name), place, builtin: *builtin, metadata, rest });
                }
                Err(problem) => problems.push(problem),
            }
        }
        let mut tags: Vec<(Text, Vec<TagRule>)> = Vec::new();
        for rule in knowledge.tags() {
            match tags.iter_mut().find(|(f, _)| f == rule.field.as_str()) {
                Some((_, rules)) => rules.push(rule.clone()),
                None => tags.push((Text::new(&rule.field), vec![rule.clone()])),
            }
        }
        EventTypes { list, tags }
    }

    /// The fields that event types and tags depend on, for events of this metadata. `users`: a user's app speaks of
    /// them, and what is built in does not count.
    pub(super) fn needs(&self, metadata: &Table, users: bool, needed: &Needed) -> Vec<Text> {
        let mut fields: HashSet<Text> = HashSet::new();
        let tags = wants_tags(needed);
        if tags {
            fields.extend(self.tags.iter().map(|(f, _)| f.clone()).filter(|f| f != "eventtype"));
        }
        if tags || needed.wants("eventtype") {
            for event_type in self.list.iter().filter(|e| !(users && e.builtin) && e.may_match(metadata)) {
                fields.extend(event_type.rest.fields());
            }
        }
        let mut list: Vec<Text> = fields.into_iter().collect();
        list.sort();
        list
    }

    /// Sets `eventtype`, `tag` and `tag::field`. `users` as in [`EventTypes::needs`].
    pub(super) fn run(&self, table: &mut Table, metadata: &Table, users: bool, needed: &Needed) {
        let tags = wants_tags(needed);
        if table.is_empty() || !(tags || needed.wants("eventtype")) {
            return;
        }
        let mut names: Vec<Vec<Text>> = vec![Vec::new(); table.len()];
        for event_type in self.list.iter().filter(|e| !(users && e.builtin) && e.may_match(metadata)) {
            for (row, hit) in event_type.rest.mask(table).into_iter().enumerate() {
                if hit {
                    names[row].push(event_type.name.clone());
                }
            }
        }
        table.set("eventtype", dictionary(names));
        if !tags {
            return;
        }
        let of_fields = self.tags_of_some(table, None, |rule| !(users && rule.builtin));
        let all = union(&of_fields, table.len());
        for (field, tags) in of_fields {
            table.set(format!("tag::{field}"), tags);
        }
        table.set("tag", all);
    }

    /// Where the search of an event type stands.
    pub(super) fn place(&self, name: &str) -> Option<Span> {
        self.list.iter().find(|e| e.name == name)?.place
    }

    /// The tags of one value of a field, with where each stands.
    pub(super) fn tags_of_value(&self, field: &str, value: &str, users: bool) -> Vec<(&str, Span)> {
        let rules = self.tags.iter().filter(|(f, _)| f == field).flat_map(|(_, rules)| rules);
        let fits = |rule: &&TagRule| !(users && rule.builtin) && Wildcard::exact_case(&rule.value).matches(value);
        rules.filter(fits).map(|rule| (rule.tag.as_str(), rule.place)).collect()
    }

    /// The fields that have tags.
    pub(super) fn tagged_fields(&self) -> impl Iterator<Item = &Text> {
        self.tags.iter().map(|(field, _)| field)
    }

    /// The event types of each row, whatever its sourcetype.
    pub(crate) fn types_of(&self, table: &Table) -> Column {
        let mut names: Vec<Vec<Text>> = vec![Vec::new(); table.len()];
        for event_type in &self.list {
            let rest = event_type.rest.mask(table);
            for (row, hit) in event_type.metadata.mask(table).into_iter().enumerate() {
                if hit && rest[row] {
                    names[row].push(event_type.name.clone());
                }
            }
        }
        dictionary(names)
    }

    /// The tags of each row's values: of these fields, or of all; a field without tags is left out.
    pub(crate) fn tags_of(&self, table: &Table, fields: Option<&[Text]>) -> Vec<(Text, Column)> {
        self.tags_of_some(table, fields, |_| true)
    }

    fn tags_of_some(&self, table: &Table, fields: Option<&[Text]>, counts: impl Fn(&TagRule) -> bool) -> Vec<(Text, Column)> {
        let asked = |field: &Text| fields.is_none_or(|list| list.contains(field));
        let mut list = Vec::new();
        for (field, rules) in self.tags.iter().filter(|(field, _)| asked(field)) {
            let Some(column) = table.column(field) else { continue };
            let wildcards: Vec<(Wildcard, &TagRule)> =
                rules.iter().filter(|r| counts(r)).map(|r| (Wildcard::exact_case(&r.value), r)).collect();
            let of_value = column.map(|value| {
                let mut tags: Vec<Text> = Vec::new();
                value.each(|text| {
                    for (_, rule) in wildcards.iter().filter(|(w, _)| w.matches(text)) {
                        if !tags.iter().any(|t| t == rule.tag.as_str()) {
                            tags.push(Text::new(&rule.tag));
                        }
                    }
                });
                Value::from_texts(tags)
            });
            if !of_value.is_all_null() {
                list.push((field.clone(), of_value));
            }
        }
        list
    }
}

/// All values of a row in some columns, each once, in order of their text.
pub(crate) fn union(columns: &[(Text, Column)], rows: usize) -> Column {
    let mut all: Vec<Vec<Text>> = vec![Vec::new(); rows];
    for (row, list) in all.iter_mut().enumerate() {
        for (_, column) in columns {
            list.extend(column.get(row).texts());
        }
        list.sort();
        list.dedup();
    }
    dictionary(all)
}

impl Compiled {
    fn may_match(&self, metadata: &Table) -> bool {
        self.metadata.mask(metadata).first() == Some(&true)
    }
}

fn wants_tags(needed: &Needed) -> bool {
    match needed {
        Needed::All => true,
        Needed::Only(list) => needed.wants("tag") || list.iter().any(|f| f.starts_with("tag::")),
    }
}

/// Rows of few distinct lists as a dictionary column.
fn dictionary(rows: Vec<Vec<Text>>) -> Column {
    let mut seen: HashMap<Vec<Text>, u32> = HashMap::new();
    let mut values = Vec::new();
    let codes = rows
        .into_iter()
        .map(|list| match seen.get(&list) {
            Some(code) => *code,
            None => {
                values.push(Value::from_texts(list.clone()));
                let code = (values.len() - 1) as u32;
                seen.insert(list, code);
                code
            }
        })
        .collect();
    Column::dictionary(values, codes)
}

/// Puts the searches of other event types in the place of `eventtype=name`.
fn inline(expr: &SearchExpr, all: &HashMap<String, (SearchExpr, crate::spl::Spl)>, depth: usize) -> SearchExpr {
    let each = |list: &[SearchExpr]| list.iter().map(|e| inline(e, all, depth)).collect();
    match expr {
        SearchExpr::And(list) => SearchExpr::And(each(list)),
        SearchExpr::Or(list) => SearchExpr::Or(each(list)),
        SearchExpr::Not(inner) => SearchExpr::Not(Box::new(inline(inner, all, depth))),
        SearchExpr::Compare { field, op: Compare::Equal, value, .. } if field == "eventtype" && depth < MAX_DEPTH => {
            let name = Wildcard::new(&value.text);
            let mut names: Vec<&String> = all.keys().filter(|n| name.matches(n)).collect();
            names.sort();
            SearchExpr::Or(names.into_iter().map(|n| inline(&all[n].0, all, depth + 1)).collect())
        }
        leaf => leaf.clone(),
    }
}

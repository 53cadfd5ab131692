//! SEDCMD and the TRANSFORMS of index time (props.conf.spec, transforms.conf.spec).

use std::sync::Arc;

use super::ingest_eval::{Assignment, Condition};
use super::{Event, value};
use crate::eval::{Captures, Pattern, Sed};
use crate::knowledge::{Knowledge, Settings, Stanza, parse_bool};
use crate::store::{Text, Value};

/// A clone may be cloned again by the transforms of its new sourcetype, at most this often.
const MOST_CLONES: usize = 4;

/// What is done with every event of a sourcetype, source and host: SEDCMD, then TRANSFORMS, then RULESET, each in ASCII
/// order of the classes.
pub(super) struct Transforms<'a> {
    knowledge: &'a Knowledge,
    seds: Vec<Sed>,
    transforms: Vec<Transform>,
}

impl<'a> Transforms<'a> {
    pub(super) fn new(settings: &Settings, knowledge: &'a Knowledge) -> Self {
        let names = ["TRANSFORMS", "RULESET"].into_iter().flat_map(|prefix| classes(settings, prefix));
        let names = names.flat_map(|list| list.split(',')).map(str::trim);
        let transform = |name| Transform::new(name, knowledge.index_time().transform(name)?);
        Transforms {
            knowledge,
            seds: classes(settings, "SEDCMD").into_iter().flat_map(sed_commands).collect(),
            transforms: names.filter_map(transform).collect(),
        }
    }

    /// True if events stay as they came.
    pub(super) fn is_empty(&self) -> bool {
        self.seds.is_empty() && self.transforms.is_empty()
    }

    /// True if the text of an event may change, or one event become several.
    pub(super) fn change_raw(&self) -> bool {
        let changes = |t: &Transform| match &t.act {
            Act::Eval(list) => list.iter().any(|a| a.field == "_raw"),
            Act::Regex(regex) => regex.dest.as_deref() == Some("_raw"),
        };
        !self.seds.is_empty() || self.transforms.iter().any(|t| changes(t) || t.clone.is_some())
    }

    /// Changes an event; gives the clones that were made of it.
    pub(super) fn apply(&self, event: &mut Event) -> Vec<Event> {
        self.apply_at(event, 0)
    }

    fn apply_at(&self, event: &mut Event, depth: usize) -> Vec<Event> {
        let mut clones = Vec::new();
        for sed in &self.seds {
            event.raw = sed.apply(&event.raw).into();
        }
        for transform in &self.transforms {
            match &transform.clone {
                // What the transform does, it does to the copy, which then has the transforms of its own sourcetype.
                Some(sourcetype) if depth < MOST_CLONES => {
                    let mut copy = event.clone();
                    if transform.run(&mut copy) {
                        copy.sourcetype = Text::new(sourcetype);
                        let stage = self.knowledge.index_time();
                        let settings = stage.props.settings(sourcetype, &copy.source, &copy.host);
                        clones.append(&mut Transforms::new(&settings, self.knowledge).apply_at(&mut copy, depth + 1));
                        clones.push(copy);
                    }
                }
                Some(_) => {}
                None => drop(transform.run(event)),
            }
            if transform.stop.as_ref().is_some_and(|stop| stop.holds(event)) {
                break;
            }
        }
        clones
    }
}

/// The values of settings such as `TRANSFORMS-x`, in ASCII order of their names.
fn classes<'s>(settings: &'s Settings, prefix: &str) -> Vec<&'s str> {
    let is_class = |key: &str| key.strip_prefix(prefix).is_some_and(|class| class.starts_with(['-', '_']));
    let mut list: Vec<(&str, &str)> =
        settings.keys().filter(|k| is_class(k)).filter_map(|k| Some((k.as_str(), value(settings, k)?))).collect();
    list.sort_unstable();
    list.into_iter().map(|(_, value)| value).collect()
}

/// A stanza of transforms.conf, as TRANSFORMS uses it.
struct Transform {
    act: Act,
    /// CLONE_SOURCETYPE.
    clone: Option<String>,
    /// STOP_PROCESSING_IF.
    stop: Option<Condition>,
}

enum Act {
    /// INGEST_EVAL: the other settings of the stanza do not count then.
    Eval(Vec<Assignment>),
    Regex(Box<Regex>),
}

struct Regex {
    pattern: Arc<Pattern>,
    source: String,
    lookahead: usize,
    format: String,
    /// DEFAULT_VALUE, where the expression is not found.
    default: Option<String>,
    dest: Option<String>,
    write_meta: bool,
    repeat: bool,
}

impl Transform {
    fn new(name: &str, stanza: &Stanza) -> Option<Transform> {
        let text = |key: &str| stanza.value(key).filter(|v| !v.is_empty());
        let act = match stanza.get("INGEST_EVAL").filter(|s| !s.text.text().trim().is_empty()) {
            Some(setting) => Act::Eval(Assignment::parse(&setting.text, &mut Vec::new())),
            None => Act::Regex(Box::new(Regex {
                pattern: Pattern::new(text("REGEX")?).ok()?,
                source: text("SOURCE_KEY").unwrap_or("_raw").to_string(),
                lookahead: text("LOOKAHEAD").and_then(|l| l.parse().ok()).unwrap_or(4096),
                format: text("FORMAT").map_or_else(|| format!("{name}::$1"), str::to_string),
                default: text("DEFAULT_VALUE").map(str::to_string),
                dest: text("DEST_KEY").map(str::to_string),
                write_meta: parse_bool(stanza.value("WRITE_META")).unwrap_or(false),
                repeat: parse_bool(stanza.value("REPEAT_MATCH")).unwrap_or(false),
            })),
        };
        let stop = stanza.get("STOP_PROCESSING_IF").and_then(|s| Condition::parse(&s.text, &mut Vec::new()));
        Some(Transform { act, clone: text("CLONE_SOURCETYPE").map(str::to_string), stop })
    }

    /// True if it had something to do.
    fn run(&self, event: &mut Event) -> bool {
        match &self.act {
            Act::Eval(list) => {
                list.iter().for_each(|assignment| assignment.run(event));
                true
            }
            Act::Regex(regex) => regex.run(event),
        }
    }
}

impl Regex {
    fn run(&self, event: &mut Event) -> bool {
        let Some(source) = self.source(event) else { return false };
        let mut end = source.len().min(self.lookahead);
        while !source.is_char_boundary(end) {
            end -= 1;
        }
        let mut found = false;
        self.pattern.each(&source[..end], |captures| {
            found = true;
            let text = self.formatted(event, &captures);
            self.write(event, &text);
            self.repeat && self.dest.as_deref() != Some("_raw")
        });
        if !found && let Some(default) = &self.default {
            self.write(event, default);
        }
        found
    }

    /// The text of SOURCE_KEY; of several fields with blanks between them.
    fn source(&self, event: &Event) -> Option<Text> {
        let field = |name: &str| {
            let (_, value) = event.fields.iter().find(|(n, _)| n == name.trim())?;
            (!value.is_null()).then(|| value.to_text())
        };
        Some(match self.source.as_str() {
            "_raw" => event.raw.clone(),
            "MetaData:Source" => format!("source::{}", event.source).into(),
            "MetaData:Host" => format!("host::{}", event.host).into(),
            "MetaData:Sourcetype" => format!("sourcetype::{}", event.sourcetype).into(),
            "_MetaData:Index" => event.index.clone(),
            key => match key.strip_prefix("fields:") {
                Some(names) => names.split(',').filter_map(field).collect::<Vec<Text>>().join(" ").into(),
                None => return field(key.strip_prefix("field:").unwrap_or(key)),
            },
        })
    }

    /// FORMAT with its groups; `$0` is what the destination holds.
    fn formatted(&self, event: &Event, captures: &Captures<'_>) -> String {
        let mut out = String::new();
        let mut chars = self.format.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek().and_then(|d| d.to_digit(10))) {
                ('$', Some(n)) => {
                    chars.next();
                    match n {
                        0 => out.push_str(&self.held(event)),
                        n => out.push_str(captures.get(n as usize).unwrap_or_default()),
                    }
                }
                _ => out.push(c),
            }
        }
        out
    }

    fn held(&self, event: &Event) -> Text {
        match self.dest.as_deref() {
            Some("_raw") => event.raw.clone(),
            Some("MetaData:Sourcetype") => event.sourcetype.clone(),
            Some("MetaData:Host") => event.host.clone(),
            Some("MetaData:Source") => event.source.clone(),
            Some("_MetaData:Index") => event.index.clone(),
            _ => Text::default(),
        }
    }

    fn write(&self, event: &mut Event, text: &str) {
        let after = |prefix: &str| Text::new(text.strip_prefix(prefix).unwrap_or(text));
        match self.dest.as_deref() {
            Some("_raw") => event.raw = text.into(),
            Some("queue") => event.dropped = text == "nullQueue",
            Some("MetaData:Sourcetype") => event.sourcetype = after("sourcetype::"),
            Some("MetaData:Host") => event.host = after("host::"),
            Some("MetaData:Source") => event.source = after("source::"),
            Some("_MetaData:Index") => event.index = text.into(),
            Some("_meta") => meta(event, text),
            None if self.write_meta => meta(event, text),
            _ => {}
        }
    }
}

/// `name::value name2::"a value"`.
fn meta(event: &mut Event, text: &str) {
    let mut rest = text.trim();
    while let Some((name, after)) = rest.split_once("::") {
        let (value, next) = match after.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            Some(split) => split,
            None => after.split_once(' ').unwrap_or((after, "")),
        };
        event.add_field(name.trim(), Value::from(value));
        rest = next.trim_start();
    }
}

/// Several commands in one setting are separated by blanks; a blank inside a command belongs to it.
fn sed_commands(text: &str) -> Vec<Sed> {
    match Sed::parse(text) {
        Ok(sed) => vec![sed],
        Err(_) => text.split(' ').filter_map(|part| Sed::parse(part).ok()).collect(),
    }
}

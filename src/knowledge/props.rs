//! props.conf: which settings an event gets.
//!
//! Every stanza that fits counts, setting by setting: `[source::…]` over `[host::…]` over `[sourcetype]` over
//! `[default]`; among stanzas of one kind the one with the higher `priority` (a literal name has 100, a pattern 0),
//! then the one whose name is earlier in ASCII order (props.conf.spec).
//!
//! A user's app replaces, it does not mix: where one of its stanzas speaks of the sourcetype or the source of an event,
//! the built-in apps have no say in that event. A mixture of both would give fields that exist on no Splunk.

use std::sync::{Arc, RwLock};

use hashbrown::HashMap;
use indexmap::IndexMap;

use super::layers::Merged;
use super::{Setting, Stanza};
use crate::diagnostic::{Code, Diagnostic};

/// All settings for the events of one sourcetype, source and host.
pub type Settings = IndexMap<String, Setting>;

/// The stanzas, ready to be matched.
#[derive(Debug)]
pub struct Props {
    rules: Vec<Rule>,
    /// What was asked for before, by sourcetype, source and host.
    known: RwLock<HashMap<(String, String, String), Arc<Settings>>>,
}

#[derive(Debug)]
struct Rule {
    tier: Tier,
    kind: Kind,
    header: String,
    name: String,
    pattern: Option<stanza_pattern::Matcher>,
    priority: i64,
    stanza: Stanza,
}

/// Whose app the stanza is of; the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    User,
    Builtin,
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Default,
    Sourcetype,
    Host,
    Source,
}

/// Booleans as Splunk writes them.
pub fn parse_bool(text: Option<&str>) -> Option<bool> {
    match text?.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "enabled" | "on" => Some(true),
        "0" | "false" | "f" | "no" | "n" | "disabled" | "off" => Some(false),
        _ => None,
    }
}

impl Props {
    pub(super) fn new(conf: &Merged, problems: &mut Vec<Diagnostic>) -> Self {
        let tiers = [(Tier::User, &conf.user), (Tier::Builtin, &conf.builtin), (Tier::System, &conf.system)];
        let mut rules: Vec<Rule> = Vec::new();
        for (tier, conf) in tiers {
            rules.extend(conf.stanzas().filter_map(|(name, stanza)| Rule::new(tier, name, stanza, problems)));
        }
        // The strongest first: for each setting the first rule that has it wins.
        rules.sort_by(|a, b| {
            let strength = |r: &Rule| (r.kind, r.priority);
            strength(b).cmp(&strength(a)).then(a.name.cmp(&b.name)).then(a.tier.cmp(&b.tier))
        });
        Props { rules, known: RwLock::default() }
    }

    /// True if a user's app speaks of this sourcetype or source: the built-in apps have no say then.
    pub fn is_users(&self, sourcetype: &str, source: &str) -> bool {
        let speaks = |r: &&Rule| r.tier == Tier::User && matches!(r.kind, Kind::Sourcetype | Kind::Source);
        self.rules.iter().filter(speaks).any(|r| r.applies(sourcetype, source, ""))
    }

    /// The stanzas of user's apps that stand in the place of built-in ones, sorted.
    pub fn replacing(&self) -> Vec<&str> {
        let of = |tier: Tier, kind: Kind| self.rules.iter().filter(move |r| r.tier == tier && r.kind == kind);
        let mut list: Vec<&str> = [Kind::Sourcetype, Kind::Source]
            .into_iter()
            .flat_map(|kind| of(Tier::User, kind).map(move |user| (kind, user)))
            .filter(|(kind, user)| of(Tier::Builtin, *kind).any(|builtin| user.meets(builtin)))
            .map(|(_, user)| user.header.as_str())
            .collect();
        list.sort_unstable();
        list
    }

    /// The settings for events of this sourcetype, source and host.
    pub fn settings(&self, sourcetype: &str, source: &str, host: &str) -> Arc<Settings> {
        let key = (sourcetype.to_string(), source.to_string(), host.to_string());
        if let Some(known) = self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let users = self.is_users(sourcetype, source);
        let mut merged = Settings::new();
        for rule in self.rules.iter().filter(|r| r.applies(sourcetype, source, host) && !(users && r.tier == Tier::Builtin)) {
            for (name, setting) in rule.stanza.settings() {
                merged.entry(name.to_string()).or_insert_with(|| setting.clone());
            }
        }
        let merged = Arc::new(merged);
        self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key, merged.clone());
        merged
    }

    /// All stanzas with their headers, in the order of the files.
    pub fn stanzas(&self) -> impl Iterator<Item = (&str, &Stanza)> {
        let mut rules: Vec<&Rule> = self.rules.iter().collect();
        rules.sort_by_key(|r| r.stanza.settings().next().map(|(_, setting)| setting.span));
        rules.into_iter().map(|r| (r.header.as_str(), &r.stanza))
    }

    /// The sourcetype that a file gets by its path, where none is said (`[source::…] sourcetype = …`).
    pub fn sourcetype_of(&self, source: &str) -> Option<&str> {
        let rules = self.rules.iter().filter(|r| r.kind == Kind::Source && r.applies("", source, ""));
        rules.filter_map(|r| r.stanza.value("sourcetype")).find(|s| !s.is_empty())
    }

    /// The sourcetype that events of this one are searched as (`rename`).
    pub fn renamed<'a>(&'a self, sourcetype: &'a str) -> &'a str {
        let users = self.is_users(sourcetype, "");
        self.rules
            .iter()
            .filter(|r| r.kind == Kind::Sourcetype && r.applies(sourcetype, "", "") && !(users && r.tier == Tier::Builtin))
            .find_map(|r| r.stanza.value("rename"))
            .filter(|r| !r.is_empty())
            .unwrap_or(sourcetype)
    }
}

impl Rule {
    fn new(tier: Tier, header: &str, stanza: &Stanza, problems: &mut Vec<Diagnostic>) -> Option<Rule> {
        let (kind, name) = if header == "default" {
            (Kind::Default, "")
        } else if let Some(source) = header.strip_prefix("source::") {
            (Kind::Source, source)
        } else if let Some(host) = header.strip_prefix("host::") {
            (Kind::Host, host)
        } else if header.starts_with("rule::") || header.starts_with("delayedrule::") {
            // Only for guessing the sourcetype of files that have none.
            return None;
        } else {
            (Kind::Sourcetype, header)
        };
        let is_pattern = match kind {
            Kind::Source | Kind::Host => name.contains(['*', '|', '(', '[']) || name.contains("..."),
            Kind::Sourcetype => name.starts_with("(?"),
            Kind::Default => false,
        };
        let pattern = if is_pattern {
            match stanza_pattern::Matcher::new(name, kind == Kind::Host, kind == Kind::Sourcetype) {
                Ok(matcher) => Some(matcher),
                Err(why) => {
                    let message = format!("the pattern of the stanza [{header}] cannot be read: {why}");
                    problems.push(Diagnostic::new(Code::ConfSyntax, message));
                    return None;
                }
            }
        } else {
            None
        };
        let priority = stanza.value("priority").and_then(|p| p.parse().ok()).unwrap_or(if is_pattern { 0 } else { 100 });
        let (header, name) = (header.to_string(), name.to_string());
        Some(Rule { tier, kind, header, name, pattern, priority, stanza: stanza.clone() })
    }

    /// True if one of the two names fits the other: both may speak of the same events.
    fn meets(&self, other: &Rule) -> bool {
        let fits = |rule: &Rule, name: &str| rule.pattern.as_ref().map_or(rule.name == name, |p| p.matches(name));
        fits(self, &other.name) || fits(other, &self.name)
    }

    fn applies(&self, sourcetype: &str, source: &str, host: &str) -> bool {
        let value = match self.kind {
            Kind::Default => return true,
            Kind::Sourcetype => sourcetype,
            Kind::Source => source,
            Kind::Host => host,
        };
        match &self.pattern {
            Some(pattern) => pattern.matches(value),
            None if self.kind == Kind::Host => self.name.eq_ignore_ascii_case(value),
            None => self.name == value,
        }
    }
}

mod stanza_pattern {
    //! The pattern language of stanza names: `...` is any text, `*` any text without a path separator, `.` a dot, the
    //! rest is a regular expression; the whole value must fit.

    use pcre2::bytes::Regex;

    #[derive(Debug)]
    pub(super) struct Matcher(Regex);

    impl Matcher {
        /// `no_path`: a sourcetype is no path, so a star there stands for any text.
        pub(super) fn new(pattern: &str, ignore_case: bool, no_path: bool) -> Result<Self, String> {
            let mut out = String::from(if ignore_case { "(?i)^(?:" } else { "^(?:" });
            let mut rest = pattern;
            while let Some(c) = rest.chars().next() {
                if let Some(after) = rest.strip_prefix("...") {
                    out.push_str(".*");
                    rest = after;
                    continue;
                }
                let len = c.len_utf8();
                match c {
                    // A quantifier after a group stays one, as in the idiom (?::){0}.
                    '*' => out.push_str(if no_path { ".*" } else { "[^/\\\\]*" }),
                    '.' => out.push_str("\\."),
                    '\\' => {
                        let escaped = rest[len..].chars().next().unwrap_or('\\');
                        out.push('\\');
                        out.push(escaped);
                        rest = rest.get(len + escaped.len_utf8()..).unwrap_or("");
                        continue;
                    }
                    other => out.push(other),
                }
                rest = &rest[len..];
            }
            out.push_str(")$");
            Regex::new(&out).map(Matcher).map_err(|e| e.to_string())
        }

        pub(super) fn matches(&self, value: &str) -> bool {
            self.0.is_match(value.as_bytes()).unwrap_or(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Conf;
    use super::*;
    use crate::diagnostic::Sources;

    #[test]
    fn stanzas_by_kind_priority_and_name() {
        let text = "[default]\nA = default\nB = default\n[x:y]\nA = sourcetype\n[source::...log]\nA = pattern\nC = pattern\n[source::/var/a.log]\nC = literal\n[(?::){0}x:*]\nD = idiom\n[host::web*]\nE = host\n[old]\nrename = x:y\n";
        let conf = Conf::parse("props.conf", text, &Sources::new(), &mut Vec::new());
        let conf = Merged { user: conf, ..Merged::default() };
        let props = Props::new(&conf, &mut Vec::new());
        let got = props.settings("x:y", "/var/a.log", "WEB01");
        let value = |k: &str| got.get(k).map(|s| s.text.text().to_string()).unwrap_or_default();
        assert_eq!(["A", "B", "C", "D", "E"].map(value), ["pattern", "default", "literal", "idiom", "host"]);
        let other = props.settings("z", "s", "h");
        assert_eq!(other.get("A").map(|s| s.text.text()), Some("default"));
        assert_eq!(props.renamed("old"), "x:y");
        assert_eq!(props.renamed("z"), "z");
    }
}

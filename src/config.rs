//! The configuration: `muster.toml` at the root of the content repository, a profile over it (`--config FILE`), the
//! environment over both. Flags win over all of it; that is the command line's part.
//!
//! A key that nobody knows is an error with a suggestion: a setting that is silently ignored is worse than none.

mod splunk;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::dataset::Mirror;
use crate::diagnostic::{Code, Diagnostic, Severity, SourceId, Sources, Span};
use crate::validate::RuleSetting;

pub use splunk::SplunkConfig;

/// What can be configured. Every key has a default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// `apps`: the user's Splunk apps, folders or packages.
    pub apps: Vec<PathBuf>,
    /// `no_builtin`: built-in apps that are off, or `all`.
    pub no_builtin: Vec<String>,
    /// `layer_builtin`: a user's app is layered over the built-in ones in place of replacing their stanzas.
    pub layer_builtin: bool,
    /// `indexes`: further local indexes.
    pub indexes: Vec<String>,
    /// `geoip`: the database of iplocation, in MaxMind's format.
    pub geoip: Option<PathBuf>,
    /// `backend`: `local` (the default), `splunk` or `both`.
    pub backend: Option<String>,
    /// `[datasets] cache`.
    pub cache: Option<PathBuf>,
    /// `[datasets] mirrors`.
    pub mirrors: Vec<Mirror>,
    /// `[datasets] offline`.
    pub offline: bool,
    /// `[macros]`: definitions over the content's own; a key may be `name(a, b)`.
    pub macros: IndexMap<String, String>,
    /// `[rules]`: severity and scope by rule.
    pub rules: IndexMap<String, RuleSetting>,
    /// `techniques`: ATT&CK techniques that are known beside those of the list.
    pub techniques: Vec<String>,
    /// `[splunk]`.
    pub splunk: SplunkConfig,
}

/// Name of the file at the root of a repository.
pub const FILE: &str = "muster.toml";

impl Config {
    /// Reads `muster.toml` of the repository, the profile, the environment. Paths in files are relative to the repository.
    pub fn load(
        root: &Path,
        profile: Option<&Path>,
        env: &dyn Fn(&str) -> Option<String>,
        sources: &Sources,
    ) -> Result<Config, Vec<Diagnostic>> {
        let mut config = Config::default();
        let mut problems = Vec::new();
        let own = root.join(FILE);
        let files = own.is_file().then_some(own.as_path()).into_iter().chain(profile);
        for path in files {
            match std::fs::read_to_string(path) {
                Ok(text) => {
                    let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
                    let source = sources.add(name, text.as_str());
                    Reader { config: &mut config, problems: &mut problems, root, source }.file(&text);
                }
                Err(error) => {
                    let problem =
                        Diagnostic::new(Code::RunFile, format!("cannot read the configuration {}: {error}", path.display()));
                    problems.push(problem.help("--config names a file such as test_configs/local.toml"));
                }
            }
        }
        config.environment(env, &mut problems);
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    fn environment(&mut self, env: &dyn Fn(&str) -> Option<String>, problems: &mut Vec<Diagnostic>) {
        let get = |name: &str| env(name).filter(|v| !v.is_empty());
        if let Some(apps) = get("MUSTER_APPS") {
            self.apps = std::env::split_paths(&apps).collect();
        }
        if let Some(indexes) = get("MUSTER_INDEXES") {
            self.indexes = indexes.split(',').map(|i| i.trim().to_string()).collect();
        }
        if let Some(geoip) = get("MUSTER_GEOIP") {
            self.geoip = Some(PathBuf::from(geoip));
        }
        if let Some(cache) = get("MUSTER_CACHE") {
            self.cache = Some(PathBuf::from(cache));
        }
        if let Some(mirror) = get("MUSTER_MIRROR") {
            match Mirror::parse(&mirror) {
                Ok(mirror) => self.mirrors.push(mirror),
                Err(message) => problems.push(Diagnostic::new(Code::RunUsage, format!("MUSTER_MIRROR: {message}"))),
            }
        }
        for (name, flag) in [("MUSTER_OFFLINE", &mut self.offline), ("MUSTER_SPLUNK_INSECURE", &mut self.splunk.insecure)] {
            if let Some(value) = get(name) {
                *flag = !matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no");
            }
        }
        for (name, slot) in [
            ("MUSTER_BACKEND", &mut self.backend),
            ("MUSTER_SPLUNK_URL", &mut self.splunk.url),
            ("MUSTER_SPLUNK_HEC_URL", &mut self.splunk.hec_url),
            ("MUSTER_SPLUNK_INDEX", &mut self.splunk.index),
        ] {
            if let Some(value) = get(name) {
                *slot = Some(value);
            }
        }
        if let Some(path) = get("MUSTER_SPLUNK_CA_CERT") {
            self.splunk.ca_cert = Some(PathBuf::from(path));
        }
        // The environment names one; it is meant in place of those of the files.
        if get("MUSTER_SPLUNK_URL").is_some() {
            self.splunk.instances.clear();
            if get("MUSTER_SPLUNK_HEC_URL").is_none() {
                self.splunk.hec_url = None;
            }
        }
    }
}

/// Reads one file into the configuration.
struct Reader<'a> {
    config: &'a mut Config,
    problems: &'a mut Vec<Diagnostic>,
    root: &'a Path,
    source: SourceId,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn file(&mut self, text: &str) {
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                let problem = Diagnostic::new(Code::RunUsage, format!("this is no TOML: {}", error.message()));
                self.problems.push(problem.at(Span::new(self.source, at.start, at.end), ""));
                return;
            }
        };
        const KEYS: &[&str] = &[
            "apps",
            "no_builtin",
            "layer_builtin",
            "indexes",
            "geoip",
            "backend",
            "datasets",
            "macros",
            "rules",
            "techniques",
            "splunk",
        ];
        for (key, value) in in_order(table.get_ref()) {
            match key.get_ref().as_ref() {
                "apps" => {
                    let list = self.texts(value);
                    self.config.apps = list.iter().map(|p| self.path(p)).collect();
                }
                "no_builtin" => self.config.no_builtin = self.texts(value),
                "layer_builtin" => self.config.layer_builtin = self.flag(value),
                "indexes" => self.config.indexes = self.texts(value),
                "techniques" => self.config.techniques = self.texts(value),
                "geoip" => {
                    let path = self.text(value).map(|p| self.path(&p));
                    self.config.geoip = path.or(self.config.geoip.take());
                }
                "backend" => {
                    let word = self.word(value, &["local", "splunk", "both"]);
                    self.config.backend = word.or(self.config.backend.take());
                }
                "datasets" => self.datasets(value),
                "macros" => self.macros(value),
                "rules" => self.rules(value),
                "splunk" => self.splunk(value),
                _ => self.unknown(key, "the configuration", KEYS),
            }
        }
    }

    fn datasets(&mut self, value: &Value<'_>) {
        for (key, value) in self.table(value) {
            match key.get_ref().as_ref() {
                "cache" => {
                    let path = self.text(value).map(|p| self.path(&p));
                    self.config.cache = path.or(self.config.cache.take());
                }
                "offline" => self.config.offline = self.flag(value),
                "mirrors" => {
                    for (prefix, folder) in self.table(value) {
                        if let Some(folder) = self.text(folder) {
                            let folder = self.path(&folder);
                            let prefix = prefix.get_ref().to_string();
                            self.config.mirrors.retain(|m| m.prefix != prefix);
                            self.config.mirrors.push(Mirror { prefix, folder });
                        }
                    }
                }
                _ => self.unknown(key, "[datasets]", &["cache", "mirrors", "offline"]),
            }
        }
    }

    fn macros(&mut self, value: &Value<'_>) {
        for (key, value) in self.table(value) {
            if let Some(definition) = self.text(value) {
                self.config.macros.insert(key.get_ref().to_string(), definition);
            }
        }
    }

    fn rules(&mut self, value: &Value<'_>) {
        for (key, value) in self.table(value) {
            let id = key.get_ref().as_ref();
            let known = || crate::validate::rules::RULES.iter().map(|r| r.id).chain(Code::ALL.iter().map(|c| c.name()));
            // What is said about a search may come from a rule of the engine that is not listed here.
            let foreign = id.starts_with("spl-") && crate::diagnostic::suggest::nearest(id, known()).is_none();
            if !known().any(|k| k == id) && !foreign {
                let problem = Diagnostic::new(Code::RunUsage, format!("there is no rule `{id}`")).at(self.span(key), "");
                self.problems.push(problem.did_you_mean(id, known()));
                continue;
            }
            let mut setting = RuleSetting::default();
            match value.get_ref() {
                DeValue::Table(_) => {
                    for (key, value) in self.table(value) {
                        match key.get_ref().as_ref() {
                            "severity" => setting.severity = self.severity(value),
                            "only" => setting.only = self.texts(value),
                            "except" => setting.except = self.texts(value),
                            _ => self.unknown(key, "a rule", &["severity", "only", "except"]),
                        }
                    }
                }
                _ => match self.severity(value) {
                    Some(severity) => setting.severity = Some(severity),
                    None => continue,
                },
            }
            self.config.rules.insert(id.to_string(), setting);
        }
    }

    /// A severity, or `None` for `off`.
    fn severity(&mut self, value: &Value<'_>) -> Option<Option<Severity>> {
        match self.word(value, &["error", "warning", "info", "off"])?.as_str() {
            "error" => Some(Some(Severity::Error)),
            "warning" => Some(Some(Severity::Warning)),
            "info" => Some(Some(Severity::Info)),
            _ => Some(None),
        }
    }

    fn table<'v, 'i>(&mut self, value: &'v Value<'i>) -> Vec<(&'v Spanned<std::borrow::Cow<'i, str>>, &'v Value<'i>)> {
        match value.get_ref() {
            DeValue::Table(table) => in_order(table),
            _ => {
                self.wrong(value, "a table");
                Vec::new()
            }
        }
    }

    fn text(&mut self, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.wrong(value, "a text");
                None
            }
        }
    }

    fn texts(&mut self, value: &Value<'_>) -> Vec<String> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.text(item)).collect(),
            _ => {
                self.wrong(value, "a list of texts");
                Vec::new()
            }
        }
    }

    fn flag(&mut self, value: &Value<'_>) -> bool {
        match value.get_ref() {
            DeValue::Boolean(flag) => *flag,
            _ => {
                self.wrong(value, "true or false");
                false
            }
        }
    }

    fn word(&mut self, value: &Value<'_>, known: &[&str]) -> Option<String> {
        let text = self.text(value)?;
        if known.contains(&text.as_str()) {
            return Some(text);
        }
        let problem =
            Diagnostic::new(Code::RunUsage, format!("`{text}` is none of {}", known.join(", "))).at(self.span(value), "");
        self.problems.push(problem.did_you_mean(&text, known.iter().copied()));
        None
    }

    fn wrong(&mut self, value: &Value<'_>, wanted: &str) {
        let problem = Diagnostic::new(Code::RunUsage, format!("this must be {wanted}")).at(self.span(value), "");
        self.problems.push(problem);
    }

    fn unknown(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, place: &str, known: &[&str]) {
        let name = key.get_ref().as_ref();
        let problem = Diagnostic::new(Code::RunUsage, format!("{place} has no key `{name}`")).at(self.span(key), "");
        self.problems.push(problem.did_you_mean(name, known.iter().copied()));
    }

    fn span<T>(&self, spanned: &Spanned<T>) -> Span {
        Span::new(self.source, spanned.span().start, spanned.span().end)
    }

    /// `~` is the home folder; what is not absolute is relative to the repository.
    fn path(&self, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), std::env::var_os("HOME")) {
            (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
            // Without `./`, as the user writes it and as messages name it.
            _ if self.root == Path::new(".") => PathBuf::from(text),
            _ => self.root.join(text),
        }
    }
}

/// The parser sorts keys; diagnostics should come in the order of the file.
fn in_order<'v, 'i>(table: &'v DeTable<'i>) -> Vec<(&'v Spanned<std::borrow::Cow<'i, str>>, &'v Value<'i>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, profile: Option<&str>, env: &[(&str, &str)]) -> Result<Config, Vec<Diagnostic>> {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), text).expect("written");
        let file = folder.path().join("profile.toml");
        if let Some(profile) = profile {
            std::fs::write(&file, profile).expect("written");
        }
        let get = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_string());
        Config::load(folder.path(), profile.map(|_| file.as_path()), &get, &Sources::new())
    }

    #[test]
    fn the_later_word_wins() {
        let file = "apps = [\"apps/x\"]\nbackend = \"local\"\n[rules]\nmissing-test = \"off\"\n[macros]\n\"m(a)\" = \"x\"\n";
        let config = load(file, Some("backend = \"both\"\n"), &[("MUSTER_INDEXES", "a, b")]).expect("fine");
        assert_eq!(config.backend.as_deref(), Some("both"));
        assert!(config.apps[0].is_absolute() && config.apps[0].ends_with("apps/x"));
        assert_eq!(config.rules["missing-test"].severity, Some(None));
        assert_eq!(config.indexes, ["a", "b"]);
        assert_eq!(config.macros["m(a)"], "x");
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let problems =
            load("indexs = []\nbackend = \"locl\"\n[rules]\nmising-test = \"off\"\n[splunk]\npassword = \"x\"\n", None, &[])
                .expect_err("four problems");
        let helps: Vec<&str> = problems.iter().filter_map(|p| p.help.as_deref()).collect();
        assert_eq!(
            helps,
            [
                "did you mean `indexes`?",
                "did you mean `local`?",
                "did you mean `missing-test`?",
                "set MUSTER_SPLUNK_PASSWORD in the environment, or MUSTER_SPLUNK_PASSWORD_FILE to a file that holds it"
            ]
        );
        assert!(problems.iter().all(|p| p.span().is_some()));
        assert_eq!(load("a = \n", None, &[]).expect_err("no TOML").len(), 1);
    }
}

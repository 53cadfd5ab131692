//! Splunk's knowledge in Splunk's own forms: configuration files of apps, merged by precedence, and data models.
//!
//! Nothing is executed here. [`Knowledge`] answers: which macro, which props for this event, which transforms, event
//! types, tags, lookups, data models. The built-in apps are Splunk apps too (`apps/`), embedded into the binary.

mod app;
mod conf;
mod lookup;
mod model;
mod props;

pub use app::{App, AppError};
pub use conf::{Conf, Setting, Stanza};
pub use lookup::{LookupDef, LookupTable, LookupTimes, MatchKind, parse_match_types};
pub use model::{Calculation, DataModel, Dataset, ModelField, Root};
pub use props::{Props, Settings, parse_bool};

use std::sync::{Arc, Mutex};

use hashbrown::HashSet;
use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic, MappedText, Sources};
use crate::spl::{MacroDef, Macros};
use crate::store::percent_decode;

/// A search over events that has a name.
#[derive(Clone, Debug)]
pub struct EventType {
    /// The name: a value of the field `eventtype`.
    pub name: String,
    /// The filter.
    pub search: MappedText,
}

/// A search that has a name.
#[derive(Clone, Debug)]
pub struct SavedSearch {
    /// Its text.
    pub search: MappedText,
    /// `dispatch.earliest_time`.
    pub earliest: Option<String>,
    /// `dispatch.latest_time`.
    pub latest: Option<String>,
}

/// `[field=value] tag = enabled`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagRule {
    /// The field.
    pub field: String,
    /// Its value, `*` allowed.
    pub value: String,
    /// The tag that the event gets.
    pub tag: String,
}

/// How `iseval` macros and validations are evaluated: the engine above lends it.
pub type Evaluate = fn(&str) -> Result<String, String>;

/// Everything that apps and the content repository define.
#[derive(Debug)]
pub struct Knowledge {
    /// The apps it was made of, highest precedence first.
    pub apps: Vec<Arc<App>>,
    macros: IndexMap<(String, usize), MacroDef>,
    props: Props,
    transforms: Conf,
    /// Field definitions: `TOKENIZER`, `INDEXED`.
    pub fields: Conf,
    event_types: Vec<EventType>,
    tags: Vec<TagRule>,
    saved_searches: IndexMap<String, SavedSearch>,
    lookups: IndexMap<String, LookupDef>,
    tables: Mutex<IndexMap<String, Option<Arc<LookupTable>>>>,
    models: Mutex<IndexMap<String, Option<Arc<DataModel>>>>,
    evaluate: Evaluate,
    /// What the user's own apps define: the content repository does not override it.
    users: Users,
    /// An undefined macro whose name ends in `_filter` is `search *`.
    filters: Option<MacroDef>,
}

/// Names that the user's apps define.
#[derive(Debug, Default)]
struct Users {
    macros: HashSet<(String, usize)>,
    lookups: HashSet<String>,
}

impl Knowledge {
    /// Merges the built-in apps and the user's, the user's first where both speak of the same. Unless `layer` is set,
    /// a built-in stanza or data model that the user's apps have too is off as a whole. Problems in the
    /// configuration are warnings: Splunk goes on, too.
    pub fn load(
        user: Vec<App>,
        builtin: Vec<App>,
        layer: bool,
        sources: &Sources,
        evaluate: Evaluate,
        problems: &mut Vec<Diagnostic>,
    ) -> Knowledge {
        let builtin = if layer { builtin } else { app::without_replaced(builtin, &user) };
        // Search-time precedence: of the user's apps the one latest in the alphabet wins (Admin Manual,
        // "Configuration file precedence", app or user context).
        let mut user = user;
        user.sort_by(|a, b| b.name.cmp(&a.name));
        let mut builtin = builtin;
        builtin.sort_by(|a, b| b.name.cmp(&a.name));
        let apps: Vec<Arc<App>> = user.into_iter().chain(builtin).map(Arc::new).collect();
        let users = {
            let own = |file: &str| {
                let texts = apps
                    .iter()
                    .filter(|a| !a.is_builtin())
                    .flat_map(|a| ["local", "default"].map(|layer| a.text(&format!("{layer}/{file}"))));
                let mut conf = Conf::default();
                texts.flatten().for_each(|text| conf.add_below(&Conf::parse("", &text, &Sources::new(), &mut Vec::new())));
                conf
            };
            Users {
                macros: own("macros.conf").stanzas().filter_map(macro_of).map(|(key, _)| key).collect(),
                lookups: own("transforms.conf").stanzas().map(|(name, _)| name.to_string()).collect(),
            }
        };
        let merged = |file: &str, problems: &mut Vec<Diagnostic>| {
            let mut conf = Conf::default();
            for app in &apps {
                for layer in ["local", "default"] {
                    if let Some(text) = app.text(&format!("{layer}/{file}")) {
                        conf.add_below(&Conf::parse(&format!("{}/{layer}/{file}", app.shown), &text, sources, problems));
                    }
                }
            }
            conf
        };
        let macros = merged("macros.conf", problems);
        let props = Props::new(merged("props.conf", problems), problems);
        let transforms = merged("transforms.conf", problems);
        let event_types = merged("eventtypes.conf", problems);
        let tags = merged("tags.conf", problems);
        let fields = merged("fields.conf", problems);
        let saved_searches = merged("savedsearches.conf", problems);
        let lookups = transforms
            .stanzas()
            .filter_map(|(name, stanza)| LookupDef::of_stanza(name, stanza))
            .map(|d| (d.name.clone(), d))
            .collect();
        Knowledge {
            macros: macros.stanzas().filter_map(macro_of).collect(),
            props,
            transforms,
            fields,
            event_types: event_types.stanzas().filter_map(event_type_of).collect(),
            tags: tags.stanzas().flat_map(tags_of).collect(),
            saved_searches: saved_searches.stanzas().filter_map(saved_search_of).collect(),
            lookups,
            tables: Mutex::default(),
            models: Mutex::default(),
            evaluate,
            users,
            filters: None,
            apps,
        }
    }

    /// Defines a macro over all that is there: the command line's and the configuration's.
    pub fn define_macro(&mut self, name: &str, definition: MacroDef) {
        self.macros.insert((name.to_string(), definition.args.len()), definition);
    }

    /// Defines a macro of the content repository: over the built-in apps, under the user's.
    pub fn define_content_macro(&mut self, name: &str, definition: MacroDef) {
        if !self.users.macros.contains(&(name.to_string(), definition.args.len())) {
            self.define_macro(name, definition);
        }
    }

    /// Defines a lookup of the content repository: over the built-in apps, under the user's.
    pub fn define_content_lookup(&mut self, def: LookupDef, table: Option<LookupTable>) {
        if !self.users.lookups.contains(&def.name) {
            self.define_lookup(def, table);
        }
    }

    /// Makes every undefined macro `x_filter` mean `search *`, as the build of a content repository does for each
    /// detection.
    pub fn allow_filters(&mut self, sources: &Sources) {
        let id = sources.add("(generated filter macro)", "search *");
        let definition = MappedText::plain(id, 0, "search *");
        self.filters = Some(MacroDef { args: Vec::new(), definition, is_eval: false, validation: None });
    }

    /// Defines a lookup, with its rows if they are there.
    pub fn define_lookup(&mut self, def: LookupDef, table: Option<LookupTable>) {
        if let Some(table) = table {
            let key = def.key().to_string();
            self.tables.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key, Some(Arc::new(table)));
        }
        self.lookups.insert(def.name.clone(), def);
    }

    /// A lookup by its name; a name that is a CSV file of an app is the lookup of that file.
    pub fn lookup(&self, name: &str) -> Option<LookupDef> {
        self.lookups.get(name).cloned().or_else(|| {
            let known = self.apps.iter().any(|a| a.has(&format!("lookups/{name}")))
                || self.tables.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(name).is_some_and(Option::is_some);
            known.then(|| LookupDef::of_file(name))
        })
    }

    /// The names of all lookups: those that are defined, and the files.
    pub fn lookup_names(&self) -> Vec<String> {
        self.lookups.keys().cloned().chain(self.apps.iter().flat_map(|app| app.lookup_files())).collect()
    }

    /// The rows of a lookup. An undefined KV store is empty. Read once.
    pub fn lookup_table(&self, def: &LookupDef) -> Result<Arc<LookupTable>, String> {
        let key = def.key().to_string();
        let mut tables = self.tables.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(Some(table)) = tables.get(&key) {
            return Ok(table.clone());
        }
        let table = match &def.filename {
            None => LookupTable::empty(&def.fields),
            Some(file) => match self.apps.iter().find_map(|a| a.bytes(&format!("lookups/{file}"))) {
                Some(bytes) => {
                    LookupTable::parse_csv(&bytes).map_err(|why| format!("the lookup file {file} is no CSV: {why}"))?
                }
                None => return Err(format!("the lookup file {file} is in no app's lookups folder")),
            },
        };
        let table = Arc::new(table);
        tables.insert(key, Some(table.clone()));
        Ok(table)
    }

    /// A saved search by name.
    pub fn saved_search(&self, name: &str) -> Option<&SavedSearch> {
        self.saved_searches.get(name)
    }

    /// The names of all saved searches.
    pub fn saved_search_names(&self) -> Vec<&str> {
        self.saved_searches.keys().map(String::as_str).collect()
    }

    /// Defines a saved search of the content repository: under the apps'.
    pub fn define_content_search(&mut self, name: &str, search: SavedSearch) {
        self.saved_searches.entry(name.to_string()).or_insert(search);
    }

    /// The settings of events.
    pub fn props(&self) -> &Props {
        &self.props
    }

    /// A stanza of transforms.conf.
    pub fn transform(&self, name: &str) -> Option<&Stanza> {
        self.transforms.stanza(name)
    }

    /// All event types, in the order of precedence.
    pub fn event_types(&self) -> &[EventType] {
        &self.event_types
    }

    /// All tags.
    pub fn tags(&self) -> &[TagRule] {
        &self.tags
    }

    /// A data model by name, as it is written or in another case. Parsed once.
    pub fn model(&self, name: &str) -> Result<Option<Arc<DataModel>>, Diagnostic> {
        let mut models = self.models.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = models.get(name) {
            return Ok(known.clone());
        }
        let path = self.model_names().into_iter().find(|n| n.eq_ignore_ascii_case(name));
        let found = match path.and_then(|n| self.apps.iter().find_map(|a| a.model_text(&n).map(|t| (n.clone(), t)))) {
            None => None,
            Some((model, text)) => {
                let parsed = DataModel::parse(&text)
                    .map_err(|why| Diagnostic::new(Code::ConfSyntax, format!("the data model {model} cannot be read: {why}")))?;
                Some(Arc::new(parsed))
            }
        };
        models.insert(name.to_string(), found.clone());
        Ok(found)
    }

    /// The names of all data models, sorted.
    pub fn model_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.apps.iter().flat_map(|a| a.model_names()).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl Macros for Knowledge {
    fn get(&self, name: &str, arity: usize) -> Option<&MacroDef> {
        let generated = || self.filters.as_ref().filter(|_| arity == 0 && name.ends_with("_filter"));
        self.macros.get(&(name.to_string(), arity)).or_else(generated)
    }

    fn names(&self) -> Vec<(String, usize)> {
        self.macros.keys().cloned().collect()
    }

    fn evaluate(&self, expression: &str) -> Result<String, String> {
        (self.evaluate)(expression)
    }
}

fn macro_of((header, stanza): (&str, &Stanza)) -> Option<((String, usize), MacroDef)> {
    let (name, arity) = match header.split_once('(') {
        Some((name, rest)) => (name, rest.trim_end_matches(')').trim().parse().ok()?),
        None => (header, 0),
    };
    let args: Vec<String> =
        stanza.value("args").unwrap_or_default().split(',').map(|a| a.trim().to_string()).filter(|a| !a.is_empty()).collect();
    let validation = stanza
        .value("validation")
        .filter(|v| !v.is_empty())
        .map(|v| (v.to_string(), stanza.value("errormsg").unwrap_or("the arguments are not valid").to_string()));
    let definition = stanza.get("definition")?.text.clone();
    (args.len() == arity).then(|| {
        let is_eval = parse_bool(stanza.value("iseval")).unwrap_or(false);
        ((name.trim().to_string(), arity), MacroDef { args, definition, is_eval, validation })
    })
}

fn event_type_of((name, stanza): (&str, &Stanza)) -> Option<EventType> {
    let disabled = parse_bool(stanza.value("disabled")).unwrap_or(false);
    let search = stanza.get("search").filter(|s| !disabled && !s.text.text().trim().is_empty())?;
    Some(EventType { name: name.to_string(), search: search.text.clone() })
}

fn saved_search_of((name, stanza): (&str, &Stanza)) -> Option<(String, SavedSearch)> {
    let search = stanza.get("search").filter(|s| name != "default" && !s.text.text().trim().is_empty())?.text.clone();
    let time = |key: &str| stanza.value(key).map(str::trim).filter(|t| !t.is_empty()).map(str::to_string);
    let (earliest, latest) = (time("dispatch.earliest_time"), time("dispatch.latest_time"));
    Some((name.to_string(), SavedSearch { search, earliest, latest }))
}

/// Names and values of tags.conf are URL-encoded.
fn tags_of((header, stanza): (&str, &Stanza)) -> Vec<TagRule> {
    let Some((field, value)) = header.split_once('=') else { return Vec::new() };
    let (field, value) = (percent_decode(field.trim()), percent_decode(value.trim()));
    let enabled = stanza.settings().filter(|(_, s)| matches!(s.text.text().trim(), "enabled" | "1" | "true"));
    enabled.map(|(tag, _)| TagRule { field: field.clone(), value: value.clone(), tag: percent_decode(tag) }).collect()
}

//! Splunk's knowledge in Splunk's own forms: configuration files of apps, merged by precedence, and data models.
//!
//! Nothing is executed here. [`Knowledge`] answers: which macro, which props for this event, which transforms, event
//! types, tags, lookups, data models. The built-in apps are Splunk apps too (`apps/`), embedded into the binary.

mod app;
mod conf;
mod layers;
mod lookup;
mod model;
mod props;

pub use app::{App, AppError};
pub use conf::{Conf, Setting, Stanza};
pub use layers::Context;
pub use lookup::{LookupDef, LookupTable, LookupTimes, MatchKind, parse_match_types};
pub use model::{Calculation, DataModel, Dataset, ModelField, Root};
pub use props::{Props, Settings, parse_bool};

use std::sync::{Arc, Mutex};

use hashbrown::HashSet;
use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic, MappedText, Sources, Span};
use crate::spl::{MacroDef, Macros};
use crate::store::percent_decode;

use layers::{Merged, Tiers};

/// A search over events that has a name.
#[derive(Clone, Debug)]
pub struct EventType {
    /// The name: a value of the field `eventtype`.
    pub name: String,
    /// The filter.
    pub search: MappedText,
    /// It is of a built-in app: events that a user's app speaks of do not get it.
    pub builtin: bool,
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
    /// Where it stands.
    pub place: Span,
    /// It is of a built-in app: events that a user's app speaks of do not get it.
    pub builtin: bool,
}

/// How `iseval` macros and validations are evaluated: the engine above lends it.
pub type Evaluate = fn(&str) -> Result<String, String>;

/// What happens to events at one of the two times: when they are indexed, or when they are searched.
#[derive(Debug)]
pub struct Stage {
    /// Which settings an event gets.
    pub props: Props,
    transforms: Conf,
}

impl Stage {
    fn new(context: Context, tiers: &Tiers, layer: bool, sources: &Sources, problems: &mut Vec<Diagnostic>) -> Stage {
        let mut merged = |file: &str| {
            let merged = tiers.merge(context, file, sources, problems);
            if layer { merged.layered() } else { merged }
        };
        let (props, transforms) = (merged("props.conf"), merged("transforms.conf").whole());
        Stage { props: Props::new(&props, problems), transforms }
    }

    /// A stanza of transforms.conf.
    pub fn transform(&self, name: &str) -> Option<&Stanza> {
        self.transforms.stanza(name)
    }
}

/// Everything that apps and the content repository define.
#[derive(Debug)]
pub struct Knowledge {
    /// The apps it was made of, highest precedence first.
    pub apps: Vec<Arc<App>>,
    tiers: Tiers,
    layer: bool,
    macros: IndexMap<(String, usize), MacroDef>,
    index_time: Arc<Stage>,
    search_time: Arc<Stage>,
    fields: Conf,
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

impl Users {
    fn of(tiers: &Tiers) -> Users {
        let own = |file: &str| Context::App.merge(&tiers.user, file, &Sources::new(), &mut Vec::new());
        Users {
            macros: own("macros.conf").stanzas().filter_map(macro_of).map(|(key, _)| key).collect(),
            lookups: own("transforms.conf").stanzas().map(|(name, _)| name.to_string()).collect(),
        }
    }
}

impl Knowledge {
    /// Merges the built-in apps and the user's, the user's first where both speak of the same. Unless `layer` is set,
    /// the built-in ones have no say in events of a sourcetype or source that a user's app speaks of. Problems in the
    /// configuration are warnings: Splunk goes on, too.
    pub fn load(
        user: Vec<App>,
        builtin: Vec<App>,
        layer: bool,
        sources: &Sources,
        evaluate: Evaluate,
        problems: &mut Vec<Diagnostic>,
    ) -> Knowledge {
        let tiers = Tiers::new(user, builtin);
        let search_time = Arc::new(Stage::new(Context::App, &tiers, layer, sources, problems));
        // The two orders differ only where there are several apps; what is wrong in them has been said.
        let index_time = match tiers.user.len() {
            0 | 1 => search_time.clone(),
            _ => Arc::new(Stage::new(Context::Global, &tiers, layer, sources, &mut Vec::new())),
        };
        let mut merged = |file: &str| {
            let merged = tiers.merge(Context::App, file, sources, problems);
            if layer { merged.layered() } else { merged }
        };
        let users = Users::of(&tiers);
        let macros = merged("macros.conf").whole();
        let (event_types, tags) = (merged("eventtypes.conf"), merged("tags.conf"));
        let (fields, saved_searches) = (merged("fields.conf").whole(), merged("savedsearches.conf").whole());
        let apps = tiers.all();
        let lookups = search_time
            .transforms
            .stanzas()
            .filter_map(|(name, stanza)| Some((LookupDef::of_stanza(name, stanza)?, stanza)))
            .map(|(def, stanza)| (def.name.clone(), LookupDef { app: home(&def, stanza, &apps, sources), ..def }))
            .collect();
        Knowledge {
            macros: macros.stanzas().filter_map(macro_of).collect(),
            index_time,
            search_time,
            fields,
            event_types: event_types_of(&event_types),
            tags: tags_of(tags),
            saved_searches: saved_searches.stanzas().filter_map(saved_search_of).collect(),
            lookups,
            tables: Mutex::default(),
            models: Mutex::default(),
            evaluate,
            users,
            filters: None,
            apps,
            tiers,
            layer,
        }
    }

    /// A configuration file as a search sees it: of all apps, by precedence.
    pub fn conf(&self, file: &str, sources: &Sources) -> Conf {
        let merged = self.tiers.merge(Context::App, file, sources, &mut Vec::new());
        // A tag of a built-in app goes on beside those of the user's.
        let layer = self.layer || file == "tags.conf";
        if layer { merged.layered().whole() } else { merged.whole() }
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
        let key = def.place();
        let mut tables = self.tables.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Rows that were given for the file, whoever defines it, come before those of an app.
        if let Some(Some(table)) = tables.get(def.key()).or_else(|| tables.get(&key)) {
            return Ok(table.clone());
        }
        let own = |app: &&Arc<App>| def.app.as_ref() == Some(&app.shown);
        let mut homes = self.apps.iter().filter(own).chain(self.apps.iter());
        let table = match &def.filename {
            None => LookupTable::empty(&def.fields),
            Some(file) => match homes.find_map(|a| a.bytes(&format!("lookups/{file}"))) {
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

    /// What happens to events when they are indexed.
    pub fn index_time(&self) -> &Stage {
        &self.index_time
    }

    /// What happens to events when they are searched.
    pub fn search_time(&self) -> &Stage {
        &self.search_time
    }

    /// What of the built-in apps the user's apps replace: stanzas of props.conf, data models.
    pub fn replaced(&self) -> Vec<String> {
        let props = self.search_time.props.replacing().into_iter().map(|header| format!("[{header}]"));
        let of = |builtin: bool| self.apps.iter().filter(move |a| a.is_builtin() == builtin).flat_map(|a| a.model_names());
        let models = of(false).filter(|name| of(true).any(|b| b == *name)).map(|name| format!("the data model {name}"));
        props.chain(models).collect()
    }

    /// Fields that have several values in one text, with the regular expression that finds them (`TOKENIZER` of
    /// fields.conf; indexed fields are not split).
    pub fn tokenizers(&self) -> impl Iterator<Item = (&str, &str)> {
        let indexed = |stanza: &Stanza| parse_bool(stanza.value("INDEXED")).unwrap_or(false);
        let stanzas = self.fields.stanzas().filter(move |(_, stanza)| !indexed(stanza));
        stanzas.filter_map(|(name, stanza)| Some((name, stanza.value("TOKENIZER").filter(|t| !t.is_empty())?)))
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
                let parsed = DataModel::parse(&model, &text)
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

/// The app whose file holds the definition of a lookup, if the table is in it too.
fn home(def: &LookupDef, stanza: &Stanza, apps: &[Arc<App>], sources: &Sources) -> Option<String> {
    let name = sources.name(stanza.get("filename")?.span.source);
    let file = format!("lookups/{}", def.filename.as_ref()?);
    let holds = |app: &&Arc<App>| name.strip_prefix(&app.shown).is_some_and(|rest| rest.starts_with('/')) && app.has(&file);
    apps.iter().find(holds).map(|app| app.shown.clone())
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

/// The event types; a user's takes the place of a built-in one of its name.
fn event_types_of(conf: &Merged) -> Vec<EventType> {
    let users: HashSet<String> = conf.user.stanzas().map(|(name, _)| name.to_string()).collect();
    let event_type = |(name, stanza): (&str, &Stanza)| {
        let disabled = parse_bool(stanza.value("disabled")).unwrap_or(false);
        let search = stanza.get("search").filter(|s| !disabled && !s.text.text().trim().is_empty())?;
        Some(EventType { name: name.to_string(), search: search.text.clone(), builtin: !users.contains(name) })
    };
    conf.clone().whole().stanzas().filter_map(event_type).collect()
}

fn saved_search_of((name, stanza): (&str, &Stanza)) -> Option<(String, SavedSearch)> {
    let search = stanza.get("search").filter(|s| name != "default" && !s.text.text().trim().is_empty())?.text.clone();
    let time = |key: &str| stanza.value(key).map(str::trim).filter(|t| !t.is_empty()).map(str::to_string);
    let (earliest, latest) = (time("dispatch.earliest_time"), time("dispatch.latest_time"));
    Some((name.to_string(), SavedSearch { search, earliest, latest }))
}

/// The tags. Names and values are URL-encoded in tags.conf. `disabled` in a user's app takes a built-in tag away.
fn tags_of(mut conf: Merged) -> Vec<TagRule> {
    conf.builtin.add_below(&conf.system);
    let mut rules = Vec::new();
    for (tier, builtin) in [(&conf.user, false), (&conf.builtin, true)] {
        for (header, stanza) in tier.stanzas() {
            let Some((field, value)) = header.split_once('=') else { continue };
            let (field, value) = (percent_decode(field.trim()), percent_decode(value.trim()));
            let users = conf.user.stanza(header).filter(|_| builtin);
            for (tag, setting) in stanza.settings() {
                let enabled = matches!(setting.text.text().trim(), "enabled" | "1" | "true");
                if enabled && users.is_none_or(|users| users.get(tag).is_none()) {
                    let (field, value, tag) = (field.clone(), value.clone(), percent_decode(tag));
                    rules.push(TagRule { field, value, tag, place: setting.span, builtin });
                }
            }
        }
    }
    rules
}

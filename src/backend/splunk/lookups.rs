//! Lookups that a test brings along: put onto the server under names of their own for the time of the test. What is
//! there under the name that the search uses belongs to others, and is not touched.

use std::path::Path;

use indexmap::IndexMap;
use regex::Regex;

use super::alert::Undo;
use super::failure::Failure;
use super::job::Query;
use super::load::quoted;
use super::node::{Node, first};
use super::rest::{Pair, escaped};
use crate::diagnostic::{Code, Diagnostic};
use crate::knowledge::{Knowledge, LookupDef, LookupTable, MatchKind};

/// The name in a search, and the one that is there in its place.
pub(super) type Renamed = (String, String);

impl Node {
    /// Puts lookups onto the server; what is to be undone afterwards is added to `undo` before it is done.
    pub(super) fn put_lookups(
        &self,
        lookups: &IndexMap<String, std::path::PathBuf>,
        knowledge: &Knowledge,
        undo: &mut Vec<Undo>,
    ) -> Result<Vec<Renamed>, Diagnostic> {
        let mut renamed = Vec::new();
        for (name, path) in lookups {
            let own = format!("{}_{}", self.next_host().replace('-', "_"), name.trim_end_matches(".csv"));
            let def = knowledge.lookup(name).unwrap_or_else(|| LookupDef::of_file(name));
            self.put_lookup(&own, &def, path, undo)?;
            renamed.push((name.clone(), own));
        }
        Ok(renamed)
    }

    fn put_lookup(&self, own: &str, def: &LookupDef, path: &Path, undo: &mut Vec<Undo>) -> Result<(), Diagnostic> {
        let wrong = |why: String| Diagnostic::new(Code::RunFile, format!("the lookup {}: {why}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("it cannot be read: {error}")))?;
        let table = LookupTable::parse_csv(text.as_bytes()).map_err(|why| wrong(format!("it is no CSV: {why}")))?;
        if table.table().is_empty() {
            return Err(wrong("it has no row, and Splunk writes no lookup without one".to_string()));
        }
        let file = format!("{own}.csv");
        let app = &self.settings.app;
        undo.push(Undo::Made(format!("/servicesNS/nobody/{}/data/lookup-table-files/{}", escaped(app), escaped(&file))));
        let spl = format!("| makeresults format=csv data={} | outputlookup {file}", quoted(text.trim_start_matches('\u{feff}')));
        self.run(&Query::of(spl)).map_err(first)?;
        let folder = format!("/servicesNS/nobody/{}/data/transforms/lookups", escaped(app));
        undo.push(Undo::Made(format!("{folder}/{}", escaped(own))));
        let matches: Vec<String> = def.match_types.iter().filter_map(|(field, kind)| shown(field, *kind)).collect();
        let (matches, most, least) = (matches.join(","), def.max_matches.to_string(), def.min_matches.to_string());
        let mut form: Vec<Pair<'_>> = vec![("name", own), ("filename", &file), ("max_matches", &most), ("min_matches", &least)];
        form.push(("case_sensitive_match", if def.case_sensitive { "1" } else { "0" }));
        if !matches.is_empty() {
            form.push(("match_type", &matches));
        }
        if !def.default_match.is_empty() {
            form.push(("default_match", &def.default_match));
        }
        let refused = |f: Failure| self.rest.problem(&f, "defining a lookup for the test");
        self.rest.post(&folder, &form).map(drop).map_err(refused)
    }
}

fn shown(field: &str, kind: MatchKind) -> Option<String> {
    match kind {
        MatchKind::Wildcard => Some(format!("WILDCARD({field})")),
        MatchKind::Cidr => Some(format!("CIDR({field})")),
        MatchKind::Exact => None,
    }
}

/// The search with other names after `lookup` and `inputlookup`, options in between left as they are.
pub(super) fn rename(spl: &str, renamed: &[Renamed]) -> String {
    renamed.iter().fold(spl.to_string(), |spl, (name, own)| {
        let pattern = format!(r#"(?i)\b((?:input)?lookup\s+(?:\w+\s*=\s*[^\s|]+\s+)*)"?{}"?([\s|\]]|$)"#, regex::escape(name));
        let pattern = Regex::new(&pattern).expect("the name is escaped, and the rest is tested");
        pattern.replace_all(&spl, format!("${{1}}{own}${{2}}")).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_of_the_lookup() {
        let to = [("a.csv".to_string(), "own".to_string())];
        assert_eq!(rename("x | lookup local=true a.csv a AS b", &to), "x | lookup local=true own a AS b");
        assert_eq!(rename("| inputlookup append=t a.csv| head 1", &to), "| inputlookup append=t own| head 1");
        assert_eq!(rename("x [| inputlookup \"a.csv\"]", &to), "x [| inputlookup own]");
        assert_eq!(rename("x | lookup b a.csv OUTPUT a.csv", &to), "x | lookup b a.csv OUTPUT a.csv");
        assert_eq!(rename("a.csv | lookup aXcsv b", &to), "a.csv | lookup aXcsv b");
    }
}

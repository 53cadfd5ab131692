//! Files that describe datasets, as the attack_data repository keeps one beside its logs.
//!
//! Three forms are read: `datasets` with a path or URL, source and sourcetype each; the older `dataset`, a list of URLs
//! beside a list of `sourcetypes`; and the configuration of the replay script, `datasets` with `replay_parameters`.

use crate::diagnostic::{Code, Diagnostic, SourceId};

use super::record::{At, Reading, Record};
use super::yaml;

/// A file that describes datasets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// `id`: what the replay script takes for the host.
    pub id: Option<String>,
    /// The datasets, in the order of the file.
    pub datasets: Vec<Described>,
    /// What is wrong with it.
    pub problems: Vec<Diagnostic>,
}

/// One dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its name, or its path where it has none.
    pub name: String,
    /// Path or URL.
    pub data: At<String>,
    /// `source`.
    pub source: Option<String>,
    /// `sourcetype`.
    pub sourcetype: Option<String>,
    /// `index`.
    pub index: Option<String>,
    /// `host`.
    pub host: Option<String>,
    /// Sourcetypes of the older form where there are several: which is whose is not said.
    pub sourcetypes: Vec<String>,
    /// `update_timestamp: true`.
    pub update_timestamp: bool,
}

impl Description {
    /// Reads a file; `None` where it describes no datasets.
    pub fn read(text: &str, source: SourceId) -> Option<Description> {
        let tree = match yaml::parse(text, source) {
            Ok(tree) => tree,
            Err(problem) => return Some(Description { problems: vec![problem], ..Description::default() }),
        };
        let mut reading = Reading::new(source, text);
        let record = reading.record(&tree, "the file")?;
        if !record.has("datasets") && !record.has("dataset") {
            return None;
        }
        let mut found = Description { id: record.text("id", &mut reading).map(|id| id.value), ..Description::default() };
        for one in record.records("datasets", "datasets[]", &mut reading) {
            found.datasets.extend(Described::read(&one, &mut reading));
        }
        found.datasets.extend(older(&record, &mut reading));
        if found.datasets.is_empty() && reading.problems.is_empty() {
            let problem = Diagnostic::new(Code::ContentField, "the file describes no dataset");
            reading.problems.push(problem.at(record.span(&reading), ""));
        }
        found.problems = reading.problems;
        Some(found)
    }
}

impl Described {
    fn read(one: &Record<'_>, reading: &mut Reading<'_>) -> Option<Described> {
        if one.flag("enabled", reading).is_some_and(|enabled| !enabled.value) {
            return None;
        }
        let key = ["path", "url", "data"].into_iter().find(|key| one.has(key)).unwrap_or("path");
        let data = one.need(key, reading).filter(|data| !data.trim().is_empty())?;
        let parameters = one.record("replay_parameters", "replay_parameters", reading).unwrap_or(*one);
        let mut text = |key: &str| parameters.text(key, reading).map(|text| text.value).filter(|text| !text.trim().is_empty());
        let (source, sourcetype, index, host) = (text("source"), text("sourcetype"), text("index"), text("host"));
        Some(Described {
            name: one.text("name", reading).map_or_else(|| data.value.clone(), |name| name.value),
            source,
            sourcetype,
            index,
            host,
            sourcetypes: Vec::new(),
            update_timestamp: parameters.flag("update_timestamp", reading).is_some_and(|flag| flag.value),
            data,
        })
    }
}

/// The older form: addresses here, sourcetypes there, in orders of their own.
fn older(record: &Record<'_>, reading: &mut Reading<'_>) -> Vec<Described> {
    let sourcetypes: Vec<String> = record.texts("sourcetypes", reading).into_iter().map(|text| text.value).collect();
    let only = match sourcetypes.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    let described = |data: At<String>| Described {
        name: data.value.clone(),
        data,
        source: None,
        sourcetype: only.clone(),
        index: None,
        host: None,
        sourcetypes: if only.is_some() { Vec::new() } else { sourcetypes.clone() },
        update_timestamp: false,
    };
    record.texts("dataset", reading).into_iter().map(described).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;

    fn read(text: &str) -> Option<Description> {
        Description::read(text, Sources::new().add("x.yml", text))
    }

    #[test]
    fn three_forms() {
        let new = read("id: 7\ndatasets:\n- name: a\n  path: /datasets/a.log\n  sourcetype: s\n  source: o\n").expect("one");
        assert_eq!(new.id.as_deref(), Some("7"));
        let a = &new.datasets[0];
        assert_eq!((a.name.as_str(), a.data.as_str(), a.sourcetype.as_deref()), ("a", "/datasets/a.log", Some("s")));
        let old = read("dataset:\n- https://h/a.log\n- https://h/b.log\nsourcetypes:\n- s\n- t\n").expect("one");
        assert_eq!(old.datasets.len(), 2);
        assert_eq!((&old.datasets[1].sourcetype, old.datasets[1].sourcetypes.len()), (&None, 2));
        let one = read("dataset: [https://h/a.log]\nsourcetypes: [s]\n").expect("one");
        assert_eq!(one.datasets[0].sourcetype.as_deref(), Some("s"));
        let script = "datasets:\n- name: a\n  path: a.log\n  replay_parameters: {source: o, sourcetype: s, index: i, update_timestamp: True}\n  enabled: True\n- name: b\n  path: b.log\n  enabled: False\n";
        let script = read(script).expect("one");
        assert_eq!(script.datasets.len(), 1);
        assert!(script.datasets[0].update_timestamp && script.datasets[0].index.as_deref() == Some("i"));
    }

    #[test]
    fn what_is_wrong_is_said_and_other_files_are_none() {
        assert_eq!(read("name: a detection\ntests: []\n"), None);
        let no_path = read("datasets:\n- name: a\n").expect("one");
        assert!(no_path.problems[0].message.contains("`path`"));
        assert!(!read("datasets: []\n").expect("one").problems.is_empty());
        assert!(!read("datasets: [\n").expect("broken").problems.is_empty());
    }
}

//! Finds and reads the files of a content repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Sources};

use super::app::{AppInfo, Leaving};
use super::data_source::DataSource;
use super::deployment::Deployment;
use super::detection::Detection;
use super::file::File;
use super::lookup::Lookup;
use super::macros::Macro;
use super::record::{Reading, Record};
use super::story::Story;
use super::sundry::Sundry;
use super::supporting::SupportingSearch;
use super::yaml;

/// The folders of a content repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `detections/`.
    Detection,
    /// `macros/`.
    Macro,
    /// `lookups/`.
    Lookup,
    /// `stories/`.
    Story,
    /// `data_sources/`.
    DataSource,
    /// `deployments/`.
    Deployment,
    /// `baselines/`.
    Baseline,
    /// `investigations/`.
    Investigation,
    /// `dashboards/`.
    Dashboard,
    /// `playbooks/`.
    Playbook,
    /// `schedules/`.
    Schedule,
    /// `removed/`.
    Removed,
}

impl Kind {
    /// All kinds, in the order in which they are loaded.
    pub const ALL: [Kind; 12] = [
        Kind::Detection,
        Kind::Macro,
        Kind::Lookup,
        Kind::Story,
        Kind::DataSource,
        Kind::Deployment,
        Kind::Baseline,
        Kind::Investigation,
        Kind::Dashboard,
        Kind::Playbook,
        Kind::Schedule,
        Kind::Removed,
    ];

    /// The folder, as contentctl names it.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Detection => "detections",
            Kind::Macro => "macros",
            Kind::Lookup => "lookups",
            Kind::Story => "stories",
            Kind::DataSource => "data_sources",
            Kind::Deployment => "deployments",
            Kind::Baseline => "baselines",
            Kind::Investigation => "investigations",
            Kind::Dashboard => "dashboards",
            Kind::Playbook => "playbooks",
            Kind::Schedule => "schedules",
            Kind::Removed => "removed",
        }
    }

    /// The object in messages: `detection`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Detection => "detection",
            Kind::Macro => "macro",
            Kind::Lookup => "lookup",
            Kind::Story => "story",
            Kind::DataSource => "data source",
            Kind::Deployment => "deployment",
            Kind::Baseline => "baseline",
            Kind::Investigation => "investigation",
            Kind::Dashboard => "dashboard",
            Kind::Playbook => "playbook",
            Kind::Schedule => "schedule",
            Kind::Removed => "removed object",
        }
    }
}

/// A file that gave no object.
#[derive(Clone, Debug)]
pub struct BrokenFile {
    /// What it should have been.
    pub kind: Kind,
    /// The file.
    pub file: File,
    /// Why.
    pub problems: Vec<Diagnostic>,
}

/// A content repository in memory. Every list is in the order of the paths.
#[derive(Debug, Default)]
pub struct Content {
    /// The folder given as `--path`.
    pub root: PathBuf,
    /// `detections/`.
    pub detections: Vec<Detection>,
    /// `macros/`.
    pub macros: Vec<Macro>,
    /// `lookups/`.
    pub lookups: Vec<Lookup>,
    /// `stories/`.
    pub stories: Vec<Story>,
    /// `data_sources/`.
    pub data_sources: Vec<DataSource>,
    /// `deployments/`.
    pub deployments: Vec<Deployment>,
    /// `baselines/`.
    pub baselines: Vec<SupportingSearch>,
    /// `investigations/`.
    pub investigations: Vec<SupportingSearch>,
    /// `dashboards/`, `playbooks/`, `schedules/`, `removed/`.
    pub sundries: Vec<Sundry>,
    /// `contentctl.yml` or `build.yml`.
    pub app: AppInfo,
    /// `removed/deprecation_mapping*.YML`.
    pub leaving: Vec<Leaving>,
    /// Every file that was read, broken ones too.
    pub read: Vec<File>,
    /// Files that gave no object.
    pub broken: Vec<BrokenFile>,
    /// Everything that was wrong while reading, including the problems of broken files; by path, then by place.
    pub problems: Vec<Diagnostic>,
    /// Number of YAML files read.
    pub files: usize,
}

enum Object {
    Detection(Box<Detection>),
    Macro(Macro),
    Lookup(Lookup),
    Story(Story),
    DataSource(DataSource),
    Deployment(Deployment),
    Supporting(Box<SupportingSearch>),
    Sundry(Sundry),
    None,
}

impl Content {
    /// The name of the saved search that a detection becomes: `ESCU - NAME - Rule`, with the app's label in the first place.
    pub fn search_name(&self, detection: &Detection) -> String {
        let label = self.app.label.as_ref().map_or("ESCU", |label| label.as_str());
        format!("{label} - {} - Rule", detection.header.name.value)
    }

    /// Reads the repository at `root`. Folders that are not there are no problem; files that cannot be read are
    /// noted in [`Content::problems`].
    pub fn load(root: &Path, sources: &Sources) -> Content {
        let mut content = Content { root: root.to_path_buf(), ..Content::default() };
        let mut paths: Vec<(Kind, PathBuf)> = Vec::new();
        for kind in Kind::ALL {
            let mut found = Vec::new();
            walk(&root.join(kind.folder()), 0, &mut found, &mut content.problems);
            found.sort();
            paths.extend(found.into_iter().map(|path| (kind, path)));
        }
        content.files = paths.len();
        let texts: Vec<std::io::Result<Vec<u8>>> = paths.par_iter().map(|(_, path)| std::fs::read(path)).collect();
        // Registered one after the other, so that ids do not depend on threads.
        let mut files: Vec<(Kind, File, Arc<str>)> = Vec::with_capacity(paths.len());
        for ((kind, path), text) in paths.into_iter().zip(texts) {
            let name: Arc<str> = relative(root, &path).into();
            match text {
                Ok(bytes) => {
                    let (text, bad) = utf8(bytes);
                    let source = sources.add(name.clone(), text.clone());
                    if let Some(at) = bad {
                        let span = crate::diagnostic::Span::new(source, at, at);
                        content.problems.push(Diagnostic::new(Code::YamlSyntax, "the file is not UTF-8").at(span, "this byte"));
                    }
                    files.push((kind, File { path: name, source }, text));
                }
                Err(error) => content.problems.push(Diagnostic::new(Code::RunFile, format!("cannot read {name}: {error}"))),
            }
        }
        let read: Vec<(Object, Vec<Diagnostic>)> =
            files.par_iter().map(|(kind, file, text)| read_file(*kind, file, text)).collect();
        for ((kind, file, _), (object, problems)) in files.into_iter().zip(read) {
            content.read.push(file.clone());
            content.take(kind, file, object, problems);
        }
        content.read_app(sources);
        content
    }

    /// Reads what the repository says of its app, and of what goes away. A repository without it is fine.
    fn read_app(&mut self, sources: &Sources) {
        if let Some(name) = super::app::FILES.into_iter().find(|name| self.root.join(name).is_file()) {
            self.app = self.read_apart(name, sources, AppInfo::read).unwrap_or_default();
        }
        let removed = std::fs::read_dir(self.root.join("removed")).into_iter().flatten().flatten();
        let mut names: Vec<String> = removed.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        // In capitals, so that it is no content.
        for name in names.iter().filter(|name| name.starts_with("deprecation_mapping") && name.ends_with(".YML")) {
            let entries = self.read_apart(&format!("removed/{name}"), sources, Leaving::read_all);
            self.leaving.extend(entries.unwrap_or_default());
        }
    }

    /// Reads a file that is no content.
    fn read_apart<T>(
        &mut self,
        name: &str,
        sources: &Sources,
        read: impl FnOnce(&Record<'_>, &mut Reading<'_>) -> T,
    ) -> Option<T> {
        let text = std::fs::read_to_string(self.root.join(name)).ok()?;
        let source = sources.add(name, text.as_str());
        self.read.push(File { path: name.into(), source });
        let mut reading = Reading::new(source, &text);
        let found = match yaml::parse(&text, source) {
            Ok(tree) => reading.record(&tree, "file").map(|record| read(&record, &mut reading)),
            Err(problem) => {
                reading.problems.push(problem);
                None
            }
        };
        self.problems.append(&mut reading.problems);
        found
    }

    fn take(&mut self, kind: Kind, file: File, object: Object, problems: Vec<Diagnostic>) {
        match object {
            Object::Detection(one) => self.detections.push(*one),
            Object::Macro(one) => self.macros.push(one),
            Object::Lookup(one) => self.lookups.push(one),
            Object::Story(one) => self.stories.push(one),
            Object::DataSource(one) => self.data_sources.push(one),
            Object::Deployment(one) => self.deployments.push(one),
            Object::Supporting(one) if kind == Kind::Baseline => self.baselines.push(*one),
            Object::Supporting(one) => self.investigations.push(*one),
            Object::Sundry(one) => self.sundries.push(one),
            Object::None => self.broken.push(BrokenFile { kind, file, problems: problems.clone() }),
        }
        self.problems.extend(problems);
    }

    /// True where the folder holds nothing that could be content.
    pub fn is_empty(&self) -> bool {
        self.files == 0
    }
}

fn read_file(kind: Kind, file: &File, text: &str) -> (Object, Vec<Diagnostic>) {
    let tree = match yaml::parse(text, file.source) {
        Ok(tree) => tree,
        Err(problem) => return (Object::None, vec![problem]),
    };
    let mut reading = Reading::new(file.source, text);
    let Some(record) = reading.record(&tree, kind.word()) else {
        if reading.problems.is_empty() {
            reading.problems.push(Diagnostic::new(Code::YamlSyntax, "the file is empty").at(file.start(), ""));
        }
        return (Object::None, reading.problems);
    };
    let reading_ref = &mut reading;
    let object = match kind {
        Kind::Detection => Detection::read(&record, file, reading_ref).map(|d| Object::Detection(Box::new(d))),
        Kind::Macro => super::macros::Macro::read(&record, file, reading_ref).map(Object::Macro),
        Kind::Lookup => Lookup::read(&record, file, reading_ref).map(Object::Lookup),
        Kind::Story => Some(Object::Story(Story::read(&record, file, reading_ref))),
        Kind::DataSource => Some(Object::DataSource(DataSource::read(&record, file, reading_ref))),
        Kind::Deployment => Some(Object::Deployment(Deployment::read(&record, file, reading_ref))),
        Kind::Baseline | Kind::Investigation => {
            SupportingSearch::read(&record, file, reading_ref).map(|s| Object::Supporting(Box::new(s)))
        }
        Kind::Dashboard | Kind::Playbook | Kind::Schedule | Kind::Removed => {
            Some(Object::Sundry(Sundry::read(kind, &record, file, reading_ref)))
        }
    };
    yaml::traps(&tree, text, file.source, &mut reading.problems);
    let mut problems = reading.problems;
    problems.sort_by_key(|p| p.span().map_or(0, |s| s.start));
    (object.unwrap_or(Object::None), problems)
}

/// Collects the YAML files below a folder. Links are followed; the depth is limited, since a link may lead upwards.
fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>, problems: &mut Vec<Diagnostic>) {
    const MAX_DEPTH: usize = 16;
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(error) => {
            problems.push(Diagnostic::new(Code::RunFile, format!("cannot read the folder {}: {error}", folder.display())));
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_folder = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => path.is_dir(),
            Ok(kind) => kind.is_dir(),
            Err(_) => false,
        };
        if is_folder && depth < MAX_DEPTH {
            walk(&path, depth + 1, found, problems);
        } else if !is_folder && path.extension().is_some_and(|e| e == "yml" || e == "yaml") {
            found.push(path);
        }
    }
}

fn relative(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The text of a file, and the first byte that is not UTF-8.
fn utf8(bytes: Vec<u8>) -> (Arc<str>, Option<usize>) {
    match String::from_utf8(bytes) {
        Ok(text) => (text.into(), None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into(), Some(at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{DetectionType, Generation, LookupData, Maturity};

    fn repository(files: &[(&str, &str)]) -> (tempfile::TempDir, Sources, Content) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
            std::fs::write(path, text).expect("written");
        }
        let sources = Sources::new();
        let content = Content::load(folder.path(), &sources);
        (folder, sources, content)
    }

    const V4: &str = "name: Old One\nid: 1\nversion: 1\ndate: '2024-01-01'\nauthor: A\nstatus: experimental\ntype: TTP\n\
        description: d\ndata_source: []\nsearch: '`x` | stats count by dest user | `old_one_filter`'\ntags:\n  \
        analytic_story: [S]\n  confidence: 50\n  impact: 70\n  message: hi $user$\n  mitre_attack_id: [T1003.002]\n  \
        observable:\n  - {name: user, type: User, role: [Victim]}\n  - {name: dest, type: Hostname, role: [Victim]}\n  \
        - {name: p, type: Process Name, role: [Attacker]}\n  security_domain: endpoint\ntests:\n- name: T\n  attack_data:\n  \
        - data: a.log\n    source: s\n    sourcetype: t\n    update_timestamp: true\n";

    const V6: &str = "name: New One\nid: 2\nversion: 1\ncreation_date: '2026-06-01'\nmodification_date: '2026-06-02'\n\
        status: production\ntype: TTP\ndescription: d\nsearch: x\nfinding:\n  title: t $user$\n  entity: {field: user, type: user, \
        score: 40}\nintermediate_findings:\n  entities:\n  - {field: dest, type: system, score: 20, message: m}\n\
        threat_objects:\n- {field: p, type: process_name}\nmitre_attack_id: [T1003]\nanalytic_story: [S]\ntests:\n\
        - {name: T, test_type: experimental, description: by hand}\n";

    #[test]
    fn three_generations_become_one_model() {
        let v5 = "name: Mid One\nid: 3\ntype: Anomaly\nstatus: production\nsearch: x\nrba:\n  message: m\n  risk_objects:\n  \
            - {field: user, type: user, score: 12}\n  threat_objects: []\ntags: {analytic_story: [S]}\n";
        let (_folder, _, content) =
            repository(&[("detections/a/old_one.yml", V4), ("detections/b/new_one.yml", V6), ("detections/mid_one.yaml", v5)]);
        assert!(content.problems.is_empty(), "{:?}", content.problems);
        let [old, new, mid] = content.detections.as_slice() else { panic!("three: {:?}", content.detections) };
        assert_eq!([old.generation, new.generation, mid.generation], [Generation::V4, Generation::V6, Generation::V5]);
        assert_eq!((old.status.value, old.kind.value), (Maturity::Experimental, DetectionType::Ttp));
        let risk = old.promised_risk().expect("risk");
        assert_eq!(risk.object_fields(), ["user", "dest"]);
        assert_eq!((risk.objects[0].kind.as_str(), risk.objects[1].kind.as_str(), risk.objects[1].score), ("user", "system", 35));
        assert_eq!(risk.threats[0].kind, "process_name");
        assert_eq!(old.tests[0].data[0].update_timestamp.as_ref().expect("given").value, "true");
        let risk = new.promised_risk().expect("risk");
        assert_eq!(
            risk.objects.iter().map(|o| (o.field.as_str(), o.score, o.finding)).collect::<Vec<_>>(),
            [("user", 40, true), ("dest", 20, false)]
        );
        assert_eq!(new.tests[0].manual.as_deref(), Some("by hand"));
        assert_eq!(mid.promised_risk().expect("risk").objects[0].score, 12);
    }

    #[test]
    fn a_broken_file_never_hides_another() {
        let (_folder, sources, content) = repository(&[
            ("detections/bad.yml", "name: 'x\nsearch: y\n"),
            ("detections/empty.yml", ""),
            ("detections/list.yml", "- a\n"),
            ("detections/good.yml", "name: Good\ntype: Hunting\nsearch: x\n"),
            ("macros/m.yml", "name: m\ndefinition: a\ndefinition: b\n"),
        ]);
        assert_eq!(content.detections.len(), 1);
        assert_eq!(content.broken.len(), 3);
        let told: Vec<(String, &str)> =
            content.problems.iter().map(|p| (sources.location(p.span().expect("a place")).name, p.code.name())).collect();
        assert_eq!(
            told,
            [
                ("detections/bad.yml".to_string(), "yaml-syntax"),
                ("detections/empty.yml".to_string(), "yaml-syntax"),
                ("detections/list.yml".to_string(), "content-field"),
                ("macros/m.yml".to_string(), "yaml-duplicate-key"),
            ]
        );
        assert_eq!(content.macros[0].definition.text(), "b");
    }

    #[test]
    fn lookups_of_both_generations() {
        let (_folder, _, content) = repository(&[
            ("lookups/old.yml", "name: old\nfilename: x.csv\nmatch_type: WILDCARD(a), CIDR(b)\ncase_sensitive_match: 'false'\n"),
            ("lookups/old_kv.yml", "name: old_kv\ncollection: c\nfields_list: _key, a, b\n"),
            ("lookups/new.yml", "name: new\nlookup_type: csv\nmatch_type: ['WILDCARD(a)']\nmax_matches: 1\n"),
            ("lookups/new_kv.yml", "name: new_kv\nlookup_type: kvstore\nfields: [_key, a]\n"),
        ]);
        assert!(content.problems.is_empty(), "{:?}", content.problems);
        let [new, new_kv, old, old_kv] = content.lookups.as_slice() else { panic!("four") };
        assert!(matches!(&old.data, LookupData::Csv(path) if path.value == "lookups/x.csv"));
        assert!(matches!(&new.data, LookupData::Csv(path) if path.value == "lookups/new.csv"));
        assert_eq!(old.match_type.len(), 2);
        assert!(matches!(&old_kv.data, LookupData::Collection { name, fields } if name == "c" && fields.len() == 3));
        assert!(matches!(&new_kv.data, LookupData::Collection { fields, .. } if fields.len() == 2));
    }

    /// Run over a whole tree of published content, when one is at hand.
    #[test]
    fn published_content_loads() {
        let Ok(root) = std::env::var("MUSTER_CONTENT_TREE") else { return };
        let sources = Sources::new();
        let begin = std::time::Instant::now();
        let content = Content::load(Path::new(&root), &sources);
        eprintln!("{} files, {} detections, {:?}", content.files, content.detections.len(), begin.elapsed());
        for problem in &content.problems {
            eprintln!("{}", crate::diagnostic::plain(problem, &sources));
        }
        assert!(content.broken.is_empty());
    }
}

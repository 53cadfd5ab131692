//! Which detections are tested.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use crate::content::{BrokenFile, Content, Detection, DetectionType, File, Kind, Maturity};
use crate::diagnostic::{Code, Diagnostic};

use super::changed::Changed;

/// What is tested although it would be skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Include {
    /// Detections of status experimental.
    pub experimental: bool,
    /// Detections of status deprecated.
    pub deprecated: bool,
    /// Tests that are to be done by hand.
    pub manual: bool,
}

impl Include {
    /// Reads one word of `--include`.
    pub fn add(&mut self, word: &str) -> Result<(), String> {
        match word.trim() {
            "experimental" => self.experimental = true,
            "deprecated" => self.deprecated = true,
            "manual" => self.manual = true,
            "all" => *self = Include { experimental: true, deprecated: true, manual: true },
            other => return Err(format!("`{other}` cannot be included: experimental, deprecated, manual or all")),
        }
        Ok(())
    }

    /// Whether detections of this status are tested.
    pub fn admits(&self, status: Maturity) -> bool {
        match status {
            Maturity::Production => true,
            Maturity::Experimental => self.experimental,
            Maturity::Deprecated => self.deprecated,
            Maturity::Removed => false,
        }
    }
}

/// What the user asked for; an empty list asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Names, ids, files, folders, globs.
    pub patterns: Vec<String>,
    /// ATT&CK techniques; a technique takes its sub-techniques along.
    pub techniques: Vec<String>,
    /// Analytic stories.
    pub stories: Vec<String>,
    /// Types.
    pub kinds: Vec<DetectionType>,
    /// Paths are relative to this folder.
    pub current: PathBuf,
    /// Only what a change touches.
    pub changed: Option<Changed>,
    /// Only these files.
    pub files: Option<BTreeSet<String>>,
    /// Only this part of it all.
    pub shard: Option<Shard>,
}

/// One of several parts of a repository, each run by another machine. Which part a detection is in depends on its file
/// alone, so that parts do not change when others come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub number: u64,
    /// How many there are.
    pub of: u64,
}

impl Shard {
    /// Reads `I/N`.
    pub fn parse(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.trim().parse().ok()?, n.trim().parse().ok()?)));
        match parts {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
            _ => Err(format!("`{text}` is not of the form I/N with I from 1 to N")),
        }
    }

    fn has(self, path: &str) -> bool {
        // FNV-1a: the same on every machine and in every version.
        let hash = path.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        hash % self.of + 1 == self.number
    }
}

impl Selection {
    /// The detections that are meant, in the order of their files. An argument that means nothing is an error.
    pub fn select<'a>(&self, content: &'a Content) -> Result<Vec<&'a Detection>, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut chosen = vec![self.patterns.is_empty(); content.detections.len()];
        for pattern in &self.patterns {
            let matcher = Matcher::new(pattern, &self.current, &content.root);
            let mut any = false;
            for (n, detection) in content.detections.iter().enumerate() {
                if matcher.fits(detection) {
                    (chosen[n], any) = (true, true);
                }
            }
            any |= content.broken.iter().any(|b| b.kind == Kind::Detection && matcher.fits_file(&b.file));
            if !any {
                problems.push(unknown(pattern, content, &self.current));
            }
        }
        self.check_filters(content, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let touched: Option<HashSet<&str>> =
            self.changed.as_ref().map(|changed| changed.touches(content).iter().map(|d| &*d.header.file.path).collect());
        let touched = |d: &Detection| touched.as_ref().is_none_or(|list| list.contains(&*d.header.file.path));
        let list = content.detections.iter().zip(chosen);
        let list = list.filter(|(d, chosen)| *chosen && self.fits_filters(d) && self.has_file(&d.header.file) && touched(d));
        Ok(list.map(|(d, _)| d).collect())
    }

    fn has_file(&self, file: &File) -> bool {
        self.files.as_ref().is_none_or(|files| files.contains(&*file.path))
            && self.shard.is_none_or(|shard| shard.has(&file.path))
    }

    /// The detection files that cannot be read and that an argument means; all of them where everything is asked for.
    pub fn select_broken<'a>(&self, content: &'a Content) -> Vec<&'a BrokenFile> {
        // What cannot be read has no technique, story or type that it could be chosen by.
        if !(self.techniques.is_empty() && self.stories.is_empty() && self.kinds.is_empty()) {
            return Vec::new();
        }
        let matchers: Vec<Matcher> = self.patterns.iter().map(|p| Matcher::new(p, &self.current, &content.root)).collect();
        let changed = |file: &File| self.changed.as_ref().is_none_or(|changed| changed.has(&file.path));
        let broken = content.broken.iter().filter(|b| b.kind == Kind::Detection);
        let broken = broken.filter(|b| self.has_file(&b.file) && changed(&b.file));
        broken.filter(|b| matchers.is_empty() || matchers.iter().any(|m| m.fits_file(&b.file))).collect()
    }

    fn fits_filters(&self, detection: &Detection) -> bool {
        let technique = |wanted: &String| {
            detection.techniques.iter().any(|t| {
                t.eq_ignore_ascii_case(wanted)
                    || t.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted))
                        && t[wanted.len()..].starts_with('.')
            })
        };
        (self.techniques.is_empty() || self.techniques.iter().any(technique))
            && (self.stories.is_empty()
                || self.stories.iter().any(|s| detection.stories.iter().any(|d| d.eq_ignore_ascii_case(s))))
            && (self.kinds.is_empty() || self.kinds.contains(&detection.kind.value))
    }

    fn check_filters(&self, content: &Content, problems: &mut Vec<Diagnostic>) {
        for story in &self.stories {
            let mut known = content.detections.iter().flat_map(|d| &d.stories).map(|s| s.as_str());
            if !known.clone().any(|k| k.eq_ignore_ascii_case(story)) {
                let problem = Diagnostic::new(Code::RunUsage, format!("no detection belongs to a story `{story}`"));
                problems.push(problem.did_you_mean(story, known.by_ref()));
            }
        }
    }
}

struct Matcher {
    text: String,
    glob: Option<globset::GlobMatcher>,
    /// The file or folder that the argument names, if it names one.
    path: Option<PathBuf>,
    root: PathBuf,
}

impl Matcher {
    fn new(pattern: &str, current: &Path, root: &Path) -> Self {
        let is_glob = pattern.contains(['*', '?', '[', '{']);
        let glob = is_glob
            .then(|| GlobBuilder::new(pattern.trim_start_matches("./")).literal_separator(false).build().ok())
            .flatten()
            .map(|g| g.compile_matcher());
        // First as the shell means it, then relative to the repository.
        let path = [current.join(pattern), root.join(pattern)].into_iter().find_map(|p| std::fs::canonicalize(p).ok());
        let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
        Matcher { text: pattern.to_string(), glob, path, root }
    }

    fn fits(&self, detection: &Detection) -> bool {
        let header = &detection.header;
        if header.name.eq_ignore_ascii_case(&self.text)
            || header.id.as_ref().is_some_and(|id| id.eq_ignore_ascii_case(&self.text))
            || self.glob.as_ref().is_some_and(|glob| glob.is_match(&header.name.value))
        {
            return true;
        }
        self.fits_file(&header.file)
    }

    fn fits_file(&self, file: &File) -> bool {
        let by_glob = self.glob.as_ref().is_some_and(|glob| glob.is_match(&*file.path) || glob.is_match(file.stem()));
        if by_glob || file.stem() == self.text {
            return true;
        }
        let file = self.root.join(&*file.path);
        self.path.as_ref().is_some_and(|path| file == *path || file.starts_with(path))
    }
}

fn unknown(pattern: &str, content: &Content, current: &Path) -> Diagnostic {
    let exists = [current, content.root.as_path()].into_iter().any(|base| base.join(pattern).exists());
    if exists {
        return Diagnostic::new(Code::RunUsage, format!("`{pattern}` holds no detection of {}", content.root.display()))
            .help("detections are the YAML files below `detections/` of the repository given by --path");
    }
    let names = content.detections.iter().flat_map(|d| [d.header.name.as_str(), d.header.file.stem(), &*d.header.file.path]);
    Diagnostic::new(Code::RunUsage, format!("there is no detection `{pattern}`"))
        .note("a detection is named by its name, its id, its file, a folder, or a glob")
        .did_you_mean(pattern, names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;

    fn content(folder: &Path) -> Content {
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
            std::fs::write(path, text).expect("written");
        };
        write(
            "detections/endpoint/one_thing.yml",
            "name: One Thing\nid: aa\ntype: TTP\nsearch: x\nmitre_attack_id: [T1003.001]\n",
        );
        write("detections/web/two_things.yml", "name: Two Things\nid: bb\ntype: Hunting\nsearch: x\nanalytic_story: [S]\n");
        Content::load(folder, &Sources::new())
    }

    #[test]
    fn by_name_id_file_folder_and_glob() {
        let folder = tempfile::tempdir().expect("a folder");
        let content = content(folder.path());
        let select = |patterns: &[&str], change: fn(&mut Selection)| {
            let patterns = patterns.iter().map(|p| (*p).to_string()).collect();
            let mut selection = Selection { patterns, current: folder.path().join("detections"), ..Selection::default() };
            change(&mut selection);
            selection.select(&content).map(|list| list.iter().map(|d| d.header.file.stem().to_string()).collect::<Vec<_>>())
        };
        let none = |_: &mut Selection| {};
        for one in
            ["one thing", "AA", "one_thing", "endpoint", "endpoint/one_thing.yml", "detections/endpoint", "*/endpoint/*", "One*"]
        {
            assert_eq!(select(&[one], none).expect(one), ["one_thing"], "{one}");
        }
        assert_eq!(select(&[], none).expect("all").len(), 2);
        assert_eq!(select(&[], |s| s.techniques = vec!["t1003".into()]).expect("one"), ["one_thing"]);
        assert_eq!(select(&[], |s| s.stories = vec!["s".into()]).expect("one"), ["two_things"]);
        assert_eq!(select(&[], |s| s.kinds = vec![DetectionType::Hunting]).expect("one"), ["two_things"]);
        let problems = select(&["one_thin", "web"], none).expect_err("no such detection");
        assert_eq!(problems[0].help.as_deref(), Some("did you mean `one_thing`?"));
        assert_eq!(problems.len(), 1);
    }
}

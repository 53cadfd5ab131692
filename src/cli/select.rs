//! Which detections a run is about: the options of `test` that choose.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::content::DetectionType;
use crate::dataset::Cache;
use crate::diagnostic::{Code, Diagnostic, Sources};
use crate::harness::{Changed, Selection, Shard};
use crate::verdict::Run;

use super::common::Common;
use super::run::Problems;

#[derive(Args, Debug)]
pub(super) struct SelectArgs {
    /// Names, ids, files, folders or globs; none is all
    #[arg(value_name = "DETECTION")]
    detections: Vec<String>,
    /// Only detections of this ATT&CK technique; may be repeated
    #[arg(long, value_name = "ID")]
    technique: Vec<String>,
    /// Only detections of this analytic story; may be repeated
    #[arg(long, value_name = "NAME")]
    story: Vec<String>,
    /// Only detections of this type; may be repeated
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_type)]
    kinds: Vec<DetectionType>,
    /// Only detections that changed since the branch left the main branch, or that use what changed: macros, lookups, data
    /// sources, datasets, overlays, apps
    #[arg(long)]
    changed: bool,
    /// The branch, tag or commit that --changed compares with
    #[arg(long, value_name = "REF", requires = "changed")]
    base: Option<String>,
    /// Only part I of N, for N machines
    #[arg(long, value_name = "I/N", value_parser = Shard::parse)]
    shard: Option<Shard>,
    /// Only what did not pass in the last run over this repository
    #[arg(long)]
    rerun_failed: bool,
}

fn parse_type(text: &str) -> Result<DetectionType, String> {
    DetectionType::ALL
        .into_iter()
        .find(|t| t.word().eq_ignore_ascii_case(text))
        .ok_or_else(|| "it must be TTP, Anomaly, Hunting or Correlation".to_string())
}

impl SelectArgs {
    /// Only a part is wanted.
    pub(super) fn is_shard(&self) -> bool {
        self.shard.is_some()
    }

    pub(super) fn selection(&self, common: &Common, cache: Option<&Path>, sources: &Sources) -> Result<Selection, Problems> {
        let changed = if self.changed {
            let config = common.load_config(sources)?;
            Some(Changed::since(&common.path, self.base.as_deref(), &config.apps).map_err(|problem| vec![problem])?)
        } else {
            None
        };
        Ok(Selection {
            patterns: self.detections.clone(),
            techniques: self.technique.clone(),
            stories: self.story.clone(),
            kinds: self.kinds.clone(),
            current: std::env::current_dir().unwrap_or_default(),
            changed,
            files: if self.rerun_failed { Some(failed(common, cache)?) } else { None },
            shard: self.shard,
        })
    }
}

/// Where the names of what failed last are kept: one file a repository, in the cache.
fn last_run(common: &Common, cache: Option<&Path>) -> PathBuf {
    let root = std::fs::canonicalize(&common.path).unwrap_or_else(|_| common.path.clone());
    let name: String = root.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    cache.map_or_else(Cache::default_folder, Path::to_path_buf).join("last-run").join(name + ".txt")
}

/// Keeps the files whose tests did not pass, for the next `--rerun-failed`, and gives them. That they cannot be kept is no failure of this
/// run; a later --rerun-failed says so.
pub(super) fn remember(run: &Run, common: &Common, cache: Option<&Path>) -> BTreeSet<String> {
    let failed = run.detections.iter().filter(|d| d.tests.iter().any(|t| t.is_bad(false)));
    let failed: BTreeSet<String> = failed.map(|d| d.file.clone()).collect();
    let path = last_run(common, cache);
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, failed.iter().map(|file| format!("{file}\n")).collect::<String>()));
    }
    failed
}

fn failed(common: &Common, cache: Option<&Path>) -> Result<BTreeSet<String>, Problems> {
    let problem = |message: &str| vec![Diagnostic::new(Code::RunUsage, message).help("leave out --rerun-failed")];
    let text = std::fs::read_to_string(last_run(common, cache))
        .map_err(|_| problem("there is no earlier run over this repository to go by"))?;
    let files: BTreeSet<String> = text.lines().map(str::to_string).collect();
    if files.is_empty() { Err(problem("nothing failed in the last run")) } else { Ok(files) }
}

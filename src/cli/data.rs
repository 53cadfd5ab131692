//! Where datasets come from: the options that `test`, `search` and `replay` share.

use std::path::PathBuf;

use clap::Args;

use crate::config::Config;
use crate::dataset::{Cache, Limits, Mirror, Settings};

#[derive(Args, Debug)]
#[command(next_help_heading = "Where datasets come from")]
pub(super) struct DataArgs {
    /// Where a URL prefix lies on disk; may be repeated
    #[arg(long, value_name = "PREFIX=DIR", value_parser = Mirror::parse)]
    pub(super) mirror: Vec<Mirror>,
    /// Fetch nothing
    #[arg(long)]
    pub(super) offline: bool,
    /// Where fetched datasets are kept
    #[arg(long, value_name = "DIR")]
    pub(super) cache: Option<PathBuf>,
}

impl DataArgs {
    /// The flags over the configuration. Relative paths are below `root`.
    pub(super) fn settings(&self, root: PathBuf, config: &Config) -> Settings {
        Settings {
            root,
            // Flags first: of two mirrors with one prefix the first is looked into first.
            mirrors: self.mirror.iter().chain(&config.mirrors).cloned().collect(),
            cache: self.cache.clone().or_else(|| config.cache.clone()).unwrap_or_else(Cache::default_folder),
            offline: self.offline || config.offline,
            limits: Limits::default(),
        }
    }
}

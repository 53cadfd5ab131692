//! Options that every subcommand has, and what is made of them.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::config::Config;
use crate::content::Content;
use crate::diagnostic::{Code, Diagnostic, Renderer, Sources, suggest};

/// Where a command writes: results to one, everything else to the other.
pub(super) struct Io<'a> {
    pub(super) stdout: &'a mut dyn Write,
    pub(super) stderr: &'a mut dyn Write,
}

/// Why a command ends before its end.
#[derive(Debug)]
pub(super) enum Ended {
    /// What is wrong. It is told on stderr, and the exit code follows from it.
    Problems(Vec<Diagnostic>),
    /// The result cannot be written.
    Write(io::Error),
}

/// What a command gives: its exit code, or something on the way there.
pub(super) type Outcome<T = u8> = Result<T, Ended>;

impl From<Vec<Diagnostic>> for Ended {
    fn from(problems: Vec<Diagnostic>) -> Ended {
        Ended::Problems(problems)
    }
}

impl From<Diagnostic> for Ended {
    fn from(problem: Diagnostic) -> Ended {
        Ended::Problems(vec![problem])
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Ended {
        Ended::Write(error)
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct Common {
    /// Content repository
    #[arg(long, global = true, value_name = "REPO", default_value = ".", env = "MUSTER_PATH")]
    pub(super) path: PathBuf,
    /// Run profile, over the repository's muster.toml
    #[arg(long, global = true, value_name = "FILE", env = "MUSTER_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// Splunk app: a folder, .tgz or .spl; may be repeated
    #[arg(long = "app", global = true, value_name = "DIR|TGZ")]
    pub(super) apps: Vec<PathBuf>,
    /// Switch a built-in app off, or `all`; may be repeated
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) no_builtin: Vec<String>,
    /// Layer the user's apps over the built-in ones in place of replacing their stanzas
    #[arg(long, global = true)]
    pub(super) layer_builtin: bool,
    /// Only failures and numbers
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// More: tables for all, notices, what contentctl would say
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
    /// Detections at a time; 0 is one a processor
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    pub(super) jobs: usize,
}

impl Common {
    /// Says what is wrong, on stderr.
    pub(super) fn complain<'d>(
        &self,
        problems: impl IntoIterator<Item = &'d Diagnostic>,
        sources: &Sources,
        io: &mut Io<'_>,
    ) -> io::Result<()> {
        let renderer = Renderer::new(colors(self.color, true));
        for problem in problems {
            writeln!(io.stderr, "{}\n", renderer.render(problem, sources))?;
        }
        Ok(())
    }

    /// Whether results on stdout are coloured.
    pub(super) fn color_out(&self) -> bool {
        colors(self.color, false)
    }

    /// The configuration with the flags over it.
    pub(super) fn load_config(&self, sources: &Sources) -> Result<Config, Vec<Diagnostic>> {
        let env = |name: &str| std::env::var(name).ok();
        let mut config = Config::load(&self.path, self.config.as_deref(), &env, sources)?;
        config.apps.extend(self.apps.iter().cloned());
        config.no_builtin.extend(self.no_builtin.iter().cloned());
        config.layer_builtin |= self.layer_builtin;
        let missing = config.apps.iter().filter(|app| !app.exists());
        let problems: Vec<Diagnostic> =
            missing.map(|app| Diagnostic::new(Code::RunFile, format!("there is no app {}", app.display()))).collect();
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    /// Says that there is no folder of the repository, if so. Commands that need no content find out by it that a path is
    /// misspelt.
    pub(super) fn check_folder(&self) -> Result<(), Diagnostic> {
        if self.path.is_dir() { Ok(()) } else { Err(no_folder(&self.path)) }
    }

    /// The content of the repository; an empty or missing folder is a problem with advice.
    pub(super) fn load_content(&self, sources: &Sources) -> Result<Content, Vec<Diagnostic>> {
        self.check_folder().map_err(|problem| vec![problem])?;
        let content = Content::load(&self.path, sources);
        if content.is_empty() {
            let problem = Diagnostic::new(Code::RunUsage, format!("{} holds no content", self.path.display()))
                .note("looked for YAML files below detections/, macros/, lookups/, stories/, data_sources/, deployments/, …")
                .help("name the root of a content repository with --path");
            return Err(vec![problem]);
        }
        Ok(content)
    }

    /// Sets the number of threads. Only the first call of a process counts, and there is only one.
    pub(super) fn set_jobs(&self) {
        let _ = rayon::ThreadPoolBuilder::new().num_threads(self.jobs).build_global();
    }

    /// -1 for quiet, else how often -v was given.
    pub(super) fn verbosity(&self) -> i8 {
        if self.quiet { -1 } else { self.verbose.min(3) as i8 }
    }
}

fn no_folder(path: &Path) -> Diagnostic {
    let problem = Diagnostic::new(Code::RunUsage, format!("there is no folder {}", path.display()));
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> = std::fs::read_dir(parent)
        .map(|entries| {
            entries.flatten().filter(|e| e.path().is_dir()).map(|e| e.file_name().to_string_lossy().into_owned()).collect()
        })
        .unwrap_or_default();
    names.sort();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match suggest::nearest(&name, names.iter().map(String::as_str)) {
        Some(near) => problem.help(format!("did you mean `{}`?", parent.join(near).display())),
        None => problem.help("name the root of a content repository with --path"),
    }
}

/// Colours where somebody looks: on a terminal, unless NO_COLOR or CI says no.
pub(super) fn colors(choice: Color, stderr: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let terminal = if stderr { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
            terminal && !set("NO_COLOR") && !set("CI")
        }
    }
}

/// Today, in UTC, as an ISO date; the moment too.
pub(super) fn now() -> (jiff::Timestamp, String) {
    let now = jiff::Timestamp::now();
    (now, now.strftime("%Y-%m-%d").to_string())
}

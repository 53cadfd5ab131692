//! `muster validate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::diagnostic::{Code, Diagnostic, MappedText, Sources};
use crate::engine::Outline;
use crate::report;
use crate::validate::{self, Report, SearchChecker, SearchKind, Settings};

use super::common::{Common, Io, Outcome};
use super::engine::{Setup, engine};
use super::{common, exit, fixing};

#[derive(Args, Debug)]
pub(super) struct ValidateArgs {
    /// Only findings in these files or folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Compare with this branch, tag or commit: changed content must have a higher version
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Change what has one safe answer: file name, date, filter macro, order of keys
    #[arg(long)]
    fix: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, conflicts_with = "fix")]
    diff: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Sarif,
    Github,
    Junit,
}

/// Stands in where the engine cannot be built: the rest of the content is checked all the same, and the exit code says
/// that this was not all.
struct Unchecked;

impl SearchChecker for Unchecked {
    fn check(&self, _: &MappedText, _: SearchKind) -> (Vec<Diagnostic>, Option<Outline>) {
        (Vec::new(), None)
    }
}

pub(super) fn run(args: &ValidateArgs, common: &Common, sources: &Sources, io: &mut Io<'_>) -> Outcome {
    common.set_jobs();
    let content = common.load_content(sources)?;
    let config = common.load_config(sources)?;
    let wanted = wanted(args, common)?;
    let base = args.base.as_ref().map(|name| validate::base(&common.path, name)).transpose()?;
    let settings = Settings { rules: config.rules.clone(), techniques: config.techniques.clone(), today: common::now().1, base };
    let (mut report, complete) = match engine(Setup { content: &content, sources, config: &config }) {
        Ok(engine) => {
            common.complain(&engine.notices, sources, io)?;
            (validate::validate(&content, sources, &*engine.checker, &settings), true)
        }
        Err(problems) => {
            common.complain(&problems, sources, io)?;
            (validate::validate(&content, sources, &Unchecked, &settings), false)
        }
    };
    if !wanted.is_empty() {
        let (files, detections) = (report.summary.files, report.summary.detections);
        let in_wanted = |file: &str| wanted.iter().any(|w| file == w || file.starts_with(&format!("{w}/")));
        report = Report::new(files, detections, report.findings.into_iter().filter(|f| in_wanted(&f.file)).collect());
    }
    if args.fix || args.diff {
        let fixes = validate::fixes(&report, &content, sources, &settings);
        return Ok(fixing::run(&fixes, &content.root, args.fix, common, io)?);
    }
    match args.format {
        Format::Text => report::findings_text(&report, sources, common.color_out(), common.verbose > 0, io.stdout)?,
        Format::Json => report::findings_json(&report, io.stdout)?,
        Format::Sarif => report::findings_sarif(&report, sources, io.stdout)?,
        Format::Github => report::findings_github(&report, io.stdout)?,
        Format::Junit => report::findings_junit(&report, sources, io.stdout)?,
    }
    Ok(match (complete, report.summary.errors) {
        (false, _) => exit::USAGE,
        (true, 0) => exit::OK,
        (true, _) => exit::FAILED,
    })
}

/// The positional paths, relative to the repository as findings are.
fn wanted(args: &ValidateArgs, common: &Common) -> Result<Vec<String>, Diagnostic> {
    let root = std::fs::canonicalize(&common.path).unwrap_or_else(|_| common.path.clone());
    let one = |path: &PathBuf| {
        let found = [path.clone(), common.path.join(path)].into_iter().find_map(|p| std::fs::canonicalize(p).ok());
        let Some(found) = found else {
            return Err(Diagnostic::new(Code::RunUsage, format!("there is no file {}", path.display())));
        };
        match found.strip_prefix(&root) {
            Ok(relative) => Ok(relative.to_string_lossy().replace('\\', "/")),
            Err(_) => Err(Diagnostic::new(Code::RunUsage, format!("{} is not in {}", path.display(), common.path.display()))
                .help("name the repository with --path")),
        }
    };
    let mut list: Vec<String> = args.paths.iter().map(one).collect::<Result<_, _>>()?;
    // The repository itself is everything.
    if list.iter().any(String::is_empty) {
        list.clear();
    }
    Ok(list)
}

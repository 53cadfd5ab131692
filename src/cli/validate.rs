//! `muster validate`.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::diagnostic::{Code, Diagnostic, MappedText, Sources};
use crate::engine::Outline;
use crate::report;
use crate::validate::{Report, SearchChecker, SearchKind, Settings, validate};

use super::common::{Common, Io};
use super::engine::{Setup, engine};
use super::{common, exit};

#[derive(Args, Debug)]
pub(super) struct ValidateArgs {
    /// Only findings in these files or folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Stands in where the engine cannot be built: the rest of the content is checked all the same, and the exit code says
/// that this was not all.
struct Unchecked;

impl SearchChecker for Unchecked {
    fn check(&self, _: &MappedText, _: SearchKind) -> (Vec<Diagnostic>, Option<Outline>) {
        (Vec::new(), None)
    }
}

pub(super) fn run(args: &ValidateArgs, common: &Common, io: &mut Io<'_>) -> io::Result<u8> {
    common.set_jobs();
    let sources = Sources::new();
    let loaded = common.load_content(&sources).and_then(|content| Ok((common.load_config(&sources)?, content)));
    let (config, content) = match loaded {
        Ok(loaded) => loaded,
        Err(problems) => {
            common.complain(&problems, &sources, io)?;
            return Ok(exit::for_problems(&problems));
        }
    };
    let wanted = match wanted(args, common) {
        Ok(wanted) => wanted,
        Err(problem) => {
            common.complain([&problem], &sources, io)?;
            return Ok(exit::USAGE);
        }
    };
    let settings = Settings {
        rules: config.rules.clone(),
        techniques: config.techniques.clone(),
        today: common::now().1,
        base: None,
    };
    let (mut report, complete) = match engine(Setup { content: &content, sources: &sources, config: &config }) {
        Ok(engine) => {
            common.complain(&engine.notices, &sources, io)?;
            (validate(&content, &sources, &*engine.checker, &settings), true)
        }
        Err(problems) => {
            common.complain(&problems, &sources, io)?;
            (validate(&content, &sources, &Unchecked, &settings), false)
        }
    };
    if !wanted.is_empty() {
        let (files, detections) = (report.summary.files, report.summary.detections);
        let in_wanted = |file: &str| wanted.iter().any(|w| file == w || file.starts_with(&format!("{w}/")));
        report = Report::new(files, detections, report.findings.into_iter().filter(|f| in_wanted(&f.file)).collect());
    }
    match args.format {
        Format::Text => report::findings_text(&report, &sources, common.color_out(), common.verbose > 0, io.stdout)?,
        Format::Json => report::findings_json(&report, io.stdout)?,
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

//! The files that a run is written into: options of `test`, and of `report` over results that are there already.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::diagnostic::{Code, Diagnostic};
use crate::report;
use crate::verdict::Run;

#[derive(Args, Debug, Default)]
pub(super) struct Outputs {
    /// Write JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write JSON: what `muster report` makes every other form of
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a page in HTML, complete in one file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write Markdown, for the summary of a GitHub step
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write SARIF, for code scanning
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Write a layer for MITRE's ATT&CK Navigator
    #[arg(long, value_name = "FILE")]
    navigator: Option<PathBuf>,
}

type Writer = fn(&Run, &mut dyn Write) -> io::Result<()>;

impl Outputs {
    fn all(&self) -> [(&Option<PathBuf>, Writer); 6] {
        [
            (&self.junit, report::junit),
            (&self.json, report::json),
            (&self.html, report::html),
            (&self.markdown, report::markdown),
            (&self.sarif, report::run_sarif),
            (&self.navigator, report::navigator),
        ]
    }

    /// True if some file is asked for.
    pub(super) fn any(&self) -> bool {
        self.all().iter().any(|(path, _)| path.is_some())
    }

    /// Says before a long run that a file cannot be written. What is there is left as it is.
    pub(super) fn check(&self) -> Result<(), Vec<Diagnostic>> {
        let wrong = |path: &PathBuf| {
            let there = path.exists();
            let opened = folder(path).and_then(|()| std::fs::OpenOptions::new().append(true).create(true).open(path));
            match opened {
                Ok(_) if !there => std::fs::remove_file(path).err(),
                Ok(_) => None,
                Err(error) => Some(error),
            }
            .map(|error| cannot(path, &error))
        };
        let problems: Vec<Diagnostic> = self.all().iter().filter_map(|(path, _)| path.as_ref().and_then(wrong)).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Writes the files that are asked for.
    pub(super) fn write(&self, run: &Run) -> Result<(), Vec<Diagnostic>> {
        let mut problems = Vec::new();
        for (path, write) in self.all() {
            if let Some(path) = path
                && let Err(error) = write_file(path, run, write)
            {
                problems.push(cannot(path, &error));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

fn cannot(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::new(Code::RunFile, format!("cannot write {}: {error}", path.display()))
}

fn folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|f| !f.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder),
        None => Ok(()),
    }
}

fn write_file(path: &Path, run: &Run, write: Writer) -> io::Result<()> {
    folder(path)?;
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    write(run, &mut file)?;
    file.flush()
}

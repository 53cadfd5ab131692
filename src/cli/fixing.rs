//! `muster validate --fix` and `--diff`: shows what is changed, and changes it.

use std::io;
use std::path::Path;

use similar::TextDiff;

use crate::diagnostic::{Code, Diagnostic, Sources};
use crate::validate::FileFix;

use super::common::{Common, Io};
use super::exit;

pub(super) fn run(fixes: &[FileFix], root: &Path, apply: bool, common: &Common, io: &mut Io<'_>) -> io::Result<u8> {
    for fix in fixes {
        show(fix, io)?;
    }
    let mut problems = Vec::new();
    if apply {
        for fix in fixes {
            if let Err(why) = write(fix, root) {
                problems.push(Diagnostic::new(Code::RunFile, format!("cannot change {}: {why}", fix.path)));
            }
        }
    }
    common.complain(&problems, &Sources::new(), io)?;
    let files = match fixes.len() {
        0 => "nothing that has one safe answer".to_string(),
        1 => "1 file".to_string(),
        n => format!("{n} files"),
    };
    let said = if apply { "changed" } else { "would change" };
    writeln!(io.stdout, "{said}: {files}")?;
    Ok(match (problems.is_empty(), apply || fixes.is_empty()) {
        (false, _) => exit::UNREACHABLE,
        (true, true) => exit::OK,
        (true, false) => exit::FAILED,
    })
}

fn show(fix: &FileFix, io: &mut Io<'_>) -> io::Result<()> {
    let new = fix.new_path.as_deref().unwrap_or(&fix.path);
    writeln!(io.stdout, "# {}: {}", fix.path, fix.rules.join(", "))?;
    if let Some(new) = &fix.new_path {
        writeln!(io.stdout, "rename from {}\nrename to {new}", fix.path)?;
    }
    if fix.old != fix.new {
        let diff = TextDiff::from_lines(&fix.old, &fix.new);
        let text = diff.unified_diff().context_radius(2).header(&format!("a/{}", fix.path), &format!("b/{new}")).to_string();
        write!(io.stdout, "{text}")?;
    }
    writeln!(io.stdout)
}

/// The new text is complete before the old name goes.
fn write(fix: &FileFix, root: &Path) -> io::Result<()> {
    let path = root.join(&fix.path);
    if fix.old != fix.new {
        std::fs::write(&path, &fix.new)?;
    }
    match &fix.new_path {
        Some(new) => std::fs::rename(path, root.join(new)),
        None => Ok(()),
    }
}

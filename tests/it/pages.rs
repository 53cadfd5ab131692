//! The pages say what is: the reference is what the code says, and the commands of the README do what it shows.

use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};

use crate::cli;

/// The trials.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("pages::the_reference_is_up_to_date", reference),
        Trial::test("pages::the_commands_of_the_readme_give_what_it_shows", readme),
    ]
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn reference() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let output = Command::new(env!("CARGO_BIN_EXE_muster")).arg("docs").arg(folder.path()).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let committed = root().join("docs/reference");
    let mut old: Vec<String> = names(&committed).into_iter().filter(|n| !names(folder.path()).contains(n)).collect();
    for name in names(folder.path()) {
        let text = std::fs::read_to_string(committed.join(&name)).unwrap_or_default().replace("\r\n", "\n");
        if text != std::fs::read_to_string(folder.path().join(&name))? {
            old.push(name);
        }
    }
    if old.is_empty() {
        return Ok(());
    }
    Err(format!("out of date in docs/reference: {}. Run: cargo run -- docs docs/reference", old.join(", ")).into())
}

/// The files in a folder and below, by their paths in it, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut list = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            list.extend(names(&entry.path()).into_iter().map(|below| format!("{name}/{below}")));
        } else {
            list.push(name);
        }
    }
    list.sort();
    list
}

/// In a block of kind `console`, each line `$ muster …` is run in this repository, and the lines after it must be what
/// it says; `...` stands for any lines, `[..]` for any text in a line.
fn readme() -> Result<(), Failed> {
    let text = std::fs::read_to_string(root().join("README.md"))?;
    let mut count = 0;
    let mut blocks = text.split("```console\n");
    blocks.next();
    for block in blocks.filter_map(|b| b.split_once("```").map(|(block, _)| block)) {
        for run in block.split("$ ").filter(|run| run.starts_with("muster ")) {
            let (line, shown) = run.split_once('\n').unwrap_or((run, ""));
            count += 1;
            let output = Command::new(env!("CARGO_BIN_EXE_muster"))
                .args(&cli::words(line)[1..])
                .current_dir(root())
                .env("CI", "true")
                .output()?;
            let got = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
            cli::compare(line, shown, &got)?;
        }
    }
    if count == 0 { Err("there is no command in the README".into()) } else { Ok(()) }
}

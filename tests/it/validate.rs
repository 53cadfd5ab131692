//! Cases of kind `validate`: a sound repository (`tests/cases/validate/sound/`) with something wrong in it.
//!
//! | part | what |
//! |---|---|
//! | `change PATH` | lines of the file, `=>`, and the lines in their place |
//! | `file PATH` | a file that is added |
//! | `remove PATH` | a file that is taken away |
//! | `base` | git knows the sound repository, and `--base` compares with it; the part is empty |
//! | `run` | the arguments of `validate`, if there are any |
//! | `findings` | all findings, notices too: severity, rule, file:line:column, message |

use std::path::Path;
use std::process::Command;

use libtest_mimic::Failed;

use crate::case::Case;
use crate::cli;

/// Runs one case.
pub(crate) fn run(case: &Case) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let sound = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/validate/sound");
    copy(&sound, folder.path())?;
    let base = case.part("base").is_some();
    if base {
        for words in [
            &["init", "-q"][..],
            &["add", "-A"],
            &["-c", "user.name=m", "-c", "user.email=m@corp.example", "commit", "-qm", "sound"],
        ] {
            Command::new("git").arg("-C").arg(folder.path()).args(words).status()?;
        }
    }
    for (name, text) in &case.parts {
        let path = |rest: &str| folder.path().join(rest);
        if let Some(rest) = name.strip_prefix("change ") {
            change(&path(rest), text)?;
        } else if let Some(rest) = name.strip_prefix("file ") {
            std::fs::create_dir_all(path(rest).parent().unwrap_or(folder.path()))?;
            std::fs::write(path(rest), text)?;
        } else if let Some(rest) = name.strip_prefix("remove ") {
            std::fs::remove_file(path(rest))?;
        }
    }
    let mut arguments = vec!["validate".to_string(), "--format".to_string(), "json".to_string()];
    arguments.extend(case.part("run").map(|line| cli::words(line.trim())).unwrap_or_default());
    if base {
        arguments.extend(["--base".to_string(), "HEAD".to_string()]);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(&arguments)
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder.path())
        .output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|why| format!("{why}: {}\n{stderr}", String::from_utf8_lossy(&output.stdout)))?;
    let mut got = String::new();
    for finding in json["findings"].as_array().into_iter().flatten() {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_string();
        got.push_str(&format!(
            "{} {} {}:{}:{} {}\n",
            text("severity"),
            text("rule"),
            text("file"),
            finding["line"],
            finding["column"],
            text("message")
        ));
    }
    let expected = case.need("findings")?;
    if expected.trim() != got.trim() && std::env::var_os("MUSTER_BLESS").is_some() {
        let parts: Vec<(String, String)> = case
            .parts
            .iter()
            .map(|(name, text)| (name.clone(), if name == "findings" { got.clone() } else { text.clone() }))
            .collect();
        return case.write(&parts);
    }
    cli::compare("findings", expected, &got)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failed> {
    for entry in std::fs::read_dir(from)?.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Each block `old`, `=>`, `new`; blocks are apart by an empty line.
fn change(path: &Path, text: &str) -> Result<(), Failed> {
    let mut whole = std::fs::read_to_string(path)?.replace("\r\n", "\n");
    for block in text.trim_end().split("\n\n") {
        let (old, new) = block.split_once("\n=>").ok_or_else(|| format!("no `=>` in {block}"))?;
        let new = new.strip_prefix('\n').unwrap_or(new);
        if whole.matches(old).count() != 1 {
            return Err(format!("{}: `{old}` stands there {} times", path.display(), whole.matches(old).count()).into());
        }
        // Nothing in the place of whole lines takes the line break with it.
        let old = if new.is_empty() { format!("{old}\n") } else { old.to_string() };
        whole = whole.replacen(&old, new, 1);
    }
    Ok(std::fs::write(path, whole)?)
}

//! Cases of kind `cli`: the built program, run in a folder of its own.
//!
//! | part | what |
//! |---|---|
//! | `file PATH` | a file in the folder |
//! | `commit` | the files before it are committed to a git repository, those after it are not |
//! | `package FILE` | a folder of the case, packed as an app (.tgz) |
//! | `run` | a command line, after `muster`; words are separated by spaces, `'…'` holds one together |
//! | `code` | the exit code |
//! | `stdout`, `stderr` | the text, line by line, in this order; `...` stands for any lines, `[..]` for any text in a line |
//! | `read PATH` | a file that the program wrote, in the same form |
//! | `json PATH POINTER` | the value at a JSON pointer of a file (or `stdout`) that the program wrote |

use std::path::Path;
use std::process::Command;

use libtest_mimic::Failed;

use crate::case::Case;

/// Runs one case.
pub(crate) fn run(case: &Case) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for (name, text) in &case.parts {
        if let Some(path) = name.strip_prefix("file ") {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
            std::fs::write(path, text)?;
        }
        if name == "commit" {
            let git = |words: &[&str]| Command::new("git").arg("-C").arg(folder.path()).args(words).output();
            let identity = ["-c", "user.name=t", "-c", "user.email=t@corp.example", "-c", "commit.gpgsign=false"];
            git(&["init", "-q", "-b", "main"])?;
            git(&["add", "-A"])?;
            git(&[&identity[..], &["commit", "-q", "-m", "before"]].concat())?;
        }
    }
    for (name, text) in &case.parts {
        if let Some(path) = name.strip_prefix("package ") {
            let file = std::fs::File::create(folder.path().join(path))?;
            let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(file, flate2::Compression::fast()));
            tar.append_dir_all(text.trim(), folder.path().join(text.trim()))?;
            tar.into_inner()?.finish()?;
        }
    }
    let output = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(words(case.need("run")?.trim()))
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .env("CI", "true")
        .output()?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let both = format!("\n--- stdout ---\n{stdout}--- stderr ---\n{stderr}");
    if let Some(code) = case.part("code") {
        let got = output.status.code().map_or("killed".to_string(), |c| c.to_string());
        if got != code.trim() {
            return Err(format!("exit code {got} instead of {}{both}", code.trim()).into());
        }
    }
    for (name, expected) in &case.parts {
        let words: Vec<&str> = name.split(' ').collect();
        let read = |path: &str| match path {
            "stdout" => Ok(stdout.clone()),
            "stderr" => Ok(stderr.clone()),
            path => std::fs::read_to_string(folder.path().join(path)).map_err(|e| format!("{path}: {e}{both}")),
        };
        match words.as_slice() {
            ["stdout" | "stderr"] => compare(name, expected, &read(name)?)?,
            ["read", path] => compare(path, expected, &read(path)?)?,
            ["json", path, pointer] => {
                let json: serde_json::Value = serde_json::from_str(&read(path)?).map_err(|e| format!("{path}: {e}{both}"))?;
                let got = json.pointer(pointer).cloned().unwrap_or_default();
                let wanted: serde_json::Value = serde_json::from_str(expected)?;
                if got != wanted {
                    return Err(format!("{path} {pointer} is {got} instead of {wanted}{both}").into());
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The words of a command line; `'…'` holds one together.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is always one").push(c),
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

/// Compares line by line; `...` takes any number of lines.
pub(crate) fn compare(what: &str, expected: &str, got: &str) -> Result<(), Failed> {
    let wanted: Vec<&str> = expected.trim_end().lines().collect();
    let lines: Vec<&str> = got.trim_end().lines().collect();
    if fits(&wanted, &lines) {
        return Ok(());
    }
    Err(format!("{what} is not as expected\n--- expected ---\n{}\n--- got ---\n{}", expected.trim_end(), got.trim_end()).into())
}

fn fits(wanted: &[&str], lines: &[&str]) -> bool {
    match wanted.split_first() {
        None => lines.is_empty(),
        Some((&"...", rest)) => (0..=lines.len()).any(|skip| fits(rest, &lines[skip..])),
        Some((line, rest)) => lines.split_first().is_some_and(|(got, more)| line_fits(line, got) && fits(rest, more)),
    }
}

/// `[..]` takes any text.
fn line_fits(wanted: &str, got: &str) -> bool {
    let mut parts = wanted.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| got.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    if parts.is_empty() {
        return rest.is_empty();
    }
    for (n, part) in parts.iter().enumerate() {
        let last = n + 1 == parts.len();
        let at = if last { rest.ends_with(part).then(|| rest.len() - part.len()) } else { rest.find(part) };
        match at {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

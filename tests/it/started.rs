//! `muster init` and `muster new`: what they write is valid at once, and its tests pass.

use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};

/// The trials.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("started::a_new_repository_with_new_detections_is_sound", started),
        Trial::test("started::what_is_there_is_not_written_over", kept),
        Trial::test("started::fixes_leave_nothing_to_fix", fixed),
    ]
}

fn muster(folder: &Path, arguments: &[&str]) -> Result<(i32, String), Failed> {
    let output = Command::new(env!("CARGO_BIN_EXE_muster")).args(arguments).current_dir(folder).env("CI", "true").output()?;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ok((output.status.code().unwrap_or(-1), text))
}

fn expect(folder: &Path, arguments: &[&str], code: i32, text: &str) -> Result<(), Failed> {
    let (got, said) = muster(folder, arguments)?;
    if got == code && said.contains(text) {
        return Ok(());
    }
    Err(format!("{arguments:?}: exit code {got}, wanted {code} and `{text}`:\n{said}").into())
}

fn started() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    expect(path, &["init"], 0, ".github/workflows/detections.yml")?;
    expect(
        path,
        &["new", "Odd Logins", "--technique", "T1078", "--story", "Logins: All", "--domain", "access"],
        0,
        "stories/logins:_all.yml",
    )?;
    expect(path, &["new", "Quiet Hunt", "--type", "Hunting", "--risk-field", "user"], 0, "detections/endpoint/quiet_hunt.yml")?;
    expect(path, &["new", "A.B/c - d", "--type", "Anomaly", "--author", "no"], 0, "detections/endpoint/a_b_c___d.yml")?;
    expect(path, &["validate", "-v"], 0, "3 detections: 0 errors, 0 warnings, 0 notices")?;
    expect(path, &["test", "--quiet"], 0, "3 detections")?;
    expect(path, &["new", "Odd Logins"], 2, "already")?;
    expect(path, &["new", "x", "--technique", "1078"], 2, "is no technique")
}

fn kept() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("muster.toml"), "indexes = [\"mine\"]\n")?;
    expect(folder.path(), &["init"], 0, "muster.toml is there already")?;
    let text = std::fs::read_to_string(folder.path().join("muster.toml"))?;
    if text.contains("mine") { Ok(()) } else { Err("it was written over".into()) }
}

fn fixed() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    expect(path, &["init"], 0, "")?;
    expect(path, &["new", "Odd Logins"], 0, "")?;
    let old = path.join("detections/endpoint/odd_logins.yml");
    let text = std::fs::read_to_string(&old)?;
    let mut text = text.replace("  | `odd_logins_filter`\n", "").replace("version: 1\n", "version: 1\ntype: TTP\n");
    text = text.replacen("\ntype: TTP\ndescription", "\ndescription", 1);
    let date = text.lines().find(|line| line.starts_with("date:")).unwrap_or_default().to_string();
    std::fs::write(path.join("detections/endpoint/odd.yml"), text.replace(&date, "date: 2024/3/7"))?;
    std::fs::remove_file(old)?;
    std::fs::write(path.join("muster.toml"), "[rules]\nbad-key-order = \"warning\"\n")?;
    for shown in ["rename to detections/endpoint/odd_logins.yml", "+date: 2024-03-07", "+  | `odd_logins_filter`", "-type: TTP"] {
        expect(path, &["validate", "--diff"], 1, shown)?;
    }
    expect(path, &["validate", "--fix"], 0, "changed: 1 file")?;
    expect(path, &["validate"], 0, "1 detection: 0 errors, 0 warnings")?;
    expect(path, &["test", "--quiet"], 0, "1 detection")
}

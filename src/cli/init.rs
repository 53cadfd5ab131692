//! `muster init`: an empty content repository with everything that it needs to be validated, tested and built.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::common::{self, Io};
use super::exit;
use super::new::{uuid, write};

#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// Folder of the repository
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

pub(super) fn run(args: &InitArgs, io: &mut Io<'_>) -> io::Result<u8> {
    let mut kept = 0;
    for (path, text) in files() {
        let target = args.folder.join(&path);
        // What is there already is somebody's work.
        if target.exists() {
            writeln!(io.stderr, "{path} is there already: it stays as it is")?;
            kept += 1;
            continue;
        }
        if let Err(why) = write(&target, &text) {
            writeln!(io.stderr, "error: cannot write {path}: {why}")?;
            return Ok(exit::UNREACHABLE);
        }
        writeln!(io.stdout, "{path}")?;
    }
    if kept == 0 {
        writeln!(io.stderr, "next: `muster new 'Name of a Detection'`, and put the place of muster into {WORKFLOW}")?;
    }
    Ok(exit::OK)
}

const WORKFLOW: &str = ".github/workflows/detections.yml";

fn files() -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = [
        ("muster.toml", include_str!("templates/muster.toml")),
        ("contentctl.yml", include_str!("templates/contentctl.yml")),
        (WORKFLOW, include_str!("templates/workflow.yml")),
        (".pre-commit-config.yaml", include_str!("templates/pre-commit.yaml")),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_string(), text.to_string()))
    .collect();
    for folder in [
        "detections",
        "macros",
        "lookups",
        "stories",
        "data_sources",
        "baselines",
        "dashboards",
        "playbooks",
        "removed",
        "datasets",
    ] {
        list.push((format!("{folder}/.gitkeep"), String::new()));
    }
    // contentctl finds them by these names.
    for (kind, actions) in [
        ("TTP", NOTABLE_AND_RISK),
        ("Anomaly", "alert_action:\n  rba:\n    enabled: true\n"),
        ("Hunting", ""),
        ("Correlation", NOTABLE),
        ("Baseline", ""),
    ] {
        list.push((format!("deployments/escu_default_configuration_{}.yml", kind.to_lowercase()), deployment(kind, actions)));
    }
    list
}

const NOTABLE: &str =
    "alert_action:\n  notable:\n    rule_description: '%description%'\n    rule_title: '%name%'\n    nes_fields: [user, dest]\n";
const NOTABLE_AND_RISK: &str = "alert_action:\n  notable:\n    rule_description: '%description%'\n    rule_title: '%name%'\n    nes_fields: [user, dest]\n  rba:\n    enabled: true\n";

fn deployment(kind: &str, actions: &str) -> String {
    format!(
        "name: ESCU Default Configuration {kind}\nid: {}\nversion: 1\ndate: '{}'\nauthor: nobody yet\ndescription: When searches of type {kind} run, and what their alerts do.\nscheduling:\n  cron_schedule: 0 * * * *\n  earliest_time: -70m@m\n  latest_time: -10m@m\n  schedule_window: auto\n{actions}type: {kind}\n",
        uuid(),
        common::now().1
    )
}

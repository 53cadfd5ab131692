//! `muster test --watch`: a saved file is tested at once; one that no detection uses is not.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};

/// The trials.
pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test("watched::a_saved_file_is_tested_at_once", saved)]
}

/// Long enough for a busy machine; it is waited for only where the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the next run ended, once the repository is watched again.
fn summary(lines: &Receiver<String>) -> Result<String, Failed> {
    let (mut ended, mut watching) = (None, false);
    loop {
        let line = lines.recv_timeout(PATIENCE).map_err(|_| "no run came to its end")?;
        match line.split_once(':') {
            Some((word @ ("passed" | "failed"), _)) => ended = Some(word.to_string()),
            _ => watching |= line.starts_with("watching"),
        }
        if let Some(ended) = ended.take_if(|_| watching) {
            return Ok(ended);
        }
    }
}

fn saved() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let muster = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command.args(arguments).current_dir(folder.path()).env("CI", "true").env("MUSTER_CACHE", folder.path().join(".cache"));
        command
    };
    for arguments in [&["init"][..], &["new", "Odd Logins"]] {
        muster(arguments).output()?;
    }
    let mut running = muster(&["test", "--watch", "--quiet"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (send, lines) = channel();
    let stdout = running.stdout.take().ok_or("it has no stdout")?;
    let stderr = running.stderr.take().ok_or("it has no stderr")?;
    for pipe in [Box::new(stdout) as Box<dyn std::io::Read + Send>, Box::new(stderr)] {
        let send = send.clone();
        std::thread::spawn(move || BufReader::new(pipe).lines().map_while(Result::ok).for_each(|line| drop(send.send(line))));
    }
    let done = (|| {
        let mut got = vec![summary(&lines)?];
        let detection = folder.path().join("detections/endpoint/odd_logins.yml");
        let text = std::fs::read_to_string(&detection)?;
        std::fs::write(folder.path().join("notes.txt"), "of no use to any detection")?;
        std::fs::write(&detection, text.replace("index=*", "index=nowhere"))?;
        got.push(summary(&lines)?);
        std::fs::write(&detection, &text)?;
        got.push(summary(&lines)?);
        if got == ["passed", "failed", "passed"] { Ok(()) } else { Err(format!("the runs were {got:?}").into()) }
    })();
    running.kill()?;
    running.wait()?;
    done
}

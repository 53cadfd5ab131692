//! Datasets from a network and a disk that fail: whatever happens, nothing corrupt is used, and the message says what to
//! do. The program runs as a user runs it; the server is on this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use sha2::{Digest, Sha256};

use crate::server::{Answer, Server};

/// The trials.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("faults::what_is_no_file_is_said", no_file),
        Trial::test("faults::a_page_of_github_and_an_lfs_pointer", lfs),
        Trial::test("faults::lfs_files_that_are_not_what_the_pointer_says", lfs_wrong),
        Trial::test("faults::killed_in_the_middle_of_a_download", killed),
        Trial::test("faults::a_description_from_the_network", description),
        Trial::test("faults::a_full_disk", full_disk),
        Trial::test("faults::a_proxy_is_asked_but_for_what_needs_none", proxy),
        Trial::test("faults::fifty_runs_on_one_cache", fifty),
        Trial::test("faults::a_cache_that_was_changed", changed_cache),
        Trial::test("faults::archives_that_do_harm", archives),
    ]
}

/// A folder with a cache, and searches that count the events of a dataset.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Result<Place, Failed> {
        Ok(Place { folder: tempfile::tempdir()? })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, data: &str, options: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command.args(["search", "index=main | stats count", "--output", "csv", "--data", data, "--cache", "cache"]).args(options);
        command.current_dir(self.folder.path()).env_clear().env("HOME", self.folder.path()).env("NO_PROXY", "*");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The number of events, or what was said.
    fn count(&self, data: &str, options: &[&str]) -> Result<Result<usize, String>, Failed> {
        read(&self.command(data, options).output()?)
    }

    /// Fails with what was said unless so many events came.
    fn expect(&self, data: &str, options: &[&str], events: usize) -> Result<(), Failed> {
        match self.count(data, options)? {
            Ok(got) if got == events => Ok(()),
            other => Err(format!("{other:?} instead of {events} events").into()),
        }
    }

    /// Fails unless the run said all of this.
    fn refuse(&self, data: &str, options: &[&str], said: &[&str]) -> Result<(), Failed> {
        match self.count(data, options)? {
            Err(text) if said.iter().all(|part| text.contains(part)) => Ok(()),
            other => Err(format!("{other:?} does not say {said:?}").into()),
        }
    }

    /// All files of the cache of a kind.
    fn cached(&self, kind: &str) -> Vec<PathBuf> {
        files(&self.path("cache").join(kind))
    }
}

fn read(output: &Output) -> Result<Result<usize, String>, Failed> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    match output.status.success() {
        true => Ok(Ok(stdout.trim().trim_start_matches("count").trim().parse()?)),
        false => Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned())),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut list = Vec::new();
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() { list.extend(files(&path)) } else { list.push(path) }
    }
    list
}

/// So many lines, each an event.
fn log(lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|n| format!("2026-01-02 03:04:05 n={n} made up for a test\n").into_bytes()).collect()
}

fn no_file() -> Result<(), Failed> {
    let place = Place::new()?;
    let server = Server::new(|request, _| match request.line.as_str() {
        "GET /page.log" => Answer::ok("<!DOCTYPE html><html>sign in</html>"),
        "GET /empty.log" => Answer::ok("\n"),
        _ => Answer::missing(),
    })?;
    place.refuse(&server.url("/none.log"), &[], &["there is no http", "404", "was moved"])?;
    place.refuse(&server.url("/page.log"), &[], &["is a web page", "raw file"])?;
    place.refuse(&server.url("/empty.log"), &[], &["is empty"])?;
    // Nothing of it is kept: a later run asks again.
    match (place.cached("objects").as_slice(), place.cached("partial").as_slice()) {
        ([], []) => Ok(()),
        left => Err(format!("{left:?} is left in the cache").into()),
    }
}

fn pointer(oid: &str, size: usize) -> String {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n")
}

fn oid(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// A server with a repository `o/r` whose file is a pointer to an object, and what its store gives for it.
fn lfs_server(stored: Vec<u8>, file: &[u8]) -> std::io::Result<Server> {
    let (oid, size) = (oid(file), file.len());
    Server::new(move |request, address| match request.line.as_str() {
        "GET /o/r/raw/main/x.log" => Answer::ok(pointer(&oid, size)),
        "POST /o/r.git/info/lfs/objects/batch" if request.body.contains(&oid) => Answer::ok(format!(
            r#"{{"objects": [{{"oid": "{oid}", "size": {size}, "actions": {{"download": {{"href": "{address}/store/{oid}", "header": {{"X-Token": "let me in"}}}}}}}}]}}"#
        )),
        line if line.starts_with("GET /store/") && request.header("x-token") == Some("let me in") => Answer::ok(stored.clone()),
        _ => Answer::missing(),
    })
}

fn lfs() -> Result<(), Failed> {
    let place = Place::new()?;
    let file = log(30);
    let server = lfs_server(file.clone(), &file)?;
    let url = server.url("/o/r/raw/main/x.log");
    place.expect(&url, &[], 30)?;
    let asked = server.asked().len();
    // A clone without its large files: the pointer is on disk, and the repository known from the address.
    std::fs::create_dir_all(place.path("clone"))?;
    std::fs::write(place.path("clone/x.log"), pointer(&oid(&file), file.len()))?;
    let mirror = format!("{}=clone", server.url("/o/r/raw/main/"));
    place.expect(&url, &["--mirror", &mirror, "--offline"], 30)?;
    if server.asked().len() != asked {
        return Err("what is in the cache was asked for again".into());
    }
    place.refuse("clone/x.log", &[], &["Git LFS pointer", "git lfs pull"])?;
    let other = Server::new(|_, _| Answer::ok(pointer(&"0".repeat(64), 5)))?;
    place.refuse(&other.url("/x.log"), &[], &["Git LFS pointer", "media.githubusercontent.com"])
}

fn lfs_wrong() -> Result<(), Failed> {
    let place = Place::new()?;
    let server = lfs_server(log(29), &log(30))?;
    let url = server.url("/o/r/raw/main/x.log");
    place.refuse(&url, &[], &["not those of the pointer", "is a Git LFS pointer"])?;
    place.refuse(&url, &["--offline"], &["not at hand"])
}

fn killed() -> Result<(), Failed> {
    for tagged in [true, false] {
        let place = Place::new()?;
        let body = log(20_000);
        let half = body.len() / 2;
        let first = std::sync::atomic::AtomicBool::new(true);
        let file = body.clone();
        let server = Server::new(move |request, _| {
            let answer = if tagged { Answer::tagged(&file, "v1", request) } else { Answer::ok(file.clone()) };
            let stall = first.swap(false, std::sync::atomic::Ordering::SeqCst);
            Answer { stall_after: stall.then_some(half), ..answer }
        })?;
        let url = server.url("/x.log");
        let mut child = place.command(&url, &[]).spawn()?;
        let begin = Instant::now();
        let came =
            || place.cached("partial").iter().any(|path| std::fs::metadata(path).is_ok_and(|m| m.len() >= half as u64 / 2));
        while !came() {
            if begin.elapsed() > Duration::from_secs(60) {
                child.kill()?;
                return Err("the download does not begin".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // On Unix this is SIGKILL: nothing is cleaned up.
        child.kill()?;
        child.wait()?;
        place.refuse(&url, &["--offline"], &["not at hand"])?;
        place.expect(&url, &[], 20_000)?;
        place.expect(&url, &["--offline"], 20_000)?;
        let second = server.asked().get(1).and_then(|r| r.header("range").map(ToString::to_string));
        if second.is_some() != tagged {
            return Err(format!("tag: {tagged}, asked for {second:?}").into());
        }
    }
    Ok(())
}

fn description() -> Result<(), Failed> {
    let place = Place::new()?;
    let text = "datasets:\n- {name: root, path: /datasets/x.log, sourcetype: s}\n- {name: beside, path: y.log, sourcetype: t}\n";
    let server = Server::new(move |request, _| match request.line.as_str() {
        "GET /o/r/raw/main/datasets/a/a.yml" => Answer::ok(text),
        "GET /o/r/raw/main/datasets/x.log" => Answer::ok(log(3)),
        "GET /o/r/raw/main/datasets/a/y.log" => Answer::ok(log(4)),
        _ => Answer::missing(),
    })?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.args(["replay", &server.url("/o/r/raw/main/datasets/a/a.yml"), "--format", "json", "--cache", "cache"]);
    command.current_dir(place.folder.path()).env_clear().env("HOME", place.folder.path()).env("NO_PROXY", "*");
    let output = command.output()?;
    let json: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let events = |n: usize| json["datasets"][n]["events"].as_u64();
    match (output.status.code(), events(0), events(1)) {
        (Some(0), Some(3), Some(4)) => Ok(()),
        other => Err(format!("{other:?}: {json}\n{}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// A limit on the size of files stands in for the disk.
fn full_disk() -> Result<(), Failed> {
    if !cfg!(unix) {
        return Ok(());
    }
    let place = Place::new()?;
    let (body, packed) = (log(40_000), gzip(&log(40_000))?);
    std::fs::write(place.path("x.log.gz"), packed)?;
    let server = Server::new(move |_, _| Answer::ok(body.clone()))?;
    for data in [server.url("/x.log"), "x.log.gz".to_string()] {
        let full = place.command(&data, &[]);
        let mut shell = Command::new("sh");
        // A file that grows over the limit must be an error, not the end of the process.
        shell.args(["-c", "trap '' XFSZ; ulimit -f 256; exec \"$0\" \"$@\""]).arg(full.get_program()).args(full.get_args());
        shell.current_dir(place.folder.path()).env("HOME", place.folder.path()).env("NO_PROXY", "*");
        match read(&shell.output()?)? {
            Err(text) if text.contains("cannot write into the cache") && text.contains("--cache") => {}
            other => return Err(format!("{other:?} does not tell of the cache").into()),
        }
        if let left @ [_, ..] = place.cached("objects").as_slice() {
            return Err(format!("{left:?} is left in the cache").into());
        }
    }
    place.expect(&server.url("/x.log"), &[], 40_000)?;
    place.expect("x.log.gz", &[], 40_000)
}

fn proxy() -> Result<(), Failed> {
    let place = Place::new()?;
    let proxy = Server::new(|request, _| match request.line.as_str() {
        "GET http://logs.invalid/x.log" => Answer::ok(log(7)),
        _ => Answer::missing(),
    })?;
    let server = Server::new(|_, _| Answer::ok(log(8)))?;
    let count = |data: &str| {
        let mut command = place.command(data, &[]);
        command.env("HTTP_PROXY", proxy.url("")).env("http_proxy", proxy.url("")).env("NO_PROXY", "127.0.0.1");
        read(&command.output()?)
    };
    match (count("http://logs.invalid/x.log")?, count(&server.url("/x.log"))?) {
        (Ok(7), Ok(8)) => Ok(()),
        other => Err(format!("{other:?} instead of 7 and 8 events").into()),
    }
}

fn fifty() -> Result<(), Failed> {
    let place = Place::new()?;
    let packed = gzip(&log(5_000))?;
    let server = Server::new(move |_, _| Answer::ok(packed.clone()))?;
    let url = server.url("/x.log.gz");
    let runs: Vec<_> = (0..50).map(|_| place.command(&url, &[]).spawn()).collect::<Result<_, _>>()?;
    for run in runs {
        match read(&run.wait_with_output()?)? {
            Ok(5_000) => {}
            other => return Err(format!("{other:?} instead of 5000 events").into()),
        }
    }
    match (server.asked().len(), place.cached("partial").as_slice()) {
        (1, []) => Ok(()),
        other => Err(format!("asked so many times, left in the cache: {other:?}").into()),
    }
}

fn changed_cache() -> Result<(), Failed> {
    let place = Place::new()?;
    let server = Server::new(|_, _| Answer::ok(log(100)))?;
    let url = server.url("/x.log");
    for (n, spoil) in
        [|b: &mut Vec<u8>| b[50] ^= 1, |b: &mut Vec<u8>| b.truncate(1_000), |b: &mut Vec<u8>| b.clear()].iter().enumerate()
    {
        place.expect(&url, &[], 100)?;
        let [object] = place.cached("objects").try_into().map_err(|list| format!("{list:?} is not one file"))?;
        let mut bytes = std::fs::read(&object)?;
        spoil(&mut bytes);
        std::fs::write(&object, bytes)?;
        place.refuse(&url, &["--offline"], &["not at hand"])?;
        place.expect(&url, &[], 100)?;
        if server.asked().len() != n + 2 {
            return Err(format!("asked {} times", server.asked().len()).into());
        }
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut out, bytes)?;
    out.finish()
}

fn zip(files: &[(&str, &[u8])]) -> Result<Vec<u8>, Failed> {
    let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, ::zip::write::SimpleFileOptions::default())?;
        std::io::Write::write_all(&mut zip, bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn archives() -> Result<(), Failed> {
    let place = Place::new()?;
    let put = |name: &str, bytes: &[u8]| std::fs::write(place.path(name), bytes);
    put("two.zip", &zip(&[("b.log", &log(2)), ("a.log.gz", &gzip(&log(3))?)])?)?;
    place.expect("two.zip", &[], 5)?;
    put("bomb.zip", &zip(&[("a.log", &vec![b' '; 64 << 20])])?)?;
    place.refuse("bomb.zip", &[], &["more than 200 times its size", "unpack it"])?;
    put("out.zip", &zip(&[("../../out.log", &log(1))])?)?;
    place.refuse("out.zip", &[], &["leads out of its folder"])?;
    put("cut.log.gz", &gzip(&log(1_000))?[..500])?;
    place.refuse("cut.log.gz", &[], &["the gzip file is broken or cut off"])?;
    put("cut.zip", &zip(&[("a.log", &log(1_000))])?[..300])?;
    place.refuse("cut.zip", &[], &["the zip archive is broken or cut off"])?;
    let left: Vec<PathBuf> = place.cached("partial");
    if left.is_empty() { Ok(()) } else { Err(format!("{left:?} is left in the cache").into()) }
}

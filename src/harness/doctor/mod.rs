//! What a run needs, looked at before one begins.

mod needs;
mod server;
mod user;

use indexmap::IndexMap;

use crate::content::Content;
use crate::dataset::{Resolver, Settings, is_url};
use crate::diagnostic::Diagnostic;
use crate::validate::{SearchChecker, SearchKind};
use crate::verdict::Checkup;

pub use needs::{missing_add_ons, needed};
pub use server::splunk;

/// Looks at what is on this machine: content, searches, datasets, the cache.
pub fn local(content: &Content, checker: &dyn SearchChecker, data: &Settings, geoip: bool, checkup: &mut Checkup) {
    repository(content, checkup);
    searches(content, checker, geoip, checkup);
    cache(data, checkup);
    datasets(content, data, checkup);
}

fn repository(content: &Content, checkup: &mut Checkup) {
    let detections = content.detections.len();
    let errors = content.problems.iter().filter(|p| p.is_error()).count();
    if detections == 0 {
        let message = format!("{} holds no detection", content.root.display());
        checkup.warn("content", message, "name the root of a content repository with --path, or begin one with `muster init`");
    } else if errors > 0 {
        let message = format!("{detections} detections; {errors} files cannot be read as they should");
        checkup.warn("content", message, "`muster validate` shows them");
    } else {
        checkup.ok(
            "content",
            format!("{detections} detections, {} macros, {} lookups", content.macros.len(), content.lookups.len()),
        );
    }
}

fn searches(content: &Content, checker: &dyn SearchChecker, geoip: bool, checkup: &mut Checkup) {
    let (mut broken, mut lacking, mut places) = (0, 0, 0);
    for detection in &content.detections {
        let (problems, outline) = checker.check(&detection.search.value, SearchKind::Detection);
        let unsupported = |p: &Diagnostic| p.code == crate::diagnostic::Code::SplUnsupported;
        broken += usize::from(problems.iter().any(Diagnostic::is_error));
        lacking += usize::from(!problems.iter().any(Diagnostic::is_error) && problems.iter().any(unsupported));
        let calls = outline.iter().flat_map(|o| &o.pipeline.calls);
        places += usize::from(calls.into_iter().any(|c| c.name == "iplocation"));
    }
    match (broken, lacking) {
        (0, 0) => checkup.ok("searches", "all of them compile"),
        (0, n) => checkup.warn(
            "searches",
            format!("{n} use what the local engine does not do; their tests are skipped"),
            "`muster validate` names it; --backend splunk runs them",
        ),
        (n, _) => checkup.warn("searches", format!("{n} do not compile"), "`muster validate` shows why"),
    }
    if places > 0 && !geoip {
        let message = format!("{places} detections ask where addresses are, and there is no database");
        checkup.warn("geoip", message, "name one in MaxMind's format: geoip = \"FILE\" in muster.toml, or --geoip FILE");
    }
}

fn cache(data: &Settings, checkup: &mut Checkup) {
    let folder = &data.cache;
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written =
        std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, b"x")).and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => checkup.ok("cache", format!("{} can be written", folder.display())),
        Err(error) => checkup.fail(
            "cache",
            format!("{} cannot be written: {error}", folder.display()),
            "--cache or MUSTER_CACHE names another folder",
        ),
    }
}

fn datasets(content: &Content, data: &Settings, checkup: &mut Checkup) {
    // What is at hand needs no network.
    let at_hand = Resolver::new(Settings { offline: true, ..data.clone() });
    let mut names: Vec<&str> =
        content.detections.iter().flat_map(|d| &d.tests).flat_map(|t| &t.data).map(|d| d.data.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let (mut missing, mut remote) = (Vec::new(), IndexMap::<String, usize>::new());
    for name in &names {
        match at_hand.resolve(name) {
            Ok(_) => {}
            Err(_) if is_url(name) => {
                let host = name.split('/').nth(2).unwrap_or_default().to_string();
                *remote.entry(host).or_default() += 1;
            }
            Err(problem) => missing.push(format!("{name}: {}", problem.message)),
        }
    }
    let here = names.len() - missing.len() - remote.values().sum::<usize>();
    if let Some(first) = missing.first() {
        let message = format!("{} of {} are not there: {first}", missing.len(), names.len());
        checkup.fail("datasets", message, "paths are relative to the repository; `muster validate` names all of them");
    } else if remote.is_empty() {
        checkup.ok("datasets", format!("all {here} are at hand"));
    } else {
        let hosts: Vec<String> = remote.iter().map(|(host, n)| format!("{n} of {host}")).collect();
        let message = format!("{here} are at hand; to be fetched: {}", hosts.join(", "));
        match data.offline {
            false => checkup.ok("datasets", message),
            true => checkup.fail("datasets", message, "nothing is fetched (--offline): name a mirror with --mirror PREFIX=DIR"),
        }
    }
}

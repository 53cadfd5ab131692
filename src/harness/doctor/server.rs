//! A Splunk, looked at from outside in: reachable, who we are, index, collector, what detections need.

use crate::backend::splunk::{self, ENTERPRISE_SECURITY, Failure, Hec, INPUT, INPUTS, Rest, Settings, escaped};
use crate::diagnostic::Diagnostic;
use crate::verdict::Checkup;

use super::needs::{self, Needed};
use super::user;

/// Clocks that differ by more are worth a word, and by much more make times meaningless.
const CLOCK_WARN: f64 = 5.0;

/// Looks at every instance. `fix` makes the index, the role and the input of the collector.
pub fn splunk(settings: &Settings, needed: &Needed, fix: bool, checkup: &mut Checkup) {
    let ports = match splunk::ports(settings) {
        Ok(ports) => ports,
        Err(problems) => return problems.iter().for_each(|p| failed(checkup, "splunk.login", p)),
    };
    let many = ports.len() > 1;
    for (rest, hec) in &ports {
        if many {
            checkup.ok("splunk", format!("instance {}", rest.url));
        }
        // What comes later needs what comes before.
        let looked = instance(settings, rest, hec.as_ref(), needed, fix, checkup);
        if let Err(problem) = looked {
            failed(checkup, "splunk.reachable", &problem);
        }
    }
}

fn failed(checkup: &mut Checkup, name: &str, problem: &Diagnostic) {
    checkup.fail(name, problem.message.clone(), problem.help.clone().unwrap_or_default());
    if let Some(last) = checkup.checks.last_mut() {
        last.unreachable = true;
    }
}

fn instance(
    settings: &Settings,
    rest: &Rest,
    hec: Option<&Hec>,
    needed: &Needed,
    fix: bool,
    checkup: &mut Checkup,
) -> Result<(), Diagnostic> {
    let problem = |doing: &'static str| move |f: Failure| rest.problem(&f, doing);
    let info = rest.get_once("/services/server/info").map_err(problem("looking at the server"))?.entries;
    let text = |key: &str| info.first().and_then(|e| e.text(key)).unwrap_or_default();
    if text("version").is_empty() {
        return Err(rest.problem(&Failure::Foreign("it says nothing of its version".to_string()), "looking at the server"));
    }
    checkup.ok("splunk.reachable", format!("{} at {}", text("serverName"), rest.url));
    checkup.ok("splunk.version", format!("Splunk {}", text("version")));
    if settings.trust.insecure {
        checkup.warn(
            "splunk.certificate",
            "it is not checked (insecure = true)",
            "ca_cert = \"FILE\" in [splunk] names its authority",
        );
    }
    clock(rest, checkup);
    let messages = rest.get("/services/messages", &[]).map_err(problem("reading its messages"))?.entries;
    match messages.iter().any(|m| m.name == "restart_required") {
        true => {
            checkup.warn("splunk.restart", "it wants to be restarted", "restart it: until then some settings are not in force")
        }
        false => checkup.ok("splunk.restart", "no restart is pending"),
    }
    // First the index: a role and an input name it.
    let clustered =
        info.first().is_some_and(|e| e.texts("server_roles").iter().any(|r| r.contains("cluster") || r.contains("shc")));
    index(settings, rest, clustered, fix, checkup)?;
    user::roles(settings, rest, fix, checkup)?;
    collector(settings, rest, hec, fix, checkup)?;
    match rest.get(&format!("/services/apps/local/{ENTERPRISE_SECURITY}"), &[]) {
        Ok(reply) => {
            let version = reply.entries.first().and_then(|e| e.text("version")).unwrap_or_default();
            checkup.ok("splunk.enterprise_security", format!("Enterprise Security {version}"));
        }
        Err(Failure::Status { status: 404, .. }) => checkup.warn(
            "splunk.enterprise_security",
            "it is not there, so integration tests are skipped",
            "test integration with --backend local, or on an instance that has it",
        ),
        Err(failure) => return Err(rest.problem(&failure, "looking for Enterprise Security")),
    }
    needs::look(needed, rest, checkup)
}

fn clock(rest: &Rest, checkup: &mut Checkup) {
    let ahead = rest.ahead();
    match ahead.abs() {
        off if off <= CLOCK_WARN => checkup.ok("splunk.clock", "its clock and ours agree"),
        off => checkup.warn(
            "splunk.clock",
            format!("its clock is {off:.0} s {} ours", if ahead > 0.0 { "ahead of" } else { "behind" }),
            "set both by NTP: relative times of searches are counted from the server's",
        ),
    }
}

fn index(settings: &Settings, rest: &Rest, clustered: bool, fix: bool, checkup: &mut Checkup) -> Result<(), Diagnostic> {
    let name = &settings.index;
    let there = rest.get(&format!("/services/data/indexes/{}", escaped(name)), &[]);
    match there {
        Ok(reply) if reply.entries.first().is_some_and(|e| e.flag("disabled")) => {
            checkup.fail("splunk.index", format!("the index {name} is disabled"), "enable it in Settings > Indexes");
        }
        Ok(_) => checkup.ok("splunk.index", format!("the index {name} is there")),
        // A search head of a cluster does not know the indexes of its indexers.
        Err(Failure::Status { status: 404, .. }) if clustered => checkup.warn(
            "splunk.index",
            format!("the search head has no index {name} of its own"),
            "see that the indexers have it; the first replay says if they have not",
        ),
        Err(Failure::Status { status: 404, .. }) if fix => match rest.post("/services/data/indexes", &[("name", name)]) {
            Ok(_) => checkup.fixed("splunk.index", format!("the index {name} was made")),
            Err(failure) => failed(checkup, "splunk.index", &rest.problem(&failure, "making the index")),
        },
        Err(Failure::Status { status: 404, .. }) => {
            checkup.fail("splunk.index", format!("there is no index {name} on this instance"), "--fix makes it")
        }
        Err(failure) => return Err(rest.problem(&failure, "looking for the index")),
    }
    Ok(())
}

fn collector(settings: &Settings, rest: &Rest, hec: Option<&Hec>, fix: bool, checkup: &mut Checkup) -> Result<(), Diagnostic> {
    let inputs = match rest.get(INPUTS, &[("count", "0")]) {
        Ok(reply) => reply.entries,
        Err(Failure::Status { status: 403 | 404, .. }) => Vec::new(),
        Err(failure) => return Err(rest.problem(&failure, "listing the inputs of the collector")),
    };
    let own = format!("http://{INPUT}");
    if inputs.iter().any(|e| e.name == "http" && e.flag("disabled")) {
        match fix {
            true => match rest.post(&format!("{INPUTS}/http"), &[("disabled", "0")]) {
                Ok(_) => checkup.fixed("splunk.collector", "the HTTP Event Collector was switched on"),
                Err(failure) => failed(checkup, "splunk.collector", &rest.problem(&failure, "switching the collector on")),
            },
            false => checkup.fail("splunk.collector", "the HTTP Event Collector is off", "--fix switches it on"),
        }
    }
    let Some(hec) = hec else {
        match inputs.iter().find(|e| e.name == own) {
            Some(input) if input.flag("useACK") => {
                checkup.ok("splunk.token", format!("the token of the input {INPUT} is used, with acknowledgment"));
            }
            Some(_) => checkup.warn(
                "splunk.token",
                format!("the token of the input {INPUT} is used, without acknowledgment"),
                "enable useACK for it to be sure of each request",
            ),
            None if fix => {
                let form = [("name", INPUT), ("index", &settings.index), ("useACK", "1"), ("disabled", "0")];
                match rest.post(INPUTS, &form) {
                    Ok(_) => checkup.fixed(
                        "splunk.token",
                        format!("the input {INPUT} was made; its token is asked for, and need not be set"),
                    ),
                    Err(failure) => failed(checkup, "splunk.token", &rest.problem(&failure, "making the input")),
                }
            }
            None => checkup.fail(
                "splunk.token",
                format!("MUSTER_HEC_TOKEN is not set, and there is no input {INPUT}"),
                "--fix makes the input; its token is then asked for and need not be set",
            ),
        }
        return Ok(());
    };
    match hec.healthy() {
        Ok(()) => checkup.ok("splunk.collector", format!("it is healthy at {}", hec.url)),
        Err(problem) => failed(checkup, "splunk.collector", &problem),
    }
    match hec.would_take(&settings.index) {
        Ok(()) => checkup.ok("splunk.token", "the token is taken"),
        Err(problem) => failed(checkup, "splunk.token", &problem),
    }
    Ok(())
}

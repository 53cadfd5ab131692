//! One instance: its two ports, and the searches that every run needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::runtime::Runtime;

use super::failure::Failure;
use super::hec::Hec;
use super::job::Query;
use super::load::Place;
use super::rest::{Rest, escaped};
use super::secret::{Scrubber, Secret};
use super::settings::{Instance, Settings};
use crate::backend::Cell;
use crate::diagnostic::{Code, Diagnostic, Severity};

/// The input of the collector that is asked for a token where none is given.
pub const INPUT: &str = "muster";
/// Where inputs of the collector are.
pub const INPUTS: &str = "/servicesNS/nobody/splunk_httpinput/data/inputs/http";

/// One instance.
pub struct Node {
    /// The management port.
    pub rest: Rest,
    /// The HTTP Event Collector.
    pub hec: Hec,
    /// Its version: `9.3.1`.
    pub version: String,
    pub(super) settings: Arc<Settings>,
    /// It knows the jobs of version 2 (9.0.1 and later).
    pub(super) v2: AtomicBool,
    /// The host of this run, to which a number is added.
    run: String,
    loads: AtomicUsize,
}

impl Node {
    /// Logs in and looks who is there.
    pub(super) fn connect(
        instance: &Instance,
        run: &str,
        settings: &Arc<Settings>,
        runtime: &Arc<Runtime>,
        scrubber: &Scrubber,
    ) -> Result<Node, Diagnostic> {
        let rest = Rest::new(&instance.url, settings, runtime.clone(), scrubber.clone())?;
        let info = rest.get_once("/services/server/info").map_err(|f| rest.problem(&f, "looking at the server"))?;
        let version = info.entries.first().and_then(|e| e.text("version"));
        let Some(version) = version else {
            let failure = Failure::Foreign("it says nothing of its version".to_string());
            return Err(rest.problem(&failure, "looking at the server"));
        };
        let token = match &settings.credentials.hec_token {
            Some(token) => token.clone(),
            None => token_of(&rest)?,
        };
        let channel = guid();
        let hec = Hec::new(&instance.hec_url, token, channel, settings, runtime.clone(), scrubber.clone())?;
        let v2 = AtomicBool::new(knows_v2(&version));
        let (run, loads) = (run.to_string(), AtomicUsize::new(0));
        Ok(Node { rest, hec, version, settings: settings.clone(), v2, run, loads })
    }

    /// A host that nobody has used.
    pub(super) fn next_host(&self) -> String {
        format!("{}-{}", self.run, self.loads.fetch_add(1, Ordering::Relaxed))
    }

    /// How many events there are, and the time of the newest.
    pub(super) fn found(&self, places: &[Place]) -> Result<(usize, Option<f64>), Diagnostic> {
        let conditions: Vec<String> = places.iter().map(Place::condition).collect();
        let conditions = conditions.join(" OR ");
        let spl = match places.iter().any(|p| p.since.is_some()) {
            false => format!("| tstats count AS n max(_time) AS newest where {conditions}"),
            true => format!("search {conditions} | stats count AS n max(_time) AS newest"),
        };
        let answer = self.run(&Query::of(spl)).map_err(first)?;
        // No row at all is no event.
        let number = |field: &str| match answer.rows.first().map(|_| answer.cell(0, field)) {
            Some(Cell::One(text)) => text.parse::<f64>().ok(),
            _ => None,
        };
        Ok((number("n").unwrap_or(0.0) as usize, number("newest")))
    }

    /// Takes events out of the way of later searches. What cannot be deleted is said; a Ctrl-C does not keep it from
    /// being tried.
    pub(super) fn delete(&self, places: &[Place]) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for place in places {
            let query = Query { always: true, ..Query::of(format!("search {} | delete", place.condition())) };
            let left = match self.run(&query) {
                Ok(_) => self.left(place),
                Err(problems) => Err(first(problems)),
            };
            let problem = match left {
                Ok(0) => continue,
                Ok(left) => Diagnostic::new(Code::RunService, format!("{left} events could not be deleted")),
                Err(problem) => problem,
            };
            let message =
                format!("events of this run stay in the index {} (host {}): {}", place.index, place.host, problem.message);
            let spl = format!("search {} | delete", place.condition());
            problems.push(
                Diagnostic::new(Code::RunService, message)
                    .with_severity(Severity::Warning)
                    .note(format!("they go with the search: {spl}"))
                    .help("the user needs the role can_delete, and deleteIndexesAllowed for the index"),
            );
        }
        problems
    }

    fn left(&self, place: &Place) -> Result<usize, Diagnostic> {
        let spl = format!("search {} | stats count AS n", place.condition());
        let answer = self.run(&Query { always: true, ..Query::of(spl) }).map_err(first)?;
        Ok(match answer.rows.first().map(|_| answer.cell(0, "n")) {
            Some(Cell::One(n)) => n.parse().unwrap_or(0),
            _ => 0,
        })
    }
}

pub(super) fn first(problems: Vec<Diagnostic>) -> Diagnostic {
    let first = problems.into_iter().next();
    first.unwrap_or_else(|| Diagnostic::new(Code::RunService, "no reason was given"))
}

/// The token of the input `muster`.
fn token_of(rest: &Rest) -> Result<Secret, Diagnostic> {
    let path = format!("{INPUTS}/{}", escaped(&format!("http://{INPUT}")));
    let reply = rest.get(&path, &[]);
    let token = reply.as_ref().ok().and_then(|r| r.entries.first()).and_then(|e| e.text("token"));
    token.map(Secret::new).ok_or_else(|| {
        let problem = Diagnostic::new(Code::RunService, "there is no token for the HTTP Event Collector");
        problem
            .note(format!("MUSTER_HEC_TOKEN is not set, and {} has no input `{INPUT}` that we may read", rest.url))
            .help("set MUSTER_HEC_TOKEN in the environment, or let `muster doctor --backend splunk --fix` make the input")
    })
}

/// The second version of the search endpoints came with 9.0.1.
fn knows_v2(version: &str) -> bool {
    let mut numbers = version.split('.').map(|n| n.parse::<u32>().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next()) >= (9, 0, 1)
}

/// A number that nobody has guessed before.
pub(super) fn chance() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // The standard library's own keys are random; no other source of chance is needed for a name.
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

/// A channel of the collector.
pub(super) fn guid() -> String {
    let (a, b) = (chance(), chance());
    let c = 0x4000 | (a & 0x0FFF);
    let d = 0x8000 | (b >> 48 & 0x3FFF);
    format!("{:08X}-{:04X}-{c:04X}-{d:04X}-{:012X}", a >> 32, a >> 16 & 0xFFFF, b & 0xFFFF_FFFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_channels() {
        assert!(knows_v2("9.0.1") && knows_v2("9.3") && knows_v2("10.0.0"));
        assert!(!knows_v2("9.0.0") && !knows_v2("8.2.9") && !knows_v2("odd"));
        let guid = guid();
        assert_eq!(guid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}

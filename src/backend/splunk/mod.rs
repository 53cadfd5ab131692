//! A real Splunk behind the trait: events go in through the HTTP Event Collector, searches run as jobs.
//!
//! A detection searches all that its user may see, so the events of two tests must never lie on one instance at the same
//! time: each instance has one test at a time, and several instances share them out. What lies there stays for the next
//! test if it needs the very same datasets.

mod alert;
mod arrival;
mod failure;
mod hec;
mod job;
mod load;
mod lookups;
mod node;
mod reply;
mod reply_xml;
mod rest;
mod secret;
mod session;
mod settings;
mod text;

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

pub use alert::ENTERPRISE_SECURITY;
pub use failure::Failure;
pub use hec::{Hec, Refusal};
pub use job::Query;
pub use node::{INPUT, INPUTS, Node};
pub use reply::{Entry, Message, Reply};
pub use rest::{Rest, escaped};
pub use secret::Secret;
pub use settings::{Credentials, Instance, Limits, Login, Settings};
pub use text::MacroNames;

use load::Loaded;
use secret::Scrubber;
use session::SplunkSession;
use tokio::runtime::Runtime;

use super::{Answer, Backend, Dataset, Delivery, Extras, Finish, Session};
use crate::diagnostic::{Code, Diagnostic, MappedText};
use crate::engine::Environment;

/// The instances behind the trait.
pub struct Splunk<'a> {
    settings: Arc<Settings>,
    env: Arc<Environment<'a>>,
    ours: MacroNames,
    nodes: Vec<Node>,
    slots: Mutex<Vec<Slot>>,
    freed: Condvar,
    total: Mutex<Delivery>,
    /// What could not be put back.
    left: Mutex<Vec<Diagnostic>>,
    // The last field: connections go before what they run on.
    _runtime: Arc<Runtime>,
}

/// An instance and what lies on it.
#[derive(Default)]
struct Slot {
    busy: bool,
    loaded: Option<Loaded>,
}

impl<'a> Splunk<'a> {
    /// Logs in to all instances. `ours` are the macros that go with a search.
    pub fn connect(settings: Settings, env: Arc<Environment<'a>>, ours: MacroNames) -> Result<Self, Vec<Diagnostic>> {
        let settings = Arc::new(settings);
        let runtime = runtime().map_err(|p| vec![p])?;
        let scrubber = Scrubber::default();
        // Readable, and never the same again: what a killed run left is found by the begin.
        let run = format!("{HOST_PREFIX}{:08x}", node::chance() >> 32);
        let mut nodes = Vec::new();
        let mut problems = Vec::new();
        for (number, instance) in settings.instances.iter().enumerate() {
            match Node::connect(instance, &format!("{run}-{number}"), &settings, &runtime, &scrubber) {
                Ok(node) => nodes.push(node),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let slots = Mutex::new(nodes.iter().map(|_| Slot::default()).collect());
        let (freed, total, left) = (Condvar::new(), Mutex::default(), Mutex::default());
        Ok(Splunk { settings, env, ours, nodes, slots, freed, total, left, _runtime: runtime })
    }

    /// The instances.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The server's clock, epoch seconds.
    pub fn now(&self) -> f64 {
        self.nodes.first().map_or(0.0, |node| node.rest.now().floor())
    }

    /// Runs a search with times as they are typed, on the first instance.
    pub fn search(&self, text: &MappedText, earliest: Option<&str>, latest: Option<&str>) -> Result<Answer, Vec<Diagnostic>> {
        let prepared = text::prepare(text, &self.env.knowledge, &self.ours)?;
        let times = [earliest, latest].map(|t| t.map(str::to_string));
        let [earliest, latest] = times;
        let query = Query { spl: prepared.spl, earliest, latest, now: self.settings.now, always: false };
        let Some(node) = self.nodes.first() else { return Ok(Answer::default()) };
        let mut answer = node.run(&query)?;
        answer.messages.splice(0..0, prepared.notices);
        Ok(answer)
    }

    /// Events of runs that could not clean up, by instance; with `delete` they go.
    pub fn leftovers(&self, delete: bool) -> Result<Vec<usize>, Diagnostic> {
        let left = load::Place { index: self.settings.index.clone(), host: format!("{HOST_PREFIX}*"), since: None };
        let mut counts = Vec::new();
        for node in &self.nodes {
            let (count, _) = node.found(std::slice::from_ref(&left))?;
            if let Some(problem) =
                (delete && count > 0).then(|| node.delete(std::slice::from_ref(&left))).into_iter().flatten().next()
            {
                return Err(problem);
            }
            counts.push(count);
        }
        Ok(counts)
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, Vec<Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for an instance: best one on which these datasets lie already.
    fn take(&self, datasets: &[Dataset]) -> Result<usize, Diagnostic> {
        let mut slots = self.slots();
        loop {
            let fits = |slot: &Slot| slot.loaded.as_ref().is_some_and(|l| l.datasets == datasets);
            let free = |wanted: &dyn Fn(&Slot) -> bool| slots.iter().position(|s| !s.busy && wanted(s));
            if let Some(number) = free(&fits).or_else(|| free(&|s| s.loaded.is_none())).or_else(|| free(&|_| true)) {
                slots[number].busy = true;
                return Ok(number);
            }
            if self.settings.interrupted() {
                return Err(Diagnostic::new(Code::RunService, "stopped by the user"));
            }
            let waited = self.freed.wait_timeout(slots, Duration::from_millis(200));
            slots = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn give_back(&self, number: usize, loaded: Option<Loaded>) {
        let slot = &mut self.slots()[number];
        slot.loaded = loaded;
        slot.busy = false;
        self.freed.notify_one();
    }

    /// What has to lie on the instance, lies there.
    fn load(&self, number: usize, datasets: &[Dataset]) -> Result<Loaded, Diagnostic> {
        let node = &self.nodes[number];
        let before = self.slots()[number].loaded.take();
        let mut notices = Vec::new();
        match before {
            Some(loaded) if loaded.datasets == datasets => return Ok(loaded),
            Some(loaded) if !self.settings.keep => notices.extend(node.delete(&loaded.places)),
            _ => {}
        }
        let mut loaded = node.load(datasets, &self.env.knowledge)?;
        loaded.notices.splice(0..0, notices);
        let mut total = self.total.lock().unwrap_or_else(PoisonError::into_inner);
        total.add(&loaded.delivery);
        Ok(loaded)
    }
}

/// The two ports of each instance, without a look at them: what `muster doctor` begins with. A collector needs a token.
pub fn ports(settings: &Settings) -> Result<Vec<(Rest, Option<Hec>)>, Vec<Diagnostic>> {
    let runtime = runtime().map_err(|p| vec![p])?;
    let scrubber = Scrubber::default();
    let mut list = Vec::new();
    for instance in &settings.instances {
        let rest = Rest::new(&instance.url, settings, runtime.clone(), scrubber.clone()).map_err(|p| vec![p])?;
        let hec = settings
            .credentials
            .hec_token
            .clone()
            .map(|token| Hec::new(&instance.hec_url, token, node::guid(), settings, runtime.clone(), scrubber.clone()));
        list.push((rest, hec.transpose().map_err(|p| vec![p])?));
    }
    Ok(list)
}

/// What the host of every run begins with.
pub const HOST_PREFIX: &str = "muster-";

fn runtime() -> Result<Arc<Runtime>, Diagnostic> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map(Arc::new).map_err(|why| Diagnostic::new(Code::RunService, format!("no threads for the network: {why}")))
}

impl Backend for Splunk<'_> {
    fn name(&self) -> &'static str {
        "splunk"
    }

    fn open(&self, datasets: &[Dataset], extras: &Extras) -> Result<Box<dyn Session + '_>, Diagnostic> {
        let number = self.take(datasets)?;
        // Whatever happens in between, the instance is given back.
        let mut session = SplunkSession::new(self, number);
        session.load(datasets, extras)?;
        Ok(Box::new(session))
    }

    fn at_once(&self) -> Option<usize> {
        Some(self.nodes.len())
    }

    fn finish(&self) -> Finish {
        let mut finish =
            Finish { delivery: Some(*self.total.lock().unwrap_or_else(PoisonError::into_inner)), ..Finish::default() };
        finish.problems.append(&mut self.left.lock().unwrap_or_else(PoisonError::into_inner));
        for number in 0..self.nodes.len() {
            let loaded = self.slots()[number].loaded.take();
            if let Some(loaded) = loaded.filter(|_| !self.settings.keep) {
                finish.problems.extend(self.nodes[number].delete(&loaded.places));
            }
        }
        finish
    }
}

impl Drop for Splunk<'_> {
    /// Where `finish` was not reached, what was sent is deleted all the same.
    fn drop(&mut self) {
        self.finish();
    }
}

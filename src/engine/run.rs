//! What a search knows while it runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::events::Store;
use super::geo::GeoIp;
use super::lookups::RunLookups;
use super::loss::Loss;
use super::session::Session;
use crate::diagnostic::{Code, Diagnostic, Sources, Span};
use crate::eval::{Cx, Lookups};
use crate::fields::{self, EventTypes};
use crate::ingest;
use crate::knowledge::{Knowledge, LookupDef, LookupTable};

/// What all searches of a run share.
#[derive(Debug)]
pub struct Environment<'a> {
    /// Macros, props, lookups, data models.
    pub knowledge: Arc<Knowledge>,
    /// Compiled event types and tags.
    pub event_types: Arc<EventTypes>,
    /// The database of iplocation, if the user gave one.
    pub geoip: Option<Arc<GeoIp>>,
    /// The texts that diagnostics point into.
    pub sources: &'a Sources,
}

impl<'a> Environment<'a> {
    /// Compiles the event types of the knowledge.
    pub fn new(knowledge: Knowledge, sources: &'a Sources, problems: &mut Vec<Diagnostic>) -> Self {
        let event_types = EventTypes::new(&knowledge, problems);
        problems.extend(ingest::check(&knowledge, sources, false));
        problems.extend(fields::check(&knowledge, sources, false));
        Environment { knowledge: Arc::new(knowledge), event_types: Arc::new(event_types), geoip: None, sources }
    }
}

impl Environment<'_> {
    /// With the database of iplocation.
    #[must_use]
    pub fn with_geoip(self, geoip: Option<GeoIp>) -> Self {
        Environment { geoip: geoip.map(Arc::new), ..self }
    }

    /// What there is of it without the sources.
    pub fn shared(&self) -> Shared {
        Shared { knowledge: self.knowledge.clone(), event_types: self.event_types.clone(), geoip: self.geoip.clone() }
    }
}

/// An environment without sources. A server runs many searches, each over sources of its own that go with it; of what
/// is wrong in the configuration only the message can be shown then, not the place.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Macros, props, lookups, data models.
    pub knowledge: Arc<Knowledge>,
    event_types: Arc<EventTypes>,
    geoip: Option<Arc<GeoIp>>,
}

impl Shared {
    /// An environment whose texts go into these sources.
    pub fn over<'s>(&self, sources: &'s Sources) -> Environment<'s> {
        let Shared { knowledge, event_types, geoip } = self.clone();
        Environment { knowledge, event_types, geoip, sources }
    }
}

/// The time range that a search is dispatched with; time modifiers in the search replace it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TimeRange {
    /// Inclusive.
    pub earliest: Option<f64>,
    /// Exclusive.
    pub latest: Option<f64>,
}

/// How many rows came out of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct StepCount {
    /// The command as written, on one line.
    pub text: String,
    /// Where it stands.
    pub span: Option<Span>,
    /// Rows that came out.
    pub rows: usize,
    /// Conditions in it that left no row.
    pub lost: Vec<Loss>,
}

/// One run of a search.
#[derive(Debug)]
pub struct Run<'a> {
    /// Shared by all runs.
    pub env: &'a Environment<'a>,
    /// The events.
    pub store: &'a Store,
    /// Clock and zone.
    pub cx: Cx,
    /// The time range.
    pub range: TimeRange,
    /// Warnings, each once.
    pub messages: Mutex<Vec<Diagnostic>>,
    /// What commands say of the way of the rows through their own clauses, until the pipeline takes it.
    pub details: Mutex<Vec<StepCount>>,
    /// Conditions of the command that runs now that left no row, until the pipeline takes them.
    pub losses: Arc<Mutex<Vec<Loss>>>,
    /// What the searches of the test have written.
    pub session: &'a Session,
    /// Ends the run before its time.
    pub stop: Stop,
}

/// Ends a run from outside: at the next command, with an error.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From now on.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once it was set.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<'a> Run<'a> {
    /// A run over a store, with nothing said yet.
    pub fn new(env: &'a Environment<'a>, store: &'a Store, session: &'a Session, cx: Cx, range: TimeRange) -> Run<'a> {
        let (messages, details, losses) = (Mutex::default(), Mutex::default(), Arc::default());
        Run { env, store, cx, range, messages, details, losses, session, stop: Stop::default() }
    }
}

impl Run<'_> {
    /// Adds a warning unless it was said before.
    pub fn warn(&self, message: Diagnostic) {
        let mut messages = self.messages.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !messages.contains(&message) {
            messages.push(message);
        }
    }

    /// An error once the run is to end.
    pub(super) fn go_on(&self) -> Result<(), Diagnostic> {
        if self.stop.is_set() { Err(Diagnostic::new(Code::SplRuntime, "the search was cancelled")) } else { Ok(()) }
    }

    /// Notes how many rows a clause of the command that runs now left.
    pub fn detail(&self, text: String, span: Option<Span>, rows: usize) {
        self.details.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(StepCount {
            text,
            span,
            rows,
            lost: Vec::new(),
        });
    }

    /// Notes a condition that left no row.
    pub(super) fn lost(&self, loss: Loss) {
        self.losses.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(loss);
    }

    /// When the events were indexed: the moment before the search. In a test that is when its newest event came in.
    pub(super) fn indexed(&self) -> f64 {
        self.cx.now.floor() - 1.0
    }

    /// Runs something over another time range, in this run otherwise.
    pub(super) fn within<T>(&self, range: TimeRange, f: impl FnOnce(&Run<'_>) -> T) -> T {
        self.changed(self.cx.clone(), range, f)
    }

    /// Runs something whose expressions can ask the lookups of this run.
    pub(super) fn with_lookups<T>(&self, f: impl FnOnce(&Run<'_>) -> T) -> T {
        let lookups: Arc<dyn Lookups> = Arc::new(RunLookups::new(self.env.knowledge.clone(), self.session));
        self.changed(Cx { lookups: Some(lookups), ..self.cx.clone() }, self.range, f)
    }

    fn changed<T>(&self, cx: Cx, range: TimeRange, f: impl FnOnce(&Run<'_>) -> T) -> T {
        let losses = self.losses.clone();
        let inner = Run { losses, stop: self.stop.clone(), ..Run::new(self.env, self.store, self.session, cx, range) };
        let result = f(&inner);
        let messages = inner.messages.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        messages.into_iter().for_each(|m| self.warn(m));
        result
    }

    /// The rows of a lookup: those written in this session, else the app's.
    pub fn lookup_table(&self, def: &LookupDef) -> Result<Arc<LookupTable>, String> {
        match self.session.lookup(def.key()) {
            Some(table) => Ok(table),
            None => self.env.knowledge.lookup_table(def),
        }
    }
}

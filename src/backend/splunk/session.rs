//! One test on one instance.

use std::sync::{Mutex, PoisonError};

use super::Splunk;
use super::alert::Undo;
use super::job::Query;
use super::load::{Loaded, Place};
use super::lookups::{self, Renamed};
use super::node::Node;
use super::text::{self, Prepared};
use crate::backend::local::REPLAY_HOST;
use crate::backend::{Alert, Answer, Cell, Dataset, Delivery, Extras, Fired, NewEvent, Session, Step, Window};
use crate::diagnostic::{Code, Diagnostic, MappedText};

/// A test on an instance.
pub(super) struct SplunkSession<'a> {
    backend: &'a Splunk<'a>,
    node: &'a Node,
    number: usize,
    /// Nothing until it is there.
    loaded: Option<Loaded>,
    /// Lookups that are there under another name.
    renamed: Vec<Renamed>,
    /// What was made or changed there.
    undo: Mutex<Vec<Undo>>,
}

impl Drop for SplunkSession<'_> {
    fn drop(&mut self) {
        let undo = std::mem::take(self.undo.get_mut().unwrap_or_else(PoisonError::into_inner));
        let kept = |one: &Undo| self.backend.settings.keep && matches!(one, Undo::Events { .. });
        let problems = self.node.undo(undo.into_iter().filter(|one| !kept(one)).collect());
        self.backend.left.lock().unwrap_or_else(PoisonError::into_inner).extend(problems);
        self.backend.give_back(self.number, self.loaded.take());
    }
}

impl<'a> SplunkSession<'a> {
    /// Holds an instance that was taken.
    pub(super) fn new(backend: &'a Splunk<'a>, number: usize) -> Self {
        let node = &backend.nodes[number];
        SplunkSession { backend, node, number, loaded: None, renamed: Vec::new(), undo: Mutex::default() }
    }

    /// Puts onto it what the test needs.
    pub(super) fn load(&mut self, datasets: &[Dataset], extras: &Extras) -> Result<(), Diagnostic> {
        self.loaded = Some(self.backend.load(self.number, datasets)?);
        let undo = self.undo.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.renamed = self.node.put_lookups(&extras.lookups, &self.backend.env.knowledge, undo)?;
        Ok(())
    }

    fn prepare(&self, search: &MappedText) -> Result<Prepared, Vec<Diagnostic>> {
        let mut prepared = text::prepare(search, &self.backend.env.knowledge, &self.backend.ours)?;
        prepared.spl = lookups::rename(&prepared.spl, &self.renamed);
        Ok(prepared)
    }

    fn query(&self, spl: String, window: Window) -> Query {
        let time = |t: Option<f64>| t.map(|t| t.to_string());
        Query { spl, earliest: time(window.earliest), latest: time(window.latest), now: self.backend.settings.now, always: false }
    }

    /// The host of this run is a name that changes with each run: rows show the one that the local backend gives.
    fn named(&self, mut answer: Answer) -> Answer {
        let Some(loaded) = &self.loaded else { return answer };
        let name = |text: &mut String| {
            if text.contains(&loaded.host) {
                *text = text.replace(&loaded.host, REPLAY_HOST);
            }
        };
        for cell in answer.rows.iter_mut().flatten() {
            match cell {
                Cell::Absent => {}
                Cell::One(text) => name(text),
                Cell::Many(texts) => texts.iter_mut().for_each(name),
            }
        }
        answer
    }
}

impl Session for SplunkSession<'_> {
    fn events(&self) -> usize {
        self.loaded.as_ref().map_or(0, |l| l.delivery.found)
    }

    fn newest(&self) -> Option<f64> {
        self.loaded.as_ref().and_then(|l| l.newest)
    }

    fn clock(&self) -> Option<f64> {
        Some(self.backend.settings.now.unwrap_or_else(|| self.node.rest.now()).floor())
    }

    fn delivery(&self) -> Option<Delivery> {
        self.loaded.as_ref().map(|l| l.delivery)
    }

    fn notices(&self) -> Vec<Diagnostic> {
        self.loaded.as_ref().map_or(Vec::new(), |l| l.notices.clone())
    }

    fn host(&self) -> Option<String> {
        self.loaded.as_ref().filter(|l| l.places.iter().any(|p| p.host == l.host)).map(|l| l.host.clone())
    }

    fn all(&self) -> String {
        let places = self.loaded.iter().flat_map(|l| &l.places).map(Place::condition);
        places.collect::<Vec<_>>().join(" OR ")
    }

    fn search(&self, search: &MappedText, window: Window) -> Result<Answer, Vec<Diagnostic>> {
        let prepared = self.prepare(search)?;
        let place = |mut problem: Diagnostic| {
            if let Some(span) = search.span(0, 1).filter(|_| problem.labels.is_empty()) {
                problem = problem.at(span, "");
            }
            problem
        };
        let answer = self.node.run(&self.query(prepared.spl.clone(), window));
        let mut answer = answer.map_err(|problems| problems.into_iter().map(place).collect::<Vec<_>>())?;
        answer.messages.splice(0..0, prepared.notices);
        Ok(self.named(answer))
    }

    fn steps(&self, search: &MappedText, window: Window) -> Result<Vec<Step>, Vec<Diagnostic>> {
        let prepared = self.prepare(search)?;
        let mut steps = Vec::new();
        for (mut step, spl) in prepared.cuts() {
            let answer = self.node.run(&self.query(lookups::rename(&spl, &self.renamed), window))?;
            let rows = match answer.rows.first().map(|_| answer.cell(0, "n")) {
                Some(Cell::One(n)) => n.parse().unwrap_or(0),
                _ => 0,
            };
            step.rows = rows;
            steps.push(step);
        }
        Ok(steps)
    }

    fn search_until_found(&self, search: &MappedText, window: Window) -> Result<Answer, Vec<Diagnostic>> {
        // Nothing of it is the user's: it is sent as it is.
        self.node.run_until_found(&self.query(search.text().to_string(), Window { earliest: None, latest: None, ..window }))
    }

    fn fire(&self, alert: &Alert, _: Window) -> Result<Fired, Vec<Diagnostic>> {
        let prepared = self.prepare(&alert.search)?;
        let mut undo = self.undo.lock().unwrap_or_else(PoisonError::into_inner);
        self.node.fire(alert, &prepared.spl, &mut undo)
    }

    fn write(&self, _: Vec<NewEvent>) -> Result<(), Diagnostic> {
        // Alerts are fired there: nobody has to play their part.
        Err(Diagnostic::new(Code::RunService, "events of alerts are not written into a Splunk by hand"))
    }
}

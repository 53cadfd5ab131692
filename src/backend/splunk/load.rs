//! The datasets of a test on their way: sent, acknowledged, and counted until a search finds them.
//!
//! Nothing is sent twice: where nobody knows whether a request was taken, all of it is deleted and sent anew under
//! another host. Nothing is lost without an error: what was sent is counted by the line breaking of the local engine,
//! and the server counts what it has.

use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use super::hec::Refusal;
use super::node::Node;
use super::rest::Pair;
use crate::backend::{Dataset, Delivery};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::ingest::{self, Meta, Piece};
use crate::knowledge::Knowledge;
use crate::store::Text;

/// What lies on an instance for a test.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    pub(super) datasets: Vec<Dataset>,
    /// The host of events whose test names none: no other run has it.
    pub(super) host: String,
    /// Where they are.
    pub(super) places: Vec<Place>,
    pub(super) delivery: Delivery,
    /// Time of the newest event.
    pub(super) newest: Option<f64>,
    pub(super) notices: Vec<Diagnostic>,
}

/// Events that can be told from all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) index: String,
    pub(super) host: String,
    /// For a host that the test names: what was there before is not ours.
    pub(super) since: Option<u64>,
}

impl Place {
    /// As a condition of a search.
    pub(super) fn condition(&self) -> String {
        let since = self.since.map_or(String::new(), |since| format!(" _indextime>={since}"));
        format!("(index={} host={}{since})", quoted(&self.index), quoted(&self.host))
    }
}

/// A text as SPL has it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Why a load did not come about.
pub(super) enum Broken {
    /// Nobody knows what the server has of it.
    InDoubt(Diagnostic),
    Problem(Diagnostic),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken::Problem(Diagnostic::new(Code::DataMissing, format!("a dataset cannot be read: {error}")))
    }
}

impl Node {
    /// Sends datasets and waits until they can be searched.
    pub(super) fn load(&self, datasets: &[Dataset], knowledge: &Knowledge) -> Result<Loaded, Diagnostic> {
        let mut notices = Vec::new();
        if datasets.iter().any(|d| d.newest_at.is_some()) {
            let notice =
                Diagnostic::new(Code::RunUsage, "--shift-times does nothing on a Splunk: events keep the times of their text");
            notices.push(notice.with_severity(Severity::Warning).help("--now TIME moves what relative times are counted from"));
        }
        let mut again = true;
        loop {
            let places = self.places(datasets)?;
            match self.send(datasets, &places, knowledge, &mut notices) {
                Ok(delivery) => return self.count(datasets, places, delivery, notices),
                Err(Broken::InDoubt(problem)) if again && places.1.iter().all(|p| p.since.is_none()) => {
                    again = false;
                    self.delete(&places.1);
                    let message = format!("all events were sent anew and the first ones deleted: {}", problem.message);
                    notices.push(Diagnostic::new(Code::RunService, message).with_severity(Severity::Warning));
                }
                Err(Broken::InDoubt(problem) | Broken::Problem(problem)) => {
                    return Err(self.cleaned(problem, &places.1));
                }
            }
        }
    }

    /// The host of this load, and where its events go.
    fn places(&self, datasets: &[Dataset]) -> Result<(String, Vec<Place>), Diagnostic> {
        let host = self.next_host();
        let mut places: Vec<Place> = Vec::new();
        for dataset in datasets {
            let place = Place {
                index: dataset.index.clone().unwrap_or_else(|| self.settings.index.clone()),
                host: dataset.host.clone().unwrap_or_else(|| host.clone()),
                since: None,
            };
            if !places.iter().any(|p| p.index == place.index && p.host == place.host) {
                places.push(place);
            }
        }
        for place in places.iter_mut().filter(|p| p.host != host) {
            if self.found(std::slice::from_ref(place))?.0 > 0 {
                // The clocks of several machines of a cluster are not the same to the second.
                place.since = Some((self.rest.now() - 2.0).max(0.0) as u64);
            }
        }
        Ok((host, places))
    }

    fn send(
        &self,
        datasets: &[Dataset],
        places: &(String, Vec<Place>),
        knowledge: &Knowledge,
        notices: &mut Vec<Diagnostic>,
    ) -> Result<Delivery, Broken> {
        let mut delivery = Delivery::default();
        let mut open: Vec<(u64, usize)> = Vec::new();
        for dataset in datasets {
            let host = dataset.host.as_deref().unwrap_or(&places.0);
            let index = dataset.index.as_deref().unwrap_or(&self.settings.index);
            let meta = Meta {
                source: Text::new(&dataset.source),
                sourcetype: Text::new(&dataset.sourcetype),
                host: Text::new(host),
                index: Text::new(index),
                arrival: self.rest.now(),
                zone: TimeZone::UTC,
            };
            let about = [("index", index), ("source", &dataset.source), ("sourcetype", &dataset.sourcetype), ("host", host)];
            let file = File::open(&dataset.path)?;
            ingest::pieces(file, &meta, knowledge, self.settings.limits.max_content_length, |piece| {
                self.piece(piece, &about, dataset, &meta, knowledge, &mut delivery, &mut open)
            })?;
        }
        self.wait_for_acknowledgment(open, &mut delivery)?;
        if delivery.sent > 0 && delivery.acknowledged.is_none() {
            let notice = Diagnostic::new(Code::RunService, "the token of the collector has no indexer acknowledgment")
                .with_severity(Severity::Warning)
                .help("events are counted in its place; enable useACK for the input to be sure of each request");
            notices.push(notice);
        }
        Ok(delivery)
    }

    #[expect(clippy::too_many_arguments, reason = "one piece and all that is known of it")]
    fn piece(
        &self,
        piece: Piece,
        about: &[Pair<'_>],
        dataset: &Dataset,
        meta: &Meta,
        knowledge: &Knowledge,
        delivery: &mut Delivery,
        open: &mut Vec<(u64, usize)>,
    ) -> Result<(), Broken> {
        if piece.text.trim().is_empty() {
            return Ok(());
        }
        let mut pause = Duration::from_millis(200);
        let begin = Instant::now();
        loop {
            let what = || format!("the dataset {}", dataset.name);
            match self.hec.raw(about, piece.text.as_bytes()) {
                Ok(id) => {
                    delivery.sent += piece.events;
                    if let Some(id) = id {
                        open.push((id, piece.events));
                        delivery.acknowledged.get_or_insert(0);
                    }
                    return Ok(());
                }
                Err(Refusal::TooLong) if piece.events > 1 => {
                    let half = piece.text.len() / 2;
                    return ingest::pieces(piece.text.as_bytes(), meta, knowledge, half.max(1), |half| {
                        self.piece(half, about, dataset, meta, knowledge, delivery, open)
                    });
                }
                // It was not taken, so it may be sent again.
                Err(refusal) if refusal.busy() && begin.elapsed() < self.settings.limits.ack_timeout => {
                    self.rest.pause(pause).map_err(|f| Broken::Problem(self.rest.problem(&f, &format!("sending {}", what()))))?;
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
                Err(refusal) if refusal.in_doubt() => return Err(Broken::InDoubt(self.hec.problem(&refusal, &what()))),
                Err(refusal) => return Err(Broken::Problem(self.hec.problem(&refusal, &what()))),
            }
        }
    }
}

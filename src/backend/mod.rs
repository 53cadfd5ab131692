//! Where a detection is tested: the trait [`Backend`] and its implementations.
//!
//! A backend opens a [`Session`] over the datasets of a test: their events are searchable there, and what the test
//! writes (risk events, notables, `collect`, `outputlookup`) lives and dies with it.

pub mod local;
pub mod splunk;

use std::path::PathBuf;

use indexmap::IndexMap;

pub use crate::engine::Loss;
pub use crate::store::Value;

use crate::diagnostic::{Diagnostic, MappedText, Span};

/// One file of events and what Splunk is told about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dataset {
    /// How it is named to the user: the URL or path that the test gives.
    pub name: String,
    /// The file on disk, already fetched.
    pub path: PathBuf,
    /// `source` of the events.
    pub source: String,
    /// `sourcetype` of the events.
    pub sourcetype: String,
    /// `host` of the events; the backend's replay host where the test names none.
    pub host: Option<String>,
    /// `index` of the events; `main` where the test names none.
    pub index: Option<String>,
    /// The newest event is moved to this epoch second, the others with it (`--shift-times`). The text stays as it is.
    pub newest_at: Option<i64>,
}

/// One event in HEC's JSON form, to be written into an index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewEvent {
    /// Epoch seconds.
    pub time: f64,
    /// Index it goes to.
    pub index: String,
    /// `host`, `source`, `sourcetype`.
    pub host: String,
    /// See `host`.
    pub source: String,
    /// See `host`.
    pub sourcetype: String,
    /// The text of the event.
    pub raw: String,
    /// Its indexed fields.
    pub fields: Vec<(String, Cell)>,
}

/// When a search runs, and over which time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// `now()`, epoch seconds.
    pub now: f64,
    /// Inclusive; `None` is all time.
    pub earliest: Option<f64>,
    /// Exclusive; `None` is all time.
    pub latest: Option<f64>,
}

/// A field of a row: one value, or several. An absent field has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Absent,
    /// One value.
    One(String),
    /// A multivalue of two or more.
    Many(Vec<String>),
}

/// How many rows were left after a command of the search.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The command as the user wrote it, one line, possibly cut.
    pub text: String,
    /// Where it stands, if it stands in a file.
    pub span: Option<Span>,
    /// Rows (or events) that came out of it.
    pub rows: usize,
    /// Its conditions that left no row.
    pub lost: Vec<Loss>,
}

/// What a search gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Columns in order.
    pub fields: Vec<String>,
    /// Rows; each has one [`Cell`] a column.
    pub rows: Vec<Vec<Cell>>,
    /// The way of the events through the search; empty where the backend cannot tell.
    pub steps: Vec<Step>,
    /// Warnings of the run.
    pub messages: Vec<Diagnostic>,
}

impl Answer {
    /// The cell of a row by field name; `Absent` for a field that is no column.
    pub fn cell(&self, row: usize, field: &str) -> &Cell {
        match self.fields.iter().position(|f| f == field) {
            Some(column) => &self.rows[row][column],
            None => &Cell::Absent,
        }
    }
}

/// How the fields of one event got their values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExplainedEvent {
    /// `_time`, `host`, `source`, `sourcetype`, `index`, `_raw` of the event, those that it has.
    pub event: Vec<(String, Cell)>,
    /// What was asked for, and after each field those that it was made of.
    pub fields: Vec<ExplainedField>,
}

/// A field of one event, and the settings that made it or might have.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedField {
    /// Its name.
    pub name: String,
    /// The user asked for it; else it was read on the way to one of these.
    pub asked: bool,
    /// Its value.
    pub value: Cell,
    /// The settings, in the order in which they ran: those that changed it, or all that might have where it has no value.
    pub settings: Vec<ExplainedSetting>,
    /// Fields of the event with a similar name, where it has no value.
    pub similar: Vec<String>,
}

/// A setting of an app at work.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedSetting {
    /// `EVAL-user`, `REPORT-x: transform y`, …
    pub name: String,
    /// Where it stands.
    pub place: Option<Span>,
    /// What it made of the field.
    pub value: Cell,
    /// It changed the field.
    pub changed: bool,
    /// The fields that it reads.
    pub reads: Vec<String>,
}

/// How many events of datasets went to a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Sent: events by the line breaking of the local engine.
    pub sent: usize,
    /// Acknowledged by the indexers; none where the server acknowledges nothing.
    pub acknowledged: Option<usize>,
    /// Found by a search before the first detection ran.
    pub found: usize,
}

impl Delivery {
    /// Adds up.
    pub fn add(&mut self, other: &Delivery) {
        let known = [self.acknowledged.filter(|_| self.sent > 0), other.acknowledged];
        self.acknowledged = match known {
            [None, other] if self.sent == 0 => other,
            [Some(a), Some(b)] => Some(a + b),
            _ => None,
        };
        self.sent += other.sent;
        self.found += other.found;
    }
}

/// A detection as the correlation search that it is on a Splunk.
#[derive(Clone, Debug, Default)]
pub struct Alert {
    /// The name of the detection.
    pub detection: String,
    /// The name of the saved search, where none of the detection is there.
    pub name: String,
    /// Its search.
    pub search: MappedText,
    /// The other settings of its stanza.
    pub settings: IndexMap<String, String>,
}

/// Who has created the events of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fired {
    /// Nobody yet: they are to be written into this session.
    ByUs,
    /// Enterprise Security.
    There {
        /// The name of the saved search.
        name: String,
        /// The search job whose rows they are made of.
        sid: String,
        /// How many rows it has.
        rows: usize,
    },
    /// Nobody, and they are not to be written by hand: why.
    Nobody(String),
}

/// Events of a test, searchable.
pub trait Session: Send + Sync {
    /// Number of events that the datasets gave.
    fn events(&self) -> usize;
    /// Time of the newest event of the datasets, epoch seconds.
    fn newest(&self) -> Option<f64>;
    /// The clock that searches run by, where it is not ours to set.
    fn clock(&self) -> Option<f64> {
        None
    }
    /// What went to a server.
    fn delivery(&self) -> Option<Delivery> {
        None
    }
    /// `host` of the events whose dataset names none, where the backend takes one of its own.
    fn host(&self) -> Option<String> {
        None
    }
    /// What is to be known of the way of the datasets.
    fn notices(&self) -> Vec<Diagnostic> {
        Vec::new()
    }
    /// A condition that picks all events of the datasets and no others.
    fn all(&self) -> String {
        "(index=* OR index=_*)".to_string()
    }
    /// Runs a search. The diagnostics of an `Err` hold at least one error or `spl-unsupported`.
    fn search(&self, search: &MappedText, window: Window) -> Result<Answer, Vec<Diagnostic>>;
    /// The way of the events through a search, where its answer does not tell it: it costs a search for each command.
    fn steps(&self, _: &MappedText, _: Window) -> Result<Vec<Step>, Vec<Diagnostic>> {
        Ok(Vec::new())
    }
    /// The same for what somebody else is just writing: it waits until there are rows, for some time.
    fn search_until_found(&self, search: &MappedText, window: Window) -> Result<Answer, Vec<Diagnostic>> {
        self.search(search, window)
    }
    /// Runs a detection as a correlation search, with its actions. What that leaves goes with the session.
    fn fire(&self, _: &Alert, _: Window) -> Result<Fired, Vec<Diagnostic>> {
        Ok(Fired::ByUs)
    }
    /// Writes events into an index of this session.
    fn write(&self, events: Vec<NewEvent>) -> Result<(), Diagnostic>;
}

/// What a test brings along beside its events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// CSV files by the name under which the search looks them up (`assets.csv`, or the name of a definition whose rows
    /// they replace). They hide what the content or an app has under that name, in this session only.
    pub lookups: IndexMap<String, PathBuf>,
}

/// What is left to say at the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finish {
    /// What went to servers, all in all.
    pub delivery: Option<Delivery>,
    /// What could not be cleaned up.
    pub problems: Vec<Diagnostic>,
}

/// A place where detections are tested.
pub trait Backend: Sync {
    /// `local` or `splunk`.
    fn name(&self) -> &'static str;
    /// Replays datasets and opens a session over them. Datasets replayed before may be shared.
    fn open(&self, datasets: &[Dataset], extras: &Extras) -> Result<Box<dyn Session + '_>, Diagnostic>;
    /// How many sessions can be open at the same time; as many as there are threads where it does not say.
    fn at_once(&self) -> Option<usize> {
        None
    }
    /// Cleans up. It is called once, after the last session.
    fn finish(&self) -> Finish {
        Finish::default()
    }
}

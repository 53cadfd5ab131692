//! Search jobs: they wait, run on a few threads, and their rows are kept for a while.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use indexmap::IndexMap;

use super::http::Params;
use super::say;
use super::state::{Server, now};
use crate::diagnostic::{Diagnostic, MappedText, Sources};
use crate::engine::{Run, Search, Stop, TimeRange};
use crate::eval::Cx;
use crate::store::Table;

/// Jobs that are kept; the oldest that has ended goes.
const KEPT: usize = 2000;
/// Seconds for which a job is kept after its last use, unless it says otherwise.
pub(super) const TTL: u64 = 600;

/// Threads beside those of the start, for those that are held by searches which were ended and do not come to their next
/// command.
const SPARE: usize = 8;

/// A message of a job: its kind and text.
pub(super) type Message = (&'static str, String);

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Queued,
    Running,
    Done,
    Failed,
}

impl Stage {
    pub(super) fn word(self) -> &'static str {
        match self {
            Stage::Queued => "QUEUED",
            Stage::Running => "RUNNING",
            Stage::Done => "DONE",
            Stage::Failed => "FAILED",
        }
    }

    pub(super) fn has_ended(self) -> bool {
        matches!(self, Stage::Done | Stage::Failed)
    }
}

/// What is asked for.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) search: String,
    pub(super) range: TimeRange,
    pub(super) now: f64,
    /// The parameters that it was made with.
    pub(super) request: Params,
    /// A sid that the client has chosen.
    pub(super) sid: Option<String>,
    pub(super) app: String,
    /// The saved search that it runs, and whether its actions are triggered.
    pub(super) saved: Option<(String, bool)>,
    /// Seconds after which it is ended; it keeps no rows then.
    pub(super) max_time: Option<f64>,
    pub(super) ttl: u64,
}

/// A job.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) sid: String,
    pub(super) order: Order,
    pub(super) created: f64,
    stop: Stop,
    sources: Sources,
    search: Search,
    state: Mutex<State>,
    ended: Condvar,
}

/// How far it is.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) stage: Stage,
    pub(super) table: Arc<Table>,
    /// Events that its first command picked, and how many there were to look at.
    pub(super) events: usize,
    pub(super) scanned: usize,
    pub(super) messages: Vec<Message>,
    pub(super) seconds: f64,
    pub(super) finalized: bool,
    used: Instant,
    ttl: u64,
}

impl Job {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far it is now; it counts as a use.
    pub(super) fn look(&self) -> State {
        let mut state = self.state();
        state.used = Instant::now();
        state.clone()
    }

    /// Waits for its end.
    pub(super) fn wait(&self) -> State {
        let mut state = self.state();
        while !state.stage.has_ended() {
            state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.clone()
    }

    /// Seconds until it goes, if nobody looks at it.
    pub(super) fn ttl(&self) -> u64 {
        let state = self.state();
        state.ttl.saturating_sub(state.used.elapsed().as_secs())
    }

    /// Changes how long it is kept.
    pub(super) fn set_ttl(&self, seconds: u64) {
        self.state().ttl = seconds;
    }

    /// Ends it; `why` is what its messages say.
    pub(super) fn end(&self, why: &str, stage: Stage) {
        self.stop.set();
        let mut state = self.state();
        if !state.stage.has_ended() {
            state.stage = stage;
            state.finalized = stage == Stage::Done;
            state.messages.push((if stage == Stage::Failed { "ERROR" } else { "INFO" }, why.to_string()));
            self.ended.notify_all();
        }
    }

    /// Runs it. Whatever happens, it has ended then.
    fn run(&self, server: &Server) {
        {
            let mut state = self.state();
            if state.stage.has_ended() {
                return;
            }
            state.stage = Stage::Running;
        }
        let begin = Instant::now();
        let ran = std::panic::catch_unwind(AssertUnwindSafe(|| self.found(server)));
        let (stage, found) = match ran {
            Ok(Ok(found)) => (Stage::Done, found),
            Ok(Err(problem)) => (Stage::Failed, Found { messages: vec![("FATAL", say::problem(&problem))], ..Found::default() }),
            Err(_) => {
                let text = "the search has met a bug of muster; please report it".to_string();
                (Stage::Failed, Found { messages: vec![("FATAL", text)], ..Found::default() })
            }
        };
        if stage == Stage::Done
            && let Some((name, true)) = &self.order.saved
        {
            server.trigger(self, name, &found.table);
        }
        let mut state = self.state();
        if !state.stage.has_ended() {
            state.stage = stage;
            state.table = Arc::new(found.table);
            (state.events, state.scanned) = (found.events, found.scanned);
            state.messages.extend(found.messages);
            state.seconds = begin.elapsed().as_secs_f64();
            state.used = Instant::now();
            self.ended.notify_all();
        }
    }

    fn found(&self, server: &Server) -> Result<Found, Diagnostic> {
        let engine = server.engine();
        let env = engine.shared.over(&self.sources);
        let knowledge = &engine.shared.knowledge;
        let session = server.index.session(knowledge);
        server.kv.before_search(knowledge, &session);
        let store = session.store();
        let run = Run { stop: self.stop.clone(), ..Run::new(&env, &store, &session, Cx::utc(self.order.now), self.order.range) };
        let before = (session.changes(), session.lookup_changes());
        let (table, steps) = self.search.run(&run)?;
        let wrote = server.kv.after_search(knowledge, &session);
        if session.changes() != before.0 {
            server.keep_changes();
        }
        if wrote || session.lookup_changes() != before.1 {
            server.changed();
        }
        let messages = run.messages.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Found {
            events: steps.first().map_or(0, |s| s.rows),
            scanned: store.len(),
            messages: messages.iter().map(|m| (say::kind(m), say::problem(m))).collect(),
            table,
        })
    }
}

#[derive(Default)]
struct Found {
    table: Table,
    events: usize,
    scanned: usize,
    messages: Vec<Message>,
}

/// All jobs.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    list: Mutex<IndexMap<String, Arc<Job>>>,
    queue: Mutex<VecDeque<Arc<Job>>>,
    more: Condvar,
    /// Jobs that a thread works on; one that was ended and goes on in a long command holds its thread.
    running: Mutex<Vec<Arc<Job>>>,
    count: std::sync::atomic::AtomicU64,
}

impl Jobs {
    fn list(&self) -> MutexGuard<'_, IndexMap<String, Arc<Job>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Compiles a search and puts it into the queue. A search that does not compile is no job.
    pub(super) fn start(&self, order: Order, server: &Server) -> Result<Arc<Job>, Vec<Diagnostic>> {
        let engine = server.engine();
        let sources = Sources::new();
        let text = MappedText::plain(sources.add("search", order.search.as_str()), 0, order.search.as_str());
        let env = engine.shared.over(&sources);
        let (search, problems) = Search::compile_after(&text, &env, server.index.shared().lookup_names());
        let Some(search) = search else { return Err(problems) };
        drop(env);
        let number = self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let created = now();
        let sid = order.sid.clone().unwrap_or_else(|| match &order.saved {
            None => format!("{created:.0}.{number}"),
            Some((name, _)) => format!("admin__admin__{}__{}_at_{created:.0}_{number}", order.app, say::id(name)),
        });
        let state = State {
            stage: Stage::Queued,
            table: Arc::default(),
            events: 0,
            scanned: 0,
            messages: problems.iter().map(|m| (say::kind(m), say::problem(m))).collect(),
            seconds: 0.0,
            finalized: false,
            used: Instant::now(),
            ttl: order.ttl,
        };
        let job = Job {
            sid: sid.clone(),
            order,
            created,
            stop: Stop::default(),
            sources,
            search,
            state: Mutex::new(state),
            ended: Condvar::new(),
        };
        let job = Arc::new(job);
        let mut list = self.list();
        if list.len() >= KEPT
            && let Some(oldest) = list.iter().find(|(_, j)| j.state().stage.has_ended()).map(|(sid, _)| sid.clone())
        {
            list.shift_remove(&oldest);
        }
        list.insert(sid, job.clone());
        drop(list);
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push_back(job.clone());
        self.more.notify_one();
        Ok(job)
    }

    /// A job by its sid.
    pub(super) fn get(&self, sid: &str) -> Option<Arc<Job>> {
        self.list().get(sid).cloned()
    }

    /// All jobs, the newest first.
    pub(super) fn all(&self) -> Vec<Arc<Job>> {
        self.list().values().rev().cloned().collect()
    }

    /// Ends a job and forgets it.
    pub(super) fn remove(&self, sid: &str) -> Option<Arc<Job>> {
        let job = self.list().shift_remove(sid)?;
        job.end("Search job cancelled.", Stage::Failed);
        Some(job)
    }

    /// Takes the next job out of the queue, or nothing for a while.
    fn next(&self) -> Option<Arc<Job>> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = Duration::from_millis(500);
        let (mut queue, _) = self.more.wait_timeout_while(queue, wait, |q| q.is_empty()).unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    }

    /// Runs a job on this thread.
    fn work(&self, job: &Arc<Job>, server: &Server) {
        let running = || self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running().push(job.clone());
        job.run(server);
        running().retain(|other| !Arc::ptr_eq(other, job));
    }

    /// How many threads are held by jobs that were ended.
    fn held(&self) -> usize {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.iter().filter(|job| job.state().stage.has_ended()).count()
    }

    /// Ends what has run too long, and forgets what nobody has looked at.
    fn tidy(&self) {
        for job in self.all() {
            let state = job.state();
            let (stage, old) = (state.stage, state.used.elapsed().as_secs() > state.ttl);
            drop(state);
            if stage.has_ended() && old {
                self.list().shift_remove(&job.sid);
            } else if let Some(limit) = job.order.max_time
                && now() - job.created > limit
            {
                job.end(&format!("The search was ended after {limit} s, its limit; it has no rows."), Stage::Done);
            }
        }
    }
}

/// Starts the threads that run jobs, and the one that looks after them. They end with the server.
pub(super) fn start(server: &Arc<Server>, threads: usize) {
    fn worker(weak: Weak<Server>) {
        std::thread::spawn(move || {
            while let Some(server) = weak.upgrade() {
                if let Some(job) = server.jobs.next() {
                    server.jobs.work(&job, &server);
                }
            }
        });
    }
    for _ in 0..threads {
        worker(Arc::downgrade(server));
    }
    let weak = Arc::downgrade(server);
    std::thread::spawn(move || {
        let mut spare = 0;
        while let Some(server) = weak.upgrade() {
            server.jobs.tidy();
            if server.jobs.held() > spare && spare < SPARE {
                spare += 1;
                worker(weak.clone());
            }
            drop(server);
            std::thread::sleep(Duration::from_millis(500));
        }
    });
}

//! What was sent, on its way into the indexes: acknowledged, and found by a search.

use std::time::{Duration, Instant};

use super::failure::Failure;
use super::hec::Refusal;
use super::load::{Broken, Loaded, Place};
use super::node::Node;
use crate::backend::{Dataset, Delivery};
use crate::diagnostic::{Code, Diagnostic, Severity};

impl Node {
    /// Waits until the indexers have what was sent.
    pub(super) fn wait_for_acknowledgment(&self, mut open: Vec<(u64, usize)>, delivery: &mut Delivery) -> Result<(), Broken> {
        /// Numbers in one question.
        const AT_ONCE: usize = 1000;
        let begin = Instant::now();
        let mut pause = Duration::from_millis(100);
        while !open.is_empty() {
            let ids: Vec<u64> = open.iter().take(AT_ONCE).map(|(id, _)| *id).collect();
            let done = match self.hec.acknowledged(&ids) {
                Ok(done) => done,
                // A question may be asked again.
                Err(refusal) if (refusal.busy() || refusal.in_doubt()) && begin.elapsed() < self.settings.limits.ack_timeout => {
                    Vec::new()
                }
                // Acknowledgment was switched off in between.
                Err(Refusal::Code { code: 14, .. }) => {
                    delivery.acknowledged = None;
                    return Ok(());
                }
                Err(refusal) => return Err(Broken::Problem(self.hec.problem(&refusal, "the question for acknowledgment"))),
            };
            let known = open.iter().filter(|(id, _)| done.contains(id)).map(|(_, events)| events).sum::<usize>();
            *delivery.acknowledged.get_or_insert(0) += known;
            open.retain(|(id, _)| !done.contains(id));
            if open.is_empty() {
                break;
            }
            if begin.elapsed() > self.settings.limits.ack_timeout {
                let events: usize = open.iter().map(|(_, events)| events).sum();
                let message = format!(
                    "{} did not acknowledge {events} of {} events in {} s",
                    self.hec.url,
                    delivery.sent,
                    self.settings.limits.ack_timeout.as_secs()
                );
                let problem = Diagnostic::new(Code::RunService, message);
                let problem = problem.help("the indexers may be busy or cut off; ack_timeout in [splunk] gives them more time");
                return Err(Broken::Problem(problem));
            }
            if done.is_empty() {
                self.rest.pause(pause).map_err(|f| Broken::Problem(self.rest.problem(&f, "waiting for acknowledgment")))?;
                pause = (pause * 3 / 2).min(Duration::from_secs(2));
            }
        }
        Ok(())
    }

    /// Asks until as many events are found as were sent. More or fewer that do not change any more are taken as they
    /// are, and said: the server breaks lines by its own configuration. None at all is an error, and no verdict.
    pub(super) fn count(
        &self,
        datasets: &[Dataset],
        (host, places): (String, Vec<Place>),
        mut delivery: Delivery,
        mut notices: Vec<Diagnostic>,
    ) -> Result<Loaded, Diagnostic> {
        /// A number of events that is the same for so long is the last word: acknowledged events are on disk, and others
        /// may still be on their way.
        const SETTLED: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(15));
        let limit = self.settings.limits.index_timeout;
        let settled = limit.min(if delivery.acknowledged.is_some() { SETTLED.0 } else { SETTLED.1 });
        let begin = Instant::now();
        let (mut pause, mut changed) = (Duration::from_millis(100), Instant::now());
        let mut newest = None;
        let failed = |problem: Diagnostic| self.cleaned(problem, &places);
        while delivery.sent > 0 {
            let (found, time) = self.found(&places).map_err(failed)?;
            newest = time;
            if found != delivery.found {
                (delivery.found, changed) = (found, Instant::now());
            }
            if found == delivery.sent || found > 0 && changed.elapsed() >= settled {
                break;
            }
            if found == 0 && begin.elapsed() >= limit {
                return Err(failed(self.not_found(&delivery, &places)));
            }
            let stopped = |f: Failure| failed(self.rest.problem(&f, "waiting for the events to be indexed"));
            self.rest.pause(pause).map_err(stopped)?;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
        if delivery.found != delivery.sent {
            let message = format!("{} events were sent, and Splunk finds {}", delivery.sent, delivery.found);
            let notice = Diagnostic::new(Code::RunService, message).with_severity(Severity::Warning);
            notices.push(notice.help(
                "its add-ons break lines, drop events or change their host or index in another way than the local engine's: \
                 `muster doctor --backend splunk` names missing add-ons",
            ));
        }
        Ok(Loaded { datasets: datasets.to_vec(), host, places, delivery, newest, notices })
    }

    /// A load that failed leaves nothing; what it does leave is said with the failure.
    pub(super) fn cleaned(&self, problem: Diagnostic, places: &[Place]) -> Diagnostic {
        self.delete(places).into_iter().fold(problem, |problem, left| problem.note(left.message))
    }

    fn not_found(&self, delivery: &Delivery, places: &[Place]) -> Diagnostic {
        let indexes: Vec<&str> = places.iter().map(|p| p.index.as_str()).collect();
        let seconds = self.settings.limits.index_timeout.as_secs();
        let taken = if delivery.acknowledged.is_some() { "acknowledged" } else { "taken" };
        let message = format!(
            "{} events were {taken}, and no search finds one in {} within {seconds} s",
            delivery.sent,
            indexes.join(", ")
        );
        Diagnostic::new(Code::RunService, message).help(
            "may the user search this index (srchIndexesAllowed of its role)? Does an add-on set another host or index? \
             index_timeout in [splunk] gives slow indexers more time",
        )
    }
}

//! The searches that run before a detection: baselines, whose lookups it reads.
//!
//! On a Splunk they are scheduled and have run long before. Here they run over the datasets of the test, in its session,
//! each after those whose lookups it reads itself.

use crate::content::{Content, Detection, SupportingSearch};

use super::uses::{Macros, Uses};

/// The baselines of a repository and what they use.
#[derive(Debug)]
pub(super) struct Baselines<'a> {
    macros: Macros<'a>,
    all: Vec<(&'a SupportingSearch, Uses<'a>)>,
}

impl<'a> Baselines<'a> {
    pub(super) fn of(content: &'a Content) -> Self {
        let macros = Macros::of(content);
        let all = content.baselines.iter().map(|b| (b, macros.uses(b.search.value.text()))).collect();
        Baselines { macros, all }
    }

    /// The baselines of a detection, in the order in which they run: those that name it or that it names, and those that
    /// write a lookup which it or one of them reads.
    pub(super) fn before(&self, detection: &Detection) -> Vec<&'a SupportingSearch> {
        if self.all.is_empty() {
            return Vec::new();
        }
        let mut order = Vec::new();
        for (n, (baseline, _)) in self.all.iter().enumerate() {
            let named = baseline.detections.iter().any(|d| d.value == detection.header.name.value)
                || detection.baselines.iter().any(|name| name.value == baseline.header.name.value);
            if named {
                self.with_writers(n, &mut order);
            }
        }
        for writer in self.writers(&self.macros.uses(detection.search.value.text())) {
            self.with_writers(writer, &mut order);
        }
        order.into_iter().map(|n| self.all[n].0).collect()
    }

    /// Adds a baseline after those whose lookups it reads.
    fn with_writers(&self, baseline: usize, order: &mut Vec<usize>) {
        if order.contains(&baseline) {
            return;
        }
        // Before its writers, so that two that read each other end; it moves behind them then.
        order.push(baseline);
        for writer in self.writers(&self.all[baseline].1) {
            if !order.contains(&writer) {
                self.with_writers(writer, order);
                order.retain(|n| *n != baseline);
                order.push(baseline);
            }
        }
    }

    /// The baselines that write a lookup which a search reads.
    fn writers(&self, search: &Uses<'_>) -> Vec<usize> {
        let writes = |n: &usize| self.all[*n].1.writes.iter().any(|name| search.reads.contains(name));
        (0..self.all.len()).filter(writes).collect()
    }
}

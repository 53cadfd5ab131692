//! The searches that run before a detection: baselines, whose lookups it reads.
//!
//! On a Splunk they are scheduled and have run long before. Here they run over the datasets of the test, in its session,
//! each after those whose lookups it reads itself.

use crate::content::{Content, Detection, SupportingSearch};

/// The baselines of a detection, in the order in which they run: those that name it or that it names, and those that write
/// a lookup which it or one of them reads.
pub(super) fn baselines<'a>(detection: &Detection, content: &'a Content) -> Vec<&'a SupportingSearch> {
    let mut order: Vec<&SupportingSearch> = Vec::new();
    let named = content.baselines.iter().filter(|b| {
        b.detections.iter().any(|d| d.value == detection.header.name.value)
            || detection.baselines.iter().any(|name| name.value == b.header.name.value)
    });
    for baseline in named {
        with_writers(baseline, content, &mut order);
    }
    for baseline in writers(detection.search.value.text(), content) {
        with_writers(baseline, content, &mut order);
    }
    order
}

/// Adds a baseline after those whose lookups it reads.
fn with_writers<'a>(baseline: &'a SupportingSearch, content: &'a Content, order: &mut Vec<&'a SupportingSearch>) {
    let known = |list: &[&SupportingSearch], one: &SupportingSearch| list.iter().any(|b| std::ptr::eq(*b, one));
    if known(order, baseline) {
        return;
    }
    // Before its writers, so that two that read each other end; it moves behind them then.
    order.push(baseline);
    for writer in writers(baseline.search.value.text(), content) {
        if !known(order, writer) {
            with_writers(writer, content, order);
            order.retain(|b| !std::ptr::eq(*b, baseline));
            order.push(baseline);
        }
    }
}

/// The baselines that write a lookup which a search reads.
fn writers<'a>(search: &str, content: &'a Content) -> Vec<&'a SupportingSearch> {
    let read = lookups(search, &["lookup", "inputlookup"]);
    let writes = |b: &&SupportingSearch| lookups(b.search.value.text(), &["outputlookup"]).iter().any(|name| read.contains(name));
    content.baselines.iter().filter(writes).collect()
}

/// The words after these commands, up to the next pipe: among them is the name of the lookup.
fn lookups(search: &str, commands: &[&str]) -> Vec<String> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut names = Vec::new();
    for part in search.split(['|', '[', ']']) {
        let mut words = part.split(|c: char| !is_name(c)).filter(|w| !w.is_empty());
        if words.next().is_some_and(|first| commands.iter().any(|c| first.eq_ignore_ascii_case(c))) {
            names.extend(words.map(|w| w.strip_suffix(".csv").unwrap_or(w).to_string()));
        }
    }
    names
}

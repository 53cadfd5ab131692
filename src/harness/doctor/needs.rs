//! What detections need of a Splunk: add-ons, data models, sourcetypes, lookups.

use std::sync::LazyLock;

use regex::Regex;

use crate::backend::splunk::{Entry, Failure, Rest, escaped};
use crate::content::{Content, Detection, LookupData};
use crate::diagnostic::Diagnostic;
use crate::verdict::Checkup;

/// What detections need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// Add-ons with their versions.
    pub add_ons: Vec<(String, Option<String>)>,
    /// Data models.
    pub models: Vec<String>,
    /// Sourcetypes of the datasets.
    pub sourcetypes: Vec<String>,
    /// Lookups of the repository.
    pub lookups: Vec<String>,
}

/// What these detections need.
pub fn needed<'a>(content: &Content, detections: impl IntoIterator<Item = &'a Detection>) -> Needed {
    static MODEL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?i-u)\bdatamodel\s*[=:]\s*"?([A-Za-z0-9_]+)"#).expect("it is right"));
    let mut needed = Needed::default();
    let add = |list: &mut Vec<String>, text: &str| {
        if !list.iter().any(|t| t == text) {
            list.push(text.to_string());
        }
    };
    for detection in detections {
        let text = detection.search.value.text();
        MODEL.captures_iter(text).for_each(|found| add(&mut needed.models, &found[1]));
        for data in detection.tests.iter().flat_map(|t| &t.data) {
            add(&mut needed.sourcetypes, &data.sourcetype);
        }
        for lookup in &content.lookups {
            let name = lookup.header.name.as_str();
            if !matches!(lookup.data, LookupData::Model(_)) && mentions(text, name) {
                add(&mut needed.lookups, name);
            }
        }
        // One entry may name several.
        let names = detection.data_source.iter().flat_map(|names| names.as_str().split(" AND "));
        for name in names.map(str::trim) {
            let sources = content.data_sources.iter().filter(|s| s.header.name.as_str() == name);
            for (add_on, version) in sources.flat_map(|s| &s.add_ons) {
                if !needed.add_ons.iter().any(|(known, _)| known == add_on.as_str()) {
                    needed.add_ons.push((add_on.value.clone(), version.clone()));
                }
            }
        }
    }
    for list in [&mut needed.models, &mut needed.sourcetypes, &mut needed.lookups] {
        list.sort();
    }
    needed.add_ons.sort();
    needed
}

fn mentions(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(part) && !text[at + word.len()..].chars().next().is_some_and(part)
    })
}

/// The add-ons that are not there, and those that are older, each with what is there.
pub fn missing_add_ons(needed: &Needed, rest: &Rest) -> Result<(Vec<String>, Vec<String>), Diagnostic> {
    let apps = rest.get("/services/apps/local", &[("count", "0")]).map_err(|f| rest.problem(&f, "listing the apps"))?.entries;
    let (mut missing, mut older) = (Vec::new(), Vec::new());
    for (name, version) in &needed.add_ons {
        let same = |app: &&Entry| {
            let label = app.text("label").unwrap_or_default();
            [label.as_str(), app.name.as_str()].iter().any(|n| n.eq_ignore_ascii_case(name)) && !app.flag("disabled")
        };
        match (apps.iter().find(same).map(|app| app.text("version").unwrap_or_default()), version) {
            (None, version) => missing.push(format!("{name}{}", version.as_ref().map_or(String::new(), |v| format!(" {v}")))),
            (Some(there), Some(wanted)) if is_older(&there, wanted) => older.push(format!("{name} {there} (wanted {wanted})")),
            _ => {}
        }
    }
    Ok((missing, older))
}

fn is_older(there: &str, wanted: &str) -> bool {
    let numbers = |v: &str| v.split(['.', '-']).map(|n| n.parse::<u32>().unwrap_or(0)).collect::<Vec<u32>>();
    numbers(there) < numbers(wanted)
}

/// Looks for all of it.
pub(super) fn look(needed: &Needed, rest: &Rest, checkup: &mut Checkup) -> Result<(), Diagnostic> {
    let (missing, older) = missing_add_ons(needed, rest)?;
    match (missing.is_empty(), older.is_empty()) {
        (true, true) => checkup.ok("splunk.add_ons", format!("all {} that data sources name are there", needed.add_ons.len())),
        (true, false) => {
            checkup.warn("splunk.add_ons", format!("older: {}", older.join(", ")), "update them: fields may be other ones")
        }
        (false, _) => checkup.fail(
            "splunk.add_ons",
            format!("missing: {}", missing.join(", ")),
            "install them: without an add-on its fields are empty, and detections find nothing",
        ),
    }
    models(needed, rest, checkup)?;
    let named = |path: &str| -> Result<Vec<String>, Diagnostic> {
        let reply = rest.get(path, &[("count", "0")]).map_err(|f| rest.problem(&f, "listing what is there"))?;
        Ok(reply.entries.into_iter().map(|e| e.name).collect())
    };
    let there = named("/servicesNS/-/-/data/transforms/lookups")?;
    let lost: Vec<&str> = needed.lookups.iter().filter(|l| !there.contains(l)).map(String::as_str).collect();
    match lost.is_empty() {
        true => checkup.ok("splunk.lookups", format!("all {} that detections use are defined", needed.lookups.len())),
        false => checkup.fail(
            "splunk.lookups",
            format!("not defined: {}", lost.join(", ")),
            "install the app that is built of the repository, with its lookups shared globally",
        ),
    }
    let mut unknown = Vec::new();
    for sourcetype in &needed.sourcetypes {
        match rest.get(&format!("/servicesNS/-/-/configs/conf-props/{}", escaped(sourcetype)), &[]) {
            Ok(_) => {}
            Err(Failure::Status { status: 404, .. }) => unknown.push(sourcetype.as_str()),
            Err(failure) => return Err(rest.problem(&failure, "looking for sourcetypes")),
        }
    }
    match unknown.is_empty() {
        true => checkup.ok("splunk.sourcetypes", format!("props.conf has all {} of the datasets", needed.sourcetypes.len())),
        false => checkup.warn(
            "splunk.sourcetypes",
            format!("props.conf has nothing for {}", unknown.join(", ")),
            "install their add-ons: else lines, times and fields are guessed",
        ),
    }
    Ok(())
}

fn models(needed: &Needed, rest: &Rest, checkup: &mut Checkup) -> Result<(), Diagnostic> {
    let there = rest.get("/servicesNS/-/-/datamodel/model", &[("count", "0"), ("concise", "1")]);
    let there = match there {
        Ok(reply) => reply.entries,
        Err(Failure::Status { status: 404, .. }) => Vec::new(),
        Err(failure) => return Err(rest.problem(&failure, "listing the data models")),
    };
    let missing: Vec<&str> = needed.models.iter().filter(|m| !there.iter().any(|e| e.name == **m)).map(String::as_str).collect();
    if !missing.is_empty() {
        let help = "install the Common Information Model (Splunk_SA_CIM), and share it globally";
        checkup.fail("splunk.data_models", format!("missing: {}", missing.join(", ")), help);
        return Ok(());
    }
    let accelerated = |e: &&Entry| {
        let text = e.text("acceleration").unwrap_or_default();
        needed.models.contains(&e.name) && text.replace(' ', "").contains("\"enabled\":true")
    };
    let accelerated = there.iter().filter(accelerated).count();
    let note = "summariesonly=true of a detection is sent as false, for what was just replayed is in no summary";
    checkup.ok("splunk.data_models", format!("all {} are there, {accelerated} accelerated; {note}", needed.models.len()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_words() {
        assert!(is_older("8.9.0", "8.10.1") && !is_older("9.0", "8.10.1") && !is_older("8.10.1", "8.10.1"));
        assert!(mentions("| lookup assets host", "assets") && !mentions("| lookup assets_old host", "assets"));
    }
}

//! What a detection promises to put into the risk index, whatever schema it is written in.

use crate::diagnostic::Span;

use super::detection::Generation;
use super::record::{At, Reading, Record};

/// Who or what is at risk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskObject {
    /// The field of the row that names it.
    pub field: At<String>,
    /// `user`, `system` or `other`.
    pub kind: String,
    /// Where the type stands.
    pub kind_at: Span,
    /// Points.
    pub score: i64,
    /// Where they stand; v4 works them out of two numbers.
    pub score_at: Span,
    /// A message of its own (v6); otherwise that of [`Risk`].
    pub message: Option<At<String>>,
    /// True for the entity of a v6 `finding`: it is scored by the notable, not by a risk event.
    pub finding: bool,
}

/// What did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreatObject {
    /// The field of the row that names it.
    pub field: At<String>,
    /// `process_name`, `ip_address`, …
    pub kind: String,
    /// Where the type stands.
    pub kind_at: Span,
}

/// What v4 writes of a risk or threat object, before it is mapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observable {
    /// The field.
    pub field: At<String>,
    /// `User`, `Hostname`, …
    pub kind: Option<At<String>>,
    /// `Victim` or `Attacker`.
    pub roles: Vec<At<String>>,
}

/// Risk as a detection promises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// The message, with `$field$` tokens.
    pub message: Option<At<String>>,
    /// Objects in the order of the file.
    pub objects: Vec<RiskObject>,
    /// Threats in the order of the file.
    pub threats: Vec<ThreatObject>,
    /// v4: what stands in the file.
    pub observables: Vec<Observable>,
    /// v4: `confidence` and `impact`.
    pub percents: Vec<At<i64>>,
    /// Where it stands.
    pub span: Span,
}

impl Risk {
    /// Reads the form that belongs to the generation.
    pub(super) fn read(
        record: &Record<'_>,
        tags: Option<&Record<'_>>,
        generation: Generation,
        reading: &mut Reading<'_>,
    ) -> Option<Risk> {
        match generation {
            Generation::V4 => tags.and_then(|tags| from_observables(tags, reading)),
            Generation::V5 => {
                let rba = record.record("rba", "rba", reading)?;
                Some(from_rba(&rba, reading))
            }
            Generation::V6 => from_findings(record, reading),
        }
    }

    /// The fields that the risk objects name, each once, in order.
    pub fn object_fields(&self) -> Vec<&str> {
        distinct(self.objects.iter().map(|o| o.field.as_str()))
    }

    /// The fields that the threat objects name, each once, in order.
    pub fn threat_fields(&self) -> Vec<&str> {
        distinct(self.threats.iter().map(|t| t.field.as_str()))
    }
}

/// The tokens `$field$` of a message, each once. A token has no space; `$a.b$` is one too, other than the peer thinks.
pub fn tokens(message: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    let mut rest = message;
    while let Some(start) = rest.find('$') {
        let after = &rest[start + 1..];
        match after.find('$') {
            Some(0) => rest = &after[1..],
            Some(len) if !after[..len].contains(char::is_whitespace) => {
                if !found.contains(&&after[..len]) {
                    found.push(&after[..len]);
                }
                rest = &after[len + 1..];
            }
            // A dollar sign of its own, as in "more than 100$ were paid by $user$".
            Some(_) => rest = after,
            None => break,
        }
    }
    found
}

fn distinct<'a>(fields: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut list: Vec<&str> = Vec::new();
    for field in fields {
        if !list.contains(&field) {
            list.push(field);
        }
    }
    list
}

/// v4: one score for all, `confidence × impact / 100`; roles and types are mapped as contentctl 4 did, which makes
/// a `User Name` an `other` (splunk/contentctl issue 246). `risk_score` in the file was never read.
fn from_observables(tags: &Record<'_>, reading: &mut Reading<'_>) -> Option<Risk> {
    if !tags.has("observable") && !tags.has("message") {
        return None;
    }
    let percents = [percent("confidence", tags, reading), percent("impact", tags, reading)];
    let product: i64 = percents.iter().map(|p| p.as_ref().map_or(0, |p| p.value)).product();
    // Python rounds halves to even.
    let score = (product as f64 / 100.0).round_ties_even() as i64;
    let (mut objects, mut threats, mut observables) = (Vec::new(), Vec::new(), Vec::new());
    for observable in tags.records("observable", "observable[]", reading) {
        observable.only(&["name", "type", "role"], &[], reading);
        let Some(field) = observable.need("name", reading) else { continue };
        let (named, roles) = (observable.text("type", reading), observable.texts("role", reading));
        observables.push(Observable { field: field.clone(), kind: named.clone(), roles: roles.clone() });
        let kind_at = named.as_ref().map_or(field.span, |t| t.span);
        let kind = named.map(|t| t.to_lowercase()).unwrap_or_default();
        if roles.iter().any(|role| role.value == "Attacker") {
            let kind = match kind.as_str() {
                "process name" | "process" => "process_name",
                "file name" | "file" | "file hash" => "file_name",
                "ip address" => "ip_address",
                "url string" | "url" => "url",
                other => other,
            };
            threats.push(ThreatObject { field, kind: kind.to_string(), kind_at });
        } else if roles.iter().any(|role| role.value == "Victim") {
            let kind = match kind.as_str() {
                "user" | "username" | "email address" => "user",
                "device" | "endpoint" | "hostname" | "ip address" => "system",
                _ => "other",
            };
            let (kind, score_at) = (kind.to_string(), field.span);
            objects.push(RiskObject { field, kind, kind_at, score, score_at, message: None, finding: false });
        }
    }
    let span = tags.key_span("observable", reading).or_else(|| tags.key_span("message", reading))?;
    let percents = percents.into_iter().flatten().collect();
    Some(Risk { message: tags.text("message", reading), objects, threats, observables, percents, span })
}

fn percent(key: &str, tags: &Record<'_>, reading: &mut Reading<'_>) -> Option<At<i64>> {
    let found = tags.int(key, reading);
    if !tags.has(key) {
        tags.missing(key, reading);
    }
    found
}

fn from_rba(rba: &Record<'_>, reading: &mut Reading<'_>) -> Risk {
    rba.only(&["message", "risk_objects", "threat_objects"], &[], reading);
    let mut objects = Vec::new();
    for object in rba.records("risk_objects", "risk_objects[]", reading) {
        object.only(&["field", "type", "score"], &[], reading);
        objects.extend(risk_object(&object, false, reading));
    }
    if !rba.has("threat_objects") {
        rba.missing("threat_objects", reading);
    }
    let (message, threats) = (rba.need("message", reading), threat_objects(rba, reading));
    Risk { message, objects, threats, observables: Vec::new(), percents: Vec::new(), span: rba.span(reading) }
}

fn from_findings(record: &Record<'_>, reading: &mut Reading<'_>) -> Option<Risk> {
    let finding = record.record("finding", "finding", reading);
    let intermediate = record.record("intermediate_findings", "intermediate_findings", reading);
    let threats_at = record.key_span("threat_objects", reading);
    let span = finding.or(intermediate).map(|r| r.span(reading)).or(threats_at)?;
    let mut objects = Vec::new();
    let mut message = None;
    if let Some(finding) = &finding {
        finding.only(&["title", "entity"], &[], reading);
        message = finding.need("title", reading);
        if let Some(entity) = finding.record("entity", "entity", reading) {
            objects.extend(risk_object(&entity, true, reading));
        }
    }
    if let Some(intermediate) = &intermediate {
        for entity in intermediate.records("entities", "entities[]", reading) {
            entity.only(&["field", "type", "score", "message"], &[], reading);
            objects.extend(risk_object(&entity, false, reading));
        }
    }
    let threats = threat_objects(record, reading);
    Some(Risk { message, objects, threats, observables: Vec::new(), percents: Vec::new(), span })
}

fn risk_object(record: &Record<'_>, finding: bool, reading: &mut Reading<'_>) -> Option<RiskObject> {
    let field = record.need("field", reading)?;
    let kind = record.need("type", reading);
    let kind_at = kind.as_ref().map_or(field.span, |k| k.span);
    let score = record.int("score", reading);
    if score.is_none() && !record.has("score") {
        record.missing("score", reading);
    }
    let message = record.text("message", reading);
    let (score, score_at) = score.map_or((0, field.span), |s| (s.value, s.span));
    Some(RiskObject { field, kind: kind.map(|k| k.value).unwrap_or_default(), kind_at, score, score_at, message, finding })
}

fn threat_objects(record: &Record<'_>, reading: &mut Reading<'_>) -> Vec<ThreatObject> {
    let mut threats = Vec::new();
    for threat in record.records("threat_objects", "threat_objects[]", reading) {
        threat.only(&["field", "type"], &[], reading);
        let (field, kind) = (threat.need("field", reading), threat.need("type", reading));
        if let Some(field) = field {
            let kind_at = kind.as_ref().map_or(field.span, |k| k.span);
            threats.push(ThreatObject { field, kind: kind.map(|k| k.value).unwrap_or_default(), kind_at });
        }
    }
    threats
}

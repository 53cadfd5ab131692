//! Detections, of three generations of the schema, as one model.
//!
//! | generation | years | told by | its risk |
//! |---|---|---|---|
//! | v4 | to 2024 | neither `rba` nor `creation_date` | `tags`: `observable`, `message`, `confidence`, `impact` |
//! | v5 | 2025 to spring 2026 | `rba` | `rba`: `message`, `risk_objects`, `threat_objects` |
//! | v6 | from May 2026 | `creation_date` | `finding`, `intermediate_findings`, `threat_objects`; no `tags` |

use crate::diagnostic::MappedText;

use super::deployment::Deployment;
use super::file::{File, HEADER, Header};
use super::record::{At, Reading, Record};
use super::risk::Risk;
use super::test::Test;

/// A generation of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// contentctl 4: `tags.observable`.
    V4,
    /// contentctl 5: `rba`.
    V5,
    /// contentctl-ng: `finding`, `intermediate_findings`.
    V6,
}

/// Whether a detection is meant to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maturity {
    /// Tested and shipped.
    Production,
    /// Not yet.
    Experimental,
    /// No more.
    Deprecated,
    /// Only its name is left.
    Removed,
}

impl Maturity {
    /// The word in the YAML.
    pub fn word(self) -> &'static str {
        match self {
            Maturity::Production => "production",
            Maturity::Experimental => "experimental",
            Maturity::Deprecated => "deprecated",
            Maturity::Removed => "removed",
        }
    }

    /// From the word in the YAML. `validation` is what contentctl 4 called detections that are not yet released.
    pub fn from_word(word: &str) -> Option<Maturity> {
        match word {
            "production" => Some(Maturity::Production),
            "experimental" | "validation" => Some(Maturity::Experimental),
            "deprecated" => Some(Maturity::Deprecated),
            "removed" => Some(Maturity::Removed),
            _ => None,
        }
    }
}

/// What a detection is for; it decides what its alert does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetectionType {
    /// A notable and risk.
    Ttp,
    /// Risk only.
    Anomaly,
    /// Nothing: somebody looks at the rows.
    Hunting,
    /// A notable out of risk.
    Correlation,
}

impl DetectionType {
    /// All types.
    pub const ALL: [DetectionType; 4] =
        [DetectionType::Ttp, DetectionType::Anomaly, DetectionType::Hunting, DetectionType::Correlation];

    /// The word in the YAML.
    pub fn word(self) -> &'static str {
        match self {
            DetectionType::Ttp => "TTP",
            DetectionType::Anomaly => "Anomaly",
            DetectionType::Hunting => "Hunting",
            DetectionType::Correlation => "Correlation",
        }
    }

    /// From the word in the YAML, exactly.
    pub fn from_word(word: &str) -> Option<DetectionType> {
        DetectionType::ALL.into_iter().find(|t| t.word() == word)
    }
}

/// A search that an analyst can open from a notable.
#[derive(Clone, Debug)]
pub struct Drilldown {
    /// Its name, with `$field$` tokens.
    pub name: At<String>,
    /// Its search, with tokens, and `%original_detection_search%` for the detection's own.
    pub search: At<MappedText>,
    /// `earliest_offset`.
    pub earliest: Option<At<String>>,
    /// `latest_offset`.
    pub latest: Option<At<String>>,
}

/// How often the alert of a detection may fire for the same values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttling {
    /// Fields whose values are compared.
    pub fields: Vec<At<String>>,
    /// `3600s`, `2h`.
    pub period: Option<At<String>>,
}

/// A detection.
#[derive(Clone, Debug)]
pub struct Detection {
    /// Name, id, version, …
    pub header: Header,
    /// The schema it is written in.
    pub generation: Generation,
    /// `status`, normalised.
    pub status: At<Maturity>,
    /// `type`.
    pub kind: At<DetectionType>,
    /// `data_source`, as written: an entry may be `A AND B`.
    pub data_source: Vec<At<String>>,
    /// The search.
    pub search: At<MappedText>,
    /// `how_to_implement`.
    pub how_to_implement: Option<At<String>>,
    /// `known_false_positives`.
    pub known_false_positives: Option<At<String>>,
    /// What it promises Enterprise Security, as written, whatever the type.
    pub risk: Option<Risk>,
    /// ATT&CK techniques.
    pub techniques: Vec<At<String>>,
    /// Analytic stories.
    pub stories: Vec<At<String>>,
    /// `security_domain`.
    pub security_domain: Option<At<String>>,
    /// `asset_type`.
    pub asset_type: Option<At<String>>,
    /// `cve`.
    pub cve: Vec<At<String>>,
    /// `atomic_guid`.
    pub atomic_guid: Vec<At<String>>,
    /// `drilldown_searches`.
    pub drilldowns: Vec<Drilldown>,
    /// `tests`.
    pub tests: Vec<Test>,
    /// `tags.manual_test`: why this cannot be tested by replaying data.
    pub manual_test: Option<At<String>>,
    /// A schedule and actions of its own.
    pub deployment: Option<Deployment>,
    /// `tags.throttling`.
    pub throttling: Option<Throttling>,
    /// `enabled_by_default`.
    pub enabled_by_default: Option<At<bool>>,
}

const KEYS: &[&str] = &[
    "type",
    "data_source",
    "search",
    "how_to_implement",
    "known_false_positives",
    "rba",
    "drilldown_searches",
    "tests",
    "deployment",
    "enabled_by_default",
    "explanation",
    "tags",
    "finding",
    "intermediate_findings",
    "threat_objects",
    "analytic_story",
    "threat_group",
    "asset_type",
    "cve",
    "atomic_guid",
    "mitre_attack_id",
    "product",
    "category",
    "security_domain",
    "baselines",
    "schedule",
    "custom_schedule",
];

const TAG_KEYS: &[&str] = &[
    "analytic_story",
    "asset_type",
    "confidence",
    "impact",
    "message",
    "observable",
    "required_fields",
    "product",
    "security_domain",
    "mitre_attack_id",
    "cve",
    "atomic_guid",
    "group",
    "manual_test",
    "throttling",
    "nist",
    "mappings",
    "research_site_url",
    "event_schema",
    "risk_score",
];

/// Keys that published content has, that contentctl 4 let pass, and that mean nothing to anyone.
const LEGACY: &[&str] = &["datamodel", "data_sources", "file_path"];
const LEGACY_TAGS: &[&str] =
    &["cis20", "kill_chain_phases", "context", "dataset", "supported_tas", "automated_detection_testing", "CVE"];

impl Detection {
    /// The name of the saved search. contentctl writes `ESCU - NAME - Rule`; the prefix is the app's label.
    pub fn search_name(&self) -> String {
        format!("ESCU - {} - Rule", self.header.name.value)
    }

    /// Picks a detection from its file. `None` only where there is no search to speak of.
    pub(super) fn read(record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> Option<Detection> {
        record.only(&[HEADER, KEYS].concat(), LEGACY, reading);
        let header = Header::read(record, file, reading);
        let tags = record.record("tags", "tags", reading);
        if let Some(tags) = &tags {
            tags.only(TAG_KEYS, LEGACY_TAGS, reading);
        }
        let generation = if record.has("creation_date") || record.has("finding") || record.has("intermediate_findings") {
            Generation::V6
        } else if record.has("rba") {
            Generation::V5
        } else {
            Generation::V4
        };
        // What v4 and v5 keep below `tags`, v6 keeps on top.
        let own = tags.unwrap_or(*record);
        let status = word(record, "status", Maturity::from_word, "production, experimental or deprecated", reading);
        let kind = word(record, "type", DetectionType::from_word, "TTP, Anomaly, Hunting or Correlation", reading);
        let search = match record.mapped("search", reading) {
            Some(search) if !search.text().trim().is_empty() => search,
            _ => {
                record.missing("search", reading);
                return None;
            }
        };
        Some(Detection {
            status: status.unwrap_or(At { value: Maturity::Production, span: header.name.span }),
            kind: kind.unwrap_or(At { value: DetectionType::Anomaly, span: header.name.span }),
            data_source: record.texts("data_source", reading),
            search,
            how_to_implement: record.text("how_to_implement", reading),
            known_false_positives: record.text("known_false_positives", reading),
            risk: Risk::read(record, tags.as_ref(), generation, reading),
            techniques: own.texts("mitre_attack_id", reading),
            stories: own.texts("analytic_story", reading),
            security_domain: own.text("security_domain", reading),
            asset_type: own.text("asset_type", reading),
            cve: own.texts("cve", reading),
            atomic_guid: own.texts("atomic_guid", reading),
            drilldowns: drilldowns(record, reading),
            tests: Test::read_all(record, reading),
            manual_test: tags.and_then(|tags| tags.text("manual_test", reading)),
            deployment: record.record("deployment", "deployment", reading).map(|r| Deployment::read(&r, file, reading)),
            throttling: tags
                .and_then(|t| t.record("throttling", "throttling", reading))
                .map(|t| Throttling { fields: t.texts("fields", reading), period: t.text("period", reading) }),
            enabled_by_default: record.flag("enabled_by_default", reading),
            header,
            generation,
        })
    }

    /// The name of the macro that lets a user filter its rows: the file's stem and `_filter`.
    pub fn filter_macro(&self) -> String {
        format!("{}_filter", self.header.file.stem())
    }

    /// What the detection promises where its alert creates risk: by default TTP and Anomaly. v4 files carry
    /// observables whatever the type; nobody reads those of a Hunting or Correlation detection.
    pub fn promised_risk(&self) -> Option<&Risk> {
        let asked = match &self.deployment {
            Some(deployment) if deployment.has_actions => deployment.risk,
            _ => matches!(self.kind.value, DetectionType::Ttp | DetectionType::Anomaly) || self.generation == Generation::V6,
        };
        self.risk.as_ref().filter(|risk| asked && !(risk.objects.is_empty() && risk.threats.is_empty()))
    }
}

fn word<T>(record: &Record<'_>, key: &str, from: fn(&str) -> Option<T>, known: &str, reading: &mut Reading<'_>) -> Option<At<T>> {
    let Some(text) = record.text(key, reading) else {
        // Files of before 2023 have no status; the type decides too much to be guessed.
        if key == "type" {
            record.missing(key, reading);
        }
        return None;
    };
    match from(&text) {
        Some(value) => Some(At { value, span: text.span }),
        None => {
            let node = record.get(key).expect("the text was read from it");
            reading.complain(node, format!("`{}` is no {key}: it must be {known}", text.value));
            None
        }
    }
}

fn drilldowns(record: &Record<'_>, reading: &mut Reading<'_>) -> Vec<Drilldown> {
    let mut list = Vec::new();
    for one in record.records("drilldown_searches", "drilldown_searches[]", reading) {
        one.only(&["name", "search", "earliest_offset", "latest_offset"], &[], reading);
        let (name, search) = (one.need("name", reading), one.mapped("search", reading));
        if search.is_none() {
            one.missing("search", reading);
        }
        if let (Some(name), Some(search)) = (name, search) {
            let (earliest, latest) = (one.text("earliest_offset", reading), one.text("latest_offset", reading));
            list.push(Drilldown { name, search, earliest, latest });
        }
    }
    list
}

//! Detections, of three generations of the schema, as one model.
//!
//! | generation | years | told by | its risk |
//! |---|---|---|---|
//! | v4 | to 2024 | `tags.observable` and its kin, no `rba` | `tags`: `observable`, `message`, `confidence`, `impact` |
//! | v5 | 2025 to spring 2026 | `rba`, or none of the others | `rba`: `message`, `risk_objects`, `threat_objects` |
//! | v6 | from May 2026 | `creation_date`, `finding` | `finding`, `intermediate_findings`, `threat_objects`; no `tags` |

use crate::diagnostic::{MappedText, Span};

use super::deployment::Deployment;
use super::file::{File, HEADER, Header};
use super::record::{At, Reading, Record};
use super::risk::Risk;
use super::test::Test;
use super::yaml::{Node, Value};

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
    /// `product`.
    pub product: Vec<At<String>>,
    /// `category` (v6): the folder below `detections`.
    pub category: Option<At<String>>,
    /// `baselines` (v6).
    pub baselines: Vec<At<String>>,
    /// Keys that say what a detection is about and that are not there.
    pub unclassified: Vec<&'static str>,
    /// `cve`.
    pub cve: Vec<At<String>>,
    /// `atomic_guid`.
    pub atomic_guid: Vec<At<String>>,
    /// `drilldown_searches`.
    pub drilldowns: Vec<Drilldown>,
    /// `tests`.
    pub tests: Vec<Test>,
    /// Where `tests` stands if it is an empty list.
    pub empty_tests: Option<Span>,
    /// `tags.manual_test`: why this cannot be tested by replaying data.
    pub manual_test: Option<At<String>>,
    /// A schedule and actions of its own.
    pub deployment: Option<Deployment>,
    /// `tags.throttling`.
    pub throttling: Option<Throttling>,
    /// `enabled_by_default`.
    pub enabled_by_default: Option<At<bool>>,
}

/// Keys of every generation.
const KEYS: &[&str] =
    &["type", "data_source", "search", "how_to_implement", "known_false_positives", "drilldown_searches", "tests"];

/// Keys of v4 and v5, on top and below `tags`.
const TAGGED_KEYS: &[&str] = &["deployment", "enabled_by_default", "explanation", "tags"];
const TAG_KEYS: &[&str] = &[
    "analytic_story",
    "asset_type",
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
];

/// What only v4 has below `tags`; one of the first five tells it from v5.
const V4_TAG_KEYS: &[&str] = &["observable", "message", "confidence", "impact", "required_fields", "risk_score"];

/// Keys of v6, which has no `tags`.
pub const FLAT_KEYS: &[&str] = &[
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

/// Keys that published content has, that contentctl 4 let pass, and that mean nothing to anyone.
const LEGACY: &[&str] = &["datamodel", "data_sources", "file_path"];
const LEGACY_TAGS: &[&str] =
    &["cis20", "kill_chain_phases", "context", "dataset", "supported_tas", "automated_detection_testing", "CVE"];

impl Generation {
    /// The generation of a file that has the keys of a detection.
    fn of(record: &Record<'_>, tags: Option<&Record<'_>>) -> Generation {
        if ["creation_date", "finding", "intermediate_findings"].iter().any(|key| record.has(key)) {
            Generation::V6
        } else if !record.has("rba") && V4_TAG_KEYS[..5].iter().any(|key| tags.is_some_and(|tags| tags.has(key))) {
            Generation::V4
        } else {
            Generation::V5
        }
    }

    /// `v4`.
    pub fn word(self) -> &'static str {
        match self {
            Generation::V4 => "v4",
            Generation::V5 => "v5",
            Generation::V6 => "v6",
        }
    }

    /// Notes the keys of a detection that this generation does not have.
    fn judge_keys(self, record: &Record<'_>, tags: Option<&Record<'_>>, reading: &mut Reading<'_>) {
        // contentctl 4 let unknown keys pass, its successors refuse them.
        reading.strict = self != Generation::V4;
        let own: &[&str] = &["creation_date", "modification_date", "deprecation_info"];
        let is_ours = |key: &&str| if self == Generation::V6 { *key != "date" } else { !own.contains(key) };
        let header: Vec<&str> = HEADER.iter().copied().filter(is_ours).collect();
        match self {
            Generation::V4 => record.only(&[&header, KEYS, TAGGED_KEYS].concat(), LEGACY, reading),
            Generation::V5 => record.only(&[&header, KEYS, TAGGED_KEYS, &["rba"]].concat(), &[], reading),
            Generation::V6 => record.only(&[&header, KEYS, FLAT_KEYS].concat(), &[], reading),
        }
        match (self, tags) {
            (Generation::V4, Some(tags)) => tags.only(&[TAG_KEYS, V4_TAG_KEYS].concat(), LEGACY_TAGS, reading),
            (Generation::V5, Some(tags)) => tags.only(TAG_KEYS, &[], reading),
            _ => {}
        }
    }

    /// The keys that say what a detection is about, and that contentctl asks for.
    fn classification(self) -> &'static [&'static str] {
        match self {
            Generation::V4 | Generation::V5 => &["analytic_story", "asset_type", "product", "security_domain"],
            Generation::V6 => {
                &["analytic_story", "asset_type", "product", "security_domain", "category", "mitre_attack_id", "data_source"]
            }
        }
    }
}

impl Detection {
    /// Picks a detection from its file. `None` only where there is no search to speak of.
    pub(super) fn read(record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> Option<Detection> {
        let tags = record.record("tags", "tags", reading);
        let generation = Generation::of(record, tags.as_ref());
        generation.judge_keys(record, tags.as_ref(), reading);
        let header = Header::read(record, file, reading);
        // What v4 and v5 keep below `tags`, v6 keeps on top.
        let own = if generation == Generation::V6 { *record } else { tags.unwrap_or(*record) };
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
            product: own.texts("product", reading),
            category: record.text("category", reading),
            baselines: record.texts("baselines", reading),
            unclassified: generation.classification().iter().copied().filter(|key| !own.has(key)).collect(),
            cve: own.texts("cve", reading),
            atomic_guid: own.texts("atomic_guid", reading),
            drilldowns: drilldowns(record, reading),
            tests: Test::read_all(record, generation, reading),
            empty_tests: record.key_span("tests", reading).filter(|_| is_empty_list(record.get("tests"))),
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

fn is_empty_list(node: Option<&Node>) -> bool {
    matches!(node.map(|n| &n.value), Some(Value::List(items)) if items.is_empty())
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
        for key in ["earliest_offset", "latest_offset"] {
            if !one.has(key) {
                one.missing(key, reading);
            }
        }
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

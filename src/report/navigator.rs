//! A run as a layer for MITRE's ATT&CK Navigator: techniques whose detections were tested, and how they fared.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use crate::verdict::{DetectionResult, Run, Status};

/// Writes the layer (format 4.5): green where every tested detection of a technique passed, red where none did, yellow
/// between. The score is the share that passed.
pub fn navigator(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let mut by_technique: BTreeMap<&str, Vec<&DetectionResult>> = BTreeMap::new();
    // What was not run shows nothing.
    for detection in run.detections.iter().filter(|d| d.status != Status::Skip) {
        for technique in &detection.techniques {
            by_technique.entry(technique).or_default().push(detection);
        }
    }
    let techniques: Vec<serde_json::Value> = by_technique
        .iter()
        .map(|(technique, detections)| {
            let passed = detections.iter().filter(|d| d.status == Status::Pass).count();
            let line = |d: &&DetectionResult| format!("{}: {}", d.status.word(), d.name);
            json!({
                "techniqueID": technique,
                "score": 100 * passed / detections.len(),
                "comment": detections.iter().map(line).collect::<Vec<_>>().join("\n"),
                "enabled": true,
            })
        })
        .collect();
    let layer = json!({
        "name": "Tested detections",
        "description": format!("muster {}: {} detections", run.muster, run.summary.detections),
        "domain": "enterprise-attack",
        "versions": { "layer": "4.5" },
        "techniques": techniques,
        "gradient": { "colors": ["#d7424a", "#f2c14e", "#4caf6d"], "minValue": 0, "maxValue": 100 },
        "legendItems": [
            { "label": "every tested detection passes", "color": "#4caf6d" },
            { "label": "none does", "color": "#d7424a" },
        ],
    });
    serde_json::to_writer_pretty(&mut *out, &layer)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn the_sample_run() {
        let mut out = Vec::new();
        super::navigator(&sample::run(), &mut out).expect("written");
        insta::assert_snapshot!(String::from_utf8_lossy(&out));
    }
}

//! One run for the snapshots of every format: each status, each kind of detail.

use crate::verdict::{DataUsed, DetectionResult, Loss, Peer, Run, Status, StepRows, TestResult, TestType, VerdictCode};

pub(super) fn run() -> Run {
    let good = vec![
        TestResult { duration_s: 0.001, ..TestResult::pass(TestType::Validation, "content") },
        TestResult {
            rows: Some(2),
            events: Some(312),
            data: vec![data("windows-sysmon.log")],
            line: Some(81),
            now: Some(1_700_000_001.0),
            duration_s: 0.0312,
            warnings: vec!["1 of 2 rows has a risk field missing: `user` is empty in 1".into()],
            peer: Some(Peer { status: Status::Fail, reason: "it fails at row 1: `user` is not filled".into() }),
            ..TestResult::pass(TestType::Unit, "True Positive Test")
        },
        TestResult {
            rows: Some(5),
            data: vec![data("windows-sysmon.log")],
            line: Some(81),
            ..TestResult::pass(TestType::Integration, "True Positive Test")
        },
    ];
    let mut lost = TestResult::because(
        TestType::Unit,
        "True Positive Test",
        VerdictCode::UnitNoResults,
        "0 rows: 312 events read, 3 left after step 1 `tstats count`, lost at step 2 `where x`",
    );
    lost.rows = Some(0);
    lost.events = Some(312);
    lost.line = Some(40);
    lost.data = vec![data("windows-sysmon.log"), data("windows-security.log")];
    lost.steps = vec![
        StepRows {
            step: "tstats count from datamodel=Endpoint.Processes by Processes.dest".into(),
            rows: 3,
            line: Some(12),
            lost: Vec::new(),
        },
        StepRows { step: "where count > 5".into(), rows: 0, line: Some(13), lost: Vec::new() },
        StepRows { step: "table dest".into(), rows: 0, line: Some(14), lost: Vec::new() },
    ];
    lost.lost = Some(Loss { step: 2, text: "where count > 5".into(), before: 3 });
    let mut unsound = TestResult::because(
        TestType::Validation,
        "content",
        VerdictCode::ValidationFindings,
        "missing-test: a production detection needs a test",
    );
    unsound.line = Some(1);
    let mut rows = TestResult::because(TestType::Integration, "True Positive Test", VerdictCode::IntegrationNoRiskEvent, "none");
    rows.detail = Some("--- expected\n+++ actual\n-ws-1,jdoe\n+ws-2,jdoe".into());
    let mut error = TestResult::because(TestType::Unit, "T", VerdictCode::ErrorDataset, "there is no dataset a.log");
    error.data = vec![data("a.log")];
    error.line = Some(9);
    let skips = vec![
        TestResult::because(TestType::Unit, "T", VerdictCode::SkipStatus, "the detection is experimental"),
        TestResult::because(TestType::Unit, "U", VerdictCode::SkipUnsupported, "the command `predict` is not supported"),
    ];
    let mut run = Run::new(
        "local",
        vec![
            detection("A Good One", "TTP", good),
            detection("A Lost One", "Anomaly", vec![unsound, lost, rows]),
            detection("No Data", "Hunting", vec![error]),
            detection("Not Run", "Hunting", skips),
        ],
    );
    run.muster = "0.0.0".into();
    run.started = Some("2026-11-23T06:00:00Z".into());
    run.duration_s = 0.1234;
    run
}

fn data(name: &str) -> DataUsed {
    DataUsed {
        dataset: format!("https://media.githubusercontent.com/media/splunk/attack_data/master/datasets/T1218.007/{name}"),
        source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational".into(),
        sourcetype: "XmlWinEventLog".into(),
    }
}

fn detection(name: &str, kind: &str, tests: Vec<TestResult>) -> DetectionResult {
    DetectionResult {
        name: name.into(),
        id: Some("a27db3c5-1a9a-46df-a577-765d3f1a3c24".into()),
        version: Some(4),
        kind: kind.into(),
        status: DetectionResult::overall(&tests),
        file: format!("detections/endpoint/{}.yml", name.to_lowercase().replace(' ', "_")),
        tests,
        production_status: Some("production".into()),
        techniques: vec!["T1218.007".into()],
        stories: vec!["A Story".into()],
        search: Some("| tstats count from datamodel=Endpoint.Processes by Processes.dest\n| `often` | table dest".into()),
        expanded_search: Some(
            "| tstats count from datamodel=Endpoint.Processes by Processes.dest\n| where count > 5 | table dest".into(),
        ),
    }
}

//! The verdicts of a run, over a backend that answers what the test tells it.

use std::sync::Mutex;

use super::super::wanted::Wanted;
use super::*;
use crate::backend::{Cell, NewEvent, Step};
use crate::dataset::{Limits, Settings};
use crate::diagnostic::MappedText;
use crate::validate::SearchKind;

/// Answers the detection's search with fixed rows, and a look into an index with what was written there.
struct Fake {
    answer: Result<Answer, Vec<Diagnostic>>,
    /// Changes an event before it is kept: a broken Enterprise Security.
    spoil: fn(String) -> Option<String>,
    opened: Mutex<Vec<(Vec<Dataset>, Extras)>>,
}

struct FakeSession<'a> {
    fake: &'a Fake,
    written: Mutex<Vec<NewEvent>>,
}

impl Fake {
    fn rows(fields: &[&str], rows: &[&[&str]]) -> Fake {
        let cell = |v: &&str| if *v == "-" { Cell::Absent } else { Cell::One((*v).to_string()) };
        let step = |text: &str, rows| Step { text: text.to_string(), span: None, rows, lost: Vec::new() };
        Fake::answering(Ok(Answer {
            fields: fields.iter().map(|f| (*f).to_string()).collect(),
            rows: rows.iter().map(|r| r.iter().map(cell).collect()).collect(),
            steps: vec![step("search x", 3), step("where y", rows.len())],
            ..Answer::default()
        }))
    }

    fn answering(answer: Result<Answer, Vec<Diagnostic>>) -> Fake {
        Fake { answer, spoil: Some, opened: Mutex::default() }
    }
}

impl Backend for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn open(&self, datasets: &[Dataset], extras: &Extras) -> Result<Box<dyn Session + '_>, Diagnostic> {
        self.opened.lock().expect("no panic").push((datasets.to_vec(), extras.clone()));
        Ok(Box::new(FakeSession { fake: self, written: Mutex::default() }))
    }
}

impl Session for FakeSession<'_> {
    fn events(&self) -> usize {
        312
    }

    fn newest(&self) -> Option<f64> {
        Some(1_700_000_000.25)
    }

    fn search(&self, search: &MappedText, window: Window) -> Result<Answer, Vec<Diagnostic>> {
        let Some(rest) = search.text().strip_prefix("search index=") else {
            assert_eq!(window.now, 1_700_000_002.0);
            if search.text().contains("panic") {
                panic!("as asked");
            }
            return self.fake.answer.clone();
        };
        let index = rest.split(' ').next().unwrap_or_default();
        let written = self.written.lock().expect("no panic");
        let raws = written.iter().filter(|e| e.index == index).filter_map(|e| (self.fake.spoil)(e.raw.clone()));
        Ok(Answer { fields: vec!["_raw".into()], rows: raws.map(|r| vec![Cell::One(r)]).collect(), ..Answer::default() })
    }

    fn write(&self, events: Vec<NewEvent>) -> Result<(), Diagnostic> {
        self.written.lock().expect("no panic").extend(events);
        Ok(())
    }
}

struct Accepting;

impl SearchChecker for Accepting {
    fn check(&self, _: &MappedText, _: SearchKind) -> (Vec<Diagnostic>, Option<crate::validate::Outline>) {
        (Vec::new(), None)
    }
}

const DETECTION: &str = "name: D\ntype: TTP\nstatus: production\nsearch: x user dest p\nrba:\n  message: $user$ ran $p$\n  \
    risk_objects:\n  - {field: user, type: user, score: 20}\n  - {field: dest, type: system, score: 20}\n  threat_objects:\n  \
    - {field: p, type: process_name}\ntags:\n  analytic_story: [S]\n  mitre_attack_id: [T1003, T1059.001]\ntests:\n- name: T\n  \
    attack_data:\n  - {data: d.log, source: s, sourcetype: t, custom_index: win}\n";

/// Runs one detection, with an overlay, and gives its unit and integration results.
fn run_with(fake: &Fake, files: &[(&str, &str)], options: &Options) -> Vec<DetectionResult> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = files.to_vec();
    if !files.iter().any(|(name, _)| name.starts_with("detections/")) {
        files.push(("detections/d.yml", DETECTION));
    }
    files.push(("d.log", "event\n"));
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, text).expect("written");
    }
    let sources = Sources::new();
    let content = Content::load(folder.path(), &sources);
    let all: Vec<&Detection> = content.detections.iter().collect();
    let broken: Vec<&crate::content::BrokenFile> = content.broken.iter().collect();
    let plan = Plan::new(&content, &all, &[], &sources).with_broken(&broken);
    let resolver = Resolver::new(Settings {
        root: folder.path().to_path_buf(),
        mirrors: vec![],
        cache: folder.path().join("cache"),
        offline: true,
        limits: Limits::default(),
    });
    let validation = validate::Settings::default();
    let harness = Harness {
        content: &content,
        sources: &sources,
        resolver: &resolver,
        backend: fake,
        checker: &Accepting,
        validation: &validation,
        options,
    };
    harness.run(&plan, &|_| ()).detections
}

fn verdicts(fake: &Fake, files: &[(&str, &str)]) -> Vec<TestResult> {
    let options = Options { only: vec![TestType::Unit, TestType::Integration], ..Options::default() };
    run_with(fake, files, &options).remove(0).tests
}

fn code(result: &TestResult) -> &str {
    result.code.as_deref().unwrap_or("pass")
}

const FIELDS: &[&str] = &["user", "dest", "p"];

#[test]
fn a_detection_that_works_passes_both() {
    let fake = Fake::rows(FIELDS, &[&["jdoe", "ws-1", "cmd.exe"], &["null", "ws-2", "cmd.exe"]]);
    let tests = verdicts(&fake, &[]);
    assert_eq!(tests.iter().map(code).collect::<Vec<_>>(), ["pass", "pass"], "{tests:?}");
    assert_eq!((tests[0].rows, tests[0].events, tests[0].now), (Some(2), Some(312), Some(1_700_000_002.0)));
    assert_eq!(tests[0].warnings.len(), 1);
    assert_eq!(tests[0].peer, None);
    // Two risk events for the first row, one for the second, and two notables.
    assert_eq!(tests[1].rows, Some(5));
    let opened = fake.opened.lock().expect("no panic");
    assert_eq!(opened.len(), 1, "unit and integration share a session");
    assert_eq!(opened[0].0[0].index.as_deref(), Some("win"));
}

#[test]
fn lost_rows_are_told_with_their_step() {
    let tests = verdicts(&Fake::rows(FIELDS, &[]), &[]);
    assert_eq!(code(&tests[0]), "unit.no_results");
    assert_eq!(
        tests[0].message.as_deref(),
        Some("0 rows: 312 events read, 3 left after step 1 `search x`, lost at step 2 `where y`")
    );
    assert_eq!(code(&tests[1]), "integration.no_risk_event");
}

#[test]
fn what_enterprise_security_would_create_is_compared() {
    let fake = |spoil| Fake { spoil, ..Fake::rows(FIELDS, &[&["jdoe", "ws-1", "cmd.exe"]]) };
    let spoiled = |spoil| code(&verdicts(&fake(spoil), &[])[1]).to_string();
    assert_eq!(spoiled(|raw| Some(raw.replace("\"risk_score\":\"20\"", "\"risk_score\":\"0\""))), "integration.risk_event");
    assert_eq!(spoiled(|raw| Some(raw.replace("T1059.001", "T1059"))), "integration.risk_event");
    assert_eq!(spoiled(|raw| (!raw.contains("risk_object_type\":\"user")).then_some(raw)), "integration.risk_object_missing");
    assert_eq!(spoiled(|raw| (!raw.contains("rule_title")).then_some(raw)), "integration.no_notable");
    let tests = verdicts(&Fake::rows(FIELDS, &[&["jdoe", "ws-1", "-"]]), &[]);
    assert_eq!(tests.iter().map(code).collect::<Vec<_>>(), ["unit.threat_field_missing", "integration.token"]);
}

#[test]
fn texts_threats_and_throttling_are_compared() {
    let rows = |p: &'static str| Fake::rows(FIELDS, &[&["jdoe", "ws-1", p]]);
    let spoiled = |spoil| code(&verdicts(&Fake { spoil, ..rows("cmd.exe") }, &[])[1]).to_string();
    assert_eq!(spoiled(|raw| Some(raw.replace("jdoe ran cmd.exe", "jdoe ran"))), "integration.risk_event");
    assert_eq!(spoiled(|raw| Some(raw.replace("\"process_name\"", "\"file_name\""))), "integration.threat_object");
    let throttled = |field: &str| {
        let text = DETECTION.replace("tags:\n", &format!("tags:\n  throttling: {{fields: [{field}], period: 1h}}\n"));
        code(&verdicts(&rows("cmd.exe"), &[("detections/d.yml", &text)])[1]).to_string()
    };
    assert_eq!((throttled("user").as_str(), throttled("src").as_str()), ("pass", "integration.throttling"));
}

/// The schema of 2026: the finding is scored by the notable, the other entities by risk events.
const FINDING: &str = "name: D\ntype: TTP\nstatus: production\nsearch: x user dest p\ncreation_date: 2026-01-01\nfinding:\n  \
    title: $user$ ran $p$\n  entity: {field: user, type: user, score: 40}\nintermediate_findings:\n  entities:\n  \
    - {field: dest, type: system, score: 20, message: $p$ on $dest$}\nmitre_attack_id: [T1003]\nanalytic_story: [S]\ntests:\n\
    - name: T\n  attack_data:\n  - {data: d.log, source: s, sourcetype: t}\n";

#[test]
fn a_finding_is_compared_with_its_notable() {
    let with = |spoil, row: &[&str]| {
        let fake = Fake { spoil, ..Fake::rows(FIELDS, &[row]) };
        let test = verdicts(&fake, &[("detections/d.yml", FINDING)]).remove(1);
        (code(&test).to_string(), test.message.unwrap_or_default())
    };
    let row: &[&str] = &["jdoe", "ws-1", "cmd.exe"];
    assert_eq!(with(Some, row).0, "pass", "{:?}", with(Some, row));
    assert_eq!(with(|raw| Some(raw.replace("\"jdoe ran cmd.exe\"", "\"$user$ ran cmd.exe\"")), row).0, "integration.token");
    assert_eq!(with(|raw| Some(raw.replace("\"jdoe ran cmd.exe\"", "\"jdoe\"")), row).0, "integration.notable");
    assert_eq!(with(|raw| Some(raw.replace("\"risk_score\":\"40\"", "\"risk_score\":\"4\"")), row).0, "integration.notable");
    assert_eq!(with(|raw| Some(raw.replace("search user=", "search dest=")), row).0, "integration.notable");
    let same = FINDING.replace("type: system", "type: user");
    let fake = Fake::rows(FIELDS, &[&["jdoe", "jdoe", "cmd.exe"]]);
    assert_eq!(code(&verdicts(&fake, &[("detections/d.yml", &same)])[1]), "integration.scored_twice");
}

#[test]
fn an_overlay_has_the_last_word() {
    let fake = Fake::rows(FIELDS, &[&["jdoe", "ws-1", "cmd.exe"]]);
    let overlay = |text| verdicts(&fake, &[("test_configs/expect/d.yml", text), ("assets.csv", "a\n1\n")]);
    assert_eq!(code(&overlay("tests:\n  T:\n    rows: 1\n    message: jdoe ran cmd*\n")[0]), "pass");
    assert_eq!(code(&overlay("tests:\n  T:\n    rows: {min: 2}\n")[0]), "unit.count");
    assert_eq!(code(&overlay("tests:\n  T:\n    must_not_match:\n    - {p: \"*.exe\"}\n")[0]), "unit.must_not_match");
    assert_eq!(code(&overlay("tests:\n  T:\n    exact: |\n      user\n      eve\n")[0]), "unit.exact_rows");
    assert_eq!(code(&overlay("tests:\n  Tt:\n    rows: 1\n")[0]), "error.expectation");
    let added = overlay(
        "tests:\n  N:\n    rows: 0\n    lookups: {a.csv: assets.csv}\n    attack_data:\n    - {data: d.log, source: s, sourcetype: t}\n",
    );
    assert_eq!(added.iter().map(code).collect::<Vec<_>>(), ["pass", "pass", "unit.count"]);
    assert!(fake.opened.lock().expect("no panic").iter().any(|(_, extras)| extras.lookups.contains_key("a.csv")));
}

#[test]
fn a_negative_test_passes_without_rows() {
    let negative = "tests:\n  T:\n    rows: 0\n";
    let tests = verdicts(&Fake::rows(FIELDS, &[]), &[("test_configs/expect/d.yml", negative)]);
    assert_eq!(code(&tests[0]), "pass");
    assert_eq!(tests[0].peer.as_ref().map(|p| p.status), Some(Status::Fail));
}

#[test]
fn no_verdict_is_an_error_and_unsupported_is_a_skip() {
    let search = |c: Code| {
        let fake = Fake::answering(Err(vec![Diagnostic::new(c, "x")]));
        code(&verdicts(&fake, &[])[0]).to_string()
    };
    assert_eq!(search(Code::SplSyntax), "error.spl");
    assert_eq!(search(Code::SplRuntime), "error.search");
    assert_eq!(search(Code::SplUnsupported), "skip.unsupported");
    let both = vec![Diagnostic::new(Code::SplUnsupported, "a"), Diagnostic::new(Code::SplArity, "b")];
    assert_eq!(code(&verdicts(&Fake::answering(Err(both)), &[])[0]), "error.spl");
    let fake = Fake::rows(FIELDS, &[]);
    let gone = DETECTION.replace("d.log", "gone.log");
    assert_eq!(code(&verdicts(&fake, &[("detections/d.yml", &gone)])[0]), "error.dataset");
}

#[test]
fn what_is_skipped_says_why() {
    let fake = Fake::rows(FIELDS, &[&["jdoe", "ws-1", "cmd.exe"]]);
    let one = |text: &str| verdicts(&fake, &[("detections/d.yml", text)]).iter().map(|t| code(t).to_string()).collect::<Vec<_>>();
    assert_eq!(one(&DETECTION.replace("production", "experimental")), ["skip.status", "skip.status"]);
    assert_eq!(one(&DETECTION.replace("tags:\n", "tags:\n  manual_test: by hand\n")), ["skip.manual", "skip.manual"]);
    let hunting =
        "name: D\ntype: Hunting\nsearch: x\ntests:\n- name: T\n  attack_data:\n  - {data: d.log, source: s, sourcetype: t}\n";
    assert_eq!(one(hunting), ["pass", "skip.no_action"]);
    assert_eq!(one("name: D\ntype: Hunting\nsearch: x\n"), ["skip.no_test", "skip.no_test"]);
    let include = Options { include: Include { experimental: true, ..Include::default() }, ..Options::default() };
    let results = run_with(&fake, &[("detections/d.yml", &DETECTION.replace("production", "experimental"))], &include);
    assert_eq!(results[0].tests[1].peer.as_ref().map(|p| p.status), Some(Status::Skip));
}

#[test]
fn a_broken_file_and_a_panic_are_errors_of_their_own() {
    let fake = Fake::rows(FIELDS, &[&["jdoe", "ws-1", "cmd.exe"]]);
    let panicking = DETECTION.replace("search: x", "search: panic x").replace("name: D", "name: P");
    let files = [("detections/a.yml", "name: 'x\n"), ("detections/b.yml", panicking.as_str()), ("detections/d.yml", DETECTION)];
    let results = run_with(&fake, &files, &Options { only: vec![TestType::Unit], ..Options::default() });
    let codes: Vec<&str> = results.iter().map(|r| code(&r.tests[0])).collect();
    assert_eq!(codes, ["error.content", "error.internal", "pass"]);
}

#[test]
fn two_tests_of_one_name_get_distinct_names() {
    let twice = format!("{DETECTION}- name: T\n  attack_data:\n  - {{data: d.log, source: s, sourcetype: t}}\n");
    let fake = Fake::rows(FIELDS, &[&["jdoe", "ws-1", "cmd.exe"]]);
    let names: Vec<String> = verdicts(&fake, &[("detections/d.yml", &twice)]).into_iter().map(|t| t.name).collect();
    assert_eq!(names, ["T", "T", "T (2)", "T (2)"]);
}

#[test]
fn data_from_the_command_line_takes_the_place_of_the_tests_own() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("detections")).expect("created");
    std::fs::write(folder.path().join("detections/d.yml"), DETECTION).expect("written");
    let sources = Sources::new();
    let content = Content::load(folder.path(), &sources);
    let all: Vec<&Detection> = content.detections.iter().collect();
    let other = Wanted { data: "/x/other.log".to_string(), ..Wanted::default() };
    let plan = Plan::new(&content, &all, &[other], &sources);
    let data = &plan.detections[0].tests[0].data[0];
    assert_eq!((data.data.as_str(), data.sourcetype.as_str()), ("/x/other.log", "t"));
}

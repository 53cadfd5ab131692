//! What holds of the code as a whole: everything is registered, rooms call downwards only, codes are documented.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use muster::diagnostic::Code;
use muster::verdict::VerdictCode;

/// The rooms and what each may use beside itself and `diagnostic` (docs/design.md). `*` is everything.
const ROOMS: &[(&str, &[&str])] = &[
    ("backend", &["engine", "eval", "http", "ingest", "knowledge", "spl", "store"]),
    ("cli", &["*"]),
    ("config", &["dataset", "validate"]),
    ("content", &[]),
    ("dataset", &["http"]),
    ("diagnostic", &[]),
    ("engine", &["eval", "fields", "ingest", "knowledge", "spl", "store"]),
    ("eval", &["spl", "store"]),
    ("fields", &["eval", "knowledge", "spl", "store"]),
    ("harness", &["backend", "content", "dataset", "validate", "verdict"]),
    ("http", &[]),
    ("ingest", &["eval", "knowledge", "spl", "store"]),
    ("knowledge", &["spl", "store"]),
    // The rows of `search`, and the findings of `validate`.
    ("report", &["backend", "validate", "verdict"]),
    (
        "serve",
        &[
            "backend",
            "content",
            "dataset",
            "engine",
            "eval",
            "harness",
            "ingest",
            "knowledge",
            "spl",
            "store",
            "validate",
            "verdict",
        ],
    ),
    ("spl", &["store"]),
    ("store", &[]),
    ("validate", &["content", "engine", "knowledge", "spl", "store"]),
    ("verdict", &[]),
    ("watch", &[]),
];

/// Folders in which one file is one thing.
const REGISTRIES: &[&str] = &["engine/aggregates", "engine/commands", "eval/functions", "validate/rules"];

/// Names of the folders of whoever works on it: nobody else has them.
const MACHINE_PATHS: &[&str] = &["/root/", "/tmp/", "/work/"];

/// The trials.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("architecture::every_file_is_registered_and_the_lists_are_sorted", registries),
        Trial::test("architecture::calls_go_downwards", rooms),
        Trial::test("architecture::codes_are_unique_and_documented", codes),
        Trial::test("architecture::cases_that_docs_name_are_there", named_cases),
        Trial::test("architecture::no_paths_of_a_machine_in_what_is_read_by_others", paths),
    ]
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut list = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { list.extend(files(&path)) } else { list.push(path) }
    }
    list.sort();
    list
}

fn verdict(problems: Vec<String>) -> Result<(), Failed> {
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

fn registries() -> Result<(), Failed> {
    let mut problems = Vec::new();
    for folder in REGISTRIES {
        let text = std::fs::read_to_string(root().join("src").join(folder).join("mod.rs"))?;
        let list = text.split_once("\nregistry! {").and_then(|(_, rest)| rest.split_once('}')).map_or("", |(list, _)| list);
        let names: Vec<&str> = list.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|n| !n.is_empty()).collect();
        for pair in names.windows(2).filter(|pair| pair[0] >= pair[1]) {
            problems.push(format!("src/{folder}/mod.rs: `{}` stands before `{}`", pair[0], pair[1]));
        }
        for path in files(&root().join("src").join(folder)) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let helper =
                text.lines().any(|l| l.trim_start_matches("pub ").trim_start_matches("pub(super) ") == format!("mod {name};"));
            if name != "mod" && !helper && !names.contains(&name.as_str()) {
                problems.push(format!("src/{folder}/{name}.rs is not in the list of mod.rs: nobody compiles it"));
            }
        }
    }
    verdict(problems)
}

fn rooms() -> Result<(), Failed> {
    let mut problems = Vec::new();
    for path in files(&root().join("src")) {
        let shown = path.strip_prefix(root().join("src"))?.display().to_string().replace('\\', "/");
        let room = shown.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if matches!(room, "lib" | "main") || !shown.ends_with(".rs") {
            continue;
        }
        let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            problems.push(format!("src/{shown}: the room `{room}` is not in the table of tests/it/architecture.rs"));
            continue;
        };
        for (number, line) in std::fs::read_to_string(&path)?.lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let fine = used == room || used == "diagnostic" || may.contains(&"*") || may.contains(&used.as_str());
                if !fine && ROOMS.iter().any(|(name, _)| *name == used) {
                    problems.push(format!("src/{shown}:{}: `{room}` may not use `{used}`", number + 1));
                }
            }
        }
    }
    // The table itself must have a bottom: going from room to room never comes back.
    for (room, _) in ROOMS {
        if reaches(room, room, 0) {
            problems.push(format!("`{room}` can reach itself"));
        }
    }
    verdict(problems)
}

/// True if one room may, over others, use another one.
fn reaches(from: &str, to: &str, depth: usize) -> bool {
    let may = ROOMS.iter().find(|(name, _)| *name == from).map_or(&[][..], |(_, may)| may);
    depth < ROOMS.len() && may.iter().any(|next| *next == to || reaches(next, to, depth + 1))
}

fn codes() -> Result<(), Failed> {
    let page = std::fs::read_to_string(root().join("docs/reference/codes.md"))?;
    let all = Code::ALL.iter().map(|c| (c.name(), c.doc())).chain(VerdictCode::ALL.iter().map(|c| (c.name(), c.doc())));
    let mut seen = Vec::new();
    let mut problems = Vec::new();
    for (name, doc) in all {
        if seen.contains(&name) {
            problems.push(format!("the code `{name}` is there twice"));
        }
        if doc.trim().is_empty() || !page.contains(&format!("`{name}`")) {
            problems.push(format!("the code `{name}` is not documented"));
        }
        seen.push(name);
    }
    verdict(problems)
}

/// In docs/differences.md, `folder/name` in parentheses is a case.
fn named_cases() -> Result<(), Failed> {
    let text = std::fs::read_to_string(root().join("docs/differences.md"))?;
    let mut problems = Vec::new();
    for inside in text.split('(').skip(1).filter_map(|part| part.split_once(')').map(|(inside, _)| inside)) {
        let names = inside.split(", ").filter_map(|n| n.strip_prefix('`')?.strip_suffix('`'));
        for name in names.filter(|n| n.contains('/') && !n.contains([' ', '.'])) {
            if !root().join(format!("tests/cases/{name}.case")).is_file() {
                problems.push(format!("docs/differences.md names the case {name}, which is not there"));
            }
        }
    }
    verdict(problems)
}

fn paths() -> Result<(), Failed> {
    let mut list = files(&root().join("docs"));
    list.extend(files(&root().join(".github")));
    list.extend(files(&root().join(".ci")));
    list.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "NOTICE", "action.yml", "Cargo.toml"].map(|f| root().join(f)));
    let mut problems = Vec::new();
    for path in list {
        // Pictures are looked through too: what is in them as text is read by others.
        let bytes = std::fs::read(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let text = String::from_utf8_lossy(&bytes);
        for (number, line) in text.lines().enumerate() {
            if let Some(found) = MACHINE_PATHS.iter().find(|p| line.contains(*p)) {
                let shown = path.strip_prefix(root())?.display();
                problems.push(format!("{shown}:{}: `{found}` is a path of a machine", number + 1));
            }
        }
    }
    verdict(problems)
}

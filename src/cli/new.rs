//! `muster new`: a detection with its test, a dataset and a story, all valid at once. What is not given as an option is
//! asked for where somebody sits at the terminal.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use clap::{Args, ValueEnum};

use crate::diagnostic::{Code, Diagnostic, Sources};
use crate::validate::{attack, file_stem};

use super::common::{self, Common, Io};
use super::exit;

#[derive(Args, Debug)]
pub(super) struct NewArgs {
    /// Name of the detection
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// What its alert does
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    kind: Option<Type>,
    /// ATT&CK technique; may be repeated
    #[arg(long, value_name = "ID")]
    technique: Vec<String>,
    /// Analytic story; it is written if it is not there
    #[arg(long, value_name = "NAME")]
    story: Option<String>,
    /// Security domain
    #[arg(long, value_enum, value_name = "DOMAIN", default_value_t = Domain::Endpoint)]
    domain: Domain,
    /// The search, without the filter macro
    #[arg(long, value_name = "SPL")]
    search: Option<String>,
    /// Dataset of the test: a URL, or a path in the repository; without it one is written
    #[arg(long, value_name = "FILE|URL")]
    data: Option<String>,
    /// Sourcetype of the dataset
    #[arg(long, value_name = "SOURCETYPE", default_value = "_json")]
    sourcetype: String,
    /// Source of the dataset
    #[arg(long, value_name = "SOURCE", default_value = "new_detection")]
    source: String,
    /// Field of the result that names who or what is at risk
    #[arg(long, value_name = "FIELD", default_value = "dest")]
    risk_field: String,
    /// Author
    #[arg(long, value_name = "NAME", default_value = "nobody yet")]
    author: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Type {
    #[value(name = "TTP")]
    Ttp,
    #[value(name = "Anomaly")]
    Anomaly,
    #[value(name = "Hunting")]
    Hunting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Domain {
    Endpoint,
    Network,
    Threat,
    Identity,
    Access,
    Audit,
}

pub(super) fn run(args: &NewArgs, common: &Common, io: &mut Io<'_>) -> io::Result<u8> {
    let asked = match ask(args, io)? {
        Ok(asked) => asked,
        Err(problem) => {
            common.complain([&problem], &Sources::new(), io)?;
            return Ok(exit::USAGE);
        }
    };
    let files = files(args, &asked, &common.path);
    let taken = files.iter().filter(|(path, _)| common.path.join(path).exists());
    let mut problems: Vec<Diagnostic> = taken
        .map(|(path, _)| Diagnostic::new(Code::RunUsage, format!("there is a file {path} already")).help("take another name"))
        .collect();
    for technique in asked.techniques.iter().filter(|t| !attack::is_well_formed(t)) {
        problems.push(Diagnostic::new(Code::RunUsage, format!("`{technique}` is no technique: write T1234 or T1234.001")));
    }
    if !problems.is_empty() {
        common.complain(&problems, &Sources::new(), io)?;
        return Ok(exit::USAGE);
    }
    for (path, text) in &files {
        if let Err(why) = write(&common.path.join(path), text) {
            let problem = Diagnostic::new(Code::RunFile, format!("cannot write {path}: {why}"));
            common.complain([&problem], &Sources::new(), io)?;
            return Ok(exit::UNREACHABLE);
        }
        writeln!(io.stdout, "{path}")?;
    }
    writeln!(io.stderr, "next: change the search and the dataset, then `muster test {}`", files[0].0)?;
    Ok(exit::OK)
}

/// Writes a file and the folders above it.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

struct Asked {
    name: String,
    kind: Type,
    techniques: Vec<String>,
    story: Option<String>,
}

/// What was given, and the answers to the rest.
fn ask(args: &NewArgs, io: &mut Io<'_>) -> io::Result<Result<Asked, Diagnostic>> {
    let interactive = args.name.is_none() && io::stdin().is_terminal();
    let mut answer = |question: &str| -> io::Result<Option<String>> {
        if !interactive {
            return Ok(None);
        }
        write!(io.stderr, "{question}: ")?;
        io.stderr.flush()?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(Some(line.trim().to_string()).filter(|line| !line.is_empty()))
    };
    let usage =
        |message: String| Ok(Err(Diagnostic::new(Code::RunUsage, message).help("muster new 'Name of the Detection' --type TTP")));
    let name = match &args.name {
        Some(name) => Some(name.clone()),
        None => answer("Name of the detection")?,
    };
    let Some(name) = name.map(|name| name.trim().to_string()).filter(|name| !name.is_empty()) else {
        return usage("a new detection needs a name".to_string());
    };
    if name.chars().count() > 67 || !name.chars().all(|c| c.is_alphanumeric() || " -_./".contains(c)) {
        return usage(format!("`{name}` is no name: at most 67 letters, digits, spaces and - _ . /"));
    }
    let kind = match args.kind {
        Some(kind) => kind,
        None => match answer("Type: TTP (a notable and risk), Anomaly (risk) or Hunting [TTP]")?.as_deref() {
            None => Type::Ttp,
            Some(word) => match Type::from_str(word, true) {
                Ok(kind) => kind,
                Err(_) => return usage(format!("`{word}` is no type: TTP, Anomaly or Hunting")),
            },
        },
    };
    let mut techniques = args.technique.clone();
    if techniques.is_empty() {
        techniques.extend(answer("ATT&CK technique, such as T1059.001 [none]")?);
    }
    let story = match &args.story {
        Some(story) => Some(story.clone()),
        None => answer("Analytic story [none]")?,
    };
    Ok(Ok(Asked { name, kind, techniques, story }))
}

/// The files and their texts, the detection first.
fn files(args: &NewArgs, asked: &Asked, root: &Path) -> Vec<(String, String)> {
    let stem = file_stem(&asked.name);
    let today = common::now().1;
    let own = format!("datasets/{stem}/events.json");
    let domain = format!("{:?}", args.domain).to_lowercase();
    let asset = match args.domain {
        Domain::Endpoint | Domain::Threat | Domain::Audit => "Endpoint",
        Domain::Network => "Network",
        Domain::Identity | Domain::Access => "Identity",
    };
    let folder = if matches!(args.domain, Domain::Endpoint | Domain::Network) { &domain } else { "application" };
    let field = &args.risk_field;
    let search = args.search.clone().unwrap_or_else(|| {
        let by = if field == "user" { "user" } else { &format!("user {field}") };
        let stats = format!("| stats count min(_time) as firstTime max(_time) as lastTime by {by}");
        format!("index=* sourcetype={} action=to_be_detected\n{stats}", quoted(&args.sourcetype))
    });
    let mut text = String::new();
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    line(format!("name: {}", yaml(&asked.name)));
    line(format!("id: {}", uuid()));
    line("version: 1".to_string());
    line(format!("date: '{today}'"));
    line(format!("author: {}", yaml(&args.author)));
    line("status: production".to_string());
    line(format!("type: {}", word(asked.kind)));
    line(
        "description: Finds events whose action is to_be_detected. Say here what the search finds and why it matters."
            .to_string(),
    );
    line("data_source: []".to_string());
    line("search: |-".to_string());
    search.trim().lines().for_each(|one| line(format!("  {}", one.trim_end())));
    line(format!("  | `{stem}_filter`"));
    line(format!("how_to_implement: {}", yaml(&format!("It needs events of the sourcetype {}.", args.sourcetype))));
    line("known_false_positives: None are known yet.".to_string());
    line("references: []".to_string());
    if asked.kind != Type::Hunting {
        drilldowns_and_risk(asked, field, &mut line);
    }
    line("tags:".to_string());
    line(format!("  analytic_story:{}", list(asked.story.as_slice())));
    line(format!("  asset_type: {asset}"));
    line(format!("  mitre_attack_id:{}", list(&asked.techniques)));
    line("  product:\n  - Splunk Enterprise\n  - Splunk Enterprise Security\n  - Splunk Cloud".to_string());
    line(format!("  security_domain: {domain}"));
    line("tests:\n- name: True Positive Test\n  attack_data:".to_string());
    line(format!("  - data: {}", yaml(args.data.as_deref().unwrap_or(&own))));
    line(format!("    source: {}", yaml(&args.source)));
    line(format!("    sourcetype: {}", yaml(&args.sourcetype)));
    let mut files = vec![(format!("detections/{folder}/{stem}.yml"), text)];
    if args.data.is_none() {
        let event = |time: &str, action: &str| {
            let mut event = serde_json::json!({ "time": time, "action": action, "user": "alice" });
            event[field.as_str()] = serde_json::json!("ws-01.corp.example");
            event.to_string()
        };
        let events = [event("2024-01-01T10:00:00Z", "ordinary"), event("2024-01-01T10:00:05Z", "to_be_detected")];
        files.push((own, format!("{}\n{}\n", events[0], events[1])));
    }
    if let Some(story) = &asked.story {
        let path = format!("stories/{}.yml", file_stem(story));
        if !root.join(&path).exists() {
            files.push((path, story_text(story, &args.author, &today)));
        }
    }
    files
}

fn drilldowns_and_risk(asked: &Asked, field: &str, line: &mut impl FnMut(String)) {
    line("drilldown_searches:".to_string());
    line(format!("- name: View the detection results for - \"${field}$\""));
    line(format!("  search: '%original_detection_search% | search {field} = \"${field}$\"'"));
    line("  earliest_offset: $info_min_time$\n  latest_offset: $info_max_time$".to_string());
    line(format!("- name: View risk events for the last 7 days for - \"${field}$\""));
    line(format!(
        "  search: '| from datamodel Risk.All_Risk | search normalized_risk_object = \"${field}$\" | stats count values(search_name) by normalized_risk_object'"
    ));
    line("  earliest_offset: 7d\n  latest_offset: '0'".to_string());
    line("rba:".to_string());
    line(format!("  message: {} was seen for ${field}$.", yaml_inside(&asked.name)));
    line("  risk_objects:".to_string());
    let kind = match field {
        "user" | "src_user" => "user",
        "dest" | "src" | "host" | "dvc" => "system",
        _ => "other",
    };
    line(format!("  - field: {field}\n    type: {kind}\n    score: 50"));
    line("  threat_objects: []".to_string());
}

fn story_text(name: &str, author: &str, today: &str) -> String {
    let first = format!(
        "name: {}\nid: {}\nversion: 1\ndate: '{today}'\nauthor: {}\nstatus: production\n",
        yaml(name),
        uuid(),
        yaml(author)
    );
    let text = "description: Say here in a sentence what the detections of this story look for.\n\
        narrative: Say here how the attack goes, and where the detections see it.\nreferences: []\n";
    let tags = "tags:\n  category:\n  - Adversary Tactics\n  product:\n  - Splunk Enterprise\n  - Splunk Enterprise Security\n  \
        - Splunk Cloud\n  usecase: Advanced Threat Detection\n";
    format!("{first}{text}{tags}")
}

fn word(kind: Type) -> &'static str {
    match kind {
        Type::Ttp => "TTP",
        Type::Anomaly => "Anomaly",
        Type::Hunting => "Hunting",
    }
}

/// A text as a scalar: quoted, where it could be read as anything else.
fn yaml(text: &str) -> String {
    let plain =
        text.chars().all(|c| c.is_alphanumeric() || " _/.-".contains(c)) && text.chars().next().is_some_and(char::is_alphabetic);
    let word = matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "y" | "n");
    if plain && !word && !text.ends_with(' ') { text.to_string() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// A name, of letters and a few signs, inside of a longer plain scalar.
fn yaml_inside(text: &str) -> &str {
    text.trim_start_matches(['-', '.', '/', ' '])
}

fn list(entries: &[String]) -> String {
    match entries {
        [] => " []".to_string(),
        some => some.iter().map(|entry| format!("\n  - {}", yaml(entry))).collect(),
    }
}

/// A value of a search.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A random UUID (version 4). The standard library's hash maps are seeded by the system; nothing secret hangs on it.
pub(super) fn uuid() -> String {
    let random = || RandomState::new().build_hasher().finish();
    let (high, low) = (random(), random());
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    let (a, b, c) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
    format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_are_of_version_4() {
        let (a, b) = (uuid(), uuid());
        assert!(a != b && a.len() == 36 && a.as_bytes()[14] == b'4' && b"89ab".contains(&a.as_bytes()[19]), "{a}");
    }

    #[test]
    fn scalars() {
        assert_eq!(yaml("T1059.001"), "T1059.001");
        assert_eq!(yaml("it's: odd"), "'it''s: odd'");
        assert_eq!(yaml("no"), "'no'");
        assert_eq!(yaml("_json"), "'_json'");
    }
}

//! `muster apps`: which apps are read, and from where each setting comes, as `splunk btool --debug` shows it.

use std::io;

use clap::{Args, Subcommand};

use crate::content::Content;
use crate::diagnostic::{Sources, suggest};
use crate::knowledge::{App, Conf, Knowledge};

use super::common::{Common, Io, Outcome};
use super::engine::{self, Setup};
use super::exit;

#[derive(Args, Debug)]
pub(super) struct AppsArgs {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Show the merged settings of a stanza, each with its file and line
    Show {
        /// Header of the stanza, as it stands in the brackets: a sourcetype, source::…, a transform, a macro, …
        stanza: String,
    },
}

pub(super) fn run(args: &AppsArgs, common: &Common, sources: &Sources, io: &mut Io<'_>) -> Outcome {
    common.check_folder()?;
    let content = Content::load(&common.path, sources);
    let mut notices = Vec::new();
    let knowledge = common
        .load_config(sources)
        .and_then(|config| engine::knowledge(Setup { content: &content, sources, config: &config }, &mut notices));
    let knowledge = knowledge?;
    common.complain(&notices, sources, io)?;
    match &args.what {
        None => Ok(list(&knowledge, io)?),
        Some(What::Show { stanza }) => Ok(show(&knowledge, stanza, sources, io)?),
    }
}

/// One line an app, the strongest first.
fn list(knowledge: &Knowledge, io: &mut Io<'_>) -> io::Result<u8> {
    let width = knowledge.apps.iter().map(|a| a.name.chars().count()).max().unwrap_or(0);
    for app in &knowledge.apps {
        let from = if app.is_builtin() { "built-in" } else { app.shown.as_str() };
        writeln!(io.stdout, "{:width$}  {from}: {}", app.name, holds(app))?;
    }
    Ok(exit::OK)
}

/// `props.conf (12), tags.conf (3), 2 lookups, 1 data model`: files with the number of their stanzas.
fn holds(app: &App) -> String {
    let count = |file: &String| {
        let mut conf = Conf::default();
        for layer in ["local", "default"] {
            let text = app.text(&format!("{layer}/{file}")).unwrap_or_default();
            conf.add_below(&Conf::parse("", &text, &Sources::new(), &mut Vec::new()));
        }
        conf.stanzas().count()
    };
    let mut parts: Vec<String> = app.conf_files().iter().map(|file| format!("{file} ({})", count(file))).collect();
    for (number, word) in [(app.lookup_files().len(), "lookup"), (app.model_names().len(), "data model")] {
        if number > 0 {
            parts.push(format!("{number} {word}{}", if number == 1 { "" } else { "s" }));
        }
    }
    parts.join(", ")
}

/// The settings of a stanza in every file that has it, as a search sees them.
fn show(knowledge: &Knowledge, stanza: &str, sources: &Sources, io: &mut Io<'_>) -> io::Result<u8> {
    let mut files: Vec<String> = knowledge.apps.iter().flat_map(|a| a.conf_files()).filter(|f| f != "app.conf").collect();
    files.sort();
    files.dedup();
    let confs: Vec<(String, Conf)> = files.into_iter().map(|file| (file.clone(), knowledge.conf(&file, sources))).collect();
    let mut found = false;
    for (file, conf) in &confs {
        let Some(stanza_found) = conf.stanza(stanza) else { continue };
        writeln!(io.stdout, "{}{file} [{stanza}]", if found { "\n" } else { "" })?;
        found = true;
        let place = |span| {
            let at = sources.location(span);
            format!("{}:{}", at.name, at.line)
        };
        let lines: Vec<(String, &str, &str)> =
            stanza_found.settings().map(|(key, setting)| (place(setting.span), key, setting.text.text())).collect();
        let width = lines.iter().map(|(place, ..)| place.chars().count()).max().unwrap_or(0);
        for (place, key, value) in lines {
            // The further lines of a value that goes over several stand under its first.
            let value = value.replace('\n', &format!("\n{:width$}    ", ""));
            writeln!(io.stdout, "{place:width$}  {key} = {value}")?;
        }
    }
    if found {
        return Ok(exit::OK);
    }
    let known = confs.iter().flat_map(|(_, conf)| conf.stanzas().map(|(name, _)| name));
    let help = suggest::nearest(stanza, known).map_or(String::new(), |near| format!(": did you mean `{near}`?"));
    writeln!(io.stderr, "error: no app has a stanza [{stanza}]{help}")?;
    Ok(exit::USAGE)
}

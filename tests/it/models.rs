//! The built-in data models are sound: they parse, and all that they calculate and pick compiles. At run time an expression
//! that does not compile only leaves its field empty, so nothing else would tell.

use std::path::Path;

use libtest_mimic::{Failed, Trial};
use muster::cli::engine::{self, Setup};
use muster::config::Config;
use muster::content::Content;
use muster::diagnostic::{MappedText, Sources};
use muster::knowledge::{App, Calculation, DataModel, Root};
use muster::validate::SearchKind;

/// The trials.
pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test("models::what_built_in_models_calculate_and_pick_compiles", compiles)]
}

fn compiles() -> Result<(), Failed> {
    let (sources, config) = (Sources::new(), Config::default());
    let content = Content::load(Path::new("no content"), &sources);
    let engine = engine::engine(Setup { content: &content, sources: &sources, config: &config })
        .map_err(|problems| problems.iter().map(|p| p.message.clone()).collect::<Vec<_>>().join("\n"))?;
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for app in App::builtin() {
        for name in app.model_names() {
            let model =
                DataModel::parse(&name, &app.model_text(&name).unwrap_or_default()).map_err(|e| format!("{name}: {e}"))?;
            if model.name != name {
                wrong.push(format!("{name}.json holds the model {}", model.name));
            }
            for (place, search) in searches(&model) {
                checked += 1;
                let text = MappedText::plain(sources.add(place.as_str(), search.as_str()), 0, search.as_str());
                let problems = engine.checker.check(&text, SearchKind::Detection);
                wrong.extend(problems.iter().map(|p| format!("{name}: {place}: {}: {search}", p.message)));
            }
        }
    }
    if checked == 0 {
        return Err("there is no built-in data model".into());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// What a model says in SPL, each with its place and as a search of its own.
fn searches(model: &DataModel) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for dataset in &model.datasets {
        let at = &dataset.lineage;
        match &dataset.root {
            Root::Search(search) | Root::Events(search) | Root::Child(_, search) => {
                list.push((format!("{at}, constraint"), search.clone()));
            }
            Root::Transactions { .. } => {}
        }
        for calculation in &dataset.calculations {
            let (field, search) = match calculation {
                Calculation::Eval { field, expression } => (field, format!("* | eval result = {expression}")),
                Calculation::Rex { input, pattern } => {
                    (input, format!("* | rex field=\"{input}\" \"{}\"", pattern.replace('"', "\\\"")))
                }
                Calculation::Lookup { name, inputs, .. } => {
                    let inputs: Vec<String> = inputs.iter().map(|(column, field)| format!("{column} AS {field}")).collect();
                    (name, format!("* | lookup {name} {}", inputs.join(" ")))
                }
                Calculation::GeoIp { .. } => continue,
            };
            list.push((format!("{at}, {field}"), search));
        }
        list.push((format!("{at}, all of it"), format!("| tstats count from datamodel={}.{}", model.name, dataset.name)));
    }
    list
}

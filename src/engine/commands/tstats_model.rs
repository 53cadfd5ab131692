//! Which datasets of a data model tstats reads.

use std::ops::Range;
use std::sync::Arc;

use super::prelude::*;
use crate::engine::datamodel::{COMMON, DatasetRef};
use crate::engine::events;
use crate::knowledge::{DataModel, Root};

/// The name of a field inside its dataset; `None` for one that the dataset or its ancestors do not have.
pub(super) fn own_name(dataset: &DatasetRef, full: &str) -> Option<Text> {
    if COMMON.contains(&full) {
        return Some(Text::new(full));
    }
    let (owner, field) = match dataset.model.field(full) {
        Some((owner, field)) => (owner, Text::new(&field.name)),
        None => flag(&dataset.model, full)?,
    };
    dataset.model.path(dataset.index).contains(&owner).then_some(field)
}

/// `Parent.is_Child` and `Parent.is_not_Child`.
fn flag(model: &DataModel, full: &str) -> Option<(usize, Text)> {
    let (lineage, name) = full.rsplit_once('.')?;
    let parent = model.datasets.iter().position(|d| d.lineage == lineage)?;
    let child = name.strip_prefix("is_not_").or_else(|| name.strip_prefix("is_"))?;
    let known = model.datasets.iter().any(|d| d.name == child && matches!(d.root, Root::Child(p, _) if p == parent));
    known.then(|| (parent, Text::new(name)))
}

/// A model and, where one is named, the index of a dataset in it.
pub(super) type ModelDataset = (Arc<DataModel>, Option<usize>);

/// `datamodel=Model[.Dataset]` after FROM: the model and the dataset that is named.
pub(super) fn from(
    cursor: &mut Cursor<'_>,
    place: &Place<'_>,
    compiler: &mut Compiler<'_>,
) -> Result<Option<ModelDataset>, Diagnostic> {
    let option = cursor.option()?;
    let Some((name, value)) = option else {
        let at = cursor.here();
        return Err(place.spl.problem(
            Code::SplUnsupported,
            &at,
            "tstats over a namespace or a search job is not supported: the local engine has none",
            "expected datamodel=…",
        ));
    };
    if name.text != "datamodel" {
        return Err(place.spl.syntax(&name.at, "`FROM` takes datamodel=Model.Dataset", ""));
    }
    let (model_name, dataset) = match value.text.split_once('.') {
        Some((model, dataset)) => (model, Some(dataset)),
        None => (value.text.as_str(), None),
    };
    let Some(model) = compiler.knowledge.model(model_name)? else {
        let names = compiler.knowledge.model_names();
        let problem = place.spl.problem(
            Code::SplUnknownDataModel,
            &value.at,
            format!("there is no data model `{model_name}`"),
            "unknown data model",
        );
        return Err(problem.did_you_mean(model_name, names.iter().map(String::as_str)));
    };
    let index = match dataset {
        None => None,
        Some(dataset) => match model.dataset(dataset) {
            Some(index) => Some(index),
            None => {
                let problem = place.spl.problem(
                    Code::SplUnknownDataModel,
                    &value.at,
                    format!("the data model `{}` has no dataset `{dataset}`", model.name),
                    "unknown dataset",
                );
                return Err(problem.did_you_mean(dataset, model.datasets.iter().map(|d| d.name.as_str())));
            }
        },
    };
    Ok(Some((model, index)))
}

/// The datasets that are searched; fields that none of them has are warned of: they are null in every row. `needed` are
/// fields without which an event does not count.
pub(super) fn datasets(
    model: &Arc<DataModel>,
    dataset: Option<usize>,
    named: &[(Text, Range<usize>)],
    needed: &[&str],
    place: &Place<'_>,
    compiler: &mut Compiler<'_>,
) -> Result<Vec<DatasetRef>, Diagnostic> {
    let of = |index: usize| DatasetRef { model: model.clone(), index };
    let list: Vec<DatasetRef> = match dataset {
        Some(index) => vec![of(index)],
        None => {
            // Only the model is named: the deepest dataset that the fields speak of, under each root they speak of.
            let owners: Vec<usize> = named.iter().filter_map(|(name, _)| model.field(name).map(|(owner, _)| owner)).collect();
            let mut list: Vec<usize> = Vec::new();
            for root in model.roots() {
                let below: Vec<usize> = owners.iter().copied().filter(|o| model.path(*o).first() == Some(&root)).collect();
                let Some(deepest) = below.iter().copied().max_by_key(|o| model.path(*o).len()) else { continue };
                // The events of the deepest one are all that count only if its fields are needed, and no field is of
                // a dataset beside it.
                let one_line = below.iter().all(|o| model.path(deepest).contains(o));
                let proven = deepest == root || needed.iter().any(|n| model.field(n).is_some_and(|(owner, _)| owner == deepest));
                if !one_line || !proven {
                    let name = &model.datasets[deepest].lineage;
                    let message = format!(
                        "tstats over a whole data model with fields of `{name}` is not supported: which events count depends on the dataset"
                    );
                    return Err(place
                        .spl
                        .problem(Code::SplUnsupported, &place.call.name_at, message, "not supported here")
                        .help(format!("name the dataset: from datamodel={}.…", model.name)));
                }
                list.push(deepest);
            }
            if list.is_empty() {
                list = model.roots().collect();
            }
            list.into_iter().map(of).collect()
        }
    };
    for (name, at) in named {
        let known = name.contains('*') || list.iter().any(|d| own_name(d, name).is_some());
        if !known
            && !matches!(name.as_str(), "tag" | "eventtype" | "_indextime" | "splunk_server")
            && !events::is_time_modifier(name)
        {
            let declared: Vec<String> = list
                .iter()
                .flat_map(|d| model.path(d.index))
                .flat_map(|i| model.datasets[i].fields.iter().map(|f| format!("{}.{}", f.owner, f.name)))
                .collect();
            let problem = place.spl.problem(
                Code::SplUnknownField,
                at,
                format!("the data model `{}` has no field `{name}`", model.name),
                "null in every event",
            );
            compiler.problems.push(problem.did_you_mean(name, declared.iter().map(String::as_str)));
        }
    }
    Ok(list)
}

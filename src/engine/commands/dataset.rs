//! Rows of datasets of data models: what `from` and `datamodel` share.

use std::ops::Range;

use indexmap::IndexSet;

use super::prelude::*;
use crate::engine::datamodel::{COMMON, DatasetRef};
use crate::engine::operator::Step;
use crate::knowledge::Root;

/// How fields are named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Names {
    /// `dest`.
    Flat,
    /// `All_Traffic.dest`.
    Full,
}

/// All rows of a dataset.
#[derive(Debug)]
pub(super) struct DataRows {
    dataset: DatasetRef,
    /// Own names and the names they get.
    fields: Vec<(Text, Text)>,
}

impl DataRows {
    /// With every field of the dataset and its ancestors.
    pub(super) fn new(dataset: DatasetRef, names: Names) -> Self {
        let model = &dataset.model;
        let mut fields: Vec<(Text, Text)> =
            COMMON.iter().filter(|f| **f != "nodename").map(|f| (Text::new(f), Text::new(f))).collect();
        let mut add = |owner: &str, name: String| {
            let full = if names == Names::Flat { name.clone() } else { format!("{owner}.{name}") };
            if !fields.iter().any(|(own, _)| *own == name) {
                fields.push((name.into(), full.into()));
            }
        };
        for index in model.path(dataset.index) {
            let owner = &model.datasets[index].lineage;
            model.datasets[index].fields.iter().for_each(|f| add(owner, f.name.clone()));
            for child in model.datasets.iter().filter(|d| matches!(d.root, Root::Child(parent, _) if parent == index)) {
                add(owner, format!("is_{}", child.name));
                add(owner, format!("is_not_{}", child.name));
            }
        }
        DataRows { dataset, fields }
    }
}

impl Operator for DataRows {
    fn run(&self, _: Table, needed: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let wanted: Vec<&(Text, Text)> =
            self.fields.iter().filter(|(own, shown)| own == "_time" || needed.wants(shown)).collect();
        let own: IndexSet<Text> = wanted.iter().map(|(own, _)| own.clone()).collect();
        let rows = self.dataset.rows(&own, run)?;
        let mut table = Table::new(rows.len());
        for (own, shown) in wanted {
            table.set(shown.clone(), rows.column_or_null(own));
        }
        Ok(table)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::none()
    }
}

/// `datamodel:Model.Dataset`, `lookup:name`, `savedsearch:name`: what from and union read, with a colon or, where
/// `blank` says so, a blank after the kind; and whether its events stream from the indexes.
pub(super) fn named(
    cursor: &mut Cursor<'_>,
    blank: bool,
    place: &Place<'_>,
    compiler: &mut Compiler<'_>,
) -> Result<(Box<dyn Operator>, bool), Diagnostic> {
    const EXPECTED: &str = "expected such as datamodel:Web.Web, lookup:assets.csv or savedsearch:\"My search\"";
    cursor.white();
    let start = cursor.position();
    let kind = cursor.word_until(b":,[]")?.ok_or_else(|| cursor.unexpected("a dataset is expected"))?;
    if !cursor.eat(b':') && !blank {
        return Err(place.spl.syntax(&kind.at, "a dataset has its kind before its name", EXPECTED));
    }
    let name =
        cursor.word_until(b",[]")?.ok_or_else(|| place.spl.syntax(&kind.at, "the name of the dataset is missing", EXPECTED))?;
    let at = start..name.at.end;
    match kind.text.to_ascii_lowercase().as_str() {
        "datamodel" => {
            // `"A"."B"` and `"A.B"`: the quotes say nothing.
            let (model, dataset) = name.text.split_once('.').unwrap_or((&name.text, ""));
            let dataset = find(model, Some(dataset).filter(|d| !d.is_empty()), &at, place, compiler)?;
            let root = dataset.model.path(dataset.index)[0];
            let streaming = matches!(dataset.model.datasets[root].root, Root::Events(_));
            Ok((Box::new(DataRows::new(dataset, Names::Flat)), streaming))
        }
        "lookup" | "inputlookup" => Ok((super::inputlookup::whole(&name, place, compiler)?, false)),
        "savedsearch" => super::savedsearch::saved(&name, None, place, compiler),
        other if ["sid", "report", "dataset", "federated"].contains(&other) => {
            let message = format!("a dataset of the kind `{other}` is not supported: there are no jobs or other servers here");
            Err(place.spl.problem(Code::SplUnsupported, &at, message, "not supported here"))
        }
        other => Err(place.spl.syntax(&kind.at, format!("there is no kind of dataset `{other}`"), EXPECTED)),
    }
}

/// A pipeline of one operator.
pub(super) fn pipeline(operator: Box<dyn Operator>, place: &Place<'_>) -> Pipeline {
    let at = place.call.at();
    let step = Step { text: place.spl.text()[at.clone()].to_string(), span: place.spl.span(&at), operator, needed: Needed::All };
    Pipeline::new(vec![step], Needed::All)
}

/// The dataset of these names, or what is wrong with them.
pub(super) fn find(
    model: &str,
    dataset: Option<&str>,
    at: &Range<usize>,
    place: &Place<'_>,
    compiler: &mut Compiler<'_>,
) -> Result<DatasetRef, Diagnostic> {
    let Some(found) = compiler.knowledge.model(model)? else {
        let names = compiler.knowledge.model_names();
        let problem =
            place.spl.problem(Code::SplUnknownDataModel, at, format!("there is no data model `{model}`"), "unknown data model");
        return Err(problem.did_you_mean(model, names.iter().map(String::as_str)));
    };
    let index = match dataset {
        Some(name) => found.dataset(name),
        // Only the model: its one root.
        None => Some(found.roots().collect::<Vec<_>>()).filter(|r| r.len() == 1).map(|r| r[0]),
    };
    match index {
        Some(index) => Ok(DatasetRef { model: found, index }),
        None => {
            let name = dataset.unwrap_or_default();
            let message = if name.is_empty() {
                format!("a dataset of the data model `{}` must be named", found.name)
            } else {
                format!("the data model `{}` has no dataset `{name}`", found.name)
            };
            let problem = place.spl.problem(Code::SplUnknownDataModel, at, message, "unknown dataset");
            Err(problem.did_you_mean(name, found.datasets.iter().map(|d| d.name.as_str())))
        }
    }
}

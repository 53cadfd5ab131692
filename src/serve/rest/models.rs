//! `datamodel/model`: the data models, as far as their names and datasets go.

use serde_json::{Value, json};

use super::{Answer, Call, Refusal, Route, get, page};
use crate::knowledge::{DataModel, Root};
use crate::serve::atom::{Entry, Feed};
use crate::serve::http::encoded;

pub(super) static ROUTES: &[Route] =
    &[get("datamodel/model", list, "The data models"), get("datamodel/model/{name}", one, "A data model")];

const HANDLER: &str = "datamodelfiles";

/// A model that cannot be read is none; searches that name it say why.
fn entry(call: &Call<'_>, name: &str) -> Option<Entry> {
    let model = call.server.engine().shared.knowledge.model(name).ok().flatten()?;
    let path = format!("/servicesNS/nobody/Splunk_SA_CIM/datamodel/model/{}", encoded(name));
    let description = if call.params.flag("concise") { Value::Null } else { json!(described(&model).to_string()) };
    let entry = Entry::new(name, path)
        .with("acceleration", json!({"enabled": false}).to_string())
        .with("disabled", false)
        .with("displayName", name)
        .with("eai:appName", "Splunk_SA_CIM");
    Some(if description.is_null() { entry } else { entry.with("eai:data", description) })
}

fn described(model: &DataModel) -> Value {
    let parent = |root: &Root| match root {
        Root::Events(_) => "BaseEvent".to_string(),
        Root::Search(_) => "BaseSearch".to_string(),
        Root::Transactions { .. } => "BaseTransaction".to_string(),
        Root::Child(parent, _) => model.datasets[*parent].name.clone(),
    };
    let fields = |d: &crate::knowledge::Dataset| {
        d.fields.iter().map(|f| json!({"fieldName": f.name, "owner": d.lineage, "type": f.kind})).collect::<Vec<Value>>()
    };
    let objects: Vec<Value> = model
        .datasets
        .iter()
        .map(|d| json!({"objectName": d.name, "parentName": parent(&d.root), "lineage": d.lineage, "fields": fields(d)}))
        .collect();
    json!({"modelName": model.name, "displayName": model.name, "objects": objects})
}

fn list(call: &Call<'_>) -> Answer {
    let names = call.server.engine().shared.knowledge.model_names();
    let entries = names.iter().filter_map(|name| entry(call, name)).collect();
    Ok(page(HANDLER, "/servicesNS/nobody/Splunk_SA_CIM/datamodel/model".into(), entries, call.params).into())
}

fn one(call: &Call<'_>) -> Answer {
    let entry = entry(call, call.name()).ok_or_else(|| Refusal::missing(HANDLER, call.name()))?;
    Ok(Feed::new(HANDLER, "/services/datamodel/model", vec![entry]).into())
}

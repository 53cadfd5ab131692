//! Data models in the JSON form that Splunk keeps in `default/data/models`.

use serde_json::Value as Json;

/// A data model.
#[derive(Clone, Debug, PartialEq)]
pub struct DataModel {
    /// Its name.
    pub name: String,
    /// Its datasets; a parent stands before its children.
    pub datasets: Vec<Dataset>,
}

/// What the events of a dataset come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// Events that a filter picks.
    Events(String),
    /// The rows of a search with pipes.
    Search(String),
    /// Transactions over the rows of other datasets.
    Transactions {
        /// `objectsToGroup`: the names of these datasets.
        objects: Vec<String>,
        /// `groupByFields`.
        by: Vec<String>,
        /// `transactionMaxPause`, such as `25s`.
        max_pause: Option<String>,
        /// `transactionMaxTimeSpan`.
        max_span: Option<String>,
    },
    /// The rows of the parent (an index into [`DataModel::datasets`]) that a filter picks.
    Child(usize, String),
}

/// One dataset ("object") of a data model.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// Names from the root to this one: `All_Changes.Account_Management`.
    pub lineage: String,
    /// Where its rows come from.
    pub root: Root,
    /// The fields that it declares itself.
    pub fields: Vec<ModelField>,
    /// Its own calculations, in order.
    pub calculations: Vec<Calculation>,
}

/// A declared field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelField {
    /// Its name, without the lineage.
    pub name: String,
    /// `string`, `number`, `boolean`, `timestamp`, `ipv4`.
    pub kind: String,
    /// Rows without it are dropped.
    pub required: bool,
    /// Not shown.
    pub hidden: bool,
    /// The lineage of the dataset that owns it.
    pub owner: String,
}

/// How a field is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Calculation {
    /// `field = expression`.
    Eval {
        /// The field.
        field: String,
        /// An eval expression.
        expression: String,
    },
    /// Named groups of a regular expression over a field.
    Rex {
        /// The field that is read.
        input: String,
        /// The regular expression.
        pattern: String,
    },
    /// A lookup: `(lookup column, event field)` pairs.
    Lookup {
        /// Its name.
        name: String,
        /// What is matched.
        inputs: Vec<(String, String)>,
        /// What is taken.
        outputs: Vec<(String, String)>,
    },
    /// Geography of an address, which needs a database: `lon`, `lat`, `City`, `Region` and `Country`, each after the
    /// name of the input and an underscore.
    GeoIp {
        /// The field of the address.
        input: String,
        /// The fields it makes.
        outputs: Vec<String>,
    },
}

impl DataModel {
    /// Reads the JSON form of the model whose file has this name. The error says what is missing.
    pub fn parse(file: &str, text: &str) -> Result<DataModel, String> {
        let json: Json = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let name = string(&json, "modelName").filter(|n| !n.is_empty()).unwrap_or_else(|| file.to_string());
        let mut waiting: Vec<&Json> =
            json.get("objects").and_then(Json::as_array).ok_or("there are no objects")?.iter().collect();
        let mut datasets: Vec<Dataset> = Vec::new();
        // Children may stand before their parents in the file.
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|object| match Dataset::parse(object, &datasets) {
                Some(dataset) => {
                    datasets.push(dataset);
                    false
                }
                None => true,
            });
            if waiting.len() == before {
                let names: Vec<String> = waiting.iter().filter_map(|o| string(o, "objectName")).collect();
                return Err(format!("these datasets have no parent in the model: {}", names.join(", ")));
            }
        }
        Ok(DataModel { name, datasets })
    }

    /// A dataset by its name or its lineage.
    pub fn dataset(&self, name: &str) -> Option<usize> {
        self.datasets.iter().position(|d| d.lineage == name).or_else(|| self.datasets.iter().position(|d| d.name == name))
    }

    /// The indexes of a dataset and its ancestors, the root first.
    pub fn path(&self, mut index: usize) -> Vec<usize> {
        let mut path = vec![index];
        while let Root::Child(parent, _) = &self.datasets[index].root {
            index = *parent;
            path.push(index);
        }
        path.reverse();
        path
    }

    /// The datasets without a parent.
    pub fn roots(&self) -> impl Iterator<Item = usize> {
        (0..self.datasets.len()).filter(|i| !matches!(self.datasets[*i].root, Root::Child(..)))
    }

    /// The field that a full name such as `All_Changes.Account_Management.src_user` means: the dataset that owns it
    /// and its own name. The longest lineage that fits is taken, since field names may hold dots.
    pub fn field(&self, full: &str) -> Option<(usize, &ModelField)> {
        let mut best: Option<(usize, &ModelField)> = None;
        for (index, dataset) in self.datasets.iter().enumerate() {
            let Some(name) = full.strip_prefix(dataset.lineage.as_str()).and_then(|r| r.strip_prefix('.')) else { continue };
            if let Some(field) = dataset.fields.iter().find(|f| f.name == name)
                && best.is_none_or(|(b, _)| self.datasets[b].lineage.len() < dataset.lineage.len())
            {
                best = Some((index, field));
            }
        }
        best
    }
}

impl Dataset {
    /// `None` if the parent is not known yet.
    fn parse(json: &Json, known: &[Dataset]) -> Option<Dataset> {
        let name = string(json, "objectName")?;
        let parent = string(json, "parentName").unwrap_or_else(|| "BaseEvent".into());
        let constraint = || {
            let list = json.get("constraints").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            let all: Vec<String> = list
                .iter()
                .filter(|c| string(c, "owner").is_none_or(|o| o == name || o.ends_with(&format!(".{name}"))))
                .filter_map(|c| string(c, "search"))
                .filter(|s| !s.trim().is_empty())
                .collect();
            if all.len() > 1 {
                all.iter().map(|s| format!("({s})")).collect::<Vec<_>>().join(" ")
            } else {
                all.into_iter().next().unwrap_or_default()
            }
        };
        let (root, lineage) = match parent.as_str() {
            "BaseEvent" => (Root::Events(constraint()), name.clone()),
            "BaseSearch" => (Root::Search(string(json, "baseSearch").unwrap_or_default()), name.clone()),
            "BaseTransaction" => {
                let list = |key: &str| -> Vec<String> {
                    let items = json.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
                    items.iter().filter_map(Json::as_str).map(str::to_string).collect()
                };
                let time = |key: &str| string(json, key).filter(|t| !t.trim().is_empty());
                let root = Root::Transactions {
                    objects: list("objectsToGroup"),
                    by: list("groupByFields"),
                    max_pause: time("transactionMaxPause"),
                    max_span: time("transactionMaxTimeSpan"),
                };
                (root, name.clone())
            }
            _ => {
                let index = known.iter().position(|d| d.name == parent)?;
                (Root::Child(index, constraint()), format!("{}.{name}", known[index].lineage))
            }
        };
        // Splunk writes inherited fields and calculations into the children too, with their owner.
        // Those of transactions are owned by what Splunk has under every transaction.
        let base: &[&str] = if parent == "BaseTransaction" { &["BaseTransaction", "BaseEventSet"] } else { &[] };
        let own = |item: &Json| {
            string(item, "owner").is_none_or(|owner| {
                owner == lineage || owner == name || owner.ends_with(&format!(".{name}")) || base.contains(&owner.as_str())
            })
        };
        let items = |key: &str| json.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut fields: Vec<ModelField> =
            items("fields").iter().filter(|f| own(f)).filter_map(|f| ModelField::parse(f, &lineage)).collect();
        let mut calculations = Vec::new();
        for item in items("calculations").iter().filter(|c| own(c)) {
            let outputs = item.get("outputFields").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            for field in outputs.iter().filter_map(|f| ModelField::parse(f, &lineage)) {
                if !fields.iter().any(|f| f.name == field.name) {
                    fields.push(field);
                }
            }
            calculations.extend(Calculation::parse(item, outputs));
        }
        Some(Dataset { name, lineage, root, fields, calculations })
    }
}

impl ModelField {
    fn parse(json: &Json, lineage: &str) -> Option<ModelField> {
        let flag = |key: &str| json.get(key).is_some_and(|v| v.as_bool().unwrap_or(v.as_str() == Some("true")));
        Some(ModelField {
            name: string(json, "fieldName")?,
            kind: string(json, "type").unwrap_or_else(|| "string".into()),
            required: flag("required"),
            hidden: flag("hidden"),
            owner: lineage.to_string(),
        })
    }
}

impl Calculation {
    fn parse(json: &Json, outputs: &[Json]) -> Option<Calculation> {
        let first = outputs.first().and_then(|f| string(f, "fieldName"));
        Some(match string(json, "calculationType")?.as_str() {
            "Eval" => Calculation::Eval { field: first?, expression: string(json, "expression")? },
            "Rex" => Calculation::Rex {
                input: string(json, "inputField").unwrap_or_else(|| "_raw".into()),
                pattern: string(json, "expression")?,
            },
            "Lookup" => {
                let inputs = match json.get("lookupInputs").and_then(Json::as_array) {
                    Some(list) => {
                        list.iter().filter_map(|i| Some((string(i, "lookupField")?, string(i, "inputField")?))).collect()
                    }
                    None => vec![(string(json, "lookupField")?, string(json, "inputField")?)],
                };
                let output = |f: &Json| {
                    Some((string(f, "lookupOutputFieldName").or_else(|| string(f, "fieldName"))?, string(f, "fieldName")?))
                };
                Calculation::Lookup {
                    name: string(json, "lookupName")?,
                    inputs,
                    outputs: outputs.iter().filter_map(output).collect(),
                }
            }
            _ => Calculation::GeoIp {
                input: string(json, "inputField")?,
                outputs: outputs.iter().filter_map(|f| string(f, "fieldName")).collect(),
            },
        })
    }
}

fn string(json: &Json, key: &str) -> Option<String> {
    json.get(key).and_then(Json::as_str).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inheritance_and_names() {
        let text = r#"{"modelName":"M","objects":[
            {"objectName":"Kid","parentName":"Top","constraints":[{"search":"a=1"}],"fields":[{"fieldName":"x.y","type":"string","owner":"Top.Kid"}],"calculations":[]},
            {"objectName":"Top","parentName":"BaseEvent","constraints":[{"search":"tag=t"}],"fields":[{"fieldName":"b","type":"string"}],
             "calculations":[{"calculationType":"Eval","expression":"1","outputFields":[{"fieldName":"c"}]}]}]}"#;
        let model = DataModel::parse("M", text).expect("parses");
        let kid = model.dataset("Kid").expect("there");
        assert_eq!(model.datasets[kid].lineage, "Top.Kid");
        assert_eq!(model.path(kid).len(), 2);
        assert_eq!(model.field("Top.Kid.x.y").map(|(i, f)| (i, f.name.as_str())), Some((kid, "x.y")));
        assert_eq!(model.field("Top.c").map(|(_, f)| f.name.as_str()), Some("c"));
        assert!(model.field("Top.Kid.b").is_none());
        assert!(DataModel::parse("M", "{}").is_err());
    }
}

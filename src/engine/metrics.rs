//! Metric data points: what a metrics index holds.
//!
//! A point is an event in HEC's form whose text is `metric`, with its measures in the fields: `metric_name:NAME` and a
//! number, or one `metric_name` with its `_value`. All other fields are dimensions (Metrics manual, "Metrics data
//! format"). Here an index needs no definition: it is a metrics index for the points that it holds.

use crate::store::{Column, Table, Text, Value};

/// Before the name of a measure.
pub(super) const PREFIX: &str = "metric_name:";

/// Fields of a point that are no dimensions.
const OWN: &[&str] = &["_time", "_raw", "_sourcetype", "_value", "metric_name"];

/// Parts the points from the events.
pub(super) fn split(table: Table) -> (Table, Table) {
    let measures: Vec<Column> =
        table.columns().filter(|(name, _)| name.starts_with(PREFIX) || *name == "metric_name").map(|(_, c)| c.clone()).collect();
    if measures.is_empty() {
        return (table, Table::default());
    }
    let mut is_point = table.column_or_null("_raw").test(|v| v.any(|t| t == "metric"));
    for (row, point) in is_point.iter_mut().enumerate() {
        *point &= measures.iter().any(|m| !m.get(row).is_null());
    }
    let is_event: Vec<bool> = is_point.iter().map(|p| !p).collect();
    (table.filter(&is_event), table.filter(&is_point))
}

/// The names of the dimensions, in the order of the columns. `host`, `source` and `sourcetype` are dimensions too.
pub(super) fn dimensions(points: &Table) -> Vec<Text> {
    points.fields().filter(|f| !OWN.contains(&f.as_str()) && !f.starts_with(PREFIX) && *f != "index").cloned().collect()
}

/// One row a measure: the point's fields, with `metric_name` and `_value`.
pub(super) fn measures(points: &Table) -> Table {
    let names: Vec<Text> = points.fields().filter(|f| f.starts_with(PREFIX)).cloned().collect();
    let mut rows: Vec<u32> = Vec::new();
    let (mut metric, mut value) = (Vec::new(), Vec::new());
    for row in 0..points.len() {
        let mut add = |name: Value, number: &Value| {
            if let Some(number) = number.number() {
                rows.push(row as u32);
                metric.push(name);
                value.push(Value::Number(number));
            }
        };
        let single = points.value(row, "metric_name");
        if !single.is_null() {
            add(single.clone(), points.value(row, "_value"));
        }
        for name in &names {
            add(Value::from(&name[PREFIX.len()..]), points.value(row, name));
        }
    }
    let mut table = points.gather(&rows);
    table.retain(|f| !f.starts_with(PREFIX));
    table.set("metric_name", Column::flat(metric));
    table.set("_value", Column::flat(value));
    table
}

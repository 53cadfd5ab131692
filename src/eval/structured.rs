//! JSON and XML text alike, as `spath` reads them: XML is what begins with `<`.

use super::{json_path, xml};
use crate::store::{Text, Value};

fn is_xml(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// The values at a path; null if the text is neither JSON nor XML.
pub(crate) fn at(text: &str, path: &str) -> Value {
    if is_xml(text) {
        let found = xml::parse(text).map(|roots| xml::texts(&roots, path)).unwrap_or_default();
        return Value::from_texts(found.into_iter().map(Text::from).collect());
    }
    serde_json::from_str(text).map_or(Value::Null, |json| Value::from_texts(json_path::texts(&json, path)))
}

/// Every leaf with its path.
pub(crate) fn leaves(text: &str, put: &mut impl FnMut(&str, &str)) {
    if is_xml(text) {
        xml::leaves(&xml::parse(text).unwrap_or_default(), "", put);
    } else if let Ok(json) = serde_json::from_str(text) {
        json_path::leaves(&json, &mut String::new(), put);
    }
}

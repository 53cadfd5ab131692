//! XML as `spath`, `xpath` and `xmlkv` read it: a tree of elements, also of several roots.

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Element {
    /// With its prefix, if it has one.
    pub(crate) name: String,
    /// In their order.
    pub(crate) attributes: Vec<(String, String)>,
    /// Elements in it.
    pub(crate) children: Vec<Element>,
    /// Its own text, trimmed.
    pub(crate) text: String,
    /// What stands between its tags.
    pub(crate) inner: String,
}

impl Element {
    /// Its text, or the XML in it.
    fn value(&self) -> &str {
        if self.children.is_empty() { &self.text } else { &self.inner }
    }
}

/// Elements in elements, at most this deep.
const MAX_DEPTH: usize = 500;

/// The elements of a text; `None` if tags do not close.
pub(crate) fn parse(text: &str) -> Option<Vec<Element>> {
    // The elements that are open, each with the place where its inside begins; the first holds the roots.
    let mut open: Vec<(Element, usize)> = vec![(Element::default(), 0)];
    let mut at = 0;
    while let Some(tag) = text[at..].find('<').map(|n| at + n) {
        open.last_mut()?.0.text.push_str(&unescape(&text[at..tag]));
        let rest = &text[tag..];
        if let Some(cdata) = rest.strip_prefix("<![CDATA[") {
            let end = cdata.find("]]>")?;
            open.last_mut()?.0.text.push_str(&cdata[..end]);
            at = tag + 9 + end + 3;
        } else if rest.starts_with("<!--") {
            at = tag + rest.find("-->")? + 3;
        } else if rest.starts_with("<?") {
            at = tag + rest.find("?>")? + 2;
        } else if rest.starts_with("<!") {
            at = tag + rest.find('>')? + 1;
        } else if let Some(name) = rest.strip_prefix("</") {
            let end = name.find('>')?;
            let (mut element, inside) = open.pop().filter(|(e, _)| e.name == name[..end].trim())?;
            element.text = element.text.trim().to_string();
            element.inner = text[inside..tag].to_string();
            open.last_mut()?.0.children.push(element);
            at = tag + 2 + end + 1;
        } else {
            let end = tag_end(rest)?;
            let body = &rest[1..end];
            let (body, empty) = body.strip_suffix('/').map_or((body, false), |b| (b, true));
            let name_end = body.find(|c: char| c.is_ascii_whitespace()).unwrap_or(body.len());
            let element =
                Element { name: body[..name_end].to_string(), attributes: attributes(&body[name_end..]), ..Element::default() };
            at = tag + end + 1;
            if element.name.is_empty() || open.len() > MAX_DEPTH {
                return None;
            }
            if empty { open.last_mut()?.0.children.push(element) } else { open.push((element, at)) }
        }
    }
    (open.len() == 1).then(|| open.pop().map(|(e, _)| e.children))?
}

/// Where the `>` of a tag stands, outside of quotes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    text.bytes().position(|b| match (quote, b) {
        (Some(q), b) if q == b => {
            quote = None;
            false
        }
        (None, b'"' | b'\'') => {
            quote = Some(b);
            false
        }
        (quote, b) => quote.is_none() && b == b'>',
    })
}

fn attributes(text: &str) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else { break };
        let Some((value, tail)) = after[1..].split_once(quote) else { break };
        list.push((name.trim().to_string(), unescape(value)));
        rest = tail;
    }
    list
}

/// Entities become the characters they stand for.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = after.split_once(';').and_then(|(name, tail)| {
            let c = match name {
                "lt" => '<',
                "gt" => '>',
                "amp" => '&',
                "quot" => '"',
                "apos" => '\'',
                _ => {
                    let number = name.strip_prefix('#')?;
                    let code = number
                        .strip_prefix(['x', 'X'])
                        .map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?;
                    char::from_u32(code)?
                }
            };
            Some((c, tail))
        });
        match known {
            Some((c, tail)) => {
                out.push(c);
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The values at a path of `spath`: `a.b`, `a.b{2}` (from 1), `a.b{@attribute}`.
pub(crate) fn texts(roots: &[Element], path: &str) -> Vec<String> {
    let mut list: Vec<&Element> = Vec::new();
    let mut first = true;
    for part in path.split('.') {
        let (name, braces) = part.split_once('{').map_or((part, ""), |(n, b)| (n, b));
        let below: Vec<Vec<&Element>> =
            if first { vec![roots.iter().collect()] } else { list.iter().map(|e| e.children.iter().collect()).collect() };
        first = false;
        let inside = braces.strip_suffix('}').unwrap_or(braces);
        list = below
            .into_iter()
            .flat_map(|siblings| {
                let named = siblings.into_iter().filter(|e| e.name == name);
                match inside.parse::<usize>() {
                    Ok(n) => named.skip(n.wrapping_sub(1)).take(1).collect::<Vec<_>>(),
                    Err(_) => named.collect(),
                }
            })
            .collect();
        if let Some(attribute) = inside.strip_prefix('@') {
            let of = |e: &&Element| e.attributes.iter().find(|(n, _)| n == attribute).map(|(_, v)| v.clone());
            return list.iter().filter_map(of).collect();
        }
    }
    list.iter().map(|e| e.value().to_string()).filter(|t| !t.is_empty()).collect()
}

/// Every leaf with its path: `a.b` for text, `a.b{@c}` for attributes.
pub(crate) fn leaves(elements: &[Element], path: &str, put: &mut impl FnMut(&str, &str)) {
    for element in elements {
        let path = if path.is_empty() { element.name.clone() } else { format!("{path}.{}", element.name) };
        for (name, value) in &element.attributes {
            put(&format!("{path}{{@{name}}}"), value);
        }
        if !element.text.is_empty() {
            put(&path, &element.text);
        }
        leaves(&element.children, &path, put);
    }
}

/// An XPath of names, numbers and attributes.
#[derive(Clone, Debug)]
pub(crate) struct XPath {
    steps: Vec<Step>,
    attribute: Option<String>,
}

#[derive(Clone, Debug)]
struct Step {
    /// `//`: at any depth.
    deep: bool,
    /// Empty is any name.
    name: String,
    index: Option<usize>,
    equals: Option<(String, String)>,
}

impl XPath {
    /// `None` for what is more than this.
    pub(crate) fn parse(text: &str) -> Option<XPath> {
        let mut path = XPath { steps: Vec::new(), attribute: None };
        let mut rest = text.trim();
        if !rest.starts_with('/') {
            return None;
        }
        while let Some(after) = rest.strip_prefix('/') {
            let (deep, after) = after.strip_prefix('/').map_or((false, after), |a| (true, a));
            // A slash in a predicate belongs to it.
            let mut inside = false;
            let slash = after.bytes().position(|b| {
                inside = b == b'[' || (inside && b != b']');
                b == b'/' && !inside
            });
            let end = slash.unwrap_or(after.len());
            let part = &after[..end];
            rest = &after[end..];
            if rest.is_empty() && part == "text()" && !path.steps.is_empty() && !deep {
                return Some(path);
            }
            if let Some(attribute) = part.strip_prefix('@') {
                path.attribute = Some(attribute.to_string());
                return (rest.is_empty() && !deep && !path.steps.is_empty() && is_name(attribute)).then_some(path);
            }
            let (name, predicate) = part.split_once('[').map_or((part, None), |(n, p)| (n, p.strip_suffix(']')));
            if (name != "*" && !is_name(name)) || (part.contains('[') && predicate.is_none()) {
                return None;
            }
            let mut step =
                Step { deep, name: if name == "*" { String::new() } else { name.to_string() }, index: None, equals: None };
            if let Some(predicate) = predicate {
                match (predicate.parse::<usize>(), predicate.strip_prefix('@').and_then(|p| p.split_once('='))) {
                    (Ok(n), _) if n > 0 => step.index = Some(n),
                    (_, Some((attribute, value))) => {
                        step.equals = Some((attribute.trim().to_string(), value.trim().trim_matches(['"', '\'']).to_string()))
                    }
                    _ => return None,
                }
            }
            path.steps.push(step);
        }
        (rest.is_empty() && !path.steps.is_empty()).then_some(path)
    }

    /// The values at the path.
    pub(crate) fn texts(&self, roots: Vec<Element>) -> Vec<String> {
        let top = Element { children: roots, ..Element::default() };
        let mut list: Vec<&Element> = vec![&top];
        for step in &self.steps {
            let mut parents = Vec::new();
            list.iter().for_each(|e| if step.deep { all(e, &mut parents) } else { parents.push(e) });
            list = parents
                .into_iter()
                .flat_map(|parent| {
                    let named = parent.children.iter().filter(|e| step.name.is_empty() || e.name == step.name);
                    let fits = |e: &&Element| step.equals.as_ref().is_none_or(|pair| e.attributes.contains(pair));
                    match step.index {
                        Some(n) => named.skip(n - 1).take(1).collect::<Vec<_>>(),
                        None => named.filter(fits).collect(),
                    }
                })
                .collect();
        }
        match &self.attribute {
            Some(name) => {
                list.iter().filter_map(|e| e.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())).collect()
            }
            None => list.iter().map(|e| e.value().to_string()).filter(|t| !t.is_empty()).collect(),
        }
    }
}

/// The element and all below it.
fn all<'e>(element: &'e Element, list: &mut Vec<&'e Element>) {
    list.push(element);
    element.children.iter().for_each(|e| all(e, list));
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let roots =
            parse("<?xml version='1.0'?><v><p id=\"7\"><d>One &amp; 1</d><d><![CDATA[<Two>]]></d></p><!-- no --><n/></v>")
                .expect("well formed");
        assert_eq!(texts(&roots, "v.p.d"), ["One & 1", "<Two>"]);
        assert_eq!(texts(&roots, "v.p.d{2}"), ["<Two>"]);
        assert_eq!(texts(&roots, "v.p{@id}"), ["7"]);
        let mut list = Vec::new();
        leaves(&roots, "", &mut |k, v| list.push(format!("{k}={v}")));
        assert_eq!(list, ["v.p{@id}=7", "v.p.d=One & 1", "v.p.d=<Two>"]);
        let at = |path: &str| XPath::parse(path).map(|p| p.texts(roots.clone()));
        assert_eq!(at("//d[1]"), Some(vec!["One & 1".to_string()]));
        assert_eq!(at("/v/p[@id='7']/d[2]/text()"), Some(vec!["<Two>".to_string()]));
        assert_eq!(at("//p/@id"), Some(vec!["7".to_string()]));
        assert_eq!(at("count(//p)"), None);
        assert_eq!(parse("<a><b></a>"), None);
    }
}

//! `search/parser`: what is wrong with a search, without running it.

use std::sync::Arc;

use hyper::StatusCode;
use serde_json::json;

use super::{Answer, Call, Refusal, Route, get, jobs::as_pipeline, jobs::wrong, post, wants_json};
use crate::diagnostic::{MappedText, Sources};
use crate::engine::Search;
use crate::serve::atom::{XML_HEAD, escape};
use crate::serve::http::{Reply, XML};
use crate::spl;

pub(super) static ROUTES: &[Route] = &[
    get("search/parser", parse, "Reads a search: 400 with its errors, or its commands"),
    post("search/parser", parse, "Reads a search: 400 with its errors, or its commands"),
    get("search/v2/parser", parse, "Reads a search: 400 with its errors, or its commands"),
    post("search/v2/parser", parse, "Reads a search: 400 with its errors, or its commands"),
];

fn parse(call: &Call<'_>) -> Answer {
    let text = call.params.get("q").map(str::trim).filter(|q| !q.is_empty());
    let text = &as_pipeline(text.ok_or_else(|| Refusal::new(400, "FATAL", "Empty search."))?);
    let engine = call.server.engine();
    let sources = Sources::new();
    let mapped = MappedText::plain(sources.add("search", text.as_str()), 0, text.as_str());
    let env = engine.shared.over(&sources);
    let (search, problems) = Search::compile_after(&mapped, &env, call.server.index.shared().lookup_names());
    if search.is_none() {
        return Err(wrong(&problems));
    }
    let (expanded, _) = spl::expand(&mapped, &*env.knowledge);
    let pipeline = spl::Pipeline::parse(Arc::new(expanded), &mut Vec::new());
    let commands: Vec<_> = pipeline
        .calls
        .iter()
        .map(|c| json!({"command": c.name, "rawargs": pipeline.spl.text()[c.args.clone()].trim(), "args": [], "isGenerating": false}))
        .collect();
    if wants_json(call.request) {
        return Ok(Reply::json(StatusCode::OK, &json!({"remoteSearch": "", "commands": commands})).into());
    }
    let mut xml = format!("{XML_HEAD}<response>\n  <dict>\n    <key name=\"commands\">\n      <list>\n");
    for command in &commands {
        let (name, args) = (&command["command"], &command["rawargs"]);
        let text = |v: &serde_json::Value| escape(v.as_str().unwrap_or_default());
        xml.push_str(&format!(
            "        <item>\n          <dict>\n            <key name=\"command\">{}</key>\n            <key name=\"rawargs\">{}</key>\n          </dict>\n        </item>\n",
            text(name),
            text(args)
        ));
    }
    xml.push_str("      </list>\n    </key>\n  </dict>\n</response>\n");
    Ok(Reply::new(StatusCode::OK, XML, xml).into())
}

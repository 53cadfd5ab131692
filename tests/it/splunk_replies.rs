//! What real servers have answered, read by the backend's reader: our own samples of each form, and, where the corpus of
//! real answers lies beside the checkout, all of it.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use muster::backend::splunk::Reply;
use serde_json::Value;

/// The trials.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("splunk_replies::samples", samples),
        Trial::test("splunk_replies::every_real_answer_gives_something", corpus),
        Trial::test("splunk_replies::an_answer_that_is_cut_off_anywhere", cut_off),
    ]
}

const FEED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--made up-->\n<feed xmlns=\"http://www.w3.org/2005/Atom\" \
    xmlns:s=\"http://dev.splunk.com/ns/rest\">\n  <title>jobs</title>\n  <s:messages/>\n  <entry>\n    <title>search x | head 1</title>\n    \
    <link href=\"/services/search/jobs/1.2\" rel=\"alternate\"/>\n    <content type=\"text/xml\">\n      <s:dict>\n        \
    <s:key name=\"dispatchState\">DONE</s:key>\n        <s:key name=\"isDone\">1</s:key>\n        <s:key name=\"resultCount\">3</s:key>\n        \
    <s:key name=\"messages\"><s:dict><s:key name=\"error\"><s:list><s:item>oh</s:item></s:list></s:key></s:dict></s:key>\n      \
    </s:dict>\n    </content>\n  </entry>\n</feed>\n";

const EXPORT: &str = "<?xml version='1.0' encoding='UTF-8'?>\n<results preview='1'>\n<meta>\n<fieldOrder>\n<field>a</field>\n</fieldOrder>\n</meta>\n\
    </results><?xml version='1.0' encoding='UTF-8'?>\n<results preview='0'>\n<meta>\n<fieldOrder>\n<field>a</field>\n</fieldOrder>\n</meta>\n\
    <messages>\n<msg type='DEBUG'>made up</msg>\n</messages>\n\
    <result offset='0'>\n<field k='a'>\n<value><text>1 &lt; 2</text></value>\n</field>\n</result>\n</results>";

fn samples() -> Result<(), Failed> {
    let job = Reply::parse(FEED);
    let entry = job.entries.first().ok_or("no entry")?;
    let said = entry.messages();
    if !(entry.flag("isDone") && entry.number("resultCount") == Some(3.0) && said.len() == 1 && said[0].kind == "ERROR") {
        return Err(format!("{job:?}").into());
    }
    let export = Reply::parse(EXPORT);
    if export.rows.len() != 1 || export.rows[0]["a"] != "1 < 2" || export.fields != ["a"] || export.cut {
        return Err(format!("{export:?}").into());
    }
    Ok(())
}

fn cut_off() -> Result<(), Failed> {
    let json = r#"{"entry":[{"name":"a","content":{"x":"\u00e4"}}],"messages":[{"type":"INFO","text":"i"}]}"#;
    for whole in [FEED, EXPORT, json] {
        for end in (1..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let part = &whole[..end];
            let ends = whole[end..].trim().is_empty();
            // An export may well end after one of its documents, and before the first element nothing has begun.
            let documents = part.matches("<results").count() == part.matches("</results>").count();
            let in_tag = part.rfind('<').is_some_and(|at| !part[at..].contains('>'));
            let complete = documents && !in_tag && !part.contains("<feed") && !part.contains('{');
            if !ends && !complete && !Reply::parse(part).cut {
                return Err(format!("{part:?} is taken for whole").into());
            }
        }
    }
    Ok(())
}

fn corpus() -> Result<(), Failed> {
    let shared =
        std::env::var_os("MUSTER_SHARED").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let Ok(files) = std::fs::read_dir(shared.join("corpus/splunk_http")) else {
        eprintln!("the corpus is not there");
        return Ok(());
    };
    let (mut read, mut wrong) = (0, Vec::new());
    for path in files.flatten().map(|f| f.path()).filter(|p| p.extension().is_some_and(|e| e == "jsonl")) {
        for (number, line) in std::fs::read_to_string(&path)?.lines().enumerate() {
            let answer: Value = serde_json::from_str(line)?;
            let (body, cut) = (answer["body"].as_str().unwrap_or_default(), answer["cut"] == true);
            let reply = Reply::parse(body);
            read += 1;
            // A feed may have no entry; it is read all the same.
            let feed = body.contains("<feed") && !body.contains("<entry>");
            let something = !reply.entries.is_empty()
                || !reply.messages.is_empty()
                || reply.sid.is_some()
                || reply.session_key.is_some()
                || reply.is_results
                || reply.text.is_some()
                || feed
                || body.trim().is_empty();
            let as_said = answer["headers"]["Content-Type"].as_str().is_some_and(|t| t.contains("xml"));
            if !something || reply.cut != cut || as_said && reply.text.is_some() {
                wrong.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    match wrong.as_slice() {
        [] if read > 1_000 => Ok(()),
        list => Err(format!("{} of {read} are not read: {}", list.len(), list.join(", ")).into()),
    }
}

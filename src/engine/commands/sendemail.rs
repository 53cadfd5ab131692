//! `sendemail`.

use super::prelude::*;
use super::sendalert::Send;

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("sendemail")?;
    if options.word("to").is_none() {
        return Err(place.spl.syntax(&place.call.at(), "`sendemail` needs an address", "such as to=\"soc@example.com\""));
    }
    let parameters = DEF.options.iter().filter_map(|o| Some((o.name.to_string(), options.text(o.name)?.to_string()))).collect();
    Ok(Box::new(Send { name: "email".into(), parameters }))
}

const fn text(name: &'static str, default: &'static str, doc: &'static str) -> Opt {
    Opt { name, kind: OptKind::Text, default, doc }
}

const fn flag(name: &'static str, default: &'static str, doc: &'static str) -> Opt {
    Opt { name, kind: OptKind::Bool, default, doc }
}

pub(super) const DEF: Command = Command {
    name: "sendemail",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "sendemail to=<addresses> [from=<address>] [cc=<addresses>] [bcc=<addresses>] [subject=<string>] [message=<string>] [format=csv|table|raw] [inline=<bool>] [sendresults=<bool>] [sendcsv=<bool>] [sendpdf=<bool>] [priority=<level>] [server=<host>] ...",
    summary: "Sends the rows by mail. Here the mail is noted and never sent; the rows go on.",
    options: &[
        text("to", "", "Addresses, with commas between them."),
        text("cc", "", "Noted."),
        text("bcc", "", "Noted."),
        text("from", "splunk@<host>", "Noted."),
        text("subject", "Splunk Results", "Noted."),
        text("message", "", "Noted."),
        text("footer", "", "Noted."),
        text("format", "table", "Noted."),
        text("content_type", "html", "Noted."),
        flag("inline", "false", "Noted."),
        flag("sendresults", "false", "Noted."),
        flag("sendcsv", "false", "Noted."),
        flag("sendpdf", "false", "Noted."),
        flag("sendpng", "false", "Noted."),
        flag("allowempty", "true", "Noted."),
        flag("escapecsvnewline", "false", "Noted."),
        flag("graceful", "false", "Noted."),
        flag("width_sort_columns", "true", "Noted."),
        flag("use_ssl", "false", "Noted."),
        flag("use_tls", "false", "Noted."),
        text("priority", "3", "Noted."),
        text("server", "localhost", "Noted."),
        text("maxinputs", "50000", "Noted."),
        text("maxtime", "", "Noted."),
        text("pdfview", "", "Noted."),
        text("papersize", "letter", "Noted."),
        text("paperorientation", "portrait", "Noted."),
    ],
    examples: &[("| makeresults | eval x=1 | sendemail to=\"soc@example.com\" sendresults=true | table x", &[&[("x", "1")]])],
    differs: &["no mail is sent"],
    compile,
};

//! Windows event logs (`.evtx`) as the lines that Splunk's XmlWinEventLog makes of them: attributes in single quotes,
//! no space between elements, times with nine digits, an event a line.

#[cfg(feature = "evtx")]
pub(super) use with::render;
#[cfg(not(feature = "evtx"))]
pub(super) use without::render;

/// Why an event log could not be read.
#[derive(Debug, thiserror::Error)]
#[allow(dead_code, reason = "with the reader there are three reasons, without it only the other one")]
pub(super) enum EvtxError {
    /// More text than allowed.
    #[error("it unpacks to more than allowed")]
    Limit,
    /// It is broken or cut off.
    #[error("{0}")]
    Broken(String),
    /// This build does not read it.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The text cannot be written.
    #[error("{0}")]
    Write(std::io::Error),
}

#[cfg(not(feature = "evtx"))]
mod without {
    use super::EvtxError;

    /// Says what to do.
    pub(crate) fn render(_: &std::path::Path, _: &mut impl std::io::Write, _: u64) -> Result<u64, EvtxError> {
        Err(EvtxError::Unsupported("it is a Windows event log, and this build was made without the feature `evtx`"))
    }
}

#[cfg(all(test, feature = "evtx"))]
pub(super) mod sample;

#[cfg(feature = "evtx")]
mod with {
    use std::io::{Read, Write};
    use std::path::Path;

    use evtx::{EvtxParser, ParserSettings};
    use quick_xml::Reader;
    use quick_xml::escape::{partial_escape, unescape};
    use quick_xml::events::{BytesStart, Event};

    use super::EvtxError;

    /// Writes the events of a log, in its order; gives the bytes written. An event that cannot be read is an error: what
    /// is left of a log is no dataset that a verdict could rest on.
    pub(crate) fn render(path: &Path, out: &mut impl Write, limit: u64) -> Result<u64, EvtxError> {
        let broken = |why: &dyn std::fmt::Display| EvtxError::Broken(why.to_string());
        whole(path).map_err(EvtxError::Broken)?;
        let settings = ParserSettings::new().indent(false).num_threads(1);
        let mut parser = EvtxParser::from_path(path).map_err(|why| broken(&why))?.with_configuration(settings);
        let mut written = 0;
        for record in parser.records() {
            let record = record.map_err(|why| broken(&why))?;
            let mut line =
                windows(&record.data).map_err(|why| broken(&format!("record {} is no XML: {why}", record.event_record_id)))?;
            line.push('\n');
            written += line.len() as u64;
            if written > limit {
                return Err(EvtxError::Limit);
            }
            out.write_all(line.as_bytes()).map_err(EvtxError::Write)?;
        }
        Ok(written)
    }

    /// The reader takes what is there of a log that was cut off, so its length is looked at: a head, and chunks after it,
    /// at least as many as the head says.
    fn whole(path: &Path) -> Result<(), String> {
        const HEAD: u64 = 4096;
        const CHUNK: u64 = 65_536;
        let mut head = [0; 44];
        let mut file = std::fs::File::open(path).map_err(|why| why.to_string())?;
        file.read_exact(&mut head).map_err(|why| why.to_string())?;
        let bytes = file.metadata().map_err(|why| why.to_string())?.len();
        let chunks = u64::from(u16::from_le_bytes([head[42], head[43]]));
        if bytes < HEAD + chunks * CHUNK || !(bytes - HEAD).is_multiple_of(CHUNK) {
            return Err(format!("it has {bytes} bytes, and its head promises {chunks} chunks of {CHUNK}"));
        }
        Ok(())
    }

    /// An event's XML as Windows itself writes it.
    pub(super) fn windows(xml: &str) -> Result<String, quick_xml::Error> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        let mut out = String::with_capacity(xml.len());
        let mut names: Vec<String> = Vec::new();
        // Whether nothing was written since the begin of the element.
        let mut empty = false;
        loop {
            let text = match reader.read_event()? {
                Event::Start(element) => {
                    open(&element, &mut out)?;
                    out.push('>');
                    names.push(name(&element));
                    empty = true;
                    continue;
                }
                Event::End(_) => {
                    // The system's own elements are not closed if they are empty; what an event says of itself always is.
                    let system = names.get(1).is_some_and(|section| section == "System");
                    match names.pop() {
                        Some(_) if empty && system => out.insert(out.len() - 1, '/'),
                        Some(name) => out.push_str(&format!("</{name}>")),
                        None => {}
                    }
                    empty = false;
                    continue;
                }
                Event::Text(text) => unescape(&text.decode()?)?.into_owned(),
                Event::GeneralRef(reference) => unescape(&format!("&{};", reference.decode()?))?.into_owned(),
                Event::CData(text) => text.decode()?.into_owned(),
                Event::Eof => return Ok(out),
                Event::Empty(_) | Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => continue,
            };
            // Before the first element there is only the line end of the declaration.
            if !names.is_empty() {
                empty &= text.is_empty();
                out.push_str(&partial_escape(text));
            }
        }
    }

    fn name(element: &BytesStart<'_>) -> String {
        String::from_utf8_lossy(element.name().as_ref()).into_owned()
    }

    fn open(element: &BytesStart<'_>, out: &mut String) -> Result<(), quick_xml::Error> {
        out.push('<');
        out.push_str(&name(element));
        for attribute in element.attributes() {
            let attribute = attribute?;
            let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            let raw = String::from_utf8_lossy(&attribute.value).into_owned();
            let value = unescape(&raw)?;
            let value = if key == "SystemTime" { nine_digits(&value) } else { value.into_owned() };
            out.push_str(&format!(" {key}='{}'", partial_escape(&value).replace('\'', "&apos;")));
        }
        Ok(())
    }

    /// `2026-01-02T03:04:05.6Z` as `2026-01-02T03:04:05.600000000Z`.
    fn nine_digits(time: &str) -> String {
        let Some(rest) = time.strip_suffix('Z').map(|t| t.replace(' ', "T")) else { return time.to_string() };
        let (seconds, fraction) = rest.split_once('.').unwrap_or((&rest, ""));
        format!("{seconds}.{fraction:0<9}Z")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn xml_is_written_as_windows_writes_it() {
            let xml = r#"<?xml version="1.0" encoding="utf-8"?>
<Event xmlns="u"><System><Provider Name="A &amp; 'B'"/><TimeCreated SystemTime="2026-01-02T03:04:05.678900Z"></TimeCreated><Correlation/></System><EventData><Data Name="a"/><Data Name="b">&quot;x&quot; &lt;y&gt; &amp; it's</Data></EventData></Event>"#;
            let got = windows(xml).expect("XML");
            let wanted = "<Event xmlns='u'><System><Provider Name='A &amp; &apos;B&apos;'/><TimeCreated SystemTime='2026-01-02T03:04:05.678900000Z'/><Correlation/></System><EventData><Data Name='a'></Data><Data Name='b'>\"x\" &lt;y&gt; &amp; it's</Data></EventData></Event>";
            assert_eq!(got, wanted);
        }

        #[test]
        fn a_log_is_one_event_a_line() {
            let file = tempfile::NamedTempFile::new().expect("a file");
            let log = super::super::sample::log(&["cmd.exe /c \"a & b\"", ""]);
            std::fs::write(file.path(), &log).expect("written");
            let mut out = Vec::new();
            render(file.path(), &mut out, 1 << 20).expect("readable");
            let event = |record: usize, data: &str| {
                format!(
                    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Made-Up'/><EventID>7</EventID><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2026-01-02T03:04:05.678901200Z'/><EventRecordID>{record}</EventRecordID><Correlation/></System><EventData><Data Name='CommandLine'>{data}</Data></EventData></Event>\n"
                )
            };
            let wanted = event(1, "cmd.exe /c \"a &amp; b\"") + &event(2, "");
            assert_eq!(String::from_utf8(out).expect("text"), wanted);
            assert!(matches!(render(file.path(), &mut Vec::new(), 100), Err(EvtxError::Limit)));
            std::fs::write(file.path(), &log[..4096 + 600]).expect("written");
            assert!(matches!(render(file.path(), &mut Vec::new(), 1 << 20), Err(EvtxError::Broken(_))));
        }
    }
}

//! A request as handlers see it, and what they answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::{Either, Full};
use hyper::body::{Body as _, Bytes, Frame};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use tokio::sync::mpsc;

use crate::store::{percent_decode, percent_encode};

/// A request with its whole body.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    /// The path as it was sent, without the query.
    pub(super) path: String,
    /// Those of the query, then those of a form in the body.
    pub(super) params: Params,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Request {
    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The parts of the path, each decoded; the official SDK writes a blank as `+` there too. A trailing slash is none.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path.trim_matches('/').split('/').map(decoded).collect()
    }
}

/// A part of a path. A name with a slash in it is encoded twice, as Splunk has it.
fn decoded(part: &str) -> String {
    let once = percent_decode(&part.replace('+', " "));
    if once.to_ascii_uppercase().contains("%2F") { percent_decode(&once) } else { once }
}

/// A name as a part of a path; see [`Request::segments`].
pub(super) fn encoded(name: &str) -> String {
    let once = percent_encode(name);
    if name.contains('/') { percent_encode(&once) } else { once }
}

/// Named values; a name may stand several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Params(pub(super) Vec<(String, String)>);

impl Params {
    /// Reads `a=b&c=d`.
    pub(super) fn parse(text: &str) -> Params {
        let decode = |part: &str| percent_decode(&part.replace('+', " "));
        let pair =
            |part: &str| part.split_once('=').map_or_else(|| (decode(part), String::new()), |(k, v)| (decode(k), decode(v)));
        Params(text.split('&').filter(|part| !part.is_empty()).map(pair).collect())
    }

    /// The first value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The first value of a name that is not empty.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|v| !v.is_empty())
    }

    /// All values of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// True for `1`, `true`, `t`, `yes`, `on`.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(is_true)
    }

    /// A number, if it is one.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.filled(name)?.parse().ok()
    }
}

/// Splunk's words for true.
pub(super) fn is_true(text: &str) -> bool {
    crate::knowledge::parse_bool(Some(text.trim())).unwrap_or(false)
}

/// What goes back.
pub(super) type Body = Either<Full<Bytes>, Chunks>;

/// A body that is made while it is sent.
#[derive(Debug)]
pub(super) struct Chunks(pub(super) mpsc::Receiver<Bytes>);

impl hyper::body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|chunk| chunk.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: Body,
}

/// The content types of the answers, as Splunk names them.
pub(super) const XML: &str = "text/xml; charset=UTF-8";
pub(super) const JSON: &str = "application/json; charset=UTF-8";
pub(super) const CSV: &str = "text/csv; charset=UTF-8";
pub(super) const TEXT: &str = "text/plain; charset=UTF-8";

impl Reply {
    /// An answer that is there as a whole.
    pub(super) fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
        Reply { status, content_type, headers: Vec::new(), body: Either::Left(Full::new(body.into())) }
    }

    /// An answer that is made while it is sent.
    pub(super) fn stream(content_type: &'static str, chunks: mpsc::Receiver<Bytes>) -> Reply {
        Reply { status: StatusCode::OK, content_type, headers: Vec::new(), body: Either::Right(Chunks(chunks)) }
    }

    /// JSON of this status.
    pub(super) fn json(status: StatusCode, json: &serde_json::Value) -> Reply {
        Reply::new(status, JSON, json.to_string())
    }

    /// With a header more.
    #[must_use]
    pub(super) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    /// As it goes out, with the headers that Splunk puts on every answer.
    pub(super) fn into_response(self) -> Response<Body> {
        let empty = self.body.size_hint().exact() == Some(0);
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in ALWAYS {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        if !empty {
            headers.insert(hyper::header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        }
        for (name, value) in self.headers {
            // A value that is none comes from a name with a line break in it: it is left out.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        }
        response
    }
}

const ALWAYS: &[(&str, &str)] = &[
    ("server", "Splunkd"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
    ("cache-control", "no-store, no-cache, must-revalidate, max-age=0"),
    ("expires", "Thu, 26 Oct 1978 00:00:00 GMT"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_a_path() {
        for name in ["a b+c", "http://x", "100%", "ü/ö"] {
            assert_eq!(decoded(&encoded(name)), name);
        }
        assert_eq!(decoded("http:%2F%2Fx"), "http://x");
    }

    #[test]
    fn forms_are_decoded() {
        let params = Params::parse("a=1+2%3D3&a=x&empty=&flag=true&%7A");
        assert_eq!(params.all("a").collect::<Vec<_>>(), ["1 2=3", "x"]);
        assert_eq!((params.get("empty"), params.filled("empty"), params.flag("flag")), (Some(""), None, true));
        assert_eq!(params.get("z"), Some(""));
    }
}

//! A small HTTP server on this machine, for datasets from the network. It serves one request a connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it answers.
#[derive(Clone)]
pub(crate) struct Answer {
    /// `200 OK`; nothing at all where it is empty.
    pub(crate) status: &'static str,
    /// Headers beside the length, each with its line end.
    pub(crate) headers: String,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// After so many bytes of the body nothing more comes, and the connection stays open.
    pub(crate) stall_after: Option<usize>,
}

impl Answer {
    /// A file.
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Answer {
        Answer { status: "200 OK", headers: String::new(), body: body.into(), stall_after: None }
    }

    /// No file.
    pub(crate) fn missing() -> Answer {
        Answer { status: "404 Not Found", ..Answer::ok("not here") }
    }

    /// A file that is known by a tag: all of it, or what a request wants of it.
    pub(crate) fn tagged(body: &[u8], tag: &str, request: &Request) -> Answer {
        let headers = format!("etag: \"{tag}\"\r\n");
        match request.header("range").and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok()) {
            Some(from) if request.header("if-range") == Some(&format!("\"{tag}\"")) => Answer {
                status: "206 Partial Content",
                headers: format!("{headers}content-range: bytes {from}-{}/{}\r\n", body.len() - 1, body.len()),
                ..Answer::ok(&body[from..])
            },
            _ => Answer { headers, ..Answer::ok(body) },
        }
    }
}

/// What it was asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `GET /x.log`.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Request {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// A running server.
pub(crate) struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers every request as `answer` says; it gets the server's own address too.
    pub(crate) fn new(answer: impl Fn(&Request, &str) -> Answer + Send + Sync + 'static) -> std::io::Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        let asked: Arc<Mutex<Vec<Request>>> = Arc::default();
        let server = Server { address: address.clone(), asked: asked.clone() };
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, asked, address) = (answer.clone(), asked.clone(), address.clone());
                std::thread::spawn(move || serve(stream, &*answer, &asked, &address));
            }
        });
        Ok(server)
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().map(|list| list.clone()).unwrap_or_default()
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&Request, &str) -> Answer, asked: &Mutex<Vec<Request>>, address: &str) {
    let Some(request) = read(&mut stream) else { return };
    if let Ok(mut list) = asked.lock() {
        list.push(request.clone());
    }
    let answer = answer(&request, address);
    let head = format!(
        "HTTP/1.1 {}\r\n{}content-length: {}\r\nconnection: close\r\n\r\n",
        answer.status,
        answer.headers,
        answer.body.len()
    );
    if answer.status.is_empty() {
        // It hangs up without a word.
        return;
    }
    let now = answer.stall_after.unwrap_or(answer.body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer.body[..now]));
    if answer.stall_after.is_some() {
        // Until the other end goes away.
        let _ = stream.read(&mut [0; 1]);
    }
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut block = [0; 4096];
    let end = loop {
        match bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            Some(end) => break end,
            None => match stream.read(&mut block).ok()? {
                0 => return None,
                n => bytes.extend_from_slice(&block[..n]),
            },
        }
    };
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = text.lines();
    let line = lines.next()?.rsplit_once(' ')?.0.to_string();
    let headers: Vec<(String, String)> =
        lines.filter_map(|l| l.split_once(": ").map(|(n, v)| (n.to_lowercase(), v.to_string()))).collect();
    let length = headers.iter().find(|(n, _)| n == "content-length").and_then(|(_, v)| v.parse().ok()).unwrap_or(0);
    while bytes.len() < end + 4 + length {
        match stream.read(&mut block).ok()? {
            0 => break,
            n => bytes.extend_from_slice(&block[..n]),
        }
    }
    let body = bytes.split_off(end + 4);
    Some(Request { line, headers, body: String::from_utf8_lossy(&body).into_owned(), bytes: body })
}

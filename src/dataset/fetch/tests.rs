//! A server that fails in every way, and what comes of it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use super::*;

/// Short enough for a test.
const QUICK: Patience = Patience { tries: 3, pause: Duration::from_millis(1), silence: Duration::from_millis(300) };

/// What the server does with a connection.
#[derive(Clone)]
enum Act {
    /// Says this and closes.
    Say(String),
    /// Says this and then nothing, until the other end closes.
    Stall(String),
}

fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}connection: close\r\n\r\n{body}")
}

/// Does one thing a connection; gives the address and what it was asked.
fn serve(acts: Vec<Act>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (asked, requests) = channel();
    std::thread::spawn(move || {
        for act in acts {
            let (mut stream, _) = listener.accept().expect("a connection");
            let _ = asked.send(request(&mut stream));
            let (Act::Say(text) | Act::Stall(text)) = &act;
            let _ = stream.write_all(text.as_bytes());
            if matches!(act, Act::Stall(_)) {
                let _ = stream.read(&mut [0; 1]);
            }
        }
    });
    (format!("http://{address}/x.log"), requests)
}

fn request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut block = [0; 4096];
    while !text.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut block) {
            Ok(0) | Err(_) => break,
            Ok(n) => text.extend_from_slice(&block[..n]),
        }
    }
    String::from_utf8_lossy(&text).to_lowercase()
}

fn fetched(url: &str, folder: &Path, max_bytes: u64) -> Result<String, FetchError> {
    let part = folder.join("x");
    fetch(url, &HeaderMap::new(), &part, max_bytes, QUICK)?;
    Ok(std::fs::read_to_string(part)?)
}

#[test]
fn a_server_error_is_tried_again_and_a_missing_file_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let get = |acts: &[String], max| fetched(&serve(acts.iter().cloned().map(Act::Say).collect()).0, folder.path(), max);
    let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_string();
    let fine = ok("content-length: 5\r\n", "hello");
    assert_eq!(get(&[busy.clone(), fine.clone()], 100).expect("fetched"), "hello");
    assert!(matches!(get(&[busy.clone(), busy.clone(), busy, fine.clone()], 100), Err(FetchError::Status(503))));
    let gone = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_string();
    assert!(matches!(get(&[gone, fine.clone()], 100), Err(FetchError::Status(404))));
    assert!(matches!(get(&[fine], 3), Err(FetchError::TooLarge(3))));
    assert!(matches!(get(&[ok("", "hello")], 3), Err(FetchError::TooLarge(3))));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left of what failed");
}

#[test]
fn a_download_goes_on_where_it_was_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let cut = Act::Say(ok("content-length: 10\r\netag: \"v1\"\r\n", "01234"));
    let rest = "HTTP/1.1 206 Partial\r\ncontent-range: bytes 5-9/10\r\ncontent-length: 5\r\nconnection: close\r\n\r\n56789";
    let (url, requests) = serve(vec![cut, Act::Say(rest.to_string())]);
    assert_eq!(fetched(&url, folder.path(), 100).expect("fetched"), "0123456789");
    assert!(!requests.recv().expect("asked").contains("range:"));
    let second = requests.recv().expect("asked");
    assert!(second.contains("range: bytes=5-") && second.contains("if-range: \"v1\""), "{second}");
    assert!(!folder.path().join("x.about").exists());
}

#[test]
fn what_is_there_is_kept_while_the_server_is_busy() {
    let folder = tempfile::tempdir().expect("a folder");
    let cut = Act::Say(ok("content-length: 10\r\netag: \"v1\"\r\n", "01234"));
    let busy = "HTTP/1.1 429 Too Many\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let rest = "HTTP/1.1 206 Partial\r\ncontent-range: bytes 5-9/10\r\ncontent-length: 5\r\nconnection: close\r\n\r\n56789";
    let (url, requests) = serve(vec![cut, Act::Say(busy.to_string()), Act::Say(rest.to_string())]);
    assert_eq!(fetched(&url, folder.path(), 100).expect("fetched"), "0123456789");
    assert!(requests.iter().last().expect("asked").contains("range: bytes=5-"));
}

#[test]
fn the_next_run_goes_on_and_a_file_that_changed_begins_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    // Three times cut off after a byte more: all tries of the first run.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/x.log", listener.local_addr().expect("an address"));
    let acts = [
        ok("content-length: 10\r\netag: \"v1\"\r\n", "01"),
        "HTTP/1.1 206 P\r\ncontent-range: bytes 2-9/10\r\ncontent-length: 8\r\nconnection: close\r\n\r\n2".to_string(),
        "HTTP/1.1 206 P\r\ncontent-range: bytes 3-9/10\r\ncontent-length: 7\r\nconnection: close\r\n\r\n3".to_string(),
        ok("content-length: 3\r\netag: \"v2\"\r\n", "new"),
    ];
    let server = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for act in acts {
            let (mut stream, _) = listener.accept().expect("a connection");
            asked.push(request(&mut stream));
            let _ = stream.write_all(act.as_bytes());
        }
        asked
    });
    assert!(matches!(fetched(&url, folder.path(), 100), Err(FetchError::Short { got: 4, expected: 10 })));
    assert_eq!(std::fs::read_to_string(folder.path().join("x")).expect("kept"), "0123");
    assert_eq!(fetched(&url, folder.path(), 100).expect("fetched"), "new");
    assert!(server.join().expect("served")[3].contains("range: bytes=4-"));
}

#[test]
fn a_part_that_does_not_fit_is_thrown_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let cut = Act::Say(ok("content-length: 10\r\netag: \"v1\"\r\n", "01234"));
    let wrong = "HTTP/1.1 206 P\r\ncontent-range: bytes 0-9/10\r\ncontent-length: 10\r\nconnection: close\r\n\r\nabcdefghij";
    let whole = Act::Say(ok("content-length: 3\r\n", "new"));
    let (url, _requests) = serve(vec![cut, Act::Say(wrong.to_string()), whole]);
    assert_eq!(fetched(&url, folder.path(), 100).expect("fetched"), "new");
}

#[test]
fn without_a_tag_a_cut_off_file_is_fetched_from_its_begin_and_never_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let cut = || Act::Say(ok("content-length: 10\r\netag: W/\"v1\"\r\n", "01234"));
    let (url, requests) = serve(vec![cut(), cut(), cut()]);
    assert!(matches!(fetched(&url, folder.path(), 100), Err(FetchError::Short { got: 5, expected: 10 })));
    assert!(requests.iter().all(|text| !text.contains("range:")));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn a_server_that_stalls_is_given_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let begin = std::time::Instant::now();
    let head = ok("content-length: 10\r\n", "01234");
    let (url, _requests) = serve(vec![Act::Stall(String::new()), Act::Stall(head.clone()), Act::Stall(head)]);
    let why = fetched(&url, folder.path(), 100).expect_err("it says nothing").to_string();
    assert!(why.contains("did not answer in time"), "{why}");
    assert!(begin.elapsed() < Duration::from_secs(10));
    let (url, _requests) =
        serve(vec![Act::Stall(ok("content-length: 10\r\n", "01")), Act::Say(ok("content-length: 2\r\n", "ok"))]);
    assert_eq!(fetched(&url, folder.path(), 100).expect("the second try"), "ok");
}

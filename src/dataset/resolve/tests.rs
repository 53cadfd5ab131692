//! Datasets that are found, refused and unpacked.

use super::*;
use std::io::Write;

fn resolver(root: &Path, mirrors: &[(&str, &Path)]) -> Resolver {
    Resolver::new(Settings {
        root: root.to_path_buf(),
        mirrors: mirrors.iter().map(|(p, d)| Mirror { prefix: (*p).to_string(), folder: d.to_path_buf() }).collect(),
        cache: root.join("cache"),
        offline: true,
        limits: Limits { bytes: 8 << 20, ratio: 100, ..Limits::default() },
    })
}

#[test]
fn the_longest_mirror_wins_and_none_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let (short, long) = (folder.path().join("short"), folder.path().join("long"));
    for (at, text) in [(&short, "short"), (&long, "long")] {
        std::fs::create_dir_all(at.join("datasets")).expect("created");
        std::fs::write(at.join("datasets/a b.log"), text).expect("written");
    }
    std::fs::write(folder.path().join("secret"), "x").expect("written");
    let r = resolver(folder.path(), &[("https://h/", &short), ("https://h/master/", &long)]);
    let read = |data: &str| r.resolve_one(data).map(|p| std::fs::read_to_string(p).expect("readable"));
    assert_eq!(read("https://h/master/datasets/a%20b.log"), Ok("long".to_string()));
    assert_eq!(read("https://h/datasets/a%20b.log?x=1"), Ok("short".to_string()));
    let out = r.resolve("https://h/master/..%2f..%2fsecret").expect_err("must not leave the mirror");
    assert_eq!(out.code, Code::DataMissing);
    let missing = r.resolve("https://h/master/none.log").expect_err("not there");
    assert!(missing.help.is_some_and(|h| h.contains("--offline")));
    assert_eq!(missing.notes.len(), 2);
}

#[test]
fn what_is_no_dataset_is_refused_with_advice() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).expect("written");
    write("lfs.log", b"version https://git-lfs.github.com/spec/v1\n");
    write("page.log", b"<!doctype html><html>");
    write("empty.log", b"\n");
    write("windows-sysmon.log", b"<Event>");
    let r = resolver(folder.path(), &[]);
    let help = |name: &str| {
        let problem = r.resolve(name).expect_err("refused");
        (problem.code, problem.help.unwrap_or_default())
    };
    assert!(help("lfs.log").1.contains("git lfs pull"));
    assert!(help("page.log").1.contains("raw"));
    assert_eq!(help("empty.log").0, Code::DataFormat);
    assert_eq!(help("windows-sysmn.log"), (Code::DataMissing, "did you mean `windows-sysmon.log`?".to_string()));
    assert!(r.resolve("file:windows-sysmon.log").is_ok());
}

#[test]
fn gzip_is_unpacked_within_limits() {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = |name: &str, text: &[u8]| {
        let file = std::fs::File::create(folder.path().join(name)).expect("created");
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::best());
        encoder.write_all(text).and_then(|()| encoder.finish().map(drop)).expect("packed");
    };
    pack("fine.log.gz", b"one\ntwo\n");
    pack("bomb.log.gz", &vec![b'a'; 4 << 20]);
    let r = resolver(folder.path(), &[]);
    let path = r.resolve_one("fine.log.gz").expect("unpacked");
    assert_eq!(std::fs::read(path).expect("readable"), b"one\ntwo\n");
    assert_eq!(r.resolve("bomb.log.gz").expect_err("refused").code, Code::DataLimit);
    std::fs::write(folder.path().join("cut.gz"), b"\x1f\x8b\x08\x00").expect("written");
    assert_eq!(r.resolve("cut.gz").expect_err("refused").code, Code::DataFormat);
}

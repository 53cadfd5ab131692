//! Every packing, one in the other, within limits, and broken.

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).and_then(|()| out.finish()).expect("memory")
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut out = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::best());
    out.write_all(bytes).and_then(|()| out.finish()).expect("memory")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut out = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).expect("options");
    out.write_all(bytes).expect("memory");
    out.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = ::tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = ::tar::Header::new_gnu();
        // `set_path` refuses what an evil archive may hold.
        header.as_gnu_mut().expect("a GNU header").name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *bytes).expect("memory");
    }
    tar.into_inner().expect("memory")
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ::zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, ::zip::write::SimpleFileOptions::default()).expect("memory");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

const LIMITS: Limits = Limits { bytes: 4 << 20, ratio: 100, entries: 5, depth: 3 };

/// Names and texts of what comes out.
fn out(bytes: &[u8]) -> Result<Vec<(String, String)>, UnpackError> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("packed");
    std::fs::write(&file, bytes).expect("written");
    let pieces = unpack(&file, &folder.path().join("out"), LIMITS)?;
    Ok(pieces.into_iter().map(|p| (p.name, std::fs::read_to_string(p.file).expect("text"))).collect())
}

fn one(name: &str, text: &str) -> Vec<(String, String)> {
    vec![(name.to_string(), text.to_string())]
}

const LOG: &[u8] = b"one\ntwo\n";

#[test]
fn every_packing_is_read() {
    for packed in [gzip(LOG), bzip2(LOG), xz(LOG), zstd(LOG)] {
        assert_eq!(out(&packed).expect("whole"), one("", "one\ntwo\n"));
        // Two in a row are one text, as the tools of each packing see it.
        assert_eq!(out(&[packed.clone(), packed].concat()).expect("whole"), one("", "one\ntwo\none\ntwo\n"));
    }
    let skipped = [b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec(), zstd(LOG)].concat();
    assert_eq!(out(&skipped).expect("whole"), one("", "one\ntwo\n"));
}

#[test]
fn an_archive_is_all_its_files_in_the_order_of_their_names() {
    let files: &[(&str, &[u8])] = &[("d/b.log", b"b\n"), ("a.log", b"a\n"), ("__MACOSX/._a.log", b"x"), ("empty", b"")];
    let wanted = [one("a.log", "a\n"), one("d/b.log", "b\n")].concat();
    for packed in [tar(files), zip(files), gzip(&tar(files)), xz(&zip(files))] {
        assert_eq!(out(&packed).expect("whole"), wanted);
    }
}

#[test]
fn one_in_the_other_and_formats_in_them() {
    let array = zip(&[("events.json", b"[{\"a\": 1},\n{\"a\": 2}]"), ("x.log.gz", &gzip(LOG))]);
    let wanted = [one("in.zip/events.json", "{\"a\": 1}\n{\"a\": 2}\n"), one("in.zip/x.log.gz", "one\ntwo\n")].concat();
    assert_eq!(out(&tar(&[("in.zip", &array)])).expect("whole"), wanted);
    // Lines of arrays are events as they are.
    assert_eq!(out(&gzip(b"[{}]\n[{}]\n")).expect("whole"), one("", "[{}]\n[{}]\n"));
}

#[cfg(feature = "evtx")]
#[test]
fn an_event_log_in_an_archive_is_lines() {
    let log = evtx::sample::log(&["a.exe", "b.exe"]);
    let lines = out(&zip(&[("d/a.evtx", &log)])).expect("whole");
    assert_eq!((lines[0].0.as_str(), lines[0].1.lines().count()), ("d/a.evtx", 2));
    assert!(lines[0].1.lines().all(|line| line.starts_with("<Event ") && line.ends_with("</Event>")));
    let cut = out(&zip(&[("d/a.evtx", &log[..60_000])]));
    assert!(matches!(&cut, Err(UnpackError::Broken { what, .. }) if what == "Windows event log d/a.evtx in it"), "{cut:?}");
}

#[test]
fn limits_hold() {
    let limit = |bytes: &[u8]| match out(bytes) {
        Err(UnpackError::Limit(limit)) => limit,
        other => panic!("not stopped: {:?}", other.map(|files| files.len())),
    };
    let bomb = vec![b' '; 3 << 20];
    for packed in [gzip(&bomb), bzip2(&bomb), xz(&bomb), zstd(&bomb), zip(&[("a", &bomb)])] {
        assert_eq!(limit(&packed), Exceeded::Ratio(100));
    }
    let mut noise: Vec<u8> = (0..1_500_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    noise[0] = b'x';
    let files: Vec<(&str, &[u8])> = ["a", "b", "c"].iter().map(|name| (*name, noise.as_slice())).collect();
    assert_eq!(limit(&tar(&files)), Exceeded::Bytes(4 << 20));
    let many: Vec<(&str, &[u8])> = ["1", "2", "3", "4", "5", "6"].iter().map(|name| (*name, LOG)).collect();
    assert_eq!(limit(&zip(&many)), Exceeded::Entries(5));
    assert_eq!(limit(&gzip(&gzip(&gzip(&gzip(LOG))))), Exceeded::Depth(3));
}

#[test]
fn what_is_cut_off_is_broken() {
    let text: Vec<u8> = (0..20_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let whole = [gzip(&text), bzip2(&text), xz(&text), zstd(&text), zip(&[("a", &text)]), tar(&[("a", &text)])];
    for (kind, packed) in ["gzip", "bzip2", "xz", "zstd", "zip", "tar"].iter().zip(&whole) {
        let got = out(&packed[..packed.len() / 2]);
        assert!(matches!(&got, Err(UnpackError::Broken { what, .. }) if what.contains(kind)), "{kind}: {got:?}");
    }
    // A byte that is another: the checksum tells.
    for mut packed in whole.into_iter().take(5) {
        let at = packed.len() / 2;
        packed[at] ^= 0x55;
        assert!(matches!(out(&packed), Err(UnpackError::Broken { .. })));
    }
}

#[test]
fn no_name_leads_out() {
    for packed in
        [tar(&[("../../x.log", LOG)]), tar(&[("/etc/x.log", LOG)]), zip(&[("a/../../x.log", LOG)]), zip(&[("..\\x.log", LOG)])]
    {
        assert!(matches!(out(&packed), Err(UnpackError::Path(_))));
    }
}

#[test]
fn what_is_no_dataset_in_an_archive_is_said() {
    let packed = zip(&[("a.log", LOG), ("b.log", b"version https://git-lfs.github.com/spec/v1\n")]);
    assert!(matches!(out(&packed), Err(UnpackError::NoDataset(name, _)) if name == "b.log"));
}

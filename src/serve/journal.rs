//! `--data-dir`: the events on disk. Each request is a record at the end of one file; a thread writes the file through to
//! the disk, and only then the acknowledgments of its records turn true. What a record holds is whole or not there: it has
//! a length and a checksum, and a torn end is cut off when the file is read.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flate2::Crc;

use super::record::{decode, encode};
use crate::ingest::Event;

/// The name of the file, and of the one that takes its place when it is written anew.
const NAME: &str = "events.muster";
const NEXT: &str = "events.muster.next";
/// The first bytes of the file.
const MAGIC: &[u8] = b"muster events 1\n";
/// A record of more bytes than this is none: the largest body that the collector takes is smaller.
const LARGEST: u32 = u32::MAX / 2;
/// Events of a record, where the file is written anew.
const TOGETHER: usize = 10_000;

/// The events on disk.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    state: Mutex<State>,
    more: Condvar,
    /// Records before this one are on the disk.
    durable: AtomicU64,
}

#[derive(Debug)]
struct State {
    file: Arc<File>,
    /// Records so far, since the start.
    records: u64,
    /// Why nothing can be written any more.
    broken: Option<String>,
}

/// What was on disk.
pub(super) struct Found {
    pub(super) journal: Arc<Journal>,
    /// Bytes at the end that were not written as a whole, and are gone.
    pub(super) torn: u64,
}

impl Journal {
    /// Opens or makes the file in a folder; `take` gets the events that are in it.
    pub(super) fn open(folder: &Path, mut take: impl FnMut(Vec<Event>)) -> io::Result<Found> {
        std::fs::create_dir_all(folder)?;
        // What was not put in its place was not finished.
        let _ = std::fs::remove_file(folder.join(NEXT));
        let path = folder.join(NAME);
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        lock(&file, &path)?;
        let length = file.metadata()?.len();
        let mut whole = 0;
        if length < MAGIC.len() as u64 {
            file.set_len(0)?;
            file.write_all(MAGIC)?;
            whole = MAGIC.len() as u64;
        } else {
            file.rewind()?;
            let mut reader = BufReader::with_capacity(1 << 20, &file);
            let mut magic = vec![0; MAGIC.len()];
            reader.read_exact(&mut magic)?;
            if magic != MAGIC {
                return Err(io::Error::other(format!("{} is no file of events that this version reads", path.display())));
            }
            whole += MAGIC.len() as u64;
            while let Some((events, size)) = record(&mut reader) {
                whole += size;
                take(events);
            }
        }
        let torn = length.saturating_sub(whole);
        if torn > 0 {
            file.set_len(whole)?;
        }
        file.sync_all()?;
        sync_folder(folder)?;
        let state = State { file: Arc::new(file), records: 0, broken: None };
        let journal = Arc::new(Journal {
            folder: folder.to_path_buf(),
            state: Mutex::new(state),
            more: Condvar::new(),
            durable: AtomicU64::new(0),
        });
        let weak = Arc::downgrade(&journal);
        std::thread::spawn(move || {
            while let Some(journal) = weak.upgrade() {
                journal.write_through();
            }
        });
        Ok(Found { journal, torn })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a record and gives its number. It is in the file when this comes back, and on the disk a little later.
    pub(super) fn append(&self, events: &[Event]) -> io::Result<u64> {
        let bytes = framed(events);
        let mut state = self.state();
        if let Some(why) = &state.broken {
            return Err(io::Error::other(why.clone()));
        }
        let mut file: &File = &state.file;
        let begin = file.metadata()?.len();
        if let Err(why) = file.write_all(&bytes) {
            // Half a record would hide those after it.
            if let Err(worse) = file.set_len(begin) {
                state.broken = Some(format!("the file of events cannot be written: {worse}"));
            }
            return Err(why);
        }
        state.records += 1;
        self.more.notify_one();
        Ok(state.records)
    }

    /// True once a record is on the disk.
    pub(super) fn is_durable(&self, record: u64) -> bool {
        self.durable.load(Ordering::Acquire) >= record
    }

    /// Waits for records and writes them through; all that came meanwhile are written at once.
    fn write_through(&self) {
        let (file, records) = {
            let state = self.state();
            let done = self.durable.load(Ordering::Acquire);
            let wait = Duration::from_millis(500);
            let (state, _) =
                self.more.wait_timeout_while(state, wait, |s| s.records == done).unwrap_or_else(PoisonError::into_inner);
            if state.records == done {
                return;
            }
            (state.file.clone(), state.records)
        };
        match file.sync_data() {
            Ok(()) => drop(self.durable.fetch_max(records, Ordering::AcqRel)),
            // After a failed sync nobody knows what is on the disk.
            Err(why) => self.state().broken = Some(format!("the file of events cannot be written through: {why}")),
        }
    }

    /// Writes the file anew with these events alone: some were deleted, or searches have written some.
    pub(super) fn rewrite(&self, events: impl Iterator<Item = Event>) -> io::Result<()> {
        let mut state = self.state();
        let path = self.folder.join(NEXT);
        let mut file = OpenOptions::new().read(true).append(true).create_new(true).open(&path)?;
        lock(&file, &path)?;
        file.write_all(MAGIC)?;
        let mut part = Vec::with_capacity(TOGETHER);
        for event in events {
            part.push(event);
            if part.len() == TOGETHER {
                file.write_all(&framed(&part))?;
                part.clear();
            }
        }
        if !part.is_empty() {
            file.write_all(&framed(&part))?;
        }
        file.sync_all()?;
        std::fs::rename(&path, self.folder.join(NAME))?;
        sync_folder(&self.folder)?;
        state.file = Arc::new(file);
        state.broken = None;
        self.durable.fetch_max(state.records, Ordering::AcqRel);
        Ok(())
    }
}

/// One server a folder: two would write into each other's records.
fn lock(file: &File, path: &Path) -> io::Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(std::fs::TryLockError::WouldBlock) => Err(io::Error::other(format!("another muster serve uses {}", path.display()))),
        Err(std::fs::TryLockError::Error(why)) => Err(why),
    }
}

/// Length, checksum, events.
fn framed(events: &[Event]) -> Vec<u8> {
    let mut bytes = vec![0; 8];
    encode(events, &mut bytes);
    let length = (bytes.len() - 8) as u32;
    let mut crc = Crc::new();
    crc.update(&bytes[8..]);
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes[4..8].copy_from_slice(&crc.sum().to_le_bytes());
    bytes
}

/// The next record, with its size in the file; nothing at the end, or where it is not whole.
fn record(reader: &mut impl Read) -> Option<(Vec<Event>, u64)> {
    let mut head = [0; 8];
    reader.read_exact(&mut head).ok()?;
    let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
    let sum = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    if length > LARGEST {
        return None;
    }
    let mut body = Vec::new();
    reader.take(u64::from(length)).read_to_end(&mut body).ok()?;
    let mut crc = Crc::new();
    crc.update(&body);
    if body.len() != length as usize || crc.sum() != sum {
        return None;
    }
    Some((decode(&body)?, 8 + u64::from(length)))
}

/// A new name in a folder is there after a crash only if the folder was written through.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(raw: &str) -> Event {
        let text = |t: &str| t.into();
        Event {
            raw: raw.into(),
            time: 1.5,
            host: text("h"),
            source: text("s"),
            sourcetype: text("t"),
            index: text("main"),
            fields: Vec::new(),
            stamp: None,
            dropped: false,
        }
    }

    fn read(folder: &Path) -> (Vec<String>, u64, Arc<Journal>) {
        let mut all = Vec::new();
        let found = Journal::open(folder, |events| all.extend(events.into_iter().map(|e| e.raw.to_string()))).expect("it opens");
        (all, found.torn, found.journal)
    }

    #[test]
    fn records_are_there_again_and_a_torn_end_is_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let (none, torn, journal) = read(folder.path());
        assert_eq!((none.len(), torn), (0, 0));
        journal.append(&[event("a"), event("b")]).expect("it is written");
        let last = journal.append(&[event("c")]).expect("it is written");
        while !journal.is_durable(last) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(Journal::open(folder.path(), |_| ()).is_err(), "it is in use");
        drop(journal);
        std::thread::sleep(Duration::from_millis(700));
        let path = folder.path().join(NAME);
        let bytes = std::fs::read(&path).expect("it is there");
        for cut in 1..20 {
            std::fs::write(&path, &bytes[..bytes.len() - cut]).expect("it is written");
            let (all, torn, journal) = read(folder.path());
            assert_eq!(all, ["a", "b"]);
            assert!(torn > 0);
            journal.rewrite([event("x")].into_iter()).expect("it is written");
            drop(journal);
            std::thread::sleep(Duration::from_millis(550));
            let (all, _, journal) = read(folder.path());
            assert_eq!(all, ["x"]);
            drop(journal);
            std::thread::sleep(Duration::from_millis(550));
            if cut > 2 {
                break;
            }
        }
    }
}

//! Writes a Windows event log, for tests: one chunk, one template, a record for each command line. Written after
//! [MS-EVEN6] 2.2.12 (binary XML) and the published layout of the file.

/// 2026-01-02T03:04:05.6789012Z in units of 100 ns since 1601.
const TIME: u64 = 134_117_966_456_789_012;

const FILE_HEADER: usize = 4096;
const CHUNK_HEADER: usize = 512;
const CHUNK: usize = 65_536;

/// A log with a record for each text.
pub(in super::super) fn log(commands: &[&str]) -> Vec<u8> {
    let mut chunk = Chunk { bytes: vec![0; CHUNK_HEADER], names: Vec::new(), template: None };
    let mut last = 0;
    for (n, command) in commands.iter().enumerate() {
        last = chunk.bytes.len();
        chunk.record(n as u64 + 1, command);
    }
    let (count, free) = (commands.len() as u64, chunk.bytes.len());
    let mut bytes = chunk.bytes;
    bytes.resize(CHUNK, 0);
    put(&mut bytes, 0, b"ElfChnk\0");
    for at in [8, 24] {
        put(&mut bytes, at, &1u64.to_le_bytes());
        put(&mut bytes, at + 8, &count.to_le_bytes());
    }
    put(&mut bytes, 40, &128u32.to_le_bytes());
    put(&mut bytes, 44, &(last as u32).to_le_bytes());
    put(&mut bytes, 48, &(free as u32).to_le_bytes());
    let mut file = vec![0; FILE_HEADER];
    put(&mut file, 0, b"ElfFile\0");
    put(&mut file, 24, &(count + 1).to_le_bytes());
    put(&mut file, 32, &128u32.to_le_bytes());
    for (at, number) in [(36, 1u16), (38, 3), (40, 4096), (42, 1)] {
        put(&mut file, at, &number.to_le_bytes());
    }
    file.extend(bytes);
    file
}

fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

struct Chunk {
    bytes: Vec<u8>,
    /// Names that are written, and where: each is written once.
    names: Vec<(&'static str, u32)>,
    template: Option<u32>,
}

impl Chunk {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn record(&mut self, id: u64, command: &str) {
        let begin = self.bytes.len();
        self.add(b"\x2a\x2a\0\0\0\0\0\0");
        self.add(&id.to_le_bytes());
        self.add(&TIME.to_le_bytes());
        self.add(&[0x0f, 1, 1, 0]);
        // An instance of the template: its place, and where it is written the first time, the template itself.
        self.add(&[0x0c, 1]);
        self.add(&1u32.to_le_bytes());
        match self.template {
            Some(at) => self.add(&at.to_le_bytes()),
            None => {
                let at = self.bytes.len() as u32 + 4;
                self.template = Some(at);
                self.add(&at.to_le_bytes());
                self.definition();
            }
        }
        let text: Vec<u8> = command.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let values: [(u8, Vec<u8>); 4] = [
            (0x15, (1u64 << 63).to_le_bytes().to_vec()),
            (0x11, TIME.to_le_bytes().to_vec()),
            (0x0a, id.to_le_bytes().to_vec()),
            (if text.is_empty() { 0 } else { 1 }, text),
        ];
        self.add(&(values.len() as u32).to_le_bytes());
        for (kind, value) in &values {
            self.add(&(value.len() as u16).to_le_bytes());
            self.add(&[*kind, 0]);
        }
        for (_, value) in &values {
            self.add(value);
        }
        let size = ((self.bytes.len() - begin + 4) as u32).to_le_bytes();
        self.add(&size);
        put(&mut self.bytes, begin + 4, &size);
    }

    fn definition(&mut self) {
        self.add(&0u32.to_le_bytes());
        self.add(&[7; 16]);
        let size = self.bytes.len();
        self.add(&[0; 4]);
        let begin = self.bytes.len();
        self.add(&[0x0f, 1, 1, 0]);
        let event: &[(&'static str, Value)] = &[("xmlns", Value::Text("http://schemas.microsoft.com/win/2004/08/events/event"))];
        self.element("Event", event, |c| {
            c.element("System", &[], |c| {
                c.empty("Provider", &[("Name", Value::Text("Made-Up"))]);
                c.element("EventID", &[], |c| c.value(Value::Text("7")));
                c.element("Keywords", &[], |c| c.value(Value::Slot(0, 0x15)));
                c.empty("TimeCreated", &[("SystemTime", Value::Slot(1, 0x11))]);
                c.element("EventRecordID", &[], |c| c.value(Value::Slot(2, 0x0a)));
                c.empty("Correlation", &[]);
            });
            c.element("EventData", &[], |c| {
                c.element("Data", &[("Name", Value::Text("CommandLine"))], |c| c.value(Value::Slot(3, 1)));
            });
        });
        self.add(&[0]);
        let length = (self.bytes.len() - begin) as u32;
        put(&mut self.bytes, size, &length.to_le_bytes());
    }

    fn element(&mut self, name: &'static str, attributes: &[(&'static str, Value)], inside: impl FnOnce(&mut Chunk)) {
        self.tag(name, attributes, |c| {
            c.add(&[2]);
            inside(c);
            c.add(&[4]);
        });
    }

    fn empty(&mut self, name: &'static str, attributes: &[(&'static str, Value)]) {
        self.tag(name, attributes, |c| c.add(&[3]));
    }

    fn tag(&mut self, name: &'static str, attributes: &[(&'static str, Value)], rest: impl FnOnce(&mut Chunk)) {
        self.add(&[if attributes.is_empty() { 0x01 } else { 0x41 }, 0xff, 0xff]);
        let size = self.bytes.len();
        self.add(&[0; 4]);
        self.name(name);
        if !attributes.is_empty() {
            let list = self.bytes.len();
            self.add(&[0; 4]);
            for (n, (name, value)) in attributes.iter().enumerate() {
                self.add(&[if n + 1 < attributes.len() { 0x46 } else { 0x06 }]);
                self.name(name);
                self.value(*value);
            }
            let length = (self.bytes.len() - list - 4) as u32;
            put(&mut self.bytes, list, &length.to_le_bytes());
        }
        rest(self);
        let length = (self.bytes.len() - size - 4) as u32;
        put(&mut self.bytes, size, &length.to_le_bytes());
    }

    fn name(&mut self, name: &'static str) {
        if let Some((_, at)) = self.names.iter().find(|(known, _)| *known == name) {
            let at = *at;
            return self.add(&at.to_le_bytes());
        }
        let at = self.bytes.len() as u32 + 4;
        self.names.push((name, at));
        self.add(&at.to_le_bytes());
        let units: Vec<u16> = name.encode_utf16().collect();
        let hash = units.iter().fold(0u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(u32::from(*unit)));
        self.add(&0u32.to_le_bytes());
        self.add(&(hash as u16).to_le_bytes());
        self.add(&(units.len() as u16).to_le_bytes());
        self.add(&units.iter().flat_map(|u| u.to_le_bytes()).collect::<Vec<u8>>());
        self.add(&[0, 0]);
    }

    fn value(&mut self, value: Value) {
        match value {
            Value::Text(text) => {
                let units: Vec<u16> = text.encode_utf16().collect();
                self.add(&[0x05, 0x01]);
                self.add(&(units.len() as u16).to_le_bytes());
                self.add(&units.iter().flat_map(|u| u.to_le_bytes()).collect::<Vec<u8>>());
            }
            Value::Slot(number, kind) => {
                self.add(&[0x0d]);
                self.add(&u16::to_le_bytes(number));
                self.add(&[kind]);
            }
        }
    }
}

/// A text, or the place of a value of the record, with its type.
#[derive(Clone, Copy)]
enum Value {
    Text(&'static str),
    Slot(u16, u8),
}

//! Writes a small database in MaxMind's format, version 2.0: a binary tree of address bits with records of 24 bits, the
//! data as typed values, and the metadata behind its marker. Only what a test needs.

use std::net::{IpAddr, Ipv6Addr};

use serde_json::{Value, json};

/// The bytes of a database: networks such as `192.0.2.0/24`, and what is known of them.
pub(crate) fn write(entries: &[(String, Value)]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut nodes: Vec<[Next; 2]> = vec![[Next::Nothing; 2]];
    for (network, value) in entries {
        let (address, length) = network.split_once('/').expect("a network");
        let length: usize = length.parse().expect("a length");
        // IPv4 lies in the last 32 bits of the IPv6 tree.
        let (bits, length) = match address.parse().expect("an address") {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), length + 96),
            IpAddr::V6(v6) => (u128::from(Ipv6Addr::from(v6.octets())), length),
        };
        let offset = data.len();
        encode(value, &mut data);
        let mut node = 0;
        for depth in 0..length {
            let bit = usize::from(bits >> (127 - depth) & 1 == 1);
            if depth + 1 == length {
                nodes[node][bit] = Next::Data(offset);
            } else {
                node = match nodes[node][bit] {
                    Next::Node(next) => next,
                    _ => {
                        nodes.push([Next::Nothing; 2]);
                        let next = nodes.len() - 1;
                        nodes[node][bit] = Next::Node(next);
                        next
                    }
                };
            }
        }
    }
    let count = nodes.len();
    let mut bytes = Vec::new();
    for next in nodes.iter().flatten() {
        let record = match next {
            Next::Nothing => count,
            Next::Node(node) => *node,
            Next::Data(offset) => count + 16 + offset,
        };
        bytes.extend(&u32::try_from(record).expect("small").to_be_bytes()[1..]);
    }
    bytes.extend([0; 16]);
    bytes.extend(data);
    bytes.extend(b"\xab\xcd\xefMaxMind.com");
    // The metadata's numbers have types of their own.
    let numbers: [(&str, u8, usize, u64); 6] = [
        ("node_count", 6, 4, count as u64),
        ("record_size", 5, 2, 24),
        ("ip_version", 5, 2, 6),
        ("binary_format_major_version", 5, 2, 2),
        ("binary_format_minor_version", 5, 2, 0),
        ("build_epoch", 9, 8, 1_700_000_000),
    ];
    let texts = [("database_type", json!("Test-City")), ("languages", json!(["en"])), ("description", json!({"en": "test"}))];
    control(7, numbers.len() + texts.len(), &mut bytes);
    for (key, kind, width, number) in numbers {
        encode(&json!(key), &mut bytes);
        control(kind, width, &mut bytes);
        bytes.extend(&number.to_be_bytes()[8 - width..]);
    }
    for (key, value) in texts {
        encode(&json!(key), &mut bytes);
        encode(&value, &mut bytes);
    }
    bytes
}

#[derive(Clone, Copy)]
enum Next {
    Nothing,
    Node(usize),
    Data(usize),
}

fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            control(7, map.len(), out);
            for (key, value) in map {
                encode(&json!(key), out);
                encode(value, out);
            }
        }
        Value::Array(list) => {
            control(11, list.len(), out);
            list.iter().for_each(|item| encode(item, out));
        }
        Value::String(text) => {
            control(2, text.len(), out);
            out.extend(text.as_bytes());
        }
        Value::Number(number) => match number.as_u64() {
            Some(whole) => {
                control(5, 2, out);
                out.extend(u16::try_from(whole).expect("16 bits").to_be_bytes());
            }
            None => {
                control(3, 8, out);
                out.extend(number.as_f64().expect("a double").to_be_bytes());
            }
        },
        _ => panic!("no test needs this"),
    }
}

/// The type and the size, which is below 29 in tests, or below 285.
fn control(kind: u8, size: usize, out: &mut Vec<u8>) {
    let small = u8::try_from(size.min(29)).expect("small");
    match kind {
        0..=7 => out.push(kind << 5 | small),
        _ => out.extend([small, kind - 7]),
    }
    if size >= 29 {
        out.push(u8::try_from(size - 29).expect("below 285"));
    }
}

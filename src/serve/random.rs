//! Secrets and identifiers that nobody can guess.

use rustls::crypto::SecureRandom;

/// So many random bytes.
fn bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    let random: &dyn SecureRandom = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).expect("a system that runs TLS has random numbers");
    bytes
}

/// A secret of so many letters and digits.
pub(super) fn token(length: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // Four bytes a letter: that some letters are a little likelier does not show.
    let number = |b: &[u8]| b.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) as usize;
    bytes(length * 4).chunks(4).map(|b| LETTERS[number(b) % LETTERS.len()] as char).collect()
}

/// A GUID, as HEC tokens are.
pub(super) fn guid() -> String {
    let mut b = bytes(16);
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    let hex: String = b.iter().map(|b| format!("{b:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    #[test]
    fn they_differ() {
        assert_ne!(super::guid(), super::guid());
        assert_eq!((super::guid().len(), super::token(64).len()), (36, 64));
    }
}

//! Numbers and their text.

/// The number that a text is, as Splunk's comparisons see it: a decimal with an optional sign, fraction and exponent.
/// Words such as `inf`, and hexadecimal, are no numbers.
pub fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim_ascii();
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) || bytes.len() > 64 {
        return None;
    }
    // Rust reads "+inf" and "-nan" too.
    if bytes.iter().any(|b| b.is_ascii_alphabetic() && !matches!(b, b'e' | b'E')) {
        return None;
    }
    text.parse().ok()
}

/// The shortest decimal text that reads back as the same number; whole numbers have no fraction, there is no exponent.
pub fn format_number(n: f64) -> String {
    if n == n.trunc() && n.abs() < 1e15 {
        // Negative zero is written 0.
        return (n as i64).to_string();
    }
    // Sums such as 0.1+0.2 are shown as people expect: 15 significant digits where that is the same number to
    // within the last bits, as Splunk's own %.15g-like output does.
    let short = format!("{n:.*}", digits_after_point(n, 15));
    let trimmed = if short.contains('.') { short.trim_end_matches('0').trim_end_matches('.') } else { &short };
    match trimmed.parse::<f64>() {
        Ok(back) if (back - n).abs() <= n.abs() * 4.0 * f64::EPSILON => trimmed.to_string(),
        _ => format!("{n}"),
    }
}

fn digits_after_point(n: f64, significant: i32) -> usize {
    let magnitude = if n == 0.0 { 0 } else { n.abs().log10().floor() as i32 };
    (significant - 1 - magnitude).clamp(0, 300) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_and_written() {
        for (text, n) in [("10", 10.0), ("-1.5", -1.5), ("1e3", 1000.0), (".5", 0.5), (" 7 ", 7.0)] {
            assert_eq!(parse_number(text), Some(n), "{text}");
        }
        for text in ["", "x", "0x10", "inf", "-inf", "nan", "1.2.3", "10.0.0.1", "-"] {
            assert_eq!(parse_number(text), None, "{text}");
        }
        for (n, text) in [
            (3.0, "3"),
            (0.1 + 0.2, "0.3"),
            (-0.0, "0"),
            (1.5, "1.5"),
            (1e20, "100000000000000000000"),
            (1_713_805_173.418, "1713805173.418"),
            (1.0 / 3.0, "0.333333333333333"),
        ] {
            let got = format_number(n);
            assert!(got == text || got.starts_with(text), "{got} for {text}");
        }
    }
}

//! Formats of `printf()`: those of C, and `'` for thousands.

use crate::store::{Value, parse_number};

/// What stands between `%` and the letter.
#[derive(Clone, Copy, Debug, Default)]
struct Spec {
    left: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    thousands: bool,
    width: usize,
    precision: Option<usize>,
}

/// Wider than anyone writes; keeps `%999999999d` from filling the memory.
const MAX_WIDTH: usize = 10_000;

/// The text, or `None` if a value is missing or is no number where one is needed.
pub(super) fn format(text: &str, args: &[Value]) -> Option<String> {
    let mut args = args.iter();
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut spec = Spec::default();
        while let Some(flag) = chars.next_if(|c| matches!(c, '-' | '+' | ' ' | '#' | '0' | '\'')) {
            match flag {
                '-' => spec.left = true,
                '+' => spec.plus = true,
                ' ' => spec.blank = true,
                '#' => spec.alternate = true,
                '0' => spec.zero = true,
                _ => spec.thousands = true,
            }
        }
        let mut number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| -> Option<Option<i64>> {
            if chars.next_if_eq(&'*').is_some() {
                return Some(Some(args.next()?.number()? as i64));
            }
            let mut digits = String::new();
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            Some(if digits.is_empty() { None } else { digits.parse().ok() })
        };
        let width = number(&mut chars)?.unwrap_or(0);
        spec.left |= width < 0;
        spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(MAX_WIDTH).min(MAX_WIDTH);
        if chars.next_if_eq(&'.').is_some() {
            let precision = number(&mut chars)?.unwrap_or(0);
            spec.precision = usize::try_from(precision).ok().map(|p| p.min(MAX_WIDTH));
        }
        while chars.next_if(|c| matches!(c, 'h' | 'l' | 'q' | 'j' | 't' | 'L')).is_some() {}
        match chars.next()? {
            '%' => out.push('%'),
            letter => out.push_str(&one(spec, letter, args.next()?)?),
        }
    }
    Some(out)
}

fn one(spec: Spec, letter: char, value: &Value) -> Option<String> {
    let number = || value.number().or_else(|| value.as_text().and_then(|t| parse_number(&t)));
    Some(match letter {
        's' | 'z' => {
            let text = value.as_text()?;
            pad(spec, "", text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect(), false)
        }
        'c' => {
            let c = match value.number() {
                Some(n) => char::from_u32(n as u32)?.to_string(),
                None => value.as_text()?.chars().next().map(String::from).unwrap_or_default(),
            };
            pad(spec, "", c, false)
        }
        'd' | 'i' => {
            let n = number()?.trunc();
            pad(spec, sign(spec, n), integer(spec, format!("{:.0}", n.abs())), spec.precision.is_none())
        }
        'u' | 'o' | 'x' | 'X' | 'p' => {
            let n = number()?.trunc();
            let n = if n < 0.0 { n as i64 as u64 } else { n as u64 };
            let (prefix, digits) = match letter {
                'u' => ("", n.to_string()),
                'o' => (if spec.alternate { "0" } else { "" }, format!("{n:o}")),
                'x' => (if spec.alternate && n > 0 { "0x" } else { "" }, format!("{n:x}")),
                _ => (if spec.alternate && n > 0 { "0X" } else { "" }, format!("{n:X}")),
            };
            pad(spec, prefix, integer(spec, digits), spec.precision.is_none())
        }
        'f' | 'F' => {
            let n = number()?;
            let text = format!("{:.*}", spec.precision.unwrap_or(6), n.abs());
            pad(spec, sign(spec, n), group(spec, text), true)
        }
        'e' | 'E' => {
            let n = number()?;
            pad(spec, sign(spec, n), case(letter, exponent(n.abs(), spec.precision.unwrap_or(6))), true)
        }
        'g' | 'G' => {
            let n = number()?;
            pad(spec, sign(spec, n), case(letter, shortest(spec, n.abs())), true)
        }
        'a' | 'A' => {
            let n = number()?;
            let prefix = format!("{}{}", sign(spec, n), if letter == 'A' { "0X" } else { "0x" });
            pad(spec, &prefix, case(letter, hexadecimal(n.abs(), spec.precision)), true)
        }
        _ => return None,
    })
}

fn case(letter: char, text: String) -> String {
    if letter.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text }
}

fn sign(spec: Spec, n: f64) -> &'static str {
    match () {
        () if n < 0.0 => "-",
        () if spec.plus => "+",
        () if spec.blank => " ",
        () => "",
    }
}

/// Digits, at least as many as the precision says, in groups of three if wanted.
fn integer(spec: Spec, digits: String) -> String {
    let digits = match spec.precision {
        Some(least) if digits.len() < least => format!("{}{digits}", "0".repeat(least - digits.len())),
        _ => digits,
    };
    group(spec, digits)
}

fn group(spec: Spec, text: String) -> String {
    if !spec.thousands {
        return text;
    }
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), String::new()), |(w, f)| (w, format!(".{f}")));
    let mut out = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + &fraction
}

/// `d.ddde+dd`.
fn exponent(n: f64, precision: usize) -> String {
    let text = format!("{n:.precision$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    format!("{mantissa}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

/// `%g`: so many significant digits, with an exponent where it is shorter, without zeros at the end.
fn shortest(spec: Spec, n: f64) -> String {
    let digits = spec.precision.unwrap_or(6).max(1);
    let scientific = exponent(n, digits - 1);
    let power: i32 = scientific.rsplit_once('e').and_then(|(_, p)| p.parse().ok()).unwrap_or(0);
    let trim = |text: &str| {
        let cut = if text.contains('.') && !spec.alternate { text.trim_end_matches('0').trim_end_matches('.') } else { text };
        cut.to_string()
    };
    if n != 0.0 && (power < -4 || power >= digits as i32) {
        let (mantissa, rest) = scientific.split_once('e').unwrap_or((&scientific, "+00"));
        return format!("{}e{rest}", trim(mantissa));
    }
    trim(&format!("{n:.*}", usize::try_from(digits as i32 - 1 - power).unwrap_or(0)))
}

/// The mantissa in hexadecimal and the power of two, without the prefix.
fn hexadecimal(n: f64, precision: Option<usize>) -> String {
    if n == 0.0 {
        return match precision {
            Some(p) if p > 0 => format!("0.{}p+0", "0".repeat(p)),
            _ => "0p+0".to_string(),
        };
    }
    let bits = n.to_bits();
    let mut power = ((bits >> 52) & 0x7ff) as i32 - 1023;
    let mut mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    let digits = match precision {
        Some(p) if p < 13 => {
            // Round half to even at the last digit that stays.
            let drop = (13 - p) * 4;
            let (half, rest) = (1u64 << (drop - 1), mantissa & ((1 << drop) - 1));
            mantissa >>= drop;
            if rest > half || (rest == half && mantissa & 1 == 1) {
                mantissa += 1;
            }
            if mantissa >> (p * 4) > 1 {
                mantissa >>= 1;
                power += 1;
            }
            let fraction = mantissa & ((1u64 << (p * 4)) - 1);
            if p == 0 { String::new() } else { format!(".{fraction:0p$x}") }
        }
        _ => {
            let fraction = format!("{:013x}", mantissa & ((1 << 52) - 1));
            match precision {
                Some(p) => format!(".{fraction:0<p$}"),
                None => {
                    Some(fraction.trim_end_matches('0')).filter(|f| !f.is_empty()).map(|f| format!(".{f}")).unwrap_or_default()
                }
            }
        }
    };
    format!("1{digits}p{power:+}")
}

fn pad(spec: Spec, prefix: &str, body: String, zeros: bool) -> String {
    let missing = spec.width.saturating_sub(prefix.chars().count() + body.chars().count());
    match () {
        () if spec.left => format!("{prefix}{body}{}", " ".repeat(missing)),
        () if spec.zero && zeros => format!("{prefix}{}{body}", "0".repeat(missing)),
        () => format!("{}{prefix}{body}", " ".repeat(missing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_in_c() {
        let n = Value::Number;
        for (text, value, want) in [
            ("%+d|", n(7.0), "+7|"),
            ("% d", n(7.0), " 7"),
            ("%05d", n(-42.0), "-0042"),
            ("%.5d", n(42.0), "00042"),
            ("%-6d|", n(42.0), "42    |"),
            ("%o", n(8.0), "10"),
            ("%#o", n(8.0), "010"),
            ("%x", n(255.0), "ff"),
            ("%g", n(100_000.0), "100000"),
            ("%g", n(1e6), "1e+06"),
            ("%g", n(0.0001), "0.0001"),
            ("%G", n(0.00001), "1E-05"),
            ("%E", n(5139.0), "5.139000E+03"),
            ("%a", n(1.0), "0x1p+0"),
            ("%.0f", n(2.5), "2"),
            ("%5s|", Value::from("ab"), "   ab|"),
            ("%'.2f", n(1234.5), "1,234.50"),
            ("%a", n(3.5), "0x1.cp+1"),
        ] {
            assert_eq!(format(text, &[value]).as_deref(), Some(want), "{text}");
        }
        assert_eq!(format("%d %d", &[n(1.0)]), None);
        assert_eq!(format("%d", &[Value::from("x")]), None);
    }
}

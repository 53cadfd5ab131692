//! Text comparisons that operators and functions share.

use std::net::IpAddr;

use ipnet::IpNet;

/// SQL's LIKE: `%` is any text, `_` any character, a backslash takes the meaning away. The case counts.
pub fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        let (literal, wide) = match pattern.get(p) {
            Some('\\') if matches!(pattern.get(p + 1), Some('%' | '_' | '\\')) => (pattern.get(p + 1), 2),
            Some('%') => {
                retry = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some('_') => (Some(&text[t]), 1),
            other => (other, 1),
        };
        if literal == Some(&text[t]) {
            (t, p) = (t + 1, p + wide);
        } else if let Some((after, from)) = retry {
            (t, p) = (from + 1, after);
            retry = Some((after, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '%')
}

/// A network such as `10.0.0.0/8` or `2001:db8::/32`.
pub fn parse_cidr(text: &str) -> Option<IpNet> {
    if text.contains('/') { text.trim().parse().ok() } else { None }
}

/// True if the address is in the network.
pub fn in_cidr(net: &IpNet, address: &str) -> bool {
    address.trim().parse::<IpAddr>().is_ok_and(|ip| net.contains(&ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_as_in_sql() {
        for (text, pattern, want) in [
            ("foobar", "foo%", true),
            ("foobar", "foo", false),
            ("abc", "a_c", true),
            ("abc", "%b%", true),
            ("a%c", "a\\%c", true),
            ("abc", "a\\%c", false),
            ("Abc", "abc", false),
            ("", "%", true),
            ("aXbXc", "a%b%c", true),
        ] {
            assert_eq!(like(text, pattern), want, "{text} like {pattern}");
        }
    }
}

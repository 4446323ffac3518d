//! Addresses of web sites and pages.

use std::borrow::Cow;

use super::{Malformed, text};

const EXPECTED: &str = "a web address such as `example.org` or `https://example.org/shop`";

/// The standard form of a web address: host in lower case without `www.`, then port, path and query as they were.
///
/// Left out are the scheme (`http` and `https` mean the same site), user and password, the default port, the slash at
/// the end of the path, the fragment, and the parameters that only say where a visitor came from (`utm_*`, `gclid`,
/// `fbclid`, …).
///
/// # Errors
///
/// [`Malformed`] when there is no host with a dot in it, or the scheme is not that of a web address.
///
/// ```
/// use onefold_fact::standard::url::standard;
///
/// assert_eq!(standard("HTTPS://www.Example.org/Shop/?utm_source=x&id=7#top")?, "example.org/Shop?id=7");
/// assert_eq!(standard("example.org")?, standard("http://example.org:80/")?);
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
pub fn standard(input: &str) -> Result<String, Malformed> {
    let cleaned = text::clean(input);
    let parts = Parts::of(&cleaned).ok_or_else(|| Malformed::value(input.trim(), "is not a web address", EXPECTED))?;
    let mut out = String::with_capacity(cleaned.len());
    out.push_str(&parts.host);
    if let Some(port) = parts.port {
        out.push(':');
        out.push_str(port);
    }
    push_escaped(&mut out, parts.path.trim_end_matches(['/', ' ']));
    let mut sign = '?';
    for parameter in
        parts.query.split('&').map(str::trim).filter(|parameter| !parameter.is_empty() && !is_tracking(parameter))
    {
        out.push(sign);
        push_escaped(&mut out, parameter);
        sign = '&';
    }
    Ok(out)
}

/// The host of a web address, in lower case and without `www.`; `None` if it is no web address.
///
/// ```
/// use onefold_fact::standard::url::host;
///
/// assert_eq!(host("https://www.Example.org/shop").as_deref(), Some("example.org"));
/// assert_eq!(host("not an address"), None);
/// ```
pub fn host(input: &str) -> Option<String> {
    Parts::of(&text::clean(input)).map(|parts| parts.host.into_owned())
}

struct Parts<'a> {
    host: Cow<'a, str>,
    port: Option<&'a str>,
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(address: &'a str) -> Option<Parts<'a>> {
        let mut rest = address;
        if let Some((scheme, behind)) = rest.split_once("://")
            && !scheme.contains(['/', '?', '#', '.'])
        {
            if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
                return None;
            }
            rest = behind;
        }
        rest = rest.strip_prefix("//").unwrap_or(rest);
        let (before_fragment, _) = rest.split_once('#').unwrap_or((rest, ""));
        let (location, query) = before_fragment.split_once('?').unwrap_or((before_fragment, ""));
        let (authority, path) = location.find('/').map_or((location, ""), |at| location.split_at(at));
        let authority = match authority.rsplit_once('@') {
            // Without a scheme this is an e-mail address.
            Some(_) if rest.len() == address.len() => return None,
            Some((_, host)) => host,
            None => authority,
        };
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) if port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) => (host, Some(port)),
            Some(_) => return None,
            None => (authority, None),
        };
        let host = host.strip_suffix('.').unwrap_or(host);
        if host.len() > LONGEST_HOST {
            return None;
        }
        let mut host = if host.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
            Cow::Owned(text::clean(&host.to_lowercase()).into_owned())
        } else {
            Cow::Borrowed(host)
        };
        while let Some(bare) = host.strip_prefix("www.").filter(|bare| bare.contains('.')) {
            host = Cow::Owned(bare.to_owned());
        }
        let port = port.filter(|port| !matches!(*port, "" | "80" | "443"));
        is_host(&host).then_some(Parts { host, port, path, query })
    }
}

/// RFC 1035, 2.3.4.
const LONGEST_HOST: usize = 253;

fn is_host(host: &str) -> bool {
    host.len() <= LONGEST_HOST
        && host.contains('.')
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| {
                    c.is_alphanumeric() || matches!(c, '-' | '_') || unicode_normalization::char::is_combining_mark(c)
                })
        })
}

/// Spaces, which an address cannot have, as `%20`.
fn push_escaped(out: &mut String, part: &str) {
    let mut pieces = part.split(' ');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        out.push_str("%20");
        out.push_str(piece);
    }
}

/// Whether a parameter only says where a visitor came from.
fn is_tracking(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default();
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("utm_"))
        || [
            "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "mc_cid", "mc_eid", "igshid", "_ga",
            "_gl",
        ]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read() {
        for (input, expected) in [
            ("example.org", "example.org"),
            (" HTTP://WWW.EXAMPLE.ORG/ ", "example.org"),
            ("https://example.org:443//", "example.org"),
            ("https://example.org:8443/a/", "example.org:8443/a"),
            ("//example.org/a", "example.org/a"),
            ("https://user:secret@example.org/A/b?x=1&utm_medium=m&y=2", "example.org/A/b?x=1&y=2"),
            ("example.org/?gclid=1", "example.org"),
            ("example.org?q=a b", "example.org?q=a%20b"),
            ("www.com", "www.com"),
            ("MÜLLER.de/ü", "müller.de/ü"),
            ("192.168.0.1/x", "192.168.0.1/x"),
            ("example.org/go?to=https://x.io/", "example.org/go?to=https://x.io/"),
        ] {
            assert_eq!(standard(input).as_deref(), Ok(expected), "{input}");
        }
        for input in [
            "",
            "example",
            "not an address",
            "ftp://example.org",
            "mailto:a@x.io",
            "a@x.io",
            "http://",
            "http://-a.org",
            "http://a..org",
            "x.io:99999999",
        ] {
            assert!(standard(input).is_err() && host(input).is_none(), "{input}");
        }
        assert!(standard(&"www.".repeat(1_000_000)).is_err());
    }

    proptest! {
        #[test]
        fn the_form_is_its_own_form(input in ".*|(https?://)?(www\\.){0,2}[a-zA-Z.é]{1,9}\\.(com|İo)(:[0-9]{1,3})?[/a-z?&=# @]{0,12}") {
            if let Ok(once) = standard(&input) {
                prop_assert_eq!(standard(&once), Ok(once.clone()));
                prop_assert_eq!(host(&once), host(&input));
            }
        }
    }
}

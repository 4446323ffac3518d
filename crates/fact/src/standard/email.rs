//! E-mail addresses: the standard form for keeping, the mailbox behind an address for comparing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::email_table::{FILLERS, PROVIDERS, ROLES, SERVICES};
use super::{Malformed, text};

/// An e-mail address in standard form: lower case, without display name, `mailto:` or surrounding space.
///
/// Read are addresses of the form `local@domain` where the local part is a dot-atom of RFC 5322 (letters of any
/// script allowed, as in RFC 6531) and the domain has at least one dot. Quoted local parts and address literals are
/// not: in customer data they are accidents. Domains in other scripts stay in that script.
///
/// ```
/// use onefold_fact::standard::Email;
///
/// let email: Email = "Ada Lovelace <Ada@Example.ORG>".parse()?;
/// assert_eq!(email.as_str(), "ada@example.org");
/// assert_eq!((email.local(), email.domain()), ("ada", "example.org"));
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    // INVARIANT: in standard form, with exactly one `@`.
    text: String,
}

const EXPECTED: &str = "an e-mail address such as `ada@example.org`";

impl Email {
    /// The standard form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.text.split_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.text.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The mailbox that mail to this address arrives in, as far as the provider's published rules tell: the tag after
    /// `+` (or `-`) goes, dots go where the provider ignores them, and a provider's several domains become one.
    /// Addresses at unknown providers stay.
    ///
    /// ```
    /// # use onefold_fact::standard::Email;
    /// let email: Email = "a.da+shop@googlemail.com".parse()?;
    /// assert_eq!(email.mailbox(), "ada@gmail.com");
    /// let email: Email = "a.da+shop@example.org".parse()?;
    /// assert_eq!(email.mailbox(), "a.da+shop@example.org");
    /// # Ok::<(), onefold_fact::standard::Malformed>(())
    /// ```
    pub fn mailbox(&self) -> String {
        let (local, domain) = (self.local(), self.domain());
        let Ok(at) = PROVIDERS.binary_search_by(|provider| provider.domain.cmp(domain)) else {
            return match service_tag(domain) {
                Some(tag) => format!("{}@{domain}", without_tag(local, tag)),
                None => self.text.clone(),
            };
        };
        let provider = &PROVIDERS[at];
        let base = without_tag(local, provider.tag);
        let mut mailbox = String::with_capacity(base.len() + 1 + provider.mailbox.len());
        mailbox.extend(base.chars().filter(|c| !provider.ignored.contains(*c)));
        if mailbox.is_empty() {
            mailbox.push_str(local);
        }
        mailbox.push('@');
        mailbox.push_str(provider.mailbox);
        mailbox
    }

    /// Whether the address is that of a function (`info`, `sales`, `noreply`, …) rather than of a person. Such an
    /// address is shared by many.
    ///
    /// ```
    /// # use onefold_fact::standard::Email;
    /// assert!("No-Reply@example.org".parse::<Email>()?.is_role());
    /// assert!(!"ada@example.org".parse::<Email>()?.is_role());
    /// # Ok::<(), onefold_fact::standard::Malformed>(())
    /// ```
    pub fn is_role(&self) -> bool {
        let local = self.local();
        let base = local.split_once('+').map_or(local, |(base, _)| base).trim_end_matches(|c: char| c.is_ascii_digit());
        if ROLES.contains(base.as_bytes()) {
            return true;
        }
        if !base.contains(['.', '-', '_']) {
            return false;
        }
        let joined: String = base.chars().filter(|c| !matches!(c, '.' | '-' | '_')).collect();
        if ROLES.contains(joined.as_bytes()) {
            return true;
        }
        // `info.de`, `uk-sales`: a function and a country.
        match base.split_once(['.', '-', '_']) {
            Some((role, country)) if country.len() == 2 => role.len() > 3 && ROLES.contains(role.as_bytes()),
            Some((country, role)) if country.len() == 2 => role.len() > 3 && ROLES.contains(role.as_bytes()),
            _ => false,
        }
    }

    /// Whether somebody wrote anything to fill the field: `none@none.com`, `test@test.de`, `noemail@example.com`,
    /// `a@a.com`.
    ///
    /// ```
    /// # use onefold_fact::standard::Email;
    /// assert!("noemail@noemail.com".parse::<Email>()?.is_placeholder());
    /// assert!(!"ada@example.com".parse::<Email>()?.is_placeholder());
    /// # Ok::<(), onefold_fact::standard::Malformed>(())
    /// ```
    pub fn is_placeholder(&self) -> bool {
        let words: String = self.local().chars().filter(char::is_ascii_alphabetic).collect();
        let label = self.domain().split('.').next().unwrap_or_default();
        let nothing = |word: &str| FILLERS.contains(word.as_bytes()) || is_one_letter(word);
        let anywhere = matches!(label, "example" | "domain" | "email" | "mail" | "nomail" | "noemail");
        nothing(&words) && (anywhere && words.len() > 1 || words == label || words.len() > 2 && nothing(label))
            || (self.local() == label && is_one_letter(label))
    }
}

/// Whether a text is one letter, once or again and again: `a`, `xxx`.
fn is_one_letter(text: &str) -> bool {
    let mut letters = text.bytes();
    letters.next().is_some_and(|first| letters.all(|letter| letter == first))
}

/// A local part without its tag, if something stands before it.
fn without_tag(local: &str, tag: char) -> &str {
    match local.split_once(tag) {
        Some((base, _)) if !base.trim_end_matches('.').is_empty() => base.trim_end_matches('.'),
        _ => local,
    }
}

/// The sign before a tag at a service with a domain in many countries: `hotmail.nl`, `yahoo.com.mx`.
fn service_tag(domain: &str) -> Option<char> {
    let (label, rest) = domain.split_once('.')?;
    let at = SERVICES.binary_search_by(|(service, _)| service.cmp(&label)).ok()?;
    let country = rest.strip_prefix("co.").or_else(|| rest.strip_prefix("com.")).unwrap_or(rest);
    (country == "com" || country.len() == 2).then_some(SERVICES[at].1)
}

impl FromStr for Email {
    type Err = Malformed;

    fn from_str(input: &str) -> Result<Self, Malformed> {
        let plain;
        let mut address = address_within(input);
        if address.len() <= LONGEST && address.contains([' ', '[', '(', ',']) {
            plain = repaired(address);
            address = &plain;
        }
        if address.len() > 4 * LONGEST {
            return Err(Malformed::value(input, "is too long for an e-mail address", EXPECTED));
        }
        let text = if address.is_ascii() {
            address.to_ascii_lowercase()
        } else {
            text::clean(&text::clean(address).to_lowercase()).into_owned()
        };
        match problem(&text) {
            None => Ok(Email { text }),
            Some(what) => Err(Malformed::value(input.trim(), what, EXPECTED)),
        }
    }
}

/// The address alone: without display name and angle brackets, `mailto:` and its parameters, quotes, surrounding
/// space and final punctuation.
fn address_within(input: &str) -> &str {
    let mut address = input.trim();
    if let (Some(open), Some(close)) = (address.rfind('<'), address.rfind('>'))
        && open < close
    {
        address = address[open + 1..close].trim();
    }
    for label in ["e-mail:", "email:", "mail:"] {
        if address.get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label)) {
            address = address[label.len()..].trim_start();
        }
    }
    if let Some(inside) = address.strip_prefix('\'').and_then(|address| address.strip_suffix('\'')) {
        address = inside;
    }
    if address.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
        address = &address[7..];
        address = address.split_once('?').map_or(address, |(address, _)| address);
    }
    address
        .trim_matches(|c: char| {
            c.is_whitespace() || text::is_invisible(c) || matches!(c, ',' | ';' | '"' | '(' | ')' | '<' | '>')
        })
        .trim_end_matches('.')
}

/// An address as it was meant: with its signs spelt out (`ada [at] x [dot] io`), spaces beside them, a remark in brackets
/// behind, or a comma for the dot of its domain.
fn repaired(address: &str) -> String {
    let mut address = address.to_owned();
    for (written, sign) in [("[at]", "@"), ("(at)", "@"), ("[dot]", "."), ("(dot)", "."), ("(punkt)", ".")] {
        address = address.replace(written, sign);
    }
    for sign in ['@', '.'] {
        for written in [format!(" {sign} "), format!(" {sign}"), format!("{sign} ")] {
            address = address.replace(&written, &sign.to_string());
        }
    }
    if let Some((before, _)) = address.split_once(" (") {
        address.truncate(before.len());
    }
    match address.split_once('@') {
        Some((local, domain)) if !domain.contains(['@', ' ']) && !domain.contains('.') => {
            format!("{local}@{}", domain.replace(',', "."))
        }
        _ => address,
    }
}

/// RFC 5321, 4.5.3.1: 64 octets for the local part, 254 for an address that fits a path of 256.
const LONGEST: usize = 254;

fn problem(text: &str) -> Option<&'static str> {
    let Some((local, domain)) = text.split_once('@') else { return Some("has no `@`") };
    if domain.contains('@') {
        return Some("has more than one `@`");
    }
    if local.is_empty() {
        return Some("has nothing before the `@`");
    }
    if local.len() > 64 || text.len() > LONGEST {
        return Some("is too long for an e-mail address");
    }
    if let Some(what) = local_problem(local) {
        return Some(what);
    }
    domain_problem(domain)
}

fn local_problem(local: &str) -> Option<&'static str> {
    let mut before = '.';
    for c in local.chars() {
        if c == '.' {
            if before == '.' {
                return Some("has a misplaced dot before the `@`");
            }
        } else if c.is_whitespace() {
            return Some("has a space in it");
        } else if !is_local_letter(c) {
            return Some("has a character before the `@` that an address cannot have");
        }
        before = c;
    }
    (before == '.').then_some("has a misplaced dot before the `@`")
}

/// A letter, a digit, or one of the signs that RFC 5322 allows in an atom.
fn is_local_letter(c: char) -> bool {
    match c {
        '!' | '#'..='\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^'..='`' | '{'..='~' => true,
        _ if c.is_ascii() => c.is_ascii_alphanumeric(),
        _ => !text::is_invisible(c),
    }
}

fn domain_problem(domain: &str) -> Option<&'static str> {
    if !domain.contains('.') {
        return Some("has no dot in the domain");
    }
    let mut last = "";
    for label in domain.split('.') {
        if label.is_empty() {
            return Some("has a misplaced dot in the domain");
        }
        if label.len() > 63 || label.starts_with('-') || label.ends_with('-') {
            return Some("has a domain that cannot exist");
        }
        let mut chars = label.chars();
        if !chars.all(|c| c.is_ascii_alphanumeric() || c == '-' || (!c.is_ascii() && is_domain_letter(c))) {
            return Some("has a character in the domain that a domain cannot have");
        }
        last = label;
    }
    if last.chars().nth(1).is_none() || last.bytes().all(|b| b.is_ascii_digit()) {
        return Some("has a top-level domain that cannot exist");
    }
    None
}

fn is_domain_letter(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for Email {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl TryFrom<String> for Email {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read() {
        for (input, expected) in [
            ("ada@example.org", "ada@example.org"),
            ("  ADA@Example.Org ", "ada@example.org"),
            ("mailto:ada@example.org?subject=Hi", "ada@example.org"),
            ("Ada Lovelace <ada@x.io>", "ada@x.io"),
            ("\"Lovelace, Ada\" <mailto:ada@x.io>;", "ada@x.io"),
            ("ada@example.org.", "ada@example.org"),
            ("o'brien+a_b@sub.example.co.uk", "o'brien+a_b@sub.example.co.uk"),
            ("grüße@müller.de", "grüße@müller.de"),
            ("ADA@MÜLLER.DE", "ada@müller.de"),
            ("ada@例え.jp", "ada@例え.jp"),
            ("\u{FEFF}ada@x.io", "ada@x.io"),
            ("ada(at)example.com", "ada@example.com"),
            ("ada [at] example [dot] com", "ada@example.com"),
            ("ada @example.com", "ada@example.com"),
            ("ada@ example.com", "ada@example.com"),
            ("ada@example,com", "ada@example.com"),
            ("'ada@example.com'", "ada@example.com"),
            ("E-mail: ada@example.com", "ada@example.com"),
            ("ada@example.com (work)", "ada@example.com"),
        ] {
            assert_eq!(input.parse::<Email>().map(String::from), Ok(expected.to_owned()), "{input}");
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        for (input, what) in [
            ("", "has no `@`"),
            ("ada", "has no `@`"),
            ("ada@@x.io", "has more than one `@`"),
            ("@x.io", "has nothing before the `@`"),
            ("ada@localhost", "has no dot in the domain"),
            ("a..b@x.io", "has a misplaced dot before the `@`"),
            (".a@x.io", "has a misplaced dot before the `@`"),
            ("a b@x.io", "has a space in it"),
            ("ada@x..io", "has a misplaced dot in the domain"),
            ("ada@-x.io", "has a domain that cannot exist"),
            ("ada@x_y.io", "has a character in the domain that a domain cannot have"),
            ("ada@127.0.0.1", "has a top-level domain that cannot exist"),
        ] {
            let error = input.parse::<Email>().unwrap_err();
            assert_eq!(error.problem(), format!("`{input}` {what}"));
        }
        assert!(format!("{}@x.io", "a".repeat(65)).parse::<Email>().is_err());
        assert!("a@".repeat(500_000).parse::<Email>().is_err());
    }

    #[test]
    fn providers_are_data() {
        assert!(PROVIDERS.is_sorted_by(|a, b| a.domain < b.domain));
        assert!(ROLES.words().is_sorted_by(|a, b| a < b));
        for (input, mailbox) in [
            ("a.b.c+x@gmail.com", "abc@gmail.com"),
            ("ada-shop@yahoo.com", "ada@yahoo.com"),
            ("ada+x@outlook.com", "ada@outlook.com"),
            ("a.da+x@hotmail.com", "a.da@hotmail.com"),
            ("ada@me.com", "ada@icloud.com"),
            ("+x@gmail.com", "+x@gmail.com"),
            ("ada+x@gmx.de", "ada+x@gmx.de"),
            ("ada+x@hotmail.nl", "ada@hotmail.nl"),
            ("ada-x@yahoo.com.mx", "ada@yahoo.com.mx"),
            ("ada+x@live.example.org", "ada+x@live.example.org"),
        ] {
            assert_eq!(input.parse::<Email>().unwrap().mailbox(), mailbox);
        }
    }

    #[test]
    fn roles() {
        for input in [
            "info@x.io",
            "sales2@x.io",
            "no-reply@x.io",
            "do_not_reply@x.io",
            "Customer.Service@x.io",
            "support+de@x.io",
            "info.de@x.io",
            "uk-sales@x.io",
            "segreteria@x.it",
        ] {
            assert!(input.parse::<Email>().unwrap().is_role(), "{input}");
        }
        for input in ["ada@x.io", "information.desk.ada@x.io", "salesman@x.io", "hr.li@x.io", "ada.it@x.io"] {
            assert!(!input.parse::<Email>().unwrap().is_role(), "{input}");
        }
    }

    #[test]
    fn fillers() {
        assert!(FILLERS.words().is_sorted_by(|a, b| a < b) && SERVICES.is_sorted_by(|a, b| a.0 < b.0));
        for input in
            ["none@none.com", "no.email@example.com", "test@test.de", "a@a.com", "xxx@xxx.xx", "unknown@unknown.org"]
        {
            assert!(input.parse::<Email>().unwrap().is_placeholder(), "{input}");
        }
        for input in ["ada@x.io", "a@x.io", "test@acme.com", "ada@ada.com", "no@fjord.no", "na@mail.com.au"] {
            let filler = input.parse::<Email>().unwrap().is_placeholder();
            assert_eq!(filler, input.starts_with("na@mail"), "{input}");
        }
    }

    #[test]
    fn serde_is_a_string() {
        let email: Email = serde_json::from_str("\"Ada@X.io\"").unwrap();
        assert_eq!(serde_json::to_string(&email).unwrap(), "\"ada@x.io\"");
        assert!(serde_json::from_str::<Email>("\"ada\"").is_err());
    }

    proptest! {
        #[test]
        fn reading_twice_is_reading_once(input in ".*|[a-zA-Z.+-]{1,9}@[a-zé.-]{1,9}\\.(com|de|İo)|[a-z.+-]{1,9}@(gmail|yahoo|proton)\\.(com|me)") {
            if let Ok(email) = input.parse::<Email>() {
                prop_assert_eq!(email.as_str().parse::<Email>(), Ok(email.clone()));
                let mailbox = email.mailbox();
                let again: Email = mailbox.parse().unwrap();
                prop_assert_eq!(again.mailbox(), mailbox);
                email.is_role();
            }
        }
    }
}

//! Templates: values, fall-backs, escaping, bounds.

use std::collections::BTreeMap;

use onefold_fact::Value;
use onefold_workflow::{Template, TextKind, document};
use proptest::prelude::*;

fn values(fields: &[(&str, Value)]) -> BTreeMap<String, Value> {
    let fields = fields.iter().map(|(name, value)| ((*name).into(), Some(value.clone()))).collect();
    BTreeMap::from([("customer".to_owned(), Value::Map(fields))])
}

fn body(text: &str) -> Template {
    Template { body: text.to_owned(), ..Template::default() }
}

fn said(template: &Template, values: &BTreeMap<String, Value>) -> String {
    template.fill(values).map_or_else(|error| error.to_string(), |filled| filled.body)
}

#[test]
fn values_stand_as_people_write_them() {
    let ada = values(&[
        ("name", "Ada".into()),
        ("orders", 3.into()),
        ("spent", Value::Decimal("1234.50".parse().expect("a number"))),
        ("since", Value::Date("2024-05-01".parse().expect("a date"))),
        ("seen", Value::Timestamp("2026-03-01T09:30:00Z".parse().expect("a time"))),
        ("points", Value::Decimal("50.0".parse().expect("a number"))),
        ("tags", Value::List([Some("a".into()), Some("b".into())].into())),
    ]);
    let text = "{{ customer.name }} {{ customer.orders + 1 }} {{ customer.spent }} {{ customer.since | date('%d.%m.%Y') }} \
                {{ customer.seen | date('%H:%M') }} {% for tag in customer.tags %}<{{ tag }}>{% endfor %}";
    assert_eq!(said(&body(text), &ada), "Ada 4 1234.50 01.05.2024 09:30 <a><b>");
    assert_eq!(said(&body("{{ customer.points }}"), &ada), "50", "what is whole has no point");
    assert!(said(&body("{{ customer.since | date('%Q') }}"), &ada).contains("`%Q` is no pattern of a date"));
}

#[test]
fn what_is_missing_is_said_with_its_place() {
    let none = values(&[("city", " ".into())]);
    assert_eq!(
        said(&body("Hello,\n{{ customer.name }}"), &none),
        "body, line 2: `customer.name` has no value (give it one, a fall-back, or `| default(…)`)"
    );
    assert_eq!(said(&body("{{ customer.name | default('you') }}"), &none), "you");
    let mut template = body("{{ customer.city }}, {{ customer.address.street }}");
    template.fallbacks = BTreeMap::from([
        ("customer.city".into(), "your town".into()),
        ("customer.address.street".into(), "home".into()),
    ]);
    let filled = template.fill(&none).expect("filled");
    assert_eq!((filled.body.as_str(), filled.fell_back.len()), ("your town, home", 2));
    let there = values(&[("city", "London".into())]);
    assert_eq!(template.fill(&there).expect("filled").fell_back, ["customer.address.street"]);
}

#[test]
fn problems_name_the_place() {
    let text = "kind = 'html'\nbody = '{{ customer.name }}'\nfallbacks.\"customer.nmae\" = 'you'\n";
    let template: Template = document::read("welcome.toml", text).expect("readable");
    let problems: Vec<String> = template.problems().iter().map(ToString::to_string).collect();
    let expected = "fallbacks.\"customer.nmae\": the template does not ask for it (did you mean `customer.name`?)";
    assert_eq!(problems, [expected]);
    let broken: Vec<String> = body("a\n{% if %}").problems().iter().map(ToString::to_string).collect();
    assert!(broken[0].starts_with("body: line 2: it cannot be read: "), "{broken:?}");
    let error = document::read::<Template>("t.toml", "boddy = 'x'").map_err(|error| error.to_string());
    assert_eq!(error, Err("t.toml, line 1, boddy: unknown field `boddy`: did you mean `body`?".to_owned()));
}

#[test]
fn nothing_hangs_or_floods() {
    let none = BTreeMap::new();
    let long = body("{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}");
    assert_eq!(said(&long, &none), "body, line 1: it is too much work (make its loops shorter)");
    let flood = body("{% for a in range(9000) %}{{ customer.text }}{% endfor %}");
    let much = values(&[("text", "x".repeat(1_000).into())]);
    assert!(said(&flood, &much).starts_with("body: it becomes longer than 1048576 bytes"));
    assert!(said(&body("{% include 'secret' %}"), &none).contains("body"));
}

#[test]
fn a_subject_is_one_line() {
    let template = Template { subject: "Hello {{ customer.name }}".into(), ..Template::default() };
    let filled = template.fill(&values(&[("name", "Ada\r\nBcc: all@x.example".into())])).expect("filled");
    assert_eq!(filled.subject, "Hello Ada Bcc: all@x.example");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever a value holds, it opens no tag and ends no attribute in HTML, and stands as it is in plain text.
    /// Mutations: take the name of the template for its kind; leave fall-backs unescaped.
    #[test]
    fn values_are_escaped_by_kind(text in "[<>&\"'a-z{}% ]{1,40}", falls_back in any::<bool>()) {
        let mut template = body("<p title=\"{{ customer.note }}\">{{ customer.note }}</p>");
        let mut known = values(&[("note", text.clone().into())]);
        if falls_back {
            known.clear();
            template.fallbacks.insert("customer.note".into(), text.clone());
        }
        prop_assume!(!text.trim().is_empty());
        prop_assert_eq!(said(&template, &known), format!("<p title=\"{text}\">{text}</p>"));
        template.kind = TextKind::Html;
        let html = said(&template, &known);
        let inner = html.strip_prefix("<p title=\"").and_then(|it| it.strip_suffix("</p>")).expect("the frame");
        prop_assert_eq!(inner.matches('<').count() + inner.matches('>').count(), 1);
        prop_assert_eq!(inner.matches('"').count(), 1);
    }

    /// No template, however broken, panics or hangs.
    #[test]
    fn no_template_panics(text in "(\\{\\{|\\}\\}|\\{%|%\\}|for|in|if|x|range|\\(|\\)|9|\\*|\\||date|'|\"| |\n){0,24}") {
        let template = body(&text);
        let _ = (template.problems(), template.fill(&values(&[("x", 1.into())])));
    }
}

//! The mapping file, which people edit.

use onefold_connect::{ConnectError, Encoding, InferOptions, Mapping, Role, Rows, map};
use onefold_fact::standard::{Country, DateOrder};
use onefold_fact::{Kind, Party, SourceMode};

use crate::support::{file, tell_with};

#[test]
fn a_mapping_says_everything_that_can_be_said() {
    let mapping = Mapping::from_toml(
        r#"
        [crm]
        file = "crm.csv"
        party = "organisation"
        rows = { events = "order" }
        mode = "snapshot"
        country = "GB"
        date-order = "month_first"
        delimiter = "tab"
        encoding = "windows-1252"

        [crm.columns]
        a = "key"
        b = { key = "customer_id" }
        c = "message-id"
        d = "occurred-at"
        e = { occurred-at = "seen_at" }
        f = "event-name"
        g = { attribute = "email" }
        h = { property = "total", kind = "money" }
        i = { identifier = "user_id" }
        j = { group = "company_id", role = "employee" }
        k = "deleted"
        l = "ignore"
        "#,
    )
    .unwrap();
    let crm = &mapping.sources["crm"];
    assert_eq!((crm.party, crm.mode), (Some(Party::Organisation), Some(SourceMode::Snapshot)));
    assert_eq!(crm.rows, Some(Rows::Events("order".into())));
    assert_eq!(crm.conventions.date_order, Some(DateOrder::MonthFirst));
    assert_eq!((crm.table.delimiter, crm.table.encoding), (Some(b'\t'), Some(Encoding::Windows1252)));
    let role = |column: &str| crm.columns.get(column).unwrap().clone();
    assert_eq!(role("b"), Role::Key { identifier: Some("customer_id".into()) });
    assert_eq!(role("e"), Role::OccurredAt { attribute: Some("seen_at".into()) });
    assert_eq!(role("g"), Role::attribute("email", Kind::Email));
    assert_eq!(role("j"), Role::Group { namespace: "company_id".into(), role: Some("employee".into()) });
    assert_eq!(Mapping::from_toml(&mapping.to_toml()).unwrap(), mapping);
}

#[test]
fn mistakes_are_shown_with_line_and_help() {
    let error = |text: &str| Mapping::from_toml(text).unwrap_err();
    let messages = [
        (
            "[crm]\nmode = \"snapshoot\"\n",
            "mapping, line 2, column 8: unknown variant `snapshoot`; expected `upsert` or `snapshot`",
        ),
        (
            "[crm.columns]\n\na = \"kee\"\n",
            "mapping, line 3, column 5: unknown role `kee`; expected one of `key`, `message-id`",
        ),
        (
            "[crm.columns]\na = { attribute = \"x\", kind = \"mail\" }\n",
            "mapping, line 2, column 31: unknown variant `mail`; expected one of",
        ),
        (
            "[crm.columns]\na = { attribute = \"x\", key = \"y\" }\n",
            "mapping, line 2, column 5: a column cannot be both `attribute` and `key`; expected one of them",
        ),
        (
            "[crm.columns]\na = { group = \"x\", kind = \"email\" }\n",
            "mapping, line 2, column 5: `kind` says nothing about `group`; expected",
        ),
        ("[crm]\ncolums = 1\n", "mapping, line 2, column 1: unknown field `colums`; expected one of `file`, `party`"),
        ("[crm]\ndelimiter = \";;\"\n", "mapping, line 2, column 13: `;;` is no delimiter; expected one sign"),
        ("[crm\n", "mapping, line 1, column 5: "),
    ];
    for (text, expected) in messages {
        let error = error(text);
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(matches!(error, ConnectError::Mapping { .. }));
    }
}

#[test]
fn what_is_given_stands_and_the_rest_is_inferred() {
    let file = file("crm.csv", "id,mail,colour,name\n1,ada@x.io,red,Ada Lovelace\n2,grace@x.io,blue,Grace Hopper\n");
    let given = Mapping::from_toml(
        "[crm]\ncountry = \"GB\"\n[crm.columns]\ncolour = { attribute = \"favourite\", kind = \"category\" }\nmail = \"key\"\nnmae = \"ignore\"\n",
    )
    .unwrap();
    let (mapping, findings) = map(&file, given.sources.get("crm"), &InferOptions::default()).unwrap();
    assert_eq!(mapping.columns.get("mail"), Some(&Role::Key { identifier: None }));
    assert_eq!(mapping.columns.get("colour"), Some(&Role::attribute("favourite", Kind::Category)));
    assert_eq!(mapping.columns.get("name"), Some(&Role::attribute("full_name", Kind::FullName)));
    // There is one key only.
    assert!(!matches!(mapping.columns.get("id"), Some(Role::Key { .. })));
    assert_eq!(mapping.conventions.country.map(Country::as_str), Some("GB"));
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        findings,
        ["crm.csv, column `nmae`: the mapping names a column that is not there; did you mean `name`?"]
    );
}

#[test]
fn the_callers_key_and_ignored_columns_stand() {
    let file = file("people.csv", "unique_id,cluster,surname\na,1,Smith\nb,1,Smith\n");
    let options = InferOptions {
        key: Some("unique_id".into()),
        ignore: vec!["cluster".into(), "klaster".into()],
        ..InferOptions::default()
    };
    let told = tell_with(&file, None, &options);
    assert_eq!(told.role("unique_id"), &Role::Key { identifier: None });
    assert_eq!(told.role("cluster"), &Role::Ignore);
    assert_eq!(
        told.findings,
        ["people.csv, column `klaster`: was to be ignored, but is not there; did you mean `cluster`?"]
    );
    assert_eq!(told.lines(), ["1: a [] - set {family_name=Smith}", "2: b [] - set {family_name=Smith}"]);
}

#[test]
fn a_key_that_is_not_there_is_said() {
    let options = InferOptions { key: Some("serial".into()), ..InferOptions::default() };
    let told = tell_with(&file("people.csv", "id,surname\na,Smith\n"), None, &options);
    assert_eq!(
        told.findings,
        ["people.csv, column `serial`: was asked for as the key, but is not there; there are `id`, `surname`"]
    );
}

#[test]
fn a_kind_that_is_not_text_stands_against_text() {
    let mapping = Mapping::from_toml(
        r#"
        [crm]
        file = "crm.csv"
        [crm.columns]
        dob = { attribute = "birth_date", kind = "text" }
        [loyalty.columns]
        born = { attribute = "birth_date", kind = "category" }
        [shop.columns]
        dob = { attribute = "birth_date", kind = "birth-date" }
        "#,
    )
    .unwrap();
    let (schema, findings) = mapping.schema();
    assert_eq!(schema.attribute(&"birth_date".into()).kind, Kind::BirthDate);
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        findings,
        [
            "crm.csv, column `dob`: maps attribute `birth_date` as text, other sources as birth-date; expected one kind, or another name here",
            "loyalty, column `born`: maps attribute `birth_date` as category, other sources as birth-date; expected one kind, or another name here",
        ]
    );
}

#[test]
fn the_schema_of_a_mapping_says_what_attributes_mean() {
    let mapping = Mapping::from_toml(
        r#"
        [crm]
        mode = "snapshot"
        [crm.columns]
        email = { attribute = "email" }
        status = { attribute = "status", kind = "category" }
        since = { attribute = "since", kind = "date" }
        [shop]
        file = "shop.csv"
        [shop.columns]
        status = { attribute = "status", kind = "text" }
        since = { attribute = "since", kind = "boolean" }
        [web.columns]
        since = { attribute = "since", kind = "date" }
        "#,
    )
    .unwrap();
    let (schema, findings) = mapping.schema();
    let kind = |name: &str| schema.attribute(&name.into()).kind;
    assert_eq!((kind("email"), kind("status"), kind("since")), (Kind::Email, Kind::Text, Kind::Date));
    assert_eq!(schema.sources["crm"].mode, SourceMode::Snapshot);
    assert!(schema.namespaces.contains_key(&onefold_fact::Namespace::from("email")));
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        findings,
        [
            "shop.csv, column `since`: maps attribute `since` as boolean, other sources as date; expected one kind, or another name here"
        ]
    );
}

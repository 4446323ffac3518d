//! The laws of the edge.

use std::ops::ControlFlow;

use onefold_connect::{ConnectError, InferOptions, Mapping, Table, TableOptions, map, read};
use onefold_fact::{Schema, Silent};
use proptest::prelude::*;

use crate::support::file;

/// What files begin with that have to be unpacked before they are text.
const PACKED: [&[u8]; 6] = [b"\x1F\x8B", b"\x28\xB5\x2F\xFD", b"PK\x03\x04", b"\xD0\xCF\x11\xE0", b"PAR1", b"SQLite"];

/// Reads a file as it is inferred, and checks law 11 on the way.
fn conserves(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let file = file(name, bytes);
    let mapping = match map(&file, None, &InferOptions::default()) {
        Ok((mapping, _)) => mapping,
        Err(error) => {
            let nul = name.ends_with(".csv") && bytes.contains(&0);
            let packed = PACKED.iter().any(|magic| bytes.starts_with(magic));
            prop_assert!((nul || packed) && matches!(error, ConnectError::NotText { .. }), "{error}");
            return Ok(());
        }
    };
    let mut entries = 0;
    let reading = read(&file, &mapping, &Schema::default(), &mut Silent, &mut |entry| {
        assert!(!entry.drafts.is_empty());
        entries += 1;
        ControlFlow::Continue(())
    })
    .unwrap();
    let rows = reading.set_aside.iter().filter(|aside| aside.finding.place.column.is_none()).count() as u64;
    prop_assert_eq!(reading.entries, entries);
    prop_assert_eq!(reading.rows_set_aside, rows);
    prop_assert_eq!(reading.read, entries + rows);
    prop_assert!(reading.set_aside.iter().all(|aside| !aside.finding.message.is_empty()));
    std::fs::remove_file(&file.path).unwrap();
    Ok(())
}

/// Bytes in which the signs that matter are frequent.
fn nasty() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b",".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b";".to_vec()),
        Just(b" ".to_vec()),
        Just(b"\xE9".to_vec()),
        Just("é".as_bytes().to_vec()),
        Just(b"id".to_vec()),
        Just(b"email".to_vec()),
        Just(b"ada@x.io".to_vec()),
        Just(b"01/02/1990".to_vec()),
        Just(b"\x81".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

/// Lines that nearly are messages.
fn nasty_lines() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        Just("null".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"identify\"".to_owned()),
        Just("\"track\"".to_owned()),
        Just("\"group\"".to_owned()),
        Just("\"alias\"".to_owned()),
        Just("\"undefined\"".to_owned()),
        Just("\"u1\"".to_owned()),
        Just("\"ada@x.io\"".to_owned()),
        Just("\"2026-03-01T09:00:00Z\"".to_owned()),
        Just("{\"email\":\"ada@x.io\",\"plan\":null,\"tags\":[1,[2],{}]}".to_owned()),
        Just("[{\"type\":\"track\",\"userId\":1,\"event\":\"x\"},7,null]".to_owned()),
        Just("1e999".to_owned()),
        Just("12345678901234567890123456789012345".to_owned()),
        Just("{".to_owned()),
        "[ -~]{0,6}",
    ];
    let name = prop_oneof![
        Just("type"),
        Just("userId"),
        Just("anonymousId"),
        Just("event"),
        Just("traits"),
        Just("properties"),
        Just("groupId"),
        Just("previousId"),
        Just("context"),
        Just("batch"),
        Just("timestamp"),
        Just("sentAt"),
        Just("receivedAt"),
        Just("id"),
        Just("email"),
    ];
    let object = proptest::collection::vec((name, value), 0..6).prop_map(|fields| {
        let fields: Vec<String> = fields.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    });
    let line =
        prop_oneof![4 => object.prop_map(String::into_bytes), 1 => proptest::collection::vec(any::<u8>(), 0..20)];
    proptest::collection::vec(line, 0..12).prop_map(|lines| lines.join(&b"\n"[..]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Laws 8 and 11 on tables. Mutation caught: a row that is neither given nor set aside (dropping the call that sets
    /// ragged rows aside).
    #[test]
    fn any_table_is_read_and_conserved(bytes in nasty()) {
        conserves("any.csv", &bytes)?;
    }

    /// Laws 8 and 11 on JSON Lines. Mutation caught: counting a refused message as read and giving it no place.
    #[test]
    fn any_lines_are_read_and_conserved(bytes in nasty_lines()) {
        conserves("any.jsonl", &bytes)?;
        conserves("any.jsonl", &bytes.iter().rev().copied().collect::<Vec<_>>())?;
    }

    /// The splitter agrees with an independent one on whatever that writes. Mutation caught: forgetting that two quotes
    /// are one.
    #[test]
    fn what_is_written_well_is_read_back(
        rows in proptest::collection::vec(proptest::collection::vec("[a-z\",;\n\r é]{0,8}", 3), 1..20),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let file = file("well.csv", writer.into_inner().unwrap());
        let options = TableOptions { delimiter: Some(b','), ..TableOptions::default() };
        let mut table = Table::open(&file.path, &options).unwrap();
        let mut read: Vec<Vec<String>> = Vec::new();
        table.for_each(|row| {
            read.push(row.cells().iter().map(|cell| (*cell).to_owned()).collect());
            ControlFlow::Continue(())
        }).unwrap();
        let expected: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect()).collect();
        prop_assert_eq!(read, expected);
        prop_assert!(table.set_aside().is_empty());
        std::fs::remove_file(&file.path).unwrap();
    }

    /// Law 6 on mappings: what is inferred survives being written and read. Mutation caught: leaving a header
    /// with a quote unescaped.
    #[test]
    fn a_mapping_survives_its_file(header in proptest::collection::vec("[a-zA-Z_ .\"'\\\\é\n]{0,12}", 1..6), rows in proptest::collection::vec("[a-z0-9@./+-]{0,10}", 0..6)) {
        let header: Vec<String> = {
            let mut header = header;
            header.sort();
            header.dedup();
            header
        };
        let rows: Vec<Vec<&str>> = rows.iter().map(|cell| vec![cell.as_str(); header.len()]).collect();
        let (mapping, _) = onefold_connect::infer("any source", &header, &rows, &InferOptions::default());
        let mapping = Mapping { sources: [("any source".into(), mapping)].into() };
        let text = mapping.to_toml();
        let back = Mapping::from_toml(&text).unwrap();
        prop_assert_eq!(back.to_toml().lines().count(), text.lines().count());
        let (before, after) = (&mapping.sources["any source"], &back.sources["any source"]);
        for (column, role) in before.columns.iter() {
            prop_assert_eq!(after.columns.get(column), Some(role));
        }
        prop_assert_eq!((&after.rows, after.party, after.mode, after.conventions), (&before.rows, before.party, before.mode, before.conventions));
    }
}

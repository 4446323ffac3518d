//! Parquet files as tables.

use std::fs::File;
use std::ops::ControlFlow;
use std::sync::Arc;

use onefold_connect::{ConnectError, Table, TableOptions};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::support::file;

const SCHEMA: &str = "
message people {
    REQUIRED INT64 id;
    OPTIONAL BYTE_ARRAY name (UTF8);
    OPTIONAL INT32 born (DATE);
    OPTIONAL INT64 paid (DECIMAL(10,2));
    OPTIONAL INT64 seen (TIMESTAMP(MICROS,true));
    OPTIONAL DOUBLE score;
    OPTIONAL BOOLEAN member;
    REPEATED BYTE_ARRAY tags (UTF8);
}";

/// A file of two groups of rows of three each.
fn write(compression: Compression) -> std::path::PathBuf {
    let path = file("people.parquet", b"").path;
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut writer = SerializedFileWriter::new(File::create(&path).unwrap(), schema, properties).unwrap();
    for group in 0..2_i64 {
        let mut rows = writer.next_row_group().unwrap();
        let names = [b" Ada ".to_vec(), vec![0xFF], b"L\xC3\xA9a, 2".to_vec()].map(ByteArray::from);
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[1 + group * 3, 2 + group * 3, 3 + group * 3], None, None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&names, Some(&[1, 1, 1]), None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&[5823], Some(&[1, 0, 0]), None).unwrap();
        column.close().unwrap();
        for value in [-1_205, 1_700_000_000_500_000] {
            let mut column = rows.next_column().unwrap().unwrap();
            column.typed::<Int64Type>().write_batch(&[value], Some(&[0, 1, 0]), None).unwrap();
            column.close().unwrap();
        }
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&[7.0, f64::NAN, 0.1], Some(&[1, 1, 1]), None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<BoolType>().write_batch(&[true], Some(&[1, 0, 0]), None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let tags = ["a", "b"].map(ByteArray::from);
        column.typed::<ByteArrayType>().write_batch(&tags, Some(&[1, 1, 0, 0]), Some(&[0, 1, 0, 0])).unwrap();
        column.close().unwrap();
        rows.close().unwrap();
    }
    writer.close().unwrap();
    path
}

#[test]
fn values_become_the_cells_that_a_table_of_text_would_have() {
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let path = write(compression);
        let mut table = Table::open(&path, &TableOptions::default()).unwrap();
        assert_eq!(table.header(), ["id", "name", "born", "paid", "seen", "score", "member"]);
        let mut rows = Vec::new();
        table
            .for_each(|row| {
                rows.push(row.cells().join("|"));
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!(
            rows,
            [
                "1|Ada|1985-12-11|||7|true",
                "2|||-12.05|2023-11-14T22:13:20.500Z||",
                "3|Léa, 2||||0.1|",
                "4|Ada|1985-12-11|||7|true",
                "5|||-12.05|2023-11-14T22:13:20.500Z||",
                "6|Léa, 2||||0.1|",
            ]
        );
        assert_eq!((table.rows_read(), table.is_finished(), table.values_set_aside()), (6, true, 2));
        let place = &table.cells_set_aside()[1].finding.place;
        assert_eq!((place.row, place.column.as_deref()), (Some(5), Some("name")));
        assert_eq!(table.findings()[0].message, "holds lists and is not read; expected one value a row");
        std::fs::remove_file(path).unwrap();
    }
}

/// Catches a reader that loses its place when whoever takes the rows stops.
#[test]
fn reading_goes_on_where_it_stopped() {
    let path = file("one-by-one.parquet", b"").path;
    std::fs::copy(write(Compression::LZ4), &path).unwrap();
    let mut table = Table::open(&path, &TableOptions::default()).unwrap();
    let mut ids = Vec::new();
    while !table.is_finished() {
        table
            .for_each(|row| {
                ids.push((row.number(), row.cells()[0].to_owned()));
                ControlFlow::Break(())
            })
            .unwrap();
    }
    assert_eq!(ids, (1..=6).map(|id| (id, id.to_string())).collect::<Vec<_>>());
}

#[test]
fn a_broken_file_is_refused() {
    let whole = std::fs::read(write(Compression::SNAPPY)).unwrap();
    let path = file("cut.parquet", &whole[..whole.len() - 20]).path;
    let error = Table::open(path, &TableOptions::default()).unwrap_err();
    assert!(matches!(error, ConnectError::NotText { .. }), "{error}");
}

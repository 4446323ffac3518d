//! Tables as people and systems write them.

use std::ops::ControlFlow;

use onefold_connect::{ConnectError, Encoding, Table, TableOptions};
use onefold_fact::Reason;

use crate::support::file;

struct Seen {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    aside: Vec<(Reason, String, String)>,
    cells: Vec<(Reason, String)>,
    findings: Vec<String>,
    read: u64,
}

fn see(content: impl AsRef<[u8]>) -> Seen {
    see_with(content, &TableOptions::default())
}

fn see_with(content: impl AsRef<[u8]>, options: &TableOptions) -> Seen {
    let file = file("t.csv", content);
    let mut table = Table::open(&file.path, options).unwrap();
    let mut rows = Vec::new();
    table
        .for_each(|row| {
            rows.push(row.cells().iter().map(|cell| (*cell).to_owned()).collect());
            ControlFlow::Continue(())
        })
        .unwrap();
    let aside =
        table.set_aside().iter().map(|aside| (aside.finding.reason, aside.finding.to_string(), aside.value.clone()));
    Seen {
        header: table.header().to_vec(),
        aside: aside.collect(),
        cells: table.cells_set_aside().iter().map(|aside| (aside.finding.reason, aside.finding.to_string())).collect(),
        findings: table.findings().iter().map(ToString::to_string).collect(),
        read: table.rows_read(),
        rows,
    }
}

#[test]
fn delimiters_are_found_out() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = ["id,name,note", "1,Ada,\"a,b;c\td|e\"", "2,Grace,x"].join("\n").replace(',', delimiter);
        let seen = see(text.replace(&format!("a{delimiter}b;"), "a,b;"));
        assert_eq!(seen.header, ["id", "name", "note"], "{delimiter:?}");
        assert_eq!(seen.rows[0][1], "Ada");
        assert_eq!(seen.rows.len(), 2);
    }
    // Prose has commas, and the delimiter is regular.
    let seen = see("id;note\n1;one, two, three\n2;four\n3;five, six\n");
    assert_eq!(seen.header, ["id", "note"]);
    // A table of one column has none.
    assert_eq!(see("email\nada@x.io\ngrace@x.io\n").header, ["email"]);
    // A spreadsheet may say it.
    assert_eq!(see("sep=;\nid;a,b\n1;2,3\n").header, ["id", "a,b"]);
    let options = TableOptions { delimiter: Some(b'|'), ..TableOptions::default() };
    assert_eq!(see_with("a,b|c\n1,2|3\n", &options).header, ["a,b", "c"]);
}

#[test]
fn quotes_spaces_and_line_ends() {
    let seen = see(
        "id, \"full name\" ,note\r\n1, \"Lovelace, Ada\" ,\"said \"\"hi\"\"\r\nand left\"\r\n\r\n 2 ,Grace \"Amazing\" Hopper,\"x\"y\r\n",
    );
    assert_eq!(seen.header, ["id", "full name", "note"]);
    assert_eq!(seen.rows, [["1", "Lovelace, Ada", "said \"hi\"\r\nand left"], ["2", "Grace \"Amazing\" Hopper", "xy"]]);
    // Old line ends, and no line end at the end.
    assert_eq!(see("a,b\r1,2\r3,4").rows, [["1", "2"], ["3", "4"]]);
}

#[test]
fn headers_are_named_and_unique() {
    let seen = see("\u{FEFF}id, ,email,email,\n1,2,3,4,5\n");
    assert_eq!(seen.header, ["id", "column_2", "email", "email_2", "column_5"]);
    assert_eq!(seen.rows.len(), 1);
}

#[test]
fn encodings_are_found_out() {
    assert_eq!(see("name\nRenée\n").rows, [["Renée"]]);
    assert_eq!(see("\u{FEFF}name\nRenée\n").rows, [["Renée"]]);
    assert_eq!(see(b"name\nRen\xE9e\nM\xFCller\n").rows, [["Renée"], ["Müller"]]);
    // The sign for the euro is Windows-1252, not Latin-1.
    assert_eq!(see(b"price\n10 \x80\n").rows, [["10 €"]]);
    let utf16: Vec<u8> = "\u{FEFF}name;x\nRenée;1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(see(utf16).rows, [["Renée", "1"]]);
    let utf16: Vec<u8> = "\u{FEFF}name;x\nRenée;1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(see(utf16).rows, [["Renée", "1"]]);
    let options = TableOptions { encoding: Some(Encoding::Windows1252), ..TableOptions::default() };
    assert_eq!(see_with("name\nRenée\n", &options).rows, [["RenÃ©e"]]);
    // Letters beyond ASCII that come late decide too.
    let mut late = "name\n".to_owned().into_bytes();
    late.extend(b"Smith\n".repeat(300_000));
    late.extend(b"Ren\xE9e\n");
    assert_eq!(see(late).rows.last().unwrap(), &["Renée"]);
}

#[test]
fn an_encoding_that_is_doubtful_is_said() {
    let mixed = b"name\nRen\xC3\xA9\nM\xFCller\nJ\xFCrgen\n";
    let seen = see(mixed);
    assert_eq!(seen.rows, [["RenÃ©"], ["Müller"], ["Jürgen"]]);
    assert_eq!(
        seen.findings,
        ["t.csv: has places that only UTF-8 explains (1) and bytes that are not UTF-8 (2); read as `windows-1252`, \
          expected one encoding, or `encoding` in the mapping to decide"]
    );
    // Who says the encoding is not asked.
    let options = TableOptions { encoding: Some(Encoding::Utf8), ..TableOptions::default() };
    let seen = see_with(mixed, &options);
    assert_eq!((seen.rows[0][0].as_str(), seen.cells.len(), seen.findings.len()), ("René", 2, 0));
    let seen = see(b"name\nM\x81ller\n");
    assert!(seen.findings[0].contains("neither UTF-8 nor defined in Windows-1252"), "{:?}", seen.findings);
    assert!(see(b"name\nRen\xE9e\nM\xFCller\n").findings.is_empty());
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data/newsletter.csv");
    assert!(Table::open(example, &TableOptions::default()).unwrap().findings().is_empty());
}

#[test]
fn what_has_nul_bytes_is_no_text_unless_it_is_utf_16() {
    let mut garbage = "id,name\n1,Ada\n".to_owned().into_bytes();
    garbage.extend(b"\x7FELF\x02\x00\x00\n");
    let error = Table::open(&file("t.csv", garbage).path, &TableOptions::default()).unwrap_err();
    assert!(matches!(error, ConnectError::NotText { .. }));
    assert!(error.to_string().contains("t.csv` is binary (it has NUL bytes), not text; expected "), "{error}");
    let utf16: Vec<u8> = "name;x\nRenée;1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let options = TableOptions { encoding: Some(Encoding::Utf16Le), ..TableOptions::default() };
    assert_eq!(see_with(utf16, &options).rows, [["Renée", "1"]]);
}

#[test]
fn a_broken_letter_costs_its_cell() {
    let mut text = "id,name,city\n".to_owned().into_bytes();
    for _ in 0..20 {
        text.extend("1,Zoë,Köln\n".bytes());
    }
    text.extend(b"2,Ren\xE9,Paris\n");
    let seen = see(text);
    assert_eq!(seen.rows.last().unwrap(), &["2", "", "Paris"]);
    assert_eq!(seen.cells.len(), 1);
    assert_eq!(seen.cells[0].0, Reason::Encoding);
    assert_eq!(
        seen.cells[0].1,
        "t.csv, row 21, column `name`: `Ren\u{FFFD}` has bytes that are not UTF-8, in a file that otherwise is; expected UTF-8"
    );
}

#[test]
fn ragged_rows_are_set_aside_but_for_blank_cells_at_the_end() {
    let seen = see("a,b,c\n1,2\n1,2,3,,\n1,2,3,4\n1,2,3\n");
    assert_eq!(seen.rows, [["1", "2", "3"], ["1", "2", "3"]]);
    assert_eq!(seen.read, 4);
    assert_eq!(seen.aside.len(), 2);
    let (reason, finding, value) = &seen.aside[1];
    assert_eq!(*reason, Reason::RaggedRow);
    assert_eq!(
        finding,
        "t.csv, row 3: has 4 cells, the header 3; expected as many, with cells that hold the delimiter in quotes"
    );
    assert_eq!(value, "1,2,3,4");
}

#[test]
fn a_quote_that_is_never_closed_costs_its_line() {
    let seen = see("id,name\n1,\"Ada\n2,Grace\n3,Alan\n");
    assert_eq!(seen.rows, [["2", "Grace"], ["3", "Alan"]]);
    assert_eq!((seen.read, seen.aside.len()), (3, 1));
    assert!(seen.aside[0].1.contains("opens a quote that is not closed"), "{:?}", seen.aside);
    assert_eq!(seen.aside[0].2, "1,\"Ada");
    // Another quote much further on does not pair with it.
    let seen = see("id,name\n1,\"Ada\n2,Grace\n3,\"Alan\"\n4,Ken\n");
    assert_eq!(seen.rows, [["2", "Grace"], ["3", "Alan"], ["4", "Ken"]]);
    let seen = see("id,name,x\n1,\"Ada,1\n2,Grace,1\n3,Alan,\"\"\n4,Ken,1\n");
    assert_eq!(seen.rows.len(), 3);
    // Not even in the header.
    let seen = see("id,\"name\n1,Ada\n");
    assert_eq!(
        (seen.header, seen.rows),
        (vec!["id".to_owned(), "name".to_owned()], vec![vec!["1".to_owned(), "Ada".to_owned()]])
    );
    assert!(seen.findings[0].contains("has a header with a quote that is not closed"));
}

#[test]
fn a_huge_cell_costs_itself_and_the_row_goes_on() {
    let text = format!("id,note,name\n1,\"{}\",Ada\n2,x,Grace\n", "é".repeat(1 << 20));
    let seen = see(text);
    assert_eq!(seen.rows, [["1", "", "Ada"], ["2", "x", "Grace"]]);
    assert_eq!(seen.cells[0].0, Reason::Oversized);
    let expected = format!(
        "t.csv, row 1, column `note`: `{}…` has 2097152 bytes; expected a cell of at most 1 MiB",
        "é".repeat(60)
    );
    assert_eq!(seen.cells[0].1, expected);
}

#[test]
fn a_line_without_end_is_set_aside_in_bounded_memory() {
    let mut text = b"id,name\n1,".to_vec();
    text.extend(vec![b'x'; 40 << 20]);
    text.extend(b"\n2,Grace\n");
    let seen = see(text);
    assert_eq!(seen.rows, [["2", "Grace"]]);
    assert_eq!(seen.aside[0].0, Reason::Oversized);
}

#[test]
fn many_quotes_that_are_never_closed_do_not_make_reading_slow() {
    // Each line opens a quote that no later line closes: naively each would be read to the end of the file.
    let seen = see(format!("a,b\n{}", "x\",\"y\n".repeat(200_000)));
    assert_eq!(seen.read, 200_000);
    assert_eq!(seen.rows.len() as u64 + seen.aside.len() as u64, seen.read);
}

#[test]
fn nothing_to_read_is_a_finding() {
    for empty in ["", "\n\n", "\u{FEFF}"] {
        let seen = see(empty);
        assert!(seen.header.is_empty() && seen.rows.is_empty());
        assert_eq!(seen.findings, ["t.csv: is empty; expected a header and rows"], "{empty:?}");
    }
    assert_eq!(
        see("id,name\n\n").findings,
        ["t.csv: has a header but no rows; expected a line for each customer or event below it"]
    );
}

#[test]
fn what_is_no_text_is_an_error_that_says_what_to_do() {
    let file = file("book.csv", b"PK\x03\x04rest");
    let error = Table::open(&file.path, &TableOptions::default()).unwrap_err();
    assert!(matches!(error, ConnectError::NotText { .. }));
    assert!(
        error.to_string().ends_with("is a spreadsheet or a zip archive, not text; expected the table exported as CSV")
    );
    let error = Table::open("/nowhere.csv", &TableOptions::default()).unwrap_err();
    assert!(error.to_string().starts_with("cannot read `/nowhere.csv`: "));
}

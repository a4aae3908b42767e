//! Rows of files.

use serde_json::{Map, Value, json};

use super::encoding::Encoding;
use super::rows::{Kind, Row, Rows};

fn read(kind: Kind, body: &[u8], size: usize) -> Vec<(u64, Result<Value, String>)> {
    let mut rows = Rows::new(kind, Encoding::Utf8);
    let mut found = Vec::new();
    for piece in body.chunks(size) {
        rows.push(piece);
        found.extend(std::iter::from_fn(|| rows.next()));
    }
    rows.finish();
    found.extend(std::iter::from_fn(|| rows.next()));
    found
        .into_iter()
        .map(|Row { line, parameters }: Row| (line, parameters.map(Value::Object)))
        .collect()
}

/// Whatever the pieces it comes in, `body` reads as `expected`; an error by a part of its text.
fn check(kind: Kind, body: &str, expected: &[(u64, Result<Value, &str>)]) {
    for size in [1, 2, 3, 7, 4096] {
        let found = read(kind, body.as_bytes(), size);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((line, found), (wanted_line, wanted)) in found.iter().zip(expected) {
            assert_eq!(line, wanted_line, "{found:?}");
            match (found, wanted) {
                (Err(found), Err(wanted)) => assert!(found.contains(wanted), "{found}"),
                (found, wanted) => {
                    assert_eq!(found.as_ref().ok(), wanted.as_ref().ok(), "{found:?}")
                }
            }
        }
    }
}

#[test]
fn objects_one_a_line() {
    let body = "{\"_customer_number\":\"5115\",\"n\":1}\r\n\n  \nnonsense\n{}\n[1]\n{\"a\":\"b\"}";
    check(
        Kind::Ndjson,
        body,
        &[
            (1, Ok(json!({"_customer_number": "5115", "n": 1}))),
            (4, Err("no JSON object")),
            (5, Err("_customer_number is missing")),
            (6, Err("no JSON object")),
            (7, Ok(json!({"a": "b"}))),
        ],
    );
}

#[test]
fn columns_by_a_header_line() {
    let body = "\u{feff}_customer_number, note\r\n5115,hello\r\n\r\n5116,\r\n5117\r\n,\r\n5118,a,b\n5119,last";
    check(
        Kind::Csv,
        body,
        &[
            (2, Ok(json!({"_customer_number": "5115", "note": "hello"}))),
            (4, Ok(json!({"_customer_number": "5116"}))),
            (
                5,
                Err("1 fields: the header line has 2, with ',' between them"),
            ),
            (6, Err("every field is empty")),
            (7, Err("3 fields: the header line has 2")),
            (8, Ok(json!({"_customer_number": "5119", "note": "last"}))),
        ],
    );
}

#[test]
fn a_quoted_field_holds_anything() {
    let body = "n,note\n1,\"a, \"\"b\"\"\nsecond line\"\n2,\"\"\n3,x\n";
    check(
        Kind::Csv,
        body,
        &[
            (2, Ok(json!({"n": "1", "note": "a, \"b\"\r\nsecond line"}))),
            (4, Ok(json!({"n": "2"}))),
            (5, Ok(json!({"n": "3", "note": "x"}))),
        ],
    );
}

/// Neither one that is closed by the next stray quote nor one that is never closed.
#[test]
fn a_stray_quote_costs_its_own_line_alone() {
    check(
        Kind::Csv,
        "n,note\n1,\"a\n2,b\n3,\"c\n4,d\n",
        &[
            (2, Err("a quote stands within a field")),
            (3, Ok(json!({"n": "2", "note": "b"}))),
            (4, Err("not closed")),
            (5, Ok(json!({"n": "4", "note": "d"}))),
        ],
    );
}

/// And nothing else of the file, whose rows nobody could read: no row takes its place.
#[test]
fn a_header_that_cannot_be_read_is_one_clear_error() {
    let long = format!("{}\n1\n", "x".repeat(64 * 1024 + 1));
    for (body, says) in [
        (&b"a,,b\n1,2,3\n"[..], "column 2 has no name"),
        (b"a,b,a\n1,2,3\n", "column 'a' stands twice"),
        (b"a,\"b\n1,2\n3,4\n", "a quote is not closed"),
        (b"a,b\"c\"\n1,2\n", "a quote stands within a field"),
        (b"name,stra\xdfe\n1,2\n", "not UTF-8"),
        (b"5115,hello\n5116,hello\n", "column '5115' is no name"),
        (long.as_bytes(), "too long"),
        (
            format!("{}\n1\n", ["x"; 129].join(",")).as_bytes(),
            "129 columns: allowed are 1 to 128",
        ),
        (b"PK\x03\x04 and so on\n1,2\n", "zip"),
    ] {
        for size in [3, 4096] {
            let found = read(Kind::Csv, body, size);
            let [(1, Err(wrong))] = found.as_slice() else {
                panic!("{found:?}");
            };
            assert!(
                wrong.contains(says) && wrong.contains("nothing of"),
                "{wrong}"
            );
        }
    }
}

/// As people's tools write them.
#[test]
fn files_are_read_as_tools_write_them() {
    let rows = || {
        [
            (2, Ok(json!({"_customer_number": "5115", "note": "a"}))),
            (3, Ok(json!({"_customer_number": "5116", "note": "b"}))),
        ]
    };
    for body in [
        "_customer_number,note\r5115,a\r5116,b\r",
        "_customer_number;note\r\n5115;a\r\n5116;b\r\n",
        "_customer_number\tnote\n5115\ta\n5116\tb",
        "_customer_number|note\n\"5115\"|a\n5116|\"b\"\n",
        "\u{feff}_customer_number;note\n5115;a\n5116;b\n",
    ] {
        check(Kind::Csv, body, &rows());
    }
    let later = |line: u64| rows().map(|(number, row)| (number + line, row));
    check(
        Kind::Csv,
        "sep=;\r\n_customer_number;note\r\n5115;a\r\n5116;b",
        &later(1),
    );
    check(
        Kind::Csv,
        "\n \n_customer_number,note\n5115,a\n5116,b",
        &later(2),
    );
    check(
        Kind::Csv,
        "_customer_number;note\n5115;\"a,b;c\"\n",
        &[(2, Ok(json!({"_customer_number": "5115", "note": "a,b;c"})))],
    );
    let marked = "\u{feff}{\"a\":\"b\"}\r{\"a\":\"c\"}\r";
    check(
        Kind::Ndjson,
        marked,
        &[(1, Ok(json!({"a": "b"}))), (2, Ok(json!({"a": "c"})))],
    );
}

/// As exports write a cell that a spreadsheet would take for a formula, and people a text.
#[test]
fn the_mark_of_a_text_is_no_part_of_it() {
    check(
        Kind::Csv,
        "_customer_number,note\n'+16505550101,'quoted'\n",
        &[(
            2,
            Ok(json!({"_customer_number": "+16505550101", "note": "'quoted'"})),
        )],
    );
}

/// A list is no lines; a list on a later line is one wrong line.
#[test]
fn a_json_list_is_one_clear_error() {
    check(
        Kind::Ndjson,
        "\n[\n{\"a\":\"b\"},\n{\"a\":\"c\"}\n]\n",
        &[(2, Err("nothing of it is read"))],
    );
}

#[test]
fn a_key_that_stands_twice_costs_its_line() {
    check(
        Kind::Ndjson,
        "{\"a\":\"1\",\"a\":\"2\"}\n{\"a\":\"b\"}\n",
        &[(1, Err("key 'a' stands twice")), (2, Ok(json!({"a": "b"})))],
    );
}

/// What has come is answered, and the last line says that there was more.
#[test]
fn a_file_that_breaks_off_is_told() {
    let mut rows = Rows::new(Kind::Csv, Encoding::Utf8);
    rows.push(b"n\n1\n2\n3");
    rows.break_off("nothing came for 60 s");
    let lines: Vec<_> = std::iter::from_fn(|| rows.next()).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let last = lines[2].parameters.as_ref().unwrap_err();
    assert!(
        lines[2].line == 4 && last.contains("broke off here"),
        "{lines:?}"
    );
}

#[test]
fn what_is_no_text_is_told() {
    let found = read(Kind::Csv, b"n\n\xff\n2\n", 4096);
    assert!(
        found[0].1.as_ref().unwrap_err().contains("not UTF-8"),
        "{found:?}"
    );
    let mut two = Map::new();
    two.insert("n".to_owned(), "2".into());
    assert_eq!(found[1], (3, Ok(Value::Object(two))));
}

#[test]
fn a_long_line_is_told_by_its_number() {
    let long = "x".repeat(64 * 1024);
    for (kind, body) in [
        (
            Kind::Ndjson,
            format!("{{\"a\":\"b\"}}\n{{\"a\":\"{long}\"}}\n{{\"a\":\"c\"}}\n"),
        ),
        (Kind::Csv, format!("a\n1,{long}\n2\n")),
    ] {
        let found = read(kind, body.as_bytes(), 1000);
        let wrong = found.iter().find(|(line, _)| *line == 2).unwrap();
        assert!(
            wrong.1.as_ref().unwrap_err().contains("65536 bytes"),
            "{wrong:?}"
        );
        assert!(found.last().unwrap().1.is_ok());
    }
}

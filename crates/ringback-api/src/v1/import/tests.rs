//! Rows of files.

use serde_json::{Map, Value, json};

use super::rows::{Kind, Row, Rows};

fn read(kind: Kind, body: &[u8], size: usize) -> Vec<(u64, Result<Value, String>)> {
    let mut rows = Rows::new(kind);
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
            (5, Err("1 fields: the header line has 2")),
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

#[test]
fn a_wrong_header_line_is_told() {
    for (body, says) in [
        ("a,,b\n1,2,3\n", "column 2 of the header line has no name"),
        ("a,b,a\n1,2,3\n", "column 'a' twice"),
        (
            &*format!("{}\n1\n", ["x"; 129].join(",")),
            "129 columns: allowed are 1 to 128",
        ),
    ] {
        let found = read(Kind::Csv, body.as_bytes(), 4096);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].1.as_ref().unwrap_err().contains(says), "{found:?}");
        assert!(
            found[1].1.as_ref().unwrap_err().contains("header line"),
            "{found:?}"
        );
    }
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

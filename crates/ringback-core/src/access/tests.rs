use super::*;
use crate::tests::sample::at;

fn group(numbers: &str) -> Result<ResourceGroup, Mistakes> {
    let given = BTreeMap::from([("numbers".to_owned(), numbers.to_owned())]);
    ResourceGroup::parse("DNIS", &given)
}

fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

#[test]
fn a_group_has_numbers() {
    for written in [
        "+1 800 555 0101, 8005550102",
        r#"["+18005550101", "800-555-0102"]"#,
    ] {
        let group = group(written).unwrap();
        let numbers: Vec<_> = group.numbers.iter().map(PhoneNumber::as_str).collect();
        assert_eq!(numbers, ["+18005550101", "8005550102"]);
    }
}

#[test]
fn mistakes_name_what_is_wrong_and_what_is_allowed() {
    let many = (0..65).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    for numbers in ["8005550101,", "one", "1,1", "[]", "[1]", many.as_str()] {
        let told = group(numbers).unwrap_err().to_string();
        assert!(told.contains("option 'numbers' = '"), "{told}");
        assert!(told.contains(ALLOWED), "{told}");
    }
    let given = BTreeMap::from([("number".to_owned(), "1".to_owned())]);
    let told = ResourceGroup::parse("D NIS", &given)
        .unwrap_err()
        .to_string();
    for part in ["'D NIS' is no name", "unknown option 'number'", "missing"] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn the_number_with_the_fewest_is_picked() {
    let group = group("1,2,3").unwrap();
    let picked = |expected: &[u64], random| group.pick(expected, random).unwrap().as_str();
    assert_eq!(picked(&[2, 1, 3], 7), "2");
    let of_two: Vec<_> = (0..4).map(|random| picked(&[1, 1, 3], random)).collect();
    assert_eq!(of_two, ["1", "2", "1", "2"]);
    assert!(group.pick(&[], 0).is_none());
}

#[test]
fn codes_have_six_digits() {
    for (random, code) in [(0, "000000"), (1_234_567, "234567"), (u64::MAX, "551615")] {
        assert_eq!(AccessCode::draw(random).as_str(), code);
    }
    assert!(!format!("{:?}", AccessCode::draw(7)).contains('7'));
}

/// By the caller's number where there is no code, by the code where there is one.
#[test]
fn a_call_is_expected_from_its_customer() {
    let invitation =
        |code: Option<u64>| Invitation::to_call(number("800"), code.map(AccessCode::draw), at(30));
    let customer = number("5115");
    for (code, to, from, entered, expected) in [
        (None, "800", Some("5115"), None, true),
        (None, "800", None, None, true),
        (None, "800", Some("5116"), None, false),
        (None, "801", Some("5115"), None, false),
        (Some(7), "800", Some("5116"), Some(" 000007 "), true),
        (Some(7), "800", Some("5115"), Some("000008"), false),
        (Some(7), "800", Some("5115"), None, false),
        (Some(7), "801", None, Some("000007"), false),
    ] {
        let arrival = Arrival {
            to: number(to),
            from: from.map(number),
            code: entered.map(AccessCode::entered),
        };
        let found = invitation(code).expects(&arrival, |from| *from == customer);
        assert_eq!(found, expected, "{code:?} {to} {from:?} {entered:?}");
    }
}

//! Numbering plans, and which numbers are called.

use proptest::prelude::*;

use super::plan::{Country, PlanNumber};
use super::rules::{BlockedError, BlockedNumbers, NumberRefusal, NumberRules};
use super::{NumberError, PhoneNumber};

fn rules(country: &str) -> NumberRules {
    NumberRules {
        country: country.parse().unwrap(),
        ..NumberRules::default()
    }
}

fn impossible(country: &str) -> NumberRefusal {
    let country = country.parse().unwrap();
    NumberRefusal::Impossible { country }
}

#[test]
fn what_is_called_back() {
    for (country, number, expected) in [
        ("US", "5115", Ok(())),
        ("US", "511512", Ok(())),
        ("US", "5550199", Ok(())),
        ("US", "650 555 0101", Ok(())),
        ("US", "1 650 555 0101", Ok(())),
        ("US", "+49 30 1234567", Ok(())),
        ("US", "011 49 30 1234567", Ok(())),
        ("US", "51151234", Err(impossible("US"))),
        ("US", "+5115", Err(impossible("US"))),
        ("US", "+1 650 555", Err(impossible("US"))),
        ("US", "+999 12345678", Err(impossible("US"))),
        ("US", "123456789012345678901234", Err(impossible("US"))),
        ("US", "900 234 5678", Err(NumberRefusal::Premium)),
        ("US", "+1 900 234 5678", Err(NumberRefusal::Premium)),
        ("US", "+49 900 1123456", Err(NumberRefusal::Premium)),
        ("DE", "0900 1123456", Err(NumberRefusal::Premium)),
        ("DE", "030 1234567", Ok(())),
        ("DE", "900 234 5678", Ok(())),
        ("US", "800 234 5678", Ok(())),
    ] {
        let parsed: PhoneNumber = number.parse().unwrap();
        assert_eq!(
            rules(country).check(&parsed),
            expected,
            "{number} in {country}"
        );
    }
}

#[test]
fn each_rule_can_be_taken_away() {
    let anything = NumberRules {
        refuse_impossible: false,
        refuse_premium: false,
        ..rules("US")
    };
    for number in ["51151234", "9002345678", "+999"] {
        assert_eq!(anything.check(&number.parse().unwrap()), Ok(()));
    }
    let premium = NumberRules {
        refuse_impossible: false,
        ..rules("US")
    };
    let number = "9002345678".parse().unwrap();
    assert_eq!(premium.check(&number), Err(NumberRefusal::Premium));
}

#[test]
fn blocked_numbers_are_known_however_they_are_written() {
    let rules = NumberRules {
        blocked: BlockedNumbers::parse("+1 (650) 555-0101, 911,\n030 1234567,5115").unwrap(),
        refuse_impossible: false,
        ..rules("US")
    };
    for number in [
        "6505550101",
        "16505550101",
        "+16505550101",
        "911",
        "5115",
        "0301234567",
    ] {
        let checked = rules.check(&number.parse().unwrap());
        assert_eq!(checked, Err(NumberRefusal::Blocked), "{number}");
    }
    for number in ["6505550102", "51150", "9110"] {
        assert_eq!(rules.check(&number.parse().unwrap()), Ok(()), "{number}");
    }
}

#[test]
fn mistakes_are_told_without_the_number() {
    let error = BlockedNumbers::parse("5115, 51x15").unwrap_err();
    assert!(matches!(error, BlockedError::Number { place: 2, .. }));
    assert!(!error.to_string().contains("51x15"), "{error}");
    let many = vec!["5115"; 10_001].join(",");
    assert_eq!(BlockedNumbers::parse(&many), Err(BlockedError::TooMany));
    assert_eq!(
        BlockedNumbers::parse(" , ").unwrap(),
        BlockedNumbers::default()
    );
    let refused = rules("DE").check(&"+5115".parse().unwrap()).unwrap_err();
    let message = refused.to_string();
    assert!(
        message.contains("DE") && message.contains("6 digits"),
        "{message}"
    );
    assert!(!message.contains("5115"), "{message}");
    for wrong in ["", "XX", "USA", "U", "1", "日本"] {
        let error = wrong.parse::<Country>().unwrap_err().to_string();
        assert!(error.contains("two letters"), "{error}");
    }
    assert_eq!("de".parse::<Country>().unwrap().to_string(), "DE");
}

#[test]
fn what_a_plan_says() {
    let number = PlanNumber::read("(650) 253-0000", Country::DEFAULT).unwrap();
    assert_eq!(number.e164(), "+16502530000");
    assert_eq!(number.national(), "(650) 253-0000");
    assert_eq!(number.international(), "+1 650-253-0000");
    assert_eq!(
        (number.kind(), number.country_code()),
        ("FIXED_LINE_OR_MOBILE", 1)
    );
    assert_eq!(number.region().as_deref(), Some("US"));
    assert!(number.is_valid() && number.is_possible() && !number.is_premium());
    assert!(number.zones().contains(&"America/Los_Angeles"));

    let mobile = PlanNumber::read("+33 6 12 34 56 78", Country::DEFAULT).unwrap();
    assert_eq!(
        (mobile.kind(), mobile.zones()),
        ("MOBILE", vec!["Europe/Paris"])
    );
    assert!(PlanNumber::read("nobody", Country::DEFAULT).is_none());
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,80}", digits in "\\+?[0-9]{1,24}") {
        if let Some(number) = PlanNumber::read(&text, Country::DEFAULT) {
            let written = [number.e164(), number.national(), number.international()];
            assert!(written.iter().all(|it| !it.is_empty()));
            assert!(!number.is_valid() || number.is_possible());
            assert!(number.region().is_some() || number.zones().is_empty());
        }
        let number: PhoneNumber = digits.parse().unwrap();
        rules("DE").check(&number).ok();
    }
}

#[test]
fn keeps_digits_and_plus() {
    for (written, dialed) in [
        ("5115", "5115"),
        ("+1 (650) 555-0101", "+16505550101"),
        (" 030/12.34 ", "0301234"),
    ] {
        assert_eq!(written.parse::<PhoneNumber>().unwrap().as_str(), dialed);
    }
}

#[test]
fn refuses_what_cannot_be_dialed() {
    for written in [
        "",
        "+",
        "12a",
        "5115;ext=1",
        "1+2",
        "sip:5115@host",
        &"9".repeat(25),
    ] {
        assert_eq!(
            written.parse::<PhoneNumber>(),
            Err(NumberError),
            "{written}"
        );
    }
}

#[test]
fn debug_shows_no_digit() {
    let number: PhoneNumber = "+16505550101".parse().unwrap();
    assert_eq!(format!("{number:?}"), "PhoneNumber(11 digits)");
}

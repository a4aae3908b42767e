//! Numbering plans, and which numbers are called.

use proptest::prelude::*;

use super::plan::{Country, PlanNumber};
use super::rules::{BlockedError, BlockedNumbers, NumberRefusal, NumberRules};
use super::{Ambiguous, CanonicalNumber, CustomerNumber, NumberError, PhoneNumber};

fn rules(country: &str) -> NumberRules {
    NumberRules {
        country: country.parse().unwrap(),
        ..NumberRules::default()
    }
}

fn parsed(number: &str) -> PhoneNumber {
    number.parse().unwrap()
}

fn read(country: Country, number: &str) -> CanonicalNumber {
    CanonicalNumber::read(&parsed(number), country).unwrap()
}

fn check(rules: &NumberRules, number: &str) -> Result<(), NumberRefusal> {
    rules.check(&read(rules.country, number))
}

fn abroad(country: &str, allowed: &str) -> NumberRefusal {
    let [country, allowed] = [country, allowed].map(str::to_owned);
    NumberRefusal::Abroad { country, allowed }
}

/// And the option that opens them is named.
#[test]
fn emergency_short_and_satellite_numbers_are_refused_by_default() {
    for (country, number) in [
        ("US", "911"),
        ("US", "112"),
        ("US", "999"),
        ("US", "411"),
        ("GB", "999"),
        ("GB", "101"),
        ("DE", "110"),
        ("FR", "15"),
        ("FR", "118 218"),
        ("AU", "000"),
        ("US", "+8816 1234 5678"),
        ("US", "+870 773 111 632"),
        ("US", "+800 1234 5678"),
    ] {
        let refused = check(&rules(country), number).unwrap_err().to_string();
        let named = refused.contains("_disallow_special_phone_numbers");
        assert!(
            named && refused.contains("allowed"),
            "{number} in {country}: {refused}"
        );
        let open = NumberRules {
            refuse_special: false,
            ..rules(country)
        };
        assert_eq!(check(&open, number), Ok(()), "{number} in {country}");
    }
    assert!(
        check(&rules("US"), "+979 1 2345 6789").is_err(),
        "premium of no country"
    );
    for extension in ["5115", "6226", "7001", "100", "51150", "511512"] {
        assert_eq!(check(&rules("US"), extension), Ok(()), "{extension}");
    }
}

/// What is asked once more at the dial: lists and knowledge change, where a customer lives does not.
#[test]
fn numbers_that_are_never_dialed() {
    use NumberRefusal::{Blocked, NoCountry, Short};
    let short = |country: &str| {
        Some(Short {
            country: country.parse().unwrap(),
        })
    };
    for (country, number, expected) in [
        ("US", "911", short("US")),
        ("US", "112", short("US")),
        ("US", "999", short("US")),
        ("US", "411", short("US")),
        ("US", "988", short("US")),
        ("GB", "999", short("GB")),
        ("GB", "101", short("GB")),
        ("DE", "110", short("DE")),
        ("DE", "112", short("DE")),
        ("FR", "15", short("FR")),
        ("FR", "118 218", short("FR")),
        ("AU", "000", short("AU")),
        ("US", "+8816 1234 5678", Some(NoCountry)),
        ("US", "+870 773 111 632", Some(NoCountry)),
        ("US", "+979 1 2345 6789", Some(NoCountry)),
        ("US", "+800 1234 5678", Some(NoCountry)),
        ("US", "5115", None),
        ("US", "100", None),
        ("US", "511512", None),
        ("US", "650 253 0000", None),
        ("GB", "020 7946 0000", None),
        // Decided when they were let in: abroad, premium, not possible.
        ("US", "+49 30 1234567", None),
        ("US", "900 234 5678", None),
        ("US", "51151234", None),
    ] {
        let rules = rules(country);
        let customer = read(rules.country, number);
        assert_eq!(
            rules.never_dialed(&customer),
            expected,
            "{number} in {country}"
        );
        let open = NumberRules {
            refuse_special: false,
            ..rules.clone()
        };
        assert_eq!(
            open.never_dialed(&customer),
            None,
            "{number} in {country}, opened"
        );
        let blocked = BlockedNumbers::parse(number).unwrap();
        let blocked = NumberRules { blocked, ..open };
        assert_eq!(
            blocked.never_dialed(&customer),
            Some(Blocked),
            "{number} in {country}"
        );
    }
}

#[test]
fn a_service_says_which_countries_are_called() {
    let callable = |list: &str| NumberRules {
        callable: list.parse().unwrap(),
        ..rules("US")
    };
    for (list, number, expected) in [
        ("US,DE", "+49 30 1234567", Ok(())),
        ("*", "+49 30 1234567", Ok(())),
        ("*", "+44 20 7946 0000", Ok(())),
        ("US,DE", "+44 20 7946 0000", Err(abroad("GB", "US,DE"))),
        ("DE", "650 253 0000", Err(abroad("US", "DE"))),
        ("US,CA", "+1 416 555 0101", Ok(())),
        ("DE", "5115", Ok(())),
    ] {
        assert_eq!(
            check(&callable(list), number),
            expected,
            "{number} by '{list}'"
        );
    }
    let told = abroad("GB", "US").to_string();
    assert!(told.contains("_callable_countries"), "{told}");
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
        ("US", "+49 30 1234567", Err(abroad("DE", "US"))),
        ("US", "011 49 30 1234567", Err(abroad("DE", "US"))),
        ("US", "+1 416 555 0101", Err(abroad("CA", "US"))),
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
        let checked = check(&rules(country), number);
        assert_eq!(checked, expected, "{number} in {country}");
    }
}

#[test]
fn each_rule_can_be_taken_away() {
    let anything = NumberRules {
        refuse_impossible: false,
        refuse_premium: false,
        refuse_special: false,
        ..rules("US")
    };
    for number in ["51151234", "9002345678", "+999"] {
        assert_eq!(check(&anything, number), Ok(()));
    }
    let premium = NumberRules {
        refuse_impossible: false,
        ..rules("US")
    };
    assert_eq!(check(&premium, "9002345678"), Err(NumberRefusal::Premium));
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
        let checked = check(&rules, number);
        assert_eq!(checked, Err(NumberRefusal::Blocked), "{number}");
    }
    for number in ["6505550102", "51150", "9110"] {
        assert_eq!(check(&rules, number), Ok(()), "{number}");
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
    let refused = check(&rules("DE"), "+5115").unwrap_err();
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
        let country = "DE".parse().unwrap();
        if let Ok(canonical) = CanonicalNumber::read(&number, country) {
            rules("DE").check(&canonical).ok();
            let again = canonical.as_str().parse().unwrap();
            prop_assert_eq!(CanonicalNumber::read(&again, country), Ok(canonical));
        }
    }
}

#[test]
fn the_one_form_of_a_number_is_its_own() {
    for digits in ["+4300000000", "+43000000000000", "004300000000"] {
        let number: PhoneNumber = digits.parse().unwrap();
        for country in ["AT", "DE", "US"].map(|it| it.parse().unwrap()) {
            let Ok(canonical) = CanonicalNumber::read(&number, country) else {
                continue;
            };
            let again = canonical.as_str().parse().unwrap();
            assert_eq!(
                CanonicalNumber::read(&again, country),
                Ok(canonical),
                "{digits}"
            );
        }
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

/// The one form of a number, or why it has none.
fn canonical(country: &str, number: &str) -> Result<String, Ambiguous> {
    let country = rules(country).country;
    CanonicalNumber::read(&parsed(number), country).map(String::from)
}

#[test]
fn a_number_is_not_its_spelling() {
    for (country, spellings, expected) in [
        (
            "US",
            &[
                "+16502530000",
                "16502530000",
                "650-253-0000",
                "(650) 253 0000",
                "1 (650) 253-0000",
                "011 1 650 253 0000",
                " 16502530000",
                " 1 650 253 0000",
                "650\u{a0}253\u{a0}0000",
            ][..],
            "+16502530000",
        ),
        (
            "US",
            &["+44 (0)20 7946 0000", "+44 20 7946 0000", "011442079460000"],
            "+442079460000",
        ),
        (
            "GB",
            &[
                "020 7946 0000",
                "2079460000",
                " 442079460000",
                "442079460000",
            ],
            "+442079460000",
        ),
        (
            "DE",
            &["030 1234567", "0049 30 1234567", "+49 (0)30 1234567"],
            "+49301234567",
        ),
        ("IT", &["06 6982 1234", "+39 06 6982 1234"], "+390669821234"),
        ("US", &["5115", " 5115", "51-15"], "5115"),
        ("US", &["555 0199", "5550199"], "5550199"),
        ("US", &["51151234"], "51151234"),
    ] {
        for written in spellings {
            let read = canonical(country, written);
            assert_eq!(read.as_deref(), Ok(expected), "'{written}' in {country}");
        }
    }
}

/// With the country's own code before it, and as a number of the country whose area code begins so.
#[test]
fn what_can_be_two_numbers_is_none() {
    let country = "DE".parse().unwrap();
    assert_eq!(canonical("DE", "49412112345"), Err(Ambiguous { country }));
    let told = Ambiguous { country }.to_string();
    assert!(
        told.contains("DE") && told.contains("allowed are numbers after '+'"),
        "{told}"
    );
    for clear in [
        "+49412112345",
        "04941 2112345",
        "04121 12345",
        "49301234567",
    ] {
        assert!(canonical("DE", clear).is_ok(), "{clear}");
    }
}

#[test]
fn the_decimal_of_a_spreadsheet_is_no_number() {
    for written in ["5115.0", "16502530000.0", "+16502530000.00", "-5115.0"] {
        assert_eq!(
            written.parse::<PhoneNumber>(),
            Err(NumberError),
            "{written}"
        );
    }
    for written in ["650.253.0000", "030.1234567", "030/12.34"] {
        assert!(written.parse::<PhoneNumber>().is_ok(), "{written}");
    }
}

#[test]
fn a_number_is_shown_as_it_was_given() {
    for (given, shown) in [
        ("+1 (650) 253-0000 ", "+1 (650) 253-0000"),
        (" 16502530000", "+16502530000"),
        (" 5115", "5115"),
        ("5115", "5115"),
    ] {
        let read = CustomerNumber::read(given.parse().unwrap(), Country::DEFAULT).unwrap();
        assert_eq!(read.written.as_written(), shown);
        let stored = serde_json::to_string(&read.written).unwrap();
        let stored: PhoneNumber = serde_json::from_str(&stored).unwrap();
        assert_eq!(stored.as_written(), shown);
    }
}

#[test]
fn what_is_dialed() {
    for (number, prefix, country, expected) in [
        ("+16502530000", "", "US", "+16502530000"),
        ("650 253 0000", "", "US", "+16502530000"),
        ("+16502530000", "9", "US", "916502530000"),
        ("650 253 0000", "9", "US", "916502530000"),
        ("+49 30 1234567", "9", "US", "901149301234567"),
        ("+49 30 1234567", "0", "DE", "00301234567"),
        ("+1 650 253 0000", "0", "DE", "00016502530000"),
        ("5115", "9", "US", "95115"),
        ("5550199", "9", "US", "95550199"),
        ("5550199", "+1650", "US", "+16505550199"),
        ("+16502530000", "+1", "US", "+16502530000"),
    ] {
        let country = country.parse().unwrap();
        let read = CanonicalNumber::read(&number.parse().unwrap(), country).unwrap();
        let dialed = read.dialed(prefix, country).unwrap();
        assert_eq!(
            dialed.as_str(),
            expected,
            "{number} after '{prefix}' in {country}"
        );
    }
}

#[test]
fn earlier_spellings_are_known() {
    let us = read(Country::DEFAULT, "+1 650 253 0000").spellings(Country::DEFAULT);
    assert_eq!(us, ["+16502530000", "16502530000", "6502530000"]);
    let german = rules("DE").country;
    let berlin = read(german, "030 1234567").spellings(german);
    assert_eq!(
        berlin,
        ["+49301234567", "0301234567", "301234567", "49301234567"]
    );
    assert_eq!(read(german, "5115").spellings(german), ["5115"]);
}

use proptest::{prelude::*, sample::select};

use super::*;
use crate::properties::config;

fn address(lines: &[&str]) -> qbo::Address {
    let line = |at: usize| lines.get(at).map(|line| (*line).to_owned());
    qbo::Address {
        line1: line(0),
        line2: line(1),
        line3: line(2),
        ..qbo::Address::default()
    }
}

/// Whether two addresses do not contradict, each way.
fn agree(one: &[&str], other: &[&str]) -> bool {
    let (one, other) = (streets(&address(one)), streets(&address(other)));
    let any = |of: &[Street], among: &[Street]| {
        of.iter()
            .any(|one| among.iter().any(|other| one.may_be(other)))
    };
    assert_eq!(any(&one, &other), any(&other, &one));
    any(&one, &other)
}

#[test]
fn c6_a_street_is_the_same_however_it_is_spelled() {
    for (one, other) in [
        (&["1 Oak Street"][..], &["1 Oak St."][..]),
        (&["1 oak  STREET"], &["1 Oak Str"]),
        (&["12 North Harbor Avenue"], &["12 N. Harbour Ave"]),
        (&["12 Northeast 4th Blvd"], &["12 N.E. Fourth Boulevard"]),
        (&["12 North East 4th Blvd"], &["12 NE 4th Blvd"]),
        (&["5 Saint Clair Court"], &["5 St. Clair Ct"]),
        (&["5 O'Hara Parkway"], &["5 O\u{2019}Hara Pkwy"]),
        (&["5 Smith-Jones Road"], &["5 Smith Jones Rd"]),
        (&["Post Office Box 12"], &["P.O. Box 12"]),
        (&["P O Box 12"], &["PO BOX 12"]),
        (&["P.O.Box 12"], &["pobox 12"]),
        (&["P O Box 12"], &["pobox 12"]),
        (&["100 Highway 5 North"], &["100 Hwy. 5 N"]),
        (&["100 Highway 5 North"], &["100 Hwy.5 N"]),
        (&["One Main Street"], &["1 Main St"]),
        (&["1 Oak & Vine Rd"], &["1 Oak and Vine Road"]),
        // The unit in the line of the street, in a line of its own, before it, left out, under another designator.
        (&["1 Oak Street Apt 3"], &["1 Oak St", "Apartment 3"]),
        (&["1 Oak St, #3B"], &["1 Oak St", "Unit 3b"]),
        (&["1 Oak St Apt.3"], &["1 Oak St", "Apt3"]),
        (&["1 Oak St", "3B"], &["1 Oak St Ste 3B"]),
        (&["1 Oak St 3B"], &["1 Oak St", "# 3B"]),
        (&["Suite 200, 1 Oak St"], &["1 Oak St Ste 200"]),
        (&["Suite 200", "1 Oak St"], &["1 Oak St Ste 200"]),
        (&["1 Oak St 2nd Floor"], &["1 Oak St", "Floor 2"]),
        (&["1 Oak St Bldg 4 Apt 2"], &["1 Oak St", "Building 4 # 2"]),
        (&["1 Oak St Basement"], &["1 Oak St", "Bsmt"]),
        (&["1 Oak St Apt 3"], &["1 Oak St"]),
        (&["1 Oak St", "Ring twice"], &["1 Oak St"]),
        // QuickBooks folds names and cities into the lines.
        (&["Rosa Quill", "1 Oak Street"], &["1 Oak St"]),
        (&["1 Oak Street", "Salem OR 97301"], &["1 Oak St"]),
        (&["Oak House"], &["oak house"]),
    ] {
        assert!(agree(one, other), "{one:?} {other:?}");
    }
}

#[test]
fn c6_another_street_is_another_however_alike() {
    for (one, other) in [
        (&["1 Oak Street"][..], &["2 Oak Street"][..]),
        (&["1 Oak Street"], &["1 Oak Avenue"]),
        (&["1 North Oak St"], &["1 South Oak St"]),
        (&["1 N Oak St"], &["1 Oak St N"]),
        (&["1 Oak St Apt 3"], &["1 Oak St Apt 4"]),
        (&["1 Oak St", "Unit 3"], &["1 Oak St # 4"]),
        (&["1 Oak St Floor 3"], &["1 Oak St Apt 3"]),
        (&["12 N Front St"], &["12 N St"]),
        (&["12 Key Dr"], &["12 Dr"]),
        (&["5 Pier Ave"], &["5 Ave"]),
        (&["100 Highway 5"], &["100 Highway 6"]),
        (&["PO Box 12"], &["PO Box 13"]),
        (&["Oak House"], &["Elm House"]),
    ] {
        assert!(!agree(one, other), "{one:?} {other:?}");
    }
}

#[test]
fn c11_a_place_is_the_same_with_its_unit_only() {
    for (one, other, same) in [
        (&["1 Oak Street"][..], &["1 Oak St."][..], true),
        (&["1 Oak Street Apt 3"], &["1 Oak St", "# 3"], true),
        (&["1 Oak St Barn"], &["1 Oak St", "Barn"], true),
        (&["1 Oak St", "Apt 3"], &["1 Oak St"], false),
        (&["1 Oak St", "Apt 3"], &["1 Oak St", "Apt 4"], false),
        (&["1 Oak St", "Barn"], &["1 Oak St"], false),
    ] {
        let is = whole(&address(one)).is(&whole(&address(other)));
        assert_eq!(is, same, "{one:?} {other:?}");
    }
}

#[test]
fn c11_a_postal_code_is_the_same_without_its_last_four_digits() {
    for (code, compared) in [
        ("97301-4410", "97301"),
        ("97301", "97301"),
        ("K1A 0B1", "k1a0b1"),
        ("k1a0b1", "k1a0b1"),
        ("123456789A", "123456789a"),
        ("AB123-4567", "ab1234567"),
    ] {
        assert_eq!(postal_code(code), compared);
    }
}

#[test]
fn c11_a_city_is_the_same_however_it_is_spelled_and_no_other() {
    assert_eq!(city("St. Helens"), city("SAINT HELENS"));
    assert_ne!(city("Salem"), city("Keizer"));
}

#[test]
fn c6_a_telephone_number_is_the_same_however_it_is_spelled() {
    for (field, numbers) in [
        ("207-555-0101", &["2075550101"][..]),
        ("(207) 555-0101 ext 5", &["2075550101"]),
        ("207.555.0101 x5", &["2075550101"]),
        ("207 555 0101 Extension 12", &["2075550101"]),
        ("+1 207 555 0101#5", &["2075550101"]),
        ("tel:+1-207-555-0101;ext=5", &["2075550101"]),
        ("office 207 555 0101", &["2075550101"]),
        ("207-555-0101 / 207-555-0102", &["2075550101", "2075550102"]),
        ("555-0101", &["5550101"]),
        ("ask Ben", &[]),
        ("ext 12", &[]),
    ] {
        assert_eq!(phones(field), numbers, "{field}");
    }
    for (one, other, same) in [
        ("2075550101", "2075550101", true),
        ("5550101", "2075550101", true),
        ("2075550101", "5550101", true),
        ("5550102", "2075550101", false),
        ("2065550101", "2075550101", false),
        ("5550101", "12075550101", false),
    ] {
        assert_eq!(may_be_one_phone(one, other), same, "{one} {other}");
    }
}

/// A word in one of its spellings.
fn spelled(spellings: &'static [&'static str]) -> impl Strategy<Value = String> {
    (select(spellings), 0..3_u8).prop_map(|(word, case)| match case {
        0 => word.to_owned(),
        1 => word.to_uppercase(),
        _ => word.to_lowercase(),
    })
}

const DIRECTIONS: &[&[&str]] = &[
    &["", " "],
    &["North", "N", "N.", "No."],
    &["South West", "SW", "S.W.", "Southwest", "S W"],
];
const NAMES: &[&[&str]] = &[
    &["Oak", "oak,"],
    &["Saint Mary's", "St Marys", "St. Mary\u{2019}s"],
    &["First", "1st"],
    &["Lake View", "Lk. Vw"],
];
const SUFFIXES: &[&[&str]] = &[
    &["Street", "St", "St.", "Str"],
    &["Avenue", "Ave", "Av.", "Aven"],
    &["Boulevard", "Blvd", "Boul."],
    &["Road", "Rd"],
];
const UNITS: &[&[&str]] = &[&["Apartment", "Apt", "Apt.", "#", "Unit", "Ste", "suite"]];

/// A house: number, direction, name, suffix, unit; which of each.
fn house() -> impl Strategy<Value = (u16, usize, usize, usize, u8)> {
    (
        1..4_u16,
        0..DIRECTIONS.len(),
        0..NAMES.len(),
        0..SUFFIXES.len(),
        1..4_u8,
    )
}

/// How somebody writes it.
fn written(house: (u16, usize, usize, usize, u8)) -> impl Strategy<Value = qbo::Address> {
    let (number, direction, name, suffix, unit) = house;
    (
        spelled(DIRECTIONS[direction]),
        spelled(NAMES[name]),
        spelled(SUFFIXES[suffix]),
        spelled(UNITS[0]),
        any::<bool>(),
        select(&[" ", "  ", ", "][..]),
    )
        .prop_map(move |(direction, name, suffix, designator, apart, space)| {
            let street = format!("{number}{space}{direction} {name} {suffix}");
            let unit = format!("{designator} {unit}");
            if apart {
                address(&[&street, &unit])
            } else {
                address(&[&format!("{street}{space}{unit}")])
            }
        })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn c6_common_spellings_never_contradict_and_others_do(
        (one, first, again) in house().prop_flat_map(|house| (Just(house), written(house), written(house))),
        (other, second) in house().prop_flat_map(|house| (Just(house), written(house))),
    ) {
        let may_be = |one: &qbo::Address, other: &qbo::Address| {
            let (one, other) = (streets(one), streets(other));
            one.iter().any(|one| other.iter().any(|other| one.may_be(other)))
        };
        prop_assert!(may_be(&first, &again), "{:?} {:?}", first, again);
        prop_assert!(whole(&first).is(&whole(&again)), "{:?} {:?}", first, again);
        prop_assert_eq!(may_be(&first, &second), one == other, "{:?} {:?}", first, second);
    }

    #[test]
    fn c6_no_text_of_an_address_or_a_phone_panics(line in any::<String>(), other in any::<String>()) {
        let one = address(&[&line, &other]);
        prop_assert!(whole(&one).is(&whole(&one)));
        prop_assert!(streets(&one).iter().all(|street| street.may_be(street)));
        phones(&line);
        city(&line);
        postal_code(&other);
    }
}

//! Contact data in forms in which those are equal that are only spelled otherwise (C6, C11).

mod words;

use words::common;

/// A street address, in the words that it is compared in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Street {
    place: Vec<String>,
    /// Without the designators that stand for each other (`Apt`, `Unit`, `#`).
    unit: Vec<String>,
}

/// Designators of a unit that stand for each other.
const ANY_UNIT: &[&str] = &["#", "apt", "rm", "ste", "unit"];

/// Those that a number or a letter follows.
const NUMBERED: &[&str] = &[
    "bldg", "dept", "fl", "hngr", "ky", "lot", "ph", "pier", "pmb", "slip", "spc", "stop", "trlr",
];

/// Those that stand alone.
const ALONE: &[&str] = &[
    "bsmt", "frnt", "lbby", "lowr", "ofc", "ph", "rear", "side", "uppr",
];

impl Street {
    /// Whether both may be the same place: one may leave the unit out.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        let open = self.unit.is_empty() || other.unit.is_empty();
        (open && self.place == other.place) || self.is(other)
    }

    /// Whether both are the same place, unit and all, wherever the unit is written.
    pub(super) fn is(&self, other: &Self) -> bool {
        let whole = |street: &Self| [street.place.as_slice(), street.unit.as_slice()].concat();
        whole(self) == whole(other)
    }
}

/// The streets that the lines of an address may tell. People write names and notes into these lines too, so each line
/// with a number in it may be the street; where none has one, the first is.
pub(super) fn streets(address: &qbo::Address) -> Vec<Street> {
    let mut unit = Vec::new();
    let mut streets = Vec::new();
    for line in lines(address) {
        let street = street(words(line));
        if street.place.is_empty() {
            unit.extend(street.unit);
        } else {
            streets.push(street);
        }
    }
    let has_number = |street: &Street| street.place.iter().any(|word| has_digit(word));
    match streets.iter().any(has_number) {
        true => streets.retain(has_number),
        false => streets.truncate(1),
    }
    for street in &mut streets {
        if street.unit.is_empty() {
            street.unit.clone_from(&unit);
        }
    }
    streets
}

/// Street and unit of an address, with whatever else is written in their two lines.
pub(super) fn whole(address: &qbo::Address) -> Street {
    let mut whole = Street::default();
    for line in [&address.line1, &address.line2].into_iter().flatten() {
        let mut line = street(words(line));
        whole.place.append(&mut line.place);
        whole.unit.append(&mut line.unit);
    }
    whole
}

fn lines(address: &qbo::Address) -> impl Iterator<Item = &str> {
    [
        &address.line1,
        &address.line2,
        &address.line3,
        &address.line4,
        &address.line5,
    ]
    .into_iter()
    .filter_map(Option::as_deref)
}

/// A city, in the words that it is compared in.
pub(super) fn city(text: &str) -> Vec<String> {
    words(text)
}

/// A postal code without the four digits that tell the side of a street.
pub(super) fn postal_code(text: &str) -> String {
    let code: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    match code.len() {
        9 if code.bytes().all(|byte| byte.is_ascii_digit()) => code[..5].to_owned(),
        _ => code.to_lowercase(),
    }
}

/// Digits of the shortest number that a telephone can have.
const SHORTEST: usize = 7;

/// The telephone numbers in a field: digits alone, without the country's code and an extension.
pub(super) fn phones(text: &str) -> Vec<String> {
    text.split([',', ';', '/', '|'])
        .map(|number| {
            let mut digits = String::new();
            for c in number.chars() {
                let is_extension = matches!(c, 'x' | 'X' | 'e' | 'E' | '#');
                if is_extension && digits.len() >= SHORTEST {
                    break;
                }
                digits.extend(c.is_ascii_digit().then_some(c));
            }
            match digits.strip_prefix('1') {
                Some(rest) if rest.len() == 10 => rest.to_owned(),
                _ => digits,
            }
        })
        .filter(|digits| digits.len() >= SHORTEST)
        .collect()
}

/// Whether two numbers may be one: near home people leave the area code out.
pub(super) fn may_be_one_phone(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short == long || (short.len() == SHORTEST && long.len() == 10 && long.ends_with(short))
}

/// The words of a text, each in its common spelling.
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '#' => spaced.push_str(" # "),
            '&' => spaced.push_str(" and "),
            '\'' | '\u{2019}' => {}
            // `N.E.`, and not `Apt.3`.
            '.' if characters.peek().is_some_and(|next| next.is_alphabetic()) => {}
            c if c.is_alphanumeric() => spaced.extend(c.to_lowercase()),
            _ => spaced.push(' '),
        }
    }
    let mut words: Vec<String> = Vec::new();
    for word in spaced.split_whitespace() {
        let word = common(word);
        let (designator, number) =
            word.split_at(word.find(|c: char| c.is_ascii_digit()).unwrap_or(0));
        if is_designator(common(designator)) {
            words.extend([common(designator).to_owned(), number.to_owned()]);
        } else {
            words.push(word.to_owned());
        }
    }
    joined(words)
}

/// Words that belong together: `North East`, `P O Box`, `2nd Floor`.
fn joined(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let before = joined.last().map(String::as_str).unwrap_or_default();
        match (before, word.as_str()) {
            ("n" | "s", "e" | "w") | ("p", "o") => {
                let both = format!("{before}{word}");
                joined.pop();
                joined.push(both);
            }
            ("post", "ofc") => {
                joined.pop();
                joined.push("po".to_owned());
            }
            (_, "pobox") => joined.extend(["po".to_owned(), "box".to_owned()]),
            (ordinal, "fl") if ordinal_number(ordinal).is_some() => {
                let number = ordinal_number(ordinal).unwrap_or_default().to_owned();
                joined.pop();
                joined.extend([word, number]);
            }
            _ => joined.push(word),
        }
    }
    joined
}

fn ordinal_number(word: &str) -> Option<&str> {
    let number = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|end| word.strip_suffix(end))?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

/// The words of one line, with the unit told from the street.
fn street(mut words: Vec<String>) -> Street {
    let leads = |words: &[String]| match words {
        [unit, number, house, ..] => {
            is_numbered(unit) && is_number(number) && has_digit(house) && words.len() > 3
        }
        _ => false,
    };
    if leads(&words) {
        // `Unit 3, 1 Oak St`
        words.rotate_left(2);
    }
    let at = (0..words.len()).find(|at| is_unit(&words[*at..], *at == 0));
    let unit = at.map_or_else(Vec::new, |at| words.split_off(at));
    let tells = |word: &String| !ANY_UNIT.contains(&word.as_str());
    Street {
        place: words,
        unit: unit.into_iter().filter(tells).collect(),
    }
}

/// Whether these last words of a line, or all of them, are a unit and nothing else.
fn is_unit(words: &[String], all: bool) -> bool {
    let begins = words.first().is_some_and(|word| is_designator(word));
    // A line of its own needs no designator: `3B`.
    let short = all && words.len() == 1 && words.iter().all(|word| is_number(word));
    let fits = |(at, word): (usize, &String)| {
        let next = words.get(at + 1);
        is_number(word)
            || ALONE.contains(&word.as_str())
            || (is_numbered(word) && next.is_some_and(|next| is_number(next)))
    };
    short || (begins && words.iter().enumerate().all(fits))
}

fn is_designator(word: &str) -> bool {
    is_numbered(word) || ALONE.contains(&word)
}

fn is_numbered(word: &str) -> bool {
    ANY_UNIT.contains(&word) || NUMBERED.contains(&word)
}

/// Whether it may be the number of a unit: `3`, `B`, `3B`.
fn is_number(word: &str) -> bool {
    has_digit(word) || (word.chars().count() == 1 && word != "#")
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;

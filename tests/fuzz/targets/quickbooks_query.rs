//! Any text stays inside its quotes, in a query and in the address that carries it (V6).
#![no_main]

use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use qbo::{Query, RealmId, Request};

fuzz_target!(|texts: (String, String)| {
    let query = Query::select("Customer")
        .where_eq("DisplayName", texts.0.as_str())
        .where_text("CompanyName", &texts.1);
    let request = Request::query(&query);
    let realm = RealmId::new("1").expect("a realm");
    let url = request.url("https://quickbooks.example", &realm);
    let statement = match request.body() {
        "" => sent_in(&url, "query"),
        body => body.to_owned(),
    };
    assert!(url.is_ascii(), "{url}");
    let told = quoted(&statement);
    assert_eq!(told.len(), 2, "{statement}");
    assert_eq!(told[0], texts.0, "{statement}");
    if qbo::is_latin_1(&texts.1) {
        assert_eq!(told[1], texts.1, "{statement}");
    }
});

/// A parameter of an address, as a server takes it apart.
fn sent_in(url: &str, name: &str) -> String {
    let (_, parameters) = url.split_once('?').expect("parameters");
    let values = parameters.split('&').filter_map(|one| one.split_once('='));
    let mut values = values.filter(|(key, _)| *key == name).map(|(_, value)| value);
    let value = values.next().expect("the parameter");
    assert_eq!(values.next(), None, "{url}");
    let value = value.replace('+', " ");
    percent_decode_str(&value).decode_utf8().expect("UTF-8").into_owned()
}

/// The texts in quotes, as Intuit's documentation says that they are read: a backslash takes the next character as it is.
fn quoted(statement: &str) -> Vec<String> {
    let (mut texts, mut open) = (Vec::new(), None::<String>);
    let mut characters = statement.chars();
    while let Some(character) = characters.next() {
        match (&mut open, character) {
            (None, '\'') => open = Some(String::new()),
            (None, _) => {}
            (Some(_), '\'') => texts.extend(open.take()),
            (Some(text), '\\') => text.extend(characters.next()),
            (Some(text), other) => text.push(other),
        }
    }
    assert_eq!(open, None, "a text does not end: {statement}");
    texts
}

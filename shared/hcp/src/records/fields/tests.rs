use super::*;

fn fields(json: &str) -> Fields {
    serde_json::from_str(json).unwrap()
}

/// What one field of this JSON is read as, and whether it could not be read.
fn one<T>(json: &str, read: impl FnOnce(&mut Fields, &str) -> T) -> (T, bool) {
    let mut fields = fields(&format!(r#"{{"x":{json}}}"#));
    let found = read(&mut fields, "x");
    (found, fields.unread().has("x"))
}

#[test]
fn null_absent_and_empty_are_nothing_and_known() {
    for json in ["{}", r#"{"x":null}"#] {
        let mut fields = fields(json);
        assert_eq!(fields.cents("x"), None);
        assert_eq!(fields.hundredths("x"), None);
        assert_eq!(fields.quantity("x"), None);
        assert_eq!(fields.flag("x"), None);
        assert_eq!(fields.place("x"), None);
        assert_eq!(fields.text("x"), None);
        assert_eq!(fields.time("x"), None);
        assert_eq!(fields.notes("x"), None);
        assert_eq!(fields.id::<crate::JobId>("x"), None);
        assert!(fields.record::<Named>("x").is_none());
        assert!(fields.records::<Named>("x").is_empty());
        assert_eq!(fields.unread(), Unread::default(), "{json}");
    }
    assert_eq!(one("\"\"", Fields::text), (None, false));
    assert_eq!(one("\"\"", Fields::time), (None, false));
    assert_eq!(one("\"\"", Fields::id::<crate::JobId>), (None, false));
    assert_eq!(one("[]", Fields::notes), (None, false));
}

#[test]
fn numbers_are_exact_in_both_forms() {
    for (json, cents) in [("8900", 8_900), ("8900.0", 8_900), ("-5", -5), ("9e2", 900)] {
        assert_eq!(one(json, Fields::cents), (Some(Cents::new(cents)), false));
        let hundredths = Some(Quantity::from_hundredths(cents));
        assert_eq!(one(json, Fields::hundredths), (hundredths, false));
    }
    for json in [
        "89.5",
        "\"8900\"",
        "true",
        "[]",
        "{}",
        "99999999999999999999",
    ] {
        assert_eq!(one(json, Fields::cents), (None, true), "{json}");
        assert_eq!(one(json, Fields::hundredths), (None, true), "{json}");
    }
    let half = Some("2.5".parse().unwrap());
    assert_eq!(one("2.5", Fields::quantity), (half, false));
    for json in ["\"2.5\"", "true", "[2]", "1e999"] {
        assert_eq!(one(json, Fields::quantity), (None, true), "{json}");
    }
}

#[test]
fn text_is_what_was_written() {
    for (json, text) in [
        (r#""O\u2019Neil""#, "O’Neil"),
        ("10427", "10427"),
        ("-7.50", "-7.50"),
        (r#""6-2""#, "6-2"),
    ] {
        assert_eq!(one(json, Fields::text), (Some(text.to_owned()), false));
    }
    for json in ["true", "[\"a\"]", r#"{"content":"a"}"#, r#""\ud800""#] {
        assert_eq!(one(json, Fields::text), (None, true), "{json}");
    }
}

#[test]
fn notes_are_text_or_a_list() {
    for (json, text) in [
        (r#""Ring twice""#, "Ring twice"),
        (r#"["Ring", "twice", ""]"#, "Ring\ntwice"),
        (r#"[{"id":"nt_1","content":"Ring twice"}]"#, "Ring twice"),
    ] {
        assert_eq!(one(json, Fields::notes), (Some(text.to_owned()), false));
    }
    for json in ["true", "{}", "[1]"] {
        assert_eq!(one(json, Fields::notes), (None, true), "{json}");
    }
}

#[test]
fn times_are_utc_unless_they_say_otherwise() {
    let at: Timestamp = "2026-07-25T15:30:00Z".parse().unwrap();
    for json in [
        "2026-07-25T15:30:00Z",
        "2026-07-25T15:30:00.000Z",
        "2026-07-25T15:30:00",
        "2026-07-25 15:30:00",
        "2026-07-25T10:30:00-05:00",
    ] {
        let read = one(&format!("{json:?}"), Fields::time);
        assert_eq!(read, (Some(at), false), "{json}");
    }
    for json in ["\"soon\"", "\"2026-02-30T00:00:00Z\"", "1784871495", "{}"] {
        assert_eq!(one(json, Fields::time), (None, true), "{json}");
    }
}

#[derive(Debug, PartialEq)]
struct Named {
    id: crate::JobId,
    name: Option<String>,
}

impl Record for Named {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            name: fields.text("name"),
            id: fields.identity(&["id", "uuid"])?,
        })
    }
}

#[test]
fn what_cannot_be_read_of_a_part_is_told_with_its_place() {
    let mut fields = fields(
        r#"{"part":{"id":"job_1","name":true},"nobody":{"name":[]},"parts":[{"uuid":"job_2"},7,{"id":{}},
            {"id":"job_3","name":{}}],"no_list":{},"no_part":"x"}"#,
    );
    let part: Option<Named> = fields.record("part");
    assert_eq!(
        part.map(|part| part.id.to_string()).as_deref(),
        Some("job_1")
    );
    assert_eq!(fields.record::<Named>("nobody"), None);
    assert_eq!(fields.record::<Named>("no_part"), None);
    assert_eq!(fields.records::<Named>("no_list"), []);
    let parts: Vec<Named> = fields.records("parts");
    let ids: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
    assert_eq!(ids, ["job_2", "job_3"]);
    let unread = fields.unread();
    let unread: Vec<&str> = unread.paths().collect();
    assert_eq!(
        unread,
        [
            "part.name",
            "nobody.id",
            "no_part",
            "no_list",
            "parts[1]",
            "parts[2].id",
            "parts[3].name"
        ]
    );
}

#[test]
fn an_id_that_is_known_counts_where_none_is_told() {
    for (json, id) in [
        ("{}", "job_1"),
        (r#"{"id":{}}"#, "job_1"),
        (r#"{"id":"job_2"}"#, "job_2"),
    ] {
        let mut fields = fields(json);
        fields.or_id("job_1");
        assert_eq!(
            fields.identity::<crate::JobId>(&["id"]).unwrap().as_str(),
            id
        );
        assert_eq!(fields.unread(), Unread::default());
    }
}

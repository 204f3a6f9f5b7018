use super::*;

const ADDRESS: &str = "https://hooks.slack.com/services/T0001/B0001/abcDEF123";

#[test]
fn s11_only_an_address_of_slack_is_taken() {
    for (text, is_one) in [
        (ADDRESS, true),
        (" https://hooks.slack.com/services/T0001/B0001/abc ", true),
        ("https://hooks.slack.com/services/", false),
        ("https://hooks.slack.com/services/T0001//abc", false),
        ("https://hooks.slack.com/services/../workflows/abc", false),
        ("https://hooks.slack.com/services/T/B/abc?to=other", false),
        ("https://hooks.slack.com/services/T/B/abc#x", false),
        ("https://hooks.slack.com/services/T/B/a%2Fb", false),
        ("https://hooks.slack.com.example.com/services/T/B/a", false),
        ("https://hooks.slack.com@example.com/services/T/B/a", false),
        ("https://example.com/services/T/B/a", false),
        ("http://hooks.slack.com/services/T/B/a", false),
        ("http://169.254.169.254/", false),
        ("", false),
    ] {
        assert_eq!(SlackAddress::parse(text).is_ok(), is_one, "{text}");
    }
    let long = format!("https://hooks.slack.com/services/{}", "a".repeat(200));
    assert!(SlackAddress::parse(&long).is_err());
}

#[test]
fn s11_the_secret_is_read_as_it_was_written_and_shown_nowhere() {
    let address = SlackAddress::parse(ADDRESS).unwrap();
    assert_eq!(format!("{address:?}"), "SlackAddress");
    let text = SlackAddress::to_text(Some(&address)).unwrap();
    let read = SlackAddress::of_text(&text).unwrap().unwrap();
    assert_eq!(read.0.expose_secret(), ADDRESS);
    let none = SlackAddress::to_text(None).unwrap();
    assert!(SlackAddress::of_text(&none).unwrap().is_none());
    let foreign = r#"{"webhook":"https://example.com/services/T/B/a"}"#;
    assert!(SlackAddress::of_text(&foreign.into()).is_err());
}

#[test]
fn s11_what_slack_would_take_for_its_own_signs_is_text() {
    let words = Words {
        subject: "Job 104".to_owned(),
        text: "<!channel> Dana & Sons".to_owned(),
        html: String::new(),
    };
    assert_eq!(
        message(&words),
        "*Job 104*\n\n&lt;!channel&gt; Dana &amp; Sons"
    );
}

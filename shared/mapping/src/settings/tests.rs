use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::properties::config;

fn errors(text: &str) -> Vec<String> {
    let errors = Settings::from_json(text).unwrap_err().0;
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn the_defaults_are_those_of_the_rules() {
    let expected = json!({
        "sync_trigger": "job_finished",
        "push_edits": "manual",
        "on_removal": "alert",
        "invoicing": "simple",
        "progress_invoices": "per_job",
        "date_source": "invoice_date",
        "tips_account": "income",
        "surcharge_account": "income",
        "deposit_account": "income",
        "rounding": "alert",
        "refunds": "refund_receipt",
        "classes": false,
        "sub_customer_per_address": false,
        "tax_rates": {},
        "deposit_to": {},
    });
    assert_eq!(serde_json::to_value(Settings::default()).unwrap(), expected);
    assert_eq!(Settings::from_json("{}").unwrap(), Settings::default());
}

#[test]
fn every_allowed_value_can_be_set_and_is_shown_and_kept() {
    for (index, entry) in Settings::default().entries().iter().enumerate() {
        assert!(!entry.follows.is_empty(), "{}", entry.key);
        let values: Vec<&str> = entry.values.iter().map(|(value, _)| *value).collect();
        assert_eq!(
            values.join(" or "),
            entry.allowed,
            "each value says what follows"
        );
        assert!(
            entry
                .values
                .iter()
                .all(|(_, follows)| follows.ends_with('.'))
        );
        for value in entry.allowed.split(" or ") {
            let mut settings = Settings::default();
            settings.set(&entry.key, value).unwrap();
            assert_eq!(settings.entries()[index].value, value, "{}", entry.key);
            let json = serde_json::to_string(&settings).unwrap();
            assert_eq!(Settings::from_json(&json).unwrap(), settings, "{json}");
            let kept: Settings = serde_json::from_str(&json).unwrap();
            assert_eq!(kept, settings, "{json}");
        }
    }
}

#[test]
fn all_that_is_wrong_is_told_each_on_a_line_of_its_own() {
    let errors = Settings::from_json(r#"{"classes":"yes","push_edits":"at once"}"#).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "classes cannot be \"yes\"; it is off or on\n\
         push_edits cannot be \"at once\"; it is manual or automatic"
    );
}

#[test]
fn a_bad_value_is_refused_with_what_is_allowed() {
    for (json, message) in [
        (
            r#"{"invoicing":"complicated"}"#,
            r#"invoicing cannot be "complicated"; it is simple or match_job_number or progress"#,
        ),
        (
            r#"{"classes":"yes"}"#,
            r#"classes cannot be "yes"; it is off or on"#,
        ),
        (
            r#"{"date_source":null}"#,
            r#"date_source cannot be "null"; it is invoice_date or service_date or both"#,
        ),
        (
            r#"{"tax_rates":{"County":"no code"}}"#,
            r#"tax_rates.County cannot be "no code"; it is the id of a tax code in QuickBooks"#,
        ),
        (
            r#"{"deposit_to":{"Check":"no account"}}"#,
            r#"deposit_to.Check cannot be "no account"; it is the id of a bank account, or another current asset, in QuickBooks"#,
        ),
        (
            r#"{"tax_rates":"7"}"#,
            r#"tax_rates cannot be "7"; it is written tax_rates.<tax>=<code>"#,
        ),
    ] {
        assert_eq!(errors(json), [message]);
    }
}

#[test]
fn what_is_no_setting_is_refused_by_name() {
    for key in ["due_terms", "tax_rates. ", "classes.on", ""] {
        let [error] = errors(&json!({ key: "on" }).to_string())
            .try_into()
            .unwrap();
        assert!(
            error.starts_with(&format!("{key:?} is no setting")),
            "{error}"
        );
        assert!(error.contains("sync_trigger, push_edits"), "{error}");
        assert!(
            error.ends_with("tax_rates.<tax>, deposit_to.<method>, income_account"),
            "{error}"
        );
    }
    assert!(errors("[]")[0].contains("not a JSON object"));
    assert!(errors("{")[0].starts_with("these are no settings"));
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_nothing_is_changed() {
    let mut settings = Settings::default();
    let pairs = [
        ("on_removal", "void"),
        ("push_edits", "never"),
        ("colour", "red"),
    ];
    let errors = settings.set_all(&pairs).unwrap_err();
    assert_eq!(errors.0.len(), 2);
    assert_eq!(errors.to_string().lines().count(), 2, "{errors}");
    assert_eq!(settings, Settings::default());
    settings.set_all(&pairs[..1]).unwrap();
    assert_eq!(settings.on_removal, OnRemoval::Void);
}

#[test]
fn x2_a_tax_is_mapped_whatever_the_case_and_spacing_of_its_name() {
    let mut settings = Settings::default();
    settings
        .set("tax_rates.Springfield  Sales Tax", "7")
        .unwrap();
    settings
        .set("tax_rates.springfield sales tax", " 8 ")
        .unwrap();
    let mapped: Vec<_> = settings.tax_rates.values().map(qbo::Id::as_str).collect();
    assert_eq!(mapped, ["8"]);
    let key = normalised("SPRINGFIELD SALES TAX");
    assert_eq!(settings.tax_rates.get(&key).map(qbo::Id::as_str), Some("8"));
    settings.set("tax_rates.Springfield sales tax", "").unwrap();
    settings.set("deposit_to.Check", "35").unwrap();
    assert_eq!(settings.deposit_to.get("check"), Some(&qbo::Id::new("35")));
    settings.set("deposit_to.CHECK", "").unwrap();
    assert!(settings.deposit_to.is_empty());
    assert_eq!(settings, Settings::default());
}

#[test]
fn a_record_that_is_older_than_a_setting_has_its_default() {
    let kept: Settings = serde_json::from_str(r#"{"on_removal":"void"}"#).unwrap();
    let expected = Settings {
        on_removal: OnRemoval::Void,
        ..Settings::default()
    };
    assert_eq!(kept, expected);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_text_makes_settings_that_cannot_be_read_again(key in ".{0,30}", tax in any::<bool>(), value in ".{0,30}") {
        let key = if tax { format!("tax_rates.{key}") } else { key };
        let mut settings = Settings::default();
        if settings.set(&key, &value).is_ok() {
            let json = serde_json::to_string(&settings).unwrap();
            prop_assert_eq!(Settings::from_json(&json), Ok(settings));
        }
    }
}

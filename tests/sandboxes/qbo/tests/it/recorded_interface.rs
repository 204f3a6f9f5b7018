//! Recorded answers of what stands around the books: webhooks, change data capture, discovery, the company,
//! entries of lists.

use qbo_sandbox::{Json, PayloadForm, Request};

use crate::{
    app::{App, answered, json, options},
    recorded::{differences, sample, text},
};

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn the_discovery_document_is_the_published_one_on_one_host() {
    let known = sample("oauth-bodies.json");
    let app = App::new();
    let document = answered(app.sandbox.handle(&Request {
        method: "GET".to_owned(),
        target: "https://here/.well-known/openid_configuration".to_owned(),
        ..Request::default()
    }));
    let document = Json::parse(
        String::from_utf8(document.body)
            .unwrap()
            .replace("https://here", "https://real")
            .as_bytes(),
    )
    .unwrap();
    let mut one_host = known.at("discovery").unwrap().to_string();
    for host in [
        "https://oauth.platform.intuit.com",
        "https://appcenter.intuit.com",
        "https://accounts.platform.intuit.com",
        "https://developer.api.intuit.com",
    ] {
        one_host = one_host.replace(host, "https://real");
    }
    let one_host = Json::parse(one_host.as_bytes()).unwrap();
    let unlike = differences(&one_host, &document, &["_note"]);
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}

/// The names of all fields, by path.
fn names(json: &Json, path: &str, out: &mut Vec<String>) {
    if let Some(object) = json.as_object() {
        for (name, value) in object.iter() {
            out.push(format!("{path}.{name}"));
            names(value, &format!("{path}.{name}"), out);
        }
    }
    for (n, value) in json.as_list().iter().enumerate() {
        names(value, &format!("{path}.{n}"), out);
    }
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn webhooks_have_the_published_fields() {
    for (form, name) in [
        (PayloadForm::CloudEvents, "webhook-cloudevents.json"),
        (PayloadForm::EventNotifications, "webhook-legacy.json"),
    ] {
        let published = sample(name);
        let body = crate::webhooks::of_one_account(form);
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        names(&published, "", &mut expected);
        names(&body, "", &mut found);
        assert_eq!(expected, found, "{name}");
        let kind = "0.type";
        assert_eq!(published.text(kind), body.text(kind));
        let operation = "eventNotifications.0.dataChangeEvent.entities.0.operation";
        assert_eq!(published.text(operation), body.text(operation));
    }
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn preferences_and_the_company_have_the_recorded_fields() {
    let mut options = options();
    options.company.custom_fields = vec!["Crew #".to_owned()];
    let app = App::with(options);
    let recorded = sample("preferences-read-200.json");
    // What a company of 2017 had and a company without sales tax, inventory and custom fields of purchases has not.
    const LEFT_OUT: &[&str] = &[".TaxPrefs.TaxGroupCodeRef", ".POCustomField.1"];
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    names(
        recorded.at("response.body.Preferences").unwrap(),
        "",
        &mut expected,
    );
    names(
        app.get("preferences").at("Preferences").unwrap(),
        "",
        &mut found,
    );
    // Names and values are compared by their names.
    let is_listed = |name: &&String| {
        !LEFT_OUT.iter().any(|left| name.contains(left)) && !name.contains("NameValue.")
    };
    let missing: Vec<&String> = expected
        .iter()
        .filter(is_listed)
        .filter(|name| !found.contains(name))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");

    let recorded = text("companyinfo.xml");
    let info = app.get("companyinfo/1").to_string();
    for piece in recorded.split('<').skip(2) {
        let name = piece.split(['>', ' ']).next().unwrap();
        // Addresses of the sandbox are plain.
        if name.starts_with(['/', '!']) || ["Line2", "Lat", "Long", "URI"].contains(&name) {
            continue;
        }
        assert!(info.contains(&format!("\"{name}\":")), "{name}");
    }
    for piece in recorded.split("<Name>").skip(1) {
        let name = piece.split('<').next().unwrap();
        assert!(info.contains(&format!("\"Name\":\"{name}\"")), "{name}");
    }
}

/// The tags after `</MetaData>` of the first such element, in order, the ones inside of others left out.
fn tags_after_stamps(xml: &str, entity: &str) -> Vec<String> {
    let start = xml.find(&format!("<{entity} ")).unwrap();
    let object = &xml[start..start + xml[start..].find(&format!("</{entity}>")).unwrap()];
    let (_, fields) = object.split_once("</MetaData>").unwrap();
    let (mut out, mut depth) = (Vec::new(), 0);
    for piece in fields.split('<').skip(1) {
        let name = piece.split(['>', ' ']).next().unwrap();
        if name.starts_with('/') {
            depth -= 1;
        } else {
            if depth == 0 {
                out.push(name.to_owned());
            }
            depth += 1;
        }
    }
    out
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn entries_of_lists_have_the_recorded_fields_in_their_order() {
    let app = App::new();
    let term = r#"{"Name":"By date","DiscountPercent":4,"DayOfMonthDue":1,"DueNextMonthDays":2,"DiscountDayOfMonth":3}"#;
    let made = app.post("term", term);
    let terms = text("terms-query.xml");
    let methods = text("paymentmethods-query.xml");
    for (xml, entity, found) in [
        (&terms, "Term", made.at("Term").unwrap().clone()),
        (
            &methods,
            "PaymentMethod",
            app.get("paymentmethod/3")
                .at("PaymentMethod")
                .unwrap()
                .clone(),
        ),
    ] {
        let found: Vec<String> = found
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, _)| name.to_owned())
            .skip_while(|name| name != "MetaData")
            .skip(1)
            .collect();
        assert_eq!(found, tags_after_stamps(xml, entity), "{entity}");
    }
    let marked = text("customer-deactivated.xml");
    app.customer("Thrifty Meats");
    let gone = app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    for field in ["FullyQualifiedName", "DisplayName"] {
        let found = gone.text(&format!("Customer.{field}")).unwrap();
        assert!(marked.contains(&format!("<{field}>{found}</{field}>")));
    }
    let zero = text("error-4001-maxresults-zero.xml");
    let refused = json(&app.query("select * from Term maxresults 0"));
    let detail = refused.text("Fault.Error.0.Detail").unwrap();
    assert!(zero.contains(&format!("<Detail>{detail}</Detail>")));
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn change_data_capture_has_the_recorded_envelope() {
    let recorded = sample("cdc-estimate-200.json");
    let app = App::new();
    app.customer("Amy");
    app.invoice("1", "5");
    let found = app.get("cdc?entities=invoice&changedSince=2020-09-29");
    // The names of the entity and of what is in it differ.
    let envelope = |body: &Json, entity: &str| {
        let response = body.at("CDCResponse.0.QueryResponse.0").unwrap();
        let response = response.as_object().unwrap();
        let names: Vec<String> = response.iter().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(names[0], entity);
        names[1..].to_vec()
    };
    assert_eq!(
        envelope(recorded.at("response.body").unwrap(), "Estimate"),
        envelope(&found, "Invoice")
    );
}

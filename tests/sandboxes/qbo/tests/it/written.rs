//! Exchanges written for this project: each file is one company's, its calls follow each other, and every answer is
//! the same to the letter. The recordings (`recorded*.rs`) show that answers of this form are the real ones.

use qbo_sandbox::{Fault, FaultKind, Json, Request, SalesTax};

use crate::{
    app::{App, answered, json, options},
    recorded::{differences, replay},
};

fn file(text: &str) -> Vec<Json> {
    Json::parse(text.as_bytes()).unwrap().as_list().to_vec()
}

#[test]
fn every_written_exchange_is_answered_to_the_letter() {
    for (name, text, sales_tax) in [
        ("customers", include_str!("../cases/customers.json"), None),
        ("sales", include_str!("../cases/sales.json"), None),
        ("lists", include_str!("../cases/lists.json"), None),
        ("refusals", include_str!("../cases/refusals.json"), None),
        (
            "manual-tax",
            include_str!("../cases/manual-tax.json"),
            Some(SalesTax::Manual),
        ),
    ] {
        let mut options = options();
        options.company.sales_tax = sales_tax.unwrap_or(options.company.sales_tax);
        options.company.custom_fields = vec!["Crew #".to_owned()];
        options.company.custom_txn_numbers = true;
        let app = App::with(options);
        for exchange in file(text) {
            let asked = format!("{name}: {}", exchange.at("request").unwrap());
            let answer = replay(&app, &exchange);
            let expected = exchange.at("response").unwrap();
            assert_eq!(
                expected.at("status").unwrap().to_string(),
                answer.status.to_string(),
                "{asked}"
            );
            let (expected, found) = (expected.at("body").unwrap(), json(&answer));
            let unlike = differences(expected, &found, &[]);
            assert!(unlike.is_empty(), "{asked}:\n{}", unlike.join("\n"));
            assert_eq!(expected.to_string(), found.to_string(), "{asked}");
        }
    }
}

#[test]
fn what_stands_before_the_interface_answers_in_forms_of_its_own() {
    let app = App::new();
    app.wait(3600);
    let expired = app.call("GET", "customer/1", "");
    assert_eq!(expired.status, 401);
    let challenge = r#"Bearer realm="Intuit", error="invalid_token""#;
    assert_eq!(expired.header("www-authenticate"), Some(challenge));
    let body = json(&expired);
    let fields: Vec<&str> = body
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, _)| name)
        .collect();
    let all = "warnings intuitObject fault report queryResponse batchItemResponse attachableResponse syncErrorResponse \
        requestId time status cdcresponse";
    assert_eq!(fields.join(" "), all);
    assert_eq!(body.text("fault.type"), Some("AUTHENTICATION"));
    let message = "message=AuthenticationFailed; errorCode=003200; statusCode=401";
    assert_eq!(body.text("fault.error.0.message"), Some(message));

    app.sandbox.inject(Fault::next(FaultKind::Throttle));
    let throttled = app.call("GET", "customer/1", "");
    assert_eq!(throttled.status, 429);
    let throttled = String::from_utf8(throttled.body).unwrap();
    for piece in [
        r#"xmlns="http://schema.intuit.com/finance/v3""#,
        r#"<Fault type="SERVICE">"#,
        r#"<Error code="3001">"#,
    ] {
        assert!(throttled.contains(piece), "{throttled}");
    }

    let discovery = answered(app.sandbox.handle(&Request {
        method: "GET".to_owned(),
        target: "https://here/.well-known/openid_configuration".to_owned(),
        ..Request::default()
    }));
    let discovery = json(&discovery);
    for (endpoint, path) in [
        ("authorization_endpoint", "connect/oauth2"),
        ("token_endpoint", "oauth2/v1/tokens/bearer"),
        ("userinfo_endpoint", "v1/openid_connect/userinfo"),
        ("revocation_endpoint", "v2/oauth2/tokens/revoke"),
        ("jwks_uri", "op/v1/jwks"),
        ("issuer", "op/v1"),
    ] {
        assert_eq!(
            discovery.text(endpoint),
            Some(format!("https://here/{path}").as_str())
        );
    }
}

//! The sandbox's own controls under `/_sandbox/`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    app::{json_body, refuse, say},
    delivery::DeliveryPlan,
    faults::Fault,
    http::{Answer, Request},
    options::Settings,
    sandbox::Sandbox,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum ClockOrder {
    /// Sets the time.
    Now(Timestamp),
    /// Moves it on.
    AdvanceSeconds(i64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookOrder {
    /// `None` switches webhooks off.
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RedeliverOrder {
    /// How many of the last deliveries.
    #[serde(default = "one")]
    count: usize,
    /// In another order.
    #[serde(default)]
    shuffled: bool,
}

fn one() -> usize {
    1
}

pub(crate) async fn answer(sandbox: &Sandbox, request: &Request) -> Answer {
    let name = request
        .path()
        .strip_prefix("/_sandbox/")
        .unwrap_or_default();
    let result = match (request.method.as_str(), name) {
        ("GET", "health") => Ok(health(sandbox)),
        ("GET", "calls") => Ok(json!({ "calls": sandbox.calls() })),
        ("GET", "deliveries") => Ok(json!({ "deliveries": sandbox.deliveries() })),
        ("GET", "settings") => Ok(json!(sandbox.settings())),
        ("POST", "settings") => order(request).map(|settings: Settings| {
            sandbox.change_settings(settings);
            json!(sandbox.settings())
        }),
        ("POST", "faults") => order(request).map(|fault: Fault| {
            sandbox.order_fault(fault);
            json!({ "faults": sandbox.state().faults })
        }),
        ("DELETE", "faults") => {
            sandbox.state().faults.clear();
            Ok(json!({ "faults": [] }))
        }
        ("POST", "delivery") => order(request).map(|plan: DeliveryPlan| {
            sandbox.change_delivery(plan);
            json!(plan)
        }),
        ("POST", "clock") => order(request).and_then(|clock| set_clock(sandbox, &clock)),
        ("POST", "webhook") => match order::<WebhookOrder>(request) {
            Ok(WebhookOrder { url: Some(url) }) => sandbox
                .set_webhook_url(&url)
                .await
                .map(|()| json!({ "url": url }))
                .map_err(|refused| say(422, &refused.to_string())),
            Ok(WebhookOrder { url: None }) => {
                sandbox.switch_webhooks_off();
                Ok(json!({ "url": null }))
            }
            Err(answer) => Err(answer),
        },
        ("POST", "redeliver") => order(request).map(|wanted: RedeliverOrder| {
            json!({ "redelivered": sandbox.redeliver(wanted.count, wanted.shuffled) })
        }),
        _ => Err(say(404, "there is no such control")),
    };
    match result {
        Ok(body) => Answer::json(200, &body),
        Err(answer) => answer,
    }
}

fn health(sandbox: &Sandbox) -> Value {
    let state = sandbox.state();
    json!({
        "ok": true,
        "now": state.now(),
        "company_id": state.options.company_id,
        "webhooks": state.webhook_url.is_some(),
    })
}

fn set_clock(sandbox: &Sandbox, order: &ClockOrder) -> Result<Value, Answer> {
    let mut state = sandbox.state();
    match order {
        ClockOrder::Now(time) => state.set_time(*time),
        ClockOrder::AdvanceSeconds(seconds) => state.advance(SignedDuration::from_secs(*seconds)),
    }
    .map_err(|refusal| refuse(&refusal))?;
    Ok(json!({ "now": state.now() }))
}

fn order<T: DeserializeOwned>(request: &Request) -> Result<T, Answer> {
    serde_json::from_value(json_body(request)?).map_err(|error| say(400, &error.to_string()))
}

//! The sandbox's own controls under `/_sandbox/`.

use sandbox_kit::{Answer, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{delivery::DeliveryPlan, options::Settings, sandbox::Sandbox, state::State};

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonOrder {
    employee: String,
}

fn one() -> usize {
    1
}

pub(crate) async fn answer(sandbox: &Sandbox, request: &Request) -> Answer {
    if let Some(answer) = common(sandbox, request) {
        return answer;
    }
    let name = request
        .path()
        .strip_prefix("/_sandbox/")
        .unwrap_or_default();
    let result = match (request.method.as_str(), name) {
        ("GET", "health") => Ok(health(sandbox)),
        ("GET", "calls") => Ok(json!({ "calls": sandbox.calls() })),
        ("GET", "deliveries") => Ok(json!({ "deliveries": sandbox.deliveries() })),
        ("GET", "settings") => Ok(json!(sandbox.settings())),
        ("POST", "settings") => request.order().map(|settings: Settings| {
            sandbox.change_settings(settings);
            json!(sandbox.settings())
        }),
        ("POST", "delivery") => request.order().map(|plan: DeliveryPlan| {
            sandbox.change_delivery(plan);
            json!(plan)
        }),
        ("POST", "webhook") => match request.order::<WebhookOrder>() {
            Ok(WebhookOrder { url: Some(url) }) => sandbox
                .set_webhook_url(&url)
                .await
                .map(|()| json!({ "url": url }))
                .map_err(|refused| Answer::refused(422, &refused.to_string())),
            Ok(WebhookOrder { url: None }) => {
                sandbox.switch_webhooks_off();
                Ok(json!({ "url": null }))
            }
            Err(answer) => Err(answer),
        },
        ("POST", "person") => request.order().and_then(|PersonOrder { employee }| {
            sandbox
                .press_as(&employee)
                .map(|()| json!({ "employee": employee }))
                .map_err(|refusal| Answer::refused(404, &refusal.to_string()))
        }),
        ("POST", "redeliver") => request.order().map(|wanted: RedeliverOrder| {
            json!({ "redelivered": sandbox.redeliver(wanted.count, wanted.shuffled) })
        }),
        _ => Err(Answer::refused(404, "there is no such control")),
    };
    match result {
        Ok(body) => Answer::json(200, &body),
        Err(answer) => answer,
    }
}

/// The controls that every sandbox has.
fn common(sandbox: &Sandbox, request: &Request) -> Option<Answer> {
    let mut state = sandbox.state();
    let State {
        options, faults, ..
    } = &mut *state;
    sandbox_kit::control::answer(request, &options.clock, faults)
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

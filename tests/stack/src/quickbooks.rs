use std::{cell::Cell, collections::HashMap, time::Duration};

use jiff::civil::Date;
use money::Cents;
use reqwest::{Client, Method, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    StackError,
    folder::Folder,
    http, paths, port,
    process::{Process, Program},
    until,
    wait::taken,
};

/// An invoice as it stands in QuickBooks; only what a person would compare.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Invoice {
    /// QuickBooks' id.
    pub id: String,
    /// Its number.
    pub doc_number: Option<String>,
    /// Its date.
    pub txn_date: Date,
    /// When it is due.
    pub due_date: Option<Date>,
    /// Its term.
    pub sales_term_ref: Option<Reference>,
    /// With tax and discounts.
    pub total_amt: Cents,
    /// What is left to pay.
    pub balance: Cents,
    /// Whom it is for.
    pub customer_ref: Reference,
    /// Its lines; the last one is QuickBooks' own subtotal.
    pub line: Vec<Line>,
    /// Where the work was done.
    pub ship_addr: Option<Address>,
}

/// A payment as it stands in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Payment {
    /// QuickBooks' id.
    pub id: String,
    /// Its date.
    pub txn_date: Date,
    /// How much.
    pub total_amt: Cents,
    /// What of it pays nothing.
    pub unapplied_amt: Cents,
    /// How it was made.
    pub payment_method_ref: Option<Reference>,
    /// Its reference number.
    pub payment_ref_num: Option<String>,
    /// Who paid.
    pub customer_ref: Reference,
}

/// A refund receipt as it stands in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RefundReceipt {
    /// Its date.
    pub txn_date: Date,
    /// How much went back.
    pub total_amt: Cents,
    /// To whom.
    pub customer_ref: Reference,
}

/// Another object, by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reference {
    /// Its id.
    pub value: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Line {
    /// What kind of line.
    pub detail_type: String,
    /// Its amount.
    pub amount: Cents,
    /// What was done.
    pub description: Option<String>,
    /// What was sold.
    pub sales_item_line_detail: Option<Sale>,
}

/// What a line sells.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Sale {
    /// The product or service.
    pub item_ref: Reference,
}

/// A postal address.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Address {
    /// Street.
    pub line1: Option<String>,
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Customer {
    /// QuickBooks' id.
    pub id: String,
    /// The name that QuickBooks keeps unique.
    pub display_name: String,
    /// Where bills go.
    pub bill_addr: Option<Address>,
    /// Where goods go.
    pub ship_addr: Option<Address>,
}

/// A product or service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Item {
    /// Its name.
    pub name: String,
    /// `Service`, `NonInventory` and so on.
    #[serde(rename = "Type")]
    pub kind: String,
}

/// A term.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Term {
    /// QuickBooks' id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Days until an invoice is due; none where the term names a day of the month.
    pub due_days: Option<u16>,
}

impl Invoice {
    /// The lines without QuickBooks' subtotal.
    pub fn sales(&self) -> impl Iterator<Item = &Line> {
        self.line
            .iter()
            .filter(|line| line.detail_type != "SubTotalLineDetail")
    }
}

/// The local stand-in for QuickBooks Online, and a bookkeeper's view of it.
#[derive(Debug)]
pub struct QuickBooks {
    url: String,
    realm: String,
    client_id: String,
    client_secret: String,
    refresh_token: String,
    verifier_token: String,
    client: Client,
    access_token: Mutex<Option<String>>,
    process: Process,
    _folder: Folder,
}

impl QuickBooks {
    pub(crate) async fn start(asked: Option<u16>) -> Result<Self, StackError> {
        port::start_on(asked, Self::launch).await
    }

    async fn launch(port: u16) -> Result<Self, StackError> {
        let folder = Folder::new("qbo-sandbox")?;
        let realm = "9341453000000001".to_owned();
        let [client_id, client_secret, refresh_token, verifier_token] =
            std::array::from_fn(|_| Uuid::new_v4().simple().to_string());
        let process = Program::new("qbo-sandbox", paths::binary("qbo-sandbox")?, folder.path())
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .args(["--realm", &realm])
            .env("QBO_SANDBOX_CLIENT_ID", &client_id)
            .env("QBO_SANDBOX_CLIENT_SECRET", &client_secret)
            .env("QBO_SANDBOX_REFRESH_TOKEN", &refresh_token)
            .start()?;
        let mut sandbox = Self {
            url: format!("http://127.0.0.1:{port}"),
            realm,
            client_id,
            client_secret,
            refresh_token,
            verifier_token,
            client: http::client(),
            access_token: Mutex::new(None),
            process,
            _folder: folder,
        };
        let health = format!("{}/_sandbox/health", sandbox.url);
        let Self {
            process, client, ..
        } = &mut sandbox;
        process
            .ready(client, &health, Duration::from_secs(30))
            .await?;
        Ok(sandbox)
    }

    /// Where its API answers and its page is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Id of the company in it.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Where tokens are renewed.
    pub fn token_url(&self) -> String {
        format!("{}/oauth2/v1/tokens/bearer", self.url)
    }

    /// The page on which its owner allows the app.
    pub(crate) fn consent_url(&self) -> String {
        format!("{}/connect/oauth2", self.url)
    }

    /// Where what was allowed ends.
    pub(crate) fn revoke_url(&self) -> String {
        format!("{}/v2/oauth2/tokens/revoke", self.url)
    }

    /// The app's client id, its secret and the refresh token of the connection.
    pub fn credentials(&self) -> (&str, &str, &str) {
        (&self.client_id, &self.client_secret, &self.refresh_token)
    }

    /// What its webhooks are signed with.
    pub fn verifier_token(&self) -> &str {
        &self.verifier_token
    }

    /// Has every change from now on told to this address, signed with this token.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn enter_webhook(&self, url: &str, verifier_token: &str) -> Result<(), StackError> {
        let order = json!({ "url": url, "verifier_token": verifier_token });
        self.control("webhook", Some(order)).await?;
        Ok(())
    }

    /// How many webhooks wait to be taken, and how often those were refused.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn webhooks_waiting(&self) -> Result<(u64, u64), StackError> {
        let answer = self.control("webhook", None).await?;
        let count = |name: &str| answer[name].as_u64().unwrap_or_default();
        Ok((count("waiting"), count("failures")))
    }

    /// Uses one of the sandbox's own controls under `/_sandbox/`.
    ///
    /// # Errors
    /// When there is no such control or it refuses.
    pub async fn control(&self, name: &str, order: Option<Value>) -> Result<Value, StackError> {
        let method = if order.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        self.use_control(method, name, order).await
    }

    /// From now on calls go wrong in these ways; none: all go well again.
    ///
    /// # Errors
    /// When the sandbox does not know one.
    pub async fn set_faults(&self, faults: &[Value]) -> Result<(), StackError> {
        self.use_control(Method::DELETE, "faults", None).await?;
        self.control("faults", Some(json!(faults))).await?;
        Ok(())
    }

    async fn use_control(
        &self,
        method: Method,
        name: &str,
        order: Option<Value>,
    ) -> Result<Value, StackError> {
        let path = format!("/_sandbox/{name}");
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.url));
        if let Some(order) = order {
            request = request
                .header("content-type", "application/json")
                .body(order.to_string());
        }
        http::json(request, &format!("{method} {path} of QuickBooks")).await
    }

    /// All invoices.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn invoices(&self) -> Result<Vec<Invoice>, StackError> {
        self.all("Invoice").await
    }

    /// Waits until the invoices are as wanted. The sandbox's log of writes is watched for that, so that
    /// the reading takes next to nothing of the ten calls a second that QuickBooks allows.
    ///
    /// # Errors
    /// When they were not so in time, or the API refuses.
    pub async fn invoices_when(
        &self,
        what: &str,
        patience: Duration,
        wanted: impl Fn(&[Invoice]) -> bool,
    ) -> Result<Vec<Invoice>, StackError> {
        let seen = Cell::new(None);
        until(what, patience, async || {
            let writes = Some(self.writes().await?);
            if seen.replace(writes) == writes {
                return Ok(None);
            }
            let invoices = self.invoices().await?;
            Ok(wanted(&invoices).then_some(invoices))
        })
        .await
    }

    /// All payments.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn payments(&self) -> Result<Vec<Payment>, StackError> {
        self.all("Payment").await
    }

    /// Enters a payment by check over all that is left to pay of an invoice, as a person does; gives its id.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn receive_check(
        &self,
        invoice: &Invoice,
        reference: &str,
    ) -> Result<String, StackError> {
        let amount: Value = serde_json::from_str(&invoice.balance.to_string()).unwrap_or_default();
        let linked = json!({ "TxnId": invoice.id, "TxnType": "Invoice" });
        let payment = json!({
            "CustomerRef": { "value": invoice.customer_ref.value },
            "TotalAmt": amount,
            "PaymentRefNum": reference,
            "Line": [{ "Amount": amount, "LinkedTxn": [linked] }],
        });
        let made = self.control("objects/Payment", Some(payment)).await?;
        Ok(made["Payment"]["Id"]
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// Voids a payment, as a person does.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn void_payment(&self, id: &str) -> Result<(), StackError> {
        let void = format!("objects/Payment/{id}/void");
        self.control(&void, Some(json!({}))).await?;
        Ok(())
    }

    /// All refund receipts.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn refund_receipts(&self) -> Result<Vec<RefundReceipt>, StackError> {
        self.all("RefundReceipt").await
    }

    /// All customers.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn customers(&self) -> Result<Vec<Customer>, StackError> {
        self.all("Customer").await
    }

    /// All products and services.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn items(&self) -> Result<Vec<Item>, StackError> {
        self.all("Item").await
    }

    /// All terms.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn terms(&self) -> Result<Vec<Term>, StackError> {
        self.all("Term").await
    }

    /// All objects of a kind, as they are told.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn objects(&self, kind: &str) -> Result<Vec<Value>, StackError> {
        self.all(kind).await
    }

    /// All objects of a kind.
    async fn all<T: DeserializeOwned>(&self, entity: &str) -> Result<Vec<T>, StackError> {
        let query = format!("select * from {entity} maxresults 1000");
        let found: HashMap<String, Box<RawValue>> =
            taken(entity, async || self.query(&query).await).await?;
        let objects = found.get(entity).map_or("[]", |objects| objects.get());
        serde_json::from_str(objects).map_err(|source| StackError::Unreadable {
            what: query,
            source,
        })
    }

    /// The calls that were answered, one a line, for a test that failed.
    pub async fn call_lines(&self) -> String {
        let answer = self.control("calls", None).await.unwrap_or_default();
        let calls = answer["calls"].as_array().cloned().unwrap_or_default();
        calls.iter().map(|call| format!("{call}\n")).collect()
    }

    /// How many writes have come in, by themselves or in a batch.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn writes(&self) -> Result<usize, StackError> {
        let answer = self.control("calls", None).await?;
        let write = |call: &&Value| call["method"] == "POST" && !call["requestid"].is_null();
        let calls = answer["calls"].as_array();
        Ok(calls.map_or(0, |calls| calls.iter().filter(write).count()))
    }

    /// Orders a failure of a call to come.
    ///
    /// # Errors
    /// When the sandbox does not know it.
    pub async fn order_fault(&self, fault: Value) -> Result<(), StackError> {
        self.control("faults", Some(fault)).await?;
        Ok(())
    }

    /// How many ordered failures have not met their call yet.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn faults_left(&self) -> Result<u64, StackError> {
        let answer = self
            .control("faults", Some(Value::Array(Vec::new())))
            .await?;
        Ok(answer["waiting"].as_u64().unwrap_or_default())
    }

    /// What the sync did that a correct client does not do.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn violations(&self) -> Result<Vec<Value>, StackError> {
        let answer = self.control("violations", None).await?;
        Ok(answer["violations"].as_array().cloned().unwrap_or_default())
    }

    async fn query<T: DeserializeOwned + Default>(&self, text: &str) -> Result<T, StackError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase", bound = "T: DeserializeOwned")]
        struct Answer<T> {
            query_response: T,
        }
        let url = format!("{}/v3/company/{}/query", self.url, self.realm);
        let mut token = self.access_token.lock().await;
        loop {
            let fresh = token.is_none();
            let bearer = match &*token {
                Some(known) => known.clone(),
                None => token.insert(self.log_in().await?).clone(),
            };
            let request = self
                .client
                .get(format!(
                    "{url}?minorversion=75&query={}",
                    text.replace(' ', "%20")
                ))
                .header("accept", "application/json")
                .bearer_auth(bearer);
            let (status, body) = http::exchange(request, text).await?;
            if status == StatusCode::UNAUTHORIZED && !fresh {
                *token = None;
                continue;
            }
            let body = http::expect_success(status, body, text)?;
            return serde_json::from_slice::<Answer<T>>(&body)
                .map(|answer| answer.query_response)
                .map_err(|source| StackError::Unreadable {
                    what: text.to_owned(),
                    source,
                });
        }
    }

    /// A token of our own, apart from what the app was granted: whoever connects it anew changes that.
    async fn log_in(&self) -> Result<String, StackError> {
        let granted = self.control("access-token", Some(json!({}))).await?;
        let token = granted["access_token"].as_str().unwrap_or_default();
        Ok(token.to_owned())
    }

    /// The end of its log, for a test that failed.
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }
}

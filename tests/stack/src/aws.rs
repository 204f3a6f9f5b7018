use std::{path::PathBuf, time::Duration};

use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{Emulator, Outputs, StackError, http};

/// One of the deployed functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Takes webhooks.
    Webhook,
    /// Works on the queue.
    Consumer,
    /// Finds what no webhook told, and work that was parked.
    Sweep,
    /// Takes QuickBooks' webhooks.
    QboWebhook,
    /// Has changes in QuickBooks looked at.
    Pull,
    /// Answers the people of companies.
    Office,
    /// Takes pushes by hand.
    Push,
    /// Signs people in, and connects companies.
    Connect,
    /// Tells people.
    Notify,
}

impl Function {
    fn binary(self) -> &'static str {
        match self {
            Self::Webhook => "hcp-webhook",
            Self::Consumer => "sync-consumer",
            Self::Sweep => "hcp-sweep",
            Self::QboWebhook => "qbo-webhook",
            Self::Pull => "payment-pull",
            Self::Office => "office",
            Self::Push => "manual-push",
            Self::Connect => "connect",
            Self::Notify => "notify",
        }
    }
}

/// A look into the deployed resources.
#[derive(Debug)]
pub struct Aws {
    endpoint: String,
    folder: PathBuf,
    client: Client,
    outputs: Outputs,
}

impl Aws {
    pub(crate) fn new(emulator: &Emulator, outputs: Outputs) -> Self {
        Self {
            endpoint: emulator.endpoint().to_owned(),
            folder: emulator.folder().to_owned(),
            client: http::client(),
            outputs,
        }
    }

    /// What the deployment made.
    pub fn outputs(&self) -> &Outputs {
        &self.outputs
    }

    /// Where the webhook API answers. A path instead of a host name, which not every resolver knows.
    pub fn api_url(&self) -> String {
        self.url_of(&self.outputs.api_url)
    }

    /// Where the API of people answers.
    pub fn office_url(&self) -> String {
        self.url_of(&self.outputs.office_url)
    }

    fn url_of(&self, address: &str) -> String {
        let host = address.trim_start_matches("https://");
        let id = host.split('.').next().unwrap_or_default();
        format!("{}/_aws/execute-api/{id}", self.endpoint)
    }

    /// Where the pages and the tokens of the sign-in are.
    pub(crate) fn sign_in_url(&self) -> &str {
        &self.endpoint
    }

    /// A person who was invited chooses a password.
    pub(crate) async fn choose_password(
        &self,
        mail: &str,
        password: &str,
    ) -> Result<(), StackError> {
        let order = json!({
            "UserPoolId": self.outputs.user_pool_id,
            "Username": mail,
            "Password": password,
            "Permanent": true,
        });
        let target = "AWSCognitoIdentityProviderService.AdminSetUserPassword";
        self.ask(target, "cognito-idp", &order).await?;
        Ok(())
    }

    /// How many messages a queue holds, those in hand included.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn queued(&self, queue_url: &str) -> Result<u64, StackError> {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ];
        let order = json!({ "QueueUrl": queue_url, "AttributeNames": names });
        let answer = self
            .ask("AmazonSQS.GetQueueAttributes", "sqs", &order)
            .await?;
        let count = |name| {
            answer["Attributes"][name]
                .as_str()
                .and_then(|n| n.parse::<u64>().ok())
        };
        Ok(names.into_iter().filter_map(count).sum())
    }

    /// Whether the work queue is empty: nothing waits and nothing is in hand.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn idle(&self) -> Result<bool, StackError> {
        Ok(self.queued(&self.outputs.queue_url).await? == 0)
    }

    /// The bodies in the dead-letter queue; they stay there.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn dead_letters(&self) -> Result<Vec<String>, StackError> {
        let order = json!({
            "QueueUrl": self.outputs.dead_letter_queue_url,
            "MaxNumberOfMessages": 10,
            "VisibilityTimeout": 0,
        });
        let answer = self.ask("AmazonSQS.ReceiveMessage", "sqs", &order).await?;
        let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
        Ok(messages
            .iter()
            .filter_map(|message| message["Body"].as_str())
            .map(str::to_owned)
            .collect())
    }

    /// Puts a message on the work queue.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn send(&self, group: &str, body: &str) -> Result<(), StackError> {
        self.send_to(&self.outputs.queue_url, group, body).await
    }

    /// Puts a message among the dead letters.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn bury(&self, group: &str, body: &str) -> Result<(), StackError> {
        let queue = &self.outputs.dead_letter_queue_url;
        self.send_to(queue, group, body).await
    }

    async fn send_to(&self, queue: &str, group: &str, body: &str) -> Result<(), StackError> {
        let order = json!({
            "QueueUrl": queue,
            "MessageGroupId": group,
            "MessageDeduplicationId": uuid::Uuid::new_v4().to_string(),
            "MessageBody": body,
        });
        self.ask("AmazonSQS.SendMessage", "sqs", &order).await?;
        Ok(())
    }

    /// All records of the table.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn records(&self) -> Result<Vec<Value>, StackError> {
        let mut order = json!({ "TableName": self.outputs.table_name, "ConsistentRead": true });
        let mut records = Vec::new();
        loop {
            let mut answer = self
                .ask("DynamoDB_20120810.Scan", "dynamodb", &order)
                .await?;
            if let Value::Array(items) = answer["Items"].take() {
                records.extend(items);
            }
            match answer["LastEvaluatedKey"].take() {
                Value::Null => return Ok(records),
                next => order["ExclusiveStartKey"] = next,
            }
        }
    }

    /// A secret, which must be JSON.
    ///
    /// # Errors
    /// When there is none.
    pub async fn secret(&self, name: &str) -> Result<Value, StackError> {
        let order = json!({ "SecretId": name });
        let answer = self
            .ask("secretsmanager.GetSecretValue", "secretsmanager", &order)
            .await?;
        let text = answer["SecretString"].as_str().unwrap_or_default();
        serde_json::from_str(text).map_err(|source| StackError::Unreadable {
            what: format!("the secret {name}"),
            source,
        })
    }

    /// Runs a function with this event and gives what it answered.
    ///
    /// # Errors
    /// When the emulator refuses or the function fails.
    pub async fn invoke(&self, function: Function, event: &Value) -> Result<Value, StackError> {
        let name = self.name(function);
        let url = format!("{}/2015-03-31/functions/{name}/invocations", self.endpoint);
        let request = self.client.post(url).body(event.to_string());
        let answer: Value = http::json(request, &format!("a run of {name}")).await?;
        if answer.get("errorMessage").is_some() {
            return Err(StackError::Failed {
                name: name.clone(),
                log: answer.to_string(),
            });
        }
        Ok(answer)
    }

    fn name(&self, function: Function) -> &String {
        match function {
            Function::Webhook => &self.outputs.webhook_function,
            Function::Consumer => &self.outputs.consumer_function,
            Function::Sweep => &self.outputs.sweep_function,
            Function::QboWebhook => &self.outputs.qbo_webhook_function,
            Function::Pull => &self.outputs.pull_function,
            Function::Office => &self.outputs.office_function,
            Function::Push => &self.outputs.push_function,
            Function::Connect => &self.outputs.connect_function,
            Function::Notify => &self.outputs.notify_function,
        }
    }

    /// Runs one of the sweeps now instead of waiting for its schedule.
    ///
    /// # Errors
    /// As [`Self::invoke`].
    pub async fn sweep(&self, name: &str) -> Result<(), StackError> {
        self.invoke(Function::Sweep, &json!({ "sweep": name }))
            .await?;
        Ok(())
    }

    /// Has an address verified, so that mails may come from it.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub(crate) async fn verify_address(&self, address: &str) -> Result<(), StackError> {
        let url = format!("{}/v2/email/identities", self.endpoint);
        let order = json!({ "EmailIdentity": address });
        let request = self.client.post(url).body(order.to_string());
        let _: Value = http::json(request, "the verification of an address").await?;
        Ok(())
    }

    /// The mails that were sent to somebody.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn mails_to(&self, address: &str) -> Result<Vec<Value>, StackError> {
        let url = format!("{}/_ministack/ses/messages", self.endpoint);
        let sent: Value = http::json(self.client.get(url), "the mails that were sent").await?;
        let accounts = sent["messages"].as_object().into_iter().flatten();
        let mails = accounts.flat_map(|(_, mails)| mails.as_array().into_iter().flatten());
        let is_to = |mail: &&Value| mail["To"] == json!([address]);
        Ok(mails.filter(is_to).cloned().collect())
    }

    /// What the functions printed lately.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn function_logs(&self) -> Result<String, StackError> {
        let groups = self
            .ask("Logs_20140328.DescribeLogGroups", "logs", &json!({}))
            .await?;
        let mut lines = String::new();
        for group in groups["logGroups"].as_array().into_iter().flatten() {
            let order = json!({ "logGroupName": group["logGroupName"], "limit": 200 });
            let found = self
                .ask("Logs_20140328.FilterLogEvents", "logs", &order)
                .await?;
            for event in found["events"].as_array().into_iter().flatten() {
                lines.push_str(event["message"].as_str().unwrap_or_default().trim_end());
                lines.push('\n');
            }
        }
        Ok(lines)
    }

    /// Ends all running copies of a function the hard way, as a crash would, and says how many there
    /// were.
    ///
    /// # Errors
    /// When the processes cannot be listed.
    pub async fn kill(&self, function: Function) -> Result<usize, StackError> {
        let running = self.running(function).await?;
        let killed = running
            .into_iter()
            .filter(|pid| kill_process(*pid, Signal::KILL).is_ok());
        Ok(killed.count())
    }

    /// The memory that the largest running copy of a function holds now, in KiB.
    ///
    /// # Errors
    /// When the processes cannot be listed.
    pub async fn resident_kib(&self, function: Function) -> Result<u64, StackError> {
        let mut largest = 0;
        for pid in self.running(function).await? {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let resident = status
                .lines()
                .find_map(|line| line.strip_prefix("VmRSS:"))
                .and_then(|text| text.trim().trim_end_matches(" kB").parse().ok());
            largest = largest.max(resident.unwrap_or(0));
        }
        Ok(largest)
    }

    /// How long each run of a function took, by Lambda's own report.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub async fn run_times(&self, function: Function) -> Result<Vec<Duration>, StackError> {
        let name = self.name(function);
        let address = format!(
            "{}/2015-03-31/functions/{name}/configuration",
            self.endpoint
        );
        let request = self.client.get(address);
        let configuration: Value = http::json(request, "the configuration of a function").await?;
        let order = json!({ "logGroupName": configuration["LoggingConfig"]["LogGroup"] });
        let found = self
            .ask("Logs_20140328.FilterLogEvents", "logs", &order)
            .await?;
        let events = found["events"].as_array().into_iter().flatten();
        Ok(events
            .filter_map(|event| {
                let report = event["message"].as_str()?.strip_prefix("REPORT ")?;
                let (_, duration) = report.split_once("\tDuration: ")?;
                let (milliseconds, _) = duration.split_once(" ms")?;
                Some(Duration::from_millis(
                    milliseconds.split('.').next()?.parse().ok()?,
                ))
            })
            .collect())
    }

    async fn running(&self, function: Function) -> Result<Vec<Pid>, StackError> {
        let packed = self
            .folder
            .join("functions")
            .join(function.binary())
            .join("bootstrap");
        let wanted = std::fs::read(&packed).map_err(StackError::io("read a packed function"))?;
        let listed = Command::new("ps")
            .args(["-axo", "pid=,command="])
            .output()
            .await
            .map_err(StackError::io("list the processes"))?;
        let listed = String::from_utf8_lossy(&listed.stdout);
        let running = listed.lines().filter_map(|line| {
            let (pid, command) = line.trim_start().split_once(' ')?;
            let ours = command
                .trim_start()
                .starts_with(&*self.folder.to_string_lossy());
            // The emulator unpacks each function into a folder of its own, named by a digest.
            let same = ours && std::fs::read(command.trim()).is_ok_and(|found| found == wanted);
            pid.parse().ok().and_then(Pid::from_raw).filter(|_| same)
        });
        Ok(running.collect())
    }

    async fn ask(&self, target: &str, service: &str, order: &Value) -> Result<Value, StackError> {
        let scope = format!("test/20260101/us-east-1/{service}/aws4_request");
        let request = self
            .client
            .post(&self.endpoint)
            .header("x-amz-target", target)
            .header("content-type", "application/x-amz-json-1.0")
            .header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential={scope}"),
            )
            .body(order.to_string());
        http::json(request, target).await
    }
}

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use serde_json::Value;
use tokio::{process::Command, sync::OnceCell};

use crate::{
    Aws, Emulator, Housecall, Office, QuickBooks, Ran, StackError, deployment,
    hcpqbo::{self, Environment},
    housecall, http, paths, until,
};

/// The address that mails to people come from.
pub const MAIL_FROM: &str = "sync@example.com";

/// Ports asked for; a free one is taken where there is none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    /// Of the AWS emulator.
    pub emulator: Option<u16>,
    /// Of Housecall Pro's sandbox.
    pub housecall: Option<u16>,
    /// Of QuickBooks' sandbox.
    pub quickbooks: Option<u16>,
}

/// How to start a stack.
#[derive(Clone, Debug)]
pub struct Options {
    /// Ports asked for.
    pub ports: Ports,
    /// CDK context values on top of those that a local stack needs.
    pub context: Vec<(String, String)>,
    /// The folder that holds `<function>/bootstrap`, as `make build-lambda` leaves it; without it the functions are
    /// those that were built with this program.
    pub functions: Option<PathBuf>,
    /// Whether AWS can be made to fail ([`Stack::fail_aws`]).
    pub aws_may_fail: bool,
    /// Told of each step when it is done, with the time that it took.
    pub progress: fn(&str, Duration),
}

impl Default for Options {
    /// Free ports, and waits short enough for tests. Housecall Pro may be a week ahead ([`Housecall::pass_a_day`]).
    fn default() -> Self {
        let context = [
            ("visibilitySeconds", "30"),
            ("settleAfterSeconds", "2"),
            ("signatureToleranceSeconds", "604800"),
        ];
        Self {
            ports: Ports::default(),
            context: context
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            functions: None,
            aws_may_fail: false,
            progress: |_, _| {},
        }
    }
}

/// The whole integration, deployed and connected.
#[derive(Debug)]
pub struct Stack {
    /// Housecall Pro.
    pub hcp: Housecall,
    /// QuickBooks.
    pub qbo: QuickBooks,
    /// What is deployed.
    pub aws: Aws,
    emulator: Emulator,
    environment: Environment,
    pub(crate) admin: OnceCell<Office>,
}

impl Stack {
    /// Starts the servers, deploys, and connects the company in the sandboxes.
    ///
    /// # Errors
    /// When a tool is missing, a port is taken or a step fails; the error shows the log that matters.
    pub async fn start(options: Options) -> Result<Self, StackError> {
        let mut steps = Steps::new(options.progress);
        let Ports {
            emulator,
            housecall,
            quickbooks,
        } = options.ports;
        let (emulator, hcp, qbo) = tokio::try_join!(
            Emulator::start_on(emulator, options.aws_may_fail),
            Housecall::start(housecall),
            QuickBooks::start(quickbooks),
        )?;
        steps.done("started the AWS emulator and the two sandboxes");

        let mut context = vec![
            ("hcpBaseUrl".to_owned(), hcp.url().to_owned()),
            ("qboBaseUrl".to_owned(), qbo.url().to_owned()),
            ("qboTokenUrl".to_owned(), qbo.token_url()),
            ("qboAuthorizeUrl".to_owned(), qbo.consent_url()),
            ("qboRevokeUrl".to_owned(), qbo.revoke_url()),
            ("signInUrl".to_owned(), emulator.endpoint().to_owned()),
            ("mailFrom".to_owned(), MAIL_FROM.to_owned()),
        ];
        context.extend(options.context);
        let outputs = deployment::deploy(&emulator, &context, options.functions.as_deref()).await?;
        steps.done("deployed the CDK app");

        let aws = Aws::new(&emulator, outputs);
        let environment = hcpqbo::on_aws(&emulator, &aws, &hcp, &qbo);
        hcpqbo::connect(&environment, &hcp, &qbo).await?;
        let stack = Self {
            aws,
            hcp,
            qbo,
            emulator,
            environment,
            admin: OnceCell::new(),
        };
        stack.aws.verify_address(MAIL_FROM).await?;
        let address = stack.webhook_url().await?;
        stack.hcp.enter_webhook_url(&address).await?;
        let address = stack.qbo_webhook_url();
        let token = stack.qbo.verifier_token();
        stack.qbo.enter_webhook(&address, token).await?;
        // Housecall Pro tells times in whole seconds: what happens in the second of the connection looks
        // older than the connection and would not sync by itself (T8).
        let second = unix_second();
        until("the next second", Duration::from_secs(2), async || {
            Ok((unix_second() > second).then_some(()))
        })
        .await?;
        steps.done("connected the company");
        Ok(stack)
    }

    /// From now on so many of a hundred calls of the functions to AWS fail: before they did anything, or after. Gives how many
    /// did before.
    pub fn fail_aws(&self, per_hundred: u64) -> u64 {
        self.emulator.fail(per_hundred)
    }

    /// The address that Housecall Pro's webhooks go to.
    ///
    /// # Errors
    /// When the company is not connected.
    pub async fn webhook_url(&self) -> Result<String, StackError> {
        let company = self.hcp.company();
        let secret = format!("{}/{company}/webhook", self.aws.outputs().secret_prefix);
        let token = housecall::text(&self.aws.secret(&secret).await?, "path_token");
        Ok(format!("{}/hcp/{company}/{token}", self.aws.api_url()))
    }

    /// The address that QuickBooks' webhooks go to.
    pub fn qbo_webhook_url(&self) -> String {
        format!("{}/qbo", self.aws.api_url())
    }

    /// The environment in which `hcpqbo` works on what is deployed here, with rights on AWS.
    pub fn environment_on_aws(&self) -> &[(&'static str, String)] {
        &self.environment
    }

    /// The environment in which somebody signs in at the office with `hcpqbo`.
    pub fn environment_of_office(&self) -> Vec<(&'static str, String)> {
        hcpqbo::office(&self.aws)
    }

    /// Runs `hcpqbo` for the company with rights on AWS, as `["restore"]`, and gives what it printed.
    ///
    /// # Errors
    /// When it fails; the error tells what it said.
    pub async fn on_aws(&self, arguments: &[&str]) -> Result<String, StackError> {
        let company = self.hcp.company().to_string();
        let arguments = [arguments, &["--company", company.as_str()]].concat();
        hcpqbo::succeed(&self.environment, &arguments).await
    }

    /// Runs `hcpqbo` with rights on AWS and these very arguments, and gives what became of it.
    ///
    /// # Errors
    /// When it cannot be run.
    pub async fn run_on_aws(&self, arguments: &[&str]) -> Result<Ran, StackError> {
        hcpqbo::run(&self.environment, arguments).await
    }

    /// Runs `hcpqbo` as the first admin of the company, by an access token, and gives what it printed.
    ///
    /// # Errors
    /// When it fails; the error tells what it said.
    pub async fn hcpqbo(&self, arguments: &[&str]) -> Result<String, StackError> {
        let token = self.admin().await?.tokens().access_token.clone();
        let environment = vec![
            ("OFFICE_URL", self.aws.office_url()),
            ("HCPQBO_TOKEN", token),
        ];
        hcpqbo::succeed(&environment, arguments).await
    }

    /// Runs `hcpqbo` as whoever signed in with it on a machine whose settings lie in this folder, and gives what became of it.
    ///
    /// # Errors
    /// When it cannot be run.
    pub async fn run_signed_in(
        &self,
        settings: &Path,
        arguments: &[&str],
    ) -> Result<Ran, StackError> {
        hcpqbo::run(&of_machine(settings), arguments).await
    }

    /// `hcpqbo login` on that machine, ready to start.
    ///
    /// # Errors
    /// When the program is not there.
    pub fn login(&self, settings: &Path) -> Result<Command, StackError> {
        let mut environment = of_machine(settings);
        environment.extend(self.environment_of_office());
        let mut command = hcpqbo::command(&environment)?;
        command.arg("login");
        Ok(command)
    }

    /// A folder that goes with this stack.
    pub fn scratch(&self) -> &Path {
        self.emulator.folder()
    }

    /// The root of the repository.
    ///
    /// # Errors
    /// When it is not around this program.
    pub fn repository(&self) -> Result<PathBuf, StackError> {
        paths::root()
    }

    /// Posts to an address as anybody might, and gives status and body of the answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(
        &self,
        address: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(u16, String), StackError> {
        let mut request = http::client().post(address).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (status, body) = http::exchange(request, "a webhook").await?;
        Ok((status.as_u16(), String::from_utf8_lossy(&body).into_owned()))
    }

    /// Waits until nothing is under way: each webhook of either system was delivered and the work queue is empty.
    ///
    /// # Errors
    /// When it does not come to rest in time.
    pub async fn at_rest(&self, patience: Duration) -> Result<(), StackError> {
        until("rest", patience, async || {
            Ok(self.rests().await?.then_some(()))
        })
        .await
    }

    /// Whether nothing is under way: each webhook of either system was delivered and the work queue is empty.
    ///
    /// # Errors
    /// When the emulator or the sandbox refuses.
    pub async fn rests(&self) -> Result<bool, StackError> {
        let deliveries = self.hcp.deliveries().await?;
        let delivered = deliveries
            .iter()
            .all(|delivery| delivery["outcome"] != "waiting");
        let (waiting, _) = self.qbo.webhooks_waiting().await?;
        Ok(delivered && waiting == 0 && self.aws.idle().await?)
    }

    /// Waits until everything that was told of a job is dealt with. Work that was put off is put back as soon as
    /// it is due instead of once a minute.
    ///
    /// # Errors
    /// When it is not dealt with in time.
    pub async fn settled(&self, job: &str, patience: Duration) -> Result<(), StackError> {
        let rests = |record: &Value| record["due_at"].is_null();
        self.worked_on(job, patience, rests).await
    }

    /// The same, whether an edit that pushes nothing is still to be looked at or not.
    ///
    /// # Errors
    /// When it is not dealt with in time.
    pub async fn carried(&self, job: &str, patience: Duration) -> Result<(), StackError> {
        let all_handled = |record: &Value| {
            let body = record["body"]["S"].as_str().unwrap_or_default();
            let body: Value = serde_json::from_str(body).unwrap_or_default();
            let marks = body["data"]["marks"].as_array().map(Vec::len);
            let handled = body["data"]["handled"].as_u64();
            marks.is_some() && marks.map(|marks| marks as u64) == handled
        };
        self.worked_on(job, patience, all_handled).await
    }

    async fn worked_on(
        &self,
        job: &str,
        patience: Duration,
        is_done: impl Fn(&Value) -> bool,
    ) -> Result<(), StackError> {
        let record = format!("job#{job}");
        let swept = Cell::new(Instant::now());
        until(&format!("the end of work on {job}"), patience, async || {
            if !self.rests().await? {
                return Ok(None);
            }
            let records = self.aws.records().await?;
            let mut jobs = records.iter().filter(|found| found["sk"]["S"] == record);
            if jobs.next().is_some_and(&is_done) {
                return Ok(Some(()));
            }
            self.sweep_once_a_second(&swept).await?;
            Ok(None)
        })
        .await
    }

    async fn sweep_once_a_second(&self, swept: &Cell<Instant>) -> Result<(), StackError> {
        if swept.get().elapsed() > Duration::from_secs(1) {
            swept.set(Instant::now());
            self.aws.sweep("parked").await?;
        }
        Ok(())
    }

    /// Waits until a job's invoice is linked and nothing about it is open. Work that was put off is put
    /// back as soon as it is due instead of once a minute.
    ///
    /// # Errors
    /// When it is not linked in time.
    pub async fn linked(&self, job: &str, patience: Duration) -> Result<(), StackError> {
        let slot = format!("slot#{job}#main");
        let swept = Cell::new(Instant::now());
        until(&format!("the link of {job}"), patience, async || {
            for record in self.aws.records().await? {
                if record["sk"]["S"] == slot {
                    let body = record["body"]["S"].as_str().unwrap_or_default();
                    let body: Value = serde_json::from_str(body).unwrap_or_default();
                    if !body["data"]["state"]["linked"].is_null() {
                        return Ok(Some(()));
                    }
                }
            }
            self.sweep_once_a_second(&swept).await?;
            Ok(None)
        })
        .await
    }

    /// The ends of all logs, for a test that failed.
    pub async fn logs(&self) -> String {
        let functions = self.aws.function_logs().await.unwrap_or_default();
        format!(
            "--- functions\n{functions}\n--- Housecall Pro\n{}\n--- QuickBooks\n{}\n--- AWS\n{}",
            self.hcp.log_tail(),
            self.qbo.call_lines().await + &self.qbo.log_tail(),
            self.emulator.log_tail(),
        )
    }
}

fn of_machine(settings: &Path) -> Environment {
    let settings = settings.display().to_string();
    vec![("XDG_CONFIG_HOME", settings)]
}

fn unix_second() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs())
}

struct Steps {
    report: fn(&str, Duration),
    begun: Instant,
}

impl Steps {
    fn new(report: fn(&str, Duration)) -> Self {
        Self {
            report,
            begun: Instant::now(),
        }
    }

    fn done(&mut self, what: &str) {
        (self.report)(what, self.begun.elapsed());
        self.begun = Instant::now();
    }
}

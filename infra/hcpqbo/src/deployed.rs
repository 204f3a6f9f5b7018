//! What was deployed, with rights on AWS: for what must work without the office.

use std::error::Error;

use adapters::Connections;
use clap::Args;
use hcp::CompanyId;
use store::By;
use sync::engine::Engine;
use wiring::Live;

/// Where it was deployed, for the end of each command's help.
pub(crate) const ENVIRONMENT: &str = "\
Where it was deployed (target/outputs.env names all of them):
  TABLE_NAME, QUEUE_URL, SECRET_PREFIX, HCP_BASE_URL, QBO_BASE_URL, QBO_TOKEN_URL";

/// The company that it is about.
#[derive(Args, Clone, Debug)]
pub(crate) struct Company {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(
        long,
        alias = "company-id",
        env = "HCPQBO_COMPANY",
        hide_env_values = true,
        value_name = "ID"
    )]
    pub(crate) company: CompanyId,
}

/// The engine on what was deployed, as the environment names it.
pub(crate) async fn engine() -> Result<Engine<Live>, Box<dyn Error>> {
    let connections = Connections::default();
    let config = adapters::operator_config(&connections).await;
    Ok(wiring::engine(&config, &connections)?)
}

/// Who runs the command, for the log of the company: the AWS identity, which AWS itself tells; where it does not answer, the
/// user of this machine.
pub(crate) async fn by() -> By {
    let config = adapters::operator_config(&Connections::default()).await;
    let identity = aws_sdk_sts::Client::new(&config);
    let told = identity.get_caller_identity().send().await;
    match told.ok().and_then(|told| told.arn) {
        Some(arn) => by_arn(arn),
        None => {
            let user = adapters::env("USER").unwrap_or_else(|_| "unknown".to_owned());
            By {
                id: format!("machine:{user}"),
                name: format!("{user} (command line)"),
            }
        }
    }
}

/// `arn:aws:sts::123456789012:assumed-role/Admin/robin` is robin.
fn by_arn(arn: String) -> By {
    let name = arn.rsplit(['/', ':']).next().unwrap_or(&arn);
    By {
        name: format!("{name} (command line)"),
        id: arn,
    }
}

/// Which deployment was asked, and what is wrong about it where that can be told from what AWS said: what is not found there may
/// stand in another one.
pub(crate) async fn asked(told: &str) -> String {
    let config = adapters::operator_config(&Connections::default()).await;
    let named = |name| adapters::env(name).unwrap_or_else(|_| "not named".to_owned());
    let at = Deployment {
        region: config
            .region()
            .map_or_else(|| "no region".to_owned(), ToString::to_string),
        table: named("TABLE_NAME"),
        queue: named("QUEUE_URL"),
        endpoint: adapters::env("AWS_ENDPOINT_URL").ok(),
    };
    at.explain(told)
}

/// What a command was pointed at.
struct Deployment {
    region: String,
    table: String,
    queue: String,
    endpoint: Option<String>,
}

impl Deployment {
    fn explain(&self, told: &str) -> String {
        let Self {
            region,
            table,
            queue,
            ..
        } = self;
        let says = |codes: &[&str]| codes.iter().any(|code| told.contains(code));
        let wrong = if says(&["is missing or empty"]) {
            "Have it from the deployment: set -a; . target/outputs.env; set +a".to_owned()
        } else if says(&["ResourceNotFoundException", "non-existent table"]) {
            format!(
                "There is no table {table} in the region {region}: TABLE_NAME, AWS_REGION and AWS_PROFILE must be those of the deployment."
            )
        } else if says(&["NonExistentQueue", "QueueDoesNotExist"]) {
            format!(
                "There is no queue {queue} in the region {region}: QUEUE_URL, DEAD_LETTER_QUEUE_URL, AWS_REGION and AWS_PROFILE must be those of the deployment."
            )
        } else if says(&[
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "ExpiredToken",
            "no providers in chain provided credentials",
            "the credential provider was not enabled",
        ]) {
            "AWS does not know who you are: sign in to AWS (aws sts get-caller-identity answers then), or choose the profile with AWS_PROFILE."
                .to_owned()
        } else if says(&["AccessDenied", "not authorized to perform"]) {
            "Your rights on AWS are not enough: use a profile that may read and write what was deployed (AWS_PROFILE)."
                .to_owned()
        } else {
            String::new()
        };
        let endpoint = self.endpoint.as_ref().map(|url| format!(" at {url}"));
        let asked = format!(
            "Asked was the table {table} (TABLE_NAME) in the region {region} (AWS_REGION, or that of the profile){}.",
            endpoint.unwrap_or_default()
        );
        match wrong.is_empty() {
            true => asked,
            false => format!("{wrong}\n{asked}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_runs_a_command_is_named_by_their_aws_identity() {
        for (arn, name) in [
            (
                "arn:aws:iam::123456789012:user/office/robin",
                "robin (command line)",
            ),
            (
                "arn:aws:sts::123456789012:assumed-role/Admin/robin@example.com",
                "robin@example.com (command line)",
            ),
            ("arn:aws:iam::123456789012:root", "root (command line)"),
        ] {
            let by = by_arn(arn.to_owned());
            assert_eq!((by.id.as_str(), by.name.as_str()), (arn, name));
        }
    }

    #[test]
    fn a_wrong_region_stack_or_table_is_named_as_such() {
        let at = Deployment {
            region: "eu-west-1".to_owned(),
            table: "hcp-qbo-sync".to_owned(),
            queue: "https://sqs.eu-west-1.amazonaws.com/1/work.fifo".to_owned(),
            endpoint: None,
        };
        let told = [
            "the environment variable TABLE_NAME is missing or empty",
            "the table: ResourceNotFoundException: Requested resource not found",
            "the queue: AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist",
            "the table: UnrecognizedClientException: The security token included in the request is invalid.",
            "the table: AccessDeniedException: User is not authorized to perform dynamodb:GetItem",
            "no job has the number 9104",
        ];
        let told = told.map(|told| format!("{told}\n{}\n", at.explain(told)));
        insta::assert_snapshot!(told.join("\n"), @r"
        the environment variable TABLE_NAME is missing or empty
        Have it from the deployment: set -a; . target/outputs.env; set +a
        Asked was the table hcp-qbo-sync (TABLE_NAME) in the region eu-west-1 (AWS_REGION, or that of the profile).

        the table: ResourceNotFoundException: Requested resource not found
        There is no table hcp-qbo-sync in the region eu-west-1: TABLE_NAME, AWS_REGION and AWS_PROFILE must be those of the deployment.
        Asked was the table hcp-qbo-sync (TABLE_NAME) in the region eu-west-1 (AWS_REGION, or that of the profile).

        the queue: AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist
        There is no queue https://sqs.eu-west-1.amazonaws.com/1/work.fifo in the region eu-west-1: QUEUE_URL, DEAD_LETTER_QUEUE_URL, AWS_REGION and AWS_PROFILE must be those of the deployment.
        Asked was the table hcp-qbo-sync (TABLE_NAME) in the region eu-west-1 (AWS_REGION, or that of the profile).

        the table: UnrecognizedClientException: The security token included in the request is invalid.
        AWS does not know who you are: sign in to AWS (aws sts get-caller-identity answers then), or choose the profile with AWS_PROFILE.
        Asked was the table hcp-qbo-sync (TABLE_NAME) in the region eu-west-1 (AWS_REGION, or that of the profile).

        the table: AccessDeniedException: User is not authorized to perform dynamodb:GetItem
        Your rights on AWS are not enough: use a profile that may read and write what was deployed (AWS_PROFILE).
        Asked was the table hcp-qbo-sync (TABLE_NAME) in the region eu-west-1 (AWS_REGION, or that of the profile).

        no job has the number 9104
        Asked was the table hcp-qbo-sync (TABLE_NAME) in the region eu-west-1 (AWS_REGION, or that of the profile).
        ");
    }
}

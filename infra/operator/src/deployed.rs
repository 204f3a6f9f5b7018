use std::error::Error;

use adapters::Connections;
use store::By;
use sync::engine::Engine;
use wiring::Live;

/// Where it was deployed, for the end of each command's help.
pub(crate) const ENVIRONMENT: &str = "\
Where it was deployed (the outputs of `cdk deploy` name all of them):
  TABLE_NAME, QUEUE_URL, SECRET_PREFIX, HCP_BASE_URL, QBO_BASE_URL, QBO_TOKEN_URL";

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

/// Which deployment was asked: what is not found there may stand in another one.
pub(crate) async fn asked() -> String {
    let config = adapters::operator_config(&Connections::default()).await;
    let region = config
        .region()
        .map_or("no region", |region| region.as_ref());
    let table = adapters::env("TABLE_NAME").unwrap_or_else(|_| "not named".to_owned());
    let endpoint = adapters::env("AWS_ENDPOINT_URL");
    let endpoint = endpoint.map_or_else(|_| String::new(), |url| format!(" at {url}"));
    format!(
        "Asked was the table {table} (TABLE_NAME) in the region {region} (AWS_REGION, or that of the profile){endpoint}."
    )
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
}

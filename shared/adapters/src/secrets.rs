use aws_config::SdkConfig;
use aws_sdk_secretsmanager::{Client, error::SdkError};
use ports::{SecretError, SecretValue, Secrets, Source};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::failure;

/// AWS Secrets Manager. It keeps nothing: whoever reads decides how long a value may be used.
#[derive(Clone, Debug)]
pub struct AwsSecrets {
    client: Client,
}

impl AwsSecrets {
    /// The secrets of the configuration's account and region.
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            client: Client::new(config),
        }
    }

    /// Adds a version to a secret that exists; `false`: it does not exist.
    async fn put(&self, name: &str, version: &str, text: &str) -> Result<bool, SecretError> {
        let answer = self
            .client
            .put_secret_value()
            .secret_id(name)
            .client_request_token(version)
            .secret_string(text)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(refusal))
                if refusal.err().is_resource_not_found_exception() =>
            {
                Ok(false)
            }
            Err(error) => Err(not_written(name, failure(error))),
        }
    }

    /// Makes a secret without a value, unless another did so meanwhile.
    async fn create(&self, name: &str) -> Result<(), SecretError> {
        match self.client.create_secret().name(name).send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(refusal))
                if refusal.err().is_resource_exists_exception() =>
            {
                Ok(())
            }
            Err(error) => Err(not_written(name, failure(error))),
        }
    }
}

fn not_written(name: &str, source: impl Into<Source>) -> SecretError {
    SecretError {
        name: name.to_owned(),
        action: "written",
        source: source.into(),
    }
}

impl Secrets for AwsSecrets {
    async fn read(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<Option<SecretValue>, SecretError> {
        let not_read = |source: Source| SecretError {
            name: name.to_owned(),
            action: "read",
            source,
        };
        let answer = self
            .client
            .get_secret_value()
            .secret_id(name)
            .set_version_id(version.map(str::to_owned))
            .send()
            .await;
        let found = match answer {
            Ok(found) => found,
            Err(SdkError::ServiceError(refusal))
                if refusal.err().is_resource_not_found_exception() =>
            {
                return Ok(None);
            }
            Err(error) => return Err(not_read(failure(error))),
        };
        let version = found
            .version_id
            .ok_or_else(|| not_read("the answer names no version".into()))?;
        let text = found
            .secret_string
            .ok_or_else(|| not_read("it holds bytes, not text".into()))?;
        Ok(Some(SecretValue {
            version,
            text: SecretString::from(text),
        }))
    }

    async fn write(
        &self,
        name: &str,
        version: &str,
        text: SecretString,
    ) -> Result<(), SecretError> {
        let text = text.expose_secret();
        if self.put(name, version, text).await? {
            return Ok(());
        }
        self.create(name).await?;
        if self.put(name, version, text).await? {
            return Ok(());
        }
        Err(not_written(name, "it was removed meanwhile"))
    }
}

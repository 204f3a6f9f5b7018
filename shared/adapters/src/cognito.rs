use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::{
    Client,
    error::SdkError,
    operation::admin_create_user::AdminCreateUserError,
    types::{AttributeType, DeliveryMediumType},
};
use ports::{Directory, DirectoryError};

use crate::failure::{failure, refusal};

/// The attribute that holds a user's id.
const ID: &str = "sub";

/// A user pool of Amazon Cognito, in which people sign in with their mail address.
#[derive(Clone, Debug)]
pub struct CognitoDirectory {
    client: Client,
    pool: String,
}

impl CognitoDirectory {
    /// The user pool of this id.
    pub fn new(config: &SdkConfig, pool: impl Into<String>) -> Self {
        Self {
            client: Client::new(config),
            pool: pool.into(),
        }
    }

    /// Adds a user; `None`: there is one of this address already.
    async fn add(&self, mail: &str) -> Result<Option<String>, DirectoryError> {
        let attribute = |name: &str, value: &str| {
            let attribute = AttributeType::builder().name(name).value(value).build();
            attribute.map_err(|error| DirectoryError::Failed(error.into()))
        };
        let answer = self
            .client
            .admin_create_user()
            .user_pool_id(&self.pool)
            .username(mail)
            .user_attributes(attribute("email", mail)?)
            .user_attributes(attribute("email_verified", "true")?)
            .desired_delivery_mediums(DeliveryMediumType::Email)
            .send()
            .await;
        match answer {
            Ok(made) => id(made.user().map(|user| user.attributes())).map(Some),
            Err(SdkError::ServiceError(service)) => match service.into_err() {
                AdminCreateUserError::UsernameExistsException(_) => Ok(None),
                AdminCreateUserError::InvalidParameterException(refused) => {
                    Err(DirectoryError::Mail(refused.into()))
                }
                other => Err(DirectoryError::Failed(refusal(&other))),
            },
            Err(error) => Err(DirectoryError::Failed(failure(error))),
        }
    }

    async fn find(&self, mail: &str) -> Result<String, DirectoryError> {
        let found = self
            .client
            .admin_get_user()
            .user_pool_id(&self.pool)
            .username(mail)
            .send()
            .await;
        let found = found.map_err(|error| DirectoryError::Failed(failure(error)))?;
        id(Some(found.user_attributes()))
    }
}

fn id(attributes: Option<&[AttributeType]>) -> Result<String, DirectoryError> {
    let mut attributes = attributes.unwrap_or_default().iter();
    let found = attributes.find(|attribute| attribute.name() == ID);
    let found = found.and_then(|attribute| attribute.value());
    found
        .map(str::to_owned)
        .ok_or_else(|| DirectoryError::Failed("the answer tells no id of the user".into()))
}

impl Directory for CognitoDirectory {
    async fn invite(&self, mail: &str) -> Result<String, DirectoryError> {
        match self.add(mail).await? {
            Some(id) => Ok(id),
            None => self.find(mail).await,
        }
    }
}

//! The keys of the app at Intuit. One app serves all companies, so they are entered before the first of them connects.

use qbo::oauth::OAuthError;
use secrecy::SecretString;

use super::{ConnectError, NewConnection};
use crate::{engine::Engine, world::World};

/// What is entered of the app at Intuit; what is left out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct AppKeys {
    /// Its id.
    pub client_id: Option<String>,
    /// Its secret.
    pub client_secret: Option<SecretString>,
    /// What QuickBooks' webhooks are signed with: the current token and, during a rotation, the previous one.
    pub verifier_tokens: Option<Vec<SecretString>>,
}

impl From<&NewConnection> for AppKeys {
    fn from(new: &NewConnection) -> Self {
        Self {
            client_id: new.client_id.clone(),
            client_secret: new.client_secret.clone(),
            verifier_tokens: new.verifier_tokens.clone(),
        }
    }
}

impl<W: World> Engine<W> {
    /// Keeps the keys of the app, once Intuit knows the app by them; nothing can try what webhooks are signed with. Gives what
    /// changed.
    ///
    /// # Errors
    /// [`ConnectError::Missing`] when neither is given nor stored what is needed, [`ConnectError::Token`] when Intuit does not
    /// know the app; nothing is kept then.
    pub async fn enter_app(&self, keys: &AppKeys) -> Result<Vec<&'static str>, ConnectError> {
        let mut changed = Vec::new();
        if keys.client_id.is_some() || keys.client_secret.is_some() {
            let app = self.app_of(keys).await?;
            // Whether it knows the app, Intuit says before it looks at the token.
            let nobodys = SecretString::from("none");
            match self.exchange(&app, &nobodys).await {
                Ok(_) | Err(OAuthError::InvalidGrant { .. } | OAuthError::Refused { .. }) => {}
                Err(error) => return Err(self.not_exchanged(error)),
            }
            self.keep_app(&app, &mut changed).await?;
        }
        self.keep_verifier(keys, &mut changed).await?;
        Ok(changed)
    }
}

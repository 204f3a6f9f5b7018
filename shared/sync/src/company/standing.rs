//! How far a company is set up.

use hcp::{CompanyId, HcpError};
use secrecy::{ExposeSecret, SecretString};
use store::{Connection, TokenPointer, read};

use crate::{
    company::connect::{ConnectError, NewConnection},
    engine::Engine,
    stop::{Stop, chain},
    world::World,
};

/// How far a company is set up, for the person who does it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What Housecall Pro says to the key that is stored.
    pub housecall: HousecallKey,
    /// The path of the address for Housecall Pro's webhooks: secret. None: there is no key yet.
    pub webhook_path: Option<SecretString>,
    /// Whether it is known what Housecall Pro signs webhooks with.
    pub knows_signature: bool,
    /// Whether the keys of the app at Intuit are stored.
    pub knows_app: bool,
    /// The connection with QuickBooks, once there was one.
    pub connection: Option<Connection>,
    /// Whether Intuit would let us in, as far as is known.
    pub is_let_in: bool,
}

/// What Housecall Pro says to the key of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HousecallKey {
    /// None is stored.
    Missing,
    /// It takes the key.
    Works {
        /// The company's name.
        name: Option<String>,
    },
    /// It does not take the key.
    Refused,
    /// It could not be asked.
    Unknown,
}

impl<W: World> Engine<W> {
    /// How far a company is set up; Housecall Pro is asked whether it takes the key.
    ///
    /// # Errors
    /// When the table or the store of secrets does not answer.
    pub async fn company_standing(&self, company: &CompanyId) -> Result<Standing, Stop> {
        let table = self.world.table();
        let connection = read::<Connection>(table, &Connection::key(company)).await?;
        let connection = connection.map(|known| known.value);
        let pointer = match &connection {
            Some(connection) => read::<TokenPointer>(table, &connection.books().token()).await?,
            None => None,
        };
        let webhook = match self.webhook_secret(company).await? {
            Some(known) => Some(known),
            None => self.old_webhook_secret(company).await?,
        };
        let knows_signature = webhook
            .as_ref()
            .is_some_and(|known| !known.signing_secrets.is_empty());
        let webhook_path = webhook.map(|known| {
            let token = known.path_token.expose_secret();
            SecretString::from(format!("hcp/{company}/{token}"))
        });
        Ok(Standing {
            housecall: self.housecall_key(company).await?,
            webhook_path,
            knows_signature,
            knows_app: self.stored_app().await?.is_some(),
            connection,
            is_let_in: pointer.is_some_and(|pointer| !pointer.value.refused),
        })
    }

    /// What Housecall Pro says to the key that is stored for a company.
    ///
    /// # Errors
    /// When the store of secrets does not answer.
    pub async fn housecall_key(&self, company: &CompanyId) -> Result<HousecallKey, Stop> {
        let Some(key) = self.stored_api_key(company).await? else {
            return Ok(HousecallKey::Missing);
        };
        Ok(match self.housecall_with(key).company().await {
            Ok(told) if told.id == *company => HousecallKey::Works { name: told.name },
            Ok(_)
            | Err(HcpError::Unauthorized | HcpError::NotFound { .. } | HcpError::Refused { .. }) => {
                HousecallKey::Refused
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "Housecall Pro could not be asked");
                HousecallKey::Unknown
            }
        })
    }

    /// Keeps the keys of Housecall Pro, the API key once Housecall Pro takes it. The company need not be connected yet.
    ///
    /// # Errors
    /// See [`ConnectError`]; nothing is kept then.
    pub async fn enter_housecall(&self, new: NewConnection) -> Result<(), ConnectError> {
        let key = Connection::key(&new.company);
        let known = read::<Connection>(self.world.table(), &key).await;
        if known.map_err(Stop::from)?.is_some() {
            self.connect(new).await?;
            return Ok(());
        }
        if new.api_key.is_some() {
            self.try_housecall(&new).await?;
        }
        self.keep_housecall(&new, &mut Vec::new()).await?;
        Ok(())
    }
}

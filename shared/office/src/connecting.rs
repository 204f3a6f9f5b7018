//! Setting a company up: the keys of Housecall Pro, and the connection with QuickBooks by button. For admins.

use secrecy::SecretString;
use store::{Chosen, ConnectionStatus};
use sync::{
    Declined, NotDone, World,
    company::{
        connect::{
            ConnectError, Connected, NewConnection,
            consent::{Consent, Intuit},
        },
        standing::{HousecallKey, Standing},
    },
};

use crate::{Caller, Office, Operation};

/// What was typed or pasted has so many characters at most: keys are shorter.
const LONGEST: usize = 500;

impl<W: World> Office<W> {
    /// How far the caller's company is set up.
    ///
    /// # Errors
    /// [`Declined::NotAllowed`], or when the table or the store of secrets does not answer.
    pub async fn standing(&self, caller: &Caller) -> Result<Standing, NotDone> {
        caller.may(Operation::Connect)?;
        Ok(self.engine.company_standing(caller.company()).await?)
    }

    /// What the caller's company is called in Housecall Pro, where that can be asked.
    ///
    /// # Errors
    /// [`Declined::NotAllowed`], or when the store of secrets does not answer.
    pub async fn name_of(&self, caller: &Caller) -> Result<Option<String>, NotDone> {
        caller.may(Operation::Connect)?;
        let key = self.engine.housecall_key(caller.company()).await?;
        Ok(match key {
            HousecallKey::Works { name } => name,
            _ => None,
        })
    }

    /// Keeps what was given of the keys of Housecall Pro; the API key once Housecall Pro takes it. What is left empty stays.
    ///
    /// # Errors
    /// [`Declined`] with what is wrong; nothing is kept then.
    pub async fn enter_housecall(
        &self,
        caller: &Caller,
        api_key: &str,
        signing_secret: &str,
    ) -> Result<(), NotDone> {
        caller.may(Operation::Connect)?;
        let new = NewConnection {
            api_key: given(api_key)?,
            signing_secrets: given(signing_secret)?.map(|secret| vec![secret]),
            ..NewConnection::of(caller.company().clone(), caller.by())
        };
        if new.api_key.is_none() && new.signing_secrets.is_none() {
            let words = "Paste the API key, the signing secret, or both.";
            return Err(Declined::not_usable("key", words).into());
        }
        let entered = self.engine.enter_housecall(new).await;
        entered.map_err(plain)
    }

    /// Where the caller is sent to allow that QuickBooks is used for their company, once all is known that Intuit cannot
    /// tell: `state` is what they come back with.
    ///
    /// # Errors
    /// [`Declined`] with what is missing.
    pub async fn consent_page(
        &self,
        caller: &Caller,
        chosen: &Chosen,
        intuit: &Intuit,
        state: &str,
    ) -> Result<String, NotDone> {
        let standing = self.standing(caller).await?;
        match standing.housecall {
            HousecallKey::Works { .. } => {}
            HousecallKey::Unknown => {
                return Err(plain_words(
                    "Housecall Pro did not answer, so its key could not be tried. Try it again in a minute.",
                ));
            }
            HousecallKey::Missing | HousecallKey::Refused => {
                return Err(plain_words(
                    "Enter the API key of Housecall Pro first: it comes before QuickBooks.",
                ));
            }
        }
        if standing.connection.is_none() || chosen.other_books {
            if !chosen.own_sync_is_off {
                return Err(plain_words(OWN_SYNC));
            }
            if chosen.invoicing.is_none() {
                return Err(plain_words(NO_INVOICING));
            }
        }
        if chosen.other_books && standing.is_let_in {
            return Err(plain_words(STILL_CONNECTED));
        }
        let page = self.engine.consent_page(intuit, state).await?;
        page.ok_or_else(|| plain_words(NO_APP))
    }

    /// Connects the caller's company with what they allowed on Intuit's page.
    ///
    /// # Errors
    /// [`Declined`] with what is in the way, and what to do.
    pub async fn connect(
        &self,
        caller: &Caller,
        chosen: Chosen,
        consent: &Consent,
    ) -> Result<Connected, NotDone> {
        let standing = self.standing(caller).await?;
        let known = standing.connection.as_ref();
        let is_other = known.is_some_and(|known| known.realm != consent.realm);
        if is_other && standing.is_let_in {
            return Err(plain_words(STILL_CONNECTED));
        }
        let new = NewConnection {
            invoicing: chosen.invoicing,
            own_sync_is_off: chosen.own_sync_is_off,
            income_account: chosen.income_account,
            expense_account: chosen.expense_account,
            time_zone: chosen.time_zone,
            other_realm: chosen.other_books,
            ..NewConnection::of(caller.company().clone(), caller.by())
        };
        let connected = self.engine.connect_by_consent(new, consent).await;
        let connected = connected.map_err(plain)?;
        if connected.connection.status == ConnectionStatus::RecordsLost {
            return Err(plain_words(LOST));
        }
        Ok(connected)
    }

    /// Ends the connection of the caller's company with QuickBooks.
    ///
    /// # Errors
    /// [`Declined`] when there is none; else it can be repeated.
    pub async fn disconnect(&self, caller: &Caller, intuit: &Intuit) -> Result<(), NotDone> {
        caller.may(Operation::Connect)?;
        let (company, by) = (caller.company(), caller.by());
        self.engine.disconnect(company, &by, intuit).await
    }
}

const OWN_SYNC: &str = "Switch Housecall Pro's own QuickBooks sync off first (the gear, then Money, QuickBooks Online), and say so here: with two of them, every customer, invoice and payment is made twice.";

const NO_INVOICING: &str =
    "Say how your company invoices: Settings, Invoices, Configuration shows it in Housecall Pro.";

const STILL_CONNECTED: &str = "Your company is connected with another QuickBooks company, and that connection works. Was the wrong company chosen on Intuit's page? Connect once more, and choose the one that was connected before. To leave it on purpose, disconnect it first: what was synced there stays there, and nothing of it is linked in the new one.";

const LEFT_FOR_ANOTHER: &str = "This is another QuickBooks company than the one that your company was connected with. Connect once more, and choose the same one. To leave it on purpose, say so on the set-up page: what was synced there stays there, and nothing of it is linked in the new one.";

const NO_APP: &str = "The app's keys of Intuit were not entered yet. Whoever runs this program does that once, for all companies.";

const LOST: &str = "QuickBooks has documents that came from here, and the records of them are lost. It is connected, but nothing is sent until whoever runs this program has restored them.";

fn plain_words(words: impl Into<String>) -> NotDone {
    Declined::not_usable("connection", words).into()
}

/// What was pasted; nothing where it is empty.
fn given(text: &str) -> Result<Option<SecretString>, NotDone> {
    let text = text.trim();
    let fits = text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_graphic());
    match (text.is_empty(), fits) {
        (true, _) => Ok(None),
        (false, true) => Ok(Some(text.into())),
        (false, false) => Err(plain_words(
            "That is no key: keys have no spaces in them. Copy it once more, whole and alone.",
        )),
    }
}

/// What the person at the page can do. The words of [`ConnectError`] itself are for the command.
fn plain(error: ConnectError) -> NotDone {
    let words = match error {
        ConnectError::Stop(stop) => return stop.into(),
        ConnectError::Housecall(_) => {
            "Housecall Pro does not take this API key. Copy it once more, whole (My Apps, App Store, API Key Management); API keys are part of the MAX plan.".to_owned()
        }
        ConnectError::OtherCompany(_) => {
            "This API key belongs to another Housecall Pro company than the one that is set up here. Sign in to the right one in Housecall Pro, and copy its key.".to_owned()
        }
        ConnectError::Missing("HCP_API_KEY") => {
            "Enter the API key of Housecall Pro first: it comes before QuickBooks.".to_owned()
        }
        ConnectError::Missing(_) => NO_APP.to_owned(),
        ConnectError::Token(_) => {
            "Intuit does not know the app by its keys. Whoever runs this program corrects that, once for all companies.".to_owned()
        }
        ConnectError::NewToken { .. } | ConnectError::Code => {
            "Intuit did not take what its page gave, perhaps because it took too long: connect once more.".to_owned()
        }
        ConnectError::OtherBooks(_) => {
            "Intuit gave no access to the QuickBooks company that was chosen: connect once more.".to_owned()
        }
        ConnectError::OwnSync => OWN_SYNC.to_owned(),
        ConnectError::NoInvoicing => NO_INVOICING.to_owned(),
        ConnectError::Invoicing(errors) => errors.to_string(),
        ConnectError::OtherRealm(_) => LEFT_FOR_ANOTHER.to_owned(),
        ConnectError::RealmTaken => {
            "This QuickBooks company is connected with another Housecall Pro company already, and one fills the books of one. Connect once more and choose another QuickBooks company, or have the other one disconnected and moved first.".to_owned()
        }
        ConnectError::NoTimeZone => {
            "Housecall Pro tells no time zone for your company: name it on the set-up page, for example America/New_York.".to_owned()
        }
        ConnectError::BadTimeZone(zone) => {
            format!("{zone:?} is no time zone; write it like America/New_York.")
        }
        ConnectError::NoAccount { kind, wanted, has, .. } => format!(
            "QuickBooks has no {kind} account {wanted}. Name one of these on the set-up page, under Accounts: {has}."
        ),
    };
    plain_words(words)
}

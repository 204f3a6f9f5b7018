//! What the people of a company are told of its alerts, chosen: each for themselves, and an admin for the channel in Slack.

use news::SlackAddress;
use ports::{Chance, Secrets};
use store::Mails;
use sync::{Declined, NotDone, Stop, World};

use crate::{
    Caller, Office, Operation,
    people::{Change, nobody},
};

impl<W: World> Office<W> {
    /// What the caller is mailed.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn mails(&self, caller: &Caller) -> Result<Mails, NotDone> {
        caller.may(Operation::ChooseMails)?;
        let people = self.people_of(caller.company()).await?.people;
        let own = people.into_iter().find(|one| one.user == *caller.user());
        Ok(own.ok_or_else(nobody)?.mails)
    }

    /// Chooses what the caller is mailed.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn choose_mails(&self, caller: &Caller, mails: Mails) -> Result<(), NotDone> {
        caller.may(Operation::ChooseMails)?;
        let (company, user, by) = (caller.company(), caller.user(), caller.by());
        self.change_people((company, &by), user, None, |people| {
            people.get_mut(user).ok_or_else(nobody)?.mails = Some(mails);
            Ok(Change::Stays)
        })
        .await
    }

    /// Enters the address of the company's channel in Slack; none: it has no channel any longer. The address is a secret:
    /// nobody is shown it again.
    ///
    /// # Errors
    /// [`Declined::NotUsable`] when it is no address of Slack, or when the store of secrets does not answer.
    pub async fn enter_channel(
        &self,
        caller: &Caller,
        address: Option<&str>,
    ) -> Result<(), NotDone> {
        caller.may(Operation::ChangeSettings)?;
        let address = address.map(SlackAddress::parse).transpose();
        let address = address.map_err(|_| {
            let words = "That is no address of a channel: copy the Webhook URL from the page of your app in Slack. It begins with https://hooks.slack.com/services/.";
            Declined::not_usable("channel", words)
        })?;
        let company = caller.company();
        self.books(company).await?;
        let text = SlackAddress::to_text(address.as_ref());
        let text = text.map_err(|error| Stop::Broken(error.into()))?;
        let world = self.engine.world();
        let name = SlackAddress::secret(&self.engine.config().secret_prefix, company);
        let version = world.chance().uuid().to_string();
        let written = world.secrets().write(&name, &version, text).await;
        written.map_err(|error| Stop::Broken(error.into()))?;
        let what = match address {
            Some(_) => "a channel in Slack is told of alerts",
            None => "no channel in Slack is told of alerts",
        };
        self.engine.note_choice(company, &caller.by(), what).await
    }
}

//! Who may see a company: seen and changed by its admins, and for the first of them by whoever may write the table.

use std::collections::BTreeMap;

use hcp::CompanyId;
use jiff::Timestamp;
use ports::{Chance, Clock, Directory, DirectoryError};
use store::{
    ActKind, By, CompaniesOf, Connection, FieldChange, Mails, People, Person, Role, Stored, Table,
    UserId, Write, WriteError, read,
};
use sync::{Declined, NotDone, Stop, World};

use crate::{Caller, Office, Operation, who::described};

/// The people of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleView {
    /// Which state of the list this is: what is changed is changed on top of it.
    pub version: u64,
    /// Each of them.
    pub people: Vec<PersonView>,
}

/// One of the people of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// Who.
    pub user: UserId,
    /// Their mail address.
    pub mail: String,
    /// What they may do.
    pub role: Role,
    /// Since when they are there.
    pub since: Timestamp,
    /// What they are told by mail.
    pub mails: Mails,
}

/// So many people has a company at most: they are in one record.
const MOST_PEOPLE: usize = 100;

/// Companies that one person is in at most: they are read at once.
const MOST_COMPANIES: usize = 100;

/// Rounds of a change on top of what others change meanwhile.
const ROUNDS: u32 = 10;

/// What becomes of a person.
pub(crate) enum Change {
    Enters,
    Stays,
    Leaves,
}

impl<W: World> Office<W> {
    pub(crate) fn table(&self) -> &W::Table {
        self.engine.world().table()
    }

    /// The people of the caller's company.
    ///
    /// # Errors
    /// [`Declined::NotAllowed`], or when the table does not answer.
    pub async fn people(&self, caller: &Caller) -> Result<PeopleView, NotDone> {
        caller.may(Operation::SeePeople)?;
        self.people_of(caller.company()).await
    }

    /// The same for whoever may read the table, who is asked for no role: the command with AWS rights.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn people_of(&self, company: &CompanyId) -> Result<PeopleView, NotDone> {
        let stored = self.stored_people(company).await?;
        let people = stored.value.people;
        Ok(PeopleView {
            version: stored.version.unwrap_or_default(),
            people: people.into_iter().map(view).collect(),
        })
    }

    /// Makes somebody one of the people of the caller's company. Who cannot sign in yet is told by mail how to.
    ///
    /// # Errors
    /// [`Declined`] when the address is none, or they are there already.
    pub async fn invite(
        &self,
        caller: &Caller,
        directory: &impl Directory,
        mail: &str,
        role: Role,
    ) -> Result<PersonView, NotDone> {
        caller.may(Operation::ChangePeople)?;
        let (company, by) = (caller.company(), caller.by());
        self.appoint(company, &by, directory, mail, role).await
    }

    /// The same for whoever may write the table, who is asked for no role: so the first admin is made.
    ///
    /// # Errors
    /// As [`Self::invite`].
    pub async fn appoint(
        &self,
        company: &CompanyId,
        by: &By,
        directory: &impl Directory,
        mail: &str,
        role: Role,
    ) -> Result<PersonView, NotDone> {
        let mail = address(mail)?;
        // Looked up first: nobody is told by mail of what is refused then.
        let people = self.stored_people(company).await?.value.people;
        if let Some(known) = people.values().find(|known| known.mail == mail) {
            return Err(already(known).into());
        }
        let user = directory.invite(&mail).await.map_err(not_invited)?;
        let user = UserId::parse(&user).map_err(|error| Stop::Broken(error.into()))?;
        let new = Person {
            mail,
            role,
            since: self.engine.world().clock().now(),
            mails: None,
        };
        self.change_people((company, by), &user, None, |people| {
            if let Some(known) = people.get(&user) {
                return Err(already(known));
            }
            if people.len() >= MOST_PEOPLE {
                let words =
                    format!("A company has {MOST_PEOPLE} people at most: remove somebody first.");
                return Err(Declined::not_usable("person", words));
            }
            people.insert(user.clone(), new.clone());
            Ok(Change::Enters)
        })
        .await?;
        Ok(view((user, new)))
    }

    /// Makes something else of one of the people of the caller's company. `seen`: the version of the list on top of which
    /// it is done.
    ///
    /// # Errors
    /// [`Declined`] when there is no such person, when it is the last admin, or when the list is another by now.
    pub async fn change_role(
        &self,
        caller: &Caller,
        user: &UserId,
        role: Role,
        seen: Option<u64>,
    ) -> Result<PeopleView, NotDone> {
        caller.may(Operation::ChangePeople)?;
        self.change_people((caller.company(), &caller.by()), user, seen, |people| {
            let one = people.get_mut(user).ok_or_else(nobody)?;
            one.role = role;
            Ok(Change::Stays)
        })
        .await?;
        self.people_of(caller.company()).await
    }

    /// Takes somebody off the people of the caller's company; that ends all they may do there at once. They can go on
    /// signing in, and then see the other companies that they are in.
    ///
    /// # Errors
    /// As [`Self::change_role`].
    pub async fn remove_person(
        &self,
        caller: &Caller,
        user: &UserId,
        seen: Option<u64>,
    ) -> Result<(), NotDone> {
        caller.may(Operation::ChangePeople)?;
        let (company, by) = (caller.company(), caller.by());
        self.dismiss_person(company, &by, user, seen).await
    }

    /// The same for whoever may write the table, who is asked for no role.
    ///
    /// # Errors
    /// As [`Self::change_role`].
    pub async fn dismiss_person(
        &self,
        company: &CompanyId,
        by: &By,
        user: &UserId,
        seen: Option<u64>,
    ) -> Result<(), NotDone> {
        self.change_people((company, by), user, seen, |people| {
            people.remove(user).ok_or_else(nobody)?;
            Ok(Change::Leaves)
        })
        .await
    }

    async fn stored_people(&self, company: &CompanyId) -> Result<Stored<People>, NotDone> {
        let key = People::key(company);
        let stored = read::<People>(self.table(), &key).await?;
        Ok(stored.unwrap_or_else(|| Stored::new(key, People::default())))
    }

    /// Changes the people of a company, where the person finds it again, and tells the log of it: all or nothing. An admin
    /// stays.
    pub(crate) async fn change_people(
        &self,
        (company, by): (&CompanyId, &By),
        user: &UserId,
        seen: Option<u64>,
        change: impl Fn(&mut BTreeMap<UserId, Person>) -> Result<Change, Declined>,
    ) -> Result<(), NotDone> {
        for _ in 0..ROUNDS {
            let mut people = self.stored_people(company).await?;
            if seen.is_some_and(|seen| people.version != Some(seen)) {
                let words = "The list of people was changed meanwhile: look at it again.";
                return Err(Declined::changed("people", words).into());
            }
            let was_last = people.value.is_last_admin(user);
            let before = people.value.people.get(user).cloned();
            let changed = change(&mut people.value.people)?;
            if was_last && !people.value.is_last_admin(user) {
                let words =
                    "This is the last admin of the company: make somebody else an admin first.";
                return Err(Declined::held_by("admin", user, words).into());
            }
            let told = told(before.as_ref(), people.value.people.get(user));
            let mut writes = vec![people.put()?];
            writes.extend(self.entry_of_people(company, by, told).await?);
            let key = CompaniesOf::key(user);
            let known = read::<CompaniesOf>(self.table(), &key).await?;
            let mut known = known.unwrap_or_else(|| Stored::new(key, CompaniesOf::default()));
            let moves = match changed {
                Change::Enters => known.value.companies.insert(company.clone()),
                Change::Leaves => known.value.companies.remove(company),
                Change::Stays => false,
            };
            if known.value.companies.len() > MOST_COMPANIES {
                let words = format!("One person can be in {MOST_COMPANIES} companies at most.");
                return Err(Declined::not_usable("person", words).into());
            }
            if moves {
                writes.push(known.put()?);
            }
            let writer = self.engine.world().chance().uuid();
            match self.table().write(writer, writes).await {
                Ok(()) => return Ok(()),
                Err(WriteError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Stop::PlanAgain("the list of people".to_owned()).into())
    }
}

impl<W: World> Office<W> {
    /// What the log of the company is told; nothing where it is not connected yet, and has none.
    async fn entry_of_people(
        &self,
        company: &CompanyId,
        by: &By,
        told: Vec<FieldChange>,
    ) -> Result<Option<Write>, NotDone> {
        let connection = read::<Connection>(self.table(), &Connection::key(company)).await?;
        if connection.is_none() {
            return Ok(None);
        }
        let what = ActKind::ChangedPeople;
        let entry = self.engine.entry_of_act(company, by, what, told).await?;
        Ok(Some(entry))
    }
}

/// What the log tells of a person, as they were and as they are.
fn told(before: Option<&Person>, after: Option<&Person>) -> Vec<FieldChange> {
    // Whose role stays has chosen what they are mailed.
    let is_mails = before.map(|one| one.role) == after.map(|one| one.role);
    let said = |person: &Person| match is_mails {
        true => mailed(person.mails()).to_owned(),
        false => described(person.role).to_owned(),
    };
    let known = before.or(after);
    let change = known.map(|person| FieldChange {
        field: person.mail.clone(),
        before: before.map(said),
        after: after.map(said),
    });
    change.into_iter().collect()
}

/// What somebody is mailed, in words.
fn mailed(mails: Mails) -> &'static str {
    match mails {
        Mails::Everything => "mailed new alerts and the digest",
        Mails::Digest => "mailed the digest",
        Mails::Nothing => "mailed nothing",
    }
}

fn view((user, person): (UserId, Person)) -> PersonView {
    PersonView {
        user,
        role: person.role,
        since: person.since,
        mails: person.mails(),
        mail: person.mail,
    }
}

/// A mail address as it is compared: without spaces around it, in small letters.
fn address(text: &str) -> Result<String, Declined> {
    let mail = text.trim().to_ascii_lowercase();
    let is_plain = |c: char| c.is_ascii_graphic() && !"\"(),:;<>[\\]".contains(c);
    let parts = mail.split_once('@');
    let is_mail = mail.len() <= 254
        && mail.chars().all(is_plain)
        && parts.is_some_and(|(name, domain)| {
            let labels = domain.split('.');
            !name.is_empty()
                && domain.contains('.')
                && !domain.contains('@')
                && labels.into_iter().all(|label| !label.is_empty())
        });
    match is_mail {
        true => Ok(mail),
        false => Err(not_an_address()),
    }
}

fn not_an_address() -> Declined {
    let words = "That is no mail address that somebody can sign in with: is it typed right?";
    Declined::not_usable("mail", words)
}

fn already(known: &Person) -> Declined {
    let words = format!(
        "{} is one of the people already: change what they may do.",
        known.mail
    );
    Declined::held_by("person", &known.mail, words)
}

pub(crate) fn nobody() -> Declined {
    let words = "There is no such person in this company.";
    Declined::no_such("person", &"", words)
}

fn not_invited(error: DirectoryError) -> NotDone {
    match error {
        DirectoryError::Mail(_) => not_an_address().into(),
        DirectoryError::Failed(_) => Stop::Broken(error.into()).into(),
    }
}

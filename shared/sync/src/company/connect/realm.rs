//! The books of one company in QuickBooks are filled by one company in Housecall Pro.

use hcp::CompanyId;
use qbo::RealmId;
use store::{Connection, RealmOwner, Stored, Write, read};

use super::ConnectError;
use crate::{engine::Engine, stop::Stop, world::World};

impl<W: World> Engine<W> {
    /// What is written with the connection so that the company in QuickBooks is this one's, and the one that it leaves is
    /// nobody's. Two that want the same one at the same moment write the same record: one of them is told to try again.
    ///
    /// # Errors
    /// [`ConnectError::RealmTaken`].
    pub(super) async fn claim_realm(
        &self,
        company: &CompanyId,
        realm: &RealmId,
        left: Option<&RealmId>,
    ) -> Result<Vec<Write>, ConnectError> {
        // Also those that were connected before owners were noted.
        let companies = self.companies().await?;
        let is_others = |one: &Connection| one.company != *company && one.realm == *realm;
        if companies.iter().any(is_others) {
            return Err(ConnectError::RealmTaken);
        }
        let mut writes = Vec::new();
        let owner = RealmOwner {
            company: company.clone(),
        };
        match self.owner(realm).await? {
            None => {
                let new = Stored::new(RealmOwner::key(realm), owner);
                writes.push(new.put().map_err(Stop::from)?);
            }
            Some(known) if known.value == owner => {}
            // Whoever has it without a connection to it does not have it any more.
            Some(mut known) => {
                known.value = owner;
                writes.push(known.put().map_err(Stop::from)?);
            }
        }
        if let Some(left) = left.filter(|left| *left != realm)
            && let Some(known) = self.owner(left).await?
            && known.value.company == *company
        {
            writes.push(Write::Delete {
                expect: known.expect(),
                key: known.key,
            });
        }
        Ok(writes)
    }

    async fn owner(&self, realm: &RealmId) -> Result<Option<Stored<RealmOwner>>, Stop> {
        Ok(read(self.world.table(), &RealmOwner::key(realm)).await?)
    }
}

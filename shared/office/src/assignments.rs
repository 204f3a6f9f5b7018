//! What people say of items, of lines and of customers: where an item is booked, which item lines stand for, whom a customer is.

use sync::{
    Declined, NotDone, World,
    work::orders::{Assignment, AssignmentStatus},
};
use uuid::Uuid;

use crate::{Caller, Office, Operation};

impl<W: World> Office<W> {
    /// Has it entered, and sent to QuickBooks where it changes something there: what comes of it is told under the id.
    ///
    /// # Errors
    /// [`Declined`] when nothing is said, or too much at once; or something of it can never be.
    pub async fn assign(
        &self,
        caller: &Caller,
        id: Uuid,
        assignments: Vec<Assignment>,
    ) -> Result<(), NotDone> {
        for assignment in &assignments {
            caller.may(match assignment {
                Assignment::Account { .. } | Assignment::Line { .. } => Operation::MapItems,
                Assignment::Customer { .. } => Operation::MatchCustomers,
                Assignment::Read => Operation::Pull,
            })?;
        }
        let (company, by) = (caller.company(), caller.by());
        let ordered = self.engine.order_assignments(company, id, &by, assignments);
        ordered.await
    }

    /// What became of it, one by one.
    ///
    /// # Errors
    /// [`Declined::NoSuch`] when nothing was said under the id.
    pub async fn assigned(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Vec<AssignmentStatus>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let told = self.engine.assignment_status(caller.company(), id).await?;
        match told.is_empty() {
            true => {
                let words = "Nothing was asked for under this id.";
                Err(Declined::no_such("assignment", &id, words).into())
            }
            false => Ok(told),
        }
    }
}

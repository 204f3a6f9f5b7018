//! Customers whom a person has pushed (U1): what of one is otherwise in Housecall Pro goes to QuickBooks at once.

use mapping::customer::given_name;
use store::{ActKind, By, Stored};

use super::{Answer, Order, end};
use crate::{ctx::Ctx, declined::NotDone, engine::Engine, history::Acting, world::World};

impl<W: World> Engine<W> {
    /// Whoever dies in between does it once more: then nothing of the customer is otherwise any more.
    pub(super) async fn push_ordered_customer(
        &self,
        cx: &Ctx,
        order: &Stored<Order>,
        called: &str,
        by: &By,
    ) -> Result<(), NotDone> {
        let called: Vec<&str> = called.split_whitespace().collect();
        let customer = self.customer_called(cx, &called.join(" ")).await?;
        self.push_customer(cx, &customer).await?;
        let act = Acting::new(by, ActKind::Pushed).about(&customer.id);
        let act = act.told(given_name(&customer));
        let mut answered = order.clone();
        end(&mut answered, Answer::Settled);
        let writes = vec![answered.put()?, act.write(&self.world, &cx.books)?];
        Ok(self.put(writes).await?)
    }
}

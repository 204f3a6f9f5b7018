//! Customers and items that a person has pushed (U1): what QuickBooks lacks of them goes there at once.

use mapping::customer::given_name;
use store::{ActKind, By, Stored};

use super::{Answer, Named, Order, end};
use crate::{
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    world::World,
};

impl<W: World> Engine<W> {
    /// Whoever dies in between does it once more: then QuickBooks lacks nothing of it any more.
    pub(super) async fn push_ordered_record(
        &self,
        cx: &Ctx,
        order: &Stored<Order>,
        named: &Named,
        by: &By,
    ) -> Result<(), NotDone> {
        let act = Acting::new(by, ActKind::Pushed);
        let act = match named {
            Named::Customer(called) => {
                let customer = self.customer_called(cx, &in_one_line(called)).await?;
                self.push_customer(cx, &customer).await?;
                act.about(&customer.id).told(given_name(&customer))
            }
            Named::Item(called) => {
                let (id, name) = self.push_item(cx, &in_one_line(called)).await?;
                act.about(&id).told(name)
            }
            Named::Job(_) => {
                let words = "a job is pushed with its record";
                return Err(Declined::not_usable("order", words).into());
            }
        };
        let mut answered = order.clone();
        end(&mut answered, Answer::Settled);
        let writes = vec![answered.put()?, act.write(&self.world, &cx.books)?];
        Ok(self.put(writes).await?)
    }
}

fn in_one_line(called: &str) -> String {
    let words: Vec<&str> = called.split_whitespace().collect();
    words.join(" ")
}

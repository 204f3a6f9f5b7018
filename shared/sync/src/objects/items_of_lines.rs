//! The items that the lines of an invoice use, each once.

use mapping::{BilledLine, ExtraAccount, Goods, SlotName, invoice, item::extra::Extra};
use sha2::{Digest, Sha256};
use store::{Key, LineName, Stored, read_many};

use crate::{ctx::Ctx, engine::Engine, job::parts::UsedItem, stop::Stop, world::World};

/// The items, and for each line which of them it uses. `named` is what the name of each line stands for.
pub(crate) fn uses(
    cx: &Ctx,
    lines: &[BilledLine],
    named: &[Option<Stored<LineName>>],
) -> (Vec<UsedItem>, Vec<usize>) {
    let accounts = &cx.connection.accounts;
    let mut uses: Vec<UsedItem> = Vec::new();
    let mut line_items = Vec::new();
    for (line, named) in lines.iter().zip(named) {
        let name = match (&line.goods, named) {
            (Goods::Service(id) | Goods::Material(id), _) => SlotName::item(id),
            (Goods::NotInPriceBook, Some(named)) => named.value.item.clone(),
            (Goods::NotInPriceBook | Goods::DepositOffSales, _) => SlotName::sales_item(),
            (Goods::Deposit, _) => SlotName::deposit_item(ExtraAccount::Income),
            (Goods::HeldDeposit, _) => SlotName::deposit_item(ExtraAccount::Liability),
            (Goods::Discount, _) => SlotName::discount_item(),
            (Goods::Tip, _) => SlotName::tips_item(),
            (Goods::Surcharge, _) => SlotName::surcharge_item(),
            (Goods::Rounding, _) => SlotName::rounding_item(),
        };
        let index = uses.iter().position(|used| used.name == name);
        line_items.push(index.unwrap_or(uses.len()));
        let typed = line.goods == Goods::NotInPriceBook;
        if let Some(used) = index.and_then(|index| uses.get_mut(index)) {
            used.typed &= typed;
        }
        if index.is_none() {
            let expense = accounts.expense.as_ref().map(|account| &account.id);
            let own = name.is_line_item();
            let income = match line.goods {
                // As one discount for the whole invoice is booked.
                Goods::Discount => cx.connection.preferences.discount_account.as_ref(),
                _ => None,
            };
            let income = income.unwrap_or(&accounts.income.id);
            uses.push(UsedItem {
                wanted: if own {
                    mapping::item::own(&line.name, income)
                } else {
                    mapping::item::wanted(line, income, expense)
                },
                given: if own {
                    line.name.clone()
                } else {
                    mapping::item::given_name(line).to_owned()
                },
                material: match &line.goods {
                    Goods::Material(id) => Some(id.clone()),
                    _ => None,
                },
                category: None,
                typed,
                extra: Extra::of(&line.goods),
                rebook: None,
                name,
            });
        }
    }
    (uses, line_items)
}

/// What the names of lines stand for that are not in the price book, line by line (L5). On an invoice that is
/// there already they stand for what they stood for when it was written.
pub(crate) async fn line_names<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    lines: &[BilledLine],
    invoice: &invoice::Memory,
) -> Result<Vec<Option<Stored<LineName>>>, Stop> {
    let key = |line: &BilledLine| cx.books.line_name(&digest(&line.name));
    let mut keys: Vec<Key> = lines
        .iter()
        .filter(|line| line.goods == Goods::NotInPriceBook)
        .map(key)
        .collect();
    keys.sort();
    keys.dedup();
    let known = read_many::<LineName>(engine.world.table(), &keys).await?;
    Ok(lines
        .iter()
        .map(|line| {
            (line.goods == Goods::NotInPriceBook).then(|| {
                let key = key(line);
                let known = known.iter().flatten().find(|known| known.key == key);
                let mut named = known.cloned().unwrap_or_else(|| {
                    Stored::new(key, LineName::new(&line.name, SlotName::sales_item()))
                });
                if let Some(before) = invoice.typed.get(&digest(&line.name)) {
                    named.value.item = before.clone();
                }
                named
            })
        })
        .collect())
}

/// Names can be longer than a key.
pub(crate) fn digest(name: &str) -> String {
    hex::encode(Sha256::digest(mapping::normalised(name)))
}

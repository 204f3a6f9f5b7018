//! Links between documents: what payments are applied to, and what lies in a deposit.

use rust_decimal::Decimal;

use super::{Author, Change, Env, posting};
use crate::{
    fault::Refusal,
    json::{Json, Object, amount},
    options::UnlinkedMoney,
    store::{Books, Row, reference},
};

/// What a payment can be applied to here: the word in the link, the entity.
const APPLICABLE: &[(&str, &str)] = &[
    ("Invoice", "Invoice"),
    ("CreditMemo", "CreditMemo"),
    ("JournalEntry", "JournalEntry"),
    ("Expense", "Purchase"),
    ("Check", "Purchase"),
];

/// Entities whose documents add to what a payment can pay. A journal entry does with what it credits.
const CREDITS: &[&str] = &["CreditMemo", "JournalEntry"];

/// The entity of the documents that a link calls by this word.
pub(crate) fn entity_of(word: &str) -> Option<&'static str> {
    let known = APPLICABLE.iter().find(|(known, _)| *known == word);
    known.map(|(_, entity)| *entity)
}

/// A part of a payment that pays what is owed, or uses a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) entity: &'static str,
    pub(crate) id: u64,
    pub(crate) amount: Decimal,
}

impl Application {
    /// Which way it goes on accounts receivable: a paid invoice is credited, a used credit debited.
    pub(crate) fn sign(&self) -> Decimal {
        sign(self.entity)
    }
}

fn sign(entity: &str) -> Decimal {
    if CREDITS.contains(&entity) {
        Decimal::ONE
    } else {
        -Decimal::ONE
    }
}

/// The document that something is applied to, when it is there and a link calls it so.
pub(crate) fn document<'b>(
    books: &'b Books,
    applied: &Application,
    word: &str,
) -> Option<&'b Object> {
    let row = books.row(applied.entity, applied.id)?;
    let is_called_so = self::word(applied.entity, &row.object) == word;
    (!row.deleted && is_called_so).then_some(&row.object)
}

/// What a link calls a document.
pub(crate) fn word(entity: &'static str, document: &Object) -> &'static str {
    match (entity, document.text("PaymentType")) {
        ("Purchase", Some("Check")) => "Check",
        ("Purchase", _) => "Expense",
        _ => entity,
    }
}

/// Who owes by a document, or has the credit, when this customer's payment is applied to it.
pub(crate) fn debtor(entity: &str, document: &Object, payer: Option<u64>) -> Option<u64> {
    match entity {
        "JournalEntry" => payer,
        "Purchase" if document.text("EntityRef.type") == Some("Customer") => {
            reference(document, "EntityRef")
        }
        "Purchase" => None,
        _ => reference(document, "CustomerRef"),
    }
}

/// What a document has open for its debtor.
pub(crate) fn open(
    books: &Books,
    applied: &Application,
    document: &Object,
    debtor: Option<u64>,
) -> Decimal {
    // Sales forms keep count themselves.
    if let Some(balance) = document.decimal("Balance") {
        return balance;
    }
    let Some(debtor) = debtor else {
        return Decimal::ZERO;
    };
    let (entity, id) = (applied.entity, applied.id);
    applicable(books, entity, document, debtor) - used(books, entity, id, document, debtor)
}

/// What payments of one customer can be applied to in all.
fn applicable(books: &Books, entity: &str, document: &Object, debtor: u64) -> Decimal {
    let owed = posting::owed(books, entity, document, debtor);
    (-sign(entity) * owed).max(Decimal::ZERO)
}

/// What payments have applied to a document, as far as it is one customer's.
fn used(books: &Books, entity: &str, id: u64, document: &Object, customer: u64) -> Decimal {
    let payments = linked(document, "Payment").into_iter();
    payments
        .filter_map(|payment| books.row("Payment", payment))
        .filter(|row| {
            let payer = reference(&row.object, "CustomerRef");
            debtor(entity, document, payer) == Some(customer)
        })
        .flat_map(|row| applications(&row.object))
        .filter(|applied| (applied.entity, applied.id) == (entity, id))
        .map(|applied| applied.amount)
        .sum()
}

/// A journal entry or an expense must keep what payments use of it.
pub(crate) fn keeps_what_is_used(books: &Books, change: &Change) -> Result<(), Refusal> {
    let (entity, old) = (change.entity.name, &change.old);
    for payment in linked(old, "Payment") {
        let payer = books
            .row("Payment", payment)
            .and_then(|row| reference(&row.object, "CustomerRef"));
        if let Some(debtor) = debtor(entity, old, payer)
            && applicable(books, entity, &change.new, debtor)
                < used(books, entity, change.id, old, debtor)
        {
            return Err(Refusal::not_covered(
                "taking away what a payment uses of this: unlink the payment first",
            ));
        }
    }
    Ok(())
}

/// What the lines of a payment are applied to.
pub(crate) fn applications(payment: &Object) -> impl DoubleEndedIterator<Item = Application> {
    let lines = payment.list("Line").iter().filter_map(Json::as_object);
    lines.filter_map(application)
}

/// What one line of a payment is applied to.
pub(crate) fn application(line: &Object) -> Option<Application> {
    let kind = line.text("LinkedTxn.0.TxnType")?;
    Some(Application {
        entity: entity_of(kind)?,
        id: line.text("LinkedTxn.0.TxnId")?.parse().ok()?,
        amount: line.decimal("Amount")?,
    })
}

/// What of a payment's total is not applied; used credits add to what can be.
pub(crate) fn unapplied(payment: &Object) -> Decimal {
    let total = payment.decimal("TotalAmt").unwrap_or_default();
    applications(payment).fold(total, |rest, applied| {
        rest + applied.sign() * applied.amount
    })
}

/// Puts one payment's applications in the place of its former ones: balances and links of the documents
/// follow.
pub(crate) fn apply(books: &mut Books, env: &Env<'_>, payment: u64, old: &Object, new: &Object) {
    let mut changes: Vec<Application> = Vec::new();
    let signed = |document: &Object, sign: Decimal| -> Vec<Application> {
        applications(document)
            .map(|applied| Application {
                amount: sign * applied.amount,
                ..applied
            })
            .collect()
    };
    for applied in signed(old, -Decimal::ONE)
        .into_iter()
        .chain(signed(new, Decimal::ONE))
    {
        match changes
            .iter_mut()
            .find(|known| known.entity == applied.entity && known.id == applied.id)
        {
            Some(known) => known.amount += applied.amount,
            None => changes.push(applied),
        }
    }
    for change in changes {
        let is_linked = applications(new)
            .any(|applied| applied.entity == change.entity && applied.id == change.id);
        let was_linked = applications(old)
            .any(|applied| applied.entity == change.entity && applied.id == change.id);
        if change.amount.is_zero() && is_linked == was_linked {
            continue;
        }
        books.change_linked(change.entity, change.id, |row| {
            pay(row, change.amount);
            link(&mut row.object, "Payment", payment, is_linked);
            touch(row, env);
        });
    }
}

/// Takes an amount off what is open of an invoice or a credit.
fn pay(row: &mut Row, by: Decimal) {
    for field in ["Balance", "RemainingCredit"] {
        if let Some(open) = row.object.decimal(field) {
            row.object.set(field, amount(open - by));
        }
    }
}

/// A document that another one's change has changed.
pub(crate) fn touch(row: &mut Row, env: &Env<'_>) {
    row.updated = env.now;
    if env.doubts.links_move_token {
        row.token += 1;
    }
}

/// Adds a link to a document's own list of them, or takes it out.
pub(crate) fn link(document: &mut Object, kind: &str, id: u64, is_linked: bool) {
    let id = id.to_string();
    let mut links: Vec<Json> = document
        .list("LinkedTxn")
        .iter()
        .filter(|link| link.text("TxnType") != Some(kind) || link.text("TxnId") != Some(&id))
        .cloned()
        .collect();
    if is_linked {
        let link = Object::new().with("TxnId", id).with("TxnType", kind);
        links.push(link.into());
    }
    document.set("LinkedTxn", links);
}

/// Ids of the linked documents of one kind.
pub(crate) fn linked(document: &Object, kind: &str) -> Vec<u64> {
    document
        .list("LinkedTxn")
        .iter()
        .filter(|link| link.text("TxnType") == Some(kind))
        .filter_map(|link| link.text("TxnId")?.parse().ok())
        .collect()
}

/// 6540 for a document that lies in a deposit: the deposit must go first.
pub(crate) fn not_deposited(change: &Change) -> Result<(), Refusal> {
    if linked(&change.old, "Deposit").is_empty() {
        Ok(())
    } else {
        Err(Refusal::deposited())
    }
}

/// What was paid of an invoice, or used of a credit, before a change; nothing of other documents.
pub(crate) fn applied(change: &Change) -> Decimal {
    let amount = |field| change.old.decimal(field).unwrap_or_default();
    if matches!(change.entity.name, "Invoice" | "CreditMemo") {
        amount("TotalAmt") - amount("Balance")
    } else {
        Decimal::ZERO
    }
}

/// Refuses an app what would leave a payment with more than its invoice has, when the books are set so. In
/// the browser the payment keeps the rest.
pub(crate) fn may_unapply(
    change: &Change,
    choice: UnlinkedMoney,
    what: &str,
) -> Result<(), Refusal> {
    if choice == UnlinkedMoney::Refuse && change.author == Author::App {
        return Err(Refusal::business(&format!(
            "{what} because it is linked to a payment. Unlink the payment first."
        )));
    }
    Ok(())
}

/// Takes back so much of what payments have paid of an invoice, from the latest payment first. It stays with
/// the payments as not applied, or with the credits that they used.
pub(crate) fn release(books: &mut Books, env: &Env<'_>, invoice: u64, excess: Decimal) {
    let mut payments = books
        .row("Invoice", invoice)
        .map(|row| linked(&row.object, "Payment"))
        .unwrap_or_default();
    payments.sort_unstable();
    let mut left = excess;
    while let Some(payment) = payments.pop()
        && !left.is_zero()
    {
        let Some(row) = books.row("Payment", payment) else {
            continue;
        };
        let before = row.object.clone();
        let mut after = before.clone();
        left -= cut(&mut after, "Invoice", Some(invoice), left);
        let total = after.decimal("TotalAmt").unwrap_or_default();
        let mut spare = (unapplied(&after) - total).max(Decimal::ZERO);
        for credit in CREDITS {
            spare -= cut(&mut after, credit, None, spare);
        }
        after.set("UnappliedAmt", amount(unapplied(&after)));
        let is_linked = applications(&after)
            .any(|applied| applied.entity == "Invoice" && applied.id == invoice);
        // The invoice's own balance is already what it will be.
        let without_invoice = |payment: &Object| {
            let mut payment = payment.clone();
            cut(&mut payment, "Invoice", Some(invoice), Decimal::MAX);
            payment
        };
        apply(
            books,
            env,
            payment,
            &without_invoice(&before),
            &without_invoice(&after),
        );
        books.adjust("Invoice", invoice, |row| {
            link(&mut row.object, "Payment", payment, is_linked);
        });
        books.change_linked("Payment", payment, |row| {
            row.object = after;
            touch(row, env);
        });
        posting::post(books, env, "Payment", payment, &before);
    }
}

/// Lowers the lines of a payment that are applied to one document, or to all of a kind, from the last line
/// up; gives how much that came to.
fn cut(payment: &mut Object, entity: &str, id: Option<u64>, most: Decimal) -> Decimal {
    let mut lines = payment.list("Line").to_vec();
    let mut left = most;
    for line in lines.iter_mut().rev() {
        let is_meant = line.text("LinkedTxn.0.TxnType") == Some(entity)
            && id.is_none_or(|id| line.text("LinkedTxn.0.TxnId") == Some(&id.to_string()));
        if let Json::Object(line) = line
            && is_meant
        {
            let applied = line.decimal("Amount").unwrap_or_default();
            let by = applied.min(left);
            left -= by;
            line.set("Amount", amount(applied - by));
        }
    }
    lines.retain(|line| line.decimal("Amount").is_some_and(|left| !left.is_zero()));
    payment.set("Line", lines);
    most - left
}

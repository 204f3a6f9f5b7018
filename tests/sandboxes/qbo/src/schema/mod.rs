//! What QuickBooks' objects look like, as data: fields, types, limits, references, who may write them.
//!
//! A new entity is a table of fields here, a `complete` function in [`crate::rules`], and a line in
//! [`ENTITIES`].

mod classes;
mod company;
mod customer;
mod deposit;
mod item;
mod journal;
mod lists;
mod payment;
mod purchase;
mod sales;
mod shared;
mod tax;

use crate::{
    fault::Refusal,
    rules::{Change, Env},
    store::Books,
};

pub(crate) use tax::SERVICE as TAX_SERVICE;

/// Every entity that the sandbox covers.
pub(crate) static ENTITIES: &[&Entity] = &[
    &company::COMPANY_INFO,
    &company::PREFERENCES,
    &classes::CLASS,
    &classes::DEPARTMENT,
    &classes::PAYMENT_METHOD,
    &lists::ACCOUNT,
    &customer::CUSTOMER,
    &lists::VENDOR,
    &lists::EMPLOYEE,
    &item::ITEM,
    &lists::TERM,
    &sales::ESTIMATE,
    &sales::INVOICE,
    &sales::SALES_RECEIPT,
    &sales::CREDIT_MEMO,
    &sales::REFUND_RECEIPT,
    &payment::PAYMENT,
    &purchase::PURCHASE,
    &deposit::DEPOSIT,
    &journal::JOURNAL_ENTRY,
    &tax::AGENCY,
    &tax::RATE,
    &tax::CODE,
];

/// Entities of QuickBooks that the sandbox does not cover.
static UNCOVERED: &[&str] = &[
    "Attachable",
    "Bill",
    "BillPayment",
    "Budget",
    "CompanyCurrency",
    "CreditCardPayment",
    "CustomerType",
    "Entitlements",
    "ExchangeRate",
    "InventoryAdjustment",
    "JournalCode",
    "PurchaseOrder",
    "RecurringTransaction",
    "ReimburseCharge",
    "TaxClassification",
    "TaxPayment",
    "TaxService",
    "TimeActivity",
    "Transfer",
    "VendorCredit",
];

/// Fields that every object has and the system keeps.
pub(crate) const SYSTEM_FIELDS: &[&str] =
    &["domain", "sparse", "status", "Id", "SyncToken", "MetaData"];

/// One kind of object.
pub(crate) struct Entity {
    /// Name in JSON and in queries (`Invoice`).
    pub(crate) name: &'static str,
    /// Fields.
    pub(crate) shape: Shape,
    /// What kind of life it has.
    pub(crate) family: Family,
    /// The series that its ids come from; several entities can share one.
    pub(crate) series: &'static str,
    /// The field that people know it by, indexed: a name or a document number.
    pub(crate) key: Option<&'static str>,
    /// Applies the rules of the books and fills in what the system fills in.
    pub(crate) complete: fn(&mut Books, &Env<'_>, &mut Change) -> Result<(), Refusal>,
    /// Carries a change over to other objects.
    pub(crate) effect: fn(&mut Books, &Env<'_>, &Change),
}

/// The life of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// An entry of a list: made inactive instead of deleted, its name unique over `rivals`.
    List {
        /// Entities that share the name space.
        rivals: &'static [&'static str],
        /// What the texts call an entry of that name space.
        rival: &'static str,
    },
    /// A transaction: can be voided and deleted.
    Transaction,
    /// One object for the company, that the sandbox does not let anyone write.
    Singleton,
}

/// The fields of an object.
pub(crate) struct Shape {
    /// Name of the type in Intuit's schema.
    pub(crate) class: &'static str,
    /// Fields in the order they are printed.
    pub(crate) fields: &'static [Field],
}

/// One field.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) access: Access,
    pub(crate) required: bool,
    pub(crate) queryable: bool,
    pub(crate) default: Preset,
    /// What error texts call it, when not by its path.
    pub(crate) label: Option<&'static str>,
}

/// The type of a field.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Text up to so many UTF-16 units.
    Text(usize),
    /// An e-mail address, or several with commas.
    Email(usize),
    /// `true` or `false`.
    Bool,
    /// Money: printed with two decimals.
    Amount,
    /// A price, a quantity, a percentage: printed in its shortest form.
    Number,
    /// A whole number in a range.
    Whole(i64, i64),
    /// A day.
    Date,
    /// One of some words.
    OneOf(&'static [&'static str]),
    /// A reference.
    Reference(Target),
    /// An object.
    Object(&'static Shape),
    /// An array of objects.
    List(&'static Shape),
    /// Known to QuickBooks, not covered here: anything that is not empty is refused.
    Uncovered,
    /// The system's own; whatever is sent is ignored.
    Ignored,
}

/// What a reference points to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// An object of an entity.
    Entity(&'static str),
    /// An object of an entity whose name is not printed.
    Nameless(&'static str),
    /// The home currency.
    Currency,
    /// The pseudo tax codes TAX and NON.
    LineTaxCode,
    /// The tax code of a whole document.
    TxnTaxCode,
    /// Any text.
    FreeText,
}

/// Who writes a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// The app; a full update without it clears it.
    Written,
    /// The app; a full update without it leaves it alone.
    Kept,
    /// The system; values sent are ignored.
    ReadOnly,
}

/// What an absent field becomes.
#[derive(Clone, Copy)]
pub(crate) enum Preset {
    None,
    Bool(bool),
    Text(&'static str),
    Zero,
}

impl Entity {
    /// The path segment (`invoice`).
    pub(crate) fn path(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    /// Whether objects of this kind can be made inactive.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.family, Family::List { .. })
    }
}

impl Shape {
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Field {
    const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    const fn queryable(self) -> Self {
        Self {
            queryable: true,
            ..self
        }
    }

    const fn read_only(self) -> Self {
        Self {
            access: Access::ReadOnly,
            ..self
        }
    }

    const fn kept(self) -> Self {
        Self {
            access: Access::Kept,
            ..self
        }
    }

    const fn or_bool(self, value: bool) -> Self {
        Self {
            default: Preset::Bool(value),
            ..self
        }
    }

    const fn or_text(self, value: &'static str) -> Self {
        Self {
            default: Preset::Text(value),
            ..self
        }
    }

    const fn or_zero(self) -> Self {
        Self {
            default: Preset::Zero,
            ..self
        }
    }

    const fn labelled(self, label: &'static str) -> Self {
        Self {
            label: Some(label),
            ..self
        }
    }
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        access: Access::Written,
        required: false,
        queryable: false,
        default: Preset::None,
        label: None,
    }
}

const fn uncovered(name: &'static str) -> Field {
    field(name, Kind::Uncovered)
}

/// One table of fields made of two.
const fn joined<const N: usize>(first: &[Field], second: &[Field]) -> [Field; N] {
    let mut fields = [field("", Kind::Ignored); N];
    let mut n = 0;
    while n < N {
        fields[n] = if n < first.len() {
            first[n]
        } else {
            second[n - first.len()]
        };
        n += 1;
    }
    fields
}

const fn ignored(name: &'static str) -> Field {
    field(name, Kind::Ignored).read_only()
}

const fn reference(name: &'static str, entity: &'static str) -> Field {
    field(name, Kind::Reference(Target::Entity(entity)))
}

/// The entity of this name, in any case.
pub(crate) fn entity(name: &str) -> Option<&'static Entity> {
    ENTITIES
        .iter()
        .copied()
        .find(|entity| entity.name.eq_ignore_ascii_case(name))
}

/// All entities.
pub(crate) fn entities() -> impl Iterator<Item = &'static Entity> {
    ENTITIES.iter().copied()
}

/// Whether QuickBooks has an entity of this name that the sandbox does not cover.
pub(crate) fn is_uncovered(name: &str) -> bool {
    UNCOVERED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

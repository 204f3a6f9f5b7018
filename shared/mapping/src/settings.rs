//! What a company chooses (T3, T5, T7, N3, N6, D1 to D9, L4, L6, X2, X6, C11, P3, P5, P9).

mod follows;

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use self::follows::{follows, follows_from};
use crate::{names::normalised, payment::JobPayment};

/// A setting with a few values; the first is the default.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident = $first_text:literal,
        $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            #[serde(rename = $first_text)]
            $first,
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)*
        }

        impl Choice for $name {
            const ALL: &'static [(&'static str, Self)] =
                &[($first_text, Self::$first), $(($text, Self::$variant),)*];
        }
    };
}

trait Choice: Copy + PartialEq + 'static {
    const ALL: &'static [(&'static str, Self)];
}

impl Choice for bool {
    const ALL: &'static [(&'static str, Self)] = &[("off", false), ("on", true)];
}

choice! {
    /// Which trigger may create an invoice (T3).
    SyncTrigger {
        /// A finished job.
        JobFinished = "job_finished",
        /// A job whose invoice was sent or paid.
        JobInvoiced = "job_invoiced",
    }
}

choice! {
    /// When edits in Housecall Pro reach QuickBooks (T5, D7).
    PushEdits {
        /// With the next trigger, or by hand.
        Manual = "manual",
        /// At once.
        Automatic = "automatic",
    }
}

choice! {
    /// What becomes of a document whose invoice was removed in Housecall Pro (T7).
    OnRemoval {
        /// A person is told to void it.
        Alert = "alert",
        /// It is voided.
        Void = "void",
    }
}

choice! {
    /// How the company invoices, as Housecall Pro's settings page shows it (N1 to N3).
    Invoicing {
        /// One invoice for a job.
        Simple = "simple",
        /// The same, with the number of the job.
        MatchJobNumber = "match_job_number",
        /// A job is billed in parts.
        Progress = "progress",
    }
}

choice! {
    /// Which invoices a job becomes that is billed in parts (N6).
    ProgressInvoices {
        /// One for the whole job.
        PerJob = "per_job",
        /// One for each partial invoice.
        PerInvoice = "per_invoice",
    }
}

choice! {
    /// Which day an invoice is dated with (D1 to D9).
    DateSource {
        /// The day of the invoice.
        InvoiceDate = "invoice_date",
        /// The day of the service.
        ServiceDate = "service_date",
        /// Both are on, which is the same as the day of the invoice (D9).
        Both = "both",
    }
}

choice! {
    /// What kind of account an amount is booked to that is not a sale (L4, P9).
    ExtraAccount {
        /// It is income.
        Income = "income",
        /// It is owed, to the crew or to the customer.
        Liability = "liability",
    }
}

choice! {
    /// What becomes of the cents by which QuickBooks rounds a sales tax otherwise (X6).
    Rounding {
        /// A person is told (X4).
        Alert = "alert",
        /// A line makes the totals equal.
        Line = "line",
    }
}

choice! {
    /// What a refund becomes (P5).
    Refunds {
        /// A refund receipt; the invoice stays paid.
        RefundReceipt = "refund_receipt",
        /// Its payment is lowered, and the invoice is open again.
        Reopen = "reopen",
    }
}

/// All settings of a company. Without a record of them, the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Which trigger may create an invoice (T3).
    pub sync_trigger: SyncTrigger,
    /// When edits reach QuickBooks (T5, D7).
    pub push_edits: PushEdits,
    /// What becomes of a document whose invoice was removed (T7).
    pub on_removal: OnRemoval,
    /// How the company invoices (N1 to N3).
    pub invoicing: Invoicing,
    /// Which invoices a job becomes that is billed in parts (N6).
    pub progress_invoices: ProgressInvoices,
    /// Which day an invoice is dated with (D1 to D9).
    pub date_source: DateSource,
    /// What kind of account tips are booked to (L4).
    pub tips_account: ExtraAccount,
    /// What kind of account card surcharges are booked to (L4).
    pub surcharge_account: ExtraAccount,
    /// What kind of account deposits are booked to (P9).
    pub deposit_account: ExtraAccount,
    /// What becomes of cents that QuickBooks rounds otherwise (X6).
    pub rounding: Rounding,
    /// What a refund becomes (P5).
    pub refunds: Refunds,
    /// Whether the business unit of a job becomes the class (L6).
    pub classes: bool,
    /// Whether each service address becomes a sub-customer (C11).
    pub sub_customer_per_address: bool,
    /// The QuickBooks tax code for a tax of Housecall Pro, by the tax's name as [`normalised`] writes it (X2).
    pub tax_rates: BTreeMap<String, qbo::Id>,
    /// The QuickBooks account that payments are deposited to, by their method's name as [`normalised`] writes it; others go
    /// to *Undeposited Funds* (P3).
    pub deposit_to: BTreeMap<String, qbo::Id>,
    /// The QuickBooks account that items without one of their own are booked to; none: the one that was chosen when the company
    /// was connected (I5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub income_account: Option<qbo::Id>,
}

impl Settings {
    /// The account that a payment is deposited to; none: *Undeposited Funds* (P3).
    pub fn account_of(&self, payment: &JobPayment) -> Option<&qbo::Id> {
        let (method, _) = payment.method_name.as_ref()?;
        self.deposit_to.get(&normalised(method))
    }
}

/// The name of [`Settings::tax_rates`], and, before a full stop, of one entry.
const TAX_RATES: &str = "tax_rates";

/// The same of [`Settings::deposit_to`].
const DEPOSIT_TO: &str = "deposit_to";

/// The name of [`Settings::income_account`].
const INCOME_ACCOUNT: &str = "income_account";

/// A setting that is no setting, or a value that it cannot have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingError {
    /// There is no such setting.
    #[error("{key:?} is no setting. There are: {}", names())]
    Unknown {
        /// What was asked for.
        key: String,
    },
    /// It cannot have this value.
    #[error("{key} cannot be {value}; it is {allowed}")]
    Value {
        /// The setting.
        key: String,
        /// What was asked for.
        value: String,
        /// What it may be.
        allowed: String,
    },
    /// The text holds no settings at all.
    #[error("these are no settings: {0}")]
    Json(String),
}

/// Everything that is wrong with settings, each on a line of its own.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct SettingErrors(pub Vec<SettingError>);

impl fmt::Display for SettingErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_char('\n')?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

/// A setting, as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What it may be.
    pub allowed: String,
    /// What follows from it.
    pub follows: &'static str,
    /// The values that it may have, each with what changes when it is chosen; none where they are names of QuickBooks'.
    pub values: Vec<(&'static str, &'static str)>,
}

/// One setting with a few values, whatever their type.
trait Field {
    fn get(&self) -> &'static str;
    /// Whether there is such a value.
    fn set(&mut self, value: &str) -> bool;
    fn names(&self) -> Vec<&'static str>;
}

impl<T: Choice> Field for T {
    fn get(&self) -> &'static str {
        let named = T::ALL.iter().find(|(_, value)| value == self);
        named.map_or("", |(name, _)| name)
    }

    fn set(&mut self, value: &str) -> bool {
        let named = T::ALL.iter().find(|(name, _)| *name == value);
        if let Some((_, value)) = named {
            *self = *value;
        }
        named.is_some()
    }

    fn names(&self) -> Vec<&'static str> {
        T::ALL.iter().map(|(name, _)| *name).collect()
    }
}

impl Settings {
    /// Reads settings from a JSON object; those that it leaves out have their defaults.
    ///
    /// # Errors
    /// Names everything that is wrong, not only the first.
    pub fn from_json(text: &str) -> Result<Self, SettingErrors> {
        let no_object = |reason: String| SettingErrors(vec![SettingError::Json(reason)]);
        let value: Value =
            serde_json::from_str(text).map_err(|error| no_object(error.to_string()))?;
        let Value::Object(members) = value else {
            return Err(no_object("they are not a JSON object".to_owned()));
        };
        let mut pairs = Vec::new();
        for (key, value) in members {
            match value {
                Value::Object(ids) if key == TAX_RATES || key == DEPOSIT_TO => {
                    let entry = |(name, id): (String, Value)| (format!("{key}.{name}"), plain(id));
                    pairs.extend(ids.into_iter().map(entry));
                }
                value => pairs.push((key, plain(value))),
            }
        }
        let mut settings = Self::default();
        settings.set_all(&pairs)?;
        Ok(settings)
    }

    /// Changes several settings: all of them, or none when one cannot be.
    ///
    /// # Errors
    /// Names everything that is wrong, not only the first.
    pub fn set_all<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        pairs: &[(K, V)],
    ) -> Result<(), SettingErrors> {
        let mut changed = self.clone();
        let errors: Vec<SettingError> = pairs
            .iter()
            .filter_map(|(key, value)| changed.set(key.as_ref(), value.as_ref()).err())
            .collect();
        if !errors.is_empty() {
            return Err(SettingErrors(errors));
        }
        *self = changed;
        Ok(())
    }

    /// Changes one setting. A tax is named `tax_rates.<name of the tax>`, a method of payment
    /// `deposit_to.<name of the method>`; an empty value takes it away.
    ///
    /// # Errors
    /// When there is no such setting, or it cannot have this value.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        let refused = |allowed: String| SettingError::Value {
            key: key.to_owned(),
            value: format!("{value:?}"),
            allowed,
        };
        if let Some((_, field)) = self.fields().into_iter().find(|(name, _)| *name == key) {
            return match field.set(value) {
                true => Ok(()),
                false => Err(refused(field.names().join(" or "))),
            };
        }
        let id = value.trim();
        let is_id = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let enter = |ids: &mut BTreeMap<String, qbo::Id>, name: &str, what: &str| {
            if id.is_empty() {
                ids.remove(&normalised(name));
            } else if is_id {
                ids.insert(normalised(name), id.into());
            } else {
                return Err(refused(what.to_owned()));
            }
            Ok(())
        };
        if key == INCOME_ACCOUNT {
            if !is_id {
                return Err(refused(INCOME.to_owned()));
            }
            self.income_account = (!id.is_empty()).then(|| id.into());
            return Ok(());
        }
        match key.split_once('.') {
            Some((TAX_RATES, tax)) if !normalised(tax).is_empty() => {
                enter(&mut self.tax_rates, tax, TAX_CODE)
            }
            Some((DEPOSIT_TO, method)) if !normalised(method).is_empty() => {
                enter(&mut self.deposit_to, method, ACCOUNT)
            }
            _ if key == TAX_RATES => Err(refused(format!("written {TAX_RATES}.<tax>=<code>"))),
            _ if key == DEPOSIT_TO => {
                Err(refused(format!("written {DEPOSIT_TO}.<method>=<account>")))
            }
            _ => Err(SettingError::Unknown {
                key: key.to_owned(),
            }),
        }
    }

    /// All settings, as a person reads them and as [`Settings::set`] takes them.
    pub fn entries(&self) -> Vec<Entry> {
        let mut copy = self.clone();
        let fields = copy.fields();
        let choices = fields.iter().map(|(key, field)| Entry {
            key: (*key).to_owned(),
            value: field.get().to_owned(),
            allowed: field.names().join(" or "),
            follows: follows(key),
            values: {
                let names = field.names().into_iter();
                names.map(|name| (name, follows_from(key, name))).collect()
            },
        });
        let rates = self.tax_rates.iter().map(|(tax, code)| Entry {
            key: format!("{TAX_RATES}.{tax}"),
            value: code.to_string(),
            allowed: TAX_CODE.to_owned(),
            follows: follows(TAX_RATES),
            values: Vec::new(),
        });
        let accounts = self.deposit_to.iter().map(|(method, account)| Entry {
            key: format!("{DEPOSIT_TO}.{method}"),
            value: account.to_string(),
            allowed: ACCOUNT.to_owned(),
            follows: follows(DEPOSIT_TO),
            values: Vec::new(),
        });
        let income = self.income_account.iter().map(|account| Entry {
            key: INCOME_ACCOUNT.to_owned(),
            value: account.to_string(),
            allowed: INCOME.to_owned(),
            follows: follows(INCOME_ACCOUNT),
            values: Vec::new(),
        });
        choices.chain(rates).chain(accounts).chain(income).collect()
    }

    fn fields(&mut self) -> [(&'static str, &mut dyn Field); 13] {
        [
            ("sync_trigger", &mut self.sync_trigger),
            ("push_edits", &mut self.push_edits),
            ("on_removal", &mut self.on_removal),
            ("invoicing", &mut self.invoicing),
            ("progress_invoices", &mut self.progress_invoices),
            ("date_source", &mut self.date_source),
            ("tips_account", &mut self.tips_account),
            ("surcharge_account", &mut self.surcharge_account),
            ("deposit_account", &mut self.deposit_account),
            ("rounding", &mut self.rounding),
            ("refunds", &mut self.refunds),
            ("classes", &mut self.classes),
            (
                "sub_customer_per_address",
                &mut self.sub_customer_per_address,
            ),
        ]
    }
}

const TAX_CODE: &str = "the id of a tax code in QuickBooks";

const INCOME: &str = "the id of an income account in QuickBooks";

const ACCOUNT: &str = "the id of a bank account, or another current asset, in QuickBooks";

fn names() -> String {
    let mut settings = Settings::default();
    let mut names: Vec<String> = settings.fields().map(|(name, _)| name.to_owned()).into();
    names.push(format!("{TAX_RATES}.<tax>"));
    names.push(format!("{DEPOSIT_TO}.<method>"));
    names.push(INCOME_ACCOUNT.to_owned());
    names.join(", ")
}

/// A JSON value as it is typed.
fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;

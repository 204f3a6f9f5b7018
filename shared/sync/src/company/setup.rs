//! How QuickBooks is set up: read when a company is connected, and again when something is refused that
//! depends on it, so that whoever corrects a setting need not tell us.

use jiff::{SignedDuration, Timestamp};
use mapping::{AnyKind, Kind, ListEntry, TaxCode, alert::AlertKind, item::extra::known_account};
use ports::Clock;
use qbo::{Account, Entity, Query, Request, TaxRate};
use store::{ClassTracking, Connection, ConnectionStatus, NamedId, Preferences, read};

use crate::{
    alerts,
    calls::quickbooks::Rows,
    ctx::Ctx,
    engine::{Engine, as_chosen},
    stop::{Stop, broken, chain},
    world::World,
};

/// People change QuickBooks' settings and lists without telling us: they are read again at the first work after
/// so long.
const REFRESHED: SignedDuration = SignedDuration::from_hours(24);

/// What was read.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) accounts: Vec<Account>,
    preferences: Preferences,
    terms: Vec<ListEntry>,
    classes: Vec<ListEntry>,
    payment_methods: Vec<ListEntry>,
    tax_codes: Vec<TaxCode>,
    read_at: Timestamp,
}

impl Setup {
    /// What is worth changing in QuickBooks.
    pub(crate) fn advice(&self) -> Vec<&'static str> {
        let mut advice = Vec::new();
        if !self.preferences.custom_numbers {
            advice.push(
                "Switch on custom transaction numbers (Settings, Sales, Sales form content): QuickBooks then warns of numbers that are used twice.",
            );
        }
        advice
    }

    /// Enters what was read.
    pub(crate) fn keep(self, connection: &mut Connection) {
        connection.extra_accounts = self.accounts.iter().filter_map(known_account).collect();
        connection.money_accounts = self.accounts.iter().filter_map(money_account).collect();
        connection.income_accounts = self.accounts.iter().filter_map(income_account).collect();
        let mut accounts = self.accounts.iter();
        let undeposited = accounts.find(|account| is_undeposited_funds(account));
        connection.undeposited_funds = undeposited.and_then(|account| account.id.clone());
        connection.preferences = self.preferences;
        connection.terms = self.terms;
        connection.classes = self.classes;
        connection.payment_methods = self.payment_methods;
        connection.tax_codes = self.tax_codes;
        connection.read_at = Some(self.read_at);
    }
}

impl<W: World> Engine<W> {
    pub(crate) async fn read_setup(&self, cx: &Ctx) -> Result<Setup, Stop> {
        let preferences: qbo::Preferences = self
            .ask(cx, &Request::preferences())
            .await?
            .parse()
            .map_err(broken)?;
        let preferences = kept(&preferences);
        let active = |name| Query::select(name).in_pages();
        let mut asked = vec![
            active(Account::NAME),
            AnyKind::Term.whole_list(),
            AnyKind::PaymentMethod.whole_list(),
        ];
        let mut ask = |queries: Vec<Query>| {
            asked.extend(queries);
            asked.len()
        };
        let classes = match preferences.classes {
            ClassTracking::Off => None,
            _ => Some(ask(vec![AnyKind::Class.whole_list()]) - 1),
        };
        let taxes = match preferences.sales_tax {
            false => None,
            true => Some(ask(vec![active(qbo::TaxCode::NAME), active(TaxRate::NAME)]) - 2),
        };
        let rows = self.ask_all(cx, &asked).await?;
        let at = |index: usize| {
            rows.get(index)
                .ok_or_else(|| broken("QuickBooks left a question unanswered"))
        };
        Ok(Setup {
            accounts: at(0)?.of()?,
            terms: list::<qbo::Term>(at(1)?)?,
            payment_methods: list::<qbo::PaymentMethod>(at(2)?)?,
            classes: match classes {
                Some(classes) => list::<qbo::Class>(at(classes)?)?,
                None => Vec::new(),
            },
            tax_codes: match taxes {
                Some(codes) => tax_codes(at(codes)?.of()?, &at(codes + 1)?.of()?),
                None => Vec::new(),
            },
            preferences,
            read_at: self.world.clock().now(),
        })
    }

    /// A cx with QuickBooks' setup as it is today. The old one where that cannot be read now: what depends on it
    /// is refused or found out later.
    pub(crate) async fn up_to_date(&self, cx: Ctx) -> Result<Ctx, Stop> {
        let now = self.world.clock().now();
        let fresh = |at: Timestamp| at + REFRESHED > now;
        if cx.connection.status != ConnectionStatus::Active
            || cx.connection.read_at.is_some_and(fresh)
        {
            return Ok(cx);
        }
        match self.refresh_setup(&cx).await {
            Ok(_) => self.cx_anew(&cx).await,
            Err(stop @ Stop::Broken(_)) => Err(stop),
            Err(stop) => {
                tracing::warn!(
                    cause = chain(&stop),
                    "QuickBooks' setup could not be read again"
                );
                Ok(cx)
            }
        }
    }

    /// Reads QuickBooks' setup again. Tells whether anything changed since it was read last.
    pub(crate) async fn refresh_setup(&self, cx: &Ctx) -> Result<bool, Stop> {
        let setup = self.read_setup(cx).await?;
        let key = Connection::key(&cx.books.company);
        let Some(mut stored) = read::<Connection>(self.world.table(), &key).await? else {
            return Ok(false);
        };
        let before = stored.value.clone();
        setup.keep(&mut stored.value);
        let changed = cx.connection
            != Connection {
                read_at: cx.connection.read_at,
                ..as_chosen(stored.value.clone(), &cx.settings)
            };
        if !stored.value.preferences.auto_apply_credit {
            // What it did before stays as it is, and is no difference.
            alerts::close_kind(&self.world, &cx.books, AlertKind::CreditApplied).await?;
        }
        if stored.value != before {
            match self.put(vec![stored.put()?]).await {
                Ok(()) | Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        self.forget(&cx.books.company);
        Ok(changed)
    }
}

/// An account that money can lie in.
fn money_account(account: &Account) -> Option<NamedId> {
    let kind = account.account_type.as_deref()?;
    let holds = ["Bank", "Other Current Asset"].contains(&kind);
    named(account).filter(|_| holds)
}

/// An account that what is sold can be booked to.
fn income_account(account: &Account) -> Option<NamedId> {
    let is_income = account.account_type.as_deref() == Some("Income");
    named(account).filter(|_| is_income && account.active != Some(false))
}

/// QuickBooks has one such account for itself, whatever people call it.
fn is_undeposited_funds(account: &Account) -> bool {
    account.account_sub_type.as_deref() == Some("UndepositedFunds")
}

fn named(account: &Account) -> Option<NamedId> {
    Some(NamedId {
        id: account.id.clone()?,
        name: account.name.clone()?,
    })
}

/// The settings that matter.
fn kept(preferences: &qbo::Preferences) -> Preferences {
    let on = |setting: Option<bool>| setting.unwrap_or(false);
    Preferences {
        custom_numbers: on(preferences.sales_forms_prefs.custom_txn_numbers),
        discounts: on(preferences.sales_forms_prefs.allow_discount),
        discount_account: preferences
            .sales_forms_prefs
            .default_discount_account
            .clone(),
        sales_tax: on(preferences.tax_prefs.using_sales_tax),
        automated_tax: on(preferences.tax_prefs.partner_tax_enabled),
        closed_until: preferences.accounting_info_prefs.book_close_date,
        classes: match &preferences.accounting_info_prefs {
            books if on(books.class_tracking_per_txn_line) => ClassTracking::PerLine,
            books if on(books.class_tracking_per_txn) => ClassTracking::PerDocument,
            _ => ClassTracking::Off,
        },
        auto_apply_credit: on(preferences.sales_forms_prefs.auto_apply_credit),
    }
}

fn list<T: Kind>(rows: &Rows) -> Result<Vec<ListEntry>, Stop> {
    Ok(rows.of::<T>()?.iter().filter_map(T::list_entry).collect())
}

/// The tax codes that an invoice can name. One with a rate that is not there is left out.
fn tax_codes(codes: Vec<qbo::TaxCode>, rates: &[TaxRate]) -> Vec<TaxCode> {
    let rate = |id: &qbo::Id| rates.iter().find(|rate| rate.id.as_ref() == Some(id));
    codes
        .into_iter()
        .filter(|code| !code.is_word() && code.active != Some(false) && code.hidden != Some(true))
        .filter_map(|code| {
            let details = code.sales_tax_rate_list.tax_rate_detail.iter();
            let rates = details
                .map(|detail| rate(&detail.tax_rate_ref.as_ref()?.value)?.rate_value)
                .collect::<Option<_>>()?;
            Some(TaxCode {
                id: code.id?,
                name: code.name?,
                rates,
            })
        })
        .collect()
}

//! How QuickBooks is set up: read when a company is connected, and again when something is refused that
//! depends on it, so that whoever corrects a setting need not tell us.

use qbo::{Account, Entity, Query, Request, TaxCode, TaxRate, Term};
use store::{Connection, Preferences, TaxCodeFact, TermFact, read};

use crate::{
    books::{Session, broken},
    engine::Engine,
    stop::Stop,
    world::World,
};

/// What was read.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) accounts: Vec<Account>,
    preferences: Preferences,
    terms: Vec<TermFact>,
    tax_codes: Vec<TaxCodeFact>,
}

impl Facts {
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
        connection.preferences = self.preferences;
        connection.terms = self.terms;
        connection.tax_codes = self.tax_codes;
    }
}

impl<W: World> Engine<W> {
    pub(crate) async fn read_facts(&self, session: &Session) -> Result<Facts, Stop> {
        let preferences: qbo::Preferences = self
            .ask(session, &Request::preferences())
            .await?
            .parse()
            .map_err(broken)?;
        let preferences = kept(&preferences);
        let all = |name| Query::select(name).max_results(qbo::limits::QUERY_ROWS);
        let mut asked = vec![all(Account::NAME), all(Term::NAME)];
        if preferences.sales_tax {
            asked.extend([all(TaxCode::NAME), all(TaxRate::NAME)]);
        }
        let rows = self.ask_all(session, &asked).await?;
        let [accounts, terms, ..] = rows.as_slice() else {
            return Err(Stop::Broken(
                "QuickBooks left a question unanswered".to_owned(),
            ));
        };
        Ok(Facts {
            accounts: accounts.of()?,
            terms: terms.of()?.into_iter().filter_map(term).collect(),
            tax_codes: match rows.as_slice() {
                [_, _, codes, rates] => tax_codes(codes.of()?, &rates.of()?),
                _ => Vec::new(),
            },
            preferences,
        })
    }

    /// Reads QuickBooks' setup again. Tells whether anything changed since it was read last.
    pub(crate) async fn refresh_facts(&self, session: &Session) -> Result<bool, Stop> {
        let facts = self.read_facts(session).await?;
        let key = Connection::key(&session.books.company);
        let Some(mut stored) = read::<Connection>(self.world.table(), &key).await? else {
            return Ok(false);
        };
        let before = stored.value.clone();
        facts.keep(&mut stored.value);
        let changed = stored.value != session.connection;
        if stored.value != before {
            match self.put(vec![stored.put()?]).await {
                Ok(()) | Err(Stop::Rival(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        self.forget(&session.books.company);
        Ok(changed)
    }
}

/// The settings that matter.
fn kept(preferences: &qbo::Preferences) -> Preferences {
    let on = |setting: Option<bool>| setting.unwrap_or(false);
    Preferences {
        custom_numbers: on(preferences.sales_forms_prefs.custom_txn_numbers),
        discounts: on(preferences.sales_forms_prefs.allow_discount),
        sales_tax: on(preferences.tax_prefs.using_sales_tax),
        automated_tax: on(preferences.tax_prefs.partner_tax_enabled),
        closed_until: preferences.accounting_info_prefs.book_close_date,
    }
}

fn term(term: Term) -> Option<TermFact> {
    Some(TermFact {
        id: term.id?,
        name: term.name?,
        days: term.due_days,
    })
}

/// The tax codes that an invoice can name. One with a rate that is not there is left out.
fn tax_codes(codes: Vec<TaxCode>, rates: &[TaxRate]) -> Vec<TaxCodeFact> {
    let rate = |id: &qbo::Id| rates.iter().find(|rate| rate.id.as_ref() == Some(id));
    codes
        .into_iter()
        .filter(|code| !code.is_word() && code.active != Some(false) && code.hidden != Some(true))
        .filter_map(|code| {
            let details = code.sales_tax_rate_list.tax_rate_detail.iter();
            let rates = details
                .map(|detail| rate(&detail.tax_rate_ref.as_ref()?.value)?.rate_value)
                .collect::<Option<_>>()?;
            Some(TaxCodeFact {
                id: code.id?,
                name: code.name?,
                rates,
            })
        })
        .collect()
}

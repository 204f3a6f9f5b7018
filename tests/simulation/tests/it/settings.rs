//! What a company chose, and what follows from it.

use std::sync::Arc;

use fakes::{FakeClock, FakeQueue, FakeSecrets, SeededChance};
use jiff::{SignedDuration, Timestamp};
use qbo_sandbox::SalesTax;
use simulation::Town;
use store::{
    Connection, Key, List, ListPage, Page, Position, Record, Table, TableError, Write, WriteError,
    memory::MemoryTable, read,
};
use sync::{Config, NotDone, Parts, company::connect::ConnectError, engine::Engine};
use uuid::Uuid;

use crate::people::{assert_books, invoices, new_customer, new_job};

fn changes(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}

/// The value that an operator reads.
async fn shown(town: &Town, key: &str) -> Option<String> {
    let settings = town.worker().settings(&town.books().company).await;
    let mut entries = settings.unwrap().entries().into_iter();
    entries
        .find(|entry| entry.key == key)
        .map(|entry| entry.value)
}

pub(crate) async fn change(town: &Town, pairs: &[(&str, &str)]) -> Result<(), NotDone> {
    let (company, pairs) = (town.books().company, changes(pairs));
    let worker = town.worker();
    worker
        .change_settings(&company, &pairs, &simulation::person())
        .await
        .map(|_| ())
}

fn kept(town: &Town) -> usize {
    let records = town.table.all();
    let settings = |record: &&Record| record.key == town.books().settings();
    records.iter().filter(settings).count()
}

#[tokio::test]
async fn p3_i5_accounts_are_those_that_quickbooks_had_when_it_was_read_last() {
    let town = Town::new(39).await;
    let account = |name: &str, kind: &str| {
        let account = format!(r#"{{"Name":"{name}","AccountType":"{kind}"}}"#);
        crate::stories::make(&town, "Account", &account)
    };
    let (till, works) = (account("Till", "Bank"), account("Works", "Income"));
    let both = [("deposit_to.Check", "till"), ("income_account", "works")];
    let refused = change(&town, &both).await.unwrap_err().to_string();
    assert!(
        refused.contains("deposit_to.Check cannot be \"till\""),
        "{refused}"
    );
    assert!(
        refused.contains("income_account cannot be \"works\""),
        "{refused}"
    );
    assert_eq!(kept(&town), 0);
    town.connect().await;
    change(&town, &both).await.unwrap();
    assert_eq!(shown(&town, "deposit_to.check").await, Some(till));
    assert_eq!(shown(&town, "income_account").await, Some(works.clone()));
    let crossed = [("deposit_to.Cash", "Works"), ("income_account", "Till")];
    assert!(change(&town, &crossed).await.is_err());
    // Items that are made from then on are booked there.
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    let booked = |item: &qbo_sandbox::Json| item.text("IncomeAccountRef.value").map(str::to_owned);
    let items = town.qbo.objects("Item");
    let booked: Vec<Option<String>> = items.iter().map(booked).collect();
    assert!(booked.contains(&Some(works)), "{booked:?}");
    change(&town, &[("income_account", "")]).await.unwrap();
    assert_eq!(shown(&town, "income_account").await, None);
}

#[tokio::test]
async fn without_a_choice_the_defaults_hold_and_nothing_is_kept() {
    let town = Town::new(31).await;
    assert_eq!(
        shown(&town, "date_source").await.as_deref(),
        Some("invoice_date")
    );
    change(&town, &[("date_source", "invoice_date")])
        .await
        .unwrap();
    assert_eq!(kept(&town), 0);
}

#[tokio::test]
async fn a_choice_is_kept_also_when_the_company_is_connected_again() {
    let town = Town::new(32).await;
    let all = [("date_source", "both"), ("on_removal", "void")];
    change(&town, &all).await.unwrap();
    change(&town, &[("classes", "on")]).await.unwrap();
    town.connect().await;
    for (key, value) in all.into_iter().chain([("classes", "on")]) {
        assert_eq!(shown(&town, key).await.as_deref(), Some(value));
    }
    assert_eq!(kept(&town), 1);
}

#[tokio::test]
async fn one_bad_value_and_nothing_is_changed() {
    let town = Town::new(33).await;
    let mixed = [
        ("on_removal", "void"),
        ("date_source", "yesterday"),
        ("colour", "red"),
        ("tax_rates.County", "County 8%"),
    ];
    let error = change(&town, &mixed).await.unwrap_err().to_string();
    for part in [
        "date_source cannot be \"yesterday\"; it is invoice_date or service_date or both",
        "\"colour\" is no setting",
        "tax_rates.County cannot be \"County 8%\"; it is a tax code in QuickBooks, which had none",
    ] {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(kept(&town), 0);
}

#[tokio::test]
async fn a_company_that_is_not_connected_has_no_settings() {
    let town = Town::new(34).await;
    let other = hcp::CompanyId::parse("00000000-0000-4000-8000-000000000000").unwrap();
    let worker = town.worker();
    let error = worker.settings(&other).await.unwrap_err();
    assert!(error.to_string().contains("run connect"), "{error}");
    let set = changes(&[("classes", "on")]);
    assert!(
        worker
            .change_settings(&other, &set, &simulation::person())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn x2_a_tax_code_is_named_as_quickbooks_names_it() {
    let town = Town::with(35, |_| {}, |qbo| qbo.company.sales_tax = SalesTax::Manual).await;
    let codes = town.qbo.objects("TaxCode");
    let usable =
        |code: &&qbo_sandbox::Json| !["TAX", "NON"].contains(&code.text("Id").unwrap_or_default());
    let code = codes.iter().find(usable).unwrap();
    let (id, name) = (code.text("Id").unwrap(), code.text("Name").unwrap());
    for named in [name.to_uppercase(), id.to_owned()] {
        let code = [("tax_rates.County  Tax", named.as_str())];
        change(&town, &code).await.unwrap();
        let shown = shown(&town, "tax_rates.county tax").await;
        assert_eq!(shown.as_deref(), Some(id), "{named}");
    }
    let unknown = change(&town, &[("tax_rates.County tax", "no such code")]);
    let error = unknown.await.unwrap_err().to_string();
    assert!(error.contains(name), "it names what there is: {error}");
    change(&town, &[("tax_rates.County tax", "")])
        .await
        .unwrap();
    assert_eq!(shown(&town, "tax_rates.county tax").await, None);
}

#[tokio::test]
async fn d2_under_service_date_the_date_of_an_invoice_stays() {
    let town = Town::new(36).await;
    change(&town, &[("date_source", "service_date")])
        .await
        .unwrap();
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    town.clock
        .advance(std::time::Duration::from_secs(3 * 86_400));
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    assert_eq!(invoices(&town)[0].1, "2026-07-24");
}

/// A table whose answers to reads arrive late enough for another worker to read the same.
struct Slow(Arc<MemoryTable>);

impl Table for Slow {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        let found = self.0.get(key).await;
        tokio::task::yield_now().await;
        found
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        self.0.get_many(keys).await
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        self.0.write(writer, writes).await
    }

    async fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, TableError> {
        self.0.list(partition, prefix, from).await
    }

    async fn due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Key, Timestamp)>, TableError> {
        self.0.due(partition, until, limit).await
    }

    async fn page(
        &self,
        list: &List,
        limit: usize,
        after: Option<&Position>,
    ) -> Result<ListPage, TableError> {
        self.0.page(list, limit, after).await
    }
}

#[tokio::test]
async fn two_operators_at_once_change_both_settings() {
    let town = Town::new(37).await;
    let operator = |seed| {
        let config = Config {
            hcp_base_url: String::new(),
            qbo_base_url: String::new(),
            qbo_token_url: String::new(),
            secret_prefix: String::new(),
            settle_after: SignedDuration::ZERO,
        };
        let world = Parts {
            table: Slow(Arc::clone(&town.table)),
            http: Arc::clone(&town.qbo),
            secrets: Arc::<FakeSecrets>::default(),
            queue: Arc::<FakeQueue>::default(),
            clock: Arc::new(FakeClock::new(Timestamp::UNIX_EPOCH)),
            chance: Arc::new(SeededChance::new(seed)),
        };
        Engine::new(world, config)
    };
    let company = town.books().company;
    let (one, two) = (operator(1), operator(2));
    let (classes, dates) = (
        changes(&[("classes", "on")]),
        changes(&[("date_source", "both")]),
    );
    let person = simulation::person();
    let (first, second) = futures::join!(
        one.change_settings(&company, &classes, &person),
        two.change_settings(&company, &dates, &person),
    );
    first.unwrap();
    second.unwrap();
    assert_eq!(shown(&town, "classes").await.as_deref(), Some("on"));
    assert_eq!(shown(&town, "date_source").await.as_deref(), Some("both"));
}

#[tokio::test]
async fn t3_where_the_company_waits_for_invoiced_a_finished_job_makes_no_invoice() {
    let town = Town::new(26).await;
    change(&town, &[("sync_trigger", "job_invoiced")])
        .await
        .unwrap();
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(town.state(&job), store::JobState::WaitsForTrigger);
    assert_eq!(town.qbo.objects("Invoice").len(), 0);
    assert_eq!(town.qbo.objects("Customer").len(), 0);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn n1_to_n3_how_a_company_invoices_is_asked_when_it_is_connected_first() {
    let town = Town::new(39).await;
    let connect = async |invoicing: Option<&str>, forget: bool| {
        let key = Connection::key(&town.books().company);
        let known = read::<Connection>(&*town.table, &key).await.unwrap();
        if let Some(known) = known.filter(|_| forget) {
            let expect = known.expect();
            let delete = vec![Write::Delete { expect, key }];
            town.table.write(Uuid::nil(), delete).await.unwrap();
        }
        let mut new = town.connection();
        new.invoicing = invoicing.map(str::to_owned);
        town.worker().connect(new).await
    };
    let refused = connect(None, true).await.unwrap_err();
    assert!(matches!(refused, ConnectError::NoInvoicing));
    assert!(refused.to_string().contains("--invoicing"), "{refused}");
    let refused = connect(Some("sometimes"), true)
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("match_job_number"), "{refused}");
    connect(Some("progress"), true).await.unwrap();
    assert_eq!(shown(&town, "invoicing").await.as_deref(), Some("progress"));
    // Later it is only a choice among others.
    connect(None, false).await.unwrap();
    assert_eq!(shown(&town, "invoicing").await.as_deref(), Some("progress"));
}

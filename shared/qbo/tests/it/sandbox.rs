//! The client against a company that keeps books, in one process.

use std::time::Duration;

use jiff::civil::date;
use money::{Cents, Quantity};
use qbo::{
    AccessToken, Answer, BatchId, BatchItem, Cause, Client, CompanyInfo, Customer, DocNumber,
    Effect, Entity, Id, Invoice, Item, ItemType, Line, LineDetail, Preferences, QboError, Query,
    RealmId, Ref, Request, RequestId, SalesItemLine, Term,
    oauth::{self, AppCredentials, OAuthError},
};
use qbo_sandbox::{Act, Clock, Fault, FaultKind, Options, QboFault, Sandbox};
use secrecy::{ExposeSecret, SecretString};

/// A company, a connection to it, and a counter for attempts.
struct Company {
    sandbox: Sandbox,
    clock: Clock,
    client: Client<Sandbox>,
    token: AccessToken,
    attempts: u32,
}

impl Company {
    fn new() -> Self {
        let clock = Clock::manual("2026-03-02T17:00:00Z".parse().unwrap());
        let options = Options {
            clock: clock.clone(),
            limits: false,
            rotate_always: true,
            ..Options::default()
        };
        let realm = RealmId::new(options.realm.as_str()).unwrap();
        let sandbox = Sandbox::new(options);
        sandbox.configure(|company| company.custom_txn_numbers = true);
        Self {
            client: Client::new(sandbox.clone(), "https://sandbox.example", realm),
            token: AccessToken::new(sandbox.access_token().into()),
            attempts: 0,
            clock,
            sandbox,
        }
    }

    fn attempt(&mut self) -> RequestId {
        self.attempts += 1;
        RequestId::new(format!("attempt-{}", self.attempts)).unwrap()
    }

    async fn send(&self, request: &Request) -> Result<Answer, QboError> {
        self.client.send(&self.token, request).await
    }

    async fn create<T: Entity>(&mut self, object: &T) -> Result<T, QboError> {
        let request = Request::create(object, self.attempt()).unwrap();
        self.send(&request).await?.parse()
    }

    async fn update<T: Entity>(&mut self, present: &T, change: &T) -> Result<T, QboError> {
        let (id, token) = (present.id().unwrap(), present.sync_token().unwrap());
        let request = Request::sparse_update(id, token, change, self.attempt()).unwrap();
        self.send(&request).await?.parse()
    }

    async fn find<T: Entity>(&self, query: Query) -> Vec<T> {
        let answer = self.send(&Request::query(&query)).await.unwrap();
        answer.query_rows().unwrap()
    }

    async fn customers_called(&self, name: &str) -> Vec<Customer> {
        self.find(Query::select(Customer::NAME).where_eq("DisplayName", name))
            .await
    }

    /// The sandbox saw nothing that a correct client would not do.
    fn assert_no_violations(&self) {
        let violations = self.sandbox.violations();
        assert!(violations.is_empty(), "{violations:?}");
    }

    fn created(&self, entity: &str) -> u64 {
        self.sandbox.count(Act::Create, Some(entity))
    }
}

fn named(name: &str) -> Customer {
    Customer {
        display_name: Some(name.to_owned()),
        ..Customer::default()
    }
}

fn invoice(customer: &Id, number: &str) -> Invoice {
    let work = SalesItemLine {
        item: Some(Ref::to("1")),
        qty: Some(Quantity::from_hundredths(250)),
        unit_price: Some(Cents::new(9_500).into()),
        ..SalesItemLine::default()
    };
    Invoice {
        customer_ref: Some(customer.into()),
        doc_number: Some(DocNumber::new(number).unwrap()),
        txn_date: Some(date(2026, 3, 2)),
        line: vec![Line::sales_item(Cents::new(23_750), work).described("Tune-up")],
        ..Invoice::default()
    }
}

#[tokio::test]
async fn what_was_created_is_found_whatever_its_name() {
    let mut company = Company::new();
    for name in [
        "Renée O'Neil",
        "Bob & Söhne 100%",
        r"Back\slash",
        "a'; -- + b",
    ] {
        let made = company.create(&named(name)).await.unwrap();
        assert_eq!(made.display_name.as_deref(), Some(name));
        let read = Request::read::<Customer>(made.id().unwrap());
        let read: Customer = company.send(&read).await.unwrap().parse().unwrap();
        assert_eq!(read, made);
        assert_eq!(company.customers_called(name).await, [made]);
    }
    assert_eq!(company.customers_called("Nobody").await, []);
    company.assert_no_violations();
}

#[tokio::test]
async fn a_long_query_finds_what_a_short_one_finds() {
    let mut company = Company::new();
    let made = company.create(&named("Ann")).await.unwrap();
    let mut names: Vec<String> = (0..150)
        .map(|place| format!("Nobody in particular {place}"))
        .collect();
    names.push("Ann".to_owned());
    let query = Query::select(Customer::NAME).where_in("DisplayName", names);
    assert_eq!(company.find::<Customer>(query).await, [made]);
    company.assert_no_violations();
}

#[tokio::test]
async fn an_invoice_comes_back_with_totals_to_the_cent() {
    let mut company = Company::new();
    let customer = company.create(&named("Ann")).await.unwrap().id.unwrap();
    let made = company.create(&invoice(&customer, "1042-1")).await.unwrap();
    assert_eq!(made.total_amt, Some(Cents::new(23_750)));
    assert_eq!(made.balance, Some(Cents::new(23_750)));
    assert_eq!(made.doc_number, Some(DocNumber::new("1042-1").unwrap()));
    assert_eq!(made.txn_date, Some(date(2026, 3, 2)));
    assert!(made.due_date.is_some());
    assert_eq!(made.line.len(), 2, "QuickBooks adds the subtotal");
    assert_eq!(made.line[1].detail, LineDetail::SubTotal);

    let id = made.id.clone().unwrap();
    let token = made.sync_token.clone().unwrap();
    let void = Request::void_invoice(&id, &token, company.attempt()).unwrap();
    let voided: Invoice = company.send(&void).await.unwrap().parse().unwrap();
    assert_eq!(voided.total_amt, Some(Cents::ZERO));
    assert_eq!(voided.private_note.as_deref(), Some("Voided"));
    company.assert_no_violations();
}

#[tokio::test]
async fn a_sparse_update_changes_what_it_names_and_nothing_else() {
    let mut company = Company::new();
    let customer = company.create(&named("Ann")).await.unwrap().id.unwrap();
    let made = company.create(&invoice(&customer, "1042-1")).await.unwrap();
    let change = Invoice {
        due_date: Some(date(2026, 4, 1)),
        customer_ref: made.customer_ref.clone(),
        ..Invoice::default()
    };
    let changed = company.update(&made, &change).await.unwrap();
    assert_eq!(changed.due_date, Some(date(2026, 4, 1)));
    assert_eq!(changed.line, made.line);
    assert_eq!(changed.doc_number, made.doc_number);
    assert_ne!(changed.sync_token, made.sync_token);
    company.assert_no_violations();
}

#[tokio::test]
async fn an_update_of_an_old_version_is_stale() {
    let mut company = Company::new();
    let made = company.create(&named("Ann")).await.unwrap();
    let change = Customer {
        notes: Some("gate code at the office".to_owned()),
        ..Customer::default()
    };
    company.update(&made, &change).await.unwrap();
    let error = company.update(&made, &change).await.unwrap_err();
    assert!(matches!(error, QboError::Stale { .. }), "{error:?}");
    assert!(error.tid().as_str().is_some());
}

#[tokio::test]
async fn refusals_are_sorted() {
    let mut company = Company::new();
    let customer = company.create(&named("Ann")).await.unwrap().id.unwrap();
    let first = company.create(&invoice(&customer, "1042-1")).await.unwrap();

    let error = company.create(&named("ANN")).await.unwrap_err();
    assert!(matches!(error, QboError::DuplicateName { .. }), "{error:?}");

    let error = company
        .create(&invoice(&customer, "1042-1"))
        .await
        .unwrap_err();
    let QboError::DuplicateNumber {
        txn_type, txn_id, ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!(txn_type.as_deref(), Some("Invoice"));
    assert_eq!(txn_id, first.id);

    let missing = Request::read::<Invoice>(&"999999".into());
    let error = company.send(&missing).await.unwrap_err();
    assert!(matches!(error, QboError::Missing { .. }), "{error:?}");

    let mut unknown_item = invoice(&customer, "1043");
    unknown_item.line = vec![Line::sales_item(
        Cents::new(100),
        SalesItemLine {
            item: Some(Ref::to("999999")),
            ..SalesItemLine::default()
        },
    )];
    let error = company.create(&unknown_item).await.unwrap_err();
    let QboError::BadReference { element, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(element.as_deref(), Some("Line.SalesItemLineDetail.ItemRef"));

    company.sandbox.configure(|company| {
        company.book_close_date = Some(date(2026, 3, 31));
    });
    let error = company
        .create(&invoice(&customer, "1044"))
        .await
        .unwrap_err();
    assert!(matches!(error, QboError::PeriodClosed { .. }), "{error:?}");

    company.sandbox.configure(|company| company.lapsed = true);
    let error = company.create(&named("Bob")).await.unwrap_err();
    assert!(
        matches!(error, QboError::ReadOnlyCompany { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_gateway_is_sorted_too() {
    let mut company = Company::new();
    let read = Request::query(&Query::select(Term::NAME));
    let write = |company: &mut Company| Request::create(&named("Ann"), company.attempt()).unwrap();

    company.sandbox.inject(Fault::next(FaultKind::Throttle));
    let error = company.send(&read).await.unwrap_err();
    let QboError::Throttled { wait, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(wait, Duration::from_secs(60));

    for fault in [FaultKind::ServerError, QboFault::Html502.into()] {
        company.sandbox.inject(Fault::next(fault.clone()));
        let error = company.send(&read).await.unwrap_err();
        assert!(matches!(error, QboError::Unavailable { .. }), "{error:?}");
        company.sandbox.inject(Fault::next(fault));
        let request = write(&mut company);
        let error = company.send(&request).await.unwrap_err();
        assert!(matches!(error, QboError::Uncertain { .. }), "{error:?}");
    }

    company.sandbox.inject(Fault::next(QboFault::NamesLock));
    let request = write(&mut company);
    let error = company.send(&request).await.unwrap_err();
    assert!(matches!(error, QboError::NamesLocked { .. }), "{error:?}");

    let elsewhere = Client::new(
        company.sandbox.clone(),
        "https://sandbox.example",
        RealmId::new("1").unwrap(),
    );
    let error = elsewhere.send(&company.token, &read).await.unwrap_err();
    assert!(matches!(error, QboError::WrongRealm { .. }), "{error:?}");

    company.sandbox.inject(Fault::next(QboFault::ExpireTokens));
    let error = company.send(&read).await.unwrap_err();
    assert!(matches!(error, QboError::Unauthorized { .. }), "{error:?}");
}

#[tokio::test]
async fn a_batch_goes_on_after_a_fault_inside_it() {
    let mut company = Company::new();
    company.create(&named("Ann")).await.unwrap();
    let item = Item {
        name: Some("Tune-up".to_owned()),
        kind: Some(ItemType::Service),
        income_account_ref: Some(Ref::to("1")),
        unit_price: Some(Cents::new(9_500).into()),
        ..Item::default()
    };
    let items = [
        BatchItem::create(BatchId::from(0), &named("Ann")).unwrap(),
        BatchItem::create(BatchId::from(1), &item).unwrap(),
        BatchItem::query(
            BatchId::from(2),
            &Query::select(Term::NAME).where_eq("Name", "Net 15"),
        ),
        BatchItem::query(
            BatchId::from(3),
            &Query::select(Customer::NAME).where_eq("DisplayName", "Nobody"),
        ),
    ];
    let request = Request::batch(&items, company.attempt()).unwrap();
    let answer = company.send(&request).await.unwrap();
    let mut results = answer
        .batch()
        .unwrap()
        .into_iter()
        .map(|(_, result)| result);

    let fault = results.next().unwrap().unwrap_err();
    let error = QboError::from_fault(fault, Effect::Write, answer.tid().clone());
    assert!(matches!(error, QboError::DuplicateName { .. }), "{error:?}");
    let made: Item = results.next().unwrap().unwrap().entity().unwrap();
    assert_eq!(made.unit_price, item.unit_price);
    let terms: Vec<Term> = results.next().unwrap().unwrap().rows().unwrap();
    assert_eq!(terms[0].due_days, Some(15));
    let nobody: Vec<Customer> = results.next().unwrap().unwrap().rows().unwrap();
    assert_eq!(nobody, []);
    assert!(results.next().is_none());
    company.assert_no_violations();
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_the_same_request() {
    let mut company = Company::new();
    for (name, fault) in [
        ("done, then cut", FaultKind::CommitThenDrop),
        ("cut, not done", FaultKind::DropBeforeCommit),
        ("done too late", FaultKind::Slow { ms: 60_000 }),
    ] {
        let before = company.created("Customer");
        let request = Request::create(&named(name), company.attempt()).unwrap();
        company.sandbox.inject(Fault::next(fault));
        let error = company.send(&request).await.unwrap_err();
        assert!(error.outcome_unknown(), "{error:?}");
        assert!(
            matches!(
                error,
                QboError::Uncertain {
                    cause: Cause::Network(_),
                    ..
                }
            ),
            "{error:?}"
        );

        let again: Customer = company.send(&request).await.unwrap().parse().unwrap();
        assert_eq!(company.customers_called(name).await, [again]);
        assert_eq!(company.created("Customer"), before + 1, "{name}");
    }
    assert_eq!(company.sandbox.count(Act::Replay, None), 2);
    company.assert_no_violations();
}

#[tokio::test]
async fn the_company_tells_how_it_wants_its_books() {
    let company = Company::new();
    let preferences: Preferences = company
        .send(&Request::preferences())
        .await
        .unwrap()
        .parse()
        .unwrap();
    let forms = preferences.sales_forms_prefs;
    assert_eq!(forms.custom_txn_numbers, Some(true));
    let request = Request::company_info(company.client.realm());
    let info: CompanyInfo = company.send(&request).await.unwrap().parse().unwrap();
    assert_eq!(info.country.as_deref(), Some("US"));
    let page = Query::select(Term::NAME)
        .with_inactive()
        .order_by("Id")
        .start_position(2)
        .max_results(2);
    let terms: Vec<Term> = company.find(page).await;
    let names: Vec<_> = terms
        .iter()
        .filter_map(|term| term.name.as_deref())
        .collect();
    assert_eq!(names, ["Net 15", "Net 30"]);
    company.assert_no_violations();
}

fn app() -> AppCredentials {
    let options = Options::default();
    AppCredentials {
        client_id: options.client_id,
        client_secret: options.client_secret.into(),
    }
}

#[tokio::test]
async fn a_refresh_gives_a_working_token_and_may_replace_the_refresh_token() {
    let mut company = Company::new();
    let read = Request::preferences();
    company.clock.advance(Duration::from_secs(3_601)).unwrap();
    let error = company.send(&read).await.unwrap_err();
    assert!(matches!(error, QboError::Unauthorized { .. }), "{error:?}");

    let old: SecretString = company.sandbox.refresh_token().into();
    let tokens = oauth::refresh(&company.sandbox, oauth::TOKEN_URL, &app(), &old)
        .await
        .unwrap();
    assert_eq!(tokens.expires_in, Duration::from_secs(3_600));
    assert_ne!(tokens.refresh_token.expose_secret(), old.expose_secret());
    assert_eq!(
        tokens.refresh_token.expose_secret(),
        company.sandbox.refresh_token()
    );
    company.token = tokens.access_token.into();
    company.send(&read).await.unwrap();

    let error = oauth::refresh(&company.sandbox, oauth::TOKEN_URL, &app(), &old)
        .await
        .unwrap_err();
    assert!(
        matches!(error, OAuthError::InvalidGrant { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_token_service_refuses_a_wrong_app_and_a_cut_connection() {
    let company = Company::new();
    let token: SecretString = company.sandbox.refresh_token().into();
    let stranger = AppCredentials {
        client_secret: "wrong".into(),
        ..app()
    };
    let error = oauth::refresh(&company.sandbox, oauth::TOKEN_URL, &stranger, &token)
        .await
        .unwrap_err();
    assert!(
        matches!(error, OAuthError::InvalidClient { .. }),
        "{error:?}"
    );

    company
        .sandbox
        .inject(Fault::next(FaultKind::CommitThenDrop));
    let error = oauth::refresh(&company.sandbox, oauth::TOKEN_URL, &app(), &token)
        .await
        .unwrap_err();
    assert!(matches!(error, OAuthError::Lost { .. }), "{error:?}");

    company.sandbox.disconnect();
    let token: SecretString = company.sandbox.refresh_token().into();
    let error = oauth::refresh(&company.sandbox, oauth::TOKEN_URL, &app(), &token)
        .await
        .unwrap_err();
    assert!(
        matches!(error, OAuthError::InvalidGrant { .. }),
        "{error:?}"
    );
}

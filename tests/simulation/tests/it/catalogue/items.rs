//! Alerts about products and services.

use hcp_sandbox::{Hundredths, NewLine};
use simulation::Town;

use super::desk::Desk;
use crate::{
    categories::{material, recategorise},
    extras::{ITEM, OWED, account, lenient_town, tipped},
    parties::{edit, entry, finish, id, job_of, named},
    people::{assert_same_books, invoices, job_with},
    stories::make,
};

const FLUSH: &str = r#"{"Name":"Flush","Type":"Service","IncomeAccountRef":{"value":"INCOME"}}"#;

pub(super) async fn name_taken() -> String {
    let town = Town::new(3_101).await;
    make(&town, "Item", r#"{"Name":"Flush","Type":"Category"}"#);
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("item_name_taken").await;
    desk.choose(&seen, "make_item", None).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn category_name_taken() -> String {
    let town = Town::new(3_102).await;
    let flush = make(&town, "Item", FLUSH);
    let gasket = material(&town, "Gasket", "Flush");
    let job = job_of(&town, &[&gasket]).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("category_name_taken").await;
    edit(&desk.town, "Item", &flush, r#"{"Name":"Boiler flush"}"#);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn category_inactive() -> String {
    let town = Town::new(3_103).await;
    let filter = material(&town, "Filter", "Parts");
    let first = job_of(&town, &[&filter]).await;
    recategorise(&town, &filter, "Consumables");
    town.clock.advance(std::time::Duration::from_secs(600));
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    let parts = id(&town, "Item", "Name", "Parts");
    edit(&town, "Item", &parts, r#"{"Active":false}"#);
    let gasket = material(&town, "Gasket", "Parts");
    let job = job_of(&town, &[&gasket]).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("category_inactive").await;
    let back = r#"{"Active":true,"Name":"Parts"}"#;
    edit(&desk.town, "Item", &parts, back);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&first, &job]);
    seen.told()
}

pub(super) async fn no_liability_account() -> String {
    let desk = Desk::at(lenient_town(3_104).await).await;
    desk.set("tips_account", "liability").await;
    let jobs = [tipped(&desk.town).await, tipped(&desk.town).await];
    let seen = desk.sees("no_liability_account").await;
    account(&desk.town, ITEM, OWED);
    desk.retry("no_liability_account:tips_account").await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&jobs[0], &jobs[1]]);
    seen.told()
}

pub(super) async fn liability_refused() -> String {
    let town = Town::new(3_105).await;
    let owed = account(&town, ITEM, OWED);
    town.connect().await;
    let desk = Desk::at(town).await;
    desk.set("tips_account", "liability").await;
    let job = tipped(&desk.town).await;
    let seen = desk.sees("liability_refused").await;
    let by_hand =
        format!(r#"{{"Name":"{ITEM}","Type":"Service","IncomeAccountRef":{{"value":"{owed}"}}}}"#);
    make(&desk.town, "Item", &by_hand);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn inactive() -> String {
    let town = Town::new(3_106).await;
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let first = job_of(&town, &[&service]).await;
    let flush = id(&town, "Item", "Name", "Flush");
    edit(&town, "Item", &flush, r#"{"Active":false}"#);
    let second = job_of(&town, &[&service]).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("item_inactive").await;
    desk.choose(&seen, "reactivate_items", None).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&first, &second]);
    seen.told()
}

pub(super) async fn in_both_books() -> String {
    let line = |entry: &str| NewLine::from_price_book(entry, Hundredths::ONE);
    let town = Town::new(3_107).await;
    let dana = named(&town, "Dana");
    let service = town.hcp.add_service(entry("Filter", "Care")).unwrap();
    let material = material(&town, "Filter", "Parts");
    let first = job_with(&town, &dana, vec![line(&service)]);
    finish(&town, &first).await;
    let second = job_with(&town, &dana, vec![line(&service), line(&material)]);
    finish(&town, &second).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("item_in_both_books").await;
    desk.choose(&seen, "make_item", None).await;
    desk.is_clear().await;
    assert_eq!(invoices(&desk.town).len(), 2);
    seen.told()
}

pub(super) async fn account_inactive() -> String {
    let town = Town::new(3_108).await;
    let connected = town.all::<store::Connection>(town.books().company.as_str());
    let income = connected[0].value.accounts.income.id.to_string();
    edit(&town, "Account", &income, r#"{"Active":false}"#);
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("inactive_in_quickbooks").await;
    let name = &connected[0].value.accounts.income.name;
    let back = format!(r#"{{"Active":true,"Name":"{name}"}}"#);
    edit(&desk.town, "Account", &income, &back);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

//! Price-book items on their way to QuickBooks.

use std::collections::BTreeSet;

use hcp_sandbox::{EntryChanges, Hundredths, Invoicing, NewLine};
use simulation::Town;
use sync::{Declined, NotDone, objects::income::Mapped};

use crate::{
    ItemSlot, deposits, documents,
    parties::{alert, edit, entry, finish, id, job_of, named, names, somebody},
    people::{assert_books, assert_same_books, invoices, job_with, new_customer_in},
    stories::make,
};

/// Where an item stands in QuickBooks: its category and its name.
pub(crate) fn place(town: &Town, name: &str) -> String {
    let item = id(town, "Item", "Name", name);
    let item = town.qbo.object("Item", &item).unwrap();
    item.text("FullyQualifiedName").unwrap().to_owned()
}

#[tokio::test]
async fn c10_an_inactive_item_is_reported_by_name() {
    let town = Town::new(40).await;
    let service = town
        .hcp
        .add_service(entry("Flush: boiler", "Care"))
        .unwrap();
    job_of(&town, &[&service]).await;
    let flush = id(&town, "Item", "Name", "Flush- boiler");
    edit(&town, "Item", &flush, r#"{"Active":false}"#);
    let other = town.hcp.add_service(entry("Survey", "Care")).unwrap();
    let line = |entry: &str| NewLine::from_price_book(entry, Hundredths::ONE);
    let job = job_with(
        &town,
        &named(&town, "Eli"),
        vec![line(&service), line(&other)],
    );
    finish(&town, &job).await;
    let told = alert(&town, "item_inactive");
    assert!(told.contains("inactive there: Flush: boiler."), "{told}");
    assert_eq!(invoices(&town).len(), 1);
}

#[tokio::test]
async fn i3_an_inactive_item_is_not_matched_and_a_category_takes_the_name() {
    let town = Town::new(41).await;
    let old = make(
        &town,
        "Item",
        r#"{"Name":"Flush","Type":"Service","IncomeAccountRef":{"value":"INCOME"}}"#,
    );
    edit(&town, "Item", &old, r#"{"Active":false}"#);
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    assert_ne!(id(&town, "Item", "Name", "Flush"), old);
    assert_books(&town, &[&job]);

    let town = Town::new(41).await;
    make(&town, "Item", r#"{"Name":"Flush","Type":"Category"}"#);
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    job_of(&town, &[&service]).await;
    let told = alert(&town, "item_name_taken");
    assert!(
        told.contains("name Flush is taken in QuickBooks by a category"),
        "{told}"
    );
}

#[tokio::test]
async fn i6_nothing_of_a_linked_item_is_overwritten() {
    let town = Town::new(42).await;
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    let flush = id(&town, "Item", "Name", "Flush");
    let by_hand = r#"{"Name":"Boiler flush","UnitPrice":99.00,"Description":"By hand"}"#;
    edit(&town, "Item", &flush, by_hand);
    let dearer = EntryChanges {
        name: Some("Flush and fill".to_owned()),
        price: Some(7_700),
        ..EntryChanges::default()
    };
    town.hcp.edit_entry(&service, dearer).unwrap();
    let before = town.qbo.object("Item", &flush);
    town.hcp
        .add_line(&job, NewLine::from_price_book(&service, Hundredths::ONE))
        .unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(town.qbo.object("Item", &flush), before);
    assert_eq!(names(&town, "Item", "Name"), ["Boiler flush"]);
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn i7_a_material_moved_from_the_services_keeps_its_link() {
    let town = Town::new(43).await;
    let service = town.hcp.add_service(entry("Filter", "Care")).unwrap();
    let customer = named(&town, "Dana");
    let line = |entry: &str| NewLine::from_price_book(entry, Hundredths::ONE);
    let first = job_with(&town, &customer, vec![line(&service)]);
    finish(&town, &first).await;
    let filter = id(&town, "Item", "Name", "Filter");
    town.clock.advance(std::time::Duration::from_secs(3_600));
    let material = town.hcp.move_to_materials(&service, "Parts").unwrap();
    let second = job_with(&town, &customer, vec![line(&material)]);
    finish(&town, &second).await;
    // The same item, now in the category that Housecall Pro tells of a material (I4).
    assert_eq!(names(&town, "Item", "Name"), ["Filter", "Parts"]);
    assert_eq!(place(&town, "Filter"), "Parts:Filter");
    let items: Vec<String> = town
        .qbo
        .objects("Invoice")
        .iter()
        .filter_map(|invoice| {
            let line = invoice.at("Line")?.as_list().first()?;
            Some(line.text("SalesItemLineDetail.ItemRef.value")?.to_owned())
        })
        .collect();
    assert_eq!(items, [filter.clone(), filter]);
    // The first job's line keeps the old id, and its later triggers find the same item.
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    assert_books(&town, &[&first, &second]);
}

#[tokio::test]
async fn i7_where_a_service_and_a_material_of_one_name_live_on_a_person_is_asked() {
    let line = |entry: &str| NewLine::from_price_book(entry, Hundredths::ONE);
    for together in [true, false] {
        let town = Town::new(44).await;
        let customer = named(&town, "Dana");
        let service = town.hcp.add_service(entry("Filter", "Care")).unwrap();
        let material = town.hcp.add_material(entry("Filter", "Parts")).unwrap();
        finish(&town, &job_with(&town, &customer, vec![line(&service)])).await;
        if together {
            let both = vec![line(&service), line(&material)];
            finish(&town, &job_with(&town, &customer, both)).await;
        } else {
            finish(&town, &job_with(&town, &customer, vec![line(&material)])).await;
            town.clock.advance(std::time::Duration::from_secs(3_600));
            finish(&town, &job_with(&town, &customer, vec![line(&service)])).await;
        }
        let told = alert(&town, "item_in_both_books");
        assert!(told.contains("Filter is used both as"), "{told}");
        assert_eq!(names(&town, "Item", "Name"), ["Filter", "Parts"]);
    }
}

#[tokio::test]
async fn i8_items_whose_names_only_quickbooks_takes_for_one_stay_two() {
    let town = Town::new(45).await;
    let add = |name: &str| town.hcp.add_service(entry(name, "Care")).unwrap();
    let (one, two) = (add("A/C: check"), add("A/C- check"));
    let job = job_of(&town, &[&one, &two]).await;
    let names = names(&town, "Item", "Name");
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(names[0], "A/C- check");
    assert!(names[1].starts_with("A/C- check~"), "{names:?}");
    assert_books(&town, &[&job]);
}

/// The items of the lines of every invoice.
fn sold(town: &Town) -> Vec<Vec<String>> {
    let invoices = town.qbo.objects("Invoice");
    let lines = |invoice: &qbo_sandbox::Json| {
        let lines = invoice.at("Line").unwrap().as_list().to_vec();
        let items = lines.iter().filter_map(|line| {
            let item = line.text("SalesItemLineDetail.ItemRef.value")?;
            let item = town.qbo.object("Item", item).unwrap();
            item.text("FullyQualifiedName").map(str::to_owned)
        });
        items.collect()
    };
    invoices.iter().map(lines).collect()
}

#[tokio::test]
async fn i7_a_service_deleted_and_made_again_under_its_name_shares_the_item() {
    let town = Town::new(46).await;
    let add = || town.hcp.add_service(entry("Check", "Heating")).unwrap();
    let first = add();
    let mut jobs = vec![job_of(&town, &[&first]).await];
    town.hcp.remove_entry(&first).unwrap();
    let (second, third) = (add(), add());
    town.clock.advance(std::time::Duration::from_secs(3_600));
    // Two that live on beside each other, on one job too; and lines that name the old one.
    for services in [vec![&second], vec![&third, &second], vec![&third]] {
        let services: Vec<&str> = services.into_iter().map(String::as_str).collect();
        jobs.push(job_of(&town, &services).await);
    }
    town.hcp.send_invoice(&jobs[0]).unwrap();
    town.settle().await;
    assert_eq!(names(&town, "Item", "Name"), ["Check"]);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());

    // A mapping of any of them counts for all (I5).
    let heating = account(&town, "Heating");
    assert_eq!(map(&town, &third, &heating).await.unwrap(), Mapped::Now);
    assert_eq!(income(&town, "Check").as_deref(), Some(heating.as_str()));
    let cooling = account(&town, "Cooling");
    let fourth = add();
    map(&town, &fourth, &cooling).await.unwrap();
    job_of(&town, &[&fourth]).await;
    assert_eq!(income(&town, "Check").as_deref(), Some(cooling.as_str()));
    assert_eq!(names(&town, "Item", "Name"), ["Check"]);

    // All of them moved to the materials.
    let material = town.hcp.move_to_materials(&second, "Parts").unwrap();
    job_of(&town, &[&material]).await;
    assert_eq!(names(&town, "Item", "Name"), ["Check", "Parts"]);
    town.hcp.send_invoice(&jobs[1]).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    // A service of that name once more is another than the material that there is now.
    job_of(&town, &[&add()]).await;
    alert(&town, "item_name_taken");
}

#[tokio::test]
async fn i7_a_material_made_again_takes_the_item_over_and_two_that_live_on_are_asked_about() {
    let town = Town::new(53).await;
    let add = || town.hcp.add_material(entry("Filter", "Parts")).unwrap();
    let first = add();
    let mut jobs = vec![job_of(&town, &[&first]).await];
    town.hcp.remove_entry(&first).unwrap();
    let second = add();
    town.clock.advance(std::time::Duration::from_secs(600));
    jobs.push(job_of(&town, &[&second]).await);
    assert_eq!(sold(&town), [["Parts:Filter"], ["Parts:Filter"]]);
    // The item follows the one that there is.
    let other = EntryChanges {
        category: Some("Consumables".to_owned()),
        ..EntryChanges::default()
    };
    town.hcp.edit_entry(&second, other).unwrap();
    town.clock.advance(std::time::Duration::from_secs(600));
    jobs.push(job_of(&town, &[&second]).await);
    assert_eq!(place(&town, "Filter"), "Consumables:Filter");
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());

    let third = town
        .hcp
        .add_material(entry("Filter", "Consumables"))
        .unwrap();
    town.clock.advance(std::time::Duration::from_secs(600));
    job_of(&town, &[&third]).await;
    let told = alert(&town, "item_name_taken");
    assert!(told.contains("another price-book entry"), "{told}");
    assert_eq!(invoices(&town).len(), 3);
}

/// What of the price book may have the name of an item of ours.
#[derive(Clone, Copy, Debug)]
enum Namesake {
    Service,
    Material,
    Category,
}

impl Namesake {
    const ALL: [Self; 3] = [Self::Service, Self::Material, Self::Category];

    /// A line of a new entry that has this name, or lies in a category of it.
    fn line(self, town: &Town, name: &str) -> NewLine {
        let entry = match self {
            Self::Service => town.hcp.add_service(entry(name, "Care")),
            Self::Material => town.hcp.add_material(entry(name, "Parts")),
            Self::Category => town.hcp.add_material(entry("Filter", name)),
        };
        NewLine::from_price_book(&entry.unwrap(), Hundredths::ONE)
    }
}

#[tokio::test]
async fn i8_our_own_items_are_told_from_the_price_book_without_an_alert() {
    let ours = [
        ("Sales", NewLine::labor("Haul away", 4_550, Hundredths::ONE)),
        ("Housecall Pro Tips", NewLine::tip(2_000)),
    ];
    for unique in [true, false] {
        for (name, line) in &ours {
            for namesake in Namesake::ALL {
                for ours_first in [true, false] {
                    let qbo = |qbo: &mut qbo_sandbox::Options| {
                        qbo.doubts.item_names_are_unique = unique;
                    };
                    let town = Town::with(54, |_| {}, qbo).await;
                    let theirs = namesake.line(&town, name);
                    // A tip alone makes no job.
                    let visit = NewLine::labor("Visit", 9_900, Hundredths::ONE);
                    let own = vec![visit, line.clone()];
                    let both = [own.clone(), vec![theirs.clone()]].concat();
                    let order = match ours_first {
                        true => [own, vec![theirs], both],
                        false => [vec![theirs], own, both],
                    };
                    let mut jobs = Vec::new();
                    for lines in order {
                        let job = job_with(&town, &somebody(&town), lines);
                        finish(&town, &job).await;
                        jobs.push(job);
                    }
                    let case = format!("{name} {namesake:?} {ours_first} {unique}");
                    assert_eq!(town.open_alerts(), Vec::<String>::new(), "{case}");
                    assert_eq!(invoices(&town).len(), jobs.len(), "{case}");
                    assert_eq!(town.qbo.violations(), [], "{case}");
                    // Each keeps the item that it got.
                    let sold = sold(&town);
                    let (own, theirs) = if ours_first { (0, 1) } else { (1, 0) };
                    let together = [sold[own].clone(), sold[theirs].clone()].concat();
                    assert_eq!(sold[2], together, "{case}");
                    let distinct: BTreeSet<_> = sold[theirs].iter().collect();
                    assert!(
                        sold[own].iter().all(|item| !distinct.contains(item)),
                        "{case}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn i8_n7_l3_the_items_of_deposits_and_discounts_are_told_from_the_price_book() {
    for name in ["Housecall Pro Deposit", "Discount"] {
        for namesake in Namesake::ALL {
            for ours_first in [true, false] {
                let town = documents::town(56, Invoicing::MatchJobNumber, &[]).await;
                let theirs = namesake.line(&town, name);
                let spring = NewLine::fixed_discount("Spring", 2_000);
                let own = vec![spring.clone()];
                let both = vec![spring, theirs.clone()];
                // A job of theirs, then deposits with a discount on the main invoice; or the other way round.
                let order = match ours_first {
                    true => [Some(own), None, Some(both)],
                    false => [None, Some(own), Some(both)],
                };
                let mut items = Vec::new();
                for more in order {
                    let before = sold(&town).len();
                    let job = match more {
                        None => job_with(&town, &somebody(&town), vec![theirs.clone()]),
                        Some(more) => {
                            let name = format!("Sample {before}");
                            let customer = new_customer_in(&town, "Dana", &name, "AZ");
                            let job = deposits::taxed_of(&town, &customer, more);
                            deposits::deposit(&town, &job, deposits::half());
                            town.settle().await;
                            job
                        }
                    };
                    finish(&town, &job).await;
                    let new = sold(&town).split_off(before).concat();
                    items.push(new.into_iter().collect::<BTreeSet<_>>());
                }
                let case = format!("{name} {namesake:?} {ours_first}");
                deposits::quiet(&town);
                let (own, theirs) = if ours_first { (0, 1) } else { (1, 0) };
                for ours in ["Housecall Pro Deposit", "Discount"] {
                    let is_ours = |item: &&String| item.starts_with(ours);
                    let count = items[own].iter().filter(is_ours).count();
                    assert_eq!(count, 1, "{case}: {items:?}");
                }
                assert!(items[own].is_disjoint(&items[theirs]), "{case}: {items:?}");
                // Each keeps the item that it got.
                let together: BTreeSet<_> = items[own].union(&items[theirs]).cloned().collect();
                assert_eq!(items[2], together, "{case}");
            }
        }
    }
}

#[tokio::test]
async fn i8_an_item_of_ours_gives_way_to_whatever_has_its_name() {
    let town = Town::new(55).await;
    make(&town, "Item", r#"{"Name":"Sales","Type":"Category"}"#);
    let other = town
        .hcp
        .add_service(entry("Sales (Housecall Pro)", "Care"))
        .unwrap();
    let first = job_of(&town, &[&other]).await;
    let line = NewLine::labor("Haul away", 4_550, Hundredths::ONE);
    let second = job_with(&town, &somebody(&town), vec![line]);
    finish(&town, &second).await;
    let sold = sold(&town);
    assert_eq!(sold[0], ["Sales (Housecall Pro)"]);
    assert!(sold[1][0].starts_with("Sales~"), "{sold:?}");
    assert_books(&town, &[&first, &second]);

    // Several, none of which it can be known to be.
    let qbo = |qbo: &mut qbo_sandbox::Options| qbo.doubts.item_names_are_unique = false;
    let town = Town::with(56, |_| {}, qbo).await;
    for category in ["Parts", "Labor"] {
        let parent = format!(r#"{{"Name":"{category}","Type":"Category"}}"#);
        let parent = make(&town, "Item", &parent);
        make(
            &town,
            "Item",
            &format!(
                r#"{{"Name":"Sales","Type":"Service","IncomeAccountRef":{{"value":"INCOME"}},"SubItem":true,"ParentRef":{{"value":"{parent}"}}}}"#
            ),
        );
    }
    let line = NewLine::labor("Haul away", 4_550, Hundredths::ONE);
    let third = job_with(&town, &somebody(&town), vec![line]);
    finish(&town, &third).await;
    assert_eq!(self::sold(&town), [["Sales (Housecall Pro)"]]);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

fn account(town: &Town, name: &str) -> qbo::Id {
    let made = make(
        town,
        "Account",
        &format!(
            r#"{{"Name":"{name}","AccountType":"Income","AccountSubType":"ServiceFeeIncome"}}"#
        ),
    );
    qbo::Id::new(made)
}

async fn map(town: &Town, entry: &str, account: &qbo::Id) -> Result<Mapped, NotDone> {
    let entry = hcp::ServiceItemId::parse(entry).unwrap();
    let worker = town.worker();
    worker
        .map_income(
            &town.books().company,
            &entry,
            account,
            &simulation::person(),
            town.deadline(),
        )
        .await
}

fn income(town: &Town, item: &str) -> Option<String> {
    let item = id(town, "Item", "Name", item);
    let item = town.qbo.object("Item", &item).unwrap();
    item.text("IncomeAccountRef.value").map(str::to_owned)
}

#[tokio::test]
async fn i5_a_mapping_counts_from_the_first_use_and_a_change_of_it_at_once() {
    let town = Town::new(47).await;
    let (plumbing, heating) = (account(&town, "Plumbing"), account(&town, "Heating"));
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let other = town.hcp.add_service(entry("Survey", "Care")).unwrap();
    map(&town, &service, &plumbing).await.unwrap();
    let job = job_of(&town, &[&service, &other]).await;
    assert_eq!(income(&town, "Flush").as_deref(), Some(plumbing.as_str()));
    assert_ne!(income(&town, "Survey").as_deref(), Some(plumbing.as_str()));

    let flush = id(&town, "Item", "Name", "Flush");
    let before = town.qbo.objects("Invoice");
    map(&town, &service, &heating).await.unwrap();
    assert_eq!(income(&town, "Flush").as_deref(), Some(heating.as_str()));
    assert_eq!(town.qbo.objects("Invoice"), before);
    assert_books(&town, &[&job]);

    // Somebody edits the item meanwhile: only its account is ours.
    edit(&town, "Item", &flush, r#"{"Description":"By hand"}"#);
    map(&town, &service, &plumbing).await.unwrap();
    assert_eq!(income(&town, "Flush").as_deref(), Some(plumbing.as_str()));
    let flush = town.qbo.object("Item", &flush).unwrap();
    assert_eq!(flush.text("Description"), Some("By hand"));
}

#[tokio::test]
async fn i5_an_account_that_quickbooks_refuses_is_not_mapped() {
    let town = Town::new(48).await;
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    let before = income(&town, "Flush");
    let bank = make(
        &town,
        "Account",
        r#"{"Name":"Till","AccountType":"Bank","AccountSubType":"Checking"}"#,
    );
    let bank = qbo::Id::new(bank);
    let refused = map(&town, &service, &bank).await;
    assert!(
        matches!(&refused, Err(NotDone::Declined(Declined::NotUsable { words, .. })) if words.contains("QuickBooks refused")),
        "{refused:?}"
    );
    assert_eq!(income(&town, "Flush"), before);
    let slots = town.all::<ItemSlot>(&format!("slot#item#{service}"));
    assert_eq!(slots[0].value.memory.income, None);
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn i5_a_mapping_makes_a_material_at_once_and_a_service_with_its_first_use() {
    let town = Town::new(51).await;
    let (plumbing, heating) = (account(&town, "Plumbing"), account(&town, "Heating"));
    let filter = town.hcp.add_material(entry("Filter", "Parts")).unwrap();
    assert_eq!(map(&town, &filter, &plumbing).await.unwrap(), Mapped::Now);
    assert_eq!(place(&town, "Filter"), "Parts:Filter");
    assert_eq!(income(&town, "Filter").as_deref(), Some(plumbing.as_str()));
    assert_eq!(map(&town, &filter, &heating).await.unwrap(), Mapped::Now);
    assert_eq!(income(&town, "Filter").as_deref(), Some(heating.as_str()));
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let mapped = map(&town, &service, &plumbing).await.unwrap();
    assert_eq!(mapped, Mapped::AtFirstUse);
    let job = job_of(&town, &[&filter, &service]).await;
    assert_eq!(names(&town, "Item", "Name"), ["Filter", "Flush", "Parts"]);
    assert_eq!(income(&town, "Flush").as_deref(), Some(plumbing.as_str()));
    assert_books(&town, &[&job]);

    // A material that QuickBooks has is linked, and gets the account.
    let parts = id(&town, "Item", "Name", "Parts");
    make(
        &town,
        "Item",
        &format!(
            r#"{{"Name":"Gasket","Type":"NonInventory","IncomeAccountRef":{{"value":"1"}},"SubItem":true,"ParentRef":{{"value":"{parts}"}}}}"#
        ),
    );
    let gasket = town.hcp.add_material(entry("Gasket", "Parts")).unwrap();
    assert_eq!(map(&town, &gasket, &plumbing).await.unwrap(), Mapped::Now);
    assert_eq!(income(&town, "Gasket").as_deref(), Some(plumbing.as_str()));

    // One whose name is another's is not mapped.
    make(
        &town,
        "Item",
        r#"{"Name":"Valve","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    let valve = town.hcp.add_material(entry("Valve", "Parts")).unwrap();
    let error = map(&town, &valve, &plumbing).await.unwrap_err();
    assert!(
        matches!(error, NotDone::Declined(Declined::HeldBy { .. })),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("product or service Valve"),
        "{error}"
    );
    let slots = town.all::<ItemSlot>(&format!("slot#item#{valve}"));
    assert!(slots.iter().all(|slot| slot.value.memory.income.is_none()));
}

#[tokio::test]
async fn i6_an_account_chosen_in_quickbooks_later_becomes_the_mapping() {
    let town = Town::new(52).await;
    let (plumbing, heating) = (account(&town, "Plumbing"), account(&town, "Heating"));
    let filter = town.hcp.add_material(entry("Filter", "Parts")).unwrap();
    let job = job_of(&town, &[&filter]).await;
    let item = id(&town, "Item", "Name", "Filter");
    let by_hand = format!(r#"{{"IncomeAccountRef":{{"value":"{heating}"}}}}"#);
    edit(&town, "Item", &item, &by_hand);
    // The next write of ours finds the item changed, and tells its account.
    let other = EntryChanges {
        category: Some("Consumables".to_owned()),
        ..EntryChanges::default()
    };
    town.hcp.edit_entry(&filter, other).unwrap();
    town.clock.advance(std::time::Duration::from_secs(600));
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(place(&town, "Filter"), "Consumables:Filter");
    assert_eq!(income(&town, "Filter").as_deref(), Some(heating.as_str()));
    let slots = town.all::<ItemSlot>(&format!("slot#item#{filter}"));
    assert_eq!(slots[0].value.memory.income.as_ref(), Some(&heating));
    map(&town, &filter, &plumbing).await.unwrap();
    assert_eq!(income(&town, "Filter").as_deref(), Some(plumbing.as_str()));
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn i6_an_income_account_chosen_in_quickbooks_is_the_items_own() {
    let town = Town::new(49).await;
    let heating = account(&town, "Heating");
    make(
        &town,
        "Item",
        &format!(
            r#"{{"Name":"Flush","Type":"Service","IncomeAccountRef":{{"value":"{heating}"}}}}"#
        ),
    );
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    assert_eq!(income(&town, "Flush").as_deref(), Some(heating.as_str()));
    let slots = town.all::<ItemSlot>(&format!("slot#item#{service}"));
    assert_eq!(slots[0].value.memory.income.as_ref(), Some(&heating));
    assert_books(&town, &[&job]);
    let default = town.all::<store::Connection>(town.books().company.as_str());
    let default = &default[0].value.accounts.income.id;
    map(&town, &service, default).await.unwrap();
    assert_eq!(income(&town, "Flush").as_deref(), Some(default.as_str()));
}

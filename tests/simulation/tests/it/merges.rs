//! Customers who are merged, in Housecall Pro or in QuickBooks (C12).

use hcp_sandbox::{CustomerChanges, CustomerId, JobId, MergedCustomers};
use qbo_sandbox::InactiveReference;
use simulation::Town;
use sync::company::choose::{Choice, Party};

use crate::{
    CustomerSlot,
    choices::choose,
    parties::{alert, edit, finish, id, named, names, small_job},
    people::{assert_books, assert_same_books, invoices, new_customer, requests},
};

pub(crate) async fn town(seed: u64, jobs: MergedCustomers) -> Town {
    Town::with(seed, |hcp| hcp.settings.merged_customers = jobs, |_| {}).await
}

/// The office sends the invoice of a job.
async fn send(town: &Town, job: &JobId) {
    town.hcp.send_invoice(job).unwrap();
    town.settle().await;
}

/// To whom the invoices in QuickBooks are made out.
pub(crate) fn made_out_to(town: &Town) -> Vec<String> {
    let invoices = town.qbo.objects("Invoice");
    let customer = |invoice: &qbo_sandbox::Json| {
        let name = invoice.text("CustomerRef.name");
        name.unwrap_or_default().to_owned()
    };
    invoices.iter().map(customer).collect()
}

fn quickbooks_customers(town: &Town) -> Vec<String> {
    names(town, "Customer", "DisplayName")
}

fn slot(town: &Town, customer: &CustomerId) -> CustomerSlot {
    let key = format!("slot#customer#{}", customer.as_str());
    let slots = town.all::<CustomerSlot>(&key);
    slots.into_iter().next().unwrap().value
}

pub(crate) fn party(customer: &CustomerId) -> Party {
    Party::Customer(hcp::CustomerId::parse(customer.as_str()).unwrap())
}

#[tokio::test]
async fn c12_merged_in_housecall_pro_the_link_goes_to_the_one_who_stays() {
    for other_name in ["Dana Sample", "Dana S."] {
        let town = town(201, MergedCustomers::JobsFollow).await;
        let known = new_customer(&town, "Dana", "Sample");
        let first = small_job(&town, &known);
        finish(&town, &first).await;
        let stays = named(&town, other_name);
        town.hcp.merge_customers(&known, &stays).unwrap();
        town.settle().await;
        send(&town, &first).await;
        let second = small_job(&town, &stays);
        finish(&town, &second).await;
        assert_books(&town, &[&first, &second]);
        assert_eq!(made_out_to(&town), ["Dana Sample"; 2], "{other_name}");
        let dana = id(&town, "Customer", "DisplayName", "Dana Sample");
        let dana = town.qbo.object("Customer", &dana).unwrap();
        let email = dana.text("PrimaryEmailAddr.Address");
        assert_eq!(email, Some("dana@example.com"), "nothing is blanked");
        assert!(slot(&town, &known).link().is_none());
        let matched = slot(&town, &stays).memory.matched.unwrap();
        assert_eq!(matched.agreed, ["merged in Housecall Pro"]);
        // What changes from now on follows (C4).
        let married = CustomerChanges {
            last_name: Some("Example".to_owned()),
            ..CustomerChanges::default()
        };
        town.hcp.edit_customer(&stays, married).unwrap();
        send(&town, &second).await;
        assert_eq!(quickbooks_customers(&town).len(), 1);
        assert!(quickbooks_customers(&town)[0].ends_with("Example"));
    }
}

#[tokio::test]
async fn c12_a_new_job_of_the_one_who_stays_finds_the_link_by_its_name() {
    let town = town(202, MergedCustomers::JobsFollow).await;
    let known = new_customer(&town, "Dana", "Sample");
    let first = small_job(&town, &known);
    finish(&town, &first).await;
    let stays = named(&town, "Dana Sample");
    town.hcp.merge_customers(&known, &stays).unwrap();
    let second = small_job(&town, &stays);
    finish(&town, &second).await;
    send(&town, &first).await;
    assert_books(&town, &[&first, &second]);
    assert_eq!(quickbooks_customers(&town), ["Dana Sample"]);
}

#[tokio::test]
async fn c12_jobs_that_keep_a_merged_customer_rename_and_blank_nothing() {
    let town = town(203, MergedCustomers::JobsKeepThem).await;
    let known = new_customer(&town, "Dana", "Sample");
    let (first, second) = (small_job(&town, &known), small_job(&town, &known));
    finish(&town, &first).await;
    let dana = id(&town, "Customer", "DisplayName", "Dana Sample");
    let before = town.qbo.object("Customer", &dana).unwrap();
    let renamed = CustomerChanges {
        last_name: Some("Example".to_owned()),
        ..CustomerChanges::default()
    };
    town.hcp.edit_customer(&known, renamed).unwrap();
    town.hcp
        .merge_customers(&known, &named(&town, "Dana S."))
        .unwrap();
    finish(&town, &second).await;
    send(&town, &first).await;
    assert_books(&town, &[&first, &second]);
    let after = town.qbo.object("Customer", &dana).unwrap();
    for field in ["DisplayName", "FamilyName", "BillAddr.Line1", "SyncToken"] {
        assert_eq!(after.text(field), before.text(field), "{field}");
    }
    for invoice in town.qbo.objects("Invoice") {
        let street = invoice.text("ShipAddr.Line1");
        assert_eq!(street, Some("22 Lake Rd"), "billed elsewhere (C5)");
    }
}

#[tokio::test]
async fn c12_a_job_that_keeps_one_who_was_never_linked_goes_to_the_one_who_stays() {
    for same in [true, false] {
        let town = town(211, MergedCustomers::JobsKeepThem).await;
        let goes = match same {
            true => new_customer(&town, "Dana", "Sample"),
            false => named(&town, "Dana Sample"),
        };
        let first = small_job(&town, &goes);
        let stays = new_customer(&town, "Dana", "Sample");
        let second = small_job(&town, &stays);
        finish(&town, &second).await;
        town.hcp.merge_customers(&goes, &stays).unwrap();
        finish(&town, &first).await;
        if same {
            send(&town, &first).await;
            assert_books(&town, &[&first, &second]);
        } else {
            // Only the name says so: that is not enough to bill somebody.
            alert(&town, "linked_customer_match");
        }
        assert_eq!(quickbooks_customers(&town), ["Dana Sample"]);
    }
}

#[tokio::test]
async fn c12_a_job_whose_customer_was_only_changed_moves_no_link() {
    // Another job names another customer who is there: that is no merge.
    let town = town(204, MergedCustomers::JobsFollow).await;
    let known = new_customer(&town, "Dana", "Sample");
    let first = small_job(&town, &known);
    finish(&town, &first).await;
    let calls = town.hcp.calls().len();
    send(&town, &first).await;
    assert_eq!(
        town.hcp.calls().len() - calls,
        4,
        "no call when nothing is odd"
    );
    let other = small_job(&town, &named(&town, "Eli"));
    finish(&town, &other).await;
    assert_books(&town, &[&first, &other]);
    assert!(slot(&town, &known).link().is_some());
}

/// Two customers with an invoice each, merged in Housecall Pro.
pub(crate) async fn both_linked(town: &Town) -> (CustomerId, CustomerId, JobId, JobId) {
    let goes = new_customer(town, "Dana", "Sample");
    let stays = new_customer(town, "Dana", "Example");
    let (first, second) = (small_job(town, &goes), small_job(town, &stays));
    finish(town, &first).await;
    finish(town, &second).await;
    town.hcp.merge_customers(&goes, &stays).unwrap();
    town.settle().await;
    (goes, stays, first, second)
}

#[tokio::test]
async fn c12_where_both_are_linked_a_person_is_asked_until_quickbooks_has_one() {
    for (loses, stays) in [
        ("Dana Sample", "Dana Example"),
        ("Dana Example", "Dana Sample"),
    ] {
        for moves in [true, false] {
            let town = Town::with(
                205,
                |hcp| hcp.settings.merged_customers = MergedCustomers::JobsFollow,
                |qbo| qbo.doubts.merge_moves_token = moves,
            )
            .await;
            let (.., first, second) = both_linked(&town).await;
            send(&town, &first).await;
            let told = alert(&town, "customers_merged");
            assert!(
                told.contains("Dana Sample was merged into Dana Example"),
                "{told}"
            );
            assert!(
                told.contains("Dana Sample (dana@example.com) and"),
                "{told}"
            );
            assert_eq!(made_out_to(&town), ["Dana Sample", "Dana Example"]);
            let customer = |name| id(&town, "Customer", "DisplayName", name);
            let (from, into) = (customer(loses), customer(stays));
            town.qbo.merge_customers(&from, &into).unwrap();
            send(&town, &first).await;
            send(&town, &second).await;
            let third = small_job(&town, &town.hcp.customers().pop().unwrap());
            finish(&town, &third).await;
            assert_same_books(&town, &[&first, &second, &third]);
            assert_eq!(quickbooks_customers(&town), [stays]);
            assert_eq!(made_out_to(&town), [stays; 3]);
        }
    }
}

#[tokio::test]
async fn c12_where_both_are_linked_a_person_may_also_choose() {
    for keeps_first in [true, false] {
        let town = town(206, MergedCustomers::JobsFollow).await;
        let (goes, stays, first, second) = both_linked(&town).await;
        send(&town, &first).await;
        alert(&town, "customers_merged");
        let (who, choice, name) = if keeps_first {
            let sample = id(&town, "Customer", "DisplayName", "Dana Sample");
            let choice = Choice::LinkTo(qbo::Id::new(sample));
            (&stays, choice, "Dana Sample")
        } else {
            (&goes, Choice::CreateNew, "Dana Example")
        };
        choose(&town, &party(who), choice).await.unwrap();
        send(&town, &first).await;
        send(&town, &second).await;
        assert_eq!(made_out_to(&town), [name; 2]);
        assert_eq!(town.open_alerts(), Vec::<String>::new());
        assert_eq!(quickbooks_customers(&town).len(), 2, "made or renamed none");
    }
}

#[tokio::test]
async fn c12_merged_in_quickbooks_the_link_goes_where_the_invoices_went() {
    for (refusal, moves, renamed, new_job) in [
        (InactiveReference::Code2500, true, false, true),
        (InactiveReference::Code2500, false, false, false),
        (InactiveReference::Code610, true, true, true),
        (InactiveReference::Code2500, true, true, false),
    ] {
        let town = Town::with(
            207,
            |_| {},
            |qbo| {
                qbo.doubts.inactive_reference = refusal;
                qbo.doubts.merge_moves_token = moves;
            },
        )
        .await;
        let customer = new_customer(&town, "Dana", "Sample");
        let first = small_job(&town, &customer);
        finish(&town, &first).await;
        let ours = id(&town, "Customer", "DisplayName", "Dana Sample");
        let other = r#"{"DisplayName":"D. Sample","Notes":"Old customer"}"#;
        let stays = crate::stories::make(&town, "Customer", other);
        town.qbo.merge_customers(&ours, &stays).unwrap();
        if renamed {
            let note = CustomerChanges {
                notes: Some("Ring twice".to_owned()),
                ..CustomerChanges::default()
            };
            town.hcp.edit_customer(&customer, note).unwrap();
        }
        let mut jobs = vec![first.clone()];
        if new_job {
            let second = small_job(&town, &customer);
            finish(&town, &second).await;
            jobs.push(second);
        }
        send(&town, &first).await;
        let jobs: Vec<&JobId> = jobs.iter().collect();
        assert_same_books(&town, &jobs);
        assert_eq!(
            quickbooks_customers(&town),
            ["D. Sample"],
            "renamed nothing"
        );
        let there = town.qbo.object("Customer", &stays).unwrap();
        let notes = if renamed {
            "Ring twice"
        } else {
            "Old customer"
        };
        assert_eq!(there.text("Notes"), Some(notes), "what changed follows");
        let matched = slot(&town, &customer).memory.matched.unwrap();
        assert_eq!(matched.name, "D. Sample");
        assert_eq!(matched.agreed, ["merged in QuickBooks"]);
        let before = requests(&town);
        let last = small_job(&town, &customer);
        finish(&town, &last).await;
        assert_eq!(requests(&town) - before, 2, "as ever: look-up and create");
    }
}

#[tokio::test]
async fn c12_merged_in_quickbooks_into_one_who_is_linked_asks_a_person() {
    for follow in [MergedCustomers::JobsFollow, MergedCustomers::JobsKeepThem] {
        let town = town(208, follow).await;
        let goes = new_customer(&town, "Dana", "Sample");
        let stays = new_customer(&town, "Eli", "Example");
        let (first, second) = (small_job(&town, &goes), small_job(&town, &stays));
        finish(&town, &first).await;
        finish(&town, &second).await;
        let customer = |name| id(&town, "Customer", "DisplayName", name);
        let (from, into) = (customer("Dana Sample"), customer("Eli Example"));
        town.qbo.merge_customers(&from, &into).unwrap();
        let third = small_job(&town, &goes);
        finish(&town, &third).await;
        let told = alert(&town, "customers_merged");
        assert!(
            told.contains("Dana Sample was merged into Eli Example (eli@example.com)"),
            "{told}"
        );
        assert_eq!(invoices(&town).len(), 2);
        // The person merges them in Housecall Pro as well.
        town.hcp.merge_customers(&goes, &stays).unwrap();
        for job in [&third, &first, &second] {
            send(&town, job).await;
        }
        assert_same_books(&town, &[&first, &second, &third]);
        assert_eq!(made_out_to(&town), ["Eli Example"; 3]);
    }
}

#[tokio::test]
async fn c10_an_inactive_customer_whose_invoices_stayed_is_no_merge() {
    let town = Town::with(
        209,
        |_| {},
        |qbo| qbo.doubts.refuse_deactivation_with_balance = false,
    )
    .await;
    let customer = new_customer(&town, "Dana", "Sample");
    let first = small_job(&town, &customer);
    finish(&town, &first).await;
    let dana = id(&town, "Customer", "DisplayName", "Dana Sample");
    edit(&town, "Customer", &dana, r#"{"Active":false}"#);
    let second = small_job(&town, &customer);
    finish(&town, &second).await;
    let told = alert(&town, "customer_inactive");
    assert!(told.contains("Dana Sample"), "{told}");
    assert_eq!(invoices(&town).len(), 1);
}

#[tokio::test]
async fn c12_the_evidence_is_kept_once() {
    let town = Town::new(210).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let first = small_job(&town, &customer);
    finish(&town, &first).await;
    let kept = slot(&town, &customer).memory.invoice.unwrap();
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(Some(kept.as_str()), invoice.text("Id"));
    let second = small_job(&town, &customer);
    town.post().await;
    town.steps.begin(None);
    finish(&town, &second).await;
    let writes = town.steps.names();
    let evidence = format!("write slot#customer#{}", customer.as_str());
    assert!(!writes.contains(&evidence), "{writes:?}");
    assert_eq!(slot(&town, &customer).memory.invoice, Some(kept));
}

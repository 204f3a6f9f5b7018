//! What is known and told of a job from the first look at it on (S1, K1).

use hcp_sandbox::{CustomerChanges, JobId, NewCustomer};
use mapping::alert::Alert;
use qbo_sandbox::{Fault, FaultKind};
use simulation::Town;
use store::JobState;
use sync::job::{card::Card, find::JobName};

use crate::{
    parties::{alert, edit, entry, finish, id, job_of, named, small_job},
    people::{assert_books, assert_same_books, new_customer, new_job},
};

pub(crate) async fn status(town: &Town, job: &JobId) -> Card {
    let company = town.books().company;
    let name = JobName::Job(job.as_str().to_owned());
    town.worker().card(&company, &name).await.unwrap()
}

#[tokio::test]
async fn k1_number_and_customer_are_known_as_soon_as_they_were_read() {
    let town = Town::new(261).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    let number = town.hcp.job(&job).unwrap()["invoice_number"].clone();
    town.qbo.inject(Fault::next(FaultKind::Throttle));
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    town.batch(&town.worker()).await;
    let waits = status(&town, &job).await;
    assert_eq!(waits.state, JobState::Queued);
    assert!(waits.waits_for.is_some());
    assert_eq!(waits.number.as_deref(), number.as_str());
    assert_eq!(waits.customer.as_deref(), Some("Dana Sample"));
    town.settle().await;
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn s1_the_first_alert_of_a_job_has_its_number_and_its_customer() {
    let town = Town::new(262).await;
    let customer = named(&town, "Dana");
    let job = small_job(&town, &customer);
    // A vendor has the name.
    let vendor = qbo_sandbox::Json::parse(br#"{"DisplayName":"Dana"}"#).unwrap();
    town.qbo.create("Vendor", &vendor).unwrap();
    finish(&town, &job).await;
    let number = town.hcp.job(&job).unwrap()["invoice_number"].clone();
    let told = status(&town, &job).await;
    assert_eq!(told.number.as_deref(), number.as_str());
    assert_eq!(told.customer.as_deref(), Some("Dana"));
    let [alert] = told.alerts.as_slice() else {
        panic!("{:?}", told.alerts);
    };
    assert_eq!(alert.job_number.as_deref(), number.as_str());
    let text = alert.alert.as_ref().unwrap();
    let Alert::Job(about) = serde_json::from_str(text.get()).unwrap() else {
        panic!("{text}");
    };
    assert_eq!(about.job.customer.as_deref(), Some("Dana"));
}

#[tokio::test]
async fn c10_an_inactive_account_is_named() {
    for refusal in [
        qbo_sandbox::InactiveReference::Code2500,
        qbo_sandbox::InactiveReference::Code610,
    ] {
        let qbo = |qbo: &mut qbo_sandbox::Options| qbo.doubts.inactive_reference = refusal;
        let town = Town::with(263, |_| {}, qbo).await;
        let default = town.all::<store::Connection>(town.books().company.as_str());
        let income = default[0].value.accounts.income.clone();
        edit(&town, "Account", income.id.as_str(), r#"{"Active":false}"#);
        let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
        job_of(&town, &[&service]).await;
        let told = alert(&town, "inactive_in_quickbooks");
        let named = format!("the account {} was deleted or made inactive", income.name);
        assert!(told.contains(&named), "{told}");
    }
}

#[tokio::test]
async fn c2_the_first_address_of_a_list_goes_to_quickbooks_and_the_rest_is_kept() {
    let town = Town::new(264).await;
    let customer = town.hcp.create_customer(NewCustomer {
        first_name: Some("Dana".to_owned()),
        email: Some("a@example.com, b@example.com".to_owned()),
        ..NewCustomer::default()
    });
    let customer = customer.unwrap();
    let job = small_job(&town, &customer);
    finish(&town, &job).await;
    let mut jobs = vec![job];
    let there = || {
        let dana = id(&town, "Customer", "DisplayName", "Dana");
        let dana = town.qbo.object("Customer", &dana).unwrap();
        let text = |path| dana.text(path).unwrap_or_default().to_owned();
        (text("PrimaryEmailAddr.Address"), text("SyncToken"))
    };
    assert_eq!(there().0, "a@example.com");
    assert_eq!(status(&town, &jobs[0]).await.emails, ["b@example.com"]);
    for (list, first, rest) in [
        (
            "a@example.com; c@example.com",
            "a@example.com",
            &["c@example.com"][..],
        ),
        (
            "d@example.com; c@example.com",
            "d@example.com",
            &["c@example.com"],
        ),
        ("d@example.com", "d@example.com", &[]),
    ] {
        let changes = CustomerChanges {
            email: Some(list.to_owned()),
            ..CustomerChanges::default()
        };
        town.hcp.edit_customer(&customer, changes).unwrap();
        let before = there();
        let next = small_job(&town, &customer);
        finish(&town, &next).await;
        assert_eq!(there().0, first);
        // For the rest alone nothing is written.
        assert_eq!(there().1 == before.1, before.0 == first);
        assert_eq!(status(&town, &next).await.emails, rest);
        jobs.push(next);
    }
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());
}

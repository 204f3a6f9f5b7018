//! Around a job: crew, visits, segments, merges, the price book, service plans, estimates and leads.

use std::collections::BTreeSet;

use hcp_sandbox::{
    AddressId, Approval, CanceledBy, CustomerChanges, DeletedJobs, EntryChanges, EstimateStep,
    Event, Hundredths, JobId, LeadStep, LineChanges, MergedCustomers, MovedItems, NewAddress,
    NewEmployee, NewEntry, NewEstimate, NewLine, NewOption, NewPayment, OptionId, PaymentMethod,
    PaymentStatus, PlanInvoices, PlanPayment, Sandbox, Settings, Visit,
};
use serde_json::{Value, json};

use crate::company::{company, company_with, events, first_customer, get, read, repair_job};

fn visit(day: &str) -> Visit {
    Visit {
        start: format!("2026-03-{day}T14:00:00Z").parse().unwrap(),
        end: format!("2026-03-{day}T16:00:00Z").parse().unwrap(),
        arrival_window: 60,
    }
}

fn employees(sandbox: &Sandbox) -> Vec<String> {
    let list = read(sandbox, "/employees");
    let rows = list["employees"].as_array().unwrap();
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn pros_come_and_go_and_jobs_still_name_those_who_left() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    sandbox.schedule_job(&job, visit("03")).unwrap();
    let both = employees(&sandbox);
    events(&sandbox);
    sandbox.assign_pros(&job, vec![both[1].clone()]).unwrap();
    assert_eq!(
        events(&sandbox),
        [
            "job.updated",
            "job.appointment.appointment_pros_unassigned",
            "job.appointment.appointment_pros_assigned"
        ]
    );
    sandbox.deactivate_employee(&both[1]).unwrap();
    assert_eq!(employees(&sandbox), [both[0].clone()]);
    let record = sandbox.job(&job).unwrap();
    assert_eq!(record["assigned_employees"][0]["id"], both[1].as_str());
    assert!(sandbox.assign_pros(&job, vec![both[1].clone()]).is_err());
}

#[test]
fn a_new_employee_arrives_under_another_name() {
    let sandbox = company();
    let new = NewEmployee {
        first_name: "Noor".to_owned(),
        ..NewEmployee::default()
    };
    let id = sandbox.add_employee(new).unwrap();
    let webhook = sandbox.take_webhooks().remove(0);
    assert_eq!(webhook.event, Event::ProCreated);
    assert_eq!(webhook.json()["event"], "employee.created");
    assert_eq!(webhook.json()["employee"]["id"], id.as_str());
}

#[test]
fn appointments_are_listed_only_where_they_are_asked_for() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    assert!(sandbox.add_visit(&job, visit("05")).is_err());
    sandbox.schedule_job(&job, visit("03")).unwrap();
    sandbox.add_visit(&job, visit("05")).unwrap();
    let plain = read(&sandbox, &format!("/jobs/{job}"));
    assert_eq!(plain["schedule"]["appointments"], json!([]));
    let expanded = read(&sandbox, &format!("/jobs/{job}?expand[]=appointments"));
    let listed = read(&sandbox, &format!("/jobs/{job}/appointments"));
    assert_eq!(expanded["schedule"]["appointments"], listed["appointments"]);
    let appointments = listed["appointments"].as_array().unwrap();
    assert_eq!(appointments[1]["start_time"], "2026-03-05T14:00:00Z");
    assert_eq!(
        appointments[0]["dispatched_employees_ids"][0],
        employees(&sandbox)[0].as_str()
    );
    events(&sandbox);
    sandbox.cancel_job(&job, CanceledBy::Pro).unwrap();
    let discarded = "job.appointment.appointment_discarded";
    assert_eq!(events(&sandbox), ["job.canceled", discarded, discarded]);
}

#[test]
fn a_finished_job_can_be_rated_once_and_is_still_completed() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    assert!(sandbox.rate_job(&job).is_err());
    sandbox.finish_job(&job).unwrap();
    sandbox.rate_job(&job).unwrap();
    assert_eq!(sandbox.job(&job).unwrap()["work_status"], "complete rated");
    let completed = read(&sandbox, "/jobs?work_status[]=completed");
    assert_eq!(completed["total_items"], 1);
    assert!(sandbox.rate_job(&job).is_err());
    assert!(sandbox.finish_job(&job).is_err());
}

#[test]
fn segments_are_jobs_of_their_own_numbered_after_the_first() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let segments: Vec<JobId> = (0..2).map(|_| sandbox.add_segment(&job).unwrap()).collect();
    let number = |job: &JobId| sandbox.job(job).unwrap()["invoice_number"].clone();
    assert_eq!(number(&job), "101");
    assert_eq!(number(&segments[0]), "101-1");
    assert_eq!(number(&segments[1]), "101-2");
    assert_eq!(sandbox.job(&segments[0]).unwrap()["total_amount"], 0);
    assert!(sandbox.add_segment(&segments[0]).is_err());
    assert_eq!(number(&repair_job(&sandbox)), "102");
}

#[test]
fn a_merged_customer_vanishes_and_jobs_name_either() {
    for setting in [MergedCustomers::JobsKeepThem, MergedCustomers::JobsFollow] {
        let sandbox = company_with(Settings {
            merged_customers: setting,
            ..Settings::default()
        });
        let job = repair_job(&sandbox);
        let customers = sandbox.customers();
        events(&sandbox);
        sandbox
            .merge_customers(&customers[0], &customers[1])
            .unwrap();
        assert_eq!(events(&sandbox), ["customer.updated", "customer.deleted"]);
        assert_eq!(
            get(&sandbox, &format!("/customers/{}", customers[0])).status,
            404
        );
        let kept = read(&sandbox, &format!("/customers/{}", customers[1]));
        assert_eq!(kept["addresses"].as_array().unwrap().len(), 3);
        let named = match setting {
            MergedCustomers::JobsKeepThem => &customers[0],
            MergedCustomers::JobsFollow => &customers[1],
        };
        let record = read(&sandbox, &format!("/jobs/{job}"));
        assert_eq!(record["customer"]["id"], named.as_str());
        assert!(
            sandbox
                .merge_customers(&customers[0], &customers[2])
                .is_err()
        );
    }
}

#[test]
fn an_edited_address_keeps_its_id_and_jobs_show_it() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let customer = sandbox.customers().remove(0);
    let at = sandbox.job(&job).unwrap()["address"]["id"].clone();
    let id = AddressId::from(at.as_str().unwrap().to_owned());
    let street = |street: &str| NewAddress {
        street: Some(street.to_owned()),
        ..NewAddress::default()
    };
    events(&sandbox);
    sandbox
        .edit_address(&customer, &id, street("5 New Rd"))
        .unwrap();
    assert_eq!(events(&sandbox), ["customer.updated"]);
    let address = sandbox.job(&job).unwrap()["address"].clone();
    assert_eq!(
        (&address["id"], &address["street"]),
        (&at, &"5 New Rd".into())
    );
    let record = read(&sandbox, &format!("/customers/{customer}"));
    let addresses = record["addresses"].as_array().unwrap();
    let same = |known: &Value| known["id"] == at && known["street"] == "5 New Rd";
    assert!(addresses.iter().any(same));
    let other = AddressId::from("adr_0".to_owned());
    assert!(
        sandbox
            .edit_address(&customer, &other, street("x"))
            .is_err()
    );
}

#[test]
fn an_invoice_of_a_job_that_is_gone_has_no_customer() {
    let sandbox = company_with(Settings {
        deleted_jobs: DeletedJobs::Gone,
        ..Settings::default()
    });
    let job = repair_job(&sandbox);
    sandbox.send_invoice(&job).unwrap();
    sandbox.delete_job(&job).unwrap();
    let invoices = read(&sandbox, "/invoices?status[]=canceled");
    let invoice = &invoices["invoices"][0];
    assert_eq!(invoice["job_id"], job.as_str());
    assert!(invoice.get("customer").is_none());
    assert_eq!(get(&sandbox, &format!("/jobs/{job}")).status, 404);
}

#[test]
fn a_service_moved_to_the_materials_gets_another_id() {
    for setting in [MovedItems::LinesKeepTheirId, MovedItems::LinesFollow] {
        let sandbox = company_with(Settings {
            moved_items: setting,
            ..Settings::default()
        });
        let service = sandbox.price_book().remove(0).uuid;
        let job = repair_job(&sandbox);
        let line = NewLine::from_price_book(&service, Hundredths::ONE);
        sandbox.add_line(&job, line.clone()).unwrap();
        let material = sandbox.move_to_materials(&service, "Filters").unwrap();
        assert!(material.starts_with("pbmat_"));
        assert!(
            sandbox
                .price_book()
                .iter()
                .all(|entry| entry.uuid != service)
        );
        let lines = read(&sandbox, &format!("/jobs/{job}/line_items"));
        let linked = &lines["data"][2];
        match setting {
            MovedItems::LinesKeepTheirId => assert_eq!(linked["service_item_id"], service.as_str()),
            MovedItems::LinesFollow => {
                assert_eq!(linked["service_item_id"], material.as_str());
                assert_eq!(linked["service_item_type"], "Pricebook::Material");
            }
        }
        assert!(sandbox.add_line(&job, line).is_err());
        assert!(sandbox.move_to_materials(&material, "Filters").is_err());
    }
}

#[test]
fn entries_are_made_edited_and_removed_and_lines_keep_what_they_were() {
    let sandbox = company();
    let entry = NewEntry {
        name: "Duct cleaning".to_owned(),
        category: "Air".to_owned(),
        price: 20_000,
        ..NewEntry::default()
    };
    let uuid = sandbox.add_service(entry.clone()).unwrap();
    let job = repair_job(&sandbox);
    sandbox
        .add_line(&job, NewLine::from_price_book(&uuid, Hundredths::ONE))
        .unwrap();
    let dearer = EntryChanges {
        price: Some(25_000),
        category: Some("Heating".to_owned()),
        ..EntryChanges::default()
    };
    sandbox.edit_entry(&uuid, dearer).unwrap();
    let shown = sandbox.price_book();
    let shown = shown.iter().find(|entry| entry.uuid == uuid).unwrap();
    assert_eq!((shown.price, shown.category.as_str()), (25_000, "Heating"));
    sandbox.remove_entry(&uuid).unwrap();
    assert!(sandbox.remove_entry(&uuid).is_err());
    let lines = read(&sandbox, &format!("/jobs/{job}/line_items"));
    assert_eq!(lines["data"][2]["unit_price"], 20_000);
    assert_eq!(lines["data"][2]["service_item_id"], uuid.as_str());
    for (name, category, price) in [("", "Air", 1), ("Name", "", 1), ("Name", "Air", -1)] {
        let refused = NewEntry {
            name: name.to_owned(),
            category: category.to_owned(),
            price,
            ..entry.clone()
        };
        assert!(sandbox.add_material(refused).is_err());
    }
}

#[test]
fn a_service_plan_pays_its_own_invoice_which_has_no_job() {
    for (setting, listed) in [
        (PlanInvoices::Hidden, 0),
        (PlanInvoices::WithoutJob, 1),
        (PlanInvoices::WithoutCustomer, 1),
    ] {
        let sandbox = company_with(Settings {
            plan_invoices: setting,
            ..Settings::default()
        });
        let id = sandbox
            .pay_service_plan(PlanPayment {
                customer: first_customer(&sandbox),
                plan: "Yearly care".to_owned(),
                amount: 12_000,
                payment: NewPayment::in_full(PaymentMethod::Card),
            })
            .unwrap();
        let told = events(&sandbox);
        assert_eq!(told.len(), 3 * listed, "{told:?}");
        let invoices = read(&sandbox, "/invoices");
        assert_eq!(invoices["total_items"], listed);
        let invoice = sandbox.invoice(&id).unwrap();
        assert_eq!(invoice["invoice_number"], "RSA-1");
        assert_eq!(invoice["status"], "paid");
        assert!(invoice["job_id"].is_null());
        let one = get(&sandbox, &format!("/api/invoices/{id}"));
        assert_eq!(one.status == 200, listed == 1);
    }
}

/// An estimate with an option over $80.
fn estimate(sandbox: &Sandbox) -> (hcp_sandbox::EstimateId, OptionId) {
    let option = NewOption {
        name: "Repair".to_owned(),
        lines: vec![NewLine::labor("Repair", 8_000, Hundredths::ONE)],
    };
    let id = sandbox
        .create_estimate(NewEstimate {
            customer: first_customer(sandbox),
            options: vec![option],
        })
        .unwrap();
    let list = read(sandbox, "/estimates");
    let option = list["estimates"][0]["options"][0]["id"].as_str().unwrap();
    (id, OptionId::from(option))
}

#[test]
fn an_approved_option_becomes_a_job_that_names_it() {
    let sandbox = company();
    let (id, option) = estimate(&sandbox);
    assert_eq!(
        events(&sandbox),
        ["estimate.created", "estimate.option.created"]
    );
    let copy = EstimateStep::CopyToJob {
        option: option.clone(),
    };
    assert!(sandbox.step_estimate(&id, copy.clone()).is_err());
    let yes = EstimateStep::Decide {
        option: option.clone(),
        approval: Approval::Approved,
    };
    sandbox.step_estimate(&id, yes).unwrap();
    let job = JobId::from(sandbox.step_estimate(&id, copy.clone()).unwrap());
    let webhooks = sandbox.take_webhooks();
    let copied = webhooks.last().unwrap().json();
    assert_eq!(copied["event"], "estimate.copy_to_job");
    assert_eq!(copied["job"]["id"], job.as_str());
    assert_eq!(
        copied["estimate"]["work_status"],
        "created job from estimate"
    );
    let record = sandbox.job(&job).unwrap();
    assert_eq!(record["total_amount"], 8_000);
    assert_eq!(record["original_estimate_uuids"], json!([option]));
    assert!(sandbox.step_estimate(&id, copy).is_err());
}

/// Whatever the sandbox can tell happens in one busy day: all 41 events, each a full record of its kind.
#[test]
fn all_forty_one_events_happen_with_full_records() {
    let sandbox = company();
    let customer = sandbox
        .create_customer(hcp_sandbox::NewCustomer {
            first_name: Some("Una".to_owned()),
            ..Default::default()
        })
        .unwrap();
    sandbox
        .edit_customer(&customer, CustomerChanges::default())
        .unwrap();
    sandbox.delete_customer(&customer).unwrap();
    let first = sandbox.add_employee(NewEmployee {
        first_name: "Noor".to_owned(),
        ..NewEmployee::default()
    });
    let job = repair_job(&sandbox);
    sandbox.schedule_job(&job, visit("03")).unwrap();
    sandbox.schedule_job(&job, visit("04")).unwrap();
    sandbox.assign_pros(&job, vec![first.unwrap()]).unwrap();
    sandbox.on_my_way(&job).unwrap();
    sandbox.start_job(&job).unwrap();
    sandbox.finish_job(&job).unwrap();
    let invoice = sandbox.send_invoice(&job).unwrap();
    let line = sandbox.lines_of(&job).remove(0);
    let dearer = LineChanges {
        unit_price: Some(12_000),
        ..LineChanges::default()
    };
    sandbox.edit_line(&job, &line, dearer).unwrap();
    let failed = NewPayment {
        status: PaymentStatus::Failed,
        ..NewPayment::in_full(PaymentMethod::Card)
    };
    sandbox.pay_invoice(&invoice, failed).unwrap();
    let paid = NewPayment::in_full(PaymentMethod::Card);
    let payment = sandbox.pay_invoice(&invoice, paid).unwrap();
    sandbox.refund_payment(&invoice, &payment, None).unwrap();
    sandbox.void_invoice(&invoice).unwrap();
    sandbox.send_invoice(&job).unwrap();
    sandbox.cancel_job(&job, CanceledBy::Customer).unwrap();
    sandbox.delete_job(&job).unwrap();
    let (id, option) = estimate(&sandbox);
    for step in [
        EstimateStep::Schedule(visit("05")),
        EstimateStep::OnMyWay,
        EstimateStep::Finish,
        EstimateStep::AddOption(NewOption {
            name: "Replace".to_owned(),
            lines: Vec::new(),
        }),
        EstimateStep::Send,
        EstimateStep::Decide {
            option: option.clone(),
            approval: Approval::ProApproved,
        },
        EstimateStep::CopyToJob { option },
    ] {
        sandbox.step_estimate(&id, step).unwrap();
    }
    for steps in [
        vec![LeadStep::Note("Calls back".to_owned()), LeadStep::Convert],
        vec![LeadStep::Lose, LeadStep::Delete],
    ] {
        let lead = sandbox.create_lead(&first_customer(&sandbox)).unwrap();
        for step in steps {
            sandbox.step_lead(&lead, step).unwrap();
        }
    }
    let webhooks = sandbox.take_webhooks();
    let told: BTreeSet<&str> = webhooks
        .iter()
        .map(|webhook| webhook.event.name())
        .collect();
    let all: BTreeSet<&str> = Event::ALL.iter().map(|event| event.name()).collect();
    assert_eq!(told, all);
    for webhook in &webhooks {
        let body = webhook.json();
        let key = match body["event"].as_str().unwrap() {
            name if name.starts_with("job.appointment.") => "appointment".to_owned(),
            name => name.split('.').next().unwrap().to_owned(),
        };
        assert!(body[&key]["id"].is_string(), "{body}");
        let lone_ids = ["job.appointment.appointment_discarded"];
        let keys = body[&key].as_object().map(serde_json::Map::len);
        let full = keys > Some(5) || lone_ids.contains(&webhook.event.name());
        assert!(full, "{} is no full record", webhook.event);
        assert_ne!(body[&key], Value::Null);
    }
}

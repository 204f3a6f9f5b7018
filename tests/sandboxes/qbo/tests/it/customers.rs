//! Customers, vendors, employees: names, parents, activity.

use qbo_sandbox::{Doubts, Json};

use crate::app::{App, options};

#[test]
fn a_name_is_built_from_its_parts() {
    let app = App::new();
    let created = app.post(
        "customer",
        r#"{"Title":"Dr","GivenName":"Ada","FamilyName":"King"}"#,
    );
    let customer = created.at("Customer").unwrap();
    assert_eq!(customer.text("DisplayName"), Some("Dr Ada King"));
    assert_eq!(customer.text("PrintOnCheckName"), Some("Dr Ada King"));
    assert_eq!(
        app.refused("customer", r#"{"CompanyName":"Nameless"}"#)
            .code,
        "6080"
    );
}

#[test]
fn names_are_unique_over_customers_vendors_and_employees_in_any_case() {
    let app = App::new();
    app.customer("Amy");
    for path in ["customer", "vendor", "employee"] {
        let refused = app.refused(path, r#"{"DisplayName":" aMY "}"#);
        assert_eq!(refused.code, "6240", "{path}");
        assert_eq!(
            refused.detail,
            "The name supplied already exists. : Another customer, vendor or employee is already using this \nname. Please use a different name."
        );
    }
    app.customer("Bob");
    let refused = app.refused(
        "customer",
        r#"{"Id":"2","SyncToken":"0","sparse":true,"DisplayName":"Amy"}"#,
    );
    assert_eq!(refused.code, "6240");
    // Keeping its own name, in another case too, is no conflict.
    app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"DisplayName":"AMY"}"#,
    );
}

#[test]
fn an_inactive_name_is_marked_and_free_again() {
    let app = App::new();
    app.customer("Amy");
    let gone = app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    let gone = gone.at("Customer").unwrap();
    assert_eq!(gone.text("DisplayName"), Some("Amy (deleted)"));
    assert_eq!(gone.text("FullyQualifiedName"), Some("Amy (deleted)"));
    assert_eq!(gone.text("PrintOnCheckName"), Some("Amy"));
    assert_eq!(gone.text("SyncToken"), Some("1"));
    let second = app.customer("Amy");
    app.post(
        "customer",
        &format!(r#"{{"Id":"{second}","SyncToken":"0","sparse":true,"Active":false}}"#),
    );
    let names: Vec<String> = app
        .sandbox
        .objects("Customer")
        .iter()
        .map(|customer| customer.text("DisplayName").unwrap().to_owned())
        .collect();
    assert_eq!(names, ["Amy (deleted)", "Amy (deleted-2)"]);
}

#[test]
fn a_customer_comes_back_under_a_free_name() {
    let app = App::new();
    app.customer("Amy");
    app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    app.customer("Amy");
    let back = r#"{"Id":"1","SyncToken":"1","sparse":true,"Active":true,"DisplayName":"Amy"}"#;
    assert_eq!(app.refused("customer", back).code, "6240");
    let back = app.post("customer", &back.replace("Amy", "Amy B"));
    assert_eq!(back.text("Customer.DisplayName"), Some("Amy B"));
}

#[test]
fn reactivation_without_a_name_is_a_switch() {
    for (restores, expected) in [(false, "Amy (deleted)"), (true, "Amy")] {
        let mut options = options();
        options.doubts = Doubts {
            reactivation_restores_name: restores,
            ..Doubts::default()
        };
        let app = App::with(options);
        app.customer("Amy");
        app.post(
            "customer",
            r#"{"Id":"1","SyncToken":"0","sparse":true,"Active":false}"#,
        );
        let back = app.post(
            "customer",
            r#"{"Id":"1","SyncToken":"1","sparse":true,"Active":true}"#,
        );
        assert_eq!(back.text("Customer.DisplayName"), Some(expected));
    }
}

#[test]
fn a_customer_with_a_balance_stays_active_unless_the_switch_says_otherwise() {
    for (refuses, status) in [(true, 400), (false, 200)] {
        let mut options = options();
        options.doubts.refuse_deactivation_with_balance = refuses;
        let app = App::with(options);
        app.customer("Amy");
        app.invoice("1", "1");
        let response = app.call(
            "POST",
            "customer",
            r#"{"Id":"1","SyncToken":"0","sparse":true,"Active":false}"#,
        );
        assert_eq!(response.status, status);
    }
}

#[test]
fn sub_customers_carry_their_parents_name_and_add_to_its_balance() {
    let app = App::new();
    app.customer("Amy");
    let sub =
        r#"{"DisplayName":"North","Job":true,"BillWithParent":true,"ParentRef":{"value":"1"}}"#;
    let sub = app.post("customer", sub);
    assert_eq!(sub.text("Customer.FullyQualifiedName"), Some("Amy:North"));
    assert_eq!(sub.at("Customer.Level").unwrap().to_string(), "1");
    let invoice = app.invoice("2", "30");
    assert_eq!(invoice.text("CustomerRef.name"), Some("Amy:North"));
    let amounts = |id: &str| {
        let customer = app.get(&format!("customer/{id}"));
        ["Balance", "BalanceWithJobs"].map(|field| {
            customer
                .at(&format!("Customer.{field}"))
                .unwrap()
                .to_string()
        })
    };
    assert_eq!(amounts("1"), ["0", "30.00"]);
    assert_eq!(amounts("2"), ["30.00", "30.00"]);

    app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"DisplayName":"Ann"}"#,
    );
    assert_eq!(
        app.get("customer/2").text("Customer.FullyQualifiedName"),
        Some("Ann:North")
    );

    app.customer("Bob");
    app.post(
        "customer",
        r#"{"Id":"2","SyncToken":"0","sparse":true,"ParentRef":{"value":"3"}}"#,
    );
    assert_eq!(amounts("1"), ["0", "0"]);
    assert_eq!(amounts("3"), ["0", "30.00"]);
}

#[test]
fn parents_are_needed_by_jobs_and_five_levels_deep_at_most() {
    let app = App::new();
    app.customer("1");
    assert_eq!(
        app.refused("customer", r#"{"DisplayName":"x","Job":true}"#)
            .code,
        "6150"
    );
    for n in 2..=5 {
        let parent = n - 1;
        app.post(
            "customer",
            &format!(r#"{{"DisplayName":"{n}","Job":true,"ParentRef":{{"value":"{parent}"}}}}"#),
        );
    }
    assert_eq!(
        app.refused(
            "customer",
            r#"{"DisplayName":"6","Job":true,"ParentRef":{"value":"5"}}"#
        )
        .code,
        "6180"
    );
    // Nobody is below itself.
    let circle = r#"{"Id":"1","SyncToken":"0","sparse":true,"Job":true,"ParentRef":{"value":"3"}}"#;
    assert_eq!(app.refused("customer", circle).code, "6180");
}

#[test]
fn the_parts_of_a_name_that_are_forbidden_are_a_switch() {
    for (refuses, status) in [(true, 400), (false, 200)] {
        let mut options = options();
        options.doubts.refuse_name_characters = refuses;
        let app = App::with(options);
        for name in ["a:b", r"a\tb", r"a\nb"] {
            let response = app.call(
                "POST",
                "customer",
                &format!(r#"{{"DisplayName":"{name}"}}"#),
            );
            assert_eq!(response.status, status, "{name}");
        }
        let item = r#"{"Name":"a:b","Type":"Service","IncomeAccountRef":{"value":"1"}}"#;
        assert_eq!(app.call("POST", "item", item).status, status);
    }
}

#[test]
fn an_address_is_one_field_and_has_an_id_of_its_own() {
    let app = App::new();
    let created = app.post(
        "customer",
        r#"{"DisplayName":"Amy","BillAddr":{"Line1":"1 Main","City":"Town"}}"#,
    );
    assert_eq!(
        created.at("Customer.BillAddr").unwrap().to_string(),
        r#"{"Id":"1","Line1":"1 Main","City":"Town"}"#
    );
    let updated = app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"BillAddr":{"Line1":"2 Main"}}"#,
    );
    assert_eq!(
        updated.at("Customer.BillAddr").unwrap().to_string(),
        r#"{"Id":"2","Line1":"2 Main"}"#
    );
    let other = app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"1","sparse":true,"Notes":"x"}"#,
    );
    assert_eq!(other.text("Customer.BillAddr.Line1"), Some("2 Main"));
    let full = app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"2","DisplayName":"Amy"}"#,
    );
    assert_eq!(full.at("Customer.BillAddr"), None);
    assert_eq!(full.at("Customer.Active"), Some(&Json::Bool(true)));
}

#[test]
fn an_update_that_changes_nothing_moves_the_token_unless_the_switch_says_otherwise() {
    for (moves, token) in [(true, "1"), (false, "0")] {
        let mut options = options();
        options.doubts.idle_update_moves_token = moves;
        let app = App::with(options);
        app.customer("Amy");
        let same = app.post(
            "customer",
            r#"{"Id":"1","SyncToken":"0","sparse":true,"DisplayName":"Amy"}"#,
        );
        assert_eq!(same.text("Customer.SyncToken"), Some(token));
    }
}

#[test]
fn null_in_a_sparse_update_is_a_switch_and_an_empty_text_clears() {
    for (clears, left) in [(false, Some("x")), (true, None)] {
        let mut options = options();
        options.doubts.sparse_null_clears = clears;
        let app = App::with(options);
        app.post(
            "customer",
            r#"{"DisplayName":"Amy","Notes":"x","CompanyName":"y"}"#,
        );
        let updated = app.post(
            "customer",
            r#"{"Id":"1","SyncToken":"0","sparse":true,"Notes":null,"CompanyName":""}"#,
        );
        assert_eq!(updated.text("Customer.Notes"), left);
        assert_eq!(updated.at("Customer.CompanyName"), None);
    }
}

#[test]
fn who_is_billed_for_a_sub_customer_stays_while_an_invoice_is_open() {
    let app = App::new();
    app.customer("Amy");
    app.post(
        "customer",
        r#"{"DisplayName":"North","Job":true,"ParentRef":{"value":"1"}}"#,
    );
    app.invoice("2", "10");
    let update = |token: u8, bills: bool| {
        format!(r#"{{"Id":"2","SyncToken":"{token}","sparse":true,"BillWithParent":{bills}}}"#)
    };
    let refused = app.refused("customer", &update(0, true));
    assert_eq!(
        (refused.code.as_str(), refused.element.as_deref()),
        ("6130", Some("BillWithParent"))
    );
    app.post("customer", &update(0, false));
    app.payment("1", "10", &[("Invoice:1", "10")]);
    app.post("customer", &update(1, true));
    app.invoice("2", "5");
    // The parent pays what it is billed for.
    app.payment("1", "5", &[("Invoice:3", "5")]);
    assert_eq!(app.shown("Customer", "1", "BalanceWithJobs"), "0");
}

#[test]
fn a_merged_customer_is_gone_and_its_documents_are_the_others() {
    for moves in [true, false] {
        let mut options = options();
        options.doubts.merge_moves_token = moves;
        let app = App::with(options);
        for name in ["Amy", "Bob", "Cleo"] {
            app.customer(name);
        }
        app.invoice("1", "100");
        app.invoice("2", "10");
        app.payment("2", "4", &[("Invoice:2", "4")]);
        let stays = app.sandbox.merge_customers("2", "1").unwrap();
        assert_eq!(stays.text("DisplayName"), Some("Amy"));
        for (id, token) in [("1", 0), ("2", 1 + u8::from(moves))] {
            assert_eq!(app.shown("Invoice", id, "CustomerRef.value"), r#""1""#);
            assert_eq!(app.shown("Invoice", id, "CustomerRef.name"), r#""Amy""#);
            let version = app.shown("Invoice", id, "SyncToken");
            assert_eq!(version, format!(r#""{token}""#));
        }
        assert_eq!(app.shown("Payment", "3", "CustomerRef.value"), r#""1""#);
        assert_eq!(app.shown("Customer", "1", "Balance"), "106.00");
        assert_eq!(app.shown("Customer", "1", "BalanceWithJobs"), "106.00");
        let gone = app.call("GET", "customer/2", "");
        assert_eq!(crate::app::Refused::of(&gone).code, "610");
        let statement = "SELECT * FROM Customer WHERE Id = '2'";
        assert_eq!(app.ids(statement), Vec::<String>::new());
        let update = r#"{"Id":"2","SyncToken":"0","sparse":true,"Notes":"x"}"#;
        assert_eq!(app.refused("customer", update).code, "610");
        let invoice = crate::app::invoice_body("2", "5");
        assert_eq!(app.refused("invoice", &invoice).code, "2500");
        // The name is free again.
        app.customer("Bob");
    }
}

#[test]
fn a_merge_that_no_person_could_make_is_refused() {
    let app = App::new();
    app.customer("Amy");
    app.customer("Bob");
    let sub = r#"{"DisplayName":"North","Job":true,"ParentRef":{"value":"1"}}"#;
    app.post("customer", sub);
    for (from, into, code) in [
        ("1", "2", "501"),
        ("2", "2", "501"),
        ("2", "9", "610"),
        ("9", "2", "610"),
        ("x", "2", "2030"),
    ] {
        let refused = app.sandbox.merge_customers(from, into).unwrap_err();
        assert_eq!(refused.code, code, "{from} into {into}");
    }
    app.sandbox.merge_customers("3", "1").unwrap();
    app.sandbox.merge_customers("2", "1").unwrap();
    assert_eq!(app.sandbox.objects("Customer").len(), 1);
}

use strum::IntoEnumIterator;

use super::*;

fn caller(role: Role) -> Caller {
    Caller {
        user: UserId::parse("user-1").unwrap(),
        mail: "dana@example.com".to_owned(),
        company: CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506").unwrap(),
        role,
    }
}

#[test]
fn v23_every_operation_by_every_role() {
    // Viewer, bookkeeper, admin.
    let table = [
        ("see_work", [true, true, true]),
        ("push", [false, true, true]),
        ("pull", [false, true, true]),
        ("tick_off", [false, true, true]),
        ("decide", [false, true, true]),
        ("resolve", [false, true, true]),
        ("dismiss", [false, true, true]),
        ("link", [false, true, true]),
        ("map_items", [false, true, true]),
        ("match_customers", [false, true, true]),
        ("choose_mails", [true, true, true]),
        ("see_settings", [true, true, true]),
        ("change_settings", [false, false, true]),
        ("pause", [false, false, true]),
        ("connect", [false, false, true]),
        ("see_people", [false, false, true]),
        ("change_people", [false, false, true]),
    ];
    let roles = [Role::Viewer, Role::Bookkeeper, Role::Admin];
    let found: Vec<(&str, [bool; 3])> = Operation::iter()
        .map(|operation| {
            let may = roles.map(|role| caller(role).may(operation).is_ok());
            (operation.into(), may)
        })
        .collect();
    assert_eq!(found, table);
}

#[test]
fn v23_who_may_not_is_told_what_to_ask_for() {
    let told = |role, operation| caller(role).may(operation).unwrap_err().to_string();
    assert_eq!(
        told(Role::Viewer, Operation::Push),
        "As a viewer you may not push jobs to QuickBooks: ask an admin of the company to make you a bookkeeper."
    );
    assert_eq!(
        told(Role::Bookkeeper, Operation::ChangeSettings),
        "As a bookkeeper you may not change the settings: ask an admin of the company to make you an admin."
    );
}

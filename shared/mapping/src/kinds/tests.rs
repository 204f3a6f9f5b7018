use super::*;

#[test]
fn every_kind_is_known_by_its_name() {
    for kind in AnyKind::ALL {
        assert_eq!(AnyKind::try_from(&kind.name()).unwrap(), *kind);
    }
    let bill = KindName("Bill".to_owned());
    let unknown = AnyKind::try_from(&bill).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "Bill is no kind of QuickBooks object that is written from here"
    );
}

#[test]
fn only_lists_of_names_are_added_to_by_one_worker_at_a_time() {
    let transactions = AnyKind::ALL
        .iter()
        .filter(|kind| kind.family() == Family::Transaction);
    let transactions: Vec<&AnyKind> = transactions.collect();
    assert_eq!(
        transactions,
        [
            &AnyKind::Invoice,
            &AnyKind::Payment,
            &AnyKind::RefundReceipt,
            &AnyKind::SalesReceipt,
            &AnyKind::Purchase
        ]
    );
}

#[test]
fn s1_each_kind_is_called_what_people_call_it() {
    let name = || Some("Filter".to_owned());
    let category = qbo::Item {
        name: name(),
        kind: Some(qbo::ItemType::Category),
        ..qbo::Item::default()
    };
    let item = qbo::Item {
        kind: Some(qbo::ItemType::Service),
        ..category.clone()
    };
    let customer = qbo::Customer {
        display_name: name(),
        ..qbo::Customer::default()
    };
    let objects: [(QboObject, &str); 7] = [
        (crate::term(0).into(), "the term due on receipt"),
        (crate::term(30).into(), "the term of 30 days"),
        (
            crate::class("Plumbing".to_owned()).into(),
            "the class Plumbing",
        ),
        (
            crate::method("Check".to_owned(), false).into(),
            "the payment method Check",
        ),
        (customer.into(), "the customer Filter"),
        (category.into(), "the category Filter"),
        (item.into(), "the product or service Filter"),
    ];
    for (object, words) in objects {
        assert_eq!(object.described(), words);
    }
}

#[test]
fn what_an_object_refers_to_is_put_in_when_all_of_it_is_there() {
    let (parent, other) = (SlotName::term(1), SlotName::term(2));
    let customer = |parent: Id| qbo::Customer {
        parent_ref: Some(qbo::Ref::from(&parent)),
        ..qbo::Customer::default()
    };
    let wanted = QboObject::from(customer(parent.reference()));
    assert_eq!(wanted.needs(), std::slice::from_ref(&parent));
    let id = |name: &SlotName| (*name == parent).then(|| Id::new("7"));
    let there = QboObject::from(customer(Id::new("7")));
    assert_eq!(wanted.resolved(id), Some(there.clone()));
    assert_eq!(there.needs(), []);
    assert_eq!(there.resolved(|_| None), Some(there));
    let waits = QboObject::from(customer(other.reference()));
    assert_eq!(waits.resolved(id), None);
}

//! Customers and sub-customers.

use super::{
    Entity, Family, Kind, Shape, field, ignored, reference,
    shared::{UNLIMITED, WEB, address, currency, email, phone},
    uncovered,
};
use crate::rules;

/// Customers, vendors and employees share one name space and one series of ids.
pub(super) const PEOPLE: Family = Family::List {
    rivals: &["Customer", "Vendor", "Employee"],
    rival: "customer, vendor or employee",
};

pub(super) static CUSTOMER: Entity = Entity {
    name: "Customer",
    family: PEOPLE,
    series: "names",
    key: Some("DisplayName"),
    complete: rules::customer::complete,
    effect: rules::customer::effect,
    shape: Shape {
        class: "Customer",
        fields: &[
            field("Taxable", Kind::Bool).or_bool(true),
            field("TaxExemptionReasonId", Kind::Whole(1, 99)),
            address("BillAddr"),
            address("ShipAddr"),
            field("Notes", Kind::Text(2000)),
            field("Job", Kind::Bool).or_bool(false),
            field("BillWithParent", Kind::Bool).or_bool(false),
            reference("ParentRef", "Customer"),
            field("Level", Kind::Whole(0, 5)).read_only(),
            reference("SalesTermRef", "Term"),
            reference("PaymentMethodRef", "PaymentMethod"),
            field("Balance", Kind::Amount)
                .read_only()
                .queryable()
                .or_zero(),
            field("BalanceWithJobs", Kind::Amount)
                .read_only()
                .queryable()
                .or_zero(),
            currency(),
            field(
                "PreferredDeliveryMethod",
                Kind::OneOf(&["Print", "Email", "None"]),
            )
            .or_text("Print"),
            field("ResaleNum", Kind::Text(16)),
            field("Title", Kind::Text(16)),
            field("GivenName", Kind::Text(100)).queryable(),
            field("MiddleName", Kind::Text(100)).queryable(),
            field("FamilyName", Kind::Text(100)).queryable(),
            field("Suffix", Kind::Text(16)),
            field("FullyQualifiedName", Kind::Text(UNLIMITED))
                .read_only()
                .queryable(),
            field("CompanyName", Kind::Text(100)).queryable(),
            field("DisplayName", Kind::Text(500)).queryable(),
            field("PrintOnCheckName", Kind::Text(110)).queryable(),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
            phone("PrimaryPhone"),
            phone("AlternatePhone"),
            phone("Mobile"),
            phone("Fax"),
            email("PrimaryEmailAddr").queryable(),
            field("WebAddr", Kind::Object(&WEB)),
            ignored("OverDueBalance"),
            ignored("TotalRevenue"),
            ignored("TotalExpense"),
            ignored("IsProject"),
            ignored("ClientEntityId"),
            ignored("V4IDPseudonym"),
            ignored("RootCustomerRef"),
            uncovered("OpenBalanceDate"),
            uncovered("DefaultTaxCodeRef"),
            uncovered("TaxGroupCodeRef"),
            uncovered("TaxRateRef"),
            uncovered("PrimaryTaxIdentifier"),
            uncovered("SecondaryTaxIdentifier"),
            uncovered("BusinessNumber"),
            uncovered("GSTIN"),
            uncovered("GSTRegistrationType"),
            uncovered("CCDetail"),
            uncovered("PriceLevelRef"),
            uncovered("CreditLimit"),
            uncovered("CustomerTypeRef"),
            uncovered("SalesRepRef"),
            uncovered("ARAccountRef"),
            uncovered("AcctNum"),
            uncovered("AltContactName"),
            uncovered("ContactName"),
            uncovered("OtherAddr"),
            uncovered("OtherContactInfo"),
            uncovered("Organization"),
            uncovered("JobInfo"),
            uncovered("TDSEnabled"),
            uncovered("Source"),
            uncovered("UserId"),
            uncovered("IntuitId"),
            uncovered("CustomField"),
            uncovered("AttachableRef"),
            uncovered("CustomerEx"),
        ],
    },
};

//! Accounts, vendors, employees, terms.

use super::{
    Entity, Family, Kind, Shape,
    customer::PEOPLE,
    field, ignored, reference,
    shared::{UNLIMITED, WEB, address, currency, email, phone},
    uncovered,
};
use crate::rules;

pub(super) static ACCOUNT: Entity = Entity {
    name: "Account",
    family: Family::List {
        rivals: &["Account"],
        rival: "account",
    },
    series: "accounts",
    key: Some("Name"),
    complete: rules::account::complete,
    effect: rules::account::effect,
    shape: Shape {
        class: "Account",
        fields: &[
            field("Name", Kind::Text(100)).required().queryable(),
            field("SubAccount", Kind::Bool).or_bool(false),
            reference("ParentRef", "Account"),
            field("Level", Kind::Whole(0, 5)).read_only(),
            field("Description", Kind::Text(100)),
            field("FullyQualifiedName", Kind::Text(UNLIMITED))
                .read_only()
                .queryable(),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
            field("Classification", Kind::Text(UNLIMITED))
                .read_only()
                .queryable(),
            field("AccountType", Kind::OneOf(rules::account::TYPE_NAMES))
                .kept()
                .queryable(),
            field("AccountSubType", Kind::Text(100)).kept().queryable(),
            field("AcctNum", Kind::Text(20)),
            field("CurrentBalance", Kind::Amount).read_only().or_zero(),
            field("CurrentBalanceWithSubAccounts", Kind::Amount)
                .read_only()
                .or_zero(),
            currency(),
            ignored("AccountAlias"),
            ignored("TxnLocationType"),
            uncovered("OpeningBalance"),
            uncovered("OpeningBalanceDate"),
            uncovered("BankNum"),
            uncovered("FIName"),
            uncovered("TaxAccount"),
            uncovered("TaxCodeRef"),
            uncovered("OnlineBankingEnabled"),
            uncovered("JournalCodeRef"),
            uncovered("AccountEx"),
            uncovered("CustomField"),
            uncovered("AttachableRef"),
        ],
    },
};

pub(super) static VENDOR: Entity = Entity {
    name: "Vendor",
    family: PEOPLE,
    series: "names",
    key: Some("DisplayName"),
    complete: rules::people::complete,
    effect: rules::nothing_else,
    shape: Shape {
        class: "Vendor",
        fields: &[
            address("BillAddr"),
            field("Balance", Kind::Amount)
                .read_only()
                .queryable()
                .or_zero(),
            reference("TermRef", "Term"),
            field("AcctNum", Kind::Text(100)),
            field("Vendor1099", Kind::Bool).or_bool(false),
            currency(),
            field("Title", Kind::Text(16)),
            field("GivenName", Kind::Text(100)).queryable(),
            field("MiddleName", Kind::Text(100)).queryable(),
            field("FamilyName", Kind::Text(100)).queryable(),
            field("Suffix", Kind::Text(16)),
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
            field("BillRate", Kind::Number),
            field("CostRate", Kind::Number),
            ignored("V4IDPseudonym"),
            uncovered("APAccountRef"),
            uncovered("BusinessNumber"),
            uncovered("GSTIN"),
            uncovered("GSTRegistrationType"),
            uncovered("HasTPAR"),
            uncovered("OtherContactInfo"),
            uncovered("Source"),
            uncovered("T4AEligible"),
            uncovered("T5018Eligible"),
            uncovered("TaxIdentifier"),
            uncovered("TaxReportingBasis"),
            uncovered("VendorPaymentBankDetail"),
        ],
    },
};

pub(super) static EMPLOYEE: Entity = Entity {
    name: "Employee",
    family: PEOPLE,
    series: "names",
    key: Some("DisplayName"),
    complete: rules::people::complete,
    effect: rules::nothing_else,
    shape: Shape {
        class: "Employee",
        fields: &[
            field("BillableTime", Kind::Bool).or_bool(false),
            address("PrimaryAddr"),
            field("Title", Kind::Text(16)),
            field("GivenName", Kind::Text(100)).queryable(),
            field("MiddleName", Kind::Text(100)),
            field("FamilyName", Kind::Text(100)).queryable(),
            field("Suffix", Kind::Text(16)),
            field("DisplayName", Kind::Text(500)).queryable(),
            field("PrintOnCheckName", Kind::Text(110)).queryable(),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
            phone("PrimaryPhone"),
            phone("Mobile"),
            email("PrimaryEmailAddr"),
            ignored("V4IDPseudonym"),
            field("EmployeeNumber", Kind::Text(100)),
            field("BillRate", Kind::Number),
            field("CostRate", Kind::Number),
            field("BirthDate", Kind::Date),
            field("Gender", Kind::OneOf(&["Male", "Female"])),
            field("HiredDate", Kind::Date),
            field("ReleasedDate", Kind::Date),
            uncovered("Organization"),
            uncovered("SSN"),
        ],
    },
};

pub(super) static TERM: Entity = Entity {
    name: "Term",
    family: Family::List {
        rivals: &["Term"],
        rival: "term",
    },
    series: "terms",
    key: Some("Name"),
    complete: rules::term::complete,
    effect: rules::nothing_else,
    shape: Shape {
        class: "Term",
        fields: &[
            field("Name", Kind::Text(31)).required().queryable(),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
            field("Type", Kind::Text(UNLIMITED)).read_only(),
            field("DiscountPercent", Kind::Number),
            field("DiscountDays", Kind::Whole(0, 999)),
            field("DueDays", Kind::Whole(0, 999)),
            field("DayOfMonthDue", Kind::Whole(1, 31)),
            field("DueNextMonthDays", Kind::Whole(0, 999)),
            field("DiscountDayOfMonth", Kind::Whole(1, 31)),
            uncovered("SalesTermEx"),
            uncovered("CustomField"),
            uncovered("AttachableRef"),
        ],
    },
};

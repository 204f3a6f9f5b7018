//! The two objects that describe the company. They can be read, not written.

use super::{Entity, Family, Kind, Shape, field, ignored};
use crate::rules;

pub(super) static COMPANY_INFO: Entity = Entity {
    name: "CompanyInfo",
    family: Family::Singleton,
    series: "companyinfo",
    key: None,
    complete: rules::company::refuse,
    effect: rules::nothing_else,
    shape: Shape {
        class: "CompanyInfo",
        fields: &[
            field("CompanyName", Kind::Text(1024))
                .read_only()
                .queryable(),
            ignored("LegalName"),
            ignored("CompanyAddr"),
            ignored("CustomerCommunicationAddr"),
            ignored("LegalAddr"),
            ignored("PrimaryPhone"),
            ignored("CompanyStartDate"),
            ignored("Country"),
            ignored("Email"),
            ignored("WebAddr"),
            ignored("FiscalYearStartMonth"),
            ignored("SupportedLanguages"),
            ignored("NameValue"),
        ],
    },
};

pub(super) static PREFERENCES: Entity = Entity {
    name: "Preferences",
    family: Family::Singleton,
    series: "preferences",
    key: None,
    complete: rules::company::refuse,
    effect: rules::nothing_else,
    shape: Shape {
        class: "Preferences",
        fields: &[
            ignored("AccountingInfoPrefs"),
            ignored("ProductAndServicesPrefs"),
            ignored("SalesFormsPrefs"),
            ignored("EmailMessagesPrefs"),
            ignored("VendorAndPurchasesPrefs"),
            ignored("TimeTrackingPrefs"),
            ignored("TaxPrefs"),
            ignored("CurrencyPrefs"),
            ignored("ReportPrefs"),
            ignored("OtherPrefs"),
        ],
    },
};

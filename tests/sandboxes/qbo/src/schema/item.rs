//! Products, services and their categories.

use super::{Entity, Family, Kind, Shape, field, ignored, reference, shared::UNLIMITED, uncovered};
use crate::rules;

pub(super) static ITEM: Entity = Entity {
    name: "Item",
    family: Family::List {
        rivals: &["Item"],
        rival: "product or service",
    },
    series: "items",
    key: Some("Name"),
    complete: rules::item::complete,
    effect: rules::rename_children,
    shape: Shape {
        class: "Item",
        fields: &[
            field("Name", Kind::Text(100)).required().queryable(),
            field("Sku", Kind::Text(100)).queryable(),
            field("Description", Kind::Text(4000)).queryable(),
            field("Active", Kind::Bool).kept().queryable().or_bool(true),
            field("SubItem", Kind::Bool),
            reference("ParentRef", "Item"),
            field("Level", Kind::Whole(0, 5)).read_only(),
            field("FullyQualifiedName", Kind::Text(UNLIMITED))
                .read_only()
                .queryable(),
            field("Taxable", Kind::Bool),
            field("UnitPrice", Kind::Number),
            field(
                "Type",
                Kind::OneOf(&["Service", "NonInventory", "Category", "Inventory", "Group"]),
            )
            .required()
            .queryable(),
            reference("IncomeAccountRef", "Account"),
            field("PurchaseDesc", Kind::Text(1000)),
            field("PurchaseCost", Kind::Number),
            reference("ExpenseAccountRef", "Account"),
            reference("PrefVendorRef", "Vendor"),
            field("TrackQtyOnHand", Kind::Bool).read_only(),
            ignored("ItemCategoryType"),
            ignored("Source"),
            ignored("AvgCost"),
            uncovered("AssetAccountRef"),
            uncovered("QtyOnHand"),
            uncovered("InvStartDate"),
            uncovered("ReorderPoint"),
            uncovered("SalesTaxCodeRef"),
            uncovered("SalesTaxIncluded"),
            uncovered("PurchaseTaxCodeRef"),
            uncovered("PurchaseTaxIncluded"),
            uncovered("TaxClassificationRef"),
            uncovered("ClassRef"),
            uncovered("DeferredRevenue"),
            uncovered("ItemGroupDetail"),
            uncovered("PrintGroupedItems"),
            uncovered("ManPartNum"),
            uncovered("UQCId"),
            uncovered("UQCDisplayText"),
            uncovered("CustomField"),
            uncovered("AttachableRef"),
        ],
    },
};

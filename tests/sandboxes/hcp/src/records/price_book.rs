use serde_json::{Value, json};

use crate::company::{Category, Material, Service};

pub(crate) fn material_category(category: &Category) -> Value {
    json!({
        "object": "material_category",
        "uuid": category.uuid,
        "name": category.name,
        "image": null,
    })
}

pub(crate) fn material(material: &Material) -> Value {
    json!({
        "object": "material",
        "uuid": material.uuid,
        "material_category_uuid": material.category.uuid,
        "name": material.name,
        "description": material.description,
        "image": "https://harborview.example/material.png",
        "cost": material.cost,
        "unit_of_measure": material.unit_of_measure,
        "part_number": material.part_number,
        "price": material.price,
        "flat_rate_enabled": false,
        "material_category_name": material.category.name,
        "taxable": material.taxable,
    })
}

pub(crate) fn service(service: &Service) -> Value {
    json!({
        "object": "service",
        "uuid": service.uuid,
        "name": service.name,
        "description": service.description,
        "task_number": null,
        "price": service.price,
        "cost": service.cost,
        "taxable": service.taxable,
        "unit_of_measure": null,
        "flat_rate_enabled": false,
        "duration": service.minutes,
        "category": { "id": service.category.uuid, "name": service.category.name },
        "industry": null,
        "service_materials": { "object": "list", "data": [] },
        "service_labor_rates": { "object": "list", "data": [] },
        "online_booking_enabled": false,
    })
}

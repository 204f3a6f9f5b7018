//! The company that a fresh sandbox holds: three customers, a price book, two employees, no jobs.

use crate::{
    actions::{Desk, NewAddress, NewCustomer, Refusal},
    company::{AddressKind, Category, Company, Employee, Material, Service},
};

use jiff::Timestamp;
use sandbox_kit::Chance;

/// Employees and price book.
pub(crate) fn fresh(random: &mut Chance, now: Timestamp) -> Company {
    let mut company = Company::default();
    for (name, role, admin) in [
        (("Priya", "Lindqvist"), "field tech", false),
        (("Marcus", "Oyelaran"), "office staff", true),
    ] {
        let employee = employee(random, name, role, admin, now);
        company.employees.add(&employee.id.clone(), employee);
    }
    for (name, services) in SERVICES {
        let category = Category {
            uuid: random.id("pbcat_"),
            name: (*name).to_owned(),
        };
        for (name, description, price, minutes, taxable) in *services {
            let service = Service {
                uuid: random.id("olit_"),
                name: (*name).to_owned(),
                description: filled(description),
                category: category.clone(),
                price: *price,
                cost: 0,
                taxable: *taxable,
                minutes: *minutes,
                removed: false,
            };
            company.services.add(&service.uuid.clone(), service);
        }
    }
    for (name, materials) in MATERIALS {
        let category = Category {
            uuid: random.id("pbmcat_"),
            name: (*name).to_owned(),
        };
        for (name, description, cost, price, unit, part) in *materials {
            let material = Material {
                uuid: random.id("pbmat_"),
                category: category.clone(),
                name: (*name).to_owned(),
                description: filled(description),
                cost: *cost,
                price: *price,
                unit_of_measure: filled(unit),
                part_number: filled(part),
                taxable: true,
                removed: false,
            };
            company.materials.add(&material.uuid.clone(), material);
        }
        let uuid = category.uuid.clone();
        company.material_categories.add(&uuid, category);
    }
    company
}

/// The three customers: a business with a billing and a service address, a person with a service
/// address only, and one whose name has accents.
pub(crate) fn welcome_customers(desk: &mut Desk<'_>) -> Result<(), Refusal> {
    let text = |text: &str| Some(text.to_owned());
    let address = |kind, street, unit, city, zip| NewAddress {
        kind,
        street: text(street),
        street_line_2: filled(unit),
        city: text(city),
        state: text("ME"),
        zip: text(zip),
        country: text("US"),
    };
    for customer in [
        NewCustomer {
            first_name: text("Gwen"),
            last_name: text("Abernathy"),
            company: text("Casco Dental Partners"),
            email: text("gwen@cascodental.example"),
            mobile_number: text("2075550141"),
            work_number: text("2075550140"),
            addresses: vec![
                address(AddressKind::Billing, "PO Box 118", "", "Portland", "04104"),
                address(
                    AddressKind::Service,
                    "77 Congress Square",
                    "Suite 410",
                    "Portland",
                    "04101",
                ),
            ],
            ..NewCustomer::default()
        },
        NewCustomer {
            first_name: text("Terrence"),
            last_name: text("Boyd"),
            email: text("terrence.boyd@mail.example"),
            mobile_number: text("2075550162"),
            notes: text("Side door, dog in the yard"),
            addresses: vec![address(
                AddressKind::Service,
                "9 Lantern Lane",
                "",
                "South Portland",
                "04106",
            )],
            ..NewCustomer::default()
        },
        NewCustomer {
            first_name: text("Zoë"),
            last_name: text("Muñoz-Lefèvre"),
            email: text("zoe@munoz.example"),
            home_number: text("2075550177"),
            addresses: vec![address(
                AddressKind::Service,
                "230 Brackett Street",
                "Apt 3B",
                "Portland",
                "04102",
            )],
            ..NewCustomer::default()
        },
    ] {
        desk.act(crate::actions::Action::CreateCustomer(customer))?;
    }
    Ok(())
}

/// Name, description, price in cents, minutes, taxable.
type ServiceRow = (&'static str, &'static str, i64, u32, bool);

const SERVICES: &[(&str, &[ServiceRow])] = &[
    (
        "Heating",
        &[
            (
                "Furnace tune-up",
                "Clean, test and adjust one furnace",
                14_900,
                90,
                false,
            ),
            (
                "Boiler service",
                "Yearly service of one boiler",
                21_900,
                120,
                false,
            ),
            (
                "Emergency call-out",
                "Outside office hours",
                18_500,
                60,
                false,
            ),
        ],
    ),
    (
        "Cooling",
        &[
            (
                "Heat pump cleaning",
                "Indoor and outdoor unit",
                17_900,
                120,
                false,
            ),
            ("Refrigerant leak search", "", 22_450, 120, false),
        ],
    ),
    ("General", &[("Labor, per hour", "", 12_500, 60, false)]),
];

/// Name, description, cost and price in cents, unit, part number.
type MaterialRow = (
    &'static str,
    &'static str,
    i64,
    i64,
    &'static str,
    &'static str,
);

const MATERIALS: &[(&str, &[MaterialRow])] = &[
    (
        "Filters",
        &[
            (
                "Pleated filter 16x25x1",
                "MERV 11",
                640,
                1_895,
                "each",
                "PF-16251",
            ),
            (
                "Media cabinet filter",
                "MERV 13",
                2_210,
                5_450,
                "each",
                "MC-2020",
            ),
        ],
    ),
    (
        "Electrical",
        &[
            ("Run capacitor 35/5 µF", "", 1_180, 9_800, "each", "RC-355"),
            ("Contactor 2-pole 30 A", "", 1_420, 11_250, "each", "CT-230"),
        ],
    ),
    (
        "Refrigerant and pipe",
        &[
            ("Refrigerant R-32, per lb", "", 1_350, 6_995, "lb", "R32-LB"),
            ("Copper pipe 3/8 in, per ft", "", 215, 675, "ft", "CP-038"),
        ],
    ),
];

fn employee(
    random: &mut Chance,
    (first_name, last_name): (&str, &str),
    role: &str,
    admin: bool,
    created_at: Timestamp,
) -> Employee {
    Employee {
        id: random.id("pro_"),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        email: format!("{}@harborview.example", first_name.to_lowercase()),
        mobile_number: "2075550100".to_owned(),
        color_hex: "2F6F8F".to_owned(),
        role: role.to_owned(),
        admin,
        active: true,
        created_at,
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

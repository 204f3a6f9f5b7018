use clap::{CommandFactory, Parser};

use super::Arguments;

const COMPANY: &str = "6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506";

fn parses(words: &str) -> Result<(), String> {
    let words = std::iter::once("hcpqbo").chain(words.split(' '));
    let parsed = Arguments::try_parse_from(words);
    parsed.map(drop).map_err(|error| error.to_string())
}

#[test]
fn the_command_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn what_people_type_is_understood() {
    for words in [
        "status",
        "status --json --days 14",
        "card 104",
        "card --invoice RSA-1",
        "push job 104",
        "push job 104 105 --wait 0",
        "push invoice 1001",
        "push payment invpay_1",
        "push customer Dana",
        "push item Filter pbmat_1",
        "pull",
        "pull --job 104 --wait 0",
        "jobs",
        "jobs --state pending_changes --from 2026-07-01 --to 2026-07-31",
        "jobs --customer Dana",
        "jobs --by-number --all",
        "payments",
        "payments --of only-housecall",
        "payments --of undeposited --days 7",
        "payments --account Till",
        "items",
        "items --name Fil --json",
        "items --account Plumbing",
        "items account Plumbing Filter Gasket",
        "items lines --unmapped",
        "items map Trip Haul --item Hauling",
        "items map Trip --own Plumbing",
        "items map Trip --sales",
        "customers",
        "customers --standing ambiguous",
        "customers link Dana 58",
        "customers unlink cus_1",
        "customers make-new Dana --behind (2)",
        "alerts",
        "alerts --closed --type name_taken --all",
        "alerts show bcdfgh",
        "alerts resolve 104 make_customer --said Dana --type name_taken",
        "alerts resolve-all linkable_invoice link_invoice",
        "alerts dismiss bcdfgh --reason entered",
        "alerts undo bcdfgh",
        "alerts causes",
        "alerts retry books_closed",
        "inbox",
        "inbox done QBO-311",
        "inbox undo QBO-311 --job 104",
        "settings",
        "settings set classes=on date_source=service_date",
        "pause --reason closing",
        "resume",
        "log --from 2026-07-01 --to 2026-07-31",
        "log --csv",
        "people",
        "people add --mail kim@example.com --role viewer",
        "people change --mail kim@example.com --role admin",
        "people remove --mail kim@example.com",
        "redrive",
        "upgrade",
        "completion bash",
        "login --office-url https://office.example.com/ --sign-in-url http://127.0.0.1:4566 --sign-in-client c",
    ] {
        assert_eq!(parses(words), Ok(()), "{words}");
    }
    for words in ["restore", "connect", "admin --mail a@b.c --user-pool-id p"] {
        let words = format!("{words} --company {COMPANY}");
        assert_eq!(parses(&words), Ok(()), "{words}");
    }
}

#[test]
fn what_is_not_written_right_is_refused() {
    for words in [
        "card",
        "card 104 --invoice 1001",
        "push",
        "push job",
        "push item",
        "alerts resolve 104",
        "alerts dismiss 104",
        "alerts --type a --customer b",
        "settings set",
        "settings set classes",
        "jobs --state sinced",
        "jobs --customer Dana --state synced",
        "payments --of both",
        "payments --account Till --of undeposited",
        "items --name Fil --account Plumbing",
        "items account Plumbing",
        "items map Trip",
        "items map Trip --sales --item Hauling",
        "customers --standing lost",
        "customers link Dana",
        "pause",
        "log --csv --json",
        "log --from yesterday",
        "status --days 0",
        "people add --mail kim@example.com --role owner",
        "restore --company 104",
        "status --office-url http://office.example.com",
        "login --office-url ftp://office.example.com --sign-in-url https://people.example.com --sign-in-client c",
    ] {
        assert!(parses(words).is_err(), "{words}");
    }
}

/// What nobody may change by an oversight: names of commands, their order, exit codes.
#[test]
fn the_help_names_every_command_and_the_exit_codes() {
    let mut command = Arguments::command();
    insta::assert_snapshot!(command.render_long_help().to_string());
    let alerts = command.find_subcommand_mut("alerts").unwrap();
    insta::assert_snapshot!("alerts", alerts.render_long_help().to_string());
}

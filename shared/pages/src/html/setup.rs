//! The set-up of a company, step by step.

use maud::{Markup, html};
use secrecy::ExposeSecret;
use store::{Connection, ConnectionStatus};
use sync::company::standing::{HousecallKey, Standing};

use super::{Page, page, token};
use crate::{Site, sessions::Visit};

/// What the set-up page is made of.
pub(crate) struct Setup<'a> {
    /// Who looks at it.
    pub(crate) visit: &'a Visit,
    /// The company's id, for addresses.
    pub(crate) company: &'a str,
    /// How far it is set up.
    pub(crate) standing: &'a Standing,
    /// Where webhooks go to.
    pub(crate) site: &'a Site,
    /// What was done just now, in words.
    pub(crate) done: Option<&'a str>,
}

impl Setup<'_> {
    /// The whole page.
    pub(crate) fn page(&self) -> Page {
        let name = match &self.standing.housecall {
            HousecallKey::Works { name } => name.as_deref(),
            _ => None,
        };
        let title = name.map_or_else(|| "Set-up".to_owned(), |name| format!("Set-up of {name}"));
        let body = html! {
            @if let Some(done) = self.done { p.done role="status" { (done) } }
            section { (self.housecall()) }
            section { (self.webhook()) }
            section { (self.quickbooks()) }
        };
        page(&title, Some(self.visit), &body)
    }

    fn housecall(&self) -> Markup {
        let company = self.company;
        html! {
            h2 { "1. Keys of Housecall Pro" }
            p { (key_state(&self.standing.housecall)) }
            form method="post" action={ "/setup/" (company) "/housecall" } {
                (token(self.visit))
                label for="api_key" { "API key" }
                p.hint { "In Housecall Pro: My Apps, App Store, API Key Management. It is tried before it is kept." }
                input #api_key name="api_key" type="password" autocomplete="off" maxlength="500";
                label for="signing_secret" { "Signing secret of the webhooks" }
                p.hint {
                    "My Apps, App Store, Webhooks. Where it is shown only once an address is saved, enter it after step 2. "
                    @if self.standing.knows_signature { "One is entered; leave this empty to keep it." }
                }
                input #signing_secret name="signing_secret" type="password" autocomplete="off" maxlength="500";
                button { "Try and keep the keys" }
            }
        }
    }

    fn webhook(&self) -> Markup {
        html! {
            h2 { "2. Address for Housecall Pro's webhooks" }
            @match &self.standing.webhook_path {
                None => p { "It is made when the API key is entered." },
                Some(path) => {
                    p { "Paste it in Housecall Pro: My Apps, App Store, Webhooks. It is a secret." }
                    pre { (self.site.webhooks) "/" (path.expose_secret()) }
                }
            }
        }
    }

    fn quickbooks(&self) -> Markup {
        let standing = self.standing;
        html! {
            h2 { "3. QuickBooks" }
            @match &standing.connection {
                _ if !standing.knows_app => p { "The app's keys of Intuit were not entered yet. Whoever runs this program does that once, for all companies." },
                None => {
                    p { strong { "Not connected" } }
                    (self.connect("Connect to QuickBooks", &self.questions()))
                }
                Some(connection) if standing.is_let_in => {
                    p { strong { (state(connection)) } }
                    (self.connected(connection))
                }
                Some(_) => {
                    p { strong { "Disconnected" } }
                    p { "Everything waits, and nothing is lost: connect the same QuickBooks company again, and it goes on by itself." }
                    (self.connect("Connect to QuickBooks again", &html! {
                        details {
                            summary { "Use another QuickBooks company" }
                            p { "What was synced stays in the one of before. Nothing of it is linked in the other one." }
                            label.box { input type="checkbox" name="other_books" value="yes"; " Leave the QuickBooks company of before" }
                            (self.questions())
                        }
                        (accounts())
                    }))
                }
            }
        }
    }

    fn connected(&self, connection: &Connection) -> Markup {
        html! {
            dl {
                dt { "Jobs sync that were finished after" }
                dd { (connection.connected_at.strftime("%B %-d, %Y")) }
                dt { "Time zone" }
                dd { (connection.time_zone) }
                dt { "Income account for new items" }
                dd { (connection.accounts.income.name) }
                dt { "Expense account for new materials" }
                dd {
                    @match &connection.accounts.expense {
                        Some(account) => (account.name),
                        None => "none: materials are sold only",
                    }
                }
            }
            @if !connection.preferences.custom_numbers {
                p.hint { "Worth changing in QuickBooks: switch on custom transaction numbers (Settings, Sales, Sales form content). It then warns of numbers that are used twice." }
            }
            (self.connect("Connect to QuickBooks again", &accounts()))
            details {
                summary { "Disconnect QuickBooks" }
                p { "Nothing is sent to QuickBooks from then on. What is in QuickBooks stays there, and what waits goes on when it is connected again." }
                form method="post" action={ "/setup/" (self.company) "/disconnect" } {
                    (token(self.visit))
                    button.danger { "Disconnect QuickBooks" }
                }
            }
        }
    }

    fn connect(&self, button: &str, fields: &Markup) -> Markup {
        html! {
            form method="post" action="/connect/quickbooks" {
                (token(self.visit))
                input type="hidden" name="company" value=(self.company);
                (fields)
                button.main { (button) }
            }
        }
    }

    /// What neither system tells.
    fn questions(&self) -> Markup {
        html! {
            fieldset {
                legend { "How does your company invoice?" }
                p.hint { "Housecall Pro shows it under Settings, Invoices, Configuration." }
                @for (value, words) in [
                    ("simple", "Neither of the two is on"),
                    ("match_job_number", "Match Invoice and Job Number is on"),
                    ("progress", "Progress Invoicing is on"),
                ] {
                    label.box { input type="radio" name="invoicing" value=(value); " " (words) }
                }
            }
            label.box {
                input type="checkbox" name="own_sync_is_off" value="yes";
                " Housecall Pro's own QuickBooks sync is off (the gear, then Money, QuickBooks Online). With two of them, everything is made twice."
            }
            @if self.standing.connection.is_none() { (accounts()) }
        }
    }
}

/// Where what is found by itself is not the right one.
fn accounts() -> Markup {
    html! {
        details {
            summary { "Accounts and time zone" }
            p.hint { "They are found by themselves where they can be. Names are those of QuickBooks' chart of accounts." }
            @for (name, words) in [
                ("income_account", "Income account for new items"),
                ("expense_account", "Expense account for new materials"),
                ("time_zone", "Time zone, such as America/New_York"),
            ] {
                label for=(name) { (words) }
                input id=(name) name=(name) maxlength="200";
            }
        }
    }
}

fn key_state(key: &HousecallKey) -> &'static str {
    match key {
        HousecallKey::Missing => "No API key is entered yet.",
        HousecallKey::Works { .. } => "Housecall Pro takes the API key.",
        HousecallKey::Refused => {
            "Housecall Pro does not take the API key that was entered: enter another one."
        }
        HousecallKey::Unknown => "Housecall Pro does not answer at the moment.",
    }
}

fn state(connection: &Connection) -> &'static str {
    match connection.status {
        ConnectionStatus::Active => "Connected",
        ConnectionStatus::Paused => "Connected, and paused: nothing is sent until it is resumed",
        ConnectionStatus::Reconnect => "To be connected again",
        ConnectionStatus::RecordsLost => {
            "Connected, and waiting: whoever runs this program has to restore lost records first"
        }
    }
}

/// After connecting.
pub(crate) fn connected(visit: &Visit, company: &str, standing: &Standing) -> Page {
    let body = html! {
        p { "QuickBooks is connected. What is finished in Housecall Pro from now on becomes an invoice there, and what waited goes on." }
        @if !standing.knows_signature {
            p { "One thing is left: the webhooks of Housecall Pro. Enter their address there, and their signing secret here." }
        }
        p { a.main href={ "/setup/" (company) } { "Back to the set-up" } }
    };
    page("Connected", Some(visit), &body)
}

/// Where Intuit sends people who disconnected the app there, and we those who did it here.
pub(crate) fn disconnected() -> Page {
    let body = html! {
        p { "QuickBooks is disconnected. Nothing is sent there any more. What is in QuickBooks stays there, and what waits goes on when the company is connected again." }
        p { a.main href="/companies" { "Connect again" } }
    };
    page("Disconnected", None, &body)
}

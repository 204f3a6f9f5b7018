use std::{
    error::Error,
    io::{Write, stdout},
};

use clap::{Args, Subcommand};
use hcp::CompanyId;

use crate::deployed;

/// Shows or changes what a company chose. A change takes effect within half a minute, for jobs that are synced
/// from then on.
#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Settings {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
enum Action {
    /// Prints all settings and what they may be; so does naming no action.
    Show,
    /// Changes settings, all that are named or none: `set date_source=service_date classes=on`. A tax of Housecall
    /// Pro is mapped to a tax code in QuickBooks by `set "tax_rates.County tax=County 8%"`, and no longer by
    /// `set "tax_rates.County tax="`.
    Set {
        /// Name and value, with an equals sign between them.
        #[arg(required = true, value_name = "KEY=VALUE", value_parser = change)]
        changes: Vec<(String, String)>,
    },
}

impl Settings {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let settings = match self.action {
            None | Some(Action::Show) => engine.settings(&self.company_id).await?,
            Some(Action::Set { changes }) => {
                let by = deployed::by().await;
                engine
                    .change_settings(&self.company_id, &changes, &by)
                    .await?
            }
        };
        let mut out = stdout().lock();
        for entry in settings.entries() {
            writeln!(
                out,
                "{:<25} {:<16} ({})",
                entry.key, entry.value, entry.allowed
            )?;
        }
        Ok(())
    }
}

fn change(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| format!("write it as {text}=<value>"))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::{Arguments, Command};

    const COMPANY: &str = "6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506";

    fn action(words: &[&str]) -> Result<Option<Action>, String> {
        let start = ["operator", "settings", "--company-id", COMPANY];
        let arguments = Arguments::try_parse_from(start.iter().chain(words));
        match arguments.map_err(|error| error.to_string())?.command {
            Command::Settings(settings) => Ok(settings.action),
            command => panic!("{command:?}"),
        }
    }

    #[test]
    fn the_command_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn settings_are_shown_or_changed() {
        assert_eq!(action(&[]), Ok(None));
        assert_eq!(action(&["show"]), Ok(Some(Action::Show)));
        let words = [
            "set",
            "classes=on",
            "tax_rates.County tax = a=b",
            "tax_rates.City=",
        ];
        let changes = [
            ("classes", "on"),
            ("tax_rates.County tax", "a=b"),
            ("tax_rates.City", ""),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec();
        assert_eq!(action(&words), Ok(Some(Action::Set { changes })));
    }

    #[test]
    fn a_change_without_a_value_is_refused() {
        assert!(action(&["set"]).is_err());
        let error = action(&["set", "classes"]).unwrap_err();
        assert!(error.contains("write it as classes=<value>"), "{error}");
    }
}

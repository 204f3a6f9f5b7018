//! Whether both books agree, on the deployed stack (V2).

use std::{collections::BTreeMap, time::Duration};

use books::{Books, KINDS};
use serde_json::Value;

use crate::{Stack, StackError, until};

/// Both systems take few calls a second, of everybody together.
const PATIENCE: Duration = Duration::from_secs(30);

impl Stack {
    /// What differs between both books and is named by no open alert; nothing: they agree.
    ///
    /// # Errors
    /// When one of the systems refuses, or tells something in a form that is not known.
    pub async fn differences(&self) -> Result<Vec<String>, StackError> {
        let mut quickbooks = BTreeMap::new();
        for kind in KINDS {
            let objects = taken(kind, async || self.qbo.objects(kind).await).await?;
            quickbooks.insert(kind.to_owned(), objects);
        }
        let books = Books {
            jobs: taken("jobs", async || self.hcp.all("jobs").await).await?,
            invoices: taken("invoices", async || self.hcp.all("invoices").await).await?,
            quickbooks,
            trial_balance: self.qbo.control("trial-balance", None).await?,
            records: self.records_between().await?,
        };
        books.differences().map_err(StackError::Books)
    }

    /// What is kept of the books of the company.
    async fn records_between(&self) -> Result<Vec<(String, String)>, StackError> {
        let partition = format!("books#{}#{}", self.hcp.company(), self.qbo.realm());
        let text = |record: &Value, name: &str| {
            let text = record[name]["S"].as_str();
            text.unwrap_or_default().to_owned()
        };
        let records = self.aws.records().await?.into_iter();
        let records = records.filter(|record| text(record, "pk") == partition);
        Ok(records
            .map(|record| (text(&record, "sk"), text(&record, "body")))
            .collect())
    }
}

/// Asks until there is room for it among the calls of a second.
async fn taken(
    what: &str,
    ask: impl AsyncFn() -> Result<Vec<Value>, StackError>,
) -> Result<Vec<Value>, StackError> {
    until(what, PATIENCE, async || match ask().await {
        Err(StackError::Refused { status: 429, .. }) => Ok(None),
        answer => answer.map(Some),
    })
    .await
}

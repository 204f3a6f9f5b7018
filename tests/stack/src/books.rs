//! Whether both books agree, on the deployed stack (V2).

use std::collections::BTreeMap;

use books::{Books, KINDS};
use serde_json::Value;

use crate::{Stack, StackError};

impl Stack {
    /// What differs between both books and is named by no open alert; nothing: they agree.
    ///
    /// # Errors
    /// When one of the systems refuses, or tells something in a form that is not known.
    pub async fn differences(&self) -> Result<Vec<String>, StackError> {
        let mut quickbooks = BTreeMap::new();
        for kind in KINDS {
            let objects = self.qbo.objects(kind).await?;
            quickbooks.insert(kind.to_owned(), objects);
        }
        let books = Books {
            jobs: self.hcp.all("jobs").await?,
            invoices: self.hcp.all("invoices").await?,
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

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{
        delete_item::DeleteItemError, put_item::PutItemError,
        transact_write_items::TransactWriteItemsError,
    },
    types::{
        AttributeValue, CancellationReason, ConditionCheck, Delete, Put,
        ReturnValuesOnConditionCheckFailure::AllOld, TransactWriteItem,
    },
};
use jiff::Timestamp;
use ports::Source;
use sha2::{Digest, Sha256};
use store::{
    Expect, Key, Lists, Record, Write, WriteError,
    verdict::{Finding, conflict},
};
use uuid::Uuid;

use super::{
    DynamoTable, failed,
    item::{Item, from_item, key_item, number, to_item},
};
use crate::{
    backoff::Backoff,
    failure::{failure, refusal},
};

/// How one try to write ended.
enum Outcome {
    Done,
    /// A condition failed: what was found, in the order of the writes.
    Refused(Vec<Finding>),
    /// Another write touches one of the records at this moment, or capacity is short: try again.
    Busy(Source),
    Failed(Source),
}

impl DynamoTable {
    pub(super) async fn write_all(&self, writer: Uuid, writes: &[Write]) -> Result<(), WriteError> {
        let Some(first) = writes.first() else {
            return Ok(());
        };
        let not_written = |source| WriteError::Table(failed("write", first.key(), source));
        let mut backoff = Backoff::new();
        loop {
            match self.try_once(writer, writes).await {
                Outcome::Done => return Ok(()),
                Outcome::Refused(findings) => {
                    return match conflict(writer, writes, findings) {
                        None => Ok(()),
                        Some((key, current)) => Err(WriteError::Conflict { key, current }),
                    };
                }
                Outcome::Failed(source) => return Err(not_written(source)),
                Outcome::Busy(source) => match backoff.next_wait() {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(not_written(source)),
                },
            }
        }
    }

    async fn try_once(&self, writer: Uuid, writes: &[Write]) -> Outcome {
        match writes {
            [
                Write::Put {
                    key,
                    expect,
                    body,
                    due,
                    lists,
                    expires,
                },
            ] => {
                let item = put_item(writer, key, *expect, body, *due, lists, *expires);
                self.put(item, *expect).await
            }
            [Write::Delete { key, expect }] => self.delete(key, *expect).await,
            several => self.transact(writer, several).await,
        }
    }

    async fn put(&self, item: Item, expect: Expect) -> Outcome {
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression(condition(expect))
            .set_expression_attribute_values(values(expect))
            .return_values_on_condition_check_failure(AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Outcome::Done,
            Err(SdkError::ServiceError(service)) => match service.into_err() {
                PutItemError::ConditionalCheckFailedException(failed) => refused(failed.item),
                PutItemError::TransactionConflictException(rival) => Outcome::Busy(rival.into()),
                other => Outcome::Failed(refusal(&other)),
            },
            Err(error) => Outcome::Failed(failure(error)),
        }
    }

    async fn delete(&self, key: &Key, expect: Expect) -> Outcome {
        let answer = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(key_item(key)))
            .condition_expression(condition(expect))
            .set_expression_attribute_values(values(expect))
            .return_values_on_condition_check_failure(AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Outcome::Done,
            Err(SdkError::ServiceError(service)) => match service.into_err() {
                DeleteItemError::ConditionalCheckFailedException(failed) => refused(failed.item),
                DeleteItemError::TransactionConflictException(rival) => Outcome::Busy(rival.into()),
                other => Outcome::Failed(refusal(&other)),
            },
            Err(error) => Outcome::Failed(failure(error)),
        }
    }

    async fn transact(&self, writer: Uuid, writes: &[Write]) -> Outcome {
        let items: Result<Vec<TransactWriteItem>, _> = writes
            .iter()
            .map(|write| self.transact_item(writer, write))
            .collect();
        let items = match items {
            Ok(items) => items,
            Err(error) => return Outcome::Failed(error.into()),
        };
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .client_request_token(token(writer, writes))
            .send()
            .await;
        match answer {
            Ok(_) => Outcome::Done,
            Err(SdkError::ServiceError(service)) => match service.into_err() {
                TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                    cancelled_by(&cancelled.cancellation_reasons.unwrap_or_default())
                }
                TransactWriteItemsError::TransactionInProgressException(own) => {
                    Outcome::Busy(own.into())
                }
                other => Outcome::Failed(refusal(&other)),
            },
            Err(error) => Outcome::Failed(failure(error)),
        }
    }

    fn transact_item(
        &self,
        writer: Uuid,
        write: &Write,
    ) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
        let item = TransactWriteItem::builder();
        Ok(match write {
            Write::Put {
                key,
                expect,
                body,
                due,
                lists,
                expires,
            } => item.put(
                Put::builder()
                    .table_name(&self.name)
                    .set_item(Some(put_item(
                        writer, key, *expect, body, *due, lists, *expires,
                    )))
                    .condition_expression(condition(*expect))
                    .set_expression_attribute_values(values(*expect))
                    .return_values_on_condition_check_failure(AllOld)
                    .build()?,
            ),
            Write::Delete { key, expect } => item.delete(
                Delete::builder()
                    .table_name(&self.name)
                    .set_key(Some(key_item(key)))
                    .condition_expression(condition(*expect))
                    .set_expression_attribute_values(values(*expect))
                    .return_values_on_condition_check_failure(AllOld)
                    .build()?,
            ),
            Write::Check { key, expect } => item.condition_check(
                ConditionCheck::builder()
                    .table_name(&self.name)
                    .set_key(Some(key_item(key)))
                    .condition_expression(condition(*expect))
                    .set_expression_attribute_values(values(*expect))
                    .return_values_on_condition_check_failure(AllOld)
                    .build()?,
            ),
        }
        .build())
    }
}

fn put_item(
    writer: Uuid,
    key: &Key,
    expect: Expect,
    body: &str,
    due: Option<Timestamp>,
    lists: &Lists,
    expires: Option<Timestamp>,
) -> Item {
    let record = Record {
        key: key.clone(),
        version: expect.next_version(),
        writer,
        body: body.to_owned(),
        due,
        lists: lists.clone(),
    };
    to_item(&record, expires)
}

fn condition(expect: Expect) -> &'static str {
    match expect {
        Expect::Absent => "attribute_not_exists(pk)",
        Expect::Version(_) => "version = :version",
    }
}

fn values(expect: Expect) -> Option<std::collections::HashMap<String, AttributeValue>> {
    match expect {
        Expect::Absent => None,
        Expect::Version(version) => Some([(":version".to_owned(), number(version))].into()),
    }
}

/// The token by which DynamoDB itself knows a transaction again for ten minutes, in at most 36
/// characters. The writer alone would not do: the same token with other content is refused.
fn token(writer: Uuid, writes: &[Write]) -> String {
    let hash = Sha256::new()
        .chain_update(writer)
        .chain_update(format!("{writes:?}"))
        .finalize();
    hex::encode(&hash[..16])
}

fn refused(item: Option<Item>) -> Outcome {
    match finding(item) {
        Ok(finding) => Outcome::Refused(vec![finding]),
        Err(reason) => Outcome::Failed(reason.into()),
    }
}

fn finding(item: Option<Item>) -> Result<Finding, String> {
    let current = item
        .filter(|item| !item.is_empty())
        .map(|item| from_item(&item).map(Box::new))
        .transpose()?;
    Ok(Finding::Failed(current))
}

/// Sorts the reasons of a cancelled transaction, one for each write in their order. A failed condition
/// decides; what passes by itself is tried again.
fn cancelled_by(reasons: &[CancellationReason]) -> Outcome {
    let code = |reason: &CancellationReason| reason.code.clone().unwrap_or_default();
    if reasons
        .iter()
        .any(|reason| code(reason) == "ConditionalCheckFailed")
    {
        let findings: Result<Vec<Finding>, String> = reasons
            .iter()
            .map(|reason| match code(reason).as_str() {
                "ConditionalCheckFailed" => finding(reason.item.clone()),
                _ => Ok(Finding::Held),
            })
            .collect();
        return match findings {
            Ok(findings) => Outcome::Refused(findings),
            Err(reason) => Outcome::Failed(reason.into()),
        };
    }
    let other: Vec<String> = reasons
        .iter()
        .map(code)
        .filter(|code| !code.is_empty() && code != "None")
        .collect();
    let passing = [
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
    ];
    let text = format!("the transaction was cancelled: {}", other.join(", "));
    if !other.is_empty() && other.iter().all(|code| passing.contains(&code.as_str())) {
        Outcome::Busy(text.into())
    } else {
        Outcome::Failed(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(sort: &str) -> Write {
        Write::Put {
            key: Key::new("books", sort),
            expect: Expect::Absent,
            body: "{}".to_owned(),
            due: None,
            lists: Lists::default(),
            expires: None,
        }
    }

    #[test]
    fn a_token_stands_for_one_writer_and_one_content() {
        let (me, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mine = token(me, &[put("a"), put("b")]);
        assert!(mine.len() <= 36);
        assert_eq!(mine, token(me, &[put("a"), put("b")]));
        assert_ne!(mine, token(me, &[put("a"), put("c")]));
        assert_ne!(mine, token(other, &[put("a"), put("b")]));
    }

    #[test]
    fn what_becomes_of_a_cancelled_transaction() {
        for (codes, wanted) in [
            (vec!["None", "ConditionalCheckFailed"], "refused"),
            (
                vec!["TransactionConflict", "ConditionalCheckFailed"],
                "refused",
            ),
            (vec!["None", "TransactionConflict"], "busy"),
            (
                vec!["ThrottlingError", "ProvisionedThroughputExceeded"],
                "busy",
            ),
            (vec!["ValidationError", "TransactionConflict"], "failed"),
            (vec!["ItemCollectionSizeLimitExceeded"], "failed"),
            (vec!["None"], "failed"),
            (vec![], "failed"),
        ] {
            let reasons: Vec<CancellationReason> = codes
                .iter()
                .map(|code| CancellationReason::builder().code(*code).build())
                .collect();
            let outcome = match cancelled_by(&reasons) {
                Outcome::Done => "done",
                Outcome::Refused(findings) => {
                    assert_eq!(findings.len(), codes.len());
                    "refused"
                }
                Outcome::Busy(_) => "busy",
                Outcome::Failed(_) => "failed",
            };
            assert_eq!(outcome, wanted, "{codes:?}");
        }
    }
}

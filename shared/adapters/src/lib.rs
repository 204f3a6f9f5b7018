//! The real ends of the ports: DynamoDB, SQS, Secrets Manager, Cognito, SES, HTTP over reqwest, the system's clock,
//! and what API Gateway hands over.
//!
//! Every call to AWS but a mail is repeated by the SDK when it fails on the way. That is safe for each of them: a
//! write to the table is guarded by its condition and its writer's id, a message by its deduplication
//! id, a secret by its version.

mod address;
mod api_request;
mod aws_http;
mod backoff;
mod cognito;
mod config;
mod connections;
mod dead_letters;
mod dynamo;
mod failure;
mod http;
mod logging;
mod secrets;
mod ses;
mod sqs;
mod system;
mod warm_up;

pub use address::{AddressError, address, fit_address};
pub use api_request::ApiRequest;
pub use cognito::CognitoDirectory;
pub use config::{MissingVariable, config, env, operator_config};
pub use connections::Connections;
pub use dead_letters::{DeadLetters, DeadLettersError};
pub use dynamo::DynamoTable;
pub use http::{MAX_ANSWER, ReqwestHttp};
pub use logging::logging;
pub use secrets::AwsSecrets;
pub use ses::SesMailer;
pub use sqs::{SqsInbox, SqsQueue};
pub use system::{SystemChance, SystemClock};
pub use warm_up::warm_up;

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_sdk_sesv2::{
    Client, Config,
    types::{Body, Content, Destination, EmailContent, Message},
};
use ports::{Mail, MailError, Mailer};

use crate::failure::failure;

/// Amazon SES, with one address that all mails come from.
#[derive(Clone, Debug)]
pub struct SesMailer {
    client: Client,
    from: String,
}

impl SesMailer {
    /// Mails that come from this address. SES knows no repetition from a second mail, so the SDK repeats none.
    pub fn new(config: &SdkConfig, from: impl Into<String>) -> Self {
        let once = Config::from(config)
            .to_builder()
            .retry_config(RetryConfig::disabled());
        Self {
            client: Client::from_conf(once.build()),
            from: from.into(),
        }
    }
}

impl Mailer for SesMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let content = |text: &str| {
            let content = Content::builder().data(text).charset("UTF-8").build();
            content.map_err(|error| MailError(error.into()))
        };
        let body = Body::builder()
            .text(content(&mail.text)?)
            .html(content(&mail.html)?);
        let message = Message::builder()
            .subject(content(&mail.subject)?)
            .body(body.build());
        self.client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(EmailContent::builder().simple(message.build()).build())
            .send()
            .await
            .map_err(|error| MailError(failure(error)))?;
        Ok(())
    }
}

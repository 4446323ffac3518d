//! [`WebhookSender`]: signed calls of URLs.

use std::fmt::Write;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use onefold_fact::Timestamp;
use onefold_workflow::{Message, Payload, Receipt, SendError, Sender};
use sha2::Sha256;
use ureq::Agent;

/// Calls URLs with what is to be told, as JSON. Each call has three headers by which the other side knows it:
///
/// | header | is |
/// |---|---|
/// | `Idempotency-Key` | the key of the message: the same for every attempt |
/// | `Onefold-Timestamp` | when this attempt was made, in seconds since 1970 |
/// | `Onefold-Signature` | `v1=` and [`signature`] of both and the body |
///
/// A redirection is not followed: what is signed for one place is not for another.
#[derive(Debug, Clone)]
pub struct WebhookSender {
    agent: Agent,
    secret: Vec<u8>,
}

impl WebhookSender {
    /// With a secret that the other side knows too.
    #[must_use]
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("onefold");
        Self { agent: config.build().into(), secret: secret.into() }
    }
}

/// The signature of a call: HMAC-SHA-256 (RFC 2104) under the secret, of the timestamp, a point and the body; in lower-case
/// hexadecimal. Who receives a call computes it and compares; a timestamp that is long past is refused.
#[must_use]
pub fn signature(secret: &[u8], timestamp: i64, body: &str) -> String {
    let mut hex = String::new();
    // A key of any length will do.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) {
        mac.update(timestamp.to_string().as_bytes());
        mac.update(b".");
        mac.update(body.as_bytes());
        for byte in mac.finalize().into_bytes() {
            let _ = write!(hex, "{byte:02x}");
        }
    }
    hex
}

impl Sender for WebhookSender {
    fn send(&mut self, message: &Message, at: Timestamp) -> Result<Receipt, SendError> {
        let Payload::Webhook { url, body } = &message.payload else {
            return Err(SendError::Permanent("only calls of a URL go to webhooks".to_owned()));
        };
        let signed = signature(&self.secret, at.timestamp(), body);
        let call = self
            .agent
            .post(url)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", &message.key)
            .header("Onefold-Timestamp", at.timestamp().to_string())
            .header("Onefold-Signature", format!("v1={signed}"));
        match call.send(body) {
            Ok(response) => match response.status().as_u16() {
                status @ 200..=299 => Ok(Receipt(status.to_string())),
                // Asked too early, too often, too slowly, or the other side has trouble.
                status @ (408 | 425 | 429 | 500..=599) => Err(SendError::Temporary(format!("it answered {status}"))),
                status => Err(SendError::Permanent(format!("it answered {status}"))),
            },
            Err(ureq::Error::BadUri(error)) => Err(SendError::Permanent(format!("`{url}` is no URL: {error}"))),
            Err(ureq::Error::Http(error)) => Err(SendError::Permanent(format!("it cannot be asked: {error}"))),
            Err(error) => Err(SendError::Temporary(error.to_string())),
        }
    }
}

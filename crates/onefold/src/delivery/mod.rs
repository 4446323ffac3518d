//! Those who send messages: into files, by SMTP, to URLs.

mod file;
mod mime;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(feature = "webhook")]
mod webhook;

pub use file::FileSender;
#[cfg(feature = "smtp")]
pub use smtp::{SmtpSecurity, SmtpSender};
#[cfg(feature = "webhook")]
pub use webhook::{WebhookSender, signature};

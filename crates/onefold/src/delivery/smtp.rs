//! [`SmtpSender`]: mails to an SMTP server.

use std::time::Duration;

use lettre::address::{Address, Envelope};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{SmtpTransport, Transport};
use onefold_fact::Timestamp;
use onefold_workflow::{Message, Payload, Receipt, SendError, Sender};

use super::mime;

/// How a connection is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmtpSecurity {
    /// By TLS from the start; usually at port 465.
    Tls,
    /// By TLS after STARTTLS, or not at all; usually at port 587.
    StartTls,
    /// Not at all: to a server on this machine.
    None,
}

/// Sends mails through an SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpSender {
    transport: SmtpTransport,
    from: String,
}

impl SmtpSender {
    /// Through a server. Mails that do not say so are from this address. Login is a user and a password.
    ///
    /// # Errors
    /// When the host is none that TLS can be spoken with.
    pub fn new(
        host: &str,
        port: u16,
        security: SmtpSecurity,
        login: Option<(String, String)>,
        from: impl Into<String>,
    ) -> Result<Self, SendError> {
        let tls = || {
            let parameters = TlsParameters::new(host.to_owned());
            parameters.map_err(|error| SendError::Permanent(format!("no TLS with `{host}`: {error}")))
        };
        let tls = match security {
            SmtpSecurity::Tls => Tls::Wrapper(tls()?),
            SmtpSecurity::StartTls => Tls::Required(tls()?),
            SmtpSecurity::None => Tls::None,
        };
        let builder = SmtpTransport::builder_dangerous(host).port(port).tls(tls).timeout(Some(Duration::from_secs(60)));
        let builder = match login {
            Some((user, password)) => builder.credentials(Credentials::new(user, password)),
            None => builder,
        };
        Ok(Self { transport: builder.build(), from: from.into() })
    }
}

impl Sender for SmtpSender {
    fn send(&mut self, message: &Message, at: Timestamp) -> Result<Receipt, SendError> {
        let Payload::Email(email) = &message.payload else {
            return Err(SendError::Permanent("only mails go by SMTP".to_owned()));
        };
        let mail = mime::mail(message, email, &self.from, at)?;
        let read = |text: &str| -> Result<Address, SendError> {
            let address = mime::address(text);
            address.parse().map_err(|error| SendError::Permanent(format!("`{address}` is no address: {error}")))
        };
        let from = read(email.from.as_deref().unwrap_or(&self.from))?;
        let envelope = Envelope::new(Some(from), vec![read(&email.to)?]);
        let envelope = envelope.map_err(|error| SendError::Permanent(error.to_string()))?;
        match self.transport.send_raw(&envelope, mail.as_bytes()) {
            Ok(response) => Ok(Receipt(response.message().collect::<Vec<_>>().join(" "))),
            Err(error) if error.is_permanent() => Err(SendError::Permanent(error.to_string())),
            Err(error) => Err(SendError::Temporary(error.to_string())),
        }
    }
}

//! [`FileSender`]: messages as files in a folder.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use onefold_fact::{Digester, Timestamp};
use onefold_workflow::{Message, Payload, Receipt, SendError, Sender};

use super::mime;

/// Writes messages into a folder: a mail as `KEY.eml`, a call of a URL as `KEY.json`. A message that is sent again is the
/// same file.
#[derive(Debug, Clone)]
pub struct FileSender {
    folder: PathBuf,
    from: String,
}

impl FileSender {
    /// Into a folder, which is made if it is not there. Mails that do not say so are from this address.
    #[must_use]
    pub fn new(folder: impl AsRef<Path>, from: impl Into<String>) -> Self {
        Self { folder: folder.as_ref().to_owned(), from: from.into() }
    }
}

impl Sender for FileSender {
    fn send(&mut self, message: &Message, at: Timestamp) -> Result<Receipt, SendError> {
        let (text, kind) = match &message.payload {
            Payload::Email(email) => (mime::mail(message, email, &self.from, at)?, "eml"),
            Payload::Webhook { url, body } => {
                let json = serde_json::json!({ "key": message.key, "url": url, "body": body });
                (format!("{json:#}\n"), "json")
            }
        };
        let path = self.folder.join(format!("{}.{kind}", name(&message.key)));
        write(&self.folder, &path, &text).map_err(|error| {
            let reason = format!("cannot write `{}`: {error}", path.display());
            match error.kind() {
                ErrorKind::PermissionDenied | ErrorKind::NotADirectory => SendError::Permanent(reason),
                _ => SendError::Temporary(reason),
            }
        })?;
        Ok(Receipt(path.display().to_string()))
    }
}

/// Whole or not at all: under another name first.
fn write(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let beside = path.with_extension("part");
    let mut file = fs::File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(beside, path)
}

/// A key as the name of a file: itself, if it can be one.
fn name(key: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.@ ".contains(letter);
    if !key.is_empty() && key.len() <= 100 && !key.starts_with('.') && key.chars().all(plain) {
        return key.to_owned();
    }
    let start: String = key.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let hash = Digester::default().text(key).finish().to_string();
    format!("{start}-{}", hash.get(..16).unwrap_or_default())
}

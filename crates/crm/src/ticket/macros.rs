//! [`Macro`]: what is done with tickets again and again, under one name.

use onefold_fact::Configuration;
use serde::{Deserialize, Serialize};

use super::decide::{TicketCommand, Words};

/// Commands that are carried out one after another, all or none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Macro {
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The commands. A message that does not say by whom is by whoever applies the macro.
    pub commands: Vec<TicketCommand>,
}

impl Macro {
    /// The part of the configuration that macros are, each under its name.
    pub const PART: &str = "macro";

    /// This macro as a part of the configuration.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn configuration(&self, name: &str) -> Result<Configuration, serde_json::Error> {
        let json = serde_json::to_string(self)?;
        Ok(Configuration { part: Self::PART.to_owned(), name: name.to_owned(), json })
    }

    /// What is wrong with it: it does nothing, or opens tickets.
    #[must_use]
    pub fn problem(&self) -> Option<&'static str> {
        if self.commands.is_empty() {
            Some("a macro does something: give it commands")
        } else if self.commands.iter().any(|command| matches!(command, TicketCommand::Open(_))) {
            Some("a macro is applied to a ticket that is there: take `open` away")
        } else {
            None
        }
    }

    /// Its commands as a user applies it; each message is an interaction of its own, named after the one that is given.
    #[must_use]
    pub fn applied(&self, by: &str, interaction: &str) -> Vec<TicketCommand> {
        let mut commands = self.commands.clone();
        let words = commands.iter_mut().filter_map(TicketCommand::words_mut);
        for (number, Words { by: whose, interaction: which }) in words.enumerate() {
            if whose.is_empty() {
                by.clone_into(whose);
            }
            if which.is_empty() {
                *which = if number == 0 { interaction.to_owned() } else { format!("{interaction}-{}", number + 1) };
            }
        }
        commands
    }
}

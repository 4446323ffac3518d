//! `onefold find`: what people wrote, by its words.

use anyhow::Result;
use clap::Args;
use onefold::RecordId;
use onefold::store::TextQuery;

use super::customer::named;
use super::{Database, Printing, now};
use crate::Outcome;

/// Find words in what people wrote: notes, mails, comments of all customers, or of one.
#[derive(Debug, Args)]
pub(crate) struct Find {
    /// Words that must all occur; `"words in this order"`; `contr*` for words that begin so
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
    #[command(flatten)]
    database: Database,
    /// Only of this customer: their id, the id of any of their records, or an identifier such as `email:ada@x.io`
    #[arg(long, value_name = "CUSTOMER")]
    customer: Option<String>,
    /// Only what this role may see
    #[arg(long)]
    role: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    printing: Printing,
}

impl Find {
    pub(crate) fn run(self) -> Result<Outcome> {
        let query: TextQuery = self.words.join(" ").parse()?;
        let house = self.database.open()?;
        let views = now(&house)?;
        let mut found = Vec::new();
        let of: Vec<Option<RecordId>> = match &self.customer {
            Some(customer) => named(&house, customer)?.into_iter().map(Some).collect(),
            None => vec![None],
        };
        for of in of {
            found.extend(match (&self.role, of) {
                (Some(role), of) => views.find_for(role, of, &query, self.limit)?,
                (None, Some(customer)) => views.find_in(customer, &query, self.limit)?,
                (None, None) => views.find(&query, self.limit)?,
            });
        }
        found.truncate(self.limit);
        for mention in &found {
            let at = mention.at.format("%Y-%m-%d %H:%M");
            let text =
                || format!("{} {at} {} ({}): {}\n", mention.customer, mention.what, mention.source, mention.snippet);
            self.printing.print(mention, text)?;
        }
        Ok(if found.is_empty() { Outcome::NotFound } else { Outcome::Done })
    }
}

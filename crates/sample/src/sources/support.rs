//! Support requests: plain JSON objects, not messages of a tracker.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Order, sheet};
use crate::calendar::{self, TODAY};
use crate::capture::{Draw, capture};
use crate::channel::SUPPORT;
use crate::error::SampleError;
use crate::population::Person;
use crate::record::Record;
use crate::sheet::{Sheet, json_line};
use crate::world::Serial;

#[derive(Serialize)]
struct Ticket<'a> {
    ticket_id: String,
    created_at: String,
    requester: Requester<'a>,
    subject: String,
    body: String,
    channel: &'a str,
    product: Option<&'a str>,
}

#[derive(Serialize)]
struct Requester<'a> {
    name: Option<&'a str>,
    email: &'a str,
    phone: Option<&'a str>,
}

pub(crate) struct Support {
    path: PathBuf,
    requests: Sheet,
}

impl Support {
    pub(crate) fn create(folder: &Path, seed: u64) -> Result<Self, SampleError> {
        let name = "support_requests.jsonl";
        Ok(Self { path: folder.join(name), requests: sheet(folder, name, b"", seed)? })
    }

    /// Writes a person's requests, if one of their addresses is free. They may speak of an order of the household.
    pub(crate) fn add(
        &mut self,
        person: &Person,
        order: Option<&Order>,
        draw: &mut Draw,
        records: &mut Vec<Record>,
    ) -> Result<(), SampleError> {
        let at = draw.random.day(person.first_day(), TODAY);
        let Some(mut fields) = capture(person, &SUPPORT, at, draw) else { return Ok(()) };
        let name = fields.full_name();
        for _ in 0..draw.random.weighted(&[(1, 75), (2, 19), (3, 6)]) {
            let (subject, body) = draw.random.pick(&draw.tables.requests);
            let any_product = draw.random.pick(&draw.tables.products).name;
            let product = order.map_or(any_product, |order| order.product);
            let fill = |template: &str| {
                template
                    .replace("{product}", product)
                    .replace("{order}", order.map_or("from last week", |order| &order.id))
                    .replace("{street}", &person.home.now.street)
            };
            let ticket = Ticket {
                ticket_id: format!("T{:07}", draw.world.scattered(Serial::Ticket)),
                created_at: calendar::to_second(calendar::moment(at, draw.random)),
                requester: Requester { name: present(&name), email: &fields.email, phone: present(&fields.phone) },
                subject: fill(subject),
                body: fill(body),
                channel: draw.random.weighted(&[("email", 50), ("web form", 25), ("phone", 15), ("chat", 10)]),
                product: draw.random.chance(700).then_some(product),
            };
            self.requests.push(json_line(&ticket, &self.path)?, 1)?;
        }
        fields.split_name(&name);
        fields.title = "";
        let (key, country) = (fields.email_key(), person.home.now.country);
        records.push(Record { source: SUPPORT.source, key, person: person.number, country, fields });
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<(&'static str, u64), SampleError> {
        Ok(("support_requests.jsonl", self.requests.finish()?))
    }
}

fn present(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

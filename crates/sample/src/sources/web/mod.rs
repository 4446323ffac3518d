//! The web tracker: identify, page, track, screen, group and alias messages of visitors, most of them anonymous at first.

mod message;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, NaiveDate, Utc};

use self::message::{Content, Device, Message, PostalAddress, Properties, Traits, look, product, track};
use super::sheet;
use crate::calendar::{self, TODAY};
use crate::capture::{Draw, capture};
use crate::channel::WEB;
use crate::error::SampleError;
use crate::population::Person;
use crate::random::Random;
use crate::rates;
use crate::record::{Fields, Record};
use crate::sheet::{Sheet, json_line};
use crate::tables::Country;

/// The first day of the tracker.
const FIRST_VISIT: NaiveDate = match NaiveDate::from_ymd_opt(2023, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Visits an account, by weight.
const VISITS: [(u32, u32); 4] = [(1, 36), (2, 36), (3, 20), (4, 8)];
/// Employees who name their company.
const NAMES_COMPANY: u32 = 300;

struct Account<'a> {
    person: &'a Person,
    user_id: String,
    fields: Fields,
    /// The address at sign-up, where it was another.
    first_email: Option<&'a str>,
    deletes_phone: bool,
}

struct Visit {
    at: DateTime<Utc>,
    account: usize,
    device: usize,
    number: usize,
}

/// From when on a person was behind an anonymous visitor.
pub(crate) struct Presence {
    pub(crate) anonymous_id: String,
    pub(crate) person: u32,
    pub(crate) from: DateTime<Utc>,
}

pub(crate) struct Web {
    path: PathBuf,
    events: Sheet,
}

impl Web {
    pub(crate) fn create(folder: &Path, seed: u64) -> Result<Self, SampleError> {
        let name = "web_events.jsonl";
        Ok(Self { path: folder.join(name), events: sheet(folder, name, b"", seed)? })
    }

    /// Writes the visits of those `people` of a household who have an account, and who was behind which device.
    pub(crate) fn add(
        &mut self,
        people: &[&Person],
        draw: &mut Draw,
        records: &mut Vec<Record>,
        presences: &mut Vec<Presence>,
    ) -> Result<(), SampleError> {
        let Some(country) = people.first().map(|person| person.home.now.country) else {
            return Ok(());
        };
        let mut devices = Vec::new();
        if people.len() > 1 && draw.random.chance(rates::SHARED_DEVICE) {
            devices.push(Device::draw(country, true, draw.random));
        }
        let mut accounts = Vec::new();
        let mut visits = Vec::new();
        for person in people {
            let own = devices.len();
            devices.push(Device::draw(country, false, draw.random));
            for _ in 0..1 + u32::from(draw.random.chance(rates::WEB_SECOND_ACCOUNT)) {
                add_account(person, own, &devices, &mut accounts, &mut visits, draw);
            }
        }
        visits.sort_by_key(|visit| visit.at);
        let mut behind = BTreeMap::new();
        for visit in &visits {
            let account = &accounts[visit.account];
            if behind.insert(visit.device, account.person.number) != Some(account.person.number) {
                let anonymous_id = devices[visit.device].anonymous_id.clone();
                presences.push(Presence { anonymous_id, person: account.person.number, from: visit.at });
            }
            self.visit(visit, account, &devices[visit.device], draw)?;
        }
        for account in accounts {
            let (person, mut fields) = (account.person, account.fields);
            if account.deletes_phone {
                fields.phone.clear();
            }
            fields.title = "";
            records.push(Record { source: WEB.source, key: account.user_id, person: person.number, country, fields });
        }
        Ok(())
    }

    /// Writes a visitor who looks around and never says who they are.
    pub(crate) fn add_passing(&mut self, country: Country, draw: &mut Draw) -> Result<(), SampleError> {
        let device = Device::draw(country, false, draw.random);
        let mut at = calendar::moment(draw.random.day(FIRST_VISIT, TODAY), draw.random);
        let mut chunk = Vec::new();
        let mut count = 0;
        for _ in 0..draw.random.between(1, 3) {
            let page = look(&device, draw);
            count += self.send(page, &device, at, &mut chunk, draw.random)?;
            at += Duration::seconds(i64::from(draw.random.between(5, 300)));
        }
        self.events.push(chunk, count)
    }

    fn visit(&mut self, visit: &Visit, account: &Account, device: &Device, draw: &mut Draw) -> Result<(), SampleError> {
        let first = visit.number == 0;
        let user_id = Some(account.user_id.as_str());
        // On a device of one's own one stays signed in.
        let arriving = if first || device.shared { None } else { user_id };
        let mut contents = vec![Content { user_id: arriving, ..look(device, draw) }];
        if first && draw.random.chance(400) {
            contents.push(look(device, draw));
        }
        if first {
            let traits = account.first_traits(draw.random);
            contents.push(Content { r#type: "identify", user_id, traits: Some(traits), ..Content::default() });
            contents.push(Content { event: Some("Signed Up"), ..track(user_id, Properties::Plan { plan: "free" }) });
            if draw.random.chance(100) {
                let previous_id = Some(device.anonymous_id.as_str());
                contents.push(Content { r#type: "alias", user_id, previous_id, ..Content::default() });
            }
        } else {
            if device.shared || visit.number == 1 || draw.random.chance(300) {
                let traits = account.later_traits();
                contents.push(Content { r#type: "identify", user_id, traits: Some(traits), ..Content::default() });
            }
            contents.push(Content { event: Some("Product Viewed"), ..product(user_id, device, draw) });
            if draw.random.chance(350) {
                contents.push(Content { event: Some("Product Added"), ..product(user_id, device, draw) });
            }
        }
        if let Some(job) = account.person.job.as_ref().filter(|_| first && draw.random.chance(NAMES_COMPANY)) {
            let company = &draw.world.companies[job.company];
            let traits = Some(Traits { name: Some(Some(&company.name)), ..Traits::default() });
            contents.push(Content {
                r#type: "group",
                user_id,
                group_id: Some(&company.id),
                traits,
                ..Content::default()
            });
        }
        let (mut at, mut chunk, mut count) = (visit.at, Vec::new(), 0);
        for content in contents {
            count += self.send(content, device, at, &mut chunk, draw.random)?;
            at += Duration::milliseconds(i64::from(draw.random.between(2_000, 180_000)));
        }
        self.events.push(chunk, count)
    }

    /// Adds a message to a chunk, at times a second delivery of it to the file; the number of lines in the chunk.
    fn send(
        &mut self,
        content: Content,
        device: &Device,
        at: DateTime<Utc>,
        chunk: &mut Vec<u8>,
        random: &mut Random,
    ) -> Result<u64, SampleError> {
        let mut message = Message::new(content, device, at, random);
        chunk.extend(json_line(&message, &self.path)?);
        if random.chance(rates::DELIVERED_TWICE) {
            message.send_again(random);
            self.events.push(json_line(&message, &self.path)?, 1)?;
        }
        Ok(1)
    }

    pub(crate) fn finish(self) -> Result<(&'static str, u64), SampleError> {
        Ok(("web_events.jsonl", self.events.finish()?))
    }
}

fn add_account<'a>(
    person: &'a Person,
    own: usize,
    devices: &[Device],
    accounts: &mut Vec<Account<'a>>,
    visits: &mut Vec<Visit>,
    draw: &mut Draw,
) {
    let mut moments: Vec<_> = (0..draw.random.weighted(&VISITS))
        .map(|_| {
            let day = draw.random.day(person.first_day().max(FIRST_VISIT), TODAY);
            calendar::moment(day, draw.random)
        })
        .collect();
    moments.sort_unstable();
    let first_day = moments[0].date_naive();
    let Some(fields) = capture(person, &WEB, moments[moments.len() - 1].date_naive(), draw) else {
        return;
    };
    let first_email = person.email.on(first_day).as_str();
    let known = [fields.birth_date.is_some(), !fields.email.is_empty(), !fields.street.is_empty()];
    // Deletes nothing that the person could not be told by without.
    let enough = known.iter().filter(|&&filled| filled).count() >= 2;
    let account = Account {
        person,
        user_id: format!("u{}", draw.random.hex(16)),
        deletes_phone: enough && moments.len() > 1 && !fields.phone.is_empty() && draw.random.chance(rates::NULL_TRAIT),
        first_email: (moments.len() > 1 && !fields.email.is_empty() && draw.random.chance(500)).then_some(first_email),
        fields,
    };
    for (number, at) in moments.into_iter().enumerate() {
        let device = if devices[0].shared && draw.random.chance(500) { 0 } else { own };
        visits.push(Visit { at, account: accounts.len(), device, number });
    }
    accounts.push(account);
}

impl Account<'_> {
    /// What one says at sign-up.
    fn first_traits(&self, random: &mut Random) -> Traits<'_> {
        let mut traits = self.traits();
        if let Some(email) = self.first_email {
            traits.email = Some(Some(email));
        }
        // Those who come again tell the rest then.
        if self.deletes_phone || (self.first_email.is_some() && random.chance(700)) {
            traits.address = None;
            traits.birthday = None;
        }
        traits
    }

    /// What the account says later.
    fn later_traits(&self) -> Traits<'_> {
        let mut traits = self.traits();
        if self.deletes_phone {
            traits.phone = Some(None);
        }
        traits
    }

    fn traits(&self) -> Traits<'_> {
        let fields = &self.fields;
        let present = |text| if str::is_empty(text) { None } else { Some(Some(text)) };
        Traits {
            name: None,
            first_name: present(&fields.first_name),
            last_name: present(&fields.last_name),
            email: present(&fields.email),
            phone: present(&fields.phone),
            birthday: fields.birth_date.map(|born| born.to_string()),
            address: (!fields.street.is_empty()).then_some(PostalAddress {
                street: &fields.street,
                city: &fields.city,
                postal_code: &fields.postcode,
                country: &fields.country,
            }),
        }
    }
}

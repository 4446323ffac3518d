//! From a person to one record of them: what a source took down on a day.

use chrono::NaiveDate;

use crate::address::Address;
use crate::calendar::{FILLER_BIRTH, FIRST_DAY};
use crate::channel::Channel;
use crate::phone::{Phone, standard_digits};
use crate::population::{Person, Sex};
use crate::random::Random;
use crate::record::Fields;
use crate::tables::{Country, Tables};
use crate::world::World;
use crate::{rates, text};

/// What drawing needs.
pub(crate) struct Draw<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) world: &'a mut World,
    pub(crate) random: &'a mut Random,
    /// What the records of this household that are written already can be told by.
    pub(crate) evidence: Vec<Evidence>,
}

/// What ties a record to others of its person.
pub(crate) struct Evidence {
    person: u32,
    /// Values that nobody else in the household has: birth date, own e-mail address, own number.
    own: Vec<String>,
    /// Values of the household: home, mailbox, landline.
    shared: Vec<String>,
}

/// Tries to find a record that something ties to the person's others.
const TRIES: usize = 6;

/// Takes down a person on a day. `None` where the source knows people by e-mail and all of theirs belong to others there.
pub(crate) fn capture(person: &Person, channel: &Channel, at: NaiveDate, draw: &mut Draw) -> Option<Fields> {
    let alone_too = draw.random.chance(rates::TIED_BY_NOTHING);
    for attempt in 1..=TRIES {
        let fields = capture_once(person, channel, at, draw)?;
        let evidence = Evidence::of(person, &fields);
        if alone_too || attempt == TRIES || evidence.ties(&draw.evidence) {
            draw.evidence.push(evidence);
            return Some(fields);
        }
    }
    None
}

impl Evidence {
    fn of(person: &Person, fields: &Fields) -> Self {
        let (mut own, mut shared) = (Vec::new(), Vec::new());
        own.extend(fields.birth_date.filter(|&born| born != FILLER_BIRTH).map(|born| born.to_string()));
        if fields.email.contains('@') && !text::says_nothing(&fields.email) {
            let email = fields.mailbox();
            let list = if person.mailbox.as_ref() == Some(&email) { &mut shared } else { &mut own };
            list.push(email);
        }
        if let Some(digits) = standard_digits(&fields.phone, person.home.now.country) {
            let landline = person.landline.as_ref().map(Phone::digits);
            let list = if landline.as_ref() == Some(&digits) { &mut shared } else { &mut own };
            list.push(digits);
        }
        if !fields.postcode.is_empty() {
            shared.push(fields.postcode.replace([' ', '-'], "").to_lowercase());
        }
        Self { person: person.number, own, shared }
    }

    /// Whether it is the person's first record, or shares with another of them a value of their own or two of the household.
    fn ties(&self, others: &[Self]) -> bool {
        let mut of_person = others.iter().filter(|other| other.person == self.person).peekable();
        let common = |a: &[String], b: &[String]| a.iter().filter(|value| b.contains(value)).count();
        of_person.peek().is_none()
            || of_person.any(|other| common(&self.own, &other.own) >= 1 || common(&self.shared, &other.shared) >= 2)
    }
}

fn capture_once(person: &Person, channel: &Channel, at: NaiveDate, draw: &mut Draw) -> Option<Fields> {
    let state = if draw.random.chance(rates::OUTDATED) { FIRST_DAY } else { at };
    let mut has = Filled::draw(channel, draw.random);
    if draw.random.chance(rates::ENOUGH_EVIDENCE) {
        has.complete(channel, draw.random);
    }
    let (dirt, random) = (channel.dirt, &mut *draw.random);
    let mut fields = Fields::default();
    if random.chance(channel.name) {
        name(person, channel, state, &mut fields, draw.tables, random);
    }
    fields.birth_date = has.birth.then(|| dirt.birth_date(person.born, random));
    fields.email = match has.email {
        true => email_address(person, channel, state, draw.world, random)?,
        false => dirt.blank(random),
    };
    let home = person.home.on(state);
    if has.phone {
        fields.phone = phone_number(person, channel, state, random);
    } else if channel.phone > 0 {
        fields.phone = dirt.blank(random);
    }
    if has.address {
        address(home, channel, &mut fields, random);
    }
    if !is_anchored(person, channel, state, &fields) && random.chance(rates::ANCHORED) {
        if channel.birth > 0 {
            fields.birth_date = Some(dirt.birth_date(person.born, random));
        } else {
            fields.phone = dirt.phone(person.mobile.on(state).written(random), random);
        }
    }
    Some(fields)
}

/// Whether a record holds what belongs to nobody else in the household and is likely to be elsewhere too.
fn is_anchored(person: &Person, channel: &Channel, state: NaiveDate, fields: &Fields) -> bool {
    let mobile = channel.phone > 0
        && standard_digits(&fields.phone, person.home.now.country).as_deref()
            == Some(person.mobile.on(state).digits().as_str());
    let private = fields.email.eq_ignore_ascii_case(person.email.on(state));
    fields.birth_date.is_some() || mobile || private
}

/// Which fields are filled.
struct Filled {
    birth: bool,
    email: bool,
    phone: bool,
    address: bool,
}

impl Filled {
    fn draw(channel: &Channel, random: &mut Random) -> Self {
        Self {
            birth: random.chance(channel.birth),
            email: random.chance(channel.email),
            phone: random.chance(channel.phone),
            address: random.chance(channel.address),
        }
    }

    /// Adds fields that the source has until two are filled.
    fn complete(&mut self, channel: &Channel, random: &mut Random) {
        let rates = [channel.birth, channel.email, channel.phone, channel.address];
        while [self.birth, self.email, self.phone, self.address].iter().filter(|&&filled| filled).count() < 2 {
            match random.weighted(&[(0, rates[0]), (1, rates[1]), (2, rates[2]), (3, rates[3])]) {
                0 => self.birth = true,
                1 => self.email = true,
                2 => self.phone = true,
                _ => self.address = true,
            }
        }
    }
}

fn name(
    person: &Person,
    channel: &Channel,
    state: NaiveDate,
    fields: &mut Fields,
    tables: &Tables,
    random: &mut Random,
) {
    let dirt = channel.dirt;
    let short_forms = tables.short_forms(person.given);
    let first = if !short_forms.is_empty() && random.chance(rates::SHORT_FORM) {
        random.pick(short_forms).to_owned()
    } else if random.chance(rates::INITIAL) {
        format!("{}.", person.given.chars().next().unwrap_or_default())
    } else {
        dirt.name(person.given, random)
    };
    fields.first_name = first;
    fields.last_name = dirt.surname(person.surname.on(state), random);
    dirt.case([&mut fields.first_name, &mut fields.last_name], random);
    if dirt.swaps_names(random) {
        std::mem::swap(&mut fields.first_name, &mut fields.last_name);
    }
    fields.title = match person.sex {
        _ if random.chance(20) => "Dr",
        _ if random.chance(300) => "",
        Sex::Man => "Mr",
        Sex::Woman => random.weighted(&[("Ms", 50), ("Mrs", 45), ("Miss", 5)]),
    };
}

/// One of their addresses that the source can take, as entered.
fn email_address(
    person: &Person,
    channel: &Channel,
    state: NaiveDate,
    world: &mut World,
    random: &mut Random,
) -> Option<String> {
    let habit = channel.emails;
    let former = person.email.before.as_ref().map(|(before, _)| before);
    let work = person.job.as_ref().map(|job| &job.email);
    let mut choices = [
        (Some(person.email.on(state)), habit.private),
        (former, habit.former),
        (work, habit.work),
        (person.mailbox.as_ref(), habit.family),
    ];
    loop {
        let weighted: Vec<(usize, u32)> = choices
            .iter()
            .enumerate()
            .map(|(place, choice)| (place, if choice.0.is_some() { choice.1 } else { 0 }))
            .collect();
        if weighted.iter().all(|choice| choice.1 == 0) {
            return None;
        }
        let place = random.weighted(&weighted);
        let chosen = choices[place].0.take()?;
        let entered = channel.dirt.email(chosen, channel.keyed_by_email, random);
        if !channel.keyed_by_email || world.claim(channel.source, &entered.to_lowercase(), person.number) {
            return Some(entered);
        }
    }
}

fn phone_number(person: &Person, channel: &Channel, state: NaiveDate, random: &mut Random) -> String {
    let number: &Phone = match &person.landline {
        Some(landline) if random.chance(channel.landline) => landline,
        _ => person.mobile.on(state),
    };
    channel.dirt.phone(number.written(random), random)
}

/// Where something was sent on a day: only the address is filled.
pub(crate) fn capture_address(person: &Person, channel: &Channel, at: NaiveDate, random: &mut Random) -> Fields {
    let mut fields = Fields::default();
    address(person.home.on(at), channel, &mut fields, random);
    fields
}

fn address(home: &Address, channel: &Channel, fields: &mut Fields, random: &mut Random) {
    let dirt = channel.dirt;
    fields.street = dirt.place(&home.street, random);
    fields.city = dirt.place(home.town.name, random);
    if random.chance(rates::TOWN_WITH_REGION) {
        fields.city = format!("{}, {}", fields.city, home.town.region);
    }
    fields.postcode = dirt.postcode(&home.postcode, random);
    fields.country = country_name(home.country, channel, random);
}

fn country_name(country: Country, channel: &Channel, random: &mut Random) -> String {
    let [name, code, other] = country.names();
    let usual = if channel.country_code { code } else { name };
    random.weighted(&[(usual, 85), (other, 10), ("", 5)]).to_owned()
}

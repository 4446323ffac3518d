//! Who lives where: households and the people in them, before any record of them is made.

use chrono::{Datelike, Months, NaiveDate};

use crate::address::Address;
use crate::calendar::{self, FIRST_CHANGE, LAST_CHANGE};
use crate::phone::Phone;
use crate::random::Random;
use crate::tables::{Country, Tables};
use crate::world::{Serial, World};
use crate::{email, rates};

/// A value that was another before a day.
#[derive(Clone)]
pub(crate) struct Changing<T> {
    pub(crate) now: T,
    pub(crate) before: Option<(T, NaiveDate)>,
}

impl<T> Changing<T> {
    fn constant(now: T) -> Self {
        Self { now, before: None }
    }

    /// The value on a day.
    pub(crate) fn on(&self, day: NaiveDate) -> &T {
        match &self.before {
            Some((before, changed)) if day < *changed => before,
            _ => &self.now,
        }
    }
}

/// What the grammar of names needs to know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sex {
    Woman,
    Man,
}

/// A job at a company of the company file.
pub(crate) struct Job {
    /// Its place in [`World::companies`].
    pub(crate) company: usize,
    pub(crate) title: &'static str,
    pub(crate) email: String,
}

/// A person as they are, whatever the records say.
pub(crate) struct Person {
    pub(crate) number: u32,
    pub(crate) sex: Sex,
    pub(crate) given: &'static str,
    pub(crate) surname: Changing<String>,
    pub(crate) born: NaiveDate,
    pub(crate) home: Changing<Address>,
    pub(crate) email: Changing<String>,
    pub(crate) mobile: Changing<Phone>,
    /// The landline of the household, if they live there.
    pub(crate) landline: Option<Phone>,
    /// The mailbox of the family.
    pub(crate) mailbox: Option<String>,
    pub(crate) job: Option<Job>,
}

impl Person {
    /// The first day on which they may have become a customer: not as a small child.
    pub(crate) fn first_day(&self) -> NaiveDate {
        let grown = self.born + Months::new(12 * YOUNGEST_CUSTOMER);
        grown.max(calendar::FIRST_DAY)
    }
}

/// The age of the youngest customers, in years.
const YOUNGEST_CUSTOMER: u32 = 14;

/// The identifier of the person with that number in the truth.
pub(crate) fn person_id(number: u32) -> String {
    format!("P{number:06}")
}

/// People who live, or lived, together.
pub(crate) struct Household {
    pub(crate) people: Vec<Person>,
}

/// Name, sex and age of a member, before the rest of their life is drawn.
struct Member {
    sex: Sex,
    given: &'static str,
    surname: Changing<String>,
    born: NaiveDate,
    moved_out: bool,
}

impl Household {
    /// Draws a household of at most `places` people.
    pub(crate) fn draw(tables: &Tables, world: &mut World, random: &mut Random, places: usize) -> Self {
        let country = random.weighted(&Country::SHARES);
        let mut members = members(country, tables, random);
        members.truncate(places);
        let home = Address::draw(country, tables, random);
        let home = if random.chance(rates::MOVED) {
            Changing { now: home, before: Some((Address::draw(country, tables, random), change(random))) }
        } else {
            Changing::constant(home)
        };
        let landline = random
            .chance(rates::LANDLINE)
            .then(|| world.fresh_phone(|| Phone::landline(country, home.now.town, random)));
        let mailbox = (members.len() > 1 && random.chance(rates::FAMILY_MAILBOX))
            .then(|| email::family(&members[0].surname.now, tables, world, random));
        let people = members
            .into_iter()
            .map(|member| {
                let mut home = home.clone();
                let mut landline = landline.clone();
                if member.moved_out {
                    // They lived with the others before.
                    let own = Address::draw(country, tables, random);
                    home = Changing { now: own, before: Some((home.now, change(random))) };
                    landline = None;
                }
                person(member, home, landline, mailbox.clone(), tables, world, random)
            })
            .collect();
        Self { people }
    }
}

fn change(random: &mut Random) -> NaiveDate {
    random.day(FIRST_CHANGE, LAST_CHANGE)
}

fn person(
    member: Member,
    home: Changing<Address>,
    landline: Option<Phone>,
    mailbox: Option<String>,
    tables: &Tables,
    world: &mut World,
    random: &mut Random,
) -> Person {
    let Member { sex, given, surname, born, .. } = member;
    let country = home.now.country;
    let year = born.year();
    let age = 2026 - year;
    let private = |surname: &str, world: &mut World, random: &mut Random| {
        email::private(given, surname, year, tables, world, random)
    };
    let current_email = private(&surname.now, world, random);
    let email = match &surname.before {
        // Most addresses tell the name, so a new name brings a new address.
        Some((maiden, married)) if random.chance(700) => {
            Changing { before: Some((private(maiden, world, random), *married)), now: current_email }
        }
        _ if random.chance(rates::CHANGED_EMAIL) => {
            let old = private(&surname.now, world, random);
            Changing { now: current_email, before: Some((old, change(random))) }
        }
        _ => Changing::constant(current_email),
    };
    let recycled = if random.chance(rates::RECYCLED_MOBILE) { world.recycled(country) } else { None };
    let mobile = recycled.unwrap_or_else(|| world.fresh_phone(|| Phone::mobile(country, random)));
    let mobile = if random.chance(rates::CHANGED_MOBILE) {
        let old = world.fresh_phone(|| Phone::mobile(country, random));
        world.release(old.clone());
        Changing { now: mobile, before: Some((old, change(random))) }
    } else {
        Changing::constant(mobile)
    };
    let job = ((20..67).contains(&age) && random.chance(rates::EMPLOYED)).then(|| {
        let company = world.employer(tables, country, random);
        let domain = world.companies[company].domain.clone();
        let email = email::work(given, &surname.now, &domain, world, random);
        Job { company, title: random.pick(&tables.jobs), email }
    });
    Person {
        number: world.next(Serial::Person),
        sex,
        given,
        surname,
        born,
        home,
        email,
        mobile,
        landline,
        mailbox,
        job,
    }
}

fn members(country: Country, tables: &Tables, random: &mut Random) -> Vec<Member> {
    let kind = random.weighted(&[
        (0, rates::ALONE),
        (1, rates::COUPLE),
        (2, rates::FAMILY),
        (3, rates::ONE_PARENT),
        (4, rates::SIBLINGS),
        (5, rates::SHARED_FLAT),
    ]);
    match kind {
        0 => vec![adult(country, 18, 88, tables, random)],
        1 => couple(country, 22, 82, tables, random),
        2 => {
            let mut family = couple(country, 38, 62, tables, random);
            children(&mut family, country, tables, random);
            family
        }
        3 => {
            let mut family = vec![adult(country, 38, 60, tables, random)];
            children(&mut family, country, tables, random);
            family
        }
        4 => {
            let first = adult(country, 19, 60, tables, random);
            let mut second = adult(country, 19, 60, tables, random);
            second.surname =
                Changing::constant(inflected(&neutral(&first.surname.now, first.sex), second.sex, country));
            vec![first, second]
        }
        _ => (0..random.between(2, 4)).map(|_| adult(country, 19, 34, tables, random)).collect(),
    }
}

fn given_name(sex: Sex, country: Country, tables: &Tables, random: &mut Random) -> &'static str {
    let tables = tables.country(country);
    match sex {
        Sex::Woman => tables.women.draw(random),
        Sex::Man => tables.men.draw(random),
    }
}

fn draw_sex(random: &mut Random) -> Sex {
    if random.chance(500) { Sex::Woman } else { Sex::Man }
}

/// A family name as a man bears it.
fn surname(country: Country, tables: &Tables, random: &mut Random) -> String {
    if country == Country::Uk && random.chance(rates::RARE_SURNAME) {
        return format!("{}{}", random.pick(&tables.surname_stems), random.pick(&tables.surname_endings));
    }
    let first = tables.country(country).surnames.draw(random);
    match country {
        Country::Es => format!("{first} {}", tables.country(country).surnames.draw(random)),
        _ => first.to_owned(),
    }
}

/// A Polish family name agrees with its bearer.
fn inflected(surname: &str, sex: Sex, country: Country) -> String {
    match (country, sex, surname.strip_suffix("ki")) {
        (Country::Pl, Sex::Woman, Some(stem)) => format!("{stem}ka"),
        _ => surname.to_owned(),
    }
}

/// Takes back what [`inflected`] does.
fn neutral(surname: &str, sex: Sex) -> String {
    match (sex, surname.strip_suffix("ska").or(surname.strip_suffix("cka")), surname.strip_suffix('a')) {
        (Sex::Woman, Some(_), Some(stem)) => format!("{stem}i"),
        _ => surname.to_owned(),
    }
}

fn adult(country: Country, youngest: u32, oldest: u32, tables: &Tables, random: &mut Random) -> Member {
    let sex = draw_sex(random);
    let surname = inflected(&surname(country, tables, random), sex, country);
    let born = calendar::born(random.between(youngest, oldest), random);
    Member {
        sex,
        given: given_name(sex, country, tables, random),
        surname: Changing::constant(surname),
        born,
        moved_out: false,
    }
}

fn couple(country: Country, youngest: u32, oldest: u32, tables: &Tables, random: &mut Random) -> Vec<Member> {
    let first = adult(country, youngest, oldest, tables, random);
    let mut second = adult(country, youngest, oldest, tables, random);
    let age_of_first = (2026 - first.born.year()) as u32;
    second.born = calendar::born(random.between(age_of_first.saturating_sub(6).max(19), age_of_first + 4), random);
    if random.chance(960) && second.sex == first.sex {
        second.sex = if first.sex == Sex::Man { Sex::Woman } else { Sex::Man };
        second.given = given_name(second.sex, country, tables, random);
        second.surname.now = inflected(&surname(country, tables, random), second.sex, country);
    }
    // In Spain everybody keeps their names for life.
    if country != Country::Es && random.chance(rates::SHARED_SURNAME) {
        let shared = inflected(&neutral(&first.surname.now, first.sex), second.sex, country);
        let maiden = std::mem::take(&mut second.surname.now);
        second.surname.now = if random.chance(rates::DOUBLE_SURNAME) { format!("{maiden}-{shared}") } else { shared };
        if random.chance(rates::MARRIED_RECENTLY) {
            second.surname.before = Some((maiden, change(random)));
        }
    }
    vec![first, second]
}

/// Adds one to three children of sixteen or more: younger ones are nobody's customers.
fn children(family: &mut Vec<Member>, country: Country, tables: &Tables, random: &mut Random) {
    let youngest_parent = family.iter().map(|parent| (2026 - parent.born.year()) as u32).min().unwrap_or(40);
    let parent_surname = match country {
        // One name of each parent.
        Country::Es => {
            family.iter().filter_map(|parent| parent.surname.now.split(' ').next()).collect::<Vec<_>>().join(" ")
        }
        _ => neutral(&family[0].surname.now, family[0].sex),
    };
    let parents = family.len();
    for child in 0..random.weighted(&[(1, 45), (2, 40), (3, 15)]) {
        let sex = draw_sex(random);
        let mut given = given_name(sex, country, tables, random);
        let born = if child > 0 && random.chance(rates::TWIN) {
            family[family.len() - 1].born
        } else {
            calendar::born(random.between(16, (youngest_parent.saturating_sub(20)).clamp(18, 36)), random)
        };
        let father = family[..parents].iter().find(|parent| parent.sex == Sex::Man);
        if let (0, Sex::Man, Some(father), true) = (child, sex, father, random.chance(rates::SON_NAMED_AFTER_FATHER)) {
            given = father.given;
        }
        // No parents give two of their children one name.
        while family[parents..].iter().any(|sibling| sibling.given == given) {
            given = given_name(sex, country, tables, random);
        }
        let age = 2026 - born.year();
        let surname = Changing::constant(inflected(&parent_surname, sex, country));
        let moved_out = age >= 20 && random.chance(rates::CHILD_MOVED_OUT);
        family.push(Member { sex, given, surname, born, moved_out });
    }
}

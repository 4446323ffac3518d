//! E-mail addresses: how people build them.

use crate::random::Random;
use crate::rates;
use crate::tables::Tables;
use crate::text;
use crate::world::World;

/// The provider that ignores dots in the local part.
pub(crate) const DOTLESS_PROVIDER: &str = "gomail.example";

/// A private address from a name, or a handle that does not tell it.
pub(crate) fn private(
    given: &str,
    surname: &str,
    year: i32,
    tables: &Tables,
    world: &mut World,
    random: &mut Random,
) -> String {
    let provider = tables.providers.draw(random);
    let (given, surname) = (text::mail_part(given), text::mail_part(surname));
    let initial = &given[..given.len().min(1)];
    let local = if random.chance(rates::HANDLE) {
        format!("{}{}{}", random.pick(&tables.handles), random.pick(&tables.handles), random.between(1, 99))
    } else {
        match random.weighted(&[(0, 40), (1, 15), (2, 12), (3, 12), (4, 10), (5, 6), (6, 5)]) {
            0 => format!("{given}.{surname}"),
            1 => format!("{initial}{surname}"),
            2 => format!("{given}{surname}"),
            3 => format!("{given}.{surname}{:02}", year % 100),
            4 => format!("{given}{year}"),
            5 => format!("{surname}.{given}"),
            _ => format!("{given}_{surname}"),
        }
    };
    free(&local, provider, world, random)
}

/// The mailbox of a family.
pub(crate) fn family(surname: &str, tables: &Tables, world: &mut World, random: &mut Random) -> String {
    let surname = text::mail_part(surname);
    let local = match random.below(3) {
        0 => format!("the{surname}s"),
        1 => format!("{surname}.family"),
        _ => format!("family.{surname}"),
    };
    free(&local, tables.providers.draw(random), world, random)
}

/// The address at work.
pub(crate) fn work(given: &str, surname: &str, domain: &str, world: &mut World, random: &mut Random) -> String {
    let (given, surname) = (text::mail_part(given), text::mail_part(surname));
    // A company has one convention, so its domain decides.
    let local = if domain.len().is_multiple_of(3) {
        format!("{}{surname}", &given[..given.len().min(1)])
    } else {
        format!("{given}.{surname}")
    };
    free(&local, domain, world, random)
}

/// The address, with a number in the local part if somebody has it already.
fn free(local: &str, domain: &str, world: &mut World, random: &mut Random) -> String {
    let mut email = format!("{local}@{domain}");
    while !world.take(&email) {
        email = format!("{local}{}@{domain}", random.between(1, 9999));
    }
    email
}

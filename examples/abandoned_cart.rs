//! A campaign for abandoned carts, as it happens: a customer enters an hour after the cart without an order, and leaves
//! by ordering, or by time.
//!
//! `cargo run -p onefold-examples --example abandoned_cart`

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use onefold::Timestamp;
use onefold::fact::Properties;
use onefold_segment::{Applied, Happening, Live, Rule, Segments};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    let rule: Rule = r#"sequence ("cart") and since then no "order" for 1h in the last 1d"#.parse()?;
    let segments = Segments::new([("abandoned cart".to_owned(), rule)])?;
    let mut live = Live::new(&segments, "2026-03-01T00:00:00Z".parse()?);
    let mut out = std::io::stdout().lock();

    let nothing = Properties::new();
    let customers: BTreeMap<Uuid, &str> =
        ["Ada", "Grace", "Mary"].into_iter().zip(1..).map(|(name, id)| (Uuid::from_u128(id), name)).collect();
    let stream = [
        ("2026-03-01T09:00:00Z", "Ada", "cart"),
        ("2026-03-01T09:10:00Z", "Grace", "cart"),
        ("2026-03-01T09:30:00Z", "Mary", "cart"),
        ("2026-03-01T09:40:00Z", "Ada", "order"),
        ("2026-03-01T12:00:00Z", "Grace", "order"),
    ];
    let mut entered = 0;
    let mut tell = |live: &mut Live| -> Result<(), Box<dyn Error>> {
        for change in live.changes() {
            let name = customers.get(&change.subject).copied().unwrap_or("somebody");
            let did = if change.entered { "enters" } else { "leaves" };
            entered += usize::from(change.entered);
            writeln!(out, "{} {name} {did}", change.at.format("%d %b %H:%M"))?;
        }
        Ok(())
    };
    for (at, name, event) in stream {
        let at: Timestamp = at.parse()?;
        let id = customers.iter().find(|(_, known)| **known == name).map(|(id, _)| *id).ok_or("a customer")?;
        live.advance_to(at);
        // Only rules that ask for the first or the last value have to read a timeline again.
        assert_eq!(live.insert(id, &Happening { at, name: event, properties: &nothing }), Applied::Done);
        tell(&mut live)?;
    }
    live.advance_to("2026-03-03T00:00:00Z".parse()?);
    tell(&mut live)?;
    // Ada ordered in time; Grace entered at 10:10 and left by ordering at 12:00; Mary left a day after her cart.
    assert_eq!(entered, 2);
    Ok(())
}

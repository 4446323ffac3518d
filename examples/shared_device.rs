//! Two people use one tablet. What each did before and after signing in is theirs, and the tablet merges nobody.
//!
//! `cargo run -p onefold-examples --example shared_device`

use std::io::Write;

use onefold::{Body, Draft, Identifier, Onefold, Options, RecordKey, Silent};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tablet = Identifier::new("anonymous", "tablet-1");
    let views = |page: &str, at: &str| -> Result<Draft, Box<dyn std::error::Error>> {
        let view = Draft::new("web", Body::event("page", [("title", page)]));
        Ok(view.key(RecordKey::of(&tablet)).identified_by(tablet.clone()).occurred_at(at.parse()?))
    };
    let signs_in = |user: &str, email: &str, at: &str| -> Result<Draft, Box<dyn std::error::Error>> {
        let draft = Draft::new("web", Body::set([("email", email)])).key(RecordKey::person(user));
        let draft = draft.identified_by(Identifier::new("user_id", user)).identified_by(tablet.clone());
        Ok(draft.occurred_at(at.parse()?))
    };
    let drafts = [
        views("Tents", "2026-05-01T09:00:00Z")?,
        signs_in("ada", "ada@x.example", "2026-05-01T09:05:00Z")?,
        views("Sleeping bags", "2026-05-01T09:10:00Z")?,
        signs_in("ben", "ben@y.example", "2026-05-01T20:00:00Z")?,
        views("Headphones", "2026-05-01T20:10:00Z")?,
    ];
    let house = Onefold::in_memory(Options::default());
    house.accept("stream", "2026-05-02T00:00:00Z".parse()?, drafts)?;
    house.relink(&mut Silent)?;

    let mut out = std::io::stdout().lock();
    for customer in house.customers()? {
        let profile = house.customer(customer)?.ok_or("a profile")?;
        let email = profile.value("email").map(|email| email.to_text().into_owned()).unwrap_or_default();
        let pages: Vec<String> = profile
            .timeline()
            .iter()
            .filter_map(|event| Some(event.property("title")?.to_text().into_owned()))
            .collect();
        writeln!(out, "{email} looked at {}", pages.join(", "))?;
    }
    Ok(())
}

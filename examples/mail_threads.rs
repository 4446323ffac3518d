//! A mailbox beside a web shop: mail is imported, threaded, and stands on one timeline with what the customer did elsewhere.
//! Who is owed an answer, and who may be written to, is asked of the same house.
//!
//! `cargo run -p onefold-examples --example mail_threads`

use std::error::Error;
use std::io::Write;
use std::ops::ControlFlow;

use onefold::connect::read_mail;
use onefold::crm::{Direction, InteractionCommand, Ours, Side};
use onefold::fact::{Choice, Consent};
use onefold::profile::{Policy, PurposeSpec, Sight};
use onefold::segment::{Rule, Segments};
use onefold::{Body, Draft, Identifier, Onefold, Options, RecordKey, Silent, Timestamp, mail_drafts};

const MBOX: &str = "\
From ada@x.example Mon Mar  2 09:00:00 2026
From: Ada Byron <ada@x.example>
To: desk@shop.example
Message-ID: <1@x.example>
Date: Mon, 2 Mar 2026 10:00:00 +0100
Subject: Size of the blue coat

Is 40 the size I see at home?

From ana@shop.example Mon Mar  2 11:00:00 2026
From: Ana <ana@shop.example>
To: ada@x.example
Message-ID: <2@shop.example>
References: <1@x.example>
Date: Mon, 2 Mar 2026 12:00:00 +0100
Subject: Re: Size of the blue coat

It is. We can hold one for you.

From ada@x.example Mon Mar  2 12:00:00 2026
From: ada@x.example
To: ana@shop.example
Message-ID: <3@x.example>
In-Reply-To: <2@shop.example>
Date: Mon, 2 Mar 2026 13:00:00 +0100
Auto-Submitted: auto-replied
Subject: Away until Wednesday

I read mail on Wednesday.

From ada@x.example Wed Mar  4 08:00:00 2026
From: ada@x.example
To: ana@shop.example
Message-ID: <4@x.example>
References: <1@x.example> <2@shop.example>
Date: Wed, 4 Mar 2026 09:00:00 +0100
Subject: Re: Size of the blue coat

Please do!

On Mon, Mar 2, 2026 Ana <ana@shop.example> wrote:
> It is. We can hold one for you.
";

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let at = |text: &str| text.parse::<Timestamp>();
    let house = Onefold::in_memory(Options::default());
    let start = at("2026-03-01T08:00:00Z")?;
    let ours: Ours = serde_json::from_str(r#"{"users": {"ana": ["ana@shop.example"]}, "domains": ["shop.example"]}"#)?;
    house.adopt(&ours, start)?;
    let newsletter = PurposeSpec { needs_consent: true, sees: Sight::default() };
    house.adopt(&Policy { purposes: [("newsletter".to_owned(), newsletter)].into(), ..Policy::default() }, start)?;
    // What was written and what was clicked, in one rule.
    let rule: Rule = r#"did "cart" and did "interaction recorded" where direction = "in""#.parse()?;
    house.adopt(&Segments::new([("wants help to buy".to_owned(), rule)])?, start)?;

    // What she did on the web, known by her address since she signed in.
    let email = Identifier::new("email", "ada@x.example");
    let web = |name: &str, time: &str| -> Result<Draft, Box<dyn Error>> {
        let draft = Draft::new("web", Body::event(name, [("sku", "COAT-B")])).key(RecordKey::person("u-42"));
        Ok(draft.identified_by(email.clone()).occurred_at(at(time)?))
    };
    let known = Draft::new("web", Body::set([("email", "ada@x.example")])).key(RecordKey::person("u-42"));
    let said = Body::Consent(Consent {
        purpose: "newsletter".into(),
        channel: Some("email".into()),
        choice: Choice::Withdrawn,
        basis: None,
        proof: None,
        expires_at: None,
        collected_by: None,
    });
    let said = Draft::new("web", said).key(RecordKey::person("u-42")).occurred_at(at("2026-03-02T08:30:00Z")?);
    let seen = [web("cart", "2026-03-02T08:50:00Z")?, web("size chart", "2026-03-02T08:55:00Z")?];
    house.accept(
        "web",
        at("2026-03-05T00:00:00Z")?,
        [known.identified_by(email.clone()), said].into_iter().chain(seen),
    )?;

    // The mailbox.
    let folder = std::env::temp_dir().join(format!("onefold-mail-threads-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("desk.mbox");
    std::fs::write(&path, MBOX)?;
    let mut drafts = Vec::new();
    let mut failed = None;
    let reading = read_mail(&path, &mut Silent, &mut |mail| match mail_drafts(&mail, &ours) {
        Ok(of_mail) => {
            drafts.extend(of_mail);
            ControlFlow::Continue(())
        }
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    std::fs::remove_dir_all(&folder)?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    house.accept_interactions("desk.mbox", at("2026-03-05T00:00:00Z")?, drafts)?;
    house.relink(&mut Silent)?;
    writeln!(out, "{} messages read, {} set aside", reading.read, reading.rows_set_aside)?;

    let ada = *house.customers_with(&email)?.first().ok_or("ada")?;
    house.log_interaction(
        "call 1",
        ada,
        &InteractionCommand::call(Direction::Out, "voicemail", 20),
        at("2026-03-04T15:00:00Z")?,
    )?;

    let views = house.views()?;
    let profile = views.customer(ada)?.ok_or("ada")?;
    writeln!(out, "\none timeline, from {} records:", profile.records().len())?;
    for event in profile.timeline() {
        let about = ["subject", "sku", "kind"].iter().find_map(|name| event.property(name));
        let about = about.map(ToString::to_string).unwrap_or_default();
        writeln!(out, "  {} {} {about}", event.at().format("%d %b %H:%M"), event.name())?;
    }
    let all = views.interactions_of(ada)?.ok_or("ada")?;
    writeln!(out, "\nthreads:")?;
    for thread in &all.threads {
        for entry in &thread.entries {
            let Some(mail) = entry.message.as_deref().and_then(|id| all.interactions.get(id)) else { continue };
            let indent = "  ".repeat(usize::try_from(entry.depth)? + 1);
            let text = mail.details.text.as_deref().unwrap_or_default();
            let by = mail.automatic.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
            writeln!(out, "{indent}{text}{by}")?;
        }
    }
    let contact = all.contact(at("2026-03-06T08:00:00Z")?);
    let owed = contact.owed.first().ok_or("an answer is owed")?;
    writeln!(out, "\nan answer is owed by {:?} since {}", owed.by, owed.since.format("%d %b %H:%M"))?;
    let may = house.may_contact(ada, "newsletter", Some("email"), at("2026-03-06T08:00:00Z")?)?.ok_or("ada")?;
    writeln!(out, "newsletter: {may}")?;
    let members = views.members_of("wants help to buy")?;

    assert_eq!(all.threads.len(), 1, "four messages are one conversation");
    assert_eq!(owed.by, Side::House, "her automatic reply is no answer, and our voicemail is none either");
    assert!(!may.allowed);
    assert_eq!(members.len(), 1, "mail and clicks meet in one rule");
    Ok(())
}

//! Whose something is, as exports say it.

use onefold::crm::import::ImportOptions;
use onefold::{Onefold, Options, Timestamp};

use crate::support::folder;

const USERS: &str = "\
Id,Username,LastName,FirstName,Email,IsActive
u-1,ana@sales.example,Alvarez,Ana,ana@sales.example,true
u-2,ben@sales.example,Berg,Ben,ben@sales.example,true
";

const DEALS: &str = "\
Record ID,Deal Name,Deal Stage,Amount,Deal owner,Create Date,Last Modified Date
o-1,Licences,Talking,100,Ben Berg (Ben@sales.example),2026-01-02T08:00:00Z,2026-02-01T08:00:00Z
o-2,Repairs,Talking,100,Zoe Zorn (zoe@sales.example),2026-01-02T08:00:00Z,2026-02-01T08:00:00Z
o-3,Parts,Talking,100,Zoe Zorn (zoe@sales.example),2026-01-02T08:00:00Z,2026-02-01T08:00:00Z
";

const HISTORY: &str = "\
Id,OpportunityId,Field,OldValue,NewValue,CreatedDate
h-0,o-1,created,,,2026-01-02T08:00:00Z
h-1,o-1,Owner,Ana Alvarez,ben berg,2026-01-20T08:00:00Z
";

/// An owner is a user by name, by address and by both, now and before; who is no user is named once.
#[test]
fn owners_are_users_as_they_are_called() {
    let folder = folder("owners-called");
    let files: Vec<_> = [("users.csv", USERS), ("deals.csv", DEALS), ("history.csv", HISTORY)]
        .map(|(name, text)| {
            let path = folder.join(name);
            std::fs::write(&path, text).expect("written");
            path
        })
        .into();
    let house = Onefold::in_memory(Options::default());
    let options = ImportOptions { currency: Some("EUR".parse().expect("a currency")), ..ImportOptions::default() };
    let at: Timestamp = "2026-03-01T09:00:00Z".parse().expect("a time");
    let done = house.import_sales(files, &options, at).expect("imported");
    let said: Vec<String> = done.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "deals.csv, row 2: `Zoe Zorn (zoe@sales.example)` is no user, or the name of several; expected the id, the name or \
          the address of one: import the users too"
        ]
    );
    assert!(done.files.iter().all(|file| file.set_aside == 0), "{:?}", done.files);
    let views = house.views().expect("views");
    let deal = views.deal("o-1").expect("read").expect("a deal");
    assert_eq!(deal.owner.as_deref(), Some("u-2"));
    let then: Timestamp = "2026-01-10T00:00:00Z".parse().expect("a time");
    let before = views.deal_as_of("o-1", Some(then)).expect("read").expect("a deal");
    assert_eq!(before.owner.as_deref(), Some("u-1"));
    let other = views.deal("o-2").expect("read").expect("a deal");
    assert_eq!(other.owner.as_deref(), Some("Zoe Zorn (zoe@sales.example)"));
}

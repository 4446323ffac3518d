//! Broken files and failing disks: a clear error, and no further damage.

use std::path::Path;
use std::process::Command;

use onefold_store::{SqliteStore, Store, StoreError};

use crate::support::{digest, fact, facts, folder};

fn file(path: &Path, number: u64) {
    let mut store = SqliteStore::create(path).expect("a new file");
    store.append(&(0..number).map(fact).collect::<Vec<_>>()).expect("room");
}

#[test]
fn a_file_of_another_program_is_left_alone() {
    let folder = folder("foreign");
    let other = folder.join("other.db");
    rusqlite::Connection::open(&other).and_then(|db| db.execute_batch("CREATE TABLE a (b)")).expect("another's file");
    let text = folder.join("text.csv");
    std::fs::write(&text, "name,email\n".repeat(100)).expect("a file");
    let empty = folder.join("empty");
    std::fs::write(&empty, "").expect("a file");
    for path in [other, text, empty] {
        let before = std::fs::read(&path).expect("the file");
        assert!(matches!(SqliteStore::open(&path), Err(StoreError::Foreign { .. })), "{}", path.display());
        assert!(matches!(SqliteStore::create(&path), Err(StoreError::Exists { .. })));
        assert_eq!(std::fs::read(&path).expect("the file"), before);
    }
    assert!(matches!(SqliteStore::open(folder.join("none")), Err(StoreError::Missing { .. })));
    let left = std::fs::read_dir(&folder).expect("the folder").count();
    assert_eq!(left, 3, "nothing was left beside the files");
}

#[test]
fn a_later_format_is_refused() {
    let path = folder("newer").join("a.onefold");
    file(&path, 1);
    rusqlite::Connection::open(&path).and_then(|db| db.pragma_update(None, "user_version", 99)).expect("a version");
    let error = SqliteStore::open(&path).expect_err("a later format").to_string();
    assert!(error.contains("has format 99, and this version of onefold knows formats up to 1"), "{error}");
}

#[test]
fn a_file_without_write_permission_is_refused() {
    let path = folder("read-only").join("a.onefold");
    file(&path, 1);
    let mut permissions = std::fs::metadata(&path).expect("the file").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).expect("permissions");
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::ReadOnly { .. })));
}

/// Every way of cutting a file off is told of. Catches a length that is not compared.
#[test]
fn a_truncated_file_is_refused() {
    let folder = folder("truncated");
    let path = folder.join("a.onefold");
    file(&path, 300);
    let whole = std::fs::read(&path).expect("the file");
    for length in (0..whole.len()).step_by(3001).chain([whole.len() - 1, 99, 100]) {
        let cut = folder.join(format!("{length}.onefold"));
        std::fs::write(&cut, &whole[..length]).expect("a cut file");
        let error = SqliteStore::open(&cut).expect_err("a cut file");
        let expected = if length < 100 {
            matches!(error, StoreError::Foreign { .. })
        } else {
            matches!(error, StoreError::Truncated { .. })
        };
        assert!(expected, "cut at {length}: {error}");
    }
}

/// No flipped bit passes for the truth: the file does not open, or the check tells, or nothing of the log is changed.
/// Catches a column that no seal covers.
#[test]
fn a_flipped_bit_never_passes_for_the_truth() {
    let folder = folder("flipped");
    let path = folder.join("a.onefold");
    file(&path, 40);
    let whole = std::fs::read(&path).expect("the file");
    let expected = digest((0..40).map(fact));
    let mut told = 0;
    for place in (0..whole.len()).step_by(37) {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        let path = folder.join("flipped.onefold");
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("flipped.onefold{suffix}")));
        }
        std::fs::write(&path, &flipped).expect("a file");
        let Ok(store) = SqliteStore::open(&path) else {
            told += 1;
            continue;
        };
        match store.check() {
            Ok(report) if report.is_sound() => {
                assert_eq!(digest(facts(&store)), expected, "byte {place} was flipped and nothing told");
            }
            _ => told += 1,
        }
    }
    assert!(told > 50, "only {told} flips were told of");
}

/// What the child process of a failing disk does: appends until something fails, then looks what is accepted after.
#[test]
fn child_appends_until_it_fails() {
    let Ok(path) = std::env::var("ONEFOLD_STORE_FAILING") else { return };
    let mut store = SqliteStore::open(&path).expect("the file");
    for number in 0.. {
        if let Err(error) = store.append(&(number * 100..number * 100 + 100).map(fact).collect::<Vec<_>>()) {
            println!("acknowledged {number}");
            println!("failed {error}");
            println!("then {}", store.append(&[fact(1_000_000)]).expect_err("no more is accepted"));
            return;
        }
    }
}

/// A write that the system refuses half-way (here by a limit on the size of files): what was acknowledged is there,
/// nothing half, and until the file is opened again nothing more is accepted.
#[test]
#[cfg(target_os = "linux")]
fn after_a_failed_write_nothing_is_accepted_until_reopened() {
    let path = folder("failing").join("a.onefold");
    drop(SqliteStore::create(&path).expect("a new file"));
    let program = std::env::current_exe().expect("this program");
    // Without the trap the signal of the limit would end the child.
    let script = "trap '' XFSZ; ulimit -f 512; exec \"$0\" damage::child_appends_until_it_fails --exact --nocapture";
    let child = Command::new("sh")
        .args(["-c", script])
        .arg(program)
        .env("ONEFOLD_STORE_FAILING", &path)
        .output()
        .expect("a child process");
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    let line = |start: &str| said.lines().find_map(|line| line.strip_prefix(start)).unwrap_or_default().to_owned();
    assert!(line("then ").contains("so no more is accepted; open the file again"), "{said}");
    let acknowledged: u64 = line("acknowledged ").parse().expect("a number");
    assert!(acknowledged > 0, "{said}");
    let mut store = SqliteStore::open(&path).expect("the file");
    assert!(store.check().expect("a check").is_sound());
    assert_eq!(digest(facts(&store)), digest((0..acknowledged * 100).map(fact)));
    store.append(&[fact(1_000_000)]).expect("room again");
}

/// A full disk costs the commit and nothing else: with room again, the same store goes on. SQLite's own limit stands
/// for the disk.
#[test]
fn a_full_disk_costs_the_commit_only() {
    let path = folder("full").join("a.onefold");
    let mut store = SqliteStore::create(&path).expect("a new file");
    store.append(&[fact(0)]).expect("room");
    store.limit_pages(20).expect("a limit");
    let many: Vec<_> = (1..2000).map(fact).collect();
    assert!(matches!(store.append(&many), Err(StoreError::Full { .. })));
    assert_eq!(facts(&store), [fact(0)]);
    store.limit_pages(1 << 20).expect("a limit");
    store.append(&many).expect("room again");
    assert!(store.check().expect("a check").is_sound());
    assert_eq!(facts(&store).len(), 2000);
}

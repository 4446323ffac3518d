//! Mail as it is: broken, cut, huge, in any encoding. All of it is read or set aside with the reason.

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use onefold_connect::{Field, Mail, Reading, read_mail};
use onefold_fact::{Reason, Silent};
use proptest::prelude::*;

use crate::support::{file, folder};

fn read(path: &Path) -> (Vec<Mail>, Reading) {
    let mut mails = Vec::new();
    let reading = read_mail(path, &mut Silent, &mut |mail| {
        mails.push(mail);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(reading.read, reading.entries + reading.rows_set_aside, "what was read is conserved");
    assert_eq!(reading.entries, mails.len() as u64);
    (mails, reading)
}

fn told(content: impl AsRef<[u8]>) -> (Vec<Mail>, Reading) {
    read(&file("m.mbox", content).path)
}

fn reasons(reading: &Reading) -> Vec<Reason> {
    reading.findings.iter().map(|finding| finding.reason).collect()
}

const FIRST: &str = "From ada@x.io Mon Mar  2 09:00:00 2026\nFrom: ada@x.io\nTo: desk@shop.example\n\
                     Message-ID: <1@x.io>\nDate: Mon, 2 Mar 2026 09:00:00 +0000\nSubject: one\n\n";

#[test]
fn a_mailbox_of_three_with_quoted_lines() {
    let (mails, reading) = told(format!(
        "{FIRST}Hello\n>From here on\nFrom Monday on\n\n{}{}",
        FIRST.replace("1@x.io", "2@x.io"),
        FIRST.replace("<1@x.io>", "<3@x.io>\nIn-Reply-To: Your message of Monday <1@x.io>")
    ));
    assert_eq!(
        mails.iter().map(|mail| mail.id.as_deref().unwrap()).collect::<Vec<_>>(),
        ["1@x.io", "2@x.io", "3@x.io"]
    );
    assert_eq!(mails[0].passages.own, "Hello\nFrom here on\nFrom Monday on");
    assert_eq!(mails[2].references, ["1@x.io"]);
    assert!(reading.findings.is_empty() && reading.finished, "{:?}", reading.findings);
}

#[test]
fn a_mailbox_that_was_cut_in_the_middle() {
    let whole = format!("{FIRST}Hello\n\n{}This is the last li", FIRST.replace("1@x.io", "2@x.io"));
    let (mails, reading) = told(&whole);
    assert_eq!((mails.len(), mails[1].passages.own.as_str()), (2, "This is the last li"));
    assert_eq!(reasons(&reading), [Reason::MalformedMessage]);
    assert!(reading.findings[0].to_string().contains("row 2: ends in the middle of a line: the file was cut"));
    // Wherever it is cut.
    for end in (0..whole.len()).step_by(7) {
        let _ = told(&whole[..end]);
    }
}

#[test]
fn fifty_megabytes_and_more() {
    let path = folder().join("large.mbox");
    let mut large = fs::File::create(&path).unwrap();
    let write = |out: &mut fs::File, id: &str, megabytes: usize| {
        out.write_all(FIRST.replace("1@x.io", id).as_bytes()).unwrap();
        let line = format!("{}\n", "long ".repeat(2_000));
        for _ in 0..megabytes * 100 {
            out.write_all(line.as_bytes()).unwrap();
        }
    };
    write(&mut large, "1@x.io", 50);
    write(&mut large, "2@x.io", 70);
    large.write_all(FIRST.replace("1@x.io", "3@x.io").as_bytes()).unwrap();
    drop(large);
    let (mails, reading) = read(&path);
    assert_eq!(mails.len(), 3);
    assert_eq!(mails[0].body.as_ref().unwrap().bytes, 50 * 100 * 10_001);
    assert_eq!(mails[0].passages.own.len(), 64 << 10, "of its own text the beginning is kept");
    assert_eq!(reasons(&reading), [Reason::Oversized], "only the second is longer than 64 MiB");
    assert_eq!(reading.findings[0].place.row, Some(2));
}

#[test]
fn ten_thousand_participants_and_more() {
    let to: Vec<String> = (0..10_001).map(|at| format!("a{at}@x.io")).collect();
    let (mails, reading) = told(format!("From: ada@x.io\nTo: {}\nMessage-ID: <1@x.io>\n\nHi\n", to.join(",\n ")));
    assert_eq!(mails[0].mailboxes.len(), 10_000);
    assert!(reasons(&reading).contains(&Reason::Oversized));
}

#[test]
fn dates_before_1970_and_none() {
    let date = |date: &str| told(format!("From: ada@x.io\nMessage-ID: <1@x.io>\nDate: {date}\n\nHi\n"));
    assert_eq!(date("Tue, 14 Jul 1959 08:30:00 +0100").0[0].date, Some("1959-07-14T07:30:00Z".parse().unwrap()));
    assert_eq!(date("Wed, 31 Dec 2025 23:59:60 +0000").0[0].date, Some("2025-12-31T23:59:59Z".parse().unwrap()));
    for none in ["yesterday", "31 Feb 2026 25:00:00", ""] {
        let (mails, reading) = date(none);
        assert_eq!(mails[0].date, None, "{none}");
        assert_eq!(reasons(&reading), [Reason::MalformedValue]);
    }
    let received =
        "From: ada@x.io\nMessage-ID: <1@x.io>\nReceived: from a by b; Mon, 2 Mar 2026 09:00:00 +0000\n\nHi\n";
    assert_eq!(told(received).0[0].date, Some("2026-03-02T09:00:00Z".parse().unwrap()));
}

#[test]
fn broken_headers() {
    let (mails, reading) = told("no header at all\n\nbody\n");
    assert_eq!((mails.len(), reading.rows_set_aside), (0, 1));
    let (mails, reading) = told("Subject: to nobody\n\nbody\n");
    assert_eq!((mails.len(), reading.rows_set_aside), (0, 1));
    assert!(reading.set_aside[0].finding.to_string().contains("names nobody"));
    let (mails, reading) =
        told("From: <not an address>\nTo: =?utf-8?q?K=C3=A4the?= <k@x.io>, undisclosed-recipients:;\n\nbody\n");
    assert_eq!(mails[0].of(Field::To).next().unwrap().name.as_deref(), Some("Käthe"));
    assert_eq!((mails[0].of(Field::From).count(), reading.values_set_aside), (0, 1));
    let (mails, reading) = told(b"From: ada@x.io\nContent-Type: text/plain; charset=utf-8\n\nGr\xFC\xDFe\n");
    assert!(mails[0].passages.own.starts_with("Gr"));
    assert!(reasons(&reading).contains(&Reason::Encoding));
    let (mails, _) = told(b"From: ada@x.io\nContent-Type: text/plain; charset=iso-8859-1\n\nGr\xFC\xDFe\n");
    assert_eq!(mails[0].passages.own, "Grüße");
    let (mails, reading) = told("\n \n");
    assert_eq!((mails.len(), reading.rows_set_aside), (0, 1));
    assert_eq!(told("").1.findings[0].reason, Reason::Empty);
}

#[test]
fn one_id_for_two_messages_and_two_copies_of_one() {
    let (mails, _) = told(format!(
        "{FIRST}Hi\n{}Hi\n{}Ho\n",
        FIRST.replace("To:", "Bcc:"),
        FIRST.replace("09:00:00 +", "10:00:00 +")
    ));
    assert_eq!(mails[0].identity(), mails[1].identity(), "read from another mailbox");
    assert_ne!(mails[0].identity(), mails[2].identity(), "another message under the same id");
    let (mails, reading) = told("From: ada@x.io\nDate: Mon, 2 Mar 2026 09:00:00 +0000\n\nHi\n");
    let (again, _) = told("From: ada@x.io\nDate: Mon, 2 Mar 2026 09:00:00 +0000\n\nHo\n");
    assert_ne!(mails[0].identity(), again[0].identity(), "without an id the body counts");
    assert_eq!(reasons(&reading), [Reason::MalformedMessage]);
}

#[test]
fn attachments_forwards_and_automatic_replies() {
    let (mails, _) = told(
        "From: ada@x.io\nTo: desk@shop.example\nMessage-ID: <2@x.io>\nAuto-Submitted: auto-replied\nContent-Language: de\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee below.\n\n\
         ---------- Forwarded message ----------\nFrom: Bo\nMessage-ID: <1@x.io>\n\nHi\n--b\n\
         Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nAAEC\n--b--\n",
    );
    assert_eq!(mails[0].references, ["1@x.io"], "what it forwards says its id");
    assert_eq!(mails[0].passages.own, "See below.");
    assert_eq!(mails[0].automatic.as_deref(), Some("auto-submitted: auto-replied"));
    assert_eq!(mails[0].language.as_deref(), Some("de"));
    let attached = &mails[0].attachments[0];
    assert_eq!(
        (attached.bytes, attached.media_type.as_str(), attached.name.as_deref()),
        (3, "application/pdf", Some("a.pdf"))
    );
}

#[test]
fn what_a_message_answers() {
    let of =
        |header: &str| told(format!("From: ada@x.io\nMessage-ID: <9@x.io>\n{header}\n\nHi\n")).0[0].references.clone();
    assert_eq!(of("References: <1@x.io>\n <2@x.io>\nIn-Reply-To: <3@x.io>"), ["1@x.io", "2@x.io"]);
    assert_eq!(of("In-Reply-To: <3@x.io> <4@x.io>"), ["3@x.io"]);
    let sentence = "In-Reply-To: Message from Bo <bo@x.io> of \"Mon, 2 Mar 2026\" <3@x.io>";
    assert_eq!(of(sentence), ["3@x.io"], "an address is no message");
    assert_eq!(of("References: <9@x.io>"), [""; 0], "nor is a message an answer to itself");
}

proptest! {
    /// Any bytes are read to their end, conserved. Catches: a panic on a header that ends nowhere, a message that is lost
    /// between two separators.
    #[test]
    fn any_bytes(parts in prop::collection::vec(prop_oneof![
        Just(b"From a@x.io Mon Mar  2 09:00:00 2026\n".to_vec()),
        Just(b"From: a@x.io\n".to_vec()), Just(b"References: <a@x.io> <b\n".to_vec()), Just(b"Date: Mon, 99\n".to_vec()),
        Just(b"Content-Type: multipart/mixed; boundary=b\n".to_vec()), Just(b"--b\n".to_vec()), Just(b"\n".to_vec()),
        Just(b"Content-Transfer-Encoding: base64\n".to_vec()), prop::collection::vec(any::<u8>(), 0..40),
    ], 0..20)) {
        let (mails, reading) = told(parts.concat());
        prop_assert!(reading.finished);
        prop_assert!(mails.iter().all(|mail| !mail.mailboxes.is_empty()));
    }
}

/// A message without a time of its own has that of its mailbox. Mutation: that of the message before it.
#[test]
fn a_separator_says_when() {
    let (mails, reading) = told(
        "From ada@x.io Mon Mar  2 09:00:00 2026\nFrom: ada@x.io\nTo: desk@shop.example\nMessage-ID: <1@x.io>\n\none\n\
         \nFrom bo@x.io Tue Mar  3 10:00:00 +0100 2026\nFrom: bo@x.io\nTo: desk@shop.example\nMessage-ID: <2@x.io>\n\
         Date: Wed, 4 Mar 2026 09:00:00 +0000\n\ntwo\n\
         \nFrom cy@x.io Thu Mar  5 10:00:00 +0100 2026\nFrom: cy@x.io\nTo: desk@shop.example\nMessage-ID: <3@x.io>\n\nthree\n",
    );
    let times: Vec<_> = mails.iter().map(|mail| mail.date.map(|at| at.to_rfc3339())).collect();
    let expected = ["2026-03-02T09:00:00+00:00", "2026-03-04T09:00:00+00:00", "2026-03-05T09:00:00+00:00"];
    assert_eq!(times, expected.map(|at| Some(at.to_owned())));
    assert_eq!(reasons(&reading), [Reason::MalformedValue, Reason::MalformedValue]);
}

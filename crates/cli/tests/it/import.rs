//! `onefold import` and `onefold interactions`, as people use them.

use serde_json::Value;

use crate::scratch::Scratch;

const MBOX: &str = "\
From ada@x.example Mon Mar  2 09:00:00 2026
From: Ada Byron <ada@x.example>
To: Ana <ana@shop.example>
Message-ID: <1@x.example>
Date: Mon, 2 Mar 2026 09:00:00 +0000
Subject: Prices

How much?

From ana@shop.example Mon Mar  2 12:00:00 2026
From: ana@shop.example
To: ada@x.example
Message-ID: <2@shop.example>
In-Reply-To: <1@x.example>
Date: Mon, 2 Mar 2026 12:00:00 +0000
Subject: Re: Prices

Ten.

From ana@shop.example Mon Mar  2 13:00:00 2026
From: ana@shop.example
To: ben@shop.example
Message-ID: <3@shop.example>

Who is Ada?

From ada@x.example Tue Mar  3 09:00:00 2026
From: ada@x.example
To: ana@shop.example
Message-ID: <4@x.example>
References: <1@x.example> <2@shop.example>
Date: Tue, 3 Mar 2026 09:00:00 +0000
Subject: Re: Prices

That is much.
> Ten.
";

const ICS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:m-1\r\nDTSTAMP:20260303T080000Z\r\n\
DTSTART:20260305T090000Z\r\nDTEND:20260305T100000Z\r\nSUMMARY:Prices\r\nORGANIZER:mailto:ana@shop.example\r\n\
ATTENDEE:mailto:ada@x.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

const VCF: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Byron\r\nN:Byron;Ada;;;\r\nEMAIL:ada@x.example\r\nTITLE:Countess\r\nEND:VCARD\r\n";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn house(test: &str) -> Scratch {
    let scratch = Scratch::with_good_file(test)
        .file("inbox.mbox", MBOX)
        .file("meet.ics", ICS)
        .file("ada.vcf", VCF)
        .file("ours.json", r#"{"users": {"ana": ["ana@shop.example"]}, "domains": ["shop.example"]}"#);
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept good.csv --db a.onefold --at 2026-01-01T00:00:00Z").ends_with(0);
    scratch.onefold("adopt ours ours.json --db a.onefold --at 2026-01-01T00:00:00Z").ends_with(0);
    scratch
}

#[test]
fn what_is_imported_is_counted_and_shown() {
    let scratch = house("import-shown");
    let import = "import inbox.mbox meet.ics ada.vcf --db a.onefold --at 2026-03-10T00:00:00Z";
    let run = scratch.onefold(&format!("{import} --json")).ends_with(0);
    let reports = json(&run.stdout);
    let counts = |report: &Value| ["read", "kept", "identical", "set_aside"].map(|it| report[it].as_u64().unwrap());
    assert_eq!(counts(&reports[0]), [4, 3, 0, 1], "{reports}");
    assert!(reports[0]["findings"].to_string().contains("between users of the house only"));
    assert_eq!((counts(&reports[1]), counts(&reports[2])), ([1, 1, 0, 0], [1, 1, 0, 0]));
    let again = json(&scratch.onefold(&format!("{import} --json")).ends_with(0).stdout);
    assert_eq!(counts(&again[0]), [4, 0, 3, 1], "nothing is taken twice");
    scratch.onefold(&format!("{import} --strict")).ends_with(3);

    let shown = scratch.onefold("interactions email:ada@x.example --db a.onefold --at 2026-03-10").ends_with(0).stdout;
    let expected = "\
2026-03-02 09:00 email in Prices
  2026-03-02 12:00 email out Re: Prices
    2026-03-03 09:00 email in Re: Prices
2026-03-05 09:00 meeting Prices
last in 2026-03-03, last out 2026-03-02; we answer in 3 h as a rule
we owe an answer since 2026-03-03 09:00: Re: Prices
";
    assert_eq!(shown, expected);
    let thread =
        scratch.onefold("interactions email:ada@x.example --db a.onefold --thread 2@shop.example").ends_with(0);
    assert_eq!(thread.stdout, expected.lines().take(3).map(|line| format!("{line}\n")).collect::<String>());
    let customer = scratch.onefold("customer email:ada@x.example --db a.onefold").ends_with(0).stdout;
    assert!(customer.contains("interaction recorded (mail)") && customer.contains("job_title: Countess"), "{customer}");
    let ics = scratch.onefold("interactions email:ada@x.example --db a.onefold --ics").ends_with(0).stdout;
    assert!(ics.contains("UID:m-1\r\n") && ics.contains("DTSTART:20260305T090000Z\r\n"), "{ics}");
    let vcf = scratch.onefold("interactions email:ada@x.example --db a.onefold --vcf 4.0").ends_with(0).stdout;
    assert!(vcf.contains("EMAIL:ada@x.example\r\n") && vcf.contains("TITLE:Countess\r\n"), "{vcf}");
    let may =
        scratch.onefold("interactions email:ada@x.example --db a.onefold --may-contact marketing").ends_with(4).stdout;
    assert!(may.starts_with("refused: purpose `marketing` is not declared"), "{may}");
    scratch.onefold("interactions email:ada@x.example --db a.onefold --note Called --at 2026-03-11").ends_with(0);
    let shown = scratch.onefold("interactions email:ada@x.example --db a.onefold --at 2026-03-12").ends_with(0).stdout;
    assert!(shown.contains("2026-03-11 00:00 note Called"), "{shown}");
    scratch.onefold("interactions email:nobody@x.example --db a.onefold").ends_with(5);
}

#[test]
fn an_import_is_taken_back() {
    let scratch = house("import-retract");
    scratch.onefold("import inbox.mbox ada.vcf --db a.onefold --at 2026-03-10").ends_with(0);
    scratch.onefold("retract import/inbox.mbox --db a.onefold --at 2026-03-11").ends_with(0);
    let shown = scratch.onefold("interactions email:ada@x.example --db a.onefold --at 2026-03-12").ends_with(0).stdout;
    assert_eq!(shown, "last in never, last out never\n");
    let customer = scratch.onefold("customer email:ada@x.example --db a.onefold").ends_with(0).stdout;
    assert!(customer.contains("job_title: Countess"), "what else was imported stays: {customer}");
}

#[test]
fn what_cannot_be_imported_is_said_before_anything_is() {
    let scratch = house("import-wrong");
    let wrong = scratch.onefold("import inbox.mbox a.onefold --db a.onefold").ends_with(1).stderr;
    assert!(wrong.contains("`a.onefold` is nothing that can be imported"), "{wrong}");
    let shown = scratch.onefold("interactions email:ada@x.example --db a.onefold").ends_with(0).stdout;
    assert_eq!(shown, "last in never, last out never\n");
    scratch.onefold("import missing.mbox --db a.onefold").ends_with(1);
}

//! Senders against real servers on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use onefold::Timestamp;
use onefold::workflow::{Email, Message, Payload, SendError, Sender};

fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().expect("a time")
}

/// A server that speaks with each of so many who come, and what was heard.
fn server<T: Send + 'static>(
    times: usize,
    mut speak: impl FnMut(usize, TcpStream) -> T + Send + 'static,
) -> (u16, JoinHandle<Vec<T>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = move || (0..times).map(|nth| speak(nth, listener.accept().expect("somebody").0)).collect();
    (port, std::thread::spawn(heard))
}

#[cfg(feature = "webhook")]
#[test]
fn webhooks_are_signed_and_answers_understood() {
    use onefold::{WebhookSender, signature};

    // RFC 4231, test case 2, is of the plain text; ours is of timestamp, point and body.
    assert_eq!(signature(b"Jefe", 1, "x").len(), 64);
    let answers = ["200 OK", "503 Busy", "410 Gone", "302 Found\r\nLocation: /elsewhere"];
    let (port, server) = server(answers.len(), move |nth, stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
        let (mut head, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("a line");
            if line.trim().is_empty() {
                break;
            }
            if let Some(said) = line.to_lowercase().strip_prefix("content-length:") {
                length = said.trim().parse().expect("a length");
            }
            head.push(line.trim().to_lowercase());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let mut stream = stream;
        write!(stream, "HTTP/1.1 {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", answers[nth])
            .expect("an answer");
        (head, String::from_utf8(body).expect("text"))
    });
    let payload = Payload::Webhook { url: format!("http://127.0.0.1:{port}/hook"), body: "{\"a\":1}".into() };
    let message = Message::new("key-1", "webhook", payload);
    let mut sender = WebhookSender::new("secret");
    assert_eq!(sender.send(&message, noon()).expect("sent").0, "200");
    assert_eq!(sender.send(&message, noon()), Err(SendError::Temporary("it answered 503".into())));
    assert_eq!(sender.send(&message, noon()), Err(SendError::Permanent("it answered 410".into())));
    assert_eq!(sender.send(&message, noon()), Err(SendError::Permanent("it answered 302".into())));
    let heard = server.join().expect("a server");
    let signed = format!("onefold-signature: v1={}", signature(b"secret", noon().timestamp(), "{\"a\":1}"));
    for (head, body) in heard {
        assert_eq!((head[0].as_str(), body.as_str()), ("post /hook http/1.1", "{\"a\":1}"));
        for field in ["idempotency-key: key-1", &format!("onefold-timestamp: {}", noon().timestamp()), &signed] {
            assert!(head.iter().any(|line| line == field), "{field} in {head:?}");
        }
    }
    // Nobody is there any more.
    assert!(matches!(sender.send(&message, noon()), Err(SendError::Temporary(_))));
    let wrong = Message::new("k", "webhook", Payload::Webhook { url: "no url".into(), body: String::new() });
    assert!(matches!(sender.send(&wrong, noon()), Err(SendError::Permanent(_))));
    assert!(matches!(
        sender.send(&Message::new("k", "webhook", Email::default()), noon()),
        Err(SendError::Permanent(_))
    ));
}

#[cfg(feature = "smtp")]
#[test]
fn mails_go_by_smtp_and_refusals_are_understood() {
    use onefold::{SmtpSecurity, SmtpSender};

    let (port, server) = server(3, |nth, stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
        let mut stream = stream;
        let mut say = |text: &str| write!(stream, "{text}\r\n").expect("an answer");
        say("220 mail.x.example");
        let (mut heard, mut data) = (Vec::new(), false);
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
            let said = line.trim_end().to_owned();
            line.clear();
            let verb = said.split(' ').next().unwrap_or_default().to_uppercase();
            match verb.as_str() {
                "." if data => {
                    data = false;
                    say("250 taken as 4711");
                }
                _ if data => {}
                "RCPT" if nth == 1 => say("450 mailbox is busy"),
                "RCPT" if nth == 2 => say("550 no such mailbox"),
                "DATA" => {
                    data = true;
                    say("354 go on");
                }
                "QUIT" => {
                    say("221 bye");
                    break;
                }
                _ => say("250 ok"),
            }
            heard.push(said);
        }
        heard
    });
    let mail = Email {
        to: "Ada <ada@x.example>".into(),
        subject: "Grüße".into(),
        text: Some("Hallo".into()),
        ..Email::default()
    };
    let message = Message::new("key-1", "email", mail);
    let mut sender =
        SmtpSender::new("127.0.0.1", port, SmtpSecurity::None, None, "Desk <desk@x.example>").expect("a sender");
    assert!(sender.send(&message, noon()).expect("sent").0.contains("taken as 4711"));
    assert!(matches!(sender.send(&message, noon()), Err(SendError::Temporary(_))));
    assert!(matches!(sender.send(&message, noon()), Err(SendError::Permanent(_))));
    drop(sender);
    let heard = server.join().expect("a server");
    let said = |text: &str| heard[0].iter().any(|line| line.starts_with(text));
    for text in [
        "MAIL FROM:<desk@x.example>",
        "RCPT TO:<ada@x.example>",
        "To: Ada <ada@x.example>",
        "Subject: =?utf-8?B?",
        "SGFsbG8=",
    ] {
        assert!(said(text), "{text} in {heard:?}");
    }
}

//! A web service with onefold in it: many requests at once put facts in and read profiles, all from one file.
//!
//! `cargo run -p onefold-examples --example service`
//!
//! It starts the service on a free port, calls it from many threads at once, and stops.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::SystemTime;

use axum::extract::{Path as InPath, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use onefold::identity::Search;
use onefold::{Body, Draft, Identifier, Onefold, Options, RecordKey, Silent};
use serde_json::{Value, json};

type Failure = (StatusCode, String);

/// `POST /contacts/{key}` with `{"full_name": …, "email": …}`: answered when it is on disk.
async fn tell(
    State(house): State<Onefold>,
    InPath(key): InPath<String>,
    Json(contact): Json<Value>,
) -> Result<Json<Value>, Failure> {
    let text = |name: &str| contact.get(name).and_then(Value::as_str);
    let said: Vec<(&str, &str)> =
        ["full_name", "email", "phone"].into_iter().filter_map(|name| Some((name, text(name)?))).collect();
    let mut draft = Draft::new("web", Body::set(said)).key(RecordKey::person(key));
    if let Some(email) = text("email") {
        draft = draft.identified_by(Identifier::new("email", email));
    }
    // Writing waits for the disk, so it has a thread of its own; those that wait at the same time share one sync.
    let accepted = tokio::task::spawn_blocking(move || house.accept("web", SystemTime::now().into(), [draft])).await;
    match accepted {
        Ok(Ok(accepted)) => Ok(Json(json!({ "changes": accepted.changes }))),
        Ok(Err(error)) => Err((StatusCode::INSUFFICIENT_STORAGE, error.to_string())),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

/// `POST /search` with what is known of somebody: who that most probably is, and how likely, from 0 to 1. Nothing is kept.
async fn search(State(house): State<Onefold>, Json(known): Json<Value>) -> Result<Json<Value>, Failure> {
    let said: Vec<(&str, &str)> = ["full_name", "email", "phone"]
        .into_iter()
        .filter_map(|name| Some((name, known.get(name)?.as_str()?)))
        .collect();
    let partial = Draft::new("web", Body::set(said));
    match tokio::task::spawn_blocking(move || house.search(partial, Search { most: 1, ..Search::default() })).await {
        Ok(Ok((found, _))) => {
            let found =
                found.iter().map(|it| json!({ "customer": it.customer, "probability": it.weight.probability() }));
            Ok(Json(found.collect()))
        }
        Ok(Err(error)) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

/// `GET /customers/{identifier}`: the profiles of those who hold it.
async fn find(State(house): State<Onefold>, InPath(identifier): InPath<String>) -> Result<Json<Value>, Failure> {
    let identifier: Identifier = identifier.parse().map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}")))?;
    // Reading the disk waits too.
    let found = tokio::task::spawn_blocking(move || -> Result<Vec<Value>, Box<dyn std::error::Error + Send + Sync>> {
        let views = house.views()?;
        let mut found = Vec::new();
        for profile in views.profiles(&views.customers_with(&identifier)?)? {
            found.push(serde_json::to_value(profile.plain())?);
        }
        Ok(found)
    });
    match found.await {
        Ok(Ok(profiles)) if profiles.is_empty() => Err((StatusCode::NOT_FOUND, "nobody holds it".to_owned())),
        Ok(Ok(profiles)) => Ok(Json(Value::Array(profiles))),
        Ok(Err(error)) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

/// One of a hundred and sixty people.
fn contact_of(number: usize) -> [String; 3] {
    let given = [
        "Ada", "Bo", "Cleo", "Dara", "Emil", "Fay", "Gus", "Hugo", "Ivo", "Jana", "Kofi", "Lena", "Milo", "Nora",
        "Otto", "Pia",
    ];
    let family =
        ["Adeyemi", "Brandt", "Castillo", "Dubois", "Eriksen", "Fischer", "Gruber", "Horvat", "Ivanova", "Jansen"];
    let (given, family) = (given[number / family.len() % given.len()], family[number % family.len()]);
    let email = format!("{given}.{family}@x.example").to_lowercase();
    [format!("{given} {family}"), email, format!("+4411349{:05}", number * 617 % 99_991)]
}

/// One request without any client library: the status line and the body.
fn call(address: SocketAddr, method: &str, path: &str, body: &str) -> std::io::Result<(String, String)> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.lines().next().unwrap_or_default().to_owned();
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    Ok((status, body))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("onefold-service-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = run(&folder.join("customers.onefold"));
    std::fs::remove_dir_all(&folder)?;
    result
}

fn run(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let house = Onefold::open(path, Options::default())?;
    let service = Router::new()
        .route("/contacts/{key}", post(tell))
        .route("/customers/{identifier}", get(find))
        .route("/search", post(search))
        .with_state(house.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    runtime.spawn(async move { axum::serve(listener, service).await });

    // Sixteen callers at once, ten contacts each; each reads back what it was told is kept.
    let calls: Vec<std::io::Result<usize>> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..16)
            .map(|caller| {
                scope.spawn(move || {
                    let mut good = 0;
                    for number in 0..10 {
                        let key = caller * 10 + number;
                        let [name, email, phone] = contact_of(key);
                        let contact = json!({ "full_name": name, "email": email, "phone": phone });
                        let (told, _) = call(address, "POST", &format!("/contacts/{key}"), &contact.to_string())?;
                        let (found, profile) = call(address, "GET", &format!("/customers/email:{email}"), "")?;
                        if told.contains("200") && found.contains("200") && profile.contains(&name) {
                            good += 1;
                        }
                    }
                    Ok(good)
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap_or(Ok(0))).collect()
    });
    let good: usize = calls.into_iter().sum::<std::io::Result<usize>>()?;
    // From the first linking on, whoever comes is linked as they come.
    house.relink(&mut Silent)?;
    // One of them writes again, from elsewhere, and another calls and says their name only.
    let [name, email, _] = contact_of(7);
    let again = json!({ "full_name": name, "email": email });
    call(address, "POST", "/contacts/elsewhere-1", &again.to_string())?;
    let (_, found) = call(address, "POST", "/search", &json!({ "full_name": contact_of(42)[0] }).to_string())?;
    let (status, _) = call(address, "GET", "/customers/email:nobody@x.example", "")?;
    runtime.shutdown_background();
    let customers = house.customers()?.len();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{good} of 160 contacts were kept and read back; one came twice: {customers} customers; a stranger: {status}"
    )?;
    writeln!(out, "{} is most probably {found}", contact_of(42)[0])?;
    if good == 160 && customers == 160 { Ok(()) } else { Err("something was lost".into()) }
}

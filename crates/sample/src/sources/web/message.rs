//! Messages of the tracker: what they say, and the envelope of ids and clocks around it.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use crate::capture::Draw;
use crate::random::Random;
use crate::tables::Country;
use crate::{calendar, rates};

/// People who visit by telephone: screens instead of pages.
const APP: u32 = 200;

/// One line of the file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message<'a> {
    pub(super) r#type: &'static str,
    pub(super) message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) anonymous_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) previous_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'static str>,
    pub(super) original_timestamp: String,
    pub(super) sent_at: String,
    pub(super) received_at: String,
    pub(super) context: Context,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) traits: Option<Traits<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<Properties>,
    #[serde(skip)]
    sent: DateTime<Utc>,
    #[serde(skip)]
    received: DateTime<Utc>,
}

#[derive(Serialize)]
pub(super) struct Context {
    pub(super) library: Library,
    pub(super) locale: &'static str,
}

#[derive(Serialize)]
pub(super) struct Library {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
}

/// A trait is absent, null (which deletes it), or a text.
pub(super) type Trait<'a> = Option<Option<&'a str>>;

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Traits<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Trait<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_name: Trait<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_name: Trait<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Trait<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) phone: Trait<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) birthday: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<PostalAddress<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostalAddress<'a> {
    pub(super) street: &'a str,
    pub(super) city: &'a str,
    pub(super) postal_code: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) country: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Properties {
    Path { path: &'static str },
    Plan { plan: &'static str },
    Product { sku: &'static str, name: &'static str, quantity: u32, price: f64, currency: &'static str },
}

/// What a message says; the rest is its envelope.
#[derive(Default)]
pub(super) struct Content<'a> {
    pub(super) r#type: &'static str,
    pub(super) user_id: Option<&'a str>,
    pub(super) previous_id: Option<&'a str>,
    pub(super) group_id: Option<&'a str>,
    pub(super) event: Option<&'static str>,
    pub(super) name: Option<&'static str>,
    pub(super) traits: Option<Traits<'a>>,
    pub(super) properties: Option<Properties>,
}

pub(super) struct Device {
    pub(super) anonymous_id: String,
    /// How far its clock is ahead.
    pub(super) skew: Duration,
    pub(super) app: bool,
    pub(super) shared: bool,
    pub(super) country: Country,
}

impl Device {
    pub(super) fn draw(country: Country, shared: bool, random: &mut Random) -> Self {
        let skew = match random.chance(rates::SKEWED_CLOCK) {
            true => Duration::seconds(random.weighted(&[
                (-86_400, 20),
                (-3_600, 30),
                (-417, 20),
                (732, 20),
                (31_536_000, 10),
            ])),
            false => Duration::zero(),
        };
        let anonymous_id = format!("{}-{}-{}", random.hex(8), random.hex(4), random.hex(8));
        Self { anonymous_id, skew, app: !shared && random.chance(APP), shared, country }
    }
}

impl<'a> Message<'a> {
    /// Puts what a message says into its envelope.
    pub(super) fn new(content: Content<'a>, device: &'a Device, at: DateTime<Utc>, random: &mut Random) -> Self {
        let held_back = match random.chance(rates::SENT_LATER) {
            true => Duration::seconds(i64::from(random.between(60, 40_000))),
            false => Duration::milliseconds(i64::from(random.between(5, 900))),
        };
        let latency = Duration::milliseconds(i64::from(random.between(30, 400)));
        let (sent, received) = (at + device.skew + held_back, at + held_back + latency);
        // The device stamps with its own clock, the server with the right one.
        Self {
            r#type: content.r#type,
            message_id: format!("m-{}", random.hex(16)),
            anonymous_id: (content.r#type != "alias").then_some(&device.anonymous_id),
            user_id: content.user_id,
            previous_id: content.previous_id,
            group_id: content.group_id,
            event: content.event,
            name: content.name,
            original_timestamp: calendar::to_millisecond(at + device.skew),
            sent_at: calendar::to_millisecond(sent),
            received_at: calendar::to_millisecond(received),
            context: Context {
                library: Library { name: if device.app { "analytics-app" } else { "analytics-web" }, version: "3.2.0" },
                locale: device.country.locale(),
            },
            traits: content.traits,
            properties: content.properties,
            sent,
            received,
        }
    }

    /// The same message, delivered once more: only the times of delivery change.
    pub(super) fn send_again(&mut self, random: &mut Random) {
        let again = Duration::seconds(i64::from(random.between(10, 5_000)));
        self.sent_at = calendar::to_millisecond(self.sent + again);
        self.received_at = calendar::to_millisecond(self.received + again);
    }
}

/// A visitor looks at a page or a screen.
pub(super) fn look<'a>(device: &Device, draw: &mut Draw) -> Content<'a> {
    let path = draw.random.pick(&draw.tables.pages);
    match device.app {
        true => Content { r#type: "screen", name: Some(path), ..Content::default() },
        false => Content { r#type: "page", properties: Some(Properties::Path { path }), ..Content::default() },
    }
}

/// A visitor does something.
pub(super) fn track(user_id: Option<&str>, properties: Properties) -> Content<'_> {
    Content { r#type: "track", user_id, properties: Some(properties), ..Content::default() }
}

/// A visitor does something with a product.
pub(super) fn product<'a>(user_id: Option<&'a str>, device: &Device, draw: &mut Draw) -> Content<'a> {
    let product = draw.random.pick(&draw.tables.products);
    let properties = Properties::Product {
        sku: product.sku,
        name: product.name,
        quantity: 1,
        price: f64::from(product.price) / 100.0,
        currency: device.country.currency(),
    };
    track(user_id, properties)
}

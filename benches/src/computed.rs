//! A stream of events, and the attributes that are computed from it.

use std::collections::BTreeMap;

use onefold::fact::{AttributeName, Fact};
use onefold::profile::{Computations, ComputedAttribute};
use onefold::{Body, Draft, RecordKey, Timestamp, Value};

use crate::Result;

/// Twenty computed attributes as a shop has them, over four kinds of events.
const ATTRIBUTES: &str = r#"{
    "orders": {"events": {"names": ["order"]}, "aggregate": "count", "window": "lifetime"},
    "orders_30d": {"events": {"names": ["order"]}, "aggregate": "count", "window": {"sliding": "30d"}},
    "spent": {"events": {"names": ["order"]}, "aggregate": {"sum": {"path": "total", "unit": {"money": "EUR"}, "currency": "currency"}}, "window": "lifetime"},
    "spent_90d": {"events": {"names": ["order"]}, "aggregate": {"sum": {"path": "total"}}, "window": {"sliding": "90d"}},
    "spent_this_month": {"events": {"names": ["order"]}, "aggregate": {"sum": {"path": "total"}}, "window": {"calendar": {"period": "month", "extent": "to_date", "count": 1, "zone": "Europe/Berlin"}}},
    "average_order": {"events": {"names": ["order"]}, "aggregate": {"average": {"path": "total"}}, "window": "lifetime"},
    "largest_order": {"events": {"names": ["order"]}, "aggregate": {"largest": {"path": "total"}}, "window": "lifetime"},
    "first_sku": {"events": {"names": ["order"]}, "aggregate": {"first": "sku"}, "window": "lifetime"},
    "days_since_order": {"events": {"names": ["order"]}, "aggregate": {"days_since": {"event": "last", "zone": null}}, "window": "lifetime"},
    "big_orders": {"events": {"names": ["order"], "filter": {"property": {"path": "total", "is": {"at_least": {"integer": 100}}}}}, "aggregate": "count", "window": "lifetime"},
    "views": {"events": {"names": ["view"]}, "aggregate": "count", "window": "lifetime"},
    "views_7d": {"events": {"names": ["view"]}, "aggregate": "count", "window": {"sliding": "7d"}},
    "favourite": {"events": {"names": ["view"]}, "aggregate": {"most_frequent": "sku"}, "window": {"sliding": "90d"}},
    "skus_seen": {"events": {"names": ["view"]}, "aggregate": {"distinct_count": "sku"}, "window": "lifetime"},
    "last_seen_sku": {"events": {"names": ["view"]}, "aggregate": {"last": "sku"}, "window": {"sliding": "30d"}},
    "carts_7d": {"events": {"names": ["cart"]}, "aggregate": "count", "window": {"sliding": "7d"}},
    "carts": {"events": {"names": ["cart"]}, "aggregate": "count", "window": "lifetime"},
    "tickets": {"events": {"names": ["ticket"]}, "aggregate": "count", "window": "lifetime"},
    "tickets_last_month": {"events": {"names": ["ticket"]}, "aggregate": "count", "window": {"calendar": {"period": "month", "extent": "completed", "count": 1, "zone": "Europe/Berlin"}}},
    "topics": {"events": {"names": ["ticket"]}, "aggregate": {"distinct_list": {"path": "sku", "limit": 10}}, "window": "lifetime"}
}"#;

/// The checked form of these.
///
/// # Errors
/// Never: they are right.
pub fn computations() -> Result<Computations> {
    Ok(Computations::new(serde_json::from_str::<BTreeMap<AttributeName, ComputedAttribute>>(ATTRIBUTES)?)?)
}

/// The nth event of the stream: six views, two carts, one order and one ticket of ten, over two years for each million.
///
/// # Errors
/// Never: its time is right.
pub fn event(nth: u64, customer: u64) -> Result<Fact> {
    let name = ["view", "view", "cart", "view", "order", "view", "view", "cart", "view", "ticket"][(nth % 10) as usize];
    let mixed = nth.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let properties = [
        ("sku", Value::from(format!("sku-{}", mixed % 50))),
        ("total", Value::Integer((mixed % 300) as i64)),
        ("currency", Value::from("EUR")),
    ];
    let at = "2024-03-01T00:00:00Z".parse::<Timestamp>()? + std::time::Duration::from_secs(nth * 63);
    let draft = Draft::new("shop", Body::event(name, properties)).key(RecordKey::person(customer.to_string()));
    Ok(draft.occurred_at(at).message_id(nth.to_string()).received("stream", at))
}

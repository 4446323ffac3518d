//! Parts of a profile: what an attribute was, what is computed, what was bought, what happened, what may be seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use onefold::fact::Filter;
use onefold::profile::{Cursor, Event, EventSelector, GivenBack, Line, Order, Orders, Return, Span, Sum, Timeline};
use onefold::segment::{Condition, Rule};
use onefold::{AttributeName, CustomerId, Value, Views};
use serde::Serialize;
use serde_json::json;

use super::super::Stamp;
use super::{Asked, Customer, Seen, staleness};

impl Customer {
    /// Prints what is asked for of a profile, if it is a part of it: no more than whoever asks may see.
    pub(super) fn asks_for_part(&self, asked: &Asked<'_>, seen: &Seen<'_>) -> Result<bool> {
        let at = self.as_of.or(self.known_at).unwrap_or_else(Stamp::now);
        if let Some(attribute) = &self.why {
            self.show_why(seen, attribute)?;
        } else if let Some(attribute) = &self.history {
            self.show_history(asked, attribute)?;
        } else if self.computed {
            let computed = match asked.asker {
                Some(asker) => asked.views.computed_for(asker, asked.profile, at)?,
                None => asked.views.computed_of(asked.profile, at),
            };
            self.printing.print(&computed, || {
                computed.iter().fold(String::new(), |mut text, (name, computed)| {
                    let value = computed.value.as_ref().map_or("nothing".to_owned(), ToString::to_string);
                    let next = computed.next_change_at.map(|next| format!(", until {}", next.to_rfc3339()));
                    let _ = writeln!(text, "{name}: {value}{}", next.unwrap_or_default());
                    text
                })
            })?;
        } else if self.orders
            && let Some(asker) = asked.asker
        {
            let orders = asked.views.orders_for(asker, asked.profile, at)?;
            self.printing.print(&orders_json(&orders), || orders_text(&orders))?;
        } else if self.asks_what_happened() {
            self.show_what_happened(asked.views, seen.timeline())?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Whether the part that is asked for follows from what happened alone.
    pub(super) fn asks_what_happened(&self) -> bool {
        self.orders || self.events.is_some() || self.sessions.is_some()
    }

    /// Prints that part.
    pub(super) fn show_what_happened(&self, views: &Views, timeline: &Timeline) -> Result<()> {
        if let Some(name) = &self.events {
            return self.show_events(timeline, name);
        }
        if let Some(gap) = self.sessions {
            return self.show_sessions(timeline, gap);
        }
        let at = self.as_of.or(self.known_at).unwrap_or_else(Stamp::now);
        let orders = Orders::until(timeline, views.order_spec(), at);
        self.printing.print(&orders_json(&orders), || orders_text(&orders))
    }

    /// Prints why an attribute has its value.
    fn show_why(&self, seen: &Seen<'_>, attribute: &str) -> Result<()> {
        let Some(why) = seen.why(attribute) else {
            let known: Vec<String> = seen.attributes().keys().map(|name| format!("`{name}`")).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            match seen {
                Seen::All(_) => anyhow::bail!("they have no attribute `{attribute}`; there are {known}"),
                Seen::View(_) => anyhow::bail!("no attribute `{attribute}` of theirs is seen; seen are {known}"),
            }
        };
        #[derive(Serialize)]
        struct Of<T> {
            customer: CustomerId,
            #[serde(flatten)]
            why: T,
            /// All of it in words.
            #[serde(rename = "why")]
            words: String,
        }
        let json = Of { customer: seen.id(), why: why.plain(), words: why.to_string() };
        self.printing.print(&json, || format!("{why}\n{}", why.attribute().map_or_else(String::new, staleness)))
    }

    /// Prints what an attribute was.
    fn show_history(&self, asked: &Asked<'_>, attribute: &AttributeName) -> Result<()> {
        let history = match asked.asker {
            None => asked.views.history(asked.profile.id(), attribute)?.unwrap_or_default(),
            Some(asker) => asked
                .views
                .history_for(asker, asked.profile, attribute)?
                .with_context(|| format!("no attribute `{attribute}` of theirs is seen"))?,
        };
        self.printing.print(&history, || {
            let left_out =
                history.not_before().map(|from| format!("before {} too much was said to tell it\n", from.to_rfc3339()));
            history.periods().iter().fold(left_out.unwrap_or_default(), |mut text, period| {
                let until = period.until().map_or("now".to_owned(), |until| until.to_rfc3339());
                let value = period.value().map_or("nothing".to_owned(), ToString::to_string);
                let _ = writeln!(text, "{} to {until}: {value}", period.from().to_rfc3339());
                text
            })
        })
    }
}

impl Customer {
    /// Prints the latest sessions.
    fn show_sessions(&self, timeline: &Timeline, gap: Span) -> Result<()> {
        let mut sessions: Vec<&[Event]> = timeline.sessions(gap).collect();
        let left_out = sessions.len().saturating_sub(self.limit.get());
        sessions.drain(..left_out);
        for session in sessions.into_iter().rev() {
            let (Some(first), Some(last)) = (session.first(), session.last()) else { continue };
            let mut names: BTreeMap<&str, usize> = BTreeMap::new();
            session.iter().for_each(|event| *names.entry(event.name()).or_default() += 1);
            let json = json!({ "from": first.at(), "to": last.at(), "events": session.len(), "names": names });
            self.printing.print(&json, || {
                let names: Vec<String> = names.iter().map(|(name, times)| format!("{times} {name}")).collect();
                let (from, to) = (first.at().format("%Y-%m-%d %H:%M"), last.at().format("%Y-%m-%d %H:%M"));
                format!("{from} to {to}: {}\n", names.join(", "))
            })?;
        }
        Ok(())
    }

    /// Prints a page of what happened.
    fn show_events(&self, timeline: &Timeline, name: &str) -> Result<()> {
        let selector = if name == "*" { EventSelector::default() } else { EventSelector::named([name]) };
        let selector = match &self.filter {
            Some(condition) => selector.filtered(filter_of(condition)?),
            None => selector,
        };
        let after = self.after.as_deref().map(str::parse::<Cursor>).transpose()?;
        let page = timeline.page(&selector, after, self.limit);
        let next = page.next.map(|next| next.to_string());
        let json = json!({
            "events": page.events.iter().map(|event| json!({
                "name": event.name(),
                "at": event.at(),
                "source": event.provenance().source(),
                "properties": event
                    .properties()
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_ref().map(Value::plain)))
                    .collect::<BTreeMap<_, _>>(),
            })).collect::<Vec<_>>(),
            "next": next,
        });
        self.printing.print(&json, || {
            let mut text = page.events.iter().fold(String::new(), |mut text, event| {
                let _ = writeln!(text, "{event}");
                text
            });
            if let Some(next) = &next {
                let _ = writeln!(text, "earlier events: `--after '{next}'`");
            }
            text
        })
    }
}

/// The condition on the properties of an event, as rules write it.
fn filter_of(condition: &str) -> Result<Filter> {
    let rule: Rule = format!("did \"event\" where ({condition})").parse().context("cannot read the condition")?;
    match rule.condition() {
        Condition::Events { of, .. } => Ok(of.events.filter.clone()),
        _ => anyhow::bail!("`{condition}` is no condition on the properties of one event"),
    }
}

fn orders_json(orders: &Orders) -> serde_json::Value {
    let each = orders.iter().map(|order| {
        json!({
            "number": order.number(),
            "placed_at": order.placed_at(),
            "cancelled_at": order.cancelled_at(),
            "total": order.total(),
            "paid": order.paid(),
            "lines": order.lines().iter().map(line_json).collect::<Vec<_>>(),
            "returns": order.returns().iter().map(|back| return_json(order, back)).collect::<Vec<_>>(),
        })
    });
    json!({ "orders": each.collect::<Vec<_>>(), "lifetime_value": worth(orders) })
}

fn return_json(order: &Order, back: &Return) -> serde_json::Value {
    let (taken_off, not_counted) = match order.given_back(back) {
        GivenBack::All => (order.total(), None),
        GivenBack::Sum(sum) => (Some(sum), None),
        GivenBack::OtherCurrency(_) => (None, Some("other_currency")),
        GivenBack::Unknown => (None, Some("unknown_sum")),
    };
    json!({
        "at": back.at, "total": back.total, "lines": back.lines.iter().map(line_json).collect::<Vec<_>>(),
        "taken_off": taken_off, "not_counted": not_counted,
    })
}

fn line_json(line: &Line) -> serde_json::Value {
    json!({ "sku": line.sku, "units": line.units.to_string(), "price": line.price.map(|price| price.to_string()) })
}

/// What the orders came to, by currency.
fn worth(orders: &Orders) -> Vec<Sum> {
    orders.lifetime_value().into_iter().map(|(currency, amount)| Sum { currency, amount }).collect()
}

fn orders_text(orders: &Orders) -> String {
    let mut text = String::new();
    for order in orders {
        let at = order.placed_at().map_or("?".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string());
        let number = order.number().map(|number| format!(" {number}")).unwrap_or_default();
        let total = order.total().map_or("nothing stated".to_owned(), |total| total.to_string());
        let gone = order.cancelled_at().map(|at| format!(", cancelled on {}", at.date_naive())).unwrap_or_default();
        let _ = writeln!(text, "{at}{number}: {total}{gone}");
        for line in order.lines() {
            let price = line.price.map(|price| format!(" at {price}")).unwrap_or_default();
            let _ = writeln!(text, "  {} {}{price}", line.units, line.sku.as_deref().unwrap_or("?"));
        }
        for back in order.returns() {
            let sum = match order.given_back(back) {
                GivenBack::All => "all of it".to_owned(),
                GivenBack::Sum(sum) => sum.to_string(),
                GivenBack::OtherCurrency(sum) => format!("{sum}, not counted: another currency than the order's"),
                GivenBack::Unknown => "a sum that is not known, not counted".to_owned(),
            };
            let _ = writeln!(text, "  given back on {}: {sum}", back.at.date_naive());
            for line in &back.lines {
                let _ = writeln!(text, "    {} {}", line.units, line.sku.as_deref().unwrap_or("?"));
            }
        }
    }
    let value: Vec<String> = worth(orders).iter().map(ToString::to_string).collect();
    let value = if value.is_empty() { "nothing".to_owned() } else { value.join(", ") };
    let _ = writeln!(text, "{} order(s), worth {value}", orders.iter().count());
    text
}

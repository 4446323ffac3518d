//! [`Sending`]: when and how often somebody may be sent messages, whatever workflow sends them.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{TimeDelta, Weekday};
use chrono_tz::Tz;
use onefold_fact::{Configuration, Timestamp};
use onefold_profile::{ConsentState, Span};
use onefold_segment::Subject;
use onefold_worktime::{Calendar, CalendarSpec, Hours, Week};
use serde::{Deserialize, Serialize};

use super::definition::{MessageStep, Needs};
use super::run::Sent;
use crate::outbox::Asks;

/// When and how often somebody may be sent messages, whatever workflow sends them.
///
/// ```
/// use onefold_workflow::Sending;
///
/// let sending: Sending = serde_json::from_str(r#"{
///     "zone": "Europe/Berlin",
///     "hours": "08:00-20:00",
///     "caps": [{"purpose": "marketing", "most": 2, "within": "7d"}]
/// }"#)?;
/// assert_eq!(sending.caps.len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sending {
    /// The hours of the day in which messages are sent, on the subject's clock: `08:00-20:00`. If none are said, all.
    #[serde(with = "hours", skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Those of Saturdays and Sundays, if they are others.
    #[serde(with = "hours", skip_serializing_if = "Option::is_none")]
    pub weekend: Option<Hours>,
    /// The channels that they are about; if none are said, all.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<String>,
    /// The field of a subject that says its time zone, like `Europe/Berlin`.
    pub zone_field: String,
    /// The zone of those of whom it is not known.
    pub zone: Tz,
    /// How many messages are enough.
    pub caps: Vec<FrequencyCap>,
}

/// So many messages within so long are enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrequencyCap {
    /// Of this channel; if none is said, of all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// For this purpose; if none is said, for all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How many.
    pub most: NonZeroU32,
    /// Within how long.
    pub within: Span,
}

mod hours {
    use onefold_worktime::Hours;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(hours: &Option<Hours>, serializer: S) -> Result<S::Ok, S::Error> {
        match hours {
            Some(hours) => serializer.collect_str(hours),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Hours>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            hours: None,
            weekend: None,
            channels: BTreeSet::new(),
            zone_field: "time_zone".to_owned(),
            zone: Tz::UTC,
            caps: Vec::new(),
        }
    }
}

impl TryFrom<&Sending> for Configuration {
    type Error = serde_json::Error;

    fn try_from(sending: &Sending) -> Result<Self, Self::Error> {
        let json = serde_json::to_string(sending)?;
        Ok(Self { part: Sending::PART.to_owned(), name: String::new(), json })
    }
}

impl Sending {
    /// The part of the configuration that it is.
    pub const PART: &str = "sending";

    /// The zone of a subject.
    pub(super) fn zone_of(&self, subject: &dyn Subject) -> Tz {
        let said = subject.field(&self.zone_field).and_then(|zone| zone.as_text()?.parse().ok());
        said.unwrap_or(self.zone)
    }
}

/// Whether a message may be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// It may.
    Send,
    /// It is left out, for this reason.
    Not(String),
    /// It waits until then, for this reason.
    Later(Timestamp, String),
}

/// [`Sending`], with the calendars of zones that were asked for.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) sending: Sending,
    calendars: RwLock<HashMap<Tz, Arc<Calendar>>>,
}

impl Desk {
    pub(super) fn new(sending: Sending) -> Self {
        Self { sending, calendars: RwLock::default() }
    }

    /// Asks consent, then the hours.
    pub(super) fn may_now(&self, asks: &Asks, channel: &str, subject: &dyn Subject, at: Timestamp) -> May {
        let Asks { purpose, consent } = asks;
        if *consent == Needs::Nothing {
            return May::Send;
        }
        let said = subject.consent(purpose, Some(channel), at).state;
        let agrees = match consent {
            Needs::Granted => said == ConsentState::Granted,
            _ => matches!(said, ConsentState::Granted | ConsentState::Unknown),
        };
        if !agrees {
            return May::Not(format!("consent to `{purpose}` by `{channel}` is {said}"));
        }
        match self.quiet_until(channel, subject, at) {
            Some(opens) => May::Later(opens, format!("quiet hours in {}", self.sending.zone_of(subject))),
            None => May::Send,
        }
    }

    /// Asks consent, then the hours, then the caps.
    pub(super) fn may(&self, message: &MessageStep, subject: &dyn Subject, sent: &[Sent], at: Timestamp) -> May {
        match self.may_now(&message.asks(), &message.channel, subject, at) {
            May::Send if message.consent != Needs::Nothing => {}
            decided => return decided,
        }
        let mut later: Option<(Timestamp, String)> = None;
        for cap in &self.sending.caps {
            if cap.channel.as_ref().is_some_and(|channel| *channel != message.channel)
                || cap.purpose.as_ref().is_some_and(|purpose| *purpose != message.purpose)
            {
                continue;
            }
            let within = TimeDelta::seconds(i64::from(cap.within.seconds()));
            let counts = |sent: &&Sent| {
                cap.channel.as_ref().is_none_or(|channel| **channel == *sent.channel)
                    && cap.purpose.as_ref().is_none_or(|purpose| **purpose == *sent.purpose)
                    && at - sent.at < within
            };
            let lately: Vec<Timestamp> = sent.iter().filter(counts).map(|sent| sent.at).collect();
            let most = cap.most.get() as usize;
            if lately.len() < most {
                continue;
            }
            let why = format!("{} messages within {} are enough", cap.most, cap.within);
            // One may go once so many have left the window that fewer than `most` are in it.
            let leaves = lately.get(lately.len() - most).and_then(|first| first.checked_add_signed(within));
            match leaves {
                Some(leaves) if later.as_ref().is_none_or(|(other, _)| *other < leaves) => later = Some((leaves, why)),
                _ => {}
            }
        }
        match later {
            None => May::Send,
            Some((_, why)) if message.capped == super::definition::Capped::Skip => May::Not(why),
            Some((at, why)) => May::Later(at, why),
        }
    }

    fn quiet_until(&self, channel: &str, subject: &dyn Subject, at: Timestamp) -> Option<Timestamp> {
        let Sending { hours, weekend, channels, .. } = &self.sending;
        if (hours.is_none() && weekend.is_none()) || !(channels.is_empty() || channels.contains(channel)) {
            return None;
        }
        let calendar = self.calendar(self.sending.zone_of(subject));
        if calendar.is_open(at) { None } else { calendar.next_open(at) }
    }

    fn calendar(&self, zone: Tz) -> Arc<Calendar> {
        let known = self.calendars.read().unwrap_or_else(PoisonError::into_inner).get(&zone).cloned();
        known.unwrap_or_else(|| {
            let all_day = || Hours::all_day();
            let weekdays = self.sending.hours.clone().unwrap_or_else(all_day);
            let week = Week::daily(weekdays.clone());
            let weekend = self.sending.weekend.clone().unwrap_or(weekdays);
            let week = week.with([Weekday::Sat, Weekday::Sun], weekend);
            let calendar = Arc::new(Calendar::new(&CalendarSpec::new(zone, week)));
            let mut calendars = self.calendars.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(calendars.entry(zone).or_insert(calendar))
        })
    }
}
